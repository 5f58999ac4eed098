//! The codes of the last version with their texts (spec 13.3), each written once.

use crate::invoice::Wrong;

/// Every code that a creation can end with.
pub(crate) const CODES: &[(u32, &str)] = &[
    (10008, "Total amount must be greater than 0"),
    (10101, "MobilePay user not found"),
    (10102, "MobilePay user not available"),
    (10103, "MobilePay user not found"),
    (10104, "Invoice already exists"),
    (10105, TECHNICAL),
    (10201, "Total invoice amount is exceeded"),
    (10202, "Invoice issuer not found"),
    (10203, "Account validation error"),
    (10204, "Account validation error"),
    (10205, TECHNICAL),
    (10301, "Invoice already exists"),
    (10302, "Merchant not found"),
    (10303, "Invoice issuer not found"),
    (10304, "MobilePay user not found"),
    (10305, "MobilePay user not found"),
    (10306, "MobilePay user not found"),
    (10310, "DueDate must be no later than 400 days from today"),
    (10311, "DueDate must be today or later"),
    (10312, "IssueDate must be no later than today"),
    (
        10314,
        "Your daily limit has been reached. No more than 10 invoices can be created per consumer per merchant per day.",
    ),
];

/// It ends with the support address (spec 13.3), the older one (spec 21 item 49).
const TECHNICAL: &str = "Technical error - please contact MobilePay developer support developer@mobilepay.dk";

/// A code with its text.
pub(crate) fn wrong(code: u32) -> Wrong {
    let found = CODES.iter().find(|(known, _)| *known == code);
    Wrong {
        code,
        text: found.map(|(_, text)| (*text).to_owned()).unwrap_or_default(),
    }
}

/// The code that a phone of ours is refused with: why the service has several codes for one text is not explained
/// (spec 13.3), so that each of them can be had by the number that ends with it.
pub(crate) fn of_phone(phone: &str) -> Option<u32> {
    let rest = phone
        .strip_prefix("+45000")
        .or_else(|| phone.strip_prefix("+3580000"))?;
    let found = CODES.iter().find(|(code, _)| rest == code.to_string());
    found.map(|(code, _)| *code)
}
