//! Histograms: bars that touch, over a numeric axis.

use plotline_chart::chart::{BinSeries, Chart, Side};

use super::lines;
use super::values::{self, Extent, Zero};
use crate::axes::{Along, Axes, Plan};
use crate::color::Rgb;
use crate::error::DrawError;
use crate::frame::{Entry, Frame, Swatch};
use crate::number::{Numbers, Unit};
use crate::painter::{Painter, Rect};
use crate::pen::Rounded;
use crate::scale::Scale;

/// Between neighbouring bars, in CSS pixels.
const GAP: f64 = 0.8;
/// Several series lie over each other, so that each can be seen through.
const OVERLAID_ALPHA: f64 = 0.55;

/// Draws a histogram.
pub(crate) fn draw(painter: &Painter<'_>, chart: &Chart, edges: &[f64], series: &[BinSeries]) -> Result<(), DrawError> {
    let colors: Vec<Rgb> = (0..series.len()).map(|i| painter.colors.series(i)).collect();
    let mut entries: Vec<Entry> = Vec::new();
    if series.len() > 1 {
        entries.extend(series.iter().zip(&colors).enumerate().map(|(i, (s, color))| Entry {
            name: lines::series_name(&s.name, i),
            color: *color,
            swatch: Swatch::Square,
        }));
    }
    entries.extend(lines::overlay_entries(painter, chart, series.len()));
    let frame = Frame::new(painter, chart, &entries);
    frame.draw(painter)?;
    panel(painter, chart, edges, series, (0, series), &colors, frame.inside)
}

/// Draws some series within a rectangle: `shown` says the place of the first among all, `series` sets the axes.
pub(crate) fn panel(
    painter: &Painter<'_>,
    chart: &Chart,
    edges: &[f64],
    series: &[BinSeries],
    (first, shown): (usize, &[BinSeries]),
    colors: &[Rgb],
    outer: Rect,
) -> Result<(), DrawError> {
    let (Some(low), Some(high)) = (edges.first().copied(), edges.last().copied()) else { return Err(DrawError::Empty) };
    let counts = series.iter().flat_map(|s| s.counts.iter().copied());
    let extent = Extent::of(counts.chain(lines::overlay_values(chart, Side::Left))).ok_or(DrawError::Empty)?;
    let whole = edges.iter().all(|edge| edge.fract() == 0.0);
    let numbers = Numbers::new(chart.style, Unit::of(&chart.x, low.abs().max(high.abs())));
    let along = Along::Numbers { scale: Scale::linear(low, high), numbers, whole };
    let plan = Plan {
        along_label: along.label(&chart.x),
        along,
        room_right: 8.0,
        ..Plan::over(values::axis(&chart.y, chart.style, extent, Zero::Always))
    };
    let axes = Axes::new(painter, outer, &plan);
    axes.draw_grid(painter)?;
    for (k, s) in shown.iter().enumerate() {
        let color = colors.get(k).copied().unwrap_or(painter.colors.text);
        let alpha = if shown.len() > 1 { OVERLAID_ALPHA } else { 1.0 };
        for (i, (pair, count)) in edges.windows(2).zip(&s.counts).enumerate() {
            let [from, to] = pair else { continue };
            if !count.is_finite() {
                continue;
            }
            let (left, top) = axes.place(*from, *count, Side::Left);
            let (right, bottom) = axes.place(*to, axes.baseline(Side::Left), Side::Left);
            let gap = if right - left > 4.0 * GAP { GAP / 2.0 } else { 0.0 };
            painter.datum("bin", first + k, i);
            let rect = Rect { left: left + gap, right: right - gap, top: top.min(bottom), bottom: top.max(bottom) };
            painter.rounded_rect(rect, color.alpha(alpha), Rounded::Top, 2.0f64.min(rect.width() / 5.0))?;
        }
    }
    axes.draw(painter, true)?;
    lines::draw_overlays(painter, &axes, chart, shown.len())
}
