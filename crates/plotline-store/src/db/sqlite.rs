//! SQLite: one connection that writes, several that read beside it.
//!
//! The database has one write lock. Writers of this process queue for one connection in order, which is faster and fairer than
//! letting several poll for the lock; only another process is waited for by polling (`busy_timeout`).

use super::{ConnectOptions, Dialect, Durability, migrate};
use crate::error::StoreError;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions as _, Connection as _};
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::time::Duration;
use tokio::sync::{MappedMutexGuard, Mutex, MutexGuard};

/// Takes the write lock at once. A deferred transaction that reads first and writes later fails when another wrote in between.
const BEGIN: &str = "BEGIN IMMEDIATE";

pub(crate) struct Sqlite {
    pub(super) file: PathBuf,
    pub(super) readers: SqlitePool,
    /// `None` after [`Sqlite::close`].
    writer: Mutex<Option<SqliteConnection>>,
    acquire_timeout: Duration,
}

impl Sqlite {
    pub(super) async fn connect(url: &str, options: &ConnectOptions, version: i64) -> Result<Self, StoreError> {
        let connect = SqliteConnectOptions::from_str(url)?;
        if url.contains(":memory:") || url.contains("mode=memory") {
            return Err(StoreError::Config(
                "DATABASE_URL: a database in memory would forget every job at a restart; name a file, for example \
                 sqlite://data/plotline.db"
                    .to_owned(),
            ));
        }
        let file = connect.get_filename().to_owned();
        if file.as_os_str().is_empty() {
            return Err(StoreError::Config(
                "DATABASE_URL names no file; write for example sqlite://data/plotline.db".to_owned(),
            ));
        }
        create(&file)?;
        let connect = connect
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(match options.durability {
                Durability::PowerLoss => SqliteSynchronous::Full,
                Durability::ProcessCrash => SqliteSynchronous::Normal,
            })
            .busy_timeout(options.acquire_timeout)
            .foreign_keys(true)
            // Erased text is overwritten with zeros, so that it is gone from the file and not only from the tables.
            .pragma("secure_delete", "ON");
        let mut writer = connect.connect().await.map_err(|error| at(&file, error.into()))?;
        migrated(&mut writer, version).await.map_err(|error| at(&file, error))?;
        let readers = SqlitePoolOptions::new()
            .max_connections(options.connections_max.max(1))
            .acquire_timeout(options.acquire_timeout)
            // A file does not hang up.
            .test_before_acquire(false)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_lazy_with(connect.read_only(true).create_if_missing(false));
        Ok(Self { file, readers, writer: Mutex::new(Some(writer)), acquire_timeout: options.acquire_timeout })
    }

    /// The connection that writes, once it is this caller's turn.
    pub(super) async fn writer(&self) -> Result<MappedMutexGuard<'_, SqliteConnection>, StoreError> {
        let guard = tokio::time::timeout(self.acquire_timeout, self.writer.lock())
            .await
            .map_err(|_| StoreError::Unavailable("the queue of writers is too long".to_owned()))?;
        MutexGuard::try_map(guard, Option::as_mut)
            .map_err(|_| StoreError::Database("the store has been closed".to_owned()))
    }

    pub(super) async fn close(&self) {
        self.readers.close().await;
        if let Some(writer) = self.writer.lock().await.take() {
            // Nothing is lost when this fails: the write-ahead log is read at the next start.
            if let Err(error) = writer.close().await {
                tracing::debug!(%error, "closing the database file");
            }
        }
    }
}

pub(super) async fn begin(writer: &mut SqliteConnection) -> Result<sqlx::SqliteTransaction<'_>, StoreError> {
    Ok(writer.begin_with(BEGIN).await?)
}

/// All migrations in one transaction that holds the write lock: of several processes that start at once, one migrates and the others
/// find it done; one that is killed in the middle leaves the old schema.
async fn migrated(writer: &mut SqliteConnection, version: i64) -> Result<(), StoreError> {
    let mut tx = begin(writer).await?;
    migrate::migrate(&mut *tx, Dialect::Sqlite, version, false).await?;
    Ok(tx.commit().await?)
}

/// Makes the folder and the file where they are missing, for the owner only: what members asked is nobody else's to read. SQLite
/// gives the write-ahead log the mode of the database.
fn create(file: &Path) -> Result<(), StoreError> {
    let failed = |what: &Path, error: &io::Error| {
        StoreError::Config(format!(
            "DATABASE_URL: {} cannot be created or opened for writing ({error}). Check the owner and mode of the folder, or name \
             another file",
            what.display()
        ))
    };
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder).map_err(|error| failed(folder, &error))?;
    }
    let mut open = std::fs::OpenOptions::new();
    open.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut open, 0o600);
    open.open(file).map_err(|error| failed(file, &error))?;
    Ok(())
}

/// Says which file an error is about.
fn at(file: &Path, error: StoreError) -> StoreError {
    match error {
        StoreError::Corrupt(reason) => StoreError::Corrupt(format!("{}: {reason}", file.display())),
        StoreError::Config(reason) => StoreError::Config(format!("{reason} ({})", file.display())),
        error => error,
    }
}
