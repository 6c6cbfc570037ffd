//! Which rows the request is about: comparisons, values of the table, periods, and what is excluded.

use plotline_table::{Cell, Column, ColumnKind, Table, Time};

use super::lasting::Lasting;
use super::lexicon::{FILLERS, comparative, synonymous, unit_topics};
use super::limit::{LESS, MORE};
use super::lone::coded;
use super::mention::{ColumnName, Mention, ValueMention};
use super::moment::{self, days_of_month, moment};
use super::phrase::phrase;
use super::relation::{RELATIONS, Relation};
use super::stretch::{IN_TIME, TEMPORAL, is_temporal};
use super::token::{Token, stem};
use super::versus::Periods;
use crate::resolve::columns::is_numeric;
use crate::resolve::duration;
use crate::resolve::filter::parse_time;
use crate::resolve::key::{self, year_number};
use crate::spec::{Compare, Filter, Having, Value};

/// Between a column's name and its comparison stand at most this many words (`that have a height which is larger than`).
pub(super) const GAP_MAX: usize = 5;
/// More conditions than this are not a request that somebody wrote.
pub(super) const CONDITIONS_MAX: usize = 16;

/// Words between a column and what it is compared with.
pub(super) const COPULAS: &[&str] = &[
    "is", "are", "was", "were", "be", "that", "which", "who", "has", "have", "had", "having", "value", "values", "of",
    "a", "an", "the", "does", "do", "did", "as", "being", "must", "should", "with", "in", "on", "at", "=", "code",
    "codes", "name", "named", "number", ":", "only", "s", "either", "by", "equal", "equals", "to", "called", "level",
];

/// Words in the names of columns that say how long something took.
const SPANS: &[&str] = &["days", "hours", "hrs", "minutes", "mins", "seconds", "secs", "weeks", "months"];

/// What the conditions of a request come to.
#[derive(Debug, Default)]
pub(super) struct Conditions {
    pub(super) filter: Option<Filter>,
    pub(super) having: Option<Having>,
    /// The words that they took.
    pub(super) places: Vec<(usize, usize)>,
    /// Columns of which several values are named.
    pub(super) compared: Vec<Compared>,
    /// Periods that are set against each other.
    pub(super) periods: Option<Periods>,
    /// What was taken for granted: whole sentences.
    pub(super) notes: Vec<String>,
}

/// A column of which several values are named.
#[derive(Clone, Copy, Debug)]
pub(super) struct Compared {
    pub(super) column: usize,
    pub(super) start: usize,
    pub(super) end: usize,
}

pub(super) struct Condition {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) filter: Filter,
}

/// What a word such as `older` compares, and whether it means above.
type About = (Vec<&'static str>, bool);

/// What has been found so far, and what it is found in.
pub(super) struct Finder<'a> {
    pub(super) table: &'a Table,
    pub(super) names: &'a [ColumnName],
    pub(super) tokens: &'a [Token],
    pub(super) mentions: &'a [Mention],
    pub(super) values: &'a [ValueMention],
    pub(super) found: Vec<Condition>,
    pub(super) having: Option<Having>,
    pub(super) having_place: Option<(usize, usize)>,
    pub(super) compared: Vec<Compared>,
    pub(super) periods: Option<Periods>,
    pub(super) notes: Vec<String>,
    /// Which columns have dates or years.
    pub(super) temporal: Vec<bool>,
}

/// Reads the conditions of a request. `free` tells which words nothing else has taken.
pub(super) fn find(
    table: &Table,
    names: &[ColumnName],
    tokens: &[Token],
    mentions: &[Mention],
    values: &[ValueMention],
    free: &dyn Fn(usize) -> bool,
) -> Conditions {
    let mut finder = Finder {
        table,
        names,
        tokens,
        mentions,
        values,
        found: Vec::new(),
        having: None,
        having_place: None,
        compared: Vec::new(),
        periods: None,
        notes: Vec::new(),
        temporal: table.columns.iter().map(is_temporal).collect(),
    };
    let mut at = 0;
    while at < tokens.len() && finder.found.len() < CONDITIONS_MAX {
        if !free(at) {
            at += 1;
            continue;
        }
        at = finder
            .number_range_of(at)
            .or_else(|| finder.comparison(at))
            .or_else(|| finder.named(at))
            .or_else(|| finder.when(at))
            .or_else(|| finder.truth(at))
            .or_else(|| finder.alone(at))
            .unwrap_or(at + 1);
    }
    finder.finish(free)
}

impl Finder<'_> {
    pub(super) fn column(&self, at: usize) -> Option<&Column> {
        self.table.columns.get(at)
    }

    pub(super) fn name(&self, at: usize) -> String {
        self.column(at).map(|column| column.name.clone()).unwrap_or_default()
    }

    /// A comparison with a number, a date, a text.
    fn comparison(&mut self, at: usize) -> Option<usize> {
        // `in 2022 or later`
        let year =
            at.checked_sub(1).is_some_and(|before| self.tokens[before].is_any(IN_TIME)) && self.is_year_of_dates(at);
        if let Some(end) = self.lasting_or_more(at).or_else(|| if year { None } else { self.or_more(at) }) {
            return Some(end);
        }
        let (mut relation, mut end, about) = self.relation(at)?;
        let negated = self.negated_before(at);
        // The column before it, with only words in between that belong to the comparison.
        let before =
            self.mentions.iter().rev().find(|mention| mention.end <= at && at - mention.end <= GAP_MAX).filter(
                |mention| {
                    self.tokens[mention.end..at].iter().all(|token| {
                        token.is_any(COPULAS)
                            || token
                                .is_any(&["not", "t", "n", "doesn", "isn", "aren", "don", "no", "it", "its", "than"])
                    })
                },
            );
        if let Some((about, above)) = &about {
            let above = Relation::Compare(if *above { Compare::Greater } else { Compare::Less });
            if let Some((lasting, last)) = self.lasting(at, end, above, before, Some(about)) {
                return self.keep_lasting(at, last, above, negated, lasting);
            }
        } else if matches!(relation, Relation::Compare(_) | Relation::Between)
            && let Some((lasting, last)) = self.lasting(at, end, relation, before, None)
        {
            return self.keep_lasting(at, last, relation, negated, lasting);
        }
        while relation != Relation::Null
            && self.tokens.get(end).is_some_and(|token| {
                token.is_any(&[
                    "the",
                    "a",
                    "an",
                    "than",
                    "to",
                    "of",
                    "letter",
                    "word",
                    "substring",
                    "string",
                    "text",
                    "value",
                    "year",
                    "$",
                    "€",
                    "£",
                    "about",
                    "any",
                ])
            })
            && self.literal(end).is_none()
        {
            end += 1;
        }
        if relation == Relation::Null {
            let column = before?;
            let filter = Filter::IsNull { column: self.name(column.column) };
            let filter = if negated || self.tokens[at - 1].is("no") { Filter::Not(Box::new(filter)) } else { filter };
            let (start, column_end) = (column.start, end);
            self.push(start, column_end, filter);
            return Some(column_end);
        }
        if let Relation::Contains(position) = relation {
            let (texts, mut end) = self.texts(end)?;
            let column = match before {
                Some(mention) => mention.clone(),
                None => {
                    // `have the letters D or S in their first name`: the column comes last.
                    let mention = self.mentions.iter().find(|mention| {
                        mention.start > end
                            && mention.start - end <= 3
                            && self.tokens[end].is("in")
                            && self.tokens[end..mention.start]
                                .iter()
                                .all(|token| token.is_any(&["in", "the", "their", "its", "his", "her"]))
                    })?;
                    end = mention.end;
                    Mention { start: at, ..mention.clone() }
                }
            };
            let name = self.name(column.column);
            let mut parts: Vec<Filter> =
                texts.into_iter().map(|text| Filter::Contains { column: name.clone(), text, at: position }).collect();
            let filter = if parts.len() > 1 { Filter::Or(parts) } else { parts.pop()? };
            self.push(column.start, end, if negated { Filter::Not(Box::new(filter)) } else { filter });
            return Some(end);
        }
        // `above level 10`: the column between its comparison and the value.
        let inner = self.mentions.iter().find(|mention| {
            mention.start == end
                && self.literal(mention.end).is_some()
                && self.column(mention.column).is_some_and(|column| column.kind == ColumnKind::Number)
        });
        if let Some(mention) = inner {
            end = mention.end;
        }
        // `between 1 and 15 March`
        if relation == Relation::Between
            && days_of_month(self.table, self.tokens, end).is_some()
            && let Some(last) = self.when(end)
        {
            return Some(last);
        }
        let (low, after) = self.literal(end).or_else(|| self.counted_back(at, end))?;
        let names_group = inner
            .or(before)
            .is_none_or(|mention| self.column(mention.column).is_some_and(|column| column.kind == ColumnKind::Text));
        // `readings above 25 degrees`: a name that cannot be compared is what the rows are.
        let before = inner.or(before).filter(|mention| self.comparable(self.suitable(mention, &low), &low));
        // `guests after 2022` is about when they came.
        let timed = self.tokens[at].is_any(TEMPORAL) && inner.is_none() && self.is_year_of_dates(end);
        let before = before.filter(|mention| !timed || self.is_temporal(self.suitable(mention, &low)));
        // `seasons with more than 15 frost days`: the seasons have them.
        let possessed = before.is_some_and(|mention| {
            inner.is_none()
                && self.tokens[mention.end..at]
                    .iter()
                    .any(|token| token.is_any(&["with", "have", "has", "had", "having"]))
                && self.mentions.iter().any(|other| {
                    other.start == after
                        && other.column != mention.column
                        && self.column(other.column).is_some_and(|column| column.kind == ColumnKind::Number)
                })
        });
        let before = before.filter(|_| !possessed);
        let mut high = None;
        let mut last = after;
        if relation == Relation::Between {
            self.tokens.get(after).filter(|token| token.is_any(&["and", "to", "-", "–", "until", "through"]))?;
            let high_at = after + 1 + usize::from(self.tokens.get(after + 1).is_some_and(|next| next.is("the")));
            let (value, after_high) = self.literal(high_at)?;
            (high, last) = (Some(value), after_high);
        }
        let (column, start) = match before {
            Some(mention) => (Some(self.suitable(mention, &low)), mention.start.min(at)),
            None => match &about {
                Some((topics, _)) => (self.by_topic(topics), at),
                None => match self.after(last) {
                    Some(mention) => {
                        let column = mention.column;
                        last = mention.end;
                        (Some(column), at)
                    }
                    None => {
                        let column = self
                            .continued(at)
                            .filter(|column| self.comparable(*column, &low) && (!timed || self.is_temporal(*column)))
                            .or_else(|| self.of_years(at, &low))
                            .or_else(|| self.by_verb(at, &low))
                            .or_else(|| self.for_literal(&low))
                            .or_else(|| self.dated(at, last, &low))
                            .or_else(|| self.by_range(last, &low));
                        (column, at)
                    }
                },
            },
        };
        if let Some((_, above)) = about {
            relation = Relation::Compare(if above { Compare::Greater } else { Compare::Less });
        }
        let Some(column) = column.filter(|column| self.comparable(*column, &low)) else {
            // `with more than 3 orders`: about the number of rows.
            if let (Relation::Compare(op), Value::Number(value), true) = (relation, &low, names_group)
                && self.having.is_none()
            {
                self.having = Some(Having { op: if negated { op.negated() } else { op }, value: *value });
                self.having_place = Some((at, last));
                return Some(last);
            }
            return None;
        };
        // `departments with an average salary above 42000`: about the aggregated value.
        if let (Some(mention), Relation::Compare(op), Value::Number(value)) = (before, relation, &low)
            && self.aggregated(mention.start)
        {
            self.having = Some(Having { op: if negated { op.negated() } else { op }, value: *value });
            // The value itself stays in the request: it is what is drawn.
            self.having_place = Some((at, last));
            return Some(last);
        }
        // `kept more than 21 days`: the unit belongs to the number.
        if self.tokens.get(last).is_some_and(|token| unit_topics(&token.text).is_some()) {
            last += 1;
        } else if let Some(again) =
            self.mentions.iter().find(|mention| mention.start == last && mention.column == column)
        {
            last = again.end;
        }
        let compared = match relation {
            Relation::Compare(op) => Some(op),
            _ => None,
        };
        let (low, high) = self.anchored(column, low, high, compared);
        let name = self.name(column);
        let filter = match (relation, high) {
            (Relation::Compare(op), _) => {
                Filter::Compare { column: name, op: if negated { op.negated() } else { op }, value: low }
            }
            (_, Some(high)) => {
                let between = Filter::Between { column: name, low, high };
                if negated { Filter::Not(Box::new(between)) } else { between }
            }
            _ => return None,
        };
        self.push(start, last, filter);
        Some(last)
    }

    /// A condition on lengths of time, of the rows or of their aggregate.
    fn keep_lasting(
        &mut self,
        at: usize,
        last: usize,
        relation: Relation,
        negated: bool,
        lasting: Lasting,
    ) -> Option<usize> {
        let Lasting { column, start, mention, low, high } = lasting;
        let compared = match relation {
            Relation::Compare(op) => Some(if negated { op.negated() } else { op }),
            _ => None,
        };
        if let (Some(op), Some(mention)) = (compared, mention)
            && self.aggregated(mention)
        {
            let value = match &low {
                Value::Number(number) => *number,
                other => duration::in_column(&other.to_string(), self.column(column)?)?,
            };
            self.having = Some(Having { op, value });
            self.having_place = Some((at, last));
            return Some(last);
        }
        let name = self.name(column);
        let filter = match (compared, high) {
            (Some(op), _) => Filter::Compare { column: name, op, value: low },
            (None, Some(high)) => {
                let between = Filter::Between { column: name, low, high };
                if negated { Filter::Not(Box::new(between)) } else { between }
            }
            (None, None) => return None,
        };
        self.push(start, last, filter);
        Some(last)
    }

    /// The comparison whose words begin here, where they end, and what a word such as `older` is about.
    fn relation(&self, at: usize) -> Option<(Relation, usize, Option<About>)> {
        if let Some(about) = comparative(&self.tokens[at].text)
            && self.tokens.get(at + 1).is_some_and(|token| token.is("than"))
        {
            return Some((Relation::Compare(Compare::Greater), at + 2, Some(about)));
        }
        let (relation, end) =
            RELATIONS.iter().find_map(|(words, relation)| Some((*relation, phrase(self.tokens, at, words)?)))?;
        // `over the years`, `in between`, `after` without a value are no comparisons; the literal decides later.
        Some((relation, end, None))
    }

    /// Whether an aggregate's word stands directly before.
    fn aggregated(&self, start: usize) -> bool {
        let mut at = start;
        while at > 0 && self.tokens[at - 1].is_any(&["of", "the", "in"]) {
            at -= 1;
        }
        // `employee count earning …` counts employees, not what they earn.
        let of = self.tokens[at..start].iter().any(|token| token.is("of"));
        at.checked_sub(1).is_some_and(|before| {
            self.tokens[before].is_any(&["average", "mean", "avg", "total", "sum", "median"])
                || of && self.tokens[before].is_any(&["number", "count"])
        })
    }

    fn negated_before(&self, at: usize) -> bool {
        let start = at.saturating_sub(4);
        self.tokens[start..at]
            .iter()
            .rev()
            .take_while(|token| !token.is_stop())
            .any(|token| token.is_any(&["not", "doesn", "isn", "aren", "don", "didn", "wasn", "never", "neither"]))
    }

    /// A number, a date or a quoted text, and where it ends.
    pub(super) fn literal(&self, at: usize) -> Option<(Value, usize)> {
        let token = self.tokens.get(at)?;
        if token.quoted {
            let mut end = at + 1;
            let mut text = token.raw.clone();
            while let Some(next) = self.tokens.get(end).filter(|next| next.quoted) {
                if !next.glued && next.is_word() {
                    text.push(' ');
                }
                text.push_str(&next.raw);
                end += 1;
            }
            let value = match token.number() {
                Some(number) if end == at + 1 => Value::Number(number),
                _ => Value::Text(text),
            };
            return Some((value, end));
        }
        if token.is_any(&["$", "€", "£"]) {
            return self.literal(at + 1);
        }
        if let Some((time, end)) = moment(self.table, self.tokens, at) {
            return Some((moment::value(time), end));
        }
        if let Some(number) = token.number() {
            let next = self.tokens.get(at + 1).map_or("", |next| next.text.as_str());
            let (scale, end) = match next {
                "%" => (1.0, at + 2),
                "thousand" => (1e3, at + 2),
                "million" | "mio" => (1e6, at + 2),
                "billion" | "bn" => (1e9, at + 2),
                _ => (1.0, at + 1),
            };
            return Some((Value::Number(number * scale), end));
        }
        None
    }

    /// One or more texts to look for: `D`, `'D' or 'S'`.
    fn texts(&self, at: usize) -> Option<(Vec<String>, usize)> {
        let mut texts = Vec::new();
        let mut at = at;
        while texts.len() < CONDITIONS_MAX {
            while self.tokens.get(at).is_some_and(|token| {
                token.is_any(&[
                    "the",
                    "letter",
                    "letters",
                    "word",
                    "words",
                    "substring",
                    "string",
                    "character",
                    "characters",
                    "either",
                ])
            }) {
                at += 1;
            }
            let quoted = self.tokens.get(at).is_some_and(|token| token.quoted);
            let (text, end) = match self.literal(at).filter(|_| quoted) {
                Some((value, end)) => (value.to_string(), end),
                None => {
                    let token = self.tokens.get(at).filter(|token| {
                        token.number().is_some()
                            || token.is_word()
                                && !token.is_any(FILLERS)
                                && !token
                                    .is_any(&["each", "every", "most", "more", "which", "what", "how", "by", "per"])
                            || token.raw.chars().count() == 1 && token.raw.chars().all(char::is_uppercase)
                    })?;
                    (token.raw.clone(), at + 1)
                }
            };
            texts.push(text);
            at = end;
            let more = self.tokens.get(at).is_some_and(|token| token.is("or"))
                && self.tokens.get(at + 1).is_some_and(|token| {
                    token.quoted || token.raw.chars().count() == 1 || token.is_any(&["the", "letter", "word"])
                });
            if !more {
                break;
            }
            at += 1;
        }
        Some((texts, at))
    }

    /// Of the columns that a mention may mean, one that can be compared with this value.
    pub(super) fn suitable(&self, mention: &Mention, value: &Value) -> usize {
        std::iter::once(mention.column)
            .chain(mention.rivals.iter().copied())
            .find(|column| self.comparable(*column, value))
            .unwrap_or(mention.column)
    }

    pub(super) fn comparable(&self, column: usize, value: &Value) -> bool {
        let Some(column) = self.column(column) else { return false };
        match value {
            Value::Number(number) => {
                let written = number.to_string();
                is_numeric(column)
                    || column.kind == ColumnKind::Date && year_number(*number).is_some()
                    || column.kind == ColumnKind::Text && column.texts.iter().any(|text| text.trim() == written)
            }
            Value::Text(text) => match column.kind {
                ColumnKind::Date => parse_time(text).is_some(),
                // A date is compared with dates, unless the texts have it.
                ColumnKind::Text => {
                    parse_time(text).is_none()
                        || column.texts.iter().any(|other| other.trim().eq_ignore_ascii_case(text))
                }
                ColumnKind::Bool => column.texts.iter().any(|value| value.eq_ignore_ascii_case(text)),
                ColumnKind::Number => text.parse::<f64>().is_ok() || text == "null",
            },
            Value::Bool(_) => column.kind == ColumnKind::Bool,
        }
    }

    /// A column named directly after the value: `more than 5000 in height`, `over 100 points`.
    pub(super) fn after(&self, end: usize) -> Option<&Mention> {
        self.mentions.iter().find(|mention| {
            mention.start >= end
                && mention.start - end <= 2
                && self.tokens[end..mention.start].iter().all(|token| token.is_any(&["in", "of", "the", "total"]))
                && self.column(mention.column).is_some_and(is_numeric)
        })
    }

    /// The column of the condition directly before: `price above 10 and below 20`.
    fn continued(&self, at: usize) -> Option<usize> {
        let last = self.found.last()?;
        let between = self.tokens.get(last.end..at)?;
        if between.len() > 3 || !between.iter().all(|token| token.is_any(&["and", "or", "but", "not", ",", "also"])) {
            return None;
        }
        let name = first_column(&last.filter)?;
        self.table.columns.iter().position(|column| column.name == *name)
    }

    /// `hired before 2002`, `opened after 2000`: the column whose name shares the verb.
    pub(super) fn by_verb(&self, at: usize, value: &Value) -> Option<usize> {
        let start = at.saturating_sub(3);
        self.tokens[start..at].iter().rev().filter(|token| token.is_word() && !token.is_any(FILLERS)).find_map(
            |token| {
                self.names.iter().enumerate().position(|(column, name)| {
                    // The name first: the values of a large column are not searched for every word.
                    name.words.iter().any(|word| {
                        let word = stem(word);
                        word == token.stem || (token.stem.chars().count() >= 3 && synonymous(&word, &token.stem))
                    }) && self.comparable(column, value)
                })
            },
        )
    }

    pub(super) fn by_topic(&self, topics: &[&str]) -> Option<usize> {
        by_topic(self.table, self.names, topics)
    }

    /// For a year or a date: the only column of dates.
    pub(super) fn for_literal(&self, value: &Value) -> Option<usize> {
        let temporal = match value {
            Value::Number(number) => year_number(*number).is_some(),
            Value::Text(text) => parse_time(text).is_some(),
            Value::Bool(_) => false,
        };
        if !temporal {
            return None;
        }
        let mut dates = (0..self.table.columns.len()).filter(|column| {
            self.column(*column).is_some_and(|column| column.kind == ColumnKind::Date)
                && self.comparable(*column, value)
        });
        let first = dates.next()?;
        dates.next().is_none().then_some(first)
    }

    /// A range of numbers that begins here, or behind the column that is named here.
    fn number_range_of(&mut self, at: usize) -> Option<usize> {
        let behind = self.mentions.iter().find(|mention| mention.start == at).map(|mention| {
            mention.end + usize::from(self.tokens.get(mention.end).is_some_and(|token| token.is_any(&["from", "of"])))
        });
        behind.and_then(|at| self.number_range(at)).or_else(|| self.number_range(at))
    }

    /// A column's name and directly a value: `sex F`, `major is 600`, `type code "BK"`, `position Defender`; or the value
    /// first: `the Defender position`.
    fn named(&mut self, at: usize) -> Option<usize> {
        let mention = self.mentions.iter().find(|mention| mention.start == at)?.clone();
        let mut columns = vec![mention.column];
        columns.extend(&mention.rivals);
        let mut next = mention.end;
        let mut copula = false;
        let mut negated = self.denied_before(at);
        while let Some(token) = self.tokens.get(next).filter(|token| next - mention.end < GAP_MAX && !token.quoted) {
            // `region S` names a value, not the rest of `it's`.
            if self
                .values
                .iter()
                .any(|value| value.start == next && columns.contains(&value.column) && self.is_as_written(value))
            {
                break;
            }
            if token.is_any(&["not", "isn", "aren", "wasn", "doesn", "except", "excluding", "t"]) {
                negated = true;
            } else if token.is_any(&["is", "are", "was", "were", "=", "equals", "equal", "in"])
                || (token.is("of") && next == mention.end)
            {
                copula = true;
            } else if !token.is_any(COPULAS) {
                break;
            }
            next += 1;
        }
        // `month from Feb to May`, `year is 2021 or 2022`
        if let Some(end) = columns.iter().find_map(|column| self.dated_as(*column, mention.start, next, negated)) {
            return Some(end);
        }
        // The values that follow, joined by `or` and `and`.
        let mut values: Vec<Value> = Vec::new();
        let mut end = next;
        let mut chosen = None;
        while values.len() < CONDITIONS_MAX {
            let found = columns
                .iter()
                .find_map(|column| Some((*column, self.value_at(*column, end, copula || next == mention.end)?)));
            let Some((column, (value, after))) = found else { break };
            if chosen.is_some_and(|chosen| chosen != column) {
                break;
            }
            chosen = Some(column);
            values.push(value);
            end = after;
            let joint = self.tokens.get(end).is_some_and(|token| token.is_any(&["or", "and", ",", "/", "&"]));
            if joint && self.value_at(column, end + 1, true).is_some() {
                end += 1;
            } else {
                break;
            }
        }
        let column = chosen?;
        // `rated 8 or higher` compares.
        if phrase(self.tokens, end, &["or|and", MORE]).or_else(|| phrase(self.tokens, end, &["or|and", LESS])).is_some()
        {
            return None;
        }
        let filter = self.one_of(column, values, negated)?;
        self.push(mention.start, end, filter);
        Some(end)
    }

    /// `do not belong to the range …`: a negation before the column, with its verb in between.
    fn denied_before(&self, at: usize) -> bool {
        let start = at.saturating_sub(5);
        self.tokens[start..at]
            .iter()
            .rev()
            .take_while(|token| {
                !token.is_stop() && !token.is_any(&["and", "or", "but", "with", "by", "of"]) && token.number().is_none()
            })
            .any(|token| {
                token.is_any(&["not", "never", "aren", "isn", "don", "doesn", "didn", "without", "except", "excluding"])
            })
    }

    /// A value of this column that stands here. A number needs a sign that it is one (`is`, or nothing in between).
    fn value_at(&self, column: usize, at: usize, plainly: bool) -> Option<(Value, usize)> {
        let of = self.column(column)?;
        let longest = self
            .values
            .iter()
            .filter(|value| value.start == at && value.column == column)
            .max_by_key(|value| value.end);
        if let Some(value) = longest {
            return Some((Value::Text(value.value.clone()), value.end));
        }
        let token = self.tokens.get(at)?;
        if let Some(code) = coded(of, token) {
            return Some((Value::Text(code), at + 1));
        }
        let (value, end) = self.literal(at)?;
        let exists = match &value {
            Value::Number(number) => of.cells.iter().any(|cell| match cell {
                Cell::Number(other) => other == number,
                Cell::Time(Time::Year(year)) => f64::from(*year) == *number,
                Cell::Time(time) => year_number(*number).is_some() && key::year(*time).is_some(),
                _ => false,
            }),
            Value::Text(text) => {
                token.quoted && of.kind == ColumnKind::Text && !text.is_empty()
                    || of.kind == ColumnKind::Date && parse_time(text).is_some()
            }
            Value::Bool(_) => false,
        };
        (plainly && exists).then_some((value, end))
    }

    pub(super) fn excluded_before(&self, at: usize) -> bool {
        let start = at.saturating_sub(4);
        self.tokens[start..at].iter().rev().take_while(|token| !token.is_stop()).any(|token| {
            token.is_any(&[
                "not",
                "except",
                "excluding",
                "exclude",
                "without",
                "ignore",
                "ignoring",
                "isn",
                "aren",
                "drop",
                "remove",
                "besides",
                "outside",
                "minus",
                "omit",
                "skip",
                "hide",
                "skipping",
            ])
        }) || at.checked_sub(1).is_some_and(|before| {
            let joined = self.tokens[before].is("-");
            before.checked_sub(usize::from(joined)).is_some_and(|before| self.tokens[before].is("non"))
        }) || phrase(self.tokens, at.saturating_sub(2), &["other", "than"]).is_some()
            || phrase(self.tokens, at.saturating_sub(2), &["apart", "from"]).is_some()
            // `all countries but France`
            || at.checked_sub(1).is_some_and(|before| {
                self.tokens[before].is("but")
                    && self.tokens[before.saturating_sub(3)..before]
                        .iter()
                        .any(|token| token.is_any(&["all", "every", "any", "each"]))
            })
            || phrase(self.tokens, at.saturating_sub(2), &["all|everything|everyone|anything|anyone|any", "but"])
                .is_some()
    }

    pub(super) fn one_of(&self, column: usize, mut values: Vec<Value>, negated: bool) -> Option<Filter> {
        let name = self.name(column);
        Some(match (values.len(), negated) {
            (0, _) => return None,
            (1, _) => {
                let op = if negated { Compare::NotEqual } else { Compare::Equal };
                Filter::Compare { column: name, op, value: values.pop()? }
            }
            (_, false) => Filter::In { column: name, values },
            (_, true) => Filter::Not(Box::new(Filter::In { column: name, values })),
        })
    }

    pub(super) fn push(&mut self, start: usize, end: usize, filter: Filter) {
        self.found.push(Condition { start, end, filter });
    }
}

fn first_column(filter: &Filter) -> Option<&String> {
    match filter {
        Filter::And(parts) | Filter::Or(parts) => parts.last().and_then(first_column),
        Filter::Not(inner) => first_column(inner),
        Filter::Compare { column, .. }
        | Filter::Between { column, .. }
        | Filter::In { column, .. }
        | Filter::Contains { column, .. }
        | Filter::IsNull { column } => Some(column),
    }
}

/// The numeric column that is about one of these topics.
pub(super) fn by_topic(table: &Table, names: &[ColumnName], topics: &[&str]) -> Option<usize> {
    let numeric =
        |column: &usize| table.columns.get(*column).is_some_and(|c| is_numeric(c) || c.kind == ColumnKind::Date);
    let named = topics.iter().find_map(|topic| {
        let topic = stem(topic);
        let has = |column: &usize, same: &dyn Fn(&str) -> bool| {
            names.get(*column).is_some_and(|name| name.words.iter().any(|word| same(&stem(word))))
        };
        (0..names.len())
            .filter(numeric)
            .find(|column| has(column, &|word| word == topic))
            .or_else(|| (0..names.len()).filter(numeric).find(|column| has(column, &|word| synonymous(word, &topic))))
    });
    // How long something took may be in a column of days or minutes.
    named.or_else(|| {
        let spans = |column: &usize| {
            let unit = table.columns.get(*column).and_then(|c| c.unit.as_deref());
            unit.is_some_and(|unit| matches!(unit, "s" | "min" | "h" | "d"))
                || names.get(*column).is_some_and(|name| name.words.iter().any(|word| SPANS.contains(&word.as_str())))
        };
        topics.contains(&"duration").then(|| (0..names.len()).filter(numeric).find(spans))?
    })
}
