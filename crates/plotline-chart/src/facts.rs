//! What the plotted points show, as statements that can be checked against them.

use std::collections::HashMap;

use crate::chart::Kind;
use crate::resolve::{PlotPoint, Printed, Resolved};

/// A relation between two quantities is called clear from this correlation on.
const CORRELATION_CLEAR: f64 = 0.5;
/// A correlation of fewer points says nothing.
const CORRELATION_POINTS_MIN: usize = 5;
/// A change between the first and the last value is told from this many values on.
const CHANGE_POINTS_MIN: usize = 3;
/// Where every series is told by itself, this many are: nobody reads more.
const SERIES_TOLD_MAX: usize = 4;

/// Something that the points bear out.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    /// Only one value is drawn.
    Single {
        /// The point.
        at: Place,
        /// Its value.
        value: f64,
    },
    /// All values are the same.
    AllEqual {
        /// The series that they belong to, where it is told alone.
        series: Option<String>,
        /// The value.
        value: f64,
        /// How many there are.
        count: usize,
    },
    /// The largest and the smallest value.
    Extremes {
        /// A point with the largest value.
        high: Place,
        /// The largest value.
        highest: f64,
        /// How many further points have it.
        high_ties: usize,
        /// A point with the smallest value.
        low: Place,
        /// The smallest value.
        lowest: f64,
        /// How many further points have it.
        low_ties: usize,
    },
    /// From the first to the last value along time or numbers, of one series.
    Change {
        /// The first point.
        first: Place,
        /// Its value.
        from: f64,
        /// The last point.
        last: Place,
        /// Its value.
        to: f64,
    },
    /// The largest part of a whole.
    LargestShare {
        /// The point.
        at: Place,
        /// Its share of the sum, 0 to 100.
        percent: f64,
        /// How many parts there are.
        parts: usize,
    },
    /// How closely two quantities go together (Pearson's r, −1 to 1).
    Correlation {
        /// The coefficient.
        r: f64,
        /// Over how many points.
        count: usize,
    },
    /// The fullest bin of a histogram.
    FullestBin {
        /// Its range.
        range: String,
        /// How many values lie in it.
        count: f64,
        /// How many values there are.
        total: f64,
    },
    /// The groups with the highest and the lowest median.
    Medians {
        /// The group with the highest.
        high: String,
        /// Its median.
        highest: f64,
        /// The group with the lowest.
        low: String,
        /// Its median.
        lowest: f64,
    },
}

/// A point in words.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// The label along x.
    pub x: String,
    /// The series, where there is more than one.
    pub series: Option<String>,
}

impl Place {
    fn of(point: &PlotPoint) -> Self {
        Self { x: point.x.to_string(), series: point.series.clone() }
    }
}

/// The facts, the most telling first.
pub fn facts(resolved: &Resolved) -> Vec<Fact> {
    let drawn: Vec<(&PlotPoint, f64)> = resolved.points.iter().filter_map(|point| Some((point, point.y?))).collect();
    let Some((first, value)) = drawn.first() else { return Vec::new() };
    if drawn.len() == 1 {
        return vec![Fact::Single { at: Place::of(first), value: *value }];
    }
    match resolved.chart.kind {
        Kind::Scatter | Kind::Bubble => scatter(&drawn),
        Kind::Histogram => histogram(&drawn),
        Kind::Box | Kind::Violin | Kind::Strip => medians(&drawn),
        Kind::Pie | Kind::Donut => {
            let mut facts: Vec<Fact> = largest_share(&drawn).into_iter().collect();
            facts.extend(extremes(&drawn));
            facts
        }
        // Values of two units, and of two axes, cannot be compared with each other.
        Kind::Combo => of_each_series(&drawn),
        _ if resolved.chart.y2.is_some() || !resolved.units.is_empty() => of_each_series(&drawn),
        Kind::Line | Kind::Step | Kind::Area => {
            let mut facts: Vec<Fact> = change(resolved, &drawn).into_iter().collect();
            facts.extend(extremes(&drawn));
            facts
        }
        Kind::Candlestick => {
            let closes: Vec<(&PlotPoint, f64)> =
                drawn.iter().filter(|(point, _)| point.series.as_deref() == Some("Close")).copied().collect();
            change_between(&closes).into_iter().collect()
        }
        Kind::Bar | Kind::Heatmap => extremes(&drawn).into_iter().collect(),
    }
}

/// What stands out in each series by itself, in their order.
fn of_each_series(drawn: &[(&PlotPoint, f64)]) -> Vec<Fact> {
    let mut series: Vec<Option<&str>> = Vec::new();
    for (point, _) in drawn {
        if series.len() == SERIES_TOLD_MAX {
            break;
        }
        if !series.contains(&point.series.as_deref()) {
            series.push(point.series.as_deref());
        }
    }
    let told = series.into_iter().filter_map(|name| {
        let own: Vec<(&PlotPoint, f64)> =
            drawn.iter().filter(|(point, _)| point.series.as_deref() == name).copied().collect();
        match own.as_slice() {
            [(point, value)] => Some(Fact::Single { at: Place::of(point), value: *value }),
            _ => extremes(&own).map(|fact| match fact {
                Fact::AllEqual { value, count, .. } => Fact::AllEqual { series: name.map(str::to_owned), value, count },
                other => other,
            }),
        }
    });
    told.collect()
}

fn extremes(drawn: &[(&PlotPoint, f64)]) -> Option<Fact> {
    let high = drawn.iter().max_by(|a, b| a.1.total_cmp(&b.1))?;
    let low = drawn.iter().min_by(|a, b| a.1.total_cmp(&b.1))?;
    if drawn.len() < 2 {
        return None;
    }
    if high.1 == low.1 {
        return Some(Fact::AllEqual { series: None, value: high.1, count: drawn.len() });
    }
    let ties = |value: f64| drawn.iter().filter(|(_, other)| *other == value).count() - 1;
    let first = |value: f64| drawn.iter().find(|(_, other)| *other == value).map(|(point, _)| Place::of(point));
    Some(Fact::Extremes {
        high: first(high.1)?,
        highest: high.1,
        high_ties: ties(high.1),
        low: first(low.1)?,
        lowest: low.1,
        low_ties: ties(low.1),
    })
}

/// A change needs one series whose points stand in the order of time or numbers.
fn change(resolved: &Resolved, drawn: &[(&PlotPoint, f64)]) -> Option<Fact> {
    let one = drawn.windows(2).all(|pair| pair[0].0.series == pair[1].0.series);
    if !one || resolved.spec.sort.is_some() && !ascending(drawn) {
        return None;
    }
    let x = resolved.spec.x.as_ref()?;
    // Names have no first and last.
    let along =
        matches!(resolved.chart.data, crate::chart::Data::Points { .. }) || x.bin.is_some() || resolved.calendar;
    along.then(|| change_between(drawn)).flatten()
}

fn ascending(drawn: &[(&PlotPoint, f64)]) -> bool {
    drawn.windows(2).all(|pair| match (&pair[0].0.x, &pair[1].0.x) {
        (Printed::Number(a), Printed::Number(b)) => a <= b,
        _ => false,
    })
}

fn change_between(drawn: &[(&PlotPoint, f64)]) -> Option<Fact> {
    let ((first, from), (last, to)) = (drawn.first()?, drawn.last()?);
    // Several values of the same x (rows shown as they are) have no single first or last.
    let twice = |end: &PlotPoint| drawn.iter().filter(|(point, _)| point.x == end.x).count() > 1;
    if drawn.len() < CHANGE_POINTS_MIN || twice(first) || twice(last) {
        return None;
    }
    Some(Fact::Change { first: Place::of(first), from: *from, last: Place::of(last), to: *to })
}

fn largest_share(drawn: &[(&PlotPoint, f64)]) -> Option<Fact> {
    let total: f64 = drawn.iter().map(|(_, value)| value).sum();
    let (point, value) = drawn.iter().max_by(|a, b| a.1.total_cmp(&b.1))?;
    let tied = drawn.iter().filter(|(_, other)| other == value).count() > 1;
    if tied || total <= 0.0 || !total.is_finite() || drawn.iter().any(|(_, value)| *value < 0.0) {
        return None;
    }
    Some(Fact::LargestShare { at: Place::of(point), percent: value / total * 100.0, parts: drawn.len() })
}

fn scatter(drawn: &[(&PlotPoint, f64)]) -> Vec<Fact> {
    let pairs: Vec<(f64, f64)> = drawn
        .iter()
        .filter_map(|(point, y)| match point.x {
            Printed::Number(x) => Some((x, *y)),
            Printed::Text(_) => None,
        })
        .collect();
    let whole = pairs.len() == drawn.len() && pairs.len() >= CORRELATION_POINTS_MIN;
    let correlation = whole.then(|| pearson(&pairs)).flatten().map(|r| Fact::Correlation { r, count: pairs.len() });
    correlation.into_iter().chain(extremes(drawn)).collect()
}

/// Pearson's correlation; `None` where one of the quantities does not vary.
fn pearson(pairs: &[(f64, f64)]) -> Option<f64> {
    let count = pairs.len() as f64;
    let mean_x = pairs.iter().map(|(x, _)| x / count).sum::<f64>();
    let mean_y = pairs.iter().map(|(_, y)| y / count).sum::<f64>();
    // Scaled first: squares of large numbers may not be finite.
    let largest = |part: fn(&(f64, f64)) -> f64, mean: f64| {
        pairs.iter().map(|pair| (part(pair) - mean).abs()).fold(0.0, f64::max)
    };
    let (scale_x, scale_y) = (largest(|pair| pair.0, mean_x), largest(|pair| pair.1, mean_y));
    let (mut xy, mut xx, mut yy) = (0.0, 0.0, 0.0);
    for (x, y) in pairs {
        let (dx, dy) = ((x - mean_x) / scale_x, (y - mean_y) / scale_y);
        (xy, xx, yy) = (xy + dx * dy, xx + dx * dx, yy + dy * dy);
    }
    let r = xy / (xx * yy).sqrt();
    r.is_finite().then(|| r.clamp(-1.0, 1.0))
}

/// How a correlation is called.
pub(crate) fn correlation_words(r: f64) -> &'static str {
    if r >= CORRELATION_CLEAR {
        "rise together"
    } else if r <= -CORRELATION_CLEAR {
        "move in opposite directions"
    } else {
        "show no clear linear relation"
    }
}

fn histogram(drawn: &[(&PlotPoint, f64)]) -> Vec<Fact> {
    let mut bins: Vec<(String, f64)> = Vec::new();
    for (point, count) in drawn {
        let range = point.x.to_string();
        match bins.iter_mut().find(|(name, _)| *name == range) {
            Some((_, total)) => *total += count,
            None => bins.push((range, *count)),
        }
    }
    let total: f64 = bins.iter().map(|(_, count)| count).sum();
    let Some((range, count)) = bins.iter().max_by(|a, b| a.1.total_cmp(&b.1)) else { return Vec::new() };
    if bins.iter().filter(|(_, other)| other == count).count() > 1 {
        return Vec::new();
    }
    vec![Fact::FullestBin { range: range.clone(), count: *count, total }]
}

fn medians(drawn: &[(&PlotPoint, f64)]) -> Vec<Fact> {
    let mut groups: Vec<(String, Vec<f64>)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for (point, value) in drawn {
        let place = *places.entry(point.x.to_string()).or_insert_with_key(|name| {
            groups.push((name.clone(), Vec::new()));
            groups.len() - 1
        });
        if let Some((_, values)) = groups.get_mut(place) {
            values.push(*value);
        }
    }
    let medians: Vec<(String, f64)> = groups
        .into_iter()
        .filter_map(|(name, mut values)| {
            values.sort_by(f64::total_cmp);
            let (low, high) = (values.get((values.len() - 1) / 2)?, values.get(values.len() / 2)?);
            Some((name, low / 2.0 + high / 2.0))
        })
        .collect();
    let high = medians.iter().max_by(|a, b| a.1.total_cmp(&b.1));
    let low = medians.iter().min_by(|a, b| a.1.total_cmp(&b.1));
    match (high, low) {
        (Some((high, highest)), Some((low, lowest))) if highest > lowest => {
            vec![Fact::Medians { high: high.clone(), highest: *highest, low: low.clone(), lowest: *lowest }]
        }
        _ => Vec::new(),
    }
}
