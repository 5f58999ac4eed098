//! The payer's calls (spec 16), with the published test user and bodies written down from the documents.

use jiff::civil::date;
use mobilepay::{
    AccessToken, Api, ApiHttp, GatewayCredentials, Proof, proves,
    user_simulation::{FailedPayment, Payer},
};
use uuid::{Uuid, uuid};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{body_string, header, headers, method, path},
};

const INVOICE: &str = "63679ab7-cc49-4f75-80a7-86217fc105ea";
const USER: Uuid = uuid!("f1a75bb4-c8a6-41f8-8603-4cf9278cd5ba");
const CARD: Uuid = uuid!("6956b1ae-be59-4d7c-ba1c-8aa188db83b7");

struct Shop {
    server: MockServer,
    api: Api,
    token: AccessToken,
}

impl Shop {
    async fn open() -> Self {
        let server = MockServer::start().await;
        let gateway = GatewayCredentials {
            id: "id".to_owned(),
            secret: "secret".into(),
        };
        let base = server.uri().parse().expect("the server has an address");
        let api = Api::new(base, &gateway, ApiHttp::practice()).expect("a loopback base is allowed");
        Self {
            server,
            api,
            token: AccessToken::new("t".into()),
        }
    }

    fn payer(&self) -> Payer<'_> {
        Payer {
            api: &self.api,
            token: &self.token,
            user: USER,
        }
    }
}

#[tokio::test]
async fn a_payer_accepts_with_day_and_card() {
    let shop = Shop::open().await;
    Mock::given(method("PUT"))
        .and(path(format!("/api/v1/consumers/me/invoices/{INVOICE}/accept")))
        .and(header("AuthenticatedUser", USER.to_string().as_str()))
        .and(body_string(
            r#"{"paymentDate":"2022-09-20T00:00:00Z","ConsumerCard":"6956b1ae-be59-4d7c-ba1c-8aa188db83b7"}"#,
        ))
        .respond_with(ResponseTemplate::new(200).set_body_raw(
            format!(r#"{{"InvoiceId":"{INVOICE}","InvoicePaymentStatus":"Paid","Receipt":{{"status":"x"}},"RedirectUrl":null}}"#),
            "application/json",
        ))
        .expect(1)
        .mount(&shop.server)
        .await;
    let accepted = shop
        .payer()
        .accept(Uuid::nil(), INVOICE, date(2022, 9, 20), CARD)
        .await
        .unwrap()
        .value;
    assert_eq!(
        (accepted.invoice_id.as_str(), accepted.payment_status.as_deref()),
        (INVOICE, Some("Paid"))
    );
    assert_eq!(accepted.redirect_url, None);
}

#[tokio::test]
async fn an_expired_card_is_a_refusal_with_words() {
    let shop = Shop::open().await;
    let body =
        format!(r#"{{"InvoiceId":"{INVOICE}","InvoicePaymentStatus":"Failed","ErrorText":"Card expired"}}"#);
    Mock::given(method("PUT"))
        .respond_with(ResponseTemplate::new(400).set_body_raw(body, "application/json"))
        .mount(&shop.server)
        .await;
    let error = shop
        .payer()
        .accept(Uuid::nil(), INVOICE, date(2022, 9, 20), CARD)
        .await
        .unwrap_err();
    assert_eq!(proves(&error), Proof::Refused);
    let words = FailedPayment::of(&error).map(|failed| failed.words);
    assert_eq!(words.as_deref(), Some("Card expired"));
}

#[tokio::test]
async fn a_request_that_could_not_be_read_is_no_failed_payment() {
    let shop = Shop::open().await;
    let body = r#"{"error":"InputError","error_code":null,"error_description":"input.paymentDate : Invalid input\r\n"}"#;
    Mock::given(method("PUT"))
        .respond_with(ResponseTemplate::new(400).set_body_raw(body, "application/json"))
        .mount(&shop.server)
        .await;
    let accepting = shop.payer();
    let error = accepting
        .accept(Uuid::nil(), INVOICE, date(2022, 9, 20), CARD)
        .await;
    assert_eq!(FailedPayment::of(&error.unwrap_err()), None);
}

#[tokio::test]
async fn a_payer_rejects() {
    let shop = Shop::open().await;
    Mock::given(method("PUT"))
        .and(path(format!("/api/v1/consumers/me/invoices/{INVOICE}/reject")))
        .respond_with(
            ResponseTemplate::new(200)
                .set_body_raw(format!(r#"{{"InvoiceId":"{INVOICE}"}}"#), "application/json"),
        )
        .expect(1)
        .mount(&shop.server)
        .await;
    shop.payer().reject(Uuid::nil(), INVOICE).await.unwrap();
}

#[tokio::test]
async fn a_payer_sees_a_pdf_and_nothing_else_for_one() {
    let shop = Shop::open().await;
    let pdf = path(format!("/api/v1/consumers/me/invoices/{INVOICE}/pdf"));
    Mock::given(method("GET"))
        .and(pdf)
        .and(headers("accept", vec!["application/pdf", "application/json"]))
        .respond_with(ResponseTemplate::new(200).set_body_raw(b"%PDF-1.7 \xff".to_vec(), "application/pdf"))
        .up_to_n_times(1)
        .mount(&shop.server)
        .await;
    assert_eq!(
        shop.payer().pdf(Uuid::nil(), INVOICE).await.unwrap().value,
        b"%PDF-1.7 \xff"
    );
    Mock::given(method("GET"))
        .respond_with(ResponseTemplate::new(200).set_body_string("<html>"))
        .mount(&shop.server)
        .await;
    assert_eq!(
        proves(&shop.payer().pdf(Uuid::nil(), INVOICE).await.unwrap_err()),
        Proof::Nothing
    );
}
