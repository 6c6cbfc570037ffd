//! `/config`.

use discord_sim::{Invocation, MessageView, OptionValue, WritePoint};
use model_sim::Reply;
use serde_json::Value;

use crate::commands::labels;
use crate::harness::World;

fn config(path: &str) -> Invocation {
    Invocation::slash(&format!("config {path}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn each_change_says_what_was_and_what_is_and_is_shown_with_who_and_when() {
    let world = World::new().await;
    let _bot = world.bot().await;
    let random = world.guild.text_channel("random");
    let said = [
        world.change("cooldown_seconds", 30).await,
        world.change("cooldown_seconds", 30).await,
        world.change("answer_in", "channel").await,
        world.configure(config("set temperature").option("value", 0.5).option("channel", random)).await.content,
        world.configure(config("set channels_denied").option("add", random)).await.content,
        world.configure(config("set channels_denied").option("remove", random)).await.content,
        world.configure(config("reset").option("setting", "cooldown_seconds")).await.content,
        world.configure(config("reset").option("setting", "no_such_thing")).await.content,
        world.configure(config("set roles_denied")).await.content,
        world.configure(config("show").option("setting", "temperature")).await.content,
        world.configure(config("show").option("setting", "answer_in")).await.content,
    ]
    .map(|said| world.masked(&said).replace(&random.to_string(), "RANDOM"));
    insta::assert_snapshot!(said.join("\n"), @r#"
`cooldown_seconds` is now 30 seconds; before it was the default (none).
`cooldown_seconds` is that already; nothing was changed.
`answer_in` is now a reply in the channel; before it was the default (a thread of its own).
`temperature` is now 0.5 in <#N>; before it was the default (the operator's).
`channels_denied` is now <#N>; before it was the default (none).
`channels_denied` is now the default (none); before it was <#N>.
`cooldown_seconds` is now the default (none); before it was 30 seconds.
There is no such setting. Pick one of the list that opens while you type.
Give a value: nothing was changed.
`temperature` the operator's
How freely the model chooses its words: 0 the likeliest, 2 the wildest.
- <#N>: 0.5
`answer_in` **a reply in the channel** (default: a thread of its own; <@ADMIN>, <t:N:d>)
Where an answer to a mention goes.
"#);
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn all_settings_are_shown_in_groups() {
    let world = World::new().await;
    let _bot = world.bot().await;
    world.change("questions_per_member", 20).await;
    let shown = world.configure(config("show")).await;
    insta::assert_snapshot!(world.masked(&shown.content), @r#"
### Who and where
`channels_allowed` everywhere
`channels_denied` none
`roles_allowed` everybody
`roles_denied` none
### Answers
`answer_in` a thread of its own
`follow_ups` every message in its thread
`auto_archive` after 1 day
`answer_length` full: as long as the question needs
### Model
`model` the operator's
`temperature` the operator's
`system_prompt` the operator's
### Limits
`cooldown_seconds` none
`questions_per_member` **20 questions** (default: no limit; <@ADMIN>, <t:N:d>)
`questions_per_role` no limit
`questions_per_server` no limit
`tokens_per_day` no limit
`money_per_day` no limit
### Charts and dates
`chart_theme` dark
`number_style` 1,234.56
`date_style` by the table
`time_zone` UTC
### Records
`alert_channel` none
`audit_retention_days` 90
`conversation_retention_days` 30
"#);
    assert!(shown.content.chars().count() <= 2_000);
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_lacks_manage_server_is_refused_by_the_bot_too() {
    let mut world = World::new().await;
    world.set("OPERATOR_GUILD_ID", &world.guild.id().to_string());
    let _bot = world.bot().await;
    let refused = [
        config("show"),
        config("set cooldown_seconds").option("value", 5),
        config("set system_prompt"),
        config("reset").option("setting", "model"),
        config("export"),
        config("import").file("file", "settings.json", "{}"),
        Invocation::slash("audit"),
        Invocation::slash("operator pause"),
    ];
    for invocation in refused {
        // Discord's own check is gone past: an admin may have handed the command to others.
        let said = world.told(world.alice, invocation.unchecked()).await;
        assert!(said.starts_with("Only "), "{said}");
    }
    assert_eq!(world.store().await.settings_version(plotline_store::GuildId(world.guild.id().get())).await.unwrap(), 0);
    let offered: Vec<String> = world
        .sim
        .commands_for(world.alice, world.general)
        .iter()
        .map(|command| command["name"].as_str().unwrap().to_owned())
        .collect();
    for name in ["config", "audit", "operator"] {
        assert!(!offered.contains(&name.to_owned()), "{name} is offered to everyone");
    }
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_of_another_type_is_one_sentence() {
    let world = World::new().await;
    let _bot = world.bot().await;
    let said = [
        ("cooldown_seconds", OptionValue::from("long")),
        ("cooldown_seconds", OptionValue::Integer(-5)),
        ("answer_in", OptionValue::from("by post")),
        ("model", OptionValue::from("gpt-99")),
        ("time_zone", OptionValue::from("Atlantis")),
    ];
    let mut answers = Vec::new();
    for (name, value) in said {
        let invocation = config(&format!("set {name}")).option("value", value).unchecked();
        answers.push(world.configure(invocation).await.content);
    }
    insta::assert_snapshot!(answers.join("\n"), @r#"
The option value has to be a whole number. Restart Discord if it does not let you give that.
`cooldown_seconds` must be a whole number from 0 to 86,400. Nothing was changed.
`answer_in` must be `thread` or `channel`. Nothing was changed.
`model` must be `sim-model`. Nothing was changed.
`time_zone` must be a time zone such as `Europe/Berlin`; type a city to find its own. Nothing was changed.
"#);
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn proposals_follow_what_is_typed() {
    let mut world = World::new().await;
    world.set("MODELS", r#"[{"name": "tiny", "output_per_million": 2}, {"name": "sim-model"}]"#);
    let _bot = world.bot().await;
    let admin = world.admin();
    let mut proposed = Vec::new();
    for (invocation, focused) in [
        (config("reset").option("setting", "cool"), "setting"),
        (config("set time_zone").option("value", "berl"), "value"),
        (config("set model").option("value", ""), "value"),
    ] {
        let id = world.sim.autocomplete(admin, world.general, invocation, focused).unwrap();
        let choices = world
            .sim
            .wait_for("proposals", crate::harness::PATIENCE, |sim| sim.interaction(id)?.choices)
            .await
            .unwrap();
        proposed.extend(choices.iter().map(|choice| format!("{} → {}", choice["name"], choice["value"])));
    }
    insta::assert_snapshot!(proposed.join("\n"), @r#"
"cooldown_seconds: How long a member waits after each question." → "cooldown_seconds"
"Europe/Berlin" → "Europe/Berlin"
"sim-model" → "sim-model"
"tiny" → "tiny"
"#);
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_system_prompt_is_written_in_a_form_and_reaches_the_model() {
    let world = World::new().await;
    world.model.script([Reply::text("Arr, forty-two.")]);
    let _bot = world.bot().await;
    let opened = world.invoke(world.admin(), world.general, config("set system_prompt"));
    let form = world.form(opened).await;
    assert_eq!(form["title"], "Change a setting");
    let sent = world.sim.submit_modal(opened, &[("value", "You are a pirate.")]).unwrap();
    let said = world.answer(sent).await;
    assert_eq!(said.content, "`system_prompt` is now `You are a pirate.`; before it was the default (the operator's).");
    world.change("answer_length", "short").await;
    world.change("temperature", 0.0).await;
    let question = world.mention("what is six times seven?");
    world.answer_to(question).await;
    let request = world.model.last_request().unwrap();
    let body: Value = request.body.clone();
    let system = request.system();
    assert!(system.starts_with("You are a pirate.\n\nAnswer in at most four sentences."), "{system}");
    assert_eq!(body["temperature"], 0.0);
    assert!(body.to_string().contains("300"), "{body}");
    // It opens again with what it holds.
    let opened = world.invoke(world.admin(), world.general, config("set system_prompt"));
    let form = world.form(opened).await;
    assert_eq!(form["components"][0]["components"][0]["value"], "You are a pirate.");
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_imported_whole_or_not_at_all() {
    let world = World::new().await;
    let _bot = world.bot().await;
    world.change("cooldown_seconds", 7).await;
    world.change("chart_theme", "light").await;
    let exported = world.configure(config("export")).await;
    assert_eq!(exported.attachments[0].filename, "plotline-settings.json");
    let file = String::from_utf8(exported.attachments[0].bytes.to_vec()).unwrap();
    let version = || async {
        world.store().await.settings_version(plotline_store::GuildId(world.guild.id().get())).await.unwrap()
    };
    let before = version().await;
    let broken = file.replace("\"light\"", "\"neon\"").replace('7', "9");
    let import = |text: String| config("import").file("file", "settings.json", text);
    let mut said =
        vec![world.configure(import(broken)).await.content, world.configure(import("hello".into())).await.content];
    assert_eq!(version().await, before, "nothing was changed");
    let changed = file.replace('7', "9").replace("chart_theme", "answer_in").replace("light", "channel");
    said.push(world.configure(import(changed)).await.content);
    said.push(world.configure(config("show").option("setting", "cooldown_seconds")).await.content);
    said.push(world.configure(config("show").option("setting", "chart_theme")).await.content);
    said.push(world.configure(import(file)).await.content);
    let said: Vec<String> = said.iter().map(|text| world.masked(text)).collect();
    insta::assert_snapshot!(said.join("\n"), @r#"
Nothing was changed, since the file has mistakes:
- `chart_theme` must be `dark` or `light`.
This is no file of `/config export`: it is not JSON (line 1, column 1). Nothing was changed.
3 settings were changed. `/audit kind:config` shows which.
`cooldown_seconds` **9 seconds** (default: none; <@ADMIN>, <t:N:d>)
How long a member waits after each question.
`chart_theme` dark
The Discord theme that charts are drawn for.
3 settings were changed. `/audit kind:config` shows which.
"#);
    // Each change has its entry: two set, three by the file (one of them a reset), three back.
    assert_eq!(world.audited("config", 8).await.len(), 8);
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_keeps_the_settings_it_began_with_and_the_next_one_has_the_new_in_every_process() {
    let world = World::new().await;
    let first = world.bot().await;
    // The first job is claimed and about to open its thread while both settings change; the second process knows neither.
    let hold = world.sim.faults().hold_write(1, WritePoint::BeforeExecuting);
    let asked = world.mention("what is one?");
    hold.reached().await;
    world.change("answer_in", "channel").await;
    world.change("temperature", 1.5).await;
    let _second = world.bot().await;
    hold.release();
    world.answer_to(asked).await;
    let temperature = |call: usize| world.model.requests()[call].body["temperature"].clone();
    assert_eq!(temperature(0), Value::Null);
    let next = world.mention("what is two?");
    world.reply_to(world.general, next).await;
    assert_eq!(temperature(1), 1.5);
    assert!(world.sim.thread_of(next).is_none());
    // The second process alone: what the first changed is in force there, too.
    first.terminate().await;
    let last = world.mention("what is three?");
    world.reply_to(world.general, last).await;
    assert_eq!(temperature(2), 1.5);
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_turn_where_the_settings_are_many() {
    let world = World::new().await;
    let _bot = world.bot().await;
    for name in
        ["questions_per_member", "questions_per_server", "tokens_per_day", "cooldown_seconds", "audit_retention_days"]
    {
        world.change(name, 77).await;
    }
    for (name, value) in
        [("answer_in", "channel"), ("follow_ups", "reply"), ("answer_length", "short"), ("auto_archive", "7d")]
    {
        world.change(name, value).await;
    }
    for (name, value) in [("chart_theme", "light"), ("number_style", "point_comma"), ("date_style", "day_first")] {
        world.change(name, value).await;
    }
    for number in 0..8 {
        let channel = world.guild.text_channel(&format!("quiet-{number}"));
        world.configure(config("set channels_denied").option("add", channel)).await;
    }
    let shown = world.configure(config("show")).await;
    assert_eq!(labels(&shown), "More", "{}", shown.content);
    let turned = world.sim.click(world.admin(), shown.id, &shown.custom_ids()[0]).unwrap();
    let next = world.shown(turned, "the next page", |page| labels(page) == "Back").await;
    assert!(next.content.contains("`conversation_retention_days` 30"), "{}", next.content);
    world.finish();
}

/// Its own theme, its own way of writing numbers, its own order of dates: on charts of mentions, of commands, and when they are redrawn.
#[tokio::test(flavor = "multi_thread")]
async fn charts_look_as_the_server_wants() {
    let world = World::new().await.offline();
    let _bot = world.bot().await;
    let table = "Date,Sales\n1/2/2026,1234.5\n2/2/2026,2345.5\n3/2/2026,4321.5";
    let ask_of = |table: &'static str| {
        Invocation::slash("chart").option("request", "line of sales by date").file("file", "s.csv", table)
    };
    let ask = || ask_of(table);
    let svg_of = async |message: &MessageView| {
        let word = world.private_word(world.sim.click(world.alice, message.id, "p1:svg").unwrap()).await;
        String::from_utf8(word.attachments[0].bytes.to_vec()).unwrap()
    };
    let plain = world.answer(world.invoke(world.alice, world.general, ask())).await;
    let before = svg_of(&plain).await;
    assert!(before.contains("#2b2d31") && !before.contains("#ffffff"), "{before}");
    world.change("chart_theme", "light").await;
    world.change("number_style", "point_comma").await;
    world.change("date_style", "day_first").await;
    let set = world.answer(world.invoke(world.alice, world.general, ask())).await;
    let after = svg_of(&set).await;
    assert!(after.contains("#ffffff") && !after.contains("#2b2d31"), "{after}");
    assert_ne!(plain.attachments[0].bytes, set.attachments[0].bytes);
    let alt = |message: &MessageView| message.attachments[0].description.clone().unwrap();
    insta::assert_snapshot!(format!("{}\n{}\n\n{}\n{}", plain.content, alt(&plain), set.content, alt(&set)), @r#"
From 1/2/2026 to 3/2/2026: up from 1,234.5 to 4,321.5. Highest: 3/2/2026 (4,321.5); lowest: 1/2/2026 (1,234.5).
-# The dates in “Date” could be day/month or month/day; read as month/day (the first is 2 January 2026).
Line chart: Sales by Date. X axis: Date; y axis: Sales. 3 values from 1,234.5 to 4,321.5. From 1/2/2026 to 3/2/2026: up from 1,234.5 to 4,321.5. Highest: 3/2/2026 (4,321.5); lowest: 1/2/2026 (1,234.5).

From 1/2/2026 to 3/2/2026: up from 1.234,5 to 4.321,5. Highest: 3/2/2026 (4.321,5); lowest: 1/2/2026 (1.234,5).
-# The dates in “Date” could be day/month or month/day; read as day/month (the first is 1 February 2026).
Line chart: Sales by Date. X axis: Date; y axis: Sales. 3 values from 1.234,5 to 4.321,5. From 1/2/2026 to 3/2/2026: up from 1.234,5 to 4.321,5. Highest: 3/2/2026 (4.321,5); lowest: 1/2/2026 (1.234,5).
"#);
    assert!(after.contains(">1 Feb<"), "{after}");
    world.change("date_style", "month_first").await;
    let iso = ask_of("Date,Sales\n2026-02-01,4\n2026-02-02,5\n2026-02-03,3");
    let months_first = world.answer(world.invoke(world.alice, world.general, iso)).await;
    let axis = svg_of(&months_first).await;
    assert!(axis.contains(">Feb 1<"), "{axis}");
    // A redrawn chart keeps the look that it was made with.
    world.change("chart_theme", "dark").await;
    let clicked = world.sim.select(world.alice, set.id, "p1:kind", &["bar"]).unwrap();
    let bars = world.shown(clicked, "bars", |message| alt(message).starts_with("Bar")).await;
    assert!(svg_of(&bars).await.contains("#ffffff"));
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_model_is_told_the_date_where_the_server_is() {
    let world = World::new().await;
    let _bot = world.bot().await;
    let mut told = Vec::new();
    // 25 hours apart, so it is never the same day in both.
    for zone in ["Pacific/Kiritimati", "Pacific/Pago_Pago"] {
        world.change("time_zone", zone).await;
        let asked = world.mention("what is the date?");
        world.answer_to(asked).await;
        let system = world.model.last_request().unwrap().system();
        let today = system.lines().find(|line| line.starts_with("Today is ")).unwrap().to_owned();
        let date = plotline::settings::Zone::named(zone).unwrap().date(asked.created_at_ms());
        assert_eq!(today, format!("Today is {}.", date.format("%A, %-d %B %Y")));
        told.push(today);
    }
    assert_ne!(told[0], told[1]);
    world.finish();
}
