//! Which event reaches which session: intents, shards, what the bot can see, and the rules on message content.

use serde_json::{Value, json};

use crate::{
    faults::Schedule,
    gateway::{intents, session::Delayed},
    id::{ChannelId, GuildId, MessageId},
    model::Message,
    permissions::Permissions,
    state::State,
};

/// An event on its way to the sessions.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) name: &'static str,
    pub(crate) data: Value,
    /// A session needs one of these intents; 0 needs none.
    pub(crate) intents: u64,
    pub(crate) guild: Option<GuildId>,
    /// The bot must be able to view this channel.
    pub(crate) channel: Option<ChannelId>,
    /// The message in `data`, whose content some sessions must not see.
    pub(crate) message: Option<MessageId>,
}

impl Event {
    /// An event about a guild, its channels or its threads.
    pub(crate) fn guild(name: &'static str, guild: GuildId, data: Value) -> Self {
        Self { name, data, intents: intents::GUILDS, guild: Some(guild), channel: None, message: None }
    }

    /// An event that needs no intent and goes to every session of the right shard.
    pub(crate) fn always(name: &'static str, guild: Option<GuildId>, data: Value) -> Self {
        Self { name, data, intents: 0, guild, channel: None, message: None }
    }

    /// Only when the bot can view the channel.
    pub(crate) fn seen_in(mut self, channel: ChannelId) -> Self {
        self.channel = Some(channel);
        self
    }
}

/// Which family of intents an event in a channel belongs to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Family {
    Messages,
    Reactions,
    Typing,
}

impl State {
    /// The intent for an event of this family: one for guilds, another for direct messages.
    pub(crate) fn intent_for(&self, family: Family, channel: ChannelId) -> u64 {
        let in_guild = self.channels.get(&channel).is_some_and(|channel| channel.guild_id.is_some());
        match (family, in_guild) {
            (Family::Messages, true) => intents::GUILD_MESSAGES,
            (Family::Messages, false) => intents::DIRECT_MESSAGES,
            (Family::Reactions, true) => intents::GUILD_MESSAGE_REACTIONS,
            (Family::Reactions, false) => intents::DIRECT_MESSAGE_REACTIONS,
            (Family::Typing, true) => intents::GUILD_MESSAGE_TYPING,
            (Family::Typing, false) => intents::DIRECT_MESSAGE_TYPING,
        }
    }

    /// Sends an event to every session that may have it, as often and as late as the delivery faults say.
    pub(crate) fn dispatch(&mut self, event: &Event) {
        if event.intents != 0 && !self.bot_sees(event) {
            return;
        }
        let schedule = self.faults.delivery_of(event.name);
        self.dispatch_as(event, &schedule);
    }

    /// Sends copies of an event by a schedule.
    pub(crate) fn dispatch_as(&mut self, event: &Event, schedule: &Schedule) {
        let exempt = event.message.is_none_or(|id| self.messages.get(&id).is_none_or(|m| self.is_readable(m)));
        let targets: Vec<(String, bool)> = self
            .gateway
            .sessions
            .iter()
            .filter(|(_, session)| event.intents == 0 || session.intents & event.intents != 0)
            .filter(|(_, session)| {
                let (index, count) = session.shard;
                event.guild.map_or(index == 0, |guild| (guild.get() >> 22) % count.max(1) == index)
            })
            .map(|(id, session)| (id.clone(), exempt || session.intents & intents::MESSAGE_CONTENT != 0))
            .collect();
        for (session, readable) in targets {
            let mut data = event.data.clone();
            if !readable {
                hide_content(&mut data);
            }
            for delay in schedule.draw(&mut self.rng) {
                if delay.is_zero() {
                    self.push(&session, event.name, data.clone());
                } else {
                    self.delayed.push(Delayed {
                        delay,
                        session: session.clone(),
                        name: event.name,
                        data: data.clone(),
                    });
                }
            }
        }
    }

    fn bot_sees(&self, event: &Event) -> bool {
        match (event.guild, event.channel) {
            (Some(guild), _) if !self.bot_is_in(guild) => false,
            (_, Some(channel)) if self.channels.contains_key(&channel) => {
                self.permissions_in(self.bot, channel).contains(Permissions::VIEW_CHANNEL)
            }
            _ => true,
        }
    }

    /// True for messages whose content the bot gets without the MESSAGE_CONTENT intent: its own, direct messages, those
    /// that mention it (a reply that pings it does), and messages that a message command was used on.
    pub(crate) fn is_readable(&self, message: &Message) -> bool {
        let in_dm = self.channels.get(&message.channel_id).is_none_or(|channel| channel.guild_id.is_none());
        in_dm || message.author == self.bot || message.mentions.users.contains(&self.bot)
    }

    /// GUILD_CREATE, as one session gets it.
    pub(crate) fn guild_create(&self, guild: GuildId, session_intents: u64) -> Value {
        let Some(found) = self.guilds.get(&guild) else { return Value::Null };
        let mut data = self.guild_json(found);
        let all_members = session_intents & (intents::GUILD_MEMBERS | intents::GUILD_PRESENCES) != 0;
        let members: Vec<Value> = found
            .members
            .values()
            .filter(|member| all_members || member.user == self.bot)
            .map(|member| self.member_json(member))
            .collect();
        let channels = self.channels.values().filter(|channel| channel.guild_id == Some(guild));
        let (threads, channels): (Vec<_>, Vec<_>) = channels.partition(|channel| channel.kind.is_thread());
        let threads: Vec<Value> = threads
            .into_iter()
            .filter(|channel| channel.thread.as_ref().is_some_and(|thread| !thread.archived))
            .filter(|channel| self.permissions_in(self.bot, channel.id).contains(Permissions::VIEW_CHANNEL))
            .map(|channel| self.channel_json(channel))
            .collect();
        let joined_at = found.members.get(&self.bot).map_or(0, |member| member.joined_at_ms);
        let extra = json!({
            "joined_at": crate::id::iso8601(joined_at),
            "large": false,
            "unavailable": false,
            "member_count": found.members.len(),
            "voice_states": [],
            "members": members,
            "channels": channels.into_iter().map(|channel| self.channel_json(channel)).collect::<Vec<_>>(),
            "threads": threads,
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
        });
        if let (Value::Object(data), Value::Object(extra)) = (&mut data, extra) {
            data.extend(extra);
        }
        data
    }
}

/// Empties the fields that are message content, also of the message replied to.
pub(crate) fn hide_content(message: &mut Value) {
    if !message.is_object() {
        return;
    }
    if message.get("content").is_some() {
        message["content"] = json!("");
    }
    for field in ["embeds", "attachments", "components"] {
        if message.get(field).is_some() {
            message[field] = json!([]);
        }
    }
    if let Some(replied_to) = message.get_mut("referenced_message") {
        hide_content(replied_to);
    }
}
