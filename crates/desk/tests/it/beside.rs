//! A connection that is left while something waits in its outbox works on beside the one in the window.

use desk::ipc::RefusalCode;
use serde_json::{Value, json};
use simulator::{Fault, Trouble};

use crate::away::{CREATE, Service};
use crate::shop::Shop;

const ELSEWHERE: &str = "practice-fi";

async fn choose(shop: &Shop, id: &Value) {
    shop.call("connection_choose", json!({ "id": id })).await;
}

async fn app(shop: &Shop) -> Value {
    shop.call("app_show", json!({})).await
}

/// Until nothing waits beside the open connection.
async fn comes_to_rest(shop: &Shop) {
    let mut events = shop.desk.events();
    let rest = async {
        while app(shop).await["waitingBeside"] != json!({}) {
            let _ = events.recv().await;
        }
    };
    let minute = std::time::Duration::from_mins(1);
    assert!(
        tokio::time::timeout(minute, rest).await.is_ok(),
        "something waits there still"
    );
}

#[tokio::test]
async fn what_was_sent_goes_out_while_another_connection_is_in_the_window() {
    let service = Service::start().await;
    let shop = service.shop().await;
    let home = app(&shop).await["current"].clone();
    let sent = shop.send(&shop.draft(|_| {}).await, "phone").await;
    choose(&shop, &json!(ELSEWHERE)).await;
    let there = app(&shop).await;
    assert_eq!(there["current"], ELSEWHERE);
    assert_eq!(there["waitingBeside"], json!({ home.as_str().unwrap(): 1 }));
    service.pass(&shop, 6);
    comes_to_rest(&shop).await;
    choose(&shop, &home).await;
    let shown = shop
        .call("invoice_show", json!({ "id": sent["row"]["id"] }))
        .await;
    assert_ne!(shown["technical"]["serviceId"], Value::Null, "{shown}");
}

#[tokio::test]
async fn what_an_earlier_run_left_waiting_elsewhere_goes_out_with_the_next_start() {
    let service = Service::start().await;
    let mut shop = service.shop().await;
    let home = app(&shop).await["current"].clone();
    service.strike(Fault::new(Trouble::DropBefore).on(CREATE).method("POST").once());
    let sent = shop.send(&shop.draft(|_| {}).await, "phone").await;
    service.pass(&shop, 6);
    shop.until(&sent, "in_doubt").await;
    choose(&shop, &json!(ELSEWHERE)).await;
    service.reopen(&mut shop).await;
    assert_eq!(app(&shop).await["current"], ELSEWHERE);
    service.pass(&shop, 3_600);
    comes_to_rest(&shop).await;
    choose(&shop, &home).await;
    shop.until(&sent, "created").await;
}

#[tokio::test]
async fn one_of_which_nothing_waits_is_closed_when_it_is_left() {
    let service = Service::start().await;
    let shop = service.shop().await;
    let home = app(&shop).await["current"].clone();
    choose(&shop, &json!(ELSEWHERE)).await;
    assert_eq!(app(&shop).await["waitingBeside"], json!({}));
    let books = shop.folder.path().join("data/books");
    let books = books.join(format!("{}.kvit", home.as_str().unwrap()));
    assert!(ledger::Ledger::open(&books).is_ok(), "somebody has them open");
}

#[tokio::test]
async fn the_open_connection_stays_when_another_one_does_not_open() {
    let shop = Shop::signed_in().await;
    std::fs::write(
        shop.folder.path().join("data/books/practice-fi.kvit"),
        b"not the books of anybody, but long enough to be taken for some: they are refused as what they are",
    )
    .unwrap();
    let refused = shop
        .try_call("connection_choose", json!({ "id": ELSEWHERE }))
        .await
        .unwrap_err();
    assert_eq!(refused.code, RefusalCode::BooksDamaged);
    assert_eq!(app(&shop).await["current"], "practice-dk");
    let status = shop.call("connection_show", json!({})).await;
    assert_eq!(status["session"]["state"], "signed_in");
    let sent = shop.send(&shop.draft(|_| {}).await, "link").await;
    assert_eq!(sent["row"]["number"], 1);
}

#[tokio::test]
async fn one_that_works_beside_goes_on_as_it_was_changed() {
    let service = Service::start().await;
    let shop = service.shop().await;
    let home = app(&shop).await["current"].clone();
    let sent = shop.send(&shop.draft(|_| {}).await, "phone").await;
    choose(&shop, &json!(ELSEWHERE)).await;
    let mut form = service.form();
    form["name"] = json!("Under another name");
    shop.call("connection_change", json!({ "id": home, "form": form }))
        .await;
    let waiting = json!({ home.as_str().unwrap(): 1 });
    assert_eq!(app(&shop).await["waitingBeside"], waiting, "it works on");
    service.pass(&shop, 6);
    comes_to_rest(&shop).await;
    choose(&shop, &home).await;
    shop.until(&sent, "created").await;
}
