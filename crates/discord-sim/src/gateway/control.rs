//! Troubles of the gateway on demand: cut, close, op 7, op 9, silence.

use std::{sync::Arc, time::Duration};

use crate::{gateway::session::Control, state::Core};

/// A gateway session as it stands.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SessionView {
    /// Its id.
    pub id: String,
    /// True while a connection serves it.
    pub connected: bool,
    /// The intents it identified with.
    pub intents: u64,
    /// Its shard: index and count.
    pub shard: (u64, u64),
    /// The number of its last event.
    pub seq: u64,
}

/// Does things to live gateway connections and to those to come. From [`Sim::gateway`](crate::Sim::gateway).
#[derive(Clone, Debug)]
pub struct GatewayControl {
    core: Arc<Core>,
}

impl GatewayControl {
    pub(crate) fn new(core: Arc<Core>) -> Self {
        Self { core }
    }

    /// The sessions that exist, connected or waiting to be resumed.
    #[must_use]
    pub fn sessions(&self) -> Vec<SessionView> {
        self.core.read(|state| {
            let sessions = state.gateway.sessions.iter();
            sessions
                .map(|(id, session)| SessionView {
                    id: id.clone(),
                    connected: session.connection.is_some(),
                    intents: session.intents,
                    shard: session.shard,
                    seq: session.seq,
                })
                .collect()
        })
    }

    /// How many sessions have a live connection.
    #[must_use]
    pub fn connected(&self) -> usize {
        self.sessions().iter().filter(|session| session.connected).count()
    }

    /// Cuts every connection without a close frame. Sessions that are not `resumable` answer RESUME with op 9.
    pub fn drop_connections(&self, resumable: bool) {
        self.order(Control::Cut, resumable);
    }

    /// Cuts the connection of one session, for example of one of two replicas.
    pub fn drop_session(&self, id: &str, resumable: bool) {
        self.core.write(|state| {
            let Some(session) = state.gateway.sessions.get_mut(id) else { return };
            session.resumable &= resumable;
            if let Some(connection) = session.connection {
                state.gateway.order(connection, Control::Cut);
            }
        });
    }

    /// Closes every connection with this code.
    pub fn close(&self, code: u16, resumable: bool) {
        self.order(Control::Close(code), resumable);
    }

    /// Asks every client to reconnect and resume (op 7).
    pub fn request_reconnect(&self) {
        self.order(Control::Reconnect, true);
    }

    /// Tells every client that its session is invalid (op 9).
    pub fn invalidate_sessions(&self, resumable: bool) {
        self.order(Control::InvalidSession(resumable), resumable);
    }

    /// Asks every client for a heartbeat at once (op 1).
    pub fn request_heartbeat(&self) {
        self.order(Control::RequestHeartbeat, true);
    }

    /// Sends nothing to any client for this long; events wait.
    pub fn pause(&self, duration: Duration) {
        self.order(Control::Pause(duration), true);
    }

    /// Leaves heartbeats without an answer, or stops doing so.
    pub fn mute_heartbeat_acks(&self, mute: bool) {
        self.core.write(|state| state.gateway.mute_acks = mute);
    }

    /// Refuses new connections with HTTP 503, or stops doing so.
    pub fn refuse_connections(&self, refuse: bool) {
        self.core.write(|state| state.gateway.refuse_connections = refuse);
    }

    /// Answers the next IDENTIFY with op 9.
    pub fn refuse_next_identify(&self) {
        self.core.write(|state| state.gateway.refuse_identify.push_back(None));
    }

    /// Closes the next connection that identifies with this code.
    pub fn close_next_identify(&self, code: u16) {
        self.core.write(|state| state.gateway.refuse_identify.push_back(Some(code)));
    }

    fn order(&self, control: Control, resumable: bool) {
        self.core.write(|state| {
            if !resumable {
                state.gateway.forbid_resume();
            }
            state.gateway.order_all(control);
        });
    }
}
