//! Lines, steps and areas, over categories, numbers or times; overlays such as trend lines.

use std::collections::BTreeMap;
use std::ops::Range;

use plotline_chart::chart::{Axis, CategorySeries, Chart, Data, Kind, Overlay, PointSeries, Side, Stack, XScale};

use super::gaps::Rhythm;
use super::values::{self, Extent, Zero};
use crate::axes::{Along, Axes, Plan, Values};
use crate::color::Rgb;
use crate::decimate;
use crate::error::DrawError;
use crate::frame::{Entry, Frame, Swatch};
use crate::number::{Numbers, Unit};
use crate::painter::{Anchor, At, Painter, Rect};
use crate::periods::Names;
use crate::scale::Scale;
use crate::text::{Type, clean};
use crate::theme::SERIES_COLORS;

/// Width of a line, in CSS pixels; thinner where there are many.
const LINE_WIDTH: f64 = 2.75;
const OVERLAY_WIDTH: f64 = 2.0;
/// Points get a dot each where there are no more than this in a series …
const DOTTED_POINTS_MAX: usize = 16;
/// … and no more than this in all.
const DOTTED_MAX: usize = 48;
const DOT_RADIUS: f64 = 3.6;
/// Where a quarter of the points share their place with another, each gets a dot, if there are no more than this.
const REPEATED_MAX: usize = 300;
/// Series whose names stand at the ends of their lines, at most.
const DIRECT_MAX: usize = 10;
/// Lines with more points than this have plain joins.
const PLAIN_JOINS_FROM: usize = 600;
/// Columns in which a stack of very many places is drawn: no fewer and no more than this …
const STACK_COLUMNS: (usize, usize) = (160, 1_000);
/// … and about this many in all of its layers.
const STACK_CORNERS_MAX: usize = 5_000;
/// From the end of a line to its name, in CSS pixels.
const LEAD: f64 = 15.0;
/// Of the width, at most this share for the names at the ends of lines.
const DIRECT_SHARE_MAX: f64 = 0.27;

/// A line to be drawn.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// Place among all series of the chart.
    pub(crate) index: usize,
    pub(crate) name: String,
    pub(crate) side: Side,
    pub(crate) color: Rgb,
    /// Place along the axis and value, with gaps.
    pub(crate) points: Vec<(f64, Option<f64>)>,
    /// Whether it is told from the first series of its colour by dashes.
    pub(crate) dashed: bool,
    /// For a stacked area: the lower edge, one value for each point.
    pub(crate) base: Option<Vec<f64>>,
    /// The rhythm of the places, which shows where periods are left out.
    pub(crate) rhythm: Option<Rhythm>,
}

impl Line {
    /// A series over categories, whose centres lie at halves.
    pub(crate) fn over_categories(index: usize, series: &CategorySeries, color: Rgb) -> Line {
        let points =
            series.values.iter().enumerate().map(|(i, v)| (i as f64 + 0.5, v.filter(|v| v.is_finite()))).collect();
        Line::through(points, index, series.name.clone(), series.axis, color)
    }

    fn over_points(index: usize, series: &PointSeries, color: Rgb) -> Line {
        let points = series
            .points
            .iter()
            .filter(|point| point.x.is_finite())
            .map(|point| (point.x, point.y.filter(|y| y.is_finite())))
            .collect();
        Line::through(points, index, series.name.clone(), series.axis, color)
    }

    fn through(points: Vec<(f64, Option<f64>)>, index: usize, name: String, side: Side, color: Rgb) -> Line {
        Line { index, name, side, color, points, dashed: true, base: None, rhythm: None }
    }

    /// Its values without gaps.
    pub(crate) fn values(&self) -> impl Iterator<Item = f64> + '_ {
        self.points.iter().filter_map(|(_, value)| *value)
    }

    /// Whether many of its points share their place with the point before.
    fn repeats_places(&self) -> bool {
        let same = self.points.windows(2).filter(|pair| pair[0].0 == pair[1].0).count();
        same * 4 > self.points.len()
    }

    /// The places of its points, split where it has no value or leaves periods out.
    fn unbroken(&self) -> Vec<Range<usize>> {
        let mut parts: Vec<Range<usize>> = Vec::new();
        for (i, (x, _)) in self.points.iter().enumerate().filter(|(_, (_, value))| value.is_some()) {
            let follows = |part: &&mut Range<usize>| {
                let before = self.points.get(part.end - 1);
                part.end == i
                    && !before.is_some_and(|(before, _)| self.rhythm.is_some_and(|rhythm| rhythm.breaks(*before, *x)))
            };
            match parts.last_mut().filter(follows) {
                Some(part) => part.end = i + 1,
                None => parts.push(i..i + 1),
            }
        }
        parts
    }

    fn last(&self) -> Option<(f64, f64)> {
        self.points.iter().rev().find_map(|(x, y)| Some((*x, (*y)?)))
    }
}

/// The name of a series, or what to call it when it has none.
pub(crate) fn series_name(name: &str, index: usize) -> String {
    let name = clean(name);
    if name.is_empty() { format!("Series {}", index + 1) } else { name }
}

/// Overlays in the legend.
pub(crate) fn overlay_entries(painter: &Painter<'_>, chart: &Chart, series: usize) -> Vec<Entry> {
    let named = chart.options.overlays.iter().enumerate().filter(|(_, overlay)| !overlay.name.trim().is_empty());
    named
        .map(|(i, overlay)| Entry {
            name: overlay.name.clone(),
            color: overlay_color(painter, chart, i, series),
            swatch: Swatch::Dashes,
        })
        .collect()
}

/// With one series an overlay has the text colour and stands out from it; with several, each overlay the colour of its series.
fn overlay_color(painter: &Painter<'_>, chart: &Chart, overlay: usize, series: usize) -> Rgb {
    if series > 1 && series == chart.options.overlays.len() {
        painter.colors.series(overlay).mix(painter.colors.text, 0.35)
    } else if overlay == 0 {
        painter.colors.text
    } else {
        painter.colors.series(series + overlay)
    }
}

/// The name that a chart gives to a series.
fn given_name(chart: &Chart, index: usize) -> &str {
    match &chart.data {
        Data::Categories { series, .. } => series.get(index).map_or("", |series| series.name.trim()),
        Data::Points { series, .. } => series.get(index).map_or("", |series| series.name.trim()),
        Data::Bins { .. } | Data::Groups { .. } | Data::Grid { .. } | Data::Ohlc { .. } => "",
    }
}

/// The lines of a chart: one for each series.
fn lines_of(painter: &Painter<'_>, chart: &Chart) -> Vec<Line> {
    match &chart.data {
        Data::Categories { series, .. } => {
            series.iter().enumerate().map(|(i, s)| Line::over_categories(i, s, painter.colors.series(i))).collect()
        }
        Data::Points { x_scale, series } => {
            let places = series.iter().flat_map(|s| s.points.iter()).map(|point| point.x);
            // What a step shows holds until the next, however far that is.
            let rhythm = Rhythm::of(*x_scale, places).filter(|_| chart.kind != Kind::Step);
            let lines = series.iter().enumerate();
            lines.map(|(i, s)| Line { rhythm, ..Line::over_points(i, s, painter.colors.series(i)) }).collect()
        }
        _ => Vec::new(),
    }
}

/// Draws a line, step or area chart.
pub(crate) fn draw(painter: &Painter<'_>, chart: &Chart) -> Result<(), DrawError> {
    let mut lines = lines_of(painter, chart);
    let stack = area_stack(chart, lines.len());
    if let Some(percent) = stack {
        stack_lines(&mut lines, percent)?;
    }
    let mut entries: Vec<Entry> = lines
        .iter()
        .map(|line| Entry {
            name: series_name(&line.name, line.index),
            color: line.color,
            swatch: if chart.kind == Kind::Area { Swatch::Square } else { Swatch::Line(line.index) },
        })
        .collect();
    let direct = direct_labels(painter, chart, &lines);
    let overlays = overlay_entries(painter, chart, lines.len());
    // Beside the average of a line, the line itself has to be told; alone it needs no name but the title.
    if direct.is_some() || entries.len() == 1 && (overlays.is_empty() || given_name(chart, 0).is_empty()) {
        entries.clear();
    }
    entries.extend(overlays);
    let frame = Frame::new(painter, chart, &entries);
    frame.draw(painter)?;
    panel(painter, chart, &lines, &lines, stack.is_some_and(|percent| percent), direct, frame.inside)
}

/// Draws one series in a panel of its own, with the axes that all of them share.
pub(crate) fn multiple(painter: &Painter<'_>, chart: &Chart, index: usize, outer: Rect) -> Result<(), DrawError> {
    let lines = lines_of(painter, chart);
    let mut shown = lines.get(index..=index).unwrap_or_default().to_vec();
    for line in &mut shown {
        line.color = painter.colors.series(0);
        line.dashed = false;
    }
    panel(painter, chart, &lines, &shown, false, None, outer)
}

/// Whether areas are stacked, and if so whether to 100 %.
fn area_stack(chart: &Chart, series: usize) -> Option<bool> {
    (chart.kind == Kind::Area && series > 1 && !chart.options.small_multiples)
        .then_some(chart.options.stack == Stack::Percent)
}

/// Stacks lines on each other. Where a series has no value it adds nothing.
fn stack_lines(lines: &mut [Line], percent: bool) -> Result<(), DrawError> {
    // Places as bits, so that equal places are the same key; the order is set by value below.
    let mut places: Vec<f64> = lines.iter().flat_map(|line| line.points.iter().map(|(x, _)| *x)).collect();
    places.sort_by(f64::total_cmp);
    places.dedup();
    let mut totals = vec![0.0; places.len()];
    let values: Vec<Vec<Option<f64>>> = lines
        .iter()
        .map(|line| {
            let by_place: BTreeMap<u64, f64> =
                line.points.iter().filter_map(|(x, y)| Some((x.to_bits(), (*y)?))).collect();
            places.iter().map(|place| by_place.get(&place.to_bits()).copied()).collect()
        })
        .collect();
    for row in &values {
        for (total, value) in totals.iter_mut().zip(row) {
            *total += value.unwrap_or(0.0).abs();
        }
    }
    values::check_totals(&totals)?;
    let kept = stack_places(&places, &totals, lines.len());
    let pick = |all: &[f64]| kept.iter().filter_map(|at| all.get(*at).copied()).collect::<Vec<f64>>();
    let (places, totals) = (pick(&places), pick(&totals));
    let values =
        values.into_iter().map(|row| kept.iter().map(|at| row.get(*at).copied().flatten()).collect::<Vec<_>>());
    let mut base = vec![0.0; places.len()];
    for (line, row) in lines.iter_mut().zip(values) {
        line.base = Some(base.clone());
        let tops = base.iter_mut().zip(&row).zip(&totals).map(|((base, value), total)| {
            let value = value.unwrap_or(0.0);
            *base += if percent { values::share(value, *total) * 100.0 } else { value };
            *base
        });
        line.points = places.iter().copied().zip(tops.map(Some)).collect();
        line.rhythm = None;
    }
    Ok(())
}

/// The places at which a stack is drawn: of very many, those of the highest and of the lowest stack in each of as many columns as are
/// drawn quickly, for every layer is a shape with all of them.
fn stack_places(places: &[f64], totals: &[f64], layers: usize) -> Vec<usize> {
    let columns = (STACK_CORNERS_MAX / layers.max(1)).clamp(STACK_COLUMNS.0, STACK_COLUMNS.1);
    let (Some(first), Some(last)) = (places.first(), places.last()) else { return Vec::new() };
    let width = last / columns as f64 - first / columns as f64;
    if places.len() <= columns * 4 || !(width.is_finite() && width > 0.0) {
        return (0..places.len()).collect();
    }
    let column = |at: usize| ((places[at] / width - first / width).floor()) as usize;
    let all: Vec<usize> = (0..places.len()).collect();
    let mut kept = vec![0, places.len() - 1];
    for same in all.chunk_by(|a, b| column(*a) == column(*b)) {
        let by_total = |a: &&usize, b: &&usize| totals[**a].total_cmp(&totals[**b]);
        kept.extend(same.iter().max_by(by_total));
        kept.extend(same.iter().min_by(by_total));
    }
    kept.sort_unstable();
    kept.dedup();
    kept
}

/// The along axis of a chart with lines.
fn along(chart: &Chart, lines: &[Line]) -> Result<Along, DrawError> {
    match &chart.data {
        Data::Categories { categories, .. } => {
            let count = categories.len() as f64;
            // Lines start and end at the centres of the first and last category; a little air for their labels.
            let air = if chart.kind == Kind::Area || chart.kind == Kind::Step { 0.0 } else { (count * 0.02).min(0.25) };
            let (low, high) = if count > 1.0 { (0.5 - air, count - 0.5 + air) } else { (0.0, 1.0) };
            Ok(Along::Categories { names: Names::of(categories, chart.dates), low, high })
        }
        Data::Points { x_scale, .. } => {
            let overlays =
                chart.options.overlays.iter().flat_map(|o| o.points.iter().filter(|p| p.1.is_some()).map(|p| p.0));
            let places = lines.iter().flat_map(|line| line.points.iter()).filter(|(_, y)| y.is_some()).map(|(x, _)| *x);
            let extent = Extent::of(places.chain(overlays)).ok_or(DrawError::Empty)?;
            Ok(numeric_along(chart, *x_scale, extent, false, finest(lines)))
        }
        _ => Err(DrawError::Unsuitable { kind: "line", reason: "it needs one value for each place along x" }),
    }
}

/// The smallest distance between neighbouring places, which bounds how fine the ticks of a time axis are.
fn finest(lines: &[Line]) -> f64 {
    let distances = lines.iter().flat_map(|line| line.points.windows(2)).map(|pair| (pair[1].0 - pair[0].0).abs());
    let finest = distances.filter(|d| *d > 0.0).fold(f64::INFINITY, f64::min);
    if finest.is_finite() { finest } else { 0.0 }
}

/// An axis of numbers, years or times.
pub(crate) fn numeric_along(chart: &Chart, x_scale: XScale, extent: Extent, padded: bool, finest_ms: f64) -> Along {
    let (mut low, mut high) = (extent.low, extent.high);
    let log = chart.x.log && x_scale == XScale::Number && low > 0.0;
    if low == high {
        let room = match x_scale {
            XScale::Time => 86_400_000.0,
            XScale::Year => 1.0,
            XScale::Number if log => low * 0.5,
            XScale::Number => {
                if low == 0.0 {
                    1.0
                } else {
                    low.abs() * 0.25
                }
            }
        };
        (low, high) = (low - room, high + room);
    } else if padded && !log {
        let air = (high * 0.5 - low * 0.5) * 0.06;
        // Air must not suggest values below zero where there are none.
        (low, high) = (if low >= 0.0 && low <= air * 4.0 { 0.0f64.min(low) } else { low - air }, high + air);
    }
    match x_scale {
        XScale::Time => Along::Times { low, high, finest_ms, dates: chart.dates },
        XScale::Year => Along::Years { low, high },
        XScale::Number => {
            let numbers = Numbers::new(chart.style, Unit::of(&chart.x, extent.low.abs().max(extent.high.abs())));
            let scale = if log {
                let (low, high) = if padded { (low / 1.15, high * 1.15) } else { (low, high) };
                Scale::log(low, high)
            } else {
                Scale::linear(low, high)
            };
            Along::Numbers { scale, numbers, whole: extent.whole }
        }
    }
}

fn value_axes(chart: &Chart, lines: &[Line], percent: bool) -> Result<(Values, Option<Values>), DrawError> {
    let zero = if chart.kind == Kind::Area { Zero::Always } else { Zero::IfNear };
    let on = |side: Side| {
        let lines = lines
            .iter()
            .filter(move |line| line.side == side || chart.y2.is_none())
            .flat_map(|line| line.values().chain(line.base.iter().flatten().copied()));
        Extent::of(lines.chain(overlay_values(chart, side)))
    };
    if lines.iter().all(|line| line.values().next().is_none()) {
        return Err(DrawError::Empty);
    }
    let second = chart.y2.as_ref().and_then(|axis| Some(values::axis(axis, chart.style, on(Side::Right)?, zero)));
    let extent = on(Side::Left).unwrap_or(Extent { low: 0.0, high: 1.0, least_positive: f64::INFINITY, whole: true });
    if percent {
        let axis = Axis { label: chart.y.label.clone(), unit: Some("%".to_owned()), log: false };
        let mut axis = values::axis(&axis, chart.style, extent, Zero::Always);
        (axis.low, axis.high) = (extent.low.min(0.0), 100.0);
        return Ok((axis, second));
    }
    Ok((values::axis(&chart.y, chart.style, extent, zero), second))
}

/// The names at the ends of lines, if all of them can stand there.
fn direct_labels(painter: &Painter<'_>, chart: &Chart, lines: &[Line]) -> Option<Vec<String>> {
    let allowed = painter.width * DIRECT_SHARE_MAX;
    // The names need a line each beside the plot, which takes about half of the picture.
    let enough_height = lines.len() as f64 * Type::VALUE.line() <= painter.height * 0.5;
    if lines.len() < 2 || lines.len() > DIRECT_MAX || !enough_height || chart.y2.is_some() {
        return None;
    }
    let names: Vec<String> = lines.iter().map(|line| series_name(&line.name, line.index)).collect();
    if names.iter().any(|name| painter.fonts.measure(name, Type::VALUE) > allowed) {
        return None;
    }
    // A name far from the right edge would stand among other lines.
    let places = || lines.iter().flat_map(|line| line.points.iter().map(|(x, _)| *x));
    let (low, high) = places().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), x| (l.min(x), h.max(x)));
    let near_end = |line: &Line| line.last().is_some_and(|(x, _)| x >= high - (high - low) * 0.04);
    lines.iter().all(near_end).then_some(names)
}

/// Draws lines within a rectangle; `all` of them set the axes.
fn panel(
    painter: &Painter<'_>,
    chart: &Chart,
    all: &[Line],
    lines: &[Line],
    percent: bool,
    direct: Option<Vec<String>>,
    outer: Rect,
) -> Result<(), DrawError> {
    let (values, second) = value_axes(chart, all, percent)?;
    let widest = direct.iter().flatten().map(|name| painter.fonts.measure(name, Type::VALUE)).fold(0.0, f64::max);
    let end_value = end_value(chart, lines, &values).filter(|_| direct.is_none());
    let end_width = end_value.as_ref().map_or(0.0, |text| painter.fonts.measure(text, Type::VALUE));
    let room_right = if widest > 0.0 || end_width > 0.0 { widest.max(end_width) + LEAD + 2.0 } else { 6.0 };
    let along = along(chart, all)?;
    let plan = Plan {
        along_label: along.label(&chart.x),
        along,
        values,
        second,
        horizontal: false,
        room_right,
        room_top: 0.0,
        room_low: None,
        along_grid: false,
        quiet: false,
    };
    let axes = Axes::new(painter, outer, &plan);
    axes.draw_grid(painter)?;
    let has_zero = axes.value_scale(Side::Left).low() <= 0.0 && axes.value_scale(Side::Left).high() >= 0.0;
    if chart.kind == Kind::Area {
        draw_areas(painter, &axes, lines)?;
        axes.draw(painter, has_zero)?;
    } else {
        axes.draw(painter, has_zero)?;
        draw_lines(painter, &axes, lines, chart.kind == Kind::Step)?;
    }
    draw_overlays(painter, &axes, chart, lines.len())?;
    if let Some(names) = &direct {
        draw_direct(painter, &axes, lines, names);
    }
    if let (Some(text), Some(line)) = (&end_value, lines.first())
        && let Some((x, y)) = line.last()
    {
        let (x, y) = axes.place(x, y, line.side);
        painter.text(
            text,
            (x + LEAD - 3.0, y.min(axes.beside_bottom()) + Type::VALUE.cap() / 2.0),
            Anchor::Start,
            Type::VALUE,
            painter.colors.text,
        );
    }
    Ok(())
}

/// The last value of a single line, written at its end.
fn end_value(chart: &Chart, lines: &[Line], axis: &Values) -> Option<String> {
    let [line] = lines else { return None };
    if chart.y2.is_some() || chart.options.small_multiples || !chart.options.overlays.is_empty() {
        return None;
    }
    line.last().map(|(_, value)| axis.numbers.value(value))
}

fn draw_direct(painter: &Painter<'_>, axes: &Axes, lines: &[Line], names: &[String]) {
    let stacked = lines.iter().any(|line| line.base.is_some());
    let mut wanted: Vec<(usize, f64, f64)> = lines
        .iter()
        .enumerate()
        .filter_map(|(i, line)| {
            let (x, y) = line.last()?;
            // In a stack the name belongs to the middle of its layer.
            let base = line.base.as_ref().and_then(|base| base.last().copied()).filter(|_| stacked);
            let value = base.map_or(y, |base| (y + base) / 2.0);
            let (x, y) = axes.place(x, value, line.side);
            Some((i, x, y))
        })
        .collect();
    wanted.sort_by(|a, b| a.2.total_cmp(&b.2));
    let places: Vec<f64> = wanted.iter().map(|(_, _, y)| *y).collect();
    let limits = (axes.plot.top - 6.0, axes.beside_bottom());
    painter.needs_height(limits.1 - limits.0, lines.len().saturating_sub(1) as f64 * Type::VALUE.line());
    let spread = spread(&places, Type::VALUE.line(), limits);
    painter.open(format_args!(" class=\"series-labels\""));
    for ((i, x, wanted_y), y) in wanted.iter().zip(spread) {
        let (Some(line), Some(name)) = (lines.get(*i), names.get(*i)) else { continue };
        let color = painter.colors.label(line.index);
        let end = axes.plot.right.max(*x);
        if (y - wanted_y).abs() > 4.0 {
            // A label that had to move is led back to its line.
            let _drawn = painter.line(&[(end + 6.0, *wanted_y), (end + LEAD - 4.0, y)], line.color.alpha(0.8), 1.0);
        }
        painter.text(name, (end + LEAD, y + Type::VALUE.cap() / 2.0), Anchor::Start, Type::VALUE, color);
    }
    painter.close();
}

/// Moves places apart until neighbours are `distance` apart, within limits, as little as possible. `wanted` is ascending.
pub(crate) fn spread(wanted: &[f64], distance: f64, (low, high): (f64, f64)) -> Vec<f64> {
    let mut places = wanted.to_vec();
    // Blocks of touching labels, each centred on the mean of what its members want; merged while they overlap.
    let mut blocks: Vec<(f64, usize)> = Vec::new();
    let top_of = |(sum, count): (f64, usize)| {
        let length = (count - 1) as f64 * distance;
        (sum / count as f64 - length / 2.0).clamp(low, (high - length).max(low))
    };
    for want in wanted {
        blocks.push((*want, 1));
        while let [.., before, last] = blocks.as_slice() {
            let (before, last) = (*before, *last);
            if top_of(before) + before.1 as f64 * distance <= top_of(last) + 1e-9 {
                break;
            }
            blocks.pop();
            if let Some(block) = blocks.last_mut() {
                *block = (before.0 + last.0, before.1 + last.1);
            }
        }
    }
    let mut index = 0;
    for block in blocks {
        let top = top_of(block);
        for k in 0..block.1 {
            if let Some(place) = places.get_mut(index) {
                *place = top + k as f64 * distance;
            }
            index += 1;
        }
    }
    places
}

/// Colours start again after the palette; dashes tell the second round of lines from the first, dots the third.
pub(crate) fn dash(index: usize, width: f64) -> String {
    match index / SERIES_COLORS % 3 {
        0 => String::new(),
        1 => format!(" stroke-dasharray=\"{:.1} {:.1}\"", width * 3.2, width * 2.2),
        _ => format!(" stroke-dasharray=\"0 {:.1}\"", width * 2.0),
    }
}

/// Draws lines over other marks.
pub(crate) fn draw_over(painter: &Painter<'_>, axes: &Axes, lines: &[Line]) -> Result<(), DrawError> {
    draw_lines(painter, axes, lines, false)
}

/// The unbroken stretches of a line, in pixels.
fn stretches(axes: &Axes, line: &Line, step: bool) -> Vec<Vec<At>> {
    let mut stretches = Vec::new();
    for part in line.unbroken() {
        let mut stretch: Vec<At> = Vec::with_capacity(part.len());
        for (x, value) in line.points.get(part).unwrap_or_default() {
            let Some(value) = value else { continue };
            let at = axes.place(*x, *value, line.side);
            if let Some(last) = stretch.last().copied().filter(|_| step) {
                stretch.push((at.0, last.1));
            }
            stretch.push(at);
        }
        stretches.push(stretch);
    }
    stretches
}

fn draw_lines(painter: &Painter<'_>, axes: &Axes, lines: &[Line], step: bool) -> Result<(), DrawError> {
    let points: usize = lines.iter().map(|line| line.points.len()).sum();
    let densest = lines.iter().map(|line| line.points.len()).max().unwrap_or(0);
    // Several values in one place: the values are what counts, and the line between them no more than a hint.
    let repeated = points <= REPEATED_MAX && lines.iter().any(Line::repeats_places);
    let dotted = repeated || densest <= DOTTED_POINTS_MAX && points <= DOTTED_MAX;
    let alpha = if repeated { 0.45 } else { 1.0 };
    let width = if repeated || lines.len() > 12 || densest > 1_500 {
        1.6
    } else if densest > 300 {
        2.0
    } else {
        LINE_WIDTH
    };
    // Of a thin line with corners at every pixel nobody sees the joins, but an arc at each costs more than the line.
    let joins = if densest > PLAIN_JOINS_FROM { " stroke-linejoin=\"bevel\"" } else { "" };
    for line in lines.iter().rev() {
        let color = line.color.alpha(1.0);
        for stretch in stretches(axes, line, step) {
            if let [lonely] = stretch.as_slice() {
                if !dotted {
                    painter.circle(*lonely, width * 0.8, color)?;
                }
                continue;
            }
            let dash = if line.dashed { dash(line.index, width) } else { String::new() };
            painter.tag(format_args!(" class=\"line\" data-series=\"{}\"{dash}{joins}", line.index));
            painter.line(&decimate::m4(&stretch, lines.len()), line.color.alpha(alpha), width)?;
        }
        for (i, (x, value)) in line.points.iter().enumerate() {
            let is_end = lines.len() == 1 && line.points[i..].iter().skip(1).all(|(_, y)| y.is_none());
            if let Some(value) =
                value.filter(|_| dotted || (densest > DOTTED_POINTS_MAX && is_end && i + 1 == line.points.len()))
            {
                let at = axes.place(*x, value, line.side);
                // A rim of background keeps dots apart from lines that cross.
                painter.circle(at, DOT_RADIUS + 1.4, painter.colors.background.alpha(1.0))?;
                painter.datum("point", line.index, i);
                painter.circle(at, DOT_RADIUS, color)?;
            }
        }
    }
    Ok(())
}

fn draw_areas(painter: &Painter<'_>, axes: &Axes, lines: &[Line]) -> Result<(), DrawError> {
    for line in lines {
        let stacked = line.base.is_some();
        let alpha = if stacked { 0.88 } else { 0.28 };
        // A stacked area has no gaps.
        for Range { start, end } in line.unbroken() {
            let upper: Vec<At> =
                line.points[start..end].iter().filter_map(|(x, y)| Some(axes.place(*x, (*y)?, line.side))).collect();
            if !upper.is_empty() {
                let base = |i: usize| {
                    line.base.as_ref().and_then(|base| base.get(i).copied()).unwrap_or(axes.baseline(line.side))
                };
                let lower: Vec<At> =
                    (start..end).filter_map(|i| Some(axes.place(line.points.get(i)?.0, base(i), line.side))).collect();
                let upper = decimate::m4(&upper, lines.len());
                let mut outline = upper.clone();
                outline.extend(decimate::m4(&lower, lines.len()).into_iter().rev());
                painter.tag(format_args!(" class=\"area\" data-series=\"{}\"", line.index));
                painter.polygon(&outline, line.color.alpha(alpha))?;
                if let [lonely] = upper.as_slice() {
                    // A period alone has no area: a dot, and a line down to where its area would begin.
                    let color = line.color.alpha(1.0);
                    let foot = lower.first().copied().unwrap_or(*lonely);
                    painter.line(&[*lonely, foot], line.color.alpha(alpha), LINE_WIDTH)?;
                    painter.datum("point", line.index, start);
                    painter.circle(*lonely, DOT_RADIUS, color)?;
                } else if !stacked {
                    painter.tag(format_args!(" class=\"line\" data-series=\"{}\"", line.index));
                    painter.line(&upper, line.color.alpha(1.0), LINE_WIDTH - 0.5)?;
                }
            }
        }
    }
    // A seam of background between the layers.
    for line in lines.iter().filter(|line| line.base.is_some()) {
        let upper: Vec<At> = line.points.iter().filter_map(|(x, y)| Some(axes.place(*x, (*y)?, line.side))).collect();
        painter.line(&decimate::m4(&upper, lines.len()), painter.colors.background.alpha(1.0), 1.0)?;
    }
    Ok(())
}

/// The values of overlays that the axis on a side must show. What a trend predicts below zero has no place on a logarithmic axis.
pub(crate) fn overlay_values(chart: &Chart, side: Side) -> impl Iterator<Item = f64> + '_ {
    let axis = match (side, &chart.y2) {
        (Side::Right, Some(axis)) => axis,
        _ => &chart.y,
    };
    let overlays = chart.options.overlays.iter().filter(move |overlay| overlay.axis == side || chart.y2.is_none());
    overlays
        .flat_map(|overlay| overlay.points.iter().filter_map(|point| point.1))
        .filter(|value| *value > 0.0 || !axis.log)
}

/// Draws trend lines and averages.
pub(crate) fn draw_overlays(painter: &Painter<'_>, axes: &Axes, chart: &Chart, series: usize) -> Result<(), DrawError> {
    let by_index = matches!(chart.data, Data::Categories { .. } | Data::Ohlc { .. });
    for (i, overlay) in chart.options.overlays.iter().enumerate() {
        let color = overlay_color(painter, chart, i, series).alpha(1.0);
        for stretch in overlay_stretches(axes, overlay, by_index) {
            if let [lonely] = stretch.as_slice() {
                painter.circle(*lonely, OVERLAY_WIDTH, color)?;
                continue;
            }
            painter.tag(format_args!(" class=\"overlay\" data-index=\"{i}\" stroke-dasharray=\"6 5.5\""));
            painter.line(&decimate::m4(&stretch, series), color, OVERLAY_WIDTH)?;
        }
    }
    Ok(())
}

/// The unbroken stretches of an overlay, in pixels.
fn overlay_stretches(axes: &Axes, overlay: &Overlay, by_index: bool) -> Vec<Vec<At>> {
    let offset = if by_index { 0.5 } else { 0.0 };
    let stretches = overlay.points.split(|(_, y)| y.is_none()).map(|stretch| {
        let finite = stretch.iter().filter_map(|(x, y)| Some((*x, y.filter(|y| x.is_finite() && y.is_finite())?)));
        finite.map(|(x, y)| axes.place(x + offset, y, overlay.axis)).collect::<Vec<At>>()
    });
    stretches.filter(|stretch| !stretch.is_empty()).collect()
}
