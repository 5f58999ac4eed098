//! Phone numbers: read with the country as a hint, kept as E.164, shown in national form (spec 12.6).
//!
//! Deliberately absent: a guess. A number whose country cannot be told is refused (known pain: guessed prefixes
//! made payments fail). Whether a number is in use is not judged either: the published test users of spec 16.1
//! lie in ranges that number plans call unassigned.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::Country;

/// A phone number in E.164: `+` and digits. Made only by [`Phone::parse`] and from what was made by it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
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
    /// A number of a country in which `MobilePay` does not deliver (only DK and FI).
    #[error("not a Danish or Finnish number")]
    ForeignCountry,
}

/// The number of digits after the country code, and without a trunk zero, that a country's phones have.
const fn lengths(country: Country) -> std::ops::RangeInclusive<usize> {
    match country {
        Country::Dk => 8..=8,
        // Finnish numbers vary in length; mobile ones have two digits of prefix and at least five more.
        Country::Fi => 7..=12,
    }
}

impl Phone {
    /// Reads a number with the merchant's `country` as a hint for numbers without a country code.
    ///
    /// Forms: `+45…`, `0045…`, eight bare digits in Denmark, `040…` in Finland, blanks and `-./()` anywhere.
    pub fn parse(text: &str, country: Country) -> Result<Self, PhoneError> {
        let text = bare(text)?;
        let international = text.strip_prefix('+').or_else(|| text.strip_prefix("00"));
        match international {
            Some(digits) => Self::international(digits),
            None if country == Country::Fi => match text.strip_prefix('0') {
                Some(national) => Self::of(Country::Fi, national),
                None if text.len() < 7 => Err(PhoneError::TooShort),
                None => Err(PhoneError::NotANumber),
            },
            None => Self::of(Country::Dk, &text),
        }
    }

    fn international(digits: &str) -> Result<Self, PhoneError> {
        if let Some(national) = digits.strip_prefix("45") {
            return Self::of(Country::Dk, national);
        }
        if let Some(national) = digits.strip_prefix("358") {
            // `+358 (0)40…` is written often; the zero is not part of the number.
            return Self::of(Country::Fi, national.strip_prefix('0').unwrap_or(national));
        }
        match digits.len() {
            // No country code begins with a zero.
            _ if digits.starts_with('0') => Err(PhoneError::NotANumber),
            0..=3 => Err(PhoneError::TooShort),
            4..=15 => Err(PhoneError::ForeignCountry),
            _ => Err(PhoneError::TooLong),
        }
    }

    fn of(country: Country, national: &str) -> Result<Self, PhoneError> {
        let allowed = lengths(country);
        // Neither country has numbers that begin with a zero once the trunk zero is gone.
        if national.contains('+') || national.is_empty() || national.starts_with('0') {
            return Err(PhoneError::NotANumber);
        }
        if national.len() < *allowed.start() {
            return Err(PhoneError::TooShort);
        }
        if national.len() > *allowed.end() {
            return Err(PhoneError::TooLong);
        }
        let code = calling_code(country);
        Ok(Self(format!("+{code}{national}")))
    }

    /// The number with `+` and country code.
    pub fn e164(&self) -> &str {
        &self.0
    }

    /// The country of the number; `None` for one of another country, which only an import can bring.
    pub fn country(&self) -> Option<Country> {
        [Country::Dk, Country::Fi]
            .into_iter()
            .find(|country| self.national_digits(*country).is_some())
    }

    /// The number as its own country writes it: `31 12 23 34`, `040 123 4567`. One of another country: international.
    pub fn national(&self) -> String {
        if let Some(digits) = self.national_digits(Country::Dk) {
            return pieces(digits, &[2, 2, 2, 2]);
        }
        if let Some(digits) = self.national_digits(Country::Fi) {
            return pieces(&format!("0{digits}"), &[3, 3, 4]);
        }
        self.international_form()
    }

    /// The number as a merchant of `country` writes it: national at home, with the country code otherwise.
    pub fn display_in(&self, country: Country) -> String {
        if self.country() == Some(country) {
            self.national()
        } else {
            self.international_form()
        }
    }

    /// `+45 31 12 23 34`, `+358 40 123 4567`.
    pub fn international_form(&self) -> String {
        if let Some(digits) = self.national_digits(Country::Dk) {
            return format!("+45 {}", pieces(digits, &[2, 2, 2, 2]));
        }
        if let Some(digits) = self.national_digits(Country::Fi) {
            return format!("+358 {}", pieces(digits, &[2, 3, 4]));
        }
        phonenumber::parse(None, &self.0).map_or_else(
            |_| self.0.clone(),
            |number| number.format().mode(phonenumber::Mode::International).to_string(),
        )
    }

    fn national_digits(&self, country: Country) -> Option<&str> {
        let digits = self.0.strip_prefix('+')?.strip_prefix(calling_code(country))?;
        lengths(country).contains(&digits.len()).then_some(digits)
    }
}

const fn calling_code(country: Country) -> &'static str {
    match country {
        Country::Dk => "45",
        Country::Fi => "358",
    }
}

/// Digits and a leading plus; blanks and punctuation that people write are dropped, anything else is no number.
fn bare(text: &str) -> Result<String, PhoneError> {
    let mut kept = String::new();
    for c in text.chars() {
        match c {
            '0'..='9' => kept.push(c),
            '+' if kept.is_empty() => kept.push(c),
            c if c.is_whitespace() || is_punctuation(c) => {}
            _ => return Err(PhoneError::NotANumber),
        }
        if kept.len() > 32 {
            return Err(PhoneError::TooLong);
        }
    }
    if kept.is_empty() || kept == "+" {
        Err(PhoneError::NotANumber)
    } else {
        Ok(kept)
    }
}

/// Signs between digits; address books also wrap numbers in invisible direction marks.
const fn is_punctuation(c: char) -> bool {
    matches!(
        c,
        '-' | '.' | '/' | '(' | ')' | '\u{2010}'..='\u{2013}' | '\u{200e}' | '\u{200f}'
    ) || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Cuts digits into pieces; what is left over stays with the last one.
fn pieces(digits: &str, sizes: &[usize]) -> String {
    let mut out = String::new();
    let mut rest = digits;
    for (index, size) in sizes.iter().enumerate() {
        let last = index + 1 == sizes.len();
        let (piece, tail) = rest.split_at(if last { rest.len() } else { rest.len().min(*size) });
        if !out.is_empty() && !piece.is_empty() {
            out.push(' ');
        }
        out.push_str(piece);
        rest = tail;
    }
    out
}

impl TryFrom<String> for Phone {
    type Error = PhoneError;

    fn try_from(text: String) -> Result<Self, PhoneError> {
        let digits = text.strip_prefix('+').ok_or(PhoneError::NotANumber)?;
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(PhoneError::NotANumber);
        }
        match digits.len() {
            0..=3 => Err(PhoneError::TooShort),
            4..=15 => Ok(Self(text)),
            _ => Err(PhoneError::TooLong),
        }
    }
}

impl From<Phone> for String {
    fn from(phone: Phone) -> Self {
        phone.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn dk(text: &str) -> Result<String, PhoneError> {
        Phone::parse(text, Country::Dk).map(|phone| phone.e164().to_owned())
    }

    fn fi(text: &str) -> Result<String, PhoneError> {
        Phone::parse(text, Country::Fi).map(|phone| phone.e164().to_owned())
    }

    #[test]
    fn the_published_test_users_are_accepted() {
        // spec 16.1
        for number in [
            "+4557373259",
            "+4599592431",
            "+4522509895",
            "+4554048573",
            "+4585155935",
            "+358121161343",
            "+358121161892",
        ] {
            assert_eq!(dk(number).as_deref(), Ok(number));
            assert_eq!(fi(number).as_deref(), Ok(number));
        }
    }

    #[test]
    fn every_documented_form_is_accepted() {
        // spec 12.6
        for text in [
            "+4531122334",
            "004531122334",
            "31122334",
            "31 12 23 34",
            "+45 31 12 23 34",
            "31-12-23-34",
            "\u{202a}+45 31122334\u{202c}",
        ] {
            assert_eq!(dk(text).as_deref(), Ok("+4531122334"), "{text}");
        }
        for text in [
            "040 123 4567",
            "+358401234567",
            "+358 (0)40 123 4567",
            "00358401234567",
            "040-1234567",
        ] {
            assert_eq!(fi(text).as_deref(), Ok("+358401234567"), "{text}");
        }
        assert_eq!(dk("+4512345678").as_deref(), Ok("+4512345678"));
        assert_eq!(fi("+35812345678").as_deref(), Ok("+35812345678"));
    }

    #[test]
    fn seven_and_nine_danish_digits_are_refused() {
        assert_eq!(dk("3112233"), Err(PhoneError::TooShort));
        assert_eq!(dk("311223344"), Err(PhoneError::TooLong));
        assert_eq!(dk("+453112233"), Err(PhoneError::TooShort));
        assert_eq!(dk("4531122334"), Err(PhoneError::TooLong));
    }

    #[test]
    fn finnish_numbers_have_seven_to_twelve_digits_after_the_code() {
        assert_eq!(fi("+358401234"), Err(PhoneError::TooShort));
        assert!(fi("+3584012345").is_ok());
        assert!(fi("+358401234567890").is_ok());
        assert_eq!(fi("+3584012345678901"), Err(PhoneError::TooLong));
        assert_eq!(fi("401234567"), Err(PhoneError::NotANumber));
    }

    #[test]
    fn other_countries_are_named_as_such() {
        assert_eq!(dk("+46701234567"), Err(PhoneError::ForeignCountry));
        assert_eq!(fi("0046701234567"), Err(PhoneError::ForeignCountry));
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in ["", "+", "ring mig", "31 12 23 3x", "12+345678", "3112😀2334"] {
            assert_eq!(dk(text), Err(PhoneError::NotANumber), "{text}");
        }
        assert_eq!(dk(&"1".repeat(1_000_000)), Err(PhoneError::TooLong));
    }

    #[test]
    fn numbers_are_shown_as_their_country_writes_them() {
        let danish = Phone::parse("31122334", Country::Dk).unwrap();
        assert_eq!(danish.national(), "31 12 23 34");
        assert_eq!(danish.display_in(Country::Fi), "+45 31 12 23 34");
        assert_eq!(danish.country(), Some(Country::Dk));
        let finnish = Phone::parse("0401234567", Country::Fi).unwrap();
        assert_eq!(finnish.national(), "040 123 4567");
        assert_eq!(finnish.display_in(Country::Dk), "+358 40 123 4567");
        assert_eq!(finnish.country(), Some(Country::Fi));
        let swedish: Phone = serde_json::from_str("\"+46701234567\"").unwrap();
        assert_eq!(swedish.country(), None);
        assert!(swedish.national().starts_with("+46 "), "{}", swedish.national());
    }

    #[test]
    fn only_e164_is_read_back() {
        assert!(serde_json::from_str::<Phone>("\"31122334\"").is_err());
        let phone = Phone::parse("31122334", Country::Dk).unwrap();
        assert_eq!(serde_json::to_string(&phone).unwrap(), "\"+4531122334\"");
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_reader(text in ".*", digits in "[+0-9 ()]{0,40}") {
            for country in [Country::Dk, Country::Fi] {
                for text in [&text, &digits] {
                    if let Ok(phone) = Phone::parse(text, country) {
                        prop_assert_eq!(Phone::parse(&phone.national(), phone.country().unwrap()), Ok(phone.clone()));
                        prop_assert_eq!(Phone::parse(phone.e164(), country), Ok(phone));
                    }
                }
            }
        }
    }
}
