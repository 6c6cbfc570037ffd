//! A database of its own for each test.

use plotline_store::{
    ChannelId, Claim, ConnectOptions, Durability, GuildId, HeldJob, Limits, MessageId, NewJob, Owner, Source, Store,
    UserId,
};
use serde_json::json;
use sqlx::{Connection as _, PgConnection};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tempfile::TempDir;

/// A lease that does not run out within a test.
pub(crate) const LONG: Duration = Duration::from_secs(600);

/// An empty database.
pub(crate) struct TestDb {
    pub(crate) url: String,
    pub(crate) folder: TempDir,
    /// The server and the database to drop from it.
    postgres: Option<(String, String)>,
}

impl TestDb {
    pub(crate) fn sqlite() -> Self {
        let folder = TempDir::new().unwrap();
        let url = format!("sqlite://{}", folder.path().join("plotline.db").display());
        Self { url, folder, postgres: None }
    }

    pub(crate) async fn postgres() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let server = std::env::var("PLOTLINE_TEST_POSTGRES").expect(
            "PLOTLINE_TEST_POSTGRES names no server: run the tests as `tests/with-postgres cargo test`, which starts one",
        );
        let name = format!("plotline_test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        admin(&server, &format!("CREATE DATABASE {name}")).await;
        let (base, _) = server.rsplit_once('/').unwrap();
        Self { url: format!("{base}/{name}"), folder: TempDir::new().unwrap(), postgres: Some((server, name)) }
    }

    pub(crate) async fn store(&self) -> Store {
        Store::connect(&self.url, &options()).await.unwrap()
    }

    pub(crate) async fn finish(self) {
        if let Some((server, name)) = &self.postgres {
            admin(server, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
        }
    }
}

/// What the tests connect with: they lose no power.
pub(crate) fn options() -> ConnectOptions {
    ConnectOptions {
        durability: Durability::ProcessCrash,
        acquire_timeout: Duration::from_secs(30),
        ..ConnectOptions::default()
    }
}

async fn admin(server: &str, sql: &str) {
    let mut connection = PgConnection::connect(server).await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

/// Makes each of the named functions a test on SQLite and one on Postgres.
macro_rules! on_both {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name(&crate::harness::TestDb::sqlite()).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let db = crate::harness::TestDb::postgres().await;
                super::$name(&db).await;
                db.finish().await;
            })*
        }
    };
}
pub(crate) use on_both;

/// A question in a channel of server 1.
pub(crate) fn question(message: u64) -> NewJob {
    NewJob {
        source: Source::Message(MessageId(message)),
        guild_id: Some(GuildId(1)),
        channel_id: ChannelId(10),
        message_id: Some(MessageId(message)),
        author_id: UserId(100),
        exclusive_key: None,
        interaction: None,
        request: json!({"text": "draw a chart of these numbers"}).into(),
        settings: json!({"model": "small"}).into(),
    }
}

/// Claims a job that nobody has claimed yet.
pub(crate) async fn won(store: &Store, new: &NewJob, owner: &Owner) -> HeldJob {
    match store.claim(new, &Limits::default(), owner, LONG).await.unwrap() {
        Claim::Won(held) => *held,
        other => panic!("expected to win the claim, got {other:?}"),
    }
}
