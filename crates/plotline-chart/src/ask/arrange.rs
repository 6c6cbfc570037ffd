//! Stacking, order and limit of a chart whose columns are settled.

use plotline_table::{Cell, Time};

use super::compose::Draft;
use super::sort::{SortSaid, Target};
use super::token::Token;
use super::{Request, choose};
use crate::chart::{Kind, Stack};
use crate::spec::{Aggregate, Bin, Channel, ChartSpec, Limit, Order, Sort, SortBy};

/// More periods than this are not ranked in bars when a question asks for the highest.
const PERIODS_RANKED_MAX: usize = 40;

impl Draft<'_, '_> {
    /// What the words say about stacking, order and limit.
    pub(super) fn arrange(&mut self, spec: &mut ChartSpec) {
        let request = self.request;
        if let Some(said) = &request.kind {
            spec.options.stack = spec.options.stack.or(said.stack);
            spec.options.horizontal = spec.options.horizontal.or(said.horizontal);
        }
        if spec.series.is_some()
            && spec.kind == Kind::Bar
            && spec.options.stack.is_none()
            && request.kind.as_ref().is_none_or(|said| !said.series)
            && request.periods.is_none()
            && spec.y.iter().all(|y| matches!(y.aggregate, Some(Aggregate::Count | Aggregate::Sum)))
        {
            spec.options.stack = Some(Stack::Stacked);
        }
        if let Some(having) = request.having
            && spec.y.iter().any(|y| y.aggregate.is_some())
        {
            spec.having = Some(having);
        }
        if let Some(order) = self.ranking {
            self.rank(spec, order);
        }
        if request.sort.is_none()
            && self.ranking.is_none()
            && let Some(order) = self.most_done()
            && spec.y.iter().any(|y| y.aggregate == Some(Aggregate::Count))
        {
            spec.sort = Some(Sort { by: SortBy::Y, order });
        }
        if let Some(sort) = &request.sort {
            spec.sort = self.sort(sort, spec);
        }
        // `rank players by kills`
        let ranks = request.tokens.first().is_some_and(|first| first.is_any(&["rank", "ranking"]));
        if ranks && request.sort.is_none() && spec.sort.is_none() && spec.kind == Kind::Bar {
            spec.sort = Some(Sort { by: SortBy::Y, order: Order::Desc });
        }
        if let Some(limit) = request.limit {
            spec.limit = Some(Limit { count: limit.count, other: false });
            if let Some(smallest) = limit.smallest {
                let order = if smallest { Order::Asc } else { Order::Desc };
                let unsaid = request.sort.is_none() && self.ranking.is_none();
                if (unsaid || spec.sort.is_none_or(|sort| sort.by == SortBy::X)) && spec.kind != Kind::Line {
                    spec.sort = Some(Sort { by: SortBy::Y, order });
                }
            }
        }
        if let Some(Channel { bin: Some(Bin::Weekday | Bin::Month), column: Some(name), .. }) = &spec.x
            && let Some(column) = self.table().columns.iter().find(|column| column.name == *name)
            && column.cells.iter().any(|cell| matches!(cell, Cell::Time(Time::Year(_)) | Cell::Number(_)))
        {
            let sentence = format!("“{name}” has only years; each is taken as its 1 January.");
            self.assume(sentence);
        }
    }

    /// `which month had the highest total`: all of them, with the answer in front.
    fn rank(&mut self, spec: &mut ChartSpec, order: Order) {
        let Some(x) = spec.x.clone() else { return };
        let Some(at) = self.table().columns.iter().position(|column| Some(&column.name) == x.column.as_ref()) else {
            return;
        };
        let along = matches!(spec.kind, Kind::Line | Kind::Area | Kind::Step);
        let many = match x.bin {
            Some(Bin::Day) | None => choose::different(self.table(), at) > PERIODS_RANKED_MAX,
            Some(_) => false,
        };
        // Of so many days the course tells more, and the caption names the highest.
        if along && (many || self.request.kind.is_some() || spec.series.is_some()) {
            return;
        }
        if along {
            spec.kind = Kind::Bar;
        }
        spec.sort = Some(Sort { by: SortBy::Y, order });
        let first = if order == Order::Desc { "highest" } else { "lowest" };
        let groups = match x.bin {
            Some(bin) => format!("{} of “{}”", crate::resolve::words::bin(bin), self.name(at)),
            None => format!("“{}”", self.name(at)),
        };
        self.assume(format!("Every {groups} is shown, the {first} first."));
    }

    /// `the most borrowed books`, `least common colours`: a ranking by how many there are.
    fn most_done(&self) -> Option<Order> {
        self.request.tokens.windows(2).find_map(|pair| {
            let done = pair[1].is_any(&["common", "popular", "frequent", "active"])
                || pair[1].is_word() && pair[1].text.len() > 4 && pair[1].text.ends_with("ed");
            match pair[0].text.as_str() {
                "most" if done => Some(Order::Desc),
                "least" if done => Some(Order::Asc),
                _ => None,
            }
        })
    }

    /// The order, once x and y are known.
    fn sort(&mut self, said: &SortSaid, spec: &ChartSpec) -> Option<Sort> {
        let by = match said.target {
            Target::X => SortBy::X,
            Target::Y => SortBy::Y,
            Target::Open => self.sort_column(said, spec)?,
        };
        // Lists are ordered upwards unless said otherwise; rankings and totals begin with the largest.
        let ranked = spec.y.iter().any(|y| y.aggregate.is_some())
            || self.request.tokens.get(said.start..said.end).is_some_and(|words| {
                words.iter().any(|word| word.is_any(&["rank", "ranked", "ranking", "sort", "sorted"]))
                    && !words.iter().any(|word| word.is_any(&["ordered", "order"]))
            });
        let order = said.order.unwrap_or(if by == SortBy::Y && ranked { Order::Desc } else { Order::Asc });
        Some(Sort { by, order })
    }

    fn sort_column(&mut self, said: &SortSaid, spec: &ChartSpec) -> Option<SortBy> {
        let tokens = &self.request.tokens;
        let words: Vec<&Token> =
            said.about.iter().flat_map(|(start, end)| tokens.get(*start..*end).unwrap_or(&[])).collect();
        let aggregate_word = words.iter().any(|token| {
            token.is_any(&[
                "average",
                "mean",
                "avg",
                "sum",
                "total",
                "maximum",
                "minimum",
                "max",
                "min",
                "count",
                "counts",
                "amount",
                "frequency",
                "many",
                "maximal",
                "minimal",
                "median",
            ])
        }) || words.windows(2).any(|pair| pair[0].is("number") && pair[1].is("of"));
        let aggregated = spec.y.iter().any(|y| y.aggregate.is_some());
        let named = self.request.sort_mentions.iter().max_by(|a, b| a.likeness.total_cmp(&b.likeness));
        let x = spec.x.as_ref().and_then(|x| x.column.as_deref());
        let y = spec.y.first().and_then(|y| y.column.as_deref());
        if aggregate_word && aggregated {
            return Some(SortBy::Y);
        }
        if let Some(mention) = named {
            let is = |column: Option<&str>| {
                std::iter::once(mention.column)
                    .chain(mention.rivals.iter().copied())
                    .any(|at| Some(self.name(at).as_str()) == column)
            };
            if is(x) {
                return Some(SortBy::X);
            }
            if is(y) || mention.likeness < 0.7 && aggregated {
                return Some(SortBy::Y);
            }
            let sentence =
                format!("“{}” is not in the chart, so the order does not follow it.", self.name(mention.column));
            self.assume(sentence);
            return None;
        }
        if aggregate_word || words.iter().any(|token| token.is_any(&["number", "value", "values", "quantity", "size"]))
        {
            return Some(SortBy::Y);
        }
        if words.iter().any(|token| token.is_any(&["name", "names", "label", "labels", "category", "bar", "bars"])) {
            return Some(SortBy::X);
        }
        Some(SortBy::Y)
    }
}

/// Order and limit of a chart whose columns are settled.
pub(super) fn arrange(request: &Request<'_>, spec: &mut ChartSpec) -> Vec<String> {
    let mut draft = Draft { request, assumptions: Vec::new(), guesses: 0, ranking: None };
    draft.arrange(spec);
    draft.assumptions
}
