//! Columns that a request speaks of without naming them: the dates of `by month`, the time of `over time`, the column of
//! `compare Paris and Rome`, and what `top 5` ranks.

use plotline_table::{Cell, Column, ColumnKind, Table, Time};

use super::mention::Mention;
use super::phrase::{BinSaid, PeriodSaid};
use super::role::{Cues, Item};
use super::{Request, choose};
use crate::chart::Kind;
use crate::resolve::columns::is_numeric;
use crate::spec::{Aggregate, Bin};

/// Adds what the request implies to what it names.
pub(super) fn implied_items(request: &Request<'_>, items: &mut Vec<Item>) {
    let place = Place { request };
    place.bin(items);
    place.compared(items);
    place.periods(items);
    place.time(items);
    place.limit(items);
}

fn implied(column: usize, start: usize, end: usize, group: f64, each: bool) -> Item {
    let mut cues = Cues::default();
    (cues.group, cues.each) = (group, each);
    Item { cues, ..Item::named(column, start, end) }
}

struct Place<'a, 't> {
    request: &'a Request<'t>,
}

impl Place<'_, '_> {
    fn table(&self) -> &Table {
        self.request.table
    }

    fn column(&self, at: usize) -> Option<&Column> {
        self.request.table.columns.get(at)
    }

    fn numeric(&self, at: usize) -> bool {
        self.column(at).is_some_and(is_numeric)
    }

    /// Gives the period to the column that it is about; a period without a column adds the only column of dates.
    fn bin(&self, items: &mut Vec<Item>) {
        let Some(said) = self.request.bin else { return };
        let bin = match said.bin {
            PeriodSaid::Exactly(bin) => bin,
            // `by time` without a period: years along a line, else months.
            PeriodSaid::Open
                if self.request.kind.as_ref().is_some_and(|said| matches!(said.kind, Kind::Line | Kind::Area)) =>
            {
                Bin::Year
            }
            PeriodSaid::Open => Bin::Month,
        };
        let temporal = |column: usize| {
            self.column(column)
                .is_some_and(|column| column.kind == ColumnKind::Date && (can_bin(column, said.bin) || said.plainly))
        };
        let within =
            items.iter().position(|item| said.start <= item.start && item.start < said.end && temporal(item.column));
        let before = || items.iter().rposition(|item| temporal(item.column) && item.aggregate.is_none());
        let years = || {
            said.plainly.then(|| items.iter().rposition(|item| self.numeric(item.column) && self.years(item.column)))?
        };
        let chosen = within.or_else(before).or_else(years);
        match chosen {
            Some(at) => {
                let column = items[at].column;
                for item in items.iter_mut().filter(|item| item.column == column && item.aggregate.is_none()) {
                    item.bin = Some(bin);
                }
                let each = said
                    .start
                    .checked_sub(1)
                    .is_some_and(|before| self.request.tokens[before].is_any(&["per", "by", "each", "every"]));
                if let Some(item) = items.get_mut(at) {
                    item.cues.group = item.cues.group.max(if each && !said.plainly { 3.0 } else { 1.0 });
                }
            }
            None => {
                let Some(column) = (0..self.table().columns.len()).find(|column| temporal(*column)) else { return };
                items.push(Item { bin: Some(bin), ..implied(column, said.start, said.end, 3.0, true) });
                items.sort_by_key(|item| item.start);
            }
        }
    }

    /// `revenue 2023 vs 2024` is grouped by the periods, unless it is by something else.
    fn periods(&self, items: &mut Vec<Item>) {
        let Some(periods) = self.request.periods.filter(|_| self.request.bin.is_none()) else { return };
        let grouped = items.iter().any(|item| {
            item.aggregate.is_none() && !item.counted && (item.cues.group >= 1.0 || item.cues.by || item.cues.each)
        });
        if grouped || self.request.over_time.is_some() {
            return;
        }
        items.retain(|item| item.column != periods.column || item.aggregate.is_some());
        items.push(Item { bin: periods.bin, ..implied(periods.column, periods.start, periods.end, 3.0, true) });
        items.sort_by_key(|item| item.start);
    }

    /// `over time` is about the column of dates.
    fn time(&self, items: &mut Vec<Item>) {
        let Some(start) = self.request.over_time else { return };
        if items.iter().any(|item| item.aggregate.is_none() && self.column(item.column).is_some_and(choose::is_time)) {
            return;
        }
        let Some(column) = (0..self.table().columns.len()).find(|at| self.column(*at).is_some_and(choose::is_time))
        else {
            return;
        };
        items.push(implied(column, start, start, 2.8, true));
        items.sort_by_key(|item| item.start);
    }

    /// `top 3 regions by revenue`: what follows the number is what is ranked, what follows `by` is the value.
    fn limit(&self, items: &mut [Item]) {
        let Some(limit) = self.request.limit else { return };
        for item in items.iter_mut() {
            let number = self.column(item.column).is_some_and(|column| column.kind == ColumnKind::Number);
            if item.start >= limit.end && item.start - limit.end <= 1 && !number {
                item.cues.group = item.cues.group.max(3.2);
                item.cues.each = true;
                item.entity = false;
            } else if number && item.cues.by && !self.request.names.get(item.column).is_some_and(|name| name.is_id) {
                (item.cues.group, item.cues.by, item.cues.each) = (0.0, false, false);
            }
            // `the 5 oldest`: a ranking of the rows, not their maximum.
            if item.aggregate.is_some_and(|how| matches!(how, Aggregate::Max | Aggregate::Min))
                && item.start <= limit.end
                && limit.end <= item.end
            {
                item.aggregate = None;
            }
        }
    }

    /// Several values of a column stand for the column: `compare Paris and Rome` has one bar for each.
    fn compared(&self, items: &mut Vec<Item>) {
        for compared in &self.request.compared {
            if items.iter().any(|item| item.column == compared.column) {
                continue;
            }
            // `Paris vs Rome: rain per month`: beside a group of its own, the named ones are the split.
            let beside = items.iter().any(|item| {
                item.cues.group >= 2.0
                    && !item.counted
                    && item.aggregate.is_none()
                    && (item.bin.is_some() || !self.numeric(item.column))
            });
            let mut item = implied(compared.column, compared.start, compared.end, 1.6, false);
            if beside {
                (item.cues.group, item.likeness) = (0.0, 0.6);
                item.cues.split();
            }
            items.push(item);
        }
        items.sort_by_key(|item| item.start);
    }

    /// Whole numbers that are all years.
    fn years(&self, column: usize) -> bool {
        self.column(column).is_some_and(|column| {
            column.cells.iter().all(|cell| match cell {
                Cell::Number(number) => crate::resolve::key::year_number(*number).is_some(),
                Cell::Gap => true,
                Cell::Time(Time::Year(_)) => true,
                _ => false,
            })
        })
    }
}

/// Decides whether a period in the words is a grouping, or the name of a column.
pub(super) fn settle_bin(table: &Table, bin: Option<BinSaid>, mentions: &mut Vec<Mention>) -> Option<BinSaid> {
    let bin = bin?;
    if bin.plainly {
        return Some(bin);
    }
    let overlapping = mentions.iter().position(|mention| mention.start < bin.end && bin.start < mention.end);
    let dates = table.columns.iter().any(|column| can_bin(column, bin.bin));
    if let Some(at) = overlapping {
        let mention = &mentions[at];
        let column = table.columns.get(mention.column)?;
        if can_bin(column, bin.bin) && !is_period(column, bin.bin) {
            return Some(bin);
        }
        if mention.likeness > 0.6 || !dates || is_period(column, bin.bin) {
            return None;
        }
        mentions.remove(at);
        return Some(bin);
    }
    dates.then_some(bin)
}

/// Takes `per year` for the only column that holds these periods, where none has dates to group: `songs per year` of a table with the
/// years of release.
pub(super) fn name_period(table: &Table, said: Option<BinSaid>, mentions: &mut Vec<Mention>) -> bool {
    let Some(said) = said.filter(|said| said.bin != PeriodSaid::Open && !said.plainly) else { return false };
    let named = mentions.iter().any(|mention| mention.start < said.end && said.start < mention.end);
    let years = |column: &Column| {
        said.bin == PeriodSaid::Exactly(Bin::Year)
            && column.kind == ColumnKind::Number
            && choose::all_years(column)
            && column.cells.iter().any(|cell| matches!(cell, Cell::Number(_)))
    };
    let mut holding = (0..table.columns.len())
        .filter(|at| table.columns.get(*at).is_some_and(|column| is_period(column, said.bin) || years(column)));
    let finer = table.columns.iter().any(|column| can_bin(column, said.bin));
    let (Some(column), None, false) = (holding.next(), holding.next(), named || finer) else { return false };
    let (start, end) = (said.start, said.end);
    mentions.push(Mention { start, end, column, likeness: 0.7, rivals: Vec::new(), entity: false });
    mentions.sort_by_key(|mention| mention.start);
    true
}

/// The period that the words group by although no column has dates that are fine enough.
pub(super) fn without_dates(table: &Table, said: Option<BinSaid>, mentions: &[Mention]) -> Option<PeriodSaid> {
    let said = said?;
    let named = mentions.iter().any(|mention| mention.start < said.end && said.start < mention.end);
    let suits = |column: &Column| can_bin(column, said.bin) || is_period(column, said.bin);
    (!named && !table.columns.iter().any(suits)).then_some(said.bin)
}

/// Whether the column has points in time that are finer than the period.
fn can_bin(column: &Column, period: PeriodSaid) -> bool {
    let wanted = |time: &Time| match period {
        PeriodSaid::Exactly(Bin::Hour) => matches!(time, Time::DateTime(_) | Time::TimeOfDay(_)),
        PeriodSaid::Exactly(Bin::DayHour | Bin::Minute) => matches!(time, Time::DateTime(_)),
        PeriodSaid::Exactly(Bin::Month | Bin::YearMonth | Bin::Quarter | Bin::QuarterOfYear | Bin::Season) => {
            matches!(time, Time::Date(_) | Time::DateTime(_) | Time::Month(..))
        }
        PeriodSaid::Exactly(Bin::Year) | PeriodSaid::Open => {
            matches!(time, Time::Date(_) | Time::DateTime(_) | Time::Month(Some(_), _) | Time::Quarter(Some(_), _))
        }
        PeriodSaid::Exactly(_) => matches!(time, Time::Date(_) | Time::DateTime(_)),
    };
    column.kind == ColumnKind::Date && column.cells.iter().any(|cell| matches!(cell, Cell::Time(time) if wanted(time)))
}

/// Whether the column's values are these periods already.
fn is_period(column: &Column, period: PeriodSaid) -> bool {
    let same = |time: &Time| match period {
        PeriodSaid::Exactly(Bin::Year) | PeriodSaid::Open => matches!(time, Time::Year(_)),
        PeriodSaid::Exactly(Bin::Month | Bin::YearMonth) => matches!(time, Time::Month(..)),
        PeriodSaid::Exactly(Bin::Quarter) => matches!(time, Time::Quarter(..)),
        PeriodSaid::Exactly(Bin::Weekday) => matches!(time, Time::Weekday(_)),
        PeriodSaid::Exactly(Bin::Day) => matches!(time, Time::Date(_)),
        PeriodSaid::Exactly(_) => false,
    };
    column.cells.iter().any(|cell| matches!(cell, Cell::Time(time) if same(time)))
}
