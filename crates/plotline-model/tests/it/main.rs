//! Drives the client over real sockets against the scripted model server, in both dialects.

mod answers;
mod support;
