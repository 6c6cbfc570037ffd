//! What must be remembered of the gateway: how many IDENTIFYs were sent, and how far each channel was read.

use crate::db::args;
use crate::error::StoreError;
use crate::{ChannelId, MessageId, Store};
use std::time::Duration;

impl Store {
    /// Counts an IDENTIFY. Call it BEFORE it is sent: Discord resets the token of a bot that sends more than 1000 in 24 hours.
    ///
    /// # Errors
    /// The database's.
    pub async fn record_identify(&self) -> Result<(), StoreError> {
        // Repeated after a lost answer, this counts one too many, which is the safe side.
        self.db.execute("INSERT INTO identifies (at_ms) VALUES ({now})", &[]).await?;
        Ok(())
    }

    /// How many IDENTIFYs all processes on this database have sent within the last `span`.
    ///
    /// # Errors
    /// The database's.
    pub async fn identifies_within(&self, span: Duration) -> Result<u64, StoreError> {
        let row = self
            .db
            .read_one(
                "SELECT COUNT(*) AS identifies FROM identifies WHERE at_ms > {now} - $1",
                args![crate::ledger::millis(span)],
            )
            .await?;
        row.map_or(Ok(0), |row| Ok(row.int("identifies")?.cast_unsigned()))
    }

    /// The newest message of a channel that was seen, as [`Store::advance_cursor`] left it.
    ///
    /// # Errors
    /// The database's.
    pub async fn cursor(&self, channel: ChannelId) -> Result<Option<MessageId>, StoreError> {
        let row = self.db.read_one("SELECT message_id FROM cursors WHERE channel_id = $1", args![channel]).await?;
        row.map(|row| row.int("message_id").map(MessageId::from_column)).transpose()
    }

    /// Moves a channel's cursor forward; never back, whatever the order in which events arrive.
    ///
    /// # Errors
    /// The database's.
    pub async fn advance_cursor(&self, channel: ChannelId, message: MessageId) -> Result<(), StoreError> {
        self.db
            .execute(
                "INSERT INTO cursors (channel_id, message_id, updated_ms) VALUES ($1, $2, {now}) \
                 ON CONFLICT (channel_id) DO UPDATE SET message_id = excluded.message_id, updated_ms = excluded.updated_ms \
                 WHERE excluded.message_id > cursors.message_id",
                args![channel, message],
            )
            .await?;
        Ok(())
    }
}
