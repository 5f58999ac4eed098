//! Every member of a request (spec 9.1): what it may be, at its limit and beyond it, in single calls and in rows.

use anyhow::Result;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::shop::{Shop, TODAY, USER};

const INVALID: &str = "Invalid input";
const REQUIRED: &str = "Value is required";

fn changed(body: &Value, path: &str, value: Value) -> Value {
    let mut changed = body.clone();
    match path.strip_prefix("InvoiceArticles[0].") {
        Some(inner) => changed["InvoiceArticles"][0][inner] = value,
        None => changed[path] = value,
    }
    changed
}

/// What is refused: where, with what, and in which words; the field named is that of the path or one within it.
#[expect(clippy::too_many_lines, reason = "a table, a row for each member")]
fn bad() -> Vec<(&'static str, Value, &'static str, &'static str)> {
    let phone = |alias: Value, kind: Value| json!({ "Alias": alias, "AliasType": kind });
    let kind = "AliasType is required. Allowed values are \"Phone\"";
    let mut table = vec![
        ("InvoiceIssuer", Value::Null, "", REQUIRED),
        ("InvoiceIssuer", json!(" "), "", REQUIRED),
        ("InvoiceIssuer", json!("shop"), "", INVALID),
        ("InvoiceIssuer", json!(7), "", INVALID),
        ("ConsumerAlias", json!("+4557373259"), "", INVALID),
        (
            "ConsumerAlias",
            phone(json!("12"), json!("Phone")),
            ".Alias",
            "Invalid phone number",
        ),
        (
            "ConsumerAlias",
            phone(Value::Null, json!("Phone")),
            ".Alias",
            "Invalid phone number",
        ),
        (
            "ConsumerAlias",
            phone(json!(45), json!("Phone")),
            ".Alias",
            "Invalid phone number",
        ),
        (
            "ConsumerAlias",
            phone(json!(USER.2), json!("Mail")),
            ".AliasType",
            kind,
        ),
        (
            "ConsumerAlias",
            phone(json!(USER.2), Value::Null),
            ".AliasType",
            kind,
        ),
        ("TotalAmount", Value::Null, "", REQUIRED),
        ("TotalAmount", json!("360"), "", INVALID),
        ("TotalAmount", json!("NaN"), "", INVALID),
        ("TotalAmount", json!(1e300), "", INVALID),
        ("TotalAmount", json!([360]), "", INVALID),
        (
            "TotalVATAmount",
            json!(0.125),
            "",
            "At most two decimals are allowed",
        ),
        ("TotalVATAmount", json!("72"), "", INVALID),
        (
            "InvoiceNumber",
            Value::Null,
            "",
            "InvoiceNumber or PaymentReference is required",
        ),
        (
            "InvoiceNumber",
            json!("  "),
            "",
            "InvoiceNumber or PaymentReference is required",
        ),
        (
            "PaymentReference",
            json!("x".repeat(61)),
            "",
            "The maximum length is 60",
        ),
        ("IssueDate", json!("2026-02-30"), "", INVALID),
        ("DueDate", Value::Null, "", REQUIRED),
        ("DueDate", json!("12.03.2026"), "", INVALID),
        ("DueDate", json!("2026-03-12Tnoon"), "", INVALID),
        ("DueDate", json!(20_260_312), "", INVALID),
        ("OrderDate", json!("soon"), "", INVALID),
        ("DeliveryDate", json!("2026-13-01"), "", INVALID),
        (
            "InvoiceUrl",
            json!("http://shop.example/1.pdf"),
            "",
            "The URL must be https",
        ),
        ("InvoiceUrl", json!("1.pdf"), "", "The URL must be https"),
        ("ConsumerAddressLines", json!("Paradisæblevej 13"), "", INVALID),
        (
            "ConsumerAddressLines",
            json!(["Paradisæblevej 13", 7]),
            "",
            INVALID,
        ),
        ("DeliveryAddressLines", json!({}), "", INVALID),
        (
            "InvoiceArticles",
            Value::Null,
            "",
            "At least one element is required",
        ),
        (
            "InvoiceArticles",
            json!([]),
            "",
            "At least one element is required",
        ),
        ("InvoiceArticles", json!({}), "", INVALID),
        ("InvoiceArticles", json!(["Cable"]), "", INVALID),
        ("InvoiceArticles[0].ArticleDescription", Value::Null, "", REQUIRED),
        ("InvoiceArticles[0].ArticleDescription", json!(" "), "", REQUIRED),
        (
            "InvoiceArticles[0].TotalVATAmount",
            json!(72.001),
            "",
            "At most two decimals are allowed",
        ),
    ];
    let texts = [
        "ConsumerName",
        "InvoiceNumber",
        "PaymentReference",
        "Comment",
        "MerchantContactName",
        "MerchantOrderNumber",
        "BuyerOrderNumber",
        "InvoiceUrl",
        "InvoiceArticles[0].ArticleNumber",
        "InvoiceArticles[0].ArticleDescription",
        "InvoiceArticles[0].Unit",
    ];
    table.extend(texts.map(|path| (path, json!(7), "", INVALID)));
    let numbers = [
        "InvoiceArticles[0].VATRate",
        "InvoiceArticles[0].TotalVATAmount",
        "InvoiceArticles[0].TotalPriceIncludingVat",
        "InvoiceArticles[0].Quantity",
        "InvoiceArticles[0].PricePerUnit",
        "InvoiceArticles[0].PriceReduction",
        "InvoiceArticles[0].PriceDiscount",
        "InvoiceArticles[0].Bonus",
    ];
    table.extend(numbers.map(|path| (path, json!("1"), "", INVALID)));
    table
}

#[tokio::test]
async fn every_member_that_cannot_be_read_is_named_and_nothing_else_is() -> Result<()> {
    let shop = Shop::danish().await?;
    let good = shop.body("1");
    for (path, value, within, words) in bad() {
        let body = changed(&good, path, value.clone());
        let problem = format!("input.{path}{within} : {words}");
        for kind in ["/invoices", "/invoices/link"] {
            let (status, answer) = shop.call(Method::POST, &shop.path(kind), Some(&body)).await?;
            assert_eq!(
                (status, &answer["error"], &answer["error_code"]),
                (StatusCode::BAD_REQUEST, &json!("InputError"), &Value::Null),
                "{path}={value}"
            );
            assert_eq!(
                answer["error_description"],
                format!("{problem}\r\n"),
                "{path}={value}"
            );
            let batch = shop.path(&format!("{kind}/batch"));
            let (_, answer) = shop.call(Method::POST, &batch, Some(&json!([body]))).await?;
            assert_eq!(
                answer["Rejected"][0]["Errors"],
                json!([{ "ErrorText": problem, "ErrorCode": null }]),
                "{path}={value}"
            );
        }
    }
    Ok(())
}

#[tokio::test]
async fn an_alias_is_demanded_to_a_phone_and_optional_for_a_link() -> Result<()> {
    let shop = Shop::danish().await?;
    let body = shop.open_link("1");
    let (status, answer) = shop
        .call(Method::POST, &shop.path("/invoices"), Some(&body))
        .await?;
    assert_eq!(
        (status, &answer["error_description"]),
        (
            StatusCode::BAD_REQUEST,
            &json!("input.ConsumerAlias : Value is required\r\n")
        )
    );
    shop.link(&body).await?;
    // A direct invoice has no page to return from: the member is not looked at.
    let mut direct = shop.body("2");
    direct["RedirectUrl"] = json!(7);
    shop.create(&direct).await?;
    let (status, answer) = shop
        .call(Method::POST, &shop.path("/invoices/link"), Some(&direct))
        .await?;
    assert_eq!(
        (status, &answer["error_description"]),
        (
            StatusCode::BAD_REQUEST,
            &json!("input.RedirectUrl : Invalid input\r\n")
        )
    );
    Ok(())
}

#[tokio::test]
async fn what_the_documents_allow_is_allowed() -> Result<()> {
    let shop = Shop::danish().await?;
    let good = shop.open_link("1");
    let table = [
        ("PaymentReference", json!("ø".repeat(60))),
        ("TotalVATAmount", json!(0.12)),
        ("TotalVATAmount", Value::Null),
        ("IssueDate", Value::Null),
        ("DueDate", json!("2026-03-12T00:00:00.0000000+01:00")),
        ("DueDate", json!("2026-03-13T00:00:00Z")),
        ("DueDate", json!("2026-03-14T00:00:00")),
        ("OrderDate", json!("2025-01-01")),
        ("ConsumerName", json!("x".repeat(100_000))),
        ("Comment", json!("e\u{301}\u{202e}🚲\u{0}\r\n\"")),
        ("ConsumerAddressLines", json!(vec!["line"; 500])),
        ("DeliveryAddressLines", json!([])),
        ("CountryCode", json!(7)),
        ("CurrencyCode", json!("USD")),
        ("NobodyKnowsThis", json!({})),
        ("InvoiceUrl", json!("https://shop.example/1.pdf")),
        ("RedirectUrl", json!("shopapp://thanks")),
        ("InvoiceArticles[0].Quantity", json!(0.123_456_789)),
        ("InvoiceArticles[0].PricePerUnit", json!(1.005)),
        ("InvoiceArticles[0].TotalPriceIncludingVat", json!(-5.5)),
        ("InvoiceArticles[0].Bonus", Value::Null),
        (
            "InvoiceArticles",
            json!(vec![json!({"ArticleDescription": "x"}); 500]),
        ),
    ];
    for (path, value) in table {
        let body = changed(&good, path, value.clone());
        let (status, answer) = shop
            .call(Method::POST, &shop.path("/invoices/link"), Some(&body))
            .await?;
        assert_eq!(status, StatusCode::OK, "{path} {answer}");
        let batch = shop.path("/invoices/link/batch");
        let row = changed(&body, "MerchantOrderNumber", json!("a row"));
        let (_, answer) = shop.call(Method::POST, &batch, Some(&json!([row]))).await?;
        assert_eq!(answer["Rejected"], json!([]), "{path}");
    }
    Ok(())
}

#[tokio::test]
async fn several_problems_are_said_at_once_a_line_each() -> Result<()> {
    let shop = Shop::danish().await?;
    let (status, answer) = shop
        .call(Method::POST, &shop.path("/invoices"), Some(&json!({})))
        .await?;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let text = answer["error_description"].as_str().unwrap_or_default();
    let fields: Vec<&str> = text
        .split_terminator("\r\n")
        .filter_map(|line| line.strip_prefix("input.")?.split_once(" : "))
        .map(|(field, _)| field)
        .collect();
    let named = [
        "InvoiceIssuer",
        "ConsumerAlias",
        "TotalAmount",
        "DueDate",
        "InvoiceArticles",
        "InvoiceNumber",
    ];
    assert_eq!(fields, named);
    Ok(())
}

#[tokio::test]
async fn absurd_vat_is_added_up_without_harm() -> Result<()> {
    let shop = Shop::danish().await?;
    let most = "79228162514264337593543950335";
    let text = shop.open_link("1").to_string();
    let text = text.replace("\"TotalVATAmount\":72", &format!("\"TotalVATAmount\":-{most}"));
    let asked = shop
        .request(Method::POST, &shop.path("/invoices/link"))
        .bearer_auth(&shop.token);
    let answer: Value = asked.body(text).send().await?.json().await?;
    let id = answer["InvoiceId"].as_str().unwrap_or_default();
    let (status, _) = shop
        .call(Method::GET, &shop.path(&format!("/invoices/{id}")), None)
        .await?;
    assert_eq!(status, StatusCode::OK);
    // The payer's receipt has the sums, too.
    assert_eq!(shop.accept(id, USER, TODAY).await?.0, StatusCode::OK);
    Ok(())
}
