//! From events to claimed jobs: what is addressed to the bot passes gate 1, gate 2 and the ledger, and is handed to the worker.
//!
//! The two gates stop what arrives twice in this process, before anything is spent; the ledger stops what arrives twice over
//! processes and restarts. Events are taken from a bounded queue, at the bot's own pace.

mod backfill;
mod interactions;
mod recent;
mod refusals;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use plotline_store::{Claim, Content, Denied, LedgerError, Limits, NewJob, Owner, Source, Store, StoreError};
use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::CancellationToken;

use crate::admission::{Admission, Asker, Terms};
use crate::config::DiscordConfig;
use crate::discord::gateway::EVENTS_MAX;
use crate::discord::rest::Rest;
use crate::event::{Event, Message, MessageKind, ReplyTo};
use crate::gate::{GATE_CAPACITY, Gate};
use crate::ids::{ChannelId, InteractionId, MessageId, UserId};
use crate::metrics::Metrics;
use crate::oversight::{About, Oversight, What};
use crate::pipeline::Fetcher;
use crate::places::Places;
use crate::request::{Request, Task, Trigger};
use crate::settings::FollowUps;
use crate::worker::Worker;
use refusals::Refusals;

/// Addressed messages that are being recorded at the same moment. Each takes one database write.
const CLAIMS_AT_ONCE: usize = 64;

/// Interactions that are being answered at the same moment. They wait for nobody, so past this one gets no answer at all.
const INTERACTIONS_AT_ONCE: usize = 2_048;

/// A claim that fails is tried again, first after this long, then after twice as long, …
const CLAIM_RETRY_FIRST: Duration = Duration::from_millis(200);
/// … up to this.
const CLAIM_RETRY_MAX: Duration = Duration::from_secs(15);
/// A claim that has failed for this long is given up; backfill finds the message once the database is back.
const CLAIM_PATIENCE: Duration = Duration::from_secs(600);

/// What the intake needs; cheap to clone.
#[derive(Clone)]
pub struct Intake {
    inner: Arc<Inner>,
}

struct Inner {
    config: DiscordConfig,
    rest: Rest,
    store: Store,
    owner: Owner,
    lease: Duration,
    places: Arc<Places>,
    worker: Worker,
    admission: Admission,
    oversight: Oversight,
    fetcher: Fetcher,
    refusals: Refusals,
    metrics: Arc<Metrics>,
    bot: UserId,
    connected: AtomicBool,
    gate_1: Gate<MessageId>,
    gate_2: Gate<(MessageId, UserId)>,
    interaction_gate_1: Gate<InteractionId>,
    interaction_gate_2: Gate<(InteractionId, UserId)>,
    interactions: Arc<Semaphore>,
    recent: recent::Recent,
    claims: Arc<Semaphore>,
    backfill: backfill::Backfill,
}

/// The parts that the intake is made of.
pub struct Parts {
    /// Who the bot is. Known before the first event, since a message may overtake READY.
    pub bot: UserId,
    /// Discord's settings, for the limits of backfill.
    pub config: DiscordConfig,
    /// Calls to Discord.
    pub rest: Rest,
    /// The ledger.
    pub store: Store,
    /// Who claims.
    pub owner: Owner,
    /// For how long.
    pub lease: Duration,
    /// The directory of channels.
    pub places: Arc<Places>,
    /// Who does the work.
    pub worker: Worker,
    /// The settings and limits that questions are taken on.
    pub admission: Admission,
    /// Told of what is dropped and refused.
    pub oversight: Oversight,
    /// Fetches attachments.
    pub fetcher: Fetcher,
    /// Counters.
    pub metrics: Arc<Metrics>,
}

impl Intake {
    /// An intake that has seen nothing.
    pub fn new(parts: Parts) -> Self {
        let Parts { bot, config, rest, store, owner, lease, places, worker, admission, oversight, fetcher, metrics } =
            parts;
        let refusals = Refusals::new(store.clone(), rest.clone());
        let inner = Inner {
            backfill: backfill::Backfill::default(),
            config,
            rest,
            store,
            owner,
            lease,
            places,
            worker,
            refusals,
            admission,
            oversight,
            fetcher,
            metrics,
            bot,
            connected: AtomicBool::new(false),
            gate_1: Gate::new(GATE_CAPACITY),
            gate_2: Gate::new(GATE_CAPACITY),
            interaction_gate_1: Gate::new(GATE_CAPACITY),
            interaction_gate_2: Gate::new(GATE_CAPACITY),
            interactions: Arc::new(Semaphore::new(INTERACTIONS_AT_ONCE)),
            recent: recent::Recent::default(),
            claims: Arc::new(Semaphore::new(CLAIMS_AT_ONCE)),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Whether the bot has been connected to Discord.
    pub fn is_connected(&self) -> bool {
        self.inner.connected.load(Ordering::Relaxed)
    }

    /// Takes events until `shutdown`; then waits for the claims under way.
    ///
    /// Interactions go past all others, since they have to be acknowledged within three seconds, and messages may have to wait for the
    /// database.
    pub async fn run(&self, mut events: mpsc::Receiver<Event>, shutdown: CancellationToken) {
        let ended = shutdown.child_token();
        let remember = tokio::spawn(self.clone().remember_progress(ended.clone()));
        let (waiting, queue) = mpsc::channel(EVENTS_MAX);
        let taking = tokio::spawn(self.clone().take_in_turn(queue, ended.clone()));
        loop {
            let event = tokio::select! {
                () = shutdown.cancelled() => break,
                event = events.recv() => event,
            };
            match event {
                None => break,
                Some(Event::Interaction(interaction)) => self.receive_interaction(*interaction).await,
                Some(event) => tokio::select! {
                    () = shutdown.cancelled() => break,
                    sent = waiting.send(event) => if sent.is_err() { break },
                },
            }
        }
        drop(waiting);
        if shutdown.is_cancelled() {
            ended.cancel();
        }
        let _ = taking.await;
        ended.cancel();
        // Every permit back means that every claim has ended.
        let _ = tokio::time::timeout(Duration::from_secs(2), async {
            let _claims = self.inner.claims.acquire_many(CLAIMS_AT_ONCE as u32).await;
            let _interactions = self.inner.interactions.acquire_many(INTERACTIONS_AT_ONCE as u32).await;
        })
        .await;
        let _ = remember.await;
    }

    /// Takes events one after the other until there are no more, or until `ended`.
    async fn take_in_turn(self, mut queue: mpsc::Receiver<Event>, ended: CancellationToken) {
        loop {
            let event = tokio::select! {
                biased;
                () = ended.cancelled() => return,
                event = queue.recv() => event,
            };
            let Some(event) = event else { return };
            self.take(event).await;
        }
    }

    async fn take(&self, event: Event) {
        let inner = &self.inner;
        match event {
            Event::Ready => {
                inner.connected.store(true, Ordering::Relaxed);
                self.begin_backfill().await;
            }
            Event::Resumed => {}
            Event::Guild(guild) => {
                inner.places.learn_guild(&guild);
                self.backfill_places(guild.places);
            }
            Event::GuildGone(id) => inner.places.forget_guild(id),
            Event::Place(place) => inner.places.learn(place),
            Event::PlaceGone(id) => {
                inner.places.forget(id);
                self.cancel_channel(id).await;
            }
            Event::MessagesGone { ids, .. } => {
                for id in ids {
                    self.cancel_message(id).await;
                }
            }
            Event::Message(message) => {
                inner.places.saw_message(message.channel, message.id);
                inner.backfill.saw(message.id);
                self.receive(*message).await;
            }
            Event::Interaction(interaction) => self.receive_interaction(*interaction).await,
        }
    }

    /// A message from the gateway or from backfill. Ends quickly: what takes time goes on in a task of its own, a bounded number of them.
    async fn receive(&self, message: Message) {
        let Some(addressed) = self.inner.addressed(&message) else { return };
        // Gate 1: one event of each message.
        if !self.inner.gate_1.admit(message.id).await {
            self.inner.metrics.gate_1_drops.inc();
            tracing::warn!(id = %message.id, channel = %message.channel, author = %message.author.id, gate = 1, "duplicate message");
            self.inner.oversight.duplicate(What::DuplicateGate1, About::from(&message), None);
            return;
        }
        let Ok(permit) = self.inner.claims.clone().acquire_owned().await else { return };
        let intake = self.clone();
        tokio::spawn(async move {
            if let Some(trigger) = intake.inner.trigger(&message, addressed).await {
                intake.command(message, trigger).await;
            }
            drop(permit);
        });
    }

    /// The command handler: one command of each pair of message and author, then one job in the ledger.
    async fn command(&self, message: Message, trigger: Trigger) {
        let inner = &self.inner;
        let pair = (message.id, message.author.id);
        if !inner.gate_2.admit(pair).await {
            inner.metrics.gate_2_drops.inc();
            tracing::warn!(id = %pair.0, author = %pair.1, channel = %message.channel, gate = 2, "duplicate command");
            inner.oversight.duplicate(What::DuplicateGate2, About::from(&message), None);
            return;
        }
        let request = Request { message: message.clone(), trigger, task: Task::Answer, response: None, about: None };
        let Ok(request) = serde_json::to_value(request) else { return };
        let new = NewJob {
            source: Source::Message(message.id),
            guild_id: message.guild,
            channel_id: message.channel,
            message_id: Some(message.id),
            author_id: message.author.id,
            exclusive_key: None,
            interaction: None,
            request: Content(request),
            settings: Content(serde_json::Value::Null),
        };
        // Where nobody is answered, what was not addressed to the bot is not for it.
        let limits = |terms: &Terms| {
            let unheard =
                trigger == Trigger::FollowUp && matches!(terms.limits.denied, Some(Denied::Channel | Denied::Role));
            (!unheard).then(|| terms.limits.clone())
        };
        match self.admit(Asker::of(&message), &message.content, new, limits).await {
            Admitted::Claimed(Claim::Won(held), _) => {
                inner.metrics.claims.inc();
                inner.worker.submit(*held).await;
            }
            Admitted::Claimed(Claim::Duplicate(existing), _) => {
                inner.metrics.ledger_drops.inc();
                tracing::warn!(id = %pair.0, author = %pair.1, job = %existing.job, state = %existing.state, age_ms = existing.age_ms, "duplicate message: the ledger has a job for it");
                inner.oversight.duplicate(What::DuplicateLedger, About::from(&message), Some(&existing));
            }
            Admitted::Claimed(Claim::Refused(refusal), terms) => {
                tracing::info!(id = %pair.0, author = %pair.1, reason = refusal.code(), "refused by a limit");
                inner.oversight.refused(About::from(&message), &refusal, &terms.settings);
                inner.refusals.tell(&message, refusal);
            }
            Admitted::NotWanted => {}
            Admitted::GaveUp => self.let_again(pair).await,
        }
    }

    /// What was not recorded may be brought in again by a later delivery or by backfill.
    async fn let_again(&self, pair: (MessageId, UserId)) {
        self.inner.gate_2.forget(pair).await;
        self.inner.gate_1.forget(pair.0).await;
    }

    /// Reads the terms and claims a job on them. While the database is away both are repeated, so that a job never begins on terms that
    /// were changed meanwhile. `limits` says which of the limits hold, or that the job is not wanted at all.
    async fn admit(
        &self,
        asker: Asker<'_>,
        text: &str,
        mut new: NewJob,
        limits: impl Fn(&Terms) -> Option<Limits>,
    ) -> Admitted {
        let mut patience = Patience::new();
        loop {
            let attempt = async {
                let terms = self.inner.admission.terms(asker, text).await?;
                let Some(limits) = limits(&terms) else { return Ok(Admitted::NotWanted) };
                // Settings are plain values, whose serialization does not fail; without them the defaults hold.
                new.settings = Content(serde_json::to_value(&terms.settings).unwrap_or_default());
                let claim = self.inner.store.claim(&new, &limits, &self.inner.owner, self.inner.lease).await?;
                Ok::<_, LedgerError>(Admitted::Claimed(claim, Box::new(terms)))
            };
            match attempt.await {
                Ok(admitted) => return admitted,
                Err(error) if !patience.again("a claim", &error).await => return Admitted::GaveUp,
                Err(_) => {}
            }
        }
    }

    /// A message was deleted: by a person, it ends the work on it, and the conversation when it was an answer.
    async fn cancel_message(&self, id: MessageId) {
        match self.inner.store.own_deletion(id).await {
            Ok(Some(_)) => return,
            Ok(None) => {}
            Err(error) => tracing::error!(%error, id = %id, "a deletion could not be looked up"),
        }
        const REASON: &str = "message_deleted";
        match self.inner.store.cancel_for_message(id, REASON).await {
            Ok(cancelled) => self.inner.worker.stop(&cancelled, REASON),
            Err(error) => tracing::error!(%error, id = %id, "a deletion could not be recorded"),
        }
        match self.inner.store.find_by_answer(id).await {
            Ok(Some(job)) => {
                let place = job.thread_id.unwrap_or(job.channel_id);
                if self.inner.places.is_thread_of(place, self.inner.bot) == Some(true)
                    && let Err(error) = self.end_conversation(place, "answer_deleted").await
                {
                    tracing::error!(%error, thread = %place, "the end of a conversation could not be recorded");
                }
            }
            Ok(None) => {}
            Err(error) => tracing::error!(%error, id = %id, "a deletion could not be looked up"),
        }
    }

    /// What would become of a message of which there is no record, as things are now.
    ///
    /// # Errors
    /// The database's.
    pub(crate) async fn judge(&self, message: &Message) -> Result<Verdict, StoreError> {
        let inner = &self.inner;
        let Some(addressed) = inner.addressed(message) else { return Ok(Verdict::NotAddressed) };
        let Some(trigger) = inner.settle(message, addressed).await else { return Ok(Verdict::NotAddressed) };
        if !inner.is_wanted(message, trigger).await {
            return Ok(Verdict::NotWanted);
        }
        let terms = inner.admission.terms(Asker::of(message), &message.content).await?;
        Ok(terms.limits.denied.map_or(Verdict::Missed, Verdict::Denied))
    }

    /// Ends the conversation in a thread of the bot's: what is at work there stops, and follow-ups are no questions any more.
    ///
    /// # Errors
    /// The ledger's; then it may go on.
    pub(crate) async fn end_conversation(&self, thread: ChannelId, reason: &str) -> Result<(), LedgerError> {
        tracing::info!(%thread, reason, "a person ended the conversation in a thread");
        self.inner.store.end_conversation(thread).await?;
        let cancelled = self.inner.store.cancel_for_channel(thread, reason).await?;
        self.inner.worker.stop(&cancelled, reason);
        Ok(())
    }

    async fn cancel_channel(&self, id: ChannelId) {
        const REASON: &str = "channel_deleted";
        match self.inner.store.cancel_for_channel(id, REASON).await {
            Ok(cancelled) => self.inner.worker.stop(&cancelled, REASON),
            Err(error) => tracing::error!(%error, channel = %id, "a deletion could not be recorded"),
        }
    }
}

/// What would become of a message ([`Intake::judge`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is not for the bot.
    NotAddressed,
    /// It stands in the bot's thread, where the server wants other messages answered, or the conversation was ended.
    NotWanted,
    /// The server or the operator does not let it be answered.
    Denied(Denied),
    /// It would be answered: the bot did not see it, or has forgotten it.
    Missed,
}

/// What came of a job that was to be claimed.
enum Admitted {
    /// The ledger decided, and on these terms.
    Claimed(Claim, Box<Terms>),
    /// It is not wanted on the terms in force.
    NotWanted,
    /// The database stayed away or refused.
    GaveUp,
}

/// What can be said of a message without asking anybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Addressed {
    Yes(Trigger),
    /// It replies to a message whose author Discord did not send along.
    IfReplyToBot(MessageId),
    /// It stands in a place that is not known yet: its event was missed or is still on its way.
    IfOwnThread,
}

impl Inner {
    /// Whether a message may be for the bot. No input or output, since most messages are not.
    fn addressed(&self, message: &Message) -> Option<Addressed> {
        if message.author.automated || message.kind == MessageKind::Other {
            return None;
        }
        let bot = self.bot;
        // The starter of a thread, delivered again inside it as an ordinary message. In a forum the first message of a post looks
        // the same and is a real one.
        if message.id.0 == message.channel.0 && self.places.is_forum_post(message.channel) == Some(false) {
            self.metrics.gate_1_drops.inc();
            tracing::warn!(id = %message.id, channel = %message.channel, author = %message.author.id, gate = 1, "duplicate message: the starter of its thread");
            return None;
        }
        let replies_to_bot = message.reply_to.as_ref().is_some_and(|reply| reply.author == Some(bot));
        let by_role = || {
            message
                .guild
                .and_then(|guild| self.places.bot_role(guild))
                .is_some_and(|role| message.mentioned_roles.contains(&role))
        };
        let mentioned = message.mentions.iter().any(|mentioned| mentioned.id == bot);
        // A name in code is no mention, and a reply may ping without one.
        if mentioned && (names(&message.content, bot) || !replies_to_bot) || by_role() {
            return Some(Addressed::Yes(Trigger::Mention));
        }
        if replies_to_bot {
            return Some(Addressed::Yes(Trigger::Reply));
        }
        if message.guild.is_none() {
            return Some(Addressed::Yes(Trigger::Direct));
        }
        match &message.reply_to {
            Some(ReplyTo { author: None, message }) => return Some(Addressed::IfReplyToBot(*message)),
            // In the bot's thread too, a reply to another person is for that person.
            Some(ReplyTo { author: Some(_), .. }) => return None,
            None => {}
        }
        let readable = !message.content.is_empty() || !message.attachments.is_empty();
        if !readable {
            return None;
        }
        match self.places.is_thread_of(message.channel, bot) {
            Some(true) => Some(Addressed::Yes(Trigger::FollowUp)),
            Some(false) => None,
            None => Some(Addressed::IfOwnThread),
        }
    }

    /// Why a message counts as a question, if it does and the server wants it answered.
    async fn trigger(&self, message: &Message, addressed: Addressed) -> Option<Trigger> {
        let trigger = self.settle(message, addressed).await?;
        self.is_wanted(message, trigger).await.then_some(trigger)
    }

    /// Settles what [`Inner::addressed`] left open.
    async fn settle(&self, message: &Message, addressed: Addressed) -> Option<Trigger> {
        match addressed {
            Addressed::Yes(trigger) => Some(trigger),
            Addressed::IfOwnThread => {
                // Where the bot may not look, it did not open a thread.
                self.places.find(message.channel, &self.rest).await.ok()?;
                self.places.is_thread_of(message.channel, self.bot)?.then_some(Trigger::FollowUp)
            }
            Addressed::IfReplyToBot(answer) => match self.store.find_by_answer(answer).await {
                Ok(job) => job.map(|_| Trigger::Reply),
                Err(error) => {
                    tracing::error!(%error, id = %message.id, "a reply could not be looked up");
                    None
                }
            },
        }
    }

    /// Whether the server wants what stands in the bot's own thread answered, and the conversation there has not been ended.
    async fn is_wanted(&self, message: &Message, trigger: Trigger) -> bool {
        let unasked = trigger == Trigger::FollowUp;
        let reply_in_own_thread =
            trigger == Trigger::Reply && self.places.is_thread_of(message.channel, self.bot) == Some(true);
        if !unasked && !reply_in_own_thread {
            return true;
        }
        let looked_up = async {
            let in_force = self.admission.in_force(message.guild, message.channel, None).await?;
            Ok::<_, StoreError>(match in_force.settings.follow_ups {
                FollowUps::All => !unasked || !self.store.conversation_ended(message.channel).await?,
                FollowUps::Reply => !unasked,
                FollowUps::Mention => false,
            })
        };
        looked_up.await.unwrap_or_else(|error| {
            // The claim waits for the database; better an answer too many than a question lost.
            tracing::warn!(%error, id = %message.id, "the settings of a thread could not be read");
            true
        })
    }
}

/// Patience for a database that is away.
struct Patience {
    started: tokio::time::Instant,
    wait: Duration,
}

impl Patience {
    fn new() -> Self {
        Self { started: tokio::time::Instant::now(), wait: CLAIM_RETRY_FIRST }
    }

    /// Waits before the next attempt; false when there is no use in one.
    async fn again(&mut self, what: &str, error: &LedgerError) -> bool {
        let transient = matches!(error, LedgerError::Store(error) if error.is_transient());
        if !transient || self.started.elapsed() >= CLAIM_PATIENCE {
            tracing::error!(%error, "{what} failed");
            return false;
        }
        tracing::warn!(%error, "{what} failed; trying again");
        tokio::time::sleep(self.wait).await;
        self.wait = (self.wait * 2).min(CLAIM_RETRY_MAX);
        true
    }
}

/// Whether the text mentions the user, in either form that Discord writes.
fn names(content: &str, user: UserId) -> bool {
    content.contains(&format!("<@{user}>")) || content.contains(&format!("<@!{user}>"))
}
