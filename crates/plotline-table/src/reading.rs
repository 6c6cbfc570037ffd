//! What was found in a message or a file.

use std::ops::Range;

use crate::model::Table;

/// The tables of one message or file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// The tables in the order they stand; none where there is no table.
    pub tables: Vec<Found>,
    /// Every sheet of a workbook, of which one was read; empty for anything else.
    pub sheets: Vec<String>,
    /// What concerns the whole input, in sentences for the member.
    pub notes: Vec<String>,
}

/// A table and where it stood.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The table.
    pub table: Table,
    /// The bytes of the message that the table took; the rest is the request. Empty for a table from a file.
    pub span: Range<usize>,
}

/// The message without its tables and their code fences: what the member asks.
pub fn prose(text: &str, reading: &Reading) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for found in &reading.tables {
        // Spans come in order; a reading of another text must still not panic.
        if let Some(before) = text.get(at..found.span.start) {
            out.push_str(before);
            out.push('\n');
        }
        at = at.max(found.span.end);
    }
    out.push_str(text.get(at..).unwrap_or_default());
    let mut lines: Vec<&str> = Vec::new();
    let blank = crate::typing::text::is_blank;
    for line in out.lines().map(|line| line.trim_end_matches(blank)) {
        // A quotation's mark without the quotation.
        let line = if matches!(line.trim(), ">" | ">>>") && !reading.tables.is_empty() { "" } else { line };
        let fence = line.trim_start().starts_with("```") && !reading.tables.is_empty();
        let repeated = line.is_empty() && lines.last().is_none_or(|last| last.is_empty());
        if !fence && !repeated {
            lines.push(line);
        }
    }
    lines.join("\n").trim_matches(blank).to_owned()
}
