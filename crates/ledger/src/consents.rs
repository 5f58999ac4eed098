//! Consents to be sent invoices by phone (spec 15): asked, granted, refused, with their days.
//!
//! There is no callback for them, so what stands here is what a look at the service last told. A granted consent makes the
//! phone the customer's usual way. Deliberately absent: asking.

pub(crate) mod following;

use invoice::Phone;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde::{Deserialize, Serialize};

pub use following::{Asked, ConsentCounts};

use crate::{Ledger, LedgerError, search, sql};

/// The customer's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentAnswer {
    /// No answer yet.
    Asked,
    /// Agreed.
    Granted,
    /// Declined.
    Refused,
    /// Taken back later.
    Withdrawn,
    /// A word that no document knows.
    Unknown,
}

/// What the service told of a consent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentSaid {
    /// The service's id of the consent.
    pub id: String,
    /// The service's id of the link with which it was asked.
    pub service_invoice_id: Option<String>,
    /// The number, once granted.
    pub phone: Option<Phone>,
    /// The answer.
    pub answer: ConsentAnswer,
    /// When it was granted there.
    pub granted_on: Option<Timestamp>,
}

/// A consent in the book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentRecord {
    /// The service's id.
    pub id: String,
    /// Our invoice with which it was asked, if it is one of ours.
    pub invoice_id: Option<String>,
    /// The customer, if known.
    pub customer_id: Option<String>,
    /// The number, once granted.
    pub phone: Option<Phone>,
    /// The answer.
    pub answer: ConsentAnswer,
    /// When this computer asked. `None`: it was asked elsewhere.
    pub asked_at: Option<Timestamp>,
    /// When it was granted there, else when this computer learnt the answer.
    pub answered_at: Option<Timestamp>,
    /// When this row last changed.
    pub changed_at: Timestamp,
}

impl Ledger {
    /// Takes down a consent that this computer has just asked for, as the service answered.
    pub fn note_consent_asked(&mut self, said: &ConsentSaid, now: Timestamp) -> Result<(), LedgerError> {
        self.transaction(|db| {
            take(db, said, now)?;
            db.execute(
                "UPDATE consent SET asked_at = coalesce(asked_at, ?2) WHERE id = ?1",
                params![said.id, now.as_millisecond()],
            )?;
            Ok(())
        })
    }

    /// Takes down what a look at the service told; answers the ids that changed. An answer is never undone by *asked*, and
    /// only *withdrawn* follows it (spec 15.4).
    pub fn note_consents(
        &mut self,
        said: &[ConsentSaid],
        now: Timestamp,
    ) -> Result<Vec<String>, LedgerError> {
        self.transaction(|db| {
            let mut changed = Vec::new();
            for one in said {
                if take(db, one, now)? {
                    changed.push(one.id.clone());
                }
            }
            Ok(changed)
        })
    }

    /// The book, newest change first, after `after` (the last one of the page before).
    pub fn consents(
        &self,
        after: Option<&ConsentRecord>,
        limit: u32,
    ) -> Result<Vec<ConsentRecord>, LedgerError> {
        let (at, id) = after.map_or((i64::MAX, ""), |row| {
            (row.changed_at.as_millisecond(), row.id.as_str())
        });
        let mut statement = self.db.prepare_cached(CONSENTS)?;
        let rows = statement.query_map(params![at, id, limit], |row| Ok(read(row)))?;
        rows.map(|row| row?).collect()
    }

    /// Ids of those without an answer, longest unchanged first: to be looked at again.
    pub fn consents_asked(&self, limit: u32) -> Result<Vec<String>, LedgerError> {
        let mut statement = self.db.prepare_cached(CONSENTS_ASKED)?;
        let rows = statement.query_map([limit], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

pub(crate) const CONSENTS: &str =
    "SELECT id, invoice_id, customer_id, phone, state, asked_at, answered_at, changed_at
     FROM consent WHERE (changed_at, id) < (?1, ?2) ORDER BY changed_at DESC, id DESC LIMIT ?3";

pub(crate) const CONSENTS_ASKED: &str =
    "SELECT id FROM consent WHERE state = 'asked' ORDER BY changed_at, id LIMIT ?1";

pub(crate) const CUSTOMER_WITH: &str = "SELECT id FROM customer WHERE phone = ?1 AND archived = 0 LIMIT 2";

fn take(db: &Connection, said: &ConsentSaid, now: Timestamp) -> Result<bool, LedgerError> {
    let known: Option<String> = db
        .prepare_cached("SELECT state FROM consent WHERE id = ?1")?
        .query_row([&said.id], |row| row.get(0))
        .optional()?;
    let known: Option<ConsentAnswer> = known.map(|word| sql::from_word(&word)).transpose()?;
    if known.is_some_and(|known| !follows(known, said.answer)) {
        return Ok(false);
    }
    let (invoice_id, customer_id) = whose(db, said)?;
    let answered = (said.answer != ConsentAnswer::Asked).then(|| said.granted_on.unwrap_or(now));
    db.prepare_cached(
        "INSERT INTO consent (id, service_invoice_id, invoice_id, customer_id, phone, state, answered_at, changed_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (id) DO UPDATE SET state = excluded.state, answered_at = excluded.answered_at,
             changed_at = excluded.changed_at, phone = coalesce(excluded.phone, phone),
             service_invoice_id = coalesce(excluded.service_invoice_id, service_invoice_id),
             invoice_id = coalesce(excluded.invoice_id, invoice_id),
             customer_id = coalesce(excluded.customer_id, customer_id)",
    )?
    .execute(params![
        said.id,
        said.service_invoice_id,
        invoice_id,
        customer_id,
        granted_phone(said).map(Phone::e164),
        sql::word(&said.answer)?,
        answered.map(Timestamp::as_millisecond),
        now.as_millisecond(),
    ])?;
    if said.answer == ConsentAnswer::Granted {
        to_phone(db, said)?;
    }
    Ok(true)
}

/// Whether `next` says anything new after `known`.
fn follows(known: ConsentAnswer, next: ConsentAnswer) -> bool {
    use ConsentAnswer::{Asked, Granted, Refused, Unknown, Withdrawn};
    match (known, next) {
        (Asked | Unknown, next) => known != next && next != Asked,
        (Granted, Withdrawn) => true,
        (Granted | Refused | Withdrawn, _) => false,
    }
}

/// While nobody has agreed a number is not taken from the answer, even where one stands in it (spec 15.3).
fn granted_phone(said: &ConsentSaid) -> Option<&Phone> {
    said.phone
        .as_ref()
        .filter(|_| said.answer == ConsentAnswer::Granted)
}

/// Our invoice and customer: by the link, else the customer by the number, if exactly one has it.
fn whose(db: &Connection, said: &ConsentSaid) -> Result<(Option<String>, Option<String>), LedgerError> {
    let by_link: Option<(String, Option<String>)> = db
        .prepare_cached("SELECT id, customer_id FROM invoice WHERE service_id = ?1 LIMIT 1")?
        .query_row([&said.service_invoice_id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let (invoice_id, customer_id) = by_link.map_or((None, None), |(id, customer)| (Some(id), customer));
    let by_phone = match (&customer_id, granted_phone(said)) {
        (None, Some(phone)) => customer_with(db, phone)?,
        _ => None,
    };
    Ok((invoice_id, customer_id.or(by_phone)))
}

fn customer_with(db: &Connection, phone: &Phone) -> Result<Option<String>, LedgerError> {
    let mut statement = db.prepare_cached(CUSTOMER_WITH)?;
    let mut found: Vec<String> = statement
        .query_map([phone.e164()], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    Ok(found.pop().filter(|_| found.is_empty()))
}

/// The phone becomes the customer's usual way, with the number that they gave, unless they have another one: then the
/// merchant chooses.
fn to_phone(db: &Connection, said: &ConsentSaid) -> Result<(), LedgerError> {
    let Some(phone) = granted_phone(said) else {
        return Ok(());
    };
    let customer: Option<String> = db
        .prepare_cached(
            "SELECT customer.id FROM customer JOIN consent ON consent.customer_id = customer.id
             WHERE consent.id = ?1 AND (customer.phone IS NULL OR customer.phone = ?2)",
        )?
        .query_row([&said.id, phone.e164()], |row| row.get(0))
        .optional()?;
    customer.map_or(Ok(()), |id| to_phone_of(db, &id, phone))
}

/// The phone with this number becomes the usual way of this customer.
fn to_phone_of(db: &Connection, customer_id: &str, phone: &Phone) -> Result<(), LedgerError> {
    let name: Option<String> = db
        .prepare_cached("SELECT name FROM customer WHERE id = ?1")?
        .query_row([customer_id], |row| row.get(0))
        .optional()?;
    let name = name.ok_or(LedgerError::NotFound("customer"))?;
    let e164 = phone.e164();
    db.execute(
        "UPDATE customer SET default_channel = 'phone', phone = ?2, folded = ?3 WHERE id = ?1",
        [customer_id, e164, &search::fold(&format!("{name} {e164}"))],
    )?;
    Ok(())
}

fn read(row: &Row<'_>) -> Result<ConsentRecord, LedgerError> {
    let moment = |column: &str| -> Result<Option<Timestamp>, LedgerError> {
        row.get::<_, Option<i64>>(column)?.map(sql::moment).transpose()
    };
    let phone: Option<String> = row.get("phone")?;
    Ok(ConsentRecord {
        id: row.get("id")?,
        invoice_id: row.get("invoice_id")?,
        customer_id: row.get("customer_id")?,
        phone: phone.map(|phone| sql::from_word(&phone)).transpose()?,
        answer: sql::from_word(&row.get::<_, String>("state")?)?,
        asked_at: moment("asked_at")?,
        answered_at: moment("answered_at")?,
        changed_at: sql::moment(row.get("changed_at")?)?,
    })
}
