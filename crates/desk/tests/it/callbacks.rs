//! Callbacks over real HTTP: the simulator carries them to the receiver on this computer.

use std::net::{Ipv4Addr, TcpListener};

use desk::ipc::{Event, RefusalCode};
use login::{SecretKind, SecretName, SecretStore as _};
use reqwest::StatusCode;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use simulator::{Fault, Trouble};

use crate::away::Service;
use crate::clock;
use crate::shop::Shop;

/// The merchant of [`Service`], Nordhavn Cykler.
async fn merchant(shop: &Shop) -> String {
    let status = shop.call("connection_show", json!({})).await;
    status["merchantId"].as_str().unwrap().to_owned()
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().port()
}

/// Turns the receiver on, on some free port.
async fn listen(shop: &Shop) -> Value {
    loop {
        let on = json!({ "on": true, "port": free_port() });
        let done = shop.call("callbacks_receiver", on).await;
        assert_eq!(done["wrong"], Value::Null);
        // Another test may have taken the port meanwhile.
        if done["callbacks"]["receiver"] != "port_taken" {
            return done["callbacks"].clone();
        }
    }
}

async fn show(shop: &Shop) -> Value {
    shop.call("callbacks_show", json!({})).await
}

async fn secret(shop: &Shop, kind: SecretKind) -> String {
    let status = shop.call("connection_show", json!({})).await;
    let name = SecretName {
        connection: status["connection"]["id"].as_str().unwrap().to_owned(),
        kind,
    };
    let found = shop.secrets.get(&name).await.unwrap().unwrap();
    found.expose_secret().to_owned()
}

/// Waits until the callbacks view is as `wanted`, driven by events and not by time.
async fn until(shop: &Shop, wanted: impl Fn(&Value) -> bool) -> Value {
    let mut events = shop.desk.events();
    let reached = async {
        loop {
            let view = show(shop).await;
            if wanted(&view) {
                return view;
            }
            let _ = events.recv().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_mins(1), reached)
        .await
        .expect("never as wanted")
}

struct Line {
    url: String,
    authorization: String,
    http: reqwest::Client,
}

impl Line {
    async fn post(&self, body: String) -> StatusCode {
        let call = self
            .http
            .post(&self.url)
            .header("authorization", &self.authorization);
        call.body(body).send().await.unwrap().status()
    }

    async fn tell(&self, id: &str, state: &str, sequence: u32) -> StatusCode {
        self.post(json!([event(id, state, sequence)]).to_string()).await
    }
}

fn event(id: &str, state: &str, sequence: u32) -> Value {
    json!({ "InvoiceId": id, "Status": state, "Date": "2027-01-01T07:29:47.7500268+00:00", "Sequence": sequence })
}

const KEY: &str = "SomeSecretApiKey123";

/// A shop that listens and was told of nobody yet but `KEY`: the answer about it was lost.
async fn asked(service: &Service) -> (Shop, Line) {
    let shop = service.shop().await;
    let view = listen(&shop).await;
    service.strike(Fault::new(Trouble::DropBefore).method("PUT").once());
    let form = json!({ "address": "https://shop.example/callbacks", "kind": "api_key", "secret": KEY });
    let refusal = shop.try_call("callbacks_set", form).await.unwrap_err();
    assert_eq!(refusal.code, RefusalCode::Unclear);
    let line = Line {
        url: format!("{}any/path", view["localAddress"].as_str().unwrap()),
        authorization: KEY.to_owned(),
        http: reqwest::Client::new(),
    };
    (shop, line)
}

async fn created(service: &Service, shop: &Shop) -> (Value, String) {
    let sent = service.send(shop, "phone").await;
    let created = shop.until(&sent, "created").await;
    let id = created["technical"]["serviceId"].as_str().unwrap().to_owned();
    (sent, id)
}

/// A delivery may come two days late (spec 11.2), and nothing asks for the payment day of what is paid already.
#[tokio::test]
async fn a_payment_that_is_heard_of_late_was_made_on_its_own_day() {
    let service = Service::start().await;
    let (shop, line) = asked(&service).await;
    let (sent, id) = created(&service, &shop).await;
    let now = clock::now();
    let then = now - jiff::SignedDuration::from_hours(72);
    let mut paid = event(&id, "Paid", 3);
    paid["Date"] = json!(then.to_string());
    assert_eq!(line.post(json!([paid]).to_string()).await, StatusCode::OK);
    shop.until(&sent, "paid").await;
    let zone = jiff::tz::TimeZone::get("Europe/Copenhagen").unwrap();
    let day = then.to_zoned(zone).date().to_string();
    let query = json!({ "first": day, "last": day, "part": "unmatched", "offset": 0, "limit": 0 });
    let view = shop.call("reconciliation_show", query).await;
    assert_eq!(view["paid"]["count"], 1, "{view}");
}

#[tokio::test]
async fn the_service_is_told_where_to_call_and_calls_with_what_it_was_told() {
    let shop = Shop::signed_in().await;
    let http = reqwest::Client::new();
    let practice = practice_prefix(&shop).await;
    let view = listen(&shop).await;
    assert_eq!(
        (&view["near"], &view["receiver"]),
        (&json!(true), &json!("secret_missing"))
    );
    for kind in ["basic", "api_key", "basic"] {
        let form = json!({ "address": view["localAddress"], "kind": kind });
        let agreed = shop.call("callbacks_set", form).await["callbacks"].clone();
        assert_eq!(
            (
                &agreed["current"]["kind"],
                &agreed["unclear"],
                &agreed["receiver"]
            ),
            (&json!(kind), &json!([]), &json!("listening"))
        );
        let sent = shop.send(&shop.draft(|_| {}).await, "phone").await;
        let created = shop.until(&sent, "created").await;
        let carried = http
            .post(format!("{practice}callbacks/flush"))
            .send()
            .await
            .unwrap();
        assert!(carried.status().is_success());
        let heard = until(&shop, |now| now["lastHeard"].is_string()).await;
        assert_eq!(heard["lastStranger"], Value::Null, "{kind}");
        let seen = shop
            .call("invoice_show", json!({ "id": created["row"]["id"] }))
            .await;
        let timeline = seen["timeline"].as_array().unwrap();
        assert!(
            timeline.iter().any(|entry| entry["source"] == "callback"),
            "{kind}: {seen}"
        );
    }
}

/// Of the practice world that is built in.
async fn practice_prefix(shop: &Shop) -> String {
    let status = shop.call("connection_show", json!({})).await;
    let base: reqwest::Url = status["connection"]["redirectUri"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    base.join("/__practice/").unwrap().to_string()
}

#[tokio::test]
async fn what_the_service_refuses_is_said_in_its_words_and_what_was_agreed_stays() {
    let service = Service::start().await;
    let shop = service.shop().await;
    listen(&shop).await;
    let form = json!({ "address": "https://shop.example/first" });
    shop.call("callbacks_set", form).await;
    let refused = Trouble::Status {
        status: 409,
        retry_after: None,
        as_date: false,
        handled: false,
    };
    service.strike(Fault::new(refused).method("PUT").once());
    let form = json!({ "address": "https://shop.example/second", "kind": "api_key" });
    let refusal = shop.try_call("callbacks_set", form).await.unwrap_err();
    assert_eq!(
        (refusal.code, refusal.upstream.unwrap().status),
        (RefusalCode::RefusedByService, Some(409))
    );
    let view = show(&shop).await;
    assert_eq!(
        (&view["current"]["address"], &view["unclear"]),
        (&json!("https://shop.example/first"), &json!([]))
    );
}

#[tokio::test]
async fn a_lost_answer_leaves_it_open_and_the_first_callback_settles_it() {
    let service = Service::start().await;
    let (shop, line) = asked(&service).await;
    let view = show(&shop).await;
    assert_eq!(
        (
            &view["current"],
            &view["unclear"][0]["kind"],
            &view["receiver"],
            &view["lastHeard"]
        ),
        (&Value::Null, &json!("api_key"), &json!("listening"), &Value::Null)
    );
    assert_eq!(line.post("[]".to_owned()).await, StatusCode::OK);
    let view = until(&shop, |view| view["unclear"] == json!([])).await;
    assert_eq!(view["current"]["address"], "https://shop.example/callbacks");
    assert!(view["lastHeard"].is_string());
}

#[tokio::test]
async fn an_event_counts_once_however_often_it_comes_and_in_whatever_order() {
    let service = Service::start().await;
    let (shop, line) = asked(&service).await;
    let (sent, id) = created(&service, &shop).await;
    assert_eq!(line.tell(&id, "Rejected", 7).await, StatusCode::OK);
    let rejected = shop.until(&sent, "rejected").await;
    let rows = rejected["timeline"].as_array().unwrap().len();
    let delivery: Vec<Value> = (0..1_000).map(|_| event(&id, "Rejected", 7)).collect();
    assert_eq!(line.post(Value::from(delivery).to_string()).await, StatusCode::OK);
    assert_eq!(line.tell(&id, "Rejected", 7).await, StatusCode::OK);
    // What came before it, with a gap, adds its line and changes nothing.
    assert_eq!(line.tell(&id, "Created", 2).await, StatusCode::OK);
    let shown = shop
        .call("invoice_show", json!({ "id": sent["row"]["id"] }))
        .await;
    assert_eq!(shown["row"]["state"], "rejected");
    let callbacks = |shown: &Value| {
        let timeline = shown["timeline"].as_array().unwrap();
        timeline
            .iter()
            .filter(|entry| entry["source"] == "callback")
            .count()
    };
    assert_eq!((rows, callbacks(&rejected), callbacks(&shown)), (rows, 1, 2));
}

#[tokio::test]
async fn what_the_service_carries_doubled_and_backwards_with_gaps_ends_as_it_should() {
    let service = Service::start().await;
    let (shop, line) = asked(&service).await;
    let receiver = service.practice(&format!("callbacks/receivers/{}", merchant(&shop).await));
    let target = json!({ "url": line.url, "authorization": KEY });
    let set = line.http.put(receiver).json(&target).send().await.unwrap();
    assert_eq!(set.status(), StatusCode::NO_CONTENT);
    let worse = json!({ "reorder": true, "duplicates": 1.0, "gaps": 0.5, "seed": 7 });
    let set = line
        .http
        .post(service.practice("callbacks"))
        .json(&worse)
        .send()
        .await
        .unwrap();
    assert_eq!(set.status(), StatusCode::NO_CONTENT);
    let mut told = Vec::new();
    for state in ["paid", "rejected", "paid"] {
        let (invoice, id) = created(&service, &shop).await;
        let act = if state == "paid" { "now" } else { "reject" };
        let acts = [("act", act), ("invoice", &id), ("phone", "+4557373259")];
        line.http
            .post(service.practice(""))
            .form(&acts)
            .send()
            .await
            .unwrap();
        told.push((invoice, state));
    }
    let carried = line
        .http
        .post(service.practice("callbacks/flush"))
        .send()
        .await
        .unwrap();
    let carried: Value = carried.json().await.unwrap();
    let deliveries = carried["deliveries"].as_array().unwrap();
    // How many are left for it is a matter of time: the service carries by itself every five seconds.
    assert!(
        deliveries.iter().all(|delivery| delivery["answer"] == "200 OK"),
        "{carried}"
    );
    for (invoice, state) in told {
        let shown = shop.until(&invoice, state).await;
        let timeline = shown["timeline"].as_array().unwrap();
        assert!(
            timeline.iter().any(|entry| entry["source"] == "callback"),
            "{shown}"
        );
    }
    let view = show(&shop).await;
    assert_eq!((&view["unclear"], &view["strays"]), (&json!([]), &json!(0)));
}

#[tokio::test]
async fn wrong_credentials_are_refused_and_said() {
    let service = Service::start().await;
    let (shop, line) = asked(&service).await;
    let (sent, id) = created(&service, &shop).await;
    let thief = Line {
        authorization: "SomeSecretApiKey124".to_owned(),
        ..line
    };
    assert_eq!(thief.tell(&id, "Paid", 7).await, StatusCode::UNAUTHORIZED);
    let view = until(&shop, |view| view["lastStranger"].is_string()).await;
    assert_eq!(view["lastHeard"], Value::Null);
    let shown = shop
        .call("invoice_show", json!({ "id": sent["row"]["id"] }))
        .await;
    assert_eq!(shown["row"]["state"], "created");
}

#[tokio::test]
async fn what_is_of_no_invoice_here_is_kept_and_shown() {
    let service = Service::start().await;
    let (shop, line) = asked(&service).await;
    let stranger = "3c440dfb-b271-4d21-ad1c-f973f2c4f448";
    let body = json!([event(stranger, "Paid", 3), { "Status": "Paid" }, 7, event(stranger, "Paid", 3)]);
    assert_eq!(line.post(body.to_string()).await, StatusCode::OK);
    assert_eq!(line.post(body.to_string()).await, StatusCode::OK);
    let list = shop.call("callbacks_strays", json!({})).await;
    assert_eq!(
        (&list["total"], show(&shop).await["strays"].as_u64()),
        (&json!(3), Some(3))
    );
    let lines: Vec<String> = list["strays"]
        .as_array()
        .unwrap()
        .iter()
        .map(|stray| {
            format!(
                "{} {}",
                stray["serviceId"].as_str().unwrap(),
                stray["state"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(
        lines,
        [" ".to_owned(), " ".to_owned(), format!("{stranger} paid")],
        "the newest first"
    );
}

#[tokio::test]
async fn after_a_gap_the_service_is_asked_at_once() {
    let service = Service::start().await;
    let (shop, line) = asked(&service).await;
    let (sent, id) = created(&service, &shop).await;
    // The next check of an old invoice is hours away; what was heard brings it near.
    service.pass(&shop, 3 * 86_400);
    let _ = shop
        .call("invoice_refresh", json!({ "id": sent["row"]["id"] }))
        .await;
    let rejects = [("act", "reject"), ("invoice", &id), ("phone", "+4557373259")];
    let done = line
        .http
        .post(service.practice(""))
        .form(&rejects)
        .send()
        .await
        .unwrap();
    assert!(
        done.url().query().unwrap_or_default().contains("said="),
        "{done:?}"
    );
    assert_eq!(line.tell(&id, "Created", 9).await, StatusCode::OK);
    let shown = shop.until(&sent, "rejected").await;
    let last = shown["timeline"].as_array().unwrap().last().unwrap();
    assert_eq!(last["source"], "status_check");
}

#[tokio::test]
async fn off_nobody_listens_and_on_again_it_hears_also_after_a_restart() {
    let service = Service::start().await;
    let (mut shop, line) = asked(&service).await;
    let port = show(&shop).await["port"].clone();
    let off = shop
        .call("callbacks_receiver", json!({ "on": false, "port": port }))
        .await;
    assert_eq!(off["callbacks"]["receiver"], "off");
    assert!(line.http.post(&line.url).send().await.unwrap_err().is_connect());
    let on = shop
        .call("callbacks_receiver", json!({ "on": true, "port": port }))
        .await;
    assert_eq!(on["callbacks"]["receiver"], "listening");
    shop.reopen().await;
    assert_eq!(show(&shop).await["receiver"], "listening");
    assert_eq!(line.post("[]".to_owned()).await, StatusCode::OK);
}

#[tokio::test]
async fn what_cannot_be_is_said_and_nothing_is_changed() {
    let service = Service::start().await;
    let shop = service.shop().await;
    let wrong = async |name: &str, form: Value| shop.call(name, form).await["wrong"].clone();
    assert_eq!(
        wrong("callbacks_receiver", json!({ "on": true, "port": 80 })).await,
        "port_too_low"
    );
    let with = |address: &str, kind: &str, username: &str, secret: &str| json!({ "address": address, "kind": kind, "username": username, "secret": secret });
    let https = "https://shop.example/callbacks";
    for (form, expected) in [
        (with("shop", "basic", "", ""), "address_unreadable"),
        (
            with("https://user:pass@shop.example/", "basic", "", ""),
            "address_unreadable",
        ),
        (with("http://shop.example/", "basic", "", ""), "address_not_https"),
        (with(https, "basic", "", ""), "secret_missing"),
        (with(https, "basic", "a:b", "MySecretPswd"), "username_bad"),
        (with(https, "basic", "", "short"), "password_bad"),
        (with(https, "api_key", "", "has a space in it"), "key_bad"),
    ] {
        assert_eq!(wrong("callbacks_set", form).await, expected);
    }
    let view = show(&shop).await;
    assert_eq!(
        (&view["current"], &view["unclear"], &view["wanted"]),
        (&Value::Null, &json!([]), &json!(false))
    );
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = taken.local_addr().unwrap().port();
    let done = shop
        .call("callbacks_receiver", json!({ "on": true, "port": port }))
        .await;
    assert_eq!(done["callbacks"]["receiver"], "port_taken");
}

/// The first of two lost answers may be of the call that was carried out.
#[tokio::test]
async fn two_lost_answers_are_two_possibilities_and_both_are_shown() {
    let service = Service::start().await;
    let shop = service.shop().await;
    listen(&shop).await;
    for (address, fault) in [
        ("https://shop.example/done", Trouble::DropAfter),
        ("https://shop.example/not-done", Trouble::DropBefore),
    ] {
        service.strike(Fault::new(fault).method("PUT").once());
        let form = json!({ "address": address });
        let refusal = shop.try_call("callbacks_set", form).await.unwrap_err();
        assert_eq!(refusal.code, RefusalCode::Unclear);
    }
    let view = show(&shop).await;
    let addresses: Vec<&Value> = view["unclear"]
        .as_array()
        .unwrap()
        .iter()
        .map(|terms| &terms["address"])
        .collect();
    assert_eq!(
        addresses,
        ["https://shop.example/done", "https://shop.example/not-done"]
    );
}

/// The older of two wishes shows itself first: the younger may still come, and is heard when it does.
#[tokio::test]
async fn a_callback_by_the_older_of_two_wishes_does_not_take_back_the_younger() {
    let service = Service::start().await;
    let (shop, older) = asked(&service).await;
    service.strike(Fault::new(Trouble::DropBefore).method("PUT").once());
    let form =
        json!({ "address": "https://shop.example/younger", "kind": "api_key", "secret": "AnotherKey456" });
    shop.try_call("callbacks_set", form).await.unwrap_err();
    let younger = Line {
        authorization: "AnotherKey456".to_owned(),
        url: older.url.clone(),
        http: older.http.clone(),
    };
    assert_eq!(older.post("[]".to_owned()).await, StatusCode::OK);
    let view = until(&shop, |view| view["current"].is_object()).await;
    assert_eq!(view["current"]["address"], "https://shop.example/callbacks");
    assert_eq!(view["unclear"][0]["address"], "https://shop.example/younger");
    assert_eq!(younger.post("[]".to_owned()).await, StatusCode::OK);
    let view = until(&shop, |view| view["unclear"] == json!([])).await;
    assert_eq!(view["current"]["address"], "https://shop.example/younger");
    assert_eq!(older.post("[]".to_owned()).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_wish_that_surely_did_not_arrive_changes_nothing() {
    let mut service = Service::start().await;
    let shop = service.shop().await;
    listen(&shop).await;
    merchant(&shop).await;
    service.close().await;
    let form = json!({ "address": "https://shop.example/callbacks" });
    let refusal = shop.try_call("callbacks_set", form).await.unwrap_err();
    assert_eq!(refusal.code, RefusalCode::Unreachable);
    let view = show(&shop).await;
    assert_eq!((&view["current"], &view["unclear"]), (&Value::Null, &json!([])));
    assert_eq!(view["receiver"], "secret_missing");
}

#[tokio::test]
async fn the_made_up_secret_is_in_the_keychain_and_nowhere_in_what_the_window_hears() {
    let service = Service::start().await;
    let shop = service.shop().await;
    listen(&shop).await;
    let mut events = shop.desk.events();
    service.strike(Fault::new(Trouble::DropBefore).method("PUT").once());
    let form = json!({ "address": "https://shop.example/callbacks" });
    let refusal = shop.try_call("callbacks_set", form).await.unwrap_err();
    let secret = secret(&shop, SecretKind::CallbackSecret).await;
    assert_eq!(secret.len(), 64);
    let mut told = format!("{refusal:?}{}", show(&shop).await);
    while let Ok(event) = events.try_recv() {
        told += &serde_json::to_string::<Event>(&event).unwrap();
    }
    assert!(!told.contains(&secret));
}
