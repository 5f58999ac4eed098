//! One call for many: an attempt over many outbox rows.
//!
//! What holds for one holds for each: *sending* is committed for all before the socket opens, one end of the program
//! leaves all in doubt, and each is settled by what was said of it.

use std::collections::HashSet;

use invoice::Channel;
use jiff::Timestamp;
use rusqlite::{Connection, params};

use crate::outbox::{self, Answered, Outcome};
use crate::turn::{self, Among, Outgoing, PAUSED};
use crate::{Ledger, LedgerError, TradeDay, recheck, sql};

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

/// How much of what may go is taken in one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Among which.
    pub among: Among,
    /// So many at most.
    pub limit: u32,
}

/// What goes out next of the runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// On their way from now on, in the order of the numbers.
    pub items: Vec<Outgoing>,
    /// Ids of those that may not go out on this day any more (security 6.5).
    pub held_back: Vec<String>,
    /// It is one that has to go by itself: a repetition was answered, and it is still in doubt.
    pub alone: bool,
}

impl Ledger {
    /// What may go out at `now` by `channel`, in the order of the numbers: only invoices of runs.
    pub fn next_batch(
        &self,
        channel: Channel,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<Outgoing>, LedgerError> {
        next(
            &self.db,
            channel,
            now,
            Part {
                among: Among::All,
                limit,
            },
        )
    }

    /// Takes what goes out next in one call by `channel` and commits that it does, with nothing in between: what a pause or a
    /// stop holds back cannot slip out. What is in doubt goes without what is new, so that it goes as it went before. What was
    /// never out and may not go on `day` any more is held back.
    pub fn take_for_run(
        &mut self,
        channel: Channel,
        correlation_id: &str,
        day: &TradeDay,
        now: Timestamp,
        part: Part,
    ) -> Result<Load, LedgerError> {
        let mut found = next(&self.db, channel, now, part)?;
        let Some(doubted) = found.first().map(|first| first.was_in_doubt) else {
            return Ok(Load::default());
        };
        found.retain(|item| item.was_in_doubt == doubted);
        let alone = part_those_alone(&self.db, &mut found)?;
        kill_point::pass("begin_batch");
        self.transaction(|db| {
            let mut load = Load {
                alone,
                ..Load::default()
            };
            for item in found {
                if recheck::held_back(db, &item.invoice_id, day, now)? {
                    load.held_back.push(item.invoice_id);
                } else {
                    outbox::begin(db, &item.invoice_id, correlation_id, now)?;
                    load.items.push(item);
                }
            }
            Ok(load)
        })
    }

    /// When the next one of a run may go out, if any waits.
    pub fn next_run_wake(&self) -> Result<Option<Timestamp>, LedgerError> {
        let soonest: Option<i64> = self.db.query_row(NEXT_RUN_WAKE, [PAUSED], |row| row.get(0))?;
        soonest.map(sql::moment).transpose()
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

/// What stayed in doubt although its repetition was answered would stay so in every batch: of such ones the first goes alone,
/// if it is the first of all, or else none goes. Answers whether one goes alone.
fn part_those_alone(db: &Connection, found: &mut Vec<Outgoing>) -> Result<bool, LedgerError> {
    let alone: HashSet<String> = found
        .iter()
        .filter(|item| item.was_in_doubt && item.attempts > 1)
        .filter_map(|item| match still_in_doubt(db, &item.invoice_id) {
            Ok(false) => None,
            Ok(true) => Some(Ok(item.invoice_id.clone())),
            Err(error) => Some(Err(error)),
        })
        .collect::<Result<_, LedgerError>>()?;
    let first = found.first().is_some_and(|item| alone.contains(&item.invoice_id));
    if first {
        found.truncate(1);
    } else {
        found.retain(|item| !alone.contains(&item.invoice_id));
    }
    Ok(first)
}

/// Whether a repetition was answered and said nothing of it.
fn still_in_doubt(db: &Connection, invoice_id: &str) -> Result<bool, LedgerError> {
    Ok(db.prepare_cached(STILL_IN_DOUBT)?.exists([invoice_id])?)
}

fn next(db: &Connection, channel: Channel, now: Timestamp, part: Part) -> Result<Vec<Outgoing>, LedgerError> {
    let mut statement = db.prepare_cached(NEXT_BATCH)?;
    let rows = statement.query_map(
        params![
            now.as_millisecond(),
            sql::word(&channel)?,
            part.limit,
            part.among == Among::All
        ],
        |row| Ok(turn::read(row)),
    )?;
    rows.map(|row| row?).collect()
}

pub(crate) const NEXT_BATCH: &str = "SELECT id, number, channel, request, attempts, was_in_doubt, run
     FROM invoice INDEXED BY invoice_to_send JOIN frozen USING (row)
     WHERE outbox IN ('held', 'queued', 'waiting', 'in_doubt') AND not_before <= ?1 AND run IS NOT NULL AND channel = ?2
         AND (?4 OR outbox <> 'in_doubt')
     ORDER BY number LIMIT ?3";

pub(crate) const STILL_IN_DOUBT: &str = "SELECT 1 FROM evidence AS answered
     WHERE invoice_id = ?1 AND what = 'answer_lost' AND status IS NOT NULL AND EXISTS (SELECT 1 FROM evidence AS before
         WHERE before.invoice_id = ?1 AND before.what IN ('answer_lost', 'interrupted') AND before.id < answered.id)";

pub(crate) const NEXT_RUN_WAKE: &str = "SELECT min(not_before) FROM invoice INDEXED BY invoice_to_send
     WHERE outbox IN ('held', 'queued', 'waiting', 'in_doubt') AND not_before < ?1 AND run IS NOT NULL";
