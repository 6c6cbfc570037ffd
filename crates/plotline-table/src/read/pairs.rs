//! Lists of names and values: `key: value` lines, bullets, `Jan 100, Feb 200` within a sentence.

use std::borrow::Cow;
use std::ops::Range;

use super::markdown::clean;
use super::message::{Hit, Line, Looked, Place, Proof, Scan};
use super::prose;
use crate::grid::{Grid, Header, Row};
use crate::typing::column::{Class, class_of};
use crate::typing::text::{blank, trim};
use crate::typing::{date, names};

/// What stands between a name and its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Between {
    Colon,
    Equals,
    Arrow,
    Dash,
    Dots,
    Parentheses,
    Space,
    /// The value comes first: `5 apples`.
    Reversed,
}

/// A name and its value.
#[derive(Clone, Debug)]
struct Pair<'a> {
    label: Cow<'a, str>,
    value: &'a str,
    between: Between,
}

/// The longest name of a pair, in bytes; more is a sentence.
const LABEL_BYTES_MAX: usize = 80;

/// The most words of a name.
const LABEL_WORDS_MAX: usize = 7;

fn is_value(text: &str) -> bool {
    /// The longest value, in bytes.
    const VALUE_BYTES_MAX: usize = 48;
    text.len() <= VALUE_BYTES_MAX
        && matches!(class_of(text), Class::Integer | Class::Number | Class::Counted | Class::Time)
        && date::lex(text).is_none()
}

fn is_label(text: &str) -> bool {
    if text.is_empty() || text.len() > LABEL_BYTES_MAX {
        return false;
    }
    // `Jan 5, Feb` is an item and a name.
    if text.split_once(", ").is_some_and(|(first, _)| first.contains(|c: char| c.is_ascii_digit()))
        && date::lex(text).is_none()
    {
        return false;
    }
    text.split_whitespace().count() <= LABEL_WORDS_MAX
}

/// A bullet or a number in front of a list item, and what follows it.
fn strip_bullet(line: &str) -> (bool, &str) {
    let text = trim(line);
    for bullet in ["- [ ] ", "- [x] ", "- ", "* ", "• ", "+ ", "– ", "— ", "‣ ", "◦ ", "▪ ", "● ", "→ "]
    {
        if let Some(rest) = text.strip_prefix(bullet) {
            return (true, trim(rest));
        }
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0
        && digits <= 3
        && let Some(rest) = text[digits..].strip_prefix(". ").or_else(|| text[digits..].strip_prefix(") "))
    {
        return (true, trim(rest));
    }
    (false, text)
}

/// Reads one item as a name and a value.
fn pair<'a>(text: &'a str, reversed: bool) -> Option<Pair<'a>> {
    let text = trim(trim(text).trim_end_matches([',', ';']));
    /// The longest item: a name and a value, each with its markup, and what stands between them. A longer line would be
    /// tried at each of its separators.
    const ITEM_BYTES_MAX: usize = 400;
    if text.len() > ITEM_BYTES_MAX {
        return None;
    }
    let made = |label: &'a str, value: &'a str, between: Between| {
        let label = clean(trim(trim(label).trim_matches(['"', '\''])));
        let value = trim(value.trim_matches(['*', '`', '_', ' ']));
        (is_label(&label) && (is_value(value) || blank(value).is_some())).then_some(Pair { label, value, between })
    };
    for (at, _) in text.match_indices(':') {
        // A colon within a clock time separates nothing.
        let digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
        let bytes = text.as_bytes();
        let clock = at > 0 && digit(bytes.get(at - 1)) && digit(bytes.get(at + 1));
        let value = trim(&text[at + 1..]);
        if !clock
            && !value.is_empty()
            && let Some(pair) = made(&text[..at], value, Between::Colon)
        {
            return Some(pair);
        }
    }
    for (mark, between) in [
        ("=>", Between::Arrow),
        ("->", Between::Arrow),
        ("→", Between::Arrow),
        ("=", Between::Equals),
        (" - ", Between::Dash),
        (" – ", Between::Dash),
        (" — ", Between::Dash),
        ("...", Between::Dots),
        ("…", Between::Dots),
    ] {
        if let Some((label, value)) = text.split_once(mark)
            && let Some(pair) = made(label.trim_end_matches('.'), value.trim_start_matches('.'), between)
        {
            return Some(pair);
        }
    }
    if let Some((label, value)) = text.strip_suffix(')').and_then(|rest| rest.rsplit_once('('))
        && is_value(trim(value))
        && let Some(pair) = made(label, value, Between::Parentheses)
    {
        return Some(pair);
    }
    // The value begins at the first word that can be one: `United States 331.9 m`.
    for (at, _) in text.match_indices(' ') {
        let value = trim(&text[at + 1..]);
        let starts = value
            .trim_start_matches(['$', '€', '£', '¥', '-', '−', '+', '(', '~', '₹', '.'])
            .starts_with(|c: char| c.is_ascii_digit());
        if starts && is_value(value) {
            return made(&text[..at], value, Between::Space);
        }
    }
    if !reversed {
        return None;
    }
    let (value, label) = text.split_once(' ')?;
    let label = trim(label);
    let label = label.strip_prefix("x ").or_else(|| label.strip_prefix("× ")).unwrap_or(label);
    let number = matches!(class_of(value.trim_end_matches(['x', '×'])), Class::Integer | Class::Number);
    (number && is_label(label) && label.starts_with(char::is_alphabetic)).then(|| Pair {
        label: clean(label),
        value: value.trim_end_matches(['x', '×']),
        between: Between::Reversed,
    })
}

/// Looks for lines that are a name, a mark and a value each: `key: value`.
pub(crate) fn detect_marked_lines<'a>(scan: &Scan<'a>, at: usize) -> Looked<'a> {
    detect_lines(scan, at, |between| !matches!(between, Between::Space | Between::Reversed))
}

/// Looks for lines that are a name and a value with only a space between them.
pub(crate) fn detect_spaced_lines<'a>(scan: &Scan<'a>, at: usize) -> Looked<'a> {
    detect_lines(scan, at, |between| matches!(between, Between::Space | Between::Reversed))
}

fn detect_lines<'a>(scan: &Scan<'a>, at: usize, wanted: impl Fn(Between) -> bool) -> Looked<'a> {
    if scan.place == Place::Code {
        return Looked::NotBefore(usize::MAX);
    }
    let mut rows: Vec<Row<'a>> = Vec::new();
    let mut between = None;
    let mut end = at;
    let mut line = at;
    while line < scan.lines.len() && rows.len() <= scan.rows_max {
        if scan.lines[line].is_blank() {
            // Lists pasted from web pages have an empty line after every item.
            let spaced = end == line
                && (rows.len() == 1 || between.is_some() && line >= at + 2 && scan.lines[line - 2].is_blank());
            if spaced && scan.lines.get(line + 1).is_some_and(|next| !next.is_blank()) {
                line += 1;
                continue;
            }
            break;
        }
        let (bulleted, item) = strip_bullet(scan.lines[line].text);
        let Some(found) = pair(item, bulleted || scan.place == Place::Fence) else {
            break;
        };
        if !wanted(found.between) || between.is_some_and(|between| between != found.between) {
            break;
        }
        if found.between == Between::Space && scan.place == Place::Prose && !bulleted {
            let words = found.label.split_whitespace().count();
            if prose::has_function_word(item)
                || prose::is_request(item)
                || prose::is_reference(&found.label)
                || words > 4
            {
                break;
            }
        }
        between = Some(found.between);
        rows.push(vec![found.label, Cow::Borrowed(found.value)]);
        line += 1;
        end = line;
    }
    let none = Looked::NotBefore(end.max(at + 1));
    if rows.len() < 2 {
        return Looked::NotBefore(at + 1);
    }
    if matches!(between, Some(Between::Space)) {
        return_numbers_to_names(&mut rows);
    }
    let values = rows.iter().filter(|row| is_value(&row[1])).count();
    if values * 2 < rows.len() || matches!(between, Some(Between::Space)) && has_columns(&scan.lines[at..end]) {
        return none;
    }
    let grid = Grid { header: Header::None, rows, ..Grid::default() };
    let lines = at..end;
    Looked::Found(Box::new(Hit { grid, span: scan.span(lines.clone()), lines, proof: Proof::Numbers }))
}

/// Names that would be alike without it keep the number before the last space: `iPhone 12 699` beside `iPhone 13 799` has no
/// values above twelve thousand.
fn return_numbers_to_names(rows: &mut [Row<'_>]) {
    let mut names = std::collections::HashSet::new();
    if rows.iter().all(|row| names.insert(row[0].to_string())) {
        return;
    }
    let split = |row: &Row<'_>| {
        let (number, value) = row[1].rsplit_once(' ')?;
        Some((format!("{} {number}", row[0]), value.to_owned()))
    };
    let split: Option<Vec<(String, String)>> = rows.iter().map(split).collect();
    for (row, (name, value)) in rows.iter_mut().zip(split.into_iter().flatten()) {
        *row = vec![Cow::Owned(name), Cow::Owned(value)];
    }
}

/// Whether lines are columns of numbers behind one word each, rather than names of several words with a value: at least
/// three numbers in every line, or two where the first line has years.
fn has_columns(lines: &[Line<'_>]) -> bool {
    /// Words of a line: more are no table that anybody types.
    const WORDS_MAX: usize = 64;
    let mut known = std::collections::HashSet::new();
    let mut count = None;
    let years = lines.first().is_some_and(|line| {
        line.text.split_whitespace().skip(1).all(|word| word.parse().is_ok_and(|year| (1800..=2200).contains(&year)))
    });
    lines.iter().filter(|line| !line.is_blank()).all(|line| {
        let words: Vec<&str> = line.text.split_whitespace().take(WORDS_MAX).collect();
        let alike = *count.get_or_insert(words.len()) == words.len();
        alike
            && words.len() > if years { 2 } else { 3 }
            && words.split_first().is_some_and(|(name, values)| {
                known.insert(*name)
                    && !matches!(class_of(name), Class::Integer | Class::Number)
                    && values.iter().all(|value| matches!(class_of(value), Class::Integer | Class::Number))
            })
    })
}

/// A stretch of the message between two separators.
#[derive(Clone, Copy, Debug)]
struct Item<'a> {
    text: &'a str,
    start: usize,
}

/// The longest paragraph that is searched for a list within sentences, in bytes.
const PARAGRAPH_BYTES_MAX: usize = 32 * 1024;

/// Looks for a list of names and values within a paragraph: `create a graph of Jan 100, Feb 200, Mar 300`.
pub(crate) fn detect_inline<'a>(scan: &Scan<'a>, at: usize) -> Looked<'a> {
    let mut end = at;
    while end < scan.lines.len()
        && !scan.lines[end].is_blank()
        && scan.lines[end].end() - scan.lines[at].start < PARAGRAPH_BYTES_MAX
    {
        end += 1;
    }
    let none = Looked::NotBefore(end.max(at + 1));
    if scan.place == Place::Code || end == at {
        return none;
    }
    let mut items: Vec<Item<'a>> = Vec::new();
    for line in &scan.lines[at..end] {
        split_items(line.text, line.start, &mut items);
    }
    let Some((rows, span)) = longest_list(&items, scan.asked) else {
        return none;
    };
    let within = |line: usize| scan.lines[line].start < span.end && scan.lines[line].end() > span.start;
    let first = (at..end).find(|line| within(*line)).unwrap_or(at);
    let last = (at..end).rev().find(|line| within(*line)).unwrap_or(first);
    let grid = Grid { header: Header::None, rows, ..Grid::default() };
    Looked::Found(Box::new(Hit { grid, lines: first..last + 1, span, proof: Proof::Numbers }))
}

/// Splits a line at commas, semicolons, bars and the word "and"; a comma within a number separates nothing.
fn split_items<'a>(line: &'a str, offset: usize, items: &mut Vec<Item<'a>>) {
    let bytes = line.as_bytes();
    let mut start = 0;
    let mut at = 0;
    let alternating = alternates(line);
    let mut push = |from: usize, to: usize| {
        let raw = &line[from..to];
        let text = trim(raw);
        if !text.is_empty() {
            let lead = text.as_ptr() as usize - line.as_ptr() as usize;
            items.push(Item { text, start: offset + lead });
        }
    };
    while at < bytes.len() {
        let digit = |index: usize| bytes.get(index).is_some_and(u8::is_ascii_digit);
        let in_number = bytes[at] == b',' && at > 0 && digit(at - 1) && digit(at + 1);
        let length = match bytes[at] {
            b',' if !in_number => 1,
            b';' | b'|' => 1,
            b'.' | b'!' | b'?' if bytes.get(at + 1).is_none_or(|next| *next == b' ') => 1,
            b' ' if alternating
                && at > 0
                && digit_or_percent(bytes[at - 1])
                && bytes.get(at + 1).is_some_and(u8::is_ascii_alphabetic) =>
            {
                1
            }
            b' ' => [" and ", " & ", " und ", " / ", " et ", " y "]
                .into_iter()
                .find(|word| line[at..].starts_with(word))
                .map_or(0, |word| word.len() - 1),
            _ => 0,
        };
        if length > 0 {
            push(start, at);
            start = at + length;
            at = start;
        } else {
            at += 1;
        }
    }
    push(start, bytes.len());
}

fn digit_or_percent(byte: u8) -> bool {
    byte.is_ascii_digit() || byte == b'%'
}

/// Whether a line is names and numbers in turn with nothing between the pairs: `Jan 100 Feb 200 Mar 300`.
fn alternates(line: &str) -> bool {
    /// Pairs that make a list without separators.
    const PAIRS_MIN: usize = 3;
    if line.contains([',', ';', '|']) {
        return false;
    }
    let numbers: Vec<bool> =
        line.split_whitespace().map(|word| matches!(class_of(word), Class::Integer | Class::Number)).collect();
    let pairs = numbers.windows(2).filter(|pair| !pair[0] && pair[1]).count();
    let doubled = numbers.windows(2).any(|pair| pair[0] && pair[1]);
    pairs >= PAIRS_MIN && !doubled
}

type List<'a> = (Vec<Row<'a>>, Range<usize>);

/// The longest run of items that are a name and a value each.
fn longest_list<'a>(items: &[Item<'a>], asked: bool) -> Option<List<'a>> {
    let pairs: Vec<Option<Pair<'a>>> = items
        .iter()
        .map(|item| {
            let text = item.text.strip_prefix("and ").unwrap_or(item.text);
            pair(cut_tail(cut_head(text)), false)
        })
        .collect();
    let mut best: Option<Range<usize>> = None;
    let mut at = 0;
    while at < pairs.len() {
        let Some(first) = &pairs[at] else {
            at += 1;
            continue;
        };
        let mut end = at + 1;
        let mut kind = first.between;
        // The first item may carry the words before the list: `My chart: Jan 100`.
        while let Some(Some(next)) = pairs.get(end) {
            if end > at + 1 && next.between != kind {
                break;
            }
            kind = next.between;
            end += 1;
        }
        if best.as_ref().is_none_or(|best| end - at > best.len()) {
            best = Some(at..end);
        }
        at = end;
    }
    let run = best?;
    let found: Vec<&Pair<'a>> = pairs[run.clone()].iter().flatten().collect();
    if found.len() < 2 {
        return None;
    }
    let words = found[1..].iter().map(|pair| pair.label.split_whitespace().count()).max().unwrap_or(1);
    let kind = found[1].between;
    let first = first_label(items[run.start].text, found[0], kind, words)?;
    let mut rows: Vec<Row<'a>> = vec![vec![Cow::Borrowed(first.label), Cow::Borrowed(first.value)]];
    rows.extend(found[1..].iter().map(|pair| vec![pair.label.clone(), Cow::Borrowed(pair.value)]));
    unify_units(&mut rows);
    let first_item = items[run.start];
    let start = first_item.start + (first.label.as_ptr() as usize - first_item.text.as_ptr() as usize);
    let last_item = items[run.end - 1];
    let last_value = rows.last().and_then(|row| if let Cow::Borrowed(value) = row[1] { Some(value) } else { None });
    let end = last_value.map_or(last_item.start + last_item.text.len(), |value| {
        last_item.start + (value.as_ptr() as usize - last_item.text.as_ptr() as usize) + value.len()
    });
    let end = end + usize::from(last_item.text.ends_with(')') && kind == Between::Parentheses);
    let labels_ok = rows.iter().all(|row| {
        let sentence = row[0].contains(' ') && prose::has_function_word(&row[0]);
        !(sentence || prose::is_reference(&row[0])) && is_name(&row[0])
    });
    let calendar = rows
        .iter()
        .all(|row| names::month(&row[0]).is_some() || names::any_weekday(&row[0]).is_some() || is_period(&row[0]));
    let whole = run.len() == items.len() && first.label.len() == found[0].label.len();
    let introduced = first.introduced;
    let enough = rows.len() > 2 && (asked || introduced || whole) || whole || calendar || introduced && asked;
    (labels_ok && enough).then_some((rows, start..end))
}

/// Names have a letter, or are years.
fn is_name(label: &str) -> bool {
    label.contains(char::is_alphabetic) || is_period(label)
}

fn is_period(label: &str) -> bool {
    let year = label.len() == 4 && label.parse::<u32>().is_ok_and(|year| (1800..=2200).contains(&year));
    year || date::lex(label).is_some()
}

struct First<'a> {
    label: &'a str,
    value: &'a str,
    introduced: bool,
}

/// The first item without the words that lead to the list.
fn first_label<'a>(text: &'a str, pair: &Pair<'a>, kind: Between, words: usize) -> Option<First<'a>> {
    let value_at = (pair.value.as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
    let mut label = trim(text.get(..value_at)?.trim_end_matches([' ', ':', '=', '-', '–', '—', '>', '(', '→', '.']));
    let mut introduced = false;
    if kind != Between::Colon || label.contains(": ") {
        if let Some((_, after)) = label.rsplit_once(':').filter(|(_, after)| !trim(after).is_empty()) {
            label = trim(after);
            introduced = true;
        } else if pair.between == Between::Colon && kind != Between::Colon {
            return None;
        }
    }
    let count = label.split_whitespace().count();
    if count > words {
        let skip = count - words;
        let start = label.split_whitespace().nth(skip)?;
        label = &label[start.as_ptr() as usize - label.as_ptr() as usize..];
    }
    Some(First { label: label.trim_matches(['*', '`', '_']), value: pair.value, introduced })
}

/// Cuts words off the front of a long item, which is a sentence up to the list: `can you draw a chart with Chrome 65%`.
fn cut_head(text: &str) -> &str {
    let words = text.split_whitespace().count();
    if words <= LABEL_WORDS_MAX {
        return text;
    }
    let start = text.split_whitespace().nth(words - LABEL_WORDS_MAX).unwrap_or(text);
    &text[start.as_ptr() as usize - text.as_ptr() as usize..]
}

/// Cuts words off the end of an item that follow its number: `Mar 300 please`.
fn cut_tail(text: &str) -> &str {
    let mut rest = text;
    /// Words cut off the end of an item.
    const WORDS_MAX: usize = 12;
    for _ in 0..WORDS_MAX {
        if pair(rest, false).is_some() {
            return rest;
        }
        match rest.rsplit_once(' ') {
            Some((before, _)) if before.contains(|c: char| c.is_ascii_digit()) => {
                rest = before.trim_end_matches([' ', '-', '–', '—'])
            }
            _ => return text,
        }
    }
    text
}

/// Drops a word behind the last number that none of the others has: `Mar 300 please`.
fn unify_units(rows: &mut [Row<'_>]) {
    let counted = |row: &Row<'_>| class_of(&row[1]) == Class::Counted;
    let Some((last, others)) = rows.split_last_mut() else {
        return;
    };
    if counted(last)
        && !others.iter().any(counted)
        && let Cow::Borrowed(value) = last[1]
        && let Some((number, _)) = value.split_once(' ')
    {
        last[1] = Cow::Borrowed(number);
    }
}

/// Looks for lines that name a series of values each: `x: 1, 2, 3`. Each line becomes a column.
pub(crate) fn detect_series<'a>(scan: &Scan<'a>, at: usize) -> Looked<'a> {
    let mut names: Vec<Cow<'a, str>> = Vec::new();
    let mut columns: Vec<Row<'a>> = Vec::new();
    let mut end = at;
    /// Values of one line.
    const VALUES_MAX: usize = 10_000;
    while let Some(line) = scan.lines.get(end) {
        let (_, item) = strip_bullet(line.text);
        let Some((name, list)) = item.split_once([':', '=']) else {
            break;
        };
        let list = trim(trim(list).trim_end_matches([';', ',']));
        let bare = list.strip_prefix('[').and_then(|inner| inner.strip_suffix(']'));
        // Programs have many lines with a colon or an equals sign; a list in brackets is data even there.
        if scan.place == Place::Code && bare.is_none() {
            break;
        }
        let list = bare.unwrap_or(list);
        // `Jan: 1,234` is one number.
        if is_value(list) {
            break;
        }
        let values: Row<'a> = list
            .split([',', ';'])
            .take(VALUES_MAX)
            .map(|value| Cow::Borrowed(trim(value).trim_matches(['"', '\''])))
            .collect();
        let width = columns.first().map_or(values.len(), Vec::len);
        if !is_label(trim(name))
            || values.len() != width
            || width < 2
            || values.iter().any(|value| value.contains(':') || value.len() > LABEL_BYTES_MAX)
        {
            break;
        }
        names.push(clean(trim(name)));
        columns.push(values);
        end += 1;
    }
    let numbers = columns
        .iter()
        .filter(|column| column.iter().all(|value| matches!(class_of(value), Class::Integer | Class::Number)))
        .count();
    if columns.len() < 2 || numbers == 0 {
        return Looked::NotBefore(at + 1);
    }
    let height = columns[0].len();
    let mut rows = vec![names];
    for index in 0..height {
        rows.push(columns.iter().map(|column| column[index].clone()).collect());
    }
    let grid = Grid { header: Header::First, rows, ..Grid::default() };
    Looked::Found(Box::new(Hit { grid, span: scan.span(at..end), lines: at..end, proof: Proof::Numbers }))
}

/// Looks for a number on each line, as one column of a spreadsheet is pasted, perhaps below its header.
pub(crate) fn detect_column<'a>(scan: &Scan<'a>, at: usize) -> Looked<'a> {
    /// Fewer numbers than these are no data.
    const NUMBERS_MIN: usize = 3;
    let value = |line: usize| {
        let text = trim(scan.lines.get(line)?.text);
        (matches!(class_of(text), Class::Integer | Class::Number | Class::Counted) && date::lex(text).is_none())
            .then_some(text)
    };
    let header = if value(at).is_none() { 1 } else { 0 };
    let mut rows: Vec<Row<'a>> = Vec::new();
    if header == 1 {
        let text = trim(scan.lines[at].text);
        let words = text.split_whitespace().count();
        /// Words of a header; more are a sentence.
        const HEADER_WORDS_MAX: usize = 4;
        if words > HEADER_WORDS_MAX
            || prose::sentence_score(text) > 0
            || prose::is_request(text)
            || text.ends_with(':')
            || text.contains("```")
        {
            return Looked::NotBefore(at + 1);
        }
        rows.push(vec![clean(text)]);
    }
    let mut end = at + header;
    while let Some(text) = value(end)
        && rows.len() <= scan.rows_max
    {
        rows.push(vec![Cow::Borrowed(text)]);
        end += 1;
    }
    // A sentence directly below belongs to something else than a column.
    if scan.place == Place::Code || rows.len() < NUMBERS_MIN + header {
        return Looked::NotBefore(if header == 1 { at + 1 } else { end.max(at + 1) });
    }
    let grid = Grid { header: if header == 1 { Header::First } else { Header::None }, rows, ..Grid::default() };
    Looked::Found(Box::new(Hit { grid, span: scan.span(at..end), lines: at..end, proof: Proof::Numbers }))
}

/// Looks for records of named fields, a line each: `name: Ann`, `age: 31`, and the same names again, as YAML writes
/// them.
pub(crate) fn detect_records<'a>(scan: &Scan<'a>, at: usize) -> Looked<'a> {
    /// Fields of one record.
    const FIELDS_MAX: usize = 64;
    let field = |line: usize| -> Option<(bool, Cow<'a, str>, &'a str)> {
        let (bulleted, text) = strip_bullet(scan.lines.get(line)?.text);
        let (key, value) = text.split_once(": ").or_else(|| text.split_once(" = "))?;
        let plain = is_label(trim(key))
            && !key.contains(|c: char| c.is_ascii_digit())
            && value.len() <= LABEL_BYTES_MAX
            && !value.contains(": ");
        plain.then(|| (bulleted, clean(trim(key)), trim(value).trim_matches(['"', '\'', ','])))
    };
    let none = Looked::NotBefore(at + 1);
    let Some((_, first_key, _)) = field(at) else {
        return none;
    };
    let mut keys: Vec<Cow<'a, str>> = Vec::new();
    let mut records: Vec<Row<'a>> = Vec::new();
    let mut line = at;
    let mut end = at;
    while line < scan.lines.len() && records.len() <= scan.rows_max {
        if scan.lines[line].is_blank() {
            if line > end {
                break;
            }
            line += 1;
            continue;
        }
        let Some((_, key, value)) = field(line) else {
            break;
        };
        if key == first_key {
            records.push(Vec::new());
        }
        let place = match keys.iter().position(|known| *known == key) {
            Some(place) => place,
            // Names that first appear in a later record are another list.
            None if records.len() == 1 && keys.len() < FIELDS_MAX => {
                keys.push(key);
                keys.len() - 1
            }
            None => break,
        };
        let Some(record) = records.last_mut() else {
            break;
        };
        if record.len() <= place {
            record.resize(place + 1, Cow::Borrowed(""));
        }
        record[place] = Cow::Borrowed(value);
        line += 1;
        end = line;
    }
    let full = records.iter().filter(|record| record.len() * 2 > keys.len()).count();
    if scan.place == Place::Code || records.len() < 2 || keys.len() < 2 || full < records.len() {
        return none;
    }
    let mut rows = vec![keys];
    rows.append(&mut records);
    let grid = Grid { header: Header::First, rows, ..Grid::default() };
    Looked::Found(Box::new(Hit { grid, span: scan.span(at..end), lines: at..end, proof: Proof::Typed }))
}

/// Looks for a row of bare numbers within a line: `12, 15, 9, 20`, `plot 5, 8, 13 and 21 as bars`.
pub(crate) fn detect_numbers<'a>(scan: &Scan<'a>, at: usize) -> Looked<'a> {
    /// Fewer numbers than these are no data, and a sentence that asks for nothing needs one more.
    const NUMBERS_MIN: usize = 3;
    let line = scan.lines[at];
    let none = Looked::NotBefore(at + 1);
    if scan.place == Place::Code || line.text.len() > PARAGRAPH_BYTES_MAX {
        return none;
    }
    let is_number = |text: &str| matches!(class_of(text), Class::Integer | Class::Number);
    let mut items: Vec<Item<'a>> = Vec::new();
    split_items(line.text, line.start, &mut items);
    // Numbers with only spaces between them.
    if let [only] = items.as_slice() {
        let list = only.text.rsplit_once(':').map_or(only.text, |(_, list)| trim(list));
        if list.split_whitespace().count() >= NUMBERS_MIN && list.split_whitespace().all(is_number) {
            let offset = list.as_ptr() as usize - only.text.as_ptr() as usize;
            items = list
                .split_whitespace()
                .map(|text| Item {
                    text,
                    start: only.start + offset + (text.as_ptr() as usize - list.as_ptr() as usize),
                })
                .collect();
        }
    }
    let first_words = |item: &Item<'a>| -> Option<Item<'a>> {
        let text = item.text.split_whitespace().next_back()?.trim_start_matches(['[', '(']);
        is_number(text)
            .then(|| Item { text, start: item.start + (text.as_ptr() as usize - item.text.as_ptr() as usize) })
    };
    let last_words = |item: &Item<'a>| -> Option<Item<'a>> {
        let text = item.text.split_whitespace().next()?.trim_end_matches([']', ')', '.']);
        is_number(text).then_some(Item { text, start: item.start })
    };
    let Some(middle) = items.iter().position(|item| is_number(item.text)) else {
        return none;
    };
    let end =
        items[middle..].iter().position(|item| !is_number(item.text)).map_or(items.len(), |length| middle + length);
    let mut numbers: Vec<Item<'a>> = Vec::new();
    numbers.extend(middle.checked_sub(1).and_then(|before| first_words(&items[before])));
    numbers.extend(&items[middle..end]);
    numbers.extend(items.get(end).and_then(last_words));
    let whole = numbers.len() == items.len() && middle == 0;
    let introduced = items.first().is_some_and(|item| item.text.contains(':'));
    let asked = prose::speaks_of_charts(line.text);
    if numbers.len() < NUMBERS_MIN || !(whole || introduced || asked && numbers.len() > NUMBERS_MIN) {
        return none;
    }
    let span =
        numbers.first().map_or(0, |item| item.start)..numbers.last().map_or(0, |item| item.start + item.text.len());
    let rows = numbers.into_iter().map(|item| vec![Cow::Borrowed(item.text)]).collect();
    let grid = Grid { header: Header::None, rows, ..Grid::default() };
    Looked::Found(Box::new(Hit { grid, lines: at..at + 1, span, proof: Proof::Numbers }))
}
