//! A chart that can be changed: what was asked for, what is shown, and the data it is drawn from. Pure: no Discord, no database, no
//! model.
//!
//! It is kept beside the message that shows it, so that its buttons work after a restart, and holds only the columns that the chart
//! needs.

use plotline_chart::chart::{Data, Kind, XScale};
use plotline_chart::spec::{ChartSpec, Limit, Order, Sort, SortBy};
use plotline_chart::{Resolved, alt_text, caption, mark_supplied, to_csv};
use plotline_draw::Renderer;
use plotline_table::Table;
use serde::{Deserialize, Serialize};

use crate::answer::{DrawnChart, file_name};
use crate::request::Change;
use crate::settings::Look;

/// What the button for the largest categories goes through.
const TOPS: [usize; 3] = [5, 10, 20];

/// More slices than this are no parts of a whole that anybody can tell apart.
const SLICES_MAX: usize = 12;

/// What is kept of a chart apart from its data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    /// What is shown now.
    pub spec: ChartSpec,
    /// What was asked for: the order and the number of categories that the buttons lead back to.
    pub asked: ChartSpec,
    /// The values are a model's own, and the chart says so.
    #[serde(default)]
    pub supplied: bool,
    /// The text beside the chart is its caption, and is written anew with it; otherwise somebody's answer, which stays.
    #[serde(default)]
    pub captioned: bool,
    /// What it looks like.
    #[serde(default)]
    pub look: Look,
    /// The job that changed it last. Two clicks on one button at the same moment ask for the same; by this they are still two changes.
    #[serde(default)]
    pub changed_by: u64,
}

/// A chart with its data.
#[derive(Clone, Debug, PartialEq)]
pub struct Plotted {
    /// What it shows.
    pub shown: Shown,
    /// What it is drawn from.
    pub table: Table,
}

/// A chart, drawn again.
#[derive(Clone, Debug, PartialEq)]
pub struct Redrawn {
    /// The picture and what belongs to it.
    pub chart: DrawnChart,
    /// Its caption with what has to be said about the data.
    pub text: String,
}

/// The order that a chart shows, as the button names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ordering {
    /// As in the table, or as it was asked for.
    Asked,
    /// The largest values first.
    LargestFirst,
    /// The smallest values first.
    SmallestFirst,
    /// By label.
    ByLabel,
}

impl Plotted {
    /// A chart that was just drawn.
    pub fn new(chart: &DrawnChart) -> Self {
        let shown = Shown {
            spec: chart.spec.clone(),
            asked: chart.spec.clone(),
            supplied: chart.supplied,
            captioned: chart.captioned,
            look: chart.look,
            changed_by: 0,
        };
        Self { table: needed(&chart.table, &chart.spec), shown }
    }

    /// Reads what was kept. `None` for what another version wrote.
    pub fn read(shown: serde_json::Value, table: &[u8]) -> Option<Self> {
        Some(Self { shown: serde_json::from_value(shown).ok()?, table: serde_json::from_slice(table).ok()? })
    }

    /// The data, to be kept.
    pub fn data(&self) -> Vec<u8> {
        // A table is numbers and text, whose serialization does not fail; without data the chart has no buttons.
        serde_json::to_vec(&self.table).unwrap_or_default()
    }

    fn resolve(&self, spec: &ChartSpec) -> Result<Resolved, String> {
        let mut resolved = self.shown.look.resolve(spec, &self.table).map_err(|error| error.to_string())?;
        if self.shown.supplied {
            mark_supplied(&mut resolved);
        }
        Ok(resolved)
    }

    /// The kinds that the data allow, the present one among them; just this one where nothing else makes sense.
    pub fn kinds(&self) -> Vec<Kind> {
        let present = self.shown.spec.kind;
        let Ok(resolved) = self.resolve(&self.shown.spec) else { return vec![present] };
        let candidates: &[Kind] = match resolved.chart.data {
            Data::Categories { .. } => {
                &[Kind::Bar, Kind::Line, Kind::Step, Kind::Area, Kind::Pie, Kind::Donut, Kind::Heatmap, Kind::Combo]
            }
            Data::Points { .. } if matches!(present, Kind::Scatter | Kind::Bubble) => &[Kind::Scatter, Kind::Bubble],
            Data::Points { .. } => &[Kind::Line, Kind::Step, Kind::Area, Kind::Bar, Kind::Scatter],
            Data::Groups { .. } => &[Kind::Box, Kind::Violin, Kind::Strip],
            Data::Grid { .. } => &[Kind::Heatmap, Kind::Bar],
            Data::Ohlc { .. } => &[Kind::Candlestick, Kind::Line],
            Data::Bins { .. } => &[Kind::Histogram],
        };
        candidates.iter().copied().filter(|kind| *kind == present || self.allows(*kind, &resolved)).collect()
    }

    fn allows(&self, kind: Kind, present: &Resolved) -> bool {
        let spec = &self.shown.spec;
        let ordered = present.calendar || matches!(present.chart.data, Data::Points { .. } | Data::Ohlc { .. });
        let fits = match kind {
            // A line between names that have no order would show a course that there is not.
            Kind::Line | Kind::Step | Kind::Area => ordered,
            Kind::Pie | Kind::Donut => spec.series.is_none() && spec.y.len() == 1 && categories(present) <= SLICES_MAX,
            Kind::Heatmap => spec.series.is_some(),
            Kind::Combo => spec.y.len() > 1,
            Kind::Bubble => spec.size.is_some(),
            Kind::Scatter => {
                matches!(&present.chart.data, Data::Points { x_scale: XScale::Number, .. })
                    && spec.y.iter().all(|measure| measure.aggregate.is_none())
            }
            _ => true,
        };
        // What another kind would be drawn as in its place is no choice.
        fits && self.resolve(&with_kind(spec, kind)).is_ok_and(|resolved| resolved.spec.kind == kind)
    }

    /// The order that is shown, where there is a choice.
    pub fn ordering(&self) -> Option<Ordering> {
        self.can_sort().then(|| ordering(&self.shown.spec, &self.shown.asked))
    }

    /// How many categories are shown (`None`: all), where there is a choice.
    pub fn top(&self) -> Option<Option<usize>> {
        (self.can_sort() && self.tops().len() > 1).then_some(self.shown.spec.limit.map(|limit| limit.count))
    }

    fn can_sort(&self) -> bool {
        let kind = matches!(self.shown.spec.kind, Kind::Bar | Kind::Pie | Kind::Donut | Kind::Combo);
        kind && self.resolve(&self.unlimited()).is_ok_and(|resolved| categories(&resolved) > 1)
    }

    /// The spec with all the categories that were asked for.
    fn unlimited(&self) -> ChartSpec {
        ChartSpec { limit: self.shown.asked.limit, ..self.shown.spec.clone() }
    }

    /// The numbers of categories that the button goes through, beginning with what was asked for.
    fn tops(&self) -> Vec<Option<usize>> {
        let all = self.resolve(&self.unlimited()).map_or(0, |resolved| categories(&resolved));
        let mut tops = vec![self.shown.asked.limit.map(|limit| limit.count)];
        tops.extend(TOPS.into_iter().filter(|top| *top < all).map(Some));
        tops
    }

    /// The chart after a change.
    ///
    /// # Errors
    /// One sentence for the member where the data do not allow it.
    pub fn changed(&self, change: Change) -> Result<Self, String> {
        let mut next = self.clone();
        let spec = &mut next.shown.spec;
        match change {
            Change::Kind(kind) => *spec = with_kind(spec, kind),
            Change::Sort => {
                // Of a few categories the largest are shown; by label or upwards they would be others.
                let limited = spec.limit != self.shown.asked.limit;
                spec.sort = match ordering(spec, &self.shown.asked) {
                    Ordering::Asked => sort(SortBy::Y, Order::Desc),
                    Ordering::LargestFirst if limited => self.shown.asked.sort,
                    Ordering::LargestFirst => sort(SortBy::Y, Order::Asc),
                    Ordering::SmallestFirst => sort(SortBy::X, Order::Asc),
                    Ordering::ByLabel => self.shown.asked.sort,
                };
                if spec.sort == self.shown.spec.sort {
                    spec.sort = sort(SortBy::Y, Order::Asc);
                }
            }
            Change::Top => {
                let tops = self.tops();
                let now = spec.limit.map(|limit| limit.count);
                let at = tops.iter().position(|top| *top == now).map_or(0, |at| at + 1);
                let other = matches!(spec.kind, Kind::Pie | Kind::Donut);
                spec.limit = match tops.get(at).copied().flatten() {
                    Some(count) if at > 0 => Some(Limit { count, other }),
                    _ => self.shown.asked.limit,
                };
                if spec.limit != self.shown.asked.limit && spec.sort.is_some() {
                    spec.sort = sort(SortBy::Y, Order::Desc);
                }
            }
        }
        next.resolve(&next.shown.spec)?;
        Ok(next)
    }

    /// Draws it.
    ///
    /// # Errors
    /// One sentence for the member.
    pub fn draw(&self, renderer: &Renderer) -> Result<Redrawn, String> {
        let resolved = self.resolve(&self.shown.spec)?;
        let png = renderer.png(&resolved.chart, &self.shown.look.canvas()).map_err(|error| error.to_string())?;
        let mut lines: Vec<String> =
            Some(caption(&resolved)).into_iter().filter(|caption| !caption.is_empty()).collect();
        let notes = [&resolved.assumptions, &self.table.notes, &resolved.notes];
        lines.extend(notes.into_iter().flatten().map(|note| format!("-# {note}")));
        let chart = DrawnChart {
            png: png.into(),
            name: file_name(&resolved.chart.title),
            alt: alt_text(&resolved),
            spec: self.shown.spec.clone(),
            table: self.table.clone(),
            look: self.shown.look,
            supplied: self.shown.supplied,
            captioned: self.shown.captioned,
        };
        Ok(Redrawn { chart, text: lines.join("\n") })
    }

    /// Exactly what is plotted, as CSV, with a file name.
    ///
    /// # Errors
    /// One sentence for the member.
    pub fn csv(&self) -> Result<(String, String), String> {
        let resolved = self.resolve(&self.shown.spec)?;
        Ok((format!("{}.csv", file_name(&resolved.chart.title)), to_csv(&resolved)))
    }

    /// The chart as SVG, with a file name.
    ///
    /// # Errors
    /// One sentence for the member.
    pub fn svg(&self, renderer: &Renderer) -> Result<(String, String), String> {
        let resolved = self.resolve(&self.shown.spec)?;
        let svg = renderer.svg(&resolved.chart, &self.shown.look.canvas()).map_err(|error| error.to_string())?;
        Ok((format!("{}.svg", file_name(&resolved.chart.title)), svg))
    }
}

fn sort(by: SortBy, order: Order) -> Option<Sort> {
    Some(Sort { by, order })
}

fn ordering(spec: &ChartSpec, asked: &ChartSpec) -> Ordering {
    match spec.sort {
        now if now == asked.sort => Ordering::Asked,
        Some(Sort { by: SortBy::Y, order: Order::Desc }) => Ordering::LargestFirst,
        Some(Sort { by: SortBy::Y, order: Order::Asc }) => Ordering::SmallestFirst,
        _ => Ordering::ByLabel,
    }
}

/// The same as another kind, without what only the present kind has.
fn with_kind(spec: &ChartSpec, kind: Kind) -> ChartSpec {
    let mut spec = ChartSpec { kind, ..spec.clone() };
    if matches!(kind, Kind::Pie | Kind::Donut | Kind::Heatmap) {
        spec.options = Default::default();
    }
    if !matches!(kind, Kind::Bar | Kind::Area) {
        spec.options.stack = None;
    }
    if kind != Kind::Bar {
        spec.options.horizontal = None;
    }
    spec
}

/// How many places there are along the axis.
fn categories(resolved: &Resolved) -> usize {
    match &resolved.chart.data {
        Data::Categories { categories, .. } => categories.len(),
        Data::Points { series, .. } => series.iter().map(|series| series.points.len()).max().unwrap_or(0),
        Data::Groups { groups } => groups.len(),
        Data::Grid { columns, .. } => columns.len(),
        Data::Ohlc { periods, .. } => periods.len(),
        Data::Bins { edges, .. } => edges.len(),
    }
}

/// The columns that a spec names. It names them in full, so a column whose name does not occur in its JSON is not needed.
fn needed(table: &Table, spec: &ChartSpec) -> Table {
    let Ok(json) = serde_json::to_string(spec) else { return table.clone() };
    let named = |name: &str| serde_json::to_string(name).is_ok_and(|name| json.contains(&name));
    let columns: Vec<_> = table.columns.iter().filter(|column| named(&column.name)).cloned().collect();
    // A count of rows needs rows to count.
    let columns = if columns.is_empty() { table.columns.iter().take(1).cloned().collect() } else { columns };
    Table { title: table.title.clone(), columns, totals: Vec::new(), notes: table.notes.clone() }
}

#[cfg(test)]
mod tests {
    use plotline_chart::{Outcome, read_request};
    use plotline_table::{Limits, read_text};

    use super::*;

    fn plotted(ask: &str, data: &str) -> Plotted {
        let table = read_text(data, &Limits::default()).unwrap().tables.remove(0).table;
        let Outcome::Read(reading) = read_request(ask, &table, None) else { panic!("{ask} is read") };
        let resolved = Look::default().resolve(&reading.spec, &table).unwrap();
        let chart = DrawnChart {
            png: bytes::Bytes::new(),
            name: String::new(),
            alt: String::new(),
            spec: resolved.spec,
            table,
            look: Look::default(),
            supplied: false,
            captioned: true,
        };
        Plotted::new(&chart)
    }

    const CITIES: &str = "City,Population,Area\nBonn,331,141\nKiel,247,118\nUlm,128,118\nAachen,249,160\nJena,111,114\nTrier,110,117\nHof,45,58\n";
    const MONTHS: &str = "Month,Revenue\n2026-01,10\n2026-02,14\n2026-03,12\n2026-04,19\n";

    #[test]
    fn names_are_offered_no_lines_and_months_are() {
        assert_eq!(plotted("bar chart of population by city", CITIES).kinds(), [Kind::Bar, Kind::Pie, Kind::Donut]);
        let months = plotted("line chart of revenue by month", MONTHS).kinds();
        assert!([Kind::Line, Kind::Area, Kind::Bar].iter().all(|kind| months.contains(kind)), "{months:?}");
        assert!(!months.contains(&Kind::Candlestick) && !months.contains(&Kind::Histogram), "{months:?}");
    }

    #[test]
    fn every_kind_that_is_offered_can_be_drawn() {
        for (ask, data) in [
            ("bar chart of population by city", CITIES),
            ("scatter population against area", CITIES),
            ("histogram of area", CITIES),
            ("box plot of population", CITIES),
            ("line chart of revenue by month", MONTHS),
        ] {
            let chart = plotted(ask, data);
            let kinds = chart.kinds();
            assert!(kinds.contains(&chart.shown.spec.kind), "{ask}: {kinds:?}");
            for kind in kinds {
                let changed = chart.changed(Change::Kind(kind)).unwrap();
                let drawn = changed.draw(&Renderer::new()).unwrap();
                assert!(drawn.chart.png.starts_with(b"\x89PNG") && !drawn.chart.alt.is_empty());
            }
        }
    }

    #[test]
    fn sorting_goes_round() {
        let mut chart = plotted("bar chart of population by city", CITIES);
        let mut seen = vec![chart.ordering().unwrap()];
        for _ in 0..4 {
            chart = chart.changed(Change::Sort).unwrap();
            seen.push(chart.ordering().unwrap());
        }
        use Ordering::{Asked, ByLabel, LargestFirst, SmallestFirst};
        assert_eq!(seen, [Asked, LargestFirst, SmallestFirst, ByLabel, Asked]);
    }

    #[test]
    fn the_top_goes_through_what_is_less_than_all_and_back() {
        let mut chart = plotted("bar chart of population by city", CITIES);
        let mut seen = vec![chart.top().unwrap()];
        for _ in 0..2 {
            chart = chart.changed(Change::Top).unwrap();
            seen.push(chart.top().unwrap());
        }
        assert_eq!(seen, [None, Some(5), None]);
        assert_eq!(plotted("line chart of revenue by month", MONTHS).top(), None);
    }

    #[test]
    fn the_data_are_exactly_what_is_plotted() {
        let chart = plotted("bar chart of population by city", CITIES).changed(Change::Top).unwrap();
        let (name, csv) = chart.csv().unwrap();
        assert_eq!(name.rsplit_once('.').unwrap().1, "csv");
        insta::assert_snapshot!(csv.replace('\r', ""), @r"
        City,Population
        Bonn,331
        Kiel,247
        Ulm,128
        Aachen,249
        Jena,111
        ");
    }

    #[test]
    fn it_is_the_same_after_a_restart_and_keeps_only_the_columns_that_it_needs() {
        let chart = plotted("bar chart of population by city", CITIES);
        let shown = serde_json::to_value(&chart.shown).unwrap();
        let read = Plotted::read(shown, &chart.data()).unwrap();
        assert_eq!(read, chart);
        let names: Vec<&str> = read.table.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["City", "Population"]);
        assert_eq!(Plotted::read(serde_json::json!({"spec": 1}), b"[]"), None);
    }

    #[test]
    fn a_kind_that_the_data_do_not_allow_is_refused_with_a_sentence() {
        let chart = plotted("bar chart of revenue by month", "Month,Revenue\n2026-01,-10\n2026-02,14\n");
        assert!(chart.changed(Change::Kind(Kind::Pie)).unwrap_err().contains("negative"));
    }
}
