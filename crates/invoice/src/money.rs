//! Money as whole minor units with its currency. Nothing here is a binary float.

use rust_decimal::{Decimal, RoundingStrategy, prelude::ToPrimitive};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::Currency;

/// An exact amount: `minor` is øre or cent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// Minor units (1/100 of the currency), negative for a deduction.
    pub minor: i64,
    /// The currency of `minor`.
    pub currency: Currency,
}

/// Why an amount could not be made or added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum MoneyError {
    /// More than 92 quadrillion of anything is a mistake, not an amount.
    #[error("the amount is too large to be counted")]
    TooLarge,
    /// Kroner and euro do not add up.
    #[error("two currencies were mixed")]
    MixedCurrencies,
}

impl Money {
    /// Nothing, in `currency`.
    pub const fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    /// `minor` øre or cent.
    pub const fn of_minor(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Rounds `amount` (major units) half away from zero to two decimals (spec 12.2: our own rule, the service has none).
    pub fn rounded(amount: Decimal, currency: Currency) -> Result<Self, MoneyError> {
        amount
            .checked_mul(Decimal::ONE_HUNDRED)
            .map(|minor| minor.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero))
            .and_then(|minor| minor.to_i64())
            .map(|minor| Self { minor, currency })
            .ok_or(MoneyError::TooLarge)
    }

    /// The amount in major units, with exactly two decimals.
    pub fn decimal(self) -> Decimal {
        Decimal::new(self.minor, 2)
    }

    /// Adds two amounts of one currency.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::MixedCurrencies);
        }
        let minor = self.minor.checked_add(other.minor).ok_or(MoneyError::TooLarge)?;
        Ok(Self { minor, ..self })
    }

    /// Takes one amount from another of the same currency.
    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        let minor = other.minor.checked_neg().ok_or(MoneyError::TooLarge)?;
        self.plus(Self { minor, ..other })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(amount: &str, minor: i64) {
        let amount: Decimal = amount.parse().unwrap();
        assert_eq!(Money::rounded(amount, Currency::Dkk).unwrap().minor, minor);
    }

    #[test]
    fn half_an_ore_is_rounded_away_from_zero() {
        check("0.005", 1);
        check("-0.005", -1);
        check("0.0049999", 0);
        check("1.115", 112);
        check("2.675", 268);
    }

    #[test]
    fn an_absurd_amount_is_an_error_and_not_a_wrapped_number() {
        assert_eq!(
            Money::rounded(Decimal::MAX, Currency::Eur),
            Err(MoneyError::TooLarge)
        );
        let most = Money::of_minor(i64::MAX, Currency::Eur);
        assert_eq!(
            most.plus(Money::of_minor(1, Currency::Eur)),
            Err(MoneyError::TooLarge)
        );
    }

    #[test]
    fn kroner_and_euro_do_not_add_up() {
        let sum = Money::zero(Currency::Dkk).plus(Money::zero(Currency::Eur));
        assert_eq!(sum, Err(MoneyError::MixedCurrencies));
    }
}
