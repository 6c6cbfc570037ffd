//! What was used: counted with each model call, and read for reports.

use crate::db::{Row, Tx, args, in_transaction};
use crate::error::StoreError;
use crate::limits::{self, Counter, Scope};
use crate::{GuildId, JobId, Store, UserId};

/// The longest name of a model, in bytes.
const MODEL_MAX: usize = 200;

/// The most rows of one report.
const REPORT_MAX: u32 = 1000;

/// What one model call used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelCall {
    /// Which of the job's calls it is, as [`Store::count_model_call`] returned it.
    pub call: u32,
    /// The model.
    pub model: String,
    /// Tokens that were sent.
    pub tokens_in: u64,
    /// Tokens that came back.
    pub tokens_out: u64,
    /// What it cost, in millionths of the operator's currency.
    pub micros: u64,
}

/// What was used in a day, or over several.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Questions that were accepted and not given back.
    pub questions: u64,
    /// Model calls.
    pub model_calls: u64,
    /// Tokens that were sent.
    pub tokens_in: u64,
    /// Tokens that came back.
    pub tokens_out: u64,
    /// Money, in millionths of the operator's currency. For a day that is not over: with what running jobs hold back.
    pub micros: u64,
    /// Tokens in and out as quotas count them: with what running jobs hold back.
    pub tokens: u64,
}

/// The counters after a model call was counted, to compare with the budgets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spent {
    /// The server's day.
    pub guild: Totals,
    /// The day of all servers together.
    pub everyone: Totals,
}

/// One day of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayUsage {
    /// Days since 1970, at the server's midnight.
    pub day: i64,
    /// What was used.
    pub totals: Totals,
}

/// One member of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemberUsage {
    /// The member.
    pub member: UserId,
    /// What they used.
    pub totals: Totals,
}

impl Store {
    /// Counts what a model call used, once however often it is repeated, and gives back what the job had reserved. Money that was
    /// spent is spent, so this needs no lease.
    ///
    /// # Errors
    /// The database's.
    pub async fn add_usage(&self, job: JobId, call: &ModelCall) -> Result<Spent, StoreError> {
        let model = call.model.get(..call.model.floor_char_boundary(MODEL_MAX)).unwrap_or_default();
        in_transaction!(self.db, |tx| add(tx, job, call, model).await)
    }

    /// The model calls of a job, in order.
    ///
    /// # Errors
    /// The database's.
    pub async fn model_calls(&self, job: JobId) -> Result<Vec<ModelCall>, StoreError> {
        self.db
            .read(
                "SELECT call, model, tokens_in, tokens_out, micros FROM model_calls WHERE job_id = $1 ORDER BY call",
                args![job],
            )
            .await?
            .iter()
            .map(|row| {
                Ok(ModelCall {
                    call: u32::try_from(row.int("call")?).unwrap_or(u32::MAX),
                    model: row.text("model")?,
                    tokens_in: amount(row, "tokens_in")?,
                    tokens_out: amount(row, "tokens_out")?,
                    micros: amount(row, "micros")?,
                })
            })
            .collect()
    }

    /// The use of a server (`None`: of direct messages) by day, from `since_day` on, oldest first; of one member when one is given.
    ///
    /// # Errors
    /// The database's.
    pub async fn usage_by_day(
        &self,
        guild: Option<GuildId>,
        member: Option<UserId>,
        since_day: i64,
    ) -> Result<Vec<DayUsage>, StoreError> {
        let guild = guild.unwrap_or(GuildId(0));
        let (scope, scope_id) = match member {
            Some(member) => ("member", i64::from(member)),
            None => ("guild", i64::from(guild)),
        };
        self.db
            .read(
                "SELECT day, questions, model_calls, tokens_in, tokens_out, micros, tokens FROM usage_days \
                 WHERE scope = $1 AND guild_id = $2 AND scope_id = $3 AND day >= $4 ORDER BY day LIMIT $5",
                args![scope, guild, scope_id, since_day, REPORT_MAX],
            )
            .await?
            .iter()
            .map(|row| Ok(DayUsage { day: row.int("day")?, totals: Totals::from_row(row)? }))
            .collect()
    }

    /// The members of a server (`None`: of direct messages) who used most from `since_day` on, at most `limit`.
    ///
    /// # Errors
    /// The database's.
    pub async fn usage_by_member(
        &self,
        guild: Option<GuildId>,
        since_day: i64,
        limit: u32,
    ) -> Result<Vec<MemberUsage>, StoreError> {
        self.db
            .read(
                "SELECT scope_id, CAST(SUM(questions) AS BIGINT) AS questions, CAST(SUM(model_calls) AS BIGINT) AS model_calls, \
                 CAST(SUM(tokens_in) AS BIGINT) AS tokens_in, CAST(SUM(tokens_out) AS BIGINT) AS tokens_out, \
                 CAST(SUM(micros) AS BIGINT) AS micros, CAST(SUM(tokens) AS BIGINT) AS tokens FROM usage_days \
                 WHERE scope = 'member' AND guild_id = $1 AND day >= $2 GROUP BY scope_id \
                 ORDER BY SUM(questions) DESC, scope_id LIMIT $3",
                args![guild.unwrap_or(GuildId(0)), since_day, limit.min(REPORT_MAX)],
            )
            .await?
            .iter()
            .map(|row| {
                Ok(MemberUsage { member: UserId::from_column(row.int("scope_id")?), totals: Totals::from_row(row)? })
            })
            .collect()
    }

    /// The use of all servers together on a day of UTC.
    ///
    /// # Errors
    /// The database's.
    pub async fn usage_of_everyone(&self, day: i64) -> Result<Totals, StoreError> {
        let row = self
            .db
            .read_one(
                "SELECT questions, model_calls, tokens_in, tokens_out, micros, tokens FROM usage_days \
                 WHERE scope = 'everyone' AND guild_id = 0 AND scope_id = 0 AND day = $1",
                args![day],
            )
            .await?;
        row.as_ref().map_or(Ok(Totals::default()), Totals::from_row)
    }
}

async fn add(tx: &mut Tx<'_>, job: JobId, call: &ModelCall, model: &str) -> Result<Spent, StoreError> {
    // The job first and then the counters, as a claim locks them.
    let row = tx
        .fetch_one(
            "SELECT guild_id, author_id, created_ms, counted, reserved_tokens, reserved_micros FROM jobs WHERE id = $1 {lock}",
            args![job],
        )
        .await?;
    let Some(row) = row else { return Ok(Spent::default()) };
    let inserted = tx
        .execute(
            "INSERT INTO model_calls (job_id, call, model, tokens_in, tokens_out, micros, at_ms) \
             VALUES ($1, $2, $3, $4, $5, $6, {now}) ON CONFLICT DO NOTHING",
            args![job, call.call, model, column(call.tokens_in), column(call.tokens_out), column(call.micros)],
        )
        .await?;
    let counters = match row.json_or_null("counted")? {
        Some(counted) => limits::counters(counted)?,
        None => limits::counters_without_limits(&row)?,
    };
    let used = (inserted == 1).then_some(call);
    let mut spent = Spent::default();
    for counter in counters {
        let totals = count(tx, &counter, used, &row).await?;
        match counter.scope {
            Scope::Everyone => spent.everyone = totals,
            Scope::Guild => spent.guild = totals,
            Scope::Role(_) | Scope::Member => {}
        }
    }
    tx.execute("UPDATE jobs SET reserved_tokens = 0, reserved_micros = 0 WHERE id = $1", args![job]).await?;
    Ok(spent)
}

/// Adds a call to one counter, less what the job had reserved there.
async fn count(tx: &mut Tx<'_>, counter: &Counter, call: Option<&ModelCall>, job: &Row) -> Result<Totals, StoreError> {
    let (tokens_in, tokens_out, micros) =
        call.map_or((0, 0, 0), |call| (column(call.tokens_in), column(call.tokens_out), column(call.micros)));
    let row = tx
        .fetch_one(
            "INSERT INTO usage_days (scope, guild_id, scope_id, day, tokens, micros, tokens_in, tokens_out, model_calls) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
             ON CONFLICT (scope, guild_id, scope_id, day) DO UPDATE SET tokens = usage_days.tokens + excluded.tokens, \
             micros = usage_days.micros + excluded.micros, tokens_in = usage_days.tokens_in + excluded.tokens_in, \
             tokens_out = usage_days.tokens_out + excluded.tokens_out, \
             model_calls = usage_days.model_calls + excluded.model_calls \
             RETURNING questions, model_calls, tokens_in, tokens_out, micros, tokens",
            args![
                counter.scope_name(),
                counter.guild,
                counter.scope_id.cast_signed(),
                counter.day,
                tokens_in + tokens_out - job.int("reserved_tokens")?,
                micros - job.int("reserved_micros")?,
                tokens_in,
                tokens_out,
                call.is_some()
            ],
        )
        .await?;
    row.as_ref().map_or(Ok(Totals::default()), Totals::from_row)
}

impl Totals {
    fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            questions: amount(row, "questions")?,
            model_calls: amount(row, "model_calls")?,
            tokens_in: amount(row, "tokens_in")?,
            tokens_out: amount(row, "tokens_out")?,
            micros: amount(row, "micros")?,
            tokens: amount(row, "tokens")?,
        })
    }
}

fn amount(row: &Row, column: &str) -> Result<u64, StoreError> {
    Ok(row.int(column)?.max(0).cast_unsigned())
}

/// An amount as a column holds it; bounded, so that a nonsensical report of a model server overflows no sum.
fn column(amount: u64) -> i64 {
    amount.min(limits::AMOUNT_MAX).cast_signed()
}
