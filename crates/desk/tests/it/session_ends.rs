//! A session that ends or stalls by itself: the merchant is told without asking, and what is queued waits and goes out once.

use std::sync::Arc;

use crate::away::{CREATE, Service, consent, sign_in, sign_in_as, sign_in_ends};
use crate::gate::Gate;
use crate::shop::Shop;
use desk::ipc::{Event, SigninReason};
use serde_json::{Value, json};
use simulator::Fault;
use simulator::visitor::Person;

/// Waits, driven by events of the connection alone, until `shows` holds of how things stand.
async fn told(shop: &Shop, shows: impl Fn(&Value) -> bool) -> Value {
    let mut events = shop.desk.events();
    let told = async {
        loop {
            let status = shop.call("connection_show", json!({})).await;
            if shows(&status) {
                return status;
            }
            while !matches!(events.recv().await, Ok(Event::ConnectionChanged)) {}
        }
    };
    tokio::time::timeout(std::time::Duration::from_mins(1), told)
        .await
        .expect("the merchant is told")
}

#[tokio::test]
async fn a_consent_that_is_withdrawn_is_told_and_the_queued_invoice_goes_out_once_after_the_next_sign_in() {
    let service = Service::start().await;
    let shop = service.shop().await;
    service.withdraw_sign_ins().await;
    // The access token is good to its end, for five minutes at most (spec 6.4).
    service.pass(&shop, 300);
    let sent = service.send(&shop, "phone").await;
    let status = told(&shop, |status| status["session"]["state"] == "sign_in_needed").await;
    assert_eq!(status["session"]["reason"], "revoked");
    assert_eq!(status["outboxWaiting"], 1);
    assert_eq!(service.invoices().await, []);

    sign_in(&shop).await;
    service.pass(&shop, 60);
    shop.until(&sent, "created").await;
    assert_eq!(service.invoices().await.len(), 1);
}

#[tokio::test]
async fn a_sign_in_that_is_renewed_and_never_accepted_is_told_and_nothing_is_lost() {
    let service = Service::start().await;
    let shop = service.shop().await;
    service.strike(Fault::status(401).on(CREATE).method("POST"));
    let sent = service.send(&shop, "phone").await;
    let mut events = shop.desk.events();
    let status = loop {
        let status = shop.call("connection_show", json!({})).await;
        if status["trouble"] != Value::Null {
            break status;
        }
        let _ = events.recv().await;
        service.pass(&shop, 10);
    };
    assert_eq!(status["trouble"]["trouble"], "not_accepted");
    assert_eq!(status["session"]["state"], "signed_in");
    service.mend();
    service.pass(&shop, 600);
    shop.until(&sent, "created").await;
    let status = told(&shop, |status| status["trouble"] == Value::Null).await;
    assert_eq!(status["outboxWaiting"], 0);
    assert_eq!(service.invoices().await.len(), 1);
}

#[tokio::test]
async fn a_cancellation_with_a_token_that_is_not_accepted_is_repeated_with_a_new_one() {
    let service = Service::start().await;
    let shop = service.shop().await;
    let sent = service.send(&shop, "phone").await;
    let created = shop.until(&sent, "created").await;
    service.strike(
        Fault::status(401)
            .on("/merchants/{merchant}/invoices/{invoice}/cancel")
            .once(),
    );
    let cancelled = shop
        .call("invoice_cancel", json!({ "id": created["row"]["id"] }))
        .await;
    assert_eq!(cancelled["row"]["state"], "canceled");
}

/// Anders's other shop.
const OTHER_MERCHANT: Person = Person::with_two_merchants("Havnekaffe");

/// A question of the first sign-in was on its way when another merchant signed in; its answer comes last and is nobody’s.
#[tokio::test]
async fn what_was_asked_with_the_token_of_a_former_sign_in_is_not_kept_after_the_next() {
    let service = Service::start().await;
    let gate = Gate::before_first(service.running(), "/invoiceissuers", 1).await;
    let mut form = service.form();
    form["apiBaseUrl"] = json!(gate.through(form["apiBaseUrl"].as_str().unwrap()));
    let shop = service.shop_with(form).await;
    let (desk, link) = (Arc::clone(&shop.desk), consent(&shop, Person::danish()).await);
    let first = tokio::spawn(async move { desk.receive_link(link).await });
    gate.arrived().await;
    sign_in_as(&shop, OTHER_MERCHANT).await;
    let of_the_other = shop.call("connection_show", json!({})).await;
    assert_ne!(of_the_other["merchantId"], Value::Null);
    gate.open();
    first.await.unwrap();
    let after = shop.call("connection_show", json!({})).await;
    assert_eq!(
        (&after["merchantId"], &after["issuers"]),
        (&of_the_other["merchantId"], &of_the_other["issuers"])
    );
}

/// What is queued and followed in these books is the first merchant's, and would go out in the other's name.
#[tokio::test]
async fn nobody_signs_in_to_another_merchants_books() {
    let service = Service::start().await;
    let shop = service.shop().await;
    let before = shop.call("connection_show", json!({})).await;
    sign_in_as(&shop, OTHER_MERCHANT).await;
    let free = shop.call("connection_show", json!({})).await;
    assert_ne!(free["merchantId"], before["merchantId"], "nothing was sent yet");
    let sent = service.send(&shop, "link").await;
    shop.until(&sent, "created").await;
    let end = sign_in_ends(&shop, Person::danish()).await;
    assert_eq!(end.unwrap().reason, SigninReason::OtherMerchant);
    let after = shop.call("connection_show", json!({})).await;
    assert_eq!(after["merchantId"], free["merchantId"]);
    let id = json!({ "id": sent["row"]["id"] });
    let cancelled = shop.call("invoice_cancel", id).await;
    assert_eq!(
        cancelled["row"]["state"], "canceled",
        "the sign-in of before stays"
    );
}

/// Asking whose token it is takes its time, and who signs in meanwhile and sends something has the books.
#[tokio::test]
async fn a_sign_in_that_is_given_up_leaves_the_books_whose_they_are() {
    let service = Service::start().await;
    let gate = Gate::before_first(service.running(), "/merchants/me", 1).await;
    let mut form = service.form();
    form["apiBaseUrl"] = json!(gate.through(form["apiBaseUrl"].as_str().unwrap()));
    let shop = service.shop_with(form).await;
    let (desk, link) = (Arc::clone(&shop.desk), consent(&shop, Person::danish()).await);
    let first = tokio::spawn(async move { desk.receive_link(link).await });
    gate.arrived().await;
    sign_in_as(&shop, OTHER_MERCHANT).await;
    gate.open();
    first.await.unwrap();
    let sent = service.send(&shop, "link").await;
    shop.until(&sent, "created").await;
    sign_in_as(&shop, OTHER_MERCHANT).await;
    let end = sign_in_ends(&shop, Person::danish()).await;
    assert_eq!(end.unwrap().reason, SigninReason::OtherMerchant);
}
