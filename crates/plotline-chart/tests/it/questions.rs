//! Lengths of time as limits, questions about people, proportions of two columns, and periods with their year.

use insta::assert_snapshot;
use plotline_chart::chart::Kind;
use plotline_chart::spec::{ChartSpec, Compare, Filter, Measure, Value};
use plotline_table::Table;

use crate::support::{chart, read, summaries, summary, table};

fn races() -> Table {
    table("Runner,Race Time,Distance (km)\nAda,1:05:10,10\nBo,0:48:30,8\nCy,2:10:00,20\nDi,0:59:59,9\nEd,1:00:00,10\n")
}

fn calls() -> Table {
    table(
        "Agent,Duration (min),Topic\nAnn,75,Billing\nBob,30,Tech\nCat,61,Tech\nDan,60,Billing\nAnn,20,Tech\nAnn,5,Tech\n",
    )
}

fn workouts() -> Table {
    table(
        "Date,Name,Minutes,Workout\n2026-01-05,Ana,45,Run\n2026-01-06,Ben,30,Swim\n2026-01-07,Ana,60,Bike\n\
         2026-01-09,Cleo,95,Run\n2026-01-12,Ben,20,Run\n2026-01-13,Ana,35,Swim\n",
    )
}

#[test]
fn lengths_of_time_are_limits_in_the_unit_of_their_column() {
    let asks = [
        "races longer than an hour",
        "race times of an hour or more",
        "runners with race time above 1 hour",
        "who ran longer than 1:00:00?",
        "runs under 50 minutes",
        "race time between 50 minutes and 1 hour 10 minutes",
        "races between 1 and 2 hours",
    ];
    assert_snapshot!(summaries(&races(), &asks), @"
    races longer than an hour
        bar: Race Time by Runner | Only Race Time > 1 h | 2 points
    race times of an hour or more
        bar: Race Time by Runner | Only Race Time ≥ 1 h | 3 points
    runners with race time above 1 hour
        bar: Race Time by Runner | Only Race Time > 1 h | 2 points
    who ran longer than 1:00:00?
        bar: Race Time by Runner | Only Race Time > 1 h | 2 points
    runs under 50 minutes
        bar: Race Time by Runner | Only Race Time < 50 min | 1 points
    race time between 50 minutes and 1 hour 10 minutes
        bar: Race Time by Runner | Only Race Time is 50 min to 1 h 10 min | 3 points
    races between 1 and 2 hours
        bar: Race Time by Runner | Only Race Time is 1 h to 2 h | 2 points
    ");
    let asks = [
        "calls longer than an hour",
        "calls not longer than half an hour by topic",
        "calls over 1h by topic",
        "calls shorter than 90 minutes per topic",
        "calls longer than an hour and a half",
        "topics with an average duration above half an hour",
    ];
    assert_snapshot!(summaries(&calls(), &asks), @"
    calls longer than an hour
        bar: Duration by Agent | Only Duration > 1 h | 2 points
    calls not longer than half an hour by topic
        bar: count by Topic | Only Duration ≤ 30 min | 1 points
    calls over 1h by topic
        bar: count by Topic | Only Duration > 1 h | 2 points
    calls shorter than 90 minutes per topic
        bar: count by Topic | Only Duration < 90 | 2 points
    calls longer than an hour and a half
        error: Nothing is left to draw where Duration > 1 h 30 min. The columns are Agent, Duration and Topic.
    topics with an average duration above half an hour
        bar: avg(Duration) by Topic | Only Average Duration > 30 | 1 points
    ");
}

#[test]
fn a_length_that_fits_no_column_is_no_limit() {
    let plain = table("Shop,Sales\nA,3\nB,60\nC,90\n");
    assert_snapshot!(summaries(&plain, &["sales over an hour", "sales by shop longer than 2 hours"]), @"
    sales over an hour
        bar: Sales by Shop | 3 points
    sales by shop longer than 2 hours
        bar: Sales by Shop | 3 points
    ");
}

#[test]
fn a_spec_may_compare_with_a_length_of_time() {
    let longer = |value: &str| {
        let mut spec = ChartSpec::new(Kind::Bar).with_x("Runner").with_y(Measure::rows("Race Time"));
        spec.filter = Some(Filter::Compare {
            column: "Race Time".into(),
            op: Compare::GreaterOrEqual,
            value: Value::Text(value.into()),
        });
        chart(&races(), &spec).points.len()
    };
    assert_eq!([longer("1 h"), longer("1:00:00"), longer("60 min"), longer("2h")], [3, 3, 3, 1]);
}

#[test]
fn who_asks_for_people_in_the_order_of_what_they_did() {
    let asks = [
        "who worked out the most?",
        "who worked out the least?",
        "who has the most workouts?",
        "who did the most sessions?",
        "who trained the longest?",
    ];
    assert_snapshot!(summaries(&workouts(), &asks), @"
    who worked out the most?
        bar: sum(Minutes) by Name | sort y desc | 3 points
    who worked out the least?
        bar: sum(Minutes) by Name | sort y asc | 3 points
    who has the most workouts?
        bar: count by Name | sort y desc | 3 points
    who did the most sessions?
        bar: count by Name | sort y desc | 3 points
    who trained the longest?
        bar: sum(Minutes) by Name | sort y desc | 3 points
    ");
    assert_snapshot!(summaries(&races(), &["who was the fastest?", "who is the slowest runner?", "who ran the farthest?"]), @"
    who was the fastest?
        bar: Race Time by Runner | sort y asc | 5 points
    who is the slowest runner?
        bar: Race Time by Runner | sort y desc | 5 points
    who ran the farthest?
        bar: Distance by Runner | sort y desc | 5 points
    ");
}

#[test]
fn a_proportion_of_two_columns_is_declined_with_a_way_out() {
    let shop = table("Month,Online,Store,Returns\nJan,100,80,12\nFeb,120,70,15\nMar,90,60,9\n");
    let asks = [
        "returns as share of online",
        "online as a percentage of store per month",
        "returns divided by online",
        "share of returns by month",
        "online as a percentage of the total by month",
    ];
    assert_snapshot!(summaries(&shop, &asks), @"
    returns as share of online
        declined: “Returns” as a share of “Online” would be a new column, and only columns of the table are drawn. Add it to the table, or ask for both: “Returns and Online”.
    online as a percentage of store per month
        declined: “Online” as a share of “Store” would be a new column, and only columns of the table are drawn. Add it to the table, or ask for both: “Online and Store”.
    returns divided by online
        declined: “Returns” as a share of “Online” would be a new column, and only columns of the table are drawn. Add it to the table, or ask for both: “Returns and Online”.
    share of returns by month
        pie: Returns by Month | 3 points
    online as a percentage of the total by month
        pie: Online by Month | 3 points
    ");
}

#[test]
fn a_year_may_stand_before_its_periods() {
    let posts = table(
        "Posted,Likes\n2022-11-03,12\n2023-01-05,30\n2023-01-20,25\n2023-03-02,60\n2023-07-15,33\n2024-02-01,80\n",
    );
    let asks = ["likes per 2023 month", "likes by 2023 quarter", "likes each 2023 week as bars"];
    assert_snapshot!(summaries(&posts, &asks), @"
    likes per 2023 month
        line: sum(Likes) by Posted/year_month | Only Posted is 2023 | 3 points
    likes by 2023 quarter
        line: sum(Likes) by Posted/quarter | Only Posted is 2023 | 2 points
    likes each 2023 week as bars
        bar: Likes by Posted/week | Only Posted is 2023 | 4 points
    ");
}

#[test]
fn numbers_of_things_that_the_table_has_counted_are_added_up() {
    let survey = table(
        "Question,Answer,Respondents,Share\nFood,Good,40,40%\nFood,Poor,60,60%\nPrice,Good,30,33%\nPrice,Poor,61,67%\n",
    );
    let asks = [
        "how many respondents gave each answer",
        "number of respondents per answer",
        "respondents by question",
        "number of answers per question",
    ];
    assert_snapshot!(summaries(&survey, &asks), @"
    how many respondents gave each answer
        bar: sum(Respondents) by Answer | 2 points
    number of respondents per answer
        bar: sum(Respondents) by Answer | 2 points
    respondents by question
        bar: sum(Respondents) by Question | 2 points
    number of answers per question
        bar: count by Question | 2 points
    ");
}

#[test]
fn a_question_for_the_highest_period_ranks_them_all() {
    let totals = table("Month,Total\nJan,4\nFeb,16\nMar,8\n");
    assert_snapshot!(summary(&totals, "which month had the highest total?", None), @"bar: Total by Month | sort y desc | 3 points");
    assert_snapshot!(summary(&totals, "which month had the lowest total?", None), @"bar: Total by Month | sort y asc | 3 points");
    assert_snapshot!(summary(&totals, "line chart: which month had the highest total?", None), @"line: max(Total) by Month | 3 points");
    let said = read(&totals, "which month had the highest total?", None).assumptions;
    assert!(said.contains(&"Every “Month” is shown, the highest first.".to_owned()), "{said:?}");
    let yearly = table("Year,City,Hotels\n2022,A,4\n2022,B,5\n2023,A,7\n2023,B,1\n2024,A,9\n2024,B,9\n");
    assert_snapshot!(summary(&yearly, "which year had the most hotels", None), @"bar: sum(Hotels) by Year | sort y desc | 3 points");
}
