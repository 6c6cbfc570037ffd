//! Time zones: where a server's day begins.

use std::str::FromStr as _;

use chrono::{DateTime, NaiveDate, Offset as _, TimeZone as _, Utc};
use chrono_tz::{TZ_VARIANTS, Tz};
use serde::{Deserialize, Serialize};

/// A time zone of the IANA database, such as `Europe/Berlin`. UTC where nothing else is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zone(Tz);

impl Default for Zone {
    fn default() -> Self {
        Self(Tz::UTC)
    }
}

impl Zone {
    /// A zone by its name, in whatever case it is written.
    pub fn named(name: &str) -> Option<Self> {
        let name = name.trim();
        Tz::from_str(name)
            .ok()
            .or_else(|| TZ_VARIANTS.iter().copied().find(|zone| zone.name().eq_ignore_ascii_case(name)))
            .map(Self)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// Minutes ahead of UTC at a moment (milliseconds since 1970); it changes with daylight saving.
    pub fn offset_min(self, at_ms: i64) -> i32 {
        let moment = DateTime::<Utc>::from_timestamp_millis(at_ms).unwrap_or_default();
        self.0.offset_from_utc_datetime(&moment.naive_utc()).fix().local_minus_utc() / 60
    }

    /// The date there at a moment (milliseconds since 1970).
    pub fn date(self, at_ms: i64) -> NaiveDate {
        let moment = DateTime::<Utc>::from_timestamp_millis(at_ms).unwrap_or_default();
        moment.with_timezone(&self.0).date_naive()
    }

    /// The names that hold what was typed, those that begin with it first, at most `limit`.
    pub fn matching(typed: &str, limit: usize) -> Vec<&'static str> {
        let typed = typed.trim().to_lowercase().replace(' ', "_");
        let rank = |name: &str| {
            let name = name.to_lowercase();
            let city = name.rsplit('/').next().unwrap_or_default();
            if name.starts_with(&typed) || city.starts_with(&typed) {
                Some(0)
            } else {
                name.contains(&typed).then_some(1)
            }
        };
        let mut found: Vec<_> = TZ_VARIANTS.iter().filter_map(|zone| Some((rank(zone.name())?, zone.name()))).collect();
        found.sort_by_key(|(rank, _)| *rank);
        found.into_iter().map(|(_, name)| name).take(limit).collect()
    }
}

impl Serialize for Zone {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::named(&name).ok_or_else(|| serde::de::Error::custom("no time zone of this name"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-07-01T22:30Z and 2026-01-01T22:30Z.
    const JULY_MS: i64 = 1_782_945_000_000;
    const JANUARY_MS: i64 = 1_767_306_600_000;

    #[test]
    fn a_day_begins_at_the_zones_own_midnight() {
        let berlin = Zone::named("europe/berlin").unwrap();
        assert_eq!((berlin.offset_min(JULY_MS), berlin.offset_min(JANUARY_MS)), (120, 60));
        assert_eq!(berlin.date(JULY_MS).to_string(), "2026-07-02");
        assert_eq!(berlin.date(JANUARY_MS).to_string(), "2026-01-01");
        assert_eq!(Zone::default().date(JULY_MS).to_string(), "2026-07-01");
    }

    #[test]
    fn a_city_is_enough_to_find_its_zone() {
        assert_eq!(Zone::matching("new y", 3)[0], "America/New_York");
        assert_eq!(Zone::matching("kolk", 3), ["Asia/Kolkata"]);
        assert_eq!(Zone::matching("", 5).len(), 5);
        assert!(Zone::matching("atlantis", 5).is_empty());
    }
}
