//! What has had its time goes, a bounded number of rows at a time.

use crate::harness::{LONG, TestDb, estimate, on_both, question, won};
use plotline_store::{
    AuditFilter, Change, ChannelId, GuildId, MessageId, ModelCall, NewAuditEntry, NewChart, NewJob, NewPart, Others,
    Owner, Retention, Store, Transition, UserId,
};
use serde_json::json;
use std::time::Duration;

on_both!(
    old_rows_of_every_kind_go_and_young_ones_stay,
    server_sets_its_own_retention,
    text_of_failed_jobs_goes_before_their_ids,
    pruning_is_bounded_and_says_whether_there_is_more,
    unfinished_jobs_are_never_pruned,
    retention_that_is_no_number_falls_back_to_the_default,
);

const DAY: Duration = Duration::from_hours(24);

/// Makes everything that is stored older, by moving every time in every table back.
async fn age(db: &TestDb, days: u32) {
    let mut updates = String::new();
    for (table, column) in db.columns().await {
        let back = u64::from(days) * 86_400_000;
        if column.ends_with("_ms") {
            updates += &format!("UPDATE {table} SET {column} = {column} - {back} WHERE {column} > {back};");
        }
        if column == "day" {
            updates += &format!("UPDATE {table} SET day = day - {days};");
        }
    }
    db.raw(&updates).await;
}

/// A little of everything, in server `guild`.
async fn fill(store: &Store, guild: u64, message: u64) {
    let new = NewJob { guild_id: Some(GuildId(guild)), ..question(message) };
    let held = won(store, &new, &Owner::unique()).await;
    store.count_model_call(&held.lease, &estimate()).await.unwrap();
    let call = ModelCall { call: 1, model: "small".into(), tokens_in: 1, tokens_out: 1, micros: 1 };
    store.add_usage(held.job.id, &call).await.unwrap();
    let part = NewPart { ordinal: 0, nonce: format!("{message}-0"), body: json!("x").into() };
    store.put_parts(&held.lease, &[part]).await.unwrap();
    store.advance(&held.lease, &Transition::Failed { reason: "model_timeout".into() }).await.unwrap();
    let chart = NewChart {
        message_id: MessageId(message),
        job_id: Some(held.job.id),
        guild_id: Some(GuildId(guild)),
        channel_id: ChannelId(10),
        asker_id: UserId(7),
        authors: vec![UserId(8)],
        spec: json!({}).into(),
        data: Vec::new(),
        lifetime: DAY * 1000,
    };
    store.put_chart(&chart).await.unwrap();
    store.audit(&NewAuditEntry { guild_id: Some(GuildId(guild)), ..NewAuditEntry::new("quota") }).await.unwrap();
    store.note_own_deletion(MessageId(message), "stray").await.unwrap();
    store.record_identify().await.unwrap();
    store.advance_cursor(ChannelId(message), MessageId(message)).await.unwrap();
    store.end_conversation(ChannelId(message)).await.unwrap();
    store.claim_alert(Some(GuildId(guild)), "job_failed", LONG).await.unwrap();
    // A stranger to all of the above, of whom nothing is there to be erased.
    store.privacy_delete(UserId(9)).await.unwrap();
}

/// How many rows each table has, except for settings and the list of migrations.
async fn rows(db: &TestDb) -> Vec<(String, String)> {
    let mut tables: Vec<_> = db.columns().await.into_iter().map(|(table, _)| table).collect();
    tables.dedup();
    let mut rows = Vec::new();
    for table in tables {
        if !table.starts_with("settings") && !table.starts_with('_') && table != "operator_values" {
            let count = db.texts(&format!("SELECT CAST(COUNT(*) AS TEXT) FROM {table}")).await.remove(0);
            rows.push((table, count));
        }
    }
    rows
}

async fn prune_all(store: &Store, retention: &Retention) {
    while store.prune(retention, 1000).await.unwrap().more {}
}

async fn old_rows_of_every_kind_go_and_young_ones_stay(db: &TestDb) {
    let store = db.store().await;
    fill(&store, 1, 1).await;
    age(db, 500).await;
    let old = rows(db).await;
    assert!(old.iter().all(|(_, count)| count != "0"), "a table without a row shows nothing: {old:?}");
    prune_all(&store, &Retention::default()).await;
    for (table, count) in rows(db).await {
        assert_eq!(count, "0", "{table}");
    }
    fill(&store, 1, 2).await;
    let young = rows(db).await;
    assert_eq!(store.prune(&Retention::default(), 1000).await.unwrap().rows, 0);
    assert_eq!(rows(db).await, young);
}

async fn server_sets_its_own_retention(db: &TestDb) {
    let store = db.store().await;
    for guild in 1..=3 {
        fill(&store, guild, guild).await;
    }
    let retention = Retention::default();
    let days = |key: &str, days: u32| Change { channel: None, key: key.to_owned(), value: Some(json!(days)) };
    for (guild, kept) in [(1, 5), (2, 300)] {
        let changes = [days(&retention.audit_days_key, kept), days(&retention.conversation_days_key, kept)];
        store.change_settings(GuildId(guild), UserId(900), &changes, Others::Stay).await.unwrap();
    }
    let kept = async || {
        let mut kept = Vec::new();
        for guild in 1..=3 {
            let filter =
                AuditFilter { guild_id: Some(GuildId(guild)), kind: Some("quota".into()), ..AuditFilter::default() };
            let audit = store.audit_page(&filter, 10).await.unwrap().len();
            let chart = store.chart(MessageId(guild)).await.unwrap().is_some();
            let text = store.find_by_message(MessageId(guild)).await.unwrap().unwrap().request.is_some();
            kept.push((audit == 1, chart, text));
        }
        kept
    };
    let (all, none) = ((true, true, true), (false, false, false));
    age(db, 6).await;
    prune_all(&store, &retention).await;
    assert_eq!(kept().await, [none, all, all]);
    age(db, 100).await;
    prune_all(&store, &retention).await;
    assert_eq!(kept().await, [none, all, none]);
    age(db, 200).await;
    prune_all(&store, &retention).await;
    assert_eq!(kept().await, [none, none, none]);
}

async fn text_of_failed_jobs_goes_before_their_ids(db: &TestDb) {
    let store = db.store().await;
    fill(&store, 1, 1).await;
    age(db, 31).await;
    prune_all(&store, &Retention::default()).await;
    let job = store.find_by_message(MessageId(1)).await.unwrap().unwrap();
    assert_eq!((job.request, job.settings, job.reason.as_deref()), (None, None, Some("model_timeout")));
}

async fn pruning_is_bounded_and_says_whether_there_is_more(db: &TestDb) {
    let store = db.store().await;
    for _ in 0..25 {
        store.audit(&NewAuditEntry::new("quota")).await.unwrap();
    }
    age(db, 500).await;
    let mut rounds = Vec::new();
    loop {
        let pruned = store.prune(&Retention::default(), 10).await.unwrap();
        rounds.push(pruned.rows);
        if !pruned.more {
            break;
        }
    }
    assert_eq!(rounds, [10, 10, 5]);
}

async fn unfinished_jobs_are_never_pruned(db: &TestDb) {
    let store = db.store().await;
    won(&store, &question(1), &Owner::unique()).await;
    age(db, 500).await;
    prune_all(&store, &Retention::default()).await;
    let taken = store.take_over(&Owner::unique(), LONG, 10).await.unwrap();
    assert_eq!((taken.len(), &taken[0].job.request), (1, &Some(question(1).request)));
}

async fn retention_that_is_no_number_falls_back_to_the_default(db: &TestDb) {
    let store = db.store().await;
    fill(&store, 1, 1).await;
    let retention = Retention::default();
    let change = Change { channel: None, key: retention.audit_days_key.clone(), value: Some(json!("a week")) };
    store.change_settings(GuildId(1), UserId(900), &[change], Others::Stay).await.unwrap();
    let filter = AuditFilter { guild_id: Some(GuildId(1)), ..AuditFilter::default() };
    age(db, 80).await;
    prune_all(&store, &retention).await;
    assert_eq!(store.audit_page(&filter, 10).await.unwrap().len(), 2);
    age(db, 20).await;
    prune_all(&store, &retention).await;
    assert_eq!(store.audit_page(&filter, 10).await.unwrap().len(), 0);
}
