//! Tests of the reader as others use it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what helps a test may stop at the first surprise, as the test itself may"
)]

mod corpus;
mod files;
mod limits;
mod messages;
mod round_trip;
