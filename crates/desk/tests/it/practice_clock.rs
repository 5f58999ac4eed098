//! The clock of the practice world: everything of trade follows it, and nothing of sign-in.

use std::time::Duration;

use desk::ipc::{Event, RefusalCode};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use serde_json::{Value, json};
use simulator::visitor::Person;

use crate::clock;
use crate::many_files::keep;
use crate::shop::Shop;

/// Denmark's second published user, whose card has expired (spec 16.1).
const EXPIRED_CARD: &str = "+4599592431";
const GOOD_CARD: &str = "+4557373259";

async fn today(shop: &Shop) -> Date {
    let app = shop.call("app_show", json!({})).await;
    app["today"].as_str().unwrap().parse().unwrap()
}

async fn created(shop: &Shop, phone: &str) -> Value {
    let draft = shop.draft(|form| form["recipient"]["phone"] = json!(phone)).await;
    let sent = shop.send(&draft, "phone").await;
    shop.until(&sent, "created").await
}

fn first_bill(phone: &Value) -> &Value {
    &phone["bills"][0]
}

#[tokio::test]
async fn a_day_and_a_week_move_the_merchants_day_and_the_window_is_told() {
    let shop = Shop::new().await;
    let before = today(&shop).await;
    let shown = shop.call("clock_show", json!({})).await;
    assert_eq!(
        (&shown["aheadSeconds"], &shown["aheadDays"]),
        (&json!(0), &json!(0))
    );
    let mut events = shop.desk.events();
    shop.call("clock_move", json!({ "to": "day" })).await;
    let moved = shop.call("clock_move", json!({ "to": "week" })).await;
    assert_eq!(moved["aheadDays"], 8);
    assert_eq!(moved["today"], json!(before + 8.days()));
    assert_eq!(today(&shop).await, before + 8.days());
    let told = events.recv().await.unwrap();
    assert!(matches!(told, desk::ipc::Event::EverythingChanged), "{told:?}");
}

#[tokio::test]
async fn the_clock_outlives_the_program() {
    let mut shop = Shop::new().await;
    let moved = shop.call("clock_move", json!({ "to": "week" })).await;
    shop.reopen().await;
    let shown = shop.call("clock_show", json!({})).await;
    assert_eq!(shown["aheadSeconds"], moved["aheadSeconds"]);
    assert_eq!(shown["today"], moved["today"]);
}

#[tokio::test]
async fn past_its_due_date_an_invoice_is_overdue_and_past_its_last_day_it_expires_by_itself() {
    let shop = Shop::signed_in().await;
    let invoice = created(&shop, GOOD_CARD).await;
    let id = invoice["row"]["id"].clone();
    let due: Date = invoice["row"]["due"].as_str().unwrap().parse().unwrap();
    let on_time = shop
        .call("clock_move", json!({ "to": "due", "invoiceId": id }))
        .await;
    assert_eq!(on_time["today"], json!(due));
    let overview = shop.call("overview_show", json!({})).await;
    assert_eq!(overview["overdue"]["count"], 0);
    shop.call("clock_move", json!({ "to": "day" })).await;
    let overview = shop.call("overview_show", json!({})).await;
    assert_eq!(overview["overdue"]["count"], 1);
    assert_eq!(overview["ageing"][1]["count"], 1, "{overview}");
    let gone = shop
        .call("clock_move", json!({ "to": "expiry", "invoiceId": id }))
        .await;
    assert_eq!(gone["today"], json!(due + 31.days()));
    // Nobody asks here: the poller does, because it is due at once.
    shop.until(&invoice, "expired").await;
    let phone = shop.call("phone_show", json!({})).await;
    assert_eq!(first_bill(&phone)["state"], "gone");
}

#[tokio::test]
async fn a_planned_payment_is_made_on_its_day() {
    let shop = Shop::signed_in().await;
    let invoice = created(&shop, GOOD_CARD).await;
    let on = (today(&shop).await + 3.days()).to_string();
    let plan = json!({ "phone": GOOD_CARD, "invoiceId": invoice["row"]["id"], "on": on });
    let planned = shop.call("phone_pay", plan).await;
    assert_eq!(first_bill(&planned["phone"])["state"], "scheduled");
    shop.call("clock_move", json!({ "to": "date", "date": on })).await;
    let paid = shop.until(&invoice, "paid").await;
    assert_eq!(paid["row"]["paymentDate"], json!(on));
}

#[tokio::test]
async fn a_planned_payment_from_an_expired_card_fails_on_its_day_and_stays_open() {
    let shop = Shop::signed_in().await;
    let invoice = created(&shop, EXPIRED_CARD).await;
    let on = (today(&shop).await + 3.days()).to_string();
    let plan = json!({ "phone": EXPIRED_CARD, "invoiceId": invoice["row"]["id"], "on": on });
    let planned = shop.call("phone_pay", plan).await;
    assert_eq!(planned["failed"], json!(null));
    shop.call("clock_move", json!({ "to": "date", "date": on })).await;
    let query = json!({ "phone": EXPIRED_CARD });
    let phone = shop.call("phone_show", query).await;
    assert_eq!(first_bill(&phone)["state"], "failed");
    let pay = json!({ "phone": EXPIRED_CARD, "invoiceId": invoice["row"]["id"] });
    let tried = shop.call("phone_pay", pay).await;
    assert!(tried["failed"].as_str().unwrap().contains("expired"), "{tried}");
    shop.until(&invoice, "scheduled").await;
}

#[tokio::test]
async fn what_waited_past_its_due_date_is_not_sent_and_says_so() {
    let shop = Shop::signed_in().await;
    shop.call("session_end", json!({})).await;
    let due = (today(&shop).await + 2.days()).to_string();
    let draft = shop.draft(|form| form["dueDate"] = json!(due)).await;
    let sent = shop.send(&draft, "phone").await;
    shop.until(&sent, "queued").await;
    let later = json!({ "to": "date", "date": today(&shop).await + 3.days() });
    shop.call("clock_move", later).await;
    shop.sign_in(Person::danish()).await;
    let refused = shop.until(&sent, "refused").await;
    let told: Vec<&Value> = refused["timeline"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| &entry["what"])
        .collect();
    assert_eq!(told, ["sent", "due_date_passed"], "nothing went out");
    assert_eq!(
        (&refused["refusal"]["status"], &refused["refusal"]["meaning"]),
        (&json!(null), &json!("due_date_in_past"))
    );
    let phone = shop.call("phone_show", json!({})).await;
    assert_eq!(phone["bills"], json!([]));
    let overview = shop.call("overview_show", json!({})).await;
    assert_eq!(overview["needsYou"][0]["id"], sent["row"]["id"]);
}

#[tokio::test]
async fn more_than_ten_for_one_customer_go_on_the_next_day_by_themselves() {
    let shop = Shop::signed_in().await;
    shop.call("session_end", json!({})).await;
    let mut sent = Vec::new();
    for _ in 0..10 {
        let draft = shop.draft(|_| {}).await;
        sent.push(shop.send(&draft, "phone").await);
    }
    shop.call("clock_move", json!({ "to": "day" })).await;
    // Written on another day, so the composer has nothing against it; but all eleven leave on this one.
    let draft = shop.draft(|_| {}).await;
    let eleventh = shop.send(&draft, "phone").await;
    shop.until(&eleventh, "queued").await;
    shop.sign_in(Person::danish()).await;
    for invoice in &sent {
        shop.until(invoice, "created").await;
    }
    until_waits(&shop, &eleventh, "daily_limit").await;
    // Nobody is signed in when its day comes: it is no longer the limit that it waits for.
    shop.call("session_end", json!({})).await;
    shop.call("clock_move", json!({ "to": "day" })).await;
    until_waits(&shop, &eleventh, "its_turn").await;
    shop.sign_in(Person::danish()).await;
    let created = shop.until(&eleventh, "created").await;
    assert_eq!(created["timeline"][1]["what"], "daily_limit");
    assert_eq!(created["refusal"], json!(null));
}

/// Waits until the invoice stands in the outbox for the reason `why`.
async fn until_waits(shop: &Shop, invoice: &Value, why: &str) {
    let mut events = shop.desk.events();
    let reached = async {
        loop {
            let outbox = shop.call("outbox_list", json!({})).await;
            let rows = outbox["rows"].as_array().unwrap();
            let row = rows.iter().find(|row| row["row"]["id"] == invoice["row"]["id"]);
            if row.is_some_and(|row| row["why"] == why) {
                return;
            }
            let _ = events.recv().await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), reached)
        .await
        .unwrap_or_else(|_| panic!("never {why}"));
}

#[tokio::test]
async fn time_does_not_go_back_and_not_on_for_ever() {
    let shop = Shop::new().await;
    let today = today(&shop).await;
    for date in [today - 1.day(), today + 3.years(), Date::MAX] {
        let refused = shop
            .try_call("clock_move", json!({ "to": "date", "date": date }))
            .await
            .unwrap_err();
        assert_eq!(refused.code, RefusalCode::TimeGoesForward, "{date}");
    }
    for bad in [
        json!({ "to": "date", "date": "2026-02-30" }),
        json!({ "to": "yesterday" }),
        json!({}),
    ] {
        let refused = shop.try_call("clock_move", bad.clone()).await.unwrap_err();
        assert_eq!(refused.code, RefusalCode::BadRequest, "{bad}");
    }
    let missing = json!({ "to": "due", "invoiceId": "0198c0de-0000-7000-8000-000000000000" });
    let refused = shop.try_call("clock_move", missing).await.unwrap_err();
    assert_eq!(refused.code, RefusalCode::NotFound);
    assert_eq!(shop.call("clock_show", json!({})).await["aheadSeconds"], 0);
}

#[tokio::test]
async fn the_five_seconds_are_counted_by_the_computers_clock() {
    let shop = Shop::signed_in().await;
    shop.call("clock_move", json!({ "to": "week" })).await;
    let draft = shop.draft(|_| {}).await;
    let before = clock::now();
    let sent = shop.send(&draft, "phone").await;
    let until: Timestamp = sent["row"]["heldUntil"].as_str().unwrap().parse().unwrap();
    let left = until.duration_since(before).as_secs();
    assert!((0..=60).contains(&left), "{left} s");
    assert_eq!(sent["row"]["issued"], json!(today(&shop).await));
}

#[tokio::test]
async fn a_sign_in_works_and_lasts_however_far_trade_was_moved() {
    let shop = Shop::signed_in().await;
    shop.call("clock_move", json!({ "to": "week" })).await;
    created(&shop, GOOD_CARD).await;
    shop.call("session_end", json!({})).await;
    shop.sign_in(simulator::visitor::Person::danish()).await;
    created(&shop, GOOD_CARD).await;
}

#[tokio::test]
async fn a_sign_in_in_progress_is_not_over_because_trade_was_moved_ahead() {
    let shop = Shop::signed_in().await;
    shop.call("clock_move", json!({ "to": "week" })).await;
    shop.call("session_end", json!({})).await;
    let address = shop.consent(Person::danish()).await;
    // Nobody answers the browser at once: the merchant writes meanwhile.
    for _ in 0..40 {
        shop.draft(|_| {}).await;
    }
    shop.call("signin_paste", json!({ "address": address })).await;
    created(&shop, GOOD_CARD).await;
}

#[tokio::test]
async fn elsewhere_there_is_no_clock_to_move() {
    let (shop, provider) = (Shop::new().await, crate::connecting::provider().await);
    let added = shop
        .call("connection_add", crate::connecting::form(&provider))
        .await;
    shop.call("connection_choose", json!({ "id": added["id"] })).await;
    for (name, input) in [("clock_show", json!({})), ("clock_move", json!({ "to": "day" }))] {
        let refused = shop.try_call(name, input).await.unwrap_err();
        assert_eq!(refused.code, RefusalCode::NotInThisWorld, "{name}");
    }
    assert_eq!(shop.call("app_show", json!({})).await["clock"], json!(null));
}

/// Strikes the next link with a word to come back in three quarters of an hour.
async fn busy_for_long(shop: &Shop) {
    let app = shop.call("app_show", json!({})).await;
    let connections = app["connections"].as_array().unwrap();
    let current = connections
        .iter()
        .find(|one| one["id"] == app["current"])
        .unwrap();
    let api: reqwest::Url = current["apiBaseUrl"].as_str().unwrap().parse().unwrap();
    let faults = api.join("/__practice/faults").unwrap();
    let fault = json!({
        "kind": "status", "status": 429, "retryAfter": 2700, "count": 1,
        "method": "POST", "route": "/merchants/{merchant}/invoices/link",
    });
    let answer = reqwest::Client::new().post(faults).json(&fault).send().await;
    answer.unwrap().error_for_status().unwrap();
}

#[tokio::test]
async fn moving_the_clock_wakes_many_at_once_as_it_wakes_a_single_invoice() {
    let shop = Shop::signed_in().await;
    busy_for_long(&shop).await;
    let run = keep(&shop, b"Navn;Tekst;Pris\nNr 1;Kontingent;100\n").await;
    let order = json!({
        "id": run["run"]["id"], "channel": "link", "count": 1, "totalMinor": run["asLink"]["total"]["minor"],
    });
    let mut events = shop.desk.events();
    shop.call("run_send", order).await;
    let mut told = async |so: fn(&Event) -> bool| {
        let heard = async { while !events.recv().await.is_ok_and(|event| so(&event)) {} };
        let heard = tokio::time::timeout(Duration::from_mins(1), heard).await;
        heard.expect("the window is told");
    };
    told(|event| matches!(event, Event::RunChanged { progress: Some(stands), .. } if stands.failed == 1))
        .await;
    // The last word after a change: from here on the runs wait.
    told(|event| matches!(event, Event::ConnectionChanged)).await;
    shop.call("clock_move", json!({ "to": "day" })).await;
    told(|event| matches!(event, Event::RunChanged { progress: Some(stands), .. } if stands.sent == 1)).await;
}
