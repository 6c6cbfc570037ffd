//! The bot's own deletions and edits, with their reason committed first: when they come back as events, they are known.

use crate::db::args;
use crate::error::StoreError;
use crate::{ChannelId, MessageId, Store};

/// Something the bot does itself that a person could also have done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OwnAction {
    /// Deleting a message.
    DeleteMessage(MessageId),
    /// Editing a message.
    EditMessage(MessageId),
    /// Deleting a channel or thread.
    DeleteChannel(ChannelId),
    /// Archiving, locking or renaming a thread.
    EditChannel(ChannelId),
}

impl OwnAction {
    fn key(self) -> (&'static str, i64) {
        match self {
            OwnAction::DeleteMessage(id) => ("delete_message", id.into()),
            OwnAction::EditMessage(id) => ("edit_message", id.into()),
            OwnAction::DeleteChannel(id) => ("delete_channel", id.into()),
            OwnAction::EditChannel(id) => ("edit_channel", id.into()),
        }
    }
}

impl Store {
    /// Commits why the bot is about to do something. Call it BEFORE doing it.
    ///
    /// # Errors
    /// The database's.
    pub async fn note_own_action(&self, action: OwnAction, reason: &str) -> Result<(), StoreError> {
        let (kind, target) = action.key();
        self.db
            .execute(
                "INSERT INTO own_actions (kind, target_id, reason, created_ms) VALUES ($1, $2, $3, {now}) \
                 ON CONFLICT (kind, target_id) DO UPDATE SET reason = excluded.reason, created_ms = excluded.created_ms",
                args![kind, target, reason],
            )
            .await?;
        Ok(())
    }

    /// Why the bot did this, or `None` when it was a person.
    ///
    /// # Errors
    /// The database's.
    pub async fn own_action(&self, action: OwnAction) -> Result<Option<String>, StoreError> {
        let (kind, target) = action.key();
        let row = self
            .db
            .read_one("SELECT reason FROM own_actions WHERE kind = $1 AND target_id = $2", args![kind, target])
            .await?;
        row.map(|row| row.text("reason")).transpose()
    }
}
