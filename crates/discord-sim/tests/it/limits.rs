//! What Discord refuses: wrong forms, unknown routes, wrong tokens, too much at once.

use std::time::Duration;

use discord_sim::{Limit, Post, RateLimits, ViolationKind};
use reqwest::{
    Method,
    multipart::{Form, Part},
};
use serde_json::{Value, json};

use crate::support::{Rest, start};

/// The error code at a path in an "Invalid Form Body".
fn error_at(body: &Value, path: &str) -> String {
    let mut node = &body["errors"];
    for part in path.split('.') {
        node = &node[part];
    }
    node["_errors"][0]["code"].as_str().unwrap_or_else(|| panic!("no error at {path}: {body}")).to_owned()
}

#[tokio::test]
async fn wrong_message_forms_are_refused_with_the_path_of_the_field() {
    let sim = start().await;
    sim.set_rate_limits(RateLimits::relaxed());
    let general = sim.guild("Testers").text_channel("general");
    let rest = Rest::new(&sim);
    let path = format!("/channels/{general}/messages");
    let button = |id: &str| json!({"type": 2, "style": 1, "label": "x", "custom_id": id});
    let row = |items: Value| json!([{"type": 1, "components": items}]);
    let cases = [
        (json!({"content": "x".repeat(2001)}), "content", "BASE_TYPE_MAX_LENGTH"),
        (json!({"content": 5}), "content", "MODEL_TYPE_CONVERT"),
        (json!({"content": "x", "nonce": "n".repeat(26)}), "nonce", "BASE_TYPE_MAX_LENGTH"),
        (json!({"content": "x", "enforce_nonce": "yes"}), "enforce_nonce", "BOOLEAN_TYPE_CONVERT"),
        (json!({"content": "x", "flags": "no"}), "flags", "NUMBER_TYPE_COERCE"),
        (json!({"content": "x", "message_reference": {}}), "message_reference.message_id", "BASE_TYPE_REQUIRED"),
        (json!({"embeds": vec![json!({"title": "x"}); 11]}), "embeds", "BASE_TYPE_MAX_LENGTH"),
        (json!({"embeds": [{"title": "x".repeat(257)}]}), "embeds.0.title", "BASE_TYPE_BAD_LENGTH"),
        (json!({"embeds": [{"fields": [{"name": "x"}]}]}), "embeds.0.fields.0.value", "BASE_TYPE_REQUIRED"),
        (json!({"embeds": [{"image": {"url": "file:///x"}}]}), "embeds.0.image.url", "URL_TYPE_INVALID_URL"),
        (
            json!({"embeds": [{"description": "x".repeat(4000)}, {"description": "x".repeat(2001)}]}),
            "embeds",
            "MAX_EMBED_SIZE_EXCEEDED",
        ),
        (
            json!({"content": "x", "components": vec![row(json!([button("a")]))[0].clone(); 6]}),
            "components",
            "BASE_TYPE_MAX_LENGTH",
        ),
        (
            json!({"content": "x", "components": row(json!((0..6).map(|n| button(&n.to_string())).collect::<Vec<_>>()))}),
            "components.0.components",
            "BASE_TYPE_BAD_LENGTH",
        ),
        (
            json!({"content": "x", "components": row(json!([button("same"), button("same")]))}),
            "components",
            "COMPONENT_CUSTOM_ID_DUPLICATED",
        ),
        (
            json!({"content": "x", "components": row(json!([{"type": 2, "style": 1, "custom_id": "a"}]))}),
            "components.0.components.0",
            "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED",
        ),
        (
            json!({"content": "x", "components": row(json!([{"type": 3, "custom_id": "a", "options": []}]))}),
            "components.0.components.0.options",
            "BASE_TYPE_BAD_LENGTH",
        ),
        (
            json!({"content": "x", "allowed_mentions": {"parse": ["everybody"]}}),
            "allowed_mentions.parse.0",
            "BASE_TYPE_CHOICES",
        ),
        (
            json!({"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}}),
            "allowed_mentions",
            "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
        ),
        (json!({"content": "x", "attachments": [{"id": 0}]}), "attachments.0.id", "ATTACHMENT_NOT_FOUND"),
    ];
    let count = cases.len();
    for (body, at, code) in cases {
        let answer = rest.post(&path, body).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (400, 50035), "{}", answer.body);
        assert_eq!(error_at(&answer.body, at), code);
    }
    assert_eq!(rest.post(&path, json!({"content": " "})).await.code(), 50006);
    assert_eq!(sim.messages(general).len(), 0);
    assert_eq!(sim.take_violations(ViolationKind::InvalidForm), count + 1);
    sim.finish().expect("nothing else");
}

#[tokio::test]
async fn an_error_body_reads_as_discords() {
    let sim = start().await;
    let general = sim.guild("Testers").text_channel("general");
    let answer =
        Rest::new(&sim).post(&format!("/channels/{general}/messages"), json!({"content": "x".repeat(2001)})).await;
    insta::assert_snapshot!(serde_json::to_string_pretty(&answer.body).expect("JSON"), @r#"
    {
      "message": "Invalid Form Body",
      "code": 50035,
      "errors": {
        "content": {
          "_errors": [
            {
              "code": "BASE_TYPE_MAX_LENGTH",
              "message": "Must be 2000 or fewer in length."
            }
          ]
        }
      }
    }
    "#);
    let unclean = sim.finish().expect_err("a violation").to_string();
    assert!(unclean.contains("InvalidForm") && unclean.contains("2000 or fewer"), "{unclean}");
}

#[tokio::test]
async fn unknown_routes_methods_bodies_and_fields_are_violations() {
    let sim = start().await;
    let general = sim.guild("Testers").text_channel("general");
    let rest = Rest::new(&sim);
    assert_eq!(rest.get("/channels/1/nothing").await.status, 404);
    assert_eq!(rest.delete("/users/@me").await.status, 405);
    let unversioned = reqwest::get(format!("{}/channels/1", sim.base_url())).await.expect("an answer");
    assert_eq!(unversioned.status(), 404);
    assert_eq!(sim.take_violations(ViolationKind::UnknownRoute), 3);
    let path = format!("/channels/{general}/messages");
    let broken = rest.request(Method::POST, &path).header("content-type", "application/json").body("{");
    assert_eq!(rest.send(broken).await.expect("an answer").code(), 50109);
    let plain = rest.request(Method::POST, &path).header("content-type", "text/plain").body("hi");
    assert_eq!(rest.send(plain).await.expect("an answer").code(), 50035);
    assert_eq!(sim.take_violations(ViolationKind::InvalidBody), 2);
    let body = json!({"content": "x", "contents": "y", "allowed_mentions": {"parse": []}});
    assert_eq!(rest.post(&path, body).await.status, 200, "Discord lets unknown fields through");
    assert_eq!(sim.take_violations(ViolationKind::UnknownField), 1);
    assert_eq!(rest.get("/channels/abc").await.code(), 50035);
    assert_eq!(sim.take_violations(ViolationKind::InvalidForm), 1);
    sim.finish().expect("all taken");
}

#[tokio::test]
async fn a_wrong_token_is_refused_and_recorded() {
    let sim = start().await;
    let general = sim.guild("Testers").text_channel("general");
    let rest = Rest::new(&sim).with_token("wrong");
    let answer = rest.get(&format!("/channels/{general}")).await;
    assert_eq!((answer.status.as_u16(), &answer.body["message"]), (401, &json!("401: Unauthorized")));
    assert_eq!(rest.get("/gateway").await.status, 200, "the gateway's address is public");
    assert_eq!(sim.take_violations(ViolationKind::Unauthorized), 1);
}

#[tokio::test]
async fn files_requests_and_lists_have_their_size_limits() {
    let sim = start().await;
    let general = sim.guild("Testers").text_channel("general");
    let rest = Rest::new(&sim);
    let path = format!("/channels/{general}/messages");
    let send =
        async |form: Form| rest.send(rest.request(Method::POST, &path).multipart(form)).await.expect("an answer");
    let file = |bytes: usize| Part::bytes(vec![0; bytes]).file_name("a.bin");
    let large = send(Form::new().part("files[0]", file(10 * 1024 * 1024 + 1))).await;
    assert_eq!((large.status.as_u16(), large.code()), (413, 40005));
    let mut form = Form::new();
    for n in 0..11 {
        form = form.part(format!("files[{n}]"), file(1));
    }
    assert_eq!(error_at(&send(form).await.body, "attachments"), "BASE_TYPE_MAX_LENGTH");
    let long = json!({"attachments": [{"id": "0", "description": "x".repeat(1025)}]});
    let form = Form::new().text("payload_json", long.to_string()).part("files[0]", file(1));
    assert_eq!(error_at(&send(form).await.body, "attachments.0.description"), "BASE_TYPE_BAD_LENGTH");
    let form =
        Form::new().part("files[0]", file(9 << 20)).part("files[1]", file(9 << 20)).part("files[2]", file(9 << 20));
    assert_eq!(send(form).await.code(), 40005);
    assert_eq!(sim.messages(general).len(), 0);
}

#[tokio::test]
async fn every_answer_tells_its_bucket_and_one_too_many_is_429() {
    let sim = start().await;
    let guild = sim.guild("Testers");
    let (one, two) = (guild.text_channel("one"), guild.text_channel("two"));
    let limit = Limit::new(2, Duration::from_secs(600));
    sim.set_rate_limits(RateLimits { create_message: limit, ..RateLimits::relaxed() });
    let rest = Rest::new(&sim);
    let body = json!({"content": "x", "allowed_mentions": {"parse": []}});
    let post = async |channel| rest.post(&format!("/channels/{channel}/messages"), body.clone()).await;
    let first = post(one).await;
    assert_eq!((first.header("x-ratelimit-limit"), first.header("x-ratelimit-remaining")), ("2", "1"));
    assert!(first.header("x-ratelimit-reset-after").contains('.'), "a decimal number");
    assert!(first.header("x-ratelimit-reset").contains('.'));
    post(one).await;
    let refused = post(one).await;
    assert_eq!(refused.status, 429);
    assert_eq!((&refused.body["global"], refused.header("x-ratelimit-scope")), (&json!(false), "user"));
    let seconds = refused.body["retry_after"].as_f64().expect("seconds");
    assert!((1.0..=600.0).contains(&seconds));
    assert_eq!(refused.header("retry-after"), (seconds.ceil() as u64).to_string());
    let other = post(two).await;
    assert_eq!(other.status, 200, "each channel has its own");
    assert_eq!(other.header("x-ratelimit-bucket"), first.header("x-ratelimit-bucket"), "under the same name");
    assert_eq!(sim.messages(one).len(), 2);
    assert_eq!(sim.counters().rate_limited, 1);
}

#[tokio::test]
async fn the_global_limit_holds_over_all_routes() {
    let sim = start().await;
    let limit = Limit::new(1, Duration::from_secs(600));
    sim.set_rate_limits(RateLimits { global: limit, ..RateLimits::relaxed() });
    let rest = Rest::new(&sim);
    assert_eq!(rest.get("/users/@me").await.status, 200);
    let refused = rest.get("/gateway/bot").await;
    assert_eq!((refused.status.as_u16(), &refused.body["global"]), (429, &json!(true)));
    assert_eq!((refused.header("x-ratelimit-global"), refused.header("x-ratelimit-scope")), ("true", "global"));
}

#[tokio::test]
async fn the_log_of_requests_has_bodies_files_and_answers() {
    let sim = start().await;
    let guild = sim.guild("Testers");
    let (general, alice) = (guild.text_channel("general"), guild.member("Alice"));
    sim.post(alice, general, Post::text("?")).expect("posted");
    let rest = Rest::new(&sim);
    rest.get(&format!("/channels/{general}/messages?limit=5")).await;
    let form = Form::new()
        .text("payload_json", json!({"content": "x", "allowed_mentions": {"parse": []}}).to_string())
        .part("files[0]", Part::bytes(vec![1]).file_name("a.png"));
    let path = format!("/channels/{general}/messages");
    rest.send(rest.request(Method::POST, &path).multipart(form)).await.expect("an answer");
    let [list, create] = sim.requests().try_into().expect("two requests");
    assert_eq!((list.query.as_str(), list.write, list.status), ("limit=5", None, Some(200)));
    assert_eq!((create.route.as_str(), create.path.as_str()), ("/channels/{channel}/messages", path.as_str()));
    assert_eq!((create.body["content"].as_str(), create.write, create.executed), (Some("x"), Some(1), true));
    assert_eq!(create.files, ["a.png"]);
    assert_eq!(sim.requests_to("POST", "/channels/{channel}/messages").len(), 1);
}
