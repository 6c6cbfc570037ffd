//! `plotline run`

use std::process::ExitCode;

use tokio_util::sync::CancellationToken;

use super::{FAILED, USAGE, print, refuse, start_logging};
use crate::app;
use crate::config::{Config, Env, LogConfig};

/// Set by the playground, which holds the other end of this process's standard input for as long as it lives. No setting
/// for operators.
const LIFELINE: &str = "PLOTLINE_LIFELINE";

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
    if std::env::var_os(LIFELINE).is_some() {
        stop_when_stdin_closes(shutdown.clone());
    }
    match app::run(config, shutdown).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            print::complain(&error);
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

/// Cancels once the process that started this one is gone, whatever ended it.
fn stop_when_stdin_closes(shutdown: CancellationToken) {
    // A thread of its own: reading standard input blocks, and must not keep the runtime from ending.
    std::thread::spawn(move || {
        // An error says the same as the end: nobody is there any more.
        let _ = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
        shutdown.cancel();
    });
}
