//! What admins, members and the operator do with settings, limits, records and privacy, as they see it.

mod access;
mod edges;
mod everywhere;
mod explained;
mod limits;
mod members;
mod operator;
mod privacy;
mod races;
mod records;
mod settings;
mod spending;
mod twice;

use discord_sim::{Invocation, MessageView, UserId};
use plotline_store::{AuditEntry, AuditFilter, ConnectOptions, GuildId, Store};

use crate::harness::{PATIENCE, World};

impl World {
    /// Who owns the server, and so may do everything in it.
    pub fn admin(&self) -> UserId {
        self.guild.owner()
    }

    /// The admin sets a setting; what the bot says.
    pub async fn change(&self, name: &str, value: impl Into<discord_sim::OptionValue>) -> String {
        self.configure(Invocation::slash(&format!("config set {name}")).option("value", value)).await.content
    }

    /// The admin uses `/config`.
    pub async fn configure(&self, invocation: Invocation) -> MessageView {
        let used = self.invoke(self.admin(), self.general, invocation);
        let answer = self.answer(used).await;
        assert_eq!(answer.ephemeral_to, Some(self.admin()));
        answer
    }

    /// Somebody uses a command and is answered for themselves alone.
    pub async fn told(&self, user: UserId, invocation: Invocation) -> String {
        let used = self.invoke(user, self.general, invocation);
        let answer = self.answer(used).await;
        assert_eq!(answer.ephemeral_to, Some(user));
        answer.content
    }

    /// The bot's database, opened beside it.
    pub async fn store(&self) -> Store {
        let url = format!("sqlite://{}", self.folder.path().join("plotline.db").display());
        Store::connect(&url, &ConnectOptions::default()).await.unwrap()
    }

    /// The bot's database, past the store.
    pub async fn database(&self) -> sqlx::SqliteConnection {
        let url = format!("sqlite://{}", self.folder.path().join("plotline.db").display());
        <sqlx::SqliteConnection as sqlx::Connection>::connect(&url).await.unwrap()
    }

    /// Every alert that was sent is a minute older: the bot's clock is moved, not waited for.
    pub async fn minute_passes(&self) {
        let mut database = self.database().await;
        sqlx::query("UPDATE alerts SET last_ms = last_ms - 61000").execute(&mut database).await.unwrap();
    }

    /// Waits until so many alerts of a kind are held back.
    pub async fn held_back(&self, kind: &str, alerts: i64) {
        let mut database = self.database().await;
        let deadline = tokio::time::Instant::now() + PATIENCE;
        let mut seen = None;
        while seen != Some(alerts) {
            assert!(tokio::time::Instant::now() < deadline, "{seen:?} of {alerts}\n{}", self.logs());
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            seen = sqlx::query_scalar::<_, i64>("SELECT held_back FROM alerts WHERE kind = $1")
                .bind(kind)
                .fetch_optional(&mut database)
                .await
                .unwrap();
        }
    }

    /// The entries of the audit log of a kind, newest first, once there are so many.
    pub async fn audited(&self, kind: &str, at_least: usize) -> Vec<AuditEntry> {
        let store = self.store().await;
        let filter = AuditFilter {
            guild_id: Some(GuildId(self.guild.id().get())),
            kind: Some(kind.to_owned()),
            ..AuditFilter::default()
        };
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let entries = store.audit_page(&filter, 200).await.unwrap();
            if entries.len() >= at_least {
                return entries;
            }
            assert!(
                tokio::time::Instant::now() < deadline,
                "{} of {at_least} {kind} in the audit log\n{}",
                entries.len(),
                self.logs()
            );
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }

    /// Waits until no job is left: a command's is there for a moment after its answer.
    pub async fn all_finished(&self) {
        let store = self.store().await;
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while store.unfinished().await.unwrap() > 0 {
            assert!(tokio::time::Instant::now() < deadline, "a job is left\n{}", self.logs());
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }

    /// How the log tells of the newest question that came too early under a cooldown of 600 seconds.
    pub async fn too_early(&self) -> String {
        let refused = self.audited("cooldown", 1).await.remove(0).what.detail.unwrap().0;
        let left_s = refused["cooldown"]["retry_after_ms"].as_u64().unwrap().div_ceil(1000);
        assert!((1..=600).contains(&left_s), "{left_s}");
        format!("{left_s} s too early")
    }

    /// A text with names in place of what differs from run to run: ids and moments.
    pub fn masked(&self, text: &str) -> String {
        let mut masked = text.to_owned();
        for (id, name) in [
            (self.admin().to_string(), "ADMIN"),
            (self.alice.to_string(), "ALICE"),
            (self.general.to_string(), "GENERAL"),
            (self.guild.id().to_string(), "GUILD"),
            (self.sim.bot().to_string(), "BOT"),
        ] {
            masked = masked.replace(&id, name);
        }
        let mut out = String::new();
        let mut digits = String::new();
        for character in masked.chars().chain(['\0']) {
            if character.is_ascii_digit() {
                digits.push(character);
                continue;
            }
            out.push_str(if digits.len() >= 10 { "N" } else { &digits });
            digits.clear();
            out.push(character);
        }
        out.trim_end_matches('\0').to_owned()
    }
}
