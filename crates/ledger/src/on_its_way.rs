//! How long an attempt may still be on its way after its answer got lost: until then its identical bytes do not go out again,
//! so that the first has surely ended at the service before the second one asks (security 6.2).
//!
//! It is the caller's total time-out and a margin, counted from the end of the attempt. Where no end is known, because the
//! program ended first, it is counted from the beginning, which the time-out covers.

use invoice::Channel;
use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;

use crate::{LedgerError, sql};

/// After a call for one invoice.
pub(crate) const AFTER_ONE: SignedDuration = SignedDuration::from_secs(45);

/// After a call that may have carried two thousand.
pub(crate) const AFTER_MANY: SignedDuration = SignedDuration::from_secs(135);

/// The pause after an attempt whose answer got lost.
///
/// Rows of runs to phones go in batches. Such a row may also have gone alone; it waits as long, which costs it a minute and a
/// half and spares the books the memory of which call it was.
pub const fn pause_after_doubt(of_a_run: bool, channel: Channel) -> SignedDuration {
    match channel {
        Channel::Phone if of_a_run => AFTER_MANY,
        Channel::Phone | Channel::Link => AFTER_ONE,
    }
}

/// The pause after an attempt with this invoice.
pub(crate) fn pause_of(db: &Connection, invoice_id: &str) -> Result<SignedDuration, LedgerError> {
    let (of_a_run, channel): (bool, String) = db
        .prepare_cached("SELECT run IS NOT NULL, channel FROM invoice WHERE id = ?1")?
        .query_row([invoice_id], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(pause_after_doubt(of_a_run, sql::from_word(&channel)?))
}

/// When the last attempt with an invoice in doubt has surely ended; `None` if none was made.
pub(crate) fn surely_ended(db: &Connection, invoice_id: &str) -> Result<Option<Timestamp>, LedgerError> {
    let last: Option<i64> = db
        .prepare_cached(
            "SELECT max(at) FROM evidence WHERE invoice_id = ?1 AND what IN ('attempted', 'answer_lost')",
        )?
        .query_row([invoice_id], |row| row.get(0))?;
    let pause = pause_of(db, invoice_id)?;
    let last = last.map(sql::moment).transpose()?;
    Ok(last.map(|at| after(at, pause)))
}

pub(crate) fn after(moment: Timestamp, pause: SignedDuration) -> Timestamp {
    moment.checked_add(pause).unwrap_or(Timestamp::MAX)
}
