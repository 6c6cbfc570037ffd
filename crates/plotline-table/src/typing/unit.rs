//! Currencies, physical units, and the words that multiply a number.

use std::borrow::Cow;

/// What the numbers of a column count or measure.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Unit<'a> {
    /// A currency by its ISO 4217 code.
    Currency(&'static str),
    /// A unit that can be converted within its dimension.
    Measure(&'static Measure),
    /// Any other word behind the number, as written: `users`, `pcs`.
    Word(Cow<'a, str>),
}

impl Unit<'_> {
    /// The unit as [`crate::Column::unit`] names it.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Currency(code) => code,
            Self::Measure(measure) => measure.name,
            Self::Word(word) => word,
        }
    }

    /// The unit without a borrow from the cell.
    pub(crate) fn into_owned(self) -> Unit<'static> {
        match self {
            Self::Currency(code) => Unit::Currency(code),
            Self::Measure(measure) => Unit::Measure(measure),
            Self::Word(word) => Unit::Word(Cow::Owned(word.into_owned())),
        }
    }

    /// Whether two cells have the same unit; for words a plural `s` does not matter.
    pub(crate) fn same(&self, other: &Unit<'_>) -> bool {
        match (self, other) {
            (Self::Currency(a), Unit::Currency(b)) => a == b,
            (Self::Measure(a), Unit::Measure(b)) => a.name == b.name,
            (Self::Word(a), Unit::Word(b)) => singular(a) == singular(b),
            _ => false,
        }
    }
}

fn singular(word: &str) -> String {
    let lower = word.to_lowercase();
    lower.strip_suffix('s').map_or(lower.clone(), str::to_owned)
}

/// What a unit measures; only units of one dimension can be converted into each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dimension {
    /// Lengths, in metres.
    Length,
    /// Masses, in grams.
    Mass,
    /// Volumes, in litres.
    Volume,
    /// Durations, in seconds.
    Time,
    /// Amounts of data, in bytes.
    Data,
    /// Speeds, in metres a second.
    Speed,
    /// Energies, in joules.
    Energy,
    /// Powers, in watts.
    Power,
    /// Frequencies, in hertz.
    Frequency,
    /// Areas, in square metres.
    Area,
    /// Pressures, in pascals.
    Pressure,
    /// Voltages, in volts.
    Voltage,
    /// Currents, in amperes.
    Current,
    /// Data rates, in bits a second.
    Rate,
    /// Anything that stands alone.
    Alone,
}

/// A unit of measurement.
#[derive(Debug, PartialEq)]
pub(crate) struct Measure {
    /// The name shown: the SI symbol where there is one.
    pub(crate) name: &'static str,
    /// What it measures.
    pub(crate) dimension: Dimension,
    /// How many of the dimension's base unit it is.
    pub(crate) factor: f64,
    /// How it is written. A form in lower case only matches in any case, unless a symbol of that exact case exists.
    forms: &'static [&'static str],
}

const fn measure(name: &'static str, dimension: Dimension, factor: f64, forms: &'static [&'static str]) -> Measure {
    Measure { name, dimension, factor, forms }
}

/// The percent sign as a unit.
pub(crate) static PERCENT: Measure =
    measure("%", Dimension::Alone, 1.0, &["%", "percent", "pct", "prozent", "per cent"]);
/// The second, in which durations written with colons are counted.
pub(crate) static SECOND: Measure = measure(
    "s",
    Dimension::Time,
    1.0,
    &["s", "sec", "secs", "sec.", "second", "seconds", "sek", "sek.", "sekunden", "secondes", "segundos"],
);
/// The minute.
pub(crate) static MINUTE: Measure =
    measure("min", Dimension::Time, 60.0, &["min", "mins", "min.", "minute", "minutes", "minuten", "minutos"]);
/// The hour.
pub(crate) static HOUR: Measure = measure(
    "h",
    Dimension::Time,
    3600.0,
    &["h", "hr", "hrs", "hr.", "hour", "hours", "std", "std.", "stunde", "stunden", "heure", "heures", "hora", "horas"],
);
/// The day.
pub(crate) static DAY: Measure =
    measure("days", Dimension::Time, 86_400.0, &["d", "day", "days", "tag", "tage", "jours", "días"]);
/// The millisecond.
pub(crate) static MILLISECOND: Measure =
    measure("ms", Dimension::Time, 0.001, &["ms", "msec", "millisecond", "milliseconds", "millis"]);

/// Every other unit. Symbols that differ in case only (`MB`, `Mb`; `mW`, `MW`) are told apart.
static MEASURES: &[Measure] = &[
    measure("mm", Dimension::Length, 0.001, &["mm", "millimeter", "millimeters", "millimetre", "millimetres"]),
    measure("cm", Dimension::Length, 0.01, &["cm", "centimeter", "centimeters", "centimetre", "centimetres"]),
    measure("m", Dimension::Length, 1.0, &["m", "meter", "meters", "metre", "metres", "mtr"]),
    measure("km", Dimension::Length, 1000.0, &["km", "kms", "kilometer", "kilometers", "kilometre", "kilometres"]),
    measure("in", Dimension::Length, 0.0254, &["in", "inch", "inches", "\""]),
    measure("ft", Dimension::Length, 0.3048, &["ft", "ft.", "foot", "feet"]),
    measure("yd", Dimension::Length, 0.9144, &["yd", "yds", "yard", "yards"]),
    measure("mi", Dimension::Length, 1609.344, &["mi", "mile", "miles"]),
    measure("nm", Dimension::Length, 1e-9, &["nm", "nanometer", "nanometers"]),
    measure("µm", Dimension::Length, 1e-6, &["µm", "μm", "um", "micron", "microns"]),
    measure("mg", Dimension::Mass, 0.001, &["mg", "milligram", "milligrams"]),
    measure("g", Dimension::Mass, 1.0, &["g", "gr", "gram", "grams", "gramm"]),
    measure("kg", Dimension::Mass, 1000.0, &["kg", "kgs", "kilo", "kilos", "kilogram", "kilograms"]),
    measure("t", Dimension::Mass, 1_000_000.0, &["t", "ton", "tons", "tonne", "tonnes", "tonnen"]),
    measure("lb", Dimension::Mass, 453.592_37, &["lb", "lbs", "lb.", "lbs.", "pound", "pounds"]),
    measure("oz", Dimension::Mass, 28.349_523_125, &["oz", "oz.", "ounce", "ounces"]),
    measure("ml", Dimension::Volume, 0.001, &["ml", "mL", "milliliter", "milliliters", "millilitre", "millilitres"]),
    measure("cl", Dimension::Volume, 0.01, &["cl", "cL"]),
    measure("l", Dimension::Volume, 1.0, &["l", "L", "liter", "liters", "litre", "litres"]),
    measure("gal", Dimension::Volume, 3.785_411_784, &["gal", "gallon", "gallons"]),
    measure("m³", Dimension::Volume, 1000.0, &["m³", "m^3", "m3", "cbm"]),
    measure("µs", Dimension::Time, 1e-6, &["µs", "μs", "us", "microseconds"]),
    measure("ns", Dimension::Time, 1e-9, &["ns", "nanoseconds"]),
    measure("weeks", Dimension::Time, 604_800.0, &["wk", "wks", "week", "weeks", "wochen"]),
    measure("months", Dimension::Alone, 1.0, &["mo", "mos", "month", "months", "monate"]),
    measure("years", Dimension::Alone, 1.0, &["y", "yr", "yrs", "year", "years", "jahre"]),
    measure("B", Dimension::Data, 1.0, &["byte", "bytes"]),
    measure("KB", Dimension::Data, 1e3, &["KB", "kB", "kb", "kilobytes"]),
    measure("MB", Dimension::Data, 1e6, &["MB", "mb", "megabytes"]),
    measure("GB", Dimension::Data, 1e9, &["GB", "gb", "gigabytes", "gigs"]),
    measure("TB", Dimension::Data, 1e12, &["TB", "tb", "terabytes"]),
    measure("PB", Dimension::Data, 1e15, &["PB", "pb"]),
    measure("KiB", Dimension::Data, 1024.0, &["KiB", "kib"]),
    measure("MiB", Dimension::Data, 1_048_576.0, &["MiB", "mib"]),
    measure("GiB", Dimension::Data, 1_073_741_824.0, &["GiB", "gib"]),
    measure("TiB", Dimension::Data, 1_099_511_627_776.0, &["TiB", "tib"]),
    measure("kbit/s", Dimension::Rate, 1e3, &["kbps", "kbit/s", "kb/s"]),
    measure("Mbit/s", Dimension::Rate, 1e6, &["mbps", "mbit/s", "Mb/s"]),
    measure("Gbit/s", Dimension::Rate, 1e9, &["gbps", "gbit/s", "Gb/s"]),
    measure("MB/s", Dimension::Rate, 8e6, &["MB/s"]),
    measure("m/s", Dimension::Speed, 1.0, &["m/s", "mps"]),
    measure("km/h", Dimension::Speed, 1.0 / 3.6, &["km/h", "kmh", "kph", "kmph"]),
    measure("mph", Dimension::Speed, 0.447_04, &["mph", "mi/h"]),
    measure("kn", Dimension::Speed, 1852.0 / 3600.0, &["kn", "kt", "kts", "knot", "knots"]),
    measure("J", Dimension::Energy, 1.0, &["J", "joule", "joules"]),
    measure("kJ", Dimension::Energy, 1e3, &["kJ", "kj"]),
    measure("cal", Dimension::Energy, 4.184, &["cal"]),
    measure("kcal", Dimension::Energy, 4184.0, &["kcal", "calories"]),
    measure("Wh", Dimension::Energy, 3600.0, &["Wh", "wh"]),
    measure("kWh", Dimension::Energy, 3.6e6, &["kWh", "kwh", "KWh", "KWH"]),
    measure("MWh", Dimension::Energy, 3.6e9, &["MWh", "mwh"]),
    measure("GWh", Dimension::Energy, 3.6e12, &["GWh", "gwh"]),
    measure("TWh", Dimension::Energy, 3.6e15, &["TWh", "twh"]),
    measure("mW", Dimension::Power, 1e-3, &["mW"]),
    measure("W", Dimension::Power, 1.0, &["W", "watt", "watts"]),
    measure("kW", Dimension::Power, 1e3, &["kW", "kw", "KW"]),
    measure("MW", Dimension::Power, 1e6, &["MW", "mw"]),
    measure("GW", Dimension::Power, 1e9, &["GW", "gw"]),
    measure("hp", Dimension::Power, 745.7, &["hp", "bhp", "ps"]),
    measure("Hz", Dimension::Frequency, 1.0, &["Hz", "hz"]),
    measure("kHz", Dimension::Frequency, 1e3, &["kHz", "khz"]),
    measure("MHz", Dimension::Frequency, 1e6, &["MHz", "mhz"]),
    measure("GHz", Dimension::Frequency, 1e9, &["GHz", "ghz"]),
    measure("m²", Dimension::Area, 1.0, &["m²", "m^2", "m2", "sqm", "qm", "sq m"]),
    measure("km²", Dimension::Area, 1e6, &["km²", "km^2", "km2", "sq km"]),
    measure("ft²", Dimension::Area, 0.092_903_04, &["ft²", "ft^2", "ft2", "sqft", "sq ft", "sq. ft."]),
    measure("mi²", Dimension::Area, 2_589_988.110_336, &["mi²", "sq mi"]),
    measure("ha", Dimension::Area, 1e4, &["ha", "hectare", "hectares", "hektar"]),
    measure("acres", Dimension::Area, 4_046.856_422_4, &["acre", "acres"]),
    measure("Pa", Dimension::Pressure, 1.0, &["Pa", "pa"]),
    measure("hPa", Dimension::Pressure, 100.0, &["hPa", "hpa"]),
    measure("kPa", Dimension::Pressure, 1e3, &["kPa", "kpa"]),
    measure("MPa", Dimension::Pressure, 1e6, &["MPa", "mpa"]),
    measure("mbar", Dimension::Pressure, 100.0, &["mbar", "mb."]),
    measure("bar", Dimension::Pressure, 1e5, &["bar"]),
    measure("psi", Dimension::Pressure, 6894.757, &["psi"]),
    measure("mV", Dimension::Voltage, 1e-3, &["mV", "mv"]),
    measure("V", Dimension::Voltage, 1.0, &["V", "volt", "volts"]),
    measure("kV", Dimension::Voltage, 1e3, &["kV", "kv"]),
    measure("mA", Dimension::Current, 1e-3, &["mA", "ma"]),
    measure("A", Dimension::Current, 1.0, &["A", "amp", "amps"]),
    measure("°C", Dimension::Alone, 1.0, &["°C", "° C", "℃", "deg c", "°c", "degc", "celsius", "ºC"]),
    measure("°F", Dimension::Alone, 1.0, &["°F", "° F", "℉", "deg f", "°f", "degf", "fahrenheit", "ºF"]),
    measure("°", Dimension::Alone, 1.0, &["°", "deg", "degree", "degrees"]),
    measure("‰", Dimension::Alone, 1.0, &["‰", "permille"]),
    measure("pp", Dimension::Alone, 1.0, &["pp", "p.p.", "ppt"]),
    measure("bps", Dimension::Alone, 1.0, &["bps", "bp"]),
    measure("dB", Dimension::Alone, 1.0, &["dB", "db"]),
    measure("dBm", Dimension::Alone, 1.0, &["dBm", "dbm"]),
    measure("px", Dimension::Alone, 1.0, &["px", "pixel", "pixels"]),
    measure("fps", Dimension::Alone, 1.0, &["fps", "FPS"]),
    measure("rpm", Dimension::Alone, 1.0, &["rpm", "RPM"]),
    measure("bpm", Dimension::Alone, 1.0, &["bpm", "BPM"]),
    measure("ppm", Dimension::Alone, 1.0, &["ppm"]),
    measure("mmHg", Dimension::Alone, 1.0, &["mmHg", "mmhg"]),
    measure("mg/dL", Dimension::Alone, 1.0, &["mg/dL", "mg/dl"]),
    measure("mol", Dimension::Alone, 1.0, &["mol", "mols"]),
    measure("pcs", Dimension::Alone, 1.0, &["pcs", "pcs.", "pc", "pieces", "stk", "stk.", "stück"]),
    measure("pts", Dimension::Alone, 1.0, &["pts", "pts.", "points", "pt"]),
    measure("units", Dimension::Alone, 1.0, &["unit", "units"]),
    measure("people", Dimension::Alone, 1.0, &["people", "persons"]),
];

/// The longest form of a unit, in bytes.
const FORM_BYTES_MAX: usize = 16;

/// The unit of measurement that a word stands for.
pub(crate) fn measure_named(word: &str) -> Option<&'static Measure> {
    if word.is_empty() || word.len() > FORM_BYTES_MAX {
        return None;
    }
    let first = [&PERCENT, &SECOND, &MINUTE, &HOUR, &DAY, &MILLISECOND];
    let all = || first.iter().copied().chain(MEASURES);
    if let Some(exact) = all().find(|measure| measure.forms.contains(&word)) {
        return Some(exact);
    }
    // Upper case carries meaning in one-letter symbols: `5 M` is five million, `5 K` five thousand.
    if word.chars().count() == 1 {
        return None;
    }
    let lower = word.to_lowercase();
    all().find(|measure| measure.forms.contains(&lower.as_str()))
}

/// Currency signs, the longer ones first, and their ISO 4217 codes.
static SIGNS: &[(&str, &str)] = &[
    ("US$", "USD"),
    ("AU$", "AUD"),
    ("CA$", "CAD"),
    ("NZ$", "NZD"),
    ("HK$", "HKD"),
    ("MX$", "MXN"),
    ("NT$", "TWD"),
    ("A$", "AUD"),
    ("C$", "CAD"),
    ("S$", "SGD"),
    ("R$", "BRL"),
    ("$", "USD"),
    ("€", "EUR"),
    ("£", "GBP"),
    ("¥", "JPY"),
    ("元", "CNY"),
    ("円", "JPY"),
    ("₹", "INR"),
    ("₩", "KRW"),
    ("₽", "RUB"),
    ("₺", "TRY"),
    ("₫", "VND"),
    ("₪", "ILS"),
    ("฿", "THB"),
    ("₴", "UAH"),
    ("₦", "NGN"),
    ("₱", "PHP"),
    ("₡", "CRC"),
    ("₸", "KZT"),
    ("₿", "BTC"),
    ("zł", "PLN"),
    ("Kč", "CZK"),
    ("Ft", "HUF"),
    ("Rs.", "INR"),
    ("Rs", "INR"),
    ("kr.", "SEK"),
    ("kr", "SEK"),
];

/// ISO 4217 codes that are read behind or before a number. Those that are also English words are read in capitals only.
static CODES: &[&str] = &[
    "USD", "EUR", "GBP", "JPY", "CNY", "CHF", "CAD", "AUD", "NZD", "INR", "KRW", "RUB", "BRL", "MXN", "SEK", "NOK",
    "DKK", "PLN", "CZK", "HUF", "TRY", "ILS", "ZAR", "SGD", "HKD", "TWD", "THB", "IDR", "MYR", "PHP", "VND", "UAH",
    "NGN", "KES", "EGP", "AED", "SAR", "QAR", "KWD", "ARS", "CLP", "COP", "PEN", "RON", "BGN", "ISK", "HRK", "RSD",
    "PKR", "BDT", "LKR", "MAD", "GHS", "KZT", "RMB", "BTC", "ETH",
];

/// Codes read in lower case as well; the others would clash with words (`try`, `mad`, `pen`).
static CODES_ANY_CASE: &[&str] =
    &["usd", "eur", "gbp", "jpy", "cny", "chf", "cad", "aud", "inr", "sek", "nok", "dkk", "pln"];

/// Names of currencies, in lower case.
static CURRENCY_NAMES: &[(&str, &str)] = &[
    ("euro", "EUR"),
    ("euros", "EUR"),
    ("dollar", "USD"),
    ("dollars", "USD"),
    ("bucks", "USD"),
    ("yen", "JPY"),
    ("rupees", "INR"),
    ("quid", "GBP"),
];

/// A currency at the beginning of the text, with the bytes it takes.
pub(crate) fn currency_before(text: &str) -> Option<(&'static str, usize)> {
    let first = *text.as_bytes().first()?;
    if first.is_ascii_digit() || matches!(first, b'-' | b'+' | b'(' | b'.') {
        return None;
    }
    if let Some((sign, code)) = SIGNS.iter().find(|(sign, _)| text.starts_with(sign)) {
        let rest = text[sign.len()..].chars().next();
        let is_word = sign.chars().any(char::is_alphabetic) && rest.is_some_and(char::is_alphabetic);
        return (!is_word).then_some((*code, sign.len()));
    }
    /// The length of an ISO 4217 code.
    const CODE_BYTES: usize = 3;
    let code = currency_code(text.get(..CODE_BYTES)?)?;
    let rest = text[CODE_BYTES..].chars().next();
    (!rest.is_some_and(char::is_alphabetic)).then_some((code, CODE_BYTES))
}

/// The currency that the whole text names: a sign, a code or a name.
pub(crate) fn currency_named(text: &str) -> Option<&'static str> {
    if let Some((_, code)) = SIGNS.iter().find(|(sign, _)| *sign == text) {
        return Some(code);
    }
    currency_code(text).or_else(|| {
        let lower = text.to_lowercase();
        CURRENCY_NAMES.iter().find(|(name, _)| *name == lower).map(|(_, code)| *code)
    })
}

fn currency_code(text: &str) -> Option<&'static str> {
    let code = CODES.iter().find(|code| **code == text).or_else(|| {
        CODES_ANY_CASE.contains(&text).then(|| CODES.iter().find(|code| code.eq_ignore_ascii_case(text)))?
    })?;
    Some(if *code == "RMB" { "CNY" } else { code })
}

/// What a multiplier is certain of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Multiplier {
    /// What the number is multiplied by.
    pub(crate) factor: f64,
    /// The word for it in a unit: `thousand`, `million` …
    pub(crate) name: &'static str,
}

/// The power of ten that a word stands for: `k`, `M`, `bn`, `Mio.`, `lakh`.
pub(crate) fn multiplier(word: &str) -> Option<Multiplier> {
    let of = |factor: f64, name: &'static str| Some(Multiplier { factor, name });
    match word {
        "k" | "K" => return of(1e3, "thousand"),
        "M" | "MM" => return of(1e6, "million"),
        "B" | "G" => return of(1e9, "billion"),
        "T" => return of(1e12, "trillion"),
        _ => {}
    }
    if word.len() > FORM_BYTES_MAX {
        return None;
    }
    match word.to_lowercase().trim_end_matches('.') {
        "thousand" | "thousands" | "tsd" | "tausend" | "mille" | "thou" | "000s" | "000" | "'000" | "1000s" => {
            of(1e3, "thousand")
        }
        "million" | "millions" | "mio" | "mn" | "mln" | "mill" | "millionen" | "millones" | "mm" => of(1e6, "million"),
        "billion" | "billions" | "bn" | "bln" | "mrd" | "milliarden" | "milliarde" | "milliards" => of(1e9, "billion"),
        "trillion" | "trillions" | "tn" | "trn" => of(1e12, "trillion"),
        "lakh" | "lakhs" | "lac" => of(1e5, "lakh"),
        "crore" | "crores" | "cr" => of(1e7, "crore"),
        _ => None,
    }
}
