//! Following what was sent: how often the service is asked, when it is left alone, and what does not fit.

use desk::ipc::RefusalCode;
use ledger::{Ledger, Said, Source};
use serde_json::{Value, json};
use simulator::{Fault, Trouble};

use crate::away::{DETAILS, STATUS, Service};
use crate::clock;
use crate::shop::Shop;

/// Waits until the outbox names this standstill, driven by events and not by time.
async fn until_standstill(shop: &Shop, why: &str) {
    let mut events = shop.desk.events();
    let reached = async {
        while shop.call("outbox_list", json!({})).await["standstill"]["why"] != why {
            let _ = events.recv().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_mins(1), reached)
        .await
        .unwrap_or_else(|_| panic!("never {why}"));
}

fn busy(seconds: u32) -> Trouble {
    Trouble::Status {
        status: 429,
        retry_after: Some(seconds),
        as_date: false,
        handled: false,
    }
}

#[tokio::test]
async fn a_service_that_wants_to_be_left_alone_is_neither_asked_nor_sent_to_before_its_time() {
    let service = Service::start().await;
    let shop = service.shop().await;
    let followed = service.send(&shop, "phone").await;
    shop.until(&followed, "created").await;
    service.strike(Fault::new(busy(600)).on(STATUS));
    service.pass(&shop, 30);
    until_standstill(&shop, "busy").await;
    let refusal = shop
        .try_call("invoice_refresh", json!({ "id": followed["row"]["id"] }))
        .await
        .unwrap_err();
    assert_eq!(refusal.code, RefusalCode::Throttled);
    let sent = service.send(&shop, "phone").await;
    shop.until(&sent, "queued").await;
    service.pass(&shop, 300);
    assert_eq!(
        shop.call("outbox_list", json!({})).await["standstill"]["why"],
        "busy"
    );
    assert_eq!(service.struck(), 1, "asked once, and not again");
    service.heal();
    service.pass(&shop, 400);
    shop.until(&sent, "created").await;
    assert_eq!(
        shop.call("outbox_list", json!({})).await["standstill"],
        Value::Null
    );
}

#[tokio::test]
async fn after_five_checks_without_an_answer_the_others_are_left_for_later() {
    let service = Service::start().await;
    let shop = service.shop().await;
    for _ in 0..7 {
        let sent = service.send(&shop, "phone").await;
        shop.until(&sent, "created").await;
    }
    service.strike(Fault::status(500).on(STATUS));
    service.pass(&shop, 600);
    let five = async {
        while service.struck() < 5 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_mins(1), five)
        .await
        .expect("nobody was asked for");
    // What is sent meanwhile wakes the poller, which rests all the same: nobody learns that it was delivered.
    let sent = service.send(&shop, "phone").await;
    shop.until(&sent, "accepted").await;
    assert_eq!(service.struck(), 5);
    service.heal();
    service.pass(&shop, 20);
    shop.until(&sent, "created").await;
}

#[tokio::test]
async fn a_check_that_failed_is_not_told_as_the_newest_state() {
    let service = Service::start().await;
    let shop = service.shop().await;
    let sent = service.send(&shop, "phone").await;
    shop.until(&sent, "created").await;
    service.strike(Fault::status(500).on(STATUS));
    let refusal = shop
        .try_call("invoice_refresh", json!({ "id": sent["row"]["id"] }))
        .await
        .unwrap_err();
    assert_eq!(refusal.code, RefusalCode::Unclear);
}

#[tokio::test]
async fn a_window_that_comes_to_the_front_has_the_news_at_once() {
    let service = Service::start().await;
    let shop = service.shop().await;
    let sent = service.send(&shop, "link").await;
    let created = shop.until(&sent, "created").await;
    shop.call("window_focus", json!({ "inFront": false })).await;
    service.pass(&shop, 26 * 3_600);
    let id = json!({ "id": sent["row"]["id"] });
    shop.call("invoice_refresh", id.clone()).await;
    let form = [("phone", "+4522509895"), ("decision", "now")];
    let href = created["link"]["href"].as_str().unwrap();
    let paying = reqwest::Client::new().post(href).form(&form).send();
    assert_eq!(paying.await.unwrap().status(), 200);
    // In the background an old invoice is looked at every four hours.
    service.pass(&shop, 2 * 3_600);
    assert_eq!(shop.call("invoice_show", id).await["row"]["state"], "created");
    shop.call("window_focus", json!({ "inFront": true })).await;
    shop.until(&sent, "paid").await;
}

#[tokio::test]
async fn a_payment_whose_details_could_not_be_had_is_of_its_own_day_once_they_can() {
    let service = Service::start().await;
    let shop = service.shop().await;
    let sent = service.send(&shop, "link").await;
    let created = shop.until(&sent, "created").await;
    let today = shop.call("app_show", json!({})).await["today"].clone();
    service.strike(Fault::new(busy(600)).on(DETAILS));
    let form = [("phone", "+4522509895"), ("decision", "now")];
    let href = created["link"]["href"].as_str().unwrap();
    let paying = reqwest::Client::new().post(href).form(&form).send();
    assert_eq!(paying.await.unwrap().status(), 200);
    service.pass(&shop, 2 * 86_400);
    let paid = shop.until(&sent, "paid").await;
    assert_ne!(paid["row"]["paymentDate"], today, "the day on which it was heard");
    // The details are what is asked for again, and they are heeded: nothing else is asked meanwhile.
    until_standstill(&shop, "busy").await;
    assert_eq!(service.struck(), 1);
    service.heal();
    let mut events = shop.desk.events();
    service.pass(&shop, 86_400);
    let id = json!({ "id": sent["row"]["id"] });
    let known = async {
        while shop.call("invoice_show", id.clone()).await["row"]["paymentDate"] != today {
            let _ = events.recv().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_mins(1), known)
        .await
        .expect("never the day of the payment");
}

#[tokio::test]
async fn what_the_state_machine_forbids_is_shown_and_does_not_count() {
    let service = Service::start().await;
    let mut shop = service.shop().await;
    let sent = service.send(&shop, "phone").await;
    shop.until(&sent, "created").await;
    let id = sent["row"]["id"].as_str().unwrap().to_owned();
    shop.call("invoice_cancel", json!({ "id": id })).await;
    let connection = shop.call("app_show", json!({})).await["current"].clone();
    let books = shop.folder.path().join("data/books");
    let books = books.join(format!("{}.kvit", connection.as_str().unwrap()));
    shop.desk.close().await;
    // No correct service says this, so it is put into the books by hand.
    let mut ledger = Ledger::open(&books).unwrap();
    let said = Said {
        state: ::invoice::State::Paid,
        source: Source::Callback,
        at: clock::now() + jiff::SignedDuration::from_mins(1),
        sequence: Some(9),
        date: None,
        payment_date: None,
        payment_id: None,
        day_owed: false,
        today: jiff::civil::date(2026, 11, 23),
        status: None,
        raw: None,
        correlation_id: None,
    };
    assert!(ledger.observe(&id, &said).unwrap());
    drop(ledger);
    shop.reopen().await;
    let shown = shop.call("invoice_show", json!({ "id": id })).await;
    assert_eq!(shown["row"]["state"], "canceled");
    let last = shown["timeline"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&last["what"], &last["source"], &last["flagged"]),
        (&json!("paid"), &json!("callback"), &json!(true))
    );
}
