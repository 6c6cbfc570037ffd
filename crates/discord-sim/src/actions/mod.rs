//! What changes the state, whoever does it: the bot over REST or a person in a client.

pub(crate) mod mentions;
pub(crate) mod messages;
pub(crate) mod normalize;
pub(crate) mod threads;
