//! Telling Discord what commands there are: only when that changed, since Discord limits how often it is told.

use std::collections::BTreeSet;
use std::time::Duration;

use plotline_store::{Store, StoreError};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::definition::{Audience, Command};
use crate::discord::rest::{Rest, RestError};
use crate::ids::GuildId;

/// Between two attempts while Discord or the database is away.
const RETRY: Duration = Duration::from_secs(30);

/// Where commands are registered.
#[derive(Clone, Copy, Debug, Default)]
pub struct Registration {
    /// `COMMANDS_GUILD_ID`: all commands in this one server, at once and for testing; none: everywhere.
    pub guild: Option<GuildId>,
    /// `OPERATOR_GUILD_ID`: the operator's server, which alone sees the operator's commands.
    pub operator_guild: Option<GuildId>,
}

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Discord(#[from] RestError),
}

/// Registers what changed, trying until it is done or `shutdown` is cancelled.
pub async fn register(
    rest: Rest,
    store: Store,
    commands: &'static [Command],
    registration: Registration,
    shutdown: CancellationToken,
) {
    loop {
        match register_once(&rest, &store, commands, registration).await {
            Ok(()) => return,
            // A refusal lasts: a definition is wrong, or the bot lacks the scope `applications.commands`.
            Err(Failure::Discord(error @ (RestError::Refused { .. } | RestError::Unreadable(_)))) => {
                tracing::error!(%error, "Discord does not take the commands; mentions work all the same");
                return;
            }
            Err(error) => tracing::warn!(%error, "the commands could not be registered; trying again"),
        }
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = tokio::time::sleep(RETRY) => {}
        }
    }
}

async fn register_once(
    rest: &Rest,
    store: &Store,
    commands: &[Command],
    registration: Registration,
) -> Result<(), Failure> {
    let json = |operator: bool| -> Vec<Value> {
        let wanted = commands.iter().filter(|command| (command.audience == Audience::Operator) == operator);
        wanted.map(Command::registration).collect()
    };
    let mut scopes = vec![(registration.guild, json(false))];
    if let Some(guild) = registration.operator_guild {
        if registration.guild == Some(guild) {
            // A server has one list of its own.
            scopes.iter_mut().for_each(|(_, commands)| commands.extend(json(true)));
        } else {
            scopes.push((Some(guild), json(true)));
        }
    }
    let application = rest.current_application().await?.id;
    let registered = |guild: u64| format!("commands:{application}:{guild}");
    // Where commands have ever been registered: written before they are, so that none is forgotten there.
    let places = format!("command_places:{application}");
    let known = store.operator_value(&places).await?;
    let known: BTreeSet<u64> = known.and_then(|known| serde_json::from_value(known).ok()).unwrap_or_default();
    let present: BTreeSet<u64> = scopes.iter().map(|(guild, _)| guild.map_or(0, |guild| guild.0)).collect();
    if !present.is_subset(&known) {
        store.set_operator_value(&places, &json!(known.union(&present).collect::<Vec<_>>())).await?;
    }
    for (guild, commands) in scopes {
        let name = registered(guild.map_or(0, |guild| guild.0));
        let hash = json!(format!("{:016x}", fingerprint(&json!(commands).to_string())));
        if store.operator_value(&name).await?.as_ref() == Some(&hash) {
            tracing::debug!(commands = commands.len(), "the commands are registered already");
            continue;
        }
        rest.overwrite_commands(application, guild, &commands).await?;
        // Written after the call: a crash in between registers the same list once more.
        store.set_operator_value(&name, &hash).await?;
        tracing::info!(commands = commands.len(), guild = guild.map(|guild| guild.0), "commands registered");
    }
    // What was registered under other settings would be offered twice, or to the wrong people.
    for former in known.difference(&present) {
        let guild = Some(*former).filter(|guild| *guild != 0).map(GuildId);
        match rest.overwrite_commands(application, guild, &[]).await {
            Ok(()) => tracing::info!(guild = former, "commands taken away"),
            // A server that the bot has left shows none.
            Err(error) if error.is_gone() || error.is_forbidden() => {}
            Err(error) => return Err(error.into()),
        }
        store.set_operator_value(&registered(*former), &Value::Null).await?;
    }
    if known != present {
        store.set_operator_value(&places, &json!(present)).await?;
    }
    Ok(())
}

/// FNV-1a, 64 bits: tells one list from the next, the same in every version of the program.
/// Source: <http://www.isthe.com/chongo/tech/comp/fnv/>.
fn fingerprint(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fingerprint_is_that_of_the_published_algorithm() {
        assert_eq!(fingerprint(""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fingerprint("foobar"), 0x8594_4171_f739_67e8);
    }
}
