//! The error codes of the last version and the historical ones (spec 13.3, 13.4), grouped by what a merchant can do
//! about them.
//!
//! Deliberately absent: sentences. The window words them in three languages, each by its [`Meaning::key`].

/// What a code means to the merchant. Several codes share one meaning; the documents do not say why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Meaning {
    /// The total is zero or less.
    TotalNotPositive,
    /// No `MobilePay` user has this phone number.
    UserNotFound,
    /// The user exists but cannot receive.
    UserNotAvailable,
    /// An identical invoice exists.
    AlreadyExists,
    /// The service's own failure; support can look it up by correlation id.
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
    /// Already paid, so it cannot be cancelled.
    AlreadyPaid,
    /// A member that must be there is not, or holds what it may not. Historical: since 2018 it has no code.
    InputWrong,
    /// The customer lives in another country than the merchant. Historical, yet in the published callback.
    CountryMismatch,
    /// The currency is not that of the country. Historical.
    CurrencyMismatch,
    /// The payment reference breaks the rules of Danish payment slips. Historical.
    ReferenceUnfit,
    /// So many invoices from this issuer today. Historical.
    IssuerLimitReached,
    /// A code that no version lists.
    Unknown,
}

impl Meaning {
    /// The name under which the window words it.
    pub const fn key(self) -> &'static str {
        match self {
            Self::TotalNotPositive => "total_not_positive",
            Self::UserNotFound => "user_not_found",
            Self::UserNotAvailable => "user_not_available",
            Self::AlreadyExists => "already_exists",
            Self::Technical => "technical",
            Self::TotalAboveLimit => "total_above_limit",
            Self::IssuerNotFound => "issuer_not_found",
            Self::AccountUnusable => "account_unusable",
            Self::MerchantNotFound => "merchant_not_found",
            Self::DueDateTooFar => "due_date_too_far",
            Self::DueDateInPast => "due_date_in_past",
            Self::IssueDateInFuture => "issue_date_in_future",
            Self::DailyLimitReached => "daily_limit_reached",
            Self::AlreadyPaid => "already_paid",
            Self::InputWrong => "input_wrong",
            Self::CountryMismatch => "country_mismatch",
            Self::CurrencyMismatch => "currency_mismatch",
            Self::ReferenceUnfit => "reference_unfit",
            Self::IssuerLimitReached => "issuer_limit_reached",
            Self::Unknown => "unknown",
        }
    }
}

/// The meaning of a code of spec 13.3 or 13.4. Where a code changed its meaning, the last one.
pub const fn meaning(code: u32) -> Meaning {
    match code {
        10008 => Meaning::TotalNotPositive,
        10101 | 10103 | 10304 | 10305 | 10306 => Meaning::UserNotFound,
        10102 => Meaning::UserNotAvailable,
        10104 | 10301 => Meaning::AlreadyExists,
        10105 | 10205 => Meaning::Technical,
        10201 => Meaning::TotalAboveLimit,
        10202 | 10303 => Meaning::IssuerNotFound,
        10203 | 10204 => Meaning::AccountUnusable,
        10302 => Meaning::MerchantNotFound,
        10310 => Meaning::DueDateTooFar,
        10311 => Meaning::DueDateInPast,
        10312 => Meaning::IssueDateInFuture,
        10314 => Meaning::DailyLimitReached,
        10504 => Meaning::AlreadyPaid,
        10001 | 10002 | 10005..=10007 | 10009..=10017 => Meaning::InputWrong,
        10004 | 10106 => Meaning::CountryMismatch,
        10003 | 10107 => Meaning::CurrencyMismatch,
        10307..=10309 | 10315 => Meaning::ReferenceUnfit,
        10313 => Meaning::IssuerLimitReached,
        _ => Meaning::Unknown,
    }
}

/// The published texts of spec 13.3 that say what is wrong, each with the first code that has it. *Technical error* is not
/// among them: without its code it says nothing of the invoice.
const TEXTS: [(&str, u32); 13] = [
    ("Total amount must be greater than 0", 10008),
    ("MobilePay user not found", 10101),
    ("MobilePay user not available", 10102),
    ("Invoice already exists", 10104),
    ("Total invoice amount is exceeded", 10201),
    ("Invoice issuer not found", 10202),
    ("Account validation error", 10203),
    ("Merchant not found", 10302),
    ("DueDate must be no later than", 10310),
    ("DueDate must be today or later", 10311),
    ("IssueDate must be no later than today", 10312),
    ("Your daily limit has been reached", 10314),
    ("Invoice has already been paid", 10504),
];

/// The code whose published text stands in `words`: a code may be null where its text is not (spec 9.3).
pub(crate) fn code_of(words: &str) -> Option<u32> {
    let words = words.to_ascii_lowercase();
    let mut known = TEXTS.iter();
    known
        .find(|(text, _)| words.contains(&text.to_ascii_lowercase()))
        .map(|(_, code)| *code)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Spec 13.3.
    const LAST_VERSION: [u32; 22] = [
        10008, 10101, 10102, 10103, 10104, 10105, 10201, 10202, 10203, 10204, 10205, 10301, 10302, 10303,
        10304, 10305, 10306, 10310, 10311, 10312, 10314, 10504,
    ];

    /// Spec 13.4, without those that 13.3 gives another meaning.
    const HISTORICAL: [u32; 23] = [
        10001, 10002, 10003, 10004, 10005, 10006, 10007, 10009, 10010, 10011, 10012, 10013, 10014, 10015,
        10016, 10017, 10106, 10107, 10307, 10308, 10309, 10313, 10315,
    ];

    #[test]
    fn every_code_of_every_version_has_a_meaning_with_a_key() {
        for code in LAST_VERSION.into_iter().chain(HISTORICAL) {
            assert_ne!(meaning(code), Meaning::Unknown, "{code}");
            assert_ne!(meaning(code).key(), "unknown", "{code}");
        }
        for code in [0, 10018, 10108, 10200, 10206, 10316, 10505, u32::MAX] {
            assert_eq!(meaning(code), Meaning::Unknown, "{code}");
        }
    }

    #[test]
    fn a_published_text_is_known_without_its_code() {
        assert_eq!(code_of("Invoice already exists"), Some(10104));
        assert_eq!(code_of("invoice ALREADY exists.\r\n"), Some(10104));
        assert_eq!(
            code_of("DueDate must be no later than 400 days from today"),
            Some(10310)
        );
        for words in [
            "",
            "Conflict",
            "Internal server error",
            "Technical error - please contact",
        ] {
            assert_eq!(code_of(words), None, "{words}");
        }
    }

    #[test]
    fn no_two_meanings_share_a_key() {
        let codes = LAST_VERSION.into_iter().chain(HISTORICAL);
        let mut by_key = std::collections::HashMap::new();
        for code in codes {
            assert_eq!(
                *by_key.entry(meaning(code).key()).or_insert(meaning(code)),
                meaning(code)
            );
        }
        assert_eq!(by_key.len(), 19);
    }
}
