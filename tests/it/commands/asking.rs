//! `/ask` and "Ask about this".

use discord_sim::{Invocation, Post};
use model_sim::Reply;
use serde_json::json;

use crate::harness::World;

fn ask(question: &str) -> Invocation {
    Invocation::slash("ask").option("question", question)
}

#[tokio::test(flavor = "multi_thread")]
async fn ask_is_answered_in_place_for_everybody() {
    let world = World::new().await;
    world.model.script([Reply::text("A median is the middle value.")]);
    let bot = world.bot().await;
    let asked = world.invoke(world.alice, world.general, ask("what is a median?"));
    let answer = world.answer(asked).await;
    assert_eq!(answer.content, "A median is the middle value.");
    assert_eq!(answer.ephemeral_to, None);
    assert_eq!(world.sim.interaction(asked).unwrap().acknowledged, Some(5));
    assert_eq!(world.sim.threads(world.general).len(), 0);
    assert_eq!(world.sim.bot_messages(world.general).len(), 1);
    assert_eq!((world.model.calls(), bot.counter("interactions").await, bot.counter("claims").await), (1, 1, 1));
    assert_eq!(world.model.last_request().unwrap().last_user_text(), "Alice: what is a median?");
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_answer_is_for_the_member_alone_and_what_does_not_fit_comes_as_a_file() {
    let world = World::new().await;
    let long: String = (0..90).map(|n| format!("This is sentence number {n} of it. ")).collect();
    world.model.script([Reply::text(long.trim())]);
    let _bot = world.bot().await;
    let asked = world.invoke(world.alice, world.general, ask("tell me a lot").option("private", true));
    let answer = world.answer(asked).await;
    assert_eq!(answer.ephemeral_to, Some(world.alice));
    assert!(answer.content.ends_with("-# The whole answer is in the file."), "{}", answer.content);
    assert_eq!(answer.attachments.len(), 1);
    assert_eq!(answer.attachments[0].filename, "answer.md");
    let whole = String::from_utf8(answer.attachments[0].bytes.to_vec()).unwrap();
    assert!(whole.starts_with("This is sentence number 0") && whole.trim().ends_with("number 89 of it."));
    let ben = world.guild.member("Ben");
    assert_eq!(world.sim.messages_for(ben, world.general).len(), 0);
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_public_answer_goes_on_in_the_channel() {
    let world = World::new().await;
    let long: String = (0..90).map(|n| format!("This is sentence number {n} of it. ")).collect();
    world.model.script([Reply::text(long.trim())]);
    let _bot = world.bot().await;
    world.invoke(world.alice, world.general, ask("tell me a lot"));
    world.bot_message(world.general, "the last part", |part| part.content.ends_with("number 89 of it.")).await;
    let parts = world.sim.bot_messages(world.general);
    let text: Vec<&str> = parts.iter().map(|part| part.content.trim()).collect();
    assert_eq!(text.join(" "), long.trim());
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_goes_along_with_the_question() {
    let world = World::new().await;
    world.model.script([Reply::text("It has two rows.")]);
    let _bot = world.bot().await;
    let question = ask("how many rows?").file("file", "data.csv", "City,Size\nBonn,3\nKiel,2\n");
    let answer = world.answer(world.invoke(world.alice, world.general, question)).await;
    assert_eq!(answer.content, "It has two rows.");
    let seen = world.model.last_request().unwrap().last_user_text();
    assert!(seen.contains("[file data.csv]") && seen.contains("Bonn,3"), "{seen}");
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn it_works_in_direct_messages_and_goes_on_from_what_was_said() {
    let world = World::new().await;
    world.model.script([Reply::text("Yes.")]);
    let _bot = world.bot().await;
    let direct = world.sim.dm(world.alice);
    let answer = world.answer(world.invoke(world.alice, direct, ask("do you hear me?"))).await;
    assert_eq!(answer.content, "Yes.");
    assert_eq!(answer.channel_id, direct);
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_brings_it_along_to_a_server_where_the_bot_is_not() {
    let world = World::new().await;
    let long: String = (0..90).map(|n| format!("This is sentence number {n} of it. ")).collect();
    world.model.script([Reply::text(long.trim())]);
    let _bot = world.bot().await;
    let elsewhere = world.sim.guild("Elsewhere");
    let channel = elsewhere.text_channel("talk");
    elsewhere.add_member(world.alice);
    elsewhere.remove_bot();
    let answer = world.answer(world.invoke(world.alice, channel, ask("tell me a lot"))).await;
    assert_eq!(answer.attachments[0].filename, "answer.md");
    let tried: Vec<String> = world
        .sim
        .requests()
        .into_iter()
        .filter(|request| request.path.contains(&channel.to_string()))
        .map(|request| format!("{} {}", request.method, request.route))
        .collect();
    assert_eq!(tried, Vec::<String>::new(), "nothing is tried where the bot has no access");
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_option_of_another_type_is_told_to_the_member_alone() {
    let world = World::new().await;
    let _bot = world.bot().await;
    let wrong = Invocation::slash("ask").option("question", 5_i64).unchecked();
    let told = world.answer(world.invoke(world.alice, world.general, wrong)).await;
    assert_eq!(told.ephemeral_to, Some(world.alice));
    insta::assert_snapshot!(told.content, @"The option question has to be text. Restart Discord if it does not let you give that.");
    let wrong = ask("hello").option("file", "no file").unchecked();
    let told = world.answer(world.invoke(world.alice, world.general, wrong)).await;
    insta::assert_snapshot!(told.content, @"The option file has to be a file. Restart Discord if it does not let you give that.");
    assert_eq!(world.model.calls(), 0);
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_of_another_version_is_told_to_the_member_alone() {
    let world = World::new().await;
    let _bot = world.bot().await;
    world
        .call(
            "POST",
            &format!("/applications/{}/commands", world.sim.bot()),
            &json!({"name": "old", "description": "x"}),
        )
        .await;
    let told = world.answer(world.invoke(world.alice, world.general, Invocation::slash("old"))).await;
    assert_eq!(told.ephemeral_to, Some(world.alice));
    insta::assert_snapshot!(told.content, @"I do not know this command (any more). Restart Discord to see the commands that there are.");
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_about_a_message_is_asked_in_a_form() {
    let world = World::new().await;
    world.model.script([Reply::text("She means the train.")]);
    let _bot = world.bot().await;
    let ben = world.guild.member("Ben");
    let about = world.sim.post(ben, world.general, Post::text("it was late again")).unwrap();
    let opened = world.invoke(world.alice, world.general, Invocation::on_message("Ask about this", about));
    let form = world.form(opened).await;
    assert_eq!(form["title"], "Ask about this message");
    let sent = world.sim.submit_modal(opened, &[("question", "what was late?")]).unwrap();
    let answer = world.answer(sent).await;
    assert_eq!(answer.content, "She means the train.");
    let request = world.model.last_request().unwrap();
    let said = serde_json::to_string(request.messages()).unwrap();
    assert!(said.contains("it was late again") && said.contains("what was late?"), "{said}");
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_was_open_over_a_restart_still_works() {
    let world = World::new().await;
    world.model.script([Reply::text("The train.")]);
    let bot = world.bot().await;
    let about = world.post(world.general, "it was late again");
    let opened = world.invoke(world.alice, world.general, Invocation::on_message("Ask about this", about));
    world.form(opened).await;
    bot.kill().await;
    let _bot = world.bot().await;
    let sent = world.sim.submit_modal(opened, &[("question", "what was late?")]).unwrap();
    assert_eq!(world.answer(sent).await.content, "The train.");
    let said = serde_json::to_string(world.model.last_request().unwrap().messages()).unwrap();
    assert!(said.contains("it was late again"), "{said}");
    world.finish();
}
