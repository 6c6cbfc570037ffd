//! What a command works with: the interaction, typed access to what was given, and the parts of the bot.

use std::sync::Arc;

use plotline_store::Store;

use super::reply::Problem;
use crate::discord::rest::Rest;
use crate::event::{
    Attachment, ComponentMessage, Interaction, InteractionKind, Invocation, Message, MessageKind, OptionValue,
    Permissions,
};
use crate::ids::{ChannelId, GuildId, MessageId, RoleId, UserId};
use crate::intake::Intake;
use crate::places::Places;
use crate::request::Request;
use crate::say;
use crate::worker::Worker;

/// What a command works with. Cheap to clone.
#[derive(Clone)]
pub struct Context {
    inner: Arc<Inner>,
}

struct Inner {
    interaction: Interaction,
    /// Of a component or form: what follows the verb in its name.
    arguments: Vec<String>,
    intake: Intake,
}

/// Work for the ledger: what to do, and how the member sees it begin.
#[derive(Debug)]
pub struct Order {
    /// What to do. The way to answer is added by whoever claims it.
    pub request: Request,
    /// The message that is asked about: its deletion ends the job.
    pub message: Option<MessageId>,
    /// While an unfinished job has the same key, this one is refused.
    pub exclusive_key: Option<String>,
    /// How it begins.
    pub begin: Begin,
    /// It is a question: cooldown and quotas apply.
    pub counts: bool,
}

/// How the member sees a job begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begin {
    /// "is thinking", for everybody there.
    Public,
    /// "is thinking", for the member alone.
    Private,
    /// The component's message becomes the answer.
    Update(ComponentMessage),
}

impl Context {
    /// A context for an interaction.
    pub(crate) fn new(interaction: Interaction, arguments: Vec<String>, intake: Intake) -> Self {
        Self { inner: Arc::new(Inner { interaction, arguments, intake }) }
    }

    /// What was done, where, by whom.
    pub fn interaction(&self) -> &Interaction {
        &self.inner.interaction
    }

    /// The server.
    ///
    /// # Errors
    /// A sentence where there is none.
    pub fn guild(&self) -> Result<GuildId, Problem> {
        self.interaction().guild.ok_or_else(|| Problem::told(say::ONLY_IN_SERVERS))
    }

    /// Who it was.
    pub fn user(&self) -> UserId {
        self.interaction().user.id
    }

    /// The database.
    pub fn store(&self) -> &Store {
        self.inner.intake.store()
    }

    /// Calls to Discord.
    pub fn rest(&self) -> &Rest {
        self.inner.intake.rest()
    }

    /// What is known of channels.
    pub fn places(&self) -> &Places {
        self.inner.intake.places()
    }

    /// Who runs the jobs.
    pub fn worker(&self) -> &Worker {
        self.inner.intake.worker()
    }

    /// The intake: settings in force, claims, what was seen lately.
    pub(crate) fn intake(&self) -> &Intake {
        &self.inner.intake
    }

    /// The last name of the command's path: of `config set cooldown` it is `cooldown`.
    pub fn last_name(&self) -> &str {
        self.interaction().name().rsplit(' ').next().unwrap_or_default()
    }

    /// What belongs to the oversight's entries about this.
    pub(crate) fn about(&self) -> crate::oversight::About {
        let interaction = self.interaction();
        crate::oversight::About {
            guild: interaction.guild,
            channel: Some(interaction.channel),
            member: Some(interaction.user.id),
            ..Default::default()
        }
    }

    /// What was given, as a message that the member wrote: under the interaction's id, which is a moment in time as every id is.
    pub fn as_message(&self, text: &str, file: Option<&Attachment>) -> Message {
        let interaction = self.interaction();
        Message {
            id: MessageId(interaction.id.0),
            channel: interaction.channel,
            guild: interaction.guild,
            author: interaction.user.clone(),
            content: text.to_owned(),
            attachments: file.into_iter().cloned().collect(),
            mentions: Vec::new(),
            mentioned_roles: Vec::new(),
            reply_to: None,
            kind: MessageKind::Default,
        }
    }

    /// Whether the member has a permission there. In direct messages nobody has any.
    pub fn may(&self, wanted: Permissions) -> bool {
        self.interaction().guild.is_some() && self.interaction().permissions.has(wanted)
    }

    /// Whether it is one of the operator's accounts.
    pub fn is_operator(&self) -> bool {
        self.inner.intake.admission().operator().owners.contains(&self.user())
    }

    /// An argument of the component's or form's name.
    ///
    /// # Errors
    /// A sentence that says it has expired, for a name that this version did not make.
    pub fn argument(&self, index: usize) -> Result<&str, Problem> {
        self.inner.arguments.get(index).map(String::as_str).ok_or_else(|| Problem::told(say::EXPIRED_COMPONENT))
    }

    /// An argument that is a number.
    ///
    /// # Errors
    /// As [`Context::argument`].
    pub fn number(&self, index: usize) -> Result<u64, Problem> {
        self.argument(index)?.parse().map_err(|_| Problem::told(say::EXPIRED_COMPONENT))
    }

    /// The message whose component was used.
    ///
    /// # Errors
    /// A sentence where there is none.
    pub fn message(&self) -> Result<ComponentMessage, Problem> {
        match &self.interaction().kind {
            InteractionKind::Component { message, .. } | InteractionKind::Form { message: Some(message), .. } => {
                Ok(*message)
            }
            _ => Err(Problem::told(say::EXPIRED_COMPONENT)),
        }
    }

    /// What was chosen in a menu: the first value, which is the only one of a menu for one.
    pub fn chosen(&self) -> Option<&str> {
        match &self.interaction().kind {
            InteractionKind::Component { values, .. } => values.first().map(String::as_str),
            _ => None,
        }
    }

    /// What a form's input holds.
    pub fn field(&self, name: &str) -> Option<&str> {
        match &self.interaction().kind {
            InteractionKind::Form { fields, .. } => {
                fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
            }
            _ => None,
        }
    }

    /// The option that is being typed, and what is typed so far.
    pub fn focused(&self) -> Option<(&str, &str)> {
        match &self.interaction().kind {
            InteractionKind::Autocomplete { focused, typed, .. } => Some((focused, typed)),
            _ => None,
        }
    }

    fn command(&self) -> Option<&Invocation> {
        match &self.interaction().kind {
            InteractionKind::Command(command) | InteractionKind::Autocomplete { command, .. } => Some(command),
            _ => None,
        }
    }

    /// An option as it was given.
    pub fn option(&self, name: &str) -> Option<&OptionValue> {
        self.command()?.options.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    fn typed<'a, T>(
        &'a self,
        name: &str,
        what: &str,
        read: impl FnOnce(&'a OptionValue) -> Option<T>,
    ) -> Result<Option<T>, Problem> {
        match self.option(name) {
            None => Ok(None),
            Some(value) => match read(value) {
                Some(read) => Ok(Some(read)),
                None => Err(Problem::Told(say::wrong_option(name, what))),
            },
        }
    }

    /// An option that is text.
    ///
    /// # Errors
    /// For these all: a sentence where it came with another type.
    pub fn text(&self, name: &str) -> Result<Option<&str>, Problem> {
        self.typed(name, "text", |value| match value {
            OptionValue::Text(text) => Some(text.as_str()),
            _ => None,
        })
    }

    /// An option that is a whole number.
    ///
    /// # Errors
    /// As [`Context::text`].
    pub fn integer(&self, name: &str) -> Result<Option<i64>, Problem> {
        self.typed(name, "a whole number", |value| match value {
            OptionValue::Integer(number) => Some(*number),
            _ => None,
        })
    }

    /// An option that is a number with a fraction.
    ///
    /// # Errors
    /// As [`Context::text`].
    pub fn decimal(&self, name: &str) -> Result<Option<f64>, Problem> {
        self.typed(name, "a number", |value| match value {
            OptionValue::Number(number) => Some(*number),
            OptionValue::Integer(number) => Some(*number as f64),
            _ => None,
        })
    }

    /// An option that is yes or no.
    ///
    /// # Errors
    /// As [`Context::text`].
    pub fn boolean(&self, name: &str) -> Result<Option<bool>, Problem> {
        self.typed(name, "yes or no", |value| match value {
            OptionValue::Boolean(value) => Some(*value),
            _ => None,
        })
    }

    /// An option that is a user, with the name to show.
    ///
    /// # Errors
    /// As [`Context::text`].
    pub fn member(&self, name: &str) -> Result<Option<(UserId, &str)>, Problem> {
        self.typed(name, "a member", |value| match value {
            OptionValue::User(id, name) => Some((*id, name.as_str())),
            _ => None,
        })
    }

    /// An option that is a channel.
    ///
    /// # Errors
    /// As [`Context::text`].
    pub fn channel(&self, name: &str) -> Result<Option<ChannelId>, Problem> {
        self.typed(name, "a channel", |value| match value {
            OptionValue::Channel(id) => Some(*id),
            _ => None,
        })
    }

    /// An option that is a role.
    ///
    /// # Errors
    /// As [`Context::text`].
    pub fn role(&self, name: &str) -> Result<Option<RoleId>, Problem> {
        self.typed(name, "a role", |value| match value {
            OptionValue::Role(id) => Some(*id),
            _ => None,
        })
    }

    /// An option that is a file.
    ///
    /// # Errors
    /// As [`Context::text`].
    pub fn file(&self, name: &str) -> Result<Option<&Attachment>, Problem> {
        self.typed(name, "a file", |value| match value {
            OptionValue::File(file) => Some(file.as_ref()),
            _ => None,
        })
    }
}
