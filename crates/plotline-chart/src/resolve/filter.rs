//! Which rows a filter keeps, and the filter in words.

use std::cmp::Ordering;

use chrono::{NaiveDate, NaiveDateTime};
use plotline_table::{Cell, Column, Table, Time};

use super::columns::find;
use super::key::{MONTHS, WEEKDAYS, day, month, position, year, year_number};
use crate::ChartError;
use crate::spec::{Compare, Filter, Position, Value};

/// Filters nest this deep at most: deeper ones are a mistake, and recursion must end.
const DEPTH_MAX: usize = 16;

/// The rows that the filter keeps, in order.
pub(crate) fn rows(table: &Table, filter: Option<&Filter>) -> Result<Vec<usize>, ChartError> {
    let Some(filter) = filter else { return Ok((0..table.row_count()).collect()) };
    let test = compile(table, filter, 0)?;
    Ok((0..table.row_count()).filter(|row| test.holds(*row)).collect())
}

/// A filter with its columns found.
enum Test<'t> {
    All(Vec<Test<'t>>),
    Any(Vec<Test<'t>>),
    /// The opposite, among the rows where none of these columns is a gap.
    Not(Box<Test<'t>>, Vec<&'t Column>),
    Compare(&'t Column, Compare, Wanted<'t>),
    Between(&'t Column, Wanted<'t>, Wanted<'t>),
    In(&'t Column, Vec<Wanted<'t>>),
    Contains(&'t Column, String, Position),
    IsNull(&'t Column),
}

/// A value with the time that its text names, which is read once and not for every row.
struct Wanted<'t> {
    value: &'t Value,
    time: Option<Time>,
}

impl<'t> Wanted<'t> {
    fn new(value: &'t Value) -> Self {
        let time = match value {
            Value::Text(text) => parse_time(text),
            Value::Number(_) | Value::Bool(_) => None,
        };
        Self { value, time }
    }
}

fn compile<'t>(table: &'t Table, filter: &'t Filter, depth: usize) -> Result<Test<'t>, ChartError> {
    if depth > DEPTH_MAX {
        return Err(ChartError::impossible(table, "The filter is nested too deeply."));
    }
    let all = |parts: &'t [Filter]| -> Result<Vec<Test<'t>>, ChartError> {
        parts.iter().map(|part| compile(table, part, depth + 1)).collect()
    };
    Ok(match filter {
        Filter::And(parts) => Test::All(all(parts)?),
        Filter::Or(parts) => Test::Any(all(parts)?),
        Filter::Not(inner) => {
            let mut columns = Vec::new();
            tested_columns(table, inner, &mut columns, depth)?;
            Test::Not(Box::new(compile(table, inner, depth + 1)?), columns)
        }
        Filter::Compare { column, op, value } => Test::Compare(find(table, column)?, *op, Wanted::new(value)),
        Filter::Between { column, low, high } => {
            Test::Between(find(table, column)?, Wanted::new(low), Wanted::new(high))
        }
        Filter::In { column, values } => Test::In(find(table, column)?, values.iter().map(Wanted::new).collect()),
        Filter::Contains { column, text, at } => Test::Contains(find(table, column)?, text.to_lowercase(), *at),
        Filter::IsNull { column } => Test::IsNull(find(table, column)?),
    })
}

/// The columns whose gaps make a negation unknown, as in SQL; `is_null` has an answer for every cell.
fn tested_columns<'t>(
    table: &'t Table,
    filter: &Filter,
    into: &mut Vec<&'t Column>,
    depth: usize,
) -> Result<(), ChartError> {
    if depth > DEPTH_MAX {
        return Err(ChartError::impossible(table, "The filter is nested too deeply."));
    }
    match filter {
        Filter::And(parts) | Filter::Or(parts) => {
            parts.iter().try_for_each(|part| tested_columns(table, part, into, depth + 1))
        }
        Filter::Not(inner) => tested_columns(table, inner, into, depth + 1),
        Filter::Compare { column, .. }
        | Filter::Between { column, .. }
        | Filter::In { column, .. }
        | Filter::Contains { column, .. } => {
            into.push(find(table, column)?);
            Ok(())
        }
        Filter::IsNull { .. } => Ok(()),
    }
}

impl Test<'_> {
    fn holds(&self, row: usize) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.holds(row)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(row)),
            Self::Not(inner, columns) => columns.iter().all(|column| !is_gap(column, row)) && !inner.holds(row),
            Self::Compare(column, op, value) => compare(column, row, value).is_some_and(|order| op.holds(order)),
            Self::Between(column, low, high) => {
                compare(column, row, low).is_some_and(Ordering::is_ge)
                    && compare(column, row, high).is_some_and(Ordering::is_le)
            }
            Self::In(column, values) => {
                values.iter().any(|value| compare(column, row, value).is_some_and(Ordering::is_eq))
            }
            Self::Contains(column, text, at) => {
                let written = column.texts.get(row).map(|text| text.to_lowercase()).unwrap_or_default();
                !is_gap(column, row)
                    && match at {
                        Position::Anywhere => written.contains(text.as_str()),
                        Position::Start => written.starts_with(text.as_str()),
                        Position::End => written.ends_with(text.as_str()),
                    }
            }
            Self::IsNull(column) => is_gap(column, row),
        }
    }
}

fn is_gap(column: &Column, row: usize) -> bool {
    matches!(column.cells.get(row), None | Some(Cell::Gap))
}

/// How a cell stands to a value; `None` where the two cannot be compared.
fn compare(column: &Column, row: usize, wanted: &Wanted<'_>) -> Option<Ordering> {
    let written = column.texts.get(row).map_or("", |text| &**text);
    match (column.cells.get(row)?, wanted.value) {
        (Cell::Gap, _) => None,
        (Cell::Number(number), Value::Number(other)) => number.partial_cmp(other),
        (Cell::Number(number), Value::Text(text)) => match text.trim().parse::<f64>() {
            Ok(other) => number.partial_cmp(&other),
            Err(_) => match super::duration::in_column(text, column) {
                Some(other) => number.partial_cmp(&other),
                None => Some(caseless(written, text)),
            },
        },
        (Cell::Bool(truth), Value::Bool(other)) => Some(truth.cmp(other)),
        (Cell::Time(time), _) => against_time(*time, written, wanted),
        (Cell::Bool(_) | Cell::Text(_), value) => Some(caseless(written, &value.to_string())),
        (Cell::Number(_), Value::Bool(_)) => None,
    }
}

fn caseless(a: &str, b: &str) -> Ordering {
    a.trim().to_lowercase().cmp(&b.trim().to_lowercase())
}

/// A date is equal to the year, month or weekday that it lies in, and before or after it otherwise.
fn against_time(time: Time, written: &str, wanted: &Wanted<'_>) -> Option<Ordering> {
    let wanted = match wanted.value {
        Value::Number(number) => match time {
            Time::Quarter(None, quarter) => return f64::from(quarter).partial_cmp(number),
            Time::Month(None, month) => return f64::from(month).partial_cmp(number),
            _ => Time::Year(year_number(*number)?),
        },
        Value::Text(text) => match wanted.time {
            Some(wanted) => wanted,
            None => return Some(caseless(written, text)),
        },
        Value::Bool(_) => return None,
    };
    match wanted {
        Time::Year(wanted) => Some(year(time)?.cmp(&wanted)),
        Time::Month(None, wanted) => Some(month(time)?.cmp(&u32::from(wanted))),
        Time::Month(Some(wanted_year), wanted) => {
            Some((year(time)?, month(time)?).cmp(&(wanted_year, u32::from(wanted))))
        }
        Time::Quarter(wanted_year, wanted) => {
            let quarter = match time {
                Time::Quarter(_, quarter) => u32::from(quarter),
                other => (month(other)? - 1) / 3 + 1,
            };
            match wanted_year {
                Some(wanted_year) => Some((year(time)?, quarter).cmp(&(wanted_year, u32::from(wanted)))),
                None => Some(quarter.cmp(&u32::from(wanted))),
            }
        }
        Time::Weekday(wanted) => {
            use chrono::Datelike;
            let weekday = match time {
                Time::Weekday(weekday) => weekday,
                other => day(other)?.weekday().num_days_from_monday() as u8,
            };
            Some(weekday.cmp(&wanted))
        }
        Time::MonthDay(wanted_month, wanted_day) => {
            use chrono::Datelike;
            let (month, day) = match time {
                Time::MonthDay(month, day) => (u32::from(month), u32::from(day)),
                other => day(other).map(|day| (day.month(), day.day()))?,
            };
            Some((month, day).cmp(&(u32::from(wanted_month), u32::from(wanted_day))))
        }
        Time::Date(wanted) => Some(day(time)?.cmp(&wanted)),
        Time::DateTime(_) => position(time).partial_cmp(&position(wanted)),
        Time::TimeOfDay(wanted) => match time {
            Time::TimeOfDay(seconds) => Some(seconds.cmp(&wanted)),
            Time::DateTime(time) => Some(chrono::Timelike::num_seconds_from_midnight(&time).cmp(&wanted)),
            _ => None,
        },
    }
}

/// The ways in which a filter writes a time: ISO dates and times, `2024-03`, `2024 Q1`, `Q1`, names of months and
/// weekdays with or without a year, `Jan 5`, and `17:30`.
pub(crate) fn parse_time(text: &str) -> Option<Time> {
    let text = text.trim();
    if let Ok(day) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        return Some(Time::Date(day));
    }
    for format in ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"] {
        if let Ok(time) = NaiveDateTime::parse_from_str(text, format) {
            return Some(Time::DateTime(time));
        }
    }
    if let Some((hours, minutes)) = text.split_once(':') {
        let (hours, minutes): (u32, u32) = (hours.parse().ok()?, minutes.parse().ok()?);
        return (hours < 24 && minutes < 60).then_some(Time::TimeOfDay(hours * 3600 + minutes * 60));
    }
    if let Ok(year) = text.parse::<f64>() {
        return year_number(year).map(Time::Year);
    }
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.split([' ', '-', ',', '/']).filter(|word| !word.is_empty()).collect();
    let (names, years): (Vec<&str>, Vec<&str>) = words.into_iter().partition(|word| word.parse::<i32>().is_err());
    if let ([], [year, month]) = (names.as_slice(), years.as_slice()) {
        let (year, month): (i32, u8) = (year.parse().ok()?, month.parse().ok()?);
        return (year_number(f64::from(year)).is_some() && (1..=12).contains(&month))
            .then_some(Time::Month(Some(year), month));
    }
    if let ([name], [day]) = (names.as_slice(), years.as_slice())
        && let (Some(month), Ok(day @ 1..=31)) = (named(name, &MONTHS), day.parse::<u8>())
    {
        return Some(Time::MonthDay(month as u8 + 1, day));
    }
    let year = match years.as_slice() {
        [] => None,
        [year] => Some(year_number(year.parse().ok()?)?),
        _ => return None,
    };
    let [name] = names.as_slice() else { return None };
    if let Some(quarter) = name.strip_prefix('q').and_then(|digit| digit.parse::<u8>().ok()) {
        return (1..=4).contains(&quarter).then_some(Time::Quarter(year, quarter));
    }
    if let Some(month) = named(name, &MONTHS) {
        return Some(Time::Month(year, month as u8 + 1));
    }
    (year.is_none()).then(|| named(name, &WEEKDAYS).map(|weekday| Time::Weekday(weekday as u8))).flatten()
}

/// The place of a month or weekday: its name, plural, or a shortened form of at least three letters.
pub(crate) fn named(word: &str, names: &[&str]) -> Option<usize> {
    let word = word.trim_end_matches('.');
    names.iter().position(|name| {
        let name = name.to_lowercase();
        name == word
            || word.strip_suffix('s') == Some(name.as_str())
            || (3..=5).contains(&word.chars().count()) && word != "mart" && name.starts_with(word)
    })
}

/// The filter as people say it: `price ≥ 60 and city is Paris`.
pub(crate) fn words(filter: &Filter) -> String {
    write_words(filter, 0)
}

fn write_words(filter: &Filter, depth: usize) -> String {
    if depth > DEPTH_MAX {
        return "…".to_owned();
    }
    let joined = |parts: &[Filter], word: &str| {
        parts
            .iter()
            .map(|part| match part {
                Filter::And(inner) | Filter::Or(inner) if inner.len() > 1 && parts.len() > 1 => {
                    format!("({})", write_words(part, depth + 1))
                }
                _ => write_words(part, depth + 1),
            })
            .collect::<Vec<_>>()
            .join(word)
    };
    match filter {
        Filter::And(parts) => joined(parts, " and "),
        Filter::Or(parts) => joined(parts, " or "),
        Filter::Not(inner) => match &**inner {
            Filter::In { column, values } => format!("{} is not {}", pretty(column), alternatives(values)),
            Filter::Contains { column, text, at } => {
                format!("{} does not {} “{text}”", pretty(column), position_words(*at).1)
            }
            Filter::IsNull { column } => format!("{} is given", pretty(column)),
            Filter::Between { column, low, high } => format!("{} is not {low} to {high}", pretty(column)),
            other => format!("not ({})", write_words(other, depth + 1)),
        },
        Filter::Compare { column, op, value } => match (op, value) {
            (Compare::Equal, _) => format!("{} is {value}", pretty(column)),
            (Compare::NotEqual, _) => format!("{} is not {value}", pretty(column)),
            _ => format!("{} {} {value}", pretty(column), op.sign()),
        },
        Filter::Between { column, low, high } => format!("{} is {low} to {high}", pretty(column)),
        Filter::In { column, values } => format!("{} is {}", pretty(column), alternatives(values)),
        Filter::Contains { column, text, at } => format!("{} {} “{text}”", pretty(column), position_words(*at).0),
        Filter::IsNull { column } => format!("{} is empty", pretty(column)),
    }
}

fn position_words(at: Position) -> (&'static str, &'static str) {
    match at {
        Position::Anywhere => ("contains", "contain"),
        Position::Start => ("starts with", "start with"),
        Position::End => ("ends with", "end with"),
    }
}

fn alternatives(values: &[Value]) -> String {
    values.iter().map(Value::to_string).collect::<Vec<_>>().join(" or ")
}

fn pretty(column: &str) -> String {
    super::words::pretty(column)
}
