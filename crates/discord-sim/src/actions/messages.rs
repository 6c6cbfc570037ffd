//! Messages: creating, editing, deleting, reacting, typing, with every event that follows from each.

use serde_json::{Value, json};

use crate::{
    actions::{mentions::Allowed, normalize},
    error::ApiError,
    events::ClientEvent,
    gateway::dispatch::{Event, Family},
    id::{AttachmentId, ChannelId, MessageId, UserId, now_ms},
    model::{Attachment, ChannelKind, InteractionOrigin, Mentions, Message, MessageKind, Reaction, Reference, flags},
    permissions::Permissions,
    state::{State, StoredFile},
    wire::emoji_json,
};

/// Different emojis on one message, from Discord's error 30010.
const REACTION_KINDS_MAX: usize = 20;

/// Bytes of all uploaded files that are kept, so that a long session cannot fill the memory.
const FILES_MAX_BYTES: usize = 512 * 1024 * 1024;

/// Texts that a message's history keeps: the first one and the newest.
const HISTORY_MAX: usize = 2_000;

/// A message about to be created. Everything in it has been checked.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) kind: MessageKind,
    pub(crate) content: String,
    pub(crate) files: Vec<NewFile>,
    pub(crate) embeds: Vec<Value>,
    pub(crate) components: Vec<Value>,
    pub(crate) allowed: Allowed,
    pub(crate) flags: u64,
    pub(crate) reply_to: Option<Reference>,
    pub(crate) nonce: Option<Value>,
    pub(crate) tts: bool,
    pub(crate) interaction: Option<InteractionOrigin>,
    pub(crate) ephemeral_to: Option<UserId>,
}

impl Draft {
    /// An ordinary message with nothing in it yet.
    pub(crate) fn new(content: &str) -> Self {
        Self {
            kind: MessageKind::Default,
            content: content.to_owned(),
            files: Vec::new(),
            embeds: Vec::new(),
            components: Vec::new(),
            allowed: Allowed::Everything,
            flags: 0,
            reply_to: None,
            nonce: None,
            tts: false,
            interaction: None,
            ephemeral_to: None,
        }
    }
}

/// A file about to be attached.
#[derive(Clone, Debug)]
pub(crate) struct NewFile {
    pub(crate) filename: String,
    pub(crate) title: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) content_type: Option<String>,
    pub(crate) bytes: bytes::Bytes,
}

/// What an edit changes; `None` leaves a field as it is.
#[derive(Debug, Default)]
pub(crate) struct Edit {
    pub(crate) content: Option<String>,
    pub(crate) embeds: Option<Vec<Value>>,
    pub(crate) components: Option<Vec<Value>>,
    pub(crate) attachments: Option<Vec<KeptAttachment>>,
    pub(crate) files: Vec<NewFile>,
    pub(crate) flags: Option<u64>,
    pub(crate) allowed: Option<Allowed>,
}

/// An existing attachment that an edit keeps, with what it changes about it.
#[derive(Debug)]
pub(crate) struct KeptAttachment {
    pub(crate) id: AttachmentId,
    pub(crate) description: Option<String>,
}

impl State {
    /// What a user needs in a channel to write there, or the error that refuses it. Archived threads are opened again by
    /// the message itself; locked ones need Manage Threads.
    pub(crate) fn check_may_send(&self, user: UserId, channel_id: ChannelId) -> Result<(), ApiError> {
        let channel = self.channel(channel_id)?;
        if !channel.kind.has_messages() {
            return Err(ApiError::wrong_channel_type());
        }
        let granted = self.permissions_in(user, channel_id);
        if !granted.contains(Permissions::VIEW_CHANNEL) {
            return Err(ApiError::missing_access());
        }
        let needed = match channel.thread {
            Some(_) => Permissions::SEND_MESSAGES_IN_THREADS,
            None => Permissions::SEND_MESSAGES,
        };
        if !granted.contains(needed) {
            return Err(ApiError::missing_permissions());
        }
        match &channel.thread {
            Some(thread) if thread.locked && !granted.contains(Permissions::MANAGE_THREADS) => {
                Err(if thread.archived { ApiError::thread_archived() } else { ApiError::thread_locked() })
            }
            _ => Ok(()),
        }
    }

    /// Creates a message and tells everyone who may know.
    pub(crate) fn create_message(&mut self, author: UserId, channel: ChannelId, draft: Draft) -> MessageId {
        let id = MessageId::new(self.ids.next());
        self.create_message_as(id, author, channel, draft)
    }

    /// Creates a message with a given id, as the first message of a forum post has its thread's.
    pub(crate) fn create_message_as(
        &mut self,
        id: MessageId,
        author: UserId,
        channel: ChannelId,
        draft: Draft,
    ) -> MessageId {
        let reply_to = draft.reply_to.filter(|_| draft.kind == MessageKind::Reply).and_then(|r| r.message_id);
        let mut mentions = self.mentions_of(author, channel, &draft.content, reply_to, &draft.allowed);
        if draft.kind.is_system() {
            mentions = Mentions::default();
        }
        let ephemeral = draft.ephemeral_to.is_some();
        let attachments = draft.files.into_iter().map(|file| self.store_file(channel, file, ephemeral)).collect();
        let message = Message {
            id,
            channel_id: channel,
            author,
            kind: draft.kind,
            history: vec![draft.content.clone()],
            content: draft.content,
            edited_at_ms: None,
            attachments,
            embeds: normalize::embeds(draft.embeds),
            components: normalize::components(draft.components),
            mentions,
            flags: draft.flags,
            reference: draft.reply_to,
            nonce: draft.nonce,
            reactions: Vec::new(),
            pinned: false,
            tts: draft.tts,
            interaction: draft.interaction,
            ephemeral_to: draft.ephemeral_to,
        };
        if author == self.bot && !message.kind.is_system() {
            self.observed.counters.bot_messages += 1;
        }
        self.messages.insert(id, message);
        if !ephemeral {
            self.place_message(author, channel, id);
        }
        self.show_message(id, true);
        if !ephemeral {
            self.dispatch_message("MESSAGE_CREATE", id, true);
        }
        id
    }

    /// Puts a new message into its channel's timeline, and opens, counts and joins threads as writing does.
    fn place_message(&mut self, author: UserId, channel: ChannelId, id: MessageId) {
        self.timelines.entry(channel).or_default().insert(id);
        let Some(message) = self.messages.get(&id) else { return };
        let (kind, mentioned) = (message.kind, message.mentions.users.clone());
        let Some(found) = self.channels.get_mut(&channel) else { return };
        found.last_message_id = Some(id);
        let parent = found.parent_id.unwrap_or(channel);
        let Some(thread) = &mut found.thread else { return };
        if kind.is_system() {
            return;
        }
        thread.message_count += 1;
        thread.total_message_sent += 1;
        if thread.archived {
            thread.archived = false;
            thread.archived_changed_at_ms = now_ms();
            self.tell_thread_changed(channel);
        }
        // Whoever is mentioned joins, a private thread too, if they can view the channel that the thread is in.
        let mut joining = vec![author];
        joining.extend(mentioned);
        joining.retain(|user| self.permissions_in(*user, parent).contains(Permissions::VIEW_CHANNEL));
        self.add_thread_members(channel, &joining);
    }

    /// Keeps an uploaded file for the CDN.
    pub(crate) fn store_file(&mut self, channel: ChannelId, file: NewFile, ephemeral: bool) -> Attachment {
        let id = AttachmentId::new(self.ids.next());
        let filename = safe_filename(&file.filename);
        let content_type = file.content_type.or_else(|| guess_content_type(&filename));
        let (size, dimensions) = (file.bytes.len(), png_dimensions(&file.bytes));
        self.files.insert(
            id,
            StoredFile {
                channel_id: channel,
                filename: filename.clone(),
                content_type: content_type.clone(),
                bytes: file.bytes,
            },
        );
        self.drop_old_files();
        Attachment {
            id,
            filename,
            title: file.title,
            description: file.description.filter(|text| !text.is_empty()),
            content_type,
            dimensions,
            size,
            ephemeral,
        }
    }

    /// Drops the oldest files when there are too many bytes of them, as links of the real CDN run out.
    fn drop_old_files(&mut self) {
        let mut total: usize = self.files.values().map(|file| file.bytes.len()).sum();
        while total > FILES_MAX_BYTES
            && let Some((_, oldest)) = self.files.pop_first()
        {
            total -= oldest.bytes.len();
        }
    }

    /// Applies an edit. A `flags` value changes only the flag that an edit may change.
    pub(crate) fn edit_message(&mut self, id: MessageId, edit: Edit) -> Result<(), ApiError> {
        let Some(message) = self.messages.get(&id) else { return Err(ApiError::unknown_message()) };
        let (channel, author) = (message.channel_id, message.author);
        let ephemeral = message.ephemeral_to.is_some();
        let reply_to = message.reference.and_then(|reference| reference.message_id);
        let mentions = match (&edit.content, &edit.allowed) {
            (None, None) => None,
            (content, allowed) => {
                let content = content.as_ref().unwrap_or(&message.content);
                let allowed = allowed.as_ref().unwrap_or(&Allowed::Everything);
                Some(self.mentions_of(author, channel, content, reply_to, allowed))
            }
        };
        let mut attachments = match &edit.attachments {
            None => message.attachments.clone(),
            Some(kept) => kept
                .iter()
                .filter_map(|kept| {
                    let mut attachment = message.attachments.iter().find(|a| a.id == kept.id)?.clone();
                    if let Some(description) = &kept.description {
                        attachment.description = Some(description.clone()).filter(|text| !text.is_empty());
                    }
                    Some(attachment)
                })
                .collect(),
        };
        attachments
            .extend(edit.files.into_iter().map(|file| self.store_file(channel, file, ephemeral)).collect::<Vec<_>>());
        let mut edited = match self.messages.get(&id) {
            Some(message) => message.clone(),
            None => return Err(ApiError::unknown_message()),
        };
        edited.attachments = attachments;
        if let Some(content) = edit.content {
            edited.content = content;
        }
        if let Some(embeds) = edit.embeds {
            edited.embeds = normalize::embeds(embeds);
        }
        if let Some(components) = edit.components {
            edited.components = normalize::components(components);
        }
        if let Some(mentions) = mentions {
            edited.mentions = mentions;
        }
        if let Some(wanted) = edit.flags {
            edited.flags = edited.flags & !flags::SUPPRESS_EMBEDS | wanted & flags::SUPPRESS_EMBEDS;
        }
        // The first edit of a deferred answer is its first content.
        edited.flags &= !flags::LOADING;
        if edited.is_empty() {
            return Err(ApiError::empty_message());
        }
        edited.edited_at_ms = Some(now_ms());
        edited.history.push(edited.content.clone());
        if edited.history.len() > HISTORY_MAX {
            edited.history.remove(1);
        }
        if author == self.bot {
            self.observed.counters.bot_edits += 1;
        }
        self.messages.insert(id, edited);
        self.tell_message_changed(id);
        Ok(())
    }

    /// Deletes a message. Its thread, if it has one, stays.
    pub(crate) fn delete_message(&mut self, id: MessageId) -> Result<(), ApiError> {
        let message = self.messages.remove(&id).ok_or_else(ApiError::unknown_message)?;
        let channel = message.channel_id;
        for attachment in &message.attachments {
            self.files.remove(&attachment.id);
        }
        if let Some(timeline) = self.timelines.get_mut(&channel) {
            timeline.remove(&id);
        }
        if let Some(thread) = self.channels.get_mut(&channel).and_then(|channel| channel.thread.as_mut())
            && !message.kind.is_system()
        {
            thread.message_count = thread.message_count.saturating_sub(1);
        }
        self.show(ClientEvent::MessageDeleted { channel_id: channel, message_id: id });
        if message.ephemeral_to.is_none() {
            let mut data = json!({"id": id, "channel_id": channel});
            let guild = self.guild_of(channel);
            if let Some(guild) = guild {
                data["guild_id"] = json!(guild);
            }
            let intents = self.intent_for(Family::Messages, channel);
            self.dispatch(&Event {
                name: "MESSAGE_DELETE",
                data,
                intents,
                guild,
                channel: Some(channel),
                message: None,
            });
        }
        Ok(())
    }

    /// Adds a reaction; doing it twice changes nothing.
    pub(crate) fn add_reaction(&mut self, user: UserId, id: MessageId, emoji: &str) -> Result<(), ApiError> {
        let channel = self.messages.get(&id).ok_or_else(ApiError::unknown_message)?.channel_id;
        let granted = self.permissions_in(user, channel);
        let Some(message) = self.messages.get_mut(&id) else { return Err(ApiError::unknown_message()) };
        let kinds = message.reactions.len();
        match message.reactions.iter_mut().find(|reaction| reaction.emoji == emoji) {
            Some(reaction) if reaction.users.contains(&user) => return Ok(()),
            Some(reaction) => reaction.users.push(user),
            None if !granted.contains(Permissions::ADD_REACTIONS) => return Err(ApiError::missing_permissions()),
            None if kinds >= REACTION_KINDS_MAX => return Err(ApiError::too_many_reactions()),
            None => message.reactions.push(Reaction { emoji: emoji.to_owned(), users: vec![user] }),
        }
        let author = message.author;
        self.tell_reaction("MESSAGE_REACTION_ADD", user, id, emoji, Some(author));
        self.show(ClientEvent::ReactionAdded {
            channel_id: channel,
            message_id: id,
            user_id: user,
            emoji: emoji.to_owned(),
        });
        Ok(())
    }

    /// Takes a reaction back.
    pub(crate) fn remove_reaction(&mut self, user: UserId, id: MessageId, emoji: &str) -> Result<(), ApiError> {
        let message = self.messages.get_mut(&id).ok_or_else(ApiError::unknown_message)?;
        let channel = message.channel_id;
        let Some(reaction) = message.reactions.iter_mut().find(|reaction| reaction.emoji == emoji) else {
            return Err(ApiError::unknown_emoji());
        };
        let before = reaction.users.len();
        reaction.users.retain(|who| *who != user);
        let removed = reaction.users.len() < before;
        message.reactions.retain(|reaction| !reaction.users.is_empty());
        if removed {
            self.tell_reaction("MESSAGE_REACTION_REMOVE", user, id, emoji, None);
            self.show(ClientEvent::ReactionRemoved {
                channel_id: channel,
                message_id: id,
                user_id: user,
                emoji: emoji.to_owned(),
            });
        }
        Ok(())
    }

    /// Shows that a user is typing.
    pub(crate) fn start_typing(&mut self, user: UserId, channel: ChannelId) {
        let guild = self.guild_of(channel);
        let mut data = json!({"channel_id": channel, "user_id": user, "timestamp": now_ms() / 1000});
        if let Some(found) = guild.and_then(|id| self.guilds.get(&id)) {
            data["guild_id"] = json!(found.id);
            if let Some(member) = found.members.get(&user) {
                data["member"] = self.member_json(member);
            }
        }
        let intents = self.intent_for(Family::Typing, channel);
        self.dispatch(&Event { name: "TYPING_START", data, intents, guild, channel: Some(channel), message: None });
        self.show(ClientEvent::Typing { channel_id: channel, user_id: user });
    }

    /// MESSAGE_UPDATE and what people see, after any change of a message.
    pub(crate) fn tell_message_changed(&mut self, id: MessageId) {
        self.show_message(id, false);
        if self.messages.get(&id).is_some_and(|message| message.ephemeral_to.is_none()) {
            self.dispatch_message("MESSAGE_UPDATE", id, false);
        }
    }

    /// Sends an event that carries the whole message.
    fn dispatch_message(&mut self, name: &'static str, id: MessageId, with_nonce: bool) {
        let Some(event) = self.message_event(name, id, with_nonce) else { return };
        self.dispatch(&event);
    }

    /// An event that carries the whole message.
    pub(crate) fn message_event(&self, name: &'static str, id: MessageId, with_nonce: bool) -> Option<Event> {
        let message = self.messages.get(&id)?;
        Some(Event {
            name,
            data: self.message_event_json(message, with_nonce),
            intents: self.intent_for(Family::Messages, message.channel_id),
            guild: self.guild_of(message.channel_id),
            channel: Some(message.channel_id),
            message: Some(id),
        })
    }

    fn show_message(&self, id: MessageId, created: bool) {
        if !self.is_watched() {
            return;
        }
        let Some(message) = self.messages.get(&id) else { return };
        let (channel_id, visible_to) = (message.channel_id, message.ephemeral_to);
        let json = self.message_json(message);
        self.show(match created {
            true => ClientEvent::MessageCreated { channel_id, message: json, visible_to },
            false => ClientEvent::MessageUpdated { channel_id, message: json, visible_to },
        });
    }

    fn tell_reaction(&mut self, name: &'static str, user: UserId, id: MessageId, emoji: &str, author: Option<UserId>) {
        let Some(message) = self.messages.get(&id) else { return };
        if message.ephemeral_to.is_some() {
            return;
        }
        let channel = message.channel_id;
        let guild = self.guild_of(channel);
        let mut data = self.message_place_json(channel, id);
        data["user_id"] = json!(user);
        data["emoji"] = emoji_json(emoji);
        data["burst"] = json!(false);
        data["type"] = json!(0);
        if let Some(author) = author {
            data["message_author_id"] = json!(author);
            if let Some(member) = guild.and_then(|id| self.guilds.get(&id)).and_then(|guild| guild.members.get(&user)) {
                data["member"] = self.member_json(member);
            }
        }
        let intents = self.intent_for(Family::Reactions, channel);
        self.dispatch(&Event { name, data, intents, guild, channel: Some(channel), message: None });
    }

    /// Deletes a channel or thread with everything in it; a channel takes its threads along.
    pub(crate) fn delete_channel(&mut self, id: ChannelId) -> Result<(), ApiError> {
        let channel = self.channel(id)?.clone();
        let threads: Vec<ChannelId> = self
            .channels
            .values()
            .filter(|thread| thread.kind.is_thread() && thread.parent_id == Some(id))
            .map(|thread| thread.id)
            .collect();
        for thread in threads {
            self.forget_channel(thread);
        }
        let event = match channel.guild_id {
            Some(guild) if channel.kind.is_thread() => Event::guild(
                "THREAD_DELETE",
                guild,
                json!({"id": id, "guild_id": guild, "parent_id": channel.parent_id, "type": channel.kind.number()}),
            )
            .seen_in(channel.parent_id.unwrap_or(id)),
            Some(guild) => Event::guild("CHANNEL_DELETE", guild, self.channel_json(&channel)),
            None => Event::always("CHANNEL_DELETE", None, self.channel_json(&channel)),
        };
        // Whether the bot may know depends on the channel, so the event leaves before the channel does.
        self.dispatch(&event);
        self.forget_channel(id);
        if channel.kind == ChannelKind::Category {
            for child in self.channels.values_mut().filter(|child| child.parent_id == Some(id)) {
                child.parent_id = None;
            }
        }
        Ok(())
    }

    fn forget_channel(&mut self, id: ChannelId) {
        for message in self.timelines.remove(&id).unwrap_or_default() {
            if let Some(message) = self.messages.remove(&message) {
                for attachment in &message.attachments {
                    self.files.remove(&attachment.id);
                }
            }
        }
        self.messages.retain(|_, message| message.channel_id != id);
        self.channels.remove(&id);
        self.show(ClientEvent::ChannelDeleted { channel_id: id });
    }
}

/// File names as Discord keeps them: nothing but letters, digits, dots, dashes and underscores.
fn safe_filename(name: &str) -> String {
    let kept: String = name
        .rsplit(['/', '\\'])
        .next()
        .unwrap_or_default()
        .chars()
        .map(|c| if c == ' ' { '_' } else { c })
        .filter(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'))
        .collect();
    if kept.is_empty() { "unknown".to_owned() } else { kept }
}

fn guess_content_type(filename: &str) -> Option<String> {
    let extension = filename.rsplit_once('.')?.1.to_ascii_lowercase();
    let content_type = match extension.as_str() {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "svg" => "image/svg+xml",
        "txt" | "md" | "log" => "text/plain; charset=utf-8",
        "csv" => "text/csv; charset=utf-8",
        "tsv" => "text/tab-separated-values; charset=utf-8",
        "json" => "application/json; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "pdf" => "application/pdf",
        "zip" => "application/zip",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        _ => return None,
    };
    Some(content_type.to_owned())
}

/// Width and height from a PNG's IHDR chunk, which always comes first (PNG specification, section 5.6).
fn png_dimensions(bytes: &[u8]) -> Option<(u32, u32)> {
    let header = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n")?.get(..16)?;
    let number = |at: usize| header.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes);
    (&header[4..8] == b"IHDR").then_some((number(8)?, number(12)?))
}
