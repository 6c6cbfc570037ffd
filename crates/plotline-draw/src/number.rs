//! How numbers are written: separators as in the member's own numbers, signs of currencies, short forms of large numbers.

use plotline_chart::chart::{Axis, NumberStyle};
use plotline_chart::clock::Clock;
use plotline_chart::format::{CENTS_BELOW, currency, with_currency, with_percent};

use crate::ticks::Steps;

/// The minus sign, as wide as the digits; a hyphen is too short.
const MINUS: char = '\u{2212}';
const NARROW_NO_BREAK_SPACE: char = '\u{202F}';

/// Where a unit is written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Unit {
    /// Nowhere: a plain number.
    None,
    /// A sign at every number.
    Currency(String),
    /// A percent sign at every number.
    Percent,
    /// After the label of the axis.
    Other(String),
    /// A length of time, as clocks show it.
    Clock(Clock),
}

impl Unit {
    /// Reads a unit as it stands in a table.
    pub(crate) fn parse(unit: Option<&str>) -> Unit {
        let Some(unit) = unit.map(str::trim).filter(|unit| !unit.is_empty()) else { return Unit::None };
        if unit == "%" || unit.eq_ignore_ascii_case("percent") {
            return Unit::Percent;
        }
        if let Some(sign) = currency(unit) {
            return Unit::Currency(sign.to_owned());
        }
        Unit::Other(unit.to_owned())
    }

    /// The unit of an axis for values of which none is larger than `largest`, signs aside.
    pub(crate) fn of(axis: &Axis, largest: f64) -> Unit {
        match Unit::parse(axis.unit.as_deref()) {
            Unit::Other(unit) if !axis.log => {
                Clock::of(&unit, &axis.label, largest).map_or(Unit::Other(unit), Unit::Clock)
            }
            unit => unit,
        }
    }

    /// What is written after the label of the axis.
    pub(crate) fn after_label(&self) -> Option<&str> {
        match self {
            Unit::Other(unit) => Some(unit),
            Unit::Clock(clock) => clock.name(),
            _ => None,
        }
    }
}

/// A short form of large numbers: the divisor and what stands for it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Short {
    divisor: f64,
    suffix: &'static str,
}

const SHORT: [Short; 5] = [
    Short { divisor: 1e12, suffix: "T" },
    Short { divisor: 1e9, suffix: "B" },
    Short { divisor: 1e6, suffix: "M" },
    Short { divisor: 1e3, suffix: "k" },
    Short { divisor: 1.0, suffix: "" },
];

/// Axes with larger numbers than this have short labels.
const SHORT_AXIS_FROM: f64 = 10_000.0;
/// Labels at marks stay exact up to here.
const SHORT_VALUE_FROM: f64 = 1_000_000.0;
/// Beyond this, and below its inverse, numbers are powers of ten.
const SCIENTIFIC_FROM: f64 = 1e15;
const SCIENTIFIC_BELOW: f64 = 1e-5;

impl Short {
    /// The short form for numbers up to `largest`, if they are larger than `from`.
    fn pick(largest: f64, from: f64) -> Short {
        let plain = Short { divisor: 1.0, suffix: "" };
        if largest.abs() < from {
            return plain;
        }
        SHORT.into_iter().find(|short| largest.abs() >= short.divisor).unwrap_or(plain)
    }
}

/// Writes the numbers of one axis.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Numbers {
    style: NumberStyle,
    unit: Unit,
}

impl Numbers {
    /// For an axis with a unit.
    pub(crate) fn new(style: NumberStyle, unit: Unit) -> Self {
        Numbers { style, unit }
    }

    /// The steps that ticks of these numbers may have.
    pub(crate) fn steps(&self, whole: bool) -> Steps {
        match self.unit {
            Unit::Clock(clock) => Steps::Clock(clock),
            _ => Steps::Decimal { whole },
        }
    }

    /// The unit.
    pub(crate) fn unit(&self) -> &Unit {
        &self.unit
    }

    /// The label of a tick on an axis whose largest number is `largest` and whose ticks are `step` apart.
    pub(crate) fn tick(&self, value: f64, step: f64, largest: f64) -> String {
        if !value.is_finite() {
            return String::new();
        }
        if let Unit::Clock(clock) = self.unit {
            return self.with_unit(value < 0.0, clock.tick(value, step));
        }
        if value == 0.0 {
            return self.with_unit(false, "0".to_owned());
        }
        if largest.abs() >= SCIENTIFIC_FROM || largest.abs() < SCIENTIFIC_BELOW {
            return self.with_unit(value < 0.0, self.scientific(value.abs()));
        }
        let short = Short::pick(largest, SHORT_AXIS_FROM);
        let decimals = decimals_of_step(step / short.divisor);
        self.with_unit(value < 0.0, self.grouped(value.abs() / short.divisor, decimals) + short.suffix)
    }

    /// The label of a tick on a logarithmic axis, short from a thousand on where the axis has long numbers.
    pub(crate) fn log_tick(&self, value: f64, step: f64, largest: f64) -> String {
        if largest < SHORT_AXIS_FROM || !(1_000.0..SCIENTIFIC_FROM).contains(&value) {
            return self.tick(value, step, value);
        }
        let short = Short::pick(value, 1_000.0);
        self.with_unit(
            false,
            self.grouped(value / short.divisor, decimals_of_step(step / short.divisor)) + short.suffix,
        )
    }

    /// A value at a mark: exact where it is short, else three or four significant digits.
    pub(crate) fn value(&self, value: f64) -> String {
        if !value.is_finite() {
            return String::new();
        }
        if let Unit::Clock(clock) = self.unit {
            return self.with_unit(value < 0.0, clock.values(&[value]).concat());
        }
        let size = value.abs();
        if size != 0.0 && !(SCIENTIFIC_BELOW..SCIENTIFIC_FROM).contains(&size) {
            return self.with_unit(value < 0.0, self.scientific(size));
        }
        let short = Short::pick(size, SHORT_VALUE_FROM);
        let scaled = size / short.divisor;
        let decimals = if short.suffix.is_empty() {
            decimals_of_value(scaled)
        } else {
            decimals_of_value(round_to(scaled, 2)).min(2)
        };
        let decimals = if decimals == 1 && size < CENTS_BELOW && self.is_money() { 2 } else { decimals };
        self.with_unit(value < 0.0, self.grouped(scaled, decimals) + short.suffix)
    }

    fn is_money(&self) -> bool {
        matches!(self.unit, Unit::Currency(_))
    }

    /// The values of one set of labels, all with the same number of decimals.
    pub(crate) fn values(&self, values: &[f64]) -> Vec<String> {
        if let Unit::Clock(clock) = self.unit
            && values.iter().all(|v| v.is_finite())
        {
            let signed = values.iter().zip(clock.values(values));
            return signed.map(|(value, text)| self.with_unit(*value < 0.0, text)).collect();
        }
        let largest = values.iter().fold(0.0f64, |m, v| m.max(v.abs()));
        if values.iter().any(|v| !v.is_finite())
            || largest >= SHORT_VALUE_FROM
            || values.iter().any(|v| *v != 0.0 && v.abs() < SCIENTIFIC_BELOW)
        {
            return values.iter().map(|v| self.value(*v)).collect();
        }
        let decimals = values.iter().map(|v| decimals_of_value(v.abs())).max().unwrap_or(0);
        let decimals = if largest >= 1_000.0 { decimals.min(1) } else { decimals };
        let decimals = if decimals == 1 && self.is_money() { 2 } else { decimals };
        values.iter().map(|v| self.with_unit(*v < 0.0, self.grouped(v.abs(), decimals))).collect()
    }

    /// A share of a whole, in percent.
    pub(crate) fn share(&self, fraction: f64) -> String {
        let percent = fraction * 100.0;
        let (size, near) = (percent.abs(), (percent.abs() - 100.0).abs());
        // A part is never written as nothing, and never as the whole.
        if size > 0.0 && size < 0.05 {
            return format!("<{}", self.share(0.001_f64.copysign(fraction)));
        }
        if near > 0.0 && near < 0.05 && size < 100.0 {
            return format!(">{}", self.share(0.999_f64.copysign(fraction)));
        }
        let close = (size - size.round()).abs() <= 0.05;
        let decimals = usize::from(!close && size < 10.0 || near > 1e-9 && near < 1.0);
        let unitless = Numbers::new(self.style, Unit::Percent);
        unitless.with_unit(percent < 0.0, unitless.grouped(percent.abs(), decimals))
    }

    fn with_unit(&self, negative: bool, digits: String) -> String {
        let negative = negative && digits.chars().any(|c| c.is_ascii_digit() && c != '0');
        let sign = if negative { String::from(MINUS) } else { String::new() };
        match &self.unit {
            Unit::Currency(currency) => with_currency(&sign, &digits, currency, self.style),
            Unit::Percent => with_percent(&sign, &digits, self.style),
            Unit::None | Unit::Other(_) | Unit::Clock(_) => format!("{sign}{digits}"),
        }
    }

    fn scientific(&self, size: f64) -> String {
        let mut power = size.log10().floor() as i32;
        // Through logarithms, since 10^power may lie outside the range of f64.
        let mut mantissa = 10f64.powf(size.log10() - f64::from(power));
        mantissa = round_to(mantissa, 2);
        if mantissa >= 10.0 {
            mantissa = 1.0;
            power += 1;
        }
        let exponent: String = power.to_string().chars().map(superscript).collect();
        if mantissa == 1.0 {
            return format!("10{exponent}");
        }
        format!("{}×10{exponent}", self.grouped(mantissa, decimals_of_value(mantissa)))
    }

    fn grouped(&self, size: f64, decimals: usize) -> String {
        let (group, point) = match self.style {
            NumberStyle::CommaPoint => (',', '.'),
            NumberStyle::PointComma => ('.', ','),
            NumberStyle::SpaceComma => (NARROW_NO_BREAK_SPACE, ','),
            NumberStyle::ApostrophePoint => ('’', '.'),
        };
        let plain = format!("{size:.decimals$}");
        let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
        let mut text = String::with_capacity(plain.len() + 8);
        for (i, digit) in whole.chars().enumerate() {
            if i > 0 && (whole.len() - i).is_multiple_of(3) {
                text.push(group);
            }
            text.push(digit);
        }
        if !fraction.is_empty() {
            text.push(point);
            text.push_str(fraction);
        }
        text
    }
}

fn superscript(c: char) -> char {
    match c {
        '-' => '⁻',
        '0' => '⁰',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '4' => '⁴',
        '5' => '⁵',
        '6' => '⁶',
        '7' => '⁷',
        '8' => '⁸',
        _ => '⁹',
    }
}

/// A value rounded to a number of decimals.
fn round_to(value: f64, decimals: i32) -> f64 {
    let factor = 10f64.powi(decimals);
    (value * factor).round() / factor
}

/// The decimals that tell ticks apart.
fn decimals_of_step(step: f64) -> usize {
    (0..=8).find(|d| (step - round_to(step, *d)).abs() <= step.abs() * 1e-6).unwrap_or(8) as usize
}

/// The decimals that a value needs to be read back nearly as it is: all of them up to two, and at least three significant digits.
fn decimals_of_value(size: f64) -> usize {
    if size == 0.0 || !size.is_finite() {
        return 0;
    }
    let most = (2 - size.log10().floor() as i32).clamp(if size < 100.0 { 2 } else { 1 }, 8);
    (0..=most).find(|d| (size - round_to(size, *d)).abs() <= size * 1e-9).unwrap_or(most) as usize
}
