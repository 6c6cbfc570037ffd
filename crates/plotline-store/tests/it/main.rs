//! The conformance suite: every test that is not about one database's files runs on SQLite and on Postgres.
//!
//! `tests/with-postgres cargo test -p plotline-store` starts a server for the second half.

// `cfg(test)` tells Clippy that helpers, too, may stop at the first surprise.
#[cfg(test)]
mod audit;
#[cfg(test)]
mod charts;
#[cfg(test)]
mod claims;
#[cfg(test)]
mod crashes;
#[cfg(test)]
mod files;
#[cfg(test)]
mod gateway;
#[cfg(test)]
mod harness;
#[cfg(test)]
mod leases;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod migrations;
#[cfg(test)]
mod operator;
#[cfg(test)]
mod parts;
#[cfg(test)]
mod privacy;
#[cfg(test)]
mod retention;
#[cfg(test)]
mod settings;
#[cfg(test)]
mod statements;
#[cfg(test)]
mod transitions;
#[cfg(test)]
mod usage;
