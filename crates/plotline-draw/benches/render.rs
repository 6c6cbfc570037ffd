//! Charts to SVG and PNG: the median time and the memory at its peak.
//!
//! `cargo bench -p plotline-draw --bench render`

#[path = "../examples/gallery/charts.rs"]
mod charts;

use divan::{AllocProfiler, Bencher};
use plotline_chart::chart::{Chart, Data, Kind, XScale};
use plotline_draw::{Canvas, Renderer};

#[global_allocator]
static ALLOCATIONS: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

const KINDS: [&str; 14] = [
    "bar",
    "bar-stacked",
    "line",
    "line-daily",
    "area-stacked",
    "scatter",
    "scatter-dense",
    "pie",
    "histogram",
    "box",
    "violin",
    "heatmap",
    "candlestick",
    "combo",
];

fn chart(name: &str) -> Chart {
    charts::all().into_iter().find(|(known, _)| *known == name).map_or_else(charts::bar, |(_, chart)| chart)
}

#[divan::bench(args = KINDS)]
fn svg(bencher: Bencher<'_, '_>, name: &str) {
    let (renderer, chart) = (Renderer::new(), chart(name));
    bencher.bench_local(|| renderer.svg(&chart, &Canvas::default()));
}

#[divan::bench(args = KINDS)]
fn png(bencher: Bencher<'_, '_>, name: &str) {
    let (renderer, chart) = (Renderer::new(), chart(name));
    bencher.bench_local(|| renderer.png(&chart, &Canvas::default()));
}

#[divan::bench(args = [1_000, 10_000, 100_000])]
fn png_of_a_line_with_points(bencher: Bencher<'_, '_>, count: usize) {
    let renderer = Renderer::new();
    let mut noise = charts::Noise(1);
    let points = (0..count).map(|i| charts::point(i as f64, noise.normal())).collect();
    let data = Data::Points { x_scale: XScale::Number, series: vec![charts::points("", points)] };
    let chart = charts::chart(Kind::Line, "Noise", data);
    bencher.bench_local(|| renderer.png(&chart, &Canvas::default()));
}

#[divan::bench(args = [1_000, 10_000, 100_000])]
fn png_of_a_scatter_with_points(bencher: Bencher<'_, '_>, count: usize) {
    let renderer = Renderer::new();
    let mut noise = charts::Noise(1);
    let points = (0..count).map(|_| charts::point(noise.normal(), noise.normal())).collect();
    let data = Data::Points { x_scale: XScale::Number, series: vec![charts::points("", points)] };
    let chart = charts::chart(Kind::Scatter, "Noise", data);
    bencher.bench_local(|| renderer.png(&chart, &Canvas::default()));
}
