//! Messages and threads over REST and gateway.

use std::time::Duration;

use discord_sim::{Delivery, Post};
use serde_json::json;

use crate::support::{Gateway, INTENTS, Rest, start};

#[tokio::test]
async fn a_mention_reaches_the_bot_and_is_answered_in_one_thread() {
    let sim = start().await;
    let guild = sim.guild("Testers");
    let general = guild.text_channel("general");
    let alice = guild.member("Alice");
    let mut gateway = Gateway::identify(&sim, INTENTS).await;
    let created = gateway.event("GUILD_CREATE").await;
    assert_eq!(created["channels"][0]["name"], "general");

    let question = sim.post(alice, general, Post::text(format!("{} hi", sim.mention()))).expect("posted");
    let event = gateway.event("MESSAGE_CREATE").await;
    assert_eq!(event["id"], question.to_string());
    assert_eq!(event["mentions"][0]["id"], sim.bot().to_string());
    assert_eq!(event["guild_id"], guild.id().to_string());

    let rest = Rest::new(&sim);
    let threads = format!("/channels/{general}/messages/{question}/threads");
    let thread = rest.post(&threads, json!({"name": "hi"})).await;
    assert_eq!((thread.status.as_u16(), &thread.body["id"]), (201, &json!(question.to_string())));
    let again = rest.post(&threads, json!({"name": "hi"})).await;
    assert_eq!((again.status.as_u16(), again.code()), (400, 160_004));

    let answer = rest
        .post(&format!("/channels/{question}/messages"), json!({"content": "Hello", "allowed_mentions": {"parse": []}}))
        .await;
    assert_eq!(answer.status, 200);
    let id = answer.body["id"].as_str().expect("an id");
    let edited = rest
        .patch(
            &format!("/channels/{question}/messages/{id}"),
            json!({"content": "Hello, Alice", "allowed_mentions": {"parse": []}}),
        )
        .await;
    assert_eq!(edited.body["content"], "Hello, Alice");
    let thread = sim.thread_of(question).expect("a thread");
    assert_eq!(sim.bot_messages(thread.id)[0].history, ["Hello", "Hello, Alice"]);
    sim.finish().expect("clean");
}

#[tokio::test]
async fn events_are_delivered_as_often_as_the_rule_says_and_again_in_the_thread() {
    let sim = start().await;
    let guild = sim.guild("Testers");
    let general = guild.text_channel("general");
    let alice = guild.member("Alice");
    let delays = Duration::ZERO..=Duration::from_millis(5);
    sim.faults().deliver(Delivery::of("MESSAGE_CREATE").copies(3..=3).delayed(delays).again_in_thread(2..=2).times(1));
    let mut gateway = Gateway::identify(&sim, INTENTS).await;
    let question = sim.post(alice, general, Post::text("hi")).expect("posted");
    for _ in 0..3 {
        assert_eq!(gateway.event("MESSAGE_CREATE").await["id"], question.to_string());
    }
    sim.faults().clear();
    sim.faults().deliver(Delivery::of("MESSAGE_CREATE").again_in_thread(2..=2));
    sim.start_thread(alice, question, "hi").expect("started");
    let mut again = 0;
    while again < 2 {
        let event = gateway.event("MESSAGE_CREATE").await;
        if event["id"] == event["channel_id"] {
            assert_eq!((&event["type"], &event["content"]), (&json!(0), &json!("hi")));
            again += 1;
        }
    }
}
