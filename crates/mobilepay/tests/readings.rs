//! Where the documents contradict each other (spec 21.1), every reading is understood. Items 1 to 7 and 41 are with
//! their calls in `answers.rs`, `batch.rs` and `consents.rs`, items 30 and 31 with the reader of events.

mod common;

use std::time::Duration;

use common::{CALL, MERCHANT, answering, json, token};
use mobilepay::{ApiError, Meaning, Proof, meaning, proves, read_events};
use rust_decimal::Decimal;
use wiremock::ResponseTemplate;

const INVOICE: &str = "63679ab7-cc49-4f75-80a7-86217fc105ea";

async fn refused(status: u16, body: &str) -> ApiError {
    let (_server, api) = answering(json(status, body)).await;
    let sent = api.create_direct(&token(), CALL, MERCHANT, b"{}").await;
    sent.expect_err("the service said no")
}

#[tokio::test]
async fn items_26_and_27_a_code_is_a_text_or_a_number_under_either_name() {
    for body in [
        r#"{"correlation_id":"x","error":"DomainError","error_code":"10311","error_description":"DueDate must be today or later","error_context":"Invoices"}"#,
        r#"{"correlationId":"x","error":"DomainError","errorCode":"10311","errorDescription":"DueDate must be today or later"}"#,
        r#"{"CorrelationId":"x","Error":"DomainError","ErrorCode":10311,"ErrorText":"DueDate must be today or later"}"#,
        r#"{"error_code":" 10311 ","error_message":"DueDate must be today or later"}"#,
    ] {
        let ApiError::Refused {
            code, description, ..
        } = refused(409, body).await
        else {
            panic!("{body}");
        };
        assert_eq!(code, Some(10311), "{body}");
        assert_eq!(description.as_deref(), Some("DueDate must be today or later"));
    }
}

#[tokio::test]
async fn item_25_a_duplicate_is_one_under_both_codes_and_both_statuses() {
    for (status, code) in [(400, "10104"), (409, "10104"), (400, "10301"), (409, "10301")] {
        let body = format!(
            r#"{{"error":"DomainError","error_code":"{code}","error_description":"Invoice already exists"}}"#
        );
        assert_eq!(
            proves(&refused(status, &body).await),
            Proof::ExistsAlready,
            "{status} {code}"
        );
    }
    let event = read_events(br#"[{"InvoiceId":"a","Status":"Invalid","ErrorCode":10301,"Sequence":1}]"#);
    let code = event.unwrap().events[0].error_code.unwrap();
    assert_eq!(meaning(code), Meaning::AlreadyExists);
}

#[tokio::test]
async fn item_43_a_bad_total_is_told_by_member_or_by_code() {
    let by_member = r#"{"correlation_id":"54ccc98b-7d9f-40ea-8c1a-249d57126c39","error":"InputError","error_code":null,"error_description":"input.TotalAmount : Invalid input\r\n","error_context":"Invoices"}"#;
    let ApiError::Refused { code, fields, .. } = refused(400, by_member).await else {
        panic!("not refused");
    };
    assert_eq!((code, fields[0].field.as_str()), (None, "TotalAmount"));
    let by_code = r#"{"error":"DomainError","error_code":"10008","error_description":"Total amount must be greater than 0"}"#;
    let ApiError::Refused { code, .. } = refused(409, by_code).await else {
        panic!("not refused");
    };
    assert_eq!(code.map(meaning), Some(Meaning::TotalNotPositive));
}

#[tokio::test]
async fn item_29_an_address_is_kept_as_it_came() {
    for href in [
        "https://api.sandbox.mobilepay.dk/invoice-restapi/api/v1/consumers/me/invoices/invoices/c5d4fde3/link",
        "https://open.mobilepay.dk/usersettings-landing-website/?token=eb406472&countryCode=DK&product=Invoice",
        "mobilepay://invoice?x=%2F",
    ] {
        let body =
            format!(r#"{{"InvoiceId":"{INVOICE}","Links":[{{"rel":"USER-REDIRECT","href":"{href}"}}]}}"#);
        let (_server, api) = answering(json(200, &body)).await;
        let created = api.create_link(&token(), CALL, MERCHANT, b"{}").await.unwrap();
        assert_eq!(created.value.href.as_deref(), Some(href));
    }
    let bare = format!(r#"{{"InvoiceId":"{INVOICE}"}}"#);
    let (_server, api) = answering(json(202, &bare)).await;
    let created = api.create_link(&token(), CALL, MERCHANT, b"{}").await.unwrap();
    assert_eq!(created.value.href, None);
}

#[tokio::test]
async fn items_3_and_36_amounts_and_dates_are_read_in_every_spelling() {
    for body in [
        r#"{"TotalVATAmount":72.10,"TotalAmount":360.5,"DueDate":"2018-08-02","Status":"created"}"#,
        r#"{"totalVatAmount":"72.10","totalAmount":3.605e2,"dueDate":"2018-08-02T00:00:00","status":"Created"}"#,
        r#"{"total_vat_amount":72.10,"total_amount":360.50,"due_date":"2018-08-02T00:00:00.0000000+02:00","STATUS":"CREATED"}"#,
    ] {
        let (_server, api) = answering(json(200, body)).await;
        let details = api
            .details(&token(), CALL, MERCHANT, INVOICE)
            .await
            .unwrap()
            .value;
        assert_eq!(details.total_vat_amount, Some(Decimal::new(7210, 2)), "{body}");
        assert_eq!(
            details.total_amount.map(|total| total.normalize()),
            Some(Decimal::new(3605, 1))
        );
        assert_eq!(details.due_date.unwrap().to_string(), "2018-08-02");
        assert_eq!(details.state, Some(invoice::State::Created));
    }
}

#[tokio::test]
async fn what_is_unknown_is_kept_for_the_technical_details() {
    let body = format!(r#"{{"InvoiceId":"{INVOICE}","Status":"Slumbering","Since":{{"Who":["x"]}}}}"#);
    let (_server, api) = answering(json(200, &body)).await;
    let status = api.status(&token(), CALL, MERCHANT, INVOICE).await.unwrap();
    assert_eq!(
        status.value.state,
        invoice::State::Unknown("Slumbering".to_owned())
    );
    assert_eq!((status.trace.body, status.trace.correlation_id), (body, CALL));
}

#[tokio::test]
async fn a_wait_until_a_moment_is_measured_by_the_clock_of_the_service() {
    let template = ResponseTemplate::new(429)
        .insert_header("Date", "Mon, 23 Nov 2026 06:00:00 GMT")
        .insert_header("Retry-After", "Mon, 23 Nov 2026 06:01:30 GMT");
    let (_server, api) = answering(template).await;
    let error = api.me(&token(), CALL).await.unwrap_err();
    let ApiError::Throttled { retry_after, .. } = error else {
        panic!("{error:?}");
    };
    assert_eq!(retry_after, Some(Duration::from_secs(90)));
}
