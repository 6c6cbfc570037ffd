//! The bot as a whole: built from its configuration, run until it is told to stop.

use std::sync::Arc;
use std::time::Duration;

use plotline_store::{ConnectOptions, Store, StoreError};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use url::Url;

use crate::admission::Admission;
use crate::answer::Answerer;
use crate::commands;
use crate::config::{Config, ConfigError};
use crate::discord::gateway::{EVENTS_MAX, Gateway, GatewayStop};
use crate::discord::rest::{Rest, RestError};
use crate::housekeeping;
use crate::http;
use crate::ids::UserId;
use crate::intake::{self, Intake};
use crate::metrics::Metrics;
use crate::oversight::Oversight;
use crate::pipeline::{self, Fetcher, Pipeline};
use crate::places::Places;
use crate::worker::Worker;

/// The connection to the gateway waits so long for the commands to be registered; then that goes on beside it.
const REGISTER_PATIENCE: Duration = Duration::from_secs(5);

/// Why the bot cannot run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A setting is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The database cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The gateway cannot go on.
    #[error(transparent)]
    Gateway(#[from] GatewayStop),
    /// An HTTP client could not be made, or the listener not opened.
    #[error("{0}")]
    Network(String),
}

impl RunError {
    /// Whether the operator has to change a setting before it can work.
    pub fn is_configuration(&self) -> bool {
        match self {
            Self::Config(_) | Self::Store(StoreError::Config(_)) => true,
            Self::Gateway(stop) => matches!(stop, GatewayStop::Token),
            _ => false,
        }
    }
}

/// After the last job, records get so long to be written: a few hundred inserts.
const RECORDS_PATIENCE: std::time::Duration = std::time::Duration::from_secs(1);

/// Runs the bot until `shutdown` is cancelled, then drains: no work is taken any more, answers in flight get a few seconds, the rest is
/// parked in the ledger.
///
/// # Errors
/// [`RunError`].
pub async fn run(config: Config, shutdown: CancellationToken) -> Result<(), RunError> {
    crate::tls();
    let network = |error: reqwest::Error| RunError::Network(format!("the HTTP client could not be made: {error}"));
    let metrics = Arc::new(Metrics::default());
    let store = Store::connect(&config.store.url, &ConnectOptions::default()).await?;
    let rest = Rest::new(config.discord.api_base.clone(), config.discord.token.clone(), config.discord.timeout)
        .map_err(network)?;
    let fetcher =
        Fetcher::new(config.discord.cdn_base.as_ref(), config.answer.attachment_bytes_max).map_err(network)?;
    let answerer = Answerer::new(config.answer.clone(), metrics.clone())?;
    let places = Arc::new(Places::default());
    let Some(bot) = who_am_i(&rest, &config.discord.api_base, &shutdown).await? else { return Ok(()) };
    let owner = store.register_owner().await?;
    let records = TaskTracker::new();
    let closing_records = CancellationToken::new();
    let _close_records = closing_records.clone().drop_guard();
    let oversight = Oversight::start(store.clone(), rest.clone(), metrics.clone(), &records, &closing_records);
    records.spawn(housekeeping::run(store.clone(), closing_records.clone()));
    records.close();
    let admission =
        Admission::new(store.clone(), rest.clone(), places.clone(), config.operator.clone(), &config.answer);
    let pipeline = Pipeline::new(pipeline::Parts {
        bot,
        rest: rest.clone(),
        store: store.clone(),
        places: places.clone(),
        answerer,
        fetcher: fetcher.clone(),
        admission: admission.clone(),
        oversight: oversight.clone(),
        metrics: metrics.clone(),
    });
    let worker = Worker::new(config.work.clone(), store.clone(), owner.clone(), pipeline, metrics.clone());
    let intake = Intake::new(intake::Parts {
        bot,
        config: config.discord.clone(),
        rest: rest.clone(),
        store: store.clone(),
        owner,
        lease: config.work.lease,
        places,
        worker: worker.clone(),
        admission,
        oversight,
        fetcher,
        metrics: metrics.clone(),
    });
    let listener = match config.http.addr {
        Some(addr) => Some(http::listen(addr).await.map_err(|error| {
            RunError::Config(ConfigError::new(
                "HTTP_ADDR",
                format!("is {addr}, which cannot be listened on ({error}); choose a free address and port."),
            ))
        })?),
        None => None,
    };
    if let Some(listener) = listener {
        let state = http::State { metrics: metrics.clone(), store: store.clone(), intake: intake.clone() };
        tokio::spawn(http::serve(listener, state, shutdown.clone()));
    }

    // The intake stops on a token of its own, so that what the gateway handed over last is still recorded.
    let closing = CancellationToken::new();
    let _close = closing.clone().drop_guard();
    let (events, receiver) = mpsc::channel(EVENTS_MAX);
    let intake_task = tokio::spawn({
        let (intake, closing) = (intake.clone(), closing.clone());
        async move { intake.run(receiver, closing).await }
    });
    let recovery = tokio::spawn({
        let (worker, shutdown) = (worker.clone(), shutdown.clone());
        async move { worker.recover(shutdown).await }
    });
    let registration =
        commands::Registration { guild: config.discord.commands_guild, operator_guild: config.operator.guild };
    let registering = tokio::spawn(commands::register(
        rest.clone(),
        store.clone(),
        commands::table(),
        registration,
        shutdown.clone(),
    ));
    // Usually a matter of one request; when it is not, mentions need not wait for it.
    let _ = tokio::time::timeout(REGISTER_PATIENCE, registering).await;
    let gateway = Gateway {
        bot,
        rest,
        token: config.discord.token.clone(),
        base: config.discord.api_base.to_string(),
        store: store.clone(),
        events,
        metrics,
    };
    let ended = gateway.run(shutdown.clone()).await;
    tracing::info!("stopping: no more work is taken");
    shutdown.cancel();
    closing.cancel();
    let _ = intake_task.await;
    let _ = recovery.await;
    worker.drain(config.work.drain).await;
    // What the last jobs had to record is written before the database is closed.
    closing_records.cancel();
    let _ = tokio::time::timeout(RECORDS_PATIENCE, records.wait()).await;
    store.close().await;
    tracing::info!("stopped");
    Ok(ended?)
}

/// Asks Discord for the bot's own account, with patience for a Discord that is away. `None` when told to stop meanwhile.
async fn who_am_i(rest: &Rest, base: &Url, shutdown: &CancellationToken) -> Result<Option<UserId>, GatewayStop> {
    loop {
        let asked = tokio::select! {
            () = shutdown.cancelled() => return Ok(None),
            asked = rest.current_user() => asked,
        };
        match asked {
            Ok(user) => return Ok(Some(UserId(user.id))),
            Err(error) if error.is_unauthorized() => return Err(GatewayStop::Token),
            Err(source @ (RestError::Refused { .. } | RestError::Unreadable(_))) => {
                return Err(GatewayStop::Address { base: base.to_string(), source });
            }
            Err(error) => tracing::warn!(%error, "Discord does not answer; asking again"),
        }
    }
}
