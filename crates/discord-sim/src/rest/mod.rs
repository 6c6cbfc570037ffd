//! REST under `/api/v10`: one pipeline for every request (route, body, token, limits, faults, execution, answer).

pub(crate) mod body;
pub(crate) mod channels;
pub(crate) mod commands;
pub(crate) mod guilds;
pub(crate) mod interactions;
pub(crate) mod messages;
pub(crate) mod pipeline;
pub(crate) mod routes;
pub(crate) mod threads;
pub(crate) mod users;
pub(crate) mod validate;
pub(crate) mod webhooks;

use std::{collections::HashMap, str::FromStr};

use serde_json::Value;

use crate::{
    error::ApiError,
    id::{ChannelId, CommandId, GuildId, InteractionId, MessageId, UserId},
    rest::body::UploadedFile,
    state::State,
};

pub(crate) use pipeline::handle;

/// A request that has passed routing, reading and authorisation.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) params: HashMap<&'static str, String>,
    pub(crate) query: HashMap<String, String>,
    /// The JSON body, or the `payload_json` part of a multipart one; null without a body.
    pub(crate) body: Value,
    pub(crate) files: Vec<UploadedFile>,
}

impl Call {
    /// The text of a path parameter; empty when the route has none of that name.
    pub(crate) fn param(&self, name: &str) -> &str {
        self.params.get(name).map(String::as_str).unwrap_or_default()
    }

    fn id<T: FromStr>(&self, name: &str) -> Result<T, ApiError> {
        let text = self.param(name);
        text.parse().map_err(|_| {
            ApiError::form(&format!("{name}_id"), "NUMBER_TYPE_COERCE", &format!("Value \"{text}\" is not snowflake."))
        })
    }

    pub(crate) fn channel(&self) -> Result<ChannelId, ApiError> {
        self.id("channel")
    }

    pub(crate) fn message(&self) -> Result<MessageId, ApiError> {
        self.id("message")
    }

    pub(crate) fn guild(&self) -> Result<GuildId, ApiError> {
        self.id("guild")
    }

    pub(crate) fn command(&self) -> Result<CommandId, ApiError> {
        self.id("command")
    }

    pub(crate) fn interaction(&self) -> Result<InteractionId, ApiError> {
        self.id("interaction")
    }

    /// The user of the path, where `@me` is the bot.
    pub(crate) fn user(&self, state: &State) -> Result<UserId, ApiError> {
        if self.param("user") == "@me" { Ok(state.bot) } else { self.id("user") }
    }

    /// An id in the query.
    pub(crate) fn query_id<T: FromStr>(&self, name: &str) -> Result<Option<T>, ApiError> {
        self.query
            .get(name)
            .map(|text| {
                text.parse().map_err(|_| {
                    ApiError::form(name, "NUMBER_TYPE_COERCE", &format!("Value \"{text}\" is not snowflake."))
                })
            })
            .transpose()
    }

    /// A whole number in the query, within a range.
    pub(crate) fn query_number(&self, name: &str, default: usize, min: usize, max: usize) -> Result<usize, ApiError> {
        let Some(text) = self.query.get(name) else { return Ok(default) };
        match text.parse::<usize>() {
            Ok(number) if (min..=max).contains(&number) => Ok(number),
            Ok(_) => {
                Err(ApiError::form(name, "NUMBER_TYPE_RANGE", &format!("int value should be between {min} and {max}.")))
            }
            Err(_) => Err(ApiError::form(name, "NUMBER_TYPE_COERCE", &format!("Value \"{text}\" is not int."))),
        }
    }

    /// True for `true` and `1` in the query.
    pub(crate) fn query_flag(&self, name: &str) -> bool {
        self.query.get(name).is_some_and(|value| matches!(value.as_str(), "true" | "True" | "1"))
    }
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Option<Value>,
}

impl Reply {
    /// 200 with a body.
    pub(crate) fn ok(body: Value) -> Self {
        Self { status: 200, body: Some(body) }
    }

    /// 201 with a body.
    pub(crate) fn created(body: Value) -> Self {
        Self { status: 201, body: Some(body) }
    }

    /// 204 without one.
    pub(crate) fn no_content() -> Self {
        Self { status: 204, body: None }
    }
}

/// What a route's function gives.
pub(crate) type Outcome = Result<Reply, ApiError>;
