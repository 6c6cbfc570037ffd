//! Each REST write of a job goes wrong in each way; there is one thread and one answer all the same.

use std::time::Duration;

use discord_sim::{LimitScope, RateLimits, RestFault, RestRule, SimOptions};
use model_sim::Reply;

use crate::harness::World;

const ANSWER: &str = "A median is the middle value of a sorted list.";

/// The writes of a job with a thread, in order: typing, thread, placeholder, final edit. (Edits in between are skipped by a
/// model that answers at once.)
const WRITES: u64 = 4;

async fn one_answer_despite(fault: RestFault, k: u64) {
    let mut world = World::with(SimOptions { rate_limits: RateLimits::relaxed(), ..SimOptions::default() }).await;
    world.set("DISCORD_TIMEOUT_SECONDS", "1");
    world.model.script([Reply::text(ANSWER)]);
    let _bot = world.bot().await;
    world.sim.faults().rest(RestRule::any_write(fault.clone()).nth(k));
    let question = world.mention("what is a median?");
    let shown = world
        .sim
        .wait_for("one answer", crate::harness::PATIENCE, |sim| {
            let messages = sim.bot_messages(sim.thread_of(question)?.id);
            (messages.len() == 1 && messages[0].content == ANSWER).then_some(messages)
        })
        .await
        .unwrap_or_else(|error| panic!("{fault:?} at write {k}: {error}\n{}", world.logs()));
    assert_eq!(shown.len(), 1);
    assert_eq!(world.sim.threads(world.general).len(), 1, "{fault:?} at write {k}");
    assert_eq!(world.sim.counters().bot_messages, 1, "{fault:?} at write {k}");
    assert_eq!(world.model.calls(), 1, "{fault:?} at write {k}");
    let hit = world.sim.requests().iter().filter(|request| request.fault.is_some()).count();
    assert_eq!(hit, 1, "{fault:?} at write {k} was not played");
    world.finish();
}

async fn each_write(fault: RestFault) {
    for k in 1..=WRITES {
        one_answer_despite(fault.clone(), k).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_fails_before_it_is_carried_out_is_repeated() {
    each_write(RestFault::FailBefore(500)).await;
    each_write(RestFault::CutBefore).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_fails_after_it_was_carried_out_is_not_carried_out_again() {
    each_write(RestFault::FailAfter(502)).await;
    each_write(RestFault::CutAfter).await;
    each_write(RestFault::CutBody).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_whose_answer_comes_too_late_is_not_carried_out_again() {
    each_write(RestFault::DelayAfter(Duration::from_secs(3))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_is_carried_out_late_does_not_undo_a_later_one() {
    each_write(RestFault::DelayBefore(Duration::from_secs(3))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limited_write_waits_as_long_as_it_is_told() {
    for scope in [LimitScope::User, LimitScope::Global, LimitScope::Shared] {
        each_write(RestFault::RateLimited { retry_after: Duration::from_millis(400), scope }).await;
    }
}
