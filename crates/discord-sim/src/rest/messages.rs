//! Messages over REST: list, get, create, edit, delete, reactions.

use serde_json::{Value, json};

use crate::{
    actions::{
        mentions::Allowed,
        messages::{Draft, Edit},
    },
    error::ApiError,
    gateway::dispatch::{Event, Family},
    id::{ChannelId, MessageId, now_ms},
    model::{Message, MessageKind, Reference, flags},
    observe::ViolationKind,
    permissions::Permissions,
    rest::{
        Call, Outcome, Reply,
        validate::{MessageForm, ReferenceForm, fields},
    },
    state::{Core, State},
    wire::user_json,
};

/// Messages that one list may have.
const LIST_MAX: usize = 100;

/// Window of the stricter limit on edits of old messages, in milliseconds. Discord names the hour in error 30046.
const OLD_EDIT_WINDOW_MS: i64 = 3_600_000;

/// Age up to which messages can be deleted in bulk: 14 days, in milliseconds.
const BULK_DELETE_AGE_MAX_MS: i64 = 14 * 24 * 3_600_000;

impl State {
    /// What the bot may do in a channel that it must be able to view.
    pub(crate) fn bot_permissions(&self, channel: ChannelId) -> Result<Permissions, ApiError> {
        self.channel(channel)?;
        let granted = self.permissions_in(self.bot, channel);
        if granted.contains(Permissions::VIEW_CHANNEL) { Ok(granted) } else { Err(ApiError::missing_access()) }
    }

    /// The bot's permissions in a channel, with at least these.
    pub(crate) fn require(&self, channel: ChannelId, needed: Permissions) -> Result<Permissions, ApiError> {
        let granted = self.bot_permissions(channel)?;
        if granted.contains(needed) { Ok(granted) } else { Err(ApiError::missing_permissions()) }
    }

    /// Notes fields of a body that Discord would ignore.
    pub(crate) fn note_unknown_fields(&mut self, body: &Value, known: &[&str], route: &str) {
        for field in body.as_object().into_iter().flatten().map(|(field, _)| field) {
            if !known.contains(&field.as_str()) {
                self.observed.violation(ViolationKind::UnknownField, format!("{route}: {field}"));
            }
        }
    }

    /// Notes fields of a message body that Discord would ignore, and pings by default.
    pub(crate) fn note_message_fields(&mut self, body: &Value, known: &[&str], route: &str) {
        self.note_unknown_fields(body, known, route);
        if body.get("allowed_mentions").is_none_or(Value::is_null) {
            self.observed.violation(ViolationKind::PingsByDefault, format!("{route}: no allowed_mentions"));
        }
    }

    /// Embeds and files need permissions of their own.
    fn check_contents(&self, granted: Permissions, form: &MessageForm, call: &Call) -> Result<(), ApiError> {
        let embeds = form.embeds.as_ref().is_some_and(|embeds| !embeds.is_empty());
        let missing = embeds && !granted.contains(Permissions::EMBED_LINKS)
            || !call.files.is_empty() && !granted.contains(Permissions::ATTACH_FILES);
        if missing { Err(ApiError::missing_permissions()) } else { Ok(()) }
    }

    /// The reference of a reply; `None` for an ordinary message, also when the message replied to is gone and the bot
    /// said that this does not matter.
    fn resolve_reply(
        &self,
        channel: ChannelId,
        granted: Permissions,
        reference: Option<ReferenceForm>,
    ) -> Result<Option<Reference>, ApiError> {
        let Some(reference) = reference else { return Ok(None) };
        let in_channel = reference.channel.unwrap_or(channel);
        let exists = in_channel == channel && self.message(channel, reference.message).is_ok();
        if !exists {
            return if reference.fail_if_not_exists {
                Err(ApiError::form("message_reference", "REPLIES_UNKNOWN_MESSAGE", "Unknown message"))
            } else {
                Ok(None)
            };
        }
        if self.messages.get(&reference.message).is_some_and(|message| message.kind.is_system()) {
            let text = "Cannot reply to a system message";
            return Err(ApiError::form("message_reference", "REPLIES_CANNOT_REPLY_TO_SYSTEM_MESSAGE", text));
        }
        if !granted.contains(Permissions::READ_MESSAGE_HISTORY) {
            return Err(ApiError::reply_without_history());
        }
        Ok(Some(Reference { channel_id: channel, message_id: Some(reference.message) }))
    }

    /// The message that this nonce made a short while ago.
    fn message_of_nonce(&mut self, nonce: &str) -> Option<MessageId> {
        let window_ms = u64::try_from(self.options.nonce_window.as_millis()).unwrap_or(u64::MAX);
        self.nonces.retain(|_, (_, at_ms)| Core::age_ms(*at_ms) <= window_ms);
        let (message, _) = self.nonces.get(&(self.bot, nonce.to_owned()))?;
        Some(*message).filter(|id| self.messages.contains_key(id))
    }

    /// Keeps to the stricter limit on edits of old messages.
    pub(crate) fn check_old_edit(&mut self, message: MessageId) -> Result<(), ApiError> {
        let age_max_ms = u64::try_from(self.options.old_message_age.as_millis()).unwrap_or(u64::MAX);
        if Core::age_ms(message.created_at_ms()) <= age_max_ms {
            return Ok(());
        }
        let now = now_ms();
        let edits = self.old_edits.entry(message).or_default();
        edits.retain(|at| now - at < OLD_EDIT_WINDOW_MS);
        if edits.len() >= self.options.old_message_edits_max as usize {
            let wait_ms = edits.first().map_or(0, |at| OLD_EDIT_WINDOW_MS - (now - at));
            return Err(ApiError { retry_after_s: Some(wait_ms as f64 / 1000.0), ..ApiError::old_message_edits() });
        }
        edits.push(now);
        Ok(())
    }
}

/// `GET /channels/{channel}/messages`
pub(crate) fn list(state: &mut State, call: &Call) -> Outcome {
    let channel = call.channel()?;
    let granted = state.bot_permissions(channel)?;
    if !state.channel(channel)?.kind.has_messages() {
        return Err(ApiError::wrong_channel_type());
    }
    let limit = call.query_number("limit", 50, 1, LIST_MAX)?;
    let (before, after, around) =
        (call.query_id::<MessageId>("before")?, call.query_id::<MessageId>("after")?, call.query_id("around")?);
    // Without the permission the list is empty; Discord gives no error.
    if !granted.contains(Permissions::READ_MESSAGE_HISTORY) {
        return Ok(Reply::ok(json!([])));
    }
    let mut found: Vec<&Message> = if let Some(around) = around {
        let older = state.timeline(channel).rev().filter(|message| message.id < around).take(limit / 2);
        let newer = state.timeline(channel).filter(|message| message.id >= around);
        let mut found: Vec<_> = older.collect();
        let room = limit - found.len();
        found.extend(newer.take(room));
        found
    } else if let Some(after) = after {
        state.timeline(channel).filter(|message| message.id > after).take(limit).collect()
    } else {
        let before = before.unwrap_or(MessageId::new(u64::MAX));
        state.timeline(channel).rev().filter(|message| message.id < before).take(limit).collect()
    };
    found.sort_by_key(|message| std::cmp::Reverse(message.id));
    Ok(Reply::ok(found.into_iter().map(|message| state.message_json_for_bot(message)).collect()))
}

/// `GET /channels/{channel}/messages/{message}`
pub(crate) fn get(state: &mut State, call: &Call) -> Outcome {
    let channel = call.channel()?;
    state.require(channel, Permissions::READ_MESSAGE_HISTORY)?;
    let message = state.message(channel, call.message()?)?;
    Ok(Reply::ok(state.message_json_for_bot(message)))
}

/// `POST /channels/{channel}/messages`
pub(crate) fn create(state: &mut State, call: &Call) -> Outcome {
    let channel = call.channel()?;
    state.check_may_send(state.bot, channel)?;
    let recipients = &state.channel(channel)?.recipients;
    if recipients.iter().any(|user| state.users.get(user).is_some_and(|user| user.blocks_bot)) {
        return Err(ApiError::cannot_message_user());
    }
    let granted = state.permissions_in(state.bot, channel);
    let form = MessageForm::read(&call.body, &call.files)?;
    state.note_message_fields(&call.body, fields::CREATE, "POST message");
    if form.is_empty(call) {
        return Err(ApiError::empty_message());
    }
    state.check_contents(granted, &form, call)?;
    let nonce = form.nonce.as_ref().map(nonce_text);
    if form.enforce_nonce
        && let Some(existing) = nonce.as_ref().and_then(|nonce| state.message_of_nonce(nonce))
        && let Some(message) = state.messages.get(&existing)
    {
        let mut json = state.message_json(message);
        json["nonce"] = message.nonce.clone().unwrap_or_default();
        state.observed.counters.nonce_hits += 1;
        return Ok(Reply::ok(json));
    }
    let reply_to = state.resolve_reply(channel, granted, form.reference)?;
    let draft = Draft {
        kind: if reply_to.is_some() { MessageKind::Reply } else { MessageKind::Default },
        content: form.content.clone().unwrap_or_default(),
        files: form.new_files(&call.files),
        embeds: form.embeds.clone().unwrap_or_default(),
        components: form.components.clone().unwrap_or_default(),
        allowed: form.allowed.clone().unwrap_or(Allowed::Everything),
        flags: form.flags.unwrap_or(0) & !flags::EPHEMERAL,
        reply_to,
        nonce: form.nonce.clone(),
        tts: form.tts,
        interaction: None,
        ephemeral_to: None,
    };
    let id = state.create_message(state.bot, channel, draft);
    if let Some(nonce) = nonce {
        state.nonces.insert((state.bot, nonce), (id, now_ms()));
    }
    let message = state.message(channel, id)?;
    let mut json = state.message_json(message);
    if let Some(nonce) = &message.nonce {
        json["nonce"] = nonce.clone();
    }
    Ok(Reply::ok(json))
}

/// `PATCH /channels/{channel}/messages/{message}`
pub(crate) fn edit(state: &mut State, call: &Call) -> Outcome {
    let (channel, id) = (call.channel()?, call.message()?);
    let granted = state.bot_permissions(channel)?;
    let message = state.message(channel, id)?;
    let (author, locked) = (message.author, state.channel(channel)?.thread.as_ref().is_some_and(|t| t.locked));
    if message.kind.is_system() {
        return Err(ApiError::system_message());
    }
    let only_flags = call.body.as_object().is_some_and(|body| body.keys().all(|key| key == "flags"));
    if author != state.bot && !(only_flags && granted.contains(Permissions::MANAGE_MESSAGES)) {
        return Err(ApiError::cannot_edit_other_user());
    }
    if state.channel(channel)?.thread.as_ref().is_some_and(|thread| thread.archived) {
        return Err(ApiError::thread_archived());
    }
    if locked && !granted.contains(Permissions::MANAGE_THREADS) {
        return Err(ApiError::thread_locked());
    }
    let form = MessageForm::read(&call.body, &call.files)?;
    state.note_message_fields(&call.body, fields::EDIT, "PATCH message");
    state.check_contents(granted, &form, call)?;
    state.check_old_edit(id)?;
    state.edit_message(id, edit_of(form, call))?;
    let message = state.message(channel, id)?;
    Ok(Reply::ok(state.message_json(message)))
}

/// The edit that a form asks for.
pub(crate) fn edit_of(form: MessageForm, call: &Call) -> Edit {
    Edit {
        files: form.new_files(&call.files),
        attachments: form.kept_attachments(&call.files),
        content: form.content,
        embeds: form.embeds,
        components: form.components,
        flags: form.flags,
        allowed: form.allowed,
    }
}

/// `DELETE /channels/{channel}/messages/{message}`
pub(crate) fn delete(state: &mut State, call: &Call) -> Outcome {
    let (channel, id) = (call.channel()?, call.message()?);
    let granted = state.bot_permissions(channel)?;
    let message = state.message(channel, id)?;
    if message.author != state.bot && !granted.contains(Permissions::MANAGE_MESSAGES) {
        return Err(ApiError::missing_permissions());
    }
    if message.kind == MessageKind::ThreadStarter {
        return Err(ApiError::system_message());
    }
    state.delete_message(id)?;
    Ok(Reply::no_content())
}

/// `POST /channels/{channel}/messages/bulk-delete`
pub(crate) fn bulk_delete(state: &mut State, call: &Call) -> Outcome {
    let channel = call.channel()?;
    state.require(channel, Permissions::MANAGE_MESSAGES)?;
    let ids: Vec<MessageId> = call.body["messages"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|id| id.as_str().and_then(|id| id.parse().ok()))
        .collect();
    if !(2..=100).contains(&ids.len()) {
        return Err(ApiError::bulk_delete_count());
    }
    if ids.iter().any(|id| now_ms() - id.created_at_ms() > BULK_DELETE_AGE_MAX_MS) {
        return Err(ApiError::bulk_delete_age());
    }
    for id in ids {
        // Ids that are not there are skipped, as Discord does.
        if state.message(channel, id).is_ok() {
            state.delete_message(id)?;
        }
    }
    Ok(Reply::no_content())
}

/// `PUT /channels/{channel}/messages/{message}/reactions/{emoji}/@me`
pub(crate) fn react(state: &mut State, call: &Call) -> Outcome {
    let (channel, id) = (call.channel()?, call.message()?);
    state.require(channel, Permissions::READ_MESSAGE_HISTORY)?;
    state.message(channel, id)?;
    if call.param("user") != "@me" {
        return Err(ApiError::method_not_allowed());
    }
    let emoji = call.param("emoji").to_owned();
    check_emoji(&emoji)?;
    state.add_reaction(state.bot, id, &emoji)?;
    Ok(Reply::no_content())
}

/// `DELETE /channels/{channel}/messages/{message}/reactions/{emoji}/{user}`
pub(crate) fn unreact(state: &mut State, call: &Call) -> Outcome {
    let (channel, id) = (call.channel()?, call.message()?);
    let granted = state.bot_permissions(channel)?;
    state.message(channel, id)?;
    let user = call.user(state)?;
    if user != state.bot && !granted.contains(Permissions::MANAGE_MESSAGES) {
        return Err(ApiError::missing_permissions());
    }
    state.remove_reaction(user, id, call.param("emoji"))?;
    Ok(Reply::no_content())
}

/// `DELETE /channels/{channel}/messages/{message}/reactions`
pub(crate) fn clear_reactions(state: &mut State, call: &Call) -> Outcome {
    let (channel, id) = (call.channel()?, call.message()?);
    state.require(channel, Permissions::MANAGE_MESSAGES)?;
    state.message(channel, id)?;
    if let Some(message) = state.messages.get_mut(&id) {
        message.reactions.clear();
    }
    let event = Event {
        name: "MESSAGE_REACTION_REMOVE_ALL",
        data: state.message_place_json(channel, id),
        intents: state.intent_for(Family::Reactions, channel),
        guild: state.guild_of(channel),
        channel: Some(channel),
        message: None,
    };
    state.dispatch(&event);
    Ok(Reply::no_content())
}

/// `GET /channels/{channel}/messages/{message}/reactions/{emoji}`
pub(crate) fn reactors(state: &mut State, call: &Call) -> Outcome {
    let (channel, id) = (call.channel()?, call.message()?);
    state.require(channel, Permissions::READ_MESSAGE_HISTORY)?;
    let message = state.message(channel, id)?;
    let limit = call.query_number("limit", 25, 1, 100)?;
    let users = message.reactions.iter().filter(|reaction| reaction.emoji == call.param("emoji"));
    let users = users.flat_map(|reaction| &reaction.users).take(limit);
    Ok(Reply::ok(users.filter_map(|id| state.users.get(id)).map(user_json).collect()))
}

/// Emojis are Unicode characters or `name:id`; a plain word is neither.
fn check_emoji(emoji: &str) -> Result<(), ApiError> {
    let custom = emoji.split_once(':').is_some_and(|(name, id)| !name.is_empty() && id.parse::<u64>().is_ok());
    if custom || !emoji.is_empty() && !emoji.is_ascii() { Ok(()) } else { Err(ApiError::unknown_emoji()) }
}

fn nonce_text(nonce: &Value) -> String {
    nonce.as_str().map_or_else(|| nonce.to_string(), str::to_owned)
}
