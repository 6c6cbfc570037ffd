//! What requests ask for and no chart has: kinds that are not drawn, and changes from one value to the next. Whoever asks gets the
//! best chart there is, and is told.

use super::phrase::{BinSaid, CHART, PeriodSaid, period, phrase};
use super::token::Token;
use crate::chart::Kind;
use crate::spec::Bin;

/// What was asked for in vain.
pub(super) enum Undrawn {
    /// A kind of chart, in the plural.
    Kind(&'static str),
    /// Differences between neighbouring values, or their growth; with the period from one to the next, where it is named.
    Change(Option<Bin>),
}

/// Kinds that are not drawn, the longest name first.
const KINDS: &[(&[&str], &str)] = &[
    (&["radar|spider|polar", CHART], "radar charts"),
    (&["radar"], "radar charts"),
    (&["sankey|alluvial", CHART], "Sankey diagrams"),
    (&["sankey|alluvial"], "Sankey diagrams"),
    (&["chord", CHART], "chord diagrams"),
    (&["tree", "map|maps", CHART], "treemaps"),
    (&["treemap|treemaps", CHART], "treemaps"),
    (&["treemap|treemaps"], "treemaps"),
    (&["tree", "map|maps"], "treemaps"),
    (&["sunburst", CHART], "sunburst charts"),
    (&["sunburst"], "sunburst charts"),
    (&["gantt", CHART], "Gantt charts"),
    (&["gantt"], "Gantt charts"),
    (&["word", "cloud|clouds"], "word clouds"),
    (&["wordcloud|wordclouds"], "word clouds"),
    (&["funnel", CHART], "funnel charts"),
    (&["as", "a", "funnel"], "funnel charts"),
    (&["funnel", "of"], "funnel charts"),
    (&["gauge|speedometer", CHART], "gauges"),
    (&["as", "a", "gauge|speedometer"], "gauges"),
    (&["gauge|speedometer", "of|for"], "gauges"),
    (&["waterfall", CHART], "waterfall charts"),
    (&["choropleth", "map|maps|chart"], "maps"),
    (&["choropleth"], "maps"),
    (&["world|geo|geographic|geographical", "map|maps"], "maps"),
    (&["on|as|in", "a|the", "map"], "maps"),
    (&["map", "of|chart"], "maps"),
    (&["network", CHART], "network graphs"),
    (&["venn", CHART], "Venn diagrams"),
    (&["pareto", CHART], "Pareto charts"),
    (&["mosaic|marimekko|mekko", CHART], "mosaic plots"),
    (&["marimekko|mekko"], "mosaic plots"),
    (&["ridgeline|ridge|joy", CHART], "ridgeline plots"),
    (&["waffle|pictogram|pictograph", CHART], "pictograms"),
    (&["3d|3-d"], "3D charts"),
    (&["three", "dimensional"], "3D charts"),
    (&["animated|interactive", CHART], "animated or interactive charts"),
];

/// Changes from one value to the next.
const CHANGES: &[&[&str]] = &[
    &["year", "over|on|to", "year"],
    &["month", "over|on|to", "month"],
    &["quarter", "over|on|to", "quarter"],
    &["week", "over|on|to", "week"],
    &["day", "over|on|to", "day"],
    &["yoy|mom|qoq|wow|dod"],
    &["percent|percentage|pct|%|relative", "change|changes|growth|increase|difference|differences"],
    &["growth|change", "rate|rates"],
    &["rate|rates", "of", "growth|change"],
    &["growth", "in", "percent|%"],
    &["grew|grown|increased|improved|rose|fell|dropped|declined", "the", "most|least|fastest"],
    &["grew|grown|increased|improved|rose|fell|dropped|declined", "most|least|fastest"],
];

/// What the request asks for in vain, with its place; a word of a column's name asks for nothing.
pub(super) fn find(tokens: &[Token], in_name: &dyn Fn(usize, usize) -> bool) -> Vec<(Undrawn, usize, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let heat = at.checked_sub(1).is_some_and(|before| tokens[before].is("heat"));
        let asked = KINDS
            .iter()
            .find_map(|(words, name)| Some((Undrawn::Kind(name), phrase(tokens, at, words)?)))
            .filter(|_| !heat)
            .or_else(|| {
                CHANGES.iter().find_map(|words| Some((Undrawn::Change(step(tokens, at)), phrase(tokens, at, words)?)))
            });
        match asked {
            Some((undrawn, end)) if !in_name(at, end) && !tokens[at].quoted => {
                // `year over year growth`, `percent change`: one wish.
                let change =
                    tokens.get(end).is_some_and(|next| next.is_any(&["growth", "change", "changes", "increase"]));
                let end = end + usize::from(matches!(undrawn, Undrawn::Change(_)) && change);
                found.push((undrawn, at, end));
                at = end;
            }
            _ => at += 1,
        }
    }
    found
}

/// The period of `month over month`, `yoy`, `monthly growth rate`.
fn step(tokens: &[Token], at: usize) -> Option<Bin> {
    match tokens[at].text.as_str() {
        "yoy" => Some(Bin::Year),
        "qoq" => Some(Bin::Quarter),
        "mom" => Some(Bin::Month),
        "wow" => Some(Bin::Week),
        "dod" => Some(Bin::Day),
        _ => period(tokens, at),
    }
}

/// The grouping that a change from one period to the next implies.
pub(super) fn grouping(asked: &[(Undrawn, usize, usize)]) -> Option<BinSaid> {
    asked.iter().find_map(|(undrawn, start, end)| match undrawn {
        Undrawn::Change(Some(bin)) => {
            Some(BinSaid { bin: PeriodSaid::Exactly(*bin), start: *start, end: *end, plainly: false })
        }
        _ => None,
    })
}

/// Takes it out of the words, so that nothing else is read into them.
pub(super) fn take(tokens: &mut [Token], found: Vec<(Undrawn, usize, usize)>) -> Vec<Undrawn> {
    let silence = |(undrawn, start, end): (Undrawn, usize, usize)| {
        tokens.iter_mut().take(end).skip(start).for_each(Token::silence);
        undrawn
    };
    found.into_iter().map(silence).collect()
}

/// What the member is told, now that the kind of the chart is settled.
pub(super) fn sentences(undrawn: &[Undrawn], kind: Kind) -> Vec<String> {
    let mut sentences: Vec<String> = Vec::new();
    for undrawn in undrawn {
        let sentence = match undrawn {
            Undrawn::Kind(name) => {
                format!("Plotline has no {name}, so this is a {}.", crate::resolve::words::kind(kind))
            }
            Undrawn::Change(_) => {
                "Changes from one value to the next are not computed; the values themselves are drawn.".to_owned()
            }
        };
        if !sentences.contains(&sentence) {
            sentences.push(sentence);
        }
    }
    sentences
}
