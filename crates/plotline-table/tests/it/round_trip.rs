//! What is printed reads back equal, in every dialect and locale.

use std::fmt::Write as _;

use plotline_table::{Cell, ColumnKind, Limits, Table, Time, read_file, read_text, to_csv, to_markdown, to_tsv};
use proptest::prelude::*;

/// One column of a printed table: how a value is written, and what it must be read as.
#[derive(Clone, Debug)]
struct Values {
    name: String,
    texts: Vec<String>,
    cells: Vec<Cell>,
    kind: ColumnKind,
    unit: Option<&'static str>,
}

/// Words that are no values of any kind, alone or together.
fn word() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "Oslo",
        "Lima",
        "Köln",
        "São Paulo",
        "New Delhi",
        "東京",
        "a_b",
        "x|y",
        "5th Ave",
        "say \"hi\"",
        "R&D",
        "tea, hot",
        "a;b",
        "*star*",
        "[x]",
    ])
    .prop_map(str::to_owned)
}

fn grouped(whole: u64, separator: &str) -> String {
    let digits = whole.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push_str(separator);
        }
        out.push(digit);
    }
    out
}

/// A decimal mark and a thousands separator.
const LOCALES: [(&str, &str); 6] = [(".", ","), (",", "."), (",", " "), (".", "'"), (",", "\u{a0}"), (".", "")];

/// Numbers with two decimal places in one locale, some with a currency, some with a percent sign.
fn numbers(rows: usize) -> impl Strategy<Value = Values> {
    (
        prop::collection::vec(prop::option::weighted(0.9, (0_u64..5_000_000, 0_u32..100, any::<bool>())), rows),
        prop::sample::select(LOCALES.to_vec()),
        prop::sample::select(vec![
            ("", "", None),
            ("$", "", Some("USD")),
            ("", " €", Some("EUR")),
            ("", "%", Some("%")),
            ("", " kg", Some("kg")),
        ]),
    )
        .prop_map(|(values, (mark, separator), (before, after, unit))| {
            let texts = values
                .iter()
                .map(|value| match value {
                    None => String::new(),
                    Some((whole, cents, negative)) => {
                        format!(
                            "{}{before}{}{mark}{cents:02}{after}",
                            if *negative { "-" } else { "" },
                            grouped(*whole, separator)
                        )
                    }
                })
                .collect();
            let cells: Vec<Cell> = values
                .iter()
                .map(|value| match value {
                    None => Cell::Gap,
                    Some((whole, cents, negative)) => {
                        let number: f64 = format!("{whole}.{cents:02}").parse().unwrap();
                        Cell::Number(if *negative && number != 0.0 { -number } else { number })
                    }
                })
                .collect();
            Values { name: "Amount".to_owned(), texts, cells, kind: ColumnKind::Number, unit }
        })
        .prop_filter("a column of gaps has no type", |values| values.cells.iter().any(|cell| *cell != Cell::Gap))
}

/// Dates in one format; the first day is above twelve, so that day and month are told apart.
fn dates(rows: usize) -> impl Strategy<Value = Values> {
    let formats = vec![
        "%Y-%m-%d",
        "%d/%m/%Y",
        "%m/%d/%Y",
        "%d.%m.%Y",
        "%d-%m-%Y",
        "%b %-d, %Y",
        "%-d %B %Y",
        "%Y/%m/%d",
        "%Y%m%d",
        "%d-%b-%y",
    ];
    (prop::collection::vec((1970_i32..2068, 1_u32..13, 1_u32..29), rows), prop::sample::select(formats)).prop_map(
        |(days, format)| {
            let days: Vec<chrono::NaiveDate> = days
                .into_iter()
                .enumerate()
                .map(|(index, (year, month, day))| {
                    chrono::NaiveDate::from_ymd_opt(year, month, if index == 0 { 28 } else { day }).unwrap()
                })
                .collect();
            Values {
                name: "When".to_owned(),
                texts: days.iter().map(|day| day.format(format).to_string()).collect(),
                cells: days.into_iter().map(|day| Cell::Time(Time::Date(day))).collect(),
                kind: ColumnKind::Date,
                unit: None,
            }
        },
    )
}

fn words(rows: usize) -> impl Strategy<Value = Values> {
    prop::collection::vec(word(), rows).prop_map(|texts| Values {
        name: "Place".to_owned(),
        cells: texts.iter().map(|text| Cell::Text(text.as_str().into())).collect(),
        texts,
        kind: ColumnKind::Text,
        unit: None,
    })
}

fn table() -> impl Strategy<Value = Vec<Values>> {
    (2_usize..12)
        .prop_flat_map(|rows| (words(rows), dates(rows), numbers(rows)))
        .prop_map(|(words, dates, numbers)| vec![words, dates, numbers])
}

fn quoted(text: &str, delimiter: char) -> String {
    if text.contains([delimiter, '"', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

fn delimited(columns: &[Values], delimiter: char) -> String {
    let mut out =
        columns.iter().map(|column| quoted(&column.name, delimiter)).collect::<Vec<_>>().join(&delimiter.to_string());
    out.push('\n');
    for row in 0..columns[0].texts.len() {
        out += &columns
            .iter()
            .map(|column| quoted(&column.texts[row], delimiter))
            .collect::<Vec<_>>()
            .join(&delimiter.to_string());
        out.push('\n');
    }
    out
}

/// Columns two spaces apart, padded to their widest cell; blank cells as dashes, since two blanks cannot be told apart.
fn aligned(columns: &[Values], bar: &str, right: bool) -> Vec<String> {
    let width = |column: &Values| {
        column.texts.iter().chain([&column.name]).map(|text| text.chars().count()).max().unwrap().max(1)
    };
    let pad = |text: &str, width: usize| {
        let text = if text.is_empty() { "-" } else { text };
        let blanks = " ".repeat(width - text.chars().count());
        if right { format!("{blanks}{text}") } else { format!("{text}{blanks}") }
    };
    let mut lines = vec![columns.iter().map(|column| pad(&column.name, width(column))).collect::<Vec<_>>().join(bar)];
    for row in 0..columns[0].texts.len() {
        lines.push(columns.iter().map(|column| pad(&column.texts[row], width(column))).collect::<Vec<_>>().join(bar));
    }
    lines
}

fn markdown(columns: &[Values], outer: bool) -> String {
    let escape = |text: &str| {
        text.replace('\\', "\\\\").replace('|', "\\|").replace('*', "\\*").replace('_', "\\_").replace('[', "\\[")
    };
    let line = |cells: Vec<String>| {
        if outer { format!("| {} |\n", cells.join(" | ")) } else { format!("{}\n", cells.join(" | ")) }
    };
    let mut out = line(columns.iter().map(|column| escape(&column.name)).collect());
    out += &line(columns.iter().map(|_| "---".to_owned()).collect());
    for row in 0..columns[0].texts.len() {
        // Without outer pipes a blank last cell is no cell at all.
        out += &line(
            columns
                .iter()
                .map(|column| if column.texts[row].is_empty() { "n/a".to_owned() } else { escape(&column.texts[row]) })
                .collect(),
        );
    }
    out
}

fn boxed(columns: &[Values]) -> String {
    let lines = aligned(columns, " │ ", false);
    let width = lines[0].chars().count();
    let mut out = format!("┌{}┐\n│ {} │\n├{}┤\n", "─".repeat(width + 2), lines[0], "─".repeat(width + 2));
    for line in &lines[1..] {
        writeln!(out, "│ {line} │").unwrap();
    }
    out + &format!("└{}┘\n", "─".repeat(width + 2))
}

fn json(columns: &[Values]) -> String {
    let records: Vec<serde_json::Value> = (0..columns[0].texts.len())
        .map(|row| {
            columns
                .iter()
                .map(|column| {
                    let value = match &column.cells[row] {
                        Cell::Number(number) if column.unit.is_none() => serde_json::Value::from(*number),
                        Cell::Gap => serde_json::Value::Null,
                        _ => serde_json::Value::from(column.texts[row].as_str()),
                    };
                    (column.name.clone(), value)
                })
                .collect::<serde_json::Map<_, _>>()
                .into()
        })
        .collect();
    serde_json::Value::from(records).to_string()
}

/// Reads a text and compares what came out with what went in.
fn assert_reads_as(text: &str, columns: &[Values], dialect: &str) {
    let reading = read_text(text, &Limits::default()).unwrap();
    assert_eq!(reading.tables.len(), 1, "{dialect}:\n{text}\n{reading:#?}");
    assert_table(&reading.tables[0].table, columns, dialect, text);
}

fn assert_table(table: &Table, columns: &[Values], dialect: &str, text: &str) {
    assert_eq!(table.columns.len(), columns.len(), "{dialect}:\n{text}\n{table:#?}");
    for (read, written) in table.columns.iter().zip(columns) {
        assert_eq!(read.name, written.name, "{dialect}:\n{text}");
        assert_eq!(read.kind, written.kind, "{dialect}, {}:\n{text}", read.name);
        assert_eq!(read.unit.as_deref(), written.unit, "{dialect}, {}:\n{text}", read.name);
        assert_eq!(read.cells, written.cells, "{dialect}, {}:\n{text}", read.name);
    }
}

/// Whether a dialect without quoting can hold the table: no cell has its separator.
fn plain(columns: &[Values], forbidden: &[&str]) -> bool {
    columns.iter().flat_map(|column| &column.texts).all(|text| !forbidden.iter().any(|mark| text.contains(mark)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn tables_read_back_equal_in_every_dialect(columns in table()) {
        assert_reads_as(&delimited(&columns, '\t'), &columns, "TSV");
        assert_reads_as(&delimited(&columns, ';'), &columns, "semicolons");
        assert_reads_as(&delimited(&columns, ','), &columns, "CSV");
        let file = read_file("t.csv", delimited(&columns, ',').as_bytes(), &Limits::default(), None).unwrap();
        assert_table(&file.tables[0].table, &columns, "CSV file", "");
        assert_reads_as(&markdown(&columns, true), &columns, "Markdown");
        assert_reads_as(&markdown(&columns, false), &columns, "Markdown without outer pipes");
        assert_reads_as(&format!("```\n{}```", markdown(&columns, true)), &columns, "Markdown in a fence");
        assert_reads_as(&json(&columns), &columns, "JSON");
        if plain(&columns, &["|", "*", "[", "_"]) {
            assert_reads_as(&boxed(&columns), &columns, "box drawing");
        }
        if plain(&columns, &["|", "\"", ",", ";", "*"]) {
            assert_reads_as(&format!("```\n{}\n```", aligned(&columns, "   ", false).join("\n")), &columns, "aligned left");
            assert_reads_as(&format!("```\n{}\n```", aligned(&columns, "   ", true).join("\n")), &columns, "aligned right");
        }
    }

    #[test]
    fn what_this_crate_prints_reads_back_equal(columns in table()) {
        let reading = read_text(&delimited(&columns, '\t'), &Limits::default()).unwrap();
        let table = &reading.tables[0].table;
        for (dialect, text) in [("CSV", to_csv(table)), ("TSV", to_tsv(table)), ("Markdown", to_markdown(table))] {
            let again = read_text(&text, &Limits::default()).unwrap();
            prop_assert_eq!(again.tables.len(), 1, "{}:\n{}", dialect, text);
            assert_table(&again.tables[0].table, &columns, dialect, &text);
        }
    }

    #[test]
    fn any_finite_number_survives_printing(numbers in prop::collection::vec(prop::num::f64::NORMAL, 2..20)) {
        let columns = vec![
            Values {
                name: "Place".to_owned(),
                texts: numbers.iter().map(|_| "x y".to_owned()).collect(),
                cells: numbers.iter().map(|_| Cell::Text("x y".into())).collect(),
                kind: ColumnKind::Text,
                unit: None,
            },
            Values {
                name: "Value".to_owned(),
                texts: numbers.iter().map(|number| format!("{number:e}")).collect(),
                cells: numbers.iter().map(|number| Cell::Number(*number)).collect(),
                kind: ColumnKind::Number,
                unit: None,
            },
        ];
        let reading = read_text(&delimited(&columns, '\t'), &Limits::default()).unwrap();
        assert_table(&reading.tables[0].table, &columns, "exponents", "");
        let printed = to_csv(&reading.tables[0].table);
        assert_reads_as(&printed, &columns, "printed");
    }

    #[test]
    fn any_text_is_read_without_a_panic(text in "(?s).{0,400}") {
        let _ = read_text(&text, &Limits::default());
        let _ = read_file("a.csv", text.as_bytes(), &Limits::default(), None);
    }

    #[test]
    fn table_like_text_is_read_without_a_panic(text in "([a-zA-Z0-9 ,;|\t\n.:=\"'`*()\\[\\]{}€$%/+-]|\\| |, |\n\n|--|```){0,200}") {
        if let Ok(reading) = read_text(&text, &Limits::default()) {
            for found in &reading.tables {
                prop_assert!(text.get(found.span.clone()).is_some());
                let rows = found.table.row_count();
                prop_assert!(found.table.columns.iter().all(|column| column.cells.len() == rows && column.texts.len() == rows));
            }
        }
    }
}

/// Draws a table as psql, MySQL, box-drawing programs and Markdown's writers do, blank cells blank.
fn drawn(header: &[&str], rows: &[Vec<String>], style: usize) -> String {
    let (outer, bar, rule, joint) = [
        (false, "|", "-", "+"),
        (true, "|", "-", "+"),
        (false, "│", "─", "┼"),
        (false, "|", "-", "|"),
        (true, "|", "-", "|"),
    ][style];
    let line = |cells: Vec<String>, bar: &str| {
        let inner = cells.join(bar);
        if outer { format!("{bar}{inner}{bar}\n") } else { format!("{inner}\n") }
    };
    let padded = |text: &str| format!(" {text:<8} ");
    let ruler = || line(vec![rule.repeat(10); header.len()], joint);
    let framed = style == 1;
    let mut out = if framed { ruler() } else { String::new() };
    out += &line(header.iter().map(|name| padded(name)).collect(), bar);
    out += &ruler();
    for row in rows {
        out += &line(row.iter().map(|cell| padded(cell)).collect(), bar);
    }
    if framed {
        out += &ruler();
    }
    out
}

proptest! {
    #[test]
    fn blank_cells_stay_in_their_columns_with_and_without_a_frame(
        rows in prop::collection::vec(prop::collection::vec(prop::option::weighted(0.7, 1_u32..1000), 3), 2..8),
        style in 0_usize..5,
    ) {
        let filled = |column: usize| rows.iter().any(|row| row[column].is_some());
        // A row or a column without a single cell is none.
        prop_assume!(rows.iter().all(|row| row.iter().any(Option::is_some)) && (0..3).all(filled));
        let mut shown: Vec<Vec<String>> = vec![Vec::new(); rows.len()];
        for (row, cells) in rows.iter().zip(&mut shown) {
            let text = |value: Option<u32>| value.map(|value| value.to_string()).unwrap_or_default();
            cells.push(row[0].map(|value| format!("n{value}x")).unwrap_or_default());
            cells.extend([text(row[1]), text(row[2])]);
        }
        let reading = read_text(&drawn(&["name", "a", "b"], &shown, style), &Limits::default()).unwrap();
        prop_assert_eq!(reading.tables.len(), 1);
        let table = &reading.tables[0].table;
        prop_assert_eq!(table.columns.len(), 3);
        if table.totals.is_empty() {
            for (column, read) in table.columns.iter().enumerate() {
                let texts: Vec<&str> = read.texts.iter().map(|text| text.as_ref()).collect();
                let expected: Vec<&str> = shown.iter().map(|row| row[column].as_str()).collect();
                prop_assert_eq!(texts, expected);
            }
        }
    }
}
