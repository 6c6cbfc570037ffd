//! Settings: in force everywhere at once, and each change audited.

use crate::harness::{TestDb, on_both};
use plotline_store::{AuditFilter, Change, ChannelId, GuildId, Others, Setting, Store, StoreError, UserId};
use serde_json::{Value as Json, json};

on_both!(
    change_is_in_force_in_every_process_at_once,
    channel_setting_comes_before_the_servers,
    each_change_has_its_audit_row,
    change_to_the_same_value_changes_nothing,
    import_replaces_all_or_nothing,
    concurrent_changes_are_each_compared_with_the_one_before,
    change_based_on_an_older_version_is_not_made,
    setting_beyond_the_limits_is_refused,
    servers_do_not_see_each_others_settings,
);

const GUILD: GuildId = GuildId(1);
const ADMIN: UserId = UserId(900);

fn set(channel: Option<u64>, key: &str, value: Json) -> Change {
    Change { channel: channel.map(ChannelId), key: key.to_owned(), value: Some(value) }
}

fn reset(channel: Option<u64>, key: &str) -> Change {
    Change { channel: channel.map(ChannelId), key: key.to_owned(), value: None }
}

async fn change(store: &Store, changes: &[Change]) -> usize {
    store.change_settings(GUILD, ADMIN, changes, Others::Stay).await.unwrap().len()
}

async fn value(store: &Store, channel: Option<u64>, key: &str) -> Option<Json> {
    let settings = store.settings(GUILD).await.unwrap();
    settings.in_force(channel.map(ChannelId), key).map(|setting| setting.value.clone())
}

async fn change_is_in_force_in_every_process_at_once(db: &TestDb) {
    let (one, two) = (db.store().await, db.store().await);
    assert_eq!(value(&two, None, "cooldown_s").await, None);
    assert_eq!(two.settings(GUILD).await.unwrap().version, 0);
    change(&one, &[set(None, "cooldown_s", json!(5))]).await;
    assert_eq!(value(&two, None, "cooldown_s").await, Some(json!(5)));
    change(&two, &[set(None, "cooldown_s", json!(6)), set(None, "theme", json!("dark"))]).await;
    assert_eq!(value(&one, None, "cooldown_s").await, Some(json!(6)));
    change(&one, &[reset(None, "cooldown_s")]).await;
    assert_eq!(value(&two, None, "cooldown_s").await, None);
    assert_eq!(value(&two, None, "theme").await, Some(json!("dark")));
    // What has not changed is not read again.
    let settings = two.settings(GUILD).await.unwrap();
    assert!(std::sync::Arc::ptr_eq(&settings, &two.settings(GUILD).await.unwrap()));
    assert_eq!(settings.version, one.settings_version(GUILD).await.unwrap());
}

async fn channel_setting_comes_before_the_servers(db: &TestDb) {
    let store = db.store().await;
    change(&store, &[set(None, "theme", json!("dark")), set(Some(10), "theme", json!("light"))]).await;
    assert_eq!(value(&store, Some(10), "theme").await, Some(json!("light")));
    assert_eq!(value(&store, Some(11), "theme").await, Some(json!("dark")));
    change(&store, &[reset(Some(10), "theme")]).await;
    assert_eq!(value(&store, Some(10), "theme").await, Some(json!("dark")));
    change(&store, &[set(Some(12), "length", Json::Null)]).await;
    let settings = store.settings(GUILD).await.unwrap();
    let all: Vec<_> =
        settings.iter().map(|(channel, key, Setting { changed_by, .. })| (channel, key, *changed_by)).collect();
    assert_eq!(all, [(None, "theme", ADMIN), (Some(ChannelId(12)), "length", ADMIN)]);
    // Null is a value and not the default.
    assert_eq!(value(&store, Some(12), "length").await, Some(Json::Null));
}

async fn each_change_has_its_audit_row(db: &TestDb) {
    let store = db.store().await;
    change(&store, &[set(None, "theme", json!("dark"))]).await;
    store.change_settings(GUILD, UserId(901), &[set(None, "theme", json!("light"))], Others::Stay).await.unwrap();
    change(&store, &[reset(None, "theme"), set(Some(10), "theme", json!("sepia"))]).await;
    let filter = AuditFilter { guild_id: Some(GUILD), kind: Some("config".into()), ..AuditFilter::default() };
    let mut shown: Vec<_> = store
        .audit_page(&filter, 10)
        .await
        .unwrap()
        .into_iter()
        .map(|entry| {
            let before = entry.before.map(|before| before.0);
            (entry.what.member_id, entry.what.channel_id, entry.what.detail.map(|detail| detail.0), before)
        })
        .collect();
    shown.reverse();
    let after = |value: Json| Some(json!({"key": "theme", "after": value}));
    assert_eq!(
        shown,
        [
            (Some(ADMIN), None, after(json!("dark")), None),
            (Some(UserId(901)), None, after(json!("light")), Some(json!("dark"))),
            (Some(ADMIN), None, Some(json!({"key": "theme"})), Some(json!("light"))),
            (Some(ADMIN), Some(ChannelId(10)), after(json!("sepia")), None),
        ]
    );
}

async fn change_to_the_same_value_changes_nothing(db: &TestDb) {
    let store = db.store().await;
    let changes = [set(None, "roles", json!(["1", "2"]))];
    assert_eq!(change(&store, &changes).await, 1);
    assert_eq!(change(&store, &changes).await, 0);
    assert_eq!(change(&store, &[reset(None, "unknown")]).await, 0);
    // Named twice, the last one counts.
    let twice = [set(None, "roles", json!(1)), set(None, "roles", json!(2))];
    let changed = store.change_settings(GUILD, ADMIN, &twice, Others::Stay).await.unwrap();
    assert_eq!(changed.len(), 1);
    assert_eq!((&changed[0].before, &changed[0].after), (&Some(json!(["1", "2"])), &Some(json!(2))));
}

async fn import_replaces_all_or_nothing(db: &TestDb) {
    let store = db.store().await;
    change(
        &store,
        &[set(None, "theme", json!("dark")), set(Some(10), "length", json!(1)), set(None, "kept", json!(1))],
    )
    .await;
    let import = [set(None, "kept", json!(1)), set(None, "new", json!(true))];
    let bad = [set(None, "new", json!(1)), set(None, "", json!(1))];
    assert!(store.change_settings(GUILD, ADMIN, &bad, Others::Reset).await.is_err());
    assert_eq!(store.settings(GUILD).await.unwrap().iter().count(), 3);
    let changed = store.change_settings(GUILD, ADMIN, &import, Others::Reset).await.unwrap();
    assert_eq!(changed.len(), 3);
    let settings = store.settings(GUILD).await.unwrap();
    assert_eq!(settings.iter().map(|(_, key, _)| key).collect::<Vec<_>>(), ["kept", "new"]);
}

async fn concurrent_changes_are_each_compared_with_the_one_before(db: &TestDb) {
    let stores = [db.store().await, db.store().await];
    let tasks: Vec<_> = (0..20)
        .map(|n| {
            let store = stores[n % 2].clone();
            tokio::spawn(async move {
                store.change_settings(GUILD, ADMIN, &[set(None, "n", json!(n))], Others::Stay).await.unwrap()
            })
        })
        .collect();
    // Each value was replaced by one change only: the changes form one chain.
    let mut befores = Vec::new();
    for task in tasks {
        befores.extend(task.await.unwrap().into_iter().map(|changed| changed.before));
    }
    let all = befores.len();
    befores.sort_by_key(|before| before.as_ref().and_then(Json::as_i64));
    befores.dedup();
    assert_eq!((all, befores.len()), (20, 20));
    assert_eq!(stores[0].settings_version(GUILD).await.unwrap(), 20);
}

async fn setting_beyond_the_limits_is_refused(db: &TestDb) {
    let store = db.store().await;
    for bad in [
        set(None, "", json!(1)),
        set(None, &"k".repeat(65), json!(1)),
        set(Some(0), "key", json!(1)),
        set(None, "prompt", json!("x".repeat(20_000))),
    ] {
        let error = store.change_settings(GUILD, ADMIN, &[bad], Others::Stay).await.unwrap_err();
        assert!(matches!(error, StoreError::Value(_)), "{error}");
    }
    let many: Vec<_> = (0..5001).map(|n| set(None, &format!("k{n}"), json!(1))).collect();
    assert!(store.change_settings(GUILD, ADMIN, &many, Others::Stay).await.is_err());
    assert_eq!(store.settings(GUILD).await.unwrap().iter().count(), 0);
}

async fn servers_do_not_see_each_others_settings(db: &TestDb) {
    let store = db.store().await;
    change(&store, &[set(None, "theme", json!("dark"))]).await;
    let other = store.settings(GuildId(2)).await.unwrap();
    assert_eq!((other.version, other.iter().count()), (0, 0));
}

/// Twenty admins each add to a list at the same moment: none of the entries is lost.
async fn change_based_on_an_older_version_is_not_made(db: &TestDb) {
    let stores = [db.store().await, db.store().await];
    let tasks: Vec<_> = (0..20)
        .map(|n| {
            let store = stores[n % 2].clone();
            tokio::spawn(async move {
                loop {
                    let before = store.settings(GUILD).await.unwrap();
                    let mut list = before
                        .get(None, "list")
                        .map_or_else(Vec::new, |setting| setting.value.as_array().unwrap().clone());
                    list.push(json!(n));
                    let change = [set(None, "list", json!(list))];
                    if let Some(changed) =
                        store.change_settings_at(GUILD, ADMIN, &change, before.version).await.unwrap()
                    {
                        assert_eq!(changed.len(), 1);
                        return;
                    }
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(value(&stores[0], None, "list").await.unwrap().as_array().unwrap().len(), 20);
    let version = stores[1].settings_version(GUILD).await.unwrap();
    assert_eq!(version, 20);
    let late = stores[0].change_settings_at(GUILD, ADMIN, &[set(None, "list", json!([]))], version - 1).await.unwrap();
    assert_eq!(late, None);
    assert_eq!(stores[1].settings_version(GUILD).await.unwrap(), version);
}
