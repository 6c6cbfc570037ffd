//! Commands when things go wrong: delivered twice, two processes, lost answers, a kill in the middle, a token whose time is over.

use std::time::Duration;

use discord_sim::{Delivery, Invocation, RateLimits, RestFault, RestRule, SimOptions, WritePoint};
use model_sim::{Gate, Reply};

use super::is_complete;
use crate::harness::{PATIENCE, World, reached_before};

const CALLBACK: &str = "/interactions/{interaction}/{token}/callback";
const ORIGINAL: &str = "/webhooks/{application}/{token}/messages/@original";
const ANSWER: &str = "A median is the middle value.";

fn ask() -> Invocation {
    Invocation::slash("ask").option("question", "what is a median?")
}

async fn relaxed() -> World {
    World::with(SimOptions { rate_limits: RateLimits::relaxed(), ..SimOptions::default() }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interaction_that_is_delivered_several_times_is_answered_once() {
    let world = World::new().await;
    world.sim.faults().deliver(Delivery::of("INTERACTION_CREATE").copies(4..=4));
    world.model.script([Reply::text(ANSWER)]);
    let bot = world.bot().await;
    let asked = world.invoke(world.alice, world.general, ask());
    assert_eq!(world.answer(asked).await.content, ANSWER);
    assert_eq!((world.model.calls(), world.sim.bot_messages(world.general).len()), (1, 1));
    assert_eq!(world.sim.requests_to("POST", CALLBACK).len(), 1);
    world
        .sim
        .wait_for("three drops", PATIENCE, |_| (bot.logged("duplicate interaction").len() == 3).then_some(()))
        .await
        .unwrap();
    assert_eq!(bot.counter("gate_1_drops").await, 3);
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_answer_each_interaction_once() {
    let world = relaxed().await;
    let (_first, _second) = (world.bot().await, world.bot().await);
    let asked: Vec<_> = (0..10).map(|_| world.invoke(world.alice, world.general, ask())).collect();
    for interaction in &asked {
        world.answer(*interaction).await;
    }
    world.model.wait_until_idle().await.unwrap();
    assert_eq!((world.model.calls(), world.sim.bot_messages(world.general).len()), (10, 10));
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_at_once_are_all_acknowledged_in_time() {
    let world = relaxed().await;
    let _bot = world.bot().await;
    let asked: Vec<_> = (0..100).map(|_| world.invoke(world.alice, world.general, ask())).collect();
    for interaction in &asked {
        world.answer(*interaction).await;
    }
    let failed = asked.iter().filter(|id| world.sim.interaction(**id).is_some_and(|seen| seen.failed)).count();
    assert_eq!((failed, world.model.calls()), (0, 100));
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_to_the_acknowledgement_changes_nothing() {
    for fault in [RestFault::FailAfter(502), RestFault::CutAfter, RestFault::FailBefore(500), RestFault::CutBefore] {
        let world = World::new().await;
        world.model.script([Reply::text(ANSWER)]);
        let _bot = world.bot().await;
        world.sim.faults().rest(RestRule::on("POST", CALLBACK, fault.clone()));
        let asked = world.invoke(world.alice, world.general, ask());
        assert_eq!(world.answer(asked).await.content, ANSWER, "{fault:?}");
        assert_eq!((world.model.calls(), world.sim.bot_messages(world.general).len()), (1, 1), "{fault:?}");
        world.finish();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_to_an_edit_changes_nothing() {
    for fault in [RestFault::FailAfter(502), RestFault::CutAfter, RestFault::FailBefore(500)] {
        let world = World::new().await;
        world.model.script([Reply::text(ANSWER)]);
        let _bot = world.bot().await;
        world.sim.faults().rest(RestRule::on("PATCH", ORIGINAL, fault.clone()).times(2));
        let asked = world.invoke(world.alice, world.general, ask());
        assert_eq!(world.answer(asked).await.content, ANSWER, "{fault:?}");
        assert_eq!(world.sim.bot_messages(world.general).len(), 1, "{fault:?}");
        world.finish();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_after_the_acknowledgement_it_answers_after_the_restart() {
    let world = World::new().await;
    let gate = Gate::new();
    world.model.script([Reply::text(ANSWER).hold_after(1, &gate), Reply::text(ANSWER)]);
    let bot = world.bot().await;
    let asked = world.invoke(world.alice, world.general, ask());
    world.model.wait_for_calls(1).await.unwrap();
    bot.kill().await;
    let _bot = world.bot().await;
    let answer = world.answer(asked).await;
    assert_eq!((answer.content.as_str(), world.model.calls()), (ANSWER, 2));
    assert_eq!(world.sim.bot_messages(world.general).len(), 1);
    gate.release();
    world.finish();
}

/// Kills the bot at write `k` of a command, starts it again, and looks at what is there in the end. False when there were fewer writes.
async fn survives(k: u64, point: WritePoint) -> bool {
    let world = relaxed().await;
    world.model.answer_with(|_| Reply::text(ANSWER));
    let bot = world.bot().await;
    let hold = world.sim.faults().hold_write(k, point);
    let asked = world.invoke(world.alice, world.general, ask());
    if !reached_before(&hold, world.answer(asked)).await {
        return false;
    }
    bot.kill().await;
    hold.release();
    let _bot = world.bot().await;
    let what = format!("an answer after a kill {point:?} write {k}");
    world.bot_message(world.general, &what, |message| is_complete(message) && message.content == ANSWER).await;
    assert_eq!(world.sim.bot_messages(world.general).len(), 1, "{what}");
    assert!(world.model.calls() <= 2, "{what}: {} model calls", world.model.calls());
    world.finish();
    true
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_around_each_write_it_gives_one_answer() {
    for point in [WritePoint::BeforeExecuting, WritePoint::BeforeAnswering] {
        let mut killed = 0;
        for k in 1.. {
            if !survives(k, point).await {
                break;
            }
            killed += 1;
        }
        // The announcement, the placeholder, the answer.
        assert!(killed >= 3, "only {killed} writes were found");
    }
}

/// Discord's quarter of an hour, shortened.
const TOKEN_LIFETIME: Duration = Duration::from_secs(4);

async fn short_lived() -> World {
    World::with(SimOptions {
        rate_limits: RateLimits::relaxed(),
        interaction_token_lifetime: TOKEN_LIFETIME,
        ..SimOptions::default()
    })
    .await
}

/// Time itself is what is waited for here.
async fn past_the_token() {
    tokio::time::sleep(TOKEN_LIFETIME).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_tokens_time_what_was_begun_is_finished_in_its_message() {
    let world = short_lived().await;
    let gate = Gate::new();
    world.model.script([Reply::chunks(["A median is ", "the middle value."]).hold_after(1, &gate)]);
    let _bot = world.bot().await;
    let asked = world.invoke(world.alice, world.general, ask());
    let begun = world.shown(asked, "the first words", |message| message.content.starts_with("A median")).await;
    past_the_token().await;
    gate.release();
    let answer = world.bot_message(world.general, "the answer", |message| message.content == ANSWER).await;
    assert_eq!((answer.id, world.sim.bot_messages(world.general).len()), (begun.id, 1));
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_until_the_tokens_time_is_over_it_answers_with_a_message() {
    let world = short_lived().await.offline();
    let bot = world.bot().await;
    // The announcement is there, and nothing else: the process dies before it can edit it.
    let hold = world.sim.faults().hold_write(2, WritePoint::BeforeExecuting);
    world.invoke(world.alice, world.general, ask());
    hold.reached().await;
    bot.kill().await;
    hold.abandon();
    past_the_token().await;
    let _bot = world.bot().await;
    let answer =
        world.bot_message(world.general, "a message", |message| is_complete(message) && message.nonce.is_some()).await;
    assert!(answer.content.contains("no language model"), "{}", answer.content);
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_private_comes_as_a_direct_message_when_the_tokens_time_is_over() {
    let world = short_lived().await;
    let gate = Gate::new();
    world.model.script([Reply::chunks(["A median is ", "the middle value."]).hold_after(1, &gate)]);
    let _bot = world.bot().await;
    let asked = world.invoke(world.alice, world.general, ask().option("private", true));
    world.shown(asked, "the first words", |message| message.content.starts_with("A median")).await;
    past_the_token().await;
    gate.release();
    let direct = world.sim.dm(world.alice);
    let answer = world.bot_message(direct, "a direct message", |message| message.content == ANSWER).await;
    assert_eq!(answer.channel_id, direct);
    let public = world.sim.bot_messages(world.general);
    assert!(public.iter().all(|message| message.ephemeral_to == Some(world.alice)), "{public:#?}");
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_are_registered_when_they_changed_and_not_again() {
    let world = World::new().await;
    let bot = world.bot().await;
    let registered = || world.sim.requests_to("PUT", "/applications/{application}/commands").len();
    world.sim.wait_for("the commands", PATIENCE, |_| (registered() == 1).then_some(())).await.unwrap();
    assert_eq!(bot.terminate().await, Some(0));
    let _bot = world.bot().await;
    world.answer(world.invoke(world.alice, world.general, ask())).await;
    assert_eq!(registered(), 1);
    let offered: Vec<String> = world
        .sim
        .commands_for(world.alice, world.general)
        .iter()
        .map(|command| command["name"].as_str().unwrap().to_owned())
        .collect();
    for name in ["ask", "chart", "Chart this", "Ask about this"] {
        assert!(offered.iter().any(|known| known == name), "{offered:?}");
    }
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_are_registered_in_one_server_for_testing() {
    let mut world = World::new().await;
    world.set("COMMANDS_GUILD_ID", &world.guild.id().to_string());
    let _bot = world.bot().await;
    let path = "/applications/{application}/guilds/{guild}/commands";
    world
        .sim
        .wait_for("the commands", PATIENCE, |sim| (sim.requests_to("PUT", path).len() == 1).then_some(()))
        .await
        .unwrap();
    assert_eq!(world.sim.requests_to("PUT", "/applications/{application}/commands").len(), 0);
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn no_token_is_ever_logged() {
    let mut world = World::new().await;
    world.set("LOG", "trace");
    world.sim.faults().rest(RestRule::on("PATCH", ORIGINAL, RestFault::FailBefore(500)).times(2));
    let _bot = world.bot().await;
    let asked = world.invoke(world.alice, world.general, ask());
    world.answer(asked).await;
    let token = world.sim.interaction(asked).unwrap().token;
    let logged: Vec<String> = world
        .logs()
        .lines()
        .filter(|line| line.contains(&token))
        .filter_map(|line| Some(serde_json::from_str::<serde_json::Value>(line).ok()?["target"].as_str()?.to_owned()))
        .filter(|target| target.starts_with("plotline"))
        .collect();
    assert_eq!(logged, Vec::<String>::new());
    world.finish();
}
