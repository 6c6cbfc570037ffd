//! Tells a header from a first row of data.
//!
//! Words above values are a header. Numbers above values are one only where they differ from the values as the names of
//! columns do: years, a scale that the rows below do not repeat, units that the values lack, times across the top.

use crate::grid::{Decimal, Row};
use crate::typing::column::{Class, class_of};
use crate::typing::header;
use crate::typing::number;
use crate::typing::text::{Blank, blank};
use crate::typing::unit::Unit;

/// Rows looked at when the header is told from the data.
const SAMPLE_ROWS: usize = 50;

/// Tells a header from a first row of data.
pub(crate) fn first_row_is_header(rows: &[Row<'_>]) -> bool {
    let Some((first, rest)) = rows.split_first() else {
        return false;
    };
    if rest.is_empty() {
        return false;
    }
    let classes: Vec<Class> = first.iter().map(|cell| header_class(cell)).collect();
    // Columns whose first cell is words above values, and values above values.
    let (mut against, mut with) = (0_usize, 0_usize);
    let mut numbers = Vec::new();
    for (index, class) in classes.iter().enumerate() {
        let below = below_class(rest, index);
        match (class, below) {
            (Class::Blank, _) | (_, None) => {}
            (Class::Text, Some(below)) => against += usize::from(below != Class::Text),
            (Class::Period, Some(Class::Period)) => with += 1,
            (Class::Period, Some(below)) => against += usize::from(below != Class::Text),
            // A date above dates is data, above numbers it heads a column.
            (Class::Time, Some(below)) if below != Class::Time => against += usize::from(below != Class::Text),
            (_, Some(Class::Number | Class::Time)) => {
                with += 1;
                numbers.push(index);
            }
            _ => {}
        }
    }
    if with == 0 {
        // Words throughout: a header, unless the first row is just like the others and one of them is blank.
        return against > 0 || classes.iter().all(|class| *class == Class::Text) && distinct(first);
    }
    // A date above dates, a month above months: nothing that heads a column stands above its like.
    if with > numbers.len()
        || classes.iter().zip(0..).any(|(class, index)| *class == Class::Time && numbers.contains(&index))
    {
        return false;
    }
    let lead = Lead::of(first, &classes, rest);
    lead != Lead::Value && Across { first, rest, numbers, lead }.heads_columns()
}

/// What the first cell says about the row, the surest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Lead {
    /// It is data, or may as well be: the first row is no header.
    Value,
    /// It is a word above words: it may be the name of the column or one more of its values.
    Word,
    /// It is what columns are called: `Region` above words.
    Name,
    /// It cannot be a value of its column: `n` above numbers, nothing above names.
    Other,
    /// It is both: `Date` above dates.
    Both,
}

impl Lead {
    fn of(first: &Row<'_>, classes: &[Class], rest: &[Row<'_>]) -> Self {
        let sample = || rest.iter().take(SAMPLE_ROWS).filter_map(|row| row.first());
        let (Some(cell), Some(class)) = (first.first(), classes.first()) else {
            return Self::Value;
        };
        match (class, below_class(rest, 0)) {
            (Class::Blank, _) => Self::Other,
            // A value that comes again is no name.
            (Class::Text | Class::Period, _) if sample().any(|below| below == cell) => Self::Value,
            (Class::Text, Some(below)) if below != Class::Text && header::names_a_column(cell) => Self::Both,
            (Class::Text, Some(below)) if below != Class::Text => Self::Other,
            (Class::Text, _) if header::names_a_column(cell) => Self::Name,
            (Class::Text, _) => Self::Word,
            (Class::Period, Some(Class::Text)) => Self::Word,
            _ => Self::Value,
        }
    }
}

/// A first row with numbers above values.
struct Across<'r, 'a> {
    first: &'r Row<'a>,
    rest: &'r [Row<'a>],
    /// The columns with a number in the first row and values below.
    numbers: Vec<usize>,
    lead: Lead,
}

impl Across<'_, '_> {
    fn heads_columns(&self) -> bool {
        let cells: Vec<&str> = self.numbers.iter().map(|index| self.first[*index].as_ref()).collect();
        let repeated = cells.iter().enumerate().any(|(index, cell)| cells[..index].contains(cell));
        !repeated
            && (self.lead == Lead::Both || self.are_years() || self.are_a_scale() || self.have_units_of_their_own())
    }

    /// The whole numbers of a row in these columns; `None` where one is anything else.
    fn integers(&self, row: &Row<'_>) -> Option<Vec<i64>> {
        self.numbers.iter().map(|index| number::lex(row.get(*index)?)?.plain_integer()).collect()
    }

    /// Years in order, and not years in every row.
    fn are_years(&self) -> bool {
        let Some(years) = self.integers(self.first).filter(|numbers| is_years(numbers)) else {
            return false;
        };
        let rising = years.windows(2).all(|pair| pair[0] < pair[1]);
        let falling = years.windows(2).all(|pair| pair[0] > pair[1]);
        let below = self.most(|row| self.integers(row).is_some_and(|numbers| is_years(&numbers)));
        let evenly = step(&years).is_some() && !self.most(|row| self.integers(row).as_deref().and_then(step).is_some());
        (rising || falling) && (!below || self.lead >= Lead::Name || years.len() > 2 && evenly)
    }

    /// Whole numbers that run evenly upwards, and not in the rows below.
    fn are_a_scale(&self) -> bool {
        /// A scale of so many numbers is none by chance.
        const CERTAIN_FROM: usize = 4;
        let Some(numbers) = self.integers(self.first) else {
            return false;
        };
        let Some(scale) = step(&numbers) else {
            return self.lead >= Lead::Name
                && numbers.len() > 2
                && numbers.windows(2).all(|pair| pair[0] < pair[1])
                && self.fractions_below();
        };
        let repeated = self.most(|row| self.integers(row).as_deref().and_then(step) == Some(scale));
        let counted = scale == 1 && matches!(numbers.first(), Some(0 | 1));
        match self.lead {
            Lead::Value => false,
            Lead::Word => {
                !repeated
                    && !self.are_ranks(&numbers)
                    && (numbers.len() >= CERTAIN_FROM || numbers.len() > 2 && (counted || self.fractions_below()))
            }
            Lead::Name => counted && (numbers.len() > 2 || !repeated) || !repeated && numbers.len() > 2,
            Lead::Other | Lead::Both => true,
        }
    }

    /// Whether the rows below have the same numbers in another order, as ranks and marks do.
    fn are_ranks(&self, numbers: &[i64]) -> bool {
        let Some(range) = numbers.first().zip(numbers.last()).map(|(first, last)| *first..=*last) else {
            return false;
        };
        self.most(|row| self.integers(row).is_some_and(|values| values.iter().all(|value| range.contains(value))))
    }

    /// `100m`, `5 km` or `16GB` above numbers without that unit, `10k` above times.
    fn have_units_of_their_own(&self) -> bool {
        let marked = |cell: &str| {
            number::lex(cell).is_some_and(|number| {
                let sign = matches!(&number.unit, Some(Unit::Currency(_)) | Some(Unit::Word(_)))
                    || number.unit.as_ref().is_some_and(|unit| unit.name() == "%");
                // The first amount of a column often has the sign for all of them.
                (number.unit.is_some() || number.multiplier.is_some() || number.lone_m)
                    && (!sign || self.lead >= Lead::Name && self.numbers.len() > 1)
            })
        };
        let alike = |index: usize| {
            let own = number::lex(&self.first[index]);
            let suffix = |cell: &str| {
                number::lex(cell).map(|number| {
                    (number.unit.map(|unit| unit.name().to_owned()), number.multiplier.is_some(), number.lone_m)
                })
            };
            let own_suffix = own.and_then(|_| suffix(&self.first[index]));
            let (mut same, mut filled) = (0_usize, 0_usize);
            for cell in self.rest.iter().take(SAMPLE_ROWS).filter_map(|row| row.get(index)) {
                if blank(cell).is_none() {
                    filled += 1;
                    same += usize::from(suffix(cell) == own_suffix);
                }
            }
            same * 2 > filled || same > 0 && filled < 3
        };
        let enough = self.numbers.len() > 1 || self.lead >= Lead::Name;
        enough && self.numbers.iter().all(|index| marked(&self.first[*index]) && !alike(*index))
    }

    /// Whether most values below have a fraction where the numbers above have none.
    fn fractions_below(&self) -> bool {
        let values =
            self.rest.iter().take(SAMPLE_ROWS).flat_map(|row| self.numbers.iter().map(|index| row.get(*index)));
        let (mut whole, mut broken) = (0_usize, 0_usize);
        for value in values.flatten().filter_map(|cell| number::lex(cell)?.value(Decimal::Dot)) {
            if value.fract() == 0.0 {
                whole += 1;
            } else {
                broken += 1;
            }
        }
        broken > whole
    }

    /// Whether something holds for more than half of the rows below.
    fn most(&self, test: impl Fn(&Row<'_>) -> bool) -> bool {
        let rows = self.rest.iter().take(SAMPLE_ROWS);
        let total = rows.len();
        rows.filter(|row| test(row)).count() * 2 > total
    }
}

/// The difference between neighbours where it is the same throughout and upwards.
fn step(numbers: &[i64]) -> Option<i64> {
    let step = numbers.get(1)?.checked_sub(*numbers.first()?)?;
    (step > 0 && numbers.windows(2).all(|pair| pair[1].checked_sub(pair[0]) == Some(step))).then_some(step)
}

fn is_years(numbers: &[i64]) -> bool {
    /// Years that head columns.
    const YEARS: std::ops::RangeInclusive<i64> = 1800..=2200;
    !numbers.is_empty() && numbers.iter().all(|year| YEARS.contains(year))
}

/// Whether all the numbers in a row are years.
pub(crate) fn is_year_scale(row: &Row<'_>) -> bool {
    is_years(&row.iter().filter_map(|cell| cell.parse().ok()).collect::<Vec<i64>>())
}

/// The class of a header cell. Units do not make it data: `5 km` may head a column of race times.
pub(crate) fn header_class(cell: &str) -> Class {
    match class_of(cell) {
        // A word that stands for a gap among values (`x`, `none`) is a name in a header.
        Class::Blank if blank(cell) == Some(Blank::AmongValues) => Class::Text,
        class => class,
    }
}

/// What most cells below the first are.
pub(crate) fn below_class(rest: &[Row<'_>], index: usize) -> Option<Class> {
    let mut counts = [(Class::Text, 0_usize), (Class::Number, 0), (Class::Time, 0), (Class::Period, 0)];
    for row in rest.iter().take(SAMPLE_ROWS) {
        let slot = match row.get(index).map(|cell| class_of(cell)) {
            None | Some(Class::Blank) => continue,
            Some(Class::Text) => 0,
            Some(Class::Integer | Class::Number | Class::Counted) => 1,
            Some(Class::Time) => 2,
            Some(Class::Period) => 3,
        };
        counts[slot].1 += 1;
    }
    counts.iter().max_by_key(|(_, count)| *count).filter(|(_, count)| *count > 0).map(|(class, _)| *class)
}

fn distinct(row: &Row<'_>) -> bool {
    row.iter().enumerate().all(|(index, cell)| !row[..index].contains(cell))
}
