//! Settings of the model client, and where they come from.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;
use std::time::Duration;

use reqwest::Url;
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

/// The dialect that the server speaks (`LLM_PROVIDER`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Provider {
    /// OpenAI's `POST …/chat/completions`, which nearly every other service and local server speaks too. Written `openai`.
    #[default]
    OpenAi,
    /// Anthropic's `POST …/messages`. Written `anthropic`.
    Anthropic,
}

impl FromStr for Provider {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        match text.trim().to_ascii_lowercase().as_str() {
            "openai" => Ok(Self::OpenAi),
            "anthropic" => Ok(Self::Anthropic),
            _ => Err(ConfigError::Provider),
        }
    }
}

/// How long each part of a call may take. All run on the wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// For the connection with its TLS handshake.
    pub connect: Duration,
    /// From sending a request to the first token of its answer. A token is text, reasoning or a part of a tool call; keep-alives are none.
    pub first_token: Duration,
    /// From one token to the next, counted only while the stream is being read.
    pub between_tokens: Duration,
    /// For the whole call, retries and their pauses included.
    pub total: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            // A far server answers within a second; ten allow for lost packets.
            connect: Duration::from_secs(10),
            // A local server may have to load the model from disk first.
            first_token: Duration::from_secs(120),
            // A loaded service pauses for some seconds between tokens, not for a minute.
            between_tokens: Duration::from_secs(60),
            // Long enough for the longest useful answer from a slow model; nobody waits longer.
            total: Duration::from_secs(300),
        }
    }
}

/// The longest that any limit of [`Timeouts`] is taken for. Nobody waits a day, and larger numbers would leave the range of the clock.
pub const TIMEOUT_MAX: Duration = Duration::from_secs(24 * 60 * 60);

impl Timeouts {
    pub(crate) fn bounded(self) -> Self {
        Self {
            connect: self.connect.min(TIMEOUT_MAX),
            first_token: self.first_token.min(TIMEOUT_MAX),
            between_tokens: self.between_tokens.min(TIMEOUT_MAX),
            total: self.total.min(TIMEOUT_MAX),
        }
    }
}

/// How long to wait before a call is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// The pause before the second attempt; it doubles with each further one. The real pause is drawn from the upper half of that.
    pub first: Duration,
    /// The longest pause of this kind.
    pub longest: Duration,
    /// The longest `retry-after` that is waited for. A longer one ends the call with a sentence that says when to come back.
    pub longest_retry_after: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self {
            first: Duration::from_millis(500),
            longest: Duration::from_secs(10),
            // A member looks at an empty placeholder meanwhile.
            longest_retry_after: Duration::from_secs(30),
        }
    }
}

/// Everything that a [`Model`](crate::Model) needs to know. [`ModelConfig::new`] checks the parts that come from outside and sets defaults.
#[derive(Clone)]
pub struct ModelConfig {
    /// The dialect (`LLM_PROVIDER`).
    pub provider: Provider,
    /// The base URL in its normal form: no trailing slash, a version segment such as `/v1`, no endpoint (`LLM_BASE_URL`).
    pub base_url: Url,
    /// The key (`LLM_API_KEY`); local servers often need none.
    pub api_key: Option<SecretString>,
    /// The model that is asked when a request names no other (`LLM_MODEL`).
    pub model: String,
    /// Time limits.
    pub timeouts: Timeouts,
    /// Pauses between attempts.
    pub backoff: Backoff,
    /// The most attempts for one call, the first included; below 1 counts as 1.
    pub max_attempts: u32,
    /// The most bytes of one response body, as they come over the wire; a token takes some 300 with its wrapping.
    pub max_response_bytes: usize,
    /// Whether a body that ends properly counts as a complete answer although nothing in it said so. Off by default, because a proxy in between
    /// ends bodies properly when the server behind it dies; on only for servers that send neither a `finish_reason` nor `[DONE]`.
    pub accept_missing_finish: bool,
}

/// The default of [`ModelConfig::max_attempts`]: two retries bridge a restart of the server without making a member wait for long.
pub const ATTEMPTS_MAX: u32 = 3;

/// The default of [`ModelConfig::max_response_bytes`]: room for some 50,000 tokens.
pub const RESPONSE_BYTES_MAX: usize = 16 * 1024 * 1024;

impl ModelConfig {
    /// Settings from their texts, with defaults for everything else.
    ///
    /// The base URL is taken with or without a trailing slash, a version segment or the endpoint: `https://api.openai.com`,
    /// `https://api.openai.com/v1/` and `https://api.openai.com/v1/chat/completions` mean the same. `/v1` is added only when no path segment
    /// looks like a version (`v1`, `v4`, `v1beta`); a URL that names the endpoint is believed as it is. An empty key counts as none.
    ///
    /// # Errors
    /// One sentence that names the variable that is wrong.
    pub fn new(
        provider: Provider,
        base_url: &str,
        api_key: Option<SecretString>,
        model: &str,
    ) -> Result<Self, ConfigError> {
        let base_url = normal_base_url(base_url)?;
        let api_key = api_key.filter(|key| !key.expose_secret().trim().is_empty());
        if let Some(key) = &api_key {
            HeaderValue::from_str(key.expose_secret().trim()).map_err(|_| ConfigError::Key)?;
        }
        let model = model.trim();
        if model.is_empty() {
            return Err(ConfigError::Model);
        }
        Ok(Self {
            provider,
            base_url,
            api_key,
            model: model.to_owned(),
            timeouts: Timeouts::default(),
            backoff: Backoff::default(),
            max_attempts: ATTEMPTS_MAX,
            max_response_bytes: RESPONSE_BYTES_MAX,
            accept_missing_finish: false,
        })
    }

    /// Whether the server is on this machine, so that no proxy can be meant for it.
    pub(crate) fn is_loopback(&self) -> bool {
        let Some(host) = self.base_url.host_str() else { return false };
        let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        host == "localhost" || host.ends_with(".localhost") || address.is_ok_and(|address| address.is_loopback())
    }

    /// Whether the key crosses a network that others may read: a key, `http://`, and another machine.
    pub fn is_key_exposed(&self) -> bool {
        self.base_url.scheme() == "http" && self.api_key.is_some() && !self.is_loopback()
    }

    /// The URL of an endpoint below the base URL; a query in the base URL is kept.
    pub(crate) fn endpoint(&self, path: &str) -> Url {
        let mut url = self.base_url.clone();
        url.set_path(&format!("{}/{path}", self.base_url.path().trim_end_matches('/')));
        url
    }
}

/// Shows neither the key nor a query of the base URL, which may carry one.
impl fmt::Debug for ModelConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut base_url = self.base_url.clone();
        base_url.set_query(None);
        f.debug_struct("ModelConfig")
            .field("provider", &self.provider)
            .field("base_url", &base_url.as_str())
            .field("api_key", &self.api_key.as_ref().map(|_| "<key>"))
            .field("model", &self.model)
            .field("timeouts", &self.timeouts)
            .field("backoff", &self.backoff)
            .field("max_attempts", &self.max_attempts)
            .field("max_response_bytes", &self.max_response_bytes)
            .field("accept_missing_finish", &self.accept_missing_finish)
            .finish()
    }
}

fn normal_base_url(text: &str) -> Result<Url, ConfigError> {
    let mut url = Url::parse(text.trim()).map_err(|_| ConfigError::BaseUrl)?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
        return Err(ConfigError::BaseUrl);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(ConfigError::BaseUrlCredentials);
    }
    url.set_fragment(None);
    let path = url.path().trim_end_matches('/').to_owned();
    let endpoint = ["/chat/completions", "/messages"].iter().find_map(|endpoint| path.strip_suffix(endpoint));
    let path = match endpoint {
        Some(base) => base.to_owned(),
        None if path.split('/').any(is_version) => path,
        None => path + "/v1",
    };
    url.set_path(&path);
    Ok(url)
}

/// `v1`, `v4`, `v1beta`: a `v`, then a digit.
fn is_version(segment: &str) -> bool {
    segment.strip_prefix('v').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// A setting that cannot be used; each text names the variable and says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// `LLM_PROVIDER` is neither dialect.
    #[error("LLM_PROVIDER must be openai or anthropic.")]
    Provider,
    /// `LLM_BASE_URL` is no http(s) URL.
    #[error("LLM_BASE_URL must be a URL such as https://api.openai.com/v1 or http://127.0.0.1:11434/v1.")]
    BaseUrl,
    /// `LLM_BASE_URL` carries a user name or password, which logs would show.
    #[error("LLM_BASE_URL must not contain a user name or password; put the key in LLM_API_KEY.")]
    BaseUrlCredentials,
    /// `LLM_API_KEY` has characters that no header can carry.
    #[error("LLM_API_KEY contains a line break or another character that no key has; copy it again.")]
    Key,
    /// `LLM_MODEL` is missing.
    #[error("LLM_MODEL is missing; set it to the name of a model that the server at LLM_BASE_URL offers.")]
    Model,
    /// No TLS connection can be made from this machine.
    #[error(
        "LLM_BASE_URL needs TLS, but this machine has no usable CA certificates; install the ca-certificates package ({0})."
    )]
    Tls(String),
}

impl ConfigError {
    /// The variable that is wrong; the sentence begins with its name.
    pub fn variable(&self) -> &'static str {
        match self {
            Self::Provider => "LLM_PROVIDER",
            Self::BaseUrl | Self::BaseUrlCredentials | Self::Tls(_) => "LLM_BASE_URL",
            Self::Key => "LLM_API_KEY",
            Self::Model => "LLM_MODEL",
        }
    }
}
