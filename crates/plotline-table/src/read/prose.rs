//! Tells lines of prose from lines of a table.

use crate::grid::Row;
use crate::typing::column::{Class, class_of};

/// Whether a row has a value where another row has one: then it is data, whatever words stand beside the value.
pub(crate) fn is_row_beside(row: &Row<'_>, other: &Row<'_>) -> bool {
    let is_value =
        |cell: &str| matches!(class_of(cell.trim()), Class::Integer | Class::Number | Class::Counted | Class::Time);
    row.iter().zip(other).any(|(cell, other)| is_value(cell) && is_value(other))
}

/// Words that ask for a chart or address somebody: no table's row has them.
const REQUEST_WORDS: &[&str] = &[
    "chart",
    "graph",
    "plot",
    "diagram",
    "please",
    "pls",
    "plz",
    "thanks",
    "thank",
    "draw",
    "visualize",
    "visualise",
    "make",
    "create",
    "show",
    "can",
    "could",
    "here",
    "heres",
    "hey",
    "hi",
    "hello",
    "this",
    "these",
    "want",
    "need",
    "bitte",
    "danke",
    "diagramm",
];

/// Whether a line asks for something.
pub(crate) fn is_request(line: &str) -> bool {
    let (words, asking) = count_asking(line);
    asking > 1 || asking == 1 && words > 2
}

/// Whether a line has a single word that asks for something or addresses somebody.
pub(crate) fn addresses(line: &str) -> bool {
    count_asking(line).1 > 0
}

/// The words of a line, and those of them that ask.
fn count_asking(line: &str) -> (usize, usize) {
    let (mut words, mut asking) = (0, 0);
    for word in line.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|word| !word.is_empty()) {
        words += 1;
        let lower = word.to_lowercase().replace('\'', "");
        asking += usize::from(REQUEST_WORDS.contains(&lower.as_str()));
    }
    (words, asking)
}

/// How much a line looks like a sentence: 0 not at all, 2 and more surely.
pub(crate) fn sentence_score(line: &str) -> usize {
    let line = crate::typing::text::trim(line);
    let words = line.split_whitespace().count();
    let ends = line.ends_with(['.', '!', '?', ':']) && words > 2;
    usize::from(ends) + usize::from(is_request(line)) * 2 + usize::from(words > 8) + usize::from(line.starts_with("<@"))
}

/// Words that hold sentences together and stand in no table's cell.
const FUNCTION_WORDS: &[&str] = &[
    "i", "you", "he", "she", "it", "we", "they", "is", "are", "was", "were", "am", "be", "the", "a", "an", "and", "or",
    "but", "to", "of", "in", "on", "at", "for", "with", "my", "your", "our", "their", "have", "has", "had", "do",
    "does", "did", "will", "would", "than", "then", "that", "this", "these", "those", "there", "about", "from", "by",
    "so", "if", "not", "just", "only", "got", "ate", "see", "bring", "meet", "buy", "bought", "sold", "need", "want",
    "get", "der", "die", "das", "und", "ist", "ich", "wir", "mit",
];

/// Whether a line has a word that only sentences have.
pub(crate) fn has_function_word(line: &str) -> bool {
    line.split(|c: char| !c.is_alphanumeric() && c != '\'')
        .any(|word| FUNCTION_WORDS.contains(&word.to_lowercase().as_str()))
}

/// Nouns that a number only names, in prose: `page 5`, `version 3`.
const REFERENCES: &[&str] = &[
    "chapter",
    "page",
    "pages",
    "section",
    "figure",
    "fig",
    "table",
    "step",
    "version",
    "verse",
    "room",
    "line",
    "part",
    "level",
    "season",
    "episode",
    "act",
    "article",
    "paragraph",
    "grade",
    "number",
    "no",
    "nr",
    "issue",
    "pr",
    "port",
    "gate",
    "floor",
    "player",
];

/// Whether a label is a noun whose number is a name.
pub(crate) fn is_reference(label: &str) -> bool {
    REFERENCES.contains(&label.trim().to_lowercase().as_str())
}

/// Whether a text speaks of a chart or of data.
pub(crate) fn speaks_of_charts(text: &str) -> bool {
    /// Beginnings of words that only stand in requests for a chart.
    const STEMS: &[&str] = &[
        "chart",
        "graph",
        "plot",
        "diagram",
        "pie",
        "bar",
        "line",
        "histogram",
        "scatter",
        "donut",
        "doughnut",
        "visuali",
        "draw",
        "data",
        "grafik",
        "balken",
        "kreis",
        "torte",
        "table",
        "stats",
        "numbers",
    ];
    text.split(|c: char| !c.is_alphabetic()).any(|word| {
        let lower = word.to_lowercase();
        STEMS.iter().any(|stem| lower.starts_with(stem))
    })
}
