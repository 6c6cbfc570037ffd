//! The only module that knows Discord's protocols: events in through serenity, calls out through a REST layer of our own.

pub mod gateway;
pub mod rest;

use serde_json::Value;

use crate::event::Message;
use crate::ids::GuildId;

/// Reads a message that came over REST. It lacks the guild, which the caller knows.
pub fn read_message(json: Value, guild: Option<GuildId>) -> Option<Message> {
    let message: serenity::all::Message = serde_json::from_value(json).ok()?;
    Some(Message { guild, ..gateway::message(message) })
}
