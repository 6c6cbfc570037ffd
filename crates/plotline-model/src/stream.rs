//! The stream of an answer.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::{Stream, StreamExt};

use crate::call::Watch;
use crate::error::ModelError;
use crate::request::{Finish, ModelEvent, ToolCall, Usage};

type Events = Pin<Box<dyn Stream<Item = Result<ModelEvent, ModelError>> + Send>>;

/// An answer as it comes in. Dropping it ends the call and closes the connection.
///
/// The events are text, then tool calls, then [`ModelEvent::Done`]; an error can take the place of any of them and is the last item.
pub struct ModelStream {
    events: Events,
    watch: Arc<Watch>,
}

impl ModelStream {
    pub(crate) fn new(events: Events, watch: Arc<Watch>) -> Self {
        Self { events, watch }
    }

    /// The next event; `None` after the last.
    ///
    /// Cancel safe: dropping the returned future, as `select!` does, loses nothing. As long as no event has come, this may take another attempt.
    pub async fn next(&mut self) -> Option<Result<ModelEvent, ModelError>> {
        self.events.next().await
    }

    /// How many HTTP requests this call has sent so far.
    pub fn attempts(&self) -> u32 {
        self.watch.attempts()
    }

    /// Whether the tools were left out of the request because the model takes none.
    pub fn tools_dropped(&self) -> bool {
        self.watch.tools_dropped()
    }

    /// The whole answer, for callers that show nothing in between.
    ///
    /// # Errors
    /// The error that ended the stream.
    pub async fn collect(mut self) -> Result<Answer, ModelError> {
        let mut answer = Answer { text: String::new(), tool_calls: Vec::new(), finish: Finish::Stop, usage: None };
        while let Some(event) = self.next().await {
            match event? {
                ModelEvent::Text(text) => answer.text.push_str(&text),
                ModelEvent::ToolCall(call) => answer.tool_calls.push(call),
                ModelEvent::Done { finish, usage } => {
                    answer.finish = finish;
                    answer.usage = usage;
                }
            }
        }
        Ok(answer)
    }
}

impl Stream for ModelStream {
    type Item = Result<ModelEvent, ModelError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.events.as_mut().poll_next(context)
    }
}

impl fmt::Debug for ModelStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ModelStream").field("watch", &self.watch).finish_non_exhaustive()
    }
}

/// A complete answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The text, without reasoning; may be empty.
    pub text: String,
    /// The tool calls, in order.
    pub tool_calls: Vec<ToolCall>,
    /// Why the answer ended.
    pub finish: Finish,
    /// What it cost, if the server told.
    pub usage: Option<Usage>,
}
