//! Markdown as models write it, in the dialect that Discord shows.

use crate::fence::{Fences, Line, Opening};
use crate::scan::{AtomKind, scan};
use crate::table::{PHONE_WIDTH, tables_to_blocks};

/// What stands for a thematic break, which Discord does not know.
const RULE: &str = "──────────";

/// The deepest heading that Discord shows as one.
const HEADING_LEVEL_MAX: usize = 3;

/// A character without width that keeps backticks from being a fence.
const ZERO_WIDTH_SPACE: char = '\u{200b}';

/// Turns `markdown` into what Discord shows as it is meant.
///
/// - Tables become code blocks or lists, see [`tables_to_blocks`].
/// - Fences of tildes, of more backticks or indented ones become ones of three backticks at the start of the line, with
///   a language that Discord knows how to read; runs of three backticks in the code get a zero-width space, because
///   Discord would end the block there. An open block is closed.
/// - Headings below the third level become bold, rules a line, `+` bullets `-`, task boxes ☐ and ☑, images links.
pub fn dialect(markdown: &str) -> String {
    let text = tables_to_blocks(markdown, PHONE_WIDTH);
    let mut out = String::with_capacity(text.len() + 16);
    let mut fences = Fences::default();
    let mut block: Option<Opening<'_>> = None;
    for line in text.split_inclusive('\n') {
        let body = line.trim_end_matches(['\n', '\r']);
        match fences.read(line) {
            Line::Opens(opening) => {
                block = Some(opening);
                out.push_str(&quote_or_list(opening.prefix));
                out.push_str("```");
                out.push_str(language(opening.info));
            }
            Line::Code => code(body, block, &mut out),
            Line::Closes => {
                out.push_str(&quote(block.take().map_or("", |opening| opening.prefix)));
                out.push_str("```");
            }
            Line::Prose => {
                // A quote has ended, and the code in it with it.
                if let Some(opening) = block.take() {
                    out.push_str(&format!("{}```\n", quote(opening.prefix)));
                }
                prose(body, &mut out);
            }
        }
        if line.ends_with('\n') {
            out.push('\n');
        }
    }
    if let Some(opening) = fences.open() {
        let line_end = if out.ends_with('\n') { "" } else { "\n" };
        out.push_str(&format!("{line_end}{}```", quote(opening.prefix)));
    }
    out
}

/// One line of code, without the indentation that its fence has.
fn code(line: &str, block: Option<Opening<'_>>, out: &mut String) {
    let prefix = block.map_or("", |opening| opening.prefix);
    let quote = quote(prefix);
    let mut rest = line;
    if !quote.is_empty() {
        rest = rest.trim_start().trim_start_matches('>');
        rest = rest.strip_prefix(' ').unwrap_or(rest);
    } else {
        let indent = prefix.len().min(rest.len() - rest.trim_start_matches([' ', '\t']).len());
        rest = &rest[indent..];
    }
    out.push_str(&quote);
    let mut ticks = 0;
    for c in rest.chars() {
        ticks = if c == '`' { ticks + 1 } else { 0 };
        if ticks == 3 {
            out.push(ZERO_WIDTH_SPACE);
            ticks = 1;
        }
        out.push(c);
    }
}

fn prose(line: &str, out: &mut String) {
    let bare = line.trim_start_matches([' ', '\t', '>']);
    let lead = &line[..line.len() - bare.len()];
    let level = bare.bytes().take_while(|b| *b == b'#').count();
    if level > HEADING_LEVEL_MAX && level <= 6 && bare[level..].starts_with(' ') {
        let title = bare[level..].trim().trim_end_matches('#').trim_end();
        out.push_str(lead);
        match title.contains("**") || title.is_empty() {
            true => out.push_str(title),
            false => out.push_str(&format!("**{title}**")),
        }
        return;
    }
    if is_rule(bare) {
        out.push_str(lead);
        out.push_str(RULE);
        return;
    }
    out.push_str(lead);
    let bare = match bare.strip_prefix("+ ") {
        Some(item) => {
            out.push_str("- ");
            item
        }
        None => match bare.get(..2).filter(|marker| matches!(*marker, "- " | "* ")) {
            Some(marker) => {
                out.push_str(marker);
                &bare[2..]
            }
            None => return images(bare, out),
        },
    };
    let boxed = [("[ ] ", "☐ "), ("[x] ", "☑ "), ("[X] ", "☑ ")];
    match boxed.into_iter().find_map(|(from, to)| Some((bare.strip_prefix(from)?, to))) {
        Some((item, sign)) => {
            out.push_str(sign);
            images(item, out);
        }
        None => images(bare, out),
    }
}

/// Copies `text` with images as links: `![a](b)` becomes `[a](b)`.
fn images(text: &str, out: &mut String) {
    let mut from = 0;
    if text.contains("![") {
        for atom in scan(text).atoms {
            let Some(before) = text[..atom.range.start].strip_suffix('!') else {
                continue;
            };
            if matches!(atom.kind, AtomKind::Link { .. }) && !before.ends_with('\\') {
                out.push_str(&text[from..before.len()]);
                from = atom.range.start;
            }
        }
    }
    out.push_str(&text[from..]);
}

fn is_rule(line: &str) -> bool {
    let mut signs = line.bytes().filter(|b| !matches!(b, b' ' | b'\t'));
    let Some(first) = signs.next().filter(|b| matches!(b, b'-' | b'*' | b'_')) else {
        return false;
    };
    let mut count = 1;
    for sign in signs {
        if sign != first {
            return false;
        }
        count += 1;
    }
    count >= 3
}

/// The first word of an info string, as far as Discord takes it for a language: `rust,ignore` is `rust`.
fn language(info: &str) -> &str {
    let info = info.trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
    let end = info.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '+' | '-' | '.' | '#')));
    &info[..end.unwrap_or(info.len())]
}

/// The quote marks of a line's beginning.
fn quote(prefix: &str) -> String {
    "> ".repeat(prefix.matches('>').count())
}

/// The quote marks, or the list marker, of a line's beginning; mere indentation goes.
fn quote_or_list(prefix: &str) -> String {
    let quote = quote(prefix);
    let rest = prefix.trim_start_matches([' ', '\t', '>']);
    if rest.is_empty() { quote } else { format!("{quote}{rest}") }
}
