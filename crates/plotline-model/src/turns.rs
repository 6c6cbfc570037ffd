//! Brings a conversation into the form that services insist on.
//!
//! Both dialects refuse a tool call without its result and a result without its call; Anthropic and the chat templates of many local models also
//! want the user to begin and the roles to alternate. A history that was cut to fit a token budget breaks all of these, so it is mended
//! here, once for both dialects, without losing a text.

use crate::request::{ChatMessage, ToolCall};

/// Stands for the messages before an answer that has lost its question.
const EARLIER: &str = "(The earlier messages of this conversation are left out.)";

/// The longest name put before a message, in characters; Discord's own limit is 32.
const NAME_CHARS_MAX: usize = 64;

/// One turn of a conversation in which user and assistant alternate.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Turn<'m> {
    /// The user's side: results of the calls in the turn before, then text. One of them may be empty, not both.
    User { results: Vec<(&'m str, &'m str)>, text: String },
    /// The model's side: text, then calls, each of which has its result in the next turn. One of them may be empty, not both.
    Assistant { text: String, calls: Vec<&'m ToolCall> },
}

/// The conversation as alternating turns that begin with the user's. Without tools on offer, calls are left out and results become text.
pub(crate) fn turns(messages: &[ChatMessage], with_tools: bool) -> Vec<Turn<'_>> {
    let mut turns: Vec<Turn<'_>> = Vec::new();
    let mut rest = messages;
    while let [message, after @ ..] = rest {
        rest = after;
        match message {
            ChatMessage::User { name, text } => say(&mut turns, named(name.as_deref(), text)),
            ChatMessage::ToolResult { text, .. } => say(&mut turns, orphan(text)),
            ChatMessage::Assistant { text, tool_calls } => {
                let results = after.iter().take_while(|message| matches!(message, ChatMessage::ToolResult { .. }));
                let results = results.count();
                let (results, after) = after.split_at(results);
                rest = after;
                let (calls, results, orphans) = pair(if with_tools { tool_calls } else { &[] }, results);
                answer(&mut turns, text.trim_end(), calls);
                if !results.is_empty() {
                    turns.push(Turn::User { results, text: String::new() });
                }
                for text in orphans {
                    say(&mut turns, orphan(text));
                }
            }
        }
    }
    if matches!(turns.first(), Some(Turn::Assistant { .. })) {
        turns.insert(0, Turn::User { results: Vec::new(), text: EARLIER.to_owned() });
    }
    turns
}

/// Pairs calls with the results that follow them: the pairs in the order of the calls, and the texts of results without a call.
fn pair<'m>(
    calls: &'m [ToolCall],
    results: &'m [ChatMessage],
) -> (Vec<&'m ToolCall>, Vec<(&'m str, &'m str)>, Vec<&'m str>) {
    let mut open: Vec<(&str, &str)> = results
        .iter()
        .filter_map(|message| match message {
            ChatMessage::ToolResult { call_id, text } => Some((call_id.as_str(), text.as_str())),
            _ => None,
        })
        .collect();
    let mut paired_calls = Vec::new();
    let mut paired_results = Vec::new();
    for call in calls {
        if let Some(position) = open.iter().position(|(id, _)| *id == call.id) {
            paired_calls.push(call);
            paired_results.push(open.remove(position));
        }
    }
    (paired_calls, paired_results, open.into_iter().map(|(_, text)| text).collect())
}

/// Adds to the user's side.
fn say(turns: &mut Vec<Turn<'_>>, said: String) {
    if said.trim().is_empty() {
        return;
    }
    match turns.last_mut() {
        Some(Turn::User { text, .. }) if text.is_empty() => *text = said,
        Some(Turn::User { text, .. }) => {
            text.push_str("\n\n");
            text.push_str(&said);
        }
        _ => turns.push(Turn::User { results: Vec::new(), text: said }),
    }
}

/// Adds to the model's side.
fn answer<'m>(turns: &mut Vec<Turn<'m>>, said: &str, made: Vec<&'m ToolCall>) {
    if said.trim().is_empty() && made.is_empty() {
        return;
    }
    match turns.last_mut() {
        Some(Turn::Assistant { text, calls }) => {
            if !text.is_empty() && !said.is_empty() {
                text.push_str("\n\n");
            }
            text.push_str(said);
            calls.extend(made);
        }
        _ => turns.push(Turn::Assistant { text: said.to_owned(), calls: made }),
    }
}

fn named(name: Option<&str>, text: &str) -> String {
    let name: String =
        name.unwrap_or_default().chars().map(|c| if c.is_control() { ' ' } else { c }).take(NAME_CHARS_MAX).collect();
    let name = name.trim();
    if name.is_empty() || text.trim().is_empty() { text.to_owned() } else { format!("{name}: {text}") }
}

fn orphan(text: &str) -> String {
    if text.trim().is_empty() { String::new() } else { format!("(Result of an earlier tool call: {text})") }
}
