//! Charts with a value for each pair of labels, and candlesticks.

use std::collections::HashMap;

use plotline_table::Column;

use super::aggregate::aggregate;
use super::columns::{is_numeric, number};
use super::key::{Identity, Key};
use super::{Drawn, PlotPoint, Scope, bounds, words};
use crate::ChartError;
use crate::chart::{Axis, Candle, Data, Kind};
use crate::spec::{Aggregate, Channel, Dimension, Measure, Order, SortBy};

/// The parts of a candle, in the order in which a spec gives them.
const PRICES: [&str; 4] = ["Open", "High", "Low", "Close"];

pub(super) fn heatmap(scope: &mut Scope<'_>) -> Result<Drawn, ChartError> {
    let (Some(x), Some(series)) = (scope.spec.x.clone(), scope.spec.series.clone()) else {
        return Err(scope.impossible("A heatmap needs a column across, a column down (its series) and a value."));
    };
    let Some(across) = scope.column(x.column.as_deref())? else {
        return Err(scope.impossible("A heatmap needs a column across."));
    };
    let down = super::find(scope.table, &series.column)?;
    scope.settle_bins()?;
    let x_bin = scope.spec.x.as_ref().and_then(|x| x.bin);
    scope.check_bin(across, x_bin)?;
    scope.check_bin(down, series.bin)?;
    let mut measure = scope.spec.y.first().cloned().unwrap_or_else(Measure::count);
    let column = scope.measured(&measure)?;
    if measure.aggregate.is_none() {
        // Cells of a grid are unique, so rows that share one must be combined.
        measure.aggregate = Some(Aggregate::Sum);
    }
    let mut columns: Vec<Key> = Vec::new();
    let mut rows: Vec<Key> = Vec::new();
    let (mut column_at, mut row_at) = (HashMap::new(), HashMap::new());
    let mut cells: HashMap<(usize, usize), Vec<usize>> = HashMap::new();
    let mut left_out = 0;
    for &row in &scope.rows {
        let (Some(a), Some(b)) = (Key::of(across, row, x_bin), Key::of(down, row, series.bin)) else {
            left_out += 1;
            continue;
        };
        let cell = (place(&mut columns, &mut column_at, a), place(&mut rows, &mut row_at, b));
        cells.entry(cell).or_default().push(row);
    }
    if left_out > 0 {
        scope.left_out.push(format!("{left_out} incomplete rows left out"));
    }
    let ordered = |keys: &[Key]| keys.iter().all(|key| key.position.is_some());
    let (columns_max, rows_max) = bounds::CELLS_MAX;
    if columns.len() > columns_max
        && x_bin.is_none()
        && ordered(&columns)
        && let Some(bin) = bounds::coarser(scope, across, columns_max)
    {
        scope.spec.x = Some(Channel { bin: Some(bin), ..x });
        return heatmap(scope);
    }
    if rows.len() > rows_max
        && series.bin.is_none()
        && ordered(&rows)
        && let Some(bin) = bounds::coarser(scope, down, rows_max)
    {
        scope.spec.series = Some(Dimension { bin: Some(bin), ..series });
        return heatmap(scope);
    }
    let mut totals = (vec![0.0; columns.len()], vec![0.0; rows.len()]);
    let mut values_of: HashMap<(usize, usize), Option<f64>> = HashMap::with_capacity(cells.len());
    for (cell, of) in &cells {
        let value = measure.aggregate.and_then(|how| aggregate(how, column, of));
        totals.0[cell.0] += value.unwrap_or(0.0);
        totals.1[cell.1] += value.unwrap_or(0.0);
        values_of.insert(*cell, value);
    }
    let mut column_order =
        sequence(&columns, scope.spec.sort.filter(|sort| sort.by == SortBy::X).map(|sort| sort.order));
    let mut row_order = sequence(&rows, None);
    keep_largest(scope, &mut column_order, &totals.0, columns_max, " columns");
    keep_largest(scope, &mut row_order, &totals.1, rows_max, " rows");
    let mut values = Vec::with_capacity(column_order.len() * row_order.len());
    let mut points = Vec::new();
    for &down in &row_order {
        for &across in &column_order {
            let value = values_of.get(&(across, down)).copied();
            values.push(value.flatten());
            if let Some(value) = value {
                points.push(PlotPoint {
                    x: columns[across].printed.clone(),
                    y: value,
                    series: Some(rows[down].printed.to_string()),
                    size: None,
                });
            }
        }
    }
    // A total of single rows is no total to anybody.
    if measure.aggregate == Some(Aggregate::Sum) && cells.values().all(|rows| rows.len() <= 1) {
        measure.aggregate = None;
    }
    let label = |order: &[usize], keys: &[Key]| order.iter().map(|at| keys[*at].printed.to_string()).collect();
    let data = Data::Grid { columns: label(&column_order, &columns), rows: label(&row_order, &rows), values };
    let y = Axis { label: words::measure(&measure), unit: words::unit(&(measure.clone(), column)), log: false };
    scope.spec.y = vec![measure];
    let x = Axis { label: words::pretty(&across.name), unit: None, log: false };
    Ok(Drawn { kind: Kind::Heatmap, points, data, x, y, y2: None, overlays: Vec::new() })
}

/// The columns or rows with the largest totals, where they are too many to be told apart.
fn keep_largest(scope: &mut Scope<'_>, order: &mut Vec<usize>, totals: &[f64], most: usize, what: &str) {
    if order.len() > most {
        bounds::say(scope, false, most, order.len(), what);
        let keep = bounds::largest(totals, most);
        order.retain(|at| keep[*at]);
    }
}

fn place(keys: &mut Vec<Key>, at: &mut HashMap<Identity, usize>, key: Key) -> usize {
    *at.entry(key.identity.clone()).or_insert_with(|| {
        keys.push(key);
        keys.len() - 1
    })
}

fn sequence(keys: &[Key], order: Option<Order>) -> Vec<usize> {
    let mut sequence: Vec<usize> = (0..keys.len()).collect();
    if order.is_some() || keys.iter().all(|key| key.position.is_some()) {
        sequence.sort_by(|a, b| keys[*a].compare(&keys[*b]));
    }
    if order == Some(Order::Desc) {
        sequence.reverse();
    }
    sequence
}

pub(super) fn candles(scope: &mut Scope<'_>) -> Result<Drawn, ChartError> {
    if scope.spec.y.len() != PRICES.len() {
        let named: Option<Vec<Measure>> = PRICES.iter().map(|price| price_column(scope, price)).collect();
        let Some(measures) = named else {
            return Err(scope.impossible("A candlestick chart needs four columns: open, high, low and close."));
        };
        scope.spec.y = measures;
    }
    let mut columns: Vec<&Column> = Vec::new();
    for measure in &scope.spec.y {
        let Some(name) = &measure.column else {
            return Err(scope.impossible("A candlestick chart needs four columns: open, high, low and close."));
        };
        columns.push(scope.numeric(name, "a candlestick chart")?);
    }
    let [open, high, low, close] = columns.as_slice() else {
        return Err(scope.impossible("A candlestick chart needs four columns: open, high, low and close."));
    };
    let by = match &scope.spec.x {
        Some(Channel { column: Some(name), .. }) => super::find(scope.table, name)?,
        _ => match scope.table.columns.iter().find(|column| !is_numeric(column)) {
            Some(column) => {
                scope.spec.x = Some(Channel::column(&column.name));
                column
            }
            None => return Err(scope.impossible("A candlestick chart needs a column of dates.")),
        },
    };
    let mut periods: Vec<(Key, Option<Candle>)> = Vec::new();
    let (mut left_out, mut impossible) = (0, 0);
    for &row in &scope.rows {
        let Some(key) = Key::of(by, row, None) else {
            left_out += 1;
            continue;
        };
        let candle = (|| {
            Some(Candle {
                open: number(open, row)?,
                high: number(high, row)?,
                low: number(low, row)?,
                close: number(close, row)?,
            })
        })();
        if candle.is_some_and(|c| c.high < c.open.max(c.close) || c.low > c.open.min(c.close)) {
            impossible += 1;
        }
        periods.push((key, candle));
    }
    scope.leave_out(left_out, &by.name);
    if impossible > 0 {
        scope
            .notes
            .push(format!("In {impossible} rows the high or low does not enclose open and close; drawn as given."));
    }
    if periods.iter().all(|(key, _)| key.position.is_some()) {
        periods.sort_by(|(a, _), (b, _)| a.compare(b));
    }
    let periods = longer(scope, periods);
    let mut points = Vec::with_capacity(periods.len() * PRICES.len());
    for (key, candle) in &periods {
        let prices = candle.map(|c| [c.open, c.high, c.low, c.close]);
        for (at, name) in PRICES.iter().enumerate() {
            points.push(PlotPoint {
                x: key.printed.clone(),
                y: prices.and_then(|prices| prices.get(at).copied()),
                series: Some((*name).to_owned()),
                size: None,
            });
        }
    }
    let y = Axis { label: "Price".to_owned(), unit: close.unit.clone(), log: false };
    let x = Axis { label: words::pretty(&by.name), unit: None, log: false };
    let (periods, candles) = periods.into_iter().map(|(key, candle)| (key.printed.to_string(), candle)).unzip();
    let data = Data::Ohlc { periods, candles };
    Ok(Drawn { kind: Kind::Candlestick, points, data, x, y, y2: None, overlays: Vec::new() })
}

/// Candles of several periods each, called after the first of them, where they are too many to be told apart.
fn longer(scope: &mut Scope<'_>, periods: Vec<(Key, Option<Candle>)>) -> Vec<(Key, Option<Candle>)> {
    let each = periods.len().div_ceil(bounds::CANDLES_MAX);
    if each <= 1 {
        return periods;
    }
    let count = bounds::count(each, scope.style);
    scope
        .assumptions
        .push(format!("Each candle is {count} periods in a row, since more candles could not be told apart."));
    scope.left_out.push(format!("{count} periods to a candle"));
    let join = |a: Candle, b: &Candle| Candle {
        open: a.open,
        high: a.high.max(b.high),
        low: a.low.min(b.low),
        close: b.close,
    };
    let merge = |run: &[(Key, Option<Candle>)]| {
        let mut candles = run.iter().filter_map(|(_, candle)| candle.as_ref());
        let first = candles.next().copied();
        Some((run.first()?.0.clone(), first.map(|first| candles.fold(first, join))))
    };
    periods.chunks(each).filter_map(merge).collect()
}

fn price_column(scope: &Scope<'_>, price: &str) -> Option<Measure> {
    let price = price.to_lowercase();
    let numeric = || scope.table.columns.iter().filter(|column| is_numeric(column));
    numeric()
        .find(|column| column.name.to_lowercase() == price)
        .or_else(|| numeric().find(|column| column.name.to_lowercase().contains(&price)))
        .map(|column| Measure::rows(&column.name))
}
