//! The only module that knows Discord's protocols: events in through serenity, calls out through a REST layer of our own.

pub mod gateway;
mod interaction;
pub mod rest;

use serde_json::Value;

use crate::event::Message;
use crate::ids::GuildId;
pub use interaction::read_interaction;

/// Reads a message that came over REST. It lacks the guild, which the caller knows.
pub fn read_message(mut json: Value, guild: Option<GuildId>) -> Option<Message> {
    // serenity refuses a message for one component that it does not know, and the bot reads none of them.
    if let Some(message) = json.as_object_mut() {
        message.remove("components");
    }
    let message: serenity::all::Message = serde_json::from_value(json).ok()?;
    Some(Message { guild, ..gateway::message(message) })
}
