//! What `plotline check` learns about the model.

use model_sim::{ModelSim, Reply};
use plotline_model::{Failure, Model, ModelConfig, Provider, SecretString, Usage};

use crate::support::{PROVIDERS, config, start};

#[tokio::test]
async fn a_check_asks_for_one_short_answer() {
    for provider in PROVIDERS {
        let (sim, model) = start(provider).await;
        sim.script([Reply::text("OK").usage(30, 1)]);
        let check = model.check().await.unwrap();
        assert_eq!((check.model.as_str(), check.takes_tools, check.key_exposed), ("sim-model", true, false));
        assert_eq!(check.usage, Some(Usage { input_tokens: 30, output_tokens: 1, cached_input_tokens: 0 }));
        assert_eq!(sim.requests()[0].body["max_tokens"], 16);
        sim.verify().unwrap();
    }
}

#[tokio::test]
async fn a_check_tells_when_the_model_takes_no_tools() {
    let (sim, model) = start(Provider::OpenAi).await;
    sim.script([Reply::unsupported_parameter("tools")]);
    assert!(!model.check().await.unwrap().takes_tools);
    sim.verify().unwrap();
}

#[tokio::test]
async fn a_check_that_fails_says_what_to_do() {
    let mut sentences = String::new();
    for reply in [
        Reply::unauthorized(),
        Reply::model_not_found(),
        Reply::raw(404, "text/plain", "404 page not found"),
        Reply::out_of_credit(),
        Reply::raw(200, "text/html", "<html>"),
        Reply::raw(301, "text/plain", ""),
        Reply::failure(400, "Something is wrong."),
        Reply::unsupported_parameter("messages"),
    ] {
        let (sim, model) = start(Provider::OpenAi).await;
        sim.script([reply]);
        sentences += &model.check().await.unwrap_err().for_operator();
        sentences.push('\n');
    }
    insta::assert_snapshot!(sentences, @r#"
    The service does not accept LLM_API_KEY (status 401); set a valid key.
    The service does not offer the model in LLM_MODEL (status 404); set one that it offers.
    There is no chat endpoint at LLM_BASE_URL (status 404); check the URL and LLM_PROVIDER.
    The account of LLM_API_KEY has no credit left; add credit to it.
    The server at LLM_BASE_URL does not answer as LLM_PROVIDER should; check both settings.
    The server at LLM_BASE_URL redirects elsewhere (status 301); set the final address.
    The service refused the request (status 400, invalid_request_error); check that LLM_MODEL is a chat model and LLM_PROVIDER its dialect.
    The service refused the request (status 400, unsupported_parameter); check that LLM_MODEL is a chat model and LLM_PROVIDER its dialect.
    "#);
}

#[tokio::test]
async fn the_models_of_a_server_are_listed_where_it_lists_them() {
    for provider in PROVIDERS {
        let sim = ModelSim::start().await.unwrap();
        sim.set_models(["small", "large"]);
        sim.require_key("sk-right");
        let mut config = config(&sim, provider);
        let error = Model::new(config.clone()).unwrap().models().await.unwrap_err();
        assert_eq!(error.failure(), Failure::Unauthorized);

        config.api_key = Some(SecretString::from("sk-right"));
        let model = Model::new(config).unwrap();
        assert_eq!(model.models().await.unwrap(), ["small", "large"]);
        assert_eq!(model.check().await.unwrap_err().failure(), Failure::ModelUnknown);

        sim.hide_models();
        assert_eq!(model.models().await.unwrap_err().failure(), Failure::EndpointUnknown);
    }
}

#[tokio::test]
async fn a_key_on_an_open_network_is_noticed() {
    // Port 9 discards: nothing answers there, and nothing is asked of any other machine.
    let exposed = |url: &str, key: Option<&str>| {
        let config = ModelConfig::new(Provider::OpenAi, url, key.map(SecretString::from), "m").unwrap();
        config.is_key_exposed()
    };
    assert!(exposed("http://models.example/v1", Some("key")));
    assert!(!exposed("http://models.example/v1", None));
    assert!(!exposed("https://models.example/v1", Some("key")));
    for local in ["http://127.0.0.1:9", "http://localhost:9", "http://[::1]:9", "http://a.localhost"] {
        assert!(!exposed(local, Some("key")), "{local}");
    }
}
