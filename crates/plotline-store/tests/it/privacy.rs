//! A member sees everything that is stored about them, and can have every word of it erased.

use crate::harness::{LONG, TestDb, claim, on_both, question, won};
use plotline_store::{
    Change, ChannelId, Claim, GuildId, HeldJob, InteractionId, InteractionToken, JobId, LedgerError, MessageId,
    ModelCall, NewAuditEntry, NewChart, NewJob, NewPart, Others, Owner, Source, State, Store, Transition, UserId,
};
use serde_json::json;
use tokio::task::JoinSet;

on_both!(
    export_shows_every_planted_word_and_delete_leaves_none,
    delete_leaves_other_members_alone,
    unfinished_job_takes_no_text_after_the_delete,
    data_of_another_member_in_a_chart_are_shown_and_erased_with_theirs,
    running_job_of_another_keeps_no_chart_of_erased_data,
    erasing_and_charting_at_the_same_moment_leave_no_chart,
    member_can_ask_again_after_the_delete,
    export_of_a_stranger_is_empty,
    setting_in_force_stays_the_servers_without_the_members_id,
    large_export_comes_in_parts_that_hold_everything_once,
);

const MEMBER: UserId = UserId(7);

/// Words that occur nowhere else. Each stands in another place; the last is a secret that no export shows.
const PLANTED: [&str; 9] = [
    "wolkenkratzer",
    "zitronenfalter",
    "murmeltier",
    "quastenflosser",
    "schnabeltier",
    "pfeffermuehle",
    "leuchtturm",
    "windmuehle",
    "feuerwerk",
];
const SECRET: &str = "geheimzahl";

fn chart(asker: UserId, message: u64, job: Option<JobId>, spec: serde_json::Value, word: &str) -> NewChart {
    NewChart {
        message_id: MessageId(message),
        job_id: job,
        guild_id: Some(GuildId(1)),
        channel_id: ChannelId(10),
        asker_id: asker,
        authors: Vec::new(),
        spec: spec.into(),
        data: format!("city,{word}\nBonn,3\n").into_bytes(),
        lifetime: LONG,
    }
}

/// All that is stored about a member, which fits one part.
async fn exported(store: &Store, member: UserId) -> serde_json::Value {
    let export = store.privacy_export(member, 1).await.unwrap();
    assert!(!export.truncated);
    export.json
}

/// Two jobs of a member, one failed and one in the middle, with words planted wherever text can be.
async fn plant(store: &Store, member: UserId, words: [&str; 9], first: u64) -> [HeldJob; 2] {
    let ask = |message, word: &str| NewJob {
        author_id: member,
        request: json!({"text": word}).into(),
        settings: json!({"prompt": words[1]}).into(),
        ..question(message)
    };
    let failed = won(store, &ask(first, words[0]), &Owner::unique()).await;
    store.advance(&failed.lease, &Transition::Failed { reason: "model_timeout".into() }).await.unwrap();

    let interaction = NewJob {
        source: Source::Interaction(InteractionId(first)),
        interaction: Some(InteractionToken { token: SECRET.to_owned(), lifetime: LONG }),
        ..ask(first + 1, words[2])
    };
    let running = won(store, &interaction, &Owner::unique()).await;
    store.save_answer(&running.lease, &json!({"text": words[3]}).into()).await.unwrap();
    let part = NewPart { ordinal: 0, nonce: format!("{first}-0"), body: json!({"content": words[4]}).into() };
    store.put_parts(&running.lease, &[part]).await.unwrap();
    store.part_sent(&running.lease, 0, MessageId(first + 50)).await.unwrap();
    let call = ModelCall { call: 1, model: "small".into(), tokens_in: 1, tokens_out: 1, micros: 1 };
    store.add_usage(running.job.id, &call).await.unwrap();

    let drawn = chart(member, first + 60, Some(running.job.id), json!({"title": words[5]}), words[6]);
    store.put_chart(&drawn).await.unwrap();
    let entry = NewAuditEntry {
        guild_id: Some(GuildId(1)),
        member_id: Some(member),
        detail: Some(json!({"said": words[7]}).into()),
        ..NewAuditEntry::new("job_failed")
    };
    store.audit(&entry).await.unwrap();
    // What an admin wrote and another replaced: it lives on as what was there before.
    let prompt = |value| Change { channel: None, key: format!("prompt_{first}"), value };
    store.change_settings(GuildId(1), member, &[prompt(Some(json!(words[8])))], Others::Stay).await.unwrap();
    store.change_settings(GuildId(1), UserId(900), &[prompt(Some(json!("other")))], Others::Stay).await.unwrap();
    [failed, running]
}

async fn export_shows_every_planted_word_and_delete_leaves_none(db: &TestDb) {
    let store = db.store().await;
    let jobs = plant(&store, MEMBER, PLANTED, 1).await;
    let stored = db.every_value().await.join("\n");
    let export = exported(&store, MEMBER).await;
    let shown = export.to_string();
    for word in PLANTED {
        // The data of the chart are compressed; that they were there is what the export shows.
        assert!(stored.contains(word) || word == PLANTED[6], "{word} was not stored");
        assert!(shown.contains(word), "{word} is not in the export: {shown}");
    }
    assert!(stored.contains(SECRET) && !shown.contains(SECRET));
    assert_eq!(export["member"], "7");
    assert_eq!(export["jobs"].as_array().unwrap().len(), 2);
    assert_eq!(export["jobs"][0]["channel_id"], "10");
    assert_eq!((&export["part"], &export["truncated"]), (&json!(1), &json!(false)));

    let erased = store.privacy_delete(MEMBER).await.unwrap();
    assert_eq!((erased.jobs, erased.charts, erased.audit_entries), (2, 1, 3));
    assert_eq!(erased.cancelled.iter().map(|cancelled| cancelled.job).collect::<Vec<_>>(), [jobs[1].job.id]);
    let stored = db.every_value().await.join("\n");
    let export = exported(&store, MEMBER).await.to_string();
    for word in PLANTED.into_iter().chain([SECRET]) {
        assert!(!stored.contains(word), "{word} is still stored");
        assert!(!export.contains(word), "{word} is still exported");
    }
    // The file itself, free pages and write-ahead log included.
    for name in ["plotline.db", "plotline.db-wal"] {
        let bytes = std::fs::read(db.path(name)).unwrap_or_default();
        for word in PLANTED.into_iter().chain([SECRET]) {
            assert!(!bytes.windows(word.len()).any(|window| window == word.as_bytes()), "{word} is still in {name}");
        }
    }
    // The ids stay: the source is still known, the thread still the bot's own.
    assert!(matches!(claim(&store, &question(1), &Owner::unique()).await, Claim::Duplicate(_)));
    assert_eq!(store.find_by_message(MessageId(51)).await.unwrap().unwrap().id, jobs[1].job.id);
    assert_eq!(store.chart(MessageId(61)).await.unwrap(), None);
    // A second time there is nothing left to do.
    let again = store.privacy_delete(MEMBER).await.unwrap();
    assert_eq!((again.jobs, again.charts, again.audit_entries), (0, 0, 0));
}

async fn delete_leaves_other_members_alone(db: &TestDb) {
    let store = db.store().await;
    let other = PLANTED.map(|word| word.get(1..).unwrap());
    plant(&store, UserId(8), other, 100).await;
    let before = exported(&store, UserId(8)).await;
    plant(&store, MEMBER, PLANTED, 1).await;
    store.privacy_delete(MEMBER).await.unwrap();
    assert_eq!(exported(&store, UserId(8)).await, before);
    assert_eq!(store.unfinished().await.unwrap(), 2);
}

async fn unfinished_job_takes_no_text_after_the_delete(db: &TestDb) {
    let store = db.store().await;
    let [_, running] = plant(&store, MEMBER, PLANTED, 1).await;
    // Another process than the one that works on the answer.
    db.store().await.privacy_delete(MEMBER).await.unwrap();
    let lease = &running.lease;
    let answer = json!(PLANTED[0]).into();
    assert!(matches!(store.save_answer(lease, &answer).await, Err(LedgerError::Erased(_))));
    let part = NewPart { ordinal: 1, nonce: "late".into(), body: answer };
    assert!(matches!(store.put_parts(lease, &[part]).await, Err(LedgerError::Erased(_))));
    let drawn = chart(MEMBER, 70, Some(running.job.id), json!({"title": PLANTED[5]}), PLANTED[6]);
    assert!(!store.put_chart(&drawn).await.unwrap());
    assert_eq!(store.chart(MessageId(70)).await.unwrap(), None);
    assert_eq!(store.renew(lease, LONG).await.unwrap().cancel.as_deref(), Some("privacy"));
    // It can still be cleaned up and ended.
    let end = Transition::Cancelled { reason: "privacy".into() };
    assert_eq!(store.advance(lease, &end).await.unwrap().state, State::Cancelled);
    let stored = db.every_value().await.join("\n");
    assert!(!stored.contains(PLANTED[0]) && !stored.contains(PLANTED[5]));
}

async fn data_of_another_member_in_a_chart_are_shown_and_erased_with_theirs(db: &TestDb) {
    let store = db.store().await;
    let (alice, ben, carla) = (UserId(11), UserId(12), UserId(13));
    let of = |message, authors: Vec<UserId>| NewChart {
        authors,
        ..chart(alice, message, None, json!({"x": PLANTED[0]}), PLANTED[1])
    };
    for new in [of(80, vec![ben, carla, alice]), of(81, vec![carla]), of(82, Vec::new())] {
        assert!(store.put_chart(&new).await.unwrap());
    }
    let shown = |export: serde_json::Value| -> Vec<String> {
        let charts = export["charts"].as_array().unwrap().iter();
        charts.map(|chart| chart["message_id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(shown(exported(&store, ben).await), ["80"]);
    assert!(exported(&store, ben).await.to_string().contains(PLANTED[1]));
    assert_eq!(shown(exported(&store, alice).await), ["80", "81", "82"]);
    assert_eq!(store.privacy_delete(ben).await.unwrap().charts, 1);
    assert_eq!(shown(exported(&store, alice).await), ["81", "82"]);
    // Drawn again of other data: what was Carla's is not any more.
    store.put_chart(&of(81, vec![ben])).await.unwrap();
    assert_eq!(store.privacy_delete(carla).await.unwrap().charts, 0);
    assert_eq!(store.privacy_delete(alice).await.unwrap().charts, 2);
    assert!(!db.every_value().await.join("\n").contains(PLANTED[0]));
}

async fn running_job_of_another_keeps_no_chart_of_erased_data(db: &TestDb) {
    let store = db.store().await;
    let (alice, ben) = (UserId(11), UserId(12));
    let asks = |message| NewJob { author_id: alice, ..question(message) };
    let of_ben = |message, job: &HeldJob| NewChart {
        authors: vec![ben],
        ..chart(alice, message, Some(job.job.id), json!({"x": PLANTED[0]}), PLANTED[1])
    };
    let before = won(&store, &asks(5), &Owner::unique()).await;
    // Another process hears of Ben's wish.
    db.store().await.privacy_delete(ben).await.unwrap();
    assert!(!store.put_chart(&of_ben(90, &before)).await.unwrap());
    assert_eq!(store.chart(MessageId(90)).await.unwrap(), None);
    assert!(!db.every_value().await.join("\n").contains(PLANTED[0]));
    // What is drawn without him is kept, and what he posts afterwards may be drawn.
    assert!(store.put_chart(&NewChart { authors: Vec::new(), ..of_ben(91, &before) }).await.unwrap());
    // The database's clock counts milliseconds, and what begins in the same one counts as before.
    let erased_ms = exported(&store, ben).await["last_erased"][0]["at_ms"].as_i64().unwrap();
    while store.now_ms().await.unwrap() <= erased_ms {}
    let after = won(&store, &asks(6), &Owner::unique()).await;
    assert!(store.put_chart(&of_ben(92, &after)).await.unwrap());
    assert_eq!(store.privacy_delete(ben).await.unwrap().charts, 1);
}

/// However the two meet, no chart of erased data is left, and none of them waits for ever.
async fn erasing_and_charting_at_the_same_moment_leave_no_chart(db: &TestDb) {
    let (store, other) = (db.store().await, db.store().await);
    let members: Vec<UserId> = (20..24).map(UserId).collect();
    let mut work = JoinSet::new();
    for n in 0..24_u64 {
        let asker = members[n as usize % members.len()];
        let job = won(&store, &NewJob { author_id: asker, ..question(200 + n) }, &Owner::unique()).await;
        let new = NewChart {
            authors: members.clone(),
            ..chart(asker, 300 + n, Some(job.job.id), json!({"n": n}), PLANTED[1])
        };
        let store = if n % 2 == 0 { store.clone() } else { other.clone() };
        work.spawn(async move { store.put_chart(&new).await.map(drop) });
    }
    for member in &members {
        let (store, member) = (other.clone(), *member);
        work.spawn(async move { store.privacy_delete(member).await.map(drop) });
    }
    while let Some(done) = work.join_next().await {
        done.unwrap().unwrap();
    }
    let charts = db.texts("SELECT CAST(message_id AS TEXT) FROM charts").await;
    assert!(charts.is_empty(), "left: {charts:?}");
    let members = db.texts("SELECT CAST(member_id AS TEXT) FROM erasures ORDER BY member_id").await;
    assert_eq!(members, ["20", "21", "22", "23"], "only who had their text erased");
}

async fn member_can_ask_again_after_the_delete(db: &TestDb) {
    let store = db.store().await;
    store.privacy_delete(MEMBER).await.unwrap();
    let again = NewJob { author_id: MEMBER, ..question(5) };
    let held = won(&store, &again, &Owner::unique()).await;
    store.save_answer(&held.lease, &json!("hello").into()).await.unwrap();
    let export = exported(&store, MEMBER).await;
    assert_eq!(export["jobs"][0]["request"], again.request.0);
}

async fn export_of_a_stranger_is_empty(db: &TestDb) {
    let store = db.store().await;
    plant(&store, MEMBER, PLANTED, 1).await;
    let export = exported(&store, UserId(12345)).await;
    for (name, list) in export.as_object().unwrap() {
        assert!(list.as_array().is_none_or(Vec::is_empty), "{name}: {list}");
    }
}

async fn large_export_comes_in_parts_that_hold_everything_once(db: &TestDb) {
    let store = db.store().await;
    let words = "word ".repeat(600_000);
    for message in 1..=7 {
        store.put_chart(&chart(MEMBER, message, None, json!({}), &words)).await.unwrap();
    }
    let mut seen = Vec::new();
    for part in 1.. {
        let export = store.privacy_export(MEMBER, part).await.unwrap();
        assert!(export.json.to_string().len() < 9 << 20);
        assert_eq!((&export.json["part"], &export.json["truncated"]), (&json!(part), &json!(export.truncated)));
        let charts = export.json["charts"].as_array().unwrap().iter();
        seen.extend(charts.map(|chart| chart["message_id"].as_str().unwrap().to_owned()));
        if !export.truncated {
            break;
        }
    }
    assert_eq!(seen, ["1", "2", "3", "4", "5", "6", "7"]);
    let past = store.privacy_export(MEMBER, 100).await.unwrap();
    assert!(!past.truncated && past.json["charts"].as_array().unwrap().is_empty());
}

async fn setting_in_force_stays_the_servers_without_the_members_id(db: &TestDb) {
    let (store, beside) = (db.store().await, db.store().await);
    let change = |value| Change { channel: None, key: "prompt".to_owned(), value: Some(json!(value)) };
    store.change_settings(GuildId(1), MEMBER, &[change(PLANTED[0])], Others::Stay).await.unwrap();
    let by = async |store: &Store| {
        let settings = store.settings(GuildId(1)).await.unwrap();
        let setting = settings.get(None, "prompt").unwrap();
        (setting.value.clone(), setting.changed_by)
    };
    assert_eq!(by(&beside).await, (json!(PLANTED[0]), MEMBER));
    assert!(exported(&store, MEMBER).await["settings"].to_string().contains(PLANTED[0]));
    store.privacy_delete(MEMBER).await.unwrap();
    // At once in every process, also in one that had read it before.
    assert_eq!(by(&beside).await, (json!(PLANTED[0]), UserId(0)));
    assert!(!exported(&store, MEMBER).await.to_string().contains(PLANTED[0]));
    let holders = db.texts("SELECT CAST(COUNT(*) AS TEXT) FROM settings WHERE changed_by = 7").await;
    assert_eq!(holders, ["0"]);
    let logged =
        db.texts("SELECT CAST(COUNT(*) AS TEXT) FROM audit WHERE detail IS NOT NULL OR before IS NOT NULL").await;
    assert_eq!(logged, ["0"]);
}
