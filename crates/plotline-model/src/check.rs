//! Finds out whether the model can be used, for `plotline check`.

use std::time::{Duration, SystemTime};

use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tokio::time::{Instant, timeout};

use crate::body;
use crate::client::{Model, Shared};
use crate::error::{Failure, ModelError, Wait};
use crate::report::Trouble;
use crate::request::{ChatMessage, ChatRequest, ModelEvent, Tool, ToolChoice, Usage};
use crate::retry;

/// The most model names returned by [`Model::models`]; a few services offer more, and nobody reads so many.
pub const MODELS_LISTED_MAX: usize = 1000;

/// The most bytes read of a list of models; the longest known is below 1 MiB.
const LIST_BYTES_MAX: usize = 4 * 1024 * 1024;

/// How long listing the models may take.
const LIST_WAIT_MAX: Duration = Duration::from_secs(15);

/// The most tokens that a check pays for; the fewest that every service takes.
const CHECK_TOKENS_MAX: u32 = 16;

/// What a check found: the server was reached, the key was taken, the model exists and answered as a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// The model that answered.
    pub model: String,
    /// From the beginning of the check to the first event of the answer.
    pub first_event: Duration,
    /// Whether the model takes tools; without them it cannot draw charts by itself.
    pub takes_tools: bool,
    /// What the check cost, if the server counts tokens.
    pub usage: Option<Usage>,
    /// The key crosses a network without encryption, because `LLM_BASE_URL` is `http://` on another machine.
    pub key_exposed: bool,
}

impl Model {
    /// Asks the model for one word. Only a real answer shows that the key is accepted and the model known: some services list their models to
    /// anybody, and many list none.
    ///
    /// # Errors
    /// As for a call; [`ModelError::for_operator`] says what to do. After [`Failure::ModelUnknown`], [`Model::models`] may list what there is.
    pub async fn check(&self) -> Result<Check, ModelError> {
        let begun = Instant::now();
        let request = ChatRequest {
            messages: vec![ChatMessage::user("Reply with the single word OK.")],
            tools: vec![Tool {
                name: "no_operation".to_owned(),
                description: "Does nothing; never needed.".to_owned(),
                parameters: json!({"type": "object", "properties": {}}),
            }],
            tool_choice: ToolChoice::Auto,
            max_tokens: CHECK_TOKENS_MAX,
            ..ChatRequest::default()
        };
        let mut stream = self.stream(&request).await?;
        let mut first_event = None;
        let mut counted = None;
        while let Some(event) = stream.next().await {
            let event = event?;
            first_event.get_or_insert_with(|| begun.elapsed());
            if let ModelEvent::Done { usage, .. } = event {
                counted = usage;
            }
        }
        Ok(Check {
            model: self.config().model.clone(),
            first_event: first_event.unwrap_or_else(|| begun.elapsed()),
            takes_tools: !stream.tools_dropped(),
            usage: counted,
            key_exposed: self.config().is_key_exposed(),
        })
    }

    /// The names of the models that the server lists, in its order, at most [`MODELS_LISTED_MAX`].
    ///
    /// # Errors
    /// As for a call; [`Failure::EndpointUnknown`] from the many servers that list none.
    pub async fn models(&self) -> Result<Vec<String>, ModelError> {
        let listed = timeout(LIST_WAIT_MAX, list(&self.shared)).await;
        let key = self.config().api_key.as_ref().map(ExposeSecret::expose_secret);
        listed
            .unwrap_or_else(|_| Err(Failure::Timeout(Wait::Total).into()))
            .map_err(|trouble| trouble.into_error(1, key))
    }
}

async fn list(shared: &Shared) -> Result<Vec<String>, Trouble> {
    let response = shared.http.get(shared.config.endpoint("models")).send().await;
    let response = response
        .map_err(|error| Trouble::transport(if error.is_connect() { Failure::Connect } else { Failure::Cut }, error))?;
    let status = response.status();
    let retry_after = retry::retry_after(response.headers(), SystemTime::now());
    let body = body::first_bytes(response, LIST_BYTES_MAX).await;
    if !status.is_success() {
        return Err(Trouble::status(status.as_u16(), &body, retry_after));
    }
    let body: Value = serde_json::from_slice(&body).map_err(|_| Failure::Malformed)?;
    let models = body["data"].as_array().ok_or(Failure::Malformed)?;
    Ok(models.iter().filter_map(|model| model["id"].as_str().map(str::to_owned)).take(MODELS_LISTED_MAX).collect())
}
