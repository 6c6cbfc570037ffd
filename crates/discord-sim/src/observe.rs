//! What the simulator notes for tests: every request, every violation of Discord's rules, and counts.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::faults::RestFault;

/// Requests kept in the log; the oldest are dropped beyond it.
const REQUEST_LOG_MAX: usize = 100_000;

/// Violations kept; a client that breaks more rules than this has been found out.
const VIOLATIONS_MAX: usize = 1_000;

/// One REST request as it was received and answered.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RequestRecord {
    /// Number of the request, counted from 1.
    pub number: u64,
    /// Number among the requests that change something (every method but GET), counted from 1.
    pub write: Option<u64>,
    /// HTTP method.
    pub method: String,
    /// Route pattern, for example `/channels/{channel}/messages`; the path itself when no route matches.
    pub route: String,
    /// Path below `/api/v10`, without the query.
    pub path: String,
    /// Query string, possibly empty.
    pub query: String,
    /// JSON body, or the `payload_json` part of a multipart one; null without a body.
    pub body: Value,
    /// Names of the files that came with it.
    pub files: Vec<String>,
    /// When it arrived, in milliseconds since the Unix epoch.
    pub received_at_ms: i64,
    /// Status of the answer; `None` while there is none, or when the connection was cut instead.
    pub status: Option<u16>,
    /// Discord's error code in the answer.
    pub error_code: Option<u32>,
    /// True when it took effect, whatever was answered.
    pub executed: bool,
    /// The fault that was played on it.
    pub fault: Option<RestFault>,
}

/// Something that the client must not do.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// What kind it is.
    pub kind: ViolationKind,
    /// Method and path, with what was wrong.
    pub text: String,
}

/// The kinds of [`Violation`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ViolationKind {
    /// A route or method that Discord does not have, or that the simulator does not play.
    UnknownRoute,
    /// A body that is no JSON or no multipart form.
    InvalidBody,
    /// A form with wrong fields (error 50035), or an empty message (50006).
    InvalidForm,
    /// A field that Discord does not know in this body; it would be ignored in silence.
    UnknownField,
    /// A missing or wrong token.
    Unauthorized,
    /// A message or an edit without `allowed_mentions`, which pings everybody it names. Recorded, but not held against
    /// the client by [`Sim::finish`](crate::Sim::finish) unless a test asks for it.
    PingsByDefault,
}

/// Counts since the start.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Counters {
    /// IDENTIFYs that opened a session.
    pub identifies: u64,
    /// RESUMEs that succeeded.
    pub resumes: u64,
    /// Heartbeats received.
    pub heartbeats: u64,
    /// Events put into sessions' streams, by name; every copy counts.
    pub events: BTreeMap<String, u64>,
    /// REST requests received.
    pub requests: u64,
    /// REST requests that change something.
    pub writes: u64,
    /// Answers of 429.
    pub rate_limited: u64,
    /// Answers of 401, 403 and 429 (but for shared limits). Discord bans an address after 10,000 of them in 10 minutes.
    pub invalid_requests: u64,
    /// Messages that the bot created, interaction answers included.
    pub bot_messages: u64,
    /// Edits of the bot's messages.
    pub bot_edits: u64,
    /// Threads that the bot started.
    pub bot_threads: u64,
    /// Posts that were answered with an existing message because of their nonce.
    pub nonce_hits: u64,
}

impl Counters {
    pub(crate) fn dispatched(&mut self, event: &str) {
        match self.events.get_mut(event) {
            Some(count) => *count += 1,
            None => {
                self.events.insert(event.to_owned(), 1);
            }
        }
    }
}

/// Everything noted.
#[derive(Debug, Default)]
pub(crate) struct Observations {
    pub(crate) requests: std::collections::VecDeque<RequestRecord>,
    pub(crate) violations: Vec<Violation>,
    pub(crate) counters: Counters,
}

impl Observations {
    /// Notes an arriving request and gives its number.
    pub(crate) fn received(&mut self, mut record: RequestRecord) -> u64 {
        self.counters.requests += 1;
        record.number = self.counters.requests;
        let number = record.number;
        self.requests.push_back(record);
        if self.requests.len() > REQUEST_LOG_MAX {
            self.requests.pop_front();
        }
        number
    }

    /// The record of a request, while it is kept.
    pub(crate) fn record(&mut self, number: u64) -> Option<&mut RequestRecord> {
        let first = self.requests.front()?.number;
        let index = usize::try_from(number.checked_sub(first)?).ok()?;
        self.requests.get_mut(index)
    }

    /// Notes a violation.
    pub(crate) fn violation(&mut self, kind: ViolationKind, text: String) {
        if self.violations.len() < VIOLATIONS_MAX {
            self.violations.push(Violation { kind, text });
        }
    }
}
