//! Answers as the documents print them, and answers that no correct server gives, over real HTTP.

use std::time::Duration;

use invoice::State;
use mobilepay::{
    AccessToken, Api, ApiError, ApiHttp, GatewayCredentials, IssuerStatus, NotSentReason, Proof,
    UnclearReason, proves, user_simulation::Payer,
};
use rust_decimal::Decimal;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use uuid::Uuid;
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{any, body_bytes, header, method, path},
};

const MERCHANT: &str = "e3465d75-8fd4-4ea4-8881-304c464f1d24";
const INVOICE: &str = "63679ab7-cc49-4f75-80a7-86217fc105ea";
const CALL: Uuid = Uuid::from_u128(0x54cc_c98b_7d9f_40ea_8c1a_249d_5712_6c39);

fn api(base: &str, http: ApiHttp) -> Api {
    let gateway = GatewayCredentials {
        id: "client-id".to_owned(),
        secret: "client-secret".into(),
    };
    Api::new(base.parse().expect("a test names a good address"), &gateway, http)
        .expect("a loopback base is allowed")
}

fn token() -> AccessToken {
    AccessToken::new("the-token".into())
}

async fn answering(template: ResponseTemplate) -> (MockServer, Api) {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(template).mount(&server).await;
    let api = api(&format!("{}/invoice-restapi/", server.uri()), ApiHttp::practice());
    (server, api)
}

fn json(status: u16, body: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw(body.to_owned(), "application/json")
}

async fn create(template: ResponseTemplate) -> Result<String, ApiError> {
    let (_server, api) = answering(template).await;
    let answer = api.create_direct(&token(), CALL, MERCHANT, b"{}").await?;
    Ok(answer.value.invoice_id)
}

#[tokio::test]
async fn a_create_sends_the_frozen_bytes_with_all_headers() {
    let server = MockServer::start().await;
    let bytes = br#"{"TotalAmount":360.00,  "spaced" : 1}"#;
    Mock::given(method("POST"))
        .and(path(format!(
            "/invoice-restapi/api/v1/merchants/{MERCHANT}/invoices"
        )))
        .and(header("x-ibm-client-id", "client-id"))
        .and(header("x-ibm-client-secret", "client-secret"))
        .and(header("authorization", "Bearer the-token"))
        .and(header("content-type", "application/json"))
        .and(header("accept", "application/json"))
        .and(header("correlationid", CALL.to_string().as_str()))
        .and(body_bytes(bytes.to_vec()))
        .respond_with(json(202, &format!("{{\"InvoiceId\":\"{INVOICE}\"}}")))
        .expect(1)
        .mount(&server)
        .await;
    let api = api(&format!("{}/invoice-restapi", server.uri()), ApiHttp::practice());
    let answer = api.create_direct(&token(), CALL, MERCHANT, bytes).await.unwrap();
    assert_eq!(answer.value.invoice_id, INVOICE);
    assert_eq!(
        (answer.trace.status, answer.trace.correlation_id),
        (Some(202), CALL)
    );
    assert!(answer.trace.body.contains(INVOICE));
}

#[tokio::test]
async fn any_2xx_and_any_casing_is_a_success() {
    for (status, name) in [
        (200, "InvoiceId"),
        (201, "invoiceId"),
        (202, "INVOICEID"),
        (202, "invoice_id"),
        (299, "InvoiceId"),
    ] {
        let body = format!("{{\"{name}\":\"{INVOICE}\",\"Unknown\":{{\"x\":[1]}}}}");
        assert_eq!(
            create(json(status, &body)).await.unwrap(),
            INVOICE,
            "{status} {name}"
        );
    }
}

#[tokio::test]
async fn a_success_without_a_usable_id_leaves_the_invoice_in_doubt() {
    let nested = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let bodies = [
        "",
        "{}",
        "null",
        "[]",
        "<html>ok</html>",
        r#"{"InvoiceId":null}"#,
        r#"{"InvoiceId":""}"#,
        r#"{"InvoiceId":"../../x"}"#,
        r#"{"InvoiceId":"63679ab7-cc4"#,
        nested.as_str(),
    ];
    for body in bodies {
        let error = create(json(200, body)).await.unwrap_err();
        assert!(
            matches!(
                error,
                ApiError::Unclear {
                    reason: UnclearReason::Unreadable,
                    ..
                }
            ),
            "{error:?}"
        );
        assert_eq!(proves(&error), Proof::Nothing);
    }
}

#[tokio::test]
async fn exists_already_is_known_under_any_status_and_in_any_form() {
    let forms = [
        r#"{"correlation_id":"x","error":"DomainError","error_code":"10104","error_description":"Invoice already exists","error_context":"Invoices"}"#,
        r#"{"correlationId":"x","error":"DomainError","errorCode":10301,"errorDescription":"Invoice already exists"}"#,
        r#"{"ErrorText":"Invoice already exists","ErrorCode":10104}"#,
        r#"{"Errors":[{"ErrorText":"Invoice already exists","ErrorCode":10301}]}"#,
        // A code may be null (spec 9.3); its text is published too.
        r#"{"error":"DomainError","error_code":null,"error_description":"Invoice already exists"}"#,
        r#"{"error":"DomainError","error_code":"E10104","error_description":"Invoice already exists."}"#,
    ];
    for status in [200, 400, 403, 404, 409, 422, 500] {
        for body in forms {
            let error = create(json(status, body)).await.unwrap_err();
            assert_eq!(proves(&error), Proof::ExistsAlready, "{status} {body}");
        }
    }
}

#[tokio::test]
async fn every_status_proves_what_the_table_says() {
    let domain = r#"{"error":"DomainError","error_code":"10201","error_description":"Total invoice amount is exceeded"}"#;
    let denied = r#"{"error":"DomainError","error_code":null,"error_description":"Access denied"}"#;
    let codeless = r#"{"error":"DomainError","error_code":null,"error_description":"It is there"}"#;
    let texted =
        r#"{"error":"DomainError","error_code":null,"error_description":"Total invoice amount is exceeded"}"#;
    let server_error = r#"{"error":"ServerError","error_code":null,"error_description":"The given key was not present in the dictionary."}"#;
    let cases = [
        (400, domain, Proof::Refused),
        (403, domain, Proof::Refused),
        // About the sign-in and not about the invoice.
        (403, "", Proof::NotCarriedOut),
        (403, denied, Proof::NotCarriedOut),
        (404, "", Proof::Refused),
        (409, domain, Proof::Refused),
        (409, texted, Proof::Refused),
        // One of these may be "exists already".
        (409, codeless, Proof::Nothing),
        (409, r#"{"title":"Conflict","status":409}"#, Proof::Nothing),
        (
            409,
            r#"{"httpCode":"409","httpMessage":"Conflict"}"#,
            Proof::Nothing,
        ),
        (409, r#"{"errors":{}}"#, Proof::Nothing),
        (409, "", Proof::Nothing),
        (409, "<html>", Proof::Nothing),
        (401, "", Proof::NotCarriedOut),
        (429, "", Proof::NotCarriedOut),
        (408, "", Proof::Nothing),
        (500, server_error, Proof::Nothing),
        (500, domain, Proof::Nothing),
        (502, "", Proof::Nothing),
        (503, "", Proof::Nothing),
        (504, "<html>", Proof::Nothing),
        (302, "", Proof::Nothing),
        (307, "", Proof::Nothing),
    ];
    for (status, body, proof) in cases {
        let error = create(json(status, body)).await.unwrap_err();
        assert_eq!(proves(&error), proof, "{status} {body}");
        assert_eq!(
            (error.trace().status, error.trace().body.as_str()),
            (Some(status), body)
        );
    }
}

#[tokio::test]
async fn a_refusal_keeps_code_words_and_members() {
    let body = r#"{"correlation_id":"x","error":"InputError","error_code":null,"error_description":"input.TotalAmount : Invalid input\r\n","error_context":"Invoices"}"#;
    let ApiError::Refused {
        status, code, fields, ..
    } = create(json(400, body)).await.unwrap_err()
    else {
        panic!("not refused");
    };
    assert_eq!(
        (status, code, fields[0].field.as_str()),
        (400, None, "TotalAmount")
    );
    let body =
        r#"{"error":"DomainError","error_code":"10504","error_description":"Invoice has already been paid"}"#;
    let (_server, api) = answering(json(409, body)).await;
    let error = api.cancel(&token(), CALL, MERCHANT, INVOICE).await.unwrap_err();
    let ApiError::Refused {
        code, description, ..
    } = error
    else {
        panic!("not refused")
    };
    assert_eq!(
        (code, description.as_deref()),
        (Some(10504), Some("Invoice has already been paid"))
    );
}

#[tokio::test]
async fn what_a_framework_says_of_members_is_part_of_the_words() {
    let body = r#"{"title":"One or more validation errors occurred.","status":400,"errors":{"DueDate":["Required."]}}"#;
    let ApiError::Refused { description, .. } = create(json(400, body)).await.unwrap_err() else {
        panic!("not refused");
    };
    assert_eq!(
        description.as_deref(),
        Some("One or more validation errors occurred.\nDueDate : Required.")
    );
}

#[tokio::test]
async fn a_long_refusal_keeps_its_first_words() {
    let lines = "input[7].TotalAmount : Invalid input\\r\\n".repeat(3_000);
    let body = format!(r#"{{"error":"InputError","error_code":null,"error_description":"{lines}"}}"#);
    let error = create(json(400, &body)).await.unwrap_err();
    assert_eq!(error.trace().body.len(), 64 * 1024);
    let ApiError::Refused { description, .. } = error else {
        panic!("not refused");
    };
    let words = description.unwrap();
    assert!(
        words.starts_with("input[7].TotalAmount : Invalid input\r\n"),
        "{words}"
    );
    assert!((1_900..2_100).contains(&words.len()), "{}", words.len());
}

#[tokio::test]
async fn a_state_that_is_asked_for_is_not_found_even_where_the_answer_is_cut() {
    let cut = b"HTTP/1.1 404 Not Found\r\nContent-Length: 500\r\n\r\n{\"err";
    let api = api(&raw(cut).await, ApiHttp::practice());
    let asked = api.status(&token(), CALL, MERCHANT, INVOICE).await;
    assert!(matches!(asked, Err(ApiError::NotFound { .. })), "{asked:?}");
}

#[tokio::test]
async fn the_gateway_says_unauthorized_in_its_own_shape() {
    let body =
        r#"{"httpCode":"401","httpMessage":"Unauthorized","moreInformation":"Client id not registered."}"#;
    let ApiError::Unauthorized { description, .. } = create(json(401, body)).await.unwrap_err() else {
        panic!("not unauthorized");
    };
    assert_eq!(description.as_deref(), Some("Client id not registered."));
}

#[tokio::test]
async fn a_wait_is_told() {
    let error = create(ResponseTemplate::new(429).insert_header("Retry-After", "17"))
        .await
        .unwrap_err();
    assert!(
        matches!(error, ApiError::Throttled { retry_after: Some(wait), .. } if wait == Duration::from_secs(17))
    );
    let error = create(ResponseTemplate::new(503).insert_header("Retry-After", "5"))
        .await
        .unwrap_err();
    assert!(
        matches!(error, ApiError::Unclear { retry_after: Some(wait), .. } if wait == Duration::from_secs(5))
    );
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = MockServer::start().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(200))
        .expect(0)
        .mount(&elsewhere)
        .await;
    for status in [301, 302, 303, 307, 308] {
        let error = create(ResponseTemplate::new(status).insert_header("Location", elsewhere.uri()))
            .await
            .unwrap_err();
        assert!(
            matches!(error, ApiError::Unclear { reason: UnclearReason::UnexpectedStatus(s), .. } if s == status)
        );
    }
}

#[tokio::test]
async fn an_endless_answer_is_given_up() {
    let body = format!(
        "{{\"InvoiceId\":\"{INVOICE}\",\"x\":\"{}\"}}",
        "a".repeat(2 * 1024 * 1024)
    );
    let error = create(json(200, &body)).await.unwrap_err();
    assert!(
        matches!(
            error,
            ApiError::Unclear {
                reason: UnclearReason::TooLong,
                ..
            }
        ),
        "{error:?}"
    );
    assert!(error.trace().body.len() <= 64 * 1024);
}

#[tokio::test]
async fn no_answer_in_time_proves_nothing() {
    let server = MockServer::start().await;
    let late = json(200, "{}").set_delay(Duration::from_mins(10));
    Mock::given(any()).respond_with(late).mount(&server).await;
    let http = ApiHttp {
        total_timeout: Duration::from_millis(200),
        ..ApiHttp::practice()
    };
    let error = api(&server.uri(), http)
        .create_direct(&token(), CALL, MERCHANT, b"{}")
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            ApiError::Unclear {
                reason: UnclearReason::TimedOut,
                ..
            }
        ),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_refused_connection_was_not_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = api(&base, ApiHttp::practice())
        .create_direct(&token(), CALL, MERCHANT, b"{}")
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            ApiError::NotSent {
                reason: NotSentReason::ConnectionRefused,
                ..
            }
        ),
        "{error:?}"
    );
    assert_eq!(proves(&error), Proof::NotSent);
}

#[tokio::test]
async fn a_name_that_does_not_resolve_was_not_sent() {
    // RFC 6761: `.invalid` never resolves.
    let api = api("https://api.mobilepay.invalid", ApiHttp::default());
    let error = api
        .create_direct(&token(), CALL, MERCHANT, b"{}")
        .await
        .unwrap_err();
    assert_eq!(proves(&error), Proof::NotSent, "{error:?}");
}

/// A server that reads one request and answers with `answer`, then closes the connection.
async fn raw(answer: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a loopback port is free");
    let base = format!(
        "http://{}",
        listener.local_addr().expect("a listener has an address")
    );
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("the client connects");
        let mut request = [0; 4096];
        let _ = stream.read(&mut request).await;
        let _ = stream.write_all(answer).await;
        let _ = stream.shutdown().await;
    });
    base
}

/// A server that takes one request and answers the head of it as it came.
async fn head() -> (String, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a loopback port is free");
    let address = listener.local_addr().expect("a listener has an address");
    let head = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("the client connects");
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.expect("the head comes to its end"));
        }
        let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await;
        String::from_utf8(head).expect("heads are ASCII").to_lowercase()
    });
    (format!("http://{address}"), head)
}

#[tokio::test]
async fn a_change_without_a_body_says_that_it_has_none() {
    let (base, cancel) = head().await;
    let shop = api(&base, ApiHttp::practice());
    shop.cancel(&token(), CALL, MERCHANT, INVOICE).await.unwrap();
    let (base, reject) = head().await;
    let payer = Payer {
        api: &api(&base, ApiHttp::practice()),
        token: &token(),
        user: CALL,
    };
    payer.reject(CALL, INVOICE).await.unwrap();
    for (head, what) in [
        (cancel.await.unwrap(), "cancel"),
        (reject.await.unwrap(), "reject"),
    ] {
        assert!(head.starts_with("put ") && head.contains(what), "{head}");
        assert_eq!(head.matches("\r\ncontent-length: 0\r\n").count(), 1, "{head}");
        assert!(!head.contains("transfer-encoding"), "{head}");
    }
}

#[tokio::test]
async fn a_host_without_tls_was_never_sent_anything() {
    let base = raw(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        .await
        .replace("http:", "https:");
    let error = api(&base, ApiHttp::default())
        .create_direct(&token(), CALL, MERCHANT, b"{}")
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            ApiError::NotSent {
                reason: NotSentReason::Tls,
                ..
            }
        ),
        "{error:?}"
    );
}

#[tokio::test]
async fn cut_and_broken_answers_prove_nothing() {
    let cases: [(&'static [u8], UnclearReason); 6] = [
        (b"", UnclearReason::ConnectionLost),
        (b"HTTP/1.1 20", UnclearReason::ConnectionLost),
        (b"SSH-2.0-OpenSSH\r\n", UnclearReason::ConnectionLost),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"InvoiceId\":\"63679ab7",
            UnclearReason::Cut,
        ),
        (
            b"HTTP/1.1 404 Not Found\r\nContent-Length: 500\r\n\r\n{\"error_code\":\"10104\",\"err",
            UnclearReason::Cut,
        ),
        (
            b"HTTP/1.1 409 Conflict\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"err",
            UnclearReason::Cut,
        ),
    ];
    for (answer, expected) in cases {
        let api = api(&raw(answer).await, ApiHttp::practice());
        let error = api
            .create_direct(&token(), CALL, MERCHANT, b"{}")
            .await
            .unwrap_err();
        assert!(
            matches!(error, ApiError::Unclear { reason, .. } if reason == expected),
            "{answer:?} {error:?}"
        );
    }
}

#[tokio::test]
async fn a_whole_answer_on_a_closing_connection_is_good() {
    let answer = b"HTTP/1.1 202 Accepted\r\n\r\n{\"InvoiceId\":\"63679ab7-cc49-4f75-80a7-86217fc105ea\"}";
    let api = api(&raw(answer).await, ApiHttp::practice());
    assert_eq!(
        api.create_direct(&token(), CALL, MERCHANT, b"{}")
            .await
            .unwrap()
            .value
            .invoice_id,
        INVOICE
    );
}

#[tokio::test]
async fn a_strange_id_never_reaches_the_wire() {
    let (server, api) = answering(json(200, "{}")).await;
    for id in ["", "..", "a/b", "a?b", "a#b", "æ", " "] {
        let error = api.status(&token(), CALL, MERCHANT, id).await.unwrap_err();
        assert!(matches!(
            error,
            ApiError::NotSent {
                reason: NotSentReason::Unwritable,
                ..
            }
        ));
    }
    let broken = AccessToken::new("a\nb".into());
    assert_eq!(proves(&api.me(&broken, CALL).await.unwrap_err()), Proof::NotSent);
    assert!(server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn the_published_answers_are_read() {
    let me = format!("{{ \"MerchantId\": \"{MERCHANT}\" }}"); // spec 8.1
    let (_server, api) = answering(json(200, &me)).await;
    assert_eq!(api.me(&token(), CALL).await.unwrap().value.merchant_id, MERCHANT);

    let issuers = r#"{ "InvoiceIssuers": [
        { "Id": "6a33d969-fa86-44af-a23b-731da0e4d50d", "Name": "MyAwesomeStore", "AccountType": "Account",
          "Status": "enabled", "Address": "Paradisæblevej 13", "City": "Andeby", "ZipCode": "1234" },
        { "id": "7a33d969-fa86-44af-a23b-731da0e4d50d", "status": null },
        { "Id": "8a33d969-fa86-44af-a23b-731da0e4d50d", "Status": "Frozen" }, { "Name": "no id" } ] }"#; // spec 8.2
    let (_server, api) = answering(json(200, issuers)).await;
    let issuers = api.issuers(&token(), CALL, MERCHANT).await.unwrap().value.issuers;
    assert_eq!(issuers.len(), 3);
    assert_eq!(issuers[0].status, IssuerStatus::Enabled);
    assert_eq!(issuers[0].address.as_deref(), Some("Paradisæblevej 13"));
    assert_eq!(issuers[1].status, IssuerStatus::Unknown(None));
    assert_eq!(
        issuers[2].status,
        IssuerStatus::Unknown(Some("Frozen".to_owned()))
    );

    let link = r#"{ "InvoiceId": "c5d4fde3-81e2-49de-8cfe-8c96f449e367", "Links": [
        { "Rel": "self", "Href": "https://wrong.example" },
        { "Rel": "user-redirect", "Href": "https://sandprod-open.mobilepay.dk/usersettings-landing-website/?token=eb406472&countryCode=DK&product=Invoice" } ] }"#; // spec 9.4
    let (_server, api) = answering(json(200, link)).await;
    let created = api.create_link(&token(), CALL, MERCHANT, b"{}").await.unwrap();
    assert_eq!(created.value.invoice_id, "c5d4fde3-81e2-49de-8cfe-8c96f449e367");
    assert!(
        created
            .value
            .href
            .as_deref()
            .is_some_and(|href| href.contains("token=eb406472&countryCode=DK"))
    );
    assert!(!format!("{created:?}").contains("eb406472"));

    let (_server, api) = answering(ResponseTemplate::new(204)).await;
    assert_eq!(
        api.cancel(&token(), CALL, MERCHANT, INVOICE)
            .await
            .unwrap()
            .trace
            .status,
        Some(204)
    );
}

#[tokio::test]
async fn every_status_word_is_read() {
    for (word, state) in [
        ("created", State::Created),
        ("Accepted", State::Accepted),
        ("PAID", State::Paid),
        ("cancelled", State::Canceled),
        ("OnHold", State::Unknown("OnHold".to_owned())),
    ] {
        let body = format!(
            "{{\"invoiceId\":\"{}\",\"status\":\"{word}\"}}",
            INVOICE.to_uppercase()
        );
        let (_server, api) = answering(json(200, &body)).await;
        assert_eq!(
            api.status(&token(), CALL, MERCHANT, INVOICE)
                .await
                .unwrap()
                .value
                .state,
            state
        );
    }
    let other = r#"{"InvoiceId":"00000000-0000-0000-0000-000000000000","Status":"paid"}"#;
    for body in [other, r#"{"Status":null}"#, "{}", ""] {
        let (_server, api) = answering(json(200, body)).await;
        let error = api.status(&token(), CALL, MERCHANT, INVOICE).await.unwrap_err();
        assert!(
            matches!(
                error,
                ApiError::Unclear {
                    reason: UnclearReason::Unreadable,
                    ..
                }
            ),
            "{body}"
        );
    }
}

#[tokio::test]
async fn the_published_details_are_read_exactly() {
    // spec 10.2, with one date as the OpenAPI file prints it.
    let body = r#"{ "InvoiceId": "63679ab7-cc49-4f75-80a7-86217fc105ea", "InvoiceNumber": "301", "IssueDate": "2018-07-02",
        "DueDate": "2018-08-02T00:00:00+02:00", "PaymentDate": "2018-08-23", "Comment": "Sample Invoice",
        "InvoiceArticles": [ { "ArticleNumber": "1-123", "ArticleDescription": "Process Flying V Snowboard",
          "TotalPriceIncludingVat": 360, "Quantity": 1, "PricePerUnit": 288.10 } ],
        "CurrencyCode": "DKK", "TotalAmount": 360, "InvoiceVatTotals": [ { "VatRate": 25, "TotalVatAmount": 72 } ],
        "TotalVatAmount": 72, "TotalAmountExcludingVat": 288, "Status": "created",
        "PaymentTransactionId": "d1da2195-01c1-4981-bdde-04eb82e362ab", "PaymentReference": "ABC-123", "UrlType": 0 }"#;
    let (_server, api) = answering(json(200, body)).await;
    let details = api
        .details(&token(), CALL, MERCHANT, INVOICE)
        .await
        .unwrap()
        .value;
    assert_eq!(details.state, Some(State::Created));
    assert_eq!(details.due_date.unwrap().to_string(), "2018-08-02");
    assert_eq!(details.total_amount, Some(Decimal::from(360)));
    assert_eq!(details.articles[0].price_per_unit.unwrap().to_string(), "288.10");
    assert_eq!(details.vat_totals[0].vat, Some(Decimal::from(72)));
    assert_eq!(
        details.payment_transaction_id.as_deref(),
        Some("d1da2195-01c1-4981-bdde-04eb82e362ab")
    );

    let (_server, api) = answering(ResponseTemplate::new(404)).await;
    assert!(matches!(
        api.details(&token(), CALL, MERCHANT, INVOICE).await,
        Err(ApiError::NotFound { .. })
    ));
}
