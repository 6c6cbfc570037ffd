//! What is written at bars: every name, whole, as long as a picture can hold it, and days as people write them.

use plotline_chart::chart::{Chart, DateStyle, Kind};
use plotline_draw::{Canvas, Renderer};

use crate::charts::{axis, bars, categories, chart};
use crate::layout::check;
use crate::read_back::{Drawn, draw, read, text_boxes};

fn bar_of(names: &[String]) -> Chart {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let values: Vec<f64> = (0..names.len()).map(|i| (i * 37 % 101) as f64).collect();
    let mut chart = chart(Kind::Bar, "Members", categories(&names, vec![bars("", &values)]));
    chart.y = axis("Members", None);
    chart
}

/// The names along x, each with its lines joined.
fn names_of(drawn: &Drawn) -> Vec<String> {
    let mut joined: Vec<(f64, String)> = Vec::new();
    for (_, value, _, text) in drawn.ticks.iter().filter(|tick| tick.0 == "x") {
        match joined.last_mut() {
            Some((last, lines)) if last == value => *lines = format!("{lines} {text}"),
            _ => joined.push((*value, text.clone())),
        }
    }
    joined.into_iter().map(|(_, text)| text).collect()
}

#[test]
fn sixty_bars_have_sixty_names() {
    let names: Vec<String> = (0..60).map(|i| format!("Republic number {i}, formerly known otherwise")).collect();
    let chart = bar_of(&names);
    let drawn = draw(&chart);
    assert_eq!(names_of(&drawn), names);
    assert!(check(&chart, &Canvas::default()).is_ok());
    for i in 0..60 {
        let bar = drawn.one("bar", 0, i);
        assert!(bar.bottom() - bar.top() >= 5.0, "bar {i} is too thin");
    }
}

#[test]
fn long_names_are_wrapped_and_not_cut() {
    let names = [
        "How satisfied are you with the answers of the support team at weekends, when only a few of them are there?",
        "How satisfied are you with the answers of the support team at weekends, when most of them are there?",
        "Price",
    ]
    .map(str::to_owned);
    for width in [400, 640, 1_000] {
        let chart = bar_of(&names);
        let canvas = Canvas { width, ..Canvas::default() };
        let drawn = read(Renderer::new().svg(&chart, &canvas).unwrap());
        if width > 400 {
            assert_eq!(names_of(&drawn), names, "at {width}");
        }
        check(&chart, &canvas).unwrap();
    }
}

#[test]
fn names_with_the_same_start_are_told_apart_by_their_ends() {
    let names: Vec<String> =
        (0..20).map(|i| format!("{}{i}", "the very same beginning of a name ".repeat(12))).collect();
    let drawn = draw(&bar_of(&names));
    let written = names_of(&drawn);
    assert_eq!(written.len(), 20);
    for (i, text) in written.iter().enumerate() {
        assert!(text.contains('…') && text.ends_with(&format!(" {i}")), "{text:?}");
    }
}

#[test]
fn more_names_than_a_picture_holds_are_thinned_evenly() {
    let names: Vec<String> = (0..300).map(|i| format!("Customer {}-{i}", (b'A' + (i % 26) as u8) as char)).collect();
    for horizontal in [Some(true), Some(false), None] {
        let mut chart = bar_of(&names);
        chart.options.horizontal = horizontal;
        let drawn = draw(&chart);
        let at: Vec<f64> = drawn.ticks.iter().filter(|tick| tick.0 == "x").map(|tick| tick.1).collect();
        assert!(at.len() >= 30, "{} names with {horizontal:?}", at.len());
        assert!(at.windows(2).all(|pair| pair[1] - pair[0] == at[1] - at[0]), "{at:?}");
        check(&chart, &Canvas::default()).unwrap();
    }
}

#[test]
fn days_are_written_as_along_a_line() {
    let names: Vec<String> = ["2023-12-30", "2023-12-31", "2024-01-01"].map(str::to_owned).to_vec();
    let mut chart = bar_of(&names);
    assert_eq!(names_of(&draw(&chart)), ["30 Dec", "31 Dec", "1 Jan"]);
    let texts = |chart: &Chart| text_boxes(&draw(chart).svg).into_iter().map(|text| text.text).collect::<Vec<_>>();
    assert_eq!(texts(&chart).iter().filter(|text| *text == "2023" || *text == "2024").count(), 2);
    chart.dates = DateStyle::MonthDay;
    assert_eq!(names_of(&draw(&chart)), ["Dec 30", "Dec 31", "Jan 1"]);
    chart.options.horizontal = Some(true);
    assert_eq!(names_of(&draw(&chart)), ["Dec 30, 2023", "Dec 31, 2023", "Jan 1, 2024"]);
}

/// What is written along an axis.
fn said(drawn: &Drawn, axis: &str) -> Vec<String> {
    drawn.ticks.iter().filter(|tick| tick.0 == axis).map(|tick| tick.3.clone()).collect()
}

#[test]
fn lengths_of_time_are_written_as_clocks_show_them() {
    let of = |unit: &str, values: &[f64]| {
        let names = ["a", "b", "c"];
        let mut chart = chart(Kind::Bar, "Times", categories(&names, vec![bars("", values)]));
        chart.y = axis("Time", Some(unit));
        let drawn = draw(&chart);
        let y = drawn.axis("y", false);
        for (i, value) in values.iter().enumerate() {
            assert!((drawn.one("bar", 0, i).top() - y(*value)).abs() <= 0.5, "{value} {unit}");
        }
        let texts: Vec<String> = text_boxes(&drawn.svg).into_iter().map(|text| text.text).collect();
        (said(&drawn, "y"), texts)
    };
    let (ticks, texts) = of("s", &[5_025.0, 4_801.0, 5_733.0]);
    assert_eq!(ticks, ["0:00", "0:30", "1:00", "1:30", "2:00"]);
    for wanted in ["Time (h:mm)", "1:23:45", "1:20:01", "1:35:33"] {
        assert!(texts.iter().any(|text| text == wanted), "{wanted} is not in {texts:?}");
    }
    assert_eq!(of("s", &[83.0, 140.0, 70.0]).0, ["0:00", "0:30", "1:00", "1:30", "2:00", "2:30"]);
    assert_eq!(of("min", &[142.0, 98.0, 175.0]).0, ["0:00", "0:30", "1:00", "1:30", "2:00", "2:30", "3:00"]);
    assert_eq!(of("s", &[500_000.0, 86_400.0, 1.0]).0, ["0", "1 d", "2 d", "3 d", "4 d", "5 d", "6 d"]);
    assert_eq!(of("s", &[3.0, 12.0, 7.5]).0, ["0", "2", "4", "6", "8", "10", "12"]);
}

#[test]
fn a_legend_has_every_name_and_leaves_the_chart_its_height() {
    let names: Vec<String> = (0..14).map(|i| format!("Department of the northern district number {i}")).collect();
    let series: Vec<_> = names.iter().map(|name| bars(name, &[3.0, 4.0, 5.0])).collect();
    let mut chart = chart(Kind::Bar, "Costs", categories(&["2023", "2024", "2025"], series));
    chart.options.stack = plotline_chart::chart::Stack::Stacked;
    let drawn = draw(&chart);
    let texts: Vec<String> = text_boxes(&drawn.svg).into_iter().map(|text| text.text).collect();
    assert!(names.iter().all(|name| texts.contains(name)), "{texts:?}");
    let lowest = drawn.all("bar").iter().map(|bar| bar.bottom()).fold(0.0, f64::max);
    let highest = drawn.all("bar").iter().map(|bar| bar.top()).fold(f64::INFINITY, f64::min);
    assert!(lowest - highest > 150.0, "the bars are {} px high", lowest - highest);
    check(&chart, &Canvas::default()).unwrap();
}

#[test]
fn of_two_labels_of_axes_the_shorter_is_whole() {
    let mut chart = crate::charts::combo();
    chart.y = axis("Orders in all shops of the northern district", None);
    chart.y2 = Some(axis("Conversion of visitors into paying members of the programme in their first year", Some("%")));
    let texts: Vec<String> = text_boxes(&draw(&chart).svg).into_iter().map(|text| text.text).collect();
    assert!(texts.contains(&chart.y.label), "{texts:?}");
    let second: Vec<&String> = texts.iter().filter(|text| text.starts_with("Conversion of")).collect();
    insta::assert_snapshot!(second[0], @"Conversion of visitors into…their first year");
}

#[test]
fn names_below_boxes_and_in_lists_are_whole() {
    let names: Vec<String> = (0..13).map(|i| format!("Product line {i} of the northern plant")).collect();
    let refs: Vec<&str> = names.iter().map(String::as_str).collect();
    let groups =
        names.iter().map(|name| plotline_chart::chart::Group { name: name.clone(), values: vec![1.0, 2.0, 4.0] });
    let boxes = chart(Kind::Box, "Boxes", plotline_chart::chart::Data::Groups { groups: groups.collect() });
    let mut standing = bar_of(&names);
    standing.options.horizontal = Some(false);
    let shares: Vec<f64> = (3..10).map(f64::from).collect();
    let pie = chart(Kind::Pie, "Pie", categories(&refs[..7], vec![bars("", &shares)]));
    for (chart, count) in [(boxes, 13), (standing, 13), (pie, 7)] {
        let texts: Vec<String> = text_boxes(&draw(&chart).svg).into_iter().map(|text| text.text).collect();
        for name in &names[..count] {
            assert!(texts.contains(name), "{name:?} is not in {texts:?}");
        }
        check(&chart, &Canvas::default()).unwrap();
    }
}
