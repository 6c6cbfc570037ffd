//! Asking the language model.

use plotline_model::{ChatRequest, Finish, Model, ModelEvent};
use tokio::sync::watch;

use super::{Answer, AnswerError, Inner, Question, prompt};
use crate::say;

impl Inner {
    pub(super) async fn ask(
        &self,
        model: &Model,
        question: &Question,
        shown: &watch::Sender<String>,
    ) -> Result<Answer, AnswerError> {
        let conversation = prompt::conversation(question, self.config.context_tokens);
        let request = ChatRequest {
            system: self.config.system_prompt.clone(),
            messages: conversation.messages,
            temperature: self.config.temperature,
            max_tokens: self.config.max_tokens,
            ..ChatRequest::default()
        };
        self.metrics.model_calls.inc();
        let mut stream = model.stream(&request).await?;
        let mut text = String::new();
        let mut cut = false;
        while let Some(event) = stream.next().await {
            match event? {
                ModelEvent::Text(more) => {
                    text.push_str(&more);
                    shown.send_replace(text.clone());
                }
                ModelEvent::ToolCall(call) => {
                    tracing::debug!(tool = call.name, "the model called a tool that it was not offered")
                }
                ModelEvent::Done { finish, usage } => {
                    if let Some(usage) = usage {
                        self.metrics.tokens_in.inc_by(usage.input_tokens);
                        self.metrics.tokens_out.inc_by(usage.output_tokens);
                    }
                    if finish == Finish::Filtered && plotline_text::is_blank(&text) {
                        return Err(AnswerError::Withheld);
                    }
                    cut = finish == Finish::Length;
                }
            }
        }
        if plotline_text::is_blank(&text) {
            return Err(AnswerError::Empty);
        }
        if cut {
            text = format!("{}\n{}", text.trim_end(), say::CUT_BY_LENGTH);
        }
        if conversation.dropped > 0 {
            text = format!("{}\n{}", text.trim_end(), say::dropped_context(conversation.dropped));
        }
        Ok(Answer { text, chart: None })
    }
}
