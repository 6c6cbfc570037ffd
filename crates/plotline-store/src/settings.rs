//! The settings of each server, with who changed them, in force at once in every process.
//!
//! The store knows neither the settings nor their defaults: it keeps the JSON values that differ from them, by key, for the whole
//! server or for one channel. A version that grows with each change is read before each use, and what was read last time is used again
//! while it has not grown.

use crate::audit::{AuditedChange, audit_change};
use crate::db::{Row, Tx, args, in_transaction};
use crate::error::StoreError;
use crate::ledger::random;
use crate::{ChannelId, GuildId, Store, UserId};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

/// The longest key, in bytes.
const KEY_MAX: usize = 64;

/// The most that one value may take, in bytes of JSON. A system prompt fits; with the one before it, an audit entry holds both.
const VALUE_MAX: usize = 16 << 10;

/// The most settings of one server, those of its channels included. Discord has at most 500 channels in a server.
const SETTINGS_MAX: usize = 5000;

/// The most servers whose settings are kept in memory. Beyond it, all are read again, which is one statement for each.
const CACHED_GUILDS_MAX: usize = 5000;

/// A setting that differs from its default.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// Its value.
    pub value: Json,
    /// Who changed it.
    /// 0 after that member had their data erased.
    pub changed_by: UserId,
    /// When.
    pub changed_ms: i64,
}

/// The settings of a server at one moment.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct GuildSettings {
    /// Grows with each change; 0 before the first.
    pub version: i64,
    entries: BTreeMap<(Option<ChannelId>, String), Setting>,
}

impl GuildSettings {
    /// The setting in force in a channel: the channel's own, else the server's; `None` means the default.
    #[must_use]
    pub fn in_force(&self, channel: Option<ChannelId>, key: &str) -> Option<&Setting> {
        let own = channel.and_then(|channel| self.get(Some(channel), key));
        own.or_else(|| self.get(None, key))
    }

    /// The setting of exactly this channel, or of the whole server.
    #[must_use]
    pub fn get(&self, channel: Option<ChannelId>, key: &str) -> Option<&Setting> {
        self.entries.get(&(channel, key.to_owned()))
    }

    /// All settings: those of the whole server first, then by channel; each by key.
    pub fn iter(&self) -> impl Iterator<Item = (Option<ChannelId>, &str, &Setting)> {
        self.entries.iter().map(|((channel, key), setting)| (*channel, key.as_str(), setting))
    }
}

/// A change of one setting.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// In this channel, or in the whole server.
    pub channel: Option<ChannelId>,
    /// Which.
    pub key: String,
    /// The new value; `None` goes back to the default.
    pub value: Option<Json>,
}

/// What becomes of the settings that a change does not name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Others {
    /// They stay: setting and resetting one.
    Stay,
    /// They go back to their defaults: importing a whole configuration.
    Reset,
}

/// A change that was made.
#[derive(Debug, Clone, PartialEq)]
pub struct Changed {
    /// In this channel, or in the whole server.
    pub channel: Option<ChannelId>,
    /// Which.
    pub key: String,
    /// What it was; `None` was the default.
    pub before: Option<Json>,
    /// What it is; `None` is the default.
    pub after: Option<Json>,
}

/// What was read of each server, by version.
#[derive(Debug, Default)]
pub(crate) struct SettingsCache {
    guilds: Mutex<HashMap<GuildId, Arc<GuildSettings>>>,
}

impl SettingsCache {
    fn get(&self, guild: GuildId, version: i64) -> Option<Arc<GuildSettings>> {
        let guilds = self.guilds.lock().unwrap_or_else(PoisonError::into_inner);
        guilds.get(&guild).filter(|settings| settings.version == version).cloned()
    }

    fn put(&self, guild: GuildId, settings: Arc<GuildSettings>) {
        let mut guilds = self.guilds.lock().unwrap_or_else(PoisonError::into_inner);
        if guilds.len() >= CACHED_GUILDS_MAX && !guilds.contains_key(&guild) {
            guilds.clear();
        }
        guilds.insert(guild, settings);
    }
}

impl Store {
    /// The settings of a server that are in force now, whichever process changed them: reads the version, and the settings only when
    /// it has grown.
    ///
    /// # Errors
    /// The database's.
    pub async fn settings(&self, guild: GuildId) -> Result<Arc<GuildSettings>, StoreError> {
        let version = self.settings_version(guild).await?;
        if let Some(settings) = self.settings_cache.get(guild, version) {
            return Ok(settings);
        }
        // The version was read first: should the settings be newer than it, they are only read once more than needed.
        let rows = self
            .db
            .read(
                "SELECT channel_id, key, value, changed_by, changed_ms FROM settings WHERE guild_id = $1",
                args![guild],
            )
            .await?;
        let entries = rows.iter().map(entry).collect::<Result<_, _>>()?;
        let settings = Arc::new(GuildSettings { version, entries });
        self.settings_cache.put(guild, Arc::clone(&settings));
        Ok(settings)
    }

    /// The version of a server's settings: grows with each change.
    ///
    /// # Errors
    /// The database's.
    pub async fn settings_version(&self, guild: GuildId) -> Result<i64, StoreError> {
        let row = self.db.read_one("SELECT version FROM settings_versions WHERE guild_id = $1", args![guild]).await?;
        row.map_or(Ok(0), |row| row.int("version"))
    }

    /// Makes all changes or none, each with its audit entry in the same transaction: kind `config`, who, the key and the new
    /// value in the detail (no value: back to the default), and the value before.
    /// Returns those that made a difference.
    ///
    /// # Errors
    /// [`StoreError::Value`] beyond the limits; otherwise the database's.
    pub async fn change_settings(
        &self,
        guild: GuildId,
        by: UserId,
        changes: &[Change],
        others: Others,
    ) -> Result<Vec<Changed>, StoreError> {
        check(changes)?;
        let token = random();
        let changed: Result<_, StoreError> =
            in_transaction!(self.db, |tx| change(tx, guild, by, changes, others, None, token).await);
        Ok(changed?.unwrap_or_default())
    }

    /// The same, if the settings still have the version on which the changes are based; the other settings stay. `None` where they have
    /// been changed since: nothing was done, and whoever asks reads them again.
    ///
    /// # Errors
    /// As [`Store::change_settings`].
    pub async fn change_settings_at(
        &self,
        guild: GuildId,
        by: UserId,
        changes: &[Change],
        version: i64,
    ) -> Result<Option<Vec<Changed>>, StoreError> {
        check(changes)?;
        let token = random();
        in_transaction!(self.db, |tx| change(tx, guild, by, changes, Others::Stay, Some(version), token).await)
    }
}

fn check(changes: &[Change]) -> Result<(), StoreError> {
    if changes.len() > SETTINGS_MAX {
        return Err(StoreError::Value(format!("a server has at most {SETTINGS_MAX} settings")));
    }
    for change in changes {
        if change.key.is_empty() || change.key.len() > KEY_MAX {
            return Err(StoreError::Value(format!("the name of a setting has 1 to {KEY_MAX} bytes")));
        }
        if change.channel == Some(ChannelId(0)) {
            return Err(StoreError::Value("there is no channel 0".to_owned()));
        }
        if change.value.as_ref().is_some_and(|value| value.to_string().len() > VALUE_MAX) {
            return Err(StoreError::Value(format!("the value of {} is longer than {VALUE_MAX} bytes", change.key)));
        }
    }
    Ok(())
}

async fn change(
    tx: &mut Tx<'_>,
    guild: GuildId,
    by: UserId,
    changes: &[Change],
    others: Others,
    based_on: Option<i64>,
    token: i64,
) -> Result<Option<Vec<Changed>>, StoreError> {
    let done = already_changed(tx, token).await?;
    if !done.is_empty() {
        return Ok(Some(done));
    }
    // First the version: its row is the lock under which the settings of a server are compared and changed.
    let version = tx
        .fetch(
            "INSERT INTO settings_versions (guild_id, version) VALUES ($1, 1) \
             ON CONFLICT (guild_id) DO UPDATE SET version = settings_versions.version + 1 \
             WHERE settings_versions.version = COALESCE($2, settings_versions.version) RETURNING version",
            args![guild, based_on],
        )
        .await?;
    if version.is_empty() {
        return Ok(None);
    }
    let rows = tx
        .fetch("SELECT channel_id, key, value, changed_by, changed_ms FROM settings WHERE guild_id = $1", args![guild])
        .await?;
    let before: BTreeMap<_, _> = rows.iter().map(entry).collect::<Result<_, _>>()?;
    // The last change of a key wins, and each key is changed once.
    let mut after: BTreeMap<(Option<ChannelId>, String), Option<Json>> = BTreeMap::new();
    if others == Others::Reset {
        after.extend(before.keys().map(|place| (place.clone(), None)));
    }
    for change in changes {
        after.insert((change.channel, change.key.clone()), change.value.clone());
    }
    after.retain(|place, value| before.get(place).map(|setting| &setting.value) != value.as_ref());
    let added = after.iter().filter(|(place, value)| value.is_some() && !before.contains_key(place)).count();
    let removed = after.values().filter(|value| value.is_none()).count();
    if before.len() + added - removed > SETTINGS_MAX {
        return Err(StoreError::Value(format!("a server has at most {SETTINGS_MAX} settings")));
    }
    let mut changed = Vec::new();
    for ((channel, key), value) in after {
        let old = before.get(&(channel, key.clone()));
        write(tx, guild, channel, &key, value.as_ref(), by).await?;
        let before_text = old.map(|setting| (setting.value.to_string(), setting.changed_by));
        let detail = match &value {
            Some(value) => json!({"key": key, "after": value}),
            None => json!({"key": key}),
        };
        let change = AuditedChange {
            guild,
            channel,
            by,
            detail: &detail.to_string(),
            before: before_text.as_ref().map(|(text, by)| (text.as_str(), *by)),
            token,
            place: changed.len() as i64,
        };
        audit_change(tx, change).await?;
        changed.push(Changed { channel, key, before: old.map(|setting| setting.value.clone()), after: value });
    }
    Ok(Some(changed))
}

/// What this very call has changed already, when the answer to its commit was lost.
async fn already_changed(tx: &mut Tx<'_>, token: i64) -> Result<Vec<Changed>, StoreError> {
    let rows =
        tx.fetch("SELECT channel_id, detail, before FROM audit WHERE token = $1 ORDER BY place", args![token]).await?;
    let mut changed = Vec::new();
    for row in rows {
        let channel = row.int_or_null("channel_id")?.map(ChannelId::from_column);
        let before = row.json_or_null("before")?;
        let detail = row.json("detail")?;
        let key = detail["key"].as_str().unwrap_or_default().to_owned();
        let after = detail.get("after").cloned();
        changed.push(Changed { channel, key, before, after });
    }
    Ok(changed)
}

async fn write(
    tx: &mut Tx<'_>,
    guild: GuildId,
    channel: Option<ChannelId>,
    key: &str,
    value: Option<&Json>,
    by: UserId,
) -> Result<(), StoreError> {
    let channel = channel.unwrap_or(ChannelId(0));
    match value {
        Some(value) => {
            tx.execute(
                "INSERT INTO settings (guild_id, channel_id, key, value, changed_by, changed_ms) \
                 VALUES ($1, $2, $3, $4, $5, {now}) \
                 ON CONFLICT (guild_id, channel_id, key) DO UPDATE SET value = excluded.value, \
                 changed_by = excluded.changed_by, changed_ms = excluded.changed_ms",
                args![guild, channel, key, &value.to_string(), by],
            )
            .await?;
        }
        None => {
            tx.execute(
                "DELETE FROM settings WHERE guild_id = $1 AND channel_id = $2 AND key = $3",
                args![guild, channel, key],
            )
            .await?;
        }
    }
    Ok(())
}

fn entry(row: &Row) -> Result<((Option<ChannelId>, String), Setting), StoreError> {
    let channel = Some(ChannelId::from_column(row.int("channel_id")?)).filter(|channel| channel.0 != 0);
    let setting = Setting {
        value: row.json("value")?,
        changed_by: UserId::from_column(row.int("changed_by")?),
        changed_ms: row.int("changed_ms")?,
    };
    Ok(((channel, row.text("key")?), setting))
}
