//! Threads: starting them from a message or without one, forum posts, members, archive and lock.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{
    actions::messages::Draft,
    error::ApiError,
    events::ClientEvent,
    gateway::dispatch::Event,
    id::{ChannelId, MessageId, UserId, now_ms},
    model::{Channel, ChannelKind, MessageKind, Reference, Thread, flags},
    permissions::Permissions,
    state::State,
    wire::thread_member_json,
};

/// Threads that a guild may have open at a time, from Discord's error 160006.
const ACTIVE_THREADS_MAX: usize = 1000;

/// Thread members listed by one event or answer.
const THREAD_MEMBERS_LISTED_MAX: usize = 50;

/// A thread about to be started. The name and the times have been checked.
#[derive(Debug)]
pub(crate) struct NewThread {
    pub(crate) name: String,
    pub(crate) auto_archive_min: u64,
    pub(crate) slowmode_s: u64,
    pub(crate) kind: ChannelKind,
    pub(crate) invitable: bool,
    pub(crate) applied_tags: Vec<Value>,
}

impl State {
    /// Starts a thread from a message. It gets the message's id, so there can be one only: error 160004 otherwise.
    pub(crate) fn start_thread_from(
        &mut self,
        user: UserId,
        channel_id: ChannelId,
        message: MessageId,
        mut new: NewThread,
    ) -> Result<ChannelId, ApiError> {
        let channel = self.channel(channel_id)?;
        if channel.guild_id.is_none() {
            return Err(ApiError::cannot_execute_on_dm());
        }
        let kind = match channel.kind {
            ChannelKind::Text => ChannelKind::PublicThread,
            ChannelKind::Announcement => ChannelKind::AnnouncementThread,
            _ => return Err(ApiError::wrong_channel_type()),
        };
        self.check_may_start_thread(user, channel_id, kind)?;
        let source = self.message(channel_id, message)?;
        if source.kind.is_system() {
            return Err(ApiError::system_message());
        }
        let thread_id = ChannelId::from(message);
        if self.channels.contains_key(&thread_id) || source.flags & flags::HAS_THREAD != 0 {
            return Err(ApiError::thread_already_created());
        }
        new.kind = kind;
        let name = new.name.clone();
        self.insert_thread(user, channel_id, thread_id, new)?;
        if let Some(source) = self.messages.get_mut(&message) {
            source.flags |= flags::HAS_THREAD;
        }
        self.tell_thread_created(thread_id, user);
        self.create_message(
            user,
            thread_id,
            Draft {
                kind: MessageKind::ThreadStarter,
                reply_to: Some(Reference { channel_id, message_id: Some(message) }),
                ..Draft::new("")
            },
        );
        self.tell_message_changed(message);
        self.announce_thread(user, channel_id, thread_id, &name);
        self.deliver_again_in_thread(message, thread_id);
        Ok(thread_id)
    }

    /// Starts a thread without a message.
    pub(crate) fn start_thread(
        &mut self,
        user: UserId,
        channel_id: ChannelId,
        new: NewThread,
    ) -> Result<ChannelId, ApiError> {
        let channel = self.channel(channel_id)?;
        if channel.guild_id.is_none() {
            return Err(ApiError::cannot_execute_on_dm());
        }
        let fits = match channel.kind {
            ChannelKind::Text => matches!(new.kind, ChannelKind::PublicThread | ChannelKind::PrivateThread),
            ChannelKind::Announcement => new.kind == ChannelKind::AnnouncementThread,
            _ => false,
        };
        if !fits {
            return Err(ApiError::wrong_channel_type());
        }
        self.check_may_start_thread(user, channel_id, new.kind)?;
        let thread_id = ChannelId::new(self.ids.next());
        let (kind, name) = (new.kind, new.name.clone());
        self.insert_thread(user, channel_id, thread_id, new)?;
        self.tell_thread_created(thread_id, user);
        if kind != ChannelKind::PrivateThread {
            self.announce_thread(user, channel_id, thread_id, &name);
        }
        Ok(thread_id)
    }

    /// Opens a post in a forum: a thread whose first message has the thread's id.
    pub(crate) fn start_post(
        &mut self,
        user: UserId,
        forum: ChannelId,
        mut new: NewThread,
        first: Draft,
    ) -> Result<(ChannelId, MessageId), ApiError> {
        if self.channel(forum)?.kind != ChannelKind::Forum {
            return Err(ApiError::wrong_channel_type());
        }
        let granted = self.permissions_in(user, forum);
        if !granted.contains(Permissions::VIEW_CHANNEL) {
            return Err(ApiError::missing_access());
        }
        // In forums, Send Messages is the right to open posts.
        if !granted.contains(Permissions::SEND_MESSAGES) {
            return Err(ApiError::missing_permissions());
        }
        let thread_id = ChannelId::new(self.ids.next());
        new.kind = ChannelKind::PublicThread;
        self.insert_thread(user, forum, thread_id, new)?;
        self.tell_thread_created(thread_id, user);
        let message = self.create_message_as(MessageId::from(thread_id), user, thread_id, first);
        Ok((thread_id, message))
    }

    fn check_may_start_thread(&self, user: UserId, channel: ChannelId, kind: ChannelKind) -> Result<(), ApiError> {
        let granted = self.permissions_in(user, channel);
        if !granted.contains(Permissions::VIEW_CHANNEL) {
            return Err(ApiError::missing_access());
        }
        let needed = match kind {
            ChannelKind::PrivateThread => Permissions::CREATE_PRIVATE_THREADS,
            _ => Permissions::CREATE_PUBLIC_THREADS,
        };
        if granted.contains(needed) { Ok(()) } else { Err(ApiError::missing_permissions()) }
    }

    fn insert_thread(
        &mut self,
        owner: UserId,
        parent: ChannelId,
        id: ChannelId,
        new: NewThread,
    ) -> Result<(), ApiError> {
        let guild_id = self.guild_of(parent);
        let active = self
            .channels
            .values()
            .filter(|channel| channel.guild_id == guild_id && channel.thread.as_ref().is_some_and(|t| !t.archived))
            .count();
        if active >= ACTIVE_THREADS_MAX {
            return Err(ApiError::too_many_threads());
        }
        if owner == self.bot {
            self.observed.counters.bot_threads += 1;
        }
        self.channels.insert(
            id,
            Channel {
                id,
                guild_id,
                kind: new.kind,
                name: new.name,
                topic: None,
                parent_id: Some(parent),
                position: 0,
                slowmode_s: new.slowmode_s,
                nsfw: false,
                overwrites: Vec::new(),
                last_message_id: None,
                thread: Some(Thread {
                    owner_id: owner,
                    archived: false,
                    locked: false,
                    auto_archive_min: new.auto_archive_min,
                    archived_changed_at_ms: now_ms(),
                    invitable: new.invitable,
                    members: BTreeMap::from([(owner, now_ms())]),
                    message_count: 0,
                    total_message_sent: 0,
                    applied_tags: new.applied_tags,
                }),
                recipients: Vec::new(),
            },
        );
        Ok(())
    }

    fn tell_thread_created(&mut self, id: ChannelId, owner: UserId) {
        let Some(thread) = self.channels.get(&id) else { return };
        let Some(guild) = thread.guild_id else { return };
        let mut data = self.channel_json(thread);
        self.show(ClientEvent::ChannelCreated { channel: data.clone() });
        data["newly_created"] = json!(true);
        self.dispatch(&Event::guild("THREAD_CREATE", guild, data).seen_in(id));
        self.tell_thread_members(id, guild, &[owner], &[]);
    }

    /// The notice in the parent channel that a thread was started.
    fn announce_thread(&mut self, user: UserId, parent: ChannelId, thread: ChannelId, name: &str) {
        self.create_message(
            user,
            parent,
            Draft {
                kind: MessageKind::ThreadCreated,
                reply_to: Some(Reference { channel_id: thread, message_id: None }),
                ..Draft::new(name)
            },
        );
    }

    /// The fault by which a source message arrives again inside its own thread, as an ordinary message with the
    /// thread's id.
    fn deliver_again_in_thread(&mut self, message: MessageId, thread: ChannelId) {
        let Some(schedule) = self.faults.again_in_thread() else { return };
        let Some(mut event) = self.message_event("MESSAGE_CREATE", message, false) else { return };
        event.data["channel_id"] = json!(thread);
        event.data["channel_type"] = json!(self.channels.get(&thread).map(|thread| thread.kind.number()));
        if let Some(data) = event.data.as_object_mut() {
            data.remove("thread");
        }
        event.channel = Some(thread);
        self.dispatch_as(&event, &schedule);
    }

    /// Adds users to a thread, those who are not in it yet.
    pub(crate) fn add_thread_members(&mut self, id: ChannelId, users: &[UserId]) {
        let Some(channel) = self.channels.get_mut(&id) else { return };
        let Some(guild) = channel.guild_id else { return };
        let Some(thread) = &mut channel.thread else { return };
        let mut added: Vec<UserId> = Vec::new();
        for user in users {
            if !thread.members.contains_key(user) {
                thread.members.insert(*user, now_ms());
                added.push(*user);
            }
        }
        if added.is_empty() {
            return;
        }
        // Clients see THREAD_CREATE again when a member is added, without `newly_created`.
        if let Some(channel) = self.channels.get(&id) {
            let data = self.channel_json(channel);
            self.show(ClientEvent::ChannelUpdated { channel: data.clone() });
            self.dispatch(&Event::guild("THREAD_CREATE", guild, data).seen_in(id));
        }
        self.tell_thread_members(id, guild, &added, &[]);
    }

    /// Takes a user out of a thread.
    pub(crate) fn remove_thread_member(&mut self, id: ChannelId, user: UserId) -> Result<(), ApiError> {
        let Some(channel) = self.channels.get_mut(&id) else { return Err(ApiError::unknown_channel()) };
        let Some(guild) = channel.guild_id else { return Err(ApiError::wrong_channel_type()) };
        let Some(thread) = &mut channel.thread else { return Err(ApiError::wrong_channel_type()) };
        thread.members.remove(&user).ok_or_else(ApiError::unknown_member)?;
        self.tell_thread_members(id, guild, &[], &[user]);
        Ok(())
    }

    fn tell_thread_members(&mut self, id: ChannelId, guild: crate::id::GuildId, added: &[UserId], removed: &[UserId]) {
        let Some(thread) = self.channels.get(&id).and_then(|channel| channel.thread.as_ref()) else { return };
        let added: Vec<Value> = added
            .iter()
            .take(THREAD_MEMBERS_LISTED_MAX)
            .map(|user| {
                let mut json = thread_member_json(id, *user, thread.members.get(user).copied().unwrap_or_default());
                if let Some(member) = self.guilds.get(&guild).and_then(|guild| guild.members.get(user)) {
                    json["member"] = self.member_json(member);
                }
                json["presence"] = Value::Null;
                json
            })
            .collect();
        let data = json!({
            "id": id,
            "guild_id": guild,
            "member_count": thread.members.len().min(THREAD_MEMBERS_LISTED_MAX),
            "added_members": added,
            "removed_member_ids": removed,
        });
        self.dispatch(&Event::guild("THREAD_MEMBERS_UPDATE", guild, data).seen_in(id));
    }

    /// THREAD_UPDATE or CHANNEL_UPDATE and what people see, after a change of a channel.
    pub(crate) fn tell_thread_changed(&mut self, id: ChannelId) {
        let Some(channel) = self.channels.get(&id) else { return };
        let data = self.channel_json(channel);
        let name = if channel.kind.is_thread() { "THREAD_UPDATE" } else { "CHANNEL_UPDATE" };
        let guild = channel.guild_id;
        self.show(ClientEvent::ChannelUpdated { channel: data.clone() });
        if let Some(guild) = guild {
            self.dispatch(&Event::guild(name, guild, data).seen_in(id));
        }
    }
}
