//! Write-ahead intents: what will be posted is committed before it is posted, the message's id after it.

use super::types::{Content, Lease, NewPart, Part};
use crate::db::{Row, Tx, args, in_transaction};
use crate::error::{LedgerError, StoreError};
use crate::{JobId, MessageId, Store};
use std::collections::HashSet;

/// The most messages that one job posts, the placeholder included. An answer that needs more is cut by whoever writes it.
pub const PARTS_MAX: usize = 64;

/// Discord's limit of a nonce, in characters.
const NONCE_MAX: usize = 25;

/// The most that the bodies of one call may take, in bytes: messages are 2000 characters, with room for markup around them.
const BODIES_MAX: usize = 4 << 20;

impl Store {
    /// Commits what is going to be posted. All parts are written, or none.
    ///
    /// Of a part that has been written before, the nonce must be the same; its body is replaced as long as the message is not known
    /// to exist.
    ///
    /// # Errors
    /// [`LedgerError::Fenced`] when the job is not held any more or has ended; [`LedgerError::Erased`] when the member had their
    /// text erased meanwhile; [`LedgerError::Invalid`] beyond the limits, for a nonce that another part has, or a part that would
    /// change its nonce.
    pub async fn put_parts(&self, lease: &Lease, parts: &[NewPart]) -> Result<(), LedgerError> {
        let bodies: Vec<String> = parts.iter().map(|part| part.body.0.to_string()).collect();
        check(parts, &bodies)?;
        in_transaction!(self.db, |tx| put_all(tx, lease, parts, &bodies).await)
    }

    /// Records that a part was posted. Recording the same message again changes nothing.
    ///
    /// # Errors
    /// [`LedgerError::Fenced`] when the job is not held any more; [`LedgerError::Invalid`] when the part was never written or is
    /// recorded as another message.
    pub async fn part_sent(&self, lease: &Lease, ordinal: u32, message_id: MessageId) -> Result<(), LedgerError> {
        let changed = self
            .db
            .execute(
                "UPDATE job_parts SET message_id = $4, sent_ms = COALESCE(sent_ms, {now}) \
                 WHERE job_id = $1 AND ordinal = $3 AND (message_id IS NULL OR message_id = $4) \
                 AND EXISTS (SELECT 1 FROM jobs WHERE id = $1 AND fence = $2)",
                args![lease.job, lease.fence, ordinal, message_id],
            )
            .await?;
        if changed == 1 {
            return Ok(());
        }
        let held =
            self.db.read_one("SELECT id FROM jobs WHERE id = $1 AND fence = $2", args![lease.job, lease.fence]).await?;
        Err(match held {
            None => LedgerError::Fenced(lease.job),
            Some(_) => LedgerError::Invalid(format!(
                "part {ordinal} of job {} was never written, or is another message already",
                lease.job
            )),
        })
    }

    /// Keeps what there is of the answer, so that a taker need not ask the model again for what it has.
    ///
    /// # Errors
    /// [`LedgerError::Fenced`] when the job is not held any more or has ended; [`LedgerError::Erased`] when the member had their
    /// text erased meanwhile; [`LedgerError::Invalid`] beyond the limit.
    pub async fn save_answer(&self, lease: &Lease, answer: &Content) -> Result<(), LedgerError> {
        let text = answer.0.to_string();
        if text.len() > BODIES_MAX {
            return Err(LedgerError::Invalid(format!("the answer is larger than {BODIES_MAX} bytes")));
        }
        let changed = self
            .db
            .execute(
                "UPDATE jobs SET answer = $3 WHERE id = $1 AND fence = $2 AND ended_ms IS NULL AND erased_ms IS NULL",
                args![lease.job, lease.fence, &text],
            )
            .await?;
        if changed == 1 {
            return Ok(());
        }
        let erased = self
            .db
            .read_one(
                "SELECT id FROM jobs WHERE id = $1 AND fence = $2 AND erased_ms IS NOT NULL",
                args![lease.job, lease.fence],
            )
            .await?;
        Err(if erased.is_some() { LedgerError::Erased(lease.job) } else { LedgerError::Fenced(lease.job) })
    }

    /// What a job intended to post and has posted, in order.
    ///
    /// # Errors
    /// The database's.
    pub async fn parts(&self, job: JobId) -> Result<Vec<Part>, StoreError> {
        self.db
            .read(
                "SELECT ordinal, nonce, body, message_id, created_ms FROM job_parts WHERE job_id = $1 ORDER BY ordinal",
                args![job],
            )
            .await?
            .iter()
            .map(Part::from_row)
            .collect()
    }
}

impl Part {
    fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            ordinal: super::types::count(row.int("ordinal")?),
            nonce: row.text("nonce")?,
            body: row.json_or_null("body")?.map(Content),
            message_id: row.int_or_null("message_id")?.map(MessageId::from_column),
            created_ms: row.int("created_ms")?,
        })
    }
}

fn check(parts: &[NewPart], bodies: &[String]) -> Result<(), LedgerError> {
    let invalid = |what: String| Err(LedgerError::Invalid(what));
    if bodies.iter().map(String::len).sum::<usize>() > BODIES_MAX {
        return invalid(format!("the parts are larger than {BODIES_MAX} bytes"));
    }
    let mut nonces = HashSet::new();
    for part in parts {
        if part.ordinal as usize >= PARTS_MAX {
            return invalid(format!("a job posts at most {PARTS_MAX} messages"));
        }
        if part.nonce.is_empty() || part.nonce.chars().count() > NONCE_MAX {
            return invalid(format!("a nonce has 1 to {NONCE_MAX} characters"));
        }
        if !nonces.insert(&part.nonce) {
            return invalid(format!("two parts have the nonce {}", part.nonce));
        }
    }
    Ok(())
}

/// Locks the job's row until the end of the transaction, so that no taker comes between the check and the write.
async fn hold(tx: &mut Tx<'_>, lease: &Lease) -> Result<(), LedgerError> {
    let row = tx
        .fetch_one(
            "SELECT erased_ms FROM jobs WHERE id = $1 AND fence = $2 AND ended_ms IS NULL {lock}",
            args![lease.job, lease.fence],
        )
        .await?
        .ok_or(LedgerError::Fenced(lease.job))?;
    match row.int_or_null("erased_ms")? {
        Some(_) => Err(LedgerError::Erased(lease.job)),
        None => Ok(()),
    }
}

async fn put_all(tx: &mut Tx<'_>, lease: &Lease, parts: &[NewPart], bodies: &[String]) -> Result<(), LedgerError> {
    hold(tx, lease).await?;
    for (part, body) in parts.iter().zip(bodies) {
        put(tx, lease, part, body).await?;
    }
    Ok(())
}

async fn put(tx: &mut Tx<'_>, lease: &Lease, part: &NewPart, body: &str) -> Result<(), LedgerError> {
    // No conflict target: the part itself may be there, or its nonce in another part.
    let inserted = tx
        .execute(
            "INSERT INTO job_parts (job_id, ordinal, nonce, body, created_ms) VALUES ($1, $2, $3, $4, {now}) \
             ON CONFLICT DO NOTHING",
            args![lease.job, part.ordinal, &part.nonce, body],
        )
        .await?;
    if inserted == 1 {
        return Ok(());
    }
    let updated = tx
        .execute(
            "UPDATE job_parts SET body = CASE WHEN message_id IS NULL THEN $4 ELSE body END \
             WHERE job_id = $1 AND ordinal = $2 AND nonce = $3",
            args![lease.job, part.ordinal, &part.nonce, body],
        )
        .await?;
    if updated == 1 {
        return Ok(());
    }
    Err(LedgerError::Invalid(format!(
        "the nonce {} or part {} of job {} is taken",
        part.nonce, part.ordinal, lease.job
    )))
}
