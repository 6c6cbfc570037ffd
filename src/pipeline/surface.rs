//! The message that shows an answer, and the ways to write it.
//!
//! A mention is answered by a message of the bot's own in a channel. An interaction is answered by its response, which is written with
//! the interaction's token for a quarter of an hour; after that the bot writes by itself where it can: the same message when some of
//! the answer is in it already, else a new one, with a nonce. What is for one member alone goes to their direct messages then.

use plotline_store::{HeldJob, InteractionToken, Source};
use serde_json::Value;
use tokio::time::Instant;

use super::{Inner, Target, Trouble};
use crate::discord::rest::{Acknowledged, Callback, MessageBody, Posted, Rest, RestError};
use crate::event::ReplyPath;
use crate::ids::{ChannelId, InteractionId, MessageId};
use crate::request::{Request, Response};
use crate::say;

/// Message flag: the "is thinking" of a response that has no content yet.
const LOADING: u64 = 1 << 7;

/// A message that shows an answer. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Surface {
    /// Where it stands.
    pub(super) channel: ChannelId,
    /// Which it is.
    pub(super) message: MessageId,
    /// It showed something else before this job.
    pub(super) replaces: bool,
    via: Via,
}

#[derive(Clone, Debug)]
enum Via {
    /// As the bot's own message.
    Channel,
    /// As the response to an interaction, until its token's time is over.
    Response { path: ReplyPath, until: Instant },
}

impl Surface {
    /// A message of the bot's own.
    pub(super) fn message(channel: ChannelId, message: MessageId) -> Self {
        Self { channel, message, replaces: false, via: Via::Channel }
    }

    /// Whether it can be written (still).
    pub(super) fn is_open(&self) -> bool {
        match &self.via {
            Via::Channel => true,
            Via::Response { until, .. } => Instant::now() < *until,
        }
    }

    /// Replaces what it shows; see [`Rest::edit_message`].
    pub(super) async fn edit(&self, rest: &Rest, body: &MessageBody) -> Result<(Posted, bool), RestError> {
        match &self.via {
            Via::Channel => rest.edit_message(self.channel, self.message, body).await,
            Via::Response { path, .. } => rest.edit_original(path, body).await,
        }
    }

    /// What it shows now, as Discord's JSON.
    pub(super) async fn read(&self, rest: &Rest) -> Result<Value, RestError> {
        match &self.via {
            Via::Channel => rest.message(self.channel, self.message).await,
            Via::Response { path, .. } => rest.original(path).await,
        }
    }

    /// Whether it still shows "is thinking".
    pub(super) async fn is_loading(&self, rest: &Rest) -> Result<bool, RestError> {
        let shown = self.read(rest).await?;
        Ok(shown["flags"].as_u64().is_some_and(|flags| flags & LOADING != 0))
    }

    /// Takes it away.
    pub(super) async fn delete(&self, rest: &Rest) -> Result<(), RestError> {
        match &self.via {
            Via::Channel => rest.delete_message(self.channel, self.message).await,
            Via::Response { path, .. } => rest.delete_original(path).await,
        }
    }
}

impl Inner {
    /// The message of a response, found or made; `None` where only a message of the bot's own can be the answer.
    pub(super) async fn response(&self, held: &HeldJob, response: &Response) -> Result<Option<Surface>, Trouble> {
        let channel = held.job.channel_id;
        let replaces = response.updates.is_some();
        if let Some(message) = response.updates.filter(|_| response.bot_may_post && !response.private) {
            // The bot's own message can be written for longer than a quarter of an hour; one that only a member sees cannot.
            return Ok(Some(Surface { replaces, ..Surface::message(channel, message) }));
        }
        let Some(InteractionToken { token, lifetime }) = &held.job.interaction else { return Ok(None) };
        let path = ReplyPath { application: response.application, token: token.clone() };
        let via = Via::Response { path: path.clone(), until: Instant::now() + *lifetime };
        if let Some(message) = response.updates.or(held.job.answer_id) {
            return Ok(Some(Surface { channel, message, replaces, via }));
        }
        let found = match self.rest.original(&path).await {
            // Claimed by a process that died before it could announce the answer. There may be time left.
            Err(error) if error.is_expired() && held.job.takeovers > 0 => {
                let Source::Interaction(id) = held.job.source else { return Ok(None) };
                if !self.announce(id, &path, response).await? {
                    return Ok(None);
                }
                self.rest.original(&path).await
            }
            found => found,
        };
        match found {
            Ok(json) => {
                let id = json["id"].as_str().and_then(|id| id.parse().ok());
                let id = id.ok_or_else(|| RestError::Unreadable("a response without an id".to_owned()))?;
                Ok(Some(Surface { channel, message: MessageId(id), replaces, via }))
            }
            Err(error) if error.is_expired() => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn announce(&self, id: InteractionId, path: &ReplyPath, response: &Response) -> Result<bool, Trouble> {
        let given = self.rest.acknowledge(id, path, &Callback::Deferred { ephemeral: response.private }).await?;
        Ok(given != Acknowledged::TooLate)
    }

    /// The way to the member once the token's time is over: the response itself where some of the answer stands in it and the bot can
    /// write it, else a new message in the channel, or a direct one for what is private. The bot's own message then shows `body`.
    pub(super) async fn after_expiry(
        &self,
        held: &HeldJob,
        request: &Request,
        response: &Response,
        body: &MessageBody,
    ) -> Result<Surface, Trouble> {
        let channel = held.job.channel_id;
        if response.private {
            let channel = self.rest.direct_channel(held.job.author_id).await?;
            let target = Target { channel, reply_to: None, after: request.message.id };
            return Ok(Surface::message(channel, self.post(held, target, 0, body.clone()).await?));
        }
        if !response.bot_may_post {
            return Err(Trouble::Expired);
        }
        // The job may have learned its message since it was taken.
        let answer = self.store.job(held.job.id).await?.and_then(|job| job.answer_id);
        if let Some(message) = answer {
            let known = Surface::message(channel, message);
            match known.read(&self.rest).await {
                Ok(json) if json["flags"].as_u64().is_some_and(|flags| flags & LOADING == 0) => return Ok(known),
                Ok(_) => {}
                Err(error) if error.is_gone() || error.is_forbidden() => {}
                Err(error) => return Err(error.into()),
            }
        }
        let target = Target { channel, reply_to: None, after: request.message.id };
        Ok(Surface::message(channel, self.post(held, target, 0, body.clone()).await?))
    }

    /// Marks an answer that was stopped: what is shown stays, with a word that it is not the whole.
    pub(super) async fn mark_stopped(&self, surface: &Surface) -> Result<(), Trouble> {
        let json = surface.read(&self.rest).await?;
        let shown = json["content"].as_str().unwrap_or_default();
        let so_far = match shown.trim_end_matches(['▌', ' ']).trim_end() {
            say::PLACEHOLDER | "" => say::STOPPED_BEFORE.to_owned(),
            text => format!("{text}\n{}", say::STOPPED),
        };
        // The edit under way when the job was stopped may land late.
        super::editor::finish(&self.rest, surface, &MessageBody::text(fit(&so_far)), true).await?;
        Ok(())
    }
}

/// At most 2000 characters, the last line kept: it says that the answer was stopped.
fn fit(text: &str) -> String {
    const CONTENT_MAX: usize = 2000;
    let characters = text.chars().count();
    if characters <= CONTENT_MAX {
        return text.to_owned();
    }
    let (body, last) = text.rsplit_once('\n').unwrap_or((text, ""));
    let kept: String = body.chars().take(CONTENT_MAX - last.chars().count() - 1).collect();
    format!("{kept}\n{last}")
}
