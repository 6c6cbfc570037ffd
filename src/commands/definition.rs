//! What commands there are: one table, from which registration, dispatch and documentation come.
//!
//! Source of the JSON and its limits: <https://discord.com/developers/docs/interactions/application-commands>.

use futures_util::future::BoxFuture;
use serde_json::{Value, json};

use super::context::Context;
use super::reply::Outcome;
use crate::event::Permissions;

/// Carries a command out.
pub type Handler = fn(Context) -> BoxFuture<'static, Outcome>;

/// A command.
#[derive(Clone, Debug)]
pub struct Command {
    /// Its name: 1–32 characters, small letters for slash commands.
    pub name: &'static str,
    /// How it is used.
    pub kind: CommandKind,
    /// What it does, at most 100 characters. Discord shows it for slash commands only.
    pub description: &'static str,
    /// Who may use it. Checked by Discord and, since its admins can change that, by the bot.
    pub audience: Audience,
    /// It works in direct messages and as an app that a member brings along; otherwise in servers only.
    pub anywhere: bool,
    /// What can be done with it.
    pub body: Body,
}

/// How a command is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommandKind {
    /// Typed: `/name`.
    Slash,
    /// From the "Apps" menu of a message.
    Message,
}

/// Who may use a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Every member.
    Everyone,
    /// Those with Manage Server.
    Managers,
    /// The operator, in the operator's own server only.
    Operator,
}

/// What can be done with a command.
#[derive(Clone, Debug)]
pub enum Body {
    /// One thing.
    Leaf(Leaf),
    /// Several, each under a name of its own.
    Subs(Vec<Sub>),
}

/// A sub-command.
#[derive(Clone, Debug)]
pub struct Sub {
    /// The group that it belongs to: a name between the command's and its own. Those of one group stand together.
    pub group: Option<(&'static str, &'static str)>,
    /// Its name.
    pub name: &'static str,
    /// What it does, at most 100 characters.
    pub description: &'static str,
    /// How.
    pub leaf: Leaf,
}

/// What becomes of a command, a component or a form that is delivered twice, or whose process dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conduct {
    /// It shows something. What is ready soon is the answer; what takes long is claimed in the ledger before it is announced.
    Shows,
    /// It hands over a job, which is claimed in the ledger before it is announced.
    HandsOver,
    /// It changes something: it is claimed in the ledger and announced before it is done.
    Changes,
}

/// Something that can be done.
#[derive(Clone, Debug)]
pub struct Leaf {
    /// What can be given to it; the required ones first.
    pub options: Vec<Opt>,
    /// Does it.
    pub run: Handler,
    /// Proposes values while an option is typed.
    pub complete: Option<Handler>,
    /// What becomes of it when it is delivered twice, or its process dies.
    pub conduct: Conduct,
    /// Whether "is thinking" is shown to the member alone when it takes long.
    pub private: fn(&Context) -> bool,
}

/// An option.
#[derive(Clone, Debug)]
pub struct Opt {
    /// Its name: 1–32 small letters.
    pub name: String,
    /// What it is for, at most 100 characters.
    pub description: String,
    /// What it takes.
    pub kind: OptKind,
    /// It has to be given.
    pub required: bool,
}

/// What an option takes.
#[derive(Clone, Debug, PartialEq)]
pub enum OptKind {
    /// Text of at most so many characters (Discord's limit is 6000).
    Text {
        /// The limit.
        length_max: u16,
    },
    /// Text with proposals from [`Leaf::complete`].
    Proposed,
    /// One of these: what is shown, and what is sent; at most 25.
    Choice(Vec<(String, String)>),
    /// A whole number between two limits.
    Integer {
        /// The least.
        min: i64,
        /// The greatest.
        max: i64,
    },
    /// A number between two limits.
    Number {
        /// The least.
        min: f64,
        /// The greatest.
        max: f64,
    },
    /// Yes or no.
    Boolean,
    /// A user.
    User,
    /// A channel, of these types; all where there are none.
    Channel(Vec<u8>),
    /// A role.
    Role,
    /// A file.
    File,
}

impl Command {
    /// A slash command that does one thing.
    pub fn slash(name: &'static str, description: &'static str, leaf: Leaf) -> Self {
        Self {
            name,
            kind: CommandKind::Slash,
            description,
            audience: Audience::Everyone,
            anywhere: false,
            body: Body::Leaf(leaf),
        }
    }

    /// A slash command with sub-commands.
    pub fn group(name: &'static str, description: &'static str, subs: Vec<Sub>) -> Self {
        Self {
            name,
            kind: CommandKind::Slash,
            description,
            audience: Audience::Everyone,
            anywhere: false,
            body: Body::Subs(subs),
        }
    }

    /// A command of a message's menu.
    pub fn on_message(name: &'static str, description: &'static str, run: Handler) -> Self {
        let body = Body::Leaf(Leaf::new(run).private_when(|_| false).handing_over());
        Self { name, kind: CommandKind::Message, description, audience: Audience::Everyone, anywhere: false, body }
    }

    /// The same for other people.
    #[must_use]
    pub fn only_for(mut self, audience: Audience) -> Self {
        self.audience = audience;
        self
    }

    /// The same in direct messages and as an app that members bring along too.
    #[must_use]
    pub fn anywhere(mut self) -> Self {
        self.anywhere = true;
        self
    }

    /// What is done under a path such as `config set`.
    pub fn leaf(&self, path: &str) -> Option<&Leaf> {
        match &self.body {
            Body::Leaf(leaf) => (path == self.name).then_some(leaf),
            Body::Subs(subs) => {
                let rest = path.strip_prefix(self.name)?.strip_prefix(' ')?;
                subs.iter().find(|known| known.path().eq(rest.split(' '))).map(|sub| &sub.leaf)
            }
        }
    }

    /// The JSON that registers it.
    pub fn registration(&self) -> Value {
        // 0 a server, 1 the bot's direct messages, 2 other direct messages; installed in a server (0) or by a member (1).
        let (contexts, installs) =
            if self.anywhere { (json!([0, 1, 2]), json!([0, 1])) } else { (json!([0]), json!([0])) };
        let mut json = json!({
            "name": self.name,
            "contexts": contexts,
            "integration_types": installs,
        });
        match self.kind {
            CommandKind::Slash => {
                json["type"] = json!(1);
                json["description"] = json!(self.description);
            }
            // A menu shows the name alone.
            CommandKind::Message => json["type"] = json!(3),
        }
        match self.audience {
            Audience::Everyone => {}
            Audience::Managers => {
                json["default_member_permissions"] = json!(Permissions::MANAGE_GUILD.0);
            }
            // Nobody but administrators, until they allow it.
            Audience::Operator => json["default_member_permissions"] = json!(0),
        }
        match &self.body {
            Body::Leaf(leaf) if self.kind == CommandKind::Slash => json["options"] = leaf.registration(),
            Body::Leaf(_) => {}
            Body::Subs(subs) => {
                json["options"] = subs
                    .chunk_by(|sub, next| sub.group.is_some() && sub.group == next.group)
                    .map(|subs| {
                        let options: Vec<Value> = subs.iter().map(Sub::registration).collect();
                        match subs.first().and_then(|sub| sub.group) {
                            Some((name, description)) => {
                                json!({ "type": 2, "name": name, "description": description, "options": options })
                            }
                            None => options.into_iter().next().unwrap_or_default(),
                        }
                    })
                    .collect();
            }
        }
        json
    }
}

impl Leaf {
    /// A leaf without options whose answer is for the member alone.
    pub fn new(run: Handler) -> Self {
        Self { options: Vec::new(), run, complete: None, conduct: Conduct::Shows, private: |_| true }
    }

    /// The same with an option.
    #[must_use]
    pub fn with(mut self, option: Opt) -> Self {
        self.options.push(option);
        self
    }

    /// The same with proposals.
    #[must_use]
    pub fn completed_by(mut self, complete: Handler) -> Self {
        self.complete = Some(complete);
        self
    }

    /// The same, which changes something.
    #[must_use]
    pub fn changing(mut self) -> Self {
        self.conduct = Conduct::Changes;
        self
    }

    /// The same, which hands over a job.
    #[must_use]
    pub fn handing_over(mut self) -> Self {
        self.conduct = Conduct::HandsOver;
        self
    }

    /// The same, "is thinking" shown as this says.
    #[must_use]
    pub fn private_when(mut self, private: fn(&Context) -> bool) -> Self {
        self.private = private;
        self
    }

    fn registration(&self) -> Value {
        self.options.iter().map(Opt::registration).collect()
    }
}

impl Sub {
    /// The same in a group.
    #[must_use]
    pub fn in_group(mut self, name: &'static str, description: &'static str) -> Self {
        self.group = Some((name, description));
        self
    }

    /// The names that lead to it, below the command's.
    pub fn path(&self) -> impl Iterator<Item = &'static str> {
        self.group.map(|(name, _)| name).into_iter().chain([self.name])
    }

    fn registration(&self) -> Value {
        json!({ "type": 1, "name": self.name, "description": self.description, "options": self.leaf.registration() })
    }

    /// A sub-command.
    pub fn new(name: &'static str, description: &'static str, leaf: Leaf) -> Self {
        Self { group: None, name, description, leaf }
    }
}

impl Opt {
    /// An option that may be left out.
    pub fn new(name: impl Into<String>, description: impl Into<String>, kind: OptKind) -> Self {
        Self { name: name.into(), description: description.into(), kind, required: false }
    }

    /// The same, required.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    fn registration(&self) -> Value {
        let mut json = json!({ "name": self.name, "description": self.description, "required": self.required });
        let kind = match &self.kind {
            OptKind::Text { length_max } => {
                json["max_length"] = json!(length_max);
                3
            }
            OptKind::Proposed => {
                json["autocomplete"] = json!(true);
                3
            }
            OptKind::Choice(choices) => {
                json["choices"] = choices.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
                3
            }
            OptKind::Integer { min, max } => {
                json["min_value"] = json!(min);
                json["max_value"] = json!(max);
                4
            }
            OptKind::Number { min, max } => {
                json["min_value"] = json!(min);
                json["max_value"] = json!(max);
                10
            }
            OptKind::Boolean => 5,
            OptKind::User => 6,
            OptKind::Channel(types) => {
                if !types.is_empty() {
                    json["channel_types"] = json!(types);
                }
                7
            }
            OptKind::Role => 8,
            OptKind::File => 11,
        };
        json["type"] = json!(kind);
        json
    }

    /// What it takes, in words.
    pub(super) fn takes(&self) -> String {
        match &self.kind {
            OptKind::Text { length_max } => format!("text, at most {length_max} characters"),
            OptKind::Proposed => "text, with proposals while you type".to_owned(),
            OptKind::Choice(choices) => {
                let names: Vec<&str> = choices.iter().map(|(name, _)| name.as_str()).collect();
                format!("one of {}", names.join(", "))
            }
            OptKind::Integer { min, max } => format!("a whole number from {min} to {max}"),
            OptKind::Number { min, max } => format!("a number from {min} to {max}"),
            OptKind::Boolean => "yes or no".to_owned(),
            OptKind::User => "a member".to_owned(),
            OptKind::Channel(_) => "a channel".to_owned(),
            OptKind::Role => "a role".to_owned(),
            OptKind::File => "a file".to_owned(),
        }
    }
}
