//! How fast the main formats are read, in bytes of input a second.

use std::fmt::Write as _;

use divan::Bencher;
use divan::counter::BytesCount;
use plotline_table::{Limits, read_file, read_text};

fn main() {
    divan::main();
}

/// Rows of the large inputs: the limit of the default settings, with room for the header.
const ROWS: usize = 99_000;
/// Rows of the inputs that come in messages.
const MESSAGE_ROWS: usize = 2_000;

/// Ten columns: a date, words, numbers plain and with thousands, money, percent.
fn delimited(rows: usize, delimiter: char) -> String {
    let d = delimiter;
    let mut out = format!("date{d}city{d}a{d}b{d}c{d}price{d}share{d}n{d}code{d}flag\n");
    for row in 0..rows {
        let (day, month) = (row % 28 + 1, row % 12 + 1);
        writeln!(
            out,
            "2024-{month:02}-{day:02}{d}City {}{d}{row}{d}{}.{:02}{d}-{}.5{d}${}.99{d}{}%{d}{}{d}C{row}{d}{}",
            row % 97,
            row * 7 % 10_007,
            row % 100,
            row % 311,
            row % 500,
            row % 101,
            row % 13,
            if row % 2 == 0 { "yes" } else { "no" }
        )
        .ok();
    }
    out
}

fn markdown(rows: usize) -> String {
    let mut out = "| Month | Region | Sales | Share |\n|---|---|---:|---:|\n".to_owned();
    for row in 0..rows {
        writeln!(out, "| 2024-{:02} | Region {} | {}.50 | {}% |", row % 12 + 1, row % 9, row * 3, row % 100).ok();
    }
    out
}

fn aligned(rows: usize) -> String {
    let mut out = format!("{:<10}  {:<12}  {:>10}\n", "Month", "Region", "Sales");
    for row in 0..rows {
        writeln!(
            out,
            "{:<10}  {:<12}  {:>10}",
            format!("2024-{:02}", row % 12 + 1),
            format!("Region {}", row % 9),
            row * 3
        )
        .ok();
    }
    out
}

fn json(rows: usize) -> String {
    let records: Vec<String> = (0..rows)
        .map(|row| {
            format!(
                r#"{{"day":"2024-01-{:02}","city":"City {}","n":{},"share":{}.5}}"#,
                row % 28 + 1,
                row % 97,
                row,
                row % 100
            )
        })
        .collect();
    format!("[{}]", records.join(","))
}

fn pairs(rows: usize) -> String {
    (0..rows).fold(String::new(), |mut out, row| {
        writeln!(out, "- Item {row}: {}", row * 3).ok();
        out
    })
}

fn bench_file(bencher: Bencher<'_, '_>, name: &str, text: &str) {
    let limits = Limits::default();
    bencher
        .counter(BytesCount::of_str(text))
        .bench(|| read_file(name, divan::black_box(text.as_bytes()), &limits, None));
}

fn bench_text(bencher: Bencher<'_, '_>, text: &str) {
    let limits = Limits::default();
    bencher.counter(BytesCount::of_str(text)).bench(|| read_text(divan::black_box(text), &limits));
}

#[divan::bench]
fn csv_file_of_a_million_cells(bencher: Bencher<'_, '_>) {
    bench_file(bencher, "a.csv", &delimited(ROWS, ','));
}

#[divan::bench]
fn tsv_file_of_a_million_cells(bencher: Bencher<'_, '_>) {
    bench_file(bencher, "a.tsv", &delimited(ROWS, '\t'));
}

#[divan::bench]
fn json_file(bencher: Bencher<'_, '_>) {
    bench_file(bencher, "a.json", &json(ROWS));
}

#[divan::bench]
fn csv_message(bencher: Bencher<'_, '_>) {
    bench_text(bencher, &delimited(MESSAGE_ROWS, ','));
}

#[divan::bench]
fn markdown_message(bencher: Bencher<'_, '_>) {
    bench_text(bencher, &markdown(MESSAGE_ROWS));
}

#[divan::bench]
fn aligned_message(bencher: Bencher<'_, '_>) {
    bench_text(bencher, &format!("```\n{}```", aligned(MESSAGE_ROWS)));
}

#[divan::bench]
fn pairs_message(bencher: Bencher<'_, '_>) {
    bench_text(bencher, &pairs(MESSAGE_ROWS));
}

#[divan::bench]
fn prose_message(bencher: Bencher<'_, '_>) {
    bench_text(
        bencher,
        &"On Monday, we sold 5 apples and, as ever, nobody (not even Ann) wrote it down.\n".repeat(MESSAGE_ROWS),
    );
}
