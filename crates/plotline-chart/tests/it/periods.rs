//! Dates and periods as conditions: what is read, and which rows are left.

use insta::assert_snapshot;
use plotline_table::Table;

use crate::support::{read, summaries, summary, table};

/// Days of two years.
fn rents() -> Table {
    table(
        "Start,Boat,Port,Fee\n2023-02-03,Ada,North,10\n2023-03-11,Bee,South,20\n2023-11-05,Ada,North,40\n\
         2024-01-20,Bee,North,80\n2024-02-01,Ada,South,160\n2024-02-10,Bee,North,320\n2024-03-02,Ada,North,640\n\
         2024-03-15,Bee,South,1280\n2024-05-18,Ada,South,2560\n",
    )
}

fn months() -> Table {
    let rows: Vec<String> = (2021..=2023)
        .flat_map(|year| (1..=12).map(move |month| format!("{year}-{month:02},{}", year - 2000 + month)))
        .collect();
    table(&format!("Month,Guests\n{}\n", rows.join("\n")))
}

fn quarters() -> Table {
    let rows: Vec<String> = [2022, 2023]
        .iter()
        .flat_map(|year| {
            (1..=4).map(move |quarter| format!("Q{quarter} {year},Red,{quarter}\nQ{quarter} {year},Blue,9"))
        })
        .collect();
    table(&format!("Quarter,Team,Points\n{}\n", rows.join("\n")))
}

#[test]
fn a_date_of_several_words_is_one_limit() {
    let asks = [
        "fee by boat after 1 Feb 2024",
        "fee by boat after February 1, 2024",
        "fee by boat since the 1st of February 2024",
        "fee by boat before 2024-03-02",
        "fee by boat until March 2nd 2024",
        "fee by boat up to 2 March 2024",
        "fee by boat on or after 15 March 2024",
        "fee by boat between 1 Feb and 2 March 2024",
        "fee by boat from 2/1/2024 to 3/15/2024",
        "fee by boat from 01.02.2024 until 15.03.2024",
        "fee by boat on 18 May 2024",
        "fee by boat from 2024-02-10 onwards",
        "fee by boat between 1 and 10 February 2024",
        "fee by boat from February 1-10, 2024",
        "fee by boat from the 2nd to the 15th of March",
        "fee by boat in the week of 15 March 2024",
        "fee over 20 since March 2024 by boat",
        "rents that began after 1 Feb 2024 per port",
    ];
    assert_snapshot!(summaries(&rents(), &asks), @"
    fee by boat after 1 Feb 2024
        bar: sum(Fee) by Boat | Only Start > 2024-02-01 | 2 points
    fee by boat after February 1, 2024
        bar: sum(Fee) by Boat | Only Start > 2024-02-01 | 2 points
    fee by boat since the 1st of February 2024
        bar: sum(Fee) by Boat | Only Start ≥ 2024-02-01 | 2 points
    fee by boat before 2024-03-02
        bar: sum(Fee) by Boat | Only Start < 2024-03-02 | 2 points
    fee by boat until March 2nd 2024
        bar: sum(Fee) by Boat | Only Start ≤ 2024-03-02 | 2 points
    fee by boat up to 2 March 2024
        bar: sum(Fee) by Boat | Only Start ≤ 2024-03-02 | 2 points
    fee by boat on or after 15 March 2024
        bar: Fee by Boat | Only Start ≥ 2024-03-15 | 2 points
    fee by boat between 1 Feb and 2 March 2024
        bar: sum(Fee) by Boat | Only Start is 2024-02-01 to 2024-03-02 | 2 points
    fee by boat from 2/1/2024 to 3/15/2024
        bar: sum(Fee) by Boat | Only Start is 2024-02-01 to 2024-03-15 | 2 points
    fee by boat from 01.02.2024 until 15.03.2024
        bar: sum(Fee) by Boat | Only Start is 2024-02-01 to 2024-03-15 | 2 points
    fee by boat on 18 May 2024
        bar: Fee by Boat | Only Start is 2024-05-18 | 1 points
    fee by boat from 2024-02-10 onwards
        bar: sum(Fee) by Boat | Only Start ≥ 2024-02-10 | 2 points
    fee by boat between 1 and 10 February 2024
        bar: Fee by Boat | Only Start is 2024-02-01 to 2024-02-10 | 2 points
    fee by boat from February 1-10, 2024
        bar: Fee by Boat | Only Start is 2024-02-01 to 2024-02-10 | 2 points
    fee by boat from the 2nd to the 15th of March
        bar: sum(Fee) by Boat | Only Start is March 2 to March 15 | 2 points
    fee by boat in the week of 15 March 2024
        bar: Fee by Boat | Only Start is 2024-03-11 to 2024-03-17 | 1 points
    fee over 20 since March 2024 by boat
        bar: count by Boat | Only Fee > 20 and Start ≥ March 2024 | 2 points
    rents that began after 1 Feb 2024 per port
        bar: count by Port | Only Start > 2024-02-01 | 2 points
    ");
}

#[test]
fn a_limit_without_a_year_is_the_latest_in_the_data() {
    let reading = read(&rents(), "fee by boat since 1 March", None);
    assert!(reading.assumptions.contains(&"“March 1” is taken as 2024-03-01, the latest in the data.".to_owned()));
    let asks = ["fee by boat since 1 March", "fee by boat after June", "fee by boat between Feb 1 and Mar 15"];
    assert_snapshot!(summaries(&rents(), &asks), @"
    fee by boat since 1 March
        bar: sum(Fee) by Boat | Only Start ≥ 2024-03-01 | 2 points
    fee by boat after June
        bar: sum(Fee) by Boat | Only Start > June 2023 | 2 points
    fee by boat between Feb 1 and Mar 15
        bar: sum(Fee) by Boat | Only Start is February 1 to March 15 | 2 points
    ");
}

#[test]
fn a_date_that_could_be_read_both_ways_says_how_it_was_read() {
    let reading = read(&rents(), "fee by boat after 3/2/2024", None);
    assert!(reading.assumptions.contains(&"“3/2/2024” is read with the month first: 2024-03-02.".to_owned()));
    let days_first = table("Start,Fee\n25/01/2024,1\n03/02/2024,2\n04/03/2024,4\n");
    let reading = read(&days_first, "fee after 3/2/2024", None);
    assert!(!reading.assumptions.iter().any(|said| said.contains("month first")), "{reading:?}");
    assert_snapshot!(summary(&days_first, "fee after 3/2/2024", None), @"line: Fee by Start | Only Start > 2024-02-03 | 1 points");
}

#[test]
fn lists_and_ranges_of_periods_keep_all_of_their_members() {
    let asks = [
        "guests by month, only 2022 and 2023",
        "guests in Feb and Mar",
        "guests in Feb, Mar or April 2022",
        "guests from February to March",
        "guests from Nov 2021 through Feb 2022",
        "guests from November to February",
        "guests per year, 2022-2023",
        "guests in the first half of 2022",
        "guests in H2 2021",
        "guests per year, second quarter",
        "guests in 2022 or later",
        "guests after 2021",
        "guests by month since 2022",
        "guests by month as of 2023",
    ];
    assert_snapshot!(summaries(&months(), &asks), @"
    guests by month, only 2022 and 2023
        line: Guests by Month | Only Month is 2022 or 2023 | 24 points
    guests in Feb and Mar
        line: Guests by Month | Only Month is February or March | 6 points
    guests in Feb, Mar or April 2022
        line: Guests by Month | Only Month is February 2022 or March 2022 or April 2022 | 3 points
    guests from February to March
        line: Guests by Month | Only Month is February to March | 6 points
    guests from Nov 2021 through Feb 2022
        line: Guests by Month | Only Month is November 2021 to February 2022 | 4 points
    guests from November to February
        line: Guests by Month | Only Month ≥ November or Month ≤ February | 12 points
    guests per year, 2022-2023
        line: sum(Guests) by Month/year | Only Month is 2022 to 2023 | 2 points
    guests in the first half of 2022
        line: Guests by Month | Only Month is January 2022 to June 2022 | 6 points
    guests in H2 2021
        line: Guests by Month | Only Month is July 2021 to December 2021 | 6 points
    guests per year, second quarter
        line: sum(Guests) by Month/year | Only Month is Q2 | 3 points
    guests in 2022 or later
        line: Guests by Month | Only Month ≥ 2022 | 24 points
    guests after 2021
        line: Guests by Month | Only Month > 2021 | 24 points
    guests by month since 2022
        line: Guests by Month | Only Month ≥ 2022 | 24 points
    guests by month as of 2023
        line: Guests by Month | Only Month ≥ 2023 | 12 points
    ");
    let asks =
        ["points by team in Q1 to Q3", "points by team, Q1 and Q2 2023", "points by team in the first half of 2022"];
    assert_snapshot!(summaries(&quarters(), &asks), @"
    points by team in Q1 to Q3
        bar: sum(Points) by Team | Only Quarter is Q1 to Q3 | 2 points
    points by team, Q1 and Q2 2023
        bar: sum(Points) by Team | Only Quarter is Q1 2023 or Q2 2023 | 2 points
    points by team in the first half of 2022
        bar: sum(Points) by Team | Only Quarter is January 2022 to June 2022 | 2 points
    ");
}

#[test]
fn periods_are_left_out_as_well() {
    let asks = [
        "guests per year not 2021",
        "guests per year without 2021 and 2022",
        "guests by year, ignoring January",
        "guests by year, everything but December",
    ];
    assert_snapshot!(summaries(&months(), &asks), @"
    guests per year not 2021
        line: sum(Guests) by Month/year | Only Month is not 2021 | 2 points
    guests per year without 2021 and 2022
        line: sum(Guests) by Month/year | Only Month is not 2021 or 2022 | 1 points
    guests by year, ignoring January
        line: sum(Guests) by Month/year | Only Month is not January | 3 points
    guests by year, everything but December
        line: sum(Guests) by Month/year | Only Month is not December | 3 points
    ");
    assert_snapshot!(summary(&quarters(), "points by team, excluding Q4", None), @"bar: sum(Points) by Team | Only Quarter is not Q4 | 2 points");
    assert_eq!(
        summary(&rents(), "fee by boat, no weekends", None),
        summary(&rents(), "fee by boat without weekends", None)
    );
    assert_snapshot!(summary(&rents(), "fee by boat without weekends", None), @"bar: sum(Fee) by Boat | Only Start is not Saturday to Sunday | 2 points");
}

#[test]
fn periods_are_counted_back_from_the_newest_date() {
    let asks = [
        "fee by boat in the last 2 months",
        "fee by boat, past 30 days",
        "fee by boat over the last 2 weeks",
        "fee by boat this year",
        "fee by boat last year",
        "fee by boat year to date",
        "fee by boat over the past year",
        "fee by boat this quarter",
        "fee by boat last month",
        "fee by boat since last month",
        "fee by boat since last November",
    ];
    assert_snapshot!(summaries(&rents(), &asks), @"
    fee by boat in the last 2 months
        bar: Fee by Boat | Only Start is April 2024 to May 2024 | 1 points
    fee by boat, past 30 days
        bar: Fee by Boat | Only Start is 2024-04-19 to 2024-05-18 | 1 points
    fee by boat over the last 2 weeks
        bar: Fee by Boat | Only Start is 2024-05-05 to 2024-05-18 | 1 points
    fee by boat this year
        bar: sum(Fee) by Boat | Only Start is 2024 | 2 points
    fee by boat last year
        bar: sum(Fee) by Boat | Only Start is 2023 | 2 points
    fee by boat year to date
        bar: sum(Fee) by Boat | Only Start is 2024 | 2 points
    fee by boat over the past year
        bar: sum(Fee) by Boat | Only Start is June 2023 to May 2024 | 2 points
    fee by boat this quarter
        bar: Fee by Boat | Only Start is Q2 2024 | 1 points
    fee by boat last month
        error: Nothing is left to draw where Start is April 2024. The columns are Start, Boat, Port and Fee.
    fee by boat since last month
        bar: Fee by Boat | Only Start ≥ April 2024 | 1 points
    fee by boat since last November
        bar: sum(Fee) by Boat | Only Start ≥ November 2023 | 2 points
    ");
    let reading = read(&rents(), "fee by boat, past 30 days", None);
    let said = "“past 30 days” is counted back from the newest “Start”: 2024-04-19 to 2024-05-18.";
    assert!(reading.assumptions.contains(&said.to_owned()), "{reading:?}");
    let reading = read(&months(), "guests in the last 2 days", None);
    let said = "No column has dates that tell “last 2 days”, so all rows are drawn.";
    assert!(reading.assumptions.contains(&said.to_owned()), "{reading:?}");
    let asks = ["guests in the last 2 years", "last 3 months of guests", "guests in the last 2 days"];
    assert_snapshot!(summaries(&months(), &asks), @"
    guests in the last 2 years
        line: Guests by Month | Only Month is 2022 to 2023 | 24 points
    last 3 months of guests
        line: Guests by Month | Only Month is October 2023 to December 2023 | 3 points
    guests in the last 2 days
        line: Guests by Month | 36 points
    ");
}

#[test]
fn a_column_called_like_a_period_is_no_period() {
    let clubs = table("Club,First year,Last year\nA,1990,2001\nB,1995,2010\nC,1999,2001\n");
    assert_snapshot!(summary(&clubs, "bar chart of the last year of each club", None), @"bar: Last year by Club | 3 points");
}

#[test]
fn times_of_day_and_the_right_one_of_two_dates_are_compared() {
    let visits = table(
        "Opened,Closed,Room\n2024-05-01 09:10,2024-06-01,a\n2024-05-02 11:00,2025-01-03,b\n\
                        2024-07-02 15:30,2025-02-03,b\n",
    );
    let asks = [
        "visits between 9:00 and 12:00 per room",
        "visits after 2 pm per room",
        "visits closed in 2025 per room",
        "visits opened after 1 June 2024 per room",
        "visits in 2024 per room",
    ];
    assert_snapshot!(summaries(&visits, &asks), @"
    visits between 9:00 and 12:00 per room
        bar: count by Room | Only Opened is 09:00 to 12:00 | 2 points
    visits after 2 pm per room
        bar: count by Room | Only Opened > 14:00 | 1 points
    visits closed in 2025 per room
        bar: count by Room | Only Closed is 2025 | 1 points
    visits opened after 1 June 2024 per room
        bar: count by Room | Only Opened > 2024-06-01 | 1 points
    visits in 2024 per room
        bar: count by Room | Only Opened is 2024 | 2 points
    ");
    let reading = read(&visits, "visits in 2024 per room", None);
    assert!(reading.assumptions.contains(&"“2024” is looked for in “Opened”.".to_owned()), "{reading:?}");
}

#[test]
fn a_date_that_is_only_named_is_said_to_be_unknown() {
    let reading = read(&rents(), "fee by boat before Easter", None);
    let said = "“Easter” is no date that the table tells, so nothing was left out.";
    assert!(reading.assumptions.contains(&said.to_owned()), "{reading:?}");
}

#[test]
fn years_and_months_in_two_columns_are_one_time() {
    let months = ["Jan", "Mar", "Jun", "Aug", "Oct", "Dec"];
    let rows: Vec<String> = [2022, 2023]
        .iter()
        .flat_map(|year| months.iter().enumerate().map(move |(at, month)| format!("{month},{year},{at}")))
        .collect();
    let rain = table(&format!("Month,Year,Rain\n{}\n", rows.join("\n")));
    let asks = [
        "rain by month in 2023",
        "rain from June to August 2023",
        "rain in March 2022",
        "rain from Oct 2022 to Mar 2023",
        "rain except December 2023",
    ];
    assert_snapshot!(summaries(&rain, &asks), @"
    rain by month in 2023
        line: Rain by Month | Only Year is 2023 | 6 points
    rain from June to August 2023
        line: Rain by Month | Only Year is 2023 and Month is June to August | 2 points
    rain in March 2022
        line: Rain by Month | Only Year is 2022 and Month is March | 1 points
    rain from Oct 2022 to Mar 2023
        line: Rain by Month | Only (Year is 2022 and Month ≥ October) or (Year is 2023 and Month ≤ March) | 4 points
    rain except December 2023
        line: sum(Rain) by Month | Only not (Year is 2023 and Month is December) | 6 points
    ");
}

#[test]
fn a_month_that_is_a_name_in_the_table_is_that_name() {
    let shifts = table("Day,Who,Hours\n2024-04-02,April,4\n2024-05-02,Ann,5\n2024-04-09,Ann,6\n2024-05-09,April,7\n");
    assert_snapshot!(summaries(&shifts, &["hours for April", "hours in April 2024 by who"]), @"
    hours for April
        line: Hours by Day | Only Who is April | 2 points
    hours in April 2024 by who
        bar: Hours by Who | Only Day is April 2024 | 2 points
    ");
}

#[test]
fn a_period_of_the_words_is_the_column_that_holds_it() {
    let songs = table("Song,Genre,Plays,Released\nA,Pop,10,2019\nB,Pop,20,2020\nC,Jazz,30,2019\nD,Pop,40,2021\n");
    let asks = ["songs per year", "number of songs by year as a line", "average plays per year"];
    assert_snapshot!(summaries(&songs, &asks), @"
    songs per year
        bar: count by Released | 3 points
    number of songs by year as a line
        line: count by Released | 3 points
    average plays per year
        bar: avg(Plays) by Released | 3 points
    ");
}
