//! Whatever a server sends, a call ends, with an answer or with an error, and without a panic.

use model_sim::{ModelSim, Reply};
use plotline_model::{Model, ModelEvent};

use crate::support::{PROVIDERS, ask, chart_tool, config, events_of};

/// Pieces of streams, right and wrong.
const FRAGMENTS: &[&str] = &[
    "data: ",
    "data:",
    "event: error\n",
    "\n",
    "\n\n",
    "\r\n\r\n",
    "\r",
    ": ping\n\n",
    "id: \u{0}\n",
    "retry: 99999999999999999999\n",
    "[DONE]",
    "data: [DONE]\n\n",
    "{}",
    "[]",
    "null",
    "\"",
    "\\u0000",
    "\u{feff}",
    "<think>",
    "</think>",
    "<html>",
    "-1",
    "1e999",
    "🌍",
    "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\n",
    "data: {\"choices\":[{\"delta\":{\"content\":[{\"type\":\"text\",\"text\":1}]}}]}\n\n",
    "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":-1,\"id\":7,\"function\":null}]}}]}\n\n",
    "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":18446744073709551615,\"function\":{\"arguments\":\"{\"}}]}}]}\n\n",
    "data: {\"choices\":[{\"delta\":{\"tool_calls\":{\"index\":0}}}]}\n\n",
    "data: {\"choices\":[{\"index\":0,\"finish_reason\":\"stop\"}]}\n\n",
    "data: {\"choices\":{},\"usage\":{\"prompt_tokens\":-5}}\n\n",
    "data: {\"usage\":{\"prompt_tokens\":18446744073709551615,\"completion_tokens\":\"x\"}}\n\n",
    "data: {\"error\":[]}\n\n",
    "data: {\"error\":{\"code\":99999999999}}\n\n",
    "data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":18446744073709551615,\"cache_read_input_tokens\":18446744073709551615}}}\n\n",
    "data: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"tool_use\",\"id\":\"a\",\"name\":\"draw_chart\",\"input\":7}}\n\n",
    "data: {\"type\":\"content_block_start\",\"content_block\":{\"type\":\"text\",\"text\":\"Hi\"}}\n\n",
    "data: {\"type\":\"content_block_delta\",\"index\":99,\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"{\"}}\n\n",
    "data: {\"type\":\"content_block_delta\",\"delta\":{\"type\":\"text_delta\",\"text\":\"Hi\"}}\n\n",
    "data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":7},\"usage\":[]}\n\n",
    "data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"}}\n\n",
    "data: {\"type\":\"message_stop\"}\n\n",
    "data: {\"type\":\"error\"}\n\n",
];

#[tokio::test]
async fn any_body_under_any_status_ends_the_call() {
    let mut random = fastrand::Rng::with_seed(20_261_121);
    for provider in PROVIDERS {
        let sim = ModelSim::start().await.unwrap();
        let mut config = config(&sim, provider);
        config.max_attempts = 1;
        let model = Model::new(config).unwrap();
        let mut request = ask("Hi");
        request.tools = vec![chart_tool()];
        let (mut answers, mut errors) = (0, 0);
        for _ in 0..1500 {
            let fragments = (0..random.usize(..12)).map(|_| FRAGMENTS[random.usize(..FRAGMENTS.len())]);
            let body: String = fragments.collect();
            let status = [200, 200, 200, 200, 400, 429, 500, 204, 418][random.usize(..9)];
            sim.script([Reply::raw(status, "text/event-stream", &body)]);
            let (events, error) = events_of(&model, &request).await;
            let done = events.iter().filter(|event| matches!(event, ModelEvent::Done { .. })).count();
            let ended_by_done = matches!(events.last(), Some(ModelEvent::Done { .. }));
            match error {
                None => assert!(done == 1 && ended_by_done, "{events:?} for {body:?}"),
                Some(_) => assert_eq!(done, 0, "{events:?} for {body:?}"),
            }
            assert!(!events.contains(&ModelEvent::Text(String::new())), "{body:?}");
            *(if ended_by_done { &mut answers } else { &mut errors }) += 1;
            sim.script([]);
        }
        assert!(answers > 20 && errors > 20, "both ends are tried: {answers} answers, {errors} errors");
    }
}

#[tokio::test]
async fn bytes_that_are_no_text_end_the_call() {
    let mut random = fastrand::Rng::with_seed(20_261_122);
    for provider in PROVIDERS {
        let sim = ModelSim::start().await.unwrap();
        let mut config = config(&sim, provider);
        config.max_attempts = 1;
        let model = Model::new(config).unwrap();
        for _ in 0..200 {
            let noise: Vec<u8> = (0..random.usize(1..200)).map(|_| random.u8(..)).collect();
            let mut body = b"data: ".to_vec();
            body.extend(noise);
            body.extend(b"\n\n");
            sim.script([Reply::raw_bytes(200, "text/event-stream", &body)]);
            let (events, error) = events_of(&model, &ask("Hi")).await;
            assert!(events.is_empty() && error.is_some(), "{events:?} for {body:?}");
        }
    }
}
