//! The playground's server side, driven over real sockets with a small process in the bot's place.

mod bots;
mod page;
mod protocol;
mod support;
