//! From text to values: numbers, dates, durations and units, decided over whole columns.

pub(crate) mod column;
pub(crate) mod date;
pub(crate) mod duration;
pub(crate) mod header;
pub(crate) mod names;
pub(crate) mod number;
pub(crate) mod text;
pub(crate) mod unit;
