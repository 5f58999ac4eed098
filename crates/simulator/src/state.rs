//! Everything that changes: the invoices on their way (spec 14), grants, consents, and how far time was moved.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::books::Books;
use crate::callbacks::Outgoing;
use crate::clock::{Clock, ClockError, ahead, moved};
use crate::config::Country;
use crate::consents::Consent;
use crate::invoice::{Invoice, Status};
use crate::invoices::Invoices;
use crate::keys::s256;
use crate::openid::Door;
use crate::readings::{Reading, Readings};
use crate::seed::Consumer;
use crate::world::World;

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
    /// The discovery address that it began at.
    #[serde(default)]
    pub(crate) door: Door,
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
    pub(crate) invoices: Invoices,
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

/// What the day that it waited for makes of an invoice, and when.
fn after_its_day(mut invoice: Invoice, now: Timestamp) -> (Invoice, Timestamp) {
    let country = invoice.country();
    let at = match (invoice.to_pay_on(), invoice.changes_on()) {
        (Some(day), _) => {
            let at = country.morning(day).min(now);
            invoice.pay(day, at);
            at
        }
        (None, over) => {
            invoice.status = Status::Expired;
            over.map_or(now, |over| country.midnight(over).min(now))
        }
    };
    (invoice, at)
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
            invoices: books
                .all::<Invoice>("invoice")?
                .into_iter()
                .map(|(_, invoice)| invoice)
                .collect(),
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

    /// Writes an invoice as it is now.
    pub(crate) fn put(&mut self, invoice: Invoice) -> Result<(), rusqlite::Error> {
        self.put_all(vec![invoice])
    }

    /// Writes all of a batch or none of it.
    pub(crate) fn put_all(&mut self, invoices: Vec<Invoice>) -> Result<(), rusqlite::Error> {
        let now = self.now();
        let changed = invoices.into_iter().map(|invoice| (invoice, now)).collect();
        self.record(changed, |_| Ok(()))
    }

    /// Writes invoices, each with the moment of its change, the events that tell of them, and what `also` writes: to disk in
    /// one piece, and only then to memory, so that a failing disk leaves both as they were.
    fn record(
        &mut self,
        changed: Vec<(Invoice, Timestamp)>,
        also: impl FnOnce(&Books) -> Result<(), rusqlite::Error>,
    ) -> Result<(), rusqlite::Error> {
        let mut events = Vec::new();
        for (invoice, at) in &changed {
            let before = self.invoices.get(&invoice.id);
            self.outgoing.tell(before, invoice, *at, &mut events);
        }
        self.books.together(|| {
            also(&self.books)?;
            for (invoice, _) in &changed {
                self.books.put("invoice", &invoice.id, invoice)?;
            }
            events.iter().try_for_each(|event| event.write(&self.books))
        })?;
        self.outgoing.keep(events);
        for (invoice, _) in changed {
            self.invoices.keep(invoice);
        }
        Ok(())
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
    pub(crate) fn pass_time(&mut self) -> Result<(), rusqlite::Error> {
        let changed = self.changed_by(self.now());
        if changed.is_empty() {
            return Ok(());
        }
        self.record(changed, |_| Ok(()))
    }

    /// Moves time forward by seconds and does what time does, or neither.
    pub(crate) fn advance(&mut self, seconds: i64) -> Result<Timestamp, ClockError> {
        let offset = self.offset.checked_add(seconds).ok_or(ClockError::TooFar)?;
        let now = ahead(self.clock.now(), offset).ok_or(ClockError::TooFar)?;
        self.record(self.changed_by(now), |books| {
            books.put("clock", "offset", &offset)
        })?;
        self.offset = offset;
        Ok(now)
    }

    /// A jump brings all in the order and with the moments in which they would have come.
    fn changed_by(&self, now: Timestamp) -> Vec<(Invoice, Timestamp)> {
        let due = |country| self.invoices.due(country, World::date(country, now));
        let mut changed: Vec<(Invoice, Timestamp)> = due(Country::Dk)
            .chain(due(Country::Fi))
            .map(|invoice| after_its_day(invoice.clone(), now))
            .collect();
        changed.sort_by(|(one, at), (other, then)| (at, &one.id).cmp(&(then, &other.id)));
        changed
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
