//! Charts of how values are spread: histogram, box, violin and strip.

use std::collections::HashMap;

use plotline_table::Column;

use super::columns::{is_numeric, number};
use super::key::{Identity, Key, Printed};
use super::{Drawn, PlotPoint, Scope, bounds, words};
use crate::ChartError;
use crate::chart::{Axis, BinSeries, Data, Group, Kind};
use crate::spec::{Bin, Channel, Measure};

/// More bins than this cannot be told apart in a picture.
const BINS_MAX: usize = 200;
/// The number of bins that a histogram has when nothing is said, by Sturges' formula, stays within these.
const BINS_DEFAULT: std::ops::RangeInclusive<usize> = 5..=30;

pub(super) fn histogram(scope: &mut Scope<'_>) -> Result<Drawn, ChartError> {
    let Some(Channel { column: Some(name), bin, .. }) = scope.spec.x.clone() else {
        return Err(scope.impossible("A histogram needs a column of numbers."));
    };
    let column = super::find(scope.table, &name)?;
    if !is_numeric(column) || matches!(bin, Some(bin) if !matches!(bin, Bin::Bins(_) | Bin::Width(_))) {
        // Counting names or periods is what a bar chart does.
        scope
            .assumptions
            .push(format!("“{}” has no numbers to put into ranges, so each value is counted.", column.name));
        scope.spec.kind = Kind::Bar;
        scope.spec.y = vec![Measure::count()];
        return super::category::draw(scope);
    }
    let series_column = match &scope.spec.series {
        Some(series) => Some(super::find(scope.table, &series.column)?),
        None => None,
    };
    let values: Vec<(usize, f64)> = scope.rows.iter().filter_map(|row| Some((*row, number(column, *row)?))).collect();
    scope.leave_out(scope.rows.len() - values.len(), &name);
    let low = values.iter().map(|(_, value)| *value).fold(f64::INFINITY, f64::min);
    let high = values.iter().map(|(_, value)| *value).fold(f64::NEG_INFINITY, f64::max);
    if values.is_empty() {
        return Err(scope.empty());
    }
    let default = (values.len() as f64).log2().ceil() as usize + 1;
    let width = match bin {
        Some(Bin::Width(width)) if width > 0.0 && width.is_finite() => width,
        Some(Bin::Width(_)) => return Err(scope.impossible("The width of a range must be above zero.")),
        Some(Bin::Bins(count)) => width_of(column, &scope.rows, usize::from(count)),
        _ => round_width(column, &scope.rows, default.clamp(*BINS_DEFAULT.start(), *BINS_DEFAULT.end())),
    };
    let first = (low / width).floor();
    let count = (high / width).floor() - first + 1.0;
    if !(count.is_finite() && count <= BINS_MAX as f64) {
        return Err(scope.impossible(format!("Ranges of {width} would be more than {BINS_MAX}; ask for wider ones.")));
    }
    // The last bin includes its upper edge, so that a largest value on the edge does not open a bin of its own.
    let mut count = count as usize;
    if count > 1 && high == (first + count as f64 - 1.0) * width {
        count -= 1;
    }
    let edges: Vec<f64> = (0..=count).map(|at| tidy((first + at as f64) * width)).collect();
    let mut series: Vec<BinSeries> = Vec::new();
    let mut at: HashMap<Option<Identity>, usize> = HashMap::new();
    for (row, value) in values {
        let key = match series_column.map(|column| Key::of(column, row, None)) {
            Some(None) => continue,
            Some(Some(key)) => Some(key),
            None => None,
        };
        let place = *at.entry(key.as_ref().map(|key| key.identity.clone())).or_insert_with(|| {
            let name = key.map(|key| key.printed.to_string()).unwrap_or_default();
            series.push(BinSeries { name, counts: vec![0.0; count] });
            series.len() - 1
        });
        let bin = (((value / width).floor() - first) as usize).min(count - 1);
        series[place].counts[bin] += 1.0;
    }
    let series = fewer(scope, series, count);
    let mut points = Vec::with_capacity(count * series.len());
    for bin in 0..count {
        for of_series in &series {
            points.push(PlotPoint {
                x: Printed::Text(format!("{}–{}", edges[bin], edges[bin + 1])),
                y: Some(of_series.counts[bin]),
                series: series_column.map(|_| of_series.name.clone()),
                size: None,
            });
        }
    }
    scope.spec.x = Some(Channel { column: Some(name.clone()), aggregate: None, bin: Some(Bin::Width(width)) });
    scope.spec.y = vec![Measure::count()];
    let x = Axis { label: words::pretty(&name), unit: column.unit.clone(), log: false };
    let y = Axis { label: "Count".to_owned(), unit: None, log: false };
    let data = Data::Bins { edges, series };
    Ok(Drawn { kind: Kind::Histogram, points, data, x, y, y2: None, overlays: Vec::new() })
}

/// The series of a histogram that can be told apart: those with the most values, and the rest as one.
fn fewer(scope: &mut Scope<'_>, series: Vec<BinSeries>, bins: usize) -> Vec<BinSeries> {
    let total = series.len();
    if total <= bounds::SERIES_MAX {
        return series;
    }
    let most = bounds::SERIES_MAX - 1;
    let sizes: Vec<f64> = series.iter().map(|series| series.counts.iter().sum()).collect();
    let mut keep = bounds::largest(&sizes, most).into_iter();
    let (mut shown, gathered): (Vec<BinSeries>, Vec<BinSeries>) =
        series.into_iter().partition(|_| keep.next().unwrap_or_default());
    let counts = (0..bins).map(|bin| gathered.iter().filter_map(|series| series.counts.get(bin)).sum()).collect();
    shown.push(BinSeries { name: bounds::OTHER.to_owned(), counts });
    bounds::say_series(scope, most, total, true);
    shown
}

/// A width with round edges that gives exactly this many ranges, where there is one; else about as many.
pub(super) fn width_of(column: &Column, rows: &[usize], count: usize) -> f64 {
    const STEPS: [f64; 14] = [1.0, 1.2, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.0, 7.5, 8.0, 9.0];
    let values = || rows.iter().filter_map(|row| number(column, *row));
    let low = values().fold(f64::INFINITY, f64::min);
    let high = values().fold(f64::NEG_INFINITY, f64::max);
    let usual = round_width(column, rows, count);
    let whole = values().all(|value| value.fract() == 0.0);
    let ranges = |width: f64| {
        let (first, last) = ((low / width).floor(), (high / width).floor());
        // The last range includes its upper edge.
        last - first + if last > first && high == last * width { 0.0 } else { 1.0 }
    };
    let power = 10_f64.powf(usual.log10().floor());
    let exact = [power / 10.0, power, power * 10.0]
        .into_iter()
        .flat_map(|power| STEPS.map(|step| tidy(step * power)))
        .filter(|width| *width > 0.0 && width.is_finite() && (!whole || width.fract() == 0.0))
        .filter(|width| ranges(*width) == count as f64)
        .min_by(|a, b| (a.ln() - usual.ln()).abs().total_cmp(&(b.ln() - usual.ln()).abs()));
    exact.unwrap_or(usual)
}

/// A width with round edges (1, 2, 2.5 or 5 times a power of ten) that gives about this many ranges.
pub(super) fn round_width(column: &Column, rows: &[usize], count: usize) -> f64 {
    let values = || rows.iter().filter_map(|row| number(column, *row));
    let low = values().fold(f64::INFINITY, f64::min);
    let high = values().fold(f64::NEG_INFINITY, f64::max);
    let spread = high / 2.0 - low / 2.0;
    let rough = spread / count.clamp(1, BINS_MAX) as f64 * 2.0;
    if !(rough.is_finite() && rough > 0.0) {
        return 1.0;
    }
    let power = 10_f64.powf(rough.log10().floor());
    let whole = values().all(|value| value.fract() == 0.0);
    let width = [1.0, 2.0, 2.5, 5.0, 10.0]
        .into_iter()
        .map(|step| step * power)
        // Half a unit is no range of whole numbers.
        .filter(|width| !whole || width.fract() == 0.0)
        .min_by(|a, b| (a.ln() - rough.ln()).abs().total_cmp(&(b.ln() - rough.ln()).abs()))
        .unwrap_or(1.0);
    if width.is_finite() && width > 0.0 { width } else { 1.0 }
}

/// An edge without the noise of binary fractions.
fn tidy(number: f64) -> f64 {
    format!("{number:.9}")
        .parse()
        .ok()
        .filter(|tidy: &f64| (tidy - number).abs() <= number.abs() * 1e-9)
        .unwrap_or(number)
}

/// Every value of one column, in groups.
pub(super) fn groups(scope: &mut Scope<'_>) -> Result<Drawn, ChartError> {
    // A single column may stand on either axis.
    if scope.spec.y.is_empty()
        && let Some(Channel { column: Some(name), .. }) = scope.spec.x.take()
    {
        scope.spec.y.push(Measure::rows(&name));
    }
    if let Some(measure) = scope.spec.y.iter_mut().find(|measure| measure.aggregate.is_some()) {
        measure.aggregate = None;
        scope.assumptions.push("All values are shown, not an aggregate of them.".to_owned());
    }
    let split = match (&scope.spec.x, &scope.spec.series) {
        (Some(Channel { column: Some(name), bin, .. }), _) => Some((super::find(scope.table, name)?, *bin)),
        (_, Some(series)) => Some((super::find(scope.table, &series.column)?, series.bin)),
        _ => None,
    };
    if let Some((column, bin)) = split {
        scope.check_bin(column, bin)?;
    }
    let mut groups: Vec<(Key, Group)> = Vec::new();
    let mut at: HashMap<Identity, usize> = HashMap::new();
    let mut left_out = 0;
    for measure in scope.spec.y.clone() {
        let Some(name) = &measure.column else { return Err(scope.impossible("A count has no spread to show.")) };
        let column = scope.numeric(name, "a chart of how values are spread")?;
        for &row in &scope.rows {
            let key = match split {
                Some((by, bin)) => Key::of(by, row, bin),
                None => Some(Key::text(&words::pretty(name))),
            };
            let (Some(key), Some(value)) = (key, number(column, row)) else {
                left_out += 1;
                continue;
            };
            let place = *at.entry(key.identity.clone()).or_insert_with(|| {
                groups.push((key.clone(), Group { name: key.printed.to_string(), values: Vec::new() }));
                groups.len() - 1
            });
            groups[place].1.values.push(value);
        }
    }
    if left_out > 0 {
        scope.left_out.push(format!("{left_out} gaps left out"));
    }
    if let Some((column, None)) = split
        && groups.len() > bounds::GROUPS_MAX
        && groups.iter().all(|(key, _)| key.position.is_some())
        && let Some(bin) = bounds::coarser(scope, column, bounds::GROUPS_MAX)
    {
        match (&mut scope.spec.x, &mut scope.spec.series) {
            (Some(x), _) => x.bin = Some(bin),
            (None, Some(series)) => series.bin = Some(bin),
            (None, None) => {}
        }
        return self::groups(scope);
    }
    if groups.iter().all(|(key, _)| key.position.is_some()) {
        groups.sort_by(|(a, _), (b, _)| a.compare(b));
    }
    if let Some(limit) = scope.spec.limit.filter(|limit| limit.count < groups.len()) {
        scope.left_out.push(format!("First {} of {}", limit.count, groups.len()));
        groups.truncate(limit.count);
    }
    bounds::groups(scope, &mut groups, |(_, group)| group);
    let points = groups
        .iter()
        .flat_map(|(key, group)| {
            group.values.iter().map(|value| PlotPoint {
                x: key.printed.clone(),
                y: Some(*value),
                series: None,
                size: None,
            })
        })
        .collect();
    let first = scope.spec.y.first().cloned().unwrap_or_default();
    let y_column = scope.column(first.column.as_deref())?;
    let several = scope.spec.y.len() > 1;
    let x = Axis {
        label: split.map(|(column, _)| words::pretty(&column.name)).unwrap_or_default(),
        unit: None,
        log: false,
    };
    let y = Axis {
        label: if several || split.is_none() { String::new() } else { words::measure(&first) },
        unit: words::unit(&(first, y_column)),
        log: scope.spec.options.log && groups.iter().all(|(_, group)| group.values.iter().all(|value| *value > 0.0)),
    };
    let data = Data::Groups { groups: groups.into_iter().map(|(_, group)| group).collect() };
    Ok(Drawn { kind: scope.spec.kind, points, data, x, y, y2: None, overlays: Vec::new() })
}
