//! The fixed JSON form of tables, as `plotline table --json` prints it.

use serde_json::{Map, Value};

use crate::model::{Cell, Column, ColumnKind, Table, Time};

/// Tables as JSON: `{"tables": [{"columns": […], "rows": […], "totals": … , "notes": […]}]}`.
///
/// Numbers are JSON numbers, full dates ISO 8601, a month, weekday, quarter or year its text, a gap `null`. A column's
/// `unit` is `null` where it has none.
pub fn to_json<'a>(tables: impl IntoIterator<Item = &'a Table>) -> Value {
    let tables: Vec<Value> = tables.into_iter().map(table).collect();
    Value::Object(Map::from_iter([("tables".to_owned(), Value::Array(tables))]))
}

fn table(table: &Table) -> Value {
    let columns: Vec<Value> = table.columns.iter().map(column).collect();
    let rows: Vec<Value> = (0..table.row_count())
        .map(|row| {
            Value::Array(table.columns.iter().map(|column| cell(&column.cells[row], &column.texts[row])).collect())
        })
        .collect();
    let totals: Vec<Value> =
        table.totals.iter().map(|row| Value::Array(row.iter().map(|total| cell(total, "")).collect())).collect();
    let totals = if totals.is_empty() { Value::Null } else { Value::Array(totals) };
    Value::Object(Map::from_iter([
        ("columns".to_owned(), Value::Array(columns)),
        ("rows".to_owned(), Value::Array(rows)),
        ("totals".to_owned(), totals),
        ("notes".to_owned(), table.notes.iter().map(String::as_str).collect()),
    ]))
}

fn column(column: &Column) -> Value {
    let kind = match column.kind {
        ColumnKind::Number => "number",
        ColumnKind::Date => "date",
        ColumnKind::Text => "text",
        ColumnKind::Bool => "bool",
    };
    Value::Object(Map::from_iter([
        ("name".to_owned(), Value::from(column.name.as_str())),
        ("type".to_owned(), Value::from(kind)),
        ("unit".to_owned(), column.unit.as_deref().map_or(Value::Null, Value::from)),
    ]))
}

fn cell(cell: &Cell, text: &str) -> Value {
    match cell {
        Cell::Gap => Value::Null,
        Cell::Number(number) => number_value(*number),
        Cell::Time(time) => Value::from(time_text(*time, text)),
        Cell::Text(text) => Value::from(text.as_ref()),
        Cell::Bool(truth) => Value::from(*truth),
    }
}

/// A whole number without a fraction, as people write it.
fn number_value(number: f64) -> Value {
    /// Whole numbers up to here are exact.
    const EXACT_MAX: f64 = 9_007_199_254_740_992.0;
    if number.fract() == 0.0 && number.abs() <= EXACT_MAX { Value::from(number as i64) } else { Value::from(number) }
}

/// A time as JSON shows it: ISO 8601 where it is exact, the member's own words where it is a period.
pub(crate) fn time_text(time: Time, text: &str) -> String {
    match time {
        Time::Date(day) => day.format("%Y-%m-%d").to_string(),
        Time::DateTime(moment) => moment.format("%Y-%m-%dT%H:%M:%S%.f").to_string(),
        Time::TimeOfDay(seconds) if seconds % 60 == 0 => format!("{:02}:{:02}", seconds / 3600, seconds / 60 % 60),
        Time::TimeOfDay(seconds) => format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60),
        Time::Year(_) | Time::Quarter(..) | Time::Month(..) | Time::Weekday(_) | Time::MonthDay(..) => text.to_owned(),
    }
}
