//! One gateway connection: HELLO, IDENTIFY or RESUME, heartbeats, and the session's events as frames.

use std::{io::Write, sync::Arc, time::Duration};

use axum::extract::ws::{CloseFrame, Message as Frame, WebSocket};
use flate2::{Compression, write::ZlibEncoder};
use futures_util::{SinkExt, StreamExt, stream::SplitSink, stream::SplitStream};
use serde_json::{Value, json};
use tokio::{
    sync::{Notify, mpsc},
    time::{Instant, sleep_until},
};

use crate::{
    gateway::{
        close, intents, op,
        session::{Control, Resumed},
    },
    id::now_ms,
    server::KillSwitch,
    state::{Core, State},
};

/// Frames that a client may send in a minute, from Discord's gateway reference; more closes with 4008.
const CLIENT_FRAMES_PER_MINUTE: usize = 120;

/// Largest payload that a client may send, from Discord's gateway reference; more closes with 4002.
const CLIENT_PAYLOAD_MAX_BYTES: usize = 4096;

/// Events taken from a session's log at a time, so that a long replay does not keep the lock.
const EVENTS_PER_BATCH: usize = 256;

/// How a connection ends.
enum End {
    /// The client closed, or vanished. `true` when it said goodbye with 1000 or 1001, which ends the session.
    Client(bool),
    /// Close with this code.
    Close(u16),
    /// Cut without a word.
    Cut,
}

/// The session that a connection serves, and how far its client has been told.
struct Attached {
    session: String,
    sent: u64,
    wake: Arc<Notify>,
}

struct Connection {
    core: Arc<Core>,
    number: u64,
    sink: SplitSink<WebSocket, Frame>,
    attached: Option<Attached>,
    compress: bool,
    frames_at_ms: Vec<i64>,
    paused_until: Option<Instant>,
    last_heartbeat: Instant,
}

/// Serves one gateway connection until it ends. `version` is the API version that the client asked for.
pub(crate) async fn serve(core: Arc<Core>, socket: WebSocket, kill: KillSwitch, version: Option<String>) {
    let (number, orders) = core.write(|state| state.gateway.connect());
    let (sink, stream) = socket.split();
    let mut connection = Connection {
        core: Arc::clone(&core),
        number,
        sink,
        attached: None,
        compress: false,
        frames_at_ms: Vec::new(),
        paused_until: None,
        last_heartbeat: Instant::now(),
    };
    let end = connection.run(stream, orders, version.as_deref()).await;
    let by_client = match end {
        End::Client(said_goodbye) => said_goodbye,
        End::Close(code) => {
            let frame = CloseFrame { code, reason: close_reason(code).into() };
            let _ = connection.sink.send(Frame::Close(Some(frame))).await;
            false
        }
        End::Cut => {
            kill.now();
            false
        }
    };
    let session = connection.attached.as_ref().map(|attached| attached.session.clone());
    core.write(|state| state.connection_ended(number, session.as_deref(), by_client));
}

impl Connection {
    async fn run(
        &mut self,
        mut stream: SplitStream<WebSocket>,
        mut orders: mpsc::Receiver<Control>,
        version: Option<&str>,
    ) -> End {
        if version.is_some_and(|version| version != "10") {
            return End::Close(close::INVALID_API_VERSION);
        }
        let interval = self.core.options.heartbeat_interval;
        let interval_ms = u64::try_from(interval.as_millis()).unwrap_or(u64::MAX);
        let hello = json!({"t": null, "s": null, "op": op::HELLO, "d": {"heartbeat_interval": interval_ms, "_trace": ["discord-sim"]}});
        if self.send(&hello.to_string()).await.is_err() {
            return End::Client(false);
        }
        // Half an interval of grace covers the jitter that clients are told to add.
        let patience = interval + interval / 2;
        loop {
            let wake = self.attached.as_ref().map(|attached| Arc::clone(&attached.wake));
            let paused_until = self.paused_until;
            tokio::select! {
                order = orders.recv() => match order {
                    Some(order) => if let Some(end) = self.obey(order).await { return end },
                    None => return End::Cut,
                },
                frame = stream.next() => match frame {
                    Some(Ok(frame)) => if let Some(end) = self.receive(frame).await { return end },
                    Some(Err(_)) | None => return End::Client(false),
                },
                () = notified(wake), if paused_until.is_none() => {
                    if self.send_events().await.is_err() {
                        return End::Client(false);
                    }
                }
                () = until(paused_until), if paused_until.is_some() => {
                    self.paused_until = None;
                    if self.send_events().await.is_err() {
                        return End::Client(false);
                    }
                }
                () = sleep_until(self.last_heartbeat + patience) => return End::Close(close::SESSION_TIMED_OUT),
            }
        }
    }

    async fn obey(&mut self, order: Control) -> Option<End> {
        let payload = match order {
            Control::Cut => return Some(End::Cut),
            Control::Close(code) => return Some(End::Close(code)),
            Control::Pause(duration) => {
                self.paused_until = Some(Instant::now() + duration);
                return None;
            }
            Control::Reconnect => json!({"t": null, "s": null, "op": op::RECONNECT, "d": null}),
            Control::InvalidSession(resumable) => invalid_session(resumable),
            Control::RequestHeartbeat => json!({"t": null, "s": null, "op": op::HEARTBEAT, "d": null}),
        };
        self.send(&payload.to_string()).await.is_err().then_some(End::Client(false))
    }

    async fn receive(&mut self, frame: Frame) -> Option<End> {
        let text = match frame {
            Frame::Text(text) => text.as_str().to_owned(),
            Frame::Close(frame) => {
                let code = frame.map_or(1005, |frame| frame.code);
                return Some(End::Client(matches!(code, 1000 | 1001)));
            }
            Frame::Ping(_) | Frame::Pong(_) => return None,
            Frame::Binary(_) => return Some(End::Close(close::DECODE_ERROR)),
        };
        let now = now_ms();
        self.frames_at_ms.retain(|at| now - at < 60_000);
        self.frames_at_ms.push(now);
        if self.frames_at_ms.len() > CLIENT_FRAMES_PER_MINUTE {
            return Some(End::Close(close::RATE_LIMITED));
        }
        if text.len() > CLIENT_PAYLOAD_MAX_BYTES {
            return Some(End::Close(close::DECODE_ERROR));
        }
        let Ok(payload) = serde_json::from_str::<Value>(&text) else {
            return Some(End::Close(close::DECODE_ERROR));
        };
        match payload["op"].as_u64() {
            Some(op::HEARTBEAT) => self.heartbeat().await,
            Some(op::IDENTIFY) => self.identify(&payload["d"]).await,
            Some(op::RESUME) => self.resume(&payload["d"]).await,
            Some(op::PRESENCE_UPDATE | op::VOICE_STATE_UPDATE) if self.attached.is_some() => None,
            Some(op::REQUEST_GUILD_MEMBERS) if self.attached.is_some() => self.request_members(&payload["d"]),
            Some(op::PRESENCE_UPDATE | op::VOICE_STATE_UPDATE | op::REQUEST_GUILD_MEMBERS) => {
                Some(End::Close(close::NOT_AUTHENTICATED))
            }
            Some(_) => Some(End::Close(close::UNKNOWN_OPCODE)),
            None => Some(End::Close(close::DECODE_ERROR)),
        }
    }

    async fn heartbeat(&mut self) -> Option<End> {
        self.last_heartbeat = Instant::now();
        let mute = self.core.write(|state| {
            state.observed.counters.heartbeats += 1;
            state.gateway.mute_acks
        });
        if mute {
            return None;
        }
        let ack = json!({"t": null, "s": null, "op": op::HEARTBEAT_ACK, "d": null});
        self.send(&ack.to_string()).await.is_err().then_some(End::Client(false))
    }

    async fn identify(&mut self, data: &Value) -> Option<End> {
        if self.attached.is_some() {
            return Some(End::Close(close::ALREADY_AUTHENTICATED));
        }
        let number = self.number;
        match self.core.write(|state| state.identify(number, data)) {
            Identified::Session(session, wake) => {
                self.compress = data["compress"].as_bool().unwrap_or(false);
                self.attached = Some(Attached { session, sent: 0, wake });
                self.send_events().await.is_err().then_some(End::Client(false))
            }
            Identified::Refused => {
                self.send(&invalid_session(false).to_string()).await.is_err().then_some(End::Client(false))
            }
            Identified::Close(code) => Some(End::Close(code)),
        }
    }

    async fn resume(&mut self, data: &Value) -> Option<End> {
        if self.attached.is_some() {
            return Some(End::Close(close::ALREADY_AUTHENTICATED));
        }
        let (Some(token), Some(id), Some(seq)) =
            (data["token"].as_str(), data["session_id"].as_str(), data["seq"].as_u64())
        else {
            return Some(End::Close(close::DECODE_ERROR));
        };
        if bare(token) != self.core.options.token {
            return Some(End::Close(close::AUTHENTICATION_FAILED));
        }
        let number = self.number;
        let resumed = self.core.write(|state| {
            let resumed = state.resume_session(number, id, seq);
            let wake = state.gateway.sessions.get(id).map(|session| Arc::clone(&session.wake));
            (resumed, wake)
        });
        match resumed {
            (Resumed::From(sent), Some(wake)) => {
                self.attached = Some(Attached { session: id.to_owned(), sent, wake });
                self.send_events().await.is_err().then_some(End::Client(false))
            }
            (Resumed::InvalidSeq, _) => Some(End::Close(close::INVALID_SEQ)),
            (Resumed::Invalid | Resumed::From(_), _) => {
                self.send(&invalid_session(false).to_string()).await.is_err().then_some(End::Client(false))
            }
        }
    }

    fn request_members(&self, data: &Value) -> Option<End> {
        let session = self.attached.as_ref()?.session.clone();
        self.core.write(|state| state.send_members_chunk(&session, data));
        None
    }

    /// Sends what the session's log holds beyond what was sent.
    async fn send_events(&mut self) -> Result<(), axum::Error> {
        while let Some(attached) = &self.attached
            && self.paused_until.is_none()
        {
            let (session, sent) = (attached.session.clone(), attached.sent);
            let batch = self.core.read(|state| state.events_after(&session, sent, EVENTS_PER_BATCH));
            let Some(last) = batch.last().map(|logged| logged.seq) else { break };
            for logged in &batch {
                self.send(&logged.payload).await?;
            }
            if let Some(attached) = &mut self.attached {
                attached.sent = last;
            }
        }
        Ok(())
    }

    async fn send(&mut self, payload: &str) -> Result<(), axum::Error> {
        let big = payload.len() > self.core.options.compress_above_bytes;
        let frame = match self.compress && big {
            true => Frame::Binary(zlib(payload).map_err(axum::Error::new)?.into()),
            false => Frame::Text(payload.into()),
        };
        self.sink.send(frame).await
    }
}

/// What an IDENTIFY comes to.
enum Identified {
    Session(String, Arc<Notify>),
    /// Op 9, not resumable.
    Refused,
    Close(u16),
}

impl State {
    fn identify(&mut self, connection: u64, data: &Value) -> Identified {
        match self.gateway.refuse_identify.pop_front() {
            Some(Some(code)) => return Identified::Close(code),
            Some(None) => return Identified::Refused,
            None => {}
        }
        let token = data["token"].as_str().map(bare);
        if token != Some(self.options.token.as_str()) || self.gateway.identifies_left == 0 {
            return Identified::Close(close::AUTHENTICATION_FAILED);
        }
        let complete = ["os", "browser", "device"].iter().all(|key| data["properties"][key].is_string());
        if !complete {
            return Identified::Close(close::DECODE_ERROR);
        }
        let Some(wanted) = data["intents"].as_u64().filter(|bits| bits & !intents::KNOWN == 0) else {
            return Identified::Close(close::INVALID_INTENTS);
        };
        let forbidden = [
            (intents::MESSAGE_CONTENT, self.options.message_content_granted),
            (intents::GUILD_MEMBERS, self.options.guild_members_granted),
            (intents::GUILD_PRESENCES, self.options.guild_presences_granted),
        ];
        if forbidden.iter().any(|(bit, granted)| wanted & bit != 0 && !granted) {
            return Identified::Close(close::DISALLOWED_INTENTS);
        }
        let shard = match (&data["shard"], data["shard"][0].as_u64(), data["shard"][1].as_u64()) {
            (Value::Null, ..) => (0, 1),
            (_, Some(index), Some(count)) if index < count => (index, count),
            _ => return Identified::Close(close::INVALID_SHARD),
        };
        if !self.identify_has_room(shard.0) {
            return Identified::Refused;
        }
        let session = self.open_session(connection, wanted, shard);
        self.send_ready(&session, wanted, shard);
        match self.gateway.sessions.get(&session) {
            Some(open) => Identified::Session(session, Arc::clone(&open.wake)),
            None => Identified::Refused,
        }
    }

    fn identify_has_room(&mut self, shard: u64) -> bool {
        let window_ms = i64::try_from(self.options.identify_window.as_millis()).unwrap_or(i64::MAX);
        if window_ms == 0 {
            return true;
        }
        let bucket = shard % u64::from(self.options.max_concurrency.max(1));
        let now = now_ms();
        let recent = self.gateway.identified_at_ms.entry(bucket).or_default();
        recent.retain(|at| now - at < window_ms);
        let room = recent.is_empty();
        if room {
            recent.push(now);
        }
        room
    }

    fn send_ready(&mut self, session: &str, wanted: u64, shard: (u64, u64)) {
        let guilds: Vec<_> = self
            .guilds
            .values()
            .filter(|guild| guild.members.contains_key(&self.bot) && (guild.id.get() >> 22) % shard.1.max(1) == shard.0)
            .map(|guild| guild.id)
            .collect();
        let ready = json!({
            "v": 10,
            "user": self.own_user_json(),
            "guilds": guilds.iter().map(|id| json!({"id": id, "unavailable": true})).collect::<Vec<_>>(),
            "session_id": session,
            "session_type": "normal",
            "resume_gateway_url": self.gateway_url(),
            "shard": [shard.0, shard.1],
            "application": {"id": self.bot, "flags": self.application_flags()},
            "private_channels": [],
            "relationships": [],
            "presences": [],
            "user_settings": {},
            "_trace": ["discord-sim"],
        });
        self.push(session, "READY", ready);
        if wanted & intents::GUILDS == 0 {
            return;
        }
        for guild in guilds {
            let data = self.guild_create(guild, wanted);
            self.push(session, "GUILD_CREATE", data);
        }
    }

    fn send_members_chunk(&mut self, session: &str, data: &Value) {
        let Some(guild) = data["guild_id"].as_str().and_then(|id| id.parse().ok()) else { return };
        let Some(found) = self.guilds.get(&guild) else { return };
        let prefix = data["query"].as_str().unwrap_or_default().to_lowercase();
        let members: Vec<Value> = found
            .members
            .values()
            .filter(|member| {
                self.users.get(&member.user).is_some_and(|user| user.username.to_lowercase().starts_with(&prefix))
            })
            .map(|member| self.member_json(member))
            .collect();
        let mut chunk =
            json!({"guild_id": guild, "members": members, "chunk_index": 0, "chunk_count": 1, "not_found": []});
        if let Some(nonce) = data.get("nonce") {
            chunk["nonce"] = nonce.clone();
        }
        self.push(session, "GUILD_MEMBERS_CHUNK", chunk);
    }
}

async fn notified(wake: Option<Arc<Notify>>) {
    match wake {
        Some(wake) => wake.notified().await,
        None => std::future::pending().await,
    }
}

async fn until(instant: Option<Instant>) {
    match instant {
        Some(instant) => sleep_until(instant).await,
        None => tokio::time::sleep(Duration::MAX).await,
    }
}

/// Clients send the token with or without its scheme.
fn bare(token: &str) -> &str {
    token.strip_prefix("Bot ").unwrap_or(token)
}

fn invalid_session(resumable: bool) -> Value {
    json!({"t": null, "s": null, "op": op::INVALID_SESSION, "d": resumable})
}

fn zlib(payload: &str) -> std::io::Result<Vec<u8>> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(payload.as_bytes())?;
    encoder.finish()
}

fn close_reason(code: u16) -> &'static str {
    match code {
        close::UNKNOWN_OPCODE => "Unknown opcode.",
        close::DECODE_ERROR => "Error while decoding payload.",
        close::NOT_AUTHENTICATED => "Not authenticated.",
        close::AUTHENTICATION_FAILED => "Authentication failed.",
        close::ALREADY_AUTHENTICATED => "Already authenticated.",
        close::INVALID_SEQ => "Invalid seq.",
        close::RATE_LIMITED => "Rate limited.",
        close::SESSION_TIMED_OUT => "Session timed out.",
        close::INVALID_SHARD => "Invalid shard.",
        close::INVALID_API_VERSION => "Invalid API version.",
        close::INVALID_INTENTS => "Invalid intent(s).",
        close::DISALLOWED_INTENTS => "Disallowed intent(s).",
        _ => "",
    }
}
