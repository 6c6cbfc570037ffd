//! Each way in which the model fails ends in one clear sentence and an ended job, with nothing left hanging.

use model_sim::{Outcome, Reply};

use crate::harness::{PATIENCE, World};

/// Lets the model fail, and gives the sentence that the member reads. The job has ended and no call is open any more.
async fn sentence(replies: Vec<Reply>, set: &[(&str, &str)]) -> String {
    let mut world = World::new().await;
    for (name, value) in [
        ("LLM_FIRST_TOKEN_TIMEOUT_SECONDS", "1"),
        ("LLM_TOKEN_TIMEOUT_SECONDS", "1"),
        ("LLM_TOTAL_TIMEOUT_SECONDS", "4"),
    ] {
        world.set(name, value);
    }
    for (name, value) in set {
        world.set(name, value);
    }
    world.model.script(replies);
    let bot = world.bot().await;
    let question = world.mention("what is a median?");
    bot.wait_logged("a job failed", 1).await;
    let sentence = world.answer_to(question).await[0].content.clone();
    world
        .model
        .wait_until("no open call", |requests| requests.iter().all(|request| request.outcome != Outcome::Running))
        .await
        .unwrap();
    assert_eq!(bot.counter("failures").await, 1);
    bot.wait_idle().await;
    let (_, status) = bot.get("/status").await;
    assert!(status.contains(r#""state":"failed""#), "{status}");
    world.sim.finish().unwrap();
    sentence
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_key_is_told_without_the_key() {
    let told = sentence(vec![Reply::unauthorized()], &[]).await;
    insta::assert_snapshot!(told, @"The language model does not accept this bot's key; please tell those who run this bot.");
    assert!(!told.contains("sk-"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_model_is_told() {
    insta::assert_snapshot!(sentence(vec![Reply::model_not_found()], &[]).await, @"The language model that this bot is set up to use is not available; please tell those who run this bot.");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_that_is_too_long_is_told() {
    insta::assert_snapshot!(sentence(vec![Reply::context_too_long()], &[]).await, @"This is more text than the language model can read at once; please ask again with less of it, or in a new thread.");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_that_lasts_is_told_with_when_to_come_back() {
    let reply = || Reply::rate_limited().retry_after("120");
    insta::assert_snapshot!(sentence(vec![reply()], &[]).await, @"The language model has too much to do right now; please try again in about 2 minutes.");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_keeps_failing_is_told() {
    insta::assert_snapshot!(sentence(vec![Reply::server_error(500), Reply::server_error(503)], &[("LLM_MAX_ATTEMPTS", "2")]).await, @"The language model has too much to do right now; please try again in a few minutes.");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_never_answers_is_told() {
    insta::assert_snapshot!(sentence(vec![Reply::never()], &[]).await, @"The language model did not begin to answer in time; please try again in a few minutes.");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_stalls_in_the_middle_is_told() {
    insta::assert_snapshot!(sentence(vec![Reply::text("The median is the").stall_after(3)], &[]).await, @"The language model stopped in the middle of its answer; please ask again.");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_cut_off_is_told_and_not_shown_as_whole() {
    insta::assert_snapshot!(sentence(vec![Reply::text("The median is the middle").cut_after(3)], &[]).await, @"The answer broke off before it was complete; please ask again.");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_no_json_is_told() {
    insta::assert_snapshot!(sentence(vec![Reply::text("The median").malformed_json_after(1)], &[]).await, @"The language model's answer could not be understood; please try again, and tell those who run this bot if it happens again.");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_without_a_word_is_told() {
    insta::assert_snapshot!(sentence(vec![Reply::empty()], &[]).await, @"The language model gave an empty answer. Please ask again, perhaps in other words.");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_cannot_be_reached_is_told() {
    insta::assert_snapshot!(sentence(vec![], &[("LLM_BASE_URL", "http://127.0.0.1:9/v1"), ("LLM_MAX_ATTEMPTS", "1")]).await, @"The language model cannot be reached right now; please try again in a few minutes.");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_before_the_first_word_is_tried_again_and_unseen() {
    let world = World::new().await;
    world.model.script([
        Reply::rate_limited().retry_after("0"),
        Reply::server_error(502),
        Reply::text("The middle value."),
    ]);
    let _bot = world.bot().await;
    let answer = world.answer_to(world.mention("what is a median?")).await;
    assert_eq!((answer.len(), answer[0].content.as_str()), (1, "The middle value."));
    assert_eq!(world.model.calls(), 3);
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_question_ends_the_model_call_and_takes_the_half_answer_away() {
    let world = World::new().await;
    let gate = model_sim::Gate::new();
    world.model.script([Reply::text("The median is the middle value.").hold_after(3, &gate)]);
    let bot = world.bot().await;
    let question = world.mention("what is a median?");
    world.model.wait_for_calls(1).await.unwrap();
    world.sim.delete(world.alice, question).unwrap();
    world
        .model
        .wait_until("the call to be given up", |requests| {
            requests.iter().all(|request| request.outcome == Outcome::Disconnected)
        })
        .await
        .unwrap();
    world
        .sim
        .wait_for("the half answer to go", PATIENCE, |sim| {
            sim.threads(world.general).iter().all(|thread| sim.bot_messages(thread.id).is_empty()).then_some(())
        })
        .await
        .unwrap();
    bot.wait_logged("a job was cancelled", 1).await;
    gate.release();
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_thread_ends_the_model_call() {
    let world = World::new().await;
    let gate = model_sim::Gate::new();
    world.model.script([Reply::text("The median is the middle value.").hold_after(3, &gate)]);
    let bot = world.bot().await;
    let question = world.mention("what is a median?");
    world.model.wait_for_calls(1).await.unwrap();
    let thread = world.sim.thread_of(question).unwrap().id;
    world.sim.delete_channel(world.guild.owner(), thread).unwrap();
    world
        .model
        .wait_until("the call to be given up", |requests| {
            requests.iter().all(|request| request.outcome == Outcome::Disconnected)
        })
        .await
        .unwrap();
    bot.wait_logged("a job was cancelled", 1).await;
    bot.wait_idle().await;
    gate.release();
    world.finish();
}
