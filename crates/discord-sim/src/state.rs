//! The whole state of the simulated Discord, and the one lock around it.
//!
//! Every change happens in [`Core::write`], so changes are atomic, events leave in the order of the changes, and whoever
//! waits for a condition is woken after each of them. Nothing awaits while the lock is held.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    hash::RandomState,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use tokio::{
    runtime::Handle,
    sync::{broadcast, watch},
};

use crate::{
    error::ApiError,
    events::ClientEvent,
    faults::FaultState,
    gateway::session::{Delayed, GatewayState},
    id::{AttachmentId, ChannelId, GuildId, MessageId, Snowflakes, UserId, now_ms},
    model::{Channel, Guild, Message, User},
    observe::Observations,
    options::SimOptions,
    ratelimit::Limiter,
    rest::{commands::Commands, interactions::Interactions},
    rng::Rng,
};

/// Events kept for subscribers that lag; the oldest are dropped beyond it, and the subscriber is told.
const CLIENT_EVENT_BACKLOG_MAX: usize = 16_384;

/// An uploaded file as the CDN serves it.
#[derive(Clone, Debug)]
pub(crate) struct StoredFile {
    pub(crate) channel_id: ChannelId,
    pub(crate) filename: String,
    pub(crate) content_type: Option<String>,
    pub(crate) bytes: Bytes,
}

/// Everything that the simulator knows.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) options: Arc<SimOptions>,
    /// `http://127.0.0.1:PORT`.
    pub(crate) origin: String,
    pub(crate) ids: Snowflakes,
    pub(crate) rng: Rng,
    pub(crate) bot: UserId,
    pub(crate) users: BTreeMap<UserId, User>,
    pub(crate) guilds: BTreeMap<GuildId, Guild>,
    pub(crate) channels: BTreeMap<ChannelId, Channel>,
    pub(crate) messages: BTreeMap<MessageId, Message>,
    /// Messages of each channel, without ephemeral ones.
    pub(crate) timelines: HashMap<ChannelId, BTreeSet<MessageId>>,
    pub(crate) files: BTreeMap<AttachmentId, StoredFile>,
    /// Signs the links of the CDN.
    pub(crate) cdn_key: RandomState,
    /// What a nonce of an author made, and when (Unix milliseconds).
    pub(crate) nonces: HashMap<(UserId, String), (MessageId, i64)>,
    /// Times (Unix milliseconds) of edits of messages older than `old_message_age`.
    pub(crate) old_edits: HashMap<MessageId, Vec<i64>>,
    pub(crate) commands: Commands,
    pub(crate) interactions: Interactions,
    pub(crate) gateway: GatewayState,
    pub(crate) faults: FaultState,
    pub(crate) limiter: Limiter,
    pub(crate) observed: Observations,
    /// Copies of events that leave later; drained when the lock is given back.
    pub(crate) delayed: Vec<Delayed>,
    client_events: broadcast::Sender<ClientEvent>,
}

impl State {
    fn new(options: Arc<SimOptions>, origin: String, client_events: broadcast::Sender<ClientEvent>) -> Self {
        let mut ids = Snowflakes::default();
        let bot = UserId::new(ids.next());
        let user = User {
            id: bot,
            username: options.bot_name.clone(),
            global_name: None,
            bot: true,
            locale: "en-US".to_owned(),
            blocks_bot: false,
        };
        Self {
            rng: Rng::new(options.seed),
            limiter: Limiter::new(options.rate_limits.clone()),
            gateway: GatewayState::new(options.session_start_limit),
            options,
            origin,
            ids,
            bot,
            users: BTreeMap::from([(bot, user)]),
            guilds: BTreeMap::new(),
            channels: BTreeMap::new(),
            messages: BTreeMap::new(),
            timelines: HashMap::new(),
            files: BTreeMap::new(),
            cdn_key: RandomState::new(),
            nonces: HashMap::new(),
            old_edits: HashMap::new(),
            commands: Commands::default(),
            interactions: Interactions::default(),
            faults: FaultState::default(),
            observed: Observations::default(),
            delayed: Vec::new(),
            client_events,
        }
    }

    /// Shows something to the people who look on. Nobody looking on is no error.
    pub(crate) fn show(&self, event: ClientEvent) {
        let _ = self.client_events.send(event);
    }

    /// True while somebody looks on, so that what nobody sees need not be written.
    pub(crate) fn is_watched(&self) -> bool {
        self.client_events.receiver_count() > 0
    }

    /// The channel, or error 10003.
    pub(crate) fn channel(&self, id: ChannelId) -> Result<&Channel, ApiError> {
        self.channels.get(&id).ok_or_else(ApiError::unknown_channel)
    }

    /// The guild, or error 10004.
    pub(crate) fn guild(&self, id: GuildId) -> Result<&Guild, ApiError> {
        self.guilds.get(&id).ok_or_else(ApiError::unknown_guild)
    }

    /// The message in that channel, or error 10008. Ephemeral messages are no part of a channel.
    pub(crate) fn message(&self, channel: ChannelId, id: MessageId) -> Result<&Message, ApiError> {
        let found = self.messages.get(&id);
        found.filter(|m| m.channel_id == channel && m.ephemeral_to.is_none()).ok_or_else(ApiError::unknown_message)
    }

    /// The thread that was started from this message.
    pub(crate) fn thread_of(&self, message: MessageId) -> Option<&Channel> {
        self.channels.get(&ChannelId::from(message)).filter(|channel| channel.kind.is_thread())
    }

    /// True when the bot is a member of the guild.
    pub(crate) fn bot_is_in(&self, guild: GuildId) -> bool {
        self.guilds.get(&guild).is_some_and(|guild| guild.members.contains_key(&self.bot))
    }

    /// The messages of a channel, oldest first.
    pub(crate) fn timeline(&self, channel: ChannelId) -> impl DoubleEndedIterator<Item = &Message> {
        self.timelines.get(&channel).into_iter().flatten().filter_map(|id| self.messages.get(id))
    }

    /// The direct-message channel between the bot and this user, if there is one.
    pub(crate) fn dm_with(&self, user: UserId) -> Option<ChannelId> {
        self.channels.values().find(|c| c.guild_id.is_none() && c.recipients == [user]).map(|c| c.id)
    }
}

/// The state with its lock, and what wakes and shows.
#[derive(Debug)]
pub(crate) struct Core {
    state: Mutex<State>,
    version: watch::Sender<u64>,
    client_events: broadcast::Sender<ClientEvent>,
    runtime: Handle,
    pub(crate) options: Arc<SimOptions>,
    origin: String,
}

impl Core {
    /// A new, empty Discord. Must be called within a tokio runtime, on which delayed events will run.
    pub(crate) fn new(options: SimOptions, origin: String) -> Arc<Self> {
        let options = Arc::new(options);
        let (client_events, _) = broadcast::channel(CLIENT_EVENT_BACKLOG_MAX);
        Arc::new(Self {
            state: Mutex::new(State::new(Arc::clone(&options), origin.clone(), client_events.clone())),
            version: watch::Sender::new(0),
            client_events,
            runtime: Handle::current(),
            options,
            origin,
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic while the lock was held can only come from a bug here; the state is still the best there is.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at the state.
    pub(crate) fn read<R>(&self, look: impl FnOnce(&State) -> R) -> R {
        look(&self.lock())
    }

    /// Changes the state, sends what was scheduled, and wakes those who wait for a condition.
    pub(crate) fn write<R>(self: &Arc<Self>, change: impl FnOnce(&mut State) -> R) -> R {
        let (result, delayed) = {
            let mut state = self.lock();
            let result = change(&mut state);
            (result, std::mem::take(&mut state.delayed))
        };
        self.schedule(delayed);
        self.version.send_modify(|version| *version = version.wrapping_add(1));
        result
    }

    /// Sends copies of events later. A simulator that is gone by then needs none.
    fn schedule(self: &Arc<Self>, delayed: Vec<Delayed>) {
        for late in delayed {
            let core = Arc::downgrade(self);
            self.runtime.spawn(async move {
                tokio::time::sleep(late.delay).await;
                if let Some(core) = core.upgrade() {
                    core.write(|state| state.push(&late.session, late.name, late.data));
                }
            });
        }
    }

    /// Forgets everything but the settings and the bot's user; every connection is closed.
    pub(crate) fn reset(self: &Arc<Self>) {
        self.write(|state| {
            state.close_all_connections(1001);
            let mut fresh = State::new(Arc::clone(&self.options), self.origin.clone(), self.client_events.clone());
            if let Some(mut bot) = state.users.remove(&state.bot) {
                fresh.users.clear();
                bot.id = state.bot;
                fresh.users.insert(bot.id, bot);
                fresh.bot = state.bot;
            }
            fresh.gateway.keep_connections_of(&mut state.gateway);
            fresh.ids = std::mem::take(&mut state.ids);
            *state = fresh;
            state.show(ClientEvent::Reset);
        });
    }

    /// Receives a new number after every change.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.version.subscribe()
    }

    /// Receives what people see.
    pub(crate) fn subscribe(&self) -> broadcast::Receiver<ClientEvent> {
        self.client_events.subscribe()
    }

    /// Runs something later on the simulator's runtime.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.runtime.spawn(task);
    }

    /// How old a thing of this time (Unix milliseconds) is, in milliseconds.
    pub(crate) fn age_ms(since_ms: i64) -> u64 {
        u64::try_from(now_ms() - since_ms).unwrap_or(0)
    }
}
