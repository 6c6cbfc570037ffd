//! REST calls to Discord: a thin layer of our own on reqwest.
//!
//! serenity's own layer is not used: its limiter posts a successful request again when a header does not parse, ignores the
//! configured base, and has no time-out. Here every call has a time-out and a deadline, and every call that is repeated is one that
//! Discord carries out once: posts have an enforced nonce, a thread belongs to its message, edits carry the full state.

mod body;
mod error;
mod interactions;
mod limits;
mod routes;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use reqwest::{Client, Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use tokio::time::Instant;
use url::Url;

pub use body::{File, MessageBody, NewMessage, Posted, PostedFile, flag};
pub use error::{RestError, code};
pub use interactions::{Acknowledged, Callback, Choice, Form, FormInput};
use limits::{Limits, Route};
pub use routes::{Application, Channel, GatewayBot, Page, StartedThread, User};

/// The first wait after a failure; doubled each time.
const BACK_OFF_FIRST: Duration = Duration::from_millis(250);
/// The longest wait after a failure.
const BACK_OFF_MAX: Duration = Duration::from_secs(8);
/// A failing call is tried this often: with the waits above about 25 s of patience plus the attempts themselves.
const ATTEMPTS_MAX: u32 = 7;
/// No answer of Discord that the bot asks for is larger (100 messages of 4000 characters with embeds).
const ANSWER_BYTES_MAX: usize = 16 << 20;
/// One call, with all its waiting, ends after this long.
const CALL_DEADLINE: Duration = Duration::from_secs(90);

/// What a call sends.
#[derive(Clone, Debug)]
enum Payload {
    None,
    Json(Value),
    Multipart(Value, Vec<File>),
}

struct Call {
    method: Method,
    path: String,
    route: Route,
    payload: Payload,
    /// The bot's token is sent along; interaction endpoints carry their own in the path.
    authorised: bool,
    /// How long all attempts and waits may take.
    deadline: Duration,
    /// How long one attempt may take, where it is less than for other calls.
    attempt: Option<Duration>,
}

/// What came back, and whether an attempt before it may have been executed as well.
struct Answer {
    value: Value,
    ambiguous: bool,
}

/// A client for Discord's REST API. Cheap to clone.
#[derive(Clone)]
pub struct Rest {
    inner: Arc<Inner>,
}

struct Inner {
    client: Client,
    base: Url,
    token: SecretString,
    limits: Limits,
    attempt_timeout: Duration,
    calls: AtomicU64,
}

impl std::fmt::Debug for Rest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rest").field("base", &self.inner.base.as_str()).finish_non_exhaustive()
    }
}

impl Rest {
    /// A client for the API below `base` (`https://discord.com`, a proxy, a simulator). One attempt may take `attempt_timeout`.
    ///
    /// # Errors
    /// When the HTTP client cannot be made, for example because no TLS provider is installed.
    pub fn new(base: Url, token: SecretString, attempt_timeout: Duration) -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .user_agent(concat!("DiscordBot (https://github.com/plotline/plotline, ", env!("CARGO_PKG_VERSION"), ")"))
            .timeout(attempt_timeout)
            .connect_timeout(attempt_timeout.min(Duration::from_secs(10)))
            // A redirect would carry the token to another host.
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let inner = Inner { client, base, token, limits: Limits::default(), attempt_timeout, calls: AtomicU64::new(0) };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// How many requests were sent, repeats included.
    pub fn requests_sent(&self) -> u64 {
        self.inner.calls.load(Ordering::Relaxed)
    }

    async fn call(&self, call: Call) -> Result<Answer, RestError> {
        let mut ambiguous = false;
        let value = self.call_noting(call, &mut ambiguous).await?;
        Ok(Answer { value, ambiguous })
    }

    /// As [`Rest::call`]; also tells of a call that failed in the end whether some attempt may have been executed.
    async fn call_noting(&self, call: Call, ambiguous: &mut bool) -> Result<Value, RestError> {
        let started = Instant::now();
        let until = started + call.deadline;
        let mut attempts = 0;
        let mut back_off = BACK_OFF_FIRST;
        loop {
            if let Some(wait) = self.inner.limits.brake(std::time::Instant::now()) {
                return Err(RestError::Braked(wait));
            }
            while let Err(wait) = self.inner.limits.take(&call.route, std::time::Instant::now()) {
                if Instant::now() + wait > until {
                    let last = "the rate limit lasts longer than the call may".to_owned();
                    return Err(RestError::Unavailable { attempts, last, retry_after: Some(wait) });
                }
                tokio::time::sleep(wait.max(Duration::from_millis(1))).await;
            }
            attempts += 1;
            let (last, wait) = match self.attempt(&call).await {
                Attempt::Done(value) => return Ok(value),
                Attempt::Refused(error) => return Err(error),
                Attempt::Limited(wait) => {
                    // A limit says when to come back, so it does not use up the patience for failures.
                    attempts -= 1;
                    (format!("429, retry after {wait:?}"), wait)
                }
                Attempt::Failed { what, executed_perhaps } => {
                    *ambiguous |= executed_perhaps;
                    let wait = jittered(back_off);
                    back_off = (back_off * 2).min(BACK_OFF_MAX);
                    (what, wait)
                }
            };
            if attempts >= ATTEMPTS_MAX || Instant::now() + wait > until {
                return Err(RestError::Unavailable { attempts, last, retry_after: Some(wait) });
            }
            tracing::debug!(
                route = call.route.pattern,
                attempts,
                last,
                wait_ms = wait.as_millis() as u64,
                "repeating a call to Discord"
            );
            tokio::time::sleep(wait).await;
        }
    }

    async fn attempt(&self, call: &Call) -> Attempt {
        self.inner.calls.fetch_add(1, Ordering::Relaxed);
        let mut url = self.inner.base.clone();
        url.set_path(&format!(
            "{}/api/v10{}",
            self.inner.base.path().trim_end_matches('/'),
            call.path.split('?').next().unwrap_or("")
        ));
        url.set_query(call.path.split_once('?').map(|(_, query)| query));
        let timeout =
            call.attempt.map_or(self.inner.attempt_timeout, |attempt| attempt.min(self.inner.attempt_timeout));
        let mut request = self.inner.client.request(call.method.clone(), url).timeout(timeout);
        if call.authorised {
            request = request.header("authorization", format!("Bot {}", self.inner.token.expose_secret()));
        }
        request = match &call.payload {
            Payload::None => request,
            Payload::Json(body) => request.json(body),
            Payload::Multipart(body, files) => match form(body, files) {
                Ok(form) => request.multipart(form),
                Err(error) => return Attempt::Refused(RestError::Unreadable(error.to_string())),
            },
        };
        let response = match request.send().await {
            Ok(response) => response,
            // Nothing was sent when there was no connection; anything later may have been carried out.
            Err(error) => return Attempt::Failed { what: failure(&error), executed_perhaps: !error.is_connect() },
        };
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = read_bounded(response).await;
        let now = std::time::Instant::now();
        if status == StatusCode::TOO_MANY_REQUESTS {
            let limited = limited(&headers, bytes.as_deref().unwrap_or_default());
            self.inner.limits.learn(&call.route, status.as_u16(), &headers, Some(limited), now);
            return Attempt::Limited(limited.0);
        }
        self.inner.limits.learn(&call.route, status.as_u16(), &headers, None, now);
        if status.is_server_error() {
            return Attempt::Failed { what: format!("status {}", status.as_u16()), executed_perhaps: true };
        }
        let bytes = match bytes {
            Ok(bytes) => bytes,
            Err(what) => return Attempt::Failed { what, executed_perhaps: true },
        };
        let value = if bytes.is_empty() { Ok(Value::Null) } else { serde_json::from_slice::<Value>(&bytes) };
        if status.is_success() {
            return match value {
                Ok(value) => Attempt::Done(value),
                // A success whose body is cut: the effect is there, and the repeat reads it.
                Err(error) => Attempt::Failed { what: format!("unreadable body: {error}"), executed_perhaps: true },
            };
        }
        let value = value.unwrap_or(Value::Null);
        Attempt::Refused(RestError::Refused {
            status,
            code: value["code"].as_u64().and_then(|code| u32::try_from(code).ok()).unwrap_or(0),
            message: refusal(&value),
        })
    }
}

enum Attempt {
    Done(Value),
    Refused(RestError),
    Limited(Duration),
    Failed { what: String, executed_perhaps: bool },
}

/// Discord's words about a refusal with the names of the fields that were wrong, bounded; values are never repeated.
fn refusal(body: &Value) -> String {
    fn fields(value: &Value, path: &mut Vec<String>, out: &mut Vec<String>) {
        let Some(object) = value.as_object() else { return };
        if let Some(errors) = object.get("_errors").and_then(Value::as_array) {
            let what = errors.iter().filter_map(|error| error["code"].as_str()).collect::<Vec<_>>().join(", ");
            out.push(format!("{}: {what}", path.join(".")));
        }
        for (key, value) in object.iter().filter(|(key, _)| *key != "_errors") {
            path.push(key.clone());
            fields(value, path, out);
            path.pop();
        }
    }
    let mut details = Vec::new();
    fields(&body["errors"], &mut Vec::new(), &mut details);
    let mut text = body["message"].as_str().unwrap_or("no reason given").to_owned();
    if !details.is_empty() {
        text = format!("{text} ({})", details.join("; "));
    }
    text.chars().take(300).collect()
}

fn form(body: &Value, files: &[File]) -> Result<reqwest::multipart::Form, reqwest::Error> {
    let payload = reqwest::multipart::Part::text(body.to_string()).mime_str("application/json")?;
    let mut form = reqwest::multipart::Form::new().part("payload_json", payload);
    for (index, file) in files.iter().enumerate() {
        let part = reqwest::multipart::Part::stream(file.bytes.clone()).file_name(file.name.clone());
        form = form.part(format!("files[{index}]"), part);
    }
    Ok(form)
}

async fn read_bounded(mut response: reqwest::Response) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| failure(&error))? {
        if bytes.len() + chunk.len() > ANSWER_BYTES_MAX {
            return Err("the answer is too large".to_owned());
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// How long a 429 says to wait, and whether it is the limit over all routes. A 429 that says nothing is taken for one second.
fn limited(headers: &reqwest::header::HeaderMap, body: &[u8]) -> (Duration, bool) {
    let body: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let wait = body["retry_after"]
        .as_f64()
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .or_else(|| header("x-ratelimit-reset-after").and_then(limits::seconds))
        .or_else(|| header("retry-after").and_then(limits::seconds))
        .unwrap_or(Duration::from_secs(1));
    let global = body["global"].as_bool().unwrap_or(false) || header("x-ratelimit-global").is_some();
    (wait, global)
}

/// The kind of a transport failure, without the address, which may hold an interaction's token.
fn failure(error: &reqwest::Error) -> String {
    let kind = if error.is_timeout() {
        "timed out"
    } else if error.is_connect() {
        "could not connect"
    } else {
        "connection lost"
    };
    kind.to_owned()
}

/// Between half and the whole of the wait, so that callers who failed together do not return together.
fn jittered(wait: Duration) -> Duration {
    let random = std::hash::BuildHasher::hash_one(&std::collections::hash_map::RandomState::new(), 0_u8);
    wait.mul_f64(0.5 + (random % 1000) as f64 / 2000.0)
}
