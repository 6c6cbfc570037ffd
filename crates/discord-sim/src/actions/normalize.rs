//! What Discord adds to embeds and components when it takes them: types, ids, defaults.

use serde_json::{Value, json};

use crate::rest::validate::{component, is_select};

/// Embeds as Discord answers them.
pub(crate) fn embeds(mut embeds: Vec<Value>) -> Vec<Value> {
    for embed in &mut embeds {
        embed["type"] = json!("rich");
        for field in embed["fields"].as_array_mut().into_iter().flatten() {
            default(field, "inline", json!(false));
        }
    }
    embeds
}

/// Components as Discord answers them: each with an id, counted from 1 where the client gave none.
pub(crate) fn components(mut components: Vec<Value>) -> Vec<Value> {
    let mut next = 0;
    number(&mut components, &mut next);
    components
}

fn number(items: &mut [Value], next: &mut u64) {
    for item in items {
        *next += 1;
        default(item, "id", json!(*next));
        if is_select(item) {
            default(item, "min_values", json!(1));
            default(item, "max_values", json!(1));
            default(item, "disabled", json!(false));
        }
        match item["type"].as_u64() {
            Some(component::BUTTON) => default(item, "disabled", json!(false)),
            Some(component::CONTAINER) => {
                default(item, "accent_color", Value::Null);
                default(item, "spoiler", json!(false));
            }
            _ => {}
        }
        if let Some(inner) = item.get_mut("components").and_then(Value::as_array_mut) {
            number(inner, next);
        }
        if let Some(accessory) = item.get_mut("accessory") {
            number(std::slice::from_mut(accessory), next);
        }
    }
}

fn default(object: &mut Value, field: &str, value: Value) {
    if let Some(map) = object.as_object_mut() {
        let present = map.entry(field).or_insert(Value::Null);
        if present.is_null() {
            *present = value;
        }
    }
}

/// Replaces `attachment://name` in the pictures of embeds by where the file can be fetched.
pub(crate) fn resolve_pictures(embeds: &mut Value, attachments: &Value) {
    for embed in embeds.as_array_mut().into_iter().flatten() {
        for place in ["image", "thumbnail"] {
            let Some(picture) = embed.get_mut(place) else { continue };
            let Some(name) = picture["url"].as_str().and_then(|url| url.strip_prefix("attachment://")) else {
                continue;
            };
            let file = attachments.as_array().into_iter().flatten().find(|file| file["filename"] == name).cloned();
            if let Some(file) = file {
                for field in ["url", "proxy_url", "width", "height", "content_type"] {
                    if let Some(value) = file.get(field) {
                        picture[field] = value.clone();
                    }
                }
            }
        }
    }
}
