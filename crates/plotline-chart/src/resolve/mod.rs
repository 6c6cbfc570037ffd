//! From a spec and a table to exact points.
//!
//! Every kind ends in the same two things: the points as they are printed (for answers, downloads and captions) and the
//! same values in the shape that the drawing crate needs. Both come from one pass, so they cannot disagree.

mod aggregate;
mod bounds;
mod category;
pub(crate) mod columns;
mod distribution;
pub(crate) mod duration;
pub(crate) mod filter;
pub(crate) mod fold;
mod grid;
pub(crate) mod key;
mod labels;
mod overlay;
mod scatter;
pub(crate) mod words;

use plotline_table::{Column, ColumnKind, Table, Time};

pub use key::Printed;

use crate::ChartError;
use crate::chart::{Axis, Chart, Data, DateStyle, Kind, NumberStyle, Options, Stack};
use crate::spec::{Aggregate, Bin, Channel, ChartSpec, Measure};
use columns::{find, is_numeric};

/// A chart is given up where categories × series exceed this many values: no screen shows more, and memory must be bounded.
const VALUES_MAX: usize = 2_000_000;

/// A spec that has met its table.
#[derive(Clone, Debug, PartialEq)]
pub struct Resolved {
    /// The spec with the columns' own names and with what had to be decided.
    pub spec: ChartSpec,
    /// What is plotted, in drawing order.
    pub points: Vec<PlotPoint>,
    /// The same, ready to be drawn.
    pub chart: Chart,
    /// What was decided without being asked: whole sentences for the member.
    pub assumptions: Vec<String>,
    /// What was left out or is special about the data: whole sentences for the member.
    pub notes: Vec<String>,
    /// The categories are periods (months, weekdays, quarters) in their own order.
    pub calendar: bool,
    /// Of a chart of several columns: the name of each series and the unit of its values. Empty where all have those of the axis.
    pub units: Vec<(String, Option<String>)>,
}

/// One value of a chart.
#[derive(Clone, Debug, PartialEq)]
pub struct PlotPoint {
    /// The label or number along x.
    pub x: Printed,
    /// The value; `None` is a gap.
    pub y: Option<f64>,
    /// The series that it belongs to.
    pub series: Option<String>,
    /// For a bubble: the value that its area shows.
    pub size: Option<f64>,
}

/// Resolves a spec against a table.
///
/// # Errors
/// A [`ChartError`] where a column does not exist, nothing is left to draw, or the parts do not go together.
pub fn resolve(spec: &ChartSpec, table: &Table, style: NumberStyle) -> Result<Resolved, ChartError> {
    let folded = spec.fold.as_ref().map(|fold| fold::fold(fold, table)).transpose()?;
    let table = folded.as_ref().unwrap_or(table);
    let spec = canonical(spec, table)?;
    let rows = filter::rows(table, spec.filter.as_ref())?;
    let mut scope =
        Scope { style, table, rows, assumptions: Vec::new(), notes: Vec::new(), left_out: Vec::new(), spec };
    if scope.rows.is_empty() {
        return Err(scope.empty());
    }
    let mut drawn = match scope.spec.kind {
        Kind::Scatter | Kind::Bubble => scatter::draw(&mut scope)?,
        Kind::Histogram => distribution::histogram(&mut scope)?,
        Kind::Box | Kind::Violin | Kind::Strip => distribution::groups(&mut scope)?,
        Kind::Heatmap => grid::heatmap(&mut scope)?,
        Kind::Candlestick => grid::candles(&mut scope)?,
        Kind::Bar | Kind::Line | Kind::Step | Kind::Area | Kind::Pie | Kind::Donut | Kind::Combo => {
            category::draw(&mut scope)?
        }
    };
    if !drawn.points.iter().any(|point| point.y.is_some()) {
        return Err(scope.empty());
    }
    let units = units(&scope);
    // Points in a plane are told by both of their names; elsewhere “Column 2” along an axis says nothing.
    if !matches!(scope.spec.kind, Kind::Scatter | Kind::Bubble) {
        for axis in [&mut drawn.x, &mut drawn.y].into_iter().filter(|axis| words::unnamed(&axis.label)) {
            axis.label.clear();
        }
    }
    let Scope { spec, assumptions, notes, left_out, .. } = scope;
    let title = spec.title.clone().filter(|title| !title.trim().is_empty()).unwrap_or_else(|| words::title(&spec));
    let stack = spec.options.stack.unwrap_or(match drawn.kind {
        Kind::Area => Stack::Stacked,
        _ => Stack::None,
    });
    let chart = Chart {
        kind: drawn.kind,
        title,
        subtitle: words::subtitle(&spec, &left_out),
        x: drawn.x,
        y: drawn.y,
        y2: drawn.y2,
        legend_title: spec.series.as_ref().map(words::dimension),
        data: drawn.data,
        options: Options {
            horizontal: spec.options.horizontal,
            stack,
            overlays: drawn.overlays,
            small_multiples: spec.options.small_multiples,
        },
        style,
        dates: DateStyle::default(),
        notes: Vec::new(),
    };
    let calendar = spec.sort.is_none()
        && spec.limit.is_none()
        && spec.x.as_ref().and_then(|x| x.column.as_deref()).is_some_and(|name| {
            columns::index(table, name).and_then(|at| table.columns.get(at)).is_some_and(|c| c.kind == ColumnKind::Date)
        });
    Ok(Resolved { spec, points: drawn.points, chart, assumptions, notes, calendar, units })
}

/// The series and their units, where columns of different units are drawn together.
fn units(scope: &Scope<'_>) -> Vec<(String, Option<String>)> {
    if scope.spec.series.is_some() || scope.spec.options.share || scope.spec.kind == Kind::Candlestick {
        return Vec::new();
    }
    let of = |measure: &Measure| {
        let column = scope.column(measure.column.as_deref()).ok().flatten();
        (words::measure(measure), words::unit(&(measure.clone(), column)))
    };
    let units: Vec<(String, Option<String>)> = scope.spec.y.iter().map(of).collect();
    let differ = units.windows(2).any(|pair| pair[0].1 != pair[1].1);
    if differ { units } else { Vec::new() }
}

/// What one kind of chart makes of the rows.
struct Drawn {
    kind: Kind,
    points: Vec<PlotPoint>,
    data: Data,
    x: Axis,
    y: Axis,
    y2: Option<Axis>,
    overlays: Vec<crate::chart::Overlay>,
}

/// A spec on its way: what remains of the table, and what has to be said.
struct Scope<'t> {
    /// How numbers in sentences are written.
    style: NumberStyle,
    table: &'t Table,
    spec: ChartSpec,
    rows: Vec<usize>,
    assumptions: Vec<String>,
    notes: Vec<String>,
    /// Short parts of the subtitle: what is not in the picture.
    left_out: Vec<String>,
}

impl<'t> Scope<'t> {
    fn empty(&self) -> ChartError {
        ChartError::Empty {
            filter: self.spec.filter.as_ref().map(filter::words).unwrap_or_default(),
            columns: crate::error::columns(self.table),
        }
    }

    fn impossible(&self, reason: impl Into<String>) -> ChartError {
        ChartError::impossible(self.table, reason)
    }

    /// The column of a channel, where it has one.
    fn column(&self, name: Option<&str>) -> Result<Option<&'t Column>, ChartError> {
        name.map(|name| find(self.table, name)).transpose()
    }

    /// The column, which must have numbers.
    fn numeric(&self, name: &str, purpose: &'static str) -> Result<&'t Column, ChartError> {
        let column = find(self.table, name)?;
        if is_numeric(column) { Ok(column) } else { Err(ChartError::not_numeric(self.table, name, purpose)) }
    }

    /// The column of a measure, checked against what the aggregate needs.
    fn measured(&self, measure: &Measure) -> Result<Option<&'t Column>, ChartError> {
        let purpose = match measure.aggregate {
            Some(Aggregate::Count) => return self.column(measure.column.as_deref()),
            Some(Aggregate::CountDistinct) => {
                return match self.column(measure.column.as_deref())? {
                    Some(column) => Ok(Some(column)),
                    None => Err(self.impossible("A count of different values needs a column.")),
                };
            }
            Some(Aggregate::Sum) => "a total",
            Some(Aggregate::Avg) => "an average",
            Some(Aggregate::Min) => "a minimum",
            Some(Aggregate::Max) => "a maximum",
            Some(Aggregate::Median) => "a median",
            None => "the value axis",
        };
        match measure.column.as_deref() {
            Some(name) => self.numeric(name, purpose).map(Some),
            None => Err(self.impossible("A value without a column can only be a count.")),
        }
    }

    /// Checks that a column can be put in these bins.
    fn check_bin(&self, column: &Column, bin: Option<Bin>) -> Result<(), ChartError> {
        let Some(bin) = bin else { return Ok(()) };
        let sensible = match bin {
            Bin::Bins(_) | Bin::Width(_) => column.kind == ColumnKind::Number,
            _ => column.kind == ColumnKind::Date || column.kind == ColumnKind::Number,
        };
        let any = self.rows.iter().any(|row| key::Key::of(column, *row, Some(bin)).is_some());
        if sensible && any {
            return Ok(());
        }
        Err(self.impossible(format!("“{}” cannot be grouped by {}.", column.name, words::bin(bin))))
    }

    /// Says how many rows are not drawn because a cell is empty or has no such period.
    fn leave_out(&mut self, count: usize, column: &str) {
        if count > 0 {
            let rows = if count == 1 { "row" } else { "rows" };
            let verb = if count == 1 { "is" } else { "are" };
            self.notes.push(format!("{count} {rows} without “{column}” {verb} left out."));
            self.left_out.push(format!("{count} {rows} without {} left out", words::pretty(column)));
        }
    }

    /// A numeric bin count becomes a width with round edges, the same for every row.
    fn settle_bins(&mut self) -> Result<(), ChartError> {
        let Some(Channel { column: Some(name), bin: Some(Bin::Bins(count)), .. }) = &self.spec.x else { return Ok(()) };
        let column = self.numeric(name, "a numeric grouping")?;
        let width = distribution::round_width(column, &self.rows, usize::from(*count));
        if let Some(x) = &mut self.spec.x {
            x.bin = Some(Bin::Width(width));
        }
        Ok(())
    }
}

/// The spec with every column under the table's own name.
fn canonical(spec: &ChartSpec, table: &Table) -> Result<ChartSpec, ChartError> {
    let mut spec = spec.clone();
    let fix = |name: &mut String| -> Result<(), ChartError> {
        let column = find(table, name)?;
        name.clone_from(&column.name);
        Ok(())
    };
    if let Some(name) = spec.x.as_mut().and_then(|x| x.column.as_mut()) {
        fix(name)?;
    }
    for measure in &mut spec.y {
        if let Some(name) = &mut measure.column {
            // `*` is how a count of rows is often written.
            if name == "*" && matches!(measure.aggregate, Some(Aggregate::Count)) {
                measure.column = None;
            } else {
                fix(name)?;
            }
        }
    }
    for dimension in [&mut spec.series, &mut spec.group].into_iter().flatten() {
        fix(&mut dimension.column)?;
    }
    if let Some(size) = &mut spec.size {
        fix(size)?;
    }
    if spec.limit.is_some_and(|limit| limit.count == 0) {
        return Err(ChartError::impossible(table, "A limit must be at least 1."));
    }
    Ok(spec)
}

/// Whether the values of a column are calendar years.
fn is_year(column: &Column) -> bool {
    column.kind == ColumnKind::Date && is_numeric(column)
}

/// Whether the values of a column lie on one time line.
fn is_absolute_time(column: &Column) -> bool {
    column.kind == ColumnKind::Date
        && column.cells.iter().all(|cell| match cell {
            plotline_table::Cell::Gap => true,
            plotline_table::Cell::Time(time) => key::is_absolute(*time) && !matches!(time, Time::Quarter(None, _)),
            _ => false,
        })
}
