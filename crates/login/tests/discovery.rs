//! Whom the crate agrees to trust.

mod provider;

use std::collections::BTreeSet;

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use login::{Discovery, DiscoveryError, HttpClient, HttpError};
use provider::{Conduct, Meeting};
use serde_json::{Value, json};

async fn check(name: &str, change: fn(&mut Conduct), expected: DiscoveryError) {
    let meeting = Meeting::new().await;
    meeting.behave(change);
    assert_eq!(meeting.discover().await.err(), Some(expected), "{name}");
    // The next try meets a provider that is right.
    meeting.behave(|conduct| *conduct = Conduct::default());
    assert!(meeting.discover().await.is_ok(), "after {name}");
}

fn too_large() -> Response {
    (
        [(header::CONTENT_TYPE, "application/json")],
        " ".repeat(8 * 1024 * 1024),
    )
        .into_response()
}

fn elsewhere() -> Response {
    (StatusCode::FOUND, [(header::LOCATION, "https://evil.example/")]).into_response()
}

fn page() -> Response {
    axum::response::Html("<h1>Maintenance</h1>").into_response()
}

fn down() -> Response {
    StatusCode::BAD_GATEWAY.into_response()
}

#[tokio::test]
async fn a_document_that_cannot_be_trusted_is_refused() {
    use DiscoveryError as E;
    let cases: Vec<(&str, fn(&mut Conduct), E)> = vec![
        (
            "rp-discovery-issuer-not-matching-config",
            |c| c.document = Some(|d| d["issuer"] = "https://evil.example".into()),
            E::IssuerMismatch,
        ),
        (
            "a slash more",
            |c| c.document = Some(|d| d["issuer"] = format!("{}/", provider::ISSUER).into()),
            E::IssuerMismatch,
        ),
        (
            "no issuer",
            |c| c.document = Some(|d| d["issuer"] = Value::Null),
            E::Unreadable,
        ),
        (
            "tokens in the clear",
            |c| c.document = Some(|d| d["token_endpoint"] = "http://pay.example/token".into()),
            E::EndpointNotTrusted("token endpoint"),
        ),
        (
            "keys in the clear",
            |c| c.document = Some(|d| d["jwks_uri"] = "http://pay.example/jwks".into()),
            E::EndpointNotTrusted("key set"),
        ),
        (
            "a script for an endpoint",
            |c| c.document = Some(|d| d["authorization_endpoint"] = "javascript:alert(1)".into()),
            E::EndpointNotTrusted("authorization endpoint"),
        ),
        (
            "a file for keys",
            |c| c.document = Some(|d| d["jwks_uri"] = "file:///etc/passwd".into()),
            E::EndpointNotTrusted("key set"),
        ),
        (
            "no hybrid flow",
            |c| c.document = Some(|d| d["response_types_supported"] = json!(["code"])),
            E::FlowNotOffered,
        ),
        ("a page", |c| c.document_answer = Some(page), E::Unreadable),
        ("down", |c| c.document_answer = Some(down), E::Status(502)),
        (
            "a redirect",
            |c| c.document_answer = Some(elsewhere),
            E::Unreachable(HttpError::Redirect),
        ),
        (
            "no end",
            |c| c.document_answer = Some(too_large),
            E::Unreachable(HttpError::TooLarge),
        ),
        (
            "no keys",
            |c| c.keys = Some(|k| k["keys"] = json!([])),
            E::KeysUnreadable,
        ),
        (
            "keys of no use",
            |c| c.keys_answer = Some(page),
            E::KeysUnreadable,
        ),
        ("keys down", |c| c.keys_answer = Some(down), E::KeysUnreadable),
        (
            "keys without end",
            |c| c.keys_answer = Some(too_large),
            E::Unreachable(HttpError::TooLarge),
        ),
    ];
    for (name, change, expected) in cases {
        check(name, change, expected).await;
    }
}

#[tokio::test]
async fn what_a_document_may_leave_out_or_add_does_not_matter() {
    let meeting = Meeting::new().await;
    meeting.behave(|c| {
        c.document = Some(|d| {
            d.as_object_mut().unwrap().remove("response_types_supported");
            d["surprise"] = json!({ "a": [1] });
        });
        c.keys = Some(|k| {
            k["keys"]
                .as_array_mut()
                .unwrap()
                .push(json!({ "kty": "LATTICE", "kid": "9" }))
        });
    });
    let discovery = meeting.discover().await.unwrap();
    meeting.sign_in(&discovery).await.unwrap();
}

#[tokio::test]
async fn hosts_are_held_to_the_list_where_there_is_one() {
    let meeting = Meeting::new().await;
    let mut provider = meeting.provider();
    provider.hosts = Some(BTreeSet::from(["api.mobilepay.dk".to_owned()]));
    let refused = Discovery::fetch(&meeting.http, &provider).await.err();
    assert_eq!(
        refused,
        Some(DiscoveryError::EndpointNotTrusted("authorization endpoint"))
    );
    provider.hosts = Some(BTreeSet::from(["127.0.0.1".to_owned()]));
    assert!(Discovery::fetch(&meeting.http, &provider).await.is_ok());
}

#[tokio::test]
async fn plain_http_is_refused_where_it_is_not_allowed() {
    let meeting = Meeting::new().await;
    let Ok(strict) = HttpClient::new(false) else {
        panic!("no root certificates on this computer");
    };
    let refused = Discovery::fetch(&strict, &meeting.provider()).await.err();
    assert_eq!(refused, Some(DiscoveryError::Unreachable(HttpError::NotHttps)));
    assert_eq!(meeting.here.asked("document"), 0);
}
