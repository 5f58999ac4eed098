//! A service that does not answer, or fails at some invoices only: how much comes into doubt, and who has to wait for whom.

use desk::ipc::Event;
use serde_json::{Value, json};
use simulator::{Fault, Trouble};

use crate::away::{CREATE, CREATE_LINK, Service, looked_in_vain, shut_until};
use crate::many;
use crate::outbox::{outbox, until};
use crate::shop::Shop;

/// Every call that creates the invoice with this number fails.
fn fails_at(number: u32) -> Fault {
    Fault::status(500).holding(&format!("\"InvoiceNumber\":\"{number}\""))
}

#[tokio::test]
async fn a_service_that_no_longer_answers_gets_five_into_doubt_and_the_rest_waits() {
    let service = Service::start().await;
    let shop = service.shop().await;
    let broken = Trouble::Status {
        status: 500,
        retry_after: None,
        as_date: false,
        handled: true,
    };
    service.strike(Fault::new(broken).on(CREATE).method("POST"));
    service.strike(Fault::new(broken).on("/merchants/me"));
    let mut sent = Vec::new();
    for _ in 0..5 {
        sent.push(service.send(&shop, "phone").await);
        shop.until(sent.last().unwrap(), "in_doubt").await;
    }
    for _ in 0..3 {
        sent.push(service.send(&shop, "phone").await);
    }
    let waiting = [
        "1 answer_lost try_now,name_id",
        "2 answer_lost try_now,name_id",
        "3 answer_lost try_now,name_id",
        "4 answer_lost try_now,name_id",
        "5 answer_lost try_now,name_id",
        "6 its_turn try_now",
        "7 its_turn try_now",
        "8 its_turn try_now",
    ];
    until(&shop, &waiting).await;
    // The doubts are due again, and nothing goes out all the same: the look before it is not answered.
    let shut = shut_until(&shop).await;
    service.pass(&shop, 600);
    let shut = looked_in_vain(&shop, &shut).await;
    // Who does not want to wait gets another look, and no more.
    shop.call("outbox_try_all", json!({})).await;
    looked_in_vain(&shop, &shut).await;
    until(&shop, &waiting).await;
    assert_eq!(service.invoices().await.len(), 5, "what was handled before");
    service.heal();
    service.pass(&shop, 600);
    for invoice in &sent[..5] {
        shop.until(invoice, "sent_id_unknown").await;
    }
    for invoice in &sent[5..] {
        shop.until(invoice, "created").await;
    }
    assert_eq!(outbox(&shop).await["standstill"], Value::Null);
    assert_eq!(service.invoices().await.len(), 8);
}

/// Waits until the first of the outbox was tried so often in vain, driven by events.
async fn tried(shop: &Shop, attempts: u64) {
    let mut events = shop.desk.events();
    let reached = async {
        loop {
            let first = outbox(shop).await["rows"][0].clone();
            if first["attempts"] == attempts && first["why"] == "answer_lost" {
                return;
            }
            let _ = events.recv().await;
        }
    };
    let reached = tokio::time::timeout(std::time::Duration::from_mins(1), reached).await;
    assert!(reached.is_ok(), "never tried {attempts} times");
}

#[tokio::test]
async fn an_invoice_at_which_mobilepay_always_fails_holds_up_nobody() {
    let service = Service::start().await;
    let shop = service.shop().await;
    service.strike(fails_at(1));
    let first = service.send(&shop, "phone").await;
    for attempts in 1..=12 {
        tried(&shop, attempts).await;
        service.pass(&shop, 300);
    }
    tried(&shop, 13).await;
    let second = service.send(&shop, "phone").await;
    shop.until(&second, "created").await;
    shop.until(&first, "in_doubt").await;
    assert_eq!(outbox(&shop).await["standstill"], Value::Null);
}

#[tokio::test]
async fn five_at_which_mobilepay_always_fails_leave_every_other_turn_to_the_rest() {
    let service = Service::start().await;
    let shop = service.shop().await;
    for number in 1..=5 {
        service.strike(fails_at(number));
        let sent = service.send(&shop, "phone").await;
        shop.until(&sent, "in_doubt").await;
    }
    let shut = shut_until(&shop).await;
    let sixth = service.send(&shop, "phone").await;
    // The turn of the doubts, at which nothing is lost but time.
    service.pass(&shop, 600);
    looked_in_vain(&shop, &shut).await;
    service.pass(&shop, 600);
    shop.until(&sixth, "created").await;
}

#[tokio::test]
async fn a_service_that_no_longer_answers_does_not_get_a_whole_file_into_doubt() {
    let service = Service::start().await;
    let shop = service.shop().await;
    service.strike(Fault::status(500).on(CREATE_LINK).method("POST"));
    service.strike(Fault::status(500).on("/merchants/me"));
    let run = many::sent(&service, &shop, 12, "link").await;
    many::until(&shop, &run, "waiting 7 unclear 5").await;
    let shut = shut_until(&shop).await;
    service.pass(&shop, 600);
    looked_in_vain(&shop, &shut).await;
    many::until(&shop, &run, "waiting 7 unclear 5").await;
    service.heal();
    service.pass(&shop, 600);
    many::until(&shop, &run, "sent 12").await;
    assert_eq!(many::numbers(&service).await, (1..=12).collect::<Vec<u64>>());
}

#[tokio::test]
async fn a_service_that_fails_at_batches_gets_one_into_doubt_and_then_row_after_row() {
    let service = Service::start().await;
    let shop = service.shop().await;
    service.strike(Fault::status(500).on(many::BATCH).method("POST"));
    let first = many::sent(&service, &shop, 3, "phone").await;
    many::until(&shop, &first, "unclear 3").await;
    let second = many::sent(&service, &shop, 8, "phone").await;
    for (seconds, places) in [
        (0, "waiting 7 unclear 1"),
        (3, "waiting 6 unclear 2"),
        (5, "waiting 5 unclear 3"),
        (9, "waiting 4 unclear 4"),
    ] {
        service.pass(&shop, seconds);
        many::until(&shop, &second, places).await;
    }
    let shut = shut_until(&shop).await;
    assert!(shut.is_string(), "{shut}");
    service.heal();
    service.pass(&shop, 600);
    many::until(&shop, &first, "sent 3").await;
    many::until(&shop, &second, "sent 8").await;
    assert_eq!(many::numbers(&service).await, (1..=11).collect::<Vec<u64>>());
}

#[tokio::test]
async fn with_nothing_left_to_send_nothing_is_said_of_a_service_that_did_not_answer() {
    let service = Service::start().await;
    let shop = service.shop().await;
    let mut doubts = Vec::new();
    for number in 1..=5 {
        service.strike(fails_at(number));
        doubts.push(service.send(&shop, "link").await);
        shop.until(&doubts[number as usize - 1], "in_doubt").await;
    }
    shut_until(&shop).await;
    for doubt in &doubts {
        shop.call("outbox_give_up", json!({ "id": doubt["row"]["id"] }))
            .await;
    }
    service.pass(&shop, 600);
    assert_eq!(outbox(&shop).await["standstill"], Value::Null);
}

#[tokio::test]
async fn what_was_written_by_a_clock_that_was_ahead_goes_out_when_the_clock_is_set_right() {
    let service = Service::start().await;
    let shop = service.shop().await;
    service.pass(&shop, 7_200);
    let draft = shop.draft(|_| {}).await;
    let sent = shop.send(&draft, "phone").await;
    let mut events = shop.desk.events();
    service.pass(&shop, -7_200);
    let heeded = async { while !matches!(events.recv().await, Ok(Event::EverythingChanged)) {} };
    let heeded = tokio::time::timeout(std::time::Duration::from_mins(1), heeded).await;
    assert!(heeded.is_ok(), "nobody noticed");
    service.pass(&shop, 46);
    shop.until(&sent, "created").await;
}
