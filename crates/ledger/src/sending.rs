//! From draft to invoice in one transaction: number, frozen content, frozen bytes, outbox row.

use invoice::{Business, Channel, Content, DraftForm, Phone};
use jiff::Timestamp;
use rusqlite::{Connection, params};

use crate::evidence::{self, Evidence, What};
use crate::{Draft, Ledger, LedgerError, drafts, numbers, search, sql};

/// What is to be sent, and by which way.
#[derive(Debug)]
pub struct SendOrder<'a> {
    /// Uuid that the invoice gets.
    pub invoice_id: &'a str,
    /// Phone or link.
    pub channel: Channel,
    /// The agreed content.
    pub content: &'a Content,
    /// The business as the paper names it today.
    pub business: &'a Business,
    /// Until when it is held back, so that the merchant can undo.
    pub hold_until: Timestamp,
    /// Now.
    pub now: Timestamp,
}

impl Ledger {
    /// Sends the draft `draft_id` as it stood at `revision`; answers the number.
    ///
    /// `freeze` makes the request's bytes for the number. They are stored and never made again: a rebuilt body would be a
    /// second invoice (spec 12.4).
    ///
    /// # Errors
    /// [`LedgerError::ChangedMeanwhile`] when the draft has another revision; nothing is written then.
    pub fn send<E>(
        &mut self,
        draft_id: &str,
        revision: u32,
        order: &SendOrder<'_>,
        freeze: impl FnOnce(u64) -> Result<Vec<u8>, E>,
    ) -> Result<u64, LedgerError>
    where
        E: std::fmt::Display,
    {
        kill_point::pass("send");
        self.transaction(|db| {
            let draft = drafts::draft(db, draft_id)?;
            if draft.revision != revision {
                return Err(LedgerError::ChangedMeanwhile {
                    expected: revision,
                    found: draft.revision,
                });
            }
            let number = numbers::take(db)?;
            let request = freeze(number).map_err(|error| LedgerError::NotMade(error.to_string()))?;
            insert(db, number, order, &draft.form, &request)?;
            db.execute("DELETE FROM draft WHERE id = ?1", [draft_id])?;
            evidence::add(db, order.invoice_id, &Evidence::of_ours(What::Sent, order.now))?;
            Ok(number)
        })
    }

    /// Takes a held invoice back; it becomes the draft `draft_id` again.
    ///
    /// # Errors
    /// [`LedgerError::WrongState`] once it is no longer held: then it may already be on its way. One of a run is taken back
    /// by [`Ledger::stop_run`].
    pub fn undo(&mut self, invoice_id: &str, draft_id: &str, now: Timestamp) -> Result<Draft, LedgerError> {
        kill_point::pass("undo");
        self.transaction(|db| {
            let Held {
                row,
                number,
                form,
                total_minor,
            } = held(db, invoice_id)?;
            remove(db, row, number, now)?;
            drafts::insert(db, draft_id, &form, total_minor, now)?;
            drafts::draft(db, draft_id)
        })
    }

    /// The form from which an invoice was written, for one like it.
    pub fn form_of_invoice(&self, invoice_id: &str) -> Result<DraftForm, LedgerError> {
        let found = self.db.query_row(
            "SELECT form FROM invoice JOIN frozen USING (row) WHERE id = ?1",
            [invoice_id],
            |row| Ok(sql::json(row, "form")),
        );
        match found {
            Err(rusqlite::Error::QueryReturnedNoRows) => Err(LedgerError::NotFound("invoice")),
            other => other?,
        }
    }

    /// How many invoices `phone` was sent since `since`, for the daily limit (spec 12.5). Refused ones do not count.
    pub fn sent_to_phone_since(&self, phone: &Phone, since: Timestamp) -> Result<u32, LedgerError> {
        let count = self
            .db
            .prepare_cached(
                "SELECT count(*) FROM invoice WHERE phone = ?1 AND sent_at >= ?2 AND outbox <> 'refused'",
            )?
            .query_row(params![phone.e164(), since.as_millisecond()], |row| row.get(0))?;
        Ok(sql::count(count))
    }
}

/// Removes an invoice that never left this computer, and gives its number back.
pub(crate) fn remove(db: &Connection, row: i64, number: u64, now: Timestamp) -> Result<(), LedgerError> {
    db.prepare_cached("DELETE FROM invoice_words WHERE rowid = ?1")?
        .execute([row])?;
    db.prepare_cached("DELETE FROM invoice WHERE row = ?1")?
        .execute([row])?;
    numbers::give_back(db, number, now.as_millisecond())
}

/// What remains of an invoice that is taken back.
struct Held {
    row: i64,
    number: u64,
    form: DraftForm,
    total_minor: i64,
}

fn held(db: &Connection, invoice_id: &str) -> Result<Held, LedgerError> {
    let mut statement = db.prepare_cached(
        "SELECT row, number, form, gross_minor, outbox, run IS NOT NULL AS in_run FROM invoice JOIN frozen USING (row) WHERE id = ?1",
    )?;
    let mut rows = statement.query([invoice_id])?;
    let row = rows.next()?.ok_or(LedgerError::NotFound("invoice"))?;
    let mut found: String = row.get("outbox")?;
    // A row of a run would be sent again by the run; stopping the run takes it back.
    if row.get("in_run")? {
        found = "part of a run".into();
    }
    if found != "held" {
        return Err(LedgerError::WrongState {
            found,
            wanted: "taken back",
        });
    }
    Ok(Held {
        row: row.get("row")?,
        number: row.get::<_, i64>("number")?.unsigned_abs(),
        form: sql::json(row, "form")?,
        total_minor: row.get("gross_minor")?,
    })
}

pub(crate) fn insert(
    db: &Connection,
    number: u64,
    order: &SendOrder<'_>,
    form: &DraftForm,
    request: &[u8],
) -> Result<(), LedgerError> {
    let content = order.content;
    let recipient = &content.recipient;
    let phone = recipient.phone.as_ref().map(Phone::e164);
    let customer = recipient.name.as_deref().or(phone).unwrap_or_default();
    let number = numbers::column(number)?;
    db.prepare_cached(
        "INSERT INTO invoice (id, number, channel, customer_id, customer, customer_folded, phone, gross_minor,
             issue_date, due_date, sent_at, outbox, not_before, standing, shown, changed_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 'held', ?12, 'open', 'held', ?11)",
    )?
    .execute(params![
        order.invoice_id,
        number,
        sql::word(&order.channel)?,
        recipient.customer_id,
        customer,
        search::fold(customer),
        phone,
        content.totals.gross.minor,
        content.issue_date.to_string(),
        content.due_date.to_string(),
        order.now.as_millisecond(),
        order.hold_until.as_millisecond(),
    ])?;
    let row = db.last_insert_rowid();
    db.prepare_cached(
        "INSERT INTO frozen (row, content, business, form, request) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![
        row,
        sql::text(content)?,
        sql::text(order.business)?,
        sql::text(form)?,
        request
    ])?;
    db.prepare_cached("INSERT INTO invoice_words (rowid, words) VALUES (?1, ?2)")?
        .execute(params![row, words(number, content)])?;
    Ok(())
}

/// Everything one may look an invoice up by.
fn words(number: i64, content: &Content) -> String {
    let recipient = &content.recipient;
    let amount = content.totals.gross.decimal().to_string();
    let mut words = vec![number.to_string(), amount.replace('.', ","), amount];
    words.extend(recipient.name.clone());
    words.extend(
        recipient
            .phone
            .iter()
            .flat_map(|phone| [phone.e164().to_owned(), phone.national().replace(' ', "")]),
    );
    words.extend(content.payment_reference.clone());
    words.extend(content.comment.clone());
    words.extend(content.merchant_order_number.clone());
    words.extend(content.buyer_order_number.clone());
    words.extend(content.lines.iter().map(|line| line.description.clone()));
    // The blank before the first word marks its beginning like that of any other.
    format!(" {}", search::fold(&words.join(" ")))
}
