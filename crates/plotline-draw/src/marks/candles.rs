//! Candlesticks: open, high, low and close of each period.

use plotline_chart::chart::{Candle, Chart, Side};

use super::lines;
use super::values::{self, Extent, Zero};
use crate::axes::{Along, Axes, Plan, axis_label};
use crate::error::DrawError;
use crate::frame::{Entry, Frame, Swatch};
use crate::number::Unit;
use crate::painter::{Painter, Rect};
use crate::periods::Names;

/// Bodies are no wider than this, in CSS pixels.
const BODY_WIDTH_MAX: f64 = 14.0;
/// A body of an unchanged price is still seen.
const BODY_HEIGHT_MIN: f64 = 1.2;

/// Draws a candlestick chart.
pub(crate) fn draw(
    painter: &Painter<'_>,
    chart: &Chart,
    periods: &[String],
    candles: &[Option<Candle>],
) -> Result<(), DrawError> {
    let colors = painter.colors;
    let mut entries = vec![
        Entry { name: "Close above open".to_owned(), color: colors.rise, swatch: Swatch::Square },
        Entry { name: "Close below open".to_owned(), color: colors.fall, swatch: Swatch::Square },
    ];
    entries.extend(lines::overlay_entries(painter, chart, 1));
    let frame = Frame::new(painter, chart, &entries);
    frame.draw(painter)?;
    let finite =
        |candle: &&Candle| [candle.open, candle.high, candle.low, candle.close].iter().all(|price| price.is_finite());
    let prices =
        candles.iter().flatten().filter(finite).flat_map(|candle| [candle.open, candle.high, candle.low, candle.close]);
    let extent = Extent::of(prices.chain(lines::overlay_values(chart, Side::Left))).ok_or(DrawError::Empty)?;
    let count = periods.len().max(candles.len());
    let names = Names::of(periods, chart.dates);
    let plan = Plan {
        along: Along::Categories { names, low: 0.0, high: count as f64 },
        along_label: axis_label(&chart.x.label, &Unit::parse(chart.x.unit.as_deref())),
        ..Plan::over(values::axis(&chart.y, chart.style, extent, Zero::IfNear))
    };
    let axes = Axes::new(painter, frame.inside, &plan);
    axes.draw_grid(painter)?;
    axes.draw(painter, false)?;
    let band = axes.plot.width() / count.max(1) as f64;
    let half = ((band * 0.66).clamp(0.6, BODY_WIDTH_MAX)) / 2.0;
    let wick = (band * 0.2).clamp(0.6, 1.6);
    for (i, candle) in candles.iter().enumerate() {
        let Some(candle) = candle.as_ref().filter(finite) else { continue };
        let color = if candle.close >= candle.open { colors.rise } else { colors.fall }.alpha(1.0);
        let place = |price: f64| axes.place(i as f64 + 0.5, price, Side::Left);
        let (x, high) = place(candle.high);
        let (_, low) = place(candle.low);
        painter.datum("wick", 0, i);
        painter.line(&[(x, high), (x, low)], color, wick)?;
        let (open, close) = (place(candle.open).1, place(candle.close).1);
        let (mut top, mut bottom) = (open.min(close), open.max(close));
        if bottom - top < BODY_HEIGHT_MIN {
            let middle = (top + bottom) / 2.0;
            (top, bottom) = (middle - BODY_HEIGHT_MIN / 2.0, middle + BODY_HEIGHT_MIN / 2.0);
        }
        painter.datum("candle", 0, i);
        painter.rect(Rect { left: x - half, right: x + half, top, bottom }, color)?;
    }
    lines::draw_overlays(painter, &axes, chart, 1)
}
