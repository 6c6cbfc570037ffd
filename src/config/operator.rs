//! What the operator decides for all servers: who the owners are, which models there are and what they cost, and how much may be used.

use serde::Deserialize;

use super::{ConfigError, Env};
use crate::ids::{GuildId, UserId};

/// Models of one list. Discord offers 25 choices.
const MODELS_MAX: usize = 25;

/// The largest file of models, in bytes.
const MODELS_BYTES_MAX: u64 = 1 << 20;

/// What the operator decides.
#[derive(Clone, Debug, Default)]
pub struct OperatorConfig {
    /// `OWNER_IDS`: who may use `/operator`.
    pub owners: Vec<UserId>,
    /// `OPERATOR_GUILD_ID`: the server in which `/operator` is offered.
    pub guild: Option<GuildId>,
    /// `MODELS`: what servers may choose from, the default (`LLM_MODEL`) first.
    pub models: Vec<ModelPrice>,
    /// `CURRENCY`: what prices and budgets are in, for people.
    pub currency: String,
    /// `QUESTIONS_PER_DAY_MAX`: over all servers.
    pub questions_per_day: Option<u64>,
    /// `TOKENS_PER_DAY_MAX`: over all servers.
    pub tokens_per_day: Option<u64>,
    /// `MONEY_PER_DAY_MAX`: over all servers, in millionths.
    pub micros_per_day: Option<u64>,
    /// `RUNNING_PER_MEMBER_MAX`: questions of one member that are answered at the same time.
    pub running_per_member: Option<u32>,
    /// `RUNNING_PER_SERVER_MAX`: questions of one server that wait or are answered at the same time.
    pub running_per_guild: Option<u32>,
}

/// A model and its price.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelPrice {
    /// The name that the endpoint knows.
    pub name: String,
    /// The price of a million tokens that are sent.
    #[serde(default)]
    pub input_per_million: f64,
    /// The price of a million tokens that come back.
    #[serde(default)]
    pub output_per_million: f64,
}

impl ModelPrice {
    /// What a call costs, in millionths of the currency, rounded up: what is spent never counts as nothing.
    pub fn micros(&self, input_tokens: u64, output_tokens: u64) -> u64 {
        // A price per million tokens is the millionths of one token.
        let cost = input_tokens as f64 * self.input_per_million + output_tokens as f64 * self.output_per_million;
        cost.ceil().clamp(0.0, 1e15) as u64
    }
}

impl OperatorConfig {
    /// Reads it.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn from_env(env: &Env) -> Result<Self, ConfigError> {
        const MOST: u64 = 1_000_000_000_000_000;
        const WHOLE: &str = "a whole number";
        let whole = |text: &str| text.parse::<u64>().ok().filter(|number| *number <= MOST);
        const RUNNING: &str = "a whole number from 1 to 10000";
        let running = |text: &str| text.parse::<u32>().ok().filter(|number| (1..=10_000).contains(number));
        let owners = env.parsed("OWNER_IDS", "ids of Discord users, separated by commas", |text| {
            text.split(',').map(|id| id.trim().parse().ok().map(UserId)).collect::<Option<Vec<_>>>()
        })?;
        let guild =
            env.parsed("OPERATOR_GUILD_ID", "the id of a Discord server", |text| text.parse().ok().map(GuildId))?;
        let micros_per_day = env.parsed("MONEY_PER_DAY_MAX", "an amount such as 12.50", |text| {
            text.parse::<f64>()
                .ok()
                .filter(|money| (0.0..=1e9).contains(money))
                .map(|money| (money * 1e6).round() as u64)
        })?;
        Ok(Self {
            owners: owners.unwrap_or_default(),
            guild,
            models: models(env)?,
            currency: env.text("CURRENCY").unwrap_or_else(|| "USD".to_owned()),
            questions_per_day: env.parsed("QUESTIONS_PER_DAY_MAX", WHOLE, whole)?,
            tokens_per_day: env.parsed("TOKENS_PER_DAY_MAX", WHOLE, whole)?,
            micros_per_day,
            running_per_member: env.parsed("RUNNING_PER_MEMBER_MAX", RUNNING, running)?,
            running_per_guild: env.parsed("RUNNING_PER_SERVER_MAX", RUNNING, running)?,
        })
    }

    /// The names of the models that servers may choose from.
    pub fn model_names(&self) -> Vec<String> {
        self.models.iter().map(|model| model.name.clone()).collect()
    }

    /// What a call costs, in millionths of the currency. A model without a price costs nothing.
    pub fn micros(&self, model: &str, input_tokens: u64, output_tokens: u64) -> u64 {
        let price = self.models.iter().find(|price| price.name == model);
        price.map_or(0, |price| price.micros(input_tokens, output_tokens))
    }
}

/// The list of models, with the default model in it.
fn models(env: &Env) -> Result<Vec<ModelPrice>, ConfigError> {
    let default = env.text("LLM_MODEL").filter(|_| env.text("LLM_BASE_URL").is_some());
    let wrong = |problem: &str| ConfigError::new("MODELS", problem);
    let mut models: Vec<ModelPrice> = match env.text("MODELS") {
        None => Vec::new(),
        Some(_) if default.is_none() => {
            return Err(wrong("is set, but LLM_BASE_URL and LLM_MODEL are not; set them, or unset it."));
        }
        Some(text) => {
            let json = if text.starts_with('[') { text } else { file(&text)? };
            serde_json::from_str(&json).map_err(|_| {
                wrong("must be a JSON list, or the path of a file with one, such as [{\"name\": \"gpt-4o-mini\", \"input_per_million\": 0.15, \"output_per_million\": 0.6}].")
            })?
        }
    };
    if let Some(default) = default {
        match models.iter().position(|model| model.name == default) {
            Some(position) => models[..=position].rotate_right(1),
            None => models.insert(0, ModelPrice { name: default, input_per_million: 0.0, output_per_million: 0.0 }),
        }
    }
    let priced = |price: f64| (0.0..=1e6).contains(&price);
    for (index, model) in models.iter().enumerate() {
        if model.name.is_empty() || model.name.chars().count() > 100 {
            return Err(wrong("has a name that is not 1 to 100 characters long."));
        }
        if models[..index].iter().any(|other| other.name == model.name) {
            return Err(wrong("names a model twice."));
        }
        if !priced(model.input_per_million) || !priced(model.output_per_million) {
            return Err(wrong("has a price that is not from 0 to 1000000."));
        }
    }
    if models.len() > MODELS_MAX {
        return Err(wrong("has more than 25 models, LLM_MODEL included."));
    }
    Ok(models)
}

fn file(path: &str) -> Result<String, ConfigError> {
    let unreadable =
        || ConfigError::new("MODELS", "names a file that cannot be read; check the path and the file's mode.");
    let size = std::fs::metadata(path).map_err(|_| unreadable())?.len();
    if size > MODELS_BYTES_MAX {
        return Err(ConfigError::new("MODELS", "names a file that is larger than 1 MiB."));
    }
    std::fs::read_to_string(path).map_err(|_| unreadable())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODEL: [(&str, &str); 2] = [("LLM_BASE_URL", "http://127.0.0.1:1/v1"), ("LLM_MODEL", "large")];

    fn read(pairs: &[(&str, &str)]) -> Result<OperatorConfig, String> {
        let mut all = [("", ""); 6];
        let given = MODEL.iter().chain(pairs);
        all.iter_mut().zip(given).for_each(|(slot, pair)| *slot = *pair);
        OperatorConfig::from_env(&Env::of(all)).map_err(|error| error.to_string())
    }

    #[test]
    fn the_default_model_comes_first_and_prices_are_rounded_up() {
        let list = r#"[{"name": "small", "input_per_million": 0.15, "output_per_million": 0.6}, {"name": "large"}]"#;
        let config = read(&[("MODELS", list)]).unwrap();
        assert_eq!(config.model_names(), ["large", "small"]);
        assert_eq!(config.micros("small", 1_000_000, 1_000_000), 750_000);
        assert_eq!(config.micros("small", 1, 0), 1);
        assert_eq!((config.micros("large", 9, 9), config.micros("unknown", 9, 9)), (0, 0));
        assert_eq!(read(&[]).unwrap().model_names(), ["large"]);
    }

    #[test]
    fn a_list_in_a_file_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("models.json");
        std::fs::write(&path, r#"[{"name": "tiny", "output_per_million": 2}]"#).unwrap();
        let config = read(&[("MODELS", path.to_str().unwrap())]).unwrap();
        assert_eq!(config.micros("tiny", 5, 5), 10);
    }

    #[test]
    fn each_wrong_value_names_its_variable() {
        for (name, value, expected) in [
            ("MODELS", "[{}]", "MODELS must be a JSON list, or the path of a file with one"),
            ("MODELS", "/nowhere/models.json", "MODELS names a file that cannot be read"),
            ("MODELS", r#"[{"name": "a"}, {"name": "a"}]"#, "MODELS names a model twice."),
            ("MODELS", r#"[{"name": "a", "input_per_million": -1}]"#, "MODELS has a price that is not from 0"),
            ("OWNER_IDS", "1, me", "OWNER_IDS must be ids of Discord users, separated by commas."),
            ("OPERATOR_GUILD_ID", "home", "OPERATOR_GUILD_ID must be the id of a Discord server."),
            ("MONEY_PER_DAY_MAX", "-1", "MONEY_PER_DAY_MAX must be an amount such as 12.50."),
            ("TOKENS_PER_DAY_MAX", "many", "TOKENS_PER_DAY_MAX must be a whole number."),
        ] {
            let problem = read(&[(name, value)]).err().unwrap_or_default();
            assert!(problem.starts_with(expected), "{name}={value}: {problem}");
        }
    }
}
