//! Reads numbers as Danes, Finns and spreadsheets write them.
//!
//! Deliberately absent: a guess. A wrong reading of `1.234` is wrong a thousandfold, so a single separator
//! followed by exactly three digits is a question for the merchant in both countries, whatever the locale says.

use rust_decimal::Decimal;
use thiserror::Error;

use crate::Currency;

/// More digits than this are a slip of the hand. Two such numbers multiply exactly in a [`Decimal`] (28 digits).
const MOST_DIGITS: usize = 14;

/// Texts longer than this are no numbers, and not worth a walk.
const LONGEST: usize = 64;

/// Why a text is not a number.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NumberError {
    /// Nothing was typed.
    #[error("nothing typed")]
    Empty,
    /// Not a number in any known form; exponents and words such as `NaN` are none.
    #[error("not a number")]
    Unreadable,
    /// `1.234` or `1,234`. Both readings are given as texts which read without doubt when put back into the box.
    #[error("thousands or decimals?")]
    Ambiguous {
        /// The separator taken as a thousands separator: `1234`.
        as_thousands: String,
        /// The separator taken as a decimal sign: `1.2340`.
        as_decimal: String,
    },
    /// More than fourteen digits.
    #[error("too many digits")]
    TooLarge,
}

/// Reads `text`: `1.234,50`, `1234.50`, `1 234,50`, `1,234.50`, `−5`, `100,-`, `250 kr.`, `DKK 99`, `12 €`.
pub fn read_number(text: &str) -> Result<Decimal, NumberError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(NumberError::Empty);
    }
    if text.len() > LONGEST * 4 {
        return Err(too_long(text));
    }
    let bare = without_currency(text);
    let (negative, bare) = without_sign(bare);
    let bare = bare
        .strip_suffix(",-")
        .or_else(|| bare.strip_suffix(".-"))
        .unwrap_or(bare);
    if bare.is_empty() {
        return Err(NumberError::Unreadable);
    }
    let mut number = unsigned(bare).map_err(|error| signed_doubt(error, negative))?;
    number.set_sign_negative(negative && !number.is_zero());
    Ok(number)
}

fn too_long(text: &str) -> NumberError {
    let digits_only = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || b"., ".contains(&byte));
    if digits_only {
        NumberError::TooLarge
    } else {
        NumberError::Unreadable
    }
}

fn signed_doubt(error: NumberError, negative: bool) -> NumberError {
    match error {
        NumberError::Ambiguous {
            as_thousands,
            as_decimal,
        } if negative => NumberError::Ambiguous {
            as_thousands: format!("-{as_thousands}"),
            as_decimal: format!("-{as_decimal}"),
        },
        other => other,
    }
}

/// Takes off one currency name on either side.
fn without_currency(text: &str) -> &str {
    named(text).map_or(text, |(_, bare)| bare)
}

/// The currency named on either side, and what is left without its name.
fn named(text: &str) -> Option<(Currency, &str)> {
    // Longer names first, so that none is cut in two.
    const NAMES: [(&str, Currency); 8] = [
        ("kroner", Currency::Dkk),
        ("euroa", Currency::Eur),
        ("euro", Currency::Eur),
        ("dkk", Currency::Dkk),
        ("kr.", Currency::Dkk),
        ("eur", Currency::Eur),
        ("kr", Currency::Dkk),
        ("€", Currency::Eur),
    ];
    let lower = text.to_lowercase();
    // Lower-casing may change byte lengths outside ASCII; then the text is no number anyway.
    if lower.len() != text.len() {
        return None;
    }
    NAMES.into_iter().find_map(|(name, currency)| {
        let bare = if lower.ends_with(name) {
            text.get(..text.len() - name.len()).unwrap_or("").trim_end()
        } else if lower.starts_with(name) {
            text.get(name.len()..).unwrap_or("").trim_start()
        } else {
            return None;
        };
        Some((currency, bare))
    })
}

/// The currency that stands beside an amount, if one does.
pub fn currency_of(text: &str) -> Option<Currency> {
    let text = text.trim();
    let bare = text.trim_start_matches(['-', '\u{2212}', '\u{2013}', '+']);
    let found = named(text).or_else(|| named(bare.trim_start()))?;
    Some(found.0)
}

/// Takes off a leading `-`, U+2212 (the Finnish minus), U+2013 or `+`.
fn without_sign(text: &str) -> (bool, &str) {
    let mut rest = text.chars();
    match rest.next() {
        Some('-' | '\u{2212}' | '\u{2013}') => (true, without_currency(rest.as_str().trim_start())),
        Some('+') => (false, rest.as_str().trim_start()),
        _ => (false, text),
    }
}

const fn is_blank_group(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\'' | '\u{2019}')
}

fn unsigned(text: &str) -> Result<Decimal, NumberError> {
    let blank = text.contains(is_blank_group);
    let text: String = text
        .chars()
        .map(|c| if is_blank_group(c) { ' ' } else { c })
        .collect();
    if !text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || b"., ".contains(&byte))
    {
        return Err(NumberError::Unreadable);
    }
    let dots = text.matches('.').count();
    let commas = text.matches(',').count();
    let (whole, fraction, group) = match (dots, commas) {
        (0, 0) => (text.as_str(), "", ' '),
        (1, 0) | (0, 1) => {
            let (whole, fraction) = text.split_once(['.', ',']).ok_or(NumberError::Unreadable)?;
            if !blank && is_doubtful(whole, fraction) {
                return Err(doubt(whole, fraction));
            }
            (whole, fraction, ' ')
        }
        (_, 0) if !blank => (text.as_str(), "", '.'),
        (0, _) if !blank => (text.as_str(), "", ','),
        _ if !blank => decimal_and_groups(&text)?,
        _ => return Err(NumberError::Unreadable),
    };
    assemble(&ungrouped(whole, group)?, fraction)
}

/// Both signs: the last is the decimal sign and stands once; the other groups.
fn decimal_and_groups(text: &str) -> Result<(&str, &str, char), NumberError> {
    let at = text.rfind(['.', ',']).ok_or(NumberError::Unreadable)?;
    let (whole, rest) = text.split_at(at);
    let (group, decimal) = if rest.starts_with(',') {
        ('.', ',')
    } else {
        (',', '.')
    };
    if whole.contains(decimal) {
        return Err(NumberError::Unreadable);
    }
    Ok((whole, &rest[1..], group))
}

/// `0,125` is no thousand and `1234,567` is no group, so neither is in doubt.
fn is_doubtful(whole: &str, fraction: &str) -> bool {
    fraction.len() == 3 && (1..=3).contains(&whole.len()) && !whole.starts_with('0')
}

fn doubt(whole: &str, fraction: &str) -> NumberError {
    NumberError::Ambiguous {
        as_thousands: format!("{whole}{fraction}"),
        as_decimal: format!("{whole}.{fraction}0"),
    }
}

/// Groups must be strict (`1 234 567`): `12 50` is not read as 1250.
fn ungrouped(whole: &str, group: char) -> Result<String, NumberError> {
    let mut parts = whole.split(group);
    let first = parts.next().unwrap_or("");
    let mut digits = first.to_owned();
    let mut groups = 0_usize;
    for part in parts {
        if part.len() != 3 {
            return Err(NumberError::Unreadable);
        }
        digits.push_str(part);
        groups += 1;
    }
    let strict = groups == 0 || (1..=3).contains(&first.len());
    if !strict || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(NumberError::Unreadable);
    }
    Ok(digits)
}

fn assemble(whole: &str, fraction: &str) -> Result<Decimal, NumberError> {
    if whole.is_empty() && fraction.is_empty() {
        return Err(NumberError::Unreadable);
    }
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(NumberError::Unreadable);
    }
    let whole = whole.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    if whole.len() + fraction.len() > MOST_DIGITS {
        return Err(NumberError::TooLarge);
    }
    let digits = format!("{whole}{fraction}");
    let mantissa: i64 = if digits.is_empty() {
        0
    } else {
        digits.parse().map_err(|_| NumberError::TooLarge)?
    };
    let scale = u32::try_from(fraction.len()).map_err(|_| NumberError::TooLarge)?;
    Ok(Decimal::new(mantissa, scale))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn reads(text: &str, expected: &str) {
        assert_eq!(read_number(text), Ok(expected.parse().unwrap()), "{text}");
    }

    #[test]
    fn the_currency_beside_an_amount_is_known_wherever_it_stands() {
        for text in ["12 €", "€12", "-12,50 euroa", "\u{2212}€ 5", "EUR 1.234"] {
            assert_eq!(currency_of(text), Some(Currency::Eur), "{text}");
        }
        for text in ["100 kr.", "DKK 99", "kr 5,-", "-kr. 5"] {
            assert_eq!(currency_of(text), Some(Currency::Dkk), "{text}");
        }
        for text in ["100", "-5", "tolv", ""] {
            assert_eq!(currency_of(text), None, "{text}");
        }
    }

    #[test]
    fn known_pains_6_a_decimal_comma_never_scales_the_amount() {
        for (text, expected) in [
            ("123,00", "123"),
            ("1.234,50", "1234.50"),
            ("1234.50", "1234.50"),
            ("1234,50", "1234.50"),
            ("1 234,50", "1234.50"),
            ("1\u{a0}234,50", "1234.50"),
            ("1\u{202f}234,50", "1234.50"),
            ("1'234.50", "1234.50"),
            ("1\u{2019}234.50", "1234.50"),
            ("1,234.50", "1234.50"),
            ("1.234.567", "1234567"),
            ("1,234,567.8", "1234567.8"),
            ("1 234,567", "1234.567"),
            ("1234,567", "1234.567"),
            ("0,125", "0.125"),
            ("0.125", "0.125"),
            (",5", "0.5"),
            ("12,", "12"),
            ("007", "7"),
            ("12,3456", "12.3456"),
        ] {
            reads(text, expected);
        }
    }

    #[test]
    fn signs_and_currencies_around_a_number_are_taken_off() {
        for (text, expected) in [
            ("-5", "-5"),
            ("\u{2212}1\u{a0}234\u{a0}567,50 €", "-1234567.50"),
            ("-1.234.567,50 kr.", "-1234567.50"),
            ("250 kr", "250"),
            ("250 DKK", "250"),
            ("DKK 99,95", "99.95"),
            ("kr. 100,-", "100"),
            ("€12.50", "12.50"),
            ("12,5 EUR", "12.5"),
            ("euro 12,5", "12.5"),
            ("5 euroa", "5"),
            ("5 kroner", "5"),
            ("-0", "0"),
        ] {
            reads(text, expected);
        }
    }

    #[test]
    fn one_separator_before_exactly_three_digits_is_asked_about() {
        for text in ["1.234", "1,234", "-12.345", "999,999 kr."] {
            let Err(NumberError::Ambiguous {
                as_thousands,
                as_decimal,
            }) = read_number(text)
            else {
                panic!("{text} was guessed");
            };
            let thousandfold = read_number(&as_decimal).unwrap() * Decimal::ONE_THOUSAND;
            assert_eq!(read_number(&as_thousands).unwrap(), thousandfold);
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        let texts = [
            "abc",
            "NaN",
            "inf",
            "1e5",
            "1E5",
            "--5",
            "1.2.3",
            "1,2,3",
            "12 50",
            "1 2",
            ".",
            ",",
            "-",
            "kr.",
            "1.234,5,6",
            "1.23,4.5",
            "0x10",
            "٣",
            "1 234.567,8",
            "½",
            "5%",
            "1.234.56",
            "12.34,567.8",
            "5-",
            "1..2",
        ];
        for text in texts {
            assert_eq!(read_number(text), Err(NumberError::Unreadable), "{text}");
        }
        assert_eq!(read_number("  "), Err(NumberError::Empty));
    }

    #[test]
    fn fourteen_digits_are_the_most() {
        reads("99999999999999", "99999999999999");
        assert_eq!(read_number("999999999999999"), Err(NumberError::TooLarge));
        assert_eq!(read_number(&"9".repeat(1_000_000)), Err(NumberError::TooLarge));
        assert_eq!(read_number(&"x".repeat(1_000_000)), Err(NumberError::Unreadable));
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_reader(text in ".*") {
            let _ = read_number(&text);
        }

        #[test]
        fn numberish_text_does_not_break_it(text in "[-+−0-9., '%krKRDe€\u{a0}]{0,30}") {
            let _ = read_number(&text);
        }

        #[test]
        fn danish_and_finnish_forms_mean_the_same(minor in 0_i64..10_000_000_000) {
            let amount = Decimal::new(minor, 2);
            let whole = (minor / 100).to_string();
            let grouped = |by: &str| {
                let groups: Vec<&str> = whole.as_bytes().rchunks(3).rev().map(|g| std::str::from_utf8(g).unwrap()).collect();
                groups.join(by)
            };
            let cents = format!("{:02}", minor % 100);
            for text in [
                format!("{},{cents} kr.", grouped(".")),
                format!("{},{cents} €", grouped("\u{a0}")),
                format!("{}.{cents}", grouped(",")),
                format!("{whole}.{cents}"),
                format!("{whole},{cents}"),
            ] {
                prop_assert_eq!(read_number(&text), Ok(amount), "{}", text);
            }
        }
    }
}
