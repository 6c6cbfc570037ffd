//! Two numbers set against each other without a word for the chart: `height vs weight`, `do longer films earn more?`

use plotline_table::ColumnKind;

use super::condition::by_topic;
use super::lexicon::comparative;
use super::role::{Item, Stage};
use super::token::Token;

/// Words by which a question compares: `do warmer days mean more visitors`.
const MORE: &[&str] = &["more", "less", "fewer", "higher", "lower", "better", "worse", "bigger", "larger", "smaller"];

/// Whether the request asks how two columns of numbers go together. A column that only a comparative names (`longer` for a
/// duration) joins the items.
pub(super) fn relates(stage: &Stage<'_>, items: &mut Vec<Item>) -> bool {
    if stage.said || stage.counts {
        return false;
    }
    let measured = |item: &Item| {
        stage.table.columns.get(item.column).is_some_and(|column| column.kind == ColumnKind::Number)
            && !stage.names.get(item.column).is_some_and(|name| name.is_id)
            && item.aggregate.is_none()
            && !item.counted
    };
    if items.iter().filter(|item| item.cues.is_versus() && measured(item)).count() == 2 {
        return true;
    }
    let tokens = stage.tokens;
    if !tokens.first().is_some_and(|first| first.is_any(&["do", "does", "did", "is", "are"])) {
        return false;
    }
    let compares = |token: &Token| token.is_any(MORE) || comparative(&token.text).is_some();
    let mut at = tokens.iter().enumerate().filter(|(_, token)| compares(token)).map(|(at, _)| at);
    let (Some(first), Some(second)) = (at.next(), at.next()) else { return false };
    for at in [first, second] {
        let Some((topics, _)) = comparative(&tokens[at].text) else { continue };
        let Some(column) = by_topic(stage.table, stage.names, &topics) else { continue };
        if items.iter().any(|item| item.column == column) {
            continue;
        }
        items.push(Item::named(column, at, at + 1));
    }
    items.sort_by_key(|item| item.start);
    let (before, after): (Vec<&Item>, Vec<&Item>) =
        items.iter().filter(|item| measured(item)).partition(|item| item.start < second);
    before.len() == 1 && after.len() == 1
}
