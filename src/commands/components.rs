//! Buttons, menus and rows, as Discord's JSON.
//!
//! Source: <https://discord.com/developers/docs/components/reference>.

use serde_json::{Value, json};

/// The look of a button.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// The one that is meant.
    Primary,
    /// One of several.
    Secondary,
    /// It takes something away.
    Danger,
}

/// A button with a label of at most 80 characters.
pub fn button(look: Look, label: &str, custom_id: &str) -> Value {
    let style = match look {
        Look::Primary => 1,
        Look::Secondary => 2,
        Look::Danger => 4,
    };
    json!({ "type": 2, "style": style, "label": label, "custom_id": custom_id })
}

/// A choice of a menu: label (at most 100 characters), value (at most 100), whether it is chosen now.
pub type MenuChoice = (String, String, bool);

/// A menu from which one value is chosen; of the choices the first 25 are shown.
pub fn menu(custom_id: &str, placeholder: &str, choices: &[MenuChoice]) -> Value {
    let options: Vec<Value> = choices
        .iter()
        .take(25)
        .map(|(label, value, chosen)| json!({ "label": label, "value": value, "default": chosen }))
        .collect();
    json!({ "type": 3, "custom_id": custom_id, "placeholder": placeholder, "options": options })
}

/// A row: up to five buttons, or one menu.
pub fn row(items: Vec<Value>) -> Value {
    json!({ "type": 1, "components": items })
}
