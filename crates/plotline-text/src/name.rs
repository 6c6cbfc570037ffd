//! A thread's name from the question that opens it.

use crate::length::{is_blank, truncate};
use crate::plain::{Keep, plain};
use crate::token::Mention;

/// The longest name that Discord gives a thread, in UTF-16 code units.
pub const THREAD_NAME_UNITS_MAX: usize = 100;

/// A thread's name when the question has no words: a table alone, an empty mention.
pub const THREAD_NAME_FALLBACK: &str = "Question";

/// Only this much of a question is read for its name, in bytes: names are short, pasted tables are not.
const READ_BYTES_MAX: usize = 8 * 1024;

/// A cut at a word may cost at most this many UTF-16 code units of the name; a longer word is cut within.
const WORD_UNITS_MAX: usize = 30;

/// Names the thread for `question`: its words in one line, at most [`THREAD_NAME_UNITS_MAX`] long, never blank.
///
/// Mentions, custom emoji, times, markup, addresses, code blocks and pasted tables are left out. What is too long ends
/// behind a word, with `…`. [`THREAD_NAME_FALLBACK`] when nothing is left.
pub fn thread_name(question: &str) -> String {
    thread_name_with(question, |_| None)
}

/// As [`thread_name`], but mentions of those whom `name_of` knows stay as `@name` or `#name`.
pub fn thread_name_with<F>(question: &str, mut name_of: F) -> String
where
    F: FnMut(Mention) -> Option<String>,
{
    let end = question.floor_char_boundary(READ_BYTES_MAX);
    let words = plain(&question[..end], Keep::Words, &mut name_of);
    let mut name = String::new();
    let (lines, has_table) = without_tables(&words);
    for line in lines {
        line_into(line, &mut name);
    }
    // "a pie chart of", and then came the table.
    while let Some((head, last)) = name.rsplit_once(' ').filter(|_| has_table) {
        if !LEADING_ON.contains(&last.trim_end_matches(':').to_ascii_lowercase().as_str()) {
            break;
        }
        name.truncate(head.len());
    }
    let name = name.trim_start_matches([',', ':', ';', '.', '|', '/']).trim_end_matches([':', ',', ';', ' ']).trim();
    if is_blank(name) { THREAD_NAME_FALLBACK.to_owned() } else { cut_at_word(name) }
}

/// Adds the words of `line` to `name`, without the markers that a heading, list or quote starts with.
fn line_into(line: &str, name: &mut String) {
    let words = line.split(|c: char| c.is_whitespace() || c.is_control());
    for word in words.filter(|word| !word.is_empty()).skip_while(|word| is_marker(word)) {
        let word: String = word.chars().filter(|c| !is_direction_mark(*c)).collect();
        if word.is_empty() || matches!(word.trim_end_matches([',', ':']), "@everyone" | "@here") {
            continue;
        }
        // Punctuation whose word has been taken out joins the word before, and never opens the name.
        let dangling = word.chars().all(|c| matches!(c, ',' | '.' | ':' | ';' | '!' | '?'));
        match (name.is_empty(), dangling) {
            (true, true) => continue,
            (false, true) if name.ends_with(|c: char| c.is_ascii_punctuation()) => continue,
            (true, false) | (false, true) => {}
            (false, false) => name.push(' '),
        }
        name.push_str(&word);
    }
}

fn cut_at_word(name: &str) -> String {
    let cut = truncate(name, THREAD_NAME_UNITS_MAX);
    if cut.len() >= name.len() && cut == name {
        return cut.into_owned();
    }
    let head = cut.trim_end_matches(crate::ELLIPSIS);
    let mid_word = name[head.len()..].starts_with(|c: char| !c.is_whitespace());
    let at = head.rfind(' ').filter(|at| mid_word && crate::units(&head[*at..]) <= WORD_UNITS_MAX);
    let head = head[..at.unwrap_or(head.len())].trim_end_matches([' ', ',', ':', ';', '.', '-', '–', '—', '(']);
    format!("{head}{}", crate::ELLIPSIS)
}

/// A heading's, list's or quote's marker that stands alone, and rules.
fn is_marker(word: &str) -> bool {
    word.bytes().all(|b| matches!(b, b'#' | b'>' | b'-' | b'*' | b'+' | b'=' | b'_' | b'|' | b'`' | b'~'))
}

/// Marks that would turn the direction of the text behind the name.
fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A row has at most this many words before its number when nothing else separates them: `Rent, old flat 1200`.
const ROW_WORDS_MAX: usize = 4;

/// Words that only lead on to a table that has been left out.
const LEADING_ON: [&str; 10] = ["of", "for", "from", "with", "using", "in", "this", "these", "the", "following"];

/// What makes lines rows of one table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// Cells with a separator that sentences do not have.
    Separated(char),
    /// Cells with commas, so many of them.
    Commas(usize),
    /// A word or a few, then a number.
    Labelled,
    /// Columns kept apart by two spaces or more.
    Spaced,
}

/// The lines that are not rows of a pasted table, of two or more lines of one shape in a row, and whether there is one.
fn without_tables(text: &str) -> (Vec<&str>, bool) {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let mut kept = Vec::with_capacity(lines.len());
    let mut rest = lines.as_slice();
    let mut has_table = false;
    while let Some((first, others)) = rest.split_first() {
        let shape = shape_of(first);
        let alike = others.iter().take_while(|line| shape.is_some() && shape_of(line) == shape).count();
        let (rows, next) = rest.split_at(alike + 1);
        // Sentences have commas too; a table has numbers in at least one row.
        let is_table = alike > 0 && (!matches!(shape, Some(Shape::Commas(_))) || rows.iter().any(|row| has_digit(row)));
        if !is_table {
            kept.push(*first);
        }
        has_table |= is_table;
        rest = if is_table { next } else { others };
    }
    (kept, has_table)
}

fn has_digit(line: &str) -> bool {
    line.bytes().any(|b| b.is_ascii_digit())
}

fn shape_of(line: &str) -> Option<Shape> {
    let line = line.trim_matches(' ');
    if let Some(separator) = ['\t', '|', ';'].into_iter().find(|separator| line.contains(*separator)) {
        return Some(Shape::Separated(separator));
    }
    let commas = line.matches(',').count();
    if commas > 0 {
        return Some(Shape::Commas(commas));
    }
    if line.split("  ").filter(|cell| !cell.trim().is_empty()).count() > 1 {
        return Some(Shape::Spaced);
    }
    let mut words = line.split_whitespace();
    let is_number = words
        .next_back()
        .is_some_and(|word| has_digit(word) && word.chars().filter(|c| c.is_alphabetic()).count() <= 2);
    (is_number && words.count() <= ROW_WORDS_MAX).then_some(Shape::Labelled)
}
