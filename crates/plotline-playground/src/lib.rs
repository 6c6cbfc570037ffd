//! `plotline playground`: a simulated Discord, the real bot connected to it over its real protocols, and a web page on
//! loopback that looks like a small Discord. It needs no account, no token and no settings.
//!
//! The map of the modules:
//! - `playground`: everything that runs, and the reset; `scene`: the server and the people in it;
//! - `bots`: the bot's processes, which are children of this one; `status`: what they report; `loopback`: how they are asked;
//! - `trouble`: what a visitor lets go wrong; `actions`: everything that a visitor does, with `interactions` for commands and components;
//! - `view`: what one person sees; `socket`, `server`, `assets`: how it reaches the page.
//!
//! The bot itself is reached as a process and over HTTP only: this crate knows none of its code.

mod actions;
mod assets;
mod bots;
mod browser;
mod interactions;
mod loopback;
mod playground;
mod scene;
mod server;
mod socket;
mod status;
mod trouble;
mod view;

use std::{
    io::{self, Write},
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
};

use tokio::net::TcpListener;

use playground::Playground;

/// The port that is used when none is named.
pub const DEFAULT_PORT: u16 = 7373;

/// How to run a playground.
#[derive(Clone, Debug)]
pub struct Options {
    /// Port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// Opens the page in the visitor's browser.
    pub open: bool,
    /// The bot's executable, started as `<bot> run`.
    pub bot: PathBuf,
    /// Environment variables for the bot beyond those that this process has, for example `LLM_MODEL` from a `.env` file.
    /// What ties it to a real Discord, database or Redis is not passed on.
    pub env: Vec<(String, String)>,
}

/// Why a playground did not start or did not go on. Each is one sentence with what to do.
#[derive(Debug, thiserror::Error)]
pub enum PlaygroundError {
    /// Another program listens on the port.
    #[error("Port {0} is taken. Name another one with --port, or 0 for a free one.")]
    PortTaken(u16),
    /// The port cannot be listened on.
    #[error("The playground cannot listen on 127.0.0.1:{port}: {source}.")]
    Listen {
        /// The port.
        port: u16,
        /// The system's reason.
        source: io::Error,
    },
    /// There is no temporary folder for the database.
    #[error("The playground cannot make a temporary folder for its database: {0}.")]
    Folder(io::Error),
    /// The simulator found no port.
    #[error("The simulated Discord cannot start: {0}.")]
    Simulator(io::Error),
    /// The bot could not be started.
    #[error("{0}")]
    Bot(String),
    /// The web server broke down.
    #[error("The web server stopped: {0}.")]
    Serve(io::Error),
    /// The address could not be printed.
    #[error("The address of the page could not be printed: {0}.")]
    Print(io::Error),
}

/// Runs a playground until `shutdown` completes, and ends the bot's processes before it returns. Prints the page's address.
///
/// # Errors
/// When the port is taken, or something that it needs cannot be started.
pub async fn run(options: Options, shutdown: impl Future<Output = ()>) -> Result<(), PlaygroundError> {
    // The port comes first: a playground that cannot be visited must not start anything.
    let listener = listen(options.port).await?;
    let address = listener.local_addr().map_err(|source| PlaygroundError::Listen { port: options.port, source })?;
    let playground = Playground::start(&options).await?;
    let result = serve(&options, listener, address, &playground, shutdown).await;
    playground.end().await;
    result
}

async fn serve(
    options: &Options,
    listener: TcpListener,
    address: SocketAddr,
    playground: &std::sync::Arc<Playground>,
    shutdown: impl Future<Output = ()>,
) -> Result<(), PlaygroundError> {
    let url = format!("http://{address}/");
    print_address(&url).map_err(PlaygroundError::Print)?;
    if options.open {
        browser::open(&url);
    }
    let router = server::router(std::sync::Arc::clone(playground), address);
    tokio::select! {
        served = async { axum::serve(listener, router).await } => served.map_err(PlaygroundError::Serve),
        () = shutdown => Ok(()),
    }
}

async fn listen(port: u16) -> Result<TcpListener, PlaygroundError> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(|source| {
        if source.kind() == io::ErrorKind::AddrInUse {
            PlaygroundError::PortTaken(port)
        } else {
            PlaygroundError::Listen { port, source }
        }
    })
}

fn print_address(url: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "Playground: {url}")?;
    writeln!(out, "Open it and click an example: the first chart is one click away. Ctrl-C ends everything.")?;
    out.flush()
}
