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

/// Direct conversations that are read after a gap, the most recent ones.
const DIRECT_CHANNELS_MAX: u32 = 100;

#[derive(Debug, Default)]
pub(super) struct Backfill {
    /// The newest message that was seen, as a snowflake.
    newest: AtomicU64,
    /// What `newest` was a few seconds ago: the messages of a new session may come in before its READY has been looked at, and
    /// must not hide what was missed before them.
    settled: AtomicU64,
    /// Messages after this one are read; 0 while nothing is to be read.
    after: AtomicU64,
}

impl Backfill {
    pub(super) fn saw(&self, message: MessageId) {
        self.newest.fetch_max(message.0, Ordering::Relaxed);
    }
}

impl Intake {
    /// Decides how far back is read after a new session, and reads the guilds whose event came before READY; the others follow.
    pub(super) async fn begin_backfill(&self) {
        match self.backfill_after().await {
            Ok(after) => {
                self.inner.backfill.after.store(after, Ordering::Relaxed);
                self.backfill_places(self.inner.places.all());
                self.backfill_direct_messages(after).await;
            }
            Err(error) => tracing::error!(%error, "missed messages are not looked for"),
        }
    }

    /// Reads the direct messages of members who wrote lately: no event tells of their channels.
    async fn backfill_direct_messages(&self, after: u64) {
        if after == 0 {
            return;
        }
        match self.inner.store.recent_direct_channels(DIRECT_CHANNELS_MAX).await {
            Ok(channels) => self.backfill_places(
                channels
                    .into_iter()
                    .map(|id| Place {
                        id,
                        guild: None,
                        kind: PlaceKind::Direct,
                        parent: None,
                        owner: None,
                        name: String::new(),
                        // Not known, so it has to be read.
                        last_message: Some(MessageId(u64::MAX)),
                    })
                    .collect(),
            ),
            Err(error) => tracing::error!(%error, "missed direct messages are not looked for"),
        }
    }

    async fn backfill_after(&self) -> Result<u64, plotline_store::StoreError> {
        let inner = &self.inner;
        let now_ms = inner.store.now_ms().await?.cast_unsigned();
        let recorded = inner.store.cursor(PROGRESS).await?.map_or(0, |id| id.0);
        let settled = recorded.max(inner.backfill.settled.load(Ordering::Relaxed));
        if settled == 0 {
            // The first start ever: nothing was missed, and old mentions of an account that was used before are left alone.
            // Written at once: whatever is missed from here on is found, even if the process is killed in its first second.
            inner.store.advance_cursor(PROGRESS, MessageId(snowflake_at(now_ms))).await?;
            return Ok(0);
        }
        let oldest = now_ms.saturating_sub(inner.config.backfill_max_age.as_millis() as u64);
        Ok(snowflake_at(snowflake_ms(settled).saturating_sub(MARGIN_MS).max(oldest)))
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
            let settled = if ended { newest } else { self.inner.backfill.settled.load(Ordering::Relaxed) };
            if settled > written {
                match self.inner.store.advance_cursor(PROGRESS, MessageId(settled)).await {
                    Ok(()) => written = settled,
                    Err(error) => tracing::warn!(%error, "progress could not be recorded"),
                }
            }
            self.inner.backfill.settled.store(newest, Ordering::Relaxed);
            if ended {
                return;
            }
        }
    }
}
