//! What the service said, and what its codes mean to a merchant.

use serde::Serialize;
use ts_rs::TS;

/// What MobilePay said, in its own words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct UpstreamView {
    /// HTTP status.
    pub status: Option<u16>,
    /// Error code, e.g. 10104.
    pub code: Option<u32>,
    /// What the code means to the merchant, as a key of the window's words; `null` for an unlisted code,
    /// and without one unless the input was called wrong.
    pub meaning: Option<MeaningKey>,
    /// MobilePay's English text.
    pub text: Option<String>,
    /// For support.
    pub correlation_id: Option<String>,
}

/// What MobilePay's error codes mean to a merchant (spec 13.3, 13.4). A variant exists only because the window has a sentence
/// for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum MeaningKey {
    /// The total is zero or less.
    TotalNotPositive,
    /// No MobilePay user has this phone number.
    UserNotFound,
    /// The user exists but cannot receive.
    UserNotAvailable,
    /// An identical invoice exists.
    AlreadyExists,
    /// MobilePay's own failure.
    Technical,
    /// Above the country's limit.
    TotalAboveLimit,
    /// The issuer does not exist for this merchant.
    IssuerNotFound,
    /// The issuer's account cannot be used.
    AccountUnusable,
    /// The merchant does not exist.
    MerchantNotFound,
    /// The due date is too far away.
    DueDateTooFar,
    /// The due date has passed.
    DueDateInPast,
    /// The issue date is after today.
    IssueDateInFuture,
    /// Ten invoices to this customer today.
    DailyLimitReached,
    /// Already paid.
    AlreadyPaid,
    /// A field is wrong.
    InputWrong,
    /// The customer lives in another country.
    CountryMismatch,
    /// The currency is not that of the country.
    CurrencyMismatch,
    /// The payment reference is not allowed.
    ReferenceUnfit,
    /// So many invoices from this issuer today.
    IssuerLimitReached,
}

impl MeaningKey {
    /// The meaning of a code; `None` for one that no version lists.
    pub(crate) const fn of(code: u32) -> Option<Self> {
        use mobilepay::Meaning as M;
        Some(match mobilepay::meaning(code) {
            M::TotalNotPositive => Self::TotalNotPositive,
            M::UserNotFound => Self::UserNotFound,
            M::UserNotAvailable => Self::UserNotAvailable,
            M::AlreadyExists => Self::AlreadyExists,
            M::Technical => Self::Technical,
            M::TotalAboveLimit => Self::TotalAboveLimit,
            M::IssuerNotFound => Self::IssuerNotFound,
            M::AccountUnusable => Self::AccountUnusable,
            M::MerchantNotFound => Self::MerchantNotFound,
            M::DueDateTooFar => Self::DueDateTooFar,
            M::DueDateInPast => Self::DueDateInPast,
            M::IssueDateInFuture => Self::IssueDateInFuture,
            M::DailyLimitReached => Self::DailyLimitReached,
            M::AlreadyPaid => Self::AlreadyPaid,
            M::InputWrong => Self::InputWrong,
            M::CountryMismatch => Self::CountryMismatch,
            M::CurrencyMismatch => Self::CurrencyMismatch,
            M::ReferenceUnfit => Self::ReferenceUnfit,
            M::IssuerLimitReached => Self::IssuerLimitReached,
            M::Unknown => return None,
        })
    }
}
