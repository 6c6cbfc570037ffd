//! Faults on demand: requests that fail before, after or halfway, and writes that are held.

use std::time::Duration;

use discord_sim::{Delivery, LimitScope, Post, RestFault, RestRule, WritePoint};
use serde_json::{Value, json};

use crate::support::{Gateway, INTENTS, PATIENCE, Rest, start};

const CREATE: &str = "/channels/{channel}/messages";

fn quiet(content: &str) -> Value {
    json!({"content": content, "allowed_mentions": {"parse": []}})
}

#[tokio::test]
async fn events_are_delivered_as_often_as_the_rule_says_and_again_in_the_thread() {
    let sim = start().await;
    let guild = sim.guild("Testers");
    let (general, alice) = (guild.text_channel("general"), guild.member("Alice"));
    let delays = Duration::ZERO..=Duration::from_millis(5);
    let copies = Delivery::of("MESSAGE_CREATE").copies(3..=3).delayed(delays).times(1);
    sim.faults().deliver(copies);
    let mut gateway = Gateway::identify(&sim, INTENTS).await;
    let question = sim.post(alice, general, Post::text("hi")).expect("posted");
    for _ in 0..3 {
        assert_eq!(gateway.event("MESSAGE_CREATE").await["id"], json!(question));
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

#[tokio::test]
async fn an_event_can_be_lost() {
    let sim = start().await;
    let guild = sim.guild("Testers");
    let (general, alice) = (guild.text_channel("general"), guild.member("Alice"));
    sim.faults().deliver(Delivery::of("MESSAGE_CREATE").copies(0..=0).times(1));
    let mut gateway = Gateway::identify(&sim, INTENTS).await;
    sim.post(alice, general, Post::text("lost")).expect("posted");
    let second = sim.post(alice, general, Post::text("heard")).expect("posted");
    assert_eq!(gateway.event("MESSAGE_CREATE").await["id"], json!(second));
}

#[tokio::test]
async fn requests_fail_before_or_after_they_take_effect() {
    let sim = start().await;
    let general = sim.guild("Testers").text_channel("general");
    let rest = Rest::new(&sim);
    let path = format!("/channels/{general}/messages");
    let try_post = async |content: &str| {
        let answer = rest.send(rest.request(reqwest::Method::POST, &path).json(&quiet(content))).await;
        answer.map(|answer| answer.status.as_u16()).ok()
    };
    let created = || sim.messages(general).len();
    for (fault, status, effect) in [
        (RestFault::FailBefore(503), Some(503), 0),
        (RestFault::CutBefore, None, 0),
        (RestFault::FailAfter(502), Some(502), 1),
        (RestFault::CutAfter, None, 1),
        (RestFault::CutBody, None, 1),
        (RestFault::DelayBefore(Duration::from_millis(1)), Some(200), 1),
        (RestFault::DelayAfter(Duration::from_millis(1)), Some(200), 1),
    ] {
        let before = created();
        sim.faults().rest(RestRule::on("POST", CREATE, fault.clone()));
        assert_eq!(try_post("x").await, status, "{fault:?}");
        assert_eq!(created() - before, effect, "{fault:?}");
        let last = sim.requests().pop().expect("a request");
        assert_eq!((last.fault, last.executed), (Some(fault), effect == 1));
        sim.set_rate_limits(discord_sim::RateLimits::default());
    }
    assert_eq!(try_post("no fault is left").await, Some(200));
    sim.finish().expect("faults are not the client's");
}

#[tokio::test]
async fn a_cut_body_is_cut_within_the_body() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let sim = start().await;
    for (path, whole) in [("/users/@me", true), ("/users/@me", false)] {
        if !whole {
            sim.faults().rest(RestRule::any(RestFault::CutBody));
        }
        let address = sim.base_url().replacen("http://", "", 1);
        let mut socket = tokio::net::TcpStream::connect(address).await.expect("a connection");
        let request = format!(
            "GET /api/v10{path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bot {}\r\n\r\n",
            sim.token()
        );
        socket.write_all(request.as_bytes()).await.expect("written");
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await.expect("an end");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        assert_eq!(serde_json::from_str::<Value>(body).is_ok(), whole, "{body}");
        assert!(body.len() > 50, "{body}");
    }
}

#[tokio::test]
async fn a_simulated_429_says_how_long_and_whose_fault() {
    let sim = start().await;
    let general = sim.guild("Testers").text_channel("general");
    let fault = RestFault::RateLimited { retry_after: Duration::from_millis(1500), scope: LimitScope::Shared };
    sim.faults().rest(RestRule::any_write(fault));
    let rest = Rest::new(&sim);
    assert_eq!(rest.get(&format!("/channels/{general}")).await.status, 200);
    let refused = rest.post(&format!("/channels/{general}/messages"), quiet("x")).await;
    assert_eq!((refused.status.as_u16(), &refused.body["retry_after"]), (429, &json!(1.5)));
    assert_eq!((refused.header("retry-after"), refused.header("x-ratelimit-scope")), ("2", "shared"));
    assert_eq!(sim.messages(general).len(), 0);
}

#[tokio::test]
async fn rules_pick_the_kth_request_and_repeat() {
    let sim = start().await;
    let general = sim.guild("Testers").text_channel("general");
    let rest = Rest::new(&sim);
    sim.faults().rest(RestRule::on("GET", "/channels/{channel}", RestFault::FailBefore(500)).nth(2).times(2));
    sim.faults().rest(RestRule::on("GET", "/channels/{channel}", RestFault::FailBefore(504)).nth(5));
    let mut statuses = Vec::new();
    for _ in 0..6 {
        statuses.push(rest.get(&format!("/channels/{general}")).await.status.as_u16());
    }
    assert_eq!(statuses, [200, 500, 500, 200, 504, 200]);
    sim.faults().rest(RestRule::any(RestFault::FailBefore(500)).always());
    assert_eq!(rest.get("/users/@me").await.status, 500);
    assert_eq!(rest.get("/users/@me").await.status, 500);
    sim.faults().clear();
    assert_eq!(rest.get("/users/@me").await.status, 200);
}

#[tokio::test]
async fn a_request_takes_effect_though_the_client_gave_up() {
    let sim = start().await;
    let general = sim.guild("Testers").text_channel("general");
    let hold = sim.faults().hold_write(1, WritePoint::BeforeExecuting);
    let rest = Rest::new(&sim);
    let path = format!("/channels/{general}/messages");
    let request = rest.request(reqwest::Method::POST, &path).timeout(Duration::from_millis(100)).json(&quiet("late"));
    assert!(rest.send(request).await.expect_err("no answer").is_timeout());
    assert_eq!(sim.messages(general).len(), 0);
    hold.release();
    sim.wait_for("the late message", PATIENCE, |sim| sim.messages(general).pop()).await.expect("executed late");
}

#[tokio::test]
async fn a_write_can_be_held_at_each_point() {
    let sim = start().await;
    let general = sim.guild("Testers").text_channel("general");
    let path = format!("/channels/{general}/messages");
    let send = |content: &str| {
        let rest = Rest::new(&sim);
        let request = rest.request(reqwest::Method::POST, &path).json(&quiet(content));
        tokio::spawn(async move { rest.send(request).await.map(|answer| answer.status.as_u16()).ok() })
    };
    for (point, executed_while_held) in
        [(WritePoint::BeforeExecuting, 0), (WritePoint::BeforeAnswering, 1), (WritePoint::AfterAnswering, 1)]
    {
        let before = sim.messages(general).len();
        let hold = sim.faults().hold_write(1, point);
        let answer = send("held");
        hold.reached().await;
        assert_eq!(sim.messages(general).len() - before, executed_while_held, "{point:?}");
        if point == WritePoint::AfterAnswering {
            assert_eq!(answer.await.expect("no panic"), Some(200), "the answer is on its way");
            hold.release();
        } else {
            assert!(!answer.is_finished(), "{point:?}");
            hold.release();
            assert_eq!(answer.await.expect("no panic"), Some(200), "{point:?}");
        }
        assert_eq!(sim.messages(general).len() - before, 1, "{point:?}");
    }
    let hold = sim.faults().hold_write(2, WritePoint::BeforeExecuting);
    assert_eq!(send("first").await.expect("no panic"), Some(200));
    let before = sim.messages(general).len();
    let second = send("second");
    hold.reached().await;
    hold.abandon();
    assert_eq!(second.await.expect("no panic"), None, "the connection was cut");
    assert_eq!(sim.messages(general).len(), before);
}

#[tokio::test]
async fn waiting_in_vain_names_the_last_requests() {
    let sim = start().await;
    Rest::new(&sim).get("/users/@me").await;
    let error = sim.wait_for("a miracle", Duration::from_millis(1), |_| None::<()>).await.expect_err("in vain");
    assert_eq!(error.to_string(), "waited 1ms in vain for a miracle; the last requests were: GET /users/@me → 200");
}

#[tokio::test]
async fn new_gateway_connections_can_be_refused() {
    let sim = start().await;
    sim.gateway().refuse_connections(true);
    let url = format!("{}/gateway?v=10", sim.base_url().replacen("http", "ws", 1));
    assert!(tokio_tungstenite::connect_async(&url).await.is_err());
    sim.gateway().refuse_connections(false);
    Gateway::identify(&sim, INTENTS).await;
}
