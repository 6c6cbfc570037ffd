//! The crate as its users see it: requests in English, charts out.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper that fails is a test that fails")]

mod absent;
mod against;
mod batch;
mod bounds;
mod captions;
mod follow_ups;
mod marks;
mod members;
mod periods;
mod properties;
mod questions;
mod requests;
mod resolving;
mod schema;
mod several;
mod support;
mod unseen;
mod values;
mod weeks;
mod wide;
