//! No secret is in what any error or type says of itself.

mod provider;

use std::fmt::{Debug, Display};
use std::sync::Arc;

use login::{
    AnswerError, Discovery, DiscoveryError, HttpError, IdTokenRefused, LoopbackError, RefreshError,
    ReturnedAnswer, SecretKind, SecretName, SecretStore, Session, SessionOnly, SigninError, StoreError,
};
use provider::{FakeProvider, Faults, change};
use serde_json::{Value, json};

/// Everything secret in these tests carries this word, also as a list of bytes, which `Debug` makes of bodies.
fn is_clean(text: &str) {
    let bytes = format!("{:?}", b"marked").replace(['[', ']'], "");
    assert!(!text.contains("marked") && !text.contains(&bytes), "{text}");
}

fn says_nothing<T: Debug + Display>(error: &T) {
    is_clean(&format!("{error:?} {error:#?} {error}"));
}

#[tokio::test]
async fn no_error_of_a_sign_in_holds_what_it_was_about() {
    let bodies = [
        (
            400,
            json!({"error": "marked-refresh", "error_description": "marked-code"}).to_string(),
        ),
        (
            400,
            json!({"error": "invalid_grant", "error_description": "marked-code"}).to_string(),
        ),
        (400, "marked-access".to_owned()),
        (500, "marked-access".to_owned()),
        (302, "marked-access".to_owned()),
        (
            200,
            r#"{"access_token": "marked-access", "token_type": 1}"#.to_owned(),
        ),
        (
            200,
            r#"{"access_token": "marked-access", "token_type": "marked-type"}"#.to_owned(),
        ),
        (
            200,
            r#"{"access_token": "marked-access", "token_type": "bearer", "id_token": "marked"}"#.to_owned(),
        ),
    ];
    for (status, body) in bodies {
        let provider = FakeProvider::start().await;
        let discovery = provider.discovery().await;
        provider.set(Faults {
            raw: [("/token", (status, body))].into(),
            ..Faults::default()
        });
        let error = provider.sign_in(&discovery).await.err().unwrap();
        says_nothing(&error);
        is_clean(&error.code());
    }
}

#[tokio::test]
async fn no_error_of_an_answer_holds_what_it_was_about() {
    for form in [
        "code=marked&code=marked&state=marked",
        "code=marked%ff&state=marked",
        "code=marked&id_token=marked",
        "id_token=marked&state=marked",
        "code=marked&state=marked",
        "code=marked&id_token=marked&state=marked&access_token=marked",
    ] {
        let error = ReturnedAnswer::from_form(form.as_bytes()).unwrap_err();
        says_nothing(&error);
        is_clean(error.code());
    }
    let answer = ReturnedAnswer::from_form(b"code=marked&id_token=marked&state=marked&scope=marked").unwrap();
    is_clean(&format!("{answer:?} {answer:#?}"));
    let refused = ReturnedAnswer::from_form(b"error=marked&error_description=marked&state=marked").unwrap();
    is_clean(&format!("{refused:?} {refused:#?}"));
}

#[tokio::test]
async fn no_error_of_a_document_holds_its_body() {
    const PATH: &str = "/account/.well-known/openid-configuration";
    let raw = |path, status| Faults {
        raw: [(path, (status, "marked".to_owned()))].into(),
        ..Faults::default()
    };
    let wrong = change(|document: &mut Value| document["issuer"] = "marked".into());
    let place =
        change(|document: &mut Value| document["token_endpoint"] = "https://marked.example/marked".into());
    let edited = |discovery| Faults {
        discovery,
        ..Faults::default()
    };
    for faults in [
        raw(PATH, 200),
        raw(PATH, 500),
        raw(PATH, 302),
        raw("/jwks", 200),
        edited(wrong),
        edited(place),
    ] {
        let provider = FakeProvider::start().await;
        provider.set(faults);
        let error = Discovery::fetch(&provider.http, &provider.config(), provider.clock.as_ref())
            .await
            .unwrap_err();
        says_nothing(&error);
        is_clean(error.code());
    }
}

#[tokio::test]
async fn no_type_shows_the_secrets_it_holds() {
    let provider = FakeProvider::start().await;
    let discovery = provider.discovery().await;
    let signed_in = provider.sign_in(&discovery).await.unwrap();
    is_clean(&format!("{:?} {:#?}", signed_in.tokens, signed_in.tokens));
    is_clean(&format!(
        "{discovery:?} {:?} {:?}",
        provider.http,
        provider.config()
    ));
    let store: Arc<dyn SecretStore> = Arc::new(SessionOnly::default());
    let clock: Arc<dyn login::Clock> = Arc::<provider::TestClock>::clone(&provider.clock);
    let registration = provider::registration();
    let session = Session::new(
        "c1",
        provider.config(),
        registration,
        store,
        provider.http.clone(),
        clock,
    );
    session.begin(signed_in).await.unwrap();
    is_clean(&format!("{:?}", session.state()));
    let refused = Some((400, json!({"error": "marked-refresh"})));
    provider.set(Faults {
        refused,
        ..Faults::default()
    });
    provider.clock.pass(300);
    says_nothing(&session.access_token().await.unwrap_err());
    let name = SecretName {
        connection: "c1".into(),
        kind: SecretKind::RefreshToken,
    };
    is_clean(&format!("{name:?}"));
}

#[test]
fn every_error_has_words_and_no_two_have_the_same() {
    let of_sign_in = [
        SigninError::StateMismatch,
        SigninError::Expired,
        SigninError::Provider("access_denied".into()),
        SigninError::AnswerIssuerMismatch,
        SigninError::AnswerIssuerMissing,
        SigninError::FrontIdToken(IdTokenRefused::Nonce),
        SigninError::BackIdToken(IdTokenRefused::Nonce),
        SigninError::CodeHashMissing,
        SigninError::CodeHashMismatch,
        SigninError::AccessTokenHashMismatch,
        SigninError::SubjectChanged,
        SigninError::TokenEndpoint(HttpError::NoAnswer),
        SigninError::TokenRefused("invalid_grant".into()),
        SigninError::TokenAnswerUnreadable,
        SigninError::BackIdTokenMissing,
        SigninError::TokenType,
        SigninError::RefreshTokenMissing,
        SigninError::ScopeMissing,
    ];
    let codes: std::collections::BTreeSet<String> = of_sign_in.iter().map(SigninError::code).collect();
    assert_eq!(codes.len(), of_sign_in.len());
    let mut words: Vec<String> = of_sign_in.iter().map(ToString::to_string).collect();
    words.extend([
        AnswerError::TooLong.to_string(),
        DiscoveryError::IssuerMismatch.to_string(),
        LoopbackError::PortTaken(1).to_string(),
        RefreshError::Ended.to_string(),
        StoreError::Locked.to_string(),
    ]);
    let different: std::collections::BTreeSet<&String> = words.iter().collect();
    assert_eq!(different.len(), words.len());
}

#[test]
fn a_word_that_is_not_oauth_never_becomes_a_code() {
    assert_eq!(SigninError::Provider("marked".into()).code(), "provider_other");
    assert_eq!(SigninError::TokenRefused("marked".into()).code(), "token_other");
    assert_eq!(
        SigninError::Provider("access_denied".into()).code(),
        "access_denied"
    );
}
