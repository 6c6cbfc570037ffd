//! What people do with an app: slash, user and message commands, autocomplete, buttons, menus, modals.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Map, Value, json};

use crate::{
    Sim,
    actions::messages::NewFile,
    client::views::MessageView,
    error::ApiError,
    events::ClientEvent,
    gateway::dispatch::Event,
    id::{ChannelId, InteractionId, MessageId, RoleId, UserId, now_ms},
    permissions::Permissions,
    rest::{
        commands::{Command, MESSAGE, SLASH, USER, option},
        interactions::{Interaction, kind},
        validate::{FILE_MAX_BYTES, component, is_select},
    },
    state::{Core, State},
};

/// A value that a person gives to an option.
#[derive(Clone, Debug)]
pub enum OptionValue {
    /// Text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number.
    Number(f64),
    /// Yes or no.
    Boolean(bool),
    /// A user.
    User(UserId),
    /// A channel.
    Channel(ChannelId),
    /// A role.
    Role(RoleId),
    /// A file: name and bytes.
    File(String, Bytes),
}

impl From<&str> for OptionValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for OptionValue {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for OptionValue {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<f64> for OptionValue {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for OptionValue {
    fn from(value: bool) -> Self {
        Self::Boolean(value)
    }
}

impl From<UserId> for OptionValue {
    fn from(user: UserId) -> Self {
        Self::User(user)
    }
}

impl From<ChannelId> for OptionValue {
    fn from(channel: ChannelId) -> Self {
        Self::Channel(channel)
    }
}

impl From<RoleId> for OptionValue {
    fn from(role: RoleId) -> Self {
        Self::Role(role)
    }
}

/// The use of a command by a person.
#[derive(Clone, Debug)]
pub struct Invocation {
    kind: u64,
    path: Vec<String>,
    options: Vec<(String, OptionValue)>,
    focused: Option<String>,
    target_user: Option<UserId>,
    target_message: Option<MessageId>,
    user_install: bool,
    unchecked: bool,
}

impl Invocation {
    fn of(kind: u64, path: Vec<String>) -> Self {
        Self {
            kind,
            path,
            options: Vec::new(),
            focused: None,
            target_user: None,
            target_message: None,
            user_install: false,
            unchecked: false,
        }
    }

    /// A slash command with its sub-commands, for example `config set`.
    #[must_use]
    pub fn slash(path: &str) -> Self {
        Self::of(SLASH, path.split_whitespace().map(|part| part.trim_start_matches('/').to_owned()).collect())
    }

    /// A command from a message's "Apps" menu.
    #[must_use]
    pub fn on_message(name: &str, message: MessageId) -> Self {
        Self { target_message: Some(message), ..Self::of(MESSAGE, vec![name.to_owned()]) }
    }

    /// A command from a user's "Apps" menu.
    #[must_use]
    pub fn on_user(name: &str, user: UserId) -> Self {
        Self { target_user: Some(user), ..Self::of(USER, vec![name.to_owned()]) }
    }

    /// With a value for an option.
    #[must_use]
    pub fn option(mut self, name: &str, value: impl Into<OptionValue>) -> Self {
        self.options.push((name.to_owned(), value.into()));
        self
    }

    /// With a file for an option.
    #[must_use]
    pub fn file(self, name: &str, filename: &str, bytes: impl Into<Bytes>) -> Self {
        self.option(name, OptionValue::File(filename.to_owned(), bytes.into()))
    }

    /// As an app that the user installed for themselves. Where the bot is no member of the server, that is so anyway.
    #[must_use]
    pub fn as_user_app(mut self) -> Self {
        self.user_install = true;
        self
    }

    /// Past the checks that Discord's client makes (permissions, contexts, option types), to see that the bot makes its
    /// own. Options that the command does not have are sent with the type of their value.
    #[must_use]
    pub fn unchecked(mut self) -> Self {
        self.unchecked = true;
        self
    }
}

/// An interaction as the person who started it sees it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct InteractionView {
    /// Its id.
    pub id: InteractionId,
    /// The callback type, once acknowledged: 4 message, 5 deferred, 6 deferred update, 7 update, 8 choices, 9 modal.
    pub acknowledged: Option<u8>,
    /// "The application did not respond."
    pub failed: bool,
    /// The answer, while it exists.
    pub answer: Option<MessageView>,
    /// Messages after it.
    pub follow_ups: Vec<MessageView>,
    /// The modal that opened.
    pub modal: Option<Value>,
    /// The choices that were offered.
    pub choices: Option<Vec<Value>>,
    /// The token, for tests that use it themselves.
    pub token: String,
}

impl Sim {
    /// A person uses a command.
    ///
    /// # Errors
    /// What Discord's client would not let them do: no such command there, not permitted, wrong options.
    pub fn invoke(&self, user: UserId, channel: ChannelId, invocation: Invocation) -> Result<InteractionId, ApiError> {
        let id = self.core().write(|state| state.invoke(user, channel, invocation, kind::COMMAND))?;
        watch_acknowledgement(self.core(), id);
        Ok(id)
    }

    /// A person types into an option with autocomplete; `focused` names the option, which must be among those given.
    ///
    /// # Errors
    /// As for [`Sim::invoke`].
    pub fn autocomplete(
        &self,
        user: UserId,
        channel: ChannelId,
        mut invocation: Invocation,
        focused: &str,
    ) -> Result<InteractionId, ApiError> {
        invocation.focused = Some(focused.to_owned());
        let id = self.core().write(|state| state.invoke(user, channel, invocation, kind::AUTOCOMPLETE))?;
        watch_acknowledgement(self.core(), id);
        Ok(id)
    }

    /// A person clicks a button.
    ///
    /// # Errors
    /// When there is no such button, it is disabled, or they cannot see the message.
    pub fn click(&self, user: UserId, message: MessageId, custom_id: &str) -> Result<InteractionId, ApiError> {
        self.use_component(user, message, custom_id, &[])
    }

    /// A person chooses in a select menu. Values of user, role and channel menus are ids.
    ///
    /// # Errors
    /// When there is no such menu, it is disabled, or it does not have the values.
    pub fn select(
        &self,
        user: UserId,
        message: MessageId,
        custom_id: &str,
        values: &[&str],
    ) -> Result<InteractionId, ApiError> {
        self.use_component(user, message, custom_id, values)
    }

    fn use_component(
        &self,
        user: UserId,
        message: MessageId,
        custom_id: &str,
        values: &[&str],
    ) -> Result<InteractionId, ApiError> {
        let id = self.core().write(|state| state.use_component(user, message, custom_id, values))?;
        watch_acknowledgement(self.core(), id);
        Ok(id)
    }

    /// A person submits the modal that an interaction opened, with a value for each input by its custom id. Inputs that
    /// are not named keep the value they came with.
    ///
    /// # Errors
    /// When no modal is open, or a value is missing, too short or too long.
    pub fn submit_modal(&self, opened_by: InteractionId, values: &[(&str, &str)]) -> Result<InteractionId, ApiError> {
        let id = self.core().write(|state| state.submit_modal(opened_by, values))?;
        watch_acknowledgement(self.core(), id);
        Ok(id)
    }

    /// An interaction as it stands.
    #[must_use]
    pub fn interaction(&self, id: InteractionId) -> Option<InteractionView> {
        let found = self.core().read(|state| state.interactions.by_id.get(&id).cloned())?;
        Some(InteractionView {
            id,
            acknowledged: found.acknowledged,
            failed: found.failed,
            answer: found.original.and_then(|id| self.message(id)),
            follow_ups: found.follow_ups.iter().filter_map(|id| self.message(*id)).collect(),
            modal: found.modal,
            choices: found.choices,
            token: found.token,
        })
    }

    /// The commands on offer to a person in a channel, in Discord's shape: a guild's own and the global ones, without those
    /// that they may not use or that do not belong there.
    #[must_use]
    pub fn commands_for(&self, user: UserId, channel: ChannelId) -> Vec<Value> {
        self.core().read(|state| {
            let guild = state.guild_of(channel);
            let of_guild = guild.map(|guild| state.commands.of(Some(guild))).unwrap_or_default();
            let global = state.commands.of(None).iter().filter(|command| {
                !of_guild.iter().any(|other| other.kind == command.kind && other.name == command.name)
            });
            let offered = of_guild.iter().chain(global);
            let allowed = offered.filter(|command| state.check_offered(user, channel, command, false).is_ok());
            allowed.map(|command| command.json.clone()).collect()
        })
    }
}

/// Fails an interaction whose acknowledgement does not come in time.
fn watch_acknowledgement(core: &Arc<Core>, id: InteractionId) {
    let window = core.options.interaction_ack_window;
    let weak = Arc::downgrade(core);
    core.spawn(async move {
        tokio::time::sleep(window).await;
        if let Some(core) = weak.upgrade() {
            core.write(|state| state.expire_interaction(id));
        }
    });
}

/// What an interaction refers to, in Discord's `resolved` shape.
#[derive(Default)]
struct Resolved(Map<String, Value>);

impl Resolved {
    fn put(&mut self, kind: &str, id: &str, value: Value) {
        if let Value::Object(of_kind) = self.0.entry(kind).or_insert_with(|| json!({})) {
            of_kind.insert(id.to_owned(), value);
        }
    }

    fn into_json(self) -> Option<Value> {
        (!self.0.is_empty()).then_some(Value::Object(self.0))
    }
}

impl State {
    /// Whether Discord's client offers a command to a person in a channel.
    fn check_offered(
        &self,
        user: UserId,
        channel: ChannelId,
        command: &Command,
        user_install: bool,
    ) -> Result<(), ApiError> {
        let found = self.channel(channel)?;
        let granted = self.permissions_in(user, channel);
        if !granted.contains(Permissions::VIEW_CHANNEL) {
            return Err(ApiError::missing_access());
        }
        let context: u64 = if found.guild_id.is_some() { 0 } else { 1 };
        let contexts = command.json["contexts"].as_array();
        let fits = match contexts {
            Some(contexts) => contexts.iter().any(|value| value.as_u64() == Some(context)),
            None => context == 0 || command.json["dm_permission"] != false,
        };
        let member = found.guild_id.is_none_or(|guild| self.bot_is_in(guild));
        let install: u64 = if user_install || !member { 1 } else { 0 };
        let installable = command.json["integration_types"]
            .as_array()
            .is_some_and(|types| types.iter().any(|value| value.as_u64() == Some(install)) || found.guild_id.is_none());
        if !fits || !installable {
            return Err(ApiError::unknown_command());
        }
        if found.guild_id.is_none() {
            return Ok(());
        }
        let needed = command.json["default_member_permissions"].as_str().and_then(|bits| bits.parse::<u64>().ok());
        let permitted = match needed {
            // Zero hides the command from all but admins.
            Some(0) => granted.contains(Permissions::ADMINISTRATOR),
            Some(bits) => granted.contains(Permissions::from_bits(bits)),
            None => true,
        };
        let may_use = granted.contains(Permissions::USE_APPLICATION_COMMANDS);
        if permitted && may_use { Ok(()) } else { Err(ApiError::missing_permissions()) }
    }

    fn invoke(
        &mut self,
        user: UserId,
        channel: ChannelId,
        invocation: Invocation,
        kind: u8,
    ) -> Result<InteractionId, ApiError> {
        let guild = self.channel(channel)?.guild_id;
        let name = invocation.path.first().cloned().unwrap_or_default();
        let offered = self.commands.offered(guild, invocation.kind, &name);
        let command = offered.cloned().ok_or_else(ApiError::unknown_command)?;
        if !invocation.unchecked {
            self.check_offered(user, channel, &command, invocation.user_install)?;
        }
        let mut resolved = Resolved::default();
        let mut data = json!({"id": command.id, "name": command.name, "type": command.kind});
        if let Some(guild) = command.guild {
            data["guild_id"] = json!(guild);
        }
        let mut completing = 0;
        if let Some(target) = invocation.target_message {
            data["target_id"] = json!(target);
            let message = self.message(channel, target)?;
            resolved.put("messages", &target.to_string(), self.message_json(message));
        } else if let Some(target) = invocation.target_user {
            data["target_id"] = json!(target);
            self.resolve_user(guild, target, &mut resolved)?;
        } else {
            let (definition, wrap) = sub_command(&command.json, &invocation.path[1..])?;
            let mut options = Vec::new();
            for (name, value) in &invocation.options {
                let declared = list(&definition["options"]).iter().find(|declared| declared["name"] == name.as_str());
                let focused = invocation.focused.as_deref() == Some(name);
                if focused {
                    completing = declared.and_then(|declared| declared["type"].as_u64()).unwrap_or(option::STRING);
                }
                if !invocation.unchecked && !focused {
                    check_option(name, value, declared)?;
                }
                let declared_kind = declared.and_then(|declared| declared["type"].as_u64());
                let mut json = self.option_json(guild, channel, name, value, declared_kind, &mut resolved)?;
                if focused {
                    json["focused"] = json!(true);
                }
                options.push(json);
            }
            if kind == kind::COMMAND && !invocation.unchecked {
                check_required(&definition, &invocation.options)?;
            }
            data["options"] = wrap(options);
        }
        if let Some(resolved) = resolved.into_json() {
            data["resolved"] = resolved;
        }
        let mut interaction = self.new_interaction(user, channel, kind, invocation.user_install);
        interaction.command = Some((invocation.path.join(" "), command.kind));
        interaction.completing = completing;
        Ok(self.send_interaction(interaction, data, None))
    }

    fn use_component(
        &mut self,
        user: UserId,
        message_id: MessageId,
        custom_id: &str,
        values: &[&str],
    ) -> Result<InteractionId, ApiError> {
        let message = self.messages.get(&message_id).ok_or_else(ApiError::unknown_message)?;
        let channel = message.channel_id;
        let visible = message.ephemeral_to.is_none_or(|to| to == user)
            && self.permissions_in(user, channel).contains(Permissions::VIEW_CHANNEL);
        if !visible {
            return Err(ApiError::unknown_message());
        }
        let item = find_component(&message.components, custom_id)
            .filter(|item| item["disabled"] != true)
            .ok_or_else(|| refused("custom_id", "there is no such component, or it is disabled"))?
            .clone();
        let json = self.message_json(message);
        let origin = message.interaction.as_ref().map(|origin| origin.owners.clone());
        let mut data = json!({"custom_id": custom_id, "component_type": item["type"]});
        if let Some(id) = item.get("id") {
            data["id"] = id.clone();
        }
        let guild = self.guild_of(channel);
        if is_select(&item) {
            let min = item["min_values"].as_u64().unwrap_or(1) as usize;
            let max = item["max_values"].as_u64().unwrap_or(1) as usize;
            if !(min..=max).contains(&values.len()) {
                return Err(refused("values", "the menu takes another number of values"));
            }
            let mut resolved = Resolved::default();
            for value in values {
                let known = list(&item["options"]).iter().any(|option| option["value"] == *value);
                if item["type"].as_u64() == Some(component::STRING_SELECT) && !known {
                    return Err(refused("values", "the menu does not have this value"));
                }
                if item["type"].as_u64() != Some(component::STRING_SELECT) {
                    self.resolve_any(guild, value, &mut resolved)?;
                }
            }
            data["values"] = json!(values);
            if let Some(resolved) = resolved.into_json() {
                data["resolved"] = resolved;
            }
        } else if !values.is_empty() {
            return Err(refused("values", "a button takes no values"));
        }
        let mut interaction = self.new_interaction(user, channel, kind::COMPONENT, false);
        interaction.source = Some(message_id);
        if let Some(owners) = origin {
            interaction.owners = owners;
        }
        Ok(self.send_interaction(interaction, data, Some(json)))
    }

    fn submit_modal(&mut self, opened_by: InteractionId, values: &[(&str, &str)]) -> Result<InteractionId, ApiError> {
        let opener = self.interactions.by_id.get_mut(&opened_by).ok_or_else(ApiError::unknown_interaction)?;
        let modal = opener.modal.as_ref().ok_or_else(|| refused("modal", "no modal is open"))?;
        let rows = fill_modal(modal, values)?;
        let data = json!({"custom_id": modal["custom_id"], "components": rows});
        // A modal can be submitted once; then it closes.
        opener.modal = None;
        let opener = opener.clone();
        let source = opener.source.and_then(|id| self.messages.get(&id)).map(|message| self.message_json(message));
        let mut interaction = self.new_interaction(opener.user, opener.channel, kind::MODAL_SUBMIT, false);
        interaction.source = opener.source;
        interaction.owners = opener.owners;
        Ok(self.send_interaction(interaction, data, source))
    }

    fn new_interaction(&mut self, user: UserId, channel: ChannelId, kind: u8, user_install: bool) -> Interaction {
        let guild = self.guild_of(channel);
        let mut owners = Map::new();
        let member = guild.is_none_or(|guild| self.bot_is_in(guild));
        if member && !user_install {
            // In direct messages the app's own installation is written as 0.
            owners.insert("0".to_owned(), json!(guild.map_or("0".to_owned(), |guild| guild.to_string())));
        } else {
            owners.insert("1".to_owned(), json!(user));
        }
        let id = InteractionId::new(self.ids.next());
        Interaction {
            id,
            token: self.rng.token(120),
            kind,
            user,
            channel,
            guild,
            command: None,
            completing: 0,
            source: None,
            owners: Value::Object(owners),
            created_at_ms: now_ms(),
            acknowledged: None,
            deferred: false,
            failed: false,
            original: None,
            follow_ups: Vec::new(),
            modal: None,
            choices: None,
        }
    }

    fn send_interaction(&mut self, interaction: Interaction, data: Value, message: Option<Value>) -> InteractionId {
        let Interaction { id, user, channel, guild, .. } = interaction;
        let app_permissions = match guild {
            Some(guild) if !self.bot_is_in(guild) => {
                let uninstalled = Permissions::VIEW_CHANNEL
                    | Permissions::SEND_MESSAGES
                    | Permissions::EMBED_LINKS
                    | Permissions::ATTACH_FILES;
                uninstalled.bits().to_string()
            }
            _ => self.permission_text(self.bot, channel),
        };
        let mut json = json!({
            "id": id,
            "application_id": self.bot,
            "type": interaction.kind,
            "data": data,
            "channel_id": channel,
            "token": interaction.token,
            "version": 1,
            "app_permissions": app_permissions,
            "locale": self.users.get(&user).map_or("en-US", |user| user.locale.as_str()),
            "entitlements": [],
            "authorizing_integration_owners": interaction.owners,
            "context": if guild.is_some() { 0 } else { 1 },
            "attachment_size_limit": FILE_MAX_BYTES,
        });
        if let Some(found) = self.channels.get(&channel) {
            json["channel"] = self.channel_json(found);
            json["channel"]["permissions"] = json!(self.permission_text(user, channel));
        }
        if let Some(message) = message {
            json["message"] = message;
        }
        match guild.and_then(|id| self.guilds.get(&id)) {
            Some(found) => {
                json["guild_id"] = json!(found.id);
                json["guild"] = json!({"id": found.id, "locale": found.locale, "features": []});
                json["guild_locale"] = json!(found.locale);
                if let Some(member) = found.members.get(&user) {
                    json["member"] = self.member_json(member);
                    json["member"]["permissions"] = json!(self.permission_text(user, channel));
                }
            }
            None => json["user"] = self.user_or_deleted(user),
        }
        self.interactions.insert(interaction);
        self.show(ClientEvent::InteractionStarted { interaction_id: id, user_id: user, channel_id: channel });
        self.dispatch(&Event::always("INTERACTION_CREATE", guild, json));
        id
    }

    fn option_json(
        &mut self,
        guild: Option<crate::id::GuildId>,
        channel: ChannelId,
        name: &str,
        value: &OptionValue,
        declared: Option<u64>,
        resolved: &mut Resolved,
    ) -> Result<Value, ApiError> {
        let (kind, value) = match value {
            OptionValue::Text(text) => (option::STRING, json!(text)),
            OptionValue::Integer(number) => match declared {
                Some(option::NUMBER) => (option::NUMBER, json!(*number as f64)),
                _ => (option::INTEGER, json!(number)),
            },
            OptionValue::Number(number) => (option::NUMBER, json!(number)),
            OptionValue::Boolean(value) => (option::BOOLEAN, json!(value)),
            OptionValue::User(user) => {
                self.resolve_user(guild, *user, resolved)?;
                (option::USER, json!(user))
            }
            OptionValue::Channel(id) => {
                let mut found = self.channel_json(self.channel(*id)?);
                found["permissions"] = json!(self.permission_text(self.bot, *id));
                resolved.put("channels", &id.to_string(), found);
                (option::CHANNEL, json!(id))
            }
            OptionValue::Role(role) => {
                let found = guild.and_then(|guild| self.guilds.get(&guild)).and_then(|guild| guild.roles.get(role));
                let found = found.ok_or_else(ApiError::unknown_role)?;
                resolved.put("roles", &role.to_string(), crate::wire::role_json(found));
                (option::ROLE, json!(role))
            }
            OptionValue::File(filename, bytes) => {
                if bytes.len() > FILE_MAX_BYTES {
                    return Err(ApiError::file_too_large());
                }
                let file = NewFile {
                    filename: filename.clone(),
                    title: None,
                    description: None,
                    content_type: None,
                    bytes: bytes.clone(),
                };
                let attachment = self.store_file(channel, file, true);
                let json = self.attachment_json(channel, &attachment);
                resolved.put("attachments", &attachment.id.to_string(), json);
                (option::ATTACHMENT, json!(attachment.id))
            }
        };
        let kind = match (declared, kind) {
            // A user or role given to a "mentionable" option keeps that type.
            (Some(option::MENTIONABLE), option::USER | option::ROLE) => option::MENTIONABLE,
            _ => kind,
        };
        Ok(json!({"name": name, "type": kind, "value": value}))
    }

    fn resolve_user(
        &self,
        guild: Option<crate::id::GuildId>,
        user: UserId,
        resolved: &mut Resolved,
    ) -> Result<(), ApiError> {
        let found = self.users.get(&user).ok_or_else(ApiError::unknown_user)?;
        let id = user.to_string();
        resolved.put("users", &id, crate::wire::user_json(found));
        if let Some(member) = guild.and_then(|id| self.guilds.get(&id)).and_then(|guild| guild.members.get(&user)) {
            let mut json = self.partial_member_json(member);
            json["permissions"] = json!("0");
            resolved.put("members", &id, json);
        }
        Ok(())
    }

    /// Resolves an id chosen in a menu of users, roles or channels.
    fn resolve_any(
        &self,
        guild: Option<crate::id::GuildId>,
        id: &str,
        resolved: &mut Resolved,
    ) -> Result<(), ApiError> {
        let number: u64 = id.parse().map_err(|_| refused("values", "not an id"))?;
        if let Some(channel) = self.channels.get(&ChannelId::new(number)) {
            resolved.put("channels", id, self.channel_json(channel));
            return Ok(());
        }
        let role = guild.and_then(|id| self.guilds.get(&id)).and_then(|g| g.roles.get(&RoleId::new(number)));
        if let Some(role) = role {
            resolved.put("roles", id, crate::wire::role_json(role));
            return Ok(());
        }
        self.resolve_user(guild, UserId::new(number), resolved)
    }
}

fn refused(path: &str, why: &str) -> ApiError {
    ApiError::form(path, "CLIENT_REFUSED", why)
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// Wraps the options of a sub-command into the levels above it.
type Wrap = Box<dyn Fn(Vec<Value>) -> Value>;

/// The definition whose options count for a path of sub-commands, and how its options are wrapped.
fn sub_command(command: &Value, path: &[String]) -> Result<(Value, Wrap), ApiError> {
    let mut definition = command.clone();
    let mut levels = Vec::new();
    for name in path {
        let next = list(&definition["options"]).iter().find(|declared| {
            declared["name"] == name.as_str()
                && matches!(declared["type"].as_u64(), Some(option::SUB_COMMAND | option::SUB_COMMAND_GROUP))
        });
        let next = next.ok_or_else(ApiError::unknown_command)?.clone();
        levels.push((name.clone(), next["type"].clone()));
        definition = next;
    }
    let unfinished = list(&definition["options"])
        .iter()
        .any(|declared| matches!(declared["type"].as_u64(), Some(option::SUB_COMMAND | option::SUB_COMMAND_GROUP)));
    if unfinished {
        return Err(refused("options", "the command needs a sub-command"));
    }
    let wrap = move |options: Vec<Value>| {
        levels
            .iter()
            .rev()
            .fold(Value::Array(options), |inner, (name, kind)| json!([{"name": name, "type": kind, "options": inner}]))
    };
    Ok((definition, Box::new(wrap)))
}

fn check_required(definition: &Value, given: &[(String, OptionValue)]) -> Result<(), ApiError> {
    let missing = list(&definition["options"])
        .iter()
        .filter(|declared| declared["required"] == true)
        .find(|declared| !given.iter().any(|(name, _)| declared["name"] == name.as_str()));
    match missing {
        Some(declared) => Err(refused(declared["name"].as_str().unwrap_or_default(), "this option is required")),
        None => Ok(()),
    }
}

/// The checks that a client makes on a value: type, choices, range.
fn check_option(name: &str, value: &OptionValue, declared: Option<&Value>) -> Result<(), ApiError> {
    let Some(declared) = declared else { return Err(refused(name, "the command has no such option")) };
    let kind = declared["type"].as_u64().unwrap_or(0);
    let fits = match value {
        OptionValue::Text(_) => kind == option::STRING,
        OptionValue::Integer(_) => matches!(kind, option::INTEGER | option::NUMBER),
        OptionValue::Number(_) => kind == option::NUMBER,
        OptionValue::Boolean(_) => kind == option::BOOLEAN,
        OptionValue::User(_) => matches!(kind, option::USER | option::MENTIONABLE),
        OptionValue::Channel(_) => kind == option::CHANNEL,
        OptionValue::Role(_) => matches!(kind, option::ROLE | option::MENTIONABLE),
        OptionValue::File(..) => kind == option::ATTACHMENT,
    };
    if !fits {
        return Err(refused(name, "the value does not have the option's type"));
    }
    let (number, length) = match value {
        OptionValue::Integer(number) => (Some(*number as f64), None),
        OptionValue::Number(number) => (Some(*number), None),
        OptionValue::Text(text) => (None, Some(text.chars().count() as f64)),
        _ => (None, None),
    };
    let out_of = |value: Option<f64>, min: &str, max: &str| {
        value.is_some_and(|value| {
            declared[min].as_f64().is_some_and(|min| value < min)
                || declared[max].as_f64().is_some_and(|max| value > max)
        })
    };
    if out_of(number, "min_value", "max_value") || out_of(length, "min_length", "max_length") {
        return Err(refused(name, "the value is out of range"));
    }
    let choices = list(&declared["choices"]);
    let chosen = |choice: &Value| match value {
        OptionValue::Text(text) => choice["value"] == text.as_str(),
        OptionValue::Integer(number) => choice["value"].as_i64() == Some(*number),
        OptionValue::Number(number) => choice["value"].as_f64() == Some(*number),
        _ => false,
    };
    if !choices.is_empty() && !choices.iter().any(chosen) {
        return Err(refused(name, "the value is none of the choices"));
    }
    Ok(())
}

/// The rows of a submitted modal, with the values that the client would not refuse.
fn fill_modal(modal: &Value, values: &[(&str, &str)]) -> Result<Vec<Value>, ApiError> {
    for (custom_id, _) in values {
        if find_component(list(&modal["components"]), custom_id).is_none() {
            return Err(refused("custom_id", "the modal has no such input"));
        }
    }
    let mut rows = Vec::new();
    for row in list(&modal["components"]) {
        let labelled = row["type"].as_u64() == Some(component::LABEL);
        let input = if labelled { &row["component"] } else { &row["components"][0] };
        let custom_id = input["custom_id"].as_str().unwrap_or_default();
        let given = values.iter().find(|(id, _)| *id == custom_id).map(|(_, value)| *value);
        let value = given.or(input["value"].as_str()).unwrap_or_default();
        let length = value.chars().count() as u64;
        let required = input["required"].as_bool().unwrap_or(true);
        let min = input["min_length"].as_u64().unwrap_or(0).max(u64::from(required));
        let too_short = (required || length > 0) && length < min;
        if too_short || length > input["max_length"].as_u64().unwrap_or(4000) {
            return Err(refused(custom_id, "the value is missing, too short or too long"));
        }
        let mut filled = json!({"type": input["type"], "custom_id": custom_id, "id": 2});
        if is_select(input) {
            filled["values"] = json!(value.split(',').filter(|value| !value.is_empty()).collect::<Vec<_>>());
        } else {
            filled["value"] = json!(value);
        }
        rows.push(match labelled {
            true => json!({"type": component::LABEL, "id": 1, "component": filled}),
            false => json!({"type": component::ACTION_ROW, "id": 1, "components": [filled]}),
        });
    }
    Ok(rows)
}

/// A component by its custom id, at any depth.
fn find_component<'a>(items: &'a [Value], custom_id: &str) -> Option<&'a Value> {
    items.iter().find_map(|item| {
        if item["custom_id"] == custom_id {
            return Some(item);
        }
        let inner = ["component", "accessory"].iter().filter_map(|field| item.get(*field));
        find_component(list(&item["components"]), custom_id)
            .or_else(|| inner.into_iter().find(|inner| inner["custom_id"] == custom_id))
    })
}
