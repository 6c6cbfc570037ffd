//! What the bot's main job costs before and around the work itself: `cargo bench --bench spine`.
//!
//! The durable claim is measured where the ledger lives: `cargo bench -p plotline-store`.

// A benchmark may stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::sync::Arc;
use std::time::Duration;

use discord_sim::{Post, Sim, SimOptions};
use divan::Bencher;
use divan::counter::ItemsCount;
use plotline::admission::Admission;
use plotline::answer::Answerer;
use plotline::config::{Config, Env};
use plotline::discord::rest::Rest;
use plotline::event::{Author, Event, Message, MessageKind, Place, PlaceKind};
use plotline::gate::{GATE_CAPACITY, Gate};
use plotline::ids::{ChannelId, GuildId, MessageId, UserId};
use plotline::intake::{Intake, Parts};
use plotline::metrics::Metrics;
use plotline::oversight::Oversight;
use plotline::pipeline::{self, Fetcher, Pipeline};
use plotline::places::Places;
use plotline::worker::Worker;
use plotline_store::{ConnectOptions, Store};
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

fn main() {
    plotline::tls();
    divan::main();
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// Check and add on a gate that is full, so that each new key pushes the oldest out.
#[divan::bench]
fn gate_admits_a_new_key(bencher: Bencher<'_, '_>) {
    let runtime = runtime();
    let gate = Gate::new(GATE_CAPACITY);
    runtime.block_on(async {
        for key in 0..GATE_CAPACITY as u64 {
            gate.admit(key).await;
        }
    });
    let mut next = GATE_CAPACITY as u64;
    bencher.bench_local(|| {
        next += 1;
        runtime.block_on(gate.admit(next))
    });
}

/// The same for a duplicate.
#[divan::bench]
fn gate_drops_a_known_key(bencher: Bencher<'_, '_>) {
    let runtime = runtime();
    let gate = Gate::new(GATE_CAPACITY);
    runtime.block_on(gate.admit(7_u64));
    bencher.bench_local(|| runtime.block_on(gate.admit(7)));
}

/// A message that is not for the bot, from the queue through the intake: what a busy server costs. One item is one event.
#[divan::bench(sample_count = 20)]
fn an_irrelevant_event(bencher: Bencher<'_, '_>) {
    const EVENTS: u64 = 10_000;
    let runtime = runtime();
    let folder = tempfile::tempdir().unwrap();
    let intake = runtime.block_on(intake(&format!("sqlite://{}", folder.path().join("bench.db").display())));
    bencher.counter(ItemsCount::new(EVENTS)).bench_local(|| {
        let intake = intake.clone();
        runtime.block_on(async move {
            let (events, receiver) = tokio::sync::mpsc::channel(4096);
            let running = tokio::spawn(async move { intake.run(receiver, CancellationToken::new()).await });
            for number in 0..EVENTS {
                events.send(Event::Message(Box::new(chatter(number)))).await.unwrap();
            }
            drop(events);
            running.await.unwrap();
        });
    });
}

/// The whole way in one process: from a member's message on the simulated gateway to the first request that the bot sends for it.
#[divan::bench(sample_count = 50)]
fn event_to_first_request(bencher: Bencher<'_, '_>) {
    let runtime = runtime();
    let folder = tempfile::tempdir().unwrap();
    let stop = CancellationToken::new();
    let (sim, channel, member) = runtime.block_on(async {
        let sim = Sim::start(SimOptions { rate_limits: discord_sim::RateLimits::relaxed(), ..SimOptions::default() })
            .await
            .unwrap();
        let guild = sim.guild("Bench");
        let (channel, member) = (guild.text_channel("general"), guild.member("Ann"));
        let config = Config::from_env(&environment(
            &sim.base_url(),
            &sim.token(),
            &format!("sqlite://{}", folder.path().join("bench.db").display()),
        ))
        .unwrap();
        tokio::spawn(plotline::app::run(config, stop.clone()));
        sim.wait_for("the bot", Duration::from_secs(30), |sim| (sim.counters().identifies > 0).then_some(()))
            .await
            .unwrap();
        (sim, channel, member)
    });
    let text = format!("{} hello?", sim.mention());
    bencher.bench_local(|| {
        runtime.block_on(async {
            let writes = sim.counters().writes;
            sim.post(member, channel, Post::text(&text)).unwrap();
            sim.wait_for("a request", Duration::from_secs(30), |sim| (sim.counters().writes > writes).then_some(()))
                .await
                .unwrap();
            // What follows belongs to the job's work; the next round begins when it is over.
            sim.wait_for("the answer", Duration::from_secs(30), |sim| {
                let edits = sim.counters().bot_edits;
                (edits >= sim.counters().bot_threads).then_some(())
            })
            .await
            .unwrap();
        });
    });
    stop.cancel();
}

fn environment(base: &str, token: &str, database: &str) -> Env {
    Env::of([
        ("DISCORD_TOKEN", token),
        ("DISCORD_API_BASE", base),
        ("DATABASE_URL", database),
        ("JOBS_PER_GUILD_MAX", "64"),
    ])
}

async fn intake(database: &str) -> Intake {
    let config = Config::from_env(&environment("http://127.0.0.1:9", "token", database)).unwrap();
    let metrics = Arc::new(Metrics::default());
    let store = Store::connect(database, &ConnectOptions::default()).await.unwrap();
    let rest =
        Rest::new(config.discord.api_base.clone(), config.discord.token.clone(), config.discord.timeout).unwrap();
    let (places, owner) = (Arc::new(Places::default()), store.register_owner().await.unwrap());
    places.learn(Place {
        id: ChannelId(5),
        guild: Some(GuildId(6)),
        kind: PlaceKind::Text,
        parent: None,
        owner: None,
        name: "general".to_owned(),
        last_message: None,
    });
    let answerer = Answerer::new(config.answer.clone(), metrics.clone()).unwrap();
    let fetcher = Fetcher::new(None, 1 << 20).unwrap();
    let (tasks, never) = (TaskTracker::new(), CancellationToken::new());
    let oversight = Oversight::start(store.clone(), rest.clone(), metrics.clone(), &tasks, &never);
    let admission =
        Admission::new(store.clone(), rest.clone(), places.clone(), config.operator.clone(), &config.answer);
    let pipeline = Pipeline::new(pipeline::Parts {
        bot: UserId(1),
        rest: rest.clone(),
        store: store.clone(),
        places: places.clone(),
        answerer,
        fetcher: fetcher.clone(),
        admission: admission.clone(),
        oversight: oversight.clone(),
        metrics: metrics.clone(),
    });
    let worker = Worker::new(config.work.clone(), store.clone(), owner.clone(), pipeline, metrics.clone());
    Intake::new(Parts {
        bot: UserId(1),
        config: config.discord,
        rest,
        store,
        owner,
        lease: config.work.lease,
        places,
        worker,
        admission,
        oversight,
        fetcher,
        metrics,
    })
}

fn chatter(number: u64) -> Message {
    Message {
        id: MessageId(1_000_000 + number),
        channel: ChannelId(5),
        guild: Some(GuildId(6)),
        author: Author { id: UserId(7), name: "Ben".to_owned(), automated: false, roles: Some(Vec::new()) },
        content: "just chatting with the others here".to_owned(),
        attachments: Vec::new(),
        mentions: Vec::new(),
        mentioned_roles: Vec::new(),
        reply_to: None,
        kind: MessageKind::Default,
    }
}
