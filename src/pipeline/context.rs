//! What a question stands in: who said what before it, and the files that came with it.

use plotline_text::{Mention, render_mentions};
use serde_json::Value;

use super::{Inner, Trouble};
use crate::answer::{InputFile, Question, Speaker, Turn};
use crate::discord::read_message;
use crate::discord::rest::{Page, RestError};
use crate::event::{Attachment, Message, MessageKind, PlaceKind};
use crate::ids::{ChannelId, MessageId, RoleId, UserId};
use crate::places::Places;
use crate::request::{About, Request, Task};
use crate::say;

/// Messages of a thread or a direct conversation that are read back. The token budget decides how many of them are used.
const HISTORY_MESSAGES: u8 = 60;

/// A reply is followed back over so many messages.
const REPLIES_FOLLOWED: usize = 5;

/// Files of earlier messages that are read: the newest ones.
const HISTORY_FILES: usize = 3;

/// Files of one message; Discord allows 10.
const FILES_MAX: usize = 10;

impl Inner {
    /// Gathers everything that the answer is made from.
    pub(super) async fn question(&self, request: &Request) -> Result<Question, Trouble> {
        let message = &request.message;
        if let Some(about) = &request.about {
            return self.question_about(request, about).await;
        }
        let mut notes = Vec::new();
        let files = self.files(&message.attachments, FILES_MAX, &mut notes).await;
        // Where a member brings the bot along it cannot read what was said there.
        let readable = request.response.is_none_or(|response| response.bot_may_post);
        let earlier = if readable { self.history(message).await } else { Ok(Vec::new()) };
        let earlier = match earlier {
            Ok(earlier) => earlier,
            // Without Read Message History or behind a failing Discord the question can still be answered for itself.
            Err(error) if !error.is_gone() => {
                tracing::warn!(%error, channel = %message.channel, "the history could not be read");
                Vec::new()
            }
            Err(error) => return Err(error.into()),
        };
        let mut history = Vec::with_capacity(earlier.len());
        let mut files_left = HISTORY_FILES;
        // From the newest back, so that the newest files are the ones that are read.
        for message in earlier.into_iter().rev() {
            let own = message.author.id == self.bot;
            let files =
                if own { Vec::new() } else { self.files(&message.attachments, files_left, &mut Vec::new()).await };
            files_left -= files.len();
            let speaker = if own { Speaker::Bot } else { Speaker::Member(message.author.name.clone()) };
            history.push(Turn { speaker, text: self.readable(&message.content, &message), files });
        }
        history.reverse();
        let mut text = self.readable(&message.content, message);
        let mut picked = None;
        if let Task::Chart { kind } = request.task {
            text = format!("{}\n{text}", say::chart_wanted(kind));
            picked = kind;
        }
        Ok(Question {
            kind: picked,
            asker: message.author.name.clone(),
            text,
            files,
            history,
            notes,
            bot_mention: self.bot.to_string(),
            ..Question::default()
        })
    }

    /// A question about another message, which stands before it as if it had just been said.
    async fn question_about(&self, request: &Request, about: &About) -> Result<Question, Trouble> {
        let read = match &about.read {
            Some(message) => Some(message.as_ref().clone()),
            None => match self.rest.message(about.channel, about.message).await {
                Ok(json) => read_message(json, request.message.guild),
                Err(error) if error.is_gone() || error.is_forbidden() => None,
                Err(error) => return Err(error.into()),
            },
        };
        let Some(message) = read else { return Err(Trouble::Forgotten) };
        let mut notes = Vec::new();
        let files = self.files(&message.attachments, FILES_MAX, &mut notes).await;
        let text = self.readable(&message.content, &message);
        let question = Question {
            asker: request.message.author.name.clone(),
            notes,
            bot_mention: self.bot.to_string(),
            ..Question::default()
        };
        if request.task == Task::ChartMessage {
            return Ok(Question { text, files, only_chart: true, ..question });
        }
        let own = message.author.id == self.bot;
        let speaker = if own { Speaker::Bot } else { Speaker::Member(message.author.name.clone()) };
        Ok(Question {
            text: self.readable(&request.message.content, &request.message),
            history: vec![Turn { speaker, text, files }],
            ..question
        })
    }

    /// The messages before a question that belong to it, oldest first.
    async fn history(&self, message: &Message) -> Result<Vec<Message>, RestError> {
        let kind = match message.guild {
            None => PlaceKind::Direct,
            Some(_) => self.places.find(message.channel, &self.rest).await?.kind,
        };
        match kind {
            PlaceKind::Thread => self.thread_history(message).await,
            PlaceKind::Direct => self.before(message.channel, message.id, message).await.map(|(messages, _)| messages),
            _ => self.replied_to(message).await,
        }
    }

    async fn thread_history(&self, message: &Message) -> Result<Vec<Message>, RestError> {
        let (mut messages, starter_seen) = self.before(message.channel, message.id, message).await?;
        if !starter_seen {
            // The message that the thread was started from stands in the parent and has the thread's id.
            let parent = self.places.find(message.channel, &self.rest).await?.parent;
            if let Some(parent) = parent.filter(|_| self.places.is_forum_post(message.channel) != Some(true)) {
                match self.rest.message(parent, MessageId(message.channel.0)).await {
                    Ok(json) => messages.splice(0..0, read_message(json, message.guild)).for_each(drop),
                    Err(error) => {
                        tracing::debug!(%error, thread = %message.channel, "the thread's first message could not be read")
                    }
                }
            }
        }
        Ok(messages)
    }

    /// A page of messages before one, oldest first, and whether the message that started the thread is among them.
    async fn before(
        &self,
        channel: ChannelId,
        id: MessageId,
        question: &Message,
    ) -> Result<(Vec<Message>, bool), RestError> {
        let page = self.rest.messages(channel, Page::Before(id), HISTORY_MESSAGES).await?;
        let mut starter_seen = false;
        let mut messages: Vec<Message> = page
            .into_iter()
            .filter_map(|mut json| {
                if json["type"].as_u64() == Some(THREAD_STARTER) {
                    starter_seen |= json["referenced_message"].is_object();
                    json = json["referenced_message"].take();
                }
                starter_seen |= json["id"].as_str() == Some(&channel.to_string());
                read_message(json, question.guild)
            })
            .filter(|message| message.kind != MessageKind::Other)
            .filter(|message| !message.author.automated || message.author.id == self.bot)
            .filter(|message| message.content != say::PLACEHOLDER)
            .collect();
        messages.sort_by_key(|message| message.id);
        Ok((messages, starter_seen))
    }

    /// The message that a question replies to, and what that one replied to, oldest first.
    async fn replied_to(&self, message: &Message) -> Result<Vec<Message>, RestError> {
        let mut messages: Vec<Message> = Vec::new();
        let mut next = message.reply_to.as_ref().map(|reply| reply.message);
        while let Some(id) = next.take().filter(|_| messages.len() < REPLIES_FOLLOWED) {
            let json: Value = match self.rest.message(message.channel, id).await {
                Ok(json) => json,
                // What was replied to may be deleted; the question is still there.
                Err(error) if error.is_gone() => break,
                Err(error) => return Err(error),
            };
            let Some(earlier) = read_message(json, message.guild) else { break };
            next = earlier.reply_to.as_ref().map(|reply| reply.message);
            messages.push(earlier);
        }
        messages.reverse();
        Ok(messages)
    }

    /// Up to `most` of the files that hold text or a table.
    async fn files(&self, attachments: &[Attachment], most: usize, notes: &mut Vec<String>) -> Vec<InputFile> {
        let mut files = Vec::new();
        for attachment in attachments.iter().filter(|file| is_readable(file)).take(most) {
            match self.fetcher.fetch(attachment).await {
                Ok(bytes) => files.push(InputFile { name: attachment.filename.clone(), bytes }),
                Err(error) => notes.push(say::unread_file(&attachment.filename, &error.to_string())),
            }
        }
        files
    }
}

/// Type 21, which stands for the message that a thread was started from.
const THREAD_STARTER: u64 = 21;

/// Names in place of the ids of users, roles and channels.
pub(super) fn with_names(content: &str, message: &Message, places: &Places) -> String {
    render_mentions(content, |mention| match mention {
        Mention::User(id) => {
            message.mentions.iter().find(|mentioned| mentioned.id == UserId(id)).map(|mentioned| mentioned.name.clone())
        }
        Mention::Role(id) => places.role_name(RoleId(id)),
        Mention::Channel(id) => places.get(ChannelId(id)).map(|place| place.name),
    })
}

/// Whether a file holds text or a table, by its type and its name.
fn is_readable(file: &Attachment) -> bool {
    /// Endings of text and table files that Discord gives no text type.
    const ENDINGS: [&str; 30] = [
        "csv", "tsv", "tab", "txt", "text", "md", "json", "jsonl", "ndjson", "xlsx", "xls", "ods", "log", "xml",
        "yaml", "yml", "toml", "ini", "html", "sql", "py", "rs", "js", "ts", "c", "h", "cpp", "java", "go", "sh",
    ];
    let text = file
        .content_type
        .as_deref()
        .is_some_and(|kind| kind.starts_with("text/") || kind.starts_with("application/json"));
    let ending = file.filename.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    text || ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
}
