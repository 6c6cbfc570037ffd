//! Periods that are set against each other: `2023 vs 2024 by month`, `weekends vs weekdays`, `this week compared to last week`.

use plotline_table::{Column, ColumnKind, Time};

use super::compose::Draft;
use super::phrase::{Said, phrase};
use super::role::{Roles, Y};
use super::stretch::Part;
use super::token::Token;
use super::{Request, choose, rows, season};
use crate::chart::Kind;
use crate::resolve::key;
use crate::spec::{Aggregate, Bin, ChartSpec, Dimension, Measure, Order, Sort, SortBy};

/// Words that set what follows against what stands before.
const AGAINST: &str = "vs|versus|against";

/// Periods that are compared.
#[derive(Clone, Copy, Debug)]
pub(super) struct Periods {
    pub(super) column: usize,
    /// What tells them apart; `None` where the cells are these periods already.
    pub(super) bin: Option<Bin>,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Where the words end that set one period against the next.
pub(super) fn joined(tokens: &[Token], at: usize, end: usize) -> Option<usize> {
    let plainly = phrase(tokens, end, &["compared|relative", "to|with"])
        .or_else(|| phrase(tokens, end, &["in", "comparison", "to|with"]))
        .or_else(|| phrase(tokens, end, &[AGAINST]));
    plainly.or_else(|| {
        // `compare 2023 to 2024`, but `compare the regions from 2020 to 2024`
        let range = at.checked_sub(1).is_some_and(|before| tokens[before].is_any(&["from", "between", "since"]));
        (compares(&tokens[..at]) && !range).then(|| phrase(tokens, end, &["with|to|and"]))?
    })
}

/// Whether a word stands next to `vs`.
pub(super) fn beside(tokens: &[Token], at: usize) -> bool {
    let before = at.checked_sub(1).is_some_and(|before| phrase(tokens, before, &[AGAINST]).is_some());
    before || phrase(tokens, at + 1, &[AGAINST]).is_some()
}

fn compares(tokens: &[Token]) -> bool {
    tokens.iter().any(|token| token.is_any(&["compare", "compares", "comparing", "comparison", "difference"]))
}

/// Whether the periods at these words are set against each other.
pub(super) fn are_compared(tokens: &[Token], at: usize, end: usize) -> bool {
    tokens[at..end].iter().any(|token| token.is_any(&["vs", "versus", "against", "compared", "relative", "comparison"]))
        || compares(&tokens[..at])
}

/// What tells these periods apart in a column: `Err` where no period of the calendar does.
pub(super) fn tells_apart(parts: &[Part], column: &Column) -> Result<Option<Bin>, ()> {
    let mut bins = parts.iter().map(period);
    let first = bins.next().flatten().ok_or(())?;
    if !bins.all(|bin| bin == Some(first)) {
        return Err(());
    }
    let years = first == Bin::Year
        && (column.kind == ColumnKind::Number
            || column.cells.iter().any(|cell| matches!(cell, plotline_table::Cell::Time(Time::Year(_)))));
    Ok((!years).then_some(first))
}

fn period(part: &Part) -> Option<Bin> {
    Some(match part {
        Part::One(Time::Year(_)) => Bin::Year,
        Part::One(Time::Quarter(Some(_), _)) => Bin::Quarter,
        Part::One(Time::Quarter(None, _)) => Bin::QuarterOfYear,
        Part::One(Time::Month(Some(_), _)) => Bin::YearMonth,
        Part::One(Time::Month(None, _)) => Bin::Month,
        Part::One(Time::Date(_)) => Bin::Day,
        Part::One(Time::Weekday(_)) => Bin::Weekday,
        Part::Range(Time::Weekday(0), Time::Weekday(4)) | Part::Range(Time::Weekday(5), Time::Weekday(6)) => {
            Bin::WeekPart
        }
        Part::Range(Time::Date(first), Time::Date(last)) => {
            let week = first.week(chrono::Weekday::Mon);
            let whole = week.checked_first_day() == Some(*first) && week.checked_last_day() == Some(*last);
            return whole.then_some(Bin::Week);
        }
        other => return season::of(other).filter(|(_, any_year)| *any_year).map(|_| Bin::Season),
    })
}

/// Whether the periods together are all days of the week, so that they leave nothing out.
pub(super) fn cover_the_week(parts: &[Part]) -> bool {
    let has = |low, high| parts.contains(&Part::Range(Time::Weekday(low), Time::Weekday(high)));
    has(0, 4) && has(5, 6)
}

/// The finer period that comes round again within each of the coarser ones.
fn within(coarse: Bin, fine: Bin) -> Option<Bin> {
    Some(match (coarse, fine) {
        (Bin::Year, Bin::Month | Bin::YearMonth) => Bin::Month,
        (Bin::Year, Bin::Quarter | Bin::QuarterOfYear) => Bin::QuarterOfYear,
        (Bin::Year | Bin::Month | Bin::YearMonth, Bin::Day | Bin::DayOfMonth) if coarse != Bin::Year => Bin::DayOfMonth,
        (Bin::Week, Bin::Day) => Bin::Weekday,
        (Bin::WeekPart | Bin::Weekday | Bin::Season, Bin::Month | Bin::YearMonth | Bin::Year | Bin::Quarter) => fine,
        (Bin::Month | Bin::QuarterOfYear, Bin::Year) => Bin::Year,
        (Bin::WeekPart, Bin::Weekday) => return None,
        (_, Bin::Weekday) if coarse != Bin::Weekday => Bin::Weekday,
        (_, Bin::Hour | Bin::DayHour) => Bin::Hour,
        _ => return None,
    })
}

impl Draft<'_, '_> {
    /// `top 10 chatters`: a number of things that no column is called ranks what the rows are named by.
    pub(super) fn top_of_the_names(&mut self) -> Option<ChartSpec> {
        let request = self.request;
        let (table, limit) = (request.table, request.limit?);
        let things = request.tokens.get(limit.end).is_some_and(rows::is_things);
        let names = |at: &usize| {
            table.columns.get(*at).is_some_and(|column| column.kind == ColumnKind::Text)
                && choose::different(table, *at) == table.row_count()
        };
        let named = (0..table.columns.len()).find(names).filter(|_| things && request.kind.is_none())?;
        let quantity = choose::quantities(table, &request.names).into_iter().next()?;
        let (name, quantity) = (self.name(named), self.name(quantity));
        self.assume(format!("The categories are “{name}”, ranked by “{quantity}”."));
        self.guesses += 1;
        let mut spec = ChartSpec::new(Kind::Bar).with_x(&name).with_y(Measure::rows(&quantity));
        let order = if limit.smallest == Some(true) { Order::Asc } else { Order::Desc };
        spec.sort = Some(Sort { by: SortBy::Y, order });
        Some(spec)
    }

    /// Periods that are compared become the series where the request groups by something else.
    pub(super) fn set_against(&mut self, spec: &mut ChartSpec, roles: &Roles) {
        let Some(periods) = self.request.periods else { return };
        let name = self.name(periods.column);
        let Some((x, x_bin)) = spec.x.as_ref().and_then(|x| Some((x.column.clone()?, x.bin))) else { return };
        if !matches!(spec.kind, Kind::Bar | Kind::Line | Kind::Step | Kind::Area) {
            return;
        }
        self.measure_unsaid(spec, roles);
        let same = x == name;
        if same && x_bin == periods.bin {
            // Two points are no course.
            if self.request.kind.is_none() {
                spec.kind = Kind::Bar;
            }
            self.say_unequal(spec, periods.bin);
            return;
        }
        if spec.series.is_some() || spec.y.len() != 1 {
            return;
        }
        if same {
            let finer = periods.bin.zip(x_bin).and_then(|(coarse, fine)| within(coarse, fine));
            let (Some(finer), Some(x)) = (finer, spec.x.as_mut()) else { return };
            x.bin = Some(finer);
            if self.request.kind.as_ref().is_none_or(|said| said.said == Said::Implied) {
                let follows = matches!(finer, Bin::Month | Bin::DayOfMonth | Bin::Hour | Bin::YearMonth);
                spec.kind = if follows { Kind::Line } else { Kind::Bar };
            }
        }
        spec.series = Some(Dimension { column: name, bin: periods.bin });
        for measure in spec.y.iter_mut().filter(|measure| measure.aggregate.is_none()) {
            measure.aggregate = measure.column.as_deref().map(|name| aggregate(self.request.table, name));
        }
        self.say_unequal(spec, periods.bin);
    }

    /// Nothing was said about the values: they are those of the first column of numbers, or the rows.
    fn measure_unsaid(&mut self, spec: &mut ChartSpec, roles: &Roles) {
        let counted = self.request.aggregates.iter().any(|said| said.how == Aggregate::Count);
        let plain = spec.y.len() == 1 && spec.y.iter().all(|y| y.column.is_none());
        if !matches!(roles.y, Y::Unsaid) || !plain || counted || rows::named(self.request, None) || self.events(spec) {
            return;
        }
        let Some(quantity) = choose::quantities(self.request.table, &self.request.names).into_iter().next() else {
            return;
        };
        let name = self.name(quantity);
        self.assume(format!("The values are “{name}”."));
        spec.y = vec![Measure::of(aggregate(self.request.table, &name), &name)];
    }

    /// A total of five days is no fair match for one of two.
    fn say_unequal(&mut self, spec: &ChartSpec, bin: Option<Bin>) {
        let added = |y: &Measure| matches!(y.aggregate, Some(Aggregate::Sum | Aggregate::Count));
        if bin == Some(Bin::WeekPart) && spec.y.iter().any(added) {
            self.assume("Five weekdays are set against the two days of the weekend.".to_owned());
        }
    }
}

fn aggregate(table: &plotline_table::Table, name: &str) -> Aggregate {
    let column = table.columns.iter().find(|column| column.name == name);
    if column.is_some_and(choose::is_rate) { Aggregate::Avg } else { Aggregate::Sum }
}

/// The latest season of this first month that has begun by the newest date.
pub(super) fn latest_season(first: u8, newest: Time) -> Option<Part> {
    let newest = key::day(newest)?;
    let year = chrono::Datelike::year(&newest);
    let begun = u32::from(first) <= chrono::Datelike::month(&newest);
    Some(season::part(first, Some(if begun { year } else { year - 1 })))
}

/// Two columns of counts on both sides of `vs` within a period that is counted back: `joins vs leaves this month` is about their
/// course, not about how one goes with the other.
pub(super) fn courses(request: &Request<'_>) -> Vec<usize> {
    let tokens = &request.tokens;
    let back = (0..tokens.len()).any(|at| super::relative::end(tokens, at).is_some());
    if request.kind.is_some() || !(back || request.bin.is_some() || request.over_time.is_some()) {
        return Vec::new();
    }
    let counted = |column: usize| {
        request.table.columns.get(column).is_some_and(|of| of.kind == ColumnKind::Number && !choose::is_rate(of))
    };
    let pair = request.mentions.windows(2).find(|pair| {
        pair.iter().all(|mention| counted(mention.column))
            && phrase(tokens, pair[0].end, &[AGAINST]) == Some(pair[1].start)
    });
    pair.map(|pair| pair.iter().map(|mention| mention.column).collect()).unwrap_or_default()
}
