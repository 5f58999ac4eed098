//! The table has a row for everything: what Kvit sends, what the service looks at, and what a merchant can type.

use std::collections::BTreeSet;

use invoice::{AddressForm, Channel, Country, DraftForm, Limits, LineForm, RecipientForm, Rulebook};
use jiff::civil::date;
use serde_json::Value;

use super::members::{Ground, rows};
use super::table::{Row, Verdict};

/// The simulator's own reading of a request, as it stands there.
const HEAD: &str = include_str!("../../../../simulator/src/api/draft.rs");
const MEMBERS: &str = include_str!("../../../../simulator/src/api/reader.rs");

const ISSUER: &str = "efd08c19-24cf-4833-a4a4-bfa7bd58fbb2";

fn table() -> Vec<Row> {
    rows(&Ground {
        today: date(2026, 11, 23),
        issuer: ISSUER.to_owned(),
    })
}

fn without_row<'a>(members: impl IntoIterator<Item = &'a String>) -> Vec<&'a String> {
    let known: BTreeSet<&str> = table().iter().map(|row| row.member).collect();
    members
        .into_iter()
        .filter(|member| !known.contains(member.as_str()))
        .collect()
}

/// Names of all members below, `[]` for each of a list.
fn members(of: &Value, before: &str, into: &mut BTreeSet<String>) {
    for (name, value) in of.as_object().into_iter().flatten() {
        let path = format!("{before}{name}");
        members(value, &format!("{path}."), into);
        for item in value.as_array().into_iter().flatten() {
            members(item, &format!("{path}[]."), into);
        }
        into.insert(path);
    }
}

/// Every box filled.
fn full() -> DraftForm {
    let typed = || "x".to_owned();
    let page = || "https://shop.example/1".to_owned();
    let address = || AddressForm {
        street: typed(),
        postal_code: typed(),
        city: typed(),
        extra: typed(),
    };
    DraftForm {
        recipient: RecipientForm {
            customer_id: typed(),
            name: typed(),
            phone: "57373259".to_owned(),
            address: address(),
        },
        issuer_id: String::new(),
        issue_date: "2026-11-23".to_owned(),
        due_date: "2026-12-23".to_owned(),
        lines: vec![LineForm {
            item_number: typed(),
            description: typed(),
            quantity: "2".to_owned(),
            unit: typed(),
            unit_price: "10".to_owned(),
            vat_rate: "25".to_owned(),
            discount: "1".to_owned(),
        }],
        payment_reference: typed(),
        comment: typed(),
        contact_name: typed(),
        merchant_order_number: typed(),
        buyer_order_number: typed(),
        order_date: "2026-11-23".to_owned(),
        delivery_date: "2026-11-23".to_owned(),
        delivery_address: address(),
        invoice_url: page(),
        redirect_url: page(),
        ..DraftForm::default()
    }
}

#[test]
fn every_member_that_kvit_sends_has_a_row() {
    let rulebook = Rulebook {
        country: Country::Dk,
        today: date(2026, 11, 23),
        limits: Limits::of(Country::Dk),
        default_vat_rate: 25.into(),
        issuers: vec![ISSUER.to_owned()],
        sent_to_phone_today: 0,
    };
    let content = invoice::read(&full(), &rulebook).content.unwrap();
    let request = mobilepay::create_request(&content, "1", Channel::Link).unwrap();
    let mut sent = BTreeSet::new();
    members(&serde_json::from_slice(&request.bytes).unwrap(), "", &mut sent);
    assert_eq!(sent.len(), 31, "{sent:?}");
    assert_eq!(without_row(&sent), Vec::<&String>::new());
}

/// Names in quotation marks that begin with a capital and are one word.
fn quoted(source: &str) -> impl Iterator<Item = &str> {
    let is_name = |name: &&str| {
        name.starts_with(|c: char| c.is_ascii_uppercase())
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphabetic() || byte == b'.')
    };
    source.split('"').skip(1).step_by(2).filter(is_name)
}

#[test]
fn every_member_that_the_service_looks_at_has_a_row() {
    let reader = MEMBERS.split("#[cfg(test)]").next().unwrap().replace("\\\"", "'");
    let (before, article) = reader.split_once("fn article(").unwrap();
    let (article, after) = article.split_once("\n    }\n").unwrap();
    let mut seen: BTreeSet<String> = [HEAD, before, after]
        .into_iter()
        .flat_map(quoted)
        .map(str::to_owned)
        .collect();
    seen.extend(quoted(article).map(|name| format!("InvoiceArticles[].{name}")));
    // The one value among the names.
    assert!(seen.remove("Phone"));
    assert_eq!(seen.len(), 33, "{seen:?}");
    assert_eq!(without_row(&seen), Vec::<&String>::new());
}

fn leaves(of: &Value, path: &str, into: &mut BTreeSet<String>) {
    let below = |name: &str| format!("{path}{}{name}", if path.is_empty() { "" } else { "." });
    match of {
        Value::Object(members) => members
            .iter()
            .for_each(|(name, value)| leaves(value, &below(name), into)),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(at, item)| leaves(item, &below(&at.to_string()), into)),
        _ => {
            into.insert(path.to_owned());
        }
    }
}

#[test]
fn every_box_of_the_composer_has_a_row_with_good_and_bad_values() {
    let mut boxes = BTreeSet::new();
    leaves(&serde_json::to_value(full()).unwrap(), "", &mut boxes);
    // Neither is sent: whose name it was, and how the prices were typed.
    assert!(boxes.remove("recipient.customerId") && boxes.remove("priceBasis"));
    for path in boxes {
        let table = table();
        let of_box = || {
            table
                .iter()
                .filter(|row| row.boxes.contains(&path.as_str()))
                .flat_map(|row| &row.typed)
        };
        let good = of_box()
            .filter(|typed| matches!(typed.verdict, Verdict::Sent(_)))
            .count();
        let bad = of_box().count() - good;
        assert!(good > 0 && bad > 0, "{path}: {good} good, {bad} bad");
    }
}

#[test]
fn every_member_is_forced_wrong_or_said_to_be_free() {
    for row in table() {
        assert!(!row.forced.is_empty() && !row.limit.is_empty(), "{}", row.member);
    }
}

/// The figures of docs/PROOFS.md.
#[test]
fn the_table_is_as_large_as_it_is_said_to_be() {
    let table = table();
    let typed = |good: bool| -> usize {
        let values = |row: &Row| {
            row.typed
                .iter()
                .filter(|typed| matches!(typed.verdict, Verdict::Sent(_)) == good)
                .count()
        };
        table.iter().map(|row| row.boxes.len() * values(row)).sum()
    };
    let forced: usize = table.iter().map(|row| row.forced.len()).sum();
    let said = format!(
        "{} rows, {} refused, {} sent, {forced} forced",
        table.len(),
        typed(false),
        typed(true)
    );
    let page = include_str!("../../../../../docs/PROOFS.md");
    assert!(page.contains(&said), "{said}");
}
