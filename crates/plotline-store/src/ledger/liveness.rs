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

/// The most owners that one call looks at. There is one for each process that runs, and one for each that ended since the last call.
const OWNERS_MAX: usize = 1000;

/// How often an owner's file is made again when another process took it for one that was left behind, in the instant before it was
/// locked.
const HOLD_ATTEMPTS_MAX: u32 = 10;

impl Store {
    /// A new owner that others on this machine can see to be alive, as long as a clone of it lives. On Postgres it is the same as
    /// [`Owner::unique`].
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
        let mut released = 0;
        for dead in blocking(move || dead_owners(&folder)).await? {
            released += self
                .db
                .execute(
                    "UPDATE jobs SET lease_until_ms = 0, fence = fence + 1 \
                     WHERE owner = $1 AND ended_ms IS NULL AND lease_until_ms > 0",
                    args![&dead.owner],
                )
                .await?;
            // Only now: should this process end before, the next one finds the file again. The lock is held until here.
            if let Err(error) = std::fs::remove_file(&dead.path) {
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

/// An owner whose process has ended.
struct Dead {
    owner: String,
    path: PathBuf,
    _lock: File,
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| StoreError::Unavailable(format!("a file operation was interrupted: {error}")))?
        .map_err(|error| {
            StoreError::Config(format!(
                "DATABASE_URL: the folder .owners beside the database cannot be used ({error}). Check its owner and mode"
            ))
        })
}

/// Makes the owner's file and locks it.
fn hold(folder: &Path, path: &Path) -> io::Result<File> {
    std::fs::create_dir_all(folder)?;
    for _ in 0..HOLD_ATTEMPTS_MAX {
        let file = OpenOptions::new().write(true).create(true).truncate(false).open(path)?;
        file.lock()?;
        if path.exists() {
            return Ok(file);
        }
    }
    Err(io::Error::other("another process keeps removing the file"))
}

fn dead_owners(folder: &Path) -> io::Result<Vec<Dead>> {
    let entries = match folder.read_dir() {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut dead = Vec::new();
    for entry in entries.take(OWNERS_MAX) {
        let entry = entry?;
        let Ok(owner) = entry.file_name().into_string() else { continue };
        let path = entry.path();
        let lock = match File::open(&path) {
            Ok(lock) => lock,
            // Another process has just removed it.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        match lock.try_lock() {
            Ok(()) => dead.push(Dead { owner, path, _lock: lock }),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
    Ok(dead)
}
