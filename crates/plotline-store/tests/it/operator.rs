//! What the operator's processes share.

use crate::harness::{LONG, TestDb, on_both};
use plotline_store::{AlertTurn, ChannelId, DueAlert, GuildId};
use serde_json::json;
use std::time::Duration;

on_both!(
    alert_is_sent_once_over_all_processes,
    what_was_held_back_is_due_once_over_all_processes,
    a_conversation_that_ended_stays_ended_in_every_process,
    operator_value_is_seen_by_every_process,
);

async fn alert_is_sent_once_over_all_processes(db: &TestDb) {
    let stores = [db.store().await, db.store().await];
    let guild = Some(GuildId(1));
    let claims: Vec<_> = (0..20)
        .map(|n| {
            let store = stores[n % 2].clone();
            tokio::spawn(async move { store.claim_alert(guild, "job_failed", LONG).await.unwrap() })
        })
        .collect();
    let mut turns = Vec::new();
    for claim in claims {
        turns.extend(claim.await.unwrap());
    }
    assert_eq!(turns, [AlertTurn { held_back: 0 }]);
    // Another kind, another server and the operator are other alerts.
    assert!(stores[0].claim_alert(guild, "budget", LONG).await.unwrap().is_some());
    assert!(stores[0].claim_alert(Some(GuildId(2)), "job_failed", LONG).await.unwrap().is_some());
    assert!(stores[0].claim_alert(None, "job_failed", LONG).await.unwrap().is_some());
    // The next one that is sent tells how many were held back.
    let next = stores[1].claim_alert(guild, "job_failed", Duration::ZERO).await.unwrap();
    assert_eq!(next, Some(AlertTurn { held_back: 19 }));
    assert_eq!(stores[1].claim_alert(guild, "job_failed", LONG).await.unwrap(), None);
}

async fn what_was_held_back_is_due_once_over_all_processes(db: &TestDb) {
    let stores = [db.store().await, db.store().await];
    for guild in [Some(GuildId(1)), None] {
        for kind in ["alert:failed", "other:failed"] {
            for _ in 0..4 {
                stores[0].claim_alert(guild, kind, LONG).await.unwrap();
            }
        }
    }
    // Sent, and nothing held back.
    stores[0].claim_alert(Some(GuildId(2)), "alert:failed", LONG).await.unwrap();
    assert_eq!(stores[1].due_alerts("alert:", LONG).await.unwrap(), []);
    let claims: Vec<_> = (0..8)
        .map(|n| {
            let store = stores[n % 2].clone();
            tokio::spawn(async move { store.due_alerts("alert:", Duration::ZERO).await.unwrap() })
        })
        .collect();
    let mut due = Vec::new();
    for claim in claims {
        due.extend(claim.await.unwrap());
    }
    due.sort_by_key(|alert| alert.guild);
    let alert = |guild| DueAlert { guild, kind: "alert:failed".to_owned(), held_back: 3 };
    assert_eq!(due, [alert(None), alert(Some(GuildId(1)))]);
}

async fn a_conversation_that_ended_stays_ended_in_every_process(db: &TestDb) {
    let (one, two) = (db.store().await, db.store().await);
    assert!(!two.conversation_ended(ChannelId(7)).await.unwrap());
    one.end_conversation(ChannelId(7)).await.unwrap();
    one.end_conversation(ChannelId(7)).await.unwrap();
    assert!(two.conversation_ended(ChannelId(7)).await.unwrap());
    assert!(!two.conversation_ended(ChannelId(8)).await.unwrap());
}

async fn operator_value_is_seen_by_every_process(db: &TestDb) {
    let (one, two) = (db.store().await, db.store().await);
    assert_eq!(two.operator_value("paused").await.unwrap(), None);
    one.set_operator_value("paused", &json!({"by": "900"})).await.unwrap();
    assert_eq!(two.operator_value("paused").await.unwrap(), Some(json!({"by": "900"})));
    two.set_operator_value("paused", &json!(null)).await.unwrap();
    assert_eq!(one.operator_value("paused").await.unwrap(), Some(json!(null)));
    assert_eq!(one.operator_value("commands_hash").await.unwrap(), None);
}
