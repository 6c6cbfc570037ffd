//! `/privacy`: what is stored about a member, shown in full, and erased.

use std::io::Write as _;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::future::BoxFuture;
use plotline_store::Export;
use serde_json::json;
use tokio::sync::Semaphore;

use super::context::Context;
use super::definition::{Command, Conduct, Leaf, Opt, OptKind, Sub};
use super::reply::{Outcome, Problem, Reply};
use super::{Action, Look, Meanwhile, button, custom_id, row};
use crate::discord::rest::{File, MessageBody, flag};
use crate::oversight::What;
use crate::say;

/// The confirmation.
const DELETE: &str = "forget";

/// One export is made at a time: each reads all that is stored about a member.
static EXPORTS: Semaphore = Semaphore::const_new(1);

/// An export waits so long for the one before it. One takes a second or two.
const WAIT_MAX: Duration = Duration::from_secs(60);

/// The most parts that anybody asks for: 80 GB.
const PARTS_MAX: i64 = 10_000;

/// A larger export is compressed. Discord takes 10 MiB of a file.
const PLAIN_BYTES_MAX: usize = 8 << 20;

/// The largest file that Discord takes.
const FILE_BYTES_MAX: usize = 10 << 20;

/// The command.
pub(super) fn command() -> Command {
    let part = Opt::new(
        "part",
        "Which part, where it is too much for one file (default: 1)",
        OptKind::Integer { min: 1, max: PARTS_MAX },
    );
    let subs = vec![
        Sub::new(
            "export",
            "All that I have stored about you, as a file that only you see",
            Leaf::new(export).with(part).changing(),
        ),
        Sub::new("delete", "Erase all text that I have stored about you, in all servers", Leaf::new(ask)),
    ];
    Command::group("privacy", "What I have stored about you", subs).anywhere()
}

/// The confirmation.
pub(super) fn actions() -> Vec<Action> {
    vec![Action { verb: DELETE, run: delete, meanwhile: Meanwhile::Message, conduct: Conduct::Changes }]
}

fn export(context: Context) -> BoxFuture<'static, Outcome> {
    Box::pin(async move {
        let part = context.integer("part")?.and_then(|part| u32::try_from(part).ok()).unwrap_or(1);
        let turn = tokio::time::timeout(WAIT_MAX, EXPORTS.acquire()).await;
        let Ok(_turn) = turn else { return Err(Problem::told(say::TRY_AGAIN)) };
        let Export { json: export, truncated } = context.store().privacy_export(context.user(), part).await?;
        let packed = tokio::task::spawn_blocking(move || {
            let text = serde_json::to_vec_pretty(&export).map_err(|error| error.to_string())?;
            if text.len() <= PLAIN_BYTES_MAX {
                return Ok(("plotline-my-data.json", text));
            }
            let mut packed = GzEncoder::new(Vec::new(), Compression::default());
            let packed = packed.write_all(&text).and_then(|()| packed.finish());
            packed.map(|packed| ("plotline-my-data.json.gz", packed)).map_err(|error| error.to_string())
        });
        let (name, bytes) =
            packed.await.map_err(|error| Problem::Internal(error.to_string()))?.map_err(Problem::Internal)?;
        if bytes.len() > FILE_BYTES_MAX {
            return Err(Problem::told(
                "There is more stored about you than Discord takes as one file. Please ask the operator for it.",
            ));
        }
        context.intake().oversight().done(What::Privacy, context.about(), json!({ "did": "export" }));
        let file = File { name: name.to_owned(), bytes: bytes.into(), description: None };
        let said = match (part, truncated) {
            (1, false) => "All that I have stored about you, in all servers.".to_owned(),
            (part, false) => format!("Part {part} of what I have stored about you, in all servers: the last one."),
            (part, true) => format!(
                "Part {part} of what I have stored about you, in all servers. There is more: `/privacy export part:{}`.",
                part + 1
            ),
        };
        Ok(Reply::ephemeral(said).with_file(file))
    })
}

fn ask(context: Context) -> BoxFuture<'static, Outcome> {
    Box::pin(async move {
        let confirm = button(Look::Danger, "Erase it", &custom_id(DELETE, [&context.user().to_string()]));
        Ok(Reply::ephemeral(
            "This erases all text of yours that I have stored, in all servers and at once: questions that failed, data behind your \
             charts (their buttons stop working), details of the audit log. Questions in progress end. I keep only ids, times and \
             counts, so that nothing is answered twice. Settings that you made in a server are that server's and stay in force there, without your \
             name. Messages in Discord stay; delete them there.",
        )
        .with_rows(vec![row(vec![confirm])]))
    })
}

fn delete(context: Context) -> BoxFuture<'static, Outcome> {
    Box::pin(async move {
        if context.number(0)? != context.user().0 {
            return Err(Problem::told(say::NOT_YOURS));
        }
        let erased = context.store().privacy_delete(context.user()).await?;
        context.worker().stop(&erased.cancelled, "privacy");
        context.intake().oversight().done(What::Privacy, context.about(), json!({ "did": "delete" }));
        let said = format!(
            "Done: the text of {} jobs, {} charts and {} audit entries is erased.",
            // This very command is a job as well, and none of those that the member asks about.
            erased.jobs.saturating_sub(1),
            erased.charts,
            erased.audit_entries
        );
        Ok(Reply::Update(MessageBody { flags: flag::EPHEMERAL, ..MessageBody::text(said) }))
    })
}
