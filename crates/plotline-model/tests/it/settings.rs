//! Settings: what is taken, what is refused and how it is told, what is shown.

use std::process::Command;
use std::time::Duration;

use model_sim::{ModelSim, Reply};
use plotline_model::{Backoff, ConfigError, Failure, Model, ModelConfig, Provider, SecretString, Timeouts};

use crate::support::{KEY, ask, config, events_of, start};

fn base_url(text: &str) -> Result<String, ConfigError> {
    ModelConfig::new(Provider::OpenAi, text, None, "m").map(|config| config.base_url.to_string())
}

#[test]
fn a_base_url_is_understood_in_every_spelling() {
    let cases = [
        ("https://api.openai.com/v1", "https://api.openai.com/v1"),
        (" https://api.openai.com/v1/ ", "https://api.openai.com/v1"),
        ("https://api.openai.com", "https://api.openai.com/v1"),
        ("https://api.openai.com///", "https://api.openai.com/v1"),
        ("https://api.openai.com/v1/chat/completions", "https://api.openai.com/v1"),
        ("https://api.anthropic.com/v1/messages/", "https://api.anthropic.com/v1"),
        ("https://openrouter.ai/api", "https://openrouter.ai/api/v1"),
        ("https://api.groq.com/openai/v1", "https://api.groq.com/openai/v1"),
        ("https://api.z.ai/api/paas/v4/", "https://api.z.ai/api/paas/v4"),
        (
            "https://generativelanguage.googleapis.com/v1beta/openai/",
            "https://generativelanguage.googleapis.com/v1beta/openai",
        ),
        ("https://api.perplexity.ai/chat/completions", "https://api.perplexity.ai/"),
        ("http://127.0.0.1:11434", "http://127.0.0.1:11434/v1"),
        ("http://[::1]:8080/#top", "http://[::1]:8080/v1"),
        (
            "https://x.openai.azure.com/openai/v1/?api-version=preview",
            "https://x.openai.azure.com/openai/v1?api-version=preview",
        ),
        ("https://host/vllm", "https://host/vllm/v1"),
    ];
    for (text, url) in cases {
        assert_eq!(base_url(text).as_deref(), Ok(url), "{text}");
    }
}

#[test]
fn a_wrong_setting_is_told_in_one_sentence_that_names_the_variable() {
    let key = |key: &str| Some(SecretString::from(key));
    let wrong = [
        "gemini".parse::<Provider>().unwrap_err(),
        base_url("").unwrap_err(),
        base_url("api.openai.com/v1").unwrap_err(),
        base_url("file:///etc/passwd").unwrap_err(),
        base_url("https://user:secret@host/v1").unwrap_err(),
        ModelConfig::new(Provider::OpenAi, "http://h", key("line\nbreak"), "m").unwrap_err(),
        ModelConfig::new(Provider::OpenAi, "http://h", None, "  ").unwrap_err(),
    ];
    for error in wrong.iter().chain([&ConfigError::Tls("none found".to_owned())]) {
        assert!(error.to_string().starts_with(error.variable()), "{error}");
    }
    let sentences: Vec<_> = wrong.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(sentences.join("\n"), @r#"
    LLM_PROVIDER must be openai or anthropic.
    LLM_BASE_URL must be a URL such as https://api.openai.com/v1 or http://127.0.0.1:11434/v1.
    LLM_BASE_URL must be a URL such as https://api.openai.com/v1 or http://127.0.0.1:11434/v1.
    LLM_BASE_URL must be a URL such as https://api.openai.com/v1 or http://127.0.0.1:11434/v1.
    LLM_BASE_URL must not contain a user name or password; put the key in LLM_API_KEY.
    LLM_API_KEY contains a line break or another character that no key has; copy it again.
    LLM_MODEL is missing; set it to the name of a model that the server at LLM_BASE_URL offers.
    "#);
}

#[test]
fn providers_are_read_in_any_case() {
    assert_eq!("OpenAI".parse(), Ok(Provider::OpenAi));
    assert_eq!(" anthropic ".parse(), Ok(Provider::Anthropic));
    assert_eq!(Provider::default(), Provider::OpenAi);
}

#[test]
fn an_empty_key_is_no_key() {
    for empty in ["", "  "] {
        let config = ModelConfig::new(Provider::OpenAi, "http://h", Some(SecretString::from(empty)), "m").unwrap();
        assert!(config.api_key.is_none());
    }
}

#[test]
fn settings_are_shown_without_the_key() {
    let url = "https://host/v1?key=sk-in-the-query";
    let config = ModelConfig::new(Provider::OpenAi, url, Some(SecretString::from(KEY)), "m").unwrap();
    let shown = format!("{config:?}");
    assert!(!shown.contains("sk-"), "{shown}");
    assert!(shown.contains("https://host/v1"), "{shown}");
}

#[tokio::test]
async fn a_query_in_the_base_url_is_kept() {
    let sim = ModelSim::start().await.unwrap();
    let url = format!("{}/?api-version=preview", sim.base_url());
    let model = Model::new(ModelConfig::new(Provider::OpenAi, &url, None, "m").unwrap()).unwrap();
    let (_, error) = events_of(&model, &ask("Hi")).await;
    assert_eq!(error, None);
}

#[tokio::test]
async fn a_key_with_blanks_around_it_works() {
    let sim = ModelSim::start().await.unwrap();
    sim.require_key(KEY);
    let mut config = config(&sim, Provider::OpenAi);
    config.api_key = Some(SecretString::from(format!(" {KEY}\n")));
    let (_, error) = events_of(&Model::new(config).unwrap(), &ask("Hi")).await;
    assert_eq!(error, None);
}

#[tokio::test]
async fn a_server_without_tls_is_not_spoken_to_where_tls_is_set() {
    plotline_model::tls::install();
    plotline_model::tls::install();
    let sim = ModelSim::start().await.unwrap();
    let mut config = config(&sim, Provider::OpenAi);
    config.base_url.set_scheme("https").unwrap();
    match Model::new(config) {
        Ok(model) => {
            let (_, error) = events_of(&model, &ask("Hi")).await;
            assert_eq!((error.unwrap().failure(), sim.calls()), (Failure::Connect, 0));
        }
        // Only a machine without certificates has a reason to refuse, and says so.
        Err(error) => assert!(error.to_string().contains("ca-certificates"), "{error}"),
    }
}

#[tokio::test]
async fn limits_beyond_all_measure_are_no_trouble() {
    let sim = ModelSim::start().await.unwrap();
    let mut config = config(&sim, Provider::OpenAi);
    config.timeouts = Timeouts {
        connect: Duration::MAX,
        first_token: Duration::MAX,
        between_tokens: Duration::MAX,
        total: Duration::MAX,
    };
    config.backoff = Backoff { first: Duration::ZERO, longest: Duration::MAX, longest_retry_after: Duration::MAX };
    config.max_attempts = u32::MAX;
    config.max_response_bytes = usize::MAX;
    sim.script([
        Reply::cut(),
        Reply::text("Fine").cut_after(0),
        Reply::rate_limited().retry_after("0"),
        Reply::text("Fine"),
    ]);
    let model = Model::new(config).unwrap();
    assert_eq!(model.stream(&ask("Hi")).await.unwrap().collect().await.unwrap().text, "Fine");
    assert_eq!(model.config().timeouts.total, plotline_model::config::TIMEOUT_MAX);
    assert!(!format!("{model:?}").contains(KEY));
}

/// The variable that tells a test that it is the one run again, and with which server.
const AGAIN: &str = "PLOTLINE_MODEL_TEST_AGAIN";

/// Runs a test of this file again in a process of its own, with a proxy set: the environment of a process is fixed before it starts.
async fn run_again_behind(proxy: String, test: &'static str) {
    let run = move || {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", &format!("settings::{test}")])
            .env(AGAIN, "1")
            .envs(["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "HTTPS_PROXY"].map(|name| (name, &proxy)))
            .env_remove("NO_PROXY")
            .env_remove("no_proxy")
            .output()
    };
    let output = tokio::task::spawn_blocking(run).await.unwrap().unwrap();
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && shown.contains("1 passed"), "{shown}");
}

#[tokio::test]
async fn a_proxy_of_the_environment_is_not_used_for_this_machine() {
    if std::env::var_os(AGAIN).is_none() {
        // Port 9 discards: a request sent there would fail.
        return run_again_behind(
            "http://127.0.0.1:9/".to_owned(),
            "a_proxy_of_the_environment_is_not_used_for_this_machine",
        )
        .await;
    }
    let (sim, model) = start(Provider::OpenAi).await;
    let (_, error) = events_of(&model, &ask("Hi")).await;
    assert_eq!((error, sim.calls()), (None, 1));
}

#[tokio::test]
async fn a_proxy_of_the_environment_is_used_for_other_machines() {
    if std::env::var_os(AGAIN).is_none() {
        let sim = ModelSim::start().await.unwrap();
        let proxy = sim.base_url().replace("/v1", "");
        run_again_behind(proxy, "a_proxy_of_the_environment_is_used_for_other_machines").await;
        assert_eq!(sim.calls(), 1);
        assert_eq!(sim.requests()[0].header("host"), Some("models.invalid"));
        return;
    }
    let model = Model::new(ModelConfig::new(Provider::OpenAi, "http://models.invalid", None, "m").unwrap()).unwrap();
    let (_, error) = events_of(&model, &ask("Hi")).await;
    assert_eq!(error, None);
}
