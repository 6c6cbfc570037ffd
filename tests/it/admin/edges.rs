//! Where settings and limits meet what Discord really does: messages without roles, files of other servers, a database that is away.

use discord_sim::{Invocation, Permissions, Post, RateLimits, SimOptions};
use model_sim::Reply;
use serde_json::json;
use sqlx::Connection as _;

use crate::harness::{PATIENCE, World};

/// Holds the database's write lock, as another process in a long transaction would.
struct Locked(sqlx::SqliteConnection);

impl Locked {
    async fn of(world: &World) -> Self {
        let url = format!("sqlite://{}", world.folder.path().join("plotline.db").display());
        let mut connection = sqlx::SqliteConnection::connect(&url).await.unwrap();
        sqlx::query("BEGIN IMMEDIATE").execute(&mut connection).await.unwrap();
        Self(connection)
    }

    async fn release(mut self) {
        sqlx::query("ROLLBACK").execute(&mut self.0).await.unwrap();
        self.0.close().await.unwrap();
    }
}

async fn relaxed() -> World {
    World::with(SimOptions { rate_limits: RateLimits::relaxed(), ..SimOptions::default() }).await
}

/// Messages that are read after a time away come without the roles of who wrote them.
#[tokio::test(flavor = "multi_thread")]
async fn roles_count_for_what_was_missed_too() {
    let world = World::new().await;
    let bot = world.bot().await;
    let analysts = world.guild.role("Analysts", Permissions::from_bits(0));
    let ben = world.guild.member("Ben");
    world.guild.give_role(ben, analysts);
    world.configure(Invocation::slash("config set roles_allowed").option("add", analysts)).await;
    let first = world.sim.post(ben, world.general, Post::text(format!("{} one?", world.sim.mention()))).unwrap();
    world.answer_to(first).await;
    bot.wait_idle().await;
    assert_eq!(bot.terminate().await, Some(0));
    let by_ben = world.sim.post(ben, world.general, Post::text(format!("{} two?", world.sim.mention()))).unwrap();
    let by_alice = world.mention("and me?");
    let bot = world.bot().await;
    world.answer_to(by_ben).await;
    let refused = world.audited("not_allowed", 1).await;
    assert_eq!(refused[0].what.message_id.map(|id| id.0), Some(by_alice.get()));
    bot.wait_idle().await;
    assert_eq!(world.model.calls(), 2);
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_moderator_tries_again_stays_the_askers() {
    let world = World::new().await;
    world.model.script([Reply::unauthorized(), Reply::unauthorized()]);
    let bot = world.bot().await;
    let moderator = world.guild.member("Mo");
    world.guild.give_role(moderator, world.guild.role("Moderators", Permissions::MANAGE_MESSAGES));
    let asked = world.mention("what is a zephyrette?");
    let failed = world.answer_to(asked).await.remove(0);
    world.sim.click(moderator, failed.id, &failed.custom_ids()[0]).unwrap();
    world.audited("failed", 2).await;
    bot.wait_idle().await;
    let export = world.answer(world.invoke(moderator, world.general, Invocation::slash("privacy export"))).await;
    assert!(!String::from_utf8_lossy(&export.attachments[0].bytes).contains("zephyrette"));
    let export = world.answer(world.invoke(world.alice, world.general, Invocation::slash("privacy export"))).await;
    let text = String::from_utf8_lossy(&export.attachments[0].bytes).into_owned();
    assert!(text.contains("zephyrette"), "{text}");
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_cannot_make_it_post_in_another_server() {
    let world = World::new().await;
    let _bot = world.bot().await;
    let elsewhere = world.sim.guild("Elsewhere").text_channel("general");
    let file = json!({"plotline_settings": 1, "server": {"alert_channel": elsewhere.to_string()}}).to_string();
    let import = Invocation::slash("config import").file("file", "settings.json", file);
    let said = world.configure(import).await.content;
    insta::assert_snapshot!(said, @"
    Nothing was changed, since the file has mistakes:
    - `alert_channel` must be a channel of this server that I can see.
    ");
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_the_operator_took_away_is_not_used_any_more() {
    let mut world = World::new().await;
    world.set("MODELS", r#"[{"name": "large", "output_per_million": 9}]"#);
    let bot = world.bot().await;
    world.change("model", "large").await;
    let asked = world.mention("what is one?");
    world.answer_to(asked).await;
    assert_eq!(world.model.last_request().unwrap().body["model"], "large");
    bot.wait_idle().await;
    assert_eq!(bot.terminate().await, Some(0));
    world.set("MODELS", "[]");
    let _bot = world.bot().await;
    let asked = world.mention("what is two?");
    world.answer_to(asked).await;
    assert_eq!(world.model.last_request().unwrap().body["model"], "sim-model");
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_refusals_in_a_channel_one_is_told_in_words() {
    let world = relaxed().await;
    let _bot = world.bot().await;
    world.change("questions_per_server", 0).await;
    for number in 0..12 {
        let member = world.guild.member(&format!("Member {number}"));
        world.sim.post(member, world.general, Post::text(format!("{} why?", world.sim.mention()))).unwrap();
    }
    world.audited("quota", 12).await;
    let marked = |sim: &discord_sim::Sim| {
        let marked = sim.messages(world.general).iter().filter(|message| !message.reactions.is_empty()).count();
        (marked == 12).then_some(())
    };
    world.sim.wait_for("a reaction on each", PATIENCE, marked).await.unwrap();
    world.bot_message(world.general, "the words", |_| true).await;
    assert_eq!(world.sim.bot_messages(world.general).len(), 1);
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_do_something_is_in_the_log() {
    let world = World::new().await;
    let _bot = world.bot().await;
    world.told(world.alice, Invocation::slash("config show").unchecked()).await;
    world.audited("not_allowed", 1).await;
    let said = world.told(world.admin(), Invocation::slash("audit").option("kind", "not_allowed")).await;
    insta::assert_snapshot!(world.masked(&said), @"<t:N:f> **Not allowed** <@ALICE> in <#GENERAL>: `config show`");
    world.finish();
}

/// Questions wait for the database in their own line: a command that only reads is answered meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn commands_go_past_questions_that_wait_for_the_database() {
    let world = relaxed().await;
    let bot = world.bot().await;
    let locked = Locked::of(&world).await;
    for number in 0..100 {
        world.mention(&format!("question {number}?"));
    }
    let help = world.told(world.alice, Invocation::slash("help")).await;
    assert!(help.starts_with("Mention me"), "{help}");
    assert_eq!(bot.counter("claims").await, 0);
    locked.release().await;
    world.model.wait_for_calls(100).await.unwrap();
    bot.wait_idle().await;
    assert_eq!((world.model.calls(), world.sim.threads(world.general).len()), (100, 100));
    world.finish();
}

/// With a slow database the announcement comes before it is known what will be said, and it has to be the right one.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_announced_to_all_becomes_no_refusal_for_all() {
    let world = World::new().await;
    let _bot = world.bot().await;
    world.change("cooldown_seconds", 600).await;
    let ask = || Invocation::slash("ask").option("question", "what is a mean?");
    world.answer(world.invoke(world.alice, world.general, ask())).await;
    let locked = Locked::of(&world).await;
    let refused = world.invoke(world.alice, world.general, ask());
    let thinking = world.shown(refused, "an announcement", discord_sim::MessageView::is_loading).await;
    assert_eq!(thinking.ephemeral_to, None);
    locked.release().await;
    let word = world
        .sim
        .wait_for("a word for the member", PATIENCE, |sim| sim.interaction(refused)?.follow_ups.first().cloned())
        .await
        .unwrap();
    assert_eq!(word.ephemeral_to, Some(world.alice));
    assert!(word.content.starts_with("You have just asked something."), "{}", word.content);
    assert!(world.sim.message(thinking.id).is_none(), "what everybody saw is gone");
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chart_of_a_message_is_announced_to_all_who_will_see_it() {
    let world = World::new().await.offline();
    let _bot = world.bot().await;
    let posted = world.post(world.general, "Region,Sales\nNorth,10\nSouth,20");
    let locked = Locked::of(&world).await;
    let asked = world.invoke(world.alice, world.general, Invocation::on_message("Chart this", posted));
    let thinking = world.shown(asked, "an announcement", discord_sim::MessageView::is_loading).await;
    assert_eq!(thinking.ephemeral_to, None);
    locked.release().await;
    let chart = world.answer(asked).await;
    assert_eq!((chart.ephemeral_to, chart.attachments.len()), (None, 1));
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_are_taken_away_where_they_were_registered_before() {
    let mut world = World::new().await;
    let elsewhere = world.sim.guild("Elsewhere");
    let channel = elsewhere.text_channel("general");
    world.set("OPERATOR_GUILD_ID", &elsewhere.id().to_string());
    let bot = world.bot().await;
    let offered = |sim: &discord_sim::Sim, user, channel| {
        sim.commands_for(user, channel).iter().any(|command| command["name"] == "operator").then_some(())
    };
    world.sim.wait_for("/operator", PATIENCE, |sim| offered(sim, elsewhere.owner(), channel)).await.unwrap();
    assert_eq!(bot.terminate().await, Some(0));
    world.set("OPERATOR_GUILD_ID", &world.guild.id().to_string());
    let _bot = world.bot().await;
    world.sim.wait_for("/operator", PATIENCE, |sim| offered(sim, world.admin(), world.general)).await.unwrap();
    let gone = |sim: &discord_sim::Sim| offered(sim, elsewhere.owner(), channel).is_none().then_some(());
    world.sim.wait_for("its end elsewhere", PATIENCE, gone).await.unwrap();
    world.finish();
}
