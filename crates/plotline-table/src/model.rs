//! What a table is once it has been read: typed columns, the text as it was written, and what had to be assumed.

use chrono::{NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};

/// One table, read from a message or a file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// What the source calls the table: a file's or sheet's name, or a heading directly above it.
    pub title: Option<String>,
    /// At least one column; all have the same number of cells.
    pub columns: Vec<Column>,
    /// Rows recognised as totals and kept out of the columns, one cell for each column.
    pub totals: Vec<Vec<Cell>>,
    /// What the reader assumed, dropped or could not read: whole sentences for the member.
    pub notes: Vec<String>,
}

impl Table {
    /// The number of rows, totals not counted.
    pub fn row_count(&self) -> usize {
        self.columns.first().map_or(0, |column| column.cells.len())
    }
}

/// One column of a [`Table`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// The header without its unit; `Column 1`, `Column 2` … where the table has no header.
    pub name: String,
    /// What every cell that is not a gap holds.
    pub kind: ColumnKind,
    /// The unit of every number in the column: `EUR`, `%`, `kg`, `s`, `min`, `h` …
    pub unit: Option<String>,
    /// The typed values, a row each. A value that did not parse is a [`Cell::Gap`] and is told in [`Table::notes`].
    pub cells: Vec<Cell>,
    /// The same cells as they were written, trimmed; the same length as `cells`.
    pub texts: Vec<Box<str>>,
}

/// The type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ColumnKind {
    /// Every value is a [`Cell::Number`].
    Number,
    /// Every value is a [`Cell::Time`].
    Date,
    /// Every value is a [`Cell::Text`].
    Text,
    /// Every value is a [`Cell::Bool`].
    Bool,
}

/// One value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Cell {
    /// Nothing, or nothing that could be read.
    Gap,
    /// A finite number: percent as the number before the sign, `12k` as 12000, a duration in the column's unit.
    Number(f64),
    /// A point or a period in time.
    Time(Time),
    /// Any text.
    Text(Box<str>),
    /// A truth value.
    Bool(bool),
}

/// A point in time, or a period named by people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Time {
    /// A calendar day.
    Date(NaiveDate),
    /// A day with a time of day.
    DateTime(NaiveDateTime),
    /// A calendar year.
    Year(i32),
    /// A quarter (1 to 4), with its year where it is known.
    Quarter(Option<i32>, u8),
    /// A month (1 to 12), with its year where it is known.
    Month(Option<i32>, u8),
    /// A weekday, 0 is Monday.
    Weekday(u8),
    /// A month (1 to 12) and a day of it (1 to 31) of a year that nobody named.
    MonthDay(u8, u8),
    /// A time of day, in seconds after midnight.
    TimeOfDay(u32),
}
