//! A service that says back what it was sent: none of it is kept, neither of a good answer nor of any error.

mod common;

use invoice::State;
use mobilepay::{AccessToken, Api, ApiHttp, CallbackCredentials, GatewayCredentials};
use uuid::Uuid;

const SECRETS: [&str; 3] = [
    "marked-token-in-a-header",
    "marked-gateway-id",
    "marked-gateway-secret",
];
const INVOICE: &str = "63679ab7-cc49-4f75-80a7-86217fc105ea";

async fn said(status: u16, body: String) -> String {
    let (server, _) = common::answering(common::json(status, &body)).await;
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

#[tokio::test]
async fn a_secret_that_comes_back_escaped_is_kept_nowhere() {
    let secret = "q3+Zk9&aa'BB\"cc<DD>ee\\Ff==";
    for echo in [
        r"q3\u002BZk9\u0026aa\u0027BB\u0022cc\u003CDD\u003Eee\\Ff==",
        r#"q3+Zk9&aa'BB\"cc<DD>ee\\Ff=="#,
        r"q3+Zk9&amp;aa&#39;BB&quot;cc&lt;DD&gt;ee\\Ff==",
        r"q3\u002BZk9\u0026amp;aa\u0026#39;BB\u0026quot;cc\u0026lt;DD\u0026gt;ee\\Ff==",
    ] {
        let body = format!(
            r#"{{"error":"InputError","error_code":null,"error_description":"input.Password : {echo} is not allowed\r\n"}}"#
        );
        let (_server, api) = common::answering(common::json(400, &body)).await;
        let credentials =
            CallbackCredentials::basic("kvit".to_owned(), secret.into()).expect("a good secret");
        let address = "https://shop.example/callbacks".parse().expect("an address");
        let token = common::token();
        let set = api.set_callbacks(&token, common::CALL, INVOICE, &address, &credentials);
        let error = set.await.expect_err("it is refused");
        let said = format!("{error} {error:?} {}", error.trace().body);
        assert!(said.contains("input.Password : removed is not allowed"), "{said}");
        assert!(!said.contains("Zk9") && !said.contains("Ff=="), "{said}");
    }
}
