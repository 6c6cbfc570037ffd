//! Threads and forum posts: how they come about, who is in them, archive and lock.

use discord_sim::{ChannelId, ChannelKind, MessageKind, Permissions, Post};
use serde_json::{Value, json};

use crate::support::{Gateway, INTENTS, Rest, start};

fn quiet(content: &str) -> Value {
    json!({"content": content, "allowed_mentions": {"parse": []}})
}

#[tokio::test]
async fn a_thread_from_a_message_has_its_id_and_tells_all_it_should() {
    let sim = start().await;
    let guild = sim.guild("Testers");
    let (general, alice) = (guild.text_channel("general"), guild.member("Alice"));
    let question = sim.post(alice, general, Post::text("question")).expect("posted");
    let mut gateway = Gateway::identify(&sim, INTENTS).await;
    gateway.event("GUILD_CREATE").await;
    let path = format!("/channels/{general}/messages/{question}/threads");
    Rest::new(&sim).post(&path, json!({"name": "Plot", "auto_archive_duration": 60})).await;
    let mut seen = Vec::new();
    for _ in 0..5 {
        let payload = gateway.next().await.expect("an event");
        seen.push((payload["t"].as_str().expect("a name").to_owned(), payload["d"].clone()));
    }
    let names: Vec<_> = seen.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["THREAD_CREATE", "THREAD_MEMBERS_UPDATE", "MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_CREATE"]);
    let [(_, created), _, (_, starter), (_, source), (_, notice)] = seen.as_slice() else {
        unreachable!("five events")
    };
    assert_eq!((&created["id"], &created["newly_created"]), (&json!(question), &json!(true)));
    assert_eq!(created["thread_metadata"]["auto_archive_duration"], 60);
    assert_eq!((&starter["type"], &starter["content"]), (&json!(21), &json!("")));
    assert_eq!(starter["referenced_message"]["id"], json!(question));
    assert_eq!(
        (&source["id"], &source["content"], &source["edited_timestamp"]),
        (&json!(question), &json!("question"), &Value::Null)
    );
    assert_eq!(source["flags"].as_u64().expect("flags") & 32, 32);
    assert_eq!(source["thread"]["id"], json!(question));
    assert_eq!(
        (&notice["type"], &notice["channel_id"], &notice["content"]),
        (&json!(18), &json!(general), &json!("Plot"))
    );
}

#[tokio::test]
async fn a_message_can_have_one_thread_only() {
    let sim = start().await;
    let guild = sim.guild("Testers");
    let (general, alice) = (guild.text_channel("general"), guild.member("Alice"));
    let question = sim.post(alice, general, Post::text("question")).expect("posted");
    sim.start_thread(alice, question, "Alice's").expect("started");
    let rest = Rest::new(&sim);
    let path = format!("/channels/{general}/messages/{question}/threads");
    let refused = rest.post(&path, json!({"name": "mine"})).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (400, 160_004));
    let found = rest.get(&format!("/channels/{question}")).await;
    assert_eq!(found.body["owner_id"], json!(alice));
}

#[tokio::test]
async fn threads_start_only_where_they_can() {
    let sim = start().await;
    let guild = sim.guild("Testers");
    let alice = guild.member("Alice");
    let rest = Rest::new(&sim);
    let start = async |channel, name: &str| {
        let message = sim.post(alice, channel, Post::text("?")).expect("posted");
        rest.post(&format!("/channels/{channel}/messages/{message}/threads"), json!({"name": name})).await
    };
    let general = guild.text_channel("general");
    assert_eq!(start(general, "ok").await.body["type"], 11);
    assert_eq!(start(guild.announcement_channel("news"), "ok").await.body["type"], 10);
    assert_eq!(start(guild.voice_channel("voice"), "no").await.code(), 50024);
    assert_eq!(start(sim.dm(alice), "no").await.code(), 50003);
    let thread = sim.threads(general)[0].id;
    assert_eq!(start(thread, "nested").await.code(), 50024);
    assert_eq!(start(general, "").await.code(), 50035);
    assert_eq!(start(general, &"x".repeat(101)).await.code(), 50035);
    let gone = sim.post(alice, general, Post::text("?")).expect("posted");
    sim.delete(alice, gone).expect("deleted");
    let path = format!("/channels/{general}/messages/{gone}/threads");
    assert_eq!(rest.post(&path, json!({"name": "x"})).await.code(), 10008);
}

#[tokio::test]
async fn adding_a_member_sends_thread_create_again_without_newly_created() {
    let sim = start().await;
    let guild = sim.guild("Testers");
    let (general, alice, bob) = (guild.text_channel("general"), guild.member("Alice"), guild.member("Bob"));
    let question = sim.post(alice, general, Post::text("?")).expect("posted");
    let thread = sim.start_thread(alice, question, "t").expect("started");
    let mut gateway = Gateway::identify(&sim, INTENTS).await;
    sim.add_to_thread(thread, bob).expect("added");
    assert_eq!(gateway.event("THREAD_CREATE").await.get("newly_created"), None);
    let update = gateway.event("THREAD_MEMBERS_UPDATE").await;
    assert_eq!(update["added_members"][0]["user_id"], json!(bob));
    let rest = Rest::new(&sim);
    assert_eq!(rest.put(&format!("/channels/{thread}/thread-members/@me"), Value::Null).await.status, 204);
    assert_eq!(sim.channel(thread).expect("there").members, [sim.bot(), alice, bob]);
    assert_eq!(rest.delete(&format!("/channels/{thread}/thread-members/{bob}")).await.code(), 50013);
    let members = rest.get(&format!("/channels/{thread}/thread-members")).await;
    assert_eq!(members.body.as_array().map(Vec::len), Some(3));
}

#[tokio::test]
async fn writing_opens_an_archived_thread_and_a_locked_one_stays_shut() {
    let sim = start().await;
    let guild = sim.guild("Testers");
    let (general, alice) = (guild.text_channel("general"), guild.member("Alice"));
    let question = sim.post(alice, general, Post::text("?")).expect("posted");
    let thread = sim.start_thread(alice, question, "t").expect("started");
    let rest = Rest::new(&sim);
    let path = format!("/channels/{thread}/messages");
    let sent = rest.post(&path, quiet("1")).await;
    let message = format!("{path}/{}", sent.body["id"].as_str().expect("an id"));
    sim.set_thread_state(guild.owner(), thread, true, false).expect("archived");
    assert_eq!(rest.patch(&message, quiet("2")).await.code(), 50083, "edits do not open it");
    assert_eq!(rest.post(&path, quiet("3")).await.status, 200);
    assert!(!sim.channel(thread).expect("there").archived);
    sim.set_thread_state(guild.owner(), thread, true, true).expect("locked");
    assert_eq!(rest.post(&path, quiet("4")).await.code(), 50083);
    assert_eq!(sim.post(alice, thread, Post::text("me")).map_err(|error| error.code), Err(50083));
    let role = guild.role("Moderator", Permissions::MANAGE_THREADS);
    guild.give_role(sim.bot(), role);
    assert_eq!(rest.post(&path, quiet("5")).await.status, 200);
}

#[tokio::test]
async fn the_owner_of_a_thread_renames_and_archives_it() {
    let sim = start().await;
    let guild = sim.guild("Testers");
    let (general, alice) = (guild.text_channel("general"), guild.member("Alice"));
    let question = sim.post(alice, general, Post::text("?")).expect("posted");
    let rest = Rest::new(&sim);
    rest.post(&format!("/channels/{general}/messages/{question}/threads"), json!({"name": "t"})).await;
    let mut gateway = Gateway::identify(&sim, INTENTS).await;
    let path = format!("/channels/{question}");
    assert_eq!(rest.patch(&path, json!({"name": "renamed", "archived": true})).await.body["name"], "renamed");
    assert_eq!(gateway.event("THREAD_UPDATE").await["thread_metadata"]["archived"], true);
    assert_eq!(rest.patch(&path, json!({"name": "again"})).await.code(), 50083);
    assert_eq!(rest.patch(&path, json!({"archived": false})).await.status, 200);
    assert_eq!(rest.patch(&path, json!({"locked": true})).await.code(), 50013);
    assert_eq!(rest.patch(&path, json!({"auto_archive_duration": 61})).await.code(), 50035);
    assert_eq!(rest.delete(&path).await.code(), 50013);
    assert_eq!(rest.patch(&format!("/channels/{general}"), json!({"name": "x"})).await.code(), 50013);
    sim.delete_channel(guild.owner(), ChannelId::from(question)).expect("deleted");
    assert_eq!(gateway.event("THREAD_DELETE").await["id"], json!(question));
    assert_eq!(rest.get(&path).await.code(), 10003);
}

#[tokio::test]
async fn a_channel_is_renamed_twice_in_ten_minutes_at_most() {
    let sim = start().await;
    let guild = sim.guild("Testers");
    let (general, alice) = (guild.text_channel("general"), guild.member("Alice"));
    let question = sim.post(alice, general, Post::text("?")).expect("posted");
    let rest = Rest::new(&sim);
    rest.post(&format!("/channels/{general}/messages/{question}/threads"), json!({"name": "0"})).await;
    let path = format!("/channels/{question}");
    for name in ["1", "2"] {
        assert_eq!(rest.patch(&path, json!({"name": name})).await.status, 200);
    }
    let refused = rest.patch(&path, json!({"name": "3"})).await;
    assert_eq!((refused.status.as_u16(), &refused.body["global"]), (429, &json!(false)));
    assert!(refused.body["retry_after"].as_f64().expect("a time") > 500.0);
    assert_eq!(rest.patch(&path, json!({"archived": true})).await.status, 200, "other changes are free");
    assert_eq!(sim.channel(question.into()).expect("there").name, "2");
}

#[tokio::test]
async fn a_forum_takes_posts_only() {
    let sim = start().await;
    let guild = sim.guild("Testers");
    let (forum, alice) = (guild.forum("help"), guild.member("Alice"));
    let mut gateway = Gateway::identify(&sim, INTENTS).await;
    let post = sim.forum_post(alice, forum, "Title", Post::text("first")).expect("posted");
    assert_eq!(post.message.get(), post.thread.get());
    assert_eq!(gateway.event("THREAD_CREATE").await["parent_id"], json!(forum));
    let first = gateway.event("MESSAGE_CREATE").await;
    assert_eq!((&first["type"], &first["content"], &first["id"]), (&json!(0), &json!("first"), &first["channel_id"]));
    let rest = Rest::new(&sim);
    assert_eq!(rest.post(&format!("/channels/{forum}/messages"), quiet("x")).await.code(), 50024);
    let own = rest.post(&format!("/channels/{forum}/threads"), json!({"name": "Mine", "message": quiet("text")})).await;
    assert_eq!((own.status.as_u16(), &own.body["message"]["content"]), (201, &json!("text")));
    let without = rest.post(&format!("/channels/{forum}/threads"), json!({"name": "Mine"})).await;
    assert_eq!(without.code(), 50035);
}

#[tokio::test]
async fn a_private_thread_is_seen_by_its_members_only() {
    let sim = start().await;
    let guild = sim.guild("Testers");
    let (general, alice, bob) = (guild.text_channel("general"), guild.member("Alice"), guild.member("Bob"));
    let kind = ChannelKind::PrivateThread;
    let thread = sim.start_empty_thread(alice, general, kind, "secret").expect("started");
    let rest = Rest::new(&sim);
    assert_eq!(rest.get(&format!("/channels/{thread}")).await.code(), 50001);
    assert_eq!(sim.post(bob, thread, Post::text("me too")).map_err(|error| error.code), Err(50001));
    let mut gateway = Gateway::identify(&sim, INTENTS).await;
    assert_eq!(gateway.event("GUILD_CREATE").await["threads"], json!([]));
    sim.post(alice, thread, Post::text("unseen")).expect("posted");
    sim.post(alice, thread, Post::text(format!("{} come in", sim.mention()))).expect("posted");
    assert_eq!(gateway.event("THREAD_CREATE").await["id"], json!(thread), "a mention adds");
    assert_eq!(rest.get(&format!("/channels/{thread}")).await.body["thread_metadata"]["invitable"], true);
}

#[tokio::test]
async fn a_thread_without_a_message_is_private_unless_its_type_says_otherwise() {
    let sim = start().await;
    let guild = sim.guild("Testers");
    let general = guild.text_channel("general");
    let rest = Rest::new(&sim);
    let path = format!("/channels/{general}/threads");
    assert_eq!(rest.post(&path, json!({"name": "t"})).await.body["type"], 12);
    assert_eq!(rest.post(&path, json!({"name": "t", "type": 11})).await.body["type"], 11);
    assert_eq!(sim.messages(general)[0].kind, MessageKind::ThreadCreated);
    let active = rest.get(&format!("/guilds/{}/threads/active", guild.id())).await;
    assert_eq!(active.body["threads"].as_array().map(Vec::len), Some(2));
    assert_eq!(active.body["members"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn deleting_a_channel_takes_its_threads_along() {
    let sim = start().await;
    let guild = sim.guild("Testers");
    let (general, alice) = (guild.text_channel("general"), guild.member("Alice"));
    let question = sim.post(alice, general, Post::text("?")).expect("posted");
    let thread = sim.start_thread(alice, question, "t").expect("started");
    let mut gateway = Gateway::identify(&sim, INTENTS).await;
    assert_eq!(sim.delete_channel(alice, general).map_err(|error| error.code), Err(50013));
    sim.delete_channel(guild.owner(), general).expect("deleted");
    assert_eq!(gateway.event("CHANNEL_DELETE").await["id"], json!(general));
    assert!(sim.channel(thread).is_none() && sim.message(question).is_none());
}

#[tokio::test]
async fn deleting_the_question_leaves_the_thread() {
    let sim = start().await;
    let guild = sim.guild("Testers");
    let (general, alice) = (guild.text_channel("general"), guild.member("Alice"));
    let question = sim.post(alice, general, Post::text("?")).expect("posted");
    let thread = sim.start_thread(alice, question, "t").expect("started");
    sim.delete(alice, question).expect("deleted");
    let rest = Rest::new(&sim);
    assert_eq!(rest.post(&format!("/channels/{thread}/messages"), quiet("still here")).await.status, 200);
    let starter = rest.get(&format!("/channels/{thread}/messages?after=0")).await;
    assert_eq!(starter.body[1]["referenced_message"], Value::Null);
}
