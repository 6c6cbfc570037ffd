//! The playground's server side, driven over real sockets with a small process in the bot's place.

// Marked as tests as a whole, so that helpers may stop at the first surprise as tests do.
#[cfg(test)]
mod bots;
#[cfg(test)]
mod page;
#[cfg(test)]
mod protocol;
#[cfg(test)]
mod support;
