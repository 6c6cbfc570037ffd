//! What categories and their axis are called in the picture, where that differs from the sortable labels of answers and files.

use plotline_table::Column;

use super::key::{Key, MONTHS};
use super::words;
use crate::spec::Bin;

/// The labels of the categories, in their order.
pub(super) fn of(categories: &[Key], bin: Option<Bin>) -> Vec<String> {
    let printed = categories.iter().map(|key| key.printed.to_string());
    match bin {
        Some(Bin::YearMonth) => printed.map(|text| month(&text).unwrap_or(text)).collect(),
        Some(Bin::Week) => {
            let one_year = year_of_weeks(categories).is_some();
            printed
                .map(|text| match week(&text) {
                    Some((_, week)) if one_year => format!("W{week}"),
                    Some((year, week)) => format!("W{week} {year}"),
                    None => text,
                })
                .collect()
        }
        // Of a single day the time of day says enough.
        Some(Bin::DayHour | Bin::Minute) => {
            let labels: Vec<String> = printed.collect();
            let day = |text: &String| text.split_once(' ').map(|(day, _)| day.to_owned());
            let first = labels.first().and_then(day);
            let one_day = first.is_some() && labels.iter().all(|label| day(label) == first);
            let time = |label: String| match label.split_once(' ') {
                Some((_, time)) if one_day => time.to_owned(),
                _ => label,
            };
            labels.into_iter().map(time).collect()
        }
        _ => printed.collect(),
    }
}

/// What the axis of the categories is called; empty where the labels say enough.
pub(super) fn axis(column: Option<&Column>, bin: Option<Bin>, categories: &[Key], on_scale: bool) -> String {
    let (Some(column), false) =
        (column, matches!(bin, Some(Bin::Weekday | Bin::Month | Bin::WeekPart | Bin::Season | Bin::QuarterOfYear)))
    else {
        return String::new();
    };
    let name = words::pretty(&column.name);
    match bin {
        // The ticks are days: which day of the week stands for it is not to be guessed.
        Some(Bin::Week) if on_scale => format!("{name}, weeks from Monday"),
        Some(Bin::Week) => match year_of_weeks(categories) {
            Some(year) => format!("{name}, weeks of {year} (ISO)"),
            None => format!("{name}, weeks (ISO)"),
        },
        _ => name,
    }
}

/// `2024-03` is kept sortable in answers but reads better as `Mar 2024`.
fn month(text: &str) -> Option<String> {
    let (year, month) = text.split_once('-')?;
    let name = MONTHS.get(month.parse::<usize>().ok()?.checked_sub(1)?)?;
    Some(format!("{} {year}", name.get(..3).unwrap_or(name)))
}

/// The year and the number of a week's label: `2026-W07`.
fn week(text: &str) -> Option<(&str, u32)> {
    let (year, week) = text.rsplit_once("-W")?;
    Some((year, week.parse().ok()?))
}

/// The year of ISO 8601 that all of the weeks lie in; a rest of other categories (“Other”) has none.
fn year_of_weeks(categories: &[Key]) -> Option<String> {
    let mut years = categories.iter().filter_map(|key| week(&key.printed.to_string()).map(|(year, _)| year.to_owned()));
    let first = years.next()?;
    years.all(|year| year == first).then_some(first)
}
