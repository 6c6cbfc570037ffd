//! The model's side of a chart: the tool that it is offered, and what becomes of its call.

use plotline_chart::spec::ChartSpec;
use plotline_chart::{SuppliedTable, TOOL_DESCRIPTION, TOOL_NAME, supplied_table, tool_schema};
use plotline_model::Tool;
use plotline_table::Table;
use serde::Deserialize;
use serde_json::{Value, json};

use super::chart::Material;

/// Rows of a table that the model is shown; the values of the chart come from the table itself.
const ROWS_SHOWN: usize = 8;

/// What the tool does where the member gave no table.
const SUPPLY_DESCRIPTION: &str = "Draws a chart of values that you supply, because the member gave no table. Use it only when the \
member asks for a chart and you know the values well; the chart says that they come from you.";

/// A call that passed: the chart, and the table that it is drawn from.
pub(super) struct Called {
    pub(super) spec: ChartSpec,
    pub(super) table: Table,
    /// The values are the model's own.
    pub(super) supplied: bool,
}

/// The tool for this question, if a chart can come of it: over the member's columns, or, where a chart is asked for and there is no
/// table, over values that the model supplies.
pub(super) fn tool(material: &Material) -> Option<Tool> {
    let (description, parameters) = match material.tables.first() {
        Some(_) => (TOOL_DESCRIPTION, tool_schema(material.table_in_question()?)),
        None if material.asks_for_chart() => (SUPPLY_DESCRIPTION, supply_schema()),
        None => return None,
    };
    Some(Tool { name: TOOL_NAME.to_owned(), description: description.to_owned(), parameters })
}

/// Reads the arguments of a call.
///
/// # Errors
/// A sentence for the model, which may then mend its call.
pub(super) fn read(arguments: &str, material: &Material) -> Result<Called, String> {
    let table = material.table_in_question();
    let value: Value =
        serde_json::from_str(arguments).map_err(|error| format!("The arguments are not JSON: {error}."))?;
    if let Some(table) = table {
        let spec =
            serde_json::from_value(value).map_err(|error| format!("The arguments do not fit the schema: {error}."))?;
        return Ok(Called { spec, table: table.clone(), supplied: false });
    }
    let supply: Supply =
        serde_json::from_value(value).map_err(|error| format!("The arguments do not fit the schema: {error}."))?;
    Ok(Called { spec: supply.chart, table: supplied_table(&supply.table)?, supplied: true })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Supply {
    table: SuppliedTable,
    chart: ChartSpec,
}

fn supply_schema() -> Value {
    let column = json!({"type": "string", "description": "One of the table's columns."});
    json!({
        "type": "object",
        "properties": {
            "table": {
                "type": "object",
                "properties": {
                    "columns": {"type": "array", "items": {"type": "string"}, "minItems": 1},
                    "rows": {"type": "array", "minItems": 1, "items": {"type": "array", "items": {"type": ["number", "string", "null"]}}},
                },
                "required": ["columns", "rows"],
                "additionalProperties": false,
            },
            "chart": {
                "type": "object",
                "properties": {
                    "kind": {"type": "string", "enum": ["bar", "line", "area", "scatter", "pie", "donut"]},
                    "title": {"type": "string"},
                    "x": {"type": "object", "properties": {"column": column}, "required": ["column"], "additionalProperties": false},
                    "y": {"type": "array", "items": {"type": "object", "properties": {"column": column}, "required": ["column"], "additionalProperties": false}},
                    "series": {"type": "object", "properties": {"column": column}, "required": ["column"], "additionalProperties": false},
                },
                "required": ["kind", "x", "y"],
                "additionalProperties": false,
            },
        },
        "required": ["table", "chart"],
        "additionalProperties": false,
    })
}

/// What the model is told about the table: its columns as they were read and its first rows.
pub(super) fn describe(material: &Material) -> Option<String> {
    let table = material.table_in_question()?;
    let columns: Vec<String> = table
        .columns
        .iter()
        .map(|column| match &column.unit {
            Some(unit) => format!("{} [{unit}]", column.name),
            None => column.name.clone(),
        })
        .collect();
    let rows = (0..table.row_count().min(ROWS_SHOWN)).map(|row| {
        table
            .columns
            .iter()
            .filter_map(|column| column.texts.get(row))
            .map(|text| text.as_ref())
            .collect::<Vec<_>>()
            .join(" | ")
    });
    let mut lines =
        vec![format!("The member's table as it was read ({} rows):", table.row_count()), columns.join(" | ")];
    lines.extend(rows);
    if table.row_count() > ROWS_SHOWN {
        lines.push("…".to_owned());
    }
    Some(lines.join("\n"))
}
