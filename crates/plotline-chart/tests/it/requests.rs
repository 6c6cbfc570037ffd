//! Requests as members write them, and what is understood.

use insta::assert_snapshot;
use plotline_chart::chart::NumberStyle;
use plotline_chart::{Outcome, read_request, resolve};

use crate::support::{months, people, sales, summaries, table};

#[test]
fn asks_about_sales_over_time_and_regions() {
    let asks = [
        "create a graph",
        "graph this pls",
        "what's the trend?",
        "chart revenue vs date",
        "chart revenue by month",
        "revenue over time",
        "plot revenue over time by region",
        "how does revenue change over time",
        "monthly revenue per region as lines",
        "revenue per quarter as a stacked area chart by region",
        "average revenue by month in 2024",
        "only 2024: revenue by month",
        "compare North and South revenue over time",
        "cumulative revenue over time",
        "line chart of revenue with a 3 month moving average",
        "give me the trend with a trend line for revenue",
        "log scale line of revenue over time",
        "daily revenue",
        "yearly totals",
        "units sold by weekday",
        "revenue by weekday sorted from low to high",
        "number of sales per month in 2023",
        "line graph of units over time for the North region",
        "revenue and units by month with a second axis",
        "show me the revenue in 2023 excluding West",
        "make a nice chart of the revenue!",
        "bin date by month and show the total units as bars",
    ];
    assert_snapshot!(summaries(&sales(), &asks), @"
    create a graph
        line: Units Sold by Date | 48 points
    graph this pls
        line: Units Sold by Date | 48 points
    what's the trend?
        line: Units Sold by Date | 48 points
    chart revenue vs date
        line: Revenue by Date | 48 points
    chart revenue by month
        line: sum(Revenue) by Date/year_month | 21 points
    revenue over time
        line: Revenue by Date | 48 points
    plot revenue over time by region
        line: Revenue by Date and Region | 48 points
    how does revenue change over time
        line: Revenue by Date | 48 points
    monthly revenue per region as lines
        line: sum(Revenue) by Date/year_month and Region | 44 points
    revenue per quarter as a stacked area chart by region
        area: sum(Revenue) by Date/quarter and Region | 21 points
    average revenue by month in 2024
        bar: avg(Revenue) by Date/month | Only Date is 2024 | 9 points
    only 2024: revenue by month
        line: sum(Revenue) by Date/year_month | Only Date is 2024 | 9 points
    compare North and South revenue over time
        line: Revenue by Date and Region | Only Region is North or South | 32 points
    cumulative revenue over time
        line: Revenue by Date | Running total | 48 points
    line chart of revenue with a 3 month moving average
        line: Revenue by Date | moving average | 48 points
    give me the trend with a trend line for revenue
        line: Revenue by Date | trend line | 48 points
    log scale line of revenue over time
        line: Revenue by Date | log | 48 points
    daily revenue
        line: Revenue by Date/day | 48 points
    yearly totals
        line: sum(Units Sold) by Date/year | 2 points
    units sold by weekday
        bar: sum(Units Sold) by Date/weekday | 7 points
    revenue by weekday sorted from low to high
        bar: sum(Revenue) by Date/weekday | sort y asc | 7 points
    number of sales per month in 2023
        bar: count by Date/month | Only Date is 2023 | 12 points
    line graph of units over time for the North region
        line: Units Sold by Date | Only Region is North | 16 points
    revenue and units by month with a second axis
        line: sum(Revenue), sum(Units Sold) (right) by Date/year_month | 42 points
    show me the revenue in 2023 excluding West
        line: Revenue by Date | Only Date is 2023 and Region is not West | 19 points
    make a nice chart of the revenue!
        line: Revenue by Date | 48 points
    bin date by month and show the total units as bars
        bar: sum(Units Sold) by Date/month | 12 points
    ");
}

#[test]
fn asks_about_shares_and_comparisons() {
    let asks = [
        "can you plot sales by region as a donut?",
        "can u make a pie chart of revenue by region",
        "sales per product please",
        "graph of total revenue per region",
        "total revenue per product, horizontal bars, sorted",
        "stacked bar of units by quarter and product",
        "100% stacked bar of revenue by region and product",
        "chart units sold by product and region side by side",
        "heatmap of units by region and product",
        "top 2 regions by revenue",
        "bottom 2 regions by units sold",
        "which region sells the most units?",
        "bar graph comparing regions by units sold",
        "show me revenue by region, biggest first",
        "revenue by region in descending order",
        "revenue by region, but not West",
        "average revenue by region for widgets only",
        "share of revenue by product",
        "percentage of units by product",
        "what share of revenue comes from each region?",
        "avg units sold per product",
        "median revenue per region",
        "min and max revenue by region",
        "how many sales per region?",
        "rows where revenue is at least 3000 by product",
        "revenue between 1000 and 2000 per region",
        "scatter units sold vs revenue",
        "units sold vs revenue, colored by region",
        "histogram of revenue",
        "revenue distribution",
        "distribution of units sold by region",
        "boxplot of revenue by region",
        "show a violin plot of units sold for each region",
        "pie",
        "bar chart please",
    ];
    assert_snapshot!(summaries(&sales(), &asks), @"
    can you plot sales by region as a donut?
        donut: sum(Revenue) by Region | 3 points
    can u make a pie chart of revenue by region
        pie: sum(Revenue) by Region | 3 points
    sales per product please
        bar: sum(Revenue) by Product | 2 points
    graph of total revenue per region
        bar: sum(Revenue) by Region | 3 points
    total revenue per product, horizontal bars, sorted
        bar: sum(Revenue) by Product | sort y desc | horizontal | 2 points
    stacked bar of units by quarter and product
        stacked bar: sum(Units Sold) by Date/quarter and Product | 14 points
    100% stacked bar of revenue by region and product
        100% bar: sum(Revenue) by Region and Product | 6 points
    chart units sold by product and region side by side
        bar: sum(Units Sold) by Product and Region | 6 points
    heatmap of units by region and product
        heatmap: sum(Units Sold) by Region and Product | 6 points
    top 2 regions by revenue
        bar: sum(Revenue) by Region | Top 2 of 3 | sort y desc | 2 points
    bottom 2 regions by units sold
        bar: sum(Units Sold) by Region | Smallest 2 of 3 | sort y asc | 2 points
    which region sells the most units?
        bar: sum(Units Sold) by Region | sort y desc | 3 points
    bar graph comparing regions by units sold
        bar: sum(Units Sold) by Region | 3 points
    show me revenue by region, biggest first
        bar: sum(Revenue) by Region | sort y desc | 3 points
    revenue by region in descending order
        bar: sum(Revenue) by Region | sort y desc | 3 points
    revenue by region, but not West
        bar: sum(Revenue) by Region | Only Region is not West | 2 points
    average revenue by region for widgets only
        bar: avg(Revenue) by Region | Only Product is Widget | 3 points
    share of revenue by product
        pie: sum(Revenue) by Product | 2 points
    percentage of units by product
        pie: sum(Units Sold) by Product | 2 points
    what share of revenue comes from each region?
        pie: sum(Revenue) by Region | 3 points
    avg units sold per product
        bar: avg(Units Sold) by Product | 2 points
    median revenue per region
        bar: median(Revenue) by Region | 3 points
    min and max revenue by region
        bar: min(Revenue), max(Revenue) by Region | 6 points
    how many sales per region?
        bar: count by Region | 3 points
    rows where revenue is at least 3000 by product
        bar: count by Product | Only Revenue ≥ 3000 | 2 points
    revenue between 1000 and 2000 per region
        bar: count by Region | Only Revenue is 1000 to 2000 | 3 points
    scatter units sold vs revenue
        scatter: Revenue by Units Sold | 48 points
    units sold vs revenue, colored by region
        scatter: Revenue by Units Sold and Region | 48 points
    histogram of revenue
        histogram: count by Revenue/{width:500.0} | 9 points
    revenue distribution
        histogram: count by Revenue/{width:500.0} | 9 points
    distribution of units sold by region
        box: Units Sold by Region | 48 points
    boxplot of revenue by region
        box: Revenue by Region | 48 points
    show a violin plot of units sold for each region
        violin: Units Sold by Region | 48 points
    pie
        pie: sum(Units Sold) by Product | 2 points
    bar chart please
        bar: Units Sold by Date | 48 points
    ");
}

#[test]
fn asks_about_a_short_table() {
    let asks = [
        "create a graph",
        "revenue by month",
        "compare revenue and costs",
        "bar chart of revenue and costs per month",
        "what's the trend of revenue?",
        "revenue vs costs scatter",
        "pie chart of costs",
        "line graph",
        "area chart stacked",
        "which month had the highest revenue?",
        "plot costs sorted from high to low",
        "revenue without March",
        "chart both",
    ];
    assert_snapshot!(summaries(&months(), &asks), @"
    create a graph
        line: Revenue, Costs by Month | 12 points
    revenue by month
        line: Revenue by Month | 6 points
    compare revenue and costs
        bar: Revenue, Costs by Month | 12 points
    bar chart of revenue and costs per month
        bar: Revenue, Costs by Month | 12 points
    what's the trend of revenue?
        line: Revenue by Month | 6 points
    revenue vs costs scatter
        scatter: Costs by Revenue | 6 points
    pie chart of costs
        pie: Costs by Month | 6 points
    line graph
        line: Revenue, Costs by Month | 12 points
    area chart stacked
        area: Revenue, Costs by Month | 12 points
    which month had the highest revenue?
        bar: Revenue by Month | sort y desc | 6 points
    plot costs sorted from high to low
        bar: Costs by Month | sort y desc | 6 points
    revenue without March
        line: Revenue by Month | Only Month is not March | 5 points
    chart both
        line: Revenue, Costs by Month | 12 points
    ");
}

#[test]
fn asks_about_people() {
    let asks = [
        "scatter height weight",
        "scatter height vs weight by gender",
        "plot weight against height",
        "what is the correlation between height and weight",
        "bubble chart of height, weight and age",
        "scatterplot of age and weight with trend line",
        "histogram of age",
        "age distribution",
        "histogram of age by gender",
        "how old are they on average per country?",
        "number of women per country",
        "men by country",
        "male vs female",
        "compare men and women by average height",
        "compare the average height of Spain and France",
        "how many people are in each country",
        "how many people are taller than 180 in each country",
        "people older than 50 per country",
        "box plot of weight for each gender",
        "strip plot of age by country",
        "gender breakdown",
        "show the share of each country",
        "average weight by country and gender",
        "number of people by country and gender, stacked",
        "tallest person per country",
        "top 5 oldest people",
        "who is the heaviest?",
        "the 3 countries with the most people",
        "weight by name, top 10",
        "pie of countries",
        "median age of women per country",
        "count by gender",
    ];
    assert_snapshot!(summaries(&people(), &asks), @"
    scatter height weight
        scatter: Weight by Height | 16 points
    scatter height vs weight by gender
        scatter: Weight by Height and Gender | 16 points
    plot weight against height
        scatter: Weight by Height | 16 points
    what is the correlation between height and weight
        scatter: Weight by Height | 16 points
    bubble chart of height, weight and age
        bubble: Weight by Height | Area: Age | 16 points
    scatterplot of age and weight with trend line
        scatter: Weight by Age | trend line | 16 points
    histogram of age
        histogram: count by Age/{width:10.0} | 6 points
    age distribution
        histogram: count by Age/{width:10.0} | 6 points
    histogram of age by gender
        histogram: count by Age/{width:10.0} and Gender | 12 points
    how old are they on average per country?
        bar: avg(Age) by Country | 4 points
    number of women per country
        bar: count by Country | Only Gender is Female | 3 points
    men by country
        bar: count by Country | Only Gender is Male | 3 points
    male vs female
        bar: count by Gender | 2 points
    compare men and women by average height
        bar: avg(Height) by Gender | 2 points
    compare the average height of Spain and France
        bar: avg(Height) by Country | Only Country is Spain or France | 2 points
    how many people are in each country
        bar: count by Country | 4 points
    how many people are taller than 180 in each country
        bar: count by Country | Only Height > 180 | 3 points
    people older than 50 per country
        bar: count by Country | Only Age > 50 | 3 points
    box plot of weight for each gender
        box: Weight by Gender | 16 points
    strip plot of age by country
        strip: Age by Country | 16 points
    gender breakdown
        pie: count by Gender | 2 points
    show the share of each country
        pie: count by Country | 4 points
    average weight by country and gender
        bar: avg(Weight) by Country and Gender | 6 points
    number of people by country and gender, stacked
        stacked bar: count by Country and Gender | 6 points
    tallest person per country
        bar: max(Height) by Country | 4 points
    top 5 oldest people
        bar: Age by Name | Top 5 of 16 | sort y desc | 5 points
    who is the heaviest?
        bar: Weight by Name | sort y desc | 16 points
    the 3 countries with the most people
        bar: count by Country | Top 3 of 4 | sort y desc | 3 points
    weight by name, top 10
        bar: Weight by Name | Top 10 of 16 | sort y desc | 10 points
    pie of countries
        pie: count by Country | 4 points
    median age of women per country
        bar: median(Age) by Country | Only Gender is Female | 3 points
    count by gender
        bar: count by Gender | 2 points
    ");
}

#[test]
fn the_bare_name_of_a_kind_is_a_wish_for_it() {
    let kind = |ask: &str| match read_request(ask, &people(), None) {
        Outcome::Read(reading) => reading.spec.kind,
        Outcome::Declined(reason) => panic!("{ask}: {reason:?}"),
    };
    use plotline_chart::chart::Kind;
    assert_eq!(["bars", "bar", "lines please"].map(kind), [Kind::Bar, Kind::Bar, Kind::Line]);
}

/// What the words call it is no column, and counting months of which each has one row would tell nothing.
#[test]
fn a_number_for_each_period_is_drawn_and_not_counted() {
    let months = table("Name,Amount\nJan,100\nFeb,200\nMar,150");
    let Outcome::Read(reading) = read_request("sales by month", &months, None) else { panic!("it is read") };
    let resolved = resolve(&reading.spec, &months, NumberStyle::CommaPoint).unwrap();
    let values: Vec<_> = resolved.points.iter().map(|point| point.y).collect();
    assert_eq!(values, [Some(100.0), Some(200.0), Some(150.0)]);
}

#[test]
fn superlatives_with_a_number_are_limits() {
    let stock = table(
        "Item,Category,Qty,Unit price\nDesk lamp,Lighting,34,$24.99\nFloor lamp,Lighting,0,$59.00\nOffice chair,Furniture,12,$149.50\n\
         Stool,Furniture,7,$39.90\nNotebook,Paper,220,$2.50\n",
    );
    let asks = [
        "cheapest 3 items",
        "the 2 cheapest items",
        "top 2 cheapest items",
        "the most expensive 2 items",
        "3 most expensive items",
        "most expensive items",
        "cheapest item per category",
        "top 3 items by qty",
    ];
    assert_snapshot!(summaries(&stock, &asks), @"
    cheapest 3 items
        bar: min(Unit price) by Item | Smallest 3 of 5 | sort y asc | 3 points
    the 2 cheapest items
        bar: Unit price by Item | Smallest 2 of 5 | sort y asc | 2 points
    top 2 cheapest items
        bar: Unit price by Item | Smallest 2 of 5 | sort y asc | 2 points
    the most expensive 2 items
        bar: max(Unit price) by Item | Top 2 of 5 | sort y desc | 2 points
    3 most expensive items
        bar: Unit price by Item | Top 3 of 5 | sort y desc | 3 points
    most expensive items
        bar: max(Unit price) by Item | 5 points
    cheapest item per category
        bar: min(Unit price) by Category | 3 points
    top 3 items by qty
        bar: Qty by Item | Top 3 of 5 | sort y desc | 3 points
    ");
}
