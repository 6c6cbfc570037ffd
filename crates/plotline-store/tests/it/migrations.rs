//! Every older schema, with data in it, becomes the newest.

use crate::harness::{LONG, TestDb, claim, on_both, options, question};
use plotline_store::{
    Claim, GuildId, MessageId, Owner, SCHEMA_VERSION, Source, State, Store, StoreError, Transition, migration_names,
};
use serde_json::json;
use std::path::Path;

on_both!(
    data_of_every_older_version_are_taken_over,
    processes_that_start_at_once_migrate_once,
    newer_schema_is_worked_with,
    changed_migration_is_noticed,
);

/// What version 1 held: a job that is being answered, with everything around it.
const VERSION_1: &str = "
    INSERT INTO jobs (source, guild_id, channel_id, message_id, author_id, state, owner, fence, lease_until_ms, claim_token,
        takeovers, thread_id, answer_id, model_calls, created_ms, updated_ms, request, settings, answer)
    VALUES ('m:1', 1, 10, 1, 100, 'answering', 'before', 3, 1000, 42, 2, 1, 50, 1, 900, 950,
        '{\"text\": \"draw\"}', '{}', '{\"text\": \"The ans\"}');
    INSERT INTO jobs (source, channel_id, author_id, state, reason, owner, fence, lease_until_ms, claim_token, created_ms,
        updated_ms, ended_ms)
    VALUES ('i:2', 10, 100, 'cancelled', 'stopped', 'before', 1, 0, 43, 900, 950, 960);
    INSERT INTO job_parts (job_id, ordinal, nonce, body, message_id, created_ms, sent_ms)
    VALUES (1, 0, '1-0', '{\"content\": \"The ans\"}', 50, 910, 911);
    INSERT INTO own_actions (kind, target_id, reason, created_ms) VALUES ('delete_message', 60, 'stray', 900);
    INSERT INTO identifies (at_ms) VALUES (900);
    INSERT INTO cursors (channel_id, message_id, updated_ms) VALUES (10, 77, 900);
";

async fn data_of_every_older_version_are_taken_over(db: &TestDb) {
    // One database can only be led through the versions once: from the first, stopping at each.
    for version in 1..SCHEMA_VERSION {
        let old = Store::connect_at_version(&db.url, &options(), version).await.unwrap();
        if version == 1 {
            db.raw(VERSION_1).await;
        }
        old.close().await;
    }
    let store = db.store().await;
    let held = store.take_over(&Owner::unique(), LONG, 10).await.unwrap().remove(0);
    assert_eq!((held.job.source, held.job.state), (Source::Message(MessageId(1)), State::Answering));
    assert_eq!((held.job.takeovers, held.lease.fence(), held.job.model_calls), (3, 4, 1));
    assert_eq!(held.job.answer, Some(json!({"text": "The ans"}).into()));
    assert_eq!(store.parts(held.job.id).await.unwrap()[0].message_id, Some(MessageId(50)));
    // A job that was claimed without limits is settled without them.
    let call = plotline_store::ModelCall { call: 1, model: "small".into(), tokens_in: 5, tokens_out: 5, micros: 0 };
    assert_eq!(store.add_usage(held.job.id, &call).await.unwrap().guild.tokens, 10);
    assert_eq!(store.usage_by_day(Some(GuildId(1)), None, 0).await.unwrap()[0].day, 0);
    store.advance(&held.lease, &Transition::Delivered).await.unwrap();
    assert!(matches!(claim(&store, &question(1), &Owner::unique()).await, Claim::Duplicate(_)));
    assert_eq!(store.cursor(plotline_store::ChannelId(10)).await.unwrap(), Some(MessageId(77)));
}

async fn processes_that_start_at_once_migrate_once(db: &TestDb) {
    let starts: Vec<_> = (0..8)
        .map(|_| {
            let url = db.url.clone();
            tokio::spawn(async move { Store::connect(&url, &options()).await })
        })
        .collect();
    for start in starts {
        start.await.unwrap().unwrap();
    }
    let applied = db.texts("SELECT CAST(version AS TEXT) FROM _sqlx_migrations ORDER BY version").await;
    assert_eq!(applied.len(), usize::try_from(SCHEMA_VERSION).unwrap());
}

async fn newer_schema_is_worked_with(db: &TestDb) {
    db.store().await.close().await;
    // What a newer process has added while this one is still being replaced.
    db.raw(
        "ALTER TABLE jobs ADD COLUMN later BIGINT; CREATE TABLE later (id BIGINT); \
         INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         SELECT 9999, 'later', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1",
    )
    .await;
    let store = db.store().await;
    assert!(matches!(claim(&store, &question(1), &Owner::unique()).await, Claim::Won(_)));
}

async fn changed_migration_is_noticed(db: &TestDb) {
    db.store().await.close().await;
    db.raw(
        "UPDATE _sqlx_migrations SET checksum = (SELECT checksum FROM _sqlx_migrations WHERE version = 2) WHERE version = 1",
    )
    .await;
    let error = Store::connect(&db.url, &options()).await.unwrap_err();
    assert!(matches!(error, StoreError::Schema(_)), "{error}");
}

#[tokio::test]
async fn both_databases_have_the_same_tables_and_columns() {
    let (sqlite, postgres) = (TestDb::sqlite(), TestDb::postgres().await);
    sqlite.store().await;
    postgres.store().await.close().await;
    let of = |columns: Vec<(String, String)>| {
        columns.into_iter().filter(|(table, _)| !table.starts_with('_')).collect::<Vec<_>>()
    };
    let columns = of(sqlite.columns().await);
    assert!(columns.len() > 80);
    assert_eq!(columns, of(postgres.columns().await));
    postgres.finish().await;
}

#[test]
fn every_file_in_the_folder_is_embedded() {
    let names: Vec<_> = migration_names().map(|name| format!("{name}.sql")).collect();
    assert_eq!(names.len(), usize::try_from(SCHEMA_VERSION).unwrap());
    for (number, name) in (1..).zip(&names) {
        assert!(name.starts_with(&format!("{number:04}_")), "{name} is number {number}");
    }
    for dialect in ["sqlite", "postgres"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations").join(dialect);
        let mut files: Vec<_> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        files.sort();
        assert_eq!(files, names, "{dialect}");
    }
}
