//! What a job has to do, as it is kept in the ledger until the job ends.

use serde::{Deserialize, Serialize};

use crate::event::Message;

/// A question by message.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Request {
    /// The message that asks.
    pub message: Message,
    /// Why it counts as addressed to the bot.
    pub trigger: Trigger,
}

/// Why a message counts as addressed to the bot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// It mentions the bot, or the role that Discord made for it.
    Mention,
    /// It replies to a message of the bot.
    Reply,
    /// It was sent to the bot directly.
    Direct,
    /// It was written in a thread that the bot opened.
    FollowUp,
}
