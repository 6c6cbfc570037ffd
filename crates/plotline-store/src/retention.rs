//! Nothing is kept for ever: what has had its time is removed, a bounded number of rows at a time.

use crate::db::{Row, Value, args};
use crate::error::StoreError;
use crate::ledger::millis;
use crate::limits::DAY_MS;
use crate::{GuildId, Store};
use std::time::Duration;

/// How long the reasons of own deletions are kept. Their events come within seconds, or with a backfill within hours.
const OWN_ACTIONS: Duration = Duration::from_hours(7 * 24);

/// How long IDENTIFYs are kept. Discord counts them over 24 hours.
const IDENTIFIES: Duration = Duration::from_hours(2 * 24);

/// How long the cursor of a channel that is silent is kept. A backfill reaches back by hours.
const CURSORS: Duration = Duration::from_hours(90 * 24);

/// How long alerts that were sent are kept. They are sent once a minute at most.
const ALERTS: Duration = Duration::from_hours(30 * 24);

/// How long it is known when a member last asked. No cooldown is longer.
const COOLDOWNS: Duration = Duration::from_hours(30 * 24);

/// How long it is known when a member had their text erased. No job runs for longer.
const ERASURES: Duration = Duration::from_hours(7 * 24);

/// The most rows of one kind that one call removes, whatever the caller wants: a transaction that blocks others for milliseconds.
const ROWS_MAX: u32 = 10_000;

/// The most servers with a retention of their own that one call looks at.
const GUILDS_MAX: u32 = 5000;

/// How long what is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retention {
    /// The audit log.
    pub audit: Duration,
    /// Text of conversations: the requests of failed jobs, and charts whose buttons work.
    pub conversations: Duration,
    /// The ids of jobs that ended, with their messages and model calls, and use by day. It is what tells an old thread as the bot's
    /// own, and must be longer than a backfill reaches back.
    pub ledger: Duration,
    /// The setting of a server (in days, a JSON number) that is used in place of `audit`.
    pub audit_days_key: String,
    /// The setting of a server (in days, a JSON number) that is used in place of `conversations`.
    pub conversation_days_key: String,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            audit: Duration::from_hours(90 * 24),
            conversations: Duration::from_hours(30 * 24),
            ledger: Duration::from_hours(400 * 24),
            audit_days_key: "audit_retention_days".to_owned(),
            conversation_days_key: "conversation_retention_days".to_owned(),
        }
    }
}

/// What a call of [`Store::prune`] did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Rows that were removed, or whose text was.
    pub rows: u64,
    /// Whether there may be more: call again soon.
    pub more: bool,
}

impl Store {
    /// Removes what has had its time, at most `rows_max` rows of each kind. Several processes may do so at once.
    ///
    /// # Errors
    /// The database's.
    pub async fn prune(&self, retention: &Retention, rows_max: u32) -> Result<Pruned, StoreError> {
        let rows_max = rows_max.clamp(1, ROWS_MAX);
        let mut pruned = Pruned::default();
        self.prune_by_setting(
            &mut pruned,
            &retention.audit_days_key,
            retention.audit,
            rows_max,
            &["DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE at_ms < {now} - $1 AND ($2 = -1 \
               AND NOT EXISTS (SELECT 1 FROM settings WHERE settings.guild_id = COALESCE(audit.guild_id, 0) \
                 AND settings.channel_id = 0 AND settings.key = $3) \
               OR COALESCE(guild_id, 0) = $2) ORDER BY at_ms LIMIT $4)"],
        )
        .await?;
        self.prune_by_setting(
            &mut pruned,
            &retention.conversation_days_key,
            retention.conversations,
            rows_max,
            &[
                "UPDATE jobs SET request = NULL, settings = NULL, answer = NULL, erased_ms = COALESCE(erased_ms, {now}) \
                 WHERE id IN (SELECT id FROM jobs WHERE ended_ms < {now} - $1 AND request IS NOT NULL AND ($2 = -1 \
                   AND NOT EXISTS (SELECT 1 FROM settings WHERE settings.guild_id = COALESCE(jobs.guild_id, 0) \
                     AND settings.channel_id = 0 AND settings.key = $3) \
                   OR COALESCE(guild_id, 0) = $2) ORDER BY ended_ms LIMIT $4)",
                "DELETE FROM charts WHERE message_id IN (SELECT message_id FROM charts WHERE created_ms < {now} - $1 AND ($2 = -1 \
                   AND NOT EXISTS (SELECT 1 FROM settings WHERE settings.guild_id = COALESCE(charts.guild_id, 0) \
                     AND settings.channel_id = 0 AND settings.key = $3) \
                   OR COALESCE(guild_id, 0) = $2) LIMIT $4)",
            ],
        )
        .await?;
        let ledger_ms = millis(retention.ledger);
        for (sql, age_ms) in [
            (
                "DELETE FROM charts WHERE message_id IN (SELECT message_id FROM charts WHERE expires_ms < {now} - $1 LIMIT $2)",
                0,
            ),
            // With their messages and model calls.
            (
                "DELETE FROM jobs WHERE id IN (SELECT id FROM jobs WHERE ended_ms < {now} - $1 ORDER BY ended_ms LIMIT $2)",
                ledger_ms,
            ),
            (
                "DELETE FROM usage_days WHERE (scope, guild_id, scope_id, day) IN \
                 (SELECT scope, guild_id, scope_id, day FROM usage_days WHERE day < ({now} - $1) / 86400000 LIMIT $2)",
                // A day more, since days begin at each server's own midnight.
                ledger_ms.saturating_add(DAY_MS),
            ),
            (
                "DELETE FROM ended_conversations WHERE channel_id IN \
                 (SELECT channel_id FROM ended_conversations WHERE ended_ms < {now} - $1 LIMIT $2)",
                ledger_ms,
            ),
            (
                "DELETE FROM own_actions WHERE (kind, target_id) IN \
                 (SELECT kind, target_id FROM own_actions WHERE created_ms < {now} - $1 LIMIT $2)",
                millis(OWN_ACTIONS),
            ),
            (
                "DELETE FROM identifies WHERE id IN (SELECT id FROM identifies WHERE at_ms < {now} - $1 LIMIT $2)",
                millis(IDENTIFIES),
            ),
            (
                "DELETE FROM cursors WHERE channel_id IN (SELECT channel_id FROM cursors WHERE updated_ms < {now} - $1 LIMIT $2)",
                millis(CURSORS),
            ),
            (
                "DELETE FROM cooldowns WHERE (guild_id, member_id) IN \
                 (SELECT guild_id, member_id FROM cooldowns WHERE last_ms < {now} - $1 LIMIT $2)",
                millis(COOLDOWNS),
            ),
            (
                "DELETE FROM erasures WHERE member_id IN (SELECT member_id FROM erasures WHERE at_ms < {now} - $1 LIMIT $2)",
                millis(ERASURES),
            ),
            (
                "DELETE FROM alerts WHERE (guild_id, kind) IN \
                 (SELECT guild_id, kind FROM alerts WHERE last_ms < {now} - $1 LIMIT $2)",
                millis(ALERTS),
            ),
        ] {
            self.prune_with(&mut pruned, sql, rows_max, args![age_ms, rows_max]).await?;
        }
        Ok(pruned)
    }

    /// Runs the statements once with the default for all servers that have no setting of their own, and once for each that has.
    async fn prune_by_setting(
        &self,
        pruned: &mut Pruned,
        key: &str,
        default: Duration,
        rows_max: u32,
        statements: &[&'static str],
    ) -> Result<(), StoreError> {
        // No server has the id -1.
        let mut ages = vec![(-1, millis(default))];
        for row in self
            .db
            .read(
                "SELECT guild_id, value FROM settings WHERE channel_id = 0 AND key = $1 ORDER BY guild_id LIMIT $2",
                args![key, GUILDS_MAX],
            )
            .await?
        {
            ages.push((row.int("guild_id")?, own_age_ms(&row, key, default)?));
        }
        for (guild, age_ms) in ages {
            for sql in statements {
                self.prune_with(pruned, sql, rows_max, args![age_ms, guild, key, rows_max]).await?;
            }
        }
        Ok(())
    }

    async fn prune_with(
        &self,
        pruned: &mut Pruned,
        sql: &'static str,
        rows_max: u32,
        args: &[Value<'_>],
    ) -> Result<(), StoreError> {
        let rows = self.db.execute(sql, args).await?;
        pruned.rows += rows;
        pruned.more |= rows >= u64::from(rows_max);
        Ok(())
    }
}

/// A server's own retention; the default where the setting is no number of days.
fn own_age_ms(row: &Row, key: &str, default: Duration) -> Result<i64, StoreError> {
    match row.json("value")?.as_u64() {
        Some(days) => Ok(millis(Duration::from_secs(days.saturating_mul(86_400)))),
        None => {
            let guild = GuildId::from_column(row.int("guild_id")?);
            tracing::warn!(%guild, key, "the retention of a server is no number of days, so the default is used");
            Ok(millis(default))
        }
    }
}
