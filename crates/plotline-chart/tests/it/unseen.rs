//! Requests in several manners over small tables of everyday subjects; no rule names a word of theirs.

use insta::assert_snapshot;

use crate::support::{summaries, table};

#[test]
fn tickets_are_counted_filtered_and_split() {
    let asks = [
        "tickets by channel",
        "avg first response by agent, quickest first",
        "unresolved tickets per agent",
        "priority breakdown by channel",
        "pie: urgent tickets by agent",
        "Rosa's tickets per weekday",
        "how do response times differ between channels?",
        "resolved tickets that did not come by phone, per agent",
    ];
    assert_snapshot!(summaries(&table(include_str!("../data/unseen/support_tickets.csv")), &asks), @"
    tickets by channel
        bar: count by Channel | 3 points
    avg first response by agent, quickest first
        bar: avg(first_resp_mins) by Agent | sort y asc | 4 points
    unresolved tickets per agent
        bar: count by Agent | Only Resolved is No | 4 points
    priority breakdown by channel
        stacked bar: count by Channel and Priority | 10 points
    pie: urgent tickets by agent
        pie: count by Agent | Only Priority is urgent | 2 points
    Rosa's tickets per weekday
        bar: count by created_at/weekday | Only Agent is Rosa | 4 points
    how do response times differ between channels?
        bar: avg(first_resp_mins) by Channel | 3 points
    resolved tickets that did not come by phone, per agent
        bar: count by Agent | Only Resolved is Yes and Channel is not phone | 4 points
    ");
}

#[test]
fn parcels_have_numbers_that_are_never_added_up() {
    let asks = [
        "parcels per courier",
        "late parcels per depot",
        "how far did each courier drive in total",
        "deliveries per month by depot",
        "parcels heavier than 20 kg per courier",
        "bike vs van: average distance",
        "number of deliveries under 20 km by vehicle",
        "tips in july by courier",
    ];
    assert_snapshot!(summaries(&table(include_str!("../data/unseen/deliveries.csv")), &asks), @"
    parcels per courier
        bar: count by Courier | 3 points
    late parcels per depot
        bar: count by Depot | Only Late is yes | 2 points
    how far did each courier drive in total
        bar: sum(Distance) by Courier | 3 points
    deliveries per month by depot
        stacked bar: count by Delivered On/month and Depot | 5 points
    parcels heavier than 20 kg per courier
        bar: count by Courier | Only Weight > 20 | 2 points
    bike vs van: average distance
        bar: avg(Distance) by Vehicle | 2 points
    number of deliveries under 20 km by vehicle
        bar: count by Vehicle | Only Distance < 20 | 2 points
    tips in july by courier
        bar: sum(Tip) by Courier | Only Delivered On is July | 3 points
    ");
}

#[test]
fn seasons_are_years() {
    let asks = [
        "wheat by season for each farm",
        "average wheat each season over all farms",
        "avg price by farm since 2014",
        "number of seasons with more than 15 frost days per farm",
        "water against price for every farm",
        "do more frost days mean less wheat?",
        "birch and maple water use, season by season",
    ];
    assert_snapshot!(summaries(&table(include_str!("../data/unseen/crop_yields.csv")), &asks), @"
    wheat by season for each farm
        line: Wheat_t by Season and Farm | 15 points
    average wheat each season over all farms
        bar: avg(Wheat_t) by Season | 5 points
    avg price by farm since 2014
        bar: avg(AvgPricePerTon) by Farm | Only Season ≥ 2014 | 3 points
    number of seasons with more than 15 frost days per farm
        bar: count by Farm | Only FrostDays > 15 | 3 points
    water against price for every farm
        scatter: Water_m3 by AvgPricePerTon and Farm | 15 points
    do more frost days mean less wheat?
        scatter: Wheat_t by FrostDays | 15 points
    birch and maple water use, season by season
        line: Water_m3 by Season and Farm | Only Farm is Birch or Maple | 10 points
    ");
}

#[test]
fn spending_is_an_amount() {
    let asks = [
        "pie of spend per category, biggest first",
        "only shared stuff: total by category",
        "what did we spend each month? bars",
        "average amount by payment method",
        "spending by shop but only purchases over 100",
        "biggest single purchase in each category",
        "amount betwen 50 and 150, count by catagory",
    ];
    assert_snapshot!(summaries(&table(include_str!("../data/unseen/household_spend.csv")), &asks), @"
    pie of spend per category, biggest first
        pie: sum(Amount) by Category | sort y desc | 5 points
    only shared stuff: total by category
        bar: sum(Amount) by Category | Only Shared? is Y | 4 points
    what did we spend each month? bars
        bar: sum(Amount) by Date/month | 9 points
    average amount by payment method
        bar: avg(Amount) by Paid with | 3 points
    spending by shop but only purchases over 100
        bar: sum(Amount) by Shop | Only Amount > 100 | 4 points
    biggest single purchase in each category
        bar: max(Amount) by Category | 5 points
    amount betwen 50 and 150, count by catagory
        bar: count by Category | Only Amount is 50 to 150 | 4 points
    ");
}

#[test]
fn experiments_have_groups_and_measures() {
    let asks = [
        "how many plants survived per treatment",
        "height vs leaf count by species",
        "control group only: average leaf count per species",
        "tallest plant of each species",
        "Dr. Ito's samples per treatment",
        "germination days distribution",
    ];
    assert_snapshot!(summaries(&table(include_str!("../data/unseen/lab_results.csv")), &asks), @"
    how many plants survived per treatment
        bar: count by treatment | Only survived is yes | 3 points
    height vs leaf count by species
        scatter: leaf_count by height_cm and species | 20 points
    control group only: average leaf count per species
        bar: avg(leaf_count) by species | Only treatment is control | 2 points
    tallest plant of each species
        bar: max(height_cm) by species | 3 points
    Dr. Ito's samples per treatment
        bar: count by treatment | Only scientist is Dr. Ito | 3 points
    germination days distribution
        histogram: count by germ_days/{width:2.0} | 8 points
    ");
}

#[test]
fn bugs_are_read_in_the_manner_of_a_chat() {
    let asks = [
        "graph how many bugs each dev closed pls",
        "critical issues per dev",
        "number of reopened bugs by component",
        "hitsogram of hours spent",
        "mean hours for minor or major issues per component",
        "bugs per month line",
        "top 3 devs by hours spent",
        "draw something nice",
    ];
    assert_snapshot!(summaries(&table(include_str!("../data/unseen/bugs.csv")), &asks), @"
    graph how many bugs each dev closed pls
        bar: count by AssignedDev | Only Status is closed | 5 points
    critical issues per dev
        bar: count by AssignedDev | Only Severity is critical | 4 points
    number of reopened bugs by component
        bar: count by Component | Only Reopened is yes | 4 points
    hitsogram of hours spent
        histogram: count by hoursSpent/{width:5.0} | 1 row without hoursSpent left out | 5 points
    mean hours for minor or major issues per component
        bar: avg(hoursSpent) by Component | Only Severity is minor or major | 4 points
    bugs per month line
        line: count by OpenedOn/month | 10 points
    top 3 devs by hours spent
        bar: sum(hoursSpent) by AssignedDev | Top 3 of 5 | sort y desc | 3 points
    draw something nice
        line: sum(hoursSpent) by OpenedOn | 19 points
    ");
}
