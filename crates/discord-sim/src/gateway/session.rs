//! Gateway sessions: an ordered, numbered log of events each, which a connection reads from and RESUME rewinds.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use serde_json::{Value, json};
use tokio::sync::{Notify, mpsc};

use crate::{events::ClientEvent, gateway::op, id::now_ms, state::State};

/// Events that a session keeps for RESUME. Older ones are forgotten, and resuming before them is refused with op 9.
const SESSION_LOG_MAX: usize = 20_000;

/// Commands waiting for one connection; more than this means that the connection is stuck, and it is dropped anyway.
pub(crate) const CONTROL_QUEUE_MAX: usize = 64;

/// What a test or a person does to a live connection.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Control {
    /// Cut the TCP connection without a close frame.
    Cut,
    /// Close with this code.
    Close(u16),
    /// Send op 7.
    Reconnect,
    /// Send op 9 with this value.
    InvalidSession(bool),
    /// Send op 1, which asks for a heartbeat at once.
    RequestHeartbeat,
    /// Send nothing for this long.
    Pause(Duration),
}

/// An event as it was numbered for one session.
#[derive(Clone, Debug)]
pub(crate) struct Logged {
    pub(crate) seq: u64,
    pub(crate) payload: Arc<str>,
}

/// A session: what outlives a connection.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) intents: u64,
    pub(crate) shard: (u64, u64),
    pub(crate) seq: u64,
    pub(crate) log: VecDeque<Logged>,
    /// The connection that reads the log now.
    pub(crate) connection: Option<u64>,
    pub(crate) wake: Arc<Notify>,
    /// Unix milliseconds at which the connection was lost.
    pub(crate) lost_at_ms: i64,
    /// False after the client closed it, or after a fault said so.
    pub(crate) resumable: bool,
}

/// All sessions and connections, and what faults are in force for all of them.
#[derive(Debug)]
pub(crate) struct GatewayState {
    pub(crate) sessions: BTreeMap<String, Session>,
    pub(crate) connections: BTreeMap<u64, mpsc::Sender<Control>>,
    next_connection: u64,
    /// Heartbeats are not acknowledged.
    pub(crate) mute_acks: bool,
    /// New connections are refused with HTTP 503.
    pub(crate) refuse_connections: bool,
    /// The next IDENTIFYs are answered with op 9 or this close code.
    pub(crate) refuse_identify: VecDeque<Option<u16>>,
    pub(crate) identifies_left: u32,
    /// Unix milliseconds of recent IDENTIFYs per concurrency bucket.
    pub(crate) identified_at_ms: BTreeMap<u64, Vec<i64>>,
}

impl GatewayState {
    pub(crate) fn new(session_start_limit: u32) -> Self {
        Self {
            sessions: BTreeMap::new(),
            connections: BTreeMap::new(),
            next_connection: 0,
            mute_acks: false,
            refuse_connections: false,
            refuse_identify: VecDeque::new(),
            identifies_left: session_start_limit,
            identified_at_ms: BTreeMap::new(),
        }
    }

    /// Registers a connection and gives its number and its orders.
    pub(crate) fn connect(&mut self) -> (u64, mpsc::Receiver<Control>) {
        let (sender, receiver) = mpsc::channel(CONTROL_QUEUE_MAX);
        self.next_connection += 1;
        self.connections.insert(self.next_connection, sender);
        (self.next_connection, receiver)
    }

    /// Orders one connection to do something. A connection that is gone or stuck needs no order.
    pub(crate) fn order(&self, connection: u64, control: Control) {
        if let Some(sender) = self.connections.get(&connection) {
            let _ = sender.try_send(control);
        }
    }

    /// Orders every connection to do something.
    pub(crate) fn order_all(&self, control: Control) {
        for connection in self.connections.keys() {
            self.order(*connection, control);
        }
    }

    /// Makes every session one that cannot be resumed.
    pub(crate) fn forbid_resume(&mut self) {
        for session in self.sessions.values_mut() {
            session.resumable = false;
        }
    }

    /// Takes the connections over after a reset, so that they can end on their own.
    pub(crate) fn keep_connections_of(&mut self, old: &mut Self) {
        self.connections = std::mem::take(&mut old.connections);
        self.next_connection = old.next_connection;
    }
}

/// A copy of an event that leaves later.
#[derive(Debug)]
pub(crate) struct Delayed {
    pub(crate) delay: Duration,
    pub(crate) session: String,
    pub(crate) name: &'static str,
    pub(crate) data: Value,
}

/// What a RESUME comes to.
#[derive(Debug)]
pub(crate) enum Resumed {
    /// Replay everything after this number, then go on.
    From(u64),
    /// Op 9: identify anew.
    Invalid,
    /// Close 4007: the number lies in the future.
    InvalidSeq,
}

impl State {
    /// Forgets sessions that nobody can resume any more.
    fn prune_sessions(&mut self) {
        let window_ms = self.options.resume_window.as_millis();
        self.gateway.sessions.retain(|_, session| {
            let lost_for_ms = u128::try_from(now_ms() - session.lost_at_ms).unwrap_or(0);
            session.connection.is_some() || session.resumable && lost_for_ms <= window_ms
        });
    }

    /// Opens a session for a connection that identified, and gives its id.
    pub(crate) fn open_session(&mut self, connection: u64, intents: u64, shard: (u64, u64)) -> String {
        self.prune_sessions();
        let id = format!("{:032x}", u128::from(self.rng.next_u64()) << 64 | u128::from(self.rng.next_u64()));
        let session = Session {
            intents,
            shard,
            seq: 0,
            log: VecDeque::new(),
            connection: Some(connection),
            wake: Arc::new(Notify::new()),
            lost_at_ms: 0,
            resumable: true,
        };
        self.gateway.sessions.insert(id.clone(), session);
        self.gateway.identifies_left = self.gateway.identifies_left.saturating_sub(1);
        self.observed.counters.identifies += 1;
        self.show(ClientEvent::SessionOpened { session_id: id.clone(), resumed: false });
        id
    }

    /// Attaches a connection to a session that it wants to resume.
    pub(crate) fn resume_session(&mut self, connection: u64, id: &str, seq: u64) -> Resumed {
        self.prune_sessions();
        let Some(session) = self.gateway.sessions.get_mut(id).filter(|session| session.resumable) else {
            return Resumed::Invalid;
        };
        if seq > session.seq {
            return Resumed::InvalidSeq;
        }
        let oldest = session.log.front().map_or(session.seq + 1, |logged| logged.seq);
        if seq + 1 < oldest {
            return Resumed::Invalid;
        }
        // A bell of its own, so that the connection before, which may not have ended yet, takes no ring from the new one.
        session.wake = Arc::new(Notify::new());
        if let Some(old) = session.connection.replace(connection) {
            self.gateway.order(old, Control::Cut);
        }
        self.push(id, "RESUMED", json!({"_trace": ["discord-sim"]}));
        self.observed.counters.resumes += 1;
        self.show(ClientEvent::SessionOpened { session_id: id.to_owned(), resumed: true });
        Resumed::From(seq)
    }

    /// Notes that a connection ended. `by_client` closes (1000, 1001) end the session, as Discord does.
    pub(crate) fn connection_ended(&mut self, connection: u64, session: Option<&str>, by_client: bool) {
        self.gateway.connections.remove(&connection);
        let Some(id) = session else { return };
        let Some(found) = self.gateway.sessions.get_mut(id) else { return };
        if found.connection != Some(connection) {
            return;
        }
        found.connection = None;
        found.lost_at_ms = now_ms();
        if by_client {
            self.gateway.sessions.remove(id);
        }
        self.show(ClientEvent::SessionClosed { session_id: id.to_owned() });
    }

    /// Closes every connection with a code and forgets the sessions.
    pub(crate) fn close_all_connections(&mut self, code: u16) {
        self.gateway.order_all(Control::Close(code));
        self.gateway.sessions.clear();
    }

    /// Numbers an event and puts it into a session's log, from which its connection reads.
    pub(crate) fn push(&mut self, session: &str, name: &'static str, data: Value) {
        let subject_id =
            ["id", "message_id", "channel_id"].iter().find_map(|key| data[key].as_str()).map(str::to_owned);
        let Some(found) = self.gateway.sessions.get_mut(session) else { return };
        found.seq += 1;
        let payload = json!({"t": name, "s": found.seq, "op": op::DISPATCH, "d": data});
        found.log.push_back(Logged { seq: found.seq, payload: payload.to_string().into() });
        if found.log.len() > SESSION_LOG_MAX {
            found.log.pop_front();
        }
        found.wake.notify_one();
        self.observed.counters.dispatched(name);
        self.show(ClientEvent::Dispatched { session_id: session.to_owned(), event: name.to_owned(), subject_id });
    }

    /// The events of a session after a number, at most `max` of them.
    pub(crate) fn events_after(&self, session: &str, seq: u64, max: usize) -> Vec<Logged> {
        let Some(found) = self.gateway.sessions.get(session) else { return Vec::new() };
        let start = found.log.partition_point(|logged| logged.seq <= seq);
        found.log.iter().skip(start).take(max).cloned().collect()
    }
}
