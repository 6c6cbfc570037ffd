//! The simulator, driven over real sockets by a raw client.

mod messages;
mod support;
