//! Limits on use, checked and counted while the claim is held.
//!
//! A question is counted in the counters of its member, of each role that has a quota, of its server and of everyone. Each counter is
//! one row, and counting locks it until the claim commits: the next claim sees the count that includes this one. All claims lock in
//! this order, so that two never wait for each other in a circle; the row that all of them need comes last and is held shortest.
//!
//! A question is given back when its job ends `failed` or `cancelled` before any model call was begun, since nothing was spent. Tokens
//! and money are held back at the claim ([`Limits::reserve`]), from the call on as much as the call may use, and settled with what it
//! really used. A call that ends without a word of that counts as what was held back.

use crate::db::{Row, Tx, args};
use crate::error::{LedgerError, StoreError};
use crate::ledger::{Existing, Job, millis};
use crate::{GuildId, RoleId};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::time::Duration;

/// A day, in milliseconds.
pub(crate) const DAY_MS: i64 = 86_400_000;

/// The most tokens or money of one call: far beyond any real one, and 32768 of them still fit the column.
pub(crate) const AMOUNT_MAX: u64 = 1 << 48;

/// When to try again where only running jobs are in the way, in milliseconds: an answer takes some seconds.
const PASSES_IN_MS: i64 = 15_000;

/// The most quotas of one claim: each is a row to lock. A server has 250 roles at most, and a member rarely more than a few of those
/// that have a quota.
const QUOTAS_MAX: usize = 64;

/// What one question must keep to. The default has no limit, and counts all the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limits {
    /// The question is not allowed at all: it is recorded as refused, and counts nowhere.
    pub denied: Option<Denied>,
    /// How long a member of a server waits after a question that was accepted.
    pub cooldown: Option<Duration>,
    /// The quotas for a day. A scope may have several; all must hold.
    pub quotas: Vec<Quota>,
    /// How many unfinished jobs a member may have in this server.
    pub running_per_member: Option<u32>,
    /// How many unfinished jobs this server may have.
    pub running_per_guild: Option<u32>,
    /// What this question will cost at most or about: held back until it is known.
    pub reserve: Amount,
    /// The server's offset from UTC at the moment, in minutes: days end at its own midnight.
    pub utc_offset_min: i32,
    /// Not a question: nothing is checked and nothing counted. For work that costs nothing, such as drawing a chart again.
    pub uncounted: bool,
}

/// Whose use a quota bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// All servers together. Its day is UTC's.
    Everyone,
    /// The server. All direct messages together count as one.
    Guild,
    /// All members of the server who have the role together.
    Role(RoleId),
    /// The member who asks, in this server.
    Member,
}

/// What may be used in a day. `None` is no limit, 0 is nothing at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quota {
    /// Whose use.
    pub scope: Scope,
    /// Questions.
    pub questions: Option<u64>,
    /// Tokens, in and out together.
    pub tokens: Option<u64>,
    /// Money, in millionths of the operator's currency.
    pub micros: Option<u64>,
}

/// What does not allow a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Denied {
    /// The server's settings for the channel.
    Channel,
    /// The server's settings for the member's roles.
    Role,
    /// The operator's switch.
    Paused,
}

/// An amount of tokens and money.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Amount {
    /// Tokens, in and out together.
    pub tokens: u64,
    /// Money, in millionths of the operator's currency.
    pub micros: u64,
}

/// What a quota counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Questions.
    Questions,
    /// Tokens.
    Tokens,
    /// Millionths of the operator's currency.
    Micros,
}

/// Why a claim was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// It is not allowed here, to this member, or at the moment.
    NotAllowed(Denied),
    /// Another unfinished job has the same exclusive key.
    AlreadyRunning(Existing),
    /// The member asked a moment ago.
    Cooldown {
        /// When the next question is accepted, in milliseconds from the claim.
        retry_after_ms: i64,
    },
    /// The day's quota is used up, or what is left is less than the question may need.
    Quota {
        /// Whose.
        scope: Scope,
        /// Of what.
        unit: Unit,
        /// How much a day.
        limit: u64,
        /// How much was used before this question, with what running jobs hold back.
        used: u64,
        /// Only what running jobs hold back is in the way: it clears when they end, and not with the day.
        #[serde(default)]
        passing: bool,
        /// When the day ends, or running jobs may have, in milliseconds from the claim.
        retry_after_ms: i64,
    },
    /// Too many jobs are unfinished.
    TooManyRunning {
        /// Whose: the member's or the server's.
        scope: Scope,
        /// How many may be.
        limit: u32,
    },
}

impl Refusal {
    /// A code for logs and the audit log.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::NotAllowed(Denied::Channel) => "channel_not_allowed",
            Refusal::NotAllowed(Denied::Role) => "role_not_allowed",
            Refusal::NotAllowed(Denied::Paused) => "paused",
            Refusal::AlreadyRunning(_) => "already_running",
            Refusal::Cooldown { .. } => "cooldown",
            Refusal::Quota { .. } => "quota",
            Refusal::TooManyRunning { .. } => "too_many_running",
        }
    }

    /// When to try again, in milliseconds from the claim, where that is known.
    #[must_use]
    pub fn retry_after_ms(&self) -> Option<i64> {
        match self {
            Refusal::Cooldown { retry_after_ms } | Refusal::Quota { retry_after_ms, .. } => Some(*retry_after_ms),
            Refusal::NotAllowed(_) | Refusal::AlreadyRunning(_) | Refusal::TooManyRunning { .. } => None,
        }
    }

    pub(crate) fn to_json(&self) -> String {
        // The type holds numbers and names only, whose serialization cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    pub(crate) fn from_json(json: Json) -> Result<Self, StoreError> {
        serde_json::from_value(json).map_err(|error| StoreError::Value(format!("a refusal of the ledger: {error}")))
    }
}

impl Limits {
    pub(crate) fn check(&self) -> Result<(), LedgerError> {
        if self.quotas.len() > QUOTAS_MAX {
            return Err(LedgerError::Invalid(format!("a claim has at most {QUOTAS_MAX} quotas")));
        }
        if !(-1440..=1440).contains(&self.utc_offset_min) {
            return Err(LedgerError::Invalid("an offset from UTC is less than a day".to_owned()));
        }
        Ok(())
    }

    /// The counters that a question of this job counts in, in the order in which they are locked.
    fn counters(&self, job: &Job) -> Vec<Counter> {
        let guild = job.guild_id.unwrap_or(GuildId(0));
        let offset_ms = i64::from(self.utc_offset_min) * 60_000;
        let local_day = (job.created_ms + offset_ms).div_euclid(DAY_MS);
        let local = |scope, scope_id: u64| Counter { scope, guild, scope_id, day: local_day };
        let mut roles: Vec<_> = self
            .quotas
            .iter()
            .filter_map(|quota| match quota.scope {
                Scope::Role(role) => Some(role),
                _ => None,
            })
            .collect();
        roles.sort_unstable();
        roles.dedup();
        let mut counters = vec![local(Scope::Member, job.author_id.0)];
        counters.extend(roles.into_iter().map(|role| local(Scope::Role(role), role.0)));
        counters.push(local(Scope::Guild, guild.0));
        let utc_day = job.created_ms.div_euclid(DAY_MS);
        counters.push(Counter { scope: Scope::Everyone, guild: GuildId(0), scope_id: 0, day: utc_day });
        counters
    }

    /// When the day of a counter ends, in milliseconds from the claim.
    fn day_left_ms(&self, counter: &Counter, now_ms: i64) -> i64 {
        let offset_ms = if counter.scope == Scope::Everyone { 0 } else { i64::from(self.utc_offset_min) * 60_000 };
        (counter.day + 1) * DAY_MS - offset_ms - now_ms
    }
}

/// One row of `usage_days`. The ledger keeps the list of a job's counters as JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Counter {
    pub(crate) scope: Scope,
    pub(crate) guild: GuildId,
    pub(crate) scope_id: u64,
    pub(crate) day: i64,
}

impl Counter {
    pub(crate) fn scope_name(&self) -> &'static str {
        match self.scope {
            Scope::Everyone => "everyone",
            Scope::Guild => "guild",
            Scope::Role(_) => "role",
            Scope::Member => "member",
        }
    }
}

/// Counts the question of a job that has just been inserted; or says which limit it breaks, and the caller takes the counting back.
pub(crate) async fn count_question(tx: &mut Tx<'_>, limits: &Limits, job: &Job) -> Result<Option<Refusal>, StoreError> {
    if let Some(denied) = limits.denied {
        return Ok(Some(Refusal::NotAllowed(denied)));
    }
    if limits.uncounted {
        return Ok(None);
    }
    let reserve =
        Amount { tokens: limits.reserve.tokens.min(AMOUNT_MAX), micros: limits.reserve.micros.min(AMOUNT_MAX) };
    let counters = limits.counters(job);
    let mut refusal = None;
    for counter in &counters {
        let row = tx
            .fetch_one(
                "INSERT INTO usage_days (scope, guild_id, scope_id, day, questions, tokens, micros, held_tokens, held_micros) \
                 VALUES ($1, $2, $3, $4, 1, $5, $6, $5, $6) \
                 ON CONFLICT (scope, guild_id, scope_id, day) DO UPDATE SET questions = usage_days.questions + 1, \
                 tokens = usage_days.tokens + excluded.tokens, micros = usage_days.micros + excluded.micros, \
                 held_tokens = usage_days.held_tokens + excluded.held_tokens, \
                 held_micros = usage_days.held_micros + excluded.held_micros \
                 RETURNING questions, tokens, micros, held_tokens, held_micros",
                args![
                    counter.scope_name(),
                    counter.guild,
                    counter.scope_id.cast_signed(),
                    counter.day,
                    reserve.tokens.cast_signed(),
                    reserve.micros.cast_signed()
                ],
            )
            .await?;
        let Some(row) = row else { return Err(StoreError::Value("a counter returned no row".to_owned())) };
        refusal = broken_quota(limits, counter, &row, reserve, job.created_ms)?;
        if refusal.is_some() {
            break;
        }
    }
    if refusal.is_none() {
        refusal = cooldown_and_running(tx, limits, job).await?;
    }
    if refusal.is_some() {
        return Ok(refusal);
    }
    let counted = serde_json::to_string(&counters).map_err(|error| StoreError::Value(error.to_string()))?;
    tx.execute(
        "UPDATE jobs SET counted = $2, reserved_tokens = $3, reserved_micros = $4 WHERE id = $1",
        args![job.id, &counted, reserve.tokens.cast_signed(), reserve.micros.cast_signed()],
    )
    .await?;
    Ok(None)
}

/// The first quota of the counter's scope that the counter, this question included, is beyond.
fn broken_quota(
    limits: &Limits,
    counter: &Counter,
    row: &Row,
    reserve: Amount,
    now_ms: i64,
) -> Result<Option<Refusal>, StoreError> {
    let units = [
        (Unit::Questions, row.int("questions")?, 1, 0),
        (Unit::Tokens, row.int("tokens")?, reserve.tokens.cast_signed(), row.int("held_tokens")?),
        (Unit::Micros, row.int("micros")?, reserve.micros.cast_signed(), row.int("held_micros")?),
    ];
    for quota in limits.quotas.iter().filter(|quota| quota.scope == counter.scope) {
        for (unit, with_this, this, held) in units {
            let limit = match unit {
                Unit::Questions => quota.questions,
                Unit::Tokens => quota.tokens,
                Unit::Micros => quota.micros,
            };
            let used = (with_this - this).max(0).cast_unsigned();
            let with_this = with_this.max(0).cast_unsigned();
            // A quota that is used up refuses even what seems to cost nothing.
            if let Some(limit) = limit.filter(|limit| with_this > *limit || used >= *limit) {
                // As it would be if nobody else held anything back.
                let spent = used.saturating_sub((held - this).max(0).cast_unsigned());
                let passing = spent < limit && spent + this.max(0).cast_unsigned() <= limit;
                let day_left_ms = limits.day_left_ms(counter, now_ms);
                let retry_after_ms = if passing { day_left_ms.min(PASSES_IN_MS) } else { day_left_ms };
                return Ok(Some(Refusal::Quota { scope: counter.scope, unit, limit, used, passing, retry_after_ms }));
            }
        }
    }
    Ok(None)
}

async fn cooldown_and_running(tx: &mut Tx<'_>, limits: &Limits, job: &Job) -> Result<Option<Refusal>, StoreError> {
    let guild = job.guild_id.unwrap_or(GuildId(0));
    // Nobody else counts at the same time: every claim in this server has passed its counter, which is still locked.
    if let Some(limit) = limits.running_per_guild {
        let row = tx
            .fetch_one(
                "SELECT COUNT(*) AS running FROM jobs WHERE ended_ms IS NULL AND id <> $1 AND COALESCE(guild_id, 0) = $2",
                args![job.id, guild],
            )
            .await?;
        if row.map_or(Ok(0), |row| row.int("running"))? >= i64::from(limit) {
            return Ok(Some(Refusal::TooManyRunning { scope: Scope::Guild, limit }));
        }
    }
    if let Some(limit) = limits.running_per_member {
        let row = tx
            .fetch_one(
                "SELECT COUNT(*) AS running FROM jobs WHERE ended_ms IS NULL AND id <> $1 AND COALESCE(guild_id, 0) = $2 \
                 AND author_id = $3",
                args![job.id, guild, job.author_id],
            )
            .await?;
        if row.map_or(Ok(0), |row| row.int("running"))? >= i64::from(limit) {
            return Ok(Some(Refusal::TooManyRunning { scope: Scope::Member, limit }));
        }
    }
    let cooldown_ms = limits.cooldown.map_or(0, millis);
    // Written also without a cooldown, so that one that is set later counts from the last question. A time in the future can only
    // come from a clock that was set back, and must not lock the member out.
    let passed = tx
        .execute(
            "INSERT INTO cooldowns (guild_id, member_id, last_ms) VALUES ($1, $2, {now}) \
             ON CONFLICT (guild_id, member_id) DO UPDATE SET last_ms = {now} \
             WHERE cooldowns.last_ms + $3 <= {now} OR cooldowns.last_ms > {now}",
            args![guild, job.author_id, cooldown_ms],
        )
        .await?;
    if passed == 1 {
        return Ok(None);
    }
    let row = tx
        .fetch_one(
            "SELECT last_ms + $3 - {now} AS left_ms FROM cooldowns WHERE guild_id = $1 AND member_id = $2",
            args![guild, job.author_id, cooldown_ms],
        )
        .await?;
    let left_ms = row.map_or(Ok(0), |row| row.int("left_ms"))?;
    Ok(Some(Refusal::Cooldown { retry_after_ms: left_ms.max(1) }))
}

pub(crate) fn counters(json: Json) -> Result<Vec<Counter>, StoreError> {
    serde_json::from_value(json).map_err(|error| StoreError::Value(format!("the counters of a job: {error}")))
}

/// The counters of a job that an older version claimed: those that every job counts in.
pub(crate) fn counters_without_limits(job: &Row) -> Result<Vec<Counter>, StoreError> {
    let guild = job.int_or_null("guild_id")?.map_or(GuildId(0), GuildId::from_column);
    let member = job.int("author_id")?.cast_unsigned();
    let day = job.int("created_ms")?.div_euclid(DAY_MS);
    Ok(vec![
        Counter { scope: Scope::Member, guild, scope_id: member, day },
        Counter { scope: Scope::Guild, guild, scope_id: guild.0, day },
        Counter { scope: Scope::Everyone, guild: GuildId(0), scope_id: 0, day },
    ])
}
