//! Nothing that a table can hold makes drawing fail in any other way than by a sentence.

use plotline_chart::chart::{CategorySeries, Chart, Data, Group, Kind, Mark, Overlay, Side, Stack, XScale};
use plotline_draw::{Canvas, DrawError, Renderer};

use crate::charts;
use crate::read_back::draw;

const KINDS: [Kind; 15] = [
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

fn of_values(kind: Kind, values: &[f64]) -> Chart {
    let names: Vec<String> = (0..values.len()).map(|i| format!("n{i}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    charts::chart(kind, "Values", charts::categories(&names, vec![charts::bars("", values)]))
}

fn draws_or_says_why(chart: &Chart) {
    match Renderer::new().svg(chart, &Canvas::default()) {
        Ok(svg) => {
            assert!(!svg.contains("NaN") && !svg.contains("inf"), "a place is not a number");
            roxmltree::Document::parse(&svg).unwrap();
        }
        Err(error) => assert!(error.to_string().ends_with('.'), "{error}"),
    }
}

#[test]
fn every_kind_meets_odd_values() {
    let sets: [&[f64]; 12] = [
        &[],
        &[5.0],
        &[0.0, 0.0, 0.0],
        &[7.0, 7.0, 7.0],
        &[-3.0, -2.0, -8.0],
        &[1e300, 2e300],
        &[1e-300, 3e-300],
        &[-1e308, 1e308],
        &[f64::MAX, f64::MIN],
        &[f64::NAN, 1.0],
        &[f64::INFINITY, 1.0],
        &[1e15, 1e15 + 1.0],
    ];
    for kind in KINDS {
        for values in sets {
            for log in [false, true] {
                let mut chart = of_values(kind, values);
                chart.y.log = log;
                draws_or_says_why(&chart);
                let points = values.iter().map(|v| charts::point(*v, *v)).collect();
                let mut chart = charts::chart(
                    kind,
                    "Points",
                    Data::Points { x_scale: XScale::Number, series: vec![charts::points("", points)] },
                );
                (chart.x.log, chart.y.log) = (log, log);
                draws_or_says_why(&chart);
            }
            draws_or_says_why(&charts::chart(
                kind,
                "Groups",
                Data::Groups { groups: vec![Group { name: String::new(), values: values.to_vec() }] },
            ));
            let points = values.iter().map(|v| charts::point(*v, 1.0)).collect();
            draws_or_says_why(&charts::chart(
                kind,
                "Times",
                Data::Points { x_scale: XScale::Time, series: vec![charts::points("", points)] },
            ));
        }
    }
}

#[test]
fn hostile_text_becomes_a_picture() {
    let mut chart = charts::bar();
    chart.title = "🦀 a\u{202E}b \u{0}\u{7} مرحبا שלום 日本 \u{1F468}\u{200D}\u{1F469} e\u{301}".to_owned();
    let png = Renderer::new().png(&chart, &Canvas::default()).unwrap();
    assert!(png.starts_with(b"\x89PNG"));
}

#[test]
fn ten_thousand_categories_are_drawn() {
    let values: Vec<f64> = (0..10_000).map(|i| f64::from(i % 997)).collect();
    for kind in [Kind::Bar, Kind::Line, Kind::Pie] {
        draws_or_says_why(&of_values(kind, &values));
    }
    let mut chart = of_values(Kind::Bar, &values);
    chart.options.horizontal = Some(true);
    draws_or_says_why(&chart);
    chart.options.stack = Stack::Percent;
    draws_or_says_why(&chart);
}

#[test]
fn a_hundred_series_are_drawn_and_the_legend_says_what_it_leaves_out() {
    let series = (0..100).map(|i| CategorySeries {
        name: format!("Series number {i}"),
        mark: Mark::Bar,
        axis: Side::Left,
        values: vec![Some(f64::from(i)); 3],
    });
    let chart = charts::chart(
        Kind::Bar,
        "Wide",
        Data::Categories { categories: vec!["a".into(), "b".into(), "c".into()], series: series.collect() },
    );
    let drawn = draw(&chart);
    assert_eq!(drawn.all("bar").len(), 300);
    assert!(drawn.svg.contains(" more</text>"), "the legend hides entries in silence");
}

#[test]
fn counts_that_do_not_match_are_no_panic() {
    let mut chart = of_values(Kind::Bar, &[1.0, 2.0, 3.0]);
    if let Data::Categories { categories, .. } = &mut chart.data {
        categories.truncate(1);
    }
    for kind in KINDS {
        chart.kind = kind;
        draws_or_says_why(&chart);
    }
    draws_or_says_why(&charts::chart(
        Kind::Heatmap,
        "Short",
        Data::Grid { columns: vec!["a".into(); 3], rows: vec!["r".into(); 3], values: vec![Some(1.0); 4] },
    ));
    draws_or_says_why(&charts::chart(
        Kind::Heatmap,
        "None",
        Data::Grid { columns: Vec::new(), rows: Vec::new(), values: vec![Some(1.0)] },
    ));
    draws_or_says_why(&charts::chart(
        Kind::Candlestick,
        "None",
        Data::Ohlc { periods: vec!["a".into()], candles: Vec::new() },
    ));
    draws_or_says_why(&charts::chart(Kind::Histogram, "None", Data::Bins { edges: Vec::new(), series: Vec::new() }));
}

#[test]
fn huge_and_hostile_labels_are_drawn() {
    let long = "🦀 a\u{202E}b<script>alert('x')</script>&amp; \u{0} \u{7} ".repeat(200);
    for kind in KINDS {
        let mut chart = of_values(kind, &[3.0, 1.0, 2.0]);
        (chart.title, chart.subtitle, chart.notes) = (long.clone(), Some(long.clone()), vec![long.clone(); 9]);
        (chart.x.label, chart.y.label, chart.y.unit, chart.legend_title) =
            (long.clone(), long.clone(), Some(long.clone()), Some(long.clone()));
        if let Data::Categories { categories, series } = &mut chart.data {
            categories.iter_mut().for_each(|name| *name = long.clone());
            series[0].name = long.clone();
            let twin = series[0].clone();
            series.push(twin);
        }
        draws_or_says_why(&chart);
    }
}

#[test]
fn a_pie_of_negative_values_says_why_not() {
    let error = Renderer::new().svg(&of_values(Kind::Pie, &[3.0, -1.0]), &Canvas::default()).unwrap_err();
    insta::assert_snapshot!(error, @"A pie chart cannot be drawn from these values: a slice cannot be smaller than nothing; a bar chart can show negative values.");
    let error = Renderer::new().svg(&of_values(Kind::Donut, &[0.0, 0.0]), &Canvas::default()).unwrap_err();
    insta::assert_snapshot!(error, @"A pie chart cannot be drawn from these values: all its values are zero.");
}

#[test]
fn a_chart_without_values_says_so() {
    let error = Renderer::new().svg(&of_values(Kind::Bar, &[]), &Canvas::default()).unwrap_err();
    assert_eq!(error, DrawError::Empty);
    insta::assert_snapshot!(error, @"There is nothing to draw: the chart has no values.");
}

#[test]
fn a_chart_of_too_many_marks_says_how_many_there_may_be() {
    let group = |i: usize| Group { name: format!("g{i}"), values: vec![i as f64] };
    let chart = charts::chart(Kind::Box, "Groups", Data::Groups { groups: (0..100_000).map(group).collect() });
    let error = Renderer::new().svg(&chart, &Canvas::default()).unwrap_err();
    insta::assert_snapshot!(error, @"A chart of 100000 groups cannot be drawn: there may be 2000 at most.");
    let error = Renderer::new().svg(&of_values(Kind::Pie, &[1.0; 100_000]), &Canvas::default()).unwrap_err();
    insta::assert_snapshot!(error, @"A chart of 100000 slices cannot be drawn: there may be 10000 at most.");
}

#[test]
fn a_single_series_is_named_beside_its_average() {
    for kind in [Kind::Line, Kind::Scatter] {
        let points = (0..9).map(|i| charts::point(f64::from(i), f64::from(i % 4))).collect();
        let data = Data::Points { x_scale: XScale::Number, series: vec![charts::points("Visitors", points)] };
        let mut chart = charts::chart(kind, "A course", data);
        assert!(!draw(&chart).svg.contains("Visitors</text>"), "alone it needs no legend");
        let points = (2..9).map(|i| (f64::from(i), Some(1.5))).collect();
        chart.options.overlays = vec![Overlay { name: "Mean of 3".to_owned(), points, axis: Side::Left }];
        let svg = draw(&chart).svg;
        assert!(svg.contains("Visitors</text>") && svg.contains("Mean of 3</text>"), "{kind:?}: {svg}");
    }
}
