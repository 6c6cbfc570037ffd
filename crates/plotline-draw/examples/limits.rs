//! Times every kind of chart over tables as large as they may be, from the spec to the PNG with its caption.
//!
//! `cargo run --release -p plotline-draw --example limits`; with names of cases, those.

use std::error::Error;
use std::fmt::Write as _;
use std::io::Write as _;
use std::time::Instant;

use plotline_chart::chart::{Kind, NumberStyle, Stack};
use plotline_chart::spec::{Aggregate, Bin, Channel, ChartSpec, Measure};
use plotline_chart::{alt_text, caption, resolve};
use plotline_draw::{Canvas, Renderer};
use plotline_table::{Limits, Table};

/// What a table may hold.
const ROWS: u32 = 100_000;
const COLUMNS: usize = 256;
/// As many rows of so many columns as ten megabytes hold.
const WIDE_ROWS: u32 = 10_000;

/// Numbers without a pattern, the same in every run.
struct Noise(u64);

impl Noise {
    /// From 0 to 1.
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f64 / f64::from(1_u32 << 24)
    }

    /// About normal, with a deviation of 1.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }
}

fn read(csv: &str) -> Result<Table, Box<dyn Error>> {
    let reading = plotline_table::read_file("table.csv", csv.as_bytes(), &Limits::default(), None)?;
    Ok(reading.tables.into_iter().next().ok_or("no table")?.table)
}

/// Names of which there are 5, 300 and 100,000; days, minutes and numbers as many as rows; prices.
fn long() -> Result<Table, Box<dyn Error>> {
    let mut noise = Noise(7);
    let start = chrono::NaiveDate::from_ymd_opt(2020, 1, 1).and_then(|day| day.and_hms_opt(0, 0, 0)).ok_or("no day")?;
    let mut csv = String::from("Few,Mid,Many,Day,When,Number,Value,Size,Open,High,Low,Close\n");
    for row in 0..ROWS {
        let when = start + chrono::TimeDelta::minutes(i64::from(row));
        let day = start.date() + chrono::Days::new(u64::from(row % 20_000));
        let value = 50.0 + noise.normal() * 10.0;
        writeln!(
            csv,
            "f{},m{},n{row:x},{day},{},{row},{value:.1},{},{value:.0},{:.0},{:.0},{:.0}",
            row % 5,
            row % 300,
            when.format("%Y-%m-%d %H:%M"),
            row % 97,
            value + 3.0,
            value - 3.0,
            value + 1.0
        )?;
    }
    read(&csv)
}

fn wide() -> Result<Table, Box<dyn Error>> {
    let mut csv = String::from("Name");
    for column in 1..COLUMNS {
        write!(csv, ",c{column}")?;
    }
    for row in 0..WIDE_ROWS {
        write!(csv, "\nn{row}")?;
        for column in 1..COLUMNS as u32 {
            write!(csv, ",{}", (row * 31 + column * 17) % 97)?;
        }
    }
    read(&csv)
}

fn case(kind: Kind, x: &str, value: &str, series: &str) -> ChartSpec {
    let mut spec = ChartSpec::new(kind).with_y(Measure::rows(value));
    if !x.is_empty() {
        spec = spec.with_x(x);
    }
    if series.is_empty() { spec } else { spec.with_series(series) }
}

/// Every kind with few and with many marks.
fn cases() -> Vec<(String, ChartSpec)> {
    let mut cases = Vec::new();
    for kind in [Kind::Bar, Kind::Line, Kind::Step, Kind::Area, Kind::Combo] {
        for (x, series) in [
            ("Many", ""),
            ("Mid", ""),
            ("When", ""),
            ("Number", ""),
            ("Day", "Few"),
            ("Few", "Many"),
            ("Many", "Few"),
            ("When", "Mid"),
            ("When", "Many"),
            ("Mid", "Mid"),
        ] {
            let mut spec = case(kind, x, "Value", series);
            spec.y[0].aggregate = Some(Aggregate::Sum);
            cases.push((format!("{kind:?} {x} {series}"), spec.clone()));
            if kind == Kind::Bar && !series.is_empty() {
                spec.options.stack = Some(Stack::Stacked);
                cases.push((format!("Stacked {x} {series}"), spec));
            }
        }
    }
    let mut panels = case(Kind::Line, "When", "Value", "Mid");
    panels.options.small_multiples = true;
    cases.push(("Panels When Mid".to_owned(), panels));
    for kind in [Kind::Pie, Kind::Donut] {
        for x in ["Many", "Mid", "When"] {
            let mut spec = case(kind, x, "Value", "");
            spec.y[0].aggregate = Some(Aggregate::Sum);
            cases.push((format!("{kind:?} {x}"), spec));
        }
    }
    for series in ["", "Few", "Many"] {
        cases.push((format!("Scatter Number {series}"), case(Kind::Scatter, "Number", "Value", series)));
        let mut bubble = case(Kind::Bubble, "Number", "Value", series);
        bubble.size = Some("Size".to_owned());
        cases.push((format!("Bubble Number {series}"), bubble));
        let mut histogram = case(Kind::Histogram, "Value", "Value", series);
        histogram.y.clear();
        cases.push((format!("Histogram {series}"), histogram));
    }
    cases.push(("Scatter Many".to_owned(), case(Kind::Scatter, "Many", "Value", "")));
    for kind in [Kind::Box, Kind::Violin, Kind::Strip] {
        for x in ["", "Few", "Mid", "Many", "When", "Number", "Day"] {
            cases.push((format!("{kind:?} {x}"), case(kind, x, "Value", "")));
        }
    }
    for (x, series) in [
        ("Few", "Mid"),
        ("Many", "Few"),
        ("Few", "Many"),
        ("Mid", "Mid"),
        ("When", "Few"),
        ("Many", "Many"),
        ("Day", "Mid"),
    ] {
        cases.push((format!("Heatmap {x} {series}"), case(Kind::Heatmap, x, "Value", series)));
    }
    let mut binned = case(Kind::Line, "When", "Value", "Few");
    binned.x = Some(Channel { bin: Some(Bin::Hour), ..Channel::column("When") });
    cases.push(("Line by hour Few".to_owned(), binned));
    for x in ["When", "Many"] {
        let mut candles = case(Kind::Candlestick, x, "Open", "");
        candles.y = ["Open", "High", "Low", "Close"].map(Measure::rows).to_vec();
        cases.push((format!("Candlestick {x}"), candles));
    }
    cases
}

/// Every column of the wide table side by side.
fn wide_cases(table: &Table) -> Vec<(String, ChartSpec)> {
    let measures: Vec<Measure> = table.columns.iter().skip(1).map(|column| Measure::rows(&column.name)).collect();
    let kinds = [Kind::Bar, Kind::Line, Kind::Area, Kind::Combo, Kind::Box, Kind::Violin, Kind::Strip];
    kinds
        .into_iter()
        .map(|kind| {
            let mut spec = ChartSpec::new(kind);
            if !matches!(kind, Kind::Box | Kind::Violin | Kind::Strip) {
                spec = spec.with_x("Name");
            }
            spec.y.clone_from(&measures);
            (format!("{kind:?} of 255 columns"), spec)
        })
        .collect()
}

fn main() -> Result<(), Box<dyn Error>> {
    let asked: Vec<String> = std::env::args().skip(1).collect();
    let mut out = std::io::stdout();
    let (long, wide) = (long()?, wide()?);
    let of_wide = wide_cases(&wide);
    let all = cases().into_iter().map(|case| (case, &long)).chain(of_wide.into_iter().map(|case| (case, &wide)));
    for ((name, spec), table) in all {
        if !asked.is_empty() && !asked.iter().any(|asked| name.contains(asked)) {
            continue;
        }
        let start = Instant::now();
        let resolved = match resolve(&spec, table, NumberStyle::CommaPoint) {
            Ok(resolved) => resolved,
            Err(error) => {
                writeln!(out, "{name}: {} ms, {error}", start.elapsed().as_millis())?;
                continue;
            }
        };
        let resolving = start.elapsed().as_millis();
        let said = caption(&resolved);
        let described = alt_text(&resolved).chars().count();
        let telling = start.elapsed().as_millis() - resolving;
        let drawn = Renderer::new().png(&resolved.chart, &Canvas::default());
        let total = start.elapsed().as_millis();
        let size = drawn.map_or_else(|error| error.to_string(), |png| format!("{} kB", png.len() / 1000));
        let subtitle = resolved.chart.subtitle.as_deref().unwrap_or_default();
        writeln!(
            out,
            "{name}: {total} ms (resolve {resolving}, tell {telling}), {size}; {subtitle} | {said} ({described}) {:?}",
            resolved.assumptions
        )?;
    }
    Ok(())
}
