//! From what was typed to what it means: every box is read, every problem is named beside its box.

use std::collections::BTreeMap;

mod findings;
mod head;
mod lines;
mod recipient;
#[cfg(test)]
mod tests;

use findings::Findings;
use head::{HeadDates, HeadTexts};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{Channel, Content, DraftForm, Money, Rulebook, Totals};

/// What a form says, box by box. Always complete: what cannot be read is a problem, not a failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// One entry for each entry of [`DraftForm::lines`], empty lines included.
    pub lines: Vec<LineReading>,
    /// Sums over the lines that could be read.
    pub totals: Totals,
    /// What forbids sending.
    pub problems: Vec<Problem>,
    /// What should be looked at but forbids nothing.
    pub warnings: Vec<Problem>,
    /// The exact content, when there is no problem but a missing phone number.
    pub content: Option<Content>,
}

/// How one line was read. `None` where the box could not be read or the line is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineReading {
    /// Whether every box of the line is empty: it is no line and no problem.
    pub empty: bool,
    /// Quantity as read.
    pub quantity: Option<Decimal>,
    /// Unit price as read, major units.
    pub unit_price: Option<Decimal>,
    /// VAT in percent as read or by default.
    pub vat_rate: Option<Decimal>,
    /// Discount of the line, as an amount.
    pub discount: Option<Money>,
    /// Without VAT.
    pub net: Option<Money>,
    /// VAT.
    pub vat: Option<Money>,
    /// With VAT.
    pub gross: Option<Money>,
}

/// One thing that is wrong or doubtful, beside its box.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// The box: a path in the camelCase names of [`DraftForm`], e.g. `lines.0.unitPrice`, `recipient.phone`, `dueDate`, `lines`, `total`.
    pub field: String,
    /// What is wrong.
    pub code: ProblemCode,
    /// What the sentence needs, as plain text: dates ISO, amounts with two decimals and a dot, counts in digits.
    pub params: BTreeMap<String, String>,
    /// Set when it matters for one channel only.
    pub channel: Option<Channel>,
}

/// What can be wrong or doubtful. The UI has a sentence for each, in three languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemCode {
    /// No line with anything in it (spec 12.1).
    NoLines,
    /// A line without a description (spec 9.1).
    DescriptionMissing,
    /// A number that cannot be read. Params: `text`.
    NumberUnreadable,
    /// `1.234` or `1,234`: thousands or decimals? Never guessed, in neither country. Params: `text`, and
    /// `as_thousands` (`1234`) and `as_decimal` (`1.2340`), which read without doubt when put into the box.
    NumberAmbiguous,
    /// An amount that names the other country's currency. Params: `text`, `currency` (that of the invoice).
    CurrencyOther,
    /// A price is missing.
    PriceMissing,
    /// VAT outside 0 to 100 percent.
    VatRateOutOfRange,
    /// VAT between 0 and 1: no rate is so small, and a part of one is written so. Params: `rate`, `meant` (25 for 0.25).
    VatRateFraction,
    /// VAT rate that the country does not have. A warning. Params: `rate`.
    VatRateUnusual,
    /// A discount of less than 1 without a sign: a part of one, or cents? Params: `text`, and `as_percent` (`10 %`) and
    /// `as_amount` (`0,10 kr.`), which read without doubt when put into the box.
    DiscountAmbiguous,
    /// A discount that is larger than the line.
    DiscountTooLarge,
    /// The total is zero or less (10008).
    TotalNotPositive,
    /// The total is above the country's limit (10201). Params: `limit`.
    TotalAboveLimit,
    /// More digits than an invoice can hold.
    AmountTooLarge,
    /// A date that cannot be read. Params: `text`.
    DateUnreadable,
    /// A date from a file in which day and month could not be told apart. Params: `text`.
    DateAmbiguous,
    /// A due date is missing.
    DueDateMissing,
    /// The due date is before today (10311). Params: `today`.
    DueDateInPast,
    /// The due date is today. A warning.
    DueDateToday,
    /// The due date is too far away (10310). Params: `latest`.
    DueDateTooFar,
    /// The issue date is after today (10312). Params: `today`.
    IssueDateInFuture,
    /// Sending to a phone needs a number. Only for [`Channel::Phone`].
    PhoneMissing,
    /// Not a phone number.
    PhoneUnreadable,
    /// Too few digits. Params: `digits`, `needed` (Denmark only), both without the country code.
    PhoneTooShort,
    /// Too many digits. Params: `digits`, `needed` (Denmark).
    PhoneTooLong,
    /// `MobilePay` delivers to Danish and Finnish numbers only.
    PhoneForeign,
    /// The phone belongs to the other country. A warning.
    PhoneOtherCountry,
    /// Nobody is named: the paper of a larger sale needs the buyer (country-specific). A warning.
    RecipientNameMissing,
    /// Payment reference of more than 60 characters. Params: `length`, `max`.
    ReferenceTooLong,
    /// More than 30: a bank statement shows the first 30. A warning. Params: `length`, `shown`.
    ReferenceCutByBank,
    /// A text longer than we allow (spec 21.2: own limits). Params: `length`, `max`.
    TextTooLong,
    /// A control character or direction override in a text.
    TextHasControlCharacters,
    /// Not an https address.
    UrlNotHttps,
    /// Ten invoices a day for one customer are the service's limit (10314), links that name the phone included.
    /// Params: `limit`.
    DailyLimitReached,
    /// No issuer of the merchant can be used now.
    IssuerMissing,
    /// The chosen issuer cannot be used.
    IssuerUnusable,
}

/// Reads `form` under `rulebook`. Pure: the same input gives the same reading.
pub fn read(form: &DraftForm, rulebook: &Rulebook) -> Reading {
    let mut found = Findings::default();
    let texts = HeadTexts::read(form, &mut found);
    let dates = HeadDates::read(form, rulebook, &mut found);
    let supplied_on = dates.delivery.or(dates.issue).unwrap_or(rulebook.today);
    let read_lines = lines::read_lines(form, rulebook, supplied_on, &mut found);
    let recipient = recipient::read_recipient(form, rulebook, &mut found);
    let issuer_id = issuer(form, rulebook, &mut found);
    judge_total(&read_lines, recipient.name.is_some(), rulebook, &mut found);
    let complete = found
        .problems
        .iter()
        .all(|problem| problem.code == ProblemCode::PhoneMissing);
    let content = match (complete, issuer_id, dates.issue, dates.due) {
        (true, Some(issuer_id), Some(issue_date), Some(due_date)) => Some(Content {
            country: rulebook.country,
            issuer_id,
            recipient,
            issue_date,
            due_date,
            price_basis: form.price_basis,
            lines: read_lines.content,
            totals: read_lines.totals.clone(),
            payment_reference: texts.payment_reference,
            comment: texts.comment,
            contact_name: texts.contact_name,
            merchant_order_number: texts.merchant_order_number,
            buyer_order_number: texts.buyer_order_number,
            order_date: dates.order,
            delivery_date: dates.delivery,
            delivery_address: texts.delivery_address,
            invoice_url: texts.invoice_url,
            redirect_url: texts.redirect_url,
        }),
        _ => None,
    };
    Reading {
        lines: read_lines.readings,
        totals: read_lines.totals,
        problems: found.problems,
        warnings: found.warnings,
        content,
    }
}

fn issuer(form: &DraftForm, rulebook: &Rulebook, found: &mut Findings) -> Option<String> {
    let Some(first) = rulebook.issuers.first() else {
        found.problem("issuerId", ProblemCode::IssuerMissing, &[]);
        return None;
    };
    let chosen = form.issuer_id.trim();
    if chosen.is_empty() {
        return Some(first.clone());
    }
    let usable = rulebook
        .issuers
        .iter()
        .find(|id| id.eq_ignore_ascii_case(chosen))
        .cloned();
    if usable.is_none() {
        found.problem("issuerId", ProblemCode::IssuerUnusable, &[]);
    }
    usable
}

/// The total is judged only when every line is read: half a sum is neither too small nor too large.
fn judge_total(lines: &lines::Lines, named: bool, rulebook: &Rulebook, found: &mut Findings) {
    if !lines.all_read {
        return;
    }
    let total = lines.totals.gross;
    let limit = rulebook.limits.max_total;
    if total.minor <= 0 {
        found.problem("total", ProblemCode::TotalNotPositive, &[]);
    } else if total.decimal() > limit.decimal() {
        found.problem(
            "total",
            ProblemCode::TotalAboveLimit,
            &[("limit", limit.decimal().to_string())],
        );
    }
    if !named && total.minor > rulebook.country.buyer_optional_up_to().minor {
        found.warning("recipient.name", ProblemCode::RecipientNameMissing, &[]);
    }
}
