//! What a command answers, before anything is said to Discord.

use plotline_store::{LedgerError, StoreError};
use serde_json::Value;

use super::context::Order;
use crate::discord::rest::{Choice, File, Form, MessageBody, RestError, flag};

/// Discord's limit of a message, in characters.
const CONTENT_CHARS_MAX: usize = 2_000;

/// What a command answers.
#[derive(Debug)]
pub enum Reply {
    /// A message.
    Message(MessageBody),
    /// The message whose component was used now looks like this.
    Update(MessageBody),
    /// A form opens. Not possible as the answer to a form.
    Form(Form),
    /// Proposals for an option that is being typed; at most 25 are shown.
    Choices(Vec<Choice>),
    /// A job in the ledger makes the answer.
    Job(Box<Order>),
    /// Nothing visible: what was done shows by itself. Only for components.
    Nothing,
}

impl Reply {
    /// A message that only the member sees.
    ///
    /// Text that is longer than Discord takes is cut: a list that grew too long must not cost the whole answer.
    pub fn ephemeral(text: impl Into<String>) -> Self {
        let mut text = text.into();
        if let Some((end, _)) = text.char_indices().nth(CONTENT_CHARS_MAX) {
            let cut = text.char_indices().nth(CONTENT_CHARS_MAX - 2).map_or(end, |(at, _)| at);
            text.truncate(text[..cut].rfind('\n').unwrap_or(cut));
            text.push_str("\n…");
        }
        let body = MessageBody::text(text);
        Self::Message(MessageBody { flags: body.flags | flag::EPHEMERAL, ..body })
    }

    /// A message that everybody there sees.
    pub fn public(text: impl Into<String>) -> Self {
        Self::Message(MessageBody::text(text))
    }

    /// The same message with a file.
    #[must_use]
    pub fn with_file(mut self, file: File) -> Self {
        if let Self::Message(body) | Self::Update(body) = &mut self {
            body.files.push(file);
        }
        self
    }

    /// The same message with rows of components.
    #[must_use]
    pub fn with_rows(mut self, rows: Vec<Value>) -> Self {
        if let Self::Message(body) | Self::Update(body) = &mut self {
            body.components = rows;
        }
        self
    }
}

/// Why a command did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// A sentence for the member, which is shown to them alone.
    #[error("told: {0}")]
    Told(String),
    /// The member may not do that: a sentence for them alone, and an entry in the audit log.
    #[error("not allowed: {0}")]
    NotAllowed(&'static str),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The ledger failed.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// Discord failed.
    #[error(transparent)]
    Discord(#[from] RestError),
    /// Something that should not be.
    #[error("{0}")]
    Internal(String),
}

impl Problem {
    /// A sentence for the member.
    pub fn told(sentence: impl Into<String>) -> Self {
        Self::Told(sentence.into())
    }
}

/// What came of a command.
pub type Outcome = Result<Reply, Problem>;
