//! The tool for a language model.

use insta::assert_snapshot;
use plotline_chart::spec::ChartSpec;
use plotline_chart::tool_schema;
use serde_json::json;

use crate::support::{chart, describe, sales};

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
