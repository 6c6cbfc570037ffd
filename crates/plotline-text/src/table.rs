//! Markdown tables, which Discord shows as a heap of bars, made readable.
//!
//! A table becomes an aligned code block where that fits the width, else a list. Links, addresses, mentions and times
//! do not work in a code block, so a table with any of them becomes a list too: nothing that could be clicked is
//! lost.

use unicode_width::UnicodeWidthStr;

use crate::fence::{Fences, Line, quotes};
use crate::length::truncate;
use crate::plain::{Keep, plain};
use crate::scan::{AtomKind, scan};
use crate::token::Token;

/// Columns of code that a phone shows without wrapping, in Discord's code font at its usual size.
pub const PHONE_WIDTH: usize = 42;

/// A column's name in a list is cut to this many UTF-16 code units: it is repeated for every row.
const LABEL_UNITS_MAX: usize = 40;

/// Spaces between two columns; one when only that fits.
const GUTTER: usize = 2;

/// Turns every Markdown table in `markdown` into a code block of at most `width` columns, or into a list. Tables in
/// code blocks stay.
///
/// - In a code block numbers stand to the right, inline markup is taken out, and wide characters (CJK, emoji) count two
///   columns.
/// - A list has one group per row, `**Row**` with `- Column: value` below; a table of two columns has one line per row.
///   Empty cells are left out.
/// - A row with more cells than the head keeps them, in its last cell.
///
/// A table that still grows at the end of a text changes its look at most twice: from block to list, once a row is too
/// wide, and a column from right to left, once a cell is no number. [`crate::partial`] holds back what is not a whole
/// row.
pub fn tables_to_blocks(markdown: &str, width: usize) -> String {
    let lines: Vec<&str> = markdown.split_inclusive('\n').collect();
    let mut out = String::with_capacity(markdown.len() + markdown.len() / 4);
    let mut fences = Fences::default();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let table = match fences.read(line) {
            Line::Prose => Table::read(&lines[at..]),
            Line::Opens(_) | Line::Code | Line::Closes => None,
        };
        match table {
            Some((table, len)) => {
                table.write(width, &mut out);
                at += len;
                // The line end behind the table, unless the text ends without one.
                if lines.get(at).is_none() && !markdown.ends_with('\n') {
                    out.pop();
                }
            }
            None => {
                out.push_str(line);
                at += 1;
            }
        }
    }
    out
}

/// How a column stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Align {
    Left,
    Centre,
    Right,
}

#[derive(Debug)]
struct Table {
    quotes: usize,
    head: Vec<String>,
    asked: Vec<Option<Align>>,
    rows: Vec<Vec<String>>,
}

/// How many of `lines`, from the first, are a table; none when they start with none.
pub(crate) fn table_len(lines: &[&str]) -> Option<usize> {
    Table::read(lines).map(|(_, len)| len)
}

/// Whether `line` starts with a bar, as the rows of most tables do, and not with those of a spoiler.
pub(crate) fn is_barred(line: &str) -> bool {
    let line = line.trim_start_matches([' ', '\t', '>']);
    line.starts_with('|') && !line.starts_with("||")
}

/// Whether `line` may be the beginning of the row between a table's head and its body.
pub(crate) fn may_be_rule(line: &str) -> bool {
    let line = line.trim_start_matches([' ', '\t', '>']).trim_end();
    !line.is_empty() && line.bytes().all(|b| matches!(b, b'|' | b'-' | b':' | b' ' | b'\t'))
}

impl Table {
    fn read(lines: &[&str]) -> Option<(Self, usize)> {
        let [head_line, rule_line, body @ ..] = lines else {
            return None;
        };
        // Most lines are no head; this keeps them cheap.
        if !may_be_rule(rule_line) || !rule_line.contains('|') && !is_barred(head_line) || !head_line.contains('|') {
            return None;
        }
        let quotes_of_head = quotes(head_line);
        let asked = rule(rule_line)?;
        let head = cells(head_line, asked.len());
        // A model sometimes miscounts the rule; with bars on both lines it is a table all the same.
        let counted = head.len() == asked.len() || (is_barred(head_line) && is_barred(rule_line));
        if !counted || quotes(rule_line) != quotes_of_head || head.is_empty() {
            return None;
        }
        let is_row = |line: &&&str| {
            let bare = line.trim_start_matches([' ', '\t', '>']);
            quotes(line) == quotes_of_head
                && bare.contains('|')
                && (bare.starts_with('|') || !(bare.starts_with("```") || bare.starts_with('#')))
        };
        let body: Vec<Vec<String>> = body.iter().take_while(is_row).map(|line| row(line, head.len())).collect();
        let len = 2 + body.len();
        let mut asked = asked;
        asked.resize(head.len(), None);
        let rows = body.into_iter().filter(|row| row.iter().any(|cell| !cell.is_empty())).collect();
        Some((Self { quotes: quotes_of_head, head, asked, rows }, len))
    }

    fn write(&self, width: usize, out: &mut String) {
        let quote = "> ".repeat(self.quotes);
        let text = match self.block(width.saturating_sub(quote.len())) {
            Some(block) => block,
            None => self.list(),
        };
        for line in text.lines() {
            out.push_str(if line.is_empty() { quote.trim_end() } else { &quote });
            out.push_str(line);
            out.push('\n');
        }
    }

    /// The table as a code block; none when it is wider than `width`, or holds what a code block cannot show.
    fn block(&self, width: usize) -> Option<String> {
        let needs_list = |cell: &String| {
            scan(cell).atoms.iter().any(|atom| match atom.kind {
                AtomKind::Link { .. } | AtomKind::Url => true,
                AtomKind::Token(token) => !matches!(token, Token::Emoji(_)),
                AtomKind::Code(_) | AtomKind::Fence(_) => false,
            })
        };
        if self.rows.iter().flatten().any(needs_list) {
            return None;
        }
        let head: Vec<String> = self.head.iter().map(|cell| bare(cell)).collect();
        let rows: Vec<Vec<String>> = self.rows.iter().map(|row| row.iter().map(|cell| bare(cell)).collect()).collect();
        let mut widths: Vec<usize> = head.iter().map(|cell| cell.width().max(1)).collect();
        for row in &rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = cell.width().max(*width);
            }
        }
        let filled: usize = widths.iter().sum();
        let gaps = widths.len() - 1;
        let gutter = [GUTTER, 1].into_iter().find(|gutter| filled + gaps * gutter <= width)?;
        let aligns: Vec<Align> = (0..head.len())
            .map(|column| match self.asked[column] {
                Some(Align::Centre) => Align::Centre,
                _ if is_numeric_column(rows.iter().map(|row| row[column].as_str())) => Align::Right,
                asked => asked.unwrap_or(Align::Left),
            })
            .collect();
        let mut block = String::from("```\n");
        let mut line = |cells: &[String]| {
            let start = block.len();
            for (column, cell) in cells.iter().enumerate() {
                let spare = widths[column] - cell.width();
                let left = match aligns[column] {
                    Align::Left => 0,
                    Align::Centre => spare / 2,
                    Align::Right => spare,
                };
                let gap = if column == 0 { 0 } else { gutter };
                block.extend(std::iter::repeat_n(' ', gap + left));
                block.push_str(cell);
                block.extend(std::iter::repeat_n(' ', spare - left));
            }
            let end = block.trim_end_matches(' ').len();
            block.truncate(end.max(start));
            block.push('\n');
        };
        let rule: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
        if head.iter().any(|cell| !cell.is_empty()) {
            line(&head);
            line(&rule);
        }
        for row in &rows {
            line(row);
        }
        block.push_str("```\n");
        Some(block)
    }

    fn list(&self) -> String {
        let labels: Vec<String> = self
            .head
            .iter()
            .map(|cell| truncate(bare(cell).trim_end_matches(':'), LABEL_UNITS_MAX).into_owned())
            .collect();
        let named = |column: usize, cell: &str| match labels[column].as_str() {
            "" => format!("- {cell}\n"),
            label => format!("- {label}: {cell}\n"),
        };
        let mut list = String::new();
        if self.rows.is_empty() {
            let heads: Vec<String> = labels.iter().map(|label| format!("- {label}\n")).collect();
            return heads.concat();
        }
        let first_is_number = is_numeric_column(self.rows.iter().map(|row| row[0].as_str()));
        for (number, row) in self.rows.iter().enumerate() {
            let cells: Vec<String> = row.iter().map(|cell| on_one_line(cell)).collect();
            match cells.as_slice() {
                [only] => list.push_str(&named(0, only)),
                [name, value] if !name.is_empty() => {
                    let colon = if value.is_empty() || name.ends_with(':') { "" } else { ":" };
                    list.push_str(format!("- {}{colon} {value}", bold(name)).trim_end());
                    list.push('\n');
                }
                [name, values @ ..] => {
                    if number > 0 {
                        list.push('\n');
                    }
                    let name = match name.as_str() {
                        "" => format!("Row {}", number + 1),
                        name if first_is_number && labels[0].chars().any(char::is_alphabetic) => {
                            format!("{} {name}", labels[0])
                        }
                        name => name.to_owned(),
                    };
                    list.push_str(&bold(&name));
                    list.push('\n');
                    for (i, cell) in values.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
                        list.push_str(&named(i + 1, cell));
                    }
                }
                [] => {}
            }
        }
        list
    }
}

/// The alignments of the row between head and body: `| --- | :---: | ---: |`.
fn rule(line: &str) -> Option<Vec<Option<Align>>> {
    let line = line.trim_start_matches([' ', '\t', '>']).trim_end();
    let line = line.strip_prefix('|').unwrap_or(line);
    let line = line.strip_suffix('|').unwrap_or(line);
    line.split('|')
        .map(|cell| {
            let cell = cell.trim();
            let dashes = cell.trim_matches(':');
            let asked = match (cell.starts_with(':'), cell.ends_with(':')) {
                (true, true) => Some(Align::Centre),
                (false, true) => Some(Align::Right),
                (true, false) => Some(Align::Left),
                (false, false) => None,
            };
            (!dashes.is_empty() && dashes.bytes().all(|b| b == b'-')).then_some(asked)
        })
        .collect()
}

/// The cells of a row, as many as there are columns.
fn row(line: &str, columns: usize) -> Vec<String> {
    let mut cells = cells(line, columns);
    if cells.len() > columns {
        let extra = cells.split_off(columns);
        if let Some(last) = cells.last_mut() {
            for cell in extra.into_iter().filter(|cell| !cell.is_empty()) {
                last.push_str(" | ");
                last.push_str(&cell);
            }
        }
    }
    cells.resize(columns, String::new());
    cells
}

/// The cells of `line`. Bars in code separate nothing, although GitHub's Markdown has it otherwise, unless only then
/// there are as many cells as `columns`.
fn cells(line: &str, columns: usize) -> Vec<String> {
    let line = line.trim_start_matches([' ', '\t', '>']).trim_end();
    let line = line.strip_prefix('|').unwrap_or(line);
    let aware = split_cells(line, true);
    if aware.len() != columns && line.contains('`') {
        let plain = split_cells(line, false);
        if plain.len() == columns {
            return plain;
        }
    }
    aware
}

fn split_cells(line: &str, code_aware: bool) -> Vec<String> {
    // An escaped bar is a bar, in code too.
    let cell = |from: usize, to: usize| line[from..to].trim().replace("\\|", "|");
    let bytes = line.as_bytes();
    let mut cells = Vec::new();
    let mut from = 0;
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            b'`' if code_aware => {
                let len = bytes[at..].iter().take_while(|b| **b == b'`').count();
                at += len;
                at += code_len(&bytes[at..], len).unwrap_or(0);
            }
            b'|' => {
                cells.push(cell(from, at));
                at += 1;
                from = at;
            }
            _ => at += 1,
        }
    }
    // The bar that ends the row opens no cell.
    if from < line.len() || cells.is_empty() {
        cells.push(cell(from, line.len()));
    }
    cells
}

/// How far it is to behind the run of exactly `len` backticks that closes inline code.
fn code_len(bytes: &[u8], len: usize) -> Option<usize> {
    let mut at = 0;
    while let Some(skip) = bytes.get(at..)?.iter().position(|b| *b == b'`') {
        let run = bytes[at + skip..].iter().take_while(|b| **b == b'`').count();
        at += skip + run;
        if run == len {
            return Some(at);
        }
    }
    None
}

/// A cell for a code block.
fn bare(cell: &str) -> String {
    let text = plain(&on_one_line(cell), Keep::All, &mut |_| None);
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").replace("```", "'''")
}

/// A cell with its `<br>` line ends as slashes.
fn on_one_line(cell: &str) -> String {
    if !cell.contains('<') {
        return cell.to_owned();
    }
    let mut text = cell.to_owned();
    for tag in ["<br>", "<br/>", "<br />", "<BR>"] {
        text = text.replace(tag, " / ");
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").trim_end_matches(" /").to_owned()
}

/// A row's name in bold; emphasis of its own would end the bold one.
fn bold(name: &str) -> String {
    let scan = scan(name);
    if scan.spans.is_empty() && scan.open.is_empty() {
        return format!("**{name}**");
    }
    if scan.atoms.is_empty() { format!("**{}**", bare(name)) } else { name.to_owned() }
}

/// Whether the cells are numbers, apart from gaps, and at least one is.
fn is_numeric_column<'c>(cells: impl Iterator<Item = &'c str>) -> bool {
    let mut found = false;
    for cell in cells {
        let cell = cell.trim().trim_matches('*');
        if matches!(cell, "" | "-" | "–" | "—" | "n/a" | "N/A" | "?") {
            continue;
        }
        if !is_numeric(cell) {
            return false;
        }
        found = true;
    }
    found
}

/// A unit or a currency of up to this many characters may stand before or behind a number.
const UNIT_CHARS_MAX: usize = 4;

fn is_numeric(cell: &str) -> bool {
    let cell = cell.trim_start_matches(['(', '+', '-', '−', '±', '~', '≈', '<', '>', '=', ' ']);
    let Some(start) = cell.find(|c: char| c.is_ascii_digit()) else {
        return false;
    };
    let Some(end) = cell.rfind(|c: char| c.is_ascii_digit()) else {
        return false;
    };
    let inner = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '\'' | '’' | '\u{a0}' | '\u{202f}' | ' ' | '_');
    let is_unit = |text: &str| text.chars().count() <= UNIT_CHARS_MAX && !text.contains([':', ' ']);
    let before = cell[..start].trim_end_matches(['-', '+', '−', '.']);
    // `USD 5` and `R$5` are amounts; `Q1`, `v2` and `Item 3` are names.
    let is_code = before.trim_end().len() == 3 && before.trim_end().bytes().all(|b| b.is_ascii_uppercase());
    let is_currency = is_code || before.ends_with('$') || !before.contains(char::is_alphabetic);
    let behind = cell[end + 1..].trim().trim_start_matches(['.', ',']).trim_end_matches(')');
    is_currency && is_unit(before.trim()) && cell[start..=end].chars().all(inner) && is_unit(behind)
}
