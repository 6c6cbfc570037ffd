//! The caption under a chart and its alternative text, both made from the plotted points alone.

use crate::chart::{Chart, Data, Kind, Stack};
use crate::facts::{Fact, Place, correlation_words, facts};
use crate::format::{number, pair, with_unit};
use crate::resolve::Resolved;

/// Discord's limit for the description of an attachment, in characters.
pub const ALT_CHARS_MAX: usize = 1024;
/// A label in a sentence is cut after this many characters.
const LABEL_CHARS_MAX: usize = 60;
/// A caption tells this many facts at most.
const CAPTION_FACTS_MAX: usize = 2;
/// Alternative text names this many series or categories at most.
const NAMES_MAX: usize = 8;

/// One or two true sentences about the data; empty where there is nothing to say.
pub fn caption(resolved: &Resolved) -> String {
    let facts = facts(resolved);
    facts.iter().take(CAPTION_FACTS_MAX).map(|fact| sentence(fact, resolved)).collect::<Vec<_>>().join(" ")
}

/// Alternative text: the kind and title, what is on the axes, the range, and what stands out.
pub fn alt_text(resolved: &Resolved) -> String {
    let chart = &resolved.chart;
    let mut parts = vec![match cut(&chart.title).trim_end_matches('.') {
        "" => format!("{}.", kind_words(chart)),
        title => format!("{}: {title}.", kind_words(chart)),
    }];
    // What must not be missed comes before what may be cut.
    parts.extend(chart.notes.iter().cloned());
    if let Some(subtitle) = &chart.subtitle {
        parts.push(format!("{}.", subtitle.trim_end_matches('.')));
    }
    parts.extend(axes(chart));
    parts.extend(names(resolved));
    if let Some(range) = range(resolved) {
        parts.push(range);
    }
    parts.extend(facts(resolved).iter().map(|fact| sentence(fact, resolved)));
    let text = parts.join(" ");
    if text.chars().count() <= ALT_CHARS_MAX {
        return text;
    }
    text.chars().take(ALT_CHARS_MAX - 1).chain(['…']).collect()
}

fn kind_words(chart: &Chart) -> String {
    let base = match (chart.kind, chart.options.stack) {
        (Kind::Bar, Stack::Stacked) => "Stacked bar chart",
        (Kind::Bar, Stack::Percent) => "Bar chart stacked to 100%",
        (Kind::Bar, Stack::None) => "Bar chart",
        (Kind::Line, _) => "Line chart",
        (Kind::Step, _) => "Step chart",
        (Kind::Area, _) => "Area chart",
        (Kind::Scatter, _) => "Scatter chart",
        (Kind::Bubble, _) => "Bubble chart",
        (Kind::Pie, _) => "Pie chart",
        (Kind::Donut, _) => "Donut chart",
        (Kind::Histogram, _) => "Histogram",
        (Kind::Box, _) => "Box plot",
        (Kind::Violin, _) => "Violin plot",
        (Kind::Strip, _) => "Strip plot",
        (Kind::Heatmap, _) => "Heatmap",
        (Kind::Candlestick, _) => "Candlestick chart",
        (Kind::Combo, _) => "Bar and line chart",
    };
    base.to_owned()
}

fn axes(chart: &Chart) -> Option<String> {
    if matches!(chart.kind, Kind::Pie | Kind::Donut) {
        return None;
    }
    let x = (!chart.x.label.is_empty()).then(|| format!("x axis: {}", cut(&chart.x.label)));
    let value_axis = if chart.kind == Kind::Heatmap { "colour" } else { "y axis" };
    let scale = if chart.y.log { " (logarithmic)" } else { "" };
    let y = (!chart.y.label.is_empty()).then(|| format!("{value_axis}: {}{scale}", cut(&chart.y.label)));
    let right = chart.y2.as_ref().filter(|axis| !axis.label.is_empty());
    let right = right.map(|axis| format!("right axis: {}", cut(&axis.label)));
    let parts: Vec<String> = [x, y, right].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| {
        let mut text = parts.join("; ");
        if let Some(first) = text.get(..1) {
            text = first.to_uppercase() + text.get(1..).unwrap_or_default();
        }
        format!("{text}.")
    })
}

fn names(resolved: &Resolved) -> Option<String> {
    let mut series: Vec<&str> = Vec::new();
    let mut total = 0;
    for name in resolved.points.iter().filter_map(|point| point.series.as_deref()) {
        if series.len() <= NAMES_MAX && !series.contains(&name) {
            series.push(name);
            total += 1;
        }
    }
    if total < 2 {
        return None;
    }
    let more = if total > NAMES_MAX { " and more" } else { "" };
    let shown: Vec<String> = series.iter().take(NAMES_MAX).map(|name| cut(name)).collect();
    Some(format!("Series: {}{more}.", shown.join(", ")))
}

fn range(resolved: &Resolved) -> Option<String> {
    let values = || resolved.points.iter().filter_map(|point| point.y);
    let count = values().count();
    let low = values().fold(f64::INFINITY, f64::min);
    let high = values().fold(f64::NEG_INFINITY, f64::max);
    if count < 2 || low >= high || resolved.chart.y2.is_some() || !resolved.units.is_empty() {
        return None;
    }
    let (low, high) = pair(low, high, resolved.chart.style);
    let unit = resolved.chart.y.unit.as_deref();
    let what = match &resolved.chart.data {
        Data::Bins { .. } => "bins",
        Data::Grid { .. } => "cells",
        _ => "values",
    };
    Some(format!("{count} {what} from {} to {}.", with_unit(&low, unit), with_unit(&high, unit)))
}

/// The unit of a series' values. Where there are several units and no series is named, none is sure.
fn unit_of<'r>(resolved: &'r Resolved, series: Option<&str>) -> Option<&'r str> {
    if resolved.units.is_empty() {
        return resolved.chart.y.unit.as_deref();
    }
    resolved.units.iter().find(|(name, _)| Some(name.as_str()) == series)?.1.as_deref()
}

/// A fact as a sentence.
fn sentence(fact: &Fact, resolved: &Resolved) -> String {
    let chart = &resolved.chart;
    let style = chart.style;
    let unit = match fact {
        Fact::Single { at, .. } | Fact::Extremes { high: at, .. } | Fact::Change { first: at, .. } => {
            unit_of(resolved, at.series.as_deref())
        }
        Fact::AllEqual { series, .. } => unit_of(resolved, series.as_deref()),
        Fact::LargestShare { .. } | Fact::Correlation { .. } | Fact::FullestBin { .. } | Fact::Medians { .. } => {
            chart.y.unit.as_deref()
        }
    };
    // A number alone does not say that it is a place along x.
    let place = |at: &Place| match chart.kind {
        Kind::Scatter | Kind::Bubble if !chart.x.label.is_empty() => format!("{} {}", cut(&chart.x.label), place(at)),
        _ => place(at),
    };
    let written = |value: f64| with_unit(&number(value, style), unit);
    match fact {
        Fact::Single { at, value } => format!("{}: {}.", place(at), written(*value)),
        Fact::AllEqual { series, value, count } => {
            let of = series.as_deref().map(|series| format!(" of {}", cut(series))).unwrap_or_default();
            format!("All {count} values{of} are {}.", written(*value))
        }
        Fact::Extremes { high, highest, high_ties, low, lowest, low_ties } => {
            let (highest, lowest) = pair(*highest, *lowest, style);
            format!(
                "Highest: {} ({}){}; lowest: {} ({}){}.",
                place(high),
                with_unit(&highest, unit),
                ties(*high_ties),
                place(low),
                with_unit(&lowest, unit),
                ties(*low_ties)
            )
        }
        Fact::Change { first, from, last, to } => {
            let (from_text, to_text) = pair(*from, *to, style);
            if from == to {
                return format!(
                    "The value is {} both at {} and at {}.",
                    with_unit(&from_text, unit),
                    cut(&first.x),
                    cut(&last.x)
                );
            }
            let verb = if to > from { "up" } else { "down" };
            format!(
                "From {} to {}: {verb} from {} to {}.",
                cut(&first.x),
                cut(&last.x),
                with_unit(&from_text, unit),
                with_unit(&to_text, unit)
            )
        }
        Fact::LargestShare { at, percent, parts } => {
            format!("{} is the largest of {parts} parts with {}% of the total.", place(at), number(*percent, style))
        }
        Fact::Correlation { r, count } => {
            let y = if chart.y.label.is_empty() { "y" } else { &chart.y.label };
            let x = if chart.x.label.is_empty() { "x" } else { &chart.x.label };
            format!("{} and {} {} (r = {}, {count} points).", cut(y), cut(x), correlation_words(*r), number(*r, style))
        }
        Fact::FullestBin { range, count, total } => {
            let unit = chart.x.unit.as_deref();
            let (count, total) = (number(*count, style), number(*total, style));
            format!("The fullest range is {} with {count} of {total} values.", with_unit(range, unit))
        }
        Fact::Medians { high, highest, low, lowest } => {
            let (highest, lowest) = pair(*highest, *lowest, style);
            format!(
                "Highest median: {} ({}); lowest: {} ({}).",
                cut(high),
                with_unit(&highest, unit),
                cut(low),
                with_unit(&lowest, unit)
            )
        }
    }
}

fn ties(count: usize) -> String {
    match count {
        0 => String::new(),
        1 => " and 1 other".to_owned(),
        more => format!(" and {more} others"),
    }
}

fn place(place: &Place) -> String {
    match &place.series {
        Some(series) => format!("{}, {}", cut(&place.x), cut(series)),
        None => cut(&place.x),
    }
}

fn cut(label: &str) -> String {
    if label.chars().count() <= LABEL_CHARS_MAX {
        return label.to_owned();
    }
    label.chars().take(LABEL_CHARS_MAX - 1).chain(['…']).collect()
}
