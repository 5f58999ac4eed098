//! A clock that was ahead and was set right: what was put off by it does not wait until it would have come there again, and
//! what was held back as late, because its day seemed to have passed, is not late.

use jiff::{SignedDuration, Timestamp};
use rusqlite::params;

use crate::evidence::{self, Evidence, What};
use crate::on_its_way::{AFTER_MANY, AFTER_ONE, after};
use crate::outbox::move_to;
use crate::turn::PAUSED;
use crate::{Ledger, LedgerError};

/// By so much two moments of a sound clock may lie in the wrong order.
const A_LITTLE: SignedDuration = SignedDuration::from_mins(1);

impl Ledger {
    /// Brings forward what was put off at a moment that is still to come at `now`: into the time after which an attempt has
    /// surely ended, and what is followed is looked at again. Answers how many.
    pub fn heed_set_back(&mut self, now: Timestamp) -> Result<usize, LedgerError> {
        let to_come = after(now, A_LITTLE).as_millisecond();
        self.transaction(|db| {
            let waiting = db.prepare_cached(PUT_OFF)?.execute(params![
                after(now, AFTER_ONE).as_millisecond(),
                to_come,
                PAUSED,
                after(now, AFTER_MANY).as_millisecond()
            ])?;
            let followed = db
                .prepare_cached(FOLLOWED)?
                .execute(params![now.as_millisecond(), to_come])?;
            let mut not_late = db.prepare_cached(HELD_AS_LATE)?;
            let not_late: Vec<String> = not_late
                .query_map([to_come], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            for id in &not_late {
                evidence::add(db, id, &Evidence::of_ours(What::BackInQueue, now))?;
                move_to(db, id, "queued", now, now)?;
            }
            Ok(waiting + followed + not_late.len())
        })
    }
}

/// What was held back as late at a moment that is still to come: it never went out. One that the merchant may
/// have written anew meanwhile stays as it is: two bills are worse than one that is written by hand.
pub(crate) const HELD_AS_LATE: &str = "SELECT id FROM invoice AS late
     WHERE shown = 'refused' AND changed_at > ?1
         AND (SELECT what FROM evidence WHERE invoice_id = late.id ORDER BY id DESC LIMIT 1) = 'held_back'
         AND (run IS NULL OR EXISTS (SELECT 1 FROM run_row WHERE invoice_id = late.id))
         AND NOT EXISTS (SELECT 1 FROM invoice AS anew WHERE anew.customer_folded = late.customer_folded
             AND anew.gross_minor = late.gross_minor AND anew.number > late.number AND anew.shown <> 'refused')
         AND NOT EXISTS (SELECT 1 FROM draft WHERE draft.customer = late.customer)
     ORDER BY number";

pub(crate) const PUT_OFF: &str = "UPDATE invoice INDEXED BY invoice_to_send
     SET not_before = CASE WHEN run IS NOT NULL AND channel = 'phone' THEN ?4 ELSE ?1 END
     WHERE outbox IN ('held', 'queued', 'waiting', 'in_doubt') AND not_before > ?1 AND not_before < ?3
         AND changed_at > ?2 AND not_before > CASE WHEN run IS NOT NULL AND channel = 'phone' THEN ?4 ELSE ?1 END";

pub(crate) const FOLLOWED: &str = "UPDATE invoice INDEXED BY invoice_to_poll SET next_poll_at = ?1
     WHERE next_poll_at IS NOT NULL AND next_poll_at > ?1 AND max(changed_at, coalesce(last_checked_at, 0)) > ?2";
