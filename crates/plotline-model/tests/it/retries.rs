//! When a call is tried again, and after which pause.

use std::time::{Duration, SystemTime};

use model_sim::{ModelSim, Reply};
use plotline_model::{Backoff, Failure, Model, ModelEvent, Provider};

use crate::support::{PROVIDERS, ask, config, events_of, start};

#[tokio::test]
async fn any_failure_before_the_answer_is_bridged_by_another_attempt() {
    let failures = [
        Reply::server_error(500),
        Reply::server_error(502),
        Reply::overloaded(),
        Reply::rate_limited(),
        Reply::rate_limited().retry_after("0"),
        Reply::cut(),
        Reply::text("never seen").cut_after(0),
        Reply::text("never seen").end_after(0),
        Reply::empty().reasoning("Hm.").tool_call_raw("draw_chart", "{}").cut_after(2),
        Reply::text("never seen").error_after(0, "overloaded_error"),
    ];
    for provider in PROVIDERS {
        for failure in &failures {
            let (sim, model) = start(provider).await;
            sim.script([failure.clone(), Reply::chunks(["Here"])]);
            let mut stream = model.stream(&ask("Hi")).await.unwrap();
            assert_eq!(stream.next().await, Some(Ok(ModelEvent::Text("Here".to_owned()))), "{failure:?}");
            assert_eq!((stream.attempts(), sim.calls()), (2, 2));
            let [first, second] = &sim.requests()[..] else { panic!("two calls") };
            assert_eq!(first.body, second.body);
            sim.verify().unwrap();
        }
    }
}

#[tokio::test]
async fn the_number_of_attempts_is_a_setting() {
    for (setting, attempts) in [(0, 1), (1, 1), (2, 2), (5, 5)] {
        let sim = ModelSim::start().await.unwrap();
        let mut config = config(&sim, Provider::OpenAi);
        config.max_attempts = setting;
        sim.answer_with(|_| Reply::server_error(500));
        let (_, error) = events_of(&Model::new(config).unwrap(), &ask("Hi")).await;
        assert_eq!((error.unwrap().attempts(), sim.calls()), (attempts, attempts as usize));
    }
}

#[tokio::test]
async fn the_pause_that_the_service_asks_for_is_kept() {
    for header in ["retry-after", "retry-after-ms"] {
        for reply in [Reply::rate_limited(), Reply::overloaded(), Reply::server_error(500)] {
            let (sim, model) = start(Provider::OpenAi).await;
            let value = if header == "retry-after" { "0.3" } else { "300" };
            sim.script([reply.header(header, value), Reply::text("Hi")]);
            let (_, error) = events_of(&model, &ask("Hi")).await;
            assert_eq!(error, None);
            let [first, second] = &sim.requests()[..] else { panic!("two calls") };
            assert!(second.received_at.duration_since(first.received_at) >= Duration::from_millis(300));
        }
    }
}

#[tokio::test]
async fn a_pause_that_is_too_long_ends_the_call_and_is_told() {
    let date = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(600));
    for provider in PROVIDERS {
        for (reply, words) in [
            (Reply::rate_limited().retry_after("45"), "about 45 seconds"),
            (Reply::overloaded().retry_after("61"), "about 2 minutes"),
            (Reply::rate_limited().retry_after(&date), "about 10 minutes"),
            (Reply::rate_limited().retry_after("999999999"), "about 24 hours"),
        ] {
            let (sim, model) = start(provider).await;
            sim.script([reply]);
            let (_, error) = events_of(&model, &ask("Hi")).await;
            let error = error.unwrap();
            assert_eq!(sim.calls(), 1);
            assert!(error.for_member().contains(words), "{}", error.for_member());
            assert!(error.failure().retry_after().unwrap() > Duration::from_secs(30));
        }
    }
}

#[tokio::test]
async fn a_pause_longer_than_what_is_left_of_the_call_is_not_begun() {
    for (retry_after, first) in [(Some("20"), Duration::from_millis(1)), (None, Duration::from_secs(60))] {
        let sim = ModelSim::start().await.unwrap();
        let mut config = config(&sim, Provider::OpenAi);
        config.timeouts.total = Duration::from_secs(15);
        config.backoff = Backoff { first, longest: first, ..Backoff::default() };
        let reply = Reply::rate_limited();
        sim.script([retry_after.map_or(reply.clone(), |value| reply.clone().retry_after(value))]);
        let (_, error) = events_of(&Model::new(config).unwrap(), &ask("Hi")).await;
        assert_eq!(sim.calls(), 1);
        assert_eq!(
            error.unwrap().failure(),
            Failure::RateLimited { retry_after: retry_after.map(|_| Duration::from_secs(20)) }
        );
    }
}

#[tokio::test]
async fn a_second_failure_of_another_kind_is_the_one_that_is_told() {
    let (sim, model) = start(Provider::Anthropic).await;
    sim.script([Reply::overloaded(), Reply::cut(), Reply::unauthorized()]);
    let (_, error) = events_of(&model, &ask("Hi")).await;
    let error = error.unwrap();
    assert_eq!((error.kind(), error.attempts()), ("unauthorized", 3));
}
