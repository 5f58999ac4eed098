//! The two calls that configure callbacks (spec 11.1), over real HTTP.

mod common;

use common::{CALL, MERCHANT, answering, gateway, json, only_request, token};
use mobilepay::{Api, ApiError, ApiHttp, CallbackCredentials, CallbackError, NotSentReason, Proof, proves};
use reqwest::Url;
use wiremock::ResponseTemplate;

fn address() -> Url {
    url("https://your.url/callbacks/invoice")
}

fn url(text: &str) -> Url {
    text.parse().expect("a test names a good address")
}

fn basic() -> CallbackCredentials {
    CallbackCredentials::basic("Username".to_owned(), "MySecretPswd".into()).expect("the published example")
}

fn api_key() -> CallbackCredentials {
    CallbackCredentials::api_key("SomeSecretApiKey123".into()).expect("the published example")
}

#[tokio::test]
async fn each_kind_goes_to_its_own_address_with_the_published_members() {
    for (credentials, kind, body) in [
        (
            basic(),
            "basic",
            r#"{"Username":"Username","Password":"MySecretPswd","CallbackUrl":"https://your.url/callbacks/invoice"}"#,
        ),
        (
            api_key(),
            "apikey",
            r#"{"ApiKey":"SomeSecretApiKey123","CallbackUrl":"https://your.url/callbacks/invoice"}"#,
        ),
    ] {
        let (server, api) = answering(ResponseTemplate::new(204)).await;
        api.set_callbacks(&token(), CALL, MERCHANT, &address(), &credentials)
            .await
            .unwrap();
        let (method, path, sent) = only_request(&server).await;
        assert_eq!(method, "PUT");
        assert_eq!(
            path,
            format!("/invoice-restapi/api/v1/merchants/{MERCHANT}/auth/{kind}")
        );
        assert_eq!(sent, body);
    }
}

#[tokio::test]
async fn a_secret_that_comes_back_is_struck() {
    let echo = r#"{"error":"InputError","error_description":"input.ApiKey : SomeSecretApiKey123\r\n","x":"MySecretPswd"}"#;
    for (credentials, secret) in [(basic(), "MySecretPswd"), (api_key(), "SomeSecretApiKey123")] {
        let (_server, api) = answering(json(400, echo)).await;
        let error = api
            .set_callbacks(&token(), CALL, MERCHANT, &address(), &credentials)
            .await
            .unwrap_err();
        assert_eq!(proves(&error), Proof::Refused);
        assert!(!error.trace().body.contains(secret));
        assert!(!error.to_string().contains(secret));
    }
}

#[tokio::test]
async fn an_address_without_https_is_never_given_to_the_service() {
    let (server, api) = answering(ResponseTemplate::new(204)).await;
    for bad in [
        "http://your.url/callbacks",
        "ftp://your.url/",
        "https://user:word@your.url/",
        "https://your.url/#a",
        "http://localhost.evil.example/",
        "http://127.0.0.1.evil.example/",
    ] {
        let sent = api
            .set_callbacks(&token(), CALL, MERCHANT, &url(bad), &basic())
            .await;
        let unwritable = matches!(
            sent,
            Err(ApiError::NotSent {
                reason: NotSentReason::Unwritable,
                ..
            })
        );
        assert!(unwritable, "{bad}");
    }
    assert_eq!(server.received_requests().await.unwrap().len(), 0);
}

#[tokio::test]
async fn plain_http_to_this_machine_is_for_the_practice_world() {
    let here = url("http://127.0.0.1:7890/callbacks");
    let (_server, practice) = answering(ResponseTemplate::new(204)).await;
    assert_eq!(practice.check_callback_address(&here), Ok(()));
    let base = url("https://api.mobilepay.dk/invoice-restapi");
    let real = Api::new(base.clone(), &gateway(), ApiHttp::default()).unwrap();
    assert_eq!(real.check_callback_address(&here), Err(CallbackError::NotHttps));
    // The permission is for the practice world itself, not for whoever has it.
    let permitted = Api::new(base, &gateway(), ApiHttp::practice()).unwrap();
    assert_eq!(
        permitted.check_callback_address(&here),
        Err(CallbackError::NotHttps)
    );
    assert_eq!(real.check_callback_address(&address()), Ok(()));
    let mail = url("mailto:a@your.url");
    assert_eq!(real.check_callback_address(&mail), Err(CallbackError::BadAddress));
}
