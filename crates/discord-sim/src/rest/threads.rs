//! Threads over REST: from a message, without one, forum posts, members, archived ones.

use serde_json::{Value, json};

use crate::{
    actions::{mentions::Allowed, messages::Draft, threads::NewThread},
    error::{ApiError, FormErrors},
    id::{ChannelId, UserId},
    model::ChannelKind,
    permissions::Permissions,
    rest::{
        Call, Outcome, Reply,
        channels::{check_auto_archive, check_slowmode},
        validate::{MessageForm, check_files, fields, text},
    },
    state::State,
    wire::thread_member_json,
};

/// Minutes after which a thread archives itself, when nothing else is said: three days.
const AUTO_ARCHIVE_DEFAULT_MIN: u64 = 4320;

fn read_new(body: &Value, kind: ChannelKind) -> Result<NewThread, ApiError> {
    let mut errors = FormErrors::default();
    text(body, "name", "", 1..=100, true, &mut errors);
    check_auto_archive(body, &mut errors);
    check_slowmode(body, &mut errors);
    errors.check()?;
    let name = body["name"].as_str().unwrap_or_default().trim();
    if name.is_empty() {
        return Err(ApiError::form("name", "BASE_TYPE_REQUIRED", "This field is required"));
    }
    Ok(NewThread {
        name: name.to_owned(),
        auto_archive_min: body["auto_archive_duration"].as_u64().unwrap_or(AUTO_ARCHIVE_DEFAULT_MIN),
        slowmode_s: body["rate_limit_per_user"].as_u64().unwrap_or(0),
        kind,
        invitable: body["invitable"].as_bool().unwrap_or(true),
        applied_tags: body["applied_tags"].as_array().cloned().unwrap_or_default(),
    })
}

/// `POST /channels/{channel}/messages/{message}/threads`
pub(crate) fn from_message(state: &mut State, call: &Call) -> Outcome {
    let (channel, message) = (call.channel()?, call.message()?);
    state.bot_permissions(channel)?;
    let new = read_new(&call.body, ChannelKind::PublicThread)?;
    state.note_unknown_fields(&call.body, fields::THREAD, "POST thread from message");
    let thread = state.start_thread_from(state.bot, channel, message, new)?;
    Ok(Reply::created(state.channel_json(state.channel(thread)?)))
}

/// `POST /channels/{channel}/threads`: a thread without a message, or a forum post.
pub(crate) fn start(state: &mut State, call: &Call) -> Outcome {
    let parent = call.channel()?;
    let granted = state.bot_permissions(parent)?;
    if state.channel(parent)?.kind == ChannelKind::Forum {
        return start_post(state, call, parent, granted);
    }
    let kind = match call.body.get("type").map(Value::as_u64) {
        // Discord's documented default, which surprises many.
        None | Some(Some(12)) => ChannelKind::PrivateThread,
        Some(Some(11)) => ChannelKind::PublicThread,
        Some(Some(10)) => ChannelKind::AnnouncementThread,
        Some(_) => return Err(ApiError::form("type", "BASE_TYPE_CHOICES", "Value must be one of {10, 11, 12}.")),
    };
    let new = read_new(&call.body, kind)?;
    let thread = state.start_thread(state.bot, parent, new)?;
    Ok(Reply::created(state.channel_json(state.channel(thread)?)))
}

fn start_post(state: &mut State, call: &Call, forum: ChannelId, granted: Permissions) -> Outcome {
    let new = read_new(&call.body, ChannelKind::PublicThread)?;
    let Some(message) = call.body.get("message") else {
        return Err(ApiError::form("message", "BASE_TYPE_REQUIRED", "This field is required"));
    };
    let mut errors = FormErrors::default();
    let form = MessageForm::collect(message, &call.files, "message", &mut errors);
    errors.check()?;
    check_files(&call.files)?;
    if form.is_empty(call) {
        return Err(ApiError::empty_message());
    }
    if !call.files.is_empty() && !granted.contains(Permissions::ATTACH_FILES) {
        return Err(ApiError::missing_permissions());
    }
    let draft = Draft {
        files: form.new_files(&call.files),
        embeds: form.embeds.clone().unwrap_or_default(),
        components: form.components.clone().unwrap_or_default(),
        allowed: form.allowed.clone().unwrap_or(Allowed::Everything),
        ..Draft::new(form.content.as_deref().unwrap_or_default())
    };
    let (thread, first) = state.start_post(state.bot, forum, new, draft)?;
    let mut json = state.channel_json(state.channel(thread)?);
    json["message"] = state.message_json(state.message(thread, first)?);
    Ok(Reply::created(json))
}

/// `GET /channels/{channel}/threads/archived/public`
pub(crate) fn archived_public(state: &mut State, call: &Call) -> Outcome {
    let parent = call.channel()?;
    state.require(parent, Permissions::READ_MESSAGE_HISTORY)?;
    let threads: Vec<_> = state
        .channels
        .values()
        .filter(|channel| channel.parent_id == Some(parent) && !channel.is_private_thread())
        .filter(|channel| channel.thread.as_ref().is_some_and(|thread| thread.archived))
        .map(|channel| state.channel_json(channel))
        .collect();
    Ok(Reply::ok(json!({"threads": threads, "members": [], "has_more": false})))
}

fn thread_of(state: &State, call: &Call) -> Result<ChannelId, ApiError> {
    let id = call.channel()?;
    state.bot_permissions(id)?;
    if state.channel(id)?.thread.is_some() { Ok(id) } else { Err(ApiError::wrong_channel_type()) }
}

fn member_json(state: &State, id: ChannelId, user: UserId) -> Option<Value> {
    let joined_at_ms = *state.channels.get(&id)?.thread.as_ref()?.members.get(&user)?;
    Some(thread_member_json(id, user, joined_at_ms))
}

/// `GET /channels/{channel}/thread-members`
pub(crate) fn members(state: &mut State, call: &Call) -> Outcome {
    let id = thread_of(state, call)?;
    let members = state.channel(id)?.thread.iter().flat_map(|thread| thread.members.keys().copied());
    Ok(Reply::ok(members.filter_map(|user| member_json(state, id, user)).collect()))
}

/// `GET /channels/{channel}/thread-members/{user}`
pub(crate) fn member(state: &mut State, call: &Call) -> Outcome {
    let id = thread_of(state, call)?;
    let user = call.user(state)?;
    member_json(state, id, user).map(Reply::ok).ok_or_else(ApiError::unknown_member)
}

/// `PUT /channels/{channel}/thread-members/{user}`
pub(crate) fn add_member(state: &mut State, call: &Call) -> Outcome {
    let id = thread_of(state, call)?;
    let user = call.user(state)?;
    check_open(state, id)?;
    if user != state.bot {
        state.check_may_send(state.bot, id)?;
        let guild = state.guild_of(id);
        if !guild.and_then(|id| state.guilds.get(&id)).is_some_and(|guild| guild.members.contains_key(&user)) {
            return Err(ApiError::unknown_member());
        }
    }
    state.add_thread_members(id, &[user]);
    Ok(Reply::no_content())
}

/// `DELETE /channels/{channel}/thread-members/{user}`
pub(crate) fn remove_member(state: &mut State, call: &Call) -> Outcome {
    let id = thread_of(state, call)?;
    let user = call.user(state)?;
    check_open(state, id)?;
    if user != state.bot {
        state.require(id, Permissions::MANAGE_THREADS)?;
    }
    state.remove_thread_member(id, user)?;
    Ok(Reply::no_content())
}

fn check_open(state: &State, id: ChannelId) -> Result<(), ApiError> {
    let archived = state.channel(id)?.thread.as_ref().is_some_and(|thread| thread.archived);
    if archived { Err(ApiError::thread_archived()) } else { Ok(()) }
}
