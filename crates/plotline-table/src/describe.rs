//! How a table was read, for a terminal.

use std::fmt::Write as _;

use crate::error::grouped;
use crate::model::{Cell, Column, ColumnKind, Table};
use crate::print::{cell_text, number_text};

/// Rows shown below the description.
const ROWS_SHOWN: usize = 10;
/// The widest cell shown, in characters.
const CELL_CHARS_MAX: usize = 28;

/// Describes how a table was read: its columns with types, units and gaps, totals, what was assumed, and its first rows
/// aligned.
pub fn describe(table: &Table) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    if let Some(title) = &table.title {
        let _ = writeln!(out, "{title}");
    }
    let rows = table.row_count();
    let _ = writeln!(
        out,
        "{} {}, {} {}",
        grouped(rows),
        if rows == 1 { "row" } else { "rows" },
        grouped(table.columns.len()),
        if table.columns.len() == 1 { "column" } else { "columns" }
    );
    let mut lines: Vec<Vec<String>> = Vec::new();
    for column in &table.columns {
        let kind = match column.kind {
            ColumnKind::Number => "number",
            ColumnKind::Date => "date",
            ColumnKind::Text => "text",
            ColumnKind::Bool => "yes/no",
        };
        let kind = column.unit.as_ref().map_or(kind.to_owned(), |unit| format!("{kind} in {unit}"));
        let gaps = column.cells.iter().filter(|cell| **cell == Cell::Gap).count();
        let gaps = match gaps {
            0 => String::new(),
            1 => "1 gap".to_owned(),
            gaps => format!("{} gaps", grouped(gaps)),
        };
        lines.push(vec![clip(&column.name), kind, range(column), gaps]);
    }
    push_aligned(&mut out, &lines, &[false; 4]);
    for total in &table.totals {
        let cells: Vec<String> = total
            .iter()
            .filter_map(|cell| match cell {
                Cell::Number(number) => Some(number_text(*number)),
                Cell::Text(text) => Some(text.to_string()),
                _ => None,
            })
            .collect();
        let _ = writeln!(out, "\nTotals, kept out of the data: {}", cells.join(" · "));
    }
    if !table.notes.is_empty() {
        out.push('\n');
        for note in &table.notes {
            let _ = writeln!(out, "- {note}");
        }
    }
    out.push('\n');
    let mut lines: Vec<Vec<String>> = vec![table.columns.iter().map(|column| clip(&column.name)).collect()];
    for row in 0..rows.min(ROWS_SHOWN) {
        lines.push(
            table
                .columns
                .iter()
                .map(
                    |column| {
                        if column.cells[row] == Cell::Gap { "·".to_owned() } else { clip(&cell_text(column, row)) }
                    },
                )
                .collect(),
        );
    }
    let right: Vec<bool> = table.columns.iter().map(|column| column.kind == ColumnKind::Number).collect();
    push_aligned(&mut out, &lines, &right);
    if rows > ROWS_SHOWN {
        let _ = writeln!(out, "… and {} more", grouped(rows - ROWS_SHOWN));
    }
    out
}

/// What the values run from and to, or how many different ones there are.
fn range(column: &Column) -> String {
    match column.kind {
        ColumnKind::Number => {
            let numbers = || {
                column
                    .cells
                    .iter()
                    .filter_map(|cell| if let Cell::Number(number) = cell { Some(*number) } else { None })
            };
            match (numbers().reduce(f64::min), numbers().reduce(f64::max)) {
                (Some(least), Some(greatest)) if least != greatest => {
                    format!("{} to {}", number_text(least), number_text(greatest))
                }
                (Some(only), _) => number_text(only),
                _ => String::new(),
            }
        }
        ColumnKind::Date => {
            let mut filled = (0..column.cells.len()).filter(|row| column.cells[*row] != Cell::Gap);
            match (filled.next(), filled.next_back()) {
                (Some(first), Some(last)) => format!("{} … {}", cell_text(column, first), cell_text(column, last)),
                (Some(only), None) => cell_text(column, only),
                _ => String::new(),
            }
        }
        ColumnKind::Text | ColumnKind::Bool => {
            let mut values: Vec<&str> = column
                .texts
                .iter()
                .zip(&column.cells)
                .filter(|(_, cell)| **cell != Cell::Gap)
                .map(|(text, _)| text.as_ref())
                .collect();
            values.sort_unstable();
            values.dedup();
            format!("{} different", grouped(values.len()))
        }
    }
}

/// A cell on one line and cut to a readable width.
fn clip(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= CELL_CHARS_MAX {
        return line;
    }
    let mut cut: String = line.chars().take(CELL_CHARS_MAX - 1).collect();
    cut.push('…');
    cut
}

/// Writes lines of cells in columns, two spaces apart.
fn push_aligned(out: &mut String, lines: &[Vec<String>], right: &[bool]) {
    let width = lines.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..width)
        .map(|column| {
            lines.iter().filter_map(|line| line.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
        })
        .collect();
    for line in lines {
        let mut text = String::new();
        for (index, cell) in line.iter().enumerate() {
            let pad = " ".repeat(widths[index] - cell.chars().count());
            if index > 0 {
                text.push_str("  ");
            }
            if right.get(index) == Some(&true) {
                text.push_str(&pad);
                text.push_str(cell);
            } else {
                text.push_str(cell);
                text.push_str(&pad);
            }
        }
        out.push_str(text.trim_end());
        out.push('\n');
    }
}
