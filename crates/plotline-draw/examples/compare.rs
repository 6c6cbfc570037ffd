//! Times the bar, line and pie that the scripts in `benches/compare` draw with other libraries, in milliseconds of CPU.
//!
//! `cargo run --release -p plotline-draw --example compare`; with names of charts of the gallery or `scatter-100000`, those.

#[path = "gallery/charts.rs"]
mod charts;

use std::error::Error;
use std::io::Write as _;

use plotline_chart::chart::{Chart, Data, Kind, XScale};
use plotline_draw::{Canvas, Renderer};
use rustix::time::{ClockId, clock_gettime};

/// Nanoseconds that this thread has run, so that other programs do not count.
fn cpu_ns() -> i128 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    i128::from(time.tv_sec) * 1_000_000_000 + i128::from(time.tv_nsec)
}

/// What the other libraries draw too.
const COMPARED: [&str; 3] = ["bar", "line", "pie"];

/// A scatter plot of 100,000 points in as many places.
fn many_points() -> Chart {
    let mut noise = charts::Noise(1);
    let points = (0..100_000).map(|_| charts::point(noise.normal(), noise.normal())).collect();
    let data = Data::Points { x_scale: XScale::Number, series: vec![charts::points("", points)] };
    charts::chart(Kind::Scatter, "Noise", data)
}

fn main() -> Result<(), Box<dyn Error>> {
    const ROUNDS: usize = 60;
    let renderer = Renderer::new();
    let mut out = std::io::stdout();
    let asked: Vec<String> = std::env::args().skip(1).collect();
    let is_wanted =
        |name: &str| if asked.is_empty() { COMPARED.contains(&name) } else { asked.iter().any(|asked| asked == name) };
    let many = many_points();
    for (name, chart) in charts::all().into_iter().chain([("scatter-100000", many)]).filter(|(name, _)| is_wanted(name))
    {
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
