//! `/help`: what a member can do here, from the settings in force.

use futures_util::future::BoxFuture;
use plotline_store::{Scope, Unit};

use super::context::Context;
use super::definition::{Command, Leaf};
use super::reply::{Outcome, Reply};
use crate::event::Permissions;
use crate::ids::ChannelId;
use crate::say;
use crate::settings::{AnswerIn, FollowUps, InForce, Number};

/// Channels that are named.
const CHANNELS_NAMED: usize = 8;

/// The command.
pub(super) fn command() -> Command {
    Command::slash("help", "What I can do here", Leaf::new(help)).anywhere()
}

fn help(context: Context) -> BoxFuture<'static, Outcome> {
    Box::pin(async move {
        let interaction = context.interaction();
        let admission = context.intake().admission();
        let in_force = admission.in_force(interaction.guild, interaction.channel, interaction.parent).await?;
        let paused = admission.paused().await?;
        let mut lines = vec![format!(
            "Mention me (<@{}>) with a question, or paste a table and say what you want to see: *bar chart of sales by region*. \
             `/ask` and `/chart` do the same; `Chart this` in the Apps menu of a message draws its table.",
            context.intake().bot()
        )];
        if paused {
            lines.push(say::PAUSED.to_owned());
        }
        if interaction.guild.is_some() {
            lines.extend(here(&in_force));
            lines.extend(limits(
                &in_force,
                interaction.user.roles.as_deref().unwrap_or_default(),
                &admission.operator().currency,
            ));
        }
        lines.push(
            "`/usage` shows what you used, `/why` why a message got no answer, `/privacy` what I have stored about you and erases it."
                .to_owned(),
        );
        if context.may(Permissions::MANAGE_GUILD) {
            lines.push("For admins: `/config` changes all of this, `/audit` shows what happened.".to_owned());
        }
        Ok(Reply::ephemeral(lines.join("\n")))
    })
}

/// Where answers are given, and in which form.
fn here(in_force: &InForce) -> Vec<String> {
    let access = &in_force.access;
    let named = |channels: &[ChannelId]| {
        let more = channels.len().saturating_sub(CHANNELS_NAMED);
        let mut named: Vec<String> =
            channels.iter().take(CHANNELS_NAMED).map(|channel| format!("<#{channel}>")).collect();
        if more > 0 {
            named.push(format!("and {more} more"));
        }
        named.join(" ")
    };
    let mut lines = Vec::new();
    if !access.channels_allowed.is_empty() {
        lines.push(format!("I answer in {}.", named(&access.channels_allowed)));
    }
    if !access.channels_denied.is_empty() {
        lines.push(format!("I do not answer in {}.", named(&access.channels_denied)));
    }
    let place = match in_force.settings.answer_in {
        AnswerIn::Thread => "I answer in a thread of its own",
        AnswerIn::Channel => "I answer in the channel",
    };
    let follow_ups = match in_force.settings.follow_ups {
        FollowUps::All => "there just write on to ask further",
        FollowUps::Mention => "mention me to ask further",
        FollowUps::Reply => "mention me or reply to me to ask further",
    };
    lines.push(format!("{place}; {follow_ups}."));
    lines
}

fn limits(in_force: &InForce, roles: &[crate::ids::RoleId], currency: &str) -> Vec<String> {
    let mut limits = Vec::new();
    if let Some(cooldown) = in_force.caps.cooldown {
        limits.push(format!("{} seconds between your questions", Number(cooldown.as_secs() as f64)));
    }
    for quota in in_force.quotas(roles) {
        let whose = match quota.scope {
            Scope::Member => "for you".to_owned(),
            Scope::Role(role) => format!("for all with <@&{role}>"),
            Scope::Guild | Scope::Everyone => "for all of this server".to_owned(),
        };
        let units = [(Unit::Questions, quota.questions), (Unit::Tokens, quota.tokens), (Unit::Micros, quota.micros)];
        for (unit, limit) in units {
            limits.extend(limit.map(|limit| format!("{} a day {whose}", say::amount(unit, limit, currency))));
        }
    }
    if limits.is_empty() { Vec::new() } else { vec![format!("Limits: {}.", limits.join("; "))] }
}
