//! Requests as members write them, over small tables of their own subjects.

use insta::assert_snapshot;

use crate::support::{summaries, table};

/// Days over half a year, so that a column for each would be too many.
fn orders() -> plotline_table::Table {
    let days = (1..=6).flat_map(|month| (1..=10).map(move |day| (month, 2 * day)));
    let rows: Vec<String> = days
        .enumerate()
        .map(|(at, (month, day))| {
            let (region, product) = (["North", "South", "West"][at % 3], ["Desk", "Lamp"][at % 2]);
            format!("2024-{month:02}-{day:02},{region},{product},{},{}", at % 7 + 1, at * 13 % 200 + 50)
        })
        .collect();
    table(&format!("Date,Region,Product,Units,Revenue\n{}\n", rows.join("\n")))
}

#[test]
fn a_period_named_beside_another_group_is_a_group() {
    let asks = [
        "heatmap of revenue by region and month",
        "heatmap revenue month x region",
        "units by product and weekday heatmap",
        "heatmap of revenue by region over the months",
        "heatmap of revenue by region and date",
        "stacked bar of revenue by region and month",
        "grouped bars of units by product and quarter",
    ];
    assert_snapshot!(summaries(&orders(), &asks), @"
    heatmap of revenue by region and month
        heatmap: sum(Revenue) by Date/month and Region | 18 points
    heatmap revenue month x region
        heatmap: sum(Revenue) by Date/month and Region | 18 points
    units by product and weekday heatmap
        heatmap: sum(Units) by Date/weekday and Product | 14 points
    heatmap of revenue by region over the months
        heatmap: sum(Revenue) by Date/month and Region | 18 points
    heatmap of revenue by region and date
        heatmap: sum(Revenue) by Date/year_month and Region | 18 points
    stacked bar of revenue by region and month
        stacked bar: sum(Revenue) by Date/month and Region | 18 points
    grouped bars of units by product and quarter
        bar: sum(Units) by Date/quarter and Product | 4 points
    ");
}

#[test]
fn changes_from_period_to_period_are_drawn_as_values_of_the_periods() {
    let asks = [
        "revenue growth month over month",
        "revenue growth by region month over month",
        "mom revenue",
        "week over week units",
    ];
    assert_snapshot!(summaries(&orders(), &asks), @"
    revenue growth month over month
        line: sum(Revenue) by Date/month | 6 points
    revenue growth by region month over month
        line: sum(Revenue) by Date/month and Region | 18 points
    mom revenue
        line: sum(Revenue) by Date/month | 6 points
    week over week units
        line: sum(Units) by Date/week | 22 points
    ");
}
