//! The server: takes a request, records it, picks the reply and plays it.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::stream;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, Limited, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{HeaderMap, Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::record::{Outcome, RecordedRequest};
use crate::reply::{Action, ErrorBody, Gate, Head, Reply};
use crate::wire::{Writer, error_body};
use crate::{Dialect, validate};

/// The largest request body taken, in bytes; a model's whole context is far smaller.
const REQUEST_BYTES_MAX: usize = 16 * 1024 * 1024;

/// How long to wait after an accept that failed, so that a lasting cause does not keep a core busy.
const ACCEPT_PAUSE: Duration = Duration::from_millis(10);

/// Headers whose values are never recorded.
const SECRET_HEADERS: &[&str] = &["authorization", "x-api-key", "api-key", "cookie", "proxy-authorization"];

type Answer = Box<dyn Fn(&RecordedRequest) -> Reply + Send + Sync>;
type Body = UnsyncBoxBody<Bytes, Closed>;

/// Everything that the server knows, shared by its connections and its handle.
pub(crate) struct Shared {
    state: Mutex<State>,
    /// Counts changes, so that waiting needs no polling.
    changes: watch::Sender<u64>,
}

#[derive(Default)]
pub(crate) struct State {
    pub(crate) queue: VecDeque<Reply>,
    pub(crate) answer: Option<Answer>,
    pub(crate) requests: Vec<RecordedRequest>,
    pub(crate) problems: Vec<String>,
    pub(crate) key: Option<String>,
    pub(crate) models: Option<Vec<String>>,
    pub(crate) lists_models: bool,
}

/// The connection is to be closed without (the rest of) an answer.
#[derive(Debug)]
pub(crate) struct Closed;

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("closed by the script")
    }
}

impl std::error::Error for Closed {}

impl Shared {
    pub(crate) fn new() -> Self {
        Self { state: Mutex::new(State { lists_models: true, ..State::default() }), changes: watch::Sender::new(0) }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let result = change(&mut self.state());
        self.changes.send_modify(|count| *count += 1);
        result
    }

    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    fn problem(&self, problem: String) {
        self.change(|state| state.problems.push(problem));
    }
}

/// Accepts connections until it is dropped; dropping it closes them all.
pub(crate) async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    let mut accepted_count = 0;
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((socket, _)) = accepted else {
                    // The client is gone already, or the process has no file left to open, which passes.
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    continue;
                };
                // Without this, small chunks would wait for each other and never arrive one by one.
                let _ = socket.set_nodelay(true);
                let shared = Arc::clone(&shared);
                let connection = accepted_count;
                accepted_count += 1;
                connections.spawn(async move {
                    let service = service_fn(move |request| handle(request, connection, Arc::clone(&shared)));
                    // An error here is a client that left or a scripted cut; both are in the record.
                    let _ = http1::Builder::new().serve_connection(TokioIo::new(socket), service).await;
                });
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn handle(request: Request<Incoming>, connection: usize, shared: Arc<Shared>) -> Result<Response<Body>, Closed> {
    let (head, body) = request.into_parts();
    let path = head.uri.path().trim_end_matches('/').to_owned();
    let anthropic = head.headers.contains_key("x-api-key") || head.headers.contains_key("anthropic-version");
    let dialect = match (&head.method, path.as_str()) {
        (&Method::POST, "/v1/chat/completions") => Dialect::OpenAi,
        (&Method::POST, "/v1/messages") => Dialect::Anthropic,
        (&Method::GET, "/v1/models") => return Ok(list_models(&shared, anthropic, &head.headers)),
        (method, path) => {
            shared.problem(format!("unknown route {method} {path}"));
            return Ok(plain(404, "text/plain", "404 page not found".to_owned()));
        }
    };
    // A body that is cut off is a client that left: there is nobody to answer.
    let body = Limited::new(body, REQUEST_BYTES_MAX).collect().await.map_err(|_| Closed)?.to_bytes();
    let body: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let mut problems = validate::violations(dialect, &body);
    if dialect == Dialect::Anthropic && !head.headers.contains_key("anthropic-version") {
        problems.push("the header anthropic-version is missing".to_owned());
    }
    let request = RecordedRequest {
        dialect,
        connection,
        headers: recorded(&head.headers),
        body: body.clone(),
        received_at: Instant::now(),
        outcome: Outcome::Running,
        ended_at: None,
        chunks_sent: 0,
    };
    let (index, reply) = shared.change(|state| {
        let reply = pick(state, &request, &problems, &head.headers);
        let index = state.requests.len();
        state.problems.extend(problems.iter().map(|problem| format!("call {}: {problem}", index + 1)));
        state.requests.push(request);
        (index, reply)
    });
    play(reply, dialect, &body, Record { shared, index, settled: false }).await
}

/// The reply to a request: a refusal if the service would refuse it, else the next of the script, else the function's, else an echo.
fn pick(state: &mut State, request: &RecordedRequest, problems: &[String], headers: &HeaderMap) -> Reply {
    if !key_accepted(state, headers) {
        return Reply::unauthorized();
    }
    if let Some(problem) = problems.first() {
        return Reply::failure(400, problem);
    }
    let model = request.body["model"].as_str().unwrap_or_default();
    if state.models.as_ref().is_some_and(|models| !models.iter().any(|known| known == model)) {
        return Reply::model_not_found();
    }
    if let Some(reply) = state.queue.pop_front() {
        return reply;
    }
    match &state.answer {
        Some(answer) => answer(request),
        None => Reply::text(&format!("You said: {}", request.last_user_text())),
    }
}

fn key_accepted(state: &State, headers: &HeaderMap) -> bool {
    let Some(key) = &state.key else { return true };
    let value = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    value("x-api-key") == Some(key) || value("authorization").and_then(|v| v.strip_prefix("Bearer ")) == Some(key)
}

fn list_models(shared: &Shared, anthropic: bool, headers: &HeaderMap) -> Response<Body> {
    let state = shared.state();
    if !state.lists_models {
        return plain(404, "text/plain", "404 page not found".to_owned());
    }
    if !key_accepted(&state, headers) {
        let error = ErrorBody::new("authentication_error", Some("invalid_api_key"), "Incorrect API key provided.");
        let dialect = if anthropic { Dialect::Anthropic } else { Dialect::OpenAi };
        return plain(401, "application/json", error_body(dialect, &error).to_string());
    }
    let models = state.models.clone().unwrap_or_else(|| vec!["sim-model".to_owned()]);
    let list = models.iter().map(|id| json!({"id": id, "object": "model", "type": "model"}));
    plain(
        200,
        "application/json",
        json!({"object": "list", "data": list.collect::<Vec<_>>(), "has_more": false}).to_string(),
    )
}

fn recorded(headers: &HeaderMap) -> Vec<(String, String)> {
    let value = |name: &HeaderName, value: &HeaderValue| {
        if SECRET_HEADERS.contains(&name.as_str()) {
            "<key>".to_owned()
        } else {
            String::from_utf8_lossy(value.as_bytes()).into_owned()
        }
    };
    headers.iter().map(|(name, content)| (name.as_str().to_owned(), value(name, content))).collect()
}

/// Writes down how a call ends; dropped before it is settled, the client has left.
struct Record {
    shared: Arc<Shared>,
    index: usize,
    settled: bool,
}

impl Record {
    fn update(&self, update: impl FnOnce(&mut RecordedRequest)) {
        self.shared.change(|state| {
            if let Some(request) = state.requests.get_mut(self.index) {
                update(request);
            }
        });
    }

    fn chunk_sent(&self) {
        self.update(|request| request.chunks_sent += 1);
    }

    fn settle(&mut self, outcome: Outcome) {
        if !std::mem::replace(&mut self.settled, true) {
            self.update(|request| {
                request.outcome = outcome;
                request.ended_at = Some(Instant::now());
            });
        }
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        self.settle(Outcome::Disconnected);
    }
}

async fn play(reply: Reply, dialect: Dialect, body: &Value, mut record: Record) -> Result<Response<Body>, Closed> {
    let mut response = match &reply.head {
        Head::Close => {
            record.settle(Outcome::Sent);
            return Err(Closed);
        }
        // Dropped by hyper when the client closes the connection.
        Head::Never => std::future::pending().await,
        Head::Error { status, error } => {
            record.settle(Outcome::Sent);
            plain(*status, "application/json", error_body(dialect, error).to_string())
        }
        Head::Raw { status, content_type, body } => {
            record.settle(Outcome::Sent);
            plain(*status, content_type, body.clone())
        }
        Head::Answer => {
            let as_json = reply.form.as_json || body["stream"] != json!(true);
            let writer = Writer::new(dialect, &reply, record.index + 1, body);
            let steps = if as_json { json_steps(&reply, &writer) } else { steps(&reply, writer) };
            let content_type = if as_json { "application/json" } else { "text/event-stream; charset=utf-8" };
            let content_type = reply.form.content_type.as_deref().unwrap_or(content_type);
            respond(200, content_type, stream_body(steps, record))
        }
    };
    for (name, value) in &reply.headers {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse::<HeaderValue>()) {
            response.headers_mut().insert(name, value);
        }
    }
    Ok(response)
}

fn plain(status: u16, content_type: &str, body: impl Into<Bytes>) -> Response<Body> {
    respond(status, content_type, Full::new(body.into()).map_err(|never: Infallible| match never {}).boxed_unsync())
}

fn respond(status: u16, content_type: &str, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let content_type = content_type.parse().unwrap_or(HeaderValue::from_static("application/octet-stream"));
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}

/// One thing to do while a body is sent.
enum Step {
    Write { bytes: Bytes, chunk: bool },
    Repeat(Bytes),
    Wait(Duration),
    Hold(Gate),
    Stall,
    Cut,
}

/// Turns a reply into steps; a fault that ends the answer ends the list.
fn steps(reply: &Reply, mut writer: Writer<'_>) -> Vec<Step> {
    let mut steps = vec![write(reply.form.before.clone(), false), write(writer.opening(), false)];
    let mut last_chunk = String::new();
    for (sent, part) in reply.parts.iter().enumerate() {
        if actions(reply, |at| at == sent, &writer, &last_chunk, &mut steps) {
            return steps;
        }
        if let Some(pause) = reply.form.pace {
            steps.push(Step::Wait(pause));
        }
        if reply.form.comments {
            steps.push(write(writer.keep_alive(), false));
        }
        last_chunk = writer.part(part);
        steps.push(write(last_chunk.clone(), true));
    }
    if actions(reply, |at| at >= reply.parts.len(), &writer, &last_chunk, &mut steps) {
        return steps;
    }
    let mut closing = writer.closing();
    if !reply.form.final_blank_line {
        closing.truncate(closing.trim_end().len());
    }
    steps.push(write(closing, false));
    if reply.form.keep_open {
        steps.push(Step::Stall);
    }
    match reply.form.write_bytes {
        Some(size) => steps.into_iter().flat_map(|step| split(step, size)).collect(),
        None => steps,
    }
}

fn write(text: String, chunk: bool) -> Step {
    Step::Write { bytes: Bytes::from(text), chunk }
}

/// Adds the actions due at this point; true if one of them ends the answer.
fn actions(
    reply: &Reply,
    due: impl Fn(usize) -> bool,
    writer: &Writer<'_>,
    last_chunk: &str,
    steps: &mut Vec<Step>,
) -> bool {
    for (_, action) in reply.actions.iter().filter(|(at, _)| due(*at)) {
        match action {
            Action::Delay(pause) => steps.push(Step::Wait(*pause)),
            Action::Hold(gate) => steps.push(Step::Hold(gate.clone())),
            Action::Bytes(text) => steps.push(write(text.clone(), false)),
            Action::End => return true,
            Action::Cut => {
                steps.push(Step::Cut);
                return true;
            }
            Action::Stall => {
                steps.push(Step::Stall);
                return true;
            }
            Action::Error(error) => {
                steps.push(write(writer.error(error), false));
                return true;
            }
            Action::Repeat => {
                steps.push(Step::Repeat(Bytes::from(last_chunk.to_owned())));
                return true;
            }
        }
    }
    false
}

/// One JSON body; of the faults, a cut (in its middle) and a stall (before it) apply.
fn json_steps(reply: &Reply, writer: &Writer<'_>) -> Vec<Step> {
    let whole = writer.whole().to_string();
    let length = whole.len();
    let has = |wanted: fn(&Action) -> bool| reply.actions.iter().any(|(_, action)| wanted(action));
    if has(|action| matches!(action, Action::Stall)) {
        return vec![Step::Stall];
    }
    if has(|action| matches!(action, Action::Cut)) {
        let half = Bytes::from(whole).slice(..length / 2);
        return vec![Step::Write { bytes: half, chunk: false }, Step::Cut];
    }
    let step = write(reply.form.before.clone() + &whole, true);
    match reply.form.write_bytes {
        Some(size) => split(step, size),
        None => vec![step],
    }
}

/// Splits what one step writes into pieces of `size` bytes; the last piece counts as the chunk.
fn split(step: Step, size: usize) -> Vec<Step> {
    let Step::Write { mut bytes, chunk } = step else { return vec![step] };
    let mut pieces = Vec::with_capacity(bytes.len() / size + 1);
    while bytes.len() > size {
        pieces.push(Step::Write { bytes: bytes.split_to(size), chunk: false });
    }
    pieces.push(Step::Write { bytes, chunk });
    pieces
}

fn stream_body(steps: Vec<Step>, record: Record) -> Body {
    let frames = stream::unfold((VecDeque::from(steps), record), |(mut steps, mut record)| async move {
        loop {
            // Lets hyper send what it has: each chunk reaches the wire by itself, and before a cut.
            tokio::task::yield_now().await;
            let Some(step) = steps.pop_front() else {
                record.settle(Outcome::Sent);
                return None;
            };
            let (frame, chunk) = match step {
                Step::Write { bytes, chunk } => (bytes, chunk),
                Step::Repeat(bytes) => {
                    steps.push_front(Step::Repeat(bytes.clone()));
                    (bytes, true)
                }
                Step::Wait(pause) => {
                    tokio::time::sleep(pause).await;
                    continue;
                }
                Step::Hold(gate) => {
                    gate.pass().await;
                    continue;
                }
                Step::Stall => std::future::pending().await,
                Step::Cut => {
                    record.settle(Outcome::Sent);
                    return Some((Err(Closed), (VecDeque::new(), record)));
                }
            };
            if chunk {
                record.chunk_sent();
            }
            if !frame.is_empty() {
                return Some((Ok(Frame::data(frame)), (steps, record)));
            }
        }
    });
    StreamBody::new(frames).boxed_unsync()
}
