//! How many marks a picture shows at most, so that they can be told apart, and which of more they are.
//!
//! Along time and numbers more marks become fewer without losing any value: bars become a line, groups and cells periods or ranges,
//! candles longer ones. Of names the largest are shown, and the member is told. The points of charts with categories keep all.

use std::collections::HashSet;

use plotline_table::{Column, ColumnKind};

use super::category::{Entry, Plot, Series, category_totals};
use super::key::{Identity, Key};
use super::{Scope, distribution, words};
use crate::chart::{Group, Kind, NumberStyle, Stack};
use crate::format::number;
use crate::spec::Bin;

/// Bars along an axis: each still has about three pixels of the usual picture, 640 wide.
pub(super) const CATEGORIES_MAX: usize = 200;
/// The same where several stand side by side in each category, all together …
const BARS_MAX: usize = 600;
/// … but never fewer categories than this.
const GROUPED_CATEGORIES_MIN: usize = 10;
/// Names along a line …
const LINE_NAMES_MAX: usize = 2_000;
/// … and its values, all series together.
const LINE_VALUES_MAX: usize = 20_000;
/// Series: as many as there may be panels, and about as many as a legend names.
pub(super) const SERIES_MAX: usize = 60;
/// Boxes, violins and strips: each has about six pixels.
pub(super) const GROUPS_MAX: usize = 100;
/// Columns and rows of a heatmap: as many as can have a name beside them.
pub(super) const CELLS_MAX: (usize, usize) = (160, 120);
/// Candles: each has two pixels and a half.
pub(super) const CANDLES_MAX: usize = 250;
/// Bubbles: more cover each other wholly.
pub(super) const BUBBLES_MAX: usize = 1_000;
/// The name of what is gathered.
pub(super) const OTHER: &str = "Other";

/// Numbers are put into about this many ranges where their values are too many.
const RANGES: usize = 20;

/// A count as people write it.
pub(super) fn count(count: usize, style: NumberStyle) -> String {
    number(count as f64, style)
}

/// Which of these are the largest, the first of equals.
pub(super) fn largest(sizes: &[f64], count: usize) -> Vec<bool> {
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    order.sort_by(|a, b| sizes[*b].total_cmp(&sizes[*a]));
    let mut keep = vec![false; sizes.len()];
    order.into_iter().take(count).for_each(|at| keep[at] = true);
    keep
}

/// How many categories may have bars, for so many series.
pub(super) fn categories_max(scope: &Scope<'_>, series: usize) -> usize {
    let options = &scope.spec.options;
    let stacked = options.stack.is_some_and(|stack| stack != Stack::None);
    if stacked || series <= 1 || scope.spec.kind == Kind::Combo {
        CATEGORIES_MAX
    } else if options.small_multiples {
        CATEGORIES_MAX / 4
    } else {
        (BARS_MAX / series).clamp(GROUPED_CATEGORIES_MIN, CATEGORIES_MAX)
    }
}

/// How many names there may be along lines, for so many series.
pub(super) fn names_max(series: usize) -> usize {
    (LINE_VALUES_MAX / series.max(1)).clamp(CATEGORIES_MAX, LINE_NAMES_MAX)
}

/// The categories that bars are drawn for: the first of sorted ones, else the largest.
pub(super) fn categories<'t>(scope: &mut Scope<'_>, plot: &Plot<'t>, most: usize) -> Plot<'t> {
    let total = plot.categories.len();
    let sorted = scope.spec.sort.is_some();
    let keep = if sorted {
        (0..total).map(|at| at < most).collect()
    } else {
        let sizes: Vec<f64> =
            category_totals(plot).into_iter().map(|total| total.unwrap_or(f64::NEG_INFINITY)).collect();
        largest(&sizes, most)
    };
    say(scope, sorted, most, total, "");
    let mut place = vec![None; total];
    for (to, from) in keep.iter().enumerate().filter(|(_, keep)| **keep).map(|(at, _)| at).enumerate() {
        place[from] = Some(to);
    }
    let entries = plot.entries.iter().filter_map(|entry| Some(entry.drawn(place[entry.category]?, entry.series)));
    Plot {
        categories: plot.categories.iter().zip(&keep).filter(|(_, keep)| **keep).map(|(key, _)| key.clone()).collect(),
        entries: entries.collect(),
        ..plot.emptied()
    }
}

/// The series that are drawn, where they are too many: the largest, and in a stack the rest as one.
pub(super) fn series<'t>(scope: &mut Scope<'_>, plot: &Plot<'t>) -> Option<Plot<'t>> {
    let total = plot.series.len();
    if total <= SERIES_MAX {
        return None;
    }
    let mut sizes = vec![0.0; total];
    for entry in &plot.entries {
        sizes[entry.series] += entry.value.unwrap_or(0.0).abs();
    }
    let stacked = scope.spec.kind == Kind::Area || scope.spec.options.stack.is_some_and(|stack| stack != Stack::None);
    let most = SERIES_MAX - usize::from(stacked);
    let keep = largest(&sizes, most);
    let mut place = vec![most; total];
    let mut series = Vec::with_capacity(SERIES_MAX);
    for (at, of) in plot.series.iter().enumerate().filter(|(at, _)| keep[*at]) {
        place[at] = series.len();
        series.push(of.clone());
    }
    let mut entries: Vec<Entry> = Vec::new();
    let mut rest: Vec<Option<f64>> = vec![None; plot.categories.len()];
    for entry in &plot.entries {
        if place[entry.series] < most {
            entries.push(entry.drawn(entry.category, place[entry.series]));
        } else if let Some(value) = entry.value {
            let sum = &mut rest[entry.category];
            *sum = Some(sum.unwrap_or(0.0) + value);
        }
    }
    say_series(scope, most, total, stacked);
    if stacked {
        series.push(Series { name: Some(OTHER.to_owned()), measure: 0 });
        let rest = rest.into_iter().enumerate().filter(|(_, sum)| sum.is_none_or(f64::is_finite));
        entries.extend(rest.filter(|(_, sum)| sum.is_some()).map(|(category, value)| Entry {
            category,
            series: most,
            rows: Vec::new(),
            value,
        }));
        entries.sort_by_key(|entry| (entry.category, entry.series));
    }
    Some(Plot { series, entries, categories: plot.categories.clone(), ..plot.emptied() })
}

/// Says which series are drawn.
pub(super) fn say_series(scope: &mut Scope<'_>, most: usize, total: usize, others: bool) {
    let (shown, all) = (count(most, scope.style), count(total, scope.style));
    let rest = if others { format!(", the rest as “{OTHER}”") } else { String::new() };
    scope.assumptions.push(format!("The {shown} largest of {all} series are drawn{rest}."));
    scope.left_out.push(format!("{shown} largest of {all} series{}", if others { ", the rest as Other" } else { "" }));
}

/// Says which marks are drawn: `The 200 largest of 5,000 are drawn.`
pub(super) fn say(scope: &mut Scope<'_>, first: bool, most: usize, total: usize, what: &str) {
    let (shown, all) = (count(most, scope.style), count(total, scope.style));
    let (sentence, short) = if first {
        (format!("first {shown} of {all}{what}"), format!("First {shown} of {all}{what}"))
    } else {
        (format!("{shown} largest of {all}{what}"), format!("{shown} largest of {all}{what}"))
    };
    scope.assumptions.push(format!("The {sentence} are drawn; more could not be told apart."));
    scope.left_out.push(short);
}

/// The groups that are drawn: those with the most values, the first of equals.
pub(super) fn groups<T>(scope: &mut Scope<'_>, groups: &mut Vec<T>, values: impl Fn(&T) -> &Group) {
    let total = groups.len();
    if total <= GROUPS_MAX {
        return;
    }
    let sizes: Vec<f64> = groups.iter().map(|group| values(group).values.len() as f64).collect();
    let alike = sizes.iter().all(|size| Some(size) == sizes.first());
    say(scope, alike, GROUPS_MAX, total, " groups");
    let mut keep = largest(&sizes, GROUPS_MAX).into_iter();
    groups.retain(|_| keep.next().unwrap_or_default());
}

/// The finest periods or ranges in which a column has no more than `most` values, said to the member; none where its values are names.
pub(super) fn coarser(scope: &mut Scope<'_>, column: &Column, most: usize) -> Option<Bin> {
    let bin = match column.kind {
        ColumnKind::Number => Bin::Width(distribution::round_width(column, &scope.rows, RANGES)),
        ColumnKind::Date => [Bin::DayHour, Bin::Day, Bin::Week, Bin::YearMonth, Bin::Year].into_iter().find(|bin| {
            let mut found: HashSet<Identity> = HashSet::new();
            let keys = scope.rows.iter().filter_map(|row| Key::of(column, *row, Some(*bin)));
            let few = keys.map(|key| found.insert(key.identity)).filter(|new| *new).nth(most).is_none();
            few && found.len() > 1
        })?,
        _ => return None,
    };
    let periods = words::bin(bin);
    scope
        .assumptions
        .push(format!("“{}” has too many values to tell apart, so they are grouped by {periods}.", column.name));
    Some(bin)
}
