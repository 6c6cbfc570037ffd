//! What is drawn, read back: from the SVG as text, and from what resvg makes of it.

#[path = "../../examples/gallery/charts.rs"]
mod charts;

mod accessible;
mod faithful;
mod hostile;
mod layout;
mod picture;
mod read_back;
