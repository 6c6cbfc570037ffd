//! Limits hold also when many ask at the same moment.

use crate::harness::{LONG, TestDb, estimate, on_both, question};
use plotline_store::{
    Amount, Claim, Denied, GuildId, HeldJob, LedgerError, Limits, ModelCall, NewJob, Owner, Quota, Refusal, RoleId,
    Scope, State, Store, Transition, Unit, UserId,
};
use std::collections::HashMap;
use std::time::Duration;

on_both!(
    hundred_members_with_one_unit_left_get_one_answer,
    fifty_questions_of_one_member_under_a_cooldown_get_one_answer,
    mixed_race_of_members_roles_and_servers_never_goes_over,
    refusal_is_recorded_once_and_costs_nothing,
    what_is_not_allowed_is_refused_before_anything_is_counted,
    quota_of_each_scope_counts_its_own,
    tokens_and_money_held_back_count_until_they_are_settled,
    question_is_given_back_when_nothing_was_spent,
    question_is_not_given_back_after_a_model_call,
    running_jobs_are_bounded,
    quota_of_nothing_refuses_all,
    days_end_at_the_servers_midnight,
    limits_beyond_reason_are_refused,
);

fn by(member: u64, message: u64) -> NewJob {
    NewJob { author_id: UserId(member), ..question(message) }
}

fn questions(scope: Scope, a_day: u64) -> Quota {
    Quota { scope, questions: Some(a_day), tokens: None, micros: None }
}

fn quotas(quotas: &[Quota]) -> Limits {
    Limits { quotas: quotas.to_vec(), ..Limits::default() }
}

async fn claim(store: &Store, new: &NewJob, limits: &Limits) -> Claim {
    store.claim(new, limits, &Owner::unique(), LONG).await.unwrap()
}

async fn won(store: &Store, new: &NewJob, limits: &Limits) -> HeldJob {
    match claim(store, new, limits).await {
        Claim::Won(held) => *held,
        other => panic!("expected to win the claim, got {other:?}"),
    }
}

async fn refused(store: &Store, new: &NewJob, limits: &Limits) -> Refusal {
    match claim(store, new, limits).await {
        Claim::Refused(refusal) => refusal,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

/// Claims everything at once, half of it from each of two processes, and returns the winners' authors and the refusals.
async fn at_once(db: &TestDb, jobs: Vec<NewJob>, limits: &Limits) -> (Vec<u64>, Vec<Refusal>) {
    let stores = [db.store().await, db.store().await];
    let tasks: Vec<_> = jobs
        .into_iter()
        .enumerate()
        .map(|(n, new)| {
            let (store, limits) = (stores[n % 2].clone(), limits.clone());
            tokio::spawn(async move { (new.author_id.0, claim(&store, &new, &limits).await) })
        })
        .collect();
    let (mut winners, mut refusals) = (Vec::new(), Vec::new());
    for task in tasks {
        match task.await.unwrap() {
            (author, Claim::Won(_)) => winners.push(author),
            (_, Claim::Refused(refusal)) => refusals.push(refusal),
            other => panic!("unexpected {other:?}"),
        }
    }
    (winners, refusals)
}

async fn hundred_members_with_one_unit_left_get_one_answer(db: &TestDb) {
    let limits = quotas(&[questions(Scope::Guild, 3)]);
    let store = db.store().await;
    won(&store, &by(1, 1), &limits).await;
    won(&store, &by(2, 2), &limits).await;
    let (winners, refusals) = at_once(db, (100..200).map(|n| by(n, n)).collect(), &limits).await;
    assert_eq!((winners.len(), refusals.len()), (1, 99));
    for refusal in refusals {
        assert!(matches!(
            refusal,
            Refusal::Quota {
                scope: Scope::Guild,
                unit: Unit::Questions,
                limit: 3,
                used: 3,
                passing: false,
                retry_after_ms: 1..=86_400_000
            }
        ));
    }
    let days = store.usage_by_day(Some(GuildId(1)), None, 0).await.unwrap();
    assert_eq!(days.iter().map(|day| day.totals.questions).sum::<u64>(), 3);
    assert_eq!(store.unfinished().await.unwrap(), 3);
}

async fn fifty_questions_of_one_member_under_a_cooldown_get_one_answer(db: &TestDb) {
    let limits = Limits { cooldown: Some(LONG), ..Limits::default() };
    let (winners, refusals) = at_once(db, (1..=50).map(|n| by(7, n)).collect(), &limits).await;
    assert_eq!((winners.len(), refusals.len()), (1, 49));
    for refusal in refusals {
        assert!(matches!(refusal, Refusal::Cooldown { retry_after_ms: 1..=600_000 }), "{refusal:?}");
    }
    let store = db.store().await;
    // Somebody else is not held up, nor is the member in another server.
    won(&store, &by(8, 100), &limits).await;
    won(&store, &NewJob { guild_id: Some(GuildId(2)), ..by(7, 101) }, &limits).await;
    won(&store, &NewJob { guild_id: None, ..by(7, 102) }, &limits).await;
    // A cooldown that is over lets the next question through.
    won(&store, &by(7, 103), &Limits { cooldown: Some(Duration::ZERO), ..Limits::default() }).await;
}

async fn mixed_race_of_members_roles_and_servers_never_goes_over(db: &TestDb) {
    // Roles in both orders: the store sorts them, or two claims would wait for each other.
    let role = |id| questions(Scope::Role(RoleId(id)), 9);
    let (a, b) = (role(5), role(6));
    let member = questions(Scope::Member, 2);
    let stores = [db.store().await, db.store().await];
    let tasks: Vec<_> = (0..60)
        .map(|n| {
            let store = stores[n % 2].clone();
            let roles = if n % 3 == 0 { [a.clone(), b.clone()] } else { [b.clone(), a.clone()] };
            let limits = quotas(&[roles[0].clone(), member.clone(), roles[1].clone()]);
            let new = by(n as u64 % 10, n as u64 + 1);
            tokio::spawn(async move { (new.author_id.0, claim(&store, &new, &limits).await) })
        })
        .collect();
    let mut won: HashMap<u64, u32> = HashMap::new();
    for task in tasks {
        match task.await.unwrap() {
            (author, Claim::Won(_)) => *won.entry(author).or_default() += 1,
            (_, Claim::Refused(Refusal::Quota { .. })) => {}
            other => panic!("unexpected {other:?}"),
        }
    }
    assert!(won.values().all(|answers| *answers <= 2), "{won:?}");
    // Ten members with two each want twenty; their role has nine.
    assert_eq!(won.values().sum::<u32>(), 9);
}

async fn refusal_is_recorded_once_and_costs_nothing(db: &TestDb) {
    let store = db.store().await;
    let limits = quotas(&[questions(Scope::Member, 1)]);
    won(&store, &by(7, 1), &limits).await;
    let refusal = refused(&store, &by(7, 2), &limits).await;
    assert_eq!(refusal.code(), "quota");
    assert_eq!(refusal.retry_after_ms(), Some(refusal.retry_after_ms().unwrap().clamp(1, 86_400_000)));
    let job = store.find_by_message(plotline_store::MessageId(2)).await.unwrap().unwrap();
    assert_eq!((job.state, job.refusal, job.reason.as_deref()), (State::Refused, Some(refusal), Some("quota")));
    assert_eq!((job.request, job.settings), (None, None));
    // The same message again, with limits that would let it through by now: not judged a second time.
    assert!(matches!(claim(&store, &by(7, 2), &Limits::default()).await, Claim::Duplicate(_)));
    // What the refused question had counted before it met its limit was taken back everywhere.
    let day = store.usage_by_day(Some(GuildId(1)), None, 0).await.unwrap();
    assert_eq!(day.iter().map(|day| day.totals.questions).collect::<Vec<_>>(), [1]);
    assert!(store.take_over(&Owner::unique(), LONG, 10).await.unwrap().is_empty());
}

async fn quota_of_each_scope_counts_its_own(db: &TestDb) {
    let store = db.store().await;
    let everyone = quotas(&[questions(Scope::Everyone, 4)]);
    let guild = quotas(&[questions(Scope::Guild, 3)]);
    let role = quotas(&[questions(Scope::Role(RoleId(5)), 2)]);
    let member = quotas(&[questions(Scope::Member, 1)]);
    let elsewhere = |message| NewJob { guild_id: Some(GuildId(2)), ..by(9, message) };
    let scope = |refusal| match refusal {
        Refusal::Quota { scope, used, .. } => (scope, used),
        other => panic!("unexpected {other:?}"),
    };
    won(&store, &by(1, 1), &role).await;
    won(&store, &by(2, 2), &role).await;
    assert_eq!(scope(refused(&store, &by(3, 3), &role).await), (Scope::Role(RoleId(5)), 2));
    assert_eq!(scope(refused(&store, &by(1, 4), &member).await), (Scope::Member, 1));
    won(&store, &by(3, 5), &member).await;
    assert_eq!(scope(refused(&store, &by(4, 6), &guild).await), (Scope::Guild, 3));
    won(&store, &elsewhere(7), &guild).await;
    assert_eq!(scope(refused(&store, &elsewhere(8), &everyone).await), (Scope::Everyone, 4));
}

async fn tokens_and_money_held_back_count_until_they_are_settled(db: &TestDb) {
    let store = db.store().await;
    let limits = Limits {
        quotas: vec![Quota { scope: Scope::Guild, questions: None, tokens: Some(1000), micros: Some(5000) }],
        reserve: Amount { tokens: 400, micros: 2000 },
        ..Limits::default()
    };
    let first = won(&store, &by(1, 1), &limits).await;
    won(&store, &by(2, 2), &limits).await;
    assert!(matches!(
        refused(&store, &by(3, 3), &limits).await,
        Refusal::Quota { unit: Unit::Tokens, limit: 1000, used: 800, passing: true, retry_after_ms: 1..=15_000, .. }
    ));
    // The first used far less than was held back, so there is room again.
    let call = ModelCall { call: 1, model: "small".into(), tokens_in: 60, tokens_out: 40, micros: 300 };
    let spent = store.add_usage(first.job.id, &call).await.unwrap();
    assert_eq!((spent.guild.tokens, spent.guild.micros, spent.everyone.tokens), (100, 300, 100));
    assert_eq!(spent.guild.held, limits.reserve);
    won(&store, &by(3, 4), &limits).await;
    // 900 tokens and 4300 of money are taken: a question that needs few tokens but much money meets the other limit.
    let dear = Limits { reserve: Amount { tokens: 1, micros: 800 }, ..limits.clone() };
    assert!(matches!(
        refused(&store, &by(4, 5), &dear).await,
        Refusal::Quota { unit: Unit::Micros, limit: 5000, used: 4300, passing: true, .. }
    ));
    // What is spent stays spent until the day ends.
    let call = ModelCall { call: 2, model: "small".into(), tokens_in: 700, tokens_out: 0, micros: 0 };
    store.add_usage(first.job.id, &call).await.unwrap();
    let Refusal::Quota { used, passing, retry_after_ms, .. } = refused(&store, &by(5, 6), &limits).await else {
        panic!("no quota");
    };
    // 800 tokens are spent, and the question may need 400.
    assert_eq!((used, passing), (1600, false));
    let day = limits_day_left(&store, 6).await;
    assert_eq!(retry_after_ms, day);
}

/// How long the day of a refused question lasts from then on.
async fn limits_day_left(store: &Store, message: u64) -> i64 {
    let refused = store.find_by_message(plotline_store::MessageId(message)).await.unwrap().unwrap();
    86_400_000 - refused.created_ms.rem_euclid(86_400_000)
}

async fn question_is_given_back_when_nothing_was_spent(db: &TestDb) {
    let store = db.store().await;
    let limits = Limits {
        quotas: vec![questions(Scope::Member, 1), questions(Scope::Role(RoleId(5)), 1)],
        reserve: Amount { tokens: 100, micros: 100 },
        ..Limits::default()
    };
    for (message, end) in [
        (1, Transition::Failed { reason: "model_unreachable".into() }),
        (2, Transition::Cancelled { reason: "question_deleted".into() }),
    ] {
        let held = won(&store, &by(7, message), &limits).await;
        store.advance(&held.lease, &end).await.unwrap();
        // A repeat gives nothing back a second time.
        store.advance(&held.lease, &end).await.unwrap();
        let day = store.usage_by_day(Some(GuildId(1)), Some(UserId(7)), 0).await.unwrap()[0].totals;
        assert_eq!((day.questions, day.tokens, day.micros, day.held), (0, 0, 0, Amount::default()));
    }
    won(&store, &by(7, 3), &limits).await;
    refused(&store, &by(7, 4), &limits).await;
}

async fn question_is_not_given_back_after_a_model_call(db: &TestDb) {
    let store = db.store().await;
    let limits = Limits { reserve: Amount { tokens: 100, micros: 0 }, ..quotas(&[questions(Scope::Member, 1)]) };
    let held = won(&store, &by(7, 1), &limits).await;
    store.count_model_call(&held.lease, &estimate()).await.unwrap();
    store.advance(&held.lease, &Transition::Failed { reason: "model_cut".into() }).await.unwrap();
    refused(&store, &by(7, 2), &limits).await;
    let day = store.usage_by_day(Some(GuildId(1)), Some(UserId(7)), 0).await.unwrap()[0].totals;
    assert_eq!((day.questions, day.tokens, day.held), (1, 120, Amount::default()));
    // The usage of the call arrives after the end: it counts, and takes no reserve off a second time.
    let call = ModelCall { call: 1, model: "small".into(), tokens_in: 30, tokens_out: 0, micros: 0 };
    assert_eq!(store.add_usage(held.job.id, &call).await.unwrap().guild.tokens, 30);
}

async fn running_jobs_are_bounded(db: &TestDb) {
    let limits = Limits { running_per_member: Some(2), running_per_guild: Some(5), ..Limits::default() };
    let (winners, refusals) = at_once(db, (1..=20).map(|n| by(7, n)).collect(), &limits).await;
    assert_eq!((winners.len(), refusals.len()), (2, 18));
    assert!(refusals.iter().all(|refusal| *refusal == Refusal::TooManyRunning { scope: Scope::Member, limit: 2 }));
    let (winners, refusals) = at_once(db, (101..=120).map(|n| by(n, n)).collect(), &limits).await;
    assert_eq!((winners.len(), refusals.len()), (3, 17));
    assert!(refusals.iter().all(|refusal| *refusal == Refusal::TooManyRunning { scope: Scope::Guild, limit: 5 }));
    let store = db.store().await;
    let ended = store.queue(1).await.unwrap().remove(0);
    store.cancel_job(ended.id, "stopped").await.unwrap();
    // Asked to end is not ended.
    refused(&store, &by(300, 300), &limits).await;
}

async fn quota_of_nothing_refuses_all(db: &TestDb) {
    let store = db.store().await;
    refused(&store, &by(7, 1), &quotas(&[questions(Scope::Member, 0)])).await;
    // Also one of money, for a question that holds none back.
    let broke = Quota { scope: Scope::Guild, questions: None, tokens: None, micros: Some(0) };
    refused(&store, &by(7, 2), &quotas(&[broke])).await;
    assert_eq!(store.unfinished().await.unwrap(), 0);
}

async fn days_end_at_the_servers_midnight(db: &TestDb) {
    const DAY_MS: i64 = 86_400_000;
    let store = db.store().await;
    for (message, utc_offset_min) in [(1, 0), (2, 330), (3, -720), (4, 840)] {
        let member = message;
        let limits = Limits { utc_offset_min, ..quotas(&[questions(Scope::Member, 1)]) };
        let held = won(&store, &by(member, message), &limits).await;
        let Refusal::Quota { retry_after_ms, .. } = refused(&store, &by(member, message + 100), &limits).await else {
            panic!("no quota");
        };
        let refused = store.find_by_message(plotline_store::MessageId(message + 100)).await.unwrap().unwrap();
        // The wait leads exactly to midnight over there.
        let local = refused.created_ms + retry_after_ms + i64::from(utc_offset_min) * 60_000;
        assert_eq!(local.rem_euclid(DAY_MS), 0);
        let day = (held.job.created_ms + i64::from(utc_offset_min) * 60_000).div_euclid(DAY_MS);
        let days = store.usage_by_day(Some(GuildId(1)), Some(UserId(member)), 0).await.unwrap();
        assert_eq!(days.iter().map(|usage| usage.day).collect::<Vec<_>>(), [day]);
    }
}

async fn limits_beyond_reason_are_refused(db: &TestDb) {
    let store = db.store().await;
    for limits in [
        quotas(&vec![questions(Scope::Member, 1); 65]),
        Limits { utc_offset_min: 100_000, ..Limits::default() },
        Limits { utc_offset_min: i32::MIN, ..Limits::default() },
    ] {
        let error = store.claim(&by(7, 1), &limits, &Owner::unique(), LONG).await.unwrap_err();
        assert!(matches!(error, LedgerError::Invalid(_)), "{error}");
    }
    // Nonsense that fits is bounded and overflows nothing.
    let huge = Amount { tokens: u64::MAX, micros: u64::MAX };
    let limits = Limits { cooldown: Some(Duration::MAX), reserve: huge, ..Limits::default() };
    won(&store, &by(7, 1), &limits).await;
    won(&store, &by(8, 2), &limits).await;
    assert!(matches!(refused(&store, &by(7, 3), &limits).await, Refusal::Cooldown { .. }));
}

async fn what_is_not_allowed_is_refused_before_anything_is_counted(db: &TestDb) {
    let store = db.store().await;
    let one_each = quotas(&[questions(Scope::Member, 1)]);
    for (message, denied) in [(1, Denied::Channel), (2, Denied::Role), (3, Denied::Paused)] {
        let limits = Limits { denied: Some(denied), ..one_each.clone() };
        assert_eq!(refused(&store, &by(5, message), &limits).await, Refusal::NotAllowed(denied));
        let again = claim(&store, &by(5, message), &one_each).await;
        assert!(matches!(&again, Claim::Duplicate(job) if job.state == State::Refused), "{again:?}");
    }
    // Neither the quota nor a cooldown was touched.
    let cooled = Limits { cooldown: Some(LONG), ..one_each };
    won(&store, &by(5, 4), &cooled).await;
}
