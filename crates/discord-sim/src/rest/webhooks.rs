//! Answers and follow-ups of interactions, which go through a webhook named by the interaction's token.

use crate::{
    error::ApiError,
    id::MessageId,
    model::flags,
    rest::{
        Call, Outcome, Reply,
        interactions::{Interaction, is_expired},
        messages::edit_of,
        validate::{MessageForm, fields},
    },
    state::State,
};

/// Follow-ups of one interaction where the app is not installed in the server, from Discord's error 40094.
const FOLLOW_UPS_MAX_UNINSTALLED: usize = 5;

/// The acknowledged interaction of the path's token.
fn interaction_of(state: &State, call: &Call) -> Result<Interaction, ApiError> {
    if call.param("application") != state.bot.to_string() {
        return Err(ApiError::unknown_webhook());
    }
    let found = state.interactions.of_token(call.param("token"));
    // Before the first answer there is no webhook.
    let interaction = found.filter(|i| i.acknowledged.is_some()).ok_or_else(ApiError::unknown_webhook)?;
    if is_expired(state, interaction) {
        return Err(ApiError::invalid_webhook_token());
    }
    Ok(interaction.clone())
}

fn original_of(state: &State, call: &Call) -> Result<MessageId, ApiError> {
    let original = interaction_of(state, call)?.original.ok_or_else(ApiError::unknown_message)?;
    if state.messages.contains_key(&original) { Ok(original) } else { Err(ApiError::unknown_message()) }
}

fn follow_up_of(state: &State, call: &Call) -> Result<MessageId, ApiError> {
    let interaction = interaction_of(state, call)?;
    let id = call.message()?;
    let own = interaction.follow_ups.contains(&id) || interaction.original == Some(id);
    if own && state.messages.contains_key(&id) { Ok(id) } else { Err(ApiError::unknown_message()) }
}

fn answer(state: &State, id: MessageId) -> Outcome {
    let message = state.messages.get(&id).ok_or_else(ApiError::unknown_message)?;
    Ok(Reply::ok(state.message_json(message)))
}

fn edit(state: &mut State, call: &Call, id: MessageId) -> Outcome {
    let form = MessageForm::read(&call.body, &call.files)?;
    state.note_message_fields(&call.body, fields::ANSWER_EDIT, "PATCH webhook message");
    state.edit_message(id, edit_of(form, call))?;
    for interaction in state.interactions.by_id.values_mut().filter(|i| i.original == Some(id)) {
        interaction.deferred = false;
    }
    answer(state, id)
}

/// `POST /webhooks/{application}/{token}`: a follow-up. The first one after a deferred answer fills that instead.
pub(crate) fn follow_up(state: &mut State, call: &Call) -> Outcome {
    let interaction = interaction_of(state, call)?;
    if interaction.deferred
        && let Some(original) = interaction.original.filter(|id| state.messages.contains_key(id))
    {
        return edit(state, call, original);
    }
    let installed = interaction.owners.get("0").is_some();
    if !installed && interaction.follow_ups.len() >= FOLLOW_UPS_MAX_UNINSTALLED {
        return Err(ApiError::too_many_follow_ups());
    }
    let form = MessageForm::read(&call.body, &call.files)?;
    state.note_message_fields(&call.body, fields::ANSWER, "POST follow-up");
    let ephemeral = form.flags.unwrap_or(0) & flags::EPHEMERAL != 0;
    let reply_to = interaction.original.filter(|id| state.messages.contains_key(id));
    let id = state.create_answer(&interaction, Some((&form, call)), ephemeral, reply_to)?;
    if let Some(found) = state.interactions.by_id.get_mut(&interaction.id) {
        found.follow_ups.push(id);
    }
    answer(state, id)
}

/// `GET …/messages/@original`
pub(crate) fn get_original(state: &mut State, call: &Call) -> Outcome {
    answer(state, original_of(state, call)?)
}

/// `PATCH …/messages/@original`
pub(crate) fn edit_original(state: &mut State, call: &Call) -> Outcome {
    let id = original_of(state, call)?;
    edit(state, call, id)
}

/// `DELETE …/messages/@original`
pub(crate) fn delete_original(state: &mut State, call: &Call) -> Outcome {
    let id = original_of(state, call)?;
    state.delete_message(id)?;
    Ok(Reply::no_content())
}

/// `GET …/messages/{message}`
pub(crate) fn get_follow_up(state: &mut State, call: &Call) -> Outcome {
    answer(state, follow_up_of(state, call)?)
}

/// `PATCH …/messages/{message}`
pub(crate) fn edit_follow_up(state: &mut State, call: &Call) -> Outcome {
    let id = follow_up_of(state, call)?;
    edit(state, call, id)
}

/// `DELETE …/messages/{message}`
pub(crate) fn delete_follow_up(state: &mut State, call: &Call) -> Outcome {
    let id = follow_up_of(state, call)?;
    state.delete_message(id)?;
    Ok(Reply::no_content())
}
