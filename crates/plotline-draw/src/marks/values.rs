//! Value axes from the values on them.

use plotline_chart::chart::{Axis, NumberStyle};

use crate::axes::Values;
use crate::error::DrawError;
use crate::number::{Numbers, Unit};

/// The extent of values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Extent {
    pub(crate) low: f64,
    pub(crate) high: f64,
    /// The smallest above zero, for logarithmic axes.
    pub(crate) least_positive: f64,
    pub(crate) whole: bool,
}

impl Extent {
    /// Of all finite values; none if there is none.
    pub(crate) fn of(values: impl IntoIterator<Item = f64>) -> Option<Extent> {
        let mut extent: Option<Extent> = None;
        for value in values.into_iter().filter(|value| value.is_finite()) {
            let positive = if value > 0.0 { value } else { f64::INFINITY };
            let whole = value.fract() == 0.0;
            extent = Some(match extent {
                None => Extent { low: value, high: value, least_positive: positive, whole },
                Some(e) => Extent {
                    low: e.low.min(value),
                    high: e.high.max(value),
                    least_positive: e.least_positive.min(positive),
                    whole: e.whole && whole,
                },
            });
        }
        extent
    }

    fn span(&self) -> f64 {
        self.high * 0.5 - self.low * 0.5
    }
}

/// Whether an axis starts at zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Zero {
    /// Always: lengths are compared.
    Always,
    /// Where that wastes little of the axis: places along a line are compared.
    IfNear,
    /// Only where the values all but reach it: places of points are compared.
    IfTouched,
}

/// A value axis for an extent.
pub(crate) fn axis(axis: &Axis, style: NumberStyle, extent: Extent, zero: Zero) -> Values {
    // Values below zero have no logarithm; zeros, such as empty bins, lie at the low end of the axis.
    let log = axis.log && extent.low >= 0.0 && extent.least_positive.is_finite();
    let (mut low, mut high) = (extent.low, extent.high);
    if log {
        low = extent.least_positive;
        if zero == Zero::Always || low == high {
            // A bar needs a length, so the axis starts below the least value.
            low /= 2.0;
        }
        if high <= low {
            high = low * 10.0;
        }
    } else {
        let share = extent.span() * 2.0 / high.abs().max(low.abs()).max(f64::MIN_POSITIVE);
        let near = match zero {
            Zero::Always => true,
            Zero::IfNear => share >= 0.66,
            Zero::IfTouched => share >= 0.85,
        };
        if near {
            low = low.min(0.0);
            high = high.max(0.0);
        }
        if low == high {
            // All values alike: a level line in the middle, or a bar of full height.
            let room = if low == 0.0 { 1.0 } else { low.abs() * 0.5 };
            let both = zero != Zero::Always && low != 0.0;
            (low, high) = if both { (low - room, high + room) } else { (low, high + room) };
        }
    }
    Values {
        low,
        high,
        log,
        numbers: Numbers::new(style, Unit::of(axis, extent.low.abs().max(extent.high.abs()))),
        whole: extent.whole && !log,
        label: axis.label.clone(),
        nice: true,
    }
}

/// Whether the parts of stacks can be added up.
///
/// # Errors
/// When a total is beyond what a number can hold.
pub(crate) fn check_totals(totals: &[f64]) -> Result<(), DrawError> {
    if totals.iter().all(|total| total.is_finite()) {
        return Ok(());
    }
    Err(DrawError::Unsuitable { kind: "stacked", reason: "their sum is too large" })
}

/// The share of a whole that a value is; zero where the whole is zero.
pub(crate) fn share(value: f64, total: f64) -> f64 {
    if total > 0.0 && total.is_finite() { value / total } else { 0.0 }
}
