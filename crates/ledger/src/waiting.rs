//! What has not come to an end in the outbox: why it waits, since when, and when it is tried again.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::evidence::{self, Evidence, What};
use crate::invoices::{self, InvoiceSummary, SUMMARY};
use crate::on_its_way::surely_ended;
use crate::outbox::move_to;
use crate::turn::PAUSED;
use crate::{Ledger, LedgerError, sql};

/// One that waits.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// The invoice.
    pub invoice: InvoiceSummary,
    /// What was last learnt of it: the reason.
    pub why: Option<Evidence>,
    /// When the doubt began, else when the merchant sent it.
    pub since: Timestamp,
    /// When it is tried next. `None`: it is on its way, its run is paused, or only the merchant can go on.
    pub next_try: Option<Timestamp>,
    /// Attempts so far.
    pub attempts: u32,
    /// An attempt may have succeeded.
    pub in_doubt: bool,
    /// The run that it belongs to.
    pub run: Option<String>,
}

/// A page of them in the order of the numbers.
#[derive(Clone, Debug)]
pub struct WaitingPage {
    /// The rows.
    pub rows: Vec<Waiting>,
    /// Give it to get the rows after these; `None` on the last page.
    pub next: Option<u64>,
}

/// The same condition as the index has.
const UNSETTLED: &str = "outbox IN ('held', 'queued', 'sending', 'waiting', 'in_doubt', 'id_unknown') \
     AND replaced_by IS NULL";

impl Ledger {
    /// What waits, after the number `after`.
    pub fn waiting(&self, after: Option<u64>, limit: u32) -> Result<WaitingPage, LedgerError> {
        let mut statement = self.db.prepare_cached(&waiting_statement())?;
        let after = i64::try_from(after.unwrap_or(0)).unwrap_or(i64::MAX);
        let found = statement.query_map(params![after, i64::from(limit) + 1], |row| Ok(read(row)))?;
        let mut rows: Vec<Waiting> = found.map(|row| row?).collect::<Result<_, _>>()?;
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        for row in &mut rows {
            row.why = reason(&self.db, &row.invoice.id)?;
        }
        let next = rows.last().filter(|_| more).map(|row| row.invoice.number);
        Ok(WaitingPage { rows, next })
    }

    /// Lets one that waits go out now, or as soon as it is safe: not while an earlier attempt may still be on its way, and
    /// not before the time that a busy service set. Answers when.
    ///
    /// # Errors
    /// [`LedgerError::WrongState`] unless it is queued, waiting or in doubt.
    pub fn retry_now(&mut self, invoice_id: &str, now: Timestamp) -> Result<Timestamp, LedgerError> {
        self.transaction(|db| retry(db, invoice_id, now))
    }

    /// The same for everything that waits and may be tried. Answers the ids.
    pub fn retry_all_now(&mut self, now: Timestamp) -> Result<Vec<String>, LedgerError> {
        self.transaction(|db| {
            let mut statement = db.prepare_cached(TO_TRY)?;
            let ids: Vec<String> = statement
                .query_map([PAUSED], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            for id in &ids {
                retry(db, id, now)?;
            }
            Ok(ids)
        })
    }

    /// How many have not come to an end in the outbox: all that [`Ledger::waiting`] lists.
    pub fn unsettled(&self) -> Result<u32, LedgerError> {
        let statement = format!("SELECT count(*) FROM invoice WHERE {UNSETTLED}");
        Ok(sql::count(self.db.query_row(&statement, [], |row| row.get(0))?))
    }
}

pub(crate) fn waiting_statement() -> String {
    format!(
        "SELECT {SUMMARY}, outbox, attempts, was_in_doubt, run, coalesce((SELECT min(at) FROM evidence
             WHERE invoice_id = invoice.id AND what IN ('answer_lost', 'interrupted')), sent_at) AS since
         FROM invoice WHERE {UNSETTLED} AND number > ?1 ORDER BY number LIMIT ?2"
    )
}

pub(crate) fn retry(db: &Connection, invoice_id: &str, now: Timestamp) -> Result<Timestamp, LedgerError> {
    let (found, not_before): (String, i64) = db
        .prepare_cached("SELECT outbox, not_before FROM invoice WHERE id = ?1")?
        .query_row([invoice_id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?
        .ok_or(LedgerError::NotFound("invoice"))?;
    let paused = not_before >= PAUSED;
    if paused || !matches!(found.as_str(), "queued" | "waiting" | "in_doubt") {
        return Err(LedgerError::WrongState {
            found: if paused { "paused".into() } else { found },
            wanted: "tried now",
        });
    }
    let not_before = sql::moment(not_before)?;
    let safe = if busy(db, invoice_id)? {
        not_before
    } else if found == "in_doubt" {
        surely_ended(db, invoice_id)?.unwrap_or(now)
    } else {
        now
    };
    // Never later than it would have gone out anyway, and never in the past.
    let at = safe.min(not_before).max(now);
    move_to(db, invoice_id, &found, at, now)?;
    Ok(at)
}

/// Whether the service asked to wait (429).
fn busy(db: &Connection, invoice_id: &str) -> Result<bool, LedgerError> {
    Ok(reason(db, invoice_id)?.is_some_and(|row| row.what == What::NotSent && row.status == Some(429)))
}

pub(crate) fn reason(db: &Connection, invoice_id: &str) -> Result<Option<Evidence>, LedgerError> {
    db.prepare_cached(
        "SELECT * FROM evidence WHERE invoice_id = ?1 AND what <> 'attempted' ORDER BY id DESC LIMIT 1",
    )?
    .query_row([invoice_id], |row| Ok(evidence::read(row)))
    .optional()?
    .transpose()
}

fn read(row: &Row<'_>) -> Result<Waiting, LedgerError> {
    let (outbox, not_before): (String, i64) = (row.get("outbox")?, row.get("not_before")?);
    let tried = !matches!(outbox.as_str(), "sending" | "id_unknown") && not_before < PAUSED;
    Ok(Waiting {
        invoice: invoices::summary(row)?,
        why: None,
        since: sql::moment(row.get("since")?)?,
        next_try: tried.then(|| sql::moment(not_before)).transpose()?,
        attempts: row.get("attempts")?,
        in_doubt: row.get("was_in_doubt")?,
        run: row.get("run")?,
    })
}

pub(crate) const TO_TRY: &str = "SELECT id FROM invoice INDEXED BY invoice_to_send
     WHERE outbox IN ('held', 'queued', 'waiting', 'in_doubt') AND outbox <> 'held' AND not_before < ?1
     ORDER BY number";
