//! Health, metrics and the state of jobs over HTTP, where `HTTP_ADDR` asks for it. No text of members is served.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::State as Extract;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use plotline_store::Store;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::intake::Intake;
use crate::metrics::Metrics;

/// Jobs in `/status`, the newest ones.
const JOBS_SHOWN: u32 = 20;

/// What the endpoints read.
#[derive(Clone)]
pub struct State {
    /// Counters.
    pub metrics: Arc<Metrics>,
    /// The ledger.
    pub store: Store,
    /// Whether the bot is connected.
    pub intake: Intake,
}

/// Opens the listener.
///
/// # Errors
/// When the address cannot be listened on.
pub async fn listen(addr: SocketAddr) -> std::io::Result<TcpListener> {
    let listener = TcpListener::bind(addr).await?;
    tracing::info!(addr = %listener.local_addr()?, "health and metrics are served");
    Ok(listener)
}

/// Serves until `shutdown`.
pub async fn serve(listener: TcpListener, state: State, shutdown: CancellationToken) {
    let routes = Router::new()
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .route("/status", get(status))
        .with_state(state);
    if let Err(error) = axum::serve(listener, routes).with_graceful_shutdown(shutdown.cancelled_owned()).await {
        tracing::error!(%error, "the health and metrics listener ended");
    }
}

/// 200 once the bot has had its READY and the database answers.
async fn ready(Extract(state): Extract<State>) -> impl IntoResponse {
    if !state.intake.is_connected() {
        return (StatusCode::SERVICE_UNAVAILABLE, "not connected to Discord\n");
    }
    match state.store.now_ms().await {
        Ok(_) => (StatusCode::OK, "ready\n"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n"),
    }
}

async fn metrics(Extract(state): Extract<State>) -> impl IntoResponse {
    ([("content-type", "application/openmetrics-text; version=1.0.0; charset=utf-8")], state.metrics.text())
}

async fn status(Extract(state): Extract<State>) -> Result<Json<Value>, StatusCode> {
    let unavailable = |_| StatusCode::SERVICE_UNAVAILABLE;
    let now = state.store.now_ms().await.map_err(unavailable)?;
    let jobs = state.store.newest(JOBS_SHOWN).await.map_err(unavailable)?;
    let jobs: Vec<Value> = jobs
        .into_iter()
        .map(|job| {
            json!({
                "id": job.id.0,
                "source": job.source.key(),
                "state": job.state.as_str(),
                "reason": job.reason,
                "owner": job.owner,
                "thread": job.thread_id.map(|id| id.to_string()),
                "model_calls": job.model_calls,
                "age_ms": now - job.created_ms,
            })
        })
        .collect();
    let counters: serde_json::Map<String, Value> =
        state.metrics.values().into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect();
    Ok(Json(json!({ "counters": counters, "jobs": jobs })))
}
