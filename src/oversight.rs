//! Oversight: what is written to the audit log, and what a server is told of in its alert channel.
//!
//! Neither holds up the work: entries wait in bounded queues, and what does not fit is counted and logged.

mod alerts;
mod audit;

use std::sync::Arc;

use plotline_store::{Existing, Job, Refusal, Scope, Spent, Store, Unit};
use serde_json::json;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use alerts::Alert;
pub use audit::What;

use crate::discord::rest::Rest;
use crate::event::Message;
use crate::ids::{ChannelId, GuildId, MessageId, UserId};
use crate::metrics::Metrics;
use crate::settings::{Budget, Settings};
use alerts::Alerts;
use audit::AuditLog;

/// What an entry or an alert is about.
#[derive(Clone, Copy, Debug, Default)]
pub struct About {
    /// The server.
    pub guild: Option<GuildId>,
    /// The channel.
    pub channel: Option<ChannelId>,
    /// The message.
    pub message: Option<MessageId>,
    /// The member.
    pub member: Option<UserId>,
    /// The job.
    pub job: Option<crate::ids::JobId>,
}

impl From<&Message> for About {
    fn from(message: &Message) -> Self {
        Self {
            guild: message.guild,
            channel: Some(message.channel),
            message: Some(message.id),
            member: Some(message.author.id),
            job: None,
        }
    }
}

impl From<&Job> for About {
    fn from(job: &Job) -> Self {
        Self {
            guild: job.guild_id,
            channel: Some(job.channel_id),
            message: job.message_id,
            member: Some(job.author_id),
            job: Some(job.id),
        }
    }
}

/// Records and alerts. Cheap to clone.
#[derive(Clone)]
pub struct Oversight {
    audit: AuditLog,
    alerts: Alerts,
    metrics: Arc<Metrics>,
}

impl Oversight {
    /// Starts the tasks that write and send. They go on until `shutdown`, and then write and send what is waiting, as long as the caller
    /// waits for `tasks`.
    pub fn start(
        store: Store,
        rest: Rest,
        metrics: Arc<Metrics>,
        tasks: &TaskTracker,
        shutdown: &CancellationToken,
    ) -> Self {
        let audit = AuditLog::start(store.clone(), tasks, shutdown);
        let alerts = Alerts::start(store, rest, tasks, shutdown);
        Self { audit, alerts, metrics }
    }

    /// Something arrived a second time and was dropped: by gate 1, by gate 2, or by the ledger with what it had.
    pub fn duplicate(&self, what: What, about: About, existing: Option<&Existing>) {
        let detail = existing.map(|job| json!({ "state": job.state, "age_ms": job.age_ms }));
        let job = existing.map(|existing| existing.job).or(about.job);
        self.audit.record(what, &About { job, ..about }, detail);
    }

    /// A limit refused a question.
    pub fn refused(&self, about: About, refusal: &Refusal, settings: &Settings) {
        self.metrics.refusals.inc();
        let detail = serde_json::to_value(refusal).ok();
        match refusal {
            Refusal::AlreadyRunning(existing) => {
                self.audit.record(
                    What::ConcurrentRun,
                    &about,
                    Some(json!({ "running_ms": existing.age_ms, "job": existing.job })),
                );
                self.alerts.raise(about.guild, Alert::ConcurrentRun { running_ms: existing.age_ms });
            }
            Refusal::TooManyRunning { .. } => self.audit.record(What::ConcurrentRun, &about, detail),
            Refusal::Cooldown { .. } => self.audit.record(What::Cooldown, &about, detail),
            Refusal::NotAllowed(_) => self.audit.record(What::NotAllowed, &about, detail),
            Refusal::Quota { scope, unit, passing, .. } => {
                self.audit.record(What::Quota, &about, detail);
                let spent = match unit {
                    Unit::Tokens => settings.budget.tokens,
                    Unit::Micros => settings.budget.micros,
                    Unit::Questions => None,
                };
                // What running jobs hold back is not spent, and most of it is given back in a moment.
                if let (Scope::Guild, Some(limit), false) = (scope, spent, *passing) {
                    self.alerts.raise(about.guild, Alert::Budget { percent: 100, unit: *unit, limit });
                }
            }
        }
    }

    /// A job ended with a sentence in place of an answer; `outage`: because the model's service is out of order for everybody.
    pub fn failed(&self, job: &Job, reason: &str, outage: bool) {
        self.audit.record(What::Failed, &About::from(job), Some(json!({ "reason": reason })));
        let alert = if outage {
            Alert::ModelUnreachable { reason: reason.to_owned() }
        } else {
            Alert::Failed { reason: reason.to_owned(), channel: job.channel_id, message: job.message_id }
        };
        self.alerts.raise(job.guild_id, alert);
    }

    /// A job of a process that ended, or lost it, was taken over.
    pub fn recovered(&self, job: &Job) {
        let detail = json!({ "state": job.state, "takeovers": job.takeovers, "model_calls": job.model_calls });
        self.audit.record(What::Recovered, &About::from(job), Some(detail));
    }

    /// A model call was paid for; tells when a budget is nearly or wholly used up.
    pub fn spent(&self, guild: Option<GuildId>, budget: Budget, spent: &Spent) {
        let used =
            [(Unit::Tokens, budget.tokens, spent.guild.tokens), (Unit::Micros, budget.micros, spent.guild.micros)];
        for (unit, limit, used) in used {
            let Some(limit) = limit.filter(|limit| *limit > 0) else { continue };
            let percent = u128::from(used) * 100 / u128::from(limit);
            if percent >= 100 {
                self.alerts.raise(guild, Alert::Budget { percent: 100, unit, limit });
            } else if percent >= 80 {
                self.alerts.raise(guild, Alert::Budget { percent: 80, unit, limit });
            }
        }
    }

    /// The operator, an admin or a member did something that is no setting.
    pub fn done(&self, what: What, about: About, detail: serde_json::Value) {
        self.audit.record(what, &about, Some(detail));
    }
}
