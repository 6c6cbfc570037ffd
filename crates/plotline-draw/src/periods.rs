//! Names of categories that are days, months or moments: `2024-01-05` is written as the axis of a line writes it.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, Timelike};
use plotline_chart::chart::DateStyle;

use crate::text::clean;
use crate::ticks::{self, Interval};

/// The names of categories as they are written along an axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Names {
    /// One for each category.
    pub(crate) texts: Vec<String>,
    /// What a reader needs to know once: the year of a day or month, the day of a time. One for each category, or none at all.
    pub(crate) contexts: Vec<String>,
    /// The names are steps of a sequence in its order (periods, numbers), so that leaving some out loses nothing.
    pub(crate) sequence: bool,
}

/// What a name says about time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Precision {
    Month,
    Day,
    Moment,
}

impl Names {
    /// Prepares names as they stand in a chart.
    pub(crate) fn of(names: &[String], dates: DateStyle) -> Names {
        let cleaned: Vec<String> = names.iter().map(|name| clean(name)).collect();
        Names::of_periods(&cleaned, dates).unwrap_or_else(|| {
            let sequence = crate::labels::is_sequence(&cleaned) && in_order(&cleaned);
            Names { texts: cleaned, contexts: Vec::new(), sequence }
        })
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.texts.len()
    }

    /// The names with what belongs to them, for where each stands alone: `5 Jan 2024`.
    pub(crate) fn whole(&self) -> Vec<String> {
        if self.contexts.is_empty() {
            return self.texts.clone();
        }
        self.texts.iter().zip(&self.contexts).map(|(text, context)| joined(text, context)).collect()
    }

    fn of_periods(names: &[String], dates: DateStyle) -> Option<Names> {
        let (_, precision) = parse(names.first()?)?;
        let mut times = Vec::with_capacity(names.len());
        for name in names {
            let (time, same) = parse(name)?;
            if same != precision {
                return None;
            }
            times.push(time);
        }
        let interval = match precision {
            Precision::Month => Interval::Months(1),
            Precision::Day => Interval::Days(1),
            Precision::Moment if times.iter().any(|time| time.second() != 0) => Interval::Milliseconds(1_000),
            Precision::Moment => Interval::Milliseconds(60_000),
        };
        let (texts, contexts): (Vec<String>, Vec<String>) = times
            .iter()
            .map(|time| ticks::time_label(*time, interval, dates))
            .map(|(text, context)| (text, context.unwrap_or_default()))
            .unzip();
        let sequence = times.len() >= 2 && (times.is_sorted() || times.iter().rev().is_sorted());
        let names = Names { texts, contexts, sequence };
        if sequence {
            return Some(names);
        }
        // Out of order each says its year or day itself.
        Some(Names { texts: names.whole(), contexts: Vec::new(), sequence })
    }
}

/// Whether names that are numbers are in their order, or in the other direction; other names have none.
fn in_order(names: &[String]) -> bool {
    let numbers: Option<Vec<f64>> = names.iter().map(|name| name.parse().ok()).collect();
    numbers.is_none_or(|numbers| numbers.is_sorted() || numbers.iter().rev().is_sorted_by(|a, b| a <= b))
}

/// `5 Jan` and `2024` are `5 Jan 2024`; in the order of the United States, `Jan 5, 2024`; `14:00` and a day are `5 Jan 2024, 14:00`.
fn joined(text: &str, context: &str) -> String {
    if context.is_empty() {
        text.to_owned()
    } else if text.contains(':') {
        format!("{context}, {text}")
    } else if text.ends_with(|c: char| c.is_ascii_digit()) {
        format!("{text}, {context}")
    } else {
        format!("{text} {context}")
    }
}

/// Reads `2024-01-05`, the same with a time, `2024-01` and `Jan 2024`.
fn parse(name: &str) -> Option<(NaiveDateTime, Precision)> {
    /// The longest of these forms, with fractions of a second.
    const CHARS_MAX: usize = 29;
    let bytes = name.as_bytes();
    if bytes.len() > CHARS_MAX || bytes.len() < 7 {
        return None;
    }
    if let Some((month, year)) = name.split_once(' ')
        && month.len() == 3
        && year.len() == 4
    {
        let month0 = (0..12).find(|month0| ticks::month_name(*month0) == month)?;
        let day = NaiveDate::from_ymd_opt(year.parse().ok()?, month0 + 1, 1)?;
        return Some((day.and_time(NaiveTime::MIN), Precision::Month));
    }
    let digits =
        |range: std::ops::Range<usize>| bytes.get(range).is_some_and(|part| part.iter().all(u8::is_ascii_digit));
    if !digits(0..4) || bytes.get(4) != Some(&b'-') || !digits(5..7) {
        return None;
    }
    let (year, month) = (name.get(..4)?.parse().ok()?, name.get(5..7)?.parse().ok()?);
    if bytes.len() == 7 {
        let day = NaiveDate::from_ymd_opt(year, month, 1)?;
        return Some((day.and_time(NaiveTime::MIN), Precision::Month));
    }
    if bytes.get(7) != Some(&b'-') || !digits(8..10) {
        return None;
    }
    let day = NaiveDate::from_ymd_opt(year, month, name.get(8..10)?.parse().ok()?)?;
    if bytes.len() == 10 {
        return Some((day.and_time(NaiveTime::MIN), Precision::Day));
    }
    let time = name.get(10..)?.strip_prefix(['T', ' '])?;
    let formats = ["%H:%M", "%H:%M:%S", "%H:%M:%S%.f"];
    let time = formats.iter().find_map(|format| NaiveTime::parse_from_str(time, format).ok())?;
    Some((day.and_time(time), Precision::Moment))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(names: &[&str], dates: DateStyle) -> Names {
        Names::of(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>(), dates)
    }

    #[test]
    fn days_are_written_in_the_style_of_the_server() {
        let days = ["2023-12-31", "2024-01-05"];
        let names = of(&days, DateStyle::DayMonth);
        assert_eq!(
            (names.texts, names.contexts),
            (vec!["31 Dec".into(), "5 Jan".into()], vec!["2023".into(), "2024".into()])
        );
        let names = of(&days, DateStyle::MonthDay);
        assert_eq!(names.texts, ["Dec 31", "Jan 5"]);
        assert_eq!(names.whole(), ["Dec 31, 2023", "Jan 5, 2024"]);
    }

    #[test]
    fn days_out_of_order_say_their_year_themselves() {
        let names = of(&["2024-01-05", "2023-12-31", "2024-02-01"], DateStyle::DayMonth);
        assert_eq!(names.texts, ["5 Jan 2024", "31 Dec 2023", "1 Feb 2024"]);
        assert!(names.contexts.is_empty() && !names.sequence);
        assert_eq!(of(&["2024-01-05"], DateStyle::DayMonth).texts, ["5 Jan 2024"]);
    }

    #[test]
    fn months_and_moments_are_shortened_and_other_names_stay() {
        assert_eq!(of(&["2024-11", "2024-12", "2025-01"], DateStyle::DayMonth).texts, ["Nov", "Dec", "Jan"]);
        assert_eq!(of(&["Nov 2024", "Jan 2025"], DateStyle::DayMonth).contexts, ["2024", "2025"]);
        assert_eq!(of(&["2024-01-05T09:30", "2024-01-05 10:00:00"], DateStyle::DayMonth).texts, ["09:30", "10:00"]);
        for name in
            ["2024-13-01", "2024-02-30", "2024-1-5", "2024-01-05x", "Version 2024-01", "2024_01_05", "é024-01-05"]
        {
            assert_eq!(of(&[name, name], DateStyle::DayMonth).texts, [name, name]);
        }
    }
}
