//! Reads pasted and attached tables as a careful person would.
//!
//! The crate is pure: text or bytes in, [`Table`]s out. It knows nothing of Discord, of a database or of a model.

mod assemble;
mod describe;
mod error;
mod grid;
mod header_row;
mod json;
mod limits;
mod model;
mod periods;
mod print;
mod read;
mod reading;
mod summary;
mod typing;

pub use describe::describe;
pub use error::TableError;
pub use json::to_json;
pub use limits::{DateOrder, Limits};
pub use model::{Cell, Column, ColumnKind, Table, Time};
pub use print::{to_csv, to_markdown, to_tsv};
pub use reading::{Found, Reading, prose};

/// Reads a message: prose with zero or more tables in it, in or out of code fences.
///
/// # Errors
/// Where the message or a table in it is beyond the limits.
pub fn read_text(text: &str, limits: &Limits) -> Result<Reading, TableError> {
    read::message::read(text, limits)
}

/// Reads an attached file. The format is told by the content and the name's extension; `sheet` names the sheet of a
/// spreadsheet, the first one by default.
///
/// # Errors
/// Where the file is beyond the limits, damaged, protected with a password, of a kind that holds no tables, or has no
/// such sheet.
pub fn read_file(name: &str, bytes: &[u8], limits: &Limits, sheet: Option<&str>) -> Result<Reading, TableError> {
    read::file::read(name, bytes, limits, sheet)
}
