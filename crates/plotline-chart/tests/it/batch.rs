//! Many requests in one process.

use plotline_chart::batch;
use serde_json::Value;

fn run(input: &str) -> Vec<Value> {
    let mut output = Vec::new();
    batch(input.as_bytes(), &mut output).unwrap();
    String::from_utf8(output).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn every_line_is_answered_with_its_id() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/months.csv");
    let answers = run(&format!(
        "{{\"id\": \"a\", \"table\": {path:?}, \"ask\": \"pie of costs by month\"}}\n\n{{\"id\": 7, \"table\": {path:?}, \"ask\": \"revenue\"}}\n"
    ));
    assert_eq!(answers.len(), 2);
    assert_eq!(answers[0]["id"], "a");
    assert_eq!(answers[0]["kind"], "pie");
    assert_eq!(answers[0]["y"], serde_json::json!({"column": "Costs", "aggregate": null}));
    assert_eq!(answers[0]["points"][0], serde_json::json!({"x": "Jan", "y": 80, "series": null}));
    assert_eq!(answers[1]["id"], 7);
}

#[test]
fn a_bad_line_does_not_stop_the_rest() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/months.csv");
    let answers = run(&format!(
        "not json\n{{\"id\": 1, \"ask\": \"x\"}}\n{{\"id\": 2, \"table\": \"/nowhere.csv\", \"ask\": \"x\"}}\n{{\"id\": 3, \"table\": {path:?}, \"ask\": \"revenue by month\"}}\n"
    ));
    let declined: Vec<bool> = answers.iter().map(|answer| answer.get("declined").is_some()).collect();
    assert_eq!(declined, [true, true, true, false]);
    assert_eq!(
        answers.iter().map(|answer| answer["id"].clone()).collect::<Vec<_>>(),
        [Value::Null, 1.into(), 2.into(), 3.into()]
    );
}

#[test]
fn an_endless_line_is_refused_and_the_next_is_answered() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/months.csv");
    let long = "x".repeat(3 << 20);
    let answers = run(&format!("{long}\n{{\"id\": 1, \"table\": {path:?}, \"ask\": \"revenue by month\"}}"));
    assert_eq!(answers[0]["declined"], "The line is longer than 1048576 bytes.");
    assert_eq!(answers[1]["kind"], "line");
}
