//! Guilds over REST.

use serde_json::{Value, json};

use crate::{
    error::ApiError,
    id::UserId,
    model::Guild,
    permissions::Permissions,
    rest::{Call, Outcome, Reply},
    state::State,
    wire::{role_json, thread_member_json},
};

/// The guild of the path, if the bot is in it.
fn own_guild<'a>(state: &'a State, call: &Call) -> Result<&'a Guild, ApiError> {
    let id = call.guild()?;
    if state.bot_is_in(id) { state.guild(id) } else { Err(ApiError::unknown_guild()) }
}

/// `GET /guilds/{guild}`
pub(crate) fn get(state: &mut State, call: &Call) -> Outcome {
    let guild = own_guild(state, call)?;
    let mut json = state.guild_json(guild);
    if call.query_flag("with_counts") {
        json["approximate_member_count"] = json!(guild.members.len());
        json["approximate_presence_count"] = json!(guild.members.len());
    }
    Ok(Reply::ok(json))
}

/// `GET /guilds/{guild}/channels`: without threads.
pub(crate) fn channels(state: &mut State, call: &Call) -> Outcome {
    let guild = own_guild(state, call)?.id;
    let channels = state.channels.values().filter(|c| c.guild_id == Some(guild) && !c.kind.is_thread());
    Ok(Reply::ok(channels.map(|channel| state.channel_json(channel)).collect()))
}

/// `GET /guilds/{guild}/roles`
pub(crate) fn roles(state: &mut State, call: &Call) -> Outcome {
    let guild = own_guild(state, call)?;
    Ok(Reply::ok(guild.roles.values().map(role_json).collect()))
}

/// `GET /guilds/{guild}/members`: needs the privileged GUILD_MEMBERS intent.
pub(crate) fn members(state: &mut State, call: &Call) -> Outcome {
    let guild = own_guild(state, call)?;
    if !state.options.guild_members_granted {
        return Err(ApiError::missing_access());
    }
    let limit = call.query_number("limit", 1, 1, 1000)?;
    let after = call.query_id("after")?.unwrap_or(UserId::new(0));
    let members = guild.members.values().filter(|member| member.user > after).take(limit);
    Ok(Reply::ok(members.map(|member| state.member_json(member)).collect()))
}

/// `GET /guilds/{guild}/members/{user}`
pub(crate) fn member(state: &mut State, call: &Call) -> Outcome {
    let guild = own_guild(state, call)?;
    let user = call.user(state)?;
    let member = guild.members.get(&user).ok_or_else(ApiError::unknown_member)?;
    Ok(Reply::ok(state.member_json(member)))
}

/// `GET /guilds/{guild}/threads/active`
pub(crate) fn active_threads(state: &mut State, call: &Call) -> Outcome {
    let guild = own_guild(state, call)?.id;
    let threads: Vec<_> = state
        .channels
        .values()
        .filter(|channel| channel.guild_id == Some(guild))
        .filter(|channel| channel.thread.as_ref().is_some_and(|thread| !thread.archived))
        .filter(|channel| state.permissions_in(state.bot, channel.id).contains(Permissions::VIEW_CHANNEL))
        .collect();
    let members: Vec<Value> = threads
        .iter()
        .filter_map(|channel| {
            let joined_at_ms = *channel.thread.as_ref()?.members.get(&state.bot)?;
            Some(thread_member_json(channel.id, state.bot, joined_at_ms))
        })
        .collect();
    let threads: Vec<Value> = threads.into_iter().map(|channel| state.channel_json(channel)).collect();
    Ok(Reply::ok(json!({"threads": threads, "members": members, "has_more": false})))
}
