//! Seasons as conditions: `summer`, `winter 2023`, `last spring`.

use plotline_table::Time;

use super::moment::of_year;
use super::stretch::Part;
use super::token::Token;

/// The first month of each meteorological season of the northern hemisphere, which lasts three months.
const SEASONS: &[(&[&str], u8)] =
    &[(&["spring", "springs"], 3), (&["summer", "summers"], 6), (&["fall", "autumn"], 9), (&["winter", "winters"], 12)];

/// The month before which a season ends, counted from its first.
const MONTHS: u8 = 3;

/// The season that begins at a word, and where its words end. The winter of a year begins in its December.
pub(super) fn season(tokens: &[Token], at: usize) -> Option<(Part, usize)> {
    let (year, end) = of_year(tokens, at + 1);
    Some((part(first_month(tokens.get(at)?)?, year), end))
}

/// The first month of a season.
pub(super) fn first_month(token: &Token) -> Option<u8> {
    if token.quoted {
        return None;
    }
    SEASONS.iter().find(|(words, _)| token.is_any(words)).map(|(_, first)| *first)
}

/// The months of the season that begins in this one, in this year.
pub(super) fn part(first: u8, year: Option<i32>) -> Part {
    let last = first + MONTHS - 1;
    let (last, after) = if last > 12 { (last - 12, 1) } else { (last, 0) };
    Part::Range(Time::Month(year, first), Time::Month(year.map(|year| year + after), last))
}

/// The first month of the season that a stretch of time is exactly, and whether it is one of any year.
pub(super) fn of(part: &Part) -> Option<(u8, bool)> {
    let Part::Range(Time::Month(year, first), _) = *part else { return None };
    let whole = SEASONS.iter().any(|(_, month)| *month == first) && self::part(first, year) == *part;
    whole.then_some((first, year.is_none()))
}
