//! Many invoices in one call: an outcome for each row, and what is told of it afterwards (spec 9.3, 9.5, 11.3, 11.4).

use anyhow::{Context as _, Result};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use simulator::visitor::Person;
use simulator::{PRACTICE_GATEWAY_ID, Switches};

use crate::callbacks::{flush, listening};
use crate::shop::{Shop, USER, said, world};

impl Shop {
    /// The answer to these rows, to phones.
    pub(crate) async fn batch(&self, rows: &[Value]) -> Result<(StatusCode, Value)> {
        let rows = Value::from(rows);
        self.call(Method::POST, &self.path("/invoices/batch"), Some(&rows))
            .await
    }

    pub(crate) async fn link_batch(&self, rows: &[Value]) -> Result<(StatusCode, Value)> {
        let rows = Value::from(rows);
        self.call(Method::POST, &self.path("/invoices/link/batch"), Some(&rows))
            .await
    }

    /// A request for a link without a number to send it to.
    pub(crate) fn open_link(&self, number: &str) -> Value {
        let mut body = self.body(number);
        body["ConsumerAlias"] = Value::Null;
        body
    }
}

fn numbers(list: &Value) -> Vec<&str> {
    let rows = list.as_array().into_iter().flatten();
    rows.filter_map(|row| row["InvoiceNumber"].as_str()).collect()
}

fn changed(body: &Value, name: &str, value: Value) -> Value {
    let mut changed = body.clone();
    changed[name] = value;
    changed
}

#[tokio::test]
async fn each_row_has_its_own_outcome_and_the_good_ones_are_invoices() -> Result<()> {
    let shop = Shop::danish().await?;
    shop.create(&shop.body("2")).await?;
    let zero = changed(&shop.body("3"), "TotalAmount", json!(0));
    let (status, answer) = shop
        .batch(&[shop.body("1"), shop.body("2"), zero, shop.body("4")])
        .await?;
    assert_eq!(status, StatusCode::ACCEPTED);
    assert_eq!(numbers(&answer["Accepted"]), ["1", "4"]);
    assert_eq!(
        answer["Rejected"],
        json!([
            {"InvoiceNumber": "2", "Errors": [{"ErrorText": "Invoice already exists", "ErrorCode": 10104}]},
            {"InvoiceNumber": "3", "Errors": [{"ErrorText": "Total amount must be greater than 0", "ErrorCode": 10008}]},
        ])
    );
    for accepted in answer["Accepted"].as_array().context("rows")? {
        assert_eq!(shop.status(said(accepted, "InvoiceId")?).await?, "created");
    }
    Ok(())
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_rejected_without_a_code_and_names_each_field() -> Result<()> {
    let shop = Shop::danish().await?;
    let mut bad = shop.body("1");
    bad["TotalAmount"] = json!("much");
    bad["DueDate"] = Value::Null;
    let mut nameless = shop.body("");
    nameless["InvoiceNumber"] = Value::Null;
    let (status, answer) = shop.batch(&[bad, nameless, json!(7), shop.body("2")]).await?;
    assert_eq!(status, StatusCode::ACCEPTED);
    assert_eq!(numbers(&answer["Accepted"]), ["2"]);
    assert_eq!(
        answer["Rejected"],
        json!([
            {"InvoiceNumber": "1", "Errors": [
                {"ErrorText": "input.TotalAmount : Invalid input", "ErrorCode": null},
                {"ErrorText": "input.DueDate : Value is required", "ErrorCode": null}]},
            {"InvoiceNumber": null, "Errors": [
                {"ErrorText": "input.InvoiceNumber : InvoiceNumber or PaymentReference is required", "ErrorCode": null}]},
            {"InvoiceNumber": null, "Errors": [
                {"ErrorText": "input. : A non-empty request body is required.", "ErrorCode": null}]},
        ])
    );
    Ok(())
}

#[tokio::test]
async fn a_row_with_a_reference_only_is_accepted_without_a_number() -> Result<()> {
    let shop = Shop::danish().await?;
    let mut row = shop.body("1");
    row["InvoiceNumber"] = Value::Null;
    row["PaymentReference"] = json!("186");
    let (_, answer) = shop.batch(&[row]).await?;
    assert_eq!(answer["Accepted"][0]["InvoiceNumber"], Value::Null);
    assert!(answer["Accepted"][0]["InvoiceId"].is_string());
    Ok(())
}

#[tokio::test]
async fn two_thousand_rows_are_taken_and_one_more_or_none_is_refused_as_a_whole() -> Result<()> {
    let shop = Shop::danish().await?;
    let rows: Vec<Value> = (0..=2000)
        .map(|number| shop.open_link(&number.to_string()))
        .collect();
    for bad in [&rows[..], &[]] {
        let (status, answer) = shop.link_batch(bad).await?;
        assert_eq!(
            (status, &answer["error"]),
            (StatusCode::BAD_REQUEST, &json!("InputError"))
        );
    }
    let one_object = shop
        .call(Method::POST, &shop.path("/invoices/batch"), Some(&shop.body("1")))
        .await?;
    assert_eq!(one_object.0, StatusCode::BAD_REQUEST);
    let (status, answer) = shop.link_batch(&rows[..2000]).await?;
    assert_eq!(
        (status, numbers(&answer["Accepted"]).len(), &answer["Rejected"]),
        (StatusCode::ACCEPTED, 2000, &json!([]))
    );
    Ok(())
}

#[tokio::test]
async fn the_same_batch_again_is_rejected_row_by_row() -> Result<()> {
    let shop = Shop::danish().await?;
    let rows: Vec<Value> = (1..=3)
        .map(|number| shop.open_link(&number.to_string()))
        .collect();
    shop.link_batch(&rows).await?;
    let (status, answer) = shop.link_batch(&rows).await?;
    assert_eq!((status, &answer["Accepted"]), (StatusCode::ACCEPTED, &json!([])));
    assert_eq!(numbers(&answer["Rejected"]), ["1", "2", "3"]);
    for row in answer["Rejected"].as_array().context("rows")? {
        assert_eq!(row["Errors"][0]["ErrorCode"], 10104);
    }
    // A single call knows the invoices of a batch, and a direct one is another than a link.
    let (status, _) = shop
        .call(Method::POST, &shop.path("/invoices/link"), Some(&rows[0]))
        .await?;
    assert_eq!(status, StatusCode::CONFLICT);
    assert_eq!(
        numbers(&shop.batch(&[shop.body("1")]).await?.1["Accepted"]),
        ["1"]
    );
    Ok(())
}

#[tokio::test]
async fn the_same_row_twice_in_one_batch_is_one_invoice_and_one_invalid() -> Result<()> {
    let shop = Shop::danish().await?;
    let mut receiver = listening(&shop).await?;
    let (_, answer) = shop.batch(&[shop.body("1"), shop.body("1")]).await?;
    let ids: Vec<&str> = answer["Accepted"]
        .as_array()
        .context("rows")?
        .iter()
        .filter_map(|row| row["InvoiceId"].as_str())
        .collect();
    assert_eq!(ids.len(), 2);
    assert_eq!(
        (shop.status(ids[0]).await?, shop.status(ids[1]).await?),
        ("created".to_owned(), "invalid".to_owned())
    );
    flush(&shop).await?;
    let (_, told) = receiver.got.recv().await.context("nothing came")?;
    let told: Value = serde_json::from_str(&told)?;
    assert_eq!(
        (&told[1]["ErrorCode"], &told[1]["ErrorMessage"]),
        (&json!(10301), &json!("Invoice already exists"))
    );
    assert_eq!(told[0]["ErrorCode"], Value::Null);
    Ok(())
}

#[tokio::test]
async fn the_eleventh_row_to_one_consumer_is_accepted_and_then_invalid() -> Result<()> {
    let shop = Shop::danish().await?;
    let mut receiver = listening(&shop).await?;
    shop.create(&shop.body("0")).await?;
    let rows: Vec<Value> = (1..=10).map(|number| shop.body(&number.to_string())).collect();
    let (_, answer) = shop.batch(&rows).await?;
    assert_eq!(numbers(&answer["Accepted"]).len(), 10);
    let last = said(&answer["Accepted"][9], "InvoiceId")?;
    assert_eq!(shop.status(last).await?, "invalid");
    assert_eq!(
        shop.status(said(&answer["Accepted"][8], "InvoiceId")?).await?,
        "created"
    );
    flush(&shop).await?;
    let (_, told) = receiver.got.recv().await.context("nothing came")?;
    let told: Vec<Value> = serde_json::from_str(&told)?;
    let codes: Vec<&Value> = told
        .iter()
        .map(|event| &event["ErrorCode"])
        .filter(|code| !code.is_null())
        .collect();
    assert_eq!(codes, [&json!(10314)]);
    Ok(())
}

#[tokio::test]
async fn an_invalid_invoice_is_none_it_cannot_be_paid_or_cancelled_and_may_come_again() -> Result<()> {
    let shop = Shop::danish().await?;
    let late = changed(&shop.body("1"), "DueDate", json!("2026-03-01"));
    let (_, answer) = shop.batch(std::slice::from_ref(&late)).await?;
    let id = said(&answer["Accepted"][0], "InvoiceId")?;
    assert_eq!(shop.status(id).await?, "invalid");
    assert_eq!(shop.accept(id, USER, "2026-03-02").await?.0, StatusCode::CONFLICT);
    assert_eq!(shop.reject(id).await?, StatusCode::CONFLICT);
    let (status, answer) = shop.cancel(id).await?;
    assert_eq!(
        (status, &answer["error_description"]),
        (StatusCode::CONFLICT, &json!("Invoice is invalid"))
    );
    let (_, again) = shop.batch(&[late]).await?;
    assert_eq!(numbers(&again["Accepted"]), ["1"]);
    shop.days_pass(60).await?;
    assert_eq!(shop.status(id).await?, "invalid");
    Ok(())
}

#[tokio::test]
async fn the_address_of_a_link_comes_with_its_callback_only_and_can_be_opened() -> Result<()> {
    let shop = Shop::danish().await?;
    let mut receiver = listening(&shop).await?;
    let (_, answer) = shop.link_batch(&[shop.open_link("1")]).await?;
    assert_eq!(
        answer["Accepted"][0].as_object().map(serde_json::Map::len),
        Some(2)
    );
    shop.link(&shop.open_link("2")).await?;
    flush(&shop).await?;
    let (_, told) = receiver.got.recv().await.context("nothing came")?;
    let told: Value = serde_json::from_str(&told)?;
    assert_eq!(told[0]["InvoiceId"], answer["Accepted"][0]["InvoiceId"]);
    assert_eq!(told[0]["Links"][0]["Rel"], "user-redirect");
    let page = shop.http.get(said(&told[0]["Links"][0], "Href")?).send().await?;
    assert_eq!(page.status(), StatusCode::OK);
    assert!(page.text().await?.contains("360"));
    // Of a single link the creation has told already.
    assert_eq!(told[1]["Links"], Value::Null);
    Ok(())
}

#[tokio::test]
async fn a_batch_passes_the_gateway_like_any_other_call() -> Result<()> {
    let shop = Shop::danish().await?;
    let rows = json!([shop.body("1")]);
    for kind in ["/invoices/batch", "/invoices/link/batch"] {
        let url = format!("{}/api/v1{}", shop.simulator.api_base_url(), shop.path(kind));
        let no_app = shop.http.post(&url).bearer_auth(&shop.token).json(&rows);
        let no_app = no_app.header("x-ibm-client-id", PRACTICE_GATEWAY_ID);
        assert_eq!(no_app.send().await?.status(), StatusCode::UNAUTHORIZED);
        let no_bearer = shop.request(Method::POST, &shop.path(kind)).json(&rows);
        assert_eq!(no_bearer.send().await?.status(), StatusCode::UNAUTHORIZED);
        let foreign = format!("/merchants/5a0c6c1e-2a7b-4c6f-8f51-7d1e0f9b2c33{kind}");
        let (status, _) = shop.call(Method::POST, &foreign, Some(&rows)).await?;
        assert_eq!(status, StatusCode::FORBIDDEN);
    }
    assert_eq!(
        numbers(&shop.batch(&[shop.body("1")]).await?.1["Accepted"]),
        ["1"]
    );
    Ok(())
}

#[tokio::test]
async fn a_batch_survives_a_restart_with_what_is_wrong() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = Some(folder.path().to_owned());
    let mut shop = Shop::over(world(data.clone(), Switches::default()).await?, Person::danish()).await?;
    let mut receiver = listening(&shop).await?;
    let late = changed(&shop.body("2"), "DueDate", json!("2026-03-01"));
    let (_, answer) = shop.batch(&[shop.body("1"), late]).await?;
    shop.simulator.shutdown().await;
    shop.simulator = world(data, Switches::default()).await?;
    for (row, state) in [(0, "created"), (1, "invalid")] {
        let id = said(&answer["Accepted"][row], "InvoiceId")?;
        assert_eq!(shop.status(id).await?, state);
    }
    flush(&shop).await?;
    let (_, told) = receiver.got.recv().await.context("nothing came")?;
    let told: Value = serde_json::from_str(&told)?;
    assert_eq!(
        (&told[1]["Status"], &told[1]["ErrorCode"]),
        (&json!("Invalid"), &json!(10311))
    );
    Ok(())
}
