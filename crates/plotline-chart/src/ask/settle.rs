//! What the best assignment of roles leaves to settle: words that name several columns, courses, splits and questions.

use std::collections::HashSet;

use plotline_table::ColumnKind;

use super::choose;
use super::compose::Draft;
use super::phrase::KindSaid;
use super::role::{Item, Roles, Y};
use super::token::Token;
use crate::ChartError;
use crate::chart::Kind;
use crate::spec::{Aggregate, Order};

/// A column of words with more different values than this is no set of answers.
const ANSWERS: std::ops::RangeInclusive<usize> = 2..=8;
/// A column that is less alike may be meant by accident.
const LIKENESS_SURE: f64 = 0.8;

impl Draft<'_, '_> {
    /// Words that name several columns equally well: x and y must not be the same one.
    pub(super) fn settle_rivals(&mut self, roles: &mut Roles) {
        let mut used: HashSet<usize> = HashSet::new();
        if let Y::Column(item) = &mut roles.y {
            if !self.numeric(item.column)
                && let Some(numeric) = item.rivals.iter().copied().find(|rival| self.numeric(*rival))
            {
                item.column = numeric;
            }
            used.insert(item.column);
        }
        for item in [&mut roles.x, &mut roles.series].into_iter().flatten() {
            if used.contains(&item.column)
                && let Some(other) = item.rivals.iter().copied().find(|rival| !used.contains(rival))
            {
                item.column = other;
            }
            used.insert(item.column);
        }
    }

    /// `stacked area of visits by channel`: a quantity that no word splits by is the value.
    pub(super) fn settle_split(&self, roles: &mut Roles) {
        let quantity = |item: &Item| {
            self.column(item.column).is_some_and(|column| column.kind == ColumnKind::Number)
                && !self.request.names.get(item.column).is_some_and(|name| name.is_id)
                && item.cues.group < 1.0
                && !item.cues.colors()
        };
        if matches!(roles.y, Y::Unsaid)
            && let Some(value) = roles.series.take_if(|item| quantity(item))
        {
            roles.y = Y::Column(value);
        }
    }

    /// `infections vs day`: a numbered course lies along x, in whatever order the two are named.
    pub(super) fn settle_course(&self, roles: &mut Roles) {
        let course = |item: &Item| {
            choose::is_sequence(self.table(), item.column)
                && !self.request.names.get(item.column).is_some_and(|name| name.is_id)
        };
        if let (None, Some(x), Y::Column(y)) = (&self.request.kind, &mut roles.x, &mut roles.y)
            && [&*x, &*y].iter().all(|item| item.aggregate.is_none() && !item.cues.on_axis())
            && self.numeric(x.column)
            && course(y)
            && !course(x)
        {
            std::mem::swap(x, y);
        }
    }

    /// `which region sells the most`: a ranking of all, with the answer in front.
    pub(super) fn settle_question(&mut self, roles: &mut Roles) {
        let Some(order) = self.asked_extreme() else { return };
        // `which month …` asks for one of the months; `which region … each month` has a group of its own.
        let grouped = roles.x.as_ref().is_some_and(|x| x.cues.group >= 2.0 && x.start > 1);
        let Y::Column(y) = &mut roles.y else { return };
        if grouped || !matches!(y.aggregate, None | Some(Aggregate::Max | Aggregate::Min)) {
            return;
        }
        y.aggregate = None;
        if let Some(x) = &mut roles.x {
            x.cues.each = true;
        }
        self.ranking = Some(order);
    }

    /// `price by item` where the prices are words: there is no value to draw, and with one row each nothing to count either.
    pub(super) fn value_of_words(&self, roles: &Roles, items: &[Item]) -> Option<String> {
        let table = self.table();
        // The values of folded columns are there, whatever names them.
        if !matches!(roles.y, Y::Unsaid | Y::Count) || self.request.cells.is_some() {
            return None;
        }
        let x = roles.x.as_ref();
        let single = !self.request.aggregates.iter().any(|said| said.how == Aggregate::Count)
            && x.is_some_and(|x| !choose::repeated(table, &self.request.rows, x.column, None));
        let value = items.iter().find(|item| {
            let words = self.column(item.column).is_some_and(|column| column.kind == ColumnKind::Text);
            let averaged = matches!(item.aggregate, Some(Aggregate::Avg | Aggregate::Median));
            words
                && x.is_none_or(|x| x.column != item.column)
                && roles.series.as_ref().is_none_or(|series| series.column != item.column)
                && !item.counted
                && !item.entity
                && item.likeness > LIKENESS_SURE
                && (averaged || single && x.is_some_and(|x| x.cues.by && item.start < x.start))
        })?;
        Some(ChartError::not_numeric(table, &self.name(value.column), "this chart").to_string())
    }

    /// `satisfaction by department` where the answers are words: how many of each there are in every department.
    pub(super) fn answers_of_groups(&self, roles: &Roles, items: &[Item], said: Option<&KindSaid>) -> Option<usize> {
        let (Some(x), Y::Unsaid, None) = (&roles.x, &roles.y, &roles.series) else { return None };
        let bars = said.is_none_or(|said| said.kind == Kind::Bar);
        let repeated = choose::repeated(self.table(), &self.request.rows, x.column, None);
        if !bars || !repeated || !x.cues.by || self.request.cells.is_some() || x.bin.is_some() {
            return None;
        }
        let answers = |item: &&Item| {
            let words = self.column(item.column).is_some_and(|column| column.kind == ColumnKind::Text);
            words
                && item.column != x.column
                && item.start < x.start
                && item.aggregate.is_none()
                && !item.counted
                && !item.entity
                && item.likeness > LIKENESS_SURE
                && ANSWERS.contains(&choose::different(self.table(), item.column))
        };
        items.iter().find(answers).map(|item| item.column)
    }

    /// Which end of the order a question such as `which … the most` asks for.
    pub(super) fn asked_extreme(&self) -> Option<Order> {
        let tokens = &self.request.tokens;
        if !tokens.first().is_some_and(|first| first.is_any(&["which", "who", "what", "whose"]))
            || self.request.kind.is_some()
        {
            return None;
        }
        let most = ["most", "highest", "largest", "biggest", "best", "greatest", "top", "maximum"];
        let least = ["least", "lowest", "smallest", "fewest", "worst", "minimum"];
        let extreme = |token: &Token| match super::lexicon::extreme(&token.text) {
            Some((Aggregate::Min, _)) => Some(Order::Asc),
            Some(_) => Some(Order::Desc),
            None if token.is_any(&most) => Some(Order::Desc),
            None if token.is_any(&least) => Some(Order::Asc),
            None => None,
        };
        tokens.iter().find_map(extreme)
    }
}
