//! The main job through the core alone: sign in, write, send, be paid. Real HTTP, real SQLite, the practice world.

use crate::shop::Shop;
use serde_json::json;
use simulator::visitor::Person;

#[tokio::test]
async fn an_invoice_to_a_phone_goes_from_draft_to_paid() {
    let shop = Shop::signed_in().await;
    let draft = shop.draft(|_| {}).await;
    assert_eq!(
        draft["reading"]["gross"],
        json!({ "minor": 125_000, "currency": "DKK" })
    );
    assert_eq!(draft["reading"]["canSendToPhone"], true, "{draft}");
    let sent = shop.send(&draft, "phone").await;
    assert_eq!(
        (&sent["row"]["number"], &sent["row"]["state"]),
        (&json!(1), &json!("held"))
    );
    let created = shop.until(&sent, "created").await;
    let pay = json!({ "phone": "+4557373259", "invoiceId": created["row"]["id"] });
    let answer = shop.call("phone_pay", pay).await;
    assert_eq!(answer["phone"]["bills"][0]["state"], "paid");
    let paid = shop.until(&created, "paid").await;
    let what: Vec<&str> = paid["timeline"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|entry| entry["what"].as_str())
        .collect();
    assert_eq!(what, ["sent", "attempted", "taken_by_service", "created", "paid"]);
    let list = shop.call("invoice_list", json!({ "filter": "paid" })).await;
    assert_eq!(list["total"], 1);
    let overview = shop.call("overview_show", json!({})).await;
    assert_eq!(overview["paidThisMonth"]["amount"]["minor"], 125_000);
}

#[tokio::test]
async fn a_link_is_opened_and_paid_by_anybody() {
    let shop = Shop::signed_in().await;
    let draft = shop
        .draft(|form| form["recipient"] = json!({ "name": "Café Havnen" }))
        .await;
    assert_eq!(draft["reading"]["canSendToPhone"], false);
    let sent = shop.send(&draft, "link").await;
    let created = shop.until(&sent, "created").await;
    let href = created["link"]["href"].as_str().unwrap();
    assert!(created["link"]["qrSvg"].as_str().unwrap().contains("<svg"));
    let client = reqwest::Client::new();
    let page = client.get(href).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("1250.00 DKK"), "{page}");
    let form = [("phone", "+4522509895"), ("decision", "now")];
    assert_eq!(client.post(href).form(&form).send().await.unwrap().status(), 200);
    shop.until(&created, "paid").await;
}

#[tokio::test]
async fn closing_and_opening_again_continues_and_sends_nothing_twice() {
    let mut shop = Shop::signed_in().await;
    let draft = shop.draft(|_| {}).await;
    let sent = shop.send(&draft, "phone").await;
    shop.reopen().await;
    let created = shop.until(&sent, "created").await;
    shop.reopen().await;
    let shown = shop
        .call("invoice_show", json!({ "id": created["row"]["id"] }))
        .await;
    assert_eq!(shown["row"]["state"], "created");
    assert_eq!(
        shop.call("connection_show", json!({})).await["session"]["state"],
        "signed_in"
    );
    let phone = shop.call("phone_show", json!({})).await;
    assert_eq!(phone["bills"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_held_invoice_is_taken_back_with_its_number() {
    let shop = Shop::signed_in().await;
    let draft = shop.draft(|_| {}).await;
    let sent = shop.send(&draft, "phone").await;
    let again = shop
        .call("invoice_undo", json!({ "id": sent["row"]["id"] }))
        .await;
    assert_eq!(again["form"]["recipient"]["name"], "Mads Krogh");
    assert_eq!(again["nextNumber"], 1);
    assert_eq!(shop.call("invoice_list", json!({})).await["total"], 0);
}

#[tokio::test]
async fn bad_input_is_said_beside_its_box_and_nothing_is_sent() {
    let shop = Shop::signed_in().await;
    let price =
        |text: &'static str| move |form: &mut serde_json::Value| form["lines"][0]["unitPrice"] = json!(text);
    let mut found = Vec::new();
    for draft in [
        shop.draft(|form| form["lines"] = json!([{}])).await,
        shop.draft(price("12.000,01")).await,
        shop.draft(|form| form["dueDate"] = json!("2020-01-01")).await,
        shop.draft(|form| form["recipient"]["phone"] = json!("5737325"))
            .await,
        shop.draft(price("tolv")).await,
    ] {
        let order = json!({ "id": draft["id"], "revision": draft["revision"], "channel": "phone" });
        let refusal = shop.try_call("draft_send", order).await.unwrap_err();
        let field = &refusal.fields[0];
        found.push(format!(
            "{} {}",
            field.field,
            serde_json::to_value(field.code).unwrap().as_str().unwrap()
        ));
    }
    assert_eq!(
        found,
        [
            "lines no_lines",
            "total total_above_limit",
            "dueDate due_date_in_past",
            "recipient.phone phone_too_short",
            "lines.0.unitPrice number_unreadable",
        ]
    );
    assert_eq!(shop.call("invoice_list", json!({})).await["total"], 0);
}

#[tokio::test]
async fn both_ways_of_writing_a_price_are_read_and_shown_as_read() {
    let shop = Shop::signed_in().await;
    for text in ["1.234,50", "1234.50"] {
        let draft = shop
            .draft(|form| form["lines"][0]["unitPrice"] = json!(text))
            .await;
        assert_eq!(draft["reading"]["lines"][0]["unitPrice"], "1234.5");
        assert_eq!(draft["form"]["lines"][0]["unitPrice"], text);
    }
}

#[tokio::test]
async fn an_invoice_that_changed_after_it_was_shown_is_not_sent() {
    let shop = Shop::signed_in().await;
    let seen = shop.draft(|_| {}).await;
    let mut form = seen["form"].clone();
    form["comment"] = json!("another word");
    shop.call(
        "draft_save",
        json!({ "id": seen["id"], "revision": seen["revision"], "form": form }),
    )
    .await;
    let order = json!({ "id": seen["id"], "revision": seen["revision"], "channel": "phone" });
    let refusal = shop.try_call("draft_send", order).await.unwrap_err();
    assert_eq!(refusal.code, desk::ipc::RefusalCode::ChangedMeanwhile);
}

#[tokio::test]
async fn a_payment_that_fails_is_said_in_words_and_the_bill_stays_open() {
    let shop = Shop::signed_in().await;
    let draft = shop
        .draft(|form| form["recipient"]["phone"] = json!("+4599592431"))
        .await;
    let sent = shop.send(&draft, "phone").await;
    let created = shop.until(&sent, "created").await;
    let pay = json!({ "phone": "+4599592431", "invoiceId": created["row"]["id"] });
    let answer = shop.call("phone_pay", pay).await;
    assert_eq!(answer["failed"], "The card has expired");
    assert_eq!(answer["phone"]["bills"][0]["state"], "failed");
}

#[tokio::test]
async fn a_cancelled_invoice_is_gone_from_the_phone() {
    let shop = Shop::signed_in().await;
    let draft = shop.draft(|_| {}).await;
    let created = shop.until(&shop.send(&draft, "phone").await, "created").await;
    let canceled = shop
        .call("invoice_cancel", json!({ "id": created["row"]["id"] }))
        .await;
    assert_eq!(canceled["row"]["state"], "canceled");
    let phone = shop.call("phone_show", json!({})).await;
    assert_eq!(phone["bills"][0]["state"], "gone");
}

#[tokio::test]
async fn finland_invoices_in_euro_under_its_own_numbers() {
    let shop = Shop::new().await;
    shop.call("connection_choose", json!({ "id": "practice-fi" }))
        .await;
    shop.sign_in(Person::finnish()).await;
    let draft = shop
        .draft(|form| form["recipient"]["phone"] = json!("+358121161343"))
        .await;
    assert_eq!(
        draft["reading"]["gross"],
        json!({ "minor": 125_500, "currency": "EUR" })
    );
    let sent = shop.send(&draft, "phone").await;
    assert_eq!(sent["row"]["number"], 1);
    shop.until(&sent, "created").await;
}

#[tokio::test]
async fn the_paper_of_a_draft_and_of_the_sent_invoice_is_set_and_saved() {
    let shop = Shop::signed_in().await;
    let draft = shop.draft(|_| {}).await;
    let paper = shop.call("draft_paper", json!({ "id": draft["id"] })).await;
    assert!(paper["pages"][0].as_str().unwrap().starts_with("<svg"));
    let sent = shop.send(&draft, "phone").await;
    let saved = shop
        .call("invoice_save_pdf", json!({ "id": sent["row"]["id"] }))
        .await;
    let bytes = std::fs::read(saved["path"].as_str().unwrap()).unwrap();
    assert!(bytes.starts_with(b"%PDF-"));
}
