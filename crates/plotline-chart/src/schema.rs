//! The `draw_chart` tool for a language model: the spec as JSON Schema, with the table's columns as the only choices.

use plotline_table::{Column, ColumnKind, Table};
use serde_json::{Value, json};

use crate::ask;
use crate::resolve::columns::is_numeric;

/// The name of the tool.
pub const TOOL_NAME: &str = "draw_chart";

/// A schema lists this many columns at most; a wider table's further columns can still be named.
const COLUMNS_MAX: usize = 100;

/// One column alone is no kind of columns.
const FOLD_COLUMNS_MIN: usize = 2;

/// What the tool does, in a sentence or two for the model.
pub const TOOL_DESCRIPTION: &str = "Draws a chart of the member's table. Choose kind, columns, aggregation, filter, order and \
title; never write values of the table. The values are computed from the table itself.";

/// The JSON Schema of the tool's arguments for this table: a [`crate::spec::ChartSpec`] whose columns are the table's.
pub fn tool_schema(table: &Table) -> Value {
    let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    let numeric: Vec<&str> =
        table.columns.iter().filter(|column| is_numeric(column)).map(|column| column.name.as_str()).collect();
    let foldable = foldable(table);
    let named = one_of(&names, "A column of the table.");
    // With a fold there are two more, which the model names; the choices are then written once.
    let column = if foldable { json!({"$ref": "#/$defs/column"}) } else { named.clone() };
    let described: Vec<String> = table
        .columns
        .iter()
        .take(COLUMNS_MAX)
        .map(|column| {
            let kind = match column.kind {
                ColumnKind::Number => "number",
                ColumnKind::Date => "date",
                ColumnKind::Text => "text",
                ColumnKind::Bool => "truth value",
            };
            match &column.unit {
                Some(unit) => format!("{} ({kind}, {unit})", column.name),
                None => format!("{} ({kind})", column.name),
            }
        })
        .collect();
    let bin = json!({
        "description": "Periods for dates; {\"bins\": 10} or {\"width\": 5} for ranges of numbers.",
        "anyOf": [
            {"type": "string", "enum": ["year", "quarter", "quarter_of_year", "season", "month", "year_month", "week", "weekday", "week_part", "day", "day_of_month", "hour", "day_hour", "minute"]},
            {"type": "object", "properties": {"bins": {"type": "integer", "minimum": 1, "maximum": 200}}, "required": ["bins"], "additionalProperties": false},
            {"type": "object", "properties": {"width": {"type": "number", "exclusiveMinimum": 0}}, "required": ["width"], "additionalProperties": false},
        ],
    });
    let aggregate = json!({
        "type": "string",
        "enum": ["count", "count_distinct", "sum", "avg", "min", "max", "median"],
        "description": "How the rows of one category become one value. Leave out to draw every row by itself.",
    });
    let value = json!({"type": ["number", "string", "boolean"], "description": "Dates in ISO 8601; lengths of time with their unit (\"90 min\")."});
    let dimension = json!({
        "type": "object",
        "properties": {"column": column, "bin": bin},
        "required": ["column"],
        "additionalProperties": false,
    });
    let values = format!("Sum, avg, min, max, median and rows need numbers: {}.", numeric.join(", "));
    let value_column = if foldable { column.clone() } else { one_of(&names, &values) };
    let mut schema = json!({
        "type": "object",
        "description": format!("Columns: {}.", described.join(", ")),
        "properties": {
            "kind": {
                "type": "string",
                "enum": ["bar", "line", "step", "area", "scatter", "bubble", "pie", "donut", "histogram", "box", "violin", "strip", "heatmap", "candlestick", "combo"],
            },
            "x": {
                "type": "object",
                "description": "What lies along the category axis.",
                "properties": {"column": column, "aggregate": aggregate, "bin": bin},
                "additionalProperties": false,
            },
            "y": {
                "type": "array",
                "description": "The values; usually one. A count of rows is {\"aggregate\": \"count\"}.",
                "items": {
                    "type": "object",
                    "properties": {
                        "column": value_column,
                        "aggregate": aggregate,
                        "second_axis": {"type": "boolean"},
                    },
                    "additionalProperties": false,
                },
            },
            "series": with_description(&dimension, "Splits the chart into colours."),
            "group": with_description(&dimension, "One point for each value, for a scatter of aggregates."),
            "size": one_of(&numeric, "The areas of a bubble chart."),
            "filter": {"$ref": "#/$defs/filter"},
            "having": {
                "type": "object",
                "description": "Keeps only aggregated values that fulfil this.",
                "properties": {"op": {"$ref": "#/$defs/op"}, "value": {"type": "number"}},
                "required": ["op", "value"],
                "additionalProperties": false,
            },
            "sort": {
                "type": "object",
                "properties": {"by": {"type": "string", "enum": ["x", "y"]}, "order": {"type": "string", "enum": ["asc", "desc"]}},
                "required": ["by"],
                "additionalProperties": false,
            },
            "limit": {
                "type": "object",
                "properties": {
                    "count": {"type": "integer", "minimum": 1},
                    "other": {"type": "boolean", "description": "Show the rest as one category named Other."},
                },
                "required": ["count"],
                "additionalProperties": false,
            },
            "title": {"type": "string", "maxLength": 120, "description": "A short heading that claims nothing about the values."},
            "options": {
                "type": "object",
                "properties": {
                    "stack": {"type": "string", "enum": ["none", "stacked", "percent"]},
                    "horizontal": {"type": "boolean"},
                    "log": {"type": "boolean"},
                    "cumulative": {"type": "boolean"},
                    "share": {"type": "boolean", "description": "Values as percent of their sum."},
                    "moving_average": {"type": "integer", "minimum": 2, "maximum": 1000},
                    "trend_line": {"type": "boolean"},
                    "bars": {"type": "integer", "minimum": 1, "maximum": 20, "description": "For combo: so many of y, the first ones, are bars."},
                    "small_multiples": {"type": "boolean"},
                },
                "additionalProperties": false,
            },
        },
        "required": ["kind"],
        "additionalProperties": false,
        "$defs": {
            "op": {"type": "string", "enum": ["equal", "not_equal", "less", "less_or_equal", "greater", "greater_or_equal"]},
            "filter": {"anyOf": [
                variant("and", json!({"type": "array", "items": {"$ref": "#/$defs/filter"}})),
                variant("or", json!({"type": "array", "items": {"$ref": "#/$defs/filter"}})),
                variant("not", json!({"$ref": "#/$defs/filter"})),
                variant("compare", record(json!({"column": column, "op": {"$ref": "#/$defs/op"}, "value": value}))),
                variant("between", record(json!({"column": column, "low": value, "high": value}))),
                variant("in", record(json!({"column": column, "values": {"type": "array", "items": value}}))),
                variant("contains", record(json!({"column": column, "text": {"type": "string"}}))),
                variant("is_null", record(json!({"column": column}))),
            ]},
        },
    });
    if foldable {
        schema["properties"]["fold"] = fold(&numeric);
        schema["$defs"]["column"] =
            json!({"anyOf": [named, {"type": "string", "description": "The key or value of the fold."}]});
    }
    schema
}

/// Whether the headers of several columns may be the members of one kind (years, shops): all else is at most one column.
fn foldable(table: &Table) -> bool {
    let numbers: Vec<&Column> = table.columns.iter().filter(|column| column.kind == ColumnKind::Number).collect();
    let others = table.columns.len() - numbers.len();
    numbers.len() >= FOLD_COLUMNS_MIN && (others <= 1 || numbers.iter().all(|column| ask::is_period(&column.name)))
}

fn fold(numeric: &[&str]) -> Value {
    let name =
        |description: &str| json!({"type": "string", "minLength": 1, "maxLength": 60, "description": description});
    json!({
        "type": "object",
        "description": "For a table with a column for each year, shop …: reads these columns as two before all else, one of their headers \
    and one of their numbers. Every other part then names those two (key and value) and no folded column.",
        "properties": {
            "columns": {"type": "array", "minItems": FOLD_COLUMNS_MIN, "items": one_of(numeric, "A column of numbers.")},
            "key": name("What the headers are, for example Year or Shop."),
            "value": name("What the numbers are, for example Sales."),
        },
        "required": ["columns", "key", "value"],
        "additionalProperties": false,
    })
}

fn one_of(names: &[&str], description: &str) -> Value {
    if names.is_empty() || names.len() > COLUMNS_MAX {
        return json!({"type": "string", "description": description});
    }
    json!({"type": "string", "enum": names, "description": description})
}

fn with_description(schema: &Value, description: &str) -> Value {
    let mut schema = schema.clone();
    if let Value::Object(fields) = &mut schema {
        fields.insert("description".to_owned(), json!(description));
    }
    schema
}

/// An object with exactly one key.
fn variant(name: &str, schema: Value) -> Value {
    json!({"type": "object", "properties": {name: schema}, "required": [name], "additionalProperties": false})
}

/// An object all of whose properties are required.
fn record(properties: Value) -> Value {
    let required: Vec<String> =
        properties.as_object().map(|fields| fields.keys().cloned().collect()).unwrap_or_default();
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}
