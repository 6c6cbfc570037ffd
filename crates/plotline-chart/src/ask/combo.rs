//! Bars and lines in one chart, and which value has an axis of its own: `revenue as bars and margin as a line`, `with margin on the
//! right axis`.

use plotline_table::{ColumnKind, Table};

use super::Request;
use super::mention::Mention;
use super::phrase::{KindSaid, Said, second_axis};
use super::token::Token;
use crate::chart::Kind;
use crate::spec::ChartSpec;

/// Words between a value and the mark that shows it.
const NEAR: usize = 4;

/// The mentions of the values that the request wants as bars, and of those that it wants as lines.
fn marks(table: &Table, tokens: &[Token], mentions: &[Mention]) -> Option<(Vec<usize>, Vec<usize>)> {
    let number = |mention: &Mention| {
        mention.likeness > 0.45
            && table.columns.get(mention.column).is_some_and(|column| column.kind == ColumnKind::Number)
    };
    let inside = |at: usize| mentions.iter().any(|m| m.start <= at && at < m.end && m.likeness > 0.6);
    let place = |words: &[&str]| {
        (0..tokens.len()).find(|at| {
            let before = at.checked_sub(1).map(|before| &tokens[before]);
            let fitted =
                before.is_some_and(|before| before.is_any(&["trend", "fit", "average", "mean", "by", "per", "each"]));
            tokens[*at].is_any(words) && !tokens[*at].quoted && !inside(*at) && !fitted
        })
    };
    let near = |at: usize| {
        let before = mentions.iter().rposition(|m| number(m) && m.end <= at && at - m.end <= NEAR);
        let after = mentions.iter().position(|m| number(m) && m.start > at && m.start - at <= NEAR);
        let names_after = tokens.get(at + 1).is_some_and(|next| next.is_any(&["for", "of", "showing", ":", "=", "is"]));
        if names_after { after.or(before) } else { before.or(after) }
    };
    let bars = near(place(&["bars", "bar", "columns", "column"])?)?;
    let line = near(place(&["line", "lines"])?)?;
    if mentions[bars].column == mentions[line].column {
        return None;
    }
    let joined = |a: usize, b: usize| {
        tokens.get(mentions[a].end..mentions[b].start).is_some_and(|between| {
            !between.is_empty() && between.iter().all(|token| token.is_any(&["and", ",", "&", "+", "plus", "the"]))
        })
    };
    // `online and store as bars`: the row of values that the named one ends or begins.
    let row = |anchor: usize, taken: &[usize]| {
        let free = |at: usize| number(&mentions[at]) && !taken.contains(&at);
        let (mut first, mut last) = (anchor, anchor);
        while first > 0 && free(first - 1) && joined(first - 1, first) {
            first -= 1;
        }
        while last + 1 < mentions.len() && free(last + 1) && joined(last, last + 1) {
            last += 1;
        }
        (first..=last).collect::<Vec<usize>>()
    };
    let bars = row(bars, &[line]);
    let lines = row(line, &bars);
    Some((bars, lines))
}

/// The kind, where bars of one value and a line of another are asked for.
pub(super) fn settle(
    kind: Option<KindSaid>,
    table: &Table,
    tokens: &[Token],
    mentions: &[Mention],
) -> Option<KindSaid> {
    let open =
        kind.as_ref().is_none_or(|said| matches!(said.kind, Kind::Bar | Kind::Line) || said.said == Said::Implied);
    if !open || marks(table, tokens, mentions).is_none() {
        return kind;
    }
    let (start, end) = kind.as_ref().map_or((0, 0), |said| (said.start, said.end));
    let stack = kind.and_then(|said| said.stack);
    Some(KindSaid { kind: Kind::Combo, said: Said::Plainly, start, end, stack, series: false, horizontal: None })
}

/// Puts the value of the bars first, and the value that was said to stand there on the second axis.
pub(super) fn arrange(request: &Request<'_>, spec: &mut ChartSpec) {
    let table = request.table;
    let name = |mention: &Mention| table.columns.get(mention.column).map(|column| column.name.as_str());
    if spec.y.len() < 2 {
        return;
    }
    let marked = marks(table, &request.tokens, &request.mentions);
    if let Some((bars, _)) = &marked {
        let bars: Vec<Option<&str>> = bars.iter().map(|at| name(&request.mentions[*at])).collect();
        spec.y.sort_by_key(|measure| !bars.contains(&measure.column.as_deref()));
        let count = spec.y.iter().filter(|measure| bars.contains(&measure.column.as_deref())).count();
        spec.options.bars = u8::try_from(count).ok().filter(|count| *count > 1);
    }
    if !request.second_axis {
        return;
    }
    let right = right(request).and_then(|at| request.mentions.get(at)).and_then(name);
    let place = spec.y.iter().position(|measure| right.is_some() && measure.column.as_deref() == right);
    let place = place.unwrap_or(spec.y.len() - 1);
    if let Some(measure) = spec.y.get_mut(place) {
        measure.second_axis = true;
    }
    if marked.is_none() {
        spec.y.sort_by_key(|measure| measure.second_axis);
    }
}

/// The mention of the value that is said to stand on the second axis: `with margin on the right axis`.
fn right(request: &Request<'_>) -> Option<usize> {
    const BETWEEN: &[&str] =
        &["on", "the", "a", "an", "its", "own", "with", "using", "to", "as", "line", "at", "in", "bars", "|"];
    let tokens = &request.tokens;
    let (start, _) = second_axis(tokens).filter(|_| request.second_axis)?;
    // `margin and revenue on two axes` is about no single value.
    if tokens[start].is_any(&["two", "dual", "separate", "different"]) {
        return None;
    }
    let before = request.mentions.iter().rposition(|mention| mention.end <= start)?;
    let linked = tokens[request.mentions[before].end..start].iter().all(|token| token.is_any(BETWEEN));
    linked.then_some(before)
}

/// The columns of values that are given a mark or an axis.
pub(super) fn values(request: &Request<'_>) -> Vec<usize> {
    let combo = request.kind.as_ref().is_some_and(|said| said.kind == Kind::Combo);
    let marks = marks(request.table, &request.tokens, &request.mentions).filter(|_| combo);
    let places = marks.into_iter().flat_map(|(bars, lines)| bars.into_iter().chain(lines)).chain(right(request));
    places
        .filter_map(|at| request.mentions.get(at))
        .map(|mention| mention.column)
        .filter(|at| request.table.columns.get(*at).is_some_and(|column| column.kind == ColumnKind::Number))
        .collect()
}
