//! What a dialect's reader hands on: rows of text, not yet typed.

use std::borrow::Cow;

/// A row of cells as they were written.
pub(crate) type Row<'a> = Vec<Cow<'a, str>>;

/// Rows of text, before the header is told from the data and before anything is typed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Grid<'a> {
    /// A heading above the table, a file's or a sheet's name.
    pub(crate) title: Option<String>,
    /// What the dialect says about a header.
    pub(crate) header: Header,
    /// The rows, the header first where there is one. They may differ in length.
    pub(crate) rows: Vec<Row<'a>>,
    /// The decimal mark where the dialect fixes it (JSON, spreadsheets).
    pub(crate) decimal: Option<Decimal>,
    /// Whether semicolons separate the cells, as programs write them where the comma is the decimal mark.
    pub(crate) semicolons: bool,
    /// What the dialect's reader already had to assume.
    pub(crate) notes: Vec<String>,
}

/// What a dialect says about its first row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Header {
    /// Nothing: it is decided from the cells.
    #[default]
    Unknown,
    /// The first row is the header.
    First,
    /// There is no header.
    None,
}

/// Which character separates the whole number from its fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decimal {
    /// `1,234.56`.
    Dot,
    /// `1.234,56`.
    Comma,
}
