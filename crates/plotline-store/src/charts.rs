//! Charts whose buttons work: the request for the chart and the data that were plotted, kept beside the message that shows them, so that
//! it can be drawn again after a restart and without the model.

use crate::db::{Row, Tx, args, in_transaction};
use crate::error::StoreError;
use crate::ledger::{Content, millis};
use crate::{ChannelId, GuildId, JobId, MessageId, Store, UserId};
use flate2::Compression;
use flate2::read::{ZlibDecoder, ZlibEncoder};
use std::collections::BTreeSet;
use std::fmt;
use std::io::Read as _;
use std::time::Duration;

/// The most that the data of one chart may take, in bytes before compression. A chart shows at most some thousand points.
const DATA_MAX: usize = 8 << 20;

/// The most that the request for one chart may take, in bytes.
const SPEC_MAX: usize = 256 << 10;

/// The most members whose data one chart holds. More than wrote in what a question can quote.
const AUTHORS_MAX: usize = 100;

/// A chart to remember.
#[derive(Clone, PartialEq, Eq)]
pub struct NewChart {
    /// The message that shows it.
    pub message_id: MessageId,
    /// The job that drew it.
    pub job_id: Option<JobId>,
    /// The server, or `None` in direct messages.
    pub guild_id: Option<GuildId>,
    /// The channel or thread of the message.
    pub channel_id: ChannelId,
    /// Who asked for it, and may change it.
    pub asker_id: UserId,
    /// Whose text its data come from, where others than the asker: they see it in their export, and their erasing takes it.
    pub authors: Vec<UserId>,
    /// What was drawn.
    pub spec: Content,
    /// The data it was drawn from, in the caller's form.
    pub data: Vec<u8>,
    /// How long its buttons work.
    pub lifetime: Duration,
}

/// A chart that is remembered.
#[derive(Clone, PartialEq, Eq)]
pub struct Chart {
    /// The message that shows it.
    pub message_id: MessageId,
    /// The job that drew it.
    pub job_id: Option<JobId>,
    /// The server, or `None` in direct messages.
    pub guild_id: Option<GuildId>,
    /// The channel or thread of the message.
    pub channel_id: ChannelId,
    /// Who asked for it, and may change it.
    pub asker_id: UserId,
    /// What is drawn.
    pub spec: Content,
    /// The data it is drawn from.
    pub data: Vec<u8>,
    /// Grows with each change of `spec`.
    pub version: i64,
    /// When it was remembered.
    pub created_ms: i64,
}

impl fmt::Debug for NewChart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NewChart({}, {} bytes)", self.message_id, self.data.len())
    }
}

impl fmt::Debug for Chart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Chart({}, version {}, {} bytes)", self.message_id, self.version, self.data.len())
    }
}

impl Store {
    /// Remembers the chart of a message, in place of one that the message had. `false` says that it was not kept, because the asker or
    /// one of its authors had their text erased after the job began.
    ///
    /// # Errors
    /// [`StoreError::Value`] beyond the limits; otherwise the database's.
    pub async fn put_chart(&self, chart: &NewChart) -> Result<bool, StoreError> {
        let spec = spec_text(&chart.spec)?;
        if chart.authors.len() > AUTHORS_MAX {
            return Err(StoreError::Value(format!("a chart has the data of at most {AUTHORS_MAX} members")));
        }
        if chart.data.len() > DATA_MAX {
            return Err(StoreError::Value(format!("the data of a chart are at most {DATA_MAX} bytes")));
        }
        let mut data = Vec::new();
        ZlibEncoder::new(chart.data.as_slice(), Compression::fast())
            .read_to_end(&mut data)
            .map_err(|error| StoreError::Value(format!("the data of a chart could not be compressed: {error}")))?;
        in_transaction!(self.db, |tx| put(tx, chart, &spec, &data).await)
    }

    /// Moves a chart to another message that shows it from now on; nothing where it was moved already or has been erased.
    ///
    /// # Errors
    /// The database's.
    pub async fn move_chart(&self, from: MessageId, to: MessageId, channel: ChannelId) -> Result<(), StoreError> {
        // One statement, so that an erasing before or after it finds the chart.
        self.db
            .execute(
                "UPDATE charts SET message_id = $2, channel_id = $3 WHERE message_id = $1 \
                 AND NOT EXISTS (SELECT 1 FROM charts AS other WHERE other.message_id = $2)",
                args![from, to, channel],
            )
            .await?;
        Ok(())
    }

    /// The chart of a message; `None` when there is none or it has expired.
    ///
    /// # Errors
    /// The database's.
    pub async fn chart(&self, message: MessageId) -> Result<Option<Chart>, StoreError> {
        let row = self
            .db
            .read_one(
                "SELECT message_id, job_id, guild_id, channel_id, asker_id, spec, data, version, created_ms FROM charts \
                 WHERE message_id = $1 AND expires_ms > {now}",
                args![message],
            )
            .await?;
        row.as_ref().map(Chart::from_row).transpose()
    }

    /// Changes what is drawn, provided that it is still at `version`: of two presses at the same moment one is applied, and the other
    /// (`None`) reads the chart again. Returns the new version.
    ///
    /// # Errors
    /// [`StoreError::Value`] beyond the limits; otherwise the database's.
    pub async fn change_chart(
        &self,
        message: MessageId,
        version: i64,
        spec: &Content,
    ) -> Result<Option<i64>, StoreError> {
        let spec = spec_text(spec)?;
        let changed = self
            .db
            .execute(
                "UPDATE charts SET spec = $3, version = $2 + 1 \
                 WHERE message_id = $1 AND expires_ms > {now} AND (version = $2 OR (version = $2 + 1 AND spec = $3))",
                args![message, version, &spec],
            )
            .await?;
        Ok((changed == 1).then_some(version + 1))
    }
}

async fn put(tx: &mut Tx<'_>, chart: &NewChart, spec: &str, data: &[u8]) -> Result<bool, StoreError> {
    let others: BTreeSet<UserId> = chart.authors.iter().copied().filter(|author| *author != chart.asker_id).collect();
    // Locked until the end, so that no erasing comes between the check and the write: first the members and then the job, as an
    // erasing does.
    let erased_last = lock_members(tx, &others).await?;
    let job = tx.fetch_one("SELECT created_ms, erased_ms FROM jobs WHERE id = $1 {lock}", args![chart.job_id]).await?;
    let erased = match job {
        Some(job) => job.int_or_null("erased_ms")?.is_some() || job.int("created_ms")? <= erased_last,
        None => false,
    };
    if !erased {
        write(tx, chart, &others, spec, data).await?;
    }
    for member in others {
        tx.execute("DELETE FROM erasures WHERE member_id = $1 AND at_ms = 0", args![member]).await?;
    }
    Ok(!erased)
}

/// Keeps erasings of these members waiting, and tells when the last one was. A member who never had anything erased gets a row for that
/// time, since there is no other to lock.
async fn lock_members(tx: &mut Tx<'_>, members: &BTreeSet<UserId>) -> Result<i64, StoreError> {
    let mut last = 0;
    for member in members {
        let row = tx
            .fetch_one(
                "INSERT INTO erasures (member_id, at_ms) VALUES ($1, 0) \
                 ON CONFLICT (member_id) DO UPDATE SET at_ms = erasures.at_ms RETURNING at_ms",
                args![*member],
            )
            .await?;
        if let Some(row) = row {
            last = row.int("at_ms")?.max(last);
        }
    }
    Ok(last)
}

async fn write(
    tx: &mut Tx<'_>,
    chart: &NewChart,
    others: &BTreeSet<UserId>,
    spec: &str,
    data: &[u8],
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO charts (message_id, job_id, guild_id, channel_id, asker_id, spec, data, version, created_ms, \
         expires_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, 1, {now}, {now} + $8) \
         ON CONFLICT (message_id) DO UPDATE SET job_id = excluded.job_id, asker_id = excluded.asker_id, spec = excluded.spec, \
         data = excluded.data, version = charts.version + 1, expires_ms = excluded.expires_ms",
        args![
            chart.message_id,
            chart.job_id,
            chart.guild_id,
            chart.channel_id,
            chart.asker_id,
            spec,
            data,
            millis(chart.lifetime)
        ],
    )
    .await?;
    tx.execute("DELETE FROM chart_authors WHERE message_id = $1", args![chart.message_id]).await?;
    for author in others {
        tx.execute(
            "INSERT INTO chart_authors (message_id, author_id) VALUES ($1, $2)",
            args![chart.message_id, *author],
        )
        .await?;
    }
    Ok(())
}

fn spec_text(spec: &Content) -> Result<String, StoreError> {
    let text = spec.0.to_string();
    if text.len() > SPEC_MAX {
        return Err(StoreError::Value(format!("the description of a chart is at most {SPEC_MAX} bytes")));
    }
    Ok(text)
}

/// The data of a chart as they were before compression.
pub(crate) fn decompressed(data: &[u8]) -> Result<Vec<u8>, StoreError> {
    let mut plain = Vec::new();
    // Bounded again: what comes from the database may have been changed by hand.
    ZlibDecoder::new(data)
        .take(DATA_MAX as u64)
        .read_to_end(&mut plain)
        .map_err(|error| StoreError::Value(format!("the data of a chart are damaged: {error}")))?;
    Ok(plain)
}

impl Chart {
    fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            message_id: MessageId::from_column(row.int("message_id")?),
            job_id: row.int_or_null("job_id")?.map(JobId::from_column),
            guild_id: row.int_or_null("guild_id")?.map(GuildId::from_column),
            channel_id: ChannelId::from_column(row.int("channel_id")?),
            asker_id: UserId::from_column(row.int("asker_id")?),
            spec: Content(row.json("spec")?),
            data: decompressed(&row.bytes("data")?)?,
            version: row.int("version")?,
            created_ms: row.int("created_ms")?,
        })
    }
}
