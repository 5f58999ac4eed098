//! Amounts, quantities, rates and dates as the country writes them (checked with ICU).
//!
//! Deliberately absent: rounding. A figure is written with all the decimals it has.

use invoice::{Country, Currency, Money};
use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::Language;

/// `1.234,50` in Denmark, `1 234,50` with no-break spaces in Finland.
pub(crate) fn money(amount: Money, country: Country) -> String {
    decimal(amount.decimal(), 2, country)
}

/// [`money`] with the currency: `2.015,00 kr.`, `2 015,00 €`. Outside Danish, kroner go by their code.
pub(crate) fn money_named(amount: Money, country: Country, language: Language) -> String {
    let name = match (amount.currency, language) {
        (Currency::Eur, _) => "€",
        (Currency::Dkk, Language::Da) => "kr.",
        (Currency::Dkk, _) => "DKK",
    };
    format!("{}\u{a0}{name}", money(amount, country))
}

/// `25 %`, `25,5 %`.
pub(crate) fn percent(rate: Decimal, country: Country) -> String {
    format!("{}\u{a0}%", decimal(rate, 0, country))
}

/// `number` with its own decimals, at least `decimals` of them.
pub(crate) fn decimal(number: Decimal, decimals: usize, country: Country) -> String {
    let (group, minus) = match country {
        Country::Dk => ('.', '-'),
        Country::Fi => ('\u{a0}', '\u{2212}'),
    };
    let plain = number.abs().normalize().to_string();
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let mut text = String::new();
    if number.is_sign_negative() && !number.is_zero() {
        text.push(minus);
    }
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            text.push(group);
        }
        text.push(digit);
    }
    if decimals > 0 || !fraction.is_empty() {
        text.push(',');
        text.push_str(fraction);
        text.extend(std::iter::repeat_n('0', decimals.saturating_sub(fraction.len())));
    }
    text
}

/// `03.11.2026` in Danish, `3.11.2026` in Finnish, in English as the merchant's country writes it.
pub(crate) fn date(date: Date, country: Country, language: Language) -> String {
    let (day, month, year) = (date.day(), date.month(), date.year());
    match (language, country) {
        (Language::Da, _) | (Language::En, Country::Dk) => format!("{day:02}.{month:02}.{year}"),
        (Language::Fi, _) | (Language::En, Country::Fi) => format!("{day}.{month}.{year}"),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil;

    use super::*;

    #[test]
    fn danish_amounts_have_dots_and_finnish_ones_have_spaces_that_do_not_break() {
        let dkk = |minor| money(Money::of_minor(minor, Currency::Dkk), Country::Dk);
        let eur = |minor| money(Money::of_minor(minor, Currency::Eur), Country::Fi);
        assert_eq!(dkk(123_456_750), "1.234.567,50");
        assert_eq!(dkk(-123_450), "-1.234,50");
        assert_eq!(dkk(5), "0,05");
        assert_eq!(dkk(i64::MIN), "-92.233.720.368.547.758,08");
        assert_eq!(eur(123_456_750), "1\u{a0}234\u{a0}567,50");
        assert_eq!(eur(-123_450), "\u{2212}1\u{a0}234,50");
        assert_eq!(eur(99_999), "999,99");
    }

    #[test]
    fn the_currency_stands_behind_the_amount() {
        let dkk = Money::of_minor(201_500, Currency::Dkk);
        let eur = Money::of_minor(201_500, Currency::Eur);
        assert_eq!(money_named(dkk, Country::Dk, Language::Da), "2.015,00\u{a0}kr.");
        assert_eq!(money_named(dkk, Country::Dk, Language::En), "2.015,00\u{a0}DKK");
        assert_eq!(
            money_named(eur, Country::Fi, Language::Fi),
            "2\u{a0}015,00\u{a0}€"
        );
    }

    #[test]
    fn quantities_and_rates_keep_their_decimals_and_no_more() {
        let of = |text: &str| text.parse::<Decimal>().unwrap();
        assert_eq!(decimal(of("2.000"), 0, Country::Dk), "2");
        assert_eq!(decimal(of("-0.75"), 0, Country::Dk), "-0,75");
        assert_eq!(decimal(of("-0"), 0, Country::Fi), "0");
        assert_eq!(decimal(of("79.681275"), 2, Country::Fi), "79,681275");
        assert_eq!(percent(of("25.50"), Country::Fi), "25,5\u{a0}%");
        assert_eq!(percent(of("25"), Country::Dk), "25\u{a0}%");
    }

    #[test]
    fn dates_follow_the_language_and_in_english_the_country() {
        let day = civil::date(2026, 11, 3);
        assert_eq!(date(day, Country::Dk, Language::Da), "03.11.2026");
        assert_eq!(date(day, Country::Dk, Language::Fi), "3.11.2026");
        assert_eq!(date(day, Country::Fi, Language::Da), "03.11.2026");
        assert_eq!(date(day, Country::Dk, Language::En), "03.11.2026");
        assert_eq!(date(day, Country::Fi, Language::En), "3.11.2026");
    }
}
