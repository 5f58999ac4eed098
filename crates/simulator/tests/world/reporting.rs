//! Transaction Reporting, version 3 (spec 18.3): what was paid and how the money reached the bank.

use anyhow::{Context as _, Result, ensure};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use simulator::visitor::Person;
use simulator::{Fault, Reading, Switches};

use crate::shop::{EXPIRED_CARD, Shop, TODAY, USER, fields, redeem, said, visit, world};

const SCOPES: &str = "openid invoice transactionreporting offline_access";

impl Shop {
    /// A shop whose program may read reports.
    pub(crate) async fn reading(person: Person) -> Result<Self> {
        Self::reading_with(Switches::default(), person).await
    }

    async fn reading_with(switches: Switches, person: Person) -> Result<Self> {
        let mut shop = Self::over(world(None, switches).await?, person.clone()).await?;
        shop.token = shop.bearer(person, SCOPES).await?;
        Ok(shop)
    }

    /// The shop of Havnekaffe, whose transfers are instant.
    pub(crate) async fn havnekaffe() -> Result<Self> {
        let choice = Switches::default().with(Reading::MerchantChoice);
        Self::reading_with(choice, Person::with_two_merchants("Havnekaffe")).await
    }

    pub(crate) async fn bearer(&self, person: Person, scope: &str) -> Result<String> {
        let back = fields(&visit(&self.simulator, person, &[("scope", scope)]).await?);
        let (_, tokens) = redeem(&self.simulator, said(&back, "code")?).await?;
        Ok(said(&tokens, "access_token")?.to_owned())
    }

    pub(crate) async fn report(&self, rest: &str) -> Result<(StatusCode, Value)> {
        let url = format!("{}/v3/reporting/{rest}", self.simulator.reporting_base_url());
        let answer = self.http.get(url).bearer_auth(&self.token).send().await?;
        Ok((answer.status(), answer.json().await?))
    }

    /// The entries of a list.
    pub(crate) async fn entries(&self, what: &str, query: &str) -> Result<Vec<Value>> {
        let (status, answer) = self.report(&format!("{what}?{query}")).await?;
        ensure!(status == StatusCode::OK, "{status} {answer}");
        let entries = answer[what].as_array().context("a list")?;
        Ok(entries.clone())
    }

    /// An invoice of this number, paid now.
    pub(crate) async fn paid(&self, number: &str, total: Value) -> Result<String> {
        let mut body = self.body(number);
        body["TotalAmount"] = total;
        let id = self.create(&body).await?;
        self.accept(&id, USER, TODAY).await?;
        Ok(id)
    }
}

#[tokio::test]
async fn the_issuers_are_the_payment_points() -> Result<()> {
    let shop = Shop::reading(Person::danish()).await?;
    let (status, answer) = shop.report("paymentpoints").await?;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        (&answer["pageSize"], &answer["nextPageNumber"]),
        (&json!(100), &Value::Null)
    );
    let ids: Vec<&str> = answer["paymentPoints"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|point| point["productType"] == "Invoice")
        .filter_map(|point| point["id"].as_str())
        .collect();
    let issuers: Vec<&str> = shop.issuers.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(ids, issuers);
    Ok(())
}

#[tokio::test]
async fn a_fault_on_demand_is_told_in_its_error_object() -> Result<()> {
    let shop = Shop::reading(Person::danish()).await?;
    shop.simulator.faults().add(Fault::status(503).on("reporting"));
    let (status, told) = shop.report("transfers").await?;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(
        (&told["code"], &told["origin"]),
        (&json!("ServiceUnavailable"), &json!("TransactionReporting"))
    );
    assert!(told["message"].is_string() && told["correlationId"].is_string());
    Ok(())
}

#[tokio::test]
async fn a_paid_invoice_is_a_transaction_and_joins_by_its_id() -> Result<()> {
    let shop = Shop::reading(Person::danish()).await?;
    let id = shop.paid("301", json!(360.10)).await?;
    shop.create(&shop.body("302")).await?;
    let (_, details) = shop
        .call(Method::GET, &shop.path(&format!("/invoices/{id}")), None)
        .await?;
    let all = shop.entries("transactions", "").await?;
    let [payment] = all.as_slice() else {
        anyhow::bail!("{all:?}");
    };
    assert_eq!(payment["paymentId"], details["PaymentTransactionId"]);
    for (name, value) in [
        ("type", json!("Payment")),
        ("amount", json!(360.1)),
        ("currencyCode", json!("DKK")),
        ("timestamp", json!("2026-03-02T11:00:00.0000000+00:00")),
        ("merchantReference", Value::Null),
        ("transferReference", Value::Null),
        ("transferDate", Value::Null),
        ("userName", json!("Test name")),
    ] {
        assert_eq!(payment[name], value, "{name}");
    }
    Ok(())
}

#[tokio::test]
async fn a_days_payments_are_one_transfer_the_night_after() -> Result<()> {
    let shop = Shop::reading(Person::danish()).await?;
    shop.paid("1", json!(360.10)).await?;
    shop.paid("2", json!(100)).await?;
    assert!(shop.entries("transfers", "").await?.is_empty());
    shop.days_pass(1).await?;
    let all = shop.entries("transfers", "").await?;
    let [transfer] = all.as_slice() else {
        anyhow::bail!("{all:?}");
    };
    assert_eq!(transfer["totalTransferredAmount"], json!(460.1));
    assert_eq!(
        (
            &transfer["date"],
            &transfer["currencyCode"],
            &transfer["paymentPointId"]
        ),
        (&json!("2026-03-03"), &json!("DKK"), &json!(shop.issuers[0].0))
    );
    let reference = said(transfer, "reference")?;
    assert_eq!((reference.len(), &reference[..19]), (20, "0400000000001030326"));
    let id = said(transfer, "id")?;
    let within = shop.entries("transactions", &format!("transferid={id}")).await?;
    assert_eq!(within.len(), 2);
    for entry in &within {
        assert_eq!(
            (&entry["transferReference"], &entry["transferDate"]),
            (&transfer["reference"], &transfer["date"])
        );
    }
    assert_eq!(
        shop.report(&format!("transfers/{id}")).await?,
        (StatusCode::OK, transfer.clone())
    );
    let stage = format!("{}/__practice/", shop.simulator.base_url());
    let stage = reqwest::get(stage).await?.text().await?;
    assert!(stage.contains(reference) && stage.contains("460.10 DKK"));
    // The same books give the same report.
    assert_eq!(shop.entries("transfers", "").await?, all);
    Ok(())
}

#[tokio::test]
async fn an_instant_transfer_carries_the_merchants_own_reference() -> Result<()> {
    let shop = Shop::havnekaffe().await?;
    let mut body = shop.body("1");
    body["PaymentReference"] = json!("x".repeat(31));
    let id = shop.create(&body).await?;
    shop.accept(&id, USER, TODAY).await?;
    shop.paid("A-302", json!(5)).await?;
    let transfers = shop.entries("transfers", "").await?;
    let mut references: Vec<&str> = transfers
        .iter()
        .filter_map(|transfer| transfer["reference"].as_str())
        .collect();
    references.sort_unstable();
    assert_eq!(references, ["A-302", &"x".repeat(30)]);
    let asked = shop.entries("transfers", "reference=A-302").await?;
    assert_eq!((asked.len(), &asked[0]["totalTransferredAmount"]), (1, &json!(5)));
    assert_eq!(asked[0]["date"], TODAY);
    Ok(())
}

#[tokio::test]
async fn a_scheduled_payment_is_made_on_its_day_however_far_the_clock_is_moved() -> Result<()> {
    let shop = Shop::reading(Person::danish()).await?;
    let id = shop.create(&shop.body("1")).await?;
    shop.accept(&id, USER, "2026-03-10").await?;
    shop.days_pass(20).await?;
    let all = shop.entries("transactions", "").await?;
    assert_eq!(
        (all.len(), &all[0]["timestamp"], &all[0]["transferDate"]),
        (
            1,
            &json!("2026-03-10T05:00:00.0000000+00:00"),
            &json!("2026-03-11")
        )
    );
    Ok(())
}

#[tokio::test]
async fn money_that_was_not_taken_is_in_no_report() -> Result<()> {
    let shop = Shop::reading(Person::danish()).await?;
    let mut body = shop.body("1");
    body["ConsumerAlias"] = json!({"Alias": EXPIRED_CARD.2, "AliasType": "Phone"});
    let id = shop.create(&body).await?;
    let (status, _) = shop.accept(&id, EXPIRED_CARD, "2026-03-10").await?;
    assert_eq!(status, StatusCode::OK);
    shop.days_pass(9).await?;
    assert_eq!(shop.status(&id).await?, "accepted");
    assert!(shop.entries("transactions", "").await?.is_empty());
    // The payer may still pay by hand with a card that is good; in the end it expires (spec 14.2).
    shop.days_pass(40).await?;
    assert_eq!(shop.status(&id).await?, "expired");
    Ok(())
}

#[tokio::test]
async fn pages_and_order_and_spans_are_as_asked() -> Result<()> {
    let shop = Shop::reading(Person::danish()).await?;
    for day in ["2026-03-03", "2026-03-04", "2026-03-05"] {
        let id = shop.create(&shop.body(day)).await?;
        shop.accept(&id, USER, day).await?;
    }
    shop.days_pass(10).await?;
    let days = |entries: Vec<Value>, name: &str| -> Vec<String> {
        let day = |entry: &Value| entry[name].as_str().unwrap_or_default()[..10].to_owned();
        entries.iter().map(day).collect()
    };
    let newest_first = days(shop.entries("transactions", "").await?, "timestamp");
    assert_eq!(newest_first, ["2026-03-05", "2026-03-04", "2026-03-03"]);
    let (_, first) = shop.report("transactions?pagesize=2&sortdirection=ASC").await?;
    assert_eq!(
        (&first["pageSize"], &first["nextPageNumber"]),
        (&json!(2), &json!(2))
    );
    let (_, last) = shop
        .report("transactions?PageSize=2&pagenumber=2&sortdirection=asc")
        .await?;
    assert_eq!(last["nextPageNumber"], Value::Null);
    assert_eq!(last["transactions"].as_array().map(Vec::len), Some(1));
    let (_, beyond) = shop
        .report("transactions?pagenumber=18446744073709551615&pagesize=1000")
        .await?;
    assert_eq!(beyond["transactions"], json!([]));
    let span = "startdate=2026-03-04T05:00:00Z&enddate=2026-03-05T04:59:59Z";
    assert_eq!(
        days(shop.entries("transactions", span).await?, "timestamp"),
        ["2026-03-04"]
    );
    let span = "startdate=2026-03-04&enddate=2026-03-05&sortdirection=asc";
    assert_eq!(
        days(shop.entries("transfers", span).await?, "date"),
        ["2026-03-04", "2026-03-05"]
    );
    let other = &shop.issuers[1].0;
    assert!(
        shop.entries("transfers", &format!("paymentpointid={other}"))
            .await?
            .is_empty()
    );
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_read_or_found_is_said_in_its_own_error_object() -> Result<()> {
    let shop = Shop::reading(Person::danish()).await?;
    let nobody = "00000000-0000-4000-8000-000000000000";
    let (bad, missing) = (StatusCode::BAD_REQUEST, StatusCode::NOT_FOUND);
    for (rest, status) in [
        ("paymentpoints?pagesize=0".to_owned(), bad),
        ("transactions?pagesize=1001".to_owned(), bad),
        ("transactions?pagenumber=0".to_owned(), bad),
        ("transactions?sortdirection=up".to_owned(), bad),
        ("transactions?startdate=yesterday".to_owned(), bad),
        (
            "transactions?startdate=2026-03-05T00:00:00Z&enddate=2026-03-04T00:00:00Z".to_owned(),
            bad,
        ),
        ("transactions?paymentpointid=x".to_owned(), bad),
        ("transfers?enddate=2026-03-05T00:00:00Z".to_owned(), bad),
        (format!("transactions?paymentpointid={nobody}"), missing),
        (format!("transactions?transferid={nobody}"), missing),
        (format!("transfers/{nobody}"), missing),
        ("transfers/x".to_owned(), missing),
    ] {
        let (told, answer) = shop.report(&rest).await?;
        assert_eq!(told, status, "{rest}");
        for name in ["code", "message", "correlationId", "origin"] {
            assert!(answer[name].is_string(), "{rest} {answer}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn it_wants_its_scope_and_shows_nothing_of_others() -> Result<()> {
    let mut shop = Shop::reading(Person::danish()).await?;
    shop.paid("1", json!(360)).await?;
    for scope in ["openid invoice offline_access", SCOPES] {
        shop.token = shop.bearer(Person::finnish(), scope).await?;
        let (status, answer) = shop.report("transactions").await?;
        if scope == SCOPES {
            assert_eq!((status, &answer["transactions"]), (StatusCode::OK, &json!([])));
        } else {
            assert_eq!(status, StatusCode::UNAUTHORIZED);
        }
    }
    "forged".clone_into(&mut shop.token);
    assert_eq!(shop.report("paymentpoints").await?.0, StatusCode::UNAUTHORIZED);
    Ok(())
}
