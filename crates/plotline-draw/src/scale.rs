//! Scales: from values to places, as coordinate types of plotters.

use std::ops::Range;

use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged};

/// A continuous scale over a domain; the ends of the domain map to the ends of the axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Scale {
    low: f64,
    high: f64,
    log: bool,
}

impl Scale {
    /// A linear scale. An empty or broken domain becomes one unit wide, so that every value has a place.
    pub(crate) fn linear(low: f64, high: f64) -> Self {
        let low = if low.is_finite() { low } else { 0.0 };
        let high = if high.is_finite() && high > low { high } else { low + low.abs().max(1.0) };
        Scale { low, high, log: false }
    }

    /// A base-10 logarithmic scale; linear if the domain is not wholly above zero.
    pub(crate) fn log(low: f64, high: f64) -> Self {
        if low > 0.0 && high > low && high.is_finite() {
            Scale { low, high, log: true }
        } else {
            Scale::linear(low, high)
        }
    }

    /// The lower end of the domain.
    pub(crate) fn low(&self) -> f64 {
        self.low
    }

    /// The upper end of the domain.
    pub(crate) fn high(&self) -> f64 {
        self.high
    }

    /// Whether the scale is logarithmic.
    pub(crate) fn is_log(&self) -> bool {
        self.log
    }

    /// Where a value lies: 0 at the lower end, 1 at the upper. On a logarithmic scale zero is at the lower end.
    pub(crate) fn fraction(&self, value: f64) -> f64 {
        if self.log {
            if value <= 0.0 {
                return 0.0;
            }
            let low = self.low.log10();
            return (value.log10() - low) / (self.high.log10() - low);
        }
        // Halves, since the difference of two values near the limits of f64 would overflow.
        let span = self.high * 0.5 - self.low * 0.5;
        (value * 0.5 - self.low * 0.5) / span
    }
}

impl Ranged for Scale {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        let fraction = self.fraction(*value);
        if !fraction.is_finite() {
            return limit.0;
        }
        // A value far outside the domain stays within what a coordinate can hold.
        let fraction = fraction.clamp(-50.0, 51.0);
        (f64::from(limit.0) + fraction * (f64::from(limit.1) - f64::from(limit.0))).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        let steps = crate::ticks::Steps::Decimal { whole: false };
        crate::ticks::numeric(self, hint.max_num_points(), steps).into_iter().map(|tick| tick.at).collect()
    }

    fn range(&self) -> Range<f64> {
        self.low..self.high
    }
}
