//! Why a chart cannot be drawn, in a sentence for the member.

use plotline_table::Table;
use thiserror::Error;

/// A name in a sentence is cut after this many characters, so that a pasted page does not become an error message.
const NAME_CHARS_MAX: usize = 60;
/// A sentence lists this many columns at most.
const COLUMNS_LISTED_MAX: usize = 25;
/// How alike (Jaro–Winkler, 0 to 1) a name must be to be suggested.
const SUGGESTION_LIKENESS_MIN: f64 = 0.75;

/// Why a spec cannot be resolved against a table. The text is one clear sentence or two, ready to be shown.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum ChartError {
    /// A column that the table does not have.
    #[error("There is no column “{name}”{} The columns are {columns}.", hint(.suggestion.as_deref()))]
    UnknownColumn {
        /// As it was asked for.
        name: String,
        /// The most alike, if any is.
        suggestion: Option<String>,
        /// All columns, ready to be read.
        columns: String,
    },
    /// Nothing is left to draw.
    #[error("Nothing is left to draw{}. The columns are {columns}.", condition(.filter))]
    Empty {
        /// The filter in words; empty where there is none.
        filter: String,
        /// All columns, ready to be read.
        columns: String,
    },
    /// A number is needed where the column has none.
    #[error("“{column}” has no numbers, which {purpose} needs. {}", numeric_columns(.numeric))]
    NotNumeric {
        /// The column.
        column: String,
        /// What needs the number: `an average`, `a scatter chart` …
        purpose: &'static str,
        /// The numeric columns, ready to be read.
        numeric: String,
    },
    /// Parts that do not go together.
    #[error("{reason} The columns are {columns}.")]
    Impossible {
        /// A whole sentence.
        reason: String,
        /// All columns, ready to be read.
        columns: String,
    },
}

impl ChartError {
    pub(crate) fn unknown_column(table: &Table, name: &str) -> Self {
        let lower = name.to_lowercase();
        let suggestion = table
            .columns
            .iter()
            .map(|column| (strsim::jaro_winkler(&lower, &column.name.to_lowercase()), &column.name))
            .filter(|(likeness, _)| *likeness >= SUGGESTION_LIKENESS_MIN)
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, name)| cut(name));
        Self::UnknownColumn { name: cut(name), suggestion, columns: columns(table) }
    }

    pub(crate) fn impossible(table: &Table, reason: impl Into<String>) -> Self {
        Self::Impossible { reason: reason.into(), columns: columns(table) }
    }

    pub(crate) fn not_numeric(table: &Table, column: &str, purpose: &'static str) -> Self {
        let numeric = list(
            table.columns.iter().filter(|c| c.kind == plotline_table::ColumnKind::Number).map(|c| c.name.as_str()),
        );
        Self::NotNumeric { column: cut(column), purpose, numeric }
    }
}

fn hint(suggestion: Option<&str>) -> String {
    suggestion.map_or_else(|| ".".to_owned(), |name| format!("; did you mean “{name}”?"))
}

fn condition(filter: &str) -> String {
    if filter.is_empty() { String::new() } else { format!(" where {filter}") }
}

fn numeric_columns(names: &str) -> String {
    if names.is_empty() {
        "No column has numbers; ask for a count instead.".to_owned()
    } else {
        format!("Columns with numbers: {names}.")
    }
}

/// The names of all columns as people list them.
pub(crate) fn columns(table: &Table) -> String {
    list(table.columns.iter().map(|column| column.name.as_str()))
}

fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.map(cut).collect();
    let more = names.len().saturating_sub(COLUMNS_LISTED_MAX);
    let shown = names.get(..COLUMNS_LISTED_MAX).unwrap_or(&names);
    if more > 0 {
        return format!("{} and {more} more", shown.join(", "));
    }
    match shown.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => shown.join(", "),
    }
}

fn cut(name: &str) -> String {
    if name.chars().count() <= NAME_CHARS_MAX {
        return name.to_owned();
    }
    name.chars().take(NAME_CHARS_MAX - 1).chain(['…']).collect()
}
