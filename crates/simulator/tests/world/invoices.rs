//! Creating, reading, cancelling, and what the payer does (spec 9, 10, 12, 14, 16).

use anyhow::Result;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use simulator::Switches;
use simulator::visitor::Person;

use crate::shop::{EXPIRED_CARD, Shop, TODAY, USER, world};

fn with(body: &Value, name: &str, value: Value) -> Value {
    let mut changed = body.clone();
    changed[name] = value;
    changed
}

#[tokio::test]
async fn every_business_rule_answers_with_its_code() -> Result<()> {
    let shop = Shop::danish().await?;
    let good = shop.body("1");
    let pending = shop
        .issuers
        .iter()
        .find(|(_, status)| status == "pending")
        .map(|(id, _)| id);
    let nobody = "00000000-0000-4000-8000-000000000000";
    let table = [
        ("TotalAmount", json!(0), "10008"),
        ("TotalAmount", json!(-1), "10008"),
        ("TotalAmount", json!(15000.01), "10201"),
        ("InvoiceIssuer", json!(nobody), "10202"),
        ("InvoiceIssuer", json!(pending), "10203"),
        ("DueDate", json!("2026-03-01"), "10311"),
        ("DueDate", json!("2027-04-06"), "10310"),
        ("IssueDate", json!("2026-03-03"), "10312"),
        (
            "ConsumerAlias",
            json!({"Alias": "+4511111111", "AliasType": "Phone"}),
            "10101",
        ),
        (
            "ConsumerAlias",
            json!({"Alias": "+4500010102", "AliasType": "Phone"}),
            "10102",
        ),
    ];
    for (name, value, code) in table {
        let body = with(&good, name, value.clone());
        let (status, answer) = shop
            .call(Method::POST, &shop.path("/invoices"), Some(&body))
            .await?;
        assert_eq!(
            (status, &answer["error_code"]),
            (StatusCode::CONFLICT, &json!(code)),
            "{name}={value}"
        );
        assert_eq!(
            (&answer["error"], &answer["error_context"]),
            (&json!("DomainError"), &json!("Invoices"))
        );
    }
    for (name, value) in [
        ("DueDate", json!(TODAY)),
        ("DueDate", json!("2027-04-05")),
        ("TotalAmount", json!(15000)),
    ] {
        shop.create(&with(&good, name, value)).await?;
    }
    Ok(())
}

#[tokio::test]
async fn every_unreadable_field_is_named() -> Result<()> {
    let shop = Shop::danish().await?;
    let good = shop.body("1");
    let table = [
        ("InvoiceIssuer", Value::Null),
        ("ConsumerAlias", Value::Null),
        ("ConsumerAlias", json!({"Alias": "12", "AliasType": "Phone"})),
        ("ConsumerAlias", json!({"Alias": USER.2, "AliasType": "Mail"})),
        ("TotalAmount", Value::Null),
        ("TotalAmount", json!("360")),
        ("TotalVATAmount", json!(0.125)),
        ("DueDate", Value::Null),
        ("DueDate", json!("12.03.2026")),
        ("InvoiceNumber", Value::Null),
        ("PaymentReference", json!("x".repeat(61))),
        ("InvoiceUrl", json!("http://shop.example/1.pdf")),
        ("InvoiceArticles", json!([])),
        (
            "InvoiceArticles",
            json!([{"ArticleDescription": "Cable", "Quantity": "one"}]),
        ),
    ];
    for (name, value) in table {
        let body = with(&good, name, value.clone());
        let (status, answer) = shop
            .call(Method::POST, &shop.path("/invoices"), Some(&body))
            .await?;
        assert_eq!(
            (status, &answer["error"]),
            (StatusCode::BAD_REQUEST, &json!("InputError")),
            "{name}={value}"
        );
        assert_eq!(answer["error_code"], Value::Null);
        let text = answer["error_description"].as_str().unwrap_or_default();
        assert!(
            text.contains(&format!("input.{name}")) && text.ends_with("\r\n"),
            "{text}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn finland_has_its_own_maximum_and_currency() -> Result<()> {
    let shop = Shop::over(world(None, Switches::default()).await?, Person::finnish()).await?;
    let alias = json!({"Alias": "+358121161343", "AliasType": "Phone"});
    let body = with(&shop.body("1"), "ConsumerAlias", alias);
    let too_much = with(&body, "TotalAmount", json!(2000.01));
    let (_, answer) = shop
        .call(Method::POST, &shop.path("/invoices"), Some(&too_much))
        .await?;
    assert_eq!(answer["error_code"], "10201");
    let id = shop.create(&body).await?;
    let (_, details) = shop
        .call(Method::GET, &shop.path(&format!("/invoices/{id}")), None)
        .await?;
    assert_eq!(details["CurrencyCode"], "EUR");
    Ok(())
}

#[tokio::test]
async fn the_same_request_twice_is_one_invoice_however_it_is_spelled() -> Result<()> {
    let shop = Shop::danish().await?;
    let body = shop.body("1");
    shop.create(&body).await?;
    let lower: serde_json::Map<_, _> = body
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.to_lowercase(), value.clone()))
        .collect();
    for twin in [body.clone(), Value::from(lower)] {
        let (status, answer) = shop
            .call(Method::POST, &shop.path("/invoices"), Some(&twin))
            .await?;
        assert_eq!(
            (status, &answer["error_code"]),
            (StatusCode::CONFLICT, &json!("10104"))
        );
    }
    shop.create(&with(&body, "Comment", json!("x"))).await?;
    Ok(())
}

#[tokio::test]
async fn the_eleventh_of_a_day_is_refused_and_the_next_day_counts_anew() -> Result<()> {
    let shop = Shop::danish().await?;
    for number in 0..10 {
        shop.create(&shop.body(&format!("{number}"))).await?;
    }
    let (_, answer) = shop
        .call(Method::POST, &shop.path("/invoices"), Some(&shop.body("10")))
        .await?;
    assert_eq!(answer["error_code"], "10314");
    shop.days_pass(1).await?;
    shop.create(&shop.body("10")).await?;
    Ok(())
}

#[tokio::test]
async fn amounts_come_back_digit_for_digit() -> Result<()> {
    let shop = Shop::danish().await?;
    let text = shop
        .body("1")
        .to_string()
        .replace("\"TotalAmount\":360", "\"TotalAmount\":0.1");
    let text = text.replace("\"PricePerUnit\":288", "\"PricePerUnit\":0.12345678901234567890");
    let asked = shop
        .request(Method::POST, &shop.path("/invoices"))
        .bearer_auth(&shop.token);
    let answer = asked
        .header("content-type", "application/json")
        .body(text)
        .send()
        .await?;
    let id = answer.json::<Value>().await?["InvoiceId"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let path = shop.path(&format!("/invoices/{id}"));
    let details = shop
        .request(Method::GET, &path)
        .bearer_auth(&shop.token)
        .send()
        .await?
        .text()
        .await?;
    assert!(details.contains("\"TotalAmount\":0.1,"), "{details}");
    assert!(
        details.contains("\"PricePerUnit\":0.1234567890123456789"),
        "{details}"
    );
    Ok(())
}

#[tokio::test]
async fn a_paid_invoice_cannot_be_cancelled() -> Result<()> {
    let shop = Shop::danish().await?;
    let id = shop.create(&shop.body("1")).await?;
    let (status, answer) = shop.accept(&id, USER, TODAY).await?;
    assert_eq!(
        (status, &answer["InvoicePaymentStatus"]),
        (StatusCode::OK, &json!("paid"))
    );
    assert_eq!(shop.status(&id).await?, "paid");
    let (status, answer) = shop.cancel(&id).await?;
    assert_eq!(
        (status, &answer["error_code"]),
        (StatusCode::CONFLICT, &json!("10504"))
    );
    assert_eq!(shop.reject(&id).await?, StatusCode::CONFLICT);
    Ok(())
}

#[tokio::test]
async fn an_acceptance_has_a_receipt_with_every_documented_member() -> Result<()> {
    let shop = Shop::danish().await?;
    let required = [
        "Logo",
        "InvoiceIssuerName",
        "PaymentDate",
        "TotalAmount",
        "Status",
        "PaymentSourceType",
    ];
    for (number, day, state) in [("1", TODAY, "paid"), ("2", "2026-03-10", "accepted")] {
        let id = shop.create(&shop.body(number)).await?;
        let (_, answer) = shop.accept(&id, USER, day).await?;
        let receipt = &answer["Receipt"];
        for name in required {
            assert!(!receipt[name].is_null(), "{name} in {receipt}");
        }
        assert_eq!(receipt.as_object().map(serde_json::Map::len), Some(27));
        assert_eq!(
            (&receipt["Status"], &receipt["PaymentDate"]),
            (&json!(state), &json!(format!("{day}T00:00:00Z")))
        );
        assert_eq!(receipt["CardDetails"]["MaskedCardNumber"], "XXXXXXXXXXXX3259");
        let (_, details) = shop
            .call(Method::GET, &shop.path(&format!("/invoices/{id}")), None)
            .await?;
        assert_eq!(
            receipt["TransactionDetails"]["TransactionId"],
            details["PaymentTransactionId"]
        );
        for name in [
            "TotalAmount",
            "InvoiceVatTotals",
            "InvoiceArticles",
            "DueDate",
            "MerchantId",
            "InvoiceIssuerCity",
        ] {
            assert_eq!(receipt[name], details[name], "{name}");
        }
        assert_eq!(
            (&answer["RedirectUrl"], &receipt["MerchantVatNumber"]),
            (&Value::Null, &json!("DK25313763"))
        );
    }
    Ok(())
}

#[tokio::test]
async fn cancelling_ends_it_once() -> Result<()> {
    let shop = Shop::danish().await?;
    let id = shop.create(&shop.body("1")).await?;
    assert_eq!(shop.cancel(&id).await?.0, StatusCode::NO_CONTENT);
    assert_eq!(shop.status(&id).await?, "canceled");
    for again in [id.as_str(), "00000000-0000-4000-8000-000000000000"] {
        let (status, answer) = shop.cancel(again).await?;
        assert_eq!(
            (status, &answer["error_code"]),
            (StatusCode::CONFLICT, &Value::Null)
        );
    }
    assert_eq!(shop.accept(&id, USER, TODAY).await?.0, StatusCode::CONFLICT);
    Ok(())
}

#[tokio::test]
async fn only_the_addressed_user_with_his_own_card_may_act() -> Result<()> {
    let shop = Shop::danish().await?;
    let id = shop.create(&shop.body("1")).await?;
    assert_eq!(
        shop.accept(&id, EXPIRED_CARD, TODAY).await?.0,
        StatusCode::CONFLICT
    );
    let foreign_card = (USER.0, EXPIRED_CARD.1, USER.2);
    assert_eq!(
        shop.accept(&id, foreign_card, TODAY).await?.0,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(
        shop.accept(&id, USER, "2026-04-12").await?.0,
        StatusCode::CONFLICT
    );
    assert_eq!(shop.status(&id).await?, "created");
    Ok(())
}

#[tokio::test]
async fn an_expired_card_leaves_it_accepted() -> Result<()> {
    let shop = Shop::danish().await?;
    let alias = json!({"Alias": EXPIRED_CARD.2, "AliasType": "Phone"});
    let id = shop
        .create(&with(&shop.body("1"), "ConsumerAlias", alias))
        .await?;
    let (status, answer) = shop.accept(&id, EXPIRED_CARD, TODAY).await?;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(answer["ErrorText"].is_string());
    assert_eq!(shop.status(&id).await?, "accepted");
    Ok(())
}

#[tokio::test]
async fn a_direct_rejection_shows_and_one_of_a_fresh_link_does_not() -> Result<()> {
    let shop = Shop::danish().await?;
    let direct = shop.create(&shop.body("1")).await?;
    let (link, _) = shop.link(&shop.body("1")).await?;
    for (id, expected) in [(&direct, "rejected"), (&link, "created")] {
        assert_eq!(shop.reject(id).await?, StatusCode::OK);
        assert_eq!(shop.status(id).await?, expected);
    }
    shop.accept(&link, USER, "2026-03-10").await?;
    assert_eq!(shop.reject(&link).await?, StatusCode::OK);
    assert_eq!(shop.status(&link).await?, "rejected");
    Ok(())
}

#[tokio::test]
async fn a_person_pays_on_the_landing_page() -> Result<()> {
    let shop = Shop::danish().await?;
    let body = with(
        &shop.body("1"),
        "RedirectUrl",
        json!("https://shop.example/thanks?order=1"),
    );
    let (id, href) = shop.link(&body).await?;
    let old = format!("/consumers/me/invoices/invoices/{id}/link");
    let sent_on = shop.request(Method::GET, &old).send().await?;
    assert_eq!(sent_on.status(), StatusCode::FOUND);
    assert_eq!(sent_on.headers()["location"], href.as_str());
    let page = shop.http.get(&href).send().await?;
    assert_eq!(page.status(), StatusCode::OK);
    assert!(page.headers().contains_key("content-security-policy"));
    assert!(page.text().await?.contains("360"));
    let answer = shop
        .http
        .post(&href)
        .form(&[("phone", USER.2), ("decision", "pay")])
        .send()
        .await?;
    assert_eq!(
        answer.headers()["location"],
        "https://shop.example/thanks?order=1&status=paid"
    );
    assert_eq!(shop.status(&id).await?, "paid");
    Ok(())
}

#[tokio::test]
async fn the_paper_is_a_pdf_that_writes_the_letters_of_both_languages() -> Result<()> {
    let shop = Shop::danish().await?;
    let mut body = shop.body("1");
    body["InvoiceArticles"][0]["ArticleDescription"] = json!("Blå sæde (Ø) – 5 €, Möykky");
    let id = shop.create(&body).await?;
    let path = format!("/consumers/me/invoices/{id}/pdf");
    let answer = shop
        .request(Method::GET, &path)
        .header("AuthenticatedUser", USER.0)
        .send()
        .await?;
    assert_eq!(answer.headers()["content-type"], "application/pdf");
    let bytes = answer.bytes().await?;
    assert!(bytes.starts_with(b"%PDF-") && bytes.trim_ascii_end().ends_with(b"%%EOF"));
    let text = std::str::from_utf8(&bytes)?;
    assert!(text.contains("/WinAnsiEncoding"));
    // Octal codes of that encoding.
    assert!(
        text.contains(r"(Bl\345 s\346de \(\330\) \226 5 \200, M\366ykky) Tj"),
        "{text}"
    );
    Ok(())
}
