//! `/config`: the settings of a server, in its admins' hands. Options, proposals and checks all come from [`SPECS`].

use futures_util::future::BoxFuture;
use plotline_store::{Change, Changed, GuildSettings, Others};
use serde_json::{Map, Value as Json, json};

use super::context::Context;
use super::definition::{Audience, Command, Conduct, Leaf, Opt, OptKind, Sub};
use super::pages::pages;
use super::reply::{Outcome, Problem, Reply};
use super::{Action, Look, Meanwhile, button, custom_id, row};
use crate::discord::rest::{Choice, File, Form, FormInput};
use crate::event::Permissions;
use crate::ids::{ChannelId, GuildId};
use crate::say;
use crate::settings::{self, Group, ImportError, Key, Kind, SPECS, Spec, Zone};

/// The form for a long text.
const TEXT_FORM: &str = "setting";
/// Another page of `/config show`.
const PAGE: &str = "settings";

/// Proposals that Discord shows.
const PROPOSALS_MAX: usize = 25;

/// Text and announcement channels: what messages can be sent to.
const WRITABLE: [u8; 2] = [0, 5];

/// Text, voice, announcement, stage and forum channels: where members write. Threads have the settings of their channel, and a category
/// is no place. Discord's description of its API knows no media channels (16) in this list.
const WRITTEN_IN: [u8; 5] = [0, 2, 5, 13, 15];

/// How often a change is made anew because others changed something at the same moment.
const ATTEMPTS_MAX: u32 = 20;

/// The command.
pub(super) fn command() -> Command {
    let channel = || Opt::new("channel", "Only this channel and its threads", OptKind::Channel(WRITTEN_IN.to_vec()));
    let setting = |description| Opt::new("setting", description, OptKind::Proposed);
    let mut subs = vec![Sub::new(
        "show",
        "What is set, to what, by whom and when",
        Leaf::new(show).with(setting("Only this one, with all there is to know")).with(channel()).completed_by(propose),
    )];
    subs.extend(SPECS.iter().map(|spec| {
        let mut leaf =
            Leaf::new(if matches!(spec.kind, Kind::Text { .. }) { open_form as super::Handler } else { set });
        leaf.options = options(spec);
        if spec.per_channel {
            leaf = leaf.with(channel());
        }
        // A form has to be the first answer; what it brings back is acknowledged first.
        leaf.conduct = if matches!(spec.kind, Kind::Text { .. }) { Conduct::Shows } else { Conduct::Changes };
        Sub::new(spec.name, spec.help, leaf.completed_by(propose)).in_group("set", "Change a setting")
    }));
    subs.push(Sub::new(
        "reset",
        "Back to the default",
        Leaf::new(reset).with(setting("Which").required()).with(channel()).completed_by(propose).changing(),
    ));
    subs.push(Sub::new("export", "All settings as a file", Leaf::new(export)));
    subs.push(Sub::new(
        "import",
        "Replace all settings by those of a file: the whole file, or nothing of it",
        Leaf::new(import).with(Opt::new("file", "What /config export gave you", OptKind::File).required()).changing(),
    ));
    Command::group("config", "The settings of this server", subs).only_for(Audience::Managers)
}

/// The form and the pages.
pub(super) fn actions() -> Vec<Action> {
    vec![
        Action { verb: TEXT_FORM, run: set_text, meanwhile: Meanwhile::Thinking(|_| true), conduct: Conduct::Changes },
        Action { verb: PAGE, run: turn, meanwhile: Meanwhile::Message, conduct: Conduct::Shows },
    ]
}

/// The typed options of a setting.
fn options(spec: &Spec) -> Vec<Opt> {
    let value = |kind| vec![Opt::new("value", "The new value", kind).required()];
    match spec.kind {
        Kind::Choice(choices) => value(OptKind::Choice(
            choices.iter().map(|choice| (choice.label.to_owned(), choice.value.to_owned())).collect(),
        )),
        Kind::Integer { min, max, .. } => value(OptKind::Integer { min: min as i64, max: max as i64 }),
        Kind::Decimal { min, max } => value(OptKind::Number { min, max }),
        Kind::Money { max } => value(OptKind::Number { min: 0.0, max }),
        Kind::Channel => value(OptKind::Channel(WRITABLE.to_vec())),
        Kind::Channels => vec![
            Opt::new("add", "Put this channel on the list", OptKind::Channel(WRITTEN_IN.to_vec())),
            Opt::new("remove", "Take this channel off the list", OptKind::Channel(WRITTEN_IN.to_vec())),
        ],
        Kind::Roles => vec![
            Opt::new("add", "Put this role on the list", OptKind::Role),
            Opt::new("remove", "Take this role off the list", OptKind::Role),
        ],
        Kind::RoleQuotas { max } => vec![
            Opt::new("role", "The role", OptKind::Role).required(),
            Opt::new(
                "value",
                "Questions a day; leave it out for no limit",
                OptKind::Integer { min: 0, max: max as i64 },
            ),
        ],
        Kind::Text { .. } => Vec::new(),
        Kind::Model | Kind::Zone => value(OptKind::Proposed),
    }
}

fn propose(context: Context) -> BoxFuture<'static, Outcome> {
    Box::pin(async move {
        let (focused, typed) = context.focused().unwrap_or_default();
        let choice = |shown: &str, sent: &str| Choice { name: shown.chars().take(100).collect(), value: json!(sent) };
        let typed = typed.to_lowercase();
        let choices = match (focused, Key::named(context.last_name()).map(|key| key.spec().kind)) {
            ("setting", _) => SPECS
                .iter()
                .filter(|spec| spec.name.contains(&typed) || spec.help.to_lowercase().contains(&typed))
                .take(PROPOSALS_MAX)
                .map(|spec| choice(&format!("{}: {}", spec.name, spec.help), spec.name))
                .collect(),
            ("value", Some(Kind::Model)) => {
                let models = context.intake().admission().operator().model_names();
                models
                    .iter()
                    .filter(|name| name.to_lowercase().contains(&typed))
                    .map(|name| choice(name, name))
                    .collect()
            }
            ("value", Some(Kind::Zone)) => {
                Zone::matching(&typed, PROPOSALS_MAX).into_iter().map(|name| choice(name, name)).collect()
            }
            _ => Vec::new(),
        };
        Ok(Reply::Choices(choices))
    })
}

/// The setting that an option names.
fn named(context: &Context) -> Result<Option<Key>, Problem> {
    let Some(name) = context.text("setting")? else { return Ok(None) };
    // What was typed over the proposals may be their text.
    let name = name.split(':').next().unwrap_or_default().trim();
    Key::named(name)
        .map(Some)
        .ok_or_else(|| Problem::told("There is no such setting. Pick one of the list that opens while you type."))
}

fn show(context: Context) -> BoxFuture<'static, Outcome> {
    Box::pin(async move {
        let guild = context.guild()?;
        let channel = context.channel("channel")?;
        match named(&context)? {
            Some(key) => {
                let stored = context.store().settings(guild).await?;
                Ok(Reply::ephemeral(one(&stored, channel, key.spec())))
            }
            None => page(&context, guild, channel, 0).await,
        }
    })
}

fn turn(context: Context) -> BoxFuture<'static, Outcome> {
    Box::pin(async move {
        if !context.may(Permissions::MANAGE_GUILD) {
            return Err(Problem::NotAllowed(say::NEEDS_MANAGE_SERVER));
        }
        let channel = Some(context.number(0)?).filter(|id| *id != 0).map(ChannelId);
        let number = usize::try_from(context.number(1)?).unwrap_or(0);
        match page(&context, context.guild()?, channel, number).await? {
            Reply::Message(body) => Ok(Reply::Update(body)),
            reply => Ok(reply),
        }
    })
}

/// All that there is to know about one setting.
fn one(stored: &GuildSettings, channel: Option<ChannelId>, spec: &Spec) -> String {
    let mut text = format!("{}\n{}", line(stored, channel, spec), spec.help);
    if spec.per_channel && channel.is_none() {
        let own = stored.iter().filter(|(place, key, _)| place.is_some() && *key == spec.name);
        let own = own
            .filter_map(|(place, _, setting)| Some(format!("<#{}>: {}", place?, settings::show(spec, &setting.value))));
        text.extend(own.take(10).map(|line| format!("\n- {line}")));
    }
    text
}

/// A setting with its value, default, and who changed it when.
fn line(stored: &GuildSettings, channel: Option<ChannelId>, spec: &Spec) -> String {
    let channel = channel.filter(|_| spec.per_channel);
    let default = spec.default_label();
    match stored.in_force(channel, spec.name) {
        None => format!("`{}` {default}", spec.name),
        Some(setting) => {
            let own = channel.is_some_and(|channel| stored.get(Some(channel), spec.name).is_some());
            let by = match setting.changed_by.0 {
                0 => "a member who had their data erased".to_owned(),
                id => format!("<@{id}>"),
            };
            format!(
                "`{}` **{}**{} (default: {default}; {by}, <t:{}:d>)",
                spec.name,
                settings::show(spec, &setting.value),
                if own { " in this channel" } else { "" },
                setting.changed_ms / 1000
            )
        }
    }
}

async fn page(context: &Context, guild: GuildId, channel: Option<ChannelId>, number: usize) -> Outcome {
    let stored = context.store().settings(guild).await?;
    let mut lines = Vec::new();
    for group in Group::ALL {
        lines.push(format!("### {}", group.title()));
        lines.extend(SPECS.iter().filter(|spec| spec.group == group).map(|spec| line(&stored, channel, spec)));
    }
    let mut channels: Vec<ChannelId> = stored.iter().filter_map(|(channel, ..)| channel).collect();
    channels.dedup();
    if channel.is_none() && !channels.is_empty() {
        let named: Vec<String> = channels.iter().take(20).map(|channel| format!("<#{channel}>")).collect();
        lines.push(format!("-# With settings of their own (`/config show` with `channel`): {}", named.join(" ")));
    }
    let pages = pages(lines);
    let number = number.min(pages.len().saturating_sub(1));
    let reply = Reply::ephemeral(pages.get(number).cloned().unwrap_or_default());
    if pages.len() < 2 {
        return Ok(reply);
    }
    let place = channel.map_or(0, |channel| channel.0).to_string();
    let mut buttons = Vec::new();
    if number > 0 {
        buttons.push(button(Look::Secondary, "Back", &custom_id(PAGE, [&place, &(number - 1).to_string()])));
    }
    if number + 1 < pages.len() {
        buttons.push(button(Look::Secondary, "More", &custom_id(PAGE, [&place, &(number + 1).to_string()])));
    }
    Ok(reply.with_rows(vec![row(buttons)]))
}

fn set(context: Context) -> BoxFuture<'static, Outcome> {
    Box::pin(async move {
        let spec = Key::named(context.last_name()).ok_or_else(|| Problem::told(say::UNKNOWN_COMMAND))?.spec();
        let channel = if spec.per_channel { context.channel("channel")? } else { None };
        change(&context, spec, channel, |current| {
            let value = given(&context, spec, current)?;
            // A list without entries is no list.
            let empty = value.as_array().is_some_and(Vec::is_empty) || value.as_object().is_some_and(Map::is_empty);
            Ok(Some(value).filter(|_| !empty))
        })
        .await
    })
}

/// What was given to a setting's options, as it is kept.
fn given(context: &Context, spec: &Spec, current: Option<&Json>) -> Result<Json, Problem> {
    let missing = || Problem::told("Give a value: nothing was changed.");
    let value = match spec.kind {
        Kind::Choice(_) | Kind::Model | Kind::Zone => context.text("value")?.map(Json::from),
        Kind::Integer { .. } => context.integer("value")?.map(Json::from),
        Kind::Decimal { .. } | Kind::Money { .. } => context.decimal("value")?.map(Json::from),
        Kind::Channel => context.channel("value")?.map(|id| json!(id.to_string())),
        Kind::Channels => {
            let (add, remove) = (context.channel("add")?, context.channel("remove")?);
            listed(current, add.map(|id| id.0), remove.map(|id| id.0))
        }
        Kind::Roles => {
            let (add, remove) = (context.role("add")?, context.role("remove")?);
            listed(current, add.map(|id| id.0), remove.map(|id| id.0))
        }
        Kind::RoleQuotas { .. } => {
            let role = context.role("role")?.ok_or_else(missing)?.to_string();
            let mut quotas = current.and_then(Json::as_object).cloned().unwrap_or_default();
            match context.integer("value")? {
                Some(questions) => quotas.insert(role, json!(questions)),
                None => quotas.remove(&role),
            };
            Some(quotas.into())
        }
        Kind::Text { .. } => None,
    };
    value.ok_or_else(missing)
}

/// A list with one entry more and one less; `None` where neither is given.
fn listed(current: Option<&Json>, add: Option<u64>, remove: Option<u64>) -> Option<Json> {
    add.or(remove)?;
    let mut list: Vec<Json> = current.and_then(Json::as_array).cloned().unwrap_or_default();
    let (add, remove) = (add.map(|id| json!(id.to_string())), remove.map(|id| json!(id.to_string())));
    list.retain(|entry| Some(entry) != remove.as_ref());
    list.extend(add);
    Some(list.into())
}

/// Makes one change, checked, and says what came of it. The value may depend on the present one; where an other admin changes something
/// at the same moment it is made anew, so that of two entries added to a list none is lost.
async fn change(
    context: &Context,
    spec: &Spec,
    channel: Option<ChannelId>,
    value: impl Fn(Option<&Json>) -> Result<Option<Json>, Problem>,
) -> Outcome {
    let guild = context.guild()?;
    let models = context.intake().admission().operator().model_names();
    let mut attempts = 0..ATTEMPTS_MAX;
    let changed = loop {
        if attempts.next().is_none() {
            return Err(Problem::told("The settings are being changed by others at the moment. Please try again."));
        }
        let stored = context.store().settings(guild).await?;
        let current = stored.get(channel, spec.name).map(|setting| &setting.value);
        let value = match value(current)?.map(|value| settings::check(spec, &value, &models)).transpose() {
            Ok(value) => value,
            Err(wrong) => return Err(Problem::told(format!("{wrong} Nothing was changed."))),
        };
        let change = Change { channel, key: spec.name.to_owned(), value };
        let made = context.store().change_settings_at(guild, context.user(), &[change], stored.version).await?;
        if let Some(changed) = made {
            break changed;
        }
    };
    let place = channel.map_or_else(String::new, |channel| format!(" in <#{channel}>"));
    let Some(Changed { before, after, .. }) = changed.first() else {
        return Ok(Reply::ephemeral(format!("`{}` is that already{place}; nothing was changed.", spec.name)));
    };
    let shown = |value: &Option<Json>| {
        value
            .as_ref()
            .map_or_else(|| format!("the default ({})", spec.default_label()), |value| settings::show(spec, value))
    };
    let (before, after) = (shown(before), shown(after));
    Ok(Reply::ephemeral(format!("`{}` is now {after}{place}; before it was {before}.", spec.name)))
}

fn open_form(context: Context) -> BoxFuture<'static, Outcome> {
    Box::pin(async move {
        let guild = context.guild()?;
        let spec = Key::named(context.last_name()).ok_or_else(|| Problem::told(say::UNKNOWN_COMMAND))?.spec();
        let Kind::Text { chars_max } = spec.kind else { return Err(Problem::told(say::UNKNOWN_COMMAND)) };
        let channel = context.channel("channel")?;
        let stored = context.store().settings(guild).await?;
        let current = stored.get(channel, spec.name).and_then(|setting| setting.value.as_str());
        let place = channel.map_or(0, |channel| channel.0).to_string();
        Ok(Reply::Form(Form {
            custom_id: custom_id(TEXT_FORM, [spec.name, &place]),
            title: "Change a setting".to_owned(),
            inputs: vec![FormInput {
                custom_id: "value".to_owned(),
                label: spec.name.to_owned(),
                paragraph: true,
                optional: true,
                length_max: chars_max as u16,
                placeholder: Some("Empty: back to the operator's".to_owned()),
                value: current.map(str::to_owned),
            }],
        }))
    })
}

fn set_text(context: Context) -> BoxFuture<'static, Outcome> {
    Box::pin(async move {
        // Who could open the form may have lost the permission while they wrote.
        if !context.may(Permissions::MANAGE_GUILD) {
            return Err(Problem::NotAllowed(say::NEEDS_MANAGE_SERVER));
        }
        let spec = Key::named(context.argument(0)?).ok_or_else(|| Problem::told(say::EXPIRED_COMPONENT))?.spec();
        let channel = Some(context.number(1)?).filter(|id| *id != 0).map(ChannelId);
        let text = context.field("value").map(str::trim).filter(|text| !text.is_empty());
        change(&context, spec, channel, |_| Ok(text.map(Json::from))).await
    })
}

fn reset(context: Context) -> BoxFuture<'static, Outcome> {
    Box::pin(async move {
        let key = named(&context)?.ok_or_else(|| Problem::told("Say which setting: nothing was changed."))?;
        change(&context, key.spec(), context.channel("channel")?, |_| Ok(None)).await
    })
}

fn export(context: Context) -> BoxFuture<'static, Outcome> {
    Box::pin(async move {
        let stored = context.store().settings(context.guild()?).await?;
        let file = File {
            name: "plotline-settings.json".to_owned(),
            bytes: settings::export(&stored).into(),
            description: None,
        };
        let said = "All settings that differ from their defaults. Give the file to `/config import` to have them back.";
        Ok(Reply::ephemeral(said).with_file(file))
    })
}

/// A file may name any channel, and the bot must not be made to write into another server.
async fn check_places(context: &Context, guild: GuildId, changes: &[Change]) -> Result<(), Problem> {
    let posted_in = changes
        .iter()
        .filter(|change| Key::named(&change.key).is_some_and(|key| matches!(key.spec().kind, Kind::Channel)));
    for change in posted_in {
        let id = change.value.as_ref().and_then(Json::as_str).and_then(|id| id.parse().ok()).map(ChannelId);
        let place = match id {
            Some(id) => context.places().find(id, context.rest()).await.ok(),
            None => None,
        };
        if place.is_none_or(|place| place.guild != Some(guild)) {
            return Err(Problem::told(format!(
                "Nothing was changed, since the file has mistakes:\n- `{}` must be a channel of this server that I can see.",
                change.key
            )));
        }
    }
    Ok(())
}

fn import(context: Context) -> BoxFuture<'static, Outcome> {
    Box::pin(async move {
        let guild = context.guild()?;
        let file = context.file("file")?.ok_or_else(|| Problem::told("Attach the file: nothing was changed."))?;
        let bytes = context.intake().fetcher().fetch(file).await;
        let bytes = bytes
            .map_err(|error| Problem::told(format!("The file could not be read: {error} Nothing was changed.")))?;
        let models = context.intake().admission().operator().model_names();
        let changes = settings::import(&bytes, &models).map_err(|error| match error {
            ImportError::Form(sentence) => Problem::told(format!("{sentence} Nothing was changed.")),
            ImportError::Values(_) => {
                Problem::told(format!("Nothing was changed, since the file has mistakes:\n{error}"))
            }
        })?;
        check_places(&context, guild, &changes).await?;
        let changed = context.store().change_settings(guild, context.user(), &changes, Others::Reset).await?;
        let said = match changed.len() {
            0 => "The file says what is in force already; nothing was changed.".to_owned(),
            1 => "1 setting was changed. `/audit kind:config` shows which.".to_owned(),
            more => format!("{more} settings were changed. `/audit kind:config` shows which."),
        };
        Ok(Reply::ephemeral(said))
    })
}
