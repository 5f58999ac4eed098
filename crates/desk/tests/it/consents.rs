//! Consents to be sent invoices by phone: asked with a link, answered by the payer, followed, listed, used.

use desk::ipc::RefusalCode;
use serde_json::{Value, json};
use simulator::{Fault, Trouble};

use crate::away::Service;
use crate::clock;
use crate::shop::Shop;

const LIST: &str = "/directinvoiceconsents";
const PAYER: &str = "+4557373259";

async fn list(shop: &Shop, answer: &str) -> Value {
    shop.call("consent_list", json!({ "answer": answer })).await
}

/// Waits until there is one with this answer, driven by events and not by time.
async fn until(shop: &Shop, answer: &str) -> Value {
    let mut events = shop.desk.events();
    let reached = async {
        loop {
            let found = list(shop, answer).await;
            if found["rows"].as_array().unwrap().len() == 1 {
                return found["rows"][0].clone();
            }
            let _ = events.recv().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_mins(1), reached)
        .await
        .unwrap_or_else(|_| panic!("never {answer}"))
}

async fn customer(shop: &Shop, phone: &str) -> Value {
    let form = json!({ "name": "Mads Krogh", "phone": phone });
    shop.call("customer_save", form).await["customer"].clone()
}

/// A link to this customer that can be paid.
async fn link(service: &Service, shop: &Shop, customer: &Value) -> Value {
    let draft = shop
        .draft(|form| {
            form["recipient"] = json!({ "name": "Mads Krogh", "customerId": customer["id"], "phone": "" });
        })
        .await;
    let sent = shop.send(&draft, "link").await;
    service.pass(shop, 6);
    shop.until(&sent, "created").await
}

fn named(invoice: &Value) -> Value {
    json!({ "id": invoice["row"]["id"] })
}

/// Whether the window offers to ask with it.
fn may_ask(invoice: &Value) -> bool {
    invoice["actions"]
        .as_array()
        .unwrap()
        .contains(&json!("ask_consent"))
}

/// The payer pays the link on the phone, and answers if they are asked.
async fn pay(shop: &Shop, invoice: &Value) -> Value {
    pay_by(PAYER, shop, invoice).await
}

async fn pay_by(phone: &str, shop: &Shop, invoice: &Value) -> Value {
    let pay = json!({ "phone": phone, "invoiceId": invoice["row"]["id"] });
    shop.call("phone_pay", pay).await["phone"]["bills"][0].clone()
}

async fn answer(shop: &Shop, invoice: &Value, granted: bool) -> Value {
    answer_by(PAYER, shop, invoice, granted).await
}

async fn answer_by(phone: &str, shop: &Shop, invoice: &Value, granted: bool) -> Value {
    let said = json!({ "phone": phone, "invoiceId": invoice["row"]["id"], "granted": granted });
    shop.call("phone_consent", said).await["phone"]["bills"][0]["consent"].clone()
}

#[tokio::test]
async fn a_customer_who_agrees_gets_the_next_invoice_on_the_phone_by_itself() {
    let service = Service::start().await;
    let shop = service.shop().await;
    let customer = customer(&shop, "").await;
    assert_eq!(customer["defaultChannel"], "link");
    let invoice = link(&service, &shop, &customer).await;
    let offered = shop.call("consent_links", json!({})).await;
    assert_eq!(offered["rows"][0]["id"], invoice["row"]["id"]);
    assert!(may_ask(&invoice), "{invoice}");
    let asked = shop.call("consent_ask", named(&invoice)).await;
    assert_eq!(
        (
            &asked["answer"],
            &asked["phone"],
            &asked["invoice"]["id"],
            &asked["customer"]["name"]
        ),
        (
            &json!("waiting"),
            &json!(""),
            &invoice["row"]["id"],
            &json!("Mads Krogh")
        )
    );
    assert_eq!(shop.call("consent_links", json!({})).await["rows"], json!([]));
    let shown = shop.call("invoice_show", named(&invoice)).await;
    assert_eq!(shown["consent"], "waiting");
    assert!(!may_ask(&shown), "asked once");
    assert_eq!(pay(&shop, &invoice).await["consent"], "asked");
    assert_eq!(answer(&shop, &invoice, true).await, "granted");
    let granted = until(&shop, "granted").await;
    assert_eq!(
        (&granted["phone"], &granted["customer"]["used"]),
        (&json!(PAYER), &json!(true))
    );
    assert!(granted["answeredAt"].is_string());
    let draft = shop
        .call("draft_create", json!({ "customerId": customer["id"] }))
        .await;
    assert_eq!(draft["form"]["recipient"]["phone"], PAYER);
    let found = shop.call("customer_list", json!({ "text": "Mads" })).await;
    assert_eq!(found["customers"][0]["defaultChannel"], "phone");
}

#[tokio::test]
async fn a_customer_who_declines_stays_with_links() {
    let service = Service::start().await;
    let shop = service.shop().await;
    let customer = customer(&shop, "").await;
    let invoice = link(&service, &shop, &customer).await;
    shop.call("consent_ask", named(&invoice)).await;
    pay(&shop, &invoice).await;
    assert_eq!(answer(&shop, &invoice, false).await, Value::Null);
    let declined = until(&shop, "declined").await;
    assert_eq!(
        (&declined["phone"], &declined["customer"]["used"]),
        (&json!(""), &json!(false))
    );
    let counts = list(&shop, "waiting").await["counts"].clone();
    assert_eq!(
        counts,
        json!({ "waiting": 0, "granted": 0, "declined": 1, "withdrawn": 0 })
    );
}

#[tokio::test]
async fn an_answer_is_noticed_without_anybody_asking_for_it_and_so_is_its_withdrawal() {
    let service = Service::start().await;
    let shop = service.shop().await;
    let customer = customer(&shop, "").await;
    let invoice = link(&service, &shop, &customer).await;
    let asked = shop.call("consent_ask", named(&invoice)).await;
    let id = invoice["technical"]["serviceId"].as_str().unwrap();
    let http = reqwest::Client::new();
    // On the stage of the service, so that nothing here hears of it.
    let act = async |what: &str| {
        let fields = [
            ("act", what),
            ("invoice", id),
            ("consent", asked["id"].as_str().unwrap()),
            ("phone", PAYER),
        ];
        http.post(service.practice(""))
            .form(&fields)
            .send()
            .await
            .unwrap()
    };
    act("now").await;
    act("agree").await;
    service.pass(&shop, 60);
    until(&shop, "granted").await;
    act("take-back").await;
    service.pass(&shop, 2 * 86_400);
    let withdrawn = until(&shop, "withdrawn").await;
    assert_eq!(withdrawn["id"], asked["id"]);
}

#[tokio::test]
async fn consents_that_others_asked_for_are_found_in_the_list_and_given_to_a_customer_by_the_merchant() {
    let service = Service::start().await;
    let (elsewhere, shop) = (service.shop().await, service.shop().await);
    let mads = customer(&elsewhere, "").await;
    let invoice = link(&service, &elsewhere, &mads).await;
    elsewhere.call("consent_ask", named(&invoice)).await;
    pay(&elsewhere, &invoice).await;
    answer(&elsewhere, &invoice, true).await;
    // Here the customer has another number: the merchant decides.
    let other = customer(&shop, "22 50 98 95").await;
    shop.call("consent_refresh", json!({})).await;
    let granted = until(&shop, "granted").await;
    assert_eq!(
        (&granted["customer"], &granted["invoice"], &granted["askedAt"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
    let used = json!({ "id": granted["id"], "customerId": other["id"] });
    let used = shop.call("consent_use", used).await;
    assert_eq!(used["customer"]["used"], true);
    let found = shop.call("customer_list", json!({ "text": "57373259" })).await;
    assert_eq!(found["total"], 1);
}

#[tokio::test]
async fn the_list_is_read_to_its_last_page() {
    let service = Service::start().await;
    let (elsewhere, shop) = (service.shop().await, service.shop().await);
    let mads = customer(&elsewhere, "").await;
    for phone in [PAYER, "+4522509895", "+4554048573"] {
        let invoice = link(&service, &elsewhere, &mads).await;
        elsewhere.call("consent_ask", named(&invoice)).await;
        pay_by(phone, &elsewhere, &invoice).await;
        assert_eq!(answer_by(phone, &elsewhere, &invoice, true).await, "granted");
    }
    shop.call("consent_refresh", json!({})).await;
    let first = shop
        .call("consent_list", json!({ "answer": "granted", "limit": 2 }))
        .await;
    assert_eq!(
        (
            first["rows"].as_array().unwrap().len(),
            &first["counts"]["granted"]
        ),
        (2, &json!(3))
    );
    let rest = json!({ "answer": "granted", "limit": 2, "after": first["next"] });
    let rest = shop.call("consent_list", rest).await;
    assert_eq!(
        (rest["rows"].as_array().unwrap().len(), &rest["next"]),
        (1, &Value::Null)
    );
}

#[tokio::test]
async fn with_an_invoice_on_a_phone_or_a_paid_link_nobody_is_asked() {
    let service = Service::start().await;
    let shop = service.shop().await;
    let sent = service.send(&shop, "phone").await;
    shop.until(&sent, "created").await;
    let refusal = shop.try_call("consent_ask", named(&sent)).await.unwrap_err();
    assert_eq!(
        (refusal.code, refusal.detail.as_deref()),
        (RefusalCode::NotNow, Some("consent_needs_link"))
    );
    let invoice = link(&service, &shop, &customer(&shop, "").await).await;
    pay(&shop, &invoice).await;
    let refusal = shop.try_call("consent_ask", named(&invoice)).await.unwrap_err();
    assert_eq!(refusal.code, RefusalCode::NotNow);
}

#[tokio::test]
async fn a_question_whose_answer_was_lost_is_asked_again_and_stands_once() {
    let service = Service::start().await;
    let shop = service.shop().await;
    let invoice = link(&service, &shop, &customer(&shop, "").await).await;
    let lost = Fault::new(Trouble::DropAfter)
        .on("/directinvoiceconsents")
        .method("POST")
        .once();
    service.strike(lost);
    let refusal = shop.try_call("consent_ask", named(&invoice)).await.unwrap_err();
    assert_eq!(refusal.code, RefusalCode::Unclear);
    let first = shop.call("consent_ask", named(&invoice)).await;
    let again = shop.call("consent_ask", named(&invoice)).await;
    assert_eq!(first["id"], again["id"]);
    assert_eq!(list(&shop, "waiting").await["counts"]["waiting"], 1);
}

/// What cannot be told of one is told of the others.
#[tokio::test]
async fn one_that_the_service_cannot_tell_of_keeps_nobody_from_the_others() {
    let service = Service::start().await;
    let shop = service.shop().await;
    let mads = customer(&shop, "").await;
    let (older, newer) = (
        link(&service, &shop, &mads).await,
        link(&service, &shop, &mads).await,
    );
    shop.call("consent_ask", named(&older)).await;
    service.pass(&shop, 5);
    let broken = shop.call("consent_ask", named(&newer)).await;
    let one = format!("/directinvoiceconsents/{}", broken["id"].as_str().unwrap());
    service.strike(Fault::status(500).on(&one).method("GET"));
    // On the stage of the service, so that nothing here hears of it.
    let id = older["technical"]["serviceId"].as_str().unwrap();
    for act in ["now", "agree"] {
        let asked = list(&shop, "waiting").await["rows"].as_array().unwrap().clone();
        let asked = asked.iter().find(|row| row["id"] != broken["id"]).unwrap()["id"].clone();
        let fields = [
            ("act", act),
            ("invoice", id),
            ("consent", asked.as_str().unwrap()),
            ("phone", PAYER),
        ];
        let pressed = reqwest::Client::new()
            .post(service.practice(""))
            .form(&fields)
            .send();
        pressed.await.unwrap();
    }
    service.pass(&shop, 3_600);
    until(&shop, "granted").await;
}

/// However many there are, the one that was taken back is noticed.
#[tokio::test]
async fn a_withdrawal_among_more_than_five_hundred_is_noticed() {
    let mut shop = Shop::signed_in().await;
    let customer = customer(&shop, "").await;
    let draft = shop
        .draft(|form| {
            form["recipient"] = json!({ "name": "Mads Krogh", "customerId": customer["id"], "phone": "" });
        })
        .await;
    let sent = shop.send(&draft, "link").await;
    let invoice = shop.until(&sent, "created").await;
    let asked = shop.call("consent_ask", named(&invoice)).await;
    pay(&shop, &invoice).await;
    answer(&shop, &invoice, true).await;
    until(&shop, "granted").await;
    let current = shop.call("app_show", json!({})).await["current"].clone();
    let books = format!("data/books/{}.kvit", current.as_str().unwrap());
    let books = shop.folder.path().join(books);
    shop.desk.close().await;
    let mut ledger = ledger::Ledger::open(&books).unwrap();
    let now = clock::now();
    // Others of which the service says that it does not know them: they stay as they are.
    let said: Vec<ledger::ConsentSaid> = (0..510)
        .map(|at| ledger::ConsentSaid {
            id: format!("00000000-0000-4000-8000-{at:012}"),
            service_invoice_id: None,
            phone: None,
            answer: ledger::ConsentAnswer::Granted,
            granted_on: Some(now),
        })
        .collect();
    ledger.note_consents(&said, now).unwrap();
    drop(ledger);
    shop.reopen().await;
    let begun = shop.call("signin_begin", json!({})).await;
    let stage: url::Url = begun["authorizeUrl"].as_str().unwrap().parse().unwrap();
    let stage = stage.join("/__practice/").unwrap();
    let fields = [
        ("act", "take-back"),
        ("consent", asked["id"].as_str().unwrap()),
        ("phone", PAYER),
    ];
    let stage = reqwest::Client::new().post(stage).form(&fields).send();
    assert!(stage.await.unwrap().status().as_u16() < 400);
    shop.call("consent_refresh", json!({})).await;
    let counts = list(&shop, "withdrawn").await["counts"].clone();
    assert_eq!(
        (&counts["withdrawn"], &counts["granted"]),
        (&json!(1), &json!(510))
    );
}

#[tokio::test]
async fn a_consent_that_was_granted_elsewhere_is_found_once_a_day_where_the_books_know_none() {
    let service = Service::start().await;
    let (elsewhere, shop) = (service.shop().await, service.shop().await);
    let customer = customer(&elsewhere, "").await;
    let invoice = link(&service, &elsewhere, &customer).await;
    elsewhere.call("consent_ask", named(&invoice)).await;
    pay(&elsewhere, &invoice).await;
    answer(&elsewhere, &invoice, true).await;
    service.pass(&shop, 86_400);
    assert_eq!(until(&shop, "granted").await["phone"], PAYER);
}

#[tokio::test]
async fn an_issuer_whose_list_is_refused_keeps_nobody_from_the_others_and_waits_for_its_day() {
    let service = Service::start().await;
    let shop = service.shop().await;
    let customer = customer(&shop, "").await;
    let invoice = link(&service, &shop, &customer).await;
    shop.call("consent_ask", named(&invoice)).await;
    service.strike(Fault::status(400).on(LIST).method("GET"));
    let refusal = shop.try_call("consent_refresh", json!({})).await.unwrap_err();
    assert_eq!(refusal.code, RefusalCode::RefusedByService);
    let struck = service.struck();
    // Thirty seconds later what is followed is looked at, and nobody is asked for the list.
    pay(&shop, &invoice).await;
    answer(&shop, &invoice, true).await;
    service.pass(&shop, 40);
    until(&shop, "granted").await;
    assert_eq!(service.struck(), struck);
}
