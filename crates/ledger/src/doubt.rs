//! The merchant's word on a doubt: the id, verified against the service, or giving up a link that nobody has.
//!
//! Neither is a guess. An id counts only with the service's own details under it, and those must be this invoice's. Giving
//! up is for links alone: an invoice on a phone may lie before the customer, so nothing ever takes its place (security 6.2).

use invoice::{Channel, Content, DraftForm, Money, State};
use jiff::civil::Date;
use jiff::{Span, Timestamp};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::evidence::{self, Evidence, Said, Source, What};
use crate::outbox::{Answered, move_to};
use crate::{Draft, Ledger, LedgerError, callbacks, drafts, sql};

/// Days after the due date at whose end an invoice expires (spec 14.3).
const DAYS_UNTIL_EXPIRY: i64 = 30;

/// What the service keeps under an id, as its details say it (spec 10.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The id, as the details spell it.
    pub service_id: String,
    /// The number there. `None` proves nothing and is refused.
    pub invoice_number: Option<String>,
    /// To pay. `None` proves nothing and is refused.
    pub total: Option<Money>,
    /// Its state, with the answer as it came.
    pub said: Said,
}

/// An invoice whose doubt is to be settled.
struct Doubted {
    number: u64,
    channel: Channel,
    outbox: String,
    nobody_has_it: bool,
    replaced: bool,
    total: Money,
    form: DraftForm,
    total_minor: i64,
}

impl Ledger {
    /// Settles a doubt, or an unknown id, by an id that the merchant named and the service confirmed.
    ///
    /// # Errors
    /// [`LedgerError::WrongState`] when there is no doubt; [`LedgerError::IdUsed`] when another invoice has the id;
    /// [`LedgerError::NotTheSame`] when number or amount differ or are not told. Nothing is written then.
    pub fn settle_by_id(&mut self, invoice_id: &str, verified: &Verified) -> Result<(), LedgerError> {
        kill_point::pass("settle_by_id");
        self.transaction(|db| {
            let doubted = doubted(db, invoice_id, "settled by an id")?;
            must_be_free(db, &verified.service_id)?;
            must_be_the_same(&doubted, verified)?;
            let Verified { service_id, said, .. } = verified;
            let named = Evidence {
                state: None,
                sequence: None,
                date: None,
                until: None,
                what: What::IdGiven,
                ..evidence::row_of(said)
            };
            evidence::add(db, invoice_id, &named)?;
            db.execute(
                "UPDATE invoice SET service_id = ?2, next_poll_at = ?3 WHERE id = ?1",
                params![invoice_id, service_id, said.at.as_millisecond()],
            )?;
            move_to(db, invoice_id, "accepted", said.at, said.at)?;
            evidence::take(db, invoice_id, said, &evidence::row_of(said))?;
            callbacks::adopt(db, invoice_id, service_id)
        })
    }

    /// Gives up a link in doubt, which nobody has, and answers the draft `draft_id` that takes its place. The invoice and
    /// its number stay in the books as *replaced*.
    ///
    /// # Errors
    /// [`LedgerError::MayBeWithCustomer`] for an invoice on a phone, and for a link that is known;
    /// [`LedgerError::WrongState`] when there is no doubt. Nothing is written then.
    pub fn replace_doubted(
        &mut self,
        invoice_id: &str,
        draft_id: &str,
        now: Timestamp,
    ) -> Result<Draft, LedgerError> {
        kill_point::pass("replace_doubted");
        self.transaction(|db| {
            let doubted = doubted(db, invoice_id, "replaced")?;
            if doubted.channel != Channel::Link || !doubted.nobody_has_it {
                return Err(LedgerError::MayBeWithCustomer);
            }
            let given_up = Evidence {
                words: Some(draft_id.to_owned()),
                ..Evidence::of_ours(What::Replaced, now)
            };
            evidence::add(db, invoice_id, &given_up)?;
            db.execute(
                "UPDATE invoice SET replaced_by = ?2, next_poll_at = NULL WHERE id = ?1",
                [invoice_id, draft_id],
            )?;
            move_to(db, invoice_id, "id_unknown", now, now)?;
            drafts::insert(db, draft_id, &doubted.form, doubted.total_minor, now)?;
            drafts::draft(db, draft_id)
        })
    }

    /// Takes a 404 for a link as *expired* once its time is over: the service then deletes links (spec 9.4, 14.3). Before,
    /// and for an invoice on a phone, a 404 says nothing and only moves the time of the last check. Answers whether the
    /// invoice is expired by it.
    pub fn observe_gone(
        &mut self,
        invoice_id: &str,
        answered: &Answered,
        at: Timestamp,
        today: Date,
    ) -> Result<bool, LedgerError> {
        let said = Said {
            state: State::Expired,
            source: Source::StatusCheck,
            at,
            sequence: None,
            date: None,
            payment_date: None,
            payment_id: None,
            day_owed: false,
            today,
            status: answered.status,
            raw: answered.raw.clone(),
            correlation_id: answered.correlation_id.clone(),
        };
        kill_point::pass("observe_gone");
        self.transaction(|db| {
            let (channel, due): (String, String) = db
                .query_row(
                    "SELECT channel, due_date FROM invoice WHERE id = ?1",
                    [invoice_id],
                    |row| Ok((row.get(0)?, row.get(1)?)),
                )
                .optional()?
                .ok_or(LedgerError::NotFound("invoice"))?;
            if channel == "link" && answered.status == Some(404) && is_over(sql::day(&due)?, today) {
                return evidence::take(db, invoice_id, &said, &evidence::row_of(&said));
            }
            db.execute(
                "UPDATE invoice SET last_checked_at = ?2 WHERE id = ?1",
                params![invoice_id, at.as_millisecond()],
            )?;
            Ok(false)
        })
    }
}

fn is_over(due: Date, today: Date) -> bool {
    due.checked_add(Span::new().days(DAYS_UNTIL_EXPIRY))
        .is_ok_and(|last| today > last)
}

fn doubted(db: &Connection, invoice_id: &str, wanted: &'static str) -> Result<Doubted, LedgerError> {
    let found = db
        .prepare_cached(
            "SELECT number, channel, outbox, service_id IS NULL AND link IS NULL AS nobody_has_it, replaced_by IS NOT NULL AS
                 replaced, gross_minor, content, form
             FROM invoice JOIN frozen USING (row) WHERE id = ?1",
        )?
        .query_row([invoice_id], |row| Ok(read(row)))
        .optional()?
        .ok_or(LedgerError::NotFound("invoice"))??;
    if found.replaced || !matches!(found.outbox.as_str(), "in_doubt" | "id_unknown") {
        return Err(LedgerError::WrongState {
            found: found.outbox,
            wanted,
        });
    }
    Ok(found)
}

fn read(row: &Row<'_>) -> Result<Doubted, LedgerError> {
    let content: Content = sql::json(row, "content")?;
    Ok(Doubted {
        number: row.get::<_, i64>("number")?.unsigned_abs(),
        channel: sql::from_word(&row.get::<_, String>("channel")?)?,
        outbox: row.get("outbox")?,
        nobody_has_it: row.get("nobody_has_it")?,
        replaced: row.get("replaced")?,
        total: content.totals.gross,
        form: sql::json(row, "form")?,
        total_minor: row.get("gross_minor")?,
    })
}

fn must_be_free(db: &Connection, service_id: &str) -> Result<(), LedgerError> {
    let used: Option<i64> = db
        .query_row(
            // However either of them was spelt.
            "SELECT number FROM invoice WHERE service_id IS NOT NULL AND lower(service_id) = lower(?1)",
            [service_id],
            |row| row.get(0),
        )
        .optional()?;
    used.map_or(Ok(()), |number| Err(LedgerError::IdUsed(number.unsigned_abs())))
}

fn must_be_the_same(doubted: &Doubted, verified: &Verified) -> Result<(), LedgerError> {
    if verified.invoice_number.as_deref() != Some(doubted.number.to_string().as_str()) {
        return Err(LedgerError::NotTheSame("number"));
    }
    if verified.total != Some(doubted.total) {
        return Err(LedgerError::NotTheSame("amount"));
    }
    Ok(())
}
