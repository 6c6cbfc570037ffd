//! A job in this process: its lease is renewed, and it can be told to stop.

use std::time::Duration;

use plotline_store::{Lease, LedgerError, Store};
use tokio::sync::watch;
use tokio::time::Instant;

/// Why a job stops before it has ended by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// A person ended it; the code of the reason.
    Cancelled(String),
    /// Another process holds it now: nothing may be written for it.
    Fenced,
    /// It goes back to the ledger unfinished.
    Parked,
}

/// The worker's side of a running job. Dropping it ends the renewal.
#[derive(Debug)]
pub(super) struct Running {
    stop: watch::Sender<Option<Stop>>,
    renewal: tokio::task::JoinHandle<()>,
}

/// The job's side: becomes ready when it has to stop.
#[derive(Clone, Debug)]
pub struct StopSignal {
    stop: watch::Receiver<Option<Stop>>,
}

impl Running {
    /// Begins to renew the lease, three times in its length.
    pub(super) fn start(store: Store, lease: Lease, length: Duration) -> (Self, StopSignal) {
        let (sender, receiver) = watch::channel(None);
        let renewal = tokio::spawn(renew(store, lease, length, sender.clone()));
        (Self { stop: sender, renewal }, StopSignal { stop: receiver })
    }

    /// Tells the job to stop. The first reason counts.
    pub(super) fn stop(&self, reason: Stop) {
        tell(&self.stop, reason);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.renewal.abort();
    }
}

impl StopSignal {
    /// Waits until the job has to stop.
    pub async fn stopped(&mut self) -> Stop {
        match self.stop.wait_for(Option::is_some).await.map(|stop| stop.clone()) {
            Ok(Some(stop)) => stop,
            // Whoever could tell it to stop is gone.
            _ => std::future::pending().await,
        }
    }
}

fn tell(stop: &watch::Sender<Option<Stop>>, reason: Stop) {
    stop.send_if_modified(|current| {
        let first = current.is_none();
        if first {
            *current = Some(reason);
        }
        first
    });
}

async fn renew(store: Store, lease: Lease, length: Duration, stop: watch::Sender<Option<Stop>>) {
    let mut held_until = Instant::now() + length;
    loop {
        tokio::time::sleep(length / 3).await;
        let asked = Instant::now();
        match store.renew(&lease, length).await {
            Ok(standing) => {
                held_until = asked + length;
                if let Some(reason) = standing.cancel {
                    return tell(&stop, Stop::Cancelled(reason));
                }
            }
            Err(LedgerError::Fenced(_)) => return tell(&stop, Stop::Fenced),
            Err(error) => {
                tracing::warn!(%error, job = %lease.job(), "a lease could not be renewed");
                // Past its end anybody may take the job, so it must not be worked on here.
                if Instant::now() + length / 3 >= held_until {
                    return tell(&stop, Stop::Fenced);
                }
            }
        }
    }
}
