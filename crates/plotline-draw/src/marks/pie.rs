//! Pies and donuts: slices of a whole, each named beside it.

use plotline_chart::chart::{CategorySeries, Chart, Kind};

use super::lines::spread;
use crate::error::DrawError;
use crate::frame::{Entry, Frame, Swatch};
use crate::number::{Numbers, Unit};
use crate::painter::{Anchor, At, Painter, Rect};
use crate::pen::Px;
use crate::text::{Type, clean};

/// Slices that are named beside the pie at most; more go to the legend.
const NAMED_MAX: usize = 14;
/// The hole of a donut, as a share of the radius.
const HOLE: f64 = 0.62;
/// Radius at most, in CSS pixels.
const RADIUS_MAX: f64 = 150.0;
/// From the edge of the pie to the elbow of a leader line.
const ELBOW: f64 = 14.0;
/// From the elbow to the label.
const REACH: f64 = 10.0;
/// Half the seam between slices.
const SEAM: f64 = 1.6;

struct Slice {
    index: usize,
    name: String,
    value: f64,
    share: f64,
    /// Radians, clockwise from twelve o'clock.
    from: f64,
    to: f64,
}

/// Draws the first series as a pie or a donut.
pub(crate) fn draw(painter: &Painter<'_>, chart: &Chart, categories: &[String], series: &[CategorySeries]) -> Result<(), DrawError> {
    let Some(first) = series.first() else { return Err(DrawError::Empty) };
    let slices = slices(categories, first)?;
    let named = slices.len() <= NAMED_MAX;
    let entries: Vec<Entry> = if named {
        Vec::new()
    } else {
        slices.iter().map(|s| Entry { name: s.name.clone(), color: painter.colors.series(s.index), swatch: Swatch::Square }).collect()
    };
    let frame = Frame::new(painter, chart, &entries);
    frame.draw(painter)?;
    let numbers = Numbers::new(chart.style, Unit::parse(chart.y.unit.as_deref()));
    let inside = frame.inside;
    let labels = if named { labels(painter, &slices, &numbers, inside) } else { Vec::new() };
    let widest = labels.iter().map(|label| label.width).fold(0.0, f64::max);
    let lines_height = Type::VALUE.line() + Type::LABEL.line();
    let room = if labels.is_empty() { 0.0 } else { widest + ELBOW + REACH + 4.0 };
    let radius = ((inside.width() / 2.0 - room).min(inside.height() / 2.0 - if named { lines_height / 2.0 } else { 0.0 }))
        .clamp(24.0, RADIUS_MAX);
    let center = inside.center();
    let hole = if chart.kind == Kind::Donut { radius * HOLE } else { 0.0 };
    for slice in &slices {
        draw_slice(painter, slice, center, radius, hole, slices.len());
    }
    if hole > 0.0 {
        draw_total(painter, &numbers, &slices, center, hole);
    }
    draw_labels(painter, &slices, &labels, center, radius, inside)
}

fn slices(categories: &[String], series: &CategorySeries) -> Result<Vec<Slice>, DrawError> {
    let values: Vec<(usize, f64)> = series
        .values
        .iter()
        .enumerate()
        .filter_map(|(i, value)| Some((i, value.filter(|v| v.is_finite())?)))
        .collect();
    if values.iter().any(|(_, value)| *value < 0.0) {
        return Err(DrawError::Unsuitable { kind: "pie", reason: "a slice cannot be smaller than nothing; a bar chart can show negative values" });
    }
    // Scaled by the largest first, so that the sum of very large values does not overflow.
    let largest = values.iter().map(|(_, v)| *v).fold(0.0, f64::max);
    if largest <= 0.0 {
        return Err(if values.is_empty() { DrawError::Empty } else { DrawError::Unsuitable { kind: "pie", reason: "all its values are zero" } });
    }
    let total: f64 = values.iter().map(|(_, v)| v / largest).sum();
    let mut turn = 0.0;
    Ok(values
        .into_iter()
        .filter(|(_, value)| *value > 0.0)
        .map(|(index, value)| {
            let share = value / largest / total;
            let from = turn;
            turn += share * std::f64::consts::TAU;
            let name = categories.get(index).map(|name| clean(name)).unwrap_or_default();
            Slice { index, name, value, share, from, to: turn }
        })
        .collect())
}

/// The point at an angle clockwise from twelve o'clock.
fn polar(center: At, radius: f64, angle: f64) -> At {
    (center.0 + radius * angle.sin(), center.1 - radius * angle.cos())
}

fn draw_slice(painter: &Painter<'_>, slice: &Slice, center: At, radius: f64, hole: f64, count: usize) {
    let color = painter.colors.series(slice.index);
    let attributes = format!(" class=\"slice\" data-index=\"{}\" fill=\"{color}\"", slice.index);
    let (r, h) = (Px(radius), Px(hole));
    let angle = slice.to - slice.from;
    if count == 1 || angle > std::f64::consts::TAU - 1e-4 {
        // An arc whose ends meet is nothing at all, so a whole is drawn as two halves.
        let (x, top, bottom) = (Px(center.0), Px(center.1 - radius), Px(center.1 + radius));
        let ring = if hole > 0.0 {
            let (top, bottom) = (Px(center.1 - hole), Px(center.1 + hole));
            format!("M{x} {top}A{h} {h} 0 0 0 {x} {bottom}A{h} {h} 0 0 0 {x} {top}z")
        } else {
            String::new()
        };
        painter.path(format_args!("{attributes}"), format_args!("M{x} {top}A{r} {r} 0 0 1 {x} {bottom}A{r} {r} 0 0 1 {x} {top}z{ring}"));
        return;
    }
    let large = u8::from(angle > std::f64::consts::PI);
    let (a, b) = (polar(center, radius, slice.from), polar(center, radius, slice.to));
    let seam = format!(" stroke=\"{}\" stroke-width=\"{SEAM}\"", painter.colors.background);
    if hole > 0.0 {
        let (c, d) = (polar(center, hole, slice.to), polar(center, hole, slice.from));
        painter.path(
            format_args!("{attributes}{seam}"),
            format_args!(
                "M{} {}A{r} {r} 0 {large} 1 {} {}L{} {}A{h} {h} 0 {large} 0 {} {}z",
                Px(a.0), Px(a.1), Px(b.0), Px(b.1), Px(c.0), Px(c.1), Px(d.0), Px(d.1)
            ),
        );
    } else {
        painter.path(
            format_args!("{attributes}{seam}"),
            format_args!("M{} {}L{} {}A{r} {r} 0 {large} 1 {} {}z", Px(center.0), Px(center.1), Px(a.0), Px(a.1), Px(b.0), Px(b.1)),
        );
    }
}

fn draw_total(painter: &Painter<'_>, numbers: &Numbers, slices: &[Slice], center: At, hole: f64) {
    let total: f64 = slices.iter().map(|slice| slice.value).sum();
    if !total.is_finite() {
        return;
    }
    let text = numbers.value(total);
    let width = painter.fonts.measure(&text, Type::TOTAL);
    let room = hole * 1.55;
    let kind = Type::TOTAL.sized((Type::TOTAL.size * (room / width).min(1.0)).max(Type::SMALL.size));
    if painter.fonts.measure(&text, kind) > room {
        return;
    }
    let label = "total";
    painter.text(&text, (center.0, center.1 + kind.cap() / 2.0 - 5.0), Anchor::Middle, kind, painter.colors.text);
    painter.text(label, (center.0, center.1 + kind.cap() / 2.0 + Type::LABEL.line() - 3.0), Anchor::Middle, Type::LABEL, painter.colors.secondary);
}

struct SliceLabel {
    name: Vec<String>,
    value: String,
    width: f64,
}

fn labels(painter: &Painter<'_>, slices: &[Slice], numbers: &Numbers, inside: Rect) -> Vec<SliceLabel> {
    let values = numbers.values(&slices.iter().map(|slice| slice.value).collect::<Vec<_>>());
    let is_percent = *numbers.unit() == Unit::Percent;
    let room = (inside.width() * 0.31).max(40.0);
    slices
        .iter()
        .zip(values)
        .map(|(slice, value)| {
            let share = numbers.share(slice.share);
            let text = if is_percent || value == share { share } else { format!("{share} · {value}") };
            let value = painter.fonts.shorten(&text, Type::LABEL, room);
            let name = if slice.name.is_empty() { Vec::new() } else { vec![painter.fonts.shorten(&slice.name, Type::VALUE, room)] };
            let name_width = name.iter().map(|line| painter.fonts.measure(line, Type::VALUE)).fold(0.0, f64::max);
            let width = name_width.max(painter.fonts.measure(&value, Type::LABEL));
            SliceLabel { name, value, width }
        })
        .collect()
}

/// Writes the labels on both sides of the pie, moved apart where they would touch, with a line from the slice to its label.
fn draw_labels(painter: &Painter<'_>, slices: &[Slice], labels: &[SliceLabel], center: At, radius: f64, inside: Rect) -> Result<(), DrawError> {
    let middle = |slice: &Slice| (slice.from + slice.to) / 2.0;
    for right in [true, false] {
        let mut side: Vec<(&Slice, &SliceLabel, f64)> = slices
            .iter()
            .zip(labels)
            .filter(|(slice, _)| (middle(slice) < std::f64::consts::PI) == right)
            .map(|(slice, label)| (slice, label, polar(center, radius + ELBOW, middle(slice)).1))
            .collect();
        side.sort_by(|a, b| a.2.total_cmp(&b.2));
        // Two lines each; on one line where that is too high.
        let two_lines = Type::VALUE.line() + Type::LABEL.line() + 2.0;
        let one_line = side.len() as f64 * two_lines > inside.height() + 4.0;
        let distance = if one_line { Type::VALUE.line() + 1.0 } else { two_lines };
        let wanted: Vec<f64> = side.iter().map(|(_, _, y)| *y).collect();
        let limits = (inside.top + distance / 2.0 - 2.0, inside.bottom - distance / 2.0 + 2.0);
        for ((slice, label, _), y) in side.iter().zip(spread(&wanted, distance, limits)) {
            let angle = middle(slice);
            let direction = if right { 1.0 } else { -1.0 };
            let edge = polar(center, radius + 3.0, angle);
            let elbow = polar(center, radius + ELBOW - 2.0, angle);
            // Labels follow the curve where they were not moved, and never come nearer than the pie.
            let clear = ((radius + ELBOW).powi(2) - (y - center.1).powi(2)).max(0.0).sqrt();
            let x = center.0 + direction * clear.max((elbow.0 - center.0).abs()).max(radius * 0.35);
            painter.line(&[edge, elbow, (x + direction * (REACH - 4.0), y)], painter.colors.axis.alpha(0.9), 1.0)?;
            let anchor = if right { Anchor::Start } else { Anchor::End };
            let x = x + direction * REACH;
            write_label(painter, label, (x, y), anchor, one_line);
        }
    }
    Ok(())
}

fn write_label(painter: &Painter<'_>, label: &SliceLabel, (x, y): At, anchor: Anchor, one_line: bool) {
    let (text, secondary) = (painter.colors.text, painter.colors.secondary);
    let centered = y + Type::VALUE.cap() / 2.0;
    match label.name.first() {
        Some(name) if one_line => painter.text(name, (x, centered), anchor, Type::VALUE, text),
        Some(name) => {
            painter.text(name, (x, centered - Type::LABEL.line() / 2.0), anchor, Type::VALUE, text);
            painter.text(&label.value, (x, centered + Type::LABEL.line() / 2.0), anchor, Type::LABEL, secondary);
        }
        None => painter.text(&label.value, (x, centered), anchor, Type::LABEL, secondary),
    }
}
