//! Why a table was refused, in words for the member who sent it.

use std::fmt::Write as _;

/// Why an input was refused. `Display` is one sentence that says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// More bytes than [`crate::Limits::bytes`].
    #[error("this is {} long and I read at most {}; please send a smaller part of it", megabytes(*.bytes), megabytes(*.limit))]
    TooManyBytes {
        /// The size of the input.
        bytes: usize,
        /// The size allowed.
        limit: usize,
    },
    /// More rows than [`crate::Limits::rows`].
    #[error("the table has more than {} rows, which is the most I read; please send fewer rows or a summary of them", grouped(*.limit))]
    TooManyRows {
        /// The number of rows allowed.
        limit: usize,
    },
    /// More columns than [`crate::Limits::columns`].
    #[error("the table has {} columns and I read at most {}; please keep only the columns you need", grouped(*.columns), grouped(*.limit))]
    TooManyColumns {
        /// The number of columns found.
        columns: usize,
        /// The number of columns allowed.
        limit: usize,
    },
    /// More cells than [`crate::Limits::cells`].
    #[error("the table has more than {} cells, which is the most I read; please send fewer rows or columns", grouped(*.limit))]
    TooManyCells {
        /// The number of cells allowed.
        limit: usize,
    },
    /// A compressed file that unpacks to more than [`crate::Limits::unpacked_bytes`].
    #[error("the file unpacks to more than {}, which is the most I read; please send a smaller one", megabytes(*.limit))]
    TooMuchUnpacked {
        /// The unpacked size allowed.
        limit: usize,
    },
    /// A spreadsheet that is locked with a password.
    #[error("{name} is protected with a password; please save it without one and send it again")]
    Protected {
        /// The file's name.
        name: String,
    },
    /// A file whose content is not what its format asks for.
    #[error("{name} could not be read as {format}; please save it again or send it as CSV")]
    Damaged {
        /// The file's name.
        name: String,
        /// The format that was expected.
        format: &'static str,
    },
    /// A kind of file that holds no table.
    #[error("{name} is not a kind of file I can read; please send CSV, TSV, JSON, text, XLSX, XLS or ODS")]
    Unsupported {
        /// The file's name.
        name: String,
    },
    /// The sheet asked for is not in the file.
    #[error("there is no sheet {sheet:?} in the file; it has {}", quoted_list(.sheets))]
    NoSuchSheet {
        /// The sheet asked for.
        sheet: String,
        /// The sheets there are.
        sheets: Vec<String>,
    },
}

fn megabytes(bytes: usize) -> String {
    /// Bytes in a mebibyte; members know it as "MB".
    const MEBIBYTE: f64 = 1024.0 * 1024.0;
    let size = bytes as f64 / MEBIBYTE;
    if size >= 10.0 || size.fract() == 0.0 {
        format!("{size:.0} MB")
    } else if size >= 0.1 {
        format!("{size:.1} MB")
    } else {
        format!("{} bytes", grouped(bytes))
    }
}

/// A count with thousands separators, as English prose writes it.
pub(crate) fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn quoted_list(names: &[String]) -> String {
    /// Sheets named in the sentence; a workbook may have hundreds.
    const NAMES_MAX: usize = 12;
    let mut out = String::new();
    for (index, name) in names.iter().take(NAMES_MAX).enumerate() {
        // Writing to a String cannot fail.
        let _ = write!(out, "{}{name:?}", if index == 0 { "" } else { ", " });
    }
    if names.len() > NAMES_MAX {
        let _ = write!(out, " and {} more", names.len() - NAMES_MAX);
    }
    if out.is_empty() { "none".to_owned() } else { out }
}
