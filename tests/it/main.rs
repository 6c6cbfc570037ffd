//! The shipped program, driven over real sockets: the bot as a process, a simulated Discord, a scripted model.

// Helpers outside of `#[test]` functions may stop at the first surprise as the tests do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, unreachable_pub)]

mod admin;
mod architecture;
mod charts;
mod commands;
mod crash;
mod duplicates;
mod gateway;
mod harness;
mod mention;
mod model_failures;
mod openapi;
mod places;
mod rest_faults;
mod terminal;
mod worker;
