//! Ticks of lengths of time: at the steps of a clock.

use plotline_chart::clock::{Clock, DAY, HOUR, MINUTE};

use crate::ticks::nice_step;

/// Steps between ticks up to a day, in seconds.
const STEPS: [f64; 18] = [
    1.0,
    2.0,
    5.0,
    10.0,
    15.0,
    30.0,
    MINUTE,
    2.0 * MINUTE,
    5.0 * MINUTE,
    10.0 * MINUTE,
    15.0 * MINUTE,
    30.0 * MINUTE,
    HOUR,
    2.0 * HOUR,
    3.0 * HOUR,
    6.0 * HOUR,
    12.0 * HOUR,
    DAY,
];

/// The smallest round step between ticks that is not below `rough`; both in units of the values.
pub(crate) fn step(clock: Clock, rough: f64) -> f64 {
    let seconds = rough * clock.unit_seconds();
    let step = if seconds <= 0.5 {
        nice_step(seconds, false)
    } else {
        let found = STEPS.into_iter().find(|step| *step >= seconds * (1.0 - 1e-9));
        found.unwrap_or_else(|| nice_step(seconds / DAY, true) * DAY)
    };
    step / clock.unit_seconds()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_those_of_a_clock() {
        let clock = Clock::of("min", "", 300.0).unwrap();
        let steps = [0.4, 7.0, 20.0, 31.0, 70.0, 121.0, 200.0].map(|rough| step(clock, rough));
        assert_eq!(steps, [0.5, 10.0, 30.0, 60.0, 120.0, 180.0, 360.0]);
        let long = Clock::of("s", "", 1e6).unwrap();
        assert_eq!(step(long, 100_000.0), 2.0 * DAY);
    }
}
