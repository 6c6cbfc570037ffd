//! Leases: renewed, released, expired, taken over; stale holders change nothing.

use crate::harness::{LONG, TestDb, claim, estimate, on_both, question, won};
use plotline_store::{
    ChannelId, Claim, HeldJob, LedgerError, Limits, MessageId, NewPart, Owner, State, Store, Transition,
};
use serde_json::json;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Barrier;

on_both!(
    renewal_moves_the_expiry,
    held_job_is_not_taken_over,
    expired_job_is_resumed_from_its_state,
    released_job_goes_to_the_next_taker,
    take_over_race_gives_each_job_to_one_taker,
    take_over_starts_with_the_oldest_and_keeps_to_its_limit,
    one_job_can_be_taken_over_by_id,
    stale_owner_is_fenced_out_of_every_write,
    expired_lease_can_be_renewed_while_nobody_took_the_job,
    ended_job_is_neither_renewed_nor_taken_over,
    model_calls_are_counted_over_takeovers,
    job_that_was_given_back_is_told_from_one_whose_holder_is_gone,
    lease_for_ever_does_not_overflow,
);

/// A lease that has run out when it is granted.
const EXPIRED: Duration = Duration::ZERO;

async fn expired(store: &Store, message: u64) -> HeldJob {
    match store.claim(&question(message), &Limits::default(), &Owner::unique(), EXPIRED).await.unwrap() {
        Claim::Won(held) => *held,
        other => panic!("unexpected {other:?}"),
    }
}

async fn renewal_moves_the_expiry(db: &TestDb) {
    let store = db.store().await;
    let held = won(&store, &question(1), &Owner::unique()).await;
    let standing = store.renew(&held.lease, LONG * 2).await.unwrap();
    assert!(standing.lease_until_ms > held.job.lease_until_ms);
    assert_eq!((standing.state, standing.cancel), (State::Claimed, None));
    assert_eq!(store.job(held.job.id).await.unwrap().unwrap().lease_until_ms, standing.lease_until_ms);
}

async fn held_job_is_not_taken_over(db: &TestDb) {
    let store = db.store().await;
    let held = won(&store, &question(1), &Owner::unique()).await;
    assert!(store.take_over(&Owner::unique(), LONG, 10).await.unwrap().is_empty());
    assert!(store.take_over_job(held.job.id, &Owner::unique(), LONG).await.unwrap().is_none());
    store.renew(&held.lease, LONG).await.unwrap();
}

async fn expired_job_is_resumed_from_its_state(db: &TestDb) {
    let store = db.store().await;
    let first = expired(&store, 1).await;
    store.advance(&first.lease, &Transition::Thread { thread_id: ChannelId(1) }).await.unwrap();
    let part = NewPart { ordinal: 0, nonce: "1-0".into(), body: json!("Thinking").into() };
    store.put_parts(&first.lease, std::slice::from_ref(&part)).await.unwrap();
    // The process ends here: the message may or may not have been posted.
    let owner = Owner::unique();
    let [second] = <[HeldJob; 1]>::try_from(store.take_over(&owner, LONG, 10).await.unwrap()).unwrap();
    assert_eq!((second.job.id, second.job.state), (first.job.id, State::Thread));
    assert_eq!((second.job.thread_id, second.job.takeovers), (Some(ChannelId(1)), 1));
    assert_eq!((second.job.owner.as_str(), second.lease.fence()), (owner.id(), 2));
    assert_eq!(second.job.request, Some(question(1).request));
    let parts = store.parts(second.job.id).await.unwrap();
    assert_eq!(parts.len(), 1);
    assert_eq!((&parts[0].nonce, &parts[0].body, parts[0].message_id), (&part.nonce, &Some(part.body), None));
    store.part_sent(&second.lease, 0, MessageId(50)).await.unwrap();
    store.advance(&second.lease, &Transition::Placeholder { message_id: MessageId(50) }).await.unwrap();
    assert!(store.take_over(&Owner::unique(), LONG, 10).await.unwrap().is_empty());
}

async fn released_job_goes_to_the_next_taker(db: &TestDb) {
    let store = db.store().await;
    let held = won(&store, &question(1), &Owner::unique()).await;
    store.release(&held.lease).await.unwrap();
    // A task of the holder that still runs can no longer write, even before anybody takes the job.
    assert!(matches!(store.renew(&held.lease, LONG).await, Err(LedgerError::Fenced(_))));
    let taken = store.take_over(&Owner::unique(), LONG, 10).await.unwrap();
    assert_eq!(taken.len(), 1);
    // Giving back a second time does not take the job from its new holder.
    store.release(&held.lease).await.unwrap();
    store.renew(&taken[0].lease, LONG).await.unwrap();
}

async fn take_over_race_gives_each_job_to_one_taker(db: &TestDb) {
    let store = db.store().await;
    for message in 1..=40 {
        expired(&store, message).await;
    }
    let stores = [store.clone(), db.store().await];
    // All begin together, each with a connection and each wanting everything.
    let begin = Arc::new(Barrier::new(16));
    let takers: Vec<_> = (0..16)
        .map(|n| {
            let (store, begin) = (stores[n % 2].clone(), Arc::clone(&begin));
            tokio::spawn(async move {
                let owner = Owner::unique();
                let mut jobs = Vec::new();
                store.take_over(&owner, LONG, 0).await.unwrap();
                begin.wait().await;
                loop {
                    let taken = store.take_over(&owner, LONG, 40).await.unwrap();
                    if taken.is_empty() {
                        return jobs;
                    }
                    jobs.extend(taken);
                }
            })
        })
        .collect();
    let mut seen = HashSet::new();
    for taker in takers {
        for held in taker.await.unwrap() {
            assert!(seen.insert(held.job.id), "job {} went to two takers", held.job.id);
            assert_eq!((held.lease.fence(), held.job.takeovers), (2, 1));
        }
    }
    assert_eq!(seen.len(), 40);
}

async fn take_over_starts_with_the_oldest_and_keeps_to_its_limit(db: &TestDb) {
    let store = db.store().await;
    let mut ids = Vec::new();
    for message in 1..=5 {
        ids.push(expired(&store, message).await.job.id);
    }
    let mut taken = Vec::new();
    for _ in 0..3 {
        let jobs = store.take_over(&Owner::unique(), LONG, 2).await.unwrap();
        assert!(jobs.len() <= 2);
        taken.extend(jobs.iter().map(|held| held.job.id));
    }
    assert_eq!(taken, ids);
}

async fn one_job_can_be_taken_over_by_id(db: &TestDb) {
    let store = db.store().await;
    let first = expired(&store, 1).await;
    expired(&store, 2).await;
    let taken = store.take_over_job(first.job.id, &Owner::unique(), LONG).await.unwrap().unwrap();
    assert_eq!((taken.job.id, taken.lease.fence()), (first.job.id, 2));
    assert!(store.take_over_job(first.job.id, &Owner::unique(), LONG).await.unwrap().is_none());
}

async fn stale_owner_is_fenced_out_of_every_write(db: &TestDb) {
    let store = db.store().await;
    let stale = expired(&store, 1).await;
    let part = NewPart { ordinal: 0, nonce: "1-0".into(), body: json!("Thinking").into() };
    store.put_parts(&stale.lease, std::slice::from_ref(&part)).await.unwrap();
    let holder = store.take_over(&Owner::unique(), LONG, 1).await.unwrap().remove(0);
    let before = store.job(stale.job.id).await.unwrap();

    let lease = &stale.lease;
    let results = [
        ("renew", store.renew(lease, LONG).await.map(|_| ())),
        ("thread", store.advance(lease, &Transition::Thread { thread_id: ChannelId(1) }).await.map(|_| ())),
        ("failed", store.advance(lease, &Transition::Failed { reason: "late".into() }).await.map(|_| ())),
        ("model call", store.count_model_call(lease, &estimate()).await.map(|_| ())),
        ("answer", store.save_answer(lease, &json!("late").into()).await),
        ("parts", store.put_parts(lease, &[NewPart { ordinal: 1, nonce: "1-1".into(), ..part }]).await),
        ("part sent", store.part_sent(lease, 0, MessageId(66)).await),
    ];
    for (write, result) in results {
        assert!(matches!(result, Err(LedgerError::Fenced(job)) if job == stale.job.id), "{write}: {result:?}");
    }
    store.release(lease).await.unwrap();

    assert_eq!(store.job(stale.job.id).await.unwrap(), before);
    let parts = store.parts(stale.job.id).await.unwrap();
    assert_eq!((parts.len(), parts[0].message_id), (1, None));
    store.renew(&holder.lease, LONG).await.unwrap();
}

async fn expired_lease_can_be_renewed_while_nobody_took_the_job(db: &TestDb) {
    let store = db.store().await;
    let held = expired(&store, 1).await;
    store.renew(&held.lease, LONG).await.unwrap();
    assert!(store.take_over(&Owner::unique(), LONG, 10).await.unwrap().is_empty());
}

async fn ended_job_is_neither_renewed_nor_taken_over(db: &TestDb) {
    let store = db.store().await;
    let held = expired(&store, 1).await;
    store.advance(&held.lease, &Transition::Failed { reason: "no_model".into() }).await.unwrap();
    // The task that renews may come a moment late: it learns that the job has ended, and extends nothing.
    let standing = store.renew(&held.lease, LONG).await.unwrap();
    assert_eq!((standing.state, standing.lease_until_ms), (State::Failed, 0));
    store.release(&held.lease).await.unwrap();
    assert!(store.take_over(&Owner::unique(), LONG, 10).await.unwrap().is_empty());
    assert!(matches!(store.count_model_call(&held.lease, &estimate()).await, Err(LedgerError::Fenced(_))));
    assert!(matches!(claim(&store, &question(1), &Owner::unique()).await, Claim::Duplicate(_)));
}

async fn model_calls_are_counted_over_takeovers(db: &TestDb) {
    let store = db.store().await;
    let first = expired(&store, 1).await;
    assert_eq!(store.count_model_call(&first.lease, &estimate()).await.unwrap(), 1);
    store.save_answer(&first.lease, &json!({"text": "The first ha"}).into()).await.unwrap();
    let second = store.take_over(&Owner::unique(), LONG, 1).await.unwrap().remove(0);
    assert_eq!(second.job.model_calls, 1);
    assert_eq!(second.job.answer, Some(json!({"text": "The first ha"}).into()));
    assert_eq!(store.count_model_call(&second.lease, &estimate()).await.unwrap(), 2);
    assert_eq!(store.job(second.job.id).await.unwrap().unwrap().model_calls, 2);
}

async fn lease_for_ever_does_not_overflow(db: &TestDb) {
    let store = db.store().await;
    let held = won(&store, &question(1), &Owner::unique()).await;
    let standing = store.renew(&held.lease, Duration::MAX).await.unwrap();
    assert!(standing.lease_until_ms > store.now_ms().await.unwrap());
}

async fn job_that_was_given_back_is_told_from_one_whose_holder_is_gone(db: &TestDb) {
    let store = db.store().await;
    let held = won(&store, &question(1), &Owner::unique()).await;
    assert!(!held.job.parked);
    store.release(&held.lease).await.unwrap();
    let taken = store.take_over(&Owner::unique(), Duration::ZERO, 1).await.unwrap().remove(0);
    assert_eq!((taken.job.parked, taken.job.takeovers), (true, 1));
    // That one ended without giving it back.
    let taken = store.take_over(&Owner::unique(), LONG, 1).await.unwrap().remove(0);
    assert_eq!((taken.job.parked, taken.job.takeovers), (false, 2));
    store.release(&taken.lease).await.unwrap();
    let taken = store.take_over_job(taken.job.id, &Owner::unique(), LONG).await.unwrap().unwrap();
    assert!(taken.job.parked);
}
