//! What is counted, added up or averaged.

use super::lexicon::{FILLERS, extreme, how};
use super::mention::Mention;
use super::phrase::phrase;
use super::token::Token;
use crate::spec::Aggregate;

/// Between an aggregate's word and its column stand at most this many words (`average number of weekly hours`).
const REACH: usize = 4;

/// Words that mean an aggregate.
#[derive(Clone, Debug)]
pub(super) struct AggregateSaid {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) how: Aggregate,
    /// `total number of`, `amount of`: a count of things, but the sum of a quantity.
    pub(super) sums_numbers: bool,
    /// `oldest`, `how tall`: what it is about, where no column follows.
    pub(super) topics: Vec<&'static str>,
    /// The mention that it is about.
    pub(super) mention: Option<usize>,
}

/// Phrases of aggregates, the longest first; the flag is [`AggregateSaid::sums_numbers`].
const AGGREGATES: &[(&[&str], Aggregate, bool)] = &[
    (&["number|count", "of", "distinct|unique|different"], Aggregate::CountDistinct, false),
    (&["how", "many", "distinct|unique"], Aggregate::CountDistinct, false),
    (&["distinct|unique", "count|counts", "of"], Aggregate::CountDistinct, false),
    (&["distinct|unique", "count|counts|number"], Aggregate::CountDistinct, false),
    (&["total", "number|numbers", "of"], Aggregate::Count, true),
    (&["total", "number|numbers|count|counts"], Aggregate::Count, false),
    (&["total", "amount|amounts|quantity|value", "of"], Aggregate::Sum, true),
    (&["total", "amount|amounts"], Aggregate::Sum, true),
    (&["sum", "total", "of"], Aggregate::Sum, true),
    (&["number|numbers|amount|amounts|quantity", "of"], Aggregate::Count, false),
    (&["how", "many"], Aggregate::Count, false),
    (&["how", "much"], Aggregate::Sum, true),
    (&["how", "often|frequently|common"], Aggregate::Count, false),
    (&["count|counts", "of"], Aggregate::Count, false),
    (&["count", "(", "*", ")"], Aggregate::Count, false),
    (&["#", "of"], Aggregate::Count, false),
    (&["no", ".", "of"], Aggregate::Count, false),
    (&["count|counts|counting|counted|tally|frequency|frequencies|occurrences"], Aggregate::Count, false),
    (&["number|numbers"], Aggregate::Count, false),
    (&["median|medians"], Aggregate::Median, false),
    (&["average|averages|averaged|avg|mean|means|averagely"], Aggregate::Avg, false),
    (&["minimum|minimal|min|lowest|smallest|minimums"], Aggregate::Min, false),
    (&["maximum|maximal|max|highest|largest|greatest|biggest|maximums|peak"], Aggregate::Max, false),
    (
        &[
            "sum|sums|total|totals|summed|accumulated|accumulative|aggregate|aggregated|combined|overall|summarize|summation",
        ],
        Aggregate::Sum,
        true,
    ),
];

/// Words that end the reach of an aggregate: what follows is a group, not the thing measured.
pub(super) const GROUP_WORDS: &[&str] = &[
    "by", "each", "every", "per", "across", "for", "over", "versus", "vs", "against", "among", "between", "and",
    "grouped", "from", "with", "that", "who", "whose", "which", "does", "do", "did", "are", "is", "have", "has",
    "there", "where",
];

/// The aggregates in the free words, each with the mention that it is about.
pub(super) fn find(tokens: &[Token], mentions: &[Mention], free: &dyn Fn(usize) -> bool) -> Vec<AggregateSaid> {
    let inside = |at: usize| {
        mentions.iter().any(|mention| {
            mention.start < at && at < mention.end
                || mention.start == at && mention.end > at + 1 && mention.likeness > 0.6
        })
    };
    let exact = |at: usize| mentions.iter().any(|mention| mention.start == at && mention.likeness > 0.55);
    let mut found: Vec<AggregateSaid> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        // `Runtime (min)` names a unit; `does a longer film mean more money` states a question.
        let unit = at > 0
            && tokens[at - 1].is("(")
            && tokens.get(at + 1).is_some_and(|next| next.is(")"))
            && mentions.iter().any(|mention| mention.end + 1 == at && mention.likeness > 0.9)
            && tokens[at].is("min");
        let verb = tokens[at].is_any(&["mean", "means"])
            && tokens
                .get(at + 1)
                .is_some_and(|next| next.is_any(&["more", "less", "higher", "lower", "fewer", "better", "worse"]));
        if !free(at) || inside(at) || exact(at) || unit || verb {
            at += 1;
            continue;
        }
        let said = AGGREGATES
            .iter()
            .find_map(|(words, how, sums_numbers)| {
                let end = phrase(tokens, at, words)?;
                Some(AggregateSaid {
                    start: at,
                    end,
                    how: *how,
                    sums_numbers: *sums_numbers,
                    topics: Vec::new(),
                    mention: None,
                })
            })
            .or_else(|| {
                let (how, topics) = extreme(&tokens[at].text)?;
                Some(AggregateSaid { start: at, end: at + 1, how, sums_numbers: false, topics, mention: None })
            })
            .or_else(|| {
                let end = phrase(tokens, at, &["most|least", "expensive|costly|pricey"])?;
                let how = if tokens[at].is("most") { Aggregate::Max } else { Aggregate::Min };
                Some(AggregateSaid {
                    start: at,
                    end,
                    how,
                    sums_numbers: false,
                    topics: vec!["price", "cost"],
                    mention: None,
                })
            })
            .or_else(|| {
                let topics = how_question(tokens, at)?;
                let whole = (at..tokens.len()).any(|at| {
                    phrase(tokens, at, &["in", "total"]).is_some() || tokens[at].is_any(&["altogether", "overall"])
                });
                Some(AggregateSaid {
                    start: at,
                    end: at + 2,
                    how: if whole { Aggregate::Sum } else { Aggregate::Avg },
                    sums_numbers: false,
                    topics,
                    mention: None,
                })
            });
        match said {
            Some(said) => {
                at = said.end.max(at + 1);
                found.push(said);
            }
            None => at += 1,
        }
    }
    attach(tokens, mentions, &mut found);
    join(tokens, found)
}

fn how_question(tokens: &[Token], at: usize) -> Option<Vec<&'static str>> {
    if !tokens[at].is("how") {
        return None;
    }
    how(&tokens.get(at + 1)?.text)
}

fn attach(tokens: &[Token], mentions: &[Mention], found: &mut [AggregateSaid]) {
    for said in found.iter_mut() {
        said.mention = mentions.iter().position(|mention| {
            // `total amount` of an `Amount`: the column is a word of the phrase.
            if said.how == Aggregate::Sum && said.start < mention.start && mention.end == said.end {
                return true;
            }
            mention.start >= said.end
                && mention.start - said.end <= REACH
                && tokens[said.end..mention.start].iter().enumerate().all(|(place, token)| {
                    // `the number of the countries`, but not `the number of players in each year`.
                    let plain = token.is_any(&[
                        "of",
                        "the",
                        "in",
                        "all",
                        "a",
                        "(",
                        "their",
                        "its",
                        "value",
                        "different",
                        "total",
                        "number",
                        "column",
                        "each",
                        "these",
                    ]);
                    let allowed_each = !token.is("each") || place == 0;
                    let unknown = said.how != Aggregate::Count
                        && said.how != Aggregate::CountDistinct
                        && !token.is_any(GROUP_WORDS)
                        && !token.is_stop();
                    (plain && allowed_each && !(token.is("in") && said.how == Aggregate::Count)) || unknown
                })
        });
    }
    // `age average`, `salary (mean)`: the word after its column.
    for said in found.iter_mut().filter(|said| said.mention.is_none() && said.topics.is_empty()) {
        if matches!(said.how, Aggregate::Count | Aggregate::CountDistinct) {
            continue;
        }
        said.mention = mentions.iter().position(|mention| {
            mention.end == said.start || mention.end + 1 == said.start && tokens[mention.end].is("(")
        });
    }
}

/// Neighbouring aggregates: `average and maximum capacity` share a column, `total sum of` is one.
fn join(tokens: &[Token], found: Vec<AggregateSaid>) -> Vec<AggregateSaid> {
    let mut joined: Vec<AggregateSaid> = Vec::new();
    for said in found {
        if let Some(before) = joined.last_mut() {
            let between = &tokens[before.end.min(said.start)..said.start];
            let shared = between.iter().any(|token| token.is_any(&["and", ",", "or", "vs", "versus"]));
            let close = between.len() <= 3
                && between.iter().all(|token| {
                    token.is_any(FILLERS) || token.is_any(&["and", ",", "or", "(", ")", "vs", "versus", "number"])
                });
            if close && !shared && before.mention.is_none_or(|mention| Some(mention) == said.mention) {
                // `the total how many`, `the sum of the total number of`: one measure.
                before.how = match (before.how, said.how) {
                    (_, Aggregate::Count) if !said.sums_numbers => Aggregate::Count,
                    (Aggregate::Sum, Aggregate::Count) => Aggregate::Sum,
                    (Aggregate::Sum, how) => how,
                    (how, _) => how,
                };
                before.sums_numbers |= said.sums_numbers;
                before.end = said.end;
                before.mention = said.mention;
                if before.topics.is_empty() {
                    before.topics = said.topics;
                }
                continue;
            }
            if close && shared && before.mention.is_none() && before.how != Aggregate::Count {
                before.mention = said.mention;
                if before.topics.is_empty() {
                    before.topics.clone_from(&said.topics);
                }
            }
        }
        joined.push(said);
    }
    joined
}
