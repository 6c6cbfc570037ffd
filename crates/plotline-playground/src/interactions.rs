//! Commands, components and modals that a visitor uses, turned from the page's words into the simulator's.

use discord_sim::{ChannelId, InteractionId, Invocation, MessageId, OptionValue, Sim, UserId};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::actions::{Upload, sentence};

/// Discord's numbers of the option types.
mod option {
    pub(super) const STRING: u8 = 3;
    pub(super) const INTEGER: u8 = 4;
    pub(super) const BOOLEAN: u8 = 5;
    pub(super) const USER: u8 = 6;
    pub(super) const CHANNEL: u8 = 7;
    pub(super) const ROLE: u8 = 8;
    pub(super) const NUMBER: u8 = 10;
    pub(super) const ATTACHMENT: u8 = 11;
}

/// What a command is used on.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Target {
    /// A slash command: its name with its sub-commands, and its options.
    Slash { path: String, options: Vec<GivenOption> },
    /// A command from a message's menu.
    Message { name: String, message: MessageId },
    /// A command from a member's menu.
    User { name: String, user: UserId },
}

/// A value that the visitor gave to an option. `type` is Discord's number; a file's value is its place among the files
/// that came along.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct GivenOption {
    name: String,
    r#type: u8,
    value: Value,
}

/// Uses a command.
pub(crate) fn command(
    sim: &Sim,
    user: UserId,
    channel: ChannelId,
    target: Target,
    files: &[Upload],
) -> Result<Value, String> {
    let invocation = match target {
        Target::Slash { path, options } => with_options(Invocation::slash(&path), &options, files)?,
        Target::Message { name, message } => Invocation::on_message(&name, message),
        Target::User { name, user } => Invocation::on_user(&name, user),
    };
    started(sim.invoke(user, channel, invocation))
}

/// Asks for the choices of the option that the visitor is typing.
pub(crate) fn autocomplete(
    sim: &Sim,
    user: UserId,
    channel: ChannelId,
    path: &str,
    options: &[GivenOption],
    focused: &str,
) -> Result<Value, String> {
    let invocation = with_options(Invocation::slash(path), options, &[])?;
    started(sim.autocomplete(user, channel, invocation, focused))
}

/// Clicks a button, or chooses in a menu when there are values.
pub(crate) fn component(
    sim: &Sim,
    user: UserId,
    message: MessageId,
    custom_id: &str,
    values: &[String],
) -> Result<Value, String> {
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    started(sim.select(user, message, custom_id, &values))
}

/// Submits a modal; each value with the custom id of its input.
pub(crate) fn submit_modal(sim: &Sim, opened_by: InteractionId, values: &[(String, String)]) -> Result<Value, String> {
    let values: Vec<(&str, &str)> = values.iter().map(|(id, value)| (id.as_str(), value.as_str())).collect();
    started(sim.submit_modal(opened_by, &values))
}

fn started(result: Result<InteractionId, discord_sim::ApiError>) -> Result<Value, String> {
    result.map(|id| json!({"interaction_id": id})).map_err(|error| sentence(&error))
}

fn with_options(invocation: Invocation, options: &[GivenOption], files: &[Upload]) -> Result<Invocation, String> {
    options.iter().try_fold(invocation, |invocation, given| {
        let value = value_of(given, files).ok_or_else(|| format!("The value of {} does not fit.", given.name))?;
        Ok(invocation.option(&given.name, value))
    })
}

fn value_of(given: &GivenOption, files: &[Upload]) -> Option<OptionValue> {
    let value = &given.value;
    Some(match given.r#type {
        option::STRING => OptionValue::Text(value.as_str()?.to_owned()),
        option::INTEGER => OptionValue::Integer(value.as_i64()?),
        option::NUMBER => OptionValue::Number(value.as_f64()?),
        option::BOOLEAN => OptionValue::Boolean(value.as_bool()?),
        option::USER => OptionValue::User(value.as_str()?.parse().ok()?),
        option::CHANNEL => OptionValue::Channel(value.as_str()?.parse().ok()?),
        option::ROLE => OptionValue::Role(value.as_str()?.parse().ok()?),
        option::ATTACHMENT => {
            let file = files.get(usize::try_from(value.as_u64()?).ok()?)?;
            OptionValue::File(file.filename.clone(), file.bytes.clone())
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(r#type: u8, value: Value) -> GivenOption {
        GivenOption { name: "x".to_owned(), r#type, value }
    }

    #[test]
    fn a_value_of_the_wrong_type_is_refused() {
        for (kind, value) in [
            (option::STRING, json!(1)),
            (option::INTEGER, json!("1")),
            (option::INTEGER, json!(1.5)),
            (option::BOOLEAN, json!("true")),
            (option::USER, json!("Ada")),
            (option::ATTACHMENT, json!(0)),
            (99, json!("x")),
        ] {
            assert!(value_of(&given(kind, value.clone()), &[]).is_none(), "{kind} {value}");
        }
        assert!(matches!(value_of(&given(option::NUMBER, json!(1.5)), &[]), Some(OptionValue::Number(_))));
    }
}
