//! Leases: kept while the work goes on, given back, and taken over from those that are gone.
//!
//! Every write of a holder is one UPDATE that names the job and the fence. The fence grows with each grant, so a holder that was
//! taken over, however late it wakes up, changes nothing.

use super::claim::millis;
use super::types::{HeldJob, Lease, Owner, Standing, State, job_columns, random};
use crate::db::{Row, Tx, args, in_transaction};
use crate::error::{LedgerError, StoreError};
use crate::usage::{self, Estimate};
use crate::{Store, ledger::types::count};
use std::time::Duration;

/// The most jobs that one call takes over. A taker works on what it took at once, so it never wants more than it can run.
const TAKE_OVER_MAX: u32 = 256;

impl Standing {
    pub(super) fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            state: State::from_column(&row.text("state")?)?,
            cancel: row.text_or_null("cancel_reason")?,
            lease_until_ms: row.int("lease_until_ms")?,
        })
    }
}

impl Store {
    /// Holds the job for another `length` from now on, also when the lease had expired and nobody took the job over. Of a job that
    /// its holder has ended, it only tells the final state.
    ///
    /// # Errors
    /// [`LedgerError::Fenced`] when somebody else has it: stop working at once.
    pub async fn renew(&self, lease: &Lease, length: Duration) -> Result<Standing, LedgerError> {
        let rows = self
            .db
            .run(
                "UPDATE jobs SET lease_until_ms = CASE WHEN ended_ms IS NULL THEN {now} + $3 ELSE 0 END \
                 WHERE id = $1 AND fence = $2 RETURNING state, cancel_reason, lease_until_ms",
                args![lease.job, lease.fence, millis(length)],
            )
            .await?;
        match rows.first() {
            Some(row) => Ok(Standing::from_row(row)?),
            None => Err(LedgerError::Fenced(lease.job)),
        }
    }

    /// Parks the job: it stays unfinished and free for the next taker, in this process or another. For shutting down.
    ///
    /// Giving back what is no longer held does nothing.
    ///
    /// # Errors
    /// The database's.
    pub async fn release(&self, lease: &Lease) -> Result<(), StoreError> {
        // The fence is raised, so that a task that still runs cannot write to what was given back.
        self.db
            .execute(
                "UPDATE jobs SET lease_until_ms = 0, fence = fence + 1, handover = 1 \
                 WHERE id = $1 AND fence = $2 AND ended_ms IS NULL",
                args![lease.job, lease.fence],
            )
            .await?;
        Ok(())
    }

    /// Takes over at most `limit` unfinished jobs whose lease is free or has expired, oldest first. Of several takers at the same
    /// moment each job goes to one.
    ///
    /// Resume each from its [`State`]. A job with [`super::Job::cancel`] set only needs to be cleaned up and ended. One with many
    /// [`super::Job::takeovers`] should be failed rather than tried again.
    ///
    /// # Errors
    /// The database's.
    pub async fn take_over(&self, owner: &Owner, length: Duration, limit: u32) -> Result<Vec<HeldJob>, StoreError> {
        // Chosen by this call: when the answer was lost, the repeat finds by it what it had already been given.
        let token = random();
        let rows = self
            .db
            .run(
                concat!(
                    "WITH free AS MATERIALIZED ( \
                       SELECT id AS free_id FROM jobs \
                       WHERE ended_ms IS NULL AND (lease_until_ms <= {now} OR claim_token = $4) \
                       ORDER BY id LIMIT $3 {skip_locked}) \
                     UPDATE jobs SET owner = $1, fence = fence + 1, lease_until_ms = {now} + $2, claim_token = $4, \
                     takeovers = takeovers + CASE WHEN claim_token = $4 THEN 0 ELSE 1 END, \
                     handover = CASE WHEN claim_token = $4 THEN handover WHEN handover = 1 THEN 2 ELSE 0 END \
                     FROM free WHERE jobs.id = free_id AND (lease_until_ms <= {now} OR claim_token = $4) RETURNING ",
                    job_columns!()
                ),
                args![owner.id(), millis(length), limit.min(TAKE_OVER_MAX), token],
            )
            .await?;
        let mut jobs = rows.iter().map(|row| HeldJob::from_row(row, owner)).collect::<Result<Vec<_>, _>>()?;
        // RETURNING promises no order.
        jobs.sort_by_key(|held| held.job.id);
        Ok(jobs)
    }

    /// Takes one unfinished job over if its lease is free or has expired: for an event that needs this job in particular.
    ///
    /// # Errors
    /// The database's.
    pub async fn take_over_job(
        &self,
        job: crate::JobId,
        owner: &Owner,
        length: Duration,
    ) -> Result<Option<HeldJob>, StoreError> {
        let token = random();
        let rows = self
            .db
            .run(
                concat!(
                    "UPDATE jobs SET owner = $1, fence = fence + 1, lease_until_ms = {now} + $2, claim_token = $4, \
                     takeovers = takeovers + CASE WHEN claim_token = $4 THEN 0 ELSE 1 END, \
                     handover = CASE WHEN claim_token = $4 THEN handover WHEN handover = 1 THEN 2 ELSE 0 END \
                     WHERE id = $3 AND ended_ms IS NULL AND (lease_until_ms <= {now} OR claim_token = $4) RETURNING ",
                    job_columns!()
                ),
                args![owner.id(), millis(length), job, token],
            )
            .await?;
        rows.first().map(|row| HeldJob::from_row(row, owner)).transpose()
    }

    /// Counts a model call, and holds back what it may use at most. Call it BEFORE the call is made: a crash in between then counts one
    /// too many and never one too few. Returns how many there are now.
    ///
    /// What is held back is settled by [`Store::add_usage`]. A call of which that is never told, since it was stopped or its process was
    /// killed, counts as having used it all: a budget must not be open on that side.
    ///
    /// # Errors
    /// [`LedgerError::Fenced`] when the job is not held any more: do not make the call.
    pub async fn count_model_call(&self, lease: &Lease, at_most: &Estimate) -> Result<u32, LedgerError> {
        let before = self
            .db
            .read_one(
                "SELECT model_calls FROM jobs WHERE id = $1 AND fence = $2 AND ended_ms IS NULL",
                args![lease.job, lease.fence],
            )
            .await?
            .ok_or(LedgerError::Fenced(lease.job))?
            .int("model_calls")?;
        // A value and not an increment, so that a repeat after a lost answer does not count twice. Only the holder counts.
        let begun: Result<(), LedgerError> =
            in_transaction!(self.db, |tx| begin_call(tx, lease, before + 1, at_most).await);
        begun.map(|()| count(before + 1))
    }
}

async fn begin_call(tx: &mut Tx<'_>, lease: &Lease, call: i64, at_most: &Estimate) -> Result<(), LedgerError> {
    let changed = tx
        .execute(
            "UPDATE jobs SET model_calls = $3 WHERE id = $1 AND fence = $2 AND ended_ms IS NULL",
            args![lease.job, lease.fence, call],
        )
        .await?;
    if changed == 0 {
        return Err(LedgerError::Fenced(lease.job));
    }
    Ok(usage::begin_call(tx, lease.job, call, at_most).await?)
}
