//! The audit log: what happened, for admins and for "why".

use crate::db::{Row, Tx, args};
use crate::error::StoreError;
use crate::ledger::{Content, random};
use crate::{ChannelId, GuildId, JobId, MessageId, Store, UserId};

/// The longest kind, in bytes: a code, such as `cooldown` or `config`.
const KIND_MAX: usize = 64;

/// The most that the detail of one entry may take, in bytes. A system prompt fits.
const DETAIL_MAX: usize = 64 << 10;

/// The most entries of one page.
const PAGE_MAX: u32 = 200;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAuditEntry {
    /// A code, such as `cooldown` or `failed`; `config` is for [`Store::change_settings`] to write.
    pub kind: String,
    /// The server it belongs to.
    pub guild_id: Option<GuildId>,
    /// Where.
    pub channel_id: Option<ChannelId>,
    /// The message it is about.
    pub message_id: Option<MessageId>,
    /// The member who did it, or whom it is about.
    pub member_id: Option<UserId>,
    /// The job it is about.
    pub job_id: Option<JobId>,
    /// What an admin should see besides. Erased with the member's text.
    pub detail: Option<Content>,
}

impl NewAuditEntry {
    /// An entry of a kind, about nothing yet.
    #[must_use]
    pub fn new(kind: impl Into<String>) -> Self {
        Self {
            kind: kind.into(),
            guild_id: None,
            channel_id: None,
            message_id: None,
            member_id: None,
            job_id: None,
            detail: None,
        }
    }
}

/// An entry of the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its number: grows with time. A page continues before it.
    pub id: i64,
    /// When.
    pub at_ms: i64,
    /// What happened.
    pub what: NewAuditEntry,
    /// Of a change: what was there before.
    pub before: Option<Content>,
}

/// Which entries to list. All that are set must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Of this server; `None` is those of direct messages and of the operator.
    pub guild_id: Option<GuildId>,
    /// Of this kind.
    pub kind: Option<String>,
    /// Of this member.
    pub member_id: Option<UserId>,
    /// Not older than this, in milliseconds since 1970.
    pub since_ms: Option<i64>,
    /// Only entries before this one: the last of the page before.
    pub before_id: Option<i64>,
}

/// The columns that make an [`AuditEntry`].
macro_rules! audit_columns {
    () => {
        "id, at_ms, kind, guild_id, channel_id, message_id, member_id, job_id, detail, before"
    };
}
impl Store {
    /// Adds an entry.
    ///
    /// # Errors
    /// [`StoreError::Value`] beyond the limits; otherwise the database's.
    pub async fn audit(&self, entry: &NewAuditEntry) -> Result<(), StoreError> {
        let detail = entry.detail.as_ref().map(|detail| detail.0.to_string());
        if entry.kind.is_empty() || entry.kind.len() > KIND_MAX {
            return Err(StoreError::Value(format!("a kind of the audit log has 1 to {KIND_MAX} bytes")));
        }
        if detail.as_ref().is_some_and(|detail| detail.len() > DETAIL_MAX) {
            return Err(StoreError::Value(format!("the detail of an audit entry is at most {DETAIL_MAX} bytes")));
        }
        self.db
            .execute(
                "INSERT INTO audit (at_ms, kind, guild_id, channel_id, message_id, member_id, job_id, detail, token, place) \
                 VALUES ({now}, $1, $2, $3, $4, $5, $6, $7, $8, 0) ON CONFLICT DO NOTHING",
                args![
                    &entry.kind,
                    entry.guild_id,
                    entry.channel_id,
                    entry.message_id,
                    entry.member_id,
                    entry.job_id,
                    &detail,
                    random()
                ],
            )
            .await?;
        Ok(())
    }

    /// A page of the log, newest first, at most `limit` entries.
    ///
    /// # Errors
    /// The database's.
    pub async fn audit_page(&self, filter: &AuditFilter, limit: u32) -> Result<Vec<AuditEntry>, StoreError> {
        // One statement for every combination: a filter that is not set is NULL. The index of the server (0 for none), by the same
        // expression, carries the order.
        self.db
            .read(
                concat!(
                    "SELECT ",
                    audit_columns!(),
                    " FROM audit WHERE COALESCE(guild_id, 0) = $1 AND id < $2 AND at_ms >= $3 \
                     AND (CAST($4 AS TEXT) IS NULL OR kind = $4) AND (CAST($5 AS BIGINT) IS NULL OR member_id = $5) ORDER BY id DESC LIMIT $6"
                ),
                args![
                    filter.guild_id.unwrap_or(GuildId(0)),
                    filter.before_id.unwrap_or(i64::MAX),
                    filter.since_ms.unwrap_or(i64::MIN),
                    &filter.kind,
                    filter.member_id,
                    limit.min(PAGE_MAX)
                ],
            )
            .await?
            .iter()
            .map(AuditEntry::from_row)
            .collect()
    }

    /// What the log says about a message, oldest first: why it got no answer, or this one.
    ///
    /// # Errors
    /// The database's.
    pub async fn audit_of_message(&self, message: MessageId) -> Result<Vec<AuditEntry>, StoreError> {
        self.db
            .read(
                concat!("SELECT ", audit_columns!(), " FROM audit WHERE message_id = $1 ORDER BY id LIMIT $2"),
                args![message, PAGE_MAX],
            )
            .await?
            .iter()
            .map(AuditEntry::from_row)
            .collect()
    }
}

impl AuditEntry {
    pub(crate) fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.int("id")?,
            at_ms: row.int("at_ms")?,
            what: NewAuditEntry {
                kind: row.text("kind")?,
                guild_id: row.int_or_null("guild_id")?.map(GuildId::from_column),
                channel_id: row.int_or_null("channel_id")?.map(ChannelId::from_column),
                message_id: row.int_or_null("message_id")?.map(MessageId::from_column),
                member_id: row.int_or_null("member_id")?.map(UserId::from_column),
                job_id: row.int_or_null("job_id")?.map(JobId::from_column),
                detail: row.json_or_null("detail")?.map(Content),
            },
            before: row.json_or_null("before")?.map(Content),
        })
    }
}

/// A change of a setting, for its entry in the log.
pub(crate) struct AuditedChange<'a> {
    pub(crate) guild: GuildId,
    pub(crate) channel: Option<ChannelId>,
    pub(crate) by: UserId,
    pub(crate) detail: &'a str,
    /// What was there before, and whose it was.
    pub(crate) before: Option<(&'a str, UserId)>,
    /// Tells the call's entries from others'.
    pub(crate) token: i64,
    /// Its place among the call's entries.
    pub(crate) place: i64,
}

/// Adds an entry about a change, in the change's own transaction.
pub(crate) async fn audit_change(tx: &mut Tx<'_>, change: AuditedChange<'_>) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO audit (at_ms, kind, guild_id, channel_id, member_id, detail, before, before_by, token, place) \
         VALUES ({now}, 'config', $1, $2, $3, $4, $5, $6, $7, $8)",
        args![
            change.guild,
            change.channel,
            change.by,
            change.detail,
            change.before.map(|(value, _)| value),
            change.before.map(|(_, by)| by),
            change.token,
            change.place
        ],
    )
    .await?;
    Ok(())
}
