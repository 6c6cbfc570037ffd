//! The people's side: setting up guilds, acting as a person does in a client, and looking at the result.

pub(crate) mod interactions;
pub(crate) mod people;
pub(crate) mod setup;
pub(crate) mod views;
