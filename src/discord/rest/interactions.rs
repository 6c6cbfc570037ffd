//! Answers to interactions, and the registration of commands.
//!
//! An interaction is answered by the token in the path and without the bot's own, and these calls do not count against the global
//! limit. The path is never logged: whoever has the token can write in the bot's name.
//!
//! Source: <https://discord.com/developers/docs/interactions/receiving-and-responding>.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::body::snowflake;
use super::{Answer, CALL_DEADLINE, Call, MessageBody, Payload, Posted, Rest, RestError, Route, code, flag};
use crate::event::ReplyPath;
use crate::ids::{ChannelId, GuildId, InteractionId, UserId};

/// An answer that comes later than three seconds after the interaction is refused, so trying longer is of no use.
const CALLBACK_DEADLINE: Duration = Duration::from_millis(2_800);

/// The first answer to an interaction. There is exactly one.
#[derive(Clone, Debug, PartialEq)]
pub enum Callback {
    /// Type 4: a message.
    Message(MessageBody),
    /// Type 5: "is thinking"; a message follows.
    Deferred {
        /// Only the member will see it.
        ephemeral: bool,
    },
    /// Type 6: the component's message stays as it is for now.
    DeferredUpdate,
    /// Type 7: replaces the component's message.
    Update(MessageBody),
    /// Type 8: proposals for an option.
    Choices(Vec<Choice>),
    /// Type 9: opens a form.
    Form(Form),
}

/// A proposal for an option: what is shown (at most 100 characters) and what is sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// What is shown.
    pub name: String,
    /// What is sent: text of at most 100 characters, or a number, as the option's type demands.
    pub value: Value,
}

/// A form (Discord: modal).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Form {
    /// What comes back with it, at most 100 characters.
    pub custom_id: String,
    /// At most 45 characters.
    pub title: String,
    /// One to five.
    pub inputs: Vec<FormInput>,
}

/// A text input of a form.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FormInput {
    /// What comes back with its value, at most 100 characters.
    pub custom_id: String,
    /// At most 45 characters.
    pub label: String,
    /// Several lines.
    pub paragraph: bool,
    /// It may be left empty.
    pub optional: bool,
    /// At most 4000 characters.
    pub length_max: u16,
    /// Shown while it is empty, at most 100 characters.
    pub placeholder: Option<String>,
    /// What it holds at first, at most 4000 characters.
    pub value: Option<String>,
}

/// What came of the first answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acknowledged {
    /// This call gave it.
    Now,
    /// It had been given: by another process, or by an earlier start of this one.
    Before,
    /// The three seconds were over.
    TooLate,
}

impl Callback {
    fn payload(&self) -> (Value, Option<&MessageBody>) {
        match self {
            Self::Message(body) => (json!({ "type": 4, "data": body.payload() }), Some(body)),
            Self::Deferred { ephemeral } => {
                (json!({ "type": 5, "data": { "flags": if *ephemeral { flag::EPHEMERAL } else { 0 } } }), None)
            }
            Self::DeferredUpdate => (json!({ "type": 6 }), None),
            Self::Update(body) => (json!({ "type": 7, "data": body.payload() }), Some(body)),
            Self::Choices(choices) => {
                let choices: Vec<Value> =
                    choices.iter().map(|choice| json!({ "name": choice.name, "value": choice.value })).collect();
                (json!({ "type": 8, "data": { "choices": choices } }), None)
            }
            Self::Form(form) => (json!({ "type": 9, "data": form.payload() }), None),
        }
    }
}

impl Form {
    fn payload(&self) -> Value {
        let rows: Vec<Value> = self
            .inputs
            .iter()
            .map(|input| {
                let mut json = json!({
                    "type": 4,
                    "custom_id": input.custom_id,
                    "label": input.label,
                    "style": if input.paragraph { 2 } else { 1 },
                    "required": !input.optional,
                    "max_length": input.length_max,
                });
                if let Some(placeholder) = &input.placeholder {
                    json["placeholder"] = json!(placeholder);
                }
                if let Some(value) = &input.value {
                    json["value"] = json!(value);
                }
                json!({ "type": 1, "components": [json] })
            })
            .collect();
        json!({ "custom_id": self.custom_id, "title": self.title, "components": rows })
    }
}

/// A route of interactions: it has a limit for each of them and none over all.
const fn route(pattern: &'static str, major: u64) -> Route {
    Route { pattern, major, global: false }
}

/// Something of the token that tells its limits from another's and gives nothing of it away.
fn key(path: &ReplyPath) -> u64 {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let mut hasher = DefaultHasher::new();
    path.token.hash(&mut hasher);
    hasher.finish()
}

fn call(method: Method, path: String, route: Route, payload: Payload, deadline: Duration) -> Call {
    Call { method, path, route, payload, authorised: false, deadline, attempt: None }
}

fn payload(value: Value, body: Option<&MessageBody>) -> Payload {
    match body {
        Some(body) if !body.files.is_empty() => Payload::Multipart(value, body.files.clone()),
        _ => Payload::Json(value),
    }
}

fn original(path: &ReplyPath) -> String {
    format!("/webhooks/{}/{}/messages/@original", path.application, path.token)
}

impl Rest {
    /// Gives the first answer to an interaction.
    ///
    /// Discord takes one. When an attempt's own answer was lost and the repeat is told that there was one, it was this call's.
    ///
    /// # Errors
    /// [`RestError`] where Discord cannot be reached in time or refuses the body.
    pub async fn acknowledge(
        &self,
        id: InteractionId,
        path: &ReplyPath,
        callback: &Callback,
    ) -> Result<Acknowledged, RestError> {
        let (value, body) = callback.payload();
        let mut call = call(
            Method::POST,
            format!("/interactions/{id}/{}/callback", path.token),
            route("POST /interactions/{}/{}/callback", key(path)),
            payload(value, body),
            CALLBACK_DEADLINE,
        );
        // Each attempt is short, so that there is time for a second one.
        call.attempt = Some(CALLBACK_DEADLINE / 2);
        let mut ambiguous = false;
        match self.call_noting(call, &mut ambiguous).await {
            Ok(_) => Ok(Acknowledged::Now),
            Err(error) if error.code() == code::ALREADY_ACKNOWLEDGED && ambiguous => Ok(Acknowledged::Now),
            Err(error) if error.code() == code::ALREADY_ACKNOWLEDGED => Ok(Acknowledged::Before),
            Err(error) if error.code() == code::UNKNOWN_INTERACTION => Ok(Acknowledged::TooLate),
            Err(error) => Err(error),
        }
    }

    /// Replaces what the answer to an interaction shows: its own message, or the one whose component was used. The second value is
    /// true when an earlier attempt of this edit may still be under way.
    ///
    /// # Errors
    /// [`RestError`], of which [`RestError::is_expired`] says that the token's time is over.
    pub async fn edit_original(&self, path: &ReplyPath, body: &MessageBody) -> Result<(Posted, bool), RestError> {
        let call = call(
            Method::PATCH,
            original(path),
            route("PATCH /webhooks/{}/{}/messages/@original", key(path)),
            // Who sees a message is settled by the first answer and is no part of an edit.
            payload(MessageBody { flags: body.flags & !flag::EPHEMERAL, ..body.clone() }.payload(), Some(body)),
            CALL_DEADLINE,
        );
        let Answer { value, ambiguous } = self.call(call).await?;
        Ok((super::routes::read(value)?, ambiguous))
    }

    /// The answer to an interaction as it stands, as Discord's JSON.
    ///
    /// # Errors
    /// As [`Rest::edit_original`].
    pub async fn original(&self, path: &ReplyPath) -> Result<Value, RestError> {
        let route = route("GET /webhooks/{}/{}/messages/@original", key(path));
        Ok(self.call(call(Method::GET, original(path), route, Payload::None, CALL_DEADLINE)).await?.value)
    }

    /// Takes the answer to an interaction away. One that is gone already is success.
    ///
    /// # Errors
    /// As [`Rest::edit_original`].
    pub async fn delete_original(&self, path: &ReplyPath) -> Result<(), RestError> {
        let route = route("DELETE /webhooks/{}/{}/messages/@original", key(path));
        match self.call(call(Method::DELETE, original(path), route, Payload::None, CALL_DEADLINE)).await {
            Err(error) if !error.is_gone() => Err(error),
            _ => Ok(()),
        }
    }

    /// Posts a message after the first answer to an interaction. Nothing makes a repeat of it harmless, so it is for what may be lost or
    /// doubled, such as a private word beside an answer.
    ///
    /// # Errors
    /// As [`Rest::edit_original`].
    pub async fn follow_up(&self, path: &ReplyPath, body: &MessageBody) -> Result<Posted, RestError> {
        let call = call(
            Method::POST,
            format!("/webhooks/{}/{}", path.application, path.token),
            route("POST /webhooks/{}/{}", key(path)),
            payload(body.payload(), Some(body)),
            CALL_DEADLINE,
        );
        super::routes::read(self.call(call).await?.value)
    }

    /// Replaces all commands of the application: everywhere, or in one server.
    ///
    /// # Errors
    /// [`RestError`].
    pub async fn overwrite_commands(
        &self,
        application: u64,
        guild: Option<GuildId>,
        commands: &[Value],
    ) -> Result<(), RestError> {
        let (path, route) = match guild {
            Some(guild) => (
                format!("/applications/{application}/guilds/{guild}/commands"),
                Route { pattern: "PUT /applications/{}/guilds/{}/commands", major: guild.0, global: true },
            ),
            None => (
                format!("/applications/{application}/commands"),
                Route { pattern: "PUT /applications/{}/commands", major: application, global: true },
            ),
        };
        let call =
            Call { authorised: true, ..call(Method::PUT, path, route, Payload::Json(json!(commands)), CALL_DEADLINE) };
        self.call(call).await.map(drop)
    }

    /// The direct conversation with a user, opened where there is none.
    ///
    /// # Errors
    /// [`RestError`].
    pub async fn direct_channel(&self, user: UserId) -> Result<ChannelId, RestError> {
        #[derive(serde::Deserialize)]
        struct Opened {
            #[serde(deserialize_with = "snowflake")]
            id: u64,
        }
        let route = Route { pattern: "POST /users/@me/channels", major: 0, global: true };
        let body = Payload::Json(json!({ "recipient_id": user.to_string() }));
        let call =
            Call { authorised: true, ..call(Method::POST, "/users/@me/channels".into(), route, body, CALL_DEADLINE) };
        let opened: Opened = super::routes::read(self.call(call).await?.value)?;
        Ok(ChannelId(opened.id))
    }
}
