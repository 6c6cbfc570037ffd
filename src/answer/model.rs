//! Asking the language model.

use plotline_model::{
    ChatMessage, ChatRequest, Finish, Model, ModelError, ModelEvent, ToolCall, ToolChoice, Usage, estimate_tokens,
};
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
        let manner = &question.manner;
        let mut system = manner.system_prompt.clone().unwrap_or_else(|| self.config.system_prompt.clone());
        if let Some(instruction) = manner.length.instruction() {
            system = format!("{system}\n\n{instruction}");
        }
        // The date alone: with the time of day in it, a service could keep no part of the prompt for the next question.
        if let Some(asked_ms) = question.asked_ms {
            system = format!("{system}\n\nToday is {}.", manner.zone.date(asked_ms).format("%A, %-d %B %Y"));
        }
        if let Some(table) = chart_call::describe(&material) {
            system = format!("{system}\n\n{table}");
        }
        let mut request = ChatRequest {
            system,
            messages: conversation.messages,
            tools: tool.into_iter().collect(),
            temperature: manner.temperature.or(self.config.temperature),
            max_tokens: manner.length.tokens(self.config.max_tokens),
            model: manner.model.clone(),
            ..ChatRequest::default()
        };
        let said = self.call(model, &request, calls, shown).await?;
        let mut answer = Answer { text: said.text.clone(), chart: None, chart_authors: material.authors.clone() };
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
        let named = request.model.as_deref().unwrap_or(&model.config().model);
        let at_most = Usage { output_tokens: u64::from(request.max_tokens), ..estimate(request, &Said::default()) };
        calls.begin(named, at_most).await?;
        self.metrics.model_calls.inc();
        let mut call = Call { calls, named, request, said: Said::default(), under_way: true };
        let mut stream = match model.stream(request).await {
            Ok(stream) => stream,
            Err(error) => return Err(call.failed(error).await),
        };
        while let Some(event) = stream.next().await {
            match event {
                Err(error) => return Err(call.failed(error).await),
                Ok(ModelEvent::Text(more)) => {
                    call.said.text.push_str(&more);
                    shown.send_replace(call.said.text.clone());
                }
                // Of several charts the first is drawn: there is one picture in one answer.
                Ok(ModelEvent::ToolCall(tool)) if call.said.call.is_none() => call.said.call = Some(tool),
                Ok(ModelEvent::ToolCall(tool)) => tracing::debug!(tool = tool.name, "a further tool call is left out"),
                Ok(ModelEvent::Done { finish, usage }) => {
                    let usage = usage.unwrap_or_else(|| estimate(request, &call.said));
                    self.metrics.tokens_in.inc_by(usage.input_tokens);
                    self.metrics.tokens_out.inc_by(usage.output_tokens);
                    call.used(usage).await;
                    if finish == Finish::Filtered && plotline_text::is_blank(&call.said.text) {
                        return Err(AnswerError::Withheld);
                    }
                    call.said.cut = finish == Finish::Length;
                }
            }
        }
        Ok(std::mem::take(&mut call.said))
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

/// A call that is being paid for: told of once, also when whoever waits for the answer goes away in the middle of it.
struct Call<'a, C: Calls> {
    calls: &'a C,
    named: &'a str,
    request: &'a ChatRequest,
    said: Said,
    under_way: bool,
}

impl<C: Calls> Call<'_, C> {
    async fn used(&mut self, usage: Usage) {
        self.calls.used(self.named, usage).await;
        self.under_way = false;
    }

    /// What was read and written up to the failure is paid for; what no model has read is not.
    async fn failed(&mut self, error: ModelError) -> AnswerError {
        let nothing = self.said.text.is_empty() && self.said.call.is_none() && !error.may_have_read();
        let usage = if nothing { Usage::default() } else { estimate(self.request, &self.said) };
        self.used(usage).await;
        error.into()
    }
}

impl<C: Calls> Drop for Call<'_, C> {
    fn drop(&mut self) {
        if self.under_way {
            self.calls.abandoned(self.named, estimate(self.request, &self.said));
        }
    }
}

/// What a call cost where the service does not tell: close enough for a budget, which must not be open on that side.
fn estimate(request: &ChatRequest, said: &Said) -> Usage {
    let size = |message: &ChatMessage| match message {
        ChatMessage::User { text, .. } | ChatMessage::Assistant { text, .. } | ChatMessage::ToolResult { text, .. } => {
            estimate_tokens(text)
        }
    };
    let tools = request.tools.iter().map(|tool| estimate_tokens(&tool.parameters.to_string())).sum::<usize>();
    let input = estimate_tokens(&request.system) + request.messages.iter().map(size).sum::<usize>() + tools;
    let call = said.call.as_ref().map_or(0, |call| estimate_tokens(&call.arguments));
    let output = estimate_tokens(&said.text) + call;
    Usage { input_tokens: input as u64, output_tokens: output as u64, ..Usage::default() }
}
