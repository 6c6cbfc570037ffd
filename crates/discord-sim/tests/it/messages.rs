//! Messages over REST and gateway: create, edit, delete, list, nonces, mentions, files, reactions.

use std::time::Duration;

use discord_sim::{Permissions, Post, Sim, SimOptions};
use reqwest::{
    Method,
    multipart::{Form, Part},
};
use serde_json::{Value, json};

use crate::support::{Gateway, INTENTS, Rest, start, start_with};

fn quiet(content: &str) -> Value {
    json!({"content": content, "allowed_mentions": {"parse": []}})
}

fn file(name: &str, bytes: &[u8]) -> Part {
    Part::bytes(bytes.to_vec()).file_name(name.to_owned())
}

#[tokio::test]
async fn a_mention_is_answered_in_one_thread() {
    let sim = start().await;
    let guild = sim.guild("Testers");
    let general = guild.text_channel("general");
    let alice = guild.member("Alice");
    let mut gateway = Gateway::identify(&sim, INTENTS).await;
    let question = sim.post(alice, general, Post::text(format!("{} hi", sim.mention()))).expect("posted");
    let event = gateway.event("MESSAGE_CREATE").await;
    assert_eq!(event["id"], json!(question));
    assert_eq!(event["mentions"][0]["id"], json!(sim.bot()));
    assert_eq!(event["guild_id"], json!(guild.id()));
    assert_eq!(event["member"]["roles"], json!([]));

    let rest = Rest::new(&sim);
    let thread = rest.post(&format!("/channels/{general}/messages/{question}/threads"), json!({"name": "hi"})).await;
    assert_eq!((thread.status.as_u16(), &thread.body["id"]), (201, &json!(question)));
    let answer = rest.post(&format!("/channels/{question}/messages"), quiet("Hello")).await;
    let path = format!("/channels/{question}/messages/{}", answer.body["id"].as_str().expect("an id"));
    let edited = rest.patch(&path, quiet("Hello, Alice")).await;
    assert_ne!(edited.body["edited_timestamp"], Value::Null);

    let thread = sim.thread_of(question).expect("a thread");
    assert_eq!(thread.owner, Some(sim.bot()));
    assert_eq!(sim.bot_messages(thread.id)[0].history, ["Hello", "Hello, Alice"]);
    let counters = sim.counters();
    assert_eq!((counters.bot_threads, counters.bot_messages, counters.bot_edits), (1, 1, 1));
    sim.finish().expect("clean");
}

#[tokio::test]
async fn a_repeated_nonce_gives_the_same_message_whatever_the_channel() {
    let sim = start().await;
    let guild = sim.guild("Testers");
    let (one, two) = (guild.text_channel("one"), guild.text_channel("two"));
    let mut gateway = Gateway::identify(&sim, INTENTS).await;
    let rest = Rest::new(&sim);
    let mut body = quiet("hi");
    body["nonce"] = json!("n-1");
    body["enforce_nonce"] = json!(true);
    let first = rest.post(&format!("/channels/{one}/messages"), body.clone()).await;
    assert_eq!(first.body["nonce"], "n-1");
    assert_eq!(gateway.event("MESSAGE_CREATE").await["nonce"], "n-1");
    let again = rest.post(&format!("/channels/{two}/messages"), body.clone()).await;
    assert_eq!(again.body["id"], first.body["id"]);
    assert_eq!(sim.messages(one).len() + sim.messages(two).len(), 1);
    assert_eq!(sim.counters().nonce_hits, 1);
    // Later reads do not tell it.
    let id = first.body["id"].as_str().expect("an id");
    assert_eq!(rest.get(&format!("/channels/{one}/messages/{id}")).await.body.get("nonce"), None);
    // Without enforce_nonce a nonce prevents nothing.
    body["enforce_nonce"] = json!(false);
    let new = rest.post(&format!("/channels/{one}/messages"), body).await;
    assert_ne!(new.body["id"], first.body["id"]);
}

#[tokio::test]
async fn a_nonce_is_forgotten_after_its_window() {
    let sim = start_with(SimOptions { nonce_window: Duration::ZERO, ..SimOptions::default() }).await;
    let general = sim.guild("Testers").text_channel("general");
    let rest = Rest::new(&sim);
    let body = json!({"content": "hi", "nonce": 1, "enforce_nonce": true, "allowed_mentions": {"parse": []}});
    let first = rest.post(&format!("/channels/{general}/messages"), body.clone()).await;
    // The window is zero milliseconds, so the next millisecond is beyond it.
    let began = std::time::Instant::now();
    while began.elapsed() < Duration::from_millis(2) {
        tokio::task::yield_now().await;
    }
    let second = rest.post(&format!("/channels/{general}/messages"), body).await;
    assert_ne!(first.body["id"], second.body["id"]);
}

#[tokio::test]
async fn files_come_by_multipart_and_can_be_fetched_kept_and_replaced() {
    let sim = start().await;
    let general = sim.guild("Testers").text_channel("general");
    let rest = Rest::new(&sim);
    let payload = json!({
        "content": "chart",
        "allowed_mentions": {"parse": []},
        "nonce": "up-1",
        "enforce_nonce": true,
        "attachments": [{"id": 0, "description": "A bar chart"}, {"id": 1}],
    });
    let form = || {
        Form::new()
            .text("payload_json", payload.to_string())
            .part("files[0]", file("my chart.png", b"png").mime_str("image/png").expect("a type"))
            .part("files[1]", file("data.csv", b"a,b\n1,2\n"))
    };
    let path = format!("/channels/{general}/messages");
    let sent = rest.send(rest.request(Method::POST, &path).multipart(form())).await.expect("an answer");
    let again = rest.send(rest.request(Method::POST, &path).multipart(form())).await.expect("an answer");
    assert_eq!(sent.body["id"], again.body["id"], "nonces work for uploads");
    let [chart, data] = sent.body["attachments"].as_array().expect("attachments").as_slice() else {
        panic!("two attachments: {}", sent.body)
    };
    assert_eq!((&chart["filename"], &chart["description"]), (&json!("my_chart.png"), &json!("A bar chart")));
    assert_eq!((&data["size"], &data["content_type"]), (&json!(8), &json!("text/csv; charset=utf-8")));
    let fetched = reqwest::get(data["url"].as_str().expect("a URL")).await.expect("an answer");
    assert_eq!(fetched.text().await.expect("text"), "a,b\n1,2\n");

    let id = sent.body["id"].as_str().expect("an id");
    let message = format!("/channels/{general}/messages/{id}");
    // Leaving the list out appends.
    let form = Form::new().text("payload_json", quiet("more").to_string()).part("files[0]", file("c.txt", b"c"));
    let more = rest.send(rest.request(Method::PATCH, &message).multipart(form)).await.expect("an answer");
    assert_eq!(more.body["attachments"].as_array().map(Vec::len), Some(3));
    // Giving it replaces.
    let mut payload = quiet("less");
    payload["attachments"] = json!([{"id": data["id"], "description": "The numbers"}, {"id": "0"}]);
    let form = Form::new().text("payload_json", payload.to_string()).part("files[0]", file("d.txt", b"d"));
    let less = rest.send(rest.request(Method::PATCH, &message).multipart(form)).await.expect("an answer");
    let names: Vec<_> = less.body["attachments"].as_array().expect("a list").iter().map(|a| &a["filename"]).collect();
    assert_eq!(names, ["data.csv", "d.txt"]);
    assert_eq!(less.body["attachments"][0]["description"], "The numbers");
    sim.finish().expect("clean");
}

#[tokio::test]
async fn links_to_files_are_signed_and_expire() {
    let sim = start().await;
    let guild = sim.guild("Testers");
    let (general, alice) = (guild.text_channel("general"), guild.member("Alice"));
    let post = Post::text("").attach("page.html", "<p>");
    let id = sim.post(alice, general, post).expect("posted");
    let url = sim.message(id).expect("there").attachments[0].url.clone();
    let fetched = reqwest::get(&url).await.expect("an answer");
    assert_eq!(fetched.status(), 200);
    assert_eq!(fetched.headers()["content-disposition"], "attachment", "pages are not shown in place");
    let (bare, _) = url.split_once('?').expect("a query");
    let forged = url.replace("ex=6", "ex=7");
    for wrong in [bare.to_owned(), forged] {
        assert_eq!(reqwest::get(wrong).await.expect("an answer").status(), 404);
    }
    let sim = start_with(SimOptions { cdn_link_lifetime: Duration::ZERO, ..SimOptions::default() }).await;
    let alice = sim.user("Alice");
    let dm = sim.dm(alice);
    let id = sim.post(alice, dm, Post::text("").attach("a.csv", "1")).expect("posted");
    let url = sim.message(id).expect("there").attachments[0].url.clone();
    assert_eq!(reqwest::get(url).await.expect("an answer").status(), 404);
}

#[tokio::test]
async fn embeds_and_components_come_back_as_discord_completes_them() {
    let sim = start().await;
    let general = sim.guild("Testers").text_channel("general");
    let rest = Rest::new(&sim);
    let mut payload = quiet("");
    payload["embeds"] = json!([{"fields": [{"name": "a", "value": "b"}], "image": {"url": "attachment://c.png"}}]);
    payload["components"] =
        json!([{"type": 1, "components": [{"type": 2, "style": 1, "label": "x", "custom_id": "x"}]}]);
    let form = Form::new().text("payload_json", payload.to_string()).part("files[0]", file("c.png", b"png"));
    let request = rest.request(Method::POST, &format!("/channels/{general}/messages")).multipart(form);
    let sent = rest.send(request).await.expect("an answer").body;
    assert_eq!(
        (&sent["embeds"][0]["type"], &sent["embeds"][0]["fields"][0]["inline"]),
        (&json!("rich"), &json!(false))
    );
    assert_eq!(sent["embeds"][0]["image"]["url"], sent["attachments"][0]["url"]);
    assert_eq!(
        sent["components"],
        json!([{"type": 1, "components": [
            {"type": 2, "style": 1, "label": "x", "custom_id": "x", "id": 2, "disabled": false}], "id": 1}])
    );
}

#[tokio::test]
async fn an_image_has_its_size_in_pixels() {
    let sim = start().await;
    let guild = sim.guild("Testers");
    let (general, alice) = (guild.text_channel("general"), guild.member("Alice"));
    let png = [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(), &640_u32.to_be_bytes(), &480_u32.to_be_bytes()].concat();
    let id = sim.post(alice, general, Post::text("").attach("a.png", png)).expect("posted");
    let attachment = &sim.message(id).expect("there").raw["attachments"][0];
    assert_eq!((&attachment["width"], &attachment["height"]), (&json!(640), &json!(480)));
}

#[tokio::test]
async fn a_long_paste_becomes_a_text_file() {
    let sim = start().await;
    let guild = sim.guild("Testers");
    let (general, alice) = (guild.text_channel("general"), guild.member("Alice"));
    let text = "x".repeat(2001);
    let id = sim.post(alice, general, Post::text(&text)).expect("posted");
    let message = sim.message(id).expect("there");
    assert_eq!((message.content.as_str(), message.attachments[0].filename.as_str()), ("", "message.txt"));
    assert_eq!(message.attachments[0].bytes, text);
}

#[tokio::test]
async fn messages_are_listed_newest_first() {
    let sim = start().await;
    let guild = sim.guild("Testers");
    let (general, alice) = (guild.text_channel("general"), guild.member("Alice"));
    let ids: Vec<_> = (0..5).map(|n| sim.post(alice, general, Post::text(n.to_string())).expect("posted")).collect();
    let rest = Rest::new(&sim);
    let list = async |query: String| {
        let answer = rest.get(&format!("/channels/{general}/messages{query}")).await;
        answer.body.as_array().expect("a list").iter().map(|m| m["content"].as_str().unwrap_or("").to_owned()).collect()
    };
    let all: Vec<String> = list(String::new()).await;
    assert_eq!(all, ["4", "3", "2", "1", "0"]);
    let after: Vec<String> = list(format!("?after={}&limit=2", ids[1])).await;
    assert_eq!(after, ["3", "2"], "the ones next to the mark, newest first");
    let before: Vec<String> = list(format!("?before={}&limit=2", ids[3])).await;
    assert_eq!(before, ["2", "1"]);
    let around: Vec<String> = list(format!("?around={}&limit=3", ids[2])).await;
    assert_eq!(around, ["3", "2", "1"]);
    let too_many = rest.get(&format!("/channels/{general}/messages?limit=101")).await;
    assert_eq!((too_many.status.as_u16(), too_many.code()), (400, 50035));
}

/// What a message of the bot pings, with `@everyone` allowed to it.
async fn pings(sim: &Sim, allowed: Option<Value>) -> (usize, usize, bool) {
    let guild = sim.guild("Pings");
    let channel = guild.text_channel("general");
    let alice = guild.member("Alice");
    let role = guild.role("Bot role", Permissions::MENTION_EVERYONE);
    guild.give_role(sim.bot(), role);
    let mut body = json!({"content": format!("<@{alice}> <@&{role}> @everyone `<@{}>`", guild.owner())});
    if let Some(allowed) = allowed {
        body["allowed_mentions"] = allowed;
    }
    let answer = Rest::new(sim).post(&format!("/channels/{channel}/messages"), body).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let message = sim.bot_messages(channel).remove(0);
    (message.pinged_users.len(), message.pinged_roles.len(), message.pinged_everyone)
}

#[tokio::test]
async fn mentions_ping_everybody_unless_told_otherwise() {
    let sim = start().await;
    assert_eq!(pings(&sim, None).await, (1, 1, true));
    assert_eq!(pings(&sim, Some(json!({"parse": []}))).await, (0, 0, false));
    assert_eq!(pings(&sim, Some(json!({"parse": ["roles"]}))).await, (0, 1, false));
    sim.finish().expect("a default ping is recorded, not held against the bot");
    assert_eq!(sim.take_violations(discord_sim::ViolationKind::PingsByDefault), 1);
}

#[tokio::test]
async fn replies_ping_their_author_unless_told_otherwise_and_may_outlive_the_question() {
    let sim = start().await;
    let guild = sim.guild("Testers");
    let (general, alice) = (guild.text_channel("general"), guild.member("Alice"));
    let question = sim.post(alice, general, Post::text("?")).expect("posted");
    let rest = Rest::new(&sim);
    let path = format!("/channels/{general}/messages");
    let reference = json!({"message_id": question});
    rest.post(&path, json!({"content": "a", "message_reference": reference})).await;
    rest.post(&path, json!({"content": "b", "message_reference": reference, "allowed_mentions": {"parse": []}})).await;
    let [loud, quiet] = sim.bot_messages(general).try_into().expect("two messages");
    assert_eq!((loud.pinged_users, quiet.pinged_users), (vec![alice], vec![]));
    assert_eq!(loud.reply_to, Some(question));
    assert_eq!(loud.raw["referenced_message"]["content"], "?");
    sim.delete(alice, question).expect("deleted");
    let refused = rest.post(&path, json!({"content": "c", "message_reference": reference})).await;
    assert_eq!(refused.body["errors"]["message_reference"]["_errors"][0]["code"], "REPLIES_UNKNOWN_MESSAGE");
    let reference = json!({"message_id": question, "fail_if_not_exists": false});
    let sent = rest.post(&path, json!({"content": "d", "message_reference": reference})).await;
    assert_eq!((sent.status.as_u16(), &sent.body["type"]), (200, &json!(0)));
    let older = format!("/channels/{general}/messages?limit=1&before={}", sent.body["id"].as_str().expect("an id"));
    assert_eq!(rest.get(&older).await.body[0]["referenced_message"], Value::Null, "the question is gone");
    assert_eq!(sim.take_violations(discord_sim::ViolationKind::InvalidForm), 1);
}

#[tokio::test]
async fn a_link_preview_updates_a_message_without_an_edit() {
    let sim = start().await;
    let guild = sim.guild("Testers");
    let (general, alice) = (guild.text_channel("general"), guild.member("Alice"));
    let message = sim.post(alice, general, Post::text("https://example.org")).expect("posted");
    let mut gateway = Gateway::identify(&sim, INTENTS).await;
    sim.add_link_preview(message, "https://example.org").expect("added");
    let update = gateway.event("MESSAGE_UPDATE").await;
    assert_eq!((&update["content"], &update["edited_timestamp"]), (&json!("https://example.org"), &Value::Null));
    sim.edit(alice, message, "changed").expect("edited");
    assert_ne!(gateway.event("MESSAGE_UPDATE").await["edited_timestamp"], Value::Null);
}

#[tokio::test]
async fn only_own_messages_can_be_edited_and_others_deleted_with_permission_only() {
    let sim = start().await;
    let guild = sim.guild("Testers");
    let (general, alice) = (guild.text_channel("general"), guild.member("Alice"));
    let message = sim.post(alice, general, Post::text("hi")).expect("posted");
    let rest = Rest::new(&sim);
    let path = format!("/channels/{general}/messages/{message}");
    assert_eq!(rest.patch(&path, quiet("x")).await.code(), 50005);
    assert_eq!(rest.delete(&path).await.code(), 50013);
    let role = guild.role("Moderator", Permissions::MANAGE_MESSAGES);
    guild.give_role(sim.bot(), role);
    let mut gateway = Gateway::identify(&sim, INTENTS).await;
    assert_eq!(rest.delete(&path).await.status, 204);
    assert_eq!(gateway.event("MESSAGE_DELETE").await["id"], json!(message));
    assert_eq!(rest.get(&path).await.code(), 10008);
}

#[tokio::test]
async fn edits_of_old_messages_meet_the_stricter_limit() {
    let options = SimOptions { old_message_age: Duration::ZERO, old_message_edits_max: 2, ..SimOptions::default() };
    let sim = start_with(options).await;
    let general = sim.guild("Testers").text_channel("general");
    let rest = Rest::new(&sim);
    let sent = rest.post(&format!("/channels/{general}/messages"), quiet("0")).await;
    let path = format!("/channels/{general}/messages/{}", sent.body["id"].as_str().expect("an id"));
    let began = std::time::Instant::now();
    while began.elapsed() < Duration::from_millis(2) {
        tokio::task::yield_now().await;
    }
    for content in ["1", "2"] {
        assert_eq!(rest.patch(&path, quiet(content)).await.status, 200);
    }
    let refused = rest.patch(&path, quiet("3")).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (429, 30046));
    assert!(refused.body["retry_after"].as_f64().expect("a time") > 3000.0);
}

#[tokio::test]
async fn reactions_are_added_once_and_taken_back() {
    let sim = start().await;
    let guild = sim.guild("Testers");
    let (general, alice) = (guild.text_channel("general"), guild.member("Alice"));
    let message = sim.post(alice, general, Post::text("hi")).expect("posted");
    sim.set_rate_limits(discord_sim::RateLimits::relaxed());
    let mut gateway = Gateway::identify(&sim, INTENTS).await;
    let rest = Rest::new(&sim);
    let path = format!("/channels/{general}/messages/{message}/reactions/%E2%8F%B3/@me");
    assert_eq!(rest.put(&path, Value::Null).await.status, 204);
    assert_eq!(rest.put(&path, Value::Null).await.status, 204);
    let event = gateway.event("MESSAGE_REACTION_ADD").await;
    assert_eq!((&event["emoji"]["name"], &event["message_author_id"]), (&json!("⏳"), &json!(alice)));
    assert_eq!(sim.message(message).expect("there").reactions, [("⏳".to_owned(), vec![sim.bot()])]);
    assert_eq!(rest.delete(&path).await.status, 204);
    gateway.event("MESSAGE_REACTION_REMOVE").await;
    assert_eq!(sim.message(message).expect("there").reactions, []);
    let word = format!("/channels/{general}/messages/{message}/reactions/wait/@me");
    assert_eq!(rest.put(&word, Value::Null).await.code(), 10014);
}

#[tokio::test]
async fn direct_messages_are_opened_once_and_other_bots_take_none() {
    let sim = start().await;
    let alice = sim.user("Alice");
    let rest = Rest::new(&sim);
    let dm = rest.post("/users/@me/channels", json!({"recipient_id": alice})).await;
    assert_eq!(dm.body["id"], json!(sim.dm(alice)));
    assert_eq!(dm.body["recipients"][0]["id"], json!(alice));
    let id = dm.body["id"].as_str().expect("an id");
    assert_eq!(rest.post(&format!("/channels/{id}/messages"), quiet("hi")).await.status, 200);
    sim.set_blocks_bot(alice, true);
    assert_eq!(rest.post(&format!("/channels/{id}/messages"), quiet("hi")).await.code(), 50007);
    let bot = sim.other_bot("Other");
    assert_eq!(rest.post("/users/@me/channels", json!({"recipient_id": bot})).await.code(), 50007);
}

#[tokio::test]
async fn typing_is_shown_to_people_and_sessions() {
    let sim = start().await;
    let general = sim.guild("Testers").text_channel("general");
    let mut gateway = Gateway::identify(&sim, INTENTS).await;
    let mut seen = sim.subscribe();
    assert_eq!(Rest::new(&sim).post(&format!("/channels/{general}/typing"), json!({})).await.status, 204);
    assert_eq!(gateway.event("TYPING_START").await["user_id"], json!(sim.bot()));
    loop {
        if let discord_sim::ClientEvent::Typing { channel_id, user_id } = seen.recv().await.expect("an event") {
            assert_eq!((channel_id, user_id), (general, sim.bot()));
            break;
        }
    }
}

#[tokio::test]
async fn onlookers_see_an_answer_grow_and_go() {
    let sim = start().await;
    let general = sim.guild("Testers").text_channel("general");
    let mut seen = sim.subscribe();
    let rest = Rest::new(&sim);
    let sent = rest.post(&format!("/channels/{general}/messages"), quiet("one")).await;
    let path = format!("/channels/{general}/messages/{}", sent.body["id"].as_str().expect("an id"));
    rest.patch(&path, quiet("one two")).await;
    rest.delete(&path).await;
    let mut shown = Vec::new();
    while shown.len() < 3 {
        let event = serde_json::to_value(seen.recv().await.expect("an event")).expect("JSON");
        let kind = event["type"].as_str().expect("a type").to_owned();
        if kind.starts_with("message_") {
            shown.push(format!("{kind}: {}", event["message"]["content"].as_str().unwrap_or("-")));
        }
    }
    insta::assert_snapshot!(shown.join("\n"), @r"
    message_created: one
    message_updated: one two
    message_deleted: -
    ");
}

#[tokio::test]
async fn messages_are_deleted_in_bulk() {
    let sim = start().await;
    let guild = sim.guild("Testers");
    let (general, alice) = (guild.text_channel("general"), guild.member("Alice"));
    let role = guild.role("Moderator", Permissions::MANAGE_MESSAGES);
    guild.give_role(sim.bot(), role);
    let ids: Vec<_> = (0..3).map(|n| sim.post(alice, general, Post::text(n.to_string())).expect("posted")).collect();
    let rest = Rest::new(&sim);
    let path = format!("/channels/{general}/messages/bulk-delete");
    assert_eq!(rest.post(&path, json!({"messages": &ids[..1]})).await.code(), 50016);
    assert_eq!(rest.post(&path, json!({"messages": &ids[..2]})).await.status, 204);
    assert_eq!(sim.messages(general).len(), 1);
}
