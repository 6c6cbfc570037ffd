//! Quartiles, whiskers and densities.

/// The five numbers of a box plot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct BoxSummary {
    pub(crate) lower_whisker: f64,
    pub(crate) lower_quartile: f64,
    pub(crate) median: f64,
    pub(crate) upper_quartile: f64,
    pub(crate) upper_whisker: f64,
}

/// A quantile of ascending values by linear interpolation (Hyndman and Fan 1996, type 7).
pub(crate) fn quantile(sorted: &[f64], p: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let place = p.clamp(0.0, 1.0) * last as f64;
    let below = place.floor() as usize;
    let (a, b) = (sorted[below.min(last)], sorted[(below + 1).min(last)]);
    // Not a + (b − a)·t, whose difference could overflow.
    let t = place.fract();
    a * (1.0 - t) + b * t
}

/// Quartiles, and whiskers that reach to the farthest values within 1.5 times the interquartile range (Tukey 1977).
pub(crate) fn box_summary(sorted: &[f64]) -> BoxSummary {
    let (q1, median, q3) = (quantile(sorted, 0.25), quantile(sorted, 0.5), quantile(sorted, 0.75));
    let reach = 1.5 * (q3 - q1);
    let lower = sorted.iter().copied().find(|value| *value >= q1 - reach).unwrap_or(q1);
    let upper = sorted.iter().rev().copied().find(|value| *value <= q3 + reach).unwrap_or(q3);
    BoxSummary {
        lower_whisker: lower.min(q1),
        lower_quartile: q1,
        median,
        upper_quartile: q3,
        upper_whisker: upper.max(q3),
    }
}

/// Places at which a density is known.
const GRID: usize = 96;

/// A Gaussian kernel density estimate over the range of the values, scaled so that its peak is 1.
#[derive(Clone, Debug)]
pub(crate) struct Density {
    low: f64,
    high: f64,
    shares: Vec<f64>,
}

impl Density {
    /// Of ascending values, with the bandwidth of Silverman's rule (1986, eq. 3.31). The values are first counted into the cells
    /// of the grid, so that the cost does not grow with the square of their number.
    pub(crate) fn of(sorted: &[f64]) -> Density {
        let (low, high) = (sorted.first().copied().unwrap_or(0.0), sorted.last().copied().unwrap_or(0.0));
        let span = high - low;
        if !(span.is_finite() && span > 0.0) {
            return Density { low, high, shares: vec![1.0; GRID] };
        }
        let place = |value: f64| (value - low) / span * (GRID - 1) as f64;
        let mut counts = vec![0.0; GRID];
        for value in sorted {
            // Shared between the two nearest cells, which keeps the mean.
            let at = place(*value).clamp(0.0, (GRID - 1) as f64);
            let (cell, part) = (at.floor() as usize, at.fract());
            counts[cell] += 1.0 - part;
            counts[(cell + 1).min(GRID - 1)] += part;
        }
        let n = sorted.len() as f64;
        let mean = sorted.iter().map(|v| place(*v)).sum::<f64>() / n;
        let deviation = (sorted.iter().map(|v| (place(*v) - mean).powi(2)).sum::<f64>() / (n - 1.0).max(1.0)).sqrt();
        let spread = (place(quantile(sorted, 0.75)) - place(quantile(sorted, 0.25))) / 1.34;
        let scale = if spread > 0.0 { deviation.min(spread) } else { deviation };
        let bandwidth = (0.9 * scale * n.powf(-0.2)).max(0.6);
        let kernel: Vec<f64> = (0..GRID).map(|d| (-0.5 * (d as f64 / bandwidth).powi(2)).exp()).collect();
        let raw: Vec<f64> = (0..GRID)
            .map(|i| counts.iter().enumerate().map(|(j, count)| count * kernel[i.abs_diff(j)]).sum())
            .collect();
        let peak = raw.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
        Density { low, high, shares: raw.into_iter().map(|share| share / peak).collect() }
    }

    /// Values from the lowest to the highest, each with its density as a share of the peak.
    pub(crate) fn outline(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        let last = (GRID - 1) as f64;
        self.shares.iter().enumerate().map(move |(i, share)| {
            let t = i as f64 / last;
            (self.low * (1.0 - t) + self.high * t, *share)
        })
    }

    /// The density at a value, as a share of the peak.
    pub(crate) fn share_at(&self, value: f64) -> f64 {
        let span = self.high - self.low;
        let place = if span > 0.0 { (value - self.low) / span * (GRID - 1) as f64 } else { 0.0 };
        self.shares.get(place.round().max(0.0) as usize).copied().unwrap_or(1.0)
    }
}

/// The `i`-th number of the additive golden-ratio sequence in 0..1: evenly spread however many are taken.
pub(crate) fn golden(i: usize) -> f64 {
    (i as f64 * 0.618_033_988_749_894_9).fract()
}
