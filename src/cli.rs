//! The commands. Each prints for people on standard output and what went wrong on standard error.
//!
//! Exit codes: 0 done, 1 it could not be done, 2 the input or a setting is wrong.

mod ask;
mod chart;
mod check;
mod inline_image;
mod input;
mod picture;
#[cfg(feature = "playground")]
mod playground;
mod print;
mod run;
mod sixel;
mod table;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{ConfigError, Env, LogConfig};

/// It could not be done.
const FAILED: u8 = 1;
/// The input or a setting is wrong.
const USAGE: u8 = 2;

#[derive(Debug, Parser)]
#[command(
    name = "plotline",
    version,
    about = "A Discord bot that answers once and draws charts from the member's own numbers",
    subcommand_required = true,
    arg_required_else_help = true
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the bot
    Run,
    /// Check the configuration, the token, the database and the model, and say what to do about each
    Check,
    /// Answer a question in the terminal, the same way as in Discord
    Ask(ask::Arguments),
    /// Try it: the bot with a simulated Discord and a web page, no account needed
    #[cfg(feature = "playground")]
    Playground(playground::Arguments),
    /// Draw a chart of a table, decided from words without a model
    Chart(chart::Arguments),
    /// Show how a table was read
    Table(table::Arguments),
}

/// Runs the command that the arguments name.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are no errors. Whoever closed the pipe does not want to read it.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { USAGE } else { 0 });
        }
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            print::complain(format_args!("The runtime could not be started: {error}"));
            return ExitCode::from(FAILED);
        }
    };
    let code = runtime.block_on(async {
        let env = match Env::load() {
            Ok(env) => env,
            Err(error) => return refuse(&error),
        };
        match arguments.command {
            Command::Run => run::run(&env).await,
            Command::Check => check::check(&env).await,
            Command::Ask(arguments) => ask::ask(&env, arguments).await,
            #[cfg(feature = "playground")]
            Command::Playground(arguments) => playground::playground(&env, &arguments).await,
            Command::Chart(arguments) => chart::chart(&env, &arguments),
            Command::Table(arguments) => table::table(&env, &arguments),
        }
    });
    // A task that hangs must not keep a command from ending.
    runtime.shutdown_timeout(std::time::Duration::from_millis(200));
    match print::unwritten() {
        Some(reason) => {
            print::complain(format_args!("The output could not be written: {reason}."));
            ExitCode::from(FAILED)
        }
        None => code,
    }
}

fn refuse(error: &ConfigError) -> ExitCode {
    print::complain(error);
    ExitCode::from(USAGE)
}

/// Logs to standard error. serenity puts whole payloads into its messages, members' text among them, so it is silenced.
fn start_logging(config: &LogConfig) -> Result<(), ConfigError> {
    use tracing_subscriber::EnvFilter;
    let silenced = format!("{},serenity=off", config.filter);
    let filter = EnvFilter::try_new(silenced)
        .map_err(|_| ConfigError::new("LOG", "must be a filter such as info or plotline=debug."))?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second start in one process (a test) keeps the first one's.
    let _ = if config.json {
        builder.json().try_init()
    } else {
        builder.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).try_init()
    };
    Ok(())
}
