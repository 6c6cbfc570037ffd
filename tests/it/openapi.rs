//! Every body that was sent, against Discord's own OpenAPI description and the limits that it leaves out.
//!
//! The description is not part of the repository: its path is in `DISCORD_OPENAPI`, or it lies at `../shared/discord-openapi.json`.
//! Without it the further checks are still made.

use std::sync::LazyLock;

use discord_sim::Sim;
use serde_json::Value;

static SPEC: LazyLock<Option<Value>> = LazyLock::new(|| {
    let named = std::env::var_os("DISCORD_OPENAPI").map(std::path::PathBuf::from);
    let path = named
        .unwrap_or_else(|| std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/discord-openapi.json"));
    let Ok(text) = std::fs::read_to_string(&path) else {
        let note =
            format!("bodies are not checked against Discord's description: there is none at {}\n", path.display());
        std::io::Write::write_all(&mut std::io::stderr(), note.as_bytes()).expect("standard error is open");
        return None;
    };
    Some(serde_json::from_str(&text).expect("DISCORD_OPENAPI is JSON"))
});

/// What is wrong with the bodies that the simulator has received; bodies that it had to refuse are its own to report.
pub fn problems(sim: &Sim) -> Vec<String> {
    let mut problems = Vec::new();
    for request in sim.requests().iter().filter(|request| !request.body.is_null()) {
        let mut found = Vec::new();
        if let Some(spec) = SPEC.as_ref() {
            match body_schema(spec, &request.method, &request.route) {
                Some(schema) => check(spec, schema, &request.body, "", &mut found),
                None => found.push("the description has no body for this route".to_owned()),
            }
        }
        further(&request.route, &request.body, &mut found);
        problems.extend(found.into_iter().map(|problem| format!("{} {}: {problem}", request.method, request.route)));
    }
    problems.sort();
    problems.dedup();
    problems
}

/// The schema of a route's body. The description names parameters in its own way, so they only have to stand in the same places.
fn body_schema<'a>(spec: &'a Value, method: &str, route: &str) -> Option<&'a Value> {
    let wanted: Vec<&str> = route.split('/').collect();
    let fits = |path: &str| {
        let parts: Vec<&str> = path.split('/').collect();
        parts.len() == wanted.len()
            && parts.iter().zip(&wanted).all(|(a, b)| a == b || (a.starts_with('{') && b.starts_with('{')))
    };
    let paths = spec["paths"].as_object()?;
    let (_, operations) = paths.iter().find(|(path, _)| fits(path))?;
    let content = &operations[method.to_lowercase()]["requestBody"]["content"];
    content.get("application/json").or_else(|| content.get("multipart/form-data")).map(|json| &json["schema"])
}

/// Whether the value is what the schema describes, and nothing besides.
fn check(spec: &Value, schema: &Value, value: &Value, path: &str, found: &mut Vec<String>) {
    check_described(spec, schema, value, path, found);
    let mut described = Vec::new();
    // A schema that names no field either describes no object or leaves it to its alternatives, which are checked one by one.
    if !describe_fields(spec, schema, &mut described) || described.is_empty() {
        return;
    }
    for name in value.as_object().into_iter().flat_map(serde_json::Map::keys) {
        if !described.contains(&name.as_str()) {
            found.push(format!("{path}/{name} is not in the description"));
        }
    }
}

/// Collects the fields that a schema names, with those of its parts. False where it takes fields of any name.
fn describe_fields<'a>(spec: &'a Value, schema: &'a Value, described: &mut Vec<&'a str>) -> bool {
    let schema = resolve(spec, schema);
    described.extend(schema["properties"].as_object().into_iter().flat_map(serde_json::Map::keys).map(String::as_str));
    let open = schema["additionalProperties"].is_object() || schema["additionalProperties"] == true;
    list(&schema["allOf"]).iter().fold(!open, |closed, part| describe_fields(spec, part, described) && closed)
}

fn resolve<'a>(spec: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(reference) => {
            let target = spec.pointer(reference.trim_start_matches('#')).expect("a reference leads somewhere");
            resolve(spec, target)
        }
        None => schema,
    }
}

/// Whether what the schema describes of a value is as described; parts of a whole know only their own fields.
fn check_described(spec: &Value, schema: &Value, value: &Value, path: &str, found: &mut Vec<String>) {
    let schema = resolve(spec, schema);
    let types: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if !types.is_empty() && !types.iter().any(|kind| is_of(kind, value)) {
        found.push(format!("{path} is not {}", types.join(" or ")));
        return;
    }
    if value.is_null() && types.contains(&"null") {
        return;
    }
    if let Some(allowed) = schema["enum"].as_array().filter(|allowed| !allowed.contains(value)) {
        found.push(format!("{path} is {value}, which is none of {allowed:?}"));
    }
    if schema.get("const").is_some_and(|only| only != value) {
        found.push(format!("{path} is {value} and not {}", schema["const"]));
    }
    for part in list(&schema["allOf"]) {
        check_described(spec, part, value, path, found);
    }
    for choice in ["oneOf", "anyOf"] {
        let alternatives = list(&schema[choice]);
        let fits = |alternative: &Value| {
            let mut inner = Vec::new();
            check(spec, alternative, value, path, &mut inner);
            inner
        };
        if !alternatives.is_empty() && !alternatives.iter().any(|alternative| fits(alternative).is_empty()) {
            // The nearest alternative tells the most, and that it could be null tells nothing.
            let nearest = alternatives.iter().map(fits).min_by_key(|found| {
                let only_null = found.iter().any(|problem| *problem == format!("{path} is not null"));
                (only_null, found.len())
            });
            let nearest = nearest.unwrap_or_default();
            found.push(format!("{path} fits no alternative, for example: {}", nearest.join("; ")));
        }
    }
    let number = |key: &str| schema[key].as_f64();
    let mut within = |what: &str, size: f64, min: &str, max: &str| {
        if number(min).is_some_and(|min| size < min) || number(max).is_some_and(|max| size > max) {
            found.push(format!("{path} has {what} {size}, outside {:?}..{:?}", number(min), number(max)));
        }
    };
    match value {
        Value::String(text) => within("length", text.chars().count() as f64, "minLength", "maxLength"),
        Value::Number(n) => within("value", n.as_f64().unwrap_or(0.0), "minimum", "maximum"),
        Value::Array(items) => {
            within("items", items.len() as f64, "minItems", "maxItems");
            for (index, item) in items.iter().enumerate().filter(|_| schema["items"].is_object()) {
                check(spec, &schema["items"], item, &format!("{path}/{index}"), found);
            }
        }
        Value::Object(fields) => {
            for required in list(&schema["required"]).iter().filter_map(Value::as_str) {
                if !fields.contains_key(required) {
                    found.push(format!("{path} lacks {required}"));
                }
            }
            for (name, value) in fields {
                let inner = format!("{path}/{name}");
                if let Some(schema) = schema["properties"].get(name) {
                    check(spec, schema, value, &inner, found);
                } else if schema["additionalProperties"].is_object() {
                    check(spec, &schema["additionalProperties"], value, &inner, found);
                }
            }
        }
        _ => {}
    }
}

fn is_of(kind: &str, value: &Value) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    }
}

/// What the description leaves out.
fn further(route: &str, body: &Value, found: &mut Vec<String>) {
    let is_message =
        route.ends_with("/messages") || route.contains("/messages/{message}") || route.contains("@original");
    let is_message = (is_message && !route.ends_with("/threads")) || route == "/webhooks/{application}/{token}";
    let is_callback = route.ends_with("/callback") && matches!(body["type"].as_u64(), Some(4 | 7));
    if is_message {
        message(body, found);
    } else if is_callback {
        message(&body["data"], found);
    }
    if body["nonce"].is_string() {
        if body["nonce"].as_str().is_some_and(|nonce| nonce.len() > 25) {
            found.push("a nonce is longer than 25 characters".to_owned());
        }
        if body["enforce_nonce"] != true {
            found.push("a nonce is not enforced".to_owned());
        }
    }
    if route.ends_with("/callback") && body["type"] == 5 {
        const EPHEMERAL: u64 = 64;
        let more = |data: &serde_json::Map<String, Value>| data.keys().any(|key| key != "flags");
        let flags = body["data"]["flags"].as_u64().unwrap_or_default();
        if body["data"].as_object().is_some_and(more) || flags & !EPHEMERAL != 0 {
            found.push("a deferred answer carries more than who sees it".to_owned());
        }
    }
}

fn message(body: &Value, found: &mut Vec<String>) {
    if body["content"].as_str().is_some_and(|content| content.chars().count() > 2000) {
        found.push("a message is longer than 2000 characters".to_owned());
    }
    if body["allowed_mentions"] != serde_json::json!({"parse": []}) {
        found.push("a message may ping".to_owned());
    }
    let rows = list(&body["components"]);
    if rows.len() > 5 {
        found.push("more than five rows".to_owned());
    }
    for row in rows {
        let items = list(&row["components"]);
        let menus = items.iter().filter(|item| item["type"] == 3).count();
        if items.is_empty() || items.len() > 5 || (menus > 0 && items.len() > 1) {
            found.push("a row takes five buttons or one menu".to_owned());
        }
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_wrong_body_is_found_by_its_type_its_length_and_its_alternatives() {
        let spec = json!({"components": {"schemas": {"Row": {"type": "object", "required": ["type"], "properties": {
            "type": {"type": "integer", "enum": [1]}}}}}});
        let schema = json!({"type": "object", "properties": {
            "content": {"type": ["string", "null"], "maxLength": 3},
            "rows": {"type": "array", "items": {"oneOf": [{"$ref": "#/components/schemas/Row"}, {"type": "null"}]}},
        }});
        let wrong = |body: Value| {
            let mut found = Vec::new();
            check(&spec, &schema, &body, "", &mut found);
            found.len()
        };
        assert_eq!(wrong(json!({"content": "abc", "rows": [{"type": 1}, null]})), 0);
        assert_eq!(wrong(json!({"content": "abcd"})), 1);
        assert_eq!(wrong(json!({"content": 5})), 1);
        assert_eq!(wrong(json!({"rows": [{"type": 2}]})), 1);
        assert_eq!(wrong(json!({"rows": [{}]})), 1);
        assert_eq!(wrong(json!({"content": "abc", "contents": "abc"})), 1);
        assert_eq!(wrong(json!({"rows": [{"type": 1, "typo": 1}]})), 1);
    }

    #[test]
    fn the_fields_of_all_parts_belong_to_the_whole_and_names_may_be_free() {
        let spec = json!({"components": {"schemas": {"Base": {"type": "object", "properties": {"name": {"type": "string"}}}}}});
        let schema = json!({"type": "object", "properties": {"names": {"type": "object", "additionalProperties": {"type": "string"}}},
            "allOf": [{"$ref": "#/components/schemas/Base"}, {"type": "object", "properties": {"topic": {"type": "string"}}}]});
        let wrong = |body: Value| {
            let mut found = Vec::new();
            check(&spec, &schema, &body, "", &mut found);
            found
        };
        assert_eq!(wrong(json!({"name": "a", "topic": "b", "names": {"de": "c"}})), Vec::<String>::new());
        assert_eq!(wrong(json!({"name": "a", "subject": "b"})), ["/subject is not in the description"]);
        assert_eq!(wrong(json!({"name": 1, "names": {"de": 1}})).len(), 2);
    }

    #[test]
    fn a_message_that_may_ping_is_found() {
        let mut found = Vec::new();
        further("/channels/{channel}/messages", &json!({"content": "x", "nonce": "n"}), &mut found);
        assert_eq!(found, ["a message may ping", "a nonce is not enforced"]);
    }

    #[test]
    fn a_deferred_answer_says_only_who_sees_it() {
        let route = "/interactions/{interaction}/{token}/callback";
        for (data, problems) in [(json!({"flags": 64}), 0), (json!({"flags": 68}), 1), (json!({"content": "x"}), 1)] {
            let mut found = Vec::new();
            further(route, &json!({"type": 5, "data": data}), &mut found);
            assert_eq!(found.len(), problems, "{found:?}");
        }
    }
}
