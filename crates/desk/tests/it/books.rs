//! The books under a connection: locked by another program while an answer comes, missing, left behind, and begun at a
//! number; and what is written when a cancellation does not come back.

use desk::ipc::RefusalCode;
use serde_json::{Value, json};
use simulator::{Fault, Trouble};

use crate::away::{CREATE, Service};
use crate::outbox::outbox;
use crate::shop::Shop;

const CANCEL: &str = "/merchants/{merchant}/invoices/{invoice}/cancel";

async fn current(shop: &Shop) -> String {
    let app = shop.call("app_show", json!({})).await;
    app["current"].as_str().unwrap().to_owned()
}

fn file(shop: &Shop, id: &str) -> std::path::PathBuf {
    shop.folder.path().join("data/books").join(format!("{id}.kvit"))
}

async fn next_number(shop: &Shop) -> Value {
    shop.call("connection_show", json!({})).await["business"]["nextNumber"].clone()
}

/// Waits until the outbox is as `wanted`, driven by events.
async fn until_outbox(shop: &Shop, wanted: impl Fn(&Value) -> bool) -> Value {
    let mut events = shop.desk.events();
    let reached = async {
        loop {
            let page = outbox(shop).await;
            if wanted(&page) {
                return page;
            }
            let _ = events.recv().await;
        }
    };
    let reached = tokio::time::timeout(std::time::Duration::from_mins(1), reached).await;
    reached.expect("never so")
}

#[tokio::test]
async fn an_answer_that_comes_while_another_program_locks_the_books_is_kept_until_it_is_stored() {
    let service = Service::start().await;
    let shop = service.shop().await;
    let other = rusqlite::Connection::open(file(&shop, &current(&shop).await)).unwrap();
    service.strike(
        Fault::new(Trouble::Late { ms: 3_000 })
            .on(CREATE)
            .method("POST")
            .once(),
    );
    let sent = service.send(&shop, "phone").await;
    shop.until(&sent, "sending").await;
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let page = until_outbox(&shop, |page| page["standstill"]["why"] == "books_not_writable").await;
    assert_eq!(page["rows"][0]["why"], "not_written", "{page}");
    other.execute_batch("ROLLBACK").unwrap();
    shop.until(&sent, "created").await;
    until_outbox(&shop, |page| page["standstill"].is_null()).await;
    assert_eq!(service.invoices().await.len(), 1);
}

/// What the timeline says from the cancellation on.
fn cancelled(shown: &Value) -> Vec<&str> {
    let whats = shown["timeline"].as_array().unwrap().iter();
    let whats = whats.map(|entry| entry["what"].as_str().unwrap());
    whats.skip_while(|what| *what != "cancel_asked").collect()
}

#[tokio::test]
async fn a_cancellation_whose_answer_is_lost_is_not_called_refused_and_is_looked_at() {
    let service = Service::start().await;
    let shop = service.shop().await;
    let sent = service.send(&shop, "phone").await;
    shop.until(&sent, "created").await;
    service.strike(Fault::new(Trouble::DropAfter).on(CANCEL).once());
    let id = json!({ "id": sent["row"]["id"] });
    let refusal = shop.try_call("invoice_cancel", id).await.unwrap_err();
    assert_eq!(refusal.code, RefusalCode::Unclear);
    let shown = shop.until(&sent, "canceled").await;
    assert_eq!(cancelled(&shown), ["cancel_asked", "cancel_lost", "canceled"]);
}

#[tokio::test]
async fn a_cancellation_that_reaches_nobody_is_said_to_have_reached_nobody() {
    let mut service = Service::start().await;
    let shop = service.shop().await;
    let sent = service.send(&shop, "phone").await;
    shop.until(&sent, "created").await;
    service.close().await;
    let id = json!({ "id": sent["row"]["id"] });
    shop.try_call("invoice_cancel", id.clone()).await.unwrap_err();
    let shown = shop.call("invoice_show", id).await;
    assert_eq!(cancelled(&shown), ["cancel_asked", "cancel_not_sent"]);
}

#[tokio::test]
async fn a_number_that_is_too_long_is_a_problem_beside_its_box() {
    let shop = Shop::new().await;
    let mut change = shop.call("connection_show", json!({})).await["business"].clone();
    change["name"] = json!("Hjulet");
    change["shownNumber"] = change["nextNumber"].clone();
    change["nextNumber"] = json!(2_026_000_000_001_u64);
    let saved = shop.call("business_save", change).await;
    assert_eq!(
        (&saved["problems"][0]["field"], &saved["problems"][0]["code"]),
        (&json!("nextNumber"), &json!("number_too_large"))
    );
}

#[tokio::test]
async fn a_page_that_was_opened_before_an_undo_saves_without_moving_the_series() {
    let shop = Shop::signed_in().await;
    let draft = shop.draft(|_| {}).await;
    let sent = shop.send(&draft, "phone").await;
    let mut change = shop.call("connection_show", json!({})).await["business"].clone();
    assert_eq!(change["nextNumber"], 2);
    change["shownNumber"] = change["nextNumber"].clone();
    change["footer"] = json!("Tak for handlen");
    shop.call("invoice_undo", json!({ "id": sent["row"]["id"] }))
        .await;
    let saved = shop.call("business_save", change.clone()).await;
    assert_eq!(saved["problems"], json!([]));
    assert_eq!(saved["business"]["nextNumber"], 1);
    // Who changes the box changes what was shown, and is told that it is another one by now.
    change["nextNumber"] = json!(7);
    let saved = shop.call("business_save", change.clone()).await;
    assert_eq!(saved["problems"][0]["code"], "number_moved");
    assert_eq!(saved["problems"][0]["params"]["next"], "1");
    change["shownNumber"] = json!(1);
    let saved = shop.call("business_save", change).await;
    assert_eq!(saved["business"]["nextNumber"], 7);
}

#[tokio::test]
async fn a_connection_with_a_full_outbox_is_not_removed() {
    let service = Service::start().await;
    let shop = service.shop().await;
    shop.call("session_end", json!({})).await;
    let sent = service.send(&shop, "phone").await;
    shop.until(&sent, "queued").await;
    let id = current(&shop).await;
    let removal = json!({ "id": id });
    for elsewhere in [false, true] {
        if elsewhere {
            shop.call("connection_choose", json!({ "id": "practice-dk" }))
                .await;
        }
        let refusal = shop
            .try_call("connection_remove", removal.clone())
            .await
            .unwrap_err();
        assert_eq!(refusal.code, RefusalCode::OutboxNotEmpty);
        assert_eq!(refusal.detail.as_deref(), Some("1"));
    }
    shop.call("connection_choose", removal).await;
}

#[tokio::test]
async fn a_connection_that_is_removed_and_made_again_goes_on_with_its_books() {
    let service = Service::start().await;
    let mut form = service.form();
    form["firstNumber"] = json!(" 2026001 ");
    let shop = service.shop_with(form.clone()).await;
    assert_eq!(next_number(&shop).await, 2_026_001);
    let id = current(&shop).await;
    shop.call("connection_remove", json!({ "id": id })).await;
    form["firstNumber"] = json!("");
    let again = shop.call("connection_add", form.clone()).await;
    shop.call("connection_choose", json!({ "id": again["id"] })).await;
    assert_eq!(next_number(&shop).await, 2_026_001);
    // Another one of the same service is another one.
    let second = shop.call("connection_add", form).await;
    shop.call("connection_choose", json!({ "id": second["id"] }))
        .await;
    assert_eq!(next_number(&shop).await, 1);
}

#[tokio::test]
async fn a_first_number_that_is_none_is_a_problem_of_its_box() {
    let service = Service::start().await;
    let shop = Shop::new().await;
    for typed in ["2026000000001", "0", "F-12"] {
        let mut form = service.form();
        form["firstNumber"] = json!(typed);
        let refusal = shop.try_call("connection_add", form).await.unwrap_err();
        assert_eq!(refusal.code, RefusalCode::ConnectionInvalid, "{typed}");
        assert_eq!(refusal.detail.as_deref(), Some("first_number"), "{typed}");
    }
}

#[tokio::test]
async fn books_that_are_gone_or_empty_are_not_begun_anew() {
    let service = Service::start().await;
    let mut shop = service.shop().await;
    let id = current(&shop).await;
    let chosen = json!({ "id": id });
    shop.call("connection_choose", json!({ "id": "practice-dk" }))
        .await;
    let path = file(&shop, &id);
    let kept = std::fs::read(&path).unwrap();
    let spoil: [fn(&std::path::Path); 2] = [
        |path| std::fs::write(path, b"").unwrap(),
        |path| std::fs::remove_file(path).unwrap(),
    ];
    for spoil in spoil {
        spoil(&path);
        shop.reopen().await;
        let refusal = shop
            .try_call("connection_choose", chosen.clone())
            .await
            .unwrap_err();
        assert_eq!(refusal.code, RefusalCode::BooksMissing);
    }
    assert!(!path.exists(), "nothing is begun in its place");
    std::fs::write(&path, kept).unwrap();
    shop.call("connection_choose", chosen).await;
}
