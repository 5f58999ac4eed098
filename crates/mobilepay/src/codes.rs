//! The error codes of the last version (spec 13.3), grouped by what a merchant can do about them.
//!
//! Deliberately absent: sentences. The window words them in three languages.

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
    /// A code that the last version does not list.
    Unknown,
}

/// The meaning of a code of spec 13.3.
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
        _ => Meaning::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_the_last_version_has_a_meaning() {
        let listed = [
            10008, 10101, 10102, 10103, 10104, 10105, 10201, 10202, 10203, 10204, 10205, 10301, 10302, 10303,
            10304, 10305, 10306, 10310, 10311, 10312, 10314, 10504,
        ];
        for code in listed {
            assert_ne!(meaning(code), Meaning::Unknown, "{code}");
        }
        assert_eq!(meaning(10106), Meaning::Unknown);
    }
}
