//! One call: its attempts, and the events that come of them.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use secrecy::ExposeSecret;
use serde_json::Value;
use tokio::time::{Instant, sleep};

use crate::body;
use crate::client::Shared;
use crate::config::Provider;
use crate::error::{Failure, ModelError, Wait};
use crate::quirks::{QUIRKS_MAX, Quirks};
use crate::reading::{Reading, Step, within};
use crate::report::Trouble;
use crate::request::{ChatRequest, ModelEvent};
use crate::{anthropic, openai, retry};

/// The most bytes read of an error's body; explanations are shorter, and a web page says nothing more further down.
const ERROR_BYTES_MAX: usize = 16 * 1024;

/// How long to wait for an error's body, whose status says the most already.
const ERROR_BODY_WAIT_MAX: Duration = Duration::from_secs(5);

/// What the holder of a stream can see of its call.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    attempts: AtomicU32,
    tools_dropped: AtomicBool,
}

impl Watch {
    pub(crate) fn attempts(&self) -> u32 {
        self.attempts.load(Ordering::Relaxed)
    }

    pub(crate) fn tools_dropped(&self) -> bool {
        self.tools_dropped.load(Ordering::Relaxed)
    }
}

/// One call to the model.
pub(crate) struct Call {
    shared: Arc<Shared>,
    request: ChatRequest,
    model: String,
    quirks: Quirks,
    /// Attempts that count against the limit; those refused for a quirk do not.
    tries: u32,
    learned: u32,
    total: Instant,
    watch: Arc<Watch>,
    reading: Option<Reading>,
    ready: VecDeque<ModelEvent>,
    handed_out: bool,
    over: bool,
}

impl Call {
    pub(crate) fn new(shared: Arc<Shared>, request: ChatRequest, watch: Arc<Watch>) -> Self {
        let model = request.model.clone().unwrap_or_else(|| shared.config.model.clone());
        Self {
            quirks: shared.quirks.of(&model),
            total: Instant::now() + shared.config.timeouts.total,
            shared,
            request,
            model,
            tries: 0,
            learned: 0,
            watch,
            reading: None,
            ready: VecDeque::new(),
            handed_out: false,
            over: false,
        }
    }

    /// The next event; `None` after the end and after an error.
    pub(crate) async fn next(&mut self) -> Option<Result<ModelEvent, ModelError>> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(Ok(event));
            }
            if self.over {
                return None;
            }
            if let Err(error) = self.advance().await {
                self.over = true;
                return Some(Err(error));
            }
        }
    }

    async fn advance(&mut self) -> Result<(), ModelError> {
        let Some(reading) = &mut self.reading else {
            return self.open().await;
        };
        match reading.step().await {
            Ok(Step::Nothing) => {}
            Ok(Step::Text(text)) => {
                self.handed_out = true;
                self.ready.push_back(ModelEvent::Text(text));
            }
            Ok(Step::End(events)) => {
                self.over = true;
                self.reading = None;
                self.ready.extend(events);
            }
            Err(trouble) => {
                // Dropped before the pause, so that the old connection is closed by then.
                self.reading = None;
                self.recover(trouble).await?;
            }
        }
        Ok(())
    }

    /// Sends the request until there is an answer to read.
    pub(crate) async fn open(&mut self) -> Result<(), ModelError> {
        loop {
            match self.attempt().await {
                Ok(reading) => {
                    if self.learned > 0 {
                        // Only now is it known that the parameter was the reason.
                        self.shared.quirks.remember(&self.model, self.quirks);
                    }
                    self.reading = Some(reading);
                    return Ok(());
                }
                Err(trouble) => self.recover(trouble).await?,
            }
        }
    }

    async fn attempt(&mut self) -> Result<Reading, Trouble> {
        let config = &self.shared.config;
        let (body, path) = match config.provider {
            Provider::OpenAi => (openai::body(&self.request, &self.model, self.quirks), "chat/completions"),
            Provider::Anthropic => (anthropic::body(&self.request, &self.model, self.quirks), "messages"),
        };
        let body = body.as_ref().map(Value::to_string).ok_or(Failure::EmptyRequest)?;
        self.tries += 1;
        self.watch.attempts.fetch_add(1, Ordering::Relaxed);
        self.watch.tools_dropped.store(self.quirks.no_tools && !self.request.tools.is_empty(), Ordering::Relaxed);
        let sent = Instant::now();
        let due = sent + config.timeouts.first_token;
        let sending = self.shared.http.post(config.endpoint(path)).body(Bytes::from(body)).send();
        let response = within(due, Wait::FirstToken, self.total, sending).await?.map_err(|error| {
            // Once connected, a request without a response is an answer cut before its first byte.
            Trouble::transport(if error.is_connect() { Failure::Connect } else { Failure::Cut }, error)
        })?;
        let status = response.status();
        if status.is_success() {
            return Reading::begin(config, response, sent, self.total).await;
        }
        let retry_after = retry::retry_after(response.headers(), SystemTime::now());
        let explained = body::first_bytes(response, ERROR_BYTES_MAX);
        let due = Instant::now() + ERROR_BODY_WAIT_MAX;
        let explanation = within(due, Wait::FirstToken, self.total, explained).await.unwrap_or_default();
        Err(Trouble::status(status.as_u16(), &explanation, retry_after))
    }

    /// Prepares the next attempt, or ends the call with the error.
    async fn recover(&mut self, trouble: Trouble) -> Result<(), ModelError> {
        let config = &self.shared.config;
        if !self.handed_out
            && self.learned < QUIRKS_MAX
            && let Some(quirks) = self.quirks.learn(&trouble, &self.request, config.provider)
        {
            tracing::info!(model = self.model, ?quirks, "the model does not take a parameter; asking again without it");
            self.quirks = quirks;
            self.learned += 1;
            self.tries = self.tries.saturating_sub(1);
            return Ok(());
        }
        let may_retry = !self.handed_out && trouble.failure.is_transient() && self.tries < config.max_attempts;
        let left = self.total.saturating_duration_since(Instant::now());
        let pause = retry::pause(&config.backoff, self.tries, trouble.retry_after, left).filter(|_| may_retry);
        let key = config.api_key.as_ref().map(ExposeSecret::expose_secret);
        let error = trouble.into_error(self.watch.attempts(), key);
        let Some(pause) = pause else { return Err(error) };
        tracing::warn!(
            kind = error.kind(),
            status = error.status(),
            attempt = error.attempts(),
            pause_ms = pause.as_millis() as u64,
            "model call failed before any of its answer was shown; trying again"
        );
        sleep(pause).await;
        Ok(())
    }
}
