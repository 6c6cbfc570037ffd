//! A gate lets each key through once.
//!
//! Check and add are one step under one async mutex. The bots that answered a mention twice had `if seen.contains(id) { return }`
//! and `seen.insert(id)` as two steps, and two deliveries of one event passed between them.

use std::collections::{HashSet, VecDeque};
use std::hash::Hash;

use tokio::sync::Mutex;

/// How many keys each gate remembers. At 100 addressed messages a minute that is over an hour and a half, far longer than a
/// duplicate takes to arrive; what comes later still is stopped by the ledger. About 1 MB.
pub const GATE_CAPACITY: usize = 10_000;

/// Remembers the newest keys, a fixed number of them, and forgets the oldest first.
///
/// Admission takes constant time and does no input or output, so the lock is never held across a wait.
#[derive(Debug)]
pub struct Gate<K> {
    seen: Mutex<Seen<K>>,
    capacity: usize,
}

#[derive(Debug)]
struct Seen<K> {
    keys: HashSet<K>,
    order: VecDeque<K>,
}

impl<K: Copy + Eq + Hash> Gate<K> {
    /// A gate that remembers `capacity` keys (at least one).
    pub fn new(capacity: usize) -> Self {
        let capacity = capacity.max(1);
        let seen = Seen { keys: HashSet::with_capacity(capacity + 1), order: VecDeque::with_capacity(capacity + 1) };
        Self { seen: Mutex::new(seen), capacity }
    }

    /// True for the first caller with this key, false for every other.
    pub async fn admit(&self, key: K) -> bool {
        let mut seen = self.seen.lock().await;
        if !seen.keys.insert(key) {
            return false;
        }
        seen.order.push_back(key);
        if seen.order.len() > self.capacity
            && let Some(oldest) = seen.order.pop_front()
        {
            seen.keys.remove(&oldest);
        }
        true
    }

    /// Lets the key pass again: for an event that was admitted and then could not be recorded.
    pub async fn forget(&self, key: K) {
        let mut seen = self.seen.lock().await;
        if seen.keys.remove(&key) {
            seen.order.retain(|other| *other != key);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn one_of_many_simultaneous_callers_is_admitted() {
        let gate = Arc::new(Gate::new(16));
        let admitted = Arc::new(AtomicUsize::new(0));
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..500 {
            let (gate, admitted) = (gate.clone(), admitted.clone());
            tasks.spawn(async move {
                if gate.admit(7_u64).await {
                    admitted.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        while let Some(result) = tasks.join_next().await {
            result.unwrap();
        }
        assert_eq!(admitted.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn the_oldest_key_is_forgotten_first() {
        let gate = Gate::new(2);
        assert!(gate.admit(1).await && gate.admit(2).await && gate.admit(3).await);
        assert!(!gate.admit(3).await && !gate.admit(2).await);
        assert!(gate.admit(1).await, "1 was the oldest of three in a gate for two");
        assert!(gate.admit(2).await, "admitting 1 again pushed 2 out");
    }

    #[tokio::test]
    async fn a_repeat_does_not_push_another_key_out() {
        let gate = Gate::new(2);
        gate.admit(1).await;
        gate.admit(2).await;
        for _ in 0..10 {
            assert!(!gate.admit(2).await);
        }
        assert!(!gate.admit(1).await);
    }

    #[tokio::test]
    async fn a_forgotten_key_passes_again() {
        let gate = Gate::new(4);
        gate.admit(1).await;
        gate.forget(1).await;
        assert!(gate.admit(1).await);
        assert!(!gate.admit(1).await);
    }

    #[tokio::test]
    async fn pairs_differ_in_either_half() {
        let gate = Gate::new(4);
        assert!(gate.admit((1, 10)).await && gate.admit((1, 11)).await && gate.admit((2, 10)).await);
        assert!(!gate.admit((1, 11)).await);
    }
}
