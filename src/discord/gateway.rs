//! The gateway: serenity's connection, its events turned into our own, and IDENTIFYs kept within their budget.

use std::sync::Arc;
use std::time::Duration;

use plotline_store::{Store, StoreError};
use secrecy::{ExposeSecret, SecretString};
use serenity::all as discord;
use serenity::client::ClientBuilder;
use serenity::gateway::GatewayError;
use serenity::http::HttpBuilder;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::rest::{Rest, RestError};
use crate::event::{
    Attachment, Author, Event, Guild, Interaction, Mentioned, Message, MessageKind, Place, PlaceKind, ReplyTo,
};
use crate::ids::{ChannelId, GuildId, MessageId, RoleId, UserId};
use crate::metrics::Metrics;

/// Events wait here for the intake. Intake does one database write for an addressed message and none for others, so a full
/// queue means that the database hangs; then the gateway is slowed down, and nothing is dropped.
pub const EVENTS_MAX: usize = 4_096;

/// Discord resets the token of a bot that identifies more than 1000 times in 24 hours; the bot keeps a margin.
/// Source: <https://discord.com/developers/docs/events/gateway#session-start-limit-object>.
const IDENTIFIES_PER_DAY: u64 = 900;
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// IDENTIFYs that may follow each other at once; after them each waits as the budget of a day demands.
const IDENTIFIES_FREE: u64 = 20;

/// Between the IDENTIFYs of one shard. Source: "max_concurrency identifies per 5 seconds".
const IDENTIFY_SPACING: Duration = Duration::from_secs(5);

/// A shard without a session for this long is started over.
const UNREADY_MAX: Duration = Duration::from_secs(60);

/// How long the shards may take to say goodbye to Discord.
const SHUTDOWN_PATIENCE: Duration = Duration::from_millis(500);

/// Why the gateway cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum GatewayStop {
    /// The token is wrong.
    #[error(
        "Discord does not accept DISCORD_TOKEN. Copy the bot's token from the Developer Portal (Bot, Reset Token) and set it."
    )]
    Token,
    /// The address of the gateway could not be asked for.
    #[error(
        "Discord's gateway address could not be read from {base}: {source}. Check DISCORD_API_BASE and the network."
    )]
    Address {
        /// Where it was asked for.
        base: String,
        /// What came back.
        source: RestError,
    },
    /// Discord refused the connection for a reason that a new attempt does not change.
    #[error("Discord's gateway refused the connection: {0}")]
    Refused(String),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What the gateway needs.
pub struct Gateway {
    /// Who the bot is.
    pub bot: UserId,
    /// Calls to Discord.
    pub rest: Rest,
    /// The bot's token.
    pub token: SecretString,
    /// Where REST goes, for messages.
    pub base: String,
    /// Counts IDENTIFYs across restarts.
    pub store: Store,
    /// Where events go.
    pub events: mpsc::Sender<Event>,
    /// Counters.
    pub metrics: Arc<Metrics>,
}

impl Gateway {
    /// Connects and stays connected until `shutdown` is cancelled.
    ///
    /// # Errors
    /// [`GatewayStop`] when connecting again would not help.
    pub async fn run(self, shutdown: CancellationToken) -> Result<(), GatewayStop> {
        let gateway = Arc::new(self);
        let mut intents = discord::GatewayIntents::GUILDS
            | discord::GatewayIntents::GUILD_MESSAGES
            | discord::GatewayIntents::DIRECT_MESSAGES
            | discord::GatewayIntents::MESSAGE_CONTENT;
        loop {
            let Some(address) = gateway.address(&shutdown).await? else { return Ok(()) };
            if !gateway.wait_for_budget(&shutdown).await? {
                return Ok(());
            }
            match gateway.session(&address, intents, &shutdown).await {
                Ok(()) if shutdown.is_cancelled() => return Ok(()),
                Ok(()) => {}
                Err(serenity::Error::Gateway(GatewayError::DisallowedGatewayIntents))
                    if intents.contains(discord::GatewayIntents::MESSAGE_CONTENT) =>
                {
                    tracing::warn!(
                        "the Message Content intent is not granted: mentions, replies and direct messages are answered, follow-ups without \
                         a mention are not. Switch it on in the Developer Portal (Bot, Message Content Intent) to have them answered too"
                    );
                    intents.remove(discord::GatewayIntents::MESSAGE_CONTENT);
                }
                Err(serenity::Error::Gateway(GatewayError::InvalidAuthentication)) => return Err(GatewayStop::Token),
                Err(serenity::Error::Gateway(
                    error @ (GatewayError::DisallowedGatewayIntents
                    | GatewayError::InvalidGatewayIntents
                    | GatewayError::InvalidShardData
                    | GatewayError::OverloadedShard),
                )) => return Err(GatewayStop::Refused(error.to_string())),
                Err(error) => {
                    tracing::warn!(error = %kind_of(&error), "the gateway connection ended; connecting again")
                }
            }
        }
    }

    /// Asks for the gateway's address until there is one. serenity would go to Discord's own when the question fails, which
    /// must not happen where another base is configured, so it is never left to ask.
    async fn address(&self, shutdown: &CancellationToken) -> Result<Option<Address>, GatewayStop> {
        let mut wait = Duration::from_secs(1);
        loop {
            let asked = tokio::select! {
                () = shutdown.cancelled() => return Ok(None),
                asked = self.rest.gateway_bot() => asked,
            };
            match asked {
                Ok(gateway) => {
                    let limit = &gateway.session_start_limit;
                    if limit.remaining == 0 {
                        let pause = Duration::from_millis(limit.reset_after);
                        tracing::warn!(
                            pause_s = pause.as_secs(),
                            "Discord allows no further IDENTIFY today; waiting for its reset"
                        );
                        if !sleep(pause, shutdown).await {
                            return Ok(None);
                        }
                        continue;
                    }
                    return Ok(Some(Address { url: gateway.url, shards: gateway.shards.max(1) }));
                }
                Err(error) if error.is_unauthorized() => return Err(GatewayStop::Token),
                Err(error @ RestError::Refused { .. }) => {
                    return Err(GatewayStop::Address { base: self.base.clone(), source: error });
                }
                Err(error) => {
                    tracing::warn!(%error, wait_s = wait.as_secs(), "the gateway's address could not be read; asking again");
                    if !sleep(wait, shutdown).await {
                        return Ok(None);
                    }
                    wait = (wait * 2).min(Duration::from_secs(60));
                }
            }
        }
    }

    /// Waits until one more IDENTIFY is within the day's budget, counted in the database because a crash loop restarts the process.
    async fn wait_for_budget(&self, shutdown: &CancellationToken) -> Result<bool, GatewayStop> {
        loop {
            let used = self.store.identifies_within(DAY).await?;
            let pause = identify_pause(used);
            if pause > IDENTIFY_SPACING {
                tracing::warn!(
                    used,
                    pause_s = pause.as_secs(),
                    "many IDENTIFYs in 24 hours; waiting, since Discord resets the token of a bot that goes over 1000"
                );
            }
            if pause.is_zero() {
                return Ok(true);
            }
            if !sleep(pause, shutdown).await {
                return Ok(false);
            }
            if used < IDENTIFIES_PER_DAY {
                return Ok(true);
            }
        }
    }

    async fn session(
        self: &Arc<Self>,
        address: &Address,
        intents: discord::GatewayIntents,
        shutdown: &CancellationToken,
    ) -> serenity::Result<()> {
        // serenity asks its HTTP client for the gateway's address while it is built and takes Discord's where that fails. Its
        // client points at a closed door, and the address is set below before anything connects.
        let http = HttpBuilder::new(self.token.expose_secret()).proxy(CLOSED_DOOR).ratelimiter_disabled(true).build();
        let restart = CancellationToken::new();
        let handler = Handler { gateway: self.clone(), over_budget: restart.clone() };
        let mut client = ClientBuilder::new_with_http(http, intents).raw_event_handler(handler).await?;
        address.url.clone_into(&mut *client.ws_url.lock().await);
        let shards = client.shard_manager.clone();
        let (stop, gateway) = (shutdown.clone(), self.clone());
        let watch = tokio::spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = restart.cancelled() => {}
                () = stays_unready(&shards) => {
                    tracing::warn!("no session for {} s; starting over", UNREADY_MAX.as_secs());
                    for _ in 0..UNREADY_MAX.as_secs() / IDENTIFY_SPACING.as_secs() {
                        gateway.identified().await;
                    }
                }
            }
            shards.shutdown_all().await;
        });
        let ended = tokio::select! {
            ended = client.start_shards(address.shards) => ended,
            // A shard that is connecting to a gateway that does not answer hears of no shutdown; it ends with the process.
            () = async {
                shutdown.cancelled().await;
                tokio::time::sleep(SHUTDOWN_PATIENCE).await;
            } => Ok(()),
        };
        watch.abort();
        ended
    }

    /// Counts an IDENTIFY; false when the next one has to wait for the budget.
    async fn identified(&self) -> bool {
        self.metrics.identifies.inc();
        let counted = async {
            self.store.record_identify().await?;
            self.store.identifies_within(DAY).await
        };
        match counted.await {
            Ok(used) => used < IDENTIFIES_PER_DAY,
            Err(error) => {
                tracing::error!(%error, "an IDENTIFY could not be counted");
                true
            }
        }
    }
}

/// A loopback address where nobody listens (the discard port, RFC 863).
const CLOSED_DOOR: &str = "http://127.0.0.1:9";

struct Address {
    url: String,
    shards: u32,
}

/// How long the next IDENTIFY waits when `used` were made in the last 24 hours: not at all for a few, then so long that the day's
/// budget is never used up.
fn identify_pause(used: u64) -> Duration {
    if used < IDENTIFIES_FREE {
        Duration::ZERO
    } else if used < IDENTIFIES_PER_DAY {
        // What is left of the budget, spread over the day: 98 s at first, more as it shrinks.
        let left = u32::try_from(IDENTIFIES_PER_DAY - used).unwrap_or(u32::MAX);
        (DAY / left).min(Duration::from_secs(3600))
    } else {
        Duration::from_secs(3600)
    }
}

/// Returns when some shard has had no session for [`UNREADY_MAX`]. serenity then identifies every five seconds by itself and
/// reports none of it; stopping it and counting as many as there can have been keeps the budget.
async fn stays_unready(shards: &discord::ShardManager) {
    let mut unready = Duration::ZERO;
    while unready < UNREADY_MAX {
        tokio::time::sleep(IDENTIFY_SPACING).await;
        let ready =
            shards.runners.lock().await.values().all(|runner| runner.stage == discord::ConnectionStage::Connected);
        unready = if ready { Duration::ZERO } else { unready + IDENTIFY_SPACING };
    }
}

async fn sleep(pause: Duration, shutdown: &CancellationToken) -> bool {
    tokio::select! {
        () = shutdown.cancelled() => false,
        () = tokio::time::sleep(pause) => true,
    }
}

/// What went wrong, without the payload that serenity puts into some of its errors.
fn kind_of(error: &serenity::Error) -> String {
    match error {
        serenity::Error::Gateway(error) => error.to_string(),
        serenity::Error::Json(_) => "a payload could not be read".to_owned(),
        serenity::Error::Tungstenite(_) => "the WebSocket failed".to_owned(),
        serenity::Error::Io(error) => error.to_string(),
        _ => "unexpected failure".to_owned(),
    }
}

/// Receives serenity's events. serenity runs each call in a task of its own, so events that arrive together may be handed on in
/// another order; nothing behind the queue relies on it.
struct Handler {
    gateway: Arc<Gateway>,
    over_budget: CancellationToken,
}

#[serenity::async_trait]
impl discord::RawEventHandler for Handler {
    async fn raw_event(&self, _context: discord::Context, event: discord::Event) {
        self.gateway.metrics.events.inc();
        let event = match event {
            discord::Event::Ready(ready) => {
                let ready = ready.ready;
                let (gateway, over_budget) = (self.gateway.clone(), self.over_budget.clone());
                tokio::spawn(async move {
                    if !gateway.identified().await {
                        tracing::warn!(
                            "the day's budget of IDENTIFYs is used up; the connection is closed until there is room"
                        );
                        over_budget.cancel();
                    }
                });
                tracing::info!(bot = %ready.user.id, name = ready.user.name, guilds = ready.guilds.len(), "connected to Discord");
                Event::Ready
            }
            discord::Event::Resumed(_) => Event::Resumed,
            discord::Event::GuildCreate(event) => Event::Guild(Box::new(guild(event.guild, self.gateway.bot))),
            discord::Event::GuildDelete(event) if !event.guild.unavailable => {
                Event::GuildGone(GuildId(event.guild.id.get()))
            }
            discord::Event::ChannelCreate(event) => Event::Place(place(&event.channel)),
            discord::Event::ChannelUpdate(event) => Event::Place(place(&event.channel)),
            discord::Event::ThreadCreate(event) => Event::Place(place(&event.thread)),
            discord::Event::ThreadUpdate(event) => Event::Place(place(&event.thread)),
            discord::Event::ChannelDelete(event) => Event::PlaceGone(ChannelId(event.channel.id.get())),
            discord::Event::ThreadDelete(event) => Event::PlaceGone(ChannelId(event.thread.id.get())),
            discord::Event::MessageCreate(event) => Event::Message(Box::new(message(event.message))),
            discord::Event::MessageDelete(event) => Event::MessagesGone {
                channel: ChannelId(event.channel_id.get()),
                ids: vec![MessageId(event.message_id.get())],
            },
            discord::Event::MessageDeleteBulk(event) => Event::MessagesGone {
                channel: ChannelId(event.channel_id.get()),
                ids: event.ids.iter().map(|id| MessageId(id.get())).collect(),
            },
            discord::Event::InteractionCreate(event) => match interaction(&event.interaction) {
                Some(interaction) => Event::Interaction(Box::new(interaction)),
                None => return,
            },
            // What serenity's types do not take comes as it was sent.
            discord::Event::Unknown(event) if event.kind == "INTERACTION_CREATE" => {
                match super::read_interaction(&event.value) {
                    Some(interaction) => Event::Interaction(Box::new(interaction)),
                    None => {
                        tracing::warn!("an interaction could not be read");
                        return;
                    }
                }
            }
            _ => return,
        };
        // The other end is dropped only when the process stops.
        let _ = self.gateway.events.send(event).await;
    }
}

/// serenity's interaction as the JSON that it was read from, read again as our own: one reader for both ways.
fn interaction(interaction: &discord::Interaction) -> Option<Interaction> {
    let mut json = serde_json::to_value(interaction).ok()?;
    json["type"] = u8::from(interaction.kind()).into();
    let read = super::read_interaction(&json);
    if read.is_none() && interaction.kind() != discord::InteractionType::Ping {
        tracing::warn!(id = %interaction.id(), "an interaction could not be read");
    }
    read
}

fn guild(guild: discord::Guild, bot: UserId) -> Guild {
    let bot_role = guild.roles.values().find(|role| role.tags.bot_id.is_some_and(|id| UserId(id.get()) == bot));
    Guild {
        id: GuildId(guild.id.get()),
        bot_role: bot_role.map(|role| RoleId(role.id.get())),
        roles: guild.roles.values().map(|role| (RoleId(role.id.get()), role.name.clone())).collect(),
        places: guild
            .channels
            .values()
            .chain(&guild.threads)
            .map(|channel| Place { guild: Some(GuildId(guild.id.get())), ..place(channel) })
            .collect(),
        name: guild.name,
    }
}

fn place(channel: &discord::GuildChannel) -> Place {
    Place {
        id: ChannelId(channel.id.get()),
        guild: Some(GuildId(channel.guild_id.get())),
        kind: place_kind(u8::from(channel.kind)),
        parent: channel.parent_id.map(|id| ChannelId(id.get())),
        owner: channel.owner_id.map(|id| UserId(id.get())),
        name: channel.name.clone(),
        last_message: channel.last_message_id.map(|id| MessageId(id.get())),
    }
}

/// Source: <https://discord.com/developers/docs/resources/channel#channel-object-channel-types>.
pub(crate) fn place_kind(channel_type: u8) -> PlaceKind {
    match channel_type {
        0 => PlaceKind::Text,
        1 | 3 => PlaceKind::Direct,
        2 | 13 => PlaceKind::VoiceText,
        5 => PlaceKind::Announcement,
        10..=12 => PlaceKind::Thread,
        15 | 16 => PlaceKind::Forum,
        _ => PlaceKind::Other,
    }
}

/// Turns serenity's message into our own.
pub(crate) fn message(message: discord::Message) -> Message {
    let (nick, roles) = message.member.map_or((None, None), |member| (member.nick, Some(member.roles)));
    let name = |user: &discord::User| user.global_name.clone().unwrap_or_else(|| user.name.clone());
    Message {
        id: MessageId(message.id.get()),
        channel: ChannelId(message.channel_id.get()),
        guild: message.guild_id.map(|id| GuildId(id.get())),
        author: Author {
            id: UserId(message.author.id.get()),
            name: nick.unwrap_or_else(|| name(&message.author)),
            automated: message.author.bot || message.author.system || message.webhook_id.is_some(),
            roles: roles.map(|roles| roles.iter().map(|id| RoleId(id.get())).collect()),
        },
        content: message.content,
        attachments: message
            .attachments
            .into_iter()
            .map(|file| Attachment {
                id: file.id.get(),
                filename: file.filename,
                url: file.url,
                size: u64::from(file.size),
                content_type: file.content_type,
            })
            .collect(),
        mentions: message
            .mentions
            .iter()
            .map(|user| Mentioned { id: UserId(user.id.get()), name: name(user) })
            .collect(),
        mentioned_roles: message.mention_roles.iter().map(|id| RoleId(id.get())).collect(),
        reply_to: message.message_reference.and_then(|reference| {
            let author = message.referenced_message.map(|message| UserId(message.author.id.get()));
            reference.message_id.map(|id| ReplyTo { message: MessageId(id.get()), author })
        }),
        kind: match message.kind {
            discord::MessageType::Regular => MessageKind::Default,
            discord::MessageType::InlineReply => MessageKind::Reply,
            _ => MessageKind::Other,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_identifies_of_a_day_do_not_wait() {
        assert_eq!(identify_pause(0), Duration::ZERO);
        assert_eq!(identify_pause(IDENTIFIES_FREE - 1), Duration::ZERO);
    }

    #[test]
    fn a_crash_loop_never_reaches_discords_limit_in_a_day() {
        let (mut elapsed, mut used) = (Duration::ZERO, 0);
        while elapsed < DAY {
            elapsed += identify_pause(used);
            used += 1;
        }
        assert!(used < 1000, "{used} IDENTIFYs in a day");
    }
}
