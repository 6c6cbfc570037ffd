//! Which of several tables a request is about: the one that it names (`the second table`, `table 2`, the title), else the one
//! that its words fit best.

use std::ops::Range;

use plotline_table::{ColumnKind, Table};

use crate::ask::{Confidence, Outcome, Reading, read_request};
use crate::chart::NumberStyle;
use crate::resolve::resolve;
use crate::spec::ChartSpec;

/// The table that a request is about, and how the request was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// Its place among the tables, from 0.
    pub index: usize,
    /// What was read, with a sentence on the choice where it was not asked for.
    pub reading: Reading,
}

/// Chooses a table and reads the request about it. `previous` is the chart that a follow-up changes, with the place of its
/// table.
///
/// # Errors
/// One sentence for the member: why nothing can be drawn of the words, or that there is no such table.
pub fn choose(tables: &[Table], ask: &str, previous: Option<(&ChartSpec, usize)>) -> Result<Choice, String> {
    let read = |ask: &str, index: usize, previous: Option<&ChartSpec>| match tables.get(index) {
        Some(table) => match read_request(ask, table, previous) {
            Outcome::Read(reading) => Ok(Choice { index, reading: *reading }),
            Outcome::Declined(reason) => Err(reason),
        },
        None => Err("There is no table in it.".to_owned()),
    };
    let [_, _, ..] = tables else {
        return read(ask, 0, previous.map(|(spec, _)| spec));
    };
    let ask = &without_titles(ask, tables);
    match named_table(tables, ask) {
        Named::One { index, rest } => {
            // A change to the chart before holds for another table where that has the same columns.
            let previous = previous.filter(|(spec, of)| {
                *of == index
                    || tables.get(index).is_some_and(|table| resolve(spec, table, NumberStyle::default()).is_ok())
            });
            if let Some((spec, _)) = previous
                && is_repetition(&rest)
            {
                let reading = Reading { spec: spec.clone(), confidence: Confidence::High, assumptions: Vec::new() };
                return Ok(Choice { index, reading });
            }
            return read(&rest, index, previous.map(|(spec, _)| spec));
        }
        Named::Missing(number) => return Err(missing(number, tables)),
        Named::None => {}
    }
    // The first of equals is chosen, and a conversation stays with its table.
    let current = previous.map(|(_, of)| of);
    let mut best: Option<Choice> = None;
    let mut declined = None;
    for index in current.into_iter().chain((0..tables.len()).filter(|index| Some(*index) != current)) {
        match read(ask, index, previous.filter(|(_, of)| *of == index).map(|(spec, _)| spec)) {
            Ok(choice) => {
                if best.as_ref().is_none_or(|known| choice.reading.confidence > known.reading.confidence) {
                    best = Some(choice);
                }
            }
            Err(reason) => {
                declined.get_or_insert(reason);
            }
        }
    }
    let mut choice = best.ok_or_else(|| declined.unwrap_or_default())?;
    if current != Some(choice.index) {
        choice.reading.assumptions.push(said(choice.index, tables));
    }
    Ok(choice)
}

/// Whether words ask for nothing but the chart before: `the same`, `and now`, `draw it again`.
fn is_repetition(rest: &str) -> bool {
    words(rest).iter().all(|word| {
        is_filler(&word.text)
            || matches!(
                word.text.as_str(),
                "same"
                    | "again"
                    | "it"
                    | "instead"
                    | "too"
                    | "also"
                    | "chart"
                    | "graph"
                    | "draw"
                    | "show"
                    | "do"
                    | "please"
                    | "what"
                    | "how"
                    | "about"
                    | "but"
            )
    })
}

/// The sentence on a choice that nobody asked for.
fn said(index: usize, tables: &[Table]) -> String {
    let title = tables.get(index).and_then(|table| table.title.as_deref());
    let named = title.map_or_else(String::new, |title| format!(", “{}”", clip(title)));
    format!("There are {} tables; this is {}{named}.", tables.len(), ordinal(index, tables.len()))
}

fn missing(number: usize, tables: &[Table]) -> String {
    /// Tables named in the sentence.
    const NAMED_MAX: usize = 8;
    let titles: Vec<String> = tables
        .iter()
        .filter_map(|table| table.title.as_deref())
        .take(NAMED_MAX)
        .map(|title| format!("“{}”", clip(title)))
        .collect();
    let which = if titles.is_empty() { String::new() } else { format!(": {}", titles.join(", ")) };
    format!("There is no table {number}; there are {}{which}.", tables.len())
}

fn clip(title: &str) -> String {
    /// Characters of a title in a sentence.
    const CHARS_MAX: usize = 40;
    if title.chars().count() <= CHARS_MAX {
        return title.to_owned();
    }
    let cut: String = title.chars().take(CHARS_MAX - 1).collect();
    format!("{}…", cut.trim_end())
}

/// Ordinals that requests are written with.
const ORDINALS: [&str; 10] =
    ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];

fn ordinal(index: usize, count: usize) -> String {
    match ORDINALS.get(index) {
        Some(word) => format!("the {word}"),
        None if index + 1 == count => "the last".to_owned(),
        None => format!("number {}", index + 1),
    }
}

/// What a request says about which of several things it means.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Named {
    /// This one; the words without those that name it.
    One { index: usize, rest: String },
    /// One by a number that is too large, counted from 1.
    Missing(usize),
    /// Nothing.
    None,
}

/// The sheet of a workbook that a request names, by its place, and the request without that. `read` are the tables of the sheet
/// that is read unasked: a sheet's bare name that means one of their columns or values names no sheet.
pub fn named_sheet(ask: &str, sheets: &[String], read: &[Table]) -> Option<(usize, String)> {
    let titles: Vec<Option<&str>> = sheets.iter().map(|name| Some(name.as_str())).collect();
    let elsewhere = |_: usize, title: &[String]| read.iter().any(|table| speaks_of(table, title));
    match named(ask, &titles, &["sheet", "tab", "worksheet"], &elsewhere) {
        Named::One { index, rest } if sheets.len() > 1 => Some((index, rest)),
        _ => None,
    }
}

/// The place of the table that a request names, if it does.
pub fn named_in(tables: &[Table], ask: &str) -> Option<usize> {
    match named_table(tables, &without_titles(ask, tables)) {
        Named::One { index, .. } if tables.len() > 1 => Some(index),
        _ => None,
    }
}

fn named_table(tables: &[Table], ask: &str) -> Named {
    let titles: Vec<Option<&str>> = tables.iter().map(|table| table.title.as_deref()).collect();
    let nouns: &[&str] = if tables.iter().any(|table| has_column_of(table, "table")) {
        // A restaurant's table 2 is no table of the message.
        &["sheet", "tab", "worksheet", "dataset"]
    } else {
        &["table", "sheet", "tab", "worksheet", "dataset"]
    };
    let elsewhere = |index: usize, title: &[String]| {
        tables.iter().enumerate().any(|(other, table)| other != index && speaks_of(table, title))
    };
    named(ask, &titles, nouns, &elsewhere)
}

fn has_column_of(table: &Table, word: &str) -> bool {
    table.columns.iter().any(|column| words(&column.name).iter().any(|known| known.text == word))
}

/// Whether these words are in the name of a column or are a value of one.
fn speaks_of(table: &Table, title: &[String]) -> bool {
    /// Rows whose values are compared; more repeat what is there.
    const ROWS_MAX: usize = 1_000;
    let same = |text: &str| {
        let known = words(text);
        known.windows(title.len().max(1)).any(|run| run.iter().map(|word| &word.text).eq(title))
    };
    table.columns.iter().any(|column| {
        same(&column.name)
            || column.kind == ColumnKind::Text && column.texts.iter().take(ROWS_MAX).any(|text| same(text))
    })
}

/// A word of a request in lower case, and where it stands.
#[derive(Clone, Debug)]
struct Word {
    text: String,
    place: Range<usize>,
}

fn words(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    for (at, c) in text.char_indices() {
        if !c.is_alphanumeric() {
            continue;
        }
        match words.last_mut() {
            Some(word) if word.place.end == at => {
                word.text.extend(c.to_lowercase());
                word.place.end += c.len_utf8();
            }
            _ => words.push(Word { text: c.to_lowercase().collect(), place: at..at + c.len_utf8() }),
        }
    }
    words
}

/// A request is searched for names up to this many bytes; it is read no further either.
const ASK_BYTES_MAX: usize = crate::ask::ASK_BYTES_MAX;

/// Things beyond this many are not looked for by name.
const NAMES_MAX: usize = 64;

/// Finds the one of several things that a request names. `elsewhere` tells whether a bare title means something else as well.
fn named(ask: &str, titles: &[Option<&str>], nouns: &[&str], elsewhere: &impl Fn(usize, &[String]) -> bool) -> Named {
    let mut end = ask.len().min(ASK_BYTES_MAX);
    while !ask.is_char_boundary(end) {
        end -= 1;
    }
    let said = words(&ask[..end]);
    let is_noun = |at: usize| said.get(at).is_some_and(|word| nouns.contains(&word.text.as_str()));
    let titles: Vec<Vec<String>> = titles
        .iter()
        .take(NAMES_MAX)
        .map(|title| title.map(|title| words(title).into_iter().map(|word| word.text).collect()).unwrap_or_default())
        .collect();
    // Every place where a title stands, the longest first: `Sales 2024` rather than `Sales`.
    let mut found: Vec<(usize, Range<usize>)> = Vec::new();
    for (index, title) in titles.iter().enumerate().filter(|(_, title)| !title.is_empty()) {
        for start in 0..(said.len() + 1).saturating_sub(title.len()) {
            if said[start..start + title.len()].iter().map(|word| &word.text).eq(title) {
                found.push((index, start..start + title.len()));
            }
        }
    }
    found.sort_by_key(|(_, place)| std::cmp::Reverse(place.len()));
    let longest: Vec<(usize, Range<usize>)> = found
        .iter()
        .enumerate()
        .filter(|(at, (_, place))| {
            !found[..*at]
                .iter()
                .any(|(_, longer)| longer.len() > place.len() && longer.start <= place.start && place.end <= longer.end)
        })
        .map(|(_, one)| one.clone())
        .collect();
    // `the Costs table`, `table Costs`, `the sheet named Costs`
    for (index, place) in &longest {
        let before = place.start.checked_sub(1);
        let called = before.is_some_and(|at| matches!(said[at].text.as_str(), "named" | "called" | "titled"));
        let noun_before = before.map(|at| if called { at.wrapping_sub(1) } else { at }).filter(|at| is_noun(*at));
        if let Some(noun) = noun_before {
            return Named::One { index: *index, rest: without(ask, &said, noun..place.end) };
        }
        if is_noun(place.end) {
            return Named::One { index: *index, rest: without(ask, &said, place.start..place.end + 1) };
        }
    }
    if let Some((number, place)) = numbered(&said, &is_noun, titles.len()) {
        return match number.checked_sub(1).filter(|index| *index < titles.len()) {
            Some(index) => Named::One { index, rest: without(ask, &said, place) },
            None => Named::Missing(number),
        };
    }
    // A bare title, if only one is said and it means nothing else.
    let mut bare = longest.iter().filter(|(index, place)| {
        let letters = |word: &Word| word.text.chars().filter(|c| c.is_alphabetic()).count();
        let telling = said[place.clone()].iter().any(|word| letters(word) > 1 && !is_chart_word(&word.text));
        telling && !elsewhere(*index, &titles[*index])
    });
    match (bare.next(), bare.next()) {
        (Some((index, place)), None) => {
            // `the costs by month` may speak of a column of the table that is called so.
            let prepared = place.start.checked_sub(1).is_some_and(|at| is_filler(&said[at].text));
            let rest = if prepared { without(ask, &said, place.clone()) } else { ask.to_owned() };
            Named::One { index: *index, rest }
        }
        _ => Named::None,
    }
}

/// Words that requests are made of, so that a sheet called `Chart` or `Month` is named only with `sheet` beside it.
fn is_chart_word(word: &str) -> bool {
    const STEMS: [&str; 22] = [
        "chart",
        "graph",
        "plot",
        "diagram",
        "histogram",
        "pie",
        "bar",
        "line",
        "scatter",
        "area",
        "heatmap",
        "data",
        "total",
        "sum",
        "average",
        "count",
        "number",
        "trend",
        "top",
        "all",
        "value",
        "overview",
    ];
    const PERIODS: [&str; 7] = ["day", "week", "weekday", "month", "quarter", "year", "hour"];
    let stem = word.strip_suffix('s').unwrap_or(word);
    STEMS.contains(&stem) || PERIODS.contains(&stem)
}

/// `the second table`, `2nd table`, `the last table`, `table 2`, `table #2`, `table two`, with the words it takes.
fn numbered(said: &[Word], is_noun: &impl Fn(usize) -> bool, count: usize) -> Option<(usize, Range<usize>)> {
    const CARDINALS: [&str; 10] = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
    for at in (0..said.len()).filter(|at| is_noun(*at)) {
        if let Some(word) = at.checked_sub(1).map(|before| said[before].text.as_str()) {
            let number = match word {
                "last" | "final" => Some(count),
                _ => ORDINALS.iter().position(|ordinal| *ordinal == word).map(|index| index + 1).or_else(|| {
                    ["st", "nd", "rd", "th"].iter().find_map(|ending| word.strip_suffix(ending)?.parse().ok())
                }),
            };
            if let Some(number) = number {
                return Some((number, at - 1..at + 1));
            }
        }
        if let Some(word) = said.get(at + 1).map(|next| next.text.as_str()) {
            let number =
                word.parse().ok().or_else(|| CARDINALS.iter().position(|known| *known == word).map(|index| index + 1));
            // `a table 2024` names a year.
            if let Some(number) = number.filter(|number| *number <= NAMES_MAX) {
                return Some((number, at..at + 2));
            }
        }
    }
    None
}

/// Words that lead to a name and mean nothing without it.
fn is_filler(word: &str) -> bool {
    matches!(
        word,
        "the" | "of" | "from" | "in" | "on" | "using" | "use" | "with" | "for" | "that" | "my" | "only" | "and" | "now"
    )
}

/// The request without some of its words, and without those that only lead to them.
fn without(ask: &str, said: &[Word], mut place: Range<usize>) -> String {
    while place.start > 0 && is_filler(&said[place.start - 1].text) {
        place.start -= 1;
    }
    let (Some(first), Some(last)) = (said.get(place.start), said.get(place.end - 1)) else {
        return ask.to_owned();
    };
    let quotes = ['"', '\'', '“', '”', '‘', '’', '`', '#'];
    let before = ask[..first.place.start].trim_end_matches(quotes);
    let after = ask[last.place.end..].trim_start_matches(quotes);
    format!("{} {}", before.trim_end(), after.trim_start()).trim().to_owned()
}

/// A request without the lines that are nothing but a table's title: they stood above the tables.
fn without_titles(ask: &str, tables: &[Table]) -> String {
    let titles: Vec<Vec<String>> = tables
        .iter()
        .filter_map(|table| table.title.as_deref())
        .map(|title| words(title).into_iter().map(|word| word.text).collect())
        .collect();
    let kept: Vec<&str> = ask
        .lines()
        .filter(|line| {
            let line: Vec<String> = words(line).into_iter().map(|word| word.text).collect();
            line.is_empty() || !titles.contains(&line)
        })
        .collect();
    let lines = ask.lines().filter(|line| !words(line).is_empty()).count();
    // A request that is nothing but a title names the table.
    if lines == 1 { ask.to_owned() } else { kept.join("\n").trim().to_owned() }
}
