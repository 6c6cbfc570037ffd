//! Webhooks of interactions.
