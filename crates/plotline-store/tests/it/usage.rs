//! What was used is counted once and reported.

use crate::harness::{LONG, TestDb, claim, estimate, on_both, question, won};
use plotline_store::{
    Amount, Claim, GuildId, JobId, Limits, ModelCall, NewJob, Owner, Spent, Store, Totals, Transition, UserId,
};
use std::time::Duration;

on_both!(
    call_is_counted_once_however_often_it_is_reported,
    concurrent_calls_are_all_counted,
    reports_by_day_and_member,
    nonsense_from_a_model_server_overflows_nothing,
    usage_of_an_unknown_job_is_ignored,
    call_of_which_nobody_tells_counts_as_the_most_it_could_use,
    use_that_is_told_after_the_end_takes_the_place_of_the_estimate,
    call_of_a_killed_process_counts_beside_the_one_that_replaces_it,
    what_is_held_back_is_told_from_what_is_spent,
);

fn call(call: u32, tokens_in: u64, tokens_out: u64, micros: u64) -> ModelCall {
    ModelCall { call, model: "small".into(), tokens_in, tokens_out, micros }
}

async fn call_is_counted_once_however_often_it_is_reported(db: &TestDb) {
    let store = db.store().await;
    let held = won(&store, &question(1), &Owner::unique()).await;
    let first = store.add_usage(held.job.id, &call(1, 100, 20, 7)).await.unwrap();
    assert_eq!(store.add_usage(held.job.id, &call(1, 100, 20, 7)).await.unwrap(), first);
    let second = store.add_usage(held.job.id, &call(2, 1, 2, 3)).await.unwrap();
    let expected = Totals {
        questions: 1,
        model_calls: 2,
        tokens_in: 101,
        tokens_out: 22,
        micros: 10,
        tokens: 123,
        held: Amount::default(),
    };
    assert_eq!(second, Spent { guild: expected, everyone: expected });
    assert_eq!(store.model_calls(held.job.id).await.unwrap(), [call(1, 100, 20, 7), call(2, 1, 2, 3)]);
    assert_eq!(store.usage_of_everyone(held.job.created_ms / 86_400_000).await.unwrap(), expected);
    assert_eq!(store.usage_of_everyone(1).await.unwrap(), Totals::default());
}

async fn concurrent_calls_are_all_counted(db: &TestDb) {
    let store = db.store().await;
    let mut jobs = Vec::new();
    for message in 1..=20 {
        jobs.push(won(&store, &question(message), &Owner::unique()).await.job.id);
    }
    let calls: Vec<_> = jobs
        .into_iter()
        .map(|job| {
            let store = store.clone();
            tokio::spawn(async move { store.add_usage(job, &call(1, 10, 5, 2)).await.unwrap() })
        })
        .collect();
    for call in calls {
        call.await.unwrap();
    }
    let day = store.usage_by_day(Some(GuildId(1)), Some(UserId(100)), 0).await.unwrap()[0].totals;
    assert_eq!((day.questions, day.model_calls, day.tokens, day.micros), (20, 20, 300, 40));
}

async fn reports_by_day_and_member(db: &TestDb) {
    let store = db.store().await;
    let by = |member, message| NewJob { author_id: UserId(member), ..question(message) };
    for (member, message) in [(7, 1), (8, 2), (8, 3), (9, 4)] {
        let held = won(&store, &by(member, message), &Owner::unique()).await;
        store.add_usage(held.job.id, &call(1, message, 0, 0)).await.unwrap();
    }
    won(&store, &NewJob { guild_id: None, ..by(7, 5) }, &Owner::unique()).await;
    let guild = store.usage_by_day(Some(GuildId(1)), None, 0).await.unwrap();
    assert_eq!((guild.len(), guild[0].totals.questions, guild[0].totals.tokens_in), (1, 4, 10));
    let direct = store.usage_by_day(None, None, 0).await.unwrap();
    assert_eq!((direct.len(), direct[0].totals.questions), (1, 1));
    assert!(store.usage_by_day(Some(GuildId(1)), None, guild[0].day + 1).await.unwrap().is_empty());
    let members = store.usage_by_member(Some(GuildId(1)), 0, 10).await.unwrap();
    let shown: Vec<_> = members.iter().map(|usage| (usage.member.0, usage.totals.questions)).collect();
    assert_eq!(shown, [(8, 2), (7, 1), (9, 1)]);
    assert_eq!(store.usage_by_member(Some(GuildId(1)), 0, 1).await.unwrap().len(), 1);
}

async fn nonsense_from_a_model_server_overflows_nothing(db: &TestDb) {
    let store = db.store().await;
    let held = won(&store, &question(1), &Owner::unique()).await;
    let nonsense = ModelCall { model: "é".repeat(500), ..call(1, u64::MAX, u64::MAX, u64::MAX) };
    let spent = store.add_usage(held.job.id, &nonsense).await.unwrap();
    assert!(spent.guild.micros > 0 && spent.guild.tokens > 0);
    assert!(store.model_calls(held.job.id).await.unwrap()[0].model.len() <= 200);
}

async fn usage_of_an_unknown_job_is_ignored(db: &TestDb) {
    let store = db.store().await;
    assert_eq!(store.add_usage(JobId(99), &call(1, 1, 1, 1)).await.unwrap(), Spent::default());
}

/// The server's only day: calls, tokens in and out, money, and what is held back.
async fn day(store: &Store) -> (u64, u64, u64, u64, Amount) {
    let day = store.usage_by_day(Some(GuildId(1)), None, 0).await.unwrap()[0].totals;
    assert_eq!(day.tokens, day.tokens_in + day.tokens_out);
    (day.model_calls, day.tokens_in, day.tokens_out, day.micros, day.held)
}

const NOTHING: Amount = Amount { tokens: 0, micros: 0 };

async fn call_of_which_nobody_tells_counts_as_the_most_it_could_use(db: &TestDb) {
    let store = db.store().await;
    for (message, end) in
        [(1, Transition::Cancelled { reason: "stopped".into() }), (2, Transition::Failed { reason: "panic".into() })]
    {
        let held = won(&store, &question(message), &Owner::unique()).await;
        store.count_model_call(&held.lease, &estimate()).await.unwrap();
        // Stopped before anything was told. A repeat of the end counts nothing again.
        store.advance(&held.lease, &end).await.unwrap();
        store.advance(&held.lease, &end).await.unwrap();
        assert_eq!(day(&store).await, (message, 100 * message, 20 * message, 30 * message, NOTHING));
    }
}

async fn use_that_is_told_after_the_end_takes_the_place_of_the_estimate(db: &TestDb) {
    let store = db.store().await;
    let held = won(&store, &question(1), &Owner::unique()).await;
    store.count_model_call(&held.lease, &estimate()).await.unwrap();
    store.advance(&held.lease, &Transition::Cancelled { reason: "stopped".into() }).await.unwrap();
    for _ in 0..2 {
        store.add_usage(held.job.id, &call(1, 90, 3, 11)).await.unwrap();
        assert_eq!(day(&store).await, (1, 90, 3, 11, NOTHING));
    }
    assert_eq!(store.model_calls(held.job.id).await.unwrap(), [call(1, 90, 3, 11)]);
}

async fn call_of_a_killed_process_counts_beside_the_one_that_replaces_it(db: &TestDb) {
    let store = db.store().await;
    let Claim::Won(killed) =
        store.claim(&question(1), &Limits::default(), &Owner::unique(), Duration::ZERO).await.unwrap()
    else {
        panic!("the claim was not won");
    };
    store.count_model_call(&killed.lease, &estimate()).await.unwrap();
    let next = store.take_over(&Owner::unique(), LONG, 1).await.unwrap().remove(0);
    assert_eq!(store.count_model_call(&next.lease, &estimate()).await.unwrap(), 2);
    assert_eq!(day(&store).await, (1, 100, 20, 30, Amount { tokens: 120, micros: 30 }));
    store.add_usage(next.job.id, &call(2, 7, 1, 2)).await.unwrap();
    store.advance(&next.lease, &Transition::Failed { reason: "cut".into() }).await.unwrap();
    assert_eq!(day(&store).await, (2, 107, 21, 32, NOTHING));
}

async fn what_is_held_back_is_told_from_what_is_spent(db: &TestDb) {
    let store = db.store().await;
    let limits = Limits { reserve: Amount { tokens: 50, micros: 5 }, ..Limits::default() };
    let Claim::Won(held) = store.claim(&question(1), &limits, &Owner::unique(), LONG).await.unwrap() else {
        panic!("the claim was not won");
    };
    assert_eq!(day(&store).await, (0, 0, 0, 0, limits.reserve));
    // The call is about to be made and may use more than was held back for the question.
    store.count_model_call(&held.lease, &estimate()).await.unwrap();
    assert_eq!(day(&store).await, (0, 0, 0, 0, Amount { tokens: 120, micros: 30 }));
    let spent = store.add_usage(held.job.id, &call(1, 80, 10, 20)).await.unwrap();
    assert_eq!((spent.guild.tokens, spent.everyone.tokens, spent.guild.held), (90, 90, NOTHING));
    assert!(matches!(claim(&store, &question(1), &Owner::unique()).await, Claim::Duplicate(_)));
}
