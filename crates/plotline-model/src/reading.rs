//! Reads one response: bytes to events of the stream to pieces of the answer.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt, stream};
use reqwest::Response;
use serde_json::Value;
use sse_stream::SseByteStream;
use tokio::time::{Instant, timeout_at};

use crate::assembly::Assembly;
use crate::body::{self, BodyError, ByteStream, Progress};
use crate::config::{ModelConfig, Provider, Timeouts};
use crate::error::{Failure, Wait};
use crate::report::Trouble;
use crate::request::ModelEvent;
use crate::{anthropic, openai};

/// How long to wait, after the reason for the end has come, for the token counts and the end of the body. The answer is complete by then, so a
/// server that never closes costs this and nothing else.
const AFTER_FINISH_MAX: Duration = Duration::from_secs(1);

/// How long to wait for the end of the body once the server has said that nothing follows. It usually comes with the last event, and a body read
/// to its end leaves the connection for the next call, which spares a TLS handshake.
const AFTER_CLOSE_MAX: Duration = Duration::from_millis(50);

/// One response being read.
pub(crate) struct Reading {
    provider: Provider,
    events: Pin<Box<SseByteStream<ByteStream>>>,
    assembly: Assembly,
    progress: Arc<Progress>,
    clock: Clock,
    /// Until when to wait for what may follow the reason for the end; set when that has come.
    finish_due: Option<Instant>,
    saw_event: bool,
    accept_missing_finish: bool,
}

/// What came of waiting once.
pub(crate) enum Step {
    /// Nothing for the caller yet.
    Nothing,
    /// More text.
    Text(String),
    /// The answer is complete; these are its last events.
    End(Vec<ModelEvent>),
}

impl Reading {
    /// Begins to read a response with a good status that was asked for at `sent`.
    ///
    /// A server that ignores `stream` answers with one JSON body, which is read to its end here. The first character tells: servers and proxies
    /// announce either form under all kinds of content types.
    pub(crate) async fn begin(
        config: &ModelConfig,
        response: Response,
        sent: Instant,
        total: Instant,
    ) -> Result<Self, Trouble> {
        let mut clock = Clock { timeouts: config.timeouts, sent, total, begun: false, waiting_since: None };
        let progress = Arc::new(Progress::default());
        let mut bytes = body::bounded(response, config.max_response_bytes, Arc::clone(&progress));
        let mut assembly = Assembly::default();
        let mut begin = BytesMut::new();
        // Blank lines before the answer say nothing in either form; some servers send them to keep the connection alive.
        while begin.is_empty() {
            let Some(chunk) = clock.wait(bytes.next()).await? else { break };
            begin.extend_from_slice(chunk.map_err(|error| broken(&error))?.trim_ascii_start());
        }
        match begin.first() {
            Some(b'{' | b'[') => {
                while let Some(chunk) = clock.wait(bytes.next()).await? {
                    clock.token_came();
                    begin.extend_from_slice(&chunk.map_err(|error| broken(&error))?);
                }
                let body: Value = serde_json::from_slice(&begin).map_err(|_| Failure::Malformed)?;
                match config.provider {
                    Provider::OpenAi => openai::whole(&body, &mut assembly)?,
                    Provider::Anthropic => anthropic::whole(&body, &mut assembly)?,
                }
                begin.clear();
            }
            // A web page: the address belongs to something else.
            Some(b'<') => return Err(Failure::Malformed.into()),
            _ => {}
        }
        let bytes = Box::pin(stream::iter([Ok::<Bytes, BodyError>(begin.freeze())]).chain(bytes));
        let events = Box::pin(SseByteStream::new(body::with_last_event(bytes, Arc::clone(&progress))));
        Ok(Self {
            provider: config.provider,
            events,
            assembly,
            progress,
            clock,
            finish_due: None,
            saw_event: false,
            accept_missing_finish: config.accept_missing_finish,
        })
    }

    /// Waits for the next event of the stream. Not to be called again after the end or an error.
    pub(crate) async fn step(&mut self) -> Result<Step, Trouble> {
        if let Some(text) = self.assembly.take_text() {
            return Ok(Step::Text(text));
        }
        if self.assembly.is_closed() {
            let due = Instant::now() + AFTER_CLOSE_MAX;
            while let Ok(Some(Ok(_))) = self.clock.wait_until(due, self.events.next()).await {}
            return self.end();
        }
        let finished = self.assembly.is_finished();
        let next = if finished {
            let due = *self.finish_due.get_or_insert_with(|| Instant::now() + AFTER_FINISH_MAX);
            self.clock.wait_until(due, self.events.next()).await
        } else {
            self.clock.wait(self.events.next()).await
        };
        match next {
            Ok(Some(Ok(event))) => self.take(event.data.as_deref())?,
            Ok(None) => return self.end(),
            // Nothing that happens after the end makes a complete answer incomplete.
            Ok(Some(Err(_))) | Err(_) if finished => return self.end(),
            Ok(Some(Err(error))) => return Err(unreadable(error)),
            Err(trouble) => return Err(trouble),
        }
        if self.assembly.take_progress() {
            self.clock.token_came();
        }
        Ok(self.assembly.take_text().map_or(Step::Nothing, Step::Text))
    }

    fn take(&mut self, data: Option<&str>) -> Result<(), Trouble> {
        let Some(data) = data.filter(|data| !data.trim().is_empty()) else { return Ok(()) };
        let finished = self.assembly.is_finished();
        let taken = match self.provider {
            Provider::OpenAi => openai::event(data, &mut self.assembly),
            Provider::Anthropic => anthropic::event(data, &mut self.assembly),
        };
        match taken {
            Err(_) if finished => self.assembly.close(),
            // The last event of a body that ended in its middle.
            Err(trouble) if trouble.failure == Failure::Malformed && self.progress.has_ended() => {
                return Err(Failure::Cut.into());
            }
            taken => taken?,
        }
        self.saw_event = true;
        Ok(())
    }

    fn end(&mut self) -> Result<Step, Trouble> {
        let accepted = self.accept_missing_finish && self.progress.has_ended() && self.assembly.has_output();
        if self.assembly.is_finished() || accepted {
            Ok(Step::End(std::mem::take(&mut self.assembly).into_events()))
        } else if self.progress.has_bytes() && !self.saw_event {
            Err(Failure::Malformed.into())
        } else {
            Err(Failure::Cut.into())
        }
    }
}

/// Keeps the time limits of one response.
struct Clock {
    timeouts: Timeouts,
    sent: Instant,
    total: Instant,
    begun: bool,
    /// When the wait for the next token began; keep-alives do not reset it, and time in which nobody reads does not count.
    waiting_since: Option<Instant>,
}

impl Clock {
    fn token_came(&mut self) {
        self.begun = true;
        self.waiting_since = None;
    }

    /// Waits until the next token is due.
    async fn wait<T>(&mut self, next: impl Future<Output = T>) -> Result<T, Trouble> {
        let since = *self.waiting_since.get_or_insert_with(Instant::now);
        let (due, wait) = if self.begun {
            (since + self.timeouts.between_tokens, Wait::BetweenTokens)
        } else {
            (self.sent + self.timeouts.first_token, Wait::FirstToken)
        };
        within(due, wait, self.total, next).await
    }

    async fn wait_until<T>(&self, due: Instant, next: impl Future<Output = T>) -> Result<T, Trouble> {
        within(due, Wait::BetweenTokens, self.total, next).await
    }
}

/// Waits for something until it is due, and never beyond the end of the whole call.
pub(crate) async fn within<T>(
    due: Instant,
    wait: Wait,
    total: Instant,
    next: impl Future<Output = T>,
) -> Result<T, Trouble> {
    let (due, wait) = if total <= due { (total, Wait::Total) } else { (due, wait) };
    timeout_at(due, next).await.map_err(|_| Failure::Timeout(wait).into())
}

fn unreadable(error: sse_stream::Error) -> Trouble {
    match error {
        sse_stream::Error::Body(error) => match error.downcast_ref::<BodyError>() {
            Some(error) => broken(error),
            None => Failure::Cut.into(),
        },
        _ => Failure::Malformed.into(),
    }
}

fn broken(error: &BodyError) -> Trouble {
    match error {
        BodyError::TooLarge => Failure::TooLarge.into(),
        BodyError::Broken(_) => Failure::Cut.into(),
    }
}
