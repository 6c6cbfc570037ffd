//! The one way to the database: statements written once, with `$1` placeholders, run on SQLite or Postgres.
//!
//! Nothing outside this module names a driver. The few differences of the dialects are words in braces, replaced here:
//!
//! | word | SQLite | Postgres |
//! | --- | --- | --- |
//! | `{now}` | the database's clock in milliseconds | the same |
//! | `{lock}` | nothing: a write transaction holds the one write lock | `FOR UPDATE` |
//! | `{skip_locked}` | nothing, likewise | `FOR UPDATE SKIP LOCKED` |

mod migrate;
mod postgres;
mod sqlite;
mod value;

pub use migrate::{SCHEMA_VERSION, migration_names};
pub(crate) use value::{Row, Value, args};

use crate::error::{StoreError, Transient};
use sqlx::pool::PoolConnection;
use sqlx::{AssertSqlSafe, Connection as _, SqlSafeStr as _, SqlStr, SqliteConnection};
use std::fmt;
use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::MappedMutexGuard;

/// How often an operation is tried while the database is not available. With the waits below, a blip of half a second goes unseen.
pub(crate) const ATTEMPTS_MAX: u32 = 4;

/// The wait before the second attempt; it doubles with each further one.
const RETRY_WAIT: Duration = Duration::from_millis(40);

/// The longest that one attempt of an operation may take, waiting for a connection included. Statements here take milliseconds, so
/// this only ends what hangs; it is below the lease's length, so that a holder learns of a dead database before its lease is lost.
const ATTEMPT_TIME_MAX: Duration = Duration::from_secs(10);

/// How the store connects. The defaults are for the bot; every field has a reason to be changed somewhere.
#[derive(Debug, Clone)]
pub struct ConnectOptions {
    /// Connections that Postgres is asked for at most; on SQLite, connections that read beside the one that writes.
    pub connections_max: u32,
    /// How long to wait for a connection, or for SQLite's write lock while another process holds it.
    pub acquire_timeout: Duration,
    /// How much of the machine may fail without losing a commit.
    pub durability: Durability,
}

impl Default for ConnectOptions {
    fn default() -> Self {
        Self { connections_max: 8, acquire_timeout: Duration::from_secs(5), durability: Durability::PowerLoss }
    }
}

/// What a commit on SQLite survives. Postgres has its own setting, which is left as the operator made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// `synchronous = FULL`: the write-ahead log is synced at each commit, so a commit survives the loss of power. The default,
    /// since an intent that a power cut takes back would let its effect happen a second time.
    #[default]
    PowerLoss,
    /// `synchronous = NORMAL`: a commit survives the end of the process, `kill -9` included, because the operating system already
    /// holds the pages; the loss of power may take the last commits back, though never half of one. Several times faster.
    ProcessCrash,
}

/// Evaluates a block that ends in a `Result`, again while the database is not available. What it does must come out the same when it
/// runs again after it has in fact been done: the answer to a commit can be lost.
///
/// A macro, since the future of a function that takes an async closure is not `Send` for every lifetime (rust-lang/rust#100013).
macro_rules! repeat {
    ($db:expr, $attempt:expr) => {{
        let mut attempt = 0;
        loop {
            attempt += 1;
            match $crate::db::limited(async { $attempt }).await {
                Err(error) if $crate::error::Transient::is_transient(&error) && attempt < $crate::db::ATTEMPTS_MAX => {
                    $db.suspect_connections();
                    $crate::db::pause(attempt).await;
                }
                result => break result,
            }
        }
    }};
}
pub(crate) use repeat;

/// Evaluates an expression in one write transaction: committed when it is `Ok`, rolled back otherwise, repeated as [`repeat`] says.
///
/// `in_transaction!(db, |tx| step(tx, …).await)`, where `tx` is a `&mut Tx`.
macro_rules! in_transaction {
    ($db:expr, |$tx:ident| $operation:expr) => {
        $crate::db::repeat!($db, {
            let mut session = $db.session().await?;
            let mut transaction = session.begin().await?;
            let $tx = &mut transaction;
            let value = $operation?;
            transaction.commit().await?;
            Ok(value)
        })
    };
}
pub(crate) use in_transaction;

/// A pool of either kind.
pub(crate) enum Db {
    Sqlite(sqlite::Sqlite),
    Postgres(postgres::Postgres),
}

impl fmt::Debug for Db {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the pools: their options hold the password.
        f.write_str(match self {
            Db::Sqlite(_) => "Db::Sqlite",
            Db::Postgres(_) => "Db::Postgres",
        })
    }
}

/// Which database is behind a [`crate::Store`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// A file beside the bot.
    Sqlite,
    /// A server that several replicas may share.
    Postgres,
}

impl Dialect {
    /// The statement as this database reads it.
    fn statement(self, sql: &'static str) -> SqlStr {
        if !sql.contains('{') {
            return sql.into_sql_str();
        }
        let (now, lock, skip_locked) = match self {
            Dialect::Sqlite => ("CAST(unixepoch('subsec') * 1000 AS INTEGER)", "", ""),
            // Not now(), which is the start of the transaction: a transaction may wait for a lock in between.
            Dialect::Postgres => {
                ("CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)", "FOR UPDATE", "FOR UPDATE SKIP LOCKED")
            }
        };
        let text = sql.replace("{now}", now).replace("{skip_locked}", skip_locked).replace("{lock}", lock);
        // Safe: made of literals of this crate only; every value is bound.
        AssertSqlSafe(text).into_sql_str()
    }
}

impl Db {
    /// Connects and migrates.
    pub(crate) async fn connect(url: &str, options: &ConnectOptions) -> Result<Arc<Self>, StoreError> {
        Self::connect_to(url, options, migrate::LATEST).await
    }

    /// Connects and migrates up to `version` only: how tests make an old database.
    pub(crate) async fn connect_to(url: &str, options: &ConnectOptions, version: i64) -> Result<Arc<Self>, StoreError> {
        let db = match url.split_once(':').map(|(scheme, _)| scheme) {
            Some("sqlite") => Db::Sqlite(sqlite::Sqlite::connect(url, options, version).await?),
            Some("postgres" | "postgresql") => Db::Postgres(postgres::Postgres::connect(url, options, version).await?),
            _ => {
                return Err(StoreError::Config(
                    "DATABASE_URL must start with sqlite:// or postgres://, for example sqlite://data/plotline.db"
                        .to_owned(),
                ));
            }
        };
        Ok(Arc::new(db))
    }

    pub(crate) fn dialect(&self) -> Dialect {
        match self {
            Db::Sqlite(_) => Dialect::Sqlite,
            Db::Postgres(_) => Dialect::Postgres,
        }
    }

    /// The database's file, where it is one.
    pub(crate) fn file(&self) -> Option<&PathBuf> {
        match self {
            Db::Sqlite(db) => Some(&db.file),
            Db::Postgres(_) => None,
        }
    }

    pub(crate) async fn close(&self) {
        match self {
            Db::Sqlite(db) => db.close().await,
            Db::Postgres(db) => db.pool.close().await,
        }
    }

    /// After a failure: what broke one connection may have broken those that wait in the pool.
    pub(crate) fn suspect_connections(&self) {
        if let Db::Postgres(db) = self {
            db.suspect_connections();
        }
    }

    /// The connection for one write transaction, once it is this caller's turn. See [`in_transaction`].
    pub(crate) async fn session(&self) -> Result<Session<'_>, StoreError> {
        match self {
            Db::Sqlite(db) => Ok(Session::Sqlite(db.writer().await?)),
            Db::Postgres(db) => Ok(Session::Postgres(db.pool.acquire().await?)),
        }
    }

    /// Runs one statement that changes rows, in a transaction of its own, and returns the rows of its `RETURNING` clause.
    /// Repeated like [`Db::write`].
    pub(crate) async fn run(&self, sql: &'static str, args: &[Value<'_>]) -> Result<Vec<Row>, StoreError> {
        repeat!(
            self,
            match self {
                Db::Sqlite(db) => {
                    let mut writer = db.writer().await?;
                    fetch_sqlite(&mut *writer, sql, args).await
                }
                Db::Postgres(db) => fetch_postgres(&db.pool, sql, args).await,
            }
        )
    }

    /// Runs one statement that changes rows, in a transaction of its own, and returns how many. Repeated like [`Db::write`].
    pub(crate) async fn execute(&self, sql: &'static str, args: &[Value<'_>]) -> Result<u64, StoreError> {
        repeat!(
            self,
            match self {
                Db::Sqlite(db) => {
                    let mut writer = db.writer().await?;
                    execute_sqlite(&mut *writer, sql, args).await
                }
                Db::Postgres(db) => execute_postgres(&db.pool, sql, args).await,
            }
        )
    }

    /// Runs one statement that changes nothing.
    pub(crate) async fn read(&self, sql: &'static str, args: &[Value<'_>]) -> Result<Vec<Row>, StoreError> {
        repeat!(
            self,
            match self {
                Db::Sqlite(db) => fetch_sqlite(&db.readers, sql, args).await,
                Db::Postgres(db) => fetch_postgres(&db.pool, sql, args).await,
            }
        )
    }

    /// The only row of a statement that changes nothing, where there is one.
    pub(crate) async fn read_one(&self, sql: &'static str, args: &[Value<'_>]) -> Result<Option<Row>, StoreError> {
        Ok(self.read(sql, args).await?.into_iter().next())
    }

    /// Empties SQLite's write-ahead log, as far as no reader still needs it; nothing on Postgres.
    pub(crate) async fn truncate_log(&self) -> Result<(), StoreError> {
        if let Db::Sqlite(db) = self {
            let mut writer = db.writer().await?;
            fetch_sqlite(&mut *writer, "PRAGMA wal_checkpoint(TRUNCATE)", &[]).await?;
        }
        Ok(())
    }
}

/// A connection that is going to begin a write transaction.
pub(crate) enum Session<'d> {
    Sqlite(MappedMutexGuard<'d, SqliteConnection>),
    Postgres(PoolConnection<sqlx::Postgres>),
}

impl Session<'_> {
    pub(crate) async fn begin(&mut self) -> Result<Tx<'_>, StoreError> {
        Ok(match self {
            Session::Sqlite(connection) => Tx::Sqlite(sqlite::begin(connection).await?),
            Session::Postgres(connection) => Tx::Postgres(connection.begin().await?),
        })
    }
}

/// A write transaction. Dropped without a commit, it is rolled back.
pub(crate) enum Tx<'c> {
    Sqlite(sqlx::SqliteTransaction<'c>),
    Postgres(sqlx::PgTransaction<'c>),
}

impl Tx<'_> {
    /// Runs a statement and returns how many rows it changed.
    pub(crate) async fn execute(&mut self, sql: &'static str, args: &[Value<'_>]) -> Result<u64, StoreError> {
        match self {
            Tx::Sqlite(tx) => execute_sqlite(&mut **tx, sql, args).await,
            Tx::Postgres(tx) => execute_postgres(&mut **tx, sql, args).await,
        }
    }

    /// Runs a statement and returns its rows.
    pub(crate) async fn fetch(&mut self, sql: &'static str, args: &[Value<'_>]) -> Result<Vec<Row>, StoreError> {
        match self {
            Tx::Sqlite(tx) => fetch_sqlite(&mut **tx, sql, args).await,
            Tx::Postgres(tx) => fetch_postgres(&mut **tx, sql, args).await,
        }
    }

    /// Runs a statement and returns its only row, where there is one.
    pub(crate) async fn fetch_one(&mut self, sql: &'static str, args: &[Value<'_>]) -> Result<Option<Row>, StoreError> {
        Ok(self.fetch(sql, args).await?.into_iter().next())
    }

    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        match self {
            Tx::Sqlite(tx) => tx.commit().await,
            Tx::Postgres(tx) => tx.commit().await,
        }
        .map_err(StoreError::from)
    }
}

async fn fetch_sqlite<'e>(
    executor: impl sqlx::Executor<'e, Database = sqlx::Sqlite>,
    sql: &'static str,
    args: &[Value<'_>],
) -> Result<Vec<Row>, StoreError> {
    let query = sqlx::query_with(Dialect::Sqlite.statement(sql), value::sqlite_arguments(args)?);
    Ok(executor.fetch_all(query).await?.into_iter().map(Row::Sqlite).collect())
}

async fn fetch_postgres<'e>(
    executor: impl sqlx::Executor<'e, Database = sqlx::Postgres>,
    sql: &'static str,
    args: &[Value<'_>],
) -> Result<Vec<Row>, StoreError> {
    let query = sqlx::query_with(Dialect::Postgres.statement(sql), value::postgres_arguments(args)?);
    Ok(executor.fetch_all(query).await?.into_iter().map(Row::Postgres).collect())
}

async fn execute_sqlite<'e>(
    executor: impl sqlx::Executor<'e, Database = sqlx::Sqlite>,
    sql: &'static str,
    args: &[Value<'_>],
) -> Result<u64, StoreError> {
    let query = sqlx::query_with(Dialect::Sqlite.statement(sql), value::sqlite_arguments(args)?);
    Ok(executor.execute(query).await?.rows_affected())
}

async fn execute_postgres<'e>(
    executor: impl sqlx::Executor<'e, Database = sqlx::Postgres>,
    sql: &'static str,
    args: &[Value<'_>],
) -> Result<u64, StoreError> {
    let query = sqlx::query_with(Dialect::Postgres.statement(sql), value::postgres_arguments(args)?);
    Ok(executor.execute(query).await?.rows_affected())
}

pub(crate) async fn limited<T, E: Transient>(attempt: impl Future<Output = Result<T, E>>) -> Result<T, E> {
    match tokio::time::timeout(ATTEMPT_TIME_MAX, attempt).await {
        Ok(result) => result,
        Err(_) => Err(StoreError::Unavailable(format!("no answer within {} s", ATTEMPT_TIME_MAX.as_secs())).into()),
    }
}

pub(crate) async fn pause(attempt: u32) {
    tokio::time::sleep(RETRY_WAIT * 2_u32.pow(attempt - 1)).await;
}
