//! The outbox from outside: what it says of what waits, and how a doubt is settled. The service breaks on demand.

use std::time::Duration;

use desk::ipc::RefusalCode;
use serde_json::{Value, json};
use simulator::{Fault, Trouble};

use crate::away::{CREATE, CREATE_LINK, DETAILS, Service, sign_in};
use crate::shop::Shop;

pub(crate) async fn outbox(shop: &Shop) -> Value {
    shop.call("outbox_list", json!({})).await
}

/// `number why ways`, a line each.
async fn lines(shop: &Shop) -> Vec<String> {
    let page = outbox(shop).await;
    let line = |row: &Value| {
        let ways: Vec<&str> = row["ways"]
            .as_array()
            .unwrap()
            .iter()
            .map(|way| way.as_str().unwrap())
            .collect();
        let why = row["why"].as_str().unwrap();
        format!("{} {why} {}", row["row"]["number"], ways.join(","))
    };
    page["rows"].as_array().unwrap().iter().map(line).collect()
}

/// Waits until the outbox says `expected`, driven by events and not by time.
pub(crate) async fn until(shop: &Shop, expected: &[&str]) {
    let mut events = shop.desk.events();
    let reached = async {
        while lines(shop).await != expected {
            let _ = events.recv().await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), reached)
        .await
        .unwrap_or_else(|_| panic!("never {expected:?}"));
}

async fn name_id(shop: &Shop, invoice: &Value, service_id: &str) -> Value {
    let named = json!({ "id": invoice["row"]["id"], "serviceId": service_id });
    shop.call("outbox_name_id", named).await
}

fn whats(invoice: &Value) -> Vec<&str> {
    let timeline = invoice["timeline"].as_array().unwrap();
    timeline
        .iter()
        .map(|entry| entry["what"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_doubt_ends_by_the_identical_bytes_and_then_by_an_id_that_the_service_confirms() {
    let service = Service::start().await;
    let shop = service.shop().await;
    service.strike(Fault::new(Trouble::DropAfter).on(CREATE).method("POST").once());
    let sent = service.send(&shop, "phone").await;
    shop.until(&sent, "in_doubt").await;
    assert_eq!(lines(&shop).await, ["1 answer_lost try_now,name_id"]);
    let tried = shop
        .call("outbox_try_now", json!({ "id": sent["row"]["id"] }))
        .await;
    assert!(
        tried["at"].is_string(),
        "the first attempt may still be on its way: {tried}"
    );
    service.pass(&shop, 60);
    shop.until(&sent, "sent_id_unknown").await;
    assert_eq!(lines(&shop).await, ["1 id_unknown name_id"]);
    let status = shop.call("connection_show", json!({})).await;
    assert_eq!(
        (&status["outboxWaiting"], &status["outboxUnsettled"]),
        (&json!(0), &json!(1))
    );

    let kept = service.invoices().await;
    assert_eq!(kept.len(), 1, "billed once: {kept:?}");
    let named = name_id(&shop, &sent, &format!(" {{{}}}\n", kept[0].1.to_uppercase())).await;
    assert_eq!(named["wrong"], Value::Null, "{named}");
    assert_eq!(named["invoice"]["row"]["state"], "created");
    assert!(whats(&named["invoice"]).ends_with(&["exists_already", "id_given", "created"]));
    assert_eq!(lines(&shop).await, [""; 0]);
}

#[tokio::test]
async fn an_id_that_is_not_this_invoice_is_said_to_be_what_it_is_and_claims_nothing() {
    let service = Service::start().await;
    let shop = service.shop().await;
    service.strike(Fault::new(Trouble::DropBefore).on(CREATE).method("POST").once());
    let sent = service.send(&shop, "phone").await;
    shop.until(&sent, "in_doubt").await;
    let changes: [fn(&mut Value); 3] = [
        |form| form["lines"][0]["unitPrice"] = json!("999,00"),
        |form| form["dueDate"] = json!("2027-02-01"),
        |form| form["comment"] = json!("the second of the same books"),
    ];
    let (one, two) = (service.shop().await, service.shop().await);
    let mut ids = Vec::new();
    // Other books of the same merchant have a number 1 too.
    for (books, change) in [&one, &two, &one].into_iter().zip(changes) {
        let theirs = books.send(&books.draft(change).await, "phone").await;
        service.pass(books, 6);
        let created = books.until(&theirs, "created").await;
        ids.push(created["technical"]["serviceId"].as_str().unwrap().to_owned());
    }
    let unheard = "00000000-0000-4000-8000-000000000000";
    let mut said = Vec::new();
    for id in ["301", unheard, &ids[0], &ids[1], &ids[2]] {
        let named = name_id(&shop, &sent, id).await;
        assert_eq!(named["invoice"]["row"]["state"], "in_doubt");
        let text = |name: &str| named["wrong"][name].as_str().unwrap().to_owned();
        said.push(format!("{} {}", text("what"), text("found")).trim().to_owned());
    }
    assert_eq!(
        said,
        [
            "unreadable",
            "not_known",
            "other_amount 1248.75 DKK",
            "other_due_date 2027-02-01",
            "other_number 2"
        ]
    );
    let invoice = shop
        .call("invoice_show", json!({ "id": sent["row"]["id"] }))
        .await;
    assert_eq!(whats(&invoice), ["sent", "attempted", "answer_lost"]);
}

#[tokio::test]
async fn an_id_is_checked_with_a_new_token_where_the_old_one_is_not_accepted() {
    let service = Service::start().await;
    let shop = service.shop().await;
    service.strike(Fault::new(Trouble::DropAfter).on(CREATE).method("POST").once());
    let sent = service.send(&shop, "phone").await;
    shop.until(&sent, "in_doubt").await;
    let id = service.invoices().await.remove(0).1;
    service.strike(Fault::status(401).on(DETAILS).once());
    let named = name_id(&shop, &sent, &id).await;
    assert_eq!(named["wrong"], Value::Null, "{named}");
    assert_eq!(named["invoice"]["row"]["state"], "created");
}

#[tokio::test]
async fn an_id_cannot_be_checked_without_the_service_and_nothing_is_claimed() {
    let mut service = Service::start().await;
    let shop = service.shop().await;
    service.strike(Fault::new(Trouble::DropAfter).on(CREATE).method("POST").once());
    let sent = service.send(&shop, "phone").await;
    shop.until(&sent, "in_doubt").await;
    let id = service.invoices().await.remove(0).1;
    service.close().await;
    let named = json!({ "id": sent["row"]["id"], "serviceId": id });
    let refusal = shop.try_call("outbox_name_id", named).await.unwrap_err();
    assert!(matches!(
        refusal.code,
        RefusalCode::Unreachable | RefusalCode::Unclear
    ));
    let invoice = shop
        .call("invoice_show", json!({ "id": sent["row"]["id"] }))
        .await;
    assert_eq!(invoice["row"]["state"], "in_doubt");
}

#[tokio::test]
async fn a_lost_link_is_given_up_for_a_draft_and_never_goes_out_again() {
    let service = Service::start().await;
    let shop = service.shop().await;
    service.strike(Fault::new(Trouble::DropAfter).on(CREATE_LINK).once());
    let sent = service.send(&shop, "link").await;
    shop.until(&sent, "in_doubt").await;
    assert_eq!(lines(&shop).await, ["1 answer_lost try_now,name_id,give_up"]);
    let given_up = shop
        .call("outbox_give_up", json!({ "id": sent["row"]["id"] }))
        .await;
    assert_eq!(given_up["invoice"]["row"]["state"], "replaced");
    assert_eq!(given_up["draft"]["form"]["recipient"]["name"], "Mads Krogh");
    let again = shop.send(&given_up["draft"], "link").await;
    assert_eq!(again["row"]["number"], 2);
    service.pass(&shop, 100_000);
    shop.until(&again, "created").await;
    let numbers: Vec<String> = service
        .invoices()
        .await
        .into_iter()
        .map(|(number, _)| number)
        .collect();
    assert_eq!(numbers, ["1", "2"]);
    assert_eq!(lines(&shop).await, [""; 0]);
}

#[tokio::test]
async fn an_invoice_on_a_phone_is_never_given_up() {
    let service = Service::start().await;
    let shop = service.shop().await;
    service.strike(Fault::new(Trouble::DropAfter).on(CREATE).method("POST").once());
    let sent = service.send(&shop, "phone").await;
    shop.until(&sent, "in_doubt").await;
    let refusal = shop
        .try_call("outbox_give_up", json!({ "id": sent["row"]["id"] }))
        .await
        .unwrap_err();
    assert_eq!(refusal.detail.as_deref(), Some("may_be_with_customer"));
}

#[tokio::test]
async fn a_busy_service_keeps_the_whole_queue_back_and_it_then_leaves_in_order() {
    let service = Service::start().await;
    let shop = service.shop().await;
    let busy = Trouble::Status {
        status: 429,
        retry_after: Some(600),
        as_date: false,
        handled: false,
    };
    service.strike(Fault::new(busy).on(CREATE).method("POST").once());
    let first = service.send(&shop, "phone").await;
    shop.until(&first, "waiting").await;
    let second = service.send(&shop, "phone").await;
    shop.until(&second, "queued").await;
    assert_eq!(lines(&shop).await, ["1 busy try_now", "2 its_turn try_now"]);
    let tried = shop.call("outbox_try_all", json!({})).await;
    assert_eq!(tried["count"], 2);
    assert!(tried["at"].is_string(), "{tried}");
    service.pass(&shop, 700);
    shop.until(&second, "created").await;
    shop.until(&first, "created").await;
    let numbers: Vec<String> = service
        .invoices()
        .await
        .into_iter()
        .map(|(number, _)| number)
        .collect();
    assert_eq!(numbers, ["1", "2"]);
}

#[tokio::test]
async fn without_a_network_all_is_kept_and_leaves_by_itself_in_order_when_it_is_back() {
    let mut service = Service::start().await;
    let shop = service.shop().await;
    service.close().await;
    let mut sent = Vec::new();
    for _ in 0..3 {
        sent.push(service.send(&shop, "phone").await);
    }
    let waiting = [
        "1 not_reached try_now",
        "2 its_turn try_now",
        "3 its_turn try_now",
    ];
    until(&shop, &waiting).await;
    assert_eq!(outbox(&shop).await["standstill"]["why"], "offline");
    // The sign-in cannot be renewed either now.
    service.pass(&shop, 3_600);
    until(&shop, &waiting).await;
    service.open().await;
    service.pass(&shop, 60);
    for invoice in &sent {
        shop.until(invoice, "created").await;
    }
    let numbers: Vec<String> = service
        .invoices()
        .await
        .into_iter()
        .map(|(number, _)| number)
        .collect();
    assert_eq!(numbers, ["1", "2", "3"]);
    let page = outbox(&shop).await;
    assert_eq!((&page["total"], &page["standstill"]), (&json!(0), &Value::Null));
}

#[tokio::test]
async fn signed_out_nothing_leaves_and_signing_in_sets_it_going() {
    let service = Service::start().await;
    let shop = service.shop().await;
    shop.call("session_end", json!({})).await;
    let sent = service.send(&shop, "phone").await;
    shop.until(&sent, "queued").await;
    assert_eq!(outbox(&shop).await["standstill"]["why"], "sign_in_needed");
    sign_in(&shop).await;
    shop.until(&sent, "created").await;
}

#[tokio::test]
async fn a_link_that_the_service_deleted_after_its_time_is_expired_by_that_answer() {
    let service = Service::start().await;
    let shop = service.shop().await;
    let sent = service.send(&shop, "link").await;
    shop.until(&sent, "created").await;
    service.pass(&shop, 80 * 86_400);
    let expired = shop.until(&sent, "expired").await;
    let last = expired["timeline"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&last["what"], &last["source"], &last["status"]),
        (&json!("expired"), &json!("status_check"), &json!(404))
    );
}

#[tokio::test]
async fn the_outbox_comes_by_pages_and_the_numbers_tell_their_gaps() {
    let service = Service::start().await;
    let shop = service.shop().await;
    shop.call("session_end", json!({})).await;
    let mut sent = Vec::new();
    for _ in 0..3 {
        let draft = shop.draft(|_| {}).await;
        sent.push(shop.send(&draft, "phone").await);
    }
    assert_eq!(lines(&shop).await, ["1 held undo", "2 held undo", "3 held undo"]);
    shop.call("invoice_undo", json!({ "id": sent[1]["row"]["id"] }))
        .await;
    let page = shop.call("outbox_list", json!({ "limit": 1 })).await;
    assert_eq!((&page["next"], &page["total"]), (&json!(1), &json!(2)));
    let page = shop
        .call("outbox_list", json!({ "after": page["next"], "limit": 1 }))
        .await;
    assert_eq!(
        (&page["rows"][0]["row"]["number"], &page["next"]),
        (&json!(3), &Value::Null)
    );
    let report = shop.call("number_report", json!({})).await;
    assert_eq!(
        report,
        json!({
            "first": 1, "last": 3, "count": 2, "next": 4,
            "gaps": [{ "first": 2, "last": 2, "why": "taken_back" }],
        })
    );
}
