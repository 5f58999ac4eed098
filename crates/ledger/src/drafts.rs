//! Drafts: saved at each change, numberless.

use invoice::DraftForm;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::{Ledger, LedgerError, sql};

/// A draft as it was last saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Uuid.
    pub id: String,
    /// Counts the saves, from 1.
    pub revision: u32,
    /// As typed.
    pub form: DraftForm,
    /// When.
    pub saved_at: Timestamp,
}

/// A draft in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftSummary {
    /// Uuid.
    pub id: String,
    /// Customer's name as typed.
    pub customer: String,
    /// Total as it was read, minor units.
    pub total_minor: i64,
    /// When.
    pub saved_at: Timestamp,
}

impl Ledger {
    /// Writes a new draft at revision 1.
    pub fn create_draft(&mut self, id: &str, form: &DraftForm, now: Timestamp) -> Result<(), LedgerError> {
        insert(&self.db, id, form, 0, now)
    }

    /// Saves `form` over revision `expected` and answers the new revision. `total_minor` is for the list only.
    ///
    /// # Errors
    /// [`LedgerError::ChangedMeanwhile`] when another revision is there; then nothing is written.
    pub fn save_draft(
        &mut self,
        id: &str,
        expected: u32,
        form: &DraftForm,
        total_minor: i64,
        now: Timestamp,
    ) -> Result<u32, LedgerError> {
        let form_text = sql::text(form)?;
        let customer = &form.recipient.name;
        let changed = self
            .db
            .prepare_cached(
                "UPDATE draft SET form = ?3, customer = ?4, total_minor = ?5, saved_at = ?6, revision = revision + 1
                 WHERE id = ?1 AND revision = ?2",
            )?
            .execute(params![id, expected, form_text, customer, total_minor, now.as_millisecond()])?;
        if changed == 1 {
            return Ok(expected + 1);
        }
        let found = draft(&self.db, id)?.revision;
        Err(LedgerError::ChangedMeanwhile { expected, found })
    }

    /// One draft.
    pub fn draft(&self, id: &str) -> Result<Draft, LedgerError> {
        draft(&self.db, id)
    }

    /// Every draft, newest first.
    pub fn drafts(&self) -> Result<Vec<DraftSummary>, LedgerError> {
        let mut statement = self.db.prepare_cached(
            "SELECT id, customer, total_minor, saved_at FROM draft ORDER BY saved_at DESC, id DESC",
        )?;
        let rows = statement.query_map([], |row| Ok(summary(row)))?;
        rows.map(|row| row?).collect()
    }

    /// Throws a draft away.
    pub fn discard_draft(&mut self, id: &str) -> Result<(), LedgerError> {
        match self.db.execute("DELETE FROM draft WHERE id = ?1", [id])? {
            0 => Err(LedgerError::NotFound("draft")),
            _ => Ok(()),
        }
    }
}

pub(crate) fn insert(
    db: &Connection,
    id: &str,
    form: &DraftForm,
    total_minor: i64,
    now: Timestamp,
) -> Result<(), LedgerError> {
    db.prepare_cached(
        "INSERT INTO draft (id, revision, form, customer, total_minor, saved_at) VALUES (?1, 1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![id, sql::text(form)?, form.recipient.name, total_minor, now.as_millisecond()])?;
    Ok(())
}

pub(crate) fn draft(db: &Connection, id: &str) -> Result<Draft, LedgerError> {
    let mut statement = db.prepare_cached("SELECT id, revision, form, saved_at FROM draft WHERE id = ?1")?;
    let found = statement.query_row([id], |row| Ok(read(row))).optional()?;
    found.unwrap_or(Err(LedgerError::NotFound("draft")))
}

fn read(row: &Row<'_>) -> Result<Draft, LedgerError> {
    Ok(Draft {
        id: row.get("id")?,
        revision: row.get("revision")?,
        form: sql::json(row, "form")?,
        saved_at: sql::moment(row.get("saved_at")?)?,
    })
}

fn summary(row: &Row<'_>) -> Result<DraftSummary, LedgerError> {
    Ok(DraftSummary {
        id: row.get("id")?,
        customer: row.get("customer")?,
        total_minor: row.get("total_minor")?,
        saved_at: sql::moment(row.get("saved_at")?)?,
    })
}
