//! Alerts: told in the server's alert channel, grouped, at most one a minute of a kind over all processes.

use std::time::Duration;

use plotline_store::{DueAlert, Store, StoreError, Unit};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::discord::rest::{MessageBody, NewMessage, Rest};
use crate::ids::{ChannelId, GuildId, MessageId, base36};
use crate::say;
use crate::settings::InForce;

/// Of one kind, an alert is sent this often at most.
const EVERY: Duration = Duration::from_secs(60);

/// What was held back is looked for this often, so a burst is summed up at most this long after its minute.
const SUM_UP_EVERY: Duration = Duration::from_secs(5);

/// A budget is told of once a day at each mark. Days differ by zone, so its day is part of the name, and this only has to be longer.
const DAY: Duration = Duration::from_secs(48 * 60 * 60);

/// Alerts that wait to be sent. They are grouped, so what does not fit would have been held back.
const WAITING_MAX: usize = 1_000;

/// One alert may take so long to post; a channel that is limited must not hold up the others'.
const POST_MAX: Duration = Duration::from_secs(10);

/// What all kinds begin with in the store.
const PREFIX: &str = "alert:";

/// What a server is told of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Alert {
    /// A job failed.
    Failed {
        /// The code.
        reason: String,
        /// Where it was asked.
        channel: ChannelId,
        /// The question.
        message: Option<MessageId>,
    },
    /// A run was refused, since another was under way.
    ConcurrentRun {
        /// For how long, in milliseconds.
        running_ms: i64,
    },
    /// A budget of the day is used up to a mark.
    Budget {
        /// 80 or 100.
        percent: u8,
        /// Of what.
        unit: Unit,
        /// How much a day.
        limit: u64,
    },
    /// The model's service cannot be used.
    ModelUnreachable {
        /// The code.
        reason: String,
    },
}

impl Alert {
    fn kind(&self) -> &'static str {
        match self {
            Self::Failed { .. } => "alert:failed",
            Self::ConcurrentRun { .. } => "alert:concurrent_run",
            // Each mark of each budget is told once a day, so none of them may hold another back.
            Self::Budget { percent: 80, unit: Unit::Micros, .. } => "alert:budget_80_money",
            Self::Budget { percent: 80, .. } => "alert:budget_80_tokens",
            Self::Budget { unit: Unit::Micros, .. } => "alert:budget_100_money",
            Self::Budget { .. } => "alert:budget_100_tokens",
            Self::ModelUnreachable { .. } => "alert:model",
        }
    }
}

/// The queue of alerts. Cheap to clone.
#[derive(Clone)]
pub(super) struct Alerts {
    queue: mpsc::Sender<(GuildId, Alert)>,
}

impl Alerts {
    pub(super) fn start(store: Store, rest: Rest, tasks: &TaskTracker, shutdown: &CancellationToken) -> Self {
        let (queue, receiver) = mpsc::channel(WAITING_MAX);
        let sender = Sender { store, rest };
        tasks.spawn(sender.run(receiver, shutdown.clone()));
        Self { queue }
    }

    /// Tells a server. A direct message has no admins to tell.
    pub(super) fn raise(&self, guild: Option<GuildId>, alert: Alert) {
        let Some(guild) = guild else { return };
        if self.queue.try_send((guild, alert)).is_err() {
            tracing::warn!(%guild, "too many alerts wait; one was left out");
        }
    }
}

struct Sender {
    store: Store,
    rest: Rest,
}

impl Sender {
    async fn run(self, mut queue: mpsc::Receiver<(GuildId, Alert)>, shutdown: CancellationToken) {
        let mut sum_up = tokio::time::interval(SUM_UP_EVERY);
        sum_up.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let done = tokio::select! {
                () = shutdown.cancelled() => break,
                alert = queue.recv() => match alert {
                    Some((guild, alert)) => self.send(guild, &alert).await,
                    None => return,
                },
                _ = sum_up.tick() => self.sum_up().await,
            };
            if let Err(error) = done {
                tracing::warn!(%error, "an alert could not be looked up");
            }
        }
        // What came before the end is sent; what comes after it is nobody's any more.
        queue.close();
        while let Ok((guild, alert)) = queue.try_recv() {
            if let Err(error) = self.send(guild, &alert).await {
                tracing::warn!(%error, "an alert could not be looked up");
            }
        }
    }

    async fn send(&self, guild: GuildId, alert: &Alert) -> Result<(), StoreError> {
        let in_force = InForce::of(&*self.store.settings(guild).await?, None);
        let Some(channel) = in_force.alert_channel else { return Ok(()) };
        let mut once = None;
        if let Alert::Budget { percent, unit, limit } = alert {
            let today = in_force.settings.manner.zone.date(self.store.now_ms().await?);
            // Another limit is another budget, whose marks have not been told of.
            let mark = format!("budget:{percent}:{unit:?}:{limit}:{today}");
            if self.store.alert_sent(Some(guild), &mark, DAY).await? {
                return Ok(());
            }
            once = Some(mark);
        }
        let Some(turn) = self.store.claim_alert(Some(guild), alert.kind(), EVERY).await? else { return Ok(()) };
        let posted = self.post(channel, say::alert(guild, alert, turn.held_back)).await;
        // Only now: a mark that could not be told is told when the next call is paid for, or the next question refused.
        if let Some(mark) = once.filter(|_| posted) {
            self.store.claim_alert(Some(guild), &mark, DAY).await?;
        }
        Ok(())
    }

    /// Tells how many alerts followed the last one of their kind.
    async fn sum_up(&self) -> Result<(), StoreError> {
        for DueAlert { guild, kind, held_back } in self.store.due_alerts(PREFIX, EVERY).await? {
            let Some(guild) = guild else { continue };
            let Some(channel) = InForce::of(&*self.store.settings(guild).await?, None).alert_channel else { continue };
            self.post(channel, say::more_alerts(&kind, held_back)).await;
        }
        Ok(())
    }

    /// Whether it was posted.
    async fn post(&self, channel: ChannelId, text: String) -> bool {
        let random = std::hash::BuildHasher::hash_one(&std::collections::hash_map::RandomState::new(), &text);
        let message =
            NewMessage { body: MessageBody::text(text), nonce: format!("a{}", base36(random)), reply_to: None };
        match tokio::time::timeout(POST_MAX, self.rest.create_message(channel, &message)).await {
            Ok(Ok(_)) => return true,
            Ok(Err(error)) => tracing::warn!(%error, %channel, "an alert could not be posted"),
            Err(_) => tracing::warn!(%channel, "an alert could not be posted in time"),
        }
        false
    }
}
