//! Lengths of time as limits: `longer than an hour`, `under 90 minutes`, `half an hour or less`.

use super::condition::{COPULAS, Finder, GAP_MAX};
use super::limit::{LESS, MORE};
use super::mention::Mention;
use super::phrase::phrase;
use super::relation::Relation;
use crate::resolve::columns::number;
use crate::resolve::duration;
use crate::spec::{Compare, Filter, Value};

/// A length of time in the request.
#[derive(Clone, Copy)]
struct Length {
    seconds: f64,
    /// The seconds of its unit, where it is said in a single one.
    unit: Option<f64>,
    end: usize,
}

impl Finder<'_> {
    /// `longer than an hour`: the limit behind a comparison, whose column is named `before` it, behind it, or is the only one that
    /// has lengths of time.
    pub(super) fn lasting(
        &self,
        at: usize,
        end: usize,
        relation: Relation,
        before: Option<&Mention>,
        topics: Option<&[&'static str]>,
    ) -> Option<(Lasting, usize)> {
        if self.tokens.get(at)?.is_any(&["after", "before", "since", "until", "till"]) {
            return None;
        }
        let mut start = end;
        while self.tokens.get(start).is_some_and(|token| token.is_any(&["than", "to", "of", "about", "from"])) {
            start += 1;
        }
        let (low, high) = if relation == Relation::Between {
            let (low, high) = self.range_of_lengths(start)?;
            (low, Some(high))
        } else {
            (self.length(start, true)?, None)
        };
        let last = high.map_or(low.end, |high| high.end);
        let lasts = |column: &usize| self.column(*column).is_some_and(|column| duration::of_column(column).is_some());
        let of = |mention: &Mention| {
            std::iter::once(mention.column).chain(mention.rivals.iter().copied()).find(|column| lasts(column))
        };
        let named = before.and_then(|mention| Some((of(mention)?, mention.start.min(at), last)));
        let behind = || self.after(last).and_then(|mention| Some((of(mention)?, at, mention.end)));
        let meant = || topics.and_then(|topics| self.by_topic(topics)).filter(|column| lasts(column));
        // `over a week` is as often about when: without a column it must be a length that occurs.
        let vague = topics.is_none() && self.tokens.get(at).is_some_and(|token| token.is_any(&["over", "above"]));
        let only = || self.only_lasting().filter(|column| !vague || self.around(*column, low.seconds));
        let (column, start, last) = named.or_else(behind).or_else(|| Some((meant().or_else(only)?, at, last)))?;
        let value = |length: Length| self.as_value(column, length);
        let mention = before.filter(|mention| mention.start == start).map(|mention| mention.start);
        Some((Lasting { column, start, mention, low: value(low)?, high: high.and_then(value) }, last))
    }

    /// `an hour or more`, `90 minutes or less`.
    pub(super) fn lasting_or_more(&mut self, at: usize) -> Option<usize> {
        let length = self.length(at, true)?;
        let (op, end) = match phrase(self.tokens, length.end, &["or|and", MORE]) {
            Some(end) => (Compare::GreaterOrEqual, end),
            None => (Compare::LessOrEqual, phrase(self.tokens, length.end, &["or|and", LESS])?),
        };
        let named = self.mentions.iter().rev().find(|mention| {
            mention.end <= at
                && at - mention.end <= GAP_MAX
                && self.tokens[mention.end..at].iter().all(|token| token.is_any(COPULAS))
                && self.column(mention.column).is_some_and(|column| duration::of_column(column).is_some())
        });
        let (column, start) = match named {
            Some(mention) => (mention.column, mention.start),
            None => (self.only_lasting()?, at),
        };
        let value = self.as_value(column, length)?;
        self.push(start, end, Filter::Compare { column: self.name(column), op, value });
        Some(end)
    }

    /// A number where the column counts in the unit that was said, else the length with its units.
    fn as_value(&self, column: usize, length: Length) -> Option<Value> {
        let scale = duration::of_column(self.column(column)?)?;
        Some(if length.unit == Some(scale) {
            Value::Number(length.seconds / scale)
        } else {
            Value::Text(duration::written(length.seconds))
        })
    }

    /// The only column of lengths of time.
    fn only_lasting(&self) -> Option<usize> {
        let mut of = (0..self.table.columns.len()).filter(|at| {
            self.column(*at).is_some_and(|column| duration::of_column(column).is_some())
                && !self.names.get(*at).is_some_and(|name| name.is_id)
        });
        let first = of.next()?;
        of.next().is_none().then_some(first)
    }

    /// Whether the column has both shorter and longer values.
    fn around(&self, column: usize, seconds: f64) -> bool {
        let Some(column) = self.column(column) else { return false };
        let Some(limit) = duration::of_column(column).map(|scale| seconds / scale) else { return false };
        let values = || (0..column.cells.len()).filter_map(|row| number(column, row));
        values().any(|value| value <= limit) && values().any(|value| value >= limit)
    }

    /// `1 and 2 hours`, `30 minutes and an hour`: the first may leave its unit to the second.
    fn range_of_lengths(&self, at: usize) -> Option<(Length, Length)> {
        let and = |at: usize| self.tokens.get(at).is_some_and(|token| token.is_any(&["and", "to", "-", "–"]));
        if let Some(low) = self.length(at, false) {
            return and(low.end).then(|| Some((low, self.length(low.end + 1, true)?)))?;
        }
        let number = self.tokens.get(at)?.number().filter(|_| and(at + 1))?;
        let high = self.length(at + 2, true)?;
        let unit = high.unit?;
        Some((Length { seconds: number * unit, unit: Some(unit), end: at + 1 }, high))
    }

    /// `an hour`, `half an hour`, `1.5 h`, `two hours and 30 minutes`, `1h30m`, `1:30:00`. Where it may not `join`, `and` belongs to a
    /// range.
    fn length(&self, at: usize, join: bool) -> Option<Length> {
        let token = self.tokens.get(at)?;
        let unit =
            |at: usize| self.tokens.get(at).filter(|token| token.is_word()).and_then(|t| duration::unit(&t.text));
        if token.is_word()
            && token.text.starts_with(|c: char| c.is_ascii_digit())
            && let Some(seconds) = duration::seconds(&token.text)
        {
            return Some(Length { seconds, unit: None, end: at + 1 });
        }
        if token.number().is_some() && self.tokens.get(at + 1).is_some_and(|next| next.is(":") && next.glued) {
            let glued = self.tokens[at + 1..]
                .iter()
                .take_while(|next| next.glued && (next.is(":") || next.number().is_some()))
                .count();
            let text: String = self.tokens[at..=at + glued].iter().map(|token| token.raw.as_str()).collect();
            return Some(Length { seconds: duration::seconds(&text)?, unit: None, end: at + 1 + glued });
        }
        let (mut count, mut end) = match () {
            () if phrase(self.tokens, at, &["half", "a|an"]).is_some() => (0.5, at + 2),
            () if token.is_any(&["a", "an", "one"]) => (1.0, at + 1),
            () => (token.number().filter(|number| *number >= 0.0)?, at + 1),
        };
        if let Some(after) = phrase(self.tokens, end, &["and", "a", "half"]) {
            (count, end) = (count + 0.5, after);
        }
        let scale = unit(end)?;
        end += 1;
        let mut length = Length { seconds: count * scale, unit: Some(scale), end };
        let half = phrase(self.tokens, end, &["and", "a", "half"]);
        let next = end + usize::from(join && self.tokens.get(end).is_some_and(|token| token.is("and")));
        if let Some(after) = half {
            length.seconds += scale / 2.0;
            length.end = after;
        } else if let (Some(more), Some(finer)) = (self.tokens.get(next).and_then(|t| t.number()), unit(next + 1))
            && finer < scale
            && (0.0..scale / finer).contains(&more)
        {
            length = Length { seconds: length.seconds + more * finer, unit: None, end: next + 2 };
        }
        Some(length)
    }
}

/// A limit that is a length of time, and the column that it is about.
pub(super) struct Lasting {
    pub(super) column: usize,
    pub(super) start: usize,
    /// Where the column is named before the limit.
    pub(super) mention: Option<usize>,
    pub(super) low: Value,
    pub(super) high: Option<Value>,
}
