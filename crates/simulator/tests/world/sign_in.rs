//! Sign-in and tokens (spec 5, 6).

use std::sync::Arc;

use anyhow::Result;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use simulator::visitor::{self, Person, Return, VisitError};
use simulator::{Country, Reading, Simulator, Switches};

use crate::shop::{self, BACK, Shop, Still, fields, redeem, renew, said, visit, world, world_at};

fn claims(token: &str) -> Result<Value> {
    let payload = token.split('.').nth(1).unwrap_or_default();
    Ok(serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload)?)?)
}

fn half_hash(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(&Sha256::digest(text)[..16])
}

#[tokio::test]
async fn every_discovery_address_names_an_issuer_that_is_not_its_own() -> Result<()> {
    let simulator = world(None, Switches::default()).await?;
    let old = format!(
        "{}/merchant-authentication-openidconnect/.well-known/openid-configuration",
        simulator.base_url()
    );
    for url in [
        simulator.discovery_url(Country::Dk),
        simulator.discovery_url(Country::Fi),
        old,
    ] {
        let document: Value = reqwest::get(&url).await?.json().await?;
        assert_eq!(document["issuer"], "https://api.mobilepay.dk/merchant");
        assert!(
            document["response_types_supported"]
                .to_string()
                .contains("code id_token"),
            "{url}"
        );
        let keys: Value = reqwest::get(said(&document, "jwks_uri")?).await?.json().await?;
        let kid = said(&keys["keys"][0], "kid")?;
        assert!(
            kid.len() == 40
                && kid
                    .bytes()
                    .all(|b| b.is_ascii_digit() || (b'A'..=b'F').contains(&b))
        );
    }
    Ok(())
}

/// The door's document, and what a sign-in through the address in it brings.
async fn through(simulator: &Simulator, discovery: &str) -> Result<(Value, Value)> {
    let document: Value = reqwest::get(discovery).await?.json().await?;
    let url = shop::authorize_url(simulator, Country::Dk, &[])?;
    let (_, query) = url.split_once('?').unwrap_or_default();
    let door = said(&document, "authorization_endpoint")?;
    let back = visitor::consent(&format!("{door}?{query}"), Person::danish()).await?;
    let (_, tokens) = redeem(simulator, said(&fields(&back), "code")?).await?;
    Ok((document, tokens))
}

#[tokio::test]
async fn by_the_switch_each_discovery_address_is_the_issuer_of_the_tokens_that_began_there() -> Result<()> {
    let conforming = Switches::default().with(Reading::ConformingIssuer);
    let shop = Shop::over(world(None, conforming).await?, Person::danish()).await?;
    let base = shop.simulator.base_url();
    for door in [
        "/dk/account",
        "/fi/account",
        "/merchant-authentication-openidconnect",
    ] {
        let issuer = format!("{base}{door}");
        let discovery = format!("{issuer}/.well-known/openid-configuration");
        let (document, tokens) = through(&shop.simulator, &discovery).await?;
        assert_eq!(document["issuer"], issuer);
        let renewed = renew(&shop.simulator, said(&tokens, "refresh_token")?).await?.1;
        for tokens in [tokens, renewed] {
            assert_eq!(claims(said(&tokens, "id_token")?)?["iss"], issuer);
            let bearer = said(&tokens, "access_token")?;
            assert_eq!(claims(bearer)?["iss"], issuer);
            let asked = shop.request(Method::GET, "/merchants/me").bearer_auth(bearer);
            assert_eq!(asked.send().await?.status(), StatusCode::OK);
        }
    }
    assert_eq!(
        shop.simulator.issuer_of(Country::Fi),
        format!("{base}/fi/account")
    );
    Ok(())
}

#[tokio::test]
async fn a_new_key_signs_from_then_on_and_what_the_old_one_signed_stays_good() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = Some(folder.path().to_owned());
    let mut shop = Shop::over(world(data.clone(), Switches::default()).await?, Person::danish()).await?;
    let keys = async |shop: &Shop| -> Result<Vec<Value>> {
        let document = shop.simulator.discovery_url(Country::Dk);
        let document: Value = reqwest::get(document).await?.json().await?;
        let keys: Value = reqwest::get(said(&document, "jwks_uri")?).await?.json().await?;
        let keys = keys["keys"].as_array().into_iter().flatten();
        Ok(keys.map(|key| key["kid"].clone()).collect())
    };
    let named = |token: &str| -> Result<Value> {
        let head = token.split('.').next().unwrap_or_default();
        Ok(serde_json::from_slice::<Value>(&URL_SAFE_NO_PAD.decode(head)?)?["kid"].clone())
    };
    let first = keys(&shop).await?;
    let old = shop.token.clone();
    assert_eq!(first, [named(&old)?]);
    let url = format!("{}/__practice/keys", shop.simulator.base_url());
    assert!(shop.http.post(url).send().await?.status().is_success());
    for _restarted in [false, true] {
        shop.sign_in(Person::danish()).await?;
        let now = keys(&shop).await?;
        assert_eq!(now, [named(&shop.token)?, first[0].clone()]);
        assert_ne!(now[0], first[0]);
        let asked = shop.request(Method::GET, "/merchants/me").bearer_auth(&old);
        assert_eq!(asked.send().await?.status(), StatusCode::OK);
        shop.simulator.shutdown().await;
        shop.simulator = world(data.clone(), Switches::default()).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_fragment_brings_code_and_bound_id_token() -> Result<()> {
    let simulator = world(None, Switches::default()).await?;
    let back = visit(&simulator, Person::danish(), &[("nonce", "mine")]).await?;
    assert!(matches!(&back, Return::Fragment(address) if address.starts_with(BACK)));
    let back = fields(&back);
    let code = said(&back, "code")?;
    assert!(
        code.len() == 64
            && code
                .bytes()
                .all(|b| b.is_ascii_hexdigit() && !b.is_ascii_uppercase())
    );
    assert_eq!(back["state"], "the state");
    let front = claims(said(&back, "id_token")?)?;
    assert_eq!(front["nonce"], "mine");
    assert_eq!(front["c_hash"], half_hash(code));
    let (status, tokens) = redeem(&simulator, code).await?;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(tokens["expires_in"], 300);
    let behind = claims(said(&tokens, "id_token")?)?;
    assert_eq!(behind["at_hash"], half_hash(said(&tokens, "access_token")?));
    assert_eq!(behind["sub"], front["sub"]);
    Ok(())
}

#[tokio::test]
async fn a_form_post_brings_a_code_that_can_be_redeemed() -> Result<()> {
    let simulator = world(None, Switches::default()).await?;
    let back = visit(&simulator, Person::danish(), &[("response_mode", "form_post")]).await?;
    assert!(matches!(&back, Return::Form { action, .. } if action == BACK));
    let back = fields(&back);
    assert_eq!(back["state"], "the state");
    assert_eq!(redeem(&simulator, said(&back, "code")?).await?.0, StatusCode::OK);
    Ok(())
}

#[tokio::test]
async fn of_two_merchants_the_one_that_is_asked_for_is_in_the_token_and_without_asking_none() -> Result<()> {
    let simulator = world(None, Switches::default()).await?;
    let shop = Shop::over(simulator, Person::danish()).await?;
    let anders = || Person::with_two_merchants("Havnekaffe");
    let asked: [(&[(&str, &str)], _); 3] = [
        (&[("merchant_vat", "DK25313763")], StatusCode::OK),
        (&[("merchant_vat", "DK12345678")], StatusCode::OK),
        (&[], StatusCode::FORBIDDEN),
    ];
    let mut ids = Vec::new();
    for (changes, status) in asked {
        let back = fields(&visit(&shop.simulator, anders(), changes).await?);
        let (_, tokens) = redeem(&shop.simulator, said(&back, "code")?).await?;
        let bearer = said(&tokens, "access_token")?;
        let asked = shop.request(Method::GET, "/merchants/me").bearer_auth(bearer);
        assert_eq!(asked.send().await?.status(), status, "{changes:?}");
        ids.push(claims(bearer)?["merchant_id"].clone());
    }
    assert_eq!(ids[0], shop.merchant);
    assert!(ids[1].is_string() && ids[1] != ids[0]);
    assert_eq!(ids[2], Value::Null);
    Ok(())
}

#[tokio::test]
async fn the_chosen_one_of_two_merchants_is_in_the_token_by_the_switch() -> Result<()> {
    let mut ids = Vec::new();
    for name in ["Nordhavn Cykler", "Havnekaffe"] {
        let simulator = world(None, Switches::default().with(Reading::MerchantChoice)).await?;
        ids.push(
            Shop::over(simulator, Person::with_two_merchants(name))
                .await?
                .merchant,
        );
    }
    assert_ne!(ids[0], ids[1]);
    Ok(())
}

#[tokio::test]
async fn a_refusal_comes_back_as_access_denied() -> Result<()> {
    let simulator = world(None, Switches::default()).await?;
    let back = fields(&visit(&simulator, Person::danish().who_refuses(), &[]).await?);
    assert_eq!(
        (&back["error"], &back["state"]),
        (&json!("access_denied"), &json!("the state"))
    );
    assert_eq!(back["code"], Value::Null);
    Ok(())
}

#[tokio::test]
async fn a_bad_authorize_request_ends_on_the_error_page() -> Result<()> {
    let simulator = world(None, Switches::default()).await?;
    let bad = [
        ("response_type", "code"),
        ("response_mode", "query"),
        ("client_id", "somebody.else"),
        ("redirect_uri", "http://127.0.0.1:7891/"),
        ("scope", "invoice offline_access"),
        ("code_challenge", "short"),
        ("code_challenge", ""),
        ("code_challenge_method", "plain"),
        ("nonce", ""),
        ("merchant_vat", "FI01120389"),
    ];
    for change in bad {
        let ended = visit(&simulator, Person::danish(), &[change]).await;
        assert!(
            matches!(ended, Err(VisitError::Stuck(400..=499))),
            "{change:?}: {ended:?}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn a_nonce_is_good_for_one_request() -> Result<()> {
    let simulator = world(None, Switches::default()).await?;
    visit(&simulator, Person::danish(), &[("nonce", "once")]).await?;
    assert!(
        visit(&simulator, Person::danish(), &[("nonce", "once")])
            .await
            .is_err()
    );
    Ok(())
}

#[tokio::test]
async fn a_second_use_of_a_code_kills_what_the_first_gave() -> Result<()> {
    let shop = Shop::danish().await?;
    let back = fields(&visit(&shop.simulator, Person::danish(), &[]).await?);
    let code = said(&back, "code")?;
    let (_, first) = redeem(&shop.simulator, code).await?;
    let (status, second) = redeem(&shop.simulator, code).await?;
    assert_eq!(
        (status, &second["error"]),
        (StatusCode::BAD_REQUEST, &json!("invalid_grant"))
    );
    assert_eq!(
        renew(&shop.simulator, said(&first, "refresh_token")?).await?.1["error"],
        "invalid_grant"
    );
    let asked = shop
        .request(Method::GET, "/merchants/me")
        .bearer_auth(said(&first, "access_token")?);
    assert_eq!(asked.send().await?.status(), StatusCode::UNAUTHORIZED);
    Ok(())
}

#[tokio::test]
async fn a_code_lives_five_minutes() -> Result<()> {
    let clock = Arc::new(Still::default());
    let simulator = world_at(Arc::clone(&clock), None, Switches::default()).await?;
    let back = fields(&visit(&simulator, Person::danish(), &[]).await?);
    clock.pass(301);
    assert_eq!(
        redeem(&simulator, said(&back, "code")?).await?.1["error"],
        "invalid_grant"
    );
    Ok(())
}

#[tokio::test]
async fn a_refresh_token_is_used_once_or_stays_by_the_switch() -> Result<()> {
    let same = Switches::default().with(Reading::ReusedRefreshTokens);
    for (switches, stays) in [(Switches::default(), false), (same, true)] {
        let simulator = world(None, switches).await?;
        let back = fields(&visit(&simulator, Person::danish(), &[]).await?);
        let (_, tokens) = redeem(&simulator, said(&back, "code")?).await?;
        let first = said(&tokens, "refresh_token")?;
        let (status, next) = renew(&simulator, first).await?;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(claims(said(&next, "id_token")?)?["nonce"], Value::Null);
        assert_eq!(said(&next, "refresh_token")? == first, stays);
        assert_eq!(renew(&simulator, first).await?.0 == StatusCode::OK, stays);
    }
    Ok(())
}

#[tokio::test]
async fn the_token_endpoint_names_each_fault() -> Result<()> {
    let simulator = world(None, Switches::default()).await?;
    let good = [
        ("grant_type", "authorization_code"),
        ("redirect_uri", BACK),
        ("code_verifier", shop::VERIFIER),
    ];
    let wrong = [
        (("client_secret", "wrong"), "invalid_client"),
        (("client_id", "somebody.else"), "invalid_client"),
        (("grant_type", "password"), "unsupported_grant_type"),
        (("redirect_uri", ""), "unauthorized_client"),
        (("redirect_uri", "http://127.0.0.1:7890/other"), "invalid_grant"),
        (
            ("code_verifier", "a-verifier-of-somebody-else-that-is-long-enough"),
            "invalid_grant",
        ),
        (("code_verifier", ""), "invalid_grant"),
        (("code", "0123"), "invalid_grant"),
    ];
    for ((name, value), error) in wrong {
        let back = fields(&visit(&simulator, Person::danish(), &[]).await?);
        let mut asked = good.to_vec();
        asked.push(("code", said(&back, "code")?));
        asked.push((name, value));
        let (status, answer) = shop::token(&simulator, &asked).await?;
        assert_eq!(
            (status, said(&answer, "error")?),
            (StatusCode::BAD_REQUEST, error),
            "{name}={value}"
        );
    }
    let (_, answer) = shop::token(&simulator, &[("grant_type", "refresh_token")]).await?;
    assert_eq!(answer["error"], "invalid_request");
    Ok(())
}
