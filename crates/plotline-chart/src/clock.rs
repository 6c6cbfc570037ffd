//! Lengths of time as clocks show them: `1:23` for 83 seconds, `2:05` for 125 minutes, `3 d` for days. Pictures and captions share it.

/// Seconds in a minute.
pub const MINUTE: f64 = 60.0;
/// Seconds in an hour.
pub const HOUR: f64 = 60.0 * MINUTE;
/// Seconds in a day.
pub const DAY: f64 = 24.0 * HOUR;

/// Shorter lengths stay plain numbers of their unit, in units of it: up to two minutes people say seconds, up to two hours minutes.
const PLAIN_BELOW: f64 = 120.0;
/// Longer ones are counted in days …
const DAYS_FROM: f64 = 48.0 * HOUR;
/// … but minutes beyond a day were counted as minutes by whoever wrote them, in seconds.
const MINUTES_BELOW: f64 = DAY;

/// How the lengths of one axis are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// `1:23`, `1:23.4`.
    MinutesSeconds,
    /// `2:05`, `2:05:30`.
    HoursMinutes,
    /// `3 d`, `36 h`, `1 d 12 h`.
    Days,
}

/// Writes the lengths of time of an axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Clock {
    /// Seconds in a unit of the values.
    unit: f64,
    form: Form,
}

impl Clock {
    /// For values of a unit, the largest of which (without its sign) is `largest`; none where they are better plain numbers. `label`
    /// is what the axis is called: one that speaks of seconds or minutes has them.
    pub fn of(unit: &str, label: &str, largest: f64) -> Option<Clock> {
        let (unit, word, longest) = match unit {
            "s" => (1.0, "sec", f64::INFINITY),
            "min" => (MINUTE, "min", MINUTES_BELOW),
            _ => return None,
        };
        let named = label.split(|c: char| !c.is_alphabetic()).any(|part| part.to_lowercase().starts_with(word));
        let seconds = largest * unit;
        if named || !seconds.is_finite() || largest < PLAIN_BELOW || seconds >= longest {
            return None;
        }
        let form = match seconds {
            seconds if seconds < HOUR => Form::MinutesSeconds,
            seconds if seconds < DAYS_FROM => Form::HoursMinutes,
            _ => Form::Days,
        };
        Some(Clock { unit, form })
    }

    /// What stands after the label of the axis, so that `1:30` can be read.
    pub fn name(self) -> Option<&'static str> {
        match self.form {
            Form::MinutesSeconds => Some("m:ss"),
            Form::HoursMinutes => Some("h:mm"),
            Form::Days => None,
        }
    }

    /// Seconds in a unit of the values.
    pub fn unit_seconds(self) -> f64 {
        self.unit
    }

    /// The label of a tick on an axis whose ticks are `step` apart.
    pub fn tick(self, value: f64, step: f64) -> String {
        let (seconds, step) = (value.abs() * self.unit, step * self.unit);
        let is_multiple = |of: f64| (step / of - (step / of).round()).abs() < 1e-6;
        match self.form {
            _ if seconds == 0.0 && self.form == Form::Days => "0".to_owned(),
            Form::MinutesSeconds => minutes(seconds, if is_multiple(1.0) { 0 } else { 1 }),
            Form::HoursMinutes => hours(seconds, !is_multiple(MINUTE)),
            Form::Days if is_multiple(DAY) => format!("{:.0} d", seconds / DAY),
            Form::Days if is_multiple(HOUR) => format!("{:.0} h", seconds / HOUR),
            Form::Days => hours(seconds, false),
        }
    }

    /// Lengths as they stand at marks, without their signs, all as exact as each other.
    pub fn values(self, values: &[f64]) -> Vec<String> {
        let seconds = || values.iter().map(|value| value.abs() * self.unit);
        let is_whole = |seconds: f64| (seconds - seconds.round()).abs() < 1e-6 * seconds.max(1.0);
        match self.form {
            Form::MinutesSeconds => {
                let exact = |decimals: &usize| seconds().all(|s| is_whole(s * 10f64.powi(*decimals as i32)));
                // Of what no clock shows exactly, such as a mean, tenths say enough.
                let decimals = (0..=3).find(exact).unwrap_or(1);
                seconds().map(|s| minutes(s, decimals)).collect()
            }
            Form::HoursMinutes => {
                let with_seconds = self.unit < MINUTE && seconds().any(|s| s.round() % MINUTE != 0.0);
                seconds().map(|s| hours(s, with_seconds)).collect()
            }
            Form::Days => seconds().map(days).collect(),
        }
    }
}

/// `1:23.4`
fn minutes(seconds: f64, decimals: usize) -> String {
    let scale = 10f64.powi(decimals as i32);
    let rounded = (seconds * scale).round() / scale;
    let (whole, rest) = ((rounded / MINUTE + 1e-9).floor(), rounded);
    let rest = (rest - whole * MINUTE).max(0.0);
    let width = if decimals > 0 { decimals + 3 } else { 2 };
    format!("{whole:.0}:{rest:0width$.decimals$}")
}

/// `2:05` or `2:05:30`
fn hours(seconds: f64, with_seconds: bool) -> String {
    let rounded = if with_seconds { seconds.round() } else { (seconds / MINUTE).round() * MINUTE };
    let (hour, rest) = ((rounded / HOUR).floor(), rounded % HOUR);
    let (minute, second) = ((rest / MINUTE).floor(), rest % MINUTE);
    if with_seconds { format!("{hour:.0}:{minute:02.0}:{second:02.0}") } else { format!("{hour:.0}:{minute:02.0}") }
}

/// `1 d 12 h`
fn days(seconds: f64) -> String {
    let hours = (seconds / HOUR).round();
    if seconds > 0.0 && hours < 1.0 {
        return format!("{:.0} min", (seconds / MINUTE).round());
    }
    let (day, hour) = ((hours / 24.0).floor(), hours % 24.0);
    match (day, hour) {
        (0.0, 0.0) => "0".to_owned(),
        (0.0, hour) => format!("{hour:.0} h"),
        (day, 0.0) => format!("{day:.0} d"),
        (day, hour) => format!("{day:.0} d {hour:.0} h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_decides_how_all_are_written() {
        assert_eq!(Clock::of("s", "Time", 119.0), None);
        let lap = Clock::of("s", "Lap", 121.5).unwrap();
        assert_eq!(lap.name(), Some("m:ss"));
        assert_eq!(lap.values(&[83.456, 121.5, 60.0, 0.0]), ["1:23.456", "2:01.500", "1:00.000", "0:00.000"]);
        assert_eq!(lap.values(&[83.0, 119.999_999_99]), ["1:23", "2:00"]);
        assert_eq!(lap.values(&[250.0 / 3.0]), ["1:23.3"]);
        let race = Clock::of("s", "Time", 6_120.0).unwrap();
        assert_eq!(race.values(&[5_025.0, 6_120.0]), ["1:23:45", "1:42:00"]);
        assert_eq!(race.values(&[3_600.0, 6_120.0]), ["1:00", "1:42"]);
        let days = Clock::of("s", "Time", 500_000.0).unwrap();
        assert_eq!(days.values(&[500_000.0, 86_400.0, 7_200.0, 90.0, 0.0]), ["5 d 19 h", "1 d", "2 h", "2 min", "0"]);
    }

    #[test]
    fn minutes_become_hours_unless_they_are_named_or_many() {
        let film = Clock::of("min", "Runtime", 201.0).unwrap();
        assert_eq!(film.values(&[142.0, 201.0, 90.4]), ["2:22", "3:21", "1:30"]);
        assert_eq!(Clock::of("min", "Minutes played", 201.0), None);
        assert_eq!(Clock::of("min", "Played", 2_345.0), None);
        assert_eq!(Clock::of("kg", "Weight", 2_345.0), None);
        assert!(Clock::of("min", "Administration", 201.0).is_some());
    }

    #[test]
    fn ticks_are_as_exact_as_their_steps() {
        let clock = Clock::of("min", "", 300.0).unwrap();
        assert_eq!([0.0, 30.0, 60.0, 150.0].map(|at| clock.tick(at, 30.0)), ["0:00", "0:30", "1:00", "2:30"]);
        let long = Clock::of("s", "", 1e6).unwrap();
        assert_eq!([0.0, 172_800.0].map(|at| long.tick(at, 2.0 * DAY)), ["0", "2 d"]);
        assert_eq!([43_200.0, 129_600.0].map(|at| long.tick(at, 43_200.0)), ["12 h", "36 h"]);
    }
}
