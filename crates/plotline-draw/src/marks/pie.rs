//! Pies and donuts: slices of a whole, each named beside it.

use plotline_chart::chart::{CategorySeries, Chart, Kind};

use super::lines::spread;
use crate::error::DrawError;
use crate::frame::{Entry, Frame, Swatch};
use crate::number::{Numbers, Unit};
use crate::painter::{Anchor, At, Painter, Rect};
use crate::pen::{Px, Rounded};
use crate::text::{Type, clean};

/// Slices that are named around the pie at most; more go to a list or to the legend.
const NAMED_MAX: usize = 14;
/// A pie with less height is not drawn; the picture becomes higher instead.
const HEIGHT_MIN: f64 = 160.0;
/// Height of a row in the list of slices, and the side of its swatch, in CSS pixels.
const LIST_ROW: f64 = 23.0;
const SWATCH: f64 = 12.0;
/// Of the width, the share that the names around a pie may take on either side, and those in a list, tried in turn.
const AROUND_SHARE: f64 = 0.31;
const LIST_SHARES: [f64; 2] = [0.3, 0.42];
/// Lines of a name in a list.
const LIST_LINES_MAX: usize = 3;
/// The hole of a donut, as a share of the radius.
const HOLE: f64 = 0.62;
/// Radius at most, in CSS pixels.
const RADIUS_MAX: f64 = 150.0;
/// From the edge of the pie to the elbow of a leader line.
const ELBOW: f64 = 14.0;
/// From the elbow to the label.
const REACH: f64 = 10.0;
/// The seam between slices, in CSS pixels.
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
pub(crate) fn draw(
    painter: &Painter<'_>,
    chart: &Chart,
    categories: &[String],
    series: &[CategorySeries],
) -> Result<(), DrawError> {
    let Some(first) = series.first() else { return Err(DrawError::Empty) };
    let slices = slices(categories, first)?;
    let total = slices.iter().map(|slice| slice.value).sum();
    let numbers = Numbers::new(chart.style, Unit::of(&chart.y, total));
    let bare = Frame::new(painter, chart, &[]);
    painter.needs_height(bare.inside.height(), HEIGHT_MIN);
    let rows = ((bare.inside.height() + 4.0) / LIST_ROW).floor() as usize;
    if slices.len() <= NAMED_MAX {
        let labels = labels(painter, &slices, &numbers, bare.inside.width() * AROUND_SHARE);
        // Where names would be cut, a list has more room for them.
        let whole = labels.iter().zip(&slices).all(|(label, slice)| label.name.iter().all(|name| *name == slice.name));
        let placed = place_labels(&slices, &labels, bare.inside).filter(|_| whole || slices.len() > rows);
        if let Some(placed) = placed {
            bare.draw(painter)?;
            draw_pie(painter, chart, &numbers, &slices, placed.center, placed.radius);
            return draw_labels(painter, &slices, &labels, &placed);
        }
    }
    if slices.len() <= rows {
        bare.draw(painter)?;
        return draw_list(painter, chart, &numbers, &slices, bare.inside);
    }
    let swatch = Swatch::Square;
    let entry = |s: &Slice| Entry { name: s.name.clone(), color: painter.colors.series(s.index), swatch };
    let entries: Vec<Entry> = slices.iter().map(entry).collect();
    let frame = Frame::new(painter, chart, &entries);
    frame.draw(painter)?;
    let inside = frame.inside;
    painter.needs_height(inside.height(), HEIGHT_MIN);
    let radius = (inside.width().min(inside.height()) / 2.0).clamp(24.0, RADIUS_MAX);
    draw_pie(painter, chart, &numbers, &slices, inside.center(), radius);
    Ok(())
}

fn draw_pie(painter: &Painter<'_>, chart: &Chart, numbers: &Numbers, slices: &[Slice], center: At, radius: f64) {
    let hole = if chart.kind == Kind::Donut { radius * HOLE } else { 0.0 };
    draw_slices(painter, slices, center, radius, hole);
    if hole > 0.0 {
        draw_total(painter, numbers, slices, center, hole);
    }
}

/// Where slices are too thin for labels around the pie: the pie on the left, its slices in a list on the right.
fn draw_list(
    painter: &Painter<'_>,
    chart: &Chart,
    numbers: &Numbers,
    slices: &[Slice],
    inside: Rect,
) -> Result<(), DrawError> {
    let fonts = painter.fonts;
    let labels = labels(painter, slices, numbers, inside.width() * LIST_SHARES[0]);
    let row_max = (inside.height() + 4.0) / slices.len().max(1) as f64;
    let names = list_names(painter, slices, inside.width(), row_max);
    let row = LIST_ROW.max(names.iter().map(|lines| row_of(lines.len())).fold(0.0, f64::max));
    let name_width = names.iter().flatten().map(|line| fonts.measure(line, Type::LABEL)).fold(0.0, f64::max);
    let value_width = labels.iter().map(|l| fonts.measure(&l.value, Type::VALUE)).fold(0.0, f64::max);
    let list_width = SWATCH + 8.0 + name_width + 18.0 + value_width;
    let radius = ((inside.width() - list_width - 36.0).min(inside.height()) / 2.0).clamp(24.0, RADIUS_MAX);
    // Pie and list together stand in the middle.
    let spare = (inside.width() - 2.0 * radius - list_width).max(0.0);
    let gap = (spare / 3.0).clamp(24.0, 64.0);
    let start = inside.left + ((spare - gap) / 2.0).max(0.0);
    draw_pie(painter, chart, numbers, slices, (start + radius, inside.center().1), radius);
    let left = start + 2.0 * radius + gap;
    let top = inside.center().1 - slices.len() as f64 * row / 2.0;
    for (i, ((slice, label), name)) in slices.iter().zip(&labels).zip(&names).enumerate() {
        let middle = top + (i as f64 + 0.5) * row;
        let square = Rect { left, top: middle - SWATCH / 2.0, right: left + SWATCH, bottom: middle + SWATCH / 2.0 };
        painter.rounded_rect(square, painter.colors.series(slice.index).alpha(1.0), Rounded::All, 3.0)?;
        let baseline = middle + Type::LABEL.cap() / 2.0;
        let first = baseline - (name.len() as f64 - 1.0) * Type::LABEL.line() / 2.0;
        for (k, line) in name.iter().enumerate() {
            let at = (left + SWATCH + 8.0, first + k as f64 * Type::LABEL.line());
            painter.text(line, at, Anchor::Start, Type::LABEL, painter.colors.text);
        }
        painter.text(&label.value, (left + list_width, baseline), Anchor::End, Type::VALUE, painter.colors.text);
    }
    Ok(())
}

/// The names of a list in lines: in one if they fit, in two or three where the rows can be that high, and shortened only then.
fn list_names(painter: &Painter<'_>, slices: &[Slice], width: f64, row_max: f64) -> Vec<Vec<String>> {
    let names: Vec<&str> = slices.iter().map(|slice| slice.name.as_str()).collect();
    let lines_max = (1..=LIST_LINES_MAX).rev().find(|lines| row_of(*lines) <= row_max).unwrap_or(1);
    let shares = || LIST_SHARES.into_iter().map(|share| width * share);
    for lines in 1..=lines_max {
        let set = shares().find_map(|room| painter.fonts.set_whole(&names, Type::LABEL, room, lines));
        if let Some(set) = set.filter(|set| set.whole_words || lines == lines_max) {
            return set.lines;
        }
    }
    painter.fonts.set_shortened(&names, Type::LABEL, width * LIST_SHARES[LIST_SHARES.len() - 1], lines_max)
}

/// The height of a row of the list with a name of so many lines.
fn row_of(lines: usize) -> f64 {
    lines as f64 * Type::LABEL.line() + 6.0
}

/// Draws a pie without labels within a rectangle; a legend says what its slices are.
pub(crate) fn panel(
    painter: &Painter<'_>,
    chart: &Chart,
    categories: &[String],
    series: &CategorySeries,
    outer: Rect,
) -> Result<(), DrawError> {
    let slices = match slices(categories, series) {
        // A series of nothing has an empty panel among others that have something.
        Err(DrawError::Empty) => return Ok(()),
        other => other?,
    };
    let radius = (outer.width().min(outer.height()) / 2.0 - 4.0).clamp(10.0, RADIUS_MAX);
    let hole = if chart.kind == Kind::Donut { radius * HOLE } else { 0.0 };
    draw_slices(painter, &slices, outer.center(), radius, hole);
    Ok(())
}

fn slices(categories: &[String], series: &CategorySeries) -> Result<Vec<Slice>, DrawError> {
    let values: Vec<(usize, f64)> =
        series.values.iter().enumerate().filter_map(|(i, value)| Some((i, value.filter(|v| v.is_finite())?))).collect();
    if values.iter().any(|(_, value)| *value < 0.0) {
        return Err(DrawError::Unsuitable {
            kind: "pie",
            reason: "a slice cannot be smaller than nothing; a bar chart can show negative values",
        });
    }
    // Scaled by the largest first, so that the sum of very large values does not overflow.
    let largest = values.iter().map(|(_, v)| *v).fold(0.0, f64::max);
    if largest <= 0.0 {
        return Err(if values.is_empty() {
            DrawError::Empty
        } else {
            DrawError::Unsuitable { kind: "pie", reason: "all its values are zero" }
        });
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

/// Draws the slices, and seams of background between them.
fn draw_slices(painter: &Painter<'_>, slices: &[Slice], center: At, radius: f64, hole: f64) {
    for slice in slices {
        draw_slice(painter, slice, center, radius, hole, slices.len());
    }
    if slices.len() < 2 {
        return;
    }
    // Lines, not outlines of the slices: to stroke the arcs too would cost more than all the rest and show nothing.
    // A sliver keeps all of its width: a seam on either side would hide it.
    let is_wide = |slice: &Slice| (slice.to - slice.from) * radius > 2.5 * SEAM;
    let before = slices.iter().cycle().skip(slices.len() - 1);
    let between = slices.iter().zip(before).filter(|(slice, before)| is_wide(slice) && is_wide(before));
    let ends = between.map(|(slice, _)| (polar(center, hole, slice.from), polar(center, radius, slice.from)));
    let seams: String = ends.map(|(a, b)| format!("M{} {}L{} {}", Px(a.0), Px(a.1), Px(b.0), Px(b.1))).collect();
    let background = painter.colors.background;
    painter.path(
        format_args!(" class=\"seams\" fill=\"none\" stroke=\"{background}\" stroke-width=\"{SEAM}\""),
        format_args!("{seams}"),
    );
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
        painter.path(
            format_args!("{attributes}"),
            format_args!("M{x} {top}A{r} {r} 0 0 1 {x} {bottom}A{r} {r} 0 0 1 {x} {top}z{ring}"),
        );
        return;
    }
    let large = u8::from(angle > std::f64::consts::PI);
    let (a, b) = (polar(center, radius, slice.from), polar(center, radius, slice.to));
    if hole > 0.0 {
        let (c, d) = (polar(center, hole, slice.to), polar(center, hole, slice.from));
        painter.path(
            format_args!("{attributes}"),
            format_args!(
                "M{} {}A{r} {r} 0 {large} 1 {} {}L{} {}A{h} {h} 0 {large} 0 {} {}z",
                Px(a.0),
                Px(a.1),
                Px(b.0),
                Px(b.1),
                Px(c.0),
                Px(c.1),
                Px(d.0),
                Px(d.1)
            ),
        );
    } else {
        painter.path(
            format_args!("{attributes}"),
            format_args!(
                "M{} {}L{} {}A{r} {r} 0 {large} 1 {} {}z",
                Px(center.0),
                Px(center.1),
                Px(a.0),
                Px(a.1),
                Px(b.0),
                Px(b.1)
            ),
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
    painter.text(
        label,
        (center.0, center.1 + kind.cap() / 2.0 + Type::LABEL.line() - 3.0),
        Anchor::Middle,
        Type::LABEL,
        painter.colors.secondary,
    );
}

struct SliceLabel {
    name: Vec<String>,
    value: String,
    width: f64,
}

fn labels(painter: &Painter<'_>, slices: &[Slice], numbers: &Numbers, room: f64) -> Vec<SliceLabel> {
    let values = numbers.values(&slices.iter().map(|slice| slice.value).collect::<Vec<_>>());
    let total: f64 = slices.iter().map(|slice| slice.value).sum();
    // Values that are shares already are not said twice.
    let are_shares = *numbers.unit() == Unit::Percent || (total - 100.0).abs() < 0.6;
    let room = room.max(40.0);
    slices
        .iter()
        .zip(values)
        .map(|(slice, value)| {
            let share = numbers.share(slice.share);
            let text = if are_shares { share } else { format!("{share} · {value}") };
            let value = painter.fonts.shorten(&text, Type::LABEL, room);
            let name = if slice.name.is_empty() {
                Vec::new()
            } else {
                vec![painter.fonts.shorten(&slice.name, Type::VALUE, room)]
            };
            let name_width = name.iter().map(|line| painter.fonts.measure(line, Type::VALUE)).fold(0.0, f64::max);
            let width = name_width.max(painter.fonts.measure(&value, Type::LABEL));
            SliceLabel { name, value, width }
        })
        .collect()
}

/// A pie with a label of two lines at each slice.
struct Placed {
    center: At,
    radius: f64,
    /// For each slice: the place of its label, and whether it is on the right.
    labels: Vec<(At, bool)>,
}

fn middle(slice: &Slice) -> f64 {
    (slice.from + slice.to) / 2.0
}

/// Places the labels around the pie; none where one would have to move so far that its leader line were hard to follow.
fn place_labels(slices: &[Slice], labels: &[SliceLabel], inside: Rect) -> Option<Placed> {
    let widest = labels.iter().map(|label| label.width).fold(0.0, f64::max);
    let distance = Type::VALUE.line() + Type::LABEL.line() + 2.0;
    let room = widest + ELBOW + REACH + 4.0;
    let radius = (inside.width() / 2.0 - room).min(inside.height() / 2.0 - distance / 2.0).clamp(24.0, RADIUS_MAX);
    let center = inside.center();
    let mut placed = vec![(center, true); slices.len()];
    for right in [true, false] {
        let mut side: Vec<(usize, f64)> = slices
            .iter()
            .enumerate()
            .filter(|(_, slice)| (middle(slice) < std::f64::consts::PI) == right)
            .map(|(i, slice)| (i, polar(center, radius + ELBOW, middle(slice)).1))
            .collect();
        side.sort_by(|a, b| a.1.total_cmp(&b.1));
        let wanted: Vec<f64> = side.iter().map(|(_, y)| *y).collect();
        let limits = (inside.top + distance / 2.0 - 2.0, inside.bottom - distance / 2.0 + 2.0);
        let spread = spread(&wanted, distance, limits);
        let too_many = side.len() as f64 * distance > inside.height() + 4.0;
        if too_many || spread.iter().zip(&wanted).any(|(y, wanted)| (y - wanted).abs() > distance * 1.4) {
            return None;
        }
        for ((i, _), y) in side.iter().zip(spread) {
            let direction = if right { 1.0 } else { -1.0 };
            let edge = polar(center, radius + 3.0, middle(&slices[*i]));
            // A label keeps clear of the pie over its whole height, and otherwise follows the curve.
            let near = ((y - center.1).abs() - distance / 2.0).max(0.0);
            let clear = ((radius + ELBOW).powi(2) - near.powi(2)).max(0.0).sqrt();
            let x = center.0 + direction * clear.max((edge.0 - center.0).abs() + 4.0);
            placed[*i] = ((x, y), right);
        }
    }
    Some(Placed { center, radius, labels: placed })
}

/// Writes the labels, with a line from each slice to its label.
fn draw_labels(
    painter: &Painter<'_>,
    slices: &[Slice],
    labels: &[SliceLabel],
    placed: &Placed,
) -> Result<(), DrawError> {
    for ((slice, label), ((x, y), right)) in slices.iter().zip(labels).zip(&placed.labels) {
        let direction = if *right { 1.0 } else { -1.0 };
        let edge = polar(placed.center, placed.radius + 3.0, middle(slice));
        painter.line(&[edge, (*x, *y), (x + direction * (REACH - 4.0), *y)], painter.colors.axis.alpha(0.9), 1.0)?;
        let anchor = if *right { Anchor::Start } else { Anchor::End };
        write_label(painter, label, (x + direction * REACH, *y), anchor);
    }
    Ok(())
}

fn write_label(painter: &Painter<'_>, label: &SliceLabel, (x, y): At, anchor: Anchor) {
    let (text, secondary) = (painter.colors.text, painter.colors.secondary);
    let centered = y + Type::VALUE.cap() / 2.0;
    match label.name.first() {
        Some(name) => {
            painter.text(name, (x, centered - Type::LABEL.line() / 2.0), anchor, Type::VALUE, text);
            painter.text(&label.value, (x, centered + Type::LABEL.line() / 2.0), anchor, Type::LABEL, secondary);
        }
        None => painter.text(&label.value, (x, centered), anchor, Type::LABEL, secondary),
    }
}
