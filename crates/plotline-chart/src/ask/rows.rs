//! What the rows are: `tickets per month` counts them where no column is called so.

use super::Request;
use super::lexicon::FILLERS;
use super::measure::GROUP_WORDS;
use super::mention::COMMAND_WORDS;
use super::token::Token;

/// Words in the plural, and of time, that name no rows.
const NO_THINGS: &[&str] = &[
    "date",
    "dates",
    "day",
    "days",
    "time",
    "times",
    "month",
    "months",
    "year",
    "years",
    "week",
    "weeks",
    "weekday",
    "weekdays",
    "quarter",
    "quarters",
    "hour",
    "hours",
    "numbers",
    "totals",
    "averages",
    "means",
    "sums",
    "stats",
    "statistics",
    "figures",
    "results",
    "bars",
    "lines",
    "trends",
    "changes",
];

/// Words after the rows and before what they are grouped by.
const GROUPS: &[&str] = &["per", "by", "each", "every", "over", "on", "in", "across"];

/// Whether a word in the plural, or of time, names no rows.
pub(super) fn is_no_thing(token: &Token) -> bool {
    token.is_any(NO_THINGS)
}

/// Whether a word may be the plural of what the rows are.
pub(super) fn is_things(token: &Token) -> bool {
    token.is_word()
        && super::lexicon::is_plural(&token.text)
        && !token.is_any(COMMAND_WORDS)
        && !token.is_any(FILLERS)
        && !token.is_any(GROUP_WORDS)
        && !token.is_any(NO_THINGS)
}

/// Whether the words name what the rows are, to be counted: `tickets per month`, `monthly checkouts`; or, with the column of
/// the categories `x`, `hires per year` where there is a `HireDate`.
pub(super) fn named(request: &Request<'_>, x: Option<usize>) -> bool {
    (0..request.tokens.len()).any(|at| names(request, x, at))
}

fn names(request: &Request<'_>, x: Option<usize>, at: usize) -> bool {
    let token = &request.tokens[at];
    let plain = token.is_word()
        && !request.taken.get(at).copied().unwrap_or_default()
        && !token.is_any(COMMAND_WORDS)
        && !token.is_any(FILLERS)
        && !token.is_any(GROUP_WORDS)
        && !token.is_any(NO_THINGS);
    if !plain {
        return false;
    }
    let mention = request.mentions.iter().find(|mention| mention.start <= at && at < mention.end);
    let of_dates = x.is_some() && mention.map(|mention| mention.column) == x;
    let things = token.text.len() > 3 && token.text.ends_with('s') && !token.text.ends_with("ss");
    let free = mention.is_none_or(|mention| mention.entity || mention.likeness < 0.5);
    if !(of_dates || things && free) {
        return false;
    }
    let next = |step: usize| request.tokens.get(at + step);
    // One more word may stand between: `bugs opened per week`.
    next(1).is_some_and(|token| token.is_any(GROUPS))
        || next(2).is_some_and(|token| token.is_any(&["per", "by", "each", "every", "over"]))
        || at.checked_sub(1).is_some_and(|before| {
            request.tokens[before].is_any(&["daily", "weekly", "monthly", "quarterly", "yearly", "annual", "hourly"])
        })
}
