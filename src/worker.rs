//! Runs claimed jobs: a bounded number at once, one at a time in each conversation, each under a lease that is renewed.
//!
//! The ledger is the queue. What does not fit into this process is released there at once, and whoever has room takes it: this
//! process, a replica, or the next start.

mod running;

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use futures_util::FutureExt as _;
use plotline_store::{Cancelled, HeldJob, LedgerError, Owner, Store};
use tokio::sync::{OwnedMutexGuard, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::WorkConfig;
use crate::ids::{ChannelId, JobId};
use crate::metrics::Metrics;
use crate::pipeline::Pipeline;
use running::Running;
pub use running::{Stop, StopSignal};

/// How often unfinished jobs without a holder are looked for.
const RECOVER_EVERY: Duration = Duration::from_secs(3);

/// What is done with a job.
pub trait Work: Send + Sync + 'static {
    /// Carries a job out, from wherever it is. `Err` says that it has not ended and who goes on with it.
    fn run(&self, held: HeldJob) -> impl Future<Output = Result<(), Stop>> + Send;

    /// Ends a job whose [`Work::run`] panicked.
    fn fail_after_panic(&self, held: &HeldJob) -> impl Future<Output = ()> + Send;

    /// Ends a job that a person cancelled, and takes an unfinished message of it away.
    fn clean_up(&self, held: &HeldJob, reason: &str) -> impl Future<Output = ()> + Send;
}

/// Runs jobs. Cheap to clone.
pub struct Worker<W = Pipeline> {
    inner: Arc<Inner<W>>,
}

impl<W> Clone for Worker<W> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone() }
    }
}

struct Inner<W> {
    config: WorkConfig,
    store: Store,
    owner: Owner,
    work: W,
    metrics: Arc<Metrics>,
    running: Mutex<HashMap<JobId, Running>>,
    all: Arc<Semaphore>,
    by_guild: Mutex<HashMap<u64, Weak<Semaphore>>>,
    conversations: Mutex<HashMap<ChannelId, Weak<tokio::sync::Mutex<()>>>>,
    tasks: TaskTracker,
    closing: CancellationToken,
}

impl<W: Work> Worker<W> {
    /// A worker that holds its jobs as `owner`.
    pub fn new(config: WorkConfig, store: Store, owner: Owner, work: W, metrics: Arc<Metrics>) -> Self {
        let inner = Inner {
            all: Arc::new(Semaphore::new(config.jobs_max)),
            config,
            store,
            owner,
            work,
            metrics,
            running: Mutex::default(),
            by_guild: Mutex::default(),
            conversations: Mutex::default(),
            tasks: TaskTracker::new(),
            closing: CancellationToken::new(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Starts a job that this process holds, or gives it back to the ledger when there is no room.
    pub async fn submit(&self, held: HeldJob) {
        let full = self.inner.tasks.len() >= self.inner.config.queue_max;
        if full || self.inner.closing.is_cancelled() {
            if full {
                tracing::warn!(job = %held.job.id, "the queue is full; the job waits in the ledger");
            }
            if let Err(error) = self.inner.store.release(&held.lease).await {
                tracing::warn!(%error, job = %held.job.id, "a job could not be released; it is taken up when its lease expires");
            }
            return;
        }
        let worker = self.clone();
        self.inner.tasks.spawn(async move { worker.work(held).await });
    }

    /// Ends jobs that a person cancelled, if they run here. Other processes find out when they renew.
    pub fn stop(&self, cancelled: &[Cancelled], reason: &str) {
        for Cancelled { job, .. } in cancelled {
            tracing::info!(%job, reason, "a person ended this job");
            if let Some(running) = self.running().get(job) {
                running.stop(Stop::Cancelled(reason.to_owned()));
            }
        }
    }

    /// Takes over unfinished jobs that nobody holds, now and every few seconds, until `shutdown`.
    pub async fn recover(&self, shutdown: CancellationToken) {
        loop {
            if let Err(error) = self.take_over().await {
                tracing::warn!(%error, "unfinished jobs could not be looked for");
            }
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = tokio::time::sleep(RECOVER_EVERY) => {}
            }
        }
    }

    async fn take_over(&self) -> Result<(), plotline_store::StoreError> {
        let inner = &self.inner;
        let room = inner.config.jobs_max.saturating_sub(inner.tasks.len());
        if room == 0 {
            return Ok(());
        }
        inner.store.release_dead_owners().await?;
        for held in inner.store.take_over(&inner.owner, inner.config.lease, room as u32).await? {
            tracing::warn!(job = %held.job.id, state = %held.job.state, takeovers = held.job.takeovers, model_calls = held.job.model_calls, "taking an unfinished job over");
            inner.metrics.takeovers.inc();
            self.submit(held).await;
        }
        Ok(())
    }

    /// Takes no more jobs, lets those in flight end for `patience`, then parks the rest: they stay in the ledger, free for the next.
    pub async fn drain(&self, patience: Duration) {
        self.inner.closing.cancel();
        self.inner.tasks.close();
        if tokio::time::timeout(patience, self.inner.tasks.wait()).await.is_ok() {
            return;
        }
        for running in self.running().values() {
            running.stop(Stop::Parked);
        }
        let _ = tokio::time::timeout(Duration::from_secs(2), self.inner.tasks.wait()).await;
    }

    async fn work(&self, held: HeldJob) {
        let inner = &self.inner;
        let job = held.job.id;
        inner.metrics.jobs_in_flight.inc();
        let (running, mut signal) = Running::start(inner.store.clone(), held.lease.clone(), inner.config.lease);
        self.running().insert(job, running);
        let conversation = held.job.thread_id.unwrap_or(held.job.channel_id);
        let guild = held.job.guild_id.map_or(held.job.channel_id.0, |guild| guild.0);
        let turn = async {
            let turn = self.turn(conversation, guild).await;
            let worked = AssertUnwindSafe(inner.work.run(held.clone())).catch_unwind().await;
            drop(turn);
            worked
        };
        let stopped = tokio::select! {
            worked = turn => match worked {
                Ok(ended) => ended.err(),
                Err(_) => {
                    inner.metrics.panics.inc();
                    tracing::error!(%job, "a job panicked");
                    inner.work.fail_after_panic(&held).await;
                    None
                }
            },
            stop = signal.stopped() => Some(stop),
        };
        match stopped {
            None => {}
            Some(Stop::Cancelled(reason)) => inner.work.clean_up(&held, &reason).await,
            Some(Stop::Parked) => {
                tracing::info!(%job, "parking a job in the ledger");
                match inner.store.release(&held.lease).await {
                    Ok(()) => {}
                    Err(error) => {
                        tracing::warn!(%error, %job, "a job could not be released; it is taken up when its lease expires")
                    }
                }
            }
            Some(Stop::Fenced) => tracing::warn!(%job, "another process took this job over; it is left to it"),
        }
        self.running().remove(&job);
        inner.metrics.jobs_in_flight.dec();
    }

    /// Waits for this job's turn: first in its conversation, then in its guild, then in the process.
    async fn turn(&self, conversation: ChannelId, guild: u64) -> Turn {
        let lock = shared(&self.inner.conversations, conversation, || tokio::sync::Mutex::new(()));
        let conversation = lock.lock_owned().await;
        let permits = self.inner.config.jobs_per_guild_max;
        let by_guild = shared(&self.inner.by_guild, guild, || Semaphore::new(permits));
        // Neither semaphore is ever closed.
        let guild = by_guild.acquire_owned().await.ok();
        let all = self.inner.all.clone().acquire_owned().await.ok();
        Turn { _conversation: conversation, _guild: guild, _all: all }
    }

    fn running(&self) -> std::sync::MutexGuard<'_, HashMap<JobId, Running>> {
        self.inner.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Held while a job is worked on.
struct Turn {
    _conversation: OwnedMutexGuard<()>,
    _guild: Option<tokio::sync::OwnedSemaphorePermit>,
    _all: Option<tokio::sync::OwnedSemaphorePermit>,
}

/// The value for a key that everybody who uses it at the moment shares; it is gone when nobody does.
fn shared<K: Eq + std::hash::Hash, V>(map: &Mutex<HashMap<K, Weak<V>>>, key: K, make: impl FnOnce() -> V) -> Arc<V> {
    /// Past so many keys those that nobody uses are dropped.
    const KEYS_KEPT: usize = 4_096;
    let mut map = map.lock().unwrap_or_else(PoisonError::into_inner);
    if map.len() > KEYS_KEPT {
        map.retain(|_, value| value.strong_count() > 0);
    }
    if let Some(value) = map.get(&key).and_then(Weak::upgrade) {
        return value;
    }
    let value = Arc::new(make());
    map.insert(key, Arc::downgrade(&value));
    value
}

/// What a failed write to the ledger means for the job: another holder, or a database that is away.
pub fn stop_for(error: &LedgerError) -> Stop {
    match error {
        LedgerError::Fenced(_) => Stop::Fenced,
        _ => Stop::Parked,
    }
}
