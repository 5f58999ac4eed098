//! Many at once: the rows of an import, each on its way from *ready* to an answer, stopped and resumed at any point.
//!
//! A row becomes an invoice in a chunk's transaction: number, frozen bytes and outbox row for all of the chunk or for none.
//! From there its state follows its invoice (a trigger does it, so no path can forget), and the counts follow the rows.
//! Here a run is kept and read; its steps are in `run_steps`. Deliberately absent: reading files and making contents out of
//! forms.

use invoice::DraftForm;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde::{Deserialize, Serialize};

use crate::{Ledger, LedgerError, sql};

/// Whether a run goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// It goes on.
    Running,
    /// Nothing new goes out; what has a number keeps it.
    Paused,
    /// What had not left this computer is ready again, without number; what was begun goes to its end.
    Stopped,
}

/// Where a row stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowState {
    /// No invoice yet.
    Ready,
    /// Numbered and frozen, in the outbox.
    Held,
    /// On its way.
    Sending,
    /// The service took it.
    Accepted,
    /// The service refused it.
    Refused,
    /// Nobody knows, or the id is not known.
    InDoubt,
    /// It certainly did not get through and is tried again.
    Failed,
    /// Its link was in doubt and was given up for a draft.
    Replaced,
}

/// How many rows stand where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the states of a row")]
pub struct RunCounts {
    pub ready: u32,
    pub held: u32,
    pub sending: u32,
    pub accepted: u32,
    pub refused: u32,
    pub in_doubt: u32,
    pub failed: u32,
    pub replaced: u32,
}

impl RunCounts {
    /// All rows.
    pub const fn total(self) -> u32 {
        self.ready
            + self.held
            + self.sending
            + self.accepted
            + self.refused
            + self.in_doubt
            + self.failed
            + self.replaced
    }
}

/// A run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Uuid.
    pub id: String,
    /// Name, e.g. of the file.
    pub name: String,
    /// SHA-256 of the file that it came from.
    pub file: Option<String>,
    /// Whether it goes on.
    pub state: RunState,
    /// When it was made.
    pub created_at: Timestamp,
    /// Progress.
    pub counts: RunCounts,
}

/// A row of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRow {
    /// Its place in the import, from 1.
    pub position: u32,
    /// As imported.
    pub form: DraftForm,
    /// Where it stands.
    pub state: RowState,
    /// Its invoice, once it has one.
    pub invoice_id: Option<String>,
}

impl Ledger {
    /// Keeps an import: all rows or none. `file` is the SHA-256 of what it came from. It runs from the beginning; nothing goes out before a chunk is queued.
    pub fn create_run(
        &mut self,
        id: &str,
        name: &str,
        file: Option<&str>,
        forms: &[DraftForm],
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        self.transaction(|db| {
            db.execute(
                "INSERT INTO run (id, name, file, state, created_at) VALUES (?1, ?2, ?3, 'running', ?4)",
                params![id, name, file, now.as_millisecond()],
            )?;
            let mut row =
                db.prepare_cached("INSERT INTO run_row (run, position, form) VALUES (?1, ?2, ?3)")?;
            for (position, form) in (1_i64..).zip(forms) {
                row.execute(params![id, position, sql::text(form)?])?;
            }
            Ok(())
        })
    }

    /// One run with its progress.
    pub fn run(&self, id: &str) -> Result<Run, LedgerError> {
        let found = self
            .db
            .prepare_cached("SELECT id, name, file, state, created_at FROM run WHERE id = ?1")?
            .query_row([id], |row| Ok(read_run(row)))
            .optional()?;
        let mut run = found.unwrap_or(Err(LedgerError::NotFound("run")))?;
        run.counts = counts(&self.db, id)?;
        Ok(run)
    }

    /// Runs with their progress, newest first, after `after` (the last one of the page before).
    pub fn runs(&self, after: Option<&Run>, limit: u32) -> Result<Vec<Run>, LedgerError> {
        let (at, id) = after.map_or((i64::MAX, ""), |run| {
            (run.created_at.as_millisecond(), run.id.as_str())
        });
        let mut statement = self.db.prepare_cached(RUNS)?;
        let rows = statement.query_map(params![at, id, limit], |row| Ok(read_run(row)))?;
        let mut runs: Vec<Run> = rows.map(|row| row?).collect::<Result<_, _>>()?;
        for run in &mut runs {
            run.counts = counts(&self.db, &run.id)?;
        }
        Ok(runs)
    }

    /// Rows of a run that stand at `state`, in the order of the import, after the place `after`.
    pub fn run_rows(
        &self,
        run: &str,
        state: RowState,
        after: u32,
        limit: u32,
    ) -> Result<Vec<RunRow>, LedgerError> {
        let mut statement = self.db.prepare_cached(RUN_ROWS)?;
        let rows = statement.query_map(params![run, sql::word(&state)?, after, limit], |row| {
            Ok(read_row(row))
        })?;
        rows.map(|row| row?).collect()
    }
}

pub(crate) const RUNS: &str = "SELECT id, name, file, state, created_at FROM run
     WHERE (created_at, id) < (?1, ?2) ORDER BY created_at DESC, id DESC LIMIT ?3";

pub(crate) const RUN_ROWS: &str =
    "SELECT position, form, state, invoice_id FROM run_row INDEXED BY run_row_by_state
     WHERE run = ?1 AND state = ?2 AND position > ?3 ORDER BY position LIMIT ?4";

fn counts(db: &Connection, run: &str) -> Result<RunCounts, LedgerError> {
    let mut counts = RunCounts::default();
    let mut statement = db.prepare_cached("SELECT state, rows FROM run_count WHERE run = ?1")?;
    let mut rows = statement.query([run])?;
    while let Some(row) = rows.next()? {
        let place = match sql::from_word(&row.get::<_, String>(0)?)? {
            RowState::Ready => &mut counts.ready,
            RowState::Held => &mut counts.held,
            RowState::Sending => &mut counts.sending,
            RowState::Accepted => &mut counts.accepted,
            RowState::Refused => &mut counts.refused,
            RowState::InDoubt => &mut counts.in_doubt,
            RowState::Failed => &mut counts.failed,
            RowState::Replaced => &mut counts.replaced,
        };
        *place = sql::count(row.get(1)?);
    }
    Ok(counts)
}

fn read_run(row: &Row<'_>) -> Result<Run, LedgerError> {
    Ok(Run {
        id: row.get("id")?,
        name: row.get("name")?,
        file: row.get("file")?,
        state: sql::from_word(&row.get::<_, String>("state")?)?,
        created_at: sql::moment(row.get("created_at")?)?,
        counts: RunCounts::default(),
    })
}

pub(crate) fn read_row(row: &Row<'_>) -> Result<RunRow, LedgerError> {
    Ok(RunRow {
        position: row.get("position")?,
        form: sql::json(row, "form")?,
        state: sql::from_word(&row.get::<_, String>("state")?)?,
        invoice_id: row.get("invoice_id")?,
    })
}
