//! Settings as a file: exported whole, imported whole or not at all.

use plotline_store::{Change, GuildSettings};
use serde_json::{Map, Value as Json, json};

use super::spec::Key;
use super::value::{Wrong, check};
use crate::ids::ChannelId;

/// The form of the file; a later form gets another number.
const FORMAT: u64 = 1;

/// The largest file that is read, in bytes: far more than all settings of 500 channels take.
pub(crate) const FILE_BYTES_MAX: usize = 1 << 20;

/// Problems that one answer lists.
const PROBLEMS_SHOWN: usize = 8;

/// Why a file is not imported. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// It is not what `/config export` writes.
    #[error("{0}")]
    Form(String),
    /// It has the form, and some values are wrong.
    #[error("{}", list(.0))]
    Values(Vec<Wrong>),
}

fn list(problems: &[Wrong]) -> String {
    let mut lines: Vec<_> = problems.iter().take(PROBLEMS_SHOWN).map(|problem| format!("- {problem}")).collect();
    if problems.len() > PROBLEMS_SHOWN {
        lines.push(format!("- and {} more", problems.len() - PROBLEMS_SHOWN));
    }
    lines.join("\n")
}

/// All settings of a server that differ from their defaults, as a file to keep, to change and to import again.
pub fn export(stored: &GuildSettings) -> String {
    let mut server = Map::new();
    let mut channels: Map<String, Json> = Map::new();
    for (channel, key, setting) in stored.iter() {
        match channel {
            None => server.insert(key.to_owned(), setting.value.clone()),
            Some(channel) => channels
                .entry(channel.to_string())
                .or_insert_with(|| json!({}))
                .as_object_mut()
                .and_then(|own| own.insert(key.to_owned(), setting.value.clone())),
        };
    }
    let file = json!({ "plotline_settings": FORMAT, "server": server, "channels": channels });
    // Writing a value that was read from JSON does not fail.
    serde_json::to_string_pretty(&file).unwrap_or_default() + "\n"
}

/// Reads a file that [`export`] wrote or a person changed: every setting in it, checked. What the file does not name goes back to its
/// default when the changes are made.
///
/// # Errors
/// [`ImportError`], with every wrong value.
pub fn import(file: &[u8], models: &[String]) -> Result<Vec<Change>, ImportError> {
    let form = |problem: &str| ImportError::Form(format!("This is no file of `/config export`: {problem}"));
    if file.len() > FILE_BYTES_MAX {
        return Err(form("it is larger than 1 MiB."));
    }
    let file: Json = serde_json::from_slice(file)
        .map_err(|error| form(&format!("it is not JSON (line {}, column {}).", error.line(), error.column())))?;
    let Some(object) = file.as_object() else { return Err(form("it is not a JSON object.")) };
    if object.get("plotline_settings").and_then(Json::as_u64) != Some(FORMAT) {
        return Err(form("it has no `\"plotline_settings\": 1`."));
    }
    if let Some(unknown) =
        object.keys().find(|key| !["plotline_settings", "server", "channels"].contains(&key.as_str()))
    {
        return Err(ImportError::Values(vec![Wrong::new(unknown, "is not known; there are `server` and `channels`.")]));
    }
    let empty = Map::new();
    let section = |name: &str| match object.get(name) {
        None => Ok(&empty),
        Some(Json::Object(section)) => Ok(section),
        Some(_) => Err(form(&format!("`{name}` is not a JSON object."))),
    };
    let mut problems = Vec::new();
    let mut changes = read(None, section("server")?, models, &mut problems);
    for (channel, own) in section("channels")? {
        let id = channel.parse::<u64>().ok().filter(|id| *id != 0).map(ChannelId);
        match (id, own.as_object()) {
            (Some(id), Some(own)) => changes.extend(read(Some(id), own, models, &mut problems)),
            (Some(_), None) => problems.push(Wrong::new(channel, "must be a JSON object of settings.")),
            (None, _) => problems.push(Wrong::new(channel, "is not the id of a channel.")),
        }
    }
    if problems.is_empty() { Ok(changes) } else { Err(ImportError::Values(problems)) }
}

fn read(
    channel: Option<ChannelId>,
    section: &Map<String, Json>,
    models: &[String],
    problems: &mut Vec<Wrong>,
) -> Vec<Change> {
    let mut changes = Vec::new();
    for (name, value) in section {
        let checked = match Key::named(name) {
            None => Err(Wrong::new(name, "is no setting; `/config show` lists them all.")),
            Some(key) if channel.is_some() && !key.spec().per_channel => {
                Err(Wrong::new(name, "can only be set for the whole server."))
            }
            Some(key) => check(key.spec(), value, models),
        };
        match checked {
            Ok(value) => changes.push(Change { channel, key: name.clone(), value: Some(value) }),
            Err(wrong) => problems.push(wrong),
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;
    use plotline_store::{ConnectOptions, GuildId, Others, Store, UserId};

    #[tokio::test]
    async fn what_is_exported_imports_to_the_same() {
        let models = ["small".to_owned()];
        let file = r##"{"plotline_settings": 1, "server": {"answer_in": "channel", "model": "small", "channels_denied": ["5"],
            "money_per_day": 2.5}, "channels": {"77": {"system_prompt": "Be brief."}}}"##;
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("settings.db").display());
        let store = Store::connect(&url, &ConnectOptions::default()).await.unwrap();
        let changes = import(file.as_bytes(), &models).unwrap();
        store.change_settings(GuildId(1), UserId(2), &changes, Others::Reset).await.unwrap();
        let exported = export(&store.settings(GuildId(1)).await.unwrap());
        insta::assert_snapshot!(exported, @r#"
        {
          "plotline_settings": 1,
          "server": {
            "answer_in": "channel",
            "channels_denied": [
              "5"
            ],
            "model": "small",
            "money_per_day": 2.5
          },
          "channels": {
            "77": {
              "system_prompt": "Be brief."
            }
          }
        }
        "#);
        let again = import(exported.as_bytes(), &models).unwrap();
        assert!(store.change_settings(GuildId(1), UserId(2), &again, Others::Reset).await.unwrap().is_empty());
    }

    #[test]
    fn every_wrong_value_of_a_file_is_named_at_once() {
        let file = r#"{"plotline_settings": 1, "server": {"cooldown": 5, "temperature": 9}, "channels": {"7": {"cooldown_seconds": 5},
            "x": {}, "8": []}}"#;
        insta::assert_snapshot!(import(file.as_bytes(), &[]).unwrap_err(), @"
        - `cooldown` is no setting; `/config show` lists them all.
        - `temperature` must be a number from 0 to 2.
        - `cooldown_seconds` can only be set for the whole server.
        - `x` is not the id of a channel.
        - `8` must be a JSON object of settings.
        ");
    }

    #[test]
    fn what_is_no_such_file_says_so() {
        let problems =
            ["{", "[1]", "{}", r#"{"plotline_settings": 1, "server": 5}"#, r#"{"plotline_settings": 1, "guild": {}}"#]
                .map(|file| import(file.as_bytes(), &[]).unwrap_err().to_string());
        insta::assert_snapshot!(problems.join("\n"), @r#"
        This is no file of `/config export`: it is not JSON (line 1, column 1).
        This is no file of `/config export`: it is not a JSON object.
        This is no file of `/config export`: it has no `"plotline_settings": 1`.
        This is no file of `/config export`: `server` is not a JSON object.
        - `guild` is not known; there are `server` and `channels`.
        "#);
    }
}
