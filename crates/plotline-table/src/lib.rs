//! Reads pasted and attached tables as a careful person would.
//!
//! The crate is pure: text or bytes in, [`Table`]s out. It knows nothing of Discord, of a database or of a model.

mod model;

pub use model::{Cell, Column, ColumnKind, Table, Time};
