//! What is looked at again just before a first attempt, because an outbox may wait for days (security 6.5): the due date and
//! the daily limit of a customer.
//!
//! Only what surely is not with the service is judged here. After a doubt, or an answer that claimed to have done nothing,
//! the identical bytes go out whatever the day: only the service can say what it has.

use invoice::{Country, Limits};
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Connection, params};

use crate::evidence::{self, Evidence, What};
use crate::outbox::{move_to, turned_away};
use crate::{LedgerError, sql};

/// The service's own codes for the two (spec 13.3); they name the reason here too, although nothing was asked.
const DUE_DATE_IN_PAST: u32 = 10_311;
const DAILY_LIMIT_REACHED: u32 = 10_314;

/// The merchant's day on which something goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TradeDay {
    /// The day.
    pub date: Date,
    /// Its first moment.
    pub began: Timestamp,
    /// The first moment of the next.
    pub ends: Timestamp,
    /// Whose limits hold.
    pub country: Country,
}

/// Holds back an invoice that may not go out on `day`, and takes down why; answers whether it did. One whose due date has
/// passed has come to its end: nobody got it, and the merchant writes it anew. One too many for its customer waits for the
/// next day, if that is not too late, and holds up nobody.
pub(crate) fn held_back(
    db: &Connection,
    invoice_id: &str,
    day: &TradeDay,
    now: Timestamp,
) -> Result<bool, LedgerError> {
    let (due, phone, doubted): (String, Option<String>, bool) = db
        .prepare_cached("SELECT due_date, phone, was_in_doubt FROM invoice WHERE id = ?1")?
        .query_row([invoice_id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    if doubted || turned_away(db, invoice_id)? {
        return Ok(false);
    }
    let due = sql::day(&due)?;
    if due < day.date {
        let late = Evidence {
            error_code: Some(DUE_DATE_IN_PAST),
            ..Evidence::of_ours(What::HeldBack, now)
        };
        evidence::add(db, invoice_id, &late)?;
        move_to(db, invoice_id, "refused", now, now)?;
        return Ok(true);
    }
    // One that is due today has no tomorrow. It goes out, and the service, which counts for itself, says what becomes of it.
    let Some(phone) = phone.filter(|_| due > day.date) else {
        return Ok(false);
    };
    if went_out_today(db, &phone, day)? < Limits::of(day.country).per_consumer_per_day {
        return Ok(false);
    }
    let tomorrow = Evidence {
        error_code: Some(DAILY_LIMIT_REACHED),
        until: Some(day.ends.to_string()),
        ..Evidence::of_ours(What::HeldBack, now)
    };
    evidence::add(db, invoice_id, &tomorrow)?;
    move_to(db, invoice_id, "queued", day.ends, now)?;
    Ok(true)
}

/// How many went to `phone` today, for all that is known: on their way, taken, or taken without an id. One in doubt is left
/// out: it may not be there, and the service counts for itself.
fn went_out_today(db: &Connection, phone: &str, day: &TradeDay) -> Result<u32, LedgerError> {
    let count = db
        .prepare_cached(WENT_OUT_TODAY)?
        .query_row(params![phone, day.began.as_millisecond()], |row| row.get(0))?;
    Ok(sql::count(count))
}

pub(crate) const WENT_OUT_TODAY: &str = "SELECT count(*) FROM invoice
     WHERE phone = ?1 AND outbox IN ('sending', 'accepted', 'id_unknown') AND changed_at >= ?2
         AND EXISTS (SELECT 1 FROM evidence WHERE invoice_id = invoice.id AND what = 'attempted' AND at >= ?2)";
