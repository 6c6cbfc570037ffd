//! Lists and ranges of periods as conditions: `in Feb and Mar`, `Q1 to Q3`, `weekends`, `the first half of 2024`.

use plotline_table::{Cell, Column, ColumnKind, Time};

use super::condition::{CONDITIONS_MAX, Finder, GAP_MAX};
use super::lexicon::FILLERS;
use super::measure::GROUP_WORDS;
use super::mention::Mention;
use super::moment::{calendar_year, days_of_month, half, is_ambiguous, moment, value};
use super::phrase::phrase;
use super::token::Token;
use super::versus::{self, Periods};
use super::{relative::told, season};
use crate::resolve::filter::parse_time;
use crate::resolve::key::{self, year_number};
use crate::spec::{Compare, Filter, Value};

/// Words before a period that make it a condition.
const INTRODUCERS: &[&str] = &[
    "in",
    "only",
    "just",
    "for",
    "during",
    "of",
    "on",
    "from",
    "within",
    "throughout",
    "not",
    "but",
    "exclude",
    "excluding",
    "except",
    "without",
    "ignore",
    "ignoring",
    "skip",
    "skipping",
    "drop",
    "omit",
    "hide",
    "remove",
    "minus",
    "besides",
    "than",
    "outside",
    "keep",
    "is",
    "was",
    "since",
];

/// Words between an introducer and its period.
const BETWEEN: &[&str] = &[
    "the", "all", "both", "either", "only", "just", "year", "years", "month", "months", "quarter", "quarters", "day",
    "days", "date", "dates",
];

/// Words before a year that is no number of anything: `in 2022 or later`.
pub(super) const IN_TIME: &[&str] = &["in", "from", "during", "since"];

/// Words of comparisons with a point in time.
pub(super) const TEMPORAL: &[&str] = &["after", "before", "since", "until", "till", "through", "prior", "as"];

/// Words before a period that say that it groups, counts or compares.
const NO_CONDITION_AFTER: &[&str] = &[
    "by", "per", "each", "every", "to", "and", "or", "than", "vs", "versus", "top", "first", "last", "limit", "over",
    "above", "under", "below", "=",
];

/// Words before a period that groups.
const GROUPED: &[&str] = &["by", "per", "each", "every", "across"];

/// A part of a stretch of time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Part {
    One(Time),
    /// Both included.
    Range(Time, Time),
}

/// Periods that stand together, and how plainly they are a condition.
pub(super) struct Stretch {
    pub(super) parts: Vec<Part>,
    pub(super) end: usize,
    /// A range, a relative period or a weekend needs no word before it that says so.
    pub(super) strong: bool,
    /// It is counted back from the newest date.
    pub(super) relative: bool,
}

impl Finder<'_> {
    /// A stretch of time as a condition on the column of dates.
    pub(super) fn when(&mut self, at: usize) -> Option<usize> {
        let to_date = phrase(self.tokens, at, &["year", "to", "date"]).is_some();
        if self.names_column(at) && !to_date {
            return None;
        }
        // Most words begin no period, and the columns of large tables are not searched for each of them.
        if self.part(at).is_none() && !super::relative::may_begin(self.tokens, at) {
            return None;
        }
        let (preferred, rival) = self.column_of_time(at)?;
        // Of several columns, one that can tell: the years, where the months have none.
        let telling = std::iter::once(preferred)
            .chain((0..self.table.columns.len()).filter(|column| *column != preferred && self.is_temporal(*column)))
            .find_map(|column| {
                let stretch = self.stretch(at, column).filter(|stretch| self.fits(column, stretch))?;
                Some((column, stretch))
            });
        let Some((column, stretch)) = telling else { return self.in_two_columns(at, preferred) };
        let rival = rival && column == preferred;
        if !self.is_said(at, &stretch, column) || self.is_name(at, &stretch) {
            return None;
        }
        // `no weekends`
        let none = at.checked_sub(1).is_some_and(|before| self.tokens[before].is("no"));
        let negated = none || self.excluded_before(at);
        // `except summer 2022`: what is left out is not the year.
        let apart = |token: &Token| {
            token.is_any(BETWEEN)
                || token.is_any(INTRODUCERS)
                || token.is_any(&["anything", "everything", "for", "apart", "no"])
        };
        if negated && at.checked_sub(1).is_some_and(|before| !apart(&self.tokens[before])) {
            return None;
        }
        let (op, end) = match self.open_end(at, &stretch) {
            Some((op, end)) => (Some(op), end),
            None => (None, stretch.end),
        };
        let since = at.checked_sub(1).is_some_and(|before| self.tokens[before].is("from"));
        let op = op.or(match stretch.parts.as_slice() {
            // `from March` without an end
            [Part::One(Time::Month(..) | Time::Date(_) | Time::DateTime(_) | Time::TimeOfDay(_))]
                if since && !negated && !stretch.relative =>
            {
                Some(Compare::GreaterOrEqual)
            }
            _ => None,
        });
        let filter = match (op, stretch.parts.as_slice()) {
            (Some(op), [Part::One(time)]) => {
                let (begin, _) = self.anchored(column, value(*time), None, Some(op));
                if since && op == Compare::GreaterOrEqual {
                    self.notes.push(format!("“from {}” is taken as from then on.", value(*time)));
                }
                Filter::Compare { column: self.name(column), op: if negated { op.negated() } else { op }, value: begin }
            }
            _ => self.within(column, &stretch.parts, negated)?,
        };
        self.note_seasons(&stretch.parts, at, end);
        if stretch.parts.len() > 1
            && op.is_none()
            && !negated
            && versus::are_compared(self.tokens, at, stretch.end)
            && let Some(Ok(bin)) = self.column(column).map(|of| versus::tells_apart(&stretch.parts, of))
        {
            self.periods = Some(Periods { column, bin, start: at, end });
            if versus::cover_the_week(&stretch.parts) {
                // All days are no condition.
                self.having_place = self.having_place.or(Some((at, end)));
                return Some(end);
            }
        }
        if stretch.relative {
            self.note_relative(at, &stretch, column);
        } else if rival {
            self.note_rival(at, end, column);
        }
        self.push(at, end, filter);
        Some(end)
    }

    /// `June to August 2023` where one column has the years and another one the months.
    fn in_two_columns(&mut self, at: usize, preferred: usize) -> Option<usize> {
        let tells = |column: &usize, wanted: Time| {
            self.column(*column).is_some_and(|of| {
                matches!(wanted, Time::Year(_)) && all_years(of)
                    || of.cells.iter().filter_map(time).any(|has| can_tell(&has, &wanted))
            })
        };
        let stretch = self.stretch(at, preferred)?;
        let periods: Option<Vec<(Dated, Dated)>> = stretch
            .parts
            .iter()
            .map(|part| match *part {
                Part::One(time) => Some((dated(time)?, dated(time)?)),
                Part::Range(low, high) => Some((dated(low)?, dated(high)?)),
            })
            .collect();
        let periods = periods?;
        let (_, within) = *periods.first().map(|(low, _)| low)?;
        let years = (0..self.table.columns.len()).find(|column| tells(column, Time::Year(0)))?;
        let parts = (0..self.table.columns.len()).find(|column| *column != years && tells(column, within))?;
        let occurs = periods.iter().all(|((year, _), _)| self.occurs(years, Time::Year(*year)));
        if !occurs || !self.is_said(at, &stretch, years) {
            return None;
        }
        let (years, parts) = (self.name(years), self.name(parts));
        let compare = |column: &str, op: Compare, time: Time| Filter::Compare {
            column: column.to_owned(),
            op,
            value: value(time),
        };
        let year = |year: i32| compare(&years, Compare::Equal, Time::Year(year));
        let mut any: Vec<Filter> = Vec::new();
        for ((first, low), (last, high)) in periods {
            if first == last && low == high {
                any.push(year(first).and(compare(&parts, Compare::Equal, low)));
            } else if first == last {
                any.push(year(first).and(between(&parts, low, high)));
            } else {
                any.push(year(first).and(compare(&parts, Compare::GreaterOrEqual, low)));
                if first + 1 < last {
                    let all = [Time::Year(first + 1), Time::Year(last - 1)];
                    any.push(between(&years, all[0], all[1]));
                }
                any.push(year(last).and(compare(&parts, Compare::LessOrEqual, high)));
            }
        }
        let filter = if any.len() == 1 { any.pop()? } else { Filter::Or(any) };
        let negated = self.excluded_before(at);
        self.push(at, stretch.end, if negated { Filter::Not(Box::new(filter)) } else { filter });
        Some(stretch.end)
    }

    /// Whether a single month or weekday is somebody's name in the table: `salary for April`.
    fn is_name(&self, at: usize, stretch: &Stretch) -> bool {
        let plain = matches!(stretch.parts.as_slice(), [Part::One(Time::Month(None, _) | Time::Weekday(_))]);
        plain && self.values.iter().any(|value| value.start == at && value.end >= stretch.end && value.certain)
    }

    /// A column of dates and directly its periods: `month from Feb to May`.
    pub(super) fn dated_as(&mut self, column: usize, start: usize, at: usize, negated: bool) -> Option<usize> {
        let dated = self.is_temporal(column);
        let at = at + usize::from(self.tokens.get(at).is_some_and(|token| token.is("from")));
        let stretch = self.stretch(at, column).filter(|stretch| dated && self.fits(column, stretch))?;
        let several = stretch.parts.len() > 1 || stretch.strong;
        if !several {
            return None;
        }
        let filter = self.within(column, &stretch.parts, negated)?;
        if stretch.relative {
            self.note_relative(at, &stretch, column);
        }
        self.push(start, stretch.end, filter);
        Some(stretch.end)
    }

    fn note_relative(&mut self, at: usize, stretch: &Stretch, column: usize) {
        let words: Vec<&str> = self.tokens[at..stretch.end].iter().map(|token| token.raw.as_str()).collect();
        let said = super::relative::said(&stretch.parts);
        let name = self.name(column);
        self.notes.push(format!("“{}” is counted back from the newest “{name}”: {said}.", words.join(" ")));
    }

    /// `since last month`: the begin of a relative period as a limit.
    pub(super) fn counted_back(&mut self, at: usize, end: usize) -> Option<(Value, usize)> {
        // `over the last 3 years` is within them.
        if !self.tokens.get(at)?.is_any(&["after", "before", "since", "until", "till", "prior", "as", "on"]) {
            return None;
        }
        let (column, _) = self.column_of_time(at)?;
        let stretch = self.stretch(end, column).filter(|stretch| stretch.relative)?;
        self.note_relative(end, &stretch, column);
        let (Part::One(time) | Part::Range(time, _)) = *stretch.parts.first()?;
        Some((value(time), stretch.end))
    }

    /// Whether a year stands here that dates of the table lie in.
    pub(super) fn is_year_of_dates(&self, at: usize) -> bool {
        let Some(year) = self.tokens.get(at).and_then(calendar_year) else { return false };
        let near = |cell: &Cell| time(cell).and_then(key::year).is_some_and(|has| (has - year).abs() <= 1);
        self.column_of_time(at)
            .and_then(|(column, _)| self.column(column))
            .is_some_and(|column| column.cells.iter().any(near))
    }

    /// A column of dates or of years.
    pub(super) fn is_temporal(&self, column: usize) -> bool {
        self.temporal.get(column).copied().unwrap_or_default()
    }

    /// For a date behind a comparison whose column nobody named, where there are several of dates.
    pub(super) fn dated(&mut self, at: usize, end: usize, low: &Value) -> Option<usize> {
        match low {
            Value::Text(text) => parse_time(text).map(|_| ())?,
            Value::Number(_) => self.tokens.get(at).filter(|token| token.is_any(TEMPORAL)).map(|_| ())?,
            Value::Bool(_) => return None,
        }
        let (column, rival) = self.column_of_time(at).filter(|(column, _)| self.comparable(*column, low))?;
        if rival {
            self.note_rival(at, end, column);
        }
        Some(column)
    }

    /// Says which months a season is, unless the words are months.
    fn note_seasons(&mut self, parts: &[Part], at: usize, end: usize) {
        if !self.tokens[at..end].iter().any(|token| season::first_month(token).is_some()) {
            return;
        }
        let months: Vec<String> = parts.iter().filter(|part| season::of(part).is_some()).map(told).collect();
        if !months.is_empty() {
            self.notes.push(format!("Seasons are those of the northern hemisphere: {}.", months.join(" and ")));
        }
    }

    fn note_rival(&mut self, at: usize, end: usize, column: usize) {
        let words: Vec<&str> = self.tokens[at..end].iter().map(|token| token.raw.as_str()).collect();
        self.notes.push(format!("“{}” is looked for in “{}”.", words.join(" "), self.name(column)));
    }

    /// Says which periods no column of the table can tell: `last 30 days` of a table of years.
    pub(super) fn note_unknown_periods(&mut self) {
        let dates = (0..self.table.columns.len()).any(|column| self.is_temporal(column));
        let mut unknown = Vec::new();
        let mut at = 0;
        while at < self.tokens.len() {
            let place = at;
            at += 1;
            let valued = self.values.iter().any(|value| value.start <= place && place < value.end);
            if valued || self.is_found(place) || self.mentions.iter().any(|m| m.start <= place && place < m.end) {
                continue;
            }
            let introduced = place
                .checked_sub(1)
                .is_some_and(|before| self.tokens[before].is_any(IN_TIME) || self.tokens[before].is_any(TEMPORAL));
            let end = match super::relative::end(self.tokens, place) {
                Some(end) => end,
                None if !dates && introduced => match moment(self.table, self.tokens, place) {
                    Some((_, end)) => end,
                    None => continue,
                },
                None => continue,
            };
            let words: Vec<&str> = self.tokens[place..end].iter().map(|token| token.raw.as_str()).collect();
            unknown.push(format!("No column has dates that tell “{}”, so all rows are drawn.", words.join(" ")));
            at = end;
        }
        self.notes.extend(unknown);
    }

    /// Says how a date was read whose day and month could be exchanged.
    pub(super) fn note_ambiguous_dates(&mut self) {
        /// Three numbers and two signs.
        const TOKENS: usize = 5;
        for (at, words) in self.tokens.windows(TOKENS).enumerate() {
            if is_ambiguous(self.table, words)
                && let Some((time, _)) = moment(self.table, self.tokens, at)
            {
                let raw: String = words.iter().map(|token| token.raw.as_str()).collect();
                self.notes.push(format!("“{raw}” is read with the month first: {}.", value(time)));
            }
        }
    }

    /// The column of dates that a period is about, and whether another one would do as well.
    pub(super) fn column_of_time(&self, at: usize) -> Option<(usize, bool)> {
        let temporal = |column: usize| self.is_temporal(column);
        let mut dates = (0..self.table.columns.len()).filter(|column| temporal(*column));
        let first = dates.next()?;
        if dates.next().is_none() {
            return Some((first, false));
        }
        // `closed in 2023`, `signed-up date of 2023`
        let named = |mention: &&Mention| {
            temporal(mention.column) && mention.end <= at && at - mention.end <= GAP_MAX && mention.likeness > 0.5
        };
        if let Some(mention) = self.mentions.iter().rev().find(named) {
            return Some((mention.column, false));
        }
        let probe = (0..self.table.columns.len()).filter(|column| temporal(*column)).find_map(|column| {
            let cell = self.column(column)?.cells.iter().find_map(time)?;
            self.by_verb(at, &value(cell)).filter(|column| temporal(*column))
        });
        if let Some(column) = probe {
            return Some((column, false));
        }
        let elsewhere = self.mentions.iter().find(|mention| temporal(mention.column) && mention.likeness > 0.5);
        match elsewhere {
            Some(mention) => Some((mention.column, false)),
            None => {
                let dated = (0..self.table.columns.len())
                    .find(|column| self.column(*column).is_some_and(|column| column.kind == ColumnKind::Date));
                Some((dated.unwrap_or(first), true))
            }
        }
    }

    /// The periods that begin here, joined by `to`, `and`, `or` or commas.
    pub(super) fn stretch(&self, at: usize, column: usize) -> Option<Stretch> {
        let of = self.column(column)?;
        // The `Last year` of a party is a column.
        let named =
            self.mentions.iter().any(|mention| mention.start == at && mention.end > at + 1 && mention.likeness > 0.9);
        if let Some((part, end)) = super::relative::relative(self.tokens, at, of).filter(|_| !named) {
            // `this week vs last week`
            let against = versus::joined(self.tokens, at, end)
                .map(|next| next + usize::from(self.tokens.get(next).is_some_and(|token| token.is("the"))));
            let other = against.and_then(|next| super::relative::relative(self.tokens, next, of));
            let (mut parts, mut end) = (vec![part], end);
            if let Some((part, after)) = other.filter(|(other, _)| *other != part) {
                parts.push(part);
                end = after;
            }
            return Some(Stretch { parts, end, strong: true, relative: true });
        }
        let (first, mut end, mut strong) = self.part(at)?;
        let mut parts = vec![first];
        while parts.len() < CONDITIONS_MAX {
            if let Some(next) = versus::joined(self.tokens, at, end)
                && let Some((part, after, _)) = self.part(next)
            {
                parts.push(part);
                end = after;
                continue;
            }
            let until = phrase(self.tokens, end, &["up", "to|until"])
                .or_else(|| phrase(self.tokens, end, &["to|through|thru|until|till|-|–|—"]));
            if let (Some(next), Some(Part::One(low))) = (until, parts.last().copied())
                && let Some((Part::One(high), after, _)) = self.part(next)
            {
                // `from 2024 to 10`: the two are of one kind.
                parts.pop();
                parts.push(Part::Range(low, high));
                (end, strong) = (after, true);
                continue;
            }
            let mut next = end;
            while self
                .tokens
                .get(next)
                .is_some_and(|token| token.is_any(&["and", "or", ",", "&", "/", "+", "vs", "versus", "in"]))
            {
                next += 1;
            }
            if next == end || next > end + 2 {
                break;
            }
            let Some((part, after, _)) = self.part(next) else { break };
            parts.push(part);
            end = after;
        }
        inherit_year(&mut parts);
        Some(Stretch { parts, end, strong, relative: false })
    }

    /// One period, where it ends, and whether it is a condition wherever it stands.
    fn part(&self, at: usize) -> Option<(Part, usize, bool)> {
        let mut at = at;
        while self.tokens.get(at).is_some_and(|token| token.is("the")) {
            at += 1;
        }
        let token = self.tokens.get(at).filter(|token| !token.quoted)?;
        if token.is_any(&["weekend", "weekends"]) {
            return Some((Part::Range(Time::Weekday(5), Time::Weekday(6)), at + 1, true));
        }
        let working = phrase(self.tokens, at, &["working|business", "days"]);
        if let Some(end) = working.or_else(|| phrase(self.tokens, at, &["weekdays|workdays"])) {
            return Some((Part::Range(Time::Weekday(0), Time::Weekday(4)), end, false));
        }
        // `weekday sales`, but `sales by weekday`
        let grouped = at.checked_sub(1).is_some_and(|before| self.tokens[before].is_any(GROUPED));
        if token.is_any(&["weekday", "workday"])
            && !grouped
            && (self.mentions.iter().any(|mention| mention.start == at + 1) || versus::beside(self.tokens, at))
        {
            return Some((Part::Range(Time::Weekday(0), Time::Weekday(4)), at + 1, false));
        }
        let valued = || self.values.iter().any(|value| value.start == at && value.certain);
        if let Some((part, end)) = season::season(self.tokens, at).filter(|_| !grouped && !valued()) {
            return Some((part, end, false));
        }
        if let Some((half, year, end)) = half(self.tokens, at) {
            let first = (half - 1) * 6 + 1;
            return Some((Part::Range(Time::Month(year, first), Time::Month(year, first + 5)), end, true));
        }
        if let Some((low, high, end)) = days_of_month(self.table, self.tokens, at) {
            return Some((Part::Range(low, high), end, true));
        }
        // `the week of 6 October`
        if let Some(next) = phrase(self.tokens, at, &["week", "of|beginning|starting|from"])
            && let Some((Time::Date(day), end)) = moment(self.table, self.tokens, next)
        {
            let week = day.week(chrono::Weekday::Mon);
            let (first, last) = (week.checked_first_day()?, week.checked_last_day()?);
            return Some((Part::Range(Time::Date(first), Time::Date(last)), end, true));
        }
        if let Some((time, end)) = moment(self.table, self.tokens, at) {
            return Some((Part::One(time), end, false));
        }
        Some((Part::One(Time::Year(calendar_year(token)?)), at + 1, false))
    }

    /// Whether the column is as fine as the periods, and has their years where they have nothing else.
    fn fits(&self, column: usize, stretch: &Stretch) -> bool {
        let Some(of) = self.column(column) else { return false };
        let fits = |wanted: &Time| {
            of.kind == ColumnKind::Date
                && self.comparable(column, &value(*wanted))
                && of.cells.iter().filter_map(time).any(|has| can_tell(&has, wanted))
                || matches!(wanted, Time::Year(_)) && all_years(of)
        };
        stretch.parts.iter().all(|part| match part {
            Part::One(time) => fits(time),
            Part::Range(low, high) => fits(low) && fits(high) && rank(low) == rank(high),
        })
    }

    /// Whether the words around say that the periods are a condition.
    fn is_said(&self, at: usize, stretch: &Stretch, column: usize) -> bool {
        let mut from = at;
        let between: &[&str] = if stretch.strong { &["the", "all", "both"] } else { BETWEEN };
        while from > 0 && self.tokens[from - 1].is_any(between) && !self.names_column(from - 1) {
            from -= 1;
        }
        let before = from.checked_sub(1).map(|before| &self.tokens[before]);
        let named = self.tokens[from..at].iter().any(|token| !token.is("the"));
        let direct = at.checked_sub(1).map(|before| &self.tokens[before]);
        let grouped = |token: &Token| token.is_any(GROUPED);
        // `by 2023 month` has a condition inside a grouping.
        if super::phrase::year_between(self.tokens, stretch.end).is_some() {
            return true;
        }
        // `by the weekend`, but `by month 2024`
        if direct.is_some_and(grouped) || !named && before.is_some_and(grouped) {
            return false;
        }
        let against = stretch.parts.len() > 1 && versus::are_compared(self.tokens, at, stretch.end);
        if against && stretch.parts.iter().any(|part| !matches!(part, Part::One(time) if !self.occurs(column, *time))) {
            return true;
        }
        let word = &self.tokens[at];
        let next = self.tokens.get(stretch.end);
        if stretch.strong {
            // `weekends vs weekdays` are two groups.
            return !next.is_some_and(|next| next.is_any(&["vs", "versus"])) || stretch.relative;
        }
        let introduced = before.is_some_and(|before| before.is_any(INTRODUCERS) || before.is("date"))
            || self.tokens[from..at].iter().any(|token| token.is_any(&["only", "just"]));
        if introduced {
            return true;
        }
        let occurs = stretch.parts.iter().all(|part| match part {
            Part::One(time) => self.occurs(column, *time),
            Part::Range(..) => true,
        });
        let plain =
            !word.glued && !direct.is_some_and(|direct| direct.is_any(NO_CONDITION_AFTER) || direct.number().is_some());
        // `march` and `may` are verbs as well.
        let verb = stretch.parts.len() == 1
            && word.is_any(&["march", "may", "sun", "sat", "mar", "fall", "spring"])
            && stretch.end == at + 1;
        if !occurs || !plain || verb {
            return false;
        }
        // `2023 sales by region`, `sales by region, 2023`, `sales by region 2023`
        let ends = next.is_none_or(|next| next.is_stop() || next.is_any(&["please", "only", "pls"]));
        let leads = direct.is_none_or(|direct| {
            direct.is_stop() || direct.is_any(&["compare", "comparing", "show", "plot", "graph", "chart", "draw"])
        });
        let noun = next.is_some_and(|next| next.is_word() && !next.is_any(GROUP_WORDS) && !next.is_any(FILLERS));
        ends && at > 0
            || leads && (noun || ends)
            || noun && word.is_word() && word.text.chars().count() > 3 && !word.text.ends_with("days")
    }

    fn names_column(&self, at: usize) -> bool {
        self.mentions.iter().any(|mention| mention.start <= at && at < mention.end && mention.likeness > 0.9)
    }

    /// Whether a date of the column lies in the period.
    fn occurs(&self, column: usize, wanted: Time) -> bool {
        let year = |number: &f64| matches!(wanted, Time::Year(wanted) if year_number(*number) == Some(wanted));
        self.column(column).is_some_and(|column| {
            column.cells.iter().any(|cell| match cell {
                Cell::Time(has) => lies_in(*has, wanted),
                Cell::Number(number) => year(number),
                _ => false,
            })
        })
    }

    /// `2023 onwards`, `March 2024 or later`: the comparison behind a single period.
    fn open_end(&self, at: usize, stretch: &Stretch) -> Option<(Compare, usize)> {
        const OPEN: &[(&[&str], Compare)] = &[
            (&["onwards|onward|upwards"], Compare::GreaterOrEqual),
            (&["and|or", "later|after|newer|onwards|onward|up"], Compare::GreaterOrEqual),
            (&["and|or", "earlier|before|older"], Compare::LessOrEqual),
        ];
        let [Part::One(_)] = stretch.parts.as_slice() else { return None };
        let on = || {
            let from = at.checked_sub(1).is_some_and(|before| self.tokens[before].is_any(&["from", "since"]));
            from.then(|| phrase(self.tokens, stretch.end, &["on"])).flatten().map(|end| (Compare::GreaterOrEqual, end))
        };
        OPEN.iter().find_map(|(words, op)| Some((*op, phrase(self.tokens, stretch.end, words)?))).or_else(on)
    }

    /// The filter that keeps these periods, or all but them.
    pub(super) fn within(&self, column: usize, parts: &[Part], negated: bool) -> Option<Filter> {
        let name = self.name(column);
        let ones: Option<Vec<Value>> = parts
            .iter()
            .map(|part| match part {
                Part::One(time) => Some(value(*time)),
                Part::Range(..) => None,
            })
            .collect();
        if let Some(values) = ones {
            return self.one_of(column, values, negated);
        }
        let mut any: Vec<Filter> = parts
            .iter()
            .map(|part| match *part {
                Part::One(time) => Filter::Compare { column: name.clone(), op: Compare::Equal, value: value(time) },
                Part::Range(low, high) => between(&name, low, high),
            })
            .collect();
        let filter = if any.len() == 1 { any.pop()? } else { Filter::Or(any) };
        Some(if negated { Filter::Not(Box::new(filter)) } else { filter })
    }

    /// The ends of a comparison with the years that they leave open, and in the right order: `between Feb 1 and Mar 15 2024`, and
    /// `since March` where the dates are of several years.
    pub(super) fn anchored(
        &mut self,
        column: usize,
        low: Value,
        high: Option<Value>,
        op: Option<Compare>,
    ) -> (Value, Option<Value>) {
        let time = |value: &Value| match value {
            Value::Text(text) => parse_time(text),
            Value::Number(_) | Value::Bool(_) => None,
        };
        let Some(begin) = time(&low) else { return (low, high) };
        if let Some(end) = high.as_ref().and_then(time) {
            let mut parts = [Part::Range(begin, end)];
            inherit_year(&mut parts);
            return match parts {
                [Part::Range(low, high)] => (value(low), Some(value(high))),
                [Part::One(_)] => (low, high),
            };
        }
        let open = matches!(op, Some(op) if !matches!(op, Compare::Equal | Compare::NotEqual));
        let newest =
            self.column(column).filter(|column| super::choose::several_years(column)).and_then(super::relative::newest);
        let (true, Some(newest)) = (open, newest.and_then(key::day)) else { return (low, high) };
        let dated =
            |year: i32| with_year(begin, year).filter(|dated| key::day(*dated).is_some_and(|day| day <= newest));
        let year = chrono::Datelike::year(&newest);
        match dated(year).or_else(|| dated(year - 1)) {
            Some(dated) if year_of(begin).is_none() => {
                let dated = value(dated);
                self.notes.push(format!("“{low}” is taken as {dated}, the latest in the data."));
                (dated, high)
            }
            _ => (low, high),
        }
    }
}

/// A year, and the month or quarter of it.
type Dated = (i32, Time);

/// The year of a month or a quarter, and the same period of no year.
fn dated(time: Time) -> Option<Dated> {
    match time {
        Time::Month(Some(year), month) => Some((year, Time::Month(None, month))),
        Time::Quarter(Some(year), quarter) => Some((year, Time::Quarter(None, quarter))),
        _ => None,
    }
}

/// A range of periods; one that comes round again may run over its end (`November to February`).
fn between(name: &str, low: Time, high: Time) -> Filter {
    let around = match (low, high) {
        (Time::Month(None, low), Time::Month(None, high)) => low > high,
        (Time::Weekday(low), Time::Weekday(high)) => low > high,
        (Time::MonthDay(month, day), Time::MonthDay(last_month, last_day)) => (month, day) > (last_month, last_day),
        (Time::TimeOfDay(low), Time::TimeOfDay(high)) => low > high,
        _ => false,
    };
    let column = || name.to_owned();
    if around {
        Filter::Or(vec![
            Filter::Compare { column: column(), op: Compare::GreaterOrEqual, value: value(low) },
            Filter::Compare { column: column(), op: Compare::LessOrEqual, value: value(high) },
        ])
    } else {
        Filter::Between { column: column(), low: value(low), high: value(high) }
    }
}

/// `Feb and March 2024`, `Nov 3 to Jan 5, 2024`: the year said last holds for what stands before it.
fn inherit_year(parts: &mut [Part]) {
    let mut last: Option<Time> = None;
    for part in parts.iter_mut().rev() {
        let mut give = |time: &mut Time| {
            if let (Some(after), None) = (last, year_of(*time))
                && let Some(year) = year_of(after)
                && rank(&after) != rank(&Time::Year(year))
            {
                let dated = |year: i32| with_year(*time, year);
                let later = |dated: Time| match (key::day(dated), key::day(after)) {
                    (Some(dated), Some(after)) => dated > after,
                    _ => false,
                };
                if let Some(mut with) = dated(year) {
                    if later(with) {
                        with = dated(year - 1).unwrap_or(with);
                    }
                    *time = with;
                }
            }
            last = Some(*time);
        };
        match part {
            Part::One(time) => give(time),
            Part::Range(low, high) => {
                give(high);
                give(low);
            }
        }
    }
}

fn year_of(time: Time) -> Option<i32> {
    key::year(time)
}

/// The same period in this year; `None` for what has one already or has none in any year.
fn with_year(time: Time, year: i32) -> Option<Time> {
    match time {
        Time::Month(None, month) => Some(Time::Month(Some(year), month)),
        Time::Quarter(None, quarter) => Some(Time::Quarter(Some(year), quarter)),
        Time::MonthDay(month, day) => {
            chrono::NaiveDate::from_ymd_opt(year, u32::from(month), u32::from(day)).map(Time::Date)
        }
        _ => None,
    }
}

/// What kind of period it is: the two ends of a range are of one kind.
fn rank(time: &Time) -> u8 {
    match time {
        Time::Year(_) => 0,
        Time::Quarter(..) => 1,
        Time::Month(..) => 2,
        Time::Date(_) | Time::DateTime(_) => 3,
        Time::MonthDay(..) => 4,
        Time::Weekday(_) => 5,
        Time::TimeOfDay(_) => 6,
    }
}

/// Whether a cell of this kind says whether it lies in such a period.
fn can_tell(cell: &Time, wanted: &Time) -> bool {
    let dated = matches!(cell, Time::Date(_) | Time::DateTime(_));
    match wanted {
        Time::Year(_) => key::year(*cell).is_some(),
        Time::Quarter(year, _) => {
            (dated || matches!(cell, Time::Quarter(..) | Time::Month(..)))
                && (year.is_none() || key::year(*cell).is_some())
        }
        Time::Month(year, _) => {
            (dated || matches!(cell, Time::Month(..) | Time::Quarter(..) | Time::MonthDay(..)))
                && (year.is_none() || key::year(*cell).is_some())
        }
        Time::Date(_) => dated,
        Time::MonthDay(..) => dated || matches!(cell, Time::MonthDay(..)),
        Time::Weekday(_) => dated || matches!(cell, Time::Weekday(_)),
        Time::DateTime(_) => matches!(cell, Time::DateTime(_)),
        Time::TimeOfDay(_) => matches!(cell, Time::DateTime(_) | Time::TimeOfDay(_)),
    }
}

/// Whether a time lies in a period; of a day or a weekday nothing is known here but that the column may have it.
fn lies_in(has: Time, wanted: Time) -> bool {
    let of_year = |year: Option<i32>| year.is_none() || key::year(has) == year;
    match wanted {
        Time::Year(year) => key::year(has) == Some(year),
        Time::Month(year, month) => of_year(year) && key::month(has) == Some(u32::from(month)),
        Time::Quarter(year, quarter) => {
            let has = match has {
                Time::Quarter(_, has) => Some(u32::from(has)),
                other => key::month(other).map(|month| (month - 1) / 3 + 1),
            };
            of_year(year) && has == Some(u32::from(quarter))
        }
        Time::Date(day) => key::day(has) == Some(day),
        _ => can_tell(&has, &wanted),
    }
}

pub(super) fn time(cell: &Cell) -> Option<Time> {
    match cell {
        Cell::Time(time) => Some(*time),
        _ => None,
    }
}

/// Whether a column has dates or years.
pub(super) fn is_temporal(column: &Column) -> bool {
    column.kind == ColumnKind::Date || all_years(column)
}

fn all_years(column: &Column) -> bool {
    column.kind == ColumnKind::Number
        && column.cells.iter().any(|cell| matches!(cell, Cell::Number(_)))
        && column.cells.iter().all(|cell| match cell {
            Cell::Number(number) => year_number(*number).is_some(),
            _ => true,
        })
}
