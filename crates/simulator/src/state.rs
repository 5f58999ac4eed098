//! Everything that changes: the invoices on their way (spec 14), grants, consents, and how far time was moved.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::books::Books;
use crate::callbacks::Outgoing;
use crate::clock::{Clock, moved};
use crate::config::Country;
use crate::consents::Consent;
use crate::invoice::{Invoice, Status};
use crate::keys::s256;
use crate::readings::{Reading, Readings};
use crate::seed::Consumer;

/// What a consumer's payment attempt led to.
pub(crate) enum Payment {
    Paid,
    Scheduled,
    /// The card was refused: the invoice is accepted, not paid (spec 21 item 18).
    CardRefused,
    /// It was no longer open.
    TooLate,
}

/// A grant of a merchant to a client: what a refresh token stands for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Grant {
    pub(crate) id: String,
    pub(crate) client: String,
    pub(crate) subject: String,
    pub(crate) merchant: Option<String>,
    pub(crate) scopes: Vec<String>,
    pub(crate) auth_time: i64,
    /// End of its 13 months, sliding (spec 6.4).
    pub(crate) expires_at: Timestamp,
}

/// An authorization code that was not presented yet, or was (spec 6.8).
#[derive(Clone, Debug)]
pub(crate) struct Code {
    pub(crate) grant: Grant,
    pub(crate) redirect_uri: String,
    pub(crate) challenge: String,
    pub(crate) nonce: String,
    pub(crate) expires_at: Timestamp,
    pub(crate) used: bool,
}

/// All of it.
pub(crate) struct State {
    pub(crate) books: Books,
    /// Time before it is moved.
    clock: Arc<dyn Clock>,
    /// Readings of the documents in force.
    pub(crate) readings: Readings,
    /// What is told to the merchants' receivers.
    pub(crate) outgoing: Outgoing,
    /// Seconds by which time was moved.
    pub(crate) offset: i64,
    pub(crate) invoices: BTreeMap<String, Invoice>,
    /// By the hash of their refresh token: the books hold no token that anybody could use.
    pub(crate) refresh: HashMap<String, Grant>,
    /// `client|merchant` or `client|subject` for which consent was given.
    pub(crate) consents: HashSet<String>,
    /// Requests to be allowed invoices by phone.
    pub(crate) agreements: BTreeMap<String, Consent>,
    pub(crate) revoked: HashSet<String>,
    pub(crate) codes: HashMap<String, Code>,
    /// Hashes of the nonces that were seen.
    pub(crate) nonces: HashSet<String>,
    /// Login cookies of the portal by their hashes: subject and time of login.
    pub(crate) logins: HashMap<String, (String, i64)>,
}

/// The grants; what an earlier version kept by the token itself is kept by its hash from now on.
fn grants(books: &Books) -> Result<HashMap<String, Grant>, rusqlite::Error> {
    let mut grants = HashMap::new();
    for (key, grant) in books.all::<Grant>("refresh")? {
        let is_token = key.len() == 64;
        let hash = if is_token { s256(&key) } else { key.clone() };
        if is_token {
            books.put("refresh", &hash, &grant)?;
            books.delete("refresh", &key)?;
        }
        grants.insert(hash, grant);
    }
    Ok(grants)
}

impl State {
    pub(crate) fn load(
        books: Books,
        clock: Arc<dyn Clock>,
        readings: Readings,
    ) -> Result<Self, rusqlite::Error> {
        let offset = books
            .all::<i64>("clock")?
            .into_iter()
            .map(|(_, offset)| offset)
            .next_back()
            .unwrap_or(0);
        Ok(Self {
            clock,
            outgoing: Outgoing::load(&books, readings.clone())?,
            readings,
            offset,
            invoices: books.all("invoice")?.into_iter().collect(),
            refresh: grants(&books)?,
            consents: books
                .all::<()>("consent")?
                .into_iter()
                .map(|(id, ())| id)
                .collect(),
            agreements: books.all("agreement")?.into_iter().collect(),
            revoked: books
                .all::<()>("revoked")?
                .into_iter()
                .map(|(id, ())| id)
                .collect(),
            codes: HashMap::new(),
            nonces: books
                .all::<()>("nonce")?
                .into_iter()
                .map(|(nonce, ())| nonce)
                .collect(),
            logins: books.all("login")?.into_iter().collect(),
            books,
        })
    }

    /// Now, as it was moved.
    pub(crate) fn now(&self) -> Timestamp {
        moved(self.clock.now(), self.offset)
    }

    /// Writes an invoice to disk, then to memory, and notes for the merchant's receiver what happened to it.
    pub(crate) fn put(&mut self, invoice: Invoice) -> Result<(), rusqlite::Error> {
        self.books.put("invoice", &invoice.id, &invoice)?;
        let now = self.now();
        self.outgoing
            .note(&self.books, self.invoices.get(&invoice.id), &invoice, now)?;
        self.invoices.insert(invoice.id.clone(), invoice);
        Ok(())
    }

    /// Writes all of a batch or none of it.
    pub(crate) fn put_all(&mut self, invoices: Vec<Invoice>) -> Result<(), rusqlite::Error> {
        let ids: Vec<String> = invoices.iter().map(|invoice| invoice.id.clone()).collect();
        self.books.begin()?;
        let written = invoices.into_iter().try_for_each(|invoice| self.put(invoice));
        let written = written.and_then(|()| self.books.commit());
        if written.is_err() {
            self.books.abandon();
            for id in &ids {
                self.invoices.remove(id);
                self.outgoing.forget(id);
            }
        }
        written
    }

    /// Changes an invoice by `change`, on disk too.
    pub(crate) fn change(
        &mut self,
        id: &str,
        change: impl FnOnce(&mut Invoice),
    ) -> Result<(), rusqlite::Error> {
        let Some(mut invoice) = self.invoices.get(id).cloned() else {
            return Ok(());
        };
        change(&mut invoice);
        self.put(invoice)
    }

    /// What time does by itself: scheduled payments on their day, and expiry after due date plus 30 (spec 14.2, 14.3).
    pub(crate) fn pass_time(&mut self, today: impl Fn(Country) -> Date) -> Result<(), rusqlite::Error> {
        let (danish, finnish) = (today(Country::Dk), today(Country::Fi));
        let today_of = |invoice: &Invoice| match invoice.country() {
            Country::Dk => danish,
            Country::Fi => finnish,
        };
        let is_to_pay = |invoice: &Invoice| {
            let day = invoice
                .payment_date
                .filter(|_| invoice.status == Status::Accepted);
            day.is_some_and(|day| day <= today_of(invoice)) && !invoice.card_expired
        };
        let is_over = |invoice: &Invoice| today_of(invoice) > invoice.last_day();
        let moving: Vec<Invoice> = self
            .invoices
            .values()
            .filter(|invoice| invoice.status.is_open() && (is_to_pay(invoice) || is_over(invoice)))
            .cloned()
            .collect();
        for invoice in moving {
            let today = today_of(&invoice);
            if is_to_pay(&invoice) {
                let day = invoice.payment_date.unwrap_or(today);
                let at = invoice.country().morning(day).min(self.now());
                self.change(&invoice.id, |invoice| invoice.pay(day, at))?;
            } else {
                self.change(&invoice.id, |invoice| invoice.status = Status::Expired)?;
            }
        }
        Ok(())
    }

    /// A consumer accepts, for today or a later day (spec 16, S2). Judged under the same lock that changes it, so that a
    /// payment and a cancel at one moment cannot both win.
    pub(crate) fn accept(
        &mut self,
        id: &str,
        on: Date,
        today: Date,
        consumer: &Consumer,
    ) -> Result<Payment, rusqlite::Error> {
        if !self.is_open(id) {
            return Ok(Payment::TooLate);
        }
        if on > today {
            self.schedule(id, on, consumer)?;
            return Ok(Payment::Scheduled);
        }
        if consumer.card_expired {
            if !self.readings.has(Reading::FailedCardChangesNothing) {
                self.schedule(id, today, consumer)?;
            }
            return Ok(Payment::CardRefused);
        }
        let now = self.now();
        self.change(id, |invoice| {
            invoice.payer = Some(consumer.phone.to_owned());
            invoice.pay(today, now);
        })?;
        Ok(Payment::Paid)
    }

    fn schedule(&mut self, id: &str, on: Date, consumer: &Consumer) -> Result<(), rusqlite::Error> {
        self.change(id, |invoice| {
            invoice.status = Status::Accepted;
            invoice.payment_date = Some(on);
            invoice.card_expired = consumer.card_expired;
            invoice.payer = Some(consumer.phone.to_owned());
        })
    }

    /// A consumer declines. A link that was never accepted stays as it is (spec 14.2; 21 item 19). Answers whether it was
    /// still open.
    pub(crate) fn reject(&mut self, id: &str) -> Result<bool, rusqlite::Error> {
        if !self.is_open(id) {
            return Ok(false);
        }
        let shows = self.readings.has(Reading::LinkRejectionsShow);
        self.change(id, |invoice| {
            if shows || invoice.link.is_none() || invoice.status == Status::Accepted {
                invoice.status = Status::Rejected;
            }
        })?;
        Ok(true)
    }

    /// The merchant cancels, if it is still open (spec 10.1). Answers the status that was found.
    pub(crate) fn cancel(&mut self, id: &str) -> Result<Option<Status>, rusqlite::Error> {
        let found = self.invoices.get(id).map(|invoice| invoice.status);
        if found.is_some_and(Status::is_open) {
            self.change(id, |invoice| invoice.status = Status::Canceled)?;
        }
        Ok(found)
    }

    fn is_open(&self, id: &str) -> bool {
        self.invoices
            .get(id)
            .is_some_and(|invoice| invoice.status.is_open())
    }
}
