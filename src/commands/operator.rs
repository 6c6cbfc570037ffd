//! `/operator`: the kill switch, for the operator's accounts, in the operator's server.

use futures_util::future::BoxFuture;
use serde_json::{Value as Json, json};

use super::context::Context;
use super::definition::{Audience, Command, Leaf, Sub};
use super::reply::{Outcome, Reply};
use crate::admission::PAUSED;
use crate::oversight::What;
use crate::say;

/// The command.
pub(super) fn command() -> Command {
    let subs = vec![
        Sub::new(
            "pause",
            "Stop answering, in all servers and processes; no model call begins any more",
            Leaf::new(pause).changing(),
        ),
        Sub::new("resume", "Answer again", Leaf::new(resume).changing()),
        Sub::new("status", "Whether I am paused, what waits, and what was used today", Leaf::new(status)),
    ];
    Command::group("operator", "For my operator", subs).only_for(Audience::Operator)
}

fn pause(context: Context) -> BoxFuture<'static, Outcome> {
    Box::pin(async move {
        let since_ms = context.store().now_ms().await?;
        let value = json!({ "by": context.user().to_string(), "since_ms": since_ms });
        context.store().set_operator_value(PAUSED, &value).await?;
        tracing::warn!(by = %context.user(), "the operator has paused the bot");
        context.intake().oversight().done(What::Operator, context.about(), json!({ "did": "pause" }));
        Ok(Reply::ephemeral("Paused: questions are refused in all servers. `/operator resume` ends it."))
    })
}

fn resume(context: Context) -> BoxFuture<'static, Outcome> {
    Box::pin(async move {
        context.store().set_operator_value(PAUSED, &Json::Null).await?;
        tracing::warn!(by = %context.user(), "the operator has resumed the bot");
        context.intake().oversight().done(What::Operator, context.about(), json!({ "did": "resume" }));
        Ok(Reply::ephemeral("I answer again."))
    })
}

fn status(context: Context) -> BoxFuture<'static, Outcome> {
    Box::pin(async move {
        let store = context.store();
        let paused = store.operator_value(PAUSED).await?.filter(|value| !value.is_null());
        let now_ms = store.now_ms().await?;
        let used = store.usage_of_everyone(now_ms.div_euclid(86_400_000)).await?;
        let operator = context.intake().admission().operator();
        let mut lines = vec![match paused {
            Some(paused) => format!(
                "**Paused** by <@{}> <t:{}:R>.",
                paused["by"].as_str().unwrap_or_default(),
                paused["since_ms"].as_i64().unwrap_or_default() / 1000
            ),
            None => "**Answering.**".to_owned(),
        }];
        lines.push(format!("Unfinished jobs: {}.", store.unfinished().await?));
        use plotline_store::Unit;
        let today = [
            (Unit::Questions, used.questions, operator.questions_per_day),
            (Unit::Tokens, used.tokens, operator.tokens_per_day),
            (Unit::Micros, used.micros, operator.micros_per_day),
        ]
        .map(|(unit, used, limit)| {
            let of =
                limit.map_or_else(String::new, |limit| format!(" of {}", say::amount(unit, limit, &operator.currency)));
            format!("{}{of}", say::amount(unit, used, &operator.currency))
        });
        lines.push(format!("Today (UTC): {}.", today.join(", ")));
        Ok(Reply::ephemeral(lines.join("\n")))
    })
}
