//! From rows of text to a typed table: header, units row, index column, totals, then every column's type.

use std::borrow::Cow;

use crate::error::TableError;
use crate::grid::{Grid, Header, Row};
use crate::header_row::{below_class, first_row_is_header, header_class, is_year_scale};
use crate::limits::{DateOrder, Limits};
use crate::model::{Column, Table};
use crate::summary::{self, Summaries};
use crate::typing::column::{self, Class, Context, Evidence, Typed, class_of, quoted};
use crate::typing::header;
use crate::typing::text::{blank, trim};

/// Types a grid. `Ok(None)` where nothing is left of it.
pub(crate) fn assemble(mut grid: Grid<'_>, limits: &Limits) -> Result<Option<Table>, TableError> {
    check_size(&grid, limits)?;
    for row in &mut grid.rows {
        for cell in row.iter_mut() {
            trim_in_place(cell);
        }
    }
    grid.rows.retain(|row| !is_rule(row) && row.iter().any(|cell| !cell.is_empty()));
    if grid.rows.is_empty() {
        return Ok(None);
    }
    let mut notes = std::mem::take(&mut grid.notes);
    drop_blank_columns(&mut grid.rows);
    let has_header = match grid.header {
        Header::First => grid.rows.len() > 1 || grid.rows[0].len() > 1,
        Header::None => false,
        Header::Unknown => first_row_is_header(&grid.rows),
    };
    let header_row = if has_header { Some(grid.rows.remove(0)) } else { None };
    let header_row = header_row.map(|header| join_header_rows(header, &mut grid.rows));
    if let Some(header) = &header_row {
        // Long printouts repeat their header on every page.
        grid.rows.retain(|row| row != header);
    }
    let longest = grid.rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = header_row.as_ref().map_or(longest, |header| header.len().max(longest));
    if width == 0 {
        return Ok(None);
    }
    if width > limits.columns {
        return Err(TableError::TooManyColumns { columns: width, limit: limits.columns });
    }
    report_ragged(&grid.rows, header_row.as_ref().map_or(width, Vec::len), &mut notes);
    for row in &mut grid.rows {
        row.resize(width, Cow::Borrowed(""));
    }
    // A header cell of several lines is one name.
    let one_line = |name: Cow<'_, str>| {
        if name.contains(['\n', '\r', '\t']) {
            name.split_whitespace().collect::<Vec<_>>().join(" ")
        } else {
            name.into_owned()
        }
    };
    let mut headers: Vec<String> = header_row.into_iter().flatten().map(one_line).collect();
    headers.resize(width, String::new());
    let units = take_units_row(&mut grid.rows, has_header);
    for (name, unit) in headers.iter_mut().zip(units.iter().flatten()) {
        if !unit.is_empty() {
            *name = format!("{name} [{unit}]");
        }
    }
    drop_index(&mut headers, &mut grid.rows, &mut notes);
    let Summaries { mut totals, partial, notes: summary_notes } = summary::take(&headers, &mut grid.rows);
    notes.extend(summary_notes);
    let typed = type_columns(&headers, &grid, !has_header, limits.ambiguous_dates);
    let mut table = Table { title: grid.title, columns: Vec::with_capacity(typed.len()), totals: Vec::new(), notes };
    let mut grouped_by_comma: Vec<(String, String)> = Vec::new();
    for (index, typed) in typed.into_iter().enumerate() {
        let Typed { name, kind, unit, cells, shown, comma_groups, told: _, notes: column_notes } = typed;
        let mut texts: Vec<Box<str>> = grid.rows.iter().map(|row| Box::from(row[index].as_ref())).collect();
        for (row, text) in shown {
            texts[row] = text;
        }
        table.notes.extend(column_notes);
        grouped_by_comma.extend(comma_groups.map(|example| (quoted(&name), example)));
        table.columns.push(Column { name, kind, unit, cells, texts });
    }
    if let Some((_, example)) = grouped_by_comma.first() {
        let names: Vec<&str> = grouped_by_comma.iter().map(|(name, _)| name.as_str()).collect();
        table.notes.push(format!("The comma in {} was read as a thousands separator ({example}).", listed(&names)));
    }
    name_columns(&mut table);
    for row in &mut totals {
        row.resize(table.columns.len(), Cow::Borrowed(""));
    }
    summary::type_totals(&mut table, &headers, &totals, grid.decimal);
    if !partial {
        summary::check_totals(&mut table);
    }
    Ok(Some(table))
}

/// Names as a sentence lists them.
pub(crate) fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [others @ .., last] => format!("{} and {last}", others.join(", ")),
    }
}

fn check_size(grid: &Grid<'_>, limits: &Limits) -> Result<(), TableError> {
    if grid.rows.len() > limits.rows.saturating_add(1) {
        return Err(TableError::TooManyRows { limit: limits.rows });
    }
    let columns = grid.rows.iter().map(Vec::len).max().unwrap_or(0);
    // Blank columns at the end are dropped later; far too many of them are not worth the memory.
    if columns > limits.columns.saturating_mul(4) {
        return Err(TableError::TooManyColumns { columns, limit: limits.columns });
    }
    if grid.rows.len().saturating_mul(columns) > limits.cells {
        return Err(TableError::TooManyCells { limit: limits.cells });
    }
    Ok(())
}

fn trim_in_place(cell: &mut Cow<'_, str>) {
    match cell {
        Cow::Borrowed(text) => *text = trim(text),
        Cow::Owned(text) => {
            let trimmed = trim(text);
            if trimmed.len() != text.len() {
                *text = trimmed.to_owned();
            }
        }
    }
}

/// A row that only draws a line: `-----`, `=====`, `:---:`.
fn is_rule(row: &Row<'_>) -> bool {
    let drawn = |cell: &str| {
        let inner = cell.trim_matches(':');
        inner.len() >= 2
            && inner.chars().all(|c| matches!(c, '-' | '=' | '_' | '─' | '━' | '═' | '—' | '*' | '~' | '+'))
    };
    let mut any = false;
    row.iter().all(|cell| {
        any |= drawn(cell);
        cell.is_empty() || drawn(cell)
    }) && any
}

/// Drops columns without a single cell: what outer separators and a trailing comma leave behind.
fn drop_blank_columns(rows: &mut [Row<'_>]) {
    let width = rows.iter().map(Vec::len).max().unwrap_or(0);
    let mut used = vec![false; width];
    for row in rows.iter() {
        for (index, cell) in row.iter().enumerate() {
            used[index] |= !cell.is_empty();
        }
    }
    if used.iter().all(|used| *used) {
        return;
    }
    for row in rows {
        let mut index = 0;
        row.retain(|_| {
            index += 1;
            used[index - 1]
        });
    }
}

/// Joins a second row of headers to the first: `2024` merged over `Q1` and `Q2`.
fn join_header_rows<'a>(header: Row<'a>, rows: &mut Vec<Row<'a>>) -> Row<'a> {
    let (Some(second), Some(third)) = (rows.first(), rows.get(1)) else {
        return header;
    };
    let named =
        |cell: &str| matches!(header_class(cell), Class::Text | Class::Period | Class::Integer) && !cell.is_empty();
    let filled = second.iter().filter(|cell| !cell.is_empty()).count();
    let names_only = second.iter().all(|cell| cell.is_empty() || named(cell) && header::parse(cell).is_none());
    let data_below = third.iter().any(|cell| matches!(class_of(cell), Class::Integer | Class::Number | Class::Counted));
    // A merged cell leaves blanks behind it; a first column without a name is no merged cell.
    let merged = header
        .iter()
        .enumerate()
        .skip(1)
        .any(|(index, cell)| cell.is_empty() && second.get(index).is_some_and(|cell| !cell.is_empty()));
    let integers = second.iter().filter(|cell| class_of(cell) == Class::Integer).count();
    if !(merged && names_only && data_below && filled * 2 > header.len()) || integers > 0 && !is_year_scale(second) {
        return header;
    }
    let second = rows.remove(0);
    let mut above = "";
    let width = header.len().max(second.len());
    let mut joined: Row<'a> = Vec::with_capacity(width);
    for index in 0..width {
        let top = header.get(index).map_or("", AsRef::as_ref);
        let below = second.get(index).map_or("", AsRef::as_ref);
        if !top.is_empty() {
            above = top;
        }
        joined.push(match (above.is_empty(), below.is_empty()) {
            (_, true) => Cow::Owned(top.to_owned()),
            (true, false) => Cow::Owned(below.to_owned()),
            (false, false) => Cow::Owned(format!("{above} {below}")),
        });
    }
    joined
}

fn report_ragged(rows: &[Row<'_>], width: usize, notes: &mut Vec<String>) {
    let short: Vec<usize> =
        rows.iter().enumerate().filter(|(_, row)| row.len() < width).map(|(index, _)| index + 1).collect();
    match short.as_slice() {
        [] => {}
        [row] => {
            notes.push(format!("Row {row} has fewer cells than the table has columns; the missing ones are gaps."))
        }
        rows => notes.push(format!(
            "{} rows have fewer cells than the table has columns; the missing ones are gaps.",
            rows.len()
        )),
    }
}

/// Takes a row of units off the top: `(kg)`, `[€]`, `%` below the header.
fn take_units_row(rows: &mut Vec<Row<'_>>, has_header: bool) -> Option<Vec<String>> {
    /// A table needs data below its units.
    const ROWS_MIN: usize = 2;
    if !has_header || rows.len() < ROWS_MIN {
        return None;
    }
    let mut units = Vec::with_capacity(rows[0].len());
    let mut known = 0_usize;
    for (index, cell) in rows[0].iter().enumerate() {
        let inner = trim(cell.trim_matches(['(', ')', '[', ']', '{', '}']));
        let bracketed = inner.len() < cell.len();
        if blank(inner).is_some() {
            units.push(String::new());
            continue;
        }
        let values_below = matches!(below_class(&rows[1..], index), Some(Class::Number | Class::Time));
        match header::parse(inner) {
            Some((unit, _)) if values_below => {
                known += 1;
                units.push(unit);
            }
            None if bracketed && inner.len() <= 16 && values_below => {
                known += 1;
                units.push(inner.to_owned());
            }
            // Among units, a remark on a column of words or dates: `(name)`, `(ISO)`.
            _ if bracketed && !values_below => units.push(String::new()),
            _ => return None,
        }
    }
    if known == 0 {
        return None;
    }
    rows.remove(0);
    Some(units)
}

/// Drops a column without a name that only numbers the rows, as pandas and R print it.
fn drop_index(headers: &mut Vec<String>, rows: &mut [Row<'_>], notes: &mut Vec<String>) {
    /// One number is no numbering.
    const ROWS_MIN: usize = 2;
    let nameless = headers.first().is_some_and(|name| name.is_empty() || name == "Unnamed: 0");
    if headers.len() < 2 || !nameless || rows.len() < ROWS_MIN || headers[1..].iter().all(String::is_empty) {
        return;
    }
    let numbers: Vec<Option<usize>> = rows.iter().map(|row| row[0].parse().ok()).collect();
    let Some(first @ (0 | 1)) = numbers[0] else {
        return;
    };
    if !numbers.iter().enumerate().all(|(index, number)| *number == Some(first + index)) {
        return;
    }
    headers.remove(0);
    for row in rows {
        row.remove(0);
    }
    notes.push("The column of row numbers was left out.".to_owned());
}

fn type_columns(headers: &[String], grid: &Grid<'_>, headless: bool, dates: Option<DateOrder>) -> Vec<Typed> {
    let names: Vec<String> = headers
        .iter()
        .enumerate()
        .map(|(index, header)| if header.is_empty() { format!("Column {}", index + 1) } else { header.clone() })
        .collect();
    let surveys: Vec<column::Survey<'_>> = names
        .iter()
        .enumerate()
        .map(|(index, header)| column::survey(header, grid.rows.iter().map(|row| row[index].as_ref()).collect()))
        .collect();
    let race = header::of_a_race(headers);
    let mut evidence = Evidence::default();
    for survey in &surveys {
        evidence.add(survey.evidence());
    }
    surveys
        .into_iter()
        .enumerate()
        .map(|(index, survey)| {
            let nameless = headless || headers[index].is_empty();
            survey.finish(Context {
                decimal: grid.decimal,
                semicolons: grid.semicolons,
                evidence,
                first: index == 0,
                race,
                nameless,
                dates,
            })
        })
        .collect()
}

/// Gives nameless columns a name and tells columns of the same name apart.
fn name_columns(table: &mut Table) {
    let mut seen: std::collections::HashMap<String, usize> = std::collections::HashMap::new();
    let mut renamed = Vec::new();
    for column in &mut table.columns {
        let count = seen.entry(column.name.clone()).or_insert(0);
        *count += 1;
        if *count > 1 {
            let name = format!("{} ({count})", column.name);
            renamed.push(format!("{} → {}", quoted(&column.name), quoted(&name)));
            column.name = name;
        }
    }
    if !renamed.is_empty() {
        table.notes.push(format!("Columns with the same name were numbered: {}.", renamed.join(", ")));
    }
}
