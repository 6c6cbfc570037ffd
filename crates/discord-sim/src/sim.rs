//! The handle of a running simulator.

use std::{fmt, io, net::Ipv4Addr, sync::Arc, time::Duration};

use serde_json::Value;
use tokio::{net::TcpListener, sync::broadcast, task::JoinHandle};

use crate::{
    events::ClientEvent,
    faults::Faults,
    gateway::control::GatewayControl,
    id::UserId,
    observe::{Counters, RequestRecord, Violation, ViolationKind},
    options::SimOptions,
    ratelimit::RateLimits,
    server,
    state::Core,
};

/// Requests that an error about a wait shows.
const REQUESTS_SHOWN: usize = 10;

/// Pause between a change and the next look of [`Sim::wait_for`].
const LOOK_PAUSE: Duration = Duration::from_millis(1);

/// A running Discord on loopback. Cheap to clone; it stops when the last clone is dropped.
#[derive(Clone, Debug)]
pub struct Sim {
    core: Arc<Core>,
    server: Arc<Server>,
}

/// The listener's task, which ends with the last handle.
#[derive(Debug)]
struct Server {
    origin: String,
    task: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A condition did not come true in time.
#[derive(Clone, Debug)]
pub struct TimedOut {
    what: String,
    after: Duration,
    requests: Vec<String>,
}

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "waited {:?} in vain for {}", self.after, self.what)?;
        write!(f, "; the last requests were: {}", self.requests.join(", "))
    }
}

impl std::error::Error for TimedOut {}

/// The client broke Discord's rules.
#[derive(Clone, Debug)]
pub struct Unclean {
    /// What it did.
    pub violations: Vec<Violation>,
}

impl fmt::Display for Unclean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} violations of Discord's rules:", self.violations.len())?;
        for violation in &self.violations {
            write!(f, "\n- {:?}: {}", violation.kind, violation.text)?;
        }
        Ok(())
    }
}

impl std::error::Error for Unclean {}

impl Sim {
    /// Starts a simulator on 127.0.0.1, within a tokio runtime.
    ///
    /// # Errors
    /// When the port cannot be had.
    pub async fn start(options: SimOptions) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).await?;
        let origin = format!("http://{}", listener.local_addr()?);
        let core = Core::new(options, origin.clone());
        let router = server::router(Arc::clone(&core)).into_make_service_with_connect_info::<server::KillSwitch>();
        let task = tokio::spawn(async move {
            // Serving ends with the task; the listener itself never gives up.
            let _ = axum::serve(server::CuttableListener(listener), router).await;
        });
        Ok(Self { core, server: Arc::new(Server { origin, task }) })
    }

    pub(crate) fn core(&self) -> &Arc<Core> {
        &self.core
    }

    /// `http://127.0.0.1:PORT`: REST is below `/api/v10`, the CDN below `/cdn`, the gateway at `/gateway`.
    #[must_use]
    pub fn base_url(&self) -> String {
        self.server.origin.clone()
    }

    /// The right bot token.
    #[must_use]
    pub fn token(&self) -> String {
        self.core.options.token.clone()
    }

    /// The bot's user, which is also its application.
    #[must_use]
    pub fn bot(&self) -> UserId {
        self.core.read(|state| state.bot)
    }

    /// Text that mentions the bot, for example `<@123>`.
    #[must_use]
    pub fn mention(&self) -> String {
        format!("<@{}>", self.bot())
    }

    /// What goes wrong.
    #[must_use]
    pub fn faults(&self) -> Faults {
        Faults::new(Arc::clone(&self.core))
    }

    /// What happens to gateway connections.
    #[must_use]
    pub fn gateway(&self) -> GatewayControl {
        GatewayControl::new(Arc::clone(&self.core))
    }

    /// Replaces the REST rate limits from now on.
    pub fn set_rate_limits(&self, limits: RateLimits) {
        self.core.write(|state| state.limiter = crate::ratelimit::Limiter::new(limits));
    }

    /// Receives what people see from now on. A receiver that lags behind by many thousands of events is told so and goes on
    /// with the newer ones.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<ClientEvent> {
        self.core.subscribe()
    }

    /// Every REST request so far, oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<RequestRecord> {
        self.core.read(|state| state.observed.requests.iter().cloned().collect())
    }

    /// The requests with this method and route, for example `("POST", "/channels/{channel}/messages")`.
    #[must_use]
    pub fn requests_to(&self, method: &str, route: &str) -> Vec<RequestRecord> {
        let mut requests = self.requests();
        requests.retain(|request| request.method == method && request.route == route);
        requests
    }

    /// Counts since the start.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.core.read(|state| state.observed.counters.clone())
    }

    /// Everything that the client must not have done.
    #[must_use]
    pub fn violations(&self) -> Vec<Violation> {
        self.core.read(|state| state.observed.violations.clone())
    }

    /// Takes violations of a kind as expected: they are removed, and their number is given.
    pub fn take_violations(&self, kind: ViolationKind) -> usize {
        self.core.write(|state| {
            let before = state.observed.violations.len();
            state.observed.violations.retain(|violation| violation.kind != kind);
            before - state.observed.violations.len()
        })
    }

    /// Ends a test: fails on every violation that was not taken, but for those that are merely recorded
    /// ([`ViolationKind::PingsByDefault`]).
    ///
    /// # Errors
    /// The violations, each with method, path and what was wrong.
    pub fn finish(&self) -> Result<(), Unclean> {
        let mut violations = self.violations();
        violations.retain(|violation| violation.kind != ViolationKind::PingsByDefault);
        if violations.is_empty() { Ok(()) } else { Err(Unclean { violations }) }
    }

    /// Waits until `look` finds something. It is asked now and after changes.
    ///
    /// # Errors
    /// When the time is up; the error says what was waited for and which requests came last.
    pub async fn wait_for<T>(
        &self,
        what: &str,
        timeout: Duration,
        look: impl Fn(&Self) -> Option<T>,
    ) -> Result<T, TimedOut> {
        let mut changes = self.core.changes();
        let found = tokio::time::timeout(timeout, async {
            loop {
                changes.mark_unchanged();
                if let Some(found) = look(self) {
                    return Some(found);
                }
                changes.changed().await.ok()?;
                // Changes come in bursts, and looking may cost more than they do.
                tokio::time::sleep(LOOK_PAUSE).await;
            }
        });
        match found.await {
            Ok(Some(found)) => Ok(found),
            Ok(None) | Err(_) => {
                let requests = self.requests();
                let last = requests.iter().rev().take(REQUESTS_SHOWN).rev();
                Err(TimedOut { what: what.to_owned(), after: timeout, requests: last.map(describe).collect() })
            }
        }
    }

    /// Forgets everything but the settings, the token and the bot's user. Connections are closed and their sessions cannot
    /// be resumed.
    pub fn reset(&self) {
        self.core.reset();
    }
}

fn describe(request: &RequestRecord) -> String {
    let status = request.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
    let content = match &request.body["content"] {
        Value::String(content) => format!(" {:?}", content.chars().take(40).collect::<String>()),
        _ => String::new(),
    };
    format!("{} {}{content} → {status}", request.method, request.path)
}
