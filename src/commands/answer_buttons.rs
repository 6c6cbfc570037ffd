//! Buttons on an answer: Stop while it grows, Retry when it failed.

use std::time::Duration;

use futures_util::future::BoxFuture;
use plotline_store::{Job, State};
use serde_json::Value;

use super::context::{Begin, Context, Order};
use super::definition::Conduct;
use super::reply::{Outcome, Problem, Reply};
use super::{Action, Look, Meanwhile, button, custom_id, row};
use crate::event::Permissions;
use crate::ids::{JobId, UserId};
use crate::request::Request;
use crate::say;

const STOP: &str = "stop";
const RETRY: &str = "retry";

/// How often, and after which pause, a job that is about to end is looked at again: half a second in all.
const END_CHECKS_MAX: u32 = 10;
const END_CHECK_EVERY: Duration = Duration::from_millis(50);

/// Why a job that was stopped ended, in the ledger.
pub const STOPPED: &str = "stopped";

pub(super) fn actions() -> Vec<Action> {
    let action = |verb, run, conduct| Action { verb, run, meanwhile: Meanwhile::Message, conduct };
    vec![action(STOP, stop as super::Handler, Conduct::Shows), action(RETRY, retry, Conduct::HandsOver)]
}

/// The row under an answer that grows.
pub fn stop_row(job: JobId) -> Value {
    row(vec![button(Look::Secondary, "Stop", &custom_id(STOP, [&job.to_string()]))])
}

/// The row under a sentence that says why there is no answer.
pub fn retry_row(job: JobId) -> Value {
    row(vec![button(Look::Primary, "Try again", &custom_id(RETRY, [&job.to_string()]))])
}

/// Whether a member may change what another asked for: moderators may.
pub(super) fn may_change(context: &Context, asker: UserId) -> bool {
    context.user() == asker || context.may(Permissions::MANAGE_MESSAGES)
}

/// Ends the job at once, in whichever process it runs; its text so far stays. Done by every process that hears of it, since it comes to
/// the same however often it is done.
fn stop(context: Context) -> BoxFuture<'static, Outcome> {
    Box::pin(async move {
        let id = JobId(context.number(0)?);
        let job = context.store().job(id).await?.ok_or_else(|| Problem::told(say::EXPIRED_COMPONENT))?;
        if !may_change(&context, job.author_id) {
            return Err(Problem::NotAllowed(say::NOT_YOURS));
        }
        // None where it has ended by itself between the click and now; the button is gone with the next edit.
        let cancelled = context.store().cancel_job(id, STOPPED).await?;
        context.worker().stop(cancelled.as_slice(), STOPPED);
        Ok(Reply::Nothing)
    })
}

/// A job, once it has ended: the button is shown a moment before the ledger knows of the end.
async fn ended(context: &Context, id: JobId) -> Result<Job, Problem> {
    for _ in 0..END_CHECKS_MAX {
        let job = context.store().job(id).await?.ok_or_else(|| Problem::told(say::EXPIRED_COMPONENT))?;
        if job.state.is_final() {
            return Ok(job);
        }
        tokio::time::sleep(END_CHECK_EVERY).await;
    }
    Err(Problem::told(say::TRY_AGAIN))
}

/// Asks again, in the same message: a new job with the failed one's question.
fn retry(context: Context) -> BoxFuture<'static, Outcome> {
    Box::pin(async move {
        let id = JobId(context.number(0)?);
        let failed = ended(&context, id).await?;
        if !may_change(&context, failed.author_id) {
            return Err(Problem::NotAllowed(say::NOT_YOURS));
        }
        let request = failed.request.filter(|_| failed.state == State::Failed);
        let mut request: Request = request
            .and_then(|request| serde_json::from_value(request.0).ok())
            .ok_or_else(|| Problem::told(say::EXPIRED_COMPONENT))?;
        request.response = None;
        let message = context.message()?;
        Ok(Reply::Job(Box::new(Order {
            request,
            message: failed.message_id,
            // A second click while the first is at work would write the same message twice.
            exclusive_key: Some(format!("answer:{}", message.id)),
            begin: Begin::Update(message),
            counts: true,
        })))
    })
}
