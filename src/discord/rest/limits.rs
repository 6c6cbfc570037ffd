//! Rate limits, followed as Discord's headers tell them.
//!
//! Source: <https://discord.com/developers/docs/topics/rate-limits>. A route belongs to a bucket whose hash is learned from
//! the answers; within a bucket each channel, guild or webhook counts for itself. No number of a route is fixed in the code.

use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use reqwest::header::HeaderMap;

/// Discord's global limit of requests a second for one bot; interaction endpoints are exempt.
const GLOBAL_PER_SECOND: usize = 50;

/// Discord bans an address for a while after 10,000 answers of 401, 403 or 429 in ten minutes. The bot stops well before.
const REFUSALS_MAX: usize = 8_000;
const REFUSAL_WINDOW: Duration = Duration::from_secs(600);

/// Buckets that are remembered. Past this the ones whose window is over are dropped.
const BUCKETS_MAX: usize = 20_000;

/// What a call counts against.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Route {
    /// Method and path pattern, without ids.
    pub(super) pattern: &'static str,
    /// The channel, guild or webhook that the limit is kept for.
    pub(super) major: u64,
    /// Counts against the global limit.
    pub(super) global: bool,
}

#[derive(Debug, Default)]
pub(super) struct Limits {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    hashes: HashMap<&'static str, String>,
    windows: HashMap<(String, u64), Window>,
    blocked_until: Option<Instant>,
    sent: VecDeque<Instant>,
    refusals: VecDeque<Instant>,
}

#[derive(Clone, Copy, Debug)]
struct Window {
    remaining: u32,
    resets: Instant,
}

impl Limits {
    /// Takes one unit of the route's limits, or tells how long to wait before asking again.
    pub(super) fn take(&self, route: &Route, now: Instant) -> Result<(), Duration> {
        let mut state = self.lock();
        if route.global {
            if let Some(until) = state.blocked_until
                && until > now
            {
                return Err(until - now);
            }
            while state.sent.front().is_some_and(|at| now.duration_since(*at) >= Duration::from_secs(1)) {
                state.sent.pop_front();
            }
            if state.sent.len() >= GLOBAL_PER_SECOND
                && let Some(first) = state.sent.front()
            {
                return Err(Duration::from_secs(1).saturating_sub(now.duration_since(*first)));
            }
        }
        let key = state.key(route);
        if let Some(window) = state.windows.get_mut(&key) {
            if window.resets <= now {
                state.windows.remove(&key);
            } else if window.remaining == 0 {
                return Err(window.resets - now);
            } else {
                window.remaining -= 1;
            }
        }
        if route.global {
            state.sent.push_back(now);
        }
        Ok(())
    }

    /// How long no request may be sent because too many were refused.
    pub(super) fn brake(&self, now: Instant) -> Option<Duration> {
        let mut state = self.lock();
        state.forget_old_refusals(now);
        if state.refusals.len() < REFUSALS_MAX {
            return None;
        }
        state.refusals.front().map(|first| REFUSAL_WINDOW.saturating_sub(now.duration_since(*first)))
    }

    /// Learns from an answer's headers. `limited` is how long a 429 said to wait, and whether it was the global limit.
    pub(super) fn learn(
        &self,
        route: &Route,
        status: u16,
        headers: &HeaderMap,
        limited: Option<(Duration, bool)>,
        now: Instant,
    ) {
        let mut state = self.lock();
        if matches!(status, 401 | 403 | 429) {
            state.forget_old_refusals(now);
            state.refusals.push_back(now);
        }
        if let Some(hash) = text(headers, "x-ratelimit-bucket")
            && state.hashes.get(route.pattern).is_none_or(|known| known != hash)
        {
            state.hashes.insert(route.pattern, hash.to_owned());
        }
        if state.windows.len() >= BUCKETS_MAX {
            state.windows.retain(|_, window| window.resets > now);
        }
        let key = state.key(route);
        if let Some((wait, global)) = limited {
            if global {
                state.blocked_until = Some(now + wait);
            } else {
                state.windows.insert(key, Window { remaining: 0, resets: now + wait });
            }
            return;
        }
        let remaining = text(headers, "x-ratelimit-remaining").and_then(|value| value.parse::<f64>().ok());
        let reset = text(headers, "x-ratelimit-reset-after").and_then(seconds);
        if let (Some(remaining), Some(reset)) = (remaining, reset) {
            let told = Window { remaining: remaining.max(0.0) as u32, resets: now + reset };
            // Answers may overtake each other: within one window the lower count is the later one.
            let window = match state.windows.get(&key) {
                Some(known) if known.resets > now => {
                    Window { remaining: known.remaining.min(told.remaining), resets: told.resets.max(known.resets) }
                }
                _ => told,
            };
            state.windows.insert(key, window);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        // Nothing in here panics while the lock is held, and a count that is off by one is mended by the next answer.
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl State {
    fn key(&self, route: &Route) -> (String, u64) {
        let hash = self.hashes.get(route.pattern).map_or(route.pattern, String::as_str);
        (hash.to_owned(), route.major)
    }

    fn forget_old_refusals(&mut self, now: Instant) {
        while self.refusals.front().is_some_and(|at| now.duration_since(*at) >= REFUSAL_WINDOW) {
            self.refusals.pop_front();
        }
    }
}

/// Seconds with a fraction, as Discord writes them; nothing that is negative, infinite or no number.
pub(super) fn seconds(value: &str) -> Option<Duration> {
    value.trim().parse::<f64>().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    const EDIT: Route = Route { pattern: "PATCH /channels/{}/messages/{}", major: 1, global: true };

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn waits_when_a_bucket_is_empty_and_goes_on_after_its_reset() {
        let (limits, now) = (Limits::default(), Instant::now());
        assert_eq!(limits.take(&EDIT, now), Ok(()));
        let told = headers(&[
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset-after", "1.500"),
            ("x-ratelimit-bucket", "abc"),
        ]);
        limits.learn(&EDIT, 200, &told, None, now);
        assert_eq!(limits.take(&EDIT, now), Err(Duration::from_millis(1500)));
        assert_eq!(limits.take(&EDIT, now + Duration::from_millis(1500)), Ok(()));
    }

    #[test]
    fn another_channel_of_the_same_bucket_is_not_held_up() {
        let (limits, now) = (Limits::default(), Instant::now());
        let told =
            headers(&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset-after", "9"), ("x-ratelimit-bucket", "abc")]);
        limits.learn(&EDIT, 200, &told, None, now);
        assert_eq!(limits.take(&Route { major: 2, ..EDIT }, now), Ok(()));
    }

    #[test]
    fn headers_that_cannot_be_read_are_no_limit_and_no_error() {
        let (limits, now) = (Limits::default(), Instant::now());
        let told = headers(&[
            ("x-ratelimit-remaining", "many"),
            ("x-ratelimit-reset-after", "-4"),
            ("x-ratelimit-limit", "5.0"),
        ]);
        limits.learn(&EDIT, 200, &told, None, now);
        assert_eq!(limits.take(&EDIT, now), Ok(()));
    }

    #[test]
    fn a_global_limit_holds_up_every_route_but_interactions() {
        let (limits, now) = (Limits::default(), Instant::now());
        limits.learn(&EDIT, 429, &HeaderMap::new(), Some((Duration::from_secs(2), true)), now);
        assert_eq!(
            limits.take(&Route { pattern: "GET /gateway/bot", major: 0, global: true }, now),
            Err(Duration::from_secs(2))
        );
        assert_eq!(limits.take(&Route { pattern: "POST /interactions", major: 3, global: false }, now), Ok(()));
    }

    #[test]
    fn no_more_than_fifty_requests_leave_in_a_second() {
        let (limits, now) = (Limits::default(), Instant::now());
        for major in 0..50 {
            assert_eq!(limits.take(&Route { major, ..EDIT }, now), Ok(()));
        }
        assert_eq!(limits.take(&Route { major: 51, ..EDIT }, now), Err(Duration::from_secs(1)));
        assert_eq!(limits.take(&Route { major: 51, ..EDIT }, now + Duration::from_secs(1)), Ok(()));
    }

    #[test]
    fn brakes_before_refusals_become_a_ban() {
        let (limits, now) = (Limits::default(), Instant::now());
        for _ in 0..REFUSALS_MAX {
            assert_eq!(limits.brake(now), None);
            limits.learn(&EDIT, 403, &HeaderMap::new(), None, now);
        }
        assert_eq!(limits.brake(now), Some(REFUSAL_WINDOW));
        assert_eq!(limits.brake(now + REFUSAL_WINDOW), None);
    }
}
