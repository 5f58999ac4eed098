//! The rules of spec 12 that look at the books or the calendar, in one order for single calls and for batches.
//!
//! A first stage is answered at once, also in a batch; of a second one a batch tells by a callback, because most validation
//! runs after its answer (spec 9.3). Which rule is in which stage is in no document: the first has the codes that need
//! nothing but the request and the merchant's own invoices.

use std::collections::HashMap;

use jiff::Span;
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::codes;
use crate::invoice::Invoice;
use crate::readings::Reading;
use crate::seed::{self, Merchant};
use crate::world::World;

/// Invoices of a merchant to one consumer on one day (spec 12.5).
const A_DAY: usize = 10;

/// When a rule's code is told.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// With the answer.
    AtOnce,
    /// By a callback.
    Later,
}

/// Spec 21 item 43: zero and less is a rule, or an input error.
pub(super) enum BadTotal {
    Rule(u32),
    Input,
}

pub(super) fn total(world: &World, invoice: &Invoice) -> Result<(), BadTotal> {
    if invoice.total > Decimal::ZERO {
        Ok(())
    } else if world.readings.has(Reading::TotalIsInput) {
        Err(BadTotal::Input)
    } else {
        Err(BadTotal::Rule(10008))
    }
}

/// The second stage: the code of the first rule that it breaks. `sent_today` counts those to the same consumer.
pub(super) fn second_stage(
    world: &World,
    merchant: &Merchant,
    invoice: &Invoice,
    today: Date,
    sent_today: usize,
    told: Told,
) -> Result<(), u32> {
    if invoice.total > Decimal::from(world.limit(merchant.country)) {
        return Err(10201);
    }
    issuer(merchant, invoice, told)?;
    dates(world, invoice, today)?;
    consumer(invoice, told)?;
    if invoice.phone.is_some() && sent_today >= A_DAY {
        return Err(10314);
    }
    Ok(())
}

/// The hundreds of a code name its stage (spec 13.3), so a late one has the later code of the same text.
fn issuer(merchant: &Merchant, invoice: &Invoice, told: Told) -> Result<(), u32> {
    let late = told == Told::Later;
    match merchant.issuers.iter().find(|issuer| issuer.id == invoice.issuer) {
        None => Err(if late { 10303 } else { 10202 }),
        // Undocumented (spec 8.2); the default of spec 21.2.
        Some(issuer) if issuer.status != "enabled" => Err(if late { 10204 } else { 10203 }),
        Some(_) => Ok(()),
    }
}

fn dates(world: &World, invoice: &Invoice, today: Date) -> Result<(), u32> {
    if invoice.due_date < today {
        return Err(10311);
    }
    // The strict formula, or the words around it (spec 21 item 22).
    let end = 400 + i32::from(world.readings.has(Reading::InclusiveDueDate));
    if invoice.due_date >= today.checked_add(Span::new().days(end)).unwrap_or(Date::MAX) {
        return Err(10310);
    }
    if invoice.issue_date.is_some_and(|date| date > today) {
        return Err(10312);
    }
    Ok(())
}

/// Only a direct invoice must reach somebody; a link can be paid by anyone (spec 9.4).
fn consumer(invoice: &Invoice, told: Told) -> Result<(), u32> {
    let Some(phone) = invoice.phone.as_deref().filter(|_| invoice.link.is_none()) else {
        return Ok(());
    };
    if let Some(code) = codes::of_phone(phone) {
        return Err(code);
    }
    match seed::consumer_by_phone(phone) {
        Some(_) => Ok(()),
        None => Err(if told == Told::Later { 10304 } else { 10101 }),
    }
}

/// How many rows before went to each consumer.
#[derive(Default)]
pub(super) struct Counts<'a>(HashMap<&'a str, usize>);

impl<'a> Counts<'a> {
    pub(super) fn of(&self, invoice: &Invoice) -> usize {
        let phone = invoice.phone.as_deref().unwrap_or_default();
        self.0.get(phone).copied().unwrap_or_default()
    }

    pub(super) fn add(&mut self, invoice: &'a Invoice) {
        if let Some(phone) = invoice.phone.as_deref() {
            *self.0.entry(phone).or_default() += 1;
        }
    }
}
