//! Which owners still live, on one machine: instant recovery after `kill -9`.
//!
//! Beside a SQLite file every process holds a lock on a file of its own, named after its owner id. The system drops the lock when
//! the process ends, in whatever way. So who can take the lock of another owner knows that it is gone, and frees its leases at once
//! instead of waiting for their expiry. On Postgres owners may be on other machines, where only the lease's expiry tells.

use super::types::Owner;
use crate::Store;
use crate::db::args;
use crate::error::StoreError;
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The most owners that one call looks at. There is one for each process that ended without finishing its jobs.
const OWNERS_MAX: i64 = 64;

impl Store {
    /// A new owner that others on this machine can see to be alive. On Postgres it is the same as [`Owner::unique`].
    ///
    /// # Errors
    /// [`StoreError::Config`] when the folder beside the database cannot be written.
    pub async fn register_owner(&self) -> Result<Owner, StoreError> {
        let mut owner = Owner::unique();
        if let Some(folder) = self.owners_folder() {
            let path = folder.join(owner.id());
            let file = blocking(move || hold(&folder, &path)).await?;
            owner.alive = Some(Arc::new(file));
        }
        Ok(owner)
    }

    /// Frees the leases of owners whose process has ended, and returns how many jobs that were. [`Store::take_over`] then finds
    /// them. Does nothing on Postgres, and nothing about owners that were never registered.
    ///
    /// # Errors
    /// The database's, and those of the folder beside it.
    pub async fn release_dead_owners(&self) -> Result<u64, StoreError> {
        let Some(folder) = self.owners_folder() else { return Ok(0) };
        let rows = self
            .db
            .read(
                "SELECT DISTINCT owner FROM jobs WHERE ended_ms IS NULL AND lease_until_ms > 0 LIMIT $1",
                args![OWNERS_MAX],
            )
            .await?;
        let mut released = 0;
        for row in rows {
            let owner = row.text("owner")?;
            let path = folder.join(&owner);
            let probe = path.clone();
            // The lock is held while the leases are freed; nobody else reuses a random id.
            let Some(_lock) = blocking(move || probe_dead(&probe)).await? else { continue };
            released += self
                .db
                .execute(
                    "UPDATE jobs SET lease_until_ms = 0, fence = fence + 1 \
                     WHERE owner = $1 AND ended_ms IS NULL AND lease_until_ms > 0",
                    args![&owner],
                )
                .await?;
            if let Err(error) = std::fs::remove_file(&path) {
                tracing::debug!(%error, "removing the file of an owner that ended");
            }
        }
        Ok(released)
    }

    /// Where the owners' files are: `plotline.db.owners` beside `plotline.db`.
    fn owners_folder(&self) -> Option<PathBuf> {
        self.db.file().map(|file| {
            let mut name = file.clone().into_os_string();
            name.push(".owners");
            name.into()
        })
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        // The last clone gives the lock back by closing the file. The file stays where jobs are unfinished, for others to find; it is
        // empty, and who frees those jobs removes it.
        self.alive.take();
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| StoreError::Unavailable(format!("a file operation was interrupted: {error}")))?
}

/// Makes the owner's file and locks it.
fn hold(folder: &Path, path: &Path) -> Result<File, StoreError> {
    let work = || {
        std::fs::create_dir_all(folder)?;
        let file = OpenOptions::new().write(true).create_new(true).open(path)?;
        file.lock()?;
        Ok(file)
    };
    work().map_err(|error: io::Error| {
        StoreError::Config(format!(
            "DATABASE_URL: {} cannot be written ({error}). Check the owner and mode of the folder",
            path.display()
        ))
    })
}

/// The lock of an owner that is gone; `None` while it lives, and where it never had a file.
fn probe_dead(path: &Path) -> Result<Option<File>, StoreError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(StoreError::Config(format!("{} cannot be read ({error})", path.display()))),
    };
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => {
            Err(StoreError::Config(format!("{} cannot be locked ({error})", path.display())))
        }
    }
}
