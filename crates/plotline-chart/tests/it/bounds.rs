//! Charts of more marks than can be told apart.

use insta::assert_snapshot;
use plotline_chart::chart::{Data, Kind, Stack};
use plotline_chart::spec::{Aggregate, ChartSpec, Measure};
use plotline_chart::{Resolved, caption};
use plotline_table::Table;

use crate::support::{chart, table};

/// Names, days and numbers, as many of each as there are rows; the last name has the largest value.
fn many(rows: u32) -> Table {
    let first = chrono::NaiveDate::from_ymd_opt(2020, 1, 1).unwrap();
    let line = |row: u32| {
        let day = first + chrono::Days::new(u64::from(row));
        format!(
            "n{row:x}x,{day},{row},{},{},{},{}\n",
            row % 997 + row / 10,
            row + 9,
            row.saturating_sub(9),
            row % 7 + 1
        )
    };
    let rows: String = (0..rows).map(line).collect();
    table(&format!("Name,Day,Number,Value,High,Low,Size\n{rows}"))
}

fn spec(kind: Kind, x: &str) -> ChartSpec {
    ChartSpec::new(kind).with_x(x).with_y(Measure::rows("Value"))
}

/// How many marks are drawn, of which kind, and what is said of it.
fn told(resolved: &Resolved) -> String {
    let marks = match &resolved.chart.data {
        Data::Categories { categories, series } => format!("{} categories, {} series", categories.len(), series.len()),
        Data::Points { series, .. } => {
            format!("{} points, {} series", series.iter().map(|s| s.points.len()).sum::<usize>(), series.len())
        }
        Data::Bins { edges, series } => format!("{} bins, {} series", edges.len() - 1, series.len()),
        Data::Groups { groups } => format!("{} groups", groups.len()),
        Data::Grid { columns, rows, .. } => format!("{} columns, {} rows", columns.len(), rows.len()),
        Data::Ohlc { candles, .. } => format!("{} candles", candles.len()),
    };
    let said = [resolved.assumptions.clone(), resolved.notes.clone()].concat().join(" ");
    let subtitle = resolved.chart.subtitle.as_deref().unwrap_or("-");
    format!("{:?}: {marks} of {} points | {subtitle} | {said}", resolved.chart.kind, resolved.points.len())
}

#[test]
fn of_many_names_the_largest_are_drawn_and_the_points_keep_all() {
    let table = many(3_000);
    let bars = chart(&table, &spec(Kind::Bar, "Name"));
    assert_snapshot!(told(&bars), @"Bar: 200 categories, 1 series of 3000 points | 200 largest of 3,000 | The 200 largest of 3,000 are drawn; more could not be told apart.");
    assert_snapshot!(caption(&bars), @"Highest: nbaex (1,295); lowest: n0x (0).");
    let Data::Categories { categories, series } = &bars.chart.data else { panic!("no categories") };
    let largest = bars.points.iter().max_by(|a, b| a.y.unwrap().total_cmp(&b.y.unwrap())).unwrap();
    let at = categories.iter().position(|name| *name == largest.x.to_string()).expect("the largest is drawn");
    assert_eq!(series[0].values[at], largest.y);
    let drawn: f64 = series[0].values.iter().flatten().copied().fold(f64::INFINITY, f64::min);
    assert_eq!(bars.points.iter().filter(|point| point.y.unwrap() > drawn).count() + 1, categories.len());
}

#[test]
fn bars_along_time_and_numbers_become_a_line_of_all() {
    let table = many(3_000);
    assert_snapshot!(told(&chart(&table, &spec(Kind::Bar, "Day"))), @"Line: 3000 points, 1 series of 3000 points | - | 3,000 places are too many to tell bars apart, so they are drawn as a line.");
    let mut stacked = spec(Kind::Bar, "Day").with_series("Size");
    stacked.options.stack = Some(Stack::Stacked);
    assert_snapshot!(told(&chart(&table, &stacked)), @"Area: 3000 points, 7 series of 3000 points | - | 3,000 places are too many to tell bars apart, so they are drawn as areas.");
}

#[test]
fn a_pie_of_small_parts_keeps_the_largest() {
    let rows: String = (0..40).map(|row| format!("p{row},{}\n", 100 + row)).collect();
    let parts = table(&format!("Part,Value\n{rows}"));
    let pie = chart(&parts, &spec(Kind::Pie, "Part"));
    assert_snapshot!(told(&pie), @"Pie: 8 categories, 1 series of 40 points | 33 smallest parts as Other | “Other” is the 33 smallest parts.");
    let Data::Categories { categories, series } = &pie.chart.data else { panic!("no categories") };
    assert_eq!(categories.last().map(String::as_str), Some("Other"));
    let total: f64 = pie.points.iter().filter_map(|point| point.y).sum();
    assert!((series[0].values.iter().flatten().sum::<f64>() - total).abs() < 1e-6);
    assert_snapshot!(told(&chart(&many(3_000), &spec(Kind::Pie, "Name"))), @"Bar: 200 categories, 1 series of 3000 points | 200 largest of 3,000 | No part can be seen in a pie, since all are below 1%, so they are drawn as bars. The 200 largest of 3,000 are drawn; more could not be told apart.");
}

#[test]
fn groups_and_cells_of_days_are_put_into_periods_and_of_names_chosen() {
    let table = many(3_000);
    assert_snapshot!(told(&chart(&table, &spec(Kind::Box, "Day"))), @"Box: 99 groups of 3000 points | - | “Day” has too many values to tell apart, so they are grouped by month and year.");
    assert_snapshot!(told(&chart(&table, &spec(Kind::Violin, "Number"))), @"Violin: 15 groups of 3000 points | - | “Number” has too many values to tell apart, so they are grouped by ranges of 200.");
    assert_snapshot!(told(&chart(&table, &spec(Kind::Strip, "Name"))), @"Strip: 100 groups of 100 points | First 100 of 3,000 groups | The first 100 of 3,000 groups are drawn; more could not be told apart.");
    assert_snapshot!(told(&chart(&table, &spec(Kind::Heatmap, "Day").with_series("Size"))), @"Heatmap: 99 columns, 7 rows of 693 points | - | “Day” has too many values to tell apart, so they are grouped by month and year.");
    assert_snapshot!(told(&chart(&table, &spec(Kind::Heatmap, "Name").with_series("Size"))), @"Heatmap: 160 columns, 7 rows of 160 points | 160 largest of 3,000 columns | The 160 largest of 3,000 columns are drawn; more could not be told apart.");
}

#[test]
fn many_series_are_the_largest_and_in_a_stack_the_rest_too() {
    let table = many(3_000);
    let mut bars = spec(Kind::Bar, "Size").with_series("Name");
    bars.y[0].aggregate = Some(Aggregate::Sum);
    assert_snapshot!(told(&chart(&table, &bars)), @"Bar: 7 categories, 60 series of 3000 points | 60 largest of 3,000 series | The 60 largest of 3,000 series are drawn.");
    bars.options.stack = Some(Stack::Stacked);
    let stacked = chart(&table, &bars);
    assert_snapshot!(told(&stacked), @"Bar: 7 categories, 60 series of 3000 points | 59 largest of 3,000 series, the rest as Other | The 59 largest of 3,000 series are drawn, the rest as “Other”.");
    let Data::Categories { series, .. } = &stacked.chart.data else { panic!("no categories") };
    let drawn: f64 = series.iter().flat_map(|series| series.values.iter().flatten()).sum();
    let total: f64 = stacked.points.iter().filter_map(|point| point.y).sum();
    assert!((drawn - total).abs() < 1e-6 * total);
    assert_snapshot!(told(&chart(&table, &spec(Kind::Scatter, "Number").with_series("Name"))), @"Scatter: 3000 points, 60 series of 3000 points | 59 largest of 3,000 series, the rest as Other | The 59 largest of 3,000 series are drawn, the rest as “Other”.");
}

#[test]
fn many_candles_and_bubbles_are_fewer() {
    let table = many(3_000);
    let mut candles = ChartSpec::new(Kind::Candlestick).with_x("Day");
    candles.y = ["Number", "High", "Low", "Number"].map(Measure::rows).to_vec();
    let resolved = chart(&table, &candles);
    assert_snapshot!(told(&resolved), @"Candlestick: 250 candles of 1000 points | 12 periods to a candle | Each candle is 12 periods in a row, since more candles could not be told apart.");
    let Data::Ohlc { candles, .. } = &resolved.chart.data else { panic!("no candles") };
    let highest = candles.iter().flatten().map(|candle| candle.high).fold(0.0, f64::max);
    assert_eq!(highest, 3_008.0, "no extreme is lost");
    let mut bubbles = spec(Kind::Bubble, "Number");
    bubbles.size = Some("Size".to_owned());
    assert_snapshot!(told(&chart(&table, &bubbles)), @"Bubble: 1000 points, 1 series of 3000 points | Area: Size · 1,000 largest of 3,000 bubbles | The 1,000 largest of 3,000 bubbles are drawn; more could not be told apart.");
}
