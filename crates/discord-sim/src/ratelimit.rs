//! REST rate limits: a bucket per route and major parameter, a global limit, and the headers and 429 answers they give.

use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

use tokio::time::Instant;

/// Buckets kept at a time; the ones that have run full again are dropped beyond it.
const BUCKETS_MAX: usize = 10_000;

/// Requests allowed within a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// How many requests.
    pub requests: u32,
    /// Within what time.
    pub window: Duration,
}

impl Limit {
    /// `requests` within `window`.
    #[must_use]
    pub const fn new(requests: u32, window: Duration) -> Self {
        Self { requests, window }
    }
}

/// Which of the limits a route belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Bucket {
    CreateMessage,
    EditMessage,
    DeleteMessage,
    Reaction,
    Typing,
    CreateThread,
    Webhook,
    /// Changes of a channel's name or topic, on top of the route's own limit.
    Rename,
    /// Interaction callbacks, which no limit holds.
    Callback,
    Other,
}

/// The limits in force. Discord does not publish its numbers; the defaults are those seen in the field where a bot meets
/// them often, and generous elsewhere.
#[derive(Clone, Debug)]
pub struct RateLimits {
    /// All requests of the bot but interaction callbacks and webhooks; Discord says 50 a second.
    pub global: Limit,
    /// POST of messages, a channel.
    pub create_message: Limit,
    /// PATCH of messages, a channel.
    pub edit_message: Limit,
    /// DELETE of messages, a channel.
    pub delete_message: Limit,
    /// Reactions, a channel.
    pub reaction: Limit,
    /// Typing, a channel.
    pub typing: Limit,
    /// Threads started, a channel.
    pub create_thread: Limit,
    /// Interaction answers and follow-ups, a token.
    pub webhook: Limit,
    /// Changes of the name or topic of a channel or thread, each channel.
    pub rename: Limit,
    /// Everything else, a route and guild or channel.
    pub other: Limit,
}

impl Default for RateLimits {
    fn default() -> Self {
        let five_in_five = Limit::new(5, Duration::from_secs(5));
        Self {
            global: Limit::new(50, Duration::from_secs(1)),
            create_message: five_in_five,
            edit_message: five_in_five,
            delete_message: Limit::new(5, Duration::from_secs(1)),
            reaction: Limit::new(1, Duration::from_millis(250)),
            typing: five_in_five,
            create_thread: Limit::new(50, Duration::from_secs(10)),
            webhook: five_in_five,
            rename: Limit::new(2, Duration::from_secs(600)),
            other: Limit::new(50, Duration::from_secs(1)),
        }
    }
}

impl RateLimits {
    /// Hardly any limit: for tests whose subject is something else and that make many requests.
    #[must_use]
    pub fn relaxed() -> Self {
        let many = Limit::new(100_000, Duration::from_secs(1));
        Self {
            global: many,
            create_message: many,
            edit_message: many,
            delete_message: many,
            reaction: many,
            typing: many,
            create_thread: many,
            webhook: many,
            rename: many,
            other: many,
        }
    }

    /// So little that every client meets it: one request in a quarter of a second on each route.
    #[must_use]
    pub fn tight() -> Self {
        let one = Limit::new(1, Duration::from_millis(250));
        Self {
            global: Limit::new(10, Duration::from_secs(1)),
            create_message: one,
            edit_message: one,
            delete_message: one,
            reaction: one,
            typing: one,
            create_thread: one,
            webhook: one,
            rename: one,
            other: Limit::new(5, Duration::from_secs(1)),
        }
    }

    fn of(&self, bucket: Bucket) -> Option<Limit> {
        match bucket {
            Bucket::CreateMessage => Some(self.create_message),
            Bucket::EditMessage => Some(self.edit_message),
            Bucket::DeleteMessage => Some(self.delete_message),
            Bucket::Reaction => Some(self.reaction),
            Bucket::Typing => Some(self.typing),
            Bucket::CreateThread => Some(self.create_thread),
            Bucket::Webhook => Some(self.webhook),
            Bucket::Rename => Some(self.rename),
            Bucket::Other => Some(self.other),
            Bucket::Callback => None,
        }
    }
}

/// What the headers of an answer say about its bucket.
#[derive(Clone, Debug)]
pub(crate) struct BucketReport {
    pub(crate) limit: u32,
    pub(crate) remaining: u32,
    pub(crate) reset_after: Duration,
    pub(crate) hash: String,
}

/// A request beyond a limit.
#[derive(Clone, Debug)]
pub(crate) struct Exceeded {
    pub(crate) retry_after: Duration,
    pub(crate) global: bool,
    pub(crate) report: Option<BucketReport>,
}

/// Requests within the present window of one bucket.
#[derive(Debug)]
struct Window {
    opened: Instant,
    used: u32,
}

/// Counts requests.
#[derive(Debug)]
pub(crate) struct Limiter {
    pub(crate) limits: RateLimits,
    windows: HashMap<(Bucket, String), Window>,
    global: VecDeque<Instant>,
}

impl Limiter {
    pub(crate) fn new(limits: RateLimits) -> Self {
        Self { limits, windows: HashMap::new(), global: VecDeque::new() }
    }

    /// Counts one request. `key` is the route with its major parameter.
    pub(crate) fn count(&mut self, bucket: Bucket, key: &str) -> Result<Option<BucketReport>, Exceeded> {
        let now = Instant::now();
        if !matches!(bucket, Bucket::Callback | Bucket::Webhook | Bucket::Rename) {
            self.count_global(now)?;
        }
        let Some(limit) = self.limits.of(bucket) else { return Ok(None) };
        if self.windows.len() > BUCKETS_MAX {
            let limits = &self.limits;
            self.windows.retain(|(bucket, _), window| {
                limits.of(*bucket).is_some_and(|limit| now.duration_since(window.opened) < limit.window)
            });
        }
        let window = self.windows.entry((bucket, key.to_owned())).or_insert_with(|| Window { opened: now, used: 0 });
        if now.duration_since(window.opened) >= limit.window {
            *window = Window { opened: now, used: 0 };
        }
        let reset_after = limit.window.saturating_sub(now.duration_since(window.opened));
        let exceeded = window.used >= limit.requests;
        if !exceeded {
            window.used += 1;
        }
        let report = BucketReport {
            limit: limit.requests,
            remaining: limit.requests - window.used,
            reset_after,
            hash: bucket_hash(bucket, key),
        };
        if exceeded {
            return Err(Exceeded { retry_after: reset_after, global: false, report: Some(report) });
        }
        Ok(Some(report))
    }

    fn count_global(&mut self, now: Instant) -> Result<(), Exceeded> {
        let Limit { requests, window } = self.limits.global;
        while self.global.front().is_some_and(|at| now.duration_since(*at) >= window) {
            self.global.pop_front();
        }
        if self.global.len() >= requests as usize {
            let oldest = self.global.front().map_or(Duration::ZERO, |at| now.duration_since(*at));
            return Err(Exceeded { retry_after: window.saturating_sub(oldest), global: true, report: None });
        }
        self.global.push_back(now);
        Ok(())
    }
}

/// The opaque name of a bucket: the same for every channel, as Discord's are, so that clients must add the major
/// parameter themselves.
fn bucket_hash(bucket: Bucket, key: &str) -> String {
    let route = key.split('|').next().unwrap_or_default();
    // FNV-1a (Fowler, Noll, Vo), 64 bits.
    let hash = format!("{bucket:?}{route}")
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    format!("{hash:016x}{:016x}", hash.rotate_left(17))
}
