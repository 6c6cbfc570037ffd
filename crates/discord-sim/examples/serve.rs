//! Serves a simulated Discord with a small guild until Ctrl-C, and prints the environment that points a bot at it.
//!
//! `cargo run -p discord-sim --example serve [PORT]`
#![allow(clippy::print_stdout, reason = "the printed lines are what this program is for")]

use discord_sim::{Post, Sim, SimOptions};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let port = match std::env::args().nth(1) {
        Some(port) => port.parse().map_err(|_| format!("{port} is not a port: give a number up to 65535"))?,
        None => 0,
    };
    let sim = Sim::start(SimOptions { port, ..SimOptions::default() }).await?;
    let guild = sim.guild("Playground");
    let general = guild.text_channel("general");
    guild.forum("questions");
    let alice = guild.member("Alice");
    sim.post(alice, general, Post::text("Hello, is anybody here?"))?;
    println!("DISCORD_API_BASE={}", sim.base_url());
    println!("DISCORD_CDN_BASE={}", sim.base_url());
    println!("DISCORD_TOKEN={}", sim.token());
    println!("# guild {}, channel {general}, member {alice}, bot {}", guild.id(), sim.bot());
    tokio::signal::ctrl_c().await?;
    Ok(())
}
