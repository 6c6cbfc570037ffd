//! A person ends the work by deleting its question or its thread.

use super::transition::REASON_MAX;
use super::types::Cancelled;
use crate::db::{Row, args};
use crate::error::{LedgerError, StoreError};
use crate::{ChannelId, JobId, MessageId, Store};

impl Store {
    /// Asks the unfinished jobs of a question, or of one of their answer's messages, to end; for a person who deleted it.
    ///
    /// The holder learns of it at its next write. Jobs that nobody holds come up in [`Store::take_over`], to be cleaned up and ended.
    /// The first reason stays.
    ///
    /// # Errors
    /// [`LedgerError::Invalid`] when `reason` is no code; otherwise the database's.
    pub async fn cancel_for_message(&self, message: MessageId, reason: &str) -> Result<Vec<Cancelled>, LedgerError> {
        self.cancel(
            "UPDATE jobs SET cancel_reason = COALESCE(cancel_reason, $2), \
             cancel_requested_ms = COALESCE(cancel_requested_ms, {now}) \
             WHERE ended_ms IS NULL AND (message_id = $1 OR answer_id = $1 OR id IN \
               (SELECT job_id FROM job_parts WHERE job_parts.message_id = $1)) RETURNING id, owner",
            message.into(),
            reason,
        )
        .await
    }

    /// As [`Store::cancel_for_message`], for a channel or thread that was deleted.
    ///
    /// # Errors
    /// As [`Store::cancel_for_message`].
    pub async fn cancel_for_channel(&self, channel: ChannelId, reason: &str) -> Result<Vec<Cancelled>, LedgerError> {
        self.cancel(
            "UPDATE jobs SET cancel_reason = COALESCE(cancel_reason, $2), \
             cancel_requested_ms = COALESCE(cancel_requested_ms, {now}) \
             WHERE ended_ms IS NULL AND (channel_id = $1 OR thread_id = $1) RETURNING id, owner",
            channel.into(),
            reason,
        )
        .await
    }

    /// As [`Store::cancel_for_message`], for one job: a Stop button, or an operator.
    ///
    /// # Errors
    /// As [`Store::cancel_for_message`].
    pub async fn cancel_job(&self, job: JobId, reason: &str) -> Result<Option<Cancelled>, LedgerError> {
        let cancelled = self
            .cancel(
                "UPDATE jobs SET cancel_reason = COALESCE(cancel_reason, $2), \
                 cancel_requested_ms = COALESCE(cancel_requested_ms, {now}) \
                 WHERE ended_ms IS NULL AND id = $1 RETURNING id, owner",
                job.into(),
                reason,
            )
            .await?;
        Ok(cancelled.into_iter().next())
    }

    async fn cancel(&self, sql: &'static str, target: i64, reason: &str) -> Result<Vec<Cancelled>, LedgerError> {
        if reason.is_empty() || reason.len() > REASON_MAX {
            return Err(LedgerError::Invalid(format!("a reason is a code of 1 to {REASON_MAX} bytes")));
        }
        let rows = self.db.run(sql, args![target, reason]).await?;
        let mut cancelled = rows.iter().map(Cancelled::from_row).collect::<Result<Vec<_>, _>>()?;
        cancelled.sort_by_key(|cancelled| cancelled.job);
        Ok(cancelled)
    }
}

impl Cancelled {
    fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self { job: JobId::from_column(row.int("id")?), owner: row.text("owner")? })
    }
}
