//! Interactions: what is known of each, and the callback by which the bot acknowledges it.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};

use crate::{
    actions::{mentions::Allowed, messages::Draft},
    error::{ApiError, FormErrors},
    events::ClientEvent,
    id::{ChannelId, GuildId, InteractionId, MessageId, UserId, now_ms},
    model::{InteractionOrigin, MessageKind, Reference, flags},
    rest::{
        Call, Outcome, Reply,
        commands::{self, check_choice_values},
        messages::edit_of,
        validate::{MessageForm, check_files, component, fields, is_select, text},
    },
    state::{Core, State},
};

/// Interactions that are remembered; the oldest are forgotten beyond it.
const INTERACTIONS_MAX: usize = 20_000;

/// Choices that an autocomplete answer may have.
const CHOICES_MAX: usize = 25;

/// Inputs of a modal.
const MODAL_ROWS_MAX: usize = 5;

/// Kinds of interactions, with Discord's numbers.
pub(crate) mod kind {
    pub(crate) const COMMAND: u8 = 2;
    pub(crate) const COMPONENT: u8 = 3;
    pub(crate) const AUTOCOMPLETE: u8 = 4;
    pub(crate) const MODAL_SUBMIT: u8 = 5;
}

/// Kinds of callbacks, with Discord's numbers.
pub(crate) mod callback {
    pub(crate) const MESSAGE: u8 = 4;
    pub(crate) const DEFERRED_MESSAGE: u8 = 5;
    pub(crate) const DEFERRED_UPDATE: u8 = 6;
    pub(crate) const UPDATE_MESSAGE: u8 = 7;
    pub(crate) const CHOICES: u8 = 8;
    pub(crate) const MODAL: u8 = 9;
}

/// One use of a command, component or modal.
#[derive(Clone, Debug)]
pub(crate) struct Interaction {
    pub(crate) id: InteractionId,
    pub(crate) token: String,
    pub(crate) kind: u8,
    pub(crate) user: UserId,
    pub(crate) channel: ChannelId,
    pub(crate) guild: Option<GuildId>,
    /// Name and kind of the command, if it is one.
    pub(crate) command: Option<(String, u64)>,
    /// Kind of the option that is being completed.
    pub(crate) completing: u64,
    /// The message whose component was used, or that opened the modal.
    pub(crate) source: Option<MessageId>,
    pub(crate) owners: Value,
    pub(crate) created_at_ms: i64,
    /// The callback type, once acknowledged.
    pub(crate) acknowledged: Option<u8>,
    /// A deferred answer that the next follow-up fills.
    pub(crate) deferred: bool,
    /// True once the time for the acknowledgement ran out.
    pub(crate) failed: bool,
    /// What `@original` is.
    pub(crate) original: Option<MessageId>,
    pub(crate) follow_ups: Vec<MessageId>,
    pub(crate) modal: Option<Value>,
    pub(crate) choices: Option<Vec<Value>>,
}

/// Interactions in progress.
#[derive(Debug, Default)]
pub(crate) struct Interactions {
    pub(crate) by_id: BTreeMap<InteractionId, Interaction>,
    by_token: HashMap<String, InteractionId>,
}

impl Interactions {
    pub(crate) fn insert(&mut self, interaction: Interaction) {
        if self.by_id.len() >= INTERACTIONS_MAX
            && let Some((_, oldest)) = self.by_id.pop_first()
        {
            self.by_token.remove(&oldest.token);
        }
        self.by_token.insert(interaction.token.clone(), interaction.id);
        self.by_id.insert(interaction.id, interaction);
    }

    pub(crate) fn of_token(&self, token: &str) -> Option<&Interaction> {
        self.by_token.get(token).and_then(|id| self.by_id.get(id))
    }
}

impl State {
    /// Notes that the time for the acknowledgement of an interaction is up.
    pub(crate) fn expire_interaction(&mut self, id: InteractionId) {
        let Some(interaction) = self.interactions.by_id.get_mut(&id) else { return };
        if interaction.acknowledged.is_some() {
            return;
        }
        interaction.failed = true;
        let user_id = interaction.user;
        self.show(ClientEvent::InteractionFailed { interaction_id: id, user_id });
    }

    fn open_interaction(&self, call: &Call) -> Result<Interaction, ApiError> {
        let found = self.interactions.by_id.get(&call.interaction()?).filter(|i| i.token == call.param("token"));
        let interaction = found.ok_or_else(ApiError::unknown_interaction)?;
        if interaction.acknowledged.is_some() {
            return Err(ApiError::already_acknowledged());
        }
        let window_ms = u64::try_from(self.options.interaction_ack_window.as_millis()).unwrap_or(u64::MAX);
        if interaction.failed || Core::age_ms(interaction.created_at_ms) > window_ms {
            return Err(ApiError::unknown_interaction());
        }
        Ok(interaction.clone())
    }

    /// What a message that answers an interaction says about it.
    fn origin_of(&self, interaction: &Interaction) -> InteractionOrigin {
        InteractionOrigin {
            id: interaction.id,
            kind: interaction.kind,
            name: interaction.command.as_ref().map(|(name, _)| name.clone()),
            user: interaction.user,
            owners: interaction.owners.clone(),
        }
    }

    /// Creates the answer or a follow-up of an interaction. `None` as form makes a deferred one.
    pub(crate) fn create_answer(
        &mut self,
        interaction: &Interaction,
        form: Option<(&MessageForm, &Call)>,
        ephemeral: bool,
        reply_to: Option<MessageId>,
    ) -> Result<MessageId, ApiError> {
        self.channel(interaction.channel)?;
        let kind = match (&interaction.command, reply_to) {
            (_, Some(_)) => MessageKind::Reply,
            (Some((_, commands::SLASH)), None) => MessageKind::ChatInputCommand,
            (Some(_), None) => MessageKind::ContextMenuCommand,
            (None, None) => MessageKind::Default,
        };
        let mut draft = Draft {
            kind,
            interaction: Some(self.origin_of(interaction)),
            ephemeral_to: ephemeral.then_some(interaction.user),
            reply_to: reply_to.map(|id| Reference { channel_id: interaction.channel, message_id: Some(id) }),
            ..Draft::new("")
        };
        match form {
            Some((form, call)) => {
                if form.is_empty(call) {
                    return Err(ApiError::empty_message());
                }
                draft.content = form.content.clone().unwrap_or_default();
                draft.files = form.new_files(&call.files);
                draft.embeds = form.embeds.clone().unwrap_or_default();
                draft.components = form.components.clone().unwrap_or_default();
                draft.allowed = form.allowed.clone().unwrap_or(Allowed::Everything);
                draft.flags = form.flags.unwrap_or(0) & !flags::EPHEMERAL;
                draft.tts = form.tts;
            }
            None => draft.flags = flags::LOADING,
        }
        if ephemeral {
            draft.flags |= flags::EPHEMERAL;
        }
        Ok(self.create_message(self.bot, interaction.channel, draft))
    }
}

/// `POST /interactions/{interaction}/{token}/callback`
pub(crate) fn callback(state: &mut State, call: &Call) -> Outcome {
    let interaction = state.open_interaction(call)?;
    let Some(kind) = call.body["type"].as_u64().and_then(|kind| u8::try_from(kind).ok()) else {
        return Err(ApiError::form("type", "BASE_TYPE_REQUIRED", "This field is required"));
    };
    let fits = match interaction.kind {
        kind::COMMAND => {
            matches!(kind, callback::MESSAGE | callback::DEFERRED_MESSAGE | callback::MODAL)
        }
        kind::COMPONENT => matches!(
            kind,
            callback::MESSAGE
                | callback::DEFERRED_MESSAGE
                | callback::DEFERRED_UPDATE
                | callback::UPDATE_MESSAGE
                | callback::MODAL
        ),
        kind::MODAL_SUBMIT => {
            let on_message = interaction.source.is_some();
            matches!(kind, callback::MESSAGE | callback::DEFERRED_MESSAGE)
                || on_message && matches!(kind, callback::DEFERRED_UPDATE | callback::UPDATE_MESSAGE)
        }
        _ => kind == callback::CHOICES,
    };
    if !fits {
        let text = "This response type is not valid for this interaction.";
        return Err(ApiError::form("type", "INTERACTION_CALLBACK_TYPE_INVALID", text));
    }
    let data = &call.body["data"];
    let mut original = interaction.original;
    let (mut modal, mut choices) = (None, None);
    match kind {
        callback::MESSAGE => {
            let form = read_data(call)?;
            note_data(state, call);
            let ephemeral = form.flags.unwrap_or(0) & flags::EPHEMERAL != 0;
            let reply_to = interaction.source.filter(|_| interaction.kind == kind::COMPONENT);
            original = Some(state.create_answer(&interaction, Some((&form, call)), ephemeral, reply_to)?);
        }
        callback::DEFERRED_MESSAGE => {
            let ephemeral = data["flags"].as_u64().unwrap_or(0) & flags::EPHEMERAL != 0;
            let reply_to = interaction.source.filter(|_| interaction.kind == kind::COMPONENT);
            original = Some(state.create_answer(&interaction, None, ephemeral, reply_to)?);
        }
        callback::DEFERRED_UPDATE => original = interaction.source,
        callback::UPDATE_MESSAGE => {
            let form = read_data(call)?;
            note_data(state, call);
            let source = interaction.source.ok_or_else(ApiError::unknown_message)?;
            state.edit_message(source, edit_of(form, call))?;
            original = Some(source);
        }
        callback::CHOICES => choices = Some(read_choices(data, interaction.completing)?),
        _ => modal = Some(read_modal(data)?),
    }
    if let Some(found) = state.interactions.by_id.get_mut(&interaction.id) {
        found.acknowledged = Some(kind);
        found.deferred = kind == callback::DEFERRED_MESSAGE;
        found.original = original;
        found.modal.clone_from(&modal);
        found.choices.clone_from(&choices);
    }
    let (interaction_id, user_id) = (interaction.id, interaction.user);
    state.show(ClientEvent::InteractionAcknowledged { interaction_id, user_id, kind });
    if let Some(modal) = modal {
        state.show(ClientEvent::ModalOpened { interaction_id, user_id, modal });
    }
    if let Some(choices) = choices {
        state.show(ClientEvent::AutocompleteChoices { interaction_id, user_id, choices: Value::Array(choices) });
    }
    if !call.query_flag("with_response") {
        return Ok(Reply::no_content());
    }
    let message = original.filter(|_| !matches!(kind, callback::CHOICES | callback::MODAL));
    let message = message.and_then(|id| state.messages.get(&id));
    let mut json = json!({"interaction": {"id": interaction.id, "type": interaction.kind}});
    if let Some(message) = message {
        json["interaction"]["response_message_id"] = json!(message.id);
        json["interaction"]["response_message_loading"] = json!(message.flags & flags::LOADING != 0);
        json["interaction"]["response_message_ephemeral"] = json!(message.ephemeral_to.is_some());
        json["interaction"]["channel_id"] = json!(message.channel_id);
        json["resource"] = json!({"type": kind, "message": state.message_json(message)});
    }
    Ok(Reply::ok(json))
}

/// The message in `data`, with errors named from the body's root.
fn read_data(call: &Call) -> Result<MessageForm, ApiError> {
    let mut errors = FormErrors::default();
    let form = MessageForm::collect(&call.body["data"], &call.files, "data", &mut errors);
    errors.check()?;
    check_files(&call.files)?;
    Ok(form)
}

fn note_data(state: &mut State, call: &Call) {
    state.note_message_fields(&call.body["data"], fields::ANSWER, "interaction callback");
}

fn read_choices(data: &Value, completing: u64) -> Result<Vec<Value>, ApiError> {
    let mut errors = FormErrors::default();
    let choices = match data["choices"].as_array() {
        Some(choices) => choices.clone(),
        None => {
            errors.required("data.choices");
            Vec::new()
        }
    };
    if choices.len() > CHOICES_MAX {
        errors.max_length("data.choices", CHOICES_MAX);
    }
    check_choice_values(&choices, "data.choices", completing, &mut errors);
    errors.check()?;
    Ok(choices)
}

fn read_modal(data: &Value) -> Result<Value, ApiError> {
    let mut errors = FormErrors::default();
    text(data, "title", "data", 1..=45, true, &mut errors);
    text(data, "custom_id", "data", 1..=100, true, &mut errors);
    let rows = data["components"].as_array().map(Vec::as_slice).unwrap_or_default();
    if rows.is_empty() || rows.len() > MODAL_ROWS_MAX {
        errors.bad_length("data.components", 1, MODAL_ROWS_MAX);
    }
    for (index, row) in rows.iter().enumerate() {
        let path = format!("data.components.{index}");
        match row["type"].as_u64() {
            Some(component::ACTION_ROW) => {
                let items = row["components"].as_array().map(Vec::as_slice).unwrap_or_default();
                let path = format!("{path}.components");
                match items {
                    [input] if input["type"].as_u64() == Some(component::TEXT_INPUT) => {
                        text(input, "label", &format!("{path}.0"), 1..=45, true, &mut errors);
                        check_text_input(input, &format!("{path}.0"), &mut errors);
                    }
                    _ => errors.add(&path, "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "A row of a modal has one text input"),
                }
            }
            Some(component::LABEL) => {
                text(row, "label", &path, 1..=45, true, &mut errors);
                text(row, "description", &path, 0..=100, false, &mut errors);
                let path = format!("{path}.component");
                let input = &row["component"];
                if input["type"].as_u64() == Some(component::TEXT_INPUT) {
                    check_text_input(input, &path, &mut errors);
                } else if is_select(input) {
                    text(input, "custom_id", &path, 1..=100, true, &mut errors);
                } else {
                    errors.add(&format!("{path}.type"), "UNION_TYPE_CHOICES", "Not an input for modals");
                }
            }
            _ => errors.add(
                &format!("{path}.type"),
                "UNION_TYPE_CHOICES",
                "Value of field \"type\" must be one of (1, 18).",
            ),
        }
    }
    errors.check()?;
    Ok(data.clone())
}

fn check_text_input(input: &Value, path: &str, errors: &mut FormErrors) {
    text(input, "custom_id", path, 1..=100, true, errors);
    text(input, "placeholder", path, 0..=100, false, errors);
    text(input, "value", path, 0..=4000, false, errors);
    if !matches!(input["style"].as_u64(), Some(1 | 2)) {
        errors.add(&format!("{path}.style"), "BASE_TYPE_CHOICES", "Value must be one of {1, 2}.");
    }
    let (min, max) = (input["min_length"].as_u64().unwrap_or(0), input["max_length"].as_u64().unwrap_or(4000));
    if max == 0 || max > 4000 || min > max {
        errors.add(&format!("{path}.max_length"), "NUMBER_TYPE_RANGE", "int value should be between 1 and 4000.");
    }
}

/// The time at which a token stops working, in Unix milliseconds.
pub(crate) fn token_expires_at_ms(state: &State, interaction: &Interaction) -> i64 {
    let lifetime_ms = i64::try_from(state.options.interaction_token_lifetime.as_millis()).unwrap_or(i64::MAX);
    interaction.created_at_ms.saturating_add(lifetime_ms)
}

/// True when the token of an interaction no longer works.
pub(crate) fn is_expired(state: &State, interaction: &Interaction) -> bool {
    now_ms() >= token_expires_at_ms(state, interaction)
}
