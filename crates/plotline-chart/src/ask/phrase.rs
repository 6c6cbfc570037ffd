//! Set phrases: the kind of chart, its options, limits and periods.

use super::lexicon;
use super::token::{Class, Token};
use crate::chart::{Kind, Stack};
use crate::resolve::key::year_number;
use crate::spec::{Aggregate, Bin, SpecOptions};

/// Matches words in a row; each may be alternatives (`chart|graph`). Hyphens between them do not matter.
pub(super) fn phrase(tokens: &[Token], at: usize, words: &[&str]) -> Option<usize> {
    let mut at = at;
    for (place, word) in words.iter().enumerate() {
        while place > 0 && tokens.get(at).is_some_and(|token| token.class == Class::Mark('-')) {
            at += 1;
        }
        let token = tokens.get(at)?;
        if !word.split('|').any(|option| token.is(option)) {
            return None;
        }
        at += 1;
    }
    Some(at)
}

/// What a part of the request was used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Kind,
    Sort,
    Limit,
    Option,
    Filter,
}

/// How clearly the kind was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Said {
    /// `the trend of …`
    Implied,
    /// `as bars`
    Weakly,
    /// `a bar chart`
    Plainly,
}

/// A kind of chart that the request names.
#[derive(Clone, Debug)]
pub(super) struct KindSaid {
    pub(super) kind: Kind,
    pub(super) said: Said,
    pub(super) start: usize,
    pub(super) end: usize,
    /// `stacked`, `100 %`, `grouped`, `multi-line`: a chart with series.
    pub(super) stack: Option<Stack>,
    pub(super) series: bool,
    pub(super) horizontal: Option<bool>,
}

pub(super) const CHART: &str = "chart|charts|graph|graphs|plot|plots|diagram|diagrams|visualization|visualisation";

/// Names of kinds, the longest first, and how plainly each says it.
const KINDS: &[(&[&str], Kind, Said)] = &[
    (&["box", "and", "whisker|whiskers"], Kind::Box, Said::Plainly),
    (&["box|boxes", CHART], Kind::Box, Said::Plainly),
    (&["boxplot|boxplots|whisker"], Kind::Box, Said::Plainly),
    (&["violin|violins|violinplot"], Kind::Violin, Said::Plainly),
    (&["strip|dot|jitter", CHART], Kind::Strip, Said::Plainly),
    (&["stripplot|beeswarm|swarm|dotplot"], Kind::Strip, Said::Plainly),
    (&["heat", "map|maps"], Kind::Heatmap, Said::Plainly),
    (&["heatmap|heatmaps"], Kind::Heatmap, Said::Plainly),
    (&["candle", "stick|sticks"], Kind::Candlestick, Said::Plainly),
    (&["candlestick|candlesticks|candles|ohlc"], Kind::Candlestick, Said::Plainly),
    (&["combo|combination|combined|mixed", CHART], Kind::Combo, Said::Plainly),
    (&["bars|bar|columns", "and", "line|lines"], Kind::Combo, Said::Plainly),
    (&["combo"], Kind::Combo, Said::Plainly),
    (&["bubble|bubbles", CHART], Kind::Bubble, Said::Plainly),
    (&["bubble|bubbles"], Kind::Bubble, Said::Weakly),
    (&["scatter|scattered", CHART], Kind::Scatter, Said::Plainly),
    (&["scatter|scatterplot|scatterplots|scattergram|scatterchart|scattergraph"], Kind::Scatter, Said::Plainly),
    (&["point|points|xy", CHART], Kind::Scatter, Said::Plainly),
    (&["donut|doughnut|ring", CHART], Kind::Donut, Said::Plainly),
    (&["donut|donuts|doughnut|doughnuts"], Kind::Donut, Said::Plainly),
    (&["pie|pies|pizza|circle", CHART], Kind::Pie, Said::Plainly),
    (&["piechart|piecharts|pie|pies"], Kind::Pie, Said::Plainly),
    (&["step|stepped|stairs|staircase", "line", CHART], Kind::Step, Said::Plainly),
    (&["step|stepped|stairs|staircase", CHART], Kind::Step, Said::Plainly),
    (&["step|stepped", "line"], Kind::Step, Said::Plainly),
    (&["area|filled", CHART], Kind::Area, Said::Plainly),
    (&["filled", "line"], Kind::Area, Said::Plainly),
    (&["histogram|histograms|histo|hist"], Kind::Histogram, Said::Plainly),
    (&["line|lines|spline|curve", CHART], Kind::Line, Said::Plainly),
    (&["linechart|lineplot|linegraph"], Kind::Line, Said::Plainly),
    (&["time", "series"], Kind::Line, Said::Weakly),
    (&["bar|bars|column", CHART], Kind::Bar, Said::Plainly),
    (&["barchart|barcharts|barplot|barplots|bargraph"], Kind::Bar, Said::Plainly),
];

/// Words that are kinds only in a place where a kind may stand: `as bars`, `a stacked bar of`.
const BARE_KINDS: &[(&str, Kind)] = &[
    ("bar", Kind::Bar),
    ("bars", Kind::Bar),
    ("columns", Kind::Bar),
    ("line", Kind::Line),
    ("lines", Kind::Line),
    ("area", Kind::Area),
    ("box", Kind::Box),
    ("curve", Kind::Line),
];

/// Words that suggest a kind.
const IMPLIED: &[(&[&str], Kind)] = &[
    (&["over", "time"], Kind::Line),
    (&["over", "the", "years|months|weeks|days"], Kind::Line),
    (&["trend|trends|trending|trendline"], Kind::Line),
    (&["change|changes|changed", "of|in|over|about"], Kind::Line),
    (&["timeline|evolution|progression|development"], Kind::Line),
    (&["correlation|correlations|correlate|correlated|correlates"], Kind::Scatter),
    (&["relationship|relation|relationships|association", "between|of|among"], Kind::Scatter),
    (&["relationship|relationships"], Kind::Scatter),
    (&["proportion|proportions|percentage|percentages|share|shares|breakdown|composition|makeup"], Kind::Pie),
    (&["distribution|distributed|histogrammed|spread"], Kind::Histogram),
    (&["comparison|compare|comparing|compared"], Kind::Bar),
];

/// Whether the request speaks of the course of time without naming a column: `over time`, `over the years`.
pub(super) fn over_time(tokens: &[Token]) -> Option<(usize, usize)> {
    const PHRASES: &[&[&str]] = &[
        &["over|through|across|with", "time"],
        &["over", "the", "years|months|weeks|days|year|quarters"],
        &["over", "years|months|weeks|days|quarters"],
        &["timeline"],
        &["time", "series"],
    ];
    (0..tokens.len()).find_map(|at| PHRASES.iter().find_map(|words| Some((at, phrase(tokens, at, words)?))))
}

/// Whether the request asks for an axis of its own for the last value.
pub(super) fn second_axis(tokens: &[Token]) -> Option<(usize, usize)> {
    const PHRASES: &[&[&str]] = &[
        &["second|secondary|dual|right|two|separate|other|own|different|twin", "y", "axis|axes"],
        &["second|secondary|dual|right|two|separate|own|different|twin", "axis|axes|scale|scales"],
        &["right", "hand", "axis|scale|side"],
        &["on", "the", "right"],
    ];
    (0..tokens.len()).find_map(|at| PHRASES.iter().find_map(|words| Some((at, phrase(tokens, at, words)?))))
}

/// The kind that the request names most plainly; of equals, the last.
///
/// A word of a column's name (`in_column`) suggests nothing: the `percentage` of a column of percentages is no wish for a pie.
pub(super) fn kind(
    tokens: &[Token],
    taken: &dyn Fn(usize) -> bool,
    in_column: &dyn Fn(usize) -> bool,
) -> Option<KindSaid> {
    let mut found: Vec<KindSaid> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if taken(at) || tokens[at].quoted {
            at += 1;
            continue;
        }
        let named = KINDS.iter().find_map(|(words, kind, said)| Some((*kind, *said, phrase(tokens, at, words)?)));
        let bare = || {
            let (_, kind) = BARE_KINDS.iter().find(|(word, _)| tokens[at].is(word))?;
            let whole = at == 0 && tokens.get(1).is_none_or(is_end) && !in_column(at);
            (whole || bare_place(tokens, at)).then_some((*kind, Said::Weakly, at + 1))
        };
        let implied = || {
            if in_column(at) {
                return None;
            }
            IMPLIED.iter().find_map(|(words, kind)| Some((*kind, Said::Implied, phrase(tokens, at, words)?)))
        };
        match named.or_else(bare).or_else(implied) {
            Some((kind, said, end)) => {
                found.push(qualified(tokens, kind, said, at, end));
                at = end;
            }
            None => at += 1,
        }
    }
    found.into_iter().max_by_key(|kind| (kind.said, kind.start))
}

/// Words after which `line` or `bar` at the end of a request is a thing, not a kind.
const NO_KIND_AFTER: &[&str] = &[
    "by", "per", "each", "every", "the", "of", "and", "or", "product", "trend", "this", "that", "first", "last",
    "best", "finish",
];

/// Whether nothing more is said here: a stop, or a politeness.
fn is_end(token: &Token) -> bool {
    token.is_stop() || token.is_any(&["please", "pls", "thanks", "thx"])
}

/// A place where `bar` or `line` is a kind: after `as`, `a`, `stacked` …, or before `of` or the end.
fn bare_place(tokens: &[Token], at: usize) -> bool {
    let before = at.checked_sub(1).map(|before| tokens[before].text.as_str());
    let after = tokens.get(at + 1);
    let introduced = matches!(
        before,
        Some(
            "as" | "a"
                | "an"
                | "in"
                | "into"
                | "using"
                | "with"
                | "to"
                | "stacked"
                | "grouped"
                | "clustered"
                | "horizontal"
                | "vertical"
                | "make"
                | "multi"
                | "-"
                | "multiple"
        )
    );
    let closed = after.is_none_or(|after| {
        after.is_stop()
            || after.is_any(&["of", "for", "showing", "please", "instead", "by", "per", "with", "and", "now", "pls"])
    });
    // `sales per month, bars`: a clause of its own.
    let alone = at.checked_sub(1).is_some_and(|before| tokens[before].is_stop())
        && after.is_none_or(|after| is_end(after) || after.is_any(&["for", "of"]));
    // `bugs per month line`, at the very end.
    let last = at > 2
        && after.is_none()
        && tokens[at].is_any(&["bar", "bars", "line", "lines"])
        && tokens[at - 1].is_word()
        && !tokens[at - 1].is_any(NO_KIND_AFTER);
    (introduced && closed)
        || alone
        || last
        || (before.is_none() && after.is_some_and(|after| after.is_any(&["of", "for", "by", "per"])))
}

/// Looks at the words before a kind: `stacked`, `100 %`, `grouped`, `horizontal`.
fn qualified(tokens: &[Token], kind: Kind, said: Said, start: usize, end: usize) -> KindSaid {
    let mut qualified = KindSaid { kind, said, start, end, stack: None, series: false, horizontal: None };
    let mut at = start;
    while let Some(before) = at.checked_sub(1) {
        let token = &tokens[before];
        match token.text.as_str() {
            "stacked" | "stack" | "stacking" => {
                qualified.stack = qualified.stack.or(Some(Stack::Stacked));
                qualified.series = true;
            }
            "100" | "percent" | "percentage" | "normalized" | "normalised" if qualified.stack.is_some() => {
                qualified.stack = Some(Stack::Percent);
            }
            "group" | "grouped" | "grouping" | "clustered" | "multi" | "multiple" | "multiline" | "multi-line" => {
                qualified.series = true;
            }
            "horizontal" | "sideways" => qualified.horizontal = Some(true),
            "vertical" | "upright" => qualified.horizontal = Some(false),
            "-" | "%" | "series" | "a" | "an" | "simple" | "nice" | "basic" | "colored" | "coloured" => {}
            _ => break,
        }
        at = before;
    }
    qualified.start = at;
    if let Some(token) = tokens.get(qualified.end)
        && token.is_any(&["chart", "graph", "plot", "diagram"])
    {
        qualified.end += 1;
    }
    qualified
}

/// Options that are said anywhere in the request, with their places.
pub(super) fn options(tokens: &[Token]) -> (SpecOptions, Vec<(usize, usize)>) {
    let mut options = SpecOptions::default();
    let mut places = Vec::new();
    for at in 0..tokens.len() {
        if let Some((window, start, end)) = moving_average(tokens, at) {
            options.moving_average = Some(window);
            places.push((start, end));
            continue;
        }
        let mut found = |words: &[&str]| {
            let end = phrase(tokens, at, words)?;
            places.push((at, end));
            Some(end)
        };
        if found(&["horizontal|horizontally|sideways"]).is_some() {
            options.horizontal = Some(true);
        } else if found(&["vertical|vertically"]).is_some() {
            options.horizontal = Some(false);
        } else if found(&["log|logarithmic", "scale|axis|y"]).is_some()
            || found(&["logarithmic|logarithmically"]).is_some()
        {
            options.log = true;
        } else if found(&["cumulative|cumulatively|cumulated"]).is_some()
            || found(&["running", "total|totals|sum"]).is_some()
        {
            options.cumulative = true;
        } else if found(&["trend", "line|lines"]).is_some()
            || found(&["trendline|trendlines|regression"]).is_some()
            || found(&["line", "of", "best", "fit"]).is_some()
            || found(&["best", "fit", "line"]).is_some()
        {
            options.trend_line = true;
        } else if found(&["small", "multiples"]).is_some() || found(&["separate|own", "panels|panel|facets"]).is_some()
        {
            options.small_multiples = true;
        } else if found(&["stacked", "to", "100"]).is_some() || found(&["100", "%", "stacked"]).is_some() {
            options.stack = Some(Stack::Percent);
        } else if found(&["stacked|stack"]).is_some() {
            options.stack = options.stack.or(Some(Stack::Stacked));
        } else if found(&["side", "by", "side"]).is_some() || found(&["unstacked|clustered"]).is_some() {
            options.stack = Some(Stack::None);
        }
    }
    (options, places)
}

/// Words for the steps of a moving average.
const STEPS: &[&str] = &[
    "day", "days", "week", "weeks", "month", "months", "quarter", "quarters", "year", "years", "hour", "hours",
    "point", "points", "period", "periods", "row", "rows", "value", "values", "entries", "step", "steps", "term",
];

/// `3-day moving average`, `moving average over 7 days`, `rolling mean of 5`: how many values it is the mean of (3 where nothing is
/// said), and all of its words.
fn moving_average(tokens: &[Token], at: usize) -> Option<(u16, usize, usize)> {
    const SIZES: std::ops::RangeInclusive<f64> = 2.0..=1000.0;
    /// Words between `average` and its number: `over the last`.
    const REACH: usize = 3;
    let mut end = phrase(tokens, at, &["moving|rolling|running|sliding", "average|averages|mean|means|avg"])?;
    // `7d` is a word to the tokeniser.
    let size = |token: &Token| {
        let digits = token.text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let number = token.number().or_else(|| digits.parse().ok().filter(|_| token.is_word()));
        number.filter(|size: &f64| size.fract() == 0.0 && SIZES.contains(size)).map(|size| size as u16)
    };
    let step = |at: usize| tokens.get(at).is_some_and(|token| token.is_any(STEPS) || token.is("-"));
    let mut start = at;
    while start > 0 && step(start - 1) && at - start < REACH {
        start -= 1;
    }
    if let Some(window) = start.checked_sub(1).and_then(|before| size(&tokens[before])) {
        return Some((window, start - 1, end));
    }
    let linked = (end..tokens.len())
        .take(REACH)
        .take_while(|at| {
            tokens[*at].is_any(&[
                "of", "over", "the", "last", "past", "with", "a", "window", "by", "=", ":", "(", "size", "for",
            ])
        })
        .count();
    if let Some(window) = tokens.get(end + linked).and_then(size) {
        end += linked + 1;
        while step(end) || tokens.get(end).is_some_and(|token| token.is(")") || token.is("window")) {
            end += 1;
        }
        return Some((window, at, end));
    }
    Some((3, at, end))
}

/// The ranges of numbers that are asked for, with all of their words: `3 bins`, `in 5 buckets`, `bin width 10`, `bins of 20`.
pub(super) fn ranges(tokens: &[Token]) -> Option<(Bin, usize, usize)> {
    /// More bins than this cannot be told apart.
    const BINS_MAX: f64 = 200.0;
    const BINS: &str = "bin|bins|bucket|buckets|classes|intervals|ranges";
    let number = |at: usize| tokens.get(at).and_then(Token::number).filter(|number| *number > 0.0);
    let count = |number: f64| (number.fract() == 0.0 && number <= BINS_MAX).then_some(Bin::Bins(number as u16));
    let widths: &[&[&str]] = &[
        &[BINS, "width|size", "of|is|=|:"],
        &[BINS, "width|size"],
        &[BINS, "of", "width|size"],
        &[BINS, "of"],
        &["width", "of"],
    ];
    let counts: &[&[&str]] = &[&["number", "of", BINS, "=|:|is|to"], &["number", "of", BINS], &[BINS, "=|:"]];
    (0..tokens.len()).find_map(|at| {
        let after = |phrases: &[&[&str]]| {
            phrases.iter().find_map(|words| {
                let end = phrase(tokens, at, words)?;
                Some((number(end)?, end + 1))
            })
        };
        let said = phrase(tokens, at, &["number"]).is_some() || phrase(tokens, at, &[BINS]).is_some();
        if said && let Some((number, end)) = after(counts) {
            return Some((count(number)?, at, end));
        }
        if phrase(tokens, at, &[BINS]).is_some()
            && let Some((width, end)) = after(widths)
        {
            return Some((Bin::Width(width), at, end));
        }
        let bins = number(at)?;
        let equal = usize::from(tokens.get(at + 1).is_some_and(|token| token.is_any(&["equal", "even", "-"])));
        let end = phrase(tokens, at + 1 + equal, &[BINS])?;
        let start =
            at - usize::from(at.checked_sub(1).is_some_and(|at| tokens[at].is_any(&["in", "into", "with", "using"])));
        Some((count(bins)?, start, end))
    })
}

/// The kind that ranges of numbers call for.
pub(super) fn ranged(start: usize, end: usize) -> KindSaid {
    let (stack, horizontal) = (None, None);
    KindSaid { kind: Kind::Histogram, said: Said::Plainly, start, end, stack, series: false, horizontal }
}

/// A period that the request groups by.
#[derive(Clone, Copy, Debug)]
pub(super) struct BinSaid {
    pub(super) bin: PeriodSaid,
    pub(super) start: usize,
    pub(super) end: usize,
    /// `bin … by`, `… interval`: about a grouping beyond doubt.
    pub(super) plainly: bool,
}

/// The period of a grouping; `bin by time` leaves it open.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum PeriodSaid {
    Exactly(Bin),
    Open,
}

const PERIODS: &[(&[&str], Bin)] = &[
    (&["day|days", "of", "the", "week"], Bin::Weekday),
    (&["day|days", "of", "week"], Bin::Weekday),
    (&["day|days", "of", "the", "month"], Bin::DayOfMonth),
    (&["week", "day|days"], Bin::Weekday),
    (&["weekday|weekdays|dayofweek"], Bin::Weekday),
    (&["week|weeks", "of", "the", "year"], Bin::Week),
    (&["calendar|iso", "week|weeks"], Bin::Week),
    (&["week|weeks|weekly|wk|wks"], Bin::Week),
    (&["month", "of", "the", "year"], Bin::Month),
    (&["year|years|yearly|annual|annually|yr"], Bin::Year),
    (&["quarter|quarters", "of", "the", "year"], Bin::QuarterOfYear),
    (&["quarter|quarters|quarterly"], Bin::Quarter),
    (&["season|seasons"], Bin::Season),
    (&["month|months|monthly"], Bin::Month),
    (&["hour|hours", "of", "the", "day"], Bin::Hour),
    (&["hour|hours", "of", "day"], Bin::Hour),
    (&["hour|hours|hourly"], Bin::Hour),
    (&["minute|minutes"], Bin::Minute),
    (&["day|days|daily"], Bin::Day),
];

/// The period that a word names.
pub(super) fn period(tokens: &[Token], at: usize) -> Option<Bin> {
    PERIODS.iter().find_map(|(words, bin)| phrase(tokens, at, words).map(|_| *bin))
}

/// The grouping by a period, where one is asked for: `by weekday`, `bin X by month`, `per quarter`, `monthly`.
pub(super) fn bin(tokens: &[Token], taken: &dyn Fn(usize) -> bool) -> Option<BinSaid> {
    let mut best: Option<BinSaid> = None;
    // The week in `day of the week` is none.
    let mut past = 0;
    for at in 0..tokens.len() {
        if taken(at) || at < past {
            continue;
        }
        let Some((bin, end)) = PERIODS.iter().find_map(|(words, bin)| Some((*bin, phrase(tokens, at, words)?))) else {
            if tokens[at].is("time")
                && at.checked_sub(1).is_some_and(|by| tokens[by].is("by"))
                && binned_before(tokens, at).is_some()
            {
                best = Some(BinSaid {
                    bin: PeriodSaid::Open,
                    start: binned_before(tokens, at).unwrap_or(at),
                    end: at + 1,
                    plainly: true,
                });
            }
            continue;
        };
        past = end;
        let adverb = tokens[at].text.ends_with("ly") || tokens[at].is("annual");
        let interval =
            tokens.get(end).is_some_and(|next| next.is_any(&["interval", "intervals", "bins", "bin", "buckets"]));
        let before = at.checked_sub(1).map(|before| tokens[before].text.as_str());
        let second = at.checked_sub(2).map(|before| tokens[before].text.as_str());
        let binned = binned_before(tokens, at);
        let grouping = matches!(before, Some("by" | "per" | "each" | "every" | "across"))
            || matches!(
                (second, before),
                (Some("by" | "into" | "per" | "each" | "for" | "to"), Some("the" | "a" | "each" | "every"))
            )
            || matches!((second, before), (Some("over"), Some("the")))
            || year_between(tokens, at).is_some()
            || ranked(tokens, at)
            || matches!(before, Some("over")) && tokens[at].text.ends_with('s')
            || matches!(before, Some("over"))
                && tokens.get(end).is_some_and(|next| next.is_word() && !next.is_any(&["by", "for", "in"]))
            || second_side(tokens, at, end);
        if !(adverb
            || interval
            || grouping
            || (binned.is_some() && matches!(before, Some("by" | "into" | "to" | "in" | "the"))))
        {
            continue;
        }
        // `month by month` is one phrase.
        let again = second.is_some_and(|second| second == tokens[at].text) && before == Some("by");
        let plainly = interval || binned.is_some();
        if best.is_none_or(|best| plainly || !best.plainly) {
            let start = binned.filter(|_| plainly).unwrap_or(if again { at - 2 } else { at });
            best = Some(BinSaid { bin: PeriodSaid::Exactly(bin), start, end: end + usize::from(interval), plainly });
        }
    }
    best
}

/// `by region and month`, `month x region`: a period that is named beside another group is a group as well.
fn second_side(tokens: &[Token], period: usize, end: usize) -> bool {
    /// Words between the first group's preposition and the second group.
    const REACH: usize = 5;
    const GROUPS: &[&str] = &["by", "per", "each", "every", "across", "between"];
    const CROSS: &[&str] = &["x", "×", "*"];
    let before = |step: usize| period.checked_sub(step).and_then(|at| tokens.get(at));
    let crossed = before(1).is_some_and(|token| token.is_any(CROSS));
    let crosses = tokens.get(end).is_some_and(|next| next.is_any(CROSS)) && end + 1 < tokens.len();
    let joined = before(1).is_some_and(|token| token.is_any(&["and", "&", ","]));
    // `by region and in total` ends the row of groups.
    let grouped = (2..=REACH)
        .map_while(before)
        .take_while(|token| !token.is_any(&["in", "from", "since", "for", "of", "with", "as"]))
        .any(|token| token.is_any(GROUPS));
    crossed || crosses || joined && grouped
}

/// `which week had the most …`, `top 3 months by …`: what is ranked is the periods.
fn ranked(tokens: &[Token], period: usize) -> bool {
    const RANKS: &[&str] = &["top", "bottom", "best", "worst", "busiest", "quietest"];
    let before = |step: usize| period.checked_sub(step).and_then(|at| tokens.get(at));
    let asked = period == 1 && before(1).is_some_and(|token| token.is_any(&["which", "what"]));
    let counted = before(1).is_some_and(|token| count(token).is_some());
    asked || before(1 + usize::from(counted)).is_some_and(|token| token.is_any(RANKS))
}

/// The year in `per 2023 month`, which is a condition inside a grouping.
pub(super) fn year_between(tokens: &[Token], period: usize) -> Option<usize> {
    let at = period.checked_sub(1)?;
    let year = tokens.get(at)?.number().and_then(year_number);
    let grouped = tokens[at.checked_sub(1)?].is_any(&["by", "per", "each", "every"]);
    let periods = PERIODS.iter().any(|(words, _)| phrase(tokens, period, words).is_some());
    (year.is_some() && grouped && periods).then_some(at)
}

/// The place of `bin`, `binned`, `convert` … shortly before, within the clause.
fn binned_before(tokens: &[Token], at: usize) -> Option<usize> {
    /// A column's name, an article and a preposition fit between `bin` and the period.
    const REACH: usize = 9;
    let start = at.saturating_sub(REACH);
    (start..at).rev().take_while(|at| !tokens[*at].is_stop()).find(|at| {
        tokens[*at].is_any(&[
            "bin",
            "binned",
            "bins",
            "binning",
            "bucket",
            "bucketed",
            "convert",
            "transform",
            "discretize",
        ])
    })
}

/// A limit to a number of categories.
#[derive(Clone, Copy, Debug)]
pub(super) struct LimitSaid {
    pub(super) count: usize,
    /// The smallest rather than the largest; `None` for `first 5`.
    pub(super) smallest: Option<bool>,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// `top 5`, `the 3 largest`, `bottom ten`, `first 4`.
/// Words that say of what they are the extreme (`cheapest`, `most expensive`): whether it is the smallest, and where they end.
fn superlative(tokens: &[Token], at: usize) -> Option<(bool, usize)> {
    let word = tokens.get(at)?;
    let (how, _) = lexicon::extreme(&word.text).unzip();
    how.map(|how| (how == Aggregate::Min, at + 1))
        .or_else(|| Some((word.is("least"), phrase(tokens, at, &["most|least", "expensive|costly|pricey"])?)))
}

pub(super) fn limit(tokens: &[Token], taken: &dyn Fn(usize) -> bool) -> Option<LimitSaid> {
    for at in 0..tokens.len() {
        if taken(at) {
            continue;
        }
        let largest = ["top", "best", "largest", "biggest", "highest", "greatest", "most"];
        let smallest = ["bottom", "worst", "smallest", "lowest", "fewest", "least"];
        let direction = |token: &Token| {
            if token.is_any(&largest) {
                Some(Some(false))
            } else if token.is_any(&smallest) {
                Some(Some(true))
            } else if token.is_any(&["first"]) {
                Some(None)
            } else {
                None
            }
        };
        let compared = at.checked_sub(1).is_some_and(|before| tokens[before].is_any(&["at", "than", "not", "no"]));
        let next_count = tokens.get(at + 1).and_then(count).filter(|_| !compared);
        let ranked_below = superlative(tokens, at + 2).is_some();
        if let (Some(direction), Some(count)) = (direction(&tokens[at]), next_count.filter(|_| !ranked_below)) {
            return Some(LimitSaid { count, smallest: direction, start: at, end: at + 2 });
        }
        // `the cheapest 3 items`, `3 oldest members`, `top 5 cheapest`: the word itself still says of what.
        let rank = at.checked_sub(1).and_then(|before| direction(&tokens[before])).is_some();
        if let Some(count) = count(&tokens[at]).filter(|_| !tokens[at].glued)
            && let Some((smallest, _)) = superlative(tokens, at + 1).or_else(|| {
                let mut before = (1..=2).filter_map(|back| superlative(tokens, at.checked_sub(back)?));
                before.find(|(_, end)| *end == at)
            })
        {
            let start = if rank { at - 1 } else { at };
            return Some(LimitSaid { count, smallest: Some(smallest), start, end: at + 1 });
        }
        if let Some(count) = count(&tokens[at]) {
            let after = tokens.get(at + 1).and_then(direction).filter(|direction| direction.is_some());
            // `the 3 countries with the most people`
            let with_most = (at + 2..at + 5).find_map(|with| {
                let end = phrase(tokens, with, &["with|by", "the"])?;
                let between = tokens.get(at + 1..with)?;
                between.iter().all(Token::is_word).then(|| tokens.get(end).and_then(direction)).flatten()
            });
            if let Some(direction @ Some(_)) = with_most {
                return Some(LimitSaid { count, smallest: direction, start: at, end: at + 1 });
            }
            let common = phrase(tokens, at + 1, &["most", "common|frequent|popular"]);
            if let Some(direction) =
                after.filter(|_| at.checked_sub(1).is_none_or(|b| !tokens[b].is_any(&["than", "and", "to"])))
            {
                return Some(LimitSaid { count, smallest: direction, start: at, end: common.unwrap_or(at + 2) });
            }
        }
        if let Some(end) = phrase(tokens, at, &["limit|limited", "to"]).or_else(|| phrase(tokens, at, &["limit"]))
            && let Some(count) = tokens.get(end).and_then(count)
        {
            return Some(LimitSaid { count, smallest: None, start: at, end: end + 1 });
        }
    }
    None
}

/// A count of one or more, in digits or as a word up to twenty.
pub(super) fn count(token: &Token) -> Option<usize> {
    /// A limit above this limits nothing that can be seen.
    const COUNT_MAX: f64 = 1_000.0;
    const WORDS: [&str; 20] = [
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
        "twenty",
    ];
    match token.number() {
        Some(number) if number.fract() == 0.0 && (1.0..=COUNT_MAX).contains(&number) => Some(number as usize),
        Some(_) => None,
        None => WORDS.iter().position(|word| token.is(word)).map(|at| at + 1),
    }
}
