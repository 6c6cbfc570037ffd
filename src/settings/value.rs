//! Values of settings: checked before they are kept, and shown to people.

use serde_json::{Value as Json, json};

use super::spec::{Kind, Spec};
use super::zone::Zone;

/// The most channels or roles that one setting may list. Discord has 500 channels and 250 roles in a server.
const LIST_MAX: usize = 500;

/// The most roles with a quota: each is a row that a claim locks.
const ROLE_QUOTAS_MAX: usize = 25;

/// Why a value cannot be kept: one sentence with what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` {problem}")]
pub struct Wrong {
    /// The setting, or whatever it was called.
    pub name: String,
    /// The rest of the sentence.
    pub problem: String,
}

impl Wrong {
    /// About a setting.
    pub fn new(name: &str, problem: impl Into<String>) -> Self {
        // What a file calls a setting is anybody's text.
        let name = name.chars().filter(|c| *c != '`').take(64).collect();
        Self { name, problem: problem.into() }
    }
}

/// Checks a value and brings it into the form in which it is kept.
///
/// # Errors
/// [`Wrong`].
pub fn check(spec: &Spec, value: &Json, models: &[String]) -> Result<Json, Wrong> {
    let wrong = |problem: String| Err(Wrong::new(spec.name, problem));
    match spec.kind {
        Kind::Choice(choices) => match value.as_str().and_then(|text| choices.iter().find(|c| c.value == text)) {
            Some(choice) => Ok(json!(choice.value)),
            None => wrong(format!("must be {}.", one_of(choices.iter().map(|choice| choice.value)))),
        },
        Kind::Integer { min, max, .. } => match whole(value).filter(|number| (min..=max).contains(number)) {
            Some(number) => Ok(json!(number)),
            None => wrong(format!("must be a whole number from {min} to {}.", Number(max as f64))),
        },
        Kind::Decimal { min, max } => match value.as_f64().filter(|number| (min..=max).contains(number)) {
            Some(number) => Ok(json!(number)),
            None => wrong(format!("must be a number from {min} to {max}.")),
        },
        Kind::Money { max } => match value.as_f64().filter(|number| (0.0..=max).contains(number)) {
            Some(number) => Ok(json!(number)),
            None => wrong(format!("must be an amount from 0 to {}.", Number(max))),
        },
        Kind::Channels | Kind::Roles => {
            let what = if matches!(spec.kind, Kind::Channels) { "channels" } else { "roles" };
            let ids = value.as_array().map(|ids| ids.iter().map(snowflake).collect::<Option<Vec<u64>>>());
            match ids {
                Some(Some(mut ids)) if ids.len() <= LIST_MAX => {
                    ids.sort_unstable();
                    ids.dedup();
                    Ok(ids.iter().map(u64::to_string).collect())
                }
                _ => wrong(format!("must be a list of at most {LIST_MAX} ids of {what}, each a text of digits.")),
            }
        }
        Kind::Channel => match snowflake(value) {
            Some(id) => Ok(json!(id.to_string())),
            None => wrong("must be the id of a channel, a text of digits.".to_owned()),
        },
        Kind::RoleQuotas { max } => {
            let quotas = value.as_object().filter(|quotas| quotas.len() <= ROLE_QUOTAS_MAX).and_then(|quotas| {
                let mut list = quotas
                    .iter()
                    .map(|(role, questions)| {
                        let role = snowflake(&json!(role))?;
                        Some((role, whole(questions).filter(|questions| *questions <= max)?))
                    })
                    .collect::<Option<Vec<_>>>()?;
                list.sort_unstable();
                Some(list)
            });
            match quotas {
                Some(quotas) => {
                    Ok(quotas.into_iter().map(|(role, questions)| (role.to_string(), json!(questions))).collect())
                }
                None => wrong(format!(
                    "must give at most {ROLE_QUOTAS_MAX} roles, by id, a number of questions from 0 to {}.",
                    Number(max as f64)
                )),
            }
        }
        Kind::Text { chars_max } => match value.as_str().map(str::trim) {
            Some(text) if !text.is_empty() && text.chars().count() <= chars_max => Ok(json!(text)),
            _ => wrong(format!("must be a text of 1 to {chars_max} characters.")),
        },
        Kind::Model => match value.as_str().filter(|name| models.iter().any(|model| model == name)) {
            Some(name) => Ok(json!(name)),
            None if models.is_empty() => wrong("cannot be set: the operator offers no language model.".to_owned()),
            None => wrong(format!("must be {}.", one_of(models.iter().map(String::as_str)))),
        },
        Kind::Zone => match value.as_str().and_then(Zone::named) {
            Some(zone) => Ok(json!(zone.name())),
            None => wrong("must be a time zone such as `Europe/Berlin`; type a city to find its own.".to_owned()),
        },
    }
}

/// A value as people read it, in Discord's Markdown: channels and roles as mentions, text cut.
pub fn show(spec: &Spec, value: &Json) -> String {
    /// Of a text, so many characters are shown; the whole is in the file of `/config export`.
    const TEXT_SHOWN: usize = 60;
    /// Of a list, so many entries are shown.
    const LIST_SHOWN: usize = 12;
    let list = |entries: Vec<String>| {
        let more = entries.len().saturating_sub(LIST_SHOWN);
        let mut shown = entries.into_iter().take(LIST_SHOWN).collect::<Vec<_>>().join(" ");
        match more {
            _ if shown.is_empty() => shown.push_str("none"),
            0 => {}
            more => shown.push_str(&format!(" and {more} more")),
        }
        shown
    };
    let ids = |mention: &str| {
        let ids = value.as_array().into_iter().flatten().filter_map(snowflake);
        list(ids.map(|id| format!("<{mention}{id}>")).collect())
    };
    match spec.kind {
        Kind::Choice(choices) => {
            let value = value.as_str().unwrap_or_default();
            choices.iter().find(|choice| choice.value == value).map_or(value, |choice| choice.label).to_owned()
        }
        Kind::Integer { unit, .. } => {
            let amount = value.as_f64().unwrap_or_default();
            let unit = if amount == 1.0 { unit.trim_end_matches('s') } else { unit };
            format!("{} {unit}", Number(amount))
        }
        Kind::Decimal { .. } | Kind::Money { .. } => Number(value.as_f64().unwrap_or_default()).to_string(),
        Kind::Channels => ids("#"),
        Kind::Roles => ids("@&"),
        Kind::Channel => snowflake(value).map_or_else(|| "none".to_owned(), |id| format!("<#{id}>")),
        Kind::RoleQuotas { .. } => list(
            value
                .as_object()
                .into_iter()
                .flatten()
                .map(|(role, questions)| format!("<@&{role}>: {}", Number(questions.as_f64().unwrap_or_default())))
                .collect(),
        ),
        Kind::Text { .. } => {
            let text = value.as_str().unwrap_or_default().replace(['`', '\n', '\r'], " ");
            let mut shown: String = text.chars().take(TEXT_SHOWN).collect();
            if shown.len() < text.len() {
                shown.push('…');
            }
            format!("`{shown}`")
        }
        Kind::Model | Kind::Zone => format!("`{}`", value.as_str().unwrap_or_default().replace('`', "'")),
    }
}

/// A number as people read it: groups of three digits, and no more of a fraction than there is, up to six digits.
#[derive(Clone, Copy, Debug)]
pub struct Number(pub f64);

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = format!("{:.6}", self.0);
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
        let mut grouped = String::new();
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        match fraction.trim_end_matches('0') {
            "" => write!(f, "{sign}{grouped}"),
            fraction => write!(f, "{sign}{grouped}.{fraction}"),
        }
    }
}

/// An id: digits as text, as Discord writes them.
pub(super) fn snowflake(value: &Json) -> Option<u64> {
    let text = value.as_str()?;
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten().filter(|id| *id != 0)
}

/// A whole number; also one that is written with a fraction of nothing, as some tools write them.
fn whole(value: &Json) -> Option<u64> {
    value.as_u64().or_else(|| {
        value
            .as_f64()
            .filter(|number| number.fract() == 0.0 && (0.0..9e15).contains(number))
            .map(|number| number as u64)
    })
}

fn one_of<'a>(values: impl Iterator<Item = &'a str>) -> String {
    /// More would not fit a message.
    const NAMED_MAX: usize = 25;
    let values: Vec<_> = values.take(NAMED_MAX).map(|value| format!("`{}`", value.replace('`', "'"))).collect();
    match values.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Key;

    fn checked(key: Key, value: Json) -> String {
        let models = ["small".to_owned(), "large".to_owned()];
        match check(key.spec(), &value, &models) {
            Ok(value) => format!("{value} → {}", show(key.spec(), &value)),
            Err(wrong) => wrong.to_string(),
        }
    }

    #[test]
    fn values_are_brought_into_one_form_and_shown() {
        let shown = [
            checked(Key::AnswerIn, json!("channel")),
            checked(Key::Cooldown, json!(3600.0)),
            checked(Key::Temperature, json!(0.25)),
            checked(Key::MoneyPerDay, json!(12.5)),
            checked(Key::ChannelsAllowed, json!(["9", "7", "9"])),
            checked(Key::RolesDenied, json!([])),
            checked(Key::AlertChannel, json!("77")),
            checked(Key::QuestionsPerRole, json!({"8": 1000, "5": 0})),
            checked(Key::SystemPrompt, json!("  Be `brief`.\nAlways. ")),
            checked(Key::Model, json!("large")),
            checked(Key::TimeZone, json!("asia/tokyo")),
        ]
        .join("\n");
        insta::assert_snapshot!(shown, @r#"
        "channel" → a reply in the channel
        3600 → 3,600 seconds
        0.25 → 0.25
        12.5 → 12.5
        ["7","9"] → <#7> <#9>
        [] → none
        "77" → <#77>
        {"5":0,"8":1000} → <@&5>: 0 <@&8>: 1,000
        "Be `brief`.\nAlways." → `Be  brief . Always.`
        "large" → `large`
        "Asia/Tokyo" → `Asia/Tokyo`
        "#);
    }

    #[test]
    fn a_wrong_value_is_one_sentence_that_says_what_would_be_right() {
        let shown = [
            checked(Key::AnswerIn, json!("dm")),
            checked(Key::Cooldown, json!(-1)),
            checked(Key::Cooldown, json!(1.5)),
            checked(Key::QuestionsPerMember, json!(1_000_001)),
            checked(Key::Temperature, json!("hot")),
            checked(Key::MoneyPerDay, json!(-0.01)),
            checked(Key::ChannelsAllowed, json!(["general"])),
            checked(Key::ChannelsAllowed, json!([12])),
            checked(Key::QuestionsPerRole, json!({"admins": 1})),
            checked(Key::SystemPrompt, json!("   ")),
            checked(Key::Model, json!("gpt-9")),
            checked(Key::TimeZone, json!("Atlantis")),
        ]
        .join("\n");
        insta::assert_snapshot!(shown, @"
        `answer_in` must be `thread` or `channel`.
        `cooldown_seconds` must be a whole number from 0 to 86,400.
        `cooldown_seconds` must be a whole number from 0 to 86,400.
        `questions_per_member` must be a whole number from 0 to 1,000,000.
        `temperature` must be a number from 0 to 2.
        `money_per_day` must be an amount from 0 to 1,000,000.
        `channels_allowed` must be a list of at most 500 ids of channels, each a text of digits.
        `channels_allowed` must be a list of at most 500 ids of channels, each a text of digits.
        `questions_per_role` must give at most 25 roles, by id, a number of questions from 0 to 1,000,000.
        `system_prompt` must be a text of 1 to 4000 characters.
        `model` must be `small` or `large`.
        `time_zone` must be a time zone such as `Europe/Berlin`; type a city to find its own.
        ");
    }

    #[test]
    fn numbers_are_grouped_and_keep_their_fraction() {
        let shown = [0.0, 7.0, 1234.0, 1_234_567.25, -1000.0, 0.000_001].map(|number| Number(number).to_string());
        assert_eq!(shown, ["0", "7", "1,234", "1,234,567.25", "-1,000", "0.000001"]);
    }
}
