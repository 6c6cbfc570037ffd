//! Distributions of groups: box plots, violins, strips.

use plotline_chart::chart::{Chart, Group, Kind, Side};

use super::values::{self, Extent, Zero};
use crate::axes::{Along, Axes, Plan, axis_label};
use crate::color::Rgb;
use crate::dots::{Dots, Shows};
use crate::error::DrawError;
use crate::frame::Frame;
use crate::number::Unit;
use crate::painter::{At, Painter, Rect};
use crate::pen::Rounded;
use crate::periods::Names;
use crate::statistics::{self, Density};

/// Boxes and violins are no wider than this, in CSS pixels.
const BOX_WIDTH_MAX: f64 = 64.0;
const VIOLIN_WIDTH_MAX: f64 = 110.0;
/// The share of its band that a box or a violin fills.
const BOX_FILL: f64 = 0.55;
const VIOLIN_FILL: f64 = 0.86;
const LINE: f64 = 2.0;
/// Outliers and points of a strip are drawn at most this many to a group; where there are more, neighbours share a pixel.
const POINTS_MAX: usize = 5_000;

/// Draws a box, violin or strip chart.
pub(crate) fn draw(painter: &Painter<'_>, chart: &Chart, groups: &[Group]) -> Result<(), DrawError> {
    let frame = Frame::new(painter, chart, &[]);
    frame.draw(painter)?;
    let extent = Extent::of(groups.iter().flat_map(|group| group.values.iter().copied())).ok_or(DrawError::Empty)?;
    let names: Vec<String> = groups.iter().map(|group| group.name.clone()).collect();
    let names = Names::of(&names, chart.dates);
    let plan = Plan {
        along: Along::Categories { names, low: 0.0, high: groups.len() as f64 },
        along_label: axis_label(&chart.x.label, &Unit::parse(chart.x.unit.as_deref())),
        ..Plan::over(values::axis(&chart.y, chart.style, extent, Zero::IfNear))
    };
    let axes = Axes::new(painter, frame.inside, &plan);
    axes.draw_grid(painter)?;
    let scale = axes.value_scale(Side::Left);
    axes.draw(painter, scale.low() <= 0.0 && scale.high() >= 0.0)?;
    let band = axes.plot.width() / groups.len().max(1) as f64;
    let color = painter.colors.series(0);
    for (i, group) in groups.iter().enumerate() {
        let mut values: Vec<f64> = group.values.iter().copied().filter(|value| value.is_finite()).collect();
        if values.is_empty() {
            continue;
        }
        values.sort_by(f64::total_cmp);
        match chart.kind {
            Kind::Violin => {
                draw_violin(painter, &axes, i, &values, (band * VIOLIN_FILL).min(VIOLIN_WIDTH_MAX) / 2.0, color)?
            }
            Kind::Strip => {
                draw_strip(painter, &axes, i, &values, (band * VIOLIN_FILL).min(VIOLIN_WIDTH_MAX) / 2.0, color)?
            }
            _ => draw_box(painter, &axes, i, &values, (band * BOX_FILL).min(BOX_WIDTH_MAX) / 2.0, color)?,
        }
    }
    Ok(())
}

fn center(axes: &Axes, group: usize, value: f64) -> At {
    axes.place(group as f64 + 0.5, value, Side::Left)
}

fn draw_box(
    painter: &Painter<'_>,
    axes: &Axes,
    group: usize,
    sorted: &[f64],
    half: f64,
    color: Rgb,
) -> Result<(), DrawError> {
    let summary = statistics::box_summary(sorted);
    let line = color.alpha(1.0);
    let fill = painter.colors.background.mix(color, 0.34).alpha(1.0);
    let (x, upper) = center(axes, group, summary.upper_quartile);
    let (_, lower) = center(axes, group, summary.lower_quartile);
    let (_, top) = center(axes, group, summary.upper_whisker);
    let (_, bottom) = center(axes, group, summary.lower_whisker);
    for (class, from, to) in [("whisker-high", upper, top), ("whisker-low", lower, bottom)] {
        painter.datum(class, 0, group);
        painter.line(&[(x, from), (x, to)], line, LINE)?;
        painter.line(&[(x - half * 0.35, to), (x + half * 0.35, to)], line, LINE)?;
    }
    let body = Rect { left: x - half, top: upper, right: x + half, bottom: lower };
    painter.datum("box", 0, group);
    painter.rounded_rect(body, fill, Rounded::All, 3.0)?;
    painter.tag(format_args!(" class=\"box-outline\""));
    painter.line(
        &[(x - half, upper), (x + half, upper), (x + half, lower), (x - half, lower), (x - half, upper)],
        line,
        LINE,
    )?;
    let (_, median) = center(axes, group, summary.median);
    painter.datum("median", 0, group);
    painter.line(&[(x - half + 1.0, median), (x + half - 1.0, median)], painter.colors.text.alpha(1.0), 3.0)?;
    let outliers =
        sorted.iter().enumerate().filter(|(_, v)| **v < summary.lower_whisker || **v > summary.upper_whisker);
    let mut last = f64::NEG_INFINITY;
    for (i, value) in outliers {
        let (x, y) = center(axes, group, *value);
        if (y - last).abs() < 0.5 {
            continue;
        }
        last = y;
        painter.datum("outlier", group, i);
        painter.ring((x, y), 2.6, line, 1.5)?;
    }
    Ok(())
}

fn draw_violin(
    painter: &Painter<'_>,
    axes: &Axes,
    group: usize,
    sorted: &[f64],
    half: f64,
    color: Rgb,
) -> Result<(), DrawError> {
    let density = Density::of(sorted);
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for (value, share) in density.outline() {
        let (x, y) = center(axes, group, value);
        left.push((x - half * share, y));
        right.push((x + half * share, y));
    }
    right.extend(left.into_iter().rev());
    painter.datum("violin", 0, group);
    painter.polygon(&right, painter.colors.background.mix(color, 0.5).alpha(1.0))?;
    if let Some(first) = right.first().copied() {
        right.push(first);
    }
    painter.tag(format_args!(" class=\"violin-outline\""));
    painter.line(&right, color.alpha(1.0), LINE - 0.4)?;
    let summary = statistics::box_summary(sorted);
    let (x, upper) = center(axes, group, summary.upper_quartile);
    let (_, lower) = center(axes, group, summary.lower_quartile);
    let (_, median) = center(axes, group, summary.median);
    painter.datum("quartiles", 0, group);
    painter.line(&[(x, upper), (x, lower)], painter.colors.text.alpha(1.0), 4.0)?;
    painter.circle((x, median), 4.6, painter.colors.background.alpha(1.0))?;
    painter.datum("median", 0, group);
    painter.circle((x, median), 3.4, painter.colors.text.alpha(1.0))
}

/// Every value as a point, spread sideways as far as its neighbourhood is dense, by a sequence that never clusters.
fn draw_strip(
    painter: &Painter<'_>,
    axes: &Axes,
    group: usize,
    sorted: &[f64],
    half: f64,
    color: Rgb,
) -> Result<(), DrawError> {
    let density = Density::of(sorted);
    let every = sorted.len().div_ceil(POINTS_MAX).max(1);
    let radius = if sorted.len() > 400 {
        2.0
    } else if sorted.len() > 120 {
        2.8
    } else {
        3.4
    };
    let last = sorted.len() - 1;
    let shown = sorted.iter().enumerate().filter(|(i, _)| i % every == 0 || *i == last);
    let (at, indices) = shown
        .map(|(i, value)| {
            let sideways = statistics::golden(i) * 2.0 - 1.0;
            let (x, y) = center(axes, group, *value);
            ((x + sideways * half * 0.9 * density.share_at(*value), y), i)
        })
        .unzip();
    painter.dots(Dots { series: group, shows: Shows::Each(indices), at, radius, color, alpha: 0.72 });
    let summary = statistics::box_summary(sorted);
    let (x, y) = center(axes, group, summary.median);
    let reach = half * 0.62;
    painter.datum("median", 0, group);
    painter.line(&[(x - reach, y), (x + reach, y)], painter.colors.text.alpha(1.0), 3.0)
}
