//! Who is answered, where, and how much.

use discord_sim::{Invocation, Post, UserId};
use model_sim::Reply;
use serde_json::json;

use crate::harness::{PATIENCE, World};

/// Wide limits of Discord's, so that the test shows the bot's and not theirs.
async fn world() -> World {
    World::with(discord_sim::SimOptions {
        rate_limits: discord_sim::RateLimits::relaxed(),
        ..discord_sim::SimOptions::default()
    })
    .await
}

impl World {
    fn ask_as(&self, user: UserId, text: &str) -> discord_sim::MessageId {
        self.sim.post(user, self.general, Post::text(format!("{} {text}", self.sim.mention()))).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_members_with_one_question_left_get_one_answer() {
    let world = world().await;
    let bot = world.bot().await;
    world.change("questions_per_server", 1).await;
    let members: Vec<UserId> = (0..100).map(|number| world.guild.member(&format!("Member {number}"))).collect();
    for member in members {
        world.ask_as(member, "what is a mean?");
    }
    let refused = world.audited("quota", 99).await;
    assert_eq!(refused.len(), 99);
    bot.wait_idle().await;
    assert_eq!(world.sim.threads(world.general).len(), 1);
    assert_eq!(world.model.calls(), 1);
    assert_eq!((bot.counter("refusals").await, bot.counter("answers").await), (99, 1));
    let detail = refused[0].what.detail.clone().unwrap().0;
    assert_eq!(detail["quota"]["limit"], 1);
    assert_eq!(detail["quota"]["unit"], "questions");
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_questions_of_one_member_under_a_cooldown_get_one_answer_and_one_word() {
    let world = world().await;
    let (bot, other) = (world.bot().await, world.bot().await);
    world.change("cooldown_seconds", 600).await;
    let questions: Vec<_> = (0..50).map(|_| world.ask_as(world.alice, "what is a mode?")).collect();
    assert_eq!(world.audited("cooldown", 49).await.len(), 49);
    bot.wait_idle().await;
    other.wait_idle().await;
    assert_eq!(world.model.calls(), 1);
    assert_eq!(world.sim.threads(world.general).len(), 1);
    let word = world.bot_message(world.general, "a word about the cooldown", |_| true).await;
    let said = world.masked(&word.content);
    assert_eq!(said, "You have just asked something. You can ask again <t:N:R>.");
    assert!(word.pinged_users.is_empty() && questions.contains(&word.reply_to.unwrap()));
    // One word a minute, over both processes; the others have a reaction at most.
    let reacted = |sim: &discord_sim::Sim| {
        let marked = questions.iter().filter_map(|id| sim.message(*id)).filter(|message| !message.reactions.is_empty());
        Some(marked.count()).filter(|marked| *marked > 0)
    };
    world.sim.wait_for("a reaction", PATIENCE, reacted).await.unwrap();
    assert_eq!(world.sim.bot_messages(world.general).len(), 1);
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_command_is_told_to_its_user_alone_and_calls_no_model() {
    let world = world().await;
    let bot = world.bot().await;
    world.change("questions_per_member", 0).await;
    let said = world.told(world.alice, Invocation::slash("ask").option("question", "what is a mean?")).await;
    assert_eq!(world.masked(&said), "You have reached your limit for today (0 questions). You can ask again <t:N:R>.");
    assert_eq!((world.model.calls(), bot.counter("claims").await), (0, 0));
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn channels_and_roles_are_allowed_and_denied() {
    let world = world().await;
    let _bot = world.bot().await;
    let (quiet, ben) = (world.guild.text_channel("quiet"), world.guild.member("Ben"));
    let muted = world.guild.role("Muted", discord_sim::Permissions::from_bits(0));
    world.guild.give_role(ben, muted);
    world.configure(Invocation::slash("config set channels_denied").option("add", quiet)).await;
    world.configure(Invocation::slash("config set roles_denied").option("add", muted)).await;
    let in_quiet = world.sim.post(world.alice, quiet, Post::text(format!("{} hi?", world.sim.mention()))).unwrap();
    let by_ben = world.ask_as(ben, "and me?");
    let asked = world.ask_as(world.alice, "what is a mean?");
    world.answer_to(asked).await;
    let told = world.bot_message(quiet, "a refusal", |_| true).await;
    assert_eq!(told.content, "I am not switched on in this channel. `/help` says where I answer.");
    let told = world.bot_message(world.general, "a refusal", |message| message.reply_to == Some(by_ben)).await;
    assert_eq!(told.content, "This server's admins have not switched me on for your roles.");
    assert_eq!(world.sim.message(in_quiet).unwrap().reactions[0].0, "🚫");
    assert_eq!((world.model.calls(), world.audited("not_allowed", 2).await.len()), (1, 2));
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn follow_ups_are_answered_as_the_server_wants() {
    let world = world().await;
    let bot = world.bot().await;
    world.change("follow_ups", "mention").await;
    let asked = world.ask_as(world.alice, "what is a mean?");
    let answer = world.answer_to(asked).await;
    let thread = world.sim.thread_of(asked).unwrap().id;
    world.post(thread, "and a median?");
    world.sim.post(world.alice, thread, Post::text("and a mode?").reply_to(answer[0].id)).unwrap();
    let mentioned = world.post(thread, &format!("{} and a range?", world.sim.mention()));
    let wanted = |sim: &discord_sim::Sim| {
        sim.bot_messages(thread).into_iter().find(|message| message.reply_to == Some(mentioned))
    };
    world.sim.wait_for("an answer", PATIENCE, wanted).await.unwrap();
    bot.wait_idle().await;
    assert_eq!(world.model.calls(), 2);
    world.change("follow_ups", "all").await;
    world.post(thread, "and a median?");
    world.model.wait_for_calls(3).await.unwrap();
    bot.wait_idle().await;
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_answer_costs_is_counted_and_the_budget_is_told_of_at_its_marks() {
    let mut world = world().await;
    // A token that comes back costs 1000 millionths: a budget of 1 is 1000 of them.
    let prices = json!([{"name": "sim-model", "input_per_million": 0, "output_per_million": 1000}]).to_string();
    world.set("MODELS", &prices);
    world.set("LLM_MAX_TOKENS", "16");
    world.model.script([
        Reply::text("One.").usage(100, 500),
        Reply::text("Two.").usage(100, 320),
        Reply::text("Three.").usage(100, 300),
    ]);
    let bot = world.bot().await;
    let alerts = world.guild.text_channel("alerts");
    world.change("alert_channel", alerts).await;
    world.change("money_per_day", 1.0).await;
    for number in ["one", "two", "three"] {
        let asked = world.ask_as(world.alice, &format!("say {number}"));
        world.answer_to(asked).await;
        bot.wait_idle().await;
    }
    world.ask_as(world.alice, "say four");
    world.audited("quota", 1).await;
    let told = world
        .sim
        .wait_for("two alerts", PATIENCE, |sim| Some(sim.bot_messages(alerts)).filter(|told| told.len() == 2))
        .await
        .unwrap();
    let told: Vec<&str> = told.iter().map(|message| message.content.as_str()).collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
⚠️ 80 % of the budget of money for today is used (1 a day).
⚠️ The budget of money for today is used up (1 a day). Questions are refused until it is renewed.
"#);
    assert_eq!(world.model.calls(), 3);
    let usage = world.told(world.alice, Invocation::slash("usage")).await;
    insta::assert_snapshot!(usage, @r#"
**Your use**
Today: 3 questions, 1,420 tokens, 1.12 USD
In 30 days: 3 questions, 1,420 tokens, 1.12 USD
"#);
    let used = world.invoke(world.admin(), world.general, Invocation::slash("usage").option("whose", "server"));
    let servers = world.answer(used).await;
    insta::assert_snapshot!(world.masked(&servers.content), @r#"
**This server's use**
Today: 3 questions, 1,420 tokens, 1.12 USD
In 30 days: 3 questions, 1,420 tokens, 1.12 USD
Today's limit of 1 USD: 112 % used.
Most asked: <@ALICE> 3 questions.
"#);
    let chart = &servers.attachments[0];
    assert_eq!((chart.filename.as_str(), &chart.bytes[1..4]), ("usage.png", b"PNG".as_slice()));
    let alt = chart.description.clone().unwrap();
    assert!(alt.starts_with("Bar chart") && alt.contains("Questions in the last 30 days"), "{alt}");
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operators_limit_holds_over_all_servers() {
    let mut world = world().await;
    world.set("QUESTIONS_PER_DAY_MAX", "1");
    let _bot = world.bot().await;
    let elsewhere = world.sim.guild("Elsewhere");
    let (channel, carl) = (elsewhere.text_channel("general"), elsewhere.member("Carl"));
    let asked = world.ask_as(world.alice, "what is a mean?");
    world.answer_to(asked).await;
    world.sim.post(carl, channel, Post::text(format!("{} and a mode?", world.sim.mention()))).unwrap();
    let told = world.bot_message(channel, "a refusal", |_| true).await;
    let said = world.masked(&told.content);
    assert_eq!(said, "I have answered all that my operator allows for today. You can ask again <t:N:R>.");
    world.finish();
}
