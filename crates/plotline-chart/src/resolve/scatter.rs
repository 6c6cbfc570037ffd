//! Scatter and bubble charts: rows as points, or one point for each group.

use std::collections::HashMap;

use plotline_table::{Column, ColumnKind};

use super::aggregate::aggregate;
use super::columns::{is_numeric, number};
use super::key::{Identity, Key, Printed};
use super::{Drawn, PlotPoint, Scope, bounds, is_absolute_time, is_year, overlay, words};
use crate::ChartError;
use crate::chart::{Axis, Data, Group, Kind, Point, PointSeries, Side, XScale};
use crate::spec::{Aggregate, Channel, Dimension, Measure};

/// One side of a point.
struct Value<'t> {
    aggregate: Option<Aggregate>,
    column: Option<&'t Column>,
}

pub(super) fn draw(scope: &mut Scope<'_>) -> Result<Drawn, ChartError> {
    let (Some(x), Some(y)) = (scope.spec.x.clone(), scope.spec.y.first().cloned()) else {
        return Err(scope.impossible("A scatter chart needs two columns, one for each axis."));
    };
    if scope.spec.y.len() > 1 {
        return Err(scope.impossible("A scatter chart shows one column against another; ask for a line chart instead."));
    }
    if x.bin.is_some() {
        return Err(scope.impossible("A scatter chart shows values as they are; ask for a bar chart to group them."));
    }
    let as_measure = Measure { column: x.column.clone(), aggregate: x.aggregate, second_axis: false };
    let x_value = Value {
        aggregate: x.aggregate,
        column: if x.aggregate.is_some() { scope.measured(&as_measure)? } else { scope.column(x.column.as_deref())? },
    };
    let y_value = Value { aggregate: y.aggregate, column: scope.measured(&y)? };
    if x.aggregate.is_none() && x_value.column.is_none() {
        return Err(scope.impossible("A scatter chart needs a column for its x axis."));
    }
    let series_column = match &scope.spec.series {
        Some(Dimension { column, .. }) => Some(super::find(scope.table, column)?),
        None => None,
    };
    let size = match scope.spec.size.clone() {
        Some(name) => Some(scope.numeric(&name, "the size of bubbles")?),
        None if scope.spec.kind == Kind::Bubble => {
            return Err(scope.impossible("A bubble chart needs a third column for the size of its bubbles."));
        }
        None => None,
    };
    let points = if x.aggregate.is_some() || y.aggregate.is_some() {
        grouped(scope, &x_value, &y_value, series_column, size)?
    } else {
        each_row(scope, &x_value, &y_value, series_column, size)
    };
    let x_axis = Axis { label: words::channel(&x), unit: channel_unit(&x, x_value.column), log: false };
    let mut y_axis = Axis { label: words::measure(&y), unit: words::unit(&(y.clone(), y_value.column)), log: false };
    if scope.spec.options.log {
        if points.iter().all(|point| point.y.is_some_and(|value| value > 0.0)) {
            y_axis.log = true;
        } else {
            scope.assumptions.push("The axis is linear, since a logarithm needs values above zero.".to_owned());
        }
    }
    let text_x = x_value.column.filter(|column| {
        x.aggregate.is_none() && !is_numeric(column) && !(column.kind == ColumnKind::Date && is_absolute_time(column))
    });
    if let Some(column) = text_x {
        scope
            .assumptions
            .push(format!("“{}” has names, not numbers, so each of them has a strip of points.", column.name));
        let data = strips(scope, &points);
        return Ok(Drawn { kind: Kind::Strip, points, data, x: x_axis, y: y_axis, y2: None, overlays: Vec::new() });
    }
    let x_scale = match x_value.column {
        Some(column) if x.aggregate.is_none() && is_year(column) => XScale::Year,
        Some(column) if x.aggregate.is_none() && column.kind == ColumnKind::Date => XScale::Time,
        _ => XScale::Number,
    };
    let mut data = Data::Points { x_scale, series: as_series(scope, &points, x_value.column) };
    let (overlays, notes) = overlay::of(&scope.spec.options, &data);
    scope.notes.extend(notes);
    if !overlays.is_empty() {
        overlay::name_only_series(&mut data, &y_axis.label);
    }
    Ok(Drawn { kind: scope.spec.kind, points, data, x: x_axis, y: y_axis, y2: None, overlays })
}

fn channel_unit(x: &Channel, column: Option<&Column>) -> Option<String> {
    words::unit(&(Measure { column: x.column.clone(), aggregate: x.aggregate, second_axis: false }, column))
}

fn each_row(
    scope: &mut Scope<'_>,
    x: &Value<'_>,
    y: &Value<'_>,
    series: Option<&Column>,
    size: Option<&Column>,
) -> Vec<PlotPoint> {
    let mut points = Vec::new();
    let mut left_out = 0;
    for &row in &scope.rows {
        let label = x.column.and_then(|column| Key::of(column, row, None));
        let value = y.column.and_then(|column| number(column, row));
        let of_series = series.map(|column| Key::of(column, row, None));
        let area = size.map(|column| number(column, row).filter(|area| *area >= 0.0));
        match (label, value, of_series, area) {
            (None, ..) | (_, None, ..) | (_, _, Some(None), _) | (_, _, _, Some(None)) => left_out += 1,
            (Some(label), Some(value), of_series, area) => points.push(PlotPoint {
                x: label.printed,
                y: Some(value),
                series: of_series.flatten().map(|key| key.printed.to_string()),
                size: area.flatten(),
            }),
        }
    }
    if left_out > 0 {
        let rows = if left_out == 1 { "row that lacks" } else { "rows that lack" };
        scope.notes.push(format!("{left_out} {rows} one of the values left out."));
        scope.left_out.push(format!("{left_out} incomplete rows left out"));
    }
    points
}

/// One point for each value of the grouping column; a column without an aggregate is what the points are grouped by.
fn grouped(
    scope: &Scope<'_>,
    x: &Value<'_>,
    y: &Value<'_>,
    series: Option<&Column>,
    size: Option<&Column>,
) -> Result<Vec<PlotPoint>, ChartError> {
    let mut by: Vec<&Column> =
        [x, y].into_iter().filter(|value| value.aggregate.is_none()).filter_map(|v| v.column).collect();
    if let Some(group) = &scope.spec.group {
        by.push(super::find(scope.table, &group.column)?);
    }
    by.extend(series);
    if by.is_empty() {
        return Err(scope.impossible("Two aggregates need a column to group by, or there is only one point."));
    }
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut at: HashMap<Vec<Identity>, usize> = HashMap::new();
    for &row in &scope.rows {
        let keys: Option<Vec<Identity>> = by.iter().map(|column| Some(Key::of(column, row, None)?.identity)).collect();
        let Some(keys) = keys else { continue };
        let group = *at.entry(keys).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[group].push(row);
    }
    let mut points = Vec::new();
    for rows in groups {
        let Some(&first) = rows.first() else { continue };
        let label = match (x.aggregate, x.column) {
            (Some(how), column) => aggregate(how, column, &rows).map(Printed::Number),
            (None, Some(column)) => Key::of(column, first, None).map(|key| key.printed),
            (None, None) => None,
        };
        let value = match (y.aggregate, y.column) {
            (Some(how), column) => aggregate(how, column, &rows),
            (None, Some(column)) => number(column, first),
            (None, None) => None,
        };
        if let (Some(label), Some(value)) = (label, value) {
            points.push(PlotPoint {
                x: label,
                y: Some(value),
                series: series.and_then(|column| Key::of(column, first, None)).map(|key| key.printed.to_string()),
                size: size
                    .and_then(|column| aggregate(Aggregate::Sum, Some(column), &rows))
                    .filter(|area| *area >= 0.0),
            });
        }
    }
    Ok(points)
}

fn strips(scope: &mut Scope<'_>, points: &[PlotPoint]) -> Data {
    let mut groups: Vec<Group> = Vec::new();
    let mut at: HashMap<String, usize> = HashMap::new();
    for point in points {
        let name = point.x.to_string();
        let place = *at.entry(name.clone()).or_insert_with(|| {
            groups.push(Group { name, values: Vec::new() });
            groups.len() - 1
        });
        groups[place].values.extend(point.y);
    }
    bounds::groups(scope, &mut groups, |group| group);
    Data::Groups { groups }
}

fn as_series(scope: &mut Scope<'_>, points: &[PlotPoint], x: Option<&Column>) -> Vec<PointSeries> {
    // Dates are printed as they were written; where each stands is looked up in the column.
    let mut positions: HashMap<String, f64> = HashMap::new();
    if let Some(column) = x {
        for &row in &scope.rows {
            if let Some(key) = Key::of(column, row, None)
                && let (Printed::Text(label), Some(position)) = (key.printed, key.position)
            {
                positions.insert(label, position);
            }
        }
    }
    let mut series: Vec<PointSeries> = Vec::new();
    let mut at: HashMap<String, usize> = HashMap::new();
    for point in points {
        let name = point.series.clone().unwrap_or_default();
        let place = *at.entry(name.clone()).or_insert_with(|| {
            series.push(PointSeries { name, axis: Side::Left, points: Vec::new() });
            series.len() - 1
        });
        let x = match &point.x {
            Printed::Number(number) => Some(*number),
            Printed::Text(label) => positions.get(label).copied(),
        };
        if let Some(x) = x {
            series[place].points.push(Point { x, y: point.y, size: point.size, label: None });
        }
    }
    let mut series = fewer(scope, series);
    if scope.spec.kind == Kind::Bubble {
        keep_large_bubbles(scope, &mut series);
    }
    series
}

/// The series that can be told apart: those with the most points, and the rest as one.
fn fewer(scope: &mut Scope<'_>, series: Vec<PointSeries>) -> Vec<PointSeries> {
    let total = series.len();
    if total <= bounds::SERIES_MAX {
        return series;
    }
    let most = bounds::SERIES_MAX - 1;
    let sizes: Vec<f64> = series.iter().map(|series| series.points.len() as f64).collect();
    let mut keep = bounds::largest(&sizes, most).into_iter();
    let (mut shown, gathered): (Vec<PointSeries>, Vec<PointSeries>) =
        series.into_iter().partition(|_| keep.next().unwrap_or_default());
    let points = gathered.into_iter().flat_map(|series| series.points).collect();
    shown.push(PointSeries { name: bounds::OTHER.to_owned(), axis: Side::Left, points });
    bounds::say_series(scope, most, total, true);
    shown
}

/// Of too many bubbles the largest: the others would lie below or upon each other.
fn keep_large_bubbles(scope: &mut Scope<'_>, series: &mut [PointSeries]) {
    let sizes: Vec<f64> =
        series.iter().flat_map(|series| &series.points).map(|point| point.size.unwrap_or(0.0)).collect();
    if sizes.len() <= bounds::BUBBLES_MAX {
        return;
    }
    bounds::say(scope, false, bounds::BUBBLES_MAX, sizes.len(), " bubbles");
    let mut keep = bounds::largest(&sizes, bounds::BUBBLES_MAX).into_iter();
    for series in series {
        series.points.retain(|_| keep.next().unwrap_or_default());
    }
}
