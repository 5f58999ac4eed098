//! Every code of the last version (spec 13.3), each in a test with its name: of single calls and of rows, direct and link.

use anyhow::{Context as _, Result};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use simulator::Reading;

use crate::shop::{Shop, TODAY, USER, said};

/// What becomes of a row.
#[derive(Debug, PartialEq)]
enum Row {
    Created,
    /// In the answer.
    Rejected(u32),
    /// Afterwards.
    Invalid(u32),
}

/// Code and words of a refused single call, or nothing of a good one.
async fn single(shop: &Shop, kind: &str, body: &Value) -> Result<Option<(u32, String)>> {
    let path = shop.path(kind);
    let (status, answer) = shop.call(Method::POST, &path, Some(body)).await?;
    if status == StatusCode::OK {
        return Ok(None);
    }
    assert_eq!(
        (status, &answer["error"]),
        (StatusCode::CONFLICT, &json!("DomainError"))
    );
    let code = said(&answer, "error_code")?.parse()?;
    Ok(Some((code, said(&answer, "error_description")?.to_owned())))
}

async fn row(shop: &Shop, kind: &str, body: &Value) -> Result<(Row, String)> {
    let path = shop.path(&format!("{kind}/batch"));
    let (_, answer) = shop.call(Method::POST, &path, Some(&json!([body]))).await?;
    if let Some(error) = answer["Rejected"].get(0).map(|rejected| &rejected["Errors"][0]) {
        let code = error["ErrorCode"].as_u64().context("a code")?;
        return Ok((
            Row::Rejected(u32::try_from(code)?),
            said(error, "ErrorText")?.to_owned(),
        ));
    }
    let id = said(&answer["Accepted"][0], "InvoiceId")?;
    let path = shop.path(&format!("/invoices/{id}"));
    let (_, told) = shop.call(Method::GET, &path, None).await?;
    let Some(code) = told["ErrorCode"].as_u64() else {
        assert_eq!(told["Status"], "created");
        return Ok((Row::Created, String::new()));
    };
    assert_eq!(told["Status"], "invalid");
    Ok((
        Row::Invalid(u32::try_from(code)?),
        said(&told, "ErrorMessage")?.to_owned(),
    ))
}

/// A rule that is broken by one member: its code and words for a single call, and what it is for a row. A rule about a
/// consumer is none for a link.
struct Rule {
    member: &'static str,
    value: Value,
    code: u32,
    text: &'static str,
    row: Row,
    of_links: bool,
}

impl Rule {
    async fn holds(self) -> Result<()> {
        let shop = Shop::danish().await?;
        shop.simulator.readings().set(Reading::InvalidTold, true);
        let mut body = shop.body("1");
        body[self.member] = self.value;
        let refused = Some((self.code, self.text.to_owned()));
        assert_eq!(single(&shop, "/invoices", &body).await?, refused);
        let (row_is, words) = row(&shop, "/invoices", &body).await?;
        assert_eq!((&row_is, words.as_str()), (&self.row, self.text));
        let of_link = (single(&shop, "/invoices/link", &body).await?, {
            // As a row it must be another link than the one before.
            body["Comment"] = json!("a row");
            row(&shop, "/invoices/link", &body).await?.0
        });
        if self.of_links {
            assert_eq!(of_link, (refused, self.row));
        } else {
            assert_eq!(of_link, (None, Row::Created));
        }
        Ok(())
    }
}

macro_rules! rules {
    ($($name:ident: $member:literal = $value:expr, $code:literal $text:literal, $row:expr, links $of_links:literal;)+) => {
        $(#[tokio::test]
        async fn $name() -> Result<()> {
            let rule = Rule {
                member: $member, value: $value, code: $code, text: $text, row: $row, of_links: $of_links,
            };
            rule.holds().await
        })+
    };
}

const USER_NOT_FOUND: &str = "+4511111111";
const NO_ISSUER: &str = "00000000-0000-4000-8000-000000000000";
/// Nordhavn's second one.
const PENDING_ISSUER: &str = "238fe387-f4a4-40e7-ae8a-4c107da2c0ad";

fn to(phone: &str) -> Value {
    json!({"Alias": phone, "AliasType": "Phone"})
}

rules! {
    code_10008_total_of_zero: "TotalAmount" = json!(0), 10008 "Total amount must be greater than 0",
        Row::Rejected(10008), links true;
    code_10008_total_below_zero: "TotalAmount" = json!(-0.01), 10008 "Total amount must be greater than 0",
        Row::Rejected(10008), links true;
    code_10101_or_later_10304_user_not_found: "ConsumerAlias" = to(USER_NOT_FOUND), 10101 "MobilePay user not found",
        Row::Invalid(10304), links false;
    code_10102_user_not_available: "ConsumerAlias" = to("+4500010102"), 10102 "MobilePay user not available",
        Row::Invalid(10102), links false;
    code_10103_user_not_found: "ConsumerAlias" = to("+4500010103"), 10103 "MobilePay user not found",
        Row::Invalid(10103), links false;
    code_10105_technical_error: "ConsumerAlias" = to("+4500010105"), 10105
        "Technical error - please contact MobilePay developer support developer@mobilepay.dk",
        Row::Invalid(10105), links false;
    code_10201_above_the_danish_maximum: "TotalAmount" = json!(15000.01), 10201 "Total invoice amount is exceeded",
        Row::Invalid(10201), links true;
    code_10202_or_later_10303_issuer_not_found: "InvoiceIssuer" = json!(NO_ISSUER), 10202 "Invoice issuer not found",
        Row::Invalid(10303), links true;
    code_10203_or_later_10204_issuer_not_enabled: "InvoiceIssuer" = json!(PENDING_ISSUER), 10203 "Account validation error",
        Row::Invalid(10204), links true;
    code_10205_technical_error: "ConsumerAlias" = to("+4500010205"), 10205
        "Technical error - please contact MobilePay developer support developer@mobilepay.dk",
        Row::Invalid(10205), links false;
    code_10302_merchant_not_found: "ConsumerAlias" = to("+4500010302"), 10302 "Merchant not found",
        Row::Invalid(10302), links false;
    code_10305_user_not_found: "ConsumerAlias" = to("+4500010305"), 10305 "MobilePay user not found",
        Row::Invalid(10305), links false;
    code_10306_user_not_found: "ConsumerAlias" = to("0045 00 01 03 06"), 10306 "MobilePay user not found",
        Row::Invalid(10306), links false;
    code_10310_due_in_400_days: "DueDate" = json!("2027-04-06"), 10310 "DueDate must be no later than 400 days from today",
        Row::Invalid(10310), links true;
    code_10311_due_yesterday: "DueDate" = json!("2026-03-01"), 10311 "DueDate must be today or later",
        Row::Invalid(10311), links true;
    code_10312_issued_tomorrow: "IssueDate" = json!("2026-03-03"), 10312 "IssueDate must be no later than today",
        Row::Invalid(10312), links true;
}

#[tokio::test]
async fn what_is_just_within_the_rules_breaks_none_of_them() -> Result<()> {
    let shop = Shop::danish().await?;
    let good = [
        ("TotalAmount", json!(0.01)),
        ("TotalAmount", json!(15000)),
        ("DueDate", json!(TODAY)),
        ("DueDate", json!("2027-04-05")),
        ("IssueDate", json!(TODAY)),
    ];
    for (member, value) in good {
        let mut body = shop.body("1");
        body[member] = value;
        for kind in ["/invoices", "/invoices/link"] {
            body["Comment"] = json!("single");
            assert_eq!(single(&shop, kind, &body).await?, None, "{member}");
            body["ConsumerAlias"] = to("+4522509895");
            assert_eq!(row(&shop, kind, &body).await?.0, Row::Created, "{member}");
            body["ConsumerAlias"] = to(USER.2);
        }
    }
    Ok(())
}

#[tokio::test]
async fn code_10104_or_later_10301_invoice_already_exists() -> Result<()> {
    let shop = Shop::danish().await?;
    let exists = "Invoice already exists".to_owned();
    for kind in ["/invoices", "/invoices/link"] {
        let body = shop.body("1");
        assert_eq!(single(&shop, kind, &body).await?, None);
        assert_eq!(single(&shop, kind, &body).await?, Some((10104, exists.clone())));
        assert_eq!(
            row(&shop, kind, &body).await?,
            (Row::Rejected(10104), exists.clone())
        );
    }
    Ok(())
}

#[tokio::test]
async fn code_10314_daily_limit_counts_links_with_a_number_and_what_was_cancelled() -> Result<()> {
    let shop = Shop::danish().await?;
    shop.simulator.readings().set(Reading::InvalidTold, true);
    for number in 0..9 {
        let id = shop.create(&shop.body(&number.to_string())).await?;
        shop.cancel(&id).await?;
    }
    shop.link(&shop.body("9")).await?;
    let words = "Your daily limit has been reached. No more than 10 invoices can be created per consumer per merchant per day.";
    let body = shop.body("10");
    for kind in ["/invoices", "/invoices/link"] {
        assert_eq!(single(&shop, kind, &body).await?, Some((10314, words.to_owned())));
        assert_eq!(
            row(&shop, kind, &body).await?,
            (Row::Invalid(10314), words.to_owned())
        );
    }
    // Of a link without a number nobody knows the consumer.
    shop.link(&shop.open_link("11")).await?;
    shop.days_pass(1).await?;
    assert_eq!(single(&shop, "/invoices", &body).await?, None);
    Ok(())
}

#[tokio::test]
async fn code_10504_a_paid_invoice_is_cancelled() -> Result<()> {
    let shop = Shop::danish().await?;
    let id = shop.create(&shop.body("1")).await?;
    shop.accept(&id, USER, TODAY).await?;
    let (status, answer) = shop.cancel(&id).await?;
    assert_eq!(
        (status, &answer["error_code"], &answer["error_description"]),
        (
            StatusCode::CONFLICT,
            &json!("10504"),
            &json!("Invoice has already been paid")
        )
    );
    Ok(())
}
