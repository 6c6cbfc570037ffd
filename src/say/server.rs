//! What a server's members and admins are told: refusals and alerts.

use plotline_store::{Denied, Refusal, Scope, Unit};

use crate::ids::GuildId;
use crate::oversight::Alert;
use crate::settings::Number;

/// The operator's switch is off.
pub const PAUSED: &str = "The operator has paused me. Please try again later.";

/// A moment as Discord shows it, counted down in the reader's own language. Rounded up, so that it is never too early.
pub fn moment(at_ms: i64) -> String {
    format!("<t:{}:R>", at_ms.div_euclid(1000) + i64::from(at_ms.rem_euclid(1000) > 0))
}

/// An amount of what is counted, in words.
pub fn amount(unit: Unit, amount: u64, currency: &str) -> String {
    match unit {
        Unit::Questions if amount == 1 => "1 question".to_owned(),
        Unit::Questions => format!("{} questions", Number(amount as f64)),
        Unit::Tokens => format!("{} tokens", Number(amount as f64)),
        Unit::Micros => format!("{} {currency}", Number(amount as f64 / 1e6)),
    }
}

/// Why a question is not answered, and when to try again.
pub fn refused(refusal: &Refusal, now_ms: i64) -> String {
    let again = refusal.retry_after_ms().map(|after| moment(now_ms.saturating_add(after)));
    let again = again.as_deref().unwrap_or("later");
    match refusal {
        Refusal::NotAllowed(Denied::Paused) => PAUSED.to_owned(),
        Refusal::NotAllowed(Denied::Channel) => {
            "I am not switched on in this channel. `/help` says where I answer.".to_owned()
        }
        Refusal::NotAllowed(Denied::Role) => "This server's admins have not switched me on for your roles.".to_owned(),
        Refusal::AlreadyRunning(existing) => {
            format!("This is already running, started {:.1} s ago.", existing.age_ms as f64 / 1000.0)
        }
        Refusal::Cooldown { .. } => format!("You have just asked something. You can ask again {again}."),
        Refusal::Quota { passing: true, .. } => format!(
            "What is left for today is held for questions that are being answered at the moment. You can ask again {again}."
        ),
        Refusal::Quota { scope, unit, limit, .. } => {
            let all = amount(*unit, *limit, "");
            let whose = match (scope, unit) {
                (Scope::Everyone, _) => "I have answered all that my operator allows for today.".to_owned(),
                (_, Unit::Micros) => "This server's budget for today is used up.".to_owned(),
                (Scope::Member, _) => format!("You have reached your limit for today ({all})."),
                (Scope::Role(role), _) => {
                    format!("All with <@&{role}> together have reached their limit for today ({all}).")
                }
                (Scope::Guild, _) => format!("This server has reached its limit for today ({all})."),
            };
            format!("{whose} You can ask again {again}.")
        }
        Refusal::TooManyRunning { scope: Scope::Member, .. } => {
            "Several of your questions are still being answered. Please ask again when they are done.".to_owned()
        }
        Refusal::TooManyRunning { .. } => {
            "Too many questions are being answered at the moment. Please ask again in a minute.".to_owned()
        }
    }
}

/// The reaction that says at a glance what [`refused`] says in words.
pub fn refused_emoji(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::NotAllowed(Denied::Paused) => "⏸️",
        Refusal::NotAllowed(_) => "🚫",
        Refusal::AlreadyRunning(_)
        | Refusal::Cooldown { .. }
        | Refusal::Quota { .. }
        | Refusal::TooManyRunning { .. } => "⏳",
    }
}

/// An alert.
pub fn alert(guild: GuildId, alert: &Alert, held_back: u64) -> String {
    let mut text = match alert {
        Alert::Failed { reason, channel, message: Some(message) } => format!(
            "⚠️ I could not answer https://discord.com/channels/{guild}/{channel}/{message}: `{reason}`. `/why` says more."
        ),
        Alert::Failed { reason, channel, message: None } => {
            format!("⚠️ I could not answer a command in <#{channel}>: `{reason}`.")
        }
        Alert::ConcurrentRun { running_ms } => format!(
            "⚠️ I refused a second run while the first was under way, started {:.1} s before.",
            *running_ms as f64 / 1000.0
        ),
        Alert::Budget { percent, unit, limit } => {
            let (what, of) = match unit {
                Unit::Micros => ("money", format!("{} a day", Number(*limit as f64 / 1e6))),
                unit => ("tokens", format!("{} a day", amount(*unit, *limit, ""))),
            };
            match percent {
                100 => format!(
                    "⚠️ The budget of {what} for today is used up ({of}). Questions are refused until it is renewed."
                ),
                percent => format!("⚠️ {percent} % of the budget of {what} for today is used ({of})."),
            }
        }
        Alert::ModelUnreachable { reason } => {
            format!("⚠️ The language model cannot be used at the moment: `{reason}`. Questions fail until it is back.")
        }
    };
    if held_back > 0 {
        text.push_str(&format!(" ({held_back} more of this kind since the last alert.)"));
    }
    text
}

/// What followed an alert of a kind.
pub fn more_alerts(kind: &str, held_back: u64) -> String {
    let (one, many) = match kind {
        "alert:failed" => ("question failed", "questions failed"),
        "alert:concurrent_run" => ("run was refused", "runs were refused"),
        "alert:model" => {
            ("question failed because of the language model", "questions failed because of the language model")
        }
        // A mark is told once, so one that was held back is one that could not be posted before. The log has no entries of them.
        kind => {
            let what = if kind.ends_with("money") { "money" } else { "tokens" };
            let mark = if kind.contains("_100_") { "used up" } else { "used to 80 % or more" };
            return format!("⚠️ The budget of {what} for today is {mark}. `/usage` shows how much is used.");
        }
    };
    let what = if held_back == 1 { one } else { many };
    format!("⚠️ {held_back} more {what} since the last alert. `/audit` lists them.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{ChannelId, JobId, MessageId, RoleId};
    use plotline_store::{Existing, State};

    #[test]
    fn each_refusal_is_short_and_says_when_to_try_again() {
        let quota = |scope, unit, limit| Refusal::Quota {
            scope,
            unit,
            limit,
            used: limit,
            passing: false,
            retry_after_ms: 3_600_000,
        };
        let held = Refusal::Quota {
            scope: Scope::Guild,
            unit: Unit::Tokens,
            limit: 9_000,
            used: 8_500,
            passing: true,
            retry_after_ms: 15_000,
        };
        let running =
            Existing { job: JobId(1), state: State::Answering, owner: "x".into(), claimed_ms: 0, age_ms: 3_240 };
        let said = [
            Refusal::NotAllowed(Denied::Channel),
            Refusal::NotAllowed(Denied::Role),
            Refusal::NotAllowed(Denied::Paused),
            Refusal::AlreadyRunning(running),
            Refusal::Cooldown { retry_after_ms: 1 },
            quota(Scope::Member, Unit::Questions, 1),
            quota(Scope::Role(RoleId(7)), Unit::Questions, 20),
            quota(Scope::Guild, Unit::Tokens, 5_000),
            quota(Scope::Guild, Unit::Micros, 5_000),
            quota(Scope::Everyone, Unit::Micros, 5_000),
            held,
            Refusal::TooManyRunning { scope: Scope::Member, limit: 2 },
            Refusal::TooManyRunning { scope: Scope::Guild, limit: 2 },
        ]
        .map(|refusal| format!("{} {}", refused_emoji(&refusal), refused(&refusal, 1_000_000)));
        insta::assert_snapshot!(said.join("\n"), @"
        🚫 I am not switched on in this channel. `/help` says where I answer.
        🚫 This server's admins have not switched me on for your roles.
        ⏸️ The operator has paused me. Please try again later.
        ⏳ This is already running, started 3.2 s ago.
        ⏳ You have just asked something. You can ask again <t:1001:R>.
        ⏳ You have reached your limit for today (1 question). You can ask again <t:4600:R>.
        ⏳ All with <@&7> together have reached their limit for today (20 questions). You can ask again <t:4600:R>.
        ⏳ This server has reached its limit for today (5,000 tokens). You can ask again <t:4600:R>.
        ⏳ This server's budget for today is used up. You can ask again <t:4600:R>.
        ⏳ I have answered all that my operator allows for today. You can ask again <t:4600:R>.
        ⏳ What is left for today is held for questions that are being answered at the moment. You can ask again <t:1015:R>.
        ⏳ Several of your questions are still being answered. Please ask again when they are done.
        ⏳ Too many questions are being answered at the moment. Please ask again in a minute.
        ");
    }

    #[test]
    fn alerts_say_what_happened_and_how_often() {
        let failed = |message| Alert::Failed { reason: "cut".into(), channel: ChannelId(2), message };
        let said = [
            alert(GuildId(1), &failed(Some(MessageId(3))), 0),
            alert(GuildId(1), &failed(None), 4),
            alert(GuildId(1), &Alert::ConcurrentRun { running_ms: 3_240 }, 0),
            alert(GuildId(1), &Alert::Budget { percent: 80, unit: Unit::Micros, limit: 2_500_000 }, 0),
            alert(GuildId(1), &Alert::Budget { percent: 100, unit: Unit::Tokens, limit: 9_000 }, 0),
            alert(GuildId(1), &Alert::ModelUnreachable { reason: "connect".into() }, 0),
            more_alerts("alert:failed", 1),
            more_alerts("alert:model", 12),
            more_alerts("alert:budget_80_tokens", 2),
            more_alerts("alert:budget_100_money", 1),
        ];
        insta::assert_snapshot!(said.join("\n"), @"
        ⚠️ I could not answer https://discord.com/channels/1/2/3: `cut`. `/why` says more.
        ⚠️ I could not answer a command in <#2>: `cut`. (4 more of this kind since the last alert.)
        ⚠️ I refused a second run while the first was under way, started 3.2 s before.
        ⚠️ 80 % of the budget of money for today is used (2.5 a day).
        ⚠️ The budget of tokens for today is used up (9,000 tokens a day). Questions are refused until it is renewed.
        ⚠️ The language model cannot be used at the moment: `connect`. Questions fail until it is back.
        ⚠️ 1 more question failed since the last alert. `/audit` lists them.
        ⚠️ 12 more questions failed because of the language model since the last alert. `/audit` lists them.
        ⚠️ The budget of tokens for today is used to 80 % or more. `/usage` shows how much is used.
        ⚠️ The budget of money for today is used up. `/usage` shows how much is used.
        ");
    }
}
