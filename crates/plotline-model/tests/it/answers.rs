//! Complete answers, in every form that servers give them.

use std::time::Duration;

use model_sim::{Outcome, Reply};
use plotline_model::{Answer, Finish, ModelEvent, Provider, ToolCall, Usage};
use serde_json::{Value, json};

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
        let tail = &events[events.len() - 3..];
        assert_eq!(tail[0], ModelEvent::ToolCall(call("call_1", &arguments.to_string())));
        assert_eq!(tail[1], ModelEvent::ToolCall(call("call_2", "{}")));
        assert!(matches!(&tail[2], ModelEvent::Done { finish: Finish::ToolCalls, .. }), "{tail:?}");
        sim.verify().unwrap();
    }
}

fn call(id: &str, arguments: &str) -> ToolCall {
    ToolCall { id: id.to_owned(), name: "draw_chart".to_owned(), arguments: arguments.to_owned() }
}

/// An answer with everything in it: reasoning, text with characters of every length, two tool calls, token counts.
fn rich() -> Reply {
    let (first, second) = (json!({"kind": "línea", "n": [1, 2, 3]}), json!({"kind": "pie"}));
    Reply::empty()
        .reasoning("Which chart? 考")
        .then_text("Größe: 12 €\n日本 🌍\u{2028}done")
        .tool_call("draw_chart", &first)
        .tool_call("draw_chart", &second)
        .usage(7, 9)
}

fn rich_answer() -> Answer {
    Answer {
        text: "Größe: 12 €\n日本 🌍\u{2028}done".to_owned(),
        tool_calls: vec![call("call_1", r#"{"kind":"línea","n":[1,2,3]}"#), call("call_2", r#"{"kind":"pie"}"#)],
        finish: Finish::ToolCalls,
        usage: Some(Usage { input_tokens: 7, output_tokens: 9, cached_input_tokens: 0 }),
    }
}

#[tokio::test]
async fn the_form_of_the_stream_does_not_matter() {
    for provider in PROVIDERS {
        let forms = [
            rich(),
            rich().crlf(),
            rich().multi_line_data(),
            rich().crlf().multi_line_data().keep_alives(),
            rich().write_bytes(1),
            rich().crlf().multi_line_data().write_bytes(3),
            rich().without_done(),
            rich().without_final_blank_line(),
            rich().without_done().without_final_blank_line(),
            rich().bytes_after(1, "\u{feff}: a byte order mark that is none\n\n"),
            rich().bytes_after(1, "event: something.new\ndata: {\"type\": \"something.new\", \"choices\": []}\n\n"),
            rich().bytes_after(2, "id: 7\nretry: 10\n\ndata:\n\n"),
            rich().bytes_after(2, "data: {}\n\ndata: null\n\ndata: []\n\ndata: 3\n\n"),
            rich().as_json(),
            rich().as_json().write_bytes(2),
            rich().as_json().content_type("text/event-stream-not"),
            rich().content_type("text/plain"),
            rich().content_type("application/json"),
            rich().content_type(""),
            rich().bytes_before("\n\r\n  \n"),
            rich().as_json().bytes_before("\n\n\n"),
        ];
        for form in forms {
            let answer = answer_to(provider, [form.clone()]).await;
            assert_eq!(answer, Ok(rich_answer()), "{provider:?} {form:?}");
        }
    }
}

#[tokio::test]
async fn tool_calls_without_numbers_or_ids_are_told_apart() {
    let answer = answer_to(Provider::OpenAi, [rich().without_tool_index()]).await;
    assert_eq!(answer, Ok(rich_answer()));

    let answer = answer_to(Provider::OpenAi, [rich().without_tool_index().without_tool_id()]).await.unwrap();
    let arguments: Vec<_> = answer.tool_calls.iter().map(|call| call.arguments.as_str()).collect();
    assert_eq!(arguments, [r#"{"kind":"línea","n":[1,2,3]}"#, r#"{"kind":"pie"}"#]);
    let ids: Vec<_> = answer.tool_calls.iter().map(|call| call.id.as_str()).collect();
    assert!(ids.iter().all(|id| id.starts_with("call_") && id.len() > 10) && ids[0] != ids[1], "{ids:?}");
}

/// The body of an OpenAI stream with these chunks.
fn chunks(chunks: &[Value]) -> Reply {
    let body: String = chunks.iter().map(|chunk| format!("data: {chunk}\n\n")).collect();
    Reply::raw(200, "text/event-stream", &(body + "data: [DONE]\n\n"))
}

#[tokio::test]
async fn calls_that_share_an_index_but_not_an_id_are_two_calls() {
    let tool = |id: &str, arguments: Value| {
        let function = json!({"name": "draw_chart", "arguments": arguments});
        json!({"choices": [{"delta": {"tool_calls": [{"index": 0, "id": id, "function": function}]}}]})
    };
    let reply = chunks(&[tool("a", json!("{\"kind\":")), tool("b", json!({"kind": "pie"})), tool("b", json!(""))]);
    let answer = answer_to(Provider::OpenAi, [reply]).await.unwrap();
    assert_eq!(answer.tool_calls, [call("a", "{\"kind\":"), call("b", r#"{"kind":"pie"}"#)]);
    assert_eq!(answer.finish, Finish::ToolCalls);
}

#[tokio::test]
async fn typed_parts_refusals_and_further_choices_are_understood() {
    let reply = chunks(&[
        json!({"choices": [], "prompt_filter_results": []}),
        json!({"choices": [{"index": 0, "delta": {"content": [{"type": "thinking", "thinking": []}]}}]}),
        json!({"choices": [{"index": 0, "delta": {"content": [{"type": "text", "text": "Sorry. "}]}}]}),
        json!({"choices": [{"index": 1, "delta": {"content": "another choice"}}]}),
        json!({"choices": [{"index": 0, "delta": {"content": null, "refusal": "I cannot."}, "finish_reason": "stop"}]}),
        json!({"choices": [], "usage": {"prompt_tokens": 10, "completion_tokens": 4, "prompt_tokens_details": {"cached_tokens": 8}}}),
    ]);
    let answer = answer_to(Provider::OpenAi, [reply]).await.unwrap();
    assert_eq!(answer.text, "Sorry. I cannot.");
    assert_eq!(answer.finish, Finish::Stop);
    assert_eq!(answer.usage, Some(Usage { input_tokens: 10, output_tokens: 4, cached_input_tokens: 8 }));
}

#[tokio::test]
async fn anthropic_usage_counts_what_came_from_the_cache() {
    let usage =
        json!({"input_tokens": 5, "cache_read_input_tokens": 90, "cache_creation_input_tokens": 3, "output_tokens": 1});
    let events = [
        json!({"type": "message_start", "message": {"usage": usage}}),
        json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": "Hi"}}),
        json!({"type": "content_block_delta", "index": 0, "delta": {"type": "citations_delta", "citation": {}}}),
        json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 6}}),
        json!({"type": "message_stop"}),
    ];
    let body: String = events.iter().map(|event| format!("data: {event}\n\n")).collect();
    let answer = answer_to(Provider::Anthropic, [Reply::raw(200, "text/event-stream", &body)]).await.unwrap();
    assert_eq!(answer.text, "Hi");
    assert_eq!(answer.usage, Some(Usage { input_tokens: 98, output_tokens: 6, cached_input_tokens: 90 }));
}

#[tokio::test]
async fn every_reason_for_the_end_is_told_apart() {
    let reasons = [
        (Provider::OpenAi, "stop", Finish::Stop),
        (Provider::OpenAi, "STOP", Finish::Stop),
        (Provider::OpenAi, "length", Finish::Length),
        (Provider::OpenAi, "content_filter", Finish::Filtered),
        (Provider::OpenAi, "tool_calls", Finish::ToolCalls),
        (Provider::OpenAi, "recitation_check", Finish::Other("recitation_check".to_owned())),
        (Provider::OpenAi, "a whole <sentence>", Finish::Other(String::new())),
        (Provider::Anthropic, "end_turn", Finish::Stop),
        (Provider::Anthropic, "stop_sequence", Finish::Stop),
        (Provider::Anthropic, "max_tokens", Finish::Length),
        (Provider::Anthropic, "refusal", Finish::Filtered),
        (Provider::Anthropic, "pause_turn", Finish::Other("pause_turn".to_owned())),
    ];
    for (provider, reason, finish) in reasons {
        let answer = answer_to(provider, [Reply::text("Hi").finish(reason)]).await.unwrap();
        assert_eq!(answer.finish, finish, "{reason}");
        let json = answer_to(provider, [Reply::text("Hi").finish(reason).as_json()]).await.unwrap();
        assert_eq!(json.finish, finish, "{reason}");
    }
}

#[tokio::test]
async fn a_tool_call_counts_as_the_reason_whatever_the_server_says() {
    for (provider, reason) in [(Provider::OpenAi, "stop"), (Provider::Anthropic, "end_turn")] {
        let answer = answer_to(provider, [rich().finish(reason)]).await.unwrap();
        assert_eq!(answer.finish, Finish::ToolCalls);
    }
}

#[tokio::test]
async fn an_answer_without_output_is_complete_when_the_server_says_why_it_ended() {
    for provider in PROVIDERS {
        let answer = answer_to(provider, [Reply::empty().without_usage()]).await.unwrap();
        assert_eq!((answer.text.as_str(), answer.tool_calls.len(), answer.finish), ("", 0, Finish::Stop));
        assert_eq!(answer.usage, None);
    }
}

#[tokio::test]
async fn a_done_marker_after_output_is_enough_of_an_end() {
    for provider in PROVIDERS {
        let answer = answer_to(provider, [Reply::text("All of it").without_finish()]).await.unwrap();
        assert_eq!((answer.text.as_str(), answer.finish), ("All of it", Finish::Stop));
    }
}

#[tokio::test]
async fn reasoning_in_tags_is_left_out_only_at_the_beginning() {
    let cases: [(&[&str], &str); 8] = [
        (&["<think>I should greet.</think>\n\nHello"], "Hello"),
        (&["\n<th", "ink>I sh", "ould </", "think", ">", "\n", "\n Hel", "lo"], "Hello"),
        (&["<thinking>x</think>y</thinking>Hello"], "Hello"),
        (&["<think></think>Hello"], "Hello"),
        (&["Use <think>tags</think> so"], "Use <think>tags</think> so"),
        (&["<thi", "s is no tag"], "<this is no tag"),
        (&["  <thin"], "  <thin"),
        (&["<think>never closed, 考え"], ""),
    ];
    for (pieces, visible) in cases {
        let answer = answer_to(Provider::OpenAi, [Reply::chunks(pieces.iter().copied())]).await.unwrap();
        assert_eq!(answer.text, visible, "{pieces:?}");
    }
}

#[tokio::test]
async fn whatever_follows_the_end_is_of_no_consequence() {
    for provider in PROVIDERS {
        let finished = match provider {
            Provider::OpenAi => "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n",
            Provider::Anthropic => "data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"}}\n\n",
        };
        let ended = Reply::chunks(["Hello"]).bytes_after(1, finished);
        for after in [
            ended.clone().cut_after(1),
            ended.clone().malformed_json_after(1),
            ended.clone().error_after(1, "server_error"),
            ended.clone().end_after(1),
            ended.stall_after(1),
        ] {
            let answer = answer_to(provider, [after.clone()]).await.unwrap();
            assert_eq!((answer.text.as_str(), answer.finish), ("Hello", Finish::Stop), "{after:?}");
        }
    }
}

#[tokio::test]
async fn a_server_that_keeps_the_connection_open_does_not_hold_the_answer_back() {
    for provider in PROVIDERS {
        for reply in [Reply::text("Hello").keep_open(), Reply::text("Hello").without_done().keep_open()] {
            assert_eq!(answer_to(provider, [reply]).await.unwrap().text, "Hello");
        }
    }
}

#[tokio::test]
async fn a_server_that_chatters_on_after_the_end_is_left() {
    for provider in PROVIDERS {
        let ends = match provider {
            Provider::OpenAi => {
                ["data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n", "data: [DONE]\n\n"]
            }
            Provider::Anthropic => [
                "data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"}}\n\n",
                "data: {\"type\":\"message_stop\"}\n\n",
            ],
        };
        for end in ends {
            let (sim, model) = start(provider).await;
            let mut reply = Reply::chunks(["Hello"]).bytes_after(1, end);
            for _ in 0..1000 {
                reply = reply.bytes_after(1, "data: {}\n\n").delay_after(1, Duration::from_millis(20));
            }
            sim.script([reply]);
            let (events, error) = events_of(&model, &ask("Hi")).await;
            assert_eq!((text_of(&events).as_str(), error), ("Hello", None));
            sim.wait_until_idle().await.unwrap();
            assert_eq!(sim.requests()[0].outcome, Outcome::Disconnected);
        }
    }
}

#[tokio::test]
async fn a_connection_is_used_again() {
    for provider in PROVIDERS {
        let (sim, model) = start(provider).await;
        for _ in 0..3 {
            let (_, error) = events_of(&model, &ask("Hi")).await;
            assert_eq!(error, None);
        }
        let connections: Vec<_> = sim.requests().iter().map(|request| request.connection).collect();
        assert_eq!(connections, [0, 0, 0]);
    }
}
