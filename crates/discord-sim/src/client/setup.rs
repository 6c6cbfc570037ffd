//! Setting up: guilds, channels, roles, members. Changes reach connected bots as the events they would be.

use std::collections::BTreeMap;

use serde_json::json;

use crate::{
    Sim,
    events::ClientEvent,
    gateway::{dispatch::Event, intents},
    id::{ChannelId, GuildId, RoleId, UserId, now_ms},
    model::{Channel, ChannelKind, Guild, Member, Overwrite, OverwriteTarget, Role, User},
    permissions::Permissions,
    state::State,
    wire::role_json,
};

/// A guild with what can be set up in it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct GuildHandle {
    sim: Sim,
    id: GuildId,
}

impl Sim {
    /// Creates a guild with an owner of its own (whom [`GuildHandle::owner`] gives), the role `@everyone` with Discord's
    /// usual permissions, and the bot as a member.
    pub fn guild(&self, name: &str) -> GuildHandle {
        let id = self.core().write(|state| {
            let owner = state.new_user(&format!("{name}-owner"), false);
            let id = GuildId::new(state.ids.next());
            let everyone = Role {
                id: RoleId::from(id),
                name: "@everyone".to_owned(),
                permissions: Permissions::EVERYONE_DEFAULT,
                position: 0,
                mentionable: false,
                managed: false,
            };
            state.guilds.insert(
                id,
                Guild {
                    id,
                    name: name.to_owned(),
                    owner_id: owner,
                    roles: BTreeMap::from([(everyone.id, everyone)]),
                    members: BTreeMap::new(),
                    locale: "en-US".to_owned(),
                },
            );
            state.join(id, owner);
            state.bot_joins(id);
            id
        });
        GuildHandle { sim: self.clone(), id }
    }

    /// The handle of a guild that exists.
    #[must_use]
    pub fn guild_handle(&self, id: GuildId) -> Option<GuildHandle> {
        self.core().read(|state| state.guilds.contains_key(&id)).then(|| GuildHandle { sim: self.clone(), id })
    }

    /// Creates a user who is in no guild yet.
    pub fn user(&self, name: &str) -> UserId {
        self.core().write(|state| state.new_user(name, false))
    }

    /// Creates another bot's user, whose messages a well-behaved bot ignores.
    pub fn other_bot(&self, name: &str) -> UserId {
        self.core().write(|state| state.new_user(name, true))
    }

    /// The direct-message channel of a user with the bot.
    pub fn dm(&self, user: UserId) -> ChannelId {
        self.core().write(|state| state.dm_channel(user))
    }

    /// Lets a user take no direct messages from the bot, or take them again: error 50007 otherwise.
    pub fn set_blocks_bot(&self, user: UserId, blocks: bool) {
        self.core().write(|state| {
            if let Some(user) = state.users.get_mut(&user) {
                user.blocks_bot = blocks;
            }
        });
    }

    /// Sets the language that a user's client has, for example `de`.
    pub fn set_locale(&self, user: UserId, locale: &str) {
        self.core().write(|state| {
            if let Some(user) = state.users.get_mut(&user) {
                user.locale = locale.to_owned();
            }
        });
    }
}

impl GuildHandle {
    /// The guild's id.
    #[must_use]
    pub fn id(&self) -> GuildId {
        self.id
    }

    /// The user who owns the guild and may do everything.
    #[must_use]
    pub fn owner(&self) -> UserId {
        self.sim.core().read(|state| state.guilds.get(&self.id).map_or(state.bot, |guild| guild.owner_id))
    }

    /// Creates a text channel.
    pub fn text_channel(&self, name: &str) -> ChannelId {
        self.channel(ChannelKind::Text, name, None)
    }

    /// Creates an announcement channel.
    pub fn announcement_channel(&self, name: &str) -> ChannelId {
        self.channel(ChannelKind::Announcement, name, None)
    }

    /// Creates a voice channel, which has a text chat.
    pub fn voice_channel(&self, name: &str) -> ChannelId {
        self.channel(ChannelKind::Voice, name, None)
    }

    /// Creates a forum, which holds posts only.
    pub fn forum(&self, name: &str) -> ChannelId {
        self.channel(ChannelKind::Forum, name, None)
    }

    /// Creates a category.
    pub fn category(&self, name: &str) -> ChannelId {
        self.channel(ChannelKind::Category, name, None)
    }

    /// Creates a channel of any kind but threads and direct messages, which come about by themselves.
    pub fn channel(&self, kind: ChannelKind, name: &str, category: Option<ChannelId>) -> ChannelId {
        self.sim.core().write(|state| {
            let id = ChannelId::new(state.ids.next());
            let position = state.channels.values().filter(|channel| channel.guild_id == Some(self.id)).count();
            let channel = Channel {
                id,
                guild_id: Some(self.id),
                kind,
                name: name.to_owned(),
                topic: None,
                parent_id: category,
                position: u32::try_from(position).unwrap_or(u32::MAX),
                slowmode_s: 0,
                nsfw: false,
                overwrites: Vec::new(),
                last_message_id: None,
                thread: None,
                recipients: Vec::new(),
            };
            let json = state.channel_json(&channel);
            state.channels.insert(id, channel);
            state.show(ClientEvent::ChannelCreated { channel: json.clone() });
            state.dispatch(&Event::guild("CHANNEL_CREATE", self.id, json));
            id
        })
    }

    /// Creates a user who joins the guild.
    pub fn member(&self, name: &str) -> UserId {
        self.sim.core().write(|state| {
            let user = state.new_user(name, false);
            state.join(self.id, user);
            user
        })
    }

    /// Lets an existing user join.
    pub fn add_member(&self, user: UserId) {
        self.sim.core().write(|state| state.join(self.id, user));
    }

    /// Removes a member.
    pub fn remove_member(&self, user: UserId) {
        self.sim.core().write(|state| {
            let Some(guild) = state.guilds.get_mut(&self.id) else { return };
            if guild.members.remove(&user).is_none() {
                return;
            }
            let data = json!({"guild_id": self.id, "user": state.user_or_deleted(user)});
            state.tell_members("GUILD_MEMBER_REMOVE", self.id, data);
        });
    }

    /// Takes the bot out of the guild, as an admin's kick does. People can still use the bot there as an app that they
    /// installed for themselves.
    pub fn remove_bot(&self) {
        self.sim.core().write(|state| {
            let bot = state.bot;
            let removed = state.guilds.get_mut(&self.id).and_then(|guild| guild.members.remove(&bot));
            if removed.is_some() {
                state.tell_always("GUILD_DELETE", Some(self.id), json!({"id": self.id}));
                state.show(ClientEvent::GuildChanged { guild_id: self.id });
            }
        });
    }

    /// Invites the bot (again).
    pub fn add_bot(&self) {
        self.sim.core().write(|state| state.bot_joins(self.id));
    }

    /// Makes the guild unavailable, as in an outage of Discord, or available again.
    pub fn set_unavailable(&self, unavailable: bool) {
        self.sim.core().write(|state| {
            if unavailable {
                let data = json!({"id": self.id, "unavailable": true});
                state.tell_always("GUILD_DELETE", Some(self.id), data);
            } else {
                state.tell_guild_create(self.id);
            }
        });
    }

    /// Creates a role.
    pub fn role(&self, name: &str, permissions: Permissions) -> RoleId {
        self.sim.core().write(|state| {
            let id = RoleId::new(state.ids.next());
            let Some(guild) = state.guilds.get_mut(&self.id) else { return id };
            let position = u32::try_from(guild.roles.len()).unwrap_or(u32::MAX);
            let role = Role { id, name: name.to_owned(), permissions, position, mentionable: false, managed: false };
            let json = role_json(&role);
            guild.roles.insert(id, role);
            let data = json!({"guild_id": self.id, "role": json});
            state.dispatch(&Event::guild("GUILD_ROLE_CREATE", self.id, data));
            state.show(ClientEvent::GuildChanged { guild_id: self.id });
            id
        })
    }

    /// Changes what a role allows; [`GuildHandle::everyone`] gives `@everyone`.
    pub fn set_role_permissions(&self, role: RoleId, permissions: Permissions) {
        self.sim.core().write(|state| {
            let guild = state.guilds.get_mut(&self.id);
            let Some(role) = guild.and_then(|guild| guild.roles.get_mut(&role)) else { return };
            role.permissions = permissions;
            let data = json!({"guild_id": self.id, "role": role_json(role)});
            state.dispatch(&Event::guild("GUILD_ROLE_UPDATE", self.id, data));
            state.show(ClientEvent::GuildChanged { guild_id: self.id });
        });
    }

    /// The role `@everyone`.
    #[must_use]
    pub fn everyone(&self) -> RoleId {
        RoleId::from(self.id)
    }

    /// Gives a member a role.
    pub fn give_role(&self, user: UserId, role: RoleId) {
        self.change_roles(user, |roles| {
            if !roles.contains(&role) {
                roles.push(role);
            }
        });
    }

    /// Takes a role from a member.
    pub fn take_role(&self, user: UserId, role: RoleId) {
        self.change_roles(user, |roles| roles.retain(|other| *other != role));
    }

    fn change_roles(&self, user: UserId, change: impl FnOnce(&mut Vec<RoleId>)) {
        self.sim.core().write(|state| {
            let guild = state.guilds.get_mut(&self.id);
            let Some(member) = guild.and_then(|guild| guild.members.get_mut(&user)) else { return };
            change(&mut member.roles);
            let member = member.clone();
            let mut data = state.member_json(&member);
            data["guild_id"] = json!(self.id);
            if user == state.bot {
                state.tell_always("GUILD_MEMBER_UPDATE", Some(self.id), data);
                state.show(ClientEvent::GuildChanged { guild_id: self.id });
            } else {
                state.tell_members("GUILD_MEMBER_UPDATE", self.id, data);
            }
        });
    }

    /// Sets the permission overwrite of a channel for a role or member, replacing the one it had.
    pub fn overwrite(&self, channel: ChannelId, target: OverwriteTarget, allow: Permissions, deny: Permissions) {
        self.sim.core().write(|state| {
            let Some(found) = state.channels.get_mut(&channel) else { return };
            found.overwrites.retain(|overwrite| overwrite.target != target);
            found.overwrites.push(Overwrite { target, allow, deny });
            state.tell_thread_changed(channel);
        });
    }

    /// Denies the bot permissions in a channel, whatever its roles allow.
    pub fn deny_bot(&self, channel: ChannelId, deny: Permissions) {
        self.overwrite(channel, OverwriteTarget::Member(self.sim.bot()), Permissions::NONE, deny);
    }
}

impl State {
    pub(crate) fn new_user(&mut self, name: &str, bot: bool) -> UserId {
        let id = UserId::new(self.ids.next());
        // User names are lower case and unique; the name that people see is free.
        let base: String = name.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
        let taken = self.users.values().any(|user| user.username == base);
        let username = if taken { format!("{base}{}", id.get() % 10_000) } else { base };
        let user = User {
            id,
            username,
            global_name: Some(name.to_owned()),
            bot,
            locale: "en-US".to_owned(),
            blocks_bot: false,
        };
        self.users.insert(id, user);
        id
    }

    fn join(&mut self, guild: GuildId, user: UserId) {
        let Some(found) = self.guilds.get_mut(&guild) else { return };
        let member = Member { user, nick: None, roles: Vec::new(), joined_at_ms: now_ms() };
        found.members.insert(user, member.clone());
        let mut data = self.member_json(&member);
        data["guild_id"] = json!(guild);
        self.tell_members("GUILD_MEMBER_ADD", guild, data);
    }

    fn bot_joins(&mut self, guild: GuildId) {
        let Some(found) = self.guilds.get_mut(&guild) else { return };
        let member = Member { user: self.bot, nick: None, roles: Vec::new(), joined_at_ms: now_ms() };
        found.members.insert(self.bot, member);
        self.tell_guild_create(guild);
        self.show(ClientEvent::GuildChanged { guild_id: guild });
    }

    fn tell_guild_create(&mut self, guild: GuildId) {
        let targets: Vec<(String, u64)> = self
            .gateway
            .sessions
            .iter()
            .filter(|(_, session)| session.intents & intents::GUILDS != 0)
            .filter(|(_, session)| (guild.get() >> 22) % session.shard.1.max(1) == session.shard.0)
            .map(|(id, session)| (id.clone(), session.intents))
            .collect();
        for (session, intents) in targets {
            let data = self.guild_create(guild, intents);
            self.push(&session, "GUILD_CREATE", data);
        }
    }

    fn tell_members(&mut self, name: &'static str, guild: GuildId, data: serde_json::Value) {
        let mut event = Event::guild(name, guild, data);
        event.intents = intents::GUILD_MEMBERS;
        self.dispatch(&event);
        self.show(ClientEvent::GuildChanged { guild_id: guild });
    }
}
