//! Buttons and the menu under a chart.

use plotline_chart::chart::Kind;

use super::Action;

/// What a kind of chart is called.
pub(super) fn kind_label(kind: Kind) -> &'static str {
    match kind {
        Kind::Bar => "Bars",
        Kind::Line => "Line",
        Kind::Step => "Steps",
        Kind::Area => "Area",
        Kind::Scatter => "Scatter",
        Kind::Bubble => "Bubbles",
        Kind::Pie => "Pie",
        Kind::Donut => "Donut",
        Kind::Histogram => "Histogram",
        Kind::Box => "Box plot",
        Kind::Violin => "Violin",
        Kind::Strip => "Strip",
        Kind::Heatmap => "Heatmap",
        Kind::Candlestick => "Candlesticks",
        Kind::Combo => "Bars and line",
    }
}

pub(super) fn actions() -> Vec<Action> {
    Vec::new()
}
