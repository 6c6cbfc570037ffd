//! Nothing happens twice, whatever arrives twice.

use std::collections::HashSet;
use std::time::Duration;

use discord_sim::{Delivery, SimOptions};

use crate::harness::{World, is_finished};

/// Promise 1 under load. The channel's own limits are switched wide open, so that the test shows the gates and not the limiter.
#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_mentions_each_delivered_several_times_get_one_answer_each() {
    const MENTIONS: usize = 200;
    let mut world =
        World::with(SimOptions { rate_limits: discord_sim::RateLimits::relaxed(), ..SimOptions::default() }).await;
    world.set("JOBS_PER_GUILD_MAX", "32");
    world.sim.faults().deliver(
        Delivery::of("MESSAGE_CREATE")
            .copies(2..=5)
            .delayed(Duration::ZERO..=Duration::from_millis(20))
            .again_in_thread(1..=1),
    );
    let bot = world.bot().await;
    let questions: Vec<_> = (0..MENTIONS).map(|number| world.mention(&format!("question number {number}?"))).collect();
    for question in &questions {
        world.answer_to(*question).await;
    }
    world.model.wait_until_idle().await.unwrap();
    assert_eq!(world.model.calls(), MENTIONS);
    assert_eq!(world.sim.threads(world.general).len(), MENTIONS);
    for (number, question) in questions.iter().enumerate() {
        let thread = world.sim.thread_of(*question).unwrap();
        let answer = world.sim.bot_messages(thread.id);
        assert_eq!(answer.len(), 1, "question {number}");
        assert!(
            answer[0].content.contains(&format!("question number {number}?")),
            "question {number}: {}",
            answer[0].content
        );
    }
    assert_eq!(world.sim.counters().bot_messages, MENTIONS as u64);
    let delivered = world.sim.counters().events["MESSAGE_CREATE"];
    let dropped =
        bot.counter("gate_1_drops").await + bot.counter("gate_2_drops").await + bot.counter("ledger_drops").await;
    // Between 1 and 4 further copies of each, and one in its thread. The bot's own messages are delivered as well and are none of them.
    assert!(dropped as usize >= 2 * MENTIONS && dropped < delivered as i64, "{dropped} of {delivered}");
    assert_eq!(bot.counter("claims").await, MENTIONS as i64);
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn each_duplicate_is_logged_once_with_its_ids_and_counted() {
    let world = World::new().await;
    world.sim.faults().deliver(Delivery::of("MESSAGE_CREATE").copies(5..=5));
    let bot = world.bot().await;
    let question = world.mention("hello there, what is a median?");
    world.answer_to(question).await;
    bot.wait_logged("duplicate message", 4).await;
    for drop in bot.logged("duplicate message") {
        assert_eq!(drop["level"], "WARN");
        assert_eq!(drop["fields"]["message"], "duplicate message");
        assert_eq!(drop["fields"]["id"], question.to_string());
        assert_eq!(drop["fields"]["channel"], world.general.to_string());
        assert_eq!(drop["fields"]["author"], world.alice.to_string());
    }
    assert_eq!(bot.counter("gate_1_drops").await, 4);
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn two_replicas_on_one_database_give_one_answer() {
    let world = World::new().await;
    let (_first, _second) = (world.bot().await, world.bot().await);
    let questions: Vec<_> = (0..10).map(|number| world.mention(&format!("what is {number} plus one?"))).collect();
    for question in &questions {
        let answer = world.answer_to(*question).await;
        assert_eq!(answer.len(), 1);
    }
    world.model.wait_until_idle().await.unwrap();
    assert_eq!(world.model.calls(), questions.len());
    assert_eq!(world.sim.counters().bot_messages, questions.len() as u64);
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_of_a_message_are_no_new_questions() {
    let world = World::new().await;
    let _bot = world.bot().await;
    let question = world.mention("what is https://example.com ?");
    world.answer_to(question).await;
    world.sim.add_link_preview(question, "https://example.com").unwrap();
    world.sim.edit(world.alice, question, &format!("{} what is it really?", world.sim.mention())).unwrap();
    let thread = world.sim.thread_of(question).unwrap();
    world.sim.add_to_thread(thread.id, world.guild.member("Ben")).unwrap();
    // A later question is answered after everything before it has been looked at.
    let later = world.mention("and now?");
    world.answer_to(later).await;
    assert_eq!(world.model.calls(), 2);
    assert_eq!(world.sim.bot_messages(thread.id).len(), 1);
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_words_twice_are_two_questions() {
    let world = World::new().await;
    let _bot = world.bot().await;
    let questions = [world.mention("what is a mean?"), world.mention("what is a mean?")];
    let mut answers = HashSet::new();
    for question in questions {
        let answer = world.answer_to(question).await;
        assert!(is_finished(&answer[0].content));
        answers.insert(answer[0].id);
    }
    assert_eq!((answers.len(), world.model.calls()), (2, 2));
    world.finish();
}
