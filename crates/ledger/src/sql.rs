//! Small conversions between SQLite's values and ours, in one place.

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::Row;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::LedgerError;

/// A moment, read from milliseconds.
pub(crate) fn moment(milliseconds: i64) -> Result<Timestamp, LedgerError> {
    Timestamp::from_millisecond(milliseconds).map_err(|error| LedgerError::Unreadable(error.to_string()))
}

/// A day, read from ISO text.
pub(crate) fn day(text: &str) -> Result<Date, LedgerError> {
    text.parse()
        .map_err(|_| LedgerError::Unreadable(format!("{text:?} is no date")))
}

/// JSON from a text column.
pub(crate) fn json<T: DeserializeOwned>(row: &Row<'_>, column: &str) -> Result<T, LedgerError> {
    Ok(serde_json::from_str(
        row.get_ref(column)?.as_str().map_err(rusqlite::Error::from)?,
    )?)
}

/// JSON for a text column.
pub(crate) fn text<T: Serialize>(value: &T) -> Result<String, LedgerError> {
    Ok(serde_json::to_string(value)?)
}

/// An enum that is stored as one word, through its serde name.
pub(crate) fn word<T: Serialize>(value: &T) -> Result<String, LedgerError> {
    match serde_json::to_value(value)? {
        serde_json::Value::String(word) => Ok(word),
        other => Err(LedgerError::Unreadable(format!("{other} is not one word"))),
    }
}

/// An enum read back from its word.
pub(crate) fn from_word<T: DeserializeOwned>(word: &str) -> Result<T, LedgerError> {
    Ok(serde_json::from_value(serde_json::Value::String(
        word.to_owned(),
    ))?)
}

/// A count or number that is never negative in the schema.
pub(crate) fn count(value: i64) -> u32 {
    u32::try_from(value).unwrap_or(if value < 0 { 0 } else { u32::MAX })
}
