//! A hundred members and one unit left, over two processes and on both databases: one answer.

use discord_sim::{Invocation, Permissions, Post, RateLimits, SimOptions, UserId};
use model_sim::Reply;
use plotline_store::{AuditEntry, AuditFilter, ConnectOptions, GuildId, Store};
use serde_json::json;

use crate::harness::{Bot, PATIENCE, Postgres, World};

const MEMBERS: usize = 100;

/// Two processes on one database.
struct Race {
    world: World,
    bots: [Bot; 2],
    store: Store,
    postgres: Option<Postgres>,
}

impl Race {
    async fn on_sqlite(variables: &[(&str, String)]) -> Self {
        Self::start(None, variables).await
    }

    async fn on_postgres(variables: &[(&str, String)]) -> Self {
        Self::start(Some(Postgres::create().await), variables).await
    }

    async fn start(postgres: Option<Postgres>, variables: &[(&str, String)]) -> Self {
        // Discord's own limits are wide open, so that the test shows the bot's.
        let mut world = World::with(SimOptions { rate_limits: RateLimits::relaxed(), ..SimOptions::default() }).await;
        for (name, value) in variables {
            world.set(name, value);
        }
        if let Some(postgres) = &postgres {
            world.set("DATABASE_URL", postgres.url());
        }
        // What it used stays used: each answer is more than any of the quotas here allows.
        world.model.answer_with(|_| Reply::text("A mean.").usage(1_000, 1_000));
        let bots = [world.bot().await, world.bot().await];
        let store = match &postgres {
            Some(postgres) => Store::connect(postgres.url(), &ConnectOptions::default()).await.unwrap(),
            None => world.store().await,
        };
        Self { world, bots, store, postgres }
    }

    async fn entries(&self, kind: &str) -> Vec<AuditEntry> {
        let filter = AuditFilter {
            guild_id: Some(GuildId(self.world.guild.id().get())),
            kind: Some(kind.to_owned()),
            ..AuditFilter::default()
        };
        self.store.audit_page(&filter, 200).await.unwrap()
    }

    async fn counted(&self, name: &str) -> i64 {
        self.bots[0].counter(name).await + self.bots[1].counter(name).await
    }

    /// Everybody asks at the same moment; one is answered, the others are refused with entries of this kind, which are given.
    async fn one_is_answered(&self, members: &[UserId], kind: &str) -> Vec<AuditEntry> {
        let world = &self.world;
        for member in members {
            let text = format!("{} what is a mean?", world.sim.mention());
            world.sim.post(*member, world.general, Post::text(text)).unwrap();
        }
        // Both processes see each question: one decides on it, and the other finds that it is decided.
        let all = members.len();
        let deadline = tokio::time::Instant::now() + 3 * PATIENCE;
        while self.entries(kind).await.len() < all - 1 || self.counted("ledger_drops").await < all as i64 {
            assert!(tokio::time::Instant::now() < deadline, "not all were refused or dropped\n{}", world.logs());
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        for bot in &self.bots {
            bot.wait_idle().await;
        }
        assert_eq!(self.counted("claims").await, 1);
        assert_eq!((self.counted("refusals").await, self.counted("answers").await), (all as i64 - 1, 1));
        assert_eq!((world.model.calls(), world.sim.threads(world.general).len()), (1, 1));
        let refused = self.entries(kind).await;
        assert_eq!(refused.len(), all - 1);
        refused
    }

    async fn end(self) {
        self.world.finish();
        for bot in self.bots {
            assert_eq!(bot.terminate().await, Some(0));
        }
        self.store.close().await;
        if let Some(postgres) = self.postgres {
            postgres.remove().await;
        }
    }
}

fn members(world: &World) -> Vec<UserId> {
    (0..MEMBERS).map(|number| world.guild.member(&format!("Member {number}"))).collect()
}

/// What each refusal of a quota says, when all say the same.
fn refused_by(entries: &[AuditEntry]) -> (serde_json::Value, serde_json::Value, serde_json::Value) {
    let told = |entry: &AuditEntry| {
        let quota = entry.what.detail.clone().unwrap().0["quota"].clone();
        (quota["scope"].clone(), quota["unit"].clone(), quota["limit"].clone())
    };
    assert!(entries.iter().all(|entry| told(entry) == told(&entries[0])));
    told(&entries[0])
}

#[tokio::test(flavor = "multi_thread")]
async fn one_question_of_a_role_is_left() {
    let race = Race::on_sqlite(&[]).await;
    let world = &race.world;
    let analysts = world.guild.role("Analysts", Permissions::from_bits(0));
    let members = members(world);
    for member in &members {
        world.guild.give_role(*member, analysts);
    }
    let set = Invocation::slash("config set questions_per_role").option("role", analysts).option("value", 1);
    world.configure(set).await;
    let refused = race.one_is_answered(&members, "quota").await;
    let role = json!({"role": analysts.get()});
    assert_eq!(refused_by(&refused), (role, json!("questions"), json!(1)));
    // Who does not have the role is answered all the same.
    world.answer_to(world.mention("and me?")).await;
    race.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tokens_of_one_question_are_left() {
    let race = Race::on_sqlite(&[]).await;
    race.world.change("tokens_per_day", 1).await;
    let refused = race.one_is_answered(&members(&race.world), "quota").await;
    assert_eq!(refused_by(&refused), (json!("guild"), json!("tokens"), json!(1)));
    race.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_money_of_one_question_is_left() {
    let prices = json!([{"name": "sim-model", "input_per_million": 1, "output_per_million": 1}]).to_string();
    let race = Race::on_sqlite(&[("MODELS", prices)]).await;
    race.world.change("money_per_day", 0.000_001).await;
    let refused = race.one_is_answered(&members(&race.world), "quota").await;
    assert_eq!(refused_by(&refused), (json!("guild"), json!("micros"), json!(1)));
    race.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_question_of_the_server_is_left_on_postgres() {
    let race = Race::on_postgres(&[]).await;
    race.world.change("questions_per_server", 1).await;
    let refused = race.one_is_answered(&members(&race.world), "quota").await;
    assert_eq!(refused_by(&refused), (json!("guild"), json!("questions"), json!(1)));
    race.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tokens_of_one_question_are_left_on_postgres() {
    let race = Race::on_postgres(&[]).await;
    race.world.change("tokens_per_day", 1).await;
    let refused = race.one_is_answered(&members(&race.world), "quota").await;
    assert_eq!(refused_by(&refused), (json!("guild"), json!("tokens"), json!(1)));
    race.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_questions_of_one_member_under_a_cooldown_on_postgres() {
    let race = Race::on_postgres(&[]).await;
    race.world.change("cooldown_seconds", 600).await;
    let refused = race.one_is_answered(&[race.world.alice; 50], "cooldown").await;
    let retry = |entry: &AuditEntry| entry.what.detail.clone().unwrap().0["cooldown"]["retry_after_ms"].as_i64();
    assert!(refused.iter().all(|entry| retry(entry).is_some_and(|left| (1..=600_000).contains(&left))));
    // One word a minute over both processes.
    let world = &race.world;
    let word = world.bot_message(world.general, "a word about the cooldown", |_| true).await;
    assert_eq!(world.masked(&word.content), "You have just asked something. You can ask again <t:N:R>.");
    assert_eq!(world.sim.bot_messages(world.general).len(), 1);
    race.end().await;
}
