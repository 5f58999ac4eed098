//! Sign-ins against a provider that gets one thing wrong at a time. The names of the faults are those of the OpenID
//! Foundation's tests for relying parties where it has one.

mod provider;

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use provider::{CLIENT, Conduct, ISSUER, Meeting, Refused, SUBJECT, Signing, refuse};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

/// A fault, how it is named when it is refused, and whether the code may have been sent by then.
type Fault = (&'static str, fn(&mut Conduct), &'static str);

/// Each must be refused by its own error, with or without the code having gone out; nothing that was secret may be
/// printed; and an ordinary sign-in must work right after it.
async fn check(faults: &[Fault], code_goes_out: bool) {
    let meeting = Meeting::new().await;
    let discovery = meeting.discover().await.unwrap();
    for (name, fault, code) in faults {
        // A new minute: keys may be fetched again.
        meeting.clock.advance(61);
        meeting.here.set_time(meeting_seconds(&meeting));
        let before = meeting.here.asked("code");
        meeting.behave(|conduct| fault(conduct));
        let refused = meeting.sign_in(&discovery).await.err();
        let refused = refused.unwrap_or_else(|| panic!("{name} was accepted"));
        assert_eq!(refused.code(), *code, "{name}");
        let sent = meeting.here.asked("code") - before;
        assert_eq!(sent, usize::from(code_goes_out), "{name}: codes sent");
        check_silence(&meeting, name, &refused);
        meeting.behave(|conduct| *conduct = Conduct::default());
        meeting.clock.advance(61);
        meeting.here.set_time(meeting_seconds(&meeting));
        let next = meeting.sign_in(&discovery).await;
        assert!(next.is_ok(), "after {name}: {:?}", next.err());
    }
}

fn meeting_seconds(meeting: &Meeting) -> i64 {
    use login::Clock as _;
    meeting.clock.now().as_second() - provider::start_of_time().as_second()
}

fn check_silence(meeting: &Meeting, name: &str, refused: &Refused) {
    let printed = refused.printed();
    for secret in meeting
        .here
        .secrets()
        .iter()
        .chain([&provider::SECRET.to_owned()])
    {
        let as_numbers = format!("{:?}", secret.as_bytes());
        let as_numbers = as_numbers.trim_matches(['[', ']']);
        assert!(
            !printed.contains(secret.as_str()) && !printed.contains(as_numbers),
            "{name}: {printed}"
        );
    }
}

fn drop_member(value: &mut Value, name: &str) {
    value.as_object_mut().unwrap().remove(name);
}

fn moved(value: &mut Value, name: &str, seconds: i64) {
    value[name] = (value[name].as_i64().unwrap() + seconds).into();
}

/// The faults of an ID token's claims; they are the same in front and back, under another prefix.
const CLAIMS: &[(&str, fn(&mut Value), &str)] = &[
    (
        "rp-id_token-issuer-mismatch",
        |c| c["iss"] = "https://evil.example".into(),
        "issuer",
    ),
    (
        "issuer with a slash more",
        |c| c["iss"] = format!("{ISSUER}/").into(),
        "issuer",
    ),
    ("invalid-missing-iss", |c| drop_member(c, "iss"), "issuer"),
    ("rp-id_token-sub", |c| drop_member(c, "sub"), "subject"),
    ("an empty sub", |c| c["sub"] = "".into(), "subject"),
    (
        "rp-id_token-aud",
        |c| c["aud"] = "someone.else".into(),
        "audience",
    ),
    (
        "oidcc-client-test-missing-aud",
        |c| drop_member(c, "aud"),
        "audience",
    ),
    (
        "invalid-secondary-aud",
        |c| c["aud"] = json!([CLIENT, "someone.else"]),
        "audience",
    ),
    (
        "a secondary aud with our azp",
        |c| {
            c["aud"] = json!([CLIENT, "x"]);
            c["azp"] = CLIENT.into()
        },
        "audience",
    ),
    (
        "azp of another",
        |c| c["azp"] = "someone.else".into(),
        "authorized_party",
    ),
    ("rp-id_token-iat", |c| drop_member(c, "iat"), "issued_at"),
    ("iat-is-week-in-past", |c| moved(c, "iat", -604_800), "issued_at"),
    ("iat in the future", |c| moved(c, "iat", 3_600), "issued_at"),
    ("invalid-missing-exp", |c| drop_member(c, "exp"), "expired"),
    ("invalid-expired-exp", |c| moved(c, "exp", -300 - 301), "expired"),
    ("nbf in the future", |c| moved(c, "nbf", 3_600), "not_before"),
    ("rp-nonce-invalid", |c| c["nonce"] = "another".into(), "nonce"),
    ("invalid-missing-nonce", |c| drop_member(c, "nonce"), "nonce"),
    (
        "claims of another shape",
        |c| c["exp"] = json!({ "at": "noon" }),
        "unreadable",
    ),
];

const SIGNATURES: &[(&str, Signing, &str)] = &[
    ("rp-id_token-bad-sig-rs256", Signing::Broken, "signature"),
    (
        "signed by a stranger under the right kid",
        Signing::Stranger,
        "signature",
    ),
    ("signed over other claims", Signing::Swapped, "signature"),
    ("rp-id_token-sig-none", Signing::None, "algorithm"),
    (
        "rp-id_token-bad-sig-hs256, by the secret",
        Signing::Hs256,
        "algorithm",
    ),
    ("HS256 by the public key", Signing::Hs256PublicKey, "algorithm"),
    ("rp-id_token-bad-sig-es256", Signing::Es256, "algorithm"),
    ("invalid-alternate-alg: RS384", Signing::Rs384, "algorithm"),
    ("invalid-alternate-alg: PS256", Signing::Ps256, "algorithm"),
];

const HEADERS: &[(&str, fn(&mut Value), &str)] = &[
    ("an unknown kid", |h| h["kid"] = "F00D".into(), "unknown_key"),
    (
        "crit that nobody understands",
        |h| {
            h["crit"] = json!(["x"]);
            h["x"] = 1.into()
        },
        "header",
    ),
    ("typ of another kind", |h| h["typ"] = "at+jwt".into(), "header"),
    ("invalid-null-alg", |h| h["alg"] = Value::Null, "unreadable"),
];

/// Runs one fault of an ID token in front, then in back.
async fn check_both(
    name: &'static str,
    front: impl Fn(&mut Conduct),
    back: impl Fn(&mut Conduct),
    word: &str,
) {
    let meeting = Meeting::new().await;
    let discovery = meeting.discover().await.unwrap();
    meeting.behave(&front);
    let refused = meeting.sign_in(&discovery).await.err();
    assert_eq!(
        refused.map(|it| it.code()),
        Some(format!("front_id_token_{word}")),
        "{name}"
    );
    assert_eq!(meeting.here.asked("code"), 0, "{name}: the code was sent");
    meeting.behave(|conduct| *conduct = Conduct::default());
    meeting.clock.advance(61);
    meeting.here.set_time(61);
    meeting.behave(&back);
    let refused = meeting
        .sign_in(&discovery)
        .await
        .err()
        .unwrap_or_else(|| panic!("{name} in back was accepted"));
    assert_eq!(refused.code(), format!("back_id_token_{word}"), "{name}");
    check_silence(&meeting, name, &refused);
    meeting.behave(|conduct| *conduct = Conduct::default());
    assert!(meeting.sign_in(&discovery).await.is_ok(), "after {name}");
}

#[tokio::test]
async fn wrong_claims_are_refused_in_both_id_tokens() {
    for (name, spoil, word) in CLAIMS {
        check_both(name, |c| c.front = Some(*spoil), |c| c.back = Some(*spoil), word).await;
    }
}

#[tokio::test]
async fn wrong_signatures_are_refused_in_both_id_tokens() {
    for (name, signing, word) in SIGNATURES {
        check_both(
            name,
            |c| c.front_signing = *signing,
            |c| c.back_signing = *signing,
            word,
        )
        .await;
    }
}

#[tokio::test]
async fn wrong_headers_are_refused_in_both_id_tokens() {
    for (name, spoil, word) in HEADERS {
        check_both(
            name,
            |c| c.front_header = Some(*spoil),
            |c| c.back_header = Some(*spoil),
            word,
        )
        .await;
    }
}

fn set(answer: &mut Vec<(String, String)>, name: &str, value: &str) {
    answer.retain(|(known, _)| known != name);
    answer.push((name.to_owned(), value.to_owned()));
}

#[tokio::test]
async fn a_faulty_answer_is_refused_before_the_code_goes_out() {
    let faults: &[Fault] = &[
        (
            "rp-id_token-bad-c_hash",
            |c| c.front = Some(|t| t["c_hash"] = provider::half_hash("x").into()),
            "c_hash_mismatch",
        ),
        (
            "rp-id_token-missing-c_hash",
            |c| c.front = Some(|t| drop_member(t, "c_hash")),
            "c_hash_missing",
        ),
        (
            "a swapped code",
            |c| c.answer = Some(|a| set(a, "code", &"ab".repeat(32))),
            "c_hash_mismatch",
        ),
        (
            "invalid-state",
            |c| c.answer = Some(|a| set(a, "state", "another")),
            "state_mismatch",
        ),
        (
            "missing-state",
            |c| c.answer = Some(|a| a.retain(|(n, _)| n != "state")),
            "state_missing",
        ),
        (
            "a missing code",
            |c| c.answer = Some(|a| a.retain(|(n, _)| n != "code")),
            "code_missing",
        ),
        (
            "a missing id_token",
            |c| c.answer = Some(|a| a.retain(|(n, _)| n != "id_token")),
            "id_token_missing",
        ),
        (
            "a doubled code",
            |c| c.answer = Some(|a| a.push(a[0].clone())),
            "answer_parameter_repeated",
        ),
        (
            "a doubled scope",
            |c| c.answer = Some(|a| a.push(a[2].clone())),
            "answer_parameter_repeated",
        ),
        (
            "an access token in front",
            |c| c.answer = Some(|a| set(a, "access_token", "t")),
            "access_token_in_front",
        ),
        (
            "invalid-authorization-response-iss",
            |c| c.answer = Some(|a| set(a, "iss", "https://evil.example")),
            "answer_issuer_mismatch",
        ),
        (
            "access_denied",
            |c| c.answer = Some(|a| set(a, "error", "access_denied")),
            "access_denied",
        ),
        (
            "login_required",
            |c| c.answer = Some(|a| set(a, "error", "login_required")),
            "provider_login_required",
        ),
        (
            "an error that echoes",
            |c| {
                c.answer = Some(|a| {
                    let code = a[0].1.clone();
                    set(a, "error", &code)
                })
            },
            "provider_other",
        ),
        (
            "an ID token that is none",
            |c| c.answer = Some(|a| set(a, "id_token", "abc")),
            "front_id_token_unreadable",
        ),
        (
            "an encrypted ID token",
            |c| c.answer = Some(|a| set(a, "id_token", "a.b.c.d.e")),
            "front_id_token_unreadable",
        ),
    ];
    check(faults, false).await;
}

fn too_large() -> Response {
    (
        [(header::CONTENT_TYPE, "application/json")],
        " ".repeat(2 * 1024 * 1024),
    )
        .into_response()
}

fn elsewhere() -> Response {
    let to = [(header::LOCATION, "http://127.0.0.1:1/token")];
    (StatusCode::TEMPORARY_REDIRECT, to).into_response()
}

fn page() -> Response {
    axum::response::Html("<h1>Sorry</h1>").into_response()
}

fn in_trouble() -> Response {
    (
        StatusCode::SERVICE_UNAVAILABLE,
        axum::Json(json!({ "error": "invalid_grant" })),
    )
        .into_response()
}

#[tokio::test]
async fn a_faulty_token_answer_is_refused() {
    let faults: &[Fault] = &[
        (
            "another subject",
            |c| c.back = Some(|t| t["sub"] = "someone else".into()),
            "subject_changed",
        ),
        (
            "rp-id_token-bad-at_hash",
            |c| c.back = Some(|t| t["at_hash"] = provider::half_hash("x").into()),
            "at_hash_mismatch",
        ),
        (
            "no ID token",
            |c| c.token = Some(|t| drop_member(t, "id_token")),
            "back_id_token_missing",
        ),
        (
            "no refresh token",
            |c| c.token = Some(|t| drop_member(t, "refresh_token")),
            "refresh_token_missing",
        ),
        (
            "an empty refresh token",
            |c| c.token = Some(|t| t["refresh_token"] = "".into()),
            "refresh_token_missing",
        ),
        (
            "no access token",
            |c| c.token = Some(|t| drop_member(t, "access_token")),
            "token_answer_unreadable",
        ),
        (
            "an empty access token",
            |c| c.token = Some(|t| t["access_token"] = "".into()),
            "token_answer_unreadable",
        ),
        (
            "token type mac",
            |c| c.token = Some(|t| t["token_type"] = "mac".into()),
            "token_type",
        ),
        (
            "no token type",
            |c| c.token = Some(|t| drop_member(t, "token_type")),
            "token_answer_unreadable",
        ),
        (
            "scope without invoice",
            |c| c.token = Some(|t| t["scope"] = "openid offline_access".into()),
            "scope_missing",
        ),
        (
            "expires_in below zero",
            |c| c.token = Some(|t| t["expires_in"] = (-5).into()),
            "token_answer_unreadable",
        ),
        (
            "invalid_grant",
            |c| c.token_answer = Some(|| refuse("invalid_grant")),
            "token_invalid_grant",
        ),
        (
            "invalid_client",
            |c| c.token_answer = Some(|| refuse("invalid_client")),
            "token_invalid_client",
        ),
        (
            "an error of its own",
            |c| c.token_answer = Some(|| refuse("client-secret-0f3c")),
            "token_other",
        ),
        (
            "a page",
            |c| c.token_answer = Some(page),
            "token_answer_unreadable",
        ),
        (
            "an answer without end",
            |c| c.token_answer = Some(too_large),
            "token_endpoint_unreachable",
        ),
        (
            "a redirect that would take the secret along",
            |c| c.token_answer = Some(elsewhere),
            "token_endpoint_unreachable",
        ),
        (
            "trouble",
            |c| c.token_answer = Some(in_trouble),
            "token_endpoint_unreachable",
        ),
    ];
    check(faults, true).await;
}

#[tokio::test]
async fn what_the_specifications_allow_is_accepted() {
    let allowed: &[(&str, fn(&mut Conduct))] = &[
        ("rp-response_type-code+id_token", |_| {}),
        ("rp-id_token-kid-absent-single-jwks", |c| {
            c.front_header = Some(|h| drop_member(h, "kid"));
            c.back_header = c.front_header
        }),
        ("valid-aud-as-array", |c| {
            c.front = Some(|t| t["aud"] = json!([CLIENT]));
            c.back = c.front
        }),
        ("azp that names us", |c| {
            c.front = Some(|t| t["azp"] = CLIENT.into());
            c.back = c.front
        }),
        ("no nbf", |c| {
            c.front = Some(|t| drop_member(t, "nbf"));
            c.back = c.front
        }),
        ("no typ", |c| {
            c.front_header = Some(|h| drop_member(h, "typ"));
            c.back_header = c.front_header
        }),
        ("claims nobody knows", |c| {
            c.front = Some(|t| t["s_hash"] = json!({ "odd": [1, 2] }))
        }),
        ("rp-id_token-missing-at_hash", |c| {
            c.back = Some(|t| drop_member(t, "at_hash"))
        }),
        ("iss in the answer", |c| {
            c.answer = Some(|a| set(a, "iss", ISSUER))
        }),
        ("session_state in the answer", |c| {
            c.answer = Some(|a| set(a, "session_state", "x.y"))
        }),
        ("an unknown parameter", |c| {
            c.answer = Some(|a| set(a, "weather", "rain"))
        }),
        ("token-type-case-insensitivity", |c| {
            c.token = Some(|t| t["token_type"] = "bEARER".into())
        }),
        ("without expires_in", |c| {
            c.token = Some(|t| drop_member(t, "expires_in"))
        }),
        ("scope told", |c| {
            c.token = Some(|t| t["scope"] = "openid invoice offline_access".into())
        }),
    ];
    for (name, change) in allowed {
        let meeting = Meeting::new().await;
        let discovery = meeting.discover().await.unwrap();
        meeting.behave(change);
        let signed_in = meeting
            .sign_in(&discovery)
            .await
            .unwrap_or_else(|error| panic!("{name}: {error:?}"));
        assert_eq!(signed_in.subject, SUBJECT, "{name}");
        assert_eq!(signed_in.tokens.lifetime, 300, "{name}");
        assert!(
            signed_in
                .tokens
                .refresh_token
                .is_some_and(|token| token.expose_secret().len() == 64)
        );
    }
}

#[tokio::test]
async fn clocks_may_differ_by_four_minutes_but_not_by_an_hour() {
    for (offset, accepted) in [(-240, true), (240, true), (-3_600, false), (3_600, false)] {
        let meeting = Meeting::new().await;
        let discovery = meeting.discover().await.unwrap();
        meeting.here.set_time(offset);
        assert_eq!(meeting.sign_in(&discovery).await.is_ok(), accepted, "{offset} s");
    }
}

#[tokio::test]
async fn keys_that_changed_just_before_signing_are_fetched_again_once() {
    // rp-key-rotation-op-sign-key-native
    let meeting = Meeting::new().await;
    let discovery = meeting.discover().await.unwrap();
    meeting.behave(|conduct| conduct.key = 1);
    meeting.sign_in(&discovery).await.unwrap();
    assert_eq!(meeting.here.asked("keys"), 2);
}

#[tokio::test]
async fn unknown_keys_are_asked_for_at_most_once_a_minute() {
    let meeting = Meeting::new().await;
    let discovery = meeting.discover().await.unwrap();
    meeting.behave(|conduct| conduct.front_header = Some(|h| h["kid"] = "F00D".into()));
    for _ in 0..5 {
        assert!(meeting.sign_in(&discovery).await.is_err());
    }
    assert_eq!(meeting.here.asked("keys"), 2);
    meeting.clock.advance(60);
    meeting.here.set_time(60);
    // A key endpoint that is down is not asked in a loop either.
    meeting.behave(|conduct| conduct.keys_answer = Some(in_trouble));
    for _ in 0..5 {
        assert!(meeting.sign_in(&discovery).await.is_err());
    }
    assert_eq!(meeting.here.asked("keys"), 3);
}

#[tokio::test]
async fn a_late_answer_is_refused() {
    let meeting = Meeting::new().await;
    let discovery = meeting.discover().await.unwrap();
    let attempt = meeting.begin(&discovery);
    let body = meeting.here.authorize(attempt.authorize_url());
    meeting.clock.advance(601);
    let answer = login::ReturnedAnswer::from_form(body.as_bytes()).unwrap();
    let refused = attempt
        .complete(
            answer,
            &meeting.http,
            &discovery,
            &meeting.registration,
            meeting.clock.as_ref(),
        )
        .await
        .err();
    assert_eq!(refused, Some(login::SigninError::Expired));
    assert_eq!(meeting.here.asked("code"), 0);
}

#[tokio::test]
async fn an_answer_to_one_attempt_is_none_to_another() {
    let meeting = Meeting::new().await;
    let discovery = meeting.discover().await.unwrap();
    let (first, second) = (meeting.begin(&discovery), meeting.begin(&discovery));
    assert_ne!(first.authorize_url(), second.authorize_url());
    let body = meeting.here.authorize(first.authorize_url());
    let answer = login::ReturnedAnswer::from_form(body.as_bytes()).unwrap();
    assert!(first.is_answered_by(&answer) && !second.is_answered_by(&answer));
}

#[tokio::test]
async fn an_answer_must_name_its_issuer_where_that_was_promised() {
    let meeting = Meeting::new().await;
    meeting
        .behave(|c| c.document = Some(|d| d["authorization_response_iss_parameter_supported"] = true.into()));
    let discovery = meeting.discover().await.unwrap();
    let refused = meeting.sign_in(&discovery).await.err();
    assert_eq!(
        refused.map(|it| it.code()).as_deref(),
        Some("answer_issuer_missing")
    );
    meeting.behave(|c| c.answer = Some(|a| set(a, "iss", ISSUER)));
    meeting.sign_in(&discovery).await.unwrap();
}
