//! Where a request names a column or a value of the table.

use std::collections::HashSet;

use plotline_table::{Cell, Column, ColumnKind, Table};

use super::lexicon::{FILLERS, ID_WORDS, NAMING_WORDS, expansions, synonymous};
use super::measure::GROUP_WORDS;
use super::token::{Class, Token, name_words, stem, tokenise};
use crate::resolve::columns::is_numeric;

/// Below this likeness (0 to 1) a run of words does not name a column.
pub(super) const LIKENESS_MIN: f64 = 0.38;
/// Two columns whose likeness differs by less are equally good.
const TIE: f64 = 0.025;
/// A column's name is looked for in at most this many words.
const WORDS_MAX: usize = 12;
/// A column's fused or shortened name has at most this many readings.
const READINGS_MAX: usize = 12;
/// Different values of a column that are looked for in a request.
const VALUES_MAX: usize = 5_000;
/// The first word of a longer value stands for it from this many letters on.
const PART_LETTERS_MIN: usize = 4;
/// A value of more words than this is not looked for: nobody types it out.
const VALUE_WORDS_MAX: usize = 12;

/// Words of requests that are a column's name only when nothing else explains them.
pub(super) const COMMAND_WORDS: &[&str] = &[
    "show",
    "list",
    "number",
    "count",
    "total",
    "average",
    "mean",
    "order",
    "sort",
    "rank",
    "group",
    "chart",
    "graph",
    "bar",
    "bars",
    "line",
    "plot",
    "from",
    "to",
    "by",
    "sum",
    "max",
    "min",
    "give",
    "return",
    "draw",
    "find",
    "display",
    "top",
    "first",
    "last",
    "axis",
    "x",
    "y",
    "percentage",
    "share",
    "trend",
    "distribution",
    "relationship",
    "what",
    "which",
    "different",
    "make",
    "use",
    "value",
    "values",
    "data",
    "table",
    "per",
    "time",
];

/// Units at the end of a column's name, which people leave out.
const UNIT_WORDS: &[&str] = &[
    "km",
    "kg",
    "mph",
    "mm",
    "cm",
    "m",
    "usd",
    "eur",
    "gbp",
    "lb",
    "lbs",
    "knots",
    "billion",
    "million",
    "thousand",
    "mins",
    "secs",
    "hrs",
    "ms",
    "pct",
    "dollars",
    "euros",
    "kmh",
    "celsius",
    "fahrenheit",
    "c",
    "f",
    "kb",
    "mb",
    "gb",
    "tb",
    "hz",
    "mhz",
    "ghz",
    "kw",
    "kwh",
    "ppm",
    "psi",
    "ml",
    "g",
    "mg",
    "oz",
    "ft",
    "mi",
    "kts",
    "kt",
    "chf",
    "jpy",
    "1",
    "2",
];

/// Endings of fused names: `dormid`, `flno`.
const FUSED_ENDINGS: &[&str] = &["id", "name", "code", "date", "no", "num", "type", "year", "time", "count"];

/// Words at the end of a name that make a column of different whole numbers an identifier.
const NUMBERING_WORDS: &[&str] = &["no", "nr", "num", "number", "nbr"];

/// Words in a name that say nothing alone: `Paid with`, `OpenedOn`.
const JOINING_WORDS: &[&str] =
    &["of", "in", "the", "is", "per", "with", "by", "on", "at", "for", "to", "from", "a", "has"];

/// Letters before the digit of a symbol such as `co2` or `pm10`; more are a word with a number (`meter_500`).
const SYMBOL_LETTERS_MAX: usize = 3;

/// A place in a request that names a column.
#[derive(Clone, Debug)]
pub(super) struct Mention {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) column: usize,
    /// 0 to 1.
    pub(super) likeness: f64,
    /// Other columns that the same words name as well.
    pub(super) rivals: Vec<usize>,
    /// The words name what a row is (`students` where there is a `StuID`) and are no more than a part of the column's name.
    pub(super) entity: bool,
}

/// A place in a request that names a value of the table.
#[derive(Clone, Debug)]
pub(super) struct ValueMention {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) column: usize,
    pub(super) value: String,
    /// Written as in the table, in quotation marks, or of several words.
    pub(super) certain: bool,
}

struct NameWord {
    text: String,
    stem: String,
    weight: f64,
}

/// A way to read a column's name.
struct Reading {
    words: Vec<NameWord>,
    /// 1 for the name itself, less for a guess at what it is short for.
    trust: f64,
}

/// A column's name, ready to be recognised.
pub(super) struct ColumnName {
    readings: Vec<Reading>,
    bare: String,
    /// Named like an identifier: `StuID`, `Code`.
    pub(super) is_id: bool,
    /// Named like a number of rows, and with every number once: `Ticket #`.
    numbers_rows: bool,
    /// The lower-case words of the name.
    pub(super) words: Vec<String>,
    /// Its values are numbers.
    pub(super) numeric: bool,
    /// For an identifier, the stems of what it identifies: `student` for `StuID`.
    pub(super) identifies: Vec<String>,
}

impl ColumnName {
    pub(super) fn new(column: &Column) -> Self {
        let name = &column.name;
        let numeric = is_numeric(column);
        let words = name_words(name);
        let bare: String = words.concat();
        let mut readings: Vec<(Vec<String>, f64)> = vec![(words.clone(), 1.0)];
        if let Some(whole) = with_digits(&words) {
            readings.push((whole, 1.0));
        }
        for long in expansions(&bare) {
            readings.push((long.clone(), 0.97));
        }
        let mut at = 0;
        while at < readings.len() && readings.len() < READINGS_MAX {
            let (reading, trust) = readings[at].clone();
            for (place, word) in reading.iter().enumerate() {
                let mut replace = |with: &[String], trust: f64| {
                    let mut next = reading.clone();
                    next.splice(place..=place, with.iter().cloned());
                    if readings.len() < READINGS_MAX
                        && next.len() <= WORDS_MAX
                        && !readings.iter().any(|(r, _)| *r == next)
                    {
                        readings.push((next, trust));
                    }
                };
                for long in expansions(word) {
                    replace(long, trust * 0.96);
                }
                for ending in FUSED_ENDINGS {
                    if let Some(start) = word.strip_suffix(ending).filter(|start| start.len() >= 2) {
                        replace(&[start.to_owned(), (*ending).to_owned()], trust * 0.95);
                    }
                }
            }
            at += 1;
        }
        let numbers_rows = is_numbering(column, &words);
        let is_id = readings
            .iter()
            .any(|(words, trust)| *trust > 0.93 && words.last().is_some_and(|word| ID_WORDS.contains(&word.as_str())))
            || matches!(words.as_slice(), [only] if only == "code" || only == "no")
            || numbers_rows;
        let mut identifies: Vec<String> = Vec::new();
        if is_id {
            for (reading, _) in &readings {
                identifies.extend(
                    reading
                        .iter()
                        .filter(|word| {
                            word.len() >= 3
                                && !ID_WORDS.contains(&word.as_str())
                                && !NUMBERING_WORDS.contains(&word.as_str())
                                && !reading.contains(&"code".to_owned())
                        })
                        .map(|word| stem(word)),
                );
            }
        }
        let readings = readings.into_iter().map(|(words, trust)| Reading { words: weigh(&words), trust }).collect();
        Self { readings, bare, is_id, numbers_rows, words, numeric, identifies }
    }

    /// The likeness of the words from `start` to this name, and where they end.
    fn likeness(&self, tokens: &[Token], start: usize) -> Option<(f64, usize)> {
        let mut best: Option<(f64, usize)> = None;
        let mut keep = |likeness: f64, end: usize| {
            if best.is_none_or(|(b, e)| likeness > b + TIE || (likeness > b - TIE && end > e)) {
                best = Some((likeness, end));
            }
        };
        let mut joined = String::new();
        for (at, token) in tokens.iter().enumerate().skip(start).take(WORDS_MAX) {
            if let Class::Mark(c) = token.class {
                if at > start && matches!(c, '-' | '/' | '.' | '#' | '%') {
                    continue;
                }
                break;
            }
            joined.push_str(&token.text);
            if !self.bare.starts_with(&joined) {
                break;
            }
            if joined == self.bare {
                keep(1.0, at + 1);
            }
        }
        for reading in &self.readings {
            if let Some((likeness, end)) = reading.likeness(tokens, start) {
                keep(likeness * reading.trust, end);
            }
        }
        best
    }
}

/// `co2` is one word to people: the words with digits joined to the few letters before them, where there are any.
fn with_digits(words: &[String]) -> Option<Vec<String>> {
    let mut joined: Vec<String> = Vec::new();
    for word in words {
        match joined.last_mut() {
            Some(last)
                if word.chars().all(|c| c.is_ascii_digit())
                    && last.len() <= SYMBOL_LETTERS_MAX
                    && !last.ends_with(|c: char| c.is_ascii_digit()) =>
            {
                last.push_str(word);
            }
            _ => joined.push(word.clone()),
        }
    }
    (joined.len() < words.len()).then_some(joined)
}

/// Whether the column numbers its rows: `order_no`, `Ticket #`, each whole number once.
fn is_numbering(column: &Column, words: &[String]) -> bool {
    let called =
        words.last().is_some_and(|word| NUMBERING_WORDS.contains(&word.as_str())) || column.name.ends_with('#');
    if !called || column.cells.len() < 2 {
        return false;
    }
    let mut seen = HashSet::new();
    column
        .cells
        .iter()
        .all(|cell| matches!(cell, Cell::Number(number) if number.fract() == 0.0 && seen.insert(number.to_bits())))
}

fn unit(word: &str) -> bool {
    UNIT_WORDS.contains(&word)
}

fn weigh(words: &[String]) -> Vec<NameWord> {
    let joining = |word: &str| JOINING_WORDS.contains(&word);
    let naming = |word: &str| NAMING_WORDS.contains(&word);
    let id = |word: &str| ID_WORDS.contains(&word);
    let plain = |word: &str| !naming(word) && !unit(word) && !id(word) && !joining(word);
    // `price_per_ton` is called the price.
    let rate = words.iter().rposition(|word| word == "per").filter(|per| *per > 0).unwrap_or(words.len());
    let last_plain = words.iter().take(rate).rposition(|word| plain(word));
    let count = words.len();
    words
        .iter()
        .enumerate()
        .map(|(at, word)| {
            let weight = match last_plain {
                None if at + 1 == count => 1.0,
                None => 0.5,
                Some(_) if id(word) => 3.0,
                Some(_) if at > rate => 0.3,
                Some(_) if unit(word) => 0.3,
                Some(_) if joining(word) => 0.1,
                Some(_) if naming(word) => 0.45,
                Some(last) if last == at => 1.2,
                Some(_) => 0.8,
            };
            NameWord { text: word.clone(), stem: stem(word), weight }
        })
        .collect()
}

impl Reading {
    fn likeness(&self, tokens: &[Token], start: usize) -> Option<(f64, usize)> {
        let total: f64 = self.words.iter().map(|word| word.weight).sum();
        let mut used = vec![false; self.words.len()];
        let (mut matched, mut end, mut at, mut last) = (0.0, start, start, None::<usize>);
        while at < tokens.len() && at < start + WORDS_MAX {
            let token = &tokens[at];
            // `number of companies` counts; only a column that has the word itself is meant by it.
            let counting = token.is_any(&["number", "amount", "count", "quantity"])
                && tokens.get(at + 1).is_some_and(|next| next.is("of"));
            let found = (0..self.words.len())
                .filter(|word| !used[*word])
                .map(|word| {
                    (
                        word,
                        if counting
                            && (word > 0 || token.text != self.words[word].text && self.words[word].text != "num")
                        {
                            0.0
                        } else {
                            alike(token, &self.words[word])
                        },
                    )
                })
                .filter(|(_, alike)| *alike > 0.0)
                // The next word of the name first: `date of birth date`.
                .max_by(|a, b| {
                    a.1.total_cmp(&b.1)
                        .then_with(|| (Some(a.0) > last).cmp(&(Some(b.0) > last)))
                        .then_with(|| b.0.cmp(&a.0))
                });
            match found {
                Some((word, alike)) => {
                    used[word] = true;
                    let order = if Some(word) < last && at == end { 0.9 } else { 1.0 };
                    matched += self.words[word].weight * alike * order;
                    last = Some(word);
                    end = at + 1;
                    at += 1;
                }
                // `dates of the assessment notes`: a word that the name leaves out.
                None if end > start
                    && at > end
                    && at <= end + 2
                    && token.is_word()
                    && !token.is_any(FILLERS)
                    && tokens.get(at + 1).is_some_and(|next| {
                        self.words
                            .iter()
                            .zip(&used)
                            .any(|(word, used)| !used && word.weight >= 0.8 && alike(next, word) > 0.9)
                    }) =>
                {
                    at += 1
                }
                None if end > start
                    && at < end + 2
                    && token.is_any(&["of", "the", "in", "for", "all", "were", "was", "-", "/"]) =>
                {
                    at += 1
                }
                None => break,
            }
        }
        // A filler of the name alone (`of`, `per`) says nothing.
        let substantial = self.words.iter().zip(&used).any(|(word, used)| *used && word.weight >= 0.3);
        (substantial && end > start && total > 0.0).then_some((matched / total, end))
    }
}

/// How alike a word of the request and a word of a name are, 0 to 1.
fn alike(token: &Token, name: &NameWord) -> f64 {
    if token.text == name.text {
        return 1.0;
    }
    if !token.is_word() {
        return 0.0;
    }
    if token.stem == name.stem || token.text.strip_suffix('s') == Some(name.text.as_str()) {
        return 0.97;
    }
    let (a, b) = (token.text.as_str(), name.text.as_str());
    let (a_length, b_length) = (a.chars().count(), b.chars().count());
    if b_length >= 3 && a_length > b_length && a.starts_with(b) && !FILLERS.contains(&b) {
        return if b_length >= 5 { 0.85 } else { 0.72 };
    }
    if a_length >= 4 && b.starts_with(a) {
        return 0.85;
    }
    let (stem_length, name_stem_length) = (token.stem.chars().count(), name.stem.chars().count());
    if stem_length >= 5 && name_stem_length >= 5 && (a.starts_with(&name.stem) || b.starts_with(&token.stem)) {
        return 0.8;
    }
    let singular = a.strip_suffix('s').filter(|rest| !rest.ends_with('s')).unwrap_or(a);
    if shortens(b, singular) {
        return 0.85;
    }
    if denied(token) == Some(name.stem.as_str()) || denied(token).is_some_and(|rest| rest == name.text) {
        return 0.8;
    }
    if synonymous(&token.stem, &name.stem) {
        return 0.62;
    }
    let typo = match a_length.min(b_length) {
        0..=4 => 0,
        5..=8 => 1,
        _ => 2,
    };
    if typo > 0 && a.chars().next() == b.chars().next() && strsim::osa_distance(a, b) <= typo {
        return 0.8;
    }
    0.0
}

/// Whether `short` is `long` without its vowels and some of its consonants: `nbhd` and `neighbourhood`, `lvl` and `level`.
fn shortens(short: &str, long: &str) -> bool {
    let consonant = |c: char| c.is_ascii_alphabetic() && !"aeiou".contains(c);
    let letters = short.chars().count();
    if letters < 3 || long.chars().count() < letters + 2 || !short.chars().all(consonant) {
        return false;
    }
    let mut rest = long.chars();
    short.chars().next() == long.chars().next()
        && short.chars().next_back() == long.chars().next_back()
        && short.chars().all(|wanted| rest.any(|c| c == wanted))
}

/// What a word with a prefix of negation denies: `resolv` of `unresolved`.
pub(super) fn denied(token: &Token) -> Option<&str> {
    /// `unit` and `none` deny nothing.
    const DENIED_MIN: usize = 4;
    ["un", "non"].iter().find_map(|prefix| token.stem.strip_prefix(prefix)).filter(|rest| rest.len() >= DENIED_MIN)
}

/// The columns that the request names, without overlap, in order. Words for which `taken` holds belong to something else.
pub(super) fn columns(names: &[ColumnName], tokens: &[Token], taken: &dyn Fn(usize) -> bool) -> Vec<Mention> {
    let mut candidates: Vec<Vec<Mention>> = vec![Vec::new(); tokens.len()];
    let entities: HashSet<&str> = names.iter().flat_map(|name| name.identifies.iter().map(String::as_str)).collect();
    // From the end, so that what follows a word is known.
    for (start, token) in tokens.iter().enumerate().rev() {
        if taken(start) || matches!(token.class, Class::Mark(_)) {
            continue;
        }
        let mut here: Vec<(f64, usize, usize)> = Vec::new();
        for (column, name) in names.iter().enumerate() {
            let Some((likeness, end)) = name.likeness(tokens, start) else { continue };
            if (start..end).any(taken) {
                continue;
            }
            let mut likeness = likeness;
            // A part of a longer name: `id` in `Employee_ID`.
            if token.glued && start > 0 && tokens[start - 1].is_word() {
                likeness *= 0.5;
            }
            if tokens.get(end).is_some_and(|next| next.glued && next.is_word() && tokens[end - 1].is_word()) {
                likeness *= 0.6;
            }
            if (start..end).all(|at| COMMAND_WORDS.contains(&tokens[at].text.as_str())) {
                likeness *= if likeness > 0.96 { 0.6 } else { 0.3 };
            }
            if (start..end).all(|at| FILLERS.contains(&tokens[at].text.as_str())) {
                continue;
            }
            if likeness < 0.95 && (start..end).all(|at| GROUP_WORDS.contains(&tokens[at].text.as_str())) {
                continue;
            }
            // `students` is what the rows are, not the first column that has the word in its name.
            let entity = (start..end)
                .all(|at| entities.contains(tokens[at].stem.as_str()) || FILLERS.contains(&tokens[at].text.as_str()));
            if entity && !singled_out(tokens, start) {
                // `tickets` are the rows of a `Ticket #`, and never its numbers.
                let rows = name.numbers_rows && name.words.len() == 1 && tokens[end - 1].text.ends_with('s');
                likeness *= if likeness > 0.9 && !rows { 0.55 } else { 0.3 };
            }
            here.push((likeness, end, column));
        }
        // `for each student` without a name that fits better is about the identifier.
        if singled_out(tokens, start)
            && entities.contains(token.stem.as_str())
            && here.iter().all(|(likeness, ..)| *likeness < 0.6)
            // `each ship type` is about the type.
            && candidates.get(start + 1).is_none_or(|next| next.iter().all(|mention| mention.likeness < 0.6 || names[mention.column].numeric))
            && let Some(column) = names.iter().position(|name| name.identifies.contains(&token.stem))
        {
            let named = names.iter().position(|name| matches!(name.words.as_slice(), [word] if word == "name"));
            let own = names.first().is_some_and(|first| first.identifies.contains(&token.stem));
            here.push((0.6, start + 1, named.filter(|_| own).unwrap_or(column)));
        }
        // `by type` where one column alone ends so.
        if singled_out(tokens, start)
            && NAMING_WORDS.contains(&token.text.as_str())
            && here.iter().all(|(likeness, ..)| *likeness < 0.6)
        {
            let mut ending = names.iter().enumerate().filter(|(_, name)| name.words.last() == Some(&token.text));
            if let (Some((column, _)), None) = (ending.next(), ending.next()) {
                here.push((0.62, start + 1, column));
            }
        }
        // `kg by keeper` where one column alone is in kilograms.
        if unit(&token.text) && token.text.chars().count() > 1 && here.iter().all(|(likeness, ..)| *likeness < 0.6) {
            let mut of = names.iter().enumerate().filter(|(_, name)| name.numeric && name.words.contains(&token.text));
            if let (Some((column, _)), None) = (of.next(), of.next()) {
                here.push((0.6, start + 1, column));
            }
        }
        // A part of a name that only one column has says more than one that many have.
        let mut ends: Vec<usize> = here.iter().map(|(_, end, _)| *end).collect();
        ends.sort_unstable();
        ends.dedup();
        for end in ends {
            let mut of_end: Vec<(f64, usize)> =
                here.iter().filter(|(_, e, _)| *e == end).map(|(likeness, _, column)| (*likeness, *column)).collect();
            if let [(likeness, _)] = of_end.as_mut_slice()
                && *likeness < 0.9
            {
                *likeness = (*likeness * 1.2).min(0.9);
            }
            of_end.sort_by(|a, b| b.0.total_cmp(&a.0));
            let Some((best, column)) = of_end.first().copied().filter(|(best, _)| *best >= LIKENESS_MIN) else {
                continue;
            };
            let rivals = of_end.iter().skip(1).filter(|(l, _)| best - l < TIE).map(|(_, column)| *column).collect();
            // `for players who …`: what follows describes the rows.
            let described = tokens.get(end).is_some_and(|next| next.is_any(&["who", "whose", "that", "which"]))
                && !singled_out(tokens, start)
                && tokens[end - 1].text.ends_with('s');
            let entity = described || best < 0.9 && (start..end).all(|at| entities.contains(tokens[at].stem.as_str()));
            candidates[start].push(Mention { start, end, column, likeness: best, rivals, entity });
        }
    }
    let mut mentions = select(&candidates);
    refer_back(names, tokens, taken, &mut mentions);
    mentions
}

/// `document type codes … in each code`: a word of a name that was used in full before.
fn refer_back(names: &[ColumnName], tokens: &[Token], taken: &dyn Fn(usize) -> bool, mentions: &mut Vec<Mention>) {
    for (at, token) in tokens.iter().enumerate() {
        let covered = mentions.iter().any(|mention| mention.start <= at && at < mention.end && mention.likeness > 0.7);
        if taken(at)
            || covered
            || !token.is_word()
            || !singled_out(tokens, at)
            || COMMAND_WORDS.contains(&token.text.as_str())
        {
            continue;
        }
        let before = mentions.iter().find(|mention| {
            mention.end <= at
                && mention.likeness > 0.7
                && names[mention.column].words.iter().any(|word| stem(word) == token.stem)
        });
        if let Some(column) = before.map(|mention| mention.column) {
            mentions.retain(|mention| !(mention.start <= at && at < mention.end));
            mentions.push(Mention {
                start: at,
                end: at + 1,
                column,
                likeness: 0.65,
                rivals: Vec::new(),
                entity: false,
            });
            mentions.sort_by_key(|mention| mention.start);
        }
    }
}

/// Whether the words before ask for one value for each of what follows.
fn singled_out(tokens: &[Token], start: usize) -> bool {
    let mut at = start;
    while at > 0 && tokens[at - 1].is_any(&["the", "different", "a", "an", "all", "of", "-", "is", "as"]) {
        at -= 1;
    }
    // `top 3 departments`
    let ranked = at.checked_sub(2).is_some_and(|top| {
        tokens[top].is_any(&["top", "bottom", "first", "best", "worst", "largest", "smallest"])
            && tokens[top + 1].number().is_some()
    });
    ranked
        || at.checked_sub(1).is_some_and(|before| {
            tokens[before].is_any(&["each", "every", "per", "by", "across", "axis", "over", "versus", "vs"])
        })
}

/// The choice of mentions without overlap that explains the most words best.
fn select(candidates: &[Vec<Mention>]) -> Vec<Mention> {
    let count = candidates.len();
    let mut best = vec![(0.0_f64, None::<usize>); count + 1];
    for at in (0..count).rev() {
        best[at] = (best[at + 1].0, None);
        for (choice, mention) in candidates[at].iter().enumerate() {
            let words = (mention.end - mention.start) as f64;
            let value = (mention.likeness - 0.25) * (0.6 + 0.4 * words) + best[mention.end].0;
            if value > best[at].0 {
                best[at] = (value, Some(choice));
            }
        }
    }
    let mut mentions = Vec::new();
    let mut at = 0;
    while at < count {
        match best[at].1 {
            Some(choice) => {
                let mention = candidates[at][choice].clone();
                at = mention.end;
                mentions.push(mention);
            }
            None => at += 1,
        }
    }
    mentions
}

/// The values of text columns that the request names, longest first at each place.
pub(super) fn values(table: &Table, tokens: &[Token]) -> Vec<ValueMention> {
    let initials: HashSet<char> = tokens.iter().filter_map(|token| token.text.chars().next()).collect();
    let mut found = Vec::new();
    for (column, of) in table.columns.iter().enumerate() {
        if !matches!(of.kind, ColumnKind::Text | ColumnKind::Bool) {
            continue;
        }
        let mut seen: HashSet<&str> = HashSet::new();
        for text in &of.texts {
            let begins = text.chars().find(|c| c.is_alphanumeric()).and_then(|c| c.to_lowercase().next());
            if begins.is_none_or(|c| !initials.contains(&c)) || !seen.insert(text) {
                continue;
            }
            if seen.len() > VALUES_MAX {
                break;
            }
            let value: Vec<Token> =
                tokenise(text).into_iter().filter(|token| !matches!(token.class, Class::Mark(_))).collect();
            if value.is_empty() || value.len() > VALUE_WORDS_MAX {
                continue;
            }
            // `without landlord` where the table has `Landlord Ltd`.
            if let [first, _, ..] = value.as_slice()
                && first.text.chars().count() >= PART_LETTERS_MIN
                && !COMMAND_WORDS.contains(&first.text.as_str())
                && tokens.iter().any(|token| token.text == first.text)
                && only_one_begins(of, &first.text)
            {
                found.extend((0..tokens.len()).filter(|at| tokens[*at].text == first.text).map(|start| ValueMention {
                    start,
                    end: start + 1,
                    column,
                    value: text.to_string(),
                    certain: false,
                }));
            }
            for start in 0..tokens.len() {
                if let Some(end) = ends_at(tokens, start, &value) {
                    let several = value.len() > 1;
                    let quoted = tokens[start].quoted;
                    let same_case = tokens[start].raw == value[0].raw
                        && start > 0
                        && tokens[start].raw.chars().next().is_some_and(char::is_uppercase)
                        && tokens[start].raw.chars().count() > 1;
                    found.push(ValueMention {
                        start,
                        end,
                        column,
                        value: text.to_string(),
                        certain: several || quoted || same_case,
                    });
                }
            }
        }
    }
    found
}

/// Whether of the column's different values one alone begins with this word.
fn only_one_begins(column: &Column, word: &str) -> bool {
    let begins = |text: &&str| {
        text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
            && !text[word.len()..].starts_with(char::is_alphanumeric)
    };
    let mut beginning = column.texts.iter().map(|text| text.trim()).filter(begins);
    let first = beginning.next();
    first.is_some() && beginning.all(|text| Some(text) == first)
}

fn ends_at(tokens: &[Token], start: usize, value: &[Token]) -> Option<usize> {
    let mut at = start;
    for (place, word) in value.iter().enumerate() {
        while place > 0
            && tokens.get(at).is_some_and(|token| {
                // `Dr. Ito`
                let short = token.is(".") && value[place - 1].text.chars().count() <= 3;
                short || matches!(token.class, Class::Mark(c) if !",.?!;".contains(c))
            })
        {
            at += 1;
        }
        let token = tokens.get(at)?;
        let same = token.text == word.text
            || (token.is_word() && word.is_word() && token.stem == word.stem && word.text.chars().count() > 2)
            || token.number().is_some() && token.number() == word.number();
        if !same {
            return None;
        }
        at += 1;
    }
    Some(at)
}
