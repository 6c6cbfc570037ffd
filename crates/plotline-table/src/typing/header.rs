//! What a column's header says: its name, its unit, and what kind of values to expect.

use super::text::trim;
use super::unit;

/// A header taken apart.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct HeaderUnit {
    /// The header without its unit.
    pub(crate) name: String,
    /// The unit as the column names it.
    pub(crate) unit: String,
    /// Whether the unit is a bare multiplier (`in thousands`), to which the cells may add a currency.
    pub(crate) only_multiplier: bool,
}

/// The longest unit in a header, in bytes; more is a remark.
const UNIT_BYTES_MAX: usize = 32;

/// Splits a unit off a header: `Price (€)`, `Weight [kg]`, `Revenue in USD`, `Growth %`, `Umsatz (Tsd. €)`.
pub(crate) fn split_unit(header: &str) -> Option<HeaderUnit> {
    let header = trim(header);
    for (open, close) in [('(', ')'), ('[', ']')] {
        let Some((at, end)) = header.rfind(open).zip(header.rfind(close)).filter(|(at, end)| at < end) else {
            continue;
        };
        let inside = trim(&header[at + 1..end]);
        let (before, after) = (trim(&header[..at]), trim(&header[end + 1..]));
        let name = match (before.is_empty(), after.is_empty()) {
            (false, true) => before.to_owned(),
            (false, false) => format!("{before} {after}"),
            _ => continue,
        };
        if let Some((unit, only_multiplier)) = parse(inside) {
            return Some(HeaderUnit { name, unit, only_multiplier });
        }
        // Square brackets around one word hold a unit even when nobody has listed it.
        if open == '[' && !inside.is_empty() && inside.len() <= UNIT_BYTES_MAX / 2 && !inside.contains(' ') {
            let number = inside.bytes().all(|b| b.is_ascii_digit());
            if !number {
                return Some(HeaderUnit { name, unit: inside.to_owned(), only_multiplier: false });
            }
        }
    }
    for separator in [" in ", " / ", ", ", " - "] {
        if let Some((name, rest)) = header.rsplit_once(separator)
            && let Some((unit, only_multiplier)) = parse(rest)
            // A name of its own can follow a comma; only a unit that cannot be a word is split off there.
            && (separator == " in " || !rest.chars().all(char::is_alphabetic) || unit::currency_named(trim(rest)).is_some())
        {
            return Some(HeaderUnit { name: trim(name).to_owned(), unit, only_multiplier });
        }
    }
    // `Growth %`, `Price €`, `Price EUR`, `Distance km`: one word behind the name that can only be a unit.
    let (name, last) = header.rsplit_once(' ')?;
    let certain = matches!(
        last,
        "%" | "‰"
            | "kg"
            | "km"
            | "cm"
            | "mm"
            | "ml"
            | "kWh"
            | "MWh"
            | "GWh"
            | "TWh"
            | "kW"
            | "MW"
            | "GW"
            | "mph"
            | "km/h"
            | "m/s"
            | "°C"
            | "°F"
            | "MB"
            | "GB"
            | "TB"
            | "ms"
            | "Hz"
            | "kHz"
            | "MHz"
            | "GHz"
            | "hPa"
            | "kcal"
            | "m²"
            | "km²"
            | "m³"
    ) || unit::currency_named(last).is_some_and(|_| !last.chars().all(char::is_lowercase));
    let name = trim(name).trim_end_matches([',', '/', '-', ':']).trim_end();
    let (unit, only_multiplier) = certain.then(|| parse(last)).flatten()?;
    (!name.is_empty()).then(|| HeaderUnit { name: name.to_owned(), unit, only_multiplier })
}

/// The unit that a text names, and whether it is a bare multiplier. Multipliers stay in the unit (`million USD`), so
/// that the numbers remain those that the member wrote.
pub(crate) fn parse(text: &str) -> Option<(String, bool)> {
    let text = trim(text);
    let text = text.strip_prefix("in ").map_or(text, trim);
    if text.is_empty() || text.len() > UNIT_BYTES_MAX {
        return None;
    }
    if let Some(name) = simple(text) {
        return Some((name.to_owned(), false));
    }
    if text.starts_with('%') && !text[1..].starts_with(char::is_alphanumeric) {
        return Some(("%".to_owned(), false));
    }
    if let Some(multiplier) = unit::multiplier(text) {
        // A bare `T` or `B` is more likely a name than a trillion.
        let spoken = text.chars().count() > 1 || matches!(text, "k" | "K" | "M");
        return spoken.then(|| (multiplier.name.to_owned(), true));
    }
    for (separator, written) in [(" per ", "/"), ("/", "/"), (" pro ", "/")] {
        if let Some((what, each)) = text.split_once(separator)
            && let Some(what) = simple(trim(what))
            && !trim(each).is_empty()
        {
            let each = trim(each);
            return Some((format!("{what}{written}{}", simple(each).unwrap_or(each)), false));
        }
    }
    multiplied(text).map(|unit| (unit, false))
}

/// A currency or a unit of measurement by its name.
fn simple(text: &str) -> Option<&str> {
    unit::currency_named(text).or_else(|| unit::measure_named(text).map(|measure| measure.name))
}

/// `Tsd. €`, `€m`, `$M`, `USD bn`, `million USD`, `millions of dollars`, `$ thousands`.
fn multiplied(text: &str) -> Option<String> {
    let parts = |multiplier: &str, unit: &str| -> Option<String> {
        let (multiplier, unit) = (trim(multiplier), trim(unit));
        let unit = unit.strip_prefix("of ").unwrap_or(unit);
        let factor = match multiplier {
            "m" => unit::multiplier("M"),
            "b" => unit::multiplier("B"),
            other => unit::multiplier(other),
        }?;
        Some(format!("{} {}", factor.name, simple(trim(unit))?))
    };
    text.char_indices().skip(1).find_map(|(at, _)| {
        let (head, tail) = text.split_at(at);
        // `km` is a kilometre and not a thousand metres: only money is written with a multiplier glued to it.
        let money = |text: &str| {
            let text = trim(text);
            let text = text.strip_prefix("of ").unwrap_or(text);
            unit::currency_named(text).is_some() || head.ends_with(' ') || tail.starts_with(' ')
        };
        (money(tail)).then(|| parts(head, tail)).flatten().or_else(|| money(head).then(|| parts(tail, head)).flatten())
    })
}

/// The words of a header in lower case: `Opening_year`, `openingYear` and `Opening year` alike.
pub(crate) fn words(header: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut previous = ' ';
    for c in header.chars() {
        let boundary = !previous.is_alphanumeric()
            || previous.is_lowercase() && c.is_uppercase()
            || previous.is_alphabetic() != c.is_alphabetic();
        if c.is_alphanumeric() {
            match words.last_mut() {
                Some(word) if !boundary => word.extend(c.to_lowercase()),
                _ => words.push(c.to_lowercase().collect()),
            }
        }
        previous = c;
    }
    words
}

/// Words that name columns rather than stand in them: what tables are made of anywhere.
const COLUMN_NAMES: &[&str] = &[
    "age",
    "agent",
    "animal",
    "area",
    "article",
    "artikel",
    "author",
    "branch",
    "brand",
    "browser",
    "bundesland",
    "categoria",
    "category",
    "catégorie",
    "channel",
    "ciudad",
    "city",
    "class",
    "client",
    "code",
    "color",
    "colour",
    "company",
    "continent",
    "country",
    "county",
    "course",
    "customer",
    "cyclist",
    "date",
    "datum",
    "day",
    "department",
    "dept",
    "device",
    "district",
    "division",
    "dose",
    "driver",
    "drug",
    "employee",
    "equipo",
    "event",
    "exercise",
    "fecha",
    "filiale",
    "game",
    "gender",
    "genre",
    "grade",
    "group",
    "gruppe",
    "hour",
    "id",
    "indicator",
    "industry",
    "item",
    "jahr",
    "jour",
    "kategorie",
    "klasse",
    "kunde",
    "land",
    "language",
    "location",
    "machine",
    "magasin",
    "mannschaft",
    "measure",
    "member",
    "mes",
    "metric",
    "model",
    "mois",
    "monat",
    "month",
    "name",
    "node",
    "nom",
    "nombre",
    "office",
    "ort",
    "parameter",
    "party",
    "patient",
    "pays",
    "país",
    "percentile",
    "period",
    "person",
    "place",
    "plant",
    "platform",
    "player",
    "position",
    "producto",
    "product",
    "produit",
    "produkt",
    "project",
    "province",
    "provider",
    "pupil",
    "quarter",
    "question",
    "region",
    "rider",
    "room",
    "round",
    "route",
    "runner",
    "sample",
    "school",
    "season",
    "sector",
    "segment",
    "sensor",
    "server",
    "service",
    "sex",
    "shop",
    "site",
    "size",
    "skier",
    "source",
    "species",
    "sport",
    "staat",
    "stadt",
    "state",
    "station",
    "store",
    "student",
    "subject",
    "supplier",
    "swimmer",
    "task",
    "teacher",
    "team",
    "test",
    "tienda",
    "time",
    "topic",
    "town",
    "type",
    "university",
    "user",
    "variable",
    "variant",
    "vendor",
    "version",
    "ville",
    "week",
    "weekday",
    "woche",
    "year",
    "zone",
    "année",
    "athlete",
    "año",
    "équipe",
];

/// Whether a cell can only be the name of its column: one such word, or one behind another (`Product category`).
pub(crate) fn names_a_column(cell: &str) -> bool {
    /// A name of more words is a value.
    const WORDS_MAX: usize = 2;
    let words = words(cell);
    words.len() <= WORDS_MAX && words.last().is_some_and(|word| COLUMN_NAMES.contains(&word.as_str()))
}

/// What a header leads one to expect.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Expect {
    /// Years: `Year`, `Opening_year`, `Jahr`, `Season`.
    pub(crate) year: bool,
    /// Identifiers written in digits: ZIP codes, phone numbers, ISBN.
    pub(crate) identifier: bool,
    /// Lengths of time: `Duration`, `Lap`, `Runtime`.
    pub(crate) duration: bool,
    /// Lengths of time in hours and minutes: `Hours worked`, `Sleep`.
    pub(crate) hours: bool,
    /// The unit hour itself: `Hours`, `Stunden`.
    pub(crate) hours_named: bool,
    /// Times of day: `Start`, `Departure`.
    pub(crate) clock: bool,
    /// A calendar date.
    pub(crate) date: bool,
    /// Nothing but a calendar date, so that a number may be a day number: `Date`, `Order date`, `Day`.
    pub(crate) serial: bool,
    /// Parts of a date that are padded with a zero: hours, days, months as numbers.
    pub(crate) padded: bool,
    /// A truth value: `is_active`, `Has dog`.
    pub(crate) truth: bool,
}

/// Whether the headers are those of a race or a training.
pub(crate) fn of_a_race(headers: &[String]) -> bool {
    headers.iter().flat_map(|header| words(header)).any(|word| {
        matches!(
            word.as_str(),
            "lap"
                | "laps"
                | "split"
                | "splits"
                | "pace"
                | "hr"
                | "bpm"
                | "runner"
                | "swimmer"
                | "athlete"
                | "racer"
                | "cyclist"
                | "driver"
                | "heat"
                | "lane"
        )
    })
}

/// Reads what a header leads one to expect.
pub(crate) fn expect(header: &str) -> Expect {
    let mut expect = Expect::default();
    let words = words(header);
    for (index, word) in words.iter().enumerate() {
        match word.as_str() {
            "year" | "years" | "yr" | "jahr" | "jahre" | "année" | "annee" | "an" | "año" | "ano" | "anno" | "fy"
            | "season" | "saison" | "vintage" | "jahrgang" | "geburtsjahr" | "baujahr" => expect.year = true,
            "founded" | "established" | "born" | "released" | "built" | "opened" => {
                expect.year = true;
                expect.date = true;
            }
            "zip" | "zipcode" | "postcode" | "postal" | "plz" | "phone" | "telephone" | "telefon" | "tel"
            | "mobile" | "fax" | "isbn" | "issn" | "ean" | "gtin" | "upc" | "sku" | "iban" | "ssn" | "imei"
            | "barcode" => expect.identifier = true,
            "duration" | "dauer" | "length" | "runtime" | "lap" | "split" | "elapsed" | "took" | "pace" | "race"
            | "playtime" | "uptime" | "downtime" | "latency" | "durée" | "duración" | "finish" | "best" | "record"
            | "laufzeit" | "track" => {
                expect.duration = true;
            }
            "hours" | "hrs" | "worked" | "sleep" | "overtime" | "stunden" | "arbeitszeit" | "shift" => {
                expect.duration = true;
                expect.hours = true;
                expect.hours_named |= matches!(word.as_str(), "hours" | "hrs" | "stunden");
                expect.padded = true;
            }
            "start" | "end" | "begin" | "starts" | "ends" | "clock" | "uhrzeit" | "timestamp" | "departure"
            | "arrival" | "departs" | "arrives" | "opens" | "closes" | "opening" | "closing" | "sunrise" | "sunset"
            | "at" | "wake" | "bedtime" | "checkin" | "checkout" | "from" | "until" | "till" => expect.clock = true,
            "date" | "datum" | "fecha" | "day" | "tag" | "jour" | "dt" | "when" => {
                expect.date = true;
                expect.padded = word == "day" || word == "tag" || word == "jour";
            }
            "hour" | "hr" | "month" | "monat" | "mois" | "mes" | "week" | "woche" | "kw" | "minute" | "stunde" => {
                expect.padded = true;
            }
            "is" | "has" | "was" | "are" | "can" if index == 0 && words.len() > 1 => expect.truth = true,
            "yn" | "flag" => expect.truth = true,
            _ => {}
        }
    }
    let per = || words.iter().any(|word| matches!(word.as_str(), "per" | "each" | "every" | "pro" | "avg" | "average"));
    expect.serial = match words.as_slice() {
        [only] if matches!(only.as_str(), "day" | "jour") => true,
        [first, ..] if matches!(first.as_str(), "date" | "datum" | "fecha" | "when" | "dt") => !per(),
        [.., last] if matches!(last.as_str(), "date" | "datum" | "fecha" | "when" | "dt") => !per(),
        _ => false,
    };
    expect
}
