//! Rows that sum up a longer period than the rows around them: `FY2023` below its quarters, `H1` among them.

use crate::grid::Row;
use crate::model::Time;
use crate::typing::date::{self, Day};

/// A period as the first cell of a row names it, with its year where that is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Period {
    Month(Option<i32>, u8),
    Quarter(Option<i32>, u8),
    Half(Option<i32>, u8),
    /// With whether words say that a whole year is meant: `FY2023` rather than `2023`.
    Year(Option<i32>, bool),
}

/// What a row is to the periods around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Longer {
    /// It cannot be but their sum or their mean.
    Certainly,
    /// It is where the numbers say so.
    Perhaps,
}

/// The longest name of a period, in bytes.
const PERIOD_BYTES_MAX: usize = 32;

/// Finds the rows whose period is made of the periods of others.
pub(crate) fn longer(rows: &[Row<'_>]) -> Vec<Option<Longer>> {
    let periods: Vec<Option<Period>> =
        rows.iter().map(|row| row.first().and_then(|cell| period(cell.trim_matches(['*', '_', ' '])))).collect();
    periods.iter().map(|own| own.and_then(|own| among(own, &periods))).collect()
}

/// Whether no two rows name different years.
pub(crate) fn are_of_one_year<'r, 'a: 'r>(rows: impl Iterator<Item = &'r Row<'a>>) -> bool {
    let mut years = rows.filter_map(|row| match period(row.first()?)? {
        Period::Month(year, _) | Period::Quarter(year, _) | Period::Half(year, _) | Period::Year(year, _) => year,
    });
    let first = years.next();
    years.all(|year| Some(year) == first)
}

fn among(own: Period, all: &[Option<Period>]) -> Option<Longer> {
    /// Parts of a year in the table; one alone may stand beside a year for lack of other data.
    const PARTS_MIN: usize = 2;
    /// Months after which nobody doubts that the year is their sum.
    const MONTHS: usize = 12;
    let same = |own: Option<i32>, other: Option<i32>| own.is_none() || other.is_none() || own == other;
    let count = |test: &dyn Fn(&Period) -> bool| all.iter().flatten().filter(|period| test(period)).count();
    match own {
        Period::Half(year, half) => {
            let parts = [half * 2 - 1, half * 2];
            let has = |part: u8| {
                count(&|other| matches!(other, Period::Quarter(of, quarter) if *quarter == part && same(year, *of))) > 0
            };
            parts.into_iter().all(has).then_some(Longer::Certainly)
        }
        Period::Year(year, spoken) => {
            let quarters = count(&|other| matches!(other, Period::Quarter(of, _) if same(year, *of)));
            let months = count(&|other| matches!(other, Period::Month(of, _) if same(year, *of)));
            if quarters >= PARTS_MIN || months >= PARTS_MIN && spoken || months >= MONTHS {
                Some(Longer::Certainly)
            } else {
                (months >= PARTS_MIN).then_some(Longer::Perhaps)
            }
        }
        Period::Quarter(year, quarter) => {
            let of_it = |month: u8| (month - 1) / 3 + 1 == quarter;
            let months = count(&|other| matches!(other, Period::Month(of, month) if of_it(*month) && same(year, *of)));
            (months >= PARTS_MIN).then_some(Longer::Perhaps)
        }
        Period::Month(..) => None,
    }
}

fn period(text: &str) -> Option<Period> {
    if text.is_empty() || text.len() > PERIOD_BYTES_MAX {
        return None;
    }
    match date::lex(text).map(|date| date.day) {
        Some(Day::Fixed(Time::Month(year, month))) => return Some(Period::Month(year, month)),
        Some(Day::Fixed(Time::Quarter(year, quarter))) => return Some(Period::Quarter(year, quarter)),
        Some(Day::Fixed(Time::Year(year))) => return Some(Period::Year(Some(year), true)),
        Some(_) => return None,
        None => {}
    }
    let lower = text.to_lowercase();
    let (mut year, mut words) = (None, Vec::new());
    for word in lower.split([' ', '-', '/', '\'', ',']).filter(|word| !word.is_empty()) {
        match word.parse::<i32>() {
            Ok(number) if word.len() == 4 && (1800..=2200).contains(&number) && year.is_none() => year = Some(number),
            Ok(number) if word.len() == 2 && year.is_none() && !words.is_empty() => year = Some(2000 + number),
            _ => words.push(word),
        }
    }
    match words.as_slice() {
        [] => year.map(|year| Period::Year(Some(year), false)),
        ["fy" | "year" | "full" | "annual" | "jahr" | "gesamtjahr" | "année" | "año"]
        | ["full" | "whole" | "fiscal" | "ganzes", "year" | "jahr"] => Some(Period::Year(year, true)),
        ["h1" | "1h"] => Some(Period::Half(year, 1)),
        ["h2" | "2h"] => Some(Period::Half(year, 2)),
        _ => None,
    }
}
