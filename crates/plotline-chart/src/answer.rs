//! The machine-readable answer to a request: what was understood, and the points.

use serde_json::{Map, Value, json};

use crate::Resolved;
use crate::chart::{Kind, Stack};
use crate::resolve::key::serialize_number;
use crate::spec::{Aggregate, Bin, Order, SortBy};

/// The answer as one JSON object: `kind`, `x`, `y`, `series`, `sort`, `points`, and what was assumed.
pub fn answer(resolved: &Resolved) -> Value {
    let spec = &resolved.spec;
    let x = spec
        .x
        .as_ref()
        .map(|x| json!({"column": x.column, "aggregate": x.aggregate.map(aggregate), "bin": x.bin.map(bin)}));
    let y = spec.y.first().map(|y| json!({"column": y.column, "aggregate": y.aggregate.map(aggregate)}));
    let series = spec.series.as_ref().map(|series| json!({"column": series.column}));
    let sort = spec.sort.map(|sort| {
        let by = match sort.by {
            SortBy::X => "x",
            SortBy::Y => "y",
        };
        let order = match sort.order {
            Order::Asc => "asc",
            Order::Desc => "desc",
        };
        json!({"by": by, "order": order})
    });
    let points: Vec<Value> = resolved
        .points
        .iter()
        .map(|point| {
            let mut object = Map::new();
            object.insert("x".to_owned(), json!(point.x));
            object.insert("y".to_owned(), point.y.map_or(Value::Null, number));
            object.insert("series".to_owned(), json!(point.series));
            if let Some(size) = point.size {
                object.insert("size".to_owned(), number(size));
            }
            Value::Object(object)
        })
        .collect();
    json!({
        "kind": kind(spec.kind, spec.options.stack),
        "title": resolved.chart.title,
        "subtitle": resolved.chart.subtitle,
        "x": x,
        "y": y,
        "series": series,
        "sort": sort,
        "assumptions": resolved.assumptions,
        "notes": resolved.notes,
        "points": points,
    })
}

/// The answer to a request that is not drawn.
pub fn declined(reason: &str) -> Value {
    json!({ "declined": reason })
}

fn number(number: f64) -> Value {
    serialize_number(&number, serde_json::value::Serializer).unwrap_or(Value::Null)
}

fn kind(kind: Kind, stack: Option<Stack>) -> &'static str {
    match (kind, stack) {
        (Kind::Bar, Some(Stack::Stacked | Stack::Percent)) => "stacked_bar",
        (Kind::Bar, _) => "bar",
        (Kind::Line, _) => "line",
        (Kind::Step, _) => "step_line",
        (Kind::Area, _) => "area",
        (Kind::Scatter, _) => "scatter",
        (Kind::Bubble, _) => "bubble",
        (Kind::Pie, _) => "pie",
        (Kind::Donut, _) => "donut",
        (Kind::Histogram, _) => "histogram",
        (Kind::Box, _) => "box",
        (Kind::Violin, _) => "violin",
        (Kind::Strip, _) => "strip",
        (Kind::Heatmap, _) => "heatmap",
        (Kind::Candlestick, _) => "candlestick",
        (Kind::Combo, _) => "combo",
    }
}

fn aggregate(aggregate: Aggregate) -> &'static str {
    match aggregate {
        Aggregate::Count => "count",
        Aggregate::CountDistinct => "count_distinct",
        Aggregate::Sum => "sum",
        Aggregate::Avg => "avg",
        Aggregate::Min => "min",
        Aggregate::Max => "max",
        Aggregate::Median => "median",
    }
}

fn bin(bin: Bin) -> &'static str {
    match bin {
        Bin::Year => "year",
        Bin::Quarter | Bin::QuarterOfYear => "quarter",
        Bin::WeekPart => "week part",
        Bin::Season => "season",
        Bin::Month | Bin::YearMonth => "month",
        Bin::Week => "week",
        Bin::Weekday => "weekday",
        Bin::Day | Bin::DayOfMonth => "day",
        Bin::Hour | Bin::DayHour => "hour",
        Bin::Minute => "minute",
        Bin::Bins(_) | Bin::Width(_) => "range",
    }
}
