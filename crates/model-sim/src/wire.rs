//! The two dialects: how a reply's chunks look on the wire, as events of a stream or as one JSON body.

use serde_json::{Map, Value, json};

use crate::Dialect;
use crate::reply::{ErrorBody, Form, Part, Reply};

/// Writes one answer, keeping the little state that each dialect needs (block and tool-call numbers).
pub(crate) struct Writer<'r> {
    dialect: Dialect,
    reply: &'r Reply,
    model: String,
    /// The number that makes this answer's id unique.
    call: usize,
    input_tokens: u64,
    wants_usage: bool,
    tool_calls: usize,
    block: Option<Block>,
    blocks: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    Text,
    Thinking,
    ToolUse,
}

impl<'r> Writer<'r> {
    pub(crate) fn new(dialect: Dialect, reply: &'r Reply, call: usize, body: &Value) -> Self {
        let wants_usage = match dialect {
            Dialect::OpenAi => body["stream_options"]["include_usage"] == json!(true) || body["stream"] != json!(true),
            Dialect::Anthropic => true,
        };
        Self {
            dialect,
            reply,
            model: body["model"].as_str().unwrap_or_default().to_owned(),
            call,
            input_tokens: body.to_string().len() as u64 / 4,
            wants_usage: wants_usage && reply.form.usage,
            tool_calls: 0,
            block: None,
            blocks: 0,
        }
    }

    fn form(&self) -> &Form {
        &self.reply.form
    }

    fn usage(&self) -> (u64, u64) {
        self.reply.usage.unwrap_or((self.input_tokens, self.reply.parts.len() as u64))
    }

    fn finish_reason(&self) -> String {
        let calls = self.reply.parts.iter().any(|part| matches!(part, Part::ToolStart { .. }));
        self.reply.finish.clone().unwrap_or_else(|| {
            let reason = match (self.dialect, calls) {
                (Dialect::OpenAi, false) => "stop",
                (Dialect::OpenAi, true) => "tool_calls",
                (Dialect::Anthropic, false) => "end_turn",
                (Dialect::Anthropic, true) => "tool_use",
            };
            reason.to_owned()
        })
    }

    /// The events before the first chunk.
    pub(crate) fn opening(&self) -> String {
        match self.dialect {
            Dialect::OpenAi => self.openai_delta(&json!({"role": "assistant", "content": ""}), Value::Null),
            Dialect::Anthropic => {
                let (input, _) = self.usage();
                let usage =
                    if self.wants_usage { json!({"input_tokens": input, "output_tokens": 1}) } else { Value::Null };
                let message = json!({
                    "id": format!("msg_{}", self.call), "type": "message", "role": "assistant", "model": self.model,
                    "content": [], "stop_reason": null, "stop_sequence": null, "usage": usage,
                });
                self.event("message_start", &json!({"message": message}))
            }
        }
    }

    /// A keep-alive, as each dialect sends it.
    pub(crate) fn keep_alive(&self) -> String {
        let comment = format!(": keep-alive{eol}{eol}", eol = self.eol());
        match self.dialect {
            Dialect::OpenAi => comment,
            Dialect::Anthropic => comment + &self.event("ping", &json!({})),
        }
    }

    /// The events of one chunk.
    pub(crate) fn part(&mut self, part: &Part) -> String {
        match self.dialect {
            Dialect::OpenAi => self.openai_part(part),
            Dialect::Anthropic => self.anthropic_part(part),
        }
    }

    /// The events that say that the answer is complete.
    pub(crate) fn closing(&mut self) -> String {
        let finish_reason = self.finish_reason();
        let (input, output) = self.usage();
        let (finish_signal, done_marker, wants_usage) =
            (self.form().finish_signal, self.form().done_marker, self.wants_usage);
        let mut out = String::new();
        match self.dialect {
            Dialect::OpenAi => {
                if finish_signal {
                    out += &self.openai_delta(&json!({}), json!(finish_reason));
                    if wants_usage {
                        let usage = json!({"prompt_tokens": input, "completion_tokens": output, "total_tokens": input + output});
                        out += &self.openai_chunk(json!([]), Some(usage));
                    }
                }
                if done_marker {
                    out += &format!("data: [DONE]{eol}{eol}", eol = self.eol());
                }
            }
            Dialect::Anthropic => {
                out += &self.close_block();
                if finish_signal {
                    let usage = if wants_usage { json!({"output_tokens": output}) } else { Value::Null };
                    let delta = json!({"stop_reason": finish_reason, "stop_sequence": null});
                    out += &self.event("message_delta", &json!({"delta": delta, "usage": usage}));
                }
                if done_marker {
                    out += &self.event("message_stop", &json!({}));
                }
            }
        }
        out
    }

    /// An error object inside the stream.
    pub(crate) fn error(&self, error: &ErrorBody) -> String {
        match self.dialect {
            Dialect::OpenAi => self.frame(None, &error_body(self.dialect, error)),
            Dialect::Anthropic => self.frame(Some("error"), &error_body(self.dialect, error)),
        }
    }

    /// The whole answer as one JSON body.
    pub(crate) fn whole(&self) -> Value {
        let mut text = String::new();
        let mut reasoning = String::new();
        let mut calls: Vec<(String, String, String)> = Vec::new();
        for part in &self.reply.parts {
            match part {
                Part::Text(chunk) => text += chunk,
                Part::Reasoning(chunk) => reasoning += chunk,
                Part::ToolStart { id, name } => calls.push((self.tool_id(id), name.clone(), String::new())),
                Part::ToolArguments(piece) => {
                    if let Some((_, _, arguments)) = calls.last_mut() {
                        *arguments += piece;
                    }
                }
            }
        }
        let (input, output) = self.usage();
        match self.dialect {
            Dialect::OpenAi => {
                let mut message = Map::new();
                message.insert("role".to_owned(), json!("assistant"));
                message.insert("content".to_owned(), if text.is_empty() { Value::Null } else { json!(text) });
                if !reasoning.is_empty() {
                    message.insert("reasoning_content".to_owned(), json!(reasoning));
                }
                if !calls.is_empty() {
                    let calls = calls.iter().map(|(id, name, arguments)| {
                        json!({"id": id, "type": "function", "function": {"name": name, "arguments": arguments}})
                    });
                    message.insert("tool_calls".to_owned(), calls.collect());
                }
                let mut body = json!({
                    "id": format!("chatcmpl-{}", self.call), "object": "chat.completion", "created": 1_700_000_000, "model": self.model,
                    "choices": [{"index": 0, "message": message, "finish_reason": self.finish_reason()}],
                });
                if self.wants_usage {
                    body["usage"] =
                        json!({"prompt_tokens": input, "completion_tokens": output, "total_tokens": input + output});
                }
                body
            }
            Dialect::Anthropic => {
                let mut content = Vec::new();
                if !reasoning.is_empty() {
                    content.push(json!({"type": "thinking", "thinking": reasoning, "signature": "c2ln"}));
                }
                if !text.is_empty() {
                    content.push(json!({"type": "text", "text": text}));
                }
                for (id, name, arguments) in &calls {
                    let input: Value = serde_json::from_str(arguments).unwrap_or_else(|_| json!({}));
                    content.push(json!({"type": "tool_use", "id": id, "name": name, "input": input}));
                }
                json!({
                    "id": format!("msg_{}", self.call), "type": "message", "role": "assistant", "model": self.model, "content": content,
                    "stop_reason": self.finish_reason(), "stop_sequence": null,
                    "usage": if self.wants_usage { json!({"input_tokens": input, "output_tokens": output}) } else { Value::Null },
                })
            }
        }
    }

    fn openai_part(&mut self, part: &Part) -> String {
        let delta = match part {
            Part::Text(chunk) => json!({"content": chunk}),
            Part::Reasoning(chunk) => json!({"reasoning_content": chunk}),
            Part::ToolStart { id, name } => {
                self.tool_calls += 1;
                let id = self.tool_id(id);
                self.openai_tool(json!({"id": id, "type": "function", "function": {"name": name, "arguments": ""}}))
            }
            Part::ToolArguments(piece) => self.openai_tool(json!({"function": {"arguments": piece}})),
        };
        self.openai_delta(&delta, Value::Null)
    }

    fn openai_tool(&self, mut call: Value) -> Value {
        if self.form().tool_index {
            call["index"] = json!(self.tool_calls.saturating_sub(1));
        }
        json!({"tool_calls": [call]})
    }

    fn tool_id(&self, id: &str) -> String {
        if self.form().tool_id { id.to_owned() } else { String::new() }
    }

    fn openai_delta(&self, delta: &Value, finish_reason: Value) -> String {
        self.openai_chunk(json!([{"index": 0, "delta": delta, "finish_reason": finish_reason}]), None)
    }

    fn openai_chunk(&self, choices: Value, usage: Option<Value>) -> String {
        let mut chunk = json!({
            "id": format!("chatcmpl-{}", self.call), "object": "chat.completion.chunk", "created": 1_700_000_000, "model": self.model,
            "choices": choices,
        });
        if let Some(usage) = usage {
            chunk["usage"] = usage;
        }
        self.frame(None, &chunk)
    }

    fn anthropic_part(&mut self, part: &Part) -> String {
        match part {
            Part::Text(chunk) => {
                let start = self.open_block(Block::Text, &json!({"type": "text", "text": ""}), false);
                start + &self.block_delta(&json!({"type": "text_delta", "text": chunk}))
            }
            Part::Reasoning(chunk) => {
                let block = json!({"type": "thinking", "thinking": "", "signature": ""});
                let start = self.open_block(Block::Thinking, &block, false);
                start + &self.block_delta(&json!({"type": "thinking_delta", "thinking": chunk}))
            }
            Part::ToolStart { id, name } => {
                let block = json!({"type": "tool_use", "id": self.tool_id(id), "name": name, "input": {}});
                self.open_block(Block::ToolUse, &block, true)
            }
            Part::ToolArguments(piece) => self.block_delta(&json!({"type": "input_json_delta", "partial_json": piece})),
        }
    }

    fn open_block(&mut self, block: Block, content_block: &Value, always_new: bool) -> String {
        if self.block == Some(block) && !always_new {
            return String::new();
        }
        let mut out = self.close_block();
        self.block = Some(block);
        out +=
            &self.event("content_block_start", &json!({"index": self.block_index(), "content_block": content_block}));
        self.blocks += 1;
        out
    }

    fn close_block(&mut self) -> String {
        if self.block.take().is_none() {
            return String::new();
        }
        self.event("content_block_stop", &json!({"index": self.block_index().saturating_sub(1)}))
    }

    fn block_delta(&self, delta: &Value) -> String {
        self.event("content_block_delta", &json!({"index": self.block_index().saturating_sub(1), "delta": delta}))
    }

    fn block_index(&self) -> usize {
        self.blocks
    }

    fn event(&self, kind: &str, fields: &Value) -> String {
        let mut data = json!({"type": kind});
        if let (Some(data), Some(fields)) = (data.as_object_mut(), fields.as_object()) {
            data.extend(fields.clone());
        }
        self.frame(Some(kind), &data)
    }

    fn frame(&self, event: Option<&str>, data: &Value) -> String {
        let eol = self.eol();
        let mut out = event.map(|event| format!("event: {event}{eol}")).unwrap_or_default();
        let data = if self.form().multi_line_data { format!("{data:#}") } else { data.to_string() };
        for line in data.lines() {
            out += &format!("data: {line}{eol}");
        }
        out + eol
    }

    fn eol(&self) -> &'static str {
        if self.form().crlf { "\r\n" } else { "\n" }
    }
}

/// The body of an error answer.
pub(crate) fn error_body(dialect: Dialect, error: &ErrorBody) -> Value {
    match dialect {
        Dialect::OpenAi => json!({"error": {
            "message": error.message, "type": error.kind, "param": error.param, "code": error.code,
        }}),
        Dialect::Anthropic => json!({
            "type": "error", "error": {"type": error.kind, "message": error.message}, "request_id": "req_sim",
        }),
    }
}
