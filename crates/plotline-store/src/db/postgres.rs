//! Postgres: one pool, each connection with time-outs of the server's own.

use super::{ConnectOptions, Dialect, migrate};
use crate::error::StoreError;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _};
use std::str::FromStr as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What the server itself ends, so that a hanging statement or a forgotten transaction never holds a lock for long, even where the
/// client that began it is gone. Statements here take milliseconds.
///
/// Set by a statement and not as options of the connection, which connection poolers refuse.
const SERVER_TIMEOUTS: &str =
    "SET statement_timeout = '8s'; SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = '10s'";

/// A connection that has been idle for longer is tested before it is used. Sooner, a lost connection shows as an error of the
/// statement, which is repeated.
const TEST_AFTER_IDLE: Duration = Duration::from_secs(1);

/// How long a connection may take to show that it still works.
const TEST_TIME_MAX: Duration = Duration::from_secs(1);

/// How long a migration may take, waiting for another process that migrates included.
const MIGRATION_TIME_MAX: Duration = Duration::from_secs(600);

pub(crate) struct Postgres {
    pub(super) pool: PgPool,
    failed: Arc<Failed>,
}

/// When a statement last failed for a reason that lies in the connection or the server.
#[derive(Default)]
struct Failed(Mutex<Option<Instant>>);

impl Failed {
    fn at(&self) -> Option<Instant> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Postgres {
    pub(super) async fn connect(url: &str, options: &ConnectOptions, version: i64) -> Result<Self, StoreError> {
        let connect = PgConnectOptions::from_str(url)?.application_name("plotline");
        // A connection of its own: the advisory lock that keeps two migrators apart belongs to the session and ends with it, also
        // when a migration fails half-way.
        let mut connection = tokio::time::timeout(options.acquire_timeout, connect.connect())
            .await
            .map_err(|_| unreachable_server(&connect, "no answer"))?
            .map_err(|error| unreachable_server(&connect, &error.to_string()))?;
        tokio::time::timeout(MIGRATION_TIME_MAX, migrate::migrate(&mut connection, Dialect::Postgres, version, true))
            .await
            .map_err(|_| {
                StoreError::Unavailable("another process has been migrating the database for ten minutes".to_owned())
            })??;
        connection.close().await?;
        let failed = Arc::new(Failed::default());
        let failed_at = Arc::clone(&failed);
        let pool = PgPoolOptions::new()
            .max_connections(options.connections_max.max(1))
            .acquire_timeout(options.acquire_timeout)
            .test_before_acquire(false)
            .before_acquire(move |connection, meta| {
                let idle_since = Instant::now().checked_sub(meta.idle_for);
                // A server that restarts breaks every connection in the pool, more than an operation has attempts.
                let suspect = failed_at.at().is_some_and(|failed| idle_since.is_none_or(|since| since <= failed));
                Box::pin(async move {
                    if meta.idle_for < TEST_AFTER_IDLE && !suspect {
                        return Ok(true);
                    }
                    Ok(matches!(tokio::time::timeout(TEST_TIME_MAX, connection.ping()).await, Ok(Ok(()))))
                })
            })
            // The pool pings a connection that comes back without a time limit; one whose peer has vanished would be waited for
            // until the kernel gives up, and count as in use for as long.
            .after_release(|connection, _| {
                Box::pin(async move {
                    match tokio::time::timeout(TEST_TIME_MAX, connection.ping()).await {
                        Ok(result) => result.map(|()| true),
                        Err(_) => Err(sqlx::Error::PoolTimedOut),
                    }
                })
            })
            .after_connect(|connection, _| {
                Box::pin(async move { connection.execute(sqlx::raw_sql(SERVER_TIMEOUTS)).await.map(|_| ()) })
            })
            .connect_lazy_with(connect);
        Ok(Self { pool, failed })
    }

    /// From now on, connections that were idle until now are tested before they are used.
    pub(super) fn suspect_connections(&self) {
        *self.failed.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }
}

fn unreachable_server(options: &PgConnectOptions, reason: &str) -> StoreError {
    StoreError::Unavailable(format!(
        "DATABASE_URL: Postgres at {}:{} could not be reached or refused the login ({reason}). Check that the server runs and \
         that user, password and database name are right",
        options.get_host(),
        options.get_port()
    ))
}
