//! Requests that change the chart before.

use insta::assert_snapshot;
use plotline_chart::spec::ChartSpec;
use plotline_table::Table;

use crate::support::{chart, describe, months, people, read, sales};

/// A conversation: each request after the first follows the chart before it.
fn conversation(table: &Table, asks: &[&str]) -> String {
    let mut previous: Option<ChartSpec> = None;
    let mut lines = Vec::new();
    for ask in asks {
        let reading = read(table, ask, previous.as_ref());
        let resolved = chart(table, &reading.spec);
        lines.push(format!("{ask}\n    {}", describe(&resolved)));
        previous = Some(resolved.spec);
    }
    lines.join("\n")
}

#[test]
fn the_kind_changes_and_the_rest_stays() {
    let asks = [
        "revenue by region",
        "as a pie",
        "make it a horizontal bar chart",
        "donut instead please",
        "now as bars",
        "stacked",
    ];
    assert_snapshot!(conversation(&sales(), &asks), @"
    revenue by region
        bar: sum(Revenue) by Region | 3 points
    as a pie
        pie: sum(Revenue) by Region | 3 points
    make it a horizontal bar chart
        bar: sum(Revenue) by Region | horizontal | 3 points
    donut instead please
        donut: sum(Revenue) by Region | 3 points
    now as bars
        bar: sum(Revenue) by Region | 3 points
    stacked
        stacked bar: sum(Revenue) by Region | 3 points
    ");
}

#[test]
fn rows_are_narrowed_and_widened() {
    let asks = ["revenue by month", "only 2024", "only 2023", "without West", "show everything again"];
    assert_snapshot!(conversation(&sales(), &asks), @"
    revenue by month
        line: sum(Revenue) by Date/year_month | 21 points
    only 2024
        line: sum(Revenue) by Date/year_month | Only Date is 2024 | 9 points
    only 2023
        line: sum(Revenue) by Date/year_month | Only Date is 2023 | 12 points
    without West
        line: sum(Revenue) by Date/year_month | Only Date is 2023 and Region is not West | 12 points
    show everything again
        line: sum(Revenue) by Date/year_month | 21 points
    ");
}

#[test]
fn order_and_limit_are_added() {
    let asks = ["total units sold by product and region", "sort it", "sort from low to high", "top 1", "order by name"];
    assert_snapshot!(conversation(&sales(), &asks), @"
    total units sold by product and region
        stacked bar: sum(Units Sold) by Product and Region | 6 points
    sort it
        stacked bar: sum(Units Sold) by Product and Region | sort y desc | 6 points
    sort from low to high
        stacked bar: sum(Units Sold) by Product and Region | sort y asc | 6 points
    top 1
        stacked bar: sum(Units Sold) by Product and Region | Top 1 of 2 | sort y desc | 3 points
    order by name
        stacked bar: sum(Units Sold) by Product and Region | First 1 of 2 | sort x asc | 3 points
    ");
}

#[test]
fn columns_and_aggregates_are_exchanged() {
    let asks = [
        "revenue by region",
        "by product instead",
        "use units sold instead",
        "average instead",
        "split by region",
        "and the count?",
        "by month",
    ];
    assert_snapshot!(conversation(&sales(), &asks), @"
    revenue by region
        bar: sum(Revenue) by Region | 3 points
    by product instead
        bar: sum(Revenue) by Product | 2 points
    use units sold instead
        bar: sum(Units Sold) by Product | 2 points
    average instead
        bar: avg(Units Sold) by Product | 2 points
    split by region
        bar: avg(Units Sold) by Product and Region | 6 points
    and the count?
        bar: count by Product and Region | 6 points
    by month
        bar: count by Date/month and Region | 31 points
    ");
}

#[test]
fn values_are_added() {
    let asks = ["revenue by month", "also show costs", "costs instead of revenue", "cumulative"];
    assert_snapshot!(conversation(&months(), &asks), @"
    revenue by month
        line: Revenue by Month | 6 points
    also show costs
        line: Revenue, Costs by Month | 12 points
    costs instead of revenue
        line: Costs by Month | 6 points
    cumulative
        line: Costs by Month | Running total | 6 points
    ");
}

#[test]
fn a_full_request_starts_anew() {
    let asks =
        ["average height by country", "number of people by gender", "create a graph", "scatter height vs weight"];
    assert_snapshot!(conversation(&people(), &asks), @"
    average height by country
        bar: avg(Height) by Country | 4 points
    number of people by gender
        bar: count by Gender | 2 points
    create a graph
        bar: Height, Weight, Age by Name | 48 points
    scatter height vs weight
        scatter: Weight by Height | 16 points
    ");
}

#[test]
fn what_cannot_be_changed_leaves_the_chart_and_is_said() {
    let sales = sales();
    let before = read(&sales, "average revenue by region", None);
    let after = read(&sales, "remove the legend", Some(&before.spec));
    assert_eq!(describe(&chart(&sales, &after.spec)), describe(&chart(&sales, &before.spec)));
    assert_snapshot!(after.assumptions.join("\n"), @"Colours, fonts, titles, labels and legends follow from the chart and cannot be changed, so it stays as it was.");
}

#[test]
fn charts_are_turned() {
    let asks = ["revenue by region", "flip it", "flip it back", "scatter of units sold vs revenue", "swap the axes"];
    assert_snapshot!(conversation(&sales(), &asks), @"
    revenue by region
        bar: sum(Revenue) by Region | 3 points
    flip it
        bar: sum(Revenue) by Region | horizontal | 3 points
    flip it back
        bar: sum(Revenue) by Region | 3 points
    scatter of units sold vs revenue
        scatter: Units Sold by Revenue | 48 points
    swap the axes
        scatter: Revenue by Units Sold | 48 points
    ");
}

#[test]
fn lines_become_bars_over_names() {
    let asks = ["revenue by month", "by product instead", "split by region", "no split", "sales per month line"];
    assert_snapshot!(conversation(&sales(), &asks), @"
    revenue by month
        line: sum(Revenue) by Date/year_month | 21 points
    by product instead
        bar: sum(Revenue) by Product | 2 points
    split by region
        bar: sum(Revenue) by Product and Region | 6 points
    no split
        bar: sum(Revenue) by Product | 2 points
    sales per month line
        line: sum(Revenue) by Date/year_month | 21 points
    ");
}

#[test]
fn choices_without_words_are_said() {
    let sales = sales();
    let said = |ask: &str| format!("{ask}: {}", read(&sales, ask, None).assumptions.join(" "));
    assert_snapshot!(["create a graph", "histogram", "bar chart"].map(said).join("\n"), @"
    create a graph: Chosen from the data: Units Sold by “Date”.
    histogram: Chosen from the data: how the values of “Units Sold” are spread.
    bar chart: Chosen from the data: Units Sold by “Date”.
    ");
}

#[test]
fn a_question_with_a_word_of_looks_is_no_wish_about_them() {
    let sales = sales();
    let before = read(&sales, "average revenue by region", None);
    let after = read(&sales, "how much larger is the revenue of North?", Some(&before.spec));
    assert!(!after.assumptions.iter().any(|said| said.contains("legends")), "{:?}", after.assumptions);
}
