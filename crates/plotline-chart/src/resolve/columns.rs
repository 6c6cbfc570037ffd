//! Finding the columns that a spec names, and the numbers in them.

use plotline_table::{Cell, Column, ColumnKind, Table, Time};

use crate::ChartError;

/// The column of this name: exactly, or with case and punctuation aside.
pub(crate) fn find<'t>(table: &'t Table, name: &str) -> Result<&'t Column, ChartError> {
    index(table, name).and_then(|at| table.columns.get(at)).ok_or_else(|| ChartError::unknown_column(table, name))
}

pub(crate) fn index(table: &Table, name: &str) -> Option<usize> {
    let bare = bare(name);
    table
        .columns
        .iter()
        .position(|column| column.name == name)
        .or_else(|| table.columns.iter().position(|column| column.name.eq_ignore_ascii_case(name)))
        .or_else(|| (!bare.is_empty()).then(|| table.columns.iter().position(|c| self::bare(&c.name) == bare))?)
}

fn bare(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The number in a cell; a calendar year counts as one.
pub(crate) fn number(column: &Column, row: usize) -> Option<f64> {
    match column.cells.get(row)? {
        Cell::Number(number) => Some(*number),
        Cell::Time(Time::Year(year)) => Some(f64::from(*year)),
        _ => None,
    }
}

/// Whether the column's values can be drawn as sizes.
pub(crate) fn is_numeric(column: &Column) -> bool {
    match column.kind {
        ColumnKind::Number => true,
        ColumnKind::Date => column.cells.iter().all(|cell| matches!(cell, Cell::Gap | Cell::Time(Time::Year(_)))),
        ColumnKind::Text | ColumnKind::Bool => false,
    }
}
