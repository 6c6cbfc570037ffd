//! The routes that the bot uses, as functions.

use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::body::snowflake;
use super::{Answer, CALL_DEADLINE, Call, MessageBody, NewMessage, Payload, Posted, Rest, RestError, Route, code};
use crate::discord::gateway::place_kind;
use crate::event::Place;
use crate::ids::{ChannelId, GuildId, MessageId, RoleId, UserId};

/// The account behind a token.
#[derive(Clone, Debug, Deserialize)]
pub struct User {
    /// Its id.
    #[serde(deserialize_with = "snowflake")]
    pub id: u64,
    /// Its name.
    pub username: String,
}

/// The application that the bot belongs to.
#[derive(Clone, Debug, Deserialize)]
pub struct Application {
    /// Its id.
    #[serde(deserialize_with = "snowflake")]
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Application flags; see [`Application::may_read_content`].
    #[serde(default)]
    pub flags: u64,
}

impl Application {
    /// The MESSAGE_CONTENT intent is switched on (flag 1 << 18, or 1 << 19 for an app in fewer than 100 guilds).
    pub fn may_read_content(&self) -> bool {
        self.flags & (1 << 18 | 1 << 19) != 0
    }
}

/// Where the gateway is and how often one may identify.
#[derive(Clone, Debug, Deserialize)]
pub struct GatewayBot {
    /// A `ws://` or `wss://` address.
    pub url: String,
    /// The number of shards that Discord recommends.
    pub shards: u32,
    /// The budget of IDENTIFYs.
    pub session_start_limit: SessionStartLimit,
}

/// The budget of IDENTIFYs, which is about 1000 in 24 hours; going over it resets the token.
#[derive(Clone, Debug, Deserialize)]
pub struct SessionStartLimit {
    /// In all.
    pub total: u32,
    /// Left.
    pub remaining: u32,
    /// Milliseconds until it is full again.
    pub reset_after: u64,
}

/// A channel, as far as the bot asks.
#[derive(Clone, Debug, Deserialize)]
pub struct Channel {
    /// Its id.
    #[serde(deserialize_with = "snowflake")]
    pub id: u64,
    /// Discord's number of its type.
    #[serde(rename = "type")]
    pub kind: u8,
    /// Its guild.
    #[serde(default, deserialize_with = "optional_snowflake")]
    pub guild_id: Option<u64>,
    /// A thread's channel.
    #[serde(default, deserialize_with = "optional_snowflake")]
    pub parent_id: Option<u64>,
    /// Who opened a thread.
    #[serde(default, deserialize_with = "optional_snowflake")]
    pub owner_id: Option<u64>,
    /// Its name.
    #[serde(default)]
    pub name: Option<String>,
    /// Its newest message.
    #[serde(default, deserialize_with = "optional_snowflake")]
    pub last_message_id: Option<u64>,
}

/// The outcome of starting a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StartedThread {
    /// The thread; its id is the message's.
    pub id: ChannelId,
    /// False when the message had its thread already.
    pub created: bool,
}

const fn route(pattern: &'static str, major: u64) -> Route {
    Route { pattern, major, global: true }
}

impl Rest {
    /// The bot's own account.
    ///
    /// # Errors
    /// [`RestError`], of which 401 says that the token is wrong.
    pub async fn current_user(&self) -> Result<User, RestError> {
        self.get("/users/@me".into(), route("GET /users/@me", 0)).await
    }

    /// The bot's application.
    ///
    /// # Errors
    /// [`RestError`].
    pub async fn current_application(&self) -> Result<Application, RestError> {
        self.get("/applications/@me".into(), route("GET /applications/@me", 0)).await
    }

    /// Where to connect.
    ///
    /// # Errors
    /// [`RestError`].
    pub async fn gateway_bot(&self) -> Result<GatewayBot, RestError> {
        self.get("/gateway/bot".into(), route("GET /gateway/bot", 0)).await
    }

    /// A channel or thread.
    ///
    /// # Errors
    /// [`RestError`].
    pub async fn channel(&self, id: ChannelId) -> Result<Channel, RestError> {
        self.get(format!("/channels/{id}"), route("GET /channels/{}", id.0)).await
    }

    /// The roles of a member of a server.
    ///
    /// # Errors
    /// [`RestError`]; that of a missing resource where the account is no member.
    pub async fn member_roles(&self, guild: GuildId, member: UserId) -> Result<Vec<RoleId>, RestError> {
        #[derive(Deserialize)]
        struct Member {
            #[serde(default)]
            roles: Vec<String>,
        }
        let path = format!("/guilds/{guild}/members/{member}");
        let member: Member = self.get(path, route("GET /guilds/{}/members/{}", guild.0)).await?;
        Ok(member.roles.iter().filter_map(|id| id.parse().ok()).map(RoleId).collect())
    }

    /// One message, as Discord's JSON.
    ///
    /// # Errors
    /// [`RestError`].
    pub async fn message(&self, channel: ChannelId, id: MessageId) -> Result<Value, RestError> {
        self.get(format!("/channels/{channel}/messages/{id}"), route("GET /channels/{}/messages/{}", channel.0)).await
    }

    /// Up to `limit` (at most 100) messages before or after one, newest first, as Discord's JSON. Without Read Message History the
    /// list is empty.
    ///
    /// # Errors
    /// [`RestError`].
    pub async fn messages(&self, channel: ChannelId, page: Page, limit: u8) -> Result<Vec<Value>, RestError> {
        let page = match page {
            Page::After(id) => format!("after={id}&"),
            Page::Before(id) => format!("before={id}&"),
        };
        let path = format!("/channels/{channel}/messages?{page}limit={}", limit.clamp(1, 100));
        self.get(path, route("GET /channels/{}/messages", channel.0)).await
    }

    /// Posts a message. Repeated with the same nonce within a few minutes it gives the first one back.
    ///
    /// # Errors
    /// [`RestError`].
    pub async fn create_message(&self, channel: ChannelId, message: &NewMessage) -> Result<Posted, RestError> {
        let payload = payload(message.payload(), &message.body);
        let call = self.to(
            Method::POST,
            format!("/channels/{channel}/messages"),
            route("POST /channels/{}/messages", channel.0),
            payload,
        );
        read(self.call(call).await?.value)
    }

    /// Replaces what a message shows. The second value is true when an earlier attempt of this edit may still be under way.
    ///
    /// # Errors
    /// [`RestError`].
    pub async fn edit_message(
        &self,
        channel: ChannelId,
        id: MessageId,
        body: &MessageBody,
    ) -> Result<(Posted, bool), RestError> {
        let path = format!("/channels/{channel}/messages/{id}");
        let call = self.to(
            Method::PATCH,
            path,
            route("PATCH /channels/{}/messages/{}", channel.0),
            payload(body.payload(), body),
        );
        let Answer { value, ambiguous } = self.call(call).await?;
        Ok((read(value)?, ambiguous))
    }

    /// Deletes a message. One that is gone already is success.
    ///
    /// # Errors
    /// [`RestError`].
    pub async fn delete_message(&self, channel: ChannelId, id: MessageId) -> Result<(), RestError> {
        let path = format!("/channels/{channel}/messages/{id}");
        let call = self.to(Method::DELETE, path, route("DELETE /channels/{}/messages/{}", channel.0), Payload::None);
        match self.call(call).await {
            Err(error) if !error.is_gone() => Err(error),
            _ => Ok(()),
        }
    }

    /// Starts the thread of a message. A message has one thread, so "it has one already" (code 160004) is success.
    ///
    /// # Errors
    /// [`RestError`].
    pub async fn start_thread(
        &self,
        channel: ChannelId,
        message: MessageId,
        name: &str,
        auto_archive_minutes: u32,
    ) -> Result<StartedThread, RestError> {
        let path = format!("/channels/{channel}/messages/{message}/threads");
        let body = json!({ "name": name, "auto_archive_duration": auto_archive_minutes });
        let call =
            self.to(Method::POST, path, route("POST /channels/{}/messages/{}/threads", channel.0), Payload::Json(body));
        match self.call(call).await {
            Ok(answer) => {
                let thread: Channel = read(answer.value)?;
                Ok(StartedThread { id: ChannelId(thread.id), created: true })
            }
            Err(error) if error.code() == code::THREAD_EXISTS => {
                Ok(StartedThread { id: ChannelId(message.0), created: false })
            }
            Err(error) => Err(error),
        }
    }

    /// Shows "is typing" for about ten seconds. It is decoration, so it is tried once and its failure is the caller's to ignore.
    ///
    /// # Errors
    /// [`RestError`].
    pub async fn typing(&self, channel: ChannelId) -> Result<(), RestError> {
        let mut call = self.to(
            Method::POST,
            format!("/channels/{channel}/typing"),
            route("POST /channels/{}/typing", channel.0),
            Payload::None,
        );
        call.deadline = std::time::Duration::from_secs(2);
        self.call(call).await.map(drop)
    }

    /// Gives a channel or thread another name of 1 to 100 characters.
    ///
    /// # Errors
    /// [`RestError`].
    pub async fn rename_channel(&self, id: ChannelId, name: &str) -> Result<(), RestError> {
        let body = Payload::Json(json!({ "name": name }));
        let call = self.to(Method::PATCH, format!("/channels/{id}"), route("PATCH /channels/{}", id.0), body);
        self.call(call).await.map(drop)
    }

    /// Adds the bot's reaction to a message.
    ///
    /// # Errors
    /// [`RestError`].
    pub async fn react(&self, channel: ChannelId, message: MessageId, emoji: &str) -> Result<(), RestError> {
        let emoji: String = url::form_urlencoded::byte_serialize(emoji.as_bytes()).collect();
        let path = format!("/channels/{channel}/messages/{message}/reactions/{emoji}/@me");
        let call = self.to(
            Method::PUT,
            path,
            route("PUT /channels/{}/messages/{}/reactions/{}/@me", channel.0),
            Payload::None,
        );
        self.call(call).await.map(drop)
    }

    async fn get<T: serde::de::DeserializeOwned>(&self, path: String, route: Route) -> Result<T, RestError> {
        read(self.call(self.to(Method::GET, path, route, Payload::None)).await?.value)
    }

    fn to(&self, method: Method, path: String, route: Route, payload: Payload) -> Call {
        Call { method, path, route, payload, authorised: true, deadline: CALL_DEADLINE, attempt: None }
    }
}

/// Which side of a message a page of messages is on.
#[derive(Clone, Copy, Debug)]
pub enum Page {
    /// Newer than it.
    After(MessageId),
    /// Older than it.
    Before(MessageId),
}

fn payload(value: Value, body: &MessageBody) -> Payload {
    if body.files.is_empty() { Payload::Json(value) } else { Payload::Multipart(value, body.files.clone()) }
}

pub(super) fn read<T: serde::de::DeserializeOwned>(value: Value) -> Result<T, RestError> {
    serde_json::from_value(value).map_err(|error| RestError::Unreadable(error.to_string()))
}

fn optional_snowflake<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| text.parse().map_err(|_| serde::de::Error::custom("an id is a number written as a string")))
        .transpose()
}

impl Channel {
    /// The channel in the bot's own words.
    pub fn into_place(self) -> Place {
        Place {
            id: ChannelId(self.id),
            guild: self.guild_id.map(GuildId),
            kind: place_kind(self.kind),
            parent: self.parent_id.map(ChannelId),
            owner: self.owner_id.map(UserId),
            name: self.name.unwrap_or_default(),
            last_message: self.last_message_id.map(MessageId),
        }
    }
}
