//! What people who look on would see in their Discord clients, as it happens.

use serde::Serialize;
use serde_json::Value;

use crate::id::{ChannelId, GuildId, InteractionId, MessageId, UserId};

/// One change that a person's Discord client would show. Serialises as `{"type": "message_created", …}`.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum ClientEvent {
    /// A message appeared.
    MessageCreated {
        /// Where.
        channel_id: ChannelId,
        /// The message in Discord's shape.
        message: Value,
        /// Set when only this user sees it (ephemeral).
        visible_to: Option<UserId>,
    },
    /// A message changed: its text, files, embeds, components, flags or thread.
    MessageUpdated {
        /// Where.
        channel_id: ChannelId,
        /// The whole message in Discord's shape.
        message: Value,
        /// Set when only this user sees it (ephemeral).
        visible_to: Option<UserId>,
    },
    /// A message went away.
    MessageDeleted {
        /// Where.
        channel_id: ChannelId,
        /// Which.
        message_id: MessageId,
    },
    /// A channel or thread appeared.
    ChannelCreated {
        /// The channel in Discord's shape.
        channel: Value,
    },
    /// A channel or thread changed.
    ChannelUpdated {
        /// The channel in Discord's shape.
        channel: Value,
    },
    /// A channel or thread went away.
    ChannelDeleted {
        /// Which.
        channel_id: ChannelId,
    },
    /// A guild, its roles or its members changed; read it anew.
    GuildChanged {
        /// Which.
        guild_id: GuildId,
    },
    /// Someone is typing; it is shown for about 10 s.
    Typing {
        /// Where.
        channel_id: ChannelId,
        /// Who.
        user_id: UserId,
    },
    /// A reaction was added.
    ReactionAdded {
        /// Where.
        channel_id: ChannelId,
        /// On which message.
        message_id: MessageId,
        /// By whom.
        user_id: UserId,
        /// The emoji.
        emoji: String,
    },
    /// A reaction was taken back.
    ReactionRemoved {
        /// Where.
        channel_id: ChannelId,
        /// On which message.
        message_id: MessageId,
        /// Whose.
        user_id: UserId,
        /// The emoji.
        emoji: String,
    },
    /// Someone used a command, component or modal; the client shows that it waits.
    InteractionStarted {
        /// Which.
        interaction_id: InteractionId,
        /// By whom.
        user_id: UserId,
        /// Where.
        channel_id: ChannelId,
    },
    /// The bot acknowledged it in time.
    InteractionAcknowledged {
        /// Which.
        interaction_id: InteractionId,
        /// By whom it was started.
        user_id: UserId,
        /// The callback type: 4 message, 5 deferred message, 6 deferred update, 7 update, 8 choices, 9 modal.
        kind: u8,
    },
    /// "The application did not respond": no acknowledgement in time.
    InteractionFailed {
        /// Which.
        interaction_id: InteractionId,
        /// By whom it was started.
        user_id: UserId,
    },
    /// A modal opened for the user.
    ModalOpened {
        /// The interaction that it answers.
        interaction_id: InteractionId,
        /// For whom.
        user_id: UserId,
        /// Title, custom id and components, in Discord's shape.
        modal: Value,
    },
    /// Choices arrived for an option that the user is typing.
    AutocompleteChoices {
        /// The interaction that it answers.
        interaction_id: InteractionId,
        /// For whom.
        user_id: UserId,
        /// The choices, in Discord's shape.
        choices: Value,
    },
    /// The commands on offer changed.
    CommandsChanged {
        /// In which guild; `None` for the global ones.
        guild_id: Option<GuildId>,
    },
    /// A bot process opened a gateway session.
    SessionOpened {
        /// The session's id.
        session_id: String,
        /// True for a RESUME, false for an IDENTIFY.
        resumed: bool,
    },
    /// A bot process lost or closed its gateway connection.
    SessionClosed {
        /// The session's id.
        session_id: String,
    },
    /// An event was put into a gateway session's stream.
    Dispatched {
        /// The session's id.
        session_id: String,
        /// The event's name, for example `MESSAGE_CREATE`.
        event: String,
        /// The id of the message, channel or interaction that it is about.
        subject_id: Option<String>,
    },
    /// A REST request was answered.
    Answered {
        /// HTTP method.
        method: String,
        /// Path below `/api/v10`.
        path: String,
        /// HTTP status; `None` when the connection was cut instead.
        status: Option<u16>,
    },
    /// Everything was reset.
    Reset,
}
