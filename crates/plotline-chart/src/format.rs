//! Numbers as people read them, in the member's style.

use crate::chart::NumberStyle;
use crate::clock::Clock;

const NO_BREAK_SPACE: char = '\u{A0}';
const NARROW_NO_BREAK_SPACE: char = '\u{202F}';

/// Amounts of money from here on are written without cents.
pub const CENTS_BELOW: f64 = 10_000.0;

/// Beyond this size digits say less than a power of ten.
const PLAIN_MAX: f64 = 1e15;

/// A number with as many decimals as its size calls for: `1,234`, `12.5`, `0.0321`.
pub fn number(value: f64, style: NumberStyle) -> String {
    let size = value.abs();
    if !value.is_finite() {
        return "–".to_owned();
    }
    if size >= PLAIN_MAX || (size > 0.0 && size < 1e-6) {
        return localise(&format!("{value:.3e}"), style);
    }
    let decimals = if size >= 10_000.0 {
        0
    } else if size >= 100.0 {
        1
    } else if size >= 1.0 || size == 0.0 {
        2
    } else {
        // Three digits after the leading zeros.
        (2 - size.log10().floor() as i32).clamp(2, 9) as usize
    };
    let text = format!("{value:.decimals$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    localise(if text == "-0" { "0" } else { text }, style)
}

/// How the values of an axis are written in sentences: as on the axis itself.
#[derive(Clone, Debug)]
pub struct Amounts<'u> {
    style: NumberStyle,
    unit: Option<&'u str>,
    clock: Option<Clock>,
}

impl<'u> Amounts<'u> {
    /// For values of a unit, none larger than `largest` (signs aside), on an axis that is called `label`.
    pub fn of(style: NumberStyle, unit: Option<&'u str>, label: &str, largest: f64) -> Self {
        let unit = unit.map(str::trim).filter(|unit| !unit.is_empty());
        Amounts { style, unit, clock: unit.and_then(|unit| Clock::of(unit, label, largest)) }
    }

    /// One value.
    pub fn one(&self, value: f64) -> String {
        self.all(&[value]).concat()
    }

    /// Several values of one sentence, all as exact as each other; two that differ are written differently.
    pub fn all(&self, values: &[f64]) -> Vec<String> {
        if let Some(clock) = self.clock {
            let texts = clock.values(values).into_iter().zip(values);
            let texts: Vec<String> = texts.map(|(text, v)| if *v < 0.0 { format!("−{text}") } else { text }).collect();
            if told_apart(values, &texts) {
                return texts;
            }
        }
        let money = self.unit.is_some_and(|unit| currency(unit).is_some());
        let has_cents = |value: &f64| value.abs() < CENTS_BELOW && (value * 100.0).round() % 100.0 != 0.0;
        let cents = money && values.iter().any(has_cents);
        let plain = |value: &f64| match value.abs() {
            size if cents && (0.01..CENTS_BELOW).contains(&size) => localise(&format!("{value:.2}"), self.style),
            _ => number(*value, self.style),
        };
        let mut texts: Vec<String> = values.iter().map(plain).collect();
        if !told_apart(values, &texts) {
            texts = values.iter().map(|value| localise(&value.to_string(), self.style)).collect();
        }
        texts.into_iter().map(|text| with_unit(&text, self.unit, self.style)).collect()
    }

    /// A range, with the unit once where it stands after the numbers.
    pub fn range(&self, low: f64, high: f64) -> String {
        let at_each = self.clock.is_some() || self.unit.is_some_and(|unit| currency(unit).is_some() || unit == "%");
        if at_each {
            return self.all(&[low, high]).join("–");
        }
        let bare = Amounts { unit: None, ..self.clone() };
        with_unit(&bare.all(&[low, high]).join("–"), self.unit, self.style)
    }
}

/// Whether values that differ are written differently.
fn told_apart(values: &[f64], texts: &[String]) -> bool {
    let pairs = || values.iter().zip(texts);
    pairs().enumerate().all(|(at, (a, first))| pairs().skip(at + 1).all(|(b, second)| a == b || first != second))
}

/// A number with its unit: `12.5%`, `€40`, `40 kg`.
pub fn with_unit(number: &str, unit: Option<&str>, style: NumberStyle) -> String {
    let Some(unit) = unit.filter(|unit| !unit.is_empty()) else { return number.to_owned() };
    let (sign, digits) = number.strip_prefix('−').map_or(("", number), |digits| ("−", digits));
    match currency(unit) {
        Some(currency) => with_currency(sign, digits, currency, style),
        None if unit == "%" => with_percent(sign, digits, style),
        None => format!("{number} {unit}"),
    }
}

/// Currencies whose sign is better known than their code.
const CURRENCY_SIGNS: [(&str, &str); 27] = [
    ("USD", "$"),
    ("EUR", "€"),
    ("GBP", "£"),
    ("JPY", "¥"),
    ("CNY", "CN¥"),
    ("INR", "₹"),
    ("KRW", "₩"),
    ("RUB", "₽"),
    ("UAH", "₴"),
    ("TRY", "₺"),
    ("VND", "₫"),
    ("ILS", "₪"),
    ("NGN", "₦"),
    ("THB", "฿"),
    ("PHP", "₱"),
    ("BRL", "R$"),
    ("CAD", "CA$"),
    ("AUD", "A$"),
    ("NZD", "NZ$"),
    ("MXN", "MX$"),
    ("HKD", "HK$"),
    ("SGD", "S$"),
    ("CHF", "CHF"),
    ("PLN", "zł"),
    ("CZK", "Kč"),
    ("SEK", "kr"),
    ("NOK", "kr"),
];

/// The sign of a currency, if this unit is one: by its code (`EUR`), or the sign itself.
pub fn currency(unit: &str) -> Option<&str> {
    let known = CURRENCY_SIGNS.iter().find(|(code, sign)| unit.eq_ignore_ascii_case(code) || unit == *sign);
    let mut characters = unit.chars();
    let mut is_sign = || {
        let first = matches!(characters.next(), Some('$' | '¢' | '£' | '¤' | '¥' | '\u{20A0}'..='\u{20CF}'));
        first && characters.next().is_none()
    };
    known.map(|(_, sign)| *sign).or_else(|| is_sign().then_some(unit))
}

/// An amount of money: `€1,200.50`, `1.200,50 €`; `sign` is that of the number.
pub fn with_currency(sign: &str, digits: &str, currency: &str, style: NumberStyle) -> String {
    if decimal_comma(style) || currency.ends_with(['ł', 'č', 'r']) {
        format!("{sign}{digits}{NO_BREAK_SPACE}{currency}")
    } else if currency.chars().all(char::is_alphabetic) {
        format!("{sign}{currency}{NO_BREAK_SPACE}{digits}")
    } else {
        format!("{sign}{currency}{digits}")
    }
}

/// A percentage: `12%`, `12 %`.
pub fn with_percent(sign: &str, digits: &str, style: NumberStyle) -> String {
    if decimal_comma(style) { format!("{sign}{digits}{NARROW_NO_BREAK_SPACE}%") } else { format!("{sign}{digits}%") }
}

/// Whether decimals stand after a comma, and units therefore apart from their numbers.
fn decimal_comma(style: NumberStyle) -> bool {
    matches!(style, NumberStyle::PointComma | NumberStyle::SpaceComma)
}

/// Puts the style's marks into a plain decimal number.
fn localise(plain: &str, style: NumberStyle) -> String {
    let (group, point) = match style {
        NumberStyle::CommaPoint => (",", "."),
        NumberStyle::PointComma => (".", ","),
        NumberStyle::SpaceComma => ("\u{202f}", ","),
        NumberStyle::ApostrophePoint => ("’", "."),
    };
    let (sign, digits) = plain.strip_prefix('-').map_or(("", plain), |rest| ("−", rest));
    let (mantissa, exponent) = digits.split_once('e').map_or((digits, None), |(m, e)| (m, Some(e)));
    let (whole, fraction) = mantissa.split_once('.').map_or((mantissa, None), |(w, f)| (w, Some(f)));
    let mut out = String::from(sign);
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            out.push_str(group);
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push_str(point);
        out.push_str(fraction);
    }
    if let Some(exponent) = exponent {
        out.push_str(" × 10^");
        out.push_str(exponent);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_follow_the_size() {
        let plain = |value| number(value, NumberStyle::CommaPoint);
        assert_eq!(
            [1234.0, 12.5, 0.032_148, 1_234_567.89, -5.0, 0.0, 99.999, 1e20].map(plain),
            ["1,234", "12.5", "0.0321", "1,234,568", "−5", "0", "100", "1.000 × 10^20"]
        );
    }

    #[test]
    fn styles_differ_in_their_marks() {
        let all =
            [NumberStyle::CommaPoint, NumberStyle::PointComma, NumberStyle::SpaceComma, NumberStyle::ApostrophePoint];
        assert_eq!(all.map(|style| number(1234.56, style)), ["1,234.6", "1.234,6", "1\u{202f}234,6", "1’234.6"]);
    }

    #[test]
    fn different_numbers_never_look_the_same() {
        let bare = Amounts::of(NumberStyle::CommaPoint, None, "", 2.0);
        assert_eq!(bare.all(&[1.001, 1.002]), ["1.001", "1.002"]);
    }

    #[test]
    fn money_has_two_decimals_or_none() {
        let euros = Amounts::of(NumberStyle::CommaPoint, Some("EUR"), "Price", 12_000.0);
        assert_eq!(euros.all(&[1_200.5, 500.25]), ["€1,200.50", "€500.25"]);
        assert_eq!(euros.all(&[1_200.5, -500.0]), ["€1,200.50", "−€500.00"]);
        assert_eq!(euros.all(&[12_000.4, 500.0]), ["€12,000", "€500"]);
        assert_eq!(Amounts::of(NumberStyle::PointComma, Some("€"), "", 2.0).one(1.5), "1,50\u{a0}€");
    }

    #[test]
    fn lengths_of_time_are_written_as_clocks_show_them() {
        let laps = Amounts::of(NumberStyle::CommaPoint, Some("s"), "Time", 6_120.0);
        assert_eq!(laps.all(&[5_025.0, 6_120.0]), ["1:23:45", "1:42:00"]);
        let films = Amounts::of(NumberStyle::CommaPoint, Some("min"), "Runtime", 201.0);
        assert_eq!(films.all(&[142.0, -201.0]), ["2:22", "−3:21"]);
        assert_eq!(films.all(&[90.1, 90.2]), ["90.1 min", "90.2 min"]);
    }
}
