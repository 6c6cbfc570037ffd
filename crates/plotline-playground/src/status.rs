//! What the page's strip shows: processes, counters over all their lives, jobs; and the watcher that keeps it current.

use std::{sync::Arc, time::Duration};

use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::{broadcast, watch};

use crate::{
    bots::{Bots, ProcessView},
    trouble::{Trouble, TroubleView},
};

/// Pause between two looks at the bots while a page is open.
const POLL_PAUSE: Duration = Duration::from_millis(250);

/// Pause between two looks while a process starts, and shortest pause after something happened, so that the states of a
/// quick job are seen.
const POLL_PAUSE_MIN: Duration = Duration::from_millis(60);

/// Jobs that a frame carries at most, the newest ones.
const JOBS_MAX: usize = 20;

/// Counters by name. Names are the bot's own; the page shows those that it knows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(crate) struct Counters(std::collections::BTreeMap<String, u64>);

impl Counters {
    /// The whole numbers of a JSON object.
    pub(crate) fn from_json(value: &Value) -> Self {
        let fields = value.as_object().into_iter().flatten();
        Self(fields.filter_map(|(name, count)| Some((name.clone(), count.as_u64()?))).collect())
    }

    /// Adds others to these.
    pub(crate) fn add(&mut self, other: &Self) {
        for (name, count) in &other.0 {
            let sum = self.0.entry(name.clone()).or_default();
            *sum = sum.saturating_add(*count);
        }
    }
}

/// The processes with what they counted and the jobs.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Report {
    pub(crate) processes: Vec<ProcessView>,
    pub(crate) counters: Counters,
    pub(crate) jobs: Vec<Value>,
}

/// A frame of type `status`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Status {
    pub(crate) report: Report,
    pub(crate) trouble: TroubleView,
}

impl Status {
    /// The frame.
    pub(crate) fn frame(&self) -> Value {
        json!({
            "t": "status",
            "processes": self.report.processes,
            "counters": self.report.counters,
            "jobs": self.report.jobs.iter().take(JOBS_MAX).collect::<Vec<_>>(),
            "trouble": self.trouble,
        })
    }
}

/// Keeps the status current: it asks the bots regularly while a page is open or a process settles, and at once when
/// something happened.
pub(crate) async fn watch_bots(
    bots: Bots,
    trouble: Arc<Trouble>,
    sim: discord_sim::Sim,
    status: Arc<watch::Sender<Status>>,
) {
    let mut events = sim.subscribe();
    let mut processes = bots.changes();
    let mut faults = trouble.changes();
    loop {
        if status.receiver_count() > 0 || bots.is_settling() {
            bots.ask_all().await;
        }
        let now = Status { report: bots.report(), trouble: trouble.view(&sim) };
        status.send_if_modified(|shown| {
            let changed = *shown != now;
            if changed {
                *shown = now;
            }
            changed
        });
        let pause = if bots.is_settling() { POLL_PAUSE_MIN } else { POLL_PAUSE };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            // These senders live as long as the watcher's own handles, so they never end here.
            _ = processes.changed() => {}
            _ = faults.changed() => {}
            event = events.recv() => {
                if matches!(event, Err(broadcast::error::RecvError::Closed)) {
                    return;
                }
                tokio::time::sleep(POLL_PAUSE_MIN).await;
                // What came meanwhile is covered by the look that follows.
                events = events.resubscribe();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_of_several_lives_are_summed_and_odd_values_left_out() {
        let mut sum = Counters::from_json(&json!({"events": 3, "charts": 1, "note": "x", "bad": -1}));
        sum.add(&Counters::from_json(&json!({"events": 4, "threads": 2})));
        assert_eq!(json!(sum), json!({"events": 7, "charts": 1, "threads": 2}));
        assert_eq!(Counters::from_json(&Value::Null), Counters::default());
    }
}
