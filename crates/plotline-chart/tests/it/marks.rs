//! What is drawn with which mark, axis, size, range and heading; and what cannot be drawn.

use insta::assert_snapshot;
use plotline_chart::chart::Data;
use plotline_chart::spec::{ChartSpec, Measure};
use plotline_chart::{Resolved, chart::Kind};
use plotline_table::Table;

use crate::support::{chart, read, summaries, table};

fn weather() -> Table {
    table("Month,Temperature (°C),Rainfall (mm)\nJan,2,60\nFeb,4,45\nMar,9,50\nApr,13,40\n")
}

fn business() -> Table {
    table("Quarter,Revenue,Margin,Profit\nQ1 2024,1200,12,144\nQ2 2024,1500,18,270\nQ3 2024,1100,9,99\n")
}

fn towns() -> Table {
    table(
        "City,Population,Income,Rent\nAville,120000,35000,900\nBeton,40000,28000,600\nCeeburg,800000,52000,1600\n\
         Dorf,15000,25000,450\nEton,230000,41000,1100\n",
    )
}

fn outbreak() -> Table {
    table("day,infections\n1,3\n2,5\n3,9\n4,14\n5,20\n6,31\n")
}

fn said(table: &Table, ask: &str) -> String {
    let reading = read(table, ask, None);
    let resolved = chart(table, &reading.spec);
    let said: Vec<&str> = reading.assumptions.iter().chain(&resolved.assumptions).map(String::as_str).collect();
    format!("{}: {}", resolved.chart.title, if said.is_empty() { "–".to_owned() } else { said.join(" ") })
}

#[test]
fn bars_and_lines_share_a_chart_in_natural_words() {
    let asks = [
        "revenue as bars and margin as a line",
        "bars for revenue, line for profit",
        "margin line and revenue bars",
        "bar chart of revenue with margin as a line",
        "revenue by quarter with margin on the right axis",
        "revenue and profit by quarter",
    ];
    assert_snapshot!(summaries(&business(), &asks), @"
    revenue as bars and margin as a line
        combo: Revenue, Margin by Quarter | 6 points
    bars for revenue, line for profit
        combo: Revenue, Profit by Quarter | 6 points
    margin line and revenue bars
        combo: Revenue, Margin by Quarter | 6 points
    bar chart of revenue with margin as a line
        combo: Revenue, Margin by Quarter | 6 points
    revenue by quarter with margin on the right axis
        line: Revenue, Margin (right) by Quarter | 6 points
    revenue and profit by quarter
        line: Revenue, Profit by Quarter | 6 points
    ");
    let asks = ["temperature and rainfall on two axes", "rainfall with temperature on the second axis"];
    assert_snapshot!(summaries(&weather(), &asks), @"
    temperature and rainfall on two axes
        line: Temperature, Rainfall (right) by Month | 8 points
    rainfall with temperature on the second axis
        line: Rainfall, Temperature (right) by Month | 8 points
    ");
}

#[test]
fn numbers_of_few_values_are_sides_of_a_heatmap() {
    let sensors =
        table("weekday,hour,visits,rating\nMon,0,12,3\nMon,1,15,4\nTue,0,11,5\nTue,1,18,3\nWed,0,9,4\nWed,1,22,5\n");
    let asks = [
        "heatmap of visits by hour and weekday",
        "heatmap",
        "heatmap of average rating by weekday and hour",
        "heatmap of visits by rating and hour",
        "heatmap of count by rating and weekday",
    ];
    assert_snapshot!(summaries(&sensors, &asks), @"
    heatmap of visits by hour and weekday
        heatmap: visits by weekday and hour | 6 points
    heatmap
        heatmap: visits by weekday and hour | 6 points
    heatmap of average rating by weekday and hour
        heatmap: avg(rating) by weekday and hour | 6 points
    heatmap of visits by rating and hour
        heatmap: visits by rating and hour | 6 points
    heatmap of count by rating and weekday
        heatmap: count by weekday and rating | 6 points
    ");
}

#[test]
fn bubbles_have_the_size_that_was_named() {
    let size = |ask: &str| {
        let spec = read(&towns(), ask, None).spec;
        let axis = spec.x.and_then(|x| x.column).unwrap_or_default();
        let y: Vec<String> = spec.y.into_iter().filter_map(|y| y.column).collect();
        format!("{:?}: {} by {axis}, size {}", spec.kind, y.join(", "), spec.size.unwrap_or_default())
    };
    assert_snapshot!(size("bubble chart of rent vs income with population as size"), @"Bubble: Rent by Income, size Population");
    assert_snapshot!(size("income vs rent, size by population"), @"Bubble: Rent by Income, size Population");
    assert_snapshot!(size("bubble chart: income against population, bubble size rent"), @"Bubble: Income by Population, size Rent");
    assert_snapshot!(size("scatter of income and rent sized by population"), @"Bubble: Rent by Income, size Population");
}

#[test]
fn a_course_of_numbers_lies_along_x() {
    let asks = [
        "plot infections",
        "infections by day",
        "infections vs day",
        "day and infections",
        "infections with 3-day moving average",
        "chart",
    ];
    assert_snapshot!(summaries(&outbreak(), &asks), @"
    plot infections
        line: infections by day | 6 points
    infections by day
        line: infections by day | 6 points
    infections vs day
        scatter: infections by day | 6 points
    day and infections
        line: infections by day | 6 points
    infections with 3-day moving average
        line: infections by day | moving average | 6 points
    chart
        line: infections by day | 6 points
    ");
}

#[test]
fn moving_averages_take_their_number_from_around() {
    let window = |ask: &str| read(&outbreak(), ask, None).spec.options.moving_average;
    let asks = [
        "infections with a moving average over 2",
        "4-day moving average of infections",
        "rolling mean of 5 of infections",
        "infections, moving average of the last 4 days",
        "infections with a 2d moving average",
        "infections with a moving average",
    ];
    assert_eq!(asks.map(window), [Some(2), Some(4), Some(5), Some(4), Some(2), Some(3)]);
    assert!(asks.iter().all(|ask| read(&outbreak(), ask, None).spec.filter.is_none()));
}

#[test]
fn ranges_are_as_many_or_as_wide_as_asked() {
    let ranges = |ask: &str| match chart(&towns(), &read(&towns(), ask, None).spec).chart.data {
        Data::Bins { edges, .. } => edges,
        _ => Vec::new(),
    };
    assert_eq!(ranges("histogram of rent with 3 bins").len(), 4);
    assert_eq!(ranges("income distribution in 5 buckets").len(), 6);
    assert_eq!(ranges("histogram of rent, bin width 500"), [0.0, 500.0, 1000.0, 1500.0, 2000.0]);
    assert_eq!(ranges("histogram of income in bins of 10000"), [20000.0, 30000.0, 40000.0, 50000.0, 60000.0]);
    assert_snapshot!(summaries(&towns(), &["number of cities by rent in bins of 500"]), @"
    number of cities by rent in bins of 500
        bar: count by Rent/{width:500.0} | 4 points
    ");
}

#[test]
fn headings_are_taken_from_the_words() {
    let asks = [
        "scatter of income and rent titled \"Money and flats\"",
        "income by city, title: What people earn",
        "rent by city, call it “Flats”",
        "bar chart of rent by city with the title 'Rent, per month'",
        "rent by city",
    ];
    let titles = asks.map(|ask| chart(&towns(), &read(&towns(), ask, None).spec).chart.title);
    assert_snapshot!(titles.join("\n"), @"
    Money and flats
    What people earn
    Flats
    Rent, per month
    Rent by City
    ");
    let first = read(&towns(), "rent by city", None).spec;
    let next = read(&towns(), "change the title to \"Flats\"", Some(&first)).spec;
    assert_eq!(next, ChartSpec { title: Some("Flats".to_owned()), ..first });
    // Quoted words that are values pick rows.
    assert_snapshot!(summaries(&towns(), &["rent of the city called \"Dorf\""]), @"
    rent of the city called \"Dorf\"
        bar: Rent by City | Only City is Dorf | 1 points
    ");
}

#[test]
fn what_cannot_be_drawn_is_said() {
    let asks = [
        "radar chart of income by city",
        "3D pie of population",
        "population on a map",
        "treemap of population",
        "gauge of income",
        "word cloud of city",
        "income by city as a funnel",
    ];
    assert_snapshot!(asks.map(|ask| said(&towns(), ask)).join("\n"), @"
    Income by City: Plotline has no radar charts, so this is a bar chart.
    Population by City: The categories are “City”. Plotline has no 3D charts, so this is a pie chart.
    Population by City: The categories are “City”. Plotline has no maps, so this is a bar chart.
    Population by City: The categories are “City”. Plotline has no treemaps, so this is a bar chart.
    Income by City: The categories are “City”. Plotline has no gauges, so this is a bar chart.
    Population by City: The values are “Population”. Plotline has no word clouds, so this is a bar chart.
    Income by City: Plotline has no funnel charts, so this is a bar chart.
    ");
    let asks = ["percent change of revenue", "year over year growth of revenue", "revenue growth rate by quarter"];
    assert_snapshot!(asks.map(|ask| said(&business(), ask)).join("\n"), @"
    Revenue by Quarter: The categories are “Quarter”. Changes from one value to the next are not computed; the values themselves are drawn.
    Revenue by Quarter: The categories are “Quarter”. Changes from one value to the next are not computed; the values themselves are drawn.
    Revenue by Quarter: Changes from one value to the next are not computed; the values themselves are drawn.
    ");
    let growth = table("Month,Growth rate\nJan,2\nFeb,3\n");
    assert_snapshot!(said(&growth, "growth rate by month"), @"Growth rate by Month: –");
}

#[test]
fn a_line_does_not_come_back_to_the_same_place() {
    let till = table("Date,Amount\n2024-01-01,10\n2024-01-01,7\n2024-01-02,12\n2024-01-02,5\n2024-01-03,9\n");
    assert_snapshot!(said(&till, "line of amount"), @"Total Amount by Date: The categories are “Date”. Values of “Amount” with the same “Date” are added up.");
    let prices = table("Fuel,Year,Litres\nDiesel,2020,10\nDiesel,2021,12\nPetrol,2020,7\nPetrol,2021,8\n");
    let spec = ChartSpec { kind: Kind::Line, ..read(&prices, "litres line", None).spec };
    assert_snapshot!(chart(&prices, &spec).chart.title, @"Litres by Year and Fuel");
}

#[test]
fn a_line_for_each_of_a_group_goes_along_time() {
    let visits =
        table("Date,Channel,Visits\n2024-01-01,Web,10\n2024-01-01,Shop,7\n2024-01-02,Web,12\n2024-01-02,Shop,5\n");
    let asks = [
        "trend for each channel",
        "line per channel",
        "line chart of visits by channel",
        "stacked area of visits by channel",
    ];
    assert_snapshot!(summaries(&visits, &asks), @"
    trend for each channel
        line: Visits by Date and Channel | 4 points
    line per channel
        line: Visits by Date and Channel | 4 points
    line chart of visits by channel
        line: sum(Visits) by Channel | 2 points
    stacked area of visits by channel
        area: Visits by Date and Channel | 4 points
    ");
}

#[test]
fn a_total_of_single_rows_is_called_what_it_is() {
    let asks = ["total revenue by quarter", "sum of profit per quarter"];
    assert_snapshot!(asks.map(|ask| said(&business(), ask)).join("\n"), @"
    Revenue by Quarter: –
    Profit by Quarter: –
    ");
    let sales = table("Shop,Sales\nA,1\nB,2\nA,3\n");
    assert_snapshot!(said(&sales, "sales by shop"), @"Total Sales by Shop: Values of “Sales” with the same “Shop” are added up.");
}

#[test]
fn the_only_series_beside_a_computed_line_has_its_name() {
    let name = |resolved: &Resolved| match &resolved.chart.data {
        Data::Categories { series, .. } => series.iter().map(|series| series.name.clone()).collect::<Vec<_>>(),
        Data::Points { series, .. } => series.iter().map(|series| series.name.clone()).collect(),
        _ => Vec::new(),
    };
    let named = |table: &Table, ask: &str| name(&chart(table, &read(table, ask, None).spec));
    assert_eq!(named(&outbreak(), "infections with a trend line"), ["infections"]);
    assert_eq!(named(&towns(), "scatter of income and rent with a trend line"), ["Rent"]);
    assert_eq!(named(&outbreak(), "infections by day"), [""]);
}

#[test]
fn thin_slices_are_gathered_in_the_picture_and_kept_in_the_points() {
    let budget = table(
        "Item,Cost\nRent,900\nFood,400\nCar,300\nFun,150\nPhone,30\nWeb,25\nGym,20\nGifts,15\nPens,5\nStamps,4\n",
    );
    let resolved = chart(&budget, &ChartSpec::new(Kind::Pie).with_x("Item").with_y(Measure::rows("Cost")));
    let Data::Categories { categories, series } = &resolved.chart.data else { panic!("a pie has categories") };
    assert_eq!(categories, &["Rent", "Food", "Car", "Fun", "Other"]);
    let drawn: f64 = series.iter().flat_map(|series| series.values.iter().flatten()).sum();
    let all: f64 = resolved.points.iter().filter_map(|point| point.y).sum();
    assert_eq!((drawn, all, resolved.points.len()), (1849.0, 1849.0, 10));
    assert_snapshot!(resolved.notes.join(" "), @"“Other” is 6 parts, each below 3% of the whole.");
    assert_snapshot!(resolved.chart.subtitle.unwrap_or_default(), @"6 parts below 3% as Other");
}
