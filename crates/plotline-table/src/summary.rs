//! Rows that sum up the others: recognised, kept out of the data, and checked against it.

use crate::grid::{Decimal, Row};
use crate::model::{Cell, ColumnKind, Table};
use crate::periods::{self, Longer};
use crate::typing::column::{Class, class_of, quoted};
use crate::typing::number::{self, Marks};
use crate::typing::text::blank;

/// The rows taken out of a table.
#[derive(Debug, Default)]
pub(crate) struct Summaries<'a> {
    /// Totals and subtotals.
    pub(crate) totals: Vec<Row<'a>>,
    /// Whether a total is that of some of the rows only, as a year's is among the quarters of two.
    pub(crate) partial: bool,
    /// What was taken out besides totals.
    pub(crate) notes: Vec<String>,
}

/// What a row's label says about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Label {
    /// `Total`, `Grand total`, `Summe`, `Σ`.
    Total,
    /// `Subtotal`, `Zwischensumme`, `Total North`.
    Part,
    /// `FY2023` among its quarters.
    Period(Longer),
    /// `All`, `Overall`, or nothing: a total only where the numbers add up.
    Perhaps,
    /// `Average`, `Median`, `Standard deviation`.
    Statistic,
    /// `Min`, `Max`: statistics only where the numbers say so, for Max is also a person.
    Extreme,
}

/// The longest label of a summary row, in bytes.
const LABEL_BYTES_MAX: usize = 40;

fn label(text: &str) -> Option<Label> {
    if text.len() > LABEL_BYTES_MAX {
        return None;
    }
    let lower = text.trim_matches(['*', '_', ':', '=', '-', ' ', '.', '(', ')']).to_lowercase();
    match lower.as_str() {
        "total" | "totals" | "grand total" | "sum" | "sums" | "gesamt" | "summe" | "gesamtsumme" | "insgesamt"
        | "σ" | "∑" | "total général" | "total general" | "totale" | "suma" | "somme" | "totaal" | "sum total"
        | "overall total" | "total sum" | "total:" | "in total" | "column total" | "endsumme" => Some(Label::Total),
        "subtotal" | "sub-total" | "sub total" | "subtotals" | "zwischensumme" | "sous-total" | "subtotaal" => {
            Some(Label::Part)
        }
        "all" | "ytd" | "year to date" | "overall" | "combined" | "alle" | "tous" | "todos" | "net" | "together" => {
            Some(Label::Perhaps)
        }
        "average" | "avg" | "mean" | "median" | "ø" | "durchschnitt" | "mittelwert" | "mittel" | "moyenne"
        | "promedio" | "media" | "std" | "stdev" | "std dev" | "standard deviation" | "std. dev" | "sd" | "stddev"
        | "x̄" | "overall average" | "average total" | "count" | "variance" => Some(Label::Statistic),
        "min" | "max" | "minimum" | "maximum" | "highest" | "lowest" => Some(Label::Extreme),
        _ => {
            let starts = ["total ", "subtotal ", "sub-total ", "summe ", "gesamt ", "sum of "]
                .iter()
                .any(|word| lower.starts_with(word));
            let ends = [" total", " totals", " subtotal", " gesamt"].iter().any(|word| lower.ends_with(word));
            (starts || ends).then_some(Label::Part)
        }
    }
}

/// Takes summary rows out of a table's rows.
pub(crate) fn take<'a>(headers: &[String], rows: &mut Vec<Row<'a>>) -> Summaries<'a> {
    let mut found = Summaries::default();
    /// Fewer rows than these leave no data to sum up.
    const ROWS_MIN: usize = 2;
    if rows.len() < ROWS_MIN {
        return found;
    }
    let mut labels: Vec<Option<Label>> = rows.iter().map(row_label).collect();
    // A last row with numbers and no name may be the total.
    let nameless = |row: &Row<'_>| row.first().is_some_and(|cell| cell.is_empty());
    if let (Some(last), [others @ .., last_row]) = (labels.last_mut(), rows.as_slice())
        && last.is_none()
        && nameless(last_row)
        && !others.iter().any(nameless)
    {
        *last = Some(Label::Perhaps);
    }
    // A year among its quarters is their sum; charted beside them it would dwarf each.
    for (label, longer) in labels.iter_mut().zip(periods::longer(rows)) {
        *label = label.or(longer.map(Label::Period));
    }
    if labels.iter().all(Option::is_none) {
        return found;
    }
    let columns = number_columns(headers, rows, &labels);
    let mut kinds: Vec<Option<Label>> = vec![None; rows.len()];
    for index in 0..rows.len() {
        let Some(label) = labels[index] else {
            continue;
        };
        // A row needs at least one number to sum up anything.
        if columns.is_empty() || !columns.iter().any(|column| value(&rows[index], *column).is_some()) {
            continue;
        }
        kinds[index] = match label {
            // A company may be called Total: other words beside the label, and numbers that do not add up, make it data.
            Label::Total => (is_bare(&rows[index], &columns) || adds_up(rows, &kinds, &labels, index, &columns))
                .then_some(Label::Total),
            Label::Perhaps if nameless(&rows[index]) && !is_bare(&rows[index], &columns) => None,
            Label::Period(Longer::Certainly) => Some(Label::Total),
            Label::Part | Label::Perhaps | Label::Period(Longer::Perhaps) => {
                adds_up(rows, &kinds, &labels, index, &columns).then_some(Label::Total)
            }
            Label::Statistic => is_within(rows, &labels, index, &columns).then_some(Label::Statistic),
            Label::Extreme => is_extreme(rows, &labels, index, &columns).then_some(Label::Statistic),
        };
    }
    let data = kinds.iter().filter(|kind| kind.is_none()).count();
    if data == 0 || data == rows.len() {
        return found;
    }
    let statistics: Vec<String> = rows
        .iter()
        .zip(&kinds)
        .filter(|(_, kind)| **kind == Some(Label::Statistic))
        .map(|(row, _)| named(row))
        .collect();
    match statistics.as_slice() {
        [] => {}
        [one] => found.notes.push(format!("The row {one} sums up the others and was left out.")),
        several => found.notes.push(format!("The rows {} sum up the others and were left out.", several.join(", "))),
    }
    let mut kinds = kinds.into_iter();
    let mut kept = Vec::with_capacity(data);
    for row in std::mem::take(rows) {
        match kinds.next().flatten() {
            None => kept.push(row),
            Some(Label::Statistic) => {}
            Some(_) => found.totals.push(row),
        }
    }
    found.partial = !periods::are_of_one_year(kept.iter().chain(&found.totals));
    *rows = kept;
    if !found.totals.is_empty() {
        let names: Vec<String> = found.totals.iter().map(named).collect();
        found.notes.push(if names.len() == 1 {
            format!("The row {} is a total and was kept out of the data.", names[0])
        } else {
            format!("The rows {} are totals and were kept out of the data.", names.join(", "))
        });
    }
    found
}

/// Whether a row has nothing but its label and numbers.
fn is_bare(row: &Row<'_>, columns: &[usize]) -> bool {
    let words =
        row.iter().enumerate().filter(|(column, cell)| !columns.contains(column) && blank(cell).is_none()).count();
    words <= 1
}

/// A summary row as a note names it.
fn named(row: &Row<'_>) -> String {
    match label_text(row) {
        "" => "without a name".to_owned(),
        label => quoted(label),
    }
}

fn label_text<'r>(row: &'r Row<'_>) -> &'r str {
    // Without a label of its own it is a period, which stands in the first column.
    let first = row.first().map(AsRef::as_ref);
    row.iter().map(AsRef::as_ref).find(|cell| label(cell).is_some()).or(first).unwrap_or_default()
}

/// What the first cells of a row say about it; words further right are data.
fn row_label(row: &Row<'_>) -> Option<Label> {
    /// Labels stand in the first column, or in the second where the first is blank or a number.
    const LABEL_COLUMNS: usize = 2;
    row.iter().take(LABEL_COLUMNS).find_map(|cell| label(cell))
}

/// Columns that hold mostly numbers in the rows that are not summaries.
fn number_columns(headers: &[String], rows: &[Row<'_>], labels: &[Option<Label>]) -> Vec<usize> {
    /// Rows that show well enough what a column holds.
    const SAMPLE_ROWS: usize = 50;
    (0..headers.len())
        .filter(|column| {
            let (mut numbers, mut others) = (0_usize, 0_usize);
            for (row, _) in rows.iter().zip(labels).filter(|(_, label)| label.is_none()).take(SAMPLE_ROWS) {
                match class_of(&row[*column]) {
                    Class::Integer | Class::Number | Class::Counted => numbers += 1,
                    Class::Blank => {}
                    _ => others += 1,
                }
            }
            numbers > others
        })
        .collect()
}

/// The number in a cell, read by its own marks.
fn value(row: &Row<'_>, column: usize) -> Option<f64> {
    let cell = row.get(column)?;
    if blank(cell).is_some() {
        return None;
    }
    let number = number::lex(cell)?;
    number.value(if number.marks == Marks::Comma { Decimal::Comma } else { Decimal::Dot })
}

/// Sums may differ by the rounding of each addend.
fn about(sum: f64, total: f64, addends: usize) -> bool {
    /// Half a unit in the last place shown, taken as a hundredth, for each addend.
    const ROUNDING: f64 = 0.006;
    (sum - total).abs() <= ROUNDING * (addends as f64).max(1.0) + total.abs() * 1e-9
}

/// Whether a row is the sum of the rows before it, since the last summary or all of them.
fn adds_up(
    rows: &[Row<'_>],
    kinds: &[Option<Label>],
    labels: &[Option<Label>],
    index: usize,
    columns: &[usize],
) -> bool {
    let since_last = (0..index).rev().take_while(|row| kinds[*row].is_none() && labels[*row].is_none());
    let since_last: Vec<usize> = since_last.collect();
    let all_others: Vec<usize> = (0..rows.len()).filter(|row| *row != index && labels[*row].is_none()).collect();
    [since_last, all_others].iter().any(|addends| {
        addends.len() > 1
            && columns.iter().filter(|column| value(&rows[index], **column).is_some()).all(|column| {
                let values: Vec<f64> = addends.iter().filter_map(|row| value(&rows[*row], *column)).collect();
                value(&rows[index], *column).is_some_and(|total| about(values.iter().sum(), total, values.len()))
            })
    })
}

/// Whether a statistic stands at the end of the table, below at least two rows of data.
fn is_within(rows: &[Row<'_>], labels: &[Option<Label>], index: usize, columns: &[usize]) -> bool {
    let data: Vec<usize> = (0..rows.len()).filter(|row| labels[*row].is_none()).collect();
    let at_end = (index..rows.len()).all(|row| labels[row].is_some()) || (0..=index).all(|row| labels[row].is_some());
    data.len() > 1 && at_end && columns.iter().any(|column| value(&rows[index], *column).is_some())
}

/// Whether a row repeats the smallest or the greatest value of every column, at the end of the table.
fn is_extreme(rows: &[Row<'_>], labels: &[Option<Label>], index: usize, columns: &[usize]) -> bool {
    is_within(rows, labels, index, columns)
        && columns.iter().filter(|column| value(&rows[index], **column).is_some()).all(|column| {
            let values = || {
                rows.iter().zip(labels).filter(|(_, label)| label.is_none()).filter_map(|(row, _)| value(row, *column))
            };
            let own = value(&rows[index], *column);
            own == values().reduce(f64::max) || own == values().reduce(f64::min)
        })
}

/// Types the totals by the columns they belong to and puts them into the table.
pub(crate) fn type_totals(table: &mut Table, headers: &[String], totals: &[Row<'_>], decimal: Option<Decimal>) {
    for row in totals {
        let cells = table
            .columns
            .iter()
            .zip(headers)
            .zip(row)
            .map(|((column, _), text)| match column.kind {
                _ if blank(text).is_some() => Cell::Gap,
                ColumnKind::Number => total_value(column.texts.as_ref(), text, decimal)
                    .map_or_else(|| Cell::Text(text.as_ref().into()), Cell::Number),
                _ => Cell::Text(text.as_ref().into()),
            })
            .collect();
        table.totals.push(cells);
    }
}

/// A total's value: read as one more cell of its column.
fn total_value(texts: &[Box<str>], text: &str, decimal: Option<Decimal>) -> Option<f64> {
    /// Cells that tell how the column is written.
    const SAMPLE_CELLS: usize = 500;
    let mut sample: Vec<&str> = texts.iter().take(SAMPLE_CELLS).map(AsRef::as_ref).collect();
    sample.push(text);
    let survey = crate::typing::column::survey("", sample);
    let evidence = survey.evidence();
    let typed = survey.finish(crate::typing::column::Context {
        decimal,
        semicolons: false,
        evidence,
        first: false,
        race: false,
        nameless: false,
        dates: None,
    });
    match typed.cells.last() {
        Some(Cell::Number(value)) => Some(*value),
        _ => None,
    }
}

/// Says where a total is not the sum of the rows above it.
pub(crate) fn check_totals(table: &mut Table) {
    let [total] = table.totals.as_slice() else {
        return;
    };
    let mut notes = Vec::new();
    for (column, total) in table.columns.iter().zip(total) {
        let Cell::Number(total) = total else {
            continue;
        };
        let values: Vec<f64> = column
            .cells
            .iter()
            .filter_map(|cell| if let Cell::Number(value) = cell { Some(*value) } else { None })
            .collect();
        let sum: f64 = values.iter().sum();
        // Shares, rates and prices do not add up and nobody expects them to.
        let additive = column.unit.as_deref() != Some("%");
        let mean = sum / values.len().max(1) as f64;
        if additive && !about(sum, *total, values.len()) && !about(mean, *total, values.len()) {
            notes.push(format!(
                "The total of {} says {}, but its rows add up to {}.",
                quoted(&column.name),
                shown(*total),
                shown(sum)
            ));
        }
    }
    table.notes.extend(notes);
}

/// A sum without the noise of binary fractions.
fn shown(value: f64) -> String {
    let rounded = (value * 1e6).round() / 1e6;
    if rounded.is_finite() { rounded.to_string() } else { value.to_string() }
}
