//! The dialects that tables are written in, each read into a [`crate::grid::Grid`].

pub(crate) mod aligned;
pub(crate) mod biff;
pub(crate) mod delimited;
pub(crate) mod delimited_run;
pub(crate) mod file;
pub(crate) mod frame;
pub(crate) mod json_like;
pub(crate) mod markdown;
pub(crate) mod message;
pub(crate) mod pairs;
pub(crate) mod pipes;
pub(crate) mod prose;
pub(crate) mod sheet;
