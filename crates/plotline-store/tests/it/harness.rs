//! A database of its own for each test.

use plotline_store::{
    ChannelId, Claim, ConnectOptions, Durability, Estimate, GuildId, HeldJob, Limits, MessageId, NewJob, Owner, Source,
    Store, UserId,
};
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _, SqliteConnection};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tempfile::TempDir;

/// A lease that does not run out within a test.
pub(crate) const LONG: Duration = Duration::from_secs(600);

/// An empty database.
pub(crate) struct TestDb {
    pub(crate) url: String,
    folder: TempDir,
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
        on_server(&server, &format!("CREATE DATABASE {name}")).await;
        let (base, _) = server.rsplit_once('/').unwrap();
        Self { url: format!("{base}/{name}"), folder: TempDir::new().unwrap(), postgres: Some((server, name)) }
    }

    pub(crate) async fn store(&self) -> Store {
        Store::connect(&self.url, &options()).await.unwrap()
    }

    pub(crate) async fn finish(self) {
        if let Some((server, name)) = &self.postgres {
            on_server(server, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
        }
    }

    /// The folder of the SQLite file.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Ends every connection to the database, as a server that restarts does; nothing on SQLite.
    pub(crate) async fn cut_connections(&self) {
        if let Some((server, name)) = &self.postgres {
            on_server(
                server,
                &format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"),
            )
            .await;
        }
    }

    /// Runs statements on the database itself, beside the store: to make what is old, or to spoil it.
    pub(crate) async fn raw(&self, sql: &str) {
        if self.postgres.is_some() {
            on_server(&self.url, sql).await;
        } else {
            let mut connection = SqliteConnection::connect(&self.sqlite_url()).await.unwrap();
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
            connection.close().await.unwrap();
        }
    }

    /// The first column of a query, as text.
    pub(crate) async fn texts(&self, sql: &str) -> Vec<String> {
        self.texts_of(&[sql.to_owned()]).await
    }

    /// The first columns of several queries, one after the other.
    async fn texts_of(&self, queries: &[String]) -> Vec<String> {
        let mut texts = Vec::new();
        if self.postgres.is_some() {
            let mut connection = PgConnection::connect(&self.url).await.unwrap();
            for sql in queries {
                let rows = sqlx::query(AssertSqlSafe(sql.as_str())).fetch_all(&mut connection).await.unwrap();
                texts.extend(rows.iter().map(|row| row.try_get::<Option<String>, _>(0).unwrap().unwrap_or_default()));
            }
            connection.close().await.unwrap();
        } else {
            let mut connection = SqliteConnection::connect(&self.sqlite_url()).await.unwrap();
            for sql in queries {
                let rows = sqlx::query(AssertSqlSafe(sql.as_str())).fetch_all(&mut connection).await.unwrap();
                texts.extend(rows.iter().map(|row| row.try_get::<Option<String>, _>(0).unwrap().unwrap_or_default()));
            }
            connection.close().await.unwrap();
        }
        texts
    }

    /// Table and column names, as the database itself lists them.
    pub(crate) async fn columns(&self) -> Vec<(String, String)> {
        let sql = if self.postgres.is_some() {
            "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1"
        } else {
            "SELECT m.name || '.' || c.name FROM sqlite_master m, pragma_table_info(m.name) c \
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' ORDER BY 1"
        };
        self.texts(sql)
            .await
            .iter()
            .map(|name| name.split_once('.').map(|(table, column)| (table.to_owned(), column.to_owned())).unwrap())
            .collect()
    }

    /// Every value of every column of every table as text, whatever its type; binary ones as hexadecimal digits.
    pub(crate) async fn every_value(&self) -> Vec<String> {
        let queries: Vec<_> = self
            .columns()
            .await
            .into_iter()
            .map(|(table, column)| match (self.postgres.is_some(), column.as_str()) {
                (true, "data" | "checksum") => format!("SELECT encode(\"{column}\", 'hex') FROM \"{table}\""),
                (false, "data" | "checksum") => format!("SELECT hex(\"{column}\") FROM \"{table}\""),
                _ => format!("SELECT CAST(\"{column}\" AS TEXT) FROM \"{table}\""),
            })
            .collect();
        self.texts_of(&queries).await
    }

    fn sqlite_url(&self) -> String {
        format!("{}?mode=rw", self.url)
    }
}

/// What the tests connect with: they lose no power, and they share two processors with many others.
pub(crate) fn options() -> ConnectOptions {
    ConnectOptions {
        durability: Durability::ProcessCrash,
        acquire_timeout: Duration::from_secs(30),
        ..ConnectOptions::default()
    }
}

async fn on_server(server: &str, sql: &str) {
    let mut connection = PgConnection::connect(server).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
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

/// A call that may use 120 tokens and 30 of money.
pub(crate) fn estimate() -> Estimate {
    Estimate { model: "small".into(), tokens_in: 100, tokens_out: 20, micros: 30 }
}

/// Claims without limits.
pub(crate) async fn claim(store: &Store, new: &NewJob, owner: &Owner) -> Claim {
    store.claim(new, &Limits::default(), owner, LONG).await.unwrap()
}

/// Claims a job that nobody has claimed yet.
pub(crate) async fn won(store: &Store, new: &NewJob, owner: &Owner) -> HeldJob {
    match claim(store, new, owner).await {
        Claim::Won(held) => *held,
        other => panic!("expected to win the claim, got {other:?}"),
    }
}
