//! What durability costs: claims and whole jobs on each database.
//!
//! `tests/with-postgres cargo bench -p plotline-store --bench claim`; without a server only SQLite is measured. The throw-away server
//! syncs nothing, so its numbers are those of `sqlite-process-crash` and not of `sqlite-power-loss`.

// A benchmark may stop at the first surprise: there is nobody to tell.
#![allow(clippy::expect_used)]

use divan::Bencher;
use divan::counter::ItemsCount;
use plotline_store::{
    ChannelId, Claim, ConnectOptions, Durability, Estimate, GuildId, HeldJob, Limits, MessageId, NewJob, NewPart,
    Owner, Source, Store, Transition, UserId,
};
use serde_json::json;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tempfile::TempDir;
use tokio::runtime::Runtime;

fn main() {
    divan::main();
}

const LEASE: Duration = Duration::from_secs(60);

/// How many members ask at the same moment.
const AT_ONCE: u64 = 64;

/// The databases to measure.
fn databases() -> Vec<&'static str> {
    let mut databases = vec!["sqlite-power-loss", "sqlite-process-crash"];
    if std::env::var_os("PLOTLINE_TEST_POSTGRES").is_some() {
        databases.push("postgres");
    }
    databases
}

/// A connected store, with what keeps it alive.
struct Bench {
    runtime: Runtime,
    store: Store,
    owner: Owner,
    next: AtomicU64,
    _folder: TempDir,
}

impl Bench {
    fn new(database: &str) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let folder = TempDir::new().expect("a temporary folder");
        let url = match database {
            "postgres" => std::env::var("PLOTLINE_TEST_POSTGRES").expect("a server"),
            _ => format!("sqlite://{}", folder.path().join("plotline.db").display()),
        };
        let durability = if database == "sqlite-power-loss" { Durability::PowerLoss } else { Durability::ProcessCrash };
        let options = ConnectOptions { durability, ..ConnectOptions::default() };
        let store = runtime.block_on(Store::connect(&url, &options)).expect("a database");
        // Benchmarks share one Postgres database, so each begins where no other has been.
        let start = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970").as_nanos() as u64;
        Self { runtime, store, owner: Owner::unique(), next: AtomicU64::new(start), _folder: folder }
    }

    fn question(&self) -> NewJob {
        let message = self.next.fetch_add(1, Ordering::Relaxed);
        NewJob {
            source: Source::Message(MessageId(message)),
            guild_id: Some(GuildId(1)),
            channel_id: ChannelId(10),
            message_id: Some(MessageId(message)),
            author_id: UserId(message % 100),
            exclusive_key: None,
            interaction: None,
            request: json!({"text": "draw a chart of these numbers"}).into(),
            settings: json!({"model": "small"}).into(),
        }
    }

    async fn claim(&self, new: &NewJob) -> Claim {
        self.store.claim(new, &Limits::default(), &self.owner, LEASE).await.expect("a claim")
    }

    async fn won(&self) -> HeldJob {
        match self.claim(&self.question()).await {
            Claim::Won(held) => Some(*held),
            _ => None,
        }
        .expect("a new job")
    }

    async fn advance(&self, held: &HeldJob, transition: Transition) {
        self.store.advance(&held.lease, &transition).await.expect("a step");
    }
}

/// A new message: inserted, counted against its limits, committed.
#[divan::bench(args = databases())]
fn claim_new(bencher: Bencher<'_, '_>, database: &str) {
    let bench = Bench::new(database);
    bencher.bench_local(|| bench.runtime.block_on(bench.won()));
}

/// The same message again.
#[divan::bench(args = databases())]
fn claim_duplicate(bencher: Bencher<'_, '_>, database: &str) {
    let bench = Bench::new(database);
    let new = bench.question();
    bench.runtime.block_on(bench.claim(&new));
    bencher.bench_local(|| bench.runtime.block_on(bench.claim(&new)));
}

/// Different messages at the same moment.
#[divan::bench(args = databases(), sample_count = 20)]
fn claim_64_at_once(bencher: Bencher<'_, '_>, database: &str) {
    let bench = Bench::new(database);
    bencher.counter(ItemsCount::new(AT_ONCE)).bench_local(|| {
        bench.runtime.block_on(async {
            let mut claims = tokio::task::JoinSet::new();
            for _ in 0..AT_ONCE {
                let (store, owner, new) = (bench.store.clone(), bench.owner.clone(), bench.question());
                claims.spawn(async move { store.claim(&new, &Limits::default(), &owner, LEASE).await });
            }
            claims.join_all().await
        })
    });
}

/// A lease kept for longer.
#[divan::bench(args = databases())]
fn renew(bencher: Bencher<'_, '_>, database: &str) {
    let bench = Bench::new(database);
    let held = bench.runtime.block_on(bench.won());
    bencher.bench_local(|| bench.runtime.block_on(bench.store.renew(&held.lease, LEASE)));
}

/// Everything that the ledger writes for one answer, from the claim to the end.
#[divan::bench(args = databases(), sample_count = 50)]
fn whole_job(bencher: Bencher<'_, '_>, database: &str) {
    let bench = Bench::new(database);
    bencher.bench_local(|| {
        bench.runtime.block_on(async {
            let held = bench.won().await;
            let id = held.job.message_id.map_or(0, |message| message.0);
            bench.advance(&held, Transition::Thread { thread_id: ChannelId(id) }).await;
            let part = NewPart { ordinal: 0, nonce: format!("{id}"), body: json!({"content": "Thinking"}).into() };
            bench.store.put_parts(&held.lease, &[part]).await.expect("a part");
            bench.store.part_sent(&held.lease, 0, MessageId(id)).await.expect("a message");
            bench.advance(&held, Transition::Placeholder { message_id: MessageId(id) }).await;
            bench.advance(&held, Transition::Answering).await;
            bench.store.count_model_call(&held.lease, &Estimate::default()).await.expect("a model call");
            bench.store.save_answer(&held.lease, &json!({"text": "An answer"}).into()).await.expect("an answer");
            bench.advance(&held, Transition::Delivered).await;
        });
    });
}
