//! Periods without a value: where the places of lines follow a calendar, a line that leaves out some of its periods is broken there.
//!
//! A line drawn through would say that something lay in between. Data without a rhythm have no gaps but those that are given as such.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveTime, Weekday};
use plotline_chart::chart::XScale;

use crate::ticks::datetime;

/// Of the steps between neighbouring places, the share that must be alike for a rhythm.
const ALIKE_SHARE: f64 = 0.6;
/// The same for clock times, which no calendar gives a rhythm.
const ALIKE_SHARE_CLOCK: f64 = 0.9;
/// Fewer steps make no rhythm.
const STEPS_MIN: usize = 3;
/// Days between two working days at most: over Easter.
const WORKDAYS_APART_MAX: i64 = 5;

/// How the places of a chart follow each other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rhythm {
    unit: Unit,
    /// A larger step than this leaves a period out.
    step_max: i64,
}

/// What the steps are counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Year,
    Month,
    Day,
    Millisecond,
}

impl Unit {
    fn count(self, x: f64) -> Option<i64> {
        if !x.is_finite() {
            return None;
        }
        match self {
            Unit::Year => (x.fract() == 0.0 && x.abs() < 1e9).then_some(x as i64),
            Unit::Month => {
                let time = datetime(x)?;
                (time.day() == 1 && time.time() == NaiveTime::MIN)
                    .then(|| i64::from(time.year()) * 12 + i64::from(time.month0()))
            }
            Unit::Day => {
                let time = datetime(x)?;
                (time.time() == NaiveTime::MIN).then(|| i64::from(time.num_days_from_ce()))
            }
            Unit::Millisecond => datetime(x).map(|time| time.and_utc().timestamp_millis()),
        }
    }
}

impl Rhythm {
    /// Of all places of a chart, in any order; none where they follow no rhythm.
    pub(crate) fn of(scale: XScale, places: impl Iterator<Item = f64> + Clone) -> Option<Rhythm> {
        let units: &[Unit] = match scale {
            XScale::Number => return None,
            XScale::Year => &[Unit::Year],
            XScale::Time => &[Unit::Month, Unit::Day, Unit::Millisecond],
        };
        let (unit, mut counts) = units.iter().find_map(|unit| {
            let counts: Option<Vec<i64>> = places.clone().map(|x| unit.count(x)).collect();
            Some((*unit, counts?))
        })?;
        counts.sort_unstable();
        counts.dedup();
        let mut steps: BTreeMap<i64, usize> = BTreeMap::new();
        for pair in counts.windows(2) {
            *steps.entry(pair[1] - pair[0]).or_default() += 1;
        }
        let (usual, count) = steps.iter().max_by_key(|(_, count)| **count).map(|(step, count)| (*step, *count))?;
        let share = if unit == Unit::Millisecond { ALIKE_SHARE_CLOCK } else { ALIKE_SHARE };
        let least = steps.keys().next().copied()?;
        if counts.len() <= STEPS_MIN || least < usual || (count as f64) < share * (counts.len() - 1) as f64 {
            return None;
        }
        let weekend = |days: &i64| {
            let day = chrono::NaiveDate::from_num_days_from_ce_opt(i32::try_from(*days).unwrap_or_default());
            day.is_some_and(|day| matches!(day.weekday(), Weekday::Sat | Weekday::Sun))
        };
        let workdays = unit == Unit::Day && usual == 1 && !counts.iter().any(weekend);
        Some(Rhythm { unit, step_max: if workdays { WORKDAYS_APART_MAX } else { usual } })
    }

    /// Whether a period lies between two places of a line.
    pub(crate) fn breaks(&self, from: f64, to: f64) -> bool {
        let (Some(from), Some(to)) = (self.unit.count(from), self.unit.count(to)) else { return false };
        to - from > self.step_max
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{Days, Months, NaiveDate};

    fn ms(day: NaiveDate) -> f64 {
        plotline_chart::chart::time_ms(day.and_time(NaiveTime::MIN))
    }

    fn start() -> NaiveDate {
        NaiveDate::from_ymd_opt(2024, 1, 1).unwrap()
    }

    #[test]
    fn months_weeks_and_years_that_are_left_out_break_the_line() {
        let month = |i: u32| ms(start() + Months::new(i));
        let months: Vec<f64> = [0, 1, 2, 5, 6, 7].map(month).to_vec();
        let rhythm = Rhythm::of(XScale::Time, months.iter().copied()).unwrap();
        assert!(rhythm.breaks(month(2), month(5)) && !rhythm.breaks(month(1), month(2)));
        let week = |i: u64| ms(start() + Days::new(7 * i));
        let weeks: Vec<f64> = [0, 1, 2, 3, 5, 6].map(week).to_vec();
        let rhythm = Rhythm::of(XScale::Time, weeks.iter().copied()).unwrap();
        assert!(rhythm.breaks(week(3), week(5)) && !rhythm.breaks(week(5), week(6)));
        let rhythm = Rhythm::of(XScale::Year, [1990.0, 1995.0, 2000.0, 2005.0, 2015.0].into_iter()).unwrap();
        assert!(rhythm.breaks(2005.0, 2015.0) && !rhythm.breaks(1990.0, 1995.0));
    }

    #[test]
    fn weekends_and_data_without_a_rhythm_are_no_gaps() {
        let days: Vec<f64> = (0..60u64)
            .map(|i| start() + Days::new(i))
            .filter(|day| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun))
            .map(ms)
            .collect();
        let rhythm = Rhythm::of(XScale::Time, days.iter().copied()).unwrap();
        assert!(days.windows(2).all(|pair| !rhythm.breaks(pair[0], pair[1])));
        assert!(rhythm.breaks(days[0], days[10]));
        let some = [0u64, 1, 4, 9, 11, 20, 33].map(|i| ms(start() + Days::new(i)));
        assert_eq!(Rhythm::of(XScale::Time, some.into_iter()), None);
        assert_eq!(Rhythm::of(XScale::Time, [0.0, 1.0, 2.0, f64::NAN].into_iter()), None);
        assert_eq!(Rhythm::of(XScale::Number, [0.0, 1.0, 2.0, 9.0].into_iter()), None);
        assert_eq!(Rhythm::of(XScale::Year, [1990.0, 1991.0].into_iter()), None);
    }

    #[test]
    fn an_outage_of_a_sensor_is_a_gap() {
        let every_five_minutes = |i: i32| f64::from(i) * 300_000.0;
        let times: Vec<f64> = (0..40).filter(|i| !(20..25).contains(i)).map(every_five_minutes).collect();
        let rhythm = Rhythm::of(XScale::Time, times.iter().copied()).unwrap();
        assert!(rhythm.breaks(every_five_minutes(19), every_five_minutes(25)));
        assert!(!rhythm.breaks(every_five_minutes(3), every_five_minutes(4)));
    }
}
