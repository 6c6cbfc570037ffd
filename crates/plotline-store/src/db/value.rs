//! Values on their way to the database and rows on their way back.

use crate::error::StoreError;
use sqlx::{Arguments as _, Row as _};

/// A bound value. Flags and ids are integers, times are milliseconds, structured values are JSON text: so both databases hold the
/// same, and Postgres never has to guess a type (a `NULL` has one, too).
#[derive(Debug, Clone, Copy)]
pub(crate) enum Value<'a> {
    Int(Option<i64>),
    Text(Option<&'a str>),
    Bytes(Option<&'a [u8]>),
}

macro_rules! value_from {
    ($($from:ty => |$value:ident| $to:expr),* $(,)?) => {$(
        impl<'a> From<$from> for Value<'a> {
            fn from($value: $from) -> Self {
                $to
            }
        }
    )*};
}

value_from! {
    i64 => |value| Value::Int(Some(value)),
    Option<i64> => |value| Value::Int(value),
    u32 => |value| Value::Int(Some(i64::from(value))),
    bool => |value| Value::Int(Some(i64::from(value))),
    &'a str => |value| Value::Text(Some(value)),
    Option<&'a str> => |value| Value::Text(value),
    &'a String => |value| Value::Text(Some(value)),
    &'a Option<String> => |value| Value::Text(value.as_deref()),
    &'a [u8] => |value| Value::Bytes(Some(value)),
    &'a Vec<u8> => |value| Value::Bytes(Some(value)),
    crate::GuildId => |value| Value::Int(Some(value.into())),
    Option<crate::GuildId> => |value| Value::Int(value.map(i64::from)),
    crate::ChannelId => |value| Value::Int(Some(value.into())),
    Option<crate::ChannelId> => |value| Value::Int(value.map(i64::from)),
    crate::MessageId => |value| Value::Int(Some(value.into())),
    Option<crate::MessageId> => |value| Value::Int(value.map(i64::from)),
    crate::UserId => |value| Value::Int(Some(value.into())),
    Option<crate::UserId> => |value| Value::Int(value.map(i64::from)),
    crate::JobId => |value| Value::Int(Some(value.into())),
    Option<crate::JobId> => |value| Value::Int(value.map(i64::from)),
}

/// The arguments of a statement, in the order of its placeholders.
macro_rules! args {
    ($($value:expr),* $(,)?) => { &[$($crate::db::Value::from($value)),*] };
}
pub(crate) use args;

pub(super) fn sqlite_arguments(args: &[Value<'_>]) -> Result<sqlx::sqlite::SqliteArguments, StoreError> {
    let mut arguments = sqlx::sqlite::SqliteArguments::default();
    for arg in args {
        match *arg {
            Value::Int(value) => arguments.add(value),
            Value::Text(value) => arguments.add(value.map(str::to_owned)),
            Value::Bytes(value) => arguments.add(value.map(<[u8]>::to_vec)),
        }
        .map_err(encode_error)?;
    }
    Ok(arguments)
}

pub(super) fn postgres_arguments(args: &[Value<'_>]) -> Result<sqlx::postgres::PgArguments, StoreError> {
    let mut arguments = sqlx::postgres::PgArguments::default();
    for arg in args {
        match *arg {
            Value::Int(value) => arguments.add(value),
            Value::Text(value) => arguments.add(value),
            Value::Bytes(value) => arguments.add(value),
        }
        .map_err(encode_error)?;
    }
    Ok(arguments)
}

fn encode_error(error: sqlx::error::BoxDynError) -> StoreError {
    StoreError::Value(error.to_string())
}

/// A row of either database.
pub(crate) enum Row {
    Sqlite(sqlx::sqlite::SqliteRow),
    Postgres(sqlx::postgres::PgRow),
}

macro_rules! column {
    ($row:expr, $name:expr) => {
        match $row {
            Row::Sqlite(row) => row.try_get($name),
            Row::Postgres(row) => row.try_get($name),
        }
        .map_err(StoreError::from)
    };
}

impl Row {
    pub(crate) fn int(&self, column: &str) -> Result<i64, StoreError> {
        column!(self, column)
    }

    pub(crate) fn int_or_null(&self, column: &str) -> Result<Option<i64>, StoreError> {
        column!(self, column)
    }

    pub(crate) fn text(&self, column: &str) -> Result<String, StoreError> {
        column!(self, column)
    }

    pub(crate) fn text_or_null(&self, column: &str) -> Result<Option<String>, StoreError> {
        column!(self, column)
    }

    pub(crate) fn bytes(&self, column: &str) -> Result<Vec<u8>, StoreError> {
        column!(self, column)
    }

    /// A column of JSON text that is never null.
    pub(crate) fn json(&self, column: &str) -> Result<serde_json::Value, StoreError> {
        parse(column, &self.text(column)?)
    }

    /// A column of JSON text.
    pub(crate) fn json_or_null(&self, column: &str) -> Result<Option<serde_json::Value>, StoreError> {
        self.text_or_null(column)?.map(|text| parse(column, &text)).transpose()
    }
}

fn parse(column: &str, text: &str) -> Result<serde_json::Value, StoreError> {
    // The error does not show the text, which may be a member's.
    serde_json::from_str(text).map_err(|_| StoreError::Value(format!("column {column} holds no valid JSON")))
}
