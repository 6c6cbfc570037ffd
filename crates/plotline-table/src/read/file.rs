//! Attached files: the format by content and extension, the encoding by its marks.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::delimited::{self, Delimiter};
use super::frame::{self, Framed};
use super::{message, sheet};
use crate::assemble::assemble;
use crate::error::TableError;
use crate::grid::{Decimal, Grid, Header, Row};
use crate::limits::Limits;
use crate::reading::{Found, Reading};

/// Reads an attached file.
pub(crate) fn read(name: &str, bytes: &[u8], limits: &Limits, wanted: Option<&str>) -> Result<Reading, TableError> {
    if bytes.len() > limits.bytes {
        return Err(TableError::TooManyBytes { bytes: bytes.len(), limit: limits.bytes });
    }
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    if let Some(format) = sheet::format_of(bytes) {
        return spreadsheet(name, bytes, format, limits, wanted);
    }
    if matches!(extension(name).as_str(), "xlsx" | "xlsm" | "xls" | "ods") && !looks_like_text(bytes) {
        return Err(TableError::Damaged { name: name.to_owned(), format: "a spreadsheet" });
    }
    let (text, encoding) = decode(bytes).ok_or_else(|| TableError::Unsupported { name: name.to_owned() })?;
    if text.len() > limits.bytes.saturating_mul(3) {
        return Err(TableError::TooManyBytes { bytes: text.len(), limit: limits.bytes });
    }
    let mut reading = match extension(name).as_str() {
        "csv" => delimited_file(name, &text, None, limits)?,
        "tsv" | "tab" => delimited_file(name, &text, Some(Delimiter::Tab), limits)?,
        _ => message::read_unbounded(&text, limits)?,
    };
    for found in &mut reading.tables {
        found.span = 0..0;
        if found.table.title.is_none() && extension(name) != "txt" {
            found.table.title = stem(name);
        }
    }
    if encoding == WINDOWS_1252 && !reading.tables.is_empty() {
        reading.notes.push("The file is not in UTF-8; it was read as Windows-1252.".to_owned());
    }
    Ok(reading)
}

fn extension(name: &str) -> String {
    name.rsplit_once('.').map_or_else(String::new, |(_, extension)| extension.to_lowercase())
}

fn stem(name: &str) -> Option<String> {
    name.rsplit_once('.').map(|(stem, _)| stem.to_owned()).filter(|stem| !stem.is_empty())
}

/// Bytes that show whether a file is text.
const PROBE_BYTES: usize = 4096;

fn looks_like_text(bytes: &[u8]) -> bool {
    decode(&bytes[..bytes.len().min(PROBE_BYTES)]).is_some()
}

/// Decodes text: by its byte order mark, as UTF-8 where it is valid, as UTF-16 where every other byte is zero, as
/// Windows-1252 otherwise. `None` where it is no text at all.
fn decode(bytes: &[u8]) -> Option<(Cow<'_, str>, &'static Encoding)> {
    if let Some((encoding, mark_bytes)) = Encoding::for_bom(bytes) {
        return Some((encoding.decode_without_bom_handling(&bytes[mark_bytes..]).0, encoding));
    }
    let probe = &bytes[..bytes.len().min(PROBE_BYTES)];
    let zeros = |odd: usize| probe.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let half = probe.len() / 2;
    for (encoding, high, low) in [(UTF_16LE, zeros(1), zeros(0)), (UTF_16BE, zeros(0), zeros(1))] {
        // Western text in UTF-16: nearly every high byte is zero, hardly any low one.
        if half > 1 && high * 10 >= half * 7 && low * 10 <= half {
            return Some((encoding.decode_without_bom_handling(bytes).0, encoding));
        }
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return (!text.contains('\0')).then_some((Cow::Borrowed(text), encoding_rs::UTF_8));
    }
    // Text has no control characters besides tabs and line breaks; pictures and programs are full of them.
    let control = probe.iter().filter(|byte| **byte < b' ' && !matches!(**byte, b'\t' | b'\n' | b'\r' | 0x0c)).count();
    (control == 0).then(|| (WINDOWS_1252.decode_without_bom_handling(bytes).0, WINDOWS_1252))
}

fn delimited_file(
    name: &str,
    text: &str,
    delimiter: Option<Delimiter>,
    limits: &Limits,
) -> Result<Reading, TableError> {
    let mut text = text.trim_start_matches('\u{feff}');
    let mut delimiter = delimiter;
    // Excel writes its separator on a line of its own.
    if let Some(rest) = text.strip_prefix("sep=").or_else(|| text.strip_prefix("SEP="))
        && let Some(mark) = rest.chars().next()
    {
        let said = Delimiter::ALL.into_iter().find(|delimiter| delimiter.is(mark));
        if let Some(said) = said {
            delimiter = Some(said);
            text = rest.split_once('\n').map_or("", |(_, rest)| rest);
        }
    }
    let sniffed = delimiter.or_else(|| delimited::sniff(text));
    if sniffed.is_none() {
        // A file may be called CSV and hold something else.
        let reading = message::read_unbounded(text, limits)?;
        if reading.tables.iter().any(|found| found.table.columns.len() > 1) {
            return Ok(reading);
        }
    }
    let rows = delimited::records(text, sniffed.unwrap_or(Delimiter::Comma), limits.rows.saturating_add(2));
    framed(rows, Source { title: stem(name), decimal: None, semicolons: sniffed == Some(Delimiter::Semicolon) }, limits)
}

fn spreadsheet(
    name: &str,
    bytes: &[u8],
    format: sheet::Format,
    limits: &Limits,
    wanted: Option<&str>,
) -> Result<Reading, TableError> {
    let sheet = sheet::read(name, bytes, format, limits, wanted)?;
    // Names that programs give say nothing about the data.
    let generic = ["sheet", "tabelle", "feuil", "hoja", "table"].iter().any(|word| {
        sheet.name.to_lowercase().strip_prefix(word).is_some_and(|rest| rest.trim().bytes().all(|b| b.is_ascii_digit()))
    });
    let title = if generic || sheet.name.is_empty() { stem(name) } else { Some(sheet.name.clone()) };
    let mut reading = framed(sheet.rows, Source { title, decimal: Some(Decimal::Dot), semicolons: false }, limits)?;
    let others: Vec<&String> = sheet.all.iter().filter(|other| **other != sheet.name).collect();
    if !others.is_empty() && !reading.tables.is_empty() && wanted.is_none() {
        /// Sheets named in the note.
        const NAMED_MAX: usize = 8;
        let named: Vec<String> =
            others.iter().take(NAMED_MAX).map(|name| crate::typing::column::quoted(name)).collect();
        let more = if others.len() > NAMED_MAX { " and more" } else { "" };
        reading.notes.push(format!(
            "Only the sheet {} was read; the file also has {}{more}.",
            crate::typing::column::quoted(&sheet.name),
            named.join(", ")
        ));
    }
    reading.sheets = sheet.all;
    Ok(reading)
}

/// What a file's format says about its tables.
struct Source {
    title: Option<String>,
    decimal: Option<Decimal>,
    semicolons: bool,
}

/// Types the tables among the rows of a file.
fn framed(rows: Vec<Row<'_>>, source: Source, limits: &Limits) -> Result<Reading, TableError> {
    let Source { title, decimal, semicolons } = source;
    let mut reading = Reading::default();
    if rows.len() > limits.rows.saturating_add(1) {
        return Err(TableError::TooManyRows { limit: limits.rows });
    }
    for Framed { title: heading, rows, notes } in frame::tables(rows) {
        if reading.tables.len() == limits.tables {
            reading.notes.push(format!("Only the first {} tables were read.", limits.tables));
            break;
        }
        let grid = Grid {
            title: heading.or_else(|| title.clone()),
            header: Header::Unknown,
            rows,
            decimal,
            semicolons,
            notes,
        };
        if let Some(table) = assemble(grid, limits)?.filter(|table| table.row_count() > 0) {
            reading.tables.push(Found { table, span: 0..0 });
        }
    }
    Ok(reading)
}
