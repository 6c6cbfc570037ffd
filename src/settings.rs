//! Settings of a server, as one job sees them: read when the job is claimed and kept with it.

use serde::{Deserialize, Serialize};

/// The settings in force for one question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Answers go to a thread of their own where the channel allows it.
    pub thread: bool,
    /// A thread archives itself after so many minutes without a message: 60, 1440, 4320 or 10080.
    pub auto_archive_minutes: u32,
    /// What in the bot's own threads counts as a question.
    pub follow_ups: FollowUps,
}

impl Default for Settings {
    fn default() -> Self {
        Self { thread: true, auto_archive_minutes: 1440, follow_ups: FollowUps::All }
    }
}

/// What in the bot's own threads counts as a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FollowUps {
    /// Every message of a person.
    All,
    /// Only messages that mention the bot.
    Mention,
    /// Only mentions and replies to the bot.
    Reply,
}
