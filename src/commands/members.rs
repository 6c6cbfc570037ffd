//! Commands that every member has: asking, and drawing.

use futures_util::future::BoxFuture;
use plotline_chart::chart::Kind;

use super::chart_buttons::kind_label;
use super::context::{Begin, Context, Order};
use super::definition::{Command, Conduct, Leaf, Opt, OptKind};
use super::dispatch::says_yes;
use super::reply::{Outcome, Problem, Reply};
use super::{Action, Meanwhile, answer_buttons, custom_id};
use crate::discord::rest::{Form, FormInput};
use crate::event::{Attachment, InteractionKind};
use crate::ids::{ChannelId, MessageId};
use crate::request::{About, Request, Task, Trigger};
use crate::say;

/// Discord's limit of a text option, in characters.
const OPTION_TEXT_MAX: u16 = 6_000;

/// Discord's limit of a form's input, in characters.
const INPUT_TEXT_MAX: u16 = 4_000;

/// A request for a chart that goes into a form's input beside the data.
const REQUEST_MAX: u16 = 1_000;

/// Verbs of the forms.
const CHART_FORM: &str = "chart";
const ABOUT_FORM: &str = "about";

/// The commands.
pub(super) fn commands() -> Vec<Command> {
    let private = || Opt::new("private", "Only you see the answer (default: no)", OptKind::Boolean);
    let text = |name, description| Opt::new(name, description, OptKind::Text { length_max: OPTION_TEXT_MAX });
    let file = |description| Opt::new("file", description, OptKind::File);
    let kinds = PICKED.iter().map(|kind| (kind_label(*kind).to_owned(), kind_code(*kind))).collect();
    let ask_options = Leaf::new(ask)
        .with(text("question", "What you want to know").required())
        .with(file("A text, table or spreadsheet that belongs to the question"))
        .with(private())
        .private_when(|context| says_yes(context, "private"))
        .handing_over();
    let chart_options = Leaf::new(chart)
        .with(text("request", "What you want to see, for example: revenue by month").required())
        .with(text("data", "The table; for one of several lines leave this out and paste it into the form that opens"))
        .with(file("A CSV file or spreadsheet with the table"))
        .with(Opt::new("kind", "The kind of chart (default: what suits the data)", OptKind::Choice(kinds)))
        .with(private())
        .private_when(|context| says_yes(context, "private"))
        .handing_over();
    vec![
        Command::slash("ask", "Ask a question; the answer comes here", ask_options).anywhere(),
        Command::slash("chart", "Draw a chart from your own numbers", chart_options).anywhere(),
        Command::on_message("Chart this", "Draws the best chart of the table in a message or its file.", chart_message)
            .anywhere(),
        Command::on_message("Ask about this", "Asks a question about a message or its file.", ask_about).anywhere(),
    ]
}

/// Forms, and buttons on answers.
pub(super) fn actions() -> Vec<Action> {
    let form =
        |verb, run, private| Action { verb, run, meanwhile: Meanwhile::Thinking(private), conduct: Conduct::HandsOver };
    [form(CHART_FORM, chart_form as super::Handler, is_private_form), form(ABOUT_FORM, about_form, |_| false)]
        .into_iter()
        .chain(answer_buttons::actions())
        .collect()
}

/// Kinds that a member may pick before there are data.
const PICKED: [Kind; 14] = [
    Kind::Bar,
    Kind::Line,
    Kind::Area,
    Kind::Step,
    Kind::Pie,
    Kind::Donut,
    Kind::Scatter,
    Kind::Bubble,
    Kind::Histogram,
    Kind::Box,
    Kind::Violin,
    Kind::Strip,
    Kind::Heatmap,
    Kind::Candlestick,
];

/// The code of a kind, as it stands in options and names of components.
pub(super) fn kind_code(kind: Kind) -> String {
    match serde_json::to_value(kind) {
        Ok(serde_json::Value::String(code)) => code,
        _ => String::new(),
    }
}

/// The kind of a code.
pub(super) fn read_kind(code: &str) -> Option<Kind> {
    serde_json::from_value(serde_json::Value::from(code)).ok()
}

fn ask(context: Context) -> BoxFuture<'static, Outcome> {
    Box::pin(async move {
        let question = context.text("question")?.unwrap_or_default();
        let file = context.file("file")?;
        let private = context.boolean("private")?.unwrap_or(false);
        Ok(order(&context, question, file, Task::Answer, private))
    })
}

fn chart(context: Context) -> BoxFuture<'static, Outcome> {
    Box::pin(async move {
        let request = context.text("request")?.unwrap_or_default();
        let (data, file) = (context.text("data")?, context.file("file")?);
        let kind = match context.text("kind")? {
            Some(code) => {
                Some(read_kind(code).ok_or_else(|| Problem::Told(say::wrong_option("kind", "one of the list")))?)
            }
            None => None,
        };
        let private = context.boolean("private")?.unwrap_or(false);
        if data.is_some() || file.is_some() {
            let text = with_data(request, data.unwrap_or_default());
            return Ok(order(&context, &text, file, Task::Chart { kind }, private));
        }
        let code = kind.map(kind_code).unwrap_or_default();
        Ok(Reply::Form(Form {
            custom_id: custom_id(CHART_FORM, [&code, if private { "1" } else { "0" }]),
            title: "Draw a chart".to_owned(),
            inputs: vec![
                FormInput {
                    custom_id: "data".to_owned(),
                    label: "Your table".to_owned(),
                    paragraph: true,
                    length_max: INPUT_TEXT_MAX,
                    placeholder: Some(
                        "Cells of a spreadsheet, CSV, Markdown, or a list such as Jan 100, Feb 200".to_owned(),
                    ),
                    ..FormInput::default()
                },
                FormInput {
                    custom_id: "request".to_owned(),
                    label: "What you want to see".to_owned(),
                    optional: true,
                    length_max: REQUEST_MAX,
                    value: Some(cut(request, REQUEST_MAX)).filter(|text| !text.is_empty()),
                    ..FormInput::default()
                },
            ],
        }))
    })
}

/// Whether the answer to a form for a chart was asked for in private.
fn is_private_form(context: &Context) -> bool {
    context.argument(1).is_ok_and(|private| private == "1")
}

fn chart_form(context: Context) -> BoxFuture<'static, Outcome> {
    Box::pin(async move {
        let code = context.argument(0)?;
        let kind = match code {
            "" => None,
            code => Some(read_kind(code).ok_or_else(|| Problem::told(say::EXPIRED_COMPONENT))?),
        };
        let private = is_private_form(&context);
        let data = context.field("data").ok_or_else(|| Problem::told(say::EXPIRED_COMPONENT))?;
        let text = with_data(context.field("request").unwrap_or_default(), data);
        Ok(order(&context, &text, None, Task::Chart { kind }, private))
    })
}

/// The request above its data: as it would stand in a message.
fn with_data(request: &str, data: &str) -> String {
    match (request.trim(), data.trim_end()) {
        ("", data) => data.to_owned(),
        (request, "") => request.to_owned(),
        (request, data) => format!("{request}\n\n{data}"),
    }
}

fn chart_message(context: Context) -> BoxFuture<'static, Outcome> {
    Box::pin(async move {
        let InteractionKind::MessageCommand { message, .. } = &context.interaction().kind else {
            return Err(Problem::told(say::UNKNOWN_COMMAND));
        };
        let about = About { channel: context.interaction().channel, message: message.id, read: Some(message.clone()) };
        let mut reply = order(&context, "", None, Task::ChartMessage, false);
        if let Reply::Job(order) = &mut reply {
            order.message = Some(message.id);
            order.request.about = Some(about);
        }
        Ok(reply)
    })
}

fn ask_about(context: Context) -> BoxFuture<'static, Outcome> {
    Box::pin(async move {
        let InteractionKind::MessageCommand { message, .. } = &context.interaction().kind else {
            return Err(Problem::told(say::UNKNOWN_COMMAND));
        };
        context.intake().keep_message(message);
        let (channel, id) = (context.interaction().channel.to_string(), message.id.to_string());
        Ok(Reply::Form(Form {
            custom_id: custom_id(ABOUT_FORM, [&channel, &id]),
            title: "Ask about this message".to_owned(),
            inputs: vec![FormInput {
                custom_id: "question".to_owned(),
                label: "Your question".to_owned(),
                paragraph: true,
                length_max: INPUT_TEXT_MAX,
                placeholder: Some("What do you want to know about it?".to_owned()),
                ..FormInput::default()
            }],
        }))
    })
}

fn about_form(context: Context) -> BoxFuture<'static, Outcome> {
    Box::pin(async move {
        let (channel, message) = (ChannelId(context.number(0)?), MessageId(context.number(1)?));
        let question = context.field("question").ok_or_else(|| Problem::told(say::EXPIRED_COMPONENT))?;
        let read = context.intake().kept_message(message).map(Box::new);
        if read.is_none() && !context.interaction().bot_is_there {
            return Err(Problem::told(say::MESSAGE_FORGOTTEN));
        }
        let mut reply = order(&context, question, None, Task::Answer, false);
        if let Reply::Job(order) = &mut reply {
            order.message = Some(message);
            order.request.about = Some(About { channel, message, read });
        }
        Ok(reply)
    })
}

/// A job from a command.
fn order(context: &Context, text: &str, file: Option<&Attachment>, task: Task, private: bool) -> Reply {
    let message = context.as_message(text, file);
    Reply::Job(Box::new(Order {
        request: Request { message, trigger: Trigger::Interaction, task, response: None, about: None },
        message: None,
        exclusive_key: None,
        begin: if private { Begin::Private } else { Begin::Public },
        counts: true,
    }))
}

fn cut(text: &str, characters_max: u16) -> String {
    text.chars().take(usize::from(characters_max)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_that_can_be_picked_has_a_code_that_reads_back() {
        for kind in PICKED {
            assert_eq!(read_kind(&kind_code(kind)), Some(kind));
        }
        assert_eq!(read_kind("hologram"), None);
    }

    #[test]
    fn a_request_stands_above_its_data() {
        assert_eq!(with_data(" pie ", "a,b\n1,2\n"), "pie\n\na,b\n1,2");
        assert_eq!(with_data("", "a,b"), "a,b");
        assert_eq!(with_data("pie", " "), "pie");
    }
}
