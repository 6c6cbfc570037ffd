//! Times the bar, line and pie that the scripts in `benches/compare` draw with other libraries, in milliseconds of CPU.
//!
//! `cargo run --release -p plotline-draw --example compare`

#[path = "gallery/charts.rs"]
#[expect(dead_code, reason = "only three of the gallery's charts are compared")]
mod charts;

use std::error::Error;
use std::io::Write as _;

use plotline_draw::{Canvas, Renderer};
use rustix::time::{ClockId, clock_gettime};

/// Nanoseconds that this thread has run, so that other programs do not count.
fn cpu_ns() -> i128 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    i128::from(time.tv_sec) * 1_000_000_000 + i128::from(time.tv_nsec)
}

fn main() -> Result<(), Box<dyn Error>> {
    const ROUNDS: usize = 60;
    let renderer = Renderer::new();
    let mut out = std::io::stdout();
    for (name, chart) in [("bar", charts::bar()), ("line", charts::line()), ("pie", charts::pie())] {
        let mut times = Vec::with_capacity(ROUNDS);
        let mut bytes = 0;
        for _ in 0..ROUNDS {
            let start = cpu_ns();
            bytes = renderer.png(&chart, &Canvas::default())?.len();
            times.push(cpu_ns() - start);
        }
        times.sort_unstable();
        let median_ms = times[ROUNDS / 2] as f64 / 1e6;
        writeln!(out, "plotline {name}: {median_ms:.1} ms CPU, {:.1} kB", bytes as f64 / 1e3)?;
    }
    Ok(())
}
