//! What can go wrong, sorted by what a caller can do about it.

use crate::{JobId, State};

/// The database could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The configuration is wrong; the sentence names the variable and says what to do.
    #[error("{0}")]
    Config(String),
    /// The database cannot be reached or is too busy at the moment. The same call may succeed later; it has been repeated already.
    #[error("the database is not available at the moment: {0}")]
    Unavailable(String),
    /// The file is not a database, or is damaged.
    #[error("the database is damaged or is not a database: {0}. Restore a backup, or set DATABASE_URL to another file")]
    Corrupt(String),
    /// The schema was made by a newer version of Plotline, or was changed by hand.
    #[error("the database's schema does not fit this version of Plotline: {0}")]
    Schema(String),
    /// A stored value or an argument is not what the schema promises.
    #[error("a stored value could not be read: {0}")]
    Value(String),
    /// Any other refusal of the database. The text is the database's own and holds no member's text.
    #[error("the database refused a statement: {0}")]
    Database(String),
}

impl StoreError {
    /// Whether the same call may succeed later without anything being changed.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, StoreError::Unavailable(_))
    }
}

/// A job could not be changed.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// Another owner has taken the job over, it was released, or it does not exist any more: stop working on it at once.
    #[error("job {0} is no longer held under this lease")]
    Fenced(JobId),
    /// The member had their text erased, so none is written any more: clean up and end the job as cancelled.
    #[error("the text of job {0} was erased at the member's wish")]
    Erased(JobId),
    /// The state machine has no such step.
    #[error("job {job} cannot go from {from} to {to}")]
    Illegal {
        /// The job.
        job: JobId,
        /// Where it is.
        from: State,
        /// Where it was asked to go.
        to: State,
    },
    /// The arguments break a limit of the ledger or contradict what it already holds.
    #[error("{0}")]
    Invalid(String),
    /// The database itself.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Tells which failures are worth repeating.
pub(crate) trait Transient: From<StoreError> {
    fn is_transient(&self) -> bool;
}

impl Transient for StoreError {
    fn is_transient(&self) -> bool {
        StoreError::is_transient(self)
    }
}

impl Transient for LedgerError {
    fn is_transient(&self) -> bool {
        matches!(self, LedgerError::Store(error) if error.is_transient())
    }
}

/// SQLSTATE codes after which a statement may succeed when it is repeated: serialization failure, deadlock, lock and statement
/// time-outs, a server that starts, stops or has failed over, and too many connections. Class 08 (connection) counts as a whole.
/// <https://www.postgresql.org/docs/current/errcodes-appendix.html>
const POSTGRES_TRANSIENT: [&str; 11] =
    ["40001", "40P01", "55P03", "57014", "57P01", "57P02", "57P03", "57P05", "53300", "25P03", "25006"];

/// Primary result codes of SQLite. <https://www.sqlite.org/rescode.html>
const SQLITE_BUSY: i32 = 5;
const SQLITE_LOCKED: i32 = 6;
const SQLITE_READONLY: i32 = 8;
const SQLITE_CORRUPT: i32 = 11;
const SQLITE_FULL: i32 = 13;
const SQLITE_CANTOPEN: i32 = 14;
const SQLITE_NOTADB: i32 = 26;

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error as E;
        match &error {
            E::Database(db) => {
                let code = db.code().unwrap_or_default();
                // SQLSTATEs have five characters and SQLite's codes are numbers; a number of five digits is no SQLite code.
                if code.len() == 5 {
                    if code.starts_with("08") || POSTGRES_TRANSIENT.contains(&code.as_ref()) {
                        return StoreError::Unavailable(db.message().to_owned());
                    }
                    return StoreError::Database(format!("{} ({code})", db.message()));
                }
                // The low byte of an extended code is the primary one.
                match code.parse::<i32>().map(|code| code & 0xff) {
                    Ok(SQLITE_BUSY | SQLITE_LOCKED) => StoreError::Unavailable(db.message().to_owned()),
                    Ok(SQLITE_CORRUPT | SQLITE_NOTADB) => StoreError::Corrupt(db.message().to_owned()),
                    Ok(SQLITE_READONLY | SQLITE_CANTOPEN) => StoreError::Config(format!(
                        "DATABASE_URL: the database file cannot be opened for writing ({}). Check the owner and mode of the file \
                         and its folder",
                        db.message()
                    )),
                    Ok(SQLITE_FULL) => StoreError::Database("the disk is full".to_owned()),
                    _ => StoreError::Database(db.message().to_owned()),
                }
            }
            E::Io(_) | E::Tls(_) | E::PoolTimedOut | E::PoolClosed | E::WorkerCrashed | E::Protocol(_) => {
                StoreError::Unavailable(error.to_string())
            }
            E::ColumnDecode { .. } | E::ColumnNotFound(_) | E::Decode(_) | E::Encode(_) => {
                StoreError::Value(error.to_string())
            }
            E::Configuration(reason) => StoreError::Config(format!("DATABASE_URL: {reason}")),
            _ => StoreError::Database(error.to_string()),
        }
    }
}
