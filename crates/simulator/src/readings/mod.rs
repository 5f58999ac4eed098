//! Where the documents contradict each other (spec 21.1), the other reading can be chosen: before the start, on the command
//! line, in-process, or on the stage. Their names and words are here and nowhere else.
//!
//! Deliberately absent: items where this side only accepts (3, 28, 34 to 37 as far as requests go), and those of people and
//! hosts.

mod routes;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use clap::ValueEnum;

pub(crate) use routes::{respell, routes};

/// A reading that is not the default of spec 21. The first line of each is what `--help` and the stage say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Reading {
    /// Item 1: a created invoice or link is answered with 202, not 200
    #[value(name = "created-202")]
    Created202,
    /// Item 2: a request for consent is answered with 200, not 201
    #[value(name = "consent-200")]
    Consent200,
    /// Item 4: members of answers are `invoiceId`, not `InvoiceId`
    CamelCase,
    /// Item 5: details and status say `Created`, not `created`
    CapitalStatus,
    /// Item 6: states of consents are the numbers 1 to 4, not words
    ConsentNumbers,
    /// Item 7: rejected rows of a batch carry `ErrorText` and `ErrorCode` themselves, not in `Errors`
    FlatRejections,
    /// Item 8: the x-ibm-* headers are not demanded
    NoGatewayHeaders,
    /// Item 9: the Danish maximum is 300,000, as it stood at the end, not 15,000
    #[value(name = "limit-300000")]
    Limit300000,
    /// Item 12: the issuer is the discovery document's own address, as the standard wants; the real one was not
    ConformingIssuer,
    /// Item 14: who has several merchants chooses one where no `merchant_vat` is given; the token is not without one
    MerchantChoice,
    /// Item 16: refresh tokens stay the same instead of being good once
    ReusedRefreshTokens,
    /// Item 17: paying at once tells `Paid` only, without `Accepted` before
    PaidAtOnce,
    /// Item 18: a card that fails at once leaves the invoice as it was, not accepted
    FailedCardChangesNothing,
    /// Item 19: a declined link that nobody had accepted is rejected, not still created
    LinkRejectionsShow,
    /// Item 22: a due date 400 days ahead is allowed, not only 399
    InclusiveDueDate,
    /// Item 25: a duplicate has the code 10301, not 10104
    #[value(name = "duplicate-10301")]
    Duplicate10301,
    /// Item 25: a duplicate is answered with 400, not 409
    #[value(name = "duplicate-400")]
    Duplicate400,
    /// Item 27: members of errors are `errorCode`, not `error_code`
    CamelCaseErrors,
    /// Item 29: a link is the API's address, which redirects, not the page's
    ApiLinks,
    /// Item 30: sequences of callbacks begin at 0, not 1
    SequenceFromZero,
    /// Item 33: reports carry the payment reference or invoice number as `merchantReference`
    MerchantReference,
    /// Item 34: an invoice number is demanded, also beside a payment reference
    NumberRequired,
    /// Item 36: dates of details are date-times
    DateTimes,
    /// Item 38: a single invoice that breaks a rule gets an id and is then invalid; it is not refused with 409
    InvalidLater,
    /// Item 39: no callback tells of a cancellation
    SilentCancel,
    /// Item 40: an expired link can still be read, not 404
    KeptLinks,
    /// Item 41: a pending consent already shows a number
    PendingPhone,
    /// Item 42: there is no reporting in this world
    NoReporting,
    /// Item 43: a total of zero or less is an input error, not the code 10008
    TotalIsInput,
    /// Item 44: the payer's calls demand a bearer too
    PayerBearer,
    /// Item 45: a refresh answers with `id-token`, as in the sample, not `id_token`
    SampleRefresh,
    /// Spec 10.2: details of an invalid invoice carry `ErrorCode` and `ErrorMessage`, which no document says
    InvalidTold,
    /// Spec 18: a missing reporting scope is answered with 403, as in versions 1 and 2, not 401
    #[value(name = "reporting-403")]
    Reporting403,
    /// Spec 18: a service fee is taken off each payment (the amount is made up), not invoiced apart
    Fees,
}

impl Reading {
    /// All of them.
    pub fn all() -> &'static [Self] {
        Self::value_variants()
    }

    /// As it is called on the command line and under `/__practice/switches`.
    pub fn name(self) -> String {
        self.to_possible_value()
            .map(|value| value.get_name().to_owned())
            .unwrap_or_default()
    }

    /// What it says.
    pub fn words(self) -> String {
        let value = self.to_possible_value();
        value
            .and_then(|value| value.get_help().map(ToString::to_string))
            .unwrap_or_default()
    }

    /// The one with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::from_str(name, false).ok()
    }

    const fn bit(self) -> u64 {
        1 << self as u64
    }
}

/// The readings that a simulator starts with; none is the default of spec 21.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Switches(u64);

impl Switches {
    /// The same with one more.
    #[must_use]
    pub const fn with(self, reading: Reading) -> Self {
        Self(self.0 | reading.bit())
    }
}

impl FromIterator<Reading> for Switches {
    fn from_iter<I: IntoIterator<Item = Reading>>(readings: I) -> Self {
        readings.into_iter().fold(Self::default(), Self::with)
    }
}

/// The readings in force in a running simulator; copies are the same ones.
#[derive(Clone, Debug, Default)]
pub struct Readings(Arc<AtomicU64>);

impl Readings {
    pub(crate) fn new(switches: Switches) -> Self {
        Self(Arc::new(AtomicU64::new(switches.0)))
    }

    /// Whether this one is in force.
    pub fn has(&self, reading: Reading) -> bool {
        self.0.load(Ordering::SeqCst) & reading.bit() != 0
    }

    /// Takes it or leaves it, from the next call on.
    pub fn set(&self, reading: Reading, on: bool) {
        if on {
            self.0.fetch_or(reading.bit(), Ordering::SeqCst);
        } else {
            self.0.fetch_and(!reading.bit(), Ordering::SeqCst);
        }
    }

    /// Back to the defaults of spec 21.
    pub fn clear(&self) {
        self.0.store(0, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reading_has_its_own_switch_name_and_words() {
        let readings = Readings::default();
        for (at, reading) in Reading::all().iter().enumerate() {
            assert!(!readings.has(*reading));
            readings.set(*reading, true);
            assert_eq!(readings.0.load(Ordering::SeqCst).count_ones() as usize, at + 1);
            assert_eq!(Reading::named(&reading.name()), Some(*reading));
            assert!(reading.words().starts_with("Item ") || reading.words().starts_with("Spec "));
        }
        readings.set(Reading::Fees, false);
        assert!(!readings.has(Reading::Fees));
    }
}
