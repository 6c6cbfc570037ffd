//! The menu and the buttons under a chart.
//!
//! The chart is kept beside its message, so these names carry no more than a verb, and work in every process and after a restart.

use futures_util::future::BoxFuture;
use plotline_chart::chart::Kind;
use plotline_draw::Renderer;
use serde_json::Value;

use super::answer_buttons::may_change;
use super::context::{Begin, Context, Order};
use super::definition::Conduct;
use super::members::{kind_code, read_kind};
use super::reply::{Outcome, Problem, Reply};
use super::{Action, Handler, Look, Meanwhile, button, custom_id, menu, row};
use crate::discord::rest::File;
use crate::plotted::{Ordering, Plotted};
use crate::request::{Change, Request, Task, Trigger};
use crate::say;

const KIND: &str = "kind";
const SORT: &str = "sort";
const TOP: &str = "top";
const DATA: &str = "data";
const SVG: &str = "svg";

pub(super) fn actions() -> Vec<Action> {
    let change = |verb, run: Handler| Action { verb, run, meanwhile: Meanwhile::Message, conduct: Conduct::HandsOver };
    let file = |verb, run: Handler| {
        let meanwhile = Meanwhile::Thinking(|_| true);
        Action { verb, run, meanwhile, conduct: Conduct::Shows }
    };
    vec![change(KIND, kind), change(SORT, sort), change(TOP, top), file(DATA, data), file(SVG, svg)]
}

/// What a kind of chart is called.
pub(super) fn kind_label(kind: Kind) -> &'static str {
    match kind {
        Kind::Bar => "Bars",
        Kind::Line => "Line",
        Kind::Step => "Steps",
        Kind::Area => "Area",
        Kind::Scatter => "Scatter",
        Kind::Bubble => "Bubbles",
        Kind::Pie => "Pie",
        Kind::Donut => "Donut",
        Kind::Histogram => "Histogram",
        Kind::Box => "Box plot",
        Kind::Violin => "Violin",
        Kind::Strip => "Strip",
        Kind::Heatmap => "Heatmap",
        Kind::Candlestick => "Candlesticks",
        Kind::Combo => "Bars and line",
    }
}

/// The rows under a chart: a menu of the kinds that its data allow, and the buttons that make sense for it.
pub fn chart_rows(chart: &Plotted) -> Vec<Value> {
    let mut rows = Vec::new();
    let kinds = chart.kinds();
    if kinds.len() > 1 {
        let choices: Vec<_> = kinds
            .into_iter()
            .map(|kind| (kind_label(kind).to_owned(), kind_code(kind), kind == chart.shown.spec.kind))
            .collect();
        rows.push(row(vec![menu(&custom_id(KIND, []), "Kind of chart", &choices)]));
    }
    let mut buttons = Vec::new();
    if let Some(ordering) = chart.ordering() {
        let label = match ordering {
            Ordering::Asked => "Sort: as asked",
            Ordering::LargestFirst => "Sort: largest first",
            Ordering::SmallestFirst => "Sort: smallest first",
            Ordering::ByLabel => "Sort: by label",
        };
        buttons.push(button(Look::Secondary, label, &custom_id(SORT, [])));
    }
    if let Some(top) = chart.top() {
        let label = top.map_or_else(|| "Top: all".to_owned(), |top| format!("Top: {top}"));
        buttons.push(button(Look::Secondary, &label, &custom_id(TOP, [])));
    }
    buttons.push(button(Look::Secondary, "Data", &custom_id(DATA, [])));
    buttons.push(button(Look::Secondary, "SVG", &custom_id(SVG, [])));
    rows.push(row(buttons));
    rows
}

fn kind(context: Context) -> BoxFuture<'static, Outcome> {
    Box::pin(async move {
        let kind = context.chosen().and_then(read_kind).ok_or_else(|| Problem::told(say::EXPIRED_COMPONENT))?;
        redraw(&context, Change::Kind(kind)).await
    })
}

fn sort(context: Context) -> BoxFuture<'static, Outcome> {
    Box::pin(async move { redraw(&context, Change::Sort).await })
}

fn top(context: Context) -> BoxFuture<'static, Outcome> {
    Box::pin(async move { redraw(&context, Change::Top).await })
}

/// A job that changes the chart: by its interaction's id it is done once, whoever hears of it how often.
async fn redraw(context: &Context, change: Change) -> Outcome {
    let message = context.message()?;
    let chart = context.store().chart(message.id).await?.ok_or_else(|| Problem::told(say::EXPIRED_CHART))?;
    if !may_change(context, chart.asker_id) {
        return Err(Problem::NotAllowed(say::NOT_YOURS));
    }
    let asked = context.as_message("", None);
    Ok(Reply::Job(Box::new(Order {
        request: Request {
            message: asked,
            trigger: Trigger::Interaction,
            task: Task::Redraw(change),
            response: None,
            about: None,
        },
        message: None,
        exclusive_key: None,
        begin: Begin::Update(message),
        counts: false,
    })))
}

async fn plotted(context: &Context) -> Result<Plotted, Problem> {
    let chart = context.store().chart(context.message()?.id).await?;
    chart.and_then(|chart| Plotted::read(chart.spec.0, &chart.data)).ok_or_else(|| Problem::told(say::EXPIRED_CHART))
}

/// Open to everybody who sees the chart.
fn data(context: Context) -> BoxFuture<'static, Outcome> {
    Box::pin(async move { file(plotted(&context).await?, |chart| chart.csv(), say::CHART_DATA).await })
}

/// Open to everybody who sees the chart.
fn svg(context: Context) -> BoxFuture<'static, Outcome> {
    Box::pin(async move { file(plotted(&context).await?, |chart| chart.svg(&Renderer::new()), say::CHART_SVG).await })
}

async fn file(chart: Plotted, make: fn(&Plotted) -> Result<(String, String), String>, text: &'static str) -> Outcome {
    // A large table takes a while, and other interactions share these threads.
    let made = tokio::task::spawn_blocking(move || make(&chart)).await;
    let (name, content) =
        made.map_err(|error| Problem::Internal(format!("a chart's file: {error}")))?.map_err(Problem::Told)?;
    Ok(Reply::ephemeral(text).with_file(File { name, bytes: content.into(), description: None }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_label_that_a_menu_takes() {
        assert_eq!(kind_label(Kind::Box), "Box plot");
        assert_eq!(read_kind("box"), Some(Kind::Box));
    }
}
