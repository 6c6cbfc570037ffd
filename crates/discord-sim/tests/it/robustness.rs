//! Bad input never crashes the simulator, and much input at once does not confuse it.

use std::{collections::BTreeSet, time::Duration};

use discord_sim::{Delivery, Post, RateLimits, routes};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Gateway, INTENTS, Rest, start};

/// Bodies that no route wants, and that some field checks may not expect.
fn odd_bodies() -> Vec<Value> {
    let deep = (0..100).fold(json!({}), |inner, _| json!({"components": [inner], "type": 1}));
    let fields = [
        "content",
        "embeds",
        "components",
        "attachments",
        "allowed_mentions",
        "message_reference",
        "nonce",
        "flags",
        "name",
        "description",
        "options",
        "data",
        "type",
        "messages",
        "recipient_id",
        "auto_archive_duration",
        "contexts",
        "message",
        "archived",
    ];
    let values =
        [json!(null), json!(-1), json!(1.5e300), json!("\u{0}💥"), json!([]), json!([null]), json!({"a": []}), deep];
    let mut bodies: Vec<Value> = values.to_vec();
    for field in fields {
        bodies.extend(values.iter().map(|value| json!({field: value, "content": "x", "name": "x"})));
    }
    bodies
}

#[tokio::test]
async fn odd_bodies_on_every_route_never_cause_a_server_error() {
    let sim = start().await;
    sim.set_rate_limits(RateLimits::relaxed());
    let guild = sim.guild("Testers");
    let (general, alice) = (guild.text_channel("general"), guild.member("Alice"));
    let forum = guild.forum("forum");
    let rest = Rest::new(&sim);
    let own = rest.post(&format!("/channels/{general}/messages"), json!({"content": "x"})).await.body;
    let bodies = odd_bodies();
    for (method, pattern) in routes() {
        if matches!(method, "GET" | "DELETE") {
            continue;
        }
        let channel = if pattern.ends_with("/threads") { forum } else { general };
        let path = pattern
            .replace("{channel}", &channel.to_string())
            .replace("{message}", own["id"].as_str().expect("an id"))
            .replace("{guild}", &guild.id().to_string())
            .replace("{user}", &alice.to_string())
            .replace("{application}", &sim.bot().to_string())
            .replace("{command}", "1")
            .replace("{interaction}", "1")
            .replace("{token}", "t")
            .replace("{emoji}", "x");
        let method: Method = method.parse().expect("a method");
        for body in &bodies {
            let answer = rest.send(rest.request(method.clone(), &path).json(body)).await.expect("an answer");
            assert!(answer.status.as_u16() < 500, "{method} {path} {body}: {}", answer.status);
        }
    }
}

#[tokio::test]
async fn odd_paths_and_queries_never_cause_a_server_error() {
    let sim = start().await;
    let general = sim.guild("Testers").text_channel("general");
    let rest = Rest::new(&sim);
    for path in [
        "/channels/%00/messages".to_owned(),
        "/channels/99999999999999999999999/messages".to_owned(),
        "/channels/-1".to_owned(),
        "//".to_owned(),
        format!("/channels/{general}/messages?limit=-1"),
        format!("/channels/{general}/messages?after=abc&before=%ff"),
        format!("/channels/{general}/messages?limit=1&limit=2&&=&%"),
    ] {
        let answer = rest.get(&path).await;
        assert!(answer.status.as_u16() < 500, "{path}: {}", answer.status);
    }
}

#[tokio::test]
async fn two_hundred_questions_at_once_give_each_its_own_thread() {
    const QUESTIONS: usize = 200;
    let sim = start().await;
    sim.set_rate_limits(RateLimits::relaxed());
    let guild = sim.guild("Testers");
    let (general, alice) = (guild.text_channel("general"), guild.member("Alice"));
    let delays = Duration::ZERO..=Duration::from_millis(20);
    sim.faults().deliver(Delivery::of("MESSAGE_CREATE").copies(2..=5).delayed(delays));
    let mut gateway = Gateway::identify(&sim, INTENTS).await;
    let asked: BTreeSet<String> = (0..QUESTIONS)
        .map(|n| sim.post(alice, general, Post::text(n.to_string())).expect("posted").to_string())
        .collect();
    let (mut tasks, mut heard) = (Vec::new(), BTreeSet::new());
    while heard.len() < QUESTIONS {
        let event = gateway.event("MESSAGE_CREATE").await;
        let id = event["id"].as_str().expect("an id").to_owned();
        if event["channel_id"] != json!(general) || event["type"] != 0 || !heard.insert(id.clone()) {
            continue;
        }
        let rest = Rest::new(&sim);
        tasks.push(tokio::spawn(async move {
            let path = format!("/channels/{}/messages/{id}/threads", event["channel_id"].as_str().expect("an id"));
            let (first, second) =
                tokio::join!(rest.post(&path, json!({"name": "a"})), rest.post(&path, json!({"name": "b"})));
            let mut statuses = [first.status.as_u16(), second.status.as_u16()];
            statuses.sort_unstable();
            statuses
        }));
    }
    for task in tasks {
        assert_eq!(task.await.expect("no panic"), [201, 400], "one of two racing creations wins");
    }
    assert_eq!(heard, asked);
    assert_eq!(sim.threads(general).len(), QUESTIONS);
    assert_eq!(sim.counters().bot_threads, QUESTIONS as u64);
}
