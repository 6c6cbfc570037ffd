//! Processes that die, connections that break, answers that are lost: nothing is done twice and nothing is lost.

use crate::harness::{LONG, TestDb, claim, estimate, on_both, options, question, won};
use plotline_store::{
    AlertTurn, Amount, AuditFilter, Change, ChannelId, Claim, GuildId, HeldJob, LedgerError, Limits, MessageId,
    ModelCall, NewAuditEntry, NewJob, NewPart, Others, Owner, Quota, Scope, State, Store, Transition, UserId,
};
use serde_json::json;
use std::io::BufRead as _;
use std::process::{Command, Stdio};
use std::time::Duration;

on_both!(work_survives_a_restart_at_every_step, abandoned_calls_leave_nothing_locked);

async fn work_survives_a_restart_at_every_step(db: &TestDb) {
    let owner = Owner::unique();
    let store = db.store().await;
    let lease = won(&store, &question(1), &owner).await.lease;
    let part = NewPart { ordinal: 0, nonce: "1-0".into(), body: json!("Thinking").into() };
    for step in 0..6 {
        // A new store each time, as after a restart; the old one is dropped without being closed.
        let store = db.store().await;
        match step {
            0 => _ = store.advance(&lease, &Transition::Thread { thread_id: ChannelId(1) }).await.unwrap(),
            1 => store.put_parts(&lease, std::slice::from_ref(&part)).await.unwrap(),
            2 => store.part_sent(&lease, 0, MessageId(50)).await.unwrap(),
            3 => _ = store.advance(&lease, &Transition::Placeholder { message_id: MessageId(50) }).await.unwrap(),
            4 => _ = store.advance(&lease, &Transition::Answering).await.unwrap(),
            _ => _ = store.advance(&lease, &Transition::Delivered).await.unwrap(),
        }
    }
    let job = db.store().await.job(lease.job()).await.unwrap().unwrap();
    assert_eq!((job.state, job.thread_id, job.answer_id), (State::Delivered, Some(ChannelId(1)), Some(MessageId(50))));
}

async fn abandoned_calls_leave_nothing_locked(db: &TestDb) {
    let store = db.store().await;
    for round in 0..10_u64 {
        let calls: Vec<_> = (0..10)
            .map(|n| {
                let store = store.clone();
                tokio::spawn(async move { claim(&store, &question(1 + round * 10 + n), &Owner::unique()).await })
            })
            .collect();
        // Each round gives up at another point of the calls.
        for _ in 0..round * 3 {
            tokio::task::yield_now().await;
        }
        for call in &calls {
            call.abort();
        }
        for call in calls {
            // Some were faster; the others were cancelled. None panicked.
            match call.await {
                Ok(claim) => assert!(matches!(claim, Claim::Won(_)), "{claim:?}"),
                Err(error) => assert!(error.is_cancelled(), "{error}"),
            }
        }
    }
    let held = won(&store, &question(1000), &Owner::unique()).await;
    store.advance(&held.lease, &Transition::Failed { reason: "test".into() }).await.unwrap();
    // Every job is there as a whole or not at all.
    let queue = store.queue(200).await.unwrap();
    assert!(queue.iter().all(|job| job.request.is_some() && job.state == State::Claimed));
    let counted = store.usage_by_day(Some(GuildId(1)), None, 0).await.unwrap();
    assert_eq!(counted.iter().map(|day| day.totals.questions).sum::<u64>(), queue.len() as u64);
}

/// Set for the process that is going to be killed: the database it works on.
const CHILD_DATABASE: &str = "PLOTLINE_TEST_CHILD_DATABASE";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_process_is_recovered_from_at_once() {
    if let Ok(url) = std::env::var(CHILD_DATABASE) {
        return be_killed(&url).await;
    }
    let db = TestDb::sqlite();
    let store = db.store().await;
    let survivor = store.register_owner().await.unwrap();
    let kept = won(&store, &question(99), &survivor).await;
    // Not registered: nobody can see whether it lives, so only its expiry counts.
    won(&store, &question(98), &Owner::unique()).await;

    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crashes::killed_process_is_recovered_from_at_once", "--nocapture"])
        .env(CHILD_DATABASE, &db.url)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = std::io::BufReader::new(child.stdout.take().unwrap());
    assert!(
        output.lines().map_while(Result::ok).any(|line| line.contains("child: working")),
        "the child never got to work"
    );
    // While it lives, its leases are its own.
    assert_eq!(store.release_dead_owners().await.unwrap(), 0);
    assert!(store.take_over(&survivor, LONG, 10).await.unwrap().is_empty());
    // kill -9
    child.kill().unwrap();
    child.wait().unwrap();

    assert_eq!(store.release_dead_owners().await.unwrap(), 1);
    let [taken] = <[HeldJob; 1]>::try_from(store.take_over(&survivor, LONG, 10).await.unwrap()).unwrap();
    // Nothing that was committed is lost.
    assert_eq!((taken.job.state, taken.job.thread_id), (State::Thread, Some(ChannelId(1))));
    assert_eq!(store.parts(taken.job.id).await.unwrap().len(), 1);
    store.renew(&kept.lease, LONG).await.unwrap();
    // The file of the dead is swept, the survivor's is not.
    let owners: Vec<_> = std::fs::read_dir(db.path("plotline.db.owners"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(owners, [survivor.id()]);
    assert_eq!(store.release_dead_owners().await.unwrap(), 0);
}

async fn be_killed(url: &str) {
    let store = Store::connect(url, &options()).await.unwrap();
    let owner = store.register_owner().await.unwrap();
    let held = won(&store, &question(1), &owner).await;
    store.advance(&held.lease, &Transition::Thread { thread_id: ChannelId(1) }).await.unwrap();
    let part = NewPart { ordinal: 0, nonce: "1-0".into(), body: json!("Thinking").into() };
    store.put_parts(&held.lease, &[part]).await.unwrap();
    println!("child: working");
    // Until it is killed; should the parent be gone, not for ever.
    tokio::time::sleep(Duration::from_secs(60)).await;
}

#[tokio::test]
async fn owner_that_ends_in_order_frees_what_it_left() {
    let db = TestDb::sqlite();
    let store = db.store().await;
    let owner = store.register_owner().await.unwrap();
    let clone = owner.clone();
    let held = won(&store, &question(1), &owner).await;
    drop(owner);
    assert_eq!(store.release_dead_owners().await.unwrap(), 0);
    drop(clone);
    // The lease holds its owner, too.
    assert_eq!(store.release_dead_owners().await.unwrap(), 0);
    drop(held);
    assert_eq!(store.release_dead_owners().await.unwrap(), 1);
}

/// A server that stands between a store and Postgres and breaks one connection at a chosen moment.
mod breaker {
    use std::sync::{Arc, Mutex};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::{TcpListener, TcpStream};

    /// What is lost.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(super) enum Loss {
        /// The request: the server never sees it.
        Request,
        /// The answer: the server has done what was asked.
        Answer,
    }

    /// Counts down to the request at which the connection breaks.
    #[derive(Clone, Default)]
    pub(super) struct Breaker(Arc<Mutex<Option<(u32, Loss)>>>);

    impl Breaker {
        /// Breaks at the `request`th request from now on, counted from 1 over all connections; once.
        pub(super) fn arm(&self, request: u32, loss: Loss) {
            *self.0.lock().unwrap() = Some((request, loss));
        }

        /// Whether it has not come to that.
        pub(super) fn disarm(&self) -> bool {
            self.0.lock().unwrap().take().is_some()
        }

        fn strike(&self) -> Option<Loss> {
            let mut armed = self.0.lock().unwrap();
            let (left, loss) = armed.as_mut()?;
            *left -= 1;
            if *left > 0 {
                return None;
            }
            let loss = *loss;
            *armed = None;
            Some(loss)
        }
    }

    /// Listens on loopback in front of `server` (host and port), and returns the port.
    pub(super) async fn listen(server: String, breaker: Breaker) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(pass_on(client, server.clone(), breaker.clone()));
            }
        });
        port
    }

    async fn pass_on(mut client: TcpStream, server: String, breaker: Breaker) {
        let mut server = TcpStream::connect(server).await.unwrap();
        let (mut asked, mut answered) = ([0; 1 << 16], [0; 1 << 16]);
        loop {
            tokio::select! {
                read = client.read(&mut asked) => {
                    let Ok(length @ 1..) = read else { return };
                    let loss = breaker.strike();
                    if loss == Some(Loss::Request) || server.write_all(&asked[..length]).await.is_err() {
                        return;
                    }
                    if loss == Some(Loss::Answer) {
                        // It has been answered, so it has been done.
                        let _ = server.read(&mut answered).await;
                        return;
                    }
                }
                read = server.read(&mut answered) => {
                    let Ok(length @ 1..) = read else { return };
                    if client.write_all(&answered[..length]).await.is_err() {
                        return;
                    }
                }
            }
        }
    }
}

/// Limits that a retry could count twice.
fn limits() -> Limits {
    Limits {
        quotas: vec![Quota { scope: Scope::Member, questions: Some(1_000_000), tokens: None, micros: None }],
        reserve: Amount { tokens: 10, micros: 10 },
        ..Limits::default()
    }
}

/// What a breaking connection may not change the outcome of.
const OPERATIONS: [&str; 10] =
    ["claim", "refused claim", "model call", "parts", "end", "usage", "take over", "settings", "audit", "alert"];

/// Does one operation on a job of its own, prepared beside the breaker, and checks that it was done exactly once.
async fn operate(operation: &str, through: &Store, beside: &Store, n: u64) {
    let new = NewJob { author_id: UserId(n), ..question(n) };
    let owner = Owner::unique();
    let prepare = async |lease| match beside.claim(&new, &limits(), &owner, lease).await.unwrap() {
        Claim::Won(held) => *held,
        other => panic!("unexpected {other:?}"),
    };
    let used = async || beside.usage_by_day(Some(GuildId(1)), Some(UserId(n)), 0).await.unwrap()[0].totals;
    let audited = async || {
        let filter = AuditFilter { guild_id: Some(GuildId(n)), ..AuditFilter::default() };
        beside.audit_page(&filter, 10).await.unwrap().len()
    };
    let call = ModelCall { call: 1, model: "small".into(), tokens_in: 3, tokens_out: 4, micros: 5 };
    match operation {
        "claim" => {
            let Claim::Won(held) = through.claim(&new, &limits(), &owner, LONG).await.unwrap() else {
                panic!("a claim whose answer was lost was not found again");
            };
            assert_eq!((used().await.questions, used().await.held.tokens), (1, 10));
            through.renew(&held.lease, LONG).await.unwrap();
        }
        "refused claim" => {
            let none = Limits {
                quotas: vec![Quota { scope: Scope::Member, questions: Some(0), tokens: None, micros: None }],
                ..Limits::default()
            };
            let Claim::Refused(refusal) = through.claim(&new, &none, &owner, LONG).await.unwrap() else {
                panic!("a refusal whose answer was lost was not found again");
            };
            assert_eq!(beside.find_by_message(MessageId(n)).await.unwrap().unwrap().refusal, Some(refusal));
        }
        "model call" => {
            let held = prepare(LONG).await;
            assert_eq!(through.count_model_call(&held.lease, &estimate()).await.unwrap(), 1);
            assert_eq!(beside.job(held.job.id).await.unwrap().unwrap().model_calls, 1);
            assert_eq!((used().await.held.tokens, used().await.held.micros), (120, 30));
        }
        "parts" => {
            let held = prepare(LONG).await;
            let part = |ordinal| NewPart { ordinal, nonce: format!("{n}-{ordinal}"), body: json!("x").into() };
            through.put_parts(&held.lease, &[part(0), part(1)]).await.unwrap();
            through.part_sent(&held.lease, 1, MessageId(n)).await.unwrap();
            let parts = beside.parts(held.job.id).await.unwrap();
            assert_eq!(parts.iter().map(|part| part.message_id).collect::<Vec<_>>(), [None, Some(MessageId(n))]);
        }
        "end" => {
            let held = prepare(LONG).await;
            let end = Transition::Failed { reason: "model_unreachable".into() };
            through.advance(&held.lease, &end).await.unwrap();
            assert_eq!((used().await.questions, used().await.held.tokens, used().await.micros), (0, 0, 0));
        }
        "usage" => {
            let held = prepare(LONG).await;
            assert!(through.add_usage(held.job.id, &call).await.unwrap().guild.model_calls > 0);
            assert_eq!((used().await.model_calls, used().await.tokens, used().await.micros), (1, 7, 5));
        }
        "take over" => {
            let held = prepare(Duration::ZERO).await;
            let taken = through.take_over(&owner, LONG, 10).await.unwrap();
            assert_eq!(taken.iter().map(|held| held.job.id).collect::<Vec<_>>(), [held.job.id]);
            assert_eq!(taken[0].job.takeovers, 1);
            through.renew(&taken[0].lease, LONG).await.unwrap();
        }
        "settings" => {
            let change = Change { channel: None, key: format!("k{n}"), value: Some(json!(n)) };
            let null = Change { channel: Some(ChannelId(n)), value: Some(json!(null)), ..change.clone() };
            let changed = through.change_settings(GuildId(n), UserId(n), &[change, null], Others::Stay).await.unwrap();
            let shown: Vec<_> =
                changed.into_iter().map(|changed| (changed.channel, changed.before, changed.after)).collect();
            assert_eq!(shown, [(None, None, Some(json!(n))), (Some(ChannelId(n)), None, Some(json!(null)))]);
            assert_eq!(audited().await, 2);
        }
        "audit" => {
            let entry = NewAuditEntry { guild_id: Some(GuildId(n)), ..NewAuditEntry::new("quota") };
            through.audit(&entry).await.unwrap();
            assert_eq!(audited().await, 1);
        }
        "alert" => {
            let alert =
                async |store: &Store, every| store.claim_alert(Some(GuildId(n)), "job_failed", every).await.unwrap();
            assert!(alert(beside, LONG).await.is_some() && alert(beside, LONG).await.is_none());
            assert_eq!(alert(through, Duration::ZERO).await, Some(AlertTurn { held_back: 1 }));
        }
        other => panic!("there is no {other}"),
    }
    beside.cancel_for_message(MessageId(n), "test").await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connection_that_breaks_at_any_request_changes_no_outcome() {
    let db = TestDb::postgres().await;
    let beside = db.store().await;
    let (before, after) = db.url.split_once('@').unwrap();
    let (server, name) = after.split_once('/').unwrap();
    let breaker = breaker::Breaker::default();
    let port = breaker::listen(server.to_owned(), breaker.clone()).await;
    let through = Store::connect(&format!("{before}@127.0.0.1:{port}/{name}"), &options()).await.unwrap();
    let mut n = 0;
    for operation in OPERATIONS {
        for loss in [breaker::Loss::Request, breaker::Loss::Answer] {
            for request in 1.. {
                n += 1;
                breaker.arm(request, loss);
                operate(operation, &through, &beside, n).await;
                if breaker.disarm() {
                    // The operation was over before: every one of its requests has been lost once.
                    assert!(request > 1, "{operation} made no request");
                    break;
                }
            }
        }
    }
    through.close().await;
    beside.close().await;
    db.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn server_that_restarts_is_not_noticed() {
    let db = TestDb::postgres().await;
    let store = db.store().await;
    let held = won(&store, &question(1), &Owner::unique()).await;
    for n in 0..5 {
        // Several connections are in the pool, and all of them are dead.
        let reads: Vec<_> = (0..8)
            .map(|_| {
                let store = store.clone();
                tokio::spawn(async move { store.unfinished().await })
            })
            .collect();
        for read in reads {
            read.await.unwrap().unwrap();
        }
        db.cut_connections().await;
        store.renew(&held.lease, LONG).await.unwrap();
        won(&store, &question(10 + n), &Owner::unique()).await;
    }
    store.close().await;
    db.finish().await;
}

#[tokio::test]
async fn closed_store_says_so_at_once() {
    for db in [TestDb::sqlite(), TestDb::postgres().await] {
        let store = db.store().await;
        store.close().await;
        let result = store.claim(&question(1), &Limits::default(), &Owner::unique(), LONG).await;
        assert!(matches!(result, Err(LedgerError::Store(_))), "{result:?}");
        db.finish().await;
    }
}
