//! Periods that are set against each other, seasons, the latest rows, what is counted already, and what nothing matches.

use insta::assert_snapshot;
use plotline_chart::spec::ChartSpec;
use plotline_chart::tool_schema;
use plotline_table::Table;
use serde_json::json;

use crate::support::{chart, read, summaries, table};

/// Weekdays and weekends of two years.
fn days() -> Table {
    table(
        "Date,Channel,Messages,Joins,Leaves\n\
         2023-01-07,general,10,1,2\n\
         2023-01-09,memes,20,2,1\n\
         2023-03-11,general,30,3,0\n\
         2023-07-01,memes,40,4,4\n\
         2023-07-03,general,50,5,1\n\
         2023-12-25,memes,60,6,2\n\
         2024-01-06,general,70,7,3\n\
         2024-01-08,memes,80,8,5\n\
         2024-03-09,general,90,9,1\n\
         2024-06-15,memes,100,10,2\n\
         2024-07-08,general,110,11,6\n\
         2024-07-16,memes,120,12,7\n",
    )
}

/// Numbers of things whose names have no `s`.
fn counts() -> Table {
    table(
        "Town,County,People,Children,Sheep\n\
         Ash,Kent,1200,200,50\n\
         Bow,Devon,800,120,900\n\
         Cam,Kent,2000,500,10\n\
         Dun,Fife,640,90,4000\n",
    )
}

/// Answers of two questions, one of them to both.
fn votes() -> Table {
    table(
        "Question,Answer,Votes\n\
         Lunch,Pizza,12\n\
         Lunch,Salad,7\n\
         Lunch,Soup,4\n\
         Game,Chess,9\n\
         Game,Go,11\n\
         Game,Pizza,2\n",
    )
}

/// Users, of whom some are bots.
fn members() -> Table {
    table(
        "User,Is Bot,Messages\n\
         ada,no,10\n\
         bot-a,yes,90\n\
         cleo,no,30\n\
         bot-b,yes,70\n",
    )
}

fn said(table: &Table, ask: &str) -> String {
    read(table, ask, None).assumptions.join(" ")
}

#[test]
fn compared_periods_are_series_over_what_comes_round_in_them() {
    let asks = [
        "compare 2023 and 2024 by month",
        "2023 vs 2024 monthly messages",
        "joins this year vs last year by quarter",
        "messages by channel, 2023 vs 2024",
        "messages 2023 compared to 2024",
        "compare January 2023 to January 2024",
        "compare January and July joins by channel",
        "messages on weekdays vs weekends",
        "summer vs winter messages",
        "messages per channel from 2023 to 2024",
        "joins vs leaves by month",
        "joins vs leaves",
    ];
    assert_snapshot!(summaries(&days(), &asks), @r#"
    compare 2023 and 2024 by month
        line: sum(Messages) by Date/month and Date/year | Only Date is 2023 or 2024 | 8 points
    2023 vs 2024 monthly messages
        line: sum(Messages) by Date/month and Date/year | Only Date is 2023 or 2024 | 8 points
    joins this year vs last year by quarter
        bar: sum(Joins) by Date/quarter_of_year and Date/year | Only Date is 2024 or 2023 | 6 points
    messages by channel, 2023 vs 2024
        bar: sum(Messages) by Channel and Date/year | Only Date is 2023 or 2024 | 4 points
    messages 2023 compared to 2024
        bar: sum(Messages) by Date/year | Only Date is 2023 or 2024 | 2 points
    compare January 2023 to January 2024
        bar: sum(Messages) by Date/year_month | Only Date is January 2023 or January 2024 | 2 points
    compare January and July joins by channel
        bar: sum(Joins) by Channel and Date/month | Only Date is January or July | 4 points
    messages on weekdays vs weekends
        bar: sum(Messages) by Date/week_part | 2 points
    summer vs winter messages
        bar: sum(Messages) by Date/season | Only Date is June to August or (Date ≥ December or Date ≤ February) | 2 points
    messages per channel from 2023 to 2024
        bar: sum(Messages) by Channel | Only Date is 2023 to 2024 | 2 points
    joins vs leaves by month
        line: sum(Joins), sum(Leaves) by Date/year_month | 16 points
    joins vs leaves
        scatter: Leaves by Joins | 12 points
    "#);
}

#[test]
fn seasons_and_open_beginnings_are_conditions() {
    let asks = [
        "joins in summer by channel",
        "messages by channel in winter 2023",
        "messages by channel last summer",
        "joins per season",
        "messages in spring and summer by channel",
        "weekday messages by channel",
        "messages by weekday",
        "messages by channel from July",
    ];
    assert_snapshot!(summaries(&days(), &asks), @r#"
    joins in summer by channel
        bar: sum(Joins) by Channel | Only Date is June to August | 2 points
    messages by channel in winter 2023
        bar: sum(Messages) by Channel | Only Date is December 2023 to February 2024 | 2 points
    messages by channel last summer
        bar: sum(Messages) by Channel | Only Date is June 2024 to August 2024 | 2 points
    joins per season
        bar: sum(Joins) by Date/season | 3 points
    messages in spring and summer by channel
        bar: sum(Messages) by Channel | Only Date is March to May or Date is June to August | 2 points
    weekday messages by channel
        bar: sum(Messages) by Channel | Only Date is Monday to Friday | 2 points
    messages by weekday
        bar: sum(Messages) by Date/weekday | 3 points
    messages by channel from July
        bar: Messages by Channel | Only Date ≥ July 2024 | 2 points
    "#);
}

#[test]
fn the_latest_rows_are_limited_by_their_date() {
    let asks = [
        "oldest 3 rows",
        "joins of the last 4 entries",
        "joins of the last 2 entries in memes",
        "joins of the last 4 days",
    ];
    assert_snapshot!(summaries(&days(), &asks), @r#"
    oldest 3 rows
        line: Messages, Joins by Date | Only Date ≤ 2023-03-11 | 6 points
    joins of the last 4 entries
        line: Joins by Date | Only Date ≥ 2024-03-09 | 4 points
    joins of the last 2 entries in memes
        line: Joins by Date | Only Channel is memes and Date ≥ 2024-06-15 | 2 points
    joins of the last 4 days
        line: Joins by Date | Only Date is 2024-07-13 to 2024-07-16 | 1 points
    "#);
}

#[test]
fn nouns_without_an_s_add_up_what_is_counted() {
    let asks = [
        "number of people by county",
        "number of children by county",
        "how many sheep live in each county",
        "number of towns by county",
    ];
    assert_snapshot!(summaries(&counts(), &asks), @r#"
    number of people by county
        bar: sum(People) by County | 3 points
    number of children by county
        bar: sum(Children) by County | 3 points
    how many sheep live in each county
        bar: sum(Sheep) by County | 3 points
    number of towns by county
        bar: count by County | 3 points
    "#);
}

#[test]
fn the_only_value_of_a_condition_is_no_axis() {
    let asks = ["votes for pizza", "votes for lunch", "votes for each answer"];
    assert_snapshot!(summaries(&votes(), &asks), @r#"
    votes for pizza
        bar: Votes by Question | Only Answer is Pizza | 2 points
    votes for lunch
        bar: Votes by Answer | Only Question is Lunch | 3 points
    votes for each answer
        bar: sum(Votes) by Answer | 5 points
    "#);
}

#[test]
fn excluded_truths_need_no_noun() {
    let asks =
        ["messages per user excluding bots", "top 2 users by messages without bots", "top 2 chatters excluding bots"];
    assert_snapshot!(summaries(&members(), &asks), @r#"
    messages per user excluding bots
        bar: Messages by User | Only Is Bot is no | 2 points
    top 2 users by messages without bots
        bar: Messages by User | Only Is Bot is no | sort y desc | 2 points
    top 2 chatters excluding bots
        bar: Messages by User | Only Is Bot is no | sort y desc | 2 points
    "#);
}

#[test]
fn what_was_taken_for_granted_is_said() {
    let days = days();
    assert!(said(&days, "joins in summer by channel").contains("northern hemisphere: June to August"));
    assert!(said(&days, "messages by channel from July").contains("“from July” is taken as from then on"));
    assert!(said(&days, "messages on weekdays vs weekends").contains("Five weekdays are set against the two days"));
    assert!(said(&days, "joins of the last 4 entries").contains("The 4 newest rows are chosen by “Date”"));
}

#[test]
fn a_condition_that_nothing_matches_is_said() {
    let days = days();
    for (ask, word) in [
        ("messages by channel in #random", "random"),
        ("messages by channel where channel is lounge", "lounge"),
        ("messages by month for Zork", "Zork"),
        ("messages by month for \"Zork\"", "Zork"),
        ("joins per month of the Wizards", "Wizards"),
        ("only gold messages by channel", "gold"),
        ("messages by month for channel lounge", "lounge"),
        ("messages by month in berlin", "berlin"),
        ("messages by channel for Discord Nitro", "Discord Nitro"),
        ("messages by channel, just the owners", "owners"),
        ("messages by channel except Owner", "Owner"),
        ("joins from users by month", "users"),
    ] {
        let said = said(&days, ask);
        assert!(said.contains(&format!("“{word}” is no")), "{ask}: {said}");
    }
}

#[test]
fn words_that_are_no_values_are_not_missed() {
    let days = days();
    for ask in [
        "messages by channel in one chart for me",
        "messages by channel in descending order",
        "a bar chart for showing the joins by channel",
        "messages by channel in 2023",
        "messages by channel for January only",
        "joins in total per channel",
        "messages in general by month",
        "joins for members living somewhere by channel",
    ] {
        assert!(!said(&days, ask).contains("filtered by it"), "{ask}: {}", said(&days, ask));
    }
}

fn points(table: &Table, spec: &ChartSpec) -> String {
    let points = chart(table, spec).points;
    let words: Vec<String> = points
        .iter()
        .map(|point| {
            let series = point.series.as_deref().map(|series| format!(" {series}")).unwrap_or_default();
            format!("{}{series}: {}", point.x, point.y.map_or("-".to_owned(), |y| y.to_string()))
        })
        .collect();
    words.join(", ")
}

#[test]
fn months_of_two_years_stand_beside_each_other() {
    let days = days();
    let spec = read(&days, "compare 2023 and 2024 by month", None).spec;
    assert_snapshot!(points(&days, &spec), @"January 2023: 30, January 2024: 150, March 2023: 30, March 2024: 90, June 2024: 100, July 2023: 90, July 2024: 230, December 2023: 60");
    assert_snapshot!(chart(&days, &spec).chart.title, @"Total Messages by month and year");
    assert_eq!(chart(&days, &spec).chart.legend_title.as_deref(), Some("year"));
}

#[test]
fn periods_that_come_round_again_are_bins_of_a_spec() {
    let days = days();
    let schema = tool_schema(&days)["properties"]["x"]["properties"]["bin"].to_string();
    let of = |bin: &str| {
        assert!(schema.contains(&format!("\"{bin}\"")), "{bin} is not in the schema");
        let spec: ChartSpec = serde_json::from_value(json!({
            "kind": "bar",
            "x": {"column": "Date", "bin": bin},
            "y": [{"column": "Messages", "aggregate": "sum"}],
        }))
        .unwrap();
        points(&days, &spec)
    };
    assert_snapshot!(of("quarter_of_year"), @"Q1: 300, Q2: 100, Q3: 320, Q4: 60");
    assert_snapshot!(of("season"), @"Spring: 120, Summer: 420, Winter: 240");
    assert_snapshot!(of("week_part"), @"Weekdays: 440, Weekend: 340");
}
