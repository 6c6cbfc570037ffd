//! Permissions: roles, overwrites, and what each missing one refuses.

use discord_sim::{OverwriteTarget, Permissions, Post, RateLimits};
use serde_json::{Value, json};

use crate::support::{Gateway, INTENTS, Rest, start};

fn quiet(content: &str) -> Value {
    json!({"content": content, "allowed_mentions": {"parse": []}})
}

#[tokio::test]
async fn roles_and_overwrites_are_applied_in_discords_order() {
    let sim = start().await;
    let guild = sim.guild("Testers");
    let (general, alice) = (guild.text_channel("general"), guild.member("Alice"));
    let (send, view) = (Permissions::SEND_MESSAGES, Permissions::VIEW_CHANNEL);
    let may = |permission| sim.permissions(alice, general).contains(permission);
    assert!(may(send) && !may(Permissions::MANAGE_MESSAGES));
    let red = guild.role("Red", Permissions::MANAGE_MESSAGES);
    let blue = guild.role("Blue", Permissions::NONE);
    guild.give_role(alice, red);
    guild.give_role(alice, blue);
    assert!(may(Permissions::MANAGE_MESSAGES));
    guild.overwrite(general, OverwriteTarget::Role(guild.everyone()), Permissions::NONE, send);
    assert!(!may(send));
    guild.overwrite(general, OverwriteTarget::Role(red), Permissions::NONE, send);
    guild.overwrite(general, OverwriteTarget::Role(blue), send, Permissions::NONE);
    assert!(may(send), "among roles, allowing wins");
    guild.overwrite(general, OverwriteTarget::Member(alice), Permissions::NONE, send);
    assert!(!may(send), "the member's own overwrite is last");
    guild.overwrite(general, OverwriteTarget::Member(alice), Permissions::NONE, view);
    assert_eq!(sim.permissions(alice, general), Permissions::NONE, "who cannot view can do nothing");
    let admin = guild.role("Admin", Permissions::ADMINISTRATOR);
    guild.give_role(alice, admin);
    assert_eq!(sim.permissions(alice, general), Permissions::ALL);
    guild.take_role(alice, admin);
    assert_eq!(sim.permissions(guild.owner(), general), Permissions::ALL);
}

#[tokio::test]
async fn each_missing_permission_refuses_what_it_should() {
    let sim = start().await;
    sim.set_rate_limits(RateLimits::relaxed());
    let guild = sim.guild("Testers");
    let (general, alice) = (guild.text_channel("general"), guild.member("Alice"));
    let question = sim.post(alice, general, Post::text("?")).expect("posted");
    let rest = Rest::new(&sim);
    let messages = format!("/channels/{general}/messages");
    let embeds = json!({"embeds": [{"title": "t"}], "allowed_mentions": {"parse": []}});
    let reply =
        json!({"content": "r", "message_reference": {"message_id": question}, "allowed_mentions": {"parse": []}});
    let cases = [
        (Permissions::VIEW_CHANNEL, messages.clone(), quiet("x"), 50001),
        (Permissions::SEND_MESSAGES, messages.clone(), quiet("x"), 50013),
        (Permissions::SEND_MESSAGES, format!("/channels/{general}/typing"), json!({}), 50013),
        (Permissions::EMBED_LINKS, messages.clone(), embeds, 50013),
        (Permissions::READ_MESSAGE_HISTORY, messages.clone(), reply, 160_002),
        (
            Permissions::CREATE_PUBLIC_THREADS,
            format!("/channels/{general}/messages/{question}/threads"),
            json!({"name": "t"}),
            50013,
        ),
    ];
    for (missing, path, body, code) in cases {
        guild.deny_bot(general, missing);
        let answer = rest.post(&path, body).await;
        assert_eq!(answer.code(), code, "without {missing:?}: {}", answer.body);
    }
    guild.deny_bot(general, Permissions::ATTACH_FILES);
    let form = reqwest::multipart::Form::new()
        .text("payload_json", quiet("x").to_string())
        .part("files[0]", reqwest::multipart::Part::bytes(vec![1]).file_name("a"));
    let upload = rest.request(reqwest::Method::POST, &messages).multipart(form);
    assert_eq!(rest.send(upload).await.expect("an answer").code(), 50013);
    guild.deny_bot(general, Permissions::ADD_REACTIONS);
    let reaction = format!("{messages}/{question}/reactions/%F0%9F%91%8D/@me");
    assert_eq!(rest.put(&reaction, Value::Null).await.code(), 50013);
    sim.react(alice, question, "👍").expect("reacted");
    assert_eq!(rest.put(&reaction, Value::Null).await.status, 204, "joining a reaction needs no permission");
    guild.deny_bot(general, Permissions::SEND_MESSAGES_IN_THREADS);
    let thread = sim.start_thread(alice, question, "t").expect("started");
    assert_eq!(rest.post(&format!("/channels/{thread}/messages"), quiet("x")).await.code(), 50013);
    assert_eq!(rest.post(&messages, quiet("x")).await.status, 200);
    sim.finish().expect("refusals are no violations");
}

#[tokio::test]
async fn without_read_message_history_the_list_is_empty_and_no_error() {
    let sim = start().await;
    let guild = sim.guild("Testers");
    let (general, alice) = (guild.text_channel("general"), guild.member("Alice"));
    let question = sim.post(alice, general, Post::text("?")).expect("posted");
    guild.deny_bot(general, Permissions::READ_MESSAGE_HISTORY);
    let rest = Rest::new(&sim);
    let list = rest.get(&format!("/channels/{general}/messages")).await;
    assert_eq!((list.status.as_u16(), &list.body), (200, &json!([])));
    assert_eq!(rest.get(&format!("/channels/{general}/messages/{question}")).await.code(), 50013);
}

#[tokio::test]
async fn what_the_bot_cannot_view_it_hears_nothing_of() {
    let sim = start().await;
    let guild = sim.guild("Testers");
    let (open, hidden, alice) = (guild.text_channel("open"), guild.text_channel("hidden"), guild.member("Alice"));
    guild.deny_bot(hidden, Permissions::VIEW_CHANNEL);
    let mut gateway = Gateway::identify(&sim, INTENTS).await;
    sim.post(alice, hidden, Post::text(format!("{} psst", sim.mention()))).expect("posted");
    let heard = sim.post(alice, open, Post::text("hi")).expect("posted");
    assert_eq!(gateway.event("MESSAGE_CREATE").await["id"], json!(heard));
    assert_eq!(Rest::new(&sim).get(&format!("/channels/{hidden}")).await.code(), 50001);
}

#[tokio::test]
async fn people_are_held_to_the_same_rules() {
    let sim = start().await;
    let guild = sim.guild("Testers");
    let (general, alice, bob) = (guild.text_channel("general"), guild.member("Alice"), guild.member("Bob"));
    let code = |result: Result<_, discord_sim::ApiError>| result.map(|_: discord_sim::MessageId| 0).map_err(|e| e.code);
    let everyone = OverwriteTarget::Role(guild.everyone());
    guild.overwrite(general, everyone, Permissions::NONE, Permissions::SEND_MESSAGES);
    assert_eq!(code(sim.post(alice, general, Post::text("x"))), Err(50013));
    guild.overwrite(general, everyone, Permissions::NONE, Permissions::NONE);
    assert_eq!(code(sim.post(alice, general, Post::text("  "))), Err(50006));
    let message = sim.post(alice, general, Post::text("x")).expect("posted");
    assert_eq!(sim.edit(bob, message, "y").map_err(|error| error.code), Err(50005));
    assert_eq!(sim.delete(bob, message).map_err(|error| error.code), Err(50013));
    let stranger = sim.user("Stranger");
    assert_eq!(code(sim.post(stranger, general, Post::text("x"))), Err(50001));
    assert_eq!(sim.messages_for(stranger, general).len(), 0);
    assert_eq!(sim.messages_for(bob, general).len(), 1);
}

#[tokio::test]
async fn a_snapshot_shows_what_a_person_sees() {
    let sim = start().await;
    let guild = sim.guild("Testers");
    let (_, admin_only, alice) = (guild.text_channel("general"), guild.text_channel("admin"), guild.member("Alice"));
    let everyone = OverwriteTarget::Role(guild.everyone());
    guild.overwrite(admin_only, everyone, Permissions::NONE, Permissions::VIEW_CHANNEL);
    let names = |user| {
        let snapshot = sim.snapshot(user);
        let channels = snapshot["guilds"][0]["channels"].as_array().expect("channels").clone();
        channels.iter().map(|channel| channel["name"].as_str().unwrap_or("").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(alice), ["general"]);
    assert_eq!(names(guild.owner()), ["general", "admin"]);
}
