//! A chart that is changed by its menu or buttons: drawn again in the same message, without a model.
//!
//! Two clicks at the same moment may run in two processes. Each applies its change to the newest version (a change of a version that is
//! no longer the newest changes nothing and is made again on the newer one), and each draws until what it has shown is the newest, so
//! that the last word is shown whatever edit lands last.

use plotline_draw::Renderer;
use plotline_store::{Chart, Content, HeldJob, State, Transition};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::surface::Surface;
use super::{Inner, Trouble};
use crate::commands::chart_rows;
use crate::discord::rest::{File, MessageBody, flag};
use crate::event::ReplyPath;
use crate::plotted::Plotted;
use crate::request::{Change, Request, Response};
use crate::say;

/// Others' clicks that a change gives way to, or draws after, before it leaves the rest to them.
const ROUNDS_MAX: u32 = 20;

/// A change as it was decided, kept in the ledger before it is made: so that after a crash it is not made twice.
#[derive(Debug, Serialize, Deserialize)]
struct Decided {
    /// The version that it changes.
    version: i64,
    /// What is shown from then on.
    shown: Value,
}

impl Inner {
    pub(super) async fn redraw(&self, held: &HeldJob, request: &Request, change: Change) -> Result<(), Trouble> {
        let Some(response) = &request.response else {
            return Err(Trouble::Unreadable("a change of a chart without its message".to_owned()));
        };
        let Some(surface) = self.response(held, response).await? else { return Err(Trouble::Expired) };
        if held.job.state < State::Placeholder {
            self.advance(&held.lease, &Transition::Placeholder { message_id: surface.message }).await?;
        }
        match self.change(held, &surface, change).await? {
            Ok(()) => self.show_newest(&surface).await?,
            Err(sentence) => {
                tracing::info!(job = %held.job.id, "a chart was not changed: it has expired, or its data do not allow it");
                self.whisper(held, response, &sentence).await;
            }
        }
        self.advance(&held.lease, &Transition::Delivered).await?;
        self.metrics.redraws.inc();
        tracing::info!(job = %held.job.id, author = %held.job.author_id, message = %surface.message, "a chart was changed");
        Ok(())
    }

    /// A word for the member alone, beside the message. Nothing depends on it.
    async fn whisper(&self, held: &HeldJob, response: &Response, sentence: &str) {
        let Some(token) = &held.job.interaction else { return };
        let path = ReplyPath { application: response.application, token: token.token.clone() };
        let body = MessageBody { flags: flag::EPHEMERAL, ..MessageBody::text(sentence) };
        if let Err(error) = self.rest.follow_up(&path, &body).await {
            tracing::debug!(job = %held.job.id, %error, "the member could not be told");
        }
    }

    /// Makes the change; or says why the chart does not take it.
    async fn change(&self, held: &HeldJob, surface: &Surface, change: Change) -> Result<Result<(), String>, Trouble> {
        let saved = self.store.job(held.job.id).await?.and_then(|job| job.answer);
        if let Some(decided) = saved.and_then(|saved| serde_json::from_value::<Decided>(saved.0).ok()) {
            // Where somebody has changed it since, this change was made before theirs, or has been overtaken by it.
            self.store.change_chart(surface.message, decided.version, &Content(decided.shown)).await?;
            return Ok(Ok(()));
        }
        for _ in 0..ROUNDS_MAX {
            let Some((version, plotted)) = self.newest(surface).await? else {
                return Ok(Err(say::EXPIRED_CHART.to_owned()));
            };
            let changed = tokio::task::spawn_blocking(move || plotted.changed(change)).await;
            let mut changed = match changed {
                Ok(Ok(changed)) => changed,
                Ok(Err(sentence)) => return Ok(Err(sentence)),
                Err(error) => return Err(Trouble::Unreadable(error.to_string())),
            };
            changed.shown.changed_by = held.job.id.0;
            let json = |value: serde_json::Result<Value>| value.map_err(|error| Trouble::Unreadable(error.to_string()));
            let decided = Decided { version, shown: json(serde_json::to_value(&changed.shown))? };
            self.store.save_answer(&held.lease, &Content(json(serde_json::to_value(&decided))?)).await?;
            if self.store.change_chart(surface.message, version, &Content(decided.shown)).await?.is_some() {
                return Ok(Ok(()));
            }
        }
        Ok(Err(say::TRY_AGAIN.to_owned()))
    }

    async fn newest(&self, surface: &Surface) -> Result<Option<(i64, Plotted)>, Trouble> {
        let chart = self.store.chart(surface.message).await?;
        Ok(chart.and_then(|Chart { version, spec, data, .. }| Some((version, Plotted::read(spec.0, &data)?))))
    }

    /// Shows the newest version, until no newer one has been made meanwhile.
    async fn show_newest(&self, surface: &Surface) -> Result<(), Trouble> {
        let mut shown = None;
        for _ in 0..ROUNDS_MAX {
            let Some((version, plotted)) = self.newest(surface).await? else { return Ok(()) };
            if shown == Some(version) {
                return Ok(());
            }
            let drawn = tokio::task::spawn_blocking(move || {
                let drawn = plotted.draw(&Renderer::new())?;
                Ok::<_, String>((drawn, chart_rows(&plotted), plotted.shown.captioned))
            });
            let Ok(Ok((drawn, rows, captioned))) = drawn.await else {
                return Err(Trouble::Unreadable("a chart that was drawn before".to_owned()));
            };
            let picture = File {
                name: format!("{}.png", drawn.chart.name),
                bytes: drawn.chart.png,
                description: Some(drawn.chart.alt),
            };
            let body = MessageBody {
                files: vec![picture],
                components: rows,
                keeps_text: !captioned,
                ..MessageBody::text(drawn.text)
            };
            surface.edit(&self.rest, &body).await?;
            self.metrics.charts.inc();
            shown = Some(version);
        }
        Ok(())
    }
}
