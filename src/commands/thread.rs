//! `/thread`: a conversation in a thread of the bot's, ended, renamed or taken along.

use futures_util::future::BoxFuture;
use serde_json::json;

use super::context::Context;
use super::definition::{Command, Leaf, Opt, OptKind, Sub};
use super::reply::{Outcome, Problem, Reply};
use crate::discord::read_message;
use crate::discord::rest::{File, Page};
use crate::event::{Attachment, Message, MessageKind, Permissions, Place, PlaceKind};
use crate::ids::{MessageId, UserId, snowflake_ms};
use crate::oversight::What;
use crate::say;

/// Discord's limit of a thread's name, in characters.
const NAME_CHARS_MAX: u16 = 100;

/// Messages that an export reads, the newest. Ten pages of Discord's.
const MESSAGES_MAX: usize = 1_000;

/// Charts that an export takes along: a message has ten files, and one is the text.
const CHARTS_MAX: usize = 9;

/// All files together; Discord takes 25 MiB in one request, and 10 MiB of a file.
const CHARTS_BYTES_MAX: usize = 20 << 20;

/// The command.
pub(super) fn command() -> Command {
    let name = Opt::new("name", "The new name", OptKind::Text { length_max: NAME_CHARS_MAX });
    let subs = vec![
        Sub::new(
            "stop",
            "End this conversation: what I write stops, and I answer only what is addressed to me",
            Leaf::new(stop).changing(),
        ),
        Sub::new("rename", "Give this thread another name", Leaf::new(rename).with(name.required()).changing()),
        Sub::new("export", "This conversation as Markdown, with its charts", Leaf::new(export)),
    ];
    Command::group("thread", "The conversation in this thread", subs)
}

/// The bot's own thread that the command was used in.
async fn own_thread(context: &Context) -> Result<Place, Problem> {
    context.guild()?;
    let place = context.places().find(context.interaction().channel, context.rest()).await?;
    if place.kind != PlaceKind::Thread || place.owner != Some(context.intake().bot()) {
        return Err(Problem::told("Use this in a thread that I opened."));
    }
    Ok(place)
}

/// Whoever began the conversation, and moderators, may end and rename it.
async fn check_may_change(context: &Context, place: &Place) -> Result<(), Problem> {
    let began = context.store().find_by_thread(place.id).await?;
    let theirs = began.is_some_and(|job| job.author_id == context.user());
    if theirs || context.may(Permissions::MANAGE_THREADS) || context.may(Permissions::MANAGE_MESSAGES) {
        return Ok(());
    }
    Err(Problem::NotAllowed(say::NOT_YOURS))
}

fn stop(context: Context) -> BoxFuture<'static, Outcome> {
    Box::pin(async move {
        let place = own_thread(&context).await?;
        check_may_change(&context, &place).await?;
        context.intake().end_conversation(place.id, "stopped").await?;
        context.intake().oversight().done(What::Thread, context.about(), json!({ "did": "stop" }));
        Ok(Reply::ephemeral("This conversation is ended. Mention me or reply to me to ask something again."))
    })
}

fn rename(context: Context) -> BoxFuture<'static, Outcome> {
    Box::pin(async move {
        let place = own_thread(&context).await?;
        check_may_change(&context, &place).await?;
        let name = context.text("name")?.unwrap_or_default().trim().to_owned();
        if name.is_empty() {
            return Err(Problem::told("A thread needs a name; it keeps the one it has."));
        }
        context.rest().rename_channel(place.id, &name).await?;
        context.intake().oversight().done(What::Thread, context.about(), json!({ "did": "rename" }));
        Ok(Reply::ephemeral("Renamed."))
    })
}

fn export(context: Context) -> BoxFuture<'static, Outcome> {
    Box::pin(async move {
        let place = own_thread(&context).await?;
        let mut messages = read_all(&context, &place).await?;
        let cut = messages.len() >= MESSAGES_MAX;
        // The question that the thread was started from stands in the channel.
        if let Some(parent) = place.parent.filter(|_| !cut)
            && let Ok(json) = context.rest().message(parent, MessageId(place.id.0)).await
        {
            messages.splice(0..0, read_message(json, place.guild)).for_each(drop);
        }
        let bot = context.intake().bot();
        let mut files = Vec::new();
        let mut bytes = 0;
        // From the newest back, so that with many charts the newest are taken along.
        for chart in charts(&messages, bot) {
            match context.intake().fetcher().fetch(chart).await {
                Ok(picture) if bytes + picture.len() <= CHARTS_BYTES_MAX => {
                    bytes += picture.len();
                    files.push((chart.id, File { name: file_name(chart), bytes: picture, description: None }));
                }
                Ok(_) => break,
                Err(error) => tracing::warn!(%error, attachment = chart.id, "a chart could not be taken along"),
            }
        }
        let taken: Vec<u64> = files.iter().map(|(id, _)| *id).collect();
        let text = markdown(&place.name, &messages, &taken);
        let name = format!("{}.md", crate::answer::file_name(&place.name));
        let mut reply = Reply::ephemeral(format!(
            "This conversation: {} messages.{}",
            messages.len(),
            if cut { " These are the newest; older ones are left out." } else { "" }
        ))
        .with_file(File { name, bytes: text.into(), description: None });
        for (_, file) in files.into_iter().rev() {
            reply = reply.with_file(file);
        }
        Ok(reply)
    })
}

/// The newest charts of a conversation, the newest first.
fn charts(messages: &[Message], bot: UserId) -> Vec<&Attachment> {
    let own = messages.iter().rev().filter(|message| message.author.id == bot);
    own.flat_map(|message| &message.attachments).filter(|file| is_picture(file)).take(CHARTS_MAX).collect()
}

/// The messages of a thread, oldest first; of a very long one the newest.
async fn read_all(context: &Context, place: &Place) -> Result<Vec<Message>, Problem> {
    let mut messages: Vec<Message> = Vec::new();
    let mut before = MessageId(u64::MAX >> 1);
    while messages.len() < MESSAGES_MAX {
        let page = context.rest().messages(place.id, Page::Before(before), 100).await?;
        let full = page.len() >= 100;
        let oldest = page.iter().filter_map(|json| json["id"].as_str()?.parse().ok()).min();
        messages.extend(page.into_iter().filter_map(|json| read_message(json, place.guild)));
        match oldest.filter(|_| full) {
            Some(oldest) => before = MessageId(oldest),
            None => break,
        }
    }
    messages.retain(|message| message.kind != MessageKind::Other);
    messages.sort_by_key(|message| message.id);
    Ok(messages)
}

fn is_picture(file: &Attachment) -> bool {
    file.filename.to_ascii_lowercase().ends_with(".png")
}

/// A name that no other chart of the conversation has: two may have the same title.
fn file_name(chart: &Attachment) -> String {
    format!("{}-{}", chart.id, chart.filename)
}

/// The conversation as Markdown: who said what, with the charts that were taken along.
fn markdown(title: &str, messages: &[Message], charts: &[u64]) -> String {
    let mut text = format!("# {}\n", title.replace('\n', " "));
    for message in messages {
        text.push_str(&format!("\n**{}** {}\n\n{}\n", message.author.name, moment(message.id), message.content.trim()));
        for file in &message.attachments {
            if charts.contains(&file.id) {
                text.push_str(&format!("\n![{}]({})\n", file.filename, file_name(file)));
            } else {
                text.push_str(&format!("\n*(file {})*\n", file.filename));
            }
        }
    }
    text
}

/// When a message was written, as its id tells.
fn moment(id: MessageId) -> String {
    let ms = i64::try_from(snowflake_ms(id.0)).unwrap_or_default();
    chrono::DateTime::from_timestamp_millis(ms).unwrap_or_default().format("%Y-%m-%d %H:%M UTC").to_string()
}
