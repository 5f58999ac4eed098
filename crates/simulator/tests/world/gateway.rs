//! The gateway in front of the API (spec 3).

use std::sync::Arc;

use anyhow::Result;
use reqwest::{Method, StatusCode};
use serde_json::Value;
use simulator::visitor::Person;
use simulator::{Config, PRACTICE_GATEWAY_ID, Switches};

use crate::shop::{Shop, Still, fields, redeem, said, visit, world, world_at};

#[tokio::test]
async fn without_the_apps_headers_nothing_passes() -> Result<()> {
    let shop = Shop::danish().await?;
    let url = format!("{}/api/v1/merchants/me", shop.simulator.api_base_url());
    for secret in ["", "wrong"] {
        let asked = shop.http.get(&url).bearer_auth(&shop.token);
        let asked = asked
            .header("x-ibm-client-id", PRACTICE_GATEWAY_ID)
            .header("x-ibm-client-secret", secret);
        let answer = asked.send().await?;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(answer.json::<Value>().await?["httpCode"], "401");
    }
    Ok(())
}

#[tokio::test]
async fn a_missing_forged_or_old_bearer_is_unauthorized() -> Result<()> {
    let clock = Arc::new(Still::default());
    let simulator = world_at(Arc::clone(&clock), None, Switches::default()).await?;
    let shop = Shop::over(simulator, Person::danish()).await?;
    let plain = shop.request(Method::GET, "/merchants/me").send().await?;
    assert_eq!(plain.status(), StatusCode::UNAUTHORIZED);
    let head = shop.token.rsplit_once('.').map_or("", |(head, _)| head);
    let forged = shop
        .request(Method::GET, "/merchants/me")
        .bearer_auth(format!("{head}.AAAA"));
    assert_eq!(forged.send().await?.status(), StatusCode::UNAUTHORIZED);
    clock.pass(299);
    assert_eq!(
        shop.call(Method::GET, "/merchants/me", None).await?.0,
        StatusCode::OK
    );
    clock.pass(1);
    assert_eq!(
        shop.call(Method::GET, "/merchants/me", None).await?.0,
        StatusCode::UNAUTHORIZED
    );
    Ok(())
}

#[tokio::test]
async fn a_change_that_does_not_say_how_long_its_body_is_is_refused() -> Result<()> {
    let shop = Shop::danish().await?;
    let path = shop.path("/invoices/63679ab7-cc49-4f75-80a7-86217fc105ea/cancel");
    let cancel = || shop.request(Method::PUT, &path).bearer_auth(&shop.token);
    assert_eq!(cancel().send().await?.status(), StatusCode::LENGTH_REQUIRED);
    let said = cancel().header("Content-Length", 0).send().await?;
    assert_eq!(said.status(), StatusCode::CONFLICT, "no such invoice");
    Ok(())
}

#[tokio::test]
async fn moving_the_clock_of_trade_does_not_age_a_token() -> Result<()> {
    let shop = Shop::danish().await?;
    shop.days_pass(40).await?;
    assert_eq!(
        shop.call(Method::GET, "/merchants/me", None).await?.0,
        StatusCode::OK
    );
    Ok(())
}

#[tokio::test]
async fn a_token_without_the_scope_or_for_another_merchant_is_forbidden() -> Result<()> {
    let mut shop = Shop::danish().await?;
    let foreign = Shop::over(world(None, Switches::default()).await?, Person::finnish())
        .await?
        .merchant;
    let path = format!("/merchants/{foreign}/invoiceissuers");
    assert_eq!(
        shop.call(Method::GET, &path, None).await?.0,
        StatusCode::FORBIDDEN
    );
    let back = visit(
        &shop.simulator,
        Person::danish(),
        &[("scope", "openid offline_access")],
    )
    .await?;
    let (_, tokens) = redeem(&shop.simulator, said(&fields(&back), "code")?).await?;
    said(&tokens, "access_token")?.clone_into(&mut shop.token);
    assert_eq!(
        shop.call(Method::GET, "/merchants/me", None).await?.0,
        StatusCode::FORBIDDEN
    );
    Ok(())
}

#[tokio::test]
async fn the_correlation_id_is_echoed_and_used() -> Result<()> {
    let shop = Shop::danish().await?;
    let id = "54ccc98b-7d9f-40ea-8c1a-249d57126c39";
    let asked = shop
        .request(Method::GET, &shop.path("/invoices/unknown"))
        .bearer_auth(&shop.token);
    let answer = asked.header("CorrelationId", id).send().await?;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    assert_eq!(answer.headers()["correlationid"], id);
    assert_eq!(answer.json::<Value>().await?["correlation_id"], id);
    Ok(())
}

#[tokio::test]
async fn a_foreign_name_for_this_server_is_refused() -> Result<()> {
    let shop = Shop::danish().await?;
    let url = format!("{}/__practice/state", shop.simulator.base_url());
    let answer = shop.http.get(url).header("host", "evil.example").send().await?;
    assert_eq!(answer.status(), StatusCode::MISDIRECTED_REQUEST);
    Ok(())
}

/// As behind a proxy with TLS: it listens here and is called by a name.
#[tokio::test]
async fn the_address_that_it_is_given_is_told_everywhere_and_its_name_is_taken() -> Result<()> {
    let config = Config {
        base_url: Some("https://mobilepay.test/".parse()?),
        ..Config::practice(None)
    };
    let simulator = simulator::start(config).await?;
    assert_eq!(simulator.base_url(), "https://mobilepay.test");
    let http = reqwest::Client::new();
    let ask = async |host: &str| {
        let path = "/dk/account/.well-known/openid-configuration";
        let here = format!("http://127.0.0.1:{}{path}", simulator.port());
        http.get(here).header("host", host).send().await
    };
    let document: Value = ask("mobilepay.test").await?.json().await?;
    for name in ["authorization_endpoint", "token_endpoint", "jwks_uri"] {
        assert!(
            said(&document, name)?.starts_with("https://mobilepay.test/"),
            "{name}"
        );
    }
    let answer = ask("other.test").await?;
    assert_eq!(answer.status(), StatusCode::MISDIRECTED_REQUEST);
    Ok(())
}
