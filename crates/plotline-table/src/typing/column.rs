//! Types one column: what its cells are, how they are to be read, and what had to be assumed.

mod serial;
mod units;

use chrono::Timelike as _;

use super::date::{self, Date, Day, Order};
use super::duration::{self, Colons};
use super::header::{self, Expect, HeaderUnit};
use super::names::{self, Language};
use super::number::{self, Marks, Number};
use super::text::{Blank, blank};
use super::unit::{Dimension, HOUR, MINUTE, Measure, SECOND, Unit};
use crate::grid::Decimal;
use crate::limits::DateOrder;
use crate::model::{Cell, ColumnKind, Time};

/// What the cells of a column look like before the rest of the table has been heard.
pub(crate) struct Survey<'a> {
    header: &'a str,
    expect: Expect,
    texts: Vec<&'a str>,
    shape: Shape<'a>,
}

/// The likeliest reading of a column.
enum Shape<'a> {
    /// Words, or too many different things.
    Text,
    /// Truth values.
    Truth(Vec<Option<bool>>),
    /// Dates and periods.
    Dates(Vec<Option<Date>>),
    /// Weekdays of one language.
    Weekdays(Vec<Option<u8>>),
    /// Clock times or durations with colons, with plain seconds or units among them.
    Clock(Vec<Option<ClockCell>>),
    /// Numbers with or without units.
    Numbers(Vec<Option<Number<'a>>>),
}

#[derive(Clone, Copy, Debug)]
enum ClockCell {
    Colons(Colons),
    Length(duration::Duration),
    Plain(f64),
}

/// What one column says about how the whole table is written.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Evidence {
    /// Numbers that can only be read with a dot as the decimal mark.
    pub(crate) dots: usize,
    /// Numbers that can only be read with a comma as the decimal mark.
    pub(crate) commas: usize,
    /// Dates that can only be read with the day first.
    pub(crate) day_first: usize,
    /// Dates that can only be read with the month first.
    pub(crate) month_first: usize,
    /// Amounts in US dollars.
    pub(crate) dollars: usize,
}

impl Evidence {
    /// Adds another column's evidence.
    pub(crate) fn add(&mut self, other: Self) {
        self.dots += other.dots;
        self.commas += other.commas;
        self.day_first += other.day_first;
        self.month_first += other.month_first;
        self.dollars += other.dollars;
    }
}

/// What the rest of the table says about a column.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Context {
    /// The decimal mark where the format fixes it.
    pub(crate) decimal: Option<Decimal>,
    /// Whether semicolons separate the cells.
    pub(crate) semicolons: bool,
    /// What all columns together say.
    pub(crate) evidence: Evidence,
    /// Whether this is the table's first column, where years stand as the axis.
    pub(crate) first: bool,
    /// Whether the table is about a race or a training, where times are lengths of time.
    pub(crate) race: bool,
    /// Whether the column has no header of its own.
    pub(crate) nameless: bool,
    /// How ambiguous dates are read where nothing tells.
    pub(crate) dates: Option<DateOrder>,
}

/// A typed column.
pub(crate) struct Typed {
    pub(crate) name: String,
    pub(crate) kind: ColumnKind,
    pub(crate) unit: Option<String>,
    pub(crate) cells: Vec<Cell>,
    /// Texts that have to be shown in another way than they were written, by row.
    pub(crate) shown: Vec<(usize, Box<str>)>,
    /// A number whose comma was read as a thousands separator only because that is the custom.
    pub(crate) comma_groups: Option<String>,
    /// Rows with a gap that a note already explains.
    pub(crate) told: Vec<usize>,
    pub(crate) notes: Vec<String>,
}

/// Cells looked at before a reading is tried on the whole column.
const SAMPLE_CELLS: usize = 64;

/// Looks at a column's trimmed cells.
pub(crate) fn survey<'a>(header: &'a str, texts: Vec<&'a str>) -> Survey<'a> {
    let expect = header::expect(header);
    let shape = shape_of(expect, &texts);
    Survey { header, expect, texts, shape }
}

/// Whether a reading holds: at most one cell in three fails, and one at least is good.
fn holds(good: usize, bad: usize) -> bool {
    good > 0 && bad * 2 <= good
}

fn shape_of<'a>(expect: Expect, texts: &[&'a str]) -> Shape<'a> {
    let filled: Vec<&'a str> = texts.iter().copied().filter(|text| blank(text).is_none()).collect();
    if filled.is_empty() {
        return Shape::Text;
    }
    if let Some(truth) = truth_values(expect, texts) {
        return Shape::Truth(truth);
    }
    let step = filled.len().div_ceil(SAMPLE_CELLS);
    let sample = || filled.iter().copied().step_by(step);
    let count = |test: &dyn Fn(&str) -> bool| sample().filter(|text| test(text)).count();
    let size = sample().count();
    // The sample need not hold by itself, only leave the possibility open.
    let possible = |good: usize| good * 2 >= size;

    let digits_or_word = |text: &str| text.bytes().any(|b| b.is_ascii_digit()) || text.len() <= 14;
    let dates = count(&|text| digits_or_word(text) && date::lex(text).is_some());
    // Below `Year` a single `FY2026` makes years of the bare numbers beside it.
    if (possible(dates) || expect.year && dates > 0)
        && let Some(dates) = all(texts, |text| date::lex(text).or_else(|| bare_year(text)))
    {
        return Shape::Dates(dates);
    }
    if let Some(weekdays) = weekdays(texts, &filled) {
        return Shape::Weekdays(weekdays);
    }
    let clock_like = count(&|text| is_clock(text));
    if clock_like > 0 && possible(count(&|text| clock_cell(text).is_some())) {
        let cells = all(texts, clock_cell);
        if let Some(cells) = cells {
            return Shape::Clock(cells);
        }
    }
    if possible(count(&|text| number::lex(text).is_some())) {
        let seasons = || all(texts, |text| date::season(text).map(Time::Year)).filter(|cells| no_bad(texts, cells));
        if let Some(cells) = seasons() {
            return Shape::Dates(cells.into_iter().map(|cell| cell.map(fixed)).collect());
        }
        if let Some(numbers) = all(texts, number::lex) {
            return compact_dates(expect, texts, &numbers).unwrap_or(Shape::Numbers(numbers));
        }
    }
    if let Some(cells) = all(texts, |text| date::season(text).map(Time::Year)).filter(|cells| no_bad(texts, cells)) {
        return Shape::Dates(cells.into_iter().map(|cell| cell.map(fixed)).collect());
    }
    Shape::Text
}

fn fixed(time: Time) -> Date {
    Date { day: Day::Fixed(time), time: None, offset: None }
}

/// Reads every cell; `None` where too many fail.
fn all<'a, T>(texts: &[&'a str], read: impl Fn(&'a str) -> Option<T>) -> Option<Vec<Option<T>>> {
    let mut good = 0_usize;
    let mut bad = 0_usize;
    let cells: Vec<Option<T>> = texts
        .iter()
        .map(|text| {
            if blank(text).is_some() {
                return None;
            }
            let cell = read(text);
            if cell.is_some() {
                good += 1;
            } else {
                bad += 1;
            }
            cell
        })
        .collect();
    holds(good, bad).then_some(cells)
}

/// Whether every cell that is not blank was read.
fn no_bad<T>(texts: &[&str], cells: &[Option<T>]) -> bool {
    texts.iter().zip(cells).all(|(text, cell)| cell.is_some() || blank(text).is_some())
}

/// A bare year among dates: `1205` below `14 April 1205`.
fn bare_year(text: &str) -> Option<Date> {
    let plausible = text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
    plausible.then(|| text.parse().ok()).flatten().map(|year| fixed(Time::Year(year)))
}

/// A pair of words for true and false.
const TRUTHS: &[(&str, &str)] = &[
    ("true", "false"),
    ("yes", "no"),
    ("y", "n"),
    ("t", "f"),
    ("✓", "✗"),
    ("✔", "✘"),
    ("✔️", "✖️"),
    ("✅", "❌"),
    ("☑", "☐"),
    ("on", "off"),
    ("ja", "nein"),
    ("oui", "non"),
    ("sí", "no"),
    ("wahr", "falsch"),
    (":white_check_mark:", ":x:"),
];

/// Reads a column of truth values: every cell must be one of one pair.
fn truth_values(expect: Expect, texts: &[&str]) -> Option<Vec<Option<bool>>> {
    /// The longest word in [`TRUTHS`], in bytes.
    const TRUTH_BYTES_MAX: usize = 20;
    let first = texts.iter().find(|text| blank(text).is_none())?;
    if first.len() > TRUTH_BYTES_MAX {
        return None;
    }
    let read = |text: &str, pair: &(&str, &str)| {
        let lower = text.to_lowercase();
        if lower == pair.0 {
            Some(true)
        } else if lower == pair.1 {
            Some(false)
        } else {
            None
        }
    };
    TRUTHS.iter().filter(|pair| read(first, pair).is_some()).find_map(|pair| {
        let cells: Vec<Option<bool>> = texts.iter().map(|text| read(text, pair)).collect();
        // `x` marks nothing by itself and `:x:` is written here, so a blank word is a gap as everywhere.
        let complete = no_bad(texts, &cells);
        // One letter alone may be anything: a sex, a grade, a slot.
        let letters = pair.0.len() == 1;
        let both = cells.contains(&Some(true)) && cells.contains(&Some(false));
        (complete && (!letters || both || expect.truth)).then_some(cells)
    })
}

fn weekdays(texts: &[&str], filled: &[&str]) -> Option<Vec<Option<u8>>> {
    let language = Language::ALL
        .into_iter()
        .find(|language| filled.iter().all(|text| names::weekday(text, *language).is_some()))?;
    Some(texts.iter().map(|text| names::weekday(text, language)).collect())
}

/// Whether a text can only be a clock time or a length of time with several parts.
fn is_clock(text: &str) -> bool {
    duration::lex_colons(text).is_some() || duration::lex(text).is_some_and(|length| length.compound)
}

fn clock_cell(text: &str) -> Option<ClockCell> {
    duration::lex_colons(text)
        .map(ClockCell::Colons)
        .or_else(|| {
            let number = number::lex(text).filter(|number| !number.is_quantity())?;
            number.value(Decimal::Dot).map(ClockCell::Plain)
        })
        .or_else(|| duration::lex(text).map(ClockCell::Length))
}

/// Eight digits that are days throughout: `20260131`.
fn compact_dates<'a>(expect: Expect, texts: &[&'a str], numbers: &[Option<Number<'a>>]) -> Option<Shape<'a>> {
    let filled = numbers.iter().flatten().count();
    if filled < 2 && !expect.date {
        return None;
    }
    let days: Vec<Option<Time>> = texts.iter().map(|text| date::compact(text)).collect();
    no_bad(texts, &days).then(|| Shape::Dates(days.into_iter().map(|day| day.map(fixed)).collect()))
}

impl<'a> Survey<'a> {
    /// What this column says about how the table is written.
    pub(crate) fn evidence(&self) -> Evidence {
        let mut evidence = Evidence::default();
        match &self.shape {
            Shape::Numbers(numbers) => {
                for number in numbers.iter().flatten() {
                    evidence.dots += usize::from(number.marks == Marks::Dot);
                    evidence.commas += usize::from(number.marks == Marks::Comma);
                    evidence.dollars += usize::from(number.unit == Some(Unit::Currency("USD")));
                }
            }
            Shape::Dates(dates) => {
                for date in dates.iter().flatten() {
                    if let Day::Numeric { first, second, dots, .. } = date.day {
                        evidence.day_first += usize::from(first > 12 || dots);
                        evidence.month_first += usize::from(second > 12 && !dots);
                    }
                }
            }
            _ => {}
        }
        evidence
    }

    /// Types the column.
    pub(crate) fn finish(self, context: Context) -> Typed {
        let mut typed = Typed {
            name: self.header.to_owned(),
            kind: ColumnKind::Text,
            unit: None,
            cells: Vec::new(),
            shown: Vec::new(),
            comma_groups: None,
            told: Vec::new(),
            notes: Vec::new(),
        };
        let Self { header, expect, texts, shape } = self;
        let column = Finishing { header, expect, texts: &texts, context };
        let done = match shape {
            Shape::Text => false,
            Shape::Truth(cells) => {
                typed.kind = ColumnKind::Bool;
                typed.cells = cells.into_iter().map(|cell| cell.map_or(Cell::Gap, Cell::Bool)).collect();
                true
            }
            Shape::Weekdays(days) => {
                typed.kind = ColumnKind::Date;
                typed.cells =
                    days.into_iter().map(|day| day.map_or(Cell::Gap, |day| Cell::Time(Time::Weekday(day)))).collect();
                true
            }
            Shape::Dates(dates) => {
                column.dates(dates, &mut typed);
                true
            }
            Shape::Clock(cells) => column.clock(cells, &mut typed),
            Shape::Numbers(numbers) => column.numbers(numbers, &mut typed),
        };
        if done {
            column.report_gaps(&mut typed);
        } else {
            typed.kind = ColumnKind::Text;
            typed.unit = None;
            typed.cells = texts
                .iter()
                .map(|text| if blank(text) == Some(Blank::Always) { Cell::Gap } else { Cell::Text((*text).into()) })
                .collect();
        }
        typed
    }
}

/// A column on its way from a shape to typed cells.
struct Finishing<'a, 'b> {
    header: &'a str,
    expect: Expect,
    texts: &'b [&'a str],
    context: Context,
}

impl Finishing<'_, '_> {
    /// Says which cells could not be read.
    fn report_gaps(&self, typed: &mut Typed) {
        /// Cells named in one note.
        const NAMED_MAX: usize = 3;
        let mut unread =
            self.texts.iter().zip(&typed.cells).enumerate().filter(|(row, (text, cell))| {
                **cell == Cell::Gap && blank(text).is_none() && !typed.told.contains(row)
            });
        let named: Vec<String> = unread
            .by_ref()
            .take(NAMED_MAX)
            .map(|(row, (text, _))| format!("{} (row {})", quoted(text), row + 1))
            .collect();
        if named.is_empty() {
            return;
        }
        let more = unread.count();
        let what = match typed.kind {
            ColumnKind::Number => "a number",
            ColumnKind::Date => "a date or time",
            _ => "readable",
        };
        let list = match more {
            0 => named.join(", "),
            more => format!("{} and {more} more", named.join(", ")),
        };
        let verb = if named.len() + more == 1 { "is" } else { "are" };
        let what = if named.len() + more == 1 {
            what.to_owned()
        } else {
            what.replacen("a ", "", 1) + if what == "readable" { "" } else { "s" }
        };
        typed.notes.push(format!("In {}, {list} {verb} not {what}; left as a gap.", quoted(&typed.name)));
    }

    fn dates(&self, mut dates: Vec<Option<Date>>, typed: &mut Typed) {
        typed.kind = ColumnKind::Date;
        date::settle_years(&mut dates);
        let order = self.order(&dates, typed);
        let other = match order {
            Order::DayFirst => Order::MonthFirst,
            Order::MonthFirst => Order::DayFirst,
        };
        let mut offsets = dates.iter().flatten().filter(|date| date.time.is_some()).map(|date| date.offset);
        let first = offsets.next().flatten();
        let mixed = offsets.any(|offset| offset != first);
        if mixed {
            typed
                .notes
                .push(format!("The times in {} have different time zones; all are shown in UTC.", quoted(self.header)));
        }
        let dots_first = |date: &Date| matches!(date.day, Day::Numeric { dots: true, .. });
        let mut times: Vec<Option<Time>> = dates
            .iter()
            .map(|date| {
                let date = date.as_ref()?;
                let order = if dots_first(date) { Order::DayFirst } else { order };
                let time = date.resolve(order).or_else(|| date.resolve(other))?;
                Some(if mixed { date::to_utc(time, date.offset.unwrap_or(0)) } else { time })
            })
            .collect();
        // Exports write midnight after every plain date.
        let midnight = |time: &Time| matches!(time, Time::DateTime(moment) if moment.num_seconds_from_midnight() == 0 && moment.nanosecond() == 0);
        if times.iter().flatten().all(midnight) {
            for time in times.iter_mut().flatten() {
                if let Time::DateTime(moment) = *time {
                    *time = Time::Date(moment.date());
                }
            }
        }
        typed.cells = times.into_iter().map(|time| time.map_or(Cell::Gap, Cell::Time)).collect();
    }

    /// Decides the order of day and month over the whole column, then the table, then by what reads as a sequence.
    fn order(&self, dates: &[Option<Date>], typed: &mut Typed) -> Order {
        let numeric: Vec<&Date> =
            dates.iter().flatten().filter(|date| matches!(date.day, Day::Numeric { dots: false, .. })).collect();
        let Some(example) = numeric.first() else {
            return Order::DayFirst;
        };
        let over_12 = |pick: fn(u32, u32) -> u32| {
            numeric
                .iter()
                .filter(|date| matches!(date.day, Day::Numeric { first, second, .. } if pick(first, second) > 12))
                .count()
        };
        let (day_first, month_first) = (over_12(|first, _| first), over_12(|_, second| second));
        match (day_first, month_first) {
            (0, 0) => {}
            (_, 0) => return Order::DayFirst,
            (0, _) => return Order::MonthFirst,
            _ => {
                typed.notes.push(format!("{} mixes day/month and month/day dates; each was read the only way it can be, and the rest as most of them.", quoted(self.header)));
                return if day_first >= month_first { Order::DayFirst } else { Order::MonthFirst };
            }
        }
        // Where both numbers are the same in every date the order does not matter.
        if numeric.iter().all(|date| matches!(date.day, Day::Numeric { first, second, .. } if first == second)) {
            return Order::MonthFirst;
        }
        let evidence = self.context.evidence;
        let elsewhere = (evidence.day_first > 0, evidence.month_first > 0);
        let ordered = |order: Order| {
            let times: Vec<Time> = numeric.iter().filter_map(|date| date.resolve(order)).collect();
            times.len() > 2
                && (times.windows(2).all(|pair| pair[0] <= pair[1]) || times.windows(2).all(|pair| pair[0] >= pair[1]))
        };
        let order = match (elsewhere, (ordered(Order::DayFirst), ordered(Order::MonthFirst))) {
            ((true, false), _) => Order::DayFirst,
            ((false, true), _) => Order::MonthFirst,
            (_, (true, false)) => Order::DayFirst,
            (_, (false, true)) => Order::MonthFirst,
            _ if let Some(wanted) = self.context.dates => match wanted {
                DateOrder::DayFirst => Order::DayFirst,
                DateOrder::MonthFirst => Order::MonthFirst,
            },
            _ if evidence.dollars == 0 && evidence.commas > 0 && evidence.dots == 0 => Order::DayFirst,
            _ => Order::MonthFirst,
        };
        let (name, shown) = (if order == Order::DayFirst { "day/month" } else { "month/day" }, example.resolve(order));
        let shown = shown.map_or_else(String::new, |time| match time {
            Time::Date(day) => format!(" (the first is {})", day.format("%-d %B %Y")),
            Time::DateTime(moment) => format!(" (the first is {})", moment.format("%-d %B %Y")),
            _ => String::new(),
        });
        typed.notes.push(format!(
            "The dates in {} could be day/month or month/day; read as {name}{shown}.",
            quoted(self.header)
        ));
        order
    }

    fn clock(&self, cells: Vec<Option<ClockCell>>, typed: &mut Typed) -> bool {
        let colons = || {
            cells
                .iter()
                .flatten()
                .filter_map(|cell| if let ClockCell::Colons(colons) = cell { Some(colons) } else { None })
        };
        let only_colons = cells.iter().flatten().all(|cell| matches!(cell, ClockCell::Colons(_)));
        let lengths_known = cells.iter().flatten().any(|cell| matches!(cell, ClockCell::Length(_)))
            || colons().any(|colons| colons.fraction || colons.negative || (colons.first >= 24 && colons.pm.is_none()));
        let three = colons().any(|colons| colons.third.is_some());
        let two = colons().any(|colons| colons.third.is_none());
        let header_unit = header::split_unit(self.header);
        let header_time = header_unit
            .as_ref()
            .and_then(|unit| super::unit::measure_named(&unit.unit))
            .is_some_and(|m| m.dimension == Dimension::Time);
        let as_length = if colons().any(|colons| colons.pm.is_some()) {
            false
        } else if lengths_known
            || !only_colons
            || self.expect.duration
            || self.context.race && !self.expect.clock
            || header_time
        {
            true
        } else if three && two {
            // `58:12` and `1:02:03`: results of a race. On a clock the hours would not come and go.
            !self.expect.clock
        } else {
            three && !self.expect.clock
        };
        if !as_length {
            let times: Vec<Option<u32>> = cells
                .iter()
                .map(|cell| match cell {
                    Some(ClockCell::Colons(colons)) => colons.time_of_day(),
                    _ => None,
                })
                .collect();
            typed.kind = ColumnKind::Date;
            typed.cells = times
                .into_iter()
                .map(|time| time.map_or(Cell::Gap, |time| Cell::Time(Time::TimeOfDay(time))))
                .collect();
            return true;
        }
        // Two parts are hours and minutes where the header says so, or where `1h 30m` beside them does.
        let two_are_hours = self.expect.hours && !colons().any(|colons| colons.fraction);
        let whole_minutes = three
            && colons().all(|colons| colons.third.is_none_or(|seconds| seconds == 0.0))
            && (!two || two_are_hours);
        let colon_unit = if two_are_hours && !three || whole_minutes { &MINUTE } else { &SECOND };
        let unit: &Measure = cells
            .iter()
            .flatten()
            .filter_map(|cell| match cell {
                ClockCell::Colons(_) => Some(colon_unit),
                ClockCell::Length(length) => Some(length.finest),
                ClockCell::Plain(_) => None,
            })
            .min_by(|a, b| a.factor.total_cmp(&b.factor))
            .unwrap_or(&SECOND);
        // A column that is called hours is counted in hours: 7:30 is 7.5 h.
        let unit = if self.expect.hours_named && only_colons && unit.name == MINUTE.name { &HOUR } else { unit };
        typed.kind = ColumnKind::Number;
        typed.unit = Some(unit.name.to_owned());
        typed.cells = cells
            .iter()
            .map(|cell| {
                let seconds = match cell {
                    Some(ClockCell::Colons(colons)) => colons.seconds(two_are_hours),
                    Some(ClockCell::Length(length)) => Some(length.seconds),
                    Some(ClockCell::Plain(number)) => Some(number * unit.factor),
                    None => None,
                };
                seconds.map_or(Cell::Gap, |seconds| Cell::Number(ratio(seconds, unit.factor)))
            })
            .collect();
        if let Some(HeaderUnit { name, .. }) = header_unit.filter(|_| header_time) {
            typed.name = name;
        }
        if two && !three && only_colons && !colons().any(|colons| colons.fraction) {
            let reading = if two_are_hours { "hours:minutes" } else { "minutes:seconds" };
            typed.notes.push(format!("The times in {} were read as {reading}.", quoted(&typed.name)));
        }
        true
    }

    fn numbers(&self, numbers: Vec<Option<Number<'_>>>, typed: &mut Typed) -> bool {
        if self.is_identifier(&numbers) {
            return false;
        }
        let header_unit = header::split_unit(self.header);
        let Some(units) = self.units(&numbers, header_unit.as_ref(), typed) else {
            return false;
        };
        let bare = header_unit.is_none() && units.target.is_none() && !units.mixed;
        if bare && (self.serials(&numbers, typed) || self.years(&numbers, typed)) {
            return true;
        }
        let decimal = self.decimal(&numbers, typed);
        typed.kind = ColumnKind::Number;
        typed.cells = numbers
            .iter()
            .zip(&units.factors)
            .map(|(number, factor)| {
                let value = number.as_ref().zip(*factor).and_then(|(number, factor)| {
                    let value = number.value(decimal)?;
                    Some(if factor == 1.0 { value } else { number::exact_product(value, factor) })
                });
                value.map_or(Cell::Gap, Cell::Number)
            })
            .collect();
        typed.unit = units.target;
        if let Some(HeaderUnit { name, unit, only_multiplier }) = header_unit {
            typed.name = name;
            typed.unit = match typed.unit.take() {
                None if units.mixed => None,
                None => Some(unit),
                Some(own) if only_multiplier => Some(format!("{unit} {own}")),
                Some(own) => Some(own),
            };
        }
        self.report_style(&numbers, typed);
        true
    }

    /// Whether these digits name things instead of counting them.
    fn is_identifier(&self, numbers: &[Option<Number<'_>>]) -> bool {
        let plain = |number: &&Number<'_>| !number.is_quantity();
        if self.expect.identifier && numbers.iter().flatten().all(|number| plain(&number)) {
            return true;
        }
        let leading_zero = numbers.iter().flatten().any(|number| plain(&number) && number.has_leading_zero());
        if leading_zero {
            // `00`, `01` … `23` are hours; `00123` is a code.
            let padded = self.expect.padded && numbers.iter().flatten().all(|number| number.whole_digits() <= 2);
            return !padded;
        }
        self.texts.iter().zip(numbers).any(|(text, number)| {
            number.is_none() && text.len() > number::DIGITS_MAX && text.bytes().all(|b| b.is_ascii_digit())
        })
    }

    /// Reads the column as years where the header says so or the values run like a calendar.
    fn years(&self, numbers: &[Option<Number<'_>>], typed: &mut Typed) -> bool {
        /// Years that charts are made of; a quantity in this range needs a header that says year.
        const CHARTED_YEARS: std::ops::RangeInclusive<i64> = 1800..=2200;
        let years: Option<Vec<Option<i64>>> = self
            .texts
            .iter()
            .zip(numbers)
            .map(|(text, number)| match number {
                // `1,990` and `1 990` are quantities.
                Some(number) if number.whole_digits() == 4 => {
                    number.plain_integer().filter(|year| CHARTED_YEARS.contains(year)).map(Some)
                }
                Some(_) => None,
                None => blank(text).is_some().then_some(None),
            })
            .collect();
        let Some(years) = years else {
            return false;
        };
        let present: Vec<i64> = years.iter().flatten().copied().collect();
        let step = present.windows(2).next().map(|pair| pair[1] - pair[0]);
        let steady = step.is_some_and(|step| step != 0 && present.windows(2).all(|pair| pair[1] - pair[0] == step));
        let consecutive = match step {
            Some(1 | -1) if self.context.first => steady,
            Some(1 | -1) => steady && present.len() > 2,
            Some(_) if self.context.first => {
                steady && present.len() > 2 && step.is_some_and(|step| matches!(step.abs(), 2 | 4 | 5 | 10))
            }
            _ => false,
        };
        // A column without a name at the head of the table is its axis.
        let axis = self.context.first
            && self.context.nameless
            && present.len() > 1
            && present.windows(2).all(|pair| pair[0] < pair[1]);
        if !(self.expect.year || consecutive || axis) {
            return false;
        }
        typed.kind = ColumnKind::Date;
        for (row, (year, text)) in years.iter().zip(self.texts).enumerate() {
            if let Some(year) = year
                && text.len() != 4
            {
                typed.shown.push((row, year.to_string().into()));
            }
        }
        typed.cells = years
            .into_iter()
            .map(|year| {
                year.and_then(|year| i32::try_from(year).ok()).map_or(Cell::Gap, |year| Cell::Time(Time::Year(year)))
            })
            .collect();
        true
    }

    /// The decimal mark: what the format fixes, what the column shows, what the table shows, the English default.
    fn decimal(&self, numbers: &[Option<Number<'_>>], typed: &mut Typed) -> Decimal {
        if let Some(decimal) = self.context.decimal {
            return decimal;
        }
        let count = |marks: Marks| numbers.iter().flatten().filter(|number| number.marks == marks).count();
        let (dots, commas) = (count(Marks::Dot), count(Marks::Comma));
        let (maybe_dots, maybe_commas) = (count(Marks::MaybeDot), count(Marks::MaybeComma));
        match (dots, commas) {
            (0, 0) => {}
            (_, 0) => return Decimal::Dot,
            (0, _) => return Decimal::Comma,
            _ => {
                let decimal = if commas > dots { Decimal::Comma } else { Decimal::Dot };
                typed.notes.push(format!(
                    "{} mixes decimal points and decimal commas; each number was read by its own marks.",
                    quoted(self.header)
                ));
                return decimal;
            }
        }
        if maybe_dots + maybe_commas == 0 || maybe_dots > 0 && maybe_commas > 0 {
            return Decimal::Dot;
        }
        let evidence = self.context.evidence;
        match (evidence.dots, evidence.commas) {
            (0, 0) => {}
            (dots, commas) if commas > dots => return Decimal::Comma,
            _ => return Decimal::Dot,
        }
        let example = self.texts.iter().zip(numbers).find_map(|(text, number)| {
            number.as_ref().filter(|number| matches!(number.marks, Marks::MaybeDot | Marks::MaybeComma)).map(|_| *text)
        });
        let example = quoted(example.unwrap_or_default());
        let name = quoted(self.header);
        if maybe_commas > 0 {
            typed.comma_groups = Some(example);
            return Decimal::Dot;
        }
        // Money has no third decimal place, and whole numbers below a thousand beside `1.234` have no fraction either.
        let money = numbers.iter().flatten().any(|number| matches!(number.unit, Some(Unit::Currency(_))));
        let silent_small = numbers.iter().flatten().filter(|number| number.marks == Marks::Silent).count();
        let silent_large =
            numbers.iter().flatten().any(|number| number.marks == Marks::Silent && number.whole_digits() > 3);
        if money || self.context.semicolons || maybe_dots > 1 && silent_small > 0 && !silent_large {
            typed.notes.push(format!("The dot in {name} was read as a thousands separator ({example})."));
            return Decimal::Comma;
        }
        typed.notes.push(format!("The dot in {name} was read as a decimal point ({example})."));
        Decimal::Dot
    }

    /// Says what was cut off or guessed around the numbers.
    fn report_style(&self, numbers: &[Option<Number<'_>>], typed: &mut Typed) {
        let example = |test: fn(&Number<'_>) -> bool| {
            self.texts
                .iter()
                .zip(numbers)
                .find(|(_, number)| number.as_ref().is_some_and(test))
                .map(|(text, _)| quoted(text))
        };
        if let Some(text) = example(|number| number.footnote) {
            typed.notes.push(format!("Marks behind the numbers in {} were ignored ({text}).", quoted(&typed.name)));
        }
        if let Some(text) = example(|number| number.approximate) {
            typed
                .notes
                .push(format!("Approximate values in {} were taken as they stand ({text}).", quoted(&typed.name)));
        }
    }
}

/// Seconds as a number of a unit of time, without binary noise.
fn ratio(seconds: f64, unit_seconds: f64) -> f64 {
    if unit_seconds == 1.0 { seconds } else { number::exact_product(seconds, 1.0 / unit_seconds) }
}

/// A name or a value in a note: in quotation marks and cut to a readable length.
pub(crate) fn quoted(text: &str) -> String {
    /// Characters of a cell or a header shown in a note.
    const SHOWN_CHARS_MAX: usize = 40;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= SHOWN_CHARS_MAX {
        return format!("“{line}”");
    }
    let cut: String = line.chars().take(SHOWN_CHARS_MAX - 1).collect();
    format!("“{}…”", cut.trim_end())
}

/// Whether a single cell, seen alone, is anything but words. Headers are told from data by it.
pub(crate) fn class_of(text: &str) -> Class {
    if blank(text).is_some() {
        return Class::Blank;
    }
    if let Some(number) = number::lex(text) {
        if let Some(Unit::Word(_)) = number.unit {
            return Class::Counted;
        }
        return if number.plain_integer().is_some() { Class::Integer } else { Class::Number };
    }
    if duration::lex_colons(text).is_some() || duration::lex(text).is_some() {
        return Class::Time;
    }
    match date::lex(text).map(|date| date.day) {
        Some(Day::Fixed(Time::Month(None, _) | Time::Quarter(None, _) | Time::Year(_))) => Class::Period,
        Some(Day::Fixed(Time::Month(..) | Time::Quarter(..))) => Class::Period,
        Some(_) => Class::Time,
        None if names::any_weekday(text).is_some() => Class::Period,
        None => Class::Text,
    }
}

/// What a single cell looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// Nothing.
    Blank,
    /// A whole number without a unit, which may be a year.
    Integer,
    /// Any other number.
    Number,
    /// A number and a word: `5 users`, but also `1 Corinthians`.
    Counted,
    /// A date or a time.
    Time,
    /// A month, a quarter, a weekday: as likely a header as a value.
    Period,
    /// Words.
    Text,
}
