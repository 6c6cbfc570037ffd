//! Numbers as people write them: taken apart cell by cell, valued once the whole column has shown its decimal mark.

use std::borrow::Cow;

use super::text::ascii_lookalikes;
use super::unit::{self, Multiplier, PERCENT, Unit};
use crate::grid::Decimal;

/// A number taken apart. Its value needs the decimal mark, which only the whole column can tell.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Number<'a> {
    /// Digits with their separators, without sign.
    core: Cow<'a, str>,
    /// What the separators say for themselves.
    pub(crate) marks: Marks,
    /// Whether it is below zero.
    negative: bool,
    /// The unit on either side.
    pub(crate) unit: Option<Unit<'a>>,
    /// `k`, `million` …
    pub(crate) multiplier: Option<Multiplier>,
    /// Whether a lone `m` follows, which is a million among money and metres otherwise.
    pub(crate) lone_m: bool,
    /// Whether a footnote mark was cut off.
    pub(crate) footnote: bool,
    /// Whether it is said to be approximate (`~5`, `ca. 5`).
    pub(crate) approximate: bool,
}

/// What the separators within a number say about the decimal mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Marks {
    /// Nothing: there are none, or only spaces and apostrophes between thousands.
    Silent,
    /// The dot is the decimal mark, or the comma separates thousands.
    Dot,
    /// The comma is the decimal mark, or the dot separates thousands.
    Comma,
    /// `1,234`: thousands or three decimal places.
    MaybeComma,
    /// `1.234`: three decimal places or thousands.
    MaybeDot,
}

/// More digits than these are an identifier: beyond them a number is no longer exact, and nobody charts it.
pub(crate) const DIGITS_MAX: usize = 15;

/// The longest text that can be a number with its unit, in bytes.
const NUMBER_BYTES_MAX: usize = 64;

/// Reads a trimmed cell as a number. `None` where it is anything else.
pub(crate) fn lex(text: &str) -> Option<Number<'_>> {
    if let Some(plain) = lex_plain(text) {
        return Some(plain);
    }
    if text.len() > NUMBER_BYTES_MAX || !text.chars().any(|c| c.is_numeric()) {
        return None;
    }
    match ascii_lookalikes(text) {
        Cow::Borrowed(text) => lex_any(text),
        Cow::Owned(text) => lex_any(&text).map(Number::into_owned),
    }
}

/// The common case, quickly: an optional minus, digits, at most one dot.
fn lex_plain(text: &str) -> Option<Number<'_>> {
    let (negative, core) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let bytes = core.as_bytes();
    if bytes.is_empty() || bytes.len() > DIGITS_MAX || !bytes[0].is_ascii_digit() {
        return None;
    }
    let mut dot = None;
    for (index, byte) in bytes.iter().enumerate() {
        match byte {
            b'0'..=b'9' => {}
            b'.' if dot.is_none() => dot = Some(index),
            _ => return None,
        }
    }
    let marks = match dot {
        None => Marks::Silent,
        Some(at) if at + 1 == bytes.len() => return None,
        Some(at) => single_mark(&core[..at], bytes.len() - at - 1, '.'),
    };
    Some(Number { core: Cow::Borrowed(core), marks, negative, ..Number::empty() })
}

impl<'a> Number<'a> {
    fn empty() -> Self {
        Self {
            core: Cow::Borrowed(""),
            marks: Marks::Silent,
            negative: false,
            unit: None,
            multiplier: None,
            lone_m: false,
            footnote: false,
            approximate: false,
        }
    }

    fn into_owned(self) -> Number<'static> {
        Number {
            core: Cow::Owned(self.core.into_owned()),
            unit: self.unit.map(Unit::into_owned),
            marks: self.marks,
            negative: self.negative,
            multiplier: self.multiplier,
            lone_m: self.lone_m,
            footnote: self.footnote,
            approximate: self.approximate,
        }
    }

    /// Whether it is written with a unit, a multiplier or a sign that only a quantity has.
    pub(crate) fn is_quantity(&self) -> bool {
        self.unit.is_some() || self.multiplier.is_some() || self.lone_m || self.negative
    }

    /// The whole number it is written as, without separators, unit or fraction other than zero.
    pub(crate) fn plain_integer(&self) -> Option<i64> {
        if self.is_quantity() {
            return None;
        }
        let whole = match self.core.split_once('.') {
            Some((whole, fraction)) if fraction.bytes().all(|b| b == b'0') => whole,
            Some(_) => return None,
            None => &*self.core,
        };
        if whole.len() > DIGITS_MAX || !whole.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        whole.parse().ok()
    }

    /// Whether it begins with a zero that a quantity would not have: `00123`, but not `0` or `0.5`.
    pub(crate) fn has_leading_zero(&self) -> bool {
        let bytes = self.core.as_bytes();
        bytes.len() > 1 && bytes[0] == b'0' && bytes[1].is_ascii_digit()
    }

    /// How many digits stand before the first separator.
    pub(crate) fn whole_digits(&self) -> usize {
        self.core.bytes().take_while(u8::is_ascii_digit).count()
    }

    /// The value, given the column's decimal mark. `None` where the separators do not fit it.
    pub(crate) fn value(&self, decimal: Decimal) -> Option<f64> {
        let size = core_value(&self.core, decimal).or_else(|| {
            // A number that says for itself which mark it uses is right even in a column that mixes both.
            match self.marks {
                Marks::Dot => core_value(&self.core, Decimal::Dot),
                Marks::Comma => core_value(&self.core, Decimal::Comma),
                _ => None,
            }
        })?;
        let scaled = self.multiplier.map_or(size, |multiplier| exact_product(size, multiplier.factor));
        let value = if self.negative { -scaled } else { scaled };
        // Minus zero would be shown as "-0".
        let value = if value == 0.0 { 0.0 } else { value };
        value.is_finite().then_some(value)
    }
}

/// Multiplies without the noise of binary fractions: 3.4 million is 3400000 and not 3399999.9999999995.
pub(crate) fn exact_product(value: f64, factor: f64) -> f64 {
    let product = value * factor;
    /// Relative error below which a product is meant to be the round number beside it.
    const NOISE: f64 = 1e-12;
    let rounded = product.round();
    if rounded != 0.0 && ((product - rounded) / rounded).abs() < NOISE {
        return rounded;
    }
    /// Significant digits that survive; f64 holds about 15.9.
    const DIGITS: i32 = 14;
    if product == 0.0 || !product.is_finite() {
        return product;
    }
    format!("{product:.*e}", DIGITS as usize).parse().unwrap_or(product)
}

fn lex_any(text: &str) -> Option<Number<'_>> {
    let mut number = Number::empty();
    let mut rest = strip_wrapping(text);
    for prefix in ["~", "≈", "≃", "ca. ", "ca.", "ca ", "approx. ", "about ", "c. ", "circa "] {
        if let Some(after) = rest.strip_prefix(prefix) {
            number.approximate = true;
            rest = after.trim_start();
            break;
        }
    }
    // Accountants write losses in parentheses; the unit may stand inside or outside.
    let mut closing = false;
    if let Some(inner) = rest.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')) {
        number.negative = true;
        rest = inner.trim();
    } else if let Some(inner) = rest.strip_prefix('(') {
        number.negative = true;
        closing = true;
        rest = inner.trim_start();
    }
    let parenthesised = number.negative;
    rest = sign(rest, &mut number, parenthesised)?;
    if let Some((code, length)) = unit::currency_before(rest) {
        number.unit = Some(Unit::Currency(code));
        rest = rest[length..].trim_start();
        if !parenthesised && let Some(inner) = rest.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')) {
            number.negative = true;
            rest = inner.trim();
        } else {
            let signed = number.negative;
            rest = sign(rest, &mut number, signed)?;
        }
    }
    let (core, after) = take_core(rest)?;
    // `1990s` is a decade and not a length of time.
    if after == "s" && core.len() == 4 && core.ends_with('0') && core.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    // `5th` and `2nd Ave` are ranks and names.
    if ["st", "nd", "rd", "th"]
        .iter()
        .any(|ending| after.strip_prefix(ending).is_some_and(|rest| !rest.starts_with(char::is_alphabetic)))
    {
        return None;
    }
    number.marks = marks_of(core)?;
    number.core = Cow::Borrowed(core);
    rest = after;
    if closing {
        let (inside, outside) = rest.split_once(')')?;
        number.suffix(inside)?;
        rest = outside;
    }
    number.suffix(rest)?;
    Some(number)
}

/// Markup that people leave around a number: emphasis, code, quotes.
fn strip_wrapping(text: &str) -> &str {
    let inner = text.trim_start_matches(['*', '_', '`', '"', '\'']);
    if inner.len() == text.len() {
        return text;
    }
    // `12*` carries a footnote, `*12*` is emphasised: only what was opened is closed.
    let opened = text.len() - inner.len();
    let closed = inner.len() - inner.trim_end_matches(['*', '_', '`', '"', '\'']).len();
    inner[..inner.len() - closed.min(opened)].trim()
}

/// Takes a sign, with spaces after it. `None` where a second sign follows the first.
fn sign<'a>(rest: &'a str, number: &mut Number<'_>, signed_already: bool) -> Option<&'a str> {
    let Some(after) = rest.strip_prefix(['-', '+', '▲', '▼', '↑', '↓', '▾', '▴']) else {
        return Some(rest);
    };
    if signed_already {
        return None;
    }
    number.negative = rest.starts_with(['-', '▼', '↓', '▾']);
    Some(after.trim_start())
}

/// Splits off the digits with their separators and an exponent.
fn take_core(text: &str) -> Option<(&str, &str)> {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    if !(digit(0) || matches!(bytes.first(), Some(b'.' | b',')) && digit(1)) {
        return None;
    }
    let mut end = 0;
    while end < bytes.len() {
        match bytes[end] {
            b'0'..=b'9' => end += 1,
            b'.' | b',' | b'\'' | b'_' if digit(end + 1) => end += 1,
            b' ' if is_group(bytes, end + 1) => end += 1,
            _ => break,
        }
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let mut at = end + 1;
        if matches!(bytes.get(at), Some(b'+' | b'-')) {
            at += 1;
        }
        let first = at;
        while digit(at) {
            at += 1;
        }
        /// Digits of an exponent: f64 ends at 308.
        const EXPONENT_DIGITS_MAX: usize = 3;
        if at > first && at - first <= EXPONENT_DIGITS_MAX {
            end = at;
        }
    }
    Some((&text[..end], &text[end..]))
}

/// Whether exactly three digits stand here: the only group that a space may set off.
fn is_group(bytes: &[u8], at: usize) -> bool {
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    digit(at) && digit(at + 1) && digit(at + 2) && !digit(at + 3)
}

/// What the separators of a number say. `None` where they fit no convention (`1.2.3`, `1,2345`, `192.168.0.1`).
fn marks_of(core: &str) -> Option<Marks> {
    let mantissa = core.split(['e', 'E']).next().unwrap_or(core);
    let digits = mantissa.bytes().filter(u8::is_ascii_digit).count();
    if digits > DIGITS_MAX && !mantissa.contains(['.', ',']) {
        return None;
    }
    let dots = mantissa.bytes().filter(|b| *b == b'.').count();
    let commas = mantissa.bytes().filter(|b| *b == b',').count();
    let fits = |decimal: Decimal| core_value(core, decimal).is_some();
    if core.len() > mantissa.len() && dots == 1 && commas == 0 {
        // Thousands are not written with an exponent.
        return fits(Decimal::Dot).then_some(Marks::Dot);
    }
    match (dots, commas) {
        (0, 0) => fits(Decimal::Dot).then_some(Marks::Silent),
        (1, 0) => {
            let (whole, fraction) = mantissa.split_once('.')?;
            let marks = single_mark(whole, fraction.len(), '.');
            (fits(Decimal::Dot) || fits(Decimal::Comma)).then_some(marks)
        }
        (0, 1) => {
            let (whole, fraction) = mantissa.split_once(',')?;
            let marks = single_mark(whole, fraction.len(), ',');
            (fits(Decimal::Dot) || fits(Decimal::Comma)).then_some(marks)
        }
        _ if is_dotted_quad(mantissa) => None,
        _ if fits(Decimal::Dot) => Some(Marks::Dot),
        _ if fits(Decimal::Comma) => Some(Marks::Comma),
        _ => None,
    }
}

/// Whether the text has the shape of an IPv4 address.
fn is_dotted_quad(text: &str) -> bool {
    text.split('.').count() == 4 && text.split('.').all(|part| part.parse::<u8>().is_ok())
}

/// What one dot or comma says: only before exactly three digits, and after one to three that are not a lone zero, could
/// it be either.
fn single_mark(whole: &str, fraction_digits: usize, mark: char) -> Marks {
    let could_group = fraction_digits == 3
        && (1..=3).contains(&whole.len())
        && !whole.starts_with('0')
        && whole.bytes().all(|b| b.is_ascii_digit());
    match (mark, could_group) {
        ('.', true) => Marks::MaybeDot,
        ('.', false) => Marks::Dot,
        (_, true) => Marks::MaybeComma,
        (_, false) => Marks::Comma,
    }
}

/// The value of digits with separators under a decimal mark. `None` where they do not fit it.
fn core_value(core: &str, decimal: Decimal) -> Option<f64> {
    let (mark, group) = match decimal {
        Decimal::Dot => ('.', ','),
        Decimal::Comma => (',', '.'),
    };
    let (mantissa, exponent) = match core.find(['e', 'E']) {
        Some(at) => core.split_at(at),
        None => (core, ""),
    };
    let (whole, fraction) = match mantissa.split_once(mark) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    if fraction.is_some_and(|fraction| fraction.is_empty() || !fraction.bytes().all(|b| b.is_ascii_digit())) {
        return None;
    }
    if whole.bytes().all(|b| b.is_ascii_digit()) && decimal == Decimal::Dot {
        return core.parse().ok();
    }
    let mut plain = String::with_capacity(core.len());
    if !whole.bytes().all(|b| b.is_ascii_digit()) {
        let separator = whole.chars().find(|c| !c.is_ascii_digit())?;
        if separator != group && !matches!(separator, ' ' | '\'' | '_') {
            return None;
        }
        let groups: Vec<&str> = whole.split(separator).collect();
        if !groups_fit(&groups, separator) {
            return None;
        }
        plain.extend(groups);
    } else {
        plain.push_str(whole);
    }
    if let Some(fraction) = fraction {
        plain.push('.');
        plain.push_str(fraction);
    }
    plain.push_str(exponent);
    plain.parse().ok()
}

/// Whether digit groups are thousands (`1,234,567`) or, with commas, Indian lakhs and crores (`12,34,567`).
fn groups_fit(groups: &[&str], separator: char) -> bool {
    let Some(((first, last), middle)) = groups
        .split_first()
        .and_then(|(first, rest)| rest.split_last().map(|(last, middle)| ((*first, *last), middle)))
    else {
        return false;
    };
    let digits = |group: &str| group.bytes().all(|b| b.is_ascii_digit());
    if !digits(first) || !digits(last) || !middle.iter().all(|group| digits(group)) || first.is_empty() {
        return false;
    }
    let thousands = first.len() <= 3 && middle.iter().all(|group| group.len() == 3) && last.len() == 3;
    let lakhs = separator == ',' && first.len() <= 2 && middle.iter().all(|group| group.len() == 2) && last.len() == 3;
    (thousands || lakhs) && (first != "0")
}

impl<'a> Number<'a> {
    /// Reads what follows the digits: footnote marks, a multiplier, a unit. `None` where anything is left over.
    fn suffix(&mut self, text: &'a str) -> Option<()> {
        /// Things that may follow one number: a multiplier, a unit, marks. More is prose.
        const PARTS_MAX: usize = 4;
        let mut rest = text.trim();
        for _ in 0..PARTS_MAX {
            rest = self.strip_marks(rest);
            // `5.2 ± 0.3` is five and a bit.
            if rest.is_empty() || rest.starts_with('±') || rest.starts_with("+/-") {
                self.footnote |= !rest.is_empty();
                return Some(());
            }
            if rest == "-" && text.starts_with('-') && !self.negative {
                self.negative = true;
                return Some(());
            }
            rest = self.suffix_part(rest)?.trim_start();
        }
        rest.is_empty().then_some(())
    }

    /// Cuts off footnote marks at the end: `*`, `†`, `¹`, `[a]`, `(est.)`.
    fn strip_marks(&mut self, text: &'a str) -> &'a str {
        let mut rest = text;
        loop {
            let before = rest.len();
            rest = rest.trim_end_matches(['*', '†', '‡', '§', '#']).trim_end();
            // After a letter a raised digit belongs to the unit: `m²`.
            let raised = rest.trim_end_matches(is_superscript);
            if raised.len() < rest.len() && !raised.ends_with(char::is_alphabetic) {
                rest = raised;
            }
            if let Some(open) = rest.ends_with(']').then(|| rest.rfind('[')).flatten()
                && is_short_note(&rest[open + 1..rest.len() - 1])
            {
                rest = rest[..open].trim_end();
            }
            if let Some(open) = rest.ends_with(')').then(|| rest.rfind('(')).flatten()
                && matches!(
                    rest[open + 1..rest.len() - 1].to_lowercase().trim_end_matches('.'),
                    "e" | "est"
                        | "estimate"
                        | "estimated"
                        | "p"
                        | "prov"
                        | "provisional"
                        | "f"
                        | "forecast"
                        | "a"
                        | "b"
                        | "c"
                        | "approx"
                        | "r"
                )
            {
                rest = rest[..open].trim_end();
            }
            // A share of the whole beside the count: `120 (45%)`.
            if let Some(open) = rest.ends_with("%)").then(|| rest.rfind('(')).flatten()
                && rest[open + 1..rest.len() - 2]
                    .trim()
                    .chars()
                    .all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '+' | '-'))
            {
                rest = rest[..open].trim_end();
            }
            // Arrows that only repeat which way the number went.
            rest = rest.trim_end_matches(['▲', '▼', '↑', '↓', '▴', '▾', '→']).trim_end();
            if rest.len() == before {
                return rest;
            }
            self.footnote = true;
        }
    }

    /// Takes one multiplier or unit off the front.
    fn suffix_part(&mut self, text: &'a str) -> Option<&'a str> {
        // The longest unit wins: `kWh` before `k`, `km/h` before `km`.
        let word_end = text.find(|c: char| c == ' ' || c.is_ascii_digit()).unwrap_or(text.len());
        let word = &text[..word_end];
        let free = self.unit.is_none();
        if self.multiplier.is_none()
            && let Some(multiplier) = unit::multiplier(word)
            && !(word == "mm" && free)
        {
            self.multiplier = Some(multiplier);
            return Some(&text[word_end..]);
        }
        if word == "m" && !free && self.multiplier.is_none() {
            self.multiplier = unit::multiplier("M");
            return Some(&text[word_end..]);
        }
        if word == "m" && self.multiplier.is_none() && text.len() == 1 {
            self.lone_m = true;
            return Some("");
        }
        if free && let Some(measure) = unit::measure_named(text) {
            self.unit = Some(Unit::Measure(measure));
            return Some("");
        }
        if free && let Some(code) = unit::currency_named(text) {
            self.unit = Some(Unit::Currency(code));
            return Some("");
        }
        if free && let Some(rest) = text.strip_prefix('%') {
            self.unit = Some(Unit::Measure(&PERCENT));
            return Some(rest);
        }
        if self.multiplier.is_none() && !word.is_empty() {
            // `3.4M€`, `12k$`, `1.2bn€`: the multiplier and the unit without a space.
            for (at, _) in word.char_indices().skip(1) {
                let (head, tail) = word.split_at(at);
                if let Some(multiplier) =
                    unit::multiplier(head).or_else(|| unit::multiplier(&head.to_uppercase()).filter(|_| head == "m"))
                    && free
                    && let Some(code) = unit::currency_named(tail)
                {
                    self.multiplier = Some(multiplier);
                    self.unit = Some(Unit::Currency(code));
                    return Some(&text[word_end..]);
                }
            }
            if word == "m"
                && let Some(code) = unit::currency_named(text[word_end..].trim())
                && free
            {
                self.multiplier = unit::multiplier("M");
                self.unit = Some(Unit::Currency(code));
                return Some("");
            }
        }
        // A currency and a remark: `5 EUR each` is prose, `5 EUR *` was handled above. A known unit with more behind it
        // is prose as well, while one word alone is a unit of its own.
        let plain_word = !text.is_empty()
            && text.len() <= WORD_BYTES_MAX
            && text.chars().all(|c| c.is_alphabetic() || matches!(c, '/' | '²' | '³' | '°' | 'µ'))
            && text.starts_with(|c: char| c.is_alphabetic() || c == '°' || c == '/');
        if free && plain_word && super::names::month(text).is_none() && super::names::any_weekday(text).is_none() {
            self.unit = Some(Unit::Word(Cow::Borrowed(text)));
            return Some("");
        }
        None
    }
}

/// The longest word that is taken for a unit nobody has listed, in bytes.
const WORD_BYTES_MAX: usize = 20;

fn is_superscript(c: char) -> bool {
    matches!(c, '⁰' | '¹' | '²' | '³' | '⁴'..='⁹' | 'ᵃ' | 'ᵇ' | 'ᶜ')
}

/// Whether the text within square brackets is a footnote's mark.
fn is_short_note(text: &str) -> bool {
    /// `[note 1]` is the longest usual mark, in bytes.
    const NOTE_BYTES_MAX: usize = 8;
    !text.is_empty()
        && text.len() <= NOTE_BYTES_MAX
        && text.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '*' | '.'))
}
