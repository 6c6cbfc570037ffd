//! Buttons and menus: on charts, and on answers.

use discord_sim::{Invocation, MessageView, Permissions, RateLimits, SimOptions};
use model_sim::{Gate, Reply};
use serde_json::json;

use super::{has_button, labels};
use crate::harness::{PATIENCE, World};

const TABLE: &str = "City,Population\nBonn,331\nKiel,247\nUlm,128\nAachen,249\nJena,111\nTrier,110\nHof,45";

fn alt(message: &MessageView) -> String {
    message.attachments.first().and_then(|file| file.description.clone()).unwrap_or_default()
}

async fn chart(world: &World) -> MessageView {
    let wanted =
        Invocation::slash("chart").option("request", "bar chart of population by city").file("file", "c.csv", TABLE);
    world.answer(world.invoke(world.alice, world.general, wanted)).await
}

async fn world() -> World {
    World::with(SimOptions { rate_limits: RateLimits::relaxed(), ..SimOptions::default() }).await.offline()
}

#[tokio::test(flavor = "multi_thread")]
async fn another_kind_is_drawn_in_the_same_message_also_after_a_restart() {
    let world = world().await;
    let bot = world.bot().await;
    let drawn = chart(&world).await;
    insta::assert_snapshot!(labels(&drawn), @r"
    (Bars) | Pie | Donut
    Sort: as asked | Top: all | Data | SVG
    ");
    let clicked = world.sim.select(world.alice, drawn.id, "p1:kind", &["pie"]).unwrap();
    let pie = world.shown(clicked, "a pie", |message| alt(message).starts_with("Pie")).await;
    assert_eq!((pie.id, pie.attachments.len()), (drawn.id, 1));
    bot.kill().await;
    let _bot = world.bot().await;
    let clicked = world.sim.select(world.alice, drawn.id, "p1:kind", &["donut"]).unwrap();
    let donut = world.shown(clicked, "a donut", |message| alt(message).starts_with("Donut")).await;
    assert_eq!((donut.id, donut.attachments.len()), (drawn.id, 1));
    assert!(labels(&donut).starts_with("Bars | Pie | (Donut)"), "{}", labels(&donut));
    assert_eq!(world.sim.bot_messages(world.general).len(), 1);
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chart_of_a_mention_has_buttons_as_well() {
    let world = world().await;
    let _bot = world.bot().await;
    let question = world.mention(&format!("bar chart of population by city\n\n{TABLE}"));
    let answer = world.answer_to(question).await.remove(0);
    world.sim.click(world.alice, answer.id, "p1:sort").unwrap();
    let thread = world.sim.thread_of(question).unwrap().id;
    let sorted = world.bot_message(thread, "a sorted chart", |message| labels(message).contains("largest first")).await;
    assert_eq!((sorted.id, sorted.attachments.len()), (answer.id, 1));
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn sort_and_top_go_round() {
    let world = world().await;
    let _bot = world.bot().await;
    let drawn = chart(&world).await;
    let mut seen = Vec::new();
    for (button, expected) in [
        ("p1:sort", "Sort: largest first"),
        ("p1:sort", "Sort: smallest first"),
        ("p1:sort", "Sort: by label"),
        ("p1:sort", "Sort: as asked"),
        ("p1:top", "Top: 5"),
        ("p1:top", "Top: all"),
    ] {
        let clicked = world.sim.click(world.alice, drawn.id, button).unwrap();
        let message = world.shown(clicked, expected, |message| labels(message).contains(expected)).await;
        seen.push(message.id);
    }
    assert!(seen.iter().all(|id| *id == drawn.id));
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_data_and_the_vector_graphic_are_for_everybody_who_sees_the_chart() {
    let world = world().await;
    let _bot = world.bot().await;
    let drawn = chart(&world).await;
    let ben = world.guild.member("Ben");
    let data = world.private_word(world.sim.click(ben, drawn.id, "p1:data").unwrap()).await;
    assert_eq!(data.ephemeral_to, Some(ben));
    assert!(data.attachments[0].filename.ends_with(".csv"));
    let csv = String::from_utf8(data.attachments[0].bytes.to_vec()).unwrap();
    insta::assert_snapshot!(format!("{}\n{}", data.content, csv.replace('\r', "")), @r"
    Exactly what is plotted:
    City,Population
    Bonn,331
    Kiel,247
    Ulm,128
    Aachen,249
    Jena,111
    Trier,110
    Hof,45
    ");
    let svg = world.private_word(world.sim.click(ben, drawn.id, "p1:svg").unwrap()).await;
    assert!(svg.attachments[0].filename.ends_with(".svg") && svg.attachments[0].bytes.starts_with(b"<svg"));
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_asker_and_moderators_change_a_chart() {
    let world = world().await;
    let _bot = world.bot().await;
    let drawn = chart(&world).await;
    let ben = world.guild.member("Ben");
    let refused = world.private_word(world.sim.click(ben, drawn.id, "p1:sort").unwrap()).await;
    insta::assert_snapshot!(refused.content, @"Only the member who asked and moderators can do this.");
    assert_eq!(labels(&world.sim.message(drawn.id).unwrap()), labels(&drawn));
    let moderators = world.guild.role("Moderators", Permissions::MANAGE_MESSAGES);
    world.guild.give_role(ben, moderators);
    let clicked = world.sim.click(ben, drawn.id, "p1:sort").unwrap();
    world.shown(clicked, "a sorted chart", |message| labels(message).contains("largest first")).await;
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn of_clicks_at_the_same_moment_in_two_processes_none_is_lost() {
    let world = world().await;
    let (_first, _second) = (world.bot().await, world.bot().await);
    let drawn = chart(&world).await;
    for _ in 0..2 {
        world.sim.click(world.alice, drawn.id, "p1:sort").unwrap();
    }
    world.sim.select(world.alice, drawn.id, "p1:kind", &["donut"]).unwrap();
    let shown = world
        .bot_message(world.general, "all of the changes", |message| {
            alt(message).starts_with("Donut") && labels(message).contains("smallest first")
        })
        .await;
    assert_eq!((shown.id, shown.attachments.len()), (drawn.id, 1));
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_expired_says_so() {
    let world = world().await;
    let _bot = world.bot().await;
    let row = json!({"type": 1, "components": [
        {"type": 2, "style": 2, "label": "Sort", "custom_id": "p1:sort"},
        {"type": 2, "style": 2, "label": "Data", "custom_id": "p1:data"},
        {"type": 2, "style": 2, "label": "Old", "custom_id": "p0:sort:5"},
        {"type": 2, "style": 2, "label": "New", "custom_id": "p1:hologram"},
        {"type": 2, "style": 2, "label": "Retry", "custom_id": "p1:retry:999"},
    ]});
    let body = json!({"content": "old chart", "components": [row], "allowed_mentions": {"parse": []}});
    let old = world.call("POST", &format!("/channels/{}/messages", world.general), &body).await;
    let old =
        world.sim.bot_messages(world.general).into_iter().find(|message| old["id"] == message.id.to_string()).unwrap();
    let mut told = Vec::new();
    for button in ["p1:sort", "p1:data", "p0:sort:5", "p1:hologram", "p1:retry:999"] {
        let word = world.private_word(world.sim.click(world.alice, old.id, button).unwrap()).await;
        told.push(format!("{button}: {}", word.content));
    }
    insta::assert_snapshot!(told.join("\n"), @r"
    p1:sort: The buttons of this chart have expired: its data are no longer kept. Please ask for it again.
    p1:data: The buttons of this chart have expired: its data are no longer kept. Please ask for it again.
    p0:sort:5: This has expired. Please ask again.
    p1:hologram: This has expired. Please ask again.
    p1:retry:999: This has expired. Please ask again.
    ");
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn stop_ends_the_model_call_and_keeps_what_is_shown() {
    let world = World::new().await;
    let gate = Gate::new();
    world.model.script([Reply::chunks(["A median is ", "the middle ", "value of a list."]).hold_after(2, &gate)]);
    let bot = world.bot().await;
    let question = world.mention("what is a median?");
    let shown = world
        .sim
        .wait_for("the first words", PATIENCE, |sim| {
            let thread = sim.thread_of(question)?;
            sim.bot_messages(thread.id)
                .into_iter()
                .find(|message| message.content.starts_with("A median is the middle"))
        })
        .await
        .unwrap();
    let stop = shown.custom_ids().remove(0);
    let ben = world.guild.member("Ben");
    let refused = world.private_word(world.sim.click(ben, shown.id, &stop).unwrap()).await;
    assert_eq!(refused.content, plotline::say::NOT_YOURS);
    world.sim.click(world.alice, shown.id, &stop).unwrap();
    let stopped = world
        .bot_message(shown.channel_id, "the mark", |message| message.content.ends_with(plotline::say::STOPPED))
        .await;
    insta::assert_snapshot!(stopped.content, @r"
    A median is the middle
    -# Stopped.
    ");
    assert_eq!((stopped.id, stopped.components.len()), (shown.id, 0));
    world.model.wait_until_idle().await.unwrap();
    assert_eq!((world.model.calls(), bot.counter("cancellations").await), (1, 1));
    // A new question is answered as ever.
    world.model.script([Reply::text("Hello.")]);
    assert_eq!(world.answer_to(world.mention("hello?")).await[0].content, "Hello.");
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn stop_reaches_an_answer_to_a_command_in_another_process() {
    let world = World::new().await;
    let gate = Gate::new();
    world.model.script([Reply::chunks(["One ", "two ", "three"]).hold_after(2, &gate)]);
    let (_first, _second) = (world.bot().await, world.bot().await);
    let asked = world.invoke(world.alice, world.general, Invocation::slash("ask").option("question", "count"));
    let shown = world.shown(asked, "the first words", |message| message.content.starts_with("One two")).await;
    world.sim.click(world.alice, shown.id, &shown.custom_ids()[0]).unwrap();
    let stopped = world.shown(asked, "the mark", |message| message.content.ends_with(plotline::say::STOPPED)).await;
    assert_eq!(stopped.content, format!("One two\n{}", plotline::say::STOPPED));
    world.model.wait_until_idle().await.unwrap();
    assert_eq!(world.model.calls(), 1);
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_answer_is_tried_again_in_the_same_message() {
    let world = World::new().await;
    world.model.script([Reply::unauthorized(), Reply::text("A median is the middle value.")]);
    let _bot = world.bot().await;
    let question = world.mention("what is a median?");
    let failed = world.answer_to(question).await.remove(0);
    assert_eq!(labels(&failed), "Try again");
    let retry = failed.custom_ids().remove(0);
    let ben = world.guild.member("Ben");
    let refused = world.private_word(world.sim.click(ben, failed.id, &retry).unwrap()).await;
    assert_eq!(refused.content, plotline::say::NOT_YOURS);
    // Pressed twice, it is done once.
    world.sim.click(world.alice, failed.id, &retry).unwrap();
    world.sim.click(world.alice, failed.id, &retry).ok();
    let answer = world
        .bot_message(failed.channel_id, "an answer", |message| message.content == "A median is the middle value.")
        .await;
    assert_eq!((answer.id, has_button(&answer, "p1:")), (failed.id, false));
    world.model.wait_until_idle().await.unwrap();
    assert_eq!((world.model.calls(), world.sim.bot_messages(failed.channel_id).len()), (2, 1));
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_command_is_tried_again_for_the_member_alone() {
    let world = World::new().await;
    world.model.script([Reply::unauthorized(), Reply::text("Forty-two.")]);
    let _bot = world.bot().await;
    let question = Invocation::slash("ask").option("question", "what is it?").option("private", true);
    let failed = world.answer(world.invoke(world.alice, world.general, question)).await;
    assert_eq!((labels(&failed).as_str(), failed.ephemeral_to), ("Try again", Some(world.alice)));
    let clicked = world.sim.click(world.alice, failed.id, &failed.custom_ids()[0]).unwrap();
    let answer = world.shown(clicked, "an answer", |message| message.content == "Forty-two.").await;
    assert_eq!((answer.id, answer.ephemeral_to), (failed.id, Some(world.alice)));
    world.finish();
}
