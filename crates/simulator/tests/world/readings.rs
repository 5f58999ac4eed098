//! Where the documents contradict each other (spec 21.1): what each reading shows, by default and when it is taken.

use anyhow::{Context as _, Result, ensure};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use simulator::visitor::Person;
use simulator::{Country, Reading, Switches};

use crate::shop::{EXPIRED_CARD, Shop, TODAY, USER, fields, redeem, renew, said, visit, world};

/// What is seen before and after a reading is taken.
type Seen = (Value, Value);

/// `look` twice: with the default, and with `reading`. It is told a number for a fresh invoice each time.
async fn twice(
    shop: &Shop,
    reading: Reading,
    look: impl AsyncFn(&Shop, &'static str) -> Result<Value>,
) -> Result<Seen> {
    let before = look(shop, "1").await?;
    shop.simulator.readings().set(reading, true);
    let after = look(shop, "2").await;
    shop.simulator.readings().set(reading, false);
    Ok((before, after?))
}

async fn code(shop: &Shop, body: &Value) -> Result<Value> {
    let (status, answer) = shop
        .call(Method::POST, &shop.path("/invoices"), Some(body))
        .await?;
    Ok(json!([status.as_u16(), answer["error_code"]]))
}

async fn details(shop: &Shop, id: &str) -> Result<Value> {
    let path = shop.path(&format!("/invoices/{id}"));
    Ok(shop.call(Method::GET, &path, None).await?.1)
}

/// Status and sequence of the callbacks of an invoice.
async fn events(shop: &Shop, id: &str) -> Result<Value> {
    let url = format!("{}/__practice/callbacks", shop.simulator.base_url());
    let all: Value = shop.http.get(url).send().await?.json().await?;
    let of_invoice = all["events"].as_array().into_iter().flatten();
    let of_invoice = of_invoice.filter(|event| event["invoice"] == id);
    Ok(of_invoice
        .map(|event| json!([event["status"], event["sequence"]]))
        .collect())
}

/// A receiver that nobody listens at: what is told can be read from the practice prefix.
async fn receiver(shop: &Shop) -> Result<()> {
    let url = format!(
        "{}/__practice/callbacks/receivers/{}",
        shop.simulator.base_url(),
        shop.merchant
    );
    let target = json!({ "url": "http://127.0.0.1:9/", "authorization": "x" });
    let answer = shop.http.put(url).json(&target).send().await?;
    ensure!(answer.status().is_success());
    Ok(())
}

#[expect(
    clippy::too_many_lines,
    reason = "one arm for each reading, so that none is forgotten"
)]
async fn seen(shop: &Shop, reading: Reading) -> Result<Seen> {
    match reading {
        Reading::Created202 => {
            twice(shop, reading, async |shop, number| {
                code(shop, &shop.body(number)).await
            })
            .await
        }
        Reading::Consent200 => {
            let look = async |shop: &Shop, number| {
                let (link, _) = shop.link(&shop.body(number)).await?;
                Ok(json!(shop.ask(&link).await?.0.as_u16()))
            };
            twice(shop, reading, look).await
        }
        Reading::CamelCase => {
            let look = async |shop: &Shop, number| {
                let (status, answer) = shop
                    .call(Method::POST, &shop.path("/invoices"), Some(&shop.body(number)))
                    .await?;
                let names: Vec<&String> = answer.as_object().context("an object")?.keys().collect();
                Ok(json!([status.as_u16(), names]))
            };
            twice(shop, reading, look).await
        }
        Reading::CapitalStatus => {
            let look = async |shop: &Shop, number| {
                let id = shop.create(&shop.body(number)).await?;
                Ok(json!([
                    shop.status(&id).await?,
                    details(shop, &id).await?["Status"]
                ]))
            };
            twice(shop, reading, look).await
        }
        Reading::ConsentNumbers => {
            let look = async |shop: &Shop, number| {
                let (link, _) = shop.link(&shop.body(number)).await?;
                let asked = shop.ask(&link).await?.1;
                let id = said(&asked, "ConsentId")?;
                Ok(json!([asked["State"], shop.consent(id).await?["State"]]))
            };
            twice(shop, reading, look).await
        }
        Reading::FlatRejections => {
            let look = async |shop: &Shop, number: &str| {
                let mut row = shop.body(number);
                row["TotalAmount"] = json!(0);
                let (_, answer) = shop
                    .call(Method::POST, &shop.path("/invoices/batch"), Some(&json!([row])))
                    .await?;
                Ok(answer["Rejected"][0].clone())
            };
            twice(shop, reading, look).await
        }
        Reading::InvalidLater => {
            let look = async |shop: &Shop, number: &str| {
                let mut body = shop.body(number);
                body["DueDate"] = json!("2026-03-01");
                let (status, answer) = shop
                    .call(Method::POST, &shop.path("/invoices"), Some(&body))
                    .await?;
                let state = match answer["InvoiceId"].as_str() {
                    Some(id) => shop.status(id).await?,
                    None => "none".to_owned(),
                };
                Ok(json!([status.as_u16(), state]))
            };
            twice(shop, reading, look).await
        }
        Reading::InvalidTold => {
            let mut row = shop.body("1");
            row["DueDate"] = json!("2026-03-01");
            let (_, answer) = shop
                .call(Method::POST, &shop.path("/invoices/batch"), Some(&json!([row])))
                .await?;
            let id = said(&answer["Accepted"][0], "InvoiceId")?.to_owned();
            let look = async |shop: &Shop, _| {
                let told = details(shop, &id).await?;
                Ok(json!([told["Status"], told["ErrorCode"], told["ErrorMessage"]]))
            };
            twice(shop, reading, look).await
        }
        Reading::NoGatewayHeaders => {
            let look = async |shop: &Shop, _| {
                let url = format!("{}/api/v1/merchants/me", shop.simulator.api_base_url());
                let answer = shop.http.get(url).bearer_auth(&shop.token).send().await?;
                Ok(json!(answer.status().as_u16()))
            };
            twice(shop, reading, look).await
        }
        Reading::Limit300000 => {
            let look = async |shop: &Shop, number: &str| {
                let mut body = shop.body(number);
                let mut codes = Vec::new();
                for total in [json!(15000.01), json!(300_000), json!(300_000.01)] {
                    body["TotalAmount"] = total;
                    codes.push(code(shop, &body).await?[1].clone());
                }
                Ok(json!(codes))
            };
            twice(shop, reading, look).await
        }
        Reading::ConformingIssuer => {
            let look = async |shop: &Shop, _| {
                let url = shop.simulator.discovery_url(Country::Dk);
                let told: Value = shop.http.get(&url).send().await?.json().await?;
                Ok(json!(url.starts_with(said(&told, "issuer")?)))
            };
            twice(shop, reading, look).await
        }
        Reading::MerchantChoice => {
            let look = async |shop: &Shop, _| {
                let anders = Person::with_two_merchants("Havnekaffe");
                let bearer = shop.bearer(anders, "openid invoice").await?;
                let asked = shop.request(Method::GET, "/merchants/me").bearer_auth(bearer);
                Ok(json!(asked.send().await?.status().as_u16()))
            };
            twice(shop, reading, look).await
        }
        Reading::ReusedRefreshTokens | Reading::SampleRefresh => {
            let look = async |shop: &Shop, _| {
                let back = fields(&visit(&shop.simulator, Person::danish(), &[]).await?);
                let (_, tokens) = redeem(&shop.simulator, said(&back, "code")?).await?;
                let (_, next) = renew(&shop.simulator, said(&tokens, "refresh_token")?).await?;
                let same = next["refresh_token"] == tokens["refresh_token"];
                Ok(json!([
                    same,
                    tokens["id_token"].is_string(),
                    next["id-token"].is_string()
                ]))
            };
            twice(shop, reading, look).await
        }
        Reading::PaidAtOnce | Reading::SequenceFromZero => {
            receiver(shop).await?;
            let look = async |shop: &Shop, number| {
                let id = shop.create(&shop.body(number)).await?;
                shop.accept(&id, USER, TODAY).await?;
                events(shop, &id).await
            };
            twice(shop, reading, look).await
        }
        Reading::SilentCancel => {
            receiver(shop).await?;
            let look = async |shop: &Shop, number| {
                let id = shop.create(&shop.body(number)).await?;
                shop.cancel(&id).await?;
                events(shop, &id).await
            };
            twice(shop, reading, look).await
        }
        Reading::FailedCardChangesNothing => {
            let look = async |shop: &Shop, number| {
                let (link, _) = shop.link(&shop.body(number)).await?;
                let (status, answer) = shop.accept(&link, EXPIRED_CARD, TODAY).await?;
                let told = &answer["InvoicePaymentStatus"];
                Ok(json!([status.as_u16(), told, shop.status(&link).await?]))
            };
            twice(shop, reading, look).await
        }
        Reading::LinkRejectionsShow => {
            let look = async |shop: &Shop, number| {
                let (link, _) = shop.link(&shop.body(number)).await?;
                shop.reject(&link).await?;
                Ok(json!(shop.status(&link).await?))
            };
            twice(shop, reading, look).await
        }
        Reading::InclusiveDueDate => {
            let look = async |shop: &Shop, number: &str| {
                let mut body = shop.body(number);
                let mut codes = Vec::new();
                for day in ["2027-04-05", "2027-04-06", "2027-04-07"] {
                    body["DueDate"] = json!(day);
                    codes.push(code(shop, &body).await?[1].clone());
                }
                Ok(json!(codes))
            };
            twice(shop, reading, look).await
        }
        Reading::Duplicate10301 | Reading::Duplicate400 => {
            let look = async |shop: &Shop, number| {
                shop.create(&shop.body(number)).await?;
                code(shop, &shop.body(number)).await
            };
            twice(shop, reading, look).await
        }
        Reading::CamelCaseErrors => {
            let look = async |shop: &Shop, _| {
                let answer = shop
                    .call(Method::POST, &shop.path("/invoices"), Some(&json!({})))
                    .await?;
                let names: Vec<&String> = answer.1.as_object().context("an object")?.keys().collect();
                Ok(json!(names))
            };
            twice(shop, reading, look).await
        }
        Reading::ApiLinks => {
            let look = async |shop: &Shop, number| {
                let (_, href) = shop.link(&shop.body(number)).await?;
                let page = reqwest::get(&href).await?.text().await?;
                Ok(json!([
                    href.contains("/api/v1/consumers/me/"),
                    page.contains("360")
                ]))
            };
            twice(shop, reading, look).await
        }
        Reading::MerchantReference => {
            let look = async |shop: &Shop, number| {
                shop.paid(number, json!(5)).await?;
                let told = shop.entries("transactions", "").await?;
                Ok(json!(
                    told.iter()
                        .all(|payment| payment["merchantReference"].is_string())
                ))
            };
            twice(shop, reading, look).await
        }
        Reading::NumberRequired => {
            let look = async |shop: &Shop, number: &str| {
                let mut body = shop.body(number);
                body["PaymentReference"] = json!(number);
                body["InvoiceNumber"] = Value::Null;
                Ok(code(shop, &body).await?[0].clone())
            };
            twice(shop, reading, look).await
        }
        Reading::DateTimes => {
            let look = async |shop: &Shop, number| {
                let id = shop.create(&shop.body(number)).await?;
                let told = details(shop, &id).await?;
                Ok(json!([told["DueDate"], told["IssueDate"], told["PaymentDate"]]))
            };
            twice(shop, reading, look).await
        }
        Reading::KeptLinks => {
            let (link, href) = shop.link(&shop.body("1")).await?;
            shop.days_pass(41).await?;
            // Days have passed, but the token is of the computer's own time.
            let look = async |shop: &Shop, _| {
                let path = shop.path(&format!("/invoices/{link}/status"));
                let (status, answer) = shop.call(Method::GET, &path, None).await?;
                let page = shop.http.get(&href).send().await?.status();
                Ok(json!([status.as_u16(), answer["Status"], page.as_u16()]))
            };
            twice(shop, reading, look).await
        }
        Reading::PendingPhone => {
            let look = async |shop: &Shop, number| {
                let (link, _) = shop.link(&shop.body(number)).await?;
                let id = shop.asked(&link).await?;
                let told = shop.consent(&id).await?;
                Ok(json!([told["State"], told["PhoneNumber"].is_string()]))
            };
            twice(shop, reading, look).await
        }
        Reading::NoReporting => {
            let look = async |shop: &Shop, _| Ok(json!(shop.report("paymentpoints").await?.0.as_u16()));
            twice(shop, reading, look).await
        }
        Reading::Reporting403 => {
            let look = async |shop: &Shop, _| {
                let plain = shop.bearer(Person::danish(), "openid invoice").await?;
                let url = format!("{}/v3/reporting/transfers", shop.simulator.reporting_base_url());
                Ok(json!(
                    shop.http
                        .get(url)
                        .bearer_auth(plain)
                        .send()
                        .await?
                        .status()
                        .as_u16()
                ))
            };
            twice(shop, reading, look).await
        }
        Reading::TotalIsInput => {
            let look = async |shop: &Shop, number: &str| {
                let mut body = shop.body(number);
                body["TotalAmount"] = json!(0);
                code(shop, &body).await
            };
            twice(shop, reading, look).await
        }
        Reading::PayerBearer => {
            let look = async |shop: &Shop, number| {
                let id = shop.create(&shop.body(number)).await?;
                Ok(json!(shop.reject(&id).await?.as_u16()))
            };
            twice(shop, reading, look).await
        }
        Reading::Fees => {
            shop.paid("1", json!(360.10)).await?;
            shop.days_pass(1).await?;
            let look = async |shop: &Shop, _| {
                let entries = shop.entries("transactions", "sortdirection=asc").await?;
                let amounts: Vec<_> = entries
                    .iter()
                    .map(|entry| json!([entry["type"], entry["amount"]]))
                    .collect();
                let transfers = shop.entries("transfers", "").await?;
                Ok(json!([amounts, transfers[0]["totalTransferredAmount"]]))
            };
            twice(shop, reading, look).await
        }
    }
}

fn expected(reading: Reading) -> Seen {
    match reading {
        Reading::Created202 => (json!([200, null]), json!([202, null])),
        Reading::Consent200 => (json!(201), json!(200)),
        Reading::CamelCase => (json!([200, ["InvoiceId"]]), json!([200, ["invoiceId"]])),
        Reading::CapitalStatus => (json!(["created", "created"]), json!(["Created", "Created"])),
        Reading::ConsentNumbers => (json!(["Pending", "Pending"]), json!([1, 1])),
        Reading::FlatRejections => {
            let text = "Total amount must be greater than 0";
            (
                json!({"InvoiceNumber": "1", "Errors": [{"ErrorText": text, "ErrorCode": 10008}]}),
                json!({"InvoiceNumber": "2", "ErrorText": text, "ErrorCode": 10008}),
            )
        }
        Reading::InvalidLater => (json!([409, "none"]), json!([200, "invalid"])),
        Reading::InvalidTold => (
            json!(["invalid", null, null]),
            json!(["invalid", 10311, "DueDate must be today or later"]),
        ),
        Reading::NoGatewayHeaders => (json!(401), json!(200)),
        Reading::MerchantChoice => (json!(403), json!(200)),
        Reading::Limit300000 => (json!(["10201", "10201", "10201"]), json!([null, null, "10201"])),
        Reading::ConformingIssuer | Reading::MerchantReference => (json!(false), json!(true)),
        Reading::ReusedRefreshTokens => (json!([false, true, false]), json!([true, true, false])),
        Reading::SampleRefresh => (json!([false, true, false]), json!([false, true, true])),
        Reading::PaidAtOnce => (
            json!([["Created", 1], ["Accepted", 2], ["Paid", 3]]),
            json!([["Created", 1], ["Paid", 2]]),
        ),
        Reading::SequenceFromZero => (
            json!([["Created", 1], ["Accepted", 2], ["Paid", 3]]),
            json!([["Created", 0], ["Accepted", 1], ["Paid", 2]]),
        ),
        Reading::SilentCancel => (json!([["Created", 1], ["Canceled", 2]]), json!([["Created", 1]])),
        Reading::FailedCardChangesNothing => (
            json!([400, "accepted", "accepted"]),
            json!([400, "created", "created"]),
        ),
        Reading::LinkRejectionsShow => (json!("created"), json!("rejected")),
        Reading::InclusiveDueDate => (json!([null, "10310", "10310"]), json!([null, null, "10310"])),
        Reading::Duplicate10301 => (json!([409, "10104"]), json!([409, "10301"])),
        Reading::Duplicate400 => (json!([409, "10104"]), json!([400, "10104"])),
        Reading::CamelCaseErrors => (
            json!([
                "correlation_id",
                "error",
                "error_code",
                "error_context",
                "error_description"
            ]),
            json!([
                "correlationId",
                "error",
                "errorCode",
                "errorContext",
                "errorDescription"
            ]),
        ),
        Reading::ApiLinks => (json!([false, true]), json!([true, true])),
        Reading::NumberRequired => (json!(200), json!(400)),
        Reading::DateTimes => (
            json!(["2026-03-12", TODAY, null]),
            json!(["2026-03-12T00:00:00", "2026-03-02T00:00:00", null]),
        ),
        Reading::KeptLinks => (json!([404, null, 404]), json!([200, "expired", 404])),
        Reading::PendingPhone => (json!(["Pending", false]), json!(["Pending", true])),
        Reading::NoReporting => (json!(200), json!(404)),
        Reading::Reporting403 => (json!(401), json!(403)),
        Reading::TotalIsInput => (json!([409, "10008"]), json!([400, null])),
        Reading::PayerBearer => (json!(200), json!(401)),
        Reading::Fees => (
            json!([[["Payment", 360.1]], 360.1]),
            json!([[["Payment", 360.1], ["ServiceFee", -0.75]], 359.35]),
        ),
    }
}

#[tokio::test]
async fn each_reading_shows_and_so_does_its_default() -> Result<()> {
    for reading in Reading::all() {
        let shop = Shop::reading(Person::danish()).await?;
        let seen = seen(&shop, *reading).await.with_context(|| reading.name())?;
        assert_eq!(seen, expected(*reading), "{}", reading.name());
    }
    Ok(())
}

#[tokio::test]
async fn a_world_starts_with_the_readings_that_it_was_given() -> Result<()> {
    let switches = Switches::default()
        .with(Reading::Created202)
        .with(Reading::Limit300000);
    let shop = Shop::over(world(None, switches).await?, Person::danish()).await?;
    let mut body = shop.body("1");
    body["TotalAmount"] = json!(300_000);
    assert_eq!(code(&shop, &body).await?, json!([202, null]));
    Ok(())
}

#[tokio::test]
async fn readings_are_taken_and_left_over_http_and_on_the_stage() -> Result<()> {
    let shop = Shop::danish().await?;
    let url = format!("{}/__practice/switches", shop.simulator.base_url());
    let on = async || {
        let all: Value = reqwest::get(&url).await?.json().await?;
        let all = all["switches"].as_array().context("a list")?.clone();
        ensure!(all.len() == Reading::all().len());
        let on = all.into_iter().filter(|switch| switch["on"] == true);
        anyhow::Ok(on.map(|switch| switch["name"].clone()).collect::<Vec<_>>())
    };
    let post = async |body: Value| shop.http.post(&url).json(&body).send().await;
    assert!(on().await?.is_empty());
    let both = json!({ "created-202": true, "camel-case": true });
    assert_eq!(post(both).await?.status(), StatusCode::NO_CONTENT);
    assert_eq!(on().await?, ["created-202", "camel-case"]);
    post(json!({ "camel-case": false })).await?;
    for bad in [
        json!({ "fees": true, "unknown": true }),
        json!({ "fees": 1 }),
        json!([]),
    ] {
        assert_eq!(post(bad).await?.status(), StatusCode::BAD_REQUEST);
    }
    assert_eq!(on().await?, ["created-202"]);
    let stage = format!("{}/__practice/", shop.simulator.base_url());
    for (act, reading) in [("leave", "created-202"), ("take", "fees")] {
        let form = [("act", act), ("reading", reading)];
        let page = reqwest::Client::new()
            .post(&stage)
            .form(&form)
            .send()
            .await?
            .text()
            .await?;
        assert!(page.contains("<details open>") && page.contains(&format!("{reading}.")));
    }
    assert_eq!(on().await?, ["fees"]);
    shop.http.delete(&url).send().await?;
    assert!(on().await?.is_empty());
    Ok(())
}
