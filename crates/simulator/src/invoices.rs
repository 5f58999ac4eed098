//! All invoices, and what is asked of them at every call: by id, by link, equal ones, those of a day, and what time brings.
//!
//! A hundred thousand of them must not slow a call down, so nothing here is found by looking at each.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use jiff::civil::Date;
use sha2::{Digest as _, Sha256};

use crate::config::Country;
use crate::invoice::{Invoice, Status};

/// Merchant, phone and day (spec 12.5).
type Sent = (String, String, Date);

/// The invoices with their indexes.
#[derive(Default)]
pub(crate) struct Invoices {
    by_id: BTreeMap<String, Invoice>,
    /// Ids by the tokens of links.
    by_link: HashMap<String, String>,
    /// Hashes of merchant, kind and body. Nothing leaves: a cancelled or expired invoice still makes a repeat one that exists.
    bodies: HashSet<[u8; 32]>,
    /// How many a merchant sent to a phone on a day, cancelled ones too (spec 21.2).
    sent: HashMap<Sent, usize>,
    /// Open invoices by the day on which time alone changes them.
    awaited: BTreeSet<(Country, Date, String)>,
}

impl Invoices {
    pub(crate) fn get(&self, id: &str) -> Option<&Invoice> {
        self.by_id.get(id)
    }

    /// In the order of their ids.
    pub(crate) fn values(&self) -> impl Iterator<Item = &Invoice> {
        self.by_id.values()
    }

    pub(crate) fn by_link(&self, token: &str) -> Option<&Invoice> {
        self.by_link.get(token).and_then(|id| self.get(id))
    }

    /// Whether there is one that is equal in all fields and was not found invalid, whatever became of it (spec 12.4; 21.2).
    pub(crate) fn has_equal(&self, invoice: &Invoice) -> bool {
        self.bodies.contains(&fingerprint(invoice))
    }

    /// How many of the same merchant and day went to the phone of this one.
    pub(crate) fn sent_with(&self, invoice: &Invoice) -> usize {
        sent(invoice).map_or(0, |key| self.sent.get(&key).copied().unwrap_or_default())
    }

    /// Those of a country that time alone changes on `today` or did before.
    pub(crate) fn due(&self, country: Country, today: Date) -> impl Iterator<Item = &Invoice> {
        let of_country = self.awaited.range((country, Date::MIN, String::new())..);
        of_country
            .take_while(move |(of, day, _)| *of == country && *day <= today)
            .filter_map(|(_, _, id)| self.get(id))
    }

    /// Puts one in, or what it has become.
    pub(crate) fn keep(&mut self, invoice: Invoice) {
        if let Some(before) = self.by_id.get(&invoice.id) {
            if let Some(awaited) = awaited(before) {
                self.awaited.remove(&awaited);
            }
        } else if invoice.status != Status::Invalid {
            self.bodies.insert(fingerprint(&invoice));
            if let Some(key) = sent(&invoice) {
                *self.sent.entry(key).or_default() += 1;
            }
        }
        if let Some(token) = &invoice.link {
            self.by_link.insert(token.clone(), invoice.id.clone());
        }
        self.awaited.extend(awaited(&invoice));
        self.by_id.insert(invoice.id.clone(), invoice);
    }
}

impl FromIterator<Invoice> for Invoices {
    fn from_iter<T: IntoIterator<Item = Invoice>>(all: T) -> Self {
        let mut invoices = Self::default();
        all.into_iter().for_each(|invoice| invoices.keep(invoice));
        invoices
    }
}

fn fingerprint(invoice: &Invoice) -> [u8; 32] {
    let kind = if invoice.link.is_some() { "link" } else { "direct" };
    Sha256::digest(format!("{}|{kind}|{}", invoice.merchant, invoice.canonical)).into()
}

fn sent(invoice: &Invoice) -> Option<Sent> {
    let phone = invoice.phone.clone()?;
    Some((invoice.merchant.clone(), phone, invoice.created_on))
}

fn awaited(invoice: &Invoice) -> Option<(Country, Date, String)> {
    let day = invoice.changes_on()?;
    Some((invoice.country(), day, invoice.id.clone()))
}
