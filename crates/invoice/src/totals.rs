//! The arithmetic of a line and of an invoice: each amount is rounded once, half away from zero, and sums are
//! sums of rounded lines (spec 12.2). The one calculation that screen, paper and wire all show.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::{Currency, Line, Money, MoneyError, PriceBasis, Totals, VatGroup};

/// Decimals of the price without VAT that the paper shows.
const NET_PRICE_DECIMALS: u32 = 6;

/// What is taken off a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Discount {
    /// Nothing.
    None,
    /// Percent of the line.
    Percent(Decimal),
    /// An amount in the basis of the price.
    Amount(Decimal),
}

/// Why a line has no amounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LineError {
    TooLarge,
    DiscountTooLarge,
}

impl From<MoneyError> for LineError {
    fn from(_: MoneyError) -> Self {
        Self::TooLarge
    }
}

/// The four amounts of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Amounts {
    pub(crate) discount: Money,
    pub(crate) net: Money,
    pub(crate) vat: Money,
    pub(crate) gross: Money,
}

/// What decides the amounts of a line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Priced {
    pub(crate) quantity: Decimal,
    pub(crate) unit_price: Decimal,
    pub(crate) vat_rate: Decimal,
    pub(crate) discount: Discount,
    pub(crate) basis: PriceBasis,
}

impl Priced {
    /// The rounded amounts. With net prices the VAT is rounded from the net, with gross prices it is taken out of
    /// the gross, so the typed basis always keeps its cents and `net + vat == gross`.
    pub(crate) fn amounts(&self, currency: Currency) -> Result<Amounts, LineError> {
        let before = self
            .quantity
            .checked_mul(self.unit_price)
            .ok_or(LineError::TooLarge)?;
        let discount = self.discount_of(before, currency)?;
        let base = before
            .checked_sub(discount.decimal())
            .ok_or(LineError::TooLarge)?;
        // A discount of half an øre may be rounded past the line itself; the line then is nothing.
        let passed = before.is_sign_negative() != base.is_sign_negative();
        let base = if passed {
            Money::zero(currency)
        } else {
            Money::rounded(base, currency)?
        };
        let (net, vat, gross) = match self.basis {
            PriceBasis::Net => {
                let vat = Money::rounded(share(base, self.vat_rate, Decimal::ONE_HUNDRED)?, currency)?;
                (base, vat, base.plus(vat)?)
            }
            PriceBasis::Gross => {
                let vat = Money::rounded(
                    share(base, self.vat_rate, Decimal::ONE_HUNDRED + self.vat_rate)?,
                    currency,
                )?;
                (base.minus(vat)?, vat, base)
            }
        };
        Ok(Amounts {
            discount,
            net,
            vat,
            gross,
        })
    }

    /// A discount takes a line towards nothing and never past it; on a return (negative line) it is negative too.
    fn discount_of(&self, before: Decimal, currency: Currency) -> Result<Money, LineError> {
        let taken = match self.discount {
            Discount::None => return Ok(Money::zero(currency)),
            Discount::Percent(rate) if rate > Decimal::ONE_HUNDRED => {
                return Err(LineError::DiscountTooLarge);
            }
            Discount::Percent(rate) => before
                .checked_mul(rate / Decimal::ONE_HUNDRED)
                .ok_or(LineError::TooLarge)?,
            Discount::Amount(amount) if amount > before.abs() => return Err(LineError::DiscountTooLarge),
            Discount::Amount(amount) if before.is_sign_negative() => -amount,
            Discount::Amount(amount) => amount,
        };
        Ok(Money::rounded(taken, currency)?)
    }

    /// The price of one unit without VAT, up to six decimals.
    pub(crate) fn unit_price_net(&self) -> Result<Decimal, LineError> {
        match self.basis {
            PriceBasis::Net => Ok(self.unit_price),
            PriceBasis::Gross => {
                let exact = self
                    .unit_price
                    .checked_mul(Decimal::ONE_HUNDRED)
                    .ok_or(LineError::TooLarge)?
                    / (Decimal::ONE_HUNDRED + self.vat_rate);
                Ok(exact
                    .round_dp_with_strategy(NET_PRICE_DECIMALS, RoundingStrategy::MidpointAwayFromZero)
                    .normalize())
            }
        }
    }
}

fn share(amount: Money, part: Decimal, whole: Decimal) -> Result<Decimal, LineError> {
    amount
        .decimal()
        .checked_mul(part)
        .and_then(|product| product.checked_div(whole))
        .ok_or(LineError::TooLarge)
}

impl Totals {
    /// Nothing, in `currency`.
    pub const fn zero(currency: Currency) -> Self {
        let nothing = Money::zero(currency);
        Self {
            net: nothing,
            vat: nothing,
            gross: nothing,
            discount: nothing,
            vat_groups: Vec::new(),
        }
    }

    /// The sums of rounded `lines`, one group a rate.
    pub fn of_lines(lines: &[Line], currency: Currency) -> Result<Self, MoneyError> {
        let mut totals = Self::zero(currency);
        for line in lines {
            let amounts = Amounts {
                discount: line.discount,
                net: line.net,
                vat: line.vat,
                gross: line.gross,
            };
            totals.add(line.vat_rate, &amounts)?;
        }
        Ok(totals)
    }

    pub(crate) fn add(&mut self, rate: Decimal, line: &Amounts) -> Result<(), MoneyError> {
        // Every sum is made before any is kept, so a sum that does not fit leaves the totals consistent.
        let net = self.net.plus(line.net)?;
        let vat = self.vat.plus(line.vat)?;
        let gross = self.gross.plus(line.gross)?;
        let discount = self.discount.plus(line.discount)?;
        let rate = rate.normalize();
        match self.vat_groups.binary_search_by(|group| group.rate.cmp(&rate)) {
            Ok(at) => {
                let group = &mut self.vat_groups[at];
                let (group_net, group_vat) = (group.net.plus(line.net)?, group.vat.plus(line.vat)?);
                (group.net, group.vat) = (group_net, group_vat);
            }
            Err(at) => self.vat_groups.insert(
                at,
                VatGroup {
                    rate,
                    net: line.net,
                    vat: line.vat,
                },
            ),
        }
        (self.net, self.vat, self.gross, self.discount) = (net, vat, gross, discount);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dec(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    fn priced(quantity: &str, price: &str, rate: &str, basis: PriceBasis) -> Priced {
        Priced {
            quantity: dec(quantity),
            unit_price: dec(price),
            vat_rate: dec(rate),
            discount: Discount::None,
            basis,
        }
    }

    fn minor(priced: Priced) -> (i64, i64, i64) {
        let amounts = priced.amounts(Currency::Dkk).unwrap();
        (amounts.net.minor, amounts.vat.minor, amounts.gross.minor)
    }

    #[test]
    fn known_pains_4_vat_is_rounded_once_and_half_away_from_zero() {
        assert_eq!(minor(priced("1", "0.02", "25", PriceBasis::Net)), (2, 1, 3));
        assert_eq!(minor(priced("-1", "0.02", "25", PriceBasis::Net)), (-2, -1, -3));
        assert_eq!(
            minor(priced("3", "33.335", "25", PriceBasis::Net)),
            (10001, 2500, 12501)
        );
        assert_eq!(
            minor(priced("1", "99.99", "25.5", PriceBasis::Gross)),
            (7967, 2032, 9999)
        );
        assert_eq!(
            minor(priced("7", "0.145", "13.5", PriceBasis::Net)),
            (102, 14, 116)
        );
    }

    #[test]
    fn the_published_sample_adds_up() {
        // spec 9.1: 288 without VAT, 72 VAT, 360 in all.
        assert_eq!(
            minor(priced("1", "288", "25", PriceBasis::Net)),
            (28800, 7200, 36000)
        );
        assert_eq!(
            minor(priced("1", "360", "25", PriceBasis::Gross)),
            (28800, 7200, 36000)
        );
    }

    #[test]
    fn a_gross_price_is_shown_net_with_six_decimals() {
        assert_eq!(
            priced("1", "100", "25.5", PriceBasis::Gross).unit_price_net(),
            Ok(dec("79.681275"))
        );
        assert_eq!(
            priced("1", "100", "25", PriceBasis::Gross).unit_price_net(),
            Ok(dec("80"))
        );
    }

    #[test]
    fn a_discount_ends_at_nothing() {
        let line = |discount| Priced {
            discount,
            ..priced("2", "50", "25", PriceBasis::Net)
        };
        assert_eq!(minor(line(Discount::Percent(dec("10")))), (9000, 2250, 11250));
        assert_eq!(minor(line(Discount::Percent(dec("100")))), (0, 0, 0));
        assert_eq!(minor(line(Discount::Amount(dec("100")))), (0, 0, 0));
        assert_eq!(
            line(Discount::Percent(dec("100.01"))).amounts(Currency::Dkk),
            Err(LineError::DiscountTooLarge)
        );
        assert_eq!(
            line(Discount::Amount(dec("100.01"))).amounts(Currency::Dkk),
            Err(LineError::DiscountTooLarge)
        );
        let returned = Priced {
            quantity: dec("-2"),
            ..line(Discount::Amount(dec("10")))
        };
        assert_eq!(minor(returned), (-9000, -2250, -11250));
    }

    #[test]
    fn a_line_too_large_to_count_is_an_error() {
        let huge = priced("99999999999999", "99999999999999", "25", PriceBasis::Net);
        assert_eq!(huge.amounts(Currency::Dkk), Err(LineError::TooLarge));
    }
}
