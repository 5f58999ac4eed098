//! The lines and sums of a sheet, from exact content or from what could be read of a draft.
//!
//! Deliberately absent: sums of our own. What a draft does not say yet stays blank.

use invoice::{Content, Country, DraftForm, Line, LineForm, LineReading, Money, PriceBasis, Reading, Totals};
use rust_decimal::{Decimal, RoundingStrategy};
use serde::Serialize;

use crate::{Language, clean, figures, language::Words};

/// One line of the table, word for word. A blank text is a figure that a draft does not have yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Row {
    item: String,
    description: String,
    /// Small print below the description: the discount.
    note: String,
    quantity: String,
    unit: String,
    /// As it was agreed, in the basis of the invoice.
    unit_price: String,
    /// Without VAT, where prices were agreed with it.
    unit_price_net: String,
    vat: String,
    total: String,
}

impl Row {
    /// Bytes of the description: how much room the line may take.
    pub(crate) const fn length(&self) -> usize {
        self.description.len()
    }
}

/// One line of the sums.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Sum {
    label: String,
    amount: String,
}

/// How the figures of one paper are written.
#[derive(Clone, Copy)]
pub(crate) struct Hand {
    pub(crate) country: Country,
    pub(crate) language: Language,
}

impl Hand {
    const fn words(self) -> &'static Words {
        self.language.words()
    }

    pub(crate) fn rows_of(self, content: &Content) -> Vec<Row> {
        let lines = content.lines.iter();
        lines.map(|line| self.row_of(line, content.price_basis)).collect()
    }

    fn row_of(self, line: &Line, basis: PriceBasis) -> Row {
        Row {
            item: clean::line(line.item_number.as_deref().unwrap_or_default()),
            description: clean::line(&line.description),
            note: self.note(Some(line.discount), basis),
            quantity: figures::decimal(line.quantity, 0, self.country),
            unit: clean::line(line.unit.as_deref().unwrap_or_default()),
            unit_price: figures::decimal(line.unit_price, 2, self.country),
            unit_price_net: match basis {
                PriceBasis::Net => String::new(),
                PriceBasis::Gross => figures::decimal(line.unit_price_net, 2, self.country),
            },
            vat: figures::percent(line.vat_rate, self.country),
            total: figures::money(line.gross, self.country),
        }
    }

    pub(crate) fn rows_of_draft(self, form: &DraftForm, reading: &Reading) -> Vec<Row> {
        let lines = form.lines.iter().zip(&reading.lines);
        lines
            .filter(|(_, read)| !read.empty)
            .map(|(typed, read)| self.draft_row(typed, read, form.price_basis))
            .collect()
    }

    fn draft_row(self, typed: &LineForm, read: &LineReading, basis: PriceBasis) -> Row {
        let Self { country, .. } = self;
        let percent = |rate| figures::percent(rate, country);
        let net = match basis {
            PriceBasis::Net => None,
            PriceBasis::Gross => read
                .unit_price
                .zip(read.vat_rate)
                .and_then(|(price, rate)| without_vat(price, rate)),
        };
        let written = |number: Option<Decimal>, decimals| {
            number.map_or_else(String::new, |number| figures::decimal(number, decimals, country))
        };
        Row {
            item: clean::line(&typed.item_number),
            description: clean::line(&typed.description),
            note: self.note(read.discount, basis),
            quantity: written(read.quantity, 0),
            unit: clean::line(&typed.unit),
            unit_price: written(read.unit_price, 2),
            unit_price_net: written(net, 2),
            vat: read.vat_rate.map_or_else(String::new, percent),
            total: written(read.gross.map(Money::decimal), 2),
        }
    }

    fn note(self, discount: Option<Money>, basis: PriceBasis) -> String {
        match discount.filter(|discount| discount.minor != 0) {
            Some(discount) => {
                let amount = figures::money(discount, self.country);
                format!("{} {amount} {}", self.words().discount, self.basis_name(basis))
            }
            None => String::new(),
        }
    }

    /// Which basis prices and discounts are counted in.
    pub(crate) const fn basis_name(self, basis: PriceBasis) -> &'static str {
        match basis {
            PriceBasis::Net => self.words().without_vat,
            PriceBasis::Gross => self.words().with_vat,
        }
    }

    /// Discounts, the sum without VAT, and base and VAT of each rate.
    pub(crate) fn sums(self, totals: &Totals, basis: PriceBasis) -> Vec<Sum> {
        let words = self.words();
        let sum = |label: String, amount: Money| Sum {
            label,
            amount: figures::money(amount, self.country),
        };
        let mut sums = Vec::new();
        if totals.discount.minor != 0 {
            let label = format!("{} {}", words.total_discount, self.basis_name(basis));
            sums.push(sum(label, totals.discount));
        }
        sums.push(sum(words.total_net.to_owned(), totals.net));
        let several = totals.vat_groups.len() > 1;
        for group in &totals.vat_groups {
            let rate = figures::percent(group.rate, self.country);
            let base = figures::money(group.net, self.country);
            let label = if several {
                format!("{} {rate} {} {base}", words.vat, words.of)
            } else {
                format!("{} {rate}", words.vat)
            };
            sums.push(sum(label, group.vat));
        }
        sums
    }

    /// What is to be paid, with its currency.
    pub(crate) fn to_pay(self, totals: &Totals) -> Sum {
        Sum {
            label: self.words().to_pay.to_owned(),
            amount: figures::money_named(totals.gross, self.country, self.language),
        }
    }
}

/// As `invoice` reckons it once the line is whole.
fn without_vat(price: Decimal, rate: Decimal) -> Option<Decimal> {
    let exact = price
        .checked_mul(Decimal::ONE_HUNDRED)?
        .checked_div(Decimal::ONE_HUNDRED + rate)?;
    Some(exact.round_dp_with_strategy(6, RoundingStrategy::MidpointAwayFromZero))
}
