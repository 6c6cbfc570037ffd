//! A raw client: reqwest for REST and tungstenite for the gateway, without any Discord library in between.

use std::{io::Read, time::Duration};

use discord_sim::{Sim, SimOptions};
use flate2::read::ZlibDecoder;
use futures_util::{SinkExt, StreamExt};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, tungstenite::Message as Frame};

/// Longer than anything here should take, on the slowest machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Every intent that needs no privilege, and message content.
pub(crate) const INTENTS: u64 = 1 | 1 << 9 | 1 << 10 | 1 << 11 | 1 << 12 | 1 << 13 | 1 << 14 | 1 << 15;

pub(crate) async fn start() -> Sim {
    start_with(SimOptions::default()).await
}

pub(crate) async fn start_with(options: SimOptions) -> Sim {
    Sim::start(options).await.expect("a free loopback port")
}

/// REST with the right token.
pub(crate) struct Rest {
    client: reqwest::Client,
    base: String,
    token: String,
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn code(&self) -> u64 {
        self.body["code"].as_u64().unwrap_or(0)
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

impl Rest {
    pub(crate) fn new(sim: &Sim) -> Self {
        // Whoever comes first installs it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self { client: reqwest::Client::new(), base: format!("{}/api/v10", sim.base_url()), token: sim.token() }
    }

    pub(crate) fn with_token(mut self, token: &str) -> Self {
        token.clone_into(&mut self.token);
        self
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.client
            .request(method, format!("{}{path}", self.base))
            .header("authorization", format!("Bot {}", self.token))
    }

    pub(crate) async fn send(&self, request: reqwest::RequestBuilder) -> Result<Answer, reqwest::Error> {
        let response = request.send().await?;
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await?;
        Ok(Answer { status, headers, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) })
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await.expect("an answer")
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::POST, path).json(&body)).await.expect("an answer")
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::PATCH, path).json(&body)).await.expect("an answer")
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::PUT, path).json(&body)).await.expect("an answer")
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path)).await.expect("an answer")
    }
}

/// One gateway connection.
pub(crate) struct Gateway {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    pub(crate) heartbeat_interval_ms: u64,
    pub(crate) session_id: String,
    pub(crate) seq: u64,
    token: String,
    /// How many frames came compressed.
    pub(crate) compressed: usize,
}

/// What came instead of a payload.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    Closed(u16),
    Cut,
}

impl Gateway {
    /// Connects and reads HELLO.
    pub(crate) async fn open(sim: &Sim) -> Self {
        let url = format!("{}/gateway?v=10&encoding=json", sim.base_url().replacen("http", "ws", 1));
        let (socket, _) = tokio_tungstenite::connect_async(url).await.expect("a gateway");
        let mut gateway = Self {
            socket,
            heartbeat_interval_ms: 0,
            session_id: String::new(),
            seq: 0,
            token: sim.token(),
            compressed: 0,
        };
        let hello = gateway.next().await.expect("HELLO");
        assert_eq!(hello["op"], 10);
        gateway.heartbeat_interval_ms = hello["d"]["heartbeat_interval"].as_u64().expect("an interval");
        gateway
    }

    /// Connects and identifies; reads READY.
    pub(crate) async fn identify(sim: &Sim, intents: u64) -> Self {
        let mut gateway = Self::open(sim).await;
        gateway.send_identify(json!({"intents": intents})).await;
        let ready = gateway.event("READY").await;
        ready["session_id"].as_str().expect("a session id").clone_into(&mut gateway.session_id);
        gateway
    }

    pub(crate) async fn send_identify(&mut self, extra: Value) {
        let mut data = json!({
            "token": self.token,
            "properties": {"os": "linux", "browser": "raw", "device": "raw"},
        });
        data.as_object_mut().expect("an object").extend(extra.as_object().expect("an object").clone());
        self.send(json!({"op": 2, "d": data})).await;
    }

    pub(crate) async fn send_resume(&mut self, session_id: &str, seq: u64) {
        let data = json!({"token": self.token, "session_id": session_id, "seq": seq});
        self.send(json!({"op": 6, "d": data})).await;
    }

    pub(crate) async fn send(&mut self, payload: Value) {
        self.socket.send(Frame::text(payload.to_string())).await.expect("an open connection");
    }

    /// The next payload, whatever it is.
    pub(crate) async fn next(&mut self) -> Result<Value, Ended> {
        let frame = tokio::time::timeout(PATIENCE, self.socket.next()).await.expect("a frame in time");
        let text = match frame {
            Some(Ok(Frame::Text(text))) => text.as_str().to_owned(),
            Some(Ok(Frame::Binary(bytes))) => {
                self.compressed += 1;
                let mut text = String::new();
                ZlibDecoder::new(&bytes[..]).read_to_string(&mut text).expect("zlib");
                text
            }
            Some(Ok(Frame::Close(frame))) => return Err(Ended::Closed(frame.map_or(1005, |f| f.code.into()))),
            Some(Ok(other)) => panic!("unexpected frame {other:?}"),
            Some(Err(_)) | None => return Err(Ended::Cut),
        };
        let payload: Value = serde_json::from_str(&text).expect("JSON");
        if let Some(seq) = payload["s"].as_u64() {
            self.seq = seq;
        }
        Ok(payload)
    }

    /// The data of the next event of this name; other events are passed over.
    pub(crate) async fn event(&mut self, name: &str) -> Value {
        loop {
            let mut payload = self.next().await.unwrap_or_else(|ended| panic!("{ended:?} instead of {name}"));
            if payload["t"] == name {
                return payload["d"].take();
            }
        }
    }

    /// The names of the events that come up to and with the next one of this name.
    pub(crate) async fn names_until(&mut self, name: &str) -> Vec<String> {
        let mut names = Vec::new();
        loop {
            let payload = self.next().await.unwrap_or_else(|ended| panic!("{ended:?} instead of {name}"));
            let Some(event) = payload["t"].as_str() else { continue };
            names.push(event.to_owned());
            if event == name {
                return names;
            }
        }
    }

    /// The next payload with this opcode; others are passed over.
    pub(crate) async fn opcode(&mut self, op: u64) -> Value {
        loop {
            let payload = self.next().await.unwrap_or_else(|ended| panic!("{ended:?} instead of op {op}"));
            if payload["op"] == op {
                return payload;
            }
        }
    }

    /// How the connection ends; payloads before that are passed over.
    pub(crate) async fn end(&mut self) -> Ended {
        loop {
            if let Err(ended) = self.next().await {
                return ended;
            }
        }
    }

    /// Says goodbye with a close code.
    pub(crate) async fn close(mut self, code: u16) {
        use tokio_tungstenite::tungstenite::protocol::CloseFrame;
        let frame = CloseFrame { code: code.into(), reason: "".into() };
        self.socket.close(Some(frame)).await.expect("an open connection");
        while let Some(Ok(_)) = self.socket.next().await {}
    }
}
