//! How the rows of one category become one value.

use std::collections::HashSet;

use plotline_table::{Cell, Column};

use super::columns::number;
use super::key::{Identity, Key};
use crate::spec::Aggregate;

/// The aggregate of these rows; `None` where nothing can be computed (no numbers) or the result is too large for a number.
pub(crate) fn aggregate(how: Aggregate, column: Option<&Column>, rows: &[usize]) -> Option<f64> {
    let value = match (how, column) {
        (Aggregate::Count, None) => rows.len() as f64,
        (Aggregate::Count, Some(column)) => {
            rows.iter().filter(|row| !matches!(column.cells.get(**row), None | Some(Cell::Gap))).count() as f64
        }
        (Aggregate::CountDistinct, Some(column)) => {
            let different: HashSet<Identity> =
                rows.iter().filter_map(|row| Key::of(column, *row, None)).map(|key| key.identity).collect();
            different.len() as f64
        }
        (_, None) => return None,
        (how, Some(column)) => {
            let mut numbers: Vec<f64> = rows.iter().filter_map(|row| number(column, *row)).collect();
            of_numbers(how, &mut numbers)?
        }
    };
    value.is_finite().then_some(value)
}

fn of_numbers(how: Aggregate, numbers: &mut [f64]) -> Option<f64> {
    if numbers.is_empty() {
        return None;
    }
    Some(match how {
        Aggregate::Sum => sum(numbers),
        Aggregate::Avg => sum(numbers) / numbers.len() as f64,
        Aggregate::Min => numbers.iter().copied().fold(f64::INFINITY, f64::min),
        Aggregate::Max => numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        Aggregate::Median => {
            numbers.sort_by(f64::total_cmp);
            let middle = numbers.len() / 2;
            let upper = numbers.get(middle)?;
            if numbers.len().is_multiple_of(2) {
                // Halved before adding: the sum of two large numbers may not be finite.
                numbers.get(middle - 1)? / 2.0 + upper / 2.0
            } else {
                *upper
            }
        }
        Aggregate::Count | Aggregate::CountDistinct => numbers.len() as f64,
    })
}

/// Neumaier's compensated sum: the order of the rows does not change the printed total.
pub(crate) fn sum(numbers: &[f64]) -> f64 {
    let (mut total, mut lost) = (0.0_f64, 0.0_f64);
    for number in numbers {
        let next = total + number;
        lost += if total.abs() >= number.abs() { (total - next) + number } else { (number - next) + total };
        total = next;
    }
    if lost.is_finite() { total + lost } else { total }
}
