//! What came in, and what became of it.

use std::time::Instant;

use serde_json::Value;

use crate::Dialect;

/// One model call as the server saw it.
#[derive(Debug, Clone)]
pub struct RecordedRequest {
    /// Which dialect was spoken.
    pub dialect: Dialect,
    /// The number of the connection that it came over, from 0: equal numbers mean that a connection was used again.
    pub connection: usize,
    /// The headers in the order sent, names in lower case. The values of headers that carry a key are replaced by `<key>`.
    pub headers: Vec<(String, String)>,
    /// The JSON body.
    pub body: Value,
    /// When the request had arrived in full.
    pub received_at: Instant,
    /// How the call ended, or that it has not ended.
    pub outcome: Outcome,
    /// When the call ended.
    pub ended_at: Option<Instant>,
    /// How many chunks of the answer were handed to the connection.
    pub chunks_sent: usize,
}

/// How a call ended, as far as the server can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It has not ended.
    Running,
    /// The answer was sent as scripted, faults included.
    Sent,
    /// The client closed the connection before that.
    Disconnected,
}

impl RecordedRequest {
    /// The value of a header, by its lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The system prompt, wherever the dialect puts it.
    pub fn system(&self) -> String {
        match self.dialect {
            Dialect::OpenAi => self
                .messages()
                .iter()
                .filter(|message| message["role"] == "system")
                .map(|message| text_of(&message["content"]))
                .collect(),
            Dialect::Anthropic => text_of(&self.body["system"]),
        }
    }

    /// The messages as sent.
    pub fn messages(&self) -> &[Value] {
        self.body["messages"].as_array().map_or(&[], Vec::as_slice)
    }

    /// The text of the last message from the user's side; empty if that message carries only tool results.
    pub fn last_user_text(&self) -> String {
        let last = self.messages().iter().rfind(|message| message["role"] == "user");
        last.map(|message| text_of(&message["content"])).unwrap_or_default()
    }

    /// The results of tool calls that the request carries, as (call id, text).
    pub fn tool_results(&self) -> Vec<(String, String)> {
        let string = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        match self.dialect {
            Dialect::OpenAi => self
                .messages()
                .iter()
                .filter(|message| message["role"] == "tool")
                .map(|message| (string(&message["tool_call_id"]), text_of(&message["content"])))
                .collect(),
            Dialect::Anthropic => self
                .messages()
                .iter()
                .flat_map(|message| message["content"].as_array().into_iter().flatten())
                .filter(|block| block["type"] == "tool_result")
                .map(|block| (string(&block["tool_use_id"]), text_of(&block["content"])))
                .collect(),
        }
    }

    /// The names of the tools on offer.
    pub fn tool_names(&self) -> Vec<String> {
        let tools = self.body["tools"].as_array().into_iter().flatten();
        let name = |tool: &Value| match self.dialect {
            Dialect::OpenAi => tool["function"]["name"].as_str().map(str::to_owned),
            Dialect::Anthropic => tool["name"].as_str().map(str::to_owned),
        };
        tools.filter_map(name).collect()
    }
}

/// The text of a content field: a string, or the text blocks of a list.
pub(crate) fn text_of(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(blocks) => blocks.iter().filter_map(|block| block["text"].as_str()).collect(),
        _ => String::new(),
    }
}
