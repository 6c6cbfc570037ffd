//! Decides a chart from words and a table, and resolves it to exact points.
//!
//! The crate is pure: it knows nothing of Discord, of a database or of a model, and it draws nothing. The way of the data:
//! words → [`spec::ChartSpec`] (or a model's tool call → the same) → [`resolve()`] → [`chart::Chart`] for the drawing crate,
//! points for the answer and the download.

pub mod answer;
pub mod ask;
mod batch;
mod caption;
pub mod chart;
pub mod clock;
mod csv;
mod error;
mod facts;
pub mod format;
mod resolve;
mod schema;
mod several;
pub mod spec;
mod supplied;

pub use ask::{Confidence, Outcome, Reading, read_request};
pub use batch::{batch, respond};
pub use caption::{ALT_CHARS_MAX, alt_text, caption};
pub use csv::to_csv;
pub use error::ChartError;
pub use facts::{Fact, Place, facts};
pub use resolve::{PlotPoint, Printed, Resolved, resolve};
pub use schema::{TOOL_DESCRIPTION, TOOL_NAME, tool_schema};
pub use several::{Choice, choose, named_in, named_sheet};
pub use supplied::{SUPPLIED_NOTE, SuppliedTable, SuppliedValue, mark_supplied, supplied_table};
