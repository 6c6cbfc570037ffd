//! Values that a language model supplies where the member gave no table: drawn, but never passed off as the member's.

use plotline_table::{Cell, Column, ColumnKind, Table};
use serde::Deserialize;

use crate::resolve::Resolved;

/// The note on the picture and in its alternative text.
pub const SUPPLIED_NOTE: &str = "The values come from a language model, not from a table.";

/// More rows than this are not typed by a model but copied from somewhere.
const ROWS_MAX: usize = 500;
/// The same for columns.
const COLUMNS_MAX: usize = 12;
/// A label longer than this is not one, in characters.
const TEXT_CHARS_MAX: usize = 200;

/// A table as a tool call gives it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuppliedTable {
    /// The names of the columns.
    pub columns: Vec<String>,
    /// Rows of numbers, texts and gaps, each as long as `columns`.
    pub rows: Vec<Vec<SuppliedValue>>,
}

/// One value of a supplied table.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum SuppliedValue {
    /// A number.
    Number(f64),
    /// A label or a date.
    Text(String),
    /// A gap.
    Null(()),
}

/// Makes a table of supplied values. Columns whose values are all numbers are numeric, all others text.
///
/// # Errors
/// A sentence for the model's repair round where the table is empty, too large or ragged.
pub fn supplied_table(supplied: &SuppliedTable) -> Result<Table, String> {
    if supplied.columns.is_empty() || supplied.rows.is_empty() {
        return Err("The table needs at least one column and one row.".to_owned());
    }
    if supplied.columns.len() > COLUMNS_MAX || supplied.rows.len() > ROWS_MAX {
        return Err(format!("A supplied table has at most {COLUMNS_MAX} columns and {ROWS_MAX} rows."));
    }
    if let Some(at) = supplied.rows.iter().position(|row| row.len() != supplied.columns.len()) {
        return Err(format!(
            "Row {} has {} values, but there are {} columns.",
            at + 1,
            supplied.rows[at].len(),
            supplied.columns.len()
        ));
    }
    let columns = supplied
        .columns
        .iter()
        .enumerate()
        .map(|(at, name)| column(name, at, supplied.rows.iter().filter_map(|row| row.get(at))))
        .collect();
    Ok(Table { title: None, columns, totals: Vec::new(), notes: vec![SUPPLIED_NOTE.to_owned()] })
}

fn column<'a>(name: &str, at: usize, values: impl Iterator<Item = &'a SuppliedValue> + Clone) -> Column {
    let numeric = values.clone().all(|value| matches!(value, SuppliedValue::Number(_) | SuppliedValue::Null(())))
        && values.clone().any(|value| matches!(value, SuppliedValue::Number(_)));
    let texts: Vec<Box<str>> = values
        .clone()
        .map(|value| match value {
            SuppliedValue::Number(number) => number.to_string().into(),
            SuppliedValue::Text(text) => text.trim().chars().take(TEXT_CHARS_MAX).collect::<String>().into(),
            SuppliedValue::Null(()) => "".into(),
        })
        .collect();
    let cells = values
        .zip(&texts)
        .map(|(value, text)| match value {
            SuppliedValue::Number(number) if numeric && number.is_finite() => Cell::Number(*number),
            SuppliedValue::Null(()) => Cell::Gap,
            _ if numeric || text.is_empty() => Cell::Gap,
            _ => Cell::Text(text.clone()),
        })
        .collect();
    let name = name.trim();
    let name = if name.is_empty() { format!("Column {}", at + 1) } else { name.chars().take(TEXT_CHARS_MAX).collect() };
    Column { name, kind: if numeric { ColumnKind::Number } else { ColumnKind::Text }, unit: None, cells, texts }
}

/// Marks a chart as drawn from supplied values: visibly on the picture, and so in its alternative text.
pub fn mark_supplied(resolved: &mut Resolved) {
    if !resolved.chart.notes.iter().any(|note| note == SUPPLIED_NOTE) {
        resolved.chart.notes.push(SUPPLIED_NOTE.to_owned());
    }
}
