//! A request as words: where each stands, how it was written, and its stem.

use std::sync::LazyLock;

use rust_stemmers::{Algorithm, Stemmer};

/// A request longer than this many words is read up to here: nobody describes a chart in more, and the work per word is bounded.
pub(super) const TOKENS_MAX: usize = 400;

static STEMMER: LazyLock<Stemmer> = LazyLock::new(|| Stemmer::create(Algorithm::English));

/// The stem of a lower-case word (Porter 2): `cities` and `city` have the same.
pub(super) fn stem(word: &str) -> String {
    STEMMER.stem(word).into_owned()
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Class {
    Word,
    Number(f64),
    Mark(char),
}

/// A word, a number or a mark of punctuation.
#[derive(Clone, Debug)]
pub(super) struct Token {
    /// As it was written.
    pub(super) raw: String,
    /// In lower case.
    pub(super) text: String,
    pub(super) stem: String,
    pub(super) class: Class,
    /// No space between this and the token before it: parts of `Employee_ID` or `2024-03-05`.
    pub(super) glued: bool,
    /// Inside quotation marks.
    pub(super) quoted: bool,
}

impl Token {
    pub(super) fn is(&self, word: &str) -> bool {
        self.text == word
    }

    pub(super) fn is_any(&self, words: &[&str]) -> bool {
        words.contains(&self.text.as_str())
    }

    pub(super) fn is_word(&self) -> bool {
        self.class == Class::Word
    }

    pub(super) fn number(&self) -> Option<f64> {
        match self.class {
            Class::Number(number) => Some(number),
            Class::Word | Class::Mark(_) => None,
        }
    }

    /// Makes it a mark that says nothing, since what it said has been understood.
    pub(super) fn silence(&mut self) {
        self.class = Class::Mark('|');
        "|".clone_into(&mut self.text);
        "|".clone_into(&mut self.stem);
    }

    /// A mark that ends a clause.
    pub(super) fn is_stop(&self) -> bool {
        matches!(self.class, Class::Mark(',' | '.' | ';' | '?' | '!' | ':' | '\n'))
    }
}

/// Splits a request into tokens. Underscores and changes from small to capital letters split words into glued parts.
pub(super) fn tokenise(ask: &str) -> Vec<Token> {
    let chars: Vec<char> = ask.chars().collect();
    let mut tokens: Vec<Token> = Vec::new();
    let mut at = 0;
    let mut quote: Option<char> = None;
    let mut glue = false;
    while at < chars.len() && tokens.len() < TOKENS_MAX {
        let c = chars[at];
        if c == '_' {
            at += 1;
            glue = !tokens.is_empty();
            continue;
        }
        if c.is_whitespace() {
            if c == '\n' {
                push(&mut tokens, "\n", Class::Mark('\n'), false, false);
            }
            glue = false;
            at += 1;
            continue;
        }
        if let Some((number, length)) = number(&chars[at..], at.checked_sub(1).map(|before| chars[before])) {
            let raw: String = chars[at..at + length].iter().collect();
            push(&mut tokens, &raw, Class::Number(number), glue, quote.is_some());
            at += length;
            glue = true;
            continue;
        }
        if c.is_alphanumeric() {
            let length = word_length(&chars[at..]);
            let raw: String = chars[at..at + length].iter().collect();
            push(&mut tokens, &raw, Class::Word, glue, quote.is_some());
            at += length;
            // What follows directly, without a mark in between, is a part of the same name.
            glue = true;
            continue;
        }
        let plain = match c {
            '“' | '”' | '„' | '«' | '»' | '`' => '"',
            '‘' | '’' => '\'',
            other => other,
        };
        if plain == '\'' || plain == '"' {
            let opens = at.checked_sub(1).is_none_or(|before| !chars[before].is_alphanumeric())
                && chars.get(at + 1).is_some_and(|next| next.is_alphanumeric() || "%$€£".contains(*next));
            // A mark that is never closed opens nothing.
            let closed = || {
                (at + 2..chars.len()).any(|close| {
                    same_mark(chars[close], plain) && chars.get(close + 1).is_none_or(|after| !after.is_alphanumeric())
                })
            };
            match quote {
                Some(open) if open == plain => quote = None,
                None if opens && closed() => quote = Some(plain),
                // An apostrophe: `what's` is `what`; other letters after it belong to the word before.
                _ if plain == '\'' => {
                    let rest = chars[at + 1..].iter().take_while(|c| c.is_alphabetic()).count();
                    if rest <= 2 {
                        at += rest;
                    }
                }
                _ => {}
            }
            at += 1;
            glue = false;
            continue;
        }
        push(&mut tokens, &c.to_string(), Class::Mark(c), glue, quote.is_some());
        glue = matches!(c, '-' | '/' | ':');
        at += 1;
    }
    tokens
}

fn same_mark(c: char, plain: char) -> bool {
    match c {
        '“' | '”' | '„' | '«' | '»' | '`' => plain == '"',
        '‘' | '’' => plain == '\'',
        other => other == plain,
    }
}

fn push(tokens: &mut Vec<Token>, raw: &str, class: Class, glued: bool, quoted: bool) {
    let text = raw.to_lowercase();
    let stem = if class == Class::Word { stem(&text) } else { text.clone() };
    tokens.push(Token { raw: raw.to_owned(), text, stem, class, glued, quoted });
}

/// Letters and digits, up to a capital letter after a small one (`HoursPerWeek`, `StuID`) or the last capital of a row
/// that begins a word (`IDNumber`).
fn word_length(chars: &[char]) -> usize {
    let mut length = 1;
    while let Some(c) = chars.get(length).filter(|c| c.is_alphanumeric()) {
        let before = chars[length - 1];
        if c.is_uppercase() && before.is_lowercase() {
            break;
        }
        let next_small = chars.get(length + 1).is_some_and(|next| next.is_lowercase());
        let plural = chars.get(length + 1) == Some(&'s') && chars.get(length + 2).is_none_or(|c| !c.is_alphanumeric());
        if c.is_uppercase() && before.is_uppercase() && next_small && !plural {
            break;
        }
        length += 1;
    }
    length
}

/// A number at the start: `60`, `1,000`, `5.5`, `-3`, `12k`, `3M`. What runs on into letters (`2nd`, `3d`) is a word.
fn number(chars: &[char], before: Option<char>) -> Option<(f64, usize)> {
    let negative = matches!(chars.first(), Some('-' | '−'))
        && before.is_none_or(|before| before.is_whitespace() || matches!(before, '(' | '=' | '>' | '<'));
    let start = usize::from(negative);
    if !chars.get(start)?.is_ascii_digit() {
        return None;
    }
    let digit = |at: usize| chars.get(at).is_some_and(char::is_ascii_digit);
    let mut at = start;
    let mut text = String::new();
    while let Some(c) = chars.get(at) {
        if c.is_ascii_digit() {
            text.push(*c);
        } else if *c == ',' && digit(at + 1) && digit(at + 2) && digit(at + 3) && !digit(at + 4) {
            // A thousands separator.
        } else if *c == '.' && digit(at + 1) && !text.contains('.') {
            text.push('.');
        } else {
            break;
        }
        at += 1;
    }
    let mut value: f64 = text.parse().ok()?;
    let letters = chars[at..].iter().take_while(|c| c.is_alphanumeric()).count();
    match (letters, chars.get(at)) {
        (0, _) => {}
        (1, Some('k' | 'K')) => (value, at) = (value * 1e3, at + 1),
        (1, Some('M')) => (value, at) = (value * 1e6, at + 1),
        _ => return None,
    }
    value.is_finite().then_some((if negative { -value } else { value }, at))
}

/// The parts of a column's name as lower-case words: underscores, capitals and the border of letters and digits split it.
pub(crate) fn name_words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    for token in tokenise(name) {
        let mut word = String::new();
        for c in token.text.chars().filter(|c| c.is_alphanumeric()) {
            if word.chars().last().is_some_and(|last| last.is_ascii_digit() != c.is_ascii_digit()) {
                words.push(std::mem::take(&mut word));
            }
            word.push(c);
        }
        if !word.is_empty() {
            words.push(word);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(ask: &str) -> Vec<String> {
        tokenise(ask).into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn names_split_at_underscores_and_capitals() {
        assert_eq!(
            texts("HoursPerWeek by Employee_ID, StuIDs"),
            ["hours", "per", "week", "by", "employee", "id", ",", "stu", "ids"]
        );
    }

    #[test]
    fn numbers_keep_their_value() {
        let numbers: Vec<f64> = tokenise("over 1,000 and -3.5, 12k (2nd)").iter().filter_map(Token::number).collect();
        assert_eq!(numbers, [1000.0, -3.5, 12000.0]);
    }

    #[test]
    fn apostrophes_do_not_open_quotes() {
        let tokens = tokenise("what's the members' type 'Check'");
        assert_eq!(
            tokens.iter().filter(|token| token.quoted).map(|token| token.raw.as_str()).collect::<Vec<_>>(),
            ["Check"]
        );
    }

    #[test]
    fn column_names_fall_into_words() {
        assert_eq!(name_words("Area_km_2"), ["area", "km", "2"]);
        assert_eq!(name_words("LName"), ["l", "name"]);
        assert_eq!(name_words("meter_500"), ["meter", "500"]);
    }
}
