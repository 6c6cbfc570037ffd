//! Lengths of time in filters: `1 h 30 min` against a column of seconds, minutes, hours or days.

use plotline_table::{Column, ColumnKind};

use crate::ask::name_words;

/// A longer text is no length of time.
const DURATION_BYTES_MAX: usize = 48;

pub(crate) const MINUTE: f64 = 60.0;
pub(crate) const HOUR: f64 = 3_600.0;
pub(crate) const DAY: f64 = 86_400.0;
pub(crate) const WEEK: f64 = 604_800.0;

/// How many seconds one of these units has. Months and years differ in length and are none.
pub(crate) fn unit(word: &str) -> Option<f64> {
    Some(match word {
        "ms" | "millisecond" | "milliseconds" => 0.001,
        "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
        "min" | "mins" | "minute" | "minutes" => MINUTE,
        "h" | "hr" | "hrs" | "hour" | "hours" => HOUR,
        "d" | "day" | "days" => DAY,
        "wk" | "wks" | "week" | "weeks" => WEEK,
        _ => return None,
    })
}

/// How many seconds a one in this column stands for; `None` where its numbers are no lengths of time.
pub(crate) fn of_column(column: &Column) -> Option<f64> {
    /// A single `day`, `hour` or `min` in a name is as likely a date, a time of day or a minimum.
    const NAMES: &[&str] =
        &["ms", "milliseconds", "secs", "seconds", "mins", "minutes", "hrs", "hours", "days", "weeks"];
    if column.kind != ColumnKind::Number {
        return None;
    }
    if let Some(written) = &column.unit {
        return unit(written);
    }
    let words = name_words(&column.name);
    if words.iter().any(|word| word == "per") {
        return None;
    }
    words.iter().find(|word| NAMES.contains(&word.as_str())).and_then(|word| unit(word))
}

/// The seconds of `1 h 30 min`, `90min`, `1h30m` or `1:30:00`.
pub(crate) fn seconds(text: &str) -> Option<f64> {
    let text = text.trim();
    if text.len() > DURATION_BYTES_MAX {
        return None;
    }
    if let [hours, minutes, seconds] = text.split(':').collect::<Vec<_>>().as_slice() {
        let part = |text: &str| text.parse::<f64>().ok().filter(|number| *number >= 0.0);
        let (minutes, seconds) = (part(minutes)?, part(seconds)?);
        return (minutes < 60.0 && seconds < 60.0).then_some(part(hours)? * HOUR + minutes * MINUTE + seconds);
    }
    let mut rest = text;
    let mut total = 0.0;
    let mut before = f64::INFINITY;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number: f64 = rest.get(..digits)?.parse().ok()?;
        let after = rest.get(digits..)?.trim_start();
        let letters = after.find(|c: char| !c.is_alphabetic()).unwrap_or(after.len());
        let scale = match after.get(..letters)? {
            // Behind hours an `m` can only be minutes.
            "m" if before == HOUR => MINUTE,
            word => unit(word)?,
        };
        if scale >= before {
            return None;
        }
        (total, before) = (total + number * scale, scale);
        rest = after.get(letters..)?.trim_start();
    }
    (before.is_finite() && f64::is_finite(total)).then_some(total)
}

/// A length of time as a number of this column.
pub(crate) fn in_column(text: &str, column: &Column) -> Option<f64> {
    Some(seconds(text)? / of_column(column)?)
}

/// A length of time as filters hold it and subtitles show it: `1 h 30 min`.
pub(crate) fn written(seconds: f64) -> String {
    if seconds >= DAY && seconds % DAY == 0.0 {
        let days = seconds / DAY;
        return format!("{days} {}", if days == 1.0 { "day" } else { "days" });
    }
    let (hours, rest) = ((seconds / HOUR).floor(), seconds % HOUR);
    let (minutes, rest) = ((rest / MINUTE).floor(), rest % MINUTE);
    let parts: Vec<String> = [(hours, "h"), (minutes, "min"), (rest, "s")]
        .into_iter()
        .filter(|(count, _)| *count > 0.0)
        .map(|(count, unit)| format!("{count} {unit}"))
        .collect();
    if parts.is_empty() { "0 s".to_owned() } else { parts.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_read_in_their_common_forms() {
        for (text, expected) in [
            ("1 h", 3_600.0),
            ("1.5 hours", 5_400.0),
            ("1h30m", 5_400.0),
            ("1 h 30 min", 5_400.0),
            ("90min", 5_400.0),
            ("1:30:00", 5_400.0),
            ("2 days", 172_800.0),
        ] {
            assert_eq!(seconds(text), Some(expected), "{text}");
        }
        for text in ["", "5", "m", "5 m", "30 min 1 h", "1:75:00", "1:30", "3 apples", "h 3", "1..2 h"] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_written_reads_back_the_same() {
        for length in [1.0, 59.0, 60.0, 3_600.0, 5_400.0, 3_661.0, 86_400.0, 90_000.0, 172_800.0] {
            assert_eq!(seconds(&written(length)), Some(length), "{}", written(length));
        }
    }
}
