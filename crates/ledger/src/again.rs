//! What was sent before: the same file, and a bill like this one. It is told, and forbids nothing: a merchant may mean it.

use invoice::Phone;
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Row, params};

use crate::{Ledger, LedgerError, search, sql};

/// The most invoices of one customer that are looked at, the newest first.
const MOST: u32 = 200;

/// An invoice as another one may repeat it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Billed {
    /// Its number.
    pub number: u64,
    /// To pay, minor units.
    pub gross_minor: i64,
    /// When it is due.
    pub due_date: Date,
    /// Its first line of goods.
    pub text: String,
    /// When it was sent.
    pub sent_at: Timestamp,
}

impl Ledger {
    /// When a run of the same file, another than `but`, was sent last. One of which MobilePay took nothing was not.
    pub fn file_sent(&self, file: &str, but: &str) -> Result<Option<Timestamp>, LedgerError> {
        let at: Option<i64> = self
            .db
            .prepare_cached(FILE_SENT)?
            .query_row([file, but], |row| row.get(0))?;
        at.map(sql::moment).transpose()
    }

    /// What a phone was billed since then and has not been closed.
    pub fn billed_to_phone(&self, phone: &Phone, since: Timestamp) -> Result<Vec<Billed>, LedgerError> {
        self.billed(BILLED_TO_PHONE, phone.e164(), since)
    }

    /// What a customer of this name was billed since then and has not been closed.
    pub fn billed_to_name(&self, name: &str, since: Timestamp) -> Result<Vec<Billed>, LedgerError> {
        self.billed(BILLED_TO_NAME, &search::fold(name), since)
    }

    fn billed(&self, statement: &str, who: &str, since: Timestamp) -> Result<Vec<Billed>, LedgerError> {
        let mut statement = self.db.prepare_cached(statement)?;
        let rows = statement.query_map(params![who, since.as_millisecond(), MOST], |row| Ok(read(row)))?;
        rows.map(|row| row?).collect()
    }
}

// Any invoice of the run has its time. The index has the outbox in it, so that those refused cost no look at the table.
pub(crate) const FILE_SENT: &str = "SELECT max(at) FROM (
     SELECT (SELECT sent_at FROM invoice WHERE invoice.run = run.id AND outbox <> 'refused' LIMIT 1) AS at
     FROM run WHERE file = ?1 AND id <> ?2)";

pub(crate) const BILLED_TO_PHONE: &str =
    "SELECT number, gross_minor, due_date, sent_at, json_extract(content, '$.lines[0].description') AS text
     FROM invoice JOIN frozen ON frozen.row = invoice.row
     WHERE phone = ?1 AND sent_at >= ?2 AND standing <> 'closed' ORDER BY sent_at DESC LIMIT ?3";

pub(crate) const BILLED_TO_NAME: &str =
    "SELECT number, gross_minor, due_date, sent_at, json_extract(content, '$.lines[0].description') AS text
     FROM invoice JOIN frozen ON frozen.row = invoice.row
     WHERE customer_folded = ?1 AND sent_at >= ?2 AND standing <> 'closed' ORDER BY number DESC LIMIT ?3";

fn read(row: &Row<'_>) -> Result<Billed, LedgerError> {
    Ok(Billed {
        number: row.get::<_, i64>("number")?.unsigned_abs(),
        gross_minor: row.get("gross_minor")?,
        due_date: sql::day(&row.get::<_, String>("due_date")?)?,
        text: row.get::<_, Option<String>>("text")?.unwrap_or_default(),
        sent_at: sql::moment(row.get("sent_at")?)?,
    })
}
