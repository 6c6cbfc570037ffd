//! The order that a request asks for, in all the forms in which people ask.

use super::phrase::phrase;
use super::token::{Class, Token};
use crate::spec::Order;

/// A clause about the order.
#[derive(Clone, Debug)]
pub(super) struct SortSaid {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Absent: `sorted by revenue`.
    pub(super) order: Option<Order>,
    pub(super) target: Target,
    /// The words that may name a column to sort by.
    pub(super) about: Vec<(usize, usize)>,
}

/// What is sorted by, as far as the words alone say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// The x axis, the bars, the names.
    X,
    /// The y axis, the number, the values.
    Y,
    /// A column or aggregate, named in [`SortSaid::about`], or nothing.
    Open,
}

const LOW: &str = "low|lowest|small|smallest|least|fewest|min|minimum|bottom|short|shortest|young|youngest|few|early|earliest|old|cheapest|worst";
const HIGH: &str = "high|highest|large|largest|big|biggest|most|max|maximum|top|long|longest|oldest|many|late|latest|new|newest|expensive|best";

/// Phrases that say a direction.
const DIRECTIONS: &[(&[&str], Order)] = &[
    (&["from", LOW, "to", HIGH], Order::Asc),
    (&["from", HIGH, "to", LOW], Order::Desc),
    (&[LOW, "to", HIGH], Order::Asc),
    (&[HIGH, "to", LOW], Order::Desc),
    (&["from", "a", "to", "z"], Order::Asc),
    (&["from", "z", "to", "a"], Order::Desc),
    (&["a", "to", "z"], Order::Asc),
    (&["z", "to", "a"], Order::Desc),
    (&["reverse|reversed|descending|inverse", "alphabetical|alphabetic|alphabetically|chronological"], Order::Desc),
    (&["reverse|reversed", "order"], Order::Desc),
    (
        &["alphabetical|alphabetic|alphabetically|lexicographic|lexicographical|chronological|chronologically"],
        Order::Asc,
    ),
    (&["highest|largest|biggest|most|latest|newest|greatest|max|best", "first"], Order::Desc),
    (&["lowest|smallest|least|fewest|earliest|oldest|min|worst", "first"], Order::Asc),
    (
        &["heaviest|tallest|longest|fastest|priciest|hottest|farthest|strongest|richest|busiest|widest", "first"],
        Order::Desc,
    ),
    (&["most", "expensive|popular|common|frequent|recent|active|costly", "first"], Order::Desc),
    (&["cheapest|lightest|shortest|slowest|coldest|youngest|quickest|closest|nearest|narrowest", "first"], Order::Asc),
    (&["least", "expensive|popular|common|frequent|active|costly", "first"], Order::Asc),
    (&["quickest|fastest|cheapest|shortest|lightest", "to", "slowest|dearest|priciest|longest|heaviest"], Order::Asc),
    (&["slowest|dearest|priciest|longest|heaviest", "to", "quickest|cheapest|shortest|lightest"], Order::Desc),
    (&["asc|ascend|ascending|ascendingly|increasing|increasingly|rising"], Order::Asc),
    (&["desc|descend|descending|descendingly|decreasing|decreasingly|decending|falling"], Order::Desc),
];

/// Verbs that are about an order and nothing else.
const SORT_VERBS: &[&str] = &[
    "sort",
    "sorted",
    "sorting",
    "order",
    "ordered",
    "ordering",
    "rank",
    "ranked",
    "ranking",
    "arrange",
    "arranged",
    "organize",
    "organized",
    "organise",
    "sorts",
    "orders",
    "ranks",
];
/// Verbs that may introduce an order: `list bars in desc order`.
const SHOW_VERBS: &[&str] =
    &["list", "listed", "show", "shown", "display", "displayed", "put", "visualize", "present", "plot", "draw", "give"];
/// Words before the verb of a clause about the order.
const POLITE: &[&str] = &[
    "and", "then", "could", "can", "would", "you", "i", "we", "want", "like", "to", "please", "also", "with", "d", "-",
    ",", "the", "kindly", "should", "be", "is", "are", "bars", "results", "result", "them", "it",
];
/// A clause about an order has at most this many words between its verb and its direction.
const VERB_REACH: usize = 14;
/// The same for verbs such as `show`, which may begin the request itself.
const SHOW_REACH: usize = 9;

/// The clause about the order, if there is one.
pub(super) fn find(tokens: &[Token], is_column: &dyn Fn(usize) -> bool) -> Option<SortSaid> {
    let direction = (0..tokens.len()).rev().find_map(|at| {
        if tokens[at].quoted || is_column(at) && !tokens[at].is_any(&["asc", "desc"]) {
            return None;
        }
        // The longest phrase that ends here: `high to low` is part of `from high to low`.
        let (order, end) = DIRECTIONS.iter().find_map(|(words, order)| Some((*order, phrase(tokens, at, words)?)))?;
        let start = if at > 0 && tokens[at - 1].is("from") { at - 1 } else { at };
        Some((order, start, end, tokens[at].text.starts_with("alphabet") || tokens[at].text.starts_with("chronolog")))
    });
    match direction {
        Some((order, start, end, alphabetical)) => Some(directed(tokens, is_column, order, start, end, alphabetical)),
        None => undirected(tokens, is_column),
    }
}

fn directed(
    tokens: &[Token],
    is_column: &dyn Fn(usize) -> bool,
    order: Order,
    from: usize,
    to: usize,
    alphabetical: bool,
) -> SortSaid {
    let mut start = from;
    let mut verb = None;
    for at in (from.saturating_sub(VERB_REACH)..from).rev() {
        let token = &tokens[at];
        if token.is_stop() {
            break;
        }
        if token.is_any(SORT_VERBS) && !tokens.get(at + 1).is_some_and(|next| next.glued && next.is_word()) {
            verb = Some(at);
            break;
        }
        // `show` is about the order only where nothing but a target stands between.
        let reach = from - at;
        if token.is_any(SHOW_VERBS) && reach <= SHOW_REACH && is_target(&tokens[at + 1..from]) {
            verb = Some(at);
            break;
        }
    }
    if let Some(verb) = verb {
        start = verb;
    } else {
        while start > 0 && tokens[start - 1].is_any(&["in", "from", "with", "by", "an", "a", "the", "being"]) {
            start -= 1;
        }
    }
    while start > 0 && tokens[start - 1].is_any(POLITE) && !is_column(start - 1) {
        start -= 1;
    }
    let mut end = to;
    while tokens
        .get(end)
        .is_some_and(|token| token.is_any(&["order", "ordering", "please", "direction", "manner", "way", "sort"]))
    {
        end += 1;
    }
    if tokens
        .get(end)
        .is_some_and(|token| token.is_any(&["by", "of", "on", "according", "based", "with", "for", "in", "regarding"]))
        && !tokens[end..]
            .iter()
            .take(2)
            .any(|token| token.is_any(&["each", "every", "different", "bar", "line", "pie", "a", "scatter"]))
    {
        while tokens.get(end).is_some_and(|token| !token.is_stop() && !token.is_any(&["please", "using", "as"])) {
            end += 1;
        }
    } else if verb.is_none() && tokens.get(end).is_some_and(|token| token.is_any(SORT_VERBS)) {
        end += 1;
    }
    let about = vec![(start, from), (to, end)];
    let target = if alphabetical { Target::X } else { target(tokens, &about) };
    SortSaid { start, end, order: Some(order), target, about }
}

/// Whether words can be what is sorted by, rather than a request of their own.
fn is_target(words: &[Token]) -> bool {
    !words.iter().any(|token| {
        token.is_any(&[
            "each",
            "every",
            "per",
            "chart",
            "graph",
            "plot",
            "versus",
            "vs",
            "across",
            "over",
            "and",
            "about",
            "histogram",
            "pie",
            "scatter",
            "different",
            "me",
        ])
    })
}

/// `sorted by revenue`, `order by x`, `sort it`: a direction is not said.
fn undirected(tokens: &[Token], is_column: &dyn Fn(usize) -> bool) -> Option<SortSaid> {
    for at in 0..tokens.len() {
        let token = &tokens[at];
        if !token.is_any(SORT_VERBS) || is_column(at) && phrase(tokens, at + 1, &["by"]).is_none() {
            continue;
        }
        // `orders by weekday`, `the number of orders by size`: things, not a wish.
        let noun = at.checked_sub(1).is_none_or(|before| {
            !tokens[before].is_stop() && !tokens[before].is_any(&["and", "then", "that", "which"])
        });
        if noun && token.is_any(&["orders", "ranks", "sorts"])
            || at > 0 && tokens[at - 1].is_any(&["of", "per", "each", "many"])
        {
            continue;
        }
        let mut end = at + 1;
        let pronoun = phrase(tokens, end, &["it|them|bars|these|this"])
            .or_else(|| phrase(tokens, end, &["the", "bars|chart|graph|values"]));
        end = pronoun.unwrap_or(end);
        let by = phrase(tokens, end, &["by"]);
        let alone =
            tokens.get(end).is_none_or(Token::is_stop) || tokens.get(end).is_some_and(|t| t.is_any(&["please", "pls"]));
        if by.is_none() && !(alone && (pronoun.is_some() || token.is_any(&["sorted", "ordered", "ranked"]))) {
            continue;
        }
        let from = end;
        while tokens.get(end).is_some_and(|token| !token.is_stop()) {
            if end > from + 1 && tokens[end].is_any(&["as", "using", "with", "in", "for"]) {
                break;
            }
            end += 1;
        }
        let mut start = at;
        while start > 0 && tokens[start - 1].is_any(POLITE) {
            start -= 1;
        }
        let about = vec![(from, end)];
        let target = target(tokens, &about);
        return Some(SortSaid { start, end, order: None, target, about });
    }
    None
}

/// What the words around a direction name, column names aside.
fn target(tokens: &[Token], about: &[(usize, usize)]) -> Target {
    let words: Vec<&Token> = about
        .iter()
        .flat_map(|(start, end)| tokens.get(*start..*end).unwrap_or(&[]))
        .filter(|token| !matches!(token.class, Class::Mark(_)) && !token.is_any(POLITE) && !token.is_any(SORT_VERBS))
        .collect();
    let has = |options: &[&str]| words.iter().any(|token| token.is_any(options));
    if has(&["y"]) {
        return Target::Y;
    }
    if has(&["x"]) {
        return Target::X;
    }
    if words.windows(2).any(|pair| pair[0].is("total") && pair[1].is("number")) && words.len() <= 6 {
        return Target::Y;
    }
    let content: Vec<&&Token> = words
        .iter()
        .filter(|token| {
            !token.is_any(&[
                "by",
                "of",
                "in",
                "from",
                "on",
                "axis",
                "order",
                "ordering",
                "bar",
                "bars",
                "show",
                "list",
                "display",
                "shown",
                "listed",
                "displayed",
                "an",
                "a",
                "according",
                "based",
                "name",
                "names",
                "label",
                "labels",
                "value",
                "values",
                "its",
                "their",
                "all",
                "me",
                "put",
                "alphabet",
                "category",
                "categories",
                "chart",
                "graph",
            ])
        })
        .collect();
    if !content.is_empty() {
        return Target::Open;
    }
    if has(&["value", "values"]) {
        return Target::Y;
    }
    if has(&["bar", "bars", "name", "names", "label", "labels", "category", "categories", "alphabet"]) {
        return Target::X;
    }
    Target::Open
}
