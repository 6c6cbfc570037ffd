//! The bot's processes: started, asked, killed, started again, and never left behind.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::{Running, fake_bot, free_port, within};

/// The number of the first process in a status frame.
fn pid(status: &Value) -> u64 {
    status["processes"][0]["pid"].as_u64().unwrap()
}

/// Whether a process exists. A child that was not waited for counts as existing.
fn exists(pid: u64) -> bool {
    Path::new("/proc").join(pid.to_string()).exists()
}

async fn is_gone(pid: u64) {
    within(async {
        while exists(pid) {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_killed_bot_is_started_again_and_its_counts_are_kept() {
    let playground = Running::start(&[]).await;
    let mut page = playground.page("ada").await;
    let first = pid(&page.bot_is("ready").await);
    page.frame("status", |frame| frame["counters"]["events"] == 3).await;

    page.act(json!({"type": "kill", "slot": 1})).await.unwrap();
    let killed = page.bot_is("killed").await;
    assert_eq!(killed["processes"][0]["pid"], Value::Null);
    assert_eq!(killed["counters"], json!({"events": 3, "threads": 1}));
    assert!(!exists(first));

    page.act(json!({"type": "start", "slot": 1})).await.unwrap();
    let second = pid(&page.bot_is("ready").await);
    assert_ne!(first, second);
    let summed = page.frame("status", |frame| frame["counters"]["events"] == 6).await;
    assert_eq!(summed["jobs"][0]["state"], "delivered");
    playground.stop().await;
    assert!(!exists(second), "the bot outlived the playground");
}

#[tokio::test]
async fn a_second_replica_runs_beside_the_first_and_stops_in_order() {
    let playground = Running::start(&[]).await;
    let mut page = playground.page("ada").await;
    page.bot_is("ready").await;
    page.act(json!({"type": "start", "slot": 2})).await.unwrap();
    // Starting what runs is no error and starts nothing.
    page.act(json!({"type": "start", "slot": 2})).await.unwrap();
    let both = page.frame("status", |frame| frame["processes"][1]["state"] == "ready").await;
    assert_eq!(both["processes"][0]["state"], "ready");
    assert_ne!(both["processes"][0]["pid"], both["processes"][1]["pid"]);
    page.act(json!({"type": "stop", "slot": 2})).await.unwrap();
    page.frame("status", |frame| frame["processes"][1]["state"] == "stopped").await;
    let refused = page.act(json!({"type": "kill", "slot": 3})).await;
    insta::assert_snapshot!(refused.unwrap_err(), @"There is no such process.");
    playground.stop().await;
}

#[tokio::test]
async fn no_bot_is_left_when_the_playground_is_dropped() {
    let playground = Running::start(&[]).await;
    let mut page = playground.page("ada").await;
    let bot = pid(&page.bot_is("ready").await);
    playground.drop_at_once().await;
    drop(page);
    is_gone(bot).await;
}

#[tokio::test]
async fn a_bot_that_ends_by_itself_is_shown_with_its_log() {
    let playground = Running::start(&[("FAKE_BOT", "exit")]).await;
    let mut page = playground.page("ada").await;
    let status = page.bot_is("failed").await;
    insta::assert_snapshot!(status["processes"][0]["note"].as_str().unwrap(), @"It ended by itself (exit status: 3). Its log says why.");
    let mut later = playground.page("ben").await;
    let log = later.frame("log", |frame| frame["slot"] == 1 && frame["lines"] != json!([])).await;
    let lines = log["lines"].as_array().unwrap();
    assert!(lines.contains(&json!("the token was not accepted")), "{lines:?}");
    playground.stop().await;
}

#[tokio::test]
async fn settings_of_the_real_discord_and_its_stores_do_not_reach_the_bot() {
    let playground = Running::start(&[
        ("REDIS_URL", "redis://production"),
        ("LLM_MODEL", "small"),
        ("DISCORD_TOKEN", "real"),
        ("FAKE_BOT", "exit"),
    ])
    .await;
    let mut page = playground.page("ada").await;
    page.bot_is("failed").await;
    let mut later = playground.page("ada").await;
    let log = later.frame("log", |frame| frame["slot"] == 1 && frame["lines"] != json!([])).await;
    assert_eq!(log["lines"][0], "settings: DISCORD_API_BASE DISCORD_TOKEN DATABASE_URL LLM_MODEL");
    playground.stop().await;
}

#[tokio::test]
async fn a_bot_that_is_not_there_gives_one_clear_sentence() {
    let bot = fake_bot().with_file_name("no-such-bot");
    let options = plotline_playground::Options { port: free_port(), open: false, bot: bot.clone(), env: Vec::new() };
    let error = within(plotline_playground::run(options, std::future::pending())).await.unwrap_err();
    let expected = format!("{} could not be started: No such file or directory (os error 2).", bot.display());
    assert_eq!(error.to_string(), expected);
}
