//! Application commands: global and per guild, with Discord's limits on their definitions.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{
    error::{ApiError, FormErrors},
    events::ClientEvent,
    id::{CommandId, GuildId},
    rest::{Call, Outcome, Reply, validate::text},
    state::State,
};

/// Commands of each kind in one scope: slash, user and message commands.
const SLASH_COMMANDS_MAX: usize = 100;
const CONTEXT_COMMANDS_MAX: usize = 15;
/// Options of a command, and choices of an option.
const OPTIONS_MAX: usize = 25;
/// Characters over all names, descriptions and values of a command.
const COMMAND_CHARS_MAX: usize = 8000;

/// Kinds of commands, with Discord's numbers.
pub(crate) const SLASH: u64 = 1;
pub(crate) const USER: u64 = 2;
pub(crate) const MESSAGE: u64 = 3;

/// Kinds of options, with Discord's numbers.
pub(crate) mod option {
    pub(crate) const SUB_COMMAND: u64 = 1;
    pub(crate) const SUB_COMMAND_GROUP: u64 = 2;
    pub(crate) const STRING: u64 = 3;
    pub(crate) const INTEGER: u64 = 4;
    pub(crate) const BOOLEAN: u64 = 5;
    pub(crate) const USER: u64 = 6;
    pub(crate) const CHANNEL: u64 = 7;
    pub(crate) const ROLE: u64 = 8;
    pub(crate) const MENTIONABLE: u64 = 9;
    pub(crate) const NUMBER: u64 = 10;
    pub(crate) const ATTACHMENT: u64 = 11;
}

/// A registered command.
#[derive(Clone, Debug)]
pub(crate) struct Command {
    pub(crate) id: CommandId,
    pub(crate) kind: u64,
    pub(crate) name: String,
    pub(crate) guild: Option<GuildId>,
    /// The command in Discord's shape.
    pub(crate) json: Value,
}

/// Registered commands.
#[derive(Debug, Default)]
pub(crate) struct Commands {
    scopes: BTreeMap<Option<GuildId>, Vec<Command>>,
}

impl Commands {
    /// The commands of a scope: a guild's own, or the global ones.
    pub(crate) fn of(&self, guild: Option<GuildId>) -> &[Command] {
        self.scopes.get(&guild).map(Vec::as_slice).unwrap_or_default()
    }

    /// The command that a client offers under this name: a guild's own hides a global one.
    pub(crate) fn offered(&self, guild: Option<GuildId>, kind: u64, name: &str) -> Option<&Command> {
        let of_guild = guild.map(|guild| self.of(Some(guild))).unwrap_or_default();
        of_guild.iter().chain(self.of(None)).find(|command| command.kind == kind && command.name == name)
    }
}

impl State {
    fn scope(&self, call: &Call) -> Result<Option<GuildId>, ApiError> {
        if call.param("application") != self.bot.to_string() {
            return Err(ApiError::unknown_application());
        }
        if call.param("guild").is_empty() {
            return Ok(None);
        }
        let guild = call.guild()?;
        if self.bot_is_in(guild) { Ok(Some(guild)) } else { Err(ApiError::missing_access()) }
    }

    fn build_command(&mut self, guild: Option<GuildId>, definition: &Value, existing: Option<&Command>) -> Command {
        let id = existing.map_or_else(|| CommandId::new(self.ids.next()), |command| command.id);
        let kind = definition["type"].as_u64().unwrap_or(SLASH);
        let or =
            |field: &str, default: Value| definition.get(field).filter(|v| !v.is_null()).cloned().unwrap_or(default);
        let mut json = json!({
            "id": id,
            "application_id": self.bot,
            "version": self.ids.next().to_string(),
            "default_member_permissions": permissions_text(&definition["default_member_permissions"]),
            "type": kind,
            "name": definition["name"],
            "name_localizations": definition["name_localizations"],
            "description": or("description", json!("")),
            "description_localizations": definition["description_localizations"],
            "dm_permission": or("dm_permission", json!(true)),
            "contexts": definition["contexts"],
            "integration_types": or("integration_types", json!([0])),
            "options": or("options", json!([])),
            "nsfw": or("nsfw", json!(false)),
        });
        if let Some(guild) = guild {
            json["guild_id"] = json!(guild);
        }
        Command { id, kind, name: definition["name"].as_str().unwrap_or_default().to_owned(), guild, json }
    }

    fn put_command(&mut self, guild: Option<GuildId>, command: Command) {
        let scope = self.commands.scopes.entry(guild).or_default();
        match scope.iter_mut().find(|other| other.id == command.id) {
            Some(other) => *other = command,
            None => scope.push(command),
        }
        self.show(ClientEvent::CommandsChanged { guild_id: guild });
    }
}

/// Permissions may be given as a number; Discord always writes them as text.
fn permissions_text(given: &Value) -> Value {
    given.as_u64().map_or_else(|| given.clone(), |bits| json!(bits.to_string()))
}

/// `GET …/commands`
pub(crate) fn list(state: &mut State, call: &Call) -> Outcome {
    let guild = state.scope(call)?;
    Ok(Reply::ok(state.commands.of(guild).iter().map(|command| command.json.clone()).collect()))
}

/// `POST …/commands`: replaces a command of the same name and kind.
pub(crate) fn create(state: &mut State, call: &Call) -> Outcome {
    let guild = state.scope(call)?;
    let mut errors = FormErrors::default();
    check_command(&call.body, "", &mut errors);
    errors.check()?;
    let kind = call.body["type"].as_u64().unwrap_or(SLASH);
    let scope = state.commands.of(guild);
    let existing = scope.iter().find(|c| c.kind == kind && c.name == call.body["name"]).cloned();
    let max = if kind == SLASH { SLASH_COMMANDS_MAX } else { CONTEXT_COMMANDS_MAX };
    if existing.is_none() && scope.iter().filter(|command| command.kind == kind).count() >= max {
        return Err(ApiError::too_many_commands());
    }
    let command = state.build_command(guild, &call.body, existing.as_ref());
    let json = command.json.clone();
    state.put_command(guild, command);
    Ok(if existing.is_some() { Reply::ok(json) } else { Reply::created(json) })
}

/// `PUT …/commands`: replaces all; commands of the same name and kind keep their ids.
pub(crate) fn overwrite(state: &mut State, call: &Call) -> Outcome {
    let guild = state.scope(call)?;
    let Some(definitions) = call.body.as_array() else {
        return Err(ApiError::form("", "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType"));
    };
    let mut errors = FormErrors::default();
    for (index, definition) in definitions.iter().enumerate() {
        check_command(definition, &index.to_string(), &mut errors);
        let twin = |other: &&Value| other["name"] == definition["name"] && kind_of(other) == kind_of(definition);
        if definitions[..index].iter().any(|other| twin(&other)) {
            let text = "Application command names must be unique";
            errors.add(&format!("{index}.name"), "APPLICATION_COMMANDS_DUPLICATE_NAME", text);
        }
    }
    errors.check()?;
    let count = |kind: u64| definitions.iter().filter(|definition| kind_of(definition) == kind).count();
    if count(SLASH) > SLASH_COMMANDS_MAX || [USER, MESSAGE].into_iter().any(|kind| count(kind) > CONTEXT_COMMANDS_MAX) {
        return Err(ApiError::too_many_commands());
    }
    let old = state.commands.scopes.remove(&guild).unwrap_or_default();
    let commands: Vec<Command> = definitions
        .iter()
        .map(|definition| {
            let existing = old.iter().find(|c| c.kind == kind_of(definition) && c.name == definition["name"]);
            state.build_command(guild, definition, existing)
        })
        .collect();
    let json = commands.iter().map(|command| command.json.clone()).collect();
    state.commands.scopes.insert(guild, commands);
    state.show(ClientEvent::CommandsChanged { guild_id: guild });
    Ok(Reply::ok(json))
}

fn kind_of(definition: &Value) -> u64 {
    definition["type"].as_u64().unwrap_or(SLASH)
}

fn find(state: &State, call: &Call) -> Result<Command, ApiError> {
    let id = call.command()?;
    let scope = state.commands.of(state.scope(call)?);
    scope.iter().find(|command| command.id == id).cloned().ok_or_else(ApiError::unknown_command)
}

/// `GET …/commands/{command}`
pub(crate) fn get(state: &mut State, call: &Call) -> Outcome {
    Ok(Reply::ok(find(state, call)?.json))
}

/// `PATCH …/commands/{command}`
pub(crate) fn modify(state: &mut State, call: &Call) -> Outcome {
    let command = find(state, call)?;
    let mut definition = command.json.clone();
    for (field, value) in call.body.as_object().into_iter().flatten() {
        definition[field] = value.clone();
    }
    let mut errors = FormErrors::default();
    check_command(&definition, "", &mut errors);
    errors.check()?;
    let command = state.build_command(command.guild, &definition, Some(&command));
    let json = command.json.clone();
    state.put_command(command.guild, command);
    Ok(Reply::ok(json))
}

/// `DELETE …/commands/{command}`
pub(crate) fn delete(state: &mut State, call: &Call) -> Outcome {
    let command = find(state, call)?;
    if let Some(scope) = state.commands.scopes.get_mut(&command.guild) {
        scope.retain(|other| other.id != command.id);
    }
    state.show(ClientEvent::CommandsChanged { guild_id: command.guild });
    Ok(Reply::no_content())
}

fn check_command(command: &Value, path: &str, errors: &mut FormErrors) {
    let at = |field: &str| if path.is_empty() { field.to_owned() } else { format!("{path}.{field}") };
    if !command.is_object() {
        errors.add(path, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a DictType");
        return;
    }
    text(command, "name", path, 1..=32, true, errors);
    match kind_of(command) {
        SLASH => {
            check_name(command, path, errors);
            text(command, "description", path, 1..=100, true, errors);
        }
        USER | MESSAGE => {
            if command["description"].as_str().is_some_and(|text| !text.is_empty()) {
                let text = "Context menu commands cannot have description";
                errors.add(&at("description"), "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION", text);
            }
        }
        _ => errors.add(&at("type"), "BASE_TYPE_CHOICES", "Value must be one of {1, 2, 3}."),
    }
    let permissions = &command["default_member_permissions"];
    let readable = permissions.is_u64() || permissions.as_str().is_some_and(|bits| bits.parse::<u64>().is_ok());
    if !permissions.is_null() && !readable {
        errors.add(&at("default_member_permissions"), "NUMBER_TYPE_COERCE", "Value is not a permission integer.");
    }
    for (field, max) in [("contexts", 2), ("integration_types", 1)] {
        let values = command[field].as_array().map(Vec::as_slice).unwrap_or_default();
        if values.iter().any(|value| value.as_u64().is_none_or(|value| value > max)) {
            errors.add(&at(field), "BASE_TYPE_CHOICES", &format!("Values must be between 0 and {max}."));
        }
    }
    check_options(&command["options"], &at("options"), 0, errors);
    if characters(command) > COMMAND_CHARS_MAX {
        let text = "Command exceeds maximum size (8000)";
        errors.add(path, "APPLICATION_COMMAND_TOO_LARGE", text);
    }
}

/// Names of slash commands and options: letters, digits, `-`, `_` and `'`, in lower case where the script has one.
fn check_name(object: &Value, path: &str, errors: &mut FormErrors) {
    let Some(name) = object["name"].as_str() else { return };
    let fits = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '\''));
    if !fits || name.to_lowercase() != name {
        let path = if path.is_empty() { "name".to_owned() } else { format!("{path}.name") };
        errors.add(&path, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid");
    }
}

/// Options at a depth: 0 for the command itself, 1 in a sub-command or group, 2 in a sub-command of a group.
fn check_options(options: &Value, path: &str, depth: u8, errors: &mut FormErrors) {
    let options = options.as_array().map(Vec::as_slice).unwrap_or_default();
    if options.len() > OPTIONS_MAX {
        errors.max_length(path, OPTIONS_MAX);
    }
    let is_branch =
        |option: &Value| matches!(option["type"].as_u64(), Some(option::SUB_COMMAND | option::SUB_COMMAND_GROUP));
    if options.iter().any(is_branch) && !options.iter().all(is_branch) {
        let text = "Sub-command and sub-command group option types are mutually exclusive to all other types";
        errors.add(path, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", text);
    }
    let mut optional_seen = false;
    for (index, option) in options.iter().enumerate() {
        let path = format!("{path}.{index}");
        text(option, "name", &path, 1..=32, true, errors);
        check_name(option, &path, errors);
        text(option, "description", &path, 1..=100, true, errors);
        if options[..index].iter().any(|other| other["name"] == option["name"]) {
            let text = "Option names must be unique";
            errors.add(&format!("{path}.name"), "APPLICATION_COMMAND_OPTIONS_NAME_INVALID", text);
        }
        let required = option["required"].as_bool().unwrap_or(false);
        if required && optional_seen {
            let text = "Required options must be placed before non-required options";
            errors.add(&path, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", text);
        }
        optional_seen |= !required && !is_branch(option);
        match option["type"].as_u64() {
            Some(option::SUB_COMMAND) if depth < 2 => {
                check_options(&option["options"], &format!("{path}.options"), 2, errors);
            }
            Some(option::SUB_COMMAND_GROUP) if depth == 0 => {
                check_options(&option["options"], &format!("{path}.options"), 1, errors);
            }
            Some(option::STRING..=option::ATTACHMENT) => check_choices(option, &path, errors),
            _ => errors.add(&format!("{path}.type"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Invalid option type"),
        }
    }
}

fn check_choices(option: &Value, path: &str, errors: &mut FormErrors) {
    let choices = option["choices"].as_array().map(Vec::as_slice).unwrap_or_default();
    if choices.len() > OPTIONS_MAX {
        errors.max_length(&format!("{path}.choices"), OPTIONS_MAX);
    }
    if !choices.is_empty() && option["autocomplete"].as_bool().unwrap_or(false) {
        let text = "Autocomplete may not be set to true if choices are present";
        errors.add(path, "APPLICATION_COMMAND_AUTOCOMPLETE_INVALID", text);
    }
    check_choice_values(choices, &format!("{path}.choices"), option["type"].as_u64().unwrap_or(0), errors);
}

/// Choices of an option, in its definition or as autocomplete results.
pub(crate) fn check_choice_values(choices: &[Value], path: &str, kind: u64, errors: &mut FormErrors) {
    for (index, choice) in choices.iter().enumerate() {
        let path = format!("{path}.{index}");
        text(choice, "name", &path, 1..=100, true, errors);
        let value = &choice["value"];
        let fits = match kind {
            option::STRING => value.as_str().is_some_and(|text| text.chars().count() <= 100),
            option::INTEGER => value.is_i64() || value.is_u64(),
            option::NUMBER => value.is_number(),
            _ => false,
        };
        if !fits {
            let text = "The value does not fit the option's type";
            errors.add(&format!("{path}.value"), "APPLICATION_COMMAND_OPTIONS_CHOICE_VALUE_INVALID", text);
        }
    }
}

/// Characters of all names, descriptions and choice values, which Discord limits together.
fn characters(value: &Value) -> usize {
    let own: usize = ["name", "description", "value"]
        .iter()
        .filter_map(|field| value[field].as_str())
        .map(|text| text.chars().count())
        .sum();
    let nested = ["options", "choices"].iter().filter_map(|field| value[field].as_array()).flatten();
    own + nested.map(characters).sum::<usize>()
}
