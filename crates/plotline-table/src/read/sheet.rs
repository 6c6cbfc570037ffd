//! Spreadsheets: XLSX, XLS and ODS through calamine, bounded before and while they are unpacked.
//!
//! calamine trusts the sizes that a file claims, so every one of them is checked here first: what a ZIP unpacks to, how
//! far apart the cells of a sheet lie, and how often an ODS cell is repeated.

use std::borrow::Cow;
use std::io::{Cursor, Read as _};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Data, DataRef, ExcelDateTime, Ods, Reader as _, SheetVisible, Xls, Xlsx};
use zip::ZipArchive;

use super::biff;
use crate::error::TableError;
use crate::grid::Row;
use crate::limits::Limits;

/// A spreadsheet's format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// Office Open XML.
    Xlsx,
    /// The binary format of Excel up to 2003.
    Xls,
    /// OpenDocument.
    Ods,
}

impl Format {
    fn name(self) -> &'static str {
        match self {
            Self::Xlsx => "an XLSX spreadsheet",
            Self::Xls => "an XLS spreadsheet",
            Self::Ods => "an ODS spreadsheet",
        }
    }
}

/// A sheet's cells as text.
#[derive(Debug)]
pub(crate) struct Sheet {
    /// Its name.
    pub(crate) name: String,
    /// Its rows from the first one used.
    pub(crate) rows: Vec<Row<'static>>,
    /// Every sheet of the file, the hidden ones last.
    pub(crate) all: Vec<String>,
}

/// The format of a file by its first bytes.
pub(crate) fn format_of(bytes: &[u8]) -> Option<Format> {
    /// Where the name of a ZIP's first entry begins.
    const FIRST_NAME_AT: usize = 30;
    if bytes.starts_with(b"PK\x03\x04") {
        let ods = bytes
            .get(FIRST_NAME_AT..)
            .is_some_and(|rest| rest.starts_with(b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"));
        return Some(if ods { Format::Ods } else { Format::Xlsx });
    }
    bytes.starts_with(biff::SIGNATURE).then_some(Format::Xls)
}

/// Reads one sheet: the one named, or else the first that is visible and not empty.
///
/// calamine subtracts and slices by numbers of the file in places where they may be wrong, and panics there; such a file is damaged,
/// and nothing of this crate is left half done by it.
pub(crate) fn read(
    name: &str,
    bytes: &[u8],
    format: Format,
    limits: &Limits,
    wanted: Option<&str>,
) -> Result<Sheet, TableError> {
    catch_unwind(AssertUnwindSafe(|| read_trusting(name, bytes, format, limits, wanted)))
        .unwrap_or_else(|_| Err(TableError::Damaged { name: name.to_owned(), format: format.name() }))
}

fn read_trusting(
    name: &str,
    bytes: &[u8],
    format: Format,
    limits: &Limits,
    wanted: Option<&str>,
) -> Result<Sheet, TableError> {
    let damaged = || TableError::Damaged { name: name.to_owned(), format: format.name() };
    let protected = || TableError::Protected { name: name.to_owned() };
    match format {
        Format::Xlsx => {
            check_unpacked(bytes, limits, &damaged)?;
            let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| match error {
                calamine::XlsxError::Password => protected(),
                _ => damaged(),
            })?;
            let sheets = visible(book.sheets_metadata());
            pick(&sheets, wanted, |sheet| xlsx_rows(&mut book, sheet, limits, &damaged))
        }
        Format::Xls => {
            match biff::cells(bytes) {
                biff::Found::Encrypted => return Err(protected()),
                biff::Found::Unreadable => return Err(damaged()),
                biff::Found::Cells(cells) if cells > limits.cells => {
                    return Err(TableError::TooManyCells { limit: limits.cells });
                }
                biff::Found::Cells(_) => {}
            }
            let mut book: Xls<_> = Xls::new(Cursor::new(bytes)).map_err(|error| match error {
                calamine::XlsError::Password => protected(),
                _ => damaged(),
            })?;
            let sheets = visible(book.sheets_metadata());
            pick(&sheets, wanted, |sheet| Ok(range_rows(&book.worksheet_range(sheet).map_err(|_| damaged())?)))
        }
        Format::Ods => {
            check_unpacked(bytes, limits, &damaged)?;
            check_repeats(bytes, limits, &damaged)?;
            let mut book: Ods<_> = Ods::new(Cursor::new(bytes)).map_err(|error| match error {
                calamine::OdsError::Password => protected(),
                calamine::OdsError::CellLimitExceeded { .. } => TableError::TooManyCells { limit: limits.cells },
                _ => damaged(),
            })?;
            let sheets = visible(book.sheets_metadata());
            pick(&sheets, wanted, |sheet| Ok(range_rows(&book.worksheet_range(sheet).map_err(|_| damaged())?)))
        }
    }
}

/// The names of the sheets with cells, the hidden ones last.
fn visible(sheets: &[calamine::Sheet]) -> Vec<String> {
    let names = |shown: bool| {
        sheets
            .iter()
            .filter(move |sheet| {
                sheet.typ == calamine::SheetType::WorkSheet && (sheet.visible == SheetVisible::Visible) == shown
            })
            .map(|sheet| sheet.name.clone())
    };
    names(true).chain(names(false)).collect()
}

fn pick(
    sheets: &[String],
    wanted: Option<&str>,
    mut rows_of: impl FnMut(&str) -> Result<Vec<Row<'static>>, TableError>,
) -> Result<Sheet, TableError> {
    if let Some(wanted) = wanted {
        let found = sheets
            .iter()
            .find(|name| *name == wanted)
            .or_else(|| sheets.iter().find(|name| name.to_lowercase() == wanted.to_lowercase()));
        let Some(name) = found else {
            return Err(TableError::NoSuchSheet { sheet: wanted.to_owned(), sheets: sheets.to_vec() });
        };
        return Ok(Sheet { name: name.clone(), rows: rows_of(name)?, all: sheets.to_vec() });
    }
    /// Empty sheets passed over; a file made of more is not searched through.
    const SHEETS_TRIED_MAX: usize = 10;
    for name in sheets.iter().take(SHEETS_TRIED_MAX) {
        let rows = rows_of(name)?;
        if !rows.is_empty() {
            return Ok(Sheet { name: name.clone(), rows, all: sheets.to_vec() });
        }
    }
    Ok(Sheet { name: String::new(), rows: Vec::new(), all: sheets.to_vec() })
}

/// Unpacks every part that calamine would, counting bytes: what a ZIP claims about its sizes may be a lie.
fn check_unpacked(bytes: &[u8], limits: &Limits, damaged: &impl Fn() -> TableError) -> Result<(), TableError> {
    let too_much = || TableError::TooMuchUnpacked { limit: limits.unpacked_bytes };
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged())?;
    /// Parts of a file; a workbook has a handful for each sheet.
    const PARTS_MAX: usize = 4096;
    if archive.len() > PARTS_MAX {
        return Err(too_much());
    }
    let mut left = limits.unpacked_bytes as u64;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|_| damaged())?;
        let name = part.name().map_err(|_| damaged())?.to_lowercase();
        // Pictures and macros are never opened.
        if !(name.ends_with(".xml") || name.ends_with(".rels") || name == "mimetype") {
            continue;
        }
        if part.size() > left {
            return Err(too_much());
        }
        let unpacked = std::io::copy(&mut part.take(left + 1), &mut std::io::sink()).map_err(|_| damaged())?;
        left = left.checked_sub(unpacked).ok_or_else(too_much)?;
    }
    Ok(())
}

/// Bounds what the repetitions in an ODS file come to. The names of its elements are fixed, prefix included, for
/// calamine reads no others.
fn check_repeats(bytes: &[u8], limits: &Limits, damaged: &impl Fn() -> TableError) -> Result<(), TableError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged())?;
    let part = archive.by_name("content.xml").map_err(|_| damaged())?;
    let mut content = Vec::new();
    part.take(limits.unpacked_bytes as u64).read_to_end(&mut content).map_err(|_| damaged())?;
    let content = String::from_utf8_lossy(&content);
    let too_many = || TableError::TooManyCells { limit: limits.cells };
    let repeated = |tag: &str, attribute: &str| -> usize {
        tag.find(attribute).and_then(|at| tag[at + attribute.len()..].trim_start_matches(['=', ' ']).get(1..)).map_or(
            1,
            |value| {
                value
                    .bytes()
                    .take_while(u8::is_ascii_digit)
                    .fold(0_usize, |sum, digit| sum.saturating_mul(10).saturating_add(usize::from(digit - b'0')))
            },
        )
    };
    let (mut width_max, mut rows, mut rows_used) = (0_usize, 0_usize, 0_usize);
    let (mut row_repeats, mut column, mut column_used) = (1_usize, 0_usize, 0_usize);
    let mut copied_bytes = 0_usize;
    let mut cells = 0_usize;
    let mut tags = content.split('<').skip(1).peekable();
    while let Some(tag) = tags.next() {
        let cell = tag.starts_with("table:table-cell") || tag.starts_with("table:covered-table-cell");
        if tag.starts_with("table:table-row") {
            row_repeats = repeated(tag, "number-rows-repeated");
            (column, column_used) = (0, 0);
            rows = rows.saturating_add(row_repeats);
        } else if cell {
            let repeats = repeated(tag, "number-columns-repeated");
            column = column.saturating_add(repeats);
            let closed = tag.trim_end().ends_with("/>") && !tag.contains("value");
            if !closed {
                column_used = column;
                rows_used = rows;
                let text = tag.len() + tags.peek().map_or(0, |next| next.len());
                copied_bytes = copied_bytes.saturating_add(
                    text.saturating_mul(repeats - usize::from(repeats > 0)).saturating_mul(row_repeats),
                );
            }
            width_max = width_max.max(column_used);
        } else if tag.starts_with("/table:table>") {
            cells = cells.saturating_add(width_max.saturating_mul(rows_used));
            (width_max, rows, rows_used) = (0, 0, 0);
        }
        if copied_bytes > limits.unpacked_bytes {
            return Err(too_many());
        }
    }
    cells = cells.saturating_add(width_max.saturating_mul(rows_used));
    if cells > limits.cells { Err(too_many()) } else { Ok(()) }
}

/// The rows of an XLSX sheet, cell by cell, so that two cells at opposite corners cost nothing.
fn xlsx_rows(
    book: &mut Xlsx<Cursor<&[u8]>>,
    sheet: &str,
    limits: &Limits,
    damaged: &impl Fn() -> TableError,
) -> Result<Vec<Row<'static>>, TableError> {
    let mut reader = book.worksheet_cells_reader(sheet).map_err(|_| damaged())?;
    let mut rows: Vec<Row<'static>> = Vec::new();
    let mut first_row = None;
    let mut cells = 0_usize;
    loop {
        let next = reader.next_cell_with_style_id().map_err(|_| damaged())?;
        let Some((cell, style)) = next else {
            break;
        };
        let (row, column) = cell.get_position();
        let text = match cell.get_value() {
            DataRef::Empty => continue,
            DataRef::Int(number) => styled(*number as f64, format_code(&reader, style)),
            DataRef::Float(number) => styled(*number, format_code(&reader, style)),
            DataRef::String(text) => text.clone(),
            DataRef::SharedString(text) => (*text).to_owned(),
            DataRef::Bool(truth) => truth.to_string(),
            DataRef::DateTime(moment) => moment_text(moment),
            DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
            DataRef::Error(_) => "#N/A".to_owned(),
        };
        let row = row as usize - *first_row.get_or_insert(row as usize).min(&mut (row as usize));
        let column = column as usize;
        // Blank columns left of the table do not count against the limit; far away cells do.
        if column >= limits.columns.saturating_mul(4) {
            return Err(TableError::TooManyColumns { columns: column + 1, limit: limits.columns });
        }
        if row > limits.rows {
            return Err(TableError::TooManyRows { limit: limits.rows });
        }
        if rows.len() <= row {
            rows.resize(row + 1, Vec::new());
        }
        if rows[row].len() <= column {
            cells += column + 1 - rows[row].len();
            rows[row].resize(column + 1, Cow::Borrowed(""));
        }
        if cells > limits.cells {
            return Err(TableError::TooManyCells { limit: limits.cells });
        }
        rows[row][column] = Cow::Owned(text);
    }
    Ok(rows)
}

/// The number format of a cell: `0.0%`, `"$"#,##0.00`.
fn format_code<'r>(reader: &'r calamine::XlsxCellReader<'_, Cursor<&[u8]>>, style: usize) -> &'r str {
    reader
        .styles()
        .get(style)
        .and_then(|style| style.number_format.as_ref())
        .map_or("", |format| format.format_code.as_ref())
}

/// A number as its format shows it, where the format carries a unit.
fn styled(number: f64, format: &str) -> String {
    if format.contains('%') {
        return format!("{}%", plain(crate::typing::number::exact_product(number, 100.0)));
    }
    // `[$€-407]`, `"$"#,##0`, `€ #,##0`: the sign stands in the format and not in the cell.
    let sign = ["€", "£", "¥", "₹", "₩", "₽", "$"].into_iter().find(|sign| {
        format.contains(&format!("[${sign}"))
            || format.contains(&format!("\"{sign}"))
            || *sign != "$" && format.contains(sign)
    });
    match sign {
        Some(sign) => format!("{}{sign}", plain(number)),
        None => plain(number),
    }
}

/// A number without the noise of binary fractions that spreadsheets hide: 0.1 + 0.2 is shown as 0.3.
fn plain(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 {
        return format!("{number:.0}");
    }
    /// Spreadsheets show 15 significant digits.
    const DIGITS: usize = 14;
    let rounded: f64 = format!("{number:.DIGITS$e}").parse().unwrap_or(number);
    if rounded.abs() >= 1e15 || rounded.abs() < 1e-7 { format!("{rounded:e}") } else { rounded.to_string() }
}

/// A date, a time or a length of time, as the pasted text would have it.
fn moment_text(moment: &ExcelDateTime) -> String {
    /// Seconds in a day, which is 1 in a spreadsheet.
    const DAY_SECONDS: f64 = 86_400.0;
    let days = moment.as_f64();
    if moment.is_duration() || !(1.0..3_000_000.0).contains(&days) {
        let seconds = (days.abs() * DAY_SECONDS).round() as u64;
        let sign = if days < 0.0 { "-" } else { "" };
        let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        return if moment.is_duration() || seconds != 0 {
            format!("{sign}{hours}:{minutes:02}:{seconds:02}")
        } else {
            format!("{sign}{hours:02}:{minutes:02}")
        };
    }
    let (year, month, day, hour, minute, second, millisecond) = moment.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    match (hour, minute, second, millisecond) {
        (0, 0, 0, 0) => date,
        (_, _, _, 0) => format!("{date} {hour:02}:{minute:02}:{second:02}"),
        _ => format!("{date} {hour:02}:{minute:02}:{second:02}.{millisecond:03}"),
    }
}

fn range_rows(range: &calamine::Range<Data>) -> Vec<Row<'static>> {
    range.rows().map(|row| row.iter().map(|cell| Cow::Owned(cell_text(cell))).collect()).collect()
}

fn cell_text(cell: &Data) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::Int(number) => number.to_string(),
        Data::Float(number) => plain(*number),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Bool(truth) => truth.to_string(),
        Data::DateTime(moment) => moment_text(moment),
        Data::Error(_) => "#N/A".to_owned(),
    }
}
