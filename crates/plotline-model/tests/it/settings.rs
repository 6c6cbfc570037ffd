//! Settings: what is taken, what is refused and how it is told, what is shown.

use std::process::Command;

use model_sim::ModelSim;
use plotline_model::{ConfigError, Model, ModelConfig, Provider, SecretString};

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

#[test]
fn tls_can_be_installed_again_and_a_client_for_https_be_made() {
    plotline_model::tls::install();
    plotline_model::tls::install();
    let config = ModelConfig::new(Provider::Anthropic, "https://api.anthropic.com", None, "m").unwrap();
    // Only a machine without certificates has a reason to refuse, and says so.
    if let Err(error) = Model::new(config) {
        assert!(error.to_string().contains("ca-certificates"), "{error}");
    }
}

/// The environment of a process is fixed before it starts, so the test runs itself again with a proxy set that leads nowhere.
#[tokio::test]
async fn a_proxy_of_the_environment_is_not_used_for_this_machine() {
    const INNER: &str = "PLOTLINE_MODEL_TEST_BEHIND_PROXY";
    if std::env::var_os(INNER).is_some() {
        let (sim, model) = start(Provider::OpenAi).await;
        let (_, error) = events_of(&model, &ask("Hi")).await;
        assert_eq!((error, sim.calls()), (None, 1));
        return;
    }
    let proxy = "http://127.0.0.1:9/";
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "settings::a_proxy_of_the_environment_is_not_used_for_this_machine"])
        .env(INNER, "1")
        .envs(["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "HTTPS_PROXY"].map(|name| (name, proxy)))
        .env_remove("NO_PROXY")
        .env_remove("no_proxy")
        .output()
        .unwrap();
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && shown.contains("1 passed"), "{shown}");
}
