//! Each way in which a call fails: what is reported, and that the call ends.

use std::time::Duration;

use model_sim::{ModelSim, Reply};
use plotline_model::{Failure, Model, ModelConfig, ModelError, Provider, SecretString, Wait};

use crate::support::{KEY, PROVIDERS, answer_to, ask, config, events_of, start, text_of};

/// The failure of a call to a model whose every reply is this one.
async fn failure_of(provider: Provider, reply: Reply) -> ModelError {
    let (sim, model) = start(provider).await;
    sim.answer_with(move |_| reply.clone());
    let (events, error) = events_of(&model, &ask("Hello")).await;
    assert_eq!(events, []);
    let error = error.unwrap();
    assert_eq!(error.attempts() as usize, sim.calls());
    sim.verify().unwrap();
    error
}

#[tokio::test]
async fn each_refusal_is_recognised_and_not_repeated() {
    let gemini = r#"[{"error": {"code": 400, "message": "API key not valid. Please pass a valid API key.", "status": "INVALID_ARGUMENT"}}]"#;
    let ollama = r#"{"error": {"message": "model \"llama9\" not found, try pulling it first", "type": "api_error"}}"#;
    let vllm = r#"{"object": "error", "message": "This model's maximum context length is 4096 tokens.", "type": "BadRequestError", "code": 400}"#;
    let anthropic = r#"{"type": "error", "error": {"type": "invalid_request_error", "message": "Your credit balance is too low."}}"#;
    let cases = [
        (Reply::unauthorized(), Failure::Unauthorized),
        (Reply::failure(403, "Not for you."), Failure::Unauthorized),
        (Reply::raw(400, "application/json", gemini), Failure::Unauthorized),
        (Reply::model_not_found(), Failure::ModelUnknown),
        (Reply::raw(404, "application/json", ollama), Failure::ModelUnknown),
        (Reply::failure(400, "llama9 is not a valid model ID"), Failure::ModelUnknown),
        (Reply::raw(404, "text/plain", "404 page not found"), Failure::EndpointUnknown),
        (Reply::raw(405, "application/json", r#"{"detail": "Method Not Allowed"}"#), Failure::EndpointUnknown),
        (Reply::context_too_long(), Failure::TooLong),
        (Reply::raw(400, "application/json", vllm), Failure::TooLong),
        (Reply::raw(413, "text/html", "<h1>413</h1>"), Failure::TooLong),
        (Reply::out_of_credit(), Failure::OutOfCredit),
        (Reply::raw(402, "application/json", "{}"), Failure::OutOfCredit),
        (Reply::raw(400, "application/json", anthropic), Failure::OutOfCredit),
        (Reply::failure(400, "No."), Failure::Rejected),
        (Reply::raw(422, "application/json", "\"odd\""), Failure::Rejected),
        (Reply::raw(302, "text/html", "").header("location", "http://127.0.0.1:1/"), Failure::Redirected),
    ];
    for provider in PROVIDERS {
        for (reply, failure) in &cases {
            let error = failure_of(provider, reply.clone()).await;
            assert_eq!((error.failure(), error.attempts()), (*failure, 1), "{reply:?}");
            assert!(error.status().is_some_and(|status| status >= 300), "{error:?}");
        }
    }
}

#[tokio::test]
async fn each_passing_failure_is_tried_again_until_the_attempts_are_used_up() {
    let cases = [
        (Reply::rate_limited(), "rate_limited"),
        (Reply::overloaded(), "overloaded"),
        (Reply::server_error(503), "overloaded"),
        (Reply::server_error(500), "server"),
        (Reply::raw(502, "text/html", "<html>Bad gateway</html>"), "server"),
        (Reply::server_error(408), "server"),
        (Reply::server_error(409), "server"),
        (Reply::cut(), "cut"),
        (Reply::text("Hello").cut_after(0), "cut"),
        (Reply::text("Hello").end_after(0), "cut"),
        (Reply::empty().reasoning("Let me see.").cut_after(1), "cut"),
        (Reply::empty().tool_call_raw("draw_chart", "{\"kind\": \"bar\"}").cut_after(3), "cut"),
        (Reply::text("Hello").as_json().cut_after(0), "cut"),
        (Reply::raw(200, "text/event-stream", ""), "cut"),
        (Reply::text("Hello").error_after(0, "server_error"), "server"),
        (Reply::text("Hello").error_after(0, "overloaded_error"), "overloaded"),
        (Reply::text("Hello").error_after(0, "rate_limit_error"), "rate_limited"),
        (Reply::raw(200, "application/json", r#"{"error": {"message": "Upstream", "code": 502}}"#), "server"),
    ];
    for provider in PROVIDERS {
        for (reply, kind) in &cases {
            let error = failure_of(provider, reply.clone()).await;
            assert_eq!((error.kind(), error.attempts()), (*kind, 3), "{reply:?}");
        }
    }
}

#[tokio::test]
async fn each_unreadable_answer_ends_the_call() {
    let cases = [
        Reply::text("Hello").malformed_json_after(0),
        Reply::text("Hello").bytes_after(0, "data: [DONE\n\n"),
        Reply::raw(200, "text/html", "<!doctype html><title>Sign in</title>"),
        Reply::raw(200, "application/json", "{\"choices\": "),
        Reply::raw(200, "application/json", "{}"),
        Reply::raw(200, "application/json", "[1, 2]"),
        Reply::raw(200, "text/plain", "It works!"),
        Reply::raw(200, "text/event-stream", "It works!\n\nReally.\n\n"),
    ];
    for provider in PROVIDERS {
        for reply in &cases {
            let error = failure_of(provider, reply.clone()).await;
            assert_eq!((error.kind(), error.attempts()), ("malformed", 1), "{reply:?}");
        }
    }
}

#[tokio::test]
async fn noise_between_events_is_skipped_as_the_standard_asks() {
    for provider in PROVIDERS {
        let answer = answer_to(provider, [Reply::text("Hello there").malformed_sse_after(1)]).await.unwrap();
        assert_eq!(answer.text, "Hello there");
    }
}

#[tokio::test]
async fn after_the_first_text_every_failure_is_final() {
    let cases = [
        (Reply::text("One two three").cut_after(2), "cut"),
        (Reply::text("One two three").end_after(2), "cut"),
        (Reply::text("One two three").malformed_json_after(2), "malformed"),
        (Reply::text("One two three").error_after(2, "server_error"), "server"),
        (Reply::text("One two three").error_after(2, "overloaded_error"), "overloaded"),
    ];
    for provider in PROVIDERS {
        for (reply, kind) in &cases {
            let (sim, model) = start(provider).await;
            sim.script([reply.clone()]);
            let (events, error) = events_of(&model, &ask("Hi")).await;
            assert_eq!(text_of(&events), "One two ", "{reply:?}");
            let error = error.unwrap();
            assert_eq!((error.kind(), error.attempts(), sim.calls()), (*kind, 1, 1), "{reply:?}");
        }
    }
}

#[tokio::test]
async fn an_event_broken_off_by_the_end_of_the_body_is_a_cut() {
    let begun = "data: {\"choices\":[{\"delta\":{\"content\":\"Hello\"}}]}\n\ndata: {\"choices\":[{\"delta\":{\"con";
    let (sim, model) = start(Provider::OpenAi).await;
    sim.script([Reply::raw(200, "text/event-stream", begun)]);
    let (events, error) = events_of(&model, &ask("Hi")).await;
    assert_eq!(text_of(&events), "Hello");
    assert_eq!(error.unwrap().failure(), Failure::Cut);
}

#[tokio::test]
async fn a_missing_finish_is_accepted_only_where_it_is_set_and_only_at_a_proper_end() {
    for provider in PROVIDERS {
        let sim = ModelSim::start().await.unwrap();
        let mut config = config(&sim, provider);
        config.accept_missing_finish = true;
        let model = Model::new(config).unwrap();
        sim.script([Reply::text("All of it").without_finish().without_done()]);
        let answer = model.stream(&ask("Hi")).await.unwrap().collect().await.unwrap();
        assert_eq!(answer.text, "All of it");

        sim.script([Reply::text("Not all of it").cut_after(2)]);
        let (events, error) = events_of(&model, &ask("Hi")).await;
        assert_eq!((text_of(&events).as_str(), error.unwrap().kind()), ("Not all ", "cut"));
    }
}

#[tokio::test]
async fn an_endless_answer_is_stopped() {
    for provider in PROVIDERS {
        let sim = ModelSim::start().await.unwrap();
        let mut config = config(&sim, provider);
        config.max_response_bytes = 200_000;
        let model = Model::new(config).unwrap();
        sim.script([Reply::endless("and so on ")]);
        let (events, error) = events_of(&model, &ask("Hi")).await;
        assert!(text_of(&events).starts_with("and so on and so on "));
        assert_eq!(error.unwrap().failure(), Failure::TooLarge);
        sim.wait_until_idle().await.unwrap();
    }
}

#[tokio::test]
async fn an_endless_answer_that_shows_nothing_is_stopped_too() {
    let blank = "\n".repeat(50_000);
    for (reply, limit) in [
        (Reply::raw(200, "text/event-stream", &blank), 10_000),
        (Reply::raw(200, "application/json", &format!("{{{blank}")), 10_000),
        (Reply::raw(200, "text/event-stream", &format!("data: {blank}x").replace('\n', "data")), 10_000),
    ] {
        let sim = ModelSim::start().await.unwrap();
        let mut config = config(&sim, Provider::OpenAi);
        config.max_response_bytes = limit;
        sim.script([reply]);
        let (events, error) = events_of(&Model::new(config).unwrap(), &ask("Hi")).await;
        assert_eq!((events.len(), error.unwrap().failure()), (0, Failure::TooLarge));
    }
}

#[tokio::test]
async fn tool_calls_without_end_are_stopped() {
    let mut reply = Reply::empty();
    for _ in 0..100 {
        reply = reply.tool_call_raw("draw_chart", "{}");
    }
    for provider in PROVIDERS {
        let error = failure_of(provider, reply.clone()).await;
        assert_eq!((error.kind(), error.attempts()), ("too_large", 1));
    }
}

/// A model whose one short limit is met; the others are far away.
async fn impatient(provider: Provider, shorten: impl Fn(&mut ModelConfig)) -> (ModelSim, Model) {
    let sim = ModelSim::start().await.unwrap();
    let mut config = config(&sim, provider);
    shorten(&mut config);
    (sim, Model::new(config).unwrap())
}

const SHORT: Duration = Duration::from_millis(150);

#[tokio::test]
async fn a_model_that_does_not_begin_is_given_up() {
    for provider in PROVIDERS {
        let pinging = Reply::endless("").keep_alives();
        let mut pings = Reply::empty();
        for _ in 0..200 {
            pings = pings.then_text(" ").bytes_after(0, ": ping\n\n").delay_after(0, Duration::from_millis(10));
        }
        for reply in
            [Reply::never(), Reply::text("x").stall_after(0), Reply::text("x").as_json().stall_after(0), pings, pinging]
        {
            let (sim, model) = impatient(provider, |config| config.timeouts.first_token = SHORT).await;
            sim.script([reply.clone()]);
            let (events, error) = events_of(&model, &ask("Hi")).await;
            let error = error.unwrap();
            assert_eq!((error.failure(), error.attempts()), (Failure::Timeout(Wait::FirstToken), 1), "{events:?}");
            sim.wait_until_idle().await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_model_that_stops_in_the_middle_is_given_up() {
    for provider in PROVIDERS {
        let mut pings = Reply::text("Hello there");
        for _ in 0..200 {
            pings = pings.bytes_after(1, ": ping\n\n").delay_after(1, Duration::from_millis(10));
        }
        for reply in [Reply::text("Hello there").stall_after(1), pings] {
            let (sim, model) = impatient(provider, |config| config.timeouts.between_tokens = SHORT).await;
            sim.script([reply]);
            let (events, error) = events_of(&model, &ask("Hi")).await;
            assert_eq!(text_of(&events), "Hello ");
            assert_eq!(error.unwrap().failure(), Failure::Timeout(Wait::BetweenTokens));
            sim.wait_until_idle().await.unwrap();
        }
    }
}

#[tokio::test]
async fn reasoning_is_a_sign_of_life() {
    let with = async |provider| {
        let (sim, model) = impatient(provider, |config| {
            config.timeouts.first_token = SHORT * 20;
            config.timeouts.between_tokens = SHORT * 20;
        })
        .await;
        // The text comes after the first token's time, and the reasoning within it.
        sim.script([Reply::empty().reasoning("Hm. ").then_text("Done").pace(SHORT * 12)]);
        let answer = model.stream(&ask("Hi")).await.unwrap().collect().await.unwrap();
        assert_eq!(answer.text, "Done");
    };
    // Both at once, since most of this is waiting.
    tokio::join!(with(Provider::OpenAi), with(Provider::Anthropic));
}

#[tokio::test]
async fn a_reader_that_takes_its_time_is_not_held_against_the_model() {
    let with = async |provider| {
        let (sim, model) = impatient(provider, |config| config.timeouts.between_tokens = SHORT * 2).await;
        sim.script([Reply::text("One two three four")]);
        let mut stream = model.stream(&ask("Hi")).await.unwrap();
        let mut events = 0;
        while let Some(event) = stream.next().await {
            event.unwrap();
            events += 1;
            tokio::time::sleep(SHORT * 3).await;
        }
        assert_eq!(events, 5);
    };
    // Both at once, since most of this is waiting.
    tokio::join!(with(Provider::OpenAi), with(Provider::Anthropic));
}

#[tokio::test]
async fn the_whole_call_has_an_end() {
    for provider in PROVIDERS {
        for reply in
            [Reply::never(), Reply::text("Hello there").stall_after(1), Reply::endless("word ").pace(SHORT / 10)]
        {
            let (sim, model) = impatient(provider, |config| {
                config.timeouts.total = SHORT;
                config.max_response_bytes = usize::MAX;
            })
            .await;
            sim.script([reply]);
            let (_, error) = events_of(&model, &ask("Hi")).await;
            assert_eq!(error.unwrap().failure(), Failure::Timeout(Wait::Total));
            sim.wait_until_idle().await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_reported_after_the_attempts() {
    for provider in PROVIDERS {
        let sim = ModelSim::start().await.unwrap();
        let config = config(&sim, provider);
        drop(sim);
        let (_, error) = events_of(&Model::new(config).unwrap(), &ask("Hi")).await;
        let error = error.unwrap();
        assert_eq!((error.failure(), error.attempts(), error.status()), (Failure::Connect, 3, None));
        assert!(error.for_operator().contains("onnection refused"), "{}", error.for_operator());
    }
}

#[tokio::test]
async fn a_conversation_without_text_is_not_sent() {
    for provider in PROVIDERS {
        let (sim, model) = start(provider).await;
        let (_, error) = events_of(&model, &ask(" \n ")).await;
        let error = error.unwrap();
        assert_eq!((error.failure(), error.attempts(), sim.calls()), (Failure::EmptyRequest, 0, 0));
    }
}

#[tokio::test]
async fn redirects_are_not_followed_and_take_no_key_along() {
    for provider in PROVIDERS {
        for status in [301, 302, 303, 307, 308] {
            let elsewhere = ModelSim::start().await.unwrap();
            let (sim, model) = start(provider).await;
            let location = format!("{}/chat/completions", elsewhere.base_url());
            sim.script([Reply::raw(status, "text/plain", "").header("location", &location)]);
            let (_, error) = events_of(&model, &ask("Hi")).await;
            assert_eq!(error.unwrap().failure(), Failure::Redirected);
            assert_eq!((elsewhere.calls(), elsewhere.problems()), (0, Vec::new()));
        }
    }
}

#[tokio::test]
async fn no_error_shows_the_key_or_the_words_of_a_message() {
    let quoting = format!("Incorrect API key provided: {KEY}. Your message was: my secret diary");
    for provider in PROVIDERS {
        let (sim, model) = start(provider).await;
        sim.script([Reply::failure(401, &quoting)]);
        let (_, error) = events_of(&model, &ask("my secret diary")).await;
        let error = error.unwrap();
        let told = format!("{error} {} {}", error.for_member(), error.for_operator());
        for secret in [KEY, "diary", "127.0.0.1"] {
            assert!(!told.contains(secret), "{told}");
        }
        let message = error.service_message().unwrap();
        assert_eq!(message, "Incorrect API key provided: <key>. Your message was: my secret diary");
        assert!(!format!("{error:?}").contains(KEY));
        assert_eq!(
            error.to_string(),
            "model call failed: unauthorized, status 401, code invalid_request_error, attempts 1"
        );
    }
}

#[tokio::test]
async fn a_wrong_key_is_refused_by_the_server_and_never_recorded() {
    for provider in PROVIDERS {
        let sim = ModelSim::start().await.unwrap();
        sim.require_key(KEY);
        let mut config = config(&sim, provider);
        let (_, error) = events_of(&Model::new(config.clone()).unwrap(), &ask("Hi")).await;
        assert_eq!(error, None);
        config.api_key = Some(SecretString::from("another-key"));
        let (_, error) = events_of(&Model::new(config).unwrap(), &ask("Hi")).await;
        assert_eq!(error.unwrap().failure(), Failure::Unauthorized);
        let recorded = format!("{:?}", sim.requests());
        assert!(!recorded.contains(KEY) && !recorded.contains("another-key"), "{recorded}");
    }
}

#[tokio::test]
async fn a_service_cannot_flood_the_errors() {
    let (sim, model) = start(Provider::OpenAi).await;
    let long = "x".repeat(1_000_000);
    sim.script([
        Reply::raw(400, "application/json", &format!(r#"{{"error": {{"type": "{long}", "message": "{long}"}}}}"#)),
        Reply::raw(
            400,
            "application/json",
            &format!(r#"{{"error": {{"type": "no <b>word</b>", "message": "{}"}}}}"#, &long[..5000]),
        ),
    ]);
    for _ in 0..2 {
        let (_, error) = events_of(&model, &ask("Hi")).await;
        let error = error.unwrap();
        assert_eq!((error.code(), error.failure()), (None, Failure::Rejected));
        assert!(format!("{error:?}").len() < 1000);
    }
}
