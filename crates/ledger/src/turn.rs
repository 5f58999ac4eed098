//! Whose turn it is: what may go out now, and when the sender has to wake up.

use std::path::Path;

use invoice::Channel;
use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, Row, params};

use crate::open::LOCK_PATIENCE;
use crate::{Ledger, LedgerError, sql};

/// `not_before` of what a paused run holds: it wakes nobody. In milliseconds, the year 9999.
pub(crate) const PAUSED: i64 = 253_370_764_800_000;

/// An invoice that may go out now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// Uuid.
    pub invoice_id: String,
    /// Number, for logs.
    pub number: u64,
    /// Phone or link.
    pub channel: Channel,
    /// The bytes, verbatim.
    pub request: Vec<u8>,
    /// Attempts so far.
    pub attempts: u32,
    /// An earlier attempt may have succeeded.
    pub was_in_doubt: bool,
    /// The run that it belongs to.
    pub run: Option<String>,
}

/// Among which the next one is looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Among {
    /// All that may go.
    #[default]
    All,
    /// Those of which nothing is in doubt.
    Undoubted,
}

impl Ledger {
    /// When the next hold ends, also of one that then has to wait behind others.
    pub fn next_release(&self) -> Result<Option<Timestamp>, LedgerError> {
        let soonest: Option<i64> = self.db.query_row(NEXT_RELEASE, [PAUSED], |row| row.get(0))?;
        soonest.map(sql::moment).transpose()
    }

    /// The first single one that may go out at `now`, in the order of the numbers. Rows of runs have a way of their own
    /// ([`Ledger::take_for_run`]): thousands of them hold up nobody who writes one.
    ///
    /// One that could not get through holds up those after it: what kept it back keeps them back too, and so the queue
    /// leaves in order when the way is free again. A doubt holds up nobody.
    pub fn next_to_send(&self, now: Timestamp, among: Among) -> Result<Option<Outgoing>, LedgerError> {
        let mut statement = self.db.prepare_cached(NEXT_TO_SEND)?;
        let last = self.first_waiting()?.unwrap_or(i64::MAX);
        let found = statement
            .query_row(params![now.as_millisecond(), last, among == Among::All], |row| {
                Ok(read(row))
            })
            .optional()?;
        found.transpose()
    }

    /// When the next single one may go out, if any waits.
    pub fn next_wake(&self) -> Result<Option<Timestamp>, LedgerError> {
        let soonest: Option<i64> = self.db.query_row(
            NEXT_WAKE,
            [PAUSED, self.first_waiting()?.unwrap_or(i64::MAX)],
            |row| row.get(0),
        )?;
        soonest.map(sql::moment).transpose()
    }

    /// The lowest single number that waits for the way to be free.
    fn first_waiting(&self) -> Result<Option<i64>, LedgerError> {
        let mut statement = self.db.prepare_cached(FIRST_WAITING)?;
        Ok(statement.query_row([PAUSED], |row| row.get(0)).optional()?)
    }

    /// How many have not left this computer for good.
    pub fn outbox_waiting(&self) -> Result<u32, LedgerError> {
        Ok(sql::count(self.db.query_row(WAITING, [], |row| row.get(0))?))
    }
}

const WAITING: &str =
    "SELECT count(*) FROM invoice WHERE outbox IN ('held', 'queued', 'sending', 'waiting', 'in_doubt')";

/// Whether something in the books at `path` has not left this computer for good. They are neither made nor migrated for that,
/// and nothing in them changes.
pub fn waits(path: &Path) -> Result<bool, LedgerError> {
    if !path.exists() {
        return Ok(false);
    }
    // Writable, because SQLite may have to take in what a crash left beside the file.
    let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    db.busy_timeout(LOCK_PATIENCE)?;
    Ok(db.query_row(WAITING, [], |row| row.get::<_, u32>(0))? > 0)
}

pub(crate) fn read(row: &Row<'_>) -> Result<Outgoing, LedgerError> {
    Ok(Outgoing {
        invoice_id: row.get("id")?,
        number: row.get::<_, i64>("number")?.unsigned_abs(),
        channel: sql::from_word(&row.get::<_, String>("channel")?)?,
        request: row.get("request")?,
        attempts: row.get("attempts")?,
        was_in_doubt: row.get("was_in_doubt")?,
        run: row.get("run")?,
    })
}

pub(crate) const NEXT_RELEASE: &str = "SELECT min(not_before) FROM invoice INDEXED BY invoice_to_send
     WHERE outbox IN ('held', 'queued', 'waiting', 'in_doubt') AND outbox = 'held' AND not_before < ?1";

pub(crate) const NEXT_TO_SEND: &str = "SELECT id, number, channel, request, attempts, was_in_doubt, run
     FROM invoice INDEXED BY invoice_to_send JOIN frozen USING (row)
     WHERE outbox IN ('held', 'queued', 'waiting', 'in_doubt') AND not_before <= ?1 AND number <= ?2
         AND run IS NULL AND (?3 OR outbox <> 'in_doubt')
     ORDER BY number LIMIT 1";

pub(crate) const NEXT_WAKE: &str = "SELECT min(not_before) FROM invoice INDEXED BY invoice_to_send
     WHERE outbox IN ('held', 'queued', 'waiting', 'in_doubt') AND not_before < ?1 AND number <= ?2
         AND run IS NULL";

pub(crate) const FIRST_WAITING: &str = "SELECT number FROM invoice INDEXED BY invoice_to_send
     WHERE outbox IN ('held', 'queued', 'waiting', 'in_doubt') AND outbox = 'waiting' AND not_before < ?1
         AND run IS NULL
     ORDER BY number LIMIT 1";
