//! Events as the service pushes them: stored once, in any order, also for ids that no invoice bears yet (spec 11.5).
//!
//! Deliberately absent: who may speak. An event carries no signature, so what it says is evidence like any other, and the
//! status check has the last word by coming again.

use invoice::State;
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Connection, OptionalExtension as _, params};
use serde::{Deserialize, Serialize};

use crate::evidence::{self, Evidence, Said, Source};
use crate::{Ledger, LedgerError, sql};

/// So many events of unknown ids are kept; a stranger who knows the address cannot fill the disk.
const MOST_STRAYS: u32 = 10_000;

/// However a GUID was spelt when the invoice was made, and however it is spelt in its events. The index serves all three.
const SAME_ID: &str = "service_id IN (?1, lower(?1), upper(?1))";

/// One event (spec 11.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard {
    /// The service's id of the invoice. Empty: the event could not be read, and `raw` tells it from others.
    pub service_id: String,
    /// The state.
    pub state: State,
    /// Its time there.
    pub date: Option<Timestamp>,
    /// Its place among the events of this invoice.
    pub sequence: Option<u64>,
    /// Scheduled day of payment.
    pub payment_date: Option<Date>,
    /// Why it is invalid.
    pub error_code: Option<u32>,
    /// The service's words for it.
    pub words: Option<String>,
    /// The link of an invoice that went out in a batch: told nowhere else (spec 11.4).
    pub link: Option<String>,
    /// The event as it came.
    pub raw: String,
    /// When this computer heard it.
    pub at: Timestamp,
    /// The merchant's day on which it happened, as far as it is told, else on which it was heard.
    pub today: Date,
}

/// What became of a delivery.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// Our ids of the invoices about which something new was said.
    pub changed: Vec<String>,
    /// Events that were known already.
    pub repeated: u32,
    /// Events of ids that no invoice bears, kept until one does.
    pub kept_aside: u32,
    /// Older events of unknown ids that made room for them.
    pub pushed_out: u32,
}

impl Ledger {
    /// Stores a delivery of events, all or nothing. Only afterwards may the service be answered (spec 11.5).
    pub fn take_events(&mut self, events: &[Heard]) -> Result<Taken, LedgerError> {
        kill_point::pass("take_events");
        self.transaction(|db| {
            let mut taken = Taken::default();
            for heard in events {
                match invoice_of(db, &heard.service_id)? {
                    Some(id) if apply(db, &id, heard)? => {
                        if !taken.changed.contains(&id) {
                            taken.changed.push(id);
                        }
                    }
                    Some(_) => taken.repeated += 1,
                    None => put_aside(db, heard, &mut taken)?,
                }
            }
            look_again(db, &taken.changed, events)?;
            Ok(taken)
        })
    }

    /// How many events are kept for ids that no invoice bears.
    pub fn stray_count(&self) -> Result<u32, LedgerError> {
        Ok(self
            .db
            .query_row("SELECT count(*) FROM stray", [], |row| row.get(0))?)
    }

    /// Events that are kept for ids that no invoice bears, newest first.
    pub fn strays(&self, limit: u32) -> Result<Vec<Heard>, LedgerError> {
        let mut statement = self
            .db
            .prepare_cached("SELECT said FROM stray ORDER BY row DESC LIMIT ?1")?;
        let rows = statement.query_map([limit], |row| Ok(sql::json(row, "said")))?;
        rows.map(|row| row?).collect()
    }
}

/// Folds what was kept aside for `service_id`, now that an invoice bears it.
pub(crate) fn adopt(db: &Connection, invoice_id: &str, service_id: &str) -> Result<(), LedgerError> {
    let mut statement = db.prepare_cached(&adopted_statement())?;
    let kept: Vec<Heard> = statement
        .query_map([service_id], |row| Ok(sql::json(row, "said")))?
        .map(|row| row?)
        .collect::<Result<_, LedgerError>>()?;
    for heard in &kept {
        apply(db, invoice_id, heard)?;
    }
    if !kept.is_empty() {
        db.execute(&format!("DELETE FROM stray WHERE {SAME_ID}"), [service_id])?;
    }
    Ok(())
}

pub(crate) fn adopted_statement() -> String {
    format!("SELECT said FROM stray WHERE {SAME_ID} ORDER BY row")
}

/// What was heard of is looked at at once, as far as it is followed: an event can be the last before a gap, and carries no
/// signature.
fn look_again(db: &Connection, changed: &[String], events: &[Heard]) -> Result<(), LedgerError> {
    let Some(at) = events.iter().map(|heard| heard.at).max() else {
        return Ok(());
    };
    let mut statement = db.prepare_cached(
        "UPDATE invoice SET next_poll_at = min(next_poll_at, ?2) WHERE id = ?1 AND next_poll_at IS NOT NULL",
    )?;
    for id in changed {
        statement.execute(params![id, at.as_millisecond()])?;
    }
    Ok(())
}

/// An event without an id could not be read, and is of no invoice.
fn invoice_of(db: &Connection, service_id: &str) -> Result<Option<String>, LedgerError> {
    if service_id.is_empty() {
        return Ok(None);
    }
    Ok(db
        .prepare_cached(&format!("SELECT id FROM invoice WHERE {SAME_ID} LIMIT 1"))?
        .query_row([service_id], |row| row.get(0))
        .optional()?)
}

fn apply(db: &Connection, invoice_id: &str, heard: &Heard) -> Result<bool, LedgerError> {
    let said = Said {
        state: heard.state.clone(),
        source: Source::Callback,
        at: heard.at,
        sequence: heard.sequence.and_then(|sequence| i64::try_from(sequence).ok()),
        date: heard.date,
        payment_date: heard.payment_date,
        payment_id: None,
        // Its moment tells the day as well.
        day_owed: heard.state == State::Paid && heard.date.is_none(),
        today: heard.today,
        status: None,
        raw: Some(heard.raw.clone()),
        correlation_id: None,
    };
    let row = Evidence {
        error_code: heard.error_code,
        words: heard.words.clone(),
        ..evidence::row_of(&said)
    };
    if let Some(link) = &heard.link {
        db.prepare_cached(
            "UPDATE invoice SET link = ?2 WHERE id = ?1 AND link IS NULL AND channel = 'link'",
        )?
        .execute([invoice_id, link])?;
    }
    evidence::take(db, invoice_id, &said, &row)
}

fn put_aside(db: &Connection, heard: &Heard, taken: &mut Taken) -> Result<(), LedgerError> {
    let unnumbered = heard.date.filter(|_| heard.sequence.is_none());
    let sameness = if heard.service_id.is_empty() {
        heard.raw.clone()
    } else {
        sql::text(&(&heard.sequence, &heard.state, &heard.payment_date, unnumbered))?
    };
    let known = db
        .prepare_cached("SELECT 1 FROM stray WHERE service_id = ?1 AND sameness = ?2")?
        .exists([&heard.service_id, &sameness])?;
    if known {
        taken.repeated += 1;
    } else {
        let kept: u32 = db.query_row("SELECT count(*) FROM stray", [], |row| row.get(0))?;
        if kept >= MOST_STRAYS {
            // The invoice of a new one may be on its way or in doubt right now; an old one has waited in vain for longest.
            db.execute("DELETE FROM stray WHERE row = (SELECT min(row) FROM stray)", [])?;
            taken.pushed_out += 1;
        }
        db.prepare_cached("INSERT INTO stray (service_id, at, said, sameness) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![
                heard.service_id,
                heard.at.as_millisecond(),
                sql::text(heard)?,
                sameness
            ])?;
        taken.kept_aside += 1;
    }
    Ok(())
}
