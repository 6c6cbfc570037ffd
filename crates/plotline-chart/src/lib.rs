//! Decides a chart from words and a table, and resolves it to exact points.
//!
//! The crate is pure: it knows nothing of Discord, of a database or of a model, and it draws nothing. The way of the data:
//! words → [`spec::ChartSpec`] (or a model's tool call → the same) → [`resolve()`] → [`chart::Chart`] for the drawing crate,
//! points for the answer and the download.

pub mod answer;
pub mod ask;
pub mod chart;
mod error;
mod resolve;
pub mod spec;

pub use ask::{Confidence, Outcome, Reading, read_request};
pub use error::ChartError;
pub use resolve::{PlotPoint, Printed, Resolved, resolve};
