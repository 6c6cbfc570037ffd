//! Settings of the operator: from environment variables, with `.env` below them. `.env.example` lists every one.
//!
//! Each part of the program has a struct of its own, and each field names its variable. Settings of a server, which its admins
//! change in Discord, are not here.

mod env;
mod operator;

use std::net::SocketAddr;
use std::time::Duration;

use plotline_model::{ModelConfig, Provider, Timeouts};
use plotline_table::Limits as TableLimits;
use secrecy::SecretString;
use url::Url;

use crate::ids::GuildId;

pub use env::{ConfigError, Env};
pub use operator::{ModelPrice, OperatorConfig};

/// Where Discord is, and who the bot is there.
#[derive(Clone, Debug)]
pub struct DiscordConfig {
    /// `DISCORD_TOKEN`
    pub token: SecretString,
    /// `DISCORD_API_BASE`: REST calls go to `{base}/api/v10/…`.
    pub api_base: Url,
    /// `DISCORD_CDN_BASE`: an origin besides Discord's own that attachments may be fetched from.
    pub cdn_base: Option<Url>,
    /// `DISCORD_TIMEOUT_SECONDS`: one attempt of one call.
    pub timeout: Duration,
    /// `COMMANDS_GUILD_ID`: commands are registered in this server only, where they appear at once; for testing.
    pub commands_guild: Option<GuildId>,
    /// `BACKFILL_MAX_AGE_MINUTES`: a mention that was missed is answered when it is not older than this.
    pub backfill_max_age: Duration,
    /// `BACKFILL_MAX_MESSAGES`: at most so many messages of one channel are read after a gap.
    pub backfill_max_messages: u32,
}

impl DiscordConfig {
    /// Reads it.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let token = env.secret("DISCORD_TOKEN").ok_or_else(|| {
            ConfigError::new(
                "DISCORD_TOKEN",
                "is not set; copy the bot's token from the Discord Developer Portal (your application, Bot, Reset Token) into .env, or try `plotline playground`, which needs none.",
            )
        })?;
        let base =
            env.parsed("DISCORD_API_BASE", "an http or https address such as http://127.0.0.1:8080", http_url)?;
        Ok(Self {
            token,
            api_base: base
                .map_or_else(|| http_url("https://discord.com").ok_or(()), Ok)
                .map_err(|()| ConfigError::new("DISCORD_API_BASE", "is not usable."))?,
            cdn_base: env.parsed(
                "DISCORD_CDN_BASE",
                "an http or https address such as http://127.0.0.1:8080",
                http_url,
            )?,
            timeout: Duration::from_secs(env.number("DISCORD_TIMEOUT_SECONDS", 15, 1, 120)?),
            commands_guild: env.parsed(
                "COMMANDS_GUILD_ID",
                "the id of a server (Discord: Copy Server ID)",
                |text| text.parse().ok().filter(|id| *id != 0).map(GuildId),
            )?,
            backfill_max_age: Duration::from_secs(60 * env.number("BACKFILL_MAX_AGE_MINUTES", 60_u64, 0, 7 * 24 * 60)?),
            backfill_max_messages: env.number("BACKFILL_MAX_MESSAGES", 200, 0, 10_000)?,
        })
    }
}

/// Where state is kept.
#[derive(Clone, Debug)]
pub struct StoreConfig {
    /// `DATABASE_URL`
    pub url: String,
}

impl StoreConfig {
    /// Reads it.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn from_env(env: &Env) -> Result<Self, ConfigError> {
        if env.text("REDIS_URL").is_some() {
            return Err(ConfigError::new("REDIS_URL", "is set, but leases are kept in the database; unset it."));
        }
        let known = |url: &str| {
            (url.starts_with("sqlite:") || url.starts_with("postgres://") || url.starts_with("postgresql://"))
                .then(|| url.to_owned())
        };
        let url = env.parsed("DATABASE_URL", "sqlite://path or postgres://user:password@host/database", known)?;
        Ok(Self { url: url.unwrap_or_else(|| "sqlite://data/plotline.db".to_owned()) })
    }
}

/// How much is done at once, and for how long.
#[derive(Clone, Debug)]
pub struct WorkConfig {
    /// `JOBS_MAX`: jobs that are worked on at the same moment.
    pub jobs_max: usize,
    /// `JOBS_PER_GUILD_MAX`: of them, for one server (or one member's direct messages).
    pub jobs_per_guild_max: usize,
    /// `QUEUE_MAX`: jobs that wait in this process; further ones wait in the ledger.
    pub queue_max: usize,
    /// `LEASE_SECONDS`: a job whose process died is taken over after this long.
    pub lease: Duration,
    /// `DRAIN_SECONDS`: after SIGTERM, answers in flight may take this long before they are parked.
    pub drain: Duration,
}

impl WorkConfig {
    /// Reads it.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn from_env(env: &Env) -> Result<Self, ConfigError> {
        Ok(Self {
            jobs_max: env.number("JOBS_MAX", 32, 1, 10_000)?,
            jobs_per_guild_max: env.number("JOBS_PER_GUILD_MAX", 8, 1, 10_000)?,
            queue_max: env.number("QUEUE_MAX", 2_000, 1, 100_000)?,
            lease: Duration::from_secs(env.number("LEASE_SECONDS", 15, 2, 600)?),
            drain: Duration::from_secs(env.number("DRAIN_SECONDS", 7, 0, 9)?),
        })
    }
}

/// How answers are made.
#[derive(Clone, Debug)]
pub struct AnswerConfig {
    /// `LLM_BASE_URL`, `LLM_PROVIDER`, `LLM_API_KEY`, `LLM_MODEL` and the time-outs; none: the built-in answerer.
    pub model: Option<ModelConfig>,
    /// `SYSTEM_PROMPT`
    pub system_prompt: String,
    /// `LLM_TEMPERATURE`
    pub temperature: Option<f32>,
    /// `LLM_MAX_TOKENS`: the longest answer.
    pub max_tokens: u32,
    /// `CONTEXT_TOKENS`: what a question and its history may take.
    pub context_tokens: usize,
    /// `ATTACHMENT_MAX_BYTES`: a larger file is not fetched.
    pub attachment_bytes_max: usize,
    /// `TABLE_MAX_ROWS`, `TABLE_MAX_COLUMNS`, and `ATTACHMENT_MAX_BYTES` again.
    pub table: TableLimits,
}

/// What the model is told where `SYSTEM_PROMPT` is not set.
pub const DEFAULT_SYSTEM_PROMPT: &str = "You are Plotline, an assistant in a Discord server. Answer the member's question directly, \
correctly and briefly, in the language of the question. Use Discord's Markdown; keep tables narrow. Say so when you do not know.";

impl AnswerConfig {
    /// Reads it.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn from_env(env: &Env) -> Result<Self, ConfigError> {
        Ok(Self {
            model: model_from_env(env)?,
            system_prompt: env.text("SYSTEM_PROMPT").unwrap_or_else(|| DEFAULT_SYSTEM_PROMPT.to_owned()),
            temperature: env.parsed("LLM_TEMPERATURE", "a number from 0 to 2", |text| {
                text.parse::<f32>().ok().filter(|t| (0.0..=2.0).contains(t))
            })?,
            max_tokens: env.number("LLM_MAX_TOKENS", 1_500, 16, 100_000)?,
            context_tokens: env.number("CONTEXT_TOKENS", 8_000, 500, 2_000_000)?,
            attachment_bytes_max: env.number("ATTACHMENT_MAX_BYTES", 10 << 20, 1 << 10, 100 << 20)?,
            table: table_limits(env)?,
        })
    }
}

/// The limits of what is read as a table.
///
/// # Errors
/// [`ConfigError`].
pub fn table_limits(env: &Env) -> Result<TableLimits, ConfigError> {
    let defaults = TableLimits::default();
    Ok(TableLimits {
        bytes: env.number("ATTACHMENT_MAX_BYTES", defaults.bytes, 1 << 10, 100 << 20)?,
        rows: env.number("TABLE_MAX_ROWS", defaults.rows, 1, 10_000_000)?,
        columns: env.number("TABLE_MAX_COLUMNS", defaults.columns, 1, 16_384)?,
        ..defaults
    })
}

fn model_from_env(env: &Env) -> Result<Option<ModelConfig>, ConfigError> {
    let Some(base_url) = env.text("LLM_BASE_URL") else {
        for name in ["LLM_MODEL", "LLM_API_KEY"] {
            if env.text(name).is_some() {
                return Err(ConfigError::new(
                    "LLM_BASE_URL",
                    format!(
                        "is not set while {name} is; set it to the model's address, for example https://api.openai.com/v1."
                    ),
                ));
            }
        }
        return Ok(None);
    };
    let provider = match env.text("LLM_PROVIDER") {
        Some(name) => name.parse::<Provider>().map_err(|error| named(&error))?,
        None => Provider::OpenAi,
    };
    let model = env.text("LLM_MODEL").unwrap_or_default();
    let mut config =
        ModelConfig::new(provider, &base_url, env.secret("LLM_API_KEY"), &model).map_err(|error| named(&error))?;
    let seconds = |name, default: Duration| env.number(name, default.as_secs(), 1, 3600).map(Duration::from_secs);
    config.timeouts = Timeouts {
        connect: seconds("LLM_CONNECT_TIMEOUT_SECONDS", config.timeouts.connect)?,
        first_token: seconds("LLM_FIRST_TOKEN_TIMEOUT_SECONDS", config.timeouts.first_token)?,
        between_tokens: seconds("LLM_TOKEN_TIMEOUT_SECONDS", config.timeouts.between_tokens)?,
        total: seconds("LLM_TOTAL_TIMEOUT_SECONDS", config.timeouts.total)?,
    };
    config.max_attempts = env.number("LLM_MAX_ATTEMPTS", config.max_attempts, 1, 10)?;
    let yes_or_no = |text: &str| match text {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    };
    config.accept_missing_finish = env.parsed("LLM_ACCEPT_MISSING_FINISH", "yes or no", yes_or_no)?.unwrap_or(false);
    Ok(Some(config))
}

/// The model client's sentences begin with the variable's name, which a [`ConfigError`] adds by itself.
pub(crate) fn named(error: &plotline_model::ConfigError) -> ConfigError {
    let (variable, sentence) = (error.variable(), error.to_string());
    ConfigError::new(variable, sentence.strip_prefix(variable).unwrap_or(&sentence).trim_start())
}

/// The listener for health and metrics.
#[derive(Clone, Debug)]
pub struct HttpConfig {
    /// `HTTP_ADDR`; none: no listener.
    pub addr: Option<SocketAddr>,
}

impl HttpConfig {
    /// Reads it.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn from_env(env: &Env) -> Result<Self, ConfigError> {
        Ok(Self {
            addr: env.parsed("HTTP_ADDR", "an address and port such as 127.0.0.1:9090", |text| text.parse().ok())?,
        })
    }
}

/// What is logged, and how.
#[derive(Clone, Debug)]
pub struct LogConfig {
    /// `LOG`: a filter such as `info` or `plotline=debug`.
    pub filter: String,
    /// `LOG_FORMAT`: `text` or `json`.
    pub json: bool,
}

impl LogConfig {
    /// Reads it.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let json = env.parsed("LOG_FORMAT", "text or json", |text| match text {
            "text" => Some(false),
            "json" => Some(true),
            _ => None,
        })?;
        Ok(Self { filter: env.text("LOG").unwrap_or_else(|| "info".to_owned()), json: json.unwrap_or(false) })
    }
}

/// Everything that `plotline run` needs.
#[derive(Clone, Debug)]
pub struct Config {
    /// Discord.
    pub discord: DiscordConfig,
    /// The database.
    pub store: StoreConfig,
    /// Concurrency.
    pub work: WorkConfig,
    /// Answers.
    pub answer: AnswerConfig,
    /// Health and metrics.
    pub http: HttpConfig,
    /// What the operator decides for all servers.
    pub operator: OperatorConfig,
}

impl Config {
    /// Reads all of it; the first variable that is missing or wrong is the error.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn from_env(env: &Env) -> Result<Self, ConfigError> {
        Ok(Self {
            discord: DiscordConfig::from_env(env)?,
            store: StoreConfig::from_env(env)?,
            work: WorkConfig::from_env(env)?,
            answer: AnswerConfig::from_env(env)?,
            http: HttpConfig::from_env(env)?,
            operator: OperatorConfig::from_env(env)?,
        })
    }
}

fn http_url(text: &str) -> Option<Url> {
    Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.host().is_some() && url.username().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(env: &Env) -> String {
        Config::from_env(env).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn without_a_token_the_sentence_says_where_to_get_one() {
        assert!(problem(&Env::of([])).starts_with("DISCORD_TOKEN is not set; copy the bot's token"));
    }

    #[test]
    fn the_token_alone_is_enough() {
        let config = Config::from_env(&Env::of([("DISCORD_TOKEN", "t")])).unwrap();
        assert_eq!(config.discord.api_base.as_str(), "https://discord.com/");
        assert_eq!(config.store.url, "sqlite://data/plotline.db");
        assert!(config.answer.model.is_none() && config.http.addr.is_none());
    }

    #[test]
    fn each_wrong_value_names_its_variable() {
        for (name, value, expected) in [
            (
                "DISCORD_API_BASE",
                "discord",
                "DISCORD_API_BASE must be an http or https address such as http://127.0.0.1:8080.",
            ),
            (
                "DATABASE_URL",
                "mysql://x",
                "DATABASE_URL must be sqlite://path or postgres://user:password@host/database.",
            ),
            ("LLM_TEMPERATURE", "hot", "LLM_TEMPERATURE must be a number from 0 to 2."),
            ("HTTP_ADDR", "8080", "HTTP_ADDR must be an address and port such as 127.0.0.1:9090."),
            ("JOBS_MAX", "-1", "JOBS_MAX must be a number from 1 to 10000."),
            (
                "LLM_MODEL",
                "m",
                "LLM_BASE_URL is not set while LLM_MODEL is; set it to the model's address, for example https://api.openai.com/v1.",
            ),
            (
                "LLM_BASE_URL",
                "http://127.0.0.1:1/v1",
                "LLM_MODEL is missing; set it to the name of a model that the server at LLM_BASE_URL offers.",
            ),
        ] {
            assert_eq!(problem(&Env::of([("DISCORD_TOKEN", "t"), (name, value)])), expected);
        }
    }

    #[test]
    fn no_secret_is_shown_by_debug() {
        let env = Env::of([
            ("DISCORD_TOKEN", "tok-secret"),
            ("LLM_BASE_URL", "http://127.0.0.1:1/v1"),
            ("LLM_MODEL", "m"),
            ("LLM_API_KEY", "key-secret"),
        ]);
        let shown = format!("{:?}", Config::from_env(&env).unwrap());
        assert!(!shown.contains("secret\""), "{shown}");
        assert!(!shown.contains("tok-secret") && !shown.contains("key-secret"), "{shown}");
    }
}
