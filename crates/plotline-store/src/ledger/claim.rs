//! Claiming: the durable end of de-duplication.

use super::types::{Claim, Existing, HeldJob, NewJob, Owner, State, job_columns, random};
use crate::db::{Row, Tx, args, in_transaction};
use crate::error::{LedgerError, StoreError};
use crate::limits::{self, Limits, Refusal};
use crate::{JobId, Store};
use std::time::Duration;

/// The longest exclusive key, in bytes.
const EXCLUSIVE_KEY_MAX: usize = 200;

/// The longest token of an interaction, in bytes. Discord's have about 200.
const TOKEN_MAX: usize = 2000;

/// The most that request and settings of one job may take in the database together, in bytes. What a member sends is bounded far below
/// (attachments are read again, not kept); this keeps a mistake from filling the disk.
const CONTENT_MAX: usize = 8 << 20;

impl Store {
    /// Makes the job and holds it for `lease`, unless its source has one already or a limit refuses it.
    ///
    /// However many processes and tasks claim the same source at the same moment, one wins. The limits are checked and counted in
    /// the transaction that inserts the job: of two questions at the same moment never both get the last unit of a quota. A claim
    /// whose answer was lost on the way is found again and still counts as won.
    ///
    /// # Errors
    /// [`LedgerError::Invalid`] for content beyond the limits; otherwise the database's.
    pub async fn claim(
        &self,
        new: &NewJob,
        limits: &Limits,
        owner: &Owner,
        lease: Duration,
    ) -> Result<Claim, LedgerError> {
        let prepared = Prepared::new(new)?;
        limits.check()?;
        in_transaction!(self.db, |tx| prepared.claim(tx, new, limits, owner, lease).await)
    }
}

/// What is bound for a claim, made once for all attempts.
struct Prepared {
    key: String,
    request: String,
    settings: String,
    /// Tells this call's row from another's after an answer was lost.
    token: i64,
}

impl Prepared {
    fn new(new: &NewJob) -> Result<Self, LedgerError> {
        let prepared = Self {
            key: new.source.key(),
            request: new.request.0.to_string(),
            settings: new.settings.0.to_string(),
            token: random(),
        };
        let invalid =
            |what: &str, limit: usize| Err(LedgerError::Invalid(format!("{what} is longer than {limit} bytes")));
        if prepared.request.len() + prepared.settings.len() > CONTENT_MAX {
            return invalid("the request", CONTENT_MAX);
        }
        if new.exclusive_key.as_ref().is_some_and(|key| key.len() > EXCLUSIVE_KEY_MAX) {
            return invalid("the exclusive key", EXCLUSIVE_KEY_MAX);
        }
        if new.interaction.as_ref().is_some_and(|interaction| interaction.token.len() > TOKEN_MAX) {
            return invalid("the interaction's token", TOKEN_MAX);
        }
        Ok(prepared)
    }

    async fn claim(
        &self,
        tx: &mut Tx<'_>,
        new: &NewJob,
        limits: &Limits,
        owner: &Owner,
        lease: Duration,
    ) -> Result<Claim, LedgerError> {
        let Some(row) = self.insert(tx, new, owner, lease).await? else {
            return match self.existing(tx, owner).await? {
                Some(claim) => Ok(claim),
                // The source is new, so the conflict was about the exclusive key.
                None => self.refuse_second_run(tx, new, owner).await,
            };
        };
        let held = HeldJob::from_row(&row, owner)?;
        // What was counted up to a refusal is taken back; the job's row stays, as a refused one.
        tx.execute("SAVEPOINT counting", &[]).await?;
        let Some(refusal) = limits::count_question(tx, limits, &held.job).await? else {
            return Ok(Claim::Won(Box::new(held)));
        };
        tx.execute("ROLLBACK TO SAVEPOINT counting", &[]).await?;
        tx.execute(
            "UPDATE jobs SET state = 'refused', reason = $2, refusal = $3, ended_ms = {now}, lease_until_ms = 0, request = NULL, \
             settings = NULL, interaction_token = NULL WHERE id = $1",
            args![held.job.id, refusal.code(), &refusal.to_json()],
        )
        .await?;
        Ok(Claim::Refused(refusal))
    }

    /// Inserts the job; no row when its source or its exclusive key is taken.
    async fn insert(
        &self,
        tx: &mut Tx<'_>,
        new: &NewJob,
        owner: &Owner,
        lease: Duration,
    ) -> Result<Option<Row>, StoreError> {
        let interaction = new.interaction.as_ref();
        tx.fetch_one(
            concat!(
                "INSERT INTO jobs (source, exclusive_key, guild_id, channel_id, message_id, author_id, state, owner, fence, \
                 lease_until_ms, claim_token, created_ms, updated_ms, request, settings, interaction_token, \
                 interaction_until_ms) \
                 VALUES ($1, $2, $3, $4, $5, $6, 'claimed', $7, 1, {now} + $8, $9, {now}, {now}, $10, $11, $12, {now} + $13) \
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
                interaction.map(|interaction| interaction.token.as_str()),
                interaction.map(|interaction| millis(interaction.lifetime)),
            ],
        )
        .await
    }

    /// Records the source as refused because of the unfinished job that has its exclusive key.
    async fn refuse_second_run(&self, tx: &mut Tx<'_>, new: &NewJob, owner: &Owner) -> Result<Claim, LedgerError> {
        let row = tx
            .fetch_one(
                "SELECT id, state, owner, created_ms, {now} AS now_ms FROM jobs WHERE exclusive_key = $1 AND ended_ms IS NULL",
                args![&new.exclusive_key],
            )
            .await?;
        let Some(row) = row else {
            // It ended between the two statements. The next attempt finds the key free.
            return Err(StoreError::Unavailable("the job that was running has just ended".to_owned()).into());
        };
        let refusal = Refusal::AlreadyRunning(Existing::from_row(&row)?);
        let inserted = tx
            .execute(
                "INSERT INTO jobs (source, guild_id, channel_id, message_id, author_id, state, reason, refusal, owner, fence, \
                 lease_until_ms, claim_token, created_ms, updated_ms, ended_ms) \
                 VALUES ($1, $2, $3, $4, $5, 'refused', $6, $7, $8, 1, 0, $9, {now}, {now}, {now}) ON CONFLICT DO NOTHING",
                args![
                    &self.key,
                    new.guild_id,
                    new.channel_id,
                    new.message_id,
                    new.author_id,
                    refusal.code(),
                    &refusal.to_json(),
                    owner.id(),
                    self.token
                ],
            )
            .await?;
        if inserted == 0 {
            // A duplicate of the same source was recorded in between.
            return Err(StoreError::Unavailable("the source has just been claimed".to_owned()).into());
        }
        Ok(Claim::Refused(refusal))
    }

    /// What came of the source already: by this call, whose answer was lost, or by another.
    async fn existing(&self, tx: &mut Tx<'_>, owner: &Owner) -> Result<Option<Claim>, LedgerError> {
        let row = tx
            .fetch_one(
                concat!("SELECT ", job_columns!(), ", claim_token, {now} AS now_ms FROM jobs WHERE source = $1"),
                args![&self.key],
            )
            .await?;
        let Some(row) = row else { return Ok(None) };
        if row.int("claim_token")? == self.token {
            let held = HeldJob::from_row(&row, owner)?;
            if let Some(refusal) = held.job.refusal {
                return Ok(Some(Claim::Refused(refusal)));
            }
            if held.lease.fence() == 1 {
                return Ok(Some(Claim::Won(Box::new(held))));
            }
        }
        Ok(Some(Claim::Duplicate(Existing::from_row(&row)?)))
    }
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
