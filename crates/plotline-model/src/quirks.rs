//! What a model turned out not to take.
//!
//! "OpenAI-compatible" differs from model to model: some take only `max_completion_tokens`, some no temperature, some servers no
//! `stream_options`, and many local models no tools. A service refuses such a request before it does any work and names the parameter, so the
//! call is sent again without it, at once, and the model's next calls begin that way.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::config::Provider;
use crate::error::Failure;
use crate::report::Trouble;
use crate::request::ChatRequest;

/// The most models remembered. A bot uses one to five; the bound holds if it lets members name any.
const MODELS_MAX: usize = 64;

/// How many quirks there are, and so the most times that one call can be sent again for them.
pub(crate) const QUIRKS_MAX: u32 = 4;

/// What one model does not take.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Quirks {
    /// It wants the limit under its newer name.
    pub(crate) max_completion_tokens: bool,
    pub(crate) no_temperature: bool,
    pub(crate) no_stream_options: bool,
    pub(crate) no_tools: bool,
}

impl Quirks {
    /// The quirks with the one that a refusal shows added; `None` if it shows none that is new and matters for the request.
    pub(crate) fn learn(self, trouble: &Trouble, request: &ChatRequest, provider: Provider) -> Option<Self> {
        // Explanations of these name parameters too ("max_completion_tokens is too large for the context").
        if matches!(trouble.failure, Failure::TooLong | Failure::Unauthorized | Failure::OutOfCredit) {
            return None;
        }
        // OpenRouter says with 404 that no server for a model takes tools.
        if !matches!(trouble.status, Some(400 | 404 | 422)) {
            return None;
        }
        let report = &trouble.report;
        let blames = |parameter: &str| report.param.as_deref() == Some(parameter) || report.mentions(&[parameter]);
        let openai = provider == Provider::OpenAi;
        let wants_newer_name = blames("max_completion_tokens")
            || (report.param.as_deref() == Some("max_tokens") && report.mentions(&["not supported"]));
        let learned = if openai && !self.max_completion_tokens && wants_newer_name {
            Self { max_completion_tokens: true, ..self }
        } else if !self.no_temperature && request.temperature.is_some() && blames("temperature") {
            Self { no_temperature: true, ..self }
        } else if openai && !self.no_stream_options && blames("stream_options") {
            Self { no_stream_options: true, ..self }
        } else if !self.no_tools && !request.tools.is_empty() && refuses_tools(trouble) {
            Self { no_tools: true, ..self }
        } else {
            return None;
        };
        Some(learned)
    }
}

/// Ollama: "… does not support tools"; OpenRouter: "No endpoints found that support tool use"; vLLM: `"auto" tool choice requires
/// --enable-auto-tool-choice …`; others name the parameter as unsupported.
fn refuses_tools(trouble: &Trouble) -> bool {
    let report = &trouble.report;
    let unsupported = report.mentions(&["not support", "unsupported", "unknown", "unrecognized", "extra inputs"]);
    (matches!(report.param.as_deref(), Some("tools" | "tool_choice")) && unsupported)
        || report.mentions(&[
            "support tool",
            "support function",
            "tool choice requires",
            "unsupported parameter: 'tools'",
        ])
}

/// The quirks of every model used so far, for as long as the process runs.
#[derive(Debug, Default)]
pub(crate) struct QuirkMemory {
    models: Mutex<HashMap<String, Quirks>>,
}

impl QuirkMemory {
    pub(crate) fn of(&self, model: &str) -> Quirks {
        self.models.lock().unwrap_or_else(PoisonError::into_inner).get(model).copied().unwrap_or_default()
    }

    pub(crate) fn remember(&self, model: &str, quirks: Quirks) {
        let mut models = self.models.lock().unwrap_or_else(PoisonError::into_inner);
        if models.len() >= MODELS_MAX && !models.contains_key(model) {
            // What is forgotten is learned again at the price of one refused request.
            models.clear();
        }
        models.insert(model.to_owned(), quirks);
    }
}
