//! Reads requests in English without a model: from words and a table to a [`ChartSpec`], by fixed rules.
//!
//! words → tokens → what each is about (order, kind, period, condition, aggregate, column) → every assignment of roles is
//! scored → spec. Each step only marks the words that it understood; what is left over lowers the confidence.

mod absent;
mod arrange;
mod choose;
mod combine;
mod combo;
mod compose;
mod conclude;
mod condition;
mod follow_up;
mod heatmap;
mod lasting;
mod lexicon;
mod limit;
mod lone;
mod measure;
mod mention;
mod moment;
mod newest;
mod phrase;
mod place;
mod ratio;
mod relate;
mod relation;
mod relative;
mod role;
mod rows;
mod season;
mod settle;
mod size;
mod sort;
mod state;
mod stretch;
mod title;
mod token;
mod total;
mod typo;
mod undrawn;
mod unmatched;
mod versus;
mod who;
mod wide;

use plotline_table::Table;

use crate::spec::{Aggregate, ChartSpec, Filter, Having};
use absent::{Absent, Search};
use lexicon::is_plural;
use measure::AggregateSaid;
use mention::{ColumnName, Mention};
use phrase::{BinSaid, KindSaid, LimitSaid, Part, PeriodSaid};
use sort::SortSaid;
use token::Token;
pub(crate) use token::name_words;
pub(crate) use wide::is_period;

/// A request is read up to this many bytes; nobody describes a chart in more.
pub const ASK_BYTES_MAX: usize = 4_000;

/// What became of a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It was understood, more or less.
    Read(Box<Reading>),
    /// It was not; the sentence says why and what to do.
    Declined(String),
}

/// A request that was understood.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The chart.
    pub spec: ChartSpec,
    /// How well the words explain it.
    pub confidence: Confidence,
    /// What was decided without being asked: whole sentences for the member.
    pub assumptions: Vec<String>,
}

/// How well the words of a request explain the chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// The chart is a choice made from the data; the words said little.
    Low,
    /// Something was assumed.
    Medium,
    /// The words say it.
    High,
}

/// Reads a request about a table; `previous` is the chart that a follow-up (`as a pie`, `only 2024`) changes.
pub fn read_request(ask: &str, table: &Table, previous: Option<&ChartSpec>) -> Outcome {
    if table.columns.is_empty() || table.row_count() == 0 {
        return Outcome::Declined("The table has no rows to draw.".to_owned());
    }
    let mut end = ask.len().min(ASK_BYTES_MAX);
    while !ask.is_char_boundary(end) {
        end -= 1;
    }
    let (ask, title) = title::take(&ask[..end], table);
    let request = Request { title: title.clone(), ..Request::parse(&ask, table) };
    if let Some(previous) = previous {
        // A chart of folded columns is changed in the words of the two that stand for them.
        let folded = previous.fold.as_ref().and_then(|fold| crate::resolve::fold::fold(fold, table).ok());
        let reading = match &folded {
            Some(folded) => {
                follow_up::read(&Request { title: title.clone(), ..Request::parse(&ask, folded) }, previous)
            }
            None => follow_up::read(&request, previous),
        };
        if let Some(reading) = reading {
            return Outcome::Read(Box::new(reading));
        }
    }
    match wide::read(&ask, &request) {
        Some(reading) => Outcome::Read(Box::new(reading)),
        None => compose::read(&request),
    }
}

/// A request with everything recognised in it, and no decision made.
struct Request<'t> {
    table: &'t Table,
    names: Vec<ColumnName>,
    tokens: Vec<Token>,
    kind: Option<KindSaid>,
    sort: Option<SortSaid>,
    limit: Option<LimitSaid>,
    bin: Option<BinSaid>,
    /// A period to group by that no column of the table has.
    bin_without_dates: Option<PeriodSaid>,
    options: crate::spec::SpecOptions,
    /// Where the request speaks of time without a column.
    over_time: Option<usize>,
    second_axis: bool,
    /// The ranges of numbers that are asked for.
    ranges: Option<crate::spec::Bin>,
    /// What is asked for and cannot be drawn.
    undrawn: Vec<undrawn::Undrawn>,
    /// The column that the sizes of bubbles show.
    size: Option<usize>,
    /// The heading.
    title: Option<String>,
    /// The column of the values in a table of folded columns, whose rows are cells.
    cells: Option<usize>,
    /// Which words are about the kind, the order, the limit, an option or a condition.
    taken: Vec<bool>,
    filter: Option<Filter>,
    /// The rows that the filter keeps.
    rows: Vec<usize>,
    having: Option<Having>,
    /// What the conditions took for granted: whole sentences for the member.
    notes: Vec<String>,
    /// Columns of which several values are named: `compare Paris and Rome`.
    compared: Vec<condition::Compared>,
    /// Periods that are set against each other: `2023 vs 2024`.
    periods: Option<versus::Periods>,
    /// Columns outside the conditions and the order.
    mentions: Vec<Mention>,
    /// Values of text columns that are named anywhere.
    values: Vec<mention::ValueMention>,
    /// Columns named in the clause about the order.
    sort_mentions: Vec<Mention>,
    aggregates: Vec<AggregateSaid>,
    /// A column that the request speaks of and that the table does not have.
    absent: Option<Absent>,
}

impl<'t> Request<'t> {
    fn parse(ask: &str, table: &'t Table) -> Self {
        let mut tokens = token::tokenise(ask);
        let names: Vec<ColumnName> = table.columns.iter().map(ColumnName::new).collect();
        let mut values = mention::values(table, &tokens);
        typo::mend(&mut tokens, &names, &values);
        let mut parts: Vec<Option<Part>> = vec![None; tokens.len()];
        let take = |parts: &mut Vec<Option<Part>>, start: usize, end: usize, part: Part| {
            for slot in parts.iter_mut().take(end).skip(start).filter(|slot| slot.is_none()) {
                *slot = Some(part);
            }
        };

        let everything = mention::columns(&names, &tokens, &|_| false);
        let in_name = |at: usize| {
            everything.iter().any(|mention| {
                mention.start <= at && at < mention.end && mention.likeness > 0.94 && mention.end - mention.start > 1
            })
        };
        // `month over month` is not the name of a column of months, `growth rate` may be one.
        let names_part = |start: usize, end: usize| {
            let same = tokens[start].text == tokens[end - 1].text && end - start > 1;
            everything.iter().any(|mention| {
                let words = if same { end - start } else { 1 };
                mention.start < end
                    && start < mention.end
                    && mention.likeness > 0.8
                    && mention.end - mention.start >= words
            })
        };
        let asked = undrawn::find(&tokens, &names_part);
        // Quarters are drawn as they are, whatever they are compared with; days are put together.
        let steps = undrawn::grouping(&asked).filter(|_| table.columns.iter().any(choose::can_bin));
        let undrawn = undrawn::take(&mut tokens, asked);
        let sort = sort::find(&tokens, &in_name);
        let mut sort_mentions = Vec::new();
        if let Some(sort) = &sort {
            take(&mut parts, sort.start, sort.end, Part::Sort);
            let outside = |at: usize| !sort.about.iter().any(|(start, end)| *start <= at && at < *end);
            sort_mentions = mention::columns(&names, &tokens, &outside);
        }
        let in_column = |at: usize| {
            everything.iter().any(|mention| {
                mention.start <= at && at < mention.end && mention.likeness > 0.6 && mention.end - mention.start > 1
            })
        };
        let kind = phrase::kind(&tokens, &|at| parts[at].is_some() || in_name(at), &in_column);
        if let Some(kind) = &kind
            && kind.said > phrase::Said::Implied
        {
            take(&mut parts, kind.start, kind.end, Part::Kind);
        }
        let newest = newest::find(table, &names, &tokens);
        if let Some(newest) = &newest {
            take(&mut parts, newest.start, newest.end, Part::Limit);
        }
        let limit = phrase::limit(&tokens, &|at| parts[at].is_some() || in_name(at));
        if let Some(limit) = &limit {
            take(&mut parts, limit.start, limit.end, Part::Limit);
        }
        let (options, places) = phrase::options(&tokens);
        for (start, end) in places {
            if !(start..end).any(in_name) {
                take(&mut parts, start, end, Part::Option);
            }
        }
        let ranges = phrase::ranges(&tokens);
        if let Some((_, start, end)) = ranges {
            take(&mut parts, start, end, Part::Option);
        }
        let over_time = phrase::over_time(&tokens);
        let second_axis = phrase::second_axis(&tokens);
        for (start, end) in [over_time, second_axis].into_iter().flatten() {
            if !(start..end).any(in_name) {
                take(&mut parts, start, end, Part::Option);
            }
        }
        let bin = phrase::bin(&tokens, &|at| parts[at].is_some()).or(steps);

        let mut mentions = mention::columns(&names, &tokens, &|at| parts[at].is_some());
        state::settle(table, &names, &tokens, &mut values, &mut mentions);
        let bin_without_dates = place::without_dates(table, bin, &mentions);
        let period_named = place::name_period(table, bin, &mut mentions);
        let bin_without_dates = bin_without_dates.filter(|_| !period_named);
        let bin = place::settle_bin(table, bin, &mut mentions);
        if let Some(bin) = &bin {
            let words = bin.start..bin.end;
            mentions.retain(|mention| {
                !(mention.start + 1 >= words.end && mention.start < words.end && mention.likeness < 0.9)
            });
        }
        let mut conditions = condition::find(table, &names, &tokens, &mentions, &values, &|at| parts[at].is_none());
        if let Some((filter, said)) =
            newest.as_ref().and_then(|newest| newest.filter(table, conditions.filter.as_ref()))
        {
            conditions.notes.push(said);
            conditions.filter = Some(match conditions.filter {
                Some(other) => other.and(filter),
                None => filter,
            });
        }
        // The week of `the week of 6 October` is no grouping.
        let bin = bin.filter(|bin| {
            bin.plainly || !conditions.places.iter().any(|(start, end)| *start <= bin.start && bin.end <= *end)
        });
        for (start, end) in &conditions.places {
            take(&mut parts, *start, *end, Part::Filter);
        }
        // `each last name starting with K` is a condition and a group.
        mentions.retain(|mention| {
            !(mention.start..mention.end).all(|at| parts[at] == Some(Part::Filter))
                || mention
                    .start
                    .checked_sub(1)
                    .is_some_and(|before| tokens[before].is_any(&["each", "every", "per", "by"]))
        });
        // `total attendance, ignoring teams`, `the average each year over all farms`
        let mention_places: Vec<usize> = mentions.iter().map(|mention| mention.start).collect();
        mentions.retain(|mention| {
            !mention.start.checked_sub(1).is_some_and(|before| {
                tokens[before].is_any(&["ignoring", "disregarding", "regardless"])
                    || tokens[before].is("all")
                        && before > 0
                        && tokens[before - 1].is_any(&["over", "across"])
                        && grouped_elsewhere(&tokens, &mention_places, mention.start)
                    || tokens[before].is("of")
                        && before > 0
                        && tokens[before - 1].is_any(&["regardless", "irrespective"])
            })
        });
        // `in all countries but France` is about which rows count.
        mentions.retain(|mention| {
            let all =
                mention.start.checked_sub(1).is_some_and(|before| tokens[before].is_any(&["all", "every", "any"]));
            let but =
                tokens.get(mention.end).is_some_and(|next| next.is_any(&["but", "except", "excluding", "without"]));
            let within =
                mention.start.checked_sub(2).is_some_and(|before| tokens[before].is_any(&["in", "of", "from", "for"]));
            !(all && but && within)
        });
        let size = size::column(table, &tokens, &mentions);
        let kind = size::settle(combo::settle(kind, table, &tokens, &mentions), size);
        let kind = kind.or_else(|| ranges.map(|(_, start, end)| phrase::ranged(start, end)));
        let mut aggregates = measure::find(&tokens, &mentions, &|at| parts[at].is_none());
        // `how many jars were sold` adds up a column of numbers of jars.
        for said in aggregates.iter_mut().filter(|said| said.how == Aggregate::Count && tokens[said.start].is("how")) {
            said.sums_numbers |= said.mention.and_then(|at| mentions.get(at)).is_some_and(|mention| {
                let word = &tokens[mention.start].text;
                mention.end - mention.start > 1
                    && is_plural(word)
                    && names
                        .get(mention.column)
                        .is_some_and(|name| name.numeric && !name.is_id && name.words.contains(word))
            });
        }
        // `number of respondents` where the table has counted them already.
        for said in aggregates.iter_mut().filter(|said| said.how == Aggregate::Count && said.end > said.start + 1) {
            // `flats by number of beds` groups by it.
            let before = said.start.saturating_sub(2)..said.start;
            if tokens[before]
                .iter()
                .any(|token| token.is_any(&["by", "per", "each", "every", "against", "vs", "versus"]))
            {
                continue;
            }
            said.sums_numbers |= said.mention.and_then(|at| mentions.get(at)).is_some_and(|mention| {
                mention.start == said.end
                    && is_plural(&tokens[mention.start].text)
                    && counts_things(&names, table, mention)
            });
        }
        // The `error count` of a column of numbers of errors is that number.
        aggregates.retain(|said| {
            said.how != Aggregate::Count
                || said.mention.is_some()
                || said.end != said.start + 1
                || !mentions.iter().any(|mention| {
                    mention.end == said.start
                        && !mention.entity
                        && names.get(mention.column).is_some_and(|name| name.numeric && !name.is_id)
                })
        });
        let taken: Vec<bool> = parts.iter().map(Option::is_some).collect();
        let absent = Search {
            table,
            names: &names,
            tokens: &tokens,
            mentions: &mentions,
            values: &values,
            aggregates: &aggregates,
            taken: &taken,
        }
        .find();
        Self {
            table,
            names,
            tokens,
            kind,
            sort,
            limit,
            bin,
            bin_without_dates,
            options,
            over_time: over_time.map(|(start, _)| start),
            second_axis: second_axis.is_some(),
            ranges: ranges.map(|(bin, ..)| bin),
            undrawn,
            size,
            title: None,
            cells: None,
            taken,
            rows: crate::resolve::filter::rows(table, conditions.filter.as_ref()).unwrap_or_default(),
            filter: conditions.filter,
            having: conditions.having,
            notes: conditions.notes,
            compared: conditions.compared,
            periods: conditions.periods,
            mentions,
            values,
            sort_mentions,
            aggregates,
            absent,
        }
    }
}

/// Whether a column is called by these words alone, in the plural, and holds how many there are: whole numbers from zero on, no years
/// and no rates.
fn counts_things(names: &[ColumnName], table: &Table, mention: &Mention) -> bool {
    let Some(column) = table.columns.get(mention.column) else { return false };
    let Some(name) = names.get(mention.column).filter(|name| name.numeric && !name.is_id) else { return false };
    let plural = name.words.last().is_some_and(|word| is_plural(word));
    let whole = column.cells.iter().all(|cell| match cell {
        plotline_table::Cell::Number(number) => number.fract() == 0.0 && *number >= 0.0,
        plotline_table::Cell::Gap => true,
        _ => false,
    });
    mention.likeness > 0.9 && plural && whole && !choose::all_years(column) && !choose::is_rate(column)
}

/// Whether another column is grouped by (`each year over all farms`), so that this one is not.
fn grouped_elsewhere(tokens: &[Token], places: &[usize], but: usize) -> bool {
    places.iter().any(|start| {
        *start != but
            && start.checked_sub(1).is_some_and(|before| tokens[before].is_any(&["each", "every", "per", "by"]))
    })
}
