//! A process that behaves towards the playground as the bot does: it is started with `run`, answers on `HTTP_ADDR`, logs,
//! and ends when its standard input closes. It never talks to Discord.
//!
//! `FAKE_BOT` chooses how it behaves: `exit` ends at once, anything else serves.

use std::{
    env,
    io::{self, BufRead, BufReader, Read, Write},
    net::TcpListener,
    process::ExitCode,
    thread,
};

/// Names of settings that it logs, to show which of them reached it.
const SHOWN: &[&str] = &["DISCORD_API_BASE", "DISCORD_TOKEN", "DATABASE_URL", "REDIS_URL", "LLM_MODEL"];

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(_) => ExitCode::FAILURE,
    }
}

fn run() -> io::Result<ExitCode> {
    let mut log = io::stderr();
    if env::args().nth(1).as_deref() != Some("run") {
        writeln!(log, "it was not started with `run`")?;
        return Ok(ExitCode::from(2));
    }
    let reached: Vec<&str> = SHOWN.iter().copied().filter(|name| env::var_os(name).is_some()).collect();
    writeln!(log, "settings: {}", reached.join(" "))?;
    if env::var("FAKE_BOT").as_deref() == Ok("exit") {
        writeln!(log, "the token was not accepted")?;
        return Ok(ExitCode::from(3));
    }
    thread::spawn(|| {
        let mut rest = Vec::new();
        // Whatever ends the pipe, its other end is gone.
        let _ = io::stdin().read_to_end(&mut rest);
        std::process::exit(0);
    });
    let listener = TcpListener::bind(env::var("HTTP_ADDR").map_err(io::Error::other)?)?;
    for stream in listener.incoming() {
        let mut stream = stream?;
        let mut first = String::new();
        BufReader::new(stream.try_clone()?).read_line(&mut first)?;
        let body = if first.starts_with("GET /status ") {
            r#"{"counters": {"events": 3, "threads": 1}, "jobs": [{"id": 1, "source": "m:1", "state": "delivered"}]}"#
        } else {
            "ok"
        };
        // A client that went away is no reason to end.
        let _ = write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len());
    }
    Ok(ExitCode::SUCCESS)
}
