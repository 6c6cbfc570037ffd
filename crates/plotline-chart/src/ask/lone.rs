//! Conditions that name no column: `critical issues`, `only Paris`, `in 2024`, `female students`, and columns of truth
//! values that stand as adjectives: `remote employees`, `unresolved tickets`.

use plotline_table::{Cell, Column, ColumnKind};

use super::condition::{CONDITIONS_MAX, Compared, Finder};
use super::lexicon::{FILLERS, codes};
use super::measure::GROUP_WORDS;
use super::mention::{COMMAND_WORDS, Mention, ValueMention, denied};
use super::token::{Token, stem};
use crate::spec::{Compare, Filter, Value};

/// A column whose values people use as adjectives has at most this many different ones.
const ADJECTIVES_MAX: usize = 60;

/// Participles before `by` and a person.
const DONE: &[&str] = &[
    "held", "made", "done", "given", "written", "won", "run", "led", "sold", "taught", "drawn", "sent", "come", "came",
    "comes",
];

/// Words before a value that say that it is one.
const CONTEXT: &[&str] = &[
    "in",
    "from",
    "only",
    "just",
    "except",
    "excluding",
    "without",
    "exclude",
    "are",
    "is",
    "not",
    "for",
    "at",
    "being",
    "was",
    "were",
    "named",
    "called",
    "but",
    "ignore",
    "ignoring",
    "non",
];

/// Words that are said of charts and times more often than they are values.
const NEVER_ADJECTIVES: &[&str] = &[
    "yes",
    "no",
    "true",
    "false",
    "none",
    "other",
    "others",
    "unknown",
    "all",
    "any",
    "more",
    "less",
    "most",
    "least",
    "day",
    "week",
    "month",
    "year",
    "quarter",
    "hour",
    "daily",
    "weekly",
    "monthly",
    "yearly",
    "many",
    "much",
    "compare",
    "create",
    "please",
    "pie",
    "histogram",
    "scatter",
    "stacked",
    "grouped",
    "color",
    "colour",
    "highest",
    "lowest",
    "how",
    "who",
    "where",
    "when",
];

impl Finder<'_> {
    /// A value without its column: `female students`, `only Paris`, `in 2024`, `without Other`.
    pub(super) fn alone(&mut self, at: usize) -> Option<usize> {
        if self.mentions.iter().any(|mention| mention.start <= at && at < mention.end && mention.likeness > 0.9) {
            return None;
        }
        if let Some((column, value)) = self.denied_value(at) {
            let filter = self.one_of(column, vec![Value::Text(value)], !self.excluded_before(at))?;
            self.push(at, at + 1, filter);
            return Some(at + 1);
        }
        let (column, value, end) = self.lone_value(at)?;
        let mut values = vec![Value::Text(value)];
        let mut end = end;
        let mut either = false;
        while values.len() < CONDITIONS_MAX
            && self.tokens.get(end).is_some_and(|token| token.is_any(&["or", "and", ",", "vs", "versus", "&", "/"]))
        {
            let mut next = end + 1;
            while self.tokens.get(next).is_some_and(|token| token.is_any(&["and", "or", "vs", "."])) {
                next += 1;
            }
            let more = self.lone_value(next).filter(|(same, ..)| *same == column);
            let more = more.map(|(_, value, after)| (value, after)).or_else(|| self.as_written(column, next));
            let Some((value, after)) = more else { break };
            either |= self.tokens[end..next].iter().any(|token| token.is("or"));
            values.push(Value::Text(value));
            end = after;
        }
        let negated = self.excluded_before(at);
        // `minor or major issues` are one group, `Paris and Rome` are two.
        if values.len() > 1 && !negated && !either {
            self.compared.push(Compared { column, start: at, end });
            // All values are no condition.
            if self.covers(column, &values) {
                self.having_place = self.having_place.or(Some((at, end)));
                return Some(end);
            }
        }
        let filter = self.one_of(column, values, negated)?;
        self.push(at, end, filter);
        Some(end)
    }

    /// `unpaid` where the table knows `paid`: the value that a word denies.
    fn denied_value(&self, at: usize) -> Option<(usize, String)> {
        let token = self.tokens.get(at).filter(|token| token.is_word() && !token.quoted)?;
        let rest = ["un", "non"].iter().find_map(|prefix| token.text.strip_prefix(prefix));
        let rest = rest.filter(|_| denied(token).is_some())?;
        let known = self.values.iter().any(|value| value.start <= at && at < value.end)
            || self.mentions.iter().any(|mention| mention.start <= at && at < mention.end);
        if known {
            return None;
        }
        self.table.columns.iter().enumerate().find_map(|(at, column)| {
            let same = |text: &&str| text.eq_ignore_ascii_case(rest);
            let mut texts = column.texts.iter().map(|text| text.trim());
            (column.kind == ColumnKind::Text && is_repeated(column))
                .then(|| texts.find(same))?
                .map(|text| (at, text.to_owned()))
        })
    }

    /// A value of this column that stands here as the table writes it, be it one letter: `except N and S`.
    fn as_written(&self, column: usize, at: usize) -> Option<(String, usize)> {
        let value =
            self.values.iter().filter(|value| value.start == at && value.column == column).max_by_key(|v| v.end)?;
        let named = self
            .mentions
            .iter()
            .any(|mention| mention.start < value.end && value.start < mention.end && mention.likeness > 0.6);
        (!named && (self.is_as_written(value) || value.end > at + 1)).then(|| (value.value.clone(), value.end))
    }

    /// Whether the only word of a value has the capitals of the table, which a word of the language would not.
    pub(super) fn is_as_written(&self, value: &ValueMention) -> bool {
        value.end == value.start + 1
            && self.tokens[value.start].raw == value.value
            && value.value.chars().any(|c| c.is_uppercase() || c.is_ascii_digit())
    }

    fn covers(&self, column: usize, values: &[Value]) -> bool {
        self.column(column).is_some_and(|column| {
            column.texts.iter().map(|text| text.trim()).filter(|text| !text.is_empty()).all(|text| {
                values.iter().any(|value| matches!(value, Value::Text(value) if value.eq_ignore_ascii_case(text)))
            })
        })
    }

    fn lone_value(&self, at: usize) -> Option<(usize, String, usize)> {
        let token = self.tokens.get(at)?;
        if token.is_word() {
            let gendered =
                self.table.columns.iter().enumerate().find_map(|(column, of)| Some((column, coded(of, token)?)));
            if let Some((column, code)) = gendered {
                return Some((column, code, at + 1));
            }
        }
        let named = |value: &&ValueMention| {
            self.mentions.iter().any(|mention| {
                mention.start < value.end && value.start < mention.end && (mention.likeness > 0.6 || !value.certain)
            })
        };
        let value = self
            .values
            .iter()
            .filter(|value| value.start == at && !named(value))
            .filter(|value| value.certain || self.introduced(value))
            .max_by_key(|value| (value.end, std::cmp::Reverse(value.column)))?;
        let plain_word = value.end == value.start + 1
            && (self.tokens[at].is_any(FILLERS) && !self.is_as_written(value)
                || self.tokens[at].is_any(GROUP_WORDS) && !value.certain);
        // `the Defender position`: the column after the value is part of the condition.
        let end = self
            .mentions
            .iter()
            .find(|mention| mention.start == value.end && mention.column == value.column)
            .map_or(value.end, |mention| mention.end);
        (!plain_word).then(|| (value.column, value.value.clone(), end))
    }

    /// Whether the words before a value say that it is one.
    fn introduced(&self, value: &ValueMention) -> bool {
        // The value is followed by its own column: `animal type`.
        let column_after = self
            .mentions
            .iter()
            .any(|mention| mention.start == value.end && mention.column == value.column && mention.likeness > 0.4);
        let mut before = value.start;
        while before > 0
            && (self.tokens[before - 1].is_any(&["the", "a", "an", "all", "as"])
                || self.tokens[before - 1].is("-") && before > 1 && self.tokens[before - 2].is("non"))
        {
            before -= 1;
        }
        let context = before.checked_sub(1).is_some_and(|before| {
            let before = &self.tokens[before];
            before.is_any(CONTEXT) || before.is("than") && self.excluded_before(value.start)
        });
        if value.value.chars().count() < 3 {
            return column_after && value.value.chars().count() > 1
                || (context || self.excluded_before(value.start)) && self.is_as_written(value);
        }
        context || column_after || self.is_adjective(value)
    }

    /// Whether a value stands as people use it for rows of a kind: `critical issues`, `bugs that Mei closed`.
    fn is_adjective(&self, value: &ValueMention) -> bool {
        let words = &self.tokens[value.start..value.end];
        if words.iter().any(|token| {
            !token.is_word()
                || token.glued
                || token.is_any(FILLERS)
                || token.is_any(COMMAND_WORDS)
                || token.is_any(GROUP_WORDS)
                || token.is_any(NEVER_ADJECTIVES)
        }) {
            return false;
        }
        // A word of a column's name is about the column.
        let in_name = words.iter().any(|token| {
            self.names.iter().any(|name| name.words.iter().any(|word| *word == token.text || stem(word) == token.stem))
        });
        // `each Gold`, `by region`: what is grouped by is no condition.
        let grouped = value.start.checked_sub(1).is_some_and(|before| {
            // `held by Ravi`, but `sales by region`.
            let done = before
                .checked_sub(1)
                .is_some_and(|verb| self.tokens[verb].text.ends_with("ed") || self.tokens[verb].is_any(DONE));
            self.tokens[before].is_any(&["each", "every", "per", "across", "as", "axis"])
                || self.tokens[before].is("by") && !done
        });
        if in_name || grouped {
            return false;
        }
        self.column(value.column).is_some_and(|column| column.kind == ColumnKind::Text && is_repeated(column))
    }

    /// A column of truth values as an adjective: `remote employees`, `listings with a garage`, `unresolved tickets`.
    pub(super) fn truth(&mut self, at: usize) -> Option<usize> {
        let mention = self.mentions.iter().find(|mention| mention.start == at)?.clone();
        let column = self.column(mention.column).filter(|column| column.kind == ColumnKind::Bool)?;
        let names = self.names;
        let name = names.get(mention.column)?;
        // The word itself, not one of similar meaning.
        let own = self.tokens[at..mention.end].iter().any(|token| {
            name.words.iter().any(|word| {
                let word = stem(word);
                word == token.stem
                    || token.text.strip_suffix('s') == Some(word.as_str())
                    || denied(token) == Some(word.as_str())
                    || token.stem.starts_with(&word) && word.len() > 3
            })
        });
        if !own {
            return None;
        }
        let (has, lacks) = truths(column)?;
        let mut before = at;
        while before > 0 && self.tokens[before - 1].is_any(&["a", "an", "the", "-", "been", "being", "any"]) {
            before -= 1;
        }
        let word = |back: usize| before.checked_sub(back).map(|at| &self.tokens[at]);
        let negated_word = |token: &Token| {
            token.is_any(&["not", "non", "isn", "aren", "wasn", "weren", "without", "no", "never", "t", "don", "doesn"])
        };
        let negated = word(1).is_some_and(negated_word)
            || word(2).is_some_and(|token| negated_word(token) && !token.is("no"))
            || self.tokens[at..mention.end].iter().any(|token| self.denies(token, &mention))
            || self.excluded_before(at);
        if word(1).is_some_and(|token| {
            token.is_any(&[
                "by",
                "per",
                "each",
                "every",
                "across",
                "axis",
                "x",
                "y",
                "over",
                "versus",
                "vs",
                "between",
                "different",
            ])
        }) {
            return None;
        }
        let next = self.tokens.get(mention.end);
        // `the share of cancelled trips`: both parts are the whole.
        let share = (1..=3)
            .filter_map(word)
            .any(|token| token.is_any(&["share", "percentage", "proportion", "ratio", "fraction", "percent"]));
        // `vegan or not`, `remote vs office`: both sides are wanted.
        let both = next.is_some_and(|next| next.is_any(&["vs", "versus", "or", "and", "against", "/"]));
        let noun = next.is_some_and(|next| {
            next.is_word()
                && !next.is_any(GROUP_WORDS)
                && !next.is_any(FILLERS)
                && !next.is_any(COMMAND_WORDS)
                && !next.is_any(&[
                    "status",
                    "flag",
                    "split",
                    "breakdown",
                    "ratio",
                    "rate",
                    "pie",
                    "donut",
                    "column",
                    "counts",
                ])
        });
        let only =
            next.is_some_and(|next| next.is("only")) || word(1).is_some_and(|token| token.is_any(&["only", "just"]));
        let verb = word(1).is_some_and(|token| {
            token.is_any(&["have", "has", "had", "having", "with", "are", "were", "is", "was", "that", "who", "got"])
        }) || negated && word(1).is_some_and(negated_word);
        // `how many sequels did each director make`
        let plural = self.tokens[mention.end - 1].text.ends_with('s')
            && !name.words.contains(&self.tokens[mention.end - 1].text)
            && word(1).is_none_or(|token| token.is_any(&["many", "of", "number", "the", "count"]));
        // `how many plants survived per field`, `trains cancelled by each operator`
        let done = self.tokens[mention.end - 1].text.ends_with("ed")
            && word(1).is_some_and(|token| {
                token.is_word() && token.text.ends_with('s') && !token.is_any(FILLERS) && !token.is_any(GROUP_WORDS)
            })
            && next.is_none_or(|next| next.is_any(&["per", "by", "in", "for", "each", "at", "on"]) || next.is_stop());
        // `messages per user excluding bots`
        let excluded = self.excluded_before(at);
        if both || share || !(noun || only || verb || plural || done || excluded) {
            return None;
        }
        let value = if negated { lacks } else { has };
        let filter =
            Filter::Compare { column: self.name(mention.column), op: Compare::Equal, value: Value::Text(value) };
        // `members only`
        let end = if next.is_some_and(|next| next.is("only")) { mention.end + 1 } else { mention.end };
        self.push(at, end, filter);
        Some(end)
    }

    fn denies(&self, token: &Token, mention: &Mention) -> bool {
        let Some(rest) = denied(token) else { return false };
        self.names
            .get(mention.column)
            .is_some_and(|name| name.words.iter().any(|word| word == rest || stem(word) == rest))
    }
}

/// Whether the column has few enough values, some of them more than once, that people use them as adjectives.
pub(super) fn is_repeated(column: &Column) -> bool {
    let mut different: Vec<&str> = Vec::new();
    for text in column.texts.iter().map(|text| text.trim()).filter(|text| !text.is_empty()) {
        if !different.iter().any(|seen| seen.eq_ignore_ascii_case(text)) {
            different.push(text);
        }
        if different.len() > ADJECTIVES_MAX {
            return false;
        }
    }
    different.len() < column.texts.len()
}

/// `female` where the column has `F`: the value that the word stands for in this column.
pub(super) fn coded(column: &Column, token: &Token) -> Option<String> {
    /// A column of codes for people has few different values.
    const CODES_MAX: usize = 4;
    let codes = codes(&token.text);
    if codes.is_empty() || !matches!(column.kind, ColumnKind::Text | ColumnKind::Bool) {
        return None;
    }
    let mut different: Vec<&str> = Vec::new();
    for text in column.texts.iter().map(|text| text.trim()).filter(|text| !text.is_empty()) {
        if !different.iter().any(|seen| seen.eq_ignore_ascii_case(text)) {
            different.push(text);
        }
        if different.len() > CODES_MAX {
            return None;
        }
    }
    // `F` in a column that also has `T` is `false`.
    if different.iter().any(|text| text.eq_ignore_ascii_case("t") || text.eq_ignore_ascii_case("true")) {
        return None;
    }
    different.into_iter().find(|text| codes.iter().any(|code| code.eq_ignore_ascii_case(text))).map(str::to_owned)
}

/// How the column writes true and false.
fn truths(column: &Column) -> Option<(String, String)> {
    let written = |wanted: bool| {
        column
            .cells
            .iter()
            .zip(&column.texts)
            .find(|(cell, _)| **cell == Cell::Bool(wanted))
            .map(|(_, text)| text.to_string())
    };
    Some((written(true)?, written(false)?))
}
