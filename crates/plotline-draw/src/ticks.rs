//! Ticks: round numbers on numeric axes, round moments on time axes.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveDateTime, TimeDelta, Timelike};
use plotline_chart::chart::DateStyle;
use plotline_chart::clock::Clock;

use crate::clock;
use crate::scale::Scale;

/// A place on an axis that gets a label.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Tick {
    /// The value.
    pub(crate) at: f64,
    /// The distance between ticks here, which decides how many decimals a label needs.
    pub(crate) step: f64,
}

/// A logarithmic axis whose ends have a smaller ratio has the ticks of a linear one.
pub(crate) const LOG_STEPS_LINEAR_BELOW: f64 = 6.0;

/// Ticks on an axis at most; more could not be told apart.
const TICKS_MAX: usize = 200;

/// The smallest step of the form 1, 2, 2.5 or 5 × 10ⁿ that is not below `rough`.
pub(crate) fn nice_step(rough: f64, whole: bool) -> f64 {
    if !rough.is_finite() || rough <= 0.0 {
        return 1.0;
    }
    let magnitude = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 2.5, 5.0, 10.0]
        .into_iter()
        .map(|factor| factor * magnitude)
        // Steps of 2.5 make sense only where the halves can be told apart from rounding.
        .find(|step| *step >= rough * (1.0 - 1e-9) && !(whole && step.fract() != 0.0))
        .unwrap_or(10.0 * magnitude);
    match step {
        // Near the limit of f64 the next round step would be infinite.
        step if !step.is_finite() => rough,
        step if whole => step.max(1.0),
        step => step,
    }
}

/// The steps that ticks may have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Steps {
    /// 1, 2, 2.5 or 5 × 10ⁿ; whole ones only where all values are whole.
    Decimal {
        /// Only whole numbers.
        whole: bool,
    },
    /// Those of a clock.
    Clock(Clock),
}

impl Steps {
    /// The smallest step that is not below `rough`.
    fn at_least(self, rough: f64) -> f64 {
        match self {
            Steps::Decimal { whole } => nice_step(rough, whole),
            Steps::Clock(_) if !rough.is_finite() || rough <= 0.0 => 1.0,
            Steps::Clock(clock) => clock::step(clock, rough),
        }
    }
}

/// Widens a range of values to round ends with at most about `count` steps between; also returns the step.
pub(crate) fn nice_domain(low: f64, high: f64, count: usize, steps: Steps) -> (f64, f64, f64) {
    let mut step = steps.at_least((high * 0.5 - low * 0.5) / count.max(1) as f64 * 2.0);
    loop {
        let (down, up) = ((low / step + 1e-9).floor(), (high / step - 1e-9).ceil());
        if !((up * step).is_finite() && (down * step).is_finite() && down < up) {
            return (low, high, step);
        }
        // Rounding the ends outwards can add a step or two too many; the next round step is never much larger.
        if up - down <= count as f64 || !(step * 1.01).is_finite() {
            return (down * step, up * step, step);
        }
        let next = steps.at_least(step * 1.01);
        if next <= step {
            return (down * step, up * step, step);
        }
        step = next;
    }
}

/// Ticks at the multiples of a step within a scale.
pub(crate) fn every(scale: &Scale, step: f64) -> Vec<Tick> {
    let (low, high) = (scale.low(), scale.high());
    let first = (low / step - 1e-9).ceil();
    let last = (high / step + 1e-9).floor();
    if !(first.is_finite() && last.is_finite()) || last - first > TICKS_MAX as f64 || last < first {
        return vec![Tick { at: low, step }, Tick { at: high, step }];
    }
    let steps = (last - first) as usize;
    let mut ticks: Vec<Tick> = (0..=steps).map(|i| Tick { at: (first + i as f64) * step + 0.0, step }).collect();
    // Beyond 2⁵³ steps from zero neighbouring ticks are the same number.
    ticks.dedup_by(|a, b| a.at == b.at);
    ticks
}

/// Widens a range of values above zero to powers of ten, or to 1, 2 or 5 times one where that wastes less.
pub(crate) fn nice_log_domain(low: f64, high: f64) -> (f64, f64) {
    let decade = |v: f64| 10f64.powf(v.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0];
    if high / low < LOG_STEPS_LINEAR_BELOW {
        let (down, up, _) = nice_domain(low, high, 6, Steps::Decimal { whole: false });
        return if down > 0.0 { (down, up) } else { (low, up) };
    }
    let down = steps.iter().rev().map(|s| s * decade(low)).find(|v| *v <= low * (1.0 + 1e-9)).unwrap_or(low);
    let up = steps.iter().map(|s| s * decade(high)).find(|v| *v >= high * (1.0 - 1e-9)).unwrap_or(high);
    if down > 0.0 && up.is_finite() && down < up { (down, up) } else { (low, high) }
}

/// Ticks of a numeric axis: about `count`, at most that many where they can be chosen.
pub(crate) fn numeric(scale: &Scale, count: usize, steps: Steps) -> Vec<Tick> {
    if scale.is_log() { log(scale, count) } else { linear(scale, count, steps) }
}

fn linear(scale: &Scale, count: usize, steps: Steps) -> Vec<Tick> {
    every(scale, steps.at_least((scale.high() * 0.5 - scale.low() * 0.5) / count.max(1) as f64 * 2.0))
}

fn log(scale: &Scale, count: usize) -> Vec<Tick> {
    let (low, high) = (scale.low(), scale.high());
    let (first, last) = (low.log10().floor() as i32, high.log10().ceil() as i32);
    let decades = f64::from(last - first);
    let fits = |at: f64| at.is_finite() && at >= low * (1.0 - 1e-9) && at <= high * (1.0 + 1e-9);
    let count = count.max(2);
    if decades > count as f64 {
        let every = (decades / count as f64).ceil() as i32;
        return (first..=last)
            .filter(|power| power.rem_euclid(every.max(1)) == 0)
            .map(|power| 10f64.powi(power))
            .filter(|at| fits(*at))
            .map(|at| Tick { at, step: at })
            .collect();
    }
    let factors: &[f64] = if decades * 3.0 <= count as f64 + 1.0 { &[1.0, 2.0, 5.0] } else { &[1.0] };
    let ticks: Vec<Tick> = (first..=last)
        .flat_map(|power| factors.iter().map(move |factor| (power, *factor)))
        .map(|(power, factor)| Tick { at: factor * 10f64.powi(power), step: 10f64.powi(power) })
        .filter(|tick| fits(tick.at))
        .collect();
    // Within less than a decade the steps of a linear axis are nearly even.
    let enough = ticks.len() >= if high / low < LOG_STEPS_LINEAR_BELOW { 4 } else { 2 };
    if enough { ticks } else { linear(scale, count, Steps::Decimal { whole: false }) }
}

/// The distance of ticks on a time axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Interval {
    /// That many milliseconds, below a day.
    Milliseconds(i64),
    /// That many days; seven start on Mondays.
    Days(u64),
    /// That many months, from January.
    Months(u32),
    /// That many years.
    Years(i32),
}

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

const INTERVALS: [(Interval, i64); 31] = [
    (Interval::Milliseconds(1), 1),
    (Interval::Milliseconds(10), 10),
    (Interval::Milliseconds(100), 100),
    (Interval::Milliseconds(SECOND), SECOND),
    (Interval::Milliseconds(5 * SECOND), 5 * SECOND),
    (Interval::Milliseconds(15 * SECOND), 15 * SECOND),
    (Interval::Milliseconds(30 * SECOND), 30 * SECOND),
    (Interval::Milliseconds(MINUTE), MINUTE),
    (Interval::Milliseconds(5 * MINUTE), 5 * MINUTE),
    (Interval::Milliseconds(15 * MINUTE), 15 * MINUTE),
    (Interval::Milliseconds(30 * MINUTE), 30 * MINUTE),
    (Interval::Milliseconds(HOUR), HOUR),
    (Interval::Milliseconds(2 * HOUR), 2 * HOUR),
    (Interval::Milliseconds(3 * HOUR), 3 * HOUR),
    (Interval::Milliseconds(6 * HOUR), 6 * HOUR),
    (Interval::Milliseconds(12 * HOUR), 12 * HOUR),
    (Interval::Days(1), DAY),
    (Interval::Days(2), 2 * DAY),
    (Interval::Days(7), 7 * DAY),
    (Interval::Days(14), 14 * DAY),
    (Interval::Months(1), 30 * DAY),
    (Interval::Months(2), 61 * DAY),
    (Interval::Months(3), 91 * DAY),
    (Interval::Months(6), 182 * DAY),
    (Interval::Years(1), 365 * DAY),
    (Interval::Years(2), 730 * DAY),
    (Interval::Years(5), 1_826 * DAY),
    (Interval::Years(10), 3_652 * DAY),
    (Interval::Years(20), 7_305 * DAY),
    (Interval::Years(50), 18_262 * DAY),
    (Interval::Years(100), 36_524 * DAY),
];

/// A time, if it is one that a calendar knows.
pub(crate) fn datetime(ms: f64) -> Option<NaiveDateTime> {
    let ms = ms.is_finite().then_some(ms.round() as i64)?;
    DateTime::from_timestamp_millis(ms).map(|time| time.naive_utc())
}

/// The finest interval that makes at most `count` ticks of a span, but none finer than the data (`finest_ms`).
pub(crate) fn time_interval(low_ms: f64, high_ms: f64, count: usize, finest_ms: f64) -> Interval {
    let rough = ((high_ms - low_ms) / count.max(1) as f64).max(finest_ms * 0.9);
    INTERVALS.iter().find(|(_, ms)| *ms as f64 >= rough).map_or_else(
        || Interval::Years(nice_step(rough / (365.25 * DAY as f64), true) as i32),
        |(interval, _)| *interval,
    )
}

/// Round moments between two times, ends included.
pub(crate) fn times(low_ms: f64, high_ms: f64, interval: Interval) -> Vec<NaiveDateTime> {
    let (Some(low), Some(high)) = (datetime(low_ms), datetime(high_ms)) else { return Vec::new() };
    let midnight = low.date().and_time(chrono::NaiveTime::MIN);
    let mut moment = match interval {
        Interval::Milliseconds(_) | Interval::Days(1) => Some(midnight),
        Interval::Days(days) => {
            let since_monday = u64::from(low.weekday().num_days_from_monday());
            let back = if days % 7 == 0 { since_monday } else { u64::from(low.day0()) % days };
            midnight.checked_sub_days(Days::new(back))
        }
        Interval::Months(months) => NaiveDate::from_ymd_opt(low.year(), low.month0() / months * months + 1, 1)
            .map(|d| d.and_time(chrono::NaiveTime::MIN)),
        Interval::Years(years) => NaiveDate::from_ymd_opt(low.year().div_euclid(years.max(1)) * years.max(1), 1, 1)
            .map(|d| d.and_time(chrono::NaiveTime::MIN)),
    };
    if let (Interval::Milliseconds(ms), Some(start)) = (interval, moment) {
        let steps = (low - start).num_milliseconds().div_euclid(ms.max(1));
        moment = start.checked_add_signed(TimeDelta::milliseconds(steps * ms));
    }
    let mut found = Vec::new();
    while let Some(now) = moment.filter(|now| *now <= high && found.len() < TICKS_MAX) {
        if now >= low {
            found.push(now);
        }
        moment = match interval {
            Interval::Milliseconds(ms) => now.checked_add_signed(TimeDelta::milliseconds(ms.max(1))),
            Interval::Days(days) => {
                let next = now.checked_add_days(Days::new(days));
                // Every other day counts from the first of each month, so that labels stay on the same days.
                next.map(|next| if days == 2 && next.month() != now.month() { first_of_month(next) } else { next })
            }
            Interval::Months(months) => now.checked_add_months(Months::new(months)),
            Interval::Years(years) => now.checked_add_months(Months::new(12 * years.unsigned_abs().max(1))),
        };
    }
    found
}

fn first_of_month(time: NaiveDateTime) -> NaiveDateTime {
    time.with_day(1).unwrap_or(time)
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The abbreviated name of a month, from 0 for January.
pub(crate) fn month_name(month0: u32) -> &'static str {
    MONTHS.get(month0 as usize).copied().unwrap_or("")
}

/// The label of a moment and the context that a reader needs once: the year of months, the day of hours.
pub(crate) fn time_label(time: NaiveDateTime, interval: Interval, dates: DateStyle) -> (String, Option<String>) {
    let month = month_name(time.month0());
    let day = match dates {
        DateStyle::DayMonth => format!("{} {month}", time.day()),
        DateStyle::MonthDay => format!("{month} {}", time.day()),
    };
    match interval {
        Interval::Years(_) => (time.year().to_string(), None),
        Interval::Months(3) => (format!("Q{}", time.month0() / 3 + 1), Some(time.year().to_string())),
        Interval::Months(_) => (month.to_owned(), Some(time.year().to_string())),
        Interval::Days(_) => (day, Some(time.year().to_string())),
        Interval::Milliseconds(ms) => {
            let comma = if dates == DateStyle::MonthDay { "," } else { "" };
            let day = Some(format!("{day}{comma} {}", time.year()));
            let clock = format!("{:02}:{:02}", time.hour(), time.minute());
            match ms {
                ms if ms >= MINUTE => (clock, day),
                ms if ms >= SECOND => (format!("{clock}:{:02}", time.second()), day),
                _ => (format!("{:02}.{:03}", time.second(), time.and_utc().timestamp_subsec_millis()), Some(clock)),
            }
        }
    }
}
