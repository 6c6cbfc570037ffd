//! Labels of categories: what is printed, what makes two of them the same, and which comes first.

use std::cmp::Ordering;

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Weekday};
use plotline_table::{Cell, Column, Time};
use serde::Serialize;

use crate::chart::time_ms;
use crate::spec::Bin;

pub(crate) const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
/// The first day of the weekend, counted from Monday.
const SATURDAY: usize = 5;
/// The seasons of three months each, from March on.
pub(crate) const SEASONS: [&str; 4] = ["Spring", "Summer", "Autumn", "Winter"];
pub(crate) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A label as it is printed in answers and tables: a number stays a number.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Printed {
    /// A finite number.
    Number(#[serde(serialize_with = "serialize_number")] f64),
    /// Text as it was written.
    Text(String),
}

impl std::fmt::Display for Printed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// Whole numbers are written without `.0`, as people write a year.
pub(crate) fn serialize_number<S: serde::Serializer>(number: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    /// The largest whole number that an `f64` holds exactly.
    const WHOLE_MAX: f64 = 9_007_199_254_740_992.0;
    if number.fract() == 0.0 && number.abs() <= WHOLE_MAX {
        serializer.serialize_i64(*number as i64)
    } else {
        serializer.serialize_f64(*number)
    }
}

/// What makes two labels the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Identity {
    Number(u64),
    Text(Box<str>),
}

/// A category, a series or a bin.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) printed: Printed,
    pub(crate) identity: Identity,
    /// Where it stands on a scale of numbers or time (milliseconds); `None` for names.
    pub(crate) position: Option<f64>,
    /// Periods that come round again or that follow each other: drawn in their own order when nothing else is asked.
    pub(crate) calendar: bool,
    /// Of a period of no certain year or day: the length of the scale after which it comes round again.
    pub(crate) cycle: Option<f64>,
}

impl Key {
    pub(crate) fn text(text: &str) -> Self {
        Self {
            printed: Printed::Text(text.to_owned()),
            identity: Identity::Text(text.into()),
            position: None,
            calendar: false,
            cycle: None,
        }
    }

    fn number(number: f64, calendar: bool) -> Self {
        // Both zeros are one category.
        let number = if number == 0.0 { 0.0 } else { number };
        Self {
            printed: Printed::Number(number),
            identity: Identity::Number(number.to_bits()),
            position: Some(number),
            calendar,
            cycle: None,
        }
    }

    fn period(label: String, position: f64) -> Self {
        Self {
            printed: Printed::Text(label),
            identity: Identity::Number(position.to_bits()),
            position: Some(position),
            calendar: true,
            cycle: None,
        }
    }

    /// The label of a row; `None` where the cell is a gap or has no such period.
    pub(crate) fn of(column: &Column, row: usize, bin: Option<Bin>) -> Option<Self> {
        let cell = column.cells.get(row)?;
        if let Some(bin) = bin {
            return Self::binned(cell, bin);
        }
        let written = column.texts.get(row).map_or("", |text| &**text);
        match cell {
            // What could not be read as a date or number still names its category.
            Cell::Gap => (!is_blank(written)).then(|| Self::text(written)),
            // A duration is called as it was written; its seconds only say where it stands.
            Cell::Number(number) if written.contains(':') => Some(Self {
                printed: Printed::Text(written.to_owned()),
                identity: Identity::Number(number.to_bits()),
                position: Some(*number),
                calendar: false,
                cycle: None,
            }),
            Cell::Number(number) => Some(Self::number(*number, false)),
            Cell::Time(Time::Year(year)) => Some(Self::number(f64::from(*year), true)),
            Cell::Time(time) => {
                let key = Self::period(written.to_owned(), position(*time));
                Some(Self { cycle: cycle(*time), ..key })
            }
            Cell::Text(text) => Some(Self::text(text)),
            Cell::Bool(truth) => Some(Self {
                printed: Printed::Text(if written.is_empty() { truth.to_string() } else { written.to_owned() }),
                identity: Identity::Number(u64::from(*truth)),
                position: None,
                calendar: false,
                cycle: None,
            }),
        }
    }

    fn binned(cell: &Cell, bin: Bin) -> Option<Self> {
        if let Bin::Width(width) = bin {
            let Cell::Number(number) = cell else { return None };
            return range(*number, width);
        }
        let time = match cell {
            Cell::Time(time) => *time,
            Cell::Number(number) => Time::Year(year_number(*number)?),
            Cell::Gap | Cell::Text(_) | Cell::Bool(_) => return None,
        };
        match bin {
            Bin::Year => Some(Self::number(f64::from(year(time)?), true)),
            Bin::Quarter => {
                let quarter = match time {
                    Time::Quarter(_, quarter) => quarter,
                    other => ((month(other)? - 1) / 3 + 1) as u8,
                };
                match year(time) {
                    Some(year) => {
                        let position = f64::from(year) * 4.0 + f64::from(quarter);
                        Some(Self::period(format!("{year} Q{quarter}"), position))
                    }
                    None => Some(Self::period(format!("Q{quarter}"), f64::from(quarter))),
                }
            }
            Bin::QuarterOfYear => {
                let quarter = match time {
                    Time::Quarter(_, quarter) => u32::from(quarter),
                    other => (month(other)? - 1) / 3 + 1,
                };
                Some(Self::period(format!("Q{quarter}"), f64::from(quarter)))
            }
            Bin::Season => {
                let month = match time {
                    Time::Year(_) | Time::Quarter(..) => return None,
                    other => month(other)?,
                };
                let season = ((month + 9) % 12 / 3) as usize;
                Some(Self::period((*SEASONS.get(season)?).to_owned(), season as f64))
            }
            Bin::Month => {
                let month = month(time)?;
                Some(Self::period((*MONTHS.get(month as usize - 1)?).to_owned(), f64::from(month)))
            }
            Bin::YearMonth => {
                let (year, month) = (year(time)?, month(time)?);
                let first = NaiveDate::from_ymd_opt(year, month, 1)?;
                Some(Self::period(format!("{year}-{month:02}"), midnight_ms(first)))
            }
            Bin::Week => {
                let week = exact_day(time)?.iso_week();
                let monday = NaiveDate::from_isoywd_opt(week.year(), week.week(), Weekday::Mon)?;
                Some(Self::period(format!("{}-W{:02}", week.year(), week.week()), midnight_ms(monday)))
            }
            Bin::Weekday => {
                let weekday = weekday(time)?;
                Some(Self::period((*WEEKDAYS.get(weekday)?).to_owned(), weekday as f64))
            }
            Bin::WeekPart => Some(if weekday(time)? < SATURDAY {
                Self::period("Weekdays".to_owned(), 0.0)
            } else {
                Self::period("Weekend".to_owned(), 1.0)
            }),
            Bin::Day => {
                let day = exact_day(time)?;
                Some(Self::period(day.format("%Y-%m-%d").to_string(), midnight_ms(day)))
            }
            Bin::DayOfMonth => Some(Self::number(f64::from(exact_day(time)?.day()), true)),
            Bin::Hour => {
                let hour = match time {
                    Time::DateTime(time) => time.hour(),
                    Time::TimeOfDay(seconds) => seconds / 3600,
                    _ => return None,
                };
                Some(Self::period(format!("{hour:02}:00"), f64::from(hour)))
            }
            Bin::DayHour | Bin::Minute => {
                let Time::DateTime(time) = time else { return None };
                let minute = if bin == Bin::Minute { time.minute() } else { 0 };
                let start = time.date().and_hms_opt(time.hour(), minute, 0)?;
                Some(Self::period(start.format("%Y-%m-%d %H:%M").to_string(), time_ms(start)))
            }
            Bin::Bins(_) | Bin::Width(_) => None,
        }
    }

    /// Numbers by size, periods by time, names as people sort them: without case, numbers inside them by size.
    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        match (self.position, other.position) {
            (Some(a), Some(b)) => a.total_cmp(&b),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => natural(&self.printed.to_string(), &other.printed.to_string()),
        }
    }
}

/// Whether a cell's text stands for nothing.
fn is_blank(written: &str) -> bool {
    const BLANKS: &[&str] =
        &["n/a", "na", "nan", "null", "none", "nil", "tbd", "tba", "unknown", "missing", "#n/a", "n.a.", "k.a."];
    !written.chars().any(char::is_alphanumeric) || BLANKS.contains(&written.trim().to_lowercase().as_str())
}

/// A bare whole number that people would read as a calendar year.
pub(crate) fn year_number(number: f64) -> Option<i32> {
    (number.fract() == 0.0 && (1000.0..=2999.0).contains(&number)).then_some(number as i32)
}

fn range(number: f64, width: f64) -> Option<Key> {
    if !(width > 0.0 && width.is_finite()) {
        return None;
    }
    let low = (number / width).floor() * width;
    let high = low + width;
    let label = format!("{}–{}", tidy(low), tidy(high));
    (low.is_finite() && high.is_finite()).then(|| Key::period(label, if low == 0.0 { 0.0 } else { low }))
}

/// A bin's edge without the noise of binary fractions (`0.30000000000000004`).
fn tidy(number: f64) -> f64 {
    format!("{number:.9}").parse().unwrap_or(number)
}

pub(crate) fn midnight_ms(day: NaiveDate) -> f64 {
    time_ms(day.and_time(NaiveTime::MIN))
}

/// Places for the days of each month, so that days of any month stand in their order.
const MONTH_PLACES: f64 = 31.0;

/// Where a time stands: milliseconds for what has a year, an ordinal for what comes round again.
pub(crate) fn position(time: Time) -> f64 {
    match time {
        Time::Date(day) => midnight_ms(day),
        Time::DateTime(time) => time_ms(time),
        Time::Year(_) | Time::Quarter(Some(_), _) | Time::Month(Some(_), _) => day(time).map_or(0.0, midnight_ms),
        Time::Quarter(None, quarter) => f64::from(quarter),
        Time::Month(None, month) => f64::from(month),
        Time::Weekday(weekday) => f64::from(weekday),
        Time::MonthDay(month, day) => f64::from(month) * MONTH_PLACES + f64::from(day),
        Time::TimeOfDay(seconds) => f64::from(seconds),
    }
}

/// After how much of its scale ([`position`]) a time comes round again; `None` where it has a year.
fn cycle(time: Time) -> Option<f64> {
    match time {
        Time::Quarter(None, _) => Some(4.0),
        Time::Month(None, _) => Some(12.0),
        Time::Weekday(_) => Some(7.0),
        Time::MonthDay(..) => Some(12.0 * MONTH_PLACES),
        Time::TimeOfDay(_) => Some(86_400.0),
        Time::Date(_) | Time::DateTime(_) | Time::Year(_) | Time::Quarter(Some(_), _) | Time::Month(Some(_), _) => None,
    }
}

/// Whether the position of a time is a number of milliseconds.
pub(crate) fn is_absolute(time: Time) -> bool {
    cycle(time).is_none()
}

pub(crate) fn year(time: Time) -> Option<i32> {
    match time {
        Time::Date(day) => Some(day.year()),
        Time::DateTime(time) => Some(time.year()),
        Time::Year(year) => Some(year),
        Time::Quarter(year, _) | Time::Month(year, _) => year,
        Time::Weekday(_) | Time::MonthDay(..) | Time::TimeOfDay(_) => None,
    }
}

/// The month; of a year or quarter its first.
pub(crate) fn month(time: Time) -> Option<u32> {
    match time {
        Time::Month(_, month) | Time::MonthDay(month, _) => Some(u32::from(month)),
        Time::Quarter(_, quarter) => Some(u32::from(quarter).checked_sub(1)? * 3 + 1),
        other => Some(day(other)?.month()),
    }
}

/// The first day of a period that has a year.
pub(crate) fn day(time: Time) -> Option<NaiveDate> {
    match time {
        Time::Date(day) => Some(day),
        Time::DateTime(time) => Some(NaiveDateTime::date(&time)),
        Time::Year(year) => NaiveDate::from_ymd_opt(year, 1, 1),
        Time::Quarter(Some(year), _) | Time::Month(Some(year), _) => NaiveDate::from_ymd_opt(year, month(time)?, 1),
        Time::Quarter(None, _) | Time::Month(None, _) | Time::Weekday(_) | Time::MonthDay(..) | Time::TimeOfDay(_) => {
            None
        }
    }
}

/// The day of the week, from Monday.
fn weekday(time: Time) -> Option<usize> {
    match time {
        Time::Weekday(day) => Some(usize::from(day)),
        other => Some(day(other)?.weekday().num_days_from_monday() as usize),
    }
}

fn exact_day(time: Time) -> Option<NaiveDate> {
    matches!(time, Time::Date(_) | Time::DateTime(_)).then(|| day(time)).flatten()
}

/// Without case; runs of digits by their size.
pub(crate) fn natural(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.to_lowercase(), b.to_lowercase());
    let (mut left, mut right) = (a.as_str(), b.as_str());
    loop {
        let (left_digits, right_digits) = (digits(left), digits(right));
        if left_digits > 0 && right_digits > 0 {
            let (x, left_rest) = left.split_at(left_digits);
            let (y, right_rest) = right.split_at(right_digits);
            let (x_value, y_value) = (x.trim_start_matches('0'), y.trim_start_matches('0'));
            let order = x_value.len().cmp(&y_value.len()).then_with(|| x_value.cmp(y_value));
            if order.is_ne() {
                return order;
            }
            (left, right) = (left_rest, right_rest);
            continue;
        }
        let (mut left_chars, mut right_chars) = (left.chars(), right.chars());
        match (left_chars.next(), right_chars.next()) {
            (None, None) => return a.cmp(&b),
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(x), Some(y)) if x != y => return x.cmp(&y),
            _ => (left, right) = (left_chars.as_str(), right_chars.as_str()),
        }
    }
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}
