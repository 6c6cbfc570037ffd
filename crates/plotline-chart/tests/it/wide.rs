//! Tables with a column for each shop, product or year: the headers are the members of one kind.

use insta::assert_snapshot;
use plotline_chart::ChartError;
use plotline_chart::spec::Fold;
use plotline_chart::{alt_text, caption, resolve};
use plotline_table::Table;

use crate::support::{chart, describe, read, summaries, table};

fn shops() -> Table {
    table("Month,North,South,Harbour\nJan 2024,120,80,40\nFeb 2024,130,85,35\nMar 2024,110,95,45\nApr 2024,150,90,55\n")
}

fn energy() -> Table {
    table("Country,Coal,Gas,Wind,Hydro\nAlbia,50,20,10,5\nBorduria,10,40,30,20\nCagliostro,5,15,60,12\n")
}

/// A table whose columns after the first are called so.
fn headed(csv: &str, headers: &[&str]) -> Table {
    let mut table = table(csv);
    for (column, header) in table.columns.iter_mut().skip(1).zip(headers) {
        (*header).clone_into(&mut column.name);
    }
    table
}

fn years() -> Table {
    headed(
        "Country,a,b,c,d\nJapan,5,5.1,5,4.9\nKenya,0.1,0.1,0.2,0.2\nChile,0.3,0.3,0.2,0.3\n",
        &["2018", "2019", "2020", "2021"],
    )
}

fn quarters() -> Table {
    headed("Team,a,b,c,d\nRed,10,12,14,9\nBlue,8,9,11,13\n", &["Q1", "Q2", "Q3", "Q4"])
}

#[test]
fn all_columns_are_series() {
    let asks = [
        "all stores",
        "line chart of all stores",
        "for each store",
        "sales for each store",
        "compare the stores",
        "stacked area of all three",
        "stacked bar of sales by month",
        "plot all columns",
        "every product",
        "sales by month",
    ];
    assert_snapshot!(summaries(&shops(), &asks), @"
    all stores
        line: North, South, Harbour by Month | 12 points
    line chart of all stores
        line: North, South, Harbour by Month | 12 points
    for each store
        line: North, South, Harbour by Month | 12 points
    sales for each store
        line: North, South, Harbour by Month | 12 points
    compare the stores
        line: North, South, Harbour by Month | 12 points
    stacked area of all three
        area: North, South, Harbour by Month | 12 points
    stacked bar of sales by month
        stacked bar: North, South, Harbour by Month | 12 points
    plot all columns
        line: North, South, Harbour by Month | 12 points
    every product
        line: North, South, Harbour by Month | 12 points
    sales by month
        line: North, South, Harbour by Month | 12 points
    ");
    let asks = [
        "100% stacked bar of energy mix by country",
        "energy mix by country",
        "all sources",
        "compare the countries",
        "coal by country",
        "coal and wind by country",
    ];
    assert_snapshot!(summaries(&energy(), &asks), @"
    100% stacked bar of energy mix by country
        100% bar: Coal, Gas, Wind, Hydro by Country | 12 points
    energy mix by country
        stacked bar: Coal, Gas, Wind, Hydro by Country | 12 points
    all sources
        bar: Coal, Gas, Wind, Hydro by Country | 12 points
    compare the countries
        bar: Coal, Gas, Wind, Hydro by Country | 12 points
    coal by country
        bar: Coal by Country | 3 points
    coal and wind by country
        bar: Coal, Wind by Country | 6 points
    ");
}

#[test]
fn numbered_rows_are_a_course() {
    let weeks = table("Week,Alice,Bob,Carla\n1,10,12,9\n2,11,9,8\n3,14,10,7\n4,12,15,11\n");
    let asks = [
        "line for each person",
        "everyone over time",
        "Alice and Carla by week",
        "Alice vs Bob",
        "who scored the most",
        "average of each member",
        "share of each player",
        "bar chart of week 3",
        "chart",
    ];
    assert_snapshot!(summaries(&weeks, &asks), @"
    line for each person
        line: Alice, Bob, Carla by Week | 12 points
    everyone over time
        line: Alice, Bob, Carla by Week | 12 points
    Alice and Carla by week
        line: Alice, Carla by Week | 8 points
    Alice vs Bob
        line: Alice, Bob by Week | 8 points
    who scored the most
        bar: sum(Value) by Name | sort y desc | 3 points
    average of each member
        bar: avg(Value) by Member | 3 points
    share of each player
        pie: sum(Value) by Player | 3 points
    bar chart of week 3
        bar: Alice, Bob, Carla by Week | Only Week is 3 | 3 points
    chart
        line: Alice, Bob, Carla by Week | 12 points
    ");
}

#[test]
fn values_named_together_lie_along_time() {
    let books = table("Year,Revenue ($),Expenses ($),Margin (%)\n2019,100,80,20\n2020,120,90,25\n2021,90,85,5.5\n");
    let asks = [
        "revenue and expenses",
        "revenue vs expenses",
        "revenue and margin",
        "revenue vs margin",
        "revenue against expenses",
        "all columns",
    ];
    assert_snapshot!(summaries(&books, &asks), @"
    revenue and expenses
        line: Revenue, Expenses by Year | 6 points
    revenue vs expenses
        line: Revenue, Expenses by Year | 6 points
    revenue and margin
        line: Revenue, Margin (right) by Year | 6 points
    revenue vs margin
        scatter: Margin by Revenue | 3 points
    revenue against expenses
        scatter: Revenue by Expenses | 3 points
    all columns
        line: Revenue, Expenses, Margin (right) by Year | 9 points
    ");
    let people = table("Name,Height,Weight\nAnn,170,60\nBob,180,80\nCyd,160,55\n");
    assert_snapshot!(summaries(&people, &["height and weight", "height vs weight"]), @"
    height and weight
        scatter: Weight by Height | 3 points
    height vs weight
        scatter: Weight by Height | 3 points
    ");
}

#[test]
fn one_value_of_each_column_folds_them() {
    let asks = [
        "total per store",
        "average sales by store",
        "which store sold the most",
        "pie of all stores",
        "top 2 stores",
        "heatmap of stores by month",
        "boxplot of all stores",
        "average of all stores",
        "monthly average per store",
        "share of each store by month",
        "grouped bars of north and south",
    ];
    assert_snapshot!(summaries(&shops(), &asks), @"
    total per store
        bar: sum(Value) by Store | 3 points
    average sales by store
        bar: avg(Sales) by Store | 3 points
    which store sold the most
        bar: sum(Value) by Store | sort y desc | 3 points
    pie of all stores
        pie: sum(Value) by Store | 3 points
    top 2 stores
        bar: sum(Value) by Store | Top 2 of 3 | sort y desc | 2 points
    heatmap of stores by month
        heatmap: Value by Month and Store | 12 points
    boxplot of all stores
        box: Value by Store | 12 points
    average of all stores
        line: avg(Value) by Month | 4 points
    monthly average per store
        bar: avg(Value) by Store | 3 points
    share of each store by month
        100% bar: North, South, Harbour by Month | 12 points
    grouped bars of north and south
        bar: North, South by Month | 8 points
    ");
    assert_snapshot!(summaries(&energy(), &["total by source", "pie of energy sources", "donut for Borduria"]), @"
    total by source
        bar: sum(Value) by Source | 4 points
    pie of energy sources
        pie: sum(Value) by Source | 4 points
    donut for Borduria
        donut: Value by Column | Only Country is Borduria | 4 points
    ");
}

#[test]
fn headers_that_are_periods_are_time() {
    let asks = [
        "gdp over the years",
        "line for each country",
        "Japan over time",
        "bar chart of gdp by country",
        "average gdp per country",
        "gdp in 2020 by country",
        "compare 2018 and 2021",
        "line chart",
        "gdp in 2020",
        "trend for each country",
        "Japan and Chile over time",
        "gdp growth",
    ];
    assert_snapshot!(summaries(&years(), &asks), @"
    gdp over the years
        line: Gdp by Year and Country | 12 points
    line for each country
        line: Value by Year and Country | 12 points
    Japan over time
        line: Value by Year | Only Country is Japan | 4 points
    bar chart of gdp by country
        bar: Gdp by Country and Year | 12 points
    average gdp per country
        bar: avg(Gdp) by Country | 3 points
    gdp in 2020 by country
        bar: Gdp by Country | Only Year is 2020 | 3 points
    compare 2018 and 2021
        bar: 2018, 2021 by Country | 6 points
    line chart
        line: Value by Year and Country | 12 points
    gdp in 2020
        bar: Gdp by Country | Only Year is 2020 | 3 points
    trend for each country
        line: Value by Year and Country | 12 points
    Japan and Chile over time
        line: Value by Year and Country | Only Country is Japan or Chile | 8 points
    gdp growth
        line: Gdp by Year and Country | 12 points
    ");
    assert_snapshot!(summaries(&quarters(), &["points per quarter", "Red over the quarters", "Q1 by team", "total by team", "Q1 vs Q3 by team", "stacked bar by quarter", "which quarter had the highest total"]), @"
    points per quarter
        line: Value by Quarter and Team | 8 points
    Red over the quarters
        line: Value by Quarter | Only Team is Red | 4 points
    Q1 by team
        bar: Q1 by Team | 2 points
    total by team
        bar: sum(Value) by Team | 2 points
    Q1 vs Q3 by team
        bar: Q1, Q3 by Team | 4 points
    stacked bar by quarter
        stacked bar: Value by Quarter and Team | 8 points
    which quarter had the highest total
        bar: sum(Value) by Quarter | sort y desc | 4 points
    ");
}

#[test]
fn a_fold_is_said_and_told_from_its_points() {
    let reading = read(&years(), "gdp over the years", None);
    assert_snapshot!(reading.assumptions.join(" "), @"The columns “2018” to “2021” are read as one column, “Year”.");
    let resolved = chart(&years(), &reading.spec);
    assert_snapshot!(format!("{}\n{}", caption(&resolved), alt_text(&resolved)), @"
    Highest: 2019, Japan (5.1); lowest: 2018, Kenya (0.1) and 1 other.
    Line chart: Gdp by Year and Country. X axis: Year; y axis: Gdp. Series: Japan, Kenya, Chile. 12 values from 0.1 to 5.1. Highest: 2019, Japan (5.1); lowest: 2018, Kenya (0.1) and 1 other.
    ");
}

#[test]
fn a_folded_chart_is_changed_in_its_own_words() {
    let first = read(&years(), "gdp over the years", None).spec;
    let next = read(&years(), "only Kenya", Some(&first)).spec;
    assert_snapshot!(describe(&chart(&years(), &next)), @"line: Gdp by Year and Country | Only Country is Kenya | 4 points");
    let kind = read(&years(), "as an area chart instead", Some(&next)).spec;
    assert_snapshot!(describe(&chart(&years(), &kind)), @"area: Gdp by Year and Country | Only Country is Kenya | 4 points");
}

#[test]
fn many_columns_have_a_panel_each() {
    let headers: Vec<String> = (1..=14).map(|plant| format!("Plant {plant}")).collect();
    let row = |year: i32| {
        format!("{year},{}", (1..=14).map(|at| (at * 7 % 30 + 50).to_string()).collect::<Vec<_>>().join(","))
    };
    let csv = format!("Year,{}\n{}\n{}\n{}\n", headers.join(","), row(2020), row(2021), row(2022));
    let plants = table(&csv);
    assert_snapshot!(summaries(&plants, &["all plants"]), @"
    all plants
        line: Plant 1, Plant 2, Plant 3, Plant 4, Plant 5, Plant 6, Plant 7, Plant 8, Plant 9, Plant 10, Plant 11, Plant 12, Plant 13, Plant 14 by Year | small multiples | 42 points
    ");
    let reading = read(&plants, "line chart", None);
    assert_eq!((reading.spec.y.len(), reading.spec.options.small_multiples), (14, true));
    assert_snapshot!(reading.assumptions.join(" "), @"Each of the 14 columns has a panel of its own. Chosen from the data: Plant 1, Plant 2, Plant 3, Plant 4 and 10 more by “Year”.");
    assert_snapshot!(chart(&plants, &reading.spec).chart.title, @"Plant 1, Plant 2, Plant 3, Plant 4 and 10 more by Year");
}

#[test]
fn a_fold_that_does_not_fit_is_refused_in_a_sentence() {
    let refused = |columns: &[&str], key: &str| {
        let mut spec = read(&years(), "gdp over the years", None).spec;
        let columns = columns.iter().map(|name| (*name).to_owned()).collect();
        spec.fold = Some(Fold { columns, key: key.to_owned(), value: "Gdp".to_owned() });
        let error: Result<_, ChartError> = resolve(&spec, &years(), plotline_chart::chart::NumberStyle::CommaPoint);
        error.map(|_| ()).unwrap_err().to_string()
    };
    assert_snapshot!(refused(&["2017"], "Year"), @"There is no column “2017”; did you mean “2019”? The columns are Country, 2018, 2019, 2020 and 2021.");
    assert_snapshot!(refused(&["Country"], "Year"), @"“Country” has no numbers, which a folded value needs. Columns with numbers: 2018, 2019, 2020 and 2021.");
    assert_snapshot!(refused(&["2018", "2018"], "Year"), @"Folding needs one or more columns, each named once. The columns are Country, 2018, 2019, 2020 and 2021.");
    assert_snapshot!(refused(&["2018", "2019"], "Country"), @"The two columns of a fold need names that no other column has. The columns are Country, 2018, 2019, 2020 and 2021.");
}

#[test]
fn two_periods_of_one_measure_are_bars_side_by_side() {
    let asks = ["2018 vs 2021", "2018 and 2021", "2018 vs 2021 by country", "scatter of 2018 vs 2021"];
    assert_snapshot!(summaries(&years(), &asks), @"
    2018 vs 2021
        bar: 2018, 2021 by Country | 6 points
    2018 and 2021
        bar: 2018, 2021 by Country | 6 points
    2018 vs 2021 by country
        bar: 2018, 2021 by Country | 6 points
    scatter of 2018 vs 2021
        scatter: 2018 by 2021 | 3 points
    ");
    assert_snapshot!(summaries(&quarters(), &["q1 vs q4", "correlation of q1 and q4"]), @"
    q1 vs q4
        bar: Q1, Q4 by Team | 4 points
    correlation of q1 and q4
        scatter: Q4 by Q1 | 2 points
    ");
}

#[test]
fn totals_and_rankings_fold_the_columns() {
    let asks = [
        "heatmap",
        "heatmap of sales",
        "heatmap of sales by store",
        "total per month",
        "monthly totals",
        "total sales per month",
        "totals",
        "rank the stores by total",
        "rank the stores from lowest",
        "which store is highest overall",
    ];
    assert_snapshot!(summaries(&shops(), &asks), @"
    heatmap
        heatmap: Value by Month and Column | 12 points
    heatmap of sales
        heatmap: Sales by Month and Column | 12 points
    heatmap of sales by store
        heatmap: Sales by Month and Store | 12 points
    total per month
        line: sum(Value) by Month | 4 points
    monthly totals
        line: sum(Value) by Month | 4 points
    total sales per month
        line: sum(Sales) by Month | 4 points
    totals
        bar: sum(Value) by Column | 3 points
    rank the stores by total
        bar: sum(Value) by Store | sort y desc | 3 points
    rank the stores from lowest
        bar: min(Value) by Store | sort y desc | 3 points
    which store is highest overall
        bar: sum(Value) by Store | sort y desc | 3 points
    ");
    let rounds = table("Player,Round 1,Round 2,Round 3\nAnn,10,12,9\nBob,8,15,11\nCy,14,9,13\n");
    let asks = [
        "leaderboard",
        "rank the players by total",
        "who has the highest total",
        "top 2 players by total",
        "average per round",
        "heatmap",
    ];
    assert_snapshot!(summaries(&rounds, &asks), @"
    leaderboard
        bar: sum(Value) by Player | sort y desc | 3 points
    rank the players by total
        bar: sum(Value) by Player | sort y desc | 3 points
    who has the highest total
        bar: sum(Value) by Player | sort y desc | 3 points
    top 2 players by total
        bar: sum(Value) by Player | Top 2 of 3 | sort y desc | 2 points
    average per round
        bar: avg(Value) by Round | 3 points
    heatmap
        heatmap: Value by Player and Column | 9 points
    ");
}

#[test]
fn headers_without_a_name_are_told_by_themselves() {
    let title = |table: &Table, ask: &str| chart(table, &read(table, ask, None).spec).chart.title;
    let asks = ["total per month", "totals", "total sales per month", "heatmap", "heatmap of sales", "total by store"];
    assert_snapshot!(asks.map(|ask| title(&shops(), ask)).join("\n"), @"
    Total of North, South and Harbour by Month
    Total of North, South and Harbour
    Total Sales of North, South and Harbour by Month
    North, South and Harbour by Month
    Sales of North, South and Harbour by Month
    Total by Store
    ");
    let reading = read(&shops(), "total per month", None);
    assert_snapshot!(reading.assumptions.join(" "), @"The columns “North” to “Harbour” are put together.");
    // Revenue and costs are no parts of one total.
    let business = table("Month,Revenue,Costs\nJan,100,80\nFeb,110,85\nMar,90,70\n");
    assert_eq!(read(&business, "totals", None).spec.fold, None);
}
