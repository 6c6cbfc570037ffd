//! CSV and its kin: comma, semicolon, tab and pipe, with quoted cells that may hold separators and line breaks.

use std::borrow::Cow;

use crate::grid::Row;

/// A character that separates cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delimiter {
    /// A tab.
    Tab,
    /// `;`
    Semicolon,
    /// `,`
    Comma,
    /// `|`
    Pipe,
    /// A comma and a space, where commas without one belong to numbers: `Jan, 1,234`.
    CommaSpace,
}

impl Delimiter {
    /// Every delimiter, the least ambiguous first.
    pub(crate) const ALL: [Self; 4] = [Self::Tab, Self::Semicolon, Self::Pipe, Self::Comma];

    fn byte(self) -> u8 {
        match self {
            Self::Tab => b'\t',
            Self::Semicolon => b';',
            Self::Comma | Self::CommaSpace => b',',
            Self::Pipe => b'|',
        }
    }

    /// Whether this character is the delimiter.
    pub(crate) fn is(self, mark: char) -> bool {
        mark == char::from(self.byte())
    }

    /// Whether a separator stands at this byte.
    fn at(self, bytes: &[u8], index: usize) -> bool {
        bytes[index] == self.byte() && (self != Self::CommaSpace || bytes.get(index + 1) == Some(&b' '))
    }
}

/// Reads one record from the beginning of `text`: its cells, and the bytes it takes with its line break.
pub(crate) fn record(text: &str, delimiter: Delimiter, row_bytes_max: usize) -> (Row<'_>, usize) {
    let bytes = text.as_bytes();
    let mut row = Vec::new();
    let mut at = 0;
    loop {
        let (cell, end) = field(text, at, delimiter, row_bytes_max);
        row.push(cell);
        match bytes.get(end) {
            Some(b'\r') if bytes.get(end + 1) == Some(&b'\n') => return (row, end + 2),
            Some(b'\n' | b'\r') => return (row, end + 1),
            Some(_) => at = end + 1,
            None => return (row, bytes.len()),
        }
    }
}

/// Reads one cell that begins at `start`; returns it and where its separator or line break stands.
fn field(text: &str, start: usize, delimiter: Delimiter, row_bytes_max: usize) -> (Cow<'_, str>, usize) {
    let bytes = text.as_bytes();
    let mut open = start;
    // Spaces before a quotation mark are not part of the cell: `a, "b"`.
    while bytes.get(open) == Some(&b' ') {
        open += 1;
    }
    if bytes.get(open) == Some(&b'"')
        && let Some(quoted) = quoted_field(text, open, delimiter, row_bytes_max)
    {
        return quoted;
    }
    let mut end = start;
    while end < bytes.len() && !matches!(bytes[end], b'\n' | b'\r') && !delimiter.at(bytes, end) {
        end += 1;
    }
    (Cow::Borrowed(&text[start..end]), end)
}

/// Reads a quoted cell. `None` where the quotation mark is never closed in front of a separator: then it is a
/// character like any other (`5" pipe`).
fn quoted_field(text: &str, open: usize, delimiter: Delimiter, row_bytes_max: usize) -> Option<(Cow<'_, str>, usize)> {
    let bytes = text.as_bytes();
    let limit = bytes.len().min(open.saturating_add(row_bytes_max));
    let mut doubled = false;
    let mut at = open + 1;
    while at < limit {
        if bytes[at] != b'"' {
            at += 1;
            continue;
        }
        if bytes.get(at + 1) == Some(&b'"') {
            doubled = true;
            at += 2;
            continue;
        }
        let mut after = at + 1;
        while matches!(bytes.get(after), Some(b' ')) && !delimiter.at(bytes, after) {
            after += 1;
        }
        let closed = after >= bytes.len() || matches!(bytes[after], b'\n' | b'\r') || delimiter.at(bytes, after);
        if !closed {
            return None;
        }
        let inner = &text[open + 1..at];
        let cell = if doubled { Cow::Owned(inner.replace("\"\"", "\"")) } else { Cow::Borrowed(inner) };
        return Some((cell, after));
    }
    None
}

/// The longest record that a quoted cell may stretch over lines, in bytes. An unclosed quotation mark would otherwise
/// make every later line search to the end of the text.
pub(crate) const RECORD_BYTES_MAX: usize = 64 * 1024;

/// Reads every record of a text, at most `rows_max` of them.
pub(crate) fn records(text: &str, delimiter: Delimiter, rows_max: usize) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    let mut at = 0;
    while at < text.len() && rows.len() < rows_max {
        let (row, taken) = record(&text[at..], delimiter, RECORD_BYTES_MAX);
        rows.push(row);
        at += taken;
    }
    rows
}

/// Records that show which delimiter a file uses.
const SNIFF_RECORDS: usize = 50;

/// The delimiter of a file: the one that splits most records into the same number of cells, more than one.
pub(crate) fn sniff(text: &str) -> Option<Delimiter> {
    Delimiter::ALL
        .into_iter()
        .filter_map(|delimiter| {
            let rows = records(text, delimiter, SNIFF_RECORDS);
            let counts: Vec<usize> =
                rows.iter().filter(|row| row.iter().any(|cell| !cell.trim().is_empty())).map(Vec::len).collect();
            let (modal, agreeing) = modal(&counts)?;
            let score = agreeing as f64 / counts.len() as f64;
            (modal > 1).then_some((delimiter, score))
        })
        // The earlier delimiter wins a tie, so the comparison has to be strict.
        .reduce(|best, next| if next.1 > best.1 { next } else { best })
        .map(|(delimiter, _)| delimiter)
}

/// The commonest count and how many records have it; of two as common the greater.
pub(crate) fn modal(counts: &[usize]) -> Option<(usize, usize)> {
    let mut sorted = counts.to_vec();
    sorted.sort_unstable();
    sorted.chunk_by(|a, b| a == b).map(|run| (run[0], run.len())).max_by_key(|(count, length)| (*length, *count))
}
