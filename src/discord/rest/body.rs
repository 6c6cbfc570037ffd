//! Bodies that the bot sends. Each carries `allowed_mentions: {"parse": []}`, since leaving it out pings everyone the text names.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::ids::MessageId;

/// A file to upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name, with an extension that Discord shows as what it is.
    pub name: String,
    /// Its content, at most 10 MiB.
    pub bytes: Bytes,
    /// Alt text, at most 1024 characters.
    pub description: Option<String>,
}

/// The whole visible state of a message: what a post creates and what an edit replaces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MessageBody {
    /// At most 2000 characters.
    pub content: String,
    /// All files that the message has after the call; an edit drops the ones that are not here.
    pub files: Vec<File>,
    /// Files of the message that an edit keeps as they are.
    pub kept: Vec<u64>,
    /// An edit leaves the text as it is.
    pub keeps_text: bool,
    /// Rows of buttons and selects, as Discord's JSON.
    pub components: Vec<Value>,
    /// Message flags: [`flag::EPHEMERAL`], [`flag::SUPPRESS_EMBEDS`].
    pub flags: u64,
}

/// Message flags. Source: <https://discord.com/developers/docs/resources/message#message-object-message-flags>.
pub mod flag {
    /// Links are shown without their previews.
    pub const SUPPRESS_EMBEDS: u64 = 1 << 2;
    /// Only the member who invoked the interaction sees the message.
    pub const EPHEMERAL: u64 = 1 << 6;
}

impl MessageBody {
    /// A message of text only.
    pub fn text(content: impl Into<String>) -> Self {
        Self { content: content.into(), flags: flag::SUPPRESS_EMBEDS, ..Self::default() }
    }

    /// The JSON of the message without what only a post or only an edit carries.
    pub(crate) fn payload(&self) -> Value {
        let mut attachments: Vec<Value> = self.kept.iter().map(|id| json!({ "id": id.to_string() })).collect();
        attachments.extend(self.files.iter().enumerate().map(|(index, file)| {
            let mut attachment = json!({ "id": index.to_string(), "filename": file.name });
            if let Some(description) = &file.description {
                attachment["description"] = json!(description);
            }
            attachment
        }));
        let mut payload = json!({
            "components": self.components,
            "flags": self.flags,
            "attachments": attachments,
            "allowed_mentions": { "parse": [] },
        });
        if !self.keeps_text {
            payload["content"] = json!(self.content);
        }
        payload
    }
}

/// A new message: its body, and what makes posting it twice harmless.
#[derive(Clone, Debug)]
pub struct NewMessage {
    /// What it shows.
    pub body: MessageBody,
    /// At most 25 characters, unique over all channels: a second post with it gives the first message back.
    pub nonce: String,
    /// The message that it answers. One that was deleted is no error.
    pub reply_to: Option<MessageId>,
}

impl NewMessage {
    pub(super) fn payload(&self) -> Value {
        let mut payload = self.body.payload();
        payload["nonce"] = json!(self.nonce);
        payload["enforce_nonce"] = json!(true);
        if let Some(message) = self.reply_to {
            payload["message_reference"] = json!({ "message_id": message.to_string(), "fail_if_not_exists": false });
        }
        payload
    }
}

/// A message as Discord gives it back, reduced to what the bot reads.
#[derive(Clone, Debug, Deserialize)]
pub struct Posted {
    /// Its id.
    #[serde(deserialize_with = "snowflake")]
    pub id: u64,
    /// Its channel.
    #[serde(deserialize_with = "snowflake")]
    pub channel_id: u64,
    /// Its text.
    #[serde(default)]
    pub content: String,
    /// Its files.
    #[serde(default)]
    pub attachments: Vec<PostedFile>,
}

/// A file of a message as Discord gives it back.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct PostedFile {
    /// Its id.
    #[serde(deserialize_with = "snowflake")]
    pub id: u64,
    /// Its name.
    pub filename: String,
}

/// Reads an id written as a string, as Discord writes all of them.
pub(super) fn snowflake<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
    text.parse().map_err(|_| serde::de::Error::custom("an id is a number written as a string"))
}
