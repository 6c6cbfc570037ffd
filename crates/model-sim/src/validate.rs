//! The rules that the real services check a request against, so that a client that breaks one is told by its tests.
//!
//! Sources: OpenAI's API reference for `POST /v1/chat/completions` and Anthropic's for `POST /v1/messages`.

use serde_json::Value;

use crate::Dialect;

/// The longest tool name, and the longest name of a participant, that both services take.
const NAME_CHARS_MAX: usize = 64;

const OPENAI_FIELDS: &[&str] = &[
    "model",
    "messages",
    "stream",
    "stream_options",
    "tools",
    "tool_choice",
    "temperature",
    "max_tokens",
    "max_completion_tokens",
];
const ANTHROPIC_FIELDS: &[&str] =
    &["model", "system", "messages", "stream", "tools", "tool_choice", "temperature", "max_tokens"];

/// Everything that the service of a dialect would find wrong with a request body, one sentence each; empty if it would take it.
///
/// Stricter than the services in one point: a field that the simulator does not know is a problem, because the services ignore misspelt fields
/// or refuse them, and either is a mistake of the client.
pub fn violations(dialect: Dialect, body: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let Some(fields) = body.as_object() else {
        return vec!["the body is no JSON object".to_owned()];
    };
    let (known, temperature_max) = match dialect {
        Dialect::OpenAi => (OPENAI_FIELDS, 2.0),
        Dialect::Anthropic => (ANTHROPIC_FIELDS, 1.0),
    };
    found.extend(
        fields.keys().filter(|name| !known.contains(&name.as_str())).map(|name| format!("unknown field {name}")),
    );
    if body["model"].as_str().is_none_or(str::is_empty) {
        found.push("model is missing".to_owned());
    }
    if !body["temperature"].is_null()
        && !body["temperature"].as_f64().is_some_and(|t| (0.0..=temperature_max).contains(&t))
    {
        found.push(format!("temperature is not a number from 0 to {temperature_max}"));
    }
    for name in ["max_tokens", "max_completion_tokens"] {
        if !body[name].is_null() && body[name].as_u64().is_none_or(|limit| limit == 0) {
            found.push(format!("{name} is not a positive number"));
        }
    }
    match dialect {
        Dialect::OpenAi => {
            if !body["max_tokens"].is_null() && !body["max_completion_tokens"].is_null() {
                found.push("max_tokens and max_completion_tokens exclude each other".to_owned());
            }
            if !body["stream_options"].is_null() && body["stream"] != true {
                found.push("stream_options without stream".to_owned());
            }
        }
        Dialect::Anthropic => {
            if body["max_tokens"].is_null() {
                found.push("max_tokens is missing".to_owned());
            }
            if !body["system"].is_null() && body["system"].as_str().is_none_or(str::is_empty) {
                found.push("system is not a text".to_owned());
            }
        }
    }
    tools(dialect, body, &mut found);
    match body["messages"].as_array() {
        None => found.push("messages is missing".to_owned()),
        Some(messages) if messages.is_empty() => found.push("messages is empty".to_owned()),
        Some(messages) => match dialect {
            Dialect::OpenAi => openai_messages(messages, &mut found),
            Dialect::Anthropic => anthropic_messages(messages, &mut found),
        },
    }
    found
}

fn tools(dialect: Dialect, body: &Value, found: &mut Vec<String>) {
    if body["tools"].is_null() {
        if !body["tool_choice"].is_null() {
            found.push("tool_choice without tools".to_owned());
        }
        return;
    }
    let Some(tools) = body["tools"].as_array().filter(|tools| !tools.is_empty()) else {
        found.push("tools is not a list with at least one tool".to_owned());
        return;
    };
    for tool in tools {
        let (name, schema) = match dialect {
            Dialect::OpenAi => {
                if tool["type"] != "function" {
                    found.push("a tool is not of the type function".to_owned());
                }
                (&tool["function"]["name"], &tool["function"]["parameters"])
            }
            Dialect::Anthropic => (&tool["name"], &tool["input_schema"]),
        };
        if !name.as_str().is_some_and(is_tool_name) {
            found.push(format!("tool name {name} is not 1 to {NAME_CHARS_MAX} letters, digits, _ or -"));
        }
        if schema["type"] != "object" {
            found.push(format!("the schema of tool {name} is not of the type object"));
        }
    }
}

fn is_tool_name(name: &str) -> bool {
    (1..=NAME_CHARS_MAX).contains(&name.chars().count())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}

fn openai_messages(messages: &[Value], found: &mut Vec<String>) {
    // The calls of the latest assistant message that no tool message has answered yet.
    let mut open: Vec<&str> = Vec::new();
    for (index, message) in messages.iter().enumerate() {
        let role = message["role"].as_str().unwrap_or_default();
        if role != "tool" && !open.is_empty() {
            found.push(format!("message {index} comes before the results of the calls {open:?}"));
            open.clear();
        }
        let has_text = message["content"].as_str().is_some_and(|text| !text.is_empty());
        match role {
            "system" | "developer" if index > 0 => {
                found.push(format!("message {index} is a system message that is not the first"))
            }
            "system" | "developer" | "user" if has_text => {}
            "system" | "developer" | "user" => found.push(format!("message {index} has no text")),
            "assistant" => {
                let calls = message["tool_calls"].as_array().map_or(&[][..], Vec::as_slice);
                if !has_text && calls.is_empty() {
                    found.push(format!("message {index} has neither text nor tool calls"));
                }
                if !message["tool_calls"].is_null() && calls.is_empty() {
                    found.push(format!("message {index} has an empty list of tool calls"));
                }
                for call in calls {
                    let arguments = call["function"]["arguments"].as_str();
                    if call["type"] != "function" || arguments.is_none() || call["function"]["name"].as_str().is_none()
                    {
                        found.push(format!("message {index} has a tool call without type, name or arguments"));
                    }
                    match call["id"].as_str().filter(|id| !id.is_empty()) {
                        Some(id) => open.push(id),
                        None => found.push(format!("message {index} has a tool call without an id")),
                    }
                }
            }
            "tool" => {
                let id = message["tool_call_id"].as_str().unwrap_or_default();
                match open.iter().position(|open| *open == id) {
                    Some(position) => drop(open.remove(position)),
                    None => found.push(format!("message {index} is the result of no call before it ({id:?})")),
                }
                if message["content"].as_str().is_none() {
                    found.push(format!("message {index} has no text"));
                }
            }
            _ => found.push(format!("message {index} has the unknown role {role:?}")),
        }
    }
    if !open.is_empty() {
        found.push(format!("the calls {open:?} have no result"));
    }
}

fn anthropic_messages(messages: &[Value], found: &mut Vec<String>) {
    let mut open: Vec<&str> = Vec::new();
    for (index, message) in messages.iter().enumerate() {
        let role = message["role"].as_str().unwrap_or_default();
        if !matches!(role, "user" | "assistant") {
            found.push(format!("message {index} has the unknown role {role:?}"));
        }
        if index == 0 && role != "user" {
            found.push("the first message is not the user's".to_owned());
        }
        let Some(blocks) = message["content"].as_array() else {
            let text = message["content"].as_str().unwrap_or_default();
            if text.trim().is_empty() {
                found.push(format!("message {index} has no text"));
            }
            if !open.is_empty() {
                found.push(format!("message {index} does not carry the results of the calls {open:?}"));
                open.clear();
            }
            last_has_no_trailing_space(messages, index, role, text, found);
            continue;
        };
        if blocks.is_empty() {
            found.push(format!("message {index} has no content"));
        }
        let (answered, asked) = (std::mem::take(&mut open), &mut open);
        let mut unanswered = answered;
        let mut text_before = false;
        for block in blocks {
            match block["type"].as_str().unwrap_or_default() {
                "text" => {
                    text_before = true;
                    let text = block["text"].as_str().unwrap_or_default();
                    if text.trim().is_empty() {
                        found.push(format!("message {index} has an empty text block"));
                    }
                    last_has_no_trailing_space(messages, index, role, text, found);
                }
                "tool_use" if role == "assistant" => {
                    if !block["input"].is_object() || !block["name"].is_string() {
                        found.push(format!("message {index} has a tool_use block without name or input"));
                    }
                    match block["id"].as_str().filter(|id| is_tool_name(id)) {
                        Some(id) => asked.push(id),
                        None => found.push(format!("message {index} has a tool_use block without a valid id")),
                    }
                }
                "tool_result" if role == "user" => {
                    if text_before {
                        found.push(format!("message {index} has text before a tool result"));
                    }
                    let id = block["tool_use_id"].as_str().unwrap_or_default();
                    match unanswered.iter().position(|open| *open == id) {
                        Some(position) => drop(unanswered.remove(position)),
                        None => found.push(format!("message {index} is the result of no call just before it ({id:?})")),
                    }
                }
                kind => {
                    found.push(format!("message {index} has a block of the type {kind:?}, which {role:?} may not send"))
                }
            }
        }
        if !unanswered.is_empty() {
            found.push(format!("message {index} does not carry the results of the calls {unanswered:?}"));
        }
    }
    if !open.is_empty() {
        found.push(format!("the calls {open:?} have no result"));
    }
}

/// An answer that the model is to continue must not end in white space.
fn last_has_no_trailing_space(messages: &[Value], index: usize, role: &str, text: &str, found: &mut Vec<String>) {
    if role == "assistant" && index + 1 == messages.len() && text.ends_with(char::is_whitespace) {
        found.push("the last message is the assistant's and ends in white space".to_owned());
    }
}
