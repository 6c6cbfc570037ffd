//! The dialects that tables are written in, each read into a [`crate::grid::Grid`].

pub(crate) mod delimited;
pub(crate) mod delimited_run;
pub(crate) mod file;
pub(crate) mod markdown;
pub(crate) mod message;
pub(crate) mod pipes;
pub(crate) mod prose;
