//! Changes to the chart before: `as a pie`, `only 2024`, `sort it`, `by month instead`.

use plotline_table::ColumnKind;

use super::phrase::{PeriodSaid, Said};
use super::role::{self, Item, Stage};
use super::{Confidence, Reading, Request, arrange, choose, rows, undrawn};
use crate::chart::{Kind, Stack};
use crate::resolve::columns::{index, is_numeric};
use crate::resolve::filter;
use crate::spec::{Aggregate, Bin, Channel, ChartSpec, Compare, Dimension, Filter, Measure, SpecOptions};

/// Words that speak of the chart that is there.
const BACK_WORDS: &[&str] = &[
    "instead", "same", "it", "now", "again", "also", "too", "change", "switch", "turn", "convert", "keep", "but",
    "rather", "well", "add", "remove", "drop", "swap", "replace", "make", "actually", "that",
];
/// Words about the look of a chart, which no request changes.
const LOOKS: &[&str] = &[
    "legend",
    "legends",
    "title",
    "titles",
    "color",
    "colors",
    "colour",
    "colours",
    "font",
    "fonts",
    "grid",
    "gridlines",
    "background",
    "label",
    "labels",
    "bigger",
    "smaller",
    "larger",
    "prettier",
];
/// Words that begin a wish about the look of a chart.
const COMMANDS: &[&str] =
    &["remove", "hide", "drop", "change", "make", "add", "use", "set", "without", "no", "show", "turn"];
/// A request of at most this many words that names no value and no group is about the chart that is there.
const SHORT_WORDS: usize = 7;

/// The previous chart with the changes that the request asks for; `None` where the request stands on its own.
pub(super) fn read(request: &Request<'_>, previous: &ChartSpec) -> Option<Reading> {
    let back = request.tokens.iter().any(|token| token.is_any(BACK_WORDS));
    let counts = request.aggregates.iter().any(|said| said.how == Aggregate::Count);
    let stage = Stage {
        table: request.table,
        names: &request.names,
        tokens: &request.tokens,
        kind: None,
        series: None,
        counts,
        said: false,
        compares: false,
    };
    let items = role::items(&stage, &request.mentions, &request.aggregates);
    let strong: Vec<&Item> = items.iter().filter(|item| item.likeness > 0.45 && !item.entity).collect();
    let groups = strong.iter().any(|item| item.cues.group >= 1.5);
    let values = counts
        || rows::named(request, None)
        || strong.iter().any(|item| item.aggregate.is_some() || is_value(request, item));
    let short = request.tokens.iter().filter(|token| token.is_word()).count() <= SHORT_WORDS;
    // `revenue by region` is a request of its own; `by region` and `as a pie` are not.
    let groups = groups || request.bin.is_some() && values;
    if !back && (groups && values || strong.len() > 1 || !strong.is_empty() && !short) {
        return None;
    }
    let mut spec = previous.clone();
    spec.title = None;
    let mut change = Change { request, spec, assumptions: Vec::new(), changed: false };
    change.columns(&strong);
    change.period();
    change.kind();
    change.rows();
    change.look();
    change.order(previous);
    change.flip();
    // `remove the legend`, but not `how much larger is the north?`
    let commanded = request.tokens.iter().take(3).any(|token| token.is_any(COMMANDS));
    if !change.changed && short && commanded && change.said(LOOKS) && request.title.is_none() {
        change.assumptions.push(
            "Colours, fonts, titles, labels and legends follow from the chart and cannot be changed, so it stays as it was."
                .to_owned(),
        );
        change.changed = true;
    }
    let Change { mut spec, mut assumptions, mut changed, .. } = change;
    if let Some(title) = &request.title {
        // A heading alone belongs to the chart that is there.
        changed |= strong.is_empty() && !counts && request.kind.is_none();
        spec.title = Some(title.clone());
    }
    if !changed {
        return None;
    }
    assumptions.extend(undrawn::sentences(&request.undrawn, spec.kind));
    let confidence = if back { Confidence::High } else { Confidence::Medium };
    Some(Reading { spec, confidence, assumptions })
}

/// A column of numbers that measure something.
fn is_value(request: &Request<'_>, item: &Item) -> bool {
    request.table.columns.get(item.column).is_some_and(|column| column.kind == ColumnKind::Number)
        && !request.names.get(item.column).is_some_and(|name| name.is_id)
        && item.cues.group < 1.5
}

struct Change<'a, 't> {
    request: &'a Request<'t>,
    spec: ChartSpec,
    assumptions: Vec<String>,
    changed: bool,
}

impl Change<'_, '_> {
    fn said(&self, words: &[&str]) -> bool {
        self.request.tokens.iter().any(|token| token.is_any(words))
    }

    fn name(&self, column: usize) -> String {
        self.request.table.columns.get(column).map(|column| column.name.clone()).unwrap_or_default()
    }

    /// Other columns, other aggregates.
    fn columns(&mut self, items: &[&Item]) {
        let more = self.said(&["add", "also", "too", "plus"]);
        let kept = self.instead_of();
        for item in items {
            if Some(item.column) == kept {
                continue;
            }
            let name = self.name(item.column);
            if is_value(self.request, item) || item.aggregate.is_some() {
                let how = item
                    .aggregate
                    .or_else(|| self.spec.y.first().and_then(|y| y.aggregate))
                    .filter(|how| *how != Aggregate::Count);
                let measure = Measure { column: Some(name), aggregate: how, second_axis: false };
                if self.spec.kind == Kind::Histogram {
                    self.spec.x = Some(Channel { column: measure.column, aggregate: None, bin: None });
                } else if more && self.spec.series.is_none() {
                    self.spec.y.push(measure);
                } else {
                    self.spec.y = vec![measure];
                }
                self.changed = true;
            } else if item.cues.colors() || (more || self.said(&["split", "color", "colour"])) && item.cues.group >= 1.5
            {
                self.spec.series = Some(Dimension { column: name, bin: None });
                self.changed = true;
            } else if item.cues.group >= 1.5 || self.said(&["instead", "switch", "use"]) {
                self.spec.x = Some(Channel::column(&name));
                // A line joins points in time, not names.
                let time = self.request.table.columns.get(item.column).is_some_and(choose::is_time);
                if !time
                    && matches!(self.spec.kind, Kind::Line | Kind::Area | Kind::Step)
                    && !is_numeric_at(self.request, item.column)
                {
                    self.spec.kind = Kind::Bar;
                }
                if self.spec.series.as_ref().is_some_and(|series| series.column == name) {
                    self.spec.series = None;
                }
                self.group_values();
                self.changed = true;
            }
        }
        for said in &self.request.aggregates {
            if said.mention.is_some()
                || !said.topics.is_empty()
                || said.start + 1 < said.end && said.how != Aggregate::Count
            {
                continue;
            }
            match said.how {
                Aggregate::Count | Aggregate::CountDistinct => self.spec.y = vec![Measure::count()],
                how => {
                    for measure in self.spec.y.iter_mut().filter(|measure| measure.column.is_some()) {
                        measure.aggregate = Some(how);
                    }
                }
            }
            self.changed = true;
        }
        if self.said(&["remove", "drop", "without", "no", "undo"])
            && self.said(&["split", "splits", "series", "groups"])
        {
            self.spec.series = None;
            self.changed = true;
        }
    }

    /// `costs instead of revenue`: what stands after `of` goes.
    fn instead_of(&self) -> Option<usize> {
        let at = self.request.tokens.windows(2).position(|pair| pair[0].is("instead") && pair[1].is("of"))?;
        self.request.mentions.iter().find(|mention| mention.start >= at + 2).map(|mention| mention.column)
    }

    /// One value for each of the new categories.
    fn group_values(&mut self) {
        let Some(x) = self.spec.x.as_ref().and_then(|x| x.column.clone()) else { return };
        let Some(at) = index(self.request.table, &x) else { return };
        let rows = filter::rows(self.request.table, self.spec.filter.as_ref()).unwrap_or_default();
        if !choose::repeated(
            self.request.table,
            &rows,
            at,
            self.spec.series.as_ref().map(|series| series.column.as_str()),
        ) {
            return;
        }
        for measure in self.spec.y.iter_mut().filter(|measure| measure.aggregate.is_none()) {
            let rate = measure
                .column
                .as_deref()
                .and_then(|name| index(self.request.table, name))
                .and_then(|at| self.request.table.columns.get(at))
                .is_some_and(choose::is_rate);
            measure.aggregate = Some(if rate { Aggregate::Avg } else { Aggregate::Sum });
        }
    }

    /// `by month instead`: the period of the dates, or the dates in place of the categories.
    fn period(&mut self) {
        let Some(said) = self.request.bin else { return };
        let bin = match said.bin {
            PeriodSaid::Exactly(bin) => bin,
            PeriodSaid::Open => Bin::Year,
        };
        let table = self.request.table;
        let is_time = |name: &str| index(table, name).and_then(|at| table.columns.get(at)).is_some_and(choose::is_time);
        let current = self.spec.x.as_ref().and_then(|x| x.column.clone()).filter(|name| is_time(name));
        let column =
            current.or_else(|| table.columns.iter().find(|column| choose::is_time(column)).map(|c| c.name.clone()));
        let Some(column) = column else { return };
        let line = matches!(self.spec.kind, Kind::Line | Kind::Area | Kind::Step);
        let years = index(table, &column).and_then(|at| table.columns.get(at)).is_some_and(choose::several_years);
        let bin = if bin == Bin::Month && line && years { Bin::YearMonth } else { bin };
        self.spec.x = Some(Channel { column: Some(column), aggregate: None, bin: Some(bin) });
        self.group_values();
        for measure in self.spec.y.iter_mut().filter(|measure| measure.aggregate.is_none()) {
            measure.aggregate = Some(Aggregate::Sum);
        }
        self.changed = true;
    }

    fn kind(&mut self) {
        let Some(said) = &self.request.kind else { return };
        // `show the share` of the same chart is a pie only where nothing else is asked.
        if said.said == Said::Implied && self.changed {
            return;
        }
        let before = self.spec.kind;
        if said.kind == Kind::Histogram && before != Kind::Histogram {
            let value = self.spec.y.iter().find_map(|measure| measure.column.clone());
            let numeric = |name: &String| {
                index(self.request.table, name)
                    .and_then(|at| self.request.table.columns.get(at))
                    .is_some_and(is_numeric)
            };
            let Some(value) = value.filter(numeric) else { return };
            self.spec.x = Some(Channel::column(&value));
            self.spec.y.clear();
            self.spec.series = None;
        }
        if matches!(said.kind, Kind::Pie | Kind::Donut) {
            if self.spec.series.take().is_some() || self.spec.y.len() > 1 {
                self.spec.y.truncate(1);
                self.assumptions.push("A pie shows one series, so the others are left out.".to_owned());
            }
            self.group_values();
            self.spec.options = SpecOptions::default();
        }
        self.spec.kind = said.kind;
        if let Some(stack) = said.stack {
            self.spec.options.stack = Some(stack);
        }
        if said.horizontal.is_some() {
            self.spec.options.horizontal = said.horizontal;
        }
        self.changed = true;
    }

    /// Other rows: a new condition on a column replaces the old one.
    fn rows(&mut self) {
        if self.said(&["all", "everything", "unfiltered"])
            && self.said(&["show", "rows", "back", "everything", "data", "unfiltered", "again"])
            && self.spec.filter.is_some()
            && self.request.filter.is_none()
        {
            self.spec.filter = None;
            self.changed = true;
        }
        let Some(new) = self.request.filter.clone() else { return };
        self.assumptions.extend(self.request.notes.iter().cloned());
        let column = simple_column(&new).map(str::to_owned);
        self.spec.filter = Some(match self.spec.filter.take() {
            None => new,
            Some(Filter::And(parts)) => {
                let mut kept: Vec<Filter> =
                    parts.into_iter().filter(|part| !replaces(&new, column.as_deref(), part)).collect();
                kept.push(new);
                if kept.len() == 1 { kept.remove(0) } else { Filter::And(kept) }
            }
            Some(old) if replaces(&new, column.as_deref(), &old) => new,
            Some(old) => old.and(new),
        });
        self.changed = true;
    }

    fn look(&mut self) {
        let asked = &self.request.options;
        let options = &mut self.spec.options;
        if *asked != SpecOptions::default() {
            options.horizontal = asked.horizontal.or(options.horizontal);
            options.stack = asked.stack.or(options.stack);
            options.log |= asked.log;
            options.cumulative |= asked.cumulative;
            options.trend_line |= asked.trend_line;
            options.small_multiples |= asked.small_multiples;
            options.moving_average = asked.moving_average.or(options.moving_average);
            self.changed = true;
        }
        let undone = self.said(&["not", "no", "without", "remove", "un", "drop"]);
        if undone && self.said(&["stacked", "stack", "stacking"]) {
            self.spec.options.stack = Some(Stack::None);
        }
        if self.said(&["linear"]) {
            self.spec.options.log = false;
            self.changed = true;
        }
        if self.request.second_axis && self.spec.y.len() > 1 {
            if let Some(last) = self.spec.y.last_mut() {
                last.second_axis = true;
            }
            self.changed = true;
        }
    }

    /// `flip it`, `swap the axes`.
    fn flip(&mut self) {
        let turned = self.said(&["flip", "rotate", "transpose"])
            || self.said(&["swap", "switch"]) && self.said(&["axis", "axes"]);
        if !turned || self.changed {
            return;
        }
        match (self.spec.kind, &mut self.spec.x, self.spec.y.as_mut_slice()) {
            (Kind::Scatter | Kind::Bubble, Some(x), [y]) if x.column.is_some() && y.column.is_some() => {
                std::mem::swap(&mut x.column, &mut y.column);
                std::mem::swap(&mut x.aggregate, &mut y.aggregate);
                self.changed = true;
            }
            (Kind::Bar | Kind::Box, ..) => {
                self.spec.options.horizontal = Some(self.spec.options.horizontal != Some(true));
                self.changed = true;
            }
            _ => {
                self.assumptions
                    .push("Only bars and scatter charts can be turned, so the chart stays as it was.".to_owned());
                self.changed = true;
            }
        }
    }

    fn order(&mut self, previous: &ChartSpec) {
        if self.request.sort.is_none() && self.request.limit.is_none() {
            return;
        }
        let (sort, limit) = (previous.sort, previous.limit);
        self.assumptions.extend(arrange::arrange(self.request, &mut self.spec));
        if self.request.sort.is_none() && self.request.limit.is_some_and(|limit| limit.smallest.is_none()) {
            self.spec.sort = sort;
        }
        if self.request.limit.is_none() {
            self.spec.limit = limit;
        }
        self.changed = true;
    }
}

fn is_numeric_at(request: &Request<'_>, column: usize) -> bool {
    request.table.columns.get(column).is_some_and(is_numeric)
}

fn simple_column(filter: &Filter) -> Option<&str> {
    match filter {
        Filter::Compare { column, .. }
        | Filter::Between { column, .. }
        | Filter::In { column, .. }
        | Filter::Contains { column, .. }
        | Filter::IsNull { column } => Some(column),
        Filter::Not(inner) => simple_column(inner),
        Filter::And(_) | Filter::Or(_) => None,
    }
}

/// `only 2024` after `only 2023` replaces it; `without Paris` narrows what is there.
fn replaces(new: &Filter, column: Option<&str>, old: &Filter) -> bool {
    let narrows = matches!(new, Filter::Compare { op: Compare::NotEqual, .. } | Filter::Not(_));
    !narrows && column.is_some() && column == simple_column(old)
}
