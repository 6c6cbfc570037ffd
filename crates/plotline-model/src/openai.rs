//! The OpenAI-compatible dialect: `POST …/chat/completions`.
//!
//! Source: OpenAI's API reference (chat completions and its streaming events), and what compatible servers make of it: Ollama, vLLM, llama.cpp,
//! LM Studio, OpenRouter, Mistral, Groq, Gemini's compatible endpoint.

use serde_json::{Map, Value, json};

use crate::assembly::{Assembly, CallKey, service_word};
use crate::error::Failure;
use crate::quirks::Quirks;
use crate::report::Trouble;
use crate::request::{ChatRequest, Finish, ToolCall, ToolChoice, Usage};
use crate::turns::{Turn, turns};

/// The body of a request; `None` when there is no message with text.
pub(crate) fn body(request: &ChatRequest, model: &str, quirks: Quirks) -> Option<Value> {
    let with_tools = !request.tools.is_empty() && !quirks.no_tools;
    let turns = turns(&request.messages, with_tools);
    if turns.is_empty() {
        return None;
    }
    let mut messages = Vec::new();
    if !request.system.trim().is_empty() {
        messages.push(json!({"role": "system", "content": request.system}));
    }
    for turn in &turns {
        match turn {
            Turn::User { results, text } => {
                messages.extend(
                    results.iter().map(|(id, text)| json!({"role": "tool", "tool_call_id": id, "content": text})),
                );
                if !text.is_empty() {
                    messages.push(json!({"role": "user", "content": text}));
                }
            }
            Turn::Assistant { text, calls } => {
                let content = if text.is_empty() { Value::Null } else { json!(text) };
                let mut message = json!({"role": "assistant", "content": content});
                if !calls.is_empty() {
                    message["tool_calls"] = calls.iter().map(|call| tool_call(call)).collect();
                }
                messages.push(message);
            }
        }
    }
    let mut body = Map::new();
    body.insert("model".to_owned(), json!(model));
    body.insert("messages".to_owned(), json!(messages));
    body.insert("stream".to_owned(), json!(true));
    if !quirks.no_stream_options {
        body.insert("stream_options".to_owned(), json!({"include_usage": true}));
    }
    let limit = if quirks.max_completion_tokens { "max_completion_tokens" } else { "max_tokens" };
    body.insert(limit.to_owned(), json!(request.max_tokens.max(1)));
    if let Some(temperature) = request.temperature.filter(|_| !quirks.no_temperature) {
        body.insert("temperature".to_owned(), json!(temperature.clamp(0.0, 2.0)));
    }
    if with_tools {
        let tools = request.tools.iter().map(|tool| {
            json!({"type": "function", "function": {
                "name": tool.name, "description": tool.description, "parameters": tool.parameters,
            }})
        });
        body.insert("tools".to_owned(), tools.collect());
        let choice = match &request.tool_choice {
            // The default of every server, and some do not know the field.
            ToolChoice::Auto => None,
            ToolChoice::None => Some(json!("none")),
            ToolChoice::Required => Some(json!("required")),
            ToolChoice::Named(name) => Some(json!({"type": "function", "function": {"name": name}})),
        };
        if let Some(choice) = choice {
            body.insert("tool_choice".to_owned(), choice);
        }
    }
    Some(Value::Object(body))
}

fn tool_call(call: &ToolCall) -> Value {
    json!({"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}})
}

/// Takes the data of one event of the stream.
pub(crate) fn event(data: &str, assembly: &mut Assembly) -> Result<(), Trouble> {
    if data.trim() == "[DONE]" {
        assembly.close();
        return Ok(());
    }
    let chunk: Value = serde_json::from_str(data).map_err(|_| Failure::Malformed)?;
    refuse_error(&chunk)?;
    take_usage(&chunk, assembly);
    if let Some(choice) = first_choice(&chunk) {
        take_message(&choice["delta"], assembly)?;
        take_finish(choice, assembly);
    }
    Ok(())
}

/// Takes an answer that came as one body although a stream was asked for.
pub(crate) fn whole(body: &Value, assembly: &mut Assembly) -> Result<(), Trouble> {
    refuse_error(body)?;
    let choice = first_choice(body).ok_or(Failure::Malformed)?;
    take_usage(body, assembly);
    take_message(&choice["message"], assembly)?;
    take_finish(choice, assembly);
    assembly.close();
    Ok(())
}

fn refuse_error(body: &Value) -> Result<(), Trouble> {
    let is_error = !body["error"].is_null() || body["object"] == "error";
    if is_error { Err(Trouble::in_answer(body)) } else { Ok(()) }
}

/// The choice that was asked for; further ones never are.
fn first_choice(body: &Value) -> Option<&Value> {
    let choices = body["choices"].as_array()?;
    choices.iter().find(|choice| choice["index"].as_u64().unwrap_or(0) == 0)
}

/// Takes a message or a part of one; both have the same fields.
fn take_message(message: &Value, assembly: &mut Assembly) -> Result<(), Failure> {
    for field in ["reasoning_content", "reasoning"] {
        assembly.reasoning(message[field].as_str().unwrap_or_default());
    }
    match &message["content"] {
        Value::String(text) => assembly.tagged_text(text),
        // Mistral's reasoning models send typed parts.
        Value::Array(parts) => {
            for part in parts {
                match part["text"].as_str().filter(|_| part["type"] == "text") {
                    Some(text) => assembly.tagged_text(text),
                    None => assembly.reasoning("…"),
                }
            }
        }
        _ => {}
    }
    // What the model says when it declines; the member should read it.
    assembly.tagged_text(message["refusal"].as_str().unwrap_or_default());
    for call in message["tool_calls"].as_array().into_iter().flatten() {
        let key = call["index"].as_u64().map_or(CallKey::Last, CallKey::Index);
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let function = &call["function"];
        // Some servers send the arguments as an object instead of as its text.
        let arguments = match &function["arguments"] {
            object @ Value::Object(_) => object.to_string(),
            arguments => text(arguments),
        };
        assembly.call_piece(key, &text(&call["id"]), &text(&function["name"]), &arguments)?;
    }
    Ok(())
}

fn take_finish(choice: &Value, assembly: &mut Assembly) {
    let Some(reason) = choice["finish_reason"].as_str().filter(|reason| !reason.is_empty()) else { return };
    assembly.finish(match reason.to_ascii_lowercase().as_str() {
        "stop" | "eos" | "end_turn" => Finish::Stop,
        "length" | "max_tokens" | "model_length" => Finish::Length,
        "tool_calls" | "function_call" => Finish::ToolCalls,
        "content_filter" | "safety" => Finish::Filtered,
        _ => Finish::Other(service_word(reason).unwrap_or_default()),
    });
}

/// Usage comes in a last chunk without choices, or in any chunk as the count so far.
fn take_usage(chunk: &Value, assembly: &mut Assembly) {
    let usage = &chunk["usage"];
    let Some(input_tokens) = usage["prompt_tokens"].as_u64() else { return };
    assembly.update_usage(|total| {
        *total = Usage {
            input_tokens,
            output_tokens: usage["completion_tokens"].as_u64().unwrap_or(0),
            cached_input_tokens: usage["prompt_tokens_details"]["cached_tokens"].as_u64().unwrap_or(0),
        };
    });
}
