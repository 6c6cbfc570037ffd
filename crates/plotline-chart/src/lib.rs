//! Decides a chart from words and a table, and resolves it to exact points.
//!
//! The crate is pure: it knows nothing of Discord, of a database or of a model, and it draws nothing.

pub mod chart;
