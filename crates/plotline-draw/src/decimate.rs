//! Fewer points, the same picture: of all points in a column of half a pixel only the first, the lowest, the highest and the last
//! can be seen (M4; Jugel, Jerzak, Hackenbroich, Markl: "M4: A Visualization-Oriented Time Series Data Aggregation", VLDB 2014).

use crate::painter::At;

/// Columns to a CSS pixel: one for each pixel of a picture at twice the size …
const COLUMNS_PER_PX: f64 = 2.0;
/// … and fewer where many lines cover each other: together they have as many columns as this number of lines.
const FINE_LINES_MAX: f64 = 8.0;

/// Points below this number are kept as they are.
const ALWAYS_KEPT: usize = 600;

/// Thins one of so many lines. The points keep their order; a line that runs back and forth is thinned column by column as it goes.
pub(crate) fn m4(points: &[At], lines: usize) -> Vec<At> {
    if points.len() <= ALWAYS_KEPT {
        return points.to_vec();
    }
    let columns_per_px = COLUMNS_PER_PX * (FINE_LINES_MAX / lines.max(1) as f64).min(1.0);
    let column = |at: &At| (at.0 * columns_per_px).floor();
    let mut kept = Vec::with_capacity(ALWAYS_KEPT * 4);
    let mut rest = points;
    while let Some(first) = rest.first() {
        let here = column(first);
        let end = rest.iter().position(|at| column(at) != here).unwrap_or(rest.len());
        let (group, after) = rest.split_at(end);
        let extreme = |better: fn(f64, f64) -> bool| {
            group.iter().enumerate().fold(0, |best, (i, at)| if better(at.1, group[best].1) { i } else { best })
        };
        let mut chosen = [0, extreme(|a, b| a < b), extreme(|a, b| a > b), group.len() - 1];
        chosen.sort_unstable();
        let mut last = None;
        for i in chosen {
            if last != Some(i) {
                kept.push(group[i]);
            }
            last = Some(i);
        }
        rest = after;
    }
    kept
}
