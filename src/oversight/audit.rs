//! Writing the audit log.

use plotline_store::{Content, NewAuditEntry, Store};
use serde_json::Value;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::About;

/// Entries that wait to be written. A flood of duplicates beyond it is in the log and the counters, and not in the audit log.
const WAITING_MAX: usize = 10_000;

/// The kinds of entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Gate 1 dropped an event of a message that it had let through.
    DuplicateGate1,
    /// Gate 2 dropped a command that it had let through.
    DuplicateGate2,
    /// The ledger had a job for it.
    DuplicateLedger,
    /// Another run was under way.
    ConcurrentRun,
    /// The member asked a moment before.
    Cooldown,
    /// A quota was used up.
    Quota,
    /// The channel, the member's roles or the operator did not allow it.
    NotAllowed,
    /// A setting was changed; the store writes it with the change.
    Config,
    /// A job failed.
    Failed,
    /// A job was taken over from a process that ended, or that could not hold it any longer.
    Recovered,
    /// A member or moderator ended, renamed or exported a conversation.
    Thread,
    /// A member had their data exported or erased.
    Privacy,
    /// The operator paused or resumed the bot.
    Operator,
}

impl What {
    /// Every kind, in the order in which they are offered.
    pub const ALL: [Self; 13] = [
        Self::DuplicateGate1,
        Self::DuplicateGate2,
        Self::DuplicateLedger,
        Self::ConcurrentRun,
        Self::Cooldown,
        Self::Quota,
        Self::NotAllowed,
        Self::Config,
        Self::Failed,
        Self::Recovered,
        Self::Thread,
        Self::Privacy,
        Self::Operator,
    ];

    /// Its name in the database and in `/audit`.
    pub fn code(self) -> &'static str {
        match self {
            Self::DuplicateGate1 => "duplicate_gate_1",
            Self::DuplicateGate2 => "duplicate_gate_2",
            Self::DuplicateLedger => "duplicate_ledger",
            Self::ConcurrentRun => "concurrent_run",
            Self::Cooldown => "cooldown",
            Self::Quota => "quota",
            Self::NotAllowed => "not_allowed",
            Self::Config => "config",
            Self::Failed => "failed",
            Self::Recovered => "recovered",
            Self::Thread => "thread",
            Self::Privacy => "privacy",
            Self::Operator => "operator",
        }
    }

    /// What people read.
    pub fn label(self) -> &'static str {
        match self {
            Self::DuplicateGate1 => "Duplicate event (gate 1)",
            Self::DuplicateGate2 => "Duplicate command (gate 2)",
            Self::DuplicateLedger => "Duplicate (ledger)",
            Self::ConcurrentRun => "Concurrent run refused",
            Self::Cooldown => "Cooldown",
            Self::Quota => "Quota used up",
            Self::NotAllowed => "Not allowed",
            Self::Config => "Setting changed",
            Self::Failed => "Failed",
            Self::Recovered => "Recovered",
            Self::Thread => "Conversation",
            Self::Privacy => "Privacy",
            Self::Operator => "Operator",
        }
    }

    /// The kind of this name.
    pub fn named(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|what| what.code() == code)
    }
}

/// The queue of entries. Cheap to clone.
#[derive(Clone)]
pub(super) struct AuditLog {
    entries: mpsc::Sender<NewAuditEntry>,
}

impl AuditLog {
    pub(super) fn start(store: Store, tasks: &TaskTracker, shutdown: &CancellationToken) -> Self {
        let (entries, receiver) = mpsc::channel(WAITING_MAX);
        tasks.spawn(write(store, receiver, shutdown.clone()));
        Self { entries }
    }

    pub(super) fn record(&self, what: What, about: &About, detail: Option<Value>) {
        let entry = NewAuditEntry {
            guild_id: about.guild,
            channel_id: about.channel,
            message_id: about.message,
            member_id: about.member,
            job_id: about.job,
            detail: detail.map(Content),
            ..NewAuditEntry::new(what.code())
        };
        if self.entries.try_send(entry).is_err() {
            tracing::warn!(kind = what.code(), "the audit log is too far behind; an entry was left out");
        }
    }
}

async fn write(store: Store, mut entries: mpsc::Receiver<NewAuditEntry>, shutdown: CancellationToken) {
    loop {
        let entry = tokio::select! {
            biased;
            entry = entries.recv() => entry,
            () = shutdown.cancelled() => break,
        };
        let Some(entry) = entry else { return };
        put(&store, &entry).await;
    }
    // What came before the end is written; what comes after it is nobody's any more.
    entries.close();
    while let Ok(entry) = entries.try_recv() {
        put(&store, &entry).await;
    }
}

async fn put(store: &Store, entry: &NewAuditEntry) {
    // The store repeats what a busy database refused.
    if let Err(error) = store.audit(entry).await {
        tracing::warn!(%error, kind = entry.kind, "an entry of the audit log could not be written");
    }
}
