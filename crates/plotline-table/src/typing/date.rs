//! Dates and periods as people write them. Where day and month could be either, both are kept until the whole column
//! has been seen.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

use super::names;
use super::text::ascii_lookalikes;
use crate::model::Time;

/// A date taken from one cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Date {
    /// The day or the period.
    pub(crate) day: Day,
    /// The time of day, for a full date.
    pub(crate) time: Option<NaiveTime>,
    /// Minutes east of Greenwich, where the text says so.
    pub(crate) offset: Option<i32>,
}

/// The day or the period of a [`Date`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Day {
    /// Read without doubt.
    Fixed(Time),
    /// Two numbers and a year (`03/04/2026`): which one is the month is for the column to tell.
    Numeric {
        /// The first number.
        first: u32,
        /// The second number.
        second: u32,
        /// The year.
        year: i32,
        /// Whether dots separate them, which only day-first countries write.
        dots: bool,
    },
    /// A month's name and a number of two digits (`Jan 26`): a day or a year, which is for the column to tell.
    Named {
        /// The month.
        month: u8,
        /// The day, or the last two digits of the year.
        number: u8,
    },
}

/// Which number of `03/04/2026` is the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// `31/01/2026`.
    DayFirst,
    /// `1/31/2026`.
    MonthFirst,
}

impl Date {
    /// The time that this is under an order of day and month. `None` where there is no such day.
    pub(crate) fn resolve(&self, order: Order) -> Option<Time> {
        let day = match self.day {
            Day::Fixed(Time::Date(day)) => day,
            Day::Fixed(period) => return Some(period),
            Day::Named { month, number } => return month_day(month, number),
            Day::Numeric { first, second, year, .. } => {
                let (day, month) = match order {
                    Order::DayFirst => (first, second),
                    Order::MonthFirst => (second, first),
                };
                NaiveDate::from_ymd_opt(year, month, day)?
            }
        };
        Some(match self.time {
            Some(time) => Time::DateTime(NaiveDateTime::new(day, time)),
            None => Time::Date(day),
        })
    }
}

/// A day of a month, of whatever year; 29 February is one.
fn month_day(month: u8, day: u8) -> Option<Time> {
    /// A leap year.
    const ANY_YEAR: i32 = 2000;
    NaiveDate::from_ymd_opt(ANY_YEAR, u32::from(month), u32::from(day)).map(|_| Time::MonthDay(month, day))
}

/// Moves a local time to Greenwich.
pub(crate) fn to_utc(time: Time, offset_minutes: i32) -> Time {
    match time {
        Time::DateTime(local) => {
            Time::DateTime(local.checked_sub_signed(TimeDelta::minutes(i64::from(offset_minutes))).unwrap_or(local))
        }
        other => other,
    }
}

/// The longest text that can be a date, in bytes: "Wednesday, 30 September 2026 at 12:30:00.000 a.m. UTC+05:30".
const DATE_BYTES_MAX: usize = 64;

/// The years that a date may have.
const YEARS: std::ops::RangeInclusive<i32> = 1..=9999;

/// Reads a trimmed cell as a date, a month, a quarter or a weekday; not as a bare year, which any number could be.
pub(crate) fn lex(text: &str) -> Option<Date> {
    if text.len() > DATE_BYTES_MAX {
        return None;
    }
    if let Some(day) = lex_iso(text) {
        return Some(Date { day, time: None, offset: None });
    }
    let text = ascii_lookalikes(text);
    let text = text.trim();
    if let Some(period) = quarter(text).or_else(|| fiscal_year(text)) {
        return Some(Date { day: Day::Fixed(period), time: None, offset: None });
    }
    let (date, time, offset) = split_time(text)?;
    let day = lex_day(date)?;
    if time.is_some() && !matches!(day, Day::Fixed(Time::Date(_)) | Day::Numeric { .. }) {
        return None;
    }
    Some(Date { day, time, offset })
}

/// `2026-01-31`, quickly: most dates in files look like this.
fn lex_iso(text: &str) -> Option<Day> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let date = NaiveDate::from_ymd_opt(
        text.get(..4)?.parse().ok()?,
        text.get(5..7)?.parse().ok()?,
        text.get(8..10)?.parse().ok()?,
    )?;
    Some(Day::Fixed(Time::Date(date)))
}

/// `Q1`, `Q1 2026`, `2026Q1`, `2026-Q1`, `Q1/26`, `Q1'26`, `1Q26`, `1. Quartal 2026`.
fn quarter(text: &str) -> Option<Time> {
    let compact: String = text
        .to_lowercase()
        .replace("quartal", "q")
        .replace("quarter", "q")
        .replace("trimestre", "q")
        .replace("qtr", "q")
        .chars()
        .filter(|c| !matches!(c, ' ' | '-' | '/' | '\'' | '.' | ',' | '_' | ':'))
        .collect();
    let at = compact.find('q')?;
    let (before, after) = (&compact[..at], &compact[at + 1..]);
    let number = |digits: &str| -> Option<u8> {
        let number = digits.parse().ok().filter(|n| (1..=4).contains(n))?;
        (digits.len() == 1).then_some(number)
    };
    if let Some(quarter) = number(before) {
        // `1Q26`, `1. Quartal 2026`.
        return if after.is_empty() {
            Some(Time::Quarter(None, quarter))
        } else {
            Some(Time::Quarter(Some(year_of(after.strip_prefix("fy").unwrap_or(after))?), quarter))
        };
    }
    let quarter = number(after.get(..1)?)?;
    let after = &after[1..];
    match (before, after) {
        ("", "") => Some(Time::Quarter(None, quarter)),
        ("", year) | (year, "") => {
            Some(Time::Quarter(Some(year_of(year.strip_prefix("fy").unwrap_or(year))?), quarter))
        }
        _ => None,
    }
}

/// `FY2026`, `FY 26`.
fn fiscal_year(text: &str) -> Option<Time> {
    let rest = text.strip_prefix("FY").or_else(|| text.strip_prefix("fy"))?;
    year_of(rest.trim_start_matches([' ', '\'', '-'])).map(Time::Year)
}

/// A year of four digits, or of two in the sense of POSIX: 69 to 99 are 19xx, 00 to 68 are 20xx.
fn year_of(digits: &str) -> Option<i32> {
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: i32 = digits.parse().ok()?;
    match digits.len() {
        4 => YEARS.contains(&number).then_some(number),
        2 => Some(if number >= 69 { 1900 + number } else { 2000 + number }),
        _ => None,
    }
}

/// A date's text without its time, the time, and the offset from Greenwich in minutes.
type DateAndTime<'a> = (&'a str, Option<NaiveTime>, Option<i32>);

/// Splits a time of day off the end. `None` where there is something with a colon that is no time.
fn split_time(text: &str) -> Option<DateAndTime<'_>> {
    let Some(colon) = text.find(':') else {
        return Some((text, None, None));
    };
    let before = text[..colon].trim_end_matches(|c: char| c.is_ascii_digit());
    let date = before.trim_end_matches(" at ").trim_end_matches(" um ").trim_end_matches(['T', 't', ' ', ',', '_']);
    if date.is_empty() || date.len() == before.len() {
        return None;
    }
    let (clock, offset) = split_offset(&text[before.len()..])?;
    let clock = clock.trim();
    // Fractions of a second come with a dot or, in logs, with a comma.
    let (seconds, fraction) = match clock.rfind(['.', ',']) {
        Some(at) if !clock.ends_with("m.") => {
            let digits = clock[at + 1..].bytes().take_while(u8::is_ascii_digit).count();
            (format!("{}{}", &clock[..at], &clock[at + 1 + digits..]), Some(&clock[at + 1..at + 1 + digits]))
        }
        _ => (clock.to_owned(), None),
    };
    let seconds_of_day = super::duration::lex_colons(&seconds)?.time_of_day()?;
    let nanoseconds = match fraction {
        None | Some("") => 0,
        Some(digits) => format!("{digits:0<9}").get(..9)?.parse().ok()?,
    };
    let time = NaiveTime::from_num_seconds_from_midnight_opt(seconds_of_day, nanoseconds)?;
    Some((date, Some(time), offset))
}

/// Splits `Z`, `UTC`, `+02:00`, `-0500` off a time of day.
fn split_offset(clock: &str) -> Option<(&str, Option<i32>)> {
    for zulu in ["Z", " UTC", " GMT", "UTC", "GMT"] {
        if let Some(rest) = clock.strip_suffix(zulu) {
            return Some((rest, Some(0)));
        }
    }
    let Some(at) = clock.rfind(['+', '-']) else {
        return Some((clock, None));
    };
    let sign = if clock[at..].starts_with('-') { -1 } else { 1 };
    let digits: String = clock[at + 1..].chars().filter(|c| *c != ':').collect();
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: i32 = digits.parse().ok()?;
    let minutes = match digits.len() {
        1 | 2 => number * 60,
        4 => number / 100 * 60 + number % 100,
        _ => return None,
    };
    /// No place on Earth is further from Greenwich than 14 hours.
    const OFFSET_MINUTES_MAX: i32 = 14 * 60;
    let rest = clock[..at].trim_end();
    let rest = rest.strip_suffix("UTC").or_else(|| rest.strip_suffix("GMT")).unwrap_or(rest);
    (minutes <= OFFSET_MINUTES_MAX).then_some((rest, Some(sign * minutes)))
}

/// A run of digits or letters, and what separates it from the one before.
#[derive(Clone, Copy, Debug)]
struct Token<'a> {
    text: &'a str,
    digits: bool,
    /// Whether an apostrophe stands directly before it: `'26` is a year.
    apostrophe: bool,
}

/// A date has a weekday, a day, a month, a year and a word or two between them.
const TOKENS_MAX: usize = 8;

fn lex_day(text: &str) -> Option<Day> {
    let mut tokens: [Option<Token<'_>>; TOKENS_MAX] = [None; TOKENS_MAX];
    let mut count = 0;
    let mut separators = ['\0'; TOKENS_MAX];
    let mut rest = text;
    let mut separator = '\0';
    let mut apostrophe = false;
    while let Some(c) = rest.chars().next() {
        if c.is_alphanumeric() {
            let digits = c.is_ascii_digit();
            let end = rest
                .find(|c: char| if digits { !c.is_ascii_digit() } else { !c.is_alphabetic() })
                .unwrap_or(rest.len());
            if end == 0 || count == TOKENS_MAX {
                return None;
            }
            let word = &rest[..end];
            rest = &rest[end..];
            let filler = !digits
                && matches!(
                    word.to_lowercase().as_str(),
                    "st" | "nd" | "rd" | "th" | "de" | "del" | "of" | "the" | "den" | "le" | "el" | "er"
                );
            if !filler {
                tokens[count] = Some(Token { text: word, digits, apostrophe });
                separators[count] = separator;
                count += 1;
                separator = '\0';
            }
            apostrophe = false;
        } else {
            if !matches!(c, ' ' | '/' | '-' | '.' | ',' | '\'') {
                return None;
            }
            // The first separator that is not a space says how the date is written: `31. 01. 2026`.
            if separator == '\0' || separator == ' ' {
                separator = c;
            }
            apostrophe = c == '\'';
            rest = &rest[c.len_utf8()..];
        }
    }
    let mut tokens: Vec<(Token<'_>, char)> = tokens.into_iter().flatten().zip(separators).collect();
    // A weekday beside a date only repeats it.
    if tokens.len() > 1 {
        let is_weekday = |token: &Token<'_>| {
            !token.digits && names::any_weekday(token.text).is_some() && names::month(token.text).is_none()
        };
        if is_weekday(&tokens[0].0) {
            tokens.remove(0);
        } else if tokens.last().is_some_and(|(token, _)| is_weekday(token)) {
            tokens.pop();
        }
    }
    match tokens.as_slice() {
        [(word, _)] if !word.digits => names::month(word.text).map(|month| Day::Fixed(Time::Month(None, month))),
        [(first, _), (second, separator)] => month_and_year(*first, *second, *separator),
        [(a, _), (b, s1), (c, s2)] if a.digits && b.digits && c.digits => three_numbers(*a, *b, *c, *s1, *s2),
        [(a, _), (b, _), (c, _)] => named_month(*a, *b, *c),
        _ => None,
    }
}

/// `January 2026`, `Jan-26`, `Jan '26`, `2026-01`, `01/2026`, `2026/01`; and `Jan 5`, `5 Jan`, which name no year.
fn month_and_year(first: Token<'_>, second: Token<'_>, separator: char) -> Option<Day> {
    let fixed = |year: i32, month: u8| Some(Day::Fixed(Time::Month(Some(year), month)));
    match (first.digits, second.digits) {
        (false, true) => {
            let month = names::month(first.text)?;
            // `Jan 26` may be a day; a hyphen, a slash or an apostrophe makes it a year.
            let is_year = second.text.len() == 4 || second.apostrophe || matches!(separator, '-' | '/' | '\'');
            match is_year.then(|| year_of(second.text)).flatten() {
                Some(year) => fixed(year, month),
                None if second.text.len() == 2 => second.text.parse().ok().map(|number| Day::Named { month, number }),
                None => day_of(month, second.text),
            }
        }
        (true, false) => {
            let month = names::month(second.text)?;
            match first.text.len() {
                4 => year_of(first.text).and_then(|year| fixed(year, month)),
                _ => day_of(month, first.text),
            }
        }
        (true, true) if matches!(separator, '-' | '/') => {
            let month = |digits: &str| digits.parse().ok().filter(|m| (1..=12).contains(m) && digits.len() <= 2);
            if first.text.len() == 4 && second.text.len() == 2 {
                fixed(year_of(first.text)?, month(second.text)?)
            } else if second.text.len() == 4 {
                fixed(year_of(second.text)?, month(first.text)?)
            } else {
                None
            }
        }
        _ => None,
    }
}

/// A day of one or two digits.
fn day_of(month: u8, digits: &str) -> Option<Day> {
    let day = (digits.len() <= 2).then(|| digits.parse().ok()).flatten()?;
    month_day(month, day).map(Day::Fixed)
}

/// `2026-01-31`, `31/01/2026`, `1/31/26`, `31.01.2026`.
fn three_numbers(a: Token<'_>, b: Token<'_>, c: Token<'_>, s1: char, s2: char) -> Option<Day> {
    if s1 != s2 || !matches!(s1, '-' | '/' | '.' | ' ') {
        return None;
    }
    let short = |token: Token<'_>| -> Option<u32> {
        (token.text.len() <= 2).then(|| token.text.parse().ok()).flatten().filter(|n| *n > 0)
    };
    if a.text.len() == 4 {
        let date = NaiveDate::from_ymd_opt(year_of(a.text)?, short(b)?, short(c)?)?;
        return Some(Day::Fixed(Time::Date(date)));
    }
    if s1 == ' ' {
        return None;
    }
    let (first, second, year) = (short(a)?, short(b)?, year_of(c.text)?);
    let possible = NaiveDate::from_ymd_opt(year, second, first).is_some()
        || NaiveDate::from_ymd_opt(year, first, second).is_some();
    possible.then_some(Day::Numeric { first, second, year, dots: s1 == '.' })
}

/// `31 Jan 2026`, `Jan 31, 2026`, `2026 Jan 31`, `31-Jan-26`.
fn named_month(a: Token<'_>, b: Token<'_>, c: Token<'_>) -> Option<Day> {
    let (month, day, year) = if !b.digits {
        let month = names::month(b.text)?;
        if a.text.len() == 4 { (month, c, a) } else { (month, a, c) }
    } else {
        (names::month(a.text)?, b, c)
    };
    if !day.digits || !year.digits || day.text.len() > 2 {
        return None;
    }
    let date = NaiveDate::from_ymd_opt(year_of(year.text)?, u32::from(month), day.text.parse().ok()?)?;
    Some(Day::Fixed(Time::Date(date)))
}

/// Reads `Jan 26` as a month of 2026 wherever the column can only mean that, or plainly goes from month to month.
pub(crate) fn settle_years(dates: &mut [Option<Date>]) {
    /// Years that people write about in a column of months; smaller numbers are days.
    const LIKELY: std::ops::RangeInclusive<u8> = 15..=31;
    let named: Vec<(u8, u8)> = dates
        .iter()
        .flatten()
        .filter_map(|date| match date.day {
            Day::Named { month, number } => Some((month, number)),
            _ => None,
        })
        .collect();
    let no_day = named.iter().any(|(_, number)| !(1..=31).contains(number));
    let months: Vec<i32> = named.iter().map(|(month, year)| i32::from(*year) * 12 + i32::from(*month)).collect();
    let step = |by: i32| months.len() > 1 && months.windows(2).all(|pair| pair[1] - pair[0] == by);
    let monthly = (step(1) || step(-1)) && named.iter().all(|(_, number)| LIKELY.contains(number));
    if !no_day && !monthly {
        return;
    }
    for date in dates.iter_mut().flatten() {
        if let Day::Named { month, number } = date.day
            && let Some(year) = year_of(&format!("{number:02}"))
        {
            date.day = Day::Fixed(Time::Month(Some(year), month));
        }
    }
}

/// `20260131`: eight digits that are a day between 1900 and 2100.
pub(crate) fn compact(text: &str) -> Option<Time> {
    let digits = text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit());
    if !digits || !(text.starts_with("19") || text.starts_with("20")) {
        return None;
    }
    let date = NaiveDate::from_ymd_opt(text[..4].parse().ok()?, text[4..6].parse().ok()?, text[6..].parse().ok()?)?;
    Some(Time::Date(date))
}

/// `2023/24` or `2023–24`: a season, by its first year.
pub(crate) fn season(text: &str) -> Option<i32> {
    let text = ascii_lookalikes(text);
    let (first, second) = text.split_once(['/', '-'])?;
    if first.len() != 4 {
        return None;
    }
    let start = year_of(first)?;
    let next = match second.len() {
        2 => {
            second.bytes().all(|b| b.is_ascii_digit()).then(|| second.parse::<i32>().ok()).flatten()?
                == (start + 1) % 100
        }
        4 => year_of(second)? == start + 1,
        _ => false,
    };
    next.then_some(start)
}
