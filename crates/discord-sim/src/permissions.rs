//! Permission bits, and how Discord computes what a member may do in a channel.

use std::ops::{BitOr, BitOrAssign};

use crate::{
    id::{ChannelId, RoleId, UserId},
    model::{Channel, Guild, OverwriteTarget},
    state::State,
};

/// A set of permission bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Permissions(u64);

impl Permissions {
    /// No permission.
    pub const NONE: Self = Self(0);
    /// Every permission there is.
    pub const ALL: Self = Self((1 << 53) - 1);
    /// Everything, in every channel, whatever the overwrites say.
    pub const ADMINISTRATOR: Self = Self(1 << 3);
    /// Edit channels.
    pub const MANAGE_CHANNELS: Self = Self(1 << 4);
    /// Edit the server's settings; Plotline-like bots take it as the mark of an admin.
    pub const MANAGE_GUILD: Self = Self(1 << 5);
    /// React with an emoji that nobody has used on the message yet.
    pub const ADD_REACTIONS: Self = Self(1 << 6);
    /// See the channel at all.
    pub const VIEW_CHANNEL: Self = Self(1 << 10);
    /// Write in channels, and open posts in forums.
    pub const SEND_MESSAGES: Self = Self(1 << 11);
    /// Delete and pin other people's messages.
    pub const MANAGE_MESSAGES: Self = Self(1 << 13);
    /// Send embeds.
    pub const EMBED_LINKS: Self = Self(1 << 14);
    /// Send files.
    pub const ATTACH_FILES: Self = Self(1 << 15);
    /// Read what was written before.
    pub const READ_MESSAGE_HISTORY: Self = Self(1 << 16);
    /// Ping everyone, here and every role.
    pub const MENTION_EVERYONE: Self = Self(1 << 17);
    /// Use emojis of other servers.
    pub const USE_EXTERNAL_EMOJIS: Self = Self(1 << 18);
    /// Use application commands.
    pub const USE_APPLICATION_COMMANDS: Self = Self(1 << 31);
    /// Rename, archive, lock and delete threads, and see private ones.
    pub const MANAGE_THREADS: Self = Self(1 << 34);
    /// Start public and announcement threads.
    pub const CREATE_PUBLIC_THREADS: Self = Self(1 << 35);
    /// Start private threads.
    pub const CREATE_PRIVATE_THREADS: Self = Self(1 << 36);
    /// Write in threads.
    pub const SEND_MESSAGES_IN_THREADS: Self = Self(1 << 38);
    /// What `@everyone` may do in a new server, as far as text is concerned.
    pub const EVERYONE_DEFAULT: Self = Self(
        Self::ADD_REACTIONS.0
            | Self::VIEW_CHANNEL.0
            | Self::SEND_MESSAGES.0
            | Self::EMBED_LINKS.0
            | Self::ATTACH_FILES.0
            | Self::READ_MESSAGE_HISTORY.0
            | Self::USE_EXTERNAL_EMOJIS.0
            | Self::USE_APPLICATION_COMMANDS.0
            | Self::CREATE_PUBLIC_THREADS.0
            | Self::CREATE_PRIVATE_THREADS.0
            | Self::SEND_MESSAGES_IN_THREADS.0,
    );

    /// The set with these bits.
    #[must_use]
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// The bits, as Discord numbers them.
    #[must_use]
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// True when every permission of `other` is in this set.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// This set without the permissions of `other`.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

impl BitOr for Permissions {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for Permissions {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

/// What a direct-message channel allows to both sides.
const DM_PERMISSIONS: Permissions = Permissions::EVERYONE_DEFAULT;

impl State {
    /// What `user` may do in `channel`: Discord's published algorithm (base permissions, then overwrites of
    /// `@everyone`, of the member's roles and of the member), with threads taking their parent's.
    pub(crate) fn permissions_in(&self, user: UserId, channel: ChannelId) -> Permissions {
        let Some(channel) = self.channels.get(&channel) else { return Permissions::NONE };
        let Some(guild) = channel.guild_id.and_then(|id| self.guilds.get(&id)) else {
            return if channel.recipients.contains(&user) || user == self.bot && !channel.recipients.is_empty() {
                DM_PERMISSIONS
            } else {
                Permissions::NONE
            };
        };
        let base = base_permissions(guild, user);
        if base.contains(Permissions::ADMINISTRATOR) {
            return Permissions::ALL;
        }
        let rules = match (&channel.thread, channel.parent_id) {
            (Some(_), Some(parent)) => self.channels.get(&parent).unwrap_or(channel),
            _ => channel,
        };
        let granted = with_overwrites(base, guild, rules, user);
        if !granted.contains(Permissions::VIEW_CHANNEL) {
            return Permissions::NONE;
        }
        let hidden = channel.is_private_thread()
            && !granted.contains(Permissions::MANAGE_THREADS)
            && !channel.thread.as_ref().is_some_and(|thread| thread.members.contains_key(&user));
        if hidden { Permissions::NONE } else { granted }
    }

    /// What `user` may do in the guild as a whole.
    pub(crate) fn guild_permissions(&self, user: UserId, guild: &Guild) -> Permissions {
        let base = base_permissions(guild, user);
        if base.contains(Permissions::ADMINISTRATOR) { Permissions::ALL } else { base }
    }
}

fn base_permissions(guild: &Guild, user: UserId) -> Permissions {
    if guild.owner_id == user {
        return Permissions::ALL;
    }
    let Some(member) = guild.members.get(&user) else { return Permissions::NONE };
    let mut granted = guild.roles.get(&RoleId::from(guild.id)).map_or(Permissions::NONE, |role| role.permissions);
    for role in member.roles.iter().filter_map(|id| guild.roles.get(id)) {
        granted |= role.permissions;
    }
    granted
}

fn with_overwrites(base: Permissions, guild: &Guild, channel: &Channel, user: UserId) -> Permissions {
    let mut granted = base;
    let everyone = RoleId::from(guild.id);
    let roles = guild.members.get(&user).map(|member| member.roles.as_slice()).unwrap_or_default();
    for overwrite in channel.overwrites.iter().filter(|o| o.target == OverwriteTarget::Role(everyone)) {
        granted = granted.without(overwrite.deny) | overwrite.allow;
    }
    let (mut allow, mut deny) = (Permissions::NONE, Permissions::NONE);
    for overwrite in &channel.overwrites {
        if let OverwriteTarget::Role(role) = overwrite.target
            && role != everyone
            && roles.contains(&role)
        {
            allow |= overwrite.allow;
            deny |= overwrite.deny;
        }
    }
    granted = granted.without(deny) | allow;
    for overwrite in channel.overwrites.iter().filter(|o| o.target == OverwriteTarget::Member(user)) {
        granted = granted.without(overwrite.deny) | overwrite.allow;
    }
    granted
}
