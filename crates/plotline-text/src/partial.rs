//! The beginning of an answer, made fit to be shown while the rest is still being written.

use crate::fence::{Fences, Line, after_list_marker};
use crate::scan::{AtomKind, Scan, scan};
use crate::table::{is_barred, may_be_rule, table_len};
use crate::token;

/// A link's text longer than this, in bytes, is no link being written but a stray bracket.
const LABEL_BYTES_MAX: usize = 300;

/// Makes the streamed prefix `markdown` of an answer displayable: nothing half is shown, nothing stays open.
///
/// - An open code block is closed; an opening fence without code waits.
/// - Open emphasis, spoilers and inline code are closed; markers with nothing behind them wait.
/// - Half mentions, emoji, times and addresses wait, since half an address may lead to another place; of a half link
///   its text is shown.
/// - Of a table only whole rows are shown, and its head only with the line below it, which tells that it is one.
/// - Markers of a heading, list or quote wait for their text.
///
/// There is no typing mark in the result, because tables are laid out after this; [`crate::answer`] adds it at the
/// very end. What waits is shown by a later call, or by the final text, to which this is not applied.
pub fn partial(markdown: &str) -> String {
    let mut fences = Fences::default();
    let mut opened_at = 0;
    let mut at = 0;
    let mut body_at = 0;
    let mut last = Line::Prose;
    for line in markdown.split_inclusive('\n') {
        last = fences.read(line);
        if let Line::Opens(_) = last {
            opened_at = at;
            body_at = at + line.len();
        }
        at += line.len();
    }
    match fences.open() {
        Some(open) => {
            let line_start = markdown.rfind('\n').map_or(0, |i| i + 1);
            let last = markdown[line_start..].trim();
            let first = open.run.as_bytes().first();
            // The closing fence may be on its way.
            let closing = !last.is_empty() && last.bytes().all(|b| Some(&b) == first);
            let end = if closing && line_start >= body_at { line_start } else { markdown.len() };
            let body = markdown.get(body_at..end).unwrap_or_default();
            if body.trim_matches([' ', '\t', '\n', '\r', '>']).is_empty() {
                return prose(&markdown[..opened_at]);
            }
            let kept = markdown[..end].trim_end();
            let prefix: String = open.prefix.chars().map(|c| if c == '>' { '>' } else { ' ' }).collect();
            format!("{kept}\n{prefix}{}", open.run)
        }
        None if last == Line::Closes => markdown.trim_end().to_owned(),
        None => prose(markdown),
    }
}

/// A text that ends outside of code blocks.
fn prose(text: &str) -> String {
    let text = whole_rows(text);
    let text = without_lone_marker(text);
    let mut text = without_half_atoms(text).to_owned();
    open_label(&mut text);
    close(&mut text);
    text
}

/// Cuts a table that is being written behind its last whole row.
fn whole_rows(text: &str) -> &str {
    let block_start = text.trim_end().rfind("\n\n").map_or(0, |i| i + 2);
    let block = &text[block_start..];
    let lines: Vec<&str> = block.split_inclusive('\n').collect();
    let ends = block.ends_with('\n');
    let mut at = 0;
    let mut offset = block_start;
    let mut fences = Fences::default();
    while let Some(line) = lines.get(at) {
        let prose = fences.read(line) == Line::Prose;
        match table_len(&lines[at..]).filter(|_| prose) {
            Some(len) if at + len == lines.len() => {
                // A head with half a rule is not yet a table, and half a row is not yet a row.
                return match (ends, len) {
                    (true, _) => text,
                    (false, 2) => &text[..offset],
                    (false, _) => &text[..text.len() - lines.last().map_or(0, |line| line.len())],
                };
            }
            Some(len) => {
                offset += lines[at..at + len].iter().map(|line| line.len()).sum::<usize>();
                at += len;
                continue;
            }
            None => {}
        }
        let left = lines.len() - at;
        let head = is_barred(line) || (left == 2 && line.contains('|'));
        let barred_before = at > 0 && is_barred(lines[at - 1]);
        let rule_comes = left == 2 && !ends && may_be_rule(lines[at + 1]);
        if prose && head && !barred_before && ((left == 1 && is_barred(line)) || rule_comes) {
            return &text[..offset];
        }
        offset += line.len();
        at += 1;
    }
    text
}

/// Cuts a last line that is nothing but the marker of a heading, list, quote or fence: it shows as text until more
/// comes.
fn without_lone_marker(text: &str) -> &str {
    let text = text.trim_end();
    let start = text.rfind('\n').map_or(0, |i| i + 1);
    let line = text[start..].trim_start_matches([' ', '\t', '>']);
    let line = after_list_marker(line).unwrap_or(line).trim_start();
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let number = digits > 0 && digits < 4 && matches!(&line[digits..], "." | ")");
    let marker = line.bytes().all(|b| matches!(b, b'#' | b'-' | b'*' | b'+' | b'`' | b'~' | b'_' | b'='));
    if number || marker { text[..start].trim_end() } else { text }
}

/// Cuts a half token or address, and what a later character could turn into something else.
fn without_half_atoms(text: &str) -> &str {
    let found = scan(text);
    let code_from = found.open_code.map_or(text.len(), |open| open.at);
    let mut end = text.len();
    if let Some(last) = found.atoms.last() {
        let tail = &text[last.range.end..];
        let touches = !tail.contains(char::is_whitespace) && last.range.start < code_from;
        if last.kind == AtomKind::Url && touches {
            end = last.range.start;
        }
    }
    let behind = found.atoms.iter().rev().find(|atom| atom.range.end <= end).map_or(0, |atom| atom.range.end);
    if let Some(i) = text[behind..end].rfind('<').map(|i| behind + i)
        && i < code_from
        && token::may_become(&text[i..end])
    {
        end = i;
    }
    // The beginning of a scheme is held back with the address that it may open.
    let word = text[..end].rfind(char::is_whitespace).map_or(0, |i| i + 1);
    let scheme = text.get(word..end).filter(|word| !word.is_empty() && "https://".starts_with(*word));
    if scheme.is_some() && word < code_from {
        end = word;
    }
    let text = text[..end].trim_end();
    let escapes = text.len() - text.trim_end_matches('\\').len();
    let text = if escapes % 2 == 1 && end <= code_from { &text[..text.len() - 1] } else { text };
    // Half of a joined emoji would show as another one.
    text.trim_end_matches('\u{200d}').trim_end()
}

/// Shows the text of a link whose address is not there yet.
fn open_label(text: &mut String) {
    let found = scan(text);
    let Some(open) = found.open_link.filter(|open| found.open_code.is_none_or(|code| *open < code.at)) else {
        return;
    };
    let rest = &text[open + 1..];
    let label = &rest[..rest.find("](").unwrap_or(rest.len())];
    if label.len() > LABEL_BYTES_MAX || rest.contains('\n') {
        return;
    }
    let start = if text[..open].ends_with('!') { open - 1 } else { open };
    let shown = format!("{}{}", &text[..start], label.trim_end_matches(']'));
    *text = shown;
    text.truncate(text.trim_end().len());
}

/// Closes inline code, emphasis and spoilers; drops those markers that have nothing to show yet.
fn close(text: &mut String) {
    let mut closing = String::new();
    let Scan { open, open_code, .. } = scan(text);
    let mut end = text.len();
    let mut before = end;
    if let Some(code) = open_code {
        before = code.at;
        let body = text[code.at + code.marker.len()..].trim_end_matches('`').trim();
        if body.is_empty() {
            end = code.at;
        } else {
            end = text.trim_end_matches('`').len();
            closing.push_str(code.marker);
        }
    }
    for marker in open.iter().rev().filter(|marker| marker.at < before) {
        let body_at = marker.at + marker.marker.len();
        let bare = closing.is_empty() && text.get(body_at..end).is_none_or(|body| body.trim().is_empty());
        if bare {
            end = marker.at;
        } else {
            closing.push_str(marker.marker);
        }
    }
    let end = text[..end].trim_end().len();
    text.truncate(end);
    text.push_str(&closing);
}
