//! `/help`: what a member can do here, from the settings in force.

use futures_util::future::BoxFuture;
use plotline_store::{Scope, Unit};

use super::context::Context;
use super::definition::{Command, Leaf};
use super::reply::{Outcome, Reply};
use crate::event::{Permissions, PlaceKind};
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
        let mut lines = vec![how_to_ask(&context)];
        if paused {
            lines.push(say::PAUSED.to_owned());
        }
        if interaction.guild.is_some() {
            if interaction.bot_is_there {
                lines.extend(here(&context, &in_force));
            }
            lines.extend(limits(
                &in_force,
                interaction.user.roles.as_deref().unwrap_or_default(),
                &admission.operator().currency,
            ));
        }
        // `/why` looks up messages of the server, and is offered there alone.
        let why = if interaction.guild.is_some() && interaction.bot_is_there {
            " `/why` why a message got no answer,"
        } else {
            ""
        };
        lines
            .push(format!("`/usage` shows what you used,{why} `/privacy` what I have stored about you and erases it."));
        if context.may(Permissions::MANAGE_GUILD) {
            lines.push("For admins: `/config` changes all of this, `/audit` shows what happened.".to_owned());
        }
        Ok(Reply::ephemeral(lines.join("\n")))
    })
}

/// What a question takes: where the bot reads what is written, in its direct messages, and where it only hears of commands.
fn how_to_ask(context: &Context) -> String {
    const EXAMPLE: &str = "*bar chart of sales by region*";
    const CHART_THIS: &str = "`Chart this` in the Apps menu of a message draws its table.";
    let interaction = context.interaction();
    if !interaction.bot_is_there {
        return format!(
            "I do not see what is written here. Give `/ask` a question, or `/chart` a table and what you want to see: {EXAMPLE}. {CHART_THIS}"
        );
    }
    let first = match interaction.guild {
        Some(_) => format!("Mention me (<@{}>) with a question", context.intake().bot()),
        None => "Write me a question".to_owned(),
    };
    format!(
        "{first}, or paste a table and say what you want to see: {EXAMPLE}. `/ask` and `/chart` do the same; {CHART_THIS}"
    )
}

/// Where answers are given, and in which form.
fn here(context: &Context, in_force: &InForce) -> Vec<String> {
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
    // Only in a thread of the bot's own can a message be a question that does not name it.
    let follow_ups = match in_force.settings.follow_ups {
        FollowUps::All => "just write on to ask further",
        FollowUps::Mention => "mention me to ask further",
        FollowUps::Reply => "mention me or reply to me to ask further",
    };
    let interaction = context.interaction();
    let own_thread = context.places().is_thread_of(interaction.channel, context.intake().bot()) == Some(true);
    lines.push(match (interaction.place, in_force.settings.answer_in) {
        (PlaceKind::Thread, _) if own_thread => format!("I answer in this thread; {follow_ups}."),
        (PlaceKind::Text, AnswerIn::Thread) => format!("I answer in a thread of its own; there {follow_ups}."),
        (PlaceKind::Text, AnswerIn::Channel) => {
            "I answer in the channel; mention me or reply to me to ask further.".to_owned()
        }
        _ => "I answer right here; mention me or reply to me to ask further.".to_owned(),
    });
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
