//! Charts with one value for each category and series: bar, line, step, area, pie, donut and combo.

use std::cmp::Ordering;
use std::collections::HashMap;

use plotline_table::Column;

use super::aggregate::aggregate;
use super::columns::number;
use super::key::{Identity, Key};
use super::{Drawn, PlotPoint, Scope, VALUES_MAX, bounds, is_absolute_time, is_year, labels, overlay, words};
use crate::ChartError;
use crate::chart::{Axis, CategorySeries, Data, Kind, Mark, Point, PointSeries, Side, Stack, XScale};
use crate::spec::{Aggregate, Bin, Measure, Order, SortBy};
use bounds::OTHER;

/// In a combo whose measures do not say their axis, values this many times larger get an axis of their own.
const SECOND_AXIS_RATIO_MIN: f64 = 8.0;

/// A pie of more slices than this has those gathered that are too thin to be seen.
const SLICES_MAX: usize = 8;
/// Thinner slices than this share of the whole cannot be seen.
const SLICE_SHARE_MIN: f64 = 0.03;
/// Where the gathered ones would be more than this share of the whole, the largest of them are slices of their own after all …
const REST_SHARE_MAX: f64 = 0.5;
/// … as long as they can be seen.
const SLICE_SEEN_MIN: f64 = 0.01;
/// Even of a limited pie no more than this many slices are drawn.
const SLICES_LIMITED_MAX: usize = 40;

/// A measure with its column.
type Measured<'t> = (Measure, Option<&'t Column>);

/// A series: its name and which measure it shows.
#[derive(Clone)]
pub(super) struct Series {
    pub(super) name: Option<String>,
    pub(super) measure: usize,
}

/// The rows of one category and series, and their value.
pub(super) struct Entry {
    pub(super) category: usize,
    pub(super) series: usize,
    pub(super) rows: Vec<usize>,
    pub(super) value: Option<f64>,
}

impl Entry {
    /// The same value at another place of the picture, which knows no rows.
    pub(super) fn drawn(&self, category: usize, series: usize) -> Entry {
        Entry { category, series, rows: Vec::new(), value: self.value }
    }
}

/// Everything between the rows and the picture.
pub(super) struct Plot<'t> {
    pub(super) categories: Vec<Key>,
    pub(super) series: Vec<Series>,
    pub(super) entries: Vec<Entry>,
    pub(super) measures: Vec<(Measure, Option<&'t Column>)>,
    /// Of each measure: no category has more than one row, so its sum is the value itself.
    pub(super) single: Vec<bool>,
    /// The sort leaves the categories in an order that a scale of numbers or time has too.
    pub(super) along_scale: bool,
}

impl<'t> Plot<'t> {
    /// The same series and measures without a category.
    pub(super) fn emptied(&self) -> Plot<'t> {
        Plot {
            categories: Vec::new(),
            series: self.series.clone(),
            entries: Vec::new(),
            measures: self.measures.clone(),
            single: self.single.clone(),
            along_scale: self.along_scale,
        }
    }
}

pub(super) fn draw(scope: &mut Scope<'_>) -> Result<Drawn, ChartError> {
    if scope.spec.y.is_empty() {
        scope.spec.y.push(Measure::count());
    }
    scope.settle_bins()?;
    let measures = scope.spec.y.len();
    if scope.spec.x.is_some() && measures > bounds::SERIES_MAX {
        scope.spec.y.truncate(bounds::SERIES_MAX);
        bounds::say(scope, true, bounds::SERIES_MAX, measures, " columns");
    }
    let mut plot = collect(scope)?;
    keep_having(scope, &mut plot);
    order(scope, &mut plot);
    limit(scope, &mut plot);
    accumulate(scope, &mut plot)?;
    name_plainly(scope, &mut plot);
    if plot.entries.is_empty() {
        return Err(scope.empty());
    }
    if matches!(scope.spec.kind, Kind::Pie | Kind::Donut) {
        check_parts(scope, &plot)?;
    }
    let points = points(&plot);
    finish(scope, &plot, points)
}

fn collect<'t>(scope: &mut Scope<'t>) -> Result<Plot<'t>, ChartError> {
    let mut measures = Vec::with_capacity(scope.spec.y.len());
    for measure in &scope.spec.y {
        measures.push((measure.clone(), scope.measured(measure)?));
    }
    let Some(x) = scope.spec.x.clone() else { return totals(scope, measures) };
    let Some(x_column) = scope.column(x.column.as_deref())? else {
        return Err(scope.impossible("The categories need a column."));
    };
    if x.aggregate.is_some() {
        return Err(scope.impossible("Only a scatter chart can have an aggregate along x."));
    }
    scope.check_bin(x_column, x.bin)?;
    let split = match &scope.spec.series {
        None => None,
        Some(_) if measures.len() > 1 => {
            return Err(scope.impossible("Several values cannot also be split into series; ask for one of the two."));
        }
        Some(series) => {
            let column = super::find(scope.table, &series.column)?;
            scope.check_bin(column, series.bin)?;
            Some((column, series.bin))
        }
    };
    let grouped = x.bin.is_some() || measures.iter().any(|(measure, _)| measure.aggregate.is_some());
    let mut added_up = Vec::new();
    if grouped {
        for (at, (measure, _)) in measures.iter_mut().enumerate() {
            if measure.aggregate.is_none() {
                measure.aggregate = Some(Aggregate::Sum);
                added_up.push(measure.column.clone().unwrap_or_default());
                if let Some(asked) = scope.spec.y.get_mut(at) {
                    asked.aggregate = Some(Aggregate::Sum);
                }
            }
        }
    }

    let mut categories: Vec<Key> = Vec::new();
    let mut category_at: HashMap<(Identity, usize), usize> = HashMap::new();
    let mut series_keys: Vec<Key> = Vec::new();
    let mut series_at: HashMap<Identity, usize> = HashMap::new();
    let mut occurrences: HashMap<(Identity, usize), usize> = HashMap::new();
    let mut entries: Vec<Entry> = Vec::new();
    let mut entry_at: HashMap<(usize, usize), usize> = HashMap::new();
    let (mut without_x, mut without_series) = (0, 0);
    for &row in &scope.rows {
        let Some(key) = Key::of(x_column, row, x.bin) else {
            without_x += 1;
            continue;
        };
        let series = match split {
            None => 0,
            Some((column, bin)) => {
                let Some(key) = Key::of(column, row, bin) else {
                    without_series += 1;
                    continue;
                };
                *series_at.entry(key.identity.clone()).or_insert_with(|| {
                    series_keys.push(key);
                    series_keys.len() - 1
                })
            }
        };
        // Rows shown as they are: the second row of the same label is a category of its own.
        let occurrence = if grouped {
            0
        } else {
            let seen = occurrences.entry((key.identity.clone(), series)).or_default();
            *seen += 1;
            *seen
        };
        let category = *category_at.entry((key.identity.clone(), occurrence)).or_insert_with(|| {
            categories.push(key);
            categories.len() - 1
        });
        let entry = *entry_at.entry((category, series)).or_insert_with(|| {
            entries.push(Entry { category, series, rows: Vec::new(), value: None });
            entries.len() - 1
        });
        if let Some(entry) = entries.get_mut(entry) {
            entry.rows.push(row);
        }
    }
    scope.leave_out(without_x, &x_column.name);
    if let Some((column, _)) = split {
        scope.leave_out(without_series, &column.name);
    }

    let series = if split.is_some() {
        let rank = ranks(&series_keys, |a, b| {
            if a.position.is_some() && b.position.is_some() { a.compare(b) } else { Ordering::Equal }
        });
        for entry in &mut entries {
            entry.series = rank.get(entry.series).copied().unwrap_or(entry.series);
        }
        let mut named: Vec<(usize, String)> =
            series_keys.iter().enumerate().map(|(at, key)| (rank[at], key.printed.to_string())).collect();
        named.sort_by_key(|(rank, _)| *rank);
        named.into_iter().map(|(_, name)| Series { name: Some(name), measure: 0 }).collect()
    } else if measures.len() > 1 {
        if entries.len().saturating_mul(measures.len()) > VALUES_MAX {
            return Err(scope.impossible("There are too many values to draw; filter or group them first."));
        }
        let first = std::mem::take(&mut entries);
        for entry in first {
            for series in 0..measures.len() {
                entries.push(Entry { category: entry.category, series, rows: entry.rows.clone(), value: None });
            }
        }
        measures
            .iter()
            .enumerate()
            .map(|(measure, (asked, _))| Series { name: Some(words::measure(asked)), measure })
            .collect()
    } else {
        vec![Series { name: None, measure: 0 }]
    };
    let one_row = entries.iter().all(|entry| entry.rows.len() <= 1);
    if !one_row {
        let said = added_up.into_iter().map(|name| format!("Values of “{name}” in the same group are added up."));
        scope.assumptions.extend(said);
    }
    let single = measures.iter().map(|(measure, _)| one_row && measure.aggregate == Some(Aggregate::Sum)).collect();
    for entry in &mut entries {
        let Some((measure, column)) = series.get(entry.series).and_then(|series: &Series| measures.get(series.measure))
        else {
            continue;
        };
        entry.value = match (measure.aggregate, column, entry.rows.first()) {
            (Some(how), column, _) => aggregate(how, *column, &entry.rows),
            (None, Some(column), Some(row)) => number(column, *row),
            _ => None,
        };
    }
    Ok(Plot { categories, series, entries, measures, single, along_scale: true })
}

/// A total of single rows is no total to anybody: it is called what its column is called.
fn name_plainly(scope: &mut Scope<'_>, plot: &mut Plot<'_>) {
    for (at, (measure, _)) in plot.measures.iter_mut().enumerate() {
        if !plot.single.get(at).copied().unwrap_or_default() {
            continue;
        }
        measure.aggregate = None;
        if let Some(asked) = scope.spec.y.get_mut(at) {
            asked.aggregate = None;
        }
        if scope.spec.series.is_none() {
            let own = plot.series.iter_mut().filter(|series| series.measure == at && series.name.is_some());
            own.for_each(|series| series.name = Some(words::measure(measure)));
        }
    }
}

/// Without x, every measure is a category: the totals of several columns side by side.
fn totals<'t>(scope: &Scope<'t>, measures: Vec<(Measure, Option<&'t Column>)>) -> Result<Plot<'t>, ChartError> {
    if measures.iter().any(|(measure, _)| measure.aggregate.is_none()) {
        return Err(scope.impossible("The chart needs a column for its categories."));
    }
    let entries = measures
        .iter()
        .enumerate()
        .map(|(category, (measure, column))| Entry {
            category,
            series: 0,
            rows: scope.rows.clone(),
            value: measure.aggregate.and_then(|how| aggregate(how, *column, &scope.rows)),
        })
        .collect();
    let categories = measures.iter().map(|(measure, _)| Key::text(&words::measure(measure))).collect();
    let series = vec![Series { name: None, measure: 0 }];
    // The label of each category says what it adds up.
    let single = vec![false; measures.len()];
    Ok(Plot { categories, series, entries, measures, single, along_scale: true })
}

fn keep_having(scope: &mut Scope<'_>, plot: &mut Plot<'_>) {
    let Some(having) = scope.spec.having else { return };
    let before = plot.entries.len();
    plot.entries.retain(|entry| {
        entry.value.is_some_and(|value| value.partial_cmp(&having.value).is_some_and(|order| having.op.holds(order)))
    });
    let dropped = before - plot.entries.len();
    if dropped > 0 {
        let measure = plot.measures.first().map(|(measure, _)| words::measure(measure)).unwrap_or_default();
        scope.left_out.push(format!("Only {measure} {} {}", having.op.sign(), having.value));
    }
    keep_categories_with_entries(plot);
}

fn keep_categories_with_entries(plot: &mut Plot<'_>) {
    let mut used = vec![false; plot.categories.len()];
    for entry in &plot.entries {
        if let Some(flag) = used.get_mut(entry.category) {
            *flag = true;
        }
    }
    let mut place = vec![0; used.len()];
    let mut next = 0;
    for (at, used) in used.iter().enumerate() {
        place[at] = next;
        next += usize::from(*used);
    }
    let mut flags = used.iter();
    plot.categories.retain(|_| flags.next().copied().unwrap_or(false));
    for entry in &mut plot.entries {
        entry.category = place[entry.category];
    }
}

pub(super) fn category_totals(plot: &Plot<'_>) -> Vec<Option<f64>> {
    let mut totals: Vec<Option<f64>> = vec![None; plot.categories.len()];
    // Sorting several measures goes by the first: a sum of different quantities means nothing.
    let several = plot.measures.len() > 1 && plot.series.len() > 1;
    for entry in &plot.entries {
        if several && entry.series != 0 {
            continue;
        }
        if let (Some(total), Some(value)) = (totals.get_mut(entry.category), entry.value) {
            *total = Some(total.unwrap_or(0.0) + value);
        }
    }
    totals
}

fn order(scope: &Scope<'_>, plot: &mut Plot<'_>) {
    let totals = category_totals(plot);
    let by_value = |a: usize, b: usize, descending: bool| match (totals[a], totals[b]) {
        (Some(a), Some(b)) if descending => b.total_cmp(&a),
        (Some(a), Some(b)) => a.total_cmp(&b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    };
    let keys = &plot.categories;
    let mut sequence: Vec<usize> = (0..keys.len()).collect();
    match scope.spec.sort {
        Some(sort) if sort.by == SortBy::Y => {
            sequence.sort_by(|a, b| by_value(*a, *b, sort.order == Order::Desc));
            plot.along_scale = false;
        }
        Some(sort) => sequence.sort_by(|a, b| {
            let order = keys[*a].compare(&keys[*b]);
            if sort.order == Order::Desc { order.reverse() } else { order }
        }),
        None => {
            let on_scale = keys.iter().all(|key| key.position.is_some());
            let follows = matches!(scope.spec.kind, Kind::Line | Kind::Step | Kind::Area);
            let grouped = scope.spec.y.iter().any(|measure| measure.aggregate.is_some());
            if go_round(keys) {
                // The member wrote November to February, and means the winter.
            } else if on_scale && (follows || grouped || keys.iter().all(|key| key.calendar)) {
                sequence.sort_by(|a, b| keys[*a].compare(&keys[*b]));
            } else {
                plot.along_scale = false;
            }
        }
    }
    rearrange(plot, &sequence);
}

/// Whether the categories follow each other in their own order over the turn of a year, week or day: from November to February, and
/// not from March to January and February, which only lack an order.
fn go_round(keys: &[Key]) -> bool {
    let Some(cycle) = keys.first().and_then(|key| key.cycle) else { return false };
    let positions: Option<Vec<f64>> =
        keys.iter().map(|key| key.position.filter(|_| key.cycle == Some(cycle))).collect();
    let Some(positions) = positions else { return false };
    let mut turns = positions.windows(2).filter(|pair| pair[0] > pair[1]);
    let (Some(turn), None) = (turns.next(), turns.next()) else { return false };
    let (Some(first), Some(last)) = (positions.first(), positions.last()) else { return false };
    // In the calendar's order the cut would fall between the last and the first.
    turn[1] + cycle - turn[0] <= first - last
}

/// Puts the categories in this sequence and the entries into drawing order.
fn rearrange(plot: &mut Plot<'_>, sequence: &[usize]) {
    let mut place = vec![0; sequence.len()];
    for (to, from) in sequence.iter().enumerate() {
        place[*from] = to;
    }
    plot.categories = sequence.iter().map(|from| plot.categories[*from].clone()).collect();
    for entry in &mut plot.entries {
        entry.category = place[entry.category];
    }
    plot.entries.sort_by_key(|entry| (entry.category, entry.series));
}

/// The place of each key after a stable sort.
fn ranks(keys: &[Key], compare: impl Fn(&Key, &Key) -> Ordering) -> Vec<usize> {
    let mut sequence: Vec<usize> = (0..keys.len()).collect();
    sequence.sort_by(|a, b| compare(&keys[*a], &keys[*b]));
    let mut ranks = vec![0; keys.len()];
    for (rank, at) in sequence.into_iter().enumerate() {
        ranks[at] = rank;
    }
    ranks
}

fn limit(scope: &mut Scope<'_>, plot: &mut Plot<'_>) {
    let Some(limit) = scope.spec.limit else { return };
    let total = plot.categories.len();
    if total <= limit.count {
        return;
    }
    let mut kept: Vec<bool> = vec![false; total];
    if scope.spec.sort.is_some() {
        kept.iter_mut().take(limit.count).for_each(|flag| *flag = true);
    } else {
        let totals = category_totals(plot);
        let mut by_size: Vec<usize> = (0..total).collect();
        by_size.sort_by(|a, b| {
            totals[*b].unwrap_or(f64::NEG_INFINITY).total_cmp(&totals[*a].unwrap_or(f64::NEG_INFINITY))
        });
        by_size.into_iter().take(limit.count).for_each(|at| kept[at] = true);
    }
    let (mut stay, gone): (Vec<Entry>, Vec<Entry>) =
        std::mem::take(&mut plot.entries).into_iter().partition(|entry| kept[entry.category]);
    let shown = words::limit(&scope.spec, limit.count, total);
    scope.left_out.push(if limit.other { format!("{shown}, the rest as {OTHER}") } else { shown });
    if limit.other {
        let category = plot.categories.len();
        plot.categories.push(Key::text(OTHER));
        plot.along_scale = false;
        for (at, series) in plot.series.iter().enumerate() {
            let rest: Vec<&Entry> = gone.iter().filter(|entry| entry.series == at).collect();
            if rest.is_empty() {
                continue;
            }
            let rows: Vec<usize> = rest.iter().flat_map(|entry| entry.rows.iter().copied()).collect();
            let value = match plot.measures.get(series.measure) {
                Some((Measure { aggregate: Some(how), .. }, column)) => aggregate(*how, *column, &rows),
                // Rows shown as they are add up to their sum.
                Some((_, column)) => aggregate(Aggregate::Sum, *column, &rows),
                None => None,
            };
            stay.push(Entry { category, series: at, rows, value });
        }
    }
    plot.entries = stay;
    keep_categories_with_entries(plot);
}

/// Running totals and shares, computed in drawing order.
fn accumulate(scope: &Scope<'_>, plot: &mut Plot<'_>) -> Result<(), ChartError> {
    if scope.spec.options.share {
        let values: Vec<f64> = plot.entries.iter().filter_map(|entry| entry.value).collect();
        let total = super::aggregate::sum(&values);
        if values.iter().any(|value| *value < 0.0) || total <= 0.0 || !total.is_finite() {
            return Err(scope.impossible("Shares need values that are not negative and not all zero."));
        }
        for entry in &mut plot.entries {
            entry.value = entry.value.map(|value| value / total * 100.0);
        }
    }
    if scope.spec.options.cumulative {
        let mut running = vec![0.0_f64; plot.series.len()];
        for entry in &mut plot.entries {
            let Some(value) = entry.value else { continue };
            running[entry.series] += value;
            entry.value = Some(running[entry.series]).filter(|total| total.is_finite());
        }
    }
    Ok(())
}

fn check_parts(scope: &Scope<'_>, plot: &Plot<'_>) -> Result<(), ChartError> {
    if plot.series.len() > 1 {
        return Err(scope.impossible("A pie shows one series; ask for a stacked bar chart instead."));
    }
    if plot.entries.iter().any(|entry| entry.value.is_some_and(|value| value < 0.0)) {
        return Err(scope.impossible("A pie cannot show negative values; ask for a bar chart instead."));
    }
    if plot.entries.iter().all(|entry| entry.value.is_none_or(|value| value == 0.0)) {
        return Err(scope.impossible("All values are zero, so there are no parts to show."));
    }
    let values: Vec<f64> = plot.entries.iter().filter_map(|entry| entry.value).collect();
    if !super::aggregate::sum(&values).is_finite() {
        return Err(
            scope.impossible("The values are too large to be added up to a whole; ask for a bar chart instead.")
        );
    }
    Ok(())
}

fn points(plot: &Plot<'_>) -> Vec<PlotPoint> {
    plot.entries
        .iter()
        .map(|entry| PlotPoint {
            x: plot.categories[entry.category].printed.clone(),
            y: entry.value,
            series: plot.series.get(entry.series).and_then(|series| series.name.clone()),
            size: None,
        })
        .collect()
}

fn finish(scope: &mut Scope<'_>, plot: &Plot<'_>, points: Vec<PlotPoint>) -> Result<Drawn, ChartError> {
    let x_column = scope.column(scope.spec.x.as_ref().and_then(|x| x.column.as_deref()))?;
    let bin = scope.spec.x.as_ref().and_then(|x| x.bin);
    let along = x_column
        .and_then(|column| scale(column, bin))
        .filter(|_| plot.along_scale && plot.categories.iter().all(|key| key.position.is_some()));
    let fewer = bounds::series(scope, plot);
    let plot = fewer.as_ref().unwrap_or(plot);
    let (kind, fewer) = told_apart(scope, plot, along);
    let plot = fewer.as_ref().unwrap_or(plot);
    let sides = sides(scope, plot);
    let marks: Vec<Mark> = (0..plot.series.len())
        .map(|series| match kind {
            Kind::Line | Kind::Step | Kind::Area => Mark::Line,
            Kind::Combo if series >= bars_of_combo(scope, plot.series.len()) => Mark::Line,
            _ => Mark::Bar,
        })
        .collect();
    let scale = along.filter(|_| matches!(kind, Kind::Line | Kind::Step | Kind::Area));
    let mut data = match scale {
        Some(x_scale) => along_scale(plot, x_scale, &sides),
        None => {
            if plot.categories.len().saturating_mul(plot.series.len()) > VALUES_MAX {
                return Err(
                    scope.impossible("There are too many categories and series to draw; filter or group them first.")
                );
            }
            Data::Categories {
                categories: labels::of(&plot.categories, bin),
                series: by_category(plot, &marks, &sides),
            }
        }
    };
    let (mut y, mut y2) = (axis(scope, plot, &sides, Side::Left), None);
    if sides.contains(&Side::Right) {
        y2 = Some(axis(scope, plot, &sides, Side::Right));
    }
    if scope.spec.options.log {
        if points.iter().all(|point| point.y.is_none_or(|value| value > 0.0)) {
            y.log = true;
        } else {
            scope.assumptions.push("The axis is linear, since a logarithm needs values above zero.".to_owned());
        }
    }
    if scope.spec.options.stack == Some(Stack::Percent)
        && points.iter().any(|point| point.y.is_some_and(|value| value < 0.0))
    {
        return Err(scope.impossible("Negative values cannot be stacked to 100 %."));
    }
    let x = Axis {
        label: labels::axis(x_column, bin, &plot.categories, scale.is_some()),
        unit: x_column.and_then(|column| column.unit.clone()),
        log: false,
    };
    let (overlays, notes) = overlay::of(&scope.spec.options, &data);
    scope.notes.extend(notes);
    if !overlays.is_empty()
        && let Some((measure, _)) = plot.measures.first()
    {
        overlay::name_only_series(&mut data, &words::measure(measure));
    }
    if matches!(kind, Kind::Pie | Kind::Donut)
        && (scope.spec.limit.is_none() || plot.categories.len() > SLICES_LIMITED_MAX)
    {
        gather_small(scope, &mut data);
    }
    Ok(Drawn { kind, points, data, x, y, y2, overlays })
}

/// The kind and, where it has to be, the part of the plot whose marks can be told apart.
fn told_apart<'t>(scope: &mut Scope<'_>, plot: &Plot<'t>, along: Option<XScale>) -> (Kind, Option<Plot<'t>>) {
    let mut kind = scope.spec.kind;
    if matches!(kind, Kind::Pie | Kind::Donut) && slivers(plot) {
        scope
            .assumptions
            .push("No part can be seen in a pie, since all are below 1%, so they are drawn as bars.".to_owned());
        kind = Kind::Bar;
    }
    let total = plot.categories.len();
    let most = match kind {
        Kind::Bar | Kind::Combo => bounds::categories_max(scope, plot.series.len()),
        Kind::Line | Kind::Step | Kind::Area if along.is_none() => bounds::names_max(plot.series.len()),
        _ => total,
    };
    if total <= most {
        return (kind, None);
    }
    if along.is_none() {
        return (kind, Some(bounds::categories(scope, plot, most)));
    }
    let stacked = plot.series.len() > 1 && scope.spec.options.stack.is_some_and(|stack| stack != Stack::None);
    let (kind, name) = if stacked { (Kind::Area, "areas") } else { (Kind::Line, "a line") };
    let total = bounds::count(total, scope.style);
    scope.assumptions.push(format!("{total} places are too many to tell bars apart, so they are drawn as {name}."));
    (kind, None)
}

/// Whether not even the largest part of a pie can be seen.
fn slivers(plot: &Plot<'_>) -> bool {
    let values: Vec<f64> = plot.entries.iter().filter_map(|entry| entry.value).collect();
    let total = super::aggregate::sum(&values);
    values.iter().all(|value| *value < total * SLICE_SEEN_MIN)
}

/// Slices too thin to be seen are drawn as one; the points keep them all.
fn gather_small(scope: &mut Scope<'_>, data: &mut Data) {
    let Data::Categories { categories, series } = data else { return };
    let [CategorySeries { values, .. }] = series.as_mut_slice() else { return };
    let total = super::aggregate::sum(&values.iter().flatten().copied().collect::<Vec<f64>>());
    let mut keep: Vec<bool> =
        values.iter().map(|value| value.is_some_and(|value| value >= total * SLICE_SHARE_MIN)).collect();
    let gathered = |keep: &[bool]| keep.iter().filter(|keep| !**keep).count();
    if categories.len() <= SLICES_MAX
        || gathered(&keep) < 2
        || categories.iter().any(|name| name.eq_ignore_ascii_case(OTHER))
    {
        return;
    }
    let rest_of = |keep: &[bool]| {
        let rest: Vec<f64> =
            values.iter().zip(keep).filter(|(_, keep)| !**keep).filter_map(|(value, _)| *value).collect();
        super::aggregate::sum(&rest)
    };
    let thin = rest_of(&keep) <= total * REST_SHARE_MAX;
    if !thin {
        let sizes: Vec<f64> = values.iter().map(|value| value.unwrap_or(0.0)).collect();
        let largest = bounds::largest(&sizes, SLICES_MAX - 1);
        let seen = sizes.iter().zip(largest).map(|(size, large)| large && *size >= total * SLICE_SEEN_MIN);
        keep.iter_mut().zip(seen).for_each(|(keep, seen)| *keep |= seen);
    }
    let (count, rest) = (gathered(&keep), rest_of(&keep));
    let mut flags = keep.iter();
    categories.retain(|_| flags.next().copied().unwrap_or_default());
    let mut flags = keep.iter();
    values.retain(|_| flags.next().copied().unwrap_or_default());
    categories.push(OTHER.to_owned());
    values.push(Some(rest));
    let number = bounds::count(count, scope.style);
    if thin {
        let percent = SLICE_SHARE_MIN * 100.0;
        scope.notes.push(format!("“{OTHER}” is {number} parts, each below {percent}% of the whole."));
        scope.left_out.push(format!("{number} parts below {percent}% as {OTHER}"));
    } else {
        scope.notes.push(format!("“{OTHER}” is the {number} smallest parts."));
        scope.left_out.push(format!("{number} smallest parts as {OTHER}"));
    }
}

fn scale(column: &Column, bin: Option<Bin>) -> Option<XScale> {
    match bin {
        Some(Bin::Year) => Some(XScale::Year),
        Some(Bin::YearMonth | Bin::Week | Bin::Day | Bin::DayHour | Bin::Minute) => Some(XScale::Time),
        Some(_) => None,
        None if is_year(column) => Some(XScale::Year),
        None if is_absolute_time(column) => Some(XScale::Time),
        None => (column.kind == plotline_table::ColumnKind::Number).then_some(XScale::Number),
    }
}

fn along_scale(plot: &Plot<'_>, x_scale: XScale, sides: &[Side]) -> Data {
    let mut series: Vec<PointSeries> = plot
        .series
        .iter()
        .enumerate()
        .map(|(at, series)| PointSeries {
            name: series.name.clone().unwrap_or_default(),
            axis: sides.get(at).copied().unwrap_or(Side::Left),
            points: Vec::new(),
        })
        .collect();
    for entry in &plot.entries {
        if let (Some(series), Some(x)) = (series.get_mut(entry.series), plot.categories[entry.category].position) {
            series.points.push(Point { x, y: entry.value, size: None, label: None });
        }
    }
    Data::Points { x_scale, series }
}

fn by_category(plot: &Plot<'_>, marks: &[Mark], sides: &[Side]) -> Vec<CategorySeries> {
    let mut series: Vec<CategorySeries> = plot
        .series
        .iter()
        .zip(marks)
        .zip(sides)
        .map(|((series, mark), axis)| CategorySeries {
            name: series.name.clone().unwrap_or_default(),
            mark: *mark,
            axis: *axis,
            values: vec![None; plot.categories.len()],
        })
        .collect();
    for entry in &plot.entries {
        if let Some(cell) = series.get_mut(entry.series).and_then(|series| series.values.get_mut(entry.category)) {
            *cell = entry.value;
        }
    }
    series
}

/// How many of the series of a combo, the first ones, are bars; one or more of several are lines.
fn bars_of_combo(scope: &Scope<'_>, series: usize) -> usize {
    scope.spec.options.bars.map_or(1, usize::from).clamp(1, series.saturating_sub(1).max(1))
}

/// The axis of each series: as asked for, and in a combo of very different magnitudes the lines on the right.
fn sides(scope: &mut Scope<'_>, plot: &Plot<'_>) -> Vec<Side> {
    let asked: Vec<Side> = plot
        .series
        .iter()
        .map(|series| match plot.measures.get(series.measure) {
            Some((measure, _)) if measure.second_axis && plot.measures.len() > 1 => Side::Right,
            _ => Side::Left,
        })
        .collect();
    if asked.contains(&Side::Right) && asked.contains(&Side::Left) {
        return asked;
    }
    if scope.spec.kind != Kind::Combo || plot.series.len() < 2 || plot.measures.len() < 2 {
        return vec![Side::Left; plot.series.len()];
    }
    let mut largest = vec![0.0_f64; plot.series.len()];
    for entry in &plot.entries {
        largest[entry.series] = largest[entry.series].max(entry.value.unwrap_or(0.0).abs());
    }
    let count = bars_of_combo(scope, largest.len());
    let most = |sizes: &[f64]| sizes.iter().copied().fold(0.0, f64::max);
    let (bars, lines) = (most(&largest[..count]), most(&largest[count..]));
    let ratio = if bars > lines { bars / lines } else { lines / bars };
    if ratio < SECOND_AXIS_RATIO_MIN {
        return vec![Side::Left; plot.series.len()];
    }
    scope.assumptions.push("The lines have an axis of their own, since their values are of another size.".to_owned());
    (0..plot.series.len()).map(|series| if series < count { Side::Left } else { Side::Right }).collect()
}

fn axis(scope: &Scope<'_>, plot: &Plot<'_>, sides: &[Side], side: Side) -> Axis {
    let on_side: Vec<&(Measure, Option<&Column>)> = plot
        .series
        .iter()
        .zip(sides)
        .filter(|(_, at)| **at == side)
        .filter_map(|(series, _)| plot.measures.get(series.measure))
        .collect();
    let shared = |unit: &dyn Fn(&Measured<'_>) -> Option<String>| {
        let mut units = on_side.iter().map(|measure| unit(measure));
        let first = units.next().flatten()?;
        units.all(|unit| unit.as_deref() == Some(first.as_str())).then_some(first)
    };
    let label = if scope.spec.x.is_none() {
        String::new()
    } else {
        shared(&|(measure, _)| Some(words::measure(measure))).unwrap_or_default()
    };
    let unit = if scope.spec.options.share { Some("%".to_owned()) } else { shared(&|measure| words::unit(measure)) };
    let label = if scope.spec.options.cumulative && !label.is_empty() { format!("{label}, cumulative") } else { label };
    Axis { label, unit, log: false }
}
