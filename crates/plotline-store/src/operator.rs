//! What the operator's processes share: switches, and alerts that are sent once.

use crate::db::{Tx, args, in_transaction};
use crate::error::StoreError;
use crate::ledger::{millis, random};
use crate::{GuildId, Store};
use serde_json::Value as Json;
use std::time::Duration;

/// An alert that is this caller's to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AlertTurn {
    /// How many of the same kind were held back since the last one that was sent.
    pub held_back: u64,
}

/// Alerts of one kind that were held back and are due to be told of: this caller's to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueAlert {
    /// To this server; `None`: to the operator.
    pub guild: Option<GuildId>,
    /// Of this kind.
    pub kind: String,
    /// How many were held back.
    pub held_back: u64,
}

/// The most kinds of alert that one call finds due.
const DUE_MAX: u32 = 100;

impl Store {
    /// Whether an alert of this kind may go to this server (`None`: to the operator) now: at most one within `every`, over all
    /// processes. `None` means that it is held back and counted.
    ///
    /// # Errors
    /// The database's.
    pub async fn claim_alert(
        &self,
        guild: Option<GuildId>,
        kind: &str,
        every: Duration,
    ) -> Result<Option<AlertTurn>, StoreError> {
        let token = random();
        in_transaction!(self.db, |tx| alert_turn(tx, guild, kind, every, token).await)
    }

    /// Whether an alert of this kind went to this server (`None`: to the operator) within `every`. Takes no turn.
    ///
    /// # Errors
    /// The database's.
    pub async fn alert_sent(&self, guild: Option<GuildId>, kind: &str, every: Duration) -> Result<bool, StoreError> {
        let row = self
            .db
            .read_one(
                "SELECT last_ms FROM alerts WHERE guild_id = $1 AND kind = $2 AND last_ms + $3 > {now}",
                args![guild.unwrap_or(GuildId(0)), kind, millis(every)],
            )
            .await?;
        Ok(row.is_some())
    }

    /// The kinds of alert that begin with `prefix` of which some were held back, the last one that was sent being older than `every`.
    /// Each is given to one caller, over all processes; so what a burst held back is told of also when nothing follows it.
    ///
    /// # Errors
    /// The database's.
    pub async fn due_alerts(&self, prefix: &str, every: Duration) -> Result<Vec<DueAlert>, StoreError> {
        in_transaction!(self.db, |tx| due(tx, prefix, every).await)
    }

    /// Sets a value that every process reads and that outlives them all: the kill switch, the hash of the registered commands.
    ///
    /// # Errors
    /// The database's.
    pub async fn set_operator_value(&self, name: &str, value: &Json) -> Result<(), StoreError> {
        self.db
            .execute(
                "INSERT INTO operator_values (name, value, changed_ms) VALUES ($1, $2, {now}) \
                 ON CONFLICT (name) DO UPDATE SET value = excluded.value, changed_ms = excluded.changed_ms",
                args![name, &value.to_string()],
            )
            .await?;
        Ok(())
    }

    /// The value that [`Store::set_operator_value`] set last, by any process.
    ///
    /// # Errors
    /// The database's.
    pub async fn operator_value(&self, name: &str) -> Result<Option<Json>, StoreError> {
        let row = self.db.read_one("SELECT value FROM operator_values WHERE name = $1", args![name]).await?;
        row.map(|row| row.json("value")).transpose()
    }
}

async fn due(tx: &mut Tx<'_>, prefix: &str, every: Duration) -> Result<Vec<DueAlert>, StoreError> {
    let rows = tx
        .fetch(
            // The conditions stand outside as well: who waited for another process's row is asked again by those alone.
            "UPDATE alerts SET last_ms = {now}, reported = held_back, held_back = 0 \
             WHERE held_back > 0 AND last_ms + $2 <= {now} AND (guild_id, kind) IN \
             (SELECT guild_id, kind FROM alerts WHERE held_back > 0 AND last_ms + $2 <= {now} \
              AND SUBSTR(kind, 1, LENGTH($1)) = $1 ORDER BY last_ms LIMIT $3) RETURNING guild_id, kind, reported",
            args![prefix, millis(every), DUE_MAX],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(DueAlert {
                guild: Some(GuildId::from_column(row.int("guild_id")?)).filter(|guild| guild.0 != 0),
                kind: row.text("kind")?,
                held_back: row.int("reported")?.max(0).cast_unsigned(),
            })
        })
        .collect()
}

async fn alert_turn(
    tx: &mut Tx<'_>,
    guild: Option<GuildId>,
    kind: &str,
    every: Duration,
    token: i64,
) -> Result<Option<AlertTurn>, StoreError> {
    let guild = guild.unwrap_or(GuildId(0));
    let turn = tx
        .fetch_one(
            // A time in the future can only come from a clock that was set back. A turn with this call's own token is one whose
            // answer was lost.
            "INSERT INTO alerts (guild_id, kind, last_ms, token) VALUES ($1, $2, {now}, $4) \
             ON CONFLICT (guild_id, kind) DO UPDATE SET last_ms = {now}, token = $4, held_back = 0, \
             reported = CASE WHEN alerts.token = $4 THEN alerts.reported ELSE alerts.held_back END \
             WHERE alerts.last_ms + $3 <= {now} OR alerts.last_ms > {now} OR alerts.token = $4 RETURNING reported",
            args![guild, kind, millis(every), token],
        )
        .await?;
    if let Some(row) = turn {
        return Ok(Some(AlertTurn { held_back: row.int("reported")?.max(0).cast_unsigned() }));
    }
    tx.execute("UPDATE alerts SET held_back = held_back + 1 WHERE guild_id = $1 AND kind = $2", args![guild, kind])
        .await?;
    Ok(None)
}
