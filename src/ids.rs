//! Ids of Discord's things. They are the store's newtypes, so that an id is the same type from the gateway to the database.

pub use plotline_store::{ChannelId, GuildId, InteractionId, JobId, MessageId, RoleId, UserId};

/// Milliseconds between 1970-01-01 and Discord's first second, 2015-01-01.
/// Source: <https://discord.com/developers/docs/reference#snowflakes>.
const DISCORD_EPOCH_MS: u64 = 1_420_070_400_000;

/// When a snowflake was made, in milliseconds since 1970.
pub fn snowflake_ms(id: u64) -> u64 {
    (id >> 22) + DISCORD_EPOCH_MS
}

/// The smallest snowflake of a moment, in milliseconds since 1970.
pub fn snowflake_at(ms: u64) -> u64 {
    ms.saturating_sub(DISCORD_EPOCH_MS) << 22
}

/// A number in base 36: a snowflake takes 13 characters, which leaves room in a nonce of 25.
pub fn base36(mut number: u64) -> String {
    let mut digits = Vec::with_capacity(13);
    loop {
        digits.push(char::from_digit((number % 36) as u32, 36).unwrap_or('0'));
        number /= 36;
        if number == 0 {
            return digits.into_iter().rev().collect();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snowflake_tells_its_time() {
        // The example in Discord's documentation.
        assert_eq!(snowflake_ms(175_928_847_299_117_063), 1_462_015_105_796);
        assert_eq!(snowflake_ms(snowflake_at(1_700_000_000_123)), 1_700_000_000_123);
    }

    #[test]
    fn base_36_of_the_largest_id_fits_a_nonce() {
        assert_eq!(base36(0), "0");
        assert_eq!(base36(35), "z");
        assert_eq!(base36(u64::MAX).len(), 13);
        assert_eq!(u64::from_str_radix(&base36(175_928_847_299_117_063), 36), Ok(175_928_847_299_117_063));
    }
}
