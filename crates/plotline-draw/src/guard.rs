//! What is too much to be drawn within a second. Charts that are made from tables have far fewer marks: there, what can be told apart
//! is the bound.

use plotline_chart::chart::{Chart, Data, Kind};

use crate::error::DrawError;

/// Series, whatever their kind.
const SERIES_MAX: usize = 1_000;
/// Bars of all series: they are rectangles and nothing else.
const BARS_MAX: usize = 200_000;
/// Slices: each is a shape with arcs.
const SLICES_MAX: usize = 10_000;
/// Boxes, violins and strips: each is several shapes.
const GROUPS_MAX: usize = 2_000;
/// Candles: each is a body and a wick.
const CANDLES_MAX: usize = 20_000;
/// Bubbles: each is a disc and a ring.
const BUBBLES_MAX: usize = 10_000;
/// Values of a heatmap and of lines.
const VALUES_MAX: usize = 4_000_000;

/// Refuses a chart with more marks than are drawn in reasonable time.
pub(crate) fn check(chart: &Chart) -> Result<(), DrawError> {
    let within = |what: &'static str, count: usize, most: usize| {
        if count > most { Err(DrawError::TooMany { what, count, most }) } else { Ok(()) }
    };
    match &chart.data {
        Data::Categories { categories, series } => {
            within("series", series.len(), SERIES_MAX)?;
            let values = categories.len().saturating_mul(series.len());
            match chart.kind {
                Kind::Pie | Kind::Donut => within("slices", values, SLICES_MAX),
                Kind::Line | Kind::Step | Kind::Area => within("values", values, VALUES_MAX),
                _ => within("bars", values, BARS_MAX),
            }
        }
        Data::Points { series, .. } => {
            within("series", series.len(), SERIES_MAX)?;
            let points = series.iter().map(|series| series.points.len()).sum();
            if chart.kind == Kind::Bubble {
                within("bubbles", points, BUBBLES_MAX)
            } else {
                within("points", points, VALUES_MAX)
            }
        }
        Data::Bins { series, .. } => within("series", series.len(), SERIES_MAX),
        Data::Groups { groups } => within("groups", groups.len(), GROUPS_MAX),
        Data::Grid { values, .. } => within("cells", values.len(), VALUES_MAX),
        Data::Ohlc { candles, .. } => within("candles", candles.len(), CANDLES_MAX),
    }
}
