//! The head of a paper: who sells, who buys, and the band of numbers and dates below them.
//!
//! Deliberately absent: labels of our own for the buyer. Their lines stand as on an envelope.

use invoice::{Address, AddressForm, Business, Country, DraftForm, Phone, Recipient};
use jiff::civil::Date;
use serde::Serialize;

use crate::{clean, figures, language, rows::Hand};

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Seller {
    pub(crate) name: String,
    pub(crate) lines: Vec<String>,
}

/// A label and its value, in the band below the addresses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Fact {
    label: &'static str,
    value: String,
    /// How it is set: `plain`, `strong`, or `faint` for what is not known yet.
    weight: &'static str,
}

/// The band of facts before it is written.
#[derive(Default)]
pub(crate) struct Head {
    pub(crate) issue_date: Option<Date>,
    pub(crate) due_date: Option<Date>,
    pub(crate) payment_reference: Option<String>,
    pub(crate) order_date: Option<Date>,
    pub(crate) delivery_date: Option<Date>,
    pub(crate) buyer_order_number: Option<String>,
    pub(crate) merchant_order_number: Option<String>,
    pub(crate) contact_name: Option<String>,
}

pub(crate) fn seller(business: &Business, hand: Hand) -> Seller {
    let mut lines = address_lines(Some(&business.address));
    let id = clean::line(&business.company_id);
    if !id.is_empty() {
        lines.push(format!(
            "{} {id}",
            language::company_id(hand.country, hand.language)
        ));
    }
    let phone = clean::line(&business.phone);
    if !phone.is_empty() {
        lines.push(format!("{} {phone}", hand.language.words().phone));
    }
    lines.push(clean::line(&business.email));
    lines.retain(|line| !line.is_empty());
    Seller {
        name: clean::line(&business.name),
        lines,
    }
}

pub(crate) fn facts(head: &Head, number: Option<u64>, hand: Hand) -> Vec<Fact> {
    let words = hand.language.words();
    let date = |day: Option<Date>| day.map(|day| figures::date(day, hand.country, hand.language));
    let text = |typed: &Option<String>| typed.as_deref().map(clean::line);
    let plain = |label, value: Option<String>| fact(label, value, "plain");
    let number = match number {
        Some(number) => fact(words.invoice_number, Some(number.to_string()), "plain"),
        None => fact(words.invoice_number, Some(words.when_sent.to_owned()), "faint"),
    };
    // The three that every invoice has keep their places, even while a draft leaves one blank.
    let always = [
        number,
        plain(words.issue_date, date(head.issue_date)),
        fact(words.due_date, date(head.due_date), "strong"),
    ];
    let perhaps = [
        plain(words.payment_reference, text(&head.payment_reference)),
        plain(words.order_date, date(head.order_date)),
        plain(words.delivery_date, date(head.delivery_date)),
        plain(words.buyer_order_number, text(&head.buyer_order_number)),
        plain(words.merchant_order_number, text(&head.merchant_order_number)),
        plain(words.contact, text(&head.contact_name)),
    ];
    let perhaps = perhaps.into_iter().filter(|fact| !fact.value.is_empty());
    always.into_iter().chain(perhaps).collect()
}

fn fact(label: &'static str, value: Option<String>, weight: &'static str) -> Fact {
    Fact {
        label,
        value: value.unwrap_or_default(),
        weight,
    }
}

pub(crate) fn address_lines(address: Option<&Address>) -> Vec<String> {
    let lines = address.map(Address::lines).unwrap_or_default();
    lines.iter().map(|line| clean::line(line)).collect()
}

pub(crate) fn recipient_lines(recipient: &Recipient, country: Country) -> Vec<String> {
    let mut lines = vec![clean::line(recipient.name.as_deref().unwrap_or_default())];
    lines.extend(address_lines(recipient.address.as_ref()));
    lines.extend(recipient.phone.as_ref().map(|phone| phone.display_in(country)));
    lines.retain(|line| !line.is_empty());
    lines
}

/// A phone number that cannot be read yet stands as it was typed.
pub(crate) fn typed_recipient(form: &DraftForm, country: Country) -> Vec<String> {
    let typed = &form.recipient;
    let mut lines = vec![clean::line(&typed.name)];
    lines.extend(address_lines(Some(&typed_address(&typed.address))));
    lines.push(match Phone::parse(&typed.phone, country) {
        Ok(phone) => phone.display_in(country),
        Err(_) => clean::line(&typed.phone),
    });
    lines.retain(|line| !line.is_empty());
    lines
}

pub(crate) fn typed_address(typed: &AddressForm) -> Address {
    Address {
        street: typed.street.clone(),
        postal_code: typed.postal_code.clone(),
        city: typed.city.clone(),
        extra: typed.extra.clone(),
    }
}
