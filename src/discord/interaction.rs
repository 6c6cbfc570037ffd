//! Reads an interaction from Discord's JSON.
//!
//! serenity's own types refuse a whole interaction for one component that they do not know, and then nobody answers the member. What
//! matters here is little and is read field by field; what is missing or of another type is left out.
//!
//! Source: <https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object>.

use serde_json::Value;

use super::gateway::place_kind;
use super::read_message;
use crate::event::{
    Attachment, Author, ComponentMessage, Interaction, InteractionKind, Invocation, OptionValue, Permissions,
    PlaceKind, ReplyPath,
};
use crate::ids::{ChannelId, GuildId, InteractionId, MessageId, RoleId, UserId};

/// Kinds of interactions. Source: "interaction type".
mod kind {
    pub(super) const COMMAND: u64 = 2;
    pub(super) const COMPONENT: u64 = 3;
    pub(super) const AUTOCOMPLETE: u64 = 4;
    pub(super) const MODAL_SUBMIT: u64 = 5;
}

/// Kinds of commands. Source: "application command types".
const MESSAGE_COMMAND: u64 = 3;

/// Kinds of options. Source: "application command option type".
mod option {
    pub(super) const SUB_COMMAND: u64 = 1;
    pub(super) const SUB_COMMAND_GROUP: u64 = 2;
    pub(super) const STRING: u64 = 3;
    pub(super) const INTEGER: u64 = 4;
    pub(super) const BOOLEAN: u64 = 5;
    pub(super) const USER: u64 = 6;
    pub(super) const CHANNEL: u64 = 7;
    pub(super) const ROLE: u64 = 8;
    pub(super) const NUMBER: u64 = 10;
    pub(super) const ATTACHMENT: u64 = 11;
}

/// The context of a direct conversation with the bot itself.
const BOT_DM: u64 = 1;

/// Message flag: only one member sees it.
const EPHEMERAL: u64 = 1 << 6;

/// Sub-commands nest twice at most; forms hold a row around each input, and perhaps a label.
const DEPTH_MAX: usize = 4;

/// Reads an interaction; `None` for one that this version does not know.
pub fn read_interaction(json: &Value) -> Option<Interaction> {
    let guild = id(&json["guild_id"]).map(GuildId);
    let data = &json["data"];
    let kind = match json["type"].as_u64()? {
        kind::COMMAND if data["type"].as_u64() == Some(MESSAGE_COMMAND) => InteractionKind::MessageCommand {
            name: text(&data["name"])?,
            message: Box::new(read_message(data["resolved"]["messages"][data["target_id"].as_str()?].clone(), guild)?),
        },
        kind::COMMAND => InteractionKind::Command(invocation(data)?),
        kind::COMPONENT => InteractionKind::Component {
            custom_id: text(&data["custom_id"])?,
            values: list(&data["values"]).iter().filter_map(text).collect(),
            message: component_message(&json["message"])?,
        },
        kind::AUTOCOMPLETE => {
            let (focused, typed) = focused(data, DEPTH_MAX)?;
            InteractionKind::Autocomplete { command: invocation(data)?, focused, typed }
        }
        kind::MODAL_SUBMIT => {
            let mut fields = Vec::new();
            inputs(&data["components"], DEPTH_MAX, &mut fields);
            InteractionKind::Form {
                custom_id: text(&data["custom_id"])?,
                fields,
                message: component_message(&json["message"]),
            }
        }
        _ => return None,
    };
    let place = match json["channel"]["type"].as_u64().and_then(|kind| u8::try_from(kind).ok()) {
        Some(kind) => place_kind(kind),
        None if guild.is_none() => PlaceKind::Direct,
        None => PlaceKind::Text,
    };
    let installed = json["authorizing_integration_owners"].as_object();
    // Where the field is missing the command is one of a server.
    let bot_is_there =
        installed.is_none_or(|owners| owners.contains_key("0")) || json["context"].as_u64() == Some(BOT_DM);
    Some(Interaction {
        id: InteractionId(id(&json["id"])?),
        reply: ReplyPath { application: id(&json["application_id"])?, token: text(&json["token"])? },
        kind,
        guild,
        channel: ChannelId(id(&json["channel_id"]).or_else(|| id(&json["channel"]["id"]))?),
        place,
        parent: id(&json["channel"]["parent_id"]).filter(|_| place == PlaceKind::Thread).map(ChannelId),
        user: author(json)?,
        permissions: permissions(&json["member"]["permissions"]),
        bot_permissions: permissions(&json["app_permissions"]),
        locale: text(&json["locale"]).unwrap_or_default(),
        bot_is_there,
    })
}

fn author(json: &Value) -> Option<Author> {
    let member = &json["member"];
    let user = if member.is_object() { &member["user"] } else { &json["user"] };
    Some(Author {
        id: UserId(id(&user["id"])?),
        name: text(&member["nick"]).or_else(|| shown_name(user))?,
        automated: user["bot"].as_bool().unwrap_or(false),
        roles: member.is_object().then(|| list(&member["roles"]).iter().filter_map(id).map(RoleId).collect()),
    })
}

fn shown_name(user: &Value) -> Option<String> {
    text(&user["global_name"]).or_else(|| text(&user["username"]))
}

fn component_message(json: &Value) -> Option<ComponentMessage> {
    let ephemeral = json["flags"].as_u64().is_some_and(|flags| flags & EPHEMERAL != 0);
    Some(ComponentMessage { id: MessageId(id(&json["id"])?), ephemeral })
}

fn invocation(data: &Value) -> Option<Invocation> {
    let mut path = text(&data["name"])?;
    let mut options = list(&data["options"]);
    while let [only] = options
        && matches!(only["type"].as_u64(), Some(option::SUB_COMMAND | option::SUB_COMMAND_GROUP))
    {
        path = format!("{path} {}", only["name"].as_str()?);
        options = list(&only["options"]);
    }
    let resolved = &data["resolved"];
    let options = options.iter().filter_map(|json| Some((text(&json["name"])?, value(json, resolved)))).collect();
    Some(Invocation { path, options })
}

fn value(json: &Value, resolved: &Value) -> OptionValue {
    let given = &json["value"];
    let read = match json["type"].as_u64() {
        Some(option::STRING) => text(given).map(OptionValue::Text),
        Some(option::INTEGER) => given.as_i64().map(OptionValue::Integer),
        Some(option::NUMBER) => given.as_f64().map(OptionValue::Number),
        Some(option::BOOLEAN) => given.as_bool().map(OptionValue::Boolean),
        Some(option::CHANNEL) => id(given).map(|id| OptionValue::Channel(ChannelId(id))),
        Some(option::ROLE) => id(given).map(|id| OptionValue::Role(RoleId(id))),
        Some(option::USER) => id(given).map(|number| {
            let key = number.to_string();
            let name = text(&resolved["members"][&key]["nick"]).or_else(|| shown_name(&resolved["users"][&key]));
            OptionValue::User(UserId(number), name.unwrap_or(key))
        }),
        Some(option::ATTACHMENT) => {
            given.as_str().and_then(|id| attachment(&resolved["attachments"][id])).map(Box::new).map(OptionValue::File)
        }
        _ => None,
    };
    read.unwrap_or(OptionValue::Unknown)
}

fn attachment(json: &Value) -> Option<Attachment> {
    Some(Attachment {
        id: id(&json["id"])?,
        filename: text(&json["filename"])?,
        url: text(&json["url"])?,
        size: json["size"].as_u64()?,
        content_type: text(&json["content_type"]),
    })
}

/// The option that is being typed, at any depth, and what is typed so far.
fn focused(json: &Value, depth: usize) -> Option<(String, String)> {
    list(&json["options"]).iter().find_map(|option| {
        if option["focused"].as_bool() == Some(true) {
            // A number that is being typed may come as one.
            let typed = text(&option["value"]).unwrap_or_else(|| option["value"].to_string());
            return Some((text(&option["name"])?, typed));
        }
        if depth == 0 { None } else { focused(option, depth - 1) }
    })
}

/// The inputs of a form, whatever rows or labels they stand in.
fn inputs(json: &Value, depth: usize, fields: &mut Vec<(String, String)>) {
    for item in list(json) {
        for item in [item, &item["component"]] {
            if let (Some(name), Some(value)) = (text(&item["custom_id"]), text(&item["value"])) {
                fields.push((name, value));
            }
        }
        if depth > 0 {
            inputs(&item["components"], depth - 1, fields);
        }
    }
}

fn permissions(json: &Value) -> Permissions {
    Permissions(json.as_str().and_then(|bits| bits.parse().ok()).unwrap_or(0))
}

fn id(json: &Value) -> Option<u64> {
    json.as_str()?.parse().ok()
}

fn text(json: &Value) -> Option<String> {
    json.as_str().map(str::to_owned)
}

fn list(json: &Value) -> &[Value] {
    json.as_array().map(Vec::as_slice).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn payload(kind: u64, data: Value) -> Value {
        json!({
            "id": "900", "application_id": "5", "type": kind, "token": "t", "data": data, "channel_id": "20",
            "channel": {"id": "20", "type": 0}, "guild_id": "10", "locale": "de", "app_permissions": "3072",
            "member": {"nick": "Al", "roles": ["7"], "permissions": "32", "user": {"id": "30", "username": "alice"}},
            "authorizing_integration_owners": {"0": "10"}, "context": 0,
        })
    }

    #[test]
    fn a_sub_command_comes_with_its_path_and_its_typed_options() {
        let data = json!({"id": "1", "name": "config", "type": 1, "options": [{"name": "set", "type": 1, "options": [
            {"name": "cooldown", "type": 4, "value": 30},
            {"name": "who", "type": 6, "value": "31"},
            {"name": "file", "type": 11, "value": "44"},
            {"name": "broken", "type": 4, "value": "no number"},
        ]}], "resolved": {
            "users": {"31": {"id": "31", "username": "ben", "global_name": "Ben"}},
            "attachments": {"44": {"id": "44", "filename": "a.csv", "url": "https://x/a.csv", "size": 5}},
        }});
        let read = read_interaction(&payload(2, data)).unwrap();
        let InteractionKind::Command(command) = read.kind else { panic!("a command") };
        assert_eq!(command.path, "config set");
        let expected = [
            OptionValue::Integer(30),
            OptionValue::User(UserId(31), "Ben".to_owned()),
            OptionValue::File(Box::new(Attachment {
                id: 44,
                filename: "a.csv".to_owned(),
                url: "https://x/a.csv".to_owned(),
                size: 5,
                content_type: None,
            })),
            OptionValue::Unknown,
        ];
        assert_eq!(command.options.into_iter().map(|(_, value)| value).collect::<Vec<_>>(), expected);
        assert_eq!((read.user.name.as_str(), read.user.roles.as_deref()), ("Al", Some([RoleId(7)].as_slice())));
        assert!(read.permissions.has(Permissions::MANAGE_GUILD) && read.bot_is_there);
    }

    #[test]
    fn a_form_is_read_in_rows_and_in_labels() {
        let data = json!({"custom_id": "p1:x", "components": [
            {"type": 1, "components": [{"type": 4, "custom_id": "data", "value": "a,b"}]},
            {"type": 18, "component": {"type": 4, "custom_id": "request", "value": "pie"}},
        ]});
        let read = read_interaction(&payload(5, data)).unwrap();
        let InteractionKind::Form { fields, message, .. } = read.kind else { panic!("a form") };
        assert_eq!(fields, [("data".into(), "a,b".into()), ("request".into(), "pie".into())]);
        assert_eq!(message, None);
    }

    #[test]
    fn the_option_that_is_typed_is_found_in_a_sub_command() {
        let data = json!({"name": "config", "type": 1, "options": [{"name": "set", "type": 1, "options": [
            {"name": "setting", "type": 3, "value": "coo", "focused": true},
        ]}]});
        let read = read_interaction(&payload(4, data)).unwrap();
        let InteractionKind::Autocomplete { command, focused, typed } = read.kind else { panic!("proposals") };
        assert_eq!((command.path.as_str(), focused.as_str(), typed.as_str()), ("config set", "setting", "coo"));
    }

    #[test]
    fn a_message_with_components_that_serenity_does_not_know_is_read() {
        let message = json!({
            "id": "50", "channel_id": "20", "author": {"id": "31", "username": "ben", "discriminator": "0", "avatar": null},
            "content": "a,b\n1,2", "timestamp": "2026-01-01T00:00:00Z", "edited_timestamp": null, "tts": false,
            "mention_everyone": false, "mentions": [], "mention_roles": [], "attachments": [], "embeds": [],
            "pinned": false, "type": 0, "components": [{"type": 17, "components": [{"type": 10, "content": "hi"}]}],
        });
        let data =
            json!({"name": "Chart this", "type": 3, "target_id": "50", "resolved": {"messages": {"50": message}}});
        let read = read_interaction(&payload(2, data)).unwrap();
        let InteractionKind::MessageCommand { message, .. } = read.kind else { panic!("a message command") };
        assert_eq!((message.id, message.content.as_str()), (MessageId(50), "a,b\n1,2"));
    }

    #[test]
    fn where_a_member_brings_the_app_along_the_bot_is_not_there() {
        let mut payload = payload(3, json!({"custom_id": "p1:x", "component_type": 2}));
        payload["message"] = json!({"id": "60", "flags": 64});
        payload["authorizing_integration_owners"] = json!({"1": "30"});
        let read = read_interaction(&payload).unwrap();
        assert!(!read.bot_is_there && !read.bot_may_post());
        let InteractionKind::Component { message, .. } = read.kind else { panic!("a component") };
        assert_eq!(message, ComponentMessage { id: MessageId(60), ephemeral: true });
    }

    #[test]
    fn what_is_not_an_interaction_is_left_alone() {
        for json in
            [json!(null), json!({}), payload(1, json!({})), payload(9, json!({})), payload(3, json!({"custom_id": 5}))]
        {
            assert!(read_interaction(&json).is_none(), "{json}");
        }
    }
}
