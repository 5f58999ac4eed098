//! The steps of a run: rows become invoices, a pause, a stop, going on, trying again, correcting.
//!
//! Each is one transaction. Deliberately absent: deciding which rows may go; the caller reads them.

use invoice::DraftForm;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::evidence::{self, Evidence, What};
use crate::outbox::turned_away;
use crate::turn::PAUSED;
use crate::{Ledger, LedgerError, RunState, SendOrder, numbers, sending, sql, waiting};

/// The most that one call of the service takes (spec 9.3), and so the most of one chunk.
pub const MOST_AT_ONCE: usize = 2_000;

/// The `hold_until` of a chunk to which others are still to come: nothing goes out before [`Ledger::release_chunks`], so that
/// the time to take everything back begins when everything is there.
#[must_use]
pub fn until_released() -> Timestamp {
    sql::moment(PAUSED).unwrap_or(Timestamp::MAX)
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
                        freeze(order, number).map_err(|error| LedgerError::NotMade(error.to_string()))?;
                    sending::insert(db, number, order, &form, &request)?;
                    evidence::add(db, order.invoice_id, &Evidence::of_ours(What::Sent, order.now))?;
                    join(db, run, *position, order.invoice_id)?;
                    Ok(number)
                })
                .collect()
        })
    }

    /// Lets what was queued with [`until_released`] go out from `at` on. A run that was paused or stopped meanwhile is as it was.
    pub fn release_chunks(&mut self, run: &str, at: Timestamp) -> Result<(), LedgerError> {
        kill_point::pass("release_chunks");
        self.transaction(|db| {
            db.execute(
                "UPDATE invoice SET not_before = ?2 WHERE run = ?1 AND outbox = 'held' AND not_before >= ?3
                     AND EXISTS (SELECT 1 FROM run WHERE id = ?1 AND state = 'running')",
                params![run, at.as_millisecond(), PAUSED],
            )?;
            Ok(())
        })
    }

    /// Pauses a run: what has not gone out waits until [`Ledger::resume_run`], also over a restart. What is on its way or
    /// in doubt is not touched.
    pub fn pause_run(&mut self, run: &str) -> Result<(), LedgerError> {
        kill_point::pass("pause_run");
        self.transaction(|db| {
            must_be(db, run, &[RunState::Running, RunState::Stopped], "paused")?;
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

    /// Stops a run: what surely never left this computer is *ready* again and its number goes back to the series (or is burnt
    /// when a later one is in use). An attempt that never reached the service counts as none; what may be there, or was
    /// answered, goes to its end. Stopped again, it takes back what could not get through since.
    pub fn stop_run(&mut self, run: &str, now: Timestamp) -> Result<(), LedgerError> {
        kill_point::pass("stop_run");
        self.transaction(|db| {
            must_be(
                db,
                run,
                &[RunState::Running, RunState::Paused, RunState::Stopped],
                "stopped",
            )?;
            put_state(db, run, "stopped")?;
            let mut statement = db.prepare_cached(NOT_GONE_OF_RUN)?;
            let waiting: Vec<(i64, i64, String)> = statement
                .query_map([run], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
                .collect::<Result<_, _>>()?;
            for (row, number, id) in waiting {
                if !turned_away(db, &id)? {
                    sending::remove(db, row, number.unsigned_abs(), now)?;
                }
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
        kill_point::pass("retry_failed");
        self.transaction(|db| {
            must_be(db, run, &[RunState::Running, RunState::Stopped], "tried again")?;
            let mut statement = db.prepare_cached(FAILED_OF_RUN)?;
            let ids: Vec<String> = statement
                .query_map([run], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            for id in &ids {
                waiting::retry(db, id, now)?;
            }
            Ok(u32::try_from(ids.len()).unwrap_or(u32::MAX))
        })
    }

    /// Changes the form of a row that is ready, or makes one ready again that the service refused, at once or afterwards
    /// (*invalid*): its next invoice has a new number, the refused one stays.
    ///
    /// # Errors
    /// [`LedgerError::WrongState`] when it may be with the customer, or is on its way there.
    pub fn correct_row(&mut self, run: &str, position: u32, form: &DraftForm) -> Result<(), LedgerError> {
        kill_point::pass("correct_row");
        self.transaction(|db| {
            let found = row_state(db, run, position)?;
            let free = match found.as_str() {
                "ready" | "refused" => true,
                "accepted" => turned_invalid(db, run, position)?,
                _ => false,
            };
            if !free {
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

    /// Forgets a run of which nothing became an invoice.
    ///
    /// # Errors
    /// [`LedgerError::WrongState`] when something did: what was sent stays on record.
    pub fn discard_run(&mut self, run: &str) -> Result<(), LedgerError> {
        self.transaction(|db| {
            let begun: bool = db.query_row(
                "SELECT EXISTS (SELECT 1 FROM run_row WHERE run = ?1 AND state <> 'ready')
                     OR EXISTS (SELECT 1 FROM invoice WHERE run = ?1)",
                [run],
                |row| row.get(0),
            )?;
            if begun {
                return Err(LedgerError::WrongState {
                    found: "part of a run that has begun".into(),
                    wanted: "forgotten",
                });
            }
            db.execute("DELETE FROM run_row WHERE run = ?1", [run])?;
            db.execute("DELETE FROM run_count WHERE run = ?1", [run])?;
            match db.execute("DELETE FROM run WHERE id = ?1", [run])? {
                0 => Err(LedgerError::NotFound("run")),
                _ => Ok(()),
            }
        })
    }
}

fn turned_invalid(db: &Connection, run: &str, position: u32) -> Result<bool, LedgerError> {
    Ok(db
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM run_row JOIN invoice ON invoice.id = run_row.invoice_id
             WHERE run_row.run = ?1 AND position = ?2 AND shown = 'invalid')",
        )?
        .query_row(params![run, position], |row| row.get(0))?)
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

pub(crate) const FAILED_OF_RUN: &str =
    "SELECT id FROM invoice WHERE run = ?1 AND outbox = 'waiting' ORDER BY number";

pub(crate) const NOT_GONE_OF_RUN: &str = "SELECT row, number, id FROM invoice
     WHERE run = ?1 AND outbox IN ('held', 'queued', 'waiting') AND was_in_doubt = 0 ORDER BY number DESC";
