//! The audit log.

use crate::harness::{TestDb, on_both};
use plotline_store::{AuditFilter, ChannelId, GuildId, JobId, MessageId, NewAuditEntry, Store, StoreError, UserId};
use serde_json::json;

on_both!(
    entry_comes_back_as_it_was_written,
    pages_are_filtered_and_continue_where_the_last_one_ended,
    log_tells_what_happened_to_a_message,
    entry_beyond_the_limits_is_refused,
);

fn entry(kind: &str, member: u64) -> NewAuditEntry {
    NewAuditEntry { guild_id: Some(GuildId(1)), member_id: Some(UserId(member)), ..NewAuditEntry::new(kind) }
}

async fn ids(store: &Store, filter: &AuditFilter, limit: u32) -> Vec<i64> {
    store.audit_page(filter, limit).await.unwrap().iter().map(|entry| entry.id).collect()
}

async fn entry_comes_back_as_it_was_written(db: &TestDb) {
    let store = db.store().await;
    let new = NewAuditEntry {
        channel_id: Some(ChannelId(10)),
        message_id: Some(MessageId(u64::MAX >> 1)),
        job_id: Some(JobId(3)),
        detail: Some(json!({"retry_after_ms": 1200}).into()),
        ..entry("quota", 7)
    };
    store.audit(&new).await.unwrap();
    let filter = AuditFilter { guild_id: Some(GuildId(1)), ..AuditFilter::default() };
    let page = store.audit_page(&filter, 10).await.unwrap();
    assert_eq!((page.len(), &page[0].what, &page[0].before), (1, &new, &None));
    assert!((page[0].at_ms - store.now_ms().await.unwrap()).abs() < 600_000);
    assert!(!format!("{page:?}").contains("1200"));
}

async fn pages_are_filtered_and_continue_where_the_last_one_ended(db: &TestDb) {
    let store = db.store().await;
    for n in 0..10 {
        store.audit(&entry(if n % 2 == 0 { "quota" } else { "cooldown" }, 7 + n % 3)).await.unwrap();
    }
    store.audit(&NewAuditEntry::new("paused")).await.unwrap();
    let all = AuditFilter { guild_id: Some(GuildId(1)), ..AuditFilter::default() };
    let first = ids(&store, &all, 4).await;
    let second = ids(&store, &AuditFilter { before_id: first.last().copied(), ..all.clone() }, 4).await;
    let third = ids(&store, &AuditFilter { before_id: second.last().copied(), ..all.clone() }, 4).await;
    assert_eq!((first.len(), second.len(), third.len()), (4, 4, 2));
    let mut joined = [first, second, third].concat();
    assert!(joined.is_sorted_by(|a, b| a > b), "{joined:?}");
    joined.dedup();
    assert_eq!(joined.len(), 10);

    assert_eq!(ids(&store, &AuditFilter { kind: Some("quota".into()), ..all.clone() }, 100).await.len(), 5);
    let member = AuditFilter { member_id: Some(UserId(7)), ..all.clone() };
    assert_eq!(ids(&store, &member, 100).await.len(), 4);
    assert_eq!(ids(&store, &AuditFilter { kind: Some("quota".into()), ..member }, 100).await.len(), 2);
    let future = store.now_ms().await.unwrap() + 600_000;
    assert!(ids(&store, &AuditFilter { since_ms: Some(future), ..all.clone() }, 100).await.is_empty());
    assert_eq!(ids(&store, &AuditFilter { since_ms: Some(future - 1_200_000), ..all }, 100).await.len(), 10);
    assert_eq!(ids(&store, &AuditFilter::default(), 100).await.len(), 1);
    assert!(ids(&store, &AuditFilter { guild_id: Some(GuildId(2)), ..AuditFilter::default() }, 100).await.is_empty());
}

async fn log_tells_what_happened_to_a_message(db: &TestDb) {
    let store = db.store().await;
    for (kind, message) in [("duplicate_message", 5), ("quota", 6), ("job_failed", 5)] {
        let message_id = Some(MessageId(message));
        store.audit(&NewAuditEntry { message_id, ..entry(kind, 7) }).await.unwrap();
    }
    let why = store.audit_of_message(MessageId(5)).await.unwrap();
    assert_eq!(
        why.iter().map(|entry| entry.what.kind.as_str()).collect::<Vec<_>>(),
        ["duplicate_message", "job_failed"]
    );
    assert!(store.audit_of_message(MessageId(99)).await.unwrap().is_empty());
}

async fn entry_beyond_the_limits_is_refused(db: &TestDb) {
    let store = db.store().await;
    let long = NewAuditEntry { detail: Some(json!("x".repeat(100_000)).into()), ..entry("quota", 7) };
    for bad in [entry("", 7), entry(&"k".repeat(65), 7), long] {
        assert!(matches!(store.audit(&bad).await, Err(StoreError::Value(_))));
    }
}
