//! The simulator, driven over real sockets by a raw client.

#[cfg(test)]
mod messages;
#[cfg(test)]
mod support;
