//! Groups by ISO 8601 week, and by hour and minute: what is read, what is computed, what is written.

use insta::assert_snapshot;
use plotline_chart::chart::{Data, Kind, XScale};
use plotline_chart::spec::{Bin, Channel, ChartSpec, Measure};
use plotline_chart::{alt_text, caption, to_csv};
use plotline_table::Table;

use crate::support::{chart, describe, read, summaries, summary, table};

/// Two weeks before the turn of the year, none in the week of Christmas, two after it.
fn orders() -> Table {
    table(
        "Ordered,Channel,Amount\n2024-12-15,web,1\n2024-12-16,shop,2\n2024-12-22,web,4\n2024-12-30,web,8\n\
         2025-01-05,shop,16\n2025-01-06,web,32\n",
    )
}

fn of_one_year() -> Table {
    table("Opened,Type\n2026-02-09,bug\n2026-02-11,task\n2026-02-15,bug\n2026-02-16,bug\n2026-03-02,task\n")
}

fn weekly(kind: Kind) -> ChartSpec {
    let mut spec = ChartSpec::new(kind).with_y(Measure::of(plotline_chart::spec::Aggregate::Sum, "Amount"));
    spec.x = Some(Channel { column: Some("Ordered".into()), aggregate: None, bin: Some(Bin::Week) });
    spec
}

fn labels(data: &Data) -> Vec<String> {
    match data {
        Data::Categories { categories, .. } => categories.clone(),
        _ => panic!("no categories"),
    }
}

#[test]
fn weeks_are_read_in_the_words_of_members() {
    let asks = [
        "amount per week",
        "weekly amount as bars",
        "orders week by week",
        "number of orders each week",
        "amount by calendar week",
        "average amount per week by channel",
        "amount by week, stacked bars by channel",
        "amount by day of the week",
        "bin the dates by week and count the orders",
    ];
    assert_snapshot!(summaries(&orders(), &asks), @"
    amount per week
        line: sum(Amount) by Ordered/week | 4 points
    weekly amount as bars
        bar: sum(Amount) by Ordered/week | 4 points
    orders week by week
        bar: count by Ordered/week | 4 points
    number of orders each week
        bar: count by Ordered/week | 4 points
    amount by calendar week
        line: sum(Amount) by Ordered/week | 4 points
    average amount per week by channel
        bar: avg(Amount) by Ordered/week and Channel | 6 points
    amount by week, stacked bars by channel
        stacked bar: Amount by Ordered/week and Channel | 6 points
    amount by day of the week
        bar: sum(Amount) by Ordered/weekday | 2 points
    bin the dates by week and count the orders
        bar: count by Ordered/week | 4 points
    ");
}

#[test]
fn weeks_that_are_ranked_are_groups() {
    let asks = ["top 2 weeks by amount", "best 2 weeks by total amount"];
    assert_snapshot!(summaries(&orders(), &asks), @"
    top 2 weeks by amount
        bar: sum(Amount) by Ordered/week | Top 2 of 4 | sort y desc | 2 points
    best 2 weeks by total amount
        bar: sum(Amount) by Ordered/week | Top 2 of 4 | sort y desc | 2 points
    ");
}

#[test]
fn a_week_runs_from_monday_to_sunday_and_over_the_turn_of_the_year() {
    let csv = to_csv(&chart(&orders(), &weekly(Kind::Bar)));
    assert_snapshot!(csv.replace('\r', ""), @"
    Ordered,Total Amount
    2024-W50,1
    2024-W51,6
    2025-W01,24
    2025-W02,32
    ");
}

#[test]
fn the_first_days_of_january_can_belong_to_the_last_week_of_the_year_before() {
    let table = table("Ordered,Amount\n2021-01-03,1\n2021-01-04,2\n2020-12-28,4\n");
    assert_snapshot!(to_csv(&chart(&table, &weekly(Kind::Bar))).replace('\r', ""), @"
    Ordered,Total Amount
    2020-W53,5
    2021-W01,2
    ");
}

#[test]
fn bars_name_their_weeks_and_the_axis_the_year_that_all_share() {
    let one = chart(&of_one_year(), &read(&of_one_year(), "tickets per week", None).spec);
    assert_eq!(labels(&one.chart.data), ["W7", "W8", "W10"]);
    assert_eq!(one.chart.x.label, "Opened, weeks of 2026 (ISO)");
    let two = chart(&orders(), &weekly(Kind::Bar));
    assert_eq!(labels(&two.chart.data), ["W50 2024", "W51 2024", "W1 2025", "W2 2025"]);
    assert_eq!(two.chart.x.label, "Ordered, weeks (ISO)");
}

#[test]
fn the_rest_of_a_limit_keeps_its_name_among_weeks() {
    let mut spec = weekly(Kind::Bar);
    spec.limit = Some(plotline_chart::spec::Limit { count: 2, other: true });
    assert_eq!(labels(&chart(&orders(), &spec).chart.data), ["W1", "W2", "Other"]);
}

#[test]
fn a_line_of_weeks_stands_at_its_mondays() {
    let drawn = chart(&orders(), &weekly(Kind::Line)).chart;
    let Data::Points { x_scale: XScale::Time, series } = &drawn.data else { panic!("no time axis") };
    let days: Vec<f64> = series[0].points.iter().map(|point| point.x / 86_400_000.0).collect();
    // 9 December 2024 is day 20,066 since 1970; the week without rows leaves a distance of two.
    assert_eq!(days, [20_066.0, 20_073.0, 20_087.0, 20_094.0]);
    assert_eq!(drawn.x.label, "Ordered, weeks from Monday");
}

#[test]
fn a_weekly_chart_says_so_in_its_title_caption_alt_text_and_answer() {
    let resolved = chart(&of_one_year(), &read(&of_one_year(), "tickets per week", None).spec);
    assert_snapshot!(resolved.chart.title, @"Count by week of Opened");
    assert_snapshot!(caption(&resolved), @"Highest: 2026-W07 (3); lowest: 2026-W08 (1) and 1 other.");
    assert_snapshot!(alt_text(&resolved), @"Bar chart: Count by week of Opened. X axis: Opened, weeks of 2026 (ISO); y axis: Count. 3 values from 1 to 3. Highest: 2026-W07 (3); lowest: 2026-W08 (1) and 1 other.");
    let answer = plotline_chart::answer::answer(&resolved);
    assert_eq!(answer["x"]["bin"], "week");
    assert_eq!(answer["points"][0]["x"], "2026-W07");
}

#[test]
fn a_chart_before_is_changed_to_weeks() {
    let before = read(&orders(), "amount by month as a line", None).spec;
    let after = read(&orders(), "by week instead", Some(&before)).spec;
    assert_snapshot!(describe(&chart(&orders(), &after)), @"line: sum(Amount) by Ordered/week | 4 points");
}

#[test]
fn a_spec_with_weeks_is_the_same_after_json() {
    let json = serde_json::to_string(&weekly(Kind::Bar)).unwrap();
    assert!(json.contains(r#""bin":"week""#));
    assert_eq!(serde_json::from_str::<ChartSpec>(&json).unwrap(), weekly(Kind::Bar));
}

#[test]
fn a_table_without_days_is_told_that_it_has_no_weeks() {
    let table = table("Month,Sales\nJan 2024,10\nFeb 2024,12\nMar 2024,9\n");
    let reading = read(&table, "sales per week", None);
    assert!(reading.assumptions.contains(&"No column has dates to group by week.".to_owned()), "{reading:?}");
}

#[test]
fn hours_and_minutes_of_timestamps_are_groups() {
    let log = table(
        "At,Method,Bytes\n2026-05-06 14:05:10,GET,1\n2026-05-06 14:05:50,PUT,2\n2026-05-06 14:07:00,GET,4\n\
         2026-05-06 15:00:00,GET,8\n",
    );
    let two_days = table("At,Bytes\n2026-05-06 14:05:10,1\n2026-05-06 14:40:00,2\n2026-05-07 14:00:00,4\n");
    let asks = ["requests per minute", "bytes per minute", "requests per hour", "requests by hour of the day"];
    assert_snapshot!(summaries(&log, &asks), @"
    requests per minute
        line: count by At/minute | 3 points
    bytes per minute
        line: sum(Bytes) by At/minute | 3 points
    requests per hour
        bar: count by At/hour | 2 points
    requests by hour of the day
        bar: count by At/hour | 2 points
    ");
    assert_snapshot!(summaries(&two_days, &["requests per hour", "line chart of bytes per hour"]), @"
    requests per hour
        bar: count by At/hour | 1 points
    line chart of bytes per hour
        line: sum(Bytes) by At/day_hour | 2 points
    ");
    let codes = table("At,Code\n2026-05-06 14:05:10,404\n2026-05-06 14:40:00,200\n2026-05-06 16:00:00,404\n");
    assert_snapshot!(summary(&codes, "requests with code 404 by hour of day", None), @"bar: count by At/hour | Only Code is 404 | 2 points");
    let minutes = chart(&log, &read(&log, "bar chart of requests per minute", None).spec);
    assert_eq!(labels(&minutes.chart.data), ["14:05", "14:07", "15:00"]);
    assert_snapshot!(to_csv(&minutes).replace('\r', ""), @"
    At,Count
    2026-05-06 14:05,2
    2026-05-06 14:07,1
    2026-05-06 15:00,1
    ");
    let said = read(&two_days, "requests per hour", None).assumptions;
    assert!(said.contains(&"The hours of all days are put together.".to_owned()), "{said:?}");
    let said = read(&two_days, "requests by hour of day", None).assumptions;
    assert!(!said.contains(&"The hours of all days are put together.".to_owned()), "{said:?}");
}
