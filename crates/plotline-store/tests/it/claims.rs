//! One claim wins.

use crate::harness::{LONG, TestDb, claim, on_both, question, won};
use plotline_store::{
    Claim, GuildId, InteractionId, InteractionToken, LedgerError, Limits, MessageId, NewJob, Owner, Refusal,
    ScheduleId, Source, State, Transition, UserId,
};
use serde_json::json;
use std::time::Duration;

on_both!(
    claim_race_has_one_winner,
    claim_keeps_what_the_work_needs,
    duplicate_says_who_has_the_job_and_since_when,
    sources_of_different_kinds_do_not_collide,
    each_occurrence_of_a_schedule_runs_once,
    second_run_with_the_same_key_is_refused_and_recorded,
    exclusive_key_race_has_one_winner,
    exclusive_key_is_free_again_after_the_end,
    claim_beyond_the_limits_is_refused,
);

async fn claim_race_has_one_winner(db: &TestDb) {
    // Two stores, as two processes would have.
    let stores = [db.store().await, db.store().await];
    let tasks: Vec<_> = (0..64)
        .map(|n| {
            let store = stores[n % 2].clone();
            tokio::spawn(async move { claim(&store, &question(7), &Owner::unique()).await })
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
        assert_eq!(duplicate.owner, winners[0].lease.owner().id());
    }
    assert_eq!(stores[0].unfinished().await.unwrap(), 1);
}

async fn claim_keeps_what_the_work_needs(db: &TestDb) {
    let store = db.store().await;
    let owner = Owner::unique();
    let token = "aW50ZXJhY3Rpb246c2VjcmV0";
    let new = NewJob {
        source: Source::Interaction(InteractionId(u64::from(u32::MAX) << 22)),
        interaction: Some(InteractionToken { token: token.to_owned(), lifetime: Duration::from_mins(15) }),
        request: json!({"text": "naïve café ☕ \u{0} 日本"}).into(),
        ..question(7)
    };
    let held = won(&store, &new, &owner).await;
    let stored = store.job(held.job.id).await.unwrap().unwrap();
    // The token's remaining life is the only thing that changes by itself.
    let left = stored.interaction.as_ref().map(|interaction| interaction.lifetime).unwrap();
    assert!(left <= Duration::from_mins(15) && left > Duration::from_mins(14));
    assert_eq!(stored.interaction.as_ref().map(|interaction| interaction.token.as_str()), Some(token));
    assert_eq!(stored.request.as_ref(), Some(&new.request));
    assert_eq!(stored.settings.as_ref(), Some(&new.settings));
    assert_eq!((stored.source, stored.guild_id, stored.author_id), (new.source, Some(GuildId(1)), UserId(100)));
    assert_eq!((stored.state, stored.owner.as_str()), (State::Claimed, owner.id()));
    assert_eq!(held.lease.fence(), 1);
    assert!(stored.lease_until_ms > stored.created_ms && stored.ended_ms.is_none());
    assert_eq!(store.find_by_source(&new.source).await.unwrap().unwrap().id, held.job.id);
    // Neither the token nor a member's text shows in a log.
    let shown = format!("{held:?} {new:?}");
    assert!(!shown.contains(token) && !shown.contains("café"), "{shown}");
}

async fn duplicate_says_who_has_the_job_and_since_when(db: &TestDb) {
    let store = db.store().await;
    let owner = Owner::unique();
    let held = won(&store, &question(7), &owner).await;
    store.advance(&held.lease, &Transition::Failed { reason: "model_timeout".into() }).await.unwrap();
    match claim(&store, &question(7), &Owner::unique()).await {
        Claim::Duplicate(existing) => {
            assert_eq!(existing.state, State::Failed);
            assert_eq!(existing.owner, owner.id());
            assert_eq!(existing.claimed_ms, held.job.created_ms);
            assert!(existing.age_ms >= 0 && existing.age_ms < 600_000);
        }
        other => panic!("unexpected {other:?}"),
    }
    // The same owner again is a duplicate, too: it has been told once that it won.
    assert!(matches!(claim(&store, &question(7), &owner).await, Claim::Duplicate(_)));
}

async fn sources_of_different_kinds_do_not_collide(db: &TestDb) {
    let store = db.store().await;
    let owner = Owner::unique();
    let sources = [
        Source::Message(MessageId(7)),
        Source::Interaction(InteractionId(7)),
        Source::Schedule { schedule: ScheduleId(7), occurrence_ms: 7 },
    ];
    for source in sources {
        let held = won(&store, &NewJob { source, ..question(7) }, &owner).await;
        assert_eq!(held.job.source, source);
    }
    assert_eq!(store.queue(10).await.unwrap().len(), 3);
}

async fn each_occurrence_of_a_schedule_runs_once(db: &TestDb) {
    let store = db.store().await;
    let due = |occurrence_ms| NewJob {
        source: Source::Schedule { schedule: ScheduleId(3), occurrence_ms },
        message_id: None,
        ..question(7)
    };
    won(&store, &due(1_700_000_000_000), &Owner::unique()).await;
    assert!(matches!(claim(&store, &due(1_700_000_000_000), &Owner::unique()).await, Claim::Duplicate(_)));
    won(&store, &due(1_700_000_060_000), &Owner::unique()).await;
}

async fn second_run_with_the_same_key_is_refused_and_recorded(db: &TestDb) {
    let store = db.store().await;
    let run = |message| NewJob { exclusive_key: Some("schedule:3".to_owned()), ..question(message) };
    let first = won(&store, &run(1), &Owner::unique()).await;
    let Claim::Refused(Refusal::AlreadyRunning(running)) = claim(&store, &run(2), &Owner::unique()).await else {
        panic!("the second run was not refused");
    };
    assert_eq!((running.job, running.state), (first.job.id, State::Claimed));
    let refused = store.find_by_source(&Source::Message(MessageId(2))).await.unwrap().unwrap();
    assert_eq!((refused.state, refused.reason.as_deref()), (State::Refused, Some("already_running")));
    assert_eq!(refused.refusal, Some(Refusal::AlreadyRunning(running)));
    assert_eq!(refused.request, None);
    // Its duplicate is not judged again.
    assert!(matches!(
        claim(&store, &run(2), &Owner::unique()).await,
        Claim::Duplicate(existing) if existing.state == State::Refused
    ));
    assert_eq!(store.unfinished().await.unwrap(), 1);
}

async fn exclusive_key_race_has_one_winner(db: &TestDb) {
    let store = db.store().await;
    let tasks: Vec<_> = (0..32)
        .map(|message| {
            let store = store.clone();
            let new = NewJob { exclusive_key: Some("schedule:3".to_owned()), ..question(message + 1) };
            tokio::spawn(async move { claim(&store, &new, &Owner::unique()).await })
        })
        .collect();
    let (mut won, mut refused) = (0, 0);
    for task in tasks {
        match task.await.unwrap() {
            Claim::Won(_) => won += 1,
            Claim::Refused(Refusal::AlreadyRunning(_)) => refused += 1,
            other => panic!("unexpected {other:?}"),
        }
    }
    assert_eq!((won, refused), (1, 31));
}

async fn exclusive_key_is_free_again_after_the_end(db: &TestDb) {
    let store = db.store().await;
    let run = |message| NewJob { exclusive_key: Some("schedule:3".to_owned()), ..question(message) };
    let first = won(&store, &run(1), &Owner::unique()).await;
    store.advance(&first.lease, &Transition::Cancelled { reason: "stopped".into() }).await.unwrap();
    won(&store, &run(2), &Owner::unique()).await;
}

async fn claim_beyond_the_limits_is_refused(db: &TestDb) {
    let store = db.store().await;
    let owner = Owner::unique();
    let large = NewJob { request: json!("x".repeat(9 << 20)).into(), ..question(1) };
    let long_key = NewJob { exclusive_key: Some("k".repeat(300)), ..question(1) };
    for new in [large, long_key] {
        let error = store.claim(&new, &Limits::default(), &owner, LONG).await.unwrap_err();
        assert!(matches!(error, LedgerError::Invalid(_)), "{error}");
    }
    assert_eq!(store.unfinished().await.unwrap(), 0);
}
