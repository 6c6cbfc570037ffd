//! A world to test in: a simulated Discord with a guild, a scripted model, a database folder, and the bot as a process.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use discord_sim::{ChannelId, GuildHandle, MessageId, MessageView, Post, Sim, SimOptions, UserId};
use model_sim::ModelSim;
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::{Child, Command};

/// Patience for anything that has to happen: far more than a loaded machine needs.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Everything around the bot.
pub struct World {
    pub sim: Sim,
    pub model: ModelSim,
    pub folder: TempDir,
    pub guild: GuildHandle,
    pub general: ChannelId,
    pub alice: UserId,
    env: Vec<(String, String)>,
}

impl World {
    /// A world with a model, a guild, the channel `general` and the member Alice.
    pub async fn new() -> Self {
        Self::with(SimOptions::default()).await
    }

    pub async fn with(options: SimOptions) -> Self {
        let sim = Sim::start(options).await.unwrap();
        let model = ModelSim::start().await.unwrap();
        let guild = sim.guild("Testers");
        let general = guild.text_channel("general");
        let alice = guild.member("Alice");
        let env = vec![
            ("LLM_BASE_URL".to_owned(), model.base_url()),
            ("LLM_MODEL".to_owned(), "sim-model".to_owned()),
            ("LLM_API_KEY".to_owned(), "sk-test-secret".to_owned()),
        ];
        Self { sim, model, folder: tempfile::tempdir().unwrap(), guild, general, alice, env }
    }

    /// Sets a variable for bots that start from now on; an empty value unsets it.
    pub fn set(&mut self, name: &str, value: &str) {
        self.env.retain(|(known, _)| known != name);
        self.env.push((name.to_owned(), value.to_owned()));
    }

    /// Without a model.
    pub fn offline(mut self) -> Self {
        self.env.retain(|(name, _)| !name.starts_with("LLM_"));
        self
    }

    /// The bot, started and connected.
    pub async fn bot(&self) -> Bot {
        let sessions = self.sim.counters().identifies;
        let bot = self.spawn_bot();
        self.sim
            .wait_for("the bot to connect", PATIENCE, |sim| (sim.counters().identifies > sessions).then_some(()))
            .await
            .unwrap_or_else(|error| panic!("{error}\n{}", bot.log()));
        bot
    }

    /// The bot, started.
    pub fn spawn_bot(&self) -> Bot {
        let number = std::fs::read_dir(self.folder.path()).unwrap().count();
        let log = self.folder.path().join(format!("bot-{number}.log"));
        let child = self.command("run", &log).spawn().unwrap();
        Bot { child, log }
    }

    /// A command of the program with this world's settings and nothing of the machine's.
    pub fn command(&self, name: &str, log: &Path) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_plotline"));
        command
            .arg(name)
            .env_clear()
            .current_dir(self.folder.path())
            .env("DISCORD_TOKEN", self.sim.token())
            .env("DISCORD_API_BASE", self.sim.base_url())
            .env("DISCORD_CDN_BASE", self.sim.base_url())
            .env("DATABASE_URL", format!("sqlite://{}", self.folder.path().join("plotline.db").display()))
            .env("HTTP_ADDR", "127.0.0.1:0")
            .env("LOG", "info,plotline=debug,serenity::gateway=warn,serenity::client=warn")
            .env("LOG_FORMAT", "json")
            .envs(self.env.iter().filter(|(_, value)| !value.is_empty()).cloned())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(log).unwrap())
            .kill_on_drop(true);
        command
    }

    /// Alice mentions the bot in `general`.
    pub fn mention(&self, text: &str) -> MessageId {
        self.post(self.general, &format!("{} {text}", self.sim.mention()))
    }

    /// Alice writes.
    pub fn post(&self, channel: ChannelId, text: &str) -> MessageId {
        self.sim.post(self.alice, channel, Post::text(text)).unwrap()
    }

    /// The bot's messages in the thread of a question, once the last one is a finished answer.
    pub async fn answer_to(&self, question: MessageId) -> Vec<MessageView> {
        self.answered(question, |sim| {
            let thread = sim.thread_of(question)?;
            Some(sim.bot_messages(thread.id))
        })
        .await
    }

    /// The bot's messages that reply to a question in the same channel, once the last one is a finished answer.
    pub async fn reply_to(&self, channel: ChannelId, question: MessageId) -> Vec<MessageView> {
        self.answered(question, |sim| {
            Some(sim.bot_messages(channel).into_iter().filter(|message| message.reply_to == Some(question)).collect())
        })
        .await
    }

    async fn answered(&self, question: MessageId, find: impl Fn(&Sim) -> Option<Vec<MessageView>>) -> Vec<MessageView> {
        self.sim
            .wait_for(&format!("an answer to {question}"), PATIENCE, |sim| {
                find(sim).filter(|messages| messages.last().is_some_and(|last| is_finished(&last.content)))
            })
            .await
            .unwrap_or_else(|error| panic!("{error}\n{}", self.logs()))
    }

    /// A call to Discord in the bot's name, past the bot.
    pub async fn call(&self, method: &str, path: &str, body: &Value) -> Value {
        plotline::tls();
        let response = reqwest::Client::new()
            .request(method.parse().unwrap(), format!("{}/api/v10{path}", self.sim.base_url()))
            .header("authorization", format!("Bot {}", self.sim.token()))
            .json(body)
            .send()
            .await
            .unwrap();
        assert!(response.status().is_success(), "{method} {path}: {}", response.status());
        response.json().await.unwrap()
    }

    /// Fails on everything that is left over: what Discord or the model would not have taken.
    pub fn finish(&self) {
        if let Err(unclean) = self.sim.finish() {
            panic!("{unclean}\n{}", self.logs());
        }
        if let Err(left) = self.model.verify() {
            panic!("{left}\n{}", self.logs());
        }
        let problems = crate::openapi::problems(&self.sim);
        assert!(problems.is_empty(), "{}\n{}", problems.join("\n"), self.logs());
    }

    /// What all bots of this world logged.
    pub fn logs(&self) -> String {
        let mut logs: Vec<PathBuf> = std::fs::read_dir(self.folder.path())
            .unwrap()
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|ending| ending == "log"))
            .collect();
        logs.sort();
        logs.iter().map(|path| format!("== {}\n{}", path.display(), std::fs::read_to_string(path).unwrap())).collect()
    }
}

/// Whether a message of the bot is neither its placeholder nor an answer that still grows.
pub fn is_finished(content: &str) -> bool {
    content != plotline::say::PLACEHOLDER && !content.ends_with('▌')
}

/// The bot as a process; killed when dropped.
pub struct Bot {
    child: Child,
    log: PathBuf,
}

impl Bot {
    /// `kill -9`.
    pub async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// SIGTERM; gives the exit code.
    pub async fn terminate(mut self) -> Option<i32> {
        let pid = self.child.id().unwrap().to_string();
        assert!(std::process::Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        tokio::time::timeout(PATIENCE, self.child.wait()).await.expect("the bot did not stop").unwrap().code()
    }

    /// Waits until it ends by itself.
    pub async fn ended(mut self) -> Option<i32> {
        tokio::time::timeout(PATIENCE, self.child.wait()).await.expect("the bot did not end").unwrap().code()
    }

    /// Where it logs.
    pub fn log_path(&self) -> PathBuf {
        self.log.clone()
    }

    /// What it logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    /// The events that it logged with this message.
    pub fn logged(&self, message: &str) -> Vec<Value> {
        self.log()
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .filter(|event| event["fields"]["message"].as_str() == Some(message))
            .collect()
    }

    /// Waits until it has logged a message so many times.
    pub async fn wait_logged(&self, message: &str, times: usize) -> Vec<Value> {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let events = self.logged(message);
            if events.len() >= times {
                return events;
            }
            assert!(
                tokio::time::Instant::now() < deadline,
                "{message:?} was not logged {times} times:\n{}",
                self.log()
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Where it serves its status.
    pub async fn http(&self) -> SocketAddr {
        let events = self.wait_logged("health and metrics are served", 1).await;
        events[0]["fields"]["addr"].as_str().unwrap().parse().unwrap()
    }

    /// A page of its listener.
    pub async fn get(&self, path: &str) -> (u16, String) {
        plotline::tls();
        let response = reqwest::get(format!("http://{}{path}", self.http().await)).await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    /// Waits until it works on no job.
    pub async fn wait_idle(&self) {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while self.counter("jobs_in_flight").await != 0 {
            assert!(tokio::time::Instant::now() < deadline, "a job is still in flight:\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// One of its counters.
    pub async fn counter(&self, name: &str) -> i64 {
        let (_, status) = self.get("/status").await;
        let status: Value = serde_json::from_str(&status).unwrap();
        status["counters"][name].as_i64().unwrap_or_else(|| panic!("no counter {name} in {status}"))
    }
}

/// A database of its own on the server that `tests/with-postgres` started.
pub struct Postgres {
    server: String,
    url: String,
    name: String,
}

impl Postgres {
    pub async fn create() -> Self {
        let server = std::env::var("PLOTLINE_TEST_POSTGRES")
            .expect("PLOTLINE_TEST_POSTGRES names no server: run the tests as `tests/with-postgres cargo test`, which starts one");
        let random = std::hash::BuildHasher::hash_one(&std::hash::RandomState::new(), 0);
        let name = format!("plotline_bot_{random:016x}");
        let (base, _) = server.rsplit_once('/').unwrap();
        let database = Self { url: format!("{base}/{name}"), name, server };
        database.run("CREATE DATABASE").await;
        database
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    pub async fn remove(self) {
        self.run("DROP DATABASE").await;
    }

    async fn run(&self, what: &str) {
        use sqlx::Connection as _;
        let mut connection = sqlx::PgConnection::connect(&self.server).await.unwrap();
        // The name is this program's own: a prefix and hexadecimal digits.
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!("{what} {}", self.name))).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }
}

/// Whether a write reaches its hold before an answer is complete. A last write may still be on its way to its hold when what it changed
/// is seen already.
pub async fn reached_before<T>(hold: &discord_sim::WriteHold, answered: impl Future<Output = T>) -> bool {
    const ON_ITS_WAY: Duration = Duration::from_secs(1);
    tokio::select! {
        () = hold.reached() => true,
        _ = answered => tokio::time::timeout(ON_ITS_WAY, hold.reached()).await.is_ok(),
    }
}
