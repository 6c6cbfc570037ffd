//! Axes: where values go, and the grid, ticks and labels that say so.

use plotline_chart::chart::{Axis, DateStyle, Side};
use plotters::coord::CoordTranslate;
use plotters::coord::cartesian::Cartesian2d;

use crate::error::DrawError;
use crate::labels::{self, AxisLabels, Bands};
use crate::number::{Numbers, Unit};
use crate::painter::{Anchor, At, Label, Painter, Rect};
use crate::pen::{UNITS_PER_PX, units};
use crate::periods::Names;
use crate::scale::Scale;
use crate::text::{Type, clean};
use crate::ticks::{self, Steps, Tick};

/// Between an axis and its labels.
const LABEL_GAP: f64 = 8.0;
/// Between the labels of two axes that share a line.
const LABELS_APART: f64 = 24.0;
/// Pixels for one step of a value axis, at least: close enough to read, far enough to keep calm.
const VALUE_STEP: f64 = 38.0;
/// No tick label beside the plot is wider than this share of what the axes have.
const TICK_SHARE_MAX: f64 = 0.4;
/// The same where labels stand on either side.
const TICK_SHARE_MAX_TWO_AXES: f64 = 0.28;
/// A plot that is lower than this cannot be read; the picture becomes higher instead. In a narrow panel, 40 % of its width.
const HEIGHT_MIN: f64 = 160.0;
/// Steps of a value axis at most.
const VALUE_STEPS_MAX: usize = 8;
/// Each round of a layout but the last has a step less on the value axis than the one before.
const ROUNDS_MAX: usize = VALUE_STEPS_MAX + 2;
/// Pixels for one step of a level numeric axis.
const LEVEL_STEP: f64 = 85.0;

/// The axis along which the data are laid out; mostly x.
#[derive(Clone, Debug)]
pub(crate) enum Along {
    /// Category `i` has its centre at `i + 0.5`; the axis shows `low..high` of them.
    Categories { names: Names, low: f64, high: f64 },
    /// Numbers.
    Numbers { scale: Scale, numbers: Numbers, whole: bool },
    /// Milliseconds; `finest_ms` is the smallest distance of two data.
    Times { low: f64, high: f64, finest_ms: f64, dates: DateStyle },
    /// Calendar years.
    Years { low: f64, high: f64 },
}

/// An axis that values are read from.
#[derive(Clone, Debug)]
pub(crate) struct Values {
    pub(crate) low: f64,
    pub(crate) high: f64,
    pub(crate) log: bool,
    pub(crate) numbers: Numbers,
    /// All values are whole, so that ticks between would mislead.
    pub(crate) whole: bool,
    pub(crate) label: String,
    /// Round the ends of the domain to ticks.
    pub(crate) nice: bool,
}

/// What axes are made from.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) along: Along,
    pub(crate) along_label: String,
    pub(crate) values: Values,
    pub(crate) second: Option<Values>,
    /// The along axis stands, the values lie.
    pub(crate) horizontal: bool,
    /// Kept free within the right edge, for labels at the ends of lines or bars.
    pub(crate) room_right: f64,
    /// Kept free above the plot.
    pub(crate) room_top: f64,
    /// Kept free beyond the lowest value, for labels at the ends of bars below zero.
    pub(crate) room_low: Option<RoomLow>,
    /// Lines at the ticks of the along axis too.
    pub(crate) along_grid: bool,
    /// No ticks and grid on the value axis, since every value is written at its mark.
    pub(crate) quiet: bool,
}

impl Plan {
    /// Standing axes for some values, over nothing yet.
    pub(crate) fn over(values: Values) -> Plan {
        Plan {
            along: Along::Categories { names: Names::default(), low: 0.0, high: 1.0 },
            along_label: String::new(),
            values,
            second: None,
            horizontal: false,
            room_right: 0.0,
            room_top: 0.0,
            room_low: None,
            along_grid: false,
            quiet: false,
        }
    }
}

/// Space that labels need between the lowest value and the labels of the axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct RoomLow {
    /// The lowest value.
    pub(crate) value: f64,
    /// In CSS pixels.
    pub(crate) px: f64,
}

impl RoomLow {
    /// By how much the low end of the plot must stand back from the labels of the axis, within `length`: what the scale itself
    /// leaves free below the value counts.
    fn inset(room: Option<RoomLow>, scale: &Scale, length: f64) -> f64 {
        let Some(RoomLow { value, px }) = room else { return 0.0 };
        let fraction = scale.fraction(value);
        if !fraction.is_finite() || fraction >= 1.0 {
            return 0.0;
        }
        // Rounding the ends of the domain may leave the value a hair outside.
        let fraction = fraction.max(0.0);
        ((px - fraction * length) / (1.0 - fraction)).clamp(0.0, (length * 0.6).max(0.0))
    }
}

struct ValueTicks {
    ticks: Vec<(Tick, String)>,
}

/// Laid-out axes.
pub(crate) struct Axes {
    /// Where the marks go.
    pub(crate) plot: Rect,
    pub(crate) horizontal: bool,
    along_scale: Scale,
    value_scale: Scale,
    second_scale: Option<Scale>,
    left: Cartesian2d<Scale, Scale>,
    right: Option<Cartesian2d<Scale, Scale>>,
    value_ticks: ValueTicks,
    second_ticks: Option<ValueTicks>,
    along_ticks: Vec<f64>,
    along_labels: AxisLabels,
    value_label: Option<String>,
    second_label: Option<String>,
    along_label: Option<String>,
    outer: Rect,
    /// From the low end of the plot to where its labels start to keep their distance.
    inset: f64,
    along_grid: bool,
    quiet: bool,
}

impl Values {
    /// The scale and its ticks, at most `count` steps apart.
    fn scale(&self, count: usize) -> (Scale, Vec<Tick>) {
        if self.log {
            let (low, high) =
                if self.nice { ticks::nice_log_domain(self.low, self.high) } else { (self.low, self.high) };
            let scale = Scale::log(low, high);
            return (scale, ticks::numeric(&scale, count, self.numbers.steps(self.whole)));
        }
        if !self.nice {
            let scale = Scale::linear(self.low, self.high);
            return (scale, ticks::numeric(&scale, count, self.numbers.steps(self.whole)));
        }
        let (low, high, step) = ticks::nice_domain(self.low, self.high, count, self.numbers.steps(self.whole));
        let scale = Scale::linear(low, high);
        (scale, ticks::every(&scale, step))
    }

    fn label(&self, painter: &Painter<'_>, width_max: f64, (scale, ticks): (Scale, Vec<Tick>)) -> ValueTicks {
        let label = tick_labels(&self.numbers, &scale, &ticks);
        let shorten = |text: String| painter.fonts.shorten(&text, Type::LABEL, width_max);
        ValueTicks { ticks: ticks.into_iter().zip(label.into_iter().map(shorten)).collect() }
    }
}

/// What is written at ticks. On a logarithmic axis every number has its own size.
fn tick_labels(numbers: &Numbers, scale: &Scale, ticks: &[Tick]) -> Vec<String> {
    let largest = ticks.iter().fold(0.0f64, |m, tick| m.max(tick.at.abs()));
    let label = |tick: &Tick| {
        if scale.is_log() {
            numbers.log_tick(tick.at, tick.step, largest)
        } else {
            numbers.tick(tick.at, tick.step, largest)
        }
    };
    ticks.iter().map(label).collect()
}

impl ValueTicks {
    fn widest(&self, painter: &Painter<'_>) -> f64 {
        self.ticks.iter().map(|(_, label)| painter.fonts.measure(label, Type::LABEL)).fold(0.0, f64::max)
    }
}

/// The label of an axis with its unit: `Weight (kg)`.
pub(crate) fn axis_label(label: &str, unit: &Unit) -> String {
    let label = clean(label);
    match unit.after_label() {
        Some(unit) if label.is_empty() => clean(unit),
        Some(unit) => format!("{label} ({})", clean(unit)),
        None => label,
    }
}

impl Along {
    /// The label of the axis with its unit, as its numbers are written.
    pub(crate) fn label(&self, axis: &Axis) -> String {
        match self {
            Along::Numbers { numbers, .. } => axis_label(&axis.label, numbers.unit()),
            _ => axis_label(&axis.label, &Unit::parse(axis.unit.as_deref())),
        }
    }

    fn scale(&self) -> Scale {
        match self {
            Along::Categories { low, high, .. } | Along::Times { low, high, .. } | Along::Years { low, high } => {
                Scale::linear(*low, *high)
            }
            Along::Numbers { scale, .. } => *scale,
        }
    }
}

impl Axes {
    /// Whether a second axis for values stands on the right.
    pub(crate) fn has_second(&self) -> bool {
        self.second_scale.is_some()
    }

    /// Lays out axes within a rectangle.
    pub(crate) fn new(painter: &Painter<'_>, outer: Rect, plan: &Plan) -> Axes {
        if plan.horizontal { Self::lying(painter, outer, plan) } else { Self::standing(painter, outer, plan) }
    }

    fn standing(painter: &Painter<'_>, outer: Rect, plan: &Plan) -> Axes {
        let fonts = painter.fonts;
        let value_label = axis_label(&plan.values.label, plan.values.numbers.unit());
        let second_label =
            plan.second.as_ref().map(|second| axis_label(&second.label, second.numbers.unit())).unwrap_or_default();
        let labels_above = !value_label.is_empty() || !second_label.is_empty();
        let along_label = fonts.shorten(&plan.along_label, Type::LABEL, outer.width());
        let along_label_height = if along_label.is_empty() { 0.0 } else { Type::LABEL.line() + 4.0 };
        // The topmost tick label reaches above the plot.
        let top = outer.top
            + plan.room_top
            + if labels_above { Type::LABEL.line() + 8.0 } else { Type::LABEL.cap() / 2.0 + 1.0 };
        let along_scale = plan.along.scale();
        let share = if plan.second.is_some() { TICK_SHARE_MAX_TWO_AXES } else { TICK_SHARE_MAX };
        let ticks_width_max = outer.width() * share;
        let mut along_height = Type::LABEL.line();
        let mut laid_out = None;
        // The height of the labels below depends on the width, and the width on the ticks beside, whose number depends on the
        // height. What is kept for the labels only grows, and with it the number of ticks only falls, so this settles.
        for _ in 0..ROUNDS_MAX {
            let free = outer.bottom - along_label_height - along_height - LABEL_GAP;
            let end = free.max(top + 20.0);
            let count = ((end - top) / VALUE_STEP).floor().clamp(2.0, VALUE_STEPS_MAX as f64) as usize;
            let scaled = plan.values.scale(count);
            let value_scale = scaled.0;
            let inset = RoomLow::inset(plan.room_low, &value_scale, end - top);
            let bottom = end - inset;
            let value_ticks = plan.values.label(painter, ticks_width_max, scaled);
            let second = plan.second.as_ref().map(|second| {
                let scaled = second.scale(count);
                (scaled.0, second.label(painter, ticks_width_max, scaled))
            });
            let (second_scale, second_ticks) = second.unzip();
            let left = outer.left + if plan.quiet { 0.0 } else { value_ticks.widest(painter) + LABEL_GAP };
            let beside = second_ticks.as_ref().map_or(0.0, |ticks| ticks.widest(painter) + LABEL_GAP);
            let right = (outer.right - beside - plan.room_right).max(left + 40.0);
            let plot = Rect { left, top, right, bottom };
            let overhang = (left - outer.left, outer.right - right);
            let (along_ticks, along_labels) = along_labels(painter, &plan.along, &along_scale, plot.width(), overhang);
            let settled = along_labels.height <= along_height + 0.5;
            along_height = along_height.max(along_labels.height);
            if settled {
                painter.needs_height(free - top, HEIGHT_MIN.min(outer.width() * 0.4));
            }
            laid_out =
                Some((plot, inset, value_scale, value_ticks, second_scale, second_ticks, along_ticks, along_labels));
            if settled {
                break;
            }
        }
        let (plot, inset, value_scale, value_ticks, second_scale, second_ticks, along_ticks, along_labels) = laid_out
            .unwrap_or_else(|| {
                let scale = Scale::linear(0.0, 1.0);
                (outer, 0.0, scale, ValueTicks { ticks: Vec::new() }, None, None, Vec::new(), AxisLabels::none())
            });
        // The labels of the two axes share a line: the shorter one is whole as long as it leaves half of the line to the other.
        let between = if value_label.is_empty() || second_label.is_empty() { 0.0 } else { LABELS_APART };
        let room = outer.width() - between;
        let room_beside = |other: &str| room - fonts.measure(other, Type::LABEL).min(room / 2.0);
        let (value_room, second_room) = (room_beside(&second_label), room_beside(&value_label));
        let x = units(plot.left)..units(plot.right);
        let y = units(plot.bottom)..units(plot.top);
        Axes {
            plot,
            horizontal: false,
            along_scale,
            value_scale,
            second_scale,
            left: Cartesian2d::new(along_scale, value_scale, (x.clone(), y.clone())),
            right: second_scale.map(|scale| Cartesian2d::new(along_scale, scale, (x, y))),
            value_ticks,
            second_ticks,
            along_ticks,
            along_labels,
            value_label: (!value_label.is_empty()).then(|| fonts.shorten(&value_label, Type::LABEL, value_room)),
            second_label: (!second_label.is_empty()).then(|| fonts.shorten(&second_label, Type::LABEL, second_room)),
            along_label: (!along_label.is_empty()).then_some(along_label),
            outer,
            inset,
            along_grid: plan.along_grid,
            quiet: plan.quiet,
        }
    }

    fn lying(painter: &Painter<'_>, outer: Rect, plan: &Plan) -> Axes {
        let fonts = painter.fonts;
        let value_label = axis_label(&plan.values.label, plan.values.numbers.unit());
        // Values at the bars are read without an axis, but not without their unit.
        let said = plan.quiet && plan.values.numbers.unit().after_label().is_none();
        let value_label = if said { String::new() } else { value_label };
        let along_label = fonts.shorten(&plan.along_label, Type::LABEL, outer.width());
        let along_scale = plan.along.scale();
        let top = outer.top + plan.room_top + if along_label.is_empty() { 0.0 } else { Type::LABEL.line() + 6.0 };
        let below = if plan.quiet { 0.0 } else { Type::LABEL.line() + LABEL_GAP };
        let bottom = outer.bottom - below - if value_label.is_empty() { 0.0 } else { Type::LABEL.line() + 4.0 };
        painter.needs_height(bottom - top, HEIGHT_MIN);
        let bottom = bottom.max(top + 20.0);
        let height = bottom - top;
        let along_labels = match &plan.along {
            Along::Categories { names, .. } => {
                let row = height / names.len().max(1) as f64;
                labels::beside(fonts, &names.whole(), row, outer.width())
            }
            _ => AxisLabels::none(),
        };
        let names_width = along_labels
            .labels
            .iter()
            .flat_map(|label| &label.lines)
            .map(|line| fonts.measure(line, along_labels.kind))
            .fold(0.0, f64::max);
        let start = outer.left + names_width + LABEL_GAP + 2.0;
        let right = (outer.right - plan.room_right).max(start + 40.0);
        let count = ((right - start) / LEVEL_STEP).round().clamp(2.0, VALUE_STEPS_MAX as f64) as usize;
        let scaled = plan.values.scale(count);
        let value_scale = scaled.0;
        let inset = RoomLow::inset(plan.room_low, &value_scale, right - start);
        let left = start + inset;
        let value_ticks = plan.values.label(painter, outer.width() * TICK_SHARE_MAX, scaled);
        let plot = Rect { left, top, right, bottom };
        let x = units(plot.left)..units(plot.right);
        let y = units(plot.top)..units(plot.bottom);
        Axes {
            plot,
            horizontal: true,
            along_scale,
            value_scale,
            second_scale: None,
            left: Cartesian2d::new(value_scale, along_scale, (x, y)),
            right: None,
            value_ticks,
            second_ticks: None,
            along_ticks: Vec::new(),
            along_labels,
            value_label: (!value_label.is_empty()).then(|| fonts.shorten(&value_label, Type::LABEL, outer.width())),
            second_label: None,
            along_label: (!along_label.is_empty()).then_some(along_label),
            outer,
            inset,
            along_grid: false,
            quiet: plan.quiet,
        }
    }

    /// The place of a datum in pixels, as plotters' coordinate system has it.
    pub(crate) fn place(&self, along: f64, value: f64, side: Side) -> At {
        let system = match (side, &self.right) {
            (Side::Right, Some(right)) => right,
            _ => &self.left,
        };
        let (x, y) =
            if self.horizontal { system.translate(&(value, along)) } else { system.translate(&(along, value)) };
        (f64::from(x) / UNITS_PER_PX, f64::from(y) / UNITS_PER_PX)
    }

    /// The lowest place of the middle of a text beside the plot that keeps clear of the labels below it, the last of which may reach
    /// beyond the plot; labels that are turned start higher.
    pub(crate) fn beside_bottom(&self) -> f64 {
        self.plot.bottom + self.inset + if self.along_labels.angle == 0.0 { 1.0 } else { -4.0 }
    }

    /// The scale of values on a side.
    pub(crate) fn value_scale(&self, side: Side) -> &Scale {
        match (side, &self.second_scale) {
            (Side::Right, Some(scale)) => scale,
            _ => &self.value_scale,
        }
    }

    /// The value from which bars start: zero, or the end of the axis nearest to it.
    pub(crate) fn baseline(&self, side: Side) -> f64 {
        let scale = self.value_scale(side);
        if scale.is_log() { scale.low() } else { 0f64.clamp(scale.low(), scale.high()) }
    }

    /// Draws the grid, to go behind the marks.
    pub(crate) fn draw_grid(&self, painter: &Painter<'_>) -> Result<(), DrawError> {
        let grid = painter.colors.grid.alpha(1.0);
        let plot = self.plot;
        if self.along_grid {
            for at in &self.along_ticks {
                let (x, _) = self.place(*at, self.value_scale.low(), Side::Left);
                painter.tag(format_args!(" class=\"grid\" data-axis=\"x\" data-value=\"{at}\""));
                painter.line(&[(x, plot.top), (x, plot.bottom)], grid, 1.0)?;
            }
        }
        if self.quiet {
            return Ok(());
        }
        for (tick, _) in &self.value_ticks.ticks {
            let (x, y) = self.place(self.along_scale.low(), tick.at, Side::Left);
            let (from, to) =
                if self.horizontal { ((x, plot.top), (x, plot.bottom)) } else { ((plot.left, y), (plot.right, y)) };
            painter.tag(format_args!(" class=\"grid\" data-axis=\"y\" data-value=\"{}\"", tick.at));
            painter.line(&[from, to], grid, 1.0)?;
        }
        Ok(())
    }

    /// Draws baseline, ticks and labels, to go over the marks.
    pub(crate) fn draw(&self, painter: &Painter<'_>, with_baseline: bool) -> Result<(), DrawError> {
        let colors = painter.colors;
        let plot = self.plot;
        let axis = colors.axis.alpha(1.0);
        if with_baseline {
            let (x, y) = self.place(self.along_scale.low(), self.baseline(Side::Left), Side::Left);
            let (from, to) =
                if self.horizontal { ((x, plot.top), (x, plot.bottom)) } else { ((plot.left, y), (plot.right, y)) };
            painter.tag(format_args!(" class=\"baseline\""));
            painter.line(&[from, to], axis, 1.2)?;
        }
        painter.open(format_args!(" class=\"axis\""));
        if self.horizontal {
            self.draw_lying(painter)
        } else {
            self.draw_standing(painter)
        }
        painter.close();
        Ok(())
    }

    /// The ticks of a standing axis with their heights, without those that would touch the one before.
    fn spaced<'t>(&self, ticks: &'t ValueTicks, side: Side) -> Vec<(&'t Tick, &'t str, f64)> {
        let mut last = f64::INFINITY;
        let mut spaced = Vec::with_capacity(ticks.ticks.len());
        for (tick, text) in &ticks.ticks {
            let (_, y) = self.place(self.along_scale.low(), tick.at, side);
            if (last - y).abs() >= Type::LABEL.cap() + Type::LABEL.descent() + 1.0 {
                spaced.push((tick, text.as_str(), y));
                last = y;
            }
        }
        spaced
    }

    fn draw_standing(&self, painter: &Painter<'_>) {
        let color = painter.colors.secondary;
        let plot = self.plot;
        let label = |text, at, anchor, angle, attributes: std::fmt::Arguments<'_>| {
            painter.label(&Label { text, at, anchor, kind: Type::LABEL, color, angle }, attributes);
        };
        if !self.quiet {
            for (tick, text, y) in self.spaced(&self.value_ticks, Side::Left) {
                let at = (plot.left - LABEL_GAP, y + Type::LABEL.cap() / 2.0);
                label(
                    text,
                    at,
                    Anchor::End,
                    0.0,
                    format_args!(" class=\"tick\" data-axis=\"y\" data-value=\"{}\" data-at=\"{y:.2}\"", tick.at),
                );
            }
        }
        for (tick, text, y) in self.second_ticks.iter().flat_map(|ticks| self.spaced(ticks, Side::Right)) {
            let at = (plot.right + LABEL_GAP, y + Type::LABEL.cap() / 2.0);
            label(
                text,
                at,
                Anchor::Start,
                0.0,
                format_args!(" class=\"tick\" data-axis=\"y2\" data-value=\"{}\" data-at=\"{y:.2}\"", tick.at),
            );
        }
        let kind = self.along_labels.kind;
        let name = |text, at, anchor, angle, attributes: std::fmt::Arguments<'_>| {
            painter.label(&Label { text, at, anchor, kind, color, angle }, attributes);
        };
        for item in &self.along_labels.labels {
            let x = plot.left + item.at;
            let at_tick = self.along_ticks.get(item.index).copied().unwrap_or(item.index as f64 + 0.5);
            let (exact, _) = self.place(at_tick, self.value_scale.low(), Side::Left);
            let attributes = format!(" class=\"tick\" data-axis=\"x\" data-value=\"{at_tick}\" data-at=\"{exact:.2}\"");
            if self.along_labels.angle != 0.0 {
                let (sin, cos) = self.along_labels.angle.to_radians().sin_cos();
                // The end of the label lies with the middle of its letters on the centre of the band.
                let half = kind.cap() / 2.0;
                let at = (x + half * sin, plot.bottom + self.inset + LABEL_GAP + half * cos);
                for line in &item.lines {
                    name(line, at, Anchor::End, self.along_labels.angle, format_args!("{attributes}"));
                }
                continue;
            }
            for (i, line) in item.lines.iter().enumerate() {
                let first = plot.bottom + self.inset + LABEL_GAP + kind.cap() + 1.0;
                let y = first + i as f64 * kind.line();
                let attributes = if i == 0 { attributes.as_str() } else { "" };
                name(line, (x, y), Anchor::Middle, 0.0, format_args!("{attributes}"));
            }
        }
        let above = self.outer.top + Type::LABEL.cap() - 0.7;
        if let Some(text) = &self.value_label {
            label(text, (self.outer.left, above), Anchor::Start, 0.0, format_args!(" class=\"axis-label\""));
        }
        if let Some(text) = &self.second_label {
            label(text, (self.outer.right, above), Anchor::End, 0.0, format_args!(" class=\"axis-label\""));
        }
        if let Some(text) = &self.along_label {
            let edges = (self.outer.left, self.outer.right);
            let center = painter.center_within(text, Type::LABEL, plot.center().0, edges);
            let at = (center, self.outer.bottom - Type::LABEL.descent());
            label(text, at, Anchor::Middle, 0.0, format_args!(" class=\"axis-label\""));
        }
    }

    fn draw_lying(&self, painter: &Painter<'_>) {
        let color = painter.colors.secondary;
        let plot = self.plot;
        let label = |text, at, anchor, color, attributes: std::fmt::Arguments<'_>| {
            painter.label(&Label { text, at, anchor, kind: Type::LABEL, color, angle: 0.0 }, attributes);
        };
        if !self.quiet {
            let mut end = f64::NEG_INFINITY;
            for (tick, text) in &self.value_ticks.ticks {
                let (x, _) = self.place(self.along_scale.low(), tick.at, Side::Left);
                let half = painter.fonts.measure(text, Type::LABEL) / 2.0;
                let x_text = x.min(self.outer.right - half);
                if x_text - half < end + LABEL_GAP {
                    continue;
                }
                end = x_text + half;
                let at = (x_text, plot.bottom + LABEL_GAP + Type::LABEL.cap());
                label(
                    text,
                    at,
                    Anchor::Middle,
                    color,
                    format_args!(" class=\"tick\" data-axis=\"y\" data-value=\"{}\" data-at=\"{x:.2}\"", tick.at),
                );
            }
        }
        let kind = self.along_labels.kind;
        for item in &self.along_labels.labels {
            let value = item.index as f64 + 0.5;
            let (_, center) = self.place(value, self.value_scale.low(), Side::Left);
            let first = center + kind.cap() / 2.0 - (item.lines.len() as f64 - 1.0) * kind.line() / 2.0;
            for (i, line) in item.lines.iter().enumerate() {
                let at = (plot.left - self.inset - LABEL_GAP - 2.0, first + i as f64 * kind.line());
                painter.label(
                    &Label { text: line, at, anchor: Anchor::End, kind, color: painter.colors.text, angle: 0.0 },
                    format_args!(" class=\"tick\" data-axis=\"x\" data-value=\"{value}\" data-at=\"{center:.2}\""),
                );
            }
        }
        if let Some(text) = &self.along_label {
            let at = (self.outer.left, plot.top - 9.0);
            label(text, at, Anchor::Start, color, format_args!(" class=\"axis-label\""));
        }
        if let Some(text) = &self.value_label {
            let edges = (self.outer.left, self.outer.right);
            let center = painter.center_within(text, Type::LABEL, plot.center().0, edges);
            label(
                text,
                (center, self.outer.bottom - Type::LABEL.descent()),
                Anchor::Middle,
                color,
                format_args!(" class=\"axis-label\""),
            );
        }
    }
}

fn along_labels(
    painter: &Painter<'_>,
    along: &Along,
    scale: &Scale,
    width: f64,
    overhang: (f64, f64),
) -> (Vec<f64>, AxisLabels) {
    let fonts = painter.fonts;
    match along {
        Along::Categories { names, low, high } => {
            let step = width / (high - low).max(1e-9);
            let bands = Bands { first: (0.5 - low) * step, step, overhang, length: width };
            (Vec::new(), labels::categories(fonts, names, bands))
        }
        Along::Numbers { numbers, whole, .. } => {
            let mut count = (width / LEVEL_STEP).round().clamp(2.0, 9.0) as usize;
            loop {
                let ticks = ticks::numeric(scale, count, numbers.steps(*whole));
                let labels = tick_labels(numbers, scale, &ticks);
                let items: Vec<_> = ticks
                    .iter()
                    .zip(labels)
                    .map(|(tick, label)| (scale.fraction(tick.at) * width, label, None))
                    .collect();
                let laid_out = labels::ticks(fonts, &items, overhang, width);
                if laid_out.complete || count <= 2 {
                    return (ticks.iter().map(|tick| tick.at).collect(), laid_out);
                }
                count -= 1;
            }
        }
        Along::Years { low, high } => {
            let count = (width / 60.0).round().clamp(2.0, 12.0) as usize;
            let ticks = ticks::numeric(&Scale::linear(*low, *high), count, Steps::Decimal { whole: true });
            let items: Vec<_> =
                ticks.iter().map(|tick| (scale.fraction(tick.at) * width, format!("{:.0}", tick.at), None)).collect();
            (ticks.iter().map(|tick| tick.at).collect(), labels::ticks(fonts, &items, overhang, width))
        }
        Along::Times { low, high, finest_ms, dates } => {
            let mut count = (width / 38.0).round().clamp(2.0, 16.0) as usize;
            loop {
                let interval = ticks::time_interval(*low, *high, count, *finest_ms);
                let moments = ticks::times(*low, *high, interval);
                let at: Vec<f64> = moments.iter().map(|moment| moment.and_utc().timestamp_millis() as f64).collect();
                let items: Vec<_> = moments
                    .iter()
                    .zip(&at)
                    .map(|(moment, at)| {
                        let (text, context) = ticks::time_label(*moment, interval, *dates);
                        (scale.fraction(*at) * width, text, context)
                    })
                    .collect();
                let laid_out = labels::ticks(fonts, &items, overhang, width);
                if laid_out.complete || count <= 2 {
                    return (at, laid_out);
                }
                count -= 1;
            }
        }
    }
}
