//! Batches whose answer names no invoice: a door in front of the service takes the numbers out of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::Response;
use serde_json::{Value, json};

use crate::away::Service;
use crate::many::sent;
use crate::shop::Shop;

/// Calls that passed the door.
#[derive(Default)]
struct Passed {
    batches: AtomicU32,
    singles: AtomicU32,
}

async fn pass(origin: &str, request: Request, passed: &Passed) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().unwrap().as_str();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut call = http
        .request(parts.method.clone(), format!("{origin}{path}"))
        .body(to_bytes(body, 10_000_000).await.unwrap());
    for (name, value) in &parts.headers {
        if !matches!(name.as_str(), "host" | "content-length") {
            call = call.header(name, value);
        }
    }
    let answer = call.send().await.unwrap();
    let (status, mut text) = (answer.status(), answer.text().await.unwrap());
    if path.ends_with("/invoices/batch") {
        passed.batches.fetch_add(1, Ordering::SeqCst);
        let mut told: Value = serde_json::from_str(&text).unwrap();
        for list in ["Accepted", "Rejected"] {
            for item in told[list].as_array_mut().unwrap() {
                item["InvoiceNumber"] = Value::Null;
            }
        }
        text = told.to_string();
    } else if path.ends_with("/invoices") {
        passed.singles.fetch_add(1, Ordering::SeqCst);
    }
    Response::builder()
        .status(status)
        .header("content-type", "application/json")
        .body(Body::from(text))
        .unwrap()
}

/// A shop that reaches the service through such a door.
async fn through(service: &Service) -> (Shop, Arc<Passed>) {
    let target = reqwest::Url::parse(&service.api_base_url()).unwrap();
    let (origin, passed) = (target.origin().ascii_serialization(), Arc::<Passed>::default());
    let counted = Arc::clone(&passed);
    let door = axum::Router::new().fallback(move |request: Request| {
        let (origin, counted) = (origin.clone(), Arc::clone(&counted));
        async move { pass(&origin, request, &counted).await }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move { axum::serve(listener, door).await.unwrap() });
    let shop = service
        .shop_through(&format!("http://127.0.0.1:{port}{}", target.path()))
        .await;
    (shop, passed)
}

#[tokio::test]
async fn rows_that_an_answered_repetition_does_not_settle_go_alone() {
    let service = Service::start().await;
    let (shop, passed) = through(&service).await;
    let run = sent(&service, &shop, 2, "phone").await;
    let mut events = shop.desk.events();
    let mut seen = 0;
    let settled = async {
        loop {
            let rows = json!({
                "id": run["run"]["id"], "part": "unclear", "channel": "phone", "after": 0, "limit": 9,
            });
            let rows = shop.call("run_rows", rows).await;
            let rows = rows["rows"].as_array().unwrap();
            let known = |row: &Value| row["invoice"]["state"] == "sent_id_unknown";
            if rows.len() == 2 && rows.iter().all(known) {
                return;
            }
            // Each answer puts the next attempt off; its time comes at once.
            let batches = passed.batches.load(Ordering::SeqCst);
            if rows.len() == 2 && batches > seen {
                seen = batches;
                service.pass(&shop, 400);
            }
            let _ = events.recv().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_mins(1), settled)
        .await
        .unwrap();
    // Once, and once again; then each by itself, which the service has already.
    let calls = (
        passed.batches.load(Ordering::SeqCst),
        passed.singles.load(Ordering::SeqCst),
    );
    assert_eq!(calls, (2, 2));
}
