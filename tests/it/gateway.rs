//! Connections that are lost, refused and replayed.

use std::time::Duration;

use discord_sim::{Delivery, SimOptions};
use model_sim::Reply;

use crate::harness::{PATIENCE, World};

const ANSWER: &str = "A median is the middle value of a sorted list.";

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_lost_in_mid_answer_with_a_replay_gives_one_answer() {
    let world = World::new().await;
    let gate = model_sim::Gate::new();
    world.model.script([Reply::text(ANSWER).hold_after(3, &gate), Reply::text("Another one.")]);
    // Each event is there twice, so the replay has events that were delivered already.
    world.sim.faults().deliver(Delivery::of("MESSAGE_CREATE").copies(2..=2));
    let _bot = world.bot().await;
    let question = world.mention("what is a median?");
    world.model.wait_for_calls(1).await.unwrap();
    world.sim.gateway().drop_connections(true);
    let during = world.mention("and this, while you were away?");
    gate.release();
    assert_eq!(world.answer_to(question).await[0].content, ANSWER);
    assert_eq!(world.answer_to(during).await.len(), 1);
    assert_eq!(world.model.calls(), 2);
    assert_eq!(world.sim.counters().bot_messages, 2);
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_missed_before_a_new_session_is_read_and_answered_once() {
    let world = World::new().await;
    let bot = world.bot().await;
    world.answer_to(world.mention("before?")).await;
    let identified = world.sim.counters().identifies;
    world.sim.gateway().refuse_connections(true);
    world.sim.gateway().drop_connections(false);
    let missed = world.mention("missed?");
    world.sim.gateway().refuse_connections(false);
    world
        .sim
        .wait_for("a new session", PATIENCE, |sim| (sim.counters().identifies > identified).then_some(()))
        .await
        .unwrap_or_else(|error| panic!("{error}\n{}", bot.log()));
    assert_eq!(world.answer_to(missed).await.len(), 1);
    assert_eq!(world.model.calls(), 2);
    assert!(bot.counter("backfilled").await >= 1);
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invalid_session_is_replaced_and_nothing_is_lost_or_doubled() {
    let world = World::new().await;
    let _bot = world.bot().await;
    world.answer_to(world.mention("before?")).await;
    let identified = world.sim.counters().identifies;
    world.sim.gateway().invalidate_sessions(false);
    let during = world.mention("during?");
    world
        .sim
        .wait_for("a new session", PATIENCE, |sim| (sim.counters().identifies > identified).then_some(()))
        .await
        .unwrap();
    let after = world.mention("after?");
    for question in [during, after] {
        assert_eq!(world.answer_to(question).await.len(), 1);
    }
    assert_eq!(world.model.calls(), 3);
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_to_reconnect_resumes() {
    let world = World::new().await;
    let _bot = world.bot().await;
    world.sim.gateway().request_reconnect();
    world.sim.wait_for("a resume", PATIENCE, |sim| (sim.counters().resumes == 1).then_some(())).await.unwrap();
    assert_eq!(world.answer_to(world.mention("still there?")).await.len(), 1);
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_content_intent_it_says_so_once_and_answers_mentions_and_direct_messages() {
    let world = World::with(SimOptions { message_content_granted: false, ..SimOptions::default() }).await;
    let bot = world.bot().await;
    let question = world.mention("what is a median?");
    assert_eq!(world.answer_to(question).await.len(), 1);
    let dm = world.sim.dm(world.alice);
    let direct = world.post(dm, "and a mean?");
    assert_eq!(world.reply_to(dm, direct).await.len(), 1);
    let told = bot.log().lines().filter(|line| line.contains("Message Content intent is not granted")).count();
    assert_eq!(told, 1);
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_token_ends_with_one_sentence_and_exit_code_2() {
    let mut world = World::new().await;
    world.set("DISCORD_TOKEN", "wrong");
    let bot = world.spawn_bot();
    let log = bot.log_path();
    assert_eq!(bot.ended().await, Some(2));
    let said = std::fs::read_to_string(log).unwrap();
    let last = said.lines().last().unwrap();
    insta::assert_snapshot!(last, @"Discord does not accept DISCORD_TOKEN. Copy the bot's token from the Developer Portal (Bot, Reset Token) and set it.");
    world.sim.take_violations(discord_sim::ViolationKind::Unauthorized);
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_base_configured_that_does_not_answer_it_never_goes_to_discord() {
    let mut world = World::new().await;
    world.set("DISCORD_API_BASE", "http://127.0.0.1:9");
    world.set("DISCORD_TIMEOUT_SECONDS", "1");
    let bot = world.spawn_bot();
    tokio::time::sleep(Duration::from_secs(2)).await;
    // It keeps asking the configured base; SIGTERM ends it at once.
    assert_eq!(bot.terminate().await, Some(0));
    assert_eq!(world.sim.counters().requests, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_status_page_tells_when_it_is_ready_and_what_jobs_do() {
    let world = World::new().await;
    let bot = world.bot().await;
    world.answer_to(world.mention("what is a median?")).await;
    assert_eq!(bot.get("/healthz").await, (200, "ok\n".to_owned()));
    assert_eq!(bot.get("/readyz").await, (200, "ready\n".to_owned()));
    let (_, metrics) = bot.get("/metrics").await;
    assert!(metrics.contains("plotline_answers_total 1"), "{metrics}");
    let (_, status) = bot.get("/status").await;
    assert!(status.contains(r#""state":"delivered""#) && !status.contains("median"), "{status}");
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn no_text_of_members_or_models_and_no_secret_is_logged() {
    let mut world = World::new().await;
    world.set("LOG", "trace");
    world.model.script([Reply::text("zebrafish are blue"), Reply::unauthorized()]);
    let bot = world.bot().await;
    let question = world.mention("platypus questions please");
    world.answer_to(question).await;
    let failing = world.mention("platypus again");
    world.answer_to(failing).await;
    let log = bot.log();
    for planted in ["platypus", "zebrafish", "sk-test-secret", &world.sim.token()] {
        let found: Vec<_> = log.lines().filter(|line| line.contains(planted)).collect();
        assert!(found.is_empty(), "{planted} is in the log: {}", found[0]);
    }
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn sigterm_ends_it_while_it_tries_to_reconnect_to_nothing() {
    let world = World::new().await;
    let bot = world.bot().await;
    world.sim.gateway().refuse_connections(true);
    world.sim.gateway().drop_connections(false);
    tokio::time::sleep(Duration::from_secs(3)).await;
    let asked = std::time::Instant::now();
    assert_eq!(bot.terminate().await, Some(0));
    assert!(asked.elapsed() < Duration::from_secs(10), "{:?}", asked.elapsed());
    world.finish();
}
