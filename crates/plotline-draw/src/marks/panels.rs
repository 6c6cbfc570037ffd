//! Small multiples: a panel for each series, all with the same axes, so that they can be compared.

use plotline_chart::chart::{Chart, Data, Kind};

use super::{bars, histogram, lines, pie, points};
use crate::error::DrawError;
use crate::frame::{Entry, Frame, MARGIN, Swatch};
use crate::painter::{Anchor, Painter, Rect};
use crate::periods::Names;
use crate::renderer::SIDE_MAX;
use crate::text::{Type, clean};

/// Panels at most; a chart with more series is drawn as one.
pub(crate) const PANELS_MAX: usize = 60;
/// Between panels, in CSS pixels.
const GAP: (f64, f64) = (22.0, 16.0);
/// Height of a panel with its name.
const PANEL_HEIGHT: f64 = 158.0;
/// A panel is not narrower, in CSS pixels, so that its axes leave half of it to the marks.
const PANEL_WIDTH_MIN: f64 = 145.0;
/// The same with an axis on either side.
const PANEL_WIDTH_MIN_TWO_AXES: f64 = 220.0;
/// All rows together are not made higher than this by putting fewer panels side by side.
const HEIGHT_MAX: f64 = SIDE_MAX as f64 - 200.0;

/// Whether a chart is drawn as panels: as asked, or because its kind can show one series only.
pub(crate) fn wanted(chart: &Chart) -> bool {
    let series = series_count(&chart.data);
    let round = matches!(chart.kind, Kind::Pie | Kind::Donut);
    (2..=PANELS_MAX).contains(&series) && (chart.options.small_multiples || round)
}

/// The height that the panels of a chart want in a picture of a width, in CSS pixels.
pub(crate) fn height(chart: &Chart, width: f64) -> f64 {
    rows(chart, width) * (PANEL_HEIGHT + GAP.1)
}

/// Rows of panels in a picture of a width, or one where there are no panels.
pub(crate) fn rows(chart: &Chart, width: f64) -> f64 {
    let count = series_count(&chart.data);
    if wanted(chart) { count.div_ceil(columns(chart, width - 2.0 * MARGIN)) as f64 } else { 1.0 }
}

fn series_count(data: &Data) -> usize {
    match data {
        Data::Categories { series, .. } => series.len(),
        Data::Points { series, .. } => series.len(),
        Data::Bins { series, .. } => series.len(),
        Data::Groups { .. } | Data::Grid { .. } | Data::Ohlc { .. } => 1,
    }
}

/// Panels side by side within a width: fewer than usual where they would be too narrow for their axes, as long as the picture
/// does not become too high.
fn columns(chart: &Chart, width: f64) -> usize {
    let count = series_count(&chart.data);
    let usual = match count {
        0..=2 => 2,
        3..=9 if count != 4 => 3,
        4 => 2,
        _ => 4,
    };
    let least = if chart.y2.is_some() { PANEL_WIDTH_MIN_TWO_AXES } else { PANEL_WIDTH_MIN };
    let fits = |columns: &usize| {
        let wide = (width - GAP.0 * (columns - 1) as f64) / *columns as f64 >= least;
        let one_more_row = count.div_ceil((columns - 1).max(1)) as f64 * (PANEL_HEIGHT + GAP.1);
        wide || one_more_row > HEIGHT_MAX
    };
    (2..=usual).rev().find(fits).unwrap_or(1)
}

/// Draws a chart as panels.
pub(crate) fn draw(painter: &Painter<'_>, chart: &Chart) -> Result<(), DrawError> {
    let count = series_count(&chart.data);
    let round = matches!(chart.kind, Kind::Pie | Kind::Donut);
    let legend: Vec<Entry> = match &chart.data {
        Data::Categories { categories, .. } if round => categories
            .iter()
            .enumerate()
            .map(|(i, name)| Entry { name: clean(name), color: painter.colors.series(i), swatch: Swatch::Square })
            .collect(),
        _ => Vec::new(),
    };
    // The names stand over the panels, and the axes are named once, in the subtitle's place of each panel's own label.
    let frame = Frame::new(painter, chart, &legend);
    frame.draw(painter)?;
    let inside = frame.inside;
    let grid = columns(chart, inside.width());
    let rows = count.div_ceil(grid);
    let width = (inside.width() - GAP.0 * (grid - 1) as f64) / grid as f64;
    let height = (inside.height() - GAP.1 * (rows - 1) as f64) / rows as f64;
    for i in 0..count {
        let (column, row) = ((i % grid) as f64, (i / grid) as f64);
        let left = inside.left + column * (width + GAP.0);
        let top = inside.top + row * (height + GAP.1);
        let title = painter.fonts.shorten(&lines::series_name(name(&chart.data, i), i), Type::PANEL, width);
        painter.text(&title, (left, top + Type::PANEL.cap() + 2.0), Anchor::Start, Type::PANEL, painter.colors.text);
        let outer = Rect { left, top: top + Type::PANEL.line() + 4.0, right: left + width, bottom: top + height };
        painter.open(format_args!(" class=\"panel\" data-series=\"{i}\""));
        panel(painter, chart, i, outer)?;
        painter.close();
    }
    Ok(())
}

fn name(data: &Data, index: usize) -> &str {
    match data {
        Data::Categories { series, .. } => series.get(index).map_or("", |s| &s.name),
        Data::Points { series, .. } => series.get(index).map_or("", |s| &s.name),
        Data::Bins { series, .. } => series.get(index).map_or("", |s| &s.name),
        Data::Groups { .. } | Data::Grid { .. } | Data::Ohlc { .. } => "",
    }
}

fn panel(painter: &Painter<'_>, chart: &Chart, index: usize, outer: Rect) -> Result<(), DrawError> {
    let line = matches!(chart.kind, Kind::Line | Kind::Step | Kind::Area);
    // One colour: the names over the panels tell the series apart.
    let color = painter.colors.series(0);
    match &chart.data {
        Data::Categories { categories, series } if matches!(chart.kind, Kind::Pie | Kind::Donut) => {
            series.get(index).map_or(Ok(()), |s| pie::panel(painter, chart, categories, s, outer))
        }
        Data::Categories { categories, series } if !line => {
            let names = Names::of(categories, chart.dates);
            let shown = series.get(index..=index).unwrap_or_default();
            bars::panel(
                painter,
                chart,
                &names,
                bars::Shown { all: series, some: shown, first: index, color: Some(color) },
                false,
                outer,
            )
        }
        Data::Categories { .. } => lines::multiple(painter, chart, index, outer),
        Data::Points { .. } if line => lines::multiple(painter, chart, index, outer),
        Data::Points { x_scale, series } => {
            let shown = series.get(index..=index).unwrap_or_default();
            points::panel(
                painter,
                chart,
                *x_scale,
                points::Shown { all: series, some: shown, first: index },
                &[color],
                outer,
            )
        }
        Data::Bins { edges, series } => {
            let shown = series.get(index..=index).unwrap_or_default();
            histogram::panel(painter, chart, edges, series, (index, shown), &[color], outer)
        }
        Data::Groups { .. } | Data::Grid { .. } | Data::Ohlc { .. } => Ok(()),
    }
}
