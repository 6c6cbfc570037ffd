//! Newtypes for the ids that the store keeps. Discord's are snowflakes: below 2^63, so a signed column holds them exactly.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl From<u64> for $name {
            fn from(id: u64) -> Self {
                Self(id)
            }
        }

        impl From<$name> for i64 {
            /// The column's value. The cast keeps every bit, so it is exact both ways.
            fn from(id: $name) -> i64 {
                id.0.cast_signed()
            }
        }

    )*};
}

/// Ids that come back from a column.
macro_rules! from_column {
    ($($name:ident),*) => {$(
        impl $name {
            pub(crate) fn from_column(value: i64) -> Self {
                Self(value.cast_unsigned())
            }
        }
    )*};
}

from_column!(GuildId, ChannelId, MessageId, UserId, JobId);

ids! {
    /// A server.
    GuildId,
    /// A channel, thread or direct-message channel.
    ChannelId,
    /// A message.
    MessageId,
    /// A member or user.
    UserId,
    /// A role of a server.
    RoleId,
    /// An interaction: a slash command, a component that was pressed, a modal that was sent.
    InteractionId,
    /// A schedule of the bot's own.
    ScheduleId,
    /// A row of the ledger.
    JobId,
}
