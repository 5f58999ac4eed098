//! What is asked of the book of consents: a page of it, who is still to answer, whom one could ask, and whose number is used.

use invoice::Phone;
use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, params};

use super::{ConsentAnswer, ConsentRecord, read, to_phone_of};
use crate::invoices::{InvoiceSummary, SUMMARY, summary};
use crate::{Ledger, LedgerError, sql};

/// One without an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The service's id of the consent.
    pub id: String,
    /// Since when nothing has happened: it was asked, or its link changed.
    pub quiet_since: Timestamp,
}

/// How many there are of each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConsentCounts {
    /// Without an answer.
    pub asked: u32,
    /// Agreed.
    pub granted: u32,
    /// Declined.
    pub refused: u32,
    /// Taken back.
    pub withdrawn: u32,
}

impl Ledger {
    /// One consent.
    pub fn consent(&self, id: &str) -> Result<ConsentRecord, LedgerError> {
        let mut statement = self.db.prepare_cached(
            "SELECT id, invoice_id, customer_id, phone, state, asked_at, answered_at, changed_at
             FROM consent WHERE id = ?1",
        )?;
        let found = statement.query_row([id], |row| Ok(read(row))).optional()?;
        found.unwrap_or(Err(LedgerError::NotFound("consent")))
    }

    /// The newest consent that was asked with one of our invoices.
    pub fn consent_of_invoice(&self, invoice_id: &str) -> Result<Option<ConsentRecord>, LedgerError> {
        let mut statement = self.db.prepare_cached(CONSENT_OF_INVOICE)?;
        let found = statement
            .query_row([invoice_id], |row| Ok(read(row)))
            .optional()?;
        found.transpose()
    }

    /// Those with one answer, newest change first, after the moment and id of the last one of the page before.
    pub fn consents_with(
        &self,
        answer: ConsentAnswer,
        after: Option<(Timestamp, &str)>,
        limit: u32,
    ) -> Result<Vec<ConsentRecord>, LedgerError> {
        let (at, id) = after.map_or((i64::MAX, ""), |(at, id)| (at.as_millisecond(), id));
        let mut statement = self.db.prepare_cached(CONSENTS_WITH)?;
        let rows = statement.query_map(params![at, id, limit, sql::word(&answer)?], |row| Ok(read(row)))?;
        rows.map(|row| row?).collect()
    }

    /// How many there are of each.
    pub fn consent_counts(&self) -> Result<ConsentCounts, LedgerError> {
        let mut statement = self.db.prepare_cached(CONSENT_COUNTS)?;
        let rows = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))?;
        let mut counts = ConsentCounts::default();
        for row in rows {
            let (state, count) = row?;
            match sql::from_word(&state)? {
                ConsentAnswer::Asked => counts.asked = count,
                ConsentAnswer::Granted => counts.granted = count,
                ConsentAnswer::Refused => counts.refused = count,
                ConsentAnswer::Withdrawn => counts.withdrawn = count,
                ConsentAnswer::Unknown => {}
            }
        }
        Ok(counts)
    }

    /// Those without an answer, or with one that nobody understands, for following them.
    pub fn consents_followed(&self, limit: u32) -> Result<Vec<Asked>, LedgerError> {
        let mut statement = self.db.prepare_cached(CONSENTS_FOLLOWED)?;
        let rows = statement.query_map([limit], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?)))?;
        rows.map(|row| {
            let (id, quiet) = row?;
            Ok(Asked {
                id,
                quiet_since: sql::moment(quiet)?,
            })
        })
        .collect()
    }

    /// Links that are still open and with which nobody was asked yet, newest first.
    pub fn links_to_ask(&self, limit: u32) -> Result<Vec<InvoiceSummary>, LedgerError> {
        let mut statement = self.db.prepare_cached(&links_to_ask_statement())?;
        let rows = statement.query_map([limit], |row| Ok(summary(row)))?;
        rows.map(|row| row?).collect()
    }

    /// Makes the number of a granted consent the customer's, and the phone their usual way.
    ///
    /// # Errors
    /// [`LedgerError::NotFound`] without a consent with a number, or without the customer.
    pub fn use_consent(&mut self, id: &str, customer_id: &str, now: Timestamp) -> Result<(), LedgerError> {
        self.transaction(|db| {
            let phone: Option<String> = db
                .prepare_cached("SELECT phone FROM consent WHERE id = ?1 AND state = 'granted'")?
                .query_row([id], |row| row.get(0))
                .optional()?
                .flatten();
            let phone = phone.ok_or(LedgerError::NotFound("granted consent"))?;
            let phone: Phone = sql::from_word(&phone)?;
            to_phone_of(db, customer_id, &phone)?;
            db.execute(
                "UPDATE consent SET customer_id = ?2, changed_at = ?3 WHERE id = ?1",
                params![id, customer_id, now.as_millisecond()],
            )?;
            Ok(())
        })
    }
}

pub(crate) const CONSENT_OF_INVOICE: &str =
    "SELECT id, invoice_id, customer_id, phone, state, asked_at, answered_at, changed_at
     FROM consent WHERE invoice_id = ?1 ORDER BY changed_at DESC, id DESC LIMIT 1";

pub(crate) const CONSENTS_WITH: &str =
    "SELECT id, invoice_id, customer_id, phone, state, asked_at, answered_at, changed_at
     FROM consent WHERE (changed_at, id) < (?1, ?2) AND state = ?4 ORDER BY changed_at DESC, id DESC LIMIT ?3";

pub(crate) const CONSENT_COUNTS: &str = "SELECT state, count(*) FROM consent GROUP BY state";

pub(crate) const CONSENTS_FOLLOWED: &str =
    "SELECT consent.id, max(consent.changed_at, coalesce(invoice.changed_at, 0))
     FROM consent INDEXED BY consent_followed LEFT JOIN invoice ON invoice.id = consent.invoice_id
     WHERE consent.state IN ('asked', 'unknown') ORDER BY consent.changed_at DESC LIMIT ?1";

pub(crate) fn links_to_ask_statement() -> String {
    format!(
        "SELECT {SUMMARY} FROM invoice
         WHERE standing = 'open' AND channel = 'link' AND service_id IS NOT NULL AND outbox = 'accepted'
             AND NOT EXISTS (SELECT 1 FROM consent WHERE consent.invoice_id = invoice.id)
         ORDER BY number DESC LIMIT ?1"
    )
}
