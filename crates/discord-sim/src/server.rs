//! The listener: one loopback port for REST, gateway and CDN, with connections that can be cut at any byte.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::{
        ConnectInfo, DefaultBodyLimit, Path, Query, State as Shared,
        connect_info::Connected,
        ws::{WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    },
    http::{Response, StatusCode, header},
    response::IntoResponse,
    routing::{any, get},
    serve::{IncomingStream, Listener},
};
use serde::Deserialize;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    sync::watch,
};

use crate::{
    gateway,
    id::{AttachmentId, now_ms},
    observe::ViolationKind,
    rest,
    state::{Core, State},
};

/// Pause after a failed accept (too many open files), as hyper's own server makes it.
const ACCEPT_RETRY_PAUSE: Duration = Duration::from_millis(50);

/// Bytes that may still be written, when there is no limit.
const UNLIMITED: u64 = u64::MAX;

/// What the two sides of a [`KillSwitch`] share.
#[derive(Debug)]
struct Wire {
    /// Bytes that may still be written.
    left: AtomicU64,
    /// Bytes written so far.
    written: watch::Sender<u64>,
}

/// Cuts one TCP connection, at once or after some more bytes, and tells when something was written to it.
#[derive(Clone, Debug)]
pub(crate) struct KillSwitch(Arc<Wire>);

impl KillSwitch {
    fn new() -> Self {
        Self(Arc::new(Wire { left: AtomicU64::new(UNLIMITED), written: watch::Sender::new(0) }))
    }

    /// Nothing more is written.
    pub(crate) fn now(&self) {
        self.after_bytes(0);
    }

    /// So many more bytes are written, head included, and no more.
    pub(crate) fn after_bytes(&self, bytes: u64) {
        self.0.left.store(bytes, Ordering::SeqCst);
    }

    /// Changes with every write to the connection.
    pub(crate) fn writes(&self) -> watch::Receiver<u64> {
        self.0.written.subscribe()
    }
}

/// A TCP stream with a [`KillSwitch`].
#[derive(Debug)]
pub(crate) struct CuttableStream {
    stream: TcpStream,
    kill: KillSwitch,
}

impl AsyncRead for CuttableStream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for CuttableStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let left = self.kill.0.left.load(Ordering::SeqCst);
        if left == 0 {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        let allowed = usize::try_from(left).unwrap_or(usize::MAX).min(buf.len());
        let written = std::task::ready!(Pin::new(&mut self.stream).poll_write(cx, &buf[..allowed]))?;
        if left != UNLIMITED {
            self.kill.after_bytes(left.saturating_sub(written as u64));
        }
        self.kill.0.written.send_modify(|total| *total += written as u64);
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// Accepts connections that can be cut.
pub(crate) struct CuttableListener(pub(crate) TcpListener);

impl Listener for CuttableListener {
    type Io = CuttableStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (CuttableStream, SocketAddr) {
        loop {
            match self.0.accept().await {
                Ok((stream, address)) => {
                    // Small frames must not wait for each other; a socket that refuses the option still works.
                    let _ = stream.set_nodelay(true);
                    return (CuttableStream { stream, kill: KillSwitch::new() }, address);
                }
                Err(_) => tokio::time::sleep(ACCEPT_RETRY_PAUSE).await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

impl Connected<IncomingStream<'_, CuttableListener>> for KillSwitch {
    fn connect_info(stream: IncomingStream<'_, CuttableListener>) -> Self {
        stream.io().kill.clone()
    }
}

/// All routes.
pub(crate) fn router(core: Arc<Core>) -> Router {
    Router::new()
        .route("/gateway", get(upgrade))
        .route("/gateway/", get(upgrade))
        .route("/cdn/attachments/{channel}/{attachment}/{filename}", get(attachment))
        .route("/cdn/ephemeral-attachments/{channel}/{attachment}/{filename}", get(attachment))
        .fallback(any(rest::handle))
        .layer(DefaultBodyLimit::disable())
        .with_state(core)
}

#[derive(Deserialize)]
struct GatewayQuery {
    v: Option<String>,
    encoding: Option<String>,
    compress: Option<String>,
}

async fn upgrade(
    Shared(core): Shared<Arc<Core>>,
    ConnectInfo(kill): ConnectInfo<KillSwitch>,
    Query(query): Query<GatewayQuery>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response<Body> {
    if core.read(|state| state.gateway.refuse_connections) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let unsupported = query.encoding.as_deref().is_some_and(|encoding| encoding != "json") || query.compress.is_some();
    match upgrade {
        Ok(_) if unsupported => {
            let text = "only encoding=json without transport compression is played here";
            core.write(|state| state.observed.violation(ViolationKind::UnknownRoute, format!("GET /gateway: {text}")));
            (StatusCode::BAD_REQUEST, text).into_response()
        }
        Ok(upgrade) => upgrade.on_upgrade(move |socket| gateway::connection::serve(core, socket, kill, query.v)),
        Err(rejection) => rejection.into_response(),
    }
}

/// Expiry, issue time and signature of a link.
#[derive(Default, Deserialize)]
#[serde(default)]
struct LinkQuery {
    ex: String,
    is: String,
    hm: String,
}

impl LinkQuery {
    fn is_valid(&self, state: &State, attachment: AttachmentId) -> bool {
        let expires_s = i64::from_str_radix(&self.ex, 16).unwrap_or(0);
        expires_s.saturating_mul(1000) > now_ms() && self.hm == state.cdn_signature(attachment, &self.ex, &self.is)
    }
}

async fn attachment(
    Shared(core): Shared<Arc<Core>>,
    Path((channel, id, filename)): Path<(String, String, String)>,
    Query(link): Query<LinkQuery>,
) -> Response<Body> {
    let file = id
        .parse::<AttachmentId>()
        .ok()
        .filter(|id| core.read(|state| link.is_valid(state, *id)))
        .and_then(|id| core.read(|state| state.files.get(&id).cloned()))
        .filter(|file| file.channel_id.to_string() == channel && file.filename == filename);
    match file {
        Some(file) => {
            let content_type = file.content_type.unwrap_or_else(|| "application/octet-stream".to_owned());
            // Only pictures are shown in place; anything else is offered for saving, as the real CDN does it.
            let picture = content_type.starts_with("image/") && content_type != "image/svg+xml";
            let disposition = if picture { "inline" } else { "attachment" };
            let headers = [
                (header::CONTENT_TYPE, content_type),
                (header::CONTENT_DISPOSITION, disposition.to_owned()),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
                (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*".to_owned()),
            ];
            (headers, file.bytes).into_response()
        }
        None => (StatusCode::NOT_FOUND, "This content is no longer available.").into_response(),
    }
}
