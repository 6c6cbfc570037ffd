//! Markdown tables, with or without outer pipes.

use std::borrow::Cow;

use crate::grid::Row;
use crate::typing::text::trim;

/// Whether a line is the row of dashes below a Markdown header: `|---|:--:|`, `--- | ---`.
pub(crate) fn is_delimiter_row(line: &str) -> bool {
    let line = trim(line);
    let inner = line.strip_prefix('|').unwrap_or(line);
    let inner = inner.strip_suffix('|').unwrap_or(inner);
    line.contains('|')
        && inner.split('|').all(|cell| {
            let dashes = trim(cell).trim_matches(':');
            !dashes.is_empty() && dashes.chars().all(|c| matches!(c, '-' | '—' | '–' | '=' | '─'))
        })
}

/// Splits a line at its pipes; escaped pipes and pipes within code spans belong to the cell. Nothing is stripped: an outer
/// pipe leaves a blank cell at its end.
pub(crate) fn split_row(line: &str) -> Row<'_> {
    let line = trim(line);
    let bytes = line.as_bytes();
    let mut cells = Vec::new();
    let mut start = 0;
    let mut at = 0;
    let mut in_code = false;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'`' => in_code = !in_code && line[at + 1..].contains('`'),
            b'|' if !in_code => {
                cells.push(clean(&line[start..at]));
                start = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    cells.push(clean(line.get(start..).unwrap_or_default()));
    cells
}

/// A cell's text without its inline markup.
pub(crate) fn clean(cell: &str) -> Cow<'_, str> {
    let cell = trim(cell);
    /// Longer cells keep their markup: looking for what closes it could cost the square of their length.
    const MARKUP_BYTES_MAX: usize = 1000;
    if cell.len() > MARKUP_BYTES_MAX || !cell.contains(['*', '_', '`', '~', '[', '\\', '<', '&']) {
        return Cow::Borrowed(cell);
    }
    Cow::Owned(strip_inline(cell))
}

/// Removes emphasis, strike-through, code spans, links, line breaks and escapes.
fn strip_inline(cell: &str) -> String {
    let mut out = String::with_capacity(cell.len());
    let mut rest = cell;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        match c {
            '\\' => {
                // A backslash before punctuation takes its meaning away.
                match after.chars().next() {
                    Some(next) if next.is_ascii_punctuation() => {
                        out.push(next);
                        rest = &after[next.len_utf8()..];
                    }
                    _ => {
                        out.push('\\');
                        rest = after;
                    }
                }
            }
            '`' => match after.split_once('`') {
                Some((code, tail)) => {
                    out.push_str(code.trim());
                    rest = tail;
                }
                None => {
                    out.push('`');
                    rest = after;
                }
            },
            '*' | '_' | '~' => {
                let marker_bytes = rest.len() - rest.trim_start_matches(c).len();
                let (marker, tail) = rest.split_at(marker_bytes);
                match closing(tail, marker, out.chars().next_back()) {
                    Some(at) => {
                        out.push_str(&strip_inline(&tail[..at]));
                        rest = &tail[at + marker.len()..];
                    }
                    None => {
                        out.push_str(marker);
                        rest = tail;
                    }
                }
            }
            '[' => match link(rest) {
                Some((label, tail)) => {
                    out.push_str(&strip_inline(label));
                    rest = tail;
                }
                None => {
                    out.push('[');
                    rest = after;
                }
            },
            '<' => {
                let lower = rest.get(..6).unwrap_or(rest).to_lowercase();
                if let Some(tag) = ["<br />", "<br/>", "<br>"].into_iter().find(|tag| lower.starts_with(tag)) {
                    out.push('\n');
                    rest = &rest[tag.len()..];
                } else {
                    out.push('<');
                    rest = after;
                }
            }
            '&' => {
                let entity =
                    [("&nbsp;", " "), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&#124;", "|"), ("&quot;", "\"")]
                        .into_iter()
                        .find(|(entity, _)| rest.starts_with(entity));
                match entity {
                    Some((entity, meaning)) => {
                        out.push_str(meaning);
                        rest = &rest[entity.len()..];
                    }
                    None => {
                        out.push('&');
                        rest = after;
                    }
                }
            }
            other => {
                out.push(other);
                rest = after;
            }
        }
    }
    out
}

/// The longest text that emphasis is looked for in, in bytes: a cell full of asterisks would otherwise cost the square
/// of its length.
const EMPHASIS_BYTES_MAX: usize = 1000;

/// Where emphasis that has just been opened is closed again. Underscores within a word (`Student_ID`) are letters.
fn closing(tail: &str, marker: &str, before: Option<char>) -> Option<usize> {
    let c = marker.chars().next()?;
    let long_enough = match c {
        '~' => marker.len() == 2,
        _ => marker.len() <= 3,
    };
    if !long_enough || tail.starts_with(char::is_whitespace) || tail.len() > EMPHASIS_BYTES_MAX {
        return None;
    }
    let in_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    if c == '_' && in_word(before) {
        return None;
    }
    // `12*` carries a footnote and `2*3*4` is a product.
    if c == '*' && marker.len() == 1 && in_word(before) {
        return None;
    }
    let at = tail.find(marker).filter(|at| *at > 0)?;
    let after = tail[at + marker.len()..].chars().next();
    let escaped = tail[..at].ends_with('\\');
    let inside_ends_blank = tail[..at].ends_with(char::is_whitespace);
    let stays_open = escaped || inside_ends_blank || after == Some(c) || c == '_' && in_word(after);
    (!stays_open).then_some(at)
}

/// A link's label and what follows it: `[label](address)`.
fn link(text: &str) -> Option<(&str, &str)> {
    let (label, rest) = text.strip_prefix('[')?.split_once("](")?;
    let (_, tail) = rest.split_once(')')?;
    (!label.contains(['[', ']', '\n']) && !label.is_empty()).then_some((label, tail))
}
