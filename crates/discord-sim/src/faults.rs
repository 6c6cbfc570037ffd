//! Faults on demand: what goes wrong with which event or request, how often, and where a test wants to stand by.

use std::{collections::BTreeMap, ops::RangeInclusive, sync::Arc, time::Duration};

use tokio::sync::{Notify, oneshot};

use crate::{rng::Rng, state::Core};

/// How often and how late events of one kind reach a session.
#[derive(Clone, Debug)]
pub struct Delivery {
    event: Option<String>,
    copies: RangeInclusive<u64>,
    delay: RangeInclusive<Duration>,
    again_in_thread: RangeInclusive<u64>,
    left: Option<u64>,
}

impl Delivery {
    /// A rule for events of this name, for example `MESSAGE_CREATE`. Without further calls it changes nothing.
    #[must_use]
    pub fn of(event: &str) -> Self {
        Self { event: Some(event.to_owned()), ..Self::of_all() }
    }

    /// A rule for every event.
    #[must_use]
    pub fn of_all() -> Self {
        Self { event: None, copies: 1..=1, delay: Duration::ZERO..=Duration::ZERO, again_in_thread: 0..=0, left: None }
    }

    /// How many times each event is delivered; 0 loses it.
    #[must_use]
    pub fn copies(mut self, copies: RangeInclusive<u64>) -> Self {
        self.copies = copies;
        self
    }

    /// How late each copy is. Copies are delayed one by one, so events also overtake each other.
    #[must_use]
    pub fn delayed(mut self, delay: RangeInclusive<Duration>) -> Self {
        self.delay = delay;
        self
    }

    /// How many times the source message is delivered again inside its own new thread, as an ordinary message whose id
    /// is the thread's. Only rules for `MESSAGE_CREATE` (or all events) have this.
    #[must_use]
    pub fn again_in_thread(mut self, copies: RangeInclusive<u64>) -> Self {
        self.again_in_thread = copies;
        self
    }

    /// The rule ends after this many events.
    #[must_use]
    pub fn times(mut self, events: u64) -> Self {
        self.left = Some(events);
        self
    }

    fn is_for(&self, event: &str) -> bool {
        self.left != Some(0) && self.event.as_deref().is_none_or(|name| name == event)
    }
}

/// How often and how late one event is delivered.
#[derive(Clone, Debug)]
pub(crate) struct Schedule {
    copies: RangeInclusive<u64>,
    delay: RangeInclusive<Duration>,
}

impl Schedule {
    /// When the copies for one session leave. Each session draws its own, as each has its own connection.
    pub(crate) fn draw(&self, rng: &mut Rng) -> Vec<Duration> {
        (0..rng.within(&self.copies)).map(|_| rng.duration(&self.delay)).collect()
    }
}

/// Whom a simulated 429 blames, as `X-RateLimit-Scope` says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitScope {
    /// The bot's own limit on this route.
    User,
    /// The bot's limit over all routes.
    Global,
    /// A limit on the resource, whoever asks.
    Shared,
}

/// What happens to a request that a [`RestRule`] picks.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum RestFault {
    /// Answer with this status and do nothing.
    FailBefore(u16),
    /// Cut the connection and do nothing.
    CutBefore,
    /// Do it, then answer with this status.
    FailAfter(u16),
    /// Do it, then cut the connection without an answer.
    CutAfter,
    /// Do it, then send the head and half of the body, and cut.
    CutBody,
    /// Wait before doing it. It is done even when the client has given up by then.
    DelayBefore(Duration),
    /// Do it, then wait before answering.
    DelayAfter(Duration),
    /// Answer 429 and do nothing.
    RateLimited {
        /// How long the client is told to wait.
        retry_after: Duration,
        /// Whom the answer blames.
        scope: LimitScope,
    },
}

/// Which requests something happens to.
#[derive(Clone, Debug)]
pub struct RestRule {
    method: Option<String>,
    pattern: Option<String>,
    writes_only: bool,
    skip: u64,
    left: Option<u64>,
    fault: RestFault,
}

impl RestRule {
    /// The next request with this method and route, for example `("POST", "/channels/{channel}/messages")`: the
    /// patterns are those of [`routes`](crate::routes).
    #[must_use]
    pub fn on(method: &str, pattern: &str, fault: RestFault) -> Self {
        Self { method: Some(method.to_owned()), pattern: Some(pattern.to_owned()), ..Self::any(fault) }
    }

    /// The next request of any kind.
    #[must_use]
    pub fn any(fault: RestFault) -> Self {
        Self { method: None, pattern: None, writes_only: false, skip: 0, left: Some(1), fault }
    }

    /// The next request that changes something (every method but GET).
    #[must_use]
    pub fn any_write(fault: RestFault) -> Self {
        Self { writes_only: true, ..Self::any(fault) }
    }

    /// The k-th matching request from now on, counted from 1, instead of the next one.
    #[must_use]
    pub fn nth(mut self, k: u64) -> Self {
        self.skip = k.saturating_sub(1);
        self
    }

    /// This many matching requests in a row instead of one.
    #[must_use]
    pub fn times(mut self, requests: u64) -> Self {
        self.left = Some(requests);
        self
    }

    /// Every matching request until the faults are cleared.
    #[must_use]
    pub fn always(mut self) -> Self {
        self.left = None;
        self
    }

    fn takes(&mut self, method: &str, pattern: &str) -> bool {
        let matches = self.left != Some(0)
            && (!self.writes_only || method != "GET")
            && self.method.as_deref().is_none_or(|wanted| wanted == method)
            && self.pattern.as_deref().is_none_or(|wanted| wanted == pattern);
        if !matches {
            return false;
        }
        if self.skip > 0 {
            self.skip -= 1;
            return false;
        }
        if let Some(left) = &mut self.left {
            *left -= 1;
        }
        true
    }
}

/// A point in the life of a REST write at which a test can stand by, for example to kill the bot there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WritePoint {
    /// The request has arrived and nothing has been done.
    BeforeExecuting,
    /// It has been done; the answer has not left.
    BeforeAnswering,
    /// The answer has been handed to the connection.
    AfterAnswering,
}

/// What goes on when a [`WriteHold`] lets a request go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Continue,
    Abandon,
}

/// The simulator's side of a [`WriteHold`].
#[derive(Debug)]
pub(crate) struct Held {
    write: u64,
    point: WritePoint,
    reached: Arc<Notify>,
    verdict: oneshot::Receiver<Verdict>,
}

impl Held {
    /// Tells the test that the point is reached, and waits for what it says. A dropped hold means: go on.
    pub(crate) async fn stand_by(self) -> Verdict {
        self.reached.notify_one();
        self.verdict.await.unwrap_or(Verdict::Continue)
    }
}

/// A write that is held at a point until the test lets it go. Dropping it lets the write go on.
#[derive(Debug)]
pub struct WriteHold {
    reached: Arc<Notify>,
    verdict: oneshot::Sender<Verdict>,
}

impl WriteHold {
    /// Waits until the write stands at the point.
    pub async fn reached(&self) {
        self.reached.notified().await;
    }

    /// Lets the write go on.
    pub fn release(self) {
        // The request may have been given up meanwhile; then there is nothing to release.
        let _ = self.verdict.send(Verdict::Continue);
    }

    /// Ends the request here: its connection is cut, and before executing nothing is done.
    pub fn abandon(self) {
        let _ = self.verdict.send(Verdict::Abandon);
    }
}

/// The faults in force.
#[derive(Debug, Default)]
pub(crate) struct FaultState {
    deliveries: Vec<Delivery>,
    rest: Vec<RestRule>,
    holds: BTreeMap<u64, Vec<Held>>,
    /// Writes that have arrived since the start.
    pub(crate) writes: u64,
}

impl FaultState {
    /// How an event is delivered: once and at once, where no rule says otherwise. Counts the event against the rule.
    pub(crate) fn delivery_of(&mut self, event: &str) -> Schedule {
        match self.deliveries.iter_mut().find(|rule| rule.is_for(event)) {
            Some(rule) => {
                if let Some(left) = &mut rule.left {
                    *left -= 1;
                }
                Schedule { copies: rule.copies.clone(), delay: rule.delay.clone() }
            }
            None => Schedule { copies: 1..=1, delay: Duration::ZERO..=Duration::ZERO },
        }
    }

    /// How a source message is delivered again inside its own thread. `None`, where no rule says so.
    pub(crate) fn again_in_thread(&self) -> Option<Schedule> {
        let rule =
            self.deliveries.iter().find(|rule| rule.is_for("MESSAGE_CREATE") && *rule.again_in_thread.end() > 0)?;
        Some(Schedule { copies: rule.again_in_thread.clone(), delay: rule.delay.clone() })
    }

    /// What happens to a request.
    pub(crate) fn rest_fault(&mut self, method: &str, pattern: &str) -> Option<RestFault> {
        // Every rule counts every request, so that "the third POST" means the same whatever other rules there are.
        let mut chosen = None;
        for rule in &mut self.rest {
            if chosen.is_none() {
                if rule.takes(method, pattern) {
                    chosen = Some(rule.fault.clone());
                }
            } else if rule.skip > 0 {
                rule.takes(method, pattern);
            }
        }
        chosen
    }

    /// Counts a write and gives its number.
    pub(crate) fn count_write(&mut self) -> u64 {
        self.writes += 1;
        self.writes
    }

    /// The hold on a write at a point, if a test asked for one.
    pub(crate) fn hold_of(&mut self, write: u64, point: WritePoint) -> Option<Held> {
        let holds = self.holds.get_mut(&write)?;
        let index = holds.iter().position(|held| held.point == point)?;
        let held = holds.swap_remove(index);
        if holds.is_empty() {
            self.holds.remove(&held.write);
        }
        Some(held)
    }
}

/// Makes things go wrong. From [`Sim::faults`](crate::Sim::faults).
#[derive(Clone, Debug)]
pub struct Faults {
    core: Arc<Core>,
}

impl Faults {
    pub(crate) fn new(core: Arc<Core>) -> Self {
        Self { core }
    }

    /// Adds a rule on the delivery of events. The first matching rule counts.
    pub fn deliver(&self, rule: Delivery) {
        self.core.write(|state| state.faults.deliveries.push(rule));
    }

    /// Adds a rule on REST requests. The first matching rule that is due counts.
    pub fn rest(&self, rule: RestRule) {
        self.core.write(|state| state.faults.rest.push(rule));
    }

    /// Stands by at the k-th write from now on, counted from 1.
    #[must_use]
    pub fn hold_write(&self, k: u64, point: WritePoint) -> WriteHold {
        let reached = Arc::new(Notify::new());
        let (sender, verdict) = oneshot::channel();
        self.core.write(|state| {
            let write = state.faults.writes + k;
            let held = Held { write, point, reached: Arc::clone(&reached), verdict };
            state.faults.holds.entry(write).or_default().push(held);
        });
        WriteHold { reached, verdict: sender }
    }

    /// Ends the rules on the delivery of events. Copies that are on their way still arrive.
    pub fn clear_deliveries(&self) {
        self.core.write(|state| state.faults.deliveries.clear());
    }

    /// Ends the rules on REST requests.
    pub fn clear_rest(&self) {
        self.core.write(|state| state.faults.rest.clear());
    }

    /// Ends every rule and hold. Requests that are held already go on.
    pub fn clear(&self) {
        self.core.write(|state| {
            state.faults.deliveries.clear();
            state.faults.rest.clear();
            state.faults.holds.clear();
        });
    }
}
