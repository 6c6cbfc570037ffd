//! Making the answer and showing it: streamed while it grows, then once in full.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use plotline_model::Usage;
use plotline_store::{Content, Estimate, HeldJob, LedgerError, ModelCall, NewChart, Store};
use plotline_text::{Progress, answer as parts_of};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::watch;

use super::editor::{Editor, finish};
use super::surface::Surface;
use super::{Inner, Target, Trouble};
use crate::answer::{AnswerError, Calls, DrawnChart};
use crate::commands::chart_rows;
use crate::discord::rest::{File, MessageBody, RestError, code};
use crate::ids::{GuildId, JobId, UserId};
use crate::oversight::Oversight;
use crate::plotted::Plotted;
use crate::request::Request;
use crate::say;
use crate::settings::{Budget, Settings};

/// Messages that one answer may take. A model's answer at its default limit takes three.
const PARTS_MAX: usize = 20;

/// Model calls that a job may begin. One is the rule; another mends a wrong chart or follows a crash, and both may happen.
const MODEL_CALLS_MAX: u32 = 4;

/// The buttons of a chart work for so long. Its data take some kilobytes.
const CHART_LIFETIME: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// A complete answer, as the ledger keeps it until it is delivered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Finished {
    /// The messages, in order; at least one.
    parts: Vec<String>,
    /// The chart of the first message.
    chart: Option<Picture>,
    /// The buttons under it.
    #[serde(default)]
    rows: Vec<Value>,
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
        body.components.clone_from(&self.rows);
        body
    }

    /// Everything in one message, where no further one may be posted: what does not fit goes along as a file.
    fn whole(&self) -> MessageBody {
        let mut body = self.first();
        if self.parts.len() > 1 {
            let room = CONTENT_MAX - say::REST_IN_FILE.chars().count() - 1;
            let parts = plotline_text::split(&body.content, room);
            body.content = format!("{}\n{}", parts.first().map_or("", |part| part.trim_end()), say::REST_IN_FILE);
            let whole = self.parts.join("\n");
            body.files.push(File { name: "answer.md".to_owned(), bytes: whole.into(), description: None });
        }
        body
    }
}

/// Discord's limit of a message, in characters.
const CONTENT_MAX: usize = 2000;

/// Counts a job's model calls in the ledger, and what they cost.
struct Counted<'a> {
    inner: &'a Inner,
    held: &'a HeldJob,
    budget: Budget,
    /// The call under way.
    call: AtomicU32,
    failed: Mutex<Option<Trouble>>,
}

impl Counted<'_> {
    /// Counts a call before it is made. The operator's switch is looked at here, so that it stops all spending at once.
    async fn count(&self, model: &str, at_most: Usage) -> Result<(), Trouble> {
        if self.inner.admission.paused().await? {
            return Err(Trouble::Paused);
        }
        let ModelCall { model, tokens_in, tokens_out, micros, .. } = self.priced(model, at_most);
        let estimate = Estimate { model, tokens_in, tokens_out, micros };
        let call = self.inner.store.count_model_call(&self.held.lease, &estimate).await?;
        if call > MODEL_CALLS_MAX {
            return Err(Trouble::Interrupted);
        }
        self.call.store(call, Ordering::Relaxed);
        Ok(())
    }
}

impl Counted<'_> {
    /// The call under way with what it used and what that costs.
    fn priced(&self, model: &str, usage: Usage) -> ModelCall {
        let (tokens_in, tokens_out) = (usage.input_tokens, usage.output_tokens);
        ModelCall {
            call: self.call.load(Ordering::Relaxed),
            model: model.to_owned(),
            tokens_in,
            tokens_out,
            micros: self.inner.admission.operator().micros(model, tokens_in, tokens_out),
        }
    }

    fn bill(&self) -> Bill {
        let Inner { store, oversight, .. } = self.inner;
        let (job, guild) = (self.held.job.id, self.held.job.guild_id);
        Bill { store: store.clone(), oversight: oversight.clone(), job, guild, budget: self.budget }
    }
}

/// Where the use of a job's calls is written down.
struct Bill {
    store: Store,
    oversight: Oversight,
    job: JobId,
    guild: Option<GuildId>,
    budget: Budget,
}

impl Bill {
    async fn pay(self, call: ModelCall) {
        match self.store.add_usage(self.job, &call).await {
            Ok(spent) => self.oversight.spent(self.guild, self.budget, &spent),
            // The store has repeated it for a while. The answer is worth more than its bill.
            Err(error) => tracing::error!(%error, job = %self.job, "the use of a model call could not be counted"),
        }
    }
}

impl Calls for Counted<'_> {
    async fn begin(&self, model: &str, at_most: Usage) -> Result<(), AnswerError> {
        self.count(model, at_most).await.map_err(|trouble| {
            *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(trouble);
            AnswerError::Stopped
        })
    }

    async fn used(&self, model: &str, usage: Usage) {
        self.bill().pay(self.priced(model, usage)).await;
    }

    fn abandoned(&self, model: &str, usage: Usage) {
        let (bill, call) = (self.bill(), self.priced(model, usage));
        // The job is being ended meanwhile; whichever comes first, the call counts once. Should this not come to its end with the
        // process, what was held back for the call counts.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move { bill.pay(call).await });
        }
    }
}

impl Inner {
    /// Makes the answer, showing it as it grows, and keeps it in the ledger before it is delivered.
    pub(super) async fn answer(
        &self,
        held: &HeldJob,
        request: &Request,
        settings: &Settings,
        surface: &Surface,
    ) -> Result<Finished, Trouble> {
        let mut question = self.question(request).await?;
        question.manner = settings.manner.clone();
        question.asked_ms = Some(held.job.created_ms);
        let calls =
            Counted { inner: self, held, budget: settings.budget, call: AtomicU32::new(0), failed: Mutex::default() };
        let (growing, shown) = watch::channel(String::new());
        let rows = self.growing(held, request, "").components;
        let mut editor = Editor::new(self.rest.clone(), surface.clone(), rows, shown);
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
            (Err(_), Some(trouble)) => return Err(trouble),
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
        let rows = match &answered.chart {
            Some(chart) => self.keep_chart(held, surface, chart, answered.chart_authors).await?,
            None => Vec::new(),
        };
        let chart =
            answered.chart.map(|chart| Picture { png: BASE64.encode(&chart.png), name: chart.name, alt: chart.alt });
        let finished = Finished { parts, chart, rows, verify: editor.in_doubt() };
        let saved = serde_json::to_value(&finished).map_err(|error| LedgerError::Invalid(error.to_string()))?;
        self.store.save_answer(&held.lease, &Content(saved)).await?;
        Ok(finished)
    }

    /// Keeps what the buttons of a chart need, before they are shown. Gives the buttons; none where the data are too many to be kept, or
    /// the member has just had their data erased.
    async fn keep_chart(
        &self,
        held: &HeldJob,
        surface: &Surface,
        chart: &DrawnChart,
        authors: Vec<UserId>,
    ) -> Result<Vec<Value>, Trouble> {
        let plotted = Plotted::new(chart);
        let made = tokio::task::spawn_blocking(move || {
            (chart_rows(&plotted), serde_json::to_value(&plotted.shown).unwrap_or_default(), plotted.data())
        });
        let Ok((rows, shown, data)) = made.await else { return Ok(Vec::new()) };
        let kept = NewChart {
            message_id: surface.message,
            job_id: Some(held.job.id),
            guild_id: held.job.guild_id,
            channel_id: surface.channel,
            asker_id: held.job.author_id,
            authors,
            spec: Content(shown),
            data,
            lifetime: CHART_LIFETIME,
        };
        match self.store.put_chart(&kept).await {
            Ok(true) => Ok(rows),
            Ok(false) => Ok(Vec::new()),
            Err(plotline_store::StoreError::Value(reason)) => {
                tracing::info!(job = %held.job.id, reason, "a chart has no buttons");
                Ok(Vec::new())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Shows the complete answer: the last edit of its first message, then the messages that follow it.
    pub(super) async fn deliver(
        &self,
        held: &HeldJob,
        request: &Request,
        target: Target,
        surface: Surface,
        finished: &Finished,
    ) -> Result<(), Trouble> {
        // An edit of a process that was killed may be under way as well.
        let verify = finished.verify || held.job.takeovers > 0;
        let Some(response) = &request.response else {
            finish(&self.rest, &surface, &finished.first(), verify).await?;
            return self.deliver_rest(held, target, finished).await;
        };
        let alone = response.private || !response.bot_may_post;
        let body = if alone { finished.whole() } else { finished.first() };
        let shown = if surface.is_open() { finish(&self.rest, &surface, &body, verify).await } else { Err(expired()) };
        match shown {
            Ok(()) => {}
            Err(error) if error.is_expired() => {
                let other = self.after_expiry(held, request, response, &body).await?;
                if other.message != surface.message {
                    self.store.move_chart(surface.message, other.message, other.channel).await?;
                }
                finish(&self.rest, &other, &body, verify).await?;
            }
            Err(error) => return Err(error.into()),
        }
        if alone { Ok(()) } else { self.deliver_rest(held, target, finished).await }
    }

    async fn deliver_rest(&self, held: &HeldJob, target: Target, finished: &Finished) -> Result<(), Trouble> {
        for (index, part) in finished.parts.iter().enumerate().skip(1) {
            self.post(held, target, index as u32, MessageBody::text(part)).await?;
        }
        Ok(())
    }
}

/// As Discord would say it of a token whose time is over.
fn expired() -> RestError {
    RestError::Refused {
        status: reqwest::StatusCode::UNAUTHORIZED,
        code: code::INVALID_WEBHOOK_TOKEN,
        message: "the time to answer the interaction is over".to_owned(),
    }
}
