//! Messages that were missed: read from the channels after each new session, bounded by age and number, through the same gates.
//!
//! A RESUME replays what was missed; an IDENTIFY replays nothing. How far back to read is kept as a snowflake in the database: the
//! newest event that was taken in. It is written a little late and read with a margin, so what it skips has surely been claimed;
//! what is read twice is dropped by the gates and the ledger.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::Intake;
use crate::discord::read_message;
use crate::discord::rest::Page;
use crate::event::{Place, PlaceKind};
use crate::ids::{ChannelId, MessageId, snowflake_at, snowflake_ms};

/// Where the newest event is kept: no channel has the id 0.
const PROGRESS: ChannelId = ChannelId(0);

/// How often progress is written.
const PROGRESS_EVERY: Duration = Duration::from_secs(5);

/// Read again what is so much older than the recorded progress: events of one moment arrive in any order, and a claim takes time.
const MARGIN_MS: u64 = 60_000;

/// Channels that are read at the same time.
const CHANNELS_AT_ONCE: usize = 4;

#[derive(Debug, Default)]
pub(super) struct Backfill {
    /// The newest message that was seen, as a snowflake.
    newest: AtomicU64,
    /// Messages after this one are read; 0 while nothing is to be read.
    after: AtomicU64,
}

impl Backfill {
    pub(super) fn saw(&self, message: MessageId) {
        self.newest.fetch_max(message.0, Ordering::Relaxed);
    }
}

impl Intake {
    /// Decides how far back the guilds that follow are read.
    pub(super) async fn begin_backfill(&self) {
        let inner = &self.inner;
        let now_ms = match inner.store.now_ms().await {
            Ok(now) => now.cast_unsigned(),
            Err(error) => return tracing::error!(%error, "missed messages are not looked for"),
        };
        let recorded = match inner.store.cursor(PROGRESS).await {
            Ok(recorded) => recorded.map_or(0, |id| id.0),
            Err(error) => return tracing::error!(%error, "missed messages are not looked for"),
        };
        let newest = recorded.max(inner.backfill.newest.load(Ordering::Relaxed));
        let after = if newest == 0 {
            // The first start ever: nothing was missed, and old mentions of an account that was used before are left alone.
            self.inner.backfill.saw(MessageId(snowflake_at(now_ms)));
            0
        } else {
            let oldest = now_ms.saturating_sub(inner.config.backfill_max_age.as_millis() as u64);
            snowflake_at(snowflake_ms(newest).saturating_sub(MARGIN_MS).max(oldest))
        };
        inner.backfill.after.store(after, Ordering::Relaxed);
    }

    /// Reads the places of a guild in which something was written since, in the background.
    pub(super) fn backfill_places(&self, places: Vec<Place>) {
        let after = self.inner.backfill.after.load(Ordering::Relaxed);
        if after == 0 || self.inner.config.backfill_max_messages == 0 {
            return;
        }
        let missed: Vec<Place> = places
            .into_iter()
            .filter(|place| !matches!(place.kind, PlaceKind::Forum | PlaceKind::Other))
            .filter(|place| place.last_message.is_some_and(|last| last.0 > after))
            .collect();
        if missed.is_empty() {
            return;
        }
        let intake = self.clone();
        tokio::spawn(async move {
            use futures_util::StreamExt as _;
            futures_util::stream::iter(missed)
                .for_each_concurrent(CHANNELS_AT_ONCE, |place| intake.backfill_place(place, MessageId(after)))
                .await;
        });
    }

    async fn backfill_place(&self, place: Place, mut after: MessageId) {
        let mut left = self.inner.config.backfill_max_messages;
        while left > 0 {
            let page = match self.inner.rest.messages(place.id, Page::After(after), left.min(100) as u8).await {
                Ok(page) => page,
                // A channel that the bot may not read holds no mention that it could answer.
                Err(error) if error.is_forbidden() || error.is_gone() => return,
                Err(error) => {
                    tracing::warn!(%error, channel = %place.id, "missed messages could not be read");
                    return;
                }
            };
            let full = page.len() == left.min(100) as usize;
            left -= (page.len() as u32).min(left);
            // Discord gives the newest first; questions are answered in the order in which they were asked.
            let mut messages: Vec<_> = page.into_iter().filter_map(|json| read_message(json, place.guild)).collect();
            messages.sort_by_key(|message| message.id);
            let Some(last) = messages.last().map(|message| message.id) else { return };
            for message in messages {
                if self.inner.addressed(&message).is_some() {
                    self.inner.metrics.backfilled.inc();
                }
                self.receive(message).await;
            }
            if !full {
                return;
            }
            after = last;
        }
        tracing::warn!(channel = %place.id, max = self.inner.config.backfill_max_messages, "more messages were missed than are read; older or newer ones stay unread");
    }

    /// Writes the newest event down every few seconds, and once more at the end.
    pub(super) async fn remember_progress(self, shutdown: CancellationToken) {
        let mut written = 0;
        loop {
            let ended = tokio::select! {
                () = shutdown.cancelled() => true,
                () = tokio::time::sleep(PROGRESS_EVERY) => false,
            };
            let newest = self.inner.backfill.newest.load(Ordering::Relaxed);
            if newest > written {
                match self.inner.store.advance_cursor(PROGRESS, MessageId(newest)).await {
                    Ok(()) => written = newest,
                    Err(error) => tracing::warn!(%error, "progress could not be recorded"),
                }
            }
            if ended {
                return;
            }
        }
    }
}
