//! The table of routes: method, pattern, bucket, and the function that plays it.

use std::collections::HashMap;

use axum::http::Method;

use crate::{
    ratelimit::Bucket,
    rest::{Call, Outcome, channels, commands, guilds, interactions, messages, threads, users, webhooks},
    state::State,
};

/// One route.
pub(crate) struct Spec {
    pub(crate) method: &'static str,
    pub(crate) pattern: &'static str,
    pub(crate) bucket: Bucket,
    /// The parameter that has a bucket of its own for each value.
    pub(crate) major: &'static str,
    pub(crate) needs_token: bool,
    pub(crate) run: fn(&mut State, &Call) -> Outcome,
}

const fn route(
    method: &'static str,
    pattern: &'static str,
    bucket: Bucket,
    major: &'static str,
    run: fn(&mut State, &Call) -> Outcome,
) -> Spec {
    Spec { method, pattern, bucket, major, needs_token: true, run }
}

/// A route that is authorised by the token in its path.
const fn open_route(
    method: &'static str,
    pattern: &'static str,
    bucket: Bucket,
    run: fn(&mut State, &Call) -> Outcome,
) -> Spec {
    Spec { method, pattern, bucket, major: "token", needs_token: false, run }
}

use Bucket::{Callback, CreateMessage, CreateThread, DeleteMessage, EditMessage, Other, Reaction, Typing, Webhook};

const REACTION: &str = "/channels/{channel}/messages/{message}/reactions/{emoji}/{user}";
const REACTIONS: &str = "/channels/{channel}/messages/{message}/reactions";
const COMMANDS: &str = "/applications/{application}/commands";
const COMMAND: &str = "/applications/{application}/commands/{command}";
const GUILD_COMMANDS: &str = "/applications/{application}/guilds/{guild}/commands";
const GUILD_COMMAND: &str = "/applications/{application}/guilds/{guild}/commands/{command}";
const ORIGINAL: &str = "/webhooks/{application}/{token}/messages/@original";
const FOLLOW_UP: &str = "/webhooks/{application}/{token}/messages/{message}";

/// Every route that is played. Literal segments stand before parameters that could swallow them.
const ROUTES: &[Spec] = &[
    Spec { needs_token: false, ..route("GET", "/gateway", Other, "", users::gateway) },
    route("GET", "/gateway/bot", Other, "", users::gateway_bot),
    route("GET", "/users/@me", Other, "", users::own),
    route("GET", "/users/@me/guilds", Other, "", users::own_guilds),
    route("POST", "/users/@me/channels", Other, "", users::open_dm),
    route("GET", "/users/{user}", Other, "", users::get),
    route("GET", "/applications/@me", Other, "", users::application),
    route("GET", "/oauth2/applications/@me", Other, "", users::application),
    route("GET", "/guilds/{guild}", Other, "guild", guilds::get),
    route("GET", "/guilds/{guild}/channels", Other, "guild", guilds::channels),
    route("GET", "/guilds/{guild}/roles", Other, "guild", guilds::roles),
    route("GET", "/guilds/{guild}/members", Other, "guild", guilds::members),
    route("GET", "/guilds/{guild}/members/{user}", Other, "guild", guilds::member),
    route("GET", "/guilds/{guild}/threads/active", Other, "guild", guilds::active_threads),
    route("GET", "/channels/{channel}", Other, "channel", channels::get),
    route("PATCH", "/channels/{channel}", Other, "channel", channels::modify),
    route("DELETE", "/channels/{channel}", Other, "channel", channels::delete),
    route("POST", "/channels/{channel}/typing", Typing, "channel", channels::typing),
    route("GET", "/channels/{channel}/messages", Other, "channel", messages::list),
    route("POST", "/channels/{channel}/messages", CreateMessage, "channel", messages::create),
    route("POST", "/channels/{channel}/messages/bulk-delete", DeleteMessage, "channel", messages::bulk_delete),
    route("GET", "/channels/{channel}/messages/{message}", Other, "channel", messages::get),
    route("PATCH", "/channels/{channel}/messages/{message}", EditMessage, "channel", messages::edit),
    route("DELETE", "/channels/{channel}/messages/{message}", DeleteMessage, "channel", messages::delete),
    route("GET", "/channels/{channel}/messages/{message}/reactions/{emoji}", Other, "channel", messages::reactors),
    route("PUT", REACTION, Reaction, "channel", messages::react),
    route("DELETE", REACTION, Reaction, "channel", messages::unreact),
    route("DELETE", REACTIONS, Reaction, "channel", messages::clear_reactions),
    route("POST", "/channels/{channel}/messages/{message}/threads", CreateThread, "channel", threads::from_message),
    route("POST", "/channels/{channel}/threads", CreateThread, "channel", threads::start),
    route("GET", "/channels/{channel}/threads/archived/public", Other, "channel", threads::archived_public),
    route("GET", "/channels/{channel}/thread-members", Other, "channel", threads::members),
    route("GET", "/channels/{channel}/thread-members/{user}", Other, "channel", threads::member),
    route("PUT", "/channels/{channel}/thread-members/{user}", Other, "channel", threads::add_member),
    route("DELETE", "/channels/{channel}/thread-members/{user}", Other, "channel", threads::remove_member),
    route("GET", COMMANDS, Other, "application", commands::list),
    route("POST", COMMANDS, Other, "application", commands::create),
    route("PUT", COMMANDS, Other, "application", commands::overwrite),
    route("GET", COMMAND, Other, "application", commands::get),
    route("PATCH", COMMAND, Other, "application", commands::modify),
    route("DELETE", COMMAND, Other, "application", commands::delete),
    route("GET", GUILD_COMMANDS, Other, "guild", commands::list),
    route("POST", GUILD_COMMANDS, Other, "guild", commands::create),
    route("PUT", GUILD_COMMANDS, Other, "guild", commands::overwrite),
    route("GET", GUILD_COMMAND, Other, "guild", commands::get),
    route("PATCH", GUILD_COMMAND, Other, "guild", commands::modify),
    route("DELETE", GUILD_COMMAND, Other, "guild", commands::delete),
    open_route("POST", "/interactions/{interaction}/{token}/callback", Callback, interactions::callback),
    open_route("POST", "/webhooks/{application}/{token}", Webhook, webhooks::follow_up),
    open_route("GET", ORIGINAL, Webhook, webhooks::get_original),
    open_route("PATCH", ORIGINAL, Webhook, webhooks::edit_original),
    open_route("DELETE", ORIGINAL, Webhook, webhooks::delete_original),
    open_route("GET", FOLLOW_UP, Webhook, webhooks::get_follow_up),
    open_route("PATCH", FOLLOW_UP, Webhook, webhooks::edit_follow_up),
    open_route("DELETE", FOLLOW_UP, Webhook, webhooks::delete_follow_up),
];

/// Method and pattern of every route that the simulator plays, in the form that
/// [`RestRule::on`](crate::RestRule::on) takes.
#[must_use]
pub fn routes() -> Vec<(&'static str, &'static str)> {
    ROUTES.iter().map(|spec| (spec.method, spec.pattern)).collect()
}

/// What a method and path come to.
pub(crate) enum Matched {
    Route(&'static Spec, HashMap<&'static str, String>),
    WrongMethod,
    Nothing,
}

/// The path below `/api/v10`.
pub(crate) fn below_api(path: &str) -> Option<&str> {
    path.strip_prefix("/api/v10").filter(|rest| rest.starts_with('/'))
}

/// Finds the route of a request.
pub(crate) fn find(method: &Method, path: &str) -> Matched {
    let Some(path) = below_api(path) else { return Matched::Nothing };
    let mut path_known = false;
    for spec in ROUTES {
        if let Some(params) = match_pattern(spec.pattern, path) {
            if spec.method == method.as_str() {
                return Matched::Route(spec, params);
            }
            path_known = true;
        }
    }
    if path_known { Matched::WrongMethod } else { Matched::Nothing }
}

fn match_pattern(pattern: &'static str, path: &str) -> Option<HashMap<&'static str, String>> {
    let (mut wanted, mut given) = (pattern.split('/'), path.split('/'));
    let mut params = HashMap::new();
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(params),
            (Some(wanted), Some(given)) => match wanted.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
                Some(name) if !given.is_empty() => {
                    params.insert(name, percent_decode(given));
                }
                None if wanted == given => {}
                _ => return None,
            },
            _ => return None,
        }
    }
}

/// Undoes percent signs and plus signs; what is no valid UTF-8 becomes replacement characters.
pub(crate) fn percent_decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let escaped = (*byte == b'%')
            .then(|| bytes.get(at + 1..at + 3))
            .flatten()
            .and_then(|hex| std::str::from_utf8(hex).ok())
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match escaped {
            Some(value) => {
                decoded.push(value);
                at += 3;
            }
            None => {
                decoded.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}
