//! What is asked of a model, and what comes back, in neither dialect's words.

use serde_json::Value;

/// One question to the model with everything it is to know.
///
/// The conversation is brought into the form that services insist on (roles alternate, the user begins, every tool call has its result and every
/// result its call), so a history cut to a token budget can be passed as it is.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ChatRequest {
    /// The instructions; may be empty.
    pub system: String,
    /// The conversation, oldest first; at least one message with text.
    pub messages: Vec<ChatMessage>,
    /// The tools on offer; may be empty.
    pub tools: Vec<Tool>,
    /// Whether the model may, must or must not call a tool; of no effect without tools.
    pub tool_choice: ToolChoice,
    /// From 0 (the likeliest words) to 2; Anthropic takes at most 1, and more is lowered to that. `None` leaves it to the service.
    pub temperature: Option<f32>,
    /// The most tokens to answer with; below 1 counts as 1.
    pub max_tokens: u32,
    /// Another model than the configured one.
    pub model: Option<String>,
}

/// One message of the conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChatMessage {
    /// Something that a person wrote.
    User {
        /// Who wrote it. The name goes before the text (`Ann: …`), since most services ignore or refuse a field for it.
        name: Option<String>,
        /// What was written.
        text: String,
    },
    /// Something that the model answered earlier.
    Assistant {
        /// What it said; may be empty when it only called tools.
        text: String,
        /// The tools that it called.
        tool_calls: Vec<ToolCall>,
    },
    /// What a tool gave back; follows the message that called it.
    ToolResult {
        /// [`ToolCall::id`].
        call_id: String,
        /// The result as text, often JSON.
        text: String,
    },
}

impl ChatMessage {
    /// A message from a person without a name.
    pub fn user(text: impl Into<String>) -> Self {
        Self::User { name: None, text: text.into() }
    }

    /// An earlier answer without tool calls.
    pub fn assistant(text: impl Into<String>) -> Self {
        Self::Assistant { text: text.into(), tool_calls: Vec::new() }
    }
}

/// A tool that the model may call.
#[derive(Debug, Clone, PartialEq)]
pub struct Tool {
    /// 1 to 64 letters, digits, `_` or `-`.
    pub name: String,
    /// When and how to use it.
    pub description: String,
    /// A JSON schema of the type `object`.
    pub parameters: Value,
}

/// Whether the model may, must or must not call a tool.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ToolChoice {
    /// The model decides.
    #[default]
    Auto,
    /// It must not.
    None,
    /// It must call one.
    Required,
    /// It must call the tool of this name.
    Named(String),
}

/// A tool call that the model made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolCall {
    /// Names the call; [`ChatMessage::ToolResult`] repeats it. Made up when the server sent none.
    pub id: String,
    /// [`Tool::name`], as the model wrote it: it may name a tool that does not exist.
    pub name: String,
    /// The arguments as the model wrote them: meant to be a JSON object, but models err. `{}` when it wrote none.
    pub arguments: String,
}

/// One event of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelEvent {
    /// More text of the answer; never empty. Reasoning is left out.
    Text(String),
    /// A complete tool call. All come after the text and just before [`ModelEvent::Done`].
    ToolCall(ToolCall),
    /// The answer is complete; the last event.
    Done {
        /// Why it ended.
        finish: Finish,
        /// What it cost, if the server told.
        usage: Option<Usage>,
    },
}

/// Why an answer ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finish {
    /// The model was done.
    Stop,
    /// It reached `max_tokens` or the end of its context; text and the arguments of the last tool call may be cut short.
    Length,
    /// It waits for the results of its tool calls.
    ToolCalls,
    /// The service held the answer, or the rest of it, back.
    Filtered,
    /// Another reason, in the service's word (at most 64 characters).
    Other(String),
}

/// Tokens counted by the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Tokens read: system prompt, messages and tools, cached ones included.
    pub input_tokens: u64,
    /// Tokens written, reasoning included.
    pub output_tokens: u64,
    /// The part of `input_tokens` that came from the service's cache.
    pub cached_input_tokens: u64,
}
