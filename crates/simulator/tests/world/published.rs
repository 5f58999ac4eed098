//! The published examples, character for character where the documents print values, by members and types where the values
//! are the simulator's own (spec 8 to 13, 16, 18).

use anyhow::{Context as _, Result};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::shop::{EXPIRED_CARD, Shop, TODAY, USER, said};

/// The reference request (spec 9.1), with a phone and days of this world.
fn reference_request() -> Value {
    json!({
        "InvoiceIssuer": "efd08c19-24cf-4833-a4a4-bfa7bd58fbb2",
        "ConsumerAlias": { "Alias": USER.2, "AliasType": "Phone" },
        "ConsumerName": "Consumer Name",
        "TotalAmount": 360,
        "TotalVATAmount": 72,
        "ConsumerAddressLines": ["Paradisæblevej 13", "CC-1234 Andeby", "WONDERLAND"],
        "DeliveryAddressLines": ["Østerbrogade 120", "CC-1234 Andeby", "WONDERLAND"],
        "InvoiceNumber": "301",
        "IssueDate": "2026-02-12",
        "DueDate": "2026-03-12",
        "OrderDate": "2026-02-05",
        "DeliveryDate": "2026-02-10",
        "Comment": "Any comment",
        "MerchantContactName": "Snowboard gear shop",
        "MerchantOrderNumber": "938",
        "BuyerOrderNumber": "631",
        "PaymentReference": "186",
        "InvoiceUrl": "https://merchant.example/invoices/301.pdf",
        "InvoiceArticles": [{
            "ArticleNumber": "1-123", "ArticleDescription": "Process Flying V Snowboard", "VATRate": 25,
            "TotalVATAmount": 72, "TotalPriceIncludingVat": 360, "Unit": "1", "Quantity": 1, "PricePerUnit": 288,
            "PriceReduction": 0, "PriceDiscount": 0, "Bonus": 5,
        }],
    })
}

async fn havnekaffe() -> Result<Shop> {
    Shop::havnekaffe().await
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// Every published member is there, of the published type, and no other but `more`.
fn has_the_shape_of(told: &Value, published: &Value, more: &[&str]) {
    let (told, published) = (
        told.as_object().expect("an object"),
        published.as_object().expect("an object"),
    );
    for (name, value) in published {
        let found = told
            .get(name)
            .unwrap_or_else(|| panic!("{name} is missing in {told:?}"));
        assert_eq!(kind(found), kind(value), "{name}");
    }
    for name in told.keys() {
        assert!(
            published.contains_key(name) || more.contains(&name.as_str()),
            "{name} is not published"
        );
    }
}

#[tokio::test]
async fn the_reference_request_is_an_invoice_with_the_published_details() -> Result<()> {
    let shop = havnekaffe().await?;
    let (status, created) = shop
        .call(Method::POST, &shop.path("/invoices"), Some(&reference_request()))
        .await?;
    assert_eq!(status, StatusCode::OK);
    has_the_shape_of(
        &created,
        &json!({ "InvoiceId": "63679ab7-cc49-4f75-80a7-86217fc105ea" }),
        &[],
    );
    let id = said(&created, "InvoiceId")?;
    // The sample has a payment, so this one is paid.
    shop.accept(id, USER, TODAY).await?;
    let published = json!({
        "InvoiceId": "578a9f10-4e81-4265-bbae-2e8fa33cb83b", "InvoiceNumber": "301", "IssueDate": "2018-07-02",
        "DueDate": "2018-08-02", "PaymentDate": "2018-08-23", "Comment": "Sample Invoice",
        "InvoiceArticles": [{ "ArticleNumber": "1-123", "ArticleDescription": "Process Flying V Snowboard",
            "TotalPriceIncludingVat": 360, "Quantity": 1, "PricePerUnit": 288 }],
        "CurrencyCode": "DKK", "TotalAmount": 360,
        "InvoiceVatTotals": [{ "VatRate": 25, "TotalVatAmount": 72 }],
        "TotalVatAmount": 72, "TotalAmountExcludingVat": 288,
        "MerchantId": "f3dd9011-d930-4063-901d-2a47621e5b76",
        "InvoiceIssuerId": "238fe387-f4a4-40e7-ae8a-4c107da2c0ad", "InvoiceIssuerName": "Invoice Issuer 1",
        "InvoiceIssuerAddress": "Edwin Rahrs Vej 2-12", "InvoiceIssuerZipcode": "8220",
        "InvoiceIssuerCity": "Brabrand", "MerchantIsoCountryCode": "DK",
        "LogoUrl": "https://api.qa.mobilepay.dk/invoice-restapi/api/v1/invoiceissuers/238fe387-f4a4-40e7-ae8a-4c107da2c0ad/logo",
        "Status": "created",
        "InvoiceUrl": "https://api.merchant.dk/invoice/578a9f10-4e81-4265-bbae-2e8fa33cb83b/pdf",
        "PaymentTransactionId": "d1da2195-01c1-4981-bdde-04eb82e362ab", "PaymentReference": "ABC-123",
    });
    let (_, details) = shop
        .call(Method::GET, &shop.path(&format!("/invoices/{id}")), None)
        .await?;
    has_the_shape_of(&details, &published, &["UrlType"]);
    for name in [
        "InvoiceNumber",
        "InvoiceArticles",
        "CurrencyCode",
        "TotalAmount",
        "InvoiceVatTotals",
        "TotalVatAmount",
        "TotalAmountExcludingVat",
        "MerchantIsoCountryCode",
    ] {
        assert_eq!(details[name], published[name], "{name}");
    }
    let asked = reference_request();
    for name in [
        "IssueDate",
        "DueDate",
        "Comment",
        "InvoiceUrl",
        "PaymentReference",
    ] {
        assert_eq!(details[name], asked[name], "{name}");
    }
    Ok(())
}

#[tokio::test]
async fn a_link_has_its_published_answer() -> Result<()> {
    let shop = havnekaffe().await?;
    let mut body = reference_request();
    body["RedirectUrl"] = json!("https://merchant.example/thanks");
    let (_, created) = shop
        .call(Method::POST, &shop.path("/invoices/link"), Some(&body))
        .await?;
    let id = said(&created, "InvoiceId")?;
    let href = said(&created["Links"][0], "Href")?;
    assert_eq!(
        created,
        json!({ "InvoiceId": id, "Links": [{ "Rel": "user-redirect", "Href": href }] })
    );
    let address = url::Url::parse(href)?;
    let query: Vec<(String, String)> = address.query_pairs().into_owned().collect();
    assert_eq!(address.path(), "/usersettings-landing-website/");
    assert!(uuid::Uuid::parse_str(&query[0].1).is_ok());
    let names: Vec<(&str, &str)> = query
        .iter()
        .skip(1)
        .map(|(name, value)| (&**name, &**value))
        .collect();
    assert_eq!(
        (&*query[0].0, names),
        ("token", vec![("countryCode", "DK"), ("product", "Invoice")])
    );
    let path = shop.path(&format!("/invoices/{id}/status"));
    assert_eq!(
        shop.call(Method::GET, &path, None).await?.1,
        json!({ "InvoiceId": id, "Status": "created" })
    );
    Ok(())
}

#[tokio::test]
async fn merchant_and_issuers_have_their_published_members() -> Result<()> {
    let shop = havnekaffe().await?;
    let (_, me) = shop.call(Method::GET, "/merchants/me", None).await?;
    has_the_shape_of(
        &me,
        &json!({ "MerchantId": "e3465d75-8fd4-4ea4-8881-304c464f1d24" }),
        &[],
    );
    let published = json!({
        "Id": "6a33d969-fa86-44af-a23b-731da0e4d50d", "Name": "MyAwesomeStore", "AccountType": "Account",
        "Status": "enabled", "Address": "Paradisæblevej 13", "City": "Andeby", "ZipCode": "1234",
    });
    let (_, all) = shop
        .call(Method::GET, &shop.path("/invoiceissuers"), None)
        .await?;
    let issuer = &all["InvoiceIssuers"][0];
    has_the_shape_of(issuer, &published, &[]);
    assert_eq!(
        (&issuer["AccountType"], &issuer["Status"]),
        (&published["AccountType"], &published["Status"])
    );
    Ok(())
}

#[tokio::test]
async fn the_two_published_errors_are_told_word_for_word() -> Result<()> {
    let shop = havnekaffe().await?;
    let send = async |method, path: &str, correlation: &str, body: Value| {
        let asked = shop
            .request(method, &shop.path(path))
            .bearer_auth(&shop.token)
            .header("CorrelationId", correlation)
            .json(&body);
        let answer = asked.send().await?;
        anyhow::Ok((answer.status(), answer.json::<Value>().await?))
    };
    let mut body = reference_request();
    body["TotalAmount"] = json!("three hundred");
    let published = json!({
        "correlation_id": "54ccc98b-7d9f-40ea-8c1a-249d57126c39", "error": "InputError", "error_code": null,
        "error_description": "input.TotalAmount : Invalid input\r\n", "error_context": "Invoices",
    });
    let told = send(
        Method::POST,
        "/invoices",
        said(&published, "correlation_id")?,
        body,
    )
    .await?;
    assert_eq!(told, (StatusCode::BAD_REQUEST, published));

    let id = shop.create(&reference_request()).await?;
    shop.accept(&id, USER, TODAY).await?;
    let published = json!({
        "correlation_id": "8c153279-98f1-4e33-b053-3c6e3555adff", "error": "DomainError", "error_code": "10504",
        "error_description": "Invoice has already been paid", "error_context": "Invoices",
    });
    let path = format!("/invoices/{id}/cancel");
    let told = send(
        Method::PUT,
        &path,
        said(&published, "correlation_id")?,
        Value::Null,
    )
    .await?;
    assert_eq!(told, (StatusCode::CONFLICT, published));
    Ok(())
}

#[tokio::test]
async fn a_batch_has_the_published_outcome() -> Result<()> {
    let shop = havnekaffe().await?;
    let mut first = reference_request();
    first["InvoiceNumber"] = json!("58694");
    shop.create(&first).await?;
    let mut second = reference_request();
    second["InvoiceNumber"] = json!("58652");
    let (status, outcome) = shop
        .call(
            Method::POST,
            &shop.path("/invoices/batch"),
            Some(&json!([second, first])),
        )
        .await?;
    assert_eq!(status, StatusCode::ACCEPTED);
    let id = said(&outcome["Accepted"][0], "InvoiceId")?;
    let published = json!({
        "Accepted": [{ "InvoiceNumber": "58652", "InvoiceId": id }],
        "Rejected": [{ "InvoiceNumber": "58694",
            "Errors": [{ "ErrorText": "Invoice already exists", "ErrorCode": 10104 }] }],
    });
    assert_eq!(outcome, published);
    Ok(())
}

#[tokio::test]
async fn the_payers_calls_answer_with_the_documented_members() -> Result<()> {
    let shop = havnekaffe().await?;
    let (link, _) = shop.link(&reference_request()).await?;
    let (status, failed) = shop.accept(&link, EXPIRED_CARD, TODAY).await?;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let published = json!({ "InvoiceId": link, "InvoicePaymentStatus": "...", "ErrorText": "..." });
    has_the_shape_of(&failed, &published, &[]);
    let (_, accepted) = shop.accept(&link, USER, "2026-03-10").await?;
    let published =
        json!({ "InvoiceId": link, "InvoicePaymentStatus": "", "Receipt": {}, "RedirectUrl": null });
    has_the_shape_of(&accepted, &published, &[]);
    let rejected = shop
        .request(Method::PUT, &format!("/consumers/me/invoices/{link}/reject"))
        .header("Content-Length", 0)
        .header("AuthenticatedUser", USER.0)
        .send()
        .await?;
    assert_eq!(rejected.status(), StatusCode::OK);
    assert_eq!(rejected.json::<Value>().await?, json!({ "InvoiceId": link }));
    Ok(())
}

#[tokio::test]
async fn reports_have_the_documented_members() -> Result<()> {
    let shop = havnekaffe().await?;
    let id = shop.create(&reference_request()).await?;
    shop.accept(&id, USER, TODAY).await?;
    let text = "";
    for (list, members, other) in [
        (
            "transfers",
            json!({ "id": text, "paymentPointId": text, "reference": text, "date": text,
                "totalTransferredAmount": 1, "currencyCode": text }),
            &[][..],
        ),
        (
            "paymentpoints",
            json!({ "id": text, "name": text, "productType": text, "alias": null }),
            &[],
        ),
        (
            "transactions",
            json!({ "paymentId": text, "type": text, "amount": 1, "currencyCode": text, "timestamp": text,
                "merchantReference": null, "transferReference": text, "transferDate": text, "userName": text }),
            &["message", "merchantPaymentLabel", "userPhoneNumber", "refundId"],
        ),
    ] {
        let (_, page) = shop.report(list).await?;
        let name = if list == "paymentpoints" {
            "paymentPoints"
        } else {
            list
        };
        let entries = page[name].as_array().context("a list")?;
        assert_eq!(
            (&page["pageSize"], &page["nextPageNumber"]),
            (&json!(100), &Value::Null)
        );
        assert_eq!(page.as_object().map(serde_json::Map::len), Some(3));
        has_the_shape_of(&entries[0], &members, other);
    }
    Ok(())
}
