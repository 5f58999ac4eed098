//! One invoice as the service keeps it, with its state (spec 10.4, 14).

use jiff::civil::Date;
use jiff::{Span, Timestamp};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::config::Country;
use crate::seed;

/// A state of spec 10.4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Status {
    Created,
    Accepted,
    Paid,
    Rejected,
    Expired,
    Canceled,
    /// It broke a rule that was looked at after its creation had been answered.
    Invalid,
}

impl Status {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Accepted => "accepted",
            Self::Paid => "paid",
            Self::Rejected => "rejected",
            Self::Expired => "expired",
            Self::Canceled => "canceled",
            Self::Invalid => "invalid",
        }
    }

    pub(crate) const fn is_open(self) -> bool {
        matches!(self, Self::Created | Self::Accepted)
    }
}

/// One invoice.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Invoice {
    pub(crate) id: String,
    pub(crate) merchant: String,
    pub(crate) issuer: String,
    /// The landing page's token; links only.
    pub(crate) link: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) number: Option<String>,
    pub(crate) reference: Option<String>,
    pub(crate) comment: Option<String>,
    pub(crate) total: Decimal,
    pub(crate) vat: Option<Decimal>,
    pub(crate) issue_date: Option<Date>,
    pub(crate) due_date: Date,
    pub(crate) own_pdf: Option<String>,
    pub(crate) redirect_url: Option<String>,
    pub(crate) articles: Vec<Article>,
    pub(crate) canonical: String,
    pub(crate) created_on: Date,
    pub(crate) created_at: Timestamp,
    pub(crate) status: Status,
    pub(crate) payment_date: Option<Date>,
    /// The card that a scheduled payment will take.
    pub(crate) card_expired: bool,
    pub(crate) transaction: Option<String>,
    /// Number of the phone that accepted or paid it.
    #[serde(default)]
    pub(crate) payer: Option<String>,
    /// When the money was taken.
    #[serde(default)]
    pub(crate) paid_at: Option<Timestamp>,
    /// Whether it came in a batch; the address of such a link is told by callback only.
    #[serde(default)]
    pub(crate) from_batch: bool,
    /// Why it is invalid.
    #[serde(default)]
    pub(crate) wrong: Option<Wrong>,
}

/// A rule that an invoice broke: its code with its text.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Wrong {
    pub(crate) code: u32,
    pub(crate) text: String,
}

/// One line of an invoice.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Article {
    pub(crate) number: Option<String>,
    pub(crate) description: String,
    pub(crate) vat_rate: Option<Decimal>,
    pub(crate) vat: Option<Decimal>,
    pub(crate) total: Option<Decimal>,
    pub(crate) quantity: Option<Decimal>,
    pub(crate) price: Option<Decimal>,
}

impl Invoice {
    pub(crate) fn country(&self) -> Country {
        seed::merchant(&self.merchant).map_or(Country::Dk, |merchant| merchant.country)
    }

    pub(crate) fn issuer_name(&self) -> Option<&'static str> {
        let issuers = seed::merchant(&self.merchant)?.issuers;
        issuers
            .iter()
            .find(|issuer| issuer.id == self.issuer)
            .map(|issuer| issuer.name)
    }

    /// The last day on which it can be paid (spec 14.3).
    pub(crate) fn last_day(&self) -> Date {
        self.due_date
            .checked_add(Span::new().days(30))
            .unwrap_or(self.due_date)
    }

    /// The day of its scheduled payment, if the card will be good for it.
    pub(crate) fn to_pay_on(&self) -> Option<Date> {
        self.payment_date
            .filter(|_| self.status == Status::Accepted && !self.card_expired)
    }

    /// The day on which time alone changes it: it is paid as scheduled, or the last day on which it could be is over.
    pub(crate) fn changes_on(&self) -> Option<Date> {
        let over = || self.last_day().tomorrow().ok();
        self.status
            .is_open()
            .then(|| self.to_pay_on().or_else(over))
            .flatten()
    }

    /// Whether it is an expired link, whose data is deleted (spec 9.4).
    pub(crate) fn is_gone(&self) -> bool {
        self.status == Status::Expired && self.link.is_some()
    }

    /// The money was taken: `on` is the day that it counts for, `at` the moment.
    pub(crate) fn pay(&mut self, on: Date, at: Timestamp) {
        self.status = Status::Paid;
        self.payment_date = Some(on);
        self.transaction = Some(uuid::Uuid::new_v4().to_string());
        self.paid_at = Some(at);
    }
}
