//! Bars over categories: standing or lying, side by side, stacked or to 100 %; lines over them in a combo.

use plotline_chart::chart::{Axis, CategorySeries, Chart, Kind, Mark, Side, Stack};

use super::lines::{self, Line};
use super::panels::PANELS_MAX;
use super::values::{self, Extent, Zero};
use crate::axes::{Along, Axes, Plan, RoomLow, Values, axis_label};
use crate::color::Rgb;
use crate::error::DrawError;
use crate::font::Fonts;
use crate::frame::{Entry, Frame, MARGIN, Swatch};
use crate::labels::{self, Bands};
use crate::number::{Numbers, Unit};
use crate::painter::{Anchor, Painter, Rect};
use crate::pen::Rounded;
use crate::periods::Names;
use crate::text::Type;

/// Bars are no wider than this, in CSS pixels: a few categories do not become blocks.
const BAR_WIDTH_MAX: f64 = 84.0;
/// The share of a category's band that its bars fill.
const BAND_FILL: f64 = 0.74;
/// Radius of the free end of a bar.
const RADIUS: f64 = 3.0;
/// Values are written at this many bars at most.
const LABELLED_MAX: usize = 40;
/// Values are written at lying bars if that takes at most this share of the width.
const LABELS_SHARE_MAX: f64 = 0.42;
/// Between the values of neighbouring bars.
const VALUES_APART: f64 = 3.0;
/// Between a bar and its value.
const VALUE_GAP: f64 = 6.0;
/// Between the parts of a stack.
const STACK_GAP: f64 = 1.0;
/// Beyond this many bars in a series each is thinner than a pixel or two, and they share one path.
const SINGLE_BARS_MAX: usize = 400;
/// More rows are thinner than their names by so much that lying gains nothing.
const FLIP_ROWS_MAX: usize = 400;
/// Lying bars side by side, and the space between their rows, in CSS pixels: what suits them, and the least.
const LYING_BAR: (f64, f64) = (16.0, 6.0);
const LYING_GAP: (f64, f64) = (12.0, 5.0);

/// Where a bar reaches from and to, in values.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Reach {
    from: f64,
    to: f64,
}

/// The reach of every bar of every series; none for gaps.
type Reaches = Vec<Vec<Option<Reach>>>;

struct BarSeries<'c> {
    /// Place among all series of the chart.
    index: usize,
    series: &'c CategorySeries,
    color: Rgb,
}

/// Whether the bars of a chart lie: as asked, or because their names would have to be turned or cut.
pub(crate) fn is_horizontal(
    fonts: &Fonts,
    chart: &Chart,
    names: &Names,
    series: &[CategorySeries],
    width: f64,
) -> bool {
    if chart.kind == Kind::Combo || series.iter().any(|s| s.mark == Mark::Line || s.axis == Side::Right) {
        return false;
    }
    if let Some(asked) = chart.options.horizontal {
        return asked;
    }
    if names.len() > FLIP_ROWS_MAX || names.sequence || !chart.options.overlays.is_empty() {
        return false;
    }
    // The width that is left beside typical tick labels.
    let length = width - 2.0 * MARGIN - 48.0;
    let step = length / names.len().max(1) as f64;
    let bands = Bands { first: step / 2.0, step, overhang: (48.0, 0.0), length };
    let fitted = labels::categories(fonts, names, bands);
    !fitted.complete || fitted.angle != 0.0
}

/// The heights that lying bars want, in CSS pixels, without title and notes: what suits them and their names, and the least.
pub(crate) fn lying_heights(fonts: &Fonts, names: &Names, bars_each: usize, width: f64) -> (f64, f64) {
    let (suits, least) = labels::rows_beside(fonts, &names.whole(), width - 2.0 * MARGIN);
    let bars = bars_each as f64;
    let suits = (LYING_GAP.0 + LYING_BAR.0 * bars).max(26.0).max(suits);
    let least = (LYING_GAP.1 + LYING_BAR.1 * bars).max(least);
    let rows = names.len() as f64;
    (rows * suits + 40.0, rows * least + 40.0)
}

/// Draws bars, and lines where a series asks for them.
pub(crate) fn draw(
    painter: &Painter<'_>,
    chart: &Chart,
    categories: &[String],
    series: &[CategorySeries],
) -> Result<(), DrawError> {
    let names = Names::of(categories, chart.dates);
    let horizontal = is_horizontal(painter.fonts, chart, &names, series, painter.width);
    let legend = legend(painter, chart, series);
    let frame = Frame::new(painter, chart, if legend.len() > 1 { &legend } else { &[] });
    frame.draw(painter)?;
    let shown = Shown { all: series, some: series, first: 0, color: None };
    panel(painter, chart, &names, shown, horizontal, frame.inside)
}

fn legend(painter: &Painter<'_>, chart: &Chart, series: &[CategorySeries]) -> Vec<Entry> {
    let mut entries: Vec<Entry> = series
        .iter()
        .enumerate()
        .map(|(i, s)| Entry {
            name: lines::series_name(&s.name, i),
            color: painter.colors.series(i),
            swatch: if s.mark == Mark::Line { Swatch::Line(i) } else { Swatch::Square },
        })
        .collect();
    entries.extend(lines::overlay_entries(painter, chart, series.len()));
    entries
}

/// The series that a panel shows.
#[derive(Clone, Copy)]
pub(crate) struct Shown<'c> {
    /// Those that set the axes.
    pub(crate) all: &'c [CategorySeries],
    /// Those that are drawn.
    pub(crate) some: &'c [CategorySeries],
    /// The place of the first of them among all.
    pub(crate) first: usize,
    /// One colour for them, or none for the colours of the palette.
    pub(crate) color: Option<Rgb>,
}

impl<'c> Shown<'c> {
    fn bars(&self, painter: &Painter<'_>, series: &'c [CategorySeries]) -> Vec<BarSeries<'c>> {
        let bars = series.iter().enumerate().filter(|(_, s)| s.mark == Mark::Bar);
        bars.map(|(i, series)| BarSeries { index: self.first + i, series, color: self.color_of(painter, i) }).collect()
    }

    fn lines(&self, painter: &Painter<'_>, series: &[CategorySeries]) -> Vec<Line> {
        let lines = series.iter().enumerate().filter(|(_, s)| s.mark == Mark::Line);
        lines.map(|(i, s)| Line::over_categories(self.first + i, s, self.color_of(painter, i))).collect()
    }

    fn color_of(&self, painter: &Painter<'_>, index: usize) -> Rgb {
        self.color.unwrap_or_else(|| painter.colors.series(self.first + index))
    }
}

/// Draws the bars of some series within a rectangle.
pub(crate) fn panel(
    painter: &Painter<'_>,
    chart: &Chart,
    names: &Names,
    shown: Shown<'_>,
    horizontal: bool,
    outer: Rect,
) -> Result<(), DrawError> {
    let series = shown.some;
    let bars = shown.bars(painter, series);
    let over = shown.lines(painter, series);
    // What is stacked is read from one axis; parts on another would not add up.
    let one_axis = chart.y2.is_none() || shown.all.iter().all(|s| s.mark == Mark::Line || s.axis == Side::Left);
    let stack = if bars.len() > 1 && one_axis { chart.options.stack } else { Stack::None };
    let count = names.len();
    let reaches = reaches(&bars, count, stack)?;
    let (all_bars, all_lines) = (shown.bars(painter, shown.all), shown.lines(painter, shown.all));
    let all_reaches = self::reaches(&all_bars, count, stack)?;
    let Some(left) = left_axis(chart, &all_bars, &all_reaches, &all_lines, stack) else { return Err(DrawError::Empty) };
    let second = second_axis(chart, &all_bars, &all_lines);
    let bars_each = if stack == Stack::None { bars.len().max(1) } else { 1 };
    let plan = Plan {
        along: Along::Categories { names: names.clone(), low: 0.0, high: count as f64 },
        along_label: axis_label(&chart.x.label, &Unit::parse(chart.x.unit.as_deref())),
        values: left,
        second,
        horizontal,
        room_right: 0.0,
        room_top: 0.0,
        room_low: None,
        along_grid: false,
        quiet: false,
    };
    let crossed = !all_lines.is_empty() || !chart.options.overlays.is_empty();
    let value_texts = bar_value_texts(&plan.values, &bars, stack, count, crossed);
    // Panels are labelled all or none, so that their axes stay alike.
    let widest = widest_value(painter, &plan.values, &all_bars);
    let slots = (count * bars_each).max(1) as f64;
    let labelled = value_texts.as_ref().map(|_| with_room_for_values(&plan, widest)).filter(|plan| {
        let ends = if plan.room_low.is_some() { 2.0 } else { 1.0 };
        let high_enough = outer.height() / slots * BAND_FILL >= Type::VALUE.cap() + 3.0;
        !horizontal || (high_enough && plan.room_right * ends <= outer.width() * LABELS_SHARE_MAX)
    });
    let share = if bars_each == 1 { 1.0 } else { BAND_FILL };
    let fits = |axes: &Axes| horizontal || widest + VALUES_APART <= axes.plot.width() / slots * share;
    let axes = labelled.map(|plan| Axes::new(painter, outer, &plan)).filter(fits);
    let labelled = axes.is_some();
    let axes = axes.unwrap_or_else(|| Axes::new(painter, outer, &plan));
    axes.draw_grid(painter)?;
    let rects = bar_rects(&axes, &bars, &reaches, stack, bars_each);
    for (bar, rects) in bars.iter().zip(&rects) {
        draw_series(painter, &axes, bar, rects, stack)?;
    }
    axes.draw(painter, true)?;
    lines::draw_over(painter, &axes, &over)?;
    lines::draw_overlays(painter, &axes, chart, series.len())?;
    if let (true, Some(texts)) = (labelled, &value_texts) {
        draw_values(painter, &axes, &bars, &rects, texts);
    } else if stack != Stack::None {
        draw_values_inside(painter, &plan.values.numbers, &axes, &bars, &rects, stack);
    }
    Ok(())
}

/// The width of the widest value at a bar.
fn widest_value(painter: &Painter<'_>, axis: &Values, bars: &[BarSeries<'_>]) -> f64 {
    let all: Vec<f64> = bars.iter().flat_map(|bar| bar.series.values.iter().flatten().copied()).collect();
    if all.len() > LABELLED_MAX * PANELS_MAX {
        return f64::INFINITY;
    }
    axis.numbers.values(&all).iter().map(|text| painter.fonts.measure(text, Type::VALUE)).fold(0.0, f64::max)
}

/// Room for values at the ends of bars, beyond the longest; where every bar has its value, lying bars need no axis.
fn with_room_for_values(plan: &Plan, widest: f64) -> Plan {
    let mut plan = plan.clone();
    let below = if plan.horizontal {
        plan.quiet = true;
        plan.values.nice = false;
        plan.room_right = widest + VALUE_GAP;
        plan.room_right
    } else {
        plan.room_top = 12.0;
        VALUE_GAP + Type::VALUE.cap()
    };
    if plan.values.low < 0.0 && !plan.values.log {
        plan.room_low = Some(RoomLow { value: plan.values.low, px: below });
    }
    plan
}

fn reaches(bars: &[BarSeries<'_>], count: usize, stack: Stack) -> Result<Reaches, DrawError> {
    let value = |bar: &BarSeries<'_>, i: usize| bar.series.values.get(i).copied().flatten().filter(|v| v.is_finite());
    let mut above = vec![0.0; count];
    let mut below = vec![0.0; count];
    let totals: Vec<f64> =
        (0..count).map(|i| bars.iter().filter_map(|bar| value(bar, i)).map(f64::abs).sum()).collect();
    if stack != Stack::None {
        values::check_totals(&totals)?;
    }
    let reaches = bars.iter().map(|bar| {
        (0..count)
            .map(|i| {
                let value = value(bar, i)?;
                let length = match stack {
                    Stack::None => return Some(Reach { from: f64::NAN, to: value }),
                    Stack::Stacked => value,
                    Stack::Percent => values::share(value, totals.get(i).copied().unwrap_or(0.0)) * 100.0,
                };
                let end = if value < 0.0 { below.get_mut(i)? } else { above.get_mut(i)? };
                let from = *end;
                *end += length;
                Some(Reach { from, to: *end })
            })
            .collect()
    });
    Ok(reaches.collect())
}

fn left_axis(chart: &Chart, bars: &[BarSeries<'_>], reaches: &Reaches, over: &[Line], stack: Stack) -> Option<Values> {
    let ends = bars
        .iter()
        .zip(reaches)
        .filter(|(bar, _)| bar.series.axis == Side::Left || chart.y2.is_none())
        .flat_map(|(_, reaches)| reaches.iter().flatten())
        .flat_map(|reach| [reach.from, reach.to]);
    let lines = over.iter().filter(|line| line.side == Side::Left || chart.y2.is_none()).flat_map(Line::values);
    let any = Extent::of(
        bars.iter()
            .flat_map(|bar| bar.series.values.iter().flatten().copied())
            .chain(over.iter().flat_map(Line::values)),
    );
    any?;
    let bars_and_lines = Extent::of(ends.chain(lines).chain(lines::overlay_values(chart, Side::Left)))
        .unwrap_or(Extent { low: 0.0, high: 1.0, least_positive: f64::INFINITY, whole: true });
    if stack == Stack::Percent {
        let percent = Axis { label: chart.y.label.clone(), unit: Some("%".to_owned()), log: false };
        let mut axis = values::axis(&percent, chart.style, bars_and_lines, Zero::Always);
        axis.low = if bars_and_lines.low < 0.0 { -100.0 } else { 0.0 };
        axis.high = if bars_and_lines.high > 0.0 { 100.0 } else { 0.0 };
        return Some(axis);
    }
    let zero = if bars.is_empty() { Zero::IfNear } else { Zero::Always };
    Some(values::axis(&chart.y, chart.style, bars_and_lines, zero))
}

fn second_axis(chart: &Chart, bars: &[BarSeries<'_>], over: &[Line]) -> Option<Values> {
    let axis = chart.y2.as_ref()?;
    let right_bars = bars.iter().filter(|bar| bar.series.axis == Side::Right);
    let zero = if right_bars.clone().next().is_some() { Zero::Always } else { Zero::IfNear };
    let values = right_bars
        .flat_map(|bar| bar.series.values.iter().flatten().copied())
        .chain(over.iter().filter(|line| line.side == Side::Right).flat_map(Line::values))
        .chain(lines::overlay_values(chart, Side::Right));
    Extent::of(values).map(|extent| values::axis(axis, chart.style, extent, zero))
}

/// The pixels of every bar.
fn bar_rects(
    axes: &Axes,
    bars: &[BarSeries<'_>],
    reaches: &[Vec<Option<Reach>>],
    stack: Stack,
    bars_each: usize,
) -> Vec<Vec<Option<Rect>>> {
    let (origin, next) = (axes.place(0.0, 0.0, Side::Left), axes.place(1.0, 0.0, Side::Left));
    let band = if axes.horizontal { next.1 - origin.1 } else { next.0 - origin.0 };
    // Below a few pixels a gap would eat the bar.
    let fill = if band < 4.0 { 0.9 } else { BAND_FILL };
    let wide = (band * fill).min(BAR_WIDTH_MAX * bars_each as f64);
    let each = wide / bars_each as f64;
    let gap = if bars_each > 1 && each > 8.0 { 2.0 } else { 0.0 };
    bars.iter()
        .enumerate()
        .zip(reaches)
        .map(|((k, bar), reaches)| {
            let side = bar.series.axis;
            let slot = if stack == Stack::None { k as f64 } else { 0.0 };
            reaches
                .iter()
                .enumerate()
                .map(|(i, reach)| {
                    let reach = (*reach)?;
                    let from = if reach.from.is_nan() { axes.baseline(side) } else { reach.from };
                    let (x0, y0) = axes.place(i as f64 + 0.5, from, side);
                    let (x1, y1) = axes.place(i as f64 + 0.5, reach.to, side);
                    let offset = slot * each - wide / 2.0 + gap / 2.0;
                    Some(if axes.horizontal {
                        Rect { left: x0.min(x1), right: x0.max(x1), top: y0 + offset, bottom: y0 + offset + each - gap }
                    } else {
                        Rect { left: x0 + offset, right: x0 + offset + each - gap, top: y0.min(y1), bottom: y0.max(y1) }
                    })
                })
                .collect()
        })
        .collect()
}

fn draw_series(
    painter: &Painter<'_>,
    axes: &Axes,
    bar: &BarSeries<'_>,
    rects: &[Option<Rect>],
    stack: Stack,
) -> Result<(), DrawError> {
    let color = bar.color.alpha(1.0);
    if rects.len() > SINGLE_BARS_MAX {
        return draw_dense(painter, axes, bar, rects);
    }
    for (i, rect) in rects.iter().enumerate() {
        let Some(rect) = *rect else { continue };
        let value = bar.series.values.get(i).copied().flatten().unwrap_or(0.0);
        painter.datum("bar", bar.index, i);
        if stack != Stack::None {
            // A hairline of background between the parts, taken from the side nearer to zero so that the ends stay true.
            painter.rect(inset_at_start(rect, axes.horizontal, value < 0.0), color)?;
            continue;
        }
        let corners = match (axes.horizontal, value < 0.0) {
            (false, false) => Rounded::Top,
            (false, true) => Rounded::Bottom,
            (true, false) => Rounded::Right,
            (true, true) => Rounded::Left,
        };
        let thickness = if axes.horizontal { rect.height() } else { rect.width() };
        painter.rounded_rect(rect, color, corners, RADIUS.min(thickness / 4.0))?;
    }
    Ok(())
}

fn inset_at_start(rect: Rect, horizontal: bool, negative: bool) -> Rect {
    let length = if horizontal { rect.width() } else { rect.height() };
    let gap = if length > 3.0 * STACK_GAP { STACK_GAP } else { 0.0 };
    match (horizontal, negative) {
        (false, false) => Rect { bottom: rect.bottom - gap, ..rect },
        (false, true) => Rect { top: rect.top + gap, ..rect },
        (true, false) => Rect { left: rect.left + gap, ..rect },
        (true, true) => Rect { right: rect.right - gap, ..rect },
    }
}

/// Very many bars as one shape. Those that fall on the same half pixel are drawn once, from their lowest to their highest end.
fn draw_dense(
    painter: &Painter<'_>,
    axes: &Axes,
    bar: &BarSeries<'_>,
    rects: &[Option<Rect>],
) -> Result<(), DrawError> {
    let mut merged: Vec<Rect> = Vec::new();
    for rect in rects.iter().flatten() {
        match merged.last_mut() {
            Some(last) if !axes.horizontal && rect.right - last.left < 0.5 => {
                *last = Rect {
                    left: last.left,
                    right: rect.right,
                    top: last.top.min(rect.top),
                    bottom: last.bottom.max(rect.bottom),
                };
            }
            Some(last) if axes.horizontal && rect.bottom - last.top < 0.5 => {
                *last = Rect {
                    top: last.top,
                    bottom: rect.bottom,
                    left: last.left.min(rect.left),
                    right: last.right.max(rect.right),
                };
            }
            _ => merged.push(*rect),
        }
    }
    // One polygon would join the bars along the baseline, which is where they meet anyway.
    let (x, y) = axes.place(0.0, axes.baseline(bar.series.axis), bar.series.axis);
    let mut outline = Vec::with_capacity(merged.len() * 4);
    for r in &merged {
        if axes.horizontal {
            let tip = if r.right > x { r.right } else { r.left };
            outline.extend([(x, r.top), (tip, r.top), (tip, r.bottom), (x, r.bottom)]);
        } else {
            let tip = if r.top < y { r.top } else { r.bottom };
            outline.extend([(r.left, y), (r.left, tip), (r.right, tip), (r.right, y)]);
        }
    }
    painter.tag(format_args!(" class=\"bars\" data-series=\"{}\"", bar.index));
    painter.polygon(&outline, bar.color.alpha(1.0))
}

/// What is written at each bar; none when there are too many, when they are parts of a stack, or when lines cross them.
fn bar_value_texts(
    axis: &Values,
    bars: &[BarSeries<'_>],
    stack: Stack,
    count: usize,
    lines: bool,
) -> Option<Vec<Vec<Option<String>>>> {
    if stack != Stack::None
        || lines
        || bars.len() * count > LABELLED_MAX
        || bars.iter().any(|bar| bar.series.axis == Side::Right)
    {
        return None;
    }
    let all: Vec<f64> = bars.iter().flat_map(|bar| bar.series.values.iter().flatten().copied()).collect();
    // Where most are zero, the few that are not would be lost among noughts; a bar that is not there says zero by itself.
    let mostly_zero = all.iter().filter(|value| **value == 0.0).count() * 2 > all.len();
    let mut texts = axis.numbers.values(&all).into_iter();
    let mut written = |value: f64| texts.next().filter(|_| !(mostly_zero && value == 0.0));
    Some(bars.iter().map(|bar| bar.series.values.iter().map(|value| value.and_then(&mut written)).collect()).collect())
}

fn draw_values(
    painter: &Painter<'_>,
    axes: &Axes,
    bars: &[BarSeries<'_>],
    rects: &[Vec<Option<Rect>>],
    texts: &[Vec<Option<String>>],
) {
    painter.open(format_args!(" class=\"values\""));
    for ((bar, rects), texts) in bars.iter().zip(rects).zip(texts) {
        for ((rect, text), value) in rects.iter().zip(texts).zip(&bar.series.values) {
            let (Some(rect), Some(text), Some(value)) = (rect, text, value) else { continue };
            let (x, y) = rect.center();
            let middle = y + Type::VALUE.cap() / 2.0;
            let (at, anchor) = match (axes.horizontal, *value < 0.0) {
                (false, false) => ((x, rect.top - VALUE_GAP), Anchor::Middle),
                (false, true) => ((x, rect.bottom + VALUE_GAP + Type::VALUE.cap()), Anchor::Middle),
                (true, false) => ((rect.right + VALUE_GAP, middle), Anchor::Start),
                (true, true) => ((rect.left - VALUE_GAP, middle), Anchor::End),
            };
            painter.text(text, at, anchor, Type::VALUE, painter.colors.text);
        }
    }
    painter.close();
}

/// Values within the parts of stacked bars, where they fit.
fn draw_values_inside(
    painter: &Painter<'_>,
    numbers: &Numbers,
    axes: &Axes,
    bars: &[BarSeries<'_>],
    rects: &[Vec<Option<Rect>>],
    stack: Stack,
) {
    let kind = Type::SMALL;
    let totals: Vec<f64> = (0..rects.first().map_or(0, Vec::len))
        .map(|i| bars.iter().filter_map(|bar| bar.series.values.get(i).copied().flatten()).map(f64::abs).sum())
        .collect();
    if totals.len() * bars.len() > 4 * LABELLED_MAX {
        return;
    }
    let baseline = axes.place(0.0, axes.baseline(Side::Left), Side::Left);
    let all: Vec<f64> = bars.iter().flat_map(|bar| bar.series.values.iter().flatten().copied()).collect();
    let mut texts = numbers.values(&all).into_iter();
    painter.open(format_args!(" class=\"values\""));
    for (bar, rects) in bars.iter().zip(rects) {
        let color = painter.colors.text_on(bar.color);
        for (i, (rect, value)) in rects.iter().zip(&bar.series.values).enumerate() {
            let text = value.and_then(|_| texts.next());
            let (Some(rect), Some(value)) = (rect, value) else { continue };
            let text = match stack {
                Stack::Percent => numbers.share(values::share(*value, totals.get(i).copied().unwrap_or(0.0))),
                _ => text.unwrap_or_default(),
            };
            let fits = painter.fonts.measure(&text, kind) + 6.0 <= rect.width() && kind.cap() + 8.0 <= rect.height();
            let on_axis = if axes.horizontal { rect.left < baseline.0 && rect.right > baseline.0 } else { false };
            if fits && !on_axis {
                let (x, y) = rect.center();
                painter.text(&text, (x, y + kind.cap() / 2.0), Anchor::Middle, kind, color);
            }
        }
    }
    painter.close();
}
