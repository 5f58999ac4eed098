//! What survives a restart: documents by kind and id in one SQLite file. A create that was answered is on disk.

use std::path::Path;

use rusqlite::{Connection, Transaction, TransactionBehavior, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::server::StartError;

/// The file of the books in their folder.
pub const BOOKS_FILE: &str = "simulator.db";

/// Which shape the documents have: the file's `user_version`. A file from before it was written has 0 and the first shape.
const SHAPE: u32 = 1;

/// The file, or nothing at all.
pub(crate) struct Books(Option<Connection>);

impl Books {
    /// Opens the file in `folder`, or keeps nothing.
    pub(crate) fn open(folder: Option<&Path>) -> Result<Self, StartError> {
        let Some(folder) = folder else {
            return Ok(Self(None));
        };
        let db = Connection::open(folder.join(BOOKS_FILE))?;
        let shape: u32 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if shape > SHAPE {
            let said = format!("they are of shape {shape}, and this program knows {SHAPE}");
            return Err(StartError::Unreadable(said));
        }
        db.pragma_update(None, "journal_mode", "WAL")?;
        db.pragma_update(None, "synchronous", "FULL")?;
        db.execute_batch(
            "CREATE TABLE IF NOT EXISTS document (
                 kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, id)
             ) STRICT, WITHOUT ROWID;",
        )?;
        let verdict: String = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if verdict != "ok" {
            return Err(StartError::Unreadable(verdict));
        }
        db.pragma_update(None, "user_version", SHAPE)?;
        Ok(Self(Some(db)))
    }

    /// Writes a document.
    pub(crate) fn put<T: Serialize>(&self, kind: &str, id: &str, body: &T) -> Result<(), rusqlite::Error> {
        let Some(db) = &self.0 else { return Ok(()) };
        let body = serde_json::to_string(body)
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
        db.prepare_cached("INSERT OR REPLACE INTO document (kind, id, body) VALUES (?1, ?2, ?3)")?
            .execute(params![kind, id, body])?;
        Ok(())
    }

    /// All that `write` writes is on disk, or nothing of it.
    pub(crate) fn together(
        &self,
        write: impl FnOnce() -> Result<(), rusqlite::Error>,
    ) -> Result<(), rusqlite::Error> {
        let Some(db) = &self.0 else { return write() };
        // Dropped without its commit, it is rolled back.
        let unit = Transaction::new_unchecked(db, TransactionBehavior::Immediate)?;
        write()?;
        unit.commit()
    }

    /// Deletes a document.
    pub(crate) fn delete(&self, kind: &str, id: &str) -> Result<(), rusqlite::Error> {
        let Some(db) = &self.0 else { return Ok(()) };
        db.execute(
            "DELETE FROM document WHERE kind = ?1 AND id = ?2",
            params![kind, id],
        )?;
        Ok(())
    }

    /// Every document of a kind.
    pub(crate) fn all<T: DeserializeOwned>(&self, kind: &str) -> Result<Vec<(String, T)>, rusqlite::Error> {
        let Some(db) = &self.0 else { return Ok(Vec::new()) };
        let mut statement = db.prepare("SELECT id, body FROM document WHERE kind = ?1 ORDER BY id")?;
        let rows = statement.query_map([kind], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?;
        rows.map(|row| {
            let (id, body) = row?;
            let body = serde_json::from_str(&body).map_err(|error| {
                rusqlite::Error::FromSqlConversionFailure(1, rusqlite::types::Type::Text, Box::new(error))
            })?;
            Ok((id, body))
        })
        .collect()
    }
}
