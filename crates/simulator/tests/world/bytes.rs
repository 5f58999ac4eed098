//! The published examples, byte for byte apart from white space: what the simulator answers has their members, their order
//! and their form. Values that no two worlds share (ids, names, hosts, moments) are put into the example first.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use simulator::visitor::Person;
use simulator::{Fault, Reading, Switches};

use crate::callbacks::{Receiver, flush, listening};
use crate::shop::{Shop, Still, TODAY, USER, world_at};

/// Seconds from noon of 2 July 2018 to noon of the other tests.
const SINCE_2018: i64 = 241_920_000;
const CORRELATION: &str = "54ccc98b-7d9f-40ea-8c1a-249d57126c39";

/// Without the white space between tokens.
fn compact(text: &str) -> String {
    let (mut inside, mut escaped) = (false, false);
    text.chars()
        .filter(|letter| {
            let quote = *letter == '"' && !escaped;
            escaped = inside && *letter == '\\' && !escaped;
            inside ^= quote;
            inside || !letter.is_whitespace()
        })
        .collect()
}

/// The example with other values, each of which must be in it.
fn example(text: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(compact(text), |text, (old, new)| {
        assert!(text.contains(old), "{old} is not in {text}");
        text.replace(old, new)
    })
}

/// The answer as it came.
async fn told(shop: &Shop, method: Method, path: &str, body: Option<&Value>) -> Result<String> {
    let asked = shop.request(method, path).bearer_auth(&shop.token);
    let asked = asked.header("CorrelationId", CORRELATION);
    let asked = match body {
        Some(body) => asked.json(body),
        None => asked.header("Content-Length", 0),
    };
    Ok(asked.send().await?.text().await?)
}

fn member(answer: &str, pointer: &str) -> Result<String> {
    let answer: Value = serde_json::from_str(answer)?;
    let found = answer.pointer(pointer).and_then(Value::as_str);
    Ok(found
        .with_context(|| format!("{pointer} in {answer}"))?
        .to_owned())
}

/// The official sample's request (spec 9.1), due when it can be in these tests.
fn sample(shop: &Shop) -> Result<Value> {
    let text = r#"{
      "InvoiceIssuer": "efd08c19-24cf-4833-a4a4-bfa7bd58fbb2",
      "ConsumerAlias": { "Alias": "+4577007700", "AliasType": "Phone" },
      "ConsumerName": "Consumer Name",
      "TotalAmount": 360,
      "TotalVATAmount": 72,
      "ConsumerAddressLines": ["Paradisæblevej 13", "CC-1234 Andeby", "WONDERLAND"],
      "DeliveryAddressLines": ["Østerbrogade 120", "CC-1234 Andeby", "WONDERLAND"],
      "InvoiceNumber": "301",
      "IssueDate": "2018-02-12",
      "DueDate": "2018-03-12",
      "OrderDate": "2018-02-05",
      "DeliveryDate": "2018-02-10",
      "Comment": "Any comment",
      "MerchantContactName": "Snowboard gear shop",
      "MerchantOrderNumber": "938",
      "BuyerOrderNumber": "631",
      "PaymentReference": "186",
      "InvoiceUrl": "https://merchant.example/invoices/301.pdf",
      "InvoiceArticles": [
        {
          "ArticleNumber": "1-123",
          "ArticleDescription": "Process Flying V Snowboard",
          "VATRate": 25,
          "TotalVATAmount": 72,
          "TotalPriceIncludingVat": 360,
          "Unit": "1",
          "Quantity": 1,
          "PricePerUnit": 288,
          "PriceReduction": 0,
          "PriceDiscount": 0,
          "Bonus": 5
        }
      ]
    }"#;
    let issuer = &shop.issuers.first().context("an issuer")?.0;
    let text = example(
        text,
        &[
            ("efd08c19-24cf-4833-a4a4-bfa7bd58fbb2", issuer),
            ("+4577007700", USER.2),
            ("2018-03-12", "2026-03-12"),
        ],
    );
    Ok(serde_json::from_str(&text)?)
}

#[tokio::test]
async fn merchant_and_issuers_8_1_and_8_2() -> Result<()> {
    let shop = Shop::danish().await?;
    let me = told(&shop, Method::GET, "/merchants/me", None).await?;
    assert_eq!(
        me,
        example(r#"{ "MerchantId": "e3465d75-8fd4-4ea4-8881-304c464f1d24" }"#, &[])
    );
    let published = r#"{
      "InvoiceIssuers": [
        {
          "Id": "6a33d969-fa86-44af-a23b-731da0e4d50d",
          "Name": "MyAwesomeStore",
          "AccountType": "Account",
          "Status": "enabled",
          "Address": "Paradisæblevej 13",
          "City": "Andeby",
          "ZipCode": "1234"
        }"#;
    let ours = [
        ("MyAwesomeStore", "Nordhavn Cykler"),
        ("Paradisæblevej 13", "Havnegade 3"),
        ("Andeby", "Nordhavn"),
        ("1234", "2150"),
    ];
    let issuers = told(&shop, Method::GET, &shop.path("/invoiceissuers"), None).await?;
    let first = example(published, &ours);
    assert!(
        issuers.starts_with(&format!("{first},{{")) && issuers.ends_with("]}"),
        "{issuers}"
    );
    Ok(())
}

#[tokio::test]
async fn single_invoice_and_link_9_2_and_9_4() -> Result<()> {
    let shop = Shop::danish().await?;
    let body = sample(&shop)?;
    let answer = told(&shop, Method::POST, &shop.path("/invoices"), Some(&body)).await?;
    let id = member(&answer, "/InvoiceId")?;
    let published = r#"{ "InvoiceId": "63679ab7-cc49-4f75-80a7-86217fc105ea" }"#;
    assert_eq!(
        answer,
        example(published, &[("63679ab7-cc49-4f75-80a7-86217fc105ea", &id)])
    );
    let published = r#"{
      "InvoiceId": "c5d4fde3-81e2-49de-8cfe-8c96f449e367",
      "Links": [
        { "Rel": "user-redirect",
          "Href": "https://sandprod-open.mobilepay.dk/usersettings-landing-website/?token=eb406472-fdfa-4612-9df2-ec4dd83b7812&countryCode=DK&product=Invoice" }
      ]
    }"#;
    let mut body = body;
    body["RedirectUrl"] = json!("https://merchant.example/thanks");
    let answer = told(&shop, Method::POST, &shop.path("/invoices/link"), Some(&body)).await?;
    let id = member(&answer, "/InvoiceId")?;
    let href = member(&answer, "/Links/0/Href")?;
    let token = href.split(['=', '&']).nth(1).context("a token")?;
    let ours = [
        ("c5d4fde3-81e2-49de-8cfe-8c96f449e367", id.as_str()),
        ("https://sandprod-open.mobilepay.dk", &shop.simulator.base_url()),
        ("eb406472-fdfa-4612-9df2-ec4dd83b7812", token),
    ];
    assert_eq!(answer, example(published, &ours));
    Ok(())
}

#[tokio::test]
async fn batch_9_3_in_both_shapes() -> Result<()> {
    let shop = Shop::danish().await?;
    let nested = r#"{
      "Accepted": [
        { "InvoiceNumber": "58652", "InvoiceId": "72c28be5-dfbe-48b2-bce5-ac7769c157d9" }
      ],
      "Rejected": [
        { "InvoiceNumber": "58694",
          "Errors": [ { "ErrorText": "Invoice already exists", "ErrorCode": 10104 } ] }
      ]
    }"#;
    let flat = r#"{
      "Accepted": [
        { "InvoiceNumber": "58652", "InvoiceId": "72c28be5-dfbe-48b2-bce5-ac7769c157d9" }
      ],
      "Rejected": [
        { "InvoiceNumber": "58694", "ErrorText": "Invoice already exists", "ErrorCode": 10104 }
      ]
    }"#;
    let numbered = |number: &str| -> Result<Value> {
        let mut body = sample(&shop)?;
        body["InvoiceNumber"] = json!(number);
        Ok(body)
    };
    shop.create(&numbered("58694")?).await?;
    for (is_flat, published) in [(false, nested), (true, flat)] {
        shop.simulator.readings().set(Reading::FlatRejections, is_flat);
        let mut fresh = numbered("58652")?;
        fresh["Comment"] = json!(is_flat);
        fresh["Comment"] = json!(fresh["Comment"].to_string());
        let rows = json!([fresh, numbered("58694")?]);
        let answer = told(&shop, Method::POST, &shop.path("/invoices/batch"), Some(&rows)).await?;
        let id = member(&answer, "/Accepted/0/InvoiceId")?;
        assert_eq!(
            answer,
            example(published, &[("72c28be5-dfbe-48b2-bce5-ac7769c157d9", &id)])
        );
    }
    Ok(())
}

/// The example mixes states (a payment with `created`); this is its invoice once that payment was made.
#[tokio::test]
async fn details_10_2() -> Result<()> {
    let clock = Arc::new(Still::default());
    clock.pass(-SINCE_2018);
    let shop = Shop::over(
        world_at(clock, None, Switches::default()).await?,
        Person::danish(),
    )
    .await?;
    let published = r#"{
      "InvoiceId": "578a9f10-4e81-4265-bbae-2e8fa33cb83b",
      "InvoiceNumber": "301",
      "IssueDate": "2018-07-02",
      "DueDate": "2018-08-02",
      "PaymentDate": "2018-08-23",
      "Comment": "Sample Invoice",
      "InvoiceArticles": [
        { "ArticleNumber": "1-123", "ArticleDescription": "Process Flying V Snowboard",
          "TotalPriceIncludingVat": 360, "Quantity": 1, "PricePerUnit": 288 }
      ],
      "CurrencyCode": "DKK",
      "TotalAmount": 360,
      "InvoiceVatTotals": [ { "VatRate": 25, "TotalVatAmount": 72 } ],
      "TotalVatAmount": 72,
      "TotalAmountExcludingVat": 288,
      "MerchantId": "f3dd9011-d930-4063-901d-2a47621e5b76",
      "InvoiceIssuerId": "238fe387-f4a4-40e7-ae8a-4c107da2c0ad",
      "InvoiceIssuerName": "Invoice Issuer 1",
      "InvoiceIssuerAddress": "Edwin Rahrs Vej 2-12",
      "InvoiceIssuerZipcode": "8220",
      "InvoiceIssuerCity": "Brabrand",
      "MerchantIsoCountryCode": "DK",
      "LogoUrl": "https://api.qa.mobilepay.dk/invoice-restapi/api/v1/invoiceissuers/238fe387-f4a4-40e7-ae8a-4c107da2c0ad/logo",
      "Status": "created",
      "InvoiceUrl": "https://api.merchant.dk/invoice/578a9f10-4e81-4265-bbae-2e8fa33cb83b/pdf",
      "PaymentTransactionId": "d1da2195-01c1-4981-bdde-04eb82e362ab",
      "PaymentReference": "ABC-123"
    }"#;
    let mut body = sample(&shop)?;
    for (name, value) in [
        ("IssueDate", "2018-07-02"),
        ("DueDate", "2018-08-02"),
        ("Comment", "Sample Invoice"),
        ("PaymentReference", "ABC-123"),
        ("InvoiceUrl", "https://api.merchant.dk/invoice/301/pdf"),
    ] {
        body[name] = json!(value);
    }
    let id = shop.create(&body).await?;
    shop.accept(&id, USER, "2018-08-23").await?;
    shop.days_pass(53).await?;
    let answer = told(&shop, Method::GET, &shop.path(&format!("/invoices/{id}")), None).await?;
    let transaction = member(&answer, "/PaymentTransactionId")?;
    let ours = [
        ("/578a9f10-4e81-4265-bbae-2e8fa33cb83b/pdf", "/301/pdf"),
        ("578a9f10-4e81-4265-bbae-2e8fa33cb83b", id.as_str()),
        ("f3dd9011-d930-4063-901d-2a47621e5b76", &shop.merchant),
        ("238fe387-f4a4-40e7-ae8a-4c107da2c0ad", &shop.issuers[0].0),
        ("Invoice Issuer 1", "Nordhavn Cykler"),
        ("Edwin Rahrs Vej 2-12", "Havnegade 3"),
        ("8220", "2150"),
        ("Brabrand", "Nordhavn"),
        ("https://api.qa.mobilepay.dk", &shop.simulator.base_url()),
        ("\"Status\":\"created\"", "\"Status\":\"paid\""),
        ("d1da2195-01c1-4981-bdde-04eb82e362ab", &transaction),
    ];
    // Only the machine-readable description has this member.
    assert!(answer.contains(",\"UrlType\":1"));
    assert_eq!(answer.replace(",\"UrlType\":1", ""), example(published, &ours));
    Ok(())
}

#[tokio::test]
async fn status_10_3() -> Result<()> {
    let shop = Shop::danish().await?;
    let id = shop.create(&sample(&shop)?).await?;
    let answer = told(
        &shop,
        Method::GET,
        &shop.path(&format!("/invoices/{id}/status")),
        None,
    )
    .await?;
    let published = r#"{ "InvoiceId": "5e1210f9-4153-4fc3-83ec-2a8fc4843ea6", "Status": "created" }"#;
    assert_eq!(
        answer,
        example(published, &[("5e1210f9-4153-4fc3-83ec-2a8fc4843ea6", &id)])
    );
    Ok(())
}

/// One request of the receiver, after `happens` gave the ids that are told of.
async fn body_of(receiver: &mut Receiver, shop: &Shop) -> Result<String> {
    flush(shop).await?;
    Ok(receiver.got.recv().await.context("nothing came")?.1)
}

#[tokio::test]
async fn callbacks_11_3() -> Result<()> {
    let shop = Shop::danish().await?;
    let mut receiver = listening(&shop).await?;
    let published = r#"[
      { "InvoiceId": "3c440dfb-b271-4d21-ad1c-f973f2c4f448",
        "Status": "Rejected",
        "Date": "2018-04-24T07:29:47.7500268+00:00",
        "Sequence": 2 },
      { "InvoiceId": "3c440dfb-b271-4d21-ad1c-f973f2c4f449",
        "Status": "Invalid",
        "ErrorCode": 10106,
        "ErrorMessage": "<description of error>",
        "Date": "2018-04-24T07:29:47.7500268+00:00",
        "Sequence": 1 }
    ]"#;
    let rejected = shop.create(&sample(&shop)?).await?;
    body_of(&mut receiver, &shop).await?;
    shop.reject(&rejected).await?;
    let mut late = sample(&shop)?;
    late["DueDate"] = json!("2026-03-01");
    let answer = told(
        &shop,
        Method::POST,
        &shop.path("/invoices/batch"),
        Some(&json!([late])),
    )
    .await?;
    let invalid = member(&answer, "/Accepted/0/InvoiceId")?;
    let ours = [
        ("3c440dfb-b271-4d21-ad1c-f973f2c4f448", rejected.as_str()),
        ("3c440dfb-b271-4d21-ad1c-f973f2c4f449", &invalid),
        ("10106", "10311"),
        ("<description of error>", "DueDate must be today or later"),
        (
            "2018-04-24T07:29:47.7500268+00:00",
            "2026-03-02T11:00:00.0000000+00:00",
        ),
    ];
    assert_eq!(body_of(&mut receiver, &shop).await?, example(published, &ours));
    Ok(())
}

#[tokio::test]
async fn batch_link_event_11_4() -> Result<()> {
    let shop = Shop::danish().await?;
    let mut receiver = listening(&shop).await?;
    let published = r#"[
      { "InvoiceId": "3c440dfb-b271-4d21-ad1c-f973f2c4f448",
        "Status": "Created",
        "Links": [ { "Rel": "user-redirect", "Href": "<url-for-accepting-invoice>" } ],
        "Date": "2018-04-24T07:29:47.7500268+00:00",
        "Sequence": 1 }
    ]"#;
    let rows = json!([sample(&shop)?]);
    let answer = told(
        &shop,
        Method::POST,
        &shop.path("/invoices/link/batch"),
        Some(&rows),
    )
    .await?;
    let id = member(&answer, "/Accepted/0/InvoiceId")?;
    let body = body_of(&mut receiver, &shop).await?;
    let href = member(&body, "/0/Links/0/Href")?;
    ensure!(href.starts_with(&shop.simulator.base_url()));
    let ours = [
        ("3c440dfb-b271-4d21-ad1c-f973f2c4f448", id.as_str()),
        ("<url-for-accepting-invoice>", &href),
        (
            "2018-04-24T07:29:47.7500268+00:00",
            "2026-03-02T11:00:00.0000000+00:00",
        ),
    ];
    assert_eq!(body, example(published, &ours));
    Ok(())
}

#[tokio::test]
async fn envelopes_13_1() -> Result<()> {
    let shop = Shop::danish().await?;
    let mut unreadable = sample(&shop)?;
    unreadable["TotalAmount"] = json!("much");
    let input = r#"{ "correlation_id": "54ccc98b-7d9f-40ea-8c1a-249d57126c39", "error": "InputError", "error_code": null,
      "error_description": "input.TotalAmount : Invalid input\r\n", "error_context": "Invoices" }"#;
    let answer = told(&shop, Method::POST, &shop.path("/invoices"), Some(&unreadable)).await?;
    assert_eq!(answer, example(input, &[]));

    let domain = r#"{ "correlation_id": "8c153279-98f1-4e33-b053-3c6e3555adff", "error": "DomainError", "error_code": "10504",
      "error_description": "Invoice has already been paid", "error_context": "Invoices" }"#;
    let id = shop.create(&sample(&shop)?).await?;
    shop.accept(&id, USER, TODAY).await?;
    let answer = told(
        &shop,
        Method::PUT,
        &shop.path(&format!("/invoices/{id}/cancel")),
        None,
    )
    .await?;
    assert_eq!(
        answer,
        example(domain, &[("8c153279-98f1-4e33-b053-3c6e3555adff", CORRELATION)])
    );

    let server = r#"{ "correlation_id": "56db684c-7845-4abf-9f19-5632a625a47b", "error": "ServerError", "error_code": null,
      "error_description": "The given key was not present in the dictionary.", "error_context": "Invoices" }"#;
    shop.simulator.faults().add(Fault::status(500).once());
    let answer = told(&shop, Method::GET, "/merchants/me", None).await?;
    let ours = [
        ("56db684c-7845-4abf-9f19-5632a625a47b", CORRELATION),
        (
            "The given key was not present in the dictionary.",
            "The books of the simulator could not be written.",
        ),
    ];
    assert_eq!(answer, example(server, &ours));
    Ok(())
}
