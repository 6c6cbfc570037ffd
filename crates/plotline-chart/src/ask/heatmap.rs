//! A heatmap: two columns to group by, which may be numbers of few values (hours, ratings), and what fills the cells.

use plotline_table::{ColumnKind, Table};

use super::compose::Draft;
use super::role::{Item, Roles, Y};
use super::{choose, phrase};
use crate::chart::Kind;
use crate::spec::{Aggregate, Channel, ChartSpec, Dimension, Measure};

/// A column of numbers with more different values than this is no side of a grid: days of a month are the most that people group by.
const GROUPS_MAX: usize = 31;

/// `over the months`: the period stands at most so many words after `over`.
const OVER_TIME_WORDS: usize = 2;

impl Draft<'_, '_> {
    pub(super) fn heatmap(&mut self, roles: &Roles, items: &[Item], counts: bool) -> Result<ChartSpec, String> {
        let settled = match (&roles.x, &roles.series) {
            (Some(x), Some(series)) => Some((x.clone(), series.clone(), roles.y.clone())),
            _ => self.sides(items, counts),
        };
        let Some((x, series, y)) = settled else {
            return Err(
                "A heatmap needs two columns to group by and a value; name them, for example “by weekday and hour”."
                    .to_owned(),
            );
        };
        let mut spec = ChartSpec::new(Kind::Heatmap);
        spec.x = Some(Channel { column: Some(self.name(x.column)), aggregate: None, bin: x.bin });
        spec.series = Some(Dimension { column: self.name(series.column), bin: series.bin });
        self.bin_sides(&mut spec);
        spec.y = vec![match &y {
            Y::Column(item) => {
                Measure::of(item.aggregate.unwrap_or_else(|| self.usual(item.column)), &self.name(item.column))
            }
            Y::Distinct(item) => Measure::of(Aggregate::CountDistinct, &self.name(item.column)),
            Y::Count | Y::Unsaid => Measure::count(),
        }];
        Ok(spec)
    }

    /// Days and times of which there are too many for columns are put into the periods that the words speak of, else into longer ones.
    fn bin_sides(&mut self, spec: &mut ChartSpec) {
        let table = self.request.table;
        let spoken = self.request.over_time.and_then(|start| {
            let words = (start + 1..self.request.tokens.len()).take(OVER_TIME_WORDS);
            words.into_iter().find_map(|at| phrase::period(&self.request.tokens, at))
        });
        let longer = |name: &str| {
            let column = table.columns.iter().find(|column| column.name == name)?;
            let unsaid = choose::bin(column, Kind::Line);
            spoken.filter(|_| choose::can_bin(column)).or(unsaid)
        };
        let mut chosen = Vec::new();
        if let Some(Channel { column: Some(name), bin: bin @ None, .. }) = &mut spec.x {
            *bin = longer(name);
            chosen.extend(bin.map(|bin| (name.clone(), bin)));
        }
        if let Some(Dimension { column: name, bin: bin @ None }) = &mut spec.series {
            *bin = longer(name);
            chosen.extend(bin.map(|bin| (name.clone(), bin)));
        }
        for (name, bin) in chosen.into_iter().filter(|(_, bin)| Some(*bin) != spoken) {
            self.assume(format!("“{name}” is grouped by {}.", crate::resolve::words::bin(bin)));
        }
    }

    /// Rates are averaged, quantities added up.
    fn usual(&self, column: usize) -> Aggregate {
        if self.column(column).is_some_and(choose::is_rate) { Aggregate::Avg } else { Aggregate::Sum }
    }

    /// The two sides and the value, where the roles leave them open because numbers are among them.
    fn sides(&mut self, items: &[Item], counts: bool) -> Option<(Item, Item, Y)> {
        let table = self.request.table;
        let number = |column: usize| table.columns.get(column).is_some_and(|c| c.kind == ColumnKind::Number);
        let mut groups: Vec<Item> = Vec::new();
        let mut values: Vec<Item> = Vec::new();
        for item in items.iter().filter(|item| !item.counted && !item.entity) {
            let known = groups.iter().chain(&values).any(|known| known.column == item.column);
            match item.aggregate {
                _ if known => {}
                None if !number(item.column) || side(table, item.column) => groups.push(item.clone()),
                _ => values.push(item.clone()),
            }
        }
        // `stars by hour and weekday`: of three groups, the one that the words do not group by is the value.
        while groups.len() > 2 {
            let least = groups
                .iter()
                .enumerate()
                .filter(|(_, item)| number(item.column))
                .min_by(|a, b| a.1.cues.group.total_cmp(&b.1.cues.group))?
                .0;
            values.push(groups.remove(least));
        }
        let used = |groups: &[Item], values: &[Item], column: usize| {
            groups.iter().chain(values).any(|item| item.column == column)
        };
        while groups.len() < 2 {
            let free = |column: &usize| !used(&groups, &values, *column);
            let all = 0..table.columns.len();
            let named = |column: &usize| !self.request.names.get(*column).is_some_and(|name| name.is_id);
            let column = all
                .clone()
                .filter(free)
                .filter(named)
                .find(|column| !number(*column))
                .or_else(|| all.filter(free).filter(named).find(|column| side(table, *column)))?;
            self.guesses += 1;
            self.assume(format!("One side is “{}”.", self.name(column)));
            groups.push(Item::named(column, 0, 0));
        }
        let value = values.into_iter().next().or_else(|| {
            if counts {
                return None;
            }
            let free = (0..table.columns.len()).find(|column| {
                !groups.iter().any(|item| item.column == *column)
                    && number(*column)
                    && !self.request.names.get(*column).is_some_and(|name| name.is_id)
            })?;
            Some(Item::named(free, 0, 0))
        });
        let mut groups = groups.into_iter();
        Some((groups.next()?, groups.next()?, value.map_or(Y::Count, Y::Column)))
    }
}

/// Whether a column of numbers can be a side of a grid: whole numbers, few of them, that come again.
pub(super) fn side(table: &Table, column: usize) -> bool {
    let whole = table.columns.get(column).is_some_and(|column| {
        column.kind == ColumnKind::Number
            && column
                .cells
                .iter()
                .all(|cell| !matches!(cell, plotline_table::Cell::Number(number) if (number * 2.0).fract() != 0.0))
    });
    let count = choose::different(table, column);
    whole && (2..=GROUPS_MAX).contains(&count) && count < table.row_count()
}
