//! A command that was used, a component that was pressed, a form that was sent: in the bot's own words.

use std::fmt;

use super::{Attachment, Author, Message, PlaceKind};
use crate::ids::{ChannelId, GuildId, InteractionId, MessageId, RoleId, UserId};

/// One use of a command, component or form.
#[derive(Clone, Debug)]
pub struct Interaction {
    /// Its id.
    pub id: InteractionId,
    /// What answers it.
    pub reply: ReplyPath,
    /// What was done.
    pub kind: InteractionKind,
    /// The server; none in direct messages.
    pub guild: Option<GuildId>,
    /// Where.
    pub channel: ChannelId,
    /// What kind of place that is.
    pub place: PlaceKind,
    /// Of a thread, the channel that it belongs to.
    pub parent: Option<ChannelId>,
    /// By whom.
    pub user: Author,
    /// What the member may do there, as Discord computed it; nothing in direct messages.
    pub permissions: Permissions,
    /// What the bot may do there.
    pub bot_permissions: Permissions,
    /// The language of the member's client, such as `en-US`.
    pub locale: String,
    /// The bot itself is there and can read and post: it is installed in the server, or this is its own direct conversation. False
    /// where a member uses it as their own app.
    pub bot_is_there: bool,
}

/// The way to answer an interaction: whoever knows the token can write in the bot's name, so `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct ReplyPath {
    /// The application, which is the webhook's id.
    pub application: u64,
    /// The token; it lives 15 minutes.
    pub token: String,
}

impl fmt::Debug for ReplyPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReplyPath({}, …)", self.application)
    }
}

/// What was done.
#[derive(Clone, Debug)]
pub enum InteractionKind {
    /// A slash command.
    Command(Invocation),
    /// A command of a message's menu.
    MessageCommand {
        /// The command's name.
        name: String,
        /// The message.
        message: Box<Message>,
    },
    /// A button that was pressed, or a menu in which something was chosen.
    Component {
        /// What the bot had called it.
        custom_id: String,
        /// What was chosen; empty for a button.
        values: Vec<String>,
        /// The message that it belongs to.
        message: ComponentMessage,
    },
    /// A form that was sent.
    Form {
        /// What the bot had called it.
        custom_id: String,
        /// Its inputs by the names that the bot gave them.
        fields: Vec<(String, String)>,
        /// The message whose component opened it.
        message: Option<ComponentMessage>,
    },
    /// A member types into an option and wants proposals.
    Autocomplete {
        /// The command as far as it is filled in.
        command: Invocation,
        /// The option that is being typed.
        focused: String,
        /// What is typed so far.
        typed: String,
    },
}

/// The message of the bot's that a component belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ComponentMessage {
    /// Its id.
    pub id: MessageId,
    /// Only one member sees it.
    pub ephemeral: bool,
}

/// A slash command with what was given to it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Invocation {
    /// The command and its sub-command, such as `config set`.
    pub path: String,
    /// Options by name.
    pub options: Vec<(String, OptionValue)>,
}

/// What was given to an option.
#[derive(Clone, Debug, PartialEq)]
pub enum OptionValue {
    /// Text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number.
    Number(f64),
    /// Yes or no.
    Boolean(bool),
    /// A user with the name to show.
    User(UserId, String),
    /// A channel.
    Channel(ChannelId),
    /// A role.
    Role(RoleId),
    /// A file.
    File(Box<Attachment>),
    /// Something that this version does not know, or that came without what it refers to.
    Unknown,
}

/// A set of permissions. Source: <https://discord.com/developers/docs/topics/permissions#permissions-bitwise-permission-flags>.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Permissions(pub u64);

impl Permissions {
    /// May do everything.
    pub const ADMINISTRATOR: Self = Self(1 << 3);
    /// Manage Server.
    pub const MANAGE_GUILD: Self = Self(1 << 5);
    /// See the place.
    pub const VIEW_CHANNEL: Self = Self(1 << 10);
    /// Write there.
    pub const SEND_MESSAGES: Self = Self(1 << 11);
    /// Delete and pin others' messages: what makes a moderator.
    pub const MANAGE_MESSAGES: Self = Self(1 << 13);
    /// Rename, archive and delete threads.
    pub const MANAGE_THREADS: Self = Self(1 << 34);
    /// Write in threads.
    pub const SEND_MESSAGES_IN_THREADS: Self = Self(1 << 38);

    /// Whether all of `wanted` is granted; an administrator has everything.
    pub fn has(self, wanted: Self) -> bool {
        self.0 & Self::ADMINISTRATOR.0 != 0 || self.0 & wanted.0 == wanted.0
    }
}

impl Interaction {
    /// Whether the bot can post an ordinary message there.
    pub fn bot_may_post(&self) -> bool {
        let writing = match self.place {
            PlaceKind::Direct => return self.bot_is_there,
            PlaceKind::Thread => Permissions::SEND_MESSAGES_IN_THREADS,
            _ => Permissions::SEND_MESSAGES,
        };
        self.bot_is_there && self.bot_permissions.has(writing) && self.bot_permissions.has(Permissions::VIEW_CHANNEL)
    }

    /// A short name of what was done, for the log.
    pub fn name(&self) -> &str {
        match &self.kind {
            InteractionKind::Command(command) | InteractionKind::Autocomplete { command, .. } => &command.path,
            InteractionKind::MessageCommand { name, .. } => name,
            InteractionKind::Component { custom_id, .. } | InteractionKind::Form { custom_id, .. } => custom_id,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_administrator_has_every_permission() {
        assert!(Permissions::ADMINISTRATOR.has(Permissions::MANAGE_GUILD));
        assert!(!Permissions::MANAGE_GUILD.has(Permissions::MANAGE_MESSAGES));
        assert!(Permissions(Permissions::MANAGE_GUILD.0 | 1).has(Permissions::MANAGE_GUILD));
    }

    #[test]
    fn the_token_is_not_shown_by_debug() {
        let path = ReplyPath { application: 5, token: "secret-token".to_owned() };
        assert_eq!(format!("{path:?}"), "ReplyPath(5, …)");
    }
}
