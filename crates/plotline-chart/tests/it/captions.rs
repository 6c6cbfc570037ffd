//! Captions, alternative text and downloads.

use insta::assert_snapshot;
use plotline_chart::chart::Kind;
use plotline_chart::spec::{ChartSpec, Measure};
use plotline_chart::{SUPPLIED_NOTE, SuppliedTable, alt_text, caption, mark_supplied, supplied_table, to_csv};

use crate::support::{chart, months, people, read, sales, table};

fn captions(table: &plotline_table::Table, asks: &[&str]) -> String {
    let lines = asks.iter().map(|ask| {
        let resolved = chart(table, &read(table, ask, None).spec);
        format!("{ask}\n    {}\n    {}", caption(&resolved), alt_text(&resolved))
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn sales_are_told_from_the_points() {
    let asks = [
        "revenue by region",
        "pie of revenue by product",
        "revenue over time",
        "heatmap of units by region and product",
        "histogram of revenue",
        "boxplot of revenue by region",
        "scatter units sold vs revenue",
        "top 1 regions by revenue",
    ];
    assert_snapshot!(captions(&sales(), &asks), @"
    revenue by region
        Highest: West (39,397); lowest: North (34,260).
        Bar chart: Total Revenue by Region. X axis: Region; y axis: Total Revenue. 3 values from 34,260 to 39,397. Highest: West (39,397); lowest: North (34,260).
    pie of revenue by product
        Gadget is the largest of 2 parts with 50.33% of the total. Highest: Gadget (54,496); lowest: Widget (53,792).
        Pie chart: Total Revenue by Product. 2 values from 53,792 to 54,496. Gadget is the largest of 2 parts with 50.33% of the total. Highest: Gadget (54,496); lowest: Widget (53,792).
    revenue over time
        From 2023-01-05 to 2024-09-07: up from 200 to 1,237. Highest: 2023-05-28 (4,281); lowest: 2023-01-05 (200).
        Line chart: Revenue by Date. X axis: Date; y axis: Revenue. 48 values from 200 to 4,281. From 2023-01-05 to 2024-09-07: up from 200 to 1,237. Highest: 2023-05-28 (4,281); lowest: 2023-01-05 (200).
    heatmap of units by region and product
        Highest: North, Gadget (296); lowest: South, Widget (125).
        Heatmap: Total Units Sold by Region and Product. X axis: Region; colour: Total Units Sold. Series: Widget, Gadget. 6 cells from 125 to 296. Highest: North, Gadget (296); lowest: South, Widget (125).
    histogram of revenue
        The fullest range is 500–1,000 with 9 of 48 values.
        Histogram: Distribution of Revenue. X axis: Revenue; y axis: Count. 9 bins from 2 to 9. The fullest range is 500–1,000 with 9 of 48 values.
    boxplot of revenue by region
        Highest median: West (2,573.5); lowest: South (2,045.5).
        Box plot: Revenue by Region. X axis: Region; y axis: Revenue. 48 values from 200 to 4,281. Highest median: West (2,573.5); lowest: South (2,045.5).
    scatter units sold vs revenue
        Revenue and Units Sold show no clear linear relation (r = 0.0469, 48 points). Highest Revenue: 4,281 at Units Sold 28; lowest: 200 at Units Sold 5.
        Scatter chart: Revenue and Units Sold. X axis: Units Sold; y axis: Revenue. 48 values from 200 to 4,281. Revenue and Units Sold show no clear linear relation (r = 0.0469, 48 points). Highest Revenue: 4,281 at Units Sold 28; lowest: 200 at Units Sold 5.
    top 1 regions by revenue
        West: 39,397.
        Bar chart: Total Revenue by Region. Top 1 of 3. X axis: Region; y axis: Total Revenue. West: 39,397.
    ");
}

#[test]
fn months_are_told_from_the_points() {
    let asks = ["revenue by month", "compare revenue and costs", "costs by month sorted from high to low"];
    assert_snapshot!(captions(&months(), &asks), @"
    revenue by month
        From Jan to Jun: up from 100 to 160. Highest: May (170); lowest: Mar (90).
        Line chart: Revenue by Month. X axis: Month; y axis: Revenue. 6 values from 90 to 170. From Jan to Jun: up from 100 to 160. Highest: May (170); lowest: Mar (90).
    compare revenue and costs
        Highest: May, Revenue (170); lowest: Mar, Costs (60).
        Bar chart: Revenue and Costs by Month. X axis: Month. Series: Revenue, Costs. 12 values from 60 to 170. Highest: May, Revenue (170); lowest: Mar, Costs (60).
    costs by month sorted from high to low
        Highest: May (110); lowest: Mar (60).
        Bar chart: Costs by Month. X axis: Month; y axis: Costs. 6 values from 60 to 110. Highest: May (110); lowest: Mar (60).
    ");
}

#[test]
fn candles_are_told_by_their_closes() {
    let stocks = table(include_str!("../data/stocks.csv"));
    assert_snapshot!(captions(&stocks, &["candlestick chart"]), @"
    candlestick chart
        From 2024-01-02 to 2024-01-04: up from 11 to 11.2.
        Candlestick chart: Open, high, low and close. X axis: Day; y axis: Price. Series: Open, High, Low, Close. 12 values from 9 to 13. From 2024-01-02 to 2024-01-04: up from 11 to 11.2.
    ");
}

#[test]
fn the_download_has_exactly_the_points() {
    let table = sales();
    let resolved = chart(&table, &read(&table, "revenue by region and product as stacked bars", None).spec);
    assert_snapshot!(to_csv(&resolved), @"
    Region,Product,Total Revenue
    North,Widget,14728
    North,Gadget,19532
    South,Widget,15270
    South,Gadget,19361
    West,Widget,23794
    West,Gadget,15603
    ");
}

#[test]
fn formulas_in_the_download_are_only_text() {
    let table = table("Name,Points\n=1+1,3\n\"a,b\",4\n-x,5\n");
    let resolved = chart(&table, &read(&table, "points by name", None).spec);
    assert_snapshot!(to_csv(&resolved), @r#"
    Name,Points
    '=1+1,3
    "a,b",4
    '-x,5
    "#);
}

#[test]
fn supplied_values_are_never_passed_off_as_the_members() {
    let supplied: SuppliedTable = serde_json::from_str(
        r#"{"columns": ["Planet", "Moons"], "rows": [["Mars", 2], ["Earth", 1], ["Venus", null]]}"#,
    )
    .unwrap();
    let table = supplied_table(&supplied).unwrap();
    let mut resolved = chart(&table, &read(&table, "moons by planet", None).spec);
    mark_supplied(&mut resolved);
    assert_eq!(resolved.chart.notes, [SUPPLIED_NOTE]);
    assert_snapshot!(alt_text(&resolved), @"Bar chart: Moons by Planet. The values come from a language model, not from a table. X axis: Planet; y axis: Moons. 2 values from 1 to 2. Highest: Mars (2); lowest: Earth (1).");
}

#[test]
fn supplied_tables_must_be_whole() {
    let ragged: SuppliedTable = serde_json::from_str(r#"{"columns": ["A", "B"], "rows": [[1, 2], [3]]}"#).unwrap();
    assert_snapshot!(supplied_table(&ragged).unwrap_err(), @"Row 2 has 1 values, but there are 2 columns.");
}

#[test]
fn alternative_text_fits_discord_and_keeps_the_note() {
    let long = "x".repeat(300);
    let csv = format!("{long},Value\n{}", (0..40).map(|at| format!("{long}{at},{at}\n")).collect::<String>());
    let table = table(&csv);
    let spec = plotline_chart::spec::ChartSpec::new(plotline_chart::chart::Kind::Bar)
        .with_x(&table.columns[0].name)
        .with_y(plotline_chart::spec::Measure::rows("Value"));
    let mut resolved = chart(&table, &spec);
    mark_supplied(&mut resolved);
    let text = alt_text(&resolved);
    assert!(text.chars().count() <= plotline_chart::ALT_CHARS_MAX);
    assert!(text.contains(SUPPLIED_NOTE));
}

#[test]
fn people_are_told_from_the_points() {
    assert_snapshot!(captions(&people(), &["scatter height vs weight", "number of people per country"]), @"
    scatter height vs weight
        Weight and Height show no clear linear relation (r = 0.349, 16 points). Highest Weight: 93 at Height 190; lowest: 52 at Height 158.
        Scatter chart: Weight and Height. X axis: Height; y axis: Weight. 16 values from 52 to 93. Weight and Height show no clear linear relation (r = 0.349, 16 points). Highest Weight: 93 at Height 190; lowest: 52 at Height 158.
    number of people per country
        Highest: Spain (5); lowest: Japan (3).
        Bar chart: Count by Country. X axis: Country; y axis: Count. 4 values from 3 to 5. Highest: Spain (5); lowest: Japan (3).
    ");
}

/// Prices in one unit and shares in another, by month.
fn two_units() -> plotline_table::Table {
    table("Month,Revenue (USD),Margin (%)\nJan,1200,12\nFeb,1500,18\nMar,1100,9\n")
}

#[test]
fn values_of_a_second_axis_have_its_unit() {
    let asks = [
        "revenue and margin by month on two axes",
        "compare revenue and margin by month",
        "combo chart of revenue and margin by month with a second axis",
    ];
    assert_snapshot!(captions(&two_units(), &asks), @"
    revenue and margin by month on two axes
        Highest: Feb, Revenue ($1,500); lowest: Mar, Revenue ($1,100). Highest: Feb, Margin (18%); lowest: Mar, Margin (9%).
        Line chart: Revenue and Margin by Month. X axis: Month; y axis: Revenue; right axis: Margin. Series: Revenue, Margin. Highest: Feb, Revenue ($1,500); lowest: Mar, Revenue ($1,100). Highest: Feb, Margin (18%); lowest: Mar, Margin (9%).
    compare revenue and margin by month
        Highest: Feb, Revenue ($1,500); lowest: Mar, Revenue ($1,100). Highest: Feb, Margin (18%); lowest: Mar, Margin (9%).
        Bar chart: Revenue and Margin by Month. X axis: Month. Series: Revenue, Margin. Highest: Feb, Revenue ($1,500); lowest: Mar, Revenue ($1,100). Highest: Feb, Margin (18%); lowest: Mar, Margin (9%).
    combo chart of revenue and margin by month with a second axis
        Highest: Feb, Revenue ($1,500); lowest: Mar, Revenue ($1,100). Highest: Feb, Margin (18%); lowest: Mar, Margin (9%).
        Bar and line chart: Revenue and Margin by Month. X axis: Month; y axis: Revenue; right axis: Margin. Series: Revenue, Margin. Highest: Feb, Revenue ($1,500); lowest: Mar, Revenue ($1,100). Highest: Feb, Margin (18%); lowest: Mar, Margin (9%).
    ");
    let mut flat = ChartSpec::new(Kind::Line).with_x("Month").with_y(Measure::rows("Revenue"));
    flat = flat.with_y(Measure { second_axis: true, ..Measure::rows("Margin") });
    let steady = table("Month,Revenue (USD),Margin (%)\nJan,1200,12\nFeb,1500,12\n");
    assert_snapshot!(caption(&chart(&steady, &flat)), @"Highest: Feb, Revenue ($1,500); lowest: Jan, Revenue ($1,200). All 2 values of Margin are 12%.");
}

#[test]
fn lengths_of_time_are_told_as_the_picture_shows_them() {
    let runs = table("Runner,Time\nAda,1:23:45\nBo,1:42:00\nCy,1:31:30\n");
    assert_snapshot!(captions(&runs, &["time by runner"]), @"
    time by runner
        Highest: Bo (1:42:00); lowest: Ada (1:23:45).
        Bar chart: Time by Runner. X axis: Runner; y axis: Time. 3 values from 1:23:45 to 1:42:00. Highest: Bo (1:42:00); lowest: Ada (1:23:45).
    ");
}

#[test]
fn amounts_of_money_have_cents_where_one_has() {
    let bills = table("Month,Cost (EUR)\nJan,1200.5\nFeb,500.25\nMar,700\n");
    let rents = table("City,Rent (EUR)\nRome,1200\nOslo,1900\nLinz,800\n");
    assert_snapshot!(captions(&bills, &["cost by month as bars"]), @"
    cost by month as bars
        Highest: Jan (€1,200.50); lowest: Feb (€500.25).
        Bar chart: Cost by Month. X axis: Month; y axis: Cost. 3 values from €500.25 to €1,200.50. Highest: Jan (€1,200.50); lowest: Feb (€500.25).
    ");
    assert_snapshot!(captions(&rents, &["rent by city"]), @"
    rent by city
        Highest: Oslo (€1,900); lowest: Linz (€800).
        Bar chart: Rent by City. X axis: City; y axis: Rent. 3 values from €800 to €1,900. Highest: Oslo (€1,900); lowest: Linz (€800).
    ");
}

#[test]
fn places_of_scattered_points_are_written_like_other_numbers() {
    let stores = table(
        "Store,Revenue (EUR),Units\nNorth,2400,20\nSouth,1200,12\nEast,1800.5,15\nWest,900,7\nMid,1500,11\nFar,700,6\n",
    );
    assert_snapshot!(captions(&stores, &["scatter of units against revenue, a colour for each store"]), @"
    scatter of units against revenue, a colour for each store
        Units and Revenue rise together (r = 0.976, 6 points). Highest Units: 20 at Revenue €2,400, North; lowest: 6 at Revenue €700, Far.
        Scatter chart: Units and Revenue by Store. X axis: Revenue; y axis: Units. Series: North, South, East, West, Mid, Far. 6 values from 6 to 20. Units and Revenue rise together (r = 0.976, 6 points). Highest Units: 20 at Revenue €2,400, North; lowest: 6 at Revenue €700, Far.
    ");
}
