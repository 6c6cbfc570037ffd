//! The worker by itself, with work that misbehaves.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use plotline::config::{Env, WorkConfig};
use plotline::metrics::Metrics;
use plotline::worker::{Stop, Work, Worker};
use plotline_store::{
    ChannelId, Claim, ConnectOptions, Content, GuildId, HeldJob, Limits, MessageId, NewJob, Source, State, Store,
    Transition, UserId,
};
use serde_json::json;

/// Panics for the job of message 13 and ends every other.
struct Unlucky {
    store: Store,
    most_at_once: Arc<AtomicUsize>,
    at_once: AtomicUsize,
}

impl Work for Unlucky {
    async fn run(&self, held: HeldJob) -> Result<(), Stop> {
        let now = self.at_once.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_at_once.fetch_max(now, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(20)).await;
        self.at_once.fetch_sub(1, Ordering::SeqCst);
        assert_ne!(held.job.message_id, Some(MessageId(13)), "a planted panic");
        self.store
            .advance(&held.lease, &Transition::Failed { reason: "done".to_owned() })
            .await
            .map(drop)
            .map_err(|_| Stop::Parked)
    }

    async fn fail_after_panic(&self, held: &HeldJob) {
        self.store.advance(&held.lease, &Transition::Failed { reason: "panic".to_owned() }).await.unwrap();
    }

    async fn clean_up(&self, _: &HeldJob, _: &str) {}
}

async fn claim(store: &Store, owner: &plotline_store::Owner, message: u64, channel: u64) -> HeldJob {
    let new = NewJob {
        source: Source::Message(MessageId(message)),
        guild_id: Some(GuildId(1)),
        channel_id: ChannelId(channel),
        message_id: Some(MessageId(message)),
        author_id: UserId(3),
        exclusive_key: None,
        interaction: None,
        request: Content(json!({})),
        settings: Content(json!({})),
    };
    match store.claim(&new, &Limits::default(), owner, Duration::from_secs(30)).await.unwrap() {
        Claim::Won(held) => *held,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_ends_its_own_job_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let store =
        Store::connect(&format!("sqlite://{}", folder.path().join("w.db").display()), &ConnectOptions::default())
            .await
            .unwrap();
    let owner = store.register_owner().await.unwrap();
    let metrics = Arc::new(Metrics::default());
    let most_at_once = Arc::new(AtomicUsize::new(0));
    let work = Unlucky { store: store.clone(), most_at_once: most_at_once.clone(), at_once: AtomicUsize::new(0) };
    let config = WorkConfig::from_env(&Env::of([("JOBS_MAX", "3"), ("JOBS_PER_GUILD_MAX", "3")])).unwrap();
    let worker = Worker::new(config, store.clone(), owner.clone(), work, metrics.clone());
    let mut jobs = Vec::new();
    for message in 1..=20 {
        let held = claim(&store, &owner, message, 100 + message).await;
        jobs.push((message, held.job.id));
        worker.submit(held).await;
    }
    worker.drain(Duration::from_secs(30)).await;
    for (message, job) in jobs {
        let job = store.job(job).await.unwrap().unwrap();
        assert_eq!(job.state, State::Failed);
        assert_eq!(job.reason.as_deref(), Some(if message == 13 { "panic" } else { "done" }), "message {message}");
    }
    assert_eq!((metrics.panics.get(), metrics.jobs_in_flight.get()), (1, 0));
    assert!(most_at_once.load(Ordering::SeqCst) <= 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_of_one_conversation_take_turns() {
    let folder = tempfile::tempdir().unwrap();
    let store =
        Store::connect(&format!("sqlite://{}", folder.path().join("w.db").display()), &ConnectOptions::default())
            .await
            .unwrap();
    let owner = store.register_owner().await.unwrap();
    let most_at_once = Arc::new(AtomicUsize::new(0));
    let work = Unlucky { store: store.clone(), most_at_once: most_at_once.clone(), at_once: AtomicUsize::new(0) };
    let worker =
        Worker::new(WorkConfig::from_env(&Env::of([])).unwrap(), store.clone(), owner.clone(), work, Arc::default());
    for message in 1..=5 {
        worker.submit(claim(&store, &owner, message, 100).await).await;
    }
    worker.drain(Duration::from_secs(30)).await;
    assert_eq!(store.unfinished().await.unwrap(), 0);
    assert_eq!(most_at_once.load(Ordering::SeqCst), 1);
}
