//! The VAT rates and invoice thresholds of the two countries, as dated data with their sources.
//!
//! Deliberately absent: which rate a good has. The merchant knows; we only warn of a rate that does not exist.

use jiff::civil::{Date, date};
use rust_decimal::Decimal;

use crate::{Country, Money};

/// The rates that hold from one day on, the standard rate first, in percent.
struct Period {
    from: Date,
    rates: &'static [Decimal],
}

const fn percent(tenths: u32) -> Decimal {
    Decimal::from_parts(tenths, 0, 0, false, 1)
}

/// 25 % and nothing reduced: momsloven § 33; <https://elov.dk/momsbekendtgorelsen/kapitel/12/>.
const DENMARK: &[Period] = &[Period {
    from: Date::MIN,
    rates: &[percent(250), percent(0)],
}];

/// 24 % became 25.5 % on 1 September 2024; 14 % became 13.5 % on 1 January 2026; arvonlisäverolaki § 84 to 85 a;
/// <https://www.vatupdate.com/2026/01/10/finland-lowers-reduced-vat-rate-to-13-5-effective-january-2026-updated-tax-guidance-released>.
const FINLAND: &[Period] = &[
    Period {
        from: Date::MIN,
        rates: &[percent(240), percent(140), percent(100), percent(0)],
    },
    Period {
        from: date(2024, 9, 1),
        rates: &[percent(255), percent(140), percent(100), percent(0)],
    },
    Period {
        from: date(2026, 1, 1),
        rates: &[percent(255), percent(135), percent(100), percent(0)],
    },
];

impl Country {
    /// The VAT rates in percent that this country has on the day `on`, the standard rate first.
    ///
    /// The rate follows the day of delivery.
    pub fn vat_rates(self, on: Date) -> &'static [Decimal] {
        let periods = match self {
            Self::Dk => DENMARK,
            Self::Fi => FINLAND,
        };
        periods
            .iter()
            .rev()
            .find(|period| period.from <= on)
            .map_or(&[], |period| period.rates)
    }

    /// The standard VAT rate in percent on the day `on`.
    pub fn standard_vat_rate(self, on: Date) -> Decimal {
        self.vat_rates(on).first().copied().unwrap_or_default()
    }

    /// The total including VAT up to which an invoice need not name the buyer.
    ///
    /// Denmark 3,000 DKK (<https://www.intravat.com/moms-guide/fakturakrav/>), Finland 400 EUR
    /// (<https://taloushallintoliitto.fi/kirjanpidon-abc-mita-jokaisen-tulisi-tietaa-kirjanpidosta/selvakielinen-tosite/kevennetyt>).
    pub const fn buyer_optional_up_to(self) -> Money {
        match self {
            Self::Dk => Money::of_minor(300_000, self.currency()),
            Self::Fi => Money::of_minor(40_000, self.currency()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rates(country: Country, on: Date) -> Vec<String> {
        country
            .vat_rates(on)
            .iter()
            .map(|rate| rate.normalize().to_string())
            .collect()
    }

    #[test]
    fn denmark_has_one_rate_and_zero() {
        assert_eq!(rates(Country::Dk, date(2026, 11, 23)), ["25", "0"]);
    }

    #[test]
    fn finland_changed_its_rates_on_two_days() {
        assert_eq!(rates(Country::Fi, date(2024, 8, 31)), ["24", "14", "10", "0"]);
        assert_eq!(rates(Country::Fi, date(2024, 9, 1)), ["25.5", "14", "10", "0"]);
        assert_eq!(rates(Country::Fi, date(2025, 12, 31)), ["25.5", "14", "10", "0"]);
        assert_eq!(rates(Country::Fi, date(2026, 1, 1)), ["25.5", "13.5", "10", "0"]);
    }

    #[test]
    fn the_standard_rate_comes_first() {
        assert_eq!(
            Country::Fi.standard_vat_rate(date(2026, 11, 23)),
            Decimal::new(255, 1)
        );
        assert_eq!(Country::Dk.standard_vat_rate(Date::MIN), Decimal::from(25));
    }
}
