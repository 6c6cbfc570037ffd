//! What is drawn, read back: from the SVG as text, and from what resvg makes of it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise; clippy's setting for tests does not reach their helpers"
)]

#[path = "../../examples/gallery/charts.rs"]
mod charts;

mod accessible;
mod faithful;
mod hostile;
mod labels;
mod layout;
mod layout_found;
mod picture;
mod read_back;
