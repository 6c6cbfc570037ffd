//! When a call is tried again.

use std::time::{Duration, SystemTime};

use reqwest::header::{HeaderMap, RETRY_AFTER};

use crate::config::Backoff;

/// The longest pause that a service is believed to mean; more is a clock that is wrong.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// Added at random to a pause that the service asked for, so that clients sent away together do not come back together.
const RETRY_AFTER_SPREAD_MAX: Duration = Duration::from_millis(250);

/// The pause that a response asks for: `retry-after-ms` (OpenAI), or `retry-after` in seconds or as an HTTP date (RFC 9110, 10.2.3).
/// At most [`RETRY_AFTER_MAX`]; a date in the past is no pause.
pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let milliseconds = text("retry-after-ms").and_then(|value| value.parse::<f64>().ok()).map(|value| value / 1000.0);
    let pause = match milliseconds {
        Some(seconds) => from_seconds(seconds)?,
        None => {
            let value = text(RETRY_AFTER.as_str())?;
            match value.parse::<f64>() {
                Ok(seconds) => from_seconds(seconds)?,
                Err(_) => httpdate::parse_http_date(value).ok()?.duration_since(now).unwrap_or_default(),
            }
        }
    };
    Some(pause.min(RETRY_AFTER_MAX))
}

fn from_seconds(seconds: f64) -> Option<Duration> {
    (seconds >= 0.0).then(|| Duration::from_secs_f64(seconds.min(RETRY_AFTER_MAX.as_secs_f64())))
}

/// The pause before the attempt after `attempts`, or `None` when waiting is no use: the service asks for more than is allowed, or than is left.
pub(crate) fn pause(backoff: &Backoff, attempts: u32, asked: Option<Duration>, left: Duration) -> Option<Duration> {
    let pause = match asked {
        Some(asked) if asked > backoff.longest_retry_after => return None,
        Some(asked) => asked + RETRY_AFTER_SPREAD_MAX.mul_f64(fastrand::f64()),
        None => {
            let doublings = attempts.saturating_sub(1).min(16);
            let full = backoff.first.saturating_mul(1 << doublings).min(backoff.longest);
            full.mul_f64(0.5 + fastrand::f64() / 2.0)
        }
    };
    (pause < left).then_some(pause)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(name: &'static str, value: &str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        // Sun, 06 Nov 1994 08:49:37 GMT, the example of RFC 9110.
        retry_after(&headers, SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777))
    }

    #[test]
    fn retry_after_is_read_in_every_form() {
        assert_eq!(asked("retry-after", "7"), Some(Duration::from_secs(7)));
        assert_eq!(asked("retry-after", " 1.5 "), Some(Duration::from_millis(1500)));
        assert_eq!(asked("retry-after-ms", "250"), Some(Duration::from_millis(250)));
        assert_eq!(asked("retry-after", "Sun, 06 Nov 1994 08:50:07 GMT"), Some(Duration::from_secs(30)));
        assert_eq!(asked("retry-after", "Sun, 06 Nov 1994 08:49:00 GMT"), Some(Duration::ZERO));
    }

    #[test]
    fn nonsense_in_retry_after_is_ignored_or_bounded() {
        for value in ["", "soon", "-3", "NaN"] {
            assert_eq!(asked("retry-after", value), None, "{value}");
        }
        assert_eq!(asked("retry-after", "1e300"), Some(RETRY_AFTER_MAX));
        assert_eq!(asked("retry-after", "inf"), Some(RETRY_AFTER_MAX));
        assert_eq!(asked("retry-after", "Fri, 01 Jan 2100 00:00:00 GMT"), Some(RETRY_AFTER_MAX));
    }

    #[test]
    fn pauses_double_up_to_the_longest_and_stay_in_their_upper_half() {
        let backoff = Backoff {
            first: Duration::from_millis(100),
            longest: Duration::from_millis(350),
            longest_retry_after: Duration::from_secs(1),
        };
        let plenty = Duration::from_secs(60);
        for (attempts, full_ms) in [(1, 100), (2, 200), (3, 350), (40, 350), (u32::MAX, 350)] {
            let full = Duration::from_millis(full_ms);
            let pause = pause(&backoff, attempts, None, plenty).unwrap();
            assert!(pause >= full / 2 && pause <= full, "{attempts}: {pause:?}");
        }
    }

    #[test]
    fn a_pause_that_is_too_long_is_not_waited_for() {
        let backoff = Backoff::default();
        let (second, minute) = (Duration::from_secs(1), Duration::from_secs(60));
        assert_eq!(pause(&backoff, 1, Some(minute), minute * 10), None);
        assert_eq!(pause(&backoff, 1, Some(second * 2), second), None);
        assert!(pause(&backoff, 1, Some(second * 2), minute).unwrap() >= second * 2);
    }
}
