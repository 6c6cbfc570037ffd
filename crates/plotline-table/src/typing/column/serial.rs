//! Dates as the day numbers that spreadsheets count in, where a cell lost its date format or a program exported it raw.

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime};

use super::{Finishing, Typed, quoted};
use crate::grid::Decimal;
use crate::model::{Cell, ColumnKind, Time};
use crate::typing::number::Number;

/// Day numbers that are read as dates: 1982-02-18 to 2064-04-08, in which nearly all data lie.
const SERIALS: std::ops::Range<f64> = 30_000.0..60_001.0;

/// Seconds in a day, which is 1 in a spreadsheet.
const DAY_SECONDS: f64 = 86_400.0;

impl Finishing<'_, '_> {
    /// Reads numbers below a header such as `Date` as day numbers, if every one of them can be.
    pub(super) fn serials(&self, numbers: &[Option<Number<'_>>], typed: &mut Typed) -> bool {
        if !self.expect.serial || self.texts.len() != numbers.len() {
            return false;
        }
        let decimal = self.context.decimal.unwrap_or(Decimal::Dot);
        let mut days = Vec::with_capacity(numbers.len());
        for number in numbers {
            let Some(number) = number else {
                days.push(None);
                continue;
            };
            // `45,292` is a quantity: nobody groups the digits of a day number.
            let plain = !number.is_quantity() && number.whole_digits() == 5;
            let Some(day) = number.value(decimal).filter(|day| plain && SERIALS.contains(day)) else {
                return false;
            };
            days.push(Some(day));
        }
        let whole = days.iter().flatten().all(|day| day.fract() == 0.0);
        let times: Vec<Option<Time>> = days
            .into_iter()
            .map(|day| {
                let moment = moment(day?)?;
                Some(if whole { Time::Date(moment.date()) } else { Time::DateTime(moment) })
            })
            .collect();
        let shown = |time: &Time| crate::json::time_text(*time, "");
        let example = self.texts.iter().zip(&times).find_map(|(text, time)| Some((text, shown(time.as_ref()?))));
        let Some((number, date)) = example else {
            return false;
        };
        typed.kind = ColumnKind::Date;
        typed.notes.push(format!(
            "The numbers in {} were read as the day numbers of a spreadsheet ({number} is {date}).",
            quoted(self.header)
        ));
        typed.shown =
            times.iter().enumerate().filter_map(|(row, time)| Some((row, shown(time.as_ref()?).into()))).collect();
        typed.cells = times.into_iter().map(|time| time.map_or(Cell::Gap, Cell::Time)).collect();
        true
    }
}

/// The moment that a day number names: 1 is 1 January 1900, and 60 is a 29 February 1900 that never was, so that from then on
/// the days count from 30 December 1899. Source: ECMA-376 part 1, 18.17.4.1.
fn moment(day: f64) -> Option<NaiveDateTime> {
    let date = NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_days(Days::new(day.trunc() as u64))?;
    let seconds = (day.fract() * DAY_SECONDS).round();
    if seconds >= DAY_SECONDS {
        return date.succ_opt()?.and_hms_opt(0, 0, 0);
    }
    Some(date.and_time(NaiveTime::from_num_seconds_from_midnight_opt(seconds as u32, 0)?))
}
