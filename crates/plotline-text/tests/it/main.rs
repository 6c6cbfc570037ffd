//! What a member sees of the texts that pass through the bot.

mod props;
mod split;
