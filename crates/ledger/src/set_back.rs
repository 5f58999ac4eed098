//! A clock that was ahead and was set right: what was put off by it does not wait until it would have come there again.

use jiff::{SignedDuration, Timestamp};
use rusqlite::params;

use crate::on_its_way::{AFTER_MANY, AFTER_ONE, after};
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
            Ok(waiting + followed)
        })
    }
}

pub(crate) const PUT_OFF: &str = "UPDATE invoice INDEXED BY invoice_to_send
     SET not_before = CASE WHEN run IS NOT NULL AND channel = 'phone' THEN ?4 ELSE ?1 END
     WHERE outbox IN ('held', 'queued', 'waiting', 'in_doubt') AND not_before > ?1 AND not_before < ?3
         AND changed_at > ?2 AND not_before > CASE WHEN run IS NOT NULL AND channel = 'phone' THEN ?4 ELSE ?1 END";

pub(crate) const FOLLOWED: &str = "UPDATE invoice INDEXED BY invoice_to_poll SET next_poll_at = ?1
     WHERE next_poll_at IS NOT NULL AND next_poll_at > ?1 AND max(changed_at, coalesce(last_checked_at, 0)) > ?2";
