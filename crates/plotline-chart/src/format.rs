//! Numbers as people read them, in the member's style.

use crate::chart::NumberStyle;

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

/// Two numbers that differ are written differently: where rounding would hide it, all digits are shown.
pub fn pair(a: f64, b: f64, style: NumberStyle) -> (String, String) {
    let (first, second) = (number(a, style), number(b, style));
    if first == second && a != b {
        return (localise(&a.to_string(), style), localise(&b.to_string(), style));
    }
    (first, second)
}

/// A number with its unit: `12.5%`, `40 kg`.
pub fn with_unit(number: &str, unit: Option<&str>) -> String {
    match unit {
        Some("%") => format!("{number}%"),
        Some(unit) if !unit.is_empty() => format!("{number} {unit}"),
        _ => number.to_owned(),
    }
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
        assert_eq!(pair(1.001, 1.002, NumberStyle::CommaPoint), ("1.001".to_owned(), "1.002".to_owned()));
    }
}
