//! How replies are played, and what is recorded.

use model_sim::{Gate, ModelSim, Outcome, Reply};
use serde_json::{Value, json};
use tokio::io::AsyncReadExt;

use crate::{body_of, post, read, send};

const ANTHROPIC: &str = "anthropic-version: 2023-06-01\r\nx-api-key: sk-very-secret\r\n";

fn openai() -> Value {
    json!({
        "model": "m", "max_tokens": 10, "stream": true, "stream_options": {"include_usage": true},
        "messages": [{"role": "user", "content": "Hello"}],
    })
}

fn anthropic() -> Value {
    json!({"model": "m", "max_tokens": 10, "stream": true, "messages": [{"role": "user", "content": "Hello"}]})
}

fn reply() -> Reply {
    Reply::text("Hi there").tool_call("draw", &json!({"a": 1})).usage(3, 4)
}

#[tokio::test]
async fn a_stream_is_written_as_openai_writes_it() {
    let sim = ModelSim::start().await.unwrap();
    sim.script([reply()]);
    let response = post(&sim, "/v1/chat/completions", "", &openai()).await;
    assert!(response.contains("content-type: text/event-stream"), "{response}");
    insta::assert_snapshot!(body_of(&response).unwrap(), @r#"
    data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}

    data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"m","choices":[{"index":0,"delta":{"content":"Hi "},"finish_reason":null}]}

    data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"m","choices":[{"index":0,"delta":{"content":"there"},"finish_reason":null}]}

    data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"m","choices":[{"index":0,"delta":{"tool_calls":[{"id":"call_1","type":"function","function":{"name":"draw","arguments":""},"index":0}]},"finish_reason":null}]}

    data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"m","choices":[{"index":0,"delta":{"tool_calls":[{"function":{"arguments":"{\"a\""},"index":0}]},"finish_reason":null}]}

    data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"m","choices":[{"index":0,"delta":{"tool_calls":[{"function":{"arguments":":1}"},"index":0}]},"finish_reason":null}]}

    data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}

    data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"m","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}

    data: [DONE]
    "#);
}

#[tokio::test]
async fn a_stream_is_written_as_anthropic_writes_it() {
    let sim = ModelSim::start().await.unwrap();
    sim.script([reply()]);
    let response = post(&sim, "/v1/messages", ANTHROPIC, &anthropic()).await;
    insta::assert_snapshot!(body_of(&response).unwrap(), @r#"
    event: message_start
    data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":3,"output_tokens":1}}}

    event: content_block_start
    data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

    event: content_block_delta
    data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi "}}

    event: content_block_delta
    data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"there"}}

    event: content_block_stop
    data: {"type":"content_block_stop","index":0}

    event: content_block_start
    data: {"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"call_1","name":"draw","input":{}}}

    event: content_block_delta
    data: {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"a\""}}

    event: content_block_delta
    data: {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":":1}"}}

    event: content_block_stop
    data: {"type":"content_block_stop","index":1}

    event: message_delta
    data: {"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":4}}

    event: message_stop
    data: {"type":"message_stop"}
    "#);
}

#[tokio::test]
async fn a_request_without_stream_gets_one_json_body() {
    let sim = ModelSim::start().await.unwrap();
    sim.script([reply(), reply()]);
    let mut request = openai();
    request["stream"] = json!(false);
    request.as_object_mut().unwrap().remove("stream_options");
    let openai = post(&sim, "/v1/chat/completions", "", &request).await;
    let mut request = anthropic();
    request["stream"] = json!(false);
    let anthropic = post(&sim, "/v1/messages", ANTHROPIC, &request).await;
    insta::assert_snapshot!(body_of(&openai).unwrap() + "\n" + &body_of(&anthropic).unwrap(), @r#"
    {"id":"chatcmpl-1","object":"chat.completion","created":1700000000,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hi there","tool_calls":[{"id":"call_1","type":"function","function":{"name":"draw","arguments":"{\"a\":1}"}}]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}
    {"id":"msg_2","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"Hi there"},{"type":"tool_use","id":"call_1","name":"draw","input":{"a":1}}],"stop_reason":"tool_use","stop_sequence":null,"usage":{"input_tokens":3,"output_tokens":4}}
    "#);
}

#[tokio::test]
async fn usage_is_sent_only_to_those_who_ask_for_it() {
    let sim = ModelSim::start().await.unwrap();
    let mut request = openai();
    request.as_object_mut().unwrap().remove("stream_options");
    let without = post(&sim, "/v1/chat/completions", "", &request).await;
    let with = post(&sim, "/v1/chat/completions", "", &openai()).await;
    assert!(!without.contains("prompt_tokens") && with.contains("prompt_tokens"));
}

#[tokio::test]
async fn a_cut_leaves_the_body_without_its_end() {
    let sim = ModelSim::start().await.unwrap();
    sim.script([Reply::text("One two three").cut_after(2), Reply::text("One two three").end_after(2)]);
    let cut = post(&sim, "/v1/chat/completions", "", &openai()).await;
    assert!(cut.contains("One ") && cut.contains("two ") && !cut.contains("three"), "{cut}");
    assert_eq!(body_of(&cut), None);
    let ended = body_of(&post(&sim, "/v1/chat/completions", "", &openai()).await).unwrap();
    assert!(ended.contains("two ") && !ended.contains("three") && !ended.contains("[DONE]"), "{ended}");
    let chunks: Vec<_> = sim.requests().iter().map(|request| (request.chunks_sent, request.outcome)).collect();
    assert_eq!(chunks, [(2, Outcome::Sent), (2, Outcome::Sent)]);
}

#[tokio::test]
async fn a_connection_can_be_closed_without_an_answer() {
    let sim = ModelSim::start().await.unwrap();
    sim.script([Reply::cut()]);
    assert_eq!(post(&sim, "/v1/chat/completions", "", &openai()).await, "");
}

#[tokio::test]
async fn errors_have_the_form_of_the_dialect_and_the_headers_of_the_script() {
    let sim = ModelSim::start().await.unwrap();
    sim.script([Reply::rate_limited().retry_after("7"), Reply::overloaded()]);
    let openai = post(&sim, "/v1/chat/completions", "", &openai()).await;
    assert!(openai.starts_with("HTTP/1.1 429 ") && openai.contains("retry-after: 7\r\n"), "{openai}");
    let anthropic = post(&sim, "/v1/messages", ANTHROPIC, &anthropic()).await;
    assert!(anthropic.starts_with("HTTP/1.1 529 "), "{anthropic}");
    let body = |response: &str| response.split_once("\r\n\r\n").unwrap().1.to_owned();
    insta::assert_snapshot!(body(&openai) + "\n" + &body(&anthropic), @r#"
    {"error":{"message":"Rate limit reached.","type":"rate_limit_error","param":null,"code":"rate_limit_exceeded"}}
    {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},"request_id":"req_sim"}
    "#);
}

#[tokio::test]
async fn a_gate_holds_a_stream_until_it_is_released() {
    let sim = ModelSim::start().await.unwrap();
    let gate = Gate::new();
    sim.script([Reply::text("One two").hold_after(1, &gate), Reply::text("Three four").hold_after(1, &gate)]);
    let first = send(&sim, "POST /v1/chat/completions", "", &openai().to_string()).await;
    gate.wait_reached().await;
    assert_eq!((gate.reached(), sim.requests()[0].outcome, sim.requests()[0].chunks_sent), (1, Outcome::Running, 1));
    gate.release();
    assert!(read(first).await.contains("two"));
    // A gate that was released stays open.
    assert!(post(&sim, "/v1/chat/completions", "", &openai()).await.contains("four"));
    sim.wait_until_idle().await.unwrap();
    sim.verify().unwrap();
}

#[tokio::test]
async fn a_client_that_leaves_is_recorded() {
    let sim = ModelSim::start().await.unwrap();
    let replies = [Reply::never(), Reply::text("One two").stall_after(1), Reply::endless("word ")];
    for (before, reply) in replies.into_iter().enumerate() {
        sim.script([reply]);
        let socket = send(&sim, "POST /v1/chat/completions", "", &openai().to_string()).await;
        sim.wait_for_calls(before + 1).await.unwrap();
        drop(socket);
        sim.wait_until_idle().await.unwrap();
        let last = sim.last_request().unwrap();
        assert_eq!(last.outcome, Outcome::Disconnected);
        assert!(last.ended_at.unwrap() >= last.received_at);
    }
}

#[tokio::test]
async fn replies_come_from_the_script_then_the_function_then_the_echo() {
    let sim = ModelSim::start().await.unwrap();
    assert!(post(&sim, "/v1/messages", ANTHROPIC, &anthropic()).await.contains("said: "));
    sim.answer_with(|request| Reply::text(&format!("function:{}", request.last_user_text())));
    sim.script([Reply::text("script")]);
    assert_eq!(sim.replies_left(), 1);
    assert!(post(&sim, "/v1/messages", ANTHROPIC, &anthropic()).await.contains("script"));
    assert!(post(&sim, "/v1/messages", ANTHROPIC, &anthropic()).await.contains("function:Hello"));
    assert_eq!((sim.calls(), sim.replies_left()), (3, 0));
}

#[tokio::test]
async fn a_key_is_checked_and_never_recorded() {
    let sim = ModelSim::start().await.unwrap();
    sim.require_key("sk-very-secret");
    let bearer = "authorization: Bearer sk-very-secret\r\n";
    let statuses = [
        post(&sim, "/v1/chat/completions", bearer, &openai()).await,
        post(&sim, "/v1/chat/completions", "", &openai()).await,
        post(&sim, "/v1/messages", ANTHROPIC, &anthropic()).await,
    ]
    .map(|response| response[9..12].to_owned());
    assert_eq!(statuses, ["200", "401", "200"]);
    assert_eq!(sim.requests()[0].header("authorization"), Some("<key>"));
    assert!(!format!("{:?}", sim.requests()).contains("very-secret"));
}

#[tokio::test]
async fn models_are_listed_and_others_unknown() {
    let sim = ModelSim::start().await.unwrap();
    let list = read(send(&sim, "GET /v1/models", "", "").await).await;
    assert!(list.contains("sim-model"), "{list}");
    sim.set_models(["small"]);
    assert!(post(&sim, "/v1/chat/completions", "", &openai()).await.starts_with("HTTP/1.1 404 "));
    assert_eq!((sim.calls(), sim.problems()), (1, Vec::new()));
}

#[tokio::test]
async fn leftovers_are_found() {
    let sim = ModelSim::start().await.unwrap();
    assert_eq!(sim.verify(), Ok(()));
    sim.script([Reply::text("never asked for")]);
    let answer = post(&sim, "/v1/completions", "", &openai()).await;
    assert!(answer.starts_with("HTTP/1.1 404 "), "{answer}");
    insta::assert_snapshot!(sim.verify().unwrap_err(), @r#"
    unknown route POST /v1/completions
    1 scripted replies were not asked for
    "#);
}

#[tokio::test]
async fn dropping_the_simulator_closes_its_connections() {
    let sim = ModelSim::start().await.unwrap();
    sim.script([Reply::never()]);
    let mut socket = send(&sim, "POST /v1/chat/completions", "", &openai().to_string()).await;
    sim.wait_for_calls(1).await.unwrap();
    drop(sim);
    // An end or a reset, according to what was under way.
    assert!(matches!(socket.read(&mut [0; 16]).await, Ok(0) | Err(_)));
}
