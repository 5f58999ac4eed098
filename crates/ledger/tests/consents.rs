//! Who agreed to get invoices on the phone, and what follows for the customer.

#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

mod shop;

use invoice::{Address, Channel, Country, Phone};
use ledger::{ConsentAnswer, ConsentSaid, Customer};
use shop::{Bill, Shop, at};

fn said(id: &str, answer: ConsentAnswer, phone: Option<&str>) -> ConsentSaid {
    ConsentSaid {
        id: id.into(),
        service_invoice_id: Some("service-a".into()),
        phone: phone.map(|phone| Phone::parse(phone, Country::Dk).unwrap()),
        answer,
        granted_on: None,
    }
}

fn customer(phone: Option<&str>) -> Customer {
    Customer {
        id: "c".into(),
        name: "Jens".into(),
        phone: phone.map(|phone| Phone::parse(phone, Country::Dk).unwrap()),
        address: Address::default(),
        email: String::new(),
        language: None,
        default_channel: Channel::Link,
        invoices: 0,
    }
}

/// A customer without a phone, and a link that asked them.
fn asked(phone: Option<&str>) -> Shop {
    let mut shop = Shop::new();
    shop.books.save_customer(&customer(phone)).unwrap();
    let bill = Bill {
        phone: None,
        customer_id: Some("c"),
        ..Bill::default()
    };
    shop.deliver("a", &bill);
    // The number that stands in a pending answer is not relied on.
    shop.books
        .note_consent_asked(&said("k", ConsentAnswer::Asked, Some("31122334")), at(10))
        .unwrap();
    shop
}

#[test]
fn a_granted_consent_makes_the_phone_the_usual_way() {
    let mut shop = asked(None);
    let before = shop.books.consents(None, 9).unwrap().remove(0);
    assert_eq!(
        (before.phone, before.asked_at, before.answered_at),
        (None, Some(at(10)), None)
    );
    assert_eq!(shop.books.customer("c").unwrap().phone, None);
    assert_eq!(shop.books.consents_asked(9).unwrap(), ["k"]);
    let granted = ConsentSaid {
        granted_on: Some(at(15)),
        ..said("k", ConsentAnswer::Granted, Some("31122334"))
    };
    assert_eq!(
        shop.books
            .note_consents(std::slice::from_ref(&granted), at(20))
            .unwrap(),
        ["k"]
    );
    assert!(shop.books.note_consents(&[granted], at(21)).unwrap().is_empty());
    let shop = shop.reopen();
    let row = shop.books.consents(None, 9).unwrap().remove(0);
    assert_eq!(
        (row.answer, row.invoice_id.as_deref(), row.customer_id.as_deref()),
        (ConsentAnswer::Granted, Some("a"), Some("c"))
    );
    assert_eq!(
        (row.asked_at, row.answered_at, row.changed_at),
        (Some(at(10)), Some(at(15)), at(20))
    );
    let customer = shop.books.customer("c").unwrap();
    assert_eq!(customer.default_channel, Channel::Phone);
    assert_eq!(
        customer.phone,
        Some(Phone::parse("31122334", Country::Dk).unwrap())
    );
    assert_eq!(shop.books.customers("31122334", 0, 9).unwrap().total, 1);
    assert!(shop.books.consents_asked(9).unwrap().is_empty());
}

#[test]
fn a_customer_with_another_number_is_left_to_the_merchant() {
    let mut shop = asked(Some("20304050"));
    shop.books
        .note_consents(&[said("k", ConsentAnswer::Granted, Some("31122334"))], at(20))
        .unwrap();
    assert_eq!(
        shop.books.customer("c").unwrap(),
        Customer {
            invoices: 1,
            ..customer(Some("20304050"))
        }
    );
}

#[test]
fn an_answer_is_final_but_can_be_withdrawn() {
    use ConsentAnswer::{Asked, Granted, Refused, Withdrawn};
    let mut shop = asked(None);
    for (answer, changes) in [(Refused, true), (Asked, false), (Granted, false)] {
        let changed = shop
            .books
            .note_consents(&[said("k", answer, None)], at(20))
            .unwrap();
        assert_eq!(changed.len() == 1, changes, "{answer:?}");
    }
    for (answer, changes) in [(Granted, true), (Refused, false), (Withdrawn, true)] {
        let changed = shop
            .books
            .note_consents(&[said("l", answer, None)], at(30))
            .unwrap();
        assert_eq!(changed.len() == 1, changes, "{answer:?}");
    }
}

#[test]
fn a_consent_that_was_asked_elsewhere_finds_its_customer_by_the_number() {
    let mut shop = Shop::new();
    shop.books.save_customer(&customer(Some("31122334"))).unwrap();
    let elsewhere = ConsentSaid {
        service_invoice_id: None,
        ..said("k", ConsentAnswer::Granted, Some("31122334"))
    };
    shop.books.note_consents(&[elsewhere], at(20)).unwrap();
    assert_eq!(shop.books.customer("c").unwrap().default_channel, Channel::Phone);
    let first = shop.books.consents(None, 1).unwrap();
    assert_eq!(first[0].asked_at, None);
    assert!(shop.books.consents(first.last(), 1).unwrap().is_empty());
}
