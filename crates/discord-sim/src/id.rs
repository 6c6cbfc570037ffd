//! Snowflake ids: one newtype per kind of thing, and the generator that keeps them time-based and monotonic.

use std::{
    fmt,
    str::FromStr,
    time::{SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Milliseconds between the Unix epoch and Discord's (2015-01-01T00:00:00Z), from Discord's reference on snowflakes.
const DISCORD_EPOCH_MS: i64 = 1_420_070_400_000;

/// Low bits of a snowflake that are not time: worker, process and increment.
const SEQUENCE_BITS: u32 = 22;

/// A string that is not a snowflake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a snowflake: a Discord id is a whole number of at most 20 digits")]
pub struct InvalidId;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u64);

        impl $name {
            /// The id with this number.
            #[must_use]
            pub const fn new(id: u64) -> Self {
                Self(id)
            }

            /// The number of this id.
            #[must_use]
            pub const fn get(self) -> u64 {
                self.0
            }

            /// When the thing was made, in milliseconds since the Unix epoch.
            #[must_use]
            pub const fn created_at_ms(self) -> i64 {
                (self.0 >> SEQUENCE_BITS) as i64 + DISCORD_EPOCH_MS
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                text.parse().map(Self).map_err(|_| InvalidId)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(de::Error::custom)
            }
        }
    )*};
}

ids! {
    /// A user, bot or not. The bot's application has the same number as its user.
    UserId;
    /// A guild, which people call a server.
    GuildId;
    /// A channel, thread or direct-message channel.
    ChannelId;
    /// A message.
    MessageId;
    /// A role of a guild. The role `@everyone` has the guild's number.
    RoleId;
    /// An uploaded file.
    AttachmentId;
    /// An interaction: one use of a command, component or modal.
    InteractionId;
    /// A registered application command.
    CommandId;
}

impl From<MessageId> for ChannelId {
    /// The thread that starts, or would start, from this message: it has the message's number.
    fn from(message: MessageId) -> Self {
        Self(message.0)
    }
}

impl From<ChannelId> for MessageId {
    /// The message that this thread would have been started from.
    fn from(thread: ChannelId) -> Self {
        Self(thread.0)
    }
}

impl From<GuildId> for RoleId {
    /// The role `@everyone` of the guild.
    fn from(guild: GuildId) -> Self {
        Self(guild.0)
    }
}

/// Makes ids that grow strictly, also when the clock stands still or steps back.
#[derive(Debug, Default)]
pub(crate) struct Snowflakes {
    last: u64,
}

impl Snowflakes {
    /// The next number, with the present time in its upper bits.
    pub(crate) fn next(&mut self) -> u64 {
        let since_epoch_ms = u64::try_from(now_ms() - DISCORD_EPOCH_MS).unwrap_or(0);
        self.last = (since_epoch_ms << SEQUENCE_BITS).max(self.last + 1);
        self.last
    }
}

/// The present time in milliseconds since the Unix epoch.
pub(crate) fn now_ms() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |elapsed| i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX))
}

/// A time as Discord writes it: ISO 8601 with microseconds and an offset.
pub(crate) fn iso8601(unix_ms: i64) -> String {
    chrono::DateTime::from_timestamp_millis(unix_ms)
        .unwrap_or_default()
        .to_rfc3339_opts(chrono::SecondsFormat::Micros, false)
}
