//! The trouble that a visitor causes: copies of events, faults of the next request. The simulator plays it; this remembers
//! what is in force, so that the page can show it and take it back.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use discord_sim::{Delivery, RestFault, RestRule, Sim};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

/// Most copies of an event that the page offers.
const COPIES_MAX: u64 = 5;

/// How far apart the copies arrive at most. The field reports speak of milliseconds.
const COPIES_APART_MAX: Duration = Duration::from_millis(40);

/// Longest delay of a request.
const DELAY_MAX: Duration = Duration::from_secs(60);

/// Faults that can wait at the same time.
const PENDING_MAX: usize = 8;

/// The status that a failing request is answered with.
const FAILURE_STATUS: u16 = 500;

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum FaultKind {
    /// It is answered with an error.
    Fail,
    /// It takes long.
    Delay,
}

/// When it happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum When {
    /// Before Discord does what was asked.
    Before,
    /// After Discord did it, so that only the answer suffers.
    After,
}

/// To which request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Target {
    /// The next one that changes something.
    Any,
    /// The next start of a thread from a message.
    Thread,
    /// The next new message.
    Post,
    /// The next edit of a message.
    Edit,
}

/// A fault as the visitor asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct NextRequest {
    pub(crate) fault: FaultKind,
    pub(crate) when: When,
    pub(crate) route: Target,
    /// Length of a delay in milliseconds.
    #[serde(default)]
    pub(crate) ms: u64,
}

impl NextRequest {
    fn delay(self) -> Duration {
        Duration::from_millis(self.ms).min(DELAY_MAX)
    }

    fn fault(self) -> RestFault {
        match (self.fault, self.when) {
            (FaultKind::Fail, When::Before) => RestFault::FailBefore(FAILURE_STATUS),
            (FaultKind::Fail, When::After) => RestFault::FailAfter(FAILURE_STATUS),
            (FaultKind::Delay, When::Before) => RestFault::DelayBefore(self.delay()),
            (FaultKind::Delay, When::After) => RestFault::DelayAfter(self.delay()),
        }
    }

    fn rule(self) -> RestRule {
        let fault = self.fault();
        match self.route {
            Target::Any => RestRule::any_write(fault),
            Target::Thread => RestRule::on("POST", "/channels/{channel}/messages/{message}/threads", fault),
            Target::Post => RestRule::on("POST", "/channels/{channel}/messages", fault),
            Target::Edit => RestRule::on("PATCH", "/channels/{channel}/messages/{message}", fault),
        }
    }

    fn text(self) -> String {
        let request = match self.route {
            Target::Any => "Next request",
            Target::Thread => "Next start of a thread",
            Target::Post => "Next new message",
            Target::Edit => "Next edit",
        };
        let what = match self.fault {
            FaultKind::Fail => "fails".to_owned(),
            FaultKind::Delay => format!("waits {} s", self.delay().as_secs_f32()),
        };
        let when = match self.when {
            When::Before => "before it runs",
            When::After => "after it ran",
        };
        format!("{request} {what} {when}")
    }
}

/// A fault that waits for its request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct PendingView {
    pub(crate) id: u64,
    pub(crate) text: String,
}

/// The trouble in force, as the page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct TroubleView {
    pub(crate) deliver: u64,
    pub(crate) again_in_thread: bool,
    pub(crate) pending: Vec<PendingView>,
}

#[derive(Clone, Debug)]
struct Pending {
    id: u64,
    asked: NextRequest,
    /// Requests that had arrived when it was asked for; it is played on a later one.
    after_request: u64,
}

#[derive(Debug)]
struct State {
    deliver: u64,
    again_in_thread: bool,
    pending: Vec<Pending>,
    last_id: u64,
}

impl State {
    const CALM: Self = Self { deliver: 1, again_in_thread: false, pending: Vec::new(), last_id: 0 };

    /// Puts exactly what is in force into the simulator.
    fn apply(&self, sim: &Sim) {
        let faults = sim.faults();
        faults.clear();
        if self.deliver > 1 || self.again_in_thread {
            let again = u64::from(self.again_in_thread);
            let copies = self.deliver..=self.deliver;
            let apart = Duration::ZERO..=COPIES_APART_MAX;
            faults.deliver(
                Delivery::of("MESSAGE_CREATE")
                    .copies(copies.clone())
                    .delayed(apart.clone())
                    .again_in_thread(again..=again),
            );
            faults.deliver(Delivery::of("INTERACTION_CREATE").copies(copies).delayed(apart));
        }
        for pending in &self.pending {
            faults.rest(pending.asked.rule());
        }
    }
}

/// The trouble in force.
#[derive(Debug)]
pub(crate) struct Trouble {
    state: Mutex<State>,
    changed: watch::Sender<u64>,
}

impl Trouble {
    /// No trouble.
    pub(crate) fn new() -> Self {
        Self { state: Mutex::new(State::CALM), changed: watch::Sender::new(0) }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic under the lock can only come from a bug here; the state is still the best there is.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, sim: &Sim, change: impl FnOnce(&mut State)) {
        let mut state = self.lock();
        drop_played(&mut state, sim);
        change(&mut state);
        state.apply(sim);
        drop(state);
        self.changed.send_modify(|version| *version = version.wrapping_add(1));
    }

    /// Receives a new number after each change.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// What is in force now.
    pub(crate) fn view(&self, sim: &Sim) -> TroubleView {
        let mut state = self.lock();
        drop_played(&mut state, sim);
        TroubleView {
            deliver: state.deliver,
            again_in_thread: state.again_in_thread,
            pending: state.pending.iter().map(|p| PendingView { id: p.id, text: p.asked.text() }).collect(),
        }
    }

    /// Sets how often each event is delivered, and whether a question comes once more inside its thread.
    pub(crate) fn set_delivery(&self, sim: &Sim, deliver: Option<u64>, again_in_thread: Option<bool>) {
        self.change(sim, |state| {
            state.deliver = deliver.map_or(state.deliver, |copies| copies.clamp(1, COPIES_MAX));
            state.again_in_thread = again_in_thread.unwrap_or(state.again_in_thread);
        });
    }

    /// Lets something happen to the next request of a kind.
    ///
    /// # Errors
    /// One sentence, when too many wait already.
    pub(crate) fn add(&self, sim: &Sim, asked: NextRequest) -> Result<(), String> {
        if self.view(sim).pending.len() >= PENDING_MAX {
            return Err(format!("{PENDING_MAX} requests already have something coming. Take one back first."));
        }
        let after_request = sim.counters().requests;
        self.change(sim, |state| {
            state.last_id += 1;
            state.pending.push(Pending { id: state.last_id, asked, after_request });
        });
        Ok(())
    }

    /// Takes a fault back that has not been played.
    pub(crate) fn cancel(&self, sim: &Sim, id: u64) {
        self.change(sim, |state| state.pending.retain(|pending| pending.id != id));
    }

    /// Ends all trouble.
    pub(crate) fn clear(&self, sim: &Sim) {
        self.change(sim, |state| {
            state.deliver = State::CALM.deliver;
            state.again_in_thread = State::CALM.again_in_thread;
            state.pending.clear();
        });
    }
}

/// Forgets faults that were played: the simulator's log tells on which request.
fn drop_played(state: &mut State, sim: &Sim) {
    let Some(first) = state.pending.iter().map(|pending| pending.after_request).min() else { return };
    let mut played: Vec<(u64, RestFault)> = sim
        .requests()
        .into_iter()
        .filter(|request| request.number > first)
        .filter_map(|request| Some((request.number, request.fault?)))
        .collect();
    state.pending.retain(|pending| {
        let fault = pending.asked.fault();
        let found = played.iter().position(|(number, other)| *number > pending.after_request && *other == fault);
        if let Some(index) = found {
            played.swap_remove(index);
        }
        found.is_none()
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pending_fault_reads_as_a_sentence() {
        let asked = NextRequest { fault: FaultKind::Delay, when: When::After, route: Target::Thread, ms: 5_000 };
        assert_eq!(asked.text(), "Next start of a thread waits 5 s after it ran");
        let asked = NextRequest { fault: FaultKind::Fail, when: When::Before, route: Target::Any, ms: 0 };
        assert_eq!(asked.text(), "Next request fails before it runs");
    }

    #[test]
    fn a_delay_is_bounded() {
        let asked = NextRequest { fault: FaultKind::Delay, when: When::Before, route: Target::Any, ms: u64::MAX };
        assert_eq!(asked.fault(), RestFault::DelayBefore(DELAY_MAX));
    }
}
