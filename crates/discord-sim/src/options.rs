//! What can be set about a simulator before it starts. Defaults are Discord's own values unless a field says otherwise.

use std::time::Duration;

use crate::ratelimit::RateLimits;

/// Settings of one simulator.
#[derive(Clone, Debug)]
pub struct SimOptions {
    /// Port on 127.0.0.1; 0 (the default) takes a free one.
    pub port: u16,
    /// The bot token that is right; every other one is answered with 401 and close code 4004.
    pub token: String,
    /// Name of the bot's user.
    pub bot_name: String,
    /// Whether the application has the privileged MESSAGE_CONTENT intent. Without it, IDENTIFY with that intent is
    /// closed with 4014, and REST answers hide content as the gateway does.
    pub message_content_granted: bool,
    /// Whether the application has the privileged GUILD_MEMBERS intent.
    pub guild_members_granted: bool,
    /// Whether the application has the privileged GUILD_PRESENCES intent.
    pub guild_presences_granted: bool,
    /// Told to the client in HELLO. Discord says 41.25 s. A client that misses it by half is disconnected.
    pub heartbeat_interval: Duration,
    /// How long a session can be resumed after its connection was lost.
    pub resume_window: Duration,
    /// Payloads above this many bytes are sent compressed to clients that asked for payload compression.
    pub compress_above_bytes: usize,
    /// IDENTIFYs that one token may use in 24 h. When they are used up, the token stops working, as Discord resets it.
    pub session_start_limit: u32,
    /// IDENTIFYs per shard bucket within `identify_window`; more are answered with op 9.
    pub max_concurrency: u32,
    /// Window of `max_concurrency`. Discord's is 5 s; the default of zero switches the check off, so that tests with
    /// several processes need not wait.
    pub identify_window: Duration,
    /// How long a nonce is remembered. Discord says "a few minutes".
    pub nonce_window: Duration,
    /// How long an interaction may stay without its first answer.
    pub interaction_ack_window: Duration,
    /// How long an interaction's token can be used after that.
    pub interaction_token_lifetime: Duration,
    /// Age from which edits of a message count against the stricter limit (error 30046).
    pub old_message_age: Duration,
    /// Edits of one old message within an hour before error 30046. Discord does not publish the number.
    pub old_message_edits_max: u32,
    /// How long a link to an uploaded file works. Reading the message again gives a new one.
    pub cdn_link_lifetime: Duration,
    /// REST rate limits.
    pub rate_limits: RateLimits,
    /// Seed of everything random (copies and delays of events), so that a failing test can be repeated.
    pub seed: u64,
}

impl Default for SimOptions {
    fn default() -> Self {
        Self {
            port: 0,
            token: "MTAwMDAwMDAwMDAwMDAwMDAwMA.simula.tor-token-for-loopback-only".to_owned(),
            bot_name: "Plotline".to_owned(),
            message_content_granted: true,
            guild_members_granted: true,
            guild_presences_granted: true,
            heartbeat_interval: Duration::from_millis(41_250),
            resume_window: Duration::from_secs(180),
            compress_above_bytes: 1024,
            session_start_limit: 1000,
            max_concurrency: 1,
            identify_window: Duration::ZERO,
            nonce_window: Duration::from_secs(180),
            interaction_ack_window: Duration::from_secs(3),
            interaction_token_lifetime: Duration::from_secs(15 * 60),
            old_message_age: Duration::from_secs(3600),
            old_message_edits_max: 5,
            cdn_link_lifetime: Duration::from_secs(24 * 3600),
            rate_limits: RateLimits::default(),
            seed: 1,
        }
    }
}
