//! Drives the client over real sockets against the scripted model server, in both dialects.

mod answers;
mod cancelling;
mod checking;
mod failures;
mod requests;
mod retries;
mod sentences;
mod settings;
// Marked as test code, so that helpers outside of test functions may unwrap, too.
#[cfg(test)]
mod support;
