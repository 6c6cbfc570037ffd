//! What the tests share.

use std::time::Duration;

use model_sim::{ModelSim, Reply};
use plotline_model::{
    Answer, Backoff, ChatMessage, ChatRequest, Model, ModelConfig, ModelError, ModelEvent, Provider, SecretString, Tool,
};
use serde_json::json;

pub(crate) const KEY: &str = "sk-test-0123456789abcdef";

pub(crate) const PROVIDERS: [Provider; 2] = [Provider::OpenAi, Provider::Anthropic];

/// Settings for the simulator: short pauses between attempts, and long limits, so that only a test that sets one meets it.
pub(crate) fn config(sim: &ModelSim, provider: Provider) -> ModelConfig {
    let mut config = ModelConfig::new(provider, &sim.base_url(), Some(SecretString::from(KEY)), "sim-model").unwrap();
    config.backoff = Backoff {
        first: Duration::from_millis(2),
        longest: Duration::from_millis(10),
        longest_retry_after: Duration::from_secs(30),
    };
    config
}

pub(crate) async fn start(provider: Provider) -> (ModelSim, Model) {
    let sim = ModelSim::start().await.unwrap();
    let model = Model::new(config(&sim, provider)).unwrap();
    (sim, model)
}

pub(crate) fn ask(text: &str) -> ChatRequest {
    ChatRequest { messages: vec![ChatMessage::user(text)], max_tokens: 500, ..ChatRequest::default() }
}

pub(crate) fn chart_tool() -> Tool {
    Tool {
        name: "draw_chart".to_owned(),
        description: "Draws a chart.".to_owned(),
        parameters: json!({"type": "object", "properties": {"kind": {"type": "string"}}, "required": ["kind"]}),
    }
}

/// Asks a model that is scripted with these replies and gives the whole answer.
pub(crate) async fn answer_to(
    provider: Provider,
    replies: impl IntoIterator<Item = Reply>,
) -> Result<Answer, ModelError> {
    let (sim, model) = start(provider).await;
    sim.script(replies);
    let result = match model.stream(&ask("Hello")).await {
        Ok(stream) => stream.collect().await,
        Err(error) => Err(error),
    };
    sim.verify().unwrap();
    result
}

/// Asks a model that is scripted with these replies and gives every event, the error last if there is one.
pub(crate) async fn events_of(model: &Model, request: &ChatRequest) -> (Vec<ModelEvent>, Option<ModelError>) {
    let mut events = Vec::new();
    let mut stream = match model.stream(request).await {
        Ok(stream) => stream,
        Err(error) => return (events, Some(error)),
    };
    while let Some(event) = stream.next().await {
        match event {
            Ok(event) => events.push(event),
            Err(error) => {
                assert!(stream.next().await.is_none(), "an error is the last item");
                return (events, Some(error));
            }
        }
    }
    assert!(stream.next().await.is_none(), "a stream that has ended stays so");
    (events, None)
}

/// The text of these events.
pub(crate) fn text_of(events: &[ModelEvent]) -> String {
    let text = |event: &ModelEvent| match event {
        ModelEvent::Text(text) => Some(text.clone()),
        _ => None,
    };
    events.iter().filter_map(text).collect()
}
