//! A scripted language model server on loopback, for the tests of anything that talks to one.
//!
//! It speaks both common dialects over real HTTP: OpenAI-compatible (`POST /v1/chat/completions`) and Anthropic's Messages
//! (`POST /v1/messages`), and lists models (`GET /v1/models`). Answers are scripted with [`Reply`], without regard to the dialect; a
//! [`Gate`] holds an answer at a chosen point. Every call is recorded, and a request that the real service would refuse is refused and
//! recorded as a problem. The `README.md` beside this crate has a tour.

mod record;
mod reply;
mod server;
mod validate;
mod wire;

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use crate::record::{Outcome, RecordedRequest};
pub use crate::reply::{Gate, Reply};
use crate::server::Shared;
pub use crate::validate::violations;

/// The longest that the `wait_…` methods wait: far more than a loaded machine needs, far less than a test run's patience.
pub const WAIT_MAX: Duration = Duration::from_secs(60);

/// The two dialects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// `POST /v1/chat/completions` as OpenAI and the many servers compatible with it take it.
    OpenAi,
    /// `POST /v1/messages` as Anthropic takes it.
    Anthropic,
}

/// A wait that was in vain.
#[derive(Debug, Clone, thiserror::Error)]
#[error("waited {WAIT_MAX:?} in vain for {what}; {calls} calls so far")]
pub struct WaitError {
    what: String,
    calls: usize,
}

/// The running server; dropping it closes all its connections.
pub struct ModelSim {
    shared: Arc<Shared>,
    address: SocketAddr,
    server: JoinHandle<()>,
}

impl ModelSim {
    /// Starts a server on a free port of the loopback interface.
    ///
    /// # Errors
    /// When no port can be opened.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::new());
        let server = tokio::spawn(server::serve(listener, Arc::clone(&shared)));
        Ok(Self { shared, address, server })
    }

    /// The base URL for a client's settings, such as `http://127.0.0.1:41234/v1`; the same for both dialects.
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Adds replies to the script; each call takes the next one.
    pub fn script(&self, replies: impl IntoIterator<Item = Reply>) {
        self.shared.change(|state| state.queue.extend(replies));
    }

    /// Answers every call that no scripted reply is left for; without this, such calls are answered with an echo of the user's text.
    ///
    /// The function runs while the server's state is locked: it must not call this handle.
    pub fn answer_with(&self, answer: impl Fn(&RecordedRequest) -> Reply + Send + Sync + 'static) {
        self.shared.change(|state| state.answer = Some(Box::new(answer)));
    }

    /// Accepts only this key (as a bearer token or in `x-api-key`); by default every request is accepted.
    pub fn require_key(&self, key: &str) {
        self.shared.change(|state| state.key = Some(key.to_owned()));
    }

    /// Knows only these models; by default every name is accepted and `sim-model` is listed.
    pub fn set_models<S: Into<String>>(&self, models: impl IntoIterator<Item = S>) {
        self.shared.change(|state| state.models = Some(models.into_iter().map(Into::into).collect()));
    }

    /// Answers `GET /v1/models` with 404, as many servers do.
    pub fn hide_models(&self) {
        self.shared.change(|state| state.lists_models = false);
    }

    /// Every model call so far, in the order of arrival.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.shared.state().requests.clone()
    }

    /// The latest model call.
    pub fn last_request(&self) -> Option<RecordedRequest> {
        self.shared.state().requests.last().cloned()
    }

    /// How many model calls have come in, refused ones included.
    pub fn calls(&self) -> usize {
        self.shared.state().requests.len()
    }

    /// How many scripted replies no call has taken yet.
    pub fn replies_left(&self) -> usize {
        self.shared.state().queue.len()
    }

    /// Everything that a client did wrong: unknown routes and requests that the real service refuses.
    pub fn problems(&self) -> Vec<String> {
        self.shared.state().problems.clone()
    }

    /// Waits until this many calls have come in.
    ///
    /// # Errors
    /// After [`WAIT_MAX`].
    pub async fn wait_for_calls(&self, calls: usize) -> Result<(), WaitError> {
        self.wait_until(&format!("{calls} calls"), |requests| requests.len() >= calls).await
    }

    /// Waits until no call is running.
    ///
    /// # Errors
    /// After [`WAIT_MAX`].
    pub async fn wait_until_idle(&self) -> Result<(), WaitError> {
        let idle = |requests: &[RecordedRequest]| requests.iter().all(|request| request.outcome != Outcome::Running);
        self.wait_until("every call to end", idle).await
    }

    /// Waits until the recorded calls meet a condition; `what` names it in the error.
    ///
    /// # Errors
    /// After [`WAIT_MAX`].
    pub async fn wait_until(&self, what: &str, met: impl Fn(&[RecordedRequest]) -> bool) -> Result<(), WaitError> {
        let mut changes = self.shared.changes();
        // The sender lives as long as `self`, so only the time-out ends this wait early.
        let waiting = changes.wait_for(|_| met(&self.shared.state().requests));
        match tokio::time::timeout(WAIT_MAX, waiting).await {
            Ok(_) => Ok(()),
            Err(_) => Err(WaitError { what: what.to_owned(), calls: self.calls() }),
        }
    }

    /// Checks that nothing is left over: no problem, no scripted reply that was not asked for.
    ///
    /// # Errors
    /// A sentence for each thing left over.
    pub fn verify(&self) -> Result<(), String> {
        let state = self.shared.state();
        let mut left = state.problems.clone();
        if !state.queue.is_empty() {
            left.push(format!("{} scripted replies were not asked for", state.queue.len()));
        }
        if left.is_empty() { Ok(()) } else { Err(left.join("\n")) }
    }
}

impl fmt::Debug for ModelSim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ModelSim").field("address", &self.address).field("calls", &self.calls()).finish_non_exhaustive()
    }
}

impl Drop for ModelSim {
    fn drop(&mut self) {
        self.server.abort();
    }
}
