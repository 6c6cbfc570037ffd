//! Making the answer and showing it: streamed while it grows, then once in full.

use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use plotline_model::Usage;
use plotline_store::{Content, HeldJob, Lease, LedgerError, Store};
use plotline_text::{Progress, answer as parts_of};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::watch;

use super::editor::{Editor, finish};
use super::{Inner, Target, Trouble};
use crate::answer::{AnswerError, Calls};
use crate::discord::rest::{File, MessageBody};
use crate::ids::MessageId;
use crate::request::Request;
use crate::say;
use crate::settings::Settings;

/// Messages that one answer may take. A model's answer at its default limit takes three.
const PARTS_MAX: usize = 20;

/// Model calls that a job may begin. One is the rule; another mends a wrong chart or follows a crash, and both may happen.
const MODEL_CALLS_MAX: u32 = 4;

/// A complete answer, as the ledger keeps it until it is delivered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Finished {
    /// The messages, in order; at least one.
    parts: Vec<String>,
    /// The chart of the first message.
    chart: Option<Picture>,
    /// An edit may still be under way, so the final one is read back.
    verify: bool,
}

/// A chart, as the ledger keeps it: drawn, so that a restart shows the same picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Picture {
    /// Base64.
    png: String,
    name: String,
    alt: String,
}

impl Finished {
    /// Reads what [`plotline_store::Store::save_answer`] kept.
    pub(super) fn read(saved: Value) -> Option<Self> {
        serde_json::from_value(saved).ok()
    }

    /// The first message, with its chart: its whole state, so that the edit can be repeated.
    fn first(&self) -> MessageBody {
        let mut body = MessageBody::text(self.parts.first().map_or(say::INTERNAL, String::as_str));
        if let Some(chart) = &self.chart {
            // What cannot be decoded was not written by this program; the text still stands.
            let bytes = BASE64.decode(&chart.png).unwrap_or_default();
            body.files.push(File {
                name: format!("{}.png", chart.name),
                bytes: bytes.into(),
                description: Some(chart.alt.clone()),
            });
        }
        body
    }
}

/// Counts a job's model calls in the ledger.
struct Counted<'a> {
    store: &'a Store,
    lease: &'a Lease,
    failed: Mutex<Option<LedgerError>>,
}

impl Calls for Counted<'_> {
    async fn begin(&self) -> Result<(), AnswerError> {
        match self.store.count_model_call(self.lease).await {
            Ok(calls) if calls <= MODEL_CALLS_MAX => Ok(()),
            Ok(_) => Err(AnswerError::Stopped),
            Err(error) => {
                *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                Err(AnswerError::Stopped)
            }
        }
    }

    async fn used(&self, _model: &str, _usage: Usage) {}
}

impl Inner {
    /// Makes the answer, showing it as it grows, and keeps it in the ledger before it is delivered.
    pub(super) async fn answer(
        &self,
        held: &HeldJob,
        request: &Request,
        _settings: &Settings,
        target: Target,
        message: MessageId,
    ) -> Result<Finished, Trouble> {
        let question = self.question(request).await?;
        let calls = Counted { store: &self.store, lease: &held.lease, failed: Mutex::default() };
        let (growing, shown) = watch::channel(String::new());
        let mut editor = Editor::new(self.rest.clone(), target.channel, message, shown);
        let answered = {
            let answering = self.answerer.answer(&question, &calls, growing);
            let editing = editor.follow();
            tokio::pin!(answering, editing);
            let answered = tokio::select! {
                answered = &mut answering => answered,
                // Ends first only when the message is gone or may not be edited, and then nobody waits for the answer.
                ended = &mut editing => match ended {
                    Err(error) => return Err(error.into()),
                    Ok(()) => answering.await,
                },
            };
            // An edit under way has to be over before the final one is sent, or it could land after it.
            if let Err(error) = editing.await {
                return Err(error.into());
            }
            answered
        };
        // What kept the ledger from counting says more than that the answer was stopped.
        let failed = calls.failed.into_inner().unwrap_or_else(PoisonError::into_inner);
        let answered = match (answered, failed) {
            (Err(_), Some(error)) => return Err(error.into()),
            (answered, _) => answered?,
        };
        let mut parts = parts_of(&answered.text, Progress::Complete);
        if parts.len() > PARTS_MAX {
            parts.truncate(PARTS_MAX - 1);
            parts.push(say::TOO_LONG.to_owned());
        }
        if parts.is_empty() {
            parts.push(say::INTERNAL.to_owned());
        }
        let chart =
            answered.chart.map(|chart| Picture { png: BASE64.encode(&chart.png), name: chart.name, alt: chart.alt });
        let finished = Finished { parts, chart, verify: editor.in_doubt() };
        let saved = serde_json::to_value(&finished).map_err(|error| LedgerError::Invalid(error.to_string()))?;
        self.store.save_answer(&held.lease, &Content(saved)).await?;
        Ok(finished)
    }

    /// Shows the complete answer: the last edit of its first message, then the messages that follow it.
    pub(super) async fn deliver(
        &self,
        held: &HeldJob,
        target: Target,
        message: MessageId,
        finished: &Finished,
    ) -> Result<(), Trouble> {
        // An edit of a process that was killed may be under way as well.
        let verify = finished.verify || held.job.takeovers > 0;
        finish(&self.rest, target.channel, message, &finished.first(), verify).await?;
        for (index, part) in finished.parts.iter().enumerate().skip(1) {
            self.post(held, target, index as u32, MessageBody::text(part)).await?;
        }
        Ok(())
    }
}
