//! Reads what a service says about an error, and decides what kind of failure it is.

use std::time::Duration;

use serde_json::Value;

use crate::assembly::service_word;
use crate::error::{Failure, ModelError};

/// The most characters kept of a service's message.
const MESSAGE_CHARS_MAX: usize = 300;

/// Words that tell a failure: codes and types, which always count, and phrases of messages, which count in the answer to a bad request.
type Signs = (&'static [&'static str], &'static [&'static str]);

/// OpenAI, OpenRouter; Anthropic's message.
const OUT_OF_CREDIT: Signs = (
    &["insufficient_quota", "billing_error", "insufficient_credits", "billing_hard_limit_reached"],
    &["credit balance is too low"],
);

/// OpenAI, llama.cpp, Anthropic; the messages of Anthropic, vLLM, OpenRouter and Ollama.
const TOO_LONG: Signs = (
    &["context_length_exceeded", "exceed_context_size_error", "string_above_max_length", "request_too_large"],
    &["prompt is too long", "context length", "context window", "context size", "context limit", "too many tokens"],
);

/// OpenAI, Groq; OpenRouter's and others' messages.
const MODEL_UNKNOWN: Signs = (
    &["model_not_found", "model_not_available", "model_decommissioned", "invalid_model"],
    &["not a valid model", "model not found", "unknown model"],
);

/// OpenAI and Anthropic; Gemini's message.
const UNAUTHORIZED: Signs = (&["authentication_error", "invalid_api_key", "permission_error"], &["api key not valid"]);

/// A failed attempt, before it is known whether another one follows.
#[derive(Debug)]
pub(crate) struct Trouble {
    pub(crate) failure: Failure,
    pub(crate) status: Option<u16>,
    /// The pause that the service asked for; any failure may carry one.
    pub(crate) retry_after: Option<Duration>,
    /// Boxed, because it is the large part of a rare thing.
    pub(crate) report: Box<Report>,
    pub(crate) cause: Option<String>,
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self { failure, status: None, retry_after: None, report: Box::default(), cause: None }
    }
}

impl Trouble {
    /// A request that got no answer. The error's own text is kept without its URL.
    pub(crate) fn transport(failure: Failure, error: reqwest::Error) -> Self {
        let error = error.without_url();
        let mut cause: &dyn std::error::Error = &error;
        // The innermost cause is the one that helps ("Connection refused"); the outer ones say that a request failed.
        while let Some(inner) = cause.source() {
            cause = inner;
        }
        let cause = cause.to_string().chars().take(MESSAGE_CHARS_MAX).collect();
        Self { cause: Some(cause), ..failure.into() }
    }

    /// An answer with an error status.
    pub(crate) fn status(status: u16, body: &[u8], retry_after: Option<Duration>) -> Self {
        let body = serde_json::from_slice(body).unwrap_or(Value::Null);
        let report = Box::new(Report::of(&body));
        Self { failure: report.failure(status, retry_after), status: Some(status), retry_after, report, cause: None }
    }

    /// An error object in a stream or in place of an answer, which came with a good status.
    pub(crate) fn in_answer(body: &Value) -> Self {
        let report = Box::new(Report::of(body));
        let status = report.status();
        // Without a known kind or code, the service failed in the middle of its work.
        Self { failure: report.failure(status.unwrap_or(500), None), status, retry_after: None, report, cause: None }
    }

    /// The error that the caller sees; the key is blotted out of the service's message.
    pub(crate) fn into_error(self, attempts: u32, key: Option<&str>) -> ModelError {
        let message = self.report.message.map(|message| match key.filter(|key| !key.is_empty()) {
            Some(key) => message.replace(key, "<key>"),
            None => message,
        });
        ModelError {
            failure: self.failure,
            status: self.status,
            code: self.report.code.or(self.report.kind),
            cause: self.cause,
            message: message.map(|message| message.chars().take(MESSAGE_CHARS_MAX).collect()),
            attempts,
        }
    }
}

/// What a service says about an error.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// Its `type`, or gRPC-like `status`.
    pub(crate) kind: Option<String>,
    /// Its `code`.
    pub(crate) code: Option<String>,
    /// The parameter at fault.
    pub(crate) param: Option<String>,
    message: Option<String>,
}

impl Report {
    /// Reads the forms in use: `{"error": {…}}`, the same in a list, `{"error": "…"}`, and the fields without `error` around them.
    fn of(body: &Value) -> Self {
        let body = match body {
            Value::Array(items) => items.first().unwrap_or(body),
            _ => body,
        };
        let error = if body["error"].is_null() { body } else { &body["error"] };
        let word = |field: &str| match &error[field] {
            Value::String(word) => service_word(word),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        let message = error.as_str().or(error["message"].as_str()).or(error["detail"].as_str());
        Self {
            kind: word("type").or(word("status")),
            code: word("code"),
            param: word("param"),
            message: message.map(str::to_owned),
        }
    }

    /// The status that an error object names itself, as OpenRouter's and others' do.
    fn status(&self) -> Option<u16> {
        self.code.as_ref()?.parse().ok().filter(|status| (400..600).contains(status))
    }

    /// Whether the code, the type or the parameter is one of these.
    fn is(&self, words: &[&str]) -> bool {
        [&self.kind, &self.code]
            .into_iter()
            .flatten()
            .any(|word| words.iter().any(|known| word.eq_ignore_ascii_case(known)))
    }

    /// Whether the message contains one of these, in lower case.
    pub(crate) fn mentions(&self, phrases: &[&str]) -> bool {
        let message = self.message.as_deref().unwrap_or_default().to_lowercase();
        phrases.iter().any(|phrase| message.contains(phrase))
    }

    fn failure(&self, status: u16, retry_after: Option<Duration>) -> Failure {
        // The service's own words are more exact than the status: the same 429 means "wait" and "pay", the same 400 "too long" and "no such model".
        let bad_request = matches!(status, 400 | 404 | 422);
        let says = |codes: &[&str], phrases: &[&str]| self.is(codes) || (bad_request && self.mentions(phrases));
        if says(OUT_OF_CREDIT.0, OUT_OF_CREDIT.1) {
            return Failure::OutOfCredit;
        }
        if says(TOO_LONG.0, TOO_LONG.1) {
            return Failure::TooLong;
        }
        if says(MODEL_UNKNOWN.0, MODEL_UNKNOWN.1) {
            return Failure::ModelUnknown;
        }
        if says(UNAUTHORIZED.0, UNAUTHORIZED.1) {
            return Failure::Unauthorized;
        }
        if self.is(&["overloaded_error"]) {
            return Failure::Overloaded { retry_after };
        }
        if self.is(&["rate_limit_exceeded", "rate_limit_error", "resource_exhausted"]) {
            return Failure::RateLimited { retry_after };
        }
        match status {
            300..=399 => Failure::Redirected,
            401 | 403 => Failure::Unauthorized,
            402 => Failure::OutOfCredit,
            404 if self.mentions(&["model"]) => Failure::ModelUnknown,
            404 | 405 => Failure::EndpointUnknown,
            408 | 409 => Failure::Server,
            413 => Failure::TooLong,
            429 => Failure::RateLimited { retry_after },
            503 | 529 => Failure::Overloaded { retry_after },
            500.. if self.is(&["invalid_request_error"]) => Failure::Rejected,
            500.. => Failure::Server,
            _ => Failure::Rejected,
        }
    }
}
