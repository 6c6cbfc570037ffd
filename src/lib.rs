//! Plotline: a Discord bot that answers once and draws charts from the member's own numbers.
//!
//! The way of the data, one direction only:
//!
//! ```text
//! Discord gateway ─► event ─► gate 1 (message) ─► gate 2 (command) ─► ledger claim ─► worker ─► pipeline ─► Discord REST
//! ```
//!
//! | module | job |
//! | --- | --- |
//! | [`config`] | the operator's settings |
//! | [`discord`] | the only module that knows Discord's protocols |
//! | [`event`], [`ids`] | what happened, in the bot's own words |
//! | [`gate`] | lets each key through once |
//! | [`intake`] | events → gates → claim; backfill |
//! | [`admission`] | the settings and limits that a question is taken on |
//! | [`housekeeping`] | removes what has had its time |
//! | [`oversight`] | the audit log and the alerts |
//! | [`commands`] | slash commands, message commands, buttons, forms |
//! | [`worker`] | runs claimed jobs under their leases; recovery |
//! | [`pipeline`] | one job: thread, placeholder, context, answer, delivery |
//! | [`answer`] | from a question to its answer, without Discord |
//! | [`plotted`] | a chart that can be changed and drawn again |
//! | [`say`] | everything the bot says in its own words |
//! | [`settings`], [`request`] | what a job carries with it |
//! | [`places`] | what is known of channels |
//! | [`http`], [`metrics`] | health and counters |
//! | [`app`] | all of it, put together |
//! | [`cli`] | the commands |

pub mod admission;
pub mod answer;
pub mod app;
pub mod cli;
pub mod commands;
pub mod config;
pub mod discord;
pub mod event;
pub mod gate;
pub mod housekeeping;
pub mod http;
pub mod ids;
pub mod intake;
pub mod metrics;
pub mod oversight;
pub mod pipeline;
pub mod places;
pub mod plotted;
pub mod request;
pub mod say;
pub mod settings;
pub mod worker;

/// Chooses the crypto library of all TLS connections. Needed once before the first HTTP client; later calls change nothing.
pub fn tls() {
    plotline_model::tls::install();
}
