//! Which of several tables a request is about.

use plotline_chart::{choose, named_in, named_sheet};
use plotline_table::{Limits, Table, read_text};

const BUDGET: &str = "## Income\n| Source | Amount |\n|---|---|\n| Salary | 3000 |\n| Bonus | 500 |\n\n## Costs\n| Item | Amount |\n|---|---|\n| Rent | 1200 |\n| Food | 400 |\n\n## Staff\n| Team | People |\n|---|---|\n| Ops | 4 |\n| Dev | 9 |\n";

fn tables(text: &str) -> Vec<Table> {
    read_text(text, &Limits::default()).unwrap().tables.into_iter().map(|found| found.table).collect()
}

/// The number of the table, from 1, and what it was assumed by; or why there is none.
fn chosen(text: &str, ask: &str) -> String {
    match choose(&tables(text), ask, None) {
        Ok(choice) => format!("{}: {}", choice.index + 1, choice.reading.assumptions.join(" ")),
        Err(reason) => reason,
    }
}

#[test]
fn a_table_is_named_by_its_place() {
    for ask in [
        "bar chart of the second table",
        "pie of table 2",
        "table #2 as a bar chart",
        "draw the 2nd table",
        "chart table two please",
        "use the second table",
    ] {
        assert_eq!(choose(&tables(BUDGET), ask, None).unwrap().index, 1, "{ask}");
    }
    assert_eq!(choose(&tables(BUDGET), "a pie of the last table", None).unwrap().index, 2);
    assert_eq!(choose(&tables(BUDGET), "the first table as a pie", None).unwrap().index, 0);
}

#[test]
fn a_table_is_named_by_its_title() {
    for ask in [
        "chart the costs",
        "bar chart of the Costs table",
        "pie from \"Costs\"",
        "table named costs as a donut",
        "## Income\n\n## Costs\n\n## Staff\npie of the costs",
    ] {
        assert_eq!(choose(&tables(BUDGET), ask, None).unwrap().index, 1, "{ask}");
    }
}

#[test]
fn a_table_that_is_not_there_is_said() {
    insta::assert_snapshot!(chosen(BUDGET, "chart table 5"), @"There is no table 5; there are 3: “Income”, “Costs”, “Staff”.");
    insta::assert_snapshot!(chosen("", "pie"), @"There is no table in it.");
}

#[test]
fn unnamed_the_one_that_the_words_fit_best_is_chosen_and_said() {
    insta::assert_snapshot!(chosen(BUDGET, "bar chart of people by team"), @"3: There are 3 tables; this is the third, “Staff”.");
    insta::assert_snapshot!(chosen(BUDGET, "## Income\n\n## Costs\n\n## Staff"), @"1: Chosen from the data: Amount by “Source”. There are 3 tables; this is the first, “Income”.");
}

#[test]
fn the_longer_title_is_meant_where_one_holds_the_other() {
    let text = "Sales:\na,b\nx,1\ny,2\n\nSales 2025:\na,b\nx,3\ny,4\n";
    assert_eq!(named_in(&tables(text), "pie of sales 2025"), Some(1));
    assert_eq!(named_in(&tables(text), "pie of the sales table"), Some(0));
}

#[test]
fn a_title_that_is_a_column_or_a_value_elsewhere_names_no_table() {
    let text = "Costs:\nRegion,Amount\nNorth,1\nSouth,2\n\nNorth:\nMonth,Costs\nJan,3\nFeb,4\n";
    assert_eq!(named_in(&tables(text), "costs by month"), None);
    assert_eq!(named_in(&tables(text), "amount in North"), None);
    assert_eq!(named_in(&tables(text), "the North table"), Some(1));
}

#[test]
fn the_tables_of_a_restaurant_are_no_tables_of_the_message() {
    let text = "Table,Guests\n1,4\n2,2\n3,6\n\nItem,Sold\nTea,5\nCake,7\n";
    assert_eq!(named_in(&tables(text), "guests of table 2"), None);
}

#[test]
fn a_conversation_stays_with_its_table_until_another_is_named() {
    let text = "January:\nItem,Sold\nTea,5\nCake,7\n\nFebruary:\nItem,Sold\nTea,9\nCake,3\n";
    let tables = tables(text);
    let first = choose(&tables, "bar chart of sold by item in the second table", None).unwrap();
    assert_eq!(first.index, 1);
    let then = choose(&tables, "as a pie", Some((&first.reading.spec, first.index))).unwrap();
    assert_eq!((then.index, then.reading.spec.kind), (1, plotline_chart::chart::Kind::Pie));
    let back = choose(&tables, "the same for the first table", Some((&then.reading.spec, then.index))).unwrap();
    assert_eq!((back.index, back.reading.spec.kind), (0, plotline_chart::chart::Kind::Pie));
}

#[test]
fn a_sheet_is_named_by_its_name_or_place() {
    let sheets = ["Sales".to_owned(), "Staff".to_owned(), "Costs 2026".to_owned()];
    let read = tables("Region,Revenue\nNorth,5\nSouth,7\n");
    let named = |ask: &str| named_sheet(ask, &sheets, &read);
    assert_eq!(named("pie of the sheet named staff by team"), Some((1, "pie by team".to_owned())));
    assert_eq!(named("pie of the Staff sheet"), Some((1, "pie".to_owned())));
    assert_eq!(named("chart staff"), Some((1, "chart staff".to_owned())));
    assert_eq!(named("chart the third sheet"), Some((2, "chart".to_owned())));
    assert_eq!(named("bar chart of costs 2026"), Some((2, "bar chart".to_owned())));
    assert_eq!(named("revenue by region"), None);
    assert_eq!(named("chart sheet 9"), None);
}

#[test]
fn a_sheet_called_like_a_word_of_requests_is_named_only_as_a_sheet() {
    let sheets = ["Sales".to_owned(), "Chart".to_owned(), "Months".to_owned()];
    let read = tables("Region,Revenue\nNorth,5\nSouth,7\n");
    assert_eq!(named_sheet("bar chart of revenue by region", &sheets, &read), None);
    assert_eq!(named_sheet("revenue over the months", &sheets, &read), None);
    assert_eq!(named_sheet("draw the chart sheet", &sheets, &read).map(|(index, _)| index), Some(1));
}
