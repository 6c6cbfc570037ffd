//! Questions about people: `who worked out the most?` has a bar for each person.

use plotline_table::ColumnKind;

use super::choose;
use super::compose::Draft;
use super::role::Item;
use crate::chart::Kind;
use crate::resolve::duration;
use crate::spec::{Aggregate, Channel, ChartSpec, Measure, Order};

/// Words for people in the names of columns.
const PEOPLE: &[&str] = &[
    "person",
    "people",
    "employee",
    "staff",
    "worker",
    "member",
    "player",
    "athlete",
    "student",
    "pupil",
    "teacher",
    "customer",
    "client",
    "user",
    "author",
    "owner",
    "assignee",
    "agent",
    "manager",
    "seller",
    "salesperson",
    "rep",
    "driver",
    "patient",
    "doctor",
    "participant",
    "candidate",
    "friend",
    "coach",
    "colleague",
    "volunteer",
    "speaker",
    "artist",
    "guest",
    "host",
    "buyer",
    "winner",
    "runner",
    "rider",
];

/// Words of which the name of a column of names consists.
const NAMES: &[&str] = &["name", "names", "first", "last", "full", "nick", "nickname", "surname", "username"];

/// Words between which a group is named, which then is what the bars are.
const GROUPED: &[&str] = &["by", "per", "each", "every", "over", "across"];

/// Words about speed, which a length of time measures the other way round.
const SPEED: &[&str] = &["fastest", "quickest", "slowest"];

impl Draft<'_, '_> {
    /// The column that names the people that a request beginning with `who` asks for.
    pub(super) fn people(&self) -> Option<usize> {
        let request = self.request;
        if !request.tokens.first().is_some_and(|first| first.is_any(&["who", "whose"])) {
            return None;
        }
        let columns = || {
            request.names.iter().enumerate().filter(|(at, name)| {
                !name.is_id && self.column(*at).is_some_and(|column| column.kind == ColumnKind::Text)
            })
        };
        let person = |word: &String| {
            PEOPLE.contains(&word.as_str())
                || word.strip_suffix('s').is_some_and(|one| PEOPLE.contains(&one))
                || ["man", "men", "woman", "women"].iter().any(|end| word.ends_with(end))
        };
        columns()
            .find(|(_, name)| name.words.iter().any(person))
            .or_else(|| columns().find(|(_, name)| name.words.iter().all(|word| NAMES.contains(&word.as_str()))))
            .map(|(at, _)| at)
    }

    /// `who … the most`, where no number is named: the people in the order of their total, or of how many rows they have.
    pub(super) fn who(&mut self, items: &[Item], order: Option<Order>) -> Option<ChartSpec> {
        let request = self.request;
        let order = order?;
        let people = self.people()?;
        let grouped = request.bin.is_some() || request.tokens.iter().any(|token| token.is_any(GROUPED));
        let numbers = items.iter().any(|item| self.column(item.column).is_some_and(|c| c.kind == ColumnKind::Number));
        if grouped || numbers || request.kind.is_some() || request.having.is_some() {
            return None;
        }
        let name = self.name(people);
        let mut spec = ChartSpec::new(Kind::Bar);
        spec.x = Some(Channel::column(&name));
        let repeated = choose::repeated(request.table, &request.rows, people, None);
        // `who took the most calls` counts what it names; `who worked out the most` leaves open what is measured.
        let things = request.tokens.windows(2).any(|pair| {
            pair[0].is_any(&["most", "fewest", "least"]) && pair[1].is_word() && pair[1].text.ends_with('s')
        });
        let counted = items.iter().any(|item| item.column != people) || things && repeated;
        let speed = request.tokens.iter().any(|token| token.is_any(SPEED));
        let time = (0..request.table.columns.len())
            .find(|at| speed && self.column(*at).is_some_and(|column| duration::of_column(column).is_some()));
        let quantity = time.or_else(|| choose::first_quantity(request.table, &request.names)).filter(|_| !counted);
        // The fastest take the least time.
        let order = match (order, time.is_some()) {
            (Order::Desc, false) | (Order::Asc, true) => Order::Desc,
            (Order::Asc, false) | (Order::Desc, true) => Order::Asc,
        };
        spec.y = vec![match quantity {
            Some(value) => {
                let how = match (time, self.column(value).is_some_and(choose::is_rate)) {
                    (Some(_), _) if order == Order::Asc => Aggregate::Min,
                    (Some(_), _) => Aggregate::Max,
                    (None, true) => Aggregate::Avg,
                    (None, false) => Aggregate::Sum,
                };
                let value = self.name(value);
                self.assume(format!("The values are “{value}”."));
                Measure { column: Some(value), aggregate: repeated.then_some(how), second_axis: false }
            }
            None => Measure::count(),
        }];
        self.assume(format!("The categories are “{name}”."));
        self.guesses += 1;
        self.ranking = Some(order);
        Some(spec)
    }
}
