//! How much may be read.

/// Upper bounds for one reading. Input beyond them is refused with one sentence before any work is spent on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of text or of an attached file.
    pub bytes: usize,
    /// Rows of one table, the header included.
    pub rows: usize,
    /// Columns of one table.
    pub columns: usize,
    /// Rows times columns of one table: a few very wide rows cost as much memory as many narrow ones.
    pub cells: usize,
    /// Bytes that a compressed spreadsheet may unpack to.
    pub unpacked_bytes: usize,
    /// Tables in one message or file; later ones are left out with a note.
    pub tables: usize,
    /// How a date such as 3/4/2026 is read where nothing in the table tells; none: by what else is in it.
    pub ambiguous_dates: Option<DateOrder>,
}

/// The order of day and month in a date of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateOrder {
    /// 3/4 is 3 April.
    DayFirst,
    /// 3/4 is March 4.
    MonthFirst,
}

impl Default for Limits {
    /// 10 MiB, 100,000 rows, 256 columns, 4 million cells, 64 MiB unpacked, 20 tables.
    fn default() -> Self {
        Self {
            bytes: 10 * 1024 * 1024,
            rows: 100_000,
            columns: 256,
            cells: 4_000_000,
            unpacked_bytes: 64 * 1024 * 1024,
            tables: 20,
            ambiguous_dates: None,
        }
    }
}
