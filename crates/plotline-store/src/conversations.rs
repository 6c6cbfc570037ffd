//! Conversations that a person has ended: what is written there without addressing the bot is no question any more.

use crate::db::args;
use crate::error::StoreError;
use crate::{ChannelId, Store};

impl Store {
    /// Ends the conversation in a thread, for good.
    ///
    /// # Errors
    /// The database's.
    pub async fn end_conversation(&self, thread: ChannelId) -> Result<(), StoreError> {
        self.db
            .execute(
                "INSERT INTO ended_conversations (channel_id, ended_ms) VALUES ($1, {now}) ON CONFLICT DO NOTHING",
                args![thread],
            )
            .await?;
        Ok(())
    }

    /// Whether the conversation in a thread was ended, by any process.
    ///
    /// # Errors
    /// The database's.
    pub async fn conversation_ended(&self, thread: ChannelId) -> Result<bool, StoreError> {
        let row =
            self.db.read_one("SELECT channel_id FROM ended_conversations WHERE channel_id = $1", args![thread]).await?;
        Ok(row.is_some())
    }
}
