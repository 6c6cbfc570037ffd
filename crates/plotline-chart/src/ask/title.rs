//! A heading in the words of the member: `titled "Sales"`, `title: Sales of the year`.

use plotline_table::Table;

use super::{Request, wide};
use crate::resolve::words;
use crate::spec::ChartSpec;

/// A heading is cut after this many characters; a longer one is no heading.
const TITLE_CHARS_MAX: usize = 120;

/// Words before a heading; the others also go before other names, and need a chart before them or nothing after.
const MARKERS: &[(&str, bool)] = &[
    ("entitled", false),
    ("titled", false),
    ("title it", false),
    ("title is", false),
    ("title to", false),
    ("title of", false),
    ("title as", false),
    ("title", false),
    ("heading", false),
    ("call it", false),
    ("name it", false),
    ("called", true),
    ("named", true),
    ("headed", true),
];

/// What can be called something that becomes a heading.
const CHARTS: &[&str] = &[
    "chart",
    "graph",
    "plot",
    "diagram",
    "histogram",
    "pie",
    "bars",
    "it",
    "this",
    "and",
    "visualization",
    "donut",
    "heatmap",
];

/// Takes a heading out of a request: what is left of the words, and the heading.
pub(super) fn take(ask: &str, table: &Table) -> (String, Option<String>) {
    // Only ASCII letters change, so places in both are the same.
    let lower = ask.to_ascii_lowercase();
    for (marker, of_a_chart) in MARKERS {
        for (start, _) in lower.match_indices(marker) {
            let end = start + marker.len();
            let word = |c: char| c.is_alphanumeric() || c == '_';
            if lower[..start].ends_with(word) || lower[end..].starts_with(word) {
                continue;
            }
            let before = lower[..start].split_whitespace().next_back().unwrap_or_default();
            let of_a_chart = !*of_a_chart || CHARTS.contains(&before.trim_end_matches(','));
            let rest = ask[end..].trim_start();
            let marked = rest.starts_with([':', '=']);
            let rest = rest.trim_start_matches([':', '=']).trim_start();
            let from = ask.len() - rest.len();
            let Some((title, length)) = quoted(rest).or_else(|| (marked && *marker == "title").then(|| line(rest))?)
            else {
                continue;
            };
            // `books titled "Emma"` picks the rows of a book.
            let value =
                table.columns.iter().any(|column| column.texts.iter().any(|text| text.eq_ignore_ascii_case(title)));
            // At the very end, what is in quotation marks and no value is a heading as well.
            let last = || ask[from + length..].trim_matches(|c: char| c.is_whitespace() || c == '.').is_empty();
            if value || !(of_a_chart || last()) || title.chars().count() > TITLE_CHARS_MAX {
                continue;
            }
            let with = ["with a", "with the", "and the", "with", "and", "the", ","];
            let kept = ask[..start].trim_end();
            let kept = with
                .iter()
                .find_map(|word| {
                    let cut = kept.to_ascii_lowercase().strip_suffix(word).map(str::len)?;
                    (*word == "," || ask[..cut].ends_with(char::is_whitespace)).then(|| &ask[..cut])
                })
                .unwrap_or(kept);
            return (format!("{kept} {}", &ask[from + length..]), Some(title.to_owned()));
        }
    }
    (ask.to_owned(), None)
}

/// The text in quotation marks at the start, and where the marks end.
fn quoted(rest: &str) -> Option<(&str, usize)> {
    let mut chars = rest.chars();
    let open = chars.next()?;
    let close: &[char] = match open {
        '"' => &['"'],
        '“' | '„' => &['”', '“', '"'],
        '\'' | '‘' | '’' => &['\'', '’'],
        '«' => &['»'],
        '`' => &['`'],
        _ => return None,
    };
    let inside = chars.as_str();
    // An apostrophe inside a word closes nothing.
    let end = inside.char_indices().find(|(at, c)| {
        close.contains(c) && !inside[at + c.len_utf8()..].starts_with(|next: char| next.is_alphanumeric())
    })?;
    let title = inside[..end.0].trim();
    (!title.is_empty()).then(|| (title, rest.len() - inside.len() + end.0 + end.1.len_utf8()))
}

/// What stands up to the end of the line or clause.
fn line(rest: &str) -> Option<(&str, usize)> {
    let end = rest.find(['\n', ';']).unwrap_or(rest.len());
    let title = rest[..end].trim().trim_end_matches('.');
    (!title.is_empty()).then_some((title, end))
}

/// The heading of a chart of columns without headers: what the request calls it (`pie of the votes`).
pub(super) fn of_unnamed(request: &Request<'_>, spec: &ChartSpec) -> Option<String> {
    const PARTS: &[&str] = &["shares", "breakdown", "composition", "split", "mix", "distribution", "results"];
    let mut columns = spec.x.iter().filter_map(|x| x.column.as_deref());
    let mut values = spec.y.iter().filter_map(|y| y.column.as_deref());
    if !columns.all(words::unnamed) || !values.all(words::unnamed) || spec.x.is_none() || spec.series.is_some() {
        return None;
    }
    let parts = || request.tokens.iter().find(|token| token.is_any(PARTS)).map(|token| wide::capital(&token.text));
    wide::value_name(request, &[], None).or_else(parts)
}
