//! The bot's own deletions, with their reason committed first: when they come back as events, they are known.

use crate::db::args;
use crate::error::StoreError;
use crate::{MessageId, Store};

impl Store {
    /// Commits why the bot is about to delete a message. Call it BEFORE doing it.
    ///
    /// # Errors
    /// The database's.
    pub async fn note_own_deletion(&self, message: MessageId, reason: &str) -> Result<(), StoreError> {
        self.db
            .execute(
                "INSERT INTO own_actions (kind, target_id, reason, created_ms) VALUES ('delete_message', $1, $2, {now}) \
                 ON CONFLICT (kind, target_id) DO UPDATE SET reason = excluded.reason, created_ms = excluded.created_ms",
                args![message, reason],
            )
            .await?;
        Ok(())
    }

    /// Why the bot deleted a message, or `None` when it was a person.
    ///
    /// # Errors
    /// The database's.
    pub async fn own_deletion(&self, message: MessageId) -> Result<Option<String>, StoreError> {
        let row = self
            .db
            .read_one("SELECT reason FROM own_actions WHERE kind = 'delete_message' AND target_id = $1", args![message])
            .await?;
        row.map(|row| row.text("reason")).transpose()
    }
}
