//! Values that are, or nearly are, the name of another column: `open tickets` where the table has `opened` and a `status`.

use plotline_table::{ColumnKind, Table};

use super::lexicon::FILLERS;
use super::lone::is_repeated;
use super::measure::GROUP_WORDS;
use super::mention::{COMMAND_WORDS, ColumnName, Mention, ValueMention};
use super::token::Token;

/// Words before a value that stands for rows in that state.
const BEFORE: &[&str] = &["only", "just", "still", "are", "is", "not", "currently"];

/// Shorter words are words of the language more often than values.
const LETTERS_MIN: usize = 3;

/// Words between two values that are compared.
const BETWEEN: &[&str] = &["vs", "versus", "and", "or", "&", "/"];

/// Takes words as values where they stand as such and the table has them to the letter; what they say of another column is dropped.
pub(super) fn settle(
    table: &Table,
    names: &[ColumnName],
    tokens: &[Token],
    values: &mut [ValueMention],
    mentions: &mut Vec<Mention>,
) {
    let exact: Vec<usize> = (0..values.len())
        .filter(|at| {
            let value = &values[*at];
            value.end == value.start + 1 && value.value.trim().to_lowercase() == tokens[value.start].text
        })
        .collect();
    for at in compared(tokens, values, mentions, &exact) {
        values[at].certain = true;
    }
    let exact: Vec<usize> = exact
        .into_iter()
        .filter(|at| {
            let column = table.columns.get(values[*at].column);
            column.is_some_and(|column| column.kind == ColumnKind::Text && is_repeated(column))
        })
        .collect();
    for at in &exact {
        let (start, column) = (values[*at].start, values[*at].column);
        let Some(other) = mentions
            .iter()
            .position(|mention| mention.start == start && mention.end == start + 1 && mention.column != column)
        else {
            continue;
        };
        let paired = exact.iter().any(|with| {
            let with = &values[*with];
            let between = with.start.min(start) + 1;
            with.column == column
                && with.start.abs_diff(start) == 2
                && tokens.get(between).is_some_and(|token| token.is_any(BETWEEN))
        });
        let named = names
            .get(mentions[other].column)
            .is_some_and(|name| name.words.iter().any(|word| *word == tokens[start].text));
        if paired || !named && stands_for_rows(tokens, mentions, start) {
            mentions.remove(other);
            values[*at].certain = true;
        }
    }
}

/// `compare ana and bob`, `ana vs bob`: values of one column that can only be meant as such.
fn compared(tokens: &[Token], values: &[ValueMention], mentions: &[Mention], exact: &[usize]) -> Vec<usize> {
    let plain = |at: &usize| {
        let token = &tokens[values[*at].start];
        token.is_word()
            && token.text.chars().count() >= LETTERS_MIN
            && !token.is_any(FILLERS)
            && !token.is_any(COMMAND_WORDS)
            && !token.is_any(GROUP_WORDS)
            && !mentions.iter().any(|mention| mention.start <= values[*at].start && values[*at].start < mention.end)
    };
    let mut found = Vec::new();
    for first in exact.iter().filter(|at| plain(at)) {
        let start = values[*first].start;
        let Some(between) = tokens.get(start + 1) else { continue };
        let asked = start.checked_sub(1).is_some_and(|before| tokens[before].is_any(&["compare", "comparing", "only"]));
        let versus = between.is_any(&["vs", "versus"]);
        let second = exact
            .iter()
            .filter(|at| plain(at))
            .find(|at| values[**at].start == start + 2 && values[**at].column == values[*first].column);
        if let Some(second) = second
            && (versus || asked && between.is_any(&["and", "&", "with", "to"]))
        {
            found.extend([*first, *second]);
        }
    }
    found
}

/// Whether a word says of which rows something is told: `open tickets`, `only open`.
fn stands_for_rows(tokens: &[Token], mentions: &[Mention], at: usize) -> bool {
    let before = at.checked_sub(1).map(|before| &tokens[before]);
    if before.is_some_and(|before| before.is_any(&["by", "per", "each", "every", "the", "on", "of"])) {
        // `share of open tickets` is about rows, `by open` and `the open` about a column.
        return before.is_some_and(|before| before.is("of")) && noun_follows(tokens, mentions, at);
    }
    before.is_some_and(|before| before.is_any(BEFORE)) || noun_follows(tokens, mentions, at)
}

fn noun_follows(tokens: &[Token], mentions: &[Mention], at: usize) -> bool {
    let plural = tokens.get(at + 1).filter(|next| next.is_word() && next.text.ends_with('s') && next.text.len() > 3);
    plural.is_some()
        && !mentions.iter().any(|mention| mention.start == at + 1 && mention.likeness > 0.9 && !mention.entity)
}
