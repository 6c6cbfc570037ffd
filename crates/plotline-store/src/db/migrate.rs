//! The schema's versions, embedded. Written out instead of `sqlx::migrate!`, whose proc macro would build both drivers again for the
//! host; a test compares the lists with the folder.

use super::Dialect;
use crate::error::StoreError;
use sqlx::SqlSafeStr as _;
use sqlx::migrate::{Migrate, MigrateError, Migration, MigrationType, Migrator};
use std::borrow::Cow;

/// Migrate up to the newest version.
pub(super) const LATEST: i64 = i64::MAX;

/// The newest version of the schema.
pub const SCHEMA_VERSION: i64 = MIGRATIONS.len() as i64;

macro_rules! migrations {
    ($($name:literal),* $(,)?) => {
        &[$((
            $name,
            include_str!(concat!("../../../../migrations/sqlite/", $name, ".sql")),
            include_str!(concat!("../../../../migrations/postgres/", $name, ".sql")),
        )),*]
    };
}

/// Name, statements for SQLite, statements for Postgres; numbered from 1 in this order. A released file is never changed again.
const MIGRATIONS: &[(&str, &str, &str)] =
    migrations!["0001_ledger", "0002_server", "0003_conversations", "0004_records", "0005_erasures"];

/// The names of the migrations, oldest first.
pub fn migration_names() -> impl Iterator<Item = &'static str> {
    MIGRATIONS.iter().map(|(name, _, _)| *name)
}

/// Brings the schema of `connection` up to `version`. The caller sees to it that no two do this at the same time.
pub(super) async fn migrate<C: Migrate>(
    connection: &mut C,
    dialect: Dialect,
    version: i64,
    locking: bool,
) -> Result<(), StoreError> {
    let migrations = (1..).zip(MIGRATIONS).map(|(number, (name, sqlite, postgres))| {
        let sql = match dialect {
            Dialect::Sqlite => *sqlite,
            Dialect::Postgres => *postgres,
        };
        Migration::new(number, Cow::Borrowed(*name), MigrationType::Simple, sql.into_sql_str(), false)
    });
    let mut migrator = Migrator::with_migrations(migrations.collect());
    migrator.set_locking(locking);
    // An older process may start on a newer schema while replicas are replaced; migrations only expand, so it works there.
    migrator.set_ignore_missing(true);
    migrator.run_direct(Some(version), connection, false).await.map_err(|error| match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => StoreError::from(error),
        error => StoreError::Schema(error.to_string()),
    })
}
