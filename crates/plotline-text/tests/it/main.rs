//! What a member sees of the texts that pass through the bot.

mod answer;
mod dialect;
mod mention;
mod name;
mod neutral;
mod partial;
mod props;
mod split;
mod table;

/// Messages, one below the other.
fn shown(parts: &[String]) -> String {
    parts.join("\n=====\n")
}
