//! Dropping a call ends it, at whatever point it is.

use std::time::Duration;

use model_sim::{Gate, Outcome, Reply};
use plotline_model::{Backoff, Model, ModelEvent};

use crate::support::{PROVIDERS, ask, config, start};

#[tokio::test]
async fn dropping_the_stream_closes_the_connection() {
    for provider in PROVIDERS {
        let (sim, model) = start(provider).await;
        sim.script([Reply::text("Hello there").stall_after(1)]);
        let mut stream = model.stream(&ask("Hi")).await.unwrap();
        assert_eq!(stream.next().await, Some(Ok(ModelEvent::Text("Hello ".to_owned()))));
        assert_eq!(sim.requests()[0].outcome, Outcome::Running);
        drop(stream);
        sim.wait_until_idle().await.unwrap();
        assert_eq!(sim.requests()[0].outcome, Outcome::Disconnected);
    }
}

#[tokio::test]
async fn dropping_the_call_before_its_answer_closes_the_connection() {
    for provider in PROVIDERS {
        let (sim, model) = start(provider).await;
        sim.script([Reply::never()]);
        let request = ask("Hi");
        tokio::select! {
            result = model.stream(&request) => panic!("an answer came: {result:?}"),
            called = sim.wait_for_calls(1) => called.unwrap(),
        }
        sim.wait_until_idle().await.unwrap();
        assert_eq!(sim.requests()[0].outcome, Outcome::Disconnected);
    }
}

#[tokio::test]
async fn dropping_the_call_between_attempts_sends_no_further_one() {
    for provider in PROVIDERS {
        let sim = model_sim::ModelSim::start().await.unwrap();
        let mut config = config(&sim, provider);
        config.backoff = Backoff { first: Duration::from_secs(1), ..Backoff::default() };
        let model = Model::new(config).unwrap();
        sim.answer_with(|_| Reply::server_error(500));
        let call = tokio::spawn(async move { model.stream(&ask("Hi")).await });
        let answered = |requests: &[model_sim::RecordedRequest]| requests.iter().any(|r| r.outcome == Outcome::Sent);
        sim.wait_until("an answer", answered).await.unwrap();
        call.abort();
        assert!(call.await.unwrap_err().is_cancelled());
        // The pause is at most a second: a further attempt would have come by then.
        tokio::time::sleep(Duration::from_millis(1200)).await;
        assert_eq!(sim.calls(), 1);
    }
}

#[tokio::test]
async fn a_wait_for_the_next_event_can_be_given_up_and_taken_up_again() {
    for provider in PROVIDERS {
        let (sim, model) = start(provider).await;
        let (first, second) = (Gate::new(), Gate::new());
        sim.script([Reply::cut(), Reply::text("One two three").hold_after(0, &first).hold_after(2, &second)]);
        let mut stream = model.stream(&ask("Hi")).await.unwrap();
        let mut text = String::new();
        let mut given_up = 0;
        loop {
            tokio::select! {
                biased;
                event = stream.next() => match event {
                    Some(event) => {
                        if let ModelEvent::Text(more) = event.unwrap() {
                            text.push_str(&more);
                        }
                    }
                    None => break,
                },
                () = tokio::time::sleep(Duration::from_millis(5)) => {
                    given_up += 1;
                    if given_up == 5 {
                        first.release();
                    } else if given_up == 10 {
                        second.release();
                    }
                }
            }
        }
        assert_eq!(text, "One two three");
        assert!(given_up >= 10);
        assert_eq!((first.reached(), second.reached(), stream.attempts()), (1, 1, 2));
        sim.verify().unwrap();
    }
}

#[tokio::test]
async fn many_calls_share_one_model() {
    for provider in PROVIDERS {
        let (sim, model) = start(provider).await;
        let calls = (0..50).map(|number| {
            let model = model.clone();
            tokio::spawn(async move {
                let stream = model.stream(&ask(&format!("Question {number}"))).await.unwrap();
                (number, stream.collect().await.unwrap().text)
            })
        });
        for call in calls.collect::<Vec<_>>() {
            let (number, text) = call.await.unwrap();
            assert_eq!(text, format!("You said: Question {number}"));
        }
        assert_eq!(sim.calls(), 50);
        sim.verify().unwrap();
    }
}
