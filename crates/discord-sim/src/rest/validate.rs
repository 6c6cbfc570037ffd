//! The rules on message bodies: every limit that Discord publishes, checked field by field so that one answer names all
//! that is wrong.

use serde_json::Value;

use crate::{
    actions::{
        mentions::Allowed,
        messages::{KeptAttachment, NewFile},
    },
    error::{ApiError, FormErrors},
    id::{AttachmentId, ChannelId, MessageId},
    model::flags,
    rest::{Call, body::UploadedFile},
};

/// Characters of a message's content. Users with Nitro get 4000; bots get this.
pub(crate) const CONTENT_MAX_CHARS: usize = 2000;
/// Bytes of one file, for a server without boosts.
pub(crate) const FILE_MAX_BYTES: usize = 10 * 1024 * 1024;
/// Files of one message.
pub(crate) const ATTACHMENTS_MAX: usize = 10;
/// Characters of an attachment's description, which clients show as alt text.
const ALT_TEXT_MAX_CHARS: usize = 1024;
/// Characters of a nonce.
const NONCE_MAX_CHARS: usize = 25;
/// Embeds of one message.
const EMBEDS_MAX: usize = 10;
/// Characters over all embeds of one message.
const EMBED_CHARS_MAX: usize = 6000;
/// Ids in each list of `allowed_mentions`.
const ALLOWED_IDS_MAX: usize = 100;
/// Action rows of one message.
const ROWS_MAX: usize = 5;
/// Buttons of one row.
const ROW_BUTTONS_MAX: usize = 5;
/// Options of a select menu.
const SELECT_OPTIONS_MAX: usize = 25;
/// Characters of a custom id.
const CUSTOM_ID_MAX_CHARS: usize = 100;
/// Components in all of a message in the second layout.
const COMPONENTS_V2_MAX: usize = 40;
/// Flags that a client may set on a message.
const SETTABLE_FLAGS: u64 =
    flags::SUPPRESS_EMBEDS | flags::EPHEMERAL | flags::SUPPRESS_NOTIFICATIONS | flags::IS_COMPONENTS_V2;

/// The fields that Discord knows in each kind of body that carries a message. Polls are left out: they are not played.
pub(crate) mod fields {
    /// A new message.
    pub(crate) const CREATE: &[&str] = &[
        "content",
        "nonce",
        "enforce_nonce",
        "tts",
        "embeds",
        "allowed_mentions",
        "message_reference",
        "components",
        "sticker_ids",
        "attachments",
        "flags",
    ];
    /// An edit of a message.
    pub(crate) const EDIT: &[&str] =
        &["content", "embeds", "allowed_mentions", "components", "sticker_ids", "attachments", "flags"];
    /// An answer or follow-up of an interaction, which has neither nonce nor reference.
    pub(crate) const ANSWER: &[&str] =
        &["content", "tts", "embeds", "allowed_mentions", "components", "attachments", "flags"];
    /// An edit of one of these.
    pub(crate) const ANSWER_EDIT: &[&str] =
        &["content", "embeds", "allowed_mentions", "components", "attachments", "flags"];
    /// A thread from a message.
    pub(crate) const THREAD: &[&str] = &["name", "auto_archive_duration", "rate_limit_per_user"];
}

/// An entry of the `attachments` list.
#[derive(Debug)]
pub(crate) struct AttachmentEntry {
    id: String,
    title: Option<String>,
    description: Option<String>,
}

/// A valid message body. `None` means that the field was left out.
#[derive(Debug, Default)]
pub(crate) struct MessageForm {
    pub(crate) content: Option<String>,
    pub(crate) embeds: Option<Vec<Value>>,
    pub(crate) components: Option<Vec<Value>>,
    pub(crate) attachments: Option<Vec<AttachmentEntry>>,
    pub(crate) flags: Option<u64>,
    pub(crate) allowed: Option<Allowed>,
    pub(crate) nonce: Option<Value>,
    pub(crate) enforce_nonce: bool,
    pub(crate) tts: bool,
    pub(crate) reference: Option<ReferenceForm>,
}

/// A valid `message_reference`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReferenceForm {
    pub(crate) message: MessageId,
    pub(crate) channel: Option<ChannelId>,
    pub(crate) fail_if_not_exists: bool,
}

impl MessageForm {
    /// Checks a message body.
    pub(crate) fn read(body: &Value, files: &[UploadedFile]) -> Result<Self, ApiError> {
        let mut errors = FormErrors::default();
        let form = Self::collect(body, files, "", &mut errors);
        errors.check()?;
        check_files(files)?;
        Ok(form)
    }

    /// Checks a message body that stands at `path` in a larger one.
    pub(crate) fn collect(body: &Value, files: &[UploadedFile], path: &str, errors: &mut FormErrors) -> Self {
        let at = |field: &str| if path.is_empty() { field.to_owned() } else { format!("{path}.{field}") };
        if !body.is_object() && !body.is_null() {
            errors.add(path, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a DictType");
            return Self::default();
        }
        let content = match body.get("content") {
            None => None,
            Some(Value::Null) => Some(String::new()),
            Some(Value::String(content)) => {
                if content.chars().count() > CONTENT_MAX_CHARS {
                    errors.max_length(&at("content"), CONTENT_MAX_CHARS);
                }
                Some(content.trim_matches(['\n', '\r', ' ', '\t']).to_owned())
            }
            Some(_) => {
                errors.wrong_type(&at("content"), "string");
                None
            }
        };
        let mut form = Self { content, ..Self::default() };
        form.embeds = list(body, "embeds", &at("embeds"), EMBEDS_MAX, errors);
        if let Some(embeds) = &form.embeds {
            check_embeds(embeds, &at("embeds"), errors);
        }
        form.flags = number(body, "flags", &at("flags"), errors).map(|flags| flags & SETTABLE_FLAGS);
        let second_layout = form.flags.unwrap_or(0) & flags::IS_COMPONENTS_V2 != 0;
        let rows_max = if second_layout { COMPONENTS_V2_MAX } else { ROWS_MAX };
        form.components = list(body, "components", &at("components"), rows_max, errors);
        if let Some(components) = &form.components {
            check_components(components, &at("components"), second_layout, errors);
        }
        if second_layout
            && (form.content.as_ref().is_some_and(|c| !c.is_empty())
                || form.embeds.as_ref().is_some_and(|e| !e.is_empty()))
        {
            let text = "The 'content' and 'embeds' fields cannot be used when using MessageFlags.IS_COMPONENTS_V2";
            errors.add(&at("flags"), "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", text);
        }
        form.attachments = attachments(body, files, &at("attachments"), errors);
        form.allowed = allowed_mentions(body, &at("allowed_mentions"), errors);
        form.nonce = match body.get("nonce") {
            None | Some(Value::Null) => None,
            Some(Value::String(nonce)) if nonce.chars().count() <= NONCE_MAX_CHARS => Some(Value::from(nonce.as_str())),
            Some(Value::String(_)) => {
                errors.max_length(&at("nonce"), NONCE_MAX_CHARS);
                None
            }
            Some(Value::Number(nonce)) => Some(Value::Number(nonce.clone())),
            Some(_) => {
                errors.wrong_type(&at("nonce"), "string");
                None
            }
        };
        form.enforce_nonce = flag(body, "enforce_nonce", &at("enforce_nonce"), errors).unwrap_or(false);
        form.tts = flag(body, "tts", &at("tts"), errors).unwrap_or(false);
        form.reference = reference(body, &at("message_reference"), errors);
        form
    }

    /// The new files in the order of their numbers, each with the title and description that the list gives it.
    pub(crate) fn new_files(&self, files: &[UploadedFile]) -> Vec<NewFile> {
        let mut files: Vec<&UploadedFile> = files.iter().collect();
        files.sort_by_key(|file| file.index);
        files
            .into_iter()
            .map(|file| {
                let number = file.index.to_string();
                let entry = self.attachments.iter().flatten().find(|entry| entry.id == number);
                NewFile {
                    filename: file.filename.clone(),
                    title: entry.and_then(|entry| entry.title.clone()),
                    description: entry.and_then(|entry| entry.description.clone()),
                    content_type: file.content_type.clone(),
                    bytes: file.bytes.clone(),
                }
            })
            .collect()
    }

    /// The existing attachments that an edit keeps; `None` keeps all.
    pub(crate) fn kept_attachments(&self, files: &[UploadedFile]) -> Option<Vec<KeptAttachment>> {
        let entries = self.attachments.as_ref()?;
        let is_new = |entry: &AttachmentEntry| files.iter().any(|file| file.index.to_string() == entry.id);
        Some(
            entries
                .iter()
                .filter(|entry| !is_new(entry))
                .filter_map(|entry| {
                    let id: AttachmentId = entry.id.parse().ok()?;
                    Some(KeptAttachment { id, description: entry.description.clone() })
                })
                .collect(),
        )
    }

    /// True when a new message of this form would have nothing in it.
    pub(crate) fn is_empty(&self, call: &Call) -> bool {
        let nothing = |list: &Option<Vec<Value>>| list.as_ref().is_none_or(Vec::is_empty);
        self.content.as_ref().is_none_or(String::is_empty)
            && nothing(&self.embeds)
            && nothing(&self.components)
            && call.files.is_empty()
    }
}

/// Refuses files that are too large for a server without boosts.
pub(crate) fn check_files(files: &[UploadedFile]) -> Result<(), ApiError> {
    let too_large = files.iter().any(|file| file.bytes.len() > FILE_MAX_BYTES);
    if too_large { Err(ApiError::entity_too_large()) } else { Ok(()) }
}

/// A list field of at most `max` objects.
fn list(body: &Value, field: &str, path: &str, max: usize, errors: &mut FormErrors) -> Option<Vec<Value>> {
    match body.get(field)? {
        Value::Null => Some(Vec::new()),
        Value::Array(items) => {
            if items.len() > max {
                errors.max_length(path, max);
            }
            for (index, _) in items.iter().enumerate().filter(|(_, item)| !item.is_object()) {
                errors.add(
                    &format!("{path}.{index}"),
                    "MODEL_TYPE_CONVERT",
                    "Only dictionaries may be used in a DictType",
                );
            }
            Some(items.clone())
        }
        _ => {
            errors.add(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType");
            None
        }
    }
}

fn number(body: &Value, field: &str, path: &str, errors: &mut FormErrors) -> Option<u64> {
    match body.get(field)? {
        Value::Null => None,
        value => match value.as_u64() {
            Some(number) => Some(number),
            None => {
                errors.add(path, "NUMBER_TYPE_COERCE", &format!("Value {value} is not int."));
                None
            }
        },
    }
}

fn flag(body: &Value, field: &str, path: &str, errors: &mut FormErrors) -> Option<bool> {
    match body.get(field)? {
        Value::Null => None,
        Value::Bool(value) => Some(*value),
        value => {
            errors.add(path, "BOOLEAN_TYPE_CONVERT", &format!("Must be either true or false, not {value}."));
            None
        }
    }
}

/// Checks a text field; a missing one is an error when it is `required`.
pub(crate) fn text(
    object: &Value,
    field: &str,
    path: &str,
    range: std::ops::RangeInclusive<usize>,
    required: bool,
    errors: &mut FormErrors,
) {
    let path = if path.is_empty() { field.to_owned() } else { format!("{path}.{field}") };
    match object.get(field) {
        None | Some(Value::Null) if required => errors.required(&path),
        None | Some(Value::Null) => {}
        Some(Value::String(text)) => {
            if !range.contains(&text.chars().count()) {
                errors.bad_length(&path, *range.start(), *range.end());
            }
        }
        Some(_) => errors.wrong_type(&path, "string"),
    }
}

fn check_embeds(embeds: &[Value], path: &str, errors: &mut FormErrors) {
    let mut total = 0;
    let length = |value: &Value| value.as_str().map_or(0, |text| text.chars().count());
    for (index, embed) in embeds.iter().enumerate() {
        let path = format!("{path}.{index}");
        text(embed, "title", &path, 0..=256, false, errors);
        text(embed, "description", &path, 0..=4096, false, errors);
        total += length(&embed["title"]) + length(&embed["description"]);
        if embed["footer"].is_object() {
            text(&embed["footer"], "text", &format!("{path}.footer"), 1..=2048, true, errors);
            total += length(&embed["footer"]["text"]);
        }
        if embed["author"].is_object() {
            text(&embed["author"], "name", &format!("{path}.author"), 1..=256, true, errors);
            total += length(&embed["author"]["name"]);
        }
        for part in ["image", "thumbnail"] {
            if embed[part].is_object() {
                check_url(&embed[part], &format!("{path}.{part}"), &["http://", "https://", "attachment://"], errors);
            }
        }
        if embed["url"].is_string() {
            check_url(embed, &path, &["http://", "https://"], errors);
        }
        if embed.get("color").is_some_and(|color| !color.is_null() && color.as_u64().is_none_or(|c| c > 0xFF_FFFF)) {
            errors.add(
                &format!("{path}.color"),
                "NUMBER_TYPE_MAX",
                "int value should be less than or equal to 16777215.",
            );
        }
        let fields = embed["fields"].as_array().map(Vec::as_slice).unwrap_or_default();
        if fields.len() > 25 {
            errors.max_length(&format!("{path}.fields"), 25);
        }
        for (index, field) in fields.iter().enumerate() {
            let path = format!("{path}.fields.{index}");
            text(field, "name", &path, 1..=256, true, errors);
            text(field, "value", &path, 1..=1024, true, errors);
            total += length(&field["name"]) + length(&field["value"]);
        }
    }
    if total > EMBED_CHARS_MAX {
        errors.add(path, "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000");
    }
}

fn check_url(object: &Value, path: &str, schemes: &[&str], errors: &mut FormErrors) {
    let path = format!("{path}.url");
    match object.get("url").and_then(Value::as_str) {
        Some(url) if schemes.iter().any(|scheme| url.starts_with(scheme)) && url.len() <= 2048 => {}
        Some(_) => errors.add(&path, "URL_TYPE_INVALID_URL", "Not a well formed URL."),
        None => errors.required(&path),
    }
}

/// Component types, with Discord's numbers.
pub(crate) mod component {
    pub(crate) const ACTION_ROW: u64 = 1;
    pub(crate) const BUTTON: u64 = 2;
    pub(crate) const STRING_SELECT: u64 = 3;
    pub(crate) const TEXT_INPUT: u64 = 4;
    pub(crate) const USER_SELECT: u64 = 5;
    pub(crate) const CHANNEL_SELECT: u64 = 8;
    pub(crate) const SECTION: u64 = 9;
    pub(crate) const CONTAINER: u64 = 17;
    pub(crate) const LABEL: u64 = 18;
}

fn check_components(components: &[Value], path: &str, second_layout: bool, errors: &mut FormErrors) {
    let mut custom_ids = Vec::new();
    for (index, row) in components.iter().enumerate() {
        let path = format!("{path}.{index}");
        match row["type"].as_u64() {
            Some(component::ACTION_ROW) => check_row(row, &path, &mut custom_ids, errors),
            Some(component::SECTION..=component::CONTAINER) if second_layout => {
                check_second_layout(row, &path, &mut custom_ids, errors);
            }
            _ => errors.add(
                &format!("{path}.type"),
                "UNION_TYPE_CHOICES",
                "Value of field \"type\" must be one of (1,).",
            ),
        }
    }
    for (index, id) in custom_ids.iter().enumerate() {
        if custom_ids[..index].contains(id) {
            errors.add(path, "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated");
            break;
        }
    }
}

/// Rows nested in the containers and sections of the second layout obey the same rules as others.
fn check_second_layout(item: &Value, path: &str, custom_ids: &mut Vec<String>, errors: &mut FormErrors) {
    for (index, child) in item["components"].as_array().into_iter().flatten().enumerate() {
        let path = format!("{path}.components.{index}");
        match child["type"].as_u64() {
            Some(component::ACTION_ROW) => check_row(child, &path, custom_ids, errors),
            Some(_) => check_second_layout(child, &path, custom_ids, errors),
            None => errors.required(&format!("{path}.type")),
        }
    }
}

fn check_row(row: &Value, path: &str, custom_ids: &mut Vec<String>, errors: &mut FormErrors) {
    let items = row["components"].as_array().map(Vec::as_slice).unwrap_or_default();
    let path = format!("{path}.components");
    if items.is_empty() || items.len() > ROW_BUTTONS_MAX {
        errors.bad_length(&path, 1, ROW_BUTTONS_MAX);
    }
    let selects = items.iter().filter(|item| is_select(item)).count();
    if selects > 0 && items.len() > 1 {
        errors.add(&path, "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The specified component exceeds the maximum width");
    }
    for (index, item) in items.iter().enumerate() {
        let path = format!("{path}.{index}");
        custom_ids.extend(item["custom_id"].as_str().map(str::to_owned));
        match item["type"].as_u64() {
            Some(component::BUTTON) => check_button(item, &path, errors),
            Some(_) if is_select(item) => check_select(item, &path, errors),
            _ => errors.add(
                &format!("{path}.type"),
                "UNION_TYPE_CHOICES",
                "Value of field \"type\" must be one of (2, 3, 5, 6, 7, 8).",
            ),
        }
    }
}

/// True for select menus of any kind.
pub(crate) fn is_select(item: &Value) -> bool {
    matches!(item["type"].as_u64(), Some(component::STRING_SELECT | component::USER_SELECT..=component::CHANNEL_SELECT))
}

fn check_button(button: &Value, path: &str, errors: &mut FormErrors) {
    const LINK: u64 = 5;
    text(button, "label", path, 0..=80, false, errors);
    match button["style"].as_u64() {
        Some(LINK) => {
            check_url(button, path, &["http://", "https://", "discord://"], errors);
            if button.get("custom_id").is_some_and(|id| !id.is_null()) {
                let text = "A custom id and url cannot both be specified";
                errors.add(path, "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", text);
            }
        }
        Some(1..=4) => {
            text(button, "custom_id", path, 1..=CUSTOM_ID_MAX_CHARS, true, errors);
            if button["label"].as_str().is_none_or(str::is_empty) && !button["emoji"].is_object() {
                errors.add(path, "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED", "A button must have a label or an emoji");
            }
        }
        _ => {
            errors.add(&format!("{path}.style"), "BASE_TYPE_CHOICES", "Value must be one of {1, 2, 3, 4, 5, 6}.");
        }
    }
}

fn check_select(select: &Value, path: &str, errors: &mut FormErrors) {
    text(select, "custom_id", path, 1..=CUSTOM_ID_MAX_CHARS, true, errors);
    text(select, "placeholder", path, 0..=150, false, errors);
    let min = select["min_values"].as_u64().unwrap_or(1);
    let max = select["max_values"].as_u64().unwrap_or(1);
    if min > 25 || max == 0 || max > 25 || min > max {
        errors.add(&format!("{path}.max_values"), "NUMBER_TYPE_RANGE", "int value should be between 1 and 25.");
    }
    if select["type"].as_u64() != Some(component::STRING_SELECT) {
        return;
    }
    let options = select["options"].as_array().map(Vec::as_slice).unwrap_or_default();
    if options.is_empty() || options.len() > SELECT_OPTIONS_MAX {
        errors.bad_length(&format!("{path}.options"), 1, SELECT_OPTIONS_MAX);
    }
    for (index, option) in options.iter().enumerate() {
        let path = format!("{path}.options.{index}");
        text(option, "label", &path, 1..=100, true, errors);
        text(option, "value", &path, 1..=100, true, errors);
        text(option, "description", &path, 0..=100, false, errors);
        if options[..index].iter().any(|other| other["value"] == option["value"]) {
            let text = "The specified option value is already used";
            errors.add(&format!("{path}.value"), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", text);
        }
    }
    if max as usize > options.len() {
        let text = "The specified maximum exceeds the number of options";
        errors.add(&format!("{path}.max_values"), "SELECT_COMPONENT_MAX_VALUES_EXCEEDED", text);
    }
}

fn attachments(
    body: &Value,
    files: &[UploadedFile],
    path: &str,
    errors: &mut FormErrors,
) -> Option<Vec<AttachmentEntry>> {
    if files.len() > ATTACHMENTS_MAX {
        errors.max_length(path, ATTACHMENTS_MAX);
    }
    let entries = list(body, "attachments", path, ATTACHMENTS_MAX, errors)?;
    Some(
        entries
            .iter()
            .enumerate()
            .filter_map(|(index, entry)| {
                let path = format!("{path}.{index}");
                text(entry, "description", &path, 0..=ALT_TEXT_MAX_CHARS, false, errors);
                text(entry, "title", &path, 0..=1024, false, errors);
                let id = match &entry["id"] {
                    Value::String(id) => id.clone(),
                    Value::Number(id) => id.to_string(),
                    _ => {
                        errors.required(&format!("{path}.id"));
                        return None;
                    }
                };
                let new = files.iter().any(|file| file.index.to_string() == id);
                // Numbers as small as an index can only mean a file of this request.
                if !new && id.parse::<u64>().is_ok_and(|id| id < 1000) {
                    let text = "No file with this number came with the request.";
                    errors.add(&format!("{path}.id"), "ATTACHMENT_NOT_FOUND", text);
                }
                let string = |field: &str| entry[field].as_str().map(str::to_owned);
                Some(AttachmentEntry { id, title: string("title"), description: string("description") })
            })
            .collect(),
    )
}

fn allowed_mentions(body: &Value, path: &str, errors: &mut FormErrors) -> Option<Allowed> {
    let allowed = body.get("allowed_mentions").filter(|value| !value.is_null())?;
    if !allowed.is_object() {
        errors.add(path, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a DictType");
        return None;
    }
    let parse: Vec<&str> = allowed["parse"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for (index, kind) in parse.iter().enumerate() {
        if !["users", "roles", "everyone"].contains(kind) {
            let text = "Value must be one of ('users', 'roles', 'everyone').";
            errors.add(&format!("{path}.parse.{index}"), "BASE_TYPE_CHOICES", text);
        }
    }
    for kind in ["users", "roles"] {
        let ids = allowed[kind].as_array().map(Vec::as_slice).unwrap_or_default();
        if ids.len() > ALLOWED_IDS_MAX {
            errors.max_length(&format!("{path}.{kind}"), ALLOWED_IDS_MAX);
        }
        if !ids.is_empty() && parse.contains(&kind) {
            let text = format!("parse:[\"{kind}\"] and {kind}: [ids...] are mutually exclusive.");
            errors.add(path, "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", &text);
        }
        for (index, id) in ids.iter().enumerate() {
            if id.as_str().is_none_or(|id| id.parse::<u64>().is_err()) {
                errors.add(&format!("{path}.{kind}.{index}"), "NUMBER_TYPE_COERCE", "Value is not snowflake.");
            }
        }
    }
    Some(Allowed::from_json(allowed))
}

fn reference(body: &Value, path: &str, errors: &mut FormErrors) -> Option<ReferenceForm> {
    let reference = body.get("message_reference").filter(|value| !value.is_null())?;
    let message = match reference["message_id"].as_str().map(str::parse) {
        Some(Ok(id)) => Some(id),
        Some(Err(_)) => {
            errors.add(&format!("{path}.message_id"), "NUMBER_TYPE_COERCE", "Value is not snowflake.");
            None
        }
        None => {
            errors.required(&format!("{path}.message_id"));
            None
        }
    };
    let channel = reference["channel_id"].as_str().and_then(|id| id.parse().ok());
    let fail_if_not_exists = reference["fail_if_not_exists"].as_bool().unwrap_or(true);
    Some(ReferenceForm { message: message?, channel, fail_if_not_exists })
}
