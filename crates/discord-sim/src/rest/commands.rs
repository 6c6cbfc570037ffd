//! Application commands.

/// Registered commands.
#[derive(Debug, Default)]
pub(crate) struct Commands;
