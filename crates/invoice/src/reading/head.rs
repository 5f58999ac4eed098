//! Everything of a form that is neither line nor customer: dates, references, texts and addresses of pages.

use jiff::{ToSpan, civil::Date};

use super::{ProblemCode, findings::Findings};
use crate::{
    Address, AddressForm, DraftForm, MAX_DAYS_AHEAD, Rulebook,
    dates::{DOUBTED, read_date},
    texts,
};

/// The texts of the head, trimmed; `None` where empty.
pub(crate) struct HeadTexts {
    pub(crate) payment_reference: Option<String>,
    pub(crate) comment: Option<String>,
    pub(crate) contact_name: Option<String>,
    pub(crate) merchant_order_number: Option<String>,
    pub(crate) buyer_order_number: Option<String>,
    pub(crate) delivery_address: Option<Address>,
    pub(crate) invoice_url: Option<String>,
    pub(crate) redirect_url: Option<String>,
}

impl HeadTexts {
    pub(crate) fn read(form: &DraftForm, found: &mut Findings) -> Self {
        Self {
            payment_reference: reference(form, found),
            comment: found.text_of("comment", &form.comment, texts::COMMENT, true),
            contact_name: found.text("contactName", &form.contact_name),
            merchant_order_number: found.text("merchantOrderNumber", &form.merchant_order_number),
            buyer_order_number: found.text("buyerOrderNumber", &form.buyer_order_number),
            delivery_address: address("deliveryAddress", &form.delivery_address, found),
            invoice_url: page("invoiceUrl", &form.invoice_url, found),
            redirect_url: page("redirectUrl", &form.redirect_url, found),
        }
    }
}

fn reference(form: &DraftForm, found: &mut Findings) -> Option<String> {
    const FIELD: &str = "paymentReference";
    let text = found.text_of(FIELD, &form.payment_reference, usize::MAX, false)?;
    let length = text.chars().count();
    if length > texts::REFERENCE {
        let params = [
            ("length", length.to_string()),
            ("max", texts::REFERENCE.to_string()),
        ];
        found.problem(FIELD, ProblemCode::ReferenceTooLong, &params);
    } else if length > texts::REFERENCE_SHOWN {
        let params = [
            ("length", length.to_string()),
            ("shown", texts::REFERENCE_SHOWN.to_string()),
        ];
        found.warning(FIELD, ProblemCode::ReferenceCutByBank, &params);
    }
    Some(text)
}

/// Reads an address; `None` when every box is empty.
pub(crate) fn address(field: &str, form: &AddressForm, found: &mut Findings) -> Option<Address> {
    let mut part = |name: &str, typed: &str| found.text(&format!("{field}.{name}"), typed);
    let parts = [
        part("street", &form.street),
        part("postalCode", &form.postal_code),
        part("city", &form.city),
        part("extra", &form.extra),
    ];
    if parts.iter().all(Option::is_none) {
        return None;
    }
    let [street, postal_code, city, extra] = parts.map(Option::unwrap_or_default);
    Some(Address {
        street,
        postal_code,
        city,
        extra,
    })
}

fn page(field: &str, typed: &str, found: &mut Findings) -> Option<String> {
    let text = found.text_of(field, typed, texts::ADDRESS, false)?;
    if !texts::is_https(&text) {
        found.problem(field, ProblemCode::UrlNotHttps, &[]);
    }
    Some(text)
}

/// The dates of the head; `None` where empty or unreadable.
pub(crate) struct HeadDates {
    pub(crate) issue: Option<Date>,
    pub(crate) due: Option<Date>,
    pub(crate) order: Option<Date>,
    pub(crate) delivery: Option<Date>,
}

impl HeadDates {
    pub(crate) fn read(form: &DraftForm, rulebook: &Rulebook, found: &mut Findings) -> Self {
        let today = rulebook.today;
        let issue = if form.issue_date.trim().is_empty() {
            Some(today)
        } else {
            day("issueDate", &form.issue_date, today, found)
        };
        if issue.is_some_and(|issue| issue > today) {
            found.problem(
                "issueDate",
                ProblemCode::IssueDateInFuture,
                &[("today", today.to_string())],
            );
        }
        Self {
            issue,
            due: due(form, today, found),
            order: day("orderDate", &form.order_date, today, found),
            delivery: day("deliveryDate", &form.delivery_date, today, found),
        }
    }
}

fn day(field: &str, typed: &str, today: Date, found: &mut Findings) -> Option<Date> {
    if typed.trim().is_empty() {
        return None;
    }
    let read = read_date(typed, today);
    if read.is_none() {
        let (code, text) = match typed.trim().strip_suffix(DOUBTED) {
            Some(date) => (ProblemCode::DateAmbiguous, date),
            None => (ProblemCode::DateUnreadable, typed),
        };
        found.problem(field, code, &[("text", texts::quoted(text.trim()))]);
    }
    read
}

fn due(form: &DraftForm, today: Date, found: &mut Findings) -> Option<Date> {
    const FIELD: &str = "dueDate";
    if form.due_date.trim().is_empty() {
        found.problem(FIELD, ProblemCode::DueDateMissing, &[]);
        return None;
    }
    let due = day(FIELD, &form.due_date, today, found)?;
    let latest = today.saturating_add(MAX_DAYS_AHEAD.days());
    if due < today {
        found.problem(FIELD, ProblemCode::DueDateInPast, &[("today", today.to_string())]);
    } else if due == today {
        found.warning(FIELD, ProblemCode::DueDateToday, &[]);
    } else if due > latest {
        found.problem(
            FIELD,
            ProblemCode::DueDateTooFar,
            &[("latest", latest.to_string())],
        );
    }
    Some(due)
}
