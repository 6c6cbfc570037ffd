//! What the operator's processes share.

use crate::harness::{LONG, TestDb, on_both};
use plotline_store::{AlertTurn, GuildId};
use serde_json::json;
use std::time::Duration;

on_both!(alert_is_sent_once_over_all_processes, operator_value_is_seen_by_every_process);

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

async fn operator_value_is_seen_by_every_process(db: &TestDb) {
    let (one, two) = (db.store().await, db.store().await);
    assert_eq!(two.operator_value("paused").await.unwrap(), None);
    one.set_operator_value("paused", &json!({"by": "900"})).await.unwrap();
    assert_eq!(two.operator_value("paused").await.unwrap(), Some(json!({"by": "900"})));
    two.set_operator_value("paused", &json!(null)).await.unwrap();
    assert_eq!(one.operator_value("paused").await.unwrap(), Some(json!(null)));
    assert_eq!(one.operator_value("commands_hash").await.unwrap(), None);
}
