//! How a call to Discord can fail.

use std::time::Duration;

use reqwest::StatusCode;

/// JSON error codes of Discord that the bot acts on.
/// Source: <https://discord.com/developers/docs/topics/opcodes-and-status-codes#json>.
pub mod code {
    /// Unknown channel: deleted, or never visible.
    pub const UNKNOWN_CHANNEL: u32 = 10003;
    /// Unknown message: deleted.
    pub const UNKNOWN_MESSAGE: u32 = 10008;
    /// Unknown interaction: the three seconds for the first answer are over.
    pub const UNKNOWN_INTERACTION: u32 = 10062;
    /// Unknown webhook: for an interaction, its fifteen minutes are over.
    pub const UNKNOWN_WEBHOOK: u32 = 10015;
    /// Invalid webhook token: for an interaction, its fifteen minutes are over.
    pub const INVALID_WEBHOOK_TOKEN: u32 = 50027;
    /// Missing access: the bot cannot see the place.
    pub const MISSING_ACCESS: u32 = 50001;
    /// Cannot send messages to this user.
    pub const CANNOT_MESSAGE_USER: u32 = 50007;
    /// Missing permissions.
    pub const MISSING_PERMISSIONS: u32 = 50013;
    /// The interaction has been acknowledged already.
    pub const ALREADY_ACKNOWLEDGED: u32 = 40060;
    /// A message older than an hour was edited too often.
    pub const OLD_MESSAGE_EDITED_TOO_OFTEN: u32 = 30046;
    /// A thread was started from this message before. Its id is the message's.
    pub const THREAD_EXISTS: u32 = 160_004;
    /// The message cannot be replied to without Read Message History.
    pub const REPLY_NEEDS_HISTORY: u32 = 160_002;
    /// The thread is archived.
    pub const THREAD_ARCHIVED: u32 = 50083;
    /// The thread is locked.
    pub const THREAD_LOCKED: u32 = 160_005;
}

/// A call that did not succeed after all its attempts.
#[derive(Debug, thiserror::Error)]
pub enum RestError {
    /// Discord refused, for good: repeating the same call would be refused again.
    #[error("Discord refused with status {status} and code {code}: {message}")]
    Refused {
        /// The HTTP status.
        status: StatusCode,
        /// Discord's JSON code; 0 where there was none.
        code: u32,
        /// Discord's own words about the request, never the request's content.
        message: String,
    },
    /// No attempt succeeded in time: Discord is slow, failing, limiting or out of reach. Whether the last attempt was executed is not known.
    #[error("Discord did not carry out the request in {attempts} attempts ({last})")]
    Unavailable {
        /// How often it was tried.
        attempts: u32,
        /// What the last attempt met.
        last: String,
        /// When Discord said to come back, where it did.
        retry_after: Option<Duration>,
    },
    /// The answer was not what the API documents.
    #[error("Discord's answer could not be read: {0}")]
    Unreadable(String),
    /// So many requests were refused lately that Discord would ban this address; the bot stops by itself.
    #[error("too many refused requests in ten minutes; no more are sent for {0:?}")]
    Braked(Duration),
}

impl RestError {
    /// Discord's JSON code, or 0.
    pub fn code(&self) -> u32 {
        match self {
            Self::Refused { code, .. } => *code,
            _ => 0,
        }
    }

    /// The HTTP status of a refusal.
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Refused { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// The message, channel or thread is gone.
    pub fn is_gone(&self) -> bool {
        matches!(self.code(), code::UNKNOWN_CHANNEL | code::UNKNOWN_MESSAGE)
    }

    /// The token of an interaction is not good (any more): its fifteen minutes are over, or it was never acknowledged.
    pub fn is_expired(&self) -> bool {
        matches!(self.code(), code::UNKNOWN_WEBHOOK | code::INVALID_WEBHOOK_TOKEN)
    }

    /// The bot lacks a permission there.
    pub fn is_forbidden(&self) -> bool {
        self.status() == Some(StatusCode::FORBIDDEN)
    }

    /// The token is not valid (any more).
    pub fn is_unauthorized(&self) -> bool {
        self.status() == Some(StatusCode::UNAUTHORIZED)
    }
}
