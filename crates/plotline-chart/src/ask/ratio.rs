//! One column in proportion to another, which no chart of the table shows: `returns as a share of sales`.

use plotline_table::ColumnKind;

use super::Request;
use super::mention::Mention;
use super::phrase::phrase;

/// Words between a proportion and the column that is its whole.
const ARTICLES: &[&str] = &["the", "total", "all", "overall"];

/// Why a request for the proportion of two columns of numbers is not drawn; `None` where it asks for none.
pub(super) fn declined(request: &Request<'_>) -> Option<String> {
    const PARTS: &[&[&str]] = &[
        &["as", "a|the|an", "share|percentage|percent|fraction|proportion|portion|ratio|part|%", "of"],
        &["as", "share|percentage|percent|fraction|proportion|portion|%", "of"],
        &["divided", "by"],
    ];
    let tokens = &request.tokens;
    let number = |mention: &&Mention| {
        request.table.columns.get(mention.column).is_some_and(|column| column.kind == ColumnKind::Number)
            && !request.names.get(mention.column).is_some_and(|name| name.is_id)
            && mention.likeness > 0.6
    };
    let (start, end) =
        (0..tokens.len()).find_map(|at| PARTS.iter().find_map(|words| Some((at, phrase(tokens, at, words)?))))?;
    let part = request.mentions.iter().rev().filter(number).find(|mention| mention.end <= start)?;
    let whole = request.mentions.iter().filter(number).find(|mention| {
        mention.start >= end && tokens[end..mention.start].iter().all(|token| token.is_any(ARTICLES))
    })?;
    let name = |mention: &Mention| request.table.columns.get(mention.column).map(|column| column.name.as_str());
    let (part, whole) = (name(part)?, name(whole)?);
    (part != whole).then(|| {
        format!(
            "“{part}” as a share of “{whole}” would be a new column, and only columns of the table are drawn. Add it to the table, \
             or ask for both: “{part} and {whole}”."
        )
    })
}
