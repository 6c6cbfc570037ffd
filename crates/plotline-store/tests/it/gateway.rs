//! What is remembered of the gateway.

use crate::harness::{TestDb, on_both};
use plotline_store::{ChannelId, MessageId};
use std::time::Duration;

on_both!(identifies_are_counted_over_processes_and_restarts, cursor_never_moves_back);

async fn identifies_are_counted_over_processes_and_restarts(db: &TestDb) {
    let day = Duration::from_hours(24);
    let first = db.store().await;
    assert_eq!(first.identifies_within(day).await.unwrap(), 0);
    first.record_identify().await.unwrap();
    let second = db.store().await;
    second.record_identify().await.unwrap();
    first.close().await;
    assert_eq!(second.identifies_within(day).await.unwrap(), 2);
    assert_eq!(db.store().await.identifies_within(day).await.unwrap(), 2);
    assert!(first.record_identify().await.is_err());
}

async fn cursor_never_moves_back(db: &TestDb) {
    let store = db.store().await;
    let channel = ChannelId(10);
    assert_eq!(store.cursor(channel).await.unwrap(), None);
    // Events arrive in any order, and from several tasks at once.
    let moves: Vec<_> = [7, 3, 20, 5, 19, 11]
        .map(|message| {
            let store = store.clone();
            tokio::spawn(async move { store.advance_cursor(channel, MessageId(message)).await.unwrap() })
        })
        .into();
    for moved in moves {
        moved.await.unwrap();
    }
    assert_eq!(store.cursor(channel).await.unwrap(), Some(MessageId(20)));
    assert_eq!(store.cursor(ChannelId(11)).await.unwrap(), None);
}
