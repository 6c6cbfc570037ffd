//! Labels along an axis: on one line if they fit, else on two, else thinned or turned, and shortened only as a last resort.

use crate::font::Fonts;
use crate::text::Type;

/// Between neighbouring labels, in CSS pixels.
const GAP: f64 = 8.0;
/// Labels that are turned by 40° are shortened to this length, which is 95 px of height.
const TURNED_LENGTH_MAX: f64 = 130.0;
/// The same for labels that stand upright.
const UPRIGHT_LENGTH_MAX: f64 = 105.0;
/// Degrees, counter-clockwise.
const TURNED: f64 = 40.0;
const UPRIGHT: f64 = 90.0;
/// Labels on an axis at most.
const LABELS_MAX: usize = 120;

/// A label with its place along the axis.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct AxisLabel {
    /// Pixels from the left end of the axis.
    pub(crate) at: f64,
    /// One or two lines.
    pub(crate) lines: Vec<String>,
    /// The category, or the place among the ticks.
    pub(crate) index: usize,
}

/// Labels ready to be drawn below an axis.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct AxisLabels {
    pub(crate) labels: Vec<AxisLabel>,
    /// Degrees, counter-clockwise; turned labels end at their place, level ones are centred on it.
    pub(crate) angle: f64,
    /// What they take below the axis.
    pub(crate) height: f64,
    /// Whether every category got its label in full.
    pub(crate) complete: bool,
}

/// Where the categories of an axis lie.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bands {
    /// Centre of the first category from the left end of the axis.
    pub(crate) first: f64,
    /// From centre to centre.
    pub(crate) step: f64,
    /// How far a label may reach beyond the ends of the axis: left and right.
    pub(crate) overhang: (f64, f64),
    /// Length of the axis.
    pub(crate) length: f64,
}

impl Bands {
    fn center(&self, index: usize) -> f64 {
        self.first + index as f64 * self.step
    }

    /// Twice the space that a level label centred here has before it leaves the picture.
    fn room(&self, index: usize) -> f64 {
        let center = self.center(index);
        2.0 * (center + self.overhang.0).min(self.length - center + self.overhang.1)
    }
}

/// Lays out the labels of categories. `ordered`: the labels are steps of a sequence (periods, numbers), so that leaving some
/// out loses nothing.
pub(crate) fn categories(fonts: &Fonts, names: &[String], bands: Bands, ordered: bool) -> AxisLabels {
    let kind = Type::LABEL;
    let level = |index: usize, lines: Vec<String>| AxisLabel { at: bands.center(index), lines, index };
    if names.is_empty() {
        return AxisLabels { labels: Vec::new(), angle: 0.0, height: 0.0, complete: true };
    }
    // With thousands of categories most get no label, and those that do are far apart: no need to measure all.
    let dense = bands.step < 3.0;
    if !dense {
        let fits = |index: usize, width: f64| width <= (bands.step - GAP).min(bands.room(index));
        if names.iter().enumerate().all(|(i, name)| fits(i, fonts.measure(name, kind))) {
            let labels = names.iter().enumerate().map(|(i, name)| level(i, vec![name.clone()])).collect();
            return AxisLabels { labels, angle: 0.0, height: kind.line(), complete: true };
        }
        if bands.step >= 36.0 {
            let wrapped: Option<Vec<_>> = names
                .iter()
                .enumerate()
                .map(|(i, name)| {
                    fonts.wraps_whole(name, kind, (bands.step - GAP).min(bands.room(i)), 2).map(|lines| level(i, lines))
                })
                .collect();
            if let Some(labels) = wrapped {
                return AxisLabels { labels, angle: 0.0, height: 2.0 * kind.line(), complete: true };
            }
        }
        if !ordered && bands.step >= kind.line() / TURNED.to_radians().sin() * 0.93 {
            return turned(fonts, names, bands, TURNED, TURNED_LENGTH_MAX);
        }
        if !ordered && bands.step >= kind.line() {
            return turned(fonts, names, bands, UPRIGHT, UPRIGHT_LENGTH_MAX);
        }
    }
    thinned(fonts, names, bands)
}

fn turned(fonts: &Fonts, names: &[String], bands: Bands, angle: f64, length_max: f64) -> AxisLabels {
    let kind = Type::LABEL;
    let (sin, cos) = angle.to_radians().sin_cos();
    let mut complete = true;
    let mut longest: f64 = 0.0;
    let labels = names
        .iter()
        .enumerate()
        .map(|(index, name)| {
            // A label hangs to the lower left of its place and must not leave the picture there.
            let before_edge = if cos > 0.01 { (bands.center(index) + bands.overhang.0) / cos } else { f64::INFINITY };
            let text = fonts.shorten(name, kind, length_max.min(before_edge));
            complete &= text == *name;
            longest = longest.max(fonts.measure(&text, kind));
            AxisLabel { at: bands.center(index), lines: vec![text], index }
        })
        .collect();
    AxisLabels { labels, angle, height: longest * sin + kind.size * cos + 4.0, complete }
}

/// Every n-th label, level.
fn thinned(fonts: &Fonts, names: &[String], bands: Bands) -> AxisLabels {
    let kind = Type::LABEL;
    let widest_allowed = (bands.length / 3.0).max(40.0);
    let mut every = names.len().div_ceil(LABELS_MAX).max(1);
    while every < names.len() {
        let shown = || names.iter().enumerate().step_by(every);
        let widest = shown().map(|(_, name)| fonts.measure(name, kind).min(widest_allowed)).fold(0.0, f64::max);
        if widest + 2.0 * GAP <= bands.step * every as f64 {
            break;
        }
        every = next_round(every, names.len());
    }
    let labels = names
        .iter()
        .enumerate()
        .step_by(every)
        .filter_map(|(index, name)| {
            let text = fonts.shorten(name, kind, widest_allowed.min(bands.length));
            let width = fonts.measure(&text, kind);
            // At the ends a label may be moved inwards, but not far from its place.
            let half = width / 2.0;
            let center = bands.center(index);
            let at = center
                .clamp(half - bands.overhang.0, (bands.length + bands.overhang.1 - half).max(half - bands.overhang.0));
            ((at - center).abs() <= 12.0 || every >= names.len()).then(|| AxisLabel { at, lines: vec![text], index })
        })
        .collect::<Vec<_>>();
    let labels = without_overlaps(fonts, labels);
    AxisLabels { labels, angle: 0.0, height: kind.line(), complete: false }
}

/// Steps at which readers can count along: 2, 3, 4, 5, 6, 10, 12, …
fn next_round(every: usize, count: usize) -> usize {
    const STEPS: [usize; 12] = [2, 3, 4, 5, 6, 10, 12, 20, 25, 30, 50, 100];
    STEPS.into_iter().find(|step| *step > every).unwrap_or(every.saturating_mul(2)).min(count)
}

/// Drops labels that would touch the one before.
fn without_overlaps(fonts: &Fonts, labels: Vec<AxisLabel>) -> Vec<AxisLabel> {
    let mut end = f64::NEG_INFINITY;
    labels
        .into_iter()
        .filter(|label| {
            let half = label.lines.iter().map(|line| fonts.measure(line, Type::LABEL)).fold(0.0, f64::max) / 2.0;
            let free = label.at - half >= end + GAP;
            if free {
                end = label.at + half;
            }
            free
        })
        .collect()
}

/// Lays out labels at ticks; those that touch a neighbour or leave the picture are dropped. Each has a text and perhaps a
/// context, which is written below where it changes.
pub(crate) fn ticks(
    fonts: &Fonts,
    ticks: &[(f64, String, Option<String>)],
    overhang: (f64, f64),
    length: f64,
) -> AxisLabels {
    let mut context: Option<&str> = None;
    let mut two_lines = false;
    let mut labels = Vec::with_capacity(ticks.len());
    let mut end = f64::NEG_INFINITY;
    for (index, (at, text, above)) in ticks.iter().enumerate() {
        let mut lines = vec![text.clone()];
        let changed = above.as_deref().filter(|above| context != Some(*above));
        if let Some(above) = changed {
            lines.push(above.to_owned());
        }
        let half = lines.iter().map(|line| fonts.measure(line, Type::LABEL)).fold(0.0, f64::max) / 2.0;
        // The first and last may move inwards a little to stay within the picture.
        let place = at.clamp((half - overhang.0).min(*at + 14.0), (length + overhang.1 - half).max(*at - 14.0));
        let inside = place - half >= -overhang.0 - 0.5 && place + half <= length + overhang.1 + 0.5;
        if !inside || place - half < end + GAP {
            continue;
        }
        end = place + half;
        if changed.is_some() {
            context = above.as_deref();
            two_lines = true;
        }
        labels.push(AxisLabel { at: place, lines, index });
    }
    let complete = labels.len() == ticks.len();
    AxisLabels { labels, angle: 0.0, height: Type::LABEL.line() * if two_lines { 2.0 } else { 1.0 }, complete }
}

/// Whether names are steps of a sequence: numbers, dates, months, weekdays, quarters or bins.
pub(crate) fn is_sequence(names: &[String]) -> bool {
    const WORDS: [&str; 19] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "mon", "tue", "wed", "thu",
        "fri", "sat", "sun",
    ];
    let is_step = |name: &String| {
        let name = name.trim();
        let lower = name.get(..3).map(str::to_ascii_lowercase);
        let calendar = lower.is_some_and(|start| WORDS.contains(&start.as_str()));
        let digits = name.chars().filter(char::is_ascii_digit).count();
        let letters = name.chars().filter(|c| c.is_alphabetic()).count();
        calendar || (digits > 0 && (letters <= 1 || (letters <= 4 && digits >= letters)))
    };
    names.len() >= 2 && names.iter().all(is_step)
}
