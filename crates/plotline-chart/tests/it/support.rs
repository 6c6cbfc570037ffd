//! Tables for the tests, and charts in one line.

use plotline_chart::chart::{Kind, NumberStyle, Stack};
use plotline_chart::spec::{Aggregate, ChartSpec};
use plotline_chart::{Outcome, Reading, Resolved, read_request, resolve};
use plotline_table::{Limits, Table};

/// A table from CSV text.
pub(crate) fn table(csv: &str) -> Table {
    let reading = plotline_table::read_file("table.csv", csv.as_bytes(), &Limits::default(), None).unwrap();
    reading.tables.into_iter().next().unwrap().table
}

pub(crate) fn sales() -> Table {
    table(include_str!("../data/sales.csv"))
}

pub(crate) fn months() -> Table {
    table(include_str!("../data/months.csv"))
}

pub(crate) fn people() -> Table {
    table(include_str!("../data/people.csv"))
}

pub(crate) fn read(table: &Table, ask: &str, previous: Option<&ChartSpec>) -> Reading {
    match read_request(ask, table, previous) {
        Outcome::Read(reading) => *reading,
        Outcome::Declined(reason) => panic!("declined “{ask}”: {reason}"),
    }
}

pub(crate) fn chart(table: &Table, spec: &ChartSpec) -> Resolved {
    resolve(spec, table, NumberStyle::CommaPoint).unwrap()
}

/// What was understood, in one line: kind, values by categories, split, conditions, order, options.
pub(crate) fn summary(table: &Table, ask: &str, previous: Option<&ChartSpec>) -> String {
    match read_request(ask, table, previous) {
        Outcome::Declined(reason) => format!("declined: {reason}"),
        Outcome::Read(reading) => match resolve(&reading.spec, table, NumberStyle::CommaPoint) {
            Err(error) => format!("error: {error}"),
            Ok(resolved) => describe(&resolved),
        },
    }
}

/// The summaries of several requests, one beneath the other.
pub(crate) fn summaries(table: &Table, asks: &[&str]) -> String {
    asks.iter().map(|ask| format!("{ask}\n    {}", summary(table, ask, None))).collect::<Vec<_>>().join("\n")
}

pub(crate) fn describe(resolved: &Resolved) -> String {
    let spec = &resolved.spec;
    let bin = |bin: Option<plotline_chart::spec::Bin>| {
        bin.map(|bin| format!("/{}", serde_json::to_value(bin).unwrap().to_string().replace('"', "")))
            .unwrap_or_default()
    };
    let aggregate = |how: Option<Aggregate>, column: Option<&str>| match (how, column) {
        (None, column) => column.unwrap_or("-").to_owned(),
        (Some(Aggregate::Count), _) => "count".to_owned(),
        (Some(how), column) => {
            format!("{}({})", serde_json::to_value(how).unwrap().as_str().unwrap(), column.unwrap_or("-"))
        }
    };
    let kind = match (spec.kind, spec.options.stack) {
        (Kind::Bar, Some(Stack::Stacked)) => "stacked bar".to_owned(),
        (Kind::Bar, Some(Stack::Percent)) => "100% bar".to_owned(),
        (kind, _) => format!("{kind:?}").to_lowercase(),
    };
    let y: Vec<String> = spec
        .y
        .iter()
        .map(|y| aggregate(y.aggregate, y.column.as_deref()) + if y.second_axis { " (right)" } else { "" })
        .collect();
    let mut out = format!("{kind}: {}", y.join(", "));
    if let Some(x) = &spec.x {
        out += &format!(" by {}{}", aggregate(x.aggregate, x.column.as_deref()), bin(x.bin));
    }
    if let Some(series) = &spec.series {
        out += &format!(" and {}{}", series.column, bin(series.bin));
    }
    if let Some(subtitle) = &resolved.chart.subtitle {
        out += &format!(" | {subtitle}");
    }
    if let Some(sort) = spec.sort {
        out += &format!(" | sort {:?} {:?}", sort.by, sort.order).to_lowercase();
    }
    for (name, on) in [
        ("horizontal", spec.options.horizontal == Some(true)),
        ("log", spec.options.log),
        ("trend line", spec.options.trend_line),
        ("small multiples", spec.options.small_multiples),
        ("moving average", spec.options.moving_average.is_some()),
    ] {
        if on {
            out += &format!(" | {name}");
        }
    }
    out + &format!(" | {} points", resolved.points.len())
}
