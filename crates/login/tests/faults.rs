//! The relying-party list of the OpenID Foundation and of FAPI: each fault is refused with its own error, and none that
//! shows in the front channel lets the code out.
#![expect(clippy::unwrap_used, reason = "what fails to be prepared fails the test")]

mod provider;

use login::{Discovery, DiscoveryError, HttpError, IdTokenRefused as T, SigninError as E};
use provider::{FakeProvider, Faults, Jwt, Parameters, Signing, change};
use serde_json::{Value, json};

const WEEK: i64 = 7 * 24 * 3600;

fn without(value: &mut Value, name: &str) {
    value.as_object_mut().unwrap().remove(name);
}

fn moved(value: &mut Value, name: &str, seconds: i64) {
    value[name] = (value[name].as_i64().unwrap() + seconds).into();
}

/// `faults` are refused with `expected` after `redemptions` token requests, and nothing stays broken afterwards.
async fn refuses(faults: Faults, expected: E, redemptions: usize) {
    let provider = FakeProvider::start().await;
    let discovery = provider.discovery().await;
    provider.set(faults);
    let error = provider.sign_in(&discovery).await.err();
    assert_eq!(error, Some(expected));
    assert_eq!(provider.token_requests().len(), redemptions);
    provider.set(Faults::default());
    assert!(provider.sign_in(&discovery).await.is_ok());
}

async fn accepts(faults: Faults) {
    let provider = FakeProvider::start().await;
    provider.set(faults);
    let discovery = provider.discovery().await;
    let signed_in = provider.sign_in(&discovery).await;
    assert_eq!(signed_in.as_ref().err(), None);
    assert_eq!(provider.token_requests().len(), 1);
}

/// The same fault in either ID token.
macro_rules! id_token_faults {
    ($($name:ident: $change:expr => $refused:expr;)*) => {
        mod front {
            use super::*;
            $(#[tokio::test]
            async fn $name() {
                refuses(Faults { front: change($change), ..Faults::default() }, E::FrontIdToken($refused), 0).await;
            })*
        }
        mod back {
            use super::*;
            $(#[tokio::test]
            async fn $name() {
                refuses(Faults { back: change($change), ..Faults::default() }, E::BackIdToken($refused), 1).await;
            })*
        }
    };
}

id_token_faults! {
    rp_id_token_issuer_mismatch: |t: &mut Jwt| t.claims["iss"] = "https://evil.example".into() => T::Issuer;
    an_issuer_with_a_slash_more: |t: &mut Jwt| t.claims["iss"] = format!("{}/", provider::ISSUER).into() => T::Issuer;
    invalid_missing_iss: |t: &mut Jwt| without(&mut t.claims, "iss") => T::Issuer;
    rp_id_token_sub: |t: &mut Jwt| without(&mut t.claims, "sub") => T::Subject;
    an_empty_sub: |t: &mut Jwt| t.claims["sub"] = " ".into() => T::Subject;
    rp_id_token_aud: |t: &mut Jwt| t.claims["aud"] = "another".into() => T::Audience;
    invalid_missing_aud: |t: &mut Jwt| without(&mut t.claims, "aud") => T::Audience;
    an_empty_aud: |t: &mut Jwt| t.claims["aud"] = json!([]) => T::Audience;
    invalid_secondary_aud: |t: &mut Jwt| t.claims["aud"] = json!([provider::CLIENT, "another"]) => T::Audience;
    the_same_aud_twice: |t: &mut Jwt| t.claims["aud"] = json!([provider::CLIENT, provider::CLIENT]) => T::Audience;
    an_azp_that_is_another: |t: &mut Jwt| t.claims["azp"] = "another".into() => T::AuthorizedParty;
    rp_id_token_iat: |t: &mut Jwt| without(&mut t.claims, "iat") => T::IssuedAt;
    iat_is_week_in_past: |t: &mut Jwt| moved(&mut t.claims, "iat", -WEEK) => T::IssuedAt;
    iat_beyond_its_window: |t: &mut Jwt| moved(&mut t.claims, "iat", -601) => T::IssuedAt;
    iat_in_the_future: |t: &mut Jwt| moved(&mut t.claims, "iat", 61) => T::IssuedAt;
    nbf_in_the_future: |t: &mut Jwt| moved(&mut t.claims, "nbf", 61) => T::NotBefore;
    invalid_expired_exp: |t: &mut Jwt| moved(&mut t.claims, "exp", -601) => T::Expired;
    exp_beyond_the_leeway: |t: &mut Jwt| moved(&mut t.claims, "exp", -361) => T::Expired;
    invalid_missing_exp: |t: &mut Jwt| without(&mut t.claims, "exp") => T::Expired;
    rp_nonce_invalid: |t: &mut Jwt| t.claims["nonce"] = "another".into() => T::Nonce;
    invalid_missing_nonce: |t: &mut Jwt| without(&mut t.claims, "nonce") => T::Nonce;
    rp_id_token_bad_sig_rs256: |t: &mut Jwt| t.signing = Signing::Broken => T::Signature;
    signed_with_another_key_of_that_name: |t: &mut Jwt| t.signing = Signing::Key(1) => T::Signature;
    rp_id_token_bad_sig_hs256: |t: &mut Jwt| {
        t.header["alg"] = "HS256".into();
        t.signing = Signing::ClientSecret;
    } => T::Algorithm;
    rp_id_token_bad_sig_es256: |t: &mut Jwt| t.header["alg"] = "ES256".into() => T::Algorithm;
    invalid_alternate_alg: |t: &mut Jwt| t.header["alg"] = "PS256".into() => T::Algorithm;
    rp_id_token_sig_none: |t: &mut Jwt| {
        t.header["alg"] = "none".into();
        t.signing = Signing::Nothing;
    } => T::Algorithm;
    invalid_null_alg: |t: &mut Jwt| t.header["alg"] = Value::Null => T::Unreadable;
    a_kid_that_nobody_published: |t: &mut Jwt| t.header["kid"] = "third".into() => T::UnknownKey;
    a_header_that_must_be_understood: |t: &mut Jwt| t.header["crit"] = json!(["exp2"]) => T::Header;
    claims_of_another_shape: |t: &mut Jwt| t.claims["exp"] = "soon".into() => T::Unreadable;
}

macro_rules! front_faults {
    ($($name:ident: $part:ident $change:expr => $error:expr;)*) => {$(
        #[tokio::test]
        async fn $name() {
            refuses(Faults { $part: change($change), ..Faults::default() }, $error, 0).await;
        }
    )*};
}

front_faults! {
    rp_id_token_bad_c_hash: front |t: &mut Jwt| t.claims["c_hash"] = provider::half_hash("x").into() => E::CodeHashMismatch;
    rp_id_token_missing_c_hash: front |t: &mut Jwt| without(&mut t.claims, "c_hash") => E::CodeHashMissing;
    a_swapped_code: parameters |p: &mut Parameters| p.set("code", "stolen") => E::CodeHashMismatch;
    authorization_response_with_invalid_state: parameters |p: &mut Parameters| p.set("state", "x") => E::StateMismatch;
    invalid_authorization_response_iss: parameters |p: &mut Parameters| p.set("iss", "https://evil.example") => E::AnswerIssuerMismatch;
    rp_response_mode_form_post_error: parameters |p: &mut Parameters| p.set("error", "access_denied") => E::Provider("access_denied".into());
    an_error_that_echoes_what_it_was_sent: parameters |p: &mut Parameters| p.set("error", "marked-code") => E::Provider("other".into());
    an_id_token_that_is_none: parameters |p: &mut Parameters| p.set("id_token", "a.b.c") => E::FrontIdToken(T::Unreadable);
    less_was_allowed_than_invoicing: parameters |p: &mut Parameters| p.set("scope", "openid offline_access") => E::ScopeMissing;
}

macro_rules! back_faults {
    ($($name:ident: $part:ident $change:expr => $error:expr;)*) => {$(
        #[tokio::test]
        async fn $name() {
            refuses(Faults { $part: change($change), ..Faults::default() }, $error, 1).await;
        }
    )*};
}

back_faults! {
    rp_id_token_bad_at_hash: back |t: &mut Jwt| t.claims["at_hash"] = provider::half_hash("x").into() => E::AccessTokenHashMismatch;
    another_sub_in_the_second_token: back |t: &mut Jwt| t.claims["sub"] = "user-2".into() => E::SubjectChanged;
    no_second_id_token: answer |a: &mut Value| without(a, "id_token") => E::BackIdTokenMissing;
    token_type_mac: answer |a: &mut Value| a["token_type"] = "mac".into() => E::TokenType;
    no_refresh_token: answer |a: &mut Value| without(a, "refresh_token") => E::RefreshTokenMissing;
    an_empty_refresh_token: answer |a: &mut Value| a["refresh_token"] = "".into() => E::RefreshTokenMissing;
    an_empty_access_token: answer |a: &mut Value| a["access_token"] = "".into() => E::TokenAnswerUnreadable;
    no_access_token: answer |a: &mut Value| without(a, "access_token") => E::TokenAnswerUnreadable;
    a_granted_scope_without_invoicing: answer |a: &mut Value| a["scope"] = "openid".into() => E::ScopeMissing;
}

fn token_answers(status: u16, body: &str) -> Faults {
    Faults {
        raw: [("/token", (status, body.to_owned()))].into(),
        ..Faults::default()
    }
}

#[tokio::test]
async fn a_refused_code_is_never_sent_again() {
    for (body, word) in [("invalid_grant", "invalid_grant"), ("marked-code", "other")] {
        let faults = token_answers(
            400,
            &json!({"error": body, "error_description": "marked-code"}).to_string(),
        );
        refuses(faults, E::TokenRefused(word.into()), 1).await;
    }
}

#[tokio::test]
async fn a_token_endpoint_in_trouble_has_an_error_of_its_own() {
    let grant = json!({"error": "invalid_grant"}).to_string();
    refuses(
        token_answers(500, &grant),
        E::TokenEndpoint(HttpError::Trouble),
        1,
    )
    .await;
    refuses(
        token_answers(429, &grant),
        E::TokenEndpoint(HttpError::Trouble),
        1,
    )
    .await;
    refuses(token_answers(307, ""), E::TokenEndpoint(HttpError::Redirect), 1).await;
    refuses(token_answers(200, "{"), E::TokenAnswerUnreadable, 1).await;
    refuses(token_answers(400, "<html>"), E::TokenAnswerUnreadable, 1).await;
    let large = "x".repeat(600 * 1024);
    refuses(
        token_answers(200, &large),
        E::TokenEndpoint(HttpError::TooLarge),
        1,
    )
    .await;
}

#[tokio::test]
async fn an_answer_after_ten_minutes_is_too_late() {
    let provider = FakeProvider::start().await;
    let discovery = provider.discovery().await;
    let registration = provider::registration();
    let clock = provider.clock.as_ref();
    for (waited, expected) in [(600, None), (601, Some(E::Expired))] {
        let attempt = login::Attempt::begin(&discovery, &registration, login::Clock::now(clock)).unwrap();
        let address = attempt.authorize_url().clone();
        clock.pass(waited);
        let answer = login::ReturnedAnswer::from_form(provider.answer_to(&address).as_bytes()).unwrap();
        let done = attempt
            .complete(answer, &provider.http, &discovery, &registration, clock)
            .await;
        assert_eq!(done.err(), expected);
    }
    assert_eq!(provider.token_requests().len(), 1);
}

#[tokio::test]
async fn a_promised_iss_must_be_there() {
    let provider = FakeProvider::start().await;
    let promise = change(|d: &mut Value| d["authorization_response_iss_parameter_supported"] = true.into());
    provider.set(Faults {
        discovery: promise,
        ..Faults::default()
    });
    let discovery = provider.discovery().await;
    assert_eq!(
        provider.sign_in(&discovery).await.err(),
        Some(E::AnswerIssuerMissing)
    );
    assert!(provider.token_requests().is_empty());
    let named = change(|p: &mut Parameters| p.set("iss", provider::ISSUER));
    provider.set(Faults {
        parameters: named,
        ..Faults::default()
    });
    assert!(provider.sign_in(&discovery).await.is_ok());
}

macro_rules! accepted {
    ($($name:ident: $part:ident $change:expr;)*) => {$(
        #[tokio::test]
        async fn $name() {
            accepts(Faults { $part: change($change), ..Faults::default() }).await;
        }
    )*};
}

accepted! {
    rp_response_type_code_id_token: front |_: &mut Jwt| ();
    rp_id_token_kid_absent_single_jwks: front |t: &mut Jwt| without(&mut t.header, "kid");
    valid_aud_as_array: front |t: &mut Jwt| t.claims["aud"] = json!([provider::CLIENT]);
    an_azp_that_is_ours: front |t: &mut Jwt| t.claims["azp"] = provider::CLIENT.into();
    a_token_without_nbf: front |t: &mut Jwt| without(&mut t.claims, "nbf");
    rp_id_token_sig_rs256: front |t: &mut Jwt| assert_eq!(t.header["alg"], "RS256");
    a_token_a_minute_ahead: front |t: &mut Jwt| { moved(&mut t.claims, "iat", 60); moved(&mut t.claims, "nbf", 60) };
    a_token_a_minute_past_its_end: front |t: &mut Jwt| { moved(&mut t.claims, "iat", -350); moved(&mut t.claims, "exp", -350) };
    claims_nobody_knows: front |t: &mut Jwt| t.claims["x"] = json!({"y": [1]});
    token_type_case_insensitivity: answer |a: &mut Value| a["token_type"] = "bEARER".into();
    token_endpoint_response_without_expires_in: answer |a: &mut Value| without(a, "expires_in");
    no_scope_in_token_endpoint_response: answer |a: &mut Value| without(a, "scope");
    the_granted_scope_named: answer |a: &mut Value| a["scope"] = "openid invoice offline_access".into();
    members_nobody_knows: answer |a: &mut Value| a["x"] = json!({"y": [1]});
    rp_id_token_missing_at_hash: back |t: &mut Jwt| without(&mut t.claims, "at_hash");
    authorization_response_iss: parameters |p: &mut Parameters| p.set("iss", provider::ISSUER);
    session_state_and_unknown_parameters: parameters |p: &mut Parameters| { p.set("session_state", "s"); p.set("x", "y") };
    an_answer_without_scope: parameters |p: &mut Parameters| p.drop("scope");
}

#[tokio::test]
async fn rp_id_token_kid_absent_multiple_jwks() {
    let provider = FakeProvider::start().await;
    provider.publish(&[("first", 0), ("second", 1)]);
    let discovery = provider.discovery().await;
    let nameless = change(|t: &mut Jwt| without(&mut t.header, "kid"));
    provider.set(Faults {
        front: nameless,
        ..Faults::default()
    });
    assert_eq!(
        provider.sign_in(&discovery).await.err(),
        Some(E::FrontIdToken(T::UnknownKey))
    );
    assert!(provider.token_requests().is_empty());
}

#[tokio::test]
async fn rp_key_rotation_op_sign_key_native() {
    let provider = FakeProvider::start().await;
    let discovery = provider.discovery().await;
    assert_eq!(provider.fetches("/jwks"), 1);
    provider.publish(&[("second", 1)]);
    assert!(provider.sign_in(&discovery).await.is_ok());
    assert_eq!(provider.fetches("/jwks"), 2, "one more fetch, for both tokens");
    provider.clock.pass(60);
    provider.publish(&[("third", 2), ("second", 1)]);
    assert!(provider.sign_in(&discovery).await.is_ok());
    assert_eq!(provider.fetches("/jwks"), 3);
}

#[tokio::test]
async fn unknown_keys_cause_no_loop_of_fetches() {
    let provider = FakeProvider::start().await;
    let discovery = provider.discovery().await;
    let unknown = change(|t: &mut Jwt| t.header["kid"] = "nobody's".into());
    provider.set(Faults {
        front: unknown,
        ..Faults::default()
    });
    // Once in five minutes for this name: the list may lag behind a rotation.
    for (passed, fetches) in [
        (0, 2),
        (0, 2),
        (59, 2),
        (1, 2),
        (239, 2),
        (1, 3),
        (299, 3),
        (1, 4),
        (0, 4),
    ] {
        provider.clock.pass(passed);
        let refused = provider.sign_in(&discovery).await.err();
        assert_eq!(refused, Some(E::FrontIdToken(T::UnknownKey)));
        assert_eq!(provider.fetches("/jwks"), fetches);
    }
    // Another name may be new, but whatever it is, nobody asks twice within a minute.
    for (kid, passed, fetches) in [
        ("second", 59, 4),
        ("second", 1, 5),
        ("second", 60, 5),
        ("third", 0, 6),
        ("fourth", 59, 6),
        ("fourth", 1, 7),
    ] {
        provider.clock.pass(passed);
        provider.set(Faults {
            front: change(move |t: &mut Jwt| t.header["kid"] = kid.into()),
            ..Faults::default()
        });
        assert!(provider.sign_in(&discovery).await.is_err());
        assert_eq!(provider.fetches("/jwks"), fetches, "{kid}");
    }
    assert!(provider.token_requests().is_empty());
}

#[tokio::test]
async fn an_unknown_key_lets_the_document_be_read_again_with_every_check_of_it() {
    let provider = FakeProvider::start().await;
    let discovery = provider.discovery().await;
    provider.publish(&[("second", 1)]);
    provider.set(Faults {
        discovery: change(|d: &mut Value| d["issuer"] = "https://evil.example".into()),
        ..Faults::default()
    });
    let refused = provider.sign_in(&discovery).await.err();
    assert_eq!(refused, Some(E::FrontIdToken(T::UnknownKey)));
    assert_eq!(provider.fetches("/account/.well-known/openid-configuration"), 2);
    assert_eq!(
        provider.fetches("/jwks"),
        1,
        "the keys of a stranger are not asked for"
    );
    provider.set(Faults::default());
    provider.clock.pass(60);
    assert!(provider.sign_in(&discovery).await.is_ok());
}

/// Keys change between two sign-ins: the second works.
#[tokio::test]
async fn rp_key_rotation_op_sign_key() {
    let provider = FakeProvider::start().await;
    let discovery = provider.discovery().await;
    assert!(provider.sign_in(&discovery).await.is_ok());
    provider.publish(&[("second", 1), ("first", 0)]);
    assert!(provider.sign_in(&discovery).await.is_ok());
    provider.publish(&[("second", 1)]);
    assert!(provider.sign_in(&discovery).await.is_ok());
    assert_eq!(provider.fetches("/jwks"), 2);
}

#[tokio::test]
async fn rp_discovery_openid_configuration() {
    let provider = FakeProvider::start().await;
    let moved = format!("{}/elsewhere/authorize?tenant=1", provider.address());
    provider.set(Faults {
        discovery: change(move |d: &mut Value| d["authorization_endpoint"] = moved.clone().into()),
        ..Faults::default()
    });
    let discovery = provider.discovery().await;
    let now = login::Clock::now(provider.clock.as_ref());
    let attempt = login::Attempt::begin(&discovery, &provider::registration(), now).unwrap();
    let expected = format!("{}/elsewhere/authorize?tenant=1&", provider.address());
    assert!(attempt.authorize_url().as_str().starts_with(&expected));
    assert!(provider.sign_in(&discovery).await.is_ok());
}

/// The keys used are the ones found there: a right signature by a key that is not among them is refused.
#[tokio::test]
async fn rp_discovery_jwks_uri_keys() {
    let provider = FakeProvider::start().await;
    provider.publish(&[("first", 1)]);
    let discovery = provider.discovery().await;
    assert_eq!(provider.fetches("/jwks"), 1);
    assert!(provider.sign_in(&discovery).await.is_ok());
    provider.publish(&[("first", 0)]);
    let refused = provider.sign_in(&discovery).await.err();
    assert_eq!(refused, Some(E::FrontIdToken(T::Signature)));
}

#[tokio::test]
async fn rp_nonce_unless_code_flow() {
    let provider = FakeProvider::start().await;
    let discovery = provider.discovery().await;
    let now = login::Clock::now(provider.clock.as_ref());
    let attempt = login::Attempt::begin(&discovery, &provider::registration(), now).unwrap();
    let nonce = attempt
        .authorize_url()
        .query_pairs()
        .find(|(name, _)| name == "nonce");
    assert!(nonce.unwrap().1.len() >= 43);
}

#[tokio::test]
async fn rp_token_endpoint_client_secret_post() {
    let provider = FakeProvider::start().await;
    let discovery = provider.discovery().await;
    provider.sign_in(&discovery).await.map(drop).unwrap();
    let sent = &provider.token_requests()[0];
    assert_eq!(sent["client_id"], provider::CLIENT);
    assert_eq!(sent["client_secret"], provider::CLIENT_SECRET);
}

#[tokio::test]
async fn authorization_response_missing_state() {
    let provider = FakeProvider::start().await;
    let discovery = provider.discovery().await;
    provider.set(Faults {
        parameters: change(|p: &mut Parameters| p.drop("state")),
        ..Faults::default()
    });
    let now = login::Clock::now(provider.clock.as_ref());
    let attempt = login::Attempt::begin(&discovery, &provider::registration(), now).unwrap();
    let form = provider.answer_to(attempt.authorize_url());
    let refused = login::ReturnedAnswer::from_form(form.as_bytes()).err();
    assert_eq!(refused, Some(login::AnswerError::StateMissing));
    assert!(provider.token_requests().is_empty());
}

#[tokio::test]
async fn prompt_and_further_scopes_are_sent_when_they_are_set() {
    let provider = FakeProvider::start().await;
    let discovery = provider.discovery().await;
    let registration = login::Registration {
        prompt: Some("consent".into()),
        merchant_vat: None,
        scopes: login::Registration::usual_scopes(true),
        ..provider::registration()
    };
    let now = login::Clock::now(provider.clock.as_ref());
    let attempt = login::Attempt::begin(&discovery, &registration, now).unwrap();
    let asked: std::collections::HashMap<_, _> = attempt.authorize_url().query_pairs().into_owned().collect();
    assert_eq!(asked["prompt"], "consent");
    assert_eq!(
        asked["scope"],
        "openid invoice offline_access transactionreporting"
    );
    assert!(!asked.contains_key("merchant_vat"));
}

/// Up to four minutes: measured, allowed for. An hour: refused, and said by how much.
#[tokio::test]
async fn a_clock_that_is_off_is_measured_and_named() {
    for (ahead, offset) in [
        (240, None),
        (-240, None),
        (3_600, Some(-3_600)),
        (-3_600, Some(3_600)),
    ] {
        let provider = FakeProvider::start().await;
        provider.is_ahead(ahead);
        let discovery = provider.discovery().await;
        assert_eq!(discovery.clock_offset(), Some(-ahead));
        let refused = provider.sign_in(&discovery).await.err();
        let expected = offset.map(|offset| E::FrontIdToken(T::ClockOff(offset)));
        assert_eq!(refused, expected);
        if let Some(refused) = refused {
            assert!(refused.to_string().contains(&offset.unwrap().to_string()));
            assert_eq!(refused.code(), "front_id_token_clock_off");
        }
    }
}

/// What was not measured is not allowed for, and what is no matter of time is not the clock's fault.
#[tokio::test]
async fn a_clock_that_is_off_excuses_nothing_else() {
    let provider = FakeProvider::start().await;
    provider.is_ahead(3_600);
    let discovery = provider.discovery().await;
    provider.set(Faults {
        front: change(|t: &mut Jwt| t.claims["nonce"] = "another".into()),
        ..Faults::default()
    });
    let refused = provider.sign_in(&discovery).await.err();
    assert!(matches!(
        refused,
        Some(E::FrontIdToken(T::Nonce | T::ClockOff(_)))
    ));
    provider.is_ahead(0);
    let discovery = provider.discovery().await;
    assert_eq!(discovery.clock_offset(), Some(0));
    provider.set(Faults {
        front: change(|t: &mut Jwt| moved(&mut t.claims, "iat", 240)),
        ..Faults::default()
    });
    let refused = provider.sign_in(&discovery).await.err();
    assert_eq!(refused, Some(E::FrontIdToken(T::IssuedAt)));
}

#[tokio::test]
async fn keys_that_cannot_be_fetched_are_not_asked_for_in_a_loop_either() {
    let provider = FakeProvider::start().await;
    let discovery = provider.discovery().await;
    provider.publish(&[("second", 1)]);
    provider.set(Faults {
        raw: [("/jwks", (503, String::new()))].into(),
        ..Faults::default()
    });
    for _ in 0..3 {
        assert_eq!(
            provider.sign_in(&discovery).await.err(),
            Some(E::FrontIdToken(T::UnknownKey))
        );
        assert_eq!(provider.fetches("/jwks"), 2);
    }
}

#[tokio::test]
async fn the_requests_are_the_ones_that_are_documented() {
    let provider = FakeProvider::start().await;
    let discovery = provider.discovery().await;
    let registration = provider::registration();
    let now = login::Clock::now(provider.clock.as_ref());
    let attempt = login::Attempt::begin(&discovery, &registration, now).unwrap();
    let url = attempt.authorize_url().as_str();
    // Spec 5.1: a space is sent as %20.
    assert!(
        url.contains("response_type=code%20id_token") && !url.contains('+'),
        "{url}"
    );
    let asked: std::collections::HashMap<_, _> = attempt.authorize_url().query_pairs().into_owned().collect();
    let expected = [
        ("response_mode", "form_post"),
        ("client_id", provider::CLIENT),
        ("redirect_uri", provider::RETURN),
        ("scope", "openid invoice offline_access"),
        ("code_challenge_method", "S256"),
        ("merchant_vat", "DK12345678"),
    ];
    assert!(
        expected.iter().all(|(name, value)| asked[*name] == *value),
        "{asked:?}"
    );
    assert!(asked["state"].len() >= 43 && asked["nonce"].len() >= 43 && asked["code_challenge"].len() == 43);
    assert_eq!(asked.len(), 10);
    provider.sign_in(&discovery).await.map(drop).unwrap();
    let sent = &provider.token_requests()[0];
    assert_eq!(sent.len(), 6);
    assert_eq!(sent["grant_type"], "authorization_code");
    assert_eq!(sent["redirect_uri"], provider::RETURN);
    assert_eq!(
        (sent["client_id"].as_str(), sent["client_secret"].as_str()),
        (provider::CLIENT, provider::CLIENT_SECRET)
    );
    assert!((43..=128).contains(&sent["code_verifier"].len()));
}

#[tokio::test]
async fn two_attempts_share_nothing() {
    let provider = FakeProvider::start().await;
    let discovery = provider.discovery().await;
    let begin = || {
        login::Attempt::begin(
            &discovery,
            &provider::registration(),
            login::Clock::now(provider.clock.as_ref()),
        )
        .unwrap()
    };
    let (first, second) = (begin(), begin());
    let pairs = |attempt: &login::Attempt| {
        attempt
            .authorize_url()
            .query_pairs()
            .into_owned()
            .collect::<std::collections::HashMap<_, _>>()
    };
    let (one, two) = (pairs(&first), pairs(&second));
    for name in ["state", "nonce", "code_challenge"] {
        assert_ne!(one[name], two[name]);
    }
    let answer =
        login::ReturnedAnswer::from_form(provider.answer_to(first.authorize_url()).as_bytes()).unwrap();
    assert!(first.is_answered_by(&answer) && !second.is_answered_by(&answer));
}

async fn fetched(faults: Faults) -> Option<DiscoveryError> {
    let provider = FakeProvider::start().await;
    provider.set(faults);
    Discovery::fetch(&provider.http, &provider.config(), provider.clock.as_ref())
        .await
        .err()
}

async fn named(name: &'static str, value: &str) -> Option<DiscoveryError> {
    let value = value.to_owned();
    let discovery = change(move |d: &mut Value| d[name] = value.clone().into());
    fetched(Faults {
        discovery,
        ..Faults::default()
    })
    .await
}

#[tokio::test]
async fn rp_discovery_issuer_not_matching_config() {
    assert_eq!(
        named("issuer", "https://evil.example").await,
        Some(DiscoveryError::IssuerMismatch)
    );
    assert_eq!(
        named("issuer", &format!("{}/", provider::ISSUER)).await,
        Some(DiscoveryError::IssuerMismatch)
    );
}

#[tokio::test]
async fn endpoints_must_be_https_and_on_a_trusted_host() {
    for (member, said) in [
        ("authorization_endpoint", "authorization endpoint"),
        ("token_endpoint", "token endpoint"),
        ("jwks_uri", "key set"),
    ] {
        for address in [
            "http://issuer.example/x",
            "https://evil.example/x",
            "file:///etc/passwd",
            "ftp://127.0.0.1/x",
        ] {
            assert_eq!(
                named(member, address).await,
                Some(DiscoveryError::EndpointNotTrusted(said)),
                "{address}"
            );
        }
        assert_eq!(named(member, "nowhere").await, Some(DiscoveryError::Unreadable));
    }
}

#[tokio::test]
async fn plain_http_is_refused_where_it_is_not_allowed() {
    let provider = FakeProvider::start().await;
    let strict = login::HttpClient::new(false);
    // A computer without root certificates has no such client at all, which is as strict.
    if let Ok(strict) = strict {
        let refused = Discovery::fetch(&strict, &provider.config(), provider.clock.as_ref())
            .await
            .err();
        assert_eq!(refused, Some(DiscoveryError::Unreachable(HttpError::NotHttps)));
    }
    assert_eq!(provider.fetches("/account/.well-known/openid-configuration"), 0);
}

#[tokio::test]
async fn a_document_that_is_none_has_an_error_of_its_own() {
    use DiscoveryError as D;
    const PATH: &str = "/account/.well-known/openid-configuration";
    let raw = |path, status, body: &str| Faults {
        raw: [(path, (status, body.to_owned()))].into(),
        ..Faults::default()
    };
    let large = "x".repeat(600 * 1024);
    assert_eq!(fetched(raw(PATH, 404, "{}")).await, Some(D::Status(404)));
    assert_eq!(fetched(raw(PATH, 200, "<html>")).await, Some(D::Unreadable));
    assert_eq!(
        fetched(raw(PATH, 302, "")).await,
        Some(D::Unreachable(HttpError::Redirect))
    );
    assert_eq!(
        fetched(raw(PATH, 200, &large)).await,
        Some(D::Unreachable(HttpError::TooLarge))
    );
    assert_eq!(
        fetched(raw("/jwks", 200, r#"{"keys":[]}"#)).await,
        Some(D::KeysUnreadable)
    );
    assert_eq!(fetched(raw("/jwks", 200, "no")).await, Some(D::KeysUnreadable));
    let other_flows =
        change(|d: &mut Value| d["response_types_supported"] = json!(["code", "code id_token token"]));
    assert_eq!(
        fetched(Faults {
            discovery: other_flows,
            ..Faults::default()
        })
        .await,
        Some(D::FlowNotOffered)
    );
    let silent = change(|d: &mut Value| without(d, "response_types_supported"));
    assert_eq!(
        fetched(Faults {
            discovery: silent,
            ..Faults::default()
        })
        .await,
        None
    );
}
