//! The caption under a chart and its alternative text, both made from the plotted points alone.

use crate::chart::{Chart, Data, Kind, NumberStyle, Stack, XScale};
use crate::facts::{Fact, Place, correlation_words, facts};
use crate::format::{Amounts, number, with_percent};
use crate::resolve::{Printed, Resolved};

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
    let [low, high] = two(&amounts(resolved, None), low, high);
    let count = number(count as f64, resolved.chart.style);
    let what = match &resolved.chart.data {
        Data::Bins { .. } => "bins",
        Data::Grid { .. } => "cells",
        _ => "values",
    };
    Some(format!("{count} {what} from {low} to {high}."))
}

/// The unit of a series' values. Where there are several units and no series is named, none is sure.
fn unit_of<'r>(resolved: &'r Resolved, series: Option<&str>) -> Option<&'r str> {
    if resolved.units.is_empty() {
        return resolved.chart.y.unit.as_deref();
    }
    resolved.units.iter().find(|(name, _)| Some(name.as_str()) == series)?.1.as_deref()
}

/// How the values of a series are written.
fn amounts<'r>(resolved: &'r Resolved, series: Option<&'r str>) -> Amounts<'r> {
    let chart = &resolved.chart;
    let several = !resolved.units.is_empty();
    let label = series.filter(|_| several).unwrap_or(&chart.y.label);
    let own = resolved.points.iter().filter(|point| !several || point.series.as_deref() == series);
    let largest = own.filter_map(|point| point.y).fold(0.0, |most: f64, value| most.max(value.abs()));
    // A logarithmic axis shows plain numbers.
    Amounts::of(chart.style, unit_of(resolved, series), label, if chart.y.log { 0.0 } else { largest })
}

fn two(amounts: &Amounts<'_>, a: f64, b: f64) -> [String; 2] {
    let mut texts = amounts.all(&[a, b]).into_iter();
    [texts.next().unwrap_or_default(), texts.next().unwrap_or_default()]
}

/// A label along x: a number in the member's style and with its unit.
fn along(label: &str, resolved: &Resolved) -> String {
    let chart = &resolved.chart;
    match (&chart.data, label.parse::<f64>()) {
        (Data::Points { x_scale: XScale::Number, .. }, Ok(value)) => {
            let places = resolved.points.iter().filter_map(|point| match point.x {
                Printed::Number(x) => Some(x.abs()),
                Printed::Text(_) => None,
            });
            Amounts::of(chart.style, chart.x.unit.as_deref(), &chart.x.label, places.fold(0.0, f64::max)).one(value)
        }
        _ => cut(label),
    }
}

/// A fact as a sentence.
fn sentence(fact: &Fact, resolved: &Resolved) -> String {
    let chart = &resolved.chart;
    let style = chart.style;
    let amounts = amounts(
        resolved,
        match fact {
            Fact::Single { at, .. } | Fact::Extremes { high: at, .. } | Fact::Change { first: at, .. } => {
                at.series.as_deref()
            }
            Fact::AllEqual { series, .. } => series.as_deref(),
            Fact::LargestShare { .. } | Fact::Correlation { .. } | Fact::FullestBin { .. } | Fact::Medians { .. } => {
                None
            }
        },
    );
    let scattered = matches!(chart.kind, Kind::Scatter | Kind::Bubble) && !chart.x.label.is_empty();
    let place = |at: &Place| {
        let x = along(&at.x, resolved);
        // A number alone does not say that it is a place along x.
        let x = if scattered { format!("{} {x}", cut(&chart.x.label)) } else { x };
        match &at.series {
            Some(series) => format!("{x}, {}", cut(series)),
            None => x,
        }
    };
    match fact {
        Fact::Single { at, value } => format!("{}: {}.", place(at), amounts.one(*value)),
        Fact::AllEqual { series, value, count } => {
            let of = series.as_deref().map(|series| format!(" of {}", cut(series))).unwrap_or_default();
            format!("All {} values{of} are {}.", number(*count as f64, style), amounts.one(*value))
        }
        Fact::Extremes { high, highest, high_ties, low, lowest, low_ties } => {
            let [highest, lowest] = two(&amounts, *highest, *lowest);
            let (high, low) = (place(high), place(low));
            let (high_ties, low_ties) = (ties(*high_ties, style), ties(*low_ties, style));
            if scattered {
                let y = if chart.y.label.is_empty() { String::new() } else { format!(" {}", cut(&chart.y.label)) };
                return format!("Highest{y}: {highest} at {high}{high_ties}; lowest: {lowest} at {low}{low_ties}.");
            }
            format!("Highest: {high} ({highest}){high_ties}; lowest: {low} ({lowest}){low_ties}.")
        }
        Fact::Change { first, from, last, to } => {
            let [from_text, to_text] = two(&amounts, *from, *to);
            let (first, last) = (along(&first.x, resolved), along(&last.x, resolved));
            if from == to {
                return format!("The value is {from_text} both at {first} and at {last}.");
            }
            let verb = if to > from { "up" } else { "down" };
            format!("From {first} to {last}: {verb} from {from_text} to {to_text}.")
        }
        Fact::LargestShare { at, percent, parts } => {
            let (parts, percent) = (number(*parts as f64, style), with_percent("", &number(*percent, style), style));
            format!("{} is the largest of {parts} parts with {percent} of the total.", place(at))
        }
        Fact::Correlation { r, count } => {
            let y = if chart.y.label.is_empty() { "y" } else { &chart.y.label };
            let x = if chart.x.label.is_empty() { "x" } else { &chart.x.label };
            let (r_text, count) = (number(*r, style), number(*count as f64, style));
            format!("{} and {} {} (r = {r_text}, {count} points).", cut(y), cut(x), correlation_words(*r))
        }
        Fact::FullestBin { range, count, total } => {
            let (count, total) = (number(*count, style), number(*total, style));
            format!("The fullest range is {} with {count} of {total} values.", bin(range, resolved))
        }
        Fact::Medians { high, highest, low, lowest } => {
            let [highest, lowest] = two(&amounts, *highest, *lowest);
            format!("Highest median: {} ({highest}); lowest: {} ({lowest}).", cut(high), cut(low))
        }
    }
}

/// A range of a histogram, written as its axis is.
fn bin(range: &str, resolved: &Resolved) -> String {
    let chart = &resolved.chart;
    let ends = range.split_once('–').and_then(|(low, high)| Some((low.parse().ok()?, high.parse().ok()?)));
    let (Some((low, high)), Data::Bins { edges, .. }) = (ends, &chart.data) else { return cut(range) };
    let largest = edges.iter().fold(0.0, |most: f64, edge| most.max(edge.abs()));
    Amounts::of(chart.style, chart.x.unit.as_deref(), &chart.x.label, largest).range(low, high)
}

fn ties(count: usize, style: NumberStyle) -> String {
    match count {
        0 => String::new(),
        1 => " and 1 other".to_owned(),
        more => format!(" and {} others", number(more as f64, style)),
    }
}

fn cut(label: &str) -> String {
    if label.chars().count() <= LABEL_CHARS_MAX {
        return label.to_owned();
    }
    label.chars().take(LABEL_CHARS_MAX - 1).chain(['…']).collect()
}
