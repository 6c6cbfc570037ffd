//! `/audit`: what happened, newest first, in pages.

use futures_util::future::BoxFuture;
use plotline_store::{AuditEntry, AuditFilter, Refusal};
use serde_json::Value as Json;

use super::context::Context;
use super::definition::{Audience, Command, Conduct, Leaf, Opt, OptKind};
use super::reply::{Outcome, Problem, Reply};
use super::{Action, Look, Meanwhile, button, custom_id, row};
use crate::event::Permissions;
use crate::ids::UserId;
use crate::oversight::What;
use crate::say;
use crate::settings::{self, Key};

/// Another page.
const PAGE: &str = "audit";

/// Entries of one page; with the longest texts they fit a message.
const PAGE_ENTRIES: usize = 10;

/// How far back one may ask, in hours.
const SPANS: [(&str, u64); 4] =
    [("the last hour", 1), ("the last day", 24), ("the last week", 168), ("the last 30 days", 720)];

/// The command.
pub(super) fn command() -> Command {
    let kinds = What::ALL.iter().map(|what| (what.label().to_owned(), what.code().to_owned())).collect();
    let spans = SPANS.iter().map(|(label, hours)| ((*label).to_owned(), hours.to_string())).collect();
    let leaf = Leaf::new(audit)
        .with(Opt::new("kind", "Only entries of this kind", OptKind::Choice(kinds)))
        .with(Opt::new("member", "Only entries about this member", OptKind::User))
        .with(Opt::new("since", "Only entries of this time", OptKind::Choice(spans)));
    Command::slash("audit", "What happened: duplicates, refusals, changes, failures", leaf).only_for(Audience::Managers)
}

/// The pages.
pub(super) fn actions() -> Vec<Action> {
    vec![Action { verb: PAGE, run: turn, meanwhile: Meanwhile::Message, conduct: Conduct::Shows }]
}

fn audit(context: Context) -> BoxFuture<'static, Outcome> {
    Box::pin(async move {
        let kind = context.text("kind")?.and_then(What::named);
        let member = context.member("member")?.map(|(id, _)| id);
        let hours = context.text("since")?.and_then(|hours| hours.parse::<u64>().ok());
        let since_s = match hours {
            Some(hours) => context.store().now_ms().await? / 1000 - hours.cast_signed().saturating_mul(3600),
            None => 0,
        };
        page(&context, kind, member, since_s, None).await
    })
}

fn turn(context: Context) -> BoxFuture<'static, Outcome> {
    Box::pin(async move {
        if !context.may(Permissions::MANAGE_GUILD) {
            return Err(Problem::NotAllowed(say::NEEDS_MANAGE_SERVER));
        }
        let kind = What::named(context.argument(0)?);
        let member = Some(context.number(1)?).filter(|id| *id != 0).map(UserId);
        let since_s = i64::try_from(context.number(2)?).unwrap_or(0);
        let before = i64::try_from(context.number(3)?).ok().filter(|id| *id != 0);
        match page(&context, kind, member, since_s, before).await? {
            Reply::Message(body) => Ok(Reply::Update(body)),
            reply => Ok(reply),
        }
    })
}

async fn page(
    context: &Context,
    kind: Option<What>,
    member: Option<UserId>,
    since_s: i64,
    before: Option<i64>,
) -> Outcome {
    let filter = AuditFilter {
        guild_id: Some(context.guild()?),
        kind: kind.map(|kind| kind.code().to_owned()),
        member_id: member,
        since_ms: Some(since_s.saturating_mul(1000)),
        before_id: before,
    };
    // One more than is shown tells whether there is another page.
    let mut entries = context.store().audit_page(&filter, PAGE_ENTRIES as u32 + 1).await?;
    let more = entries.len() > PAGE_ENTRIES;
    entries.truncate(PAGE_ENTRIES);
    if entries.is_empty() {
        return Ok(Reply::ephemeral("The audit log has no such entries."));
    }
    let lines: Vec<String> = entries.iter().map(|entry| cut(&line(entry))).collect();
    let mut buttons = Vec::new();
    let code = kind.map_or("", What::code);
    let member = member.map_or(0, |member| member.0).to_string();
    let name = |before: i64| custom_id(PAGE, [code, &member, &since_s.to_string(), &before.to_string()]);
    if before.is_some() {
        buttons.push(button(Look::Secondary, "Newest", &name(0)));
    }
    if let Some(last) = entries.last().filter(|_| more) {
        buttons.push(button(Look::Secondary, "Older", &name(last.id)));
    }
    let reply = Reply::ephemeral(lines.join("\n"));
    Ok(if buttons.is_empty() { reply } else { reply.with_rows(vec![row(buttons)]) })
}

/// Of a page's 2000 characters each entry has its share.
fn cut(line: &str) -> String {
    const CHARS_MAX: usize = 190;
    if line.chars().count() <= CHARS_MAX {
        return line.to_owned();
    }
    line.chars().take(CHARS_MAX - 1).chain(['…']).collect()
}

/// An entry, in one line: when, what, about whom, where, and the detail.
pub(super) fn line(entry: &AuditEntry) -> String {
    let what = What::named(&entry.what.kind);
    let mut line =
        format!("<t:{}:f> **{}**", entry.at_ms / 1000, what.map_or(entry.what.kind.as_str(), |what| what.label()));
    if let Some(member) = entry.what.member_id {
        line.push_str(&format!(" <@{member}>"));
    }
    if let Some(channel) = entry.what.channel_id {
        line.push_str(&format!(" in <#{channel}>"));
    }
    let detail = detail(entry);
    if !detail.is_empty() {
        line.push_str(&format!(": {detail}"));
    }
    line
}

/// The detail of an entry, in words. Empty where it was erased or there is none.
pub(super) fn detail(entry: &AuditEntry) -> String {
    let Some(detail) = entry.what.detail.as_ref().map(|detail| &detail.0) else { return String::new() };
    let seconds = |name: &str| detail[name].as_i64().map(|ms| format!("{:.1} s", ms as f64 / 1000.0));
    match What::named(&entry.what.kind) {
        Some(What::Config) => {
            let name = detail["key"].as_str().unwrap_or_default();
            let shown = |value: Option<&Json>| match (value, Key::named(name)) {
                (None, _) => "the default".to_owned(),
                (Some(value), Some(key)) => settings::show(key.spec(), value),
                (Some(_), None) => "a value".to_owned(),
            };
            let before = shown(entry.before.as_ref().map(|before| &before.0));
            format!("`{}` {before} → {}", name.replace('`', "'"), shown(detail.get("after")))
        }
        Some(What::DuplicateLedger) => {
            let state = detail["state"].as_str().unwrap_or_default();
            seconds("age_ms").map_or_else(String::new, |age| format!("{age} after the first, which was {state}"))
        }
        Some(What::ConcurrentRun) => match seconds("running_ms") {
            Some(running) => format!("the first had been running for {running}"),
            None => "too many at once".to_owned(),
        },
        Some(What::NotAllowed) if detail["command"].is_string() => {
            format!("`{}`", detail["command"].as_str().unwrap_or_default().replace('`', "'"))
        }
        Some(What::Cooldown | What::Quota | What::NotAllowed) => serde_json::from_value::<Refusal>(detail.clone())
            .map(|refusal| refusal_in_short(&refusal))
            .unwrap_or_default(),
        Some(What::Failed) => format!("`{}`", detail["reason"].as_str().unwrap_or_default()),
        Some(What::Recovered) => format!("taken over while {}", detail["state"].as_str().unwrap_or_default()),
        Some(What::Thread | What::Privacy | What::Operator) => detail["did"].as_str().unwrap_or_default().to_owned(),
        Some(What::DuplicateGate1 | What::DuplicateGate2) | None => String::new(),
    }
}

fn refusal_in_short(refusal: &Refusal) -> String {
    use plotline_store::Scope;
    match refusal {
        Refusal::Cooldown { retry_after_ms } => format!("{:.0} s too early", (*retry_after_ms as f64 / 1000.0).ceil()),
        Refusal::Quota { scope, unit, limit, .. } => {
            let whose = match scope {
                Scope::Everyone => "of all servers".to_owned(),
                Scope::Guild => "of the server".to_owned(),
                Scope::Role(role) => format!("of <@&{role}>"),
                Scope::Member => "of the member".to_owned(),
            };
            format!("{} a day {whose}", say::amount(*unit, *limit, "in money"))
        }
        other => other.code().replace('_', " "),
    }
}
