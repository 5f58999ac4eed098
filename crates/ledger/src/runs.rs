//! Many at once: the rows of an import, each on its way from *ready* to an answer, stopped and resumed at any point.
//!
//! A row becomes an invoice in a chunk's transaction: number, frozen bytes and outbox row for all of the chunk or for none.
//! From there its state follows its invoice (a trigger does it, so no path can forget), and the counts follow the rows.
//! Deliberately absent: reading files and making contents out of forms.

use invoice::DraftForm;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde::{Deserialize, Serialize};

use crate::evidence::{self, Evidence, What};
use crate::outbox::PAUSED;
use crate::{Ledger, LedgerError, SendOrder, numbers, sending, sql, waiting};

/// The most that one call of the service takes (spec 9.3), and so the most of one chunk.
pub const MOST_AT_ONCE: usize = 2_000;

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

/// A row that becomes an invoice.
#[derive(Debug)]
pub struct RunOrder<'a> {
    /// Which row.
    pub position: u32,
    /// As for a single one.
    pub order: SendOrder<'a>,
}

impl Ledger {
    /// Keeps an import: all rows or none. It runs from the beginning; nothing goes out before a chunk is queued.
    pub fn create_run(
        &mut self,
        id: &str,
        name: &str,
        forms: &[DraftForm],
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        self.transaction(|db| {
            db.execute(
                "INSERT INTO run (id, name, state, created_at) VALUES (?1, ?2, 'running', ?3)",
                params![id, name, now.as_millisecond()],
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
            .prepare_cached("SELECT id, name, state, created_at FROM run WHERE id = ?1")?
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

    /// Makes invoices of up to [`MOST_AT_ONCE`] ready rows in one transaction: numbers in the order given, frozen bytes,
    /// outbox rows. Answers the numbers.
    ///
    /// # Errors
    /// [`LedgerError::WrongState`] when the run does not go on, a row is not ready, or the chunk is too large. Nothing is
    /// written then, nor when one body cannot be made.
    pub fn queue_chunk<E>(
        &mut self,
        run: &str,
        orders: &[RunOrder<'_>],
        mut freeze: impl FnMut(&SendOrder<'_>, u64) -> Result<Vec<u8>, E>,
    ) -> Result<Vec<u64>, LedgerError>
    where
        E: std::fmt::Display,
    {
        if orders.len() > MOST_AT_ONCE {
            return Err(LedgerError::WrongState {
                found: format!("one of {}", orders.len()),
                wanted: "queued at once",
            });
        }
        kill_point::pass("queue_chunk");
        self.transaction(|db| {
            must_be(db, run, &[RunState::Running], "queued")?;
            orders
                .iter()
                .map(|RunOrder { position, order }| {
                    let form = ready_form(db, run, *position)?;
                    let number = numbers::take(db)?;
                    let request =
                        freeze(order, number).map_err(|error| LedgerError::Unreadable(error.to_string()))?;
                    sending::insert(db, number, order, &form, &request)?;
                    evidence::add(db, order.invoice_id, &Evidence::of_ours(What::Sent, order.now))?;
                    join(db, run, *position, order.invoice_id)?;
                    Ok(number)
                })
                .collect()
        })
    }

    /// Pauses a run: what has not gone out waits until [`Ledger::resume_run`], also over a restart. What is on its way or
    /// in doubt is not touched.
    pub fn pause_run(&mut self, run: &str) -> Result<(), LedgerError> {
        kill_point::pass("pause_run");
        self.transaction(|db| {
            must_be(db, run, &[RunState::Running], "paused")?;
            put_state(db, run, "paused")?;
            db.execute(
                "UPDATE invoice SET not_before = ?2 WHERE run = ?1 AND outbox IN ('held', 'queued', 'waiting')",
                params![run, PAUSED],
            )?;
            Ok(())
        })
    }

    /// Lets a paused or stopped run go on at `now`.
    pub fn resume_run(&mut self, run: &str, now: Timestamp) -> Result<(), LedgerError> {
        self.transaction(|db| {
            must_be(db, run, &[RunState::Paused, RunState::Stopped], "resumed")?;
            put_state(db, run, "running")?;
            db.execute(
                "UPDATE invoice SET not_before = ?2
                 WHERE run = ?1 AND outbox IN ('held', 'queued', 'waiting') AND not_before >= ?3",
                params![run, now.as_millisecond(), PAUSED],
            )?;
            Ok(())
        })
    }

    /// Stops a run: what never left this computer is *ready* again and its number goes back to the series (or is burnt when
    /// a later one is in use). What was tried once goes to its end.
    pub fn stop_run(&mut self, run: &str, now: Timestamp) -> Result<(), LedgerError> {
        kill_point::pass("stop_run");
        self.transaction(|db| {
            must_be(db, run, &[RunState::Running, RunState::Paused], "stopped")?;
            put_state(db, run, "stopped")?;
            let mut statement = db.prepare_cached(
                "SELECT row, number FROM invoice
                 WHERE run = ?1 AND outbox IN ('held', 'queued') AND attempts = 0 ORDER BY number DESC",
            )?;
            let untouched: Vec<(i64, i64)> = statement
                .query_map([run], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<Result<_, _>>()?;
            for (row, number) in untouched {
                sending::remove(db, row, number.unsigned_abs(), now)?;
            }
            db.execute(
                "UPDATE invoice SET not_before = ?2
                 WHERE run = ?1 AND outbox IN ('held', 'queued', 'waiting') AND not_before >= ?3",
                params![run, now.as_millisecond(), PAUSED],
            )?;
            Ok(())
        })
    }

    /// Tries the rows that certainly did not get through again now, and no others. Answers how many.
    pub fn retry_failed(&mut self, run: &str, now: Timestamp) -> Result<u32, LedgerError> {
        self.transaction(|db| {
            must_be(db, run, &[RunState::Running, RunState::Stopped], "tried again")?;
            let mut statement = db.prepare_cached(
                "SELECT id FROM invoice WHERE run = ?1 AND outbox = 'waiting' ORDER BY number",
            )?;
            let ids: Vec<String> = statement
                .query_map([run], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            for id in &ids {
                waiting::retry(db, id, now)?;
            }
            Ok(u32::try_from(ids.len()).unwrap_or(u32::MAX))
        })
    }

    /// Makes a refused row ready again with a corrected form; its next invoice has a new number, the refused one stays.
    ///
    /// # Errors
    /// [`LedgerError::WrongState`] unless the service refused it without any doubt.
    pub fn correct_row(&mut self, run: &str, position: u32, form: &DraftForm) -> Result<(), LedgerError> {
        self.transaction(|db| {
            let found = row_state(db, run, position)?;
            if found != "refused" {
                return Err(LedgerError::WrongState {
                    found,
                    wanted: "corrected",
                });
            }
            db.execute(
                "UPDATE run_row SET state = 'ready', invoice_id = NULL, form = ?3 WHERE run = ?1 AND position = ?2",
                params![run, position, sql::text(form)?],
            )?;
            Ok(())
        })
    }
}

pub(crate) const RUNS: &str = "SELECT id, name, state, created_at FROM run
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

fn must_be(
    db: &Connection,
    run: &str,
    allowed: &[RunState],
    wanted: &'static str,
) -> Result<(), LedgerError> {
    let found: Option<String> = db
        .prepare_cached("SELECT state FROM run WHERE id = ?1")?
        .query_row([run], |row| row.get(0))
        .optional()?;
    let found = found.ok_or(LedgerError::NotFound("run"))?;
    if allowed.contains(&sql::from_word(&found)?) {
        return Ok(());
    }
    Err(LedgerError::WrongState { found, wanted })
}

fn put_state(db: &Connection, run: &str, state: &str) -> Result<(), LedgerError> {
    db.execute("UPDATE run SET state = ?2 WHERE id = ?1", [run, state])?;
    Ok(())
}

fn row_state(db: &Connection, run: &str, position: u32) -> Result<String, LedgerError> {
    db.prepare_cached("SELECT state FROM run_row WHERE run = ?1 AND position = ?2")?
        .query_row(params![run, position], |row| row.get(0))
        .optional()?
        .ok_or(LedgerError::NotFound("row"))
}

fn ready_form(db: &Connection, run: &str, position: u32) -> Result<DraftForm, LedgerError> {
    let found = row_state(db, run, position)?;
    if found != "ready" {
        return Err(LedgerError::WrongState {
            found,
            wanted: "queued",
        });
    }
    db.prepare_cached("SELECT form FROM run_row WHERE run = ?1 AND position = ?2")?
        .query_row(params![run, position], |row| Ok(sql::json(row, "form")))?
}

fn join(db: &Connection, run: &str, position: u32, invoice_id: &str) -> Result<(), LedgerError> {
    db.prepare_cached("UPDATE invoice SET run = ?2 WHERE id = ?1")?
        .execute([invoice_id, run])?;
    db.prepare_cached("UPDATE run_row SET state = 'held', invoice_id = ?3 WHERE run = ?1 AND position = ?2")?
        .execute(params![run, position, invoice_id])?;
    Ok(())
}

fn read_run(row: &Row<'_>) -> Result<Run, LedgerError> {
    Ok(Run {
        id: row.get("id")?,
        name: row.get("name")?,
        state: sql::from_word(&row.get::<_, String>("state")?)?,
        created_at: sql::moment(row.get("created_at")?)?,
        counts: RunCounts::default(),
    })
}

fn read_row(row: &Row<'_>) -> Result<RunRow, LedgerError> {
    Ok(RunRow {
        position: row.get("position")?,
        form: sql::json(row, "form")?,
        state: sql::from_word(&row.get::<_, String>("state")?)?,
        invoice_id: row.get("invoice_id")?,
    })
}
