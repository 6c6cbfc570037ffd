//! Who plays which part: of the columns that a request names, which is x, which is y, and which splits into series.
//!
//! Every assignment is scored by what the words around each column say (`by`, `each`, `over`, `x axis`), by the types of
//! the columns, and by what stays unexplained; the best one wins. There are few columns in a request, so all are tried.

use plotline_table::{Cell, Column, ColumnKind, Table};

use super::measure::AggregateSaid;
use super::mention::{ColumnName, Mention};
use super::phrase::phrase;
use super::token::Token;
use crate::chart::Kind;
use crate::resolve::columns::is_numeric;
use crate::spec::{Aggregate, Bin};

/// More columns than this are not tried in every role; the most certain ones are.
const ITEMS_MAX: usize = 9;
/// A column of identifiers with more different values than this is no sensible split.
const SERIES_VALUES_MAX: usize = 60;

/// A column in the request, with what is said about it.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) column: usize,
    pub(super) rivals: Vec<usize>,
    pub(super) likeness: f64,
    pub(super) start: usize,
    pub(super) end: usize,
    /// An aggregate other than a count.
    pub(super) aggregate: Option<Aggregate>,
    /// `the number of X`: X is what is counted.
    pub(super) counted: bool,
    /// What a row is, see [`Mention::entity`].
    pub(super) entity: bool,
    pub(super) bin: Option<Bin>,
    pub(super) cues: Cues,
}

impl Item {
    /// A column that these words mean without naming it.
    pub(super) fn named(column: usize, start: usize, end: usize) -> Self {
        Self {
            column,
            rivals: Vec::new(),
            likeness: 0.8,
            start,
            end,
            aggregate: None,
            counted: false,
            entity: false,
            bin: None,
            cues: Cues::default(),
        }
    }
}

/// What the words around a column say, as weights.
#[derive(Clone, Debug, Default)]
pub(super) struct Cues {
    x_axis: bool,
    y_axis: bool,
    /// `by`, `each`, `per`, `across`, `over` …
    pub(super) group: f64,
    /// `by` or `each` in so many words, which calls for one value per group.
    pub(super) each: bool,
    /// `by`, not `each`.
    pub(super) by: bool,
    /// `colored by`, `split by` …
    series: f64,
    /// `group by attribute`.
    pub(super) grouped_by: bool,
    /// Left (−1) or right (1) of `versus`.
    versus: i8,
    /// `of … versus`, the order in which people name y first.
    of_versus: bool,
}

impl Cues {
    /// Whether the column stands beside `versus`.
    pub(super) fn is_versus(&self) -> bool {
        self.versus != 0
    }

    /// Whether the words put the column on an axis.
    pub(super) fn on_axis(&self) -> bool {
        self.x_axis || self.y_axis
    }

    /// Says that the column splits what another one groups.
    pub(super) fn split(&mut self) {
        self.series = 3.0;
    }

    /// Whether the words speak of colours or splits.
    pub(super) fn colors(&self) -> bool {
        self.series > 0.0
    }
}

/// The parts in the play.
#[derive(Clone, Debug, Default)]
pub(super) struct Roles {
    pub(super) x: Option<Item>,
    pub(super) y: Y,
    pub(super) more_y: Vec<Item>,
    pub(super) series: Option<Item>,
    /// How well everything fits; below zero, something does not.
    pub(super) score: f64,
}

/// The value that is drawn.
#[derive(Clone, Debug, Default)]
pub(super) enum Y {
    /// Nothing is said.
    #[default]
    Unsaid,
    /// The number of rows.
    Count,
    /// The number of different values.
    Distinct(Item),
    /// A column, with its aggregate if one is said.
    Column(Item),
}

/// What the play is about.
pub(super) struct Stage<'a> {
    pub(super) table: &'a Table,
    pub(super) names: &'a [ColumnName],
    pub(super) tokens: &'a [Token],
    pub(super) kind: Option<Kind>,
    /// The words of the kind call for series (`stacked`, `grouped`); `Some(false)` where a kind without them is said.
    pub(super) series: Option<bool>,
    pub(super) counts: bool,
    /// A kind is named, be it a bar chart.
    pub(super) said: bool,
    /// `compare A and B`, or lines of both: several values over the same categories.
    pub(super) compares: bool,
}

impl Stage<'_> {
    fn kind_of(&self, column: usize) -> ColumnKind {
        match self.table.columns.get(column) {
            // Whole numbers that are all years are time, whatever their column is called.
            Some(column) if column.kind == ColumnKind::Number && are_years(column) => ColumnKind::Date,
            Some(column) => column.kind,
            None => ColumnKind::Text,
        }
    }

    fn numeric(&self, column: usize) -> bool {
        self.table.columns.get(column).is_some_and(is_numeric)
    }

    fn is_id(&self, column: usize) -> bool {
        self.names.get(column).is_some_and(|name| name.is_id)
    }
}

/// Whether every number is a whole one that people would read as a year of our time.
fn are_years(column: &Column) -> bool {
    column.cells.iter().all(|cell| match cell {
        Cell::Number(number) => number.fract() == 0.0 && (1800.0..=2100.0).contains(number),
        Cell::Gap => true,
        _ => false,
    })
}

/// `the biggest city area`, `stars …, bars of the average`: an aggregate with no number after it is of the only one named.
fn measured(stage: &Stage<'_>, mentions: &[Mention], aggregates: &[AggregateSaid]) -> Vec<AggregateSaid> {
    let mut aggregates = aggregates.to_vec();
    let number = |at: usize| {
        mentions.get(at).is_some_and(|mention| {
            stage.kind_of(mention.column) == ColumnKind::Number && !stage.is_id(mention.column) && !mention.entity
        })
    };
    let mut numbers = (0..mentions.len()).filter(|at| number(*at));
    let (Some(only), None) = (numbers.next(), numbers.next()) else { return aggregates };
    let taken = aggregates.iter().any(|said| said.mention == Some(only));
    let counts = aggregates.iter().any(|said| matches!(said.how, Aggregate::Count | Aggregate::CountDistinct));
    let plain = aggregates.iter().any(|said| said.how == Aggregate::Avg && said.topics.is_empty());
    let mut lost = aggregates.iter_mut().filter(|said| !plain || said.topics.is_empty()).filter(|said| {
        matches!(said.how, Aggregate::Max | Aggregate::Min | Aggregate::Avg | Aggregate::Median)
            && !said.mention.and_then(|at| mentions.get(at)).is_some_and(|mention| stage.numeric(mention.column))
            && (said.topics.is_empty() || super::condition::by_topic(stage.table, stage.names, &said.topics).is_none())
    });
    if let (Some(said), None, false) = (lost.next(), lost.next(), taken || counts) {
        said.mention = Some(only);
    }
    aggregates
}

/// The items of a request: its mentions with their aggregates and cues.
pub(super) fn items(stage: &Stage<'_>, mentions: &[Mention], aggregates: &[AggregateSaid]) -> Vec<Item> {
    let aggregates = &measured(stage, mentions, aggregates);
    let mut items = Vec::new();
    for (at, mention) in mentions.iter().enumerate() {
        let said: Vec<&AggregateSaid> = aggregates.iter().filter(|said| said.mention == Some(at)).collect();
        let start =
            said.iter().map(|said| said.start).filter(|start| *start < mention.start).min().unwrap_or(mention.start);
        let named = |at: usize| mentions.iter().any(|mention| mention.start <= at && at < mention.end);
        let cues = cues(stage.tokens, start, mention.start, mention.end, &named);
        let item = |aggregate, counted| Item {
            column: mention.column,
            rivals: mention.rivals.clone(),
            likeness: mention.likeness,
            start,
            end: mention.end,
            aggregate,
            counted,
            entity: mention.entity,
            bin: None,
            cues: cues.clone(),
        };
        let numeric = stage.numeric(mention.column);
        if said.is_empty() {
            items.push(item(None, false));
        }
        for said in said {
            items.push(match said.how {
                Aggregate::Count
                    if said.sums_numbers && numeric && stage.kind_of(mention.column) == ColumnKind::Number =>
                {
                    item(Some(Aggregate::Sum), false)
                }
                Aggregate::Count => item(None, true),
                // `the oldest city`: the age is measured, the city is not.
                Aggregate::Max | Aggregate::Min if !numeric && !said.topics.is_empty() => item(None, false),
                Aggregate::CountDistinct => item(Some(Aggregate::CountDistinct), true),
                // `total allergies`: what has no sum is counted.
                Aggregate::Sum if !numeric => item(None, true),
                how => item(Some(how), false),
            });
        }
    }
    // `oldest` without a column beside it is about the age.
    for said in aggregates.iter().filter(|said| !said.topics.is_empty()) {
        let named = said.mention.and_then(|at| mentions.get(at)).map(|mention| mention.column);
        let Some(column) = super::condition::by_topic(stage.table, stage.names, &said.topics) else { continue };
        if named.is_some_and(|named| stage.numeric(named)) {
            continue;
        }
        items.push(Item {
            column,
            rivals: Vec::new(),
            likeness: 0.8,
            start: said.start,
            end: said.end,
            aggregate: Some(said.how),
            counted: false,
            entity: false,
            bin: None,
            cues: cues(stage.tokens, said.start, said.start, said.end, &|_| false),
        });
    }
    quantity(stage, aggregates, &mut items);
    splits(stage, &mut items);
    ranked_by_count(stage, &mut items);
    items.sort_by_key(|item| item.start);
    versus(stage, &mut items);
    coordinate(stage, &mut items);
    items
}

/// `genres by number of songs`: what is counted stands after `by`, the groups stand before.
fn ranked_by_count(stage: &Stage<'_>, items: &mut [Item]) {
    for at in 1..items.len() {
        let (before, after) = items.split_at_mut(at);
        let (Some(group), Some(counted)) = (before.last_mut(), after.first_mut()) else { continue };
        let by = stage.tokens.get(counted.start.wrapping_sub(1)).is_some_and(|token| token.is("by"));
        if counted.counted
            && by
            && counted.start == group.end + 1
            && counted.column != group.column
            && !group.counted
            && group.aggregate.is_none()
            && group.cues.group == 0.0
            && !stage.numeric(group.column)
        {
            (group.cues.group, group.cues.each, group.entity) = (3.0, true, false);
            counted.cues = Cues::default();
        }
    }
}

/// `compare the teams month by month`, `priority breakdown by channel`: names that split what another one groups.
fn splits(stage: &Stage<'_>, items: &mut [Item]) {
    let grouped = |items: &[Item], but: usize| {
        items.iter().enumerate().any(|(at, item)| at != but && item.cues.group >= 2.0 && !item.counted)
    };
    for at in 0..items.len() {
        let item = &items[at];
        if !matches!(stage.kind_of(item.column), ColumnKind::Text | ColumnKind::Bool)
            || item.cues.group > 1.0
            || item.counted
            || item.aggregate.is_some()
            || !grouped(items, at)
        {
            continue;
        }
        let broken_down = stage
            .tokens
            .get(item.end)
            .is_some_and(|next| next.is_any(&["breakdown", "split", "mix", "composition", "makeup", "shares"]));
        let compared = (1..=3)
            .filter_map(|back| item.start.checked_sub(back))
            .any(|before| stage.tokens[before].is_any(&["compare", "comparing"]));
        let over_time =
            items.iter().any(|other| other.cues.group >= 2.0 && stage.kind_of(other.column) == ColumnKind::Date);
        if broken_down || compared && over_time {
            items[at].cues.series = 3.0;
            items[at].entity = false;
        }
    }
}

/// `total by region`, `the biggest purchase of each shop`: an aggregate of no column in particular is of the only quantity.
fn quantity(stage: &Stage<'_>, aggregates: &[AggregateSaid], items: &mut Vec<Item>) {
    if stage.counts
        || stage.kind == Some(Kind::Histogram)
        || items.iter().any(|item| item.aggregate.is_some() || item.counted)
        || items.iter().any(|item| stage.kind_of(item.column) == ColumnKind::Number && !stage.is_id(item.column))
    {
        return;
    }
    let Some(said) = aggregates
        .iter()
        .find(|said| said.topics.is_empty() && !matches!(said.how, Aggregate::Count | Aggregate::CountDistinct))
    else {
        return;
    };
    let mut quantities = (0..stage.table.columns.len())
        .filter(|column| stage.kind_of(*column) == ColumnKind::Number && !stage.is_id(*column));
    let (Some(column), None) = (quantities.next(), quantities.next()) else { return };
    items.push(Item { likeness: 0.7, aggregate: Some(said.how), ..Item::named(column, said.start, said.end) });
}

/// `by region and product`, `different regions and products`: the second name is under the same word as the first.
fn coordinate(stage: &Stage<'_>, items: &mut [Item]) {
    for at in 1..items.len() {
        let (before, after) = items.split_at_mut(at);
        let (Some(first), Some(second)) = (before.last(), after.first_mut()) else { continue };
        let between = stage.tokens.get(first.end..second.start).unwrap_or(&[]);
        let joint = |token: &Token| token.is_any(&["and", ",", "&", "/", "then", "the"]);
        let joined = between.iter().any(|token| token.is_any(&["and", ",", "&", "/"]))
            && between.iter().filter(|token| !joint(token)).count() <= 1
            && between
                .iter()
                .all(|token| joint(token) || token.is_word() && !token.is_any(super::measure::GROUP_WORDS));
        if joined
            && first.cues.group >= 1.5
            && second.cues.group == 0.0
            && first.aggregate.is_none()
            && second.aggregate.is_none()
            && (!stage.numeric(second.column) || stage.kind_of(second.column) == ColumnKind::Date)
        {
            second.cues.group = (first.cues.group * 0.9).max(1.5);
            (second.cues.each, second.cues.by) = (first.cues.each, first.cues.by);
        }
        // `total kills and deaths by class`: the word is about both.
        let number = |item: &Item| {
            stage.kind_of(item.column) == ColumnKind::Number && !stage.is_id(item.column) && item.cues.group == 0.0
        };
        let plain = !between.is_empty() && between.iter().all(|token| token.is_any(&["and", ",", "&"]));
        if plain
            && matches!(first.aggregate, Some(Aggregate::Sum | Aggregate::Avg | Aggregate::Median))
            && second.aggregate.is_none()
            && !second.counted
            && !second.entity
            && number(first)
            && number(second)
            && matches!(stage.kind, None | Some(Kind::Line | Kind::Area | Kind::Combo))
        {
            second.aggregate = first.aggregate;
        }
    }
}

/// Words between a cue and its column.
const BETWEEN: &[&str] = &[
    "the",
    "a",
    "an",
    "of",
    "attribute",
    "column",
    "field",
    "variable",
    "all",
    "their",
    "its",
    "values",
    "is",
    "as",
    "are",
    "shows",
    "represents",
    "being",
    "be",
    ":",
    "=",
    "(",
    "his",
    "her",
    "those",
    "these",
    "and",
    "using",
    "named",
    "displays",
    "showing",
];

fn cues(tokens: &[Token], start: usize, name_start: usize, end: usize, named: &dyn Fn(usize) -> bool) -> Cues {
    let mut cues = Cues::default();
    let mut at = start;
    let mut different = false;
    // Back over words that say nothing to the one that does.
    while at > 0 {
        let before = &tokens[at - 1];
        if before.is("and") && at < start {
            break;
        }
        if before.is_any(BETWEEN) || before.is("-") {
            at -= 1;
        } else if before.is_any(&["different", "various", "distinct", "unique", "individual", "respective"]) {
            different = true;
            at -= 1;
        } else {
            break;
        }
    }
    // `every ship type`: one more word of the name may stand between.
    if at.checked_sub(2).is_some_and(|cue| tokens[cue].is_any(&["each", "every", "per", "different", "various"]))
        && tokens[at - 1].is_word()
        && !named(at - 1)
        && !tokens[at - 1].is_any(super::measure::GROUP_WORDS)
    {
        at -= 1;
        if tokens[at - 1].is_any(&["different", "various"]) {
            different = true;
            at -= 1;
        }
    }
    // `by major genre category`, `over year start date`: words of another name for the same thing.
    let plain = |at: usize| {
        tokens[at].is_word()
            && !named(at)
            && !tokens[at].is_any(super::measure::GROUP_WORDS)
            && !tokens[at].is_any(BETWEEN)
    };
    let unknown = (1..=2).take_while(|back| at >= *back && plain(at - back)).count();
    if unknown > 0 && at.checked_sub(unknown + 1).is_some_and(|cue| tokens[cue].is_any(&["by", "over"])) {
        at -= unknown;
    }
    let word = |back: usize| at.checked_sub(back).map(|at| tokens[at].text.as_str()).unwrap_or_default();
    match word(1) {
        "axis" => match (word(2), word(3)) {
            ("x", _) | ("-", "x") => cues.x_axis = true,
            ("y", _) | ("-", "y") => cues.y_axis = true,
            _ => {}
        },
        "x" if start == at + 1 || tokens.get(at).is_some_and(|token| token.is_any(&["is", "as", ":", "="])) => {
            cues.x_axis = true
        }
        "y" if start == at + 1 || tokens.get(at).is_some_and(|token| token.is_any(&["is", "as", ":", "="])) => {
            cues.y_axis = true
        }
        "each"
            if matches!(word(2), "for")
                && matches!(word(3), "color" | "colour" | "colors" | "colours" | "line" | "lines" | "series") =>
        {
            cues.series = 4.0;
        }
        // `with each type in each nationality`: the second is the axis.
        "each" if word(2) == "with" => (cues.group, cues.each, cues.series) = (2.0, true, 1.0),
        "each" | "every" | "per" => (cues.group, cues.each) = (3.0, true),
        "by" => {
            (cues.each, cues.by) = (true, true);
            match (word(2), word(3)) {
                (
                    "colored" | "coloured" | "color" | "colour" | "split" | "stacked" | "stack" | "divided"
                    | "separated" | "segmented" | "hue" | "shaded" | "splitted" | "segment",
                    _,
                )
                | ("lines" | "series", _) => cues.series = 4.0,
                ("down", "broken" | "break") => (cues.group, cues.series) = (2.0, 1.5),
                (
                    "group" | "grouped" | "groups" | "grouping" | "aggregated" | "categorized" | "categorised"
                    | "classified" | "categorizing" | "categorising" | "it",
                    _,
                ) if word(2) != "it"
                    || matches!(
                        word(3),
                        "categorize"
                            | "categorise"
                            | "split"
                            | "group"
                            | "classify"
                            | "divide"
                            | "color"
                            | "stack"
                            | "break"
                    ) =>
                {
                    (cues.group, cues.grouped_by) = (2.5, true);
                }
                _ => cues.group = 3.0,
            }
        }
        "grouping" | "groupby" => (cues.group, cues.grouped_by) = (2.5, true),
        "across" => (cues.group, cues.each) = (3.0, true),
        "between" | "among" if tokens.iter().any(|token| token.is_any(super::compose::DIFFER)) => {
            (cues.group, cues.each) = (3.0, true);
        }
        "over" => cues.group = 2.5,
        "among" | "within" | "on" | "through" | "throughout" | "along" => cues.group = 1.2,
        "for" | "from" | "in" | "at" | "with" | "to" => cues.group = if different { 2.5 } else { 0.8 },
        _ => {}
    }
    if different {
        cues.group = cues.group.max(1.5);
    }
    // `X on the x axis`, `X as color`.
    let after = |words: &[&str]| phrase(tokens, end, words).is_some();
    if after(&["on|as|for|in|along", "the", "x", "axis"]) || after(&["on|as|for", "x"]) || after(&["as", "the", "x"]) {
        cues.x_axis = true;
    }
    if after(&["on|as|for|in|along", "the", "y", "axis"]) || after(&["on|as|for", "y"]) || after(&["as", "the", "y"]) {
        cues.y_axis = true;
    }
    if after(&["as", "color|colour|colors|series|hue"]) || after(&["as", "the", "color|colour|series|hue"]) {
        cues.series = 4.0;
    }
    // `how many per city` has its cue inside the phrase of the aggregate.
    if name_start > start && name_start.checked_sub(1).is_some_and(|at| tokens[at].is_any(&["each", "per", "every"])) {
        (cues.group, cues.each) = (3.0, true);
    }
    cues
}

fn versus(stage: &Stage<'_>, items: &mut [Item]) {
    let tokens = stage.tokens;
    for (at, token) in tokens.iter().enumerate() {
        if !token.is_any(&["versus", "vs", "against", "v"]) || token.quoted {
            continue;
        }
        let left = items.iter().rposition(|item| item.end <= at && at - item.end <= 3);
        let right = items.iter().position(|item| item.start > at && item.start - at <= 4);
        if let (Some(left), Some(right)) = (left, right) {
            // `a plot of y versus x`, but `show x versus y as a plot`.
            let start = items[left].start;
            let of = start.checked_sub(1).is_some_and(|before| tokens[before].is("of")) || token.is("against");
            let numbers = stage.numeric(items[left].column) && stage.numeric(items[right].column);
            let of = of && (matches!(stage.kind, Some(Kind::Scatter | Kind::Bubble)) || !stage.said && numbers);
            items[left].cues.versus = -1;
            items[right].cues.versus = 1;
            items[left].cues.of_versus = of;
            items[right].cues.of_versus = of;
        }
    }
}

/// The best assignment of roles.
pub(super) fn assign(stage: &Stage<'_>, items: &[Item]) -> Roles {
    let mut items = items.to_vec();
    if items.len() > ITEMS_MAX {
        items.sort_by(|a, b| b.likeness.total_cmp(&a.likeness));
        items.truncate(ITEMS_MAX);
        items.sort_by_key(|item| item.start);
    }
    let mut best = (f64::NEG_INFINITY, None, None, None);
    let choices = || std::iter::once(None).chain((0..items.len()).map(Some));
    for x in choices() {
        for y in choices() {
            if y.is_some() && y == x {
                continue;
            }
            for series in choices() {
                if series.is_some() && (series == x || series == y) {
                    continue;
                }
                let score = score(stage, &items, x, y, series);
                if score > best.0 {
                    best = (score, x, y, series);
                }
            }
        }
    }
    let (score, x, y, series) = best;
    let y_item = y.and_then(|y| items.get(y)).cloned();
    let mut more_y = Vec::new();
    if let (Some(y), Some(first)) = (y, &y_item) {
        // `compare A and B over time`: columns beside the chosen one, of the same sort.
        for (at, item) in items.iter().enumerate() {
            let free = Some(at) != x && at != y && Some(at) != series;
            let used = [x, Some(y), series]
                .into_iter()
                .flatten()
                .any(|used| items[used].column == item.column && items[used].aggregate == item.aggregate);
            if free
                && !used
                && !item.counted
                && !item.entity
                && stage.numeric(item.column)
                && item.cues.group < 1.0
                && series.is_none()
                && item.likeness > 0.45
                && (item.aggregate.is_some() || item.aggregate == first.aggregate)
                && !matches!(
                    stage.kind,
                    Some(Kind::Scatter | Kind::Pie | Kind::Donut | Kind::Histogram | Kind::Heatmap)
                )
            {
                more_y.push(item.clone());
            }
        }
    }
    let y = match y_item {
        Some(item) if item.aggregate == Some(Aggregate::CountDistinct) => Y::Distinct(item),
        Some(item) => Y::Column(item),
        None if stage.counts => Y::Count,
        None => Y::Unsaid,
    };
    Roles {
        x: x.and_then(|x| items.get(x)).cloned(),
        y,
        more_y,
        series: series.and_then(|s| items.get(s)).cloned(),
        score,
    }
}

fn score(stage: &Stage<'_>, items: &[Item], x: Option<usize>, y: Option<usize>, series: Option<usize>) -> f64 {
    let mut score = 0.0;
    let scatter = matches!(stage.kind, Some(Kind::Scatter | Kind::Bubble));
    let line = matches!(stage.kind, Some(Kind::Line | Kind::Area | Kind::Step));
    let spread = matches!(stage.kind, Some(Kind::Box | Kind::Violin | Kind::Strip));
    if let Some(item) = x.map(|x| &items[x]) {
        score += 1.0 + item.likeness;
        score += if item.cues.x_axis { 6.0 } else { 0.0 } - if item.cues.y_axis { 6.0 } else { 0.0 };
        score -= item.cues.series * 0.5;
        // In a scatter chart `A by B` names the axes in their order.
        if !scatter || item.aggregate.is_none() && !item.cues.by {
            score += item.cues.group;
        }
        if item.entity {
            score -= if item.cues.group >= 2.0 { 2.5 } else { 1.8 };
        }
        if item.aggregate.is_some() {
            score -= if scatter { 0.0 } else { 8.0 };
        }
        if item.bin.is_some() {
            score += 1.5;
        }
        if item.counted && !scatter {
            score -= 0.8;
        }
        score += match stage.kind_of(item.column) {
            ColumnKind::Date if line => 3.6,
            ColumnKind::Date => 0.8,
            ColumnKind::Text | ColumnKind::Bool if scatter => -1.5,
            ColumnKind::Text | ColumnKind::Bool => 0.8,
            ColumnKind::Number if scatter => 0.5,
            ColumnKind::Number if stage.is_id(item.column) => -0.4,
            ColumnKind::Number => -0.2,
        };
        if spread && stage.numeric(item.column) {
            score -= 2.0;
        }
        score += f64::from(item.cues.versus) * versus_weight(item, scatter);
    } else if !items.is_empty() && !spread {
        score -= 2.0;
    }
    match y.map(|y| &items[y]) {
        Some(item) => {
            score += 1.0 + item.likeness;
            score += if item.cues.y_axis { 6.0 } else { 0.0 } - if item.cues.x_axis { 6.0 } else { 0.0 };
            if item.aggregate.is_some() {
                score += if item.aggregate == Some(Aggregate::CountDistinct) { 4.0 } else { 3.5 };
            }
            if item.aggregate.is_none() {
                // `compare regions by revenue`: beside a name, what follows `by` is the value.
                let named = x.is_some_and(|x| {
                    items[x].aggregate.is_none()
                        && !items[x].counted
                        && stage.kind_of(items[x].column) != ColumnKind::Number
                });
                let quantity = item.cues.by && named && !stage.is_id(item.column);
                score -= item.cues.group
                    * match (scatter, quantity) {
                        (true, _) => 0.2,
                        (false, true) => 0.35,
                        (false, false) => 1.0,
                    };
            }
            if item.bin.is_some() {
                score -= 4.0;
            }
            if item.counted && item.aggregate.is_none() {
                score -= 5.0;
            }
            if item.aggregate != Some(Aggregate::CountDistinct) {
                if stage.numeric(item.column) {
                    score += if stage.is_id(item.column) { 0.4 } else { 0.8 };
                    if stage.kind_of(item.column) == ColumnKind::Date && item.aggregate.is_none() {
                        score -= 0.8;
                    }
                } else {
                    score -= 9.0;
                }
            }
            if stage.counts && !items.iter().any(|item| item.counted) {
                score -= 2.5;
            } else if stage.counts {
                score -= 3.5;
            }
            score -= item.cues.series * 0.8 + if item.entity { 2.0 } else { 0.0 };
            score -= f64::from(item.cues.versus) * versus_weight(item, scatter);
        }
        None => {
            score += if stage.counts { 2.5 } else { -0.8 };
            if scatter && !stage.counts {
                score -= 3.0;
            }
            if spread {
                score -= 3.0;
            }
            // A quantity that is named alone is what is drawn, not what it is drawn by.
            if let Some(item) = x.map(|x| &items[x])
                && !stage.counts
                && item.cues.group < 1.5
                && !item.cues.x_axis
                && stage.kind_of(item.column) == ColumnKind::Number
                && !stage.is_id(item.column)
            {
                score -= 2.2;
            }
        }
    }
    if let (Some(x), Some(y)) = (x, y) {
        // `X and Y`: the first is x unless the words say otherwise.
        if items[x].start < items[y].start {
            score += if scatter { 0.9 } else { 0.35 };
        }
        // `compare revenue and costs`: two values side by side, not one by the other.
        if stage.compares
            && items[x].cues.group < 1.0
            && stage.kind_of(items[x].column) == ColumnKind::Number
            && !stage.is_id(items[x].column)
        {
            score -= 6.0;
        }
        if items[x].column == items[y].column && items[x].aggregate == items[y].aggregate {
            score -= 3.0;
        }
        if items[x].column == items[y].column && !scatter {
            score -= 1.0;
        }
    }
    match series.map(|series| &items[series]) {
        Some(item) => {
            score += 0.3 + item.likeness * 0.5 + item.cues.series + item.cues.group * 0.7;
            score += if item.cues.grouped_by { 0.8 } else { 0.0 };
            score -= if item.cues.x_axis || item.cues.y_axis { 6.0 } else { 0.0 };
            score -= if item.aggregate.is_some() || item.counted { 5.0 } else { 0.0 };
            score += match stage.kind_of(item.column) {
                ColumnKind::Text | ColumnKind::Bool => 0.5,
                ColumnKind::Date => -1.0,
                ColumnKind::Number => -1.0,
            };
            if item.bin.is_some() {
                score -= 1.0;
            }
            match stage.series {
                Some(true) => score += 2.5,
                Some(false) if item.cues.group < 1.5 && item.cues.series == 0.0 => score -= 4.0,
                _ => {}
            }
            if matches!(stage.kind, Some(Kind::Pie | Kind::Donut)) {
                score -= 8.0;
            }
            if item.cues.group == 0.0 && item.cues.series == 0.0 && stage.series != Some(true) {
                score -= 3.0;
            }
            // A split needs an axis that is a group as well: `how many X in each Y` has one group, and that is the axis.
            if item.entity {
                score -= 4.0;
            }
            if !scatter
                && item.cues.series == 0.0
                && !item.cues.grouped_by
                && stage.series != Some(true)
                && x.is_none_or(|x| items[x].cues.group < 1.5 && !items[x].cues.x_axis)
            {
                score -= 4.0;
            }
            let used_twice = [x, y].into_iter().flatten().any(|used| items[used].column == item.column);
            if used_twice {
                score -= 6.0;
            }
            if different_values_exceed(stage.table, item.column, SERIES_VALUES_MAX) && stage.is_id(item.column) {
                score -= 2.0;
            }
            // The split comes after the axis, except where the axis is said with `each` behind it.
            if let Some(x) = x
                && items[x].start < item.start
            {
                score += 0.4;
            }
        }
        None if stage.series == Some(true) => score -= 1.5,
        None => {}
    }
    for (at, item) in items.iter().enumerate() {
        let used = [x, y, series].into_iter().flatten().any(|used| used == at || items[used].column == item.column);
        // What is counted, and what the rows are, need no part of their own.
        if !used && !item.counted && !item.entity {
            score -= item.likeness.powi(2) * (1.1 + 0.35 * (item.cues.group + item.cues.series));
            score -= if item.aggregate.is_some() { 1.0 } else { 0.0 };
        }
    }
    score
}

/// What standing right of `versus` speaks for being x.
fn versus_weight(item: &Item, scatter: bool) -> f64 {
    match (scatter, item.cues.of_versus) {
        (_, true) => 1.2,
        (true, false) => 0.0,
        (false, false) => -0.9,
    }
}

fn different_values_exceed(table: &Table, column: usize, limit: usize) -> bool {
    let Some(column) = table.columns.get(column) else { return false };
    let mut seen = std::collections::HashSet::new();
    column.texts.iter().any(|text| {
        seen.insert(&**text);
        seen.len() > limit
    })
}
