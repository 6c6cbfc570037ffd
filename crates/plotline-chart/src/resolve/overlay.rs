//! Lines computed from the points: least-squares trend lines and moving averages.

use crate::chart::{Data, Overlay, Side};
use crate::spec::SpecOptions;

/// A trend through fewer points says nothing.
const TREND_POINTS_MIN: usize = 3;
/// More series than this would bury the data under lines.
const SERIES_MAX: usize = 6;

/// A series as a line: its name, its axis and its points with their gaps.
type Line = (String, Side, Vec<(f64, Option<f64>)>);

/// The lines that the options ask for, for each series; and what the member is told where one cannot be.
pub(super) fn of(options: &SpecOptions, data: &Data) -> (Vec<Overlay>, Vec<String>) {
    let series: Vec<Line> = match data {
        Data::Categories { series, .. } => series
            .iter()
            .map(|series| {
                let points = series.values.iter().enumerate().map(|(at, value)| (at as f64, *value)).collect();
                (series.name.clone(), series.axis, points)
            })
            .collect(),
        Data::Points { series, .. } => series
            .iter()
            .map(|series| {
                let points = series.points.iter().map(|point| (point.x, point.y)).collect();
                (series.name.clone(), series.axis, points)
            })
            .collect(),
        Data::Bins { .. } | Data::Groups { .. } | Data::Grid { .. } | Data::Ohlc { .. } => Vec::new(),
    };
    let mut overlays = Vec::new();
    let mut notes = Vec::new();
    if series.len() > SERIES_MAX {
        return (overlays, notes);
    }
    for (name, axis, points) in series {
        let title = |what: &str| if name.is_empty() { what.to_owned() } else { format!("{what}, {name}") };
        if options.trend_line
            && let Some(ends) = trend(&points.iter().filter_map(|(x, y)| Some((*x, (*y)?))).collect::<Vec<_>>())
        {
            let points = ends.into_iter().map(|(x, y)| (x, Some(y))).collect();
            overlays.push(Overlay { name: title("Trend"), points, axis });
        }
        if let Some(window) = options.moving_average {
            let points = moving_average(&points, usize::from(window));
            if points.iter().any(|(_, mean)| mean.is_some()) {
                overlays.push(Overlay { name: title(&format!("Mean of {window}")), points, axis });
            } else {
                let of = if name.is_empty() { String::new() } else { format!(" of “{name}”") };
                notes.push(format!("Too few values{of} follow each other for a mean of {window}, so there is none."));
            }
        }
    }
    (overlays, notes)
}

/// Beside a line that is computed from it, a series without a name needs one.
pub(super) fn name_only_series(data: &mut Data, name: &str) {
    let only = match data {
        Data::Categories { series, .. } => {
            series.as_mut_slice().split_first_mut().map(|(only, rest)| (&mut only.name, rest.len()))
        }
        Data::Points { series, .. } => {
            series.as_mut_slice().split_first_mut().map(|(only, rest)| (&mut only.name, rest.len()))
        }
        Data::Bins { .. } | Data::Groups { .. } | Data::Grid { .. } | Data::Ohlc { .. } => None,
    };
    if let Some((only, 0)) = only.filter(|(only, _)| only.is_empty()) {
        only.push_str(name);
    }
}

/// The two ends of the least-squares line; `None` where there is none.
pub(crate) fn trend(points: &[(f64, f64)]) -> Option<Vec<(f64, f64)>> {
    if points.len() < TREND_POINTS_MIN {
        return None;
    }
    let count = points.len() as f64;
    let mean_x = points.iter().map(|(x, _)| x / count).sum::<f64>();
    let mean_y = points.iter().map(|(_, y)| y / count).sum::<f64>();
    let spread: f64 = points.iter().map(|(x, _)| (x - mean_x).powi(2)).sum();
    let slope = points.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum::<f64>() / spread;
    let low = points.iter().map(|(x, _)| *x).fold(f64::INFINITY, f64::min);
    let high = points.iter().map(|(x, _)| *x).fold(f64::NEG_INFINITY, f64::max);
    let ends: Vec<(f64, f64)> = [low, high].into_iter().map(|x| (x, mean_y + slope * (x - mean_x))).collect();
    ends.iter().all(|(x, y)| x.is_finite() && y.is_finite()).then_some(ends)
}

/// The mean of this many values up to each. A gap breaks it: the values around a gap do not follow each other, so the mean begins anew
/// after it.
fn moving_average(points: &[(f64, Option<f64>)], window: usize) -> Vec<(f64, Option<f64>)> {
    if window < 2 {
        return Vec::new();
    }
    let mut means: Vec<(f64, Option<f64>)> = Vec::new();
    for stretch in points.split_inclusive(|(_, value)| value.is_none()) {
        let values: Vec<(f64, f64)> = stretch.iter().filter_map(|(x, y)| Some((*x, (*y)?))).collect();
        means.extend(values.windows(window).filter_map(|part| {
            let (x, _) = part.last()?;
            let mean = part.iter().map(|(_, y)| y / window as f64).sum::<f64>();
            mean.is_finite().then_some((*x, Some(mean)))
        }));
        if let Some((x, None)) = stretch.last()
            && means.last().is_some_and(|(_, mean)| mean.is_some())
        {
            means.push((*x, None));
        }
    }
    means.truncate(means.iter().rposition(|(_, mean)| mean.is_some()).map_or(0, |last| last + 1));
    means
}
