//! From what was recognised to a spec: the roles, the kind, the aggregation, the order.

use plotline_table::{Cell, Column, ColumnKind, Table, Time};

use super::absent::Absent;
use super::measure::AggregateSaid;
use super::phrase::{KindSaid, PeriodSaid, Said};
use super::role::{self, Cues, Item, Roles, Stage, Y};
use super::sort::Target;
use super::{
    Confidence, Outcome, Reading, Request, choose, combo, place, ratio, relate, rows, title, undrawn, versus, wide,
};
use crate::chart::{Kind, Stack};
use crate::resolve::columns::is_numeric;
use crate::spec::{Aggregate, Bin, Channel, ChartSpec, Compare, Dimension, Filter, Measure, Order, SpecOptions};

/// A scatter of aggregates that does not say its groups takes the column with the fewest values within these.
const GROUPS: std::ops::RangeInclusive<usize> = 2..=40;

/// Verbs of questions about groups, which the averages answer.
pub(super) const DIFFER: &[&str] = &["differ", "differs", "vary", "varies", "differences"];

/// An assignment of roles that scores less leaves too much unexplained to be sure of.
const SCORE_SURE: f64 = 1.5;

/// Reads a request that stands on its own.
pub(super) fn read(request: &Request<'_>) -> Outcome {
    read_settled(request, None)
}

/// The same; where the columns are settled already, only their order and options are read.
pub(super) fn read_settled(request: &Request<'_>, settled: Option<ChartSpec>) -> Outcome {
    if let Some(reason) = ratio::declined(request) {
        return Outcome::Declined(reason);
    }
    // `energy by country` over a column for each source lacks no column.
    let absent = request.absent.as_ref().filter(|_| !wide::named_as_a_whole(request));
    if let Some(Absent::Declined(reason, None)) = absent {
        return Outcome::Declined(reason.clone());
    }
    let mut draft = Draft { request, assumptions: Vec::new(), guesses: 0, ranking: None };
    let spec = match settled {
        Some(mut spec) => {
            draft.finish(&mut spec);
            Ok(spec)
        }
        None => draft.spec(),
    };
    match spec {
        Ok(mut spec) => {
            spec.filter.clone_from(&request.filter);
            draft.assumptions.extend(request.notes.iter().cloned());
            match absent {
                Some(Absent::Declined(reason, _)) if spec.y.iter().all(|y| y.column.is_none()) => {
                    return Outcome::Declined(reason.clone());
                }
                Some(Absent::Declined(_, Some(sentence)) | Absent::Said(sentence)) => draft.assume(sentence.clone()),
                Some(Absent::Declined(_, None)) | None => {}
            }
            if let Some(PeriodSaid::Exactly(bin)) = request.bin_without_dates {
                draft.assume(format!("No column has dates to group by {}.", crate::resolve::words::bin(bin)));
            }
            draft.assumptions.extend(undrawn::sentences(&request.undrawn, spec.kind));
            spec.title = request.title.clone().or_else(|| title::of_unnamed(request, &spec));
            let confidence = match (draft.guesses, draft.assumptions.len()) {
                (0, 0) => Confidence::High,
                (0 | 1, _) => Confidence::Medium,
                _ => Confidence::Low,
            };
            Outcome::Read(Box::new(Reading { spec, confidence, assumptions: draft.assumptions }))
        }
        Err(reason) => Outcome::Declined(reason),
    }
}

pub(super) struct Draft<'a, 't> {
    pub(super) request: &'a Request<'t>,
    pub(super) assumptions: Vec<String>,
    /// How many parts were taken from the data, not from the words.
    pub(super) guesses: u32,
    /// `which … the most`: the values in this order.
    pub(super) ranking: Option<Order>,
}

impl Draft<'_, '_> {
    pub(super) fn table(&self) -> &Table {
        self.request.table
    }

    pub(super) fn column(&self, at: usize) -> Option<&Column> {
        self.request.table.columns.get(at)
    }

    pub(super) fn name(&self, at: usize) -> String {
        self.column(at).map(|column| column.name.clone()).unwrap_or_default()
    }

    pub(super) fn numeric(&self, at: usize) -> bool {
        self.column(at).is_some_and(is_numeric)
    }

    pub(super) fn assume(&mut self, sentence: String) {
        self.assumptions.push(sentence);
    }

    fn spec(&mut self) -> Result<ChartSpec, String> {
        let request = self.request;
        let said = request.kind.as_ref();
        let kind = said.map(|said| said.kind);
        // The rows of folded columns are cells, which nobody counts.
        let counts = request.cells.is_none()
            && request.aggregates.iter().any(|said| {
                said.how == Aggregate::Count && !(said.sums_numbers && self.measures_number(said))
                    || said.how == Aggregate::Sum
                        && said.mention.is_some_and(|at| {
                            request.mentions.get(at).is_some_and(|mention| !self.numeric(mention.column))
                        })
            });
        let compared = match wide::compared(request) {
            none if none.is_empty() => versus::courses(request),
            columns => columns,
        };
        let beside = !compared.is_empty();
        let marked = combo::values(request);
        let mut stage = Stage {
            table: request.table,
            names: &request.names,
            tokens: &request.tokens,
            kind: kind.filter(|kind| *kind != Kind::Bar),
            series: series_wanted(said, request.options.stack).filter(|_| !beside && marked.is_empty()),
            counts,
            said: said.is_some(),
            compares: request.tokens.iter().any(|token| token.is_any(&["compare", "comparing"]))
                || request.second_axis
                || beside
                || matches!(kind, Some(Kind::Line | Kind::Area | Kind::Combo)) && request.over_time.is_none(),
        };
        let mut items = role::items(&stage, &request.mentions, &request.aggregates);
        // The colours of `total kills and deaths as grouped bars` are the two values.
        let row = items.windows(2).any(|pair| pair[0].aggregate.is_some() && pair[0].aggregate == pair[1].aggregate);
        if row && kind == Some(Kind::Bar) && items.iter().filter(|item| item.cues.group > 0.0).count() < 2 {
            stage.series = None;
            stage.compares = true;
        }
        place::implied_items(request, &mut items);
        // A value that is given a mark or an axis groups nothing, whatever stands before it.
        for item in items.iter_mut().filter(|item| marked.contains(&item.column) || compared.contains(&item.column)) {
            item.cues = Cues::default();
        }
        if matches!(kind, Some(Kind::Bubble)) {
            items.retain(|item| Some(item.column) != request.size);
        }
        // `priority breakdown by channel`: a split that only suggests a pie.
        if said.is_some_and(|said| said.said == Said::Implied && said.kind == Kind::Pie)
            && items.iter().any(|item| item.cues.colors())
        {
            stage.kind = None;
        }
        let relates = !beside && relate::relates(&stage, &mut items);
        if relates {
            stage.kind = Some(Kind::Scatter);
        }
        let mut roles = role::assign(&stage, &items);
        self.settle_rivals(&mut roles);
        self.settle_course(&mut roles);
        self.settle_split(&mut roles);
        self.settle_question(&mut roles);
        if roles.score < SCORE_SURE {
            self.guesses += 1;
        }

        if let Some(mut spec) = self.who(&items, self.asked_extreme()) {
            self.finish(&mut spec);
            return Ok(spec);
        }
        if let Some(spec) = self.side_by_side() {
            return Ok(spec);
        }
        if items.is_empty()
            && !counts
            && let Some(mut spec) = self.top_of_the_names()
        {
            self.finish(&mut spec);
            return Ok(spec);
        }
        if items.is_empty() && !counts {
            return choose::from_data(request.table, request, said, &mut self.assumptions, &mut self.guesses);
        }
        if kind == Some(Kind::Histogram)
            && !counts
            && let Some(spec) = self.histogram(&items, &roles)
        {
            return Ok(spec);
        }
        let mut spec = match kind {
            None if relates => self.scatter(&roles, &items)?,
            Some(Kind::Scatter | Kind::Bubble) => self.scatter(&roles, &items)?,
            Some(kind @ (Kind::Box | Kind::Violin | Kind::Strip)) => self.spread(kind, &roles, &items)?,
            Some(Kind::Heatmap) => self.heatmap(&roles, &items, counts)?,
            _ => {
                if let Some(reason) = self.value_of_words(&roles, &items) {
                    return Err(reason);
                }
                self.categories(&roles, &items, said)?
            }
        };
        if beside && spec.kind == Kind::Line && wide::second_axis(self.table(), &mut spec) {
            self.assume("Values of another unit or size have an axis of their own.".to_owned());
        }
        self.finish(&mut spec);
        Ok(spec)
    }

    fn measures_number(&self, said: &AggregateSaid) -> bool {
        said.mention
            .and_then(|at| self.request.mentions.get(at))
            .and_then(|mention| self.column(mention.column))
            .is_some_and(|column| column.kind == ColumnKind::Number)
    }

    fn histogram(&mut self, items: &[Item], roles: &Roles) -> Option<ChartSpec> {
        let mut columns: Vec<usize> = items.iter().map(|item| item.column).collect();
        columns.dedup();
        let item = items.first()?;
        let grouped = items.iter().any(|item| item.cues.each);
        // `price distribution of Ada's houses`: the houses are not an axis.
        let spread = items.iter().find(|item| {
            let next = self.request.tokens.get(item.end);
            self.numeric(item.column)
                && item.aggregate.is_none()
                && next.is_some_and(|next| next.is_any(&["distribution", "histogram", "spread"]))
        });
        if let Some(spread) = spread
            && items.iter().all(|item| item.cues.group < 1.5 && item.aggregate.is_none() && !item.counted)
            && self.request.sort.is_none()
        {
            let mut spec = self.ranges_of(spread.column);
            spec.options = self.request.options.clone();
            return Some(spec);
        }
        let one = columns.len() == 1 && self.numeric(item.column) && !grouped && item.aggregate.is_none();
        // `histogram of age by gender`
        let value = items.iter().find(|item| self.numeric(item.column) && !item.cues.each && item.aggregate.is_none());
        let split = items.iter().find(|item| item.cues.by && !self.numeric(item.column) && item.aggregate.is_none());
        if self.request.sort.is_some() || item.counted {
            return None;
        }
        let mut spec = match (one, value, split) {
            (true, ..) => self.ranges_of(item.column),
            (false, Some(value), Some(split))
                if columns.len() == 2 && roles.more_y.is_empty() && self.said_histogram() =>
            {
                self.ranges_of(value.column).with_series(&self.name(split.column))
            }
            _ => return None,
        };
        spec.options = self.request.options.clone();
        Some(spec)
    }

    /// A histogram of a column, in the ranges that were asked for.
    fn ranges_of(&self, column: usize) -> ChartSpec {
        let mut spec = ChartSpec::new(Kind::Histogram);
        spec.x = Some(Channel { column: Some(self.name(column)), aggregate: None, bin: self.request.ranges });
        spec
    }

    fn said_histogram(&self) -> bool {
        self.request.kind.as_ref().is_some_and(|said| said.kind == Kind::Histogram && said.said == Said::Plainly)
    }

    fn scatter(&mut self, roles: &Roles, items: &[Item]) -> Result<ChartSpec, String> {
        let kind = self.request.kind.as_ref().map_or(Kind::Scatter, |said| said.kind);
        let mut spec = ChartSpec::new(kind);
        let channel = |draft: &Self, item: &Item| Channel {
            column: Some(draft.name(item.column)),
            aggregate: item.aggregate,
            bin: None,
        };
        match (&roles.x, &roles.y) {
            // `the number of schools and the total enrollment in each county`: the count is one of the two axes.
            (Some(x), Y::Column(y))
                if request_counts(self.request)
                    && y.aggregate.is_some()
                    && x.aggregate.is_none()
                    && x.cues.group >= 1.0 =>
            {
                spec.x = Some(Channel { column: None, aggregate: Some(Aggregate::Count), bin: None });
                spec.y =
                    vec![Measure { column: Some(self.name(y.column)), aggregate: y.aggregate, second_axis: false }];
                if roles.series.is_none() && (x.cues.by || x.cues.colors()) {
                    spec.series = Some(Dimension { column: self.name(x.column), bin: x.bin });
                } else {
                    spec.group = Some(Dimension { column: self.name(x.column), bin: x.bin });
                }
            }
            (Some(x), Y::Column(y) | Y::Distinct(y)) => {
                spec.x = Some(channel(self, x));
                spec.y =
                    vec![Measure { column: Some(self.name(y.column)), aggregate: y.aggregate, second_axis: false }];
            }
            (Some(x), Y::Count | Y::Unsaid) if x.aggregate.is_some() => {
                spec.x = Some(Channel { column: None, aggregate: Some(Aggregate::Count), bin: None });
                spec.y =
                    vec![Measure { column: Some(self.name(x.column)), aggregate: x.aggregate, second_axis: false }];
            }
            (Some(x), Y::Count) => {
                spec.x = Some(channel(self, x));
                spec.y = vec![Measure::count()];
            }
            (None, Y::Column(y)) if request_counts(self.request) => {
                spec.x = Some(Channel { column: None, aggregate: Some(Aggregate::Count), bin: None });
                spec.y =
                    vec![Measure { column: Some(self.name(y.column)), aggregate: y.aggregate, second_axis: false }];
            }
            (Some(only), _) | (None, Y::Column(only)) => {
                let other = choose::partner(self.table(), &self.request.names, only.column)
                    .ok_or_else(|| "A scatter chart needs two columns of numbers.".to_owned())?;
                self.guesses += 1;
                self.assume(format!("“{}” is shown against “{}”.", self.name(only.column), self.name(other)));
                spec.x = Some(Channel::column(&self.name(other)));
                spec.y = vec![Measure::rows(&self.name(only.column))];
            }
            _ => {
                self.guesses += 1;
                return choose::from_data(
                    self.request.table,
                    self.request,
                    self.request.kind.as_ref(),
                    &mut self.assumptions,
                    &mut self.guesses,
                );
            }
        }
        if let Some(series) = &roles.series {
            let split = Dimension { column: self.name(series.column), bin: series.bin };
            let aggregated = spec.x.as_ref().is_some_and(|x| x.aggregate.is_some());
            let wanted = self.request.kind.as_ref().is_some_and(|said| said.series);
            // `the average and maximum in each building`: points of buildings, all of one colour.
            if aggregated && series.cues.each && !series.cues.by && !series.cues.colors() && !wanted {
                spec.group = Some(split);
            } else {
                spec.series = Some(split);
            }
        }
        if kind == Kind::Bubble {
            let used: Vec<usize> = [
                roles.x.as_ref().map(|item| item.column),
                match &roles.y {
                    Y::Column(item) => Some(item.column),
                    _ => None,
                },
            ]
            .into_iter()
            .flatten()
            .collect();
            let said = self.request.size.into_iter().chain(items.iter().map(|item| item.column));
            let size = said.chain(0..self.table().columns.len()).find(|column| {
                !used.contains(column)
                    && self.numeric(*column)
                    && !self.request.names.get(*column).is_some_and(|name| name.is_id)
            });
            match size {
                Some(size) => spec.size = Some(self.name(size)),
                None => spec.kind = Kind::Scatter,
            }
        }
        let aggregated =
            spec.x.as_ref().is_some_and(|x| x.aggregate.is_some()) && spec.y.iter().all(|y| y.aggregate.is_some());
        if aggregated && spec.series.is_none() && spec.group.is_none() {
            let used: Vec<usize> = [
                roles.x.as_ref(),
                match &roles.y {
                    Y::Column(item) => Some(item),
                    _ => None,
                },
            ]
            .into_iter()
            .flatten()
            .filter(|item| item.aggregate.is_some())
            .map(|item| item.column)
            .collect();
            let named = items
                .iter()
                .find(|item| item.aggregate.is_none() && !item.counted && !used.contains(&item.column))
                .map(|item| item.column);
            let column = match named {
                Some(column) => column,
                None => {
                    let column = self.fewest_values().ok_or_else(|| {
                        "Two aggregates need a column to group by; say for example “for each …”.".to_owned()
                    })?;
                    self.guesses += 1;
                    self.assume(format!("There is one point for each “{}”.", self.name(column)));
                    column
                }
            };
            spec.group = Some(Dimension { column: self.name(column), bin: None });
        }
        Ok(spec)
    }

    fn fewest_values(&self) -> Option<usize> {
        (0..self.table().columns.len())
            .filter(|column| {
                self.column(*column).is_some_and(|c| matches!(c.kind, ColumnKind::Text | ColumnKind::Bool))
            })
            .map(|column| (choose::different(self.table(), column), column))
            .filter(|(count, _)| GROUPS.contains(count))
            .min()
            .map(|(_, column)| column)
    }

    fn spread(&mut self, kind: Kind, roles: &Roles, items: &[Item]) -> Result<ChartSpec, String> {
        let mut spec = ChartSpec::new(kind);
        let value = items
            .iter()
            .filter(|item| self.numeric(item.column) && item.cues.group < 2.0)
            .max_by(|a, b| a.likeness.total_cmp(&b.likeness))
            .map(|item| item.column)
            .or_else(|| choose::first_quantity(self.table(), &self.request.names));
        let value = value.ok_or_else(|| "No column has numbers whose spread could be shown.".to_owned())?;
        spec.y = vec![Measure::rows(&self.name(value))];
        let by = [roles.x.as_ref(), roles.series.as_ref()].into_iter().flatten().find(|item| item.column != value);
        if let Some(by) = by {
            spec.x = Some(Channel { column: Some(self.name(by.column)), aggregate: None, bin: by.bin });
        }
        Ok(spec)
    }

    /// Charts with a value for each category.
    fn categories(&mut self, roles: &Roles, items: &[Item], said: Option<&KindSaid>) -> Result<ChartSpec, String> {
        let mut spec = ChartSpec::new(Kind::Bar);
        if let Some(x) = &roles.x {
            let number = self.column(x.column).is_some_and(|column| column.kind == ColumnKind::Number);
            let bin = x.bin.or(self.request.ranges.filter(|_| number));
            spec.x = Some(Channel { column: Some(self.name(x.column)), aggregate: None, bin });
        }
        match &roles.y {
            Y::Count => spec.y = vec![Measure::count()],
            Y::Distinct(item) => spec.y = vec![Measure::of(Aggregate::CountDistinct, &self.name(item.column))],
            Y::Column(item) => {
                let measure = |item: &Item| Measure {
                    column: Some(self.name(item.column)),
                    aggregate: item.aggregate,
                    second_axis: false,
                };
                let mut items: Vec<&Item> = std::iter::once(item).chain(&roles.more_y).collect();
                items.sort_by_key(|item| item.start);
                spec.y = items.into_iter().map(measure).collect();
            }
            Y::Unsaid => {}
        }
        if let Some(series) = &roles.series {
            spec.series = Some(Dimension { column: self.name(series.column), bin: series.bin });
        }
        if let Some(answers) = self.answers_of_groups(roles, items, said) {
            spec.series = Some(Dimension { column: self.name(answers), bin: None });
            spec.y = vec![Measure::count()];
        }
        combo::arrange(self.request, &mut spec);
        self.compared_over_time(&mut spec, said);
        self.lines_of_each(&mut spec, roles, said);
        if spec.x.is_none() {
            self.choose_x(&mut spec, said)?;
        }
        if spec.y.is_empty() {
            self.choose_y(&mut spec, roles, said);
        }
        spec.kind = self.kind(&spec, said, roles);
        self.choose_aggregate(&mut spec, roles);
        self.choose_bin(&mut spec);
        self.set_against(&mut spec, roles);
        Ok(spec)
    }

    /// `plot Paris and Rome temperatures`: where each of the named has a value for each time, they are series over time.
    fn compared_over_time(&self, spec: &mut ChartSpec, said: Option<&KindSaid>) {
        let Some(x) = spec.x.as_ref().filter(|x| x.bin.is_none()).and_then(|x| x.column.clone()) else { return };
        let named = self.request.compared.iter().any(|compared| self.name(compared.column) == x);
        let raw = spec.y.iter().all(|y| y.aggregate.is_none() && y.column.is_some()) && !spec.y.is_empty();
        let open = said.is_none_or(|said| said.said == Said::Implied || said.kind == Kind::Line);
        if !named || !raw || !open || spec.series.is_some() {
            return;
        }
        let time = (0..self.table().columns.len()).find(|at| {
            self.column(*at).is_some_and(choose::is_time)
                && !choose::repeated(self.table(), &self.request.rows, *at, Some(&x))
        });
        if let Some(time) = time {
            spec.x = Some(Channel::column(&self.name(time)));
            spec.series = Some(Dimension { column: x, bin: None });
        }
    }

    /// `the trend for each city`, `a line per product`: the lines are those of the group, and go along time.
    fn lines_of_each(&self, spec: &mut ChartSpec, roles: &Roles, said: Option<&KindSaid>) {
        let lines = said.is_some_and(|said| {
            matches!(said.kind, Kind::Line | Kind::Area | Kind::Step)
                && (said.said < Said::Plainly || said.stack.is_some() || roles.x.as_ref().is_some_and(|x| !x.cues.by))
        });
        let Some(x) = roles.x.as_ref().filter(|x| lines && x.cues.each && x.bin.is_none()) else { return };
        let names =
            self.column(x.column).is_some_and(|column| matches!(column.kind, ColumnKind::Text | ColumnKind::Bool));
        let raw = spec.y.iter().all(|y| y.aggregate.is_none()) && spec.y.len() < 2 && spec.series.is_none();
        let ordered = self.request.sort.is_some() || self.request.limit.is_some();
        let time = (0..self.table().columns.len()).find(|at| self.column(*at).is_some_and(choose::is_time));
        if let Some(time) = time.filter(|_| names && raw && !ordered) {
            spec.x = Some(Channel::column(&self.name(time)));
            spec.series = Some(Dimension { column: self.name(x.column), bin: None });
        }
    }

    /// A value without a category: over time where there is time, else by the first column of names.
    fn choose_x(&mut self, spec: &mut ChartSpec, said: Option<&KindSaid>) -> Result<(), String> {
        let table = self.table();
        let mut used: Vec<&str> = spec.y.iter().filter_map(|y| y.column.as_deref()).collect();
        // Of `only Paris` or `in 2020`, one bar would be left.
        used.extend(
            (0..table.columns.len()).filter(|at| self.narrowed_to_one(*at)).map(|at| table.columns[at].name.as_str()),
        );
        let wants_time = match said.map(|said| said.kind) {
            None | Some(Kind::Line | Kind::Area | Kind::Step | Kind::Combo) => self.request.limit.is_none(),
            Some(_) => false,
        };
        let aggregated = spec.y.iter().any(|y| y.aggregate.is_some());
        // `athletes other than Max: total points`
        let narrowed = match &self.request.filter {
            Some(Filter::Compare { column, op: Compare::NotEqual, .. }) => {
                table.columns.iter().position(|c| c.name == *column && c.kind == ColumnKind::Text)
            }
            _ => None,
        };
        if let Some(column) =
            narrowed.filter(|_| said.is_none_or(|said| said.said == Said::Implied || said.kind == Kind::Bar))
        {
            spec.x = Some(Channel::column(&self.name(column)));
            self.assume(format!("The categories are “{}”.", self.name(column)));
            return Ok(());
        }
        let people = self.people().filter(|at| !used.contains(&self.name(*at).as_str()));
        match people.or_else(|| choose::category(table, &self.request.names, &used, wants_time, aggregated)) {
            Some(column) => {
                self.guesses += 1;
                self.assume(format!("The categories are “{}”.", self.name(column)));
                spec.x = Some(Channel::column(&self.name(column)));
                Ok(())
            }
            None if !aggregated && let Some(column) = choose::sequence(table, &used) => {
                self.assume(format!("The axis is “{}”.", self.name(column)));
                spec.x = Some(Channel::column(&self.name(column)));
                Ok(())
            }
            None if spec.y.len() == 1 && !aggregated => {
                // One number and nothing to set it against: how its values are spread.
                let column = spec.y.remove(0).column;
                spec.x = Some(Channel { column, aggregate: None, bin: None });
                self.guesses += 1;
                Ok(())
            }
            None if aggregated => Ok(()),
            None => Err("No column is suited for the categories; say which one the chart is by.".to_owned()),
        }
    }

    /// Whether the conditions leave several rows and only one value of a column of them.
    fn narrowed_to_one(&self, column: usize) -> bool {
        let request = self.request;
        // `votes for soup` are not those by the one answer.
        let name = self.name(column);
        let compared = request.filter.as_ref().is_some_and(|filter| match filter {
            Filter::And(parts) => parts.iter().any(|part| equals(part, &name)),
            single => equals(single, &name),
        });
        (request.cells.is_some() || compared && self.column(column).is_some_and(|c| c.kind == ColumnKind::Text))
            && request.filter.is_some()
            && request.rows.len() > 1
            && choose::one_value(request, column)
    }

    /// A category without a value: the rows are counted, unless every category has one row and one number.
    fn choose_y(&mut self, spec: &mut ChartSpec, roles: &Roles, said: Option<&KindSaid>) {
        let Some(x) = roles.x.as_ref().map(|item| item.column).or_else(|| {
            let name = spec.x.as_ref()?.column.as_deref()?;
            self.table().columns.iter().position(|column| column.name == name)
        }) else {
            spec.y = vec![Measure::count()];
            return;
        };
        if let Some(value) = self.request.cells {
            spec.y = vec![Measure::rows(&self.name(value))];
            self.ranking = self.ranking.or(self.asked_extreme());
            return;
        }
        let wants_time = said.is_some_and(|said| matches!(said.kind, Kind::Line | Kind::Area | Kind::Step));
        let unique = choose::different(self.table(), x) == self.table().row_count();
        let quantity = choose::first_quantity_but(self.table(), &self.request.names, x);
        let periods = spec.x.as_ref().is_some_and(|x| x.bin.is_some()) || self.column(x).is_some_and(choose::is_time);
        let series = spec.series.as_ref().map(|series| series.column.as_str());
        let one_each = series.is_some() && !choose::repeated(self.table(), &self.request.rows, x, series);
        // `years with rain above 1000` has the rain of each of them.
        let spoken =
            self.spoken_number().filter(|_| periods && !choose::repeated(self.table(), &self.request.rows, x, None));
        match quantity {
            _ if spoken.is_some() => {
                let name = spoken.map(|at| self.name(at)).unwrap_or_default();
                self.assume(format!("The values are “{name}”."));
                spec.y = vec![Measure::rows(&name)];
            }
            Some(_)
                if periods
                    && !(unique && self.is_a_row_each(spec, x))
                    && (rows::named(self.request, roles.x.as_ref().map(|item| item.column)) || self.events(spec)) =>
            {
                spec.y = vec![Measure::count()]
            }
            Some(quantity)
                if (unique || wants_time) && spec.series.is_none()
                    || spec.series.is_some() && (wants_time || one_each && self.compares()) =>
            {
                self.guesses += 1;
                let several = said.is_none_or(|said| !matches!(said.kind, Kind::Pie | Kind::Donut));
                let beside = wide::beside(self.request, x).filter(|_| several && spec.series.is_none());
                let names: Vec<String> =
                    beside.unwrap_or_else(|| vec![quantity]).into_iter().map(|at| self.name(at)).collect();
                let quoted: Vec<String> = names.iter().map(|name| format!("“{name}”")).collect();
                self.assume(format!("The values are {}.", crate::resolve::words::list(&quoted)));
                spec.y = names.iter().map(|name| Measure::rows(name)).collect();
                self.assumptions.extend(wide::panels(spec));
            }
            _ => {
                spec.y = vec![Measure::count()];
            }
        }
    }

    /// Whether the periods of a chart are those of the rows, of which each is there once: `sales by month` over a table of months. There
    /// is nothing to count.
    fn is_a_row_each(&self, spec: &ChartSpec, x: usize) -> bool {
        let exact = |cell: &Cell| matches!(cell, Cell::Time(Time::Date(_) | Time::DateTime(_)));
        let binned = spec.x.as_ref().is_some_and(|x| x.bin.is_some());
        !binned || self.column(x).is_some_and(|column| !column.cells.iter().any(exact))
    }

    /// The column of numbers that a condition compares.
    fn spoken_number(&self) -> Option<usize> {
        let filter = self.request.filter.as_ref()?;
        (0..self.table().columns.len()).find(|at| {
            self.column(*at).is_some_and(|column| {
                column.kind == ColumnKind::Number
                    && !choose::all_years(column)
                    && choose::compares(filter, &column.name)
            })
        })
    }

    fn compares(&self) -> bool {
        self.request.tokens.iter().any(|token| token.is_any(&["compare", "comparing"]))
    }

    /// Whether the rows are numbered events with a time of day, which a period groups.
    pub(super) fn events(&self, spec: &ChartSpec) -> bool {
        let binned = spec.x.as_ref().is_some_and(|x| x.bin.is_some());
        let numbered = self.request.names.iter().any(|name| name.is_id);
        let timed = spec.x.as_ref().and_then(|x| x.column.as_deref()).is_some_and(|x| {
            self.table().columns.iter().any(|column| {
                column.name == x && column.cells.iter().any(|cell| matches!(cell, Cell::Time(Time::DateTime(_))))
            })
        });
        binned && numbered && timed
    }

    /// The kind that was said, or what suits the data.
    fn kind(&mut self, spec: &ChartSpec, said: Option<&KindSaid>, roles: &Roles) -> Kind {
        if let Some(said) = said {
            return match said.kind {
                // `the distribution of revenue by region`
                Kind::Histogram if said.said == Said::Implied && self.is_spread(spec, roles) => Kind::Box,
                // `compare the teams month by month`
                Kind::Bar
                    if said.said == Said::Implied
                        && spec.series.is_some()
                        && spec.y.iter().all(|y| y.aggregate.is_none())
                        && roles.x.as_ref().is_some_and(|x| self.column(x.column).is_some_and(choose::is_time)) =>
                {
                    Kind::Line
                }
                // What counts names or groups is a bar chart, whatever it is called.
                Kind::Histogram => Kind::Bar,
                Kind::Bar if self.request.second_axis && spec.y.len() > 1 => Kind::Combo,
                // `share of each` with more than one series is no pie.
                Kind::Pie if said.said == Said::Implied && spec.series.is_some() => Kind::Bar,
                kind => kind,
            };
        }
        if roles.more_y.is_empty()
            && let (Some(x), Y::Column(y)) = (&roles.x, &roles.y)
            && x.aggregate.is_none()
            && y.aggregate.is_none()
            && x.bin.is_none()
            && x.cues.group < 2.0
            && self.request.limit.is_none()
            && self.column(x.column).is_some_and(|column| column.kind == ColumnKind::Number)
            && !self.request.names.get(x.column).is_some_and(|name| name.is_id)
            && !choose::is_sequence(self.table(), x.column)
        {
            return Kind::Scatter;
        }
        if matches!(self.request.options.stack, Some(Stack::Stacked | Stack::Percent)) {
            return Kind::Bar;
        }
        let x = spec.x.as_ref();
        let column =
            x.and_then(|x| x.column.as_deref()).and_then(|name| self.table().columns.iter().find(|c| c.name == name));
        let pooled = matches!(
            x.and_then(|x| x.bin),
            Some(Bin::Weekday | Bin::WeekPart | Bin::Season | Bin::Hour | Bin::DayOfMonth)
        );
        // Minutes are many, and follow each other.
        let rows = spec.y.iter().any(|y| y.aggregate.is_none() || y.aggregate == Some(Aggregate::Sum))
            || x.is_some_and(|x| x.bin == Some(Bin::Minute));
        match column {
            Some(column)
                if (choose::is_time(column) || self.is_sequence(column))
                    && !pooled
                    && rows
                    && self.request.limit.is_none()
                    && !self.sorted_by_value() =>
            {
                Kind::Line
            }
            // Bars of two axes side by side would be compared with each other.
            _ if self.request.second_axis && spec.y.len() > 1 => Kind::Combo,
            _ => Kind::Bar,
        }
    }

    /// One quantity over groups of several rows.
    fn is_spread(&self, spec: &ChartSpec, roles: &Roles) -> bool {
        let (Some(x), Y::Column(y)) = (&roles.x, &roles.y) else { return false };
        x.cues.by
            && y.aggregate.is_none()
            && spec.series.is_none()
            && spec.y.len() == 1
            && x.bin.is_none()
            && !self.numeric(x.column)
            && choose::repeated(self.table(), &self.request.rows, x.column, None)
    }

    /// Whether a column numbers the steps of a course, of which every one has a value.
    fn is_sequence(&self, column: &Column) -> bool {
        let at = self.table().columns.iter().position(|other| other.name == column.name);
        at.is_some_and(|at| choose::is_sequence(self.table(), at))
    }

    fn sorted_by_value(&self) -> bool {
        self.request.sort.as_ref().is_some_and(|sort| sort.target != Target::X)
    }

    pub(super) fn finish(&mut self, spec: &mut ChartSpec) {
        let request = self.request;
        spec.options = SpecOptions { bars: spec.options.bars, ..request.options.clone() };
        self.arrange(spec);
    }
}

/// Whether a condition keeps one value of a column.
fn equals(filter: &Filter, name: &str) -> bool {
    matches!(filter, Filter::Compare { column, op: Compare::Equal, .. } if column == name)
}

fn request_counts(request: &Request<'_>) -> bool {
    request.aggregates.iter().any(|said| said.how == Aggregate::Count)
}

/// Whether the words of the kind call for series.
fn series_wanted(said: Option<&KindSaid>, stack: Option<Stack>) -> Option<bool> {
    match said {
        _ if matches!(stack, Some(Stack::Stacked | Stack::Percent)) => Some(true),
        Some(said) if said.series => Some(true),
        Some(said) if said.said == Said::Plainly => Some(false),
        _ => None,
    }
}
