//! `/operator`: the kill switch.

use discord_sim::Invocation;

use crate::harness::World;

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_pauses_and_resumes_all_processes() {
    let mut world = World::new().await;
    world.set("OWNER_IDS", &world.admin().to_string());
    world.set("OPERATOR_GUILD_ID", &world.guild.id().to_string());
    let (_first, _second) = (world.bot().await, world.bot().await);
    let mut said = vec![world.told(world.admin(), Invocation::slash("operator pause")).await];
    let asked = world.mention("what is a mean?");
    let refused = world.bot_message(world.general, "a refusal", |_| true).await;
    assert_eq!(refused.reply_to, Some(asked));
    said.push(refused.content);
    said.push(world.told(world.alice, Invocation::slash("ask").option("question", "and now?")).await);
    world.all_finished().await;
    said.push(world.told(world.admin(), Invocation::slash("operator status")).await);
    said.push(world.told(world.admin(), Invocation::slash("operator resume")).await);
    world.all_finished().await;
    said.push(world.told(world.admin(), Invocation::slash("operator status")).await);
    let said: Vec<String> = said.iter().map(|text| world.masked(text)).collect();
    insta::assert_snapshot!(said.join("\n"), @r#"
Paused: questions are refused in all servers. `/operator resume` ends it.
The operator has paused me. Please try again later.
The operator has paused me. Please try again later.
**Paused** by <@ADMIN> <t:N:R>.
Unfinished jobs: 0.
Today (UTC): 0 questions, 0 tokens, 0 USD.
I answer again.
**Answering.**
Unfinished jobs: 0.
Today (UTC): 0 questions, 0 tokens, 0 USD.
"#);
    assert_eq!(world.model.calls(), 0);
    let next = world.mention("and now?");
    world.answer_to(next).await;
    assert_eq!(world.audited("operator", 2).await.len(), 2);
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_operators_accounts_may_pause_and_only_their_server_is_offered_it() {
    let mut world = World::new().await;
    world.set("OWNER_IDS", "4242");
    world.set("OPERATOR_GUILD_ID", &world.guild.id().to_string());
    let _bot = world.bot().await;
    let said = world.told(world.admin(), Invocation::slash("operator pause")).await;
    assert_eq!(said, "Only my operator can do this.");
    let elsewhere = world.sim.guild("Elsewhere");
    let channel = elsewhere.text_channel("general");
    let offered = world.sim.commands_for(elsewhere.owner(), channel);
    assert!(offered.iter().all(|command| command["name"] != "operator") && offered.len() > 5);
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn no_model_call_begins_after_the_pause() {
    let mut world = World::new().await;
    world.set("OWNER_IDS", &world.admin().to_string());
    world.set("OPERATOR_GUILD_ID", &world.guild.id().to_string());
    let _bot = world.bot().await;
    // The job is claimed and about to open its thread when the switch is thrown.
    let hold = world.sim.faults().hold_write(1, discord_sim::WritePoint::BeforeExecuting);
    let asked = world.mention("what is a mean?");
    hold.reached().await;
    world.told(world.admin(), Invocation::slash("operator pause")).await;
    hold.release();
    let answer = world.answer_to(asked).await;
    assert_eq!(answer[0].content, plotline::say::PAUSED);
    assert_eq!(world.model.calls(), 0);
    world.finish();
}
