//! Finds the tables in a message: prose with zero or more tables in it, in or out of code fences.

use std::ops::Range;

use super::delimited::Delimiter;
use super::{aligned, delimited_run, json_like, pairs, pipes};
use crate::assemble::assemble;
use crate::error::TableError;
use crate::grid::Grid;
use crate::limits::Limits;
use crate::model::{Cell, Column, ColumnKind, Table, Time};
use crate::reading::{Found, Reading};
use crate::typing::column::{Class, class_of};

/// A line of a message.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line<'a> {
    /// The line without its break and without a quotation's `> `.
    pub(crate) text: &'a str,
    /// Where `text` begins in the message, in bytes.
    pub(crate) start: usize,
}

impl Line<'_> {
    /// Where the line ends in the message, in bytes, its break not counted.
    pub(crate) fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// Whether nothing is written on the line.
    pub(crate) fn is_blank(&self) -> bool {
        crate::typing::text::trim(self.text).is_empty()
    }
}

/// Where lines stand: within a code fence a table may be expected, in prose it has to prove itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Between prose.
    Prose,
    /// In a code fence without a language, or with that of a data format.
    Fence,
    /// In a code fence that is marked as a program.
    Code,
}

/// A stretch of a message that is read by itself.
#[derive(Debug)]
struct Segment {
    place: Place,
    /// The content in bytes of the message.
    content: Range<usize>,
    /// The content with its fences.
    outer: Range<usize>,
}

/// Rows of text found among the lines, not yet accepted as a table.
#[derive(Debug)]
pub(crate) struct Hit<'a> {
    /// The rows.
    pub(crate) grid: Grid<'a>,
    /// The lines that the table takes.
    pub(crate) lines: Range<usize>,
    /// The bytes of the message that the table takes.
    pub(crate) span: Range<usize>,
    /// How much it takes to be a table rather than prose.
    pub(crate) proof: Proof,
}

/// What a hit has to show before it counts as a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Proof {
    /// The form alone is enough: Markdown with its row of dashes, a drawn box.
    Form,
    /// At least one column has to be more than words.
    Typed,
    /// At least one column has to be numbers.
    Numbers,
}

/// A detector: looks for a table that begins at a line. It may say up to which line looking again is useless.
type Detector = for<'a, 'b> fn(&'b Scan<'a>, usize) -> Looked<'a>;

/// What a detector found.
#[derive(Debug)]
pub(crate) enum Looked<'a> {
    /// A table.
    Found(Box<Hit<'a>>),
    /// Nothing that begins before this line.
    NotBefore(usize),
}

/// The lines of one segment.
#[derive(Debug)]
pub(crate) struct Scan<'a> {
    /// The whole message.
    pub(crate) text: &'a str,
    /// The segment's lines.
    pub(crate) lines: Vec<Line<'a>>,
    /// Where they stand.
    pub(crate) place: Place,
    /// Whether the message speaks of a chart, so that a list within its sentences is likely meant as data.
    pub(crate) asked: bool,
    /// The limits of the reading.
    pub(crate) rows_max: usize,
}

/// Detectors in the order they are asked; the least ambiguous form comes first.
const DETECTORS: &[Detector] = &[
    pairs::detect_series,
    json_like::detect,
    pipes::detect,
    |scan, at| delimited_run::detect(scan, at, Delimiter::Tab),
    |scan, at| delimited_run::detect(scan, at, Delimiter::Semicolon),
    aligned::detect,
    pairs::detect_records,
    pairs::detect_marked_lines,
    |scan, at| delimited_run::detect(scan, at, Delimiter::Comma),
    pairs::detect_spaced_lines,
    aligned::detect_words,
    pairs::detect_column,
];

/// Detectors of lists within sentences, asked about the lines that hold no other table.
const INLINE_DETECTORS: &[Detector] = &[pairs::detect_inline, pairs::detect_numbers];

/// Reads a message.
pub(crate) fn read(text: &str, limits: &Limits) -> Result<Reading, TableError> {
    if text.len() > limits.bytes {
        return Err(TableError::TooManyBytes { bytes: text.len(), limit: limits.bytes });
    }
    read_unbounded(text, limits)
}

/// Reads a text whose size has been checked in another encoding.
pub(crate) fn read_unbounded(text: &str, limits: &Limits) -> Result<Reading, TableError> {
    let mut reading = Reading::default();
    /// A request is short; a long text is data.
    const REQUEST_BYTES_MAX: usize = 32 * 1024;
    let mut request_end = text.len().min(REQUEST_BYTES_MAX);
    while !text.is_char_boundary(request_end) {
        request_end -= 1;
    }
    let asked = super::prose::speaks_of_charts(&text[..request_end]);
    for segment in segments(text) {
        let scan = Scan {
            text,
            lines: lines(text, segment.content.clone()),
            place: segment.place,
            asked,
            rows_max: limits.rows.saturating_add(1),
        };
        let before = reading.tables.len();
        scan.read(limits, &mut reading)?;
        // A fence that holds nothing but its table goes with it.
        if let [only] = &mut reading.tables[before..]
            && segment.place != Place::Prose
        {
            let outside = [segment.content.start..only.span.start, only.span.end..segment.content.end];
            if outside.iter().all(|range| text[range.clone()].trim().is_empty()) {
                only.span = segment.outer;
            }
        }
    }
    title_plainly(text, &mut reading);
    Ok(reading)
}

/// Gives each of several tables the line directly above it as its title, where that is a short name that nothing marks as a
/// heading. A single table needs none to be told from others.
fn title_plainly(text: &str, reading: &mut Reading) {
    /// Words of a name; more are a sentence.
    const WORDS_MAX: usize = 5;
    if reading.tables.len() < 2 {
        return;
    }
    let mut free = 0;
    for found in &mut reading.tables {
        let above = text.get(free..found.span.start).unwrap_or_default();
        free = found.span.end;
        if found.table.title.is_some() {
            continue;
        }
        let mut lines = above.trim_end_matches([' ', '\t']).trim_end_matches('>').lines().rev();
        let name = crate::typing::text::trim(lines.next().unwrap_or_default());
        // In a paragraph it is a sentence's last line.
        let alone = lines.next().is_none_or(|line| crate::typing::text::trim(line).is_empty());
        let words = name.split_whitespace().count();
        let plain = (1..=WORDS_MAX).contains(&words)
            && name.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit())
            && name.contains(char::is_alphabetic)
            && !name.ends_with(['.', ',', '!', '?', ';', ')'])
            && super::prose::sentence_score(name) == 0
            && !super::prose::has_function_word(name)
            && !super::prose::addresses(name)
            && !super::prose::speaks_of_charts(name);
        if alone && plain {
            found.table.title = Some(name.to_owned());
        }
    }
}

/// The mark of a code fence.
const FENCE: &str = "```";

/// Splits a message at its code fences. An opened fence that is never closed reaches to the end.
fn segments(text: &str) -> Vec<Segment> {
    let mut segments = Vec::new();
    let mut at = 0;
    while let Some(open) = text[at..].find(FENCE).map(|found| at + found) {
        segments.push(Segment { place: Place::Prose, content: at..open, outer: at..open });
        let inner = open + FENCE.len();
        let close = text[inner..].find(FENCE).map(|found| inner + found);
        let end = close.unwrap_or(text.len());
        let content = &text[inner..end];
        let (place, skipped) = language(content);
        let outer_end = close.map_or(text.len(), |close| close + FENCE.len());
        segments.push(Segment { place, content: inner + skipped..end, outer: open..outer_end });
        at = outer_end;
    }
    segments.push(Segment { place: Place::Prose, content: at..text.len(), outer: at..text.len() });
    segments
}

/// The place that a fence's language makes, and the bytes that its name takes.
fn language(content: &str) -> (Place, usize) {
    /// The longest name of a language, in bytes.
    const NAME_BYTES_MAX: usize = 20;
    let first = content.split('\n').next().unwrap_or(content);
    let name = first.trim();
    let is_name = first.len() < content.len()
        && name.len() <= NAME_BYTES_MAX
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '#' | '_' | '.'))
        && !name.chars().all(|c| c.is_ascii_digit());
    if !is_name || name.is_empty() {
        return (Place::Fence, 0);
    }
    let place = match name.to_lowercase().as_str() {
        "py" | "python" | "js" | "javascript" | "ts" | "typescript" | "rs" | "rust" | "c" | "cpp" | "c++" | "cs"
        | "csharp" | "java" | "kotlin" | "go" | "php" | "rb" | "ruby" | "swift" | "bash" | "sh" | "zsh"
        | "powershell" | "ps1" | "lua" | "perl" | "scala" | "html" | "css" | "xml" | "haskell" | "hs" | "dart"
        | "makefile" | "dockerfile" => Place::Code,
        _ => Place::Fence,
    };
    (place, first.len() + 1)
}

/// Splits a stretch of a message into lines, without the marks of a quotation.
fn lines(text: &str, range: Range<usize>) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    let mut start = range.start;
    for raw in text[range].split_inclusive('\n') {
        let line = raw.trim_end_matches(['\n', '\r']);
        let unquoted = line.strip_prefix(">>> ").or_else(|| line.strip_prefix("> ")).unwrap_or(line);
        let unquoted = unquoted.trim_start_matches(['\u{feff}', '\u{200b}']);
        lines.push(Line { text: unquoted, start: start + line.len() - unquoted.len() });
        start += raw.len();
    }
    lines
}

impl<'a> Scan<'a> {
    /// Takes every table: first those that fill lines of their own, then lists within the sentences between them.
    fn read(&self, limits: &Limits, reading: &mut Reading) -> Result<(), TableError> {
        let before = reading.tables.len();
        let taken = self.walk(DETECTORS, 0..self.lines.len(), limits, reading)?;
        let mut free = 0;
        let end = self.lines.len();
        for lines in taken.into_iter().chain(std::iter::once(end..end)) {
            self.walk(INLINE_DETECTORS, free..lines.start, limits, reading)?;
            free = lines.end;
        }
        reading.tables[before..].sort_by_key(|found| found.span.start);
        Ok(())
    }

    /// Asks detectors about each line of a range; returns the lines that tables took.
    fn walk(
        &self,
        detectors: &[Detector],
        range: Range<usize>,
        limits: &Limits,
        reading: &mut Reading,
    ) -> Result<Vec<Range<usize>>, TableError> {
        let mut not_before = vec![0_usize; detectors.len()];
        let mut taken = Vec::new();
        let mut at = range.start;
        while at < range.end {
            if self.lines[at].is_blank() {
                at += 1;
                continue;
            }
            let mut next = at + 1;
            for (detector, not_before) in detectors.iter().zip(&mut not_before) {
                if *not_before > at {
                    continue;
                }
                match detector(self, at) {
                    Looked::NotBefore(line) => *not_before = line,
                    Looked::Found(hit) => {
                        let Hit { mut grid, lines, span, proof } = *hit;
                        if lines.end > range.end {
                            *not_before = lines.end;
                            continue;
                        }
                        if grid.title.is_none() {
                            grid.title = self.heading(lines.start);
                        }
                        let table = assemble(grid, limits)?;
                        if let Some(table) = table.filter(|table| is_proven(table, proof)) {
                            if reading.tables.len() == limits.tables {
                                let note = format!("Only the first {} tables were read.", limits.tables);
                                if !reading.notes.contains(&note) {
                                    reading.notes.push(note);
                                }
                                return Ok(taken);
                            }
                            reading.tables.push(Found { table, span });
                            next = lines.end.max(at + 1);
                            taken.push(lines);
                            break;
                        }
                        *not_before = lines.end;
                    }
                }
            }
            at = next;
        }
        Ok(taken)
    }

    /// The heading directly above a table: a Markdown heading, a line in bold, a short line that ends with a colon.
    fn heading(&self, line: usize) -> Option<String> {
        /// Words of a heading; more are a sentence.
        const HEADING_WORDS_MAX: usize = 8;
        let above = self.lines[..line].iter().rev().take(2).find(|line| !line.is_blank())?;
        let text = crate::typing::text::trim(above.text);
        let bold = text.len() > 4 && text.starts_with("**") && text.trim_end_matches(':').ends_with("**");
        let marked = text.starts_with('#') || bold || text.ends_with(':');
        let name = text.trim_start_matches(['#', ' ']).trim_matches(['*', ' ', ':', '_']);
        let short = !name.is_empty() && name.split_whitespace().count() <= HEADING_WORDS_MAX;
        (marked && short && !super::prose::is_request(name)).then(|| name.to_owned())
    }

    /// The bytes of the message from the first of some lines to the end of the last.
    pub(crate) fn span(&self, lines: Range<usize>) -> Range<usize> {
        let start = self.lines.get(lines.start).map_or(0, |line| line.start);
        let end = lines.end.checked_sub(1).and_then(|last| self.lines.get(last)).map_or(start, Line::end);
        start..end.max(start)
    }
}

fn is_days_of_months(column: &Column) -> bool {
    column.cells.iter().all(|cell| matches!(cell, Cell::Time(Time::MonthDay(..)) | Cell::Gap))
}

fn is_proven(table: &Table, proof: Proof) -> bool {
    if table.row_count() == 0 {
        return false;
    }
    match proof {
        Proof::Form => true,
        // `Jan 5, Feb 7` over several lines is a list of months with a number each.
        Proof::Typed if table.columns.iter().all(is_days_of_months) => false,
        // Units that cannot be compared leave a column as words, yet nobody would call it prose.
        Proof::Typed => table.columns.iter().any(|column| {
            let valued = || {
                column.texts.iter().filter(|text| {
                    matches!(class_of(text), Class::Integer | Class::Number | Class::Counted | Class::Time)
                })
            };
            column.kind != ColumnKind::Text || valued().count() * 3 >= column.texts.len() * 2
        }),
        Proof::Numbers => table.columns.iter().any(|column| column.kind == ColumnKind::Number),
    }
}
