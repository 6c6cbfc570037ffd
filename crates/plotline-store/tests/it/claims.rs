//! One claim wins.

use crate::harness::{LONG, TestDb, on_both, question, won};
use plotline_store::{Claim, Limits, Owner, State};

on_both!(claim_race_has_one_winner);

async fn claim_race_has_one_winner(db: &TestDb) {
    // Two stores, as two processes would have.
    let stores = [db.store().await, db.store().await];
    let tasks: Vec<_> = (0..64)
        .map(|n| {
            let store = stores[n % 2].clone();
            tokio::spawn(
                async move { store.claim(&question(7), &Limits::default(), &Owner::unique(), LONG).await.unwrap() },
            )
        })
        .collect();
    let mut winners = Vec::new();
    let mut duplicates = Vec::new();
    for task in tasks {
        match task.await.unwrap() {
            Claim::Won(held) => winners.push(held),
            Claim::Duplicate(existing) => duplicates.push(existing),
            other => panic!("unexpected {other:?}"),
        }
    }
    assert_eq!(winners.len(), 1);
    assert_eq!(duplicates.len(), 63);
    for duplicate in duplicates {
        assert_eq!(duplicate.job, winners[0].job.id);
        assert_eq!(duplicate.state, State::Claimed);
        assert_eq!(duplicate.owner, winners[0].lease.owner().id());
        assert!(duplicate.age_ms >= 0);
    }
    let next = won(&stores[0], &question(8), &Owner::unique()).await;
    assert_ne!(next.job.id, winners[0].job.id);
}
