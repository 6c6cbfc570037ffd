//! `/why`: why a message got no answer, or this one, from the ledger, the audit log and the message itself.

use futures_util::future::BoxFuture;
use plotline_store::{AuditEntry, Job, Refusal, State};

use super::audit;
use super::context::Context;
use super::definition::{Command, Leaf, Opt, OptKind};
use super::reply::{Outcome, Problem, Reply};
use crate::discord::read_message;
use crate::event::{Message, MessageKind, Permissions, PlaceKind};
use crate::ids::{ChannelId, GuildId, MessageId};
use crate::intake::Verdict;
use crate::oversight::What;
use crate::say;

/// A link to a message has about 100 characters.
const LINK_CHARS_MAX: u16 = 200;

/// Entries of the audit log that are shown.
const ENTRIES_SHOWN: usize = 5;

/// The command.
pub(super) fn command() -> Command {
    let message =
        Opt::new("message", "Its link (Copy Message Link) or id", OptKind::Text { length_max: LINK_CHARS_MAX });
    let leaf = Leaf::new(why).with(message.required());
    Command::slash("why", "Why a message got no answer, or the one it got", leaf)
}

fn why(context: Context) -> BoxFuture<'static, Outcome> {
    Box::pin(async move {
        let guild = context.guild()?;
        let given = context.text("message")?.unwrap_or_default();
        let (channel, id) = read_link(given, guild).ok_or_else(|| {
            Problem::told("Give the link of a message in this server: open its menu, Copy Message Link.")
        })?;
        let channel = channel.unwrap_or(context.interaction().channel);
        let job = context.store().find_by_message(id).await?.filter(|job| job.guild_id == Some(guild));
        let mut entries = context.store().audit_of_message(id).await?;
        entries.retain(|entry| entry.what.guild_id == Some(guild));
        let message = look_up(&context, guild, channel, id).await;
        let author = job
            .as_ref()
            .map(|job| job.author_id)
            .or_else(|| entries.iter().find_map(|entry| entry.what.member_id))
            .or_else(|| message.as_ref().map(|message| message.author.id));
        // What became of a question is between who asked and the moderators of the place where it was asked; which permissions the
        // member has elsewhere is not known here.
        let place = job.as_ref().map(|job| job.channel_id);
        let place = place.or_else(|| entries.iter().find_map(|entry| entry.what.channel_id)).unwrap_or(channel);
        let moderates = context.may(Permissions::MANAGE_GUILD)
            || context.may(Permissions::MANAGE_MESSAGES) && is_here(&context, place).await;
        if author.is_none_or(|author| author != context.user()) && !moderates {
            return Err(Problem::NotAllowed(
                "Only the member who asked can see that, and moderators in the channel where it was asked.",
            ));
        }
        let mut lines = Vec::new();
        match &job {
            Some(job) => lines.push(of_job(job, id, context.store().now_ms().await?)),
            None if entries.is_empty() => lines.push(match &message {
                Some(message) => of_message(&context, message).await?,
                None => "I cannot find this message: it was deleted, or I may not read it. I have no record of it."
                    .to_owned(),
            }),
            None => {}
        }
        // The newest say most.
        let skipped = entries.len().saturating_sub(ENTRIES_SHOWN);
        lines.extend(entries.iter().skip(skipped).map(short));
        Ok(Reply::ephemeral(lines.join("\n")))
    })
}

/// Channel (in a link) and message.
fn read_link(given: &str, guild: GuildId) -> Option<(Option<ChannelId>, MessageId)> {
    let given = given.trim().trim_matches(['<', '>']);
    if let Ok(id) = given.parse::<u64>() {
        return Some((None, MessageId(id)));
    }
    let (_, path) = given.split_once("/channels/")?;
    let mut parts = path.split('/');
    if parts.next()?.parse() != Ok(guild.0) {
        return None;
    }
    let channel = ChannelId(parts.next()?.parse().ok()?);
    let message = parts.next()?.split(['?', '#']).next()?.parse().ok()?;
    Some((Some(channel), MessageId(message)))
}

/// The message, where it is there and the bot may read it. A channel of another server is none of this one's business.
async fn look_up(context: &Context, guild: GuildId, channel: ChannelId, id: MessageId) -> Option<Message> {
    let place = context.places().find(channel, context.rest()).await.ok()?;
    if place.guild != Some(guild) {
        return None;
    }
    match context.rest().message(channel, id).await {
        Ok(json) => read_message(json, Some(guild)),
        Err(error) => {
            // The records may know of it all the same.
            if !error.is_gone() && !error.is_forbidden() {
                tracing::warn!(%error, %id, "a message could not be looked up");
            }
            None
        }
    }
}

/// Whether the command is used in a place: the channel itself, a thread of it, or its channel. What stands in a thread may be private,
/// so in its channel only those ask about it who see all threads.
async fn is_here(context: &Context, place: ChannelId) -> bool {
    let interaction = context.interaction();
    if interaction.channel == place || interaction.parent == Some(place) {
        return true;
    }
    if !context.may(Permissions::MANAGE_THREADS) {
        return false;
    }
    let place = context.places().find(place, context.rest()).await;
    place.is_ok_and(|place| place.kind == PlaceKind::Thread && place.parent == Some(interaction.channel))
}

fn of_job(job: &Job, id: MessageId, now_ms: i64) -> String {
    let place = job.thread_id.unwrap_or(job.channel_id);
    let link = |message: MessageId| match job.guild_id {
        Some(guild) => format!("https://discord.com/channels/{guild}/{place}/{message}"),
        None => message.to_string(),
    };
    let reason = job.reason.as_deref().unwrap_or("no reason recorded");
    let since = format!("<t:{}:R>", job.updated_ms / 1000);
    match job.state {
        State::Delivered if job.answer_id == Some(id) => match job.message_id {
            Some(question) => format!(
                "This answers https://discord.com/channels/{}/{}/{question}, asked by <@{}>: done {since}, with {}.",
                job.guild_id.map_or(0, |guild| guild.0),
                job.channel_id,
                job.author_id,
                calls(job.model_calls)
            ),
            None => format!("This answers a command of <@{}>: done {since}.", job.author_id),
        },
        State::Delivered => match job.answer_id {
            Some(answer) => format!("It was answered {since}: {}", link(answer)),
            None => format!("It was answered {since}."),
        },
        State::Failed => {
            format!("It failed {since}: `{reason}`. The answer's place says what to do; you can ask again.")
        }
        State::Cancelled => format!("A person ended it {since}: `{reason}`."),
        State::Refused => match &job.refusal {
            // When it is over is over by now, perhaps; the words are those of the moment.
            Some(refusal) => {
                format!("It was refused {since}. {}", say::refused(refusal, job.ended_ms.unwrap_or(now_ms)))
            }
            None => format!("It was refused {since}: `{reason}`."),
        },
        State::Claimed | State::Thread | State::Placeholder | State::Answering => {
            format!("It is being answered: `{}`, last step {since}.", job.state)
        }
    }
}

fn calls(calls: u32) -> String {
    match calls {
        0 => "no model call".to_owned(),
        1 => "1 model call".to_owned(),
        calls => format!("{calls} model calls"),
    }
}

/// Why a message without any record got no answer.
async fn of_message(context: &Context, message: &Message) -> Result<String, Problem> {
    let bot = context.intake().bot();
    if message.author.id == bot {
        return Ok("This is a message of mine of which I have no record (any more).".to_owned());
    }
    if message.author.automated {
        return Ok("It was written by a bot, a webhook or the system: I answer people only.".to_owned());
    }
    if message.kind == MessageKind::Other {
        return Ok("It is a message of the system: I answer what people write.".to_owned());
    }
    Ok(match context.intake().judge(message).await? {
        Verdict::NotAddressed => {
            "It does not mention me. Mention me, or reply to a message of mine; in a thread that I opened just write, if the operator has \
             given me the Message Content intent."
        }
        Verdict::NotWanted if context.store().conversation_ended(message.channel).await? => {
            "The conversation in this thread was ended, and the message does not mention me."
        }
        Verdict::NotWanted => "In this server I answer other messages in my threads; `/help` there says which. Mention me.",
        Verdict::Denied(denied) => return Ok(say::refused(&Refusal::NotAllowed(denied), 0)),
        Verdict::Missed => {
            "I have no record of it: I was away for longer than I look back, or the record is too old. Please ask again."
        }
    }
    .to_owned())
}

/// An entry about a message, without what is the same for all.
fn short(entry: &AuditEntry) -> String {
    let label = What::named(&entry.what.kind).map_or(entry.what.kind.as_str(), |what| what.label());
    let detail = audit::detail(entry);
    let colon = if detail.is_empty() { "" } else { ": " };
    format!("-# <t:{}:T> {label}{colon}{detail}", entry.at_ms / 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_and_ids_are_read_and_other_servers_are_not() {
        let guild = GuildId(1);
        let read = |given| read_link(given, guild).map(|(channel, message)| (channel.map(|id| id.0), message.0));
        assert_eq!(read("https://discord.com/channels/1/2/3"), Some((Some(2), 3)));
        assert_eq!(read(" <https://ptb.discord.com/channels/1/2/3?x=1> "), Some((Some(2), 3)));
        assert_eq!(read("345"), Some((None, 345)));
        for wrong in
            ["", "hello", "https://discord.com/channels/9/2/3", "https://discord.com/channels/1/2", "/channels/1/x/3"]
        {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
