//! The kinds of chart: each lays out its axes, draws its marks and says what belongs in the legend.

pub(crate) mod bars;
pub(crate) mod candles;
pub(crate) mod gaps;
pub(crate) mod groups;
pub(crate) mod heatmap;
pub(crate) mod histogram;
pub(crate) mod lines;
pub(crate) mod panels;
pub(crate) mod pie;
pub(crate) mod points;
pub(crate) mod values;
