//! What can go wrong with a call, told to members, to operators and to logs in three different ways.

use std::fmt;
use std::time::Duration;

/// A call that failed.
///
/// `Display` is for logs: kind, status, the service's machine-readable code and the number of attempts; no URL, no key, no text of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelError {
    pub(crate) failure: Failure,
    pub(crate) status: Option<u16>,
    pub(crate) code: Option<String>,
    pub(crate) cause: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) attempts: u32,
}

/// The kinds of failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failure {
    /// The request has no message with text: the caller's mistake; nothing was sent.
    EmptyRequest,
    /// No connection: the name, the network, or TLS.
    Connect,
    /// A time limit was reached.
    Timeout(Wait),
    /// Too many requests (429), with the pause that the service asks for if that is too long to wait here.
    RateLimited {
        /// How long to wait before asking again, if the service told.
        retry_after: Option<Duration>,
    },
    /// The service has more to do than it can (503, 529).
    Overloaded {
        /// How long to wait before asking again, if the service told.
        retry_after: Option<Duration>,
    },
    /// The service failed (408, 409, other 5xx).
    Server,
    /// The account has no credit left.
    OutOfCredit,
    /// The key is missing, wrong, or not allowed to do this (401, 403).
    Unauthorized,
    /// The model does not exist or is not offered to this account.
    ModelUnknown,
    /// There is no such endpoint below the base URL (404, 405).
    EndpointUnknown,
    /// The server answered with a redirect, which is never followed.
    Redirected,
    /// The conversation does not fit the model's context.
    TooLong,
    /// The service refused the request for another reason (other 4xx).
    Rejected,
    /// The answer ended, properly or not, before the server said that it was complete.
    ///
    /// Complete means: a `finish_reason` or `stop_reason`, or `[DONE]` or `message_stop` after some output, or, with
    /// [`accept_missing_finish`](crate::ModelConfig::accept_missing_finish), the proper end of a body with some output.
    Cut,
    /// The answer is not in the dialect: no event stream, broken JSON, a web page.
    Malformed,
    /// The answer is larger than [`max_response_bytes`](crate::ModelConfig::max_response_bytes) or has too many tool calls.
    TooLarge,
}

/// Which time limit was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// No token of an answer came.
    FirstToken,
    /// The answer stopped in its middle.
    BetweenTokens,
    /// The whole call took too long.
    Total,
}

impl Failure {
    /// Whether asking again soon may help.
    pub(crate) fn is_transient(self) -> bool {
        matches!(self, Self::Connect | Self::RateLimited { .. } | Self::Overloaded { .. } | Self::Server | Self::Cut)
    }

    /// The pause that the service asked for.
    pub fn retry_after(self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after } | Self::Overloaded { retry_after } => retry_after,
            _ => None,
        }
    }
}

impl ModelError {
    /// What went wrong.
    pub fn failure(&self) -> Failure {
        self.failure
    }

    /// A stable word for logs and metrics, such as `rate_limited`.
    pub fn kind(&self) -> &'static str {
        match self.failure {
            Failure::EmptyRequest => "empty_request",
            Failure::Connect => "connect",
            Failure::Timeout(Wait::FirstToken) => "timeout_first_token",
            Failure::Timeout(Wait::BetweenTokens) => "timeout_between_tokens",
            Failure::Timeout(Wait::Total) => "timeout_total",
            Failure::RateLimited { .. } => "rate_limited",
            Failure::Overloaded { .. } => "overloaded",
            Failure::Server => "server",
            Failure::OutOfCredit => "out_of_credit",
            Failure::Unauthorized => "unauthorized",
            Failure::ModelUnknown => "model_unknown",
            Failure::EndpointUnknown => "endpoint_unknown",
            Failure::Redirected => "redirected",
            Failure::TooLong => "too_long",
            Failure::Rejected => "rejected",
            Failure::Cut => "cut",
            Failure::Malformed => "malformed",
            Failure::TooLarge => "too_large",
        }
    }

    /// Whether the service is out of reach or out of order for everybody who asks, so that those who run the bot should know.
    pub fn is_outage(&self) -> bool {
        match self.failure {
            Failure::Connect
            | Failure::Timeout(_)
            | Failure::RateLimited { .. }
            | Failure::Overloaded { .. }
            | Failure::Server
            | Failure::OutOfCredit
            | Failure::Unauthorized
            | Failure::ModelUnknown
            | Failure::EndpointUnknown
            | Failure::Redirected => true,
            Failure::EmptyRequest
            | Failure::TooLong
            | Failure::Rejected
            | Failure::Cut
            | Failure::Malformed
            | Failure::TooLarge => false,
        }
    }

    /// Whether a model may have read the request although nothing came of it: then it is paid for.
    pub fn may_have_read(&self) -> bool {
        matches!(self.failure, Failure::Timeout(_) | Failure::Cut | Failure::TooLarge)
    }

    /// The HTTP status of the answer, if there was one.
    pub fn status(&self) -> Option<u16> {
        self.status
    }

    /// The service's own code or type of the error, such as `context_length_exceeded`: an identifier, at most 64 characters.
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// How many HTTP requests were sent.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// The service's own words, bounded and with the key blotted out.
    ///
    /// They may quote the request, so they are for the operator's terminal after a [`Model::check`](crate::Model::check) and never for a log or a
    /// member.
    pub fn service_message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// One sentence for the member who asked: what happened and what to do. No secret, no URL, no word of the service.
    pub fn for_member(&self) -> String {
        let tell = "please tell those who run this bot";
        match self.failure {
            Failure::EmptyRequest => "There was nothing to answer; please write a question.".to_owned(),
            Failure::Connect => {
                "The language model cannot be reached right now; please try again in a few minutes.".to_owned()
            }
            Failure::Timeout(Wait::FirstToken) => {
                "The language model did not begin to answer in time; please try again in a few minutes.".to_owned()
            }
            Failure::Timeout(Wait::BetweenTokens) => {
                "The language model stopped in the middle of its answer; please ask again.".to_owned()
            }
            Failure::Timeout(Wait::Total) => {
                "The answer took too long and was stopped; please ask again, or for something shorter.".to_owned()
            }
            Failure::RateLimited { retry_after } | Failure::Overloaded { retry_after } => {
                format!("The language model has too much to do right now; please try again in {}.", roughly(retry_after))
            }
            Failure::Server => {
                "The language model had a failure of its own; please try again in a few minutes.".to_owned()
            }
            Failure::OutOfCredit => format!("The language model's account has no credit left; {tell}."),
            Failure::Unauthorized => format!("The language model does not accept this bot's key; {tell}."),
            Failure::ModelUnknown => {
                format!("The language model that this bot is set up to use is not available; {tell}.")
            }
            Failure::EndpointUnknown | Failure::Redirected => {
                format!("This bot's connection to its language model is set up wrongly; {tell}.")
            }
            Failure::TooLong => {
                "This is more text than the language model can read at once; please ask again with less of it, or in a new thread."
                    .to_owned()
            }
            Failure::Rejected => format!("The language model refused the request; {tell} if it happens again."),
            Failure::Cut => "The answer broke off before it was complete; please ask again.".to_owned(),
            Failure::Malformed => {
                "The language model's answer could not be understood; please try again, and tell those who run this bot if it happens again.".to_owned()
            }
            Failure::TooLarge => {
                "The answer grew too large and was stopped; please ask for something shorter.".to_owned()
            }
        }
    }

    /// One sentence for those who run the bot: what is wrong and which variable to look at.
    pub fn for_operator(&self) -> String {
        let status = self.status.map(|status| format!(" (status {status})")).unwrap_or_default();
        let cause = self.cause.as_ref().map(|cause| format!(": {cause}")).unwrap_or_default();
        match self.failure {
            Failure::EmptyRequest => "The request has no message with text.".to_owned(),
            Failure::Connect => {
                format!(
                    "The server at LLM_BASE_URL cannot be reached{cause}; check the URL, the network and any HTTPS_PROXY."
                )
            }
            Failure::Timeout(wait) => {
                let what = match wait {
                    Wait::FirstToken => "did not begin to answer in time",
                    Wait::BetweenTokens => "stopped in the middle of its answer",
                    Wait::Total => "did not finish its answer in time",
                };
                format!("The server at LLM_BASE_URL {what}; check that it runs, or use a faster LLM_MODEL.")
            }
            Failure::RateLimited { retry_after } => {
                format!("The rate limit of LLM_API_KEY is reached; try again in {}.", roughly(retry_after))
            }
            Failure::Overloaded { retry_after } => {
                format!("The service at LLM_BASE_URL is overloaded{status}; try again in {}.", roughly(retry_after))
            }
            Failure::Server => format!("The service at LLM_BASE_URL failed{status}; try again in a few minutes."),
            Failure::OutOfCredit => "The account of LLM_API_KEY has no credit left; add credit to it.".to_owned(),
            Failure::Unauthorized => format!("The service does not accept LLM_API_KEY{status}; set a valid key."),
            Failure::ModelUnknown => {
                format!("The service does not offer the model in LLM_MODEL{status}; set one that it offers.")
            }
            Failure::EndpointUnknown => {
                format!("There is no chat endpoint at LLM_BASE_URL{status}; check the URL and LLM_PROVIDER.")
            }
            Failure::Redirected => {
                format!("The server at LLM_BASE_URL redirects elsewhere{status}; set the final address.")
            }
            Failure::TooLong => "The request does not fit the context of LLM_MODEL; set a model with a larger one, or a smaller token budget.".to_owned(),
            Failure::Rejected => {
                let code = self.code.as_ref().map(|code| format!(", {code}")).unwrap_or_default();
                let status = status.replace(')', &format!("{code})"));
                format!("The service refused the request{status}; check that LLM_MODEL is a chat model and LLM_PROVIDER its dialect.")
            }
            Failure::Cut => {
                "The answer ended before it was complete; check the server and any proxy before it.".to_owned()
            }
            Failure::Malformed => {
                format!(
                    "The server at LLM_BASE_URL does not answer as LLM_PROVIDER should{status}; check both settings."
                )
            }
            Failure::TooLarge => "The answer was larger than the limit; LLM_MODEL may be repeating itself without end.".to_owned(),
        }
    }
}

impl fmt::Display for ModelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "model call failed: {}", self.kind())?;
        if let Some(status) = self.status {
            write!(f, ", status {status}")?;
        }
        if let Some(code) = &self.code {
            write!(f, ", code {code}")?;
        }
        if let Some(cause) = &self.cause {
            write!(f, ", {cause}")?;
        }
        write!(f, ", attempts {}", self.attempts)
    }
}

impl std::error::Error for ModelError {}

/// A pause in words, rounded up so that coming back then is not too early.
fn roughly(pause: Option<Duration>) -> String {
    const MINUTE: u64 = 60;
    const HOUR: u64 = 60 * MINUTE;
    let Some(pause) = pause else { return "a few minutes".to_owned() };
    let seconds = pause.as_secs() + u64::from(pause.subsec_nanos() > 0);
    let (count, unit) = match seconds {
        0..=1 => (1, "second"),
        2..MINUTE => (seconds, "second"),
        MINUTE..HOUR => (seconds.div_ceil(MINUTE), "minute"),
        _ => (seconds.div_ceil(HOUR), "hour"),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("about {count} {unit}{plural}")
}
