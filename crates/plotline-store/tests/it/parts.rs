//! Write-ahead intents, finding jobs by their messages, and cancelling them.

use crate::harness::{LONG, TestDb, on_both, question, won};
use plotline_store::{ChannelId, LedgerError, MessageId, NewPart, Owner, PARTS_MAX, Source, State, Transition};
use serde_json::json;

on_both!(
    parts_are_all_written_or_none,
    part_keeps_its_nonce_and_may_change_its_text_until_it_is_posted,
    nonce_of_another_job_is_refused,
    part_is_recorded_as_one_message_only,
    parts_beyond_the_limits_are_refused,
    job_is_found_by_thread_question_and_answer,
    deleted_question_cancels_whoever_holds_the_job,
    deleted_thread_or_channel_cancels_its_jobs,
    deleted_part_cancels_the_job,
    cancelled_job_that_nobody_holds_is_taken_over_to_be_ended,
    own_deletions_are_told_from_a_persons,
);

fn part(ordinal: u32, nonce: &str, text: &str) -> NewPart {
    NewPart { ordinal, nonce: nonce.to_owned(), body: json!({"content": text}).into() }
}

async fn parts_are_all_written_or_none(db: &TestDb) {
    let store = db.store().await;
    let held = won(&store, &question(1), &Owner::unique()).await;
    store.put_parts(&held.lease, &[part(0, "n-0", "Thinking")]).await.unwrap();
    // The second clashes with what is there, so the first is not written either.
    let clash = [part(1, "n-1", "one"), part(2, "n-0", "two")];
    assert!(matches!(store.put_parts(&held.lease, &clash).await, Err(LedgerError::Invalid(_))));
    assert_eq!(store.parts(held.job.id).await.unwrap().len(), 1);
    store.put_parts(&held.lease, &[part(2, "n-2", "two"), part(1, "n-1", "one")]).await.unwrap();
    let parts = store.parts(held.job.id).await.unwrap();
    assert_eq!(parts.iter().map(|part| part.nonce.as_str()).collect::<Vec<_>>(), ["n-0", "n-1", "n-2"]);
    assert_eq!(parts[2].body, Some(json!({"content": "two"}).into()));
}

async fn part_keeps_its_nonce_and_may_change_its_text_until_it_is_posted(db: &TestDb) {
    let store = db.store().await;
    let held = won(&store, &question(1), &Owner::unique()).await;
    store.put_parts(&held.lease, &[part(0, "n-0", "first")]).await.unwrap();
    store.put_parts(&held.lease, &[part(0, "n-0", "second")]).await.unwrap();
    assert!(matches!(store.put_parts(&held.lease, &[part(0, "n-x", "third")]).await, Err(LedgerError::Invalid(_))));
    store.part_sent(&held.lease, 0, MessageId(50)).await.unwrap();
    store.put_parts(&held.lease, &[part(0, "n-0", "fourth")]).await.unwrap();
    let parts = store.parts(held.job.id).await.unwrap();
    assert_eq!((parts.len(), parts[0].nonce.as_str()), (1, "n-0"));
    assert_eq!(parts[0].body, Some(json!({"content": "second"}).into()));
}

async fn nonce_of_another_job_is_refused(db: &TestDb) {
    let store = db.store().await;
    let first = won(&store, &question(1), &Owner::unique()).await;
    let second = won(&store, &question(2), &Owner::unique()).await;
    store.put_parts(&first.lease, &[part(0, "same", "one")]).await.unwrap();
    assert!(matches!(store.put_parts(&second.lease, &[part(0, "same", "two")]).await, Err(LedgerError::Invalid(_))));
    assert!(store.parts(second.job.id).await.unwrap().is_empty());
}

async fn part_is_recorded_as_one_message_only(db: &TestDb) {
    let store = db.store().await;
    let held = won(&store, &question(1), &Owner::unique()).await;
    assert!(matches!(store.part_sent(&held.lease, 0, MessageId(50)).await, Err(LedgerError::Invalid(_))));
    store.put_parts(&held.lease, &[part(0, "n-0", "Thinking")]).await.unwrap();
    store.part_sent(&held.lease, 0, MessageId(50)).await.unwrap();
    store.part_sent(&held.lease, 0, MessageId(50)).await.unwrap();
    assert!(matches!(store.part_sent(&held.lease, 0, MessageId(51)).await, Err(LedgerError::Invalid(_))));
    assert_eq!(store.parts(held.job.id).await.unwrap()[0].message_id, Some(MessageId(50)));
}

async fn parts_beyond_the_limits_are_refused(db: &TestDb) {
    let store = db.store().await;
    let held = won(&store, &question(1), &Owner::unique()).await;
    let too_many = u32::try_from(PARTS_MAX).unwrap();
    for parts in [
        vec![part(too_many, "n", "x")],
        vec![part(0, "", "x")],
        vec![part(0, "a-nonce-of-26-characters-xx", "x")],
        vec![part(0, "n", "x"), part(1, "n", "y")],
        vec![part(0, "n", &"x".repeat(5 << 20))],
    ] {
        let result = store.put_parts(&held.lease, &parts).await;
        assert!(matches!(result, Err(LedgerError::Invalid(_))), "{result:?}");
    }
    let huge = json!("x".repeat(5 << 20)).into();
    assert!(matches!(store.save_answer(&held.lease, &huge).await, Err(LedgerError::Invalid(_))));
    assert!(store.parts(held.job.id).await.unwrap().is_empty());
    // The longest nonce that Discord takes.
    store.put_parts(&held.lease, &[part(too_many - 1, "a-nonce-of-25-characters-", "x")]).await.unwrap();
}

async fn job_is_found_by_thread_question_and_answer(db: &TestDb) {
    let store = db.store().await;
    let held = won(&store, &question(1), &Owner::unique()).await;
    won(&store, &question(2), &Owner::unique()).await;
    store.advance(&held.lease, &Transition::Thread { thread_id: ChannelId(1) }).await.unwrap();
    store.advance(&held.lease, &Transition::Placeholder { message_id: MessageId(50) }).await.unwrap();
    store.put_parts(&held.lease, &[part(1, "n-1", "more")]).await.unwrap();
    store.part_sent(&held.lease, 1, MessageId(51)).await.unwrap();
    store.advance(&held.lease, &Transition::Delivered).await.unwrap();

    let id = Some(held.job.id);
    assert_eq!(store.find_by_thread(ChannelId(1)).await.unwrap().map(|job| job.id), id);
    assert_eq!(store.find_by_thread(ChannelId(10)).await.unwrap().map(|job| job.id), None);
    for message in [1, 50, 51] {
        assert_eq!(store.find_by_message(MessageId(message)).await.unwrap().map(|job| job.id), id, "{message}");
    }
    for (message, answer) in [(1, None), (50, id), (51, id), (52, None)] {
        assert_eq!(store.find_by_answer(MessageId(message)).await.unwrap().map(|job| job.id), answer, "{message}");
    }
    assert_eq!(store.find_by_message(MessageId(52)).await.unwrap().map(|job| job.id), None);
    assert_eq!(store.unfinished().await.unwrap(), 1);
}

async fn deleted_question_cancels_whoever_holds_the_job(db: &TestDb) {
    let store = db.store().await;
    let owner = Owner::unique();
    let held = won(&store, &question(1), &owner).await;
    won(&store, &question(2), &owner).await;
    // Seen by another process than the one that works on it.
    let other = db.store().await;
    let cancelled = other.cancel_for_message(MessageId(1), "question_deleted").await.unwrap();
    assert_eq!(cancelled.len(), 1);
    assert_eq!((cancelled[0].job, cancelled[0].owner.as_str()), (held.job.id, owner.id()));
    // The first reason stays.
    other.cancel_for_message(MessageId(1), "again").await.unwrap();
    let reason = Some("question_deleted".to_owned());
    assert_eq!(store.renew(&held.lease, LONG).await.unwrap().cancel, reason);
    let standing = store.advance(&held.lease, &Transition::Thread { thread_id: ChannelId(1) }).await.unwrap();
    assert_eq!(standing.cancel, reason);
    store.advance(&held.lease, &Transition::Cancelled { reason: "question_deleted".into() }).await.unwrap();
    assert!(other.cancel_for_message(MessageId(1), "question_deleted").await.unwrap().is_empty());
    assert_eq!(store.find_by_source(&Source::Message(MessageId(2))).await.unwrap().unwrap().cancel, None);
}

async fn deleted_thread_or_channel_cancels_its_jobs(db: &TestDb) {
    let store = db.store().await;
    let in_thread = won(&store, &question(1), &Owner::unique()).await;
    store.advance(&in_thread.lease, &Transition::Thread { thread_id: ChannelId(1) }).await.unwrap();
    let in_channel = won(&store, &question(2), &Owner::unique()).await;
    let thread = store.cancel_for_channel(ChannelId(1), "thread_deleted").await.unwrap();
    assert_eq!(thread.iter().map(|cancelled| cancelled.job).collect::<Vec<_>>(), [in_thread.job.id]);
    let channel = store.cancel_for_channel(ChannelId(10), "channel_deleted").await.unwrap();
    assert_eq!(
        channel.iter().map(|cancelled| cancelled.job).collect::<Vec<_>>(),
        [in_thread.job.id, in_channel.job.id]
    );
    assert!(store.cancel_for_channel(ChannelId(99), "channel_deleted").await.unwrap().is_empty());
}

async fn deleted_part_cancels_the_job(db: &TestDb) {
    let store = db.store().await;
    let held = won(&store, &question(1), &Owner::unique()).await;
    store.put_parts(&held.lease, &[part(0, "n-0", "Thinking")]).await.unwrap();
    store.part_sent(&held.lease, 0, MessageId(50)).await.unwrap();
    let cancelled = store.cancel_for_message(MessageId(50), "answer_deleted").await.unwrap();
    assert_eq!(cancelled.len(), 1);
    assert_eq!(store.cancel_job(held.job.id, "stopped").await.unwrap(), Some(cancelled[0].clone()));
    assert_eq!(store.renew(&held.lease, LONG).await.unwrap().cancel.as_deref(), Some("answer_deleted"));
}

async fn cancelled_job_that_nobody_holds_is_taken_over_to_be_ended(db: &TestDb) {
    let store = db.store().await;
    let held = won(&store, &question(1), &Owner::unique()).await;
    store.release(&held.lease).await.unwrap();
    store.cancel_for_message(MessageId(1), "question_deleted").await.unwrap();
    let taken = store.take_over(&Owner::unique(), LONG, 10).await.unwrap().remove(0);
    assert_eq!(taken.job.cancel.as_deref(), Some("question_deleted"));
    let end = Transition::Cancelled { reason: "question_deleted".into() };
    assert_eq!(store.advance(&taken.lease, &end).await.unwrap().state, State::Cancelled);
    assert_eq!(store.unfinished().await.unwrap(), 0);
}

async fn own_deletions_are_told_from_a_persons(db: &TestDb) {
    let store = db.store().await;
    let message = MessageId(50);
    assert_eq!(store.own_deletion(message).await.unwrap(), None);
    store.note_own_deletion(message, "stray_placeholder").await.unwrap();
    let other = db.store().await;
    assert_eq!(other.own_deletion(message).await.unwrap().as_deref(), Some("stray_placeholder"));
    assert_eq!(other.own_deletion(MessageId(51)).await.unwrap(), None);
    store.note_own_deletion(message, "cancelled").await.unwrap();
    assert_eq!(other.own_deletion(message).await.unwrap().as_deref(), Some("cancelled"));
}
