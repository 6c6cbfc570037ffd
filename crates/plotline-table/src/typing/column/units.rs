//! Decides the unit of a column of numbers and converts its cells to it.

use super::{Finishing, Typed, quoted};
use crate::assemble::listed;
use crate::grid::Decimal;
use crate::typing::header::HeaderUnit;
use crate::typing::number::{self, Number};
use crate::typing::unit::{self, Dimension, MINUTE, Measure, Unit};

/// The unit of a column of numbers, and what each cell is multiplied by to be in it.
pub(super) struct Units {
    pub(super) target: Option<String>,
    pub(super) factors: Vec<Option<f64>>,
    /// Amounts in several currencies, which have no unit together, whatever the header says.
    pub(super) mixed: bool,
}

impl Finishing<'_, '_> {
    /// Decides the column's unit. `None` where the cells measure different things and are better left as words.
    pub(super) fn units(
        &self,
        numbers: &[Option<Number<'_>>],
        header_unit: Option<&HeaderUnit>,
        typed: &mut Typed,
    ) -> Option<Units> {
        let present = numbers.iter().flatten().count();
        let mut distinct: Vec<(&Unit<'_>, usize)> = Vec::new();
        /// Different units kept apart; with more the column is words.
        const UNITS_MAX: usize = 8;
        for unit in numbers.iter().flatten().filter_map(|number| number.unit.as_ref()) {
            match distinct.iter().position(|(known, _)| known.same(unit)) {
                Some(at) => distinct[at].1 += 1,
                None if distinct.len() == UNITS_MAX => return None,
                None => distinct.push((unit, 1)),
            }
        }
        let lone_m = numbers.iter().flatten().filter(|number| number.lone_m).count();
        let m_unit: Option<&'static Measure> =
            if lone_m == 0 { None } else { self.lone_m_unit(numbers, &distinct, header_unit) };
        let all_one = |_: &Number<'_>| Some(1.0);
        let factors = |of: &dyn Fn(&Number<'_>) -> Option<f64>| -> Vec<Option<f64>> {
            numbers.iter().map(|number| number.as_ref().and_then(of)).collect()
        };
        let million = |number: &Number<'_>| Some(if number.lone_m { 1e6 } else { 1.0 });
        let measures: Option<Vec<&'static Measure>> = distinct
            .iter()
            .map(|(unit, _)| if let Unit::Measure(measure) = unit { Some(*measure) } else { None })
            .chain(m_unit.map(Some))
            .collect();
        match (distinct.as_slice(), m_unit) {
            ([], None) if lone_m > 0 => Some(Units { target: None, factors: factors(&million), mixed: false }),
            ([], None) => Some(Units { target: None, factors: factors(&all_one), mixed: false }),
            ([(unit, count)], None) => {
                if matches!(unit, Unit::Word(_)) && (*count * 5 < present * 4 || present < 2) {
                    return None;
                }
                if *count < present && lone_m == 0 {
                    self.report_unitless(numbers, unit, present - count, typed);
                }
                let name = if let Unit::Word(_) = unit { self.commonest_word(numbers) } else { unit.name().to_owned() };
                Some(Units { target: Some(name), factors: factors(&million), mixed: false })
            }
            _ => {
                let Some(measures) = measures else {
                    return self.majority_unit(numbers, &distinct, present, typed);
                };
                let finest = measures.iter().copied().min_by(|a, b| a.factor.total_cmp(&b.factor))?;
                let convertible = measures.iter().all(|measure| {
                    measure.name == finest.name
                        || measure.dimension == finest.dimension && finest.dimension != Dimension::Alone
                });
                if !convertible {
                    return self.majority_unit(numbers, &distinct, present, typed);
                }
                if measures.iter().any(|measure| measure.name != finest.name) {
                    typed.notes.push(format!(
                        "{} has several units; all were converted to {}.",
                        quoted(self.header),
                        finest.name
                    ));
                }
                let factor = |number: &Number<'_>| match (&number.unit, number.lone_m, m_unit) {
                    (Some(Unit::Measure(measure)), _, _) => Some(clean_ratio(measure.factor, finest.factor)),
                    (_, true, Some(measure)) => Some(clean_ratio(measure.factor, finest.factor)),
                    _ => Some(1.0),
                };
                Some(Units { target: Some(finest.name.to_owned()), factors: factors(&factor), mixed: false })
            }
        }
    }

    /// What a lone `m` means in this column: a million among money and multipliers (`None`), minutes among times, metres
    /// otherwise.
    fn lone_m_unit(
        &self,
        numbers: &[Option<Number<'_>>],
        distinct: &[(&Unit<'_>, usize)],
        header_unit: Option<&HeaderUnit>,
    ) -> Option<&'static Measure> {
        let metre = unit::measure_named("m");
        let dimension = |wanted: Dimension| {
            distinct.iter().any(|(unit, _)| matches!(unit, Unit::Measure(measure) if measure.dimension == wanted))
        };
        if dimension(Dimension::Time) || self.expect.duration {
            return Some(&MINUTE);
        }
        if dimension(Dimension::Length) {
            return metre;
        }
        let multiplied = numbers.iter().flatten().any(|number| number.multiplier.is_some());
        let money = header_unit.is_some_and(|unit| unit::currency_named(&unit.unit).is_some());
        if multiplied || money || !distinct.is_empty() { None } else { metre }
    }

    /// Keeps the unit of nearly all cells and leaves the others as gaps. `None` where no unit prevails.
    fn majority_unit(
        &self,
        numbers: &[Option<Number<'_>>],
        distinct: &[(&Unit<'_>, usize)],
        present: usize,
        typed: &mut Typed,
    ) -> Option<Units> {
        let (unit, count) = distinct.iter().max_by_key(|(_, count)| *count)?;
        // Four in five: a stray cell or two, not a column of two things.
        if *count * 5 < present * 4 {
            let names: Vec<&str> = distinct.iter().map(|(unit, _)| unit.name()).collect();
            let names = listed(&names);
            // Money stays money: its numbers are shown as they were written, without a unit that would be false for some.
            if distinct.iter().all(|(unit, _)| matches!(unit, Unit::Currency(_))) {
                typed.notes.push(format!(
                    "{} mixes {names}; nothing was converted, so its values do not compare.",
                    quoted(self.header)
                ));
                let million = |number: &Number<'_>| if number.lone_m { 1e6 } else { 1.0 };
                let factors = numbers.iter().map(|number| number.as_ref().map(million)).collect();
                return Some(Units { target: None, factors, mixed: true });
            }
            typed.notes.push(format!("{} mixes {names}, which cannot be compared; kept as text.", quoted(self.header)));
            return None;
        }
        let foreign = |number: &Number<'_>| number.unit.as_ref().is_some_and(|own| !own.same(unit));
        let rows: Vec<usize> = (0..numbers.len()).filter(|row| numbers[*row].as_ref().is_some_and(foreign)).collect();
        if let Some(first) = rows.first() {
            let example = format!("{} (row {})", quoted(self.texts[*first]), first + 1);
            let (more, verb) = match rows.len() {
                1 => (String::new(), "is"),
                count => (format!(" and {} more", count - 1), "are"),
            };
            typed.notes.push(format!(
                "In {}, {example}{more} {verb} not in {}, and nothing was converted; left as a gap.",
                quoted(self.header),
                unit.name()
            ));
        }
        typed.told = rows;
        let factor = |number: &Number<'_>| (!foreign(number)).then_some(1.0);
        Some(Units {
            target: Some(unit.name().to_owned()),
            factors: numbers.iter().map(|number| number.as_ref().and_then(factor)).collect(),
            mixed: false,
        })
    }

    fn report_unitless(&self, numbers: &[Option<Number<'_>>], unit: &Unit<'_>, count: usize, typed: &mut Typed) {
        // Zero is zero in every unit.
        let telling =
            numbers.iter().flatten().any(|number| number.unit.is_none() && number.value(Decimal::Dot) != Some(0.0));
        if telling {
            let (values, were) = if count == 1 { ("value", "was") } else { ("values", "were") };
            typed.notes.push(format!(
                "{count} {values} in {} without a unit {were} taken as {}.",
                quoted(self.header),
                unit.name()
            ));
        }
    }

    /// The commonest spelling of a unit that is a word: `users` rather than the one `user`.
    fn commonest_word(&self, numbers: &[Option<Number<'_>>]) -> String {
        let mut spellings: Vec<(&str, usize)> = Vec::new();
        for unit in numbers.iter().flatten().filter_map(|number| number.unit.as_ref()) {
            match spellings.iter().position(|(known, _)| *known == unit.name()) {
                Some(at) => spellings[at].1 += 1,
                None => spellings.push((unit.name(), 1)),
            }
        }
        spellings.iter().rev().max_by_key(|(_, count)| *count).map_or_else(String::new, |(word, _)| (*word).to_owned())
    }
}

/// How many of the finer unit the coarser one is, without binary noise.
fn clean_ratio(coarse: f64, fine: f64) -> f64 {
    number::exact_product(coarse, 1.0 / fine)
}
