//! How many cells an XLS file spans, told from its records before anything is allocated for them.
//!
//! calamine lays every sheet out as a dense rectangle between its outermost cells. A file of a few hundred bytes can
//! place two cells at opposite corners of many sheets and so ask for gigabytes; the records are walked here first.

use std::io::{Cursor, Read as _};

/// The first bytes of a compound file.
pub(crate) const SIGNATURE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// What a compound file holds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// A workbook whose sheets span this many cells together.
    Cells(usize),
    /// An encrypted document.
    Encrypted,
    /// No workbook.
    Unreadable,
}

/// Walks the records of the workbook in a compound file.
pub(crate) fn cells(bytes: &[u8]) -> Found {
    let Ok(mut file) = cfb::CompoundFile::open(Cursor::new(bytes)) else {
        return Found::Unreadable;
    };
    if file.exists("/EncryptedPackage") {
        return Found::Encrypted;
    }
    let Some(stream) =
        ["/Workbook", "/Book", "/WORKBOOK", "/BOOK"].into_iter().find_map(|name| file.open_stream(name).ok())
    else {
        return Found::Unreadable;
    };
    // A stream is no longer than its file; a chain that says otherwise goes in circles.
    let mut records = Vec::new();
    if stream.take(bytes.len() as u64).read_to_end(&mut records).is_err() {
        return Found::Unreadable;
    }
    Found::Cells(spanned(&records))
}

/// Record types that begin with a row and a column: formula, blank, number, label, boolean, string, RK, multiple RK,
/// multiple blanks, shared string (MS-XLS 2.3.2).
const CELL_RECORDS: [u16; 12] =
    [0x0006, 0x0201, 0x0203, 0x0204, 0x0205, 0x0207, 0x027e, 0x00bd, 0x00be, 0x00fd, 0x00d6, 0x0406];
/// The beginning of a sheet.
const BEGIN_RECORD: u16 = 0x0809;
/// Several RK numbers in one record; its last two bytes are the last column.
const MULTIPLE_RK: u16 = 0x00bd;

/// Adds up the rectangles that the sheets span.
fn spanned(records: &[u8]) -> usize {
    let mut total = 0_usize;
    let mut bounds: Option<(usize, usize, usize, usize)> = None;
    let area = |bounds: Option<(usize, usize, usize, usize)>| {
        bounds.map_or(0, |(top, bottom, left, right)| (bottom - top + 1) * (right - left + 1))
    };
    let word = |at: usize| records.get(at..at + 2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
    let mut at = 0;
    while let (Some(kind), Some(length)) = (word(at), word(at + 2)) {
        let body = at + 4;
        let end = body + usize::from(length);
        if kind == BEGIN_RECORD {
            total = total.saturating_add(area(bounds.take()));
        } else if CELL_RECORDS.contains(&kind)
            && let (Some(row), Some(column)) = (word(body), word(body + 2))
        {
            let last =
                if kind == MULTIPLE_RK && length >= 6 { word(end - 2).unwrap_or(column).max(column) } else { column };
            let (row, column, last) = (usize::from(row), usize::from(column), usize::from(last));
            let (top, bottom, left, right) = bounds.unwrap_or((row, row, column, last));
            bounds = Some((top.min(row), bottom.max(row), left.min(column), right.max(last)));
        }
        at = end;
    }
    total.saturating_add(area(bounds))
}
