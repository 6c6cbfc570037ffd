//! Lines computed from the points: least-squares trend lines and moving averages.

use crate::chart::{Data, Overlay, Side};
use crate::spec::SpecOptions;

/// A trend through fewer points says nothing.
const TREND_POINTS_MIN: usize = 3;
/// More series than this would bury the data under lines.
const SERIES_MAX: usize = 6;

/// A series as a line: its name, its axis and its points.
type Line = (String, Side, Vec<(f64, f64)>);

/// The lines that the options ask for, for each series.
pub(super) fn of(options: &SpecOptions, data: &Data) -> Vec<Overlay> {
    let series: Vec<Line> = match data {
        Data::Categories { series, .. } => series
            .iter()
            .map(|series| {
                let points =
                    series.values.iter().enumerate().filter_map(|(at, value)| Some((at as f64, (*value)?))).collect();
                (series.name.clone(), series.axis, points)
            })
            .collect(),
        Data::Points { series, .. } => series
            .iter()
            .map(|series| {
                let points = series.points.iter().filter_map(|point| Some((point.x, point.y?))).collect();
                (series.name.clone(), series.axis, points)
            })
            .collect(),
        Data::Bins { .. } | Data::Groups { .. } | Data::Grid { .. } | Data::Ohlc { .. } => Vec::new(),
    };
    let mut overlays = Vec::new();
    if series.len() > SERIES_MAX {
        return overlays;
    }
    for (name, axis, points) in series {
        let title = |what: &str| if name.is_empty() { what.to_owned() } else { format!("{what}, {name}") };
        if options.trend_line
            && let Some(points) = trend(&points)
        {
            overlays.push(Overlay { name: title("Trend"), points, axis });
        }
        if let Some(window) = options.moving_average {
            let points = moving_average(&points, usize::from(window));
            if points.len() > 1 {
                overlays.push(Overlay { name: title(&format!("Mean of {window}")), points, axis });
            }
        }
    }
    overlays
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

fn moving_average(points: &[(f64, f64)], window: usize) -> Vec<(f64, f64)> {
    if window < 2 {
        return Vec::new();
    }
    points
        .windows(window)
        .filter_map(|part| {
            let (x, _) = part.last()?;
            let mean = part.iter().map(|(_, y)| y / window as f64).sum::<f64>();
            mean.is_finite().then_some((*x, mean))
        })
        .collect()
}
