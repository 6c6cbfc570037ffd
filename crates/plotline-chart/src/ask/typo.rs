//! Slips of the keyboard in the words that make a request: `hitsogram`, `betwen`, `avrage`.

use super::mention::{ColumnName, ValueMention};
use super::token::{Token, stem};

/// Shorter words are one letter away from too many others.
const LETTERS_MIN: usize = 6;

/// Words of their own that are one letter away from one of [`WORDS`].
const OTHER_WORDS: &[&str] = &["stocked", "stalked", "slacked", "quartet", "shatter", "smatter", "medial", "greeter"];

/// Long words that requests are made of and that hardly any other English word is close to.
const WORDS: &[&str] = &[
    "histogram",
    "scatter",
    "scatterplot",
    "stacked",
    "horizontal",
    "cumulative",
    "heatmap",
    "doughnut",
    "boxplot",
    "average",
    "median",
    "maximum",
    "minimum",
    "number",
    "highest",
    "lowest",
    "biggest",
    "largest",
    "smallest",
    "between",
    "greater",
    "excluding",
    "without",
    "descending",
    "ascending",
    "alphabetical",
    "compare",
    "comparison",
    "correlation",
    "relationship",
    "distribution",
    "percentage",
    "proportion",
    "breakdown",
    "weekly",
    "monthly",
    "yearly",
    "quarter",
    "quarterly",
    "weekday",
    "grouped",
    "against",
];

/// Puts the meant word in the place of a mistyped one, unless the table knows the word as it stands.
pub(super) fn mend(tokens: &mut [Token], names: &[ColumnName], values: &[ValueMention]) {
    for (at, token) in tokens.iter_mut().enumerate() {
        let letters = token.text.chars().count();
        if letters < LETTERS_MIN
            || token.quoted
            || token.glued
            || !token.text.chars().all(|c| c.is_ascii_lowercase())
            || OTHER_WORDS.contains(&token.text.as_str())
            || WORDS.contains(&token.text.as_str())
            || WORDS.iter().any(|word| stem(word) == token.stem)
            || values.iter().any(|value| value.start <= at && at < value.end)
            || names.iter().any(|name| name.words.iter().any(|word| *word == token.text || stem(word) == token.stem))
        {
            continue;
        }
        // One slip: a letter too many, too few, another one, or two exchanged.
        let meant = WORDS.iter().find(|word| {
            word.chars().next() == token.text.chars().next() && strsim::osa_distance(word, &token.text) == 1
        });
        if let Some(word) = meant {
            (*word).clone_into(&mut token.text);
            token.stem = stem(word);
        }
    }
}
