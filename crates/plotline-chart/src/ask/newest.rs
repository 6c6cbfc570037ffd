//! Rows that are limited by their date: `the latest 5 orders`, `first 10 rows`, `last 3 games`.

use plotline_table::{ColumnKind, Table, Time};

use super::measure::GROUP_WORDS;
use super::mention::ColumnName;
use super::moment::value;
use super::phrase::{count, phrase};
use super::rows::is_no_thing;
use super::stretch::time;
use super::token::{Token, stem};
use crate::resolve::filter;
use crate::resolve::key;
use crate::spec::{Compare, Filter};

/// Words for rows in whatever order they stand.
const ROWS: &[&str] = &["rows", "records", "entries", "lines"];

/// How many rows are asked for, from which end of time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Newest {
    count: usize,
    newest: bool,
    column: usize,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// A number of newest or oldest rows, where a column has the dates that tell.
pub(super) fn find(table: &Table, names: &[ColumnName], tokens: &[Token]) -> Option<Newest> {
    let column = table.columns.iter().position(|column| {
        let dated = |time: Time| matches!(time, Time::Date(_) | Time::DateTime(_));
        column.kind == ColumnKind::Date && column.cells.iter().filter_map(time).all(dated)
    })?;
    (0..tokens.len()).find_map(|start| {
        let newest =
            phrase(tokens, start, &["most", "recent"]).or_else(|| phrase(tokens, start, &["latest|newest|last"]));
        let oldest = phrase(tokens, start, &["first|oldest|earliest"]);
        let at = newest.or(oldest)?;
        let many = tokens.get(at).and_then(count)?;
        let noun = tokens.get(at + 1).filter(|noun| names_rows(names, column, noun))?;
        // The first rows of a table that is in another order are not the oldest.
        if noun.is_any(ROWS) && tokens[start].is_any(&["first", "last"]) && !ascends(table, column) {
            return None;
        }
        Some(Newest { count: many, newest: newest.is_some(), column, start, end: at + 2 })
    })
}

/// Whether a noun is what the rows are: a word for rows, what a column numbers, or things that no column is called.
fn names_rows(names: &[ColumnName], dates: usize, noun: &Token) -> bool {
    let named = |name: &ColumnName| name.words.iter().any(|word| *word == noun.text || stem(word) == noun.stem);
    noun.is_any(ROWS)
        || noun.is_word()
            && noun.text.ends_with('s')
            && !is_no_thing(noun)
            && !noun.is_any(GROUP_WORDS)
            && !noun.is_any(&["minutes", "seconds", "seasons", "columns", "values"])
            && names.iter().enumerate().all(|(at, name)| name.is_id || at == dates || !named(name))
}

fn ascends(table: &Table, column: usize) -> bool {
    let Some(column) = table.columns.get(column) else { return false };
    let positions: Vec<f64> = column.cells.iter().filter_map(time).map(key::position).collect();
    positions.windows(2).all(|pair| pair[0] <= pair[1])
}

impl Newest {
    /// The condition that keeps these rows of those that another one keeps, and what is said about it.
    pub(super) fn filter(&self, table: &Table, kept: Option<&Filter>) -> Option<(Filter, String)> {
        let column = table.columns.get(self.column)?;
        let rows = filter::rows(table, kept).ok()?;
        let mut times: Vec<Time> = rows.iter().filter_map(|row| column.cells.get(*row)).filter_map(time).collect();
        times.sort_by(|a, b| key::position(*a).total_cmp(&key::position(*b)));
        if self.newest {
            times.reverse();
        }
        let last = *times.get(self.count.min(times.len()).checked_sub(1)?)?;
        let shared = times.iter().filter(|time| key::position(**time) == key::position(last)).count();
        let kept = times.iter().rposition(|time| *time == last)? + 1;
        let op = if self.newest { Compare::GreaterOrEqual } else { Compare::LessOrEqual };
        let (which, name) = (if self.newest { "newest" } else { "oldest" }, &column.name);
        let said = if kept > self.count && shared > 1 {
            format!("{kept} rows are the {which} by “{name}”, since several share a date.")
        } else {
            format!("The {} {which} rows are chosen by “{name}”.", kept.min(self.count))
        };
        Some((Filter::Compare { column: name.clone(), op, value: value(last) }, said))
    }
}
