//! Puts the pieces of one answer together, whichever dialect they came in.

use crate::error::Failure;
use crate::request::{Finish, ModelEvent, ToolCall, Usage};
use crate::think::ThinkFilter;

/// The most tool calls in one answer. Models make one to five; a server that loops would make them without end.
pub(crate) const TOOL_CALLS_MAX: usize = 64;

/// The longest word that is kept from a service, in characters: reasons for an end, kinds of errors.
pub(crate) const SERVICE_WORD_CHARS_MAX: usize = 64;

/// The answer so far.
#[derive(Debug, Default)]
pub(crate) struct Assembly {
    think: ThinkFilter,
    text: String,
    calls: Vec<PartialCall>,
    finish: Option<Finish>,
    usage: Option<Usage>,
    /// A token has come since this was last asked.
    progress: bool,
    /// Any output has come at all.
    output: bool,
    /// The server said that nothing follows.
    closed: bool,
}

#[derive(Debug)]
struct PartialCall {
    key: CallKey,
    id: String,
    name: String,
    arguments: String,
}

/// What tells the pieces of one tool call from another's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CallKey {
    /// The server numbers its calls.
    Index(u64),
    /// It does not: a piece with a name begins a call, and others continue the last.
    Last,
}

impl Assembly {
    /// Adds text that may begin with reasoning in tags.
    pub(crate) fn tagged_text(&mut self, text: &str) {
        self.output_came(text);
        let visible = self.think.push(text);
        self.text.push_str(&visible);
    }

    /// Adds text that is all answer.
    pub(crate) fn text(&mut self, text: &str) {
        self.output_came(text);
        self.text.push_str(text);
    }

    /// Notes reasoning: it is a sign of life and no part of the answer.
    pub(crate) fn reasoning(&mut self, text: &str) {
        self.progress |= !text.is_empty();
    }

    fn output_came(&mut self, text: &str) {
        self.progress |= !text.is_empty();
        self.output |= !text.is_empty();
    }

    /// Adds a piece of a tool call.
    ///
    /// A piece belongs to the call with its key, unless it carries another id or begins another call: some servers give every call the index 0.
    pub(crate) fn call_piece(&mut self, key: CallKey, id: &str, name: &str, arguments: &str) -> Result<(), Failure> {
        self.progress = true;
        self.output = true;
        let full = self.calls.len() >= TOOL_CALLS_MAX;
        let known = match key {
            CallKey::Index(_) => self.calls.iter_mut().rfind(|call| call.key == key),
            CallKey::Last => self.calls.last_mut(),
        };
        let begins_another = |call: &PartialCall| {
            let other_id = !id.is_empty() && !call.id.is_empty() && call.id != id;
            let other_name = key == CallKey::Last && !name.is_empty() && !call.name.is_empty();
            !name.is_empty() && (other_id || other_name)
        };
        match known {
            Some(call) if !begins_another(call) => {
                if call.id.is_empty() {
                    id.clone_into(&mut call.id);
                }
                // Repeated in every piece by some servers, and sent in one piece by all.
                if call.name.is_empty() {
                    name.clone_into(&mut call.name);
                }
                call.arguments.push_str(arguments);
            }
            _ if full => return Err(Failure::TooLarge),
            _ => self.calls.push(PartialCall {
                key,
                id: id.to_owned(),
                name: name.to_owned(),
                arguments: arguments.to_owned(),
            }),
        }
        Ok(())
    }

    /// Notes why the answer ended.
    pub(crate) fn finish(&mut self, finish: Finish) {
        self.finish = Some(finish);
    }

    /// Notes or corrects the token counts.
    pub(crate) fn update_usage(&mut self, update: impl FnOnce(&mut Usage)) {
        update(self.usage.get_or_insert_default());
    }

    /// Notes that the server said that nothing follows.
    pub(crate) fn close(&mut self) {
        self.closed = true;
    }

    /// Whether a token has come since the last call of this.
    pub(crate) fn take_progress(&mut self) -> bool {
        std::mem::take(&mut self.progress)
    }

    /// Text that has not been handed out.
    pub(crate) fn take_text(&mut self) -> Option<String> {
        Some(std::mem::take(&mut self.text)).filter(|text| !text.is_empty())
    }

    /// Whether the server said why the answer ended, or that it is over after some output.
    pub(crate) fn is_finished(&self) -> bool {
        self.finish.is_some() || (self.closed && self.output)
    }

    /// Whether nothing of use can follow.
    pub(crate) fn is_closed(&self) -> bool {
        self.closed
    }

    /// Whether there was any output.
    pub(crate) fn has_output(&self) -> bool {
        self.output
    }

    /// The events that end the answer: text still held back, tool calls, and the end itself.
    pub(crate) fn into_events(mut self) -> Vec<ModelEvent> {
        let held = self.think.finish();
        self.text.push_str(&held);
        let mut events: Vec<ModelEvent> = self.take_text().map(ModelEvent::Text).into_iter().collect();
        let calls = self.calls.into_iter().filter(|call| !call.name.is_empty());
        events.extend(calls.map(PartialCall::complete).map(ModelEvent::ToolCall));
        let called = events.iter().any(|event| matches!(event, ModelEvent::ToolCall(_)));
        let finish = match self.finish {
            // Many servers say "stop" for every end.
            Some(Finish::Stop | Finish::Other(_)) | None if called => Finish::ToolCalls,
            Some(finish) => finish,
            None => Finish::Stop,
        };
        events.push(ModelEvent::Done { finish, usage: self.usage });
        events
    }
}

impl PartialCall {
    fn complete(self) -> ToolCall {
        let id = if self.id.is_empty() { format!("call_{:016x}", fastrand::u64(..)) } else { self.id };
        let arguments = if self.arguments.trim().is_empty() { "{}".to_owned() } else { self.arguments };
        ToolCall { id, name: self.name, arguments }
    }
}

/// A word from the service, bounded and free of anything but the characters of an identifier; `None` if it is not such a word.
pub(crate) fn service_word(word: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    (!word.is_empty() && word.len() <= SERVICE_WORD_CHARS_MAX && word.chars().all(plain)).then(|| word.to_owned())
}
