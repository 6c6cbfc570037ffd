//! Tables printed in the dialects that this crate reads.
//!
//! Values are printed so that they read back the same anywhere: plain numbers with a decimal point, ISO 8601 dates, the
//! unit in the header. Gaps are blank. Totals are not data and are left out.

use crate::model::{Cell, Column, Table, Time};
use crate::typing::header;

/// The table as CSV after RFC 4180, with line feeds.
pub fn to_csv(table: &Table) -> String {
    delimited(table, ',')
}

/// The table as tab-separated values, as spreadsheets copy and paste them.
pub fn to_tsv(table: &Table) -> String {
    delimited(table, '\t')
}

/// The table as a Markdown table with outer pipes.
pub fn to_markdown(table: &Table) -> String {
    let mut out = String::new();
    let mut line = |cells: &mut dyn Iterator<Item = String>| {
        out.push('|');
        for cell in cells {
            out.push(' ');
            out.push_str(&cell);
            out.push_str(" |");
        }
        out.push('\n');
    };
    line(&mut table.columns.iter().map(|column| escape_markdown(&header_text(column))));
    line(&mut table.columns.iter().map(|column| {
        let right = matches!(column.kind, crate::model::ColumnKind::Number);
        if right { "---:".to_owned() } else { "---".to_owned() }
    }));
    for row in 0..table.row_count() {
        line(&mut table.columns.iter().map(|column| escape_markdown(&cell_text(column, row))));
    }
    out
}

fn delimited(table: &Table, delimiter: char) -> String {
    let mut out = String::new();
    let mut line = |cells: &mut dyn Iterator<Item = String>| {
        for (index, cell) in cells.enumerate() {
            if index > 0 {
                out.push(delimiter);
            }
            let quote = cell.contains([delimiter, '"', '\n', '\r']) || cell.trim() != cell;
            if quote {
                out.push('"');
                out.push_str(&cell.replace('"', "\"\""));
                out.push('"');
            } else {
                out.push_str(&cell);
            }
        }
        out.push('\n');
    };
    line(&mut table.columns.iter().map(header_text));
    for row in 0..table.row_count() {
        line(&mut table.columns.iter().map(|column| cell_text(column, row)));
    }
    out
}

/// A column's name with its unit, so that it is read back as both.
fn header_text(column: &Column) -> String {
    match &column.unit {
        None => column.name.clone(),
        Some(unit) => match header::parse(unit) {
            Some((read, _)) if read == *unit => format!("{} ({unit})", column.name),
            _ => format!("{} [{unit}]", column.name),
        },
    }
}

/// One cell as text that means the same everywhere.
pub(crate) fn cell_text(column: &Column, row: usize) -> String {
    let text = column.texts.get(row).map_or("", AsRef::as_ref);
    match column.cells.get(row) {
        None | Some(Cell::Gap) => String::new(),
        Some(Cell::Number(number)) => number_text(*number),
        Some(Cell::Time(time @ (Time::Date(_) | Time::DateTime(_)))) => crate::json::time_text(*time, text),
        // A period or a clock time keeps the member's own words.
        Some(Cell::Time(_) | Cell::Bool(_)) => text.to_owned(),
        Some(Cell::Text(text)) => text.to_string(),
    }
}

/// A number that no reader takes for another: `1.234` might be a thousand, `1.2340` cannot.
pub(crate) fn number_text(number: f64) -> String {
    /// Beyond these a number is printed with an exponent.
    const PLAIN: std::ops::Range<f64> = 1e-7..1e15;
    if number == 0.0 {
        return "0".to_owned();
    }
    if !PLAIN.contains(&number.abs()) {
        return format!("{number:e}");
    }
    let mut text = number.to_string();
    if text.split_once('.').is_some_and(|(_, fraction)| fraction.len() == 3) {
        text.push('0');
    }
    text
}

/// A cell's text with everything escaped that Markdown would take for markup.
fn escape_markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.push_str("<br>"),
            '\r' => {}
            '\\' | '|' | '`' | '*' | '_' | '~' | '[' | ']' | '<' | '&' => {
                out.push('\\');
                out.push(c);
            }
            other => out.push(other),
        }
    }
    out
}
