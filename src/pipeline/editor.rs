//! Edits of one message while its answer grows: one writer, the newest state wins, the final one comes last.

use std::time::Duration;

use plotline_text::{Progress, answer as parts_of};
use serde_json::Value;
use tokio::sync::watch;
use tokio::time::Instant;

use super::surface::Surface;
use crate::discord::rest::{MessageBody, Rest, RestError};

/// Between two edits. Rate-limit headers slow it down further; a shorter pace would only use the limit up and flicker.
const PACE: Duration = Duration::from_millis(1_000);

/// The first words are shown this soon after they are there.
const FIRST: Duration = Duration::from_millis(150);

/// After an edit whose answer was lost, the final state is read back so often …
const VERIFY_TIMES: u32 = 3;
/// … with this pause, in which a late edit would land.
const VERIFY_PAUSE: Duration = Duration::from_secs(2);

/// Edits a message as its text grows. It is the message's only writer: an edit is sent when the one before it is over.
pub(super) struct Editor {
    rest: Rest,
    surface: Surface,
    /// What stands under the text while it grows.
    rows: Vec<Value>,
    text: watch::Receiver<String>,
    in_doubt: bool,
}

impl Editor {
    pub(super) fn new(rest: Rest, surface: Surface, rows: Vec<Value>, text: watch::Receiver<String>) -> Self {
        Self { rest, surface, rows, text, in_doubt: false }
    }

    /// Whether the answer to some edit was lost, so that it may still be carried out.
    pub(super) fn in_doubt(&self) -> bool {
        self.in_doubt
    }

    /// Shows each state of the text that there is time for, until whoever writes the text drops it. No edit is under way when this
    /// returns. Failures that pass are left to the next edit.
    ///
    /// # Errors
    /// A refusal, which lasts: the message is gone, or may not be edited.
    pub(super) async fn follow(&mut self) -> Result<(), RestError> {
        let mut next = Instant::now() + FIRST;
        let mut shown = String::new();
        loop {
            if self.text.changed().await.is_err() {
                return Ok(());
            }
            tokio::select! {
                () = tokio::time::sleep_until(next) => {}
                // Never true, so it ends when the text is complete; the final edit follows at once.
                _ = self.text.wait_for(|_| false) => return Ok(()),
            }
            let text = self.text.borrow_and_update().clone();
            let Some(first) = parts_of(&text, Progress::Growing).into_iter().next() else { continue };
            // Once the time for a response is over, the complete answer finds another way.
            if first == shown || !self.surface.is_open() {
                continue;
            }
            let body = MessageBody { components: self.rows.clone(), ..MessageBody::text(&first) };
            match self.surface.edit(&self.rest, &body).await {
                Ok((_, in_doubt)) => {
                    self.in_doubt |= in_doubt;
                    shown = first;
                }
                Err(error) if error.is_expired() => shown = first,
                Err(error @ RestError::Refused { .. }) => return Err(error),
                Err(error) => {
                    self.in_doubt = true;
                    tracing::warn!(%error, id = %self.surface.message, "an edit in between failed; the next one follows");
                }
            }
            next = Instant::now() + PACE;
        }
    }
}

/// The final edit. Where an edit may still be under way (`verify`), the message is read back until it stays as it should be.
///
/// # Errors
/// The edit's.
pub(super) async fn finish(rest: &Rest, surface: &Surface, body: &MessageBody, verify: bool) -> Result<(), RestError> {
    let (_, in_doubt) = surface.edit(rest, body).await?;
    if !verify && !in_doubt {
        return Ok(());
    }
    for _ in 0..VERIFY_TIMES {
        tokio::time::sleep(VERIFY_PAUSE).await;
        let now = surface.read(rest).await?;
        // Discord trims the ends of a message.
        if now["content"].as_str().map(str::trim) == Some(body.content.trim()) {
            return Ok(());
        }
        tracing::warn!(id = %surface.message, "a late edit had replaced the final one; editing again");
        surface.edit(rest, body).await?;
    }
    Ok(())
}
