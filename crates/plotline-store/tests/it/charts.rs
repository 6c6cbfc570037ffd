//! Charts that can be drawn again.

use crate::harness::{LONG, TestDb, on_both};
use plotline_store::{ChannelId, GuildId, JobId, MessageId, NewChart, StoreError, UserId};
use serde_json::json;
use std::time::Duration;

on_both!(
    chart_is_drawn_again_after_a_restart,
    of_two_changes_at_the_same_moment_one_is_applied,
    expired_charts_are_gone,
    chart_moves_to_another_message_with_whose_data_it_has,
    chart_beyond_the_limits_is_refused,
);

fn chart(message: u64) -> NewChart {
    NewChart {
        message_id: MessageId(message),
        job_id: Some(JobId(1)),
        guild_id: Some(GuildId(1)),
        channel_id: ChannelId(10),
        asker_id: UserId(7),
        authors: Vec::new(),
        spec: json!({"kind": "bar", "title": "Sales"}).into(),
        data: "month,sales\nJan,12\n".repeat(1000).into_bytes(),
        lifetime: LONG,
    }
}

async fn chart_is_drawn_again_after_a_restart(db: &TestDb) {
    let store = db.store().await;
    let new = chart(50);
    store.put_chart(&new).await.unwrap();
    store.close().await;
    let store = db.store().await;
    let stored = store.chart(MessageId(50)).await.unwrap().unwrap();
    assert_eq!((&stored.spec, &stored.data, stored.asker_id), (&new.spec, &new.data, new.asker_id));
    assert_eq!((stored.job_id, stored.guild_id, stored.channel_id), (new.job_id, new.guild_id, new.channel_id));
    assert!(!format!("{stored:?} {new:?}").contains("Sales"));
    // Drawn anew in the same message.
    store.put_chart(&NewChart { data: Vec::new(), ..new }).await.unwrap();
    let stored = store.chart(MessageId(50)).await.unwrap().unwrap();
    assert_eq!((stored.version, stored.data.len()), (2, 0));
}

async fn of_two_changes_at_the_same_moment_one_is_applied(db: &TestDb) {
    let store = db.store().await;
    store.put_chart(&chart(50)).await.unwrap();
    let presses: Vec<_> = (0..16)
        .map(|n| {
            let store = store.clone();
            tokio::spawn(async move { store.change_chart(MessageId(50), 1, &json!({"top": n}).into()).await.unwrap() })
        })
        .collect();
    let mut applied = Vec::new();
    for press in presses {
        applied.extend(press.await.unwrap());
    }
    assert_eq!(applied, [2]);
    let stored = store.chart(MessageId(50)).await.unwrap().unwrap();
    assert_eq!(stored.version, 2);
    // The same change again, as after a lost answer, is the same change.
    assert_eq!(store.change_chart(MessageId(50), 1, &stored.spec).await.unwrap(), Some(2));
    assert_eq!(store.change_chart(MessageId(50), 2, &json!({"top": 99}).into()).await.unwrap(), Some(3));
}

async fn expired_charts_are_gone(db: &TestDb) {
    let store = db.store().await;
    store.put_chart(&NewChart { lifetime: Duration::ZERO, ..chart(50) }).await.unwrap();
    store.put_chart(&chart(51)).await.unwrap();
    assert_eq!(store.chart(MessageId(50)).await.unwrap(), None);
    assert_eq!(store.change_chart(MessageId(50), 1, &json!({}).into()).await.unwrap(), None);
    assert!(store.chart(MessageId(51)).await.unwrap().is_some());
    assert_eq!(store.change_chart(MessageId(52), 1, &json!({}).into()).await.unwrap(), None);
}

async fn chart_moves_to_another_message_with_whose_data_it_has(db: &TestDb) {
    let store = db.store().await;
    let ben = UserId(8);
    store.put_chart(&NewChart { authors: vec![ben], ..chart(50) }).await.unwrap();
    // The second time is a repeat after a lost answer.
    for _ in 0..2 {
        store.move_chart(MessageId(50), MessageId(51), ChannelId(11)).await.unwrap();
        assert_eq!(store.chart(MessageId(50)).await.unwrap(), None);
        let moved = store.chart(MessageId(51)).await.unwrap().unwrap();
        assert_eq!((moved.channel_id, moved.spec, moved.data), (ChannelId(11), chart(50).spec, chart(50).data));
    }
    // One that is shown there already stays.
    store.put_chart(&chart(52)).await.unwrap();
    store.move_chart(MessageId(52), MessageId(51), ChannelId(12)).await.unwrap();
    assert_eq!(store.chart(MessageId(51)).await.unwrap().unwrap().channel_id, ChannelId(11));
    assert_eq!(store.privacy_delete(ben).await.unwrap().charts, 1);
    assert_eq!(store.chart(MessageId(51)).await.unwrap(), None);
}

async fn chart_beyond_the_limits_is_refused(db: &TestDb) {
    let store = db.store().await;
    for bad in [
        NewChart { data: vec![0; 9 << 20], ..chart(50) },
        NewChart { authors: (1..=101).map(UserId).collect(), ..chart(50) },
        NewChart { spec: json!("x".repeat(300 << 10)).into(), ..chart(50) },
    ] {
        assert!(matches!(store.put_chart(&bad).await, Err(StoreError::Value(_))));
    }
    assert_eq!(store.chart(MessageId(50)).await.unwrap(), None);
}
