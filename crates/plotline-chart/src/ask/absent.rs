//! Columns that a request speaks of and that the table does not have: `profit by region` where nothing is like a profit.

use plotline_table::{ColumnKind, Table};

use super::lexicon::FILLERS;
use super::measure::{AggregateSaid, GROUP_WORDS};
use super::mention::{COMMAND_WORDS, ColumnName, Mention, ValueMention};
use super::token::{Token, stem};
use crate::ChartError;
use crate::spec::Aggregate;

/// A name of a column has this many words at most here; a longer row of unknown words is a clause.
const WORDS_MAX: usize = 3;

/// Shorter words are slips and particles.
const LETTERS_MIN: usize = 3;

/// What people measure and nobody counts: the rows of a table are never `profits` or `temperatures`.
const QUANTITIES: &[&str] = &[
    "profit",
    "revenue",
    "income",
    "turnover",
    "salary",
    "wage",
    "pay",
    "price",
    "cost",
    "expense",
    "budget",
    "margin",
    "tax",
    "discount",
    "debt",
    "balance",
    "spending",
    "spend",
    "earnings",
    "wealth",
    "age",
    "height",
    "weight",
    "length",
    "width",
    "depth",
    "distance",
    "speed",
    "velocity",
    "acceleration",
    "temperature",
    "humidity",
    "pressure",
    "rainfall",
    "precipitation",
    "altitude",
    "elevation",
    "population",
    "density",
    "area",
    "rating",
    "score",
    "grade",
    "gpa",
    "duration",
    "latency",
    "runtime",
    "attendance",
    "capacity",
    "power",
    "energy",
    "voltage",
    "consumption",
    "efficiency",
    "productivity",
    "satisfaction",
    "happiness",
    "gdp",
    "inflation",
    "unemployment",
    "volume",
    "quantity",
    "mileage",
    "horsepower",
    "calories",
    "bmi",
    "iq",
    "rent",
    "fee",
    "fare",
    "commission",
    "bonus",
    "engagement",
    "turnout",
    "churn",
];

/// Whether a header names a quantity, and not one of several things that have the same.
pub(super) fn names_quantity(name: &ColumnName) -> bool {
    name.words.iter().any(|own| QUANTITIES.iter().any(|word| own == word || stem(word) == stem(own)))
}

/// Whether a word names a quantity.
pub(super) fn is_quantity(token: &Token) -> bool {
    QUANTITIES.iter().any(|word| token.is(word) || stem(word) == token.stem)
}

/// Words of requests that name no column.
pub(super) const GENERAL: &[&str] = &[
    "record",
    "season",
    "seasons",
    "records",
    "row",
    "rows",
    "entry",
    "entries",
    "item",
    "items",
    "thing",
    "things",
    "stuff",
    "people",
    "many",
    "much",
    "amount",
    "amounts",
    "numbers",
    "counts",
    "totals",
    "figures",
    "results",
    "result",
    "everything",
    "anything",
    "split",
    "breakdown",
    "comparison",
    "overview",
    "summary",
    "stats",
    "statistics",
    "change",
    "changes",
    "growth",
    "trends",
    "diagram",
    "picture",
    "image",
    "visual",
    "visualize",
    "visualise",
    "visualization",
    "want",
    "need",
    "can",
    "you",
    "could",
    "would",
    "like",
    "see",
    "please",
    "pls",
    "hey",
    "quick",
    "nice",
    "simple",
    "just",
    "only",
    "also",
    "how",
    "when",
    "where",
    "who",
    "there",
    "here",
    "one",
    "two",
    "three",
    "far",
    "hand",
    "default",
    "itself",
    "time",
    "times",
    "side",
    "name",
    "names",
    "type",
    "types",
    "kind",
    "kinds",
    "category",
    "categories",
    "group",
    "groups",
    "column",
    "columns",
    "field",
    "fields",
    "series",
    "period",
    "date",
    "dates",
    "day",
    "days",
    "week",
    "weeks",
    "month",
    "months",
    "quarter",
    "quarters",
    "year",
    "years",
    "hour",
    "hours",
    "minute",
    "minutes",
    "weekday",
    "weekdays",
    "daily",
    "weekly",
    "monthly",
    "quarterly",
    "yearly",
    "annual",
    "hourly",
    "order",
    "rate",
    "rates",
    "percent",
    "level",
    "levels",
    "size",
    "color",
    "colour",
    "colors",
    "colours",
    "ascending",
    "descending",
    "alphabetical",
    "most",
    "least",
    "more",
    "less",
];

/// A column that the table does not have.
#[derive(Clone, Debug)]
pub(super) enum Absent {
    /// What is to be drawn is missing: the sentence that says so, and where the table has only one number, which may be meant,
    /// what is said if that is drawn.
    Declined(String, Option<String>),
    /// Something else was drawn: the sentence that says so.
    Said(String),
}

/// What absent columns are looked for in.
pub(super) struct Search<'a> {
    pub(super) table: &'a Table,
    pub(super) names: &'a [ColumnName],
    pub(super) tokens: &'a [Token],
    pub(super) mentions: &'a [Mention],
    pub(super) values: &'a [ValueMention],
    pub(super) aggregates: &'a [AggregateSaid],
    /// Words that are about the kind, the order, a condition.
    pub(super) taken: &'a [bool],
}

impl Search<'_> {
    /// The first column of the request that the table lacks.
    pub(super) fn find(&self) -> Option<Absent> {
        let measured = self.mentions.iter().any(|mention| {
            self.table.columns.get(mention.column).is_some_and(|column| column.kind == ColumnKind::Number)
                && !self.names.get(mention.column).is_some_and(|name| name.is_id)
        });
        self.aggregated(measured).or_else(|| self.drawn(measured)).or_else(|| self.grouped())
    }

    /// `average salary by team`: what an aggregate is about.
    fn aggregated(&self, measured: bool) -> Option<Absent> {
        self.aggregates.iter().find_map(|said| {
            let counted = matches!(said.how, Aggregate::Count | Aggregate::CountDistinct);
            if counted || said.mention.is_some() || !said.topics.is_empty() || measured {
                return None;
            }
            let mut at = said.end;
            while self.tokens.get(at).is_some_and(|token| token.is_any(&["of", "the", "all", "a", "our", "their"])) {
                at += 1;
            }
            let end = self.run(at)?;
            let quantity = self.is_quantity(end - 1);
            // `highest` is as often about the order as about what is drawn.
            let plain = said.how == Aggregate::Sum
                || self.tokens[said.start].is_any(&["maximum", "minimum", "max", "min", "maximal", "minimal"]);
            match said.how {
                Aggregate::Avg | Aggregate::Median => Some(self.declined(at, end)),
                _ if quantity && plain => Some(self.declined(at, end)),
                Aggregate::Max | Aggregate::Min => Some(self.said(at, end)),
                _ => None,
            }
        })
    }

    /// `profit by region`, `salary vs age`: what stands where the value is named.
    fn drawn(&self, measured: bool) -> Option<Absent> {
        (0..self.tokens.len()).find_map(|at| {
            let end = self.run(at).filter(|_| at == 0 || !self.is_unknown(at - 1))?;
            let before = at.checked_sub(1).map(|before| &self.tokens[before]);
            let beside = |token: &Token| token.is_any(&["vs", "versus", "against"]);
            let versus = before.is_some_and(beside) || self.tokens.get(end).is_some_and(beside);
            let groups = self.tokens.get(end).is_some_and(|next| {
                next.is_any(&["by", "per", "over", "across", "each", "every"])
                    || next.is("for") && self.tokens.get(end + 1).is_some_and(|each| each.is_any(&["each", "every"]))
            });
            let leads = before.is_none_or(|before| {
                before.is_stop()
                    || self.taken[at - 1]
                    || before.is_any(COMMAND_WORDS)
                    || before.is_any(&["the", "a", "me", "my", "our", "of", "compare", "graph", "visualize"])
            });
            let counted = self.aggregates.iter().any(|said| said.end <= at && at - said.end <= 2);
            if counted {
                return None;
            }
            if !self.is_quantity(end - 1) {
                // `customers by town` are the rows, `stress by day` is no thing.
                let things = self.tokens[end - 1].text.ends_with('s') && !self.tokens[end - 1].text.ends_with("ss");
                let alone = versus || groups && leads && !measured && !things;
                return (alone && end == at + 1).then(|| self.said(at, end));
            }
            (versus || groups && leads && !measured).then(|| self.declined(at, end))
        })
    }

    /// `sales by planet`: what is to be grouped by.
    fn grouped(&self) -> Option<Absent> {
        (1..self.tokens.len()).find_map(|at| {
            let end = self.run(at)?;
            let before = &self.tokens[at - 1];
            let by = before.is_any(&["by", "per"]) || before.is_any(&["each", "every"]);
            let closed = self
                .tokens
                .get(end)
                .is_none_or(|next| next.is_stop() || next.is_any(&["as", "in", "and", "for", "please"]));
            (by && closed && !self.taken[at - 1]).then(|| self.said(at, end))
        })
    }

    /// Where a row of words ends that nothing explains.
    fn run(&self, at: usize) -> Option<usize> {
        let end = (at..self.tokens.len()).find(|at| !self.is_unknown(*at)).unwrap_or(self.tokens.len());
        (end > at && end - at <= WORDS_MAX).then_some(end)
    }

    fn is_unknown(&self, at: usize) -> bool {
        let Some(token) = self.tokens.get(at) else { return false };
        token.is_word()
            && !token.quoted
            && !token.glued
            && token.text.chars().count() >= LETTERS_MIN
            && token.text.chars().all(char::is_alphabetic)
            && !self.taken.get(at).copied().unwrap_or_default()
            && !token.is_any(FILLERS)
            && !token.is_any(GROUP_WORDS)
            && !token.is_any(COMMAND_WORDS)
            && (!token.is_any(GENERAL) || self.is_quantity(at))
            && !self.mentions.iter().any(|mention| mention.start <= at && at < mention.end)
            && !self.values.iter().any(|value| value.start <= at && at < value.end)
            && !self.aggregates.iter().any(|said| said.start <= at && at < said.end)
    }

    fn is_quantity(&self, at: usize) -> bool {
        self.tokens
            .get(at)
            .is_some_and(|token| QUANTITIES.iter().any(|word| token.is(word) || stem(word) == token.stem))
    }

    fn words(&self, at: usize, end: usize) -> String {
        self.tokens[at..end].iter().map(|token| token.raw.as_str()).collect::<Vec<_>>().join(" ")
    }

    fn said(&self, at: usize, end: usize) -> Absent {
        Absent::Said(format!("There is no column like “{}”.", self.words(at, end)))
    }

    fn declined(&self, at: usize, end: usize) -> Absent {
        let words = self.words(at, end);
        let numbers = super::choose::quantities(self.table, self.names);
        let only = match numbers.as_slice() {
            [only] => self.table.columns.get(*only),
            _ => None,
        };
        let said = only.map(|only| format!("There is no column like “{words}”; “{}” is drawn.", only.name));
        Absent::Declined(ChartError::unknown_column(self.table, &words).to_string(), said)
    }
}
