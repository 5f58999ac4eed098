//! What the service and we allow, per country (spec 12). Limits are data with their source, not scattered numbers.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{Country, Money};

/// The last day that can be offered as due date is today plus this (spec 21 item 22: strict reading of 400 days).
pub const MAX_DAYS_AHEAD: i64 = 399;

/// The service's limits for one country.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Largest total including VAT (spec 12.1; 21 item 9).
    pub max_total: Money,
    /// Invoices a day to one consumer (spec 12.5).
    pub per_consumer_per_day: u32,
}

impl Limits {
    /// The documented limits of `country`: 15,000 DKK or 2,000 EUR, ten a day.
    pub const fn of(country: Country) -> Self {
        let major = match country {
            Country::Dk => 15_000,
            Country::Fi => 2_000,
        };
        Self {
            max_total: Money::of_minor(major * 100, country.currency()),
            per_consumer_per_day: 10,
        }
    }
}

/// Everything besides the form that decides whether it may be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rulebook {
    /// The merchant's country.
    pub country: Country,
    /// The merchant's day ([`Country::time_zone`]).
    pub today: Date,
    /// The service's limits.
    pub limits: Limits,
    /// VAT in percent for lines that do not say.
    pub default_vat_rate: Decimal,
    /// Issuer ids that may be used now, in order; the first serves an empty [`crate::DraftForm::issuer_id`].
    pub issuers: Vec<String>,
    /// How many invoices this customer's phone has got today.
    pub sent_to_phone_today: u32,
}
