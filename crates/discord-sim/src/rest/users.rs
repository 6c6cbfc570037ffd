//! The bot's user and application, other users, direct messages, and where the gateway is.

use serde_json::{Value, json};

use crate::{
    error::ApiError,
    events::ClientEvent,
    gateway::dispatch::Event,
    id::{ChannelId, UserId},
    model::{Channel, ChannelKind},
    permissions::Permissions,
    rest::{Call, Outcome, Reply},
    state::State,
    wire::user_json,
};

/// `GET /gateway`
pub(crate) fn gateway(state: &mut State, _call: &Call) -> Outcome {
    Ok(Reply::ok(json!({"url": state.gateway_url()})))
}

/// `GET /gateway/bot`
pub(crate) fn gateway_bot(state: &mut State, _call: &Call) -> Outcome {
    Ok(Reply::ok(json!({
        "url": state.gateway_url(),
        "shards": 1,
        "session_start_limit": {
            "total": state.options.session_start_limit,
            "remaining": state.gateway.identifies_left,
            "reset_after": 86_400_000,
            "max_concurrency": state.options.max_concurrency,
        },
    })))
}

/// `GET /users/@me`
pub(crate) fn own(state: &mut State, _call: &Call) -> Outcome {
    Ok(Reply::ok(state.own_user_json()))
}

/// `GET /users/@me/guilds`
pub(crate) fn own_guilds(state: &mut State, _call: &Call) -> Outcome {
    let guilds = state.guilds.values().filter(|guild| guild.members.contains_key(&state.bot));
    let guilds = guilds.map(|guild| {
        json!({
            "id": guild.id,
            "name": guild.name,
            "icon": null,
            "banner": null,
            "owner": guild.owner_id == state.bot,
            "permissions": state.guild_permissions(state.bot, guild).bits().to_string(),
            "features": [],
        })
    });
    Ok(Reply::ok(guilds.collect()))
}

/// `GET /users/{user}`
pub(crate) fn get(state: &mut State, call: &Call) -> Outcome {
    let user = call.user(state)?;
    state.users.get(&user).map(|user| Reply::ok(user_json(user))).ok_or_else(ApiError::unknown_user)
}

/// `GET /applications/@me`
pub(crate) fn application(state: &mut State, _call: &Call) -> Outcome {
    let owner = state.guilds.values().next().map_or(state.bot, |guild| guild.owner_id);
    let guilds = state.guilds.values().filter(|guild| guild.members.contains_key(&state.bot)).count();
    Ok(Reply::ok(json!({
        "id": state.bot,
        "name": state.options.bot_name,
        "icon": null,
        "description": "",
        "type": null,
        "summary": "",
        "bot": state.user_or_deleted(state.bot),
        "bot_public": true,
        "bot_require_code_grant": false,
        "integration_types_config": {"0": {}, "1": {}},
        "verify_key": "0".repeat(64),
        "flags": state.application_flags(),
        "flags_new": state.application_flags().to_string(),
        "hook": true,
        "redirect_uris": [],
        "interactions_endpoint_url": null,
        "role_connections_verification_url": null,
        "owner": state.user_or_deleted(owner),
        "approximate_guild_count": guilds,
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "team": null,
        "rpc_origins": [],
        "eligible_oauth2_scopes": [],
    })))
}

/// `POST /users/@me/channels`
pub(crate) fn open_dm(state: &mut State, call: &Call) -> Outcome {
    let recipient: UserId = match call.body.get("recipient_id") {
        Some(Value::String(id)) => {
            id.parse().map_err(|_| ApiError::form("recipient_id", "NUMBER_TYPE_COERCE", "Value is not snowflake."))?
        }
        _ => return Err(ApiError::form("recipient_id", "BASE_TYPE_REQUIRED", "This field is required")),
    };
    let user = state.users.get(&recipient).ok_or_else(ApiError::unknown_user)?;
    if user.bot {
        return Err(ApiError::cannot_message_user());
    }
    let id = state.dm_channel(recipient);
    Ok(Reply::ok(state.channel_json(state.channel(id)?)))
}

impl State {
    /// The direct-message channel of a user with the bot, made when there is none.
    pub(crate) fn dm_channel(&mut self, user: UserId) -> ChannelId {
        if let Some(existing) = self.dm_with(user) {
            return existing;
        }
        let id = ChannelId::new(self.ids.next());
        let channel = Channel {
            id,
            guild_id: None,
            kind: ChannelKind::Dm,
            name: String::new(),
            topic: None,
            parent_id: None,
            position: 0,
            slowmode_s: 0,
            nsfw: false,
            overwrites: Vec::new(),
            last_message_id: None,
            thread: None,
            recipients: vec![user],
        };
        let json = self.channel_json(&channel);
        self.channels.insert(id, channel);
        self.show(ClientEvent::ChannelCreated { channel: json });
        id
    }

    /// Permissions as they stand in an interaction.
    pub(crate) fn permission_text(&self, user: UserId, channel: ChannelId) -> String {
        let granted: Permissions = self.permissions_in(user, channel);
        granted.bits().to_string()
    }

    /// Sends an event to everyone whatever they may see.
    pub(crate) fn tell_always(&mut self, name: &'static str, guild: Option<crate::id::GuildId>, data: Value) {
        self.dispatch(&Event::always(name, guild, data));
    }
}
