//! Claiming: the durable end of de-duplication.

use super::types::{Claim, Existing, HeldJob, NewJob, Owner, State, job_columns, random};
use crate::db::{Row, Tx, args, in_transaction};
use crate::error::{LedgerError, StoreError};
use crate::{JobId, Store};
use std::time::Duration;

/// The longest exclusive key, in bytes.
const EXCLUSIVE_KEY_MAX: usize = 200;

/// The most that request and settings of one job may take in the database together, in bytes. What a member sends is bounded far below
/// (attachments are read again, not kept); this keeps a mistake from filling the disk.
const CONTENT_MAX: usize = 8 << 20;

impl Store {
    /// Makes the job and holds it for `lease`, unless its source has one already.
    ///
    /// However many processes and tasks claim the same source at the same moment, one wins. A claim whose answer was lost on the way
    /// is found again and still counts as won.
    ///
    /// # Errors
    /// [`LedgerError::Invalid`] for content beyond the limits; otherwise the database's.
    pub async fn claim(&self, new: &NewJob, owner: &Owner, lease: Duration) -> Result<Claim, LedgerError> {
        let prepared = Prepared::new(new)?;
        in_transaction!(self.db, |tx| prepared.claim(tx, new, owner, lease).await)
    }
}

/// What is bound for a claim, made once for all attempts.
pub(super) struct Prepared {
    key: String,
    request: String,
    settings: String,
    /// Tells this call's row from another's after an answer was lost.
    token: i64,
}

impl Prepared {
    pub(super) fn new(new: &NewJob) -> Result<Self, LedgerError> {
        let prepared = Self {
            key: new.source.key(),
            request: new.request.0.to_string(),
            settings: new.settings.0.to_string(),
            token: random().cast_signed(),
        };
        if prepared.request.len() + prepared.settings.len() > CONTENT_MAX {
            return Err(LedgerError::Invalid(format!("the request is larger than {CONTENT_MAX} bytes")));
        }
        if new.exclusive_key.as_ref().is_some_and(|key| key.len() > EXCLUSIVE_KEY_MAX) {
            return Err(LedgerError::Invalid(format!("the exclusive key is longer than {EXCLUSIVE_KEY_MAX} bytes")));
        }
        Ok(prepared)
    }

    async fn claim(&self, tx: &mut Tx<'_>, new: &NewJob, owner: &Owner, lease: Duration) -> Result<Claim, LedgerError> {
        if let Some(row) = self.insert(tx, new, owner, lease).await? {
            return Ok(Claim::Won(Box::new(HeldJob::from_row(&row, owner)?)));
        }
        if let Some(claim) = self.existing(tx, owner).await? {
            return Ok(claim);
        }
        // The source is new, so the conflict was about the exclusive key.
        let running = running(tx, new).await?;
        self.insert_refused(tx, new, owner, "already_running").await?;
        match running {
            Some(existing) => Ok(Claim::AlreadyRunning(existing)),
            // It ended between the two statements. The next attempt will find the key free.
            None => Err(StoreError::Unavailable("the job that was running has just ended".to_owned()).into()),
        }
    }

    /// Inserts the job; no row when its source or its exclusive key is taken.
    async fn insert(
        &self,
        tx: &mut Tx<'_>,
        new: &NewJob,
        owner: &Owner,
        lease: Duration,
    ) -> Result<Option<Row>, StoreError> {
        tx.fetch_one(
            concat!(
                "INSERT INTO jobs (source, exclusive_key, guild_id, channel_id, message_id, author_id, state, owner, fence, \
                 lease_until_ms, claim_token, created_ms, updated_ms, request, settings) \
                 VALUES ($1, $2, $3, $4, $5, $6, 'claimed', $7, 1, {now} + $8, $9, {now}, {now}, $10, $11) \
                 ON CONFLICT DO NOTHING RETURNING ",
                job_columns!()
            ),
            args![
                &self.key,
                &new.exclusive_key,
                new.guild_id,
                new.channel_id,
                new.message_id,
                new.author_id,
                owner.id(),
                millis(lease),
                self.token,
                &self.request,
                &self.settings,
            ],
        )
        .await
    }

    /// Records that the source was refused, so that its duplicates are not judged again.
    async fn insert_refused(
        &self,
        tx: &mut Tx<'_>,
        new: &NewJob,
        owner: &Owner,
        reason: &str,
    ) -> Result<(), StoreError> {
        tx.execute(
            "INSERT INTO jobs (source, guild_id, channel_id, message_id, author_id, state, reason, owner, fence, lease_until_ms, \
             claim_token, created_ms, updated_ms, ended_ms) \
             VALUES ($1, $2, $3, $4, $5, 'refused', $6, $7, 1, 0, $8, {now}, {now}, {now}) ON CONFLICT DO NOTHING",
            args![
                &self.key,
                new.guild_id,
                new.channel_id,
                new.message_id,
                new.author_id,
                reason,
                owner.id(),
                self.token
            ],
        )
        .await?;
        Ok(())
    }

    /// The job that the source has already: this call's own after a lost answer, or another's.
    async fn existing(&self, tx: &mut Tx<'_>, owner: &Owner) -> Result<Option<Claim>, LedgerError> {
        let row = tx
            .fetch_one(
                concat!("SELECT ", job_columns!(), ", claim_token, {now} AS now_ms FROM jobs WHERE source = $1"),
                args![&self.key],
            )
            .await?;
        let Some(row) = row else { return Ok(None) };
        if row.int("claim_token")? == self.token && row.int("fence")? == 1 {
            return Ok(Some(Claim::Won(Box::new(HeldJob::from_row(&row, owner)?))));
        }
        Ok(Some(Claim::Duplicate(Existing::from_row(&row)?)))
    }
}

/// The unfinished job that holds the exclusive key.
async fn running(tx: &mut Tx<'_>, new: &NewJob) -> Result<Option<Existing>, StoreError> {
    let row = tx
        .fetch_one(
            "SELECT id, state, owner, created_ms, {now} AS now_ms FROM jobs WHERE exclusive_key = $1 AND ended_ms IS NULL",
            args![&new.exclusive_key],
        )
        .await?;
    row.as_ref().map(Existing::from_row).transpose()
}

impl Existing {
    fn from_row(row: &Row) -> Result<Self, StoreError> {
        let claimed_ms = row.int("created_ms")?;
        Ok(Self {
            job: JobId::from_column(row.int("id")?),
            state: State::from_column(&row.text("state")?)?,
            owner: row.text("owner")?,
            claimed_ms,
            age_ms: row.int("now_ms")?.saturating_sub(claimed_ms),
        })
    }
}

/// A length of time as the database counts it.
pub(crate) fn millis(duration: Duration) -> i64 {
    // A century: what a caller could mean by more is "for ever", and the sum with the clock stays far from the column's limit.
    const CENTURY_MS: i64 = 100 * 366 * 86_400_000;
    i64::try_from(duration.as_millis()).unwrap_or(CENTURY_MS).min(CENTURY_MS)
}
