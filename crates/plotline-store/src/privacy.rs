//! What is stored about a member: shown in full, and erased.
//!
//! Erasing leaves ids, times, states and numbers, which the ledger needs to do nothing twice and to keep its quotas; it takes every
//! text. Settings in force are the server's and stay, without the id of who made them; what the audit log holds of them as the member's
//! doing goes.

use crate::charts::decompressed;
use crate::db::{Row, Tx, args, in_transaction};
use crate::error::StoreError;
use crate::ledger::Cancelled;
use crate::{JobId, Store, UserId};
use serde_json::{Map, Value as Json, json};

/// The most that one part of an export holds, in bytes of JSON: what Discord takes as one file, and what a process can spare. A row that
/// is larger by itself is a part of its own.
const PART_BYTES_MAX: usize = 8 << 20;

/// Rows that are read at once; of charts, which may take megabytes each, fewer.
const PAGE_ROWS: u32 = 100;
const PAGE_CHARTS: u32 = 2;

/// A part of what is stored about a member.
#[derive(Debug, Clone, PartialEq)]
pub struct Export {
    /// To be handed to the member.
    pub json: Json,
    /// The next part has more.
    pub truncated: bool,
}

/// What was erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erased {
    /// Jobs whose text was erased.
    pub jobs: u64,
    /// Charts of the member, or of others with their data, that were forgotten; their buttons have expired.
    pub charts: u64,
    /// Entries of the audit log whose detail was erased.
    pub audit_entries: u64,
    /// Unfinished jobs, which were asked to end with the reason `privacy`.
    pub cancelled: Vec<Cancelled>,
}

impl Store {
    /// Everything that is stored about a member, as JSON to be handed to them: jobs with their text and messages, model calls, use,
    /// audit entries, charts with their data (also those that others had drawn of it), and settings they changed. Only the tokens of
    /// interactions are left out, which are keys and no data. What is too much for one part is in the following ones; the first is 1.
    ///
    /// # Errors
    /// The database's.
    pub async fn privacy_export(&self, member: UserId, part: u32) -> Result<Export, StoreError> {
        let mut lists = Map::new();
        let mut parts = Parts { wanted: part.max(1), at: 1, bytes: 0 };
        for list in LISTS {
            let rows = self.export_list(&list, member, &mut parts).await?;
            lists.insert(list.name.to_owned(), rows.into());
        }
        let truncated = parts.is_past();
        let mut export = Map::new();
        export.insert("member".to_owned(), json!(member.to_string()));
        export.insert("part".to_owned(), json!(parts.wanted));
        export.insert("truncated".to_owned(), json!(truncated));
        export.append(&mut lists);
        Ok(Export { json: export.into(), truncated })
    }

    /// The rows of a list that belong to the part that is wanted.
    async fn export_list(&self, list: &List, member: UserId, parts: &mut Parts) -> Result<Vec<Json>, StoreError> {
        let page = if list.name == "charts" { PAGE_CHARTS } else { PAGE_ROWS };
        let (mut offset, mut rows) = (0_i64, Vec::new());
        while !parts.is_past() {
            let read = self.db.read(list.sql, args![member, page, offset]).await?;
            for row in &read {
                let row = list.row(row)?;
                if parts.take(row.to_string().len()) {
                    rows.push(row);
                }
            }
            if read.len() < page as usize {
                break;
            }
            offset += i64::from(page);
        }
        Ok(rows)
    }

    /// Erases a member's text everywhere, at once and in one transaction; ids stay. Their unfinished jobs take no further text
    /// ([`crate::LedgerError::Erased`]) and are asked to end.
    ///
    /// On SQLite the text is also gone from the file afterwards, write-ahead log included. Postgres keeps old versions of rows until
    /// it vacuums, and both are as thorough as their backups are not.
    ///
    /// # Errors
    /// The database's.
    pub async fn privacy_delete(&self, member: UserId) -> Result<Erased, StoreError> {
        let erased: Result<Erased, StoreError> = in_transaction!(self.db, |tx| erase(tx, member).await);
        let erased = erased?;
        // Erased pages are zeroed (secure_delete), but the log still holds what they were. The text is gone from the database all the
        // same, and the log is overwritten from its beginning in time.
        if let Err(error) = self.db.truncate_log().await {
            tracing::warn!(%error, "the write-ahead log could not be emptied after an erasing; it is at the next checkpoint");
        }
        Ok(erased)
    }
}

async fn erase(tx: &mut Tx<'_>, member: UserId) -> Result<Erased, StoreError> {
    // First, and locked until the end: a job of somebody else that draws this member's data keeps its chart before, and then it is
    // removed below, or not at all.
    tx.execute(
        "INSERT INTO erasures (member_id, at_ms) VALUES ($1, {now}) ON CONFLICT (member_id) DO UPDATE SET at_ms = {now}",
        args![member],
    )
    .await?;
    let jobs = tx
        .fetch(
            "UPDATE jobs SET request = NULL, settings = NULL, answer = NULL, interaction_token = NULL, erased_ms = {now}, \
             cancel_requested_ms = CASE WHEN ended_ms IS NULL THEN COALESCE(cancel_requested_ms, {now}) \
               ELSE cancel_requested_ms END, \
             cancel_reason = CASE WHEN ended_ms IS NULL THEN COALESCE(cancel_reason, 'privacy') ELSE cancel_reason END \
             WHERE author_id = $1 AND erased_ms IS NULL RETURNING id, owner, ended_ms",
            args![member],
        )
        .await?;
    tx.execute(
        "UPDATE job_parts SET body = NULL WHERE body IS NOT NULL AND job_id IN (SELECT id FROM jobs WHERE author_id = $1)",
        args![member],
    )
    .await?;
    let charts = tx
        .execute(
            "DELETE FROM charts WHERE asker_id = $1 \
             OR message_id IN (SELECT chart_authors.message_id FROM chart_authors WHERE author_id = $1)",
            args![member],
        )
        .await?;
    // Before the audit log: a change that is under way keeps what was there before under the id of who made it, and holds the version.
    tx.execute(
        "UPDATE settings_versions SET version = version + 1 \
         WHERE guild_id IN (SELECT settings.guild_id FROM settings WHERE changed_by = $1)",
        args![member],
    )
    .await?;
    tx.execute("UPDATE settings SET changed_by = 0 WHERE changed_by = $1", args![member]).await?;
    let details =
        tx.execute("UPDATE audit SET detail = NULL WHERE member_id = $1 AND detail IS NOT NULL", args![member]).await?;
    let befores =
        tx.execute("UPDATE audit SET before = NULL WHERE before_by = $1 AND before IS NOT NULL", args![member]).await?;
    let mut cancelled = Vec::new();
    for row in &jobs {
        if row.int_or_null("ended_ms")?.is_none() {
            cancelled.push(Cancelled { job: JobId::from_column(row.int("id")?), owner: row.text("owner")? });
        }
    }
    cancelled.sort_by_key(|cancelled| cancelled.job);
    Ok(Erased { jobs: jobs.len() as u64, charts, audit_entries: details + befores, cancelled })
}

/// Where an export is, in the order in which everything is read.
struct Parts {
    wanted: u32,
    at: u32,
    /// In the present part.
    bytes: usize,
}

impl Parts {
    /// Puts a row of so many bytes into the present part, or begins the next one with it. Whether that is the part that is wanted.
    fn take(&mut self, bytes: usize) -> bool {
        if self.bytes > 0 && self.bytes + bytes > PART_BYTES_MAX {
            self.at = self.at.saturating_add(1);
            self.bytes = 0;
        }
        self.bytes += bytes;
        self.at == self.wanted
    }

    fn is_past(&self) -> bool {
        self.at > self.wanted
    }
}

/// One list of an export: its rows, and how their columns are shown.
struct List {
    name: &'static str,
    sql: &'static str,
    columns: &'static [(&'static str, Kind)],
}

/// What a column holds.
#[derive(Clone, Copy)]
enum Kind {
    /// A snowflake: a string in JSON, where numbers of that size lose digits.
    Id,
    Number,
    Text,
    Json,
    /// Compressed data of a chart.
    Data,
}

const LISTS: [List; 9] = [
    List {
        name: "jobs",
        sql: "SELECT id, source, guild_id, channel_id, message_id, state, reason, thread_id, answer_id, created_ms, ended_ms, \
              refusal, request, settings, answer FROM jobs WHERE author_id = $1 ORDER BY id LIMIT $2 OFFSET $3",
        columns: &[
            ("id", Kind::Number),
            ("source", Kind::Text),
            ("guild_id", Kind::Id),
            ("channel_id", Kind::Id),
            ("message_id", Kind::Id),
            ("state", Kind::Text),
            ("reason", Kind::Text),
            ("thread_id", Kind::Id),
            ("answer_id", Kind::Id),
            ("created_ms", Kind::Number),
            ("ended_ms", Kind::Number),
            ("refusal", Kind::Json),
            ("request", Kind::Json),
            ("settings", Kind::Json),
            ("answer", Kind::Json),
        ],
    },
    List {
        name: "messages",
        sql: "SELECT job_id, ordinal, job_parts.message_id, body, job_parts.created_ms FROM job_parts \
              JOIN jobs ON jobs.id = job_id WHERE author_id = $1 ORDER BY job_id, ordinal LIMIT $2 OFFSET $3",
        columns: &[
            ("job_id", Kind::Number),
            ("ordinal", Kind::Number),
            ("message_id", Kind::Id),
            ("created_ms", Kind::Number),
            ("body", Kind::Json),
        ],
    },
    List {
        name: "model_calls",
        sql: "SELECT job_id, call, model, tokens_in, tokens_out, micros, at_ms FROM model_calls \
              JOIN jobs ON jobs.id = job_id WHERE author_id = $1 ORDER BY job_id, call LIMIT $2 OFFSET $3",
        columns: &[
            ("job_id", Kind::Number),
            ("call", Kind::Number),
            ("model", Kind::Text),
            ("tokens_in", Kind::Number),
            ("tokens_out", Kind::Number),
            ("micros", Kind::Number),
            ("at_ms", Kind::Number),
        ],
    },
    List {
        name: "usage",
        sql: "SELECT guild_id, day, questions, model_calls, tokens_in, tokens_out, micros FROM usage_days \
              WHERE scope = 'member' AND scope_id = $1 ORDER BY guild_id, day LIMIT $2 OFFSET $3",
        columns: &[
            ("guild_id", Kind::Id),
            ("day", Kind::Number),
            ("questions", Kind::Number),
            ("model_calls", Kind::Number),
            ("tokens_in", Kind::Number),
            ("tokens_out", Kind::Number),
            ("micros", Kind::Number),
        ],
    },
    List {
        name: "last_questions",
        sql: "SELECT guild_id, last_ms FROM cooldowns WHERE member_id = $1 ORDER BY guild_id LIMIT $2 OFFSET $3",
        columns: &[("guild_id", Kind::Id), ("last_ms", Kind::Number)],
    },
    List {
        name: "last_erased",
        sql: "SELECT at_ms FROM erasures WHERE member_id = $1 AND at_ms > 0 LIMIT $2 OFFSET $3",
        columns: &[("at_ms", Kind::Number)],
    },
    List {
        name: "audit",
        sql: "SELECT id, at_ms, kind, guild_id, channel_id, message_id, job_id, \
              CASE WHEN member_id = $1 THEN detail END AS detail, CASE WHEN before_by = $1 THEN before END AS before \
              FROM audit WHERE member_id = $1 OR before_by = $1 ORDER BY id LIMIT $2 OFFSET $3",
        columns: &[
            ("id", Kind::Number),
            ("at_ms", Kind::Number),
            ("kind", Kind::Text),
            ("guild_id", Kind::Id),
            ("channel_id", Kind::Id),
            ("message_id", Kind::Id),
            ("job_id", Kind::Number),
            ("detail", Kind::Json),
            ("before", Kind::Json),
        ],
    },
    List {
        name: "charts",
        sql: "SELECT message_id, job_id, guild_id, channel_id, created_ms, expires_ms, spec, data FROM charts \
              WHERE asker_id = $1 OR message_id IN (SELECT chart_authors.message_id FROM chart_authors WHERE author_id = $1) \
              ORDER BY message_id LIMIT $2 OFFSET $3",
        columns: &[
            ("message_id", Kind::Id),
            ("job_id", Kind::Number),
            ("guild_id", Kind::Id),
            ("channel_id", Kind::Id),
            ("created_ms", Kind::Number),
            ("expires_ms", Kind::Number),
            ("spec", Kind::Json),
            ("data", Kind::Data),
        ],
    },
    List {
        name: "settings",
        sql: "SELECT guild_id, channel_id, key, value, changed_ms FROM settings WHERE changed_by = $1 \
              ORDER BY guild_id, channel_id, key LIMIT $2 OFFSET $3",
        columns: &[
            ("guild_id", Kind::Id),
            ("channel_id", Kind::Id),
            ("key", Kind::Text),
            ("value", Kind::Json),
            ("changed_ms", Kind::Number),
        ],
    },
];

impl List {
    /// A row as a JSON object; columns that are null are left out.
    fn row(&self, row: &Row) -> Result<Json, StoreError> {
        let mut object = Map::new();
        for (column, kind) in self.columns {
            let value = match kind {
                Kind::Id => row.int_or_null(column)?.map(|id| json!(id.cast_unsigned().to_string())),
                Kind::Number => row.int_or_null(column)?.map(Json::from),
                Kind::Text => row.text_or_null(column)?.map(Json::from),
                Kind::Json => row.json_or_null(column)?,
                Kind::Data => Some(json!(String::from_utf8_lossy(&decompressed(&row.bytes(column)?)?))),
            };
            if let Some(value) = value {
                object.insert((*column).to_owned(), value);
            }
        }
        Ok(object.into())
    }
}
