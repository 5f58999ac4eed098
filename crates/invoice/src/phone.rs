//! Phone numbers: read with the country as a hint, kept as E.164, shown in national form (spec 12.6).

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::Country;

/// A phone number in E.164: `+` and digits. Made only by [`Phone::parse`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Phone(String);

/// Why a text is not a phone number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PhoneError {
    /// Nothing that could be a number.
    #[error("not a phone number")]
    NotANumber,
    /// Too few digits for the country.
    #[error("too few digits")]
    TooShort,
    /// Too many digits for the country.
    #[error("too many digits")]
    TooLong,
    /// A number of a country in which MobilePay does not deliver (only DK and FI).
    #[error("not a Danish or Finnish number")]
    ForeignCountry,
}

impl Phone {
    /// The number with `+` and country code.
    pub fn e164(&self) -> &str {
        &self.0
    }
}
