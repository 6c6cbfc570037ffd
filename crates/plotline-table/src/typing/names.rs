//! Names of months and weekdays in English, German, French and Spanish.

/// The longest name in the tables below, in bytes.
const NAME_BYTES_MAX: usize = 12;

/// The month (1 to 12) that a word names, in full or abbreviated, with or without a full stop.
pub(crate) fn month(word: &str) -> Option<u8> {
    let word = lower(word)?;
    let number = match word.as_str() {
        "jan" | "january" | "januar" | "jänner" | "janv" | "janvier" | "ene" | "enero" => 1,
        "feb" | "february" | "febr" | "februar" | "fév" | "févr" | "février" | "fev" | "fevr" | "fevrier"
        | "febrero" => 2,
        "mar" | "march" | "mär" | "märz" | "mrz" | "maerz" | "mars" | "marzo" => 3,
        "apr" | "april" | "avr" | "avril" | "abr" | "abril" => 4,
        "may" | "mai" | "mayo" => 5,
        "jun" | "june" | "juni" | "juin" | "junio" => 6,
        "jul" | "july" | "juli" | "juil" | "juillet" | "julio" => 7,
        "aug" | "august" | "aoû" | "août" | "aout" | "ago" | "agosto" => 8,
        "sep" | "sept" | "september" | "septembre" | "septiembre" | "setiembre" => 9,
        "oct" | "october" | "okt" | "oktober" | "octobre" | "octubre" => 10,
        "nov" | "november" | "novembre" | "noviembre" => 11,
        "dec" | "december" | "dez" | "dezember" | "déc" | "décembre" | "decembre" | "dic" | "diciembre" => 12,
        _ => return None,
    };
    Some(number)
}

/// A language that weekdays are named in. Two-letter names clash between languages (`Di` is Tuesday in German and
/// Sunday in French), so a column is read in one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    /// English.
    English,
    /// German.
    German,
    /// French.
    French,
    /// Spanish.
    Spanish,
}

impl Language {
    /// Every language, the likeliest first.
    pub(crate) const ALL: [Self; 4] = [Self::English, Self::German, Self::French, Self::Spanish];
}

/// The weekday (0 is Monday) that a word names in a language.
pub(crate) fn weekday(word: &str, language: Language) -> Option<u8> {
    let word = lower(word)?;
    let number = match (language, word.as_str()) {
        (Language::English, "mon" | "monday" | "mo") => 0,
        (Language::English, "tue" | "tues" | "tuesday" | "tu") => 1,
        (Language::English, "wed" | "weds" | "wednesday" | "we") => 2,
        (Language::English, "thu" | "thur" | "thurs" | "thursday" | "th") => 3,
        (Language::English, "fri" | "friday" | "fr") => 4,
        (Language::English, "sat" | "saturday" | "sa") => 5,
        (Language::English, "sun" | "sunday" | "su") => 6,
        (Language::German, "mo" | "mon" | "montag") => 0,
        (Language::German, "di" | "die" | "dienstag") => 1,
        (Language::German, "mi" | "mit" | "mittwoch") => 2,
        (Language::German, "do" | "don" | "donnerstag") => 3,
        (Language::German, "fr" | "fre" | "freitag") => 4,
        (Language::German, "sa" | "sam" | "samstag" | "sonnabend") => 5,
        (Language::German, "so" | "son" | "sonntag") => 6,
        (Language::French, "lu" | "lun" | "lundi") => 0,
        (Language::French, "ma" | "mar" | "mardi") => 1,
        (Language::French, "me" | "mer" | "mercredi") => 2,
        (Language::French, "je" | "jeu" | "jeudi") => 3,
        (Language::French, "ve" | "ven" | "vendredi") => 4,
        (Language::French, "sa" | "sam" | "samedi") => 5,
        (Language::French, "di" | "dim" | "dimanche") => 6,
        (Language::Spanish, "lu" | "lun" | "lunes") => 0,
        (Language::Spanish, "ma" | "mar" | "martes") => 1,
        (Language::Spanish, "mi" | "mié" | "mie" | "miércoles" | "miercoles") => 2,
        (Language::Spanish, "ju" | "jue" | "jueves") => 3,
        (Language::Spanish, "vi" | "vie" | "viernes") => 4,
        (Language::Spanish, "sá" | "sa" | "sáb" | "sab" | "sábado" | "sabado") => 5,
        (Language::Spanish, "do" | "dom" | "domingo") => 6,
        _ => return None,
    };
    Some(number)
}

/// The weekday that a word of three letters or more names in any language.
pub(crate) fn any_weekday(word: &str) -> Option<u8> {
    /// Shorter words are too common elsewhere ("so", "me", "we").
    const LETTERS_MIN: usize = 3;
    if word.trim_end_matches('.').chars().count() < LETTERS_MIN {
        return None;
    }
    Language::ALL.into_iter().find_map(|language| weekday(word, language))
}

/// The word in lower case without the full stop of an abbreviation, unless it is too long or no word at all.
fn lower(word: &str) -> Option<String> {
    let word = word.trim_end_matches('.');
    let plausible = !word.is_empty() && word.len() <= NAME_BYTES_MAX && word.chars().all(char::is_alphabetic);
    plausible.then(|| word.to_lowercase())
}
