//! What happened on Discord, in the bot's own words. Nothing deeper than [`crate::discord`] sees a payload.

mod interaction;

use serde::{Deserialize, Serialize};

use crate::ids::{ChannelId, GuildId, MessageId, RoleId, UserId};
pub use interaction::{
    ComponentMessage, Interaction, InteractionKind, Invocation, OptionValue, Permissions, ReplyPath,
};

/// An event from the gateway, reduced to what the bot acts on.
#[derive(Clone, Debug)]
pub enum Event {
    /// A new session: whatever was sent since the last one may have been missed.
    Ready,
    /// The old session goes on; Discord has replayed what was missed.
    Resumed,
    /// A guild with its channels, sent after READY, after an outage and on joining.
    Guild(Box<Guild>),
    /// The bot left a guild (an outage is not told).
    GuildGone(GuildId),
    /// A channel or thread was made or changed.
    Place(Place),
    /// A channel or thread was deleted.
    PlaceGone(ChannelId),
    /// A new message.
    Message(Box<Message>),
    /// Messages were deleted.
    MessagesGone {
        /// Where they stood.
        channel: ChannelId,
        /// Which.
        ids: Vec<MessageId>,
    },
    /// A command was used, a component pressed, a form sent.
    Interaction(Box<Interaction>),
}

/// A guild as the gateway describes it.
#[derive(Clone, Debug)]
pub struct Guild {
    /// Its id.
    pub id: GuildId,
    /// Its name.
    pub name: String,
    /// The role that Discord made for the bot; members often mention it in place of the bot.
    pub bot_role: Option<RoleId>,
    /// The names of its roles, to write a mention out for the model.
    pub roles: Vec<(RoleId, String)>,
    /// Its channels and active threads.
    pub places: Vec<Place>,
}

/// A channel or thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its id.
    pub id: ChannelId,
    /// The guild; none for a DM.
    pub guild: Option<GuildId>,
    /// What kind of place it is.
    pub kind: PlaceKind,
    /// The channel that a thread belongs to.
    pub parent: Option<ChannelId>,
    /// Who opened a thread.
    pub owner: Option<UserId>,
    /// Its name; empty for a DM.
    pub name: String,
    /// The newest message at the time of the event.
    pub last_message: Option<MessageId>,
}

/// The kinds of channel that matter to the bot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaceKind {
    /// A text channel: a thread can be started from its messages.
    Text,
    /// An announcement channel: threads are possible, but every one is announced.
    Announcement,
    /// The chat of a voice or stage channel: no threads.
    VoiceText,
    /// A thread or a forum post: threads do not nest.
    Thread,
    /// A forum or media channel: it holds posts and no messages.
    Forum,
    /// A direct message: no threads.
    Direct,
    /// Anything else (categories, directories): no messages.
    Other,
}

/// A message that a person may have meant for the bot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// Where it stands.
    pub channel: ChannelId,
    /// The guild; none in a DM.
    pub guild: Option<GuildId>,
    /// Who wrote it.
    pub author: Author,
    /// The text; empty where Discord withholds it.
    pub content: String,
    /// Its files.
    pub attachments: Vec<Attachment>,
    /// The users whom it mentions, a replied-to author with a ping included.
    pub mentions: Vec<Mentioned>,
    /// The roles that it mentions.
    pub mentioned_roles: Vec<RoleId>,
    /// What it replies to.
    pub reply_to: Option<ReplyTo>,
    /// Ordinary messages and replies are from people; everything else is the system's.
    pub kind: MessageKind,
}

/// The author of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// The account.
    pub id: UserId,
    /// The name shown in that guild.
    pub name: String,
    /// A bot, a webhook or the system itself.
    pub automated: bool,
    /// The roles in that guild; none where Discord did not send them along: with messages that are read, not received, and in direct
    /// messages.
    #[serde(default)]
    pub roles: Option<Vec<RoleId>>,
}

/// A mentioned user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mentioned {
    /// The account.
    pub id: UserId,
    /// The name to write in place of the mention.
    pub name: String,
}

/// What a message replies to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyTo {
    /// The message.
    pub message: MessageId,
    /// Its author, where Discord sent the message along.
    pub author: Option<UserId>,
}

/// A file of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Its id.
    pub id: u64,
    /// The name that the member gave it.
    pub filename: String,
    /// Where it can be fetched; the signature in it expires after about a day.
    pub url: String,
    /// Bytes.
    pub size: u64,
    /// What Discord takes it for.
    pub content_type: Option<String>,
}

/// The kinds of message that matter to the bot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MessageKind {
    /// Type 0.
    Default,
    /// Type 19.
    Reply,
    /// Written by the system (a thread was created, a message was pinned …) or by a command.
    Other,
}
