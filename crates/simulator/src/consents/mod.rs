//! Consent to be sent invoices by phone (spec 15): what was asked, what the payer said, and who may say it.
//!
//! The screen is shown after a payment, so only the payer of a paid link answers. Consent changes nothing about invoices
//! and no callback tells of it (spec 15): it tells the merchant a number.

mod calls;
mod payer;
mod screen;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub(crate) use calls::routes as merchant_routes;
pub(crate) use payer::routes as payer_routes;
pub(crate) use screen::{said, screen};

use crate::invoice::{Invoice, Status};
use crate::state::State;

/// The states of spec 15.4, in the order of their numbers from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Reply {
    Pending,
    Granted,
    Denied,
    /// Taken back by the payer (spec 16, S5).
    Deleted,
}

impl Reply {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::Granted => "Granted",
            Self::Denied => "Denied",
            Self::Deleted => "Deleted",
        }
    }
}

/// One request for consent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Consent {
    pub(crate) id: String,
    pub(crate) merchant: String,
    pub(crate) issuer: String,
    pub(crate) invoice: String,
    pub(crate) reply: Reply,
    /// The payer's number; `None` until granted (spec 21 item 41).
    pub(crate) phone: Option<String>,
    pub(crate) granted_on: Option<Timestamp>,
}

/// Why something was not done.
pub(crate) enum Refused {
    /// A rule, in words. No document has codes for these.
    Rule(&'static str),
    /// The simulator's own disk.
    Books,
}

impl From<rusqlite::Error> for Refused {
    fn from(error: rusqlite::Error) -> Self {
        tracing::error!(%error, "a consent was not written");
        Self::Books
    }
}

impl State {
    /// The merchant asks with a link (spec 15.1). A second request finds the first one (spec 21.2).
    pub(crate) fn ask_consent(&mut self, merchant: &str, invoice: &str) -> Result<Consent, Refused> {
        let found = self
            .invoices
            .get(invoice)
            .filter(|invoice| invoice.merchant == merchant);
        let Some(invoice) = found else {
            return Err(Refused::Rule("Invoice not found"));
        };
        if invoice.link.is_none() {
            return Err(Refused::Rule(
                "Consent can only be requested with an invoice link",
            ));
        }
        // Nobody will be asked any more (spec 21.2: 409 for a paid link).
        if !invoice.status.is_open() {
            return Err(Refused::Rule("The invoice link is no longer open"));
        }
        let earlier = self
            .agreements
            .values()
            .find(|consent| consent.invoice == invoice.id && consent.reply == Reply::Pending);
        if let Some(earlier) = earlier {
            return Ok(earlier.clone());
        }
        let consent = Consent {
            id: uuid::Uuid::new_v4().to_string(),
            merchant: merchant.to_owned(),
            issuer: invoice.issuer.clone(),
            invoice: invoice.id.clone(),
            reply: Reply::Pending,
            phone: None,
            granted_on: None,
        };
        self.keep(consent.clone())?;
        Ok(consent)
    }

    /// The payer says yes or no (spec 15, step 4; S4).
    pub(crate) fn reply_to_consent(&mut self, id: &str, phone: &str, granted: bool) -> Result<(), Refused> {
        let mut consent = self.consent_of(id, "Consent not found")?;
        if consent.reply != Reply::Pending {
            return Err(Refused::Rule("The consent has already been answered"));
        }
        let invoice = self.invoices.get(&consent.invoice);
        let is_payer =
            invoice.is_some_and(|paid| paid.status == Status::Paid && paid.payer.as_deref() == Some(phone));
        if !is_payer {
            return Err(Refused::Rule("Only the user who paid the invoice is asked"));
        }
        if self.has_granted(&consent.issuer, phone) {
            return Err(Refused::Rule(
                "The user has already granted consent to this issuer",
            ));
        }
        consent.reply = if granted { Reply::Granted } else { Reply::Denied };
        if granted {
            consent.phone = Some(phone.to_owned());
            consent.granted_on = Some(self.now());
        }
        Ok(self.keep(consent)?)
    }

    /// The payer takes a granted consent back (S5).
    pub(crate) fn take_consent_back(&mut self, id: &str, phone: &str) -> Result<(), Refused> {
        let mut consent = self.consent_of(id, "Consent not found")?;
        if consent.reply != Reply::Granted || consent.phone.as_deref() != Some(phone) {
            return Err(Refused::Rule("The user has not granted this consent"));
        }
        consent.reply = Reply::Deleted;
        consent.phone = None;
        consent.granted_on = None;
        Ok(self.keep(consent)?)
    }

    /// The request that the payer of this invoice is asked to answer now. Who granted consent to the issuer before is not
    /// asked again (spec 15, step 4); the request then stays pending.
    pub(crate) fn question_after(&self, invoice: &Invoice) -> Option<&Consent> {
        let payer = invoice.payer.as_deref()?;
        let asked = invoice.status == Status::Paid && !self.has_granted(&invoice.issuer, payer);
        self.agreements
            .values()
            .find(|consent| asked && consent.invoice == invoice.id && consent.reply == Reply::Pending)
    }

    /// The granted consents of an issuer, the oldest first.
    pub(crate) fn granted(&self, issuer: &str) -> Vec<&Consent> {
        let of_issuer = |consent: &&Consent| consent.issuer == issuer && consent.reply == Reply::Granted;
        let mut granted: Vec<&Consent> = self.agreements.values().filter(of_issuer).collect();
        granted.sort_by_key(|consent| (consent.granted_on, &consent.id));
        granted
    }

    fn has_granted(&self, issuer: &str, phone: &str) -> bool {
        self.granted(issuer)
            .iter()
            .any(|consent| consent.phone.as_deref() == Some(phone))
    }

    fn consent_of(&self, id: &str, missing: &'static str) -> Result<Consent, Refused> {
        let found = self.agreements.get(&id.to_lowercase()).cloned();
        found.ok_or(Refused::Rule(missing))
    }

    fn keep(&mut self, consent: Consent) -> Result<(), rusqlite::Error> {
        self.books.put("agreement", &consent.id, &consent)?;
        self.agreements.insert(consent.id.clone(), consent);
        Ok(())
    }
}
