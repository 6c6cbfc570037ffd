//! `/chart` and "Chart this".

use discord_sim::{Invocation, Post};

use super::labels;
use crate::harness::World;

const TABLE: &str = "City,Population\nBonn,331\nKiel,247\nUlm,128\nAachen,249\nJena,111\nTrier,110\nHof,45";

#[tokio::test(flavor = "multi_thread")]
async fn a_chart_is_drawn_from_data_in_the_command() {
    let world = World::new().await.offline();
    let _bot = world.bot().await;
    let wanted =
        Invocation::slash("chart").option("request", "sales by month").option("data", "Jan 100, Feb 200, Mar 150");
    let answer = world.answer(world.invoke(world.alice, world.general, wanted)).await;
    assert_eq!(answer.attachments.len(), 1);
    let picture = &answer.attachments[0];
    assert!(picture.bytes.starts_with(b"\x89PNG") && picture.filename.ends_with(".png"), "{}", picture.filename);
    assert!(picture.description.as_deref().is_some_and(|alt| alt.contains("Jan")), "{:?}", picture.description);
    insta::assert_snapshot!(labels(&answer), @r"
    Bars | (Line) | Steps | Area | Pie | Donut
    Data | SVG
    ");
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn without_data_a_form_takes_them_in_several_lines() {
    let world = World::new().await.offline();
    let _bot = world.bot().await;
    let wanted = Invocation::slash("chart").option("request", "population by city").option("kind", "bar");
    let opened = world.invoke(world.alice, world.general, wanted);
    let form = world.form(opened).await;
    let inputs: Vec<String> = form["components"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| format!("{}: {}", row["components"][0]["label"].as_str().unwrap(), row["components"][0]["value"]))
        .collect();
    insta::assert_snapshot!(format!("{}\n{}", form["title"].as_str().unwrap(), inputs.join("\n")), @r#"
    Draw a chart
    Your table: null
    What you want to see: "population by city"
    "#);
    let answer = world.answer(world.sim.submit_modal(opened, &[("data", TABLE)]).unwrap()).await;
    let alt = answer.attachments[0].description.clone().unwrap();
    assert!(alt.starts_with("Bar chart") && alt.contains("Bonn"), "{alt}");
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picked_kind_is_drawn_from_a_file() {
    let world = World::new().await.offline();
    let _bot = world.bot().await;
    let wanted = Invocation::slash("chart")
        .option("request", "population by city")
        .option("kind", "pie")
        .option("private", true)
        .file("file", "cities.csv", TABLE);
    let answer = world.answer(world.invoke(world.alice, world.general, wanted)).await;
    let alt = answer.attachments[0].description.clone().unwrap();
    assert!(alt.starts_with("Pie chart"), "{alt}");
    assert_eq!(answer.ephemeral_to, Some(world.alice));
    world.finish();
}

/// What was picked from the list says more than the words.
#[tokio::test(flavor = "multi_thread")]
async fn a_picked_kind_wins_over_the_words() {
    let world = World::new().await.offline();
    let _bot = world.bot().await;
    let drawn = |kind: &'static str, request: &'static str| {
        let wanted = Invocation::slash("chart").option("request", request).option("kind", kind);
        world.invoke(world.alice, world.general, wanted.file("file", "cities.csv", TABLE))
    };
    let donut = world.answer(drawn("donut", "bar chart of population by city")).await;
    assert!(donut.attachments[0].description.as_deref().unwrap().starts_with("Donut"), "{:?}", donut.attachments);
    // Names and one number make no candlesticks, so the words have it.
    let bars = world.answer(drawn("candlestick", "bar chart of population by city")).await;
    assert!(bars.attachments[0].description.as_deref().unwrap().starts_with("Bar"), "{:?}", bars.attachments);
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_of_any_message_is_drawn_without_a_model() {
    let world = World::new().await;
    let _bot = world.bot().await;
    let ben = world.guild.member("Ben");
    let message = world.sim.post(ben, world.general, Post::text(format!("look at these\n\n{TABLE}"))).unwrap();
    let drawn = world.invoke(world.alice, world.general, Invocation::on_message("Chart this", message));
    let answer = world.answer(drawn).await;
    assert_eq!(answer.attachments.len(), 1, "{}", answer.content);
    assert_eq!(world.model.calls(), 0);
    let file = world.sim.post(ben, world.general, Post::text("").attach("cities.csv", TABLE)).unwrap();
    let drawn = world.invoke(world.alice, world.general, Invocation::on_message("Chart this", file));
    assert_eq!(world.answer(drawn).await.attachments.len(), 1);
    assert_eq!(world.model.calls(), 0);
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_without_a_table_is_told_so() {
    let world = World::new().await;
    let _bot = world.bot().await;
    let message = world.post(world.general, "good morning");
    let drawn = world.invoke(world.alice, world.general, Invocation::on_message("Chart this", message));
    insta::assert_snapshot!(world.answer(drawn).await.content, @"I found no table in this message or its files. I read Markdown, CSV, cells of a spreadsheet, JSON, and lists such as `Jan 100, Feb 200`.");
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_draws_a_message_in_a_server_where_the_bot_is_not() {
    let world = World::new().await;
    let _bot = world.bot().await;
    let elsewhere = world.sim.guild("Elsewhere");
    let channel = elsewhere.text_channel("talk");
    elsewhere.add_member(world.alice);
    elsewhere.remove_bot();
    let message = world.sim.post(world.alice, channel, Post::text(TABLE)).unwrap();
    let drawn = world.invoke(world.alice, channel, Invocation::on_message("Chart this", message));
    let answer = world.answer(drawn).await;
    assert_eq!(answer.attachments.len(), 1, "{}", answer.content);
    // Its buttons work there too.
    let clicked = world.sim.select(world.alice, answer.id, "p1:kind", &["pie"]).unwrap();
    let pie = world.shown(clicked, "a pie", |message| {
        message.attachments[0].description.as_deref().is_some_and(|alt| alt.starts_with("Pie"))
    });
    assert_eq!(pie.await.id, answer.id);
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reference_names_every_command() {
    let reference = plotline::commands::reference(plotline::commands::table());
    for command in plotline::commands::table() {
        assert!(reference.contains(command.name), "{}", command.name);
    }
    assert!(reference.contains("| `question` | text, at most 6000 characters |"), "{reference}");
}
