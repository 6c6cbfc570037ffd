//! The ledger's types.

use crate::db::Row;
use crate::error::StoreError;
use crate::limits::Refusal;
use crate::{ChannelId, GuildId, InteractionId, JobId, MessageId, ScheduleId, UserId};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::fmt;
use std::fs::File;
use std::sync::Arc;
use std::time::Duration;

/// What set a job off. The same source never makes a second job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source {
    /// A message that mentions the bot, replies to it or follows up in its thread.
    Message(MessageId),
    /// A slash command, component or modal.
    Interaction(InteractionId),
    /// One due time of a schedule.
    Schedule {
        /// The schedule.
        schedule: ScheduleId,
        /// Its due time, in milliseconds since 1970: one job for each (schedule, occurrence).
        occurrence_ms: i64,
    },
}

impl Source {
    /// The unique key in the ledger.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Source::Message(id) => format!("m:{id}"),
            Source::Interaction(id) => format!("i:{id}"),
            Source::Schedule { schedule, occurrence_ms } => format!("s:{schedule}:{occurrence_ms}"),
        }
    }

    fn from_key(key: &str) -> Result<Self, StoreError> {
        let parse = || {
            let (kind, id) = key.split_once(':')?;
            Some(match kind {
                "m" => Source::Message(MessageId(id.parse().ok()?)),
                "i" => Source::Interaction(InteractionId(id.parse().ok()?)),
                "s" => {
                    let (schedule, occurrence) = id.split_once(':')?;
                    Source::Schedule {
                        schedule: ScheduleId(schedule.parse().ok()?),
                        occurrence_ms: occurrence.parse().ok()?,
                    }
                }
                _ => return None,
            })
        };
        parse().ok_or_else(|| StoreError::Value(format!("the ledger holds the unknown source {key:?}")))
    }
}

/// JSON that may hold a member's text. Its `Debug` shows none of it, so that no log does.
#[derive(Clone, PartialEq, Eq)]
pub struct Content(pub Json);

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Content(…)")
    }
}

impl From<Json> for Content {
    fn from(json: Json) -> Self {
        Self(json)
    }
}

/// A job to be claimed.
#[derive(Debug, Clone)]
pub struct NewJob {
    /// What set it off.
    pub source: Source,
    /// The server, or `None` in direct messages.
    pub guild_id: Option<GuildId>,
    /// Where it was asked.
    pub channel_id: ChannelId,
    /// The message that asks, where one does.
    pub message_id: Option<MessageId>,
    /// Who asks.
    pub author_id: UserId,
    /// While an unfinished job holds the same key, this one is refused ([`Refusal::AlreadyRunning`]).
    pub exclusive_key: Option<String>,
    /// Of an interaction: what answers it.
    pub interaction: Option<InteractionToken>,
    /// What is needed to do the work after a restart. It holds the asker's text only, since it is erased when the asker wants it;
    /// what others wrote is read from Discord again. Erased when the job ends; see [`crate::Store::advance`].
    pub request: Content,
    /// The settings that were in force, so that the job keeps to them. Erased with the request.
    pub settings: Content,
}

/// The token that answers an interaction: whoever has it can write in the bot's name. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct InteractionToken {
    /// The token.
    pub token: String,
    /// How long it lives from now on; Discord's live 15 minutes from the interaction.
    pub lifetime: Duration,
}

impl fmt::Debug for InteractionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "InteractionToken(…, {} s)", self.lifetime.as_secs())
    }
}

/// Who holds leases: one process, from its start to its end. Cheap to clone.
#[derive(Clone)]
pub struct Owner {
    pub(super) id: Arc<str>,
    /// Held for as long as any clone lives; see [`crate::Store::register_owner`].
    pub(super) alive: Option<Arc<File>>,
}

impl Owner {
    /// An owner with a random id.
    #[must_use]
    pub fn unique() -> Self {
        Self { id: format!("{}-{:016x}", std::process::id(), random()).into(), alive: None }
    }

    /// Its id, as duplicates and the queue show it.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl fmt::Debug for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Owner({}{})", self.id, if self.alive.is_some() { ", registered" } else { "" })
    }
}

/// A number that nobody else has: the standard library seeds `RandomState` from the system's randomness.
pub(crate) fn random() -> i64 {
    use std::hash::{BuildHasher as _, Hasher as _};
    let mut hasher = std::hash::RandomState::new().build_hasher();
    hasher.write_u32(std::process::id());
    hasher.finish().cast_signed()
}

/// The right to work on a job, until it expires or is taken over.
#[derive(Debug, Clone)]
pub struct Lease {
    pub(super) job: JobId,
    pub(super) owner: Owner,
    pub(super) fence: i64,
}

impl Lease {
    /// The job that is held.
    #[must_use]
    pub fn job(&self) -> JobId {
        self.job
    }

    /// Who holds it.
    #[must_use]
    pub fn owner(&self) -> &Owner {
        &self.owner
    }

    /// The fencing token: 1 for the claim, one more for each later grant.
    #[must_use]
    pub fn fence(&self) -> i64 {
        self.fence
    }
}

/// A job and the right to work on it.
#[derive(Debug, Clone)]
pub struct HeldJob {
    /// The job as it was when the lease was granted.
    pub job: Job,
    /// The lease.
    pub lease: Lease,
}

/// What came of a claim.
#[derive(Debug)]
pub enum Claim {
    /// This call made the job and holds it.
    Won(Box<HeldJob>),
    /// The source has a job already.
    Duplicate(Existing),
    /// A limit refused it. The ledger keeps that, so that duplicates of the source are not judged again.
    Refused(Refusal),
}

/// A job that stands in the way of a claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Existing {
    /// The job.
    pub job: JobId,
    /// Where it is.
    pub state: State,
    /// Who holds it, or held it last.
    pub owner: String,
    /// When it was claimed, in milliseconds since 1970.
    pub claimed_ms: i64,
    /// How long ago that was, in milliseconds, by the database's clock.
    pub age_ms: i64,
}

/// Where a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Accepted; nothing is visible yet.
    Claimed,
    /// Its thread exists.
    Thread,
    /// Its message exists and says that an answer is coming.
    Placeholder,
    /// The answer is being made and shown.
    Answering,
    /// The complete answer is there. Final.
    Delivered,
    /// One sentence said why there is no answer. Final.
    Failed,
    /// A person ended it. Final.
    Cancelled,
    /// A limit refused it; nothing was spent. Final.
    Refused,
}

impl State {
    /// Every state, in the order of the machine.
    pub const ALL: [State; 8] = [
        State::Claimed,
        State::Thread,
        State::Placeholder,
        State::Answering,
        State::Delivered,
        State::Failed,
        State::Cancelled,
        State::Refused,
    ];

    /// Its name in the database and in logs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            State::Claimed => "claimed",
            State::Thread => "thread",
            State::Placeholder => "placeholder",
            State::Answering => "answering",
            State::Delivered => "delivered",
            State::Failed => "failed",
            State::Cancelled => "cancelled",
            State::Refused => "refused",
        }
    }

    /// Whether nothing can follow.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, State::Delivered | State::Failed | State::Cancelled | State::Refused)
    }

    pub(super) fn from_column(name: &str) -> Result<Self, StoreError> {
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == name)
            .ok_or_else(|| StoreError::Value(format!("the ledger holds the unknown state {name:?}")))
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A step of the state machine. Reasons are short codes (`model_timeout`), never a member's text: they outlive the job's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transition {
    /// The thread exists. From `claimed`.
    Thread {
        /// The thread.
        thread_id: ChannelId,
    },
    /// The message exists that will become the answer. From `claimed` (answers in place, interactions) or `thread`.
    Placeholder {
        /// The message.
        message_id: MessageId,
    },
    /// Work on the answer begins. From `placeholder`.
    Answering,
    /// The complete answer is visible. From `claimed` (commands), `placeholder` (answers that need no model) or `answering`.
    Delivered,
    /// There will be no answer, and the member has been told. From every state that is not final.
    Failed {
        /// The code.
        reason: String,
    },
    /// A person ended it. From every state that is not final.
    Cancelled {
        /// The code.
        reason: String,
    },
}

/// How a job stands, as each write of its holder learns it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Where it is.
    pub state: State,
    /// Set when a person ended the work (code of the reason): stop, clean up, and advance to [`Transition::Cancelled`].
    pub cancel: Option<String>,
    /// When the lease runs out, by the database's clock.
    pub lease_until_ms: i64,
}

/// An unfinished job that was asked to end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cancelled {
    /// The job.
    pub job: JobId,
    /// Who holds it: the process that must stop now. Others find out at their next renewal.
    pub owner: String,
}

/// A job as it stands in the ledger. `Debug` shows no text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// What set it off.
    pub source: Source,
    /// The server, or `None` in direct messages.
    pub guild_id: Option<GuildId>,
    /// Where it was asked.
    pub channel_id: ChannelId,
    /// The message that asks, where one does.
    pub message_id: Option<MessageId>,
    /// Who asks.
    pub author_id: UserId,
    /// Where it is.
    pub state: State,
    /// Why it failed, was cancelled or refused.
    pub reason: Option<String>,
    /// Who holds it, or held it last.
    pub owner: String,
    /// When the lease runs out; 0 when nobody holds it.
    pub lease_until_ms: i64,
    /// The thread that was opened for it.
    pub thread_id: Option<ChannelId>,
    /// The message that is or becomes the answer.
    pub answer_id: Option<MessageId>,
    /// Model calls that were begun for it.
    pub model_calls: u32,
    /// How often it was taken over. A job that ends its process again and again shows here.
    pub takeovers: u32,
    /// Its last holder before this one gave it back by itself ([`crate::Store::release`]); otherwise it ended, or lost its lease.
    pub parked: bool,
    /// Set when a person ended the work.
    pub cancel: Option<String>,
    /// Which limit refused it.
    pub refusal: Option<Refusal>,
    /// What answers the interaction, while it lives and the job has not ended.
    pub interaction: Option<InteractionToken>,
    /// When it was claimed.
    pub created_ms: i64,
    /// When it last changed state.
    pub updated_ms: i64,
    /// When it reached a final state.
    pub ended_ms: Option<i64>,
    /// What is needed to do the work, until it is erased.
    pub request: Option<Content>,
    /// The settings it keeps to, until they are erased.
    pub settings: Option<Content>,
    /// What [`crate::Store::save_answer`] kept, until it is erased.
    pub answer: Option<Content>,
}

/// The columns that make a [`Job`].
macro_rules! job_columns {
    () => {
        "jobs.id, source, guild_id, channel_id, jobs.message_id, author_id, state, reason, owner, fence, lease_until_ms, handover, \
         thread_id, answer_id, model_calls, takeovers, cancel_reason, jobs.created_ms, updated_ms, ended_ms, request, \
         settings, answer, refusal, interaction_token, interaction_until_ms - {now} AS interaction_left_ms"
    };
}
pub(super) use job_columns;

impl Job {
    pub(super) fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: JobId::from_column(row.int("id")?),
            source: Source::from_key(&row.text("source")?)?,
            guild_id: row.int_or_null("guild_id")?.map(GuildId::from_column),
            channel_id: ChannelId::from_column(row.int("channel_id")?),
            message_id: row.int_or_null("message_id")?.map(MessageId::from_column),
            author_id: UserId::from_column(row.int("author_id")?),
            state: State::from_column(&row.text("state")?)?,
            reason: row.text_or_null("reason")?,
            owner: row.text("owner")?,
            lease_until_ms: row.int("lease_until_ms")?,
            thread_id: row.int_or_null("thread_id")?.map(ChannelId::from_column),
            answer_id: row.int_or_null("answer_id")?.map(MessageId::from_column),
            model_calls: count(row.int("model_calls")?),
            takeovers: count(row.int("takeovers")?),
            parked: row.int("handover")? != 0,
            cancel: row.text_or_null("cancel_reason")?,
            refusal: row.json_or_null("refusal")?.map(Refusal::from_json).transpose()?,
            interaction: InteractionToken::from_row(row)?,
            created_ms: row.int("created_ms")?,
            updated_ms: row.int("updated_ms")?,
            ended_ms: row.int_or_null("ended_ms")?,
            request: row.json_or_null("request")?.map(Content),
            settings: row.json_or_null("settings")?.map(Content),
            answer: row.json_or_null("answer")?.map(Content),
        })
    }
}

impl InteractionToken {
    fn from_row(row: &Row) -> Result<Option<Self>, StoreError> {
        let left = row.int_or_null("interaction_left_ms")?.and_then(|left| u64::try_from(left).ok());
        let token = row.text_or_null("interaction_token")?;
        Ok(token.zip(left).map(|(token, left)| Self { token, lifetime: Duration::from_millis(left) }))
    }
}

impl HeldJob {
    pub(super) fn from_row(row: &Row, owner: &Owner) -> Result<Self, StoreError> {
        let job = Job::from_row(row)?;
        let lease = Lease { job: job.id, owner: owner.clone(), fence: row.int("fence")? };
        Ok(Self { job, lease })
    }
}

/// A counter of the ledger. They start at 0 and are never near the limit of the type.
pub(super) fn count(value: i64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// A message that is going to be posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPart {
    /// 0 for the placeholder, which becomes the answer's first message; 1 and on for what follows it.
    pub ordinal: u32,
    /// The nonce it will be posted with: at most 25 characters, and no other message's.
    pub nonce: String,
    /// What is needed to post it.
    pub body: Content,
}

/// A message that was going to be posted, and whether it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its place.
    pub ordinal: u32,
    /// Its nonce.
    pub nonce: String,
    /// What is needed to post it, until it is erased.
    pub body: Option<Content>,
    /// The message, once it is known to exist.
    pub message_id: Option<MessageId>,
    /// When the intent was written. A nonce is only enforced for "the past few minutes".
    pub created_ms: i64,
}
