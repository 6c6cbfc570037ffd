//! The third value of a bubble chart: `with population as size`, `sized by revenue`, `bubble size: crew`.

use plotline_table::{ColumnKind, Table};

use super::mention::Mention;
use super::phrase::{KindSaid, Said, phrase};
use super::token::Token;
use crate::chart::Kind;

/// Words between `size` and its column.
const BETWEEN: &[&str] =
    &["the", "by", "is", "are", "=", ":", "shows", "showing", "of", "from", "to", "based", "on", "with", "for", "as"];
/// At most this many of them.
const REACH: usize = 3;

/// The column of numbers that the sizes of bubbles show.
pub(super) fn column(table: &Table, tokens: &[Token], mentions: &[Mention]) -> Option<usize> {
    let sure = |mention: &&Mention| {
        mention.likeness > 0.45
            && table.columns.get(mention.column).is_some_and(|column| column.kind == ColumnKind::Number)
    };
    let own = |at: usize| !mentions.iter().any(|m| m.start <= at && at < m.end && m.likeness > 0.6);
    let after = |mention: &Mention| {
        const PHRASES: &[&[&str]] = &[
            &["as|for", "size|sizes"],
            &["as|for", "the", "size|sizes"],
            &["as|for", "bubble|point|dot|circle|marker", "size|sizes"],
            &["as|for", "the", "bubble|point|dot|circle|marker", "size|sizes"],
            &["sets|determines|gives|decides", "the", "size|sizes"],
        ];
        PHRASES.iter().any(|words| phrase(tokens, mention.end, words).is_some_and(|end| own(end - 1)))
    };
    let before = |mention: &Mention| {
        (1..=REACH + 1)
            .filter_map(|back| mention.start.checked_sub(back))
            .find(|at| !tokens[*at].is_any(BETWEEN))
            .is_some_and(|at| {
                let sized = tokens[at].is_any(&["sized", "scaled"]);
                let direct = at + 1 == mention.start
                    && at
                        .checked_sub(1)
                        .is_some_and(|before| tokens[before].is_any(&["bubble", "point", "dot", "marker"]));
                let linked = tokens
                    .get(at + 1)
                    .is_some_and(|next| next.is_any(&["by", "=", ":", "is", "shows", "based", "from"]));
                // A column called `Size` is the size by which another one is drawn, too.
                let by = tokens.get(at + 1).is_some_and(|next| next.is_any(&["by", "="]));
                (own(at) || sized || by) && (sized || tokens[at].is_any(&["size", "sizes"]) && (direct || linked))
            })
    };
    mentions.iter().filter(sure).find(|mention| after(mention) || before(mention)).map(|mention| mention.column)
}

/// The kind, where a size is given to points.
pub(super) fn settle(kind: Option<KindSaid>, size: Option<usize>) -> Option<KindSaid> {
    if size.is_none() {
        return kind;
    }
    match kind {
        Some(said) if said.kind == Kind::Scatter => Some(KindSaid { kind: Kind::Bubble, ..said }),
        None => Some(KindSaid {
            kind: Kind::Bubble,
            said: Said::Weakly,
            start: 0,
            end: 0,
            stack: None,
            series: false,
            horizontal: None,
        }),
        other => other,
    }
}
