//! From the conditions that were found to one filter, and what is said about those that could not be read.

use super::condition::{Conditions, Finder};
use super::measure::GROUP_WORDS;
use super::phrase::phrase;
use super::token::Token;
use crate::spec::{Compare, Filter};

impl Finder<'_> {
    /// Whether a condition has taken this word.
    pub(super) fn is_found(&self, at: usize) -> bool {
        self.found.iter().any(|condition| condition.start <= at && at < condition.end)
            || self.having_place.is_some_and(|(start, end)| start <= at && at < end)
    }

    /// Says what the request leaves out although the table does not have it.
    fn note_unknown_exclusions(&mut self) {
        let known = |at: usize| {
            self.is_found(at) || self.mentions.iter().any(|mention| mention.start <= at && at < mention.end)
        };
        let mut unknown = Vec::new();
        for at in 0..self.tokens.len() {
            let excluded = phrase(self.tokens, at, &["except|excluding|exclude|without|ignoring|ignore"])
                .or_else(|| phrase(self.tokens, at, &["other", "than"]));
            // `before Christmas`
            let named = |token: &Token| token.is_word() && token.raw.chars().next().is_some_and(char::is_uppercase);
            let timed = phrase(self.tokens, at, &["before|after|since|until|till"])
                .filter(|next| self.tokens.get(*next).is_some_and(named));
            let Some(mut next) = excluded.or(timed).filter(|_| !known(at)) else { continue };
            while self
                .tokens
                .get(next)
                .is_some_and(|token| token.is_any(&["for", "the", "any", "all", "from", "in", "of"]))
            {
                next += 1;
            }
            let end = (next..self.tokens.len())
                .find(|at| {
                    let token = &self.tokens[*at];
                    !token.is_word() && token.number().is_none() || token.is_any(GROUP_WORDS) || token.is("as")
                })
                .unwrap_or(self.tokens.len());
            // A long clause is about something else than a value.
            if next == end || end - next > 3 || (next..end).any(known) {
                continue;
            }
            let words: Vec<&str> = self.tokens[next..end].iter().map(|token| token.raw.as_str()).collect();
            let words = words.join(" ");
            unknown.push(match excluded {
                Some(_) => format!("“{words}” is not in the table, so nothing was left out."),
                None => format!("“{words}” is no date that the table tells, so nothing was left out."),
            });
        }
        self.notes.extend(unknown);
    }

    /// Joins the conditions as SQL does: `and` binds more tightly than `or`.
    pub(super) fn finish(mut self, free: &dyn Fn(usize) -> bool) -> Conditions {
        self.note_ambiguous_dates();
        self.note_unknown_exclusions();
        self.note_unknown_periods();
        self.note_unmatched(free);
        let mut places: Vec<(usize, usize)> = self.having_place.into_iter().collect();
        let mut alternatives: Vec<Option<Filter>> = Vec::new();
        let mut last_end = 0;
        for condition in self.found {
            places.push((condition.start, condition.end));
            let or = self.tokens.get(last_end..condition.start).is_some_and(|between| {
                last_end > 0 && between.len() <= 8 && between.iter().any(|token| token.is("or"))
            });
            last_end = condition.end;
            match alternatives.last_mut() {
                Some(open) if !or => {
                    *open = Some(match open.take() {
                        Some(filter) if same_column(&filter, &condition.filter) => merge(filter, condition.filter),
                        Some(filter) => filter.and(condition.filter),
                        None => condition.filter,
                    });
                }
                _ => alternatives.push(Some(condition.filter)),
            }
        }
        let mut parts: Vec<Filter> = alternatives.into_iter().flatten().collect();
        let filter = if parts.len() > 1 { Some(Filter::Or(parts)) } else { parts.pop() };
        Conditions {
            filter,
            having: self.having,
            places,
            compared: self.compared,
            periods: self.periods,
            notes: self.notes,
        }
    }
}

fn same_column(a: &Filter, b: &Filter) -> bool {
    matches!((a, b), (Filter::Compare { column: a, op: Compare::Equal, .. }, Filter::Compare { column: b, op: Compare::Equal, .. }) if a == b)
}

/// A column cannot have two values at once, so `Paris and Rome` are alternatives.
fn merge(a: Filter, b: Filter) -> Filter {
    match (a, b) {
        (Filter::Compare { column, value: a, .. }, Filter::Compare { value: b, .. }) => {
            if a == b {
                Filter::Compare { column, op: Compare::Equal, value: a }
            } else {
                Filter::In { column, values: vec![a, b] }
            }
        }
        (a, b) => a.and(b),
    }
}
