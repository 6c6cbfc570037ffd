//! The socket between page and server: who sees what, actions and their answers, uploads.

use serde_json::{Value, json};

use crate::support::Running;

#[tokio::test]
async fn members_do_not_see_the_admins_channel() {
    let playground = Running::start(&[]).await;
    let ben = playground.page("ben").await;
    let mut ada = playground.page("ada").await;
    assert_eq!(ben.channel_names(), ["general", "data"]);
    assert_eq!(ada.channel_names(), ["general", "data", "admin-only"]);

    let secret = ada.channel("admin-only");
    ada.act(json!({"type": "post", "channel": secret, "content": "for admins"})).await.unwrap();
    let general = ada.channel("general");
    ada.act(json!({"type": "post", "channel": general, "content": "for all"})).await.unwrap();
    let mut ben = ben;
    // The first message that Ben is told of is the second one that was written.
    assert_eq!(ben.event("message_created").await["message"]["content"], "for all");
    let refused = ben.act(json!({"type": "post", "channel": secret, "content": "me too"})).await;
    insta::assert_snapshot!(refused.unwrap_err(), @"You may not do that here.");
    playground.stop().await;
}

#[tokio::test]
async fn turning_to_another_person_shows_what_they_see() {
    let playground = Running::start(&[]).await;
    let mut page = playground.page("cleo").await;
    page.send(json!({"type": "act_as", "persona": "ada"})).await;
    let snapshot = page.frame("snapshot", |_| true).await;
    assert_eq!(snapshot["persona"], "ada");
    assert_ne!(snapshot["you"], page.snapshot["you"]);
    page.snapshot = snapshot;
    assert_eq!(page.channel_names(), ["general", "data", "admin-only"]);
    playground.stop().await;
}

#[tokio::test]
async fn messages_are_written_edited_reacted_to_and_deleted() {
    let playground = Running::start(&[]).await;
    let mut page = playground.page("ben").await;
    let general = page.channel("general");
    let posted = page.act(json!({"type": "post", "channel": general, "content": "one"})).await.unwrap();
    let message = posted["message"].as_str().unwrap().to_owned();
    page.act(json!({"type": "edit", "message": message, "content": "two"})).await.unwrap();
    page.act(json!({"type": "react", "message": message, "emoji": "👍", "on": true})).await.unwrap();

    let late = playground.page("cleo").await;
    let seen = late.snapshot["messages"].as_array().unwrap().clone();
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0]["content"], "two");
    assert_eq!(seen[0]["reactions"][0]["users"], json!([page.snapshot["you"]]));

    let mut late = late;
    let refused = late.act(json!({"type": "edit", "message": message, "content": "mine"})).await;
    insta::assert_snapshot!(refused.unwrap_err(), @"You can only edit your own messages.");
    page.act(json!({"type": "delete_message", "message": message})).await.unwrap();
    assert_eq!(late.event("message_deleted").await["message_id"], json!(message));
    let gone = page.act(json!({"type": "edit", "message": message, "content": "three"})).await;
    insta::assert_snapshot!(gone.unwrap_err(), @"That message is no longer there.");
    playground.stop().await;
}

#[tokio::test]
async fn what_is_no_action_closes_the_socket() {
    let playground = Running::start(&[]).await;
    for nonsense in [
        "",
        "[]",
        r#"{"id": 1, "action": {"type": "format_the_disk"}}"#,
        r#"{"id": 1, "action": {"type": "act_as", "persona": "root"}}"#,
    ] {
        let mut page = playground.page("ben").await;
        assert_eq!(page.send_nonsense(nonsense).await, 1008, "{nonsense}");
    }
    playground.stop().await;
}

#[tokio::test]
async fn a_file_is_uploaded_shown_and_never_runs_as_a_page() {
    let playground = Running::start(&[]).await;
    let mut page = playground.page("ben").await;
    let action = json!({"type": "post", "channel": page.channel("general"), "content": "look", "reply_to": null});
    let body = form(&action, "page.html", "text/html", b"<script>alert(1)</script>");
    let headers = [("origin", playground.origin()), ("content-type", "multipart/form-data; boundary=XX".to_owned())];
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = playground.http("POST /api/act", &headers, &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(serde_json::from_str::<Value>(&answer.text()).unwrap()["ok"], true);

    let message = page.event("message_created").await["message"].clone();
    let link = message["attachments"][0]["url"].as_str().unwrap();
    assert!(link.starts_with("/cdn/"), "{link} is not on the page's own origin");
    let file = playground.http(&format!("GET {link}"), &[], b"").await;
    assert_eq!((file.status, file.body.as_slice()), (200, b"<script>alert(1)</script>".as_slice()));
    assert_eq!(file.header("content-disposition"), Some("attachment"));
    assert!(file.header("content-security-policy").unwrap().contains("sandbox"));
    playground.stop().await;
}

#[tokio::test]
async fn a_form_without_an_action_is_answered_with_a_sentence() {
    let playground = Running::start(&[]).await;
    let headers = [("origin", playground.origin()), ("content-type", "multipart/form-data; boundary=XX".to_owned())];
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    for (body, sentence) in [
        (form(&json!({"type": "nothing"}), "a.txt", "text/plain", b"x"), "The playground does not know this action."),
        (b"--XX--\r\n".to_vec(), "The upload names no action."),
    ] {
        let answer = playground.http("POST /api/act", &headers, &body).await;
        assert_eq!(serde_json::from_str::<Value>(&answer.text()).unwrap(), json!({"ok": false, "error": sentence}));
    }
    playground.stop().await;
}

#[tokio::test]
async fn trouble_is_shown_and_can_be_taken_back() {
    let playground = Running::start(&[]).await;
    let mut page = playground.page("ben").await;
    page.act(json!({"type": "trouble", "deliver": 99, "again_in_thread": true})).await.unwrap();
    page.act(json!({"type": "next_request", "fault": "delay", "when": "before", "route": "edit", "ms": 2000}))
        .await
        .unwrap();
    let status = page.frame("status", |frame| frame["trouble"]["pending"] != json!([])).await;
    let pending = json!([{"id": 1, "text": "Next edit waits 2 s before it runs"}]);
    assert_eq!(status["trouble"], json!({"deliver": 5, "again_in_thread": true, "pending": pending}));
    page.act(json!({"type": "cancel_fault", "fault": 1})).await.unwrap();
    page.frame("status", |frame| frame["trouble"]["pending"] == json!([])).await;
    for _ in 0..8 {
        page.act(json!({"type": "next_request", "fault": "fail", "when": "after", "route": "any"})).await.unwrap();
    }
    let refused = page.act(json!({"type": "next_request", "fault": "fail", "when": "after", "route": "any"})).await;
    insta::assert_snapshot!(refused.unwrap_err(), @"8 requests already have something coming. Take one back first.");
    playground.stop().await;
}

#[tokio::test]
async fn a_reset_forgets_messages_counters_and_trouble_for_every_page() {
    let playground = Running::start(&[]).await;
    let mut page = playground.page("ben").await;
    let mut other = playground.page("ada").await;
    page.bot_is("ready").await;
    let general = page.channel("general");
    page.act(json!({"type": "post", "channel": general, "content": "hello"})).await.unwrap();
    page.act(json!({"type": "trouble", "deliver": 3})).await.unwrap();
    page.act(json!({"type": "reset"})).await.unwrap();
    for page in [&mut page, &mut other] {
        let fresh = page.frame("snapshot", |_| true).await;
        assert_eq!(fresh["messages"], json!([]));
        assert_ne!(fresh["channels"][0]["id"], json!(general));
        page.frame("status", |frame| frame["trouble"]["deliver"] == 1 && frame["processes"][0]["state"] == "ready")
            .await;
    }
    let gone = page.act(json!({"type": "post", "channel": general, "content": "hello"})).await;
    insta::assert_snapshot!(gone.unwrap_err(), @"That channel is no longer there.");
    playground.stop().await;
}

fn form(action: &Value, filename: &str, media_type: &str, bytes: &[u8]) -> Vec<u8> {
    let mut body = format!(
        "--XX\r\ncontent-disposition: form-data; name=\"persona\"\r\n\r\nben\r\n\
         --XX\r\ncontent-disposition: form-data; name=\"action\"\r\n\r\n{action}\r\n\
         --XX\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{filename}\"\r\ncontent-type: {media_type}\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(bytes);
    body.extend_from_slice(b"\r\n--XX--\r\n");
    body
}
