//! The conformance suite: every test that is not about one database's files runs on SQLite and on Postgres.
//!
//! `tests/with-postgres cargo test -p plotline-store` starts a server for the second half.

// `cfg(test)` tells Clippy that helpers, too, may stop at the first surprise.
#[cfg(test)]
mod claims;
#[cfg(test)]
mod harness;
