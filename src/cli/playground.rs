//! `plotline playground`: this program's bot against a simulated Discord, with a web page.

use std::process::ExitCode;

use clap::Args;
use plotline_playground::Options;
use tokio_util::sync::CancellationToken;

use super::run::stop_on_signal;
use super::{FAILED, print, refuse, start_logging};
use crate::config::{Env, LogConfig};

/// What `plotline playground` takes.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 7373)]
    port: u16,
    /// Open the page in the browser
    #[arg(long)]
    open: bool,
}

/// Serves the playground until Ctrl-C.
pub(super) async fn playground(env: &Env, arguments: &Arguments) -> ExitCode {
    let log = match LogConfig::from_env(env) {
        Ok(log) => log,
        Err(error) => return refuse(&error),
    };
    if let Err(error) = start_logging(&log) {
        return refuse(&error);
    }
    let bot = match std::env::current_exe() {
        Ok(bot) => bot,
        Err(error) => {
            print::complain(format_args!("The program cannot find itself to start the bot: {error}."));
            return ExitCode::from(FAILED);
        }
    };
    let env = env.all().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let shutdown = CancellationToken::new();
    tokio::spawn(stop_on_signal(shutdown.clone()));
    let options = Options { port: arguments.port, open: arguments.open, bot, env };
    match plotline_playground::run(options, shutdown.cancelled_owned()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            print::complain(error);
            ExitCode::from(FAILED)
        }
    }
}
