//! The state machine.
//!
//! ```text
//! claimed ──► thread ──► placeholder ──► answering ──► delivered
//!    └───────────────────────▲   └───────────────────────▲
//! every state that is not final ──► failed | cancelled          (refused is only ever inserted)
//! ```

use super::types::{Lease, Standing, State, Transition};
use crate::Store;
use crate::db::{Row, Tx, args, in_transaction};
use crate::error::LedgerError;
use crate::{ChannelId, MessageId};

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
        match self {
            Transition::Thread { .. } => from == State::Claimed,
            Transition::Placeholder { .. } => matches!(from, State::Claimed | State::Thread),
            Transition::Answering => from == State::Placeholder,
            Transition::Delivered => matches!(from, State::Placeholder | State::Answering),
            Transition::Failed { .. } | Transition::Cancelled { .. } => !from.is_final(),
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
    /// Takes a step of the state machine. A final step erases the job's text, except that a failed job keeps its request until
    /// retention erases it, so that it can be tried again.
    ///
    /// Repeating the last step with the same data changes nothing and succeeds.
    ///
    /// # Errors
    /// [`LedgerError::Fenced`] when the job is not held any more; [`LedgerError::Illegal`] for a step that the machine does not
    /// have, or a repeat with other data.
    pub async fn advance(&self, lease: &Lease, transition: &Transition) -> Result<Standing, LedgerError> {
        if transition.reason().is_some_and(|reason| reason.len() > REASON_MAX) {
            return Err(LedgerError::Invalid(format!("a reason is a code of at most {REASON_MAX} bytes")));
        }
        in_transaction!(self.db, |tx| step(tx, lease, transition).await)
    }
}

async fn step(tx: &mut Tx<'_>, lease: &Lease, transition: &Transition) -> Result<Standing, LedgerError> {
    let to = transition.to();
    let row = tx
        .fetch_one(
            "SELECT state, reason, thread_id, answer_id, cancel_reason, lease_until_ms FROM jobs \
             WHERE id = $1 AND fence = $2 {lock}",
            args![lease.job, lease.fence],
        )
        .await?
        .ok_or(LedgerError::Fenced(lease.job))?;
    let standing = Standing::from_row(&row)?;
    if standing.state == to && is_repeat(&row, transition)? {
        return Ok(standing);
    }
    if !transition.is_legal_from(standing.state) {
        return Err(LedgerError::Illegal { job: lease.job, from: standing.state, to });
    }
    tx.execute(
        "UPDATE jobs SET state = $3, reason = COALESCE($4, reason), thread_id = COALESCE($5, thread_id), \
         answer_id = COALESCE($6, answer_id), updated_ms = {now} WHERE id = $1 AND fence = $2",
        args![lease.job, lease.fence, to.as_str(), transition.reason(), transition.thread(), transition.message()],
    )
    .await?;
    if to.is_final() {
        end(tx, lease, to).await?;
    }
    Ok(Standing { state: to, ..standing })
}

/// Whether the step has been taken already, with the same data.
fn is_repeat(row: &Row, transition: &Transition) -> Result<bool, LedgerError> {
    Ok(match transition {
        Transition::Thread { thread_id } => row.int_or_null("thread_id")? == Some((*thread_id).into()),
        Transition::Placeholder { message_id } => row.int_or_null("answer_id")? == Some((*message_id).into()),
        Transition::Answering | Transition::Delivered => true,
        Transition::Failed { reason } | Transition::Cancelled { reason } => {
            row.text_or_null("reason")?.as_deref() == Some(reason)
        }
    })
}

/// Frees the lease and erases the text of a job that has reached a final state.
async fn end(tx: &mut Tx<'_>, lease: &Lease, to: State) -> Result<(), LedgerError> {
    tx.execute(
        "UPDATE jobs SET ended_ms = {now}, lease_until_ms = 0, answer = NULL, \
         request = CASE WHEN $2 = 'failed' THEN request ELSE NULL END, \
         settings = CASE WHEN $2 = 'failed' THEN settings ELSE NULL END WHERE id = $1",
        args![lease.job, to.as_str()],
    )
    .await?;
    tx.execute("UPDATE job_parts SET body = NULL WHERE job_id = $1 AND body IS NOT NULL", args![lease.job]).await?;
    Ok(())
}
