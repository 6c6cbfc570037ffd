//! Commands, components and modals, from the person's click to the bot's answer.

use std::time::Duration;

use discord_sim::{
    ChannelId, ClientEvent, GuildHandle, InteractionId, Invocation, Permissions, Post, Sim, SimOptions, UserId,
    ViolationKind,
};
use reqwest::{
    Method,
    multipart::{Form, Part},
};
use serde_json::{Value, json};

use crate::support::{Gateway, INTENTS, PATIENCE, Rest, start, start_with};

/// A guild with registered commands and a connected bot.
struct Stage {
    sim: Sim,
    guild: GuildHandle,
    general: ChannelId,
    alice: UserId,
    gateway: Gateway,
    rest: Rest,
}

fn definitions() -> Value {
    json!([
        {"name": "ask", "description": "Ask", "integration_types": [0, 1], "contexts": [0, 1, 2], "options": [
            {"type": 3, "name": "question", "description": "What", "required": true},
            {"type": 11, "name": "file", "description": "Data"},
            {"type": 4, "name": "count", "description": "How many", "min_value": 1, "max_value": 5},
        ]},
        {"name": "config", "description": "Settings", "default_member_permissions": "32", "options": [
            {"type": 1, "name": "show", "description": "Show"},
            {"type": 1, "name": "set", "description": "Set", "options": [
                {"type": 3, "name": "key", "description": "Which", "autocomplete": true},
                {"type": 7, "name": "channel", "description": "Where"},
            ]},
        ]},
        {"name": "Chart this", "type": 3},
    ])
}

impl Stage {
    async fn set() -> Self {
        Self::set_with(SimOptions::default()).await
    }

    async fn set_with(options: SimOptions) -> Self {
        let sim = start_with(options).await;
        let guild = sim.guild("Testers");
        let (general, alice) = (guild.text_channel("general"), guild.member("Alice"));
        let rest = Rest::new(&sim);
        let put = rest.put(&format!("/applications/{}/commands", sim.bot()), definitions()).await;
        assert_eq!(put.status, 200, "{}", put.body);
        let gateway = Gateway::identify(&sim, INTENTS).await;
        Self { sim, guild, general, alice, gateway, rest }
    }

    fn ask(&self) -> InteractionId {
        let ask = Invocation::slash("/ask").option("question", "why?");
        self.sim.invoke(self.alice, self.general, ask).expect("invoked")
    }

    async fn callback(&mut self, body: Value) -> crate::support::Answer {
        let event = self.gateway.event("INTERACTION_CREATE").await;
        let path = format!("/interactions/{}/{}/callback", text(&event["id"]), text(&event["token"]));
        self.rest.post(&path, body).await
    }

    fn webhook(&self, id: InteractionId) -> String {
        format!("/webhooks/{}/{}", self.sim.bot(), self.sim.interaction(id).expect("known").token)
    }
}

fn text(value: &Value) -> &str {
    value.as_str().expect("text")
}

fn quiet(content: &str) -> Value {
    json!({"content": content, "allowed_mentions": {"parse": []}})
}

#[tokio::test]
async fn a_slash_command_carries_who_where_and_what() {
    let mut stage = Stage::set().await;
    stage.sim.set_locale(stage.alice, "de");
    let ask = Invocation::slash("ask").option("question", "why?").option("count", 3).file("file", "a.csv", "a,b");
    stage.sim.invoke(stage.alice, stage.general, ask).expect("invoked");
    let event = stage.gateway.event("INTERACTION_CREATE").await;
    assert_eq!((&event["type"], &event["context"], &event["locale"]), (&json!(2), &json!(0), &json!("de")));
    assert_eq!(event["member"]["user"]["id"], json!(stage.alice));
    assert_eq!(event["authorizing_integration_owners"], json!({"0": stage.guild.id()}));
    let options = event["data"]["options"].as_array().expect("options");
    assert_eq!(options[0], json!({"name": "question", "type": 3, "value": "why?"}));
    assert_eq!(options[1], json!({"name": "count", "type": 4, "value": 3}));
    let file = &event["data"]["resolved"]["attachments"][text(&options[2]["value"])];
    assert_eq!((&file["filename"], &file["ephemeral"]), (&json!("a.csv"), &json!(true)));
    let fetched = reqwest::get(text(&file["url"])).await.expect("an answer").text().await.expect("text");
    assert_eq!(fetched, "a,b");
}

#[tokio::test]
async fn an_answer_at_once_is_a_message_and_a_second_one_is_refused() {
    let mut stage = Stage::set().await;
    let id = stage.ask();
    let event = stage.gateway.event("INTERACTION_CREATE").await;
    let path = format!("/interactions/{id}/{}/callback?with_response=true", text(&event["token"]));
    let answer = stage.rest.post(&path, json!({"type": 4, "data": quiet("because")})).await;
    assert_eq!((answer.status.as_u16(), &answer.body["resource"]["message"]["content"]), (200, &json!("because")));
    let again = stage.rest.post(&path, json!({"type": 4, "data": quiet("because")})).await;
    assert_eq!((again.status.as_u16(), again.code()), (400, 40060));
    let message = stage.gateway.event("MESSAGE_CREATE").await;
    assert_eq!((&message["type"], &message["interaction_metadata"]["user"]["id"]), (&json!(20), &json!(stage.alice)));
    let view = stage.sim.interaction(id).expect("known");
    assert_eq!((view.acknowledged, view.answer.expect("an answer").content.as_str()), (Some(4), "because"));
    stage.sim.finish().expect("clean");
}

#[tokio::test]
async fn a_deferred_answer_is_filled_by_patch_and_follow_ups_come_after() {
    let mut stage = Stage::set().await;
    let id = stage.ask();
    assert_eq!(stage.callback(json!({"type": 5})).await.status, 204);
    assert!(stage.sim.interaction(id).expect("known").answer.expect("thinking").is_loading());
    let webhook = stage.webhook(id);
    let form = Form::new()
        .text("payload_json", quiet("chart").to_string())
        .part("files[0]", Part::bytes(vec![1]).file_name("c.png"));
    let patch = stage.rest.request(Method::PATCH, &format!("{webhook}/messages/@original")).multipart(form);
    let patched = stage.rest.send(patch).await.expect("an answer");
    assert_eq!(
        (&patched.body["content"], &patched.body["attachments"][0]["filename"]),
        (&json!("chart"), &json!("c.png"))
    );
    assert!(!stage.sim.interaction(id).expect("known").answer.expect("answered").is_loading());
    let mut with_nonce = quiet("and");
    with_nonce["nonce"] = json!("1");
    let follow_up = stage.rest.post(&webhook, with_nonce).await;
    assert_eq!(stage.sim.take_violations(ViolationKind::UnknownField), 1, "follow-ups have no nonce");
    assert_ne!(follow_up.body["id"], patched.body["id"]);
    let path = format!("{webhook}/messages/{}", text(&follow_up.body["id"]));
    assert_eq!(stage.rest.patch(&path, quiet("and more")).await.body["content"], "and more");
    assert_eq!(stage.rest.get(&format!("{webhook}/messages/@original")).await.body["content"], "chart");
    assert_eq!(stage.rest.delete(&path).await.status, 204);
    assert_eq!(stage.sim.interaction(id).expect("known").follow_ups.len(), 0);
    assert_eq!(stage.rest.delete(&format!("{webhook}/messages/@original")).await.status, 204);
    assert_eq!(stage.rest.get(&format!("{webhook}/messages/@original")).await.code(), 10008);
}

#[tokio::test]
async fn the_first_follow_up_after_a_deferral_fills_the_answer() {
    let mut stage = Stage::set().await;
    let id = stage.ask();
    stage.callback(json!({"type": 5, "data": {"flags": 64}})).await;
    let webhook = stage.webhook(id);
    stage.rest.post(&webhook, quiet("first")).await;
    stage.rest.post(&webhook, quiet("second")).await;
    let view = stage.sim.interaction(id).expect("known");
    let answer = view.answer.expect("an answer");
    assert_eq!((answer.content.as_str(), answer.ephemeral_to), ("first", Some(stage.alice)));
    assert_eq!(view.follow_ups.iter().map(|message| message.content.as_str()).collect::<Vec<_>>(), ["second"]);
}

#[tokio::test]
async fn an_ephemeral_answer_is_for_one_person_and_no_part_of_the_channel() {
    let mut stage = Stage::set().await;
    let bob = stage.guild.member("Bob");
    stage.ask();
    let mut data = quiet("psst");
    data["flags"] = json!(64);
    stage.callback(json!({"type": 4, "data": data})).await;
    assert_eq!(stage.sim.ephemeral_messages(stage.alice)[0].content, "psst");
    assert_eq!(stage.sim.messages(stage.general).len(), 0);
    assert_eq!(stage.sim.messages_for(stage.alice, stage.general).len(), 1);
    assert_eq!(stage.sim.messages_for(bob, stage.general).len(), 0);
    let id = stage.sim.ephemeral_messages(stage.alice)[0].id;
    let path = format!("/channels/{}/messages/{id}", stage.general);
    assert_eq!(stage.rest.get(&path).await.code(), 10008);
    assert_eq!(stage.rest.patch(&path, quiet("x")).await.code(), 10008);
}

#[tokio::test]
async fn an_unanswered_interaction_fails_and_a_late_answer_is_unknown() {
    let options = SimOptions { interaction_ack_window: Duration::from_millis(20), ..SimOptions::default() };
    let mut stage = Stage::set_with(options).await;
    let id = stage.ask();
    let failed = |sim: &Sim| sim.interaction(id).filter(|view| view.failed);
    stage.sim.wait_for("the failure", PATIENCE, failed).await.expect("failed");
    let late = stage.callback(json!({"type": 4, "data": quiet("late")})).await;
    assert_eq!((late.status.as_u16(), late.code()), (404, 10062));
    assert_eq!(stage.rest.post(&stage.webhook(id), quiet("x")).await.code(), 10015);
}

#[tokio::test]
async fn a_token_expires() {
    let options = SimOptions { interaction_token_lifetime: Duration::ZERO, ..SimOptions::default() };
    let mut stage = Stage::set_with(options).await;
    let id = stage.ask();
    assert_eq!(stage.callback(json!({"type": 5})).await.status, 204);
    let expired = stage.rest.patch(&format!("{}/messages/@original", stage.webhook(id)), quiet("x")).await;
    assert_eq!((expired.status.as_u16(), expired.code()), (401, 50027));
}

#[tokio::test]
async fn buttons_and_menus_bring_their_message_and_can_change_it() {
    let mut stage = Stage::set().await;
    let components = json!([
        {"type": 1, "components": [{"type": 2, "style": 1, "label": "Go", "custom_id": "go"},
                                   {"type": 2, "style": 1, "label": "Off", "custom_id": "off", "disabled": true}]},
        {"type": 1, "components": [{"type": 3, "custom_id": "kind", "options": [
            {"label": "Bar", "value": "bar"}, {"label": "Line", "value": "line"}]}]},
    ]);
    let mut body = quiet("chart");
    body["components"] = components;
    let sent = stage.rest.post(&format!("/channels/{}/messages", stage.general), body).await;
    assert_eq!(sent.status, 200, "{}", sent.body);
    let message = stage.sim.bot_messages(stage.general)[0].clone();
    assert_eq!(message.custom_ids(), ["go", "off", "kind"]);
    let click = stage.sim.click(stage.alice, message.id, "go").expect("clicked");
    let event = stage.gateway.event("INTERACTION_CREATE").await;
    assert_eq!((&event["data"]["custom_id"], &event["message"]["id"]), (&json!("go"), &json!(message.id)));
    let path = format!("/interactions/{click}/{}/callback", text(&event["token"]));
    assert_eq!(stage.rest.post(&path, json!({"type": 7, "data": quiet("changed")})).await.status, 204);
    assert_eq!(stage.sim.message(message.id).expect("there").content, "changed");
    assert_eq!(stage.sim.interaction(click).expect("known").answer.expect("the source").id, message.id);

    stage.sim.select(stage.alice, message.id, "kind", &["line"]).expect("selected");
    let event = stage.gateway.event("INTERACTION_CREATE").await;
    assert_eq!((&event["data"]["values"], &event["data"]["component_type"]), (&json!(["line"]), &json!(3)));
    for refused in [
        stage.sim.click(stage.alice, message.id, "off"),
        stage.sim.click(stage.alice, message.id, "gone"),
        stage.sim.select(stage.alice, message.id, "kind", &["pie"]),
        stage.sim.select(stage.alice, message.id, "kind", &[]),
        stage.sim.click(stage.sim.user("Stranger"), message.id, "go"),
    ] {
        assert!(refused.is_err());
    }
}

#[tokio::test]
async fn a_modal_opens_is_checked_and_submitted_once() {
    let mut stage = Stage::set().await;
    let id = stage.ask();
    let modal = json!({"title": "Data", "custom_id": "m", "components": [
        {"type": 1, "components": [{"type": 4, "custom_id": "t", "label": "Table", "style": 2, "min_length": 3}]},
        {"type": 1, "components": [{"type": 4, "custom_id": "o", "label": "More", "style": 1, "required": false}]},
    ]});
    let mut seen = stage.sim.subscribe();
    assert_eq!(stage.callback(json!({"type": 9, "data": modal})).await.status, 204);
    loop {
        if let ClientEvent::ModalOpened { modal, user_id, .. } = seen.recv().await.expect("an event") {
            assert_eq!((text(&modal["title"]), user_id), ("Data", stage.alice));
            break;
        }
    }
    assert!(stage.sim.submit_modal(id, &[("t", "ab")]).is_err(), "too short");
    assert!(stage.sim.submit_modal(id, &[("x", "abc")]).is_err(), "no such input");
    stage.sim.submit_modal(id, &[("t", "a,b,c")]).expect("submitted");
    assert!(stage.sim.submit_modal(id, &[("t", "a,b,c")]).is_err(), "closed");
    let event = stage.gateway.event("INTERACTION_CREATE").await;
    assert_eq!((&event["type"], &event["data"]["custom_id"]), (&json!(5), &json!("m")));
    assert_eq!(event["data"]["components"][0]["components"][0]["value"], "a,b,c");
    let path = format!("/interactions/{}/{}/callback", text(&event["id"]), text(&event["token"]));
    let modal = json!({"title": "x", "custom_id": "y", "components": []});
    let refused = stage.rest.post(&path, json!({"type": 9, "data": modal})).await;
    assert_eq!(refused.code(), 50035, "no modal answers a modal");
    assert_eq!(stage.rest.post(&path, json!({"type": 4, "data": quiet("got it")})).await.status, 204);
}

#[tokio::test]
async fn wrong_modals_choices_and_callback_types_are_refused() {
    let mut stage = Stage::set().await;
    stage.ask();
    let event = stage.gateway.event("INTERACTION_CREATE").await;
    let path = format!("/interactions/{}/{}/callback", text(&event["id"]), text(&event["token"]));
    let input = json!({"type": 4, "custom_id": "t", "label": "T", "style": 1});
    let row = json!({"type": 1, "components": [input]});
    for data in [
        json!({"title": "x".repeat(46), "custom_id": "m", "components": [row]}),
        json!({"title": "x", "custom_id": "m", "components": []}),
        json!({"title": "x", "custom_id": "m", "components": vec![row.clone(); 6]}),
        json!({"title": "x", "custom_id": "m", "components": [{"type": 1, "components": [input, input]}]}),
    ] {
        assert_eq!(stage.rest.post(&path, json!({"type": 9, "data": data})).await.code(), 50035);
    }
    for kind in [0, 1, 6, 7, 8, 10] {
        assert_eq!(stage.rest.post(&path, json!({"type": kind, "data": quiet("x")})).await.code(), 50035, "{kind}");
    }
    assert_eq!(stage.rest.post(&path, json!({"type": 4, "data": {"content": ""}})).await.code(), 50006);
    let long = json!({"type": 4, "data": quiet(&"x".repeat(2001))});
    let refused = stage.rest.post(&path, long).await;
    assert_eq!(refused.body["errors"]["data"]["content"]["_errors"][0]["code"], "BASE_TYPE_MAX_LENGTH");
    let wrong = format!("/interactions/{}/wrong/callback", text(&event["id"]));
    assert_eq!(stage.rest.post(&wrong, json!({"type": 5})).await.code(), 10062);
}

#[tokio::test]
async fn autocomplete_names_the_focused_option_and_takes_25_choices() {
    let mut stage = Stage::set().await;
    let set = || Invocation::slash("config set").option("key", "co");
    let owner = stage.guild.owner();
    let id = stage.sim.autocomplete(owner, stage.general, set(), "key").expect("typed");
    let event = stage.gateway.event("INTERACTION_CREATE").await;
    let option = &event["data"]["options"][0]["options"][0];
    assert_eq!(
        (&event["type"], option),
        (&json!(4), &json!({"name": "key", "type": 3, "value": "co", "focused": true}))
    );
    let path = format!("/interactions/{id}/{}/callback", text(&event["token"]));
    let choices = |count: usize| {
        let choices: Vec<_> = (0..count).map(|n| json!({"name": n.to_string(), "value": n.to_string()})).collect();
        json!({"type": 8, "data": {"choices": choices}})
    };
    assert_eq!(stage.rest.post(&path, choices(26)).await.code(), 50035);
    let wrong = json!({"type": 8, "data": {"choices": [{"name": "a", "value": 1}]}});
    assert_eq!(stage.rest.post(&path, wrong).await.code(), 50035);
    assert_eq!(stage.rest.post(&path, choices(25)).await.status, 204);
    assert_eq!(stage.sim.interaction(id).expect("known").choices.map(|choices| choices.len()), Some(25));
}

#[tokio::test]
async fn message_commands_bring_the_message_in_full() {
    let sim_options = SimOptions { message_content_granted: false, ..SimOptions::default() };
    let sim = start_with(sim_options).await;
    let guild = sim.guild("Testers");
    let (general, alice) = (guild.text_channel("general"), guild.member("Alice"));
    Rest::new(&sim).put(&format!("/applications/{}/commands", sim.bot()), definitions()).await;
    let mut gateway = Gateway::identify(&sim, INTENTS & !(1 << 15)).await;
    let table = sim.post(alice, general, Post::text("a,b").attach("t.csv", "1,2")).expect("posted");
    sim.invoke(alice, general, Invocation::on_message("Chart this", table)).expect("invoked");
    let data = gateway.event("INTERACTION_CREATE").await["data"].clone();
    assert_eq!(data["target_id"], json!(table));
    let message = &data["resolved"]["messages"][table.to_string()];
    assert_eq!((&message["content"], &message["attachments"][0]["filename"]), (&json!("a,b"), &json!("t.csv")));
    let read = Rest::new(&sim).get(&format!("/channels/{general}/messages/{table}")).await;
    assert_eq!(read.body["content"], "", "over REST the content stays hidden");
}

#[tokio::test]
async fn clients_offer_only_what_a_person_may_use_where_it_belongs() {
    let stage = Stage::set().await;
    let (sim, alice, general) = (&stage.sim, stage.alice, stage.general);
    let offered = |user, channel| -> Vec<String> {
        sim.commands_for(user, channel).iter().map(|command| text(&command["name"]).to_owned()).collect()
    };
    assert_eq!(offered(alice, general), ["ask", "Chart this"]);
    let role = stage.guild.role("Manager", Permissions::MANAGE_GUILD);
    stage.guild.give_role(alice, role);
    assert_eq!(offered(alice, general), ["ask", "config", "Chart this"]);
    stage.guild.take_role(alice, role);
    let config = || Invocation::slash("config show");
    assert_eq!(sim.invoke(alice, general, config()).map_err(|error| error.code), Err(50013));
    sim.invoke(alice, general, config().unchecked()).expect("past the client's check");
    for refused in [
        Invocation::slash("ask"),
        Invocation::slash("ask").option("question", 5),
        Invocation::slash("ask").option("question", "x").option("count", 6),
        Invocation::slash("ask").option("question", "x").option("colour", "red"),
        Invocation::slash("ask more").option("question", "x"),
        Invocation::slash("nothing"),
    ] {
        assert!(sim.invoke(alice, general, refused.clone()).is_err(), "{refused:?}");
    }
}

#[tokio::test]
async fn direct_messages_and_user_installs_say_so() {
    let mut stage = Stage::set().await;
    let ask = || Invocation::slash("ask").option("question", "x");
    let dm = stage.sim.dm(stage.alice);
    stage.sim.invoke(stage.alice, dm, ask()).expect("invoked");
    let event = stage.gateway.event("INTERACTION_CREATE").await;
    assert_eq!((&event["context"], &event["user"]["id"]), (&json!(1), &json!(stage.alice)));
    assert_eq!((event.get("member"), &event["authorizing_integration_owners"]), (None, &json!({"0": "0"})));

    let elsewhere = stage.sim.guild("Elsewhere");
    let channel = elsewhere.text_channel("general");
    elsewhere.add_member(stage.alice);
    elsewhere.remove_bot();
    assert!(stage.sim.invoke(stage.alice, channel, Invocation::slash("config show")).is_err());
    let id = stage.sim.invoke(stage.alice, channel, ask()).expect("invoked");
    let event = stage.gateway.event("INTERACTION_CREATE").await;
    assert_eq!(event["authorizing_integration_owners"], json!({"1": stage.alice}));
    let path = format!("/interactions/{id}/{}/callback", text(&event["token"]));
    assert_eq!(stage.rest.post(&path, json!({"type": 4, "data": quiet("here too")})).await.status, 204);
    assert_eq!(stage.sim.messages(channel).len(), 1);
    assert_eq!(stage.rest.get(&format!("/channels/{channel}/messages")).await.code(), 50001);
    for n in 0..6 {
        let answer = stage.rest.post(&stage.webhook(id), quiet("more")).await;
        assert_eq!(answer.code(), if n < 5 { 0 } else { 40094 }, "{}", answer.body);
        stage.sim.set_rate_limits(discord_sim::RateLimits::relaxed());
    }
}

#[tokio::test]
async fn commands_keep_their_ids_and_are_checked() {
    let sim = start().await;
    let guild = sim.guild("Testers");
    let rest = Rest::new(&sim);
    let global = format!("/applications/{}/commands", sim.bot());
    let created = rest.post(&global, json!({"name": "ask", "description": "Ask"})).await;
    assert_eq!(created.status, 201);
    let again = rest.post(&global, json!({"name": "ask", "description": "Ask again"})).await;
    assert_eq!((again.status.as_u16(), &again.body["id"]), (200, &created.body["id"]));
    let all = rest.put(&global, json!([{"name": "ask", "description": "x"}, {"name": "Do", "type": 3}])).await;
    assert_eq!((&all.body[0]["id"], all.body.as_array().map(Vec::len)), (&created.body["id"], Some(2)));
    let path = format!("{global}/{}", text(&created.body["id"]));
    assert_eq!(rest.patch(&path, json!({"description": "y"})).await.body["description"], "y");
    assert_eq!(rest.get(&path).await.body["description"], "y");
    assert_eq!(rest.delete(&path).await.status, 204);
    assert_eq!(rest.get(&path).await.code(), 10063);
    let of_guild = format!("/applications/{}/guilds/{}/commands", sim.bot(), guild.id());
    assert_eq!(
        rest.post(&of_guild, json!({"name": "test", "description": "t"})).await.body["guild_id"],
        json!(guild.id())
    );
    assert_eq!(rest.get(&global).await.body.as_array().map(Vec::len), Some(1));
    let option = |n: usize| json!({"type": 3, "name": format!("o{n}"), "description": "d"});
    for wrong in [
        json!({"name": "Upper", "description": "d"}),
        json!({"name": "two words", "description": "d"}),
        json!({"name": "x"}),
        json!({"name": "x", "description": "d".repeat(101)}),
        json!({"name": "Menu", "type": 3, "description": "not allowed"}),
        json!({"name": "x", "description": "d", "options": (0..26).map(option).collect::<Vec<_>>()}),
        json!({"name": "x", "description": "d", "options": [option(1), {"type": 3, "name": "r", "description": "d", "required": true}]}),
        json!({"name": "x", "description": "d", "options": [option(1), {"type": 1, "name": "s", "description": "d"}]}),
        json!({"name": "x", "description": "d", "options": [option(1), option(1)]}),
        json!({"name": "x", "description": "d", "options": [{"type": 3, "name": "c", "description": "d", "choices": [{"name": "a", "value": 1}]}]}),
        json!({"name": "x", "description": "d", "contexts": [3]}),
    ] {
        let answer = rest.post(&global, wrong.clone()).await;
        assert_eq!(answer.code(), 50035, "{wrong}: {}", answer.body);
    }
    let twins = json!([{"name": "x", "description": "d"}, {"name": "x", "description": "d"}]);
    assert_eq!(rest.put(&global, twins).await.code(), 50035);
    let many: Vec<_> = (0..101).map(|n| json!({"name": format!("c{n}"), "description": "d"})).collect();
    assert_eq!(rest.put(&global, json!(many)).await.code(), 30032);
    assert_eq!(rest.get("/applications/1/commands").await.code(), 10002);
}
