//! Columns that a request speaks of and that the table does not have.

use plotline_chart::{Outcome, read_request};
use plotline_table::Table;

use crate::support::{read, table};

fn shops() -> Table {
    table("Shop,Town,Visitors,Sales\nA,Ems,10,100\nB,Ems,20,50\nC,Ulm,30,75\nD,Ulm,5,60\n")
}

fn declined(ask: &str) -> String {
    match read_request(ask, &shops(), None) {
        Outcome::Declined(reason) => reason,
        Outcome::Read(reading) => panic!("drew “{ask}”: {:?}", reading.spec),
    }
}

#[test]
fn a_quantity_that_no_column_has_is_declined() {
    let columns = "The columns are Shop, Town, Visitors and Sales.";
    assert_eq!(declined("profit by town"), format!("There is no column “profit”. {columns}"));
    assert_eq!(declined("temperature over time"), format!("There is no column “temperature”. {columns}"));
    assert_eq!(declined("average rainfall per town"), format!("There is no column “rainfall”. {columns}"));
    assert_eq!(declined("mean frobnication by town"), format!("There is no column “frobnication”. {columns}"));
    assert_eq!(declined("sum of weight for each town"), format!("There is no column “weight”. {columns}"));
    assert_eq!(declined("age vs sales"), format!("There is no column “age”. {columns}"));
}

#[test]
fn what_is_no_quantity_is_still_drawn() {
    for ask in [
        "customers by town",
        "total shops by town",
        "deals per town",
        "average sales by town",
        "growth of sales by town",
    ] {
        assert!(matches!(read_request(ask, &shops(), None), Outcome::Read(_)), "{ask}");
    }
}

#[test]
fn a_group_that_no_column_has_is_said() {
    let reading = read(&shops(), "sales by planet", None);
    assert!(reading.assumptions.contains(&"There is no column like “planet”.".to_owned()), "{reading:?}");
    let reading = read(&shops(), "which town has the highest frobnication", None);
    assert!(reading.assumptions.contains(&"There is no column like “frobnication”.".to_owned()), "{reading:?}");
    let reading = read(&shops(), "stress by town", None);
    assert!(reading.assumptions.contains(&"There is no column like “stress”.".to_owned()), "{reading:?}");
    let reading = read(&shops(), "sales by town", None);
    assert!(!reading.assumptions.iter().any(|said| said.contains("no column")), "{reading:?}");
}

#[test]
fn the_only_number_of_a_table_may_be_what_is_meant() {
    let totals = table("Month,Total\nJan,4\nFeb,8\nMar,16\n");
    let reading = read(&totals, "revenue by month", None);
    assert_eq!(reading.spec.y[0].column.as_deref(), Some("Total"));
    let said = "There is no column like “revenue”; “Total” is drawn.".to_owned();
    assert!(reading.assumptions.contains(&said), "{reading:?}");
}
