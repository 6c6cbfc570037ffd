//! Requests that the real services refuse are refused here, and recorded as problems.

use model_sim::{Dialect, ModelSim, Reply, violations};
use serde_json::{Value, json};

use crate::post;

fn body(changes: &Value) -> Value {
    let mut body = json!({"model": "m", "max_tokens": 10, "messages": [{"role": "user", "content": "Hello"}]});
    for (name, value) in changes.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

fn messages(messages: Value) -> Value {
    body(&json!({"messages": messages}))
}

fn found(dialect: Dialect, bodies: &[Value]) -> String {
    let mut found = String::new();
    for body in bodies {
        let problems = violations(dialect, body);
        assert!(!problems.is_empty(), "nothing is wrong with {body}");
        found += &(problems.join("; ") + "\n");
    }
    found
}

#[test]
fn openai_requests_are_checked() {
    let user = json!({"role": "user", "content": "Hello"});
    let call = json!({"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}});
    let calling = json!({"role": "assistant", "content": null, "tool_calls": [call]});
    let result = json!({"role": "tool", "tool_call_id": "c1", "content": "done"});
    let tool = json!({"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}});
    let right = [
        body(&json!({})),
        body(&json!({"tools": [tool], "tool_choice": "auto", "temperature": 2, "stream": true, "stream_options": {}})),
        messages(json!([{"role": "system", "content": "Be brief."}, user, calling, result, user])),
    ];
    for body in right {
        assert_eq!(violations(Dialect::OpenAi, &body), Vec::<String>::new(), "{body}");
    }
    let wrong = [
        json!([]),
        json!({}),
        body(&json!({"model": "", "system": "Be brief."})),
        body(&json!({"temperature": 2.5, "max_tokens": 0})),
        body(&json!({"max_completion_tokens": 5})),
        body(&json!({"stream_options": {"include_usage": true}})),
        body(&json!({"tool_choice": "auto"})),
        body(&json!({"tools": []})),
        body(&json!({"tools": [{"function": {"name": "no spaces", "parameters": {}}}]})),
        messages(json!([])),
        messages(json!([{"role": "user", "content": ""}])),
        messages(json!([{"role": "robot", "content": "Hello"}])),
        messages(json!([user, {"role": "system", "content": "Be brief."}])),
        messages(json!([user, {"role": "assistant", "content": null}])),
        messages(json!([user, {"role": "assistant", "content": "Hm", "tool_calls": []}])),
        messages(json!([user, {"role": "assistant", "tool_calls": [{"id": ""}]}])),
        messages(json!([user, calling])),
        messages(json!([user, calling, user])),
        messages(json!([user, result])),
        messages(json!([user, calling, result, result])),
        messages(json!([user, calling, {"role": "tool", "tool_call_id": "c1"}])),
    ];
    insta::assert_snapshot!(found(Dialect::OpenAi, &wrong), @r#"
    the body is no JSON object
    model is missing; messages is missing
    unknown field system; model is missing
    temperature is not a number from 0 to 2; max_tokens is not a positive number
    max_tokens and max_completion_tokens exclude each other
    stream_options without stream
    tool_choice without tools
    tools is not a list with at least one tool
    a tool is not of the type function; tool name "no spaces" is not 1 to 64 letters, digits, _ or -; the schema of tool "no spaces" is not of the type object
    messages is empty
    message 0 has no text
    message 0 has the unknown role "robot"
    message 1 is a system message that is not the first
    message 1 has neither text nor tool calls
    message 1 has an empty list of tool calls
    message 1 has a tool call without type, name or arguments; message 1 has a tool call without an id
    the calls ["c1"] have no result
    message 2 comes before the results of the calls ["c1"]
    message 1 is the result of no call before it ("c1")
    message 3 is the result of no call before it ("c1")
    message 2 has no text
    "#);
}

#[test]
fn anthropic_requests_are_checked() {
    let user = json!({"role": "user", "content": "Hello"});
    let calling = json!({"role": "assistant", "content": [{"type": "tool_use", "id": "c1", "name": "f", "input": {}}]});
    let result = json!({"type": "tool_result", "tool_use_id": "c1", "content": "done"});
    let answered = json!({"role": "user", "content": [result, {"type": "text", "text": "Go on"}]});
    let right = [
        body(
            &json!({"system": "Be brief.", "temperature": 1, "tools": [{"name": "f", "input_schema": {"type": "object"}}]}),
        ),
        messages(json!([user, calling, answered, {"role": "assistant", "content": "Well"}])),
    ];
    for body in right {
        assert_eq!(violations(Dialect::Anthropic, &body), Vec::<String>::new(), "{body}");
    }
    let wrong = [
        body(&json!({"max_tokens": null, "system": ""})),
        body(&json!({"temperature": 1.5, "stop": "x"})),
        body(&json!({"tools": [{"name": "f", "input_schema": {"type": "array"}}]})),
        messages(json!([{"role": "assistant", "content": "Hello"}, user])),
        messages(json!([{"role": "system", "content": "Be brief."}])),
        messages(json!([{"role": "user", "content": " "}])),
        messages(json!([{"role": "user", "content": []}])),
        messages(json!([{"role": "user", "content": [{"type": "text", "text": ""}]}])),
        messages(json!([user, {"role": "assistant", "content": "Well "}])),
        messages(json!([user, {"role": "assistant", "content": [{"type": "text", "text": "Well\n"}]}])),
        messages(json!([user, calling])),
        messages(json!([user, calling, user])),
        messages(json!([user, calling, {"role": "user", "content": [{"type": "text", "text": "Hm"}, result]}])),
        messages(json!([user, {"role": "user", "content": [result]}])),
        messages(
            json!([user, {"role": "assistant", "content": [{"type": "tool_use", "id": "c:1", "name": "f", "input": {}}]}]),
        ),
        messages(
            json!([user, {"role": "assistant", "content": [{"type": "tool_use", "id": "c1", "name": "f", "input": "{}"}]}, answered]),
        ),
        messages(json!([user, {"role": "assistant", "content": [result]}])),
    ];
    insta::assert_snapshot!(found(Dialect::Anthropic, &wrong), @r#"
    max_tokens is missing; system is not a text
    unknown field stop; temperature is not a number from 0 to 1
    the schema of tool "f" is not of the type object
    the first message is not the user's
    message 0 has the unknown role "system"; the first message is not the user's
    message 0 has no text
    message 0 has no content
    message 0 has an empty text block
    the last message is the assistant's and ends in white space
    the last message is the assistant's and ends in white space
    the calls ["c1"] have no result
    message 2 does not carry the results of the calls ["c1"]
    message 2 has text before a tool result
    message 1 is the result of no call just before it ("c1")
    message 1 has a tool_use block without a valid id
    message 1 has a tool_use block without name or input
    message 1 has a block of the type "tool_result", which "assistant" may not send
    "#);
}

#[tokio::test]
async fn a_wrong_request_is_answered_with_400_recorded_and_takes_no_reply() {
    let sim = ModelSim::start().await.unwrap();
    sim.script([Reply::text("for a right request")]);
    let response = post(&sim, "/v1/messages", "", &json!({"model": "m", "max_tokens": 5, "messages": []})).await;
    assert!(response.starts_with("HTTP/1.1 400 "), "{response}");
    assert_eq!((sim.calls(), sim.replies_left()), (1, 1));
    insta::assert_snapshot!(sim.problems().join("\n"), @r#"
    call 1: messages is empty
    call 1: the header anthropic-version is missing
    "#);
}
