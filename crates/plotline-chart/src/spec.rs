//! What a chart is to show, in terms of the table's columns: written by the reader of requests or by a language model's
//! tool call, and never holding a value of the member's table other than in a filter.

use serde::{Deserialize, Serialize};

use crate::chart::{Kind, Stack};

/// A chart as it was asked for. [`crate::resolve`] turns it into exact points.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChartSpec {
    /// The kind of chart.
    pub kind: Kind,
    /// What lies along the category axis. Absent only where the kind has none (a box of one column, for example).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub x: Option<Channel>,
    /// The values: usually one, several for a chart that compares columns, four for a candlestick (open, high, low, close).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub y: Vec<Measure>,
    /// The column whose values split the chart into series (colours).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series: Option<Dimension>,
    /// A scatter of aggregates has one point for each value of this column, which is not drawn itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Dimension>,
    /// For a bubble chart: the numeric column that the areas show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<String>,
    /// Which rows count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Filter>,
    /// Which of the aggregated values are kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub having: Option<Having>,
    /// The order of the categories; absent: as in the table, periods and numbers ascending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sort: Option<Sort>,
    /// How many categories are shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Limit>,
    /// The heading; absent: made from the columns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// How it is drawn and what is computed on top.
    #[serde(default, skip_serializing_if = "SpecOptions::is_default")]
    pub options: SpecOptions,
    /// Columns that are read as two before all else; the rest of the spec then names the two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fold: Option<Fold>,
}

/// Columns of numbers whose headers are values (years, shops): one column of the headers and one of the numbers stand for them, so
/// that a table with a column for each year is drawn like one with a row for each year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fold {
    /// The columns, in the table's order.
    pub columns: Vec<String>,
    /// What the column of their headers is called; headers that all are periods are read as time.
    pub key: String,
    /// What the column of their numbers is called.
    pub value: String,
}

impl ChartSpec {
    /// A spec of this kind with nothing else said.
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            x: None,
            y: Vec::new(),
            series: None,
            group: None,
            size: None,
            filter: None,
            having: None,
            sort: None,
            limit: None,
            title: None,
            options: SpecOptions::default(),
            fold: None,
        }
    }

    /// The same spec with this x.
    #[must_use]
    pub fn with_x(mut self, column: &str) -> Self {
        self.x = Some(Channel::column(column));
        self
    }

    /// The same spec with one more measure.
    #[must_use]
    pub fn with_y(mut self, measure: Measure) -> Self {
        self.y.push(measure);
        self
    }

    /// The same spec split into series by this column.
    #[must_use]
    pub fn with_series(mut self, column: &str) -> Self {
        self.series = Some(Dimension { column: column.to_owned(), bin: None });
        self
    }
}

/// What lies along x.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channel {
    /// A column's name; absent only for a count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// Only in a scatter or bubble chart of aggregates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aggregate: Option<Aggregate>,
    /// The periods or ranges that the values are put in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bin: Option<Bin>,
}

impl Channel {
    /// The column as it is.
    pub fn column(name: &str) -> Self {
        Self { column: Some(name.to_owned()), aggregate: None, bin: None }
    }
}

/// A value to draw.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// A column's name; absent only for a count of rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// How the rows of one category become one value; absent: every row is drawn by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aggregate: Option<Aggregate>,
    /// Read from an axis of its own on the right.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub second_axis: bool,
}

impl Measure {
    /// The column's values, a row each.
    pub fn rows(column: &str) -> Self {
        Self { column: Some(column.to_owned()), aggregate: None, second_axis: false }
    }

    /// An aggregate of a column.
    pub fn of(aggregate: Aggregate, column: &str) -> Self {
        Self { column: Some(column.to_owned()), aggregate: Some(aggregate), second_axis: false }
    }

    /// The number of rows.
    pub fn count() -> Self {
        Self { column: None, aggregate: Some(Aggregate::Count), second_axis: false }
    }
}

/// A column that splits rows into groups.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dimension {
    /// A column's name.
    pub column: String,
    /// The periods or ranges that the values are put in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bin: Option<Bin>,
}

/// How many rows become one value. Gaps are left out of all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aggregate {
    /// The number of rows; with a column, of rows where it is not a gap.
    Count,
    /// The number of different values.
    CountDistinct,
    /// The total.
    Sum,
    /// The arithmetic mean.
    Avg,
    /// The smallest value.
    Min,
    /// The largest value.
    Max,
    /// The middle value; of an even number, the mean of the middle two.
    Median,
}

/// Periods or ranges.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bin {
    /// Calendar years.
    Year,
    /// Quarters of calendar years (`2024 Q1`); without a year where the column has none.
    Quarter,
    /// Quarters of the year (`Q1`), pooled over years.
    QuarterOfYear,
    /// Months of the year, pooled over years.
    Month,
    /// Months of calendar years (`2024-03`).
    YearMonth,
    /// Weeks of ISO 8601 (`2026-W07`): from Monday, and the first of a year is the one that holds its first Thursday.
    Week,
    /// Days of the week, pooled.
    Weekday,
    /// Monday to Friday as one group and Saturday with Sunday as the other.
    WeekPart,
    /// The meteorological seasons of the northern hemisphere, pooled over years: spring is March to May.
    Season,
    /// Calendar days.
    Day,
    /// Days of the month (1 to 31), pooled.
    DayOfMonth,
    /// Hours of the day (0 to 23), pooled.
    Hour,
    /// Hours of calendar days (`2026-05-06 14:00`).
    DayHour,
    /// Minutes of calendar days (`2026-05-06 14:05`).
    Minute,
    /// About this many equal ranges of numbers with round edges (1 to 200).
    Bins(u16),
    /// Ranges of numbers of this width.
    Width(f64),
}

/// Which rows count. Text is compared without case; a gap fulfils nothing but `is_null` (and `not`, `not_equal` never select it).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Filter {
    /// All of them.
    And(Vec<Filter>),
    /// Any of them.
    Or(Vec<Filter>),
    /// The opposite.
    Not(Box<Filter>),
    /// One value against another.
    Compare {
        /// A column's name.
        column: String,
        /// How.
        op: Compare,
        /// With what.
        value: Value,
    },
    /// From `low` to `high`, both included.
    Between {
        /// A column's name.
        column: String,
        /// The lower end.
        low: Value,
        /// The upper end.
        high: Value,
    },
    /// One of several values.
    In {
        /// A column's name.
        column: String,
        /// The values.
        values: Vec<Value>,
    },
    /// The text occurs in the value.
    Contains {
        /// A column's name.
        column: String,
        /// The text to look for.
        text: String,
        /// Where it must stand.
        #[serde(default)]
        at: Position,
    },
    /// The cell is a gap.
    IsNull {
        /// A column's name.
        column: String,
    },
}

impl Filter {
    /// Both of them, flat.
    #[must_use]
    pub fn and(self, other: Filter) -> Filter {
        let mut parts = match self {
            Filter::And(parts) => parts,
            single => vec![single],
        };
        match other {
            Filter::And(more) => parts.extend(more),
            single => parts.push(single),
        }
        Filter::And(parts)
    }
}

/// Where a text must stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Position {
    /// Anywhere.
    #[default]
    Anywhere,
    /// At the beginning.
    Start,
    /// At the end.
    End,
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Compare {
    /// `=`
    Equal,
    /// `≠`
    NotEqual,
    /// `<`
    Less,
    /// `≤`
    LessOrEqual,
    /// `>`
    Greater,
    /// `≥`
    GreaterOrEqual,
}

impl Compare {
    /// The comparison that holds exactly where this one does not.
    pub fn negated(self) -> Self {
        match self {
            Self::Equal => Self::NotEqual,
            Self::NotEqual => Self::Equal,
            Self::Less => Self::GreaterOrEqual,
            Self::LessOrEqual => Self::Greater,
            Self::Greater => Self::LessOrEqual,
            Self::GreaterOrEqual => Self::Less,
        }
    }

    /// Whether it holds for values in this order.
    pub fn holds(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::NotEqual => ordering.is_ne(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
        }
    }

    /// The mathematical sign.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "≠",
            Self::Less => "<",
            Self::LessOrEqual => "≤",
            Self::Greater => ">",
            Self::GreaterOrEqual => "≥",
        }
    }
}

/// A value in a filter. Dates are ISO 8601 text; a year is a number or text; a length of time is a number in the column's unit or
/// text with its own (`1 h 30 min`, `1:30:00`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// A number.
    Number(f64),
    /// A truth value.
    Bool(bool),
    /// Anything else.
    Text(String),
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Bool(truth) => write!(f, "{truth}"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// A condition on the aggregated value.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Having {
    /// How the first measure is compared.
    pub op: Compare,
    /// With what.
    pub value: f64,
}

/// An order of the categories.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sort {
    /// By label or by value.
    pub by: SortBy,
    /// Up or down.
    #[serde(default)]
    pub order: Order,
}

/// What categories are sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SortBy {
    /// The label: numbers by size, periods by time, text alphabetically.
    X,
    /// The value; where there are series, their sum.
    Y,
}

/// Up or down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Smallest, earliest or `A` first.
    #[default]
    Asc,
    /// Largest, latest or `Z` first.
    Desc,
}

/// How many categories are shown: the first after sorting; without a sort, those with the largest values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// One or more.
    pub count: usize,
    /// Show the rest as one category named "Other".
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub other: bool,
}

/// How a chart is drawn and what is computed on top of the points.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SpecOptions {
    /// How several series share a category; absent: stacked for an area, side by side for bars.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stack: Option<Stack>,
    /// Bars lie (or, if false, stand); absent: whichever fits the labels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub horizontal: Option<bool>,
    /// A logarithmic value axis.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub log: bool,
    /// Each value is the sum of all values up to it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub cumulative: bool,
    /// Values are shown as a share of their sum, in percent.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub share: bool,
    /// A line of the mean of this many values up to each (2 to 1000).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moving_average: Option<u16>,
    /// A straight line fitted by least squares.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub trend_line: bool,
    /// Of bars and lines together: so many of the values, the first ones, are bars (absent: one).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bars: Option<u8>,
    /// Every series in a panel of its own.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub small_multiples: bool,
}

impl SpecOptions {
    /// Nothing is said.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}
