//! Attached files: the format by content and extension, the encoding by its marks.

use std::borrow::Cow;

use super::delimited::{self, Delimiter};
use super::message;
use crate::assemble::assemble;
use crate::error::TableError;
use crate::grid::{Grid, Header};
use crate::limits::Limits;
use crate::reading::{Found, Reading};

/// Reads an attached file.
pub(crate) fn read(name: &str, bytes: &[u8], limits: &Limits, _sheet: Option<&str>) -> Result<Reading, TableError> {
    if bytes.len() > limits.bytes {
        return Err(TableError::TooManyBytes { bytes: bytes.len(), limit: limits.bytes });
    }
    let text = decode(bytes);
    match extension(name).as_str() {
        "csv" => delimited_file(name, &text, None, limits),
        "tsv" | "tab" => delimited_file(name, &text, Some(Delimiter::Tab), limits),
        _ => message::read(&text, limits),
    }
}

fn extension(name: &str) -> String {
    name.rsplit_once('.').map_or_else(String::new, |(_, extension)| extension.to_lowercase())
}

fn decode(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

fn delimited_file(
    name: &str,
    text: &str,
    delimiter: Option<Delimiter>,
    limits: &Limits,
) -> Result<Reading, TableError> {
    let text = text.trim_start_matches('\u{feff}');
    let delimiter = delimiter.or_else(|| delimited::sniff(text)).unwrap_or(Delimiter::Comma);
    let rows = delimited::records(text, delimiter, limits.rows.saturating_add(2));
    let title = name.rsplit(['/', '\\']).next().and_then(|name| name.rsplit_once('.')).map(|(stem, _)| stem.to_owned());
    let grid = Grid { title, header: Header::Unknown, rows, ..Grid::default() };
    let table = assemble(grid, limits)?;
    let tables =
        table.filter(|table| table.row_count() > 0).map(|table| Found { table, span: 0..0 }).into_iter().collect();
    Ok(Reading { tables, notes: Vec::new() })
}
