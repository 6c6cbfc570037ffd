//! A chart with every decision made: what the drawing crate gets, and nothing else.
//!
//! All values are final. Whoever draws a [`Chart`] sorts nothing, sums nothing and drops nothing, except that points which
//! fall on the same pixel may be thinned without losing an extreme.

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

/// A chart, ready to be drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// The kind that was asked for or chosen; `data` has the shape that the kind needs.
    pub kind: Kind,
    /// The heading; empty where neither the request nor the table has a word for what is drawn.
    pub title: String,
    /// A second line under the heading: what was filtered, aggregated or left out.
    pub subtitle: Option<String>,
    /// The horizontal axis; for a horizontal bar chart still the one that carries the categories.
    pub x: Axis,
    /// The axis that carries the values.
    pub y: Axis,
    /// A second axis for values, on the right, where a series asks for it.
    pub y2: Option<Axis>,
    /// What the series stand for (the name of the column that splits them).
    pub legend_title: Option<String>,
    /// The values.
    pub data: Data,
    /// How they are drawn.
    pub options: Options,
    /// How numbers are written.
    pub style: NumberStyle,
    /// How dates are written.
    pub dates: DateStyle,
    /// Sentences that must be visible on the picture, for example that a model supplied the values.
    pub notes: Vec<String>,
}

/// The kinds of chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Bars: vertical or horizontal, one series, grouped, stacked or stacked to 100 %.
    Bar,
    /// Straight lines between points.
    Line,
    /// Horizontal and vertical lines: a value holds until the next.
    Step,
    /// Filled lines, stacked where there are several series.
    Area,
    /// Points.
    Scatter,
    /// Points whose area shows a third value.
    Bubble,
    /// Slices of a whole.
    Pie,
    /// A pie with a hole, which holds the total.
    Donut,
    /// Counts of a number's values in equal bins.
    Histogram,
    /// Quartiles, whiskers (1.5 IQR, Tukey) and outliers of each group.
    Box,
    /// A density estimate of each group.
    Violin,
    /// Every value of each group as a point, spread sideways.
    Strip,
    /// A grid of cells coloured by value.
    Heatmap,
    /// Open, high, low and close over time.
    Candlestick,
    /// Bars and lines together, the lines usually on the second axis.
    Combo,
}

/// An axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Axis {
    /// What is on it; empty where the labels say enough (weekday names, for example).
    pub label: String,
    /// The unit of its numbers: `EUR`, `%`, `kg` … A currency is written as a sign at the numbers, another unit after the label.
    pub unit: Option<String>,
    /// Logarithmic (base 10). Only set where every value is above zero.
    pub log: bool,
}

/// The values of a chart. Every number is finite.
#[derive(Clone, Debug, PartialEq)]
pub enum Data {
    /// One value for each category and series: bar, pie, donut, combo, and line, step or area over names or periods.
    /// Categories may repeat (rows shown as they are) and are in drawing order.
    Categories {
        /// Labels along the axis.
        categories: Vec<String>,
        /// One or more; each with one value (or gap) for each category.
        series: Vec<CategorySeries>,
    },
    /// Numbers or times along both axes: line, step, area, scatter and bubble.
    Points {
        /// What the x values are.
        x_scale: XScale,
        /// One or more.
        series: Vec<PointSeries>,
    },
    /// Histogram: `counts` has one entry fewer than `edges`; the last bin includes its upper edge.
    Bins {
        /// Ascending, equally spaced.
        edges: Vec<f64>,
        /// One or more, each with its counts.
        series: Vec<BinSeries>,
    },
    /// Box, violin and strip.
    Groups {
        /// In drawing order.
        groups: Vec<Group>,
    },
    /// Heatmap: `values[row * columns.len() + column]`.
    Grid {
        /// Labels along x.
        columns: Vec<String>,
        /// Labels along y, the first on top.
        rows: Vec<String>,
        /// A value or a gap for each cell.
        values: Vec<Option<f64>>,
    },
    /// Candlestick.
    Ohlc {
        /// Labels in drawing order.
        periods: Vec<String>,
        /// One for each period.
        candles: Vec<Option<Candle>>,
    },
}

/// A series over categories.
#[derive(Clone, Debug, PartialEq)]
pub struct CategorySeries {
    /// Its name in the legend; empty when the chart has one unnamed series.
    pub name: String,
    /// Bar or line (a combo has both).
    pub mark: Mark,
    /// The axis that its values are read from.
    pub axis: Side,
    /// A value or a gap for each category.
    pub values: Vec<Option<f64>>,
}

/// A series of points. Lines connect them in this order; a gap breaks the line.
#[derive(Clone, Debug, PartialEq)]
pub struct PointSeries {
    /// Its name in the legend; empty when the chart has one unnamed series.
    pub name: String,
    /// The axis that its values are read from.
    pub axis: Side,
    /// In drawing order.
    pub points: Vec<Point>,
}

/// A point.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// A number, or milliseconds since 1970-01-01T00:00 for [`XScale::Time`].
    pub x: f64,
    /// The value; `None` is a gap.
    pub y: Option<f64>,
    /// For a bubble: what its area shows, zero or more.
    pub size: Option<f64>,
    /// What to call the point where few are labelled.
    pub label: Option<String>,
}

/// A series of a histogram.
#[derive(Clone, Debug, PartialEq)]
pub struct BinSeries {
    /// Its name in the legend; empty when there is one.
    pub name: String,
    /// One for each bin.
    pub counts: Vec<f64>,
}

/// The values of one group.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Its label.
    pub name: String,
    /// At least one value, in no order.
    pub values: Vec<f64>,
}

/// Four prices of a period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candle {
    /// The first price.
    pub open: f64,
    /// The highest price.
    pub high: f64,
    /// The lowest price.
    pub low: f64,
    /// The last price.
    pub close: f64,
}

/// How a category series is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// As bars (or slices).
    Bar,
    /// As a line.
    Line,
}

/// An axis for values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// [`Chart::y`].
    Left,
    /// [`Chart::y2`].
    Right,
}

/// What the x of a point is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum XScale {
    /// A number.
    Number,
    /// Milliseconds since 1970-01-01T00:00, without a time zone.
    Time,
    /// A calendar year: written without a thousands separator, ticks on whole years.
    Year,
}

/// How a chart is drawn, as far as its kind allows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Options {
    /// Bars lie. `None`: whichever fits the labels better.
    pub horizontal: Option<bool>,
    /// How several series of bars or areas share a category.
    pub stack: Stack,
    /// Lines computed from the data and drawn over it; already resolved to points.
    pub overlays: Vec<Overlay>,
    /// Draw every series in a panel of its own.
    pub small_multiples: bool,
}

/// How several series share a category.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stack {
    /// Side by side.
    #[default]
    None,
    /// On top of each other.
    Stacked,
    /// On top of each other, each category scaled to 100 %. The values stay as they are; who draws scales them.
    Percent,
}

/// A line over the data: a trend line, a moving average.
#[derive(Clone, Debug, PartialEq)]
pub struct Overlay {
    /// Its name in the legend.
    pub name: String,
    /// In the units of the axes; for categories x is the index of the category. `None` is a gap, which breaks the line.
    pub points: Vec<(f64, Option<f64>)>,
    /// The axis that its values are read from.
    pub axis: Side,
}

/// How numbers are written on axes and labels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberStyle {
    /// `1,234.56`
    #[default]
    CommaPoint,
    /// `1.234,56`
    PointComma,
    /// `1 234,56` (with U+202F)
    SpaceComma,
    /// `1’234.56`
    ApostrophePoint,
}

/// How days are written on axes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateStyle {
    /// `2 Jan`
    #[default]
    DayMonth,
    /// `Jan 2`
    MonthDay,
}

/// Milliseconds since 1970-01-01T00:00, the unit of [`XScale::Time`].
pub fn time_ms(time: NaiveDateTime) -> f64 {
    time.and_utc().timestamp_millis() as f64
}
