//! Configuring callbacks through the API (spec 11.1): both kinds, what is demanded of them, and what the receiver is shown.

use anyhow::{Context as _, Result};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::callbacks::{Receiver, flush};
use crate::shop::Shop;

async fn put(shop: &Shop, kind: &str, body: &Value) -> Result<(StatusCode, Value)> {
    shop.call(Method::PUT, &shop.path(&format!("/auth/{kind}")), Some(body))
        .await
}

/// The value of `Authorization` with which the next event comes.
async fn shown(shop: &Shop, receiver: &mut Receiver, number: &str) -> Result<String> {
    shop.create(&shop.body(number)).await?;
    flush(shop).await?;
    Ok(receiver.got.recv().await.context("nothing came")?.0)
}

#[tokio::test]
async fn the_published_bodies_configure_a_receiver_and_the_later_one_replaces_the_former() -> Result<()> {
    let shop = Shop::danish().await?;
    let (mut first, mut second) = (Receiver::open().await?, Receiver::open().await?);
    let basic = r#"{ "username": "Username", "password": "MySecretPswd", "callbackurl": "https://your.url/callbacks/invoice" }"#;
    let key = r#"{ "ApiKey": "SomeSecretApiKey123", "callbackurl": "https://your.url/callbacks/invoice" }"#;
    for (kind, published, url) in [
        ("basic", basic, first.url.clone()),
        ("apikey", key, second.url.clone()),
    ] {
        let body = serde_json::from_str(&published.replace("https://your.url/callbacks/invoice", &url))?;
        assert_eq!(
            put(&shop, kind, &body).await?,
            (StatusCode::NO_CONTENT, Value::Null)
        );
        if kind == "basic" {
            // base64 of `Username:MySecretPswd`.
            let expected = "Basic VXNlcm5hbWU6TXlTZWNyZXRQc3dk";
            assert_eq!(shown(&shop, &mut first, "1").await?, expected);
        }
    }
    assert_eq!(shown(&shop, &mut second, "2").await?, "SomeSecretApiKey123");
    assert!(first.got.try_recv().is_err());
    Ok(())
}

#[tokio::test]
async fn every_documented_spelling_is_taken() -> Result<()> {
    let shop = Shop::danish().await?;
    let url = "https://your.url/callbacks/invoice";
    for (kind, body) in [
        (
            "basic",
            json!({"Username": "U", "Password": "P", "CallbackUrl": url}),
        ),
        (
            "basic",
            json!({"username": "U", "password": "P", "callback_url": url}),
        ),
        ("apikey", json!({"ApiKey": "K", "CallbackUrl": url})),
        ("apikey", json!({"api_key": "K", "callback_url": url})),
        ("apikey", json!({"apikey": "-._~+/09azAZ==", "callbackurl": url})),
    ] {
        assert_eq!(put(&shop, kind, &body).await?.0, StatusCode::NO_CONTENT, "{body}");
    }
    Ok(())
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table, a row for each demand")]
async fn what_is_missing_or_cannot_be_used_is_named_and_changes_nothing() -> Result<()> {
    let shop = Shop::danish().await?;
    let mut receiver = Receiver::open().await?;
    put(
        &shop,
        "apikey",
        &json!({"ApiKey": "first", "CallbackUrl": receiver.url}),
    )
    .await?;
    let url = "https://your.url/";
    let header = "The key cannot be used as an Authorization header";
    let address = |url: Value| {
        (
            "apikey",
            json!({"ApiKey": "K", "CallbackUrl": url}),
            "CallbackUrl",
        )
    };
    let key = |key: Value| ("apikey", json!({"ApiKey": key, "CallbackUrl": url}), "ApiKey");
    for ((kind, body, field), words) in [
        (
            ("basic", json!({"Password": "P", "CallbackUrl": url}), "Username"),
            "Value is required",
        ),
        (
            ("basic", json!({"Username": "U", "CallbackUrl": url}), "Password"),
            "Value is required",
        ),
        (
            (
                "basic",
                json!({"Username": "", "Password": "P", "CallbackUrl": url}),
                "Username",
            ),
            "Value is required",
        ),
        (
            (
                "basic",
                json!({"Username": "U", "Password": 7, "CallbackUrl": url}),
                "Password",
            ),
            "Invalid input",
        ),
        (
            ("basic", json!({"Username": "U", "Password": "P"}), "CallbackUrl"),
            "Value is required",
        ),
        (key(Value::Null), "Value is required"),
        (key(json!("two words")), header),
        (key(json!("nøgle")), header),
        (key(json!("line\r\nbreak")), header),
        (key(json!("==")), header),
        (key(json!("a=b")), header),
        (address(json!("")), "Value is required"),
        (address(json!("your.url")), "Invalid input"),
        (address(json!("https://")), "Invalid input"),
        (address(json!("https://user:word@your.url/")), "Invalid input"),
        (
            address(json!("http://your.url/callbacks/invoice")),
            "The URL must be https",
        ),
        (
            address(json!("http://127.0.0.1.your.url/")),
            "The URL must be https",
        ),
        (address(json!("ftp://127.0.0.1/")), "The URL must be https"),
    ] {
        let (status, answer) = put(&shop, kind, &body).await?;
        assert_eq!(
            (status, &answer["error"]),
            (StatusCode::BAD_REQUEST, &json!("InputError")),
            "{body}"
        );
        assert_eq!(
            answer["error_description"],
            format!("input.{field} : {words}\r\n"),
            "{body}"
        );
    }
    assert_eq!(put(&shop, "basic", &json!([])).await?.0, StatusCode::BAD_REQUEST);
    assert_eq!(shown(&shop, &mut receiver, "1").await?, "first");
    Ok(())
}

#[tokio::test]
async fn plain_http_is_for_this_computer_only() -> Result<()> {
    let shop = Shop::danish().await?;
    for url in ["http://127.0.0.1:9/", "http://localhost:9/x", "http://[::1]:9/"] {
        let body = json!({"ApiKey": "K", "CallbackUrl": url});
        assert_eq!(
            put(&shop, "apikey", &body).await?.0,
            StatusCode::NO_CONTENT,
            "{url}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn the_gateway_stands_before_it_and_it_can_be_neither_read_nor_deleted() -> Result<()> {
    let shop = Shop::danish().await?;
    let body = json!({"ApiKey": "K", "CallbackUrl": "https://your.url/"});
    for kind in ["/auth/basic", "/auth/apikey"] {
        let plain = shop
            .request(Method::PUT, &shop.path(kind))
            .json(&body)
            .send()
            .await?;
        assert_eq!(plain.status(), StatusCode::UNAUTHORIZED);
        let foreign = format!("/merchants/5a0c6c1e-2a7b-4c6f-8f51-7d1e0f9b2c33{kind}");
        assert_eq!(
            shop.call(Method::PUT, &foreign, Some(&body)).await?.0,
            StatusCode::FORBIDDEN
        );
        for method in [Method::GET, Method::DELETE] {
            let (status, _) = shop.call(method, &shop.path(kind), None).await?;
            assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
        }
    }
    Ok(())
}
