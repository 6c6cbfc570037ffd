//! Columns whose headers are values (years, shops) as one column of the headers and one of the values.

use std::collections::HashSet;

use plotline_table::{Cell, Column, ColumnKind, Limits, Table, to_csv};

use super::columns;
use crate::ChartError;
use crate::spec::Fold;

/// What the headers are called where no word says what they are.
pub(crate) const UNNAMED_KEY: &str = "Column";
/// What the numbers are called where no word says what they are.
pub(crate) const UNNAMED_VALUE: &str = "Value";

/// A table is not made longer than this many rows: more values than categories and series may have in a chart cannot be drawn.
const ROWS_MAX: usize = 1_000_000;

/// The table with one row for each cell of the folded columns; the other columns are repeated beside them.
///
/// # Errors
/// Where a column does not exist or holds no numbers, a new name is taken, or there are too many cells.
pub(crate) fn fold(fold: &Fold, table: &Table) -> Result<Table, ChartError> {
    let mut places = Vec::with_capacity(fold.columns.len());
    for name in &fold.columns {
        let place = columns::index(table, name).ok_or_else(|| ChartError::unknown_column(table, name))?;
        if table.columns.get(place).is_none_or(|column| column.kind != ColumnKind::Number) {
            return Err(ChartError::not_numeric(table, name, "a folded value"));
        }
        places.push(place);
    }
    let folded: Vec<&Column> = places.iter().filter_map(|at| table.columns.get(*at)).collect();
    let (Some(first), true) = (folded.first(), places.iter().collect::<HashSet<_>>().len() == places.len()) else {
        return Err(ChartError::impossible(table, "Folding needs one or more columns, each named once."));
    };
    let kept: Vec<&Column> =
        table.columns.iter().enumerate().filter(|(at, _)| !places.contains(at)).map(|(_, column)| column).collect();
    if fold.key == fold.value || kept.iter().any(|column| column.name == fold.key || column.name == fold.value) {
        return Err(ChartError::impossible(table, "The two columns of a fold need names that no other column has."));
    }
    let rows = table.row_count();
    if rows.saturating_mul(folded.len()) > ROWS_MAX {
        return Err(ChartError::impossible(table, "There are too many cells to fold; take fewer columns or rows."));
    }
    let repeated = |column: &&Column| Column {
        name: column.name.clone(),
        kind: column.kind,
        unit: column.unit.clone(),
        cells: column.cells.iter().flat_map(|cell| std::iter::repeat_n(cell.clone(), folded.len())).collect(),
        texts: column.texts.iter().flat_map(|text| std::iter::repeat_n(text.clone(), folded.len())).collect(),
    };
    let mut columns: Vec<Column> = kept.iter().map(repeated).collect();
    let headers = headers(&fold.key, &folded);
    columns.push(Column {
        cells: (0..rows).flat_map(|_| headers.cells.iter().cloned()).collect(),
        texts: (0..rows).flat_map(|_| headers.texts.iter().cloned()).collect(),
        ..headers
    });
    let unit = first.unit.clone().filter(|unit| folded.iter().all(|column| column.unit.as_ref() == Some(unit)));
    columns.push(Column {
        name: fold.value.clone(),
        kind: ColumnKind::Number,
        unit,
        cells: (0..rows)
            .flat_map(|row| folded.iter().map(move |column| column.cells.get(row).cloned().unwrap_or(Cell::Gap)))
            .collect(),
        texts: (0..rows)
            .flat_map(|row| folded.iter().map(move |column| column.texts.get(row).cloned().unwrap_or_default()))
            .collect(),
    });
    Ok(Table { title: table.title.clone(), columns, totals: Vec::new(), notes: table.notes.clone() })
}

/// The headers as a column: periods where all of them are, else names.
fn headers(key: &str, folded: &[&Column]) -> Column {
    let texts: Vec<Box<str>> = folded.iter().map(|column| column.name.as_str().into()).collect();
    let cells = texts.iter().map(|text| Cell::Text(text.clone())).collect();
    let names = Column { name: key.to_owned(), kind: ColumnKind::Text, unit: None, cells, texts };
    // What a year or a month is, the reader of tables knows best.
    let alone = Table { columns: vec![names.clone()], ..Table::default() };
    let read = plotline_table::read_file("headers.csv", to_csv(&alone).as_bytes(), &Limits::default(), None);
    let typed = read.ok().and_then(|reading| reading.tables.into_iter().next()?.table.columns.into_iter().next());
    match typed {
        Some(typed) if typed.kind == ColumnKind::Date && typed.cells.len() == folded.len() => {
            Column { name: key.to_owned(), ..typed }
        }
        _ => names,
    }
}
