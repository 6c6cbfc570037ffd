//! The process is killed around every write, and started again on the same database.

use discord_sim::{RateLimits, SimOptions, WritePoint};
use model_sim::Reply;

use crate::harness::{World, reached_before};

const ANSWER: &str = "A median is the middle value of a sorted list.";

/// A world whose answer takes all kinds of writes: typing, thread, placeholder, edits, and a second message.
async fn world() -> (World, String) {
    let world = World::with(SimOptions { rate_limits: RateLimits::relaxed(), ..SimOptions::default() }).await;
    let long: String = (0..70).map(|n| format!("{ANSWER} This is sentence number {n}. ")).collect();
    let answer = long.trim().to_owned();
    let reply = answer.clone();
    world.model.answer_with(move |_| Reply::text(&reply));
    (world, answer)
}

/// Kills the bot at write `k`, starts it again, and looks at what is there in the end. False when the job had fewer writes.
async fn survives(k: u64, point: WritePoint) -> bool {
    let (world, answer) = world().await;
    let bot = world.bot().await;
    let hold = world.sim.faults().hold_write(k, point);
    let question = world.mention("what is a median?");
    if !reached_before(&hold, world.answer_to(question)).await {
        return false;
    }
    bot.kill().await;
    // Before it is executed the request dies with its sender or goes through after it; Discord may do either. It is done here.
    hold.release();
    let _bot = world.bot().await;
    let shown = world
        .sim
        .wait_for("the whole answer", crate::harness::PATIENCE, |sim| {
            let messages = sim.bot_messages(sim.thread_of(question)?.id);
            let text = messages.iter().map(|message| message.content.as_str()).collect::<Vec<_>>().join(" ");
            (text == answer).then_some(messages)
        })
        .await
        .unwrap_or_else(|error| {
            let messages = world.sim.thread_of(question).map(|thread| world.sim.bot_messages(thread.id));
            panic!("killed {point:?} write {k}: {error}\n{messages:#?}\n{}", world.logs())
        });
    assert!(shown.len() >= 2, "the answer takes two messages");
    assert_eq!(world.sim.threads(world.general).len(), 1);
    assert_eq!(world.sim.bot_messages(world.general).len(), 0);
    assert!(world.model.calls() <= 2, "killed {point:?} write {k}: {} model calls", world.model.calls());
    world.finish();
    true
}

async fn sweep(point: WritePoint) {
    let mut killed = 0;
    for k in 1.. {
        if !survives(k, point).await {
            break;
        }
        killed += 1;
    }
    // Typing, thread, placeholder, at least one edit, the second message.
    assert!(killed >= 5, "only {killed} writes were found");
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_before_each_write_it_finishes_the_same_answer() {
    sweep(WritePoint::BeforeExecuting).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_before_the_answer_to_each_write_it_finishes_the_same_answer() {
    sweep(WritePoint::BeforeAnswering).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_right_after_each_write_it_finishes_the_same_answer() {
    sweep(WritePoint::AfterAnswering).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_the_model_writes_it_asks_once_more_and_no_third_time() {
    let world = World::new().await;
    let gate = model_sim::Gate::new();
    world.model.script([Reply::text(ANSWER).hold_after(3, &gate), Reply::text(ANSWER)]);
    let bot = world.bot().await;
    let question = world.mention("what is a median?");
    world.model.wait_for_calls(1).await.unwrap();
    bot.kill().await;
    let _bot = world.bot().await;
    let answer = world.answer_to(question).await;
    assert_eq!(answer.len(), 1);
    assert_eq!(answer[0].content, ANSWER);
    assert_eq!(world.model.calls(), 2);
    gate.release();
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mention_sent_while_the_bot_was_down_is_answered_once() {
    let world = World::new().await;
    let bot = world.bot().await;
    world.answer_to(world.mention("before?")).await;
    assert_eq!(bot.terminate().await, Some(0));
    let missed = world.mention("and while you were away?");
    let _bot = world.bot().await;
    assert_eq!(world.answer_to(missed).await.len(), 1);
    assert_eq!(world.model.calls(), 2);
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn sigterm_lets_an_answer_end_and_exits_with_0() {
    let world = World::new().await;
    let gate = model_sim::Gate::new();
    world.model.script([Reply::text(ANSWER).hold_after(3, &gate)]);
    let bot = world.bot().await;
    let question = world.mention("what is a median?");
    world.model.wait_for_calls(1).await.unwrap();
    let stopping = tokio::spawn(bot.terminate());
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    gate.release();
    assert_eq!(stopping.await.unwrap(), Some(0));
    assert_eq!(world.answer_to(question).await[0].content, ANSWER);
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn sigterm_parks_what_takes_too_long_and_the_next_start_finishes_it() {
    let mut world = World::new().await;
    world.set("DRAIN_SECONDS", "1");
    world.model.script([Reply::never(), Reply::text(ANSWER)]);
    let bot = world.bot().await;
    let question = world.mention("what is a median?");
    world.model.wait_for_calls(1).await.unwrap();
    assert_eq!(bot.terminate().await, Some(0));
    let _bot = world.bot().await;
    let answer = world.answer_to(question).await;
    assert_eq!((answer.len(), answer[0].content.as_str()), (1, ANSWER));
    world.finish();
}

/// Two processes on one Postgres: what one leaves in the middle the other finishes when the lease is over.
#[tokio::test(flavor = "multi_thread")]
async fn another_replica_finishes_the_answer_of_one_that_was_killed() {
    let mut world = World::new().await;
    let database = crate::harness::Postgres::create().await;
    world.set("DATABASE_URL", database.url());
    world.set("LEASE_SECONDS", "2");
    let gate = model_sim::Gate::new();
    world.model.script([Reply::text(ANSWER).hold_after(3, &gate), Reply::text(ANSWER)]);
    let first = world.bot().await;
    let question = world.mention("what is a median?");
    world.model.wait_for_calls(1).await.unwrap();
    let second = world.bot().await;
    first.kill().await;
    let answer = world.answer_to(question).await;
    assert_eq!((answer.len(), answer[0].content.as_str()), (1, ANSWER));
    assert_eq!(second.counter("takeovers").await, 1);
    let again = world.mention("and a mean?");
    assert_eq!(world.answer_to(again).await.len(), 1);
    gate.release();
    assert_eq!(world.model.calls(), 3);
    world.finish();
    assert_eq!(second.terminate().await, Some(0));
    database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_replicas_on_postgres_give_one_answer_each() {
    let mut world = World::new().await;
    let database = crate::harness::Postgres::create().await;
    world.set("DATABASE_URL", database.url());
    let (first, second) = (world.bot().await, world.bot().await);
    let questions: Vec<_> = (0..20).map(|number| world.mention(&format!("what is {number} plus one?"))).collect();
    for question in questions {
        assert_eq!(world.answer_to(question).await.len(), 1);
    }
    world.model.wait_until_idle().await.unwrap();
    assert_eq!(world.model.calls(), 20);
    assert_eq!(first.counter("claims").await + second.counter("claims").await, 20);
    assert_eq!(first.counter("ledger_drops").await + second.counter("ledger_drops").await, 20);
    world.finish();
    for bot in [first, second] {
        assert_eq!(bot.terminate().await, Some(0));
    }
    database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_direct_message_sent_while_the_bot_was_down_is_answered_once() {
    let world = World::new().await;
    let bot = world.bot().await;
    let dm = world.sim.dm(world.alice);
    world.reply_to(dm, world.post(dm, "before?")).await;
    bot.kill().await;
    let missed = world.post(dm, "and while you were away?");
    let _bot = world.bot().await;
    assert_eq!(world.reply_to(dm, missed).await.len(), 1);
    assert_eq!(world.model.calls(), 2);
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mention_older_than_the_set_age_is_left_alone() {
    let mut world = World::new().await;
    let bot = world.bot().await;
    world.answer_to(world.mention("before?")).await;
    bot.kill().await;
    world.mention("too old by then");
    world.set("BACKFILL_MAX_AGE_MINUTES", "0");
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    let _bot = world.bot().await;
    world.answer_to(world.mention("new?")).await;
    assert_eq!(world.model.calls(), 2);
    world.finish();
}
