//! Specs against tables: points, order, limits, and the sentences for what does not go together.

use insta::assert_snapshot;
use plotline_chart::chart::{Data, Kind, NumberStyle, Stack};
use plotline_chart::spec::{
    Aggregate, Bin, Channel, ChartSpec, Compare, Dimension, Filter, Limit, Measure, Order, Sort, SortBy, Value,
};
use plotline_chart::{Printed, Resolved, resolve};

use crate::support::{chart, months, people, sales, table};

fn lines(resolved: &Resolved) -> String {
    let point = |point: &plotline_chart::PlotPoint| {
        let value = point.y.map_or_else(|| "gap".to_owned(), |value| value.to_string());
        match &point.series {
            Some(series) => format!("{} {series} {value}", point.x),
            None => format!("{} {value}", point.x),
        }
    };
    resolved.points.iter().map(point).collect::<Vec<_>>().join("\n")
}

fn refused(spec: &ChartSpec, table: &plotline_table::Table) -> String {
    resolve(spec, table, NumberStyle::CommaPoint).unwrap_err().to_string()
}

fn sum_by(column: &str, by: &str) -> ChartSpec {
    ChartSpec::new(Kind::Bar).with_x(by).with_y(Measure::of(Aggregate::Sum, column))
}

#[test]
fn an_unknown_column_is_named_with_the_nearest() {
    assert_snapshot!(refused(&sum_by("Revenu", "Region"), &sales()), @"There is no column “Revenu”; did you mean “Revenue”? The columns are Date, Region, Product, Units Sold and Revenue.");
    assert_snapshot!(refused(&sum_by("Zebra", "Region"), &sales()), @"There is no column “Zebra”. The columns are Date, Region, Product, Units Sold and Revenue.");
}

#[test]
fn a_column_without_numbers_is_not_averaged() {
    assert_snapshot!(refused(&ChartSpec::new(Kind::Bar).with_x("Region").with_y(Measure::of(Aggregate::Avg, "Product")), &sales()), @"“Product” has no numbers, which an average needs. Columns with numbers: Units Sold and Revenue.");
}

#[test]
fn nothing_left_is_said_with_the_filter() {
    let mut spec = sum_by("Revenue", "Region");
    spec.filter =
        Some(Filter::Compare { column: "Region".into(), op: Compare::Equal, value: Value::Text("East".into()) });
    assert_snapshot!(refused(&spec, &sales()), @"Nothing is left to draw where Region is East. The columns are Date, Region, Product, Units Sold and Revenue.");
}

#[test]
fn impossible_combinations_are_explained() {
    let mut pie = ChartSpec::new(Kind::Pie).with_x("Region").with_y(Measure::count()).with_series("Product");
    assert_snapshot!(refused(&pie, &sales()), @"A pie shows one series; ask for a stacked bar chart instead. The columns are Date, Region, Product, Units Sold and Revenue.");
    pie.series = None;
    pie.limit = Some(Limit { count: 0, other: false });
    assert_snapshot!(refused(&pie, &sales()), @"A limit must be at least 1. The columns are Date, Region, Product, Units Sold and Revenue.");
    let negative = table("Part,Value\nA,-3\nB,5\n");
    let huge = table("Part,Value\na,1e308\nb,1.5e308\nc,2\n");
    assert_snapshot!(refused(&ChartSpec::new(Kind::Pie).with_x("Part").with_y(Measure::rows("Value")), &huge), @"The values are too large to be added up to a whole; ask for a bar chart instead. The columns are Part and Value.");
    assert_snapshot!(refused(&ChartSpec::new(Kind::Pie).with_x("Part").with_y(Measure::rows("Value")), &negative), @"A pie cannot show negative values; ask for a bar chart instead. The columns are Part and Value.");
    let mut by_hour = sum_by("Revenue", "Region");
    by_hour.x = Some(Channel { column: Some("Region".into()), aggregate: None, bin: Some(Bin::Hour) });
    assert_snapshot!(refused(&by_hour, &sales()), @"“Region” cannot be grouped by hour. The columns are Date, Region, Product, Units Sold and Revenue.");
}

#[test]
fn categories_keep_the_order_of_the_table() {
    let table = table("City,Visits\nZug,1\nAarau,2\nZug,3\nBern,4\n");
    assert_snapshot!(lines(&chart(&table, &sum_by("Visits", "City"))), @"
    Zug 4
    Aarau 2
    Bern 4
    ");
}

#[test]
fn rows_of_the_same_name_stay_rows() {
    let table = table("City,Visits\nZug,1\nAarau,2\nZug,3\n");
    assert_snapshot!(lines(&chart(&table, &ChartSpec::new(Kind::Bar).with_x("City").with_y(Measure::rows("Visits")))), @"
    Zug 1
    Aarau 2
    Zug 3
    ");
}

#[test]
fn periods_come_in_calendar_order() {
    let table = table("Day,Visits\nWednesday,1\nMonday,2\nSunday,3\nTuesday,4\n");
    assert_snapshot!(lines(&chart(&table, &sum_by("Visits", "Day"))), @"
    Monday 2
    Tuesday 4
    Wednesday 1
    Sunday 3
    ");
}

#[test]
fn sorting_by_value_puts_gaps_last() {
    let table = table("City,Visits\nZug,1\nBern,\nAarau,2\n");
    let mut spec = ChartSpec::new(Kind::Bar).with_x("City").with_y(Measure::rows("Visits"));
    spec.sort = Some(Sort { by: SortBy::Y, order: Order::Asc });
    assert_snapshot!(lines(&chart(&table, &spec)), @"
    Zug 1
    Aarau 2
    Bern gap
    ");
}

#[test]
fn names_sort_without_case_and_by_the_size_of_numbers() {
    let table = table("Item,N\nitem 10,1\nItem 9,2\nitem 1,3\n");
    let mut spec = ChartSpec::new(Kind::Bar).with_x("Item").with_y(Measure::rows("N"));
    spec.sort = Some(Sort { by: SortBy::X, order: Order::Asc });
    assert_snapshot!(lines(&chart(&table, &spec)), @"
    item 1 3
    Item 9 2
    item 10 1
    ");
}

#[test]
fn the_rest_becomes_other_and_keeps_the_sum() {
    let mut spec = sum_by("Revenue", "Region");
    spec.sort = Some(Sort { by: SortBy::Y, order: Order::Desc });
    let all: f64 = chart(&sales(), &spec).points.iter().filter_map(|point| point.y).sum();
    spec.limit = Some(Limit { count: 1, other: true });
    let limited = chart(&sales(), &spec);
    assert_eq!(limited.points.last().unwrap().x, Printed::Text("Other".into()));
    assert_eq!(limited.points.iter().filter_map(|point| point.y).sum::<f64>(), all);
    assert_snapshot!(limited.chart.subtitle.unwrap(), @"Top 1 of 3, the rest as Other");
}

#[test]
fn an_average_of_the_rest_is_over_its_rows() {
    let table = table("City,Visits\nZug,10\nBern,1\nBern,1\nAarau,4\n");
    let mut spec = ChartSpec::new(Kind::Bar).with_x("City").with_y(Measure::of(Aggregate::Avg, "Visits"));
    spec.limit = Some(Limit { count: 1, other: true });
    assert_snapshot!(lines(&chart(&table, &spec)), @"
    Zug 10
    Other 2
    ");
}

#[test]
fn months_of_several_years_are_pooled_or_not() {
    let table = table("Date,N\n2023-01-05,1\n2024-01-06,2\n2024-02-07,4\n");
    let mut spec = sum_by("N", "Date");
    spec.x = Some(Channel { column: Some("Date".into()), aggregate: None, bin: Some(Bin::Month) });
    assert_snapshot!(lines(&chart(&table, &spec)), @"
    January 3
    February 4
    ");
    spec.x = Some(Channel { column: Some("Date".into()), aggregate: None, bin: Some(Bin::YearMonth) });
    assert_snapshot!(lines(&chart(&table, &spec)), @"
    2023-01 1
    2024-01 2
    2024-02 4
    ");
}

#[test]
fn a_line_over_dates_stands_on_a_time_scale() {
    let spec = ChartSpec::new(Kind::Line).with_x("Date").with_y(Measure::rows("Revenue"));
    let Data::Points { series, .. } = chart(&sales(), &spec).chart.data else { panic!("no points") };
    assert!(series[0].points.windows(2).all(|pair| pair[0].x < pair[1].x));
}

#[test]
fn running_totals_and_shares_follow_the_drawing_order() {
    let mut spec = ChartSpec::new(Kind::Line).with_x("Month").with_y(Measure::rows("Costs"));
    spec.options.cumulative = true;
    assert_snapshot!(lines(&chart(&months(), &spec)), @"
    Jan 80
    Feb 150
    Mar 210
    Apr 310
    May 420
    Jun 525
    ");
    spec.options.cumulative = false;
    spec.options.share = true;
    let shares: f64 = chart(&months(), &spec).points.iter().filter_map(|point| point.y).sum();
    assert!((shares - 100.0).abs() < 1e-9);
}

#[test]
fn having_keeps_only_the_values_that_fulfil_it() {
    let mut spec = ChartSpec::new(Kind::Bar).with_x("Country").with_y(Measure::count());
    spec.having = Some(plotline_chart::spec::Having { op: Compare::Greater, value: 3.0 });
    assert!(chart(&people(), &spec).points.iter().all(|point| point.y > Some(3.0)));
}

#[test]
fn a_gap_fulfils_no_comparison_and_no_negation() {
    let table = table("Name,Score\nA,1\nB,\nC,3\n");
    let mut spec = ChartSpec::new(Kind::Bar).with_x("Name").with_y(Measure::count());
    spec.filter = Some(Filter::Not(Box::new(Filter::Compare {
        column: "Score".into(),
        op: Compare::Equal,
        value: Value::Number(1.0),
    })));
    assert_snapshot!(lines(&chart(&table, &spec)), @"C 1");
    spec.filter = Some(Filter::IsNull { column: "Score".into() });
    assert_snapshot!(lines(&chart(&table, &spec)), @"B 1");
}

#[test]
fn a_date_equals_the_period_that_it_lies_in() {
    let count = |value: Value| {
        let mut spec = ChartSpec::new(Kind::Bar).with_x("Region").with_y(Measure::count());
        spec.filter = Some(Filter::Compare { column: "Date".into(), op: Compare::Equal, value });
        chart(&sales(), &spec).points.iter().filter_map(|point| point.y).sum::<f64>()
    };
    let text = |text: &str| Value::Text(text.to_owned());
    assert_eq!(
        [
            count(Value::Number(2023.0)),
            count(text("2023-03")),
            count(text("March 2023")),
            count(text("march")),
            count(text("2023 Q1"))
        ],
        [28.0, 2.0, 2.0, 4.0, 7.0]
    );
}

#[test]
fn the_last_bin_includes_its_upper_edge() {
    let table = table("N\n0\n5\n10\n20\n");
    let mut spec = ChartSpec::new(Kind::Histogram).with_x("N");
    spec.x = Some(Channel { column: Some("N".into()), aggregate: None, bin: Some(Bin::Width(10.0)) });
    assert_snapshot!(lines(&chart(&table, &spec)), @"
    0–10 2
    10–20 2
    ");
}

#[test]
fn a_scatter_of_aggregates_has_a_point_for_each_group() {
    let mut spec = ChartSpec::new(Kind::Scatter).with_y(Measure::of(Aggregate::Avg, "Weight"));
    spec.x = Some(Channel { column: Some("Height".into()), aggregate: Some(Aggregate::Max), bin: None });
    assert_snapshot!(refused(&spec, &people()), @"Two aggregates need a column to group by, or there is only one point. The columns are Name, Gender, Height, Weight, Age and Country.");
    spec.group = Some(Dimension { column: "Country".into(), bin: None });
    assert_eq!(chart(&people(), &spec).points.len(), 4);
}

#[test]
fn lines_of_another_size_get_an_axis_of_their_own() {
    let table = table("Month,Revenue,Rate\nJan,10000,1\nFeb,20000,2\nMar,15000,3\n");
    let spec =
        ChartSpec::new(Kind::Combo).with_x("Month").with_y(Measure::rows("Revenue")).with_y(Measure::rows("Rate"));
    let resolved = chart(&table, &spec);
    assert_eq!(resolved.chart.y2.unwrap().label, "Rate");
    assert_snapshot!(resolved.assumptions.join(" "), @"The lines have an axis of their own, since their values are of another size.");
}

#[test]
fn a_log_axis_needs_values_above_zero() {
    let table = table("City,N\nA,0\nB,10\n");
    let mut spec = ChartSpec::new(Kind::Bar).with_x("City").with_y(Measure::rows("N"));
    spec.options.log = true;
    let resolved = chart(&table, &spec);
    assert!(!resolved.chart.y.log);
    assert_snapshot!(resolved.assumptions.join(" "), @"The axis is linear, since a logarithm needs values above zero.");
}

#[test]
fn rows_without_a_category_are_left_out_and_told() {
    let table = table("City,N\nA,1\n,2\nB,3\n");
    let resolved = chart(&table, &ChartSpec::new(Kind::Bar).with_x("City").with_y(Measure::rows("N")));
    assert_snapshot!(resolved.notes.join(" "), @"1 row without “City” is left out.");
}

#[test]
fn an_unreadable_date_still_names_its_category() {
    let table = table("Date,N\n2024-01-05,1\n2024-01-06,1\n2024-01-07,1\n2024-01-08,1\n2024-06-31,2\n");
    let spec = ChartSpec::new(Kind::Bar).with_x("Date").with_y(Measure::rows("N"));
    assert_eq!(chart(&table, &spec).points.last().unwrap().x, Printed::Text("2024-06-31".into()));
}

#[test]
fn titles_come_from_the_columns() {
    let title = |spec: &ChartSpec| chart(&sales(), spec).chart.title;
    let mut monthly = sum_by("Units Sold", "Date");
    monthly.x = Some(Channel { column: Some("Date".into()), aggregate: None, bin: Some(Bin::Month) });
    let mut stacked = sum_by("Revenue", "Region").with_series("Product");
    stacked.options.stack = Some(Stack::Percent);
    let histogram = ChartSpec::new(Kind::Histogram).with_x("Revenue");
    let titles =
        [sum_by("Revenue", "Region"), monthly, stacked, histogram].iter().map(title).collect::<Vec<_>>().join("\n");
    assert_snapshot!(titles, @"
    Total Revenue by Region
    Total Units Sold by month
    Total Revenue by Region and Product
    Distribution of Revenue
    ");
}

#[test]
fn periods_over_the_turn_of_a_year_keep_the_members_order() {
    let order = |paste: &str| {
        let table = table(paste);
        let mut spec = sum_by("Sales", "When");
        spec.kind = Kind::Line;
        let resolved = resolve(&spec, &table, NumberStyle::default()).unwrap();
        resolved.points.iter().map(|point| point.x.to_string()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(order("When,Sales\nNov,10\nDec,12\nJan,9\nFeb,14"), "Nov Dec Jan Feb");
    assert_eq!(order("When,Sales\nSun,10\nMon,12\nTue,9"), "Sun Mon Tue");
    assert_eq!(order("When,Sales\n30-Dec,10\n31-Dec,12\n2-Jan,9"), "30-Dec 31-Dec 2-Jan");
    // What is in no order at all is put into the calendar's.
    assert_eq!(order("When,Sales\nMar,10\nJan,12\nFeb,9"), "Jan Feb Mar");
    assert_eq!(order("When,Sales\nJan 9,10\nJan 7,12\nJan 8,9"), "Jan 7 Jan 8 Jan 9");
}

#[test]
fn a_moving_average_begins_anew_after_a_gap() {
    let table = table(
        "Day,Steps\n2026-01-01,2\n2026-01-02,4\n2026-01-03,6\n2026-01-04,\n2026-01-05,10\n2026-01-06,20\n2026-01-07,\n",
    );
    let mut spec = ChartSpec::new(Kind::Line).with_x("Day").with_y(Measure::rows("Steps"));
    spec.options.moving_average = Some(2);
    spec.options.trend_line = true;
    let drawn = chart(&table, &spec).chart;
    let of = |name: &str| {
        let overlay = drawn.options.overlays.iter().find(|overlay| overlay.name == name).unwrap();
        overlay.points.iter().map(|(_, mean)| *mean).collect::<Vec<_>>()
    };
    assert_eq!(of("Mean of 2"), [Some(3.0), Some(5.0), None, Some(15.0)]);
    assert!(of("Trend").iter().all(Option::is_some), "a trend has no gap");
}

#[test]
fn a_moving_average_over_values_with_too_many_gaps_is_left_out_and_told() {
    let table = table("Day,Steps\n2026-01-01,2\n2026-01-02,4\n2026-01-03,\n2026-01-04,8\n2026-01-05,10\n");
    let mut spec = ChartSpec::new(Kind::Line).with_x("Day").with_y(Measure::rows("Steps"));
    spec.options.moving_average = Some(3);
    let resolved = chart(&table, &spec);
    assert_eq!(resolved.chart.options.overlays, []);
    assert_eq!(resolved.notes, ["Too few values follow each other for a mean of 3, so there is none."]);
}
