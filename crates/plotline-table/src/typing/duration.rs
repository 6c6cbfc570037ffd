//! Durations and clock times: `1h 30m`, `90 min`, `4:57.03`, `01:02:03`, `10:30 pm`.

use super::text::ascii_lookalikes;
use super::unit::{DAY, HOUR, MILLISECOND, MINUTE, Measure, SECOND};

/// A length of time written with units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Duration {
    /// The length in seconds.
    pub(crate) seconds: f64,
    /// The finest unit it is written in.
    pub(crate) finest: &'static Measure,
    /// Whether only a lone `m` says that it is one; that may be metres or millions too.
    pub(crate) only_m: bool,
    /// Whether more than one unit is written: `1h 30m`.
    pub(crate) compound: bool,
}

/// The longest text that can be a duration or a clock time, in bytes.
const DURATION_BYTES_MAX: usize = 48;

/// Reads `1h 30m`, `1h30`, `1 hour and 5 minutes`, `90 min`, `PT1H30M`.
pub(crate) fn lex(text: &str) -> Option<Duration> {
    if text.len() > DURATION_BYTES_MAX || !text.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    let text = ascii_lookalikes(text).to_lowercase();
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest.trim_start()),
        None => (false, text.as_str()),
    };
    let text = text.strip_prefix("pt").or_else(|| text.strip_prefix('p')).unwrap_or(text);
    let mut rest = text.trim();
    let mut seconds = 0.0;
    let mut last: Option<&'static Measure> = None;
    let mut parts = 0;
    let mut only_m = true;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ','))).unwrap_or(rest.len());
        let number: f64 = rest[..digits].replace(',', ".").parse().ok()?;
        rest = rest[digits..].trim_start();
        let letters = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
        let word = &rest[..letters];
        let unit = match (word, last) {
            // The unit after the last number is often left out: `1h30`.
            ("", Some(before)) if rest.is_empty() && before.name == HOUR.name => &MINUTE,
            ("", Some(before)) if rest.is_empty() && before.name == MINUTE.name => &SECOND,
            _ => time_unit(word)?,
        };
        // Each unit is finer than the one before it, as people say them.
        if last.is_some_and(|before| before.factor <= unit.factor) {
            return None;
        }
        only_m &= word == "m";
        seconds += number * unit.factor;
        last = Some(unit);
        parts += 1;
        rest = rest[letters..].trim_start_matches(['.', ',', ' ', 't']);
        rest = rest.strip_prefix("and ").or_else(|| rest.strip_prefix("und ")).unwrap_or(rest).trim_start();
    }
    let finest = last?;
    let seconds = if negative { -seconds } else { seconds };
    Some(Duration { seconds, finest, only_m, compound: parts > 1 })
}

fn time_unit(word: &str) -> Option<&'static Measure> {
    match word {
        "m" => Some(&MINUTE),
        _ => {
            let found = super::unit::measure_named(word)?;
            [&DAY, &HOUR, &MINUTE, &SECOND, &MILLISECOND].into_iter().find(|unit| unit.name == found.name)
        }
    }
}

/// Numbers separated by colons: a clock time or a duration, as the column will tell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Colons {
    /// The first part: hours or minutes.
    pub(crate) first: u32,
    /// The second part, below 60.
    pub(crate) second: u32,
    /// The third part with its fraction, below 60.
    pub(crate) third: Option<f64>,
    /// Whether the last part has a fraction.
    pub(crate) fraction: bool,
    /// A fraction of the second part where there is no third: `4:57.03`.
    pub(crate) second_fraction: f64,
    /// `Some(true)` for pm, `Some(false)` for am.
    pub(crate) pm: Option<bool>,
    /// Whether a minus stands before it.
    pub(crate) negative: bool,
}

/// Reads `4:57`, `4:57.03`, `01:02:03`, `10:30 am`, `9 pm`.
pub(crate) fn lex_colons(text: &str) -> Option<Colons> {
    /// `-100:00:00.000 a.m.` is about the longest, in bytes.
    const COLONS_BYTES_MAX: usize = 24;
    if text.len() > COLONS_BYTES_MAX {
        return None;
    }
    let text = ascii_lookalikes(text).to_lowercase();
    let text = text.trim();
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let mut pm = None;
    let mut core = text;
    for (ending, is_pm) in [("am", false), ("pm", true), ("a.m.", false), ("p.m.", true)] {
        if let Some(rest) = core.strip_suffix(ending) {
            core = rest.trim_end();
            pm = Some(is_pm);
            break;
        }
    }
    let core = core.strip_suffix("uhr").map_or(core, str::trim_end);
    let mut parts = core.split(':');
    let first = whole(parts.next()?, FIRST_DIGITS_MAX)?;
    let Some(second) = parts.next() else {
        // `9 pm` has no colon.
        let on_clock = pm.is_some() && (1..=12).contains(&first) && !negative;
        return on_clock.then_some(Colons {
            first,
            second: 0,
            third: None,
            fraction: false,
            second_fraction: 0.0,
            pm,
            negative,
        });
    };
    let third = parts.next();
    if parts.next().is_some() {
        return None;
    }
    let (second, second_fraction) = match third {
        None => split_fraction(second)?,
        Some(_) => (whole(second, 2)?, None),
    };
    let third = match third {
        Some(third) => {
            let (seconds, fraction) = split_fraction(third)?;
            Some((seconds, fraction))
        }
        None => None,
    };
    let two_digits = |part: &str| part.bytes().take_while(u8::is_ascii_digit).count() == 2;
    if !core.split(':').skip(1).all(two_digits) || second >= 60 || third.is_some_and(|(seconds, _)| seconds >= 60) {
        return None;
    }
    Some(Colons {
        first,
        second,
        third: third.map(|(seconds, fraction)| f64::from(seconds) + fraction.unwrap_or(0.0)),
        fraction: second_fraction.is_some() || third.is_some_and(|(_, fraction)| fraction.is_some()),
        second_fraction: second_fraction.unwrap_or(0.0),
        pm,
        negative,
    })
}

/// Digits of the first part: `1000:00` hours are plausible, more are not.
const FIRST_DIGITS_MAX: usize = 4;

fn whole(text: &str, digits_max: usize) -> Option<u32> {
    let plausible = !text.is_empty() && text.len() <= digits_max && text.bytes().all(|b| b.is_ascii_digit());
    plausible.then(|| text.parse().ok()).flatten()
}

/// `57.03` as 57 and 0.03; the fraction's mark is a dot or a comma.
fn split_fraction(text: &str) -> Option<(u32, Option<f64>)> {
    match text.split_once(['.', ',']) {
        None => Some((whole(text, 2)?, None)),
        Some((seconds, fraction)) => {
            /// Digits of a fraction of a second: nanoseconds.
            const FRACTION_DIGITS_MAX: usize = 9;
            whole(fraction, FRACTION_DIGITS_MAX)?;
            Some((whole(seconds, 2)?, Some(format!("0.{fraction}").parse().ok()?)))
        }
    }
}

impl Colons {
    /// The time of day in seconds after midnight, where it is one.
    pub(crate) fn time_of_day(&self) -> Option<u32> {
        let hour = match self.pm {
            None => self.first,
            Some(_) if !(1..=12).contains(&self.first) => return None,
            Some(false) => self.first % 12,
            Some(true) => self.first % 12 + 12,
        };
        let on_clock = hour < 24 && !self.negative && !self.fraction;
        on_clock.then(|| hour * 3600 + self.second * 60 + self.third.unwrap_or(0.0) as u32)
    }

    /// The length in seconds: hours, minutes and seconds where there are three parts; minutes and seconds, or hours
    /// and minutes, where there are two.
    pub(crate) fn seconds(&self, two_are_hours: bool) -> Option<f64> {
        if self.pm.is_some() {
            return None;
        }
        let (first, second) = (f64::from(self.first), f64::from(self.second));
        let length = match self.third {
            Some(third) => first * 3600.0 + second * 60.0 + third,
            None if two_are_hours => first * 3600.0 + second * 60.0,
            None => first * 60.0 + second + self.second_fraction,
        };
        // 4 min 57.03 s is 297.03 s and not 297.03000000000003 s.
        let length = (length * 1e9).round() / 1e9;
        Some(if self.negative { -length } else { length })
    }
}
