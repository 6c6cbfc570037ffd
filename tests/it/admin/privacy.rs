//! `/privacy`: all is shown, and then nothing is left.

use discord_sim::{Invocation, Post};
use model_sim::Reply;
use serde_json::Value;
use sqlx::{Connection as _, Row as _};

use crate::harness::World;

/// Words that stand nowhere but in what the member gave.
const PLANTED: [&str; 4] = ["xylophonist", "quagmirish", "zephyrette", "wombatical"];

impl World {
    /// Every text and blob of every table in the database's file.
    async fn everything_stored(&self) -> Vec<(String, Vec<u8>)> {
        let url = format!("sqlite://{}", self.folder.path().join("plotline.db").display());
        let mut connection = sqlx::SqliteConnection::connect(&url).await.unwrap();
        let tables: Vec<String> = sqlx::query("SELECT name FROM sqlite_master WHERE type = 'table'")
            .fetch_all(&mut connection)
            .await
            .unwrap()
            .iter()
            .map(|row| row.get(0))
            .collect();
        let mut stored = Vec::new();
        for table in tables {
            let columns: Vec<String> =
                sqlx::query(sqlx::AssertSqlSafe(format!("SELECT name FROM pragma_table_info('{table}')")))
                    .fetch_all(&mut connection)
                    .await
                    .unwrap()
                    .iter()
                    .map(|row| row.get(0))
                    .collect();
            for column in columns {
                let sql = format!("SELECT CAST(\"{column}\" AS BLOB) FROM \"{table}\" WHERE \"{column}\" IS NOT NULL");
                let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_all(&mut connection).await.unwrap();
                stored.extend(rows.iter().map(|row| (format!("{table}.{column}"), row.get::<Vec<u8>, _>(0))));
            }
        }
        connection.close().await.unwrap();
        stored
    }

    /// Where a word is stored, plainly or compressed.
    async fn stored(&self, word: &str) -> Vec<String> {
        let mut found: Vec<String> = self
            .everything_stored()
            .await
            .into_iter()
            .filter(|(_, bytes)| holds(bytes, word) || unpacked(bytes).is_some_and(|bytes| holds(&bytes, word)))
            .map(|(place, _)| place)
            .collect();
        found.sort();
        found.dedup();
        found
    }
}

fn holds(bytes: &[u8], word: &str) -> bool {
    bytes.windows(word.len()).any(|window| window == word.as_bytes())
}

fn unpacked(bytes: &[u8]) -> Option<Vec<u8>> {
    use std::io::Read as _;
    let mut plain = Vec::new();
    flate2::read::ZlibDecoder::new(bytes).read_to_end(&mut plain).ok()?;
    Some(plain)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_export_shows_all_that_is_stored_and_the_deletion_leaves_none_of_it() {
    let world = World::new().await;
    world.model.script([Reply::unauthorized(), Reply::text("Here it is.")]);
    let bot = world.bot().await;
    // A question that fails, a chart with its data, and a setting that was replaced.
    let failed = world.mention(&format!("what is a {}?", PLANTED[0]));
    world.answer_to(failed).await;
    let table = format!("bar chart of amount by name\nName,Amount\n{},3\n{},5", PLANTED[1], PLANTED[2]);
    let drawn = world.invoke(
        world.alice,
        world.general,
        Invocation::slash("chart").option("request", "bar chart").option("data", table),
    );
    world.answer(drawn).await;
    let admins = world.guild.role("Admins", discord_sim::Permissions::MANAGE_GUILD);
    world.guild.give_role(world.alice, admins);
    for prompt in [PLANTED[3], "Be brief."] {
        let opened = world.invoke(world.alice, world.general, Invocation::slash("config set system_prompt"));
        world.form(opened).await;
        let sent = world.sim.submit_modal(opened, &[("value", prompt)]).unwrap();
        world.answer(sent).await;
    }
    bot.wait_idle().await;
    for word in PLANTED {
        assert!(!world.stored(word).await.is_empty(), "{word} is not stored, so the test shows nothing");
    }
    let asked = world.invoke(world.alice, world.general, Invocation::slash("privacy export"));
    let export = world.answer(asked).await;
    assert_eq!(export.ephemeral_to, Some(world.alice));
    let file: Value = serde_json::from_slice(&export.attachments[0].bytes).unwrap();
    assert_eq!(file["member"], world.alice.to_string());
    for word in PLANTED {
        assert!(file.to_string().contains(word), "{word} is not in the export");
    }
    let asked = world.invoke(world.alice, world.general, Invocation::slash("privacy delete"));
    let warning = world.answer(asked).await;
    assert!(!world.stored(PLANTED[0]).await.is_empty(), "nothing is erased before it is confirmed");
    let confirmed = world.sim.click(world.alice, warning.id, &warning.custom_ids()[0]).unwrap();
    let done = world.shown(confirmed, "the end of it", |message| message.content.starts_with("Done")).await;
    assert!(done.components.is_empty());
    for word in PLANTED {
        assert_eq!(world.stored(word).await, Vec::<String>::new(), "{word}");
    }
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_ends_a_question_that_is_being_answered() {
    let world = World::new().await;
    world.model.script([Reply::never()]);
    let bot = world.bot().await;
    let asked = world
        .sim
        .post(world.alice, world.general, Post::text(format!("{} a {}?", world.sim.mention(), PLANTED[0])))
        .unwrap();
    world.model.wait_for_calls(1).await.unwrap();
    let warning = world.invoke(world.alice, world.general, Invocation::slash("privacy delete"));
    let warning = world.answer(warning).await;
    let confirmed = world.sim.click(world.alice, warning.id, &warning.custom_ids()[0]).unwrap();
    world.shown(confirmed, "the end of it", |message| message.content.starts_with("Done")).await;
    bot.wait_idle().await;
    assert_eq!(world.stored(PLANTED[0]).await, Vec::<String>::new());
    let job = world.store().await.find_by_message(plotline_store::MessageId(asked.get())).await.unwrap().unwrap();
    assert_eq!((job.state.as_str(), job.reason.as_deref()), ("cancelled", Some("privacy")));
    world.finish();
}

impl World {
    /// Somebody has their data erased, and confirms it.
    async fn erase(&self, who: discord_sim::UserId) -> String {
        let warning = self.invoke(who, self.general, Invocation::slash("privacy delete"));
        let warning = self.answer(warning).await;
        let confirmed = self.sim.click(who, warning.id, &warning.custom_ids()[0]).unwrap();
        self.shown(confirmed, "the end of it", |message| message.content.starts_with("Done")).await.content
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_members_table_that_others_had_drawn_is_shown_to_them_and_goes_with_their_data() {
    let world = World::new().await.offline();
    let bot = world.bot().await;
    let ben = world.guild.member("Ben");
    let table = |word: &str| format!("Name,Amount\n{word},3\nother,5");
    // Alice has Ben's message drawn, and changes the chart that he asked for.
    let message = world.sim.post(ben, world.general, Post::text(table(PLANTED[0]))).unwrap();
    let drawn = world.invoke(world.alice, world.general, Invocation::on_message("Chart this", message));
    assert_eq!(world.answer(drawn).await.attachments.len(), 1);
    let text = format!("{} bar chart\n{}", world.sim.mention(), table(PLANTED[1]));
    let asked = world.sim.post(ben, world.general, Post::text(text)).unwrap();
    world.answer_to(asked).await;
    let thread = world.sim.thread_of(asked).unwrap().id;
    let changed = world.post(thread, "make it a pie");
    let pie = world.reply_to(thread, changed).await;
    assert_eq!(pie[0].attachments.len(), 1, "{}", pie[0].content);
    bot.wait_idle().await;
    let asked = world.invoke(ben, world.general, Invocation::slash("privacy export"));
    let file: Value = serde_json::from_slice(&world.answer(asked).await.attachments[0].bytes).unwrap();
    assert_eq!(file["charts"].as_array().unwrap().len(), 3);
    assert!(file.to_string().contains(PLANTED[0]), "{file}");
    assert!(world.erase(ben).await.contains(" 3 charts "));
    for word in &PLANTED[..2] {
        assert_eq!(world.stored(word).await, Vec::<String>::new(), "{word}");
    }
    world.finish();
}

/// The token that writes the answer is erased with the rest, and still what the member sees does not stay for ever.
#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_takes_away_the_answer_to_a_command_that_is_being_written() {
    let world = World::new().await;
    world.model.script([Reply::never()]);
    let bot = world.bot().await;
    let asked = world.invoke(world.alice, world.general, Invocation::slash("ask").option("question", "a mean?"));
    world.model.wait_for_calls(1).await.unwrap();
    let shown = world.shown(asked, "the placeholder", |message| message.content == plotline::say::PLACEHOLDER).await;
    world.erase(world.alice).await;
    let gone = |sim: &discord_sim::Sim| sim.message(shown.id).is_none().then_some(());
    let waited = world.sim.wait_for("the answer to go", crate::harness::PATIENCE, gone).await;
    waited.unwrap_or_else(|error| panic!("{error}\n{}", world.logs()));
    bot.wait_idle().await;
    let erased = world.audited("privacy", 1).await;
    assert_eq!(erased[0].what.detail.as_ref().unwrap().0, serde_json::json!({ "did": "delete" }));
    assert_eq!(erased[0].what.member_id.map(|id| id.0), Some(world.alice.get()));
    world.finish();
}
