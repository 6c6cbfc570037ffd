//! Drives the client over real sockets against the scripted model server, in both dialects.

// Says to clippy what cargo knows: that all of this is test code, the helpers outside of test functions included.
#![cfg(test)]

mod answers;
mod cancelling;
mod checking;
mod failures;
mod requests;
mod retries;
mod robustness;
mod sentences;
mod settings;
mod support;
