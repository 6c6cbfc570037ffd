//! How long reading a request and resolving its chart takes.

use divan::{Bencher, black_box};
use plotline_chart::chart::NumberStyle;
use plotline_chart::{Outcome, read_request, resolve};
use plotline_table::{Limits, Table};

fn main() {
    divan::main();
}

fn sales(rows: usize) -> Option<Table> {
    let mut csv = String::from("Date,Region,Product,Units Sold,Revenue\n");
    for at in 0..rows {
        let (month, day) = (at / 28 % 12 + 1, at % 28 + 1);
        let region = ["North", "South", "West"][at % 3];
        csv.push_str(&format!("2024-{month:02}-{day:02},{region},Product {},{},{}\n", at % 7, at % 50, at * 37 % 5000));
    }
    let reading = plotline_table::read_file("sales.csv", csv.as_bytes(), &Limits::default(), None).ok()?;
    reading.tables.into_iter().next().map(|found| found.table)
}

const ASKS: &[&str] = &[
    "create a graph",
    "total revenue by region as a pie",
    "stacked bar of units sold by month and product, only North, sorted from high to low",
    "Give me the comparison about the average of Revenue over the Region , and group by attribute Region, list by the y-axis in desc.",
];

#[divan::bench(args = ASKS)]
fn read(bencher: Bencher<'_, '_>, ask: &str) {
    let Some(table) = sales(200) else { return };
    bencher.bench(|| read_request(black_box(ask), black_box(&table), None));
}

#[divan::bench(args = [200, 10_000, 100_000])]
fn resolve_sums(bencher: Bencher<'_, '_>, rows: usize) {
    let Some(table) = sales(rows) else { return };
    let Outcome::Read(reading) = read_request("total revenue by region and product as stacked bars", &table, None)
    else {
        return;
    };
    bencher.bench(|| resolve(black_box(&reading.spec), black_box(&table), NumberStyle::CommaPoint));
}
