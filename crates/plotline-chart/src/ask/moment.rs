//! Dates, months, quarters and times of day in the forms that people write: `1 Feb 2024`, `March 3rd`, `3/15/2024`, `Q2 2023`, `2 pm`.

use chrono::{Datelike, NaiveDate};
use plotline_table::{Cell, Table, Time};

use super::token::Token;
use crate::resolve::filter::named;
use crate::resolve::key::{MONTHS, WEEKDAYS, year_number};
use crate::spec::Value;

/// Names of months and weekdays are at least this long in a request: `m` and `tu` are other things.
const LETTERS_MIN: usize = 3;

/// Ordinals of quarters and halves in words.
const ORDINALS: [&str; 4] = ["first", "second", "third", "fourth"];

/// A point or period of time that begins at a word, and where it ends. A bare year is none: it may be any number.
pub(super) fn moment(table: &Table, tokens: &[Token], at: usize) -> Option<(Time, usize)> {
    let token = tokens.get(at).filter(|token| !token.quoted)?;
    if let Some((date, end)) = date(table, tokens, at) {
        let clock = end + usize::from(tokens.get(end).is_some_and(|next| next.is_any(&["at", "t"])));
        return Some(match (date, time_of_day(tokens, clock)) {
            (Time::Date(day), Some((seconds, end))) => {
                let time = chrono::NaiveTime::from_num_seconds_from_midnight_opt(seconds, 0)?;
                (Time::DateTime(day.and_time(time)), end)
            }
            _ => (date, end),
        });
    }
    if let Some((seconds, end)) = time_of_day(tokens, at) {
        return Some((Time::TimeOfDay(seconds), end));
    }
    if let Some((quarter, end)) = quarter(tokens, at) {
        let (year, end) = of_year(tokens, end);
        return Some((Time::Quarter(year, quarter), end));
    }
    // `2024 Q1`, `2024-Q1`
    if let Some(year) = calendar_year(token) {
        let next = at + 1 + usize::from(tokens.get(at + 1).is_some_and(|next| next.glued && next.is("-")));
        if let Some((quarter, end)) = quarter(tokens, next) {
            return Some((Time::Quarter(Some(year), quarter), end));
        }
    }
    if let Some(month) = month_word(tokens, at) {
        let (year, end) = of_year(tokens, at + 1);
        return Some((Time::Month(year, month), end));
    }
    let weekday = weekday_word(token)?;
    // `Monday, 6 May 2024` is the date.
    let next = at + 1 + usize::from(tokens.get(at + 1).is_some_and(|next| next.is(",")));
    if let Some((date, end)) = date(table, tokens, next) {
        return Some((date, end));
    }
    Some((Time::Weekday(weekday), at + 1))
}

/// A day with its month, and mostly its year.
fn date(table: &Table, tokens: &[Token], at: usize) -> Option<(Time, usize)> {
    numeric_date(table, tokens, at).or_else(|| worded_date(tokens, at))
}

/// `2024-03-05`, `3/15/2024`, `01.03.2024`, `2024-03`, `03/2024`.
fn numeric_date(table: &Table, tokens: &[Token], at: usize) -> Option<(Time, usize)> {
    let first = tokens.get(at).filter(|token| token.number().is_some() && !token.quoted)?;
    // `01.03` is read as a number, and the year after it as another.
    if let Some((day, month)) = first.raw.split_once('.')
        && tokens.get(at + 1).is_some_and(|next| next.is(".") && next.glued)
        && let Some(year) = tokens.get(at + 2).and_then(calendar_year)
    {
        let date = NaiveDate::from_ymd_opt(year, month.parse().ok()?, day.parse().ok()?)?;
        return Some((Time::Date(date), at + 3));
    }
    let mut parts = vec![first];
    let mut end = at + 1;
    let sign = tokens.get(end).filter(|sign| sign.glued && sign.is_any(&["-", "/"]))?;
    while parts.len() < 3
        && tokens.get(end).is_some_and(|next| next.glued && next.text == sign.text)
        && let Some(part) = tokens.get(end + 1).filter(|part| part.glued && part.number().is_some())
    {
        parts.push(part);
        end += 2;
    }
    let part = |at: usize| parts.get(at).and_then(|token| token.raw.parse::<u32>().ok());
    match (parts.len(), calendar_year(first)) {
        (3, Some(year)) => Some((Time::Date(NaiveDate::from_ymd_opt(year, part(1)?, part(2)?)?), end)),
        (2, Some(year)) if parts[1].raw.len() <= 2 => {
            let month = part(1).filter(|month| (1..=12).contains(month))?;
            Some((Time::Month(Some(year), month as u8), end))
        }
        (2, None) => {
            let month = part(0).filter(|month| (1..=12).contains(month))?;
            Some((Time::Month(Some(calendar_year(parts[1])?), month as u8), end))
        }
        (3, None) => {
            let year = calendar_year(parts[2]).or_else(|| short_year(parts[2]))?;
            let (a, b) = (part(0)?, part(1)?);
            let day_first = a > 12 || b <= 12 && day_first(table).unwrap_or(false);
            let (day, month) = if day_first { (a, b) } else { (b, a) };
            Some((Time::Date(NaiveDate::from_ymd_opt(year, month, day)?), end))
        }
        _ => None,
    }
}

/// Whether a date of the request could be read both ways, and the table does not tell which: `3/1/2024`.
pub(super) fn is_ambiguous(table: &Table, tokens: &[Token]) -> bool {
    let [first, sign, second, again, year] = tokens else { return false };
    let small = |token: &Token| token.raw.parse::<u32>().ok().filter(|number| (1..=12).contains(number));
    sign.is_any(&["/", "-"])
        && again.text == sign.text
        && (calendar_year(year).is_some() || short_year(year).is_some())
        && small(first).is_some()
        && small(second).is_some()
        && small(first) != small(second)
        && day_first(table).is_none()
}

/// Whether the table's own dates have the day before the month; `None` where none of them tells.
fn day_first(table: &Table) -> Option<bool> {
    /// Among so many dates there is one after the twelfth.
    const ROWS_MAX: usize = 1_000;
    table.columns.iter().find_map(|column| {
        column.cells.iter().zip(&column.texts).take(ROWS_MAX).find_map(|(cell, text)| {
            let day = match cell {
                Cell::Time(Time::Date(day)) => *day,
                Cell::Time(Time::DateTime(time)) => time.date(),
                _ => return None,
            };
            let mut numbers = text.split(['/', '-', '.']).map(|part| part.trim().parse::<u32>());
            let (Some(Ok(first)), Some(Ok(second))) = (numbers.next(), numbers.next()) else { return None };
            match (day.day(), day.month()) {
                (d, m) if d == m => None,
                (d, m) if (first, second) == (d, m) => Some(true),
                (d, m) if (first, second) == (m, d) => Some(false),
                _ => None,
            }
        })
    })
}

/// `1 Feb 2024`, `1st of March`, `March 3rd, 2024`, `Feb 1`.
fn worded_date(tokens: &[Token], at: usize) -> Option<(Time, usize)> {
    let (month, day, end) = if let Some(month) = month_word(tokens, at) {
        let next = at + 1 + usize::from(tokens.get(at + 1).is_some_and(|next| next.is("the")));
        let day = day_of_month(tokens.get(next)?)?;
        // `march 5,000`, `in May 3 %` are no days.
        if tokens.get(next + 1).is_some_and(|after| after.is("%")) {
            return None;
        }
        (month, day, next + 1)
    } else {
        let day = day_of_month(tokens.get(at)?)?;
        let next = at + 1 + usize::from(tokens.get(at + 1).is_some_and(|next| next.is_any(&["of", "-"])));
        (month_word(tokens, next)?, day, next + 1)
    };
    let (year, end) = of_year(tokens, end);
    match year {
        Some(year) => Some((Time::Date(NaiveDate::from_ymd_opt(year, u32::from(month), day)?), end)),
        None => Some((Time::MonthDay(month, day as u8), end)),
    }
}

/// Days of one month: `2nd to the 4th of June`, `1-15 March 2024`, `March 1 to 15, 2024`; the first, the last, and where they end.
pub(super) fn days_of_month(table: &Table, tokens: &[Token], at: usize) -> Option<(Time, Time, usize)> {
    let article = |at: usize| at + usize::from(tokens.get(at).is_some_and(|token| token.is("the")));
    let joint = |at: usize| {
        let joint = tokens.get(at)?;
        joint.is_any(&["to", "and", "-", "–", "until", "till", "through", "thru"]).then(|| article(at + 1))
    };
    let at = article(at);
    // The month stands first.
    if month_word(tokens, at).is_some() {
        let (Time::MonthDay(month, first), next) = worded_date(tokens, at)? else { return None };
        let next = joint(next)?;
        let last = day_of_month(tokens.get(next)?).filter(|_| month_word(tokens, next + 1).is_none())?;
        let (year, end) = of_year(tokens, next + 1);
        let day = |day: u32| match year {
            Some(year) => NaiveDate::from_ymd_opt(year, u32::from(month), day).map(Time::Date),
            None => Some(Time::MonthDay(month, day as u8)),
        };
        return Some((day(u32::from(first))?, day(last)?, end));
    }
    let first = day_of_month(tokens.get(at)?)?;
    let next = joint(at + 1)?;
    day_of_month(tokens.get(next)?)?;
    match date(table, tokens, next)? {
        (Time::Date(last), end) => Some((Time::Date(last.with_day(first)?), Time::Date(last), end)),
        (Time::MonthDay(month, last), end) => {
            Some((Time::MonthDay(month, first as u8), Time::MonthDay(month, last), end))
        }
        _ => None,
    }
}

/// `3`, `3rd`, `third` is left out: it is as often a rank.
fn day_of_month(token: &Token) -> Option<u32> {
    let digits = match token.number() {
        Some(_) => token.raw.as_str(),
        None => ["st", "nd", "rd", "th"].iter().find_map(|end| token.text.strip_suffix(end))?,
    };
    digits.parse().ok().filter(|day| digits.len() <= 2 && (1..=31).contains(day))
}

fn month_word(tokens: &[Token], at: usize) -> Option<u8> {
    let token = tokens.get(at).filter(|token| token.is_word() && !token.quoted)?;
    (token.text.chars().count() >= LETTERS_MIN).then(|| named(&token.text, &MONTHS))?.map(|month| month as u8 + 1)
}

fn weekday_word(token: &Token) -> Option<u8> {
    if !token.is_word() || token.text.chars().count() < LETTERS_MIN {
        return None;
    }
    named(&token.text, &WEEKDAYS).map(|day| day as u8)
}

/// `Q1`, `first quarter`, `1st quarter`, `quarter 1`.
fn quarter(tokens: &[Token], at: usize) -> Option<(u8, usize)> {
    let token = tokens.get(at).filter(|token| !token.quoted)?;
    if let Some(quarter) = numbered(token, 'q', 4) {
        return Some((quarter, at + 1));
    }
    let next = tokens.get(at + 1)?;
    if let Some(quarter) = ordinal(token).filter(|quarter| *quarter <= 4 && next.is("quarter")) {
        return Some((quarter, at + 2));
    }
    let number = next.raw.parse::<u8>().ok().filter(|quarter| (1..=4).contains(quarter))?;
    token.is("quarter").then_some((number, at + 2))
}

/// `first half of 2024`, `H1 2024`: the half (1 or 2), its year, and where it ends.
pub(super) fn half(tokens: &[Token], at: usize) -> Option<(u8, Option<i32>, usize)> {
    let token = tokens.get(at).filter(|token| !token.quoted)?;
    let (half, end) = match numbered(token, 'h', 2) {
        Some(half) => (half, at + 1),
        None => {
            let half = if token.is("last") { 2 } else { ordinal(token).filter(|half| *half <= 2)? };
            tokens.get(at + 1).filter(|next| next.is("half"))?;
            (half, at + 2)
        }
    };
    let (year, end) = of_year(tokens, end);
    // `the first half` of what? Of a year, where anything is said.
    let whole = super::phrase::phrase(tokens, end, &["of", "the|each|every", "year"])
        .or_else(|| super::phrase::phrase(tokens, end, &["of", "year"]));
    let of_another = whole.is_none() && year.is_none() && tokens.get(end).is_some_and(|next| next.is("of"));
    (!of_another).then_some((half, year, whole.unwrap_or(end)))
}

fn numbered(token: &Token, letter: char, most: u8) -> Option<u8> {
    token.text.strip_prefix(letter)?.parse().ok().filter(|number| (1..=most).contains(number))
}

fn ordinal(token: &Token) -> Option<u8> {
    ORDINALS
        .iter()
        .position(|word| token.is(word))
        .map(|at| at as u8 + 1)
        .or_else(|| (token.number().is_none()).then(|| day_of_month(token))?.map(|day| day as u8))
}

/// A year after a month or a day, where there is one: `of 2024`, `, 2024`, `2024`, `-2024`.
pub(super) fn of_year(tokens: &[Token], at: usize) -> (Option<i32>, usize) {
    let joined = tokens.get(at).is_some_and(|next| next.is_any(&["of", ",", "-", "in"]));
    let place = at + usize::from(joined);
    match tokens.get(place).and_then(calendar_year) {
        // `Feb 2024-03`: the year belongs to what follows.
        Some(year) => (Some(year), place + 1),
        None => (None, at),
    }
}

/// A number of four digits that is a calendar year.
pub(super) fn calendar_year(token: &Token) -> Option<i32> {
    (token.raw.len() == 4 && !token.quoted).then(|| token.number().and_then(year_number))?
}

/// `24` for 2024, in a date of three numbers.
fn short_year(token: &Token) -> Option<i32> {
    /// Two digits from here on are years of the last century, as in POSIX.
    const LAST_CENTURY: i32 = 69;
    let year: i32 = token.raw.parse().ok().filter(|_| token.raw.len() == 2)?;
    Some(if year >= LAST_CENTURY { 1900 + year } else { 2000 + year })
}

/// `17:30`, `17:30:05`, `2 pm`, `2pm`, `noon`, in seconds after midnight.
fn time_of_day(tokens: &[Token], at: usize) -> Option<(u32, usize)> {
    let token = tokens.get(at).filter(|token| !token.quoted)?;
    match token.text.as_str() {
        "noon" | "midday" => return Some((12 * 3600, at + 1)),
        _ => {}
    }
    let halves = |hour: u32, text: &str| match text {
        "am" if (1..=12).contains(&hour) => Some(hour % 12),
        "pm" if (1..=12).contains(&hour) => Some(hour % 12 + 12),
        _ => None,
    };
    if token.number().is_none() {
        let digits = token.text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let hour = halves(digits.parse().ok()?, token.text.get(digits.len()..)?)?;
        return Some((hour * 3600, at + 1));
    }
    let hour: u32 = token.raw.parse().ok().filter(|hour| *hour < 24)?;
    let (mut seconds, mut end, mut half) = (0, at + 1, None);
    // Minutes and seconds; `30pm` has the half of the day with it.
    for scale in [60, 1] {
        if half.is_some() || !tokens.get(end).is_some_and(|token| token.glued && token.is(":")) {
            break;
        }
        let value = tokens.get(end + 1).filter(|token| token.glued)?;
        let digits = value.raw.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let part: u32 = digits.parse().ok().filter(|part| digits.len() == 2 && *part < 60)?;
        let rest = value.text.get(digits.len()..)?;
        if !rest.is_empty() {
            half = Some(halves(hour, rest)?);
        }
        seconds += part * scale;
        end += 2;
    }
    if half.is_none()
        && let Some(hour) = tokens.get(end).and_then(|next| halves(hour, &next.text))
    {
        (half, end) = (Some(hour), end + 1);
    }
    match half {
        Some(hour) => Some((hour * 3600 + seconds, end)),
        None => (end > at + 1).then_some((hour * 3600 + seconds, end)),
    }
}

/// A time as a filter writes it, in a form that people read.
pub(super) fn value(time: Time) -> Value {
    let month = |month: u8| MONTHS.get(usize::from(month).wrapping_sub(1)).copied().unwrap_or_default();
    Value::Text(match time {
        Time::Year(year) => return Value::Number(f64::from(year)),
        Time::Date(day) => day.format("%Y-%m-%d").to_string(),
        Time::DateTime(time) => time.format("%Y-%m-%d %H:%M").to_string(),
        Time::Quarter(Some(year), quarter) => format!("Q{quarter} {year}"),
        Time::Quarter(None, quarter) => format!("Q{quarter}"),
        Time::Month(Some(year), number) => format!("{} {year}", month(number)),
        Time::Month(None, number) => month(number).to_owned(),
        Time::Weekday(day) => WEEKDAYS.get(usize::from(day)).copied().unwrap_or_default().to_owned(),
        Time::MonthDay(number, day) => format!("{} {day}", month(number)),
        Time::TimeOfDay(seconds) => format!("{:02}:{:02}", seconds / 3600, seconds / 60 % 60),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ask::token::tokenise;

    fn table(dates: &str) -> Table {
        let csv = format!("Date,N\n{dates}\n");
        let read = plotline_table::read_file("t.csv", csv.as_bytes(), &plotline_table::Limits::default(), None);
        read.unwrap().tables.remove(0).table
    }

    fn read(text: &str) -> Option<(String, usize)> {
        let (time, end) = moment(&table("2024-01-02,1\n2024-05-06,2"), &tokenise(text), 0)?;
        Some((value(time).to_string(), end))
    }

    #[test]
    fn dates_are_read_in_every_common_form() {
        for text in [
            "1 Feb 2024",
            "1st of February 2024",
            "Feb 1, 2024",
            "February 1st 2024",
            "feb the 1st, 2024",
            "2024-02-01",
            "2/1/2024",
            "01.02.2024",
            "Thursday, 1 February 2024",
            "2/1/24",
        ] {
            assert_eq!(read(text).map(|(text, _)| text).as_deref(), Some("2024-02-01"), "{text}");
        }
    }

    #[test]
    fn periods_keep_the_precision_that_was_said() {
        let pairs = [
            ("feb", "February"),
            ("Feb 2024", "February 2024"),
            ("february of 2024", "February 2024"),
            ("2024-02", "February 2024"),
            ("02/2024", "February 2024"),
            ("q3", "Q3"),
            ("Q3 2024", "Q3 2024"),
            ("2024 Q3", "Q3 2024"),
            ("third quarter of 2024", "Q3 2024"),
            ("5 May", "May 5"),
            ("May 5th", "May 5"),
            ("mondays", "Monday"),
            ("2 pm", "14:00"),
            ("2:30pm", "14:30"),
            ("17:05", "17:05"),
            ("6 May 2024 at 17:05", "2024-05-06 17:05"),
        ];
        for (text, wanted) in pairs {
            let tokens = tokenise(text).len();
            assert_eq!(read(text), Some((wanted.to_owned(), tokens)), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_left_alone() {
        for text in ["2024", "5", "30/02/2024", "13:75", "5 marchers", "q5", "me"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn the_order_of_day_and_month_is_that_of_the_table() {
        let tokens = tokenise("3/1/2024");
        let read = |dates: &str| moment(&table(dates), &tokens, 0).map(|(time, _)| value(time).to_string());
        assert_eq!(read("25/12/2023,1\n26/12/2023,2").as_deref(), Some("2024-01-03"));
        assert_eq!(read("12/25/2023,1\n12/26/2023,2").as_deref(), Some("2024-03-01"));
        assert!(is_ambiguous(&table("2023-12-25,1\n2023-12-26,2"), &tokens));
        assert!(!is_ambiguous(&table("25/12/2023,1\n26/12/2023,2"), &tokens));
    }
}
