//! What a job has to do, as it is kept in the ledger until the job ends.

use plotline_chart::chart::Kind;
use serde::{Deserialize, Serialize};

use crate::event::Message;
use crate::ids::{ChannelId, MessageId};

/// A question.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Request {
    /// The message that asks. A command has none; then it holds what was given to the command, under the interaction's id, which is a
    /// moment in time as every id is.
    pub message: Message,
    /// Why it counts as addressed to the bot.
    pub trigger: Trigger,
    /// What to do.
    #[serde(default)]
    pub task: Task,
    /// How an interaction is answered; none for a message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<Response>,
    /// The message that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<About>,
}

/// Why a message counts as addressed to the bot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// It mentions the bot, or the role that Discord made for it.
    Mention,
    /// It replies to a message of the bot.
    Reply,
    /// It was sent to the bot directly.
    Direct,
    /// It was written in a thread that the bot opened.
    FollowUp,
    /// A command, a component or a form.
    Interaction,
}

/// What to do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// Answer, with a chart where one is asked for.
    #[default]
    Answer,
    /// Draw a chart, of this kind where one was picked.
    Chart {
        /// The kind.
        kind: Option<Kind>,
    },
    /// Draw the best chart of the message that it is about, without a model.
    ChartMessage,
    /// Nothing any more: a command that is no question is carried out by whoever claims it, and this is there so that its member is told
    /// when that process dies in the middle.
    Command,
    /// Change the chart of a message and draw it again, without a model.
    Redraw(Change),
}

/// A change of a chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Another kind.
    Kind(Kind),
    /// The next order.
    Sort,
    /// The next number of categories.
    Top,
}

/// How an interaction is answered. Its token is not here: the ledger keeps it apart, as the secret that it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Response {
    /// The application, which is the webhook's id.
    pub application: u64,
    /// Only the member sees the answer, so it never goes to the channel.
    pub private: bool,
    /// The message that the answer replaces; none: a new one.
    pub updates: Option<MessageId>,
    /// The bot can post and edit there by itself, also when the token's time is over.
    pub bot_may_post: bool,
}

/// A message that a question is about. Its text may be another member's, so the ledger keeps only where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// Where it stands.
    pub channel: ChannelId,
    /// Which it is.
    pub message: MessageId,
    /// The message itself, in memory only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read: Option<Box<Message>>,
}

impl Request {
    /// The request as the ledger may keep it: without what others wrote.
    #[must_use]
    pub fn for_ledger(&self) -> Self {
        let about = self.about.as_ref().map(|about| About { read: None, ..about.clone() });
        Self { about, ..self.clone() }
    }
}
