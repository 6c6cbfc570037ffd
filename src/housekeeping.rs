//! Removes what has had its time, while the bot runs. Several processes may do so at once.

use std::time::Duration;

use plotline_store::{Retention, Store};
use tokio_util::sync::CancellationToken;

/// How often it is looked for. Retention is set in days, so an hour more or less is of no account.
const EVERY: Duration = Duration::from_secs(3_600);

/// After the start and between two rounds of which the first did not finish, in which the bot has its work to do.
const PAUSE: Duration = Duration::from_secs(5);

/// Rows of one kind in one round: a transaction of a few milliseconds.
const ROWS_MAX: u32 = 500;

/// Prunes until `shutdown`.
pub async fn run(store: Store, shutdown: CancellationToken) {
    let retention = Retention::default();
    let mut wait = PAUSE;
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
        wait = match store.prune(&retention, ROWS_MAX).await {
            Ok(pruned) => {
                if pruned.rows > 0 {
                    tracing::info!(rows = pruned.rows, "old records were removed");
                }
                if pruned.more { PAUSE } else { EVERY }
            }
            Err(error) => {
                tracing::warn!(%error, "old records could not be removed; trying again later");
                EVERY
            }
        };
    }
}
