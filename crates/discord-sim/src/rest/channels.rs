//! Channels and threads over REST: get, modify, delete, typing.

use serde_json::Value;

use crate::{
    error::{ApiError, FormErrors},
    id::now_ms,
    permissions::Permissions,
    ratelimit::Bucket,
    rest::{Call, Outcome, Reply, validate::text},
    state::State,
};

/// Minutes after which a thread can be told to archive itself.
pub(crate) const AUTO_ARCHIVE_MINUTES: [u64; 4] = [60, 1440, 4320, 10_080];

/// Longest slow mode, in seconds.
pub(crate) const SLOWMODE_MAX_S: u64 = 21_600;

/// `GET /channels/{channel}`
pub(crate) fn get(state: &mut State, call: &Call) -> Outcome {
    let id = call.channel()?;
    state.bot_permissions(id)?;
    Ok(Reply::ok(state.channel_json(state.channel(id)?)))
}

/// `PATCH /channels/{channel}`: name, and of threads archive, lock and times.
pub(crate) fn modify(state: &mut State, call: &Call) -> Outcome {
    let id = call.channel()?;
    let granted = state.bot_permissions(id)?;
    let channel = state.channel(id)?;
    if channel.guild_id.is_none() {
        return Err(ApiError::cannot_execute_on_dm());
    }
    let body = &call.body;
    let mut errors = FormErrors::default();
    text(body, "name", "", 1..=100, false, &mut errors);
    text(body, "topic", "", 0..=1024, false, &mut errors);
    check_auto_archive(body, &mut errors);
    check_slowmode(body, &mut errors);
    errors.check()?;
    match &channel.thread {
        None if !granted.contains(Permissions::MANAGE_CHANNELS) => return Err(ApiError::missing_permissions()),
        None => {}
        Some(thread) => {
            let manages = granted.contains(Permissions::MANAGE_THREADS);
            let owns = thread.owner_id == state.bot;
            if thread.locked && !manages {
                return Err(ApiError::thread_locked());
            }
            let only_unarchives = body["archived"] == false && body.as_object().is_some_and(|body| body.len() == 1);
            let may_speak = granted.contains(Permissions::SEND_MESSAGES_IN_THREADS);
            let allowed = manages || owns && body.get("locked").is_none() || only_unarchives && may_speak;
            if !allowed {
                return Err(ApiError::missing_permissions());
            }
            if thread.archived && body["archived"] != false {
                return Err(ApiError::thread_archived());
            }
        }
    }
    if body.get("name").is_some() || body.get("topic").is_some() {
        let counted = state.limiter.count(Bucket::Rename, &format!("PATCH channel|{id}"));
        counted.map_err(|exceeded| ApiError::rate_limited(exceeded.retry_after))?;
    }
    if let Some(channel) = state.channels.get_mut(&id) {
        if let Some(name) = body["name"].as_str() {
            channel.name = name.to_owned();
        }
        if let Some(topic) = body.get("topic") {
            channel.topic = topic.as_str().map(str::to_owned);
        }
        if let Some(slowmode_s) = body["rate_limit_per_user"].as_u64() {
            channel.slowmode_s = slowmode_s;
        }
        if let Some(thread) = &mut channel.thread {
            if let Some(archived) = body["archived"].as_bool() {
                thread.archived = archived;
                thread.archived_changed_at_ms = now_ms();
            }
            if let Some(locked) = body["locked"].as_bool() {
                thread.locked = locked;
            }
            if let Some(minutes) = body["auto_archive_duration"].as_u64() {
                thread.auto_archive_min = minutes;
            }
        }
    }
    state.tell_thread_changed(id);
    Ok(Reply::ok(state.channel_json(state.channel(id)?)))
}

/// `DELETE /channels/{channel}`
pub(crate) fn delete(state: &mut State, call: &Call) -> Outcome {
    let id = call.channel()?;
    let granted = state.bot_permissions(id)?;
    let channel = state.channel(id)?;
    let needed = match (&channel.thread, channel.guild_id) {
        (Some(_), _) => Permissions::MANAGE_THREADS,
        (None, Some(_)) => Permissions::MANAGE_CHANNELS,
        (None, None) => Permissions::NONE,
    };
    if !granted.contains(needed) {
        return Err(ApiError::missing_permissions());
    }
    let json = state.channel_json(channel);
    if channel.guild_id.is_some() {
        state.delete_channel(id)?;
    }
    Ok(Reply::ok(json))
}

/// `POST /channels/{channel}/typing`
pub(crate) fn typing(state: &mut State, call: &Call) -> Outcome {
    let id = call.channel()?;
    state.check_may_send(state.bot, id)?;
    state.start_typing(state.bot, id);
    Ok(Reply::no_content())
}

pub(crate) fn check_auto_archive(body: &Value, errors: &mut FormErrors) {
    match body.get("auto_archive_duration") {
        None | Some(Value::Null) => {}
        Some(value) if value.as_u64().is_some_and(|minutes| AUTO_ARCHIVE_MINUTES.contains(&minutes)) => {}
        Some(_) => {
            errors.add("auto_archive_duration", "BASE_TYPE_CHOICES", "Value must be one of {60, 1440, 4320, 10080}.")
        }
    }
}

pub(crate) fn check_slowmode(body: &Value, errors: &mut FormErrors) {
    match body.get("rate_limit_per_user") {
        None | Some(Value::Null) => {}
        Some(value) if value.as_u64().is_some_and(|seconds| seconds <= SLOWMODE_MAX_S) => {}
        Some(_) => {
            errors.add("rate_limit_per_user", "NUMBER_TYPE_MAX", "int value should be less than or equal to 21600.");
        }
    }
}
