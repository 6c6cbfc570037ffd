//! Telling a member that their message is not answered: a reaction on it, and at most one message a minute.

use std::sync::Arc;
use std::time::Duration;

use plotline_store::{Refusal, Store};
use tokio::sync::Semaphore;

use crate::discord::rest::{MessageBody, NewMessage, Rest};
use crate::event::Message;
use crate::ids::base36;
use crate::say;

/// Refusals that are being told at the same moment. In a flood the rest is refused in silence: Discord allows few reactions.
const AT_ONCE: usize = 16;

/// In each channel a refusal is told in words this often at most, to whomever; a reaction says the rest.
const EVERY: Duration = Duration::from_secs(60);

/// All of it may take so long; a refusal that is told much later only confuses.
const TAKES_MAX: Duration = Duration::from_secs(20);

/// Tells refusals. Cheap to clone.
#[derive(Clone)]
pub(super) struct Refusals {
    store: Store,
    rest: Rest,
    at_once: Arc<Semaphore>,
}

impl Refusals {
    pub(super) fn new(store: Store, rest: Rest) -> Self {
        Self { store, rest, at_once: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// Tells the author of a message, in a task of its own.
    pub(super) fn tell(&self, message: &Message, refusal: Refusal) {
        let Ok(permit) = self.at_once.clone().try_acquire_owned() else {
            tracing::debug!(id = %message.id, "many refusals are being told; this one is silent");
            return;
        };
        let (this, message) = (self.clone(), message.clone());
        tokio::spawn(async move {
            if tokio::time::timeout(TAKES_MAX, this.told(&message, &refusal)).await.is_err() {
                tracing::debug!(id = %message.id, "a refusal could not be told in time");
            }
            drop(permit);
        });
    }

    async fn told(&self, message: &Message, refusal: &Refusal) {
        let reaction = self.rest.react(message.channel, message.id, say::refused_emoji(refusal));
        let words = async {
            // The store keeps when, so that the minute holds over all processes.
            let name = format!("notice:{}", message.channel);
            let turn = self.store.claim_alert(message.guild, &name, EVERY).await;
            if !matches!(turn, Ok(Some(_))) {
                return Ok(());
            }
            let Ok(now_ms) = self.store.now_ms().await else { return Ok(()) };
            let notice = NewMessage {
                body: MessageBody::text(say::refused(refusal, now_ms)),
                nonce: format!("r{}", base36(message.id.0)),
                reply_to: Some(message.id),
            };
            self.rest.create_message(message.channel, &notice).await.map(drop)
        };
        // Either may be forbidden in a channel; then the other is what there is.
        for failed in [reaction.await, words.await].into_iter().filter_map(Result::err) {
            tracing::debug!(error = %failed, id = %message.id, "a refusal could not be told");
        }
    }
}
