//! Values of the table as conditions: short ones, several, and what is left out.

use insta::assert_snapshot;
use plotline_table::Table;

use crate::support::{read, summaries, table};

fn deliveries() -> Table {
    table(
        "Van,Zone,Driver,Country,State,Boxes\n1,N,Bob,US,open,4\n2,S,Alice,France,closed,5\n3,E,Bob,Spain,open,6\n\
         4,W,Carmen,US,closed,7\n5,N,Alice,France,open,8\n6,S,Carmen,Spain,closed,9\n",
    )
}

#[test]
fn values_of_one_letter_are_found_where_the_words_lead_to_them() {
    let asks = [
        "boxes for N by driver",
        "boxes by driver except zone S",
        "boxes by zone other than N and S",
        "boxes by driver for zone N",
        "boxes by zone excluding W",
        "boxes by zone, only N and S",
    ];
    assert_snapshot!(summaries(&deliveries(), &asks), @"
    boxes for N by driver
        bar: Boxes by Driver | Only Zone is N | 2 points
    boxes by driver except zone S
        bar: sum(Boxes) by Driver | Only Zone is not S | 3 points
    boxes by zone other than N and S
        bar: Boxes by Zone | Only Zone is not N or S | 2 points
    boxes by driver for zone N
        bar: Boxes by Driver | Only Zone is N | 2 points
    boxes by zone excluding W
        bar: sum(Boxes) by Zone | Only Zone is not W | 3 points
    boxes by zone, only N and S
        bar: sum(Boxes) by Zone | Only Zone is N or S | 2 points
    ");
}

#[test]
fn what_is_excluded_is_left_out() {
    let asks = [
        "boxes by driver, ignore Bob",
        "boxes by driver but not Alice",
        "everything but Alice: boxes by zone",
        "non-US boxes by driver",
        "boxes by driver where country is not France or Spain",
        "only open ones by driver",
        "boxes by driver other than Bob and Alice",
        "unclosed boxes by driver",
        "boxes by driver in all countries but France",
        "non-closed boxes by driver",
    ];
    assert_snapshot!(summaries(&deliveries(), &asks), @"
    boxes by driver, ignore Bob
        bar: sum(Boxes) by Driver | Only Driver is not Bob | 2 points
    boxes by driver but not Alice
        bar: sum(Boxes) by Driver | Only Driver is not Alice | 2 points
    everything but Alice: boxes by zone
        bar: Boxes by Zone | Only Driver is not Alice | 4 points
    non-US boxes by driver
        bar: sum(Boxes) by Driver | Only Country is not US | 3 points
    boxes by driver where country is not France or Spain
        bar: Boxes by Driver | Only Country is not France or Spain | 2 points
    only open ones by driver
        bar: count by Driver | Only State is open | 2 points
    boxes by driver other than Bob and Alice
        bar: sum(Boxes) by Driver | Only Driver is not Bob or Alice | 1 points
    unclosed boxes by driver
        bar: sum(Boxes) by Driver | Only State is not closed | 2 points
    boxes by driver in all countries but France
        bar: sum(Boxes) by Driver | Only Country is not France | 2 points
    non-closed boxes by driver
        bar: sum(Boxes) by Driver | Only State is not closed | 2 points
    ");
}

#[test]
fn an_exclusion_of_something_unknown_is_said() {
    let reading = read(&deliveries(), "boxes by driver without Zed", None);
    let said = "“Zed” is not in the table, so nothing was left out.";
    assert!(reading.assumptions.contains(&said.to_owned()), "{reading:?}");
    let reading = read(&deliveries(), "boxes by driver without Bob", None);
    assert!(!reading.assumptions.iter().any(|said| said.contains("not in the table")), "{reading:?}");
}

#[test]
fn ranges_of_numbers_stand_before_or_behind_their_column() {
    let asks = [
        "deliveries with 5 to 8 boxes by driver",
        "deliveries by driver, boxes 5-8",
        "deliveries by driver for boxes from 5 to 8",
        "deliveries by driver except boxes 5 to 8",
    ];
    assert_snapshot!(summaries(&deliveries(), &asks), @"
    deliveries with 5 to 8 boxes by driver
        bar: count by Driver | Only Boxes is 5 to 8 | 3 points
    deliveries by driver, boxes 5-8
        bar: count by Driver | Only Boxes is 5 to 8 | 3 points
    deliveries by driver for boxes from 5 to 8
        bar: count by Driver | Only Boxes is 5 to 8 | 3 points
    deliveries by driver except boxes 5 to 8
        bar: count by Driver | Only Boxes is not 5 to 8 | 2 points
    ");
}

/// Two columns of moments are called almost as the values of a third.
fn tickets() -> Table {
    table(
        "id,opened,closed,priority,assignee,status,hours\n1,2024-01-02,2024-01-02,high,Ana,closed,2.75\n\
         2,2024-01-02,2024-01-03,low,Bob,closed,24\n3,2024-01-03,,medium,Ana,open,\n4,2024-01-04,2024-01-04,high,Cy,closed,0.7\n\
         5,2024-01-05,2024-01-08,low,Bob,closed,65.25\n6,2024-01-08,,high,Ana,open,\n7,2024-01-09,,low,Cy,open,\n",
    )
}

#[test]
fn values_come_before_names_that_are_only_like_them() {
    let asks = [
        "open tickets by priority",
        "only open tickets, by assignee",
        "closed vs open per assignee",
        "percentage of open tickets per assignee",
        "tickets opened per weekday",
        "tickets closed per day",
        "hours by closed",
    ];
    assert_snapshot!(summaries(&tickets(), &asks), @"
    open tickets by priority
        bar: count by priority | Only status is open | 3 points
    only open tickets, by assignee
        bar: count by assignee | Only status is open | 2 points
    closed vs open per assignee
        stacked bar: count by assignee and status | 5 points
    percentage of open tickets per assignee
        pie: count by assignee | Only status is open | 2 points
    tickets opened per weekday
        bar: count by opened/weekday | 5 points
    tickets closed per day
        bar: count by closed/day | 3 rows without closed left out | 4 points
    hours by closed
        line: hours by closed | 3 rows without closed left out | 4 points
    ");
}

#[test]
fn names_that_are_compared_need_no_capitals() {
    let grades = table("Student,Math,Physics\nAna,88,92\nBob,72,65\nCy,95,97\nDee,60,58\n");
    let asks =
        ["compare ana and bob", "math of ana vs dee", "compare ana with dee in physics", "compare math and physics"];
    assert_snapshot!(summaries(&grades, &asks), @"
    compare ana and bob
        bar: Math, Physics by Student | Only Student is Ana or Bob | 4 points
    math of ana vs dee
        bar: Math by Student | Only Student is Ana or Dee | 2 points
    compare ana with dee in physics
        bar: Physics by Student | Only Student is Ana or Dee | 2 points
    compare math and physics
        bar: Math, Physics by Student | 8 points
    ");
}
