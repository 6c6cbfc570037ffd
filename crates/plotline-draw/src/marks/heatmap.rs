//! Heatmaps: a grid of cells whose colours show values.

use plotline_chart::chart::Chart;

use super::values::Extent;
use crate::axes::axis_label;
use crate::blocks::{Block, Blocks};
use crate::color::Rgb;
use crate::error::DrawError;
use crate::frame::{Entry, Frame, MARGIN};
use crate::labels::{self, AxisLabels, Bands};
use crate::number::{Numbers, Unit};
use crate::painter::{Anchor, Label, Painter, Rect};
use crate::periods::Names;
use crate::text::Type;

/// Steps of colour. More could not be told apart, and a picture with few colours is small.
const LEVELS: usize = 48;
/// Rounds of the layout at most: the labels below have a few heights only.
const ROUNDS_MAX: usize = 6;
/// Rows with a name each may be as high, all together, as this many times the width of the picture.
const NAMED_ASPECT: f64 = 1.7;
/// Between cells, in CSS pixels, where they are large enough.
const GAP: f64 = 1.5;
/// Width of the scale of colours, in CSS pixels: less where long numbers stand at its ends.
const SCALE_WIDTH: (f64, f64) = (60.0, 150.0);
/// A label with less space than this would be an ellipsis and little else.
const SCALE_LABEL_MIN: f64 = 50.0;
/// No number at an end of the scale takes more of the width than this share.
const SCALE_END_SHARE_MAX: f64 = 0.33;
const SCALE_HEIGHT: f64 = 10.0;
/// Cells in a row or column at most; beyond that, neighbours share one cell, which shows the value farthest from the middle.
const CELLS_MAX: usize = 640;
/// Cells up to this number each are a shape of their own.
const SINGLE_CELLS_MAX: usize = 1_200;

/// Maps values to levels of colour.
struct Colors<'c> {
    low: f64,
    high: f64,
    stops: &'c [Rgb; 3],
    levels: usize,
}

impl Colors<'_> {
    fn level(&self, value: f64) -> usize {
        let span = self.high * 0.5 - self.low * 0.5;
        let t = if span > 0.0 { (value * 0.5 - self.low * 0.5) / span } else { 0.5 };
        (t.clamp(0.0, 1.0) * (self.levels - 1) as f64).round() as usize
    }

    fn color(&self, level: usize) -> Rgb {
        let t = level as f64 / (self.levels - 1) as f64 * 2.0;
        let [a, b, c] = *self.stops;
        if t <= 1.0 { a.mix(b, t) } else { b.mix(c, t - 1.0) }
    }
}

/// Draws a heatmap.
pub(crate) fn draw(
    painter: &Painter<'_>,
    chart: &Chart,
    columns: &[String],
    rows: &[String],
    values: &[Option<f64>],
) -> Result<(), DrawError> {
    let extent = Extent::of(values.iter().flatten().copied()).ok_or(DrawError::Empty)?;
    if columns.is_empty() || rows.is_empty() {
        return Err(DrawError::Empty);
    }
    let signed = extent.low < 0.0 && extent.high > 0.0;
    let farthest = extent.low.abs().max(extent.high.abs());
    let (low, high) = if signed { (-farthest, farthest) } else { (extent.low, extent.high) };
    let stops = if signed { &painter.colors.diverging } else { &painter.colors.sequential };
    let scale = Colors { low, high, stops, levels: LEVELS + usize::from(signed) };
    let fonts = painter.fonts;
    let frame = Frame::new(painter, chart, &[] as &[Entry]);
    frame.draw(painter)?;
    let numbers = Numbers::new(chart.style, Unit::of(&chart.y, farthest));
    let mut outer = frame.inside;
    outer.top = draw_scale(painter, chart, &numbers, &scale, (low, high), outer.top);
    let column_names = Names::of(columns, chart.dates);
    let row_names = Names::of(rows, chart.dates).whole();
    let x_label =
        fonts.shorten(&axis_label(&chart.x.label, &Unit::parse(chart.x.unit.as_deref())), Type::LABEL, outer.width());
    let label_height = if x_label.is_empty() { 0.0 } else { Type::LABEL.line() + 4.0 };
    // How high the rows are depends on the labels below, which depend on the width that the names of the rows leave. What is kept for
    // the labels only grows, so this settles.
    let mut kept = Type::LABEL.line();
    let (mut beside, mut left, mut below) = (AxisLabels::none(), outer.left, AxisLabels::none());
    for _ in 0..ROUNDS_MAX {
        let row = (outer.height() - label_height - kept - 6.0).max(20.0) / rows.len() as f64;
        beside = labels::beside(fonts, &row_names, row, outer.width());
        let lines = beside.labels.iter().flat_map(|label| &label.lines);
        let names_width = lines.map(|line| fonts.measure(line, beside.kind)).fold(0.0, f64::max);
        left = outer.left + names_width + 8.0;
        let step = (outer.right - left) / columns.len() as f64;
        let bands = Bands { first: step / 2.0, step, overhang: (names_width, 0.0), length: outer.right - left };
        below = labels::categories(fonts, &column_names, bands);
        if below.height <= kept + 0.5 {
            break;
        }
        kept = below.height;
    }
    let labels_height = kept.max(below.height);
    let plot = Rect {
        left,
        top: outer.top,
        right: outer.right,
        bottom: (outer.bottom - label_height - labels_height - 6.0).max(outer.top + 20.0),
    };
    // Rows as high as their names, as long as the picture can be that high; else lower ones, some of them without a name.
    let named = rows.len() as f64 * labels::row_of(Type::LABEL_LEAST, 1).ceil();
    let usual = (rows.len() as f64 * 16.0).clamp(100.0, 480.0);
    let needed = if named <= painter.width * NAMED_ASPECT { usual.max(named) } else { usual };
    painter.needs_height(outer.bottom - label_height - labels_height - 6.0 - outer.top, needed);
    let cells = cells(columns.len(), rows.len(), values, (low + high) / 2.0);
    draw_cells(painter, &scale, &cells, plot)?;
    if cells.columns == columns.len() && cells.rows == rows.len() {
        draw_values(painter, &numbers, &scale, &cells, plot);
    }
    let color = painter.colors.secondary;
    let row_height = plot.height() / rows.len() as f64;
    for item in &beside.labels {
        let center = plot.top + (item.index as f64 + 0.5) * row_height;
        let first = center + beside.kind.cap() / 2.0 - (item.lines.len() as f64 - 1.0) * beside.kind.line() / 2.0;
        for (i, line) in item.lines.iter().enumerate() {
            let at = (plot.left - 8.0, first + i as f64 * beside.kind.line());
            painter.text(line, at, Anchor::End, beside.kind, color);
        }
    }
    for item in &below.labels {
        for (i, line) in item.lines.iter().enumerate() {
            let (sin, cos) = below.angle.to_radians().sin_cos();
            let (anchor, x, y) = if below.angle == 0.0 {
                (
                    Anchor::Middle,
                    plot.left + item.at,
                    plot.bottom + 7.0 + below.kind.cap() + i as f64 * below.kind.line(),
                )
            } else {
                let half = below.kind.cap() / 2.0;
                (Anchor::End, plot.left + item.at + half * sin, plot.bottom + 8.0 + half * cos)
            };
            painter.label(
                &Label { text: line, at: (x, y), anchor, kind: below.kind, color, angle: below.angle },
                format_args!(" class=\"tick\""),
            );
        }
    }
    let center = painter.center_within(&x_label, Type::LABEL, plot.center().0, (outer.left, outer.right));
    painter.text(&x_label, (center, outer.bottom - Type::LABEL.descent()), Anchor::Middle, Type::LABEL, color);
    Ok(())
}

/// Draws what the colours mean, and returns where the space below starts.
fn draw_scale(
    painter: &Painter<'_>,
    chart: &Chart,
    numbers: &Numbers,
    scale: &Colors<'_>,
    (low, high): (f64, f64),
    top: f64,
) -> f64 {
    let fonts = painter.fonts;
    let color = painter.colors.secondary;
    let width = painter.width - 2.0 * MARGIN;
    let end = |value: f64| fonts.shorten(&numbers.value(value), Type::LABEL, width * SCALE_END_SHARE_MAX);
    let (low, high) = (end(low), end(high));
    let (low_width, high_width) = (fonts.measure(&low, Type::LABEL), fonts.measure(&high, Type::LABEL));
    let room = width - low_width - high_width - 16.0;
    let scale_width = (room - 14.0 - SCALE_LABEL_MIN).min(SCALE_WIDTH.1).max(SCALE_WIDTH.0.min(room));
    let label_room = room - scale_width - 14.0;
    let label = axis_label(&chart.y.label, numbers.unit());
    let label = if label_room < SCALE_LABEL_MIN && fonts.measure(&label, Type::LABEL) > label_room {
        String::new()
    } else {
        fonts.shorten(&label, Type::LABEL, label_room)
    };
    let middle = top + SCALE_HEIGHT / 2.0 + 2.0;
    let baseline = middle + Type::LABEL.cap() / 2.0;
    let mut x = MARGIN;
    if !label.is_empty() {
        painter.text(&label, (x, baseline), Anchor::Start, Type::LABEL, color);
        x += fonts.measure(&label, Type::LABEL) + 14.0;
    }
    painter.text(&low, (x, baseline), Anchor::Start, Type::LABEL, color);
    x += low_width + 8.0;
    let step = scale_width / scale.levels as f64;
    let (top_of_scale, bottom_of_scale) = (middle - SCALE_HEIGHT / 2.0, middle + SCALE_HEIGHT / 2.0);
    let blocks = (0..scale.levels).map(|level| {
        let left = x + level as f64 * step;
        Block {
            // A hair wider, so that nothing shines through between the steps.
            rect: Rect { left, top: top_of_scale, right: left + step + 0.3, bottom: bottom_of_scale },
            color: scale.color(level),
            attributes: " class=\"scale\"".to_owned(),
        }
    });
    painter.blocks(Blocks { blocks: blocks.collect(), radius: 0.0 });
    painter.text(&high, (x + scale_width + 8.0, baseline), Anchor::Start, Type::LABEL, color);
    top + SCALE_HEIGHT + 18.0
}

/// The cells to be drawn.
struct Cells {
    columns: usize,
    rows: usize,
    values: Vec<Option<f64>>,
}

fn cells(columns: usize, rows: usize, values: &[Option<f64>], middle: f64) -> Cells {
    let (across, down) = (columns.div_ceil(CELLS_MAX).max(1), rows.div_ceil(CELLS_MAX).max(1));
    let (out_columns, out_rows) = (columns.div_ceil(across), rows.div_ceil(down));
    let mut out: Vec<Option<f64>> = vec![None; out_columns * out_rows];
    for (i, value) in values.iter().enumerate().take(columns * rows) {
        let Some(value) = value.filter(|value| value.is_finite()) else { continue };
        let cell = (i / columns / down) * out_columns + i % columns / across;
        if let Some(slot) = out.get_mut(cell)
            && slot.is_none_or(|old| (value - middle).abs() > (old - middle).abs())
        {
            *slot = Some(value);
        }
    }
    Cells { columns: out_columns, rows: out_rows, values: out }
}

fn cell_rect(cells: &Cells, plot: Rect, index: usize) -> Rect {
    let (w, h) = (plot.width() / cells.columns as f64, plot.height() / cells.rows as f64);
    let gap = |size: f64| {
        if size > 8.0 {
            GAP / 2.0
        } else if size > 4.0 {
            0.25
        } else {
            0.0
        }
    };
    let (column, row) = ((index % cells.columns) as f64, (index / cells.columns) as f64);
    // Large cells begin and end at half pixels, which are whole pixels of the usual picture: sharp, and of few colours.
    let sharp = |at: f64, size: f64| if size > 8.0 { (at * 2.0).round() / 2.0 } else { at };
    Rect {
        left: sharp(plot.left + column * w + gap(w), w),
        right: sharp(plot.left + (column + 1.0) * w - gap(w), w),
        top: sharp(plot.top + row * h + gap(h), h),
        bottom: sharp(plot.top + (row + 1.0) * h - gap(h), h),
    }
}

fn draw_cells(painter: &Painter<'_>, scale: &Colors<'_>, cells: &Cells, plot: Rect) -> Result<(), DrawError> {
    if cells.values.len() <= SINGLE_CELLS_MAX {
        let mut blocks = Vec::with_capacity(cells.values.len());
        for (i, value) in cells.values.iter().enumerate() {
            let rect = cell_rect(cells, plot, i);
            let Some(value) = value else {
                // A gap is an empty frame, which no value looks like.
                let frame = Rect {
                    left: rect.left + 0.5,
                    top: rect.top + 0.5,
                    right: rect.right - 0.5,
                    bottom: rect.bottom - 0.5,
                };
                let corners = [
                    (frame.left, frame.top),
                    (frame.right, frame.top),
                    (frame.right, frame.bottom),
                    (frame.left, frame.bottom),
                    (frame.left, frame.top),
                ];
                painter.datum("gap", i / cells.columns, i % cells.columns);
                painter.line(&corners, painter.colors.grid.alpha(1.0), 1.0)?;
                continue;
            };
            let (row, column) = (i / cells.columns, i % cells.columns);
            blocks.push(Block {
                rect,
                color: scale.color(scale.level(*value)),
                attributes: format!(" class=\"cell\" data-series=\"{row}\" data-index=\"{column}\""),
            });
        }
        painter.blocks(Blocks { blocks, radius: 2.0 });
        return Ok(());
    }
    // One path for each level: the number of shapes does not grow with the number of cells.
    let mut paths = vec![String::new(); scale.levels];
    for (i, value) in cells.values.iter().enumerate() {
        let Some(value) = value else { continue };
        let rect = cell_rect(cells, plot, i);
        if let Some(path) = paths.get_mut(scale.level(*value)) {
            let (left, top) = (crate::pen::Px(rect.left), crate::pen::Px(rect.top));
            let (width, height) = (crate::pen::Px(rect.width()), crate::pen::Px(rect.height()));
            path.push_str(&format!("M{left} {top}h{width}v{height}H{left}z"));
        }
    }
    for (level, path) in paths.iter().enumerate().filter(|(_, path)| !path.is_empty()) {
        painter.path(
            format_args!(" class=\"cells\" fill=\"{}\" shape-rendering=\"crispEdges\"", scale.color(level)),
            format_args!("{path}"),
        );
    }
    Ok(())
}

/// Values in the cells, where all of them fit.
fn draw_values(painter: &Painter<'_>, numbers: &Numbers, scale: &Colors<'_>, cells: &Cells, plot: Rect) {
    let kind = Type::SMALL;
    let known: Vec<f64> = cells.values.iter().flatten().copied().collect();
    if known.len() > 400 {
        return;
    }
    let texts = numbers.values(&known);
    let size = cell_rect(cells, plot, 0);
    let widest = texts.iter().map(|text| painter.fonts.measure(text, kind)).fold(0.0, f64::max);
    if widest + 6.0 > size.width() || kind.cap() + 8.0 > size.height() {
        return;
    }
    let mut texts = texts.iter();
    painter.open(format_args!(" class=\"values\""));
    for (i, value) in cells.values.iter().enumerate() {
        let (Some(value), Some(text)) = (value, value.and_then(|_| texts.next())) else { continue };
        let (x, y) = cell_rect(cells, plot, i).center();
        let color = painter.colors.text_on(scale.color(scale.level(*value)));
        painter.text(text, (x, y + kind.cap() / 2.0), Anchor::Middle, kind, color);
    }
    painter.close();
}
