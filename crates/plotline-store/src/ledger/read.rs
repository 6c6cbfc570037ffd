//! Looking things up in the ledger.

use super::types::{Job, Source, job_columns};
use crate::db::args;
use crate::error::StoreError;
use crate::{ChannelId, JobId, MessageId, Store};

/// The most jobs that one call lists.
const LIST_MAX: u32 = 1000;

impl Store {
    /// A job.
    ///
    /// # Errors
    /// The database's; so for all of these.
    pub async fn job(&self, id: JobId) -> Result<Option<Job>, StoreError> {
        self.job_where(concat!("SELECT ", job_columns!(), " FROM jobs WHERE id = $1"), id.into()).await
    }

    /// The job of a source.
    ///
    /// # Errors
    /// The database's.
    pub async fn find_by_source(&self, source: &Source) -> Result<Option<Job>, StoreError> {
        let row = self
            .db
            .read_one(concat!("SELECT ", job_columns!(), " FROM jobs WHERE source = $1"), args![&source.key()])
            .await?;
        row.as_ref().map(Job::from_row).transpose()
    }

    /// The job that opened a thread: `Some` for a thread of the bot's own.
    ///
    /// # Errors
    /// The database's.
    pub async fn find_by_thread(&self, thread: ChannelId) -> Result<Option<Job>, StoreError> {
        self.job_where(
            concat!("SELECT ", job_columns!(), " FROM jobs WHERE thread_id = $1 ORDER BY id LIMIT 1"),
            thread.into(),
        )
        .await
    }

    /// The job that a message belongs to: as its question, its answer, or a further part of its answer.
    ///
    /// # Errors
    /// The database's.
    pub async fn find_by_message(&self, message: MessageId) -> Result<Option<Job>, StoreError> {
        self.job_where(
            concat!(
                "SELECT ",
                job_columns!(),
                " FROM jobs WHERE message_id = $1 OR answer_id = $1 \
                 OR id IN (SELECT job_id FROM job_parts WHERE job_parts.message_id = $1) ORDER BY id LIMIT 1"
            ),
            message.into(),
        )
        .await
    }

    /// The job that posted a message: as [`Store::find_by_message`], questions left out.
    ///
    /// # Errors
    /// The database's.
    pub async fn find_by_answer(&self, message: MessageId) -> Result<Option<Job>, StoreError> {
        self.job_where(
            concat!(
                "SELECT ",
                job_columns!(),
                " FROM jobs WHERE answer_id = $1 \
                 OR id IN (SELECT job_id FROM job_parts WHERE job_parts.message_id = $1) ORDER BY id LIMIT 1"
            ),
            message.into(),
        )
        .await
    }

    /// How many jobs have not reached a final state.
    ///
    /// # Errors
    /// The database's.
    pub async fn unfinished(&self) -> Result<u64, StoreError> {
        match self.db.read_one("SELECT COUNT(*) AS jobs FROM jobs WHERE ended_ms IS NULL", &[]).await? {
            Some(row) => Ok(row.int("jobs")?.cast_unsigned()),
            None => Ok(0),
        }
    }

    /// The unfinished jobs, oldest first, at most `limit`.
    ///
    /// # Errors
    /// The database's.
    pub async fn queue(&self, limit: u32) -> Result<Vec<Job>, StoreError> {
        self.db
            .read(
                concat!("SELECT ", job_columns!(), " FROM jobs WHERE ended_ms IS NULL ORDER BY id LIMIT $1"),
                args![limit.min(LIST_MAX)],
            )
            .await?
            .iter()
            .map(Job::from_row)
            .collect()
    }

    /// The newest jobs, finished ones included, the newest first, at most `limit`.
    ///
    /// # Errors
    /// The database's.
    pub async fn newest(&self, limit: u32) -> Result<Vec<Job>, StoreError> {
        self.db
            .read(
                concat!("SELECT ", job_columns!(), " FROM jobs ORDER BY id DESC LIMIT $1"),
                args![limit.min(LIST_MAX)],
            )
            .await?
            .iter()
            .map(Job::from_row)
            .collect()
    }

    /// The channels of direct messages in which something was asked most recently, at most `limit`. Discord tells a bot of no direct
    /// channel at its start, so these are the ones in which messages may have been missed.
    ///
    /// # Errors
    /// The database's.
    pub async fn recent_direct_channels(&self, limit: u32) -> Result<Vec<ChannelId>, StoreError> {
        self.db
            .read(
                "SELECT channel_id, MAX(id) AS newest FROM jobs WHERE guild_id IS NULL GROUP BY channel_id \
                 ORDER BY newest DESC LIMIT $1",
                args![limit.min(LIST_MAX)],
            )
            .await?
            .iter()
            .map(|row| Ok(ChannelId::from_column(row.int("channel_id")?)))
            .collect()
    }

    async fn job_where(&self, sql: &'static str, id: i64) -> Result<Option<Job>, StoreError> {
        let row = self.db.read_one(sql, args![id]).await?;
        row.as_ref().map(Job::from_row).transpose()
    }
}
