//! Choices made from the data, where the words leave them open.

use std::collections::HashSet;

use plotline_table::{Cell, Column, ColumnKind, Table, Time};

use super::mention::ColumnName;
use super::phrase::KindSaid;
use super::{Request, heatmap, wide};
use crate::chart::Kind;
use crate::resolve::columns::is_numeric;
use crate::resolve::key::{self, Key};
use crate::spec::{Aggregate, Bin, Channel, ChartSpec, Compare, Dimension, Filter, Measure};

/// More slices than this cannot be compared by eye.
const SLICES_MAX: usize = 6;
/// Columns that are drawn when nothing is said about which: all that a picture of panels shows legibly.
const COLUMNS_MAX: usize = 24;
/// Of the times in a table, a column that splits unasked has values for at least this share.
const LINE_SHARE: f64 = 0.5;
/// Powers of ten between the sizes of values that share an axis unasked.
const MAGNITUDES_MAX: f64 = 1.0;
/// Dates with fewer different values than this are shown as they are.
const DATES_MAX: usize = 40;
/// Days in a period that decide how dates are grouped.
const DAYS_OF_YEARS: f64 = 1_100.0;
const DAYS_OF_MONTHS: f64 = 62.0;
const DAYS_OF_HOURS: f64 = 3.0;
const DAY_MS: f64 = 86_400_000.0;

/// The number of different values, gaps aside.
pub(super) fn different(table: &Table, column: usize) -> usize {
    let Some(column) = table.columns.get(column) else { return 0 };
    (0..table.row_count())
        .filter_map(|row| Key::of(column, row, None))
        .map(|key| key.identity)
        .collect::<HashSet<_>>()
        .len()
}

/// Whether the rows of a request have one value of a column in common.
pub(super) fn one_value(request: &Request<'_>, column: usize) -> bool {
    let Some(column) = request.table.columns.get(column) else { return false };
    let mut keys = request.rows.iter().filter_map(|row| Key::of(column, *row, None)).map(|key| key.identity);
    let first = keys.next();
    first.is_some() && keys.all(|key| Some(key) == first)
}

/// Whether a category (of a series) has more than one of these rows.
pub(super) fn repeated(table: &Table, rows: &[usize], x: usize, series: Option<&str>) -> bool {
    repeated_in(table, rows, (x, None), series)
}

/// The same for the periods or ranges of a column.
pub(super) fn repeated_in(table: &Table, rows: &[usize], (x, bin): (usize, Option<Bin>), series: Option<&str>) -> bool {
    let Some(column) = table.columns.get(x) else { return false };
    let split = series.and_then(|name| table.columns.iter().find(|column| column.name == name));
    let mut seen = HashSet::new();
    rows.iter().any(|row| {
        let row = *row;
        let Some(key) = Key::of(column, row, bin) else { return false };
        let part = split.and_then(|column| Key::of(column, row, None)).map(|key| key.identity);
        !seen.insert((key.identity, part))
    })
}

/// Whether a column numbers the steps of a course: each of three or more whole numbers once, one after the other.
pub(super) fn is_sequence(table: &Table, at: usize) -> bool {
    const STEPS_MIN: usize = 3;
    let Some(column) = table.columns.get(at).filter(|column| column.kind == ColumnKind::Number) else { return false };
    let numbers: Option<Vec<f64>> = column
        .cells
        .iter()
        .map(|cell| match cell {
            Cell::Number(number) if number.fract() == 0.0 => Some(*number),
            _ => None,
        })
        .collect();
    numbers.is_some_and(|numbers| {
        let step = numbers.get(1).zip(numbers.first()).map_or(0.0, |(second, first)| second - first);
        numbers.len() >= STEPS_MIN && step > 0.0 && numbers.windows(2).all(|pair| pair[1] - pair[0] == step)
    })
}

/// The column along which the others go, where there is one that is not used yet.
pub(super) fn sequence(table: &Table, used: &[&str]) -> Option<usize> {
    (0..table.columns.len()).find(|at| !used.contains(&table.columns[*at].name.as_str()) && is_sequence(table, *at))
}

/// Whether a column goes along a time axis.
pub(super) fn is_time(column: &Column) -> bool {
    column.kind == ColumnKind::Date
        && column
            .cells
            .iter()
            .any(|cell| matches!(cell, Cell::Time(time) if !matches!(time, Time::Weekday(_) | Time::TimeOfDay(_))))
}

/// Values that are not added up: rates, prices, scores, shares.
pub(super) fn is_rate(column: &Column) -> bool {
    const RATES: &[&str] = &[
        "rate",
        "ratio",
        "percent",
        "percentage",
        "pct",
        "price",
        "average",
        "avg",
        "mean",
        "med",
        "median",
        "score",
        "rating",
        "age",
        "temperature",
        "temp",
        "height",
        "weight",
        "speed",
        "share",
        "index",
        "rank",
        "grade",
        "gpa",
        "level",
        "humidity",
        "pressure",
        "density",
        "latitude",
        "longitude",
        "year",
        "duration",
        "latency",
        "delay",
        "response",
        "satisfaction",
    ];
    column.unit.as_deref().is_some_and(|unit| unit == "%" || unit.contains('/') || unit.starts_with('°'))
        || super::token::name_words(&column.name).iter().any(|word| RATES.contains(&word.as_str()))
}

/// The first column of numbers that measure something.
pub(super) fn first_quantity(table: &Table, names: &[ColumnName]) -> Option<usize> {
    first_quantity_but(table, names, usize::MAX)
}

pub(super) fn first_quantity_but(table: &Table, names: &[ColumnName], but: usize) -> Option<usize> {
    quantities(table, names).into_iter().find(|column| *column != but)
}

pub(super) fn quantities(table: &Table, names: &[ColumnName]) -> Vec<usize> {
    (0..table.columns.len())
        .filter(|at| {
            table.columns.get(*at).is_some_and(|column| column.kind == ColumnKind::Number)
                && !names.get(*at).is_some_and(|name| name.is_id)
        })
        .collect()
}

/// What goes with a number in a scatter chart: another number.
pub(super) fn partner(table: &Table, names: &[ColumnName], column: usize) -> Option<usize> {
    first_quantity_but(table, names, column)
        .or_else(|| (0..table.columns.len()).find(|at| *at != column && table.columns.get(*at).is_some_and(is_numeric)))
}

/// A column for the categories of values that are named in the request.
pub(super) fn category(
    table: &Table,
    names: &[ColumnName],
    used: &[&str],
    wants_time: bool,
    aggregated: bool,
) -> Option<usize> {
    let free = |at: &usize| table.columns.get(*at).is_some_and(|column| !used.contains(&column.name.as_str()));
    let time = (0..table.columns.len()).filter(free).find(|at| table.columns.get(*at).is_some_and(is_time));
    let rows = table.row_count();
    let name = (0..table.columns.len()).filter(free).find(|at| {
        table
            .columns
            .get(*at)
            .is_some_and(|column| matches!(column.kind, ColumnKind::Text | ColumnKind::Bool | ColumnKind::Date))
            && !names.get(*at).is_some_and(|name| name.is_id)
            && (!aggregated || different(table, *at) < rows.max(2))
    });
    if wants_time {
        return time.or(name);
    }
    // Of a name and a time, the one that stands first in the table is its key.
    match (name, time) {
        (Some(name), Some(time)) if !aggregated => Some(name.min(time)),
        _ => name.or(time),
    }
}

/// Whether the dates of a column lie in more than one calendar year.
pub(super) fn several_years(column: &Column) -> bool {
    let mut years = column.cells.iter().filter_map(|cell| match cell {
        Cell::Time(time) => key::year(*time),
        _ => None,
    });
    let first = years.next();
    years.any(|year| Some(year) != first)
}

/// Whether the times of a column lie on more than one day.
pub(super) fn several_days(column: &Column) -> bool {
    let mut days = column.cells.iter().filter_map(|cell| match cell {
        Cell::Time(Time::DateTime(time)) => Some(time.date()),
        _ => None,
    });
    let first = days.next();
    days.any(|day| Some(day) != first)
}

/// Whether a column has days or points in time, which longer periods group.
pub(super) fn can_bin(column: &Column) -> bool {
    column.cells.iter().any(|cell| matches!(cell, Cell::Time(Time::Date(_) | Time::DateTime(_))))
}

/// The period for dates that are nearly all different.
pub(super) fn bin(column: &Column, kind: Kind) -> Option<Bin> {
    let absolute = |cell: &Cell| match cell {
        Cell::Time(time @ (Time::Date(_) | Time::DateTime(_))) => Some(key::position(*time)),
        _ => None,
    };
    let positions: Vec<f64> = column.cells.iter().filter_map(absolute).collect();
    if positions.is_empty() {
        return None;
    }
    let distinct = positions.iter().map(|position| position.to_bits()).collect::<HashSet<_>>().len();
    let with_time = column.cells.iter().any(|cell| matches!(cell, Cell::Time(Time::DateTime(_))));
    let along = matches!(kind, Kind::Line | Kind::Area | Kind::Step);
    if distinct <= DATES_MAX && (!with_time || along) {
        return None;
    }
    let low = positions.iter().copied().fold(f64::INFINITY, f64::min);
    let high = positions.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let days = (high - low) / DAY_MS;
    Some(if with_time && days < DAYS_OF_HOURS {
        // A few days have a course of hours, and hardly weekdays.
        Bin::DayHour
    } else if days > DAYS_OF_YEARS && along {
        Bin::Year
    } else if !along {
        Bin::Weekday
    } else if days > DAYS_OF_MONTHS {
        Bin::YearMonth
    } else {
        Bin::Day
    })
}

/// A chart of a table about which nothing was said.
pub(super) fn from_data(
    table: &Table,
    request: &Request<'_>,
    said: Option<&KindSaid>,
    assumptions: &mut Vec<String>,
    guesses: &mut u32,
) -> Result<ChartSpec, String> {
    *guesses += 2;
    let names = &request.names;
    let name = |at: usize| table.columns.get(at).map(|column| column.name.clone()).unwrap_or_default();
    let rows = table.row_count();
    let time = (0..table.columns.len()).find(|at| table.columns.get(*at).is_some_and(is_time));
    let labels = (0..table.columns.len()).find(|at| {
        table
            .columns
            .get(*at)
            .is_some_and(|column| matches!(column.kind, ColumnKind::Text | ColumnKind::Bool | ColumnKind::Date))
            && !names.get(*at).is_some_and(|name| name.is_id)
    });
    let kind = said.map(|said| said.kind);
    // Weeks and rounds that are mere numbers are an axis where there is no other.
    let course = sequence(table, &[]).filter(|_| {
        time.or(labels).is_none() && matches!(kind, None | Some(Kind::Line | Kind::Area | Kind::Step | Kind::Bar))
    });
    let mut numbers = request.cells.map_or_else(|| quantities(table, names), |cells| vec![cells]);
    if numbers.len() > 1 {
        numbers.retain(|at| Some(*at) != course);
    }
    // `days with more than 20 errors`: the number that is spoken of.
    let spoken: Vec<usize> = numbers
        .iter()
        .copied()
        .filter(|at| {
            request.filter.as_ref().is_some_and(|filter| {
                table.columns.get(*at).is_some_and(|column| !all_years(column) && compares(filter, &column.name))
            })
        })
        .collect();
    // What is left of values above a limit is no whole.
    let limited = !spoken.is_empty();
    if limited {
        numbers = spoken;
    }
    let axis = time.or(labels).or(course);
    let mut spec = match (kind, axis, numbers.as_slice()) {
        (Some(Kind::Histogram), _, [first, ..]) => {
            let mut spec = ChartSpec::new(Kind::Histogram);
            spec.x = Some(Channel { column: Some(name(*first)), aggregate: None, bin: request.ranges });
            spec
        }
        (Some(kind @ (Kind::Scatter | Kind::Bubble)), _, [x, y, rest @ ..]) => {
            let mut spec = ChartSpec::new(kind).with_x(&name(*x)).with_y(Measure::rows(&name(*y)));
            spec.size = rest.first().map(|size| name(*size)).filter(|_| kind == Kind::Bubble);
            if kind == Kind::Bubble && spec.size.is_none() {
                spec.kind = Kind::Scatter;
            }
            spec
        }
        (Some(Kind::Scatter | Kind::Bubble), ..) => {
            return Err("A scatter chart needs two columns of numbers.".to_owned());
        }
        (Some(kind @ (Kind::Box | Kind::Violin | Kind::Strip)), _, [value, ..]) => {
            let mut spec = ChartSpec::new(kind).with_y(Measure::rows(&name(*value)));
            let by = labels.filter(|at| different(table, *at) * 2 <= rows);
            spec.x = by.map(|by| Channel::column(&name(by)));
            spec
        }
        (Some(Kind::Candlestick), ..) => ChartSpec::new(Kind::Candlestick),
        (Some(Kind::Heatmap), Some(first), [initial, ..]) => {
            // Hours and ratings are sides before they are values.
            let value = numbers.iter().find(|at| !heatmap::side(table, **at)).unwrap_or(initial);
            let free = |at: &usize| *at != first && *at != *value;
            let second = (0..table.columns.len())
                .filter(free)
                .find(|at| table.columns.get(*at).is_some_and(|c| c.kind != ColumnKind::Number))
                .or_else(|| (0..table.columns.len()).filter(free).find(|at| heatmap::side(table, *at)));
            let Some(second) = second else {
                return Err("A heatmap needs two columns to group by and a value.".to_owned());
            };
            let mut spec = ChartSpec::new(Kind::Heatmap).with_x(&name(first));
            spec.series = Some(Dimension { column: name(second), bin: None });
            spec.with_y(Measure::of(Aggregate::Sum, &name(*value)))
        }
        (kind, Some(x), [_, ..]) => {
            let mut spec = over_labels(table, &request.rows, kind, x, time.or(course) == Some(x), labels, &numbers);
            if limited && kind.is_none() && spec.kind == Kind::Pie {
                spec.kind = Kind::Bar;
            }
            spec
        }
        (_, Some(x), []) => {
            // Names that are all different have nothing to count; those that come again do.
            let again = |at: &usize| {
                table.columns.get(*at).is_some_and(|c| matches!(c.kind, ColumnKind::Text | ColumnKind::Bool))
                    && (2..rows).contains(&different(table, *at))
            };
            let x = if different(table, x) < rows { x } else { (0..table.columns.len()).find(again).unwrap_or(x) };
            let count = different(table, x);
            let kind = kind.unwrap_or(if count <= SLICES_MAX && count > 1 { Kind::Pie } else { Kind::Bar });
            ChartSpec::new(kind).with_x(&name(x)).with_y(Measure::count())
        }
        (Some(kind), None, [x, y, ..]) => ChartSpec::new(kind).with_x(&name(*x)).with_y(Measure::rows(&name(*y))),
        (None, None, [x, y, ..]) => ChartSpec::new(Kind::Scatter).with_x(&name(*x)).with_y(Measure::rows(&name(*y))),
        (_, None, [only]) => ChartSpec::new(Kind::Histogram).with_x(&name(*only)),
        (_, None, []) => return Err("The table has no column that could be drawn.".to_owned()),
    };
    if let Some(Channel { column: Some(x), bin: bin @ None, .. }) = &mut spec.x
        && spec.y.iter().any(|y| y.aggregate.is_some())
        && let Some(column) = table.columns.iter().find(|column| column.name == *x)
        // A course in time, be it in bars: weekdays are nobody's first question.
        && let Some(period) = self::bin(column, Kind::Line)
    {
        *bin = Some(period);
        assumptions.push(format!("“{x}” is grouped by {}.", crate::resolve::words::bin(period)));
    }
    spec.options = request.options.clone();
    if let Some(said) = said {
        spec.options.stack = spec.options.stack.or(said.stack);
        spec.options.horizontal = spec.options.horizontal.or(said.horizontal);
    }
    assumptions.extend(wide::panels(&mut spec));
    if kind.is_none() || request.mentions.is_empty() {
        let x = spec.x.as_ref().and_then(|x| x.column.clone());
        let y: Vec<String> = spec.y.iter().map(crate::resolve::words::measure).collect();
        if let Some(x) = &x
            && y.is_empty()
            && spec.kind == Kind::Histogram
        {
            assumptions.push(format!("Chosen from the data: how the values of “{x}” are spread."));
        }
        // Of two columns without headers, there was nothing to choose.
        let chosen =
            table.columns.len() > 2 || table.columns.iter().any(|column| !crate::resolve::words::unnamed(&column.name));
        if let Some(x) = x
            && !y.is_empty()
            && chosen
        {
            let split =
                spec.series.as_ref().map(|series| format!(", split by “{}”", series.column)).unwrap_or_default();
            let left_out = if y.len() == COLUMNS_MAX && numbers.len() > y.len() {
                format!(" {} further columns of numbers are left out.", numbers.len() - y.len())
            } else {
                String::new()
            };
            let y = crate::resolve::words::list(&y);
            assumptions.push(format!("Chosen from the data: {y} by “{x}”{split}.{left_out}"));
        }
    }
    assumptions.extend(super::arrange::arrange(request, &mut spec));
    Ok(spec)
}

/// Whether every number may be a year.
pub(super) fn all_years(column: &Column) -> bool {
    column.cells.iter().all(|cell| match cell {
        Cell::Number(number) => key::year_number(*number).is_some(),
        _ => true,
    })
}

/// Whether a filter compares this column with something.
pub(super) fn compares(filter: &Filter, name: &str) -> bool {
    match filter {
        Filter::And(parts) | Filter::Or(parts) => parts.iter().any(|part| compares(part, name)),
        Filter::Not(inner) => compares(inner, name),
        // A number that something is equal to is a code: `status 404`.
        Filter::Compare { column, op, .. } => column == name && *op != Compare::Equal,
        Filter::Between { column, .. } => column == name,
        Filter::In { .. } | Filter::Contains { .. } | Filter::IsNull { .. } => false,
    }
}

/// Values over names or time: lines, bars, or the parts of a whole.
fn over_labels(
    table: &Table,
    rows: &[usize],
    kind: Option<Kind>,
    x: usize,
    over_time: bool,
    labels: Option<usize>,
    numbers: &[usize],
) -> ChartSpec {
    let name = |at: usize| table.columns.get(at).map(|column| column.name.clone()).unwrap_or_default();
    let first = numbers.first().copied().unwrap_or_default();
    let x = if matches!(kind, Some(Kind::Pie | Kind::Donut)) { few_parts(table).unwrap_or(x) } else { x };
    let over_time = over_time && (table.columns.get(x).is_some_and(is_time) || is_sequence(table, x));
    let count = different(table, x);
    let parts = count <= SLICES_MAX && count > 2 && numbers.len() == 1 && !over_time && adds_up(table, first);
    let kind = kind.unwrap_or(match (over_time, parts) {
        (true, _) => Kind::Line,
        (false, true) => Kind::Pie,
        (false, false) => Kind::Bar,
    });
    let mut spec = ChartSpec::new(kind).with_x(&name(x));
    let several = !matches!(kind, Kind::Pie | Kind::Donut);
    let series = labels.filter(|at| *at != x && several && over_time && (2..=12).contains(&different(table, *at)));
    // Each of the lines needs a value at most of the times; one here and there is noise.
    let whole = |series: usize| {
        !repeated(table, rows, x, Some(&name(series)))
            && rows.len() as f64 >= LINE_SHARE * (count * different(table, series)) as f64
    };
    if repeated(table, rows, x, None) && series.is_some_and(whole) {
        spec.series = series.map(|series| Dimension { column: name(series), bin: None });
        spec.y = vec![Measure::rows(&name(first))];
        return spec;
    }
    let unit = table.columns.get(first).and_then(|column| column.unit.clone());
    // Values of another unit or size would lie flat beside the first.
    let size = largest(table, first);
    let same_unit = |at: &&usize| {
        table.columns.get(**at).is_some_and(|column| column.unit == unit)
            && (largest(table, **at) / size).abs().log10().abs() <= MAGNITUDES_MAX
    };
    let take = if several { COLUMNS_MAX } else { 1 };
    let aggregate = repeated(table, rows, x, None)
        .then(|| if table.columns.get(first).is_some_and(is_rate) { Aggregate::Avg } else { Aggregate::Sum });
    spec.y = numbers
        .iter()
        .filter(same_unit)
        .take(take)
        .map(|at| Measure { column: Some(name(*at)), aggregate, second_axis: false })
        .collect();
    if kind == Kind::Combo && numbers.len() > 1 {
        spec.y = numbers
            .iter()
            .take(COLUMNS_MAX)
            .map(|at| Measure { column: Some(name(*at)), aggregate, second_axis: false })
            .collect();
    }
    spec
}

/// The column with the fewest names that are more than one and not too many for slices.
fn few_parts(table: &Table) -> Option<usize> {
    (0..table.columns.len())
        .filter(|at| table.columns.get(*at).is_some_and(|c| matches!(c.kind, ColumnKind::Text | ColumnKind::Bool)))
        .map(|at| (different(table, at), at))
        .filter(|(count, _)| (2..=2 * SLICES_MAX).contains(count))
        .min()
        .map(|(_, at)| at)
}

pub(super) fn largest(table: &Table, column: usize) -> f64 {
    table.columns.get(column).map_or(0.0, |column| {
        column.cells.iter().fold(0.0, |most, cell| match cell {
            Cell::Number(number) => number.abs().max(most),
            _ => most,
        })
    })
}

/// Whether the values can be the parts of a whole.
fn adds_up(table: &Table, column: usize) -> bool {
    table.columns.get(column).is_some_and(|column| {
        !is_rate(column) && column.cells.iter().all(|cell| !matches!(cell, Cell::Number(number) if *number < 0.0))
    })
}
