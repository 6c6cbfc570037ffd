//! The size of a text in tokens.

/// About how many tokens a model reads in a text, for a budget of context: rather too many than too few.
///
/// Every model has its own vocabulary, so this is an estimate by kinds of characters that holds for today's byte-pair vocabularies of 100,000 to
/// 200,000 entries: a word of Latin letters is one token for every six begun letters, digits go two to a token (three in some vocabularies,
/// one in others), a run of the same punctuation four, a line break or an indent one, other alphabets two letters to a token, Chinese, Japanese
/// and Korean one character, and an emoji or other symbol two tokens. The space before a word is part of the word.
pub fn estimate_tokens(text: &str) -> usize {
    let mut tokens = 0;
    let mut characters = text.chars().peekable();
    while let Some(first) = characters.next() {
        let kind = Kind::of(first);
        let mut run = 1;
        while let Some(next) = characters.next_if(|next| kind.continues(first, *next)) {
            run += usize::from(next != '\r');
        }
        tokens += kind.tokens(run);
    }
    tokens
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Latin,
    Digit,
    Space,
    Punctuation,
    OtherAlphabet,
    Ideograph,
    Symbol,
}

impl Kind {
    fn of(character: char) -> Self {
        match character {
            'a'..='z' | 'A'..='Z' => Self::Latin,
            '0'..='9' => Self::Digit,
            _ if character.is_whitespace() => Self::Space,
            _ if character.is_ascii() => Self::Punctuation,
            // CJK punctuation, kana, ideographs, hangul, full-width forms.
            '\u{3000}'..='\u{9FFF}'
            | '\u{AC00}'..='\u{D7AF}'
            | '\u{F900}'..='\u{FAFF}'
            | '\u{FF00}'..='\u{FFEF}'
            | '\u{20000}'..='\u{3FFFF}' => Self::Ideograph,
            _ if character.is_alphabetic() => Self::OtherAlphabet,
            _ => Self::Symbol,
        }
    }

    fn continues(self, first: char, next: char) -> bool {
        match self {
            Self::Punctuation => next == first,
            kind => Self::of(next) == kind,
        }
    }

    fn tokens(self, run: usize) -> usize {
        match self {
            Self::Latin => run.div_ceil(6),
            Self::Digit | Self::OtherAlphabet => run.div_ceil(2),
            Self::Space => usize::from(run > 1),
            Self::Punctuation => run.div_ceil(4),
            Self::Ideograph => run,
            Self::Symbol => run * 2,
        }
    }
}
