//! Tables drawn with vertical bars: Markdown, psql, MySQL, SQLite's box mode, box-drawing characters, rst grids.

use std::borrow::Cow;

use super::delimited::modal;
use super::markdown::{clean, is_delimiter_row, split_row};
use super::message::{Hit, Line, Looked, Place, Proof, Scan};
use super::prose;
use crate::grid::{Grid, Header, Row};
use crate::typing::text::trim;

/// What a line is to a drawn table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// Cells between bars.
    Row,
    /// A line of dashes.
    Rule,
    /// Neither.
    Other,
}

/// Characters that stand for a vertical bar.
const BARS: [char; 8] = ['|', '│', '┃', '║', '┆', '┊', '╎', '｜'];

fn is_bar(c: char) -> bool {
    BARS.contains(&c)
}

fn role(line: &str) -> Role {
    let text = trim(line);
    if text.is_empty() {
        return Role::Other;
    }
    let drawn =
        |c: char| is_bar(c) || matches!(c, '-' | '=' | '+' | ':' | ' ' | '\u{2500}'..='\u{257f}' | '—' | '–' | '_');
    if text.chars().all(drawn) && text.chars().any(|c| !is_bar(c) && c != ' ' && c != ':') {
        // Three dashes alone may be a line across the page; they belong to a table only between its rows.
        return Role::Rule;
    }
    if text.chars().any(is_bar) { Role::Row } else { Role::Other }
}

/// Looks for a drawn table that begins at a line.
pub(crate) fn detect<'a>(scan: &Scan<'a>, at: usize) -> Looked<'a> {
    let mut end = at;
    while end < scan.lines.len()
        && end - at <= scan.rows_max.saturating_mul(2)
        && role(scan.lines[end].text) != Role::Other
    {
        end += 1;
    }
    let none = Looked::NotBefore(end.max(at + 1));
    let run = &scan.lines[at..end];
    let rows = run.iter().filter(|line| role(line.text) == Role::Row).count();
    let rules = run.len() - rows;
    if rows == 0 || rows == 1 && rules == 0 {
        return none;
    }
    let boxed = run.iter().any(|line| {
        let text = trim(line.text);
        role(text) == Role::Rule && text.contains(|c: char| c == '+' || ('\u{2500}'..='\u{257f}').contains(&c))
            || text.contains(|c: char| is_bar(c) && c != '|')
    });
    let mut start = at;
    let (grid_rows, header, proof) = if boxed {
        let (rows, header) = boxed_rows(run);
        (rows, header, Proof::Form)
    } else if let Some(delimiter) = run.iter().position(|line| is_delimiter_row(line.text)) {
        // The header stands directly above the dashes; a line with a bar above it is prose.
        let top = delimiter.saturating_sub(1);
        start = at + top;
        let frame = Frame::of_rule(run[delimiter].text);
        let mut rows: Vec<Row<'a>> = run[top..]
            .iter()
            .filter(|line| role(line.text) == Role::Row)
            .map(|line| frame.without(split_row(line.text)))
            .collect();
        let headless = delimiter == 0 || rows.first().is_some_and(|row| row.iter().all(|cell| cell.is_empty()));
        if headless && delimiter > 0 {
            rows.remove(0);
        }
        end = start + trim_after(scan, start..end, &mut rows);
        (rows, if headless { Header::Unknown } else { Header::First }, Proof::Form)
    } else {
        let outer = run.iter().all(|line| trim(line.text).starts_with('|') || role(line.text) == Role::Rule);
        let frame = Frame::of_run(run, split_row);
        let mut rows: Vec<Row<'a>> = run
            .iter()
            .filter(|line| role(line.text) == Role::Row)
            .map(|line| frame.without(split_row(line.text)))
            .collect();
        let header = if rules > 0
            && role(run[0].text) == Role::Row
            && run.get(1).is_some_and(|line| role(line.text) == Role::Rule)
        {
            Header::First
        } else {
            Header::Unknown
        };
        if !outer && scan.place == Place::Prose {
            while rows.len() > 1 && prose::sentence_score(scan.lines[start].text) > 1 {
                rows.remove(0);
                start += 1;
            }
            while rows.len() > 1 && prose::sentence_score(scan.lines[end - 1].text) > 1 {
                rows.pop();
                end -= 1;
            }
        }
        let width = rows.first().map_or(0, Vec::len);
        if rows.len() < 2
            || width < 2
            || !outer && rows.iter().filter(|row| row.len() == width).count() * 4 < rows.len() * 3
        {
            return none;
        }
        let certain = outer && rows.len() > 2 || header == Header::First;
        (rows, header, if certain { Proof::Form } else { Proof::Typed })
    };
    if grid_rows.is_empty() {
        return none;
    }
    // psql counts its rows below the table.
    let mut lines_end = end;
    if let Some(line) = scan.lines.get(end)
        && is_row_count(line.text)
    {
        lines_end = end + 1;
    }
    let grid = Grid { header, rows: grid_rows, ..Grid::default() };
    let lines = start..lines_end;
    Looked::Found(Box::new(Hit { grid, span: scan.span(lines.clone()), lines, proof }))
}

/// `(3 rows)`, `3 rows in set (0.00 sec)`.
fn is_row_count(line: &str) -> bool {
    let text = trim(line).trim_start_matches('(');
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    digits > 0 && (text[digits..].starts_with(" row") || text[digits..].starts_with(" Zeile"))
}

/// Drops rows at the end of a Markdown table that are prose with a bar; returns how many lines remain.
fn trim_after(scan: &Scan<'_>, lines: std::ops::Range<usize>, rows: &mut Vec<Row<'_>>) -> usize {
    let mut count = lines.len();
    while rows.len() > 1 && count > 2 {
        let text = scan.lines[lines.start + count - 1].text;
        let beside = rows.split_last().and_then(|(last, others)| Some((last, others.last()?)));
        let data = beside.is_some_and(|(last, other)| last.len() == other.len() && prose::is_row_beside(last, other));
        let prose = !trim(text).starts_with('|') && !data && prose::sentence_score(text) > 1;
        if !prose {
            break;
        }
        rows.pop();
        count -= 1;
    }
    count
}

/// Rows of a table drawn with rules. Rules between all rows make room for cells of several lines.
fn boxed_rows<'a>(run: &[Line<'a>]) -> (Vec<Row<'a>>, Header) {
    let frame = Frame::of_run(run, split_bars);
    let mut groups: Vec<Vec<Row<'a>>> = vec![Vec::new()];
    for line in run {
        match role(line.text) {
            Role::Rule => {
                if groups.last().is_some_and(|group| !group.is_empty()) {
                    groups.push(Vec::new());
                }
            }
            _ => {
                if let Some(group) = groups.last_mut() {
                    group.push(frame.without(split_bars(line.text)));
                }
            }
        }
    }
    groups.retain(|group| !group.is_empty());
    let header =
        if groups.len() > 1 && groups[0].len() == 1 || groups.len() > 2 { Header::First } else { Header::Unknown };
    // An rst grid sets its header off with equals signs and draws a rule below every row.
    let rst = run.iter().any(|line| trim(line.text).starts_with("+="));
    let ruled = groups.len() > 2;
    let mut rows: Vec<Row<'a>> = Vec::new();
    for (index, group) in groups.into_iter().enumerate() {
        for (in_group, row) in group.into_iter().enumerate() {
            let blanks = row.iter().filter(|cell| cell.is_empty()).count();
            let continues = in_group > 0
                && (index == 0 && header == Header::First
                    || rst
                    || ruled && (row[0].is_empty() || blanks * 2 > row.len()));
            match rows.last_mut() {
                Some(last) if continues => {
                    for (cell, more) in last.iter_mut().zip(row) {
                        if !more.is_empty() {
                            *cell = if cell.is_empty() { more } else { Cow::Owned(format!("{cell} {more}")) };
                        }
                    }
                }
                _ => rows.push(row),
            }
        }
    }
    (rows, header)
}

/// Splits a line at its bars. Nothing is stripped: an outer bar leaves a blank cell at its end.
fn split_bars(line: &str) -> Row<'_> {
    trim(line).split(is_bar).map(|cell| clean(cell)).collect()
}

/// Whether bars stand outside of the outermost cells, and how many cells a row has. A bar at an end is the frame in one
/// table and follows a blank cell in another: psql draws no frame and leaves a NULL blank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Frame {
    left: bool,
    right: bool,
    width: usize,
}

impl Frame {
    /// As a rule shows it: `|---|---|`, `+---+---+` and `├───┼───┤` have a frame, `---+---` has none.
    fn of_rule(rule: &str) -> Self {
        /// Strokes among the joints of box-drawing characters.
        const DASHES: [char; 3] = ['\u{254c}', '\u{254d}', '\u{2550}'];
        let rule = trim(rule);
        let joint = |c: char| is_bar(c) || c == '+' || ('\u{250c}'..='\u{2570}').contains(&c) && !DASHES.contains(&c);
        let (left, right) = (rule.starts_with(joint), rule.ends_with(joint));
        let parts = rule.split(joint).count();
        Self { left, right, width: parts.saturating_sub(usize::from(left) + usize::from(right)).max(1) }
    }

    /// As the first rule with joints shows it; without one, as most rows have it.
    fn of_run<'a>(run: &[Line<'a>], split: fn(&'a str) -> Row<'a>) -> Self {
        let rules = run.iter().filter(|line| role(line.text) == Role::Rule).map(|line| Self::of_rule(line.text));
        if let Some(frame) = rules.filter(|frame| frame.width > 1).max_by_key(|frame| frame.width) {
            return frame;
        }
        let rows: Vec<Row<'a>> =
            run.iter().filter(|line| role(line.text) == Role::Row).map(|line| split(line.text)).collect();
        let most = |test: fn(&Row<'a>) -> bool| rows.iter().filter(|row| test(row)).count() * 2 > rows.len();
        let left = most(|row| row.first().is_some_and(|cell| cell.is_empty()));
        let right = most(|row| row.last().is_some_and(|cell| cell.is_empty()));
        let counts: Vec<usize> = rows.iter().map(Vec::len).collect();
        let width = modal(&counts).map_or(1, |(count, _)| count);
        Self { left, right, width: width.saturating_sub(usize::from(left) + usize::from(right)).max(1) }
    }

    /// A row without what the bars of the frame leave at its ends. Rows are drawn carelessly: with the frame that the
    /// rule lacks, or without the one that it has.
    fn without(self, mut row: Row<'_>) -> Row<'_> {
        let blank = |cell: Option<&Cow<'_, str>>| cell.is_some_and(|cell| cell.is_empty());
        if blank(row.last()) && row.len() > 1 && (self.right || row.len() > self.width) {
            row.pop();
        }
        if blank(row.first()) && row.len() > 1 && (self.left || row.len() > self.width) {
            row.remove(0);
        }
        row
    }
}
