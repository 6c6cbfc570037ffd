//! The drawn geometry, read back from the SVG, agrees with the values within half a CSS pixel. The scale is taken from the ticks
//! that a reader sees, not from what the program believes.

use std::f64::consts::TAU;

use plotline_chart::chart::{
    Axis, Candle, CategorySeries, Chart, Data, Kind, Mark, Overlay, Point, Side, Stack, XScale,
};

use crate::charts;
use crate::read_back::{Drawn, draw};

const HALF_A_PIXEL: f64 = 0.5;

#[track_caller]
fn agrees(what: &str, drawn: f64, expected: f64) {
    assert!((drawn - expected).abs() <= HALF_A_PIXEL, "{what}: drawn at {drawn:.2}, expected at {expected:.2}");
}

fn category_series(chart: &Chart) -> &[CategorySeries] {
    match &chart.data {
        Data::Categories { series, .. } => series,
        other => panic!("not categories: {other:?}"),
    }
}

fn named(name: &str) -> Chart {
    charts::all().into_iter().find(|(known, _)| *known == name).unwrap().1
}

/// Bars of a standing chart with one axis.
fn bars_agree(chart: &Chart) {
    let drawn = draw(chart);
    let y = drawn.axis("y", chart.y.log);
    for (s, series) in category_series(chart).iter().enumerate() {
        for (i, value) in series.values.iter().enumerate() {
            let Some(value) = value else { continue };
            let bar = drawn.one("bar", s, i);
            let end = if *value >= 0.0 { bar.top() } else { bar.bottom() };
            let start = if *value >= 0.0 { bar.bottom() } else { bar.top() };
            agrees("end of bar", end, y(*value));
            if !chart.y.log {
                agrees("start of bar", start, y(0.0));
            }
        }
    }
}

#[test]
fn standing_bars_end_at_their_values() {
    bars_agree(&charts::bar());
    bars_agree(&named("bar-grouped"));
    bars_agree(&named("bar-negative"));
}

#[test]
fn bars_on_a_log_axis_end_at_their_values() {
    let mut chart = charts::chart(
        Kind::Bar,
        "Sizes",
        charts::categories(&["a", "b", "c"], vec![charts::bars("", &[3.0, 470.0, 91_000.0])]),
    );
    chart.y.log = true;
    bars_agree(&chart);
}

#[test]
fn bars_stand_at_the_centre_of_their_category() {
    let chart = charts::bar();
    let drawn = draw(&chart);
    let x = drawn.axis("x", false);
    for i in 0..6 {
        let bar = drawn.one("bar", 0, i);
        agrees("centre of bar", (bar.left() + bar.right()) / 2.0, x(i as f64 + 0.5));
    }
}

#[test]
fn lying_bars_with_written_values_have_lengths_in_proportion() {
    let chart = named("bar-horizontal");
    let drawn = draw(&chart);
    let values: Vec<f64> = category_series(&chart)[0].values.iter().map(|v| v.unwrap()).collect();
    let longest = drawn.one("bar", 0, 0);
    let per_unit = (longest.right() - longest.left()) / values[0];
    for (i, value) in values.iter().enumerate() {
        let bar = drawn.one("bar", 0, i);
        agrees("length of bar", bar.right() - bar.left(), value * per_unit);
        agrees("start of bar", bar.left(), longest.left());
        assert!(drawn.svg.contains(&format!(">{value}<")), "the value {value} is not written");
    }
}

#[test]
fn lying_bars_with_an_axis_end_at_their_values() {
    let names: Vec<String> = (0..25).map(|i| format!("A rather long name {i}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let series: Vec<f64> = (0..25).map(|i| f64::from(i * 7 % 23) - 6.0).collect();
    let twice: Vec<f64> = series.iter().map(|v| v * 1.7).collect();
    let mut chart = charts::chart(
        Kind::Bar,
        "Many",
        charts::categories(&names, vec![charts::bars("a", &series), charts::bars("b", &twice)]),
    );
    chart.options.horizontal = Some(true);
    let drawn = draw(&chart);
    let y = drawn.axis("y", false);
    for (s, values) in [series, twice].iter().enumerate() {
        for (i, value) in values.iter().enumerate() {
            let bar = drawn.one("bar", s, i);
            agrees("end of bar", if *value >= 0.0 { bar.right() } else { bar.left() }, y(*value));
        }
    }
}

#[test]
fn stacked_bars_end_at_running_sums() {
    let chart = named("bar-stacked");
    let drawn = draw(&chart);
    let y = drawn.axis("y", false);
    for i in 0..7 {
        let mut sum = 0.0;
        for (s, series) in category_series(&chart).iter().enumerate() {
            sum += series.values[i].unwrap();
            agrees("top of part", drawn.one("bar", s, i).top(), y(sum));
        }
    }
}

#[test]
fn bars_to_100_percent_end_at_running_shares() {
    let chart = named("bar-percent");
    let drawn = draw(&chart);
    let x = drawn.axis("y", false);
    for i in 0..5 {
        let total: f64 = category_series(&chart).iter().map(|s| s.values[i].unwrap()).sum();
        let mut sum = 0.0;
        for (s, series) in category_series(&chart).iter().enumerate() {
            sum += series.values[i].unwrap() / total * 100.0;
            agrees("end of part", drawn.one("bar", s, i).right(), x(sum));
        }
        agrees("whole", drawn.one("bar", 3, i).right(), x(100.0));
    }
}

#[test]
fn negative_parts_are_stacked_below_zero() {
    let series = vec![
        charts::bars("in", &[5.0, 3.0]),
        charts::bars("out", &[-2.0, -4.0]),
        charts::bars("more", &[1.0, 2.0]),
        charts::bars("fees", &[-1.0, -1.0]),
    ];
    let mut chart = charts::chart(Kind::Bar, "Cash", charts::categories(&["a", "b"], series));
    chart.options.stack = Stack::Stacked;
    let drawn = draw(&chart);
    let y = drawn.axis("y", false);
    agrees("top", drawn.one("bar", 2, 0).top(), y(6.0));
    agrees("bottom", drawn.one("bar", 3, 0).bottom(), y(-3.0));
    agrees("bottom", drawn.one("bar", 3, 1).bottom(), y(-5.0));
}

/// Vertices of the lines of a chart over numbers or times.
fn lines_agree(chart: &Chart, step: bool) {
    let drawn = draw(chart);
    let (x, y) = (drawn.axis("x", chart.x.log), drawn.axis("y", chart.y.log));
    let Data::Points { series, .. } = &chart.data else { panic!("not points") };
    for (s, series) in series.iter().enumerate() {
        let vertices: Vec<(f64, f64)> = drawn
            .all("line")
            .into_iter()
            .filter(|line| line.series == s)
            .flat_map(|line| line.points.clone())
            .collect();
        let known: Vec<&Point> = series.points.iter().filter(|p| p.y.is_some()).collect();
        for point in &known {
            let expected = (x(point.x), y(point.y.unwrap()));
            let hit = vertices
                .iter()
                .any(|v| (v.0 - expected.0).abs() <= HALF_A_PIXEL && (v.1 - expected.1).abs() <= HALF_A_PIXEL);
            assert!(hit, "series {s}: no vertex near {expected:?} for {point:?}");
        }
        if !step {
            assert!(vertices.len() <= known.len(), "more vertices than points");
        }
    }
}

#[test]
fn lines_pass_through_their_points() {
    lines_agree(&named("line-daily"), false);
    lines_agree(&named("line-many"), false);
    lines_agree(&named("line-log"), false);
    lines_agree(&named("step"), true);
}

#[test]
fn lines_over_categories_pass_through_their_points() {
    let chart = charts::line();
    let drawn = draw(&chart);
    let (x, y) = (drawn.axis("x", false), drawn.axis("y", false));
    for (s, series) in category_series(&chart).iter().enumerate() {
        for (i, value) in series.values.iter().enumerate() {
            let dot = drawn.one("point", s, i);
            agrees("x of dot", dot.points[0].0, x(i as f64 + 0.5));
            agrees("y of dot", dot.points[0].1, y(value.unwrap()));
        }
    }
}

#[test]
fn a_gap_breaks_the_line() {
    let drawn = draw(&named("line-daily"));
    let lines = drawn.all("line");
    assert_eq!(lines.len(), 2);
    assert!(lines[1].left() - lines[0].right() > 20.0, "the gap of 25 days cannot be seen");
}

#[test]
fn months_without_rows_break_the_line_and_the_area() {
    let month = |i: u32| {
        let day = chrono::NaiveDate::from_ymd_opt(2024, i, 1).unwrap();
        plotline_chart::chart::time_ms(day.and_time(chrono::NaiveTime::MIN))
    };
    let points: Vec<Point> = [1, 2, 3, 4, 7, 8, 10, 11, 12].map(|i| charts::point(month(i), f64::from(i))).to_vec();
    for kind in [Kind::Line, Kind::Area] {
        let data = Data::Points { x_scale: XScale::Time, series: vec![charts::points("", points.clone())] };
        let drawn = draw(&charts::chart(kind, "Tickets per month", data));
        let lines = drawn.all("line");
        assert_eq!(lines.iter().map(|line| line.points.len()).collect::<Vec<_>>(), [4, 2, 3], "{kind:?}");
        assert!(lines.windows(2).all(|pair| pair[1].left() - pair[0].right() > 30.0), "a gap cannot be seen");
        let areas = if kind == Kind::Area { 3 } else { 0 };
        assert_eq!(drawn.all("area").len(), areas);
    }
    let data = Data::Points { x_scale: XScale::Time, series: vec![charts::points("", points)] };
    assert_eq!(draw(&charts::chart(Kind::Step, "Price", data)).all("line").len(), 1, "a step holds until the next");
}

#[test]
fn a_lonely_point_of_an_area_is_a_dot() {
    let data =
        Data::Points { x_scale: XScale::Number, series: vec![charts::points("", vec![charts::point(3.0, 7.0)])] };
    let drawn = draw(&charts::chart(Kind::Area, "One point", data));
    let y = drawn.axis("y", false);
    agrees("height of the dot", drawn.one("point", 0, 0).points[0].1, y(7.0));
}

#[test]
fn a_part_of_a_whole_is_never_written_as_nothing_or_everything() {
    let written = |values: &[f64]| {
        let chart =
            charts::chart(Kind::Pie, "Votes", charts::categories(&["Yes", "No"], vec![charts::bars("", values)]));
        let texts = crate::read_back::text_boxes(&draw(&chart).svg);
        texts.into_iter().map(|text| text.text).filter(|text| text.contains('%')).collect::<Vec<_>>()
    };
    assert_eq!(written(&[999.0, 1.0]), ["99.9% · 999", "0.1% · 1"]);
    assert_eq!(written(&[99_999.0, 1.0]), [">99.9% · 99,999", "<0.1% · 1"]);
    assert_eq!(written(&[3.0, 1.0]), ["75% · 3", "25% · 1"]);
}

#[test]
fn several_values_in_one_place_all_have_a_dot() {
    let points: Vec<Point> = (0..60).map(|i| charts::point(f64::from(i / 3), f64::from(i * 7 % 11))).collect();
    let data = Data::Points { x_scale: XScale::Number, series: vec![charts::points("", points.clone())] };
    let drawn = draw(&charts::chart(Kind::Line, "Readings", data));
    let (x, y) = (drawn.axis("x", false), drawn.axis("y", false));
    for (i, point) in points.iter().enumerate() {
        let dot = drawn.one("point", 0, i);
        agrees("x of dot", dot.points[0].0, x(point.x));
        agrees("y of dot", dot.points[0].1, y(point.y.unwrap()));
    }
}

#[test]
fn overlays_pass_through_their_points() {
    let mut chart = charts::bar();
    chart.options.overlays = vec![Overlay {
        name: "Trend".to_owned(),
        points: vec![(0.0, Some(48_000.0)), (5.0, Some(70_000.0))],
        axis: Side::Left,
    }];
    let drawn = draw(&chart);
    let (x, y) = (drawn.axis("x", false), drawn.axis("y", false));
    let line = drawn.all("overlay")[0];
    agrees("start", line.points[0].0, x(0.5));
    agrees("start", line.points[0].1, y(48_000.0));
    agrees("end", line.points[1].0, x(5.5));
    agrees("end", line.points[1].1, y(70_000.0));
}

#[test]
fn a_gap_breaks_an_overlay() {
    let points = vec![(0.0, Some(1.0)), (1.0, Some(2.0)), (2.0, None), (3.0, Some(4.0)), (4.0, Some(3.0)), (5.0, None)];
    for mut chart in [charts::bar(), named("line-daily")] {
        let mut points = points.clone();
        if let Data::Points { series, .. } = &chart.data {
            for (point, of_series) in points.iter_mut().zip(&series[0].points) {
                point.0 = of_series.x;
            }
        }
        chart.options.overlays = vec![Overlay { name: "Mean of 2".to_owned(), points, axis: Side::Left }];
        let drawn = draw(&chart);
        let lines = drawn.all("overlay");
        assert_eq!(lines.len(), 2, "{}", chart.title);
        let y = drawn.axis("y", false);
        let heights: Vec<f64> = lines.iter().flat_map(|line| line.points.iter().map(|point| point.1)).collect();
        for (height, value) in heights.iter().zip([1.0, 2.0, 4.0, 3.0]) {
            agrees("mean", *height, y(value));
        }
        assert!(lines[1].left() > lines[0].right());
    }
}

#[test]
fn stacked_areas_reach_running_sums() {
    for (name, percent) in [("area-stacked", false), ("area-percent", true)] {
        let chart = named(name);
        let drawn = draw(&chart);
        let (x, y) = (drawn.axis("x", false), drawn.axis("y", false));
        for i in 0..12 {
            let total: f64 = category_series(&chart).iter().map(|s| s.values[i].unwrap()).sum();
            let mut sum = 0.0;
            for (s, series) in category_series(&chart).iter().enumerate() {
                sum += series.values[i].unwrap();
                let value = if percent { sum / total * 100.0 } else { sum };
                let area = drawn.all("area").into_iter().find(|area| area.series == s).unwrap().clone();
                agrees("x of area", area.points[i].0, x(i as f64 + 0.5));
                agrees("y of area", area.points[i].1, y(value));
            }
        }
    }
}

#[test]
fn an_area_starts_at_zero() {
    let drawn = draw(&named("area"));
    let y = drawn.axis("y", false);
    agrees("foot", drawn.all("area")[0].bottom(), y(0.0));
}

#[test]
fn points_lie_at_their_values() {
    for name in ["scatter", "bubble"] {
        let chart = named(name);
        let drawn = draw(&chart);
        let (x, y) = (drawn.axis("x", false), drawn.axis("y", false));
        let Data::Points { series, .. } = &chart.data else { panic!("not points") };
        for (s, series) in series.iter().enumerate() {
            for (i, point) in series.points.iter().enumerate() {
                let dot = drawn.one(if name == "bubble" { "bubble" } else { "point" }, s, i);
                agrees("x of point", dot.points[0].0, x(point.x));
                agrees("y of point", dot.points[0].1, y(point.y.unwrap()));
            }
        }
    }
}

#[test]
fn the_area_of_a_bubble_is_in_proportion_to_its_size() {
    let chart = named("bubble");
    let drawn = draw(&chart);
    let Data::Points { series, .. } = &chart.data else { panic!("not points") };
    let largest = drawn.one("bubble", 0, 1);
    for (s, series) in series.iter().enumerate() {
        for (i, point) in series.points.iter().enumerate() {
            let expected = largest.radius * (point.size.unwrap() / 1438.0).sqrt();
            agrees("radius", drawn.one("bubble", s, i).radius, expected);
        }
    }
}

#[test]
fn many_points_all_have_a_dot_within_half_a_pixel() {
    let chart = charts::scatter_dense();
    let drawn = draw(&chart);
    let (x, y) = (drawn.axis("x", false), drawn.axis("y", false));
    let Data::Points { series, .. } = &chart.data else { panic!("not points") };
    for (s, series) in series.iter().enumerate() {
        let dots: Vec<(f64, f64)> =
            drawn.all("points").into_iter().filter(|p| p.series == s).flat_map(|p| p.points.clone()).collect();
        for point in &series.points {
            let (px, py) = (x(point.x), y(point.y.unwrap()));
            let near = dots.iter().any(|dot| (dot.0 - px).abs() <= 0.55 && (dot.1 - py).abs() <= 0.55);
            assert!(near, "no dot near {px:.1}, {py:.1}");
        }
    }
}

/// The angle of a point around a centre, clockwise from twelve o'clock.
fn angle(center: (f64, f64), at: (f64, f64)) -> f64 {
    (at.0 - center.0).atan2(center.1 - at.1).rem_euclid(TAU)
}

#[test]
fn the_angles_of_slices_are_shares_of_the_whole() {
    for chart in [charts::pie(), charts::donut(), named("pie-crowded")] {
        let drawn = draw(&chart);
        let values: Vec<f64> = category_series(&chart)[0].values.iter().map(|v| v.unwrap()).collect();
        let total: f64 = values.iter().sum();
        let donut = chart.kind == Kind::Donut;
        // Of a pie the centre is the first vertex; of a donut it is where the first slice starts, straight below the rim.
        let first = drawn.one("slice", 0, 0);
        let (rim, center) = if donut {
            let (outer, inner) = (first.points[0], first.points[3]);
            let radius = (outer.1 - inner.1).abs() / (1.0 - 0.62);
            (radius, (outer.0, outer.1 + radius))
        } else {
            let (center, start) = (first.points[0], first.points[1]);
            ((start.1 - center.1).abs(), center)
        };
        let mut turn = 0.0;
        for (i, value) in values.iter().enumerate() {
            let slice = drawn.one("slice", 0, i);
            let (from, to) =
                if donut { (slice.points[0], slice.points[1]) } else { (slice.points[1], slice.points[2]) };
            let expected = (turn, turn + value / total * TAU);
            let off = |a: f64, b: f64| ((a - b + TAU / 2.0).rem_euclid(TAU) - TAU / 2.0).abs() * rim;
            assert!(off(angle(center, from), expected.0) <= HALF_A_PIXEL, "slice {i} starts elsewhere");
            assert!(off(angle(center, to), expected.1) <= HALF_A_PIXEL, "slice {i} ends elsewhere");
            turn = expected.1;
        }
    }
}

#[test]
fn a_single_slice_is_a_whole() {
    let chart =
        charts::chart(Kind::Pie, "One", charts::categories(&["all", "none"], vec![charts::bars("", &[7.0, 0.0])]));
    let drawn = draw(&chart);
    assert_eq!(drawn.all("slice").len(), 1);
    let slice = drawn.one("slice", 0, 0);
    assert!(slice.bottom() - slice.top() > 100.0);
}

#[test]
fn bins_stand_over_their_edges_and_reach_their_counts() {
    let chart = charts::histogram();
    let drawn = draw(&chart);
    let (x, y) = (drawn.axis("x", false), drawn.axis("y", false));
    let Data::Bins { edges, series } = &chart.data else { panic!("not bins") };
    for (i, count) in series[0].counts.iter().enumerate() {
        let bin = drawn.one("bin", 0, i);
        agrees("left of bin", bin.left(), x(edges[i]));
        agrees("right of bin", bin.right(), x(edges[i + 1]));
        agrees("top of bin", bin.top(), y(*count));
        agrees("foot of bin", bin.bottom(), y(0.0));
    }
}

/// Quartiles by the definition: linear interpolation between order statistics (type 7), computed here anew.
fn quartiles(values: &[f64]) -> [f64; 3] {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    [0.25, 0.5, 0.75].map(|p| {
        let place = p * (sorted.len() - 1) as f64;
        let (i, t) = (place as usize, place.fract());
        if t == 0.0 { sorted[i] } else { sorted[i] + (sorted[i + 1] - sorted[i]) * t }
    })
}

#[test]
fn boxes_show_quartiles_and_whiskers() {
    let chart = charts::groups(Kind::Box, "Boxes");
    let drawn = draw(&chart);
    let y = drawn.axis("y", false);
    let Data::Groups { groups } = &chart.data else { panic!("not groups") };
    for (i, group) in groups.iter().enumerate() {
        let [q1, median, q3] = quartiles(&group.values);
        let reach = 1.5 * (q3 - q1);
        let within = || group.values.iter().copied().filter(|v| *v >= q1 - reach && *v <= q3 + reach);
        let body = drawn.one("box", 0, i);
        agrees("lower quartile", body.bottom(), y(q1));
        agrees("upper quartile", body.top(), y(q3));
        agrees("median", drawn.one("median", 0, i).top(), y(median));
        agrees("lower whisker", drawn.one("whisker-low", 0, i).bottom(), y(within().fold(f64::INFINITY, f64::min)));
        agrees("upper whisker", drawn.one("whisker-high", 0, i).top(), y(within().fold(f64::NEG_INFINITY, f64::max)));
        let outliers: Vec<f64> = group.values.iter().copied().filter(|v| *v < q1 - reach || *v > q3 + reach).collect();
        for outlier in outliers {
            let near = drawn
                .all("outlier")
                .into_iter()
                .any(|o| o.series == i && (o.points[0].1 - y(outlier)).abs() <= HALF_A_PIXEL);
            assert!(near, "the outlier {outlier} of group {i} is missing");
        }
    }
}

#[test]
fn violins_reach_from_the_least_to_the_greatest_value() {
    let chart = charts::groups(Kind::Violin, "Violins");
    let drawn = draw(&chart);
    let y = drawn.axis("y", false);
    let Data::Groups { groups } = &chart.data else { panic!("not groups") };
    for (i, group) in groups.iter().enumerate() {
        let violin = drawn.one("violin", 0, i);
        agrees("foot", violin.bottom(), y(group.values.iter().copied().fold(f64::INFINITY, f64::min)));
        agrees("head", violin.top(), y(group.values.iter().copied().fold(f64::NEG_INFINITY, f64::max)));
        agrees("median", drawn.one("median", 0, i).points[0].1, y(quartiles(&group.values)[1]));
    }
}

#[test]
fn strips_have_a_point_for_every_value() {
    let chart = charts::groups(Kind::Strip, "Strips");
    let drawn = draw(&chart);
    let y = drawn.axis("y", false);
    let Data::Groups { groups } = &chart.data else { panic!("not groups") };
    for (i, group) in groups.iter().enumerate() {
        let mut sorted = group.values.clone();
        sorted.sort_by(f64::total_cmp);
        for (k, value) in sorted.iter().enumerate() {
            agrees("height of point", drawn.one("point", i, k).points[0].1, y(*value));
        }
    }
}

#[test]
fn cells_are_in_order_and_darker_or_lighter_with_their_values() {
    let chart = charts::heatmap();
    let drawn = draw(&chart);
    let Data::Grid { columns, rows, values } = &chart.data else { panic!("not a grid") };
    let (width, height) = {
        let first = drawn.one("cell", 0, 0);
        let right = drawn.one("cell", 0, columns.len() - 1);
        let low = drawn.one("cell", rows.len() - 1, 0);
        (
            (right.left() - first.left()) / (columns.len() - 1) as f64,
            (low.top() - first.top()) / (rows.len() - 1) as f64,
        )
    };
    let origin = drawn.one("cell", 0, 0).clone();
    // The scale above the cells says which colour is which value: its steps are in order.
    let scale: Vec<String> = drawn.all("scale").iter().map(|step| step.fill.clone()).collect();
    let (low, high) =
        values.iter().flatten().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(*v), h.max(*v)));
    for (i, value) in values.iter().enumerate() {
        let (row, column) = (i / columns.len(), i % columns.len());
        let Some(value) = value else {
            drawn.one("gap", row, column);
            continue;
        };
        let cell = drawn.one("cell", row, column);
        agrees("left of cell", cell.left(), origin.left() + column as f64 * width);
        agrees("top of cell", cell.top(), origin.top() + row as f64 * height);
        let step = scale.iter().position(|color| *color == cell.fill).expect("a colour of the scale") as f64;
        let expected = (value - low) / (high - low) * (scale.len() - 1) as f64;
        assert!((step - expected).abs() <= 0.51, "{value} has step {step} of the scale, expected {expected:.2}");
    }
}

#[test]
fn candles_show_open_high_low_and_close() {
    let mut chart = charts::candlestick();
    if let Data::Ohlc { candles, .. } = &mut chart.data {
        candles[3] = None;
        candles[4] = Some(Candle { open: 190.0, high: 191.0, low: 189.0, close: 190.0 });
    }
    let drawn = draw(&chart);
    let y = drawn.axis("y", false);
    let Data::Ohlc { candles, .. } = &chart.data else { panic!("not candles") };
    let rise =
        drawn.one("candle", 0, candles.iter().position(|c| c.is_some_and(|c| c.close > c.open)).unwrap()).fill.clone();
    for (i, candle) in candles.iter().enumerate() {
        let Some(candle) = candle else {
            assert!(drawn.shapes.iter().all(|shape| shape.class != "candle" || shape.index != i));
            continue;
        };
        let (body, wick) = (drawn.one("candle", 0, i), drawn.one("wick", 0, i));
        if (candle.open - candle.close).abs() > 0.2 {
            agrees("top of body", body.top(), y(candle.open.max(candle.close)));
            agrees("bottom of body", body.bottom(), y(candle.open.min(candle.close)));
        } else {
            agrees("middle of body", (body.top() + body.bottom()) / 2.0, y((candle.open + candle.close) / 2.0));
        }
        agrees("high", wick.top(), y(candle.high));
        agrees("low", wick.bottom(), y(candle.low));
        assert_eq!(body.fill == rise, candle.close >= candle.open, "the colour of candle {i}");
    }
}

#[test]
fn a_combo_reads_each_series_from_its_own_axis() {
    let chart = charts::combo();
    let drawn = draw(&chart);
    let (left, right) = (drawn.axis("y", false), drawn.axis("y2", false));
    for i in 0..12 {
        agrees("bar", drawn.one("bar", 0, i).top(), left(category_series(&chart)[0].values[i].unwrap()));
        agrees("dot", drawn.one("point", 1, i).points[0].1, right(category_series(&chart)[1].values[i].unwrap()));
    }
}

/// The ticks within a panel, for each panel.
#[test]
fn small_multiples_share_their_axes() {
    let drawn = draw(&named("small-multiples"));
    let of_y: Vec<&(String, f64, f64, String)> = drawn.ticks.iter().filter(|tick| tick.0 == "y").collect();
    let values: Vec<f64> = of_y.iter().map(|tick| tick.1).collect();
    let each = values.len() / 9;
    assert!(each >= 2 && values.len() == each * 9, "{values:?}");
    for panel in values.chunks(each) {
        assert_eq!(panel, &values[..each]);
    }
}

#[test]
fn ticks_say_their_values() {
    // What a reader reads at a tick is what the tick stands for.
    let drawn = draw(&charts::bar());
    let said: Vec<(f64, String)> = drawn.ticks.iter().filter(|t| t.0 == "y").map(|t| (t.1, t.3.clone())).collect();
    insta::assert_snapshot!(format!("{said:?}"), @r#"[(0.0, "€0"), (20000.0, "€20k"), (40000.0, "€40k"), (60000.0, "€60k"), (80000.0, "€80k")]"#);
    let drawn = draw(&named("bar-negative"));
    let said: Vec<(f64, String)> = drawn.ticks.iter().filter(|t| t.0 == "y").map(|t| (t.1, t.3.clone())).collect();
    insta::assert_snapshot!(format!("{said:?}"), @r#"[(-4.0, "−4\u{202f}%"), (-2.0, "−2\u{202f}%"), (0.0, "0\u{202f}%"), (2.0, "2\u{202f}%"), (4.0, "4\u{202f}%"), (6.0, "6\u{202f}%"), (8.0, "8\u{202f}%")]"#);
}

fn decimated(count: usize) -> (Chart, Drawn) {
    let mut noise = charts::Noise(77);
    let mut points: Vec<Point> = (0..count).map(|i| charts::point(i as f64, noise.next())).collect();
    points[count / 3].y = Some(50.0);
    points[count / 2].y = Some(-40.0);
    let chart = charts::chart(
        Kind::Line,
        "Long",
        Data::Points { x_scale: XScale::Number, series: vec![charts::points("", points)] },
    );
    let drawn = draw(&chart);
    (chart, drawn)
}

#[test]
fn a_hundred_thousand_points_keep_their_extremes() {
    let (_, drawn) = decimated(100_000);
    let (x, y) = (drawn.axis("x", false), drawn.axis("y", false));
    let line = drawn.all("line")[0];
    assert!(line.points.len() < 6_000, "{} vertices are drawn", line.points.len());
    agrees("highest", line.top(), y(50.0));
    agrees("lowest", line.bottom(), y(-40.0));
    let peak = line.points.iter().find(|p| (p.1 - line.top()).abs() < 0.01).unwrap();
    agrees("place of the highest", peak.0, x(33_333.0));
    agrees("first", line.points[0].0, x(0.0));
    agrees("last", line.right(), x(99_999.0));
}

#[test]
fn a_line_and_bars_mark_can_share_the_left_axis() {
    let mut chart = charts::combo();
    chart.y2 = None;
    if let Data::Categories { series, .. } = &mut chart.data {
        series[1] = CategorySeries { mark: Mark::Line, axis: Side::Left, ..charts::bars("Target", &[900.0; 12]) };
    }
    chart.y = Axis::default();
    let drawn = draw(&chart);
    let y = drawn.axis("y", false);
    agrees("target", drawn.one("point", 1, 5).points[0].1, y(900.0));
    agrees("bar", drawn.one("bar", 0, 5).top(), y(998.0));
}
