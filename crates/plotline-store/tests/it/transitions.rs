//! The state machine: every step from every state.

use crate::harness::{LONG, TestDb, on_both, question, won};
use plotline_store::{
    ChannelId, HeldJob, InteractionToken, LedgerError, MessageId, NewJob, NewPart, Owner, State, Store, Transition,
};
use serde_json::json;

on_both!(
    machine_has_exactly_its_steps,
    repeating_the_last_step_changes_nothing,
    repeating_a_step_with_other_data_is_illegal,
    end_erases_the_text_and_keeps_the_ids,
    failed_job_keeps_its_request_for_another_try,
    reason_must_be_a_code,
);

fn thread() -> Transition {
    Transition::Thread { thread_id: ChannelId(1) }
}

fn placeholder() -> Transition {
    Transition::Placeholder { message_id: MessageId(50) }
}

fn failed() -> Transition {
    Transition::Failed { reason: "model_timeout".into() }
}

fn cancelled() -> Transition {
    Transition::Cancelled { reason: "question_deleted".into() }
}

/// A job of its own in each state that a holder can bring it to.
async fn job_in(store: &Store, state: State, message: u64) -> HeldJob {
    let held = won(store, &question(message), &Owner::unique()).await;
    let path: &[Transition] = match state {
        State::Claimed => &[],
        State::Thread => &[thread()],
        State::Placeholder => &[thread(), placeholder()],
        State::Answering => &[thread(), placeholder(), Transition::Answering],
        State::Delivered => &[thread(), placeholder(), Transition::Answering, Transition::Delivered],
        State::Failed => &[failed()],
        State::Cancelled => &[cancelled()],
        State::Refused => panic!("no holder brings a job there"),
    };
    for step in path {
        assert_eq!(store.advance(&held.lease, step).await.unwrap().state, step.to());
    }
    held
}

/// The machine as the design draws it. `=` is a repeat, which changes nothing.
const MACHINE: [(State, &str); 7] = [
    // to: thread placeholder answering delivered failed cancelled
    (State::Claimed, "yy-yyy"),
    (State::Thread, "=y--yy"),
    (State::Placeholder, "-=yyyy"),
    (State::Answering, "--=yyy"),
    (State::Delivered, "---=--"),
    (State::Failed, "----=-"),
    (State::Cancelled, "-----="),
];

async fn machine_has_exactly_its_steps(db: &TestDb) {
    let store = db.store().await;
    let mut message = 0;
    for (from, row) in MACHINE {
        let steps = [thread(), placeholder(), Transition::Answering, Transition::Delivered, failed(), cancelled()];
        for (step, expected) in steps.into_iter().zip(row.chars()) {
            message += 1;
            let held = job_in(&store, from, message).await;
            let result = store.advance(&held.lease, &step).await;
            let name = format!("{from} to {}", step.to());
            assert_eq!(step.is_legal_from(from), expected == 'y', "{name}");
            let after = store.job(held.job.id).await.unwrap().unwrap();
            if expected == '-' {
                let Err(LedgerError::Illegal { from: was, to, .. }) = result else { panic!("{name}: {result:?}") };
                assert_eq!((was, to, after.state), (from, step.to(), from), "{name}");
            } else {
                assert_eq!(result.unwrap().state, step.to(), "{name}");
                assert_eq!(after.state, step.to(), "{name}");
            }
            assert_eq!(after.ended_ms.is_some(), after.state.is_final(), "{name}");
        }
    }
}

async fn repeating_the_last_step_changes_nothing(db: &TestDb) {
    let store = db.store().await;
    let held = job_in(&store, State::Delivered, 1).await;
    let before = store.job(held.job.id).await.unwrap();
    store.advance(&held.lease, &Transition::Delivered).await.unwrap();
    assert_eq!(store.job(held.job.id).await.unwrap(), before);
}

async fn repeating_a_step_with_other_data_is_illegal(db: &TestDb) {
    let store = db.store().await;
    for (message, state, other) in [
        (1, State::Thread, Transition::Thread { thread_id: ChannelId(2) }),
        (2, State::Placeholder, Transition::Placeholder { message_id: MessageId(51) }),
        (3, State::Failed, Transition::Failed { reason: "other".into() }),
        (4, State::Cancelled, Transition::Cancelled { reason: "other".into() }),
    ] {
        let held = job_in(&store, state, message).await;
        let before = store.job(held.job.id).await.unwrap();
        let result = store.advance(&held.lease, &other).await;
        assert!(matches!(result, Err(LedgerError::Illegal { .. })), "{other:?}: {result:?}");
        assert_eq!(store.job(held.job.id).await.unwrap(), before);
    }
}

async fn with_text(store: &Store, message: u64) -> HeldJob {
    let new =
        NewJob { interaction: Some(InteractionToken { token: "secret".into(), lifetime: LONG }), ..question(message) };
    let held = won(store, &new, &Owner::unique()).await;
    store.advance(&held.lease, &placeholder()).await.unwrap();
    store.save_answer(&held.lease, &json!("the answer").into()).await.unwrap();
    let part = NewPart { ordinal: 0, nonce: format!("{message}-0"), body: json!("the answer").into() };
    store.put_parts(&held.lease, &[part]).await.unwrap();
    store.part_sent(&held.lease, 0, MessageId(50)).await.unwrap();
    held
}

async fn end_erases_the_text_and_keeps_the_ids(db: &TestDb) {
    let store = db.store().await;
    for (message, end) in [(1, Transition::Delivered), (2, cancelled())] {
        let held = with_text(&store, message).await;
        store.advance(&held.lease, &end).await.unwrap();
        let job = store.job(held.job.id).await.unwrap().unwrap();
        assert_eq!((job.request, job.settings, job.answer, job.interaction), (None, None, None, None));
        assert_eq!((job.answer_id, job.message_id), (Some(MessageId(50)), Some(MessageId(message))));
        let parts = store.parts(held.job.id).await.unwrap();
        assert_eq!((parts.len(), &parts[0].body, parts[0].message_id), (1, &None, Some(MessageId(50))));
    }
}

async fn failed_job_keeps_its_request_for_another_try(db: &TestDb) {
    let store = db.store().await;
    let held = with_text(&store, 1).await;
    store.advance(&held.lease, &failed()).await.unwrap();
    let job = store.job(held.job.id).await.unwrap().unwrap();
    assert_eq!((job.request, job.settings), (Some(question(1).request), None));
    assert_eq!((job.answer, job.interaction), (None, None));
    assert_eq!(store.parts(held.job.id).await.unwrap()[0].body, None);
    assert_eq!(job.reason.as_deref(), Some("model_timeout"));
}

async fn reason_must_be_a_code(db: &TestDb) {
    let store = db.store().await;
    let held = won(&store, &question(1), &Owner::unique()).await;
    for reason in [String::new(), "a sentence is not a code, and one of a member would outlive its erasure".to_owned()]
    {
        let result = store.advance(&held.lease, &Transition::Failed { reason: reason.clone() }).await;
        assert!(matches!(result, Err(LedgerError::Invalid(_))), "{result:?}");
        let result = store.cancel_job(held.job.id, &reason).await;
        assert!(matches!(result, Err(LedgerError::Invalid(_))), "{result:?}");
    }
    assert_eq!(store.job(held.job.id).await.unwrap().unwrap().state, State::Claimed);
}
