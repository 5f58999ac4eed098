//! The lines of a form: quantity, price, VAT and discount, each read and judged in its own box.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{LineReading, ProblemCode, findings::Findings};
use crate::{
    Currency, DraftForm, Line, LineForm, Rulebook, Totals,
    number::{NumberError, currency_of, read_number},
    texts,
    totals::{Amounts, Discount, LineError, Priced},
};

/// What the lines of a form say.
pub(crate) struct Lines {
    pub(crate) readings: Vec<LineReading>,
    pub(crate) content: Vec<Line>,
    pub(crate) totals: Totals,
    /// There is a line, every line has its amounts, and they add up.
    pub(crate) all_read: bool,
}

pub(crate) fn read_lines(form: &DraftForm, rulebook: &Rulebook, on: Date, found: &mut Findings) -> Lines {
    let currency = rulebook.country.currency();
    let mut lines = Lines {
        readings: Vec::new(),
        content: Vec::new(),
        totals: Totals::zero(currency),
        all_read: true,
    };
    let mut typed_lines = 0_usize;
    for (index, line) in form.lines.iter().enumerate() {
        if is_empty(line) {
            lines.readings.push(LineReading {
                empty: true,
                ..LineReading::default()
            });
            continue;
        }
        typed_lines += 1;
        let mut box_reader = Boxes {
            index,
            form,
            rulebook,
            on,
            found,
        };
        let (reading, read) = box_reader.line(line);
        lines.all_read &= reading.gross.is_some();
        lines.readings.push(reading);
        lines.content.extend(read);
    }
    if let Ok(totals) = sums(&lines.readings, currency) {
        lines.totals = totals;
    } else {
        lines.all_read = false;
        found.problem("total", ProblemCode::AmountTooLarge, &[]);
    }
    if typed_lines == 0 {
        lines.all_read = false;
        found.problem("lines", ProblemCode::NoLines, &[]);
    }
    lines
}

/// A line whose boxes hold only blanks is no line.
fn is_empty(line: &LineForm) -> bool {
    let LineForm {
        item_number,
        description,
        quantity,
        unit,
        unit_price,
        vat_rate,
        discount,
    } = line;
    [
        item_number,
        description,
        quantity,
        unit,
        unit_price,
        vat_rate,
        discount,
    ]
    .iter()
    .all(|typed| typed.trim().is_empty())
}

fn is_part(number: Decimal) -> bool {
    number > Decimal::ZERO && number < Decimal::ONE
}

fn sums(readings: &[LineReading], currency: Currency) -> Result<Totals, crate::MoneyError> {
    let mut totals = Totals::zero(currency);
    for reading in readings {
        if let (Some(rate), Some(discount), Some(net), Some(vat), Some(gross)) = (
            reading.vat_rate,
            reading.discount,
            reading.net,
            reading.vat,
            reading.gross,
        ) {
            totals.add(
                rate,
                &Amounts {
                    discount,
                    net,
                    vat,
                    gross,
                },
            )?;
        }
    }
    Ok(totals)
}

/// The boxes of one line.
struct Boxes<'a> {
    index: usize,
    form: &'a DraftForm,
    rulebook: &'a Rulebook,
    on: Date,
    found: &'a mut Findings,
}

impl Boxes<'_> {
    fn field(&self, name: &str) -> String {
        format!("lines.{}.{name}", self.index)
    }

    fn problem(&mut self, name: &str, code: ProblemCode, params: &[(&str, String)]) {
        self.found.problem(&self.field(name), code, params);
    }

    fn line(&mut self, line: &LineForm) -> (LineReading, Option<Line>) {
        let item_number = self.found.text(&self.field("itemNumber"), &line.item_number);
        let description = self.found.text(&self.field("description"), &line.description);
        if description.is_none() {
            self.problem("description", ProblemCode::DescriptionMissing, &[]);
        }
        let unit = self.found.text(&self.field("unit"), &line.unit);
        let quantity = self.quantity(&line.quantity);
        let unit_price = self.price(&line.unit_price);
        let vat_rate = self.vat_rate(&line.vat_rate);
        let discount = self.discount(&line.discount);
        let mut reading = LineReading {
            quantity,
            unit_price,
            vat_rate,
            ..LineReading::default()
        };
        let (Some(quantity), Some(unit_price), Some(vat_rate), Some(discount)) =
            (quantity, unit_price, vat_rate, discount)
        else {
            return (reading, None);
        };
        let priced = Priced {
            quantity,
            unit_price,
            vat_rate,
            discount,
            basis: self.form.price_basis,
        };
        let Some((amounts, unit_price_net)) = self.amounts(&priced) else {
            return (reading, None);
        };
        reading.discount = Some(amounts.discount);
        (reading.net, reading.vat, reading.gross) =
            (Some(amounts.net), Some(amounts.vat), Some(amounts.gross));
        let read = description.map(|description| Line {
            item_number,
            description,
            quantity,
            unit,
            unit_price,
            unit_price_net,
            vat_rate,
            discount: amounts.discount,
            net: amounts.net,
            vat: amounts.vat,
            gross: amounts.gross,
        });
        (reading, read)
    }

    /// What the line comes to, and its price without VAT.
    fn amounts(&mut self, priced: &Priced) -> Option<(Amounts, Decimal)> {
        let amounts = priced.amounts(self.rulebook.country.currency());
        match amounts.and_then(|amounts| Ok((amounts, priced.unit_price_net()?))) {
            Ok(both) => Some(both),
            Err(LineError::TooLarge) => {
                self.problem("unitPrice", ProblemCode::AmountTooLarge, &[]);
                None
            }
            Err(LineError::DiscountTooLarge) => {
                self.problem("discount", ProblemCode::DiscountTooLarge, &[]);
                None
            }
        }
    }

    /// An empty box means one.
    fn quantity(&mut self, typed: &str) -> Option<Decimal> {
        if typed.trim().is_empty() {
            return Some(Decimal::ONE);
        }
        self.number("quantity", typed)
    }

    fn price(&mut self, typed: &str) -> Option<Decimal> {
        if typed.trim().is_empty() {
            self.problem("unitPrice", ProblemCode::PriceMissing, &[]);
            return None;
        }
        self.number("unitPrice", typed)
    }

    /// Reads an amount or a count. One that names the other currency is no amount of this invoice: 99 € are not 99 kr.
    fn number(&mut self, name: &str, typed: &str) -> Option<Decimal> {
        let own = self.rulebook.country.currency();
        let foreign = currency_of(typed).is_some_and(|named| named != own);
        if foreign && read_number(typed) != Err(NumberError::Unreadable) {
            let params = [
                ("text", texts::quoted(typed)),
                ("currency", own.code().to_owned()),
            ];
            self.problem(name, ProblemCode::CurrencyOther, &params);
            return None;
        }
        match read_number(typed) {
            Ok(number) => Some(number),
            Err(error) => {
                self.unreadable(name, typed, error);
                None
            }
        }
    }

    fn unreadable(&mut self, name: &str, typed: &str, error: NumberError) {
        let text = ("text", texts::quoted(typed));
        match error {
            NumberError::Ambiguous {
                as_thousands,
                as_decimal,
            } => {
                let params = [text, ("as_thousands", as_thousands), ("as_decimal", as_decimal)];
                self.problem(name, ProblemCode::NumberAmbiguous, &params);
            }
            NumberError::TooLarge => self.problem(name, ProblemCode::AmountTooLarge, &[]),
            NumberError::Empty | NumberError::Unreadable => {
                self.problem(name, ProblemCode::NumberUnreadable, &[text]);
            }
        }
    }

    /// Reads percents, with or without the sign. `25.500` is not in doubt here: no rate is a thousand.
    fn percent(&mut self, name: &str, typed: &str) -> Option<Decimal> {
        let bare = typed.trim().trim_end_matches('%').trim_end();
        let read = match read_number(bare) {
            Err(NumberError::Ambiguous { as_decimal, .. }) => read_number(&as_decimal),
            other => other,
        };
        read.map_err(|error| self.unreadable(name, typed, error)).ok()
    }

    fn vat_rate(&mut self, typed: &str) -> Option<Decimal> {
        let rate = if typed.trim().is_empty() {
            self.rulebook.default_vat_rate
        } else {
            self.percent("vatRate", typed)?
        };
        if rate.is_sign_negative() && !rate.is_zero() || rate > Decimal::ONE_HUNDRED {
            self.problem("vatRate", ProblemCode::VatRateOutOfRange, &[]);
            return None;
        }
        if is_part(rate) {
            let meant = (rate * Decimal::ONE_HUNDRED).normalize().to_string();
            let params = [("rate", rate.normalize().to_string()), ("meant", meant)];
            self.problem("vatRate", ProblemCode::VatRateFraction, &params);
            return None;
        }
        if !self.rulebook.country.vat_rates(self.on).contains(&rate) {
            let params = [("rate", rate.normalize().to_string())];
            self.found
                .warning(&self.field("vatRate"), ProblemCode::VatRateUnusual, &params);
        }
        Some(rate)
    }

    /// A spreadsheet writes 10 % as 0.1, and 0.1 is ten cents as well.
    fn doubted_discount(&mut self, typed: &str, read: Decimal) {
        let percent = (read * Decimal::ONE_HUNDRED).normalize();
        let mut amount = read.normalize();
        if amount.scale() < 2 {
            amount.rescale(2);
        }
        let sign = match self.rulebook.country.currency() {
            Currency::Dkk => "kr.",
            Currency::Eur => "€",
        };
        // Both countries write the comma.
        let written = |number: Decimal, sign: &str| format!("{number} {sign}").replacen('.', ",", 1);
        let params = [
            ("text", texts::quoted(typed)),
            ("as_percent", written(percent, "%")),
            ("as_amount", written(amount, sign)),
        ];
        self.problem("discount", ProblemCode::DiscountAmbiguous, &params);
    }

    /// `10 %` or an amount. A negative one is not read: nobody can tell a surcharge from a habit.
    fn discount(&mut self, typed: &str) -> Option<Discount> {
        if typed.trim().is_empty() {
            return Some(Discount::None);
        }
        let is_percent = typed.trim().ends_with('%');
        let read = if is_percent {
            self.percent("discount", typed)?
        } else {
            self.number("discount", typed)?
        };
        if read.is_sign_negative() && !read.is_zero() {
            self.unreadable("discount", typed, NumberError::Unreadable);
            return None;
        }
        if !is_percent && is_part(read) && currency_of(typed).is_none() {
            self.doubted_discount(typed, read);
            return None;
        }
        Some(if is_percent {
            Discount::Percent(read)
        } else {
            Discount::Amount(read)
        })
    }
}
