//! Discord's error bodies: `{"code", "message", "errors"}` with the codes of its published list.

use std::time::Duration;

use serde_json::{Map, Value, json};

/// An error as Discord answers it. People's actions fail with the same codes as a bot's requests.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{status}: {message} (code {code})")]
pub struct ApiError {
    /// HTTP status.
    pub status: u16,
    /// Discord's JSON error code, 0 when there is none for the case.
    pub code: u32,
    /// Discord's wording.
    pub message: String,
    /// Which field of the form is wrong and why, as a tree that follows the form.
    pub errors: Option<Value>,
    /// Seconds to wait, for the errors that are limits on rate.
    pub retry_after_s: Option<f64>,
}

impl ApiError {
    /// An error without form details.
    pub(crate) fn new(status: u16, code: u32, message: &str) -> Self {
        Self { status, code, message: message.to_owned(), errors: None, retry_after_s: None }
    }

    /// HTTP 429 with the time to wait, to the millisecond.
    pub(crate) fn rate_limited(retry_after: Duration) -> Self {
        let seconds = (retry_after.as_secs_f64() * 1000.0).ceil() / 1000.0;
        Self { retry_after_s: Some(seconds), ..Self::new(429, 0, "You are being rate limited.") }
    }

    /// One wrong field, named by its dotted path.
    pub(crate) fn form(path: &str, code: &str, message: &str) -> Self {
        let mut errors = FormErrors::default();
        errors.add(path, code, message);
        errors.into_error()
    }

    /// The JSON body of the answer.
    #[must_use]
    pub fn body(&self) -> Value {
        let mut body = json!({"message": self.message, "code": self.code});
        if let Some(errors) = &self.errors {
            body["errors"] = errors.clone();
        }
        if let Some(seconds) = self.retry_after_s {
            body["retry_after"] = json!(seconds);
            body["global"] = json!(false);
        }
        body
    }
}

macro_rules! api_errors {
    ($($name:ident = $status:literal, $code:literal, $message:literal;)*) => {
        /// The errors of Discord's list that the simulator answers with.
        impl ApiError {
            $(
                #[doc = concat!("HTTP ", $status, ", code ", $code, ": ", $message)]
                pub(crate) fn $name() -> Self {
                    Self::new($status, $code, $message)
                }
            )*
        }
    };
}

api_errors! {
    unauthorized = 401, 0, "401: Unauthorized";
    not_found = 404, 0, "404: Not Found";
    method_not_allowed = 405, 0, "405: Method Not Allowed";
    unknown_application = 404, 10002, "Unknown Application";
    unknown_channel = 404, 10003, "Unknown Channel";
    unknown_guild = 404, 10004, "Unknown Guild";
    unknown_member = 404, 10007, "Unknown Member";
    unknown_message = 404, 10008, "Unknown Message";
    unknown_role = 404, 10011, "Unknown Role";
    unknown_user = 404, 10013, "Unknown User";
    unknown_emoji = 400, 10014, "Unknown Emoji";
    unknown_webhook = 404, 10015, "Unknown Webhook";
    unknown_interaction = 404, 10062, "Unknown interaction";
    unknown_command = 404, 10063, "Unknown application command";
    too_many_reactions = 400, 30010, "Maximum number of reactions reached (20)";
    too_many_commands = 400, 30032, "Maximum number of application commands reached (100).";
    old_message_edits = 429, 30046, "Maximum number of edits to messages older than 1 hour reached. Try again later.";
    entity_too_large = 413, 40005, "Request entity too large";
    already_acknowledged = 400, 40060, "Interaction has already been acknowledged.";
    too_many_follow_ups = 400, 40094, "This interaction has reached the maximum number of follow up messages";
    missing_access = 403, 50001, "Missing Access";
    cannot_execute_on_dm = 400, 50003, "Cannot execute action on a DM channel";
    cannot_edit_other_user = 403, 50005, "Cannot edit a message authored by another user";
    empty_message = 400, 50006, "Cannot send an empty message";
    cannot_message_user = 403, 50007, "Cannot send messages to this user";
    missing_permissions = 403, 50013, "Missing Permissions";
    bulk_delete_count = 400, 50016, "Provided too few or too many messages to delete. Must provide at least 2 and fewer than 100 messages to delete.";
    system_message = 403, 50021, "Cannot execute action on a system message";
    wrong_channel_type = 400, 50024, "Cannot execute action on this channel type";
    invalid_webhook_token = 401, 50027, "Invalid Webhook Token";
    bulk_delete_age = 400, 50034, "You can only bulk delete messages that are under 14 days old.";
    file_too_large = 400, 50045, "File uploaded exceeds the maximum size";
    thread_archived = 400, 50083, "Thread is archived";
    invalid_json = 400, 50109, "The request body contains invalid JSON.";
    reply_without_history = 400, 160002, "Cannot reply without permission to read message history";
    thread_already_created = 400, 160004, "A thread has already been created for this message";
    thread_locked = 400, 160005, "Thread is locked";
    too_many_threads = 400, 160006, "Maximum number of active threads reached";
}

/// The wrong fields of one form, collected so that one answer names them all.
#[derive(Debug, Default)]
pub(crate) struct FormErrors {
    root: Map<String, Value>,
}

impl FormErrors {
    /// Notes that the field at the dotted `path` (`embeds.0.title`) is wrong.
    pub(crate) fn add(&mut self, path: &str, code: &str, message: &str) {
        let mut node = &mut self.root;
        for part in path.split('.').filter(|part| !part.is_empty()) {
            let child = node.entry(part).or_insert_with(|| Value::Object(Map::new()));
            if !child.is_object() {
                *child = Value::Object(Map::new());
            }
            let Value::Object(map) = child else { return };
            node = map;
        }
        let list = node.entry("_errors").or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(list) = list {
            list.push(json!({"code": code, "message": message}));
        }
    }

    /// Notes a required field that is missing.
    pub(crate) fn required(&mut self, path: &str) {
        self.add(path, "BASE_TYPE_REQUIRED", "This field is required");
    }

    /// Notes a text or list that is too long.
    pub(crate) fn max_length(&mut self, path: &str, max: usize) {
        self.add(path, "BASE_TYPE_MAX_LENGTH", &format!("Must be {max} or fewer in length."));
    }

    /// Notes a text or list whose length is out of range.
    pub(crate) fn bad_length(&mut self, path: &str, min: usize, max: usize) {
        self.add(path, "BASE_TYPE_BAD_LENGTH", &format!("Must be between {min} and {max} in length."));
    }

    /// Notes a value of the wrong JSON type.
    pub(crate) fn wrong_type(&mut self, path: &str, wanted: &str) {
        self.add(path, "MODEL_TYPE_CONVERT", &format!("Value must be a {wanted}."));
    }

    /// True while nothing is wrong.
    pub(crate) fn is_empty(&self) -> bool {
        self.root.is_empty()
    }

    /// `Err` with code 50035 when something is wrong.
    pub(crate) fn check(self) -> Result<(), ApiError> {
        if self.is_empty() { Ok(()) } else { Err(self.into_error()) }
    }

    fn into_error(self) -> ApiError {
        ApiError {
            status: 400,
            code: 50035,
            message: "Invalid Form Body".to_owned(),
            errors: Some(Value::Object(self.root)),
            retry_after_s: None,
        }
    }
}
