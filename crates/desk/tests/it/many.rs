//! Many at once: what goes out, how it is held back, taken back and tried again, and what a broken service makes of it.

use std::collections::HashSet;
use std::time::Duration;

use desk::ipc::{Event, RefusalCode};
use serde_json::{Value, json};
use simulator::{Fault, Trouble};

use crate::away::{CREATE_LINK, Service};
use crate::many_files::{keep, rows};
use crate::shop::Shop;

pub(crate) const BATCH: &str = "/merchants/{merchant}/invoices/batch";

/// People of the practice world, each of whom takes ten a day.
const PHONES: [&str; 3] = ["+4557373259", "+4522509895", "+4599592431"];

/// A run of so many rows, each another invoice.
async fn import(shop: &Shop, count: usize) -> Value {
    let mut file = String::from("Navn;Telefon;Tekst;Pris\n");
    for row in 1..=count {
        let phone = PHONES[row % PHONES.len()];
        file.push_str(&format!("Nr {row};{phone};Kontingent {row};{row}\n"));
    }
    keep(shop, file.as_bytes()).await
}

fn named(run: &Value) -> Value {
    json!({ "id": run["run"]["id"] })
}

async fn send(shop: &Shop, run: &Value, channel: &str) -> Value {
    let offer = if channel == "phone" {
        &run["toPhone"]
    } else {
        &run["asLink"]
    };
    let order = json!({
        "id": run["run"]["id"], "channel": channel, "count": offer["count"], "totalMinor": offer["total"]["minor"],
    });
    shop.call("run_send", order).await
}

/// Imports, sends, and lets the time to take back pass.
pub(crate) async fn sent(service: &Service, shop: &Shop, count: usize, channel: &str) -> Value {
    let run = import(shop, count).await;
    let run = send(shop, &run, channel).await;
    service.pass(shop, 6);
    run
}

/// `sent 3 refused 1`: whatever is not zero, without the total.
fn places(run: &Value) -> String {
    let progress = run["run"]["progress"].as_object().unwrap();
    let names = [
        "ready", "waiting", "onTheWay", "sent", "refused", "unclear", "failed",
    ];
    let places: Vec<String> = names
        .iter()
        .filter(|name| progress[**name] != 0)
        .map(|name| format!("{name} {}", progress[*name]))
        .collect();
    places.join(" ")
}

/// Waits until the run stands so, driven by events and not by time.
pub(crate) async fn until(shop: &Shop, run: &Value, expected: &str) -> Value {
    let mut events = shop.desk.events();
    let mut last = String::new();
    let reached = async {
        loop {
            let run = shop.call("run_show", named(run)).await;
            last = places(&run);
            if last == expected {
                return run;
            }
            let _ = events.recv().await;
        }
    };
    let reached = tokio::time::timeout(Duration::from_mins(1), reached).await;
    reached.unwrap_or_else(|_| panic!("never {expected:?}, but {last:?}"))
}

pub(crate) async fn numbers(service: &Service) -> Vec<u64> {
    let mut numbers: Vec<u64> = service
        .invoices()
        .await
        .iter()
        .map(|(number, _)| number.parse().unwrap())
        .collect();
    numbers.sort_unstable();
    numbers
}

async fn states(shop: &Shop, run: &Value, part: &str) -> Vec<String> {
    let rows = rows(shop, run, part, "phone").await;
    let line = |row: &Value| {
        format!(
            "{} {}",
            row["position"],
            row["invoice"]["state"].as_str().unwrap_or("-")
        )
    };
    rows.iter().map(line).collect()
}

#[tokio::test]
async fn links_go_out_once_each_and_each_has_its_link() {
    let service = Service::start().await;
    let shop = service.shop().await;
    let mut events = shop.desk.events();
    let run = sent(&service, &shop, 25, "link").await;
    assert_eq!(run["run"]["progress"]["total"], 25);
    until(&shop, &run, "sent 25").await;
    assert_eq!(numbers(&service).await, (1..=25).collect::<Vec<u64>>());
    let first = &rows(&shop, &run, "sent", "link").await[0];
    let shown = shop
        .call("invoice_show", json!({ "id": first["invoice"]["id"] }))
        .await;
    assert!(shown["link"]["href"].is_string(), "{shown}");
    let mut told = 0;
    while let Ok(event) = events.try_recv() {
        match event {
            Event::InvoicesChanged { ids } => assert!(ids.len() <= 50),
            Event::RunChanged { .. } => told += 1,
            _ => {}
        }
    }
    assert!((1..25).contains(&told), "a few words, not one a row: {told}");
}

#[tokio::test]
async fn to_phones_all_go_in_one_call_and_each_has_its_own_answer() {
    let service = Service::start().await;
    let shop = service.shop().await;
    let run = sent(&service, &shop, 30, "phone").await;
    until(&shop, &run, "sent 30").await;
    assert_eq!(numbers(&service).await, (1..=30).collect::<Vec<u64>>());
    let call = |row: &Value| {
        let id = row["invoice"]["id"].clone();
        let shop = &shop;
        async move { shop.call("invoice_show", json!({ "id": id })).await["timeline"][1]["correlationId"].clone() }
    };
    let mut calls = HashSet::new();
    for row in rows(&shop, &run, "sent", "phone").await {
        calls.insert(call(&row).await.to_string());
    }
    assert_eq!(calls.len(), 1, "{calls:?}");
}

#[tokio::test]
async fn only_what_was_shown_is_sent() {
    let service = Service::start().await;
    let shop = service.shop().await;
    let run = import(&shop, 3).await;
    for (count, minor) in [(2, 750), (3, 751), (0, 0)] {
        let order = json!({ "id": run["run"]["id"], "channel": "link", "count": count, "totalMinor": minor });
        let refusal = shop.try_call("run_send", order).await.unwrap_err();
        assert_eq!(refusal.code, RefusalCode::ChangedMeanwhile);
    }
    assert_eq!(places(&shop.call("run_show", named(&run)).await), "ready 3");
    send(&shop, &run, "link").await;
    let order = json!({ "id": run["run"]["id"], "channel": "link", "count": 3, "totalMinor": 750 });
    assert!(
        shop.try_call("run_send", order).await.is_err(),
        "a double click sends once"
    );
}

#[tokio::test]
async fn a_paused_run_waits_over_a_restart_and_a_single_one_passes_it() {
    let mut shop = Shop::signed_in().await;
    let run = import(&shop, 4).await;
    send(&shop, &run, "link").await;
    shop.call("run_pause", named(&run)).await;
    shop.reopen().await;
    let found = shop.call("run_list", json!({})).await["runs"][0].clone();
    assert_eq!(
        (&found["progress"]["state"], &found["progress"]["waiting"]),
        (&json!("paused"), &json!(4))
    );
    let single = shop.send(&shop.draft(|_| {}).await, "phone").await;
    assert_eq!(single["row"]["number"], 5);
    shop.until(&single, "created").await;
    assert_eq!(places(&shop.call("run_show", named(&run)).await), "waiting 4");
    shop.call("run_resume", named(&run)).await;
    until(&shop, &run, "sent 4").await;
}

#[tokio::test]
async fn a_stop_takes_back_what_never_left_and_gives_the_numbers_back() {
    let service = Service::start().await;
    let shop = service.shop().await;
    let run = import(&shop, 6).await;
    send(&shop, &run, "link").await;
    let stopped = shop.call("run_stop", named(&run)).await;
    assert_eq!(places(&stopped), "ready 6");
    assert_eq!(shop.call("number_report", json!({})).await["next"], 1);
    service.pass(&shop, 60);
    assert_eq!(numbers(&service).await, [0; 0]);
    send(&shop, &stopped, "link").await;
    service.pass(&shop, 6);
    until(&shop, &run, "sent 6").await;
    assert_eq!(numbers(&service).await, (1..=6).collect::<Vec<u64>>());
}

#[tokio::test]
async fn a_busy_service_is_left_alone_as_long_as_it_asked_by_everybody() {
    let service = Service::start().await;
    let shop = service.shop().await;
    let busy = Fault::new(Trouble::Status {
        status: 429,
        retry_after: Some(120),
        as_date: false,
        handled: false,
    });
    service.strike(busy.on(CREATE_LINK).method("POST").once());
    let run = sent(&service, &shop, 9, "link").await;
    // The few that were on their way beside it may have got through; then nothing for two minutes.
    let mut events = shop.desk.events();
    let failed = async {
        while shop.call("run_show", named(&run)).await["run"]["progress"]["failed"] == 0 {
            let _ = events.recv().await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), failed)
        .await
        .unwrap();
    let single = service.send(&shop, "phone").await;
    let shown = shop
        .call("invoice_show", json!({ "id": single["row"]["id"] }))
        .await;
    assert_ne!(shown["row"]["state"], "created");
    service.pass(&shop, 125);
    until(&shop, &run, "sent 9").await;
    shop.until(&single, "created").await;
    assert_eq!(numbers(&service).await, (1..=10).collect::<Vec<u64>>());
}

#[tokio::test]
async fn only_what_failed_is_tried_again() {
    let mut service = Service::start().await;
    let shop = service.shop().await;
    let run = import(&shop, 5).await;
    service.close().await;
    send(&shop, &run, "phone").await;
    service.pass(&shop, 6);
    until(&shop, &run, "failed 5").await;
    service.open().await;
    service.strike(Fault::status(400).on(BATCH).method("POST"));
    shop.call("run_retry", named(&run)).await;
    service.pass(&shop, 6);
    // The batch is refused as a whole; alone each gets through.
    until(&shop, &run, "sent 5").await;
    assert_eq!(numbers(&service).await, (1..=5).collect::<Vec<u64>>());
}

#[tokio::test]
async fn a_batch_whose_answer_is_lost_is_in_doubt_as_a_whole_and_is_settled_by_the_same_bytes() {
    for trouble in [Trouble::DropAfter, Trouble::Truncated, Trouble::DropBefore] {
        let service = Service::start().await;
        let shop = service.shop().await;
        let lost = trouble != Trouble::DropBefore;
        service.strike(Fault::new(trouble).on(BATCH).method("POST").once());
        let run = sent(&service, &shop, 12, "phone").await;
        until(&shop, &run, "unclear 12").await;
        // Longer than a batch may take.
        service.pass(&shop, 140);
        if lost {
            let shown = |rows: Vec<String>| rows.iter().all(|row| row.ends_with("sent_id_unknown"));
            let mut events = shop.desk.events();
            let settled = async {
                while !shown(states(&shop, &run, "unclear").await) {
                    let _ = events.recv().await;
                }
            };
            tokio::time::timeout(Duration::from_mins(1), settled)
                .await
                .unwrap();
        } else {
            until(&shop, &run, "sent 12").await;
        }
        assert_eq!(
            numbers(&service).await,
            (1..=12).collect::<Vec<u64>>(),
            "billed once each"
        );
    }
}

#[tokio::test]
async fn a_row_that_mobilepay_finds_invalid_afterwards_is_corrected_and_sent_under_a_new_number() {
    let service = Service::start().await;
    let shop = service.shop().await;
    let file = "Navn;Telefon;Tekst;Pris\nGod;57373259;Hat;10\nIngen app;20112233;Hat;20\n";
    let run = keep(&shop, file.as_bytes()).await;
    send(&shop, &run, "phone").await;
    service.pass(&shop, 6);
    until(&shop, &run, "sent 1 refused 1").await;
    assert_eq!(states(&shop, &run, "refused").await, ["2 invalid"]);
    let at = json!({ "id": run["run"]["id"], "position": 2 });
    let opened = shop.call("run_row_show", at).await;
    assert_eq!(opened["correctable"], true);
    let mut form = opened["form"].clone();
    form["recipient"]["phone"] = json!("22509895");
    let save = json!({ "id": run["run"]["id"], "position": 2, "form": form });
    shop.call("run_row_save", save).await;
    let run = until(&shop, &run, "ready 1 sent 1").await;
    assert_eq!(run["toPhone"]["total"]["minor"], 2_500);
    send(&shop, &run, "phone").await;
    service.pass(&shop, 6);
    until(&shop, &run, "sent 2").await;
    assert_eq!(numbers(&service).await, [1, 2, 3]);
    let at = json!({ "id": run["run"]["id"], "position": 1 });
    assert_eq!(shop.call("run_row_show", at).await["correctable"], false);
}

#[tokio::test]
async fn what_is_on_its_way_when_the_run_is_stopped_goes_to_its_end() {
    let service = Service::start().await;
    let shop = service.shop().await;
    service.strike(
        Fault::new(Trouble::Late { ms: 1_500 })
            .on(BATCH)
            .method("POST")
            .once(),
    );
    let run = sent(&service, &shop, 3, "phone").await;
    until(&shop, &run, "onTheWay 3").await;
    let refusal = shop.try_call("run_discard", named(&run)).await.unwrap_err();
    assert_eq!(refusal.code, RefusalCode::NotNow);
    assert_eq!(places(&shop.call("run_stop", named(&run)).await), "onTheWay 3");
    until(&shop, &run, "sent 3").await;
    assert_eq!(numbers(&service).await, [1, 2, 3]);
}

/// Stopping the run takes it back; a button that would be refused is none.
#[tokio::test]
async fn a_held_row_of_a_run_is_not_offered_to_be_taken_back_alone() {
    let service = Service::start().await;
    let shop = service.shop().await;
    let run = import(&shop, 2).await;
    let run = send(&shop, &run, "link").await;
    let row = &rows(&shop, &run, "under_way", "link").await[0];
    let id = json!({ "id": row["invoice"]["id"] });
    let shown = shop.call("invoice_show", id.clone()).await;
    assert_eq!(shown["row"]["state"], "held");
    let offered = shown["actions"].as_array().unwrap();
    assert!(!offered.contains(&json!("undo")), "{offered:?}");
    assert!(shop.try_call("invoice_undo", id).await.is_err());
}

#[tokio::test]
async fn a_stop_while_nobody_can_be_reached_takes_everything_back() {
    let mut service = Service::start().await;
    let shop = service.shop().await;
    let run = import(&shop, 3).await;
    service.close().await;
    send(&shop, &run, "phone").await;
    service.pass(&shop, 6);
    until(&shop, &run, "failed 3").await;
    assert_eq!(places(&shop.call("run_stop", named(&run)).await), "ready 3");
    assert_eq!(shop.call("number_report", json!({})).await["next"], 1);
}
