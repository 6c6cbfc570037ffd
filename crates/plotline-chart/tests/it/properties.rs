//! What must hold for any request, any spec and any small table.

use plotline_chart::chart::{Data, Kind, NumberStyle};
use plotline_chart::spec::{
    Aggregate, Bin, Channel, ChartSpec, Dimension, Filter, Fold, Limit, Measure, Order, Sort, SortBy, Value,
};
use plotline_chart::{
    Fact, Outcome, Place, PlotPoint, Resolved, alt_text, caption, facts, read_request, resolve, to_csv,
};
use plotline_table::Table;
use proptest::prelude::*;
use proptest::sample::select;

use crate::support::{people, sales, table};

fn small_table() -> impl Strategy<Value = Table> {
    let cell = prop_oneof![
        4 => (-1000i32..1000).prop_map(|number| number.to_string()),
        2 => select(vec!["1e308", "-1e308", "0", "0.1", "12%", "1:30", "€5", "n/a", ""]).prop_map(str::to_owned),
        2 => select(vec!["2023-01-05", "2024-02-29", "Jan", "Q2", "Monday", "1999", "17:30"]).prop_map(str::to_owned),
        3 => select(vec!["North", "South", "F", "M", "yes", "no", "Ünï", "日本", "a b"]).prop_map(str::to_owned),
    ];
    let header = select(vec!["Date", "Name", "StuID", "Total Sales", "Order", "x", "Year", "Group By", "Ünï", "top 5"]);
    (1usize..5, 1usize..9).prop_flat_map(move |(columns, rows)| {
        (
            prop::collection::vec(header.clone(), columns),
            prop::collection::vec(prop::collection::vec(cell.clone(), columns), rows),
        )
            .prop_flat_map(|(headers, rows)| (Just(headers), Just(rows), any::<bool>()))
            .prop_map(|(headers, rows, years)| {
                // Headers that are years make a table that is folded.
                let header = |(at, name): (usize, &&str)| {
                    if years && at > 0 { format!("\"{}\",", 2015 + at) } else { format!("{name} {at},") }
                };
                let mut csv: String = headers.iter().enumerate().map(header).collect();
                csv.pop();
                for row in rows {
                    csv.push('\n');
                    csv.push_str(&row.join(","));
                }
                csv
            })
            .prop_filter_map("a table", |csv| {
                let limits = plotline_table::Limits::default();
                let reading = plotline_table::read_file("t.csv", csv.as_bytes(), &limits, None).ok()?;
                reading.tables.into_iter().next().map(|found| found.table)
            })
    })
}

/// Words that mean something to the reader, in any order.
fn word_salad() -> impl Strategy<Value = String> {
    let word = select(vec![
        "bar",
        "chart",
        "pie",
        "line",
        "scatter",
        "histogram",
        "of",
        "the",
        "by",
        "each",
        "per",
        "and",
        "or",
        "not",
        "sort",
        "desc",
        "from",
        "high",
        "to",
        "low",
        "top",
        "5",
        "between",
        "10",
        "20",
        "2024",
        "average",
        "number",
        "count",
        "(",
        "*",
        ")",
        "total",
        "date",
        "name",
        "sales",
        "year",
        "month",
        "bin",
        "weekday",
        "where",
        "with",
        "more",
        "than",
        "'",
        "\"",
        ",",
        "?",
        "north",
        "female",
        "only",
        "instead",
        "x",
        "axis",
        "y",
        "vs",
        "group",
        "without",
        "is",
        "null",
        "compare",
        "all",
        "stores",
        "for",
        "which",
        "heatmap",
        "size",
        "bars",
        "bins",
        "moving",
        "titled",
        "title",
        ":",
        "map",
        "axes",
        "over",
        "time",
        "stacked",
        "contains",
        "id",
        "how",
        "old",
        "oldest",
        "moving",
        "Group_By",
        "StuID",
        "-",
        "%",
        "日本",
    ]);
    prop::collection::vec(word, 0..14).prop_map(|words| words.join(" "))
}

fn finite(resolved: &Resolved) -> bool {
    let data = match &resolved.chart.data {
        Data::Categories { series, .. } => series.iter().flat_map(|s| s.values.iter().flatten().copied()).collect(),
        Data::Points { series, .. } => {
            series.iter().flat_map(|s| s.points.iter().flat_map(|p| [Some(p.x), p.y, p.size])).flatten().collect()
        }
        Data::Bins { edges, series } => {
            edges.iter().copied().chain(series.iter().flat_map(|s| s.counts.clone())).collect()
        }
        Data::Groups { groups } => groups.iter().flat_map(|group| group.values.clone()).collect(),
        Data::Grid { values, .. } => values.iter().flatten().copied().collect(),
        Data::Ohlc { candles, .. } => {
            candles.iter().flatten().flat_map(|c| [c.open, c.high, c.low, c.close]).collect::<Vec<f64>>()
        }
    };
    let overlays = resolved
        .chart
        .options
        .overlays
        .iter()
        .flat_map(|overlay| overlay.points.iter().flat_map(|(x, y)| std::iter::once(*x).chain(*y)));
    data.into_iter().chain(overlays).chain(resolved.points.iter().filter_map(|point| point.y)).all(f64::is_finite)
}

/// Everything that is made of a chart can be made, and says nothing untrue.
fn sound(resolved: &Resolved) {
    assert!(finite(resolved));
    assert!(!resolved.chart.title.is_empty());
    assert!(alt_text(resolved).chars().count() <= plotline_chart::ALT_CHARS_MAX);
    assert_eq!(to_csv(resolved).matches("\r\n").count(), resolved.points.len() + 1);
    let _ = caption(resolved);
    for fact in facts(resolved) {
        check(&fact, resolved);
    }
}

fn value_at(points: &[PlotPoint], place: &Place, value: f64) -> bool {
    points.iter().any(|point| point.x.to_string() == place.x && point.series == place.series && point.y == Some(value))
}

fn check(fact: &Fact, resolved: &Resolved) {
    let points = &resolved.points;
    let values: Vec<f64> = points.iter().filter_map(|point| point.y).collect();
    let of_series = |series: &Option<String>| -> Vec<f64> {
        points.iter().filter(|point| point.series == *series).filter_map(|point| point.y).collect()
    };
    match fact {
        Fact::Single { at, value } => {
            assert!(value_at(points, at, *value) && of_series(&at.series).len() == 1);
        }
        Fact::AllEqual { series, value, count } => {
            let compared = if series.is_some() { of_series(series) } else { values };
            assert!(compared.len() == *count && compared.iter().all(|other| other == value));
        }
        Fact::Extremes { high, highest, high_ties, low, lowest, low_ties } => {
            assert!(value_at(points, high, *highest) && value_at(points, low, *lowest));
            // Values of two measures or axes are not compared with each other.
            let apart = resolved.chart.kind == Kind::Combo || resolved.chart.y2.is_some() || !resolved.units.is_empty();
            let compared = if apart { of_series(&high.series) } else { values };
            assert!(!apart || high.series == low.series);
            assert!(compared.iter().all(|value| lowest <= value && value <= highest));
            assert_eq!(compared.iter().filter(|value| *value == highest).count(), high_ties + 1);
            assert_eq!(compared.iter().filter(|value| *value == lowest).count(), low_ties + 1);
        }
        Fact::Change { first, from, last, to } => {
            assert!(value_at(points, first, *from) && value_at(points, last, *to));
        }
        Fact::LargestShare { at, percent, parts } => {
            let total: f64 = values.iter().sum();
            let largest = values.iter().copied().fold(f64::MIN, f64::max);
            assert!(value_at(points, at, largest) && values.len() == *parts);
            assert!((percent - largest / total * 100.0).abs() < 1e-6);
        }
        Fact::Correlation { r, count } => assert!((-1.0..=1.0).contains(r) && values.len() == *count),
        Fact::FullestBin { count, total, .. } => {
            assert_eq!(values.iter().sum::<f64>(), *total);
            assert!(values.iter().all(|value| value <= count));
        }
        Fact::Medians { highest, lowest, .. } => {
            let (low, high) = values.iter().fold((f64::MAX, f64::MIN), |(l, h), v| (l.min(*v), h.max(*v)));
            assert!(low <= *lowest && lowest < highest && *highest <= high);
        }
    }
}

fn any_spec(columns: Vec<String>) -> impl Strategy<Value = ChartSpec> {
    let kinds = vec![
        Kind::Bar,
        Kind::Line,
        Kind::Step,
        Kind::Area,
        Kind::Scatter,
        Kind::Bubble,
        Kind::Pie,
        Kind::Donut,
        Kind::Histogram,
        Kind::Box,
        Kind::Violin,
        Kind::Strip,
        Kind::Heatmap,
        Kind::Candlestick,
        Kind::Combo,
    ];
    let column = || select(columns.clone());
    let how = || {
        prop::option::of(select(vec![
            Aggregate::Count,
            Aggregate::CountDistinct,
            Aggregate::Sum,
            Aggregate::Avg,
            Aggregate::Min,
            Aggregate::Max,
            Aggregate::Median,
        ]))
    };
    let bin = prop::option::weighted(
        0.3,
        select(vec![
            Bin::Year,
            Bin::Quarter,
            Bin::Month,
            Bin::YearMonth,
            Bin::Week,
            Bin::Weekday,
            Bin::Day,
            Bin::DayOfMonth,
            Bin::Hour,
            Bin::Bins(7),
            Bin::Width(2.5),
            Bin::Width(-1.0),
        ]),
    );
    let x = (
        prop::option::weighted(0.9, column()),
        prop::option::weighted(0.1, select(vec![Aggregate::Sum, Aggregate::Count])),
        bin,
    )
        .prop_map(|(column, aggregate, bin)| Channel { column, aggregate, bin });
    let y = prop::collection::vec((prop::option::weighted(0.9, column()), how(), prop::bool::weighted(0.2)), 0..4)
        .prop_map(|measures| {
            measures
                .into_iter()
                .map(|(column, aggregate, second_axis)| Measure { column, aggregate, second_axis })
                .collect::<Vec<_>>()
        });
    let sort = prop::option::of(
        (select(vec![SortBy::X, SortBy::Y]), select(vec![Order::Asc, Order::Desc]))
            .prop_map(|(by, order)| Sort { by, order }),
    );
    let limit = prop::option::of((0usize..4, any::<bool>()).prop_map(|(count, other)| Limit { count, other }));
    let filter = prop::option::weighted(
        0.3,
        (column(), -10i32..10).prop_map(|(column, low)| Filter::Between {
            column,
            low: Value::Number(f64::from(low) / 2.0),
            high: Value::Text("2024".into()),
        }),
    );
    let options = (any::<bool>(), any::<bool>(), any::<bool>(), prop::option::of(0u16..5), any::<bool>());
    let fold = prop::option::weighted(0.2, prop::collection::vec(column(), 1..3));
    (
        select(kinds),
        prop::option::weighted(0.9, x),
        y,
        prop::option::of(column()),
        prop::option::of(column()),
        (sort, limit, filter, options, fold),
    )
        .prop_map(
            |(
                kind,
                x,
                y,
                series,
                size,
                (sort, limit, filter, (log, cumulative, share, moving_average, trend_line), fold),
            )| {
                let mut spec = ChartSpec::new(kind);
                (spec.x, spec.y, spec.size, spec.sort, spec.limit, spec.filter) = (x, y, size, sort, limit, filter);
                spec.series = series.map(|column| Dimension { column, bin: None });
                spec.options.log = log;
                spec.options.cumulative = cumulative;
                spec.options.share = share;
                spec.options.moving_average = moving_average;
                spec.options.trend_line = trend_line;
                if let Some(columns) = fold {
                    (spec.x, spec.y) = (Some(Channel::column("Key")), vec![Measure::rows("Number")]);
                    spec.fold = Some(Fold { columns, key: "Key".to_owned(), value: "Number".to_owned() });
                }
                spec
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_request_panics_and_every_chart_is_sound(table in small_table(), ask in prop_oneof![word_salad(), ".{0,80}"], next in word_salad()) {
        if let Outcome::Read(reading) = read_request(&ask, &table, None)
            && let Ok(resolved) = resolve(&reading.spec, &table, NumberStyle::CommaPoint)
        {
            sound(&resolved);
            if let Outcome::Read(reading) = read_request(&next, &table, Some(&resolved.spec))
                && let Ok(resolved) = resolve(&reading.spec, &table, NumberStyle::SpaceComma)
            {
                sound(&resolved);
            }
        }
    }

    #[test]
    fn requests_about_ordinary_tables_are_sound(ask in word_salad(), which in any::<bool>()) {
        let table = if which { sales() } else { people() };
        if let Outcome::Read(reading) = read_request(&ask, &table, None)
            && let Ok(resolved) = resolve(&reading.spec, &table, NumberStyle::CommaPoint)
        {
            sound(&resolved);
        }
    }

    #[test]
    fn no_spec_panics_and_every_chart_is_sound((table, spec) in small_table().prop_flat_map(|table| {
        let columns: Vec<String> = table.columns.iter().map(|column| column.name.clone()).collect();
        (Just(table), any_spec(columns))
    })) {
        if let Ok(resolved) = resolve(&spec, &table, NumberStyle::CommaPoint) {
            sound(&resolved);
        }
    }

    #[test]
    fn a_spec_survives_its_json((table, spec) in small_table().prop_flat_map(|table| {
        let columns: Vec<String> = table.columns.iter().map(|column| column.name.clone()).collect();
        (Just(table), any_spec(columns))
    })) {
        let _ = table;
        let json = serde_json::to_string(&spec).unwrap();
        prop_assert_eq!(serde_json::from_str::<ChartSpec>(&json).unwrap(), spec);
    }
}

#[test]
fn a_very_long_request_is_read_at_once() {
    let ask = "revenue by region and ".repeat(50_000);
    assert!(matches!(read_request(&ask, &sales(), None), Outcome::Read(_)));
}

#[test]
fn a_table_without_rows_is_declined() {
    let empty = Table {
        columns: table("A,B\n1,2\n")
            .columns
            .into_iter()
            .map(|mut c| {
                c.cells.clear();
                c.texts = Vec::new();
                c
            })
            .collect(),
        ..Table::default()
    };
    assert!(matches!(read_request("a by b", &empty, None), Outcome::Declined(_)));
}
