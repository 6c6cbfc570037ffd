//! How the rows of one category become one value: added up, averaged, put into periods, or split into lines.

use plotline_table::ColumnKind;

use super::choose;
use super::compose::{DIFFER, Draft};
use super::role::{Roles, Y};
use crate::chart::Kind;
use crate::spec::{Aggregate, Bin, ChartSpec, Dimension};

/// A course is split unasked into this many lines.
const LINES: std::ops::RangeInclusive<usize> = 2..=12;

impl Draft<'_, '_> {
    /// Rows of the same category are combined where the words ask for one value each.
    pub(super) fn choose_aggregate(&mut self, spec: &mut ChartSpec, roles: &Roles) {
        if spec.kind == Kind::Box {
            return;
        }
        let Some(x_name) = spec.x.as_ref().and_then(|x| x.column.clone()) else { return };
        let Some(x) = self.table().columns.iter().position(|column| column.name == x_name) else { return };
        let binned = spec.x.as_ref().is_some_and(|x| x.bin.is_some());
        let ranked = matches!(&roles.y, Y::Column(item) if item.cues.by);
        // Slices of the same name would be one slice to the eye.
        let slices = matches!(spec.kind, Kind::Pie | Kind::Donut);
        let each = slices || ranked || roles.x.as_ref().is_none_or(|item| item.cues.each || item.cues.grouped_by);
        // `the farm with the least water`: one value for each farm.
        let ranking = spec.x.as_ref().is_some_and(|x| x.bin.is_none())
            && self.column(x).is_some_and(|column| column.kind == ColumnKind::Text)
            && self.request.limit.is_none()
            && self.request.tokens.iter().any(|token| token.is_any(&["most", "least", "fewest"]))
            && self.request.kind.is_none();
        let each = each || ranking;
        let along = matches!(spec.kind, Kind::Line | Kind::Step | Kind::Area | Kind::Combo);
        let asked = roles.x.as_ref().is_some_and(|item| item.cues.each || item.cues.grouped_by);
        if along && !asked && !binned && self.split_course(spec, x) {
            return;
        }
        let repeated = choose::repeated_in(
            self.table(),
            &self.request.rows,
            (x, spec.x.as_ref().and_then(|x| x.bin)),
            spec.series.as_ref().map(|series| series.column.as_str()),
        );
        // A line that comes back to the same place several times shows nothing.
        if !(repeated && (binned || each || along)) {
            return;
        }
        let mut said = Vec::new();
        for measure in spec.y.iter_mut().filter(|measure| measure.aggregate.is_none()) {
            let Some(name) = measure.column.clone() else { continue };
            let column = self.request.table.columns.iter().find(|column| column.name == name);
            let id = self
                .request
                .table
                .columns
                .iter()
                .position(|c| c.name == name)
                .is_some_and(|at| self.request.names.get(at).is_some_and(|n| n.is_id));
            if id && !binned {
                continue;
            }
            let differs = self.request.tokens.iter().any(|token| token.is_any(DIFFER));
            let rate = differs || column.is_some_and(choose::is_rate);
            let how = if rate { Aggregate::Avg } else { Aggregate::Sum };
            measure.aggregate = Some(how);
            let verb = if how == Aggregate::Avg { "averaged" } else { "added up" };
            said.push(format!("Values of “{name}” with the same “{x_name}” are {verb}."));
        }
        self.assumptions.extend(said);
    }

    /// A line with several values at each place is a line for each value of another column, where one tells them apart.
    fn split_course(&mut self, spec: &mut ChartSpec, x: usize) -> bool {
        let (table, rows) = (self.request.table, &self.request.rows);
        let aggregated =
            self.request.cells.is_some() && self.request.aggregates.iter().any(|said| said.how != Aggregate::Count);
        let plain =
            !aggregated && spec.y.len() == 1 && spec.y.iter().all(|y| y.aggregate.is_none()) && spec.series.is_none();
        if !plain || !choose::repeated(table, rows, x, None) {
            return false;
        }
        let split = (0..table.columns.len()).find(|at| {
            let Some(column) = table.columns.get(*at) else { return false };
            *at != x
                && matches!(column.kind, ColumnKind::Text | ColumnKind::Bool)
                && LINES.contains(&choose::different(table, *at))
                && !choose::repeated(table, rows, x, Some(&column.name))
        });
        let Some(split) = split else { return false };
        let name = self.name(split);
        self.assume(format!("There is a line for each “{name}”."));
        spec.series = Some(Dimension { column: name, bin: None });
        true
    }

    /// Dates that are nearly all different need a period before anything can be counted or averaged over them.
    pub(super) fn choose_bin(&mut self, spec: &mut ChartSpec) {
        let Some(x) = &mut spec.x else { return };
        let along = matches!(spec.kind, Kind::Line | Kind::Area | Kind::Step);
        // Along a line, January of one year and of the next are different points.
        if x.bin == Some(Bin::Month)
            && along
            && self.request.bin.is_some_and(|said| !said.plainly)
            && let Some(column) =
                self.request.table.columns.iter().find(|column| Some(&column.name) == x.column.as_ref())
            && choose::several_years(column)
        {
            x.bin = Some(Bin::YearMonth);
        }
        // So are the hours of one day and of the next.
        if x.bin == Some(Bin::Hour) {
            let column = self.request.table.columns.iter().find(|column| Some(&column.name) == x.column.as_ref());
            let of_day = self.request.tokens.iter().any(|token| token.is("day"));
            if column.is_some_and(choose::several_days) && !of_day {
                if along {
                    x.bin = Some(Bin::DayHour);
                } else {
                    self.assumptions.push("The hours of all days are put together.".to_owned());
                }
            }
        }
        if x.bin.is_some() || !spec.y.iter().any(|y| y.aggregate.is_some()) {
            return;
        }
        let Some(name) = x.column.clone() else { return };
        let Some(column) = self.request.table.columns.iter().find(|column| column.name == name) else { return };
        if let Some(bin) = choose::bin(column, spec.kind) {
            x.bin = Some(bin);
            self.assumptions.push(format!("“{name}” is grouped by {}.", crate::resolve::words::bin(bin)));
        }
    }
}
