//! Posting a message once, whatever happens in between.

use plotline_store::{Content, HeldJob, NewPart};
use serde_json::{Value, json};

use super::{Inner, Target, Trouble};
use crate::discord::rest::{MessageBody, NewMessage, Page, RestError};
use crate::ids::{MessageId, base36};

/// Discord enforces a nonce for "the past few minutes". Past this age of the intent the channel is read first, in milliseconds.
const NONCE_TRUSTED_MS: i64 = 120_000;

/// How many messages after the question are searched for one that was posted before. More stand there only in a place where many
/// write at once while the bot was away.
const SEARCHED_MAX: usize = 300;

impl Inner {
    /// Posts part `ordinal` of a job's answer, or finds it posted, and records its id.
    pub(super) async fn post(
        &self,
        held: &HeldJob,
        target: Target,
        ordinal: u32,
        body: MessageBody,
    ) -> Result<MessageId, Trouble> {
        let nonce = nonce(held, ordinal);
        let known = self.store.parts(held.job.id).await?.into_iter().find(|part| part.ordinal == ordinal);
        if let Some(id) = known.as_ref().and_then(|part| part.message_id) {
            return Ok(id);
        }
        let stale = match known {
            Some(part) => self.store.now_ms().await? - part.created_ms > NONCE_TRUSTED_MS,
            None => {
                let part = NewPart { ordinal, nonce: nonce.clone(), body: Content(json!({ "content": body.content })) };
                self.store.put_parts(&held.lease, &[part]).await?;
                false
            }
        };
        let found = if stale { self.find_posted(target, ordinal, &body).await? } else { None };
        let id = match found {
            Some(id) => id,
            None => {
                let message = NewMessage { body, nonce, reply_to: target.reply_to };
                MessageId(self.rest.create_message(target.channel, &message).await?.id)
            }
        };
        self.store.part_sent(&held.lease, ordinal, id).await?;
        Ok(id)
    }

    /// Looks for a message of the bot's own that is this part: the first one in a new thread, the reply to the question elsewhere,
    /// for a later part the one with the same text.
    async fn find_posted(
        &self,
        target: Target,
        ordinal: u32,
        body: &MessageBody,
    ) -> Result<Option<MessageId>, RestError> {
        let bot = self.bot;
        let (mut after, mut searched) = (target.after, 0);
        while searched < SEARCHED_MAX {
            let page = self.rest.messages(target.channel, Page::After(after), 100).await?;
            let mut page: Vec<(u64, Value)> =
                page.into_iter().filter_map(|json| Some((json["id"].as_str()?.parse().ok()?, json))).collect();
            page.sort_by_key(|(id, _)| *id);
            let own = page.iter().filter(|(_, json)| json["author"]["id"].as_str() == Some(&bot.to_string()));
            for (id, json) in own {
                let answers_it = match target.reply_to {
                    Some(question) => json["message_reference"]["message_id"].as_str() == Some(&question.to_string()),
                    // Only types 0 and 19 are messages that somebody wrote.
                    None => json["type"].as_u64().is_some_and(|kind| kind == 0 || kind == 19),
                };
                if answers_it && (ordinal == 0 || json["content"].as_str() == Some(&body.content)) {
                    return Ok(Some(MessageId(*id)));
                }
            }
            let Some((last, _)) = page.last() else { return Ok(None) };
            if page.len() < 100 {
                return Ok(None);
            }
            (after, searched) = (MessageId(*last), searched + page.len());
        }
        Ok(None)
    }
}

/// The nonce of a part: what asked, in base 36, and the ordinal; unique over all channels.
fn nonce(held: &HeldJob, ordinal: u32) -> String {
    use plotline_store::Source;
    let source = match held.job.source {
        Source::Message(id) => format!("m{}", base36(id.0)),
        Source::Interaction(id) => format!("i{}", base36(id.0)),
        Source::Schedule { .. } => format!("j{}", base36(held.job.id.0)),
    };
    format!("{source}.{ordinal}")
}
