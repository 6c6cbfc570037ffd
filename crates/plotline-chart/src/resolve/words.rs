//! Titles, subtitles and the names of measures.

use plotline_table::Column;

use super::fold::{UNNAMED_KEY, UNNAMED_VALUE};
use crate::chart::Kind;
use crate::spec::{Aggregate, Bin, Channel, ChartSpec, Dimension, Fold, Measure, Order, SortBy};

/// A title longer than this is cut by no one else; a column's name can be a paragraph.
const NAME_CHARS_MAX: usize = 60;

/// A list of names is cut after this many.
const NAMES_MAX: usize = 5;

/// A column's name as people write it.
pub(crate) fn pretty(name: &str) -> String {
    let words: Vec<&str> =
        name.split(|c: char| c == '_' || c.is_whitespace()).filter(|word| !word.is_empty()).collect();
    let joined = if words.is_empty() { name.to_owned() } else { words.join(" ") };
    if joined.chars().count() > NAME_CHARS_MAX {
        return joined.chars().take(NAME_CHARS_MAX - 1).chain(['…']).collect();
    }
    joined
}

/// Whether a column has no header, so that the reader of tables numbered it. Its name tells a person nothing.
pub(crate) fn unnamed(name: &str) -> bool {
    name.strip_prefix("Column ").is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

/// What a measure is called on an axis and in a legend.
pub(crate) fn measure(measure: &Measure) -> String {
    let name = measure.column.as_deref().map(pretty);
    match (measure.aggregate, name) {
        (None, Some(name)) => name,
        (Some(Aggregate::Count) | None, _) => "Count".to_owned(),
        (Some(Aggregate::CountDistinct), Some(name)) => format!("Different {name}"),
        (Some(Aggregate::Sum), Some(name)) => format!("Total {name}"),
        (Some(Aggregate::Avg), Some(name)) => format!("Average {name}"),
        (Some(Aggregate::Min), Some(name)) => format!("Minimum {name}"),
        (Some(Aggregate::Max), Some(name)) => format!("Maximum {name}"),
        (Some(Aggregate::Median), Some(name)) => format!("Median {name}"),
        (Some(_), None) => "Count".to_owned(),
    }
}

/// The unit of a measure's numbers: a count has none.
pub(crate) fn unit((measure, column): &(Measure, Option<&Column>)) -> Option<String> {
    match measure.aggregate {
        Some(Aggregate::Count | Aggregate::CountDistinct) => None,
        _ => column.and_then(|column| column.unit.clone()),
    }
}

/// What an aggregated x is called.
pub(crate) fn channel(channel: &Channel) -> String {
    measure(&Measure { column: channel.column.clone(), aggregate: channel.aggregate, second_axis: false })
}

/// A bin in a sentence: `by month`.
pub(crate) fn bin(bin: Bin) -> String {
    match bin {
        Bin::Year => "year".to_owned(),
        Bin::Quarter | Bin::QuarterOfYear => "quarter".to_owned(),
        Bin::WeekPart => "weekdays and weekend".to_owned(),
        Bin::Season => "season".to_owned(),
        Bin::Month => "month".to_owned(),
        Bin::YearMonth => "month and year".to_owned(),
        Bin::Week => "week".to_owned(),
        Bin::Weekday => "weekday".to_owned(),
        Bin::Day => "day".to_owned(),
        Bin::DayOfMonth => "day of the month".to_owned(),
        Bin::Hour => "hour".to_owned(),
        Bin::DayHour => "day and hour".to_owned(),
        Bin::Minute => "minute".to_owned(),
        Bin::Bins(count) => format!("{count} ranges"),
        Bin::Width(width) => format!("ranges of {width}"),
    }
}

/// A kind in a sentence.
pub(crate) fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Bar => "bar chart",
        Kind::Line => "line chart",
        Kind::Step => "step chart",
        Kind::Area => "area chart",
        Kind::Scatter => "scatter chart",
        Kind::Bubble => "bubble chart",
        Kind::Pie => "pie chart",
        Kind::Donut => "donut chart",
        Kind::Histogram => "histogram",
        Kind::Box => "box plot",
        Kind::Violin => "violin plot",
        Kind::Strip => "strip plot",
        Kind::Heatmap => "heatmap",
        Kind::Candlestick => "candlestick chart",
        Kind::Combo => "bar and line chart",
    }
}

/// Names in a row: `A, B and C`; of many, the first and how many more.
pub(crate) fn list(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [rest @ .., last] if names.len() <= NAMES_MAX => format!("{} and {last}", rest.join(", ")),
        _ => format!("{} and {} more", names[..NAMES_MAX - 1].join(", "), names.len() - NAMES_MAX + 1),
    }
}

/// What the groups of a column are called: a column whose periods they are may be the axis as well.
pub(crate) fn dimension(dimension: &Dimension) -> String {
    match dimension.bin {
        Some(period) if !matches!(period, Bin::Bins(_) | Bin::Width(_)) => bin(period),
        _ => pretty(&dimension.column),
    }
}

/// The heading where the spec has none: `Average salary by department`; empty where no column has a name.
pub(crate) fn title(spec: &ChartSpec) -> String {
    let nameless = |column: &Option<String>| column.as_deref().is_some_and(unnamed);
    if spec.x.as_ref().is_some_and(|x| nameless(&x.column))
        && spec.series.is_none()
        && spec.y.iter().all(|y| y.column.is_none() || nameless(&y.column))
    {
        // `Average` of what by what, nobody has written.
        return match (spec.kind, spec.y.as_slice()) {
            (Kind::Histogram, _) => "Distribution".to_owned(),
            (_, [only @ Measure { aggregate: Some(_), column, .. }]) => {
                let name = column.as_deref().map(pretty).unwrap_or_default();
                measure(only).trim_end_matches(name.as_str()).trim_end().to_owned()
            }
            _ => String::new(),
        };
    }
    let values = match spec.y.as_slice() {
        [] => "Count".to_owned(),
        several => list(&several.iter().map(measure).collect::<Vec<_>>()),
    };
    let x = spec.x.as_ref().map(|x| match (&x.column, x.bin) {
        (
            Some(column),
            Some(
                bin @ (Bin::Weekday
                | Bin::Week
                | Bin::Month
                | Bin::YearMonth
                | Bin::Day
                | Bin::Quarter
                | Bin::QuarterOfYear
                | Bin::Season
                | Bin::WeekPart),
            ),
        ) => {
            let period = if bin == Bin::YearMonth { "month".to_owned() } else { self::bin(bin) };
            if pretty(column).to_lowercase().contains("date") {
                period
            } else {
                format!("{period} of {}", pretty(column))
            }
        }
        _ => channel(x),
    });
    let series = spec.series.as_ref().map(dimension);
    let (values, x, series) = match &spec.fold {
        Some(fold) if fold.key == UNNAMED_KEY => of_folded(spec, fold, (values, x, series)),
        // `Total by City`: of what, nobody said.
        Some(fold) if fold.value == UNNAMED_VALUE => {
            let how = values.strip_suffix(UNNAMED_VALUE).map(str::trim_end).filter(|how| !how.is_empty());
            (how.map_or_else(|| values.clone(), str::to_owned), x, series)
        }
        _ => (values, x, series),
    };
    let title = match (spec.kind, x, series) {
        (Kind::Histogram, Some(x), None) => format!("Distribution of {x}"),
        (Kind::Histogram, Some(x), Some(series)) => format!("Distribution of {x} by {series}"),
        (Kind::Scatter | Kind::Bubble, Some(x), None) => format!("{values} and {x}"),
        (Kind::Scatter | Kind::Bubble, Some(x), Some(series)) => format!("{values} and {x} by {series}"),
        (Kind::Box | Kind::Violin | Kind::Strip, None, _) => format!("Distribution of {values}"),
        (Kind::Candlestick, _, _) => "Open, high, low and close".to_owned(),
        (_, Some(x), Some(series)) => format!("{values} by {x} and {series}"),
        (_, Some(x), None) => format!("{values} by {x}"),
        (_, None, _) => values,
    };
    let mut chars = title.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => "Chart".to_owned(),
    }
}

/// Headers that have no name of their own are told by themselves: `Total of Berlin, Paris and Rome by Month`.
fn of_folded(
    spec: &ChartSpec,
    fold: &Fold,
    (values, x, series): (String, Option<String>, Option<String>),
) -> (String, Option<String>, Option<String>) {
    let headers = list(&fold.columns.iter().map(|column| pretty(column)).collect::<Vec<_>>());
    let values = match values.strip_suffix(UNNAMED_VALUE).filter(|_| fold.value == UNNAMED_VALUE) {
        Some("") => headers,
        Some(how) => format!("{how}of {headers}"),
        None => format!("{values} of {headers}"),
    };
    let is_key = |column: Option<&str>| column == Some(UNNAMED_KEY);
    let x = x.filter(|_| !is_key(spec.x.as_ref().and_then(|x| x.column.as_deref())));
    let series = series.filter(|_| !is_key(spec.series.as_ref().map(|series| series.column.as_str())));
    match (x, series) {
        (None, series) => (values, series, None),
        both => (values, both.0, both.1),
    }
}

/// Which categories a limit keeps: `Top 5 of 20`.
pub(crate) fn limit(spec: &ChartSpec, count: usize, total: usize) -> String {
    let which = match spec.sort {
        Some(sort) if sort.by == SortBy::Y && sort.order == Order::Asc => "Smallest",
        Some(sort) if sort.by == SortBy::X => "First",
        _ => "Top",
    };
    format!("{which} {count} of {total}")
}

/// What was filtered, limited or left out, in one line.
pub(crate) fn subtitle(spec: &ChartSpec, left_out: &[String]) -> Option<String> {
    let mut parts = Vec::new();
    if let Some(filter) = &spec.filter {
        parts.push(format!("Only {}", super::filter::words(filter)));
    }
    if let (Kind::Bubble, Some(size)) = (spec.kind, &spec.size) {
        parts.push(format!("Area: {}", pretty(size)));
    }
    if spec.options.cumulative {
        parts.push("Running total".to_owned());
    }
    if spec.options.share {
        parts.push("Share of the total in %".to_owned());
    }
    parts.extend(left_out.iter().cloned());
    (!parts.is_empty()).then(|| parts.join(" · "))
}
