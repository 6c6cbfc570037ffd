//! Anthropic's dialect: `POST …/messages`.
//!
//! Source: Anthropic's API reference (Messages, streaming messages, errors), version 2023-06-01.

use serde_json::{Map, Value, json};

use crate::assembly::{Assembly, CallKey, service_word};
use crate::error::Failure;
use crate::quirks::Quirks;
use crate::report::Trouble;
use crate::request::{ChatRequest, Finish, ToolCall, ToolChoice};
use crate::turns::{Turn, turns};

/// The version of the API, sent as the header `anthropic-version`.
pub(crate) const VERSION: &str = "2023-06-01";

/// The body of a request; `None` when there is no message with text.
pub(crate) fn body(request: &ChatRequest, model: &str, quirks: Quirks) -> Option<Value> {
    let with_tools = !request.tools.is_empty() && !quirks.no_tools;
    let turns = turns(&request.messages, with_tools);
    if turns.is_empty() {
        return None;
    }
    let messages = turns.iter().map(|turn| match turn {
        Turn::User { results, text } => {
            let results = results
                .iter()
                .map(|(id, text)| json!({"type": "tool_result", "tool_use_id": valid_id(id), "content": text}));
            json!({"role": "user", "content": results.chain(text_block(text)).collect::<Vec<_>>()})
        }
        Turn::Assistant { text, calls } => {
            let calls = calls.iter().map(|call| tool_use(call));
            json!({"role": "assistant", "content": text_block(text).chain(calls).collect::<Vec<_>>()})
        }
    });
    let mut body = Map::new();
    body.insert("model".to_owned(), json!(model));
    body.insert("max_tokens".to_owned(), json!(request.max_tokens.max(1)));
    if !request.system.trim().is_empty() {
        body.insert("system".to_owned(), json!(request.system));
    }
    body.insert("messages".to_owned(), messages.collect());
    body.insert("stream".to_owned(), json!(true));
    if let Some(temperature) = request.temperature.filter(|_| !quirks.no_temperature) {
        body.insert("temperature".to_owned(), json!(temperature.clamp(0.0, 1.0)));
    }
    if with_tools {
        let tools = request
            .tools
            .iter()
            .map(|tool| json!({"name": tool.name, "description": tool.description, "input_schema": tool.parameters}));
        body.insert("tools".to_owned(), tools.collect());
        let choice = match &request.tool_choice {
            ToolChoice::Auto => None,
            ToolChoice::None => Some(json!({"type": "none"})),
            ToolChoice::Required => Some(json!({"type": "any"})),
            ToolChoice::Named(name) => Some(json!({"type": "tool", "name": name})),
        };
        if let Some(choice) = choice {
            body.insert("tool_choice".to_owned(), choice);
        }
    }
    Some(Value::Object(body))
}

/// A block for a text; empty texts are refused, so they have none.
fn text_block(text: &str) -> impl Iterator<Item = Value> {
    (!text.is_empty()).then(|| json!({"type": "text", "text": text})).into_iter()
}

fn tool_use(call: &ToolCall) -> Value {
    // Arguments that are no object cannot be sent back as they were; wrapped, the model still sees what it wrote.
    let input = serde_json::from_str(&call.arguments).ok().filter(Value::is_object);
    let input = input.unwrap_or_else(|| json!({"invalid_arguments": call.arguments}));
    json!({"type": "tool_use", "id": valid_id(&call.id), "name": call.name, "input": input})
}

/// An id in the characters that this dialect takes; ids from other services may have more.
fn valid_id(id: &str) -> String {
    id.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect()
}

/// Takes the data of one event of the stream. Unknown types of events, blocks and deltas are left out, as the reference asks.
pub(crate) fn event(data: &str, assembly: &mut Assembly) -> Result<(), Trouble> {
    let event: Value = serde_json::from_str(data).map_err(|_| Failure::Malformed)?;
    match event["type"].as_str().unwrap_or_default() {
        "message_start" => take_usage(&event["message"]["usage"], assembly),
        "content_block_start" => take_block(&event["content_block"], index(&event), assembly)?,
        "content_block_delta" => take_delta(&event["delta"], index(&event), assembly)?,
        "message_delta" => {
            take_finish(&event["delta"], assembly);
            take_usage(&event["usage"], assembly);
        }
        "message_stop" => assembly.close(),
        "error" => return Err(Trouble::in_answer(&event)),
        _ => {}
    }
    Ok(())
}

/// Takes an answer that came as one body although a stream was asked for.
pub(crate) fn whole(body: &Value, assembly: &mut Assembly) -> Result<(), Trouble> {
    if body["type"] == "error" || !body["error"].is_null() {
        return Err(Trouble::in_answer(body));
    }
    let blocks = body["content"].as_array().ok_or(Failure::Malformed)?;
    for (index, block) in blocks.iter().enumerate() {
        take_block(block, CallKey::Index(index as u64), assembly)?;
    }
    take_usage(&body["usage"], assembly);
    take_finish(body, assembly);
    assembly.close();
    Ok(())
}

fn index(event: &Value) -> CallKey {
    event["index"].as_u64().map_or(CallKey::Last, CallKey::Index)
}

fn take_block(block: &Value, key: CallKey, assembly: &mut Assembly) -> Result<(), Failure> {
    let text = |field: &str| block[field].as_str().unwrap_or_default();
    match text("type") {
        "text" => assembly.text(text("text")),
        "thinking" => assembly.reasoning(text("thinking")),
        "tool_use" => {
            // In a stream the input is empty here and follows in deltas.
            let input = block["input"].as_object().filter(|input| !input.is_empty());
            let arguments = input.map(|input| Value::Object(input.clone()).to_string()).unwrap_or_default();
            assembly.call_piece(key, text("id"), text("name"), &arguments)?;
        }
        _ => {}
    }
    Ok(())
}

fn take_delta(delta: &Value, key: CallKey, assembly: &mut Assembly) -> Result<(), Failure> {
    let text = |field: &str| delta[field].as_str().unwrap_or_default();
    match text("type") {
        "text_delta" => assembly.text(text("text")),
        "thinking_delta" => assembly.reasoning(text("thinking")),
        "input_json_delta" => assembly.call_piece(key, "", "", text("partial_json"))?,
        _ => {}
    }
    Ok(())
}

fn take_finish(message: &Value, assembly: &mut Assembly) {
    let Some(reason) = message["stop_reason"].as_str() else { return };
    assembly.finish(match reason {
        "end_turn" | "stop_sequence" => Finish::Stop,
        "max_tokens" | "model_context_window_exceeded" => Finish::Length,
        "tool_use" => Finish::ToolCalls,
        "refusal" => Finish::Filtered,
        _ => Finish::Other(service_word(reason).unwrap_or_default()),
    });
}

/// Counts are totals so far, each event with those that it knows; what was read from or written to the cache is counted apart from the input.
fn take_usage(usage: &Value, assembly: &mut Assembly) {
    if !usage.is_object() {
        return;
    }
    let count = |field: &str| usage[field].as_u64();
    assembly.update_usage(|total| {
        if let Some(input) = count("input_tokens") {
            let cached = count("cache_read_input_tokens").unwrap_or(0);
            let written = count("cache_creation_input_tokens").unwrap_or(0);
            total.input_tokens = input.saturating_add(cached).saturating_add(written);
            total.cached_input_tokens = cached;
        }
        if let Some(output) = count("output_tokens") {
            total.output_tokens = output;
        }
    });
}
