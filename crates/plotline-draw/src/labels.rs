//! Labels along an axis: on one line if they fit, else on two, else thinned or turned, and shortened only as a last resort.

use crate::font::Fonts;
use crate::periods::Names;
use crate::text::{SetTexts, Type};

/// Between neighbouring labels, in CSS pixels.
const GAP: f64 = 8.0;
/// Labels that are turned by 40° are shortened to this length, which is 109 px of height and some 25 letters.
const TURNED_LENGTH_MAX: f64 = 170.0;
/// The same for labels that stand upright.
const UPRIGHT_LENGTH_MAX: f64 = 205.0;
/// Degrees, counter-clockwise.
const TURNED: f64 = 40.0;
const UPRIGHT: f64 = 90.0;
/// Of the width, the share that names beside rows take at most, and the share where they would else be cut.
const NAMES_SHARE: f64 = 0.38;
const NAMES_SHARE_MAX: f64 = 0.48;
/// Lines of a name beside a row.
const BESIDE_LINES_MAX: usize = 3;
/// Sizes of names beside rows, in CSS pixels: smaller ones where the rows are low.
const BESIDE_SIZES: [f64; 4] = [Type::LABEL.size, 12.5, 11.5, Type::LABEL_LEAST.size];
/// Names beside rows at most: more cannot stand in the highest picture.
const ROWS_LABELLED_MAX: usize = 160;
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
    /// How they are written.
    pub(crate) kind: Type,
    /// Degrees, counter-clockwise; turned labels end at their place, level ones are centred on it.
    pub(crate) angle: f64,
    /// What they take below the axis.
    pub(crate) height: f64,
    /// Whether every category got its label in full.
    pub(crate) complete: bool,
}

impl AxisLabels {
    /// Of an axis without labels.
    pub(crate) fn none() -> Self {
        AxisLabels { labels: Vec::new(), kind: Type::LABEL, angle: 0.0, height: 0.0, complete: true }
    }
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

/// Lays out the labels of categories.
pub(crate) fn categories(fonts: &Fonts, names: &Names, bands: Bands) -> AxisLabels {
    if !names.contexts.is_empty() {
        return periods(fonts, names, bands);
    }
    let ordered = names.sequence;
    let names = names.texts.as_slice();
    let kind = Type::LABEL;
    let level = |index: usize, lines: Vec<String>| AxisLabel { at: bands.center(index), lines, index };
    if names.is_empty() {
        return AxisLabels::none();
    }
    // With thousands of categories most get no label, and those that do are far apart: no need to measure all.
    let dense = bands.step < 3.0;
    if !dense {
        let fits = |index: usize, width: f64| width <= (bands.step - GAP).min(bands.room(index));
        if names.iter().enumerate().all(|(i, name)| fits(i, fonts.measure(name, kind))) {
            let labels = names.iter().enumerate().map(|(i, name)| level(i, vec![name.clone()])).collect();
            return AxisLabels { labels, kind: Type::LABEL, angle: 0.0, height: kind.line(), complete: true };
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
                return AxisLabels { labels, kind: Type::LABEL, angle: 0.0, height: 2.0 * kind.line(), complete: true };
            }
        }
    }
    if ordered {
        return thinned(fonts, names, bands);
    }
    // Names say nothing about each other, so as many as can stand: turned, smaller, upright, and only then every second or third.
    let least = Type::LABEL_LEAST;
    let step_turned = |kind: Type| kind.line() / TURNED.to_radians().sin() * 0.93;
    let attempts =
        [(kind, TURNED, step_turned(kind)), (least, TURNED, step_turned(least)), (kind, UPRIGHT, kind.line())];
    for (kind, angle, step) in attempts {
        if bands.step >= step {
            let laid_out = turned(fonts, names, bands, kind, angle, 1);
            if laid_out.complete {
                return laid_out;
            }
        }
    }
    let every = (least.line() / bands.step.max(1e-3)).ceil().clamp(1.0, names.len() as f64) as usize;
    turned(fonts, names, bands, least, UPRIGHT, every)
}

/// Days, months and times: each with its short name, and below it the year or the day where that changes.
fn periods(fonts: &Fonts, names: &Names, bands: Bands) -> AxisLabels {
    let count = names.len();
    let mut every = count.div_ceil(LABELS_MAX).max(1);
    loop {
        let both = names.texts.iter().zip(&names.contexts).enumerate().step_by(every);
        let items: Vec<_> =
            both.map(|(i, (text, context))| (bands.center(i), text.clone(), Some(context.clone()))).collect();
        let mut laid_out = ticks(fonts, &items, bands.overhang, bands.length);
        if laid_out.complete || every >= count {
            for label in &mut laid_out.labels {
                label.index *= every;
            }
            return AxisLabels { complete: laid_out.complete && every == 1, ..laid_out };
        }
        every = next_round(every, count);
    }
}

/// Every n-th label, turned.
fn turned(fonts: &Fonts, names: &[String], bands: Bands, kind: Type, angle: f64, every: usize) -> AxisLabels {
    let length_max = if angle == UPRIGHT { UPRIGHT_LENGTH_MAX } else { TURNED_LENGTH_MAX };
    let (sin, cos) = angle.to_radians().sin_cos();
    let mut shown: Vec<(usize, &String)> = names.iter().enumerate().step_by(every).collect();
    shown.truncate(LABELS_MAX);
    // A label hangs to the lower left of its place and must not leave the picture there.
    let room = |index: usize| {
        let before_edge = if cos > 0.01 { (bands.center(index) + bands.overhang.0) / cos } else { f64::INFINITY };
        length_max.min(before_edge)
    };
    let complete = every == 1 && shown.iter().all(|(index, name)| fonts.measure(name, kind) <= room(*index));
    let texts: Vec<&str> = shown.iter().map(|(_, name)| name.as_str()).collect();
    let texts = fonts.set_shortened(&texts, kind, length_max, 1);
    let mut longest: f64 = 0.0;
    let labels = shown
        .iter()
        .zip(texts)
        .map(|((index, _), lines)| {
            let text = fonts.shorten(&lines.concat(), kind, room(*index));
            longest = longest.max(fonts.measure(&text, kind));
            AxisLabel { at: bands.center(*index), lines: vec![text], index: *index }
        })
        .collect();
    AxisLabels { labels, kind, angle, height: longest * sin + kind.size * cos + 4.0, complete }
}

/// Lays out names beside rows (lying bars, the rows of a heatmap) that are `row` high, within a share of `width`: as large as they
/// can be whole, in more than one line where the rows are high enough; shortened or left out only where nothing else helps.
pub(crate) fn beside(fonts: &Fonts, names: &[String], row: f64, width: f64) -> AxisLabels {
    let least = row_of(Type::LABEL_LEAST, 1);
    let every = ((least / row.max(1e-3)).ceil().max(1.0) as usize).max(names.len().div_ceil(ROWS_LABELLED_MAX)).max(1);
    let shown: Vec<&str> = names.iter().step_by(every).map(String::as_str).collect();
    let row = row * every as f64;
    let sizes =
        || BESIDE_SIZES.into_iter().map(|size| Type::LABEL.sized(size)).filter(|kind| row_of(*kind, 1) <= row + 0.01);
    let lines_of = |kind: Type| (1..=BESIDE_LINES_MAX).rev().find(|lines| row_of(kind, *lines) <= row).unwrap_or(1);
    let mut best: Option<(Type, SetTexts)> = None;
    'found: for share in [NAMES_SHARE, NAMES_SHARE_MAX] {
        for kind in sizes() {
            let Some(set) = fonts.set_whole(&shown, kind, width * share, lines_of(kind)) else { continue };
            // Smaller or wider letters are better than a broken word, which is better than an ellipsis.
            let whole_words = set.whole_words;
            if whole_words || best.is_none() {
                best = Some((kind, set));
            }
            if whole_words {
                break 'found;
            }
        }
    }
    let complete = best.is_some() && every == 1;
    let (kind, lines) = best.map_or_else(
        || {
            let kind = sizes().next_back().unwrap_or(Type::LABEL_LEAST);
            (kind, fonts.set_shortened(&shown, kind, width * NAMES_SHARE_MAX, lines_of(kind)))
        },
        |(kind, set)| (kind, set.lines),
    );
    let labels = lines.into_iter().enumerate();
    let labels = labels.map(|(i, lines)| AxisLabel { at: 0.0, lines, index: i * every }).collect();
    AxisLabels { labels, kind, angle: 0.0, height: 0.0, complete }
}

/// The heights of rows whose names all stand beside them, whole: what suits them, and the least.
pub(crate) fn rows_beside(fonts: &Fonts, names: &[String], width: f64) -> (f64, f64) {
    let shown: Vec<&str> = names.iter().take(ROWS_LABELLED_MAX).map(String::as_str).collect();
    let height = |kind: Type| {
        let sets = [NAMES_SHARE, NAMES_SHARE_MAX].into_iter();
        let set = sets.filter_map(|share| fonts.set_whole(&shown, kind, width * share, BESIDE_LINES_MAX)).next();
        row_of(kind, set.and_then(|set| set.lines.iter().map(Vec::len).max()).unwrap_or(BESIDE_LINES_MAX))
    };
    (height(Type::LABEL) + 6.0, height(Type::LABEL_LEAST))
}

/// The height of a row with a name of so many lines beside it: a name of one line needs no more than its letters.
pub(crate) fn row_of(kind: Type, lines: usize) -> f64 {
    if lines <= 1 { kind.size * 1.1 } else { lines as f64 * kind.line() + 3.0 }
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
    AxisLabels { labels, kind: Type::LABEL, angle: 0.0, height: kind.line(), complete: false }
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
    AxisLabels {
        labels,
        kind: Type::LABEL,
        angle: 0.0,
        height: Type::LABEL.line() * if two_lines { 2.0 } else { 1.0 },
        complete,
    }
}

/// Whether names are steps of a sequence: numbers, dates, months, weekdays, quarters or bins.
pub(crate) fn is_sequence(names: &[String]) -> bool {
    names.len() >= 2 && names.iter().all(|name| is_date(name) || is_numbered(name))
}

/// Whether a name is made of months, weekdays and numbers alone: `Mon`, `5 March`, `Jan 2nd, 2024`.
fn is_date(name: &str) -> bool {
    const WORDS: [&str; 19] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    let mut named = false;
    let mut parts = name.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    let fits = parts.all(|part| {
        let letters = part.trim_start_matches(|c: char| c.is_ascii_digit());
        if letters.len() < part.len() {
            return matches!(letters, "" | "st" | "nd" | "rd" | "th");
        }
        let lower = part.to_lowercase();
        let known = lower.len() >= 3 && WORDS.iter().any(|word| word.starts_with(&lower));
        named |= known;
        known
    });
    fits && named
}

/// Whether a name is a number with little else: `12`, `Q1 2025`, `10–20`, `W7`.
fn is_numbered(name: &str) -> bool {
    let digits = name.chars().filter(char::is_ascii_digit).count();
    let letters = name.chars().filter(|c| c.is_alphabetic()).count();
    digits > 0 && (letters <= 1 || (letters <= 4 && digits >= letters))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_numbers_are_sequences_and_names_are_not() {
        let is = |names: &[&str]| is_sequence(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        for names in [["1 Jan", "2 Jan"], ["Mon", "Tuesday"], ["March 2024", "Apr 2024"], ["Jan 2nd, 2024", "Jan 3rd"]]
        {
            assert!(is(&names), "{names:?}");
        }
        for names in [["10–20", "20–30"], ["Q1 2025", "Q2 2025"], ["W7", "W8"], ["2019", "2020"]] {
            assert!(is(&names), "{names:?}");
        }
        for names in [
            ["Marketing", "Sales"],
            ["Mayor", "Juno"],
            ["May Smith", "June Lee"],
            ["Sunny", "Fridge"],
            ["1 Jan", "Rest"],
        ] {
            assert!(!is(&names), "{names:?}");
        }
    }
}
