//! What one person sees, as the page reads it: Discord's own shapes, with links to files turned to the page's origin and with
//! what a client works out for itself (who reacted, what one may do in a channel).

use discord_sim::{ChannelId, ClientEvent, GuildId, MessageView, Permissions, Sim, UserId};
use serde_json::{Value, json};

use crate::scene::{Persona, Scene};

/// Messages of one channel that a snapshot carries at most, the newest ones. Later ones arrive as events.
const MESSAGES_PER_CHANNEL_MAX: usize = 200;

/// Looks at the simulator as one person.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View<'a> {
    pub(crate) sim: &'a Sim,
    pub(crate) scene: &'a Scene,
    pub(crate) persona: Persona,
}

impl View<'_> {
    /// The user looking.
    pub(crate) fn user(&self) -> UserId {
        self.scene.user(self.persona)
    }

    /// Everything, for a page that connects or turns to another person.
    pub(crate) fn snapshot(&self) -> Value {
        let user = self.user();
        let whole = self.sim.snapshot(user);
        let guild = whole["guilds"].as_array().and_then(|guilds| guilds.iter().find(|g| self.is_ours(g)));
        let listed = guild.map(|guild| guild["channels"].clone()).unwrap_or_default();
        let channels: Vec<Value> =
            array(&listed).iter().chain(array(&whole["dms"])).filter_map(|c| self.channel(c)).collect();
        let messages: Vec<Value> = channels
            .iter()
            .filter_map(channel_id)
            .flat_map(|channel| {
                let all = self.sim.messages_for(user, channel);
                let skip = all.len().saturating_sub(MESSAGES_PER_CHANNEL_MAX);
                all.into_iter().skip(skip).map(|message| self.message(&message)).collect::<Vec<_>>()
            })
            .collect();
        let people = self.scene.people().map(
            |(persona, user)| json!({"id": user, "key": persona.key(), "name": persona.name(), "note": persona.note()}),
        );
        json!({
            "t": "snapshot",
            "persona": self.persona,
            "you": user,
            "bot": self.sim.bot(),
            "people": people.collect::<Vec<_>>(),
            "guild": guild.map(guild_without_channels),
            "channels": channels,
            "messages": messages,
            "commands": self.commands(),
        })
    }

    /// The frame for something that happened, unless this person would not see it.
    pub(crate) fn event(&self, event: &ClientEvent) -> Option<Value> {
        let event = match event {
            ClientEvent::MessageCreated { channel_id, message, visible_to } => {
                self.message_event("message_created", *channel_id, message, *visible_to)?
            }
            ClientEvent::MessageUpdated { channel_id, message, visible_to } => {
                self.message_event("message_updated", *channel_id, message, *visible_to)?
            }
            ClientEvent::ReactionAdded { channel_id, message_id, .. }
            | ClientEvent::ReactionRemoved { channel_id, message_id, .. } => {
                let message = self.sim.message(*message_id)?;
                self.sees(*channel_id).then(
                    || json!({"type": "message_updated", "channel_id": channel_id, "message": self.message(&message)}),
                )?
            }
            ClientEvent::ChannelCreated { channel } | ClientEvent::ChannelUpdated { channel } => {
                let shown = self.channel(channel)?;
                let created = matches!(event, ClientEvent::ChannelCreated { .. });
                json!({"type": if created { "channel_created" } else { "channel_updated" }, "channel": shown})
            }
            ClientEvent::MessageDeleted { .. } | ClientEvent::ChannelDeleted { .. } => json!(event),
            ClientEvent::Typing { channel_id, .. } => self.sees(*channel_id).then(|| json!(event))?,
            ClientEvent::GuildChanged { guild_id } => {
                let guild = self.guild().filter(|_| *guild_id == self.scene.guild())?;
                json!({"type": "guild_changed", "guild": guild})
            }
            ClientEvent::CommandsChanged { .. } => json!({"type": "commands_changed", "commands": self.commands()}),
            ClientEvent::InteractionStarted { user_id, .. }
            | ClientEvent::InteractionAcknowledged { user_id, .. }
            | ClientEvent::InteractionFailed { user_id, .. }
            | ClientEvent::ModalOpened { user_id, .. }
            | ClientEvent::AutocompleteChoices { user_id, .. } => (*user_id == self.user()).then(|| json!(event))?,
            // What goes on between the bot and Discord is no part of what a person sees.
            _ => return None,
        };
        Some(json!({"t": "event", "event": event}))
    }

    /// The commands on offer to this person: in the server, and in direct messages with the bot.
    fn commands(&self) -> Value {
        let user = self.user();
        json!({
            "server": self.sim.commands_for(user, self.scene.main_channel()),
            "direct": self.sim.commands_for(user, self.sim.dm(user)),
        })
    }

    fn message_event(
        &self,
        kind: &str,
        channel: ChannelId,
        message: &Value,
        visible_to: Option<UserId>,
    ) -> Option<Value> {
        if visible_to.is_some_and(|user| user != self.user()) || !self.sees(channel) {
            return None;
        }
        // The message as it stands now may be newer than the event; the newer one is what a person should see.
        let id = message["id"].as_str()?.parse().ok()?;
        let now = self.sim.message(id)?;
        Some(json!({"type": kind, "channel_id": channel, "message": self.message(&now)}))
    }

    fn message(&self, message: &MessageView) -> Value {
        let mut json = message.raw.clone();
        if let Some(reactions) = json["reactions"].as_array_mut() {
            for (reaction, (_, users)) in reactions.iter_mut().zip(&message.reactions) {
                reaction["users"] = json!(users);
            }
        }
        localise_links(&mut json, &self.sim.base_url());
        json
    }

    /// A channel with what this person may do there; nothing when they do not see it.
    fn channel(&self, channel: &Value) -> Option<Value> {
        let id = channel_id(channel)?;
        let granted = self.sim.permissions(self.user(), id);
        let is_dm = channel["type"] == 1;
        if is_dm {
            let mine = array(&channel["recipients"]).iter().any(|user| user["id"] == json!(self.user()));
            if !mine {
                return None;
            }
        } else if !granted.contains(Permissions::VIEW_CHANNEL) {
            return None;
        }
        let is_thread = matches!(channel["type"].as_u64(), Some(10..=12));
        let write = if is_thread { Permissions::SEND_MESSAGES_IN_THREADS } else { Permissions::SEND_MESSAGES };
        let locked = channel["thread_metadata"]["locked"] == true && !granted.contains(Permissions::MANAGE_THREADS);
        let mut json = channel.clone();
        if let Some(topic) = self.scene.topic(id) {
            json["topic"] = json!(topic);
        }
        json["private"] = json!(!is_dm && self.is_private(channel));
        json["abilities"] = json!({
            "send": is_dm || (granted.contains(write) && !locked),
            "manage_messages": granted.contains(Permissions::MANAGE_MESSAGES),
            "manage_threads": granted.contains(Permissions::MANAGE_THREADS),
        });
        Some(json)
    }

    /// Whether members without a role do not see the channel.
    fn is_private(&self, channel: &Value) -> bool {
        let guild = self.scene.guild().to_string();
        array(&channel["permission_overwrites"]).iter().any(|overwrite| {
            let denied = overwrite["deny"].as_str().and_then(|bits| bits.parse().ok()).unwrap_or(0);
            overwrite["id"] == json!(guild) && Permissions::from_bits(denied).contains(Permissions::VIEW_CHANNEL)
        })
    }

    fn sees(&self, channel: ChannelId) -> bool {
        self.sim.permissions(self.user(), channel).contains(Permissions::VIEW_CHANNEL)
    }

    fn guild(&self) -> Option<Value> {
        let whole = self.sim.snapshot(self.user());
        array(&whole["guilds"]).iter().find(|guild| self.is_ours(guild)).map(guild_without_channels)
    }

    fn is_ours(&self, guild: &Value) -> bool {
        guild["id"].as_str().and_then(|id| id.parse::<GuildId>().ok()) == Some(self.scene.guild())
    }
}

fn array(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn channel_id(channel: &Value) -> Option<ChannelId> {
    channel["id"].as_str()?.parse().ok()
}

fn guild_without_channels(guild: &Value) -> Value {
    json!({"id": guild["id"], "name": guild["name"], "roles": guild["roles"], "members": guild["members"]})
}

/// Turns links to the simulator's files into links to the page's own origin, which is the only one that the page's policy
/// lets it load from.
fn localise_links(value: &mut Value, origin: &str) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                match field {
                    Value::String(link) if name == "url" || name == "proxy_url" => {
                        if let Some(path) = link.strip_prefix(origin).filter(|path| path.starts_with("/cdn/")) {
                            *link = path.to_owned();
                        }
                    }
                    _ => localise_links(field, origin),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| localise_links(item, origin)),
        _ => {}
    }
}
