//! `/usage`: what a member used, and for admins what the server used, as a chart of our own.

use futures_util::future::BoxFuture;
use plotline_chart::alt_text;
use plotline_chart::chart::Kind;
use plotline_chart::spec::{ChartSpec, Measure};
use plotline_draw::Renderer;
use plotline_store::{DayUsage, MemberUsage, Scope, Totals, Unit};

use super::context::Context;
use super::definition::{Command, Leaf, Opt, OptKind};
use super::reply::{Outcome, Problem, Reply};
use crate::discord::rest::File;
use crate::event::Permissions;
use crate::say;
use crate::settings::{InForce, Manner, Number};

/// Days that a report looks back, today included.
const DAYS: i64 = 30;

/// Members that the server's report names.
const MEMBERS: u32 = 5;

const DAY_MS: i64 = 86_400_000;

/// The command.
pub(super) fn command() -> Command {
    let whose =
        vec![("mine".to_owned(), "mine".to_owned()), ("this server's (for admins)".to_owned(), "server".to_owned())];
    let leaf = Leaf::new(usage).with(Opt::new("whose", "Whose use (default: mine)", OptKind::Choice(whose)));
    Command::slash("usage", "What was asked, and what it used", leaf).anywhere()
}

fn usage(context: Context) -> BoxFuture<'static, Outcome> {
    Box::pin(async move {
        let interaction = context.interaction();
        let admission = context.intake().admission();
        let in_force = admission.in_force(interaction.guild, interaction.channel, interaction.parent).await?;
        let now_ms = context.store().now_ms().await?;
        let today = (now_ms + i64::from(in_force.settings.manner.zone.offset_min(now_ms)) * 60_000).div_euclid(DAY_MS);
        let since = today - DAYS + 1;
        let currency = &admission.operator().currency;
        if context.text("whose")? != Some("server") {
            let days = context.store().usage_by_day(interaction.guild, Some(context.user()), since).await?;
            return Ok(Reply::ephemeral(mine(
                &days,
                today,
                &in_force,
                interaction.user.roles.as_deref().unwrap_or_default(),
                currency,
            )));
        }
        let guild = context.guild()?;
        if !context.may(Permissions::MANAGE_GUILD) {
            return Err(Problem::NotAllowed(say::NEEDS_MANAGE_SERVER));
        }
        let days = context.store().usage_by_day(Some(guild), None, since).await?;
        let members = context.store().usage_by_member(Some(guild), since, MEMBERS).await?;
        let said = servers(&days, &members, today, &in_force, currency);
        let manner = in_force.settings.manner;
        let drawn = tokio::task::spawn_blocking(move || draw(&days, since, today, &manner)).await;
        let file = drawn.map_err(|error| Problem::Internal(error.to_string()))?.map_err(Problem::Internal)?;
        Ok(Reply::ephemeral(said).with_file(file))
    })
}

fn mine(days: &[DayUsage], today: i64, in_force: &InForce, roles: &[crate::ids::RoleId], currency: &str) -> String {
    let mut lines = vec![report("Your use", days, today, currency)];
    let now = on(days, today);
    for quota in in_force.quotas(roles) {
        match (quota.scope, quota.questions) {
            (Scope::Member, Some(limit)) => lines.push(format!(
                "You have {} of your {} left today.",
                Number(limit.saturating_sub(now.questions) as f64),
                say::amount(Unit::Questions, limit, currency)
            )),
            (Scope::Role(role), Some(limit)) => {
                lines.push(format!(
                    "All with <@&{role}> share {} a day.",
                    say::amount(Unit::Questions, limit, currency)
                ));
            }
            _ => {}
        }
    }
    lines.join("\n")
}

fn servers(days: &[DayUsage], members: &[MemberUsage], today: i64, in_force: &InForce, currency: &str) -> String {
    let mut lines = vec![report("This server's use", days, today, currency)];
    let now = on(days, today);
    let budget = in_force.settings.budget;
    for (unit, limit, used) in [
        (Unit::Questions, in_force.caps.per_server, now.questions),
        (Unit::Tokens, budget.tokens, now.tokens),
        (Unit::Micros, budget.micros, now.micros),
    ] {
        if let Some(limit) = limit {
            let percent = if limit == 0 { 100.0 } else { (used as f64 * 100.0 / limit as f64).round() };
            lines.push(format!("Today's limit of {}: {percent} % used.", say::amount(unit, limit, currency)));
        }
    }
    let named: Vec<String> = members
        .iter()
        .map(|member| {
            format!("<@{}> {}", member.member, say::amount(Unit::Questions, member.totals.questions, currency))
        })
        .collect();
    if !named.is_empty() {
        lines.push(format!("Most asked: {}.", named.join(", ")));
    }
    lines.join("\n")
}

fn on(days: &[DayUsage], day: i64) -> Totals {
    days.iter().find(|usage| usage.day == day).map(|usage| usage.totals).unwrap_or_default()
}

fn report(whose: &str, days: &[DayUsage], today: i64, currency: &str) -> String {
    let mut sum = Totals::default();
    for DayUsage { totals, .. } in days {
        sum.questions += totals.questions;
        sum.model_calls += totals.model_calls;
        sum.tokens_in += totals.tokens_in;
        sum.tokens_out += totals.tokens_out;
        sum.micros += totals.micros;
    }
    let said = |name: &str, totals: &Totals| {
        let mut text = format!(
            "{name}: {}, {}",
            say::amount(Unit::Questions, totals.questions, currency),
            say::amount(Unit::Tokens, totals.tokens_in + totals.tokens_out, currency)
        );
        if totals.micros > 0 {
            text.push_str(&format!(", {}", say::amount(Unit::Micros, totals.micros, currency)));
        }
        text
    };
    format!("**{whose}**\n{}\n{}", said("Today", &on(days, today)), said(&format!("In {DAYS} days"), &sum))
}

/// The questions of each day as a bar chart; days without any are there as such.
fn draw(days: &[DayUsage], since: i64, today: i64, manner: &Manner) -> Result<File, String> {
    let mut table = String::from("Day,Questions\n");
    for day in since..=today {
        let date = chrono::DateTime::from_timestamp_millis(day.saturating_mul(DAY_MS)).unwrap_or_default();
        table.push_str(&format!("{},{}\n", date.format("%Y-%m-%d"), on(days, day).questions));
    }
    let reading = plotline_table::read_file("usage.csv", table.as_bytes(), &plotline_table::Limits::default(), None)
        .map_err(|error| error.to_string())?;
    let table = reading.tables.into_iter().next().ok_or("the table of the use was not read")?.table;
    let mut spec = ChartSpec::new(Kind::Bar).with_x("Day").with_y(Measure::rows("Questions"));
    spec.title = Some(format!("Questions in the last {DAYS} days"));
    let resolved = manner.look.resolve(&spec, &table).map_err(|error| error.to_string())?;
    let png = Renderer::new().png(&resolved.chart, &manner.look.canvas()).map_err(|error| error.to_string())?;
    Ok(File { name: "usage.png".to_owned(), bytes: png.into(), description: Some(alt_text(&resolved)) })
}
