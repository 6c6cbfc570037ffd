//! What is sent: bodies, headers, conversations that had to be mended, and what is learned about a model.

use model_sim::{ModelSim, Reply};
use plotline_model::{ChatMessage, ChatRequest, Model, Provider, ToolCall, ToolChoice};
use serde_json::json;

use crate::support::{PROVIDERS, ask, chart_tool, config, events_of, start};

/// A conversation with all kinds of messages.
fn conversation() -> ChatRequest {
    ChatRequest {
        system: "You are Plotline.".to_owned(),
        messages: vec![
            ChatMessage::User { name: Some("Ann".to_owned()), text: "Create a graph".to_owned() },
            ChatMessage::User { name: Some("Bob\n\u{7}".to_owned()), text: "a bar chart".to_owned() },
            ChatMessage::Assistant { text: "Here: ".to_owned(), tool_calls: vec![call("call_1"), call("call_2")] },
            result("call_2", "drawn second"),
            result("call_1", "drawn first"),
            ChatMessage::user("Now a pie"),
        ],
        tools: vec![chart_tool()],
        temperature: Some(0.5),
        max_tokens: 800,
        ..ChatRequest::default()
    }
}

fn call(id: &str) -> ToolCall {
    ToolCall { id: id.to_owned(), name: "draw_chart".to_owned(), arguments: r#"{"kind":"bar"}"#.to_owned() }
}

fn result(call_id: &str, text: &str) -> ChatMessage {
    ChatMessage::ToolResult { call_id: call_id.to_owned(), text: text.to_owned() }
}

/// Sends a request to a model that answers, and gives the body as the server saw it.
async fn sent(provider: Provider, request: &ChatRequest) -> String {
    let (sim, model) = start(provider).await;
    let (_, error) = events_of(&model, request).await;
    assert_eq!(error, None, "{:?}", sim.problems());
    sim.verify().unwrap();
    format!("{:#}", sim.requests()[0].body)
}

#[tokio::test]
async fn openai_gets_a_conversation_in_its_words() {
    insta::assert_snapshot!(sent(Provider::OpenAi, &conversation()).await, @r#"
    {
      "model": "sim-model",
      "messages": [
        {
          "role": "system",
          "content": "You are Plotline."
        },
        {
          "role": "user",
          "content": "Ann: Create a graph\n\nBob: a bar chart"
        },
        {
          "role": "assistant",
          "content": "Here:",
          "tool_calls": [
            {
              "id": "call_1",
              "type": "function",
              "function": {
                "name": "draw_chart",
                "arguments": "{\"kind\":\"bar\"}"
              }
            },
            {
              "id": "call_2",
              "type": "function",
              "function": {
                "name": "draw_chart",
                "arguments": "{\"kind\":\"bar\"}"
              }
            }
          ]
        },
        {
          "role": "tool",
          "tool_call_id": "call_1",
          "content": "drawn first"
        },
        {
          "role": "tool",
          "tool_call_id": "call_2",
          "content": "drawn second"
        },
        {
          "role": "user",
          "content": "Now a pie"
        }
      ],
      "stream": true,
      "stream_options": {
        "include_usage": true
      },
      "max_tokens": 800,
      "temperature": 0.5,
      "tools": [
        {
          "type": "function",
          "function": {
            "name": "draw_chart",
            "description": "Draws a chart.",
            "parameters": {
              "type": "object",
              "properties": {
                "kind": {
                  "type": "string"
                }
              },
              "required": [
                "kind"
              ]
            }
          }
        }
      ]
    }
    "#);
}

#[tokio::test]
async fn anthropic_gets_a_conversation_in_its_words() {
    insta::assert_snapshot!(sent(Provider::Anthropic, &conversation()).await, @r#"
    {
      "model": "sim-model",
      "max_tokens": 800,
      "system": "You are Plotline.",
      "messages": [
        {
          "role": "user",
          "content": [
            {
              "type": "text",
              "text": "Ann: Create a graph\n\nBob: a bar chart"
            }
          ]
        },
        {
          "role": "assistant",
          "content": [
            {
              "type": "text",
              "text": "Here:"
            },
            {
              "type": "tool_use",
              "id": "call_1",
              "name": "draw_chart",
              "input": {
                "kind": "bar"
              }
            },
            {
              "type": "tool_use",
              "id": "call_2",
              "name": "draw_chart",
              "input": {
                "kind": "bar"
              }
            }
          ]
        },
        {
          "role": "user",
          "content": [
            {
              "type": "tool_result",
              "tool_use_id": "call_1",
              "content": "drawn first"
            },
            {
              "type": "tool_result",
              "tool_use_id": "call_2",
              "content": "drawn second"
            },
            {
              "type": "text",
              "text": "Now a pie"
            }
          ]
        }
      ],
      "stream": true,
      "temperature": 0.5,
      "tools": [
        {
          "name": "draw_chart",
          "description": "Draws a chart.",
          "input_schema": {
            "type": "object",
            "properties": {
              "kind": {
                "type": "string"
              }
            },
            "required": [
              "kind"
            ]
          }
        }
      ]
    }
    "#);
}

#[tokio::test]
async fn headers_name_the_client_and_carry_the_key_where_the_dialect_wants_it() {
    for (provider, key_header) in [(Provider::OpenAi, "authorization"), (Provider::Anthropic, "x-api-key")] {
        let (sim, model) = start(provider).await;
        events_of(&model, &ask("Hi")).await;
        let request = &sim.requests()[0];
        assert_eq!(request.header(key_header), Some("<key>"));
        assert_eq!(request.header("content-type"), Some("application/json"));
        assert!(request.header("user-agent").is_some_and(|agent| agent.starts_with("plotline/")));
        let version = (provider == Provider::Anthropic).then_some("2023-06-01");
        assert_eq!(request.header("anthropic-version"), version);
    }
}

#[tokio::test]
async fn no_key_sends_no_key() {
    for provider in PROVIDERS {
        let sim = ModelSim::start().await.unwrap();
        let mut config = config(&sim, provider);
        config.api_key = None;
        events_of(&Model::new(config).unwrap(), &ask("Hi")).await;
        let request = &sim.requests()[0];
        assert_eq!((request.header("authorization"), request.header("x-api-key")), (None, None));
    }
}

#[tokio::test]
async fn a_tool_choice_is_sent_in_the_words_of_the_dialect() {
    let cases = [
        (ToolChoice::Auto, "null", "null"),
        (ToolChoice::None, r#""none""#, r#"{"type":"none"}"#),
        (ToolChoice::Required, r#""required""#, r#"{"type":"any"}"#),
        (
            ToolChoice::Named("draw_chart".to_owned()),
            r#"{"type":"function","function":{"name":"draw_chart"}}"#,
            r#"{"type":"tool","name":"draw_chart"}"#,
        ),
    ];
    for (choice, openai, anthropic) in cases {
        for (provider, expected) in [(Provider::OpenAi, openai), (Provider::Anthropic, anthropic)] {
            let (sim, model) = start(provider).await;
            let mut request = ChatRequest { tools: vec![chart_tool()], tool_choice: choice.clone(), ..ask("Hi") };
            events_of(&model, &request).await;
            request.tools.clear();
            events_of(&model, &request).await;
            sim.verify().unwrap();
            let bodies: Vec<_> = sim.requests().iter().map(|request| request.body["tool_choice"].to_string()).collect();
            assert_eq!(bodies, [expected, "null"]);
        }
    }
}

#[tokio::test]
async fn numbers_outside_of_their_range_are_brought_into_it() {
    for (provider, temperature_max) in [(Provider::OpenAi, 2.0), (Provider::Anthropic, 1.0)] {
        let (sim, model) = start(provider).await;
        let request = ChatRequest { temperature: Some(7.0), max_tokens: 0, ..ask("Hi") };
        events_of(&model, &request).await;
        sim.verify().unwrap();
        let body = &sim.requests()[0].body;
        assert_eq!((&body["temperature"], &body["max_tokens"]), (&json!(temperature_max), &json!(1)));
    }
}

#[tokio::test]
async fn a_request_may_name_another_model() {
    for provider in PROVIDERS {
        let (sim, model) = start(provider).await;
        let request = ChatRequest { model: Some("larger-model".to_owned()), ..ask("Hi") };
        events_of(&model, &request).await;
        assert_eq!(sim.requests()[0].body["model"], "larger-model");
    }
}

#[tokio::test]
async fn a_history_that_was_cut_is_mended() {
    let message = |text: &str| ChatMessage::assistant(text);
    let histories = [
        // The question was dropped, the answer is left.
        vec![message("As I said."), ChatMessage::user("What?")],
        // The call was dropped, its result is left.
        vec![result("call_1", "drawn"), ChatMessage::user("Thanks")],
        // The result was never stored.
        vec![
            ChatMessage::user("Draw"),
            ChatMessage::Assistant { text: String::new(), tool_calls: vec![call("call_1"), call("call_2")] },
            result("call_1", "drawn"),
        ],
        vec![
            ChatMessage::user("Draw"),
            ChatMessage::Assistant { text: String::new(), tool_calls: vec![call("call_1")] },
            ChatMessage::user("Hello?"),
        ],
        // Two results for one call, and one for none.
        vec![
            ChatMessage::user("Draw"),
            ChatMessage::Assistant { text: "Now.".to_owned(), tool_calls: vec![call("call_1")] },
            result("call_1", "drawn"),
            result("call_1", "drawn again"),
            result("call_9", "drawn elsewhere"),
        ],
        // Empty texts, and the same side twice in a row.
        vec![
            ChatMessage::user(""),
            ChatMessage::user("One"),
            ChatMessage::user("  "),
            message(""),
            ChatMessage::user("two"),
            message("three "),
            message("four \n"),
        ],
        // Arguments that are no object, and an id from another service.
        vec![
            ChatMessage::user("Draw"),
            ChatMessage::Assistant {
                text: String::new(),
                tool_calls: vec![ToolCall { arguments: "[1, 2".to_owned(), ..call("functions.draw:0") }],
            },
            result("functions.draw:0", "your arguments are no JSON"),
        ],
    ];
    for provider in PROVIDERS {
        let mut bodies = String::new();
        for messages in &histories {
            let request = ChatRequest { messages: messages.clone(), tools: vec![chart_tool()], ..ask("") };
            let (sim, model) = start(provider).await;
            let (_, error) = events_of(&model, &request).await;
            assert_eq!((error, sim.problems()), (None, Vec::new()));
            for message in sim.requests()[0].messages() {
                bodies += &format!("{message}\n");
            }
            bodies += "\n";
        }
        match provider {
            Provider::OpenAi => insta::assert_snapshot!(bodies, @r#"
            {"role":"user","content":"(The earlier messages of this conversation are left out.)"}
            {"role":"assistant","content":"As I said."}
            {"role":"user","content":"What?"}

            {"role":"user","content":"(Result of an earlier tool call: drawn)\n\nThanks"}

            {"role":"user","content":"Draw"}
            {"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"draw_chart","arguments":"{\"kind\":\"bar\"}"}}]}
            {"role":"tool","tool_call_id":"call_1","content":"drawn"}

            {"role":"user","content":"Draw\n\nHello?"}

            {"role":"user","content":"Draw"}
            {"role":"assistant","content":"Now.","tool_calls":[{"id":"call_1","type":"function","function":{"name":"draw_chart","arguments":"{\"kind\":\"bar\"}"}}]}
            {"role":"tool","tool_call_id":"call_1","content":"drawn"}
            {"role":"user","content":"(Result of an earlier tool call: drawn again)\n\n(Result of an earlier tool call: drawn elsewhere)"}

            {"role":"user","content":"One\n\ntwo"}
            {"role":"assistant","content":"three\n\nfour"}

            {"role":"user","content":"Draw"}
            {"role":"assistant","content":null,"tool_calls":[{"id":"functions.draw:0","type":"function","function":{"name":"draw_chart","arguments":"[1, 2"}}]}
            {"role":"tool","tool_call_id":"functions.draw:0","content":"your arguments are no JSON"}
            "#),
            Provider::Anthropic => insta::assert_snapshot!(bodies, @r#"
            {"role":"user","content":[{"type":"text","text":"(The earlier messages of this conversation are left out.)"}]}
            {"role":"assistant","content":[{"type":"text","text":"As I said."}]}
            {"role":"user","content":[{"type":"text","text":"What?"}]}

            {"role":"user","content":[{"type":"text","text":"(Result of an earlier tool call: drawn)\n\nThanks"}]}

            {"role":"user","content":[{"type":"text","text":"Draw"}]}
            {"role":"assistant","content":[{"type":"tool_use","id":"call_1","name":"draw_chart","input":{"kind":"bar"}}]}
            {"role":"user","content":[{"type":"tool_result","tool_use_id":"call_1","content":"drawn"}]}

            {"role":"user","content":[{"type":"text","text":"Draw\n\nHello?"}]}

            {"role":"user","content":[{"type":"text","text":"Draw"}]}
            {"role":"assistant","content":[{"type":"text","text":"Now."},{"type":"tool_use","id":"call_1","name":"draw_chart","input":{"kind":"bar"}}]}
            {"role":"user","content":[{"type":"tool_result","tool_use_id":"call_1","content":"drawn"},{"type":"text","text":"(Result of an earlier tool call: drawn again)\n\n(Result of an earlier tool call: drawn elsewhere)"}]}

            {"role":"user","content":[{"type":"text","text":"One\n\ntwo"}]}
            {"role":"assistant","content":[{"type":"text","text":"three\n\nfour"}]}

            {"role":"user","content":[{"type":"text","text":"Draw"}]}
            {"role":"assistant","content":[{"type":"tool_use","id":"functions_draw_0","name":"draw_chart","input":{"invalid_arguments":"[1, 2"}}]}
            {"role":"user","content":[{"type":"tool_result","tool_use_id":"functions_draw_0","content":"your arguments are no JSON"}]}
            "#),
        }
    }
}

#[tokio::test]
async fn no_history_is_refused_and_no_text_of_it_lost() {
    let mut random = fastrand::Rng::with_seed(20_261_120);
    for provider in PROVIDERS {
        let (sim, model) = start(provider).await;
        for round in 0..300 {
            let mut texts = Vec::new();
            let mut text = |random: &mut fastrand::Rng| {
                if random.u8(..5) == 0 {
                    return String::new();
                }
                texts.push(format!("text {round}.{}!", texts.len()));
                texts.last().cloned().unwrap_or_default()
            };
            let mut messages = vec![ChatMessage::user("Hello")];
            for _ in 0..random.usize(..8) {
                let id = |random: &mut fastrand::Rng| format!("call_{}", random.u8(..3));
                messages.push(match random.u8(..4) {
                    0 => ChatMessage::User { name: Some("Ann".to_owned()), text: text(&mut random) },
                    1 => ChatMessage::Assistant { text: text(&mut random), tool_calls: Vec::new() },
                    2 => {
                        let calls = (0..random.usize(1..3)).map(|_| call(&id(&mut random))).collect();
                        ChatMessage::Assistant { text: text(&mut random), tool_calls: calls }
                    }
                    _ => ChatMessage::ToolResult { call_id: id(&mut random), text: text(&mut random) },
                });
            }
            if random.bool() {
                messages.remove(0);
                messages.push(ChatMessage::user("Hello"));
            }
            let tools = if random.bool() { vec![chart_tool()] } else { Vec::new() };
            let request = ChatRequest { messages, tools, ..ask("") };
            let (_, error) = events_of(&model, &request).await;
            assert_eq!((error, sim.problems()), (None, Vec::new()), "{request:?}");
            let body = sim.last_request().unwrap().body.to_string();
            for text in texts {
                assert!(body.contains(&text), "{text} is lost: {request:?} became {body}");
            }
        }
    }
}

#[tokio::test]
async fn a_parameter_that_a_model_does_not_take_is_left_out_from_then_on() {
    let cases = [
        (Provider::OpenAi, "max_tokens", "max_tokens"),
        (Provider::OpenAi, "temperature", "temperature"),
        (Provider::OpenAi, "stream_options", "stream_options"),
        (Provider::OpenAi, "tools", "tools"),
        (Provider::Anthropic, "temperature", "temperature"),
    ];
    for (provider, parameter, field) in cases {
        let sim = ModelSim::start().await.unwrap();
        let mut config = config(&sim, provider);
        // One attempt is enough: a refusal for a parameter costs none.
        config.max_attempts = 1;
        let model = Model::new(config).unwrap();
        sim.script([Reply::unsupported_parameter(parameter)]);
        let request = ChatRequest { temperature: Some(0.5), tools: vec![chart_tool()], ..ask("Hi") };
        for attempts in [2, 1] {
            let mut stream = model.stream(&request).await.unwrap();
            assert_eq!((stream.attempts(), stream.tools_dropped()), (attempts, parameter == "tools"));
            while let Some(event) = stream.next().await {
                event.unwrap();
            }
        }
        sim.verify().unwrap();
        let has: Vec<_> = sim.requests().iter().map(|request| !request.body[field].is_null()).collect();
        assert_eq!(has, [true, false, false], "{parameter}");
        let limit = sim.requests()[2].body["max_completion_tokens"].clone();
        assert_eq!(limit, if parameter == "max_tokens" { json!(500) } else { json!(null) });

        // Another model may well take it.
        let other = ChatRequest { model: Some("other".to_owned()), ..request };
        events_of(&model, &other).await;
        assert!(!sim.requests()[3].body[field].is_null());
    }
}

#[tokio::test]
async fn models_without_tools_answer_without_them() {
    let refusals = [
        r#"{"error": {"message": "registry.ollama.ai/library/gemma:2b does not support tools", "type": "api_error"}}"#,
        r#"{"error": {"message": "No endpoints found that support tool use.", "code": 404}}"#,
        r#"{"object": "error", "message": "\"auto\" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set", "code": 400}"#,
    ];
    for refusal in refusals {
        let (sim, model) = start(Provider::OpenAi).await;
        let status = if refusal.contains("404") { 404 } else { 400 };
        sim.script([Reply::raw(status, "application/json", refusal)]);
        let request = ChatRequest {
            messages: vec![
                ChatMessage::user("Draw"),
                ChatMessage::Assistant { text: String::new(), tool_calls: vec![call("call_1")] },
                result("call_1", "drawn"),
            ],
            tools: vec![chart_tool()],
            ..ask("")
        };
        let mut stream = model.stream(&request).await.unwrap();
        assert!(stream.tools_dropped());
        while let Some(event) = stream.next().await {
            event.unwrap();
        }
        sim.verify().unwrap();
        let last = sim.last_request().unwrap();
        assert_eq!(last.last_user_text(), "Draw\n\n(Result of an earlier tool call: drawn)");
    }
}

#[tokio::test]
async fn a_service_that_refuses_everything_is_not_asked_for_ever() {
    let (sim, model) = start(Provider::OpenAi).await;
    sim.answer_with(|_| {
        Reply::failure(400, "max_completion_tokens, temperature, stream_options: do not support tools")
    });
    let request = ChatRequest { temperature: Some(0.5), tools: vec![chart_tool()], ..ask("Hi") };
    let (_, error) = events_of(&model, &request).await;
    assert_eq!((error.unwrap().kind(), sim.calls()), ("rejected", 5));
}

#[tokio::test]
async fn what_did_not_help_is_not_remembered() {
    let (sim, model) = start(Provider::OpenAi).await;
    let request = ChatRequest { temperature: Some(0.5), tools: vec![chart_tool()], ..ask("Hi") };
    sim.script([Reply::unsupported_parameter("tools"), Reply::failure(400, "Something else.")]);
    let (_, error) = events_of(&model, &request).await;
    assert_eq!((error.unwrap().kind(), sim.calls()), ("rejected", 2));
    let (_, error) = events_of(&model, &request).await;
    assert_eq!(error, None);
    assert_eq!(sim.requests()[2].tool_names(), ["draw_chart"]);
}

#[tokio::test]
async fn a_conversation_that_is_too_long_is_not_mistaken_for_a_parameter() {
    for message in [
        "'max_completion_tokens' is too large: 4096. This model's maximum context length is 8192 tokens.",
        "input length and `max_tokens` exceed context limit: 199000 + 8000 > 200000, decrease input length or temperature",
    ] {
        let (sim, model) = start(Provider::OpenAi).await;
        sim.script([Reply::failure(400, message)]);
        let request = ChatRequest { temperature: Some(0.5), ..ask("Hi") };
        let (_, error) = events_of(&model, &request).await;
        assert_eq!((error.unwrap().kind(), sim.calls()), ("too_long", 1));
    }
}
