//! The bytes of a response, counted and bounded.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use reqwest::Response;

/// A response body as it comes in.
pub(crate) type ByteStream = Pin<Box<dyn Stream<Item = Result<Bytes, BodyError>> + Send>>;

/// Why a body stopped before its end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BodyError {
    #[error("the response is larger than the limit")]
    TooLarge,
    #[error("the connection broke")]
    Broken(#[source] reqwest::Error),
}

/// How far a body has come, readable while a parser owns the body.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    bytes: AtomicUsize,
    ended: AtomicBool,
}

impl Progress {
    /// Whether any byte has come.
    pub(crate) fn has_bytes(&self) -> bool {
        self.bytes.load(Ordering::Relaxed) > 0
    }

    /// Whether the body has ended, and properly, as HTTP sees it.
    pub(crate) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Relaxed)
    }
}

/// The body of a response; more than `limit` bytes are an error.
pub(crate) fn bounded(response: Response, limit: usize, progress: Arc<Progress>) -> ByteStream {
    Box::pin(response.bytes_stream().map(move |chunk| {
        let chunk = chunk.map_err(BodyError::Broken)?;
        let before = progress.bytes.fetch_add(chunk.len(), Ordering::Relaxed);
        if before.saturating_add(chunk.len()) > limit { Err(BodyError::TooLarge) } else { Ok(chunk) }
    }))
}

/// Adds a blank line after the proper end of a body, for servers that leave out the one after their last event, and notes the end.
pub(crate) fn with_last_event(body: ByteStream, progress: Arc<Progress>) -> ByteStream {
    let end = stream::once(async move {
        progress.ended.store(true, Ordering::Relaxed);
        Ok(Bytes::from_static(b"\n\n"))
    });
    Box::pin(body.chain(end))
}

/// The first bytes of a body, as many as come before it breaks or `limit` is reached: enough for the explanation of an error.
pub(crate) async fn first_bytes(mut response: Response, limit: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while bytes.len() < limit {
        let Ok(Some(chunk)) = response.chunk().await else { break };
        bytes.extend_from_slice(&chunk[..chunk.len().min(limit - bytes.len())]);
    }
    bytes
}
