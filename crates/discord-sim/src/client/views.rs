//! What tests look at: messages and channels as typed views, with Discord's JSON beside them.

use bytes::Bytes;
use serde_json::{Value, json};

use crate::{
    Sim,
    id::{AttachmentId, ChannelId, GuildId, MessageId, RoleId, UserId},
    model::{Channel, ChannelKind, Message, MessageKind},
    permissions::Permissions,
    state::State,
    wire::{role_json, user_json},
};

/// A message as it stands.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct MessageView {
    /// Its id.
    pub id: MessageId,
    /// Where it stands.
    pub channel_id: ChannelId,
    /// Who wrote it.
    pub author: UserId,
    /// The author's user name.
    pub author_name: String,
    /// What kind of message it is.
    pub kind: MessageKind,
    /// Its present text.
    pub content: String,
    /// Every text it has had, oldest first, the present one last.
    pub history: Vec<String>,
    /// True once it was edited.
    pub edited: bool,
    /// Its files.
    pub attachments: Vec<AttachmentView>,
    /// Its embeds, in Discord's shape.
    pub embeds: Vec<Value>,
    /// Its components, in Discord's shape.
    pub components: Vec<Value>,
    /// Users whom it notified.
    pub pinged_users: Vec<UserId>,
    /// Roles that it notified.
    pub pinged_roles: Vec<RoleId>,
    /// True when it notified everyone.
    pub pinged_everyone: bool,
    /// The message that it replies to.
    pub reply_to: Option<MessageId>,
    /// The nonce that it was created with.
    pub nonce: Option<String>,
    /// Reactions: emoji and users.
    pub reactions: Vec<(String, Vec<UserId>)>,
    /// Message flags, in Discord's bits.
    pub flags: u64,
    /// Set when only this user sees it.
    pub ephemeral_to: Option<UserId>,
    /// The message in Discord's shape.
    pub raw: Value,
}

impl MessageView {
    /// True while the bot "is thinking": a deferred answer without content.
    #[must_use]
    pub fn is_loading(&self) -> bool {
        self.flags & crate::model::flags::LOADING != 0
    }

    /// The custom ids of its buttons and menus, in order.
    #[must_use]
    pub fn custom_ids(&self) -> Vec<String> {
        fn collect(items: &[Value], ids: &mut Vec<String>) {
            for item in items {
                ids.extend(item["custom_id"].as_str().map(str::to_owned));
                collect(item["components"].as_array().map(Vec::as_slice).unwrap_or_default(), ids);
            }
        }
        let mut ids = Vec::new();
        collect(&self.components, &mut ids);
        ids
    }
}

/// A file of a message.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AttachmentView {
    /// Its id.
    pub id: AttachmentId,
    /// Its name.
    pub filename: String,
    /// Its description, which clients show as alt text.
    pub description: Option<String>,
    /// Its media type.
    pub content_type: Option<String>,
    /// Where it can be fetched.
    pub url: String,
    /// Its bytes; empty once the simulator has dropped old files for room.
    pub bytes: Bytes,
}

/// A channel or thread as it stands.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ChannelView {
    /// Its id.
    pub id: ChannelId,
    /// The guild that it is in; none for direct messages.
    pub guild_id: Option<GuildId>,
    /// What kind of channel it is.
    pub kind: ChannelKind,
    /// Its name.
    pub name: String,
    /// The category, or the channel that a thread is in.
    pub parent_id: Option<ChannelId>,
    /// Who started the thread.
    pub owner: Option<UserId>,
    /// True for a thread that is archived.
    pub archived: bool,
    /// True for a thread that is locked.
    pub locked: bool,
    /// Who is in the thread.
    pub members: Vec<UserId>,
    /// The channel in Discord's shape.
    pub raw: Value,
}

impl Sim {
    /// A message, wherever it stands.
    #[must_use]
    pub fn message(&self, id: MessageId) -> Option<MessageView> {
        self.core().read(|state| state.messages.get(&id).map(|message| state.message_view(message)))
    }

    /// The messages of a channel, oldest first, system messages included, ephemeral ones left out.
    #[must_use]
    pub fn messages(&self, channel: ChannelId) -> Vec<MessageView> {
        self.core().read(|state| state.timeline(channel).map(|message| state.message_view(message)).collect())
    }

    /// The messages of a channel as one person sees them: with the ephemeral ones for them, without any when they
    /// cannot view the channel or read its history.
    #[must_use]
    pub fn messages_for(&self, user: UserId, channel: ChannelId) -> Vec<MessageView> {
        self.core().read(|state| {
            let needed = Permissions::VIEW_CHANNEL | Permissions::READ_MESSAGE_HISTORY;
            if !state.permissions_in(user, channel).contains(needed) {
                return Vec::new();
            }
            let in_channel = state.messages.values().filter(|message| message.channel_id == channel);
            let visible = in_channel.filter(|message| message.ephemeral_to.is_none_or(|to| to == user));
            visible.map(|message| state.message_view(message)).collect()
        })
    }

    /// What the bot wrote in a channel, oldest first, without system messages and ephemeral ones.
    #[must_use]
    pub fn bot_messages(&self, channel: ChannelId) -> Vec<MessageView> {
        let bot = self.bot();
        let mut messages = self.messages(channel);
        messages.retain(|message| message.author == bot && !message.kind.is_system());
        messages
    }

    /// The ephemeral messages for a user, oldest first, wherever they stand.
    #[must_use]
    pub fn ephemeral_messages(&self, user: UserId) -> Vec<MessageView> {
        self.core().read(|state| {
            let found = state.messages.values().filter(|message| message.ephemeral_to == Some(user));
            found.map(|message| state.message_view(message)).collect()
        })
    }

    /// A channel or thread.
    #[must_use]
    pub fn channel(&self, id: ChannelId) -> Option<ChannelView> {
        self.core().read(|state| state.channels.get(&id).map(|channel| state.channel_view(channel)))
    }

    /// The thread that was started from a message.
    #[must_use]
    pub fn thread_of(&self, message: MessageId) -> Option<ChannelView> {
        self.core().read(|state| state.thread_of(message).map(|channel| state.channel_view(channel)))
    }

    /// The threads of a channel, oldest first.
    #[must_use]
    pub fn threads(&self, channel: ChannelId) -> Vec<ChannelView> {
        self.core().read(|state| {
            let threads = state.channels.values().filter(|c| c.kind.is_thread() && c.parent_id == Some(channel));
            threads.map(|channel| state.channel_view(channel)).collect()
        })
    }

    /// What a user may do in a channel.
    #[must_use]
    pub fn permissions(&self, user: UserId, channel: ChannelId) -> Permissions {
        self.core().read(|state| state.permissions_in(user, channel))
    }

    /// Everything that one person's client shows, as JSON: `user`, `bot`, `guilds` (each with its roles, its members with
    /// their users, and the channels and threads that the person can view, each with their `permissions` in it) and
    /// `dms`. Messages are read apart, with [`Sim::messages_for`].
    #[must_use]
    pub fn snapshot(&self, user: UserId) -> Value {
        self.core().read(|state| {
            let channel = |channel: &Channel| {
                let granted = state.permissions_in(user, channel.id);
                let mut json = state.channel_json(channel);
                json["permissions"] = json!(granted.bits().to_string());
                granted.contains(Permissions::VIEW_CHANNEL).then_some(json)
            };
            let guilds = state.guilds.values().filter(|guild| guild.members.contains_key(&user)).map(|guild| {
                let channels = state.channels.values().filter(|channel| channel.guild_id == Some(guild.id));
                json!({
                    "id": guild.id,
                    "name": guild.name,
                    "owner_id": guild.owner_id,
                    "permissions": state.guild_permissions(user, guild).bits().to_string(),
                    "roles": guild.roles.values().map(role_json).collect::<Vec<_>>(),
                    "members": guild.members.values().map(|member| state.member_json(member)).collect::<Vec<_>>(),
                    "channels": channels.filter_map(channel).collect::<Vec<_>>(),
                })
            });
            let dms = state.channels.values().filter(|c| c.guild_id.is_none() && c.recipients.contains(&user));
            json!({
                "user": state.users.get(&user).map(user_json),
                "bot": state.user_or_deleted(state.bot),
                "guilds": guilds.collect::<Vec<_>>(),
                "dms": dms.map(|channel| state.channel_json(channel)).collect::<Vec<_>>(),
            })
        })
    }
}

impl State {
    fn message_view(&self, message: &Message) -> MessageView {
        let raw = self.message_json(message);
        MessageView {
            id: message.id,
            channel_id: message.channel_id,
            author: message.author,
            author_name: self.users.get(&message.author).map(|user| user.username.clone()).unwrap_or_default(),
            kind: message.kind,
            content: message.content.clone(),
            history: message.history.clone(),
            edited: message.edited_at_ms.is_some(),
            attachments: message
                .attachments
                .iter()
                .map(|attachment| AttachmentView {
                    id: attachment.id,
                    filename: attachment.filename.clone(),
                    description: attachment.description.clone(),
                    content_type: attachment.content_type.clone(),
                    url: self.attachment_json(message.channel_id, attachment)["url"]
                        .as_str()
                        .unwrap_or_default()
                        .to_owned(),
                    bytes: self.files.get(&attachment.id).map(|file| file.bytes.clone()).unwrap_or_default(),
                })
                .collect(),
            embeds: message.embeds.clone(),
            components: message.components.clone(),
            pinged_users: message.mentions.users.clone(),
            pinged_roles: message.mentions.roles.clone(),
            pinged_everyone: message.mentions.everyone,
            reply_to: message
                .reference
                .filter(|_| message.kind == MessageKind::Reply)
                .and_then(|reference| reference.message_id),
            nonce: message.nonce.as_ref().map(|nonce| nonce.as_str().map_or_else(|| nonce.to_string(), str::to_owned)),
            reactions: message.reactions.iter().map(|r| (r.emoji.clone(), r.users.clone())).collect(),
            flags: message.flags,
            ephemeral_to: message.ephemeral_to,
            raw,
        }
    }

    fn channel_view(&self, channel: &Channel) -> ChannelView {
        let thread = channel.thread.as_ref();
        ChannelView {
            id: channel.id,
            guild_id: channel.guild_id,
            kind: channel.kind,
            name: channel.name.clone(),
            parent_id: channel.parent_id,
            owner: thread.map(|thread| thread.owner_id),
            archived: thread.is_some_and(|thread| thread.archived),
            locked: thread.is_some_and(|thread| thread.locked),
            members: thread.map(|thread| thread.members.keys().copied().collect()).unwrap_or_default(),
            raw: self.channel_json(channel),
        }
    }
}
