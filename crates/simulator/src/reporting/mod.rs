//! Transaction Reporting, version 3 (spec 18): what was paid, and in which transfers the money reached the bank.
//!
//! Nothing is kept: payments are the paid invoices, and transfers follow from them, the transfer method of the issuer and
//! the clock, so that the same books always give the same report. Deliberately absent: versions 1 and 2, refunds (the
//! Invoice API has none), and members that only other products fill.

mod calls;
mod query;

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

pub(crate) use calls::{error, routes};

use crate::config::Country;
use crate::invoice::{Invoice, Status};
use crate::readings::Reading;
use crate::seed::{self, Issuer, Merchant, Payout};
use crate::state::State;
use crate::world::World;

/// One movement of money.
#[derive(Clone, Debug)]
pub(crate) struct Transaction {
    pub(crate) payment: String,
    pub(crate) kind: &'static str,
    pub(crate) amount: Decimal,
    pub(crate) at: Timestamp,
    /// `PaymentReference`, else `InvoiceNumber`.
    pub(crate) reference: Option<String>,
    pub(crate) payer: Option<&'static str>,
    pub(crate) point: &'static str,
    /// Index of its transfer, once there is one.
    pub(crate) transfer: Option<usize>,
}

/// One transfer to the merchant's bank.
#[derive(Clone, Debug)]
pub(crate) struct Transfer {
    pub(crate) id: String,
    pub(crate) point: &'static str,
    pub(crate) reference: String,
    pub(crate) date: Date,
    pub(crate) total: Decimal,
}

/// All of a merchant until now, the oldest first.
pub(crate) struct Report {
    pub(crate) country: Country,
    pub(crate) transactions: Vec<Transaction>,
    pub(crate) transfers: Vec<Transfer>,
    fees: bool,
}

impl Report {
    pub(crate) fn of(state: &State, merchant: &'static Merchant) -> Self {
        let mut report = Self {
            country: merchant.country,
            transactions: Vec::new(),
            transfers: Vec::new(),
            fees: state.readings.has(Reading::Fees),
        };
        let today = World::date(merchant.country, state.now());
        for (place, issuer) in merchant.issuers.iter().enumerate() {
            let mut by_day: BTreeMap<Date, Vec<Transaction>> = BTreeMap::new();
            let ours = |invoice: &&Invoice| {
                invoice.merchant == merchant.id
                    && invoice.issuer == issuer.id
                    && invoice.status == Status::Paid
            };
            for invoice in state.invoices.values().filter(ours) {
                let payment = payment(issuer, invoice);
                let day = World::date(merchant.country, payment.at);
                by_day.entry(day).or_default().push(payment);
            }
            for (day, payments) in by_day {
                report.add(issuer, place, day, today, payments);
            }
        }
        report.in_order();
        report
    }

    /// The payments of one day and, if it is time, their transfers (spec 18.1).
    fn add(
        &mut self,
        issuer: &'static Issuer,
        place: usize,
        day: Date,
        today: Date,
        payments: Vec<Transaction>,
    ) {
        match issuer.payout {
            Payout::Instant => {
                for payment in payments {
                    let reference: String = payment
                        .reference
                        .iter()
                        .flat_map(|text| text.chars())
                        .take(30)
                        .collect();
                    let entries = self.with_fee(payment);
                    self.transfer(issuer, reference, day, entries);
                }
            }
            Payout::Daily => {
                let payments = payments
                    .into_iter()
                    .flat_map(|payment| self.with_fee(payment))
                    .collect();
                let date = day.tomorrow().unwrap_or(day);
                if date <= today {
                    self.transfer(issuer, generated(place, date), date, payments);
                } else {
                    self.transactions.extend(payments);
                }
            }
        }
    }

    /// A payment and, by that reading, what is taken off it. The amounts are ours; none is published.
    fn with_fee(&self, payment: Transaction) -> Vec<Transaction> {
        let fee = self.fees.then(|| Transaction {
            kind: "ServiceFee",
            amount: match self.country {
                Country::Dk => Decimal::new(-75, 2),
                Country::Fi => Decimal::new(-10, 2),
            },
            payer: None,
            ..payment.clone()
        });
        std::iter::once(payment).chain(fee).collect()
    }

    fn transfer(
        &mut self,
        issuer: &'static Issuer,
        reference: String,
        date: Date,
        payments: Vec<Transaction>,
    ) {
        let first = payments.first().map(|payment| payment.payment.clone());
        self.transfers.push(Transfer {
            id: guid(&format!("{}|{date}|{}", issuer.id, first.unwrap_or_default())),
            point: issuer.id,
            reference,
            date,
            total: payments.iter().map(|payment| payment.amount).sum(),
        });
        let at = self.transfers.len() - 1;
        self.transactions
            .extend(payments.into_iter().map(|payment| Transaction {
                transfer: Some(at),
                ..payment
            }));
    }

    /// The oldest first over all issuers.
    fn in_order(&mut self) {
        let mut places: Vec<usize> = (0..self.transfers.len()).collect();
        places.sort_by(|one, other| {
            let key = |at: usize| (self.transfers[at].date, &self.transfers[at].id);
            key(*one).cmp(&key(*other))
        });
        let mut moved = vec![0; places.len()];
        for (to, from) in places.iter().enumerate() {
            moved[*from] = to;
        }
        self.transfers = places.iter().map(|from| self.transfers[*from].clone()).collect();
        for transaction in &mut self.transactions {
            transaction.transfer = transaction.transfer.map(|from| moved[from]);
        }
        self.transactions.sort_by(|one, other| {
            (one.at, &one.payment, one.kind).cmp(&(other.at, &other.payment, other.kind))
        });
    }
}

fn payment(issuer: &'static Issuer, invoice: &Invoice) -> Transaction {
    // An invoice that was paid before payments were timed, by its day.
    let day = invoice.payment_date.unwrap_or(invoice.created_on);
    let payer = invoice.payer.as_deref().and_then(seed::consumer_by_phone);
    Transaction {
        payment: invoice.transaction.clone().unwrap_or_default(),
        kind: "Payment",
        amount: invoice.total,
        at: invoice.paid_at.unwrap_or_else(|| invoice.country().morning(day)),
        reference: invoice.reference.clone().or_else(|| invoice.number.clone()),
        payer: payer.map(seed::Consumer::name),
        point: issuer.id,
        transfer: None,
    }
}

/// `PC AAAAAAAA RRR DDMMYY X` without the blanks (spec 18.1): 04 is Invoice, whose payment point number is zeros. The
/// running number of the day is the issuer's place, for each has one transfer a day. How X is reckoned was never published.
fn generated(place: usize, date: Date) -> String {
    let digits = format!("0400000000{:03}{}", place + 1, date.strftime("%d%m%y"));
    let sum: u32 = digits
        .bytes()
        .rev()
        .zip([2, 1].into_iter().cycle())
        .map(|(digit, weight)| u32::from(digit - b'0') * weight)
        .map(|product| product / 10 + product % 10)
        .sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

/// A GUID that is always the same for the same text.
fn guid(text: &str) -> String {
    let hash = Sha256::digest(text);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid().to_string()
}

/// As a merchant's own id is compared with one in a query.
fn same_id(known: &str, asked: Uuid) -> bool {
    Uuid::parse_str(known).is_ok_and(|known| known == asked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generated_reference_has_twenty_digits_and_names_its_day() {
        let reference = generated(0, jiff::civil::date(2022, 9, 21));
        assert_eq!((reference.len(), &reference[..19]), (20, "0400000000001210922"));
        assert_ne!(reference, generated(1, jiff::civil::date(2022, 9, 21)));
    }
}
