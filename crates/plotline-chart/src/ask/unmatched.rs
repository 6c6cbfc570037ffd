//! Conditions that nothing in the table matches: they are said, never dropped in silence.

use super::absent::GENERAL;
use super::condition::Finder;
use super::lexicon::FILLERS;
use super::measure::GROUP_WORDS;
use super::mention::{COMMAND_WORDS, Mention};
use super::moment;
use super::phrase::phrase;
use super::rows::is_no_thing;
use super::token::Token;

/// Words before a value.
const BEFORE: &[&str] =
    &["for", "in", "from", "at", "only", "just", "named", "called", "of", "by", "where", "about", "on"];

/// Of them, those after which a word without a capital is a value as well.
const PLAINLY: &[&str] = &["for", "in", "from", "at", "only", "just", "named", "called"];

/// Words after these that are no values but say how the chart is meant.
const MANNER: &[&str] = &[
    "total",
    "bin",
    "bins",
    "attribute",
    "attributes",
    "variable",
    "variables",
    "field",
    "fields",
    "general",
    "order",
    "ascending",
    "descending",
    "asc",
    "desc",
    "alphabetical",
    "chronological",
    "reverse",
    "detail",
    "percent",
    "percentage",
    "percentages",
    "euros",
    "dollars",
    "pounds",
    "usd",
    "eur",
    "gbp",
    "thousands",
    "millions",
    "hours",
    "minutes",
    "comparison",
    "reference",
    "example",
    "fun",
    "once",
    "twice",
    "red",
    "blue",
    "green",
    "orange",
    "purple",
    "black",
    "white",
    "color",
    "colour",
    "colors",
    "colours",
    "dark",
    "light",
    "mode",
    "style",
    "time",
    "times",
    "date",
    "least",
    "most",
    "all",
    "both",
    "each",
    "every",
    "one",
    "two",
    "three",
    "four",
    "five",
    "highest",
    "lowest",
    "largest",
    "smallest",
    "biggest",
    "top",
    "bottom",
    "left",
    "right",
    "low",
    "high",
    "small",
    "large",
    "here",
    "there",
    "terms",
    "form",
    "format",
    "shape",
    "panel",
    "panels",
    "columns",
    "rows",
    "side",
    "scale",
    "view",
    "question",
    "addition",
    "same",
    "different",
    "single",
    "separate",
    "own",
    "now",
    "today",
    "later",
    "scratch",
    "above",
    "below",
    "table",
    "data",
    "dataset",
    "me",
    "us",
    "them",
    "it",
    "that",
    "this",
    "these",
    "those",
    "which",
    "what",
    "who",
    "whom",
    "whose",
    "how",
    "when",
    "where",
    "not",
    "my",
    "our",
    "your",
    "their",
    "his",
    "her",
    "its",
    "and",
    "or",
    "any",
    "some",
    "new",
    "old",
    "between",
    "over",
    "under",
    "more",
    "less",
    "than",
    "if",
    "means",
];

impl Finder<'_> {
    /// Says which words that stand like a value are none of the table's.
    pub(super) fn note_unmatched(&mut self, free: &dyn Fn(usize) -> bool) {
        let mut unmatched: Vec<String> = Vec::new();
        for at in 1..self.tokens.len() {
            if let Some((words, column)) = self.unmatched_of_column(at, free) {
                unmatched.push(format!("“{words}” is no value of “{column}”, so nothing was filtered by it."));
            } else if let Some(words) = self.unmatched_word(at, free) {
                unmatched.push(format!("“{words}” is not in the table, so nothing was filtered by it."));
            }
        }
        unmatched.dedup();
        self.notes.extend(unmatched);
    }

    /// `role is Owner`, `role = Owner`: a value behind its column.
    fn unmatched_of_column(&self, at: usize, free: &dyn Fn(usize) -> bool) -> Option<(String, String)> {
        let sign = at.checked_sub(1)?;
        let between = &self.tokens[sign];
        let copula = between.is_any(&["is", "are", "=", "equals", "was", "named", "called"]);
        let before = |mention: &&Mention| mention.end == sign && mention.likeness > 0.6;
        let column = self.mentions.iter().find(before).filter(|_| copula)?.column;
        let words = self.unknown(at, free)?;
        Some((words, self.name(column)))
    }

    /// `in Berlin`, `for "Wizards"`, `just the owners`.
    fn unmatched_word(&self, at: usize, free: &dyn Fn(usize) -> bool) -> Option<String> {
        let mut before = at.checked_sub(1)?;
        let marked = self.tokens[before].is_any(&["#", "@"]);
        let marks = usize::from(marked);
        while before > 0 && self.tokens[before].is_any(&["the", "#", "@"]) {
            before -= 1;
        }
        let introduced = &self.tokens[before];
        let first = &self.tokens[at];
        let named = marked || first.quoted || first.raw.chars().next().is_some_and(char::is_uppercase);
        // `for role Owner`: the column stands between.
        let of_column = self.mentions.iter().any(|mention| {
            mention.end == at && mention.start.checked_sub(1).is_some_and(|before| self.tokens[before].is_any(BEFORE))
        });
        let ends =
            self.tokens.get(at + 1).is_none_or(|next| next.is_stop() || next.is_any(&["by", "per", "over", "in"]));
        let said = introduced.is_any(PLAINLY) || named && introduced.is_any(BEFORE) || of_column && (named || ends);
        let in_name = self.mentions.iter().any(|mention| mention.start <= before && before < mention.end);
        // `for students living in`, `in the store`: what the rows are, and where.
        let closes = self.tokens.get(at + 1).is_none_or(|next| next.is_any(&["by", "per"]));
        let rows = first.text.ends_with('s') && !closes || before + 1 + marks < at;
        let narrowed = introduced.is_any(&["only", "just"]);
        if !said || in_name && !of_column || self.excluded_before(at) || rows && !named && !narrowed {
            return None;
        }
        self.unknown(at, free)
    }

    /// A word, and those with capitals after it, that neither the table nor the language of charts knows.
    fn unknown(&self, at: usize, free: &dyn Fn(usize) -> bool) -> Option<String> {
        /// Shorter words are particles.
        const LETTERS_MIN: usize = 3;
        /// A name has so many words at most.
        const WORDS_MAX: usize = 4;
        let known = |at: usize| {
            let token = &self.tokens[at];
            !free(at)
                || self.is_found(at)
                || !token.quoted && !token.is_word()
                || token.number().is_some()
                || token.is_any(FILLERS) && !token.quoted
                || token.is_any(GROUP_WORDS)
                || token.is_any(COMMAND_WORDS)
                || token.is_any(GENERAL)
                || token.is_any(MANNER)
                || is_no_thing(token)
                || self.mentions.iter().any(|mention| mention.start <= at && at < mention.end)
                || moment::moment(self.table, self.tokens, at).is_some()
                || super::season::first_month(token).is_some()
                || super::relative::may_begin(self.tokens, at)
                || phrase(self.tokens, at, &["weekend|weekends|weekday|weekdays"]).is_some()
        };
        let first = self.tokens.get(at)?;
        let capital = |token: &Token| token.raw.chars().next().is_some_and(char::is_uppercase);
        // `for showing`, `are offered`
        let verb = !capital(first) && (first.text.ends_with("ing") || first.text.ends_with("ed"));
        if known(at) || verb || first.text.chars().count() < LETTERS_MIN {
            return None;
        }
        let end = (at + 1..self.tokens.len().min(at + WORDS_MAX))
            .find(|next| known(*next) || !capital(&self.tokens[*next]))
            .unwrap_or(self.tokens.len().min(at + WORDS_MAX));
        let words: Vec<&str> = self.tokens[at..end].iter().map(|token| token.raw.as_str()).collect();
        Some(words.join(" "))
    }
}
