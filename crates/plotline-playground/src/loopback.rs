//! A small HTTP client for loopback: a bot's status endpoint and the simulator's files.

use std::{net::SocketAddr, time::Duration};

use bytes::Bytes;
use http_body_util::{BodyExt, Empty, Limited};
use hyper::{Request, StatusCode, client::conn::http1, header};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// Time for a whole exchange. Everything asked is on this machine and answers from memory.
const EXCHANGE_TIMEOUT: Duration = Duration::from_secs(2);

/// Largest body that is read: a file of a message (Discord's own limit is 10 MiB) with room to spare.
const BODY_BYTES_MAX: usize = 26 * 1024 * 1024;

/// Why there is no answer. The reason is not kept: a process that is starting or dying gives all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NoAnswer;

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    /// HTTP status.
    pub(crate) status: StatusCode,
    /// Its media type, when it names one.
    pub(crate) media_type: Option<String>,
    /// Its body.
    pub(crate) body: Bytes,
}

/// Reads `path` (with its query) from a loopback address.
pub(crate) async fn get(address: SocketAddr, path: &str) -> Result<Answer, NoAnswer> {
    tokio::time::timeout(EXCHANGE_TIMEOUT, exchange(address, path)).await.map_err(|_| NoAnswer)?
}

async fn exchange(address: SocketAddr, path: &str) -> Result<Answer, NoAnswer> {
    let stream = TcpStream::connect(address).await.map_err(|_| NoAnswer)?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|_| NoAnswer)?;
    let driver = tokio::spawn(async move {
        // An error here reaches the request below as well.
        let _ = connection.await;
    });
    let request = Request::get(path)
        .header(header::HOST, address.to_string())
        .header(header::CONNECTION, "close")
        .body(Empty::<Bytes>::new())
        .map_err(|_| NoAnswer)?;
    let response = sender.send_request(request).await.map_err(|_| NoAnswer)?;
    let status = response.status();
    let media_type =
        response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let body = Limited::new(response.into_body(), BODY_BYTES_MAX).collect().await.map_err(|_| NoAnswer)?.to_bytes();
    driver.abort();
    Ok(Answer { status, media_type, body })
}
