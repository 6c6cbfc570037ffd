//! What was used: counted with each model call, and read for reports.

use crate::db::{Row, Tx, args, in_transaction};
use crate::error::StoreError;
use crate::limits::{self, Amount, Counter, Scope};
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
    /// Money that was spent, in millionths of the operator's currency.
    pub micros: u64,
    /// Tokens that were spent, in and out together.
    pub tokens: u64,
    /// What running jobs hold back besides. Quotas count it as used until it is settled.
    pub held: Amount,
}

/// What a model call that is about to be made may use at most, or about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Estimate {
    /// The model.
    pub model: String,
    /// Tokens that are sent.
    pub tokens_in: u64,
    /// Tokens that may come back.
    pub tokens_out: u64,
    /// What all of them cost, in millionths of the operator's currency.
    pub micros: u64,
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
    /// Counts what a model call used, once however often it is repeated, in place of what was held back for it. Money that was spent is
    /// spent, so this needs no lease, and may come after the job has ended.
    ///
    /// # Errors
    /// The database's.
    pub async fn add_usage(&self, job: JobId, call: &ModelCall) -> Result<Spent, StoreError> {
        in_transaction!(self.db, |tx| add(tx, job, call).await)
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
                "SELECT day, questions, model_calls, tokens_in, tokens_out, micros, tokens, held_tokens, held_micros \
                 FROM usage_days \
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
                 CAST(SUM(micros) AS BIGINT) AS micros, CAST(SUM(tokens) AS BIGINT) AS tokens, \
                 CAST(SUM(held_tokens) AS BIGINT) AS held_tokens, CAST(SUM(held_micros) AS BIGINT) AS held_micros FROM usage_days \
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
                "SELECT questions, model_calls, tokens_in, tokens_out, micros, tokens, held_tokens, held_micros FROM usage_days \
                 WHERE scope = 'everyone' AND guild_id = 0 AND scope_id = 0 AND day = $1",
                args![day],
            )
            .await?;
        row.as_ref().map_or(Ok(Totals::default()), Totals::from_row)
    }
}

/// A change of a job's counters.
#[derive(Debug, Clone, Copy, Default)]
struct Delta {
    questions: i64,
    model_calls: i64,
    tokens_in: i64,
    tokens_out: i64,
    micros: i64,
    held_tokens: i64,
    held_micros: i64,
}

/// What the counters of a job need to know of it, its row locked until the end. The job first and then the counters, as a claim does.
const COUNTED_JOB: &str = "SELECT guild_id, author_id, created_ms, counted, reserved_tokens, reserved_micros FROM jobs \
                           WHERE id = $1 {lock}";

async fn add(tx: &mut Tx<'_>, id: JobId, call: &ModelCall) -> Result<Spent, StoreError> {
    let Some(job) = tx.fetch_one(COUNTED_JOB, args![id]).await? else { return Ok(Spent::default()) };
    let known = tx
        .fetch_one(
            "SELECT tokens_in, tokens_out, micros, estimated FROM model_calls WHERE job_id = $1 AND call = $2",
            args![id, call.call],
        )
        .await?;
    let used = Delta {
        tokens_in: column(call.tokens_in),
        tokens_out: column(call.tokens_out),
        micros: column(call.micros),
        ..Delta::default()
    };
    let estimated = known.as_ref().map(|known| known.int("estimated")).transpose()?;
    let delta = match (&known, estimated) {
        // A repeat.
        (_, Some(KNOWN)) => Delta::default(),
        // The job's end has counted the most it could be.
        (Some(known), Some(ENDED)) => Delta {
            tokens_in: used.tokens_in - known.int("tokens_in")?,
            tokens_out: used.tokens_out - known.int("tokens_out")?,
            micros: used.micros - known.int("micros")?,
            ..Delta::default()
        },
        _ => Delta {
            model_calls: 1,
            held_tokens: -job.int("reserved_tokens")?,
            held_micros: -job.int("reserved_micros")?,
            ..used
        },
    };
    tx.execute(
        "INSERT INTO model_calls (job_id, call, model, tokens_in, tokens_out, micros, at_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, {now}) ON CONFLICT (job_id, call) DO UPDATE SET model = excluded.model, \
         tokens_in = excluded.tokens_in, tokens_out = excluded.tokens_out, micros = excluded.micros, estimated = 0 \
         WHERE model_calls.estimated <> 0",
        args![id, call.call, name(&call.model), used.tokens_in, used.tokens_out, used.micros],
    )
    .await?;
    change(tx, id, &job, delta).await
}

/// The states of a call's row, as the schema explains them.
const KNOWN: i64 = 0;
const UNDER_WAY: i64 = 1;
const ENDED: i64 = 2;

/// Holds back what a call may use, in place of what the job held until now. Earlier calls of the job whose use nobody told are over:
/// they used the most they could.
pub(crate) async fn begin_call(tx: &mut Tx<'_>, id: JobId, call: i64, at_most: &Estimate) -> Result<(), StoreError> {
    let Some(job) = tx.fetch_one(COUNTED_JOB, args![id]).await? else { return Ok(()) };
    let untold = end_calls(tx, id, call).await?;
    let (tokens_in, tokens_out) = (column(at_most.tokens_in), column(at_most.tokens_out));
    let micros = column(at_most.micros);
    let inserted = tx
        .execute(
            "INSERT INTO model_calls (job_id, call, model, tokens_in, tokens_out, micros, at_ms, estimated) \
             VALUES ($1, $2, $3, $4, $5, $6, {now}, $7) ON CONFLICT DO NOTHING",
            args![id, call, name(&at_most.model), tokens_in, tokens_out, micros, UNDER_WAY],
        )
        .await?;
    if inserted == 0 {
        // A repeat after a lost answer.
        return Ok(());
    }
    let delta = Delta {
        held_tokens: tokens_in + tokens_out - job.int("reserved_tokens")?,
        held_micros: micros - job.int("reserved_micros")?,
        ..untold
    };
    change(tx, id, &job, delta).await?;
    tx.execute(
        "UPDATE jobs SET reserved_tokens = $2, reserved_micros = $3 WHERE id = $1",
        args![id, tokens_in + tokens_out, micros],
    )
    .await?;
    Ok(())
}

/// Settles a job that ends: nothing is held back for it any more, calls whose use nobody told count as the most they could use, and
/// its question is given back if `refund` says so.
pub(crate) async fn settle(tx: &mut Tx<'_>, id: JobId, refund: bool) -> Result<(), StoreError> {
    let Some(job) = tx.fetch_one(COUNTED_JOB, args![id]).await? else { return Ok(()) };
    let untold = end_calls(tx, id, i64::MAX).await?;
    let (tokens, micros) = (job.int("reserved_tokens")?, job.int("reserved_micros")?);
    // A job that was counted nowhere has no question to give back.
    let refund = refund && job.text_or_null("counted")?.is_some();
    if !refund && tokens == 0 && micros == 0 && untold.model_calls == 0 {
        return Ok(());
    }
    let delta = Delta { questions: -i64::from(refund), held_tokens: -tokens, held_micros: -micros, ..untold };
    change(tx, id, &job, delta).await.map(drop)
}

/// Ends the calls of a job before `call` that are still under way in the books, and says what they count as.
async fn end_calls(tx: &mut Tx<'_>, job: JobId, call: i64) -> Result<Delta, StoreError> {
    let ended = tx
        .fetch(
            "UPDATE model_calls SET estimated = $3 WHERE job_id = $1 AND call < $2 AND estimated = $4 \
             RETURNING tokens_in, tokens_out, micros",
            args![job, call, ENDED, UNDER_WAY],
        )
        .await?;
    let mut sum = Delta::default();
    for row in &ended {
        sum.model_calls += 1;
        sum.tokens_in += row.int("tokens_in")?;
        sum.tokens_out += row.int("tokens_out")?;
        sum.micros += row.int("micros")?;
    }
    Ok(sum)
}

/// Changes the counters of a job. What it held back is part of the change, and is not held any more unless the caller says so.
async fn change(tx: &mut Tx<'_>, id: JobId, job: &Row, delta: Delta) -> Result<Spent, StoreError> {
    let counters = match job.json_or_null("counted")? {
        Some(counted) => limits::counters(counted)?,
        None => limits::counters_without_limits(job)?,
    };
    let mut spent = Spent::default();
    for counter in counters {
        let totals = count(tx, &counter, delta).await?;
        match counter.scope {
            Scope::Everyone => spent.everyone = totals,
            Scope::Guild => spent.guild = totals,
            Scope::Role(_) | Scope::Member => {}
        }
    }
    if delta.held_tokens != 0 || delta.held_micros != 0 {
        tx.execute("UPDATE jobs SET reserved_tokens = 0, reserved_micros = 0 WHERE id = $1", args![id]).await?;
    }
    Ok(spent)
}

async fn count(tx: &mut Tx<'_>, counter: &Counter, delta: Delta) -> Result<Totals, StoreError> {
    let row = tx
        .fetch_one(
            "INSERT INTO usage_days (scope, guild_id, scope_id, day, tokens, micros, tokens_in, tokens_out, model_calls, \
             held_tokens, held_micros, questions) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
             ON CONFLICT (scope, guild_id, scope_id, day) DO UPDATE SET tokens = usage_days.tokens + excluded.tokens, \
             micros = usage_days.micros + excluded.micros, tokens_in = usage_days.tokens_in + excluded.tokens_in, \
             tokens_out = usage_days.tokens_out + excluded.tokens_out, \
             model_calls = usage_days.model_calls + excluded.model_calls, \
             held_tokens = usage_days.held_tokens + excluded.held_tokens, \
             held_micros = usage_days.held_micros + excluded.held_micros, \
             questions = usage_days.questions + excluded.questions \
             RETURNING questions, model_calls, tokens_in, tokens_out, micros, tokens, held_tokens, held_micros",
            args![
                counter.scope_name(),
                counter.guild,
                counter.scope_id.cast_signed(),
                counter.day,
                delta.tokens_in + delta.tokens_out + delta.held_tokens,
                delta.micros + delta.held_micros,
                delta.tokens_in,
                delta.tokens_out,
                delta.model_calls,
                delta.held_tokens,
                delta.held_micros,
                delta.questions
            ],
        )
        .await?;
    row.as_ref().map_or(Ok(Totals::default()), Totals::from_row)
}

impl Totals {
    fn from_row(row: &Row) -> Result<Self, StoreError> {
        let held = Amount { tokens: amount(row, "held_tokens")?, micros: amount(row, "held_micros")? };
        Ok(Self {
            questions: amount(row, "questions")?,
            model_calls: amount(row, "model_calls")?,
            tokens_in: amount(row, "tokens_in")?,
            tokens_out: amount(row, "tokens_out")?,
            micros: amount(row, "micros")?.saturating_sub(held.micros),
            tokens: amount(row, "tokens")?.saturating_sub(held.tokens),
            held,
        })
    }
}

fn amount(row: &Row, column: &str) -> Result<u64, StoreError> {
    Ok(row.int(column)?.max(0).cast_unsigned())
}

/// A name of a model as a column holds it.
fn name(model: &str) -> &str {
    model.get(..model.floor_char_boundary(MODEL_MAX)).unwrap_or_default()
}

/// An amount as a column holds it; bounded, so that a nonsensical report of a model server overflows no sum.
fn column(amount: u64) -> i64 {
    amount.min(limits::AMOUNT_MAX).cast_signed()
}
