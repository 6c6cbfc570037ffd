//! Phrases that compare: `more than`, `between`, `starting with`.

use crate::spec::{Compare, Position};

/// What the words of a comparison mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Relation {
    Compare(Compare),
    Between,
    Contains(Position),
    Null,
}

/// Comparisons, the longest first.
pub(super) const RELATIONS: &[(&[&str], Relation)] = &[
    (&["greater|larger|bigger|more|higher", "than", "or", "equal", "to"], Relation::Compare(Compare::GreaterOrEqual)),
    (&["less|smaller|lower|fewer", "than", "or", "equal", "to"], Relation::Compare(Compare::LessOrEqual)),
    (&["not|no", "more|greater|larger|higher|bigger|older|later", "than"], Relation::Compare(Compare::LessOrEqual)),
    (&["not|no", "less|smaller|lower|fewer|younger|earlier", "than"], Relation::Compare(Compare::GreaterOrEqual)),
    (
        &["more|greater|larger|higher|bigger|better|longer|later|above|over", "than"],
        Relation::Compare(Compare::Greater),
    ),
    (&["less|smaller|lower|fewer|worse|shorter|earlier", "than"], Relation::Compare(Compare::Less)),
    (&["on", "or", "after"], Relation::Compare(Compare::GreaterOrEqual)),
    (&["on", "or", "before"], Relation::Compare(Compare::LessOrEqual)),
    (&["as", "of"], Relation::Compare(Compare::GreaterOrEqual)),
    (&["prior", "to"], Relation::Compare(Compare::Less)),
    (&["at", "least"], Relation::Compare(Compare::GreaterOrEqual)),
    (&["at", "most"], Relation::Compare(Compare::LessOrEqual)),
    (&["up", "to"], Relation::Compare(Compare::LessOrEqual)),
    (&[">", "="], Relation::Compare(Compare::GreaterOrEqual)),
    (&["<", "="], Relation::Compare(Compare::LessOrEqual)),
    (&["!", "="], Relation::Compare(Compare::NotEqual)),
    (&["<", ">"], Relation::Compare(Compare::NotEqual)),
    (&["≥"], Relation::Compare(Compare::GreaterOrEqual)),
    (&["≤"], Relation::Compare(Compare::LessOrEqual)),
    (&["≠"], Relation::Compare(Compare::NotEqual)),
    (&[">"], Relation::Compare(Compare::Greater)),
    (&["<"], Relation::Compare(Compare::Less)),
    (&["above|exceeding|exceeds|exceed|over|beyond"], Relation::Compare(Compare::Greater)),
    (&["under|below|beneath"], Relation::Compare(Compare::Less)),
    (&["after"], Relation::Compare(Compare::Greater)),
    (&["before"], Relation::Compare(Compare::Less)),
    (&["since"], Relation::Compare(Compare::GreaterOrEqual)),
    (&["until|till|through|thru"], Relation::Compare(Compare::LessOrEqual)),
    (&["not", "equal|equals", "to"], Relation::Compare(Compare::NotEqual)),
    (&["not", "equal|equals"], Relation::Compare(Compare::NotEqual)),
    (&["equal|equals", "to"], Relation::Compare(Compare::Equal)),
    (&["=|equals|equal"], Relation::Compare(Compare::Equal)),
    (&["in", "the", "range", "of|from|between"], Relation::Between),
    (&["ranging|ranges|range", "from|between"], Relation::Between),
    (&["between"], Relation::Between),
    (&["starts|starting|start|begins|beginning|begin", "with|in|from"], Relation::Contains(Position::Start)),
    (&["ends|ending|end", "with|in"], Relation::Contains(Position::End)),
    (&["contains|containing|contain|including|includes|include|like"], Relation::Contains(Position::Anywhere)),
    (
        &["has|have|having|with", "letter|letters|word|substring|string|characters|character"],
        Relation::Contains(Position::Anywhere),
    ),
    (
        &["has|have|having|with", "the|a", "letter|letters|word|substring|string|characters|character"],
        Relation::Contains(Position::Anywhere),
    ),
    (&["null|empty|missing|blank|unknown"], Relation::Null),
];
