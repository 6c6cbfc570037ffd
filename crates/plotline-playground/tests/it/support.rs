//! A running playground, a page's socket to it, and plain HTTP.

use std::{net::Ipv4Addr, path::PathBuf, time::Duration};

use futures_util::{SinkExt, StreamExt};
use plotline_playground::{Options, PlaygroundError};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::oneshot,
    task::JoinHandle,
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{self, Message, client::IntoClientRequest},
};

/// Everything here happens within milliseconds; a slow machine may take longer, and a hang must end.
const PATIENCE: Duration = Duration::from_secs(30);

/// The process in the bot's place.
pub(crate) fn fake_bot() -> PathBuf {
    env!("CARGO_BIN_EXE_playground-fake-bot").into()
}

/// A port that nobody listens on.
pub(crate) fn free_port() -> u16 {
    std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

/// A running playground.
pub(crate) struct Running {
    pub(crate) port: u16,
    stop: oneshot::Sender<()>,
    task: JoinHandle<Result<(), PlaygroundError>>,
}

impl Running {
    /// Starts one with these settings for the bot.
    pub(crate) async fn start(env: &[(&str, &str)]) -> Self {
        let port = free_port();
        let env = env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let (stop, stopped) = oneshot::channel();
        let options = Options { port, open: false, bot: fake_bot(), env };
        let task = tokio::spawn(plotline_playground::run(options, async {
            let _ = stopped.await;
        }));
        let running = Self { port, stop, task };
        within(async {
            while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.is_err() {
                tokio::task::yield_now().await;
            }
        })
        .await;
        running
    }

    /// Asks it to end, as Ctrl-C does, and waits until it has.
    pub(crate) async fn stop(self) {
        self.stop.send(()).unwrap();
        within(self.task).await.unwrap().unwrap();
    }

    /// Drops it without any order, as a panic would.
    pub(crate) async fn drop_at_once(self) {
        self.task.abort();
        assert!(within(self.task).await.unwrap_err().is_cancelled());
    }

    /// Opens a page's socket as someone.
    pub(crate) async fn page(&self, persona: &str) -> Page {
        let origin = format!("http://127.0.0.1:{}", self.port);
        let socket = self.socket(persona, Some(&origin)).await.unwrap();
        let mut page = Page { socket, last_id: 0, snapshot: Value::Null, passed_over: Vec::new() };
        page.snapshot = page.frame("snapshot", |_| true).await;
        page
    }

    /// Tries to open a socket from a page of this origin.
    pub(crate) async fn socket(
        &self,
        persona: &str,
        origin: Option<&str>,
    ) -> Result<WebSocketStream<MaybeTlsStream<TcpStream>>, tungstenite::Error> {
        let mut request =
            format!("ws://127.0.0.1:{}/api/socket?persona={persona}", self.port).into_client_request().unwrap();
        if let Some(origin) = origin {
            request.headers_mut().insert("origin", origin.parse().unwrap());
        }
        within(tokio_tungstenite::connect_async(request)).await.map(|(socket, _)| socket)
    }

    /// Sends a request and gives status, head and body of the answer. `Host` is right unless the head names one.
    pub(crate) async fn http(&self, request: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).await.unwrap();
        let mut head = format!("{request} HTTP/1.1\r\nconnection: close\r\ncontent-length: {}\r\n", body.len());
        if !headers.iter().any(|(name, _)| *name == "host") {
            head.push_str(&format!("host: 127.0.0.1:{}\r\n", self.port));
        }
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        stream.write_all(format!("{head}\r\n").as_bytes()).await.unwrap();
        stream.write_all(body).await.unwrap();
        let mut all = Vec::new();
        within(stream.read_to_end(&mut all)).await.unwrap();
        let end = all.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(all[..end].to_vec()).unwrap().to_lowercase();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { status, head, body: all[end + 4..].to_vec() }
    }

    /// The origin of the page.
    pub(crate) fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

/// An HTTP answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Status line and headers, in lower case.
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")))
    }
}

/// A page's side of the socket.
pub(crate) struct Page {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    last_id: u64,
    passed_over: Vec<Value>,
    /// The snapshot that it was greeted with.
    pub(crate) snapshot: Value,
}

impl Page {
    /// The next frame of a kind for which `wanted` says yes, among those that came while something else was waited for
    /// and those to come. Of statuses only the newest counts.
    pub(crate) async fn frame(&mut self, kind: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let is_it = |frame: &Value| frame["t"] == kind && wanted(frame);
        if let Some(index) = self.passed_over.iter().position(is_it) {
            // The newest status stays true until the next one.
            let frame = self.passed_over[index].clone();
            if kind != "status" {
                self.passed_over.remove(index);
            }
            return frame;
        }
        within(async {
            loop {
                match self.socket.next().await.expect("the socket was closed").unwrap() {
                    Message::Text(text) => {
                        let frame: Value = serde_json::from_str(&text).unwrap();
                        let found = is_it(&frame);
                        if frame["t"] == "status" {
                            self.passed_over.retain(|other| other["t"] != "status");
                            self.passed_over.push(frame.clone());
                        } else if !found {
                            self.passed_over.push(frame.clone());
                        }
                        if found {
                            return frame;
                        }
                    }
                    Message::Close(frame) => panic!("the socket was closed: {frame:?}"),
                    _ => {}
                }
            }
        })
        .await
    }

    /// The next event of a type.
    pub(crate) async fn event(&mut self, kind: &str) -> Value {
        self.frame("event", |frame| frame["event"]["type"] == kind).await["event"].clone()
    }

    /// The next status in which the bot's process (the first one) is in this state.
    pub(crate) async fn bot_is(&mut self, state: &str) -> Value {
        self.frame("status", |frame| frame["processes"][0]["state"] == state).await
    }

    /// Sends an action and gives its number.
    pub(crate) async fn send(&mut self, action: Value) -> u64 {
        self.last_id += 1;
        let frame = json!({"id": self.last_id, "action": action});
        self.socket.send(Message::text(frame.to_string())).await.unwrap();
        self.last_id
    }

    /// Sends an action and waits for its answer: the value, or the sentence that refuses it.
    pub(crate) async fn act(&mut self, action: Value) -> Result<Value, String> {
        let id = self.send(action).await;
        let answer = self.frame("result", |frame| frame["id"] == id).await;
        if answer["ok"] == true {
            Ok(answer["value"].clone())
        } else {
            Err(answer["error"].as_str().unwrap().to_owned())
        }
    }

    /// Sends text that is no action, and gives the code that the socket is closed with.
    pub(crate) async fn send_nonsense(&mut self, text: &str) -> u16 {
        self.socket.send(Message::text(text)).await.unwrap();
        within(async {
            loop {
                if let Message::Close(frame) =
                    self.socket.next().await.expect("the socket ended without a close").unwrap()
                {
                    return frame.unwrap().code.into();
                }
            }
        })
        .await
    }

    /// The id of a channel by its name.
    pub(crate) fn channel(&self, name: &str) -> String {
        let channels = self.snapshot["channels"].as_array().unwrap();
        let found = channels.iter().find(|channel| channel["name"] == name);
        found.unwrap_or_else(|| panic!("no channel {name}"))["id"].as_str().unwrap().to_owned()
    }

    /// The names of the channels that are seen.
    pub(crate) fn channel_names(&self) -> Vec<String> {
        let channels = self.snapshot["channels"].as_array().unwrap();
        channels.iter().filter_map(|channel| channel["name"].as_str()).map(str::to_owned).collect()
    }
}

/// Ends a test that hangs.
pub(crate) async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.expect("it took too long")
}
