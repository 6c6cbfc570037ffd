//! Limits whose column is not named before them: `8 or higher`, `above 25 degrees`, `since 2018`.

use plotline_table::{Cell, ColumnKind};

use super::condition::{COPULAS, Finder, GAP_MAX};
use super::lexicon::{FILLERS, expansions, unit_topics};
use super::measure::GROUP_WORDS;
use super::phrase::phrase;
use super::token::stem;
use crate::resolve::key::year_number;
use crate::spec::{Compare, Filter, Value};

/// Words after `8 or` that make it a lower or an upper limit.
pub(super) const MORE: &str = "more|higher|above|greater|over|up|better|later|newer|longer|larger|bigger|after";
pub(super) const LESS: &str = "less|lower|below|fewer|under|smaller|earlier|older|shorter|before|worse";

impl Finder<'_> {
    /// `8 or higher`, `3+`, `1990 or earlier`: the value before its comparison.
    pub(super) fn or_more(&mut self, at: usize) -> Option<usize> {
        self.tokens.get(at).filter(|token| token.number().is_some() && !token.glued)?;
        let (value, mut after) = self.literal(at)?;
        // `2 stars or less`, `3 bedroom flats`
        let own = self.mentions.iter().find(|mention| {
            mention.start == after
                && self.column(mention.column).is_some_and(|column| column.kind == ColumnKind::Number)
        });
        if let Some(own) = own {
            let described = self.tokens.get(own.end).is_some_and(|next| {
                next.is_word() && next.text.ends_with('s') && !next.is_any(GROUP_WORDS) && !next.is_any(FILLERS)
            });
            let plain = !self.tokens[own.end - 1].text.ends_with('s')
                && at
                    .checked_sub(1)
                    .is_none_or(|before| self.tokens[before].is_any(&["of", "many", "the", "all", "only"]));
            if described && plain {
                let filter = Filter::Compare { column: self.name(own.column), op: Compare::Equal, value };
                let end = own.end;
                self.push(at, end, filter);
                return Some(end);
            }
            after = own.end;
        }
        let (op, end) = match phrase(self.tokens, after, &["or|and", MORE]) {
            Some(end) => (Compare::GreaterOrEqual, end),
            None => match phrase(self.tokens, after, &["or|and", LESS]) {
                Some(end) => (Compare::LessOrEqual, end),
                None => {
                    let plus = self.tokens.get(after).filter(|token| token.is("+") && token.glued);
                    (plus.map(|_| Compare::GreaterOrEqual)?, after + 1)
                }
            },
        };
        let named = self.mentions.iter().rev().find(|mention| {
            mention.end <= at
                && at - mention.end <= GAP_MAX
                && self.tokens[mention.end..at].iter().all(|token| token.is_any(COPULAS))
                && self.comparable(self.suitable(mention, &value), &value)
        });
        let (column, start, end) = match (named.or(own), self.after(end)) {
            (Some(mention), _) => (self.suitable(mention, &value), mention.start.min(at), end),
            (None, Some(mention)) => (mention.column, at, mention.end),
            (None, None) => {
                let column = self
                    .by_verb(at, &value)
                    .or_else(|| self.for_literal(&value))
                    .or_else(|| self.by_range(end, &value))?;
                (column, at, end)
            }
        };
        if !self.comparable(column, &value) {
            return None;
        }
        self.push(start, end, Filter::Compare { column: self.name(column), op, value });
        Some(end)
    }

    /// `levels 2 to 4`, `3-5 units`: a range of numbers beside its column.
    pub(super) fn number_range(&mut self, at: usize) -> Option<usize> {
        let number = |at: usize| {
            let token = self.tokens.get(at).filter(|token| !token.quoted)?;
            token.number().filter(|_| !token.is_word())
        };
        let low = number(at)?;
        let joint = self.tokens.get(at + 1)?;
        let high = number(at + 2).filter(|_| joint.is_any(&["to", "-", "–", "through", "thru"]))?;
        let end = at + 3;
        // Two numbers more make a date or a score.
        if self.tokens.get(end).is_some_and(|next| next.glued) || low >= high {
            return None;
        }
        let numeric = |mention: &&super::mention::Mention| {
            self.column(mention.column).is_some_and(|column| column.kind == ColumnKind::Number)
                && mention.likeness > 0.6
        };
        let before = self.mentions.iter().filter(numeric).find(|mention| {
            mention.end <= at
                && self.tokens[mention.end..at].iter().all(|token| token.is_any(&["from", "of", "is", "are"]))
        });
        let behind = || self.mentions.iter().filter(numeric).find(|mention| mention.start == end);
        let (column, start, end) = match before {
            Some(mention) => (mention.column, mention.start, end),
            None => behind().map(|mention| (mention.column, at, mention.end))?,
        };
        let filter = Filter::Between { column: self.name(column), low: Value::Number(low), high: Value::Number(high) };
        let negated = self.excluded_before(start);
        self.push(start, end, if negated { Filter::Not(Box::new(filter)) } else { filter });
        Some(end)
    }

    /// `since 2018`: the only column of dates or of years.
    pub(super) fn of_years(&self, at: usize, value: &Value) -> Option<usize> {
        let Value::Number(number) = value else { return None };
        if year_number(*number).is_none()
            || !self.tokens[at].is_any(&["since", "after", "before", "until", "till", "between"])
        {
            return None;
        }
        // A verb says which of several: `hired before 2002`.
        let years = |at: &usize| {
            self.column(*at).is_some_and(|column| match column.kind {
                ColumnKind::Date => true,
                ColumnKind::Number => column.cells.iter().all(|cell| match cell {
                    Cell::Number(number) => year_number(*number).is_some(),
                    _ => true,
                }),
                ColumnKind::Text | ColumnKind::Bool => false,
            })
        };
        let mut of = (0..self.table.columns.len()).filter(years);
        let first = of.next()?;
        of.next().is_none().then_some(first)
    }

    /// For a number with nothing said about its column: the column of its unit, else the only one in whose range it lies.
    pub(super) fn by_range(&self, end: usize, value: &Value) -> Option<usize> {
        let Value::Number(number) = value else { return None };
        if let Some(unit) = self.tokens.get(end).and_then(|token| unit_topics(&token.text))
            && let Some(column) = self.of_unit(unit)
        {
            return Some(column);
        }
        // `with more than 10 orders` is about how many there are.
        let counted = self.tokens.get(end).is_some_and(|next| {
            next.is_word() && next.text.ends_with('s') && !next.is_any(FILLERS) && !next.is_any(GROUP_WORDS)
        });
        if counted {
            return None;
        }
        let mut around = (0..self.table.columns.len()).filter(|at| {
            let Some(column) = self.column(*at).filter(|column| column.kind == ColumnKind::Number) else {
                return false;
            };
            let numbers = || {
                column.cells.iter().filter_map(|cell| match cell {
                    Cell::Number(number) => Some(*number),
                    _ => None,
                })
            };
            !self.names.get(*at).is_some_and(|name| name.is_id)
                && numbers().any(|other| other <= *number)
                && numbers().any(|other| other >= *number)
        });
        let first = around.next()?;
        around.next().is_none().then_some(first)
    }

    /// The only column whose unit or name says one of these.
    pub(super) fn of_unit(&self, topics: &[&str]) -> Option<usize> {
        let mut of = (0..self.table.columns.len()).filter(|at| {
            let unit = self
                .column(*at)
                .filter(|column| column.kind == ColumnKind::Number)
                .map(|column| column.unit.as_deref());
            let named = self.names.get(*at).is_some_and(|name| {
                !name.is_id
                    && name.words.iter().any(|word| {
                        topics.iter().any(|topic| {
                            stem(topic) == stem(word)
                                || expansions(word).iter().any(|long| long.iter().any(|word| stem(word) == stem(topic)))
                        })
                    })
            });
            unit.is_some_and(|unit| named || unit.is_some_and(|unit| topics.contains(&unit)))
        });
        let first = of.next()?;
        of.next().is_none().then_some(first)
    }
}
