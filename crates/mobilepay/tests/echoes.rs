//! A service that says back what it was sent: none of it is kept, neither of a good answer nor of any error.

use invoice::State;
use mobilepay::{AccessToken, Api, ApiHttp, GatewayCredentials};
use uuid::Uuid;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

const SECRETS: [&str; 3] = [
    "marked-token-in-a-header",
    "marked-gateway-id",
    "marked-gateway-secret",
];
const INVOICE: &str = "63679ab7-cc49-4f75-80a7-86217fc105ea";

async fn said(status: u16, body: String) -> String {
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(status).set_body_raw(body, "application/json");
    Mock::given(any()).respond_with(answer).mount(&server).await;
    let gateway = GatewayCredentials {
        id: SECRETS[1].to_owned(),
        secret: SECRETS[2].into(),
    };
    let api = Api::new(
        server.uri().parse().expect("an address"),
        &gateway,
        ApiHttp::practice(),
    );
    let api = api.expect("a loopback base is allowed");
    let token = AccessToken::new(SECRETS[0].into());
    match api.status(&token, Uuid::nil(), INVOICE, INVOICE).await {
        Ok(answer) => {
            assert_eq!(answer.value.state, State::Created, "it is still read");
            answer.trace.body
        }
        Err(error) => format!("{error} {error:?} {}", error.trace().body),
    }
}

#[tokio::test]
async fn nothing_that_a_service_says_back_of_the_credentials_is_kept() {
    let echo = SECRETS.join(" and ");
    let good = format!(r#"{{"InvoiceId":"{INVOICE}","Status":"created","debug":"{echo}"}}"#);
    let envelope = format!(r#"{{"error_code":"10201","error_description":"You sent {echo}"}}"#);
    let mut answers = vec![(200, good), (200, format!("<html>{echo}"))];
    answers.extend([400, 401, 403, 404, 409, 429, 500, 302].map(|status| (status, envelope.clone())));
    for (status, body) in answers {
        let said = said(status, body).await;
        assert!(said.contains("removed"), "{status}: {said}");
        for secret in SECRETS {
            assert!(!said.contains(secret), "{status}: {said}");
        }
    }
}
