//! Interactions.

/// Interactions in progress.
#[derive(Debug, Default)]
pub(crate) struct Interactions;
