//! A stateful Discord on loopback (REST v10 and gateway v10) for testing bots.
//!
//! A test starts a [`Sim`], sets up guilds, channels and people, points the bot at [`Sim::base_url`] and acts as people do:
//! post, edit, delete, react, use commands and components. It then looks at what a person would see
//! ([`Sim::messages`], [`Sim::subscribe`]) and at what the bot did ([`Sim::requests`], [`Sim::counters`]). What goes wrong
//! on the way is chosen with [`Sim::faults`] and [`Sim::gateway`]. At the end [`Sim::finish`] fails on everything that
//! Discord would not have taken: unknown routes, invalid bodies, wrong tokens.
//!
//! ```
//! use discord_sim::{Post, Sim, SimOptions};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let sim = Sim::start(SimOptions::default()).await?;
//! let guild = sim.guild("Testers");
//! let general = guild.text_channel("general");
//! let alice = guild.member("Alice");
//!
//! // Point the bot at `sim.base_url()` with `sim.token()`, then act as a person does.
//! let question = sim.post(alice, general, Post::text(format!("{} hello", sim.mention())))?;
//!
//! assert_eq!(sim.messages(general)[0].id, question);
//! assert!(sim.thread_of(question).is_none(), "no bot is connected yet");
//! sim.finish()?;
//! # Ok(())
//! # }
//! ```
//!
//! The map of the modules:
//! - `model`, `state`, `wire`: what exists, the one lock around it, and its shapes in JSON;
//! - `actions`: changes of the state with every event that follows, whoever makes them;
//! - `rest`, `gateway`, `server`: the two protocols and the listener;
//! - `faults`, `ratelimit`, `permissions`: what refuses, delays, repeats or breaks;
//! - `client`: people's actions and set-up; `observe`, `events`: what tests and onlookers see.

mod actions;
mod client;
mod error;
mod events;
mod faults;
mod gateway;
mod id;
mod model;
mod observe;
mod options;
mod permissions;
mod ratelimit;
mod rest;
mod rng;
mod server;
mod sim;
mod state;
mod wire;

pub use client::{
    interactions::{InteractionView, Invocation, OptionValue},
    people::{NewPost, Post},
    setup::GuildHandle,
    views::{AttachmentView, ChannelView, MessageView},
};
pub use error::ApiError;
pub use events::ClientEvent;
pub use faults::{Delivery, Faults, LimitScope, RestFault, RestRule, WriteHold, WritePoint};
pub use gateway::control::{GatewayControl, SessionView};
pub use id::{AttachmentId, ChannelId, CommandId, GuildId, InteractionId, InvalidId, MessageId, RoleId, UserId};
pub use model::{ChannelKind, MessageKind, OverwriteTarget};
pub use observe::{Counters, RequestRecord, Violation, ViolationKind};
pub use options::SimOptions;
pub use permissions::Permissions;
pub use ratelimit::{Limit, RateLimits};
pub use rest::routes::routes;
pub use sim::{Sim, TimedOut, Unclean};
