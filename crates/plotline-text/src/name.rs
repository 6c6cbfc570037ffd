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
    let prose = without_tables(&words);
    let mut name = String::new();
    for word in prose.split(|c: char| c.is_whitespace() || c.is_control()) {
        let word: String = word.chars().filter(|c| !is_direction_mark(*c)).collect();
        let everybody = matches!(word.trim_end_matches([',', ':']), "@everyone" | "@here");
        if word.is_empty() || is_marker(&word) || everybody {
            continue;
        }
        // Punctuation whose word has been taken out joins the word before, and never opens the name.
        let dangling = word.chars().all(|c| matches!(c, ',' | '.' | ':' | ';' | '!' | '?'));
        match (name.is_empty(), dangling) {
            (true, true) => continue,
            (true, false) => {}
            (false, true) if name.ends_with(|c: char| c.is_ascii_punctuation()) => continue,
            (false, true) => {}
            (false, false) => name.push(' '),
        }
        name.push_str(&word);
    }
    let name = name.trim_start_matches([',', ':', ';', '.', '|', '/']).trim_end_matches([':', ',', ';', ' ']).trim();
    if is_blank(name) { THREAD_NAME_FALLBACK.to_owned() } else { cut_at_word(name) }
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

/// Drops pasted tables: runs of two or more lines that have the same separator the same number of times, and a last
/// line of such a run.
fn without_tables(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let shapes: Vec<Option<(char, usize)>> = lines.iter().map(|line| shape(line)).collect();
    let mut kept = String::with_capacity(text.len());
    for (i, line) in lines.iter().enumerate() {
        let alike = |other: Option<&Option<(char, usize)>>| {
            shapes[i].is_some() && other.copied().flatten().is_some_and(|other| is_alike(other, shapes[i]))
        };
        let before = i.checked_sub(1).and_then(|i| shapes.get(i));
        if !alike(before) && !alike(shapes.get(i + 1)) {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

/// Whether two neighbouring lines are rows of one table. Commas also stand in sentences, so their number must agree.
fn is_alike(other: (char, usize), shape: Option<(char, usize)>) -> bool {
    shape.is_some_and(|shape| shape.0 == other.0 && (shape.1 == other.1 || shape.0 != ','))
}

/// What separates the cells of `line`, and how often it does.
fn shape(line: &str) -> Option<(char, usize)> {
    let line = line.trim_matches(' ');
    ['\t', '|', ';', ',']
        .into_iter()
        .find_map(|separator| {
            let count = line.matches(separator).count();
            // A comma between words, followed by a space, is a sentence's.
            let prose = separator == ',' && line.contains(", ") && !line.contains(|c: char| c.is_ascii_digit());
            (count > 0 && !prose).then_some((separator, count))
        })
        .or_else(|| {
            let columns = line.split("  ").filter(|cell| !cell.trim().is_empty()).count();
            (columns > 1).then_some((' ', columns))
        })
}
