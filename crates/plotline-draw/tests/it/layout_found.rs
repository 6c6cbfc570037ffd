//! Charts that the property of the layout once found wanting, each as small as it could be made.

use plotline_chart::chart::{Axis, Chart, Data, Kind, Mark, NumberStyle, Side, Stack, XScale};
use plotline_draw::{Canvas, Renderer};

use crate::charts::{self, axis, bars, categories, chart, point, points};
use crate::layout::check;
use crate::read_back::read;

/// Draws at a width and stops at the first fault.
fn stands(chart: &Chart, width: u32) {
    if let Err(faults) = check(chart, &Canvas { width, ..Canvas::default() }) {
        panic!("at {width}:\n{faults}");
    }
}

#[test]
fn narrow_panels_with_two_axes_of_huge_numbers_keep_apart() {
    for kind in [Kind::Bar, Kind::Area, Kind::Bubble] {
        let mut many = chart(
            kind,
            "",
            Data::Points {
                x_scale: XScale::Number,
                series: (0..4)
                    .map(|i| points("", vec![point(0.0, 1e300), point(90.0, f64::from(i) - 1e300)]))
                    .collect(),
            },
        );
        if let Data::Points { series, .. } = &mut many.data {
            series[1].axis = Side::Right;
        }
        (many.y, many.y2) = (axis("", Some("CHF")), Some(axis("", Some("EUR"))));
        many.options.small_multiples = true;
        for width in [240, 363, 434, 592] {
            stands(&many, width);
        }
    }
}

#[test]
fn huge_numbers_beside_the_scale_of_a_heatmap_stay_in_the_picture() {
    let data = Data::Grid { columns: vec!["a".into()], rows: vec!["b".into()], values: vec![Some(f64::MAX)] };
    let mut heatmap = chart(Kind::Heatmap, "Heat", data);
    heatmap.y = axis("How warm it is there on average", Some("CHF"));
    for style in [NumberStyle::CommaPoint, NumberStyle::PointComma] {
        heatmap.style = style;
        for width in [240, 361, 420] {
            stands(&heatmap, width);
        }
    }
}

#[test]
fn values_of_bars_below_zero_keep_clear_of_the_names() {
    let names = ["Qiwxogesdl ngbfatxfyfn", "KKrrRFskXR", "Apxsj jljo qbdyyx"];
    for values in [[3.0, -834.1e9, 2.0], [1e300, -294.8, 0.0], [-5.0, -5.1, -1e300], [-12.0, 4.0, -3.0]] {
        for horizontal in [None, Some(true), Some(false)] {
            let mut bar = chart(Kind::Bar, "A title", categories(&names, vec![bars("", &values)]));
            (bar.y, bar.options.horizontal) = (axis("", Some("CHF")), horizontal);
            for width in [240, 300, 419, 472, 665, 980] {
                stands(&bar, width);
            }
        }
    }
}

#[test]
fn neighbouring_values_keep_apart_between_two_axes() {
    let right = bars("", &[1e300, 2.0, 3.0, 4.0]);
    let mut combo = chart(
        Kind::Combo,
        "",
        categories(&["2051", "2052", "2053", "2054"], vec![bars("", &[-2.94e9, 0.0, 3_883.5, 8_287.9])]),
    );
    if let Data::Categories { series, .. } = &mut combo.data {
        series.push(plotline_chart::chart::CategorySeries { mark: Mark::Line, axis: Side::Right, ..right });
    }
    combo.y2 = Some(axis("", None));
    combo.options.small_multiples = true;
    for width in (300..900).step_by(37) {
        stands(&combo, width);
    }
}

#[test]
fn names_at_the_ends_of_lines_keep_clear_of_the_names_below() {
    let names = ["SdiKetVZAiMH", "1918", "uVqNjizv", "LiEMNZlXPqwert"];
    for kind in [Kind::Line, Kind::Area, Kind::Step] {
        for second in [&[0.0, 0.0, 0.0, 1.0][..], &[]] {
            let mut series = vec![bars("HUjXdtC", &[1.8e300, 1.0, 0.0, 0.0])];
            if !second.is_empty() {
                series.push(bars("1909", second));
            }
            let line = chart(kind, "", categories(&names, series));
            for width in (240..700).step_by(23) {
                stands(&line, width);
            }
        }
    }
}

#[test]
fn names_of_points_stay_in_their_panel() {
    let mut last = point(101.0, 0.0);
    last.label = Some("ahxMq54__5gFFFF_RUo".to_owned());
    let series = (0..3).map(|_| points("", vec![point(0.0, 2e11), last.clone(), point(90.0, -2e11)])).collect();
    let mut scatter = chart(Kind::Scatter, "", Data::Points { x_scale: XScale::Number, series });
    (scatter.y, scatter.options.small_multiples) = (axis("", Some("CHF")), true);
    for width in [363, 513, 681, 782] {
        stands(&scatter, width);
    }
}

#[test]
fn bars_on_two_axes_are_not_stacked_and_stay_in_the_plot() {
    let right = plotline_chart::chart::CategorySeries { axis: Side::Right, ..bars("r", &[900.0, 800.0]) };
    for stack in [Stack::Stacked, Stack::Percent] {
        let data = categories(&["a", "b"], vec![bars("l", &[1_547.4, 9.0]), right.clone()]);
        let mut bar = chart(Kind::Bar, "", data);
        (bar.y2, bar.options.stack) = (Some(Axis::default()), stack);
        stands(&bar, 495);
        assert_stays_in_the_picture(&bar);
    }
}

/// Every bar ends within the picture.
fn assert_stays_in_the_picture(chart: &Chart) {
    let drawn = read(Renderer::new().svg(chart, &Canvas::default()).unwrap());
    let bars = drawn.all("bar");
    assert!(!bars.is_empty());
    for bar in bars {
        assert!(bar.top() >= 0.0 && bar.left() >= 0.0 && bar.bottom() <= 864.0 && bar.right() <= 640.0, "{bar:?}");
    }
}

#[test]
fn parts_whose_sum_is_no_number_are_refused() {
    for kind in [Kind::Bar, Kind::Area] {
        let data = categories(&["a", "b"], vec![bars("x", &[f64::MAX, 1.0]), bars("y", &[f64::MAX, 1.0])]);
        let mut stacked = chart(kind, "", data);
        stacked.options.stack = Stack::Stacked;
        let error = Renderer::new().svg(&stacked, &Canvas::default()).unwrap_err().to_string();
        assert_eq!(error, "A stacked chart cannot be drawn from these values: their sum is too large.");
    }
}

#[test]
fn a_logarithmic_axis_with_values_below_zero_is_linear() {
    for horizontal in [Some(true), Some(false)] {
        let mut bar = chart(Kind::Bar, "", categories(&["a", "b", "c"], vec![bars("", &[-564.6, 0.0, 1e6])]));
        (bar.y.log, bar.options.horizontal) = (true, horizontal);
        stands(&bar, 640);
        assert_stays_in_the_picture(&bar);
    }
}

#[test]
fn panels_have_the_same_axes_whatever_is_written_on_them() {
    let mut bar = chart(
        Kind::Bar,
        "",
        categories(&["North", "South"], vec![bars("a", &[1.0, 2.0]), bars("b", &[-123_456.7, 654_321.5])]),
    );
    bar.options.small_multiples = true;
    for width in [300, 420, 640, 900] {
        let canvas = Canvas { width, ..Canvas::default() };
        let drawn = read(Renderer::new().svg(&bar, &canvas).unwrap());
        let ticks: Vec<(f64, f64)> =
            drawn.ticks.iter().filter(|(axis, ..)| axis == "y").map(|(_, value, at, _)| (*value, *at)).collect();
        let (first, second) = ticks.split_at(ticks.len() / 2);
        assert!(first.len() >= 2);
        let same_step = |ticks: &[(f64, f64)]| ticks[1].1 - ticks[0].1;
        assert_eq!(first.iter().map(|t| t.0).collect::<Vec<_>>(), second.iter().map(|t| t.0).collect::<Vec<_>>());
        assert!((same_step(first) - same_step(second)).abs() < 0.05, "{first:?} and {second:?}");
    }
    stands(&charts::small_multiples(), 640);
}
