//! `plotline run`

use std::process::ExitCode;

use tokio_util::sync::CancellationToken;

use super::{FAILED, USAGE, refuse, start_logging};
use crate::app;
use crate::config::{Config, Env, LogConfig};

/// Runs the bot until SIGTERM or Ctrl-C.
pub(super) async fn run(env: &Env) -> ExitCode {
    let log = match LogConfig::from_env(env) {
        Ok(log) => log,
        Err(error) => return refuse(&error),
    };
    if let Err(error) = start_logging(&log) {
        return refuse(&error);
    }
    let config = match Config::from_env(env) {
        Ok(config) => config,
        Err(error) => return refuse(&error),
    };
    let shutdown = CancellationToken::new();
    tokio::spawn(stop_on_signal(shutdown.clone()));
    match app::run(config, shutdown).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(if error.is_configuration() { USAGE } else { FAILED })
        }
    }
}

/// Cancels on the first SIGTERM or SIGINT.
pub(super) async fn stop_on_signal(shutdown: CancellationToken) {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    shutdown.cancel();
}
