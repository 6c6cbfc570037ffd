//! Mentions in message text, and which of them notify: `allowed_mentions` as Discord applies it.

use serde_json::Value;

use crate::{
    id::{ChannelId, MessageId, RoleId, UserId},
    model::Mentions,
    permissions::Permissions,
    state::State,
};

/// The users, roles and everyone that a text names, whether or not they are notified.
#[derive(Debug, Default)]
struct Named {
    users: Vec<UserId>,
    roles: Vec<RoleId>,
    everyone: bool,
}

/// What a request allows to be notified.
#[derive(Clone, Debug)]
pub(crate) enum Allowed {
    /// Nothing was said: everything named is notified, and so is the author replied to.
    Everything,
    /// `allowed_mentions` was given.
    Only { parse: Vec<String>, users: Vec<UserId>, roles: Vec<RoleId>, replied_user: bool },
}

impl Allowed {
    /// Reads a valid `allowed_mentions`.
    pub(crate) fn from_json(value: &Value) -> Self {
        if !value.is_object() {
            return Self::Everything;
        }
        let ids = |key: &str| value[key].as_array().into_iter().flatten().filter_map(Value::as_str);
        Self::Only {
            parse: ids("parse").map(str::to_owned).collect(),
            users: ids("users").filter_map(|id| id.parse().ok()).collect(),
            roles: ids("roles").filter_map(|id| id.parse().ok()).collect(),
            replied_user: value["replied_user"].as_bool().unwrap_or(false),
        }
    }

    fn parses(&self, kind: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Only { parse, .. } => parse.iter().any(|entry| entry == kind),
        }
    }

    fn user(&self, user: UserId) -> bool {
        self.parses("users") || matches!(self, Self::Only { users, .. } if users.contains(&user))
    }

    fn role(&self, role: RoleId) -> bool {
        self.parses("roles") || matches!(self, Self::Only { roles, .. } if roles.contains(&role))
    }

    fn replied_user(&self) -> bool {
        match self {
            Self::Everything => true,
            Self::Only { replied_user, .. } => *replied_user,
        }
    }
}

impl State {
    /// Whom a message notifies: what its text names, cut down to what is allowed and to what the author may ping.
    pub(crate) fn mentions_of(
        &self,
        author: UserId,
        channel: ChannelId,
        content: &str,
        replied_to: Option<MessageId>,
        allowed: &Allowed,
    ) -> Mentions {
        let named = named_in(content);
        let guild = self.guild_of(channel).and_then(|id| self.guilds.get(&id));
        let may_ping_all = self.permissions_in(author, channel).contains(Permissions::MENTION_EVERYONE);
        let mut mentions = Mentions::default();
        for user in named.users {
            if self.users.contains_key(&user) && allowed.user(user) && !mentions.users.contains(&user) {
                mentions.users.push(user);
            }
        }
        for role in named.roles {
            let pingable =
                guild.and_then(|guild| guild.roles.get(&role)).is_some_and(|found| found.mentionable || may_ping_all);
            if pingable && allowed.role(role) && !mentions.roles.contains(&role) {
                mentions.roles.push(role);
            }
        }
        mentions.everyone = named.everyone && guild.is_some() && may_ping_all && allowed.parses("everyone");
        if allowed.replied_user()
            && let Some(replied_to) = replied_to.and_then(|id| self.messages.get(&id))
        {
            mentions.replied_user = true;
            if !mentions.users.contains(&replied_to.author) {
                mentions.users.push(replied_to.author);
            }
        }
        mentions
    }
}

/// Finds `<@1>`, `<@!1>`, `<@&1>`, `@everyone` and `@here` outside code.
fn named_in(content: &str) -> Named {
    let mut named = Named::default();
    for text in outside_code(content) {
        named.everyone |= text.contains("@everyone") || text.contains("@here");
        let mut rest = text;
        while let Some(start) = rest.find("<@") {
            rest = &rest[start + 2..];
            let Some(end) = rest.find('>') else { break };
            let inner = &rest[..end];
            if let Some(role) = inner.strip_prefix('&') {
                named.roles.extend(role.parse::<RoleId>());
            } else {
                named.users.extend(inner.trim_start_matches('!').parse::<UserId>());
            }
            rest = &rest[end..];
        }
    }
    named
}

/// The parts of a text that are not code. Code opens with a run of backticks and closes with the next run of that length;
/// a run that is never closed is plain text.
fn outside_code(content: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut plain_from, mut at) = (0, 0);
    while let Some(found) = content[at..].find('`') {
        let open = at + found;
        let ticks = content[open..].bytes().take_while(|byte| *byte == b'`').count();
        let body = open + ticks;
        match content[body..].find(&content[open..body]) {
            Some(length) => {
                parts.push(&content[plain_from..open]);
                at = body + length + ticks;
                plain_from = at;
            }
            None => at = body,
        }
    }
    parts.push(&content[plain_from..]);
    parts
}
