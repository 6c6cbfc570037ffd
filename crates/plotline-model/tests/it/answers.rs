//! Complete answers, in every form that servers give them.

use model_sim::Reply;
use plotline_model::{Finish, ModelEvent, Provider, ToolCall, Usage};
use serde_json::json;

use crate::support::{PROVIDERS, answer_to, ask, chart_tool, events_of, start, text_of};

#[tokio::test]
async fn text_arrives_piece_by_piece_and_ends_once() {
    for provider in PROVIDERS {
        let (sim, model) = start(provider).await;
        sim.script([Reply::chunks(["Hello, ", "wörld", " 🌍"]).usage(12, 34)]);
        let (events, error) = events_of(&model, &ask("Hi")).await;
        assert_eq!(error, None);
        assert_eq!(
            events,
            [
                ModelEvent::Text("Hello, ".to_owned()),
                ModelEvent::Text("wörld".to_owned()),
                ModelEvent::Text(" 🌍".to_owned()),
                ModelEvent::Done {
                    finish: Finish::Stop,
                    usage: Some(Usage { input_tokens: 12, output_tokens: 34, cached_input_tokens: 0 }),
                },
            ]
        );
        sim.verify().unwrap();
    }
}

#[tokio::test]
async fn tool_calls_are_put_together_from_their_pieces() {
    for provider in PROVIDERS {
        let (sim, model) = start(provider).await;
        let arguments = json!({"kind": "bar", "title": "Umsatz “2026”"});
        sim.script([Reply::text("Drawing.").tool_call("draw_chart", &arguments).tool_call("draw_chart", &json!({}))]);
        let mut request = ask("Draw it");
        request.tools = vec![chart_tool()];
        let (events, error) = events_of(&model, &request).await;
        assert_eq!(error, None);
        assert_eq!(text_of(&events), "Drawing.");
        let call = |id: &str, arguments: &str| {
            let (id, arguments) = (id.to_owned(), arguments.to_owned());
            ModelEvent::ToolCall(ToolCall { id, name: "draw_chart".to_owned(), arguments })
        };
        let tail = &events[events.len() - 3..];
        assert_eq!(tail[0], call("call_1", &arguments.to_string()));
        assert_eq!(tail[1], call("call_2", "{}"));
        assert!(matches!(&tail[2], ModelEvent::Done { finish: Finish::ToolCalls, .. }), "{tail:?}");
        sim.verify().unwrap();
    }
}

#[tokio::test]
async fn a_failure_before_the_answer_is_bridged_by_another_attempt() {
    for provider in PROVIDERS {
        let failures = [
            Reply::server_error(500),
            Reply::overloaded(),
            Reply::rate_limited().retry_after("0"),
            Reply::cut(),
            Reply::text("never seen").cut_after(0),
        ];
        for failure in failures {
            let answer = answer_to(provider, [failure.clone(), Reply::text("Here you are.")]).await;
            assert_eq!(answer.unwrap().text, "Here you are.", "{failure:?}");
        }
    }
}

#[tokio::test]
async fn a_cut_after_the_first_text_is_final() {
    for provider in PROVIDERS {
        let (sim, model) = start(provider).await;
        sim.script([Reply::text("One two three").cut_after(2)]);
        let (events, error) = events_of(&model, &ask("Hi")).await;
        assert_eq!(text_of(&events), "One two ");
        assert_eq!(error.unwrap().kind(), "cut");
        assert_eq!(sim.calls(), 1);
    }
}

#[tokio::test]
async fn the_default_of_the_simulator_is_an_echo() {
    let answer = answer_to(Provider::OpenAi, []).await.unwrap();
    assert_eq!(answer.text, "You said: Hello");
}
