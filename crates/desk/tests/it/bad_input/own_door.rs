//! The composer's own door: each value is typed, saved, read, and sent if it may be.

use std::collections::HashMap;
use std::fmt::Write as _;

use desk::ipc::RefusalCode;
use serde_json::{Value, json};

use super::members::{Ground, rows};
use super::request::{Relay, literal};
use super::table::{Row, Typed, Verdict};
use crate::away::Service;
use crate::shop::Shop;

/// A draft that may be sent as a link, and has nothing that it need not have.
async fn plain(shop: &Shop) -> Value {
    let draft = shop.call("draft_create", json!({})).await;
    let mut form = draft["form"].clone();
    form["lines"] = json!([{ "description": "Vare", "unitPrice": "100" }]);
    json!({ "id": draft["id"], "revision": draft["revision"], "form": form })
}

/// Types `text` into the box; the lines as a whole are given as JSON.
fn type_in(form: &mut Value, path: &str, text: &str) {
    let mut place = form;
    for step in path.split('.') {
        place = match step.parse::<usize>() {
            Ok(index) => &mut place[index],
            Err(_) => &mut place[step],
        };
    }
    *place = if path == "lines" {
        serde_json::from_str(text).unwrap()
    } else {
        json!(text)
    };
}

/// `field code` of each problem.
fn said(problems: &Value) -> Vec<(String, String)> {
    let text = |problem: &Value, name: &str| problem[name].as_str().unwrap().to_owned();
    problems
        .as_array()
        .unwrap()
        .iter()
        .map(|problem| (text(problem, "field"), text(problem, "code")))
        .collect()
}

/// What is wrong with how this value is refused, if anything.
async fn refuse(shop: &Shop, path: &str, typed: &Typed, field: &str, code: &str) -> Result<(), String> {
    let mut save = plain(shop).await;
    type_in(&mut save["form"], path, &typed.text);
    let view = shop.call("draft_save", save.clone()).await;
    let expected = (field.to_owned(), code.to_owned());
    let shown = said(&view["reading"]["problems"]);
    if !shown.contains(&expected) {
        return Err(format!("saved, and nothing of it said: {shown:?}"));
    }
    let order = json!({ "id": view["id"], "revision": view["revision"], "channel": "link" });
    let Err(refusal) = shop.try_call("draft_send", order).await else {
        return Err("sent".to_owned());
    };
    let fields = said(&serde_json::to_value(&refusal.fields).unwrap());
    if refusal.code != RefusalCode::NotSendable || !fields.contains(&expected) {
        return Err(format!("refused otherwise: {:?} {fields:?}", refusal.code));
    }
    let kept = shop.call("draft_show", json!({ "id": view["id"] })).await;
    shop.call("draft_discard", json!({ "id": view["id"] })).await;
    let mut place = save["form"].clone();
    type_in(&mut place, "priceBasis", "net");
    // What the form leaves out reads as empty; what was typed stands there as it was typed.
    let typed_again = format!("/{}", path.replace('.', "/"));
    match (kept["form"].pointer(&typed_again), place.pointer(&typed_again)) {
        (Some(now), Some(then)) if path == "lines" || now == then => Ok(()),
        other => Err(format!("not kept: {:?}", other.0.map(Value::is_string))),
    }
}

fn place<'a>(path: &'a str, verdict: &Verdict) -> Option<(&'a str, &'static str)> {
    match verdict {
        Verdict::Refused(code) => Some((path, code)),
        Verdict::RefusedAt(field, code) => Some((field, code)),
        Verdict::Sent(_) => None,
    }
}

fn values(rows: &[Row]) -> impl Iterator<Item = (&Row, &'static str, &Typed)> {
    rows.iter()
        .flat_map(|row| row.boxes.iter().map(move |path| (row, *path)))
        .flat_map(|(row, path)| row.typed.iter().map(move |typed| (row, path, typed)))
}

async fn ground(shop: &Shop, service: &Service, relay: &Relay) -> Ground {
    let draft = shop.call("draft_save", plain(shop).await).await;
    let today = draft["reading"]["issueDate"].as_str().unwrap().parse().unwrap();
    let sent = shop.send(&draft, "link").await;
    service.pass(shop, 6);
    shop.until(&sent, "created").await;
    let issuer = literal(&relay.bodies()[0], "InvoiceIssuer").unwrap();
    let issuer = serde_json::from_str(&issuer).unwrap();
    Ground { today, issuer }
}

#[tokio::test]
async fn every_bad_value_is_refused_beside_its_box_and_nothing_is_sent() {
    let service = Service::start().await;
    let relay = Relay::before(&service.api_base_url(), None).await;
    let shop = service.shop_through(&relay.url).await;
    let ground = ground(&shop, &service, &relay).await;
    let mut wrong = String::new();
    let table = rows(&ground);
    for (row, path, typed) in values(&table) {
        let Some((field, code)) = place(path, &typed.verdict) else {
            continue;
        };
        if let Err(found) = refuse(&shop, path, typed, field, code).await {
            writeln!(wrong, "{} {path}, {}: {found}", row.member, typed.name).unwrap();
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    assert_eq!(relay.bodies().len(), 1, "only the first, which was right");
    assert_eq!(service.invoices().await.len(), 1);
    assert_eq!(shop.call("draft_list", json!({})).await["drafts"], json!([]));
    let next = shop.call("draft_create", json!({})).await["nextNumber"].clone();
    assert_eq!(next, 2, "no number was used");
}

#[tokio::test]
async fn every_value_that_may_be_sent_arrives_to_the_byte() {
    let service = Service::start().await;
    let relay = Relay::before(&service.api_base_url(), None).await;
    let shop = service.shop_through(&relay.url).await;
    let ground = ground(&shop, &service, &relay).await;
    let table = rows(&ground);
    let (mut wrong, mut sent) = (String::new(), Vec::new());
    for (row, path, typed) in values(&table) {
        let Verdict::Sent(expected) = &typed.verdict else {
            continue;
        };
        let mut save = plain(&shop).await;
        type_in(&mut save["form"], path, &typed.text);
        let draft = shop.call("draft_save", save).await;
        let order = json!({ "id": draft["id"], "revision": draft["revision"], "channel": "link" });
        match shop.try_call("draft_send", order).await {
            Ok(invoice) => sent.push((row, path, typed, expected, invoice)),
            Err(refusal) => {
                let fields = said(&serde_json::to_value(&refusal.fields).unwrap());
                writeln!(wrong, "{} {path}, {}: {fields:?}", row.member, typed.name).unwrap();
            }
        }
    }
    service.pass(&shop, 6);
    for (.., invoice) in &sent {
        shop.until(invoice, "created").await;
    }
    let by_number: HashMap<String, Vec<u8>> = relay
        .bodies()
        .into_iter()
        .map(|body| (literal(&body, "InvoiceNumber").unwrap(), body))
        .collect();
    for (row, path, typed, expected, invoice) in &sent {
        let number = format!("\"{}\"", invoice["row"]["number"]);
        let found = literal(&by_number[&number], row.member);
        if found != **expected {
            writeln!(
                wrong,
                "{} {path}, {}: {found:?}, not {expected:?}",
                row.member, typed.name
            )
            .unwrap();
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    assert_eq!(service.invoices().await.len(), sent.len() + 1);
}
