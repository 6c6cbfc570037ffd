//! The tool for a language model.

use insta::assert_snapshot;
use plotline_chart::chart::NumberStyle;
use plotline_chart::spec::ChartSpec;
use plotline_chart::{resolve, tool_schema};
use serde_json::json;

use crate::support::{chart, describe, sales, table};

#[test]
fn the_tool_offers_the_columns_of_the_table() {
    let schema = tool_schema(&sales());
    assert_eq!(
        schema["properties"]["x"]["properties"]["column"]["enum"],
        json!(["Date", "Region", "Product", "Units Sold", "Revenue"])
    );
    assert_snapshot!(schema["description"].as_str().unwrap(), @"Columns: Date (date), Region (text), Product (text), Units Sold (number), Revenue (number).");
}

#[test]
fn a_call_in_the_terms_of_the_schema_is_a_spec() {
    let call = json!({
        "kind": "bar",
        "x": {"column": "Date", "bin": "quarter"},
        "y": [{"column": "Revenue", "aggregate": "sum"}],
        "series": {"column": "Region"},
        "filter": {"and": [
            {"compare": {"column": "Units Sold", "op": "greater", "value": 10}},
            {"not": {"in": {"column": "Region", "values": ["West"]}}},
        ]},
        "sort": {"by": "y", "order": "desc"},
        "limit": {"count": 2, "other": true},
        "options": {"stack": "stacked"},
    });
    let spec: ChartSpec = serde_json::from_value(call.clone()).unwrap();
    assert_snapshot!(describe(&chart(&sales(), &spec)), @"stacked bar: sum(Revenue) by Date/quarter and Region | Only Units Sold > 10 and Region is not West · Top 2 of 7, the rest as Other | sort y desc | 6 points");
    // Every property of the call is one that the schema knows.
    let schema = tool_schema(&sales());
    for name in call.as_object().unwrap().keys() {
        assert!(schema["properties"].get(name).is_some(), "{name} is not in the schema");
    }
}

#[test]
fn every_property_of_the_schema_is_one_of_the_spec() {
    let schema = tool_schema(&sales());
    for name in schema["properties"].as_object().unwrap().keys() {
        let spec: Result<ChartSpec, _> = serde_json::from_value(json!({"kind": "bar", name: "?"}));
        let error =
            if name == "kind" || name == "title" || name == "size" { continue } else { spec.unwrap_err().to_string() };
        assert!(!error.contains("unknown field"), "{name}: {error}");
    }
}

#[test]
fn an_unknown_property_is_refused_with_its_name() {
    let error = serde_json::from_value::<ChartSpec>(json!({"kind": "bar", "colour": "red"})).unwrap_err();
    assert!(error.to_string().contains("unknown field `colour`"), "{error}");
}

#[test]
fn every_period_of_the_schema_is_a_period_of_the_spec() {
    let schema = tool_schema(&sales());
    let periods = schema["properties"]["x"]["properties"]["bin"]["anyOf"][0]["enum"].as_array().unwrap();
    assert!(periods.contains(&serde_json::json!("week")));
    for period in periods {
        serde_json::from_value::<plotline_chart::spec::Bin>(period.clone()).unwrap();
    }
}

#[test]
fn a_wide_table_may_be_folded_by_a_call() {
    let cities = table("Month,Berlin,Paris,Rome\nJan,120,80,40\nFeb,130,85,35\n");
    let schema = tool_schema(&cities);
    assert_eq!(
        schema["properties"]["fold"]["properties"]["columns"]["items"]["enum"],
        json!(["Berlin", "Paris", "Rome"])
    );
    assert_eq!(schema["properties"]["fold"]["required"], json!(["columns", "key", "value"]));
    // The two columns of the fold may be named wherever a column is.
    assert_eq!(schema["properties"]["x"]["properties"]["column"], json!({"$ref": "#/$defs/column"}));
    assert_eq!(schema["$defs"]["column"]["anyOf"][0]["enum"], json!(["Month", "Berlin", "Paris", "Rome"]));
    let call = json!({
        "kind": "bar",
        "fold": {"columns": ["Berlin", "Paris", "Rome"], "key": "City", "value": "Sales"},
        "x": {"column": "City"},
        "y": [{"column": "Sales", "aggregate": "sum"}],
        "sort": {"by": "y", "order": "desc"},
    });
    let spec: ChartSpec = serde_json::from_value(call).unwrap();
    assert_snapshot!(describe(&chart(&cities, &spec)), @"bar: sum(Sales) by City | sort y desc | 3 points");
    // A table with a row for each value has nothing to fold, and a schema without it.
    assert_eq!(tool_schema(&sales())["properties"].get("fold"), None);
}

#[test]
fn a_fold_that_does_not_fit_is_answered_with_the_columns() {
    let cities = table("Month,Berlin,Paris\nJan,120,80\nFeb,130,85\n");
    let refused = |fold: serde_json::Value, x: &str| {
        let call =
            json!({"kind": "bar", "fold": fold, "x": {"column": x}, "y": [{"column": "Sales", "aggregate": "sum"}]});
        let spec: ChartSpec = serde_json::from_value(call).unwrap();
        resolve(&spec, &cities, NumberStyle::CommaPoint).unwrap_err().to_string()
    };
    let unknown = refused(json!({"columns": ["Berlin", "Pariss"], "key": "City", "value": "Sales"}), "City");
    assert_snapshot!(unknown, @"There is no column “Pariss”; did you mean “Paris”? The columns are Month, Berlin and Paris.");
    let words = refused(json!({"columns": ["Berlin", "Month"], "key": "City", "value": "Sales"}), "City");
    assert_snapshot!(words, @"“Month” has no numbers, which a folded value needs. Columns with numbers: Berlin and Paris.");
    let taken = refused(json!({"columns": ["Berlin", "Paris"], "key": "Month", "value": "Sales"}), "Month");
    assert_snapshot!(taken, @"The two columns of a fold need names that no other column has. The columns are Month, Berlin and Paris.");
    let gone = refused(json!({"columns": ["Berlin", "Paris"], "key": "City", "value": "Sales"}), "Berlin");
    assert_snapshot!(gone, @"There is no column “Berlin”. The columns are Month, City and Sales.");
    let missing = serde_json::from_value::<ChartSpec>(json!({"kind": "bar", "fold": {"columns": ["Berlin"]}}));
    assert_snapshot!(missing.unwrap_err().to_string(), @"missing field `key`");
}
