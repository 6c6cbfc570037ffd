//! Periods that are counted back from the newest date of the data: `last 2 years`, `past 30 days`, `this month`, `year to date`.

use chrono::{Datelike, Days, Months, NaiveDate};
use plotline_table::{Column, Time};

use super::moment::value;
use super::phrase::{count, phrase};
use super::stretch::{Part, time};
use super::token::Token;
use crate::resolve::key;

/// More periods than this are all of them.
const COUNT_MAX: usize = 1_000;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Unit {
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

/// Which of the periods is meant.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    /// The one that the newest date lies in.
    This,
    /// The one before it.
    Before,
    /// This many, up to the newest date.
    Last(usize),
}

/// The newest date of a column; of months or quarters without a year, the last.
pub(super) fn newest(column: &Column) -> Option<Time> {
    column.cells.iter().filter_map(time).max_by(|a, b| key::position(*a).total_cmp(&key::position(*b)))
}

/// A period relative to the newest date of the column, and where its words end.
pub(super) fn relative(tokens: &[Token], at: usize, column: &Column) -> Option<(Part, usize)> {
    if let Some(found) = last_month_of_name(tokens, at, column) {
        return Some(found);
    }
    let (unit, which, end) = words(tokens, at)?;
    let newest = match newest(column) {
        Some(newest) => newest,
        None => Time::Year(latest_year(column)?),
    };
    Some((stretch(unit, which, newest)?, end))
}

/// `last July`, `this March`: the latest one in the data.
fn last_month_of_name(tokens: &[Token], at: usize, column: &Column) -> Option<(Part, usize)> {
    let next = phrase(tokens, at, &["last|this|past|latest"])?;
    let word = tokens.get(next).filter(|token| token.is_word() && token.text.chars().count() >= 3)?;
    // `last summer`
    if let Some(first) = super::season::first_month(word) {
        return Some((super::versus::latest_season(first, newest(column)?)?, next + 1));
    }
    let number = crate::resolve::filter::named(&word.text, &key::MONTHS)? as u8 + 1;
    let newest = newest(column).and_then(key::day)?;
    let year = newest.year() - i32::from(u32::from(number) > newest.month());
    // A year that is said is the one that is meant.
    let dated = tokens.get(next + 1).is_some_and(|token| super::moment::calendar_year(token).is_some());
    (!dated).then_some((Part::One(Time::Month(Some(year), number)), next + 1))
}

/// Whether the words here may be a relative period.
pub(super) fn may_begin(tokens: &[Token], at: usize) -> bool {
    words(tokens, at).is_some() || phrase(tokens, at, &["last|this|past|latest"]).is_some()
}

/// Where the words of a relative period end, whether or not any column can tell it.
pub(super) fn end(tokens: &[Token], at: usize) -> Option<usize> {
    words(tokens, at).map(|(.., end)| end)
}

fn latest_year(column: &Column) -> Option<i32> {
    let years = column.cells.iter().filter_map(|cell| match cell {
        plotline_table::Cell::Number(number) => key::year_number(*number),
        _ => None,
    });
    years.max()
}

fn words(tokens: &[Token], at: usize) -> Option<(Unit, Which, usize)> {
    let token = tokens.get(at).filter(|token| !token.quoted)?;
    if let Some(end) = phrase(tokens, at, &["ytd"])
        .or_else(|| phrase(tokens, at, &["year", "to", "date"]))
        .or_else(|| phrase(tokens, at, &["so", "far", "this", "year"]))
    {
        return Some((Unit::Year, Which::This, end));
    }
    if token.is("today") {
        return Some((Unit::Day, Which::This, at + 1));
    }
    if token.is("yesterday") {
        return Some((Unit::Day, Which::Before, at + 1));
    }
    let newest = phrase(tokens, at, &["most", "recent"]).or_else(|| phrase(tokens, at, &["latest|newest|recent"]));
    let this = phrase(tokens, at, &["this|current"]);
    let back = phrase(tokens, at, &["last|past|previous|trailing|prior"]);
    let next = newest.or(this).or(back)?;
    let counted = tokens.get(next).and_then(count).filter(|count| *count <= COUNT_MAX);
    let unit_at = next + usize::from(counted.is_some());
    // A hyphen joins them: `last-30-days`.
    let unit = unit(tokens.get(unit_at)?, counted)?;
    let end = unit_at + 1;
    let which = match counted {
        Some(_) if this.is_some() => return None,
        Some(many) => Which::Last(many),
        None if newest.is_some() || this.is_some() => Which::This,
        None if token.is("past")
            || at.checked_sub(1).is_some_and(|before| tokens[before].is("the")) && token.is("last") =>
        {
            Which::Last(1)
        }
        None => Which::Before,
    };
    Some((unit, which, end))
}

/// A unit of time: in the plural where several are counted.
fn unit(token: &Token, counted: Option<usize>) -> Option<Unit> {
    let word = token.text.as_str();
    let (one, many) = match word.strip_suffix('s') {
        Some(one) => (one, true),
        None => (word, false),
    };
    if many != counted.is_some_and(|count| count > 1) {
        return None;
    }
    Some(match one {
        "hour" | "hr" => Unit::Hour,
        "day" => Unit::Day,
        "week" | "wk" => Unit::Week,
        "month" => Unit::Month,
        "quarter" => Unit::Quarter,
        "year" | "yr" => Unit::Year,
        _ => return None,
    })
}

/// The stretch of time; `None` where the dates are too coarse for the unit.
fn stretch(unit: Unit, which: Which, newest: Time) -> Option<Part> {
    let finest = match newest {
        Time::DateTime(_) => Unit::Hour,
        Time::Date(_) => Unit::Day,
        Time::Month(..) => Unit::Month,
        Time::Quarter(..) => Unit::Quarter,
        Time::Year(_) => Unit::Year,
        Time::Weekday(_) | Time::MonthDay(..) | Time::TimeOfDay(_) => return None,
    };
    if unit < finest {
        return None;
    }
    // Months and quarters of no year are counted within it.
    if let Time::Month(None, last) | Time::Quarter(None, last) = newest {
        let of = |number: u8| match newest {
            Time::Month(..) => Time::Month(None, number),
            _ => Time::Quarter(None, number),
        };
        return match which {
            _ if unit != finest => None,
            Which::This => Some(Part::One(newest)),
            Which::Before => Some(Part::One(of(last.checked_sub(1).filter(|number| *number > 0)?))),
            Which::Last(many) => {
                let first = usize::from(last).checked_sub(many).map_or(1, |before| before as u8 + 1);
                Some(Part::Range(of(first), newest))
            }
        };
    }
    let day = key::day(newest)?;
    let back = |many: usize| many.saturating_sub(1) as u32;
    Some(match (unit, which) {
        (Unit::Year, Which::This) => Part::One(Time::Year(day.year())),
        (Unit::Year, Which::Before) => Part::One(Time::Year(day.year() - 1)),
        // A year that is not a calendar's: the months up to the newest.
        (Unit::Year, Which::Last(1)) if finest <= Unit::Month => {
            Part::Range(month(day.checked_sub_months(Months::new(11))?), month(day))
        }
        (Unit::Year, Which::Last(many)) => {
            let first = day.year() - i32::try_from(back(many)).ok()?;
            if first == day.year() {
                Part::One(Time::Year(first))
            } else {
                Part::Range(Time::Year(first), Time::Year(day.year()))
            }
        }
        (Unit::Quarter, which) => {
            let quarter = |months: u32| {
                let day = day.with_day(1)?.checked_sub_months(Months::new(months))?;
                Some(Time::Quarter(Some(day.year()), (day.month0() / 3 + 1) as u8))
            };
            pick(which, quarter(0)?, quarter(3)?, &|many| quarter(many.checked_mul(3)?))?
        }
        (Unit::Month, which) => {
            let before = |months: u32| Some(month(day.with_day(1)?.checked_sub_months(Months::new(months))?));
            pick(which, before(0)?, before(1)?, &before)?
        }
        (Unit::Week, Which::Last(many)) => {
            let days = u64::try_from(many).ok()?.checked_mul(7)?.checked_sub(1)?;
            Part::Range(Time::Date(day.checked_sub_days(Days::new(days))?), Time::Date(day))
        }
        (Unit::Week, which) => {
            let monday = day.checked_sub_days(Days::new(u64::from(day.weekday().num_days_from_monday())))?;
            let monday = if which == Which::This { monday } else { monday.checked_sub_days(Days::new(7))? };
            Part::Range(Time::Date(monday), Time::Date(monday.checked_add_days(Days::new(6))?))
        }
        (Unit::Day, which) => {
            let before = |days: u32| Some(Time::Date(day.checked_sub_days(Days::new(u64::from(days)))?));
            pick(which, before(0)?, before(1)?, &before)?
        }
        (Unit::Hour, Which::Last(many)) => {
            let Time::DateTime(last) = newest else { return None };
            let first = last.checked_sub_signed(chrono::TimeDelta::try_hours(i64::try_from(many).ok()?)?)?;
            Part::Range(Time::DateTime(first), newest)
        }
        (Unit::Hour, _) => return None,
    })
}

/// The newest, the one before, or several up to the newest.
fn pick(which: Which, this: Time, before: Time, back: &dyn Fn(u32) -> Option<Time>) -> Option<Part> {
    Some(match which {
        Which::This | Which::Last(1) => Part::One(this),
        Which::Before => Part::One(before),
        Which::Last(many) => Part::Range(back(u32::try_from(many).ok()?.checked_sub(1)?)?, this),
    })
}

fn month(day: NaiveDate) -> Time {
    Time::Month(Some(day.year()), day.month() as u8)
}

/// The stretch as it is told to people.
pub(super) fn said(parts: &[Part]) -> String {
    parts.iter().map(told).collect::<Vec<_>>().join(", ")
}

/// One part of it.
pub(super) fn told(part: &Part) -> String {
    match part {
        Part::One(time) => value(*time).to_string(),
        Part::Range(low, high) => format!("{} to {}", value(*low), value(*high)),
    }
}
