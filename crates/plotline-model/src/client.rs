//! The client itself.

use std::fmt;
use std::sync::Arc;

use futures_util::{StreamExt, stream};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{redirect, retry};
use secrecy::ExposeSecret;

use crate::anthropic;
use crate::call::{Call, Watch};
use crate::config::{ConfigError, ModelConfig, Provider};
use crate::error::ModelError;
use crate::quirks::QuirkMemory;
use crate::request::ChatRequest;
use crate::stream::ModelStream;
use crate::tls;

/// A language model behind an HTTP API. Cheap to clone; clones share connections.
#[derive(Clone)]
pub struct Model {
    pub(crate) shared: Arc<Shared>,
}

pub(crate) struct Shared {
    pub(crate) config: ModelConfig,
    pub(crate) http: reqwest::Client,
    pub(crate) quirks: QuirkMemory,
}

impl Model {
    /// A client for these settings. Nothing is sent yet.
    ///
    /// `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` of the environment are honoured, as self-hosters behind a proxy expect, except for
    /// a server on this machine, which no proxy can reach.
    ///
    /// # Errors
    /// When the key has characters that no header takes, or no TLS connection can be made.
    pub fn new(mut config: ModelConfig) -> Result<Self, ConfigError> {
        tls::install();
        config.timeouts = config.timeouts.bounded();
        let mut http = reqwest::Client::builder()
            .user_agent(concat!("plotline/", env!("CARGO_PKG_VERSION")))
            .default_headers(headers(&config)?)
            .connect_timeout(config.timeouts.connect)
            // Another crate may switch HTTP/2 on for all; with HTTP/1.1, dropping a call closes a connection that is its alone.
            .http1_only()
            // A redirect would carry the key to an address that nobody configured.
            .redirect(redirect::Policy::none())
            // Attempts are counted and bounded here; none happens out of sight.
            .retry(retry::never());
        if config.is_loopback() {
            http = http.no_proxy();
        }
        if config.base_url.scheme() == "http" {
            // Spares reading the system's certificates, and works where there are none.
            http = http.tls_certs_only([]);
        }
        let http = http.build().map_err(|error| ConfigError::Tls(innermost(&error)))?;
        Ok(Self { shared: Arc::new(Shared { config, http, quirks: QuirkMemory::default() }) })
    }

    /// The settings in use.
    pub fn config(&self) -> &ModelConfig {
        &self.shared.config
    }

    /// Asks the model and returns when its answer begins to come, or after the last attempt has failed.
    ///
    /// # Errors
    /// Every [`Failure`](crate::Failure) that shows before an answer begins.
    pub async fn stream(&self, request: &ChatRequest) -> Result<ModelStream, ModelError> {
        let watch = Arc::new(Watch::default());
        let mut call = Call::new(Arc::clone(&self.shared), request.clone(), Arc::clone(&watch));
        call.open().await?;
        let events = stream::unfold(call, |mut call| async move { call.next().await.map(|event| (event, call)) });
        // Fused, so that asking after the end is answered and does not panic.
        Ok(ModelStream::new(Box::pin(events.fuse()), watch))
    }
}

impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Model").field("config", &self.shared.config).finish_non_exhaustive()
    }
}

fn headers(config: &ModelConfig) -> Result<HeaderMap, ConfigError> {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(ACCEPT, HeaderValue::from_static("text/event-stream, application/json"));
    if config.provider == Provider::Anthropic {
        headers.insert("anthropic-version", HeaderValue::from_static(anthropic::VERSION));
    }
    if let Some(key) = &config.api_key {
        let key = key.expose_secret().trim();
        let (name, value) = match config.provider {
            Provider::OpenAi => (AUTHORIZATION, format!("Bearer {key}")),
            Provider::Anthropic => (HeaderName::from_static("x-api-key"), key.to_owned()),
        };
        let mut value = HeaderValue::try_from(value).map_err(|_| ConfigError::Key)?;
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    Ok(headers)
}

fn innermost(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
