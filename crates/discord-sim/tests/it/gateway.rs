//! The gateway: identify, resume, intents, content rules, and its troubles.

use std::time::Duration;

use discord_sim::{Post, SimOptions};
use serde_json::{Value, json};

use crate::support::{Ended, Gateway, INTENTS, Rest, start, start_with};

const GUILDS: u64 = 1;
const GUILD_MESSAGES: u64 = 1 << 9;
const MESSAGE_CONTENT: u64 = 1 << 15;

#[tokio::test]
async fn ready_names_the_guilds_and_guild_create_brings_channels_threads_and_last_messages() {
    let sim = start().await;
    let guild = sim.guild("Testers");
    let general = guild.text_channel("general");
    let alice = guild.member("Alice");
    let message = sim.post(alice, general, Post::text("early")).expect("posted");
    let thread = sim.start_thread(alice, message, "early thread").expect("started");
    let mut gateway = Gateway::open(&sim).await;
    gateway.send_identify(json!({"intents": GUILDS})).await;
    let ready = gateway.event("READY").await;
    assert_eq!(ready["guilds"], json!([{"id": guild.id(), "unavailable": true}]));
    assert_eq!(ready["application"]["id"], json!(sim.bot()));
    assert!(ready["resume_gateway_url"].as_str().expect("a URL").starts_with("ws://127.0.0.1:"));
    let created = gateway.event("GUILD_CREATE").await;
    assert_eq!(created["channels"][0]["id"], json!(general));
    assert_ne!(created["channels"][0]["last_message_id"], Value::Null);
    assert_eq!(created["threads"][0]["id"], json!(thread));
    // Without the privileged intents the bot sees itself only.
    assert_eq!(created["members"].as_array().expect("members").len(), 1);
    assert_eq!(created["member_count"], 3);
}

#[tokio::test]
async fn a_wrong_token_is_closed_with_4004() {
    let sim = start().await;
    let mut gateway = Gateway::open(&sim).await;
    gateway.send_identify(json!({"token": "wrong", "intents": GUILDS})).await;
    assert_eq!(gateway.end().await, Ended::Closed(4004));
}

#[tokio::test]
async fn a_privileged_intent_that_was_not_granted_is_closed_with_4014() {
    let sim = start_with(SimOptions { message_content_granted: false, ..SimOptions::default() }).await;
    let mut refused = Gateway::open(&sim).await;
    refused.send_identify(json!({"intents": GUILDS | MESSAGE_CONTENT})).await;
    assert_eq!(refused.end().await, Ended::Closed(4014));
    Gateway::identify(&sim, GUILDS | GUILD_MESSAGES).await;
}

#[tokio::test]
async fn unknown_intents_and_shards_and_opcodes_have_their_close_codes() {
    let sim = start().await;
    for (payload, code) in [
        (json!({"intents": 1_u64 << 40}), 4013),
        (json!({"intents": GUILDS, "shard": [2, 2]}), 4010),
        (json!({"intents": GUILDS, "properties": {}}), 4002),
    ] {
        let mut gateway = Gateway::open(&sim).await;
        gateway.send_identify(payload).await;
        assert_eq!(gateway.end().await, Ended::Closed(code));
    }
    for (payload, code) in [
        (json!({"op": 99, "d": null}), 4001),
        (json!({"op": 8, "d": {}}), 4003),
        (json!({"no": "opcode"}), 4002),
        (json!({"op": 1, "d": "x".repeat(5000)}), 4002),
    ] {
        let mut gateway = Gateway::open(&sim).await;
        gateway.send(payload).await;
        assert_eq!(gateway.end().await, Ended::Closed(code));
    }
    let mut twice = Gateway::identify(&sim, GUILDS).await;
    twice.send_identify(json!({"intents": GUILDS})).await;
    assert_eq!(twice.end().await, Ended::Closed(4005));
}

#[tokio::test]
async fn big_payloads_come_compressed_to_clients_that_asked_for_it() {
    let sim = start().await;
    let guild = sim.guild("Testers");
    let general = guild.text_channel("general");
    let alice = guild.member("Alice");
    let mut gateway = Gateway::open(&sim).await;
    gateway.send_identify(json!({"intents": INTENTS, "compress": true})).await;
    gateway.event("GUILD_CREATE").await;
    assert!(gateway.compressed > 0, "GUILD_CREATE is above the threshold");
    sim.post(alice, general, Post::text("x".repeat(1900))).expect("posted");
    assert_eq!(gateway.event("MESSAGE_CREATE").await["content"].as_str().map(str::len), Some(1900));
    let mut plain = Gateway::identify(&sim, INTENTS).await;
    plain.event("GUILD_CREATE").await;
    assert_eq!(plain.compressed, 0);
}

#[tokio::test]
async fn heartbeats_are_acknowledged_until_that_is_switched_off() {
    let sim = start().await;
    let mut gateway = Gateway::identify(&sim, GUILDS).await;
    assert_eq!(gateway.heartbeat_interval_ms, 41_250);
    gateway.send(json!({"op": 1, "d": 1})).await;
    gateway.opcode(11).await;
    sim.gateway().request_heartbeat();
    gateway.opcode(1).await;
    sim.gateway().mute_heartbeat_acks(true);
    gateway.send(json!({"op": 1, "d": 1})).await;
    let silent = tokio::time::timeout(Duration::from_millis(100), gateway.next()).await;
    assert!(silent.is_err(), "no acknowledgement: {silent:?}");
}

#[tokio::test]
async fn a_client_without_heartbeats_is_disconnected() {
    let options = SimOptions { heartbeat_interval: Duration::from_millis(50), ..SimOptions::default() };
    let sim = start_with(options).await;
    let mut gateway = Gateway::identify(&sim, GUILDS).await;
    assert_eq!(gateway.end().await, Ended::Closed(4009));
}

#[tokio::test]
async fn resume_replays_what_was_missed_in_order_and_then_says_resumed() {
    let sim = start().await;
    let guild = sim.guild("Testers");
    let general = guild.text_channel("general");
    let alice = guild.member("Alice");
    let mut gateway = Gateway::identify(&sim, INTENTS).await;
    gateway.event("GUILD_CREATE").await;
    let (session, seq) = (gateway.session_id.clone(), gateway.seq);
    sim.gateway().drop_connections(true);
    assert_eq!(gateway.end().await, Ended::Cut);
    let missed: Vec<_> =
        (0..3).map(|n| sim.post(alice, general, Post::text(format!("{n}"))).expect("posted")).collect();
    let mut again = Gateway::open(&sim).await;
    again.send_resume(&session, seq).await;
    for id in &missed {
        let event = again.next().await.expect("an event");
        assert_eq!((&event["t"], &event["d"]["id"]), (&json!("MESSAGE_CREATE"), &json!(id)));
    }
    assert_eq!(again.next().await.expect("an event")["t"], "RESUMED");
    let live = sim.post(alice, general, Post::text("live")).expect("posted");
    assert_eq!(again.event("MESSAGE_CREATE").await["id"], json!(live));

    // A lower number replays events that had been delivered: that is the client's affair.
    sim.gateway().drop_connections(true);
    again.end().await;
    let mut from_start = Gateway::open(&sim).await;
    from_start.send_resume(&session, 0).await;
    assert_eq!(
        from_start.names_until("RESUMED").await,
        ["READY", "GUILD_CREATE", "MESSAGE_CREATE", "MESSAGE_CREATE", "MESSAGE_CREATE", "RESUMED"]
    );
}

#[tokio::test]
async fn a_session_resumed_while_its_old_connection_lives_moves_over() {
    let sim = start().await;
    let guild = sim.guild("Testers");
    let (general, alice) = (guild.text_channel("general"), guild.member("Alice"));
    let mut old = Gateway::identify(&sim, INTENTS).await;
    old.event("GUILD_CREATE").await;
    let mut new = Gateway::open(&sim).await;
    new.send_resume(&old.session_id, old.seq).await;
    new.event("RESUMED").await;
    for n in 0..20 {
        let id = sim.post(alice, general, Post::text(n.to_string())).expect("posted");
        assert_eq!(new.event("MESSAGE_CREATE").await["id"], json!(id));
    }
    assert_eq!(old.end().await, Ended::Cut);
}

#[tokio::test]
async fn resume_is_refused_when_the_session_is_gone() {
    let options = SimOptions { resume_window: Duration::ZERO, ..SimOptions::default() };
    let sim = start_with(options).await;
    let gateway = Gateway::identify(&sim, GUILDS).await;
    let (session, seq) = (gateway.session_id.clone(), gateway.seq);
    // Saying goodbye with 1000 ends the session.
    gateway.close(1000).await;
    let mut again = Gateway::open(&sim).await;
    again.send_resume(&session, seq).await;
    assert_eq!(again.opcode(9).await["d"], false);

    let sim = start().await;
    let mut gateway = Gateway::identify(&sim, GUILDS).await;
    let (session, seq) = (gateway.session_id.clone(), gateway.seq);
    sim.gateway().drop_connections(false);
    gateway.end().await;
    let mut again = Gateway::open(&sim).await;
    again.send_resume(&session, seq).await;
    assert_eq!(again.opcode(9).await["d"], false);
    // After op 9 the same connection may identify.
    again.send_identify(json!({"intents": GUILDS})).await;
    again.event("READY").await;
}

#[tokio::test]
async fn resume_with_a_number_from_the_future_is_closed_with_4007() {
    let sim = start().await;
    let gateway = Gateway::identify(&sim, GUILDS).await;
    let mut again = Gateway::open(&sim).await;
    again.send_resume(&gateway.session_id, gateway.seq + 100).await;
    assert_eq!(again.end().await, Ended::Closed(4007));
}

#[tokio::test]
async fn op_7_and_op_9_and_close_codes_come_on_demand() {
    let sim = start().await;
    let mut gateway = Gateway::identify(&sim, GUILDS).await;
    sim.gateway().request_reconnect();
    gateway.opcode(7).await;
    sim.gateway().invalidate_sessions(true);
    assert_eq!(gateway.opcode(9).await["d"], true);
    sim.gateway().close(4000, true);
    assert_eq!(gateway.end().await, Ended::Closed(4000));
    sim.gateway().refuse_next_identify();
    sim.gateway().close_next_identify(4008);
    let mut refused = Gateway::open(&sim).await;
    refused.send_identify(json!({"intents": GUILDS})).await;
    assert_eq!(refused.opcode(9).await["d"], false);
    refused.send_identify(json!({"intents": GUILDS})).await;
    assert_eq!(refused.end().await, Ended::Closed(4008));
}

#[tokio::test]
async fn a_paused_connection_gets_its_events_later_and_in_order() {
    let sim = start().await;
    let guild = sim.guild("Testers");
    let general = guild.text_channel("general");
    let alice = guild.member("Alice");
    let mut gateway = Gateway::identify(&sim, INTENTS).await;
    gateway.event("GUILD_CREATE").await;
    sim.gateway().pause(Duration::from_millis(50));
    let first = sim.post(alice, general, Post::text("1")).expect("posted");
    let second = sim.post(alice, general, Post::text("2")).expect("posted");
    assert_eq!(gateway.event("MESSAGE_CREATE").await["id"], json!(first));
    assert_eq!(gateway.event("MESSAGE_CREATE").await["id"], json!(second));
}

#[tokio::test]
async fn every_session_of_a_token_gets_every_event() {
    let sim = start().await;
    let guild = sim.guild("Testers");
    let general = guild.text_channel("general");
    let alice = guild.member("Alice");
    let mut one = Gateway::identify(&sim, INTENTS).await;
    let mut two = Gateway::identify(&sim, INTENTS).await;
    assert_eq!(sim.gateway().connected(), 2);
    let message = sim.post(alice, general, Post::text("hi")).expect("posted");
    assert_eq!(one.event("MESSAGE_CREATE").await["id"], json!(message));
    assert_eq!(two.event("MESSAGE_CREATE").await["id"], json!(message));
}

#[tokio::test]
async fn one_of_two_sessions_can_be_dropped() {
    let sim = start().await;
    let mut one = Gateway::identify(&sim, GUILDS).await;
    let mut two = Gateway::identify(&sim, GUILDS).await;
    sim.gateway().drop_session(&one.session_id, false);
    assert_eq!(one.end().await, Ended::Cut);
    two.send(json!({"op": 1, "d": null})).await;
    two.opcode(11).await;
    let mut again = Gateway::open(&sim).await;
    again.send_resume(&one.session_id, one.seq).await;
    assert_eq!(again.opcode(9).await["d"], false);
}

#[tokio::test]
async fn a_guild_belongs_to_one_shard_and_direct_messages_to_the_first() {
    let sim = start().await;
    let guild = sim.guild("Testers");
    let alice = guild.member("Alice");
    let owner_shard = (guild.id().get() >> 22) % 2;
    let mut other = Gateway::open(&sim).await;
    other.send_identify(json!({"intents": INTENTS, "shard": [1 - owner_shard, 2]})).await;
    assert_eq!(other.event("READY").await["guilds"], json!([]));
    let mut owner = Gateway::open(&sim).await;
    owner.send_identify(json!({"intents": INTENTS, "shard": [owner_shard, 2]})).await;
    assert_eq!(owner.event("READY").await["shard"], json!([owner_shard, 2]));
    owner.event("GUILD_CREATE").await;
    let dm = sim.dm(alice);
    sim.post(alice, dm, Post::text("hi")).expect("posted");
    let first = if owner_shard == 0 { &mut owner } else { &mut other };
    assert_eq!(first.event("MESSAGE_CREATE").await["channel_id"], json!(dm));
}

#[tokio::test]
async fn content_is_empty_without_the_intent_but_for_mentions_replies_and_direct_messages() {
    let sim = start().await;
    let guild = sim.guild("Testers");
    let general = guild.text_channel("general");
    let alice = guild.member("Alice");
    let mut gateway = Gateway::identify(&sim, INTENTS & !MESSAGE_CONTENT).await;
    let rest = Rest::new(&sim);
    let body = json!({"content": "mine", "allowed_mentions": {"parse": []}});
    let own = rest.post(&format!("/channels/{general}/messages"), body).await;
    let own = own.body["id"].as_str().expect("an id").parse().expect("a snowflake");
    let dm = sim.dm(alice);
    let posts = [
        (general, Post::text("plain").attach("a.csv", "1,2"), ""),
        (general, Post::text(format!("{} mention", sim.mention())), "mention"),
        (general, Post::text("ping").reply_to(own), "ping"),
        (general, Post::text("no ping").reply_without_ping(own), ""),
        (dm, Post::text("direct"), "direct"),
    ];
    assert_eq!(gateway.event("MESSAGE_CREATE").await["content"], "mine");
    for (channel, post, seen) in posts {
        sim.post(alice, channel, post).expect("posted");
        let event = gateway.event("MESSAGE_CREATE").await;
        assert!(event["content"].as_str().expect("content").ends_with(seen), "{event}");
        assert_eq!(event["content"] == "", seen.is_empty(), "{event}");
        assert_eq!(event["attachments"], json!([]));
    }
}

#[tokio::test]
async fn only_events_of_the_intents_asked_for_arrive() {
    let sim = start().await;
    let guild = sim.guild("Testers");
    let general = guild.text_channel("general");
    let alice = guild.member("Alice");
    let mut gateway = Gateway::identify(&sim, GUILD_MESSAGES).await;
    let message = sim.post(alice, general, Post::text("hi")).expect("posted");
    sim.react(alice, message, "👍").expect("reacted");
    sim.typing(alice, general).expect("typed");
    let dm = sim.dm(alice);
    sim.post(alice, dm, Post::text("hi")).expect("posted");
    sim.delete(alice, message).expect("deleted");
    // No GUILD_CREATE without the GUILDS intent either.
    assert_eq!(gateway.names_until("MESSAGE_DELETE").await, ["MESSAGE_CREATE", "MESSAGE_DELETE"]);
}

#[tokio::test]
async fn a_spent_budget_of_identifies_stops_the_token() {
    let sim = start_with(SimOptions { session_start_limit: 1, ..SimOptions::default() }).await;
    let rest = Rest::new(&sim);
    assert_eq!(rest.get("/gateway/bot").await.body["session_start_limit"]["remaining"], 1);
    Gateway::identify(&sim, GUILDS).await;
    assert_eq!(rest.get("/gateway/bot").await.body["session_start_limit"]["remaining"], 0);
    let mut gateway = Gateway::open(&sim).await;
    gateway.send_identify(json!({"intents": GUILDS})).await;
    assert_eq!(gateway.end().await, Ended::Closed(4004));
}

#[tokio::test]
async fn identifies_beyond_the_concurrency_are_answered_with_op_9() {
    let options = SimOptions { identify_window: Duration::from_secs(60), ..SimOptions::default() };
    let sim = start_with(options).await;
    Gateway::identify(&sim, GUILDS).await;
    let mut second = Gateway::open(&sim).await;
    second.send_identify(json!({"intents": GUILDS})).await;
    assert_eq!(second.opcode(9).await["d"], false);
}

#[tokio::test]
async fn more_than_120_frames_in_a_minute_are_closed_with_4008() {
    let sim = start().await;
    let mut gateway = Gateway::identify(&sim, GUILDS).await;
    for _ in 0..120 {
        gateway.send(json!({"op": 1, "d": null})).await;
    }
    assert_eq!(gateway.end().await, Ended::Closed(4008));
}

#[tokio::test]
async fn members_are_sent_in_chunks_when_asked_for() {
    let sim = start().await;
    let guild = sim.guild("Testers");
    let alice = guild.member("Alice");
    let mut gateway = Gateway::identify(&sim, GUILDS | 1 << 1).await;
    let request = json!({"guild_id": guild.id(), "query": "ali", "limit": 0, "nonce": "n"});
    gateway.send(json!({"op": 8, "d": request})).await;
    let chunk = gateway.event("GUILD_MEMBERS_CHUNK").await;
    assert_eq!((&chunk["members"][0]["user"]["id"], &chunk["nonce"]), (&json!(alice), &json!("n")));
}

#[tokio::test]
async fn a_kicked_bot_is_told_and_an_outage_is_not_a_kick() {
    let sim = start().await;
    let guild = sim.guild("Testers");
    let mut gateway = Gateway::identify(&sim, GUILDS).await;
    guild.set_unavailable(true);
    assert_eq!(gateway.event("GUILD_DELETE").await["unavailable"], true);
    guild.set_unavailable(false);
    gateway.event("GUILD_CREATE").await;
    guild.remove_bot();
    assert_eq!(gateway.event("GUILD_DELETE").await.get("unavailable"), None);
    assert_eq!(Rest::new(&sim).get(&format!("/guilds/{}", guild.id())).await.code(), 10004);
    guild.add_bot();
    gateway.event("GUILD_CREATE").await;
}

#[tokio::test]
async fn reset_forgets_the_world_and_ends_the_sessions() {
    let sim = start().await;
    let guild = sim.guild("Testers");
    let bot = sim.bot();
    let mut gateway = Gateway::identify(&sim, GUILDS).await;
    let (session, seq) = (gateway.session_id.clone(), gateway.seq);
    sim.reset();
    assert_eq!(gateway.end().await, Ended::Closed(1001));
    let mut again = Gateway::open(&sim).await;
    again.send_resume(&session, seq).await;
    assert_eq!(again.opcode(9).await["d"], false);
    assert_eq!(Rest::new(&sim).get(&format!("/guilds/{}", guild.id())).await.code(), 10004);
    assert_eq!(sim.bot(), bot);
    sim.guild("Anew");
    assert_eq!(Gateway::identify(&sim, GUILDS).await.event("GUILD_CREATE").await["name"], "Anew");
}
