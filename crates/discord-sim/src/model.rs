//! What the simulated Discord consists of: users, guilds, channels, messages. Wire shapes are made from these in `wire`.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    id::{AttachmentId, ChannelId, GuildId, InteractionId, MessageId, RoleId, UserId},
    permissions::Permissions,
};

/// A user account.
#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) id: UserId,
    pub(crate) username: String,
    pub(crate) global_name: Option<String>,
    pub(crate) bot: bool,
    pub(crate) locale: String,
    /// The user takes no direct messages from the bot.
    pub(crate) blocks_bot: bool,
}

/// A user's membership of one guild.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) user: UserId,
    pub(crate) nick: Option<String>,
    pub(crate) roles: Vec<RoleId>,
    pub(crate) joined_at_ms: i64,
}

/// A role of a guild.
#[derive(Clone, Debug)]
pub(crate) struct Role {
    pub(crate) id: RoleId,
    pub(crate) name: String,
    pub(crate) permissions: Permissions,
    pub(crate) position: u32,
    pub(crate) mentionable: bool,
    pub(crate) managed: bool,
}

/// A guild (server).
#[derive(Clone, Debug)]
pub(crate) struct Guild {
    pub(crate) id: GuildId,
    pub(crate) name: String,
    pub(crate) owner_id: UserId,
    pub(crate) roles: BTreeMap<RoleId, Role>,
    pub(crate) members: BTreeMap<UserId, Member>,
    pub(crate) locale: String,
}

/// Whom a channel's permission overwrite is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OverwriteTarget {
    /// Everyone with this role; the guild's number means `@everyone`.
    Role(RoleId),
    /// One member.
    Member(UserId),
}

/// A permission overwrite of a channel.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Overwrite {
    pub(crate) target: OverwriteTarget,
    pub(crate) allow: Permissions,
    pub(crate) deny: Permissions,
}

/// The channel types that the simulator knows, with Discord's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum ChannelKind {
    /// A text channel.
    Text = 0,
    /// A direct message between two users.
    Dm = 1,
    /// A voice channel, which has a text chat of its own.
    Voice = 2,
    /// A heading that groups channels.
    Category = 4,
    /// A text channel that others can follow.
    Announcement = 5,
    /// A thread in an announcement channel.
    AnnouncementThread = 10,
    /// A thread in a text channel, or a post in a forum.
    PublicThread = 11,
    /// A thread that only its members and moderators see.
    PrivateThread = 12,
    /// A channel that holds posts only, each of them a thread.
    Forum = 15,
}

impl ChannelKind {
    /// Discord's number of the type.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// True for the three kinds of thread.
    #[must_use]
    pub const fn is_thread(self) -> bool {
        matches!(self, Self::AnnouncementThread | Self::PublicThread | Self::PrivateThread)
    }

    /// True where messages can be written.
    #[must_use]
    pub const fn has_messages(self) -> bool {
        !matches!(self, Self::Category | Self::Forum)
    }
}

/// What a thread has beyond a channel.
#[derive(Clone, Debug)]
pub(crate) struct Thread {
    pub(crate) owner_id: UserId,
    pub(crate) archived: bool,
    pub(crate) locked: bool,
    pub(crate) auto_archive_min: u64,
    pub(crate) archived_changed_at_ms: i64,
    pub(crate) invitable: bool,
    /// Members with the time at which they joined.
    pub(crate) members: BTreeMap<UserId, i64>,
    pub(crate) message_count: u64,
    pub(crate) total_message_sent: u64,
    pub(crate) applied_tags: Vec<Value>,
}

/// A channel, thread or direct-message channel.
#[derive(Clone, Debug)]
pub(crate) struct Channel {
    pub(crate) id: ChannelId,
    pub(crate) guild_id: Option<GuildId>,
    pub(crate) kind: ChannelKind,
    pub(crate) name: String,
    pub(crate) topic: Option<String>,
    pub(crate) parent_id: Option<ChannelId>,
    pub(crate) position: u32,
    pub(crate) slowmode_s: u64,
    pub(crate) nsfw: bool,
    pub(crate) overwrites: Vec<Overwrite>,
    pub(crate) last_message_id: Option<MessageId>,
    pub(crate) thread: Option<Thread>,
    /// The people of a direct-message channel, without the bot.
    pub(crate) recipients: Vec<UserId>,
}

impl Channel {
    /// True for a thread that only its members see.
    pub(crate) fn is_private_thread(&self) -> bool {
        self.kind == ChannelKind::PrivateThread
    }
}

/// The message types that the simulator makes, with Discord's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum MessageKind {
    /// An ordinary message.
    Default = 0,
    /// A notice that someone was added to a thread.
    RecipientAdd = 1,
    /// A notice that a thread was renamed.
    ChannelNameChange = 4,
    /// A reply.
    Reply = 19,
    /// A notice in the parent channel that a thread was started.
    ThreadCreated = 18,
    /// The answer to a slash command.
    ChatInputCommand = 20,
    /// The first message of a thread, which stands for the source message and has no content.
    ThreadStarter = 21,
    /// The answer to a user or message command.
    ContextMenuCommand = 23,
}

impl MessageKind {
    /// Discord's number of the type.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// True for notices that Discord writes itself.
    pub(crate) const fn is_system(self) -> bool {
        matches!(self, Self::RecipientAdd | Self::ChannelNameChange | Self::ThreadCreated | Self::ThreadStarter)
    }
}

/// Message flags, with Discord's bits.
pub(crate) mod flags {
    /// Link previews and embeds are hidden.
    pub(crate) const SUPPRESS_EMBEDS: u64 = 1 << 2;
    /// A thread was started from this message.
    pub(crate) const HAS_THREAD: u64 = 1 << 5;
    /// Only the user of the interaction sees it.
    pub(crate) const EPHEMERAL: u64 = 1 << 6;
    /// The bot is "thinking": a deferred answer without content yet.
    pub(crate) const LOADING: u64 = 1 << 7;
    /// No push notification.
    pub(crate) const SUPPRESS_NOTIFICATIONS: u64 = 1 << 12;
    /// The components are the whole message.
    pub(crate) const IS_COMPONENTS_V2: u64 = 1 << 15;
}

/// An uploaded file as part of a message.
#[derive(Clone, Debug)]
pub(crate) struct Attachment {
    pub(crate) id: AttachmentId,
    pub(crate) filename: String,
    pub(crate) title: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) content_type: Option<String>,
    pub(crate) size: usize,
    pub(crate) ephemeral: bool,
    /// Width and height in pixels, for images whose header could be read.
    pub(crate) dimensions: Option<(u32, u32)>,
}

/// What a message answers or points at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reference {
    pub(crate) channel_id: ChannelId,
    pub(crate) message_id: Option<MessageId>,
}

/// Whom a message notified.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mentions {
    pub(crate) users: Vec<UserId>,
    pub(crate) roles: Vec<RoleId>,
    pub(crate) everyone: bool,
    /// The author of the message replied to was pinged.
    pub(crate) replied_user: bool,
}

/// The interaction that a message answers.
#[derive(Clone, Debug)]
pub(crate) struct InteractionOrigin {
    pub(crate) id: InteractionId,
    pub(crate) kind: u8,
    pub(crate) name: Option<String>,
    pub(crate) user: UserId,
    pub(crate) owners: Value,
}

/// One emoji's reactions on a message.
#[derive(Clone, Debug)]
pub(crate) struct Reaction {
    /// A Unicode emoji, or `name:id` of a custom one.
    pub(crate) emoji: String,
    pub(crate) users: Vec<UserId>,
}

/// A message.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) id: MessageId,
    pub(crate) channel_id: ChannelId,
    pub(crate) author: UserId,
    pub(crate) kind: MessageKind,
    pub(crate) content: String,
    /// Every content the message has had, oldest first, the present one last.
    pub(crate) history: Vec<String>,
    pub(crate) edited_at_ms: Option<i64>,
    pub(crate) attachments: Vec<Attachment>,
    pub(crate) embeds: Vec<Value>,
    pub(crate) components: Vec<Value>,
    pub(crate) mentions: Mentions,
    pub(crate) flags: u64,
    pub(crate) reference: Option<Reference>,
    pub(crate) nonce: Option<Value>,
    pub(crate) reactions: Vec<Reaction>,
    pub(crate) pinned: bool,
    pub(crate) tts: bool,
    pub(crate) interaction: Option<InteractionOrigin>,
    /// Set when only this user sees it.
    pub(crate) ephemeral_to: Option<UserId>,
}

impl Message {
    /// True when nothing a person could see is in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.content.trim().is_empty()
            && self.attachments.is_empty()
            && self.embeds.is_empty()
            && self.components.is_empty()
    }
}
