//! Requests as members write them, over small tables of their own subjects.

use insta::assert_snapshot;

use crate::support::{chart, read, summaries, table};
use plotline_chart::alt_text;
use plotline_chart::chart::Data;

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

#[test]
fn columns_without_headers_are_not_told_by_their_numbers() {
    let shares = table("Red,30\nBlue,50\nGreen,20\n");
    let title = |ask: &str| {
        let reading = read(&shares, ask, None);
        let chart = chart(&shares, &reading.spec).chart;
        assert_eq!((chart.x.label.as_str(), chart.y.label.as_str()), ("", ""));
        format!("{ask}: {:?} {:?}", chart.title, reading.assumptions)
    };
    let asks = ["chart", "pie of the shares", "bar chart of votes", "votes", "pie titled \"Colours\""];
    assert_snapshot!(asks.map(title).join("\n"), @r#"
    chart: "" []
    pie of the shares: "Shares" []
    bar chart of votes: "Votes" []
    votes: "Votes" []
    pie titled "Colours": "Colours" []
    "#);
    let alt = |ask: &str| alt_text(&chart(&shares, &read(&shares, ask, None).spec));
    assert_snapshot!(alt("pie"), @"Pie chart. 3 values from 20 to 50. Blue is the largest of 3 parts with 50% of the total. Highest: Blue (50); lowest: Green (20).");
    // Of three columns, one was chosen, which is said.
    let three = table("Red,30,4\nBlue,50,600\nGreen,20,5\n");
    assert_snapshot!(read(&three, "chart", None).assumptions.join(" "), @"Chosen from the data: Column 2 by “Column 1”.");
}

#[test]
fn of_names_those_are_counted_that_come_again() {
    let people = table("Name,Team\nAnn,Red\nBob,Blue\nCat,Red\nDan,Green\nEve,Blue\nFay,Red\n");
    assert_snapshot!(summaries(&people, &["chart", "pie", "bar chart", "bar chart by name"]), @"
    chart
        pie: count by Team | 3 points
    pie
        pie: count by Team | 3 points
    bar chart
        bar: count by Team | 3 points
    bar chart by name
        bar: count by Name | 6 points
    ");
    let menu = table("Item,Price\nSoup,cheap\nSteak,expensive\nSalad,cheap\nCake,fair\n");
    assert_snapshot!(summaries(&menu, &["price by item", "average price", "how many items per price"]), @"
    price by item
        declined: “Price” has no numbers, which this chart needs. No column has numbers; ask for a count instead.
    average price
        declined: “Price” has no numbers, which this chart needs. No column has numbers; ask for a count instead.
    how many items per price
        bar: count by Price | 3 points
    ");
}

#[test]
fn several_bars_and_lines_share_a_chart() {
    let shop = table("Month,Online,Store,Margin\nJan,120,80,12.5\nFeb,130,85,13\nMar,110,95,11\nApr,150,90,14\n");
    let marks = |ask: &str| {
        let resolved = chart(&shop, &read(&shop, ask, None).spec);
        let Data::Categories { series, .. } = &resolved.chart.data else { panic!("no categories: {ask}") };
        let marks = series.iter().map(|series| format!("{} {:?} {:?}", series.name, series.mark, series.axis));
        format!("{ask}\n    {:?}, {}", resolved.chart.options.stack, marks.collect::<Vec<_>>().join(", "))
    };
    let asks = [
        "online and store as bars, margin as a line",
        "bars for online and store, line for margin",
        "margin line over online and store bars",
        "online as bars, store and margin as lines",
        "stacked bars of online and store, margin as a line",
        "online as bars and store as a line",
    ];
    assert_snapshot!(asks.map(marks).join("\n"), @"
    online and store as bars, margin as a line
        None, Online Bar Left, Store Bar Left, Margin Line Right
    bars for online and store, line for margin
        None, Online Bar Left, Store Bar Left, Margin Line Right
    margin line over online and store bars
        None, Online Bar Left, Store Bar Left, Margin Line Right
    online as bars, store and margin as lines
        None, Online Bar Left, Store Line Left, Margin Line Left
    stacked bars of online and store, margin as a line
        Stacked, Online Bar Left, Store Bar Left, Margin Line Right
    online as bars and store as a line
        None, Online Bar Left, Store Line Left
    ");
}

#[test]
fn two_states_of_one_thing_are_compared_and_not_added_up() {
    let budget = table("Category,Planned,Actual\nRent,1200,1200\nFood,450,512\nFun,200,340\n");
    let asks = ["planned vs actual", "planned and actual", "how much did i spend on what", "scatter planned vs actual"];
    assert_snapshot!(summaries(&budget, &asks), @"
    planned vs actual
        bar: Planned, Actual by Category | 6 points
    planned and actual
        bar: Planned, Actual by Category | 6 points
    how much did i spend on what
        bar: Planned, Actual by Category | 6 points
    scatter planned vs actual
        scatter: Actual by Planned | 3 points
    ");
}

#[test]
fn answers_in_words_are_counted_for_each_group() {
    let survey = table(
        "Respondent,Department,Happy with tools\nR1,Sales,Agree\nR2,Sales,Neutral\nR3,Support,Agree\nR4,Support,Agree\nR5,Sales,Agree\n",
    );
    let asks = ["happy with tools by department", "happy with tools", "how many respondents by department"];
    assert_snapshot!(summaries(&survey, &asks), @"
    happy with tools by department
        stacked bar: count by Department and Happy with tools | 3 points
    happy with tools
        bar: count by Happy with tools | 2 points
    how many respondents by department
        bar: count by Department | 2 points
    ");
}

#[test]
fn measurements_of_a_few_hours_are_not_put_into_days() {
    let rows: Vec<String> = (0..12)
        .flat_map(|at| {
            ["web-1", "web-2"]
                .map(|host| format!("2026-11-20 {:02}:{:02},{host},{}", 22 + at / 6, at % 6 * 10, at * 7 % 11))
        })
        .collect();
    let server = table(&format!("Timestamp,Host,Errors\n{}\n", rows.join("\n")));
    let asks = ["errors over time", "when were errors highest", "errors over time by host", "rank hosts by errors"];
    assert_snapshot!(summaries(&server, &asks), @"
    errors over time
        line: sum(Errors) by Timestamp | 12 points
    when were errors highest
        bar: max(Errors) by Timestamp/day_hour | 2 points
    errors over time by host
        line: Errors by Timestamp and Host | 24 points
    rank hosts by errors
        bar: sum(Errors) by Host | sort y desc | 2 points
    ");
}

#[test]
fn an_aggregate_is_about_all_of_a_row_of_values() {
    let game =
        table("Player,Class,Kills,Deaths\nZed,Mage,120,80\nMika,Tank,40,95\nRook,Mage,150,60\nOtto,Tank,55,88\n");
    let asks = [
        "total kills and deaths by class",
        "average kills and deaths per class",
        "total kills by class",
        "total kills and deaths by class as grouped bars",
    ];
    assert_snapshot!(summaries(&game, &asks), @"
    total kills and deaths by class
        bar: sum(Kills), sum(Deaths) by Class | 4 points
    average kills and deaths per class
        bar: avg(Kills), avg(Deaths) by Class | 4 points
    total kills by class
        bar: sum(Kills) by Class | 2 points
    total kills and deaths by class as grouped bars
        bar: sum(Kills), sum(Deaths) by Class | 4 points
    ");
}
