//! What members and operators read, for every kind of failure.

use model_sim::Reply;
use plotline_model::{Model, ModelError, Provider};

use crate::support::{ask, config, events_of, start};

async fn error_of(reply: Reply, shorten: impl Fn(&mut plotline_model::ModelConfig)) -> ModelError {
    let sim = model_sim::ModelSim::start().await.unwrap();
    let mut config = config(&sim, Provider::OpenAi);
    shorten(&mut config);
    sim.answer_with(move |_| reply.clone());
    let (_, error) = events_of(&Model::new(config).unwrap(), &ask("Hi")).await;
    error.unwrap()
}

/// One error of every kind, made by a server that shows it.
async fn every_error() -> Vec<ModelError> {
    let short = std::time::Duration::from_millis(100);
    let (sim, gone) = start(Provider::OpenAi).await;
    drop(sim);
    let (_, connect) = events_of(&gone, &ask("Hi")).await;
    let (_, empty) = events_of(&gone, &ask("")).await;
    let mut errors = vec![empty.unwrap(), connect.unwrap()];
    errors.push(error_of(Reply::never(), |config| config.timeouts.first_token = short).await);
    errors.push(error_of(Reply::text("a b").stall_after(1), |config| config.timeouts.between_tokens = short).await);
    errors.push(error_of(Reply::never(), |config| config.timeouts.total = short).await);
    errors.push(error_of(Reply::endless("x"), |config| config.max_response_bytes = 10_000).await);
    for reply in [
        Reply::rate_limited(),
        Reply::rate_limited().retry_after("90"),
        Reply::overloaded(),
        Reply::server_error(500),
        Reply::out_of_credit(),
        Reply::unauthorized(),
        Reply::model_not_found(),
        Reply::raw(404, "text/plain", "404 page not found"),
        Reply::raw(308, "text/plain", ""),
        Reply::context_too_long(),
        Reply::failure(400, "No."),
        Reply::text("a b").cut_after(1),
        Reply::text("a b").malformed_json_after(1),
    ] {
        errors.push(error_of(reply, |_| {}).await);
    }
    errors
}

#[tokio::test]
async fn members_read_one_clear_sentence() {
    let sentences: Vec<_> =
        every_error().await.iter().map(|error| format!("{}: {}", error.kind(), error.for_member())).collect();
    for sentence in &sentences {
        assert!(sentence.ends_with('.') && sentence.matches(". ").count() == 0, "one sentence: {sentence}");
    }
    insta::assert_snapshot!(sentences.join("\n"), @r#"
    empty_request: There was nothing to answer; please write a question.
    connect: The language model cannot be reached right now; please try again in a few minutes.
    timeout_first_token: The language model did not begin to answer in time; please try again in a few minutes.
    timeout_between_tokens: The language model stopped in the middle of its answer; please ask again.
    timeout_total: The answer took too long and was stopped; please ask again, or for something shorter.
    too_large: The answer grew too large and was stopped; please ask for something shorter.
    rate_limited: The language model has too much to do right now; please try again in a few minutes.
    rate_limited: The language model has too much to do right now; please try again in about 2 minutes.
    overloaded: The language model has too much to do right now; please try again in a few minutes.
    server: The language model had a failure of its own; please try again in a few minutes.
    out_of_credit: The language model's account has no credit left; please tell those who run this bot.
    unauthorized: The language model does not accept this bot's key; please tell those who run this bot.
    model_unknown: The language model that this bot is set up to use is not available; please tell those who run this bot.
    endpoint_unknown: This bot's connection to its language model is set up wrongly; please tell those who run this bot.
    redirected: This bot's connection to its language model is set up wrongly; please tell those who run this bot.
    too_long: This is more text than the language model can read at once; please ask again with less of it, or in a new thread.
    rejected: The language model refused the request; please tell those who run this bot if it happens again.
    cut: The answer broke off before it was complete; please ask again.
    malformed: The language model's answer could not be understood; please try again, and tell those who run this bot if it happens again.
    "#);
}

#[tokio::test]
async fn operators_read_what_to_look_at() {
    let sentences: Vec<_> =
        every_error().await.iter().map(|error| format!("{}: {}", error.kind(), error.for_operator())).collect();
    insta::assert_snapshot!(sentences.join("\n"), @r#"
    empty_request: The request has no message with text.
    connect: The server at LLM_BASE_URL cannot be reached: Connection refused (os error 111); check the URL, the network and any HTTPS_PROXY.
    timeout_first_token: The server at LLM_BASE_URL did not begin to answer in time; check that it runs, or use a faster LLM_MODEL.
    timeout_between_tokens: The server at LLM_BASE_URL stopped in the middle of its answer; check that it runs, or use a faster LLM_MODEL.
    timeout_total: The server at LLM_BASE_URL did not finish its answer in time; check that it runs, or use a faster LLM_MODEL.
    too_large: The answer was larger than the limit; LLM_MODEL may be repeating itself without end.
    rate_limited: The rate limit of LLM_API_KEY is reached; try again in a few minutes.
    rate_limited: The rate limit of LLM_API_KEY is reached; try again in about 2 minutes.
    overloaded: The service at LLM_BASE_URL is overloaded (status 529); try again in a few minutes.
    server: The service at LLM_BASE_URL failed (status 500); try again in a few minutes.
    out_of_credit: The account of LLM_API_KEY has no credit left; add credit to it.
    unauthorized: The service does not accept LLM_API_KEY (status 401); set a valid key.
    model_unknown: The service does not offer the model in LLM_MODEL (status 404); set one that it offers.
    endpoint_unknown: There is no chat endpoint at LLM_BASE_URL (status 404); check the URL and LLM_PROVIDER.
    redirected: The server at LLM_BASE_URL redirects elsewhere (status 308); set the final address.
    too_long: The request does not fit the context of LLM_MODEL; set a model with a larger one, or a smaller token budget.
    rejected: The service refused the request (status 400, invalid_request_error); check that LLM_MODEL is a chat model and LLM_PROVIDER its dialect.
    cut: The answer ended before it was complete; check the server and any proxy before it.
    malformed: The server at LLM_BASE_URL does not answer as LLM_PROVIDER should; check both settings.
    "#);
}

#[tokio::test]
async fn logs_read_kind_status_code_and_attempts() {
    let lines: Vec<_> = every_error().await.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    model call failed: empty_request, attempts 0
    model call failed: connect, Connection refused (os error 111), attempts 3
    model call failed: timeout_first_token, attempts 1
    model call failed: timeout_between_tokens, attempts 1
    model call failed: timeout_total, attempts 1
    model call failed: too_large, attempts 1
    model call failed: rate_limited, status 429, code rate_limit_exceeded, attempts 3
    model call failed: rate_limited, status 429, code rate_limit_exceeded, attempts 1
    model call failed: overloaded, status 529, code overloaded_error, attempts 3
    model call failed: server, status 500, code api_error, attempts 3
    model call failed: out_of_credit, status 429, code insufficient_quota, attempts 1
    model call failed: unauthorized, status 401, code invalid_api_key, attempts 1
    model call failed: model_unknown, status 404, code model_not_found, attempts 1
    model call failed: endpoint_unknown, status 404, attempts 1
    model call failed: redirected, status 308, attempts 1
    model call failed: too_long, status 400, code context_length_exceeded, attempts 1
    model call failed: rejected, status 400, code invalid_request_error, attempts 1
    model call failed: cut, attempts 1
    model call failed: malformed, attempts 1
    "#);
}
