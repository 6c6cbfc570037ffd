//! Plotline's memory: the ledger that lets nothing happen twice and loses nothing, with settings, audit log and usage beside it.
//!
//! One [`Store`] stands in front of SQLite or Postgres; the same statements run on both. The crate knows nothing of Discord's
//! libraries, of models or of charts: ids are newtypes over `u64`, everything structured is JSON that it only keeps.
//!
//! # What the ledger promises
//! - **One claim wins.** A [`Source`] is inserted once, by whichever process comes first ([`Store::claim`]).
//! - **One holder at a time.** A job is held under a [`Lease`]: owner, expiry and fence. Whoever takes it over raises the fence, and
//!   each write of the former holder then changes nothing and returns [`LedgerError::Fenced`].
//! - **Intents first.** What will be posted, and under which nonce, is committed before it is posted ([`Store::put_parts`]); a model
//!   call is counted before it is made ([`Store::count_model_call`]); the reason of an own deletion before the deletion.
//! - **Repeats are harmless.** Every write comes out the same when it is repeated, so the store itself repeats what a lost
//!   connection left in doubt.
//! - **Text goes when its use ends.** Request, answer and parts of a job are erased when it ends; ids stay.
//!
//! Times are milliseconds since 1970 by the database's clock; the clocks of replicas never meet.

mod audit;
mod charts;
mod conversations;
mod db;
mod error;
mod gateway;
mod ids;
mod ledger;
mod limits;
mod operator;
mod own_actions;
mod privacy;
mod retention;
mod settings;
mod usage;

pub use audit::{AuditEntry, AuditFilter, NewAuditEntry};
pub use charts::{Chart, NewChart};
pub use db::{ConnectOptions, Dialect, Durability, SCHEMA_VERSION, migration_names};
pub use error::{LedgerError, StoreError};
pub use ids::{ChannelId, GuildId, InteractionId, JobId, MessageId, RoleId, ScheduleId, UserId};
pub use ledger::{
    Cancelled, Claim, Content, Existing, HeldJob, InteractionToken, Job, Lease, NewJob, NewPart, Owner, PARTS_MAX,
    Part, Source, Standing, State, Transition,
};
pub use limits::{Amount, Denied, Limits, Quota, Refusal, Scope, Unit};
pub use operator::{AlertTurn, DueAlert};
pub use privacy::{Erased, Export};
pub use retention::{Pruned, Retention};
pub use settings::{Change, Changed, GuildSettings, Others, Setting};
pub use usage::{DayUsage, Estimate, MemberUsage, ModelCall, Spent, Totals};

use std::sync::Arc;

/// The database, connected and migrated. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    db: Arc<db::Db>,
    settings_cache: Arc<settings::SettingsCache>,
}

impl Store {
    /// Connects to `sqlite://…` or `postgres://…` and brings the schema up to date. A missing SQLite file is made with its folder,
    /// readable for its owner only.
    ///
    /// # Errors
    /// A [`StoreError::Config`] whose sentence names `DATABASE_URL` when the URL, the folder or the file is no good;
    /// [`StoreError::Corrupt`] when the file is not a database; [`StoreError::Unavailable`] when the server cannot be reached.
    pub async fn connect(url: &str, options: &ConnectOptions) -> Result<Self, StoreError> {
        Ok(Self { db: db::Db::connect(url, options).await?, settings_cache: Arc::default() })
    }

    /// Connects and migrates up to `version` of the schema only, to show that a newer version takes an older one's data over.
    ///
    /// # Errors
    /// As [`Store::connect`].
    pub async fn connect_at_version(url: &str, options: &ConnectOptions, version: i64) -> Result<Self, StoreError> {
        Ok(Self { db: db::Db::connect_to(url, options, version).await?, settings_cache: Arc::default() })
    }

    /// Which database this is.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.db.dialect()
    }

    /// The database's clock, in milliseconds since 1970. Also the shortest proof that it answers.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn now_ms(&self) -> Result<i64, StoreError> {
        match self.db.read_one("SELECT {now} AS now_ms", &[]).await? {
            Some(row) => row.int("now_ms"),
            None => Err(StoreError::Value("the database returned no time".to_owned())),
        }
    }

    /// Closes all connections; waits for statements that are running. Later calls fail.
    pub async fn close(&self) {
        self.db.close().await;
    }
}
