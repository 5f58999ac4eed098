//! One call for many: an attempt over many outbox rows.
//!
//! What holds for one holds for each: *sending* is committed for all before the socket opens, one end of the program
//! leaves all in doubt, and each is settled by what was said of it.

use invoice::Channel;
use jiff::Timestamp;
use rusqlite::params;

use crate::outbox::{self, Answered, Outcome, Outgoing};
use crate::{Ledger, LedgerError, sql};

/// How one of a batch ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// Uuid.
    pub invoice_id: String,
    /// What was said of it.
    pub outcome: Outcome,
    /// As evidence.
    pub answered: Answered,
}

impl Ledger {
    /// What may go out at `now` in one call by `channel`, in the order of the numbers: only invoices of runs.
    pub fn next_batch(
        &self,
        channel: Channel,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<Outgoing>, LedgerError> {
        let mut statement = self.db.prepare_cached(NEXT_BATCH)?;
        let rows = statement.query_map(
            params![now.as_millisecond(), sql::word(&channel)?, limit],
            |row| Ok(outbox::read(row)),
        )?;
        rows.map(|row| row?).collect()
    }

    /// Commits that all of them go out now in one call. Only after this may a socket open.
    ///
    /// # Errors
    /// [`LedgerError::WrongState`] when one is on its way already or done; nothing is written then.
    pub fn begin_batch(
        &mut self,
        invoice_ids: &[String],
        correlation_id: &str,
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        kill_point::pass("begin_batch");
        self.transaction(|db| {
            invoice_ids
                .iter()
                .try_for_each(|id| outbox::begin(db, id, correlation_id, now))
        })
    }

    /// Stores how each ended, all in one transaction.
    ///
    /// # Errors
    /// [`LedgerError::WrongState`] when one was not on its way; nothing is written then.
    pub fn settle_batch(&mut self, settled: &[Settled], now: Timestamp) -> Result<(), LedgerError> {
        kill_point::pass("settle_batch");
        self.transaction(|db| {
            settled
                .iter()
                .try_for_each(|one| outbox::end(db, &one.invoice_id, &one.outcome, &one.answered, now))
        })
    }
}

pub(crate) const NEXT_BATCH: &str = "SELECT id, number, channel, request, attempts, was_in_doubt
     FROM invoice INDEXED BY invoice_to_send JOIN frozen USING (row)
     WHERE outbox IN ('held', 'queued', 'waiting', 'in_doubt') AND not_before <= ?1 AND run IS NOT NULL AND channel = ?2
     ORDER BY number LIMIT ?3";
