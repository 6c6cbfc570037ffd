//! Clean-up that every kind of value shares: blanks, look-alike characters and words for "nothing here".

use std::borrow::Cow;

/// Whether a character is written like a space: the ordinary ones, no-break, thin, figure and ideographic spaces, and
/// the zero-width characters that web pages leave behind.
pub(crate) fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{00ad}')
}

/// Trims everything that is written like a space.
pub(crate) fn trim(text: &str) -> &str {
    let bytes = text.as_bytes();
    match (bytes.first(), bytes.last()) {
        (None, _) | (_, None) => text,
        // Most cells begin and end with a visible ASCII character and need no look at Unicode.
        (Some(first), Some(last)) if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        _ => text.trim_matches(is_blank),
    }
}

/// Replaces look-alikes by the ASCII characters that values are written with: full-width and other decimal digits,
/// minus signs and dashes, typographic apostrophes and every kind of space. Text without any is borrowed.
pub(crate) fn ascii_lookalikes(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut changed = false;
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let replaced = lookalike(c);
        changed |= replaced != Some(c);
        out.extend(replaced);
    }
    if changed { Cow::Owned(out) } else { Cow::Borrowed(text) }
}

/// The ASCII character that this one stands for, itself, or nothing for a zero-width one.
fn lookalike(c: char) -> Option<char> {
    let digit = |zero: char| char::from_digit((c as u32).wrapping_sub(zero as u32), 10);
    match c {
        '\u{ff10}'..='\u{ff19}' => digit('\u{ff10}'),
        '\u{0660}'..='\u{0669}' => digit('\u{0660}'),
        '\u{06f0}'..='\u{06f9}' => digit('\u{06f0}'),
        '\u{0966}'..='\u{096f}' => digit('\u{0966}'),
        '\u{2212}' | '\u{2010}'..='\u{2015}' | '\u{fe63}' | '\u{ff0d}' => Some('-'),
        '\u{2018}' | '\u{2019}' | '\u{02bc}' | '\u{2032}' | '\u{00b4}' => Some('\''),
        '\u{201c}' | '\u{201d}' | '\u{2033}' => Some('"'),
        '\u{ff0e}' => Some('.'),
        '\u{ff0c}' | '\u{066b}' => Some(','),
        '\u{ff1a}' => Some(':'),
        '\u{ff05}' => Some('%'),
        '\u{ff0b}' => Some('+'),
        '\u{ff04}' => Some('$'),
        '\u{ffe5}' => Some('¥'),
        '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{00ad}' => None,
        c if c.is_whitespace() => Some(' '),
        c => Some(c),
    }
}

/// How sure it is that a cell holds nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Blank {
    /// Empty, a dash, `n/a`, `null`: nothing in any column.
    Always,
    /// `none`, `unknown`, `NA`: nothing among numbers or dates, yet a value of its own among words.
    AmongValues,
}

/// The longest word for nothing, in bytes; a longer cell need not be compared.
const BLANK_WORD_BYTES_MAX: usize = 16;

/// Whether a trimmed cell says that there is no value.
pub(crate) fn blank(text: &str) -> Option<Blank> {
    if text.is_empty() {
        return Some(Blank::Always);
    }
    if text.len() > BLANK_WORD_BYTES_MAX {
        return None;
    }
    // A number begins with a digit, and nothing in the lists below does.
    if text.as_bytes()[0].is_ascii_digit() {
        return None;
    }
    if text.chars().all(|c| matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '.' | '…' | '?' | '·' | '_' | '/'))
    {
        return Some(Blank::Always);
    }
    let lower = text.to_lowercase();
    let lower = lower.trim_matches(['[', ']', '(', ')', '<', '>', '{', '}']);
    match lower {
        "n/a" | "#n/a" | "n.a." | "n.a" | "n/d" | "n.d." | "null" | "nan" | "nat" | "\\n" | "#ref!" | "#div/0!"
        | "#value!" | "#name?" | "#num!" | "#null!" | "#error!" | "#nv" | "k.a." | "k. a." | "blank" | "∅"
        | "n. a." | "n. v." | "n.v." => Some(Blank::Always),
        "na" | "none" | "nil" | "unknown" | "missing" | "tbd" | "tba" | "tbc" | "pending" | "undefined" | "empty"
        | "no data" | "not available" | "keine angabe" | "s/o" | "inf" | "-inf" | "∞" | "x" | "void" | "absent"
        | "dnf" | "dns" | "dnq" | "dsq" => Some(Blank::AmongValues),
        _ => None,
    }
}
