//! A shop with its books in a temporary folder, and the things a test does in it.
#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests: a failure here is a failed test"
)]
#![allow(dead_code, reason = "each test file uses its own part of the shop")]

use std::convert::Infallible;
use std::path::PathBuf;

use invoice::{
    Address, Business, Channel, Content, Country, DraftForm, Line, Money, Phone, PriceBasis, Recipient,
    State, Totals,
};
use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp};
use ledger::{
    Among, Answered, Draft, Filter, Ledger, LedgerError, Outcome, Outgoing, Page, Part, Query, Said,
    SendOrder, Sort, Source, TradeDay,
};
use rust_decimal::Decimal;
use tempfile::TempDir;

pub(crate) const TODAY: Date = date(2026, 11, 23);

/// `seconds` after the beginning of the test's day.
pub(crate) fn at(seconds: i64) -> Timestamp {
    "2026-11-23T08:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_secs(seconds)
}

/// A day on which nothing is late and nobody has got anything: what a test says of other things is not touched by it.
pub(crate) fn any_day() -> TradeDay {
    TradeDay {
        date: Date::MIN,
        began: Timestamp::MAX,
        ..day()
    }
}

/// The test's day, from one midnight in Copenhagen to the next.
pub(crate) fn day() -> TradeDay {
    TradeDay {
        date: TODAY,
        began: "2026-11-22T23:00:00Z".parse().unwrap(),
        ends: "2026-11-23T23:00:00Z".parse().unwrap(),
        country: Country::Dk,
    }
}

/// At most `limit` of all that may go.
pub(crate) fn part(limit: u32) -> Part {
    Part {
        among: Among::All,
        limit,
    }
}

pub(crate) struct Shop {
    pub(crate) folder: TempDir,
    pub(crate) books: Ledger,
}

/// What a test says of an invoice; the rest is always the same.
#[derive(Clone, Debug)]
pub(crate) struct Bill {
    pub(crate) name: &'static str,
    pub(crate) phone: Option<&'static str>,
    pub(crate) text: &'static str,
    pub(crate) reference: &'static str,
    pub(crate) minor: i64,
    pub(crate) due: Date,
    pub(crate) customer_id: Option<&'static str>,
}

impl Default for Bill {
    fn default() -> Self {
        Self {
            name: "Østergade Cykler",
            phone: Some("31122334"),
            text: "Eftersyn af cykel",
            reference: "REF-1",
            minor: 12_500,
            due: date(2026, 12, 7),
            customer_id: None,
        }
    }
}

impl Bill {
    pub(crate) fn content(&self) -> Content {
        let gross = Money::of_minor(self.minor, Country::Dk.currency());
        let none = Money::zero(Country::Dk.currency());
        let line = Line {
            item_number: None,
            description: self.text.into(),
            quantity: Decimal::ONE,
            unit: None,
            unit_price: gross.decimal(),
            unit_price_net: gross.decimal(),
            vat_rate: Decimal::ZERO,
            discount: none,
            net: gross,
            vat: none,
            gross,
        };
        Content {
            country: Country::Dk,
            issuer_id: "5b1d6d1c-7f4f-4a2e-9d0c-1f2a3b4c5d6e".into(),
            recipient: Recipient {
                customer_id: self.customer_id.map(str::to_owned),
                name: (!self.name.is_empty()).then(|| self.name.to_owned()),
                phone: self.phone.map(|phone| Phone::parse(phone, Country::Dk).unwrap()),
                address: None,
            },
            issue_date: TODAY,
            due_date: self.due,
            price_basis: PriceBasis::Gross,
            lines: vec![line],
            totals: Totals {
                net: gross,
                vat: none,
                gross,
                discount: none,
                vat_groups: vec![],
            },
            payment_reference: Some(self.reference.to_owned()),
            comment: None,
            contact_name: None,
            merchant_order_number: None,
            buyer_order_number: None,
            order_date: None,
            delivery_date: None,
            delivery_address: None,
            invoice_url: None,
            redirect_url: None,
        }
    }
}

pub(crate) fn form(name: &str) -> DraftForm {
    let mut form = DraftForm::default();
    name.clone_into(&mut form.recipient.name);
    form.comment = "som skrevet: 1.234,50".into();
    form
}

pub(crate) fn business() -> Business {
    Business {
        name: "Hjulet".into(),
        address: Address::default(),
        ..Business::default()
    }
}

impl Shop {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let books = Ledger::open(&folder.path().join("books.kvit")).unwrap();
        Self { folder, books }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("books.kvit")
    }

    /// Closes the books and opens them again.
    pub(crate) fn reopen(self) -> Self {
        let Self { folder, books } = self;
        drop(books);
        let books = Ledger::open(&folder.path().join("books.kvit")).unwrap();
        Self { folder, books }
    }

    pub(crate) fn draft(&mut self, id: &str, name: &str) -> Draft {
        self.books.create_draft(id, &form(name), at(0)).unwrap();
        self.books.draft(id).unwrap()
    }

    /// Sends through a draft of its own; held until `at(5)`.
    pub(crate) fn send(&mut self, id: &str, bill: &Bill) -> u64 {
        let draft_id = format!("draft-of-{id}");
        self.draft(&draft_id, bill.name);
        send(&mut self.books, &draft_id, 1, id, bill).unwrap()
    }

    /// What goes out next at `now`, of all.
    pub(crate) fn next_to_send(&self, now: Timestamp) -> Option<Outgoing> {
        self.books.next_to_send(now, Among::All).unwrap()
    }

    pub(crate) fn begin(&mut self, id: &str, seconds: i64) {
        let correlation = format!("correlation-{seconds}");
        let begun = self
            .books
            .begin_sending(id, &correlation, &any_day(), at(seconds));
        assert!(begun.unwrap(), "{id} was held back");
    }

    pub(crate) fn settle(&mut self, id: &str, outcome: &Outcome, seconds: i64) {
        self.books.settle(id, outcome, answer(), at(seconds)).unwrap();
    }

    /// The whole way to the service.
    pub(crate) fn deliver(&mut self, id: &str, bill: &Bill) -> u64 {
        let number = self.send(id, bill);
        self.begin(id, 6);
        self.settle(id, &accepted(id), 7);
        number
    }

    pub(crate) fn say(&mut self, id: &str, state: State, seconds: i64) -> bool {
        self.books.observe(id, &status(state, seconds)).unwrap()
    }

    pub(crate) fn list(&self, filter: Filter, text: &str) -> Page {
        self.books.invoices(&query(filter, text)).unwrap()
    }

    pub(crate) fn numbers(&self, text: &str) -> Vec<u64> {
        self.list(Filter::All, text)
            .rows
            .iter()
            .map(|row| row.number)
            .collect()
    }
}

pub(crate) fn send(
    books: &mut Ledger,
    draft_id: &str,
    revision: u32,
    id: &str,
    bill: &Bill,
) -> Result<u64, LedgerError> {
    let (content, business) = (bill.content(), business());
    let order = SendOrder {
        invoice_id: id,
        channel: if bill.phone.is_some() {
            Channel::Phone
        } else {
            Channel::Link
        },
        content: &content,
        business: &business,
        hold_until: at(5),
        now: at(0),
    };
    books.send(draft_id, revision, &order, |number| {
        Ok::<_, Infallible>(bytes(id, number))
    })
}

pub(crate) fn bytes(id: &str, number: u64) -> Vec<u8> {
    format!("{{\"InvoiceNumber\":\"{number}\",\"of\":\"{id}\"}}").into_bytes()
}

pub(crate) fn accepted(id: &str) -> Outcome {
    Outcome::Accepted {
        service_id: format!("service-{id}"),
        link: None,
    }
}

pub(crate) fn answer() -> Answered {
    Answered {
        status: Some(202),
        raw: Some("{}".into()),
        ..Answered::default()
    }
}

pub(crate) fn status(state: State, seconds: i64) -> Said {
    Said {
        state,
        source: Source::StatusCheck,
        at: at(seconds),
        sequence: None,
        date: None,
        payment_date: None,
        payment_id: None,
        day_owed: false,
        today: TODAY,
        status: Some(200),
        raw: None,
        correlation_id: None,
    }
}

pub(crate) fn callback(state: State, sequence: i64, seconds: i64) -> Said {
    Said {
        source: Source::Callback,
        sequence: Some(sequence),
        ..status(state, seconds)
    }
}

pub(crate) fn query(filter: Filter, text: &str) -> Query {
    Query {
        filter,
        text: text.into(),
        sort: Sort::Number,
        ascending: true,
        offset: 0,
        limit: 50,
        today: TODAY,
    }
}
