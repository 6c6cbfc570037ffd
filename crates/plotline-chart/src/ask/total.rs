//! Totals and rankings over a column for each shop, round or player: `total per month`, `rank the cities`, `the overall standings`.

use plotline_table::ColumnKind;

use super::measure::GROUP_WORDS;
use super::mention::ColumnName;
use super::phrase::PeriodSaid;
use super::token::Token;
use super::wide::{Wide, along, comparable, unknown_word};
use super::{Request, choose};
use crate::chart::Kind;
use crate::spec::{Aggregate, Bin, Channel, ChartSpec, Fold, Measure, Order, Sort, SortBy};

/// Words for all values together.
const TOTALS: &[&str] = &["total", "totals", "sum", "sums", "overall", "altogether", "combined"];
/// Words that ask for an order by size.
const RANKS: &[&str] = &["rank", "ranks", "ranked", "ranking", "rankings", "leaderboard", "standings", "scoreboard"];
/// Words between the verb and the noun of `rank all of the cities`.
const ARTICLES: &[&str] = &["the", "all", "of", "my", "our", "these", "for", "by", "different"];
/// A header that says no more than that its column tells the rows apart.
const PLAIN_NAMES: &[&str] = &["name", "names", "label", "item", "title", "who", "column"];

/// What people have a number of, in the plural, where the word is not a quantity already.
const AMOUNTS: &[&str] = &[
    "sales",
    "points",
    "scores",
    "votes",
    "visits",
    "views",
    "clicks",
    "goals",
    "wins",
    "results",
    "values",
    "numbers",
    "orders",
    "users",
    "visitors",
    "downloads",
    "hours",
    "minutes",
    "units",
    "times",
    "amounts",
    "responses",
    "answers",
];

/// Words of headers that say the same of two states of one thing: they are compared, and never added up.
const STATES: &[&str] = &[
    "planned",
    "plan",
    "actual",
    "budget",
    "budgeted",
    "target",
    "goal",
    "forecast",
    "expected",
    "estimated",
    "estimate",
    "before",
    "after",
    "old",
    "new",
    "previous",
    "current",
    "income",
    "expenses",
    "spent",
    "earned",
    "men",
    "women",
    "male",
    "female",
];

/// Whether a header is one of several states of one thing.
pub(super) fn is_state(name: &ColumnName) -> bool {
    name.words.iter().any(|word| STATES.contains(&word.as_str()))
}

/// Whether a ranking is asked for.
pub(super) fn ranks(request: &Request<'_>) -> bool {
    request.tokens.iter().any(|token| token.is_any(RANKS))
}

/// Whether a word asks for a total or a ranking, and so names nothing.
pub(super) fn speaks_of(token: &Token) -> bool {
    token.is_any(TOTALS) || token.is_any(RANKS)
}

/// Whether a word says what numbers are of, and not what has them.
pub(super) fn is_amount(token: &Token) -> bool {
    token.is_any(AMOUNTS) || super::absent::is_quantity(token)
}

/// One value of each header or of each row, over all of the folded columns.
pub(super) struct Whole {
    /// Each row has one, not each header.
    rows: bool,
    /// The place of the word for the headers.
    pub(super) noun: Option<usize>,
    ranked: Option<Order>,
    how: Option<Aggregate>,
}

/// What the request wants one value of, where it asks for totals or a ranking and names none of the columns.
pub(super) fn whole(request: &Request<'_>, wide: &Wide, group: Option<Option<usize>>) -> Option<Whole> {
    let (table, tokens) = (request.table, &request.tokens);
    let open = request.kind.as_ref().is_none_or(|said| {
        matches!(said.kind, Kind::Bar | Kind::Line | Kind::Area | Kind::Step) && said.stack.is_none() && !said.series
    });
    let stacked = request.options.stack.is_some();
    // Revenue and costs are two measures of a month: nobody adds them up.
    let measure = |name: &ColumnName| super::absent::names_quantity(name) || is_state(name);
    let measures = wide.columns.iter().any(|at| request.names.get(*at).is_some_and(measure));
    let others = request
        .mentions
        .iter()
        .chain(&request.sort_mentions)
        .any(|mention| mention.column != wide.label && mention.likeness > super::wide::LIKENESS_SURE);
    if !open || stacked || measures || others || !request.compared.is_empty() {
        return None;
    }
    let how = request
        .aggregates
        .iter()
        .map(|said| said.how)
        .find(|how| matches!(how, Aggregate::Sum | Aggregate::Avg | Aggregate::Median));
    let total = how.is_some() || tokens.iter().any(|token| token.is_any(TOTALS));
    let rank = tokens.iter().position(|token| token.is_any(RANKS));
    let asked = tokens.first().filter(|first| first.is_any(&["who", "which", "what"])).and_then(|_| extreme(request));
    if !(total || rank.is_some() && comparable(request, wide)) {
        return None;
    }
    let rows_named = request
        .mentions
        .iter()
        .chain(&request.sort_mentions)
        .any(|mention| mention.column == wide.label && mention.likeness > super::wide::LIKENESS_SURE)
        || request.bin.is_some()
        || request.over_time.is_some();
    let noun = rank.and_then(|at| {
        let next = (at + 1..tokens.len()).find(|at| !tokens[*at].is_any(ARTICLES))?;
        let plural = tokens[next].text.ends_with('s') || tokens[next].is("people");
        (plural && unknown_word(request, next, &wide.columns) && !tokens[next].is_any(GROUP_WORDS)).then_some(next)
    });
    let noun = noun.or(group.flatten());
    if rows_named && group.flatten().is_some() {
        return None;
    }
    let label = table.columns.get(wide.label)?;
    let names = label.kind == ColumnKind::Text && !along(request, wide.label);
    let plain = super::name_words(&label.name).iter().any(|word| PLAIN_NAMES.contains(&word.as_str()));
    let rows = rows_named || names && (noun.is_none() || plain);
    let order = request.sort.as_ref().and_then(|sort| sort.order);
    let ranked = rank.map(|_| order.unwrap_or(Order::Desc)).or(asked);
    Some(Whole { rows, noun: noun.filter(|_| !rows), ranked, how })
}

/// Which end a question asks for.
fn extreme(request: &Request<'_>) -> Option<Order> {
    request.tokens.iter().find_map(|token| {
        if token.is_any(&["most", "highest", "largest", "biggest", "best", "greatest", "top"]) {
            Some(Order::Desc)
        } else if token.is_any(&["least", "lowest", "smallest", "fewest", "worst"]) {
            Some(Order::Asc)
        } else {
            None
        }
    })
}

impl Whole {
    /// Whether each row has one value.
    pub(super) fn of_rows(&self) -> bool {
        self.rows
    }

    /// The chart of one value each, before its order.
    pub(super) fn spec(&self, request: &Request<'_>, fold: &Fold, folded: &plotline_table::Table) -> Option<ChartSpec> {
        let table = request.table;
        let label = table.columns.iter().position(|column| !fold.columns.contains(&column.name));
        let label = label.filter(|_| self.rows);
        let x = match label {
            Some(at) => table.columns.get(at)?.name.clone(),
            None => fold.key.clone(),
        };
        let course = label.is_some_and(|at| along(request, at)) && self.ranked.is_none() && request.limit.is_none();
        let said = request.kind.as_ref().map(|said| said.kind);
        let kind = said.unwrap_or(if course { Kind::Line } else { Kind::Bar });
        let mut spec = ChartSpec::new(kind);
        let bin = request.bin.filter(|_| label.is_some()).and_then(|said| match said.bin {
            PeriodSaid::Exactly(Bin::Month) if kind == Kind::Line => Some(Bin::YearMonth),
            PeriodSaid::Exactly(bin) => Some(bin),
            PeriodSaid::Open => None,
        });
        spec.x = Some(Channel { column: Some(x), aggregate: None, bin });
        // Temperatures are averaged where nothing else is said.
        let value = folded.columns.iter().find(|column| column.name == fold.value)?;
        let usual = if choose::is_rate(value) { Aggregate::Avg } else { Aggregate::Sum };
        Some(spec.with_y(Measure::of(self.how.unwrap_or(usual), &fold.value)))
    }

    /// The order of a ranking.
    pub(super) fn order(&self, spec: &mut ChartSpec) {
        if let Some(order) = self.ranked {
            spec.sort = Some(Sort { by: SortBy::Y, order });
        }
    }
}
