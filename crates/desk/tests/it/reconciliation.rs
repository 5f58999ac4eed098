//! Paid invoices against the practice world's report, and the files for the bookkeeper.

use calamine::{Data, Reader as _, Xlsx, open_workbook};
use desk::ipc::{NextStep, RefusalCode, SigninReason};
use serde_json::{Value, json};
use simulator::{Fault, Trouble};

use crate::away::{Service, sign_in};
use crate::shop::Shop;

const REPORT: &str = "/v3/reporting/transactions";
const PHONE: &str = "+4557373259";

/// Sends and pays an invoice of so much, as typed.
async fn paid(shop: &Shop, price: &str) -> Value {
    let draft = shop
        .draft(|form| {
            form["lines"][0]["unitPrice"] = json!(price);
            form["recipient"]["name"] = json!("=Åse; \"Nørgaard\"");
        })
        .await;
    let sent = shop.send(&draft, "phone").await;
    let created = shop.until(&sent, "created").await;
    let pay = json!({ "phone": PHONE, "invoiceId": created["row"]["id"] });
    shop.call("phone_pay", pay).await;
    shop.until(&created, "paid").await
}

async fn today(shop: &Shop) -> String {
    let app = shop.call("app_show", json!({})).await;
    app["today"].as_str().unwrap().to_owned()
}

async fn show(shop: &Shop, day: &str, part: &str) -> Value {
    let query = json!({ "first": day, "last": day, "part": part, "offset": 0, "limit": 0 });
    shop.call("reconciliation_show", query).await
}

#[tokio::test]
async fn paid_invoices_find_their_payments_and_the_payouts_are_there_the_day_after() {
    let shop = Shop::signed_in().await;
    paid(&shop, "1.000,00").await;
    paid(&shop, "80,00").await;
    let day = today(&shop).await;
    let before = show(&shop, &day, "unmatched").await;
    assert_eq!(
        (&before["fetchedAt"], &before["covered"]),
        (&Value::Null, &json!(false))
    );
    assert_eq!(
        before["paid"],
        json!({ "count": 2, "amount": { "minor": 135_000, "currency": "DKK" } })
    );
    assert_eq!(before["rows"][0]["reason"], "not_fetched");

    let fetched = shop
        .call("reconciliation_fetch", json!({ "first": day, "last": day }))
        .await;
    assert_eq!(fetched["unreadable"], 0, "{fetched}");
    let after = show(&shop, &day, "matched").await;
    assert_eq!(after["matched"], before["paid"], "{after}");
    assert_eq!(after["covered"], true);
    assert_eq!(after["total"], 2);
    assert_eq!(after["rows"][0]["by"], "payment_id", "{after}");
    assert_eq!(after["unmatchedInvoices"]["count"], 0);
    assert_eq!(after["unmatchedPayments"]["count"], 0);

    // Paid on one day, transferred on the next (spec 18.1).
    shop.call("clock_move", json!({ "to": "week" })).await;
    let week = json!({ "first": day, "last": today(&shop).await });
    shop.call("reconciliation_fetch", week.clone()).await;
    let query =
        json!({ "first": week["first"], "last": week["last"], "part": "payouts", "offset": 0, "limit": 0 });
    let payouts = shop.call("reconciliation_show", query).await;
    assert!(payouts["payouts"]["count"].as_u64().unwrap() >= 1, "{payouts}");
    assert_eq!(
        payouts["matched"], before["paid"],
        "a second report adds nothing to the first"
    );
    let again = shop.call("reconciliation_fetch", week).await;
    assert_eq!(again["fresh"], 0);
}

#[tokio::test]
async fn one_paid_after_the_day_was_fetched_is_to_be_fetched_and_not_called_missing() {
    let shop = Shop::signed_in().await;
    let day = today(&shop).await;
    let period = json!({ "first": day, "last": day });
    shop.call("reconciliation_fetch", period.clone()).await;
    paid(&shop, "1.000,00").await;
    let before = show(&shop, &day, "unmatched").await;
    assert_eq!(before["covered"], true, "the day was asked for, but earlier");
    assert_eq!(before["rows"][0]["reason"], "not_fetched", "{before}");
    shop.call("reconciliation_fetch", period).await;
    assert_eq!(show(&shop, &day, "matched").await["total"], 1);
}

#[tokio::test]
async fn a_payment_that_is_not_ours_is_left_over_with_its_reason() {
    let mut shop = Shop::signed_in().await;
    paid(&shop, "50,00").await;
    let day = today(&shop).await;
    // Another program's books know nothing of the invoice that the same merchant sent by this one.
    shop.desk.close().await;
    std::fs::remove_dir_all(shop.folder.path().join("data/books")).unwrap();
    shop.reopen().await;
    shop.call("reconciliation_fetch", json!({ "first": day, "last": day }))
        .await;
    let view = show(&shop, &day, "unmatched").await;
    assert_eq!(view["unmatchedPayments"]["count"], 1, "{view}");
    assert_eq!(view["rows"][0]["reason"], "no_invoice");
    assert_eq!(view["rows"][0]["amount"]["minor"], 6_250);
}

#[tokio::test]
async fn a_connection_that_does_not_ask_for_payments_says_what_to_do() {
    let (shop, provider) = (Shop::new().await, crate::connecting::provider().await);
    let mut form = crate::connecting::form(&provider);
    let added = shop.call("connection_add", form.clone()).await;
    assert_eq!(added["transactions"], false);
    shop.call("connection_choose", json!({ "id": added["id"] })).await;
    let day = today(&shop).await;
    let days = json!({ "first": day, "last": day });
    let refused = shop
        .try_call("reconciliation_fetch", days.clone())
        .await
        .unwrap_err();
    assert_eq!(
        (refused.code, refused.next),
        (RefusalCode::ReportingNotAsked, NextStep::OpenConnection)
    );
    form["transactions"] = json!(true);
    let changed = shop
        .call("connection_change", json!({ "id": added["id"], "form": form }))
        .await;
    assert_eq!(changed["transactions"], true);
    let begun = shop.call("signin_begin", json!({})).await;
    assert!(
        begun["authorizeUrl"]
            .as_str()
            .unwrap()
            .contains("transactionreporting"),
        "{begun}"
    );
}

/// Why a sign-in of this connection ends to which the provider says `invalid_scope`.
async fn refused_scope(transactions: bool) -> Option<SigninReason> {
    let (shop, provider) = (Shop::new().await, crate::connecting::provider().await);
    let mut form = crate::connecting::form(&provider);
    form["transactions"] = json!(transactions);
    let added = shop.call("connection_add", form).await;
    shop.call("connection_choose", json!({ "id": added["id"] })).await;
    let begun = shop.call("signin_begin", json!({})).await;
    let asked = url::Url::parse(begun["authorizeUrl"].as_str().unwrap()).unwrap();
    let (_, state) = asked.query_pairs().find(|(name, _)| name == "state").unwrap();
    let back = begun["redirectUri"].as_str().unwrap();
    let address = format!("{back}#error=invalid_scope&state={state}");
    let refused = shop.try_call("signin_paste", json!({ "address": address })).await;
    refused.unwrap_err().signin
}

#[tokio::test]
async fn a_refused_scope_is_invoicing_s_only_where_nothing_else_was_asked_for() {
    assert_eq!(refused_scope(false).await, Some(SigninReason::InvalidScope));
    assert_eq!(refused_scope(true).await, Some(SigninReason::InvalidScopeOfTwo));
}

#[tokio::test]
async fn days_out_of_order_are_refused_in_words() {
    let shop = Shop::new().await;
    for (first, last) in [
        ("2026-11-24", "2026-11-23"),
        ("2024-01-01", "2026-01-01"),
        ("x", "2026-11-23"),
    ] {
        let query = json!({ "first": first, "last": last, "offset": 0, "limit": 0 });
        let refused = shop.try_call("reconciliation_show", query).await.unwrap_err();
        assert_eq!(refused.code, RefusalCode::DaysNotInOrder, "{first} {last}");
    }
}

#[tokio::test]
async fn the_list_and_the_reconciliation_are_saved_as_files() {
    let shop = Shop::signed_in().await;
    paid(&shop, "1.000,10").await;
    let day = today(&shop).await;
    let wanted = json!({ "filter": "all", "text": "", "format": "csv", "language": "da" });
    let file = shop.call("invoice_export", wanted).await;
    let text = std::fs::read_to_string(file["path"].as_str().unwrap()).unwrap();
    let lines: Vec<&str> = text.split("\r\n").collect();
    assert!(
        lines[0].starts_with("\u{feff}Fakturanr.;Kunde;Telefon;Fakturadato;"),
        "{text}"
    );
    assert!(
        lines[1].starts_with("1;\"'=Åse; \"\"Nørgaard\"\"\";57 37 32 59;"),
        "{text}"
    );
    assert!(lines[1].contains(";Betalt;1000,10;250,03;1250,13;DKK;"), "{text}");
    let wanted = json!({ "filter": "waiting", "text": "", "format": "csv", "language": "fi" });
    let none = shop.call("invoice_export", wanted).await;
    let text = std::fs::read_to_string(none["path"].as_str().unwrap()).unwrap();
    assert_eq!(text.lines().count(), 1, "{text}");

    shop.call("reconciliation_fetch", json!({ "first": day, "last": day }))
        .await;
    let wanted = json!({ "first": day, "last": day, "format": "xlsx", "language": "en" });
    let file = shop.call("reconciliation_export", wanted).await;
    let mut book: Xlsx<_> = open_workbook(file["path"].as_str().unwrap()).unwrap();
    let name = book.sheet_names()[0].clone();
    let sheet = book.worksheet_range(&name).unwrap();
    let row = sheet.rows().nth(1).unwrap();
    assert_eq!(row[0], Data::String("Matched".into()));
    assert_eq!(row[3], Data::String("=Åse; \"Nørgaard\"".into()));
    assert_eq!(row[4], Data::Float(1250.13));
    assert_eq!(row[9], Data::String("Payment id".into()));
}

async fn fetch(shop: &Shop) -> Result<Value, desk::ipc::Refusal> {
    let day = today(shop).await;
    shop.try_call("reconciliation_fetch", json!({ "first": day, "last": day }))
        .await
}

/// The box was ticked after the sign-in, so the token lacks the scope: 401 by version 3, 403 by those before it (spec 18).
#[tokio::test]
async fn a_sign_in_without_payments_is_told_to_sign_in_anew_and_goes_on_sending() {
    let service = Service::start().await;
    let shop = service.shop().await;
    let id = shop.call("app_show", json!({})).await["current"].clone();
    let form = json!({ "id": id, "form": service.form_with_reports() });
    shop.call("connection_change", form).await;
    for switch in [false, true] {
        let set = reqwest::Client::new().post(service.practice("switches"));
        let set = set
            .body(json!({ "reporting-403": switch }).to_string())
            .send()
            .await;
        assert_eq!(set.unwrap().status(), 204);
        for _ in 0..3 {
            let refused = fetch(&shop).await.unwrap_err();
            assert_eq!(
                (refused.code, refused.next),
                (RefusalCode::ReportingNotAllowed, NextStep::SignIn)
            );
        }
    }
    // It says nothing of the sign-in itself.
    let status = shop.call("connection_show", json!({})).await;
    assert_eq!(
        (&status["session"]["state"], &status["trouble"]),
        (&json!("signed_in"), &Value::Null)
    );
    let sent = service.send(&shop, "phone").await;
    shop.until(&sent, "created").await;
    sign_in(&shop).await;
    assert_eq!(fetch(&shop).await.unwrap()["unreadable"], 0);
}

/// A token lasts five minutes, a report of a year longer.
#[tokio::test]
async fn a_token_that_ends_in_the_middle_of_a_report_is_renewed_and_the_report_goes_on() {
    let service = Service::start().await;
    let shop = service.shop_with(service.form_with_reports()).await;
    sign_in(&shop).await;
    service.strike(Fault::status(401).on(REPORT).once());
    assert_eq!(fetch(&shop).await.unwrap()["unreadable"], 0);
    assert_eq!(service.struck(), 1);
}

#[tokio::test]
async fn a_service_that_wants_to_be_left_alone_is_not_asked_for_reports_and_it_is_said_at_once() {
    let service = Service::start().await;
    let shop = service.shop_with(service.form_with_reports()).await;
    sign_in(&shop).await;
    let busy = Trouble::Status {
        status: 429,
        retry_after: Some(600),
        as_date: false,
        handled: false,
    };
    service.strike(Fault::new(busy).on(REPORT));
    for _ in 0..3 {
        assert_eq!(fetch(&shop).await.unwrap_err().code, RefusalCode::Throttled);
    }
    let consents = shop.try_call("consent_refresh", json!({})).await.unwrap_err();
    assert_eq!(consents.code, RefusalCode::Throttled);
    assert_eq!(service.struck(), 1, "asked once, and not again");
    service.heal();
    service.pass(&shop, 700);
    fetch(&shop).await.unwrap();
}
