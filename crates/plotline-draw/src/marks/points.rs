//! Scatter and bubble charts.

use plotline_chart::chart::{Chart, Kind, PointSeries, Side, XScale};

use super::lines;
use super::values::{self, Extent, Zero};
use crate::axes::{Axes, Plan};
use crate::color::Rgb;
use crate::dots::{Dots, Shows};
use crate::error::DrawError;
use crate::frame::{Entry, Frame, Swatch};
use crate::painter::{Anchor, At, Painter, Rect};
use crate::text::{Type, clean};

/// Points are named where there are no more than this in all.
const NAMED_MAX: usize = 24;
/// How far the names of points may reach beyond the chart on the right, into the margin, in CSS pixels.
const NAMES_OVERHANG: f64 = 12.0;
/// Radius of the largest bubble, in CSS pixels.
const BUBBLE_MAX: f64 = 30.0;
/// Even a bubble of nothing can be seen.
const BUBBLE_MIN: f64 = 1.5;
/// Beyond this, points in a series share one path.
const SINGLE_POINTS_MAX: usize = 600;
/// Places of many points, in CSS pixels: points in the same one are drawn once, the more opaque the more they are.
const CELL: f64 = 0.5;

struct Dot {
    at: At,
    radius: f64,
    /// Place in the series.
    index: usize,
}

/// Draws a scatter or bubble chart.
pub(crate) fn draw(
    painter: &Painter<'_>,
    chart: &Chart,
    x_scale: XScale,
    series: &[PointSeries],
) -> Result<(), DrawError> {
    let mut entries: Vec<Entry> = Vec::new();
    let overlays = lines::overlay_entries(painter, chart, series.len());
    // Beside their trend, the points of a single series have to be told too.
    if series.len() > 1 || !overlays.is_empty() && series.iter().any(|series| !series.name.trim().is_empty()) {
        entries.extend(series.iter().enumerate().map(|(i, s)| Entry {
            name: lines::series_name(&s.name, i),
            color: painter.colors.series(i),
            swatch: Swatch::Dot,
        }));
    }
    entries.extend(overlays);
    let frame = Frame::new(painter, chart, &entries);
    frame.draw(painter)?;
    let colors: Vec<Rgb> = (0..series.len()).map(|i| painter.colors.series(i)).collect();
    panel(painter, chart, x_scale, Shown { all: series, some: series, first: 0 }, &colors, frame.inside)
}

/// The series that a panel shows.
#[derive(Clone, Copy)]
pub(crate) struct Shown<'c> {
    /// Those that set the axes.
    pub(crate) all: &'c [PointSeries],
    /// Those that are drawn.
    pub(crate) some: &'c [PointSeries],
    /// The place of the first of them among all.
    pub(crate) first: usize,
}

/// Draws points within a rectangle.
pub(crate) fn panel(
    painter: &Painter<'_>,
    chart: &Chart,
    x_scale: XScale,
    shown: Shown<'_>,
    colors: &[Rgb],
    outer: Rect,
) -> Result<(), DrawError> {
    let (series, first) = (shown.some, shown.first);
    let drawn = |p: &&plotline_chart::chart::Point| p.x.is_finite() && p.y.is_some_and(f64::is_finite);
    let all = || shown.all.iter().flat_map(|s| s.points.iter()).filter(drawn);
    let overlays = || chart.options.overlays.iter().flat_map(|o| o.points.iter());
    let x = Extent::of(all().map(|p| p.x).chain(overlays().filter(|p| p.1.is_some()).map(|p| p.0)))
        .ok_or(DrawError::Empty)?;
    let on = |side: Side| {
        let series = shown.all.iter().filter(move |s| s.axis == side || chart.y2.is_none());
        let values = series.flat_map(|s| s.points.iter().filter_map(|p| p.y));
        Extent::of(values.chain(lines::overlay_values(chart, side)))
    };
    let y = on(Side::Left).unwrap_or(Extent { low: 0.0, high: 1.0, least_positive: f64::INFINITY, whole: true });
    let second =
        chart.y2.as_ref().and_then(|axis| Some(values::axis(axis, chart.style, on(Side::Right)?, Zero::IfTouched)));
    let mut value_axis = values::axis(&chart.y, chart.style, y, Zero::IfTouched);
    let bubble = chart.kind == Kind::Bubble;
    if !value_axis.log {
        // Points at the very edge would be cut in half; bubbles need more.
        let air = (value_axis.high * 0.5 - value_axis.low * 0.5) * if bubble { 0.22 } else { 0.06 };
        let keeps_zero = value_axis.low == 0.0 && !bubble;
        value_axis.low -= if keeps_zero { 0.0 } else { air };
        value_axis.high += air;
    }
    let mut padded = x;
    if bubble && !chart.x.log {
        let air = (x.high * 0.5 - x.low * 0.5) * 0.1;
        padded = Extent { low: x.low - air, high: x.high + air, ..x };
    }
    let along = lines::numeric_along(chart, x_scale, padded, true, 0.0);
    let plan = Plan {
        along_label: along.label(&chart.x),
        along,
        values: value_axis,
        second,
        horizontal: false,
        room_right: 8.0,
        room_top: 0.0,
        room_low: None,
        along_grid: true,
        quiet: false,
    };
    let axes = Axes::new(painter, outer, &plan);
    axes.draw_grid(painter)?;
    axes.draw(painter, false)?;
    let count = all().count();
    let largest = all().filter_map(|p| p.size).fold(0.0f64, f64::max);
    let radius = |size: Option<f64>| match size {
        Some(size) if bubble && largest > 0.0 => {
            (size.max(0.0) / largest).sqrt() * BUBBLE_MAX.min(axes.plot.height() / 9.0)
        }
        _ => point_radius(count),
    };
    let mut dots: Vec<Vec<Dot>> = series
        .iter()
        .map(|s| {
            let points = s.points.iter().enumerate().filter(|(_, p)| drawn(p));
            let dots = points.filter_map(|(index, p)| {
                Some(Dot { at: axes.place(p.x, p.y?, s.axis), radius: radius(p.size).max(BUBBLE_MIN), index })
            });
            dots.collect()
        })
        .collect();
    for (k, dots) in dots.iter_mut().enumerate() {
        let color = colors.get(k).copied().unwrap_or(painter.colors.text);
        if bubble {
            // Small bubbles go over large ones.
            dots.sort_by(|a, b| b.radius.total_cmp(&a.radius));
        }
        if dots.len() > SINGLE_POINTS_MAX {
            draw_many(painter, dots, color, first + k, point_radius(count));
        } else {
            draw_few(painter, dots, color, first + k, count, bubble)?;
        }
    }
    lines::draw_overlays(painter, &axes, chart, series.len())?;
    if count <= NAMED_MAX {
        draw_names(painter, &axes, series, &dots, outer);
    }
    Ok(())
}

fn point_radius(count: usize) -> f64 {
    match count {
        0..=60 => 5.0,
        61..=250 => 4.0,
        251..=1_000 => 3.2,
        1_001..=10_000 => 2.4,
        _ => 1.8,
    }
}

fn draw_few(
    painter: &Painter<'_>,
    dots: &[Dot],
    color: Rgb,
    series: usize,
    count: usize,
    bubble: bool,
) -> Result<(), DrawError> {
    let alpha = if bubble {
        0.62
    } else if count <= 60 {
        0.9
    } else {
        0.72
    };
    if !bubble {
        let (at, indices) = dots.iter().map(|dot| (dot.at, dot.index)).unzip();
        let radius = dots.first().map_or(0.0, |dot| dot.radius);
        painter.dots(Dots { series, shows: Shows::Each(indices), at, radius, color, alpha });
        return Ok(());
    }
    for dot in dots {
        painter.datum("bubble", series, dot.index);
        painter.circle(dot.at, dot.radius, color.alpha(alpha))?;
        painter.ring(dot.at, dot.radius, color.alpha(1.0), 1.3)?;
    }
    Ok(())
}

/// Many points on a grid of half pixels, which are whole pixels of the usual picture: nobody sees the quarter of a pixel, and dots that are
/// the same pixel by pixel make the file small. Points in the same place are one dot; dots are sorted into three classes by how many points
/// they stand for, so that dense places stand out.
fn draw_many(painter: &Painter<'_>, dots: &[Dot], color: Rgb, series: usize, radius: f64) {
    let cell = |px: f64| (px / CELL).round() as i32;
    let mut cells: Vec<(i32, i32)> = dots.iter().map(|dot| (cell(dot.at.1), cell(dot.at.0))).collect();
    cells.sort_unstable();
    const CLASSES: [(usize, usize, f64); 3] = [(1, 1, 0.55), (2, 4, 0.75), (5, usize::MAX, 1.0)];
    for (least, most, alpha) in CLASSES {
        let same = cells.chunk_by(|a, b| a == b).filter(|same| (least..=most).contains(&same.len()));
        let at =
            same.filter_map(|same| same.first()).map(|(y, x)| (f64::from(*x) * CELL, f64::from(*y) * CELL)).collect();
        painter.dots(Dots { series, shows: Shows::Together, at, radius, color, alpha });
    }
}

/// Names beside points, each where it covers no other name and no other point; without such a place it is left out.
fn draw_names(painter: &Painter<'_>, axes: &Axes, series: &[PointSeries], dots: &[Vec<Dot>], outer: Rect) {
    let kind = Type::SMALL;
    // Right of the plot there is room for names, unless a second axis stands there.
    let right = if axes.has_second() { axes.plot.right } else { outer.right + NAMES_OVERHANG };
    let plot = Rect { left: axes.plot.left, top: axes.plot.top, right, bottom: axes.plot.bottom };
    let mut taken: Vec<Rect> = dots
        .iter()
        .flatten()
        .map(|dot| {
            // The square within a large bubble, not around it: names may come near its rim.
            let r = dot.radius * if dot.radius > 8.0 { 0.86 } else { 1.0 } + 1.0;
            Rect { left: dot.at.0 - r, top: dot.at.1 - r, right: dot.at.0 + r, bottom: dot.at.1 + r }
        })
        .collect();
    painter.open(format_args!(" class=\"point-names\""));
    for (s, dots) in series.iter().zip(dots) {
        for dot in dots {
            let Some(name) = s.points.get(dot.index).and_then(|point| point.label.as_deref()) else { continue };
            let name = painter.fonts.shorten(&clean(name), kind, 130.0);
            let (x, y) = dot.at;
            let reach = dot.radius + 4.0;
            let middle = y + kind.cap() / 2.0;
            let candidates = [
                ((x + reach, middle), Anchor::Start),
                ((x - reach, middle), Anchor::End),
                ((x, y - reach - 1.0), Anchor::Middle),
                ((x, y + reach + kind.cap()), Anchor::Middle),
            ];
            let free = candidates.into_iter().find(|(at, anchor)| {
                let area = painter.text_box(&name, *at, *anchor, kind);
                let inside = area.left >= plot.left
                    && area.right <= plot.right
                    && area.top >= plot.top
                    && area.bottom <= plot.bottom;
                inside && !taken.iter().any(|other| other.overlaps(&area))
            });
            if let Some((at, anchor)) = free {
                let area = painter.text_box(&name, at, anchor, kind);
                taken.push(Rect { left: area.left - 3.0, right: area.right + 3.0, ..area });
                painter.text(&name, at, anchor, kind, painter.colors.text);
            }
        }
    }
    painter.close();
}
