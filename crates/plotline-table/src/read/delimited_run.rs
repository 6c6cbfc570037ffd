//! Runs of delimited lines within a message.

use std::borrow::Cow;

use super::delimited::{Delimiter, RECORD_BYTES_MAX, modal, record};
use super::message::{Hit, Looked, Place, Proof, Scan};
use super::prose;
use crate::grid::{Grid, Header, Row};
use crate::typing::column::{Class, class_of};

/// Looks for delimited lines that begin at a line.
pub(crate) fn detect<'a>(scan: &Scan<'a>, at: usize, delimiter: Delimiter) -> Looked<'a> {
    let (mut rows, mut starts) = run(scan, at, delimiter);
    let end = starts.pop().unwrap_or(at);
    let none = Looked::NotBefore(end.max(at + 1));
    if rows.len() < 2 || scan.place == Place::Code && delimiter != Delimiter::Tab {
        return none;
    }
    // `Apples 1,200` line after line: names and values, not cells.
    if delimiter == Delimiter::Comma && rows.iter().all(|row| row.len() > 1 && mergeable(row).len() == row.len() - 1) {
        return none;
    }
    if delimiter == Delimiter::Comma
        && let Some(spaced) = split_by_comma_space(scan, &starts)
    {
        rows = spaced;
    }
    // Prose on the lines directly above and below has commas too.
    let lines_of = |index: usize| starts[index]..starts.get(index + 1).copied().unwrap_or(end);
    let mut first = 0;
    let mut last = rows.len();
    while last - first > 2 && is_prose(scan, &rows[first..last], lines_of(first).start, true) {
        first += 1;
    }
    while last - first > 2 && is_prose(scan, &rows[first..last], lines_of(last - 1).start, false) {
        last -= 1;
    }
    if last - first == 2 && (first..last).any(|index| prose::sentence_score(scan.lines[starts[index]].text) > 1) {
        return none;
    }
    let (start, end) = (starts[first], lines_of(last - 1).end);
    rows.truncate(last);
    rows.drain(..first);
    merge_thousands(&mut rows, delimiter);
    // Some programs write every separator, some drop those at the end.
    let agreeing_by = |count: fn(&Row<'_>) -> usize| {
        let counts: Vec<usize> = rows.iter().map(count).collect();
        modal(&counts).map_or(0, |(_, agreeing)| agreeing)
    };
    let agreeing = agreeing_by(|row| row.len()).max(agreeing_by(filled));
    let (numerator, denominator) = match (scan.place, delimiter) {
        // Blank cells at the end of a row are dropped by some programs.
        (_, Delimiter::Tab) => (2, 5),
        (Place::Prose, _) => (3, 4),
        _ => (1, 2),
    };
    if agreeing * denominator < rows.len() * numerator {
        return none;
    }
    let words_only =
        |proof| if scan.place == Place::Prose && delimiter != Delimiter::Tab { Proof::Typed } else { proof };
    let proof = match delimiter {
        Delimiter::Tab => Proof::Form,
        _ => words_only(if rows.len() > 2 { Proof::Form } else { Proof::Typed }),
    };
    let grid = Grid { header: Header::Unknown, rows, semicolons: delimiter == Delimiter::Semicolon, ..Grid::default() };
    Looked::Found(Box::new(Hit { grid, lines: start..end, span: scan.span(start..end), proof }))
}

/// The cells of a row up to its last that is not blank.
fn filled(row: &Row<'_>) -> usize {
    row.len() - row.iter().rev().take_while(|cell| cell.trim().is_empty()).count()
}

/// Reads records while each has a delimiter. Returns the rows, the line at which each begins, and the line after them.
fn run<'a>(scan: &Scan<'a>, at: usize, delimiter: Delimiter) -> (Vec<Row<'a>>, Vec<usize>) {
    let mut rows = Vec::new();
    let mut starts = Vec::new();
    let mut line = at;
    while line < scan.lines.len() && rows.len() <= scan.rows_max {
        if scan.lines[line].is_blank() && goes_on(scan, &rows, line + 1, delimiter) {
            line += 1;
        }
        let text = scan.lines[line].text;
        // A tab before the first word is an indentation, unless it stands for a blank first cell.
        let tabs = |text: &str| text.matches('\t').count();
        let next = scan.lines.get(line + 1).map_or("", |next| next.text);
        let blank_cell =
            delimiter == Delimiter::Tab && (!rows.is_empty() || tabs(next) == tabs(text) && !next.starts_with('\t'));
        let text = if blank_cell { text } else { text.trim_start_matches(['\t', ' ']) };
        let (row, lines) = if text.contains('"') {
            let offset = scan.lines[line].end() - text.len();
            let last = scan.lines.last().map_or(offset, super::message::Line::end);
            let (row, taken) = record(&scan.text[offset..last], delimiter, RECORD_BYTES_MAX);
            let breaks = scan.text[offset..offset + taken].trim_end_matches(['\n', '\r']).matches('\n').count();
            (row, 1 + breaks)
        } else {
            (record(text, delimiter, RECORD_BYTES_MAX).0, 1)
        };
        if row.len() < 2 {
            break;
        }
        rows.push(row);
        starts.push(line);
        line += lines;
    }
    starts.push(line);
    (rows, starts)
}

/// Whether the table goes on below an empty line: with a row of values of the same width, and no header.
fn goes_on(scan: &Scan<'_>, rows: &[Row<'_>], line: usize, delimiter: Delimiter) -> bool {
    let Some((first, next)) = rows.first().zip(scan.lines.get(line)) else {
        return false;
    };
    let (row, _) = record(next.text, delimiter, RECORD_BYTES_MAX);
    let valued = |row: &Row<'_>| {
        row.iter().any(|cell| matches!(class_of(cell.trim()), Class::Integer | Class::Number | Class::Counted))
    };
    row.len() == first.len() && valued(&row) && (rows.len() == 1 || rows.last().is_some_and(valued))
}

/// Splits by commas that a space follows, where every other comma stands within a number: `Jan, 1,234`.
fn split_by_comma_space<'a>(scan: &Scan<'a>, starts: &[usize]) -> Option<Vec<Row<'a>>> {
    let rows: Vec<Row<'a>> =
        starts.iter().map(|line| record(scan.lines[*line].text, Delimiter::CommaSpace, RECORD_BYTES_MAX).0).collect();
    let width = rows.first()?.len();
    let even = width > 1 && rows.iter().all(|row| row.len() == width);
    let mut within = rows.iter().flatten().filter(|cell| cell.contains(',')).peekable();
    let numbers = within.peek().is_some()
        && within.all(|cell| matches!(class_of(cell.trim()), Class::Integer | Class::Number | Class::Counted));
    (even && numbers).then_some(rows)
}

/// Whether the first or last row is a sentence that only happens to have a delimiter.
fn is_prose(scan: &Scan<'_>, rows: &[Row<'_>], line: usize, front: bool) -> bool {
    let text = scan.lines[line].text;
    let score = prose::sentence_score(text);
    let (row, others) = if front { (&rows[0], &rows[1..]) } else { (&rows[rows.len() - 1], &rows[..rows.len() - 1]) };
    let counts: Vec<usize> = others.iter().map(Vec::len).collect();
    let uneven = modal(&counts).is_some_and(|(modal, _)| modal != row.len());
    if !uneven && others.last().is_some_and(|other| prose::is_row_beside(row, other)) {
        return false;
    }
    let long = row.iter().any(|cell| cell.split_whitespace().count() > 4);
    score >= 2 || score == 1 && (uneven || long) || uneven && long && scan.place == Place::Prose
}

/// Puts numbers back together that a comma within them tore apart: `Jan,1,234` below `Month,Sales`.
fn merge_thousands(rows: &mut [Row<'_>], delimiter: Delimiter) {
    if delimiter != Delimiter::Comma {
        return;
    }
    let Some(width) = rows.first().map(Vec::len) else {
        return;
    };
    let torn = |row: &Row<'_>| row.len() > width && mergeable(row).len() == row.len() - width;
    let fits = rows.iter().all(|row| row.len() == width || torn(row));
    if !fits {
        return;
    }
    for row in rows.iter_mut().filter(|row| row.len() > width) {
        for index in mergeable(row).into_iter().rev() {
            let tail = row.remove(index + 1);
            row[index] = Cow::Owned(format!("{},{}", row[index].trim(), tail.trim()));
        }
    }
}

/// The cells that end in one to three digits and are followed by exactly three.
fn mergeable(row: &Row<'_>) -> Vec<usize> {
    row.windows(2)
        .enumerate()
        .filter(|(_, pair)| {
            let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
            // `Jan 1,100` is the first of January and a hundred.
            let (before, head) = pair[0].trim().rsplit_once(' ').unwrap_or(("", pair[0].trim()));
            let head = head.trim_start_matches(['$', '€', '£', '-', '+', '(']);
            let dated = before.rsplit(' ').next().is_some_and(|word| crate::typing::names::month(word).is_some());
            !dated
                && digits(head)
                && head.len() <= 3
                && !pair[1].starts_with(' ')
                && digits(pair[1].trim())
                && pair[1].trim().len() == 3
        })
        .map(|(index, _)| index)
        .collect()
}
