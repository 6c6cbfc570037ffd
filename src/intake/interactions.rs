//! Interactions: through the same two gates as messages, then to their command.

use std::time::Duration;

use plotline_store::{Claim, Content, InteractionToken, Lease, Limits, NewJob, Source, Store};

use super::{Admitted, Intake};
use crate::admission::{Admission, Asker, Terms};
use crate::commands::{self, Begin, Order};
use crate::discord::rest::Rest;
use crate::event::{Interaction, Message};
use crate::ids::{MessageId, UserId};
use crate::oversight::{About, Oversight, What};
use crate::pipeline::Fetcher;
use crate::places::Places;
use crate::request::{Response, Task};
use crate::worker::Worker;

/// How long the token of an interaction lives. Source: "Interaction tokens are valid for 15 minutes".
const TOKEN_LIFETIME: Duration = Duration::from_secs(15 * 60);

/// A token that has only this long to live is not relied upon.
const TOKEN_MARGIN: Duration = Duration::from_secs(10);

impl Intake {
    /// An interaction from the gateway. Ends quickly: the work goes on in a task of its own, a bounded number of them. It waits for no
    /// permit, since it has to be acknowledged within three seconds.
    pub(super) async fn receive_interaction(&self, interaction: Interaction) {
        let inner = &self.inner;
        inner.metrics.interactions.inc();
        let pair = (interaction.id, interaction.user.id);
        if interaction.user.automated {
            return;
        }
        if !inner.interaction_gate_1.admit(pair.0).await {
            inner.metrics.gate_1_drops.inc();
            tracing::warn!(id = %pair.0, channel = %interaction.channel, author = %pair.1, gate = 1, "duplicate interaction");
            inner.oversight.duplicate(What::DuplicateGate1, about(&interaction), None);
            return;
        }
        let Ok(permit) = inner.interactions.clone().try_acquire_owned() else {
            tracing::error!(id = %pair.0, "too many interactions at once; Discord tells the member that there was no answer");
            return;
        };
        let intake = self.clone();
        tokio::spawn(async move {
            let inner = &intake.inner;
            if inner.interaction_gate_2.admit(pair).await {
                commands::handle(interaction, intake.clone()).await;
            } else {
                inner.metrics.gate_2_drops.inc();
                tracing::warn!(id = %pair.0, author = %pair.1, gate = 2, "duplicate command");
                inner.oversight.duplicate(What::DuplicateGate2, about(&interaction), None);
            }
            drop(permit);
        });
    }

    /// Claims the job of an interaction. `None` when the database stayed away.
    pub(crate) async fn claim_interaction(&self, interaction: &Interaction, order: Order) -> Option<Claim> {
        let (private, updates) = match order.begin {
            Begin::Public => (false, None),
            Begin::Private => (true, None),
            Begin::Update(message) => (message.ephemeral, Some(message.id)),
        };
        let mut request = order.request;
        request.response = Some(Response {
            application: interaction.reply.application,
            private,
            updates,
            bot_may_post: interaction.bot_may_post(),
        });
        // Work that was asked for by somebody else stays theirs: its text, its costs and its buttons.
        let author = &request.message.author;
        let asker = Asker {
            user: author.id,
            guild: interaction.guild,
            channel: interaction.channel,
            parent: interaction.parent,
            roles: author.roles.as_deref(),
        };
        let new = NewJob {
            source: Source::Interaction(interaction.id),
            guild_id: interaction.guild,
            channel_id: interaction.channel,
            message_id: order.message,
            author_id: author.id,
            exclusive_key: order.exclusive_key,
            interaction: Some(InteractionToken {
                token: interaction.reply.token.clone(),
                lifetime: TOKEN_LIFETIME - TOKEN_MARGIN,
            }),
            request: Content(serde_json::to_value(request.for_ledger()).ok()?),
            settings: Content(serde_json::Value::Null),
        };
        let limits = |terms: &Terms| {
            Some(if order.counts { terms.limits.clone() } else { Limits { uncounted: true, ..Limits::default() } })
        };
        let about = About { message: new.message_id, ..about(interaction) };
        let admitted = self.admit(asker, &request.message.content, new, limits).await;
        let Admitted::Claimed(mut claim, terms) = admitted else { return None };
        match &mut claim {
            Claim::Won(held) => {
                if request.task != Task::Command {
                    self.inner.metrics.claims.inc();
                }
                // What others wrote is in memory only; after a restart it is read again.
                held.job.request = serde_json::to_value(&request).ok().map(Content);
            }
            Claim::Duplicate(existing) => {
                self.inner.metrics.ledger_drops.inc();
                tracing::warn!(id = %interaction.id, author = %interaction.user.id, job = %existing.job, state = %existing.state, age_ms = existing.age_ms, "duplicate command: the ledger has a job for it");
                self.inner.oversight.duplicate(What::DuplicateLedger, about, Some(existing));
            }
            Claim::Refused(refusal) => {
                tracing::info!(id = %interaction.id, author = %interaction.user.id, reason = refusal.code(), "refused by a limit");
                self.inner.oversight.refused(about, refusal, &terms.settings);
            }
        }
        Some(claim)
    }

    /// Keeps a job from being taken over for as long as this is awaited, which is until somebody stops awaiting it.
    pub(crate) async fn keep(&self, lease: &Lease) {
        loop {
            tokio::time::sleep(self.inner.lease / 3).await;
            if let Err(error) = self.inner.store.renew(lease, self.inner.lease).await {
                tracing::warn!(%error, job = %lease.job(), "the lease of a command could not be renewed");
            }
        }
    }

    /// Counts an interaction that somebody else has answered.
    pub(crate) fn count_duplicate(&self) {
        self.inner.metrics.ledger_drops.inc();
    }

    /// The settings and limits that questions are taken on, and what the operator decided.
    pub(crate) fn admission(&self) -> &Admission {
        &self.inner.admission
    }

    /// The audit log and the alerts.
    pub(crate) fn oversight(&self) -> &Oversight {
        &self.inner.oversight
    }

    /// Reads files that members attach.
    pub(crate) fn fetcher(&self) -> &Fetcher {
        &self.inner.fetcher
    }

    /// Who the bot is.
    pub(crate) fn bot(&self) -> UserId {
        self.inner.bot
    }

    /// Keeps a message for a form that asks about it: the form brings back only its id.
    pub(crate) fn keep_message(&self, message: &Message) {
        self.inner.recent.put(message.id, message.clone());
    }

    /// A message that was kept lately.
    pub(crate) fn kept_message(&self, id: MessageId) -> Option<Message> {
        self.inner.recent.get(id)
    }

    pub(crate) fn store(&self) -> &Store {
        &self.inner.store
    }

    pub(crate) fn rest(&self) -> &Rest {
        &self.inner.rest
    }

    pub(crate) fn places(&self) -> &Places {
        &self.inner.places
    }

    pub(crate) fn worker(&self) -> &Worker {
        &self.inner.worker
    }
}

/// What an entry about an interaction is about.
fn about(interaction: &Interaction) -> About {
    About {
        guild: interaction.guild,
        channel: Some(interaction.channel),
        message: None,
        member: Some(interaction.user.id),
        job: None,
    }
}
