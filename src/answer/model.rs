//! Asking the language model.

use plotline_model::{ChatMessage, ChatRequest, Finish, Model, ModelEvent, ToolCall, ToolChoice};
use tokio::sync::watch;

use super::chart::{Drawing, Material};
use super::{Answer, AnswerError, Calls, Inner, Question, chart_call, prompt};
use crate::say;

/// What one model call gave.
#[derive(Default)]
struct Said {
    text: String,
    call: Option<ToolCall>,
    cut: bool,
}

impl Inner {
    /// Answers with the model: its text, and the chart that it asks for or that the member's words ask for.
    pub(super) async fn ask(
        &self,
        model: &Model,
        question: &Question,
        calls: &impl Calls,
        shown: &watch::Sender<String>,
    ) -> Result<Answer, AnswerError> {
        let material = self.gather(question).await;
        let tool = chart_call::tool(&material);
        let conversation = prompt::conversation(question, self.config.context_tokens);
        let mut system = self.config.system_prompt.clone();
        if let Some(table) = chart_call::describe(&material) {
            system = format!("{system}\n\n{table}");
        }
        let mut request = ChatRequest {
            system,
            messages: conversation.messages,
            tools: tool.into_iter().collect(),
            temperature: self.config.temperature,
            max_tokens: self.config.max_tokens,
            ..ChatRequest::default()
        };
        let said = self.call(model, &request, calls, shown).await?;
        let mut answer = Answer { text: said.text.clone(), chart: None };
        let lines = match self.chart(&material, model, &mut request, &said, calls).await? {
            Some(drawing) => {
                answer.chart = drawing.chart;
                drawing.lines
            }
            None => Vec::new(),
        };
        if plotline_text::is_blank(&answer.text) && answer.chart.is_none() && lines.is_empty() {
            return Err(AnswerError::Empty);
        }
        answer.text = answer.text.trim_end().to_owned();
        let mut add = |line: &str| {
            if !answer.text.is_empty() {
                answer.text.push('\n');
            }
            answer.text.push_str(line);
        };
        lines.iter().for_each(|line| add(line));
        if said.cut {
            add(say::CUT_BY_LENGTH);
        }
        if conversation.dropped > 0 {
            add(&say::dropped_context(conversation.dropped));
        }
        Ok(answer)
    }

    /// One call, its text shown as it grows.
    async fn call(
        &self,
        model: &Model,
        request: &ChatRequest,
        calls: &impl Calls,
        shown: &watch::Sender<String>,
    ) -> Result<Said, AnswerError> {
        calls.begin().await?;
        self.metrics.model_calls.inc();
        let mut stream = model.stream(request).await?;
        let mut said = Said::default();
        while let Some(event) = stream.next().await {
            match event? {
                ModelEvent::Text(more) => {
                    said.text.push_str(&more);
                    shown.send_replace(said.text.clone());
                }
                // Of several charts the first is drawn: there is one picture in one answer.
                ModelEvent::ToolCall(call) if said.call.is_none() => said.call = Some(call),
                ModelEvent::ToolCall(call) => tracing::debug!(tool = call.name, "a further tool call is left out"),
                ModelEvent::Done { finish, usage } => {
                    if let Some(usage) = usage {
                        self.metrics.tokens_in.inc_by(usage.input_tokens);
                        self.metrics.tokens_out.inc_by(usage.output_tokens);
                        calls.used(request.model.as_deref().unwrap_or(&model.config().model), usage).await;
                    }
                    if finish == Finish::Filtered && plotline_text::is_blank(&said.text) {
                        return Err(AnswerError::Withheld);
                    }
                    said.cut = finish == Finish::Length;
                }
            }
        }
        Ok(said)
    }

    /// The chart of the answer with the lines that belong to it: from the model's call, mended once where it is wrong, and then by the
    /// rules that read requests without a model. Only lines where a chart was asked for and cannot be drawn.
    async fn chart(
        &self,
        material: &Material,
        model: &Model,
        request: &mut ChatRequest,
        said: &Said,
        calls: &impl Calls,
    ) -> Result<Option<Drawing>, AnswerError> {
        let without_text = plotline_text::is_blank(&said.text);
        let drawing = |(chart, lines)| Some(Drawing { chart: Some(chart), lines });
        if let Some(call) = said.call.clone() {
            match self.draw_call(&call.arguments, material, without_text).await {
                Ok(drawn) => return Ok(drawing(drawn)),
                Err(problem) => {
                    tracing::debug!("the model's chart call is wrong; it may mend it once");
                    let call_id = call.id.clone();
                    request
                        .messages
                        .push(ChatMessage::Assistant { text: said.text.clone(), tool_calls: vec![call.clone()] });
                    request.messages.push(ChatMessage::ToolResult { call_id, text: problem });
                    request.tool_choice = ToolChoice::Named(call.name);
                    let (unseen, _) = watch::channel(String::new());
                    // A repair that fails leaves the rules to read the request; only what forbids further calls ends the answer.
                    match self.call(model, request, calls, &unseen).await {
                        Ok(Said { call: Some(mended), .. }) => {
                            if let Ok(drawn) = self.draw_call(&mended.arguments, material, without_text).await {
                                return Ok(drawing(drawn));
                            }
                        }
                        Err(AnswerError::Stopped) => return Err(AnswerError::Stopped),
                        Ok(_) | Err(_) => {}
                    }
                }
            }
        } else if !material.asks_for_chart() {
            return Ok(None);
        }
        Ok(self.draw_by_rules(material, without_text).await)
    }
}
