//! `plotline check`: each part on a line, with what to do.

use std::process::ExitCode;

use plotline_model::{Failure, Model, ModelError};
use plotline_store::{ConnectOptions, Dialect, Store};

use super::{FAILED, USAGE, print};
use crate::config::{AnswerConfig, Config, DiscordConfig, Env, StoreConfig};
use crate::discord::rest::{Rest, RestError};

/// What the bot needs in a server: View Channel, Send Messages, Embed Links, Attach Files, Read Message History, Add Reactions,
/// Create Public Threads, Send Messages in Threads.
/// Source: <https://discord.com/developers/docs/topics/permissions#permissions-bitwise-permission-flags>.
const PERMISSIONS: u64 = 1 << 10 | 1 << 11 | 1 << 14 | 1 << 15 | 1 << 16 | 1 << 6 | 1 << 35 | 1 << 38;

/// Checks everything that can be checked, also after a failure.
pub(super) async fn check(env: &Env) -> ExitCode {
    crate::tls();
    let mut worst = 0;
    match Config::from_env(env) {
        Ok(_) => print::line("ok    configuration"),
        Err(error) => {
            print::line(format_args!("wrong configuration: {error}"));
            worst = USAGE;
        }
    }
    let parts = [discord(env).await, database(env).await, model(env).await];
    for part in parts.into_iter().flatten() {
        match part {
            Ok(line) => print::line(format_args!("ok    {line}")),
            Err(line) => {
                print::line(format_args!("wrong {line}"));
                worst = worst.max(FAILED);
            }
        }
    }
    ExitCode::from(worst)
}

type Lines = Vec<Result<String, String>>;

async fn discord(env: &Env) -> Lines {
    // A setting that is missing or wrong has been told already.
    let Ok(config) = DiscordConfig::from_env(env) else { return Lines::new() };
    let rest = match Rest::new(config.api_base.clone(), config.token, config.timeout) {
        Ok(rest) => rest,
        Err(error) => return vec![Err(format!("Discord: the HTTP client could not be made ({error})."))],
    };
    let user = match rest.current_user().await {
        Ok(user) => user,
        Err(error) if error.is_unauthorized() => {
            return vec![Err("token: Discord does not accept DISCORD_TOKEN. Copy it again from the Developer Portal (Bot, Reset Token).".to_owned())];
        }
        Err(error) => {
            return vec![Err(format!(
                "Discord: {} does not answer as it should ({error}). Check the network and DISCORD_API_BASE.",
                config.api_base
            ))];
        }
    };
    let mut lines = vec![Ok(format!("token: this is {} ({})", user.username, user.id))];
    match application(&rest).await {
        Ok(more) => lines.extend(more),
        Err(error) => lines.push(Err(format!("Discord: the application could not be read ({error})."))),
    }
    lines
}

async fn application(rest: &Rest) -> Result<Lines, RestError> {
    let application = rest.current_application().await?;
    let gateway = rest.gateway_bot().await?;
    let limit = &gateway.session_start_limit;
    let content = if application.may_read_content() {
        "Message Content intent: granted"
    } else {
        "Message Content intent: not granted, so follow-ups in threads need a mention. Switch it on in the Developer Portal (Bot, Message Content Intent) if you want them answered without"
    };
    Ok(vec![
        Ok(content.to_owned()),
        Ok(format!("gateway: {} of {} connections left today", limit.remaining, limit.total)),
        Ok(format!(
            "invite: https://discord.com/oauth2/authorize?client_id={}&scope=bot+applications.commands&permissions={PERMISSIONS}",
            application.id
        )),
    ])
}

async fn database(env: &Env) -> Lines {
    let Ok(config) = StoreConfig::from_env(env) else { return Lines::new() };
    let line = match Store::connect(&config.url, &ConnectOptions::default()).await {
        Ok(store) => {
            let kind = match store.dialect() {
                Dialect::Sqlite => "SQLite",
                Dialect::Postgres => "Postgres",
            };
            let unfinished = store.unfinished().await.map_err(|error| format!("database: {error}"));
            store.close().await;
            unfinished.map(|unfinished| format!("database: {kind}, {unfinished} unfinished jobs"))
        }
        Err(error) => Err(format!("database: {error}")),
    };
    vec![line]
}

async fn model(env: &Env) -> Lines {
    let Ok(config) = AnswerConfig::from_env(env) else { return Lines::new() };
    let Some(config) = config.model else {
        return vec![Ok(
            "model: none (LLM_BASE_URL is not set), so the built-in answerer replies and charts are drawn without one"
                .to_owned(),
        )];
    };
    let model = match Model::new(config) {
        Ok(model) => model,
        Err(error) => return vec![Err(format!("model: {error}"))],
    };
    let check = match model.check().await {
        Ok(check) => check,
        Err(error) => return vec![Err(format!("model: {}", failed(&model, &error).await))],
    };
    let mut lines = vec![Ok(format!("model: {} answers after {} ms", check.model, check.first_event.as_millis()))];
    if !check.takes_tools {
        lines.push(Ok(format!(
            "model: {} takes no tools, so charts are decided by rules instead of by it",
            check.model
        )));
    }
    if check.key_exposed {
        lines
            .push(Err("model: LLM_BASE_URL is http on another machine, so the key can be read on the way; use https."
                .to_owned()));
    }
    lines
}

/// What to do about a model that does not answer, with the service's own words and the models that it has.
async fn failed(model: &Model, error: &ModelError) -> String {
    /// A longer list tells nobody more.
    const MODELS_SHOWN: usize = 20;
    let mut text = error.for_operator();
    if let Some(words) = error.service_message() {
        text.push_str(&format!(" The service says: {words}"));
    }
    if error.failure() == Failure::ModelUnknown
        && let Ok(models) = model.models().await
        && !models.is_empty()
    {
        text.push_str(&format!(" It has: {}", models.into_iter().take(MODELS_SHOWN).collect::<Vec<_>>().join(", ")));
    }
    text
}
