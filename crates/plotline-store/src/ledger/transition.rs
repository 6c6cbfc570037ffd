//! The state machine.
//!
//! ```text
//! claimed ──► thread ──► placeholder ──► answering ──► delivered
//!    ├───────────────────────▲   └──────────────────────────▲
//!    └──────────────────────────────────────────────────────┘   (commands, which are answered at once)
//! every state that is not final ──► failed | cancelled          (a claim alone makes a job refused)
//! ```

use super::types::{Lease, Standing, State, Transition};
use crate::Store;
use crate::db::{Row, Tx, args, in_transaction};
use crate::error::LedgerError;
use crate::{ChannelId, MessageId, usage};

/// The longest code of a reason, in bytes. Longer ones are sentences, which belong to the log or to the member.
pub(super) const REASON_MAX: usize = 64;

impl Transition {
    /// Where it leads.
    #[must_use]
    pub fn to(&self) -> State {
        match self {
            Transition::Thread { .. } => State::Thread,
            Transition::Placeholder { .. } => State::Placeholder,
            Transition::Answering => State::Answering,
            Transition::Delivered => State::Delivered,
            Transition::Failed { .. } => State::Failed,
            Transition::Cancelled { .. } => State::Cancelled,
        }
    }

    /// Whether the state machine has the step from `from`.
    #[must_use]
    pub fn is_legal_from(&self, from: State) -> bool {
        self.from().contains(&from)
    }

    /// The states it leads from; repeated where there are fewer than four.
    fn from(&self) -> [State; 4] {
        use State::{Answering, Claimed, Placeholder, Thread};
        match self {
            Transition::Thread { .. } => [Claimed; 4],
            Transition::Placeholder { .. } => [Claimed, Thread, Claimed, Thread],
            Transition::Answering => [Placeholder; 4],
            Transition::Delivered => [Claimed, Placeholder, Answering, Answering],
            Transition::Failed { .. } | Transition::Cancelled { .. } => [Claimed, Thread, Placeholder, Answering],
        }
    }

    fn thread(&self) -> Option<ChannelId> {
        match self {
            Transition::Thread { thread_id } => Some(*thread_id),
            _ => None,
        }
    }

    fn message(&self) -> Option<MessageId> {
        match self {
            Transition::Placeholder { message_id } => Some(*message_id),
            _ => None,
        }
    }

    fn reason(&self) -> Option<&str> {
        match self {
            Transition::Failed { reason } | Transition::Cancelled { reason } => Some(reason),
            _ => None,
        }
    }
}

impl Store {
    /// Takes a step of the state machine.
    ///
    /// A final step erases the job's text in the same transaction; a failed job keeps its request until retention
    /// erases it ([`Store::prune`]), so that it can be tried again, on the settings that are in force then. It gives back what the job held of the quotas: what was
    /// reserved, and the question itself when it failed or was cancelled before any model call.
    ///
    /// Repeating the last step with the same data changes nothing and succeeds.
    ///
    /// # Errors
    /// [`LedgerError::Fenced`] when the job is not held any more; [`LedgerError::Illegal`] for a step that the machine does not
    /// have, or a repeat with other data.
    pub async fn advance(&self, lease: &Lease, transition: &Transition) -> Result<Standing, LedgerError> {
        if transition.reason().is_some_and(|reason| reason.is_empty() || reason.len() > REASON_MAX) {
            return Err(LedgerError::Invalid(format!("a reason is a code of 1 to {REASON_MAX} bytes")));
        }
        if transition.to().is_final() {
            return in_transaction!(self.db, |tx| end(tx, lease, transition).await);
        }
        let rows = self
            .db
            .run(
                "UPDATE jobs SET state = $3, thread_id = COALESCE($4, thread_id), answer_id = COALESCE($5, answer_id), \
                 updated_ms = {now} WHERE id = $1 AND fence = $2 AND state IN ($6, $7) \
                 RETURNING state, cancel_reason, lease_until_ms",
                args![
                    lease.job,
                    lease.fence,
                    transition.to().as_str(),
                    transition.thread(),
                    transition.message(),
                    transition.from()[0].as_str(),
                    transition.from()[1].as_str(),
                ],
            )
            .await?;
        match rows.first() {
            Some(row) => Ok(Standing::from_row(row)?),
            None => {
                let row = self.db.read_one(CURRENT, args![lease.job, lease.fence]).await?;
                unchanged(lease, transition, row)
            }
        }
    }
}

/// How the job stands, as long as it is the holder's.
const CURRENT: &str = "SELECT state, reason, thread_id, answer_id, cancel_reason, lease_until_ms FROM jobs \
                       WHERE id = $1 AND fence = $2";

/// Takes a final step: frees the lease, erases the text, settles the quotas.
async fn end(tx: &mut Tx<'_>, lease: &Lease, transition: &Transition) -> Result<Standing, LedgerError> {
    let [a, b, c, d] = transition.from();
    let row = tx
        .fetch_one(
            "UPDATE jobs SET state = $3, reason = $4, updated_ms = {now}, ended_ms = {now}, lease_until_ms = 0, answer = NULL, \
             interaction_token = NULL, \
             request = CASE WHEN $3 = 'failed' THEN request ELSE NULL END, settings = NULL \
             WHERE id = $1 AND fence = $2 AND state IN ($5, $6, $7, $8) \
             RETURNING state, cancel_reason, lease_until_ms, model_calls",
            args![
                lease.job,
                lease.fence,
                transition.to().as_str(),
                transition.reason(),
                a.as_str(),
                b.as_str(),
                c.as_str(),
                d.as_str()
            ],
        )
        .await?;
    let Some(row) = row else {
        let row = tx.fetch_one(CURRENT, args![lease.job, lease.fence]).await?;
        return unchanged(lease, transition, row);
    };
    tx.execute("UPDATE job_parts SET body = NULL WHERE job_id = $1 AND body IS NOT NULL", args![lease.job]).await?;
    let nothing_spent = transition.to() != State::Delivered && row.int("model_calls")? == 0;
    usage::settle(tx, lease.job, nothing_spent).await?;
    Ok(Standing::from_row(&row)?)
}

/// Says why a step changed nothing: it is not the holder's to take, the machine does not have it, or it has been taken already.
fn unchanged(lease: &Lease, transition: &Transition, row: Option<Row>) -> Result<Standing, LedgerError> {
    let row = row.ok_or(LedgerError::Fenced(lease.job))?;
    let standing = Standing::from_row(&row)?;
    let same_data = match transition {
        Transition::Thread { thread_id } => row.int_or_null("thread_id")? == Some((*thread_id).into()),
        Transition::Placeholder { message_id } => row.int_or_null("answer_id")? == Some((*message_id).into()),
        Transition::Answering | Transition::Delivered => true,
        Transition::Failed { reason } | Transition::Cancelled { reason } => {
            row.text_or_null("reason")?.as_deref() == Some(reason)
        }
    };
    if standing.state == transition.to() && same_data {
        return Ok(standing);
    }
    Err(LedgerError::Illegal { job: lease.job, from: standing.state, to: transition.to() })
}
